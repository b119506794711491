// SPDX-License-Identifier: GPL-2.0-only
#include <linux/compiler.h>
#include <linux/cpumask.h>
#include <linux/log2.h>
#include <linux/minmax.h>
#include <linux/mm.h>
#include <linux/overflow.h>
#include <linux/slab.h>
#include <linux/smp.h>
#include <linux/timekeeping.h>

#include "hits.h"

#define STRIPES_MAX	8

/**
 * cordon_hits_new - counters that begin now
 * @rules: of the workload
 *
 * Context: may sleep.
 * Return: them, with one reference, or NULL without memory.
 */
struct cordon_hits *cordon_hits_new(u32 rules)
{
	u32 stripes = min_t(u32, roundup_pow_of_two(nr_cpu_ids), STRIPES_MAX);
	size_t counters = (size_t)rules * stripes;
	struct cordon_hits *hits;
	size_t size;

	size = size_add(struct_size(hits, count, counters),
			array_size(rules, sizeof(*hits->last)));
	hits = kvzalloc(size, GFP_KERNEL_ACCOUNT);
	if (!hits)
		return NULL;
	refcount_set(&hits->references, 1);
	hits->rules = rules;
	hits->stripes = stripes;
	hits->since = ktime_get_real_seconds();
	hits->last = (time64_t *)&hits->count[counters];
	return hits;
}

/** cordon_hits_get - take another reference; context: any */
void cordon_hits_get(struct cordon_hits *hits)
{
	refcount_inc(&hits->references);
}

/** cordon_hits_put - drop a reference; @hits may be NULL; may sleep */
void cordon_hits_put(struct cordon_hits *hits)
{
	if (hits && refcount_dec_and_test(&hits->references))
		kvfree(hits);
}

/**
 * cordon_hits_count - a rule decided
 * @hits: of its workload
 * @rule: its index
 *
 * Context: any.
 */
void cordon_hits_count(struct cordon_hits *hits, u32 rule)
{
	u32 stripe = raw_smp_processor_id() & (hits->stripes - 1);
	time64_t now = ktime_get_real_seconds();

	atomic64_inc(&hits->count[(size_t)stripe * hits->rules + rule]);
	/* Processors share it: it is written once a second, not once an act. */
	if (READ_ONCE(hits->last[rule]) != now)
		WRITE_ONCE(hits->last[rule], now);
}

/** cordon_hits_read - how often a rule has decided */
u64 cordon_hits_read(const struct cordon_hits *hits, u32 rule)
{
	u64 sum = 0;
	u32 stripe;

	for (stripe = 0; stripe < hits->stripes; stripe++)
		sum += atomic64_read(&hits->count[(size_t)stripe * hits->rules +
						  rule]);
	return sum;
}

/** cordon_hits_last - when a rule has decided last, in s; 0: never */
time64_t cordon_hits_last(const struct cordon_hits *hits, u32 rule)
{
	return READ_ONCE(hits->last[rule]);
}
