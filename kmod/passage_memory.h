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
#include <linux/types.h>

#include "frame.h"

struct cordon_passage_memory;
struct cordon_recall_key;
struct net;

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

int cordon_passage_memory_init(void);
void cordon_passage_memory_exit(void);
const struct cordon_passage_memory *
cordon_passage_memory_of(const struct net *net);

void cordon_passage_key(struct cordon_recall_key *key, const struct net *net,
			const struct cordon_tuple *tuple);
bool cordon_passage_recall(const struct cordon_passage_memory *memory,
			   const struct cordon_recall_key *key, u64 generation,
			   u32 epoch, u32 *verdict);
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
