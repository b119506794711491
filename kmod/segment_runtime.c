// SPDX-License-Identifier: GPL-2.0-only
/*
 * What comes to segments while a policy is in force: addresses that are added,
 * taken out, loaded as a list, and that expire.
 */
#include <linux/ktime.h>
#include <linux/mutex.h>
#include <linux/slab.h>
#include <linux/srcu.h>
#include <linux/string.h>
#include <linux/workqueue.h>
#include <net/netlink.h>

#include "compat.h"
#include "generation.h"
#include "netlink.h"
#include "notice.h"
#include "segment.h"
#include "segment_table.h"

/* Between two searches for what has expired. */
#define EXPIRY_PAUSE	(5 * HZ)

/* A list that is being loaded; under cordon_segment_lock. */
static struct {
	u32 portid;			/* who loads it; 0: nobody */
	bool failed;			/* a message of it was refused */
	u32 set;
	u32 count;
	struct cordon_segment_slot *slot;	/* referenced */
	struct list_head items;			/* not in the table yet */
} load = { .items = LIST_HEAD_INIT(load.items) };

static u32 last_set;			/* under cordon_segment_lock */
static bool stopped;			/* under cordon_segment_lock */

static void expire(struct work_struct *work);
static DECLARE_DELAYED_WORK(expire_work, expire);

const struct nla_policy cordon_segment_entries_policy[CORDON_A_COUNT] = {
	[CORDON_A_NAME] = CORDON_NETLINK_TEXT(CORDON_NAME_MAX),
	[CORDON_A_ENTRIES] = { .type = NLA_BINARY },
	[CORDON_A_LAST] = { .type = NLA_FLAG },
};

/* --- what a message brings ------------------------------------------------ */

static int entry_check(const struct cordon_segment_entry *wire,
		       struct cordon_prefix *prefix, const char **why)
{
	struct cordon_address *address = &prefix->address;
	u32 bits = wire->length;

	*why = "an entry is longer than 128 bits";
	if (bits > 128)
		return -EINVAL;
	*why = "an entry lives longer than " CORDON_STRING(CORDON_TTL_MAX)
	       " seconds";
	if (wire->ttl > CORDON_TTL_MAX)
		return -ERANGE;
	*why = "the reserved bytes of an entry are not zero";
	if (memchr_inv(wire->reserved, 0, sizeof(wire->reserved)))
		return -EINVAL;
	memcpy(address->byte, wire->address, sizeof(address->byte));
	prefix->length = bits;
	*why = "an entry has bits behind the length of its prefix";
	if (bits % 8 && address->byte[bits / 8] & (0xff >> bits % 8))
		return -EINVAL;
	if (memchr_inv(&address->byte[(bits + 7) / 8], 0, 16 - (bits + 7) / 8))
		return -EINVAL;
	return 0;
}

static void items_free(struct list_head *items)
{
	struct cordon_segment_item *item;
	struct cordon_segment_item *next;

	list_for_each_entry_safe(item, next, items, node)
		cordon_segment_item_free(item);
	INIT_LIST_HEAD(items);
}

/* All entries of a message as items, of no slot and set yet. */
static int items_read(const struct genl_info *info, u8 origin,
		      struct list_head *items, u32 *count)
{
	u64 now = cordon_segment_clock();
	const struct nlattr *attr;
	int rest;

