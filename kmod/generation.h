/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Generations: the published policy, the one before it, and the way from one
 * to the next.
 */
#ifndef _CORDON_GENERATION_H
#define _CORDON_GENERATION_H

#include <linux/bits.h>
#include <linux/compiler.h>
#include <linux/refcount.h>
#include <linux/srcu.h>
#include <linux/types.h>

#include "engine/policy.h"

struct cordon_hits;
struct cordon_segment_set;
struct cordon_segment_view;
struct netlink_ext_ack;

/* Held by every handler; who has it may use what cordon_generation_get() gave. */
extern struct srcu_struct cordon_srcu;

/**
 * struct cordon_block - one loaded workload
 * @references: generations (and a transaction) that hold it
 * @hits: its counters
 * @draft: what it says
 * @set: of a segments document that was published: its addresses
 */
struct cordon_block {
	refcount_t references;
	struct cordon_hits *hits;
	struct cordon_draft *draft;
	struct cordon_segment_set *set;
};

/**
 * struct cordon_generation - one policy, published or kept for rollback
 * @policy: compiled; in @image
 * @image: the memory of it
 * @bytes: its size
 * @number: of the generation
 * @rules: of all workloads
 * @segments: which addresses are in its segments; NULL: it has none
 * @has_interfaces: some of them hold interfaces
 * @learning: workloads with a class in mode learn
 * @rcu: frees it behind its last reader
 * @count: workloads
 * @blocks: in the order of the policy's workloads
 */
struct cordon_generation {
	struct cordon_policy *policy;
	void *image;
	size_t bytes;
	u64 number;
	u32 rules;
	struct cordon_segment_view *segments;
	bool has_interfaces;
	u32 learning;
	struct rcu_head rcu;
	u32 count;
	struct cordon_block *blocks[];
};

/*
 * What the callback needs to know of the policy, in one word: an enum
 * cordon_generation_state in the lowest byte, flags, and in the upper half the
 * lower one of the generation's number.
 */
extern u64 cordon_generation_word;

enum cordon_generation_state {
	CORDON_GENERATION_NONE,		/* no workload is loaded */
	CORDON_GENERATION_MEMBERS,	/* only labelled tasks are subjects */
	CORDON_GENERATION_HOST,		/* all but kernel threads are */
};

/* It matters by which interface a packet goes: segments hold some. */
#define CORDON_GENERATION_INTERFACES	BIT(8)

/** cordon_generation_state - to whom the policy applies; context: any */
static inline enum cordon_generation_state cordon_generation_state(void)
{
	return (u8)READ_ONCE(cordon_generation_word);
}

/** cordon_generation_active - is there anything to enforce at all */
static inline bool cordon_generation_active(void)
{
	return cordon_generation_state() != CORDON_GENERATION_NONE;
}

/*
 * A subject and the generation whose it is, in one word, so that it can be
 * read, replaced and compared without a lock: the lower half of the
 * generation's number, then workload and program in 16 bits each, all ones for
 * none.
 */
static inline u64 cordon_who_pack(u64 generation, u32 workload, u32 program)
{
	static_assert(CORDON_WORKLOADS_MAX < U16_MAX);
	static_assert(CORDON_PROGRAMS_MAX < U16_MAX);
	return generation << 32 | (u32)(u16)workload << 16 | (u16)program;
}

/** cordon_who_is_nobody - does no manifest speak of it */
static inline bool cordon_who_is_nobody(u64 who)
{
	return (u32)who >= (u32)U16_MAX << 16;
}

/** cordon_who_is_of - was it resolved in the generation of this word */
static inline bool cordon_who_is_of(u64 who, u64 word)
{
	return !((who ^ word) >> 32);
}

/* That of the host's tasks, which have no label. */
extern u64 cordon_generation_host;

/**
 * struct cordon_publication - how a policy is to be published
 * @base: the generation it was made against; 0 for any
 * @confirm: seconds to wait for cordon_generation_confirm(); 0 for ever
 * @workload: only modes differ, of this workload; else NULL
 * @mode: what these are, a mode a class
 */
struct cordon_publication {
	u64 base;
	u32 confirm;
	const char *workload;
	const u8 *mode;
};

/** struct cordon_generation_status - for CORDON_CMD_STATUS_GET */
struct cordon_generation_status {
	u64 number;
	u64 previous;
	u32 confirm;
	u32 workloads;
	u32 rules;
	u64 bytes;
};

int cordon_generation_init(bool monitor);
void cordon_generation_stop(void);
void cordon_generation_exit(void);

const struct cordon_generation *cordon_generation_get(void);
void cordon_generation_status(struct cordon_generation_status *status);
bool cordon_generation_forced_monitor(void);
bool cordon_generation_is_quarantined(const struct cordon_generation *generation,
				      u32 workload);

struct cordon_block *cordon_block_new(const struct cordon_workload_spec *spec,
				      struct cordon_fault *fault);
struct cordon_block *cordon_block_with_modes(struct cordon_block *block,
					     const u8 *mode);
void cordon_block_get(struct cordon_block *block);
void cordon_block_put(struct cordon_block *block);

int cordon_generation_publish(struct cordon_block *const *blocks, u32 count,
			      const struct cordon_publication *publication,
			      struct cordon_fault *fault);
int cordon_generation_confirm(void);
int cordon_generation_rollback(void);

#endif /* _CORDON_GENERATION_H */
