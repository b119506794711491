/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * A bounded memory of flows: fixed in size, nothing is allocated for a packet.
 * Where a set is full, the entry that was put longest ago is forgotten.
 */
#ifndef _CORDON_RECALL_H
#define _CORDON_RECALL_H

#include <linux/types.h>

#include "engine/address.h"

struct cordon_recall;

/**
 * struct cordon_recall_key - what is remembered; no byte of it is padding
 * @from: one end
 * @to: the other one
 * @net: cookie of the network namespace
 * @in: index of an interface, or whatever else tells entries apart
 * @out: likewise
 * @from_port: of @from
 * @to_port: of @to
 * @protocol: IPPROTO_
 * @kind: the caller's
 * @zero: 0
 */
struct cordon_recall_key {
	struct cordon_address from;
	struct cordon_address to;
	u64 net;
	u32 in;
	u32 out;
	u16 from_port;
	u16 to_port;
	u8 protocol;
	u8 kind;
	u16 zero;
};

/**
 * struct cordon_recall_value - what is remembered of it; the caller's
 * @generation: that decided
 * @expires: on cordon_segment_clock()
 * @epoch: of the segments
 * @number: whatever
 */
struct cordon_recall_value {
	u64 generation;
	u64 expires;
	u32 epoch;
	u32 number;
};

struct cordon_recall *cordon_recall_new(u32 bits);
void cordon_recall_free(struct cordon_recall *recall);
bool cordon_recall_get(struct cordon_recall *recall,
		       const struct cordon_recall_key *key,
		       struct cordon_recall_value *value, unsigned long age);
void cordon_recall_put(struct cordon_recall *recall,
		       const struct cordon_recall_key *key,
		       const struct cordon_recall_value *value);

#endif /* _CORDON_RECALL_H */
