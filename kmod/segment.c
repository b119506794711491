// SPDX-License-Identifier: GPL-2.0-only
/*
 * The registry of segments, and which of them an address is in.
 *
 * One mutex serialises all writers.  Readers hold cordon_srcu; what they may
 * still look at is freed behind them.  A document's entries are in the table
 * before its policy is published and stay until the last generation that
 * carries it is gone.
 */
#include <linux/hashtable.h>
#include <linux/idr.h>
#include <linux/kernel.h>
#include <linux/ktime.h>
#include <linux/mm.h>
#include <linux/mutex.h>
#include <linux/netdevice.h>
#include <linux/slab.h>
#include <linux/srcu.h>
#include <linux/stringhash.h>
#include <linux/workqueue.h>

#include "compat.h"
#include "engine/prefix.h"
#include "generation.h"
#include "port.h"
#include "segment.h"
#include "segment_table.h"

/* The generation in force, the one before it, and one being built. */
#define SLOTS_MAX	(3 * CORDON_SEGMENTS_MAX)
#define SETS_MAX	(3 * CORDON_WORKLOADS_MAX)
#define NAME_BITS	10

/**
 * struct cordon_segment_set - what one document states
 * @references: blocks that share it
 * @node: in the list of those that are to be taken out
 * @id: number; entries of the document bear it
 * @entries: its prefixes
 * @slot_count: segments of the document
 * @slots: by the segment's index in the draft; each referenced
 */
struct cordon_segment_set {
	refcount_t references;
	struct list_head node;
	u32 id;
	struct list_head entries;
	u32 slot_count;
	struct cordon_segment_slot *slots[];
};

/**
 * struct cordon_segment_view - segments as one generation means them
 * @ports: what it says of interfaces; NULL: nothing
 * @sets: bits of the sets that it carries
 * @slots: how many of @slot there are
 * @slot: by slot number: the segment of the policy, and the slot
 */
struct cordon_segment_view {
	struct cordon_port_table *ports;
	DECLARE_BITMAP(sets, SETS_MAX);
	u32 slots;
	struct {
		u32 program;
		struct cordon_segment_slot *slot;
	} slot[];
};

static LIST_HEAD(unused_slots);			/* under the lock */
static DEFINE_HASHTABLE(by_name, NAME_BITS);	/* under the lock */
static DEFINE_IDA(slot_numbers);
static DEFINE_IDA(set_numbers);
atomic_t cordon_segment_epoch_number = ATOMIC_INIT(0);

static DEFINE_SPINLOCK(dropped_lock);		/* taken with BH off */
static LIST_HEAD(dropped);			/* sets; under dropped_lock */

static void collect(struct work_struct *work);
static DECLARE_WORK(collect_work, collect);

/**
 * cordon_segment_collect - there is something to be freed; context: any
 *
 * A hundred thousand entries take their time, and others' work is not to wait
 * for it, as it would in the queue of one processor.
 */
void cordon_segment_collect(void)
{
	queue_work(cordon_unbound_queue, &collect_work);
}

/** cordon_segment_changed - runtime entries have changed; context: any */
void cordon_segment_changed(void)
{
	atomic_inc_return_release(&cordon_segment_epoch_number);
}

u64 cordon_segment_clock(void)
{
	return ktime_get_coarse_boottime_ns();
}

/* --- slots --------------------------------------------------------------- */

static struct cordon_segment_slot *slot_get(const char *name)
{
	u32 length = strlen(name);
	u32 hash = full_name_hash(NULL, name, length);
	struct cordon_segment_slot *slot;
	int number;

	lockdep_assert_held(&cordon_segment_lock);
	hash_for_each_possible(by_name, slot, node, hash) {
		if (!strcmp(slot->name, name)) {
			slot->references++;
			return slot;
		}
	}
	slot = kzalloc(struct_size(slot, name, length + 1), GFP_KERNEL_ACCOUNT);
	if (!slot)
		return NULL;
	number = ida_alloc_max(&slot_numbers, SLOTS_MAX - 1, GFP_KERNEL);
	if (number < 0) {
		kfree(slot);
		return NULL;
	}
	slot->number = number;
	slot->references = 1;
	INIT_LIST_HEAD(&slot->added);
	INIT_LIST_HEAD(&slot->loaded);
	memcpy(slot->name, name, length + 1);
	hash_add(by_name, &slot->node, hash);
	return slot;
}

