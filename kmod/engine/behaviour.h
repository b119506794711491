/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Behaviours: what was done, each once, with how often, and when first and last.
 *
 * One piece of memory of fixed size holds a hash table of behaviours and one of
 * texts, each text once however many behaviours name it.  Nothing is ever
 * pushed out: what there is no room for is dropped, and counted, by class and
 * workload.  Nobody can fill it for all others: a workload may take more only
 * as long as it has less than CORDON_BEHAVIOURS_SHARE times of what is free.
 *
 * Finding and counting what is known takes no lock, nor does reading.  The
 * caller has one writer at a time add or clear.  To clear is three steps:
 * cordon_behaviours_forget(), cordon_behaviours_clear() for all buckets, and,
 * when no reader from before is left, cordon_behaviours_reuse() for all places;
 * others may add in between.  Texts stay until the whole is emptied.
 */
#ifndef _CORDON_ENGINE_BEHAVIOUR_H
#define _CORDON_ENGINE_BEHAVIOUR_H

#include "address.h"
#include "ring.h"
#include "shim.h"

/*
 * How much more than all that is free a workload may have.  Of flows half of
 * that: anybody may call who has an address.
 */
#define CORDON_BEHAVIOURS_SHARE	4

#define CORDON_BEHAVIOURS_MIN	64
#define CORDON_BEHAVIOURS_MAX	1048576

/** enum cordon_behaviour_flag - bits of struct cordon_behaviour */
enum cordon_behaviour_flag {
	CORDON_BEHAVIOUR_LIVE = 1,	/* there is one in this place */
	CORDON_BEHAVIOUR_HELD = 2,	/* it was there before */
	CORDON_BEHAVIOUR_UNLISTED = 4,	/* its program had no entry at first */
	CORDON_BEHAVIOUR_RULED = 8,	/* a rule decided */
	CORDON_BEHAVIOUR_CLEARED = 16,	/* some may still see what was here */
};

/**
 * struct cordon_behaviour_key - what makes a behaviour another one
 * @workload: its name
 * @program: the executable
 * @object: on what; of flows empty
 * @address: of flows: the other end; of listen this one
 * @uid: who
 * @port: of flows: that is opened to
 * @protocol: of flows: IPPROTO_; else 0
 * @op: enum cordon_op
 * @kind: enum cordon_object_kind
 * @action: enum cordon_action
 * @reason: enum cordon_reason
 */
struct cordon_behaviour_key {
	struct cordon_ring_text workload;
	struct cordon_ring_text program;
	struct cordon_ring_text object;
	struct cordon_address address;
	u32 uid;
	u16 port;
	u8 protocol;
	u8 op;
	u8 kind;
	u8 action;
	u8 reason;
};

/**
 * struct cordon_behaviour_detail - what more is kept of the first time
 * @segments: of the other end, names with commas
 * @peer: workload at the other end
 * @rule: that decided, as it is written
 * @file: where it stands
 * @rule_id: its index in the workload
 * @rule_line: in @file
 * @flags: CORDON_BEHAVIOUR_UNLISTED, CORDON_BEHAVIOUR_RULED
 */
struct cordon_behaviour_detail {
	struct cordon_ring_text segments;
	struct cordon_ring_text peer;
	struct cordon_ring_text rule;
	struct cordon_ring_text file;
	u32 rule_id;
	u32 rule_line;
	u8 flags;
};

/**
 * struct cordon_behaviour - one of them
 * @count: how often; 0: it was only held
 * @first: the caller's clock, as is @last
 * @last: when it was done last
 * @address: see struct cordon_behaviour_key, as all that is named as there;
 *	texts are offsets for cordon_behaviours_text()
 * @next: in its bucket, or among those that are free
 * @workload: its name
 * @program: the executable
 * @object: on what
 * @segments: see struct cordon_behaviour_detail, as the rest
 * @peer: text
 * @rule: text
 * @file: text
 * @rule_id: index
 * @rule_line: line
 * @uid: who
 * @port: that is opened to
 * @protocol: IPPROTO_
 * @op: enum cordon_op
 * @kind: enum cordon_object_kind
 * @action: enum cordon_action
 * @reason: enum cordon_reason
 * @flags: enum cordon_behaviour_flag
 */