	nlmsg_for_each_attr(attr, info->nlhdr, GENL_HDRLEN, rest) {
		const struct cordon_segment_entry *wire = nla_data(attr);
		const struct cordon_segment_entry *end =
			wire + nla_len(attr) / sizeof(*wire);

		if (nla_type(attr) != CORDON_A_ENTRIES)
			continue;
		if (nla_len(attr) % sizeof(*wire))
			return cordon_netlink_refuse(info->extack, attr,
						     "half an entry", -EINVAL);
		for (; wire < end; wire++) {
			struct cordon_segment_item *item;
			struct cordon_prefix prefix;
			const char *why;
			u64 expires = 0;
			int err;

			err = entry_check(wire, &prefix, &why);
			if (err)
				return cordon_netlink_refuse(info->extack,
							     attr, why, err);
			if (wire->ttl)
				expires = now + (u64)wire->ttl * NSEC_PER_SEC;
			item = cordon_segment_item_new(&prefix, 0, 0, origin,
						       expires);
			if (!item)
				return -ENOMEM;
			list_add_tail(&item->node, items);
			++*count;
		}
	}
	return 0;
}

/*
 * The segment that is meant.  It stays while the lock is held: the generation
 * that defines it may go, its slot may not.
 */
static int slot_find(const struct genl_info *info,
		     struct cordon_segment_slot **slot)
{
	const struct nlattr *name = info->attrs[CORDON_A_NAME];
	int srcu;

	lockdep_assert_held(&cordon_segment_lock);
	if (stopped)
		return cordon_netlink_refuse(info->extack, NULL,
					     "the module is being unloaded",
					     -ESHUTDOWN);
	if (!name)
		return cordon_netlink_refuse(info->extack, NULL,
					     "the name of a segment is needed",
					     -EINVAL);
	srcu = srcu_read_lock(&cordon_srcu);
	*slot = cordon_segment_slot_find(cordon_generation_get()->segments,
					 nla_data(name));
	srcu_read_unlock(&cordon_srcu, srcu);
	if (!*slot)
		return cordon_netlink_refuse(info->extack, name,
					     "no loaded document defines a segment of that name",
					     -ENOENT);
	return 0;
}

static int reserve(const struct genl_info *info, u32 count)
{
	int err = cordon_segment_reserve(count, true);

	if (err == -ENOSPC)
		return cordon_netlink_refuse(info->extack, NULL,
					     "there would be more than "
					     CORDON_STRING(CORDON_ENTRIES_MAX)
					     " addresses in all segments, those of the list that is to be replaced included",
					     err);
	return err;
}

/* --- expiry ---------------------------------------------------------------- */

/* Lookups go by the clock; this only frees. */
static void expire_at(u64 expires)
{
	u64 now = cordon_segment_clock();
	unsigned long delay = HZ;

	if (!expires || stopped)
		return;
	if (expires > now)
		delay += nsecs_to_jiffies(expires - now);
	if (!delayed_work_pending(&expire_work) ||
	    time_before(jiffies + delay, expire_work.timer.expires))
		mod_delayed_work(system_wq, &expire_work,
				 max_t(unsigned long, delay, EXPIRY_PAUSE));
}

static u64 earliest;			/* under cordon_segment_lock */

/* Return: how many have expired. */
static u32 expire_list(struct list_head *items, u64 now)
{
	struct cordon_segment_item *item;
	struct cordon_segment_item *next;
	u32 count = 0;

	list_for_each_entry_safe(item, next, items, node) {
		u64 expires = item->entry.expires;

		if (!expires)
			continue;
		if (expires <= now) {
			cordon_segment_item_remove(item);
			count++;
		} else if (!earliest || expires < earliest) {
			earliest = expires;
		}
	}
	return count;
}

static void expire_slot(struct cordon_segment_slot *slot)
{
	u64 now = cordon_segment_clock();
	u32 count = expire_list(&slot->added, now) +
		    expire_list(&slot->loaded, now);

	if (count)
		cordon_notice_segment(CORDON_EVENT_SEGMENT_EXPIRE, slot->name,
				      count);
}

static void expire(struct work_struct *work)
{
	mutex_lock(&cordon_segment_lock);
	earliest = 0;
	cordon_segment_slot_each(expire_slot);
	expire_at(earliest);
	mutex_unlock(&cordon_segment_lock);
}

/* --- add and delete -------------------------------------------------------- */

