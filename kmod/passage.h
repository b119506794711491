/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Passages: packets between two ends, held against the rules of segments.
 */
#ifndef _CORDON_PASSAGE_H
#define _CORDON_PASSAGE_H

#include <linux/types.h>
#include <uapi/cordon.h>

struct cordon_generation;
struct cordon_tuple;
struct net;
struct net_device;
struct sk_buff;

/**
 * struct cordon_passage_way - where a packet is on its way
 * @generation: the policy; it has passages
 * @net: the network namespace
 * @in: where it comes in; NULL: it is made here
 * @out: where it goes out; NULL: it is for this host
 * @is_routed: from one network into another
 */
struct cordon_passage_way {
	const struct cordon_generation *generation;
	struct net *net;
	const struct net_device *in;
	const struct net_device *out;
	bool is_routed;
};

/**
 * enum cordon_passage_answer - what becomes of a packet
 * @CORDON_PASSAGE_PASS: it goes on
 * @CORDON_PASSAGE_DROP: it gets lost
 * @CORDON_PASSAGE_REJECT: the same, and its sender is to be told, wherever
 *	that can be done
 */
enum cordon_passage_answer {
	CORDON_PASSAGE_PASS,
	CORDON_PASSAGE_DROP,
	CORDON_PASSAGE_REJECT,
};

int cordon_passage_init(void);
void cordon_passage_exit(void);

enum cordon_passage_answer
cordon_passage_judge(const struct cordon_passage_way *way,
		     const struct sk_buff *skb, u32 offset, u16 protocol);
bool cordon_passage_refuse(const struct cordon_passage_way *way,
			   const struct cordon_tuple *tuple,
			   enum cordon_reason reason, u32 workload);

#endif /* _CORDON_PASSAGE_H */
