/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * The journal: all events, in a ring of fixed size that forgets the oldest, and
 * the folding of what is repeated.  Writers are in any context but NMI,
 * allocate nothing and wait for each other only; readers hold nobody up.
 */
#ifndef _CORDON_JOURNAL_H
#define _CORDON_JOURNAL_H

#include <linux/types.h>

#include "engine/fold.h"
#include "event.h"

/* Of a text in an event, in bytes. */
#define CORDON_JOURNAL_SEGMENTS	256

/* Of a behaviour. */
#define CORDON_JOURNAL_KEY_TEXTS 2

/* The longest event, in words. */
#define CORDON_JOURNAL_WORDS \
	(sizeof(struct cordon_event_head) / 8 + \
	 2 * (CORDON_PATH_MAX / 8 + 1) + 2 * (CORDON_EVENT_TEXT_MAX / 8 + 1) + \
	 2 * (CORDON_NAME_MAX / 8 + 1) + 2 * (CORDON_JOURNAL_SEGMENTS / 8 + 1))

/**
 * struct cordon_journal_status - how the journal fares
 * @sequence: of the newest event; 0: none yet
 * @first: the first that is held
 * @made: events of each topic, up to @sequence
 * @bytes: size of the ring
 * @instance: by chance at load
 */
struct cordon_journal_status {
	u64 sequence;
	u64 first;
	u64 made[CORDON_TOPIC_COUNT];
	u64 bytes;
	u64 instance;
};

int cordon_journal_init(void);
void cordon_journal_exit(void);
void cordon_journal_key(struct cordon_fold_key *key, const u64 *parts,
			u32 count, const struct cordon_ring_text *texts,
			u32 text_count);
bool cordon_journal_repeats(const struct cordon_fold_key *key,
			    const struct cordon_event_owner *owner);
bool cordon_journal_write(struct cordon_event *event,
			  const struct cordon_fold_key *key);
void cordon_journal_close(void);
u64 cordon_journal_next(void);
u64 cordon_journal_instance(void);
u32 cordon_journal_read(u64 *sequence, u64 limit, u64 *record);
void cordon_journal_status(struct cordon_journal_status *status);

#endif /* _CORDON_JOURNAL_H */
