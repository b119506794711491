// SPDX-License-Identifier: GPL-2.0-only
/*
 * The one table of all segments' addresses, and the entries in it.
 */
#include <linux/kernel.h>
#include <linux/list.h>
#include <linux/mm.h>
#include <linux/mutex.h>
#include <linux/random.h>
#include <linux/slab.h>
#include <linux/srcu.h>

#include "generation.h"
#include "segment_table.h"

DEFINE_MUTEX(cordon_segment_lock);	/* of what entries there are */

static struct cordon_prefix_table __rcu *table; /* under the lock */
static u32 link; /* under the lock: table's */
static LIST_HEAD(stale); /* items; under the lock */
static LIST_HEAD(retired); /* items; under the lock */
static struct kmem_cache *cache;

/** cordon_segment_table - for a lookup; under cordon_srcu, which keeps it */
const struct cordon_prefix_table *cordon_segment_table(void)
{
	return srcu_dereference(table, &cordon_srcu);
}

static struct cordon_prefix_table *table_locked(void)
{
	return rcu_dereference_protected(table,
					 lockdep_is_held(&cordon_segment_lock));
}

static struct cordon_prefix_table *table_new(u32 entries, u32 which)
{
	u32 bits = cordon_prefix_table_wants(entries);
	void *memory =
		kvzalloc(cordon_prefix_table_size(bits), GFP_KERNEL_ACCOUNT);

	return memory ? cordon_prefix_table_init(memory, bits, get_random_u64(),
						 which) :
			NULL;
}

/*
 * A second table, with the other link, takes over.  The first one's link can
 * only be used again behind its last reader: whoever may not wait for that
 * leaves the table small for now.
 */
static int table_grow(u32 entries, bool may_wait)
{
	struct cordon_prefix_table *old = table_locked();
	struct cordon_prefix_table *new;

	lockdep_assert_held(&cordon_segment_lock);
	if (cordon_prefix_table_wants(entries) <= cordon_prefix_table_bits(old))
		return 0;
	if (!may_wait) {
		cordon_segment_collect();
		return 0;
	}
	new = table_new(entries, !link);
	if (!new)
		return -ENOMEM;
	cordon_prefix_move(new, old);
	rcu_assign_pointer(table, new);
	link = !link;
	synchronize_srcu(&cordon_srcu);
	kvfree(old);
	return 0;
}

/**
 * cordon_segment_reserve - is there room for more entries
 * @more: how many
 * @may_wait: for readers; not under cordon_srcu
 *
 * Context: may sleep; under cordon_segment_lock.
 * Return: 0, -ENOSPC above CORDON_ENTRIES_MAX, -ENOMEM.
 */
int cordon_segment_reserve(u32 more, bool may_wait)
{
	u32 used = cordon_prefix_table_entries(table_locked());

	if (used > CORDON_ENTRIES_MAX || more > CORDON_ENTRIES_MAX - used)
		return -ENOSPC;
	return table_grow(used + more, may_wait);
}

/** cordon_segment_item_new - an entry in no list and no table, or NULL */
struct cordon_segment_item *
cordon_segment_item_new(const struct cordon_prefix *prefix, u32 segment,
			u32 set, u8 origin, u64 expires)
{
	struct cordon_segment_item *item =
		kmem_cache_zalloc(cache, GFP_KERNEL_ACCOUNT);

	if (!item)
		return NULL;
	item->entry.prefix = *prefix;
	item->entry.segment = segment;
	item->entry.set = set;
	item->entry.origin = origin;
	item->entry.expires = expires;
	INIT_LIST_HEAD(&item->node);
	return item;
}

/** cordon_segment_item_free - one that was never in the table */
void cordon_segment_item_free(struct cordon_segment_item *item)
{
	kmem_cache_free(cache, item);
}

/** cordon_segment_item_insert - readers see it from now on */
void cordon_segment_item_insert(struct cordon_segment_item *item)
{
	lockdep_assert_held(&cordon_segment_lock);
	cordon_prefix_insert(table_locked(), &item->entry);
}

/** cordon_segment_item_remove - out of list and table; freed later */
void cordon_segment_item_remove(struct cordon_segment_item *item)
{
	lockdep_assert_held(&cordon_segment_lock);
	cordon_prefix_remove(table_locked(), &item->entry);
	list_move_tail(&item->node, &retired);
	cordon_segment_collect();
}

/**
 * cordon_segment_items_remove - the same for a list, in good time
 * @items: entries that count for nothing any more; emptied
 *
 * Whoever replaces a long list should not have to wait for its end.
 */
void cordon_segment_items_remove(struct list_head *items)
{
	lockdep_assert_held(&cordon_segment_lock);
	list_splice_tail_init(items, &stale);
	cordon_segment_collect();
}

/**
 * cordon_segment_item_find - the very entry
 * @segment: slot
 * @prefix: equal to its
 * @origin: its
 * @set: its
 *
 * Context: under cordon_segment_lock.
 */
struct cordon_segment_item *
cordon_segment_item_find(u32 segment, const struct cordon_prefix *prefix,
			 u8 origin, u32 set)
{
	struct cordon_prefix_walk walk;
	struct cordon_prefix_entry *entry;

	cordon_prefix_walk_exact(&walk, table_locked(), prefix);
	while ((entry = cordon_prefix_next(&walk)))
		if (entry->segment == segment && entry->origin == origin &&
		    entry->set == set)
			return container_of(entry, struct cordon_segment_item,
					    entry);
	return NULL;
}

/** cordon_segment_item_each - see cordon_prefix_each() */
struct cordon_segment_item *cordon_segment_item_each(u64 *cursor)
{
	struct cordon_prefix_entry *entry =
		cordon_prefix_each(table_locked(), cursor);

	return entry ? container_of(entry, struct cordon_segment_item, entry) :
		       NULL;
}

/**
 * cordon_segment_table_tidy - do what others could not wait for
 * @items: filled with those that are to be freed behind their last reader
 *
 * Context: may sleep; under cordon_segment_lock, not under cordon_srcu.
 */
void cordon_segment_table_tidy(struct list_head *items)
{
	struct cordon_segment_item *item;
	struct cordon_segment_item *next;

	list_for_each_entry_safe(item, next, &stale, node) {
		cordon_segment_item_remove(item);
		cond_resched();
	}
	if (table_grow(cordon_prefix_table_entries(table_locked()), true))
		pr_warn("no memory for a larger table of segments: lookups stay slower than they could be\n");
	list_splice_init(&retired, items);
}

/** cordon_segment_table_init - an empty table; may sleep */
int cordon_segment_table_init(void)
{
	struct cordon_prefix_table *first;

	cache = kmem_cache_create("cordon_segment",
				  sizeof(struct cordon_segment_item), 0,
				  SLAB_ACCOUNT, NULL);
	first = table_new(0, 0);
	if (!cache || !first) {
		kmem_cache_destroy(cache);
		kvfree(first);
		return -ENOMEM;
	}
	RCU_INIT_POINTER(table, first);
	return 0;
}

/** cordon_segment_table_exit - no entry is left, nobody reads; may sleep */
void cordon_segment_table_exit(void)
{
	kvfree(rcu_dereference_protected(table, true));
	kmem_cache_destroy(cache);
}
