/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Folding: what is done again and again is told once when it begins, and once
 * when a window of time is over, with a count.
 *
 * A table of fixed size, in sets.  Where a set is full, the entry that was
 * opened first makes room, one that nothing was counted in before any other;
 * what it had counted is for the caller to tell.  Nothing counted is ever
 * forgotten: an entry with repeats leaves the table by way of the caller only.
 */
#ifndef _CORDON_ENGINE_FOLD_H
#define _CORDON_ENGINE_FOLD_H

#include "shim.h"

/* Entries that one key may be in. */
#define CORDON_FOLD_WAYS	8

/** struct cordon_fold_key - a hash with a secret seed: equal keys are equal */
struct cordon_fold_key {
	u64 word[2];
};

/**
 * struct cordon_fold_entry - one behaviour
 * @key: which; meaningless unless @used
 * @begin: when the window began; the caller's clock, as is @last
 * @last: when it was repeated for the last time
 * @repeats: how often since @begin, the first time not included
 * @sequence: of the event that told the first time; the caller's
 * @used: it is open
 */
struct cordon_fold_entry {
	struct cordon_fold_key key;
	u64 begin;
	u64 last;
	u64 repeats;
	u64 sequence;
	bool used;
};

/**
 * struct cordon_fold - the table
 * @entries: CORDON_FOLD_WAYS of each set
 * @count: of all entries, a power of two
 * @window: how long an entry stays open, in units of the caller's clock; 0:
 *	nothing is folded
 */
struct cordon_fold {
	struct cordon_fold_entry *entries;
	u32 count;
	u64 window;
};

void cordon_fold_init(struct cordon_fold *fold,
		      struct cordon_fold_entry *entries, u32 count, u64 window);
struct cordon_fold_entry *
cordon_fold_find(struct cordon_fold *fold, const struct cordon_fold_key *key);
void cordon_fold_open(struct cordon_fold_entry *entry,
		      const struct cordon_fold_key *key, u64 now);

/** cordon_fold_is_over - is the window of an open entry over */
static inline bool cordon_fold_is_over(const struct cordon_fold *fold,
				       const struct cordon_fold_entry *entry,
				       u64 now)
{
	return now - entry->begin >= fold->window;
}

/** cordon_fold_repeats - is an entry open for a key; else it is to be opened */
static inline bool cordon_fold_repeats(const struct cordon_fold *fold,
				       const struct cordon_fold_entry *entry,
				       const struct cordon_fold_key *key,
				       u64 now)
{
	return entry->used && entry->key.word[0] == key->word[0] &&
	       entry->key.word[1] == key->word[1] &&
	       !cordon_fold_is_over(fold, entry, now);
}

#endif /* _CORDON_ENGINE_FOLD_H */
