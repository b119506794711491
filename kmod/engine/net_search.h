/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Looking rules up in the table of a policy: what deciding about peers and
 * about passages have in common; for these files only.
 */
#ifndef _CORDON_ENGINE_NET_SEARCH_H
#define _CORDON_ENGINE_NET_SEARCH_H

#include "decide.h"
#include "net.h"

/* The best rules so far: 0, or owner, rule and one; the lowest is the best. */
struct found {
	u64 best[CORDON_EFFECT_COUNT];
};

static inline u32 found_rule(u64 best)
{
	return (u32)best - 1;
}

static inline u32 found_workload(u64 best)
{
	return cordon_net_owner_workload((u16)(best >> 32));
}

static __always_inline void found_better(u64 *best, u16 owner, u32 rule)
{
	const u64 one = (u64)owner << 32 | rule;

	if (rule && (!*best || one < *best))
		*best = one;
}

static __always_inline void found_add(struct found *found,
				      const struct cordon_net_rule *rule)
{
	u32 i;

	for (i = 0; i < CORDON_EFFECT_COUNT; i++)
		found_better(&found->best[i], rule->owner[i], rule->rule[i]);
}

/*
 * What is looked for in one scope.  It is never in memory: what is inlined into
 * a decision takes it apart.
 */
struct search {
	const struct cordon_net_table *table;
	const struct cordon_net_summary *summary;
	u32 scope;
	u32 slot;
	u32 port;
	struct found *found;
};

/**
 * cordon_net_search_sizes - look in a block of each size that is used
 * @table: of the policy
 * @sizes: bits of them
 * @scope: whose rules
 * @slot_and_port: of the protocol, in the upper half; in the lower the port
 * @class: what the peer is
 * @found: what is found is added
 */
void cordon_net_search_sizes(const struct cordon_net_table *table, u32 sizes,
			     u32 scope, u32 slot_and_port, u32 class,
			     struct found *found);

/* Looks for one peer; mostly, rules are about single ports alone. */
static __always_inline void search_class(const struct search search, u32 class)
{
	const u32 sizes = search.summary->sizes[search.slot];
	const struct cordon_net_rule *rule;

	if (unlikely(sizes != 1)) {
		cordon_net_search_sizes(search.table, sizes, search.scope,
					search.slot << 16 | search.port, class,
					search.found);
		return;
	}
	rule = cordon_net_find(search.table, search.scope,
			       cordon_net_key(search.slot, class, 0,
					      search.port));
	if (rule)
		found_add(search.found, rule);
}

static __always_inline struct cordon_judgement
found_judge(const struct found *found, u8 effect, u8 reason)
{
	if (found->best[CORDON_EFFECT_DENY])
		return cordon_judgement(
			CORDON_EFFECT_DENY, CORDON_REASON_RULE,
			found_rule(found->best[CORDON_EFFECT_DENY]));
	if (found->best[CORDON_EFFECT_ALLOW])
		return cordon_judgement(
			CORDON_EFFECT_ALLOW, CORDON_REASON_RULE,
			found_rule(found->best[CORDON_EFFECT_ALLOW]));
	return cordon_judgement(effect, reason, CORDON_NONE);
}

#endif /* _CORDON_ENGINE_NET_SEARCH_H */
