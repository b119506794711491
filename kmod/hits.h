/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Hits: how often the rules of a workload have decided, and when last.  Blocks
 * of one load share them, so that they outlive a change of modes and a
 * rollback; a load begins anew.
 */
#ifndef _CORDON_HITS_H
#define _CORDON_HITS_H

#include <linux/atomic.h>
#include <linux/refcount.h>
#include <linux/time64.h>
#include <linux/types.h>

/**
 * struct cordon_hits - counters of a workload
 * @references: blocks that share them
 * @denied: verdicts that denied
 * @would_deny: verdicts that only monitor mode let pass
 * @rules: how many counters each stripe has
 * @stripes: power of two; processors share a stripe to bound the memory
 * @since: s, CLOCK_REALTIME: when they began
 * @last: of each rule: s, CLOCK_REALTIME, when it decided last; behind @count
 * @count: @stripes × @rules counters
 */
struct cordon_hits {
	refcount_t references;
	atomic64_t denied;
	atomic64_t would_deny;
	u32 rules;
	u32 stripes;
	time64_t since;
	time64_t *last;
	atomic64_t count[];
};

struct cordon_hits *cordon_hits_new(u32 rules);
void cordon_hits_get(struct cordon_hits *hits);
void cordon_hits_put(struct cordon_hits *hits);

void cordon_hits_count(struct cordon_hits *hits, u32 rule);
u64 cordon_hits_read(const struct cordon_hits *hits, u32 rule);
time64_t cordon_hits_last(const struct cordon_hits *hits, u32 rule);

#endif /* _CORDON_HITS_H */