static void slot_put(struct cordon_segment_slot *slot)
{
	struct cordon_segment_item *item;
	struct cordon_segment_item *next;

	lockdep_assert_held(&cordon_segment_lock);
	if (--slot->references)
		return;
	list_for_each_entry_safe(item, next, &slot->added, node)
		cordon_segment_item_remove(item);
	list_for_each_entry_safe(item, next, &slot->loaded, node)
		cordon_segment_item_remove(item);
	hash_del(&slot->node);
	list_add(&slot->unused, &unused_slots);
}

/** cordon_segment_slot_find - the slot of a segment that a view defines */
struct cordon_segment_slot *
cordon_segment_slot_find(const struct cordon_segment_view *view,
			 const char *name)
{
	u32 hash = full_name_hash(NULL, name, strlen(name));
	struct cordon_segment_slot *slot;

	lockdep_assert_held(&cordon_segment_lock);
	hash_for_each_possible(by_name, slot, node, hash)
		if (!strcmp(slot->name, name))
			return cordon_segment_program(view, slot->number) !=
					CORDON_NONE ? slot : NULL;
	return NULL;
}

/**
 * cordon_segment_slot_each - visit all slots
 * @visit: is called with each
 *
 * Context: may sleep; under cordon_segment_lock.
 */
void cordon_segment_slot_each(void (*visit)(struct cordon_segment_slot *slot))
{
	struct cordon_segment_slot *slot;
	unsigned int bucket;

	hash_for_each(by_name, bucket, slot, node) {
		visit(slot);
		cond_resched();
	}
}

/** cordon_segment_slot_get - one more reference; under the lock */
void cordon_segment_slot_get(struct cordon_segment_slot *slot)
{
	slot->references++;
}

/** cordon_segment_slot_put - one less; under the lock */
void cordon_segment_slot_put(struct cordon_segment_slot *slot)
{
	slot_put(slot);
	cordon_segment_collect();
}

/* --- sets ---------------------------------------------------------------- */

static int set_fill(struct cordon_segment_set *set,
		    const struct cordon_draft *draft)
{
	u32 i;

	for (i = 0; i < draft->used.programs; i++) {
		u32 name = cordon_draft_program(draft, i)->exe;

		set->slots[i] = slot_get(cordon_draft_text(draft, name));
		if (!set->slots[i])
			return -ENOMEM;
		set->slot_count++;
	}
	for (i = 0; i < draft->used.members; i++) {
		const struct cordon_draft_member *member =
			cordon_draft_member(draft, i);
		const char *text = cordon_draft_text(draft, member->pattern);
		struct cordon_segment_item *item;
		struct cordon_prefix prefix;
		const char *why;

		if (member->kind != CORDON_MEMBER_PREFIX)
			continue;
		if (cordon_prefix_parse(&prefix, text, strlen(text), &why))
			return -EINVAL;
		item = cordon_segment_item_new(&prefix,
					       set->slots[member->program]->number,
					       set->id, CORDON_ORIGIN_DOCUMENT,
					       0);
		if (!item)
			return -ENOMEM;
		cordon_segment_item_insert(item);
		list_add_tail(&item->node, &set->entries);
	}
	return 0;
}

static void set_empty(struct cordon_segment_set *set)
{
	struct cordon_segment_item *item;
	struct cordon_segment_item *next;

	list_for_each_entry_safe(item, next, &set->entries, node)
		cordon_segment_item_remove(item);
	while (set->slot_count)
		slot_put(set->slots[--set->slot_count]);
}

static u32 prefixes_of(const struct cordon_draft *draft)
{
	u32 count = 0;
	u32 i;

	for (i = 0; i < draft->used.members; i++)
		count += cordon_draft_member(draft, i)->kind ==
			 CORDON_MEMBER_PREFIX;
	return count;
}

/**
 * cordon_segment_set_make - put what a document states into the table
 * @block: if it is a segments document without a set, it gets one
 * @fault: filled for -EINVAL
 *
 * It counts for nothing before a view carries it.
 *
 * Context: may sleep; perhaps under cordon_srcu.
 * Return: 0, -EINVAL, -ENOMEM.
 */
int cordon_segment_set_make(struct cordon_block *block,
			    struct cordon_fault *fault)
{
	const struct cordon_draft *draft = block->draft;
	struct cordon_segment_set *set;
	int number;
	int err;

