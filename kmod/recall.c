// SPDX-License-Identifier: GPL-2.0-only
#include <linux/jiffies.h>
#include <linux/mm.h>
#include <linux/random.h>
#include <linux/seqlock.h>
#include <linux/slab.h>
#include <linux/spinlock.h>
#include <linux/string.h>

#include "recall.h"

#define WAYS	4

struct entry {
	struct cordon_recall_key key;
	struct cordon_recall_value value;
	unsigned long stamp;	/* jiffies, when it was put; 0: empty */
};

/**
 * struct set - where keys of one hash are
 * @lock: of who writes; taken with BH off
 * @sequence: odd while one writes; who reads takes no lock
 * @way: the entries
 */
struct set {
	spinlock_t lock;
	seqcount_t sequence;
	struct entry way[WAYS];
};

#define KEY_HALVES	(sizeof(struct cordon_recall_key) / sizeof(u32))
#define KEY_WORDS	(sizeof(struct cordon_recall_key) / sizeof(u64))

struct cordon_recall {
	u64 secret[KEY_HALVES + 1];
	u32 mask;
	struct set set[];
};

/**
 * cordon_recall_new - begin a memory
 * @bits: logarithm of the number of sets, each of four entries
 *
 * Context: may sleep.
 * Return: an empty one, or NULL without memory.
 */
struct cordon_recall *cordon_recall_new(u32 bits)
{
	struct cordon_recall *recall;
	u32 i;

	recall = kvzalloc(struct_size(recall, set, 1UL << bits), GFP_KERNEL);
	if (!recall)
		return NULL;
	get_random_bytes(recall->secret, sizeof(recall->secret));
	recall->mask = (1U << bits) - 1;
	for (i = 0; i <= recall->mask; i++) {
		spin_lock_init(&recall->set[i].lock);
		seqcount_init(&recall->set[i].sequence);
	}
	return recall;
}

/** cordon_recall_free - may be NULL; nobody uses it any more */
void cordon_recall_free(struct cordon_recall *recall)
{
	kvfree(recall);
}

/*
 * Multilinear hashing is strongly universal: whoever does not know the secret
 * cannot choose keys that fall together.  See Lemire and Kaser, "Strongly
 * universal string hashing is fast", 2014, section 3.
 */
static struct set *set_of(struct cordon_recall *recall,
			  const struct cordon_recall_key *key)
{
	const u32 *half = (const u32 *)key;
	u64 hash = recall->secret[KEY_HALVES];
	u32 i;

	static_assert(sizeof(*key) == 56);
#pragma GCC unroll 14
	for (i = 0; i < KEY_HALVES; i++)
		hash += recall->secret[i] * half[i];
	return &recall->set[hash >> 32 & recall->mask];
}

static bool is_same(const struct cordon_recall_key *a,
		    const struct cordon_recall_key *b)
{
	const u64 *x = (const u64 *)a;
	const u64 *y = (const u64 *)b;
	u64 differ = 0;
	u32 i;

#pragma GCC unroll 7
	for (i = 0; i < KEY_WORDS; i++)
		differ |= x[i] ^ y[i];
	return !differ;
}

static struct entry *entry_find(struct set *set,
				const struct cordon_recall_key *key)
{
	u32 i;

	for (i = 0; i < WAYS; i++)
		if (set->way[i].stamp && is_same(&set->way[i].key, key))
			return &set->way[i];
	return NULL;
}

/**
 * cordon_recall_get - is something remembered
 * @recall: the memory
 * @key: what
 * @value: filled if it is
 * @age: jiffies since it was put, at most
 *
 * Context: any but hard interrupts.
 * Return: whether it is.
 */
bool cordon_recall_get(struct cordon_recall *recall,
		       const struct cordon_recall_key *key,
		       struct cordon_recall_value *value, unsigned long age)
{
	struct set *set = set_of(recall, key);
	const struct entry *entry;
	unsigned int sequence;
	bool found;

	do {
		sequence = read_seqcount_begin(&set->sequence);
		entry = entry_find(set, key);
		found = entry && time_before_eq(jiffies, entry->stamp + age);
		if (found)
			*value = entry->value;
	} while (read_seqcount_retry(&set->sequence, sequence));
	return found;
}

/**
 * cordon_recall_put - remember, or remember anew
 * @recall: the memory
 * @key: what
 * @value: of it
 *
 * Context: any but hard interrupts.
 */
void cordon_recall_put(struct cordon_recall *recall,
		       const struct cordon_recall_key *key,
		       const struct cordon_recall_value *value)
{
	struct set *set = set_of(recall, key);
	struct entry *entry;
	u32 i;

	spin_lock_bh(&set->lock);
	entry = entry_find(set, key);
	for (i = 0; !entry && i < WAYS; i++)
		if (!set->way[i].stamp)
			entry = &set->way[i];
	if (!entry) {
		entry = &set->way[0];
		for (i = 1; i < WAYS; i++)
			if (time_before(set->way[i].stamp, entry->stamp))
				entry = &set->way[i];
	}
	write_seqcount_begin(&set->sequence);
	entry->key = *key;
	entry->value = *value;
	entry->stamp = jiffies ?: 1;
	write_seqcount_end(&set->sequence);
	spin_unlock_bh(&set->lock);
}