struct cordon_behaviour {
	u64 count;
	u64 first;
	u64 last;
	struct cordon_address address;
	u32 next;
	u32 workload;
	u32 program;
	u32 object;
	u32 segments;
	u32 peer;
	u32 rule;
	u32 file;
	u32 rule_id;
	u32 rule_line;
	u32 uid;
	u16 port;
	u8 protocol;
	u8 op;
	u8 kind;
	u8 action;
	u8 reason;
	u8 flags;
};

/**
 * struct cordon_learner - what is recorded of one workload
 * @since: of the first behaviour, or drop; the caller's clock, as all times; 0:
 *	nothing is recorded
 * @newest: of the newest behaviour
 * @full: of the first drop; 0: there was none
 * @dropped: acts that there was no room for, by class
 * @words: of texts that it was the first to name
 * @used: behaviours
 * @flows: of these
 * @name: text
 */
struct cordon_learner {
	u64 since;
	u64 newest;
	u64 full;
	u64 dropped[CORDON_CLASS_COUNT];
	u32 words;
	u32 used;
	u32 flows;
	u32 name;
};

/**
 * struct cordon_behaviours - the table
 * @seed: secret, of all hashes
 * @dropped: acts that there was no room for
 * @entries: behaviours, from 1
 * @buckets: of behaviours, as many
 * @text_buckets: of texts, as many
 * @words: texts, from 1: a word with the next one's offset (high half) and the
 *	length, and the bytes with a NUL
 * @learners: one for each workload
 * @count: of @entries and both kinds of buckets, a power of two
 * @word_count: of @words
 * @high: entries up to here were ever used
 * @used: that are in use
 * @words_used: of @words
 * @learner_count: of @learners
 * @free: first of the entries that may be used again; 0: none
 */
struct cordon_behaviours {
	u64 seed;
	u64 dropped;
	struct cordon_behaviour *entries;
	u32 *buckets;
	u32 *text_buckets;
	u64 *words;
	struct cordon_learner *learners;
	u32 count;
	u32 word_count;
	u32 high;
	u32 used;
	u32 words_used;
	u32 learner_count;
	u32 free;
};

size_t cordon_behaviours_size(u32 count);
struct cordon_behaviours *cordon_behaviours_init(void *memory, u32 count,
						 u64 seed);
struct cordon_behaviour *
cordon_behaviours_find(const struct cordon_behaviours *table,
		       const struct cordon_behaviour_key *key);
int cordon_behaviours_add(struct cordon_behaviours *table,
			  const struct cordon_behaviour_key *key,
			  const struct cordon_behaviour_detail *detail,
			  bool held, u64 now);
bool cordon_behaviours_forget(struct cordon_behaviours *table, u32 name);
void cordon_behaviours_clear(struct cordon_behaviours *table, u32 name,
			     u32 from, u32 count);
void cordon_behaviours_reuse(struct cordon_behaviours *table, u32 from,
			     u32 count);
const struct cordon_behaviour *
cordon_behaviours_at(const struct cordon_behaviours *table, u32 index);
struct cordon_ring_text
cordon_behaviours_text(const struct cordon_behaviours *table, u32 text);
u32 cordon_behaviours_name(const struct cordon_behaviours *table,
			   const char *name, u32 length);

/**
 * cordon_behaviour_count - it was done again
 * @behaviour: from cordon_behaviours_find()
 * @now: the time
 *
 * Context: any; by any number at once.
 */
static inline void cordon_behaviour_count(struct cordon_behaviour *behaviour,
					  u64 now)
{
	cordon_word_add(&behaviour->count, 1);
	cordon_word_put(&behaviour->last, now);
}

#endif /* _CORDON_ENGINE_BEHAVIOUR_H */