	if (draft->kind != CORDON_DOCUMENT_SEGMENTS || block->set)
		return 0;
	set = kvzalloc(struct_size(set, slots, draft->used.programs),
		       GFP_KERNEL_ACCOUNT);
	if (!set)
		return -ENOMEM;
	refcount_set(&set->references, 1);
	INIT_LIST_HEAD(&set->entries);
	number = ida_alloc_max(&set_numbers, SETS_MAX - 1, GFP_KERNEL);
	if (number < 0) {
		kvfree(set);
		return -ENOMEM;
	}
	set->id = number;
	mutex_lock(&cordon_segment_lock);
	err = cordon_segment_reserve(prefixes_of(draft), false);
	if (!err)
		err = set_fill(set, draft);
	mutex_unlock(&cordon_segment_lock);
	if (!err) {
		block->set = set;
		return 0;
	}
	cordon_segment_set_put(set);
	if (err == -ENOSPC)
		cordon_fault_set(fault, "more addresses in segments than "
				 CORDON_STRING(CORDON_ENTRIES_MAX)
				 ", what was added at run time and the previous generation included");
	else if (err == -EINVAL)
		cordon_fault_set(fault, "a member is no prefix");
	return err == -ENOSPC ? -EINVAL : err;
}

void cordon_segment_set_get(struct cordon_segment_set *set)
{
	if (set)
		refcount_inc(&set->references);
}

/** cordon_segment_set_put - drop a reference; may be NULL; context: any */
void cordon_segment_set_put(struct cordon_segment_set *set)
{
	if (!set || !refcount_dec_and_test(&set->references))
		return;
	spin_lock_bh(&dropped_lock);
	list_add_tail(&set->node, &dropped);
	spin_unlock_bh(&dropped_lock);
	cordon_segment_collect();
}

/*
 * Free what is referred to no more: sets of documents that are gone, entries
 * that were taken out.  And grow the table for whoever could not wait.
 */
static void collect(struct work_struct *work)
{
	struct cordon_segment_slot *slot, *next_slot;
	struct cordon_segment_item *item, *next_item;
	struct cordon_segment_set *set, *next_set;
	LIST_HEAD(items);
	LIST_HEAD(slots);
	LIST_HEAD(sets);

	spin_lock_bh(&dropped_lock);
	list_splice_init(&dropped, &sets);
	spin_unlock_bh(&dropped_lock);
	mutex_lock(&cordon_segment_lock);
	list_for_each_entry(set, &sets, node)
		set_empty(set);
	cordon_segment_table_tidy(&items);
	list_splice_init(&unused_slots, &slots);
	mutex_unlock(&cordon_segment_lock);

	synchronize_srcu(&cordon_srcu);
	list_for_each_entry_safe(item, next_item, &items, node) {
		cordon_segment_item_free(item);
		cond_resched();
	}
	list_for_each_entry_safe(slot, next_slot, &slots, unused) {
		ida_free(&slot_numbers, slot->number);
		kfree(slot);
	}
	list_for_each_entry_safe(set, next_set, &sets, node) {
		ida_free(&set_numbers, set->id);
		kvfree(set);
	}
}

/* --- views --------------------------------------------------------------- */

/**
 * cordon_segment_view_new - segments as a policy means them
 * @policy: compiled from @blocks
 * @blocks: those with segments have a set
 * @count: how many
 *
 * Context: may sleep.
 * Return: a view for cordon_segment_view_free(), NULL if there are no
 * segments, or -ENOMEM.
 */
struct cordon_segment_view *
cordon_segment_view_new(const struct cordon_policy *policy,
			struct cordon_block *const *blocks, u32 count)
{
	struct cordon_segment_view *view;
	u32 slots = 0;
	u32 i;
	u32 j;

	for (i = 0; i < count; i++)
		for (j = 0; blocks[i]->set && j < blocks[i]->set->slot_count; j++)
			slots = max(slots, blocks[i]->set->slots[j]->number + 1);
	if (!cordon_policy_has_passages(policy))
		return NULL;
	view = kvzalloc(struct_size(view, slot, slots), GFP_KERNEL_ACCOUNT);
	if (!view)
		return ERR_PTR(-ENOMEM);
	view->slots = slots;
	for (i = 0; i < slots; i++)
		view->slot[i].program = CORDON_NONE;
	for (i = 0; i < count; i++) {
		const struct cordon_segment_set *set = blocks[i]->set;

		if (!set)
			continue;
		__set_bit(set->id, view->sets);
		for (j = 0; j < set->slot_count; j++) {
			struct cordon_segment_slot *slot = set->slots[j];

			view->slot[slot->number].slot = slot;
			view->slot[slot->number].program =
				cordon_policy_segment(policy, slot->name,
						      strlen(slot->name));
		}
	}
	view->ports = cordon_port_table_new(policy, blocks, count);
	if (IS_ERR(view->ports)) {
		kvfree(view);
		return ERR_PTR(-ENOMEM);
	}
	return view;
}

