/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * What is remembered of passages: what was decided of a flow, for as long as
 * the generation, the epoch of the segments and the life of the entries that
 * were looked at; which flows there are; of which packets the first fragment
 * passed.
 */
#ifndef _CORDON_PASSAGE_MEMORY_H
#define _CORDON_PASSAGE_MEMORY_H

#include <linux/in.h>
#include <linux/jiffies.h>
#include <linux/types.h>
#include <linux/user_namespace.h>
#include <net/net_namespace.h>
#include <uapi/cordon.h>

#include "frame.h"
#include "recall.h"
#include "segment.h"

/*
 * How long a verdict is good, in jiffies: one of a flow whose age counts must be
 * looked at again, and what is denied is to be told again.
 */
#define CORDON_PASSAGE_VERDICT_AGE	HZ
#define CORDON_PASSAGE_TCP_AGE		(60 * HZ)

/**
 * struct cordon_passage_memory - what is remembered of some network namespaces
 * @verdicts: what was decided of a flow
 * @opened: which flows there are
 * @fragments: of which packets the first passed
 */
struct cordon_passage_memory {
	struct cordon_recall *verdicts;
	struct cordon_recall *opened;
	struct cordon_recall *fragments;
};

/*
 * Anyone may have a network of his own, and fill a memory with what happens
 * there: it is not that of the machine's.
 */
extern struct cordon_passage_memory cordon_passage_machine;
extern struct cordon_passage_memory cordon_passage_guests;

/**
 * struct cordon_passage_basis - what a verdict of a flow rests on
 * @generation: number of the generation that decided
 * @epoch: of the segments, before they were looked at
 * @expires: when an entry that was looked at ends, on cordon_segment_clock()
 */
struct cordon_passage_basis {
	u64 generation;
	u64 expires;
	u32 epoch;
};

/* Says each of its packets which end has opened the flow? */
static inline bool cordon_passage_is_stateless(u8 protocol)
{
	return protocol == IPPROTO_TCP || protocol == CORDON_FRAME_OTHER;
}

/**
 * cordon_passage_memory_of - where passages of a network are remembered
 * @net: the network namespace
 *
 * Context: any; there is a generation with passages.
 */
static inline const struct cordon_passage_memory *
cordon_passage_memory_of(const struct net *net)
{
	return net->user_ns == &init_user_ns ? &cordon_passage_machine :
					       &cordon_passage_guests;
}

static inline bool
cordon_passage_is_good(const struct cordon_recall_value *value, u64 generation,
		       u32 epoch)
{
	return value->generation == generation && value->epoch == epoch &&
	       (value->expires == CORDON_SEGMENT_NEVER ||
		value->expires > cordon_segment_clock());
}

/**
 * cordon_passage_recall - what has been decided of such a packet
 * @memory: of its network
 * @key: the packet
 * @generation: number of the generation that is asked now
 * @epoch: of the segments now
 * @verdict: set to what cordon_passage_remember() got, if that is still good
 *
 * Context: any.
 */
static inline bool
cordon_passage_recall(const struct cordon_passage_memory *memory,
		      const struct cordon_recall_key *key, u64 generation,
		      u32 epoch, u32 *verdict)
{
	const bool is_stateless = cordon_passage_is_stateless(key->protocol);
	struct cordon_recall_value value;

	if (!cordon_recall_get(memory->verdicts, key, &value,
			       is_stateless ? CORDON_PASSAGE_TCP_AGE :
					      CORDON_PASSAGE_VERDICT_AGE) ||
	    !cordon_passage_is_good(&value, generation, epoch))
		return false;
	*verdict = value.number;
	return value.number == CORDON_ACTION_ALLOW || !is_stateless ||
	       cordon_recall_get(memory->verdicts, key, &value,
				 CORDON_PASSAGE_VERDICT_AGE);
}

int cordon_passage_memory_init(void);
void cordon_passage_memory_exit(void);

void cordon_passage_key(struct cordon_recall_key *key, const struct net *net,
			const struct cordon_tuple *tuple);
void cordon_passage_remember(const struct cordon_passage_memory *memory,
			     const struct cordon_recall_key *key,
			     const struct cordon_passage_basis *basis,
			     u32 verdict);

void cordon_passage_open(const struct cordon_passage_memory *memory,
			 const struct net *net,
			 const struct cordon_tuple *tuple);
bool cordon_passage_is_open(const struct cordon_passage_memory *memory,
			    const struct net *net,
			    const struct cordon_tuple *tuple);

void cordon_passage_begin(const struct cordon_passage_memory *memory,
			  const struct net *net,
			  const struct cordon_frame *frame);
bool cordon_passage_has_begun(const struct cordon_passage_memory *memory,
			      const struct net *net,
			      const struct cordon_frame *frame);

#endif /* _CORDON_PASSAGE_MEMORY_H */