int cordon_segment_add(struct sk_buff *skb, struct genl_info *info)
{
	struct cordon_segment_item *item;
	struct cordon_segment_item *next;
	struct cordon_segment_slot *slot;
	LIST_HEAD(items);
	u32 count = 0;
	int err;

	err = items_read(info, CORDON_ORIGIN_ADDED, &items, &count);
	if (err)
		goto out;
	mutex_lock(&cordon_segment_lock);
	err = slot_find(info, &slot);
	if (!err)
		err = reserve(info, count);
	if (err)
		goto out_unlock;
	list_for_each_entry_safe(item, next, &items, node) {
		struct cordon_segment_item *old =
			cordon_segment_item_find(slot->number,
						 &item->entry.prefix,
						 CORDON_ORIGIN_ADDED, 0);

		expire_at(item->entry.expires);
		if (old) {
			WRITE_ONCE(old->entry.expires, item->entry.expires);
			continue;
		}
		item->entry.segment = slot->number;
		cordon_segment_item_insert(item);
		list_move_tail(&item->node, &slot->added);
	}
	cordon_segment_changed();
	cordon_notice_segment(CORDON_EVENT_SEGMENT_ADD, slot->name, count);
out_unlock:
	mutex_unlock(&cordon_segment_lock);
out:
	items_free(&items);
	return err;
}

static struct cordon_segment_item *
runtime_find(const struct cordon_segment_slot *slot,
	     const struct cordon_prefix *prefix)
{
	struct cordon_segment_item *item =
		cordon_segment_item_find(slot->number, prefix,
					 CORDON_ORIGIN_ADDED, 0);

	return item ?: cordon_segment_item_find(slot->number, prefix,
						CORDON_ORIGIN_LOADED,
						slot->list);
}

int cordon_segment_delete(struct sk_buff *skb, struct genl_info *info)
{
	struct cordon_segment_item *item;
	struct cordon_segment_item *found;
	struct cordon_segment_slot *slot;
	LIST_HEAD(items);
	u32 count = 0;
	int err;

	err = items_read(info, CORDON_ORIGIN_ADDED, &items, &count);
	if (err)
		goto out;
	mutex_lock(&cordon_segment_lock);
	err = slot_find(info, &slot);
	list_for_each_entry(item, &items, node) {
		if (err || runtime_find(slot, &item->entry.prefix))
			continue;
		err = cordon_netlink_refuse(info->extack,
					    info->attrs[CORDON_A_ENTRIES],
					    "not everything that is to be deleted is there; what a document states cannot be deleted like this",
					    -ENOENT);
	}
	if (err)
		goto out_unlock;
	list_for_each_entry(item, &items, node)
		while ((found = runtime_find(slot, &item->entry.prefix)))
			cordon_segment_item_remove(found);
	cordon_segment_changed();
	cordon_notice_segment(CORDON_EVENT_SEGMENT_DEL, slot->name, count);
out_unlock:
	mutex_unlock(&cordon_segment_lock);
out:
	items_free(&items);
	return err;
}

/* --- lists ------------------------------------------------------------------ */

static void load_forget(void)
{
	lockdep_assert_held(&cordon_segment_lock);
	items_free(&load.items);
	if (load.slot)
		cordon_segment_slot_put(load.slot);
	load.slot = NULL;
	load.count = 0;
	load.failed = false;
	WRITE_ONCE(load.portid, 0);
}

static int load_begin(const struct genl_info *info)
{
	int err = slot_find(info, &load.slot);

	if (err) {
		load.slot = NULL;
		return err;
	}
	cordon_segment_slot_get(load.slot);
	/* 0 is of slots that have no list. */
	if (!++last_set)
		last_set = 1;
	load.set = last_set;
	return 0;
}

