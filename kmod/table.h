/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Tables of what is known of the kernel's own objects, by their address.
 *
 * Readers take no lock: handlers are under cordon_srcu, the callback of a hook
 * under RCU alone.  What is taken out is freed behind both.  An address may be
 * another object's as soon as its entry is out, so whoever frees the object
 * takes the entry out first.
 */
#ifndef _CORDON_TABLE_H
#define _CORDON_TABLE_H

#include <linux/compiler.h>
#include <linux/hash.h>
#include <linux/rculist.h>
#include <linux/spinlock.h>
#include <linux/types.h>

#include "generation.h"

#define CORDON_TABLE_LOCKS	64

/**
 * struct cordon_table_entry - the beginning of what is known of one object
 * @node: in its bucket
 * @key: the object's address; following it is up to the table's owner
 * @rcu: for the deferred free
 * @table: that it was taken out of, for the deferred free
 */
struct cordon_table_entry {
	struct hlist_node node;
	const void *key;
	struct rcu_head rcu;
	const struct cordon_table *table;
};

/**
 * struct cordon_table - what is fixed of a table
 * @buckets: two to the power of @bits
 * @locks: CORDON_TABLE_LOCKS, each of several buckets; interrupts are off, since
 *	objects come and go in softirqs and callbacks of RCU
 * @bits: see @buckets
 * @free: frees an entry; called where nothing may sleep
 */
struct cordon_table {
	struct hlist_head *buckets;
	spinlock_t *locks;
	u8 bits;
	void (*free)(struct cordon_table_entry *entry);
};

/*
 * In a header, so that whoever looks something up knows at compile time where
 * the buckets are.
 */
#define CORDON_TABLE_DECLARE(name, power)				\
	extern struct hlist_head name##_buckets[1 << (power)];		\
	extern spinlock_t name##_locks[CORDON_TABLE_LOCKS];		\
	void name##_free(struct cordon_table_entry *entry);		\
	static const struct cordon_table name __maybe_unused = {	\
		.buckets = name##_buckets,				\
		.locks = name##_locks,					\
		.bits = (power),					\
		.free = name##_free,					\
	}

/* Beside the definition of name_free(). */
#define CORDON_TABLE(name)						\
	struct hlist_head name##_buckets[ARRAY_SIZE(name##_buckets)];	\
	spinlock_t name##_locks[CORDON_TABLE_LOCKS]

static __always_inline struct hlist_head *
cordon_table_bucket(const struct cordon_table *table, const void *key)
{
	return &table->buckets[hash_ptr(key, table->bits)];
}

static inline spinlock_t *
cordon_table_lock_of(const struct cordon_table *table,
		     const struct hlist_head *bucket)
{
	return &table->locks[(bucket - table->buckets) % CORDON_TABLE_LOCKS];
}

/* For lockdep. */
#define cordon_table_is_locked(table, key)				\
	lockdep_is_held(cordon_table_lock_of(table,			\
					     cordon_table_bucket(table, key)))

/* Is a reader one: for lockdep, beside RCU itself. */
#define cordon_table_is_held()						\
	(srcu_read_lock_held(&cordon_srcu) || rcu_read_lock_sched_held())

/**
 * cordon_table_find - the entry of an object
 * @table: the table
 * @key: the object's address, or one that an object had
 *
 * Context: any; under cordon_srcu, RCU or the lock, which keep the entry.
 * Return: the entry or NULL.
 */
static __always_inline struct cordon_table_entry *
cordon_table_find(const struct cordon_table *table, const void *key)
{
	struct hlist_head *bucket = cordon_table_bucket(table, key);
	struct cordon_table_entry *entry;

	hlist_for_each_entry_rcu(entry, bucket, node,
				 cordon_table_is_held() ||
				 cordon_table_is_locked(table, key))
		if (entry->key == key)
			return entry;
	return NULL;
}

/**
 * cordon_table_exists - has this object an entry
 * @table: the table
 * @key: the object's address, or one that an object had
 *
 * Context: any.
 */
static __always_inline bool
cordon_table_exists(const struct cordon_table *table, const void *key)
{
	bool found;

	if (likely(!READ_ONCE(cordon_table_bucket(table, key)->first)))
		return false;
	rcu_read_lock();
	found = cordon_table_find(table, key);
	rcu_read_unlock();
	return found;
}

void cordon_table_init(const struct cordon_table *table);
void cordon_table_exit(const struct cordon_table *table);

unsigned long cordon_table_lock(const struct cordon_table *table,
				const void *key);
void cordon_table_unlock(const struct cordon_table *table, const void *key,
			 unsigned long flags);
void cordon_table_add(const struct cordon_table *table,
		      struct cordon_table_entry *entry);
void cordon_table_replace(const struct cordon_table *table,
			  struct cordon_table_entry *old,
			  struct cordon_table_entry *entry);
void cordon_table_remove(const struct cordon_table *table,
			 struct cordon_table_entry *entry);
bool cordon_table_forget(const struct cordon_table *table, const void *key);

/**
 * typedef cordon_table_hold_t - take hold of an entry's object
 * @entry: an entry
 * @data: the caller's
 *
 * Context: atomic; under the lock of @entry's bucket.
 * Return: false: it is on its way out, pass it over.
 */
typedef bool (*cordon_table_hold_t)(struct cordon_table_entry *entry,
				    void *data);

/**
 * struct cordon_table_cursor - how far a walk has come
 * @bucket: index
 * @at: key of the entry in it that was found last
 * @behind: of the one that was dealt with last; NULL: none of the bucket
 */
struct cordon_table_cursor {
	unsigned long bucket;
	const void *at;
	const void *behind;
};

/** cordon_table_step - what cordon_table_next() has found is dealt with */
static inline void cordon_table_step(struct cordon_table_cursor *cursor)
{
	cursor->behind = cursor->at;
}

bool cordon_table_next(const struct cordon_table *table,
		       struct cordon_table_cursor *cursor,
		       cordon_table_hold_t hold, void *data);

#endif /* _CORDON_TABLE_H */
