// SPDX-License-Identifier: GPL-2.0-only
#include <linux/rcupdate.h>
#include <linux/srcu.h>

#include "table.h"

/* Readers of the second stage are in the callback of a hook. */
static void entry_free(struct rcu_head *rcu)
{
	struct cordon_table_entry *entry =
		container_of(rcu, struct cordon_table_entry, rcu);

	entry->table->free(entry);
}

static void entry_free_srcu(struct rcu_head *rcu)
{
	call_rcu(rcu, entry_free);
}

static void entry_retire(const struct cordon_table *table,
			 struct cordon_table_entry *entry)
{
	entry->table = table;
	call_srcu(&cordon_srcu, &entry->rcu, entry_free_srcu);
}

static spinlock_t *lock_of(const struct cordon_table *table, const void *key)
{
	return cordon_table_lock_of(table, cordon_table_bucket(table, key));
}

/**
 * cordon_table_lock - hold still what is known of an object
 * @table: the table
 * @key: the object's address
 *
 * Context: any; cordon_table_unlock() follows.
 * Return: for cordon_table_unlock().
 */
unsigned long cordon_table_lock(const struct cordon_table *table,
				const void *key)
	__acquires(lock)
{
	unsigned long flags;

	spin_lock_irqsave(lock_of(table, key), flags);
	return flags;
}

/**
 * cordon_table_unlock - let go of it
 * @table: the table
 * @key: the object's address
 * @flags: what cordon_table_lock() gave
 *
 * Context: under cordon_table_lock().
 */
void cordon_table_unlock(const struct cordon_table *table, const void *key,
			 unsigned long flags)
	__releases(lock)
{
	spin_unlock_irqrestore(lock_of(table, key), flags);
}

/**
 * cordon_table_add - an object gets its entry
 * @table: the table
 * @entry: with its key; given over
 *
 * Context: under cordon_table_lock(); there is none yet.
 */
void cordon_table_add(const struct cordon_table *table,
		      struct cordon_table_entry *entry)
{
	lockdep_assert_held(lock_of(table, entry->key));
	hlist_add_head_rcu(&entry->node,
			   cordon_table_bucket(table, entry->key));
}

/**
 * cordon_table_replace - an object gets another entry
 * @table: the table
 * @old: the one that it has; will be freed
 * @entry: with the same key; given over
 *
 * Context: under cordon_table_lock().
 */
void cordon_table_replace(const struct cordon_table *table,
			  struct cordon_table_entry *old,
			  struct cordon_table_entry *entry)
{
	lockdep_assert_held(lock_of(table, entry->key));
	hlist_replace_rcu(&old->node, &entry->node);
	entry_retire(table, old);
}

/**
 * cordon_table_remove - an entry is taken out
 * @table: the table
 * @entry: in the table; will be freed
 *
 * Context: under cordon_table_lock().
 */
void cordon_table_remove(const struct cordon_table *table,
			 struct cordon_table_entry *entry)
{
	lockdep_assert_held(lock_of(table, entry->key));
	hlist_del_rcu(&entry->node);
	entry_retire(table, entry);
}

/**
 * cordon_table_forget - an object is gone
 * @table: the table
 * @key: its address, which is about to be free for another
 *
 * Context: any.
 * Return: had it an entry?
 */
bool cordon_table_forget(const struct cordon_table *table, const void *key)
{
	struct cordon_table_entry *entry;
	unsigned long flags;

	if (likely(!READ_ONCE(cordon_table_bucket(table, key)->first)))
		return false;
	flags = cordon_table_lock(table, key);
	entry = cordon_table_find(table, key);
	if (entry)
		cordon_table_remove(table, entry);
	cordon_table_unlock(table, key, flags);
	return entry;
}

/*
 * Where a walk goes on: behind the entry that was dealt with last, wherever it
 * is now, and from the beginning if it has gone.
 */
static struct hlist_node *node_behind(const struct hlist_head *bucket,
				      const void *key)
{
	struct cordon_table_entry *entry;

	hlist_for_each_entry(entry, bucket, node)
		if (entry->key == key)
			return entry->node.next;
	return bucket->first;
}

/* Holds the first entry behind the cursor that lets itself be held. */
static bool bucket_hold(const struct cordon_table *table,
			struct cordon_table_cursor *cursor,
			cordon_table_hold_t hold, void *data)
{
	struct hlist_head *bucket = &table->buckets[cursor->bucket];
	spinlock_t *lock = cordon_table_lock_of(table, bucket);
	struct cordon_table_entry *entry;
	struct hlist_node *node;
	unsigned long flags;
	bool held = false;

	if (!READ_ONCE(bucket->first))
		return false;
	spin_lock_irqsave(lock, flags);
	for (node = node_behind(bucket, cursor->behind); node && !held;
	     node = node->next) {
		entry = hlist_entry(node, struct cordon_table_entry, node);
		held = hold(entry, data);
		cursor->at = entry->key;
	}
	spin_unlock_irqrestore(lock, flags);
	return held;
}

/**
 * cordon_table_next - find the entry at a cursor, or behind it
 * @table: the table
 * @cursor: zero at the start; moved to the entry that was found: where that has
 *	been dealt with, cordon_table_step() follows, else it is found again
 * @hold: takes hold of its object
 * @data: for @hold
 *
 * None is missed that is there from the beginning to the end, whatever comes
 * and goes beside it.  Some may be seen twice.
 *
 * Context: any.
 * Return: false at the end.
 */
bool cordon_table_next(const struct cordon_table *table,
		       struct cordon_table_cursor *cursor,
		       cordon_table_hold_t hold, void *data)
{
	for (; cursor->bucket < 1UL << table->bits; cursor->bucket++) {
		if (bucket_hold(table, cursor, hold, data))
			return true;
		cursor->behind = NULL;
	}
	return false;
}

/** cordon_table_init - before any other call */
void cordon_table_init(const struct cordon_table *table)
{
	unsigned int i;

	for (i = 0; i < CORDON_TABLE_LOCKS; i++)
		spin_lock_init(&table->locks[i]);
}

/**
 * cordon_table_exit - free all entries
 * @table: the table
 *
 * Context: may sleep; there are no readers any more.
 */
void cordon_table_exit(const struct cordon_table *table)
{
	struct cordon_table_entry *entry;
	struct hlist_node *next;
	unsigned long i;

	/* Both stages of entry_retire(). */
	srcu_barrier(&cordon_srcu);
	rcu_barrier();
	for (i = 0; i < 1UL << table->bits; i++)
		hlist_for_each_entry_safe(entry, next, &table->buckets[i],
					  node)
			table->free(entry);
}
