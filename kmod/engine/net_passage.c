// SPDX-License-Identifier: GPL-2.0-only
/*
 * Deciding about what passes from segment to segment.
 */
#include "net_search.h"

bool cordon_policy_has_passages(const struct cordon_policy *policy)
{
	return policy->segments;
}

static u32 segment_count(const struct cordon_peer *peer)
{
	return peer->segment_count > CORDON_NESTING_MAX ?
		       CORDON_NESTING_MAX : peer->segment_count;
}

/* Looks for pairs of segments, any in place of what @ends does not name. */
static __always_inline void search_pairs(const struct search search, u32 ends,
					 const struct cordon_peer *from,
					 const struct cordon_peer *to)
{
	const u32 froms = ends & CORDON_NET_FROM ? segment_count(from) : 1;
	const u32 tos = ends & CORDON_NET_TO ? segment_count(to) : 1;
	u32 i;
	u32 k;

	for (i = 0; i < froms; i++) {
		for (k = 0; k < tos; k++)
			search_class(search,
				     cordon_net_pair(ends & CORDON_NET_FROM ?
						     from->segments[i] :
						     CORDON_NET_NOBODY,
						     ends & CORDON_NET_TO ?
						     to->segments[k] :
						     CORDON_NET_NOBODY));
	}
}

static void passage_search(const struct cordon_policy *policy,
			   const struct cordon_passage *passage,
			   struct found *found)
{
	struct search search = {
		.table = &policy->net,
		.summary = cordon_net_summaries(&policy->net) +
			   policy->net.pass,
		.scope = cordon_net_scope(0, CORDON_OP_PASS),
		.slot = cordon_net_slot(passage->protocol),
		.port = passage->port,
		.found = found,
	};
	u32 combinations;

	for (;;) {
		combinations = search.summary->kinds[search.slot];
		for (; combinations; combinations &= combinations - 1)
			search_pairs(search, cordon_first_bit(combinations),
				     passage->from, passage->to);
		if (search.slot == CORDON_NET_ANY)
			return;
		search.slot = CORDON_NET_ANY;
	}
}

static bool lies_in(const struct cordon_peer *peer, u32 segment)
{
	const u32 count = segment_count(peer);
	u32 i;

	for (i = 0; i < count; i++) {
		if (peer->segments[i] == segment)
			return true;
	}
	return false;
}

static bool enforces(const struct cordon_policy *policy, u32 workload)
{
	return image_workloads(policy)[workload].mode[CORDON_CLASS_NET] ==
	       CORDON_MODE_ENFORCE;
}

/*
 * The document that isolates one end from the other, or CORDON_NONE: one that
 * enforces if there is any.  @found: from the other way round
 */
static u32 isolator(const struct cordon_policy *policy,
		    const struct cordon_peer *one,
		    const struct cordon_peer *other, u32 found)
{
	const u32 count = segment_count(one);
	const struct image_program *segment;
	u32 i;

	for (i = 0; i < count; i++) {
		if (one->segments[i] >= policy->program_count)
			continue;
		segment = image_programs(policy) + one->segments[i];
		if (!segment->isolated || lies_in(other, one->segments[i]))
			continue;
		if (found == CORDON_NONE || (!enforces(policy, found) &&
					     enforces(policy,
						      segment->workload)))
			found = segment->workload;
	}
	return found;
}

void cordon_policy_decide_passage(const struct cordon_policy *policy,
				  const struct cordon_passage *passage,
				  struct cordon_verdict *verdict)
{
	struct cordon_judgement judgement;
	struct found found = { 0 };
	u32 workload;
	u32 closed;

	if (policy->net.pass)
		passage_search(policy, passage, &found);
	closed = CORDON_NONE;
	if (!found.best[CORDON_EFFECT_ALLOW]) {
		closed = isolator(policy, passage->from, passage->to, closed);
		closed = isolator(policy, passage->to, passage->from, closed);
	}
	if (found.best[CORDON_EFFECT_DENY]) {
		workload = found_workload(found.best[CORDON_EFFECT_DENY]);
		/* What only monitors must not end what another enforces. */
		if (enforces(policy, workload) || closed == CORDON_NONE ||
		    !enforces(policy, closed)) {
			judgement = found_judge(&found, 0, 0);
			cordon_settle(policy, workload, CORDON_OP_PASS,
				      judgement, verdict);
			return;
		}
	} else if (found.best[CORDON_EFFECT_ALLOW]) {
		workload = found_workload(found.best[CORDON_EFFECT_ALLOW]);
		cordon_settle(policy, workload, CORDON_OP_PASS,
			      found_judge(&found, 0, 0), verdict);
		return;
	}
	if (closed == CORDON_NONE) {
		cordon_unjudged(policy, CORDON_NONE, CORDON_OP_PASS, verdict);
		return;
	}
	cordon_settle(policy, closed, CORDON_OP_PASS,
		      cordon_judgement(CORDON_EFFECT_DENY,
				       CORDON_REASON_ISOLATED, CORDON_NONE),
		      verdict);
}
