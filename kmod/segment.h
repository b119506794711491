/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Segments: which of them an address, or an interface, lies in right now.
 *
 * A segment is known by a slot, a small number that belongs to its name as
 * long as any loaded document defines it.  All prefixes of all segments hang
 * in one table.  What a document states is an entry of the document's set, and
 * counts only for generations that carry the set, so that moving the pointer
 * to the policy switches the entries with it.  What comes at run time counts
 * at once, for every generation that defines the segment.
 */
#ifndef _CORDON_SEGMENT_H
#define _CORDON_SEGMENT_H

#include <linux/atomic.h>
#include <linux/types.h>

#include "engine/net.h"

struct cordon_block;
struct cordon_generation;
struct cordon_segment_set;
struct cordon_segment_view;
struct net_device;

#define CORDON_SEGMENT_NEVER	U64_MAX	/* of @expires: nothing will */

int cordon_segment_init(void);
void cordon_segment_stop(void);
void cordon_segment_exit(void);

/**
 * cordon_segment_find - the segments that a peer is in
 * @generation: the policy; its segments are meant
 * @peer: @peer->address is looked up; segments and segment_count are filled
 * @dev: the interface or bridge port it is behind; may be NULL
 * @expires: lowered to the earliest end of life of the entries used, on
 *	cordon_segment_clock(); begin with CORDON_SEGMENT_NEVER
 *
 * Context: any; under cordon_srcu, and RCU if @dev is given.
 */
void cordon_segment_find(const struct cordon_generation *generation,
			 struct cordon_peer *peer,
			 const struct net_device *dev, u64 *expires);

/**
 * cordon_segment_find_behind - the segments that lie behind an interface too
 * @generation: as for cordon_segment_find()
 * @peer: more are added
 * @dev: the interface
 *
 * Context: any; under cordon_srcu and RCU.
 */
void cordon_segment_find_behind(const struct cordon_generation *generation,
				struct cordon_peer *peer,
				const struct net_device *dev);

extern atomic_t cordon_segment_epoch_number;

/**
 * cordon_segment_epoch - moves with every change of runtime entries
 *
 * Read it before the lookup whose outcome is to be kept.
 *
 * Context: any.
 */
static inline u32 cordon_segment_epoch(void)
{
	return atomic_read_acquire(&cordon_segment_epoch_number);
}

/** cordon_segment_clock - ns since boot, to the tick; context: any */
u64 cordon_segment_clock(void);

/* Room for the names of all segments that a peer can be in. */
#define CORDON_SEGMENT_NAMES	(CORDON_NESTING_MAX * (CORDON_NAME_MAX + 1))

/**
 * cordon_segment_names - the segments of a peer, for people
 * @policy: that they are indices of
 * @peer: segments and segment_count
 * @text: CORDON_SEGMENT_NAMES bytes: names with commas
 *
 * Context: any.
 * Return: bytes written, without the NUL.
 */
u32 cordon_segment_names(const struct cordon_policy *policy,
			 const struct cordon_peer *peer, char *text);

struct cordon_port_table;
const struct cordon_port_table *
cordon_segment_view_ports(const struct cordon_segment_view *view);

/* For generation.c. */
int cordon_segment_set_make(struct cordon_block *block,
			    struct cordon_fault *fault);
void cordon_segment_set_get(struct cordon_segment_set *set);
void cordon_segment_set_put(struct cordon_segment_set *set);
struct cordon_segment_view *
cordon_segment_view_new(const struct cordon_policy *policy,
			struct cordon_block *const *blocks, u32 count);
void cordon_segment_view_free(struct cordon_segment_view *view);

#endif /* _CORDON_SEGMENT_H */
