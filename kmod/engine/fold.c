// SPDX-License-Identifier: GPL-2.0-only
#include "fold.h"

/**
 * cordon_fold_init - an empty table
 * @fold: filled
 * @entries: room for @count, all zero; stays the caller's
 * @count: a power of two, CORDON_FOLD_WAYS at least
 * @window: how long an entry stays open
 */
void cordon_fold_init(struct cordon_fold *fold,
		      struct cordon_fold_entry *entries, u32 count, u64 window)
{
	*fold = (struct cordon_fold){
		.entries = entries,
		.count = count,
		.window = window,
	};
}

static bool is_older(const struct cordon_fold_entry *a,
		     const struct cordon_fold_entry *b)
{
	if (!a->used || !b->used)
		return !a->used && b->used;
	if (!a->repeats != !b->repeats)
		return !a->repeats;
	return a->begin < b->begin;
}

/**
 * cordon_fold_find - the entry for a behaviour
 * @fold: the table
 * @key: the behaviour
 *
 * If cordon_fold_repeats() does not hold of it, the entry is another's or over:
 * the caller tells what was counted in it, and opens it anew.
 *
 * Return: the entry.
 */
struct cordon_fold_entry *
cordon_fold_find(struct cordon_fold *fold, const struct cordon_fold_key *key)
{
	u32 sets = fold->count / CORDON_FOLD_WAYS;
	struct cordon_fold_entry *set =
		&fold->entries[(key->word[0] & (sets - 1)) * CORDON_FOLD_WAYS];
	struct cordon_fold_entry *victim = set;
	u32 i;

	for (i = 0; i < CORDON_FOLD_WAYS; i++) {
		struct cordon_fold_entry *entry = &set[i];

		if (entry->used && entry->key.word[0] == key->word[0] &&
		    entry->key.word[1] == key->word[1])
			return entry;
		if (is_older(entry, victim))
			victim = entry;
	}
	return victim;
}

/**
 * cordon_fold_open - begin to count a behaviour
 * @entry: from cordon_fold_find(); what was counted in it is told
 * @key: the behaviour
 * @now: the time
 */
void cordon_fold_open(struct cordon_fold_entry *entry,
		      const struct cordon_fold_key *key, u64 now)
{
	*entry = (struct cordon_fold_entry){
		.key = *key,
		.begin = now,
		.last = now,
		.used = true,
	};
}
