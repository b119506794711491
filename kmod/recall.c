// SPDX-License-Identifier: GPL-2.0-only
#include <linux/jhash.h>
#include <linux/jiffies.h>
#include <linux/mm.h>
#include <linux/random.h>
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

struct set {
	spinlock_t lock;	/* taken with BH off */
	struct entry way[WAYS];
};

struct cordon_recall {
	u32 seed;
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
	recall->seed = get_random_u32();
	recall->mask = (1U << bits) - 1;
	for (i = 0; i <= recall->mask; i++)
		spin_lock_init(&recall->set[i].lock);
	return recall;
}

/** cordon_recall_free - may be NULL; nobody uses it any more */
void cordon_recall_free(struct cordon_recall *recall)
{
	kvfree(recall);
}

static struct set *set_of(struct cordon_recall *recall,
			  const struct cordon_recall_key *key)
{
	BUILD_BUG_ON(sizeof(*key) != 56);
	return &recall->set[jhash2((const u32 *)key, sizeof(*key) / sizeof(u32),
				   recall->seed) & recall->mask];
}

static struct entry *entry_find(struct set *set,
				const struct cordon_recall_key *key)
{
	u32 i;

	for (i = 0; i < WAYS; i++)
		if (set->way[i].stamp &&
		    !memcmp(&set->way[i].key, key, sizeof(*key)))
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
	struct entry *entry;
	bool found;

	spin_lock_bh(&set->lock);
	entry = entry_find(set, key);
	found = entry && time_before_eq(jiffies, entry->stamp + age);
	if (found)
		*value = entry->value;
	spin_unlock_bh(&set->lock);
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
	entry->key = *key;
	entry->value = *value;
	entry->stamp = jiffies ?: 1;
	spin_unlock_bh(&set->lock);
}