/* A message of whose list, of the right one. */
static int load_check(const struct genl_info *info)
{
	struct cordon_segment_slot *slot;
	int err;

	if (load.portid && load.portid != info->snd_portid)
		return cordon_netlink_refuse(info->extack, NULL,
					     "another list is being loaded",
					     -EBUSY);
	if (load.failed)
		return cordon_netlink_refuse(info->extack, NULL,
					     "a part of this list was refused: begin again",
					     -EINVAL);
	if (!load.portid) {
		err = load_begin(info);
		/* Who does not wait for answers must not load half a list. */
		WRITE_ONCE(load.portid, info->snd_portid);
		return err;
	}
	err = slot_find(info, &slot);
	if (!err && slot != load.slot)
		err = cordon_netlink_refuse(info->extack,
					    info->attrs[CORDON_A_NAME],
					    "the list of another segment is not complete yet",
					    -EINVAL);
	return err;
}

static void load_take(struct list_head *items, u32 count)
{
	struct cordon_segment_item *item;

	list_for_each_entry(item, items, node) {
		item->entry.segment = load.slot->number;
		item->entry.set = load.set;
	}
	list_splice_tail_init(items, &load.items);
	load.count += count;
}

/*
 * The new entries go into the table without counting; one store makes them
 * count and the old ones not.
 */
static int load_finish(const struct genl_info *info)
{
	struct cordon_segment_slot *slot = load.slot;
	struct cordon_segment_item *item;
	struct cordon_segment_item *next;
	LIST_HEAD(old);
	int err;

	err = reserve(info, load.count);
	if (err)
		return err;
	list_splice_init(&slot->loaded, &old);
	list_for_each_entry_safe(item, next, &load.items, node) {
		struct cordon_segment_item *twin =
			cordon_segment_item_find(slot->number,
						 &item->entry.prefix,
						 CORDON_ORIGIN_LOADED,
						 load.set);

		expire_at(item->entry.expires);
		if (twin) {
			twin->entry.expires = item->entry.expires;
			continue;
		}
		cordon_segment_item_insert(item);
		list_move_tail(&item->node, &slot->loaded);
		cond_resched();
	}
	WRITE_ONCE(slot->list, load.set);
	cordon_segment_changed();
	cordon_notice_segment(CORDON_EVENT_SEGMENT_LOAD, slot->name,
			      load.count);
	cordon_segment_items_remove(&old);
	return 0;
}

int cordon_segment_load(struct sk_buff *skb, struct genl_info *info)
{
	bool last = info->attrs[CORDON_A_LAST];
	LIST_HEAD(items);
	u32 count = 0;
	int refused;
	int err;

	refused = items_read(info, CORDON_ORIGIN_LOADED, &items, &count);
	mutex_lock(&cordon_segment_lock);
	err = load_check(info);
	if (err == -EBUSY)
		goto out;
	if (!err)
		err = refused;
	if (!err && count > CORDON_ENTRIES_MAX - load.count)
		err = cordon_netlink_refuse(info->extack, NULL,
					    "a list of more than "
					    CORDON_STRING(CORDON_ENTRIES_MAX)
					    " addresses", -ENOSPC);
	if (!err)
		load_take(&items, count);
	if (!err && last)
		err = load_finish(info);
	if (last)
		load_forget();
	else if (err)
		load.failed = true;
out:
	mutex_unlock(&cordon_segment_lock);
	items_free(&items);
	return err;
}

/** cordon_segment_release - forget the list that a socket was loading */
void cordon_segment_release(u32 portid)
{
	if (!portid || READ_ONCE(load.portid) != portid)
		return;
	mutex_lock(&cordon_segment_lock);
	if (load.portid == portid)
		load_forget();
	mutex_unlock(&cordon_segment_lock);
}

/** cordon_segment_stop - no entry comes, goes or expires any more; may sleep */
void cordon_segment_stop(void)
{
	mutex_lock(&cordon_segment_lock);
	stopped = true;
	mutex_unlock(&cordon_segment_lock);
	cancel_delayed_work_sync(&expire_work);
}