/** cordon_segment_view_free - may be NULL; nobody looks at it any more */
void cordon_segment_view_free(struct cordon_segment_view *view)
{
	if (!view)
		return;
	cordon_port_table_free(view->ports);
	kvfree(view);
}

/** cordon_segment_view_ports - what a view says of interfaces; may be NULL */
const struct cordon_port_table *
cordon_segment_view_ports(const struct cordon_segment_view *view)
{
	return view ? view->ports : NULL;
}

/** cordon_segment_program - segment of the policy that a slot is, or none */
u32 cordon_segment_program(const struct cordon_segment_view *view, u32 slot)
{
	return view && slot < view->slots ? view->slot[slot].program :
					    CORDON_NONE;
}

/** cordon_segment_counts - does an entry count in a view, expiry apart */
bool cordon_segment_counts(const struct cordon_segment_view *view,
			   const struct cordon_prefix_entry *entry)
{
	if (cordon_segment_program(view, entry->segment) == CORDON_NONE)
		return false;
	switch (entry->origin) {
	case CORDON_ORIGIN_DOCUMENT:
		return test_bit(entry->set, view->sets);
	case CORDON_ORIGIN_LOADED:
		return READ_ONCE(view->slot[entry->segment].slot->list) ==
		       entry->set;
	}
	return true;
}

static bool peer_add(struct cordon_peer *peer, u32 program)
{
	u32 i;

	for (i = 0; i < peer->segment_count; i++)
		if (peer->segments[i] == program)
			return true;
	if (peer->segment_count == CORDON_NESTING_MAX)
		return false;
	peer->segments[peer->segment_count++] = program;
	return true;
}

void cordon_segment_find_behind(const struct cordon_generation *generation,
				struct cordon_peer *peer,
				const struct net_device *dev)
{
	const struct cordon_segment_view *view = generation->segments;
	const u32 *programs;
	u32 count;
	u32 i;

	if (!view || !view->ports)
		return;
	count = cordon_port_segments(view->ports, dev, &programs);
	for (i = 0; i < count; i++)
		peer_add(peer, programs[i]);
}

void cordon_segment_find(const struct cordon_generation *generation,
			 struct cordon_peer *peer,
			 const struct net_device *dev, u64 *expires)
{
	const struct cordon_segment_view *view = generation->segments;
	struct cordon_prefix_entry *entry;
	struct cordon_prefix_walk walk;
	u64 now;

	peer->segment_count = 0;
	if (!view)
		return;
	if (dev)
		cordon_segment_find_behind(generation, peer, dev);
	now = cordon_segment_clock();
	cordon_prefix_walk_init(&walk, cordon_segment_table(),
				&peer->address);
	while ((entry = cordon_prefix_next(&walk))) {
		u64 end = READ_ONCE(entry->expires);

		if (!cordon_segment_counts(view, entry) || (end && end <= now))
			continue;
		/* The least specific ones fall out where there are too many. */
		if (!peer_add(peer, view->slot[entry->segment].program))
			pr_warn_once("an address lies in more than %u segments: the widest of them are not looked at\n",
				     CORDON_NESTING_MAX);
		if (end && end < *expires)
			*expires = end;
		atomic64_inc((atomic64_t *)&entry->hits);
	}
}

u32 cordon_segment_names(const struct cordon_policy *policy,
			 const struct cordon_peer *peer, char *text)
{
	u32 used = 0;
	u32 i;

	text[0] = '\0';
	for (i = 0; i < peer->segment_count; i++) {
		u32 program = peer->segments[i];
		const struct cordon_draft *draft = cordon_policy_draft(policy,
			cordon_policy_program_workload(policy, program));
		u32 index = cordon_policy_program_index(policy, program);
		u32 name = cordon_draft_program(draft, index)->exe;

		used += scnprintf(text + used, CORDON_SEGMENT_NAMES - used,
				  "%s%s", i ? "," : "",
				  cordon_draft_text(draft, name));
	}
	return used;
}

/** cordon_segment_init - before the first generation; may sleep */
int cordon_segment_init(void)
{
	return cordon_segment_table_init();
}

/**
 * cordon_segment_exit - all generations are gone, and with them the segments
 *
 * Context: may sleep; nobody reads, nobody changes any more.
 */
void cordon_segment_exit(void)
{
	cordon_segment_runtime_exit();
	flush_work(&collect_work);
	/* It has asked for another run, with nothing left to do. */
	cancel_work_sync(&collect_work);
	cordon_segment_table_exit();
	ida_destroy(&slot_numbers);
	ida_destroy(&set_numbers);
}