/** cordon_segment_runtime_exit - no command comes any more; may sleep */
void cordon_segment_runtime_exit(void)
{
	mutex_lock(&cordon_segment_lock);
	load_forget();
	mutex_unlock(&cordon_segment_lock);
}

/* --- dump ------------------------------------------------------------------- */

static int entry_fill(struct sk_buff *skb,
		      const struct cordon_generation *generation,
		      const struct cordon_prefix_entry *entry, u64 left)
{
	u32 program = cordon_segment_program(generation->segments,
					     entry->segment);
	u32 workload = cordon_policy_program_workload(generation->policy,
						      program);
	const struct cordon_draft *draft = generation->blocks[workload]->draft;
	u32 index = cordon_policy_program_index(generation->policy, program);
	u32 name = cordon_draft_program(draft, index)->exe;

	return nla_put_string(skb, CORDON_ENTRY_A_SEGMENT,
			      cordon_draft_text(draft, name)) ||
	       nla_put_string(skb, CORDON_ENTRY_A_WORKLOAD,
			      cordon_draft_text(draft, draft->name)) ||
	       nla_put(skb, CORDON_ENTRY_A_ADDRESS,
		       sizeof(entry->prefix.address),
		       &entry->prefix.address) ||
	       nla_put_u8(skb, CORDON_ENTRY_A_LENGTH, entry->prefix.length) ||
	       nla_put_u8(skb, CORDON_ENTRY_A_ORIGIN, entry->origin) ||
	       (left && nla_put_u32(skb, CORDON_ENTRY_A_LEFT,
				    DIV_ROUND_UP_ULL(left, NSEC_PER_SEC))) ||
	       nla_put_u64_64bit(skb, CORDON_ENTRY_A_HITS,
				 READ_ONCE(entry->hits), CORDON_ENTRY_A_PAD);
}

static int dump_one(struct sk_buff *skb, struct netlink_callback *cb,
		    const struct cordon_generation *generation,
		    const struct cordon_prefix_entry *entry)
{
	u64 now = cordon_segment_clock();
	struct nlattr *nest;
	void *head;

	if (!cordon_segment_counts(generation->segments, entry) ||
	    (entry->expires && entry->expires <= now))
		return 0;
	head = cordon_dump_item_begin(skb, cb, CORDON_CMD_ENTRY_DUMP,
				      CORDON_A_ENTRY, &nest);
	if (!head)
		return -EMSGSIZE;
	return cordon_dump_item_end(skb, head, nest,
				    entry_fill(skb, generation, entry,
					       entry->expires ?
					       entry->expires - now : 0));
}

/* cb->args[0]: where to go on. */
int cordon_segment_dump(struct sk_buff *skb, struct netlink_callback *cb)
{
	const struct nlattr *name = cordon_dump_attrs(cb)[CORDON_A_NAME];
	const struct cordon_generation *generation;
	const struct cordon_segment_slot *slot = NULL;
	struct cordon_segment_item *item;
	int err = 0;
	int srcu;

	mutex_lock(&cordon_segment_lock);
	srcu = srcu_read_lock(&cordon_srcu);
	generation = cordon_generation_get();
	cb->seq = (u32)generation->number + cordon_segment_epoch() + 1;
	if (name) {
		slot = cordon_segment_slot_find(generation->segments,
						nla_data(name));
		if (!slot)
			err = cordon_netlink_refuse(cb->extack, name,
						    "no loaded document defines a segment of that name",
						    -ENOENT);
	}
	while (!err) {
		u64 cursor = cb->args[0];

		item = cordon_segment_item_each(&cursor);
		if (!item)
			break;
		if (!slot || item->entry.segment == slot->number)
			err = dump_one(skb, cb, generation, &item->entry);
		if (!err)
			cb->args[0] = cursor;
	}
	srcu_read_unlock(&cordon_srcu, srcu);
	mutex_unlock(&cordon_segment_lock);
	return skb->len ?: err;
}
