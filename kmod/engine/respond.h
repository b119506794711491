/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Responses: what is to follow a departure, and when it has happened often
 * enough.  What is then done is the module's.
 */
#ifndef _CORDON_ENGINE_RESPOND_H
#define _CORDON_ENGINE_RESPOND_H

#include "net.h"
#include "policy.h"

/* Of a whole workload, as bits; the host has none of them. */
#define CORDON_RESPONSES_WHOLE                                                \
	(1u << CORDON_RESPONSE_KILL_WORKLOAD | 1u << CORDON_RESPONSE_SUSPEND | \
	 1u << CORDON_RESPONSE_QUARANTINE)

/**
 * cordon_respond_next - the next response that a departure may have
 * @policy: that decided
 * @verdict: a deny; what monitor mode lets pass has none
 * @index: where to begin, 0 at first; moved behind the response
 *
 * Whether it has happened often enough is for cordon_threshold_reached().
 *
 * Context: any.
 * Return: the response, or NULL if there is none left.
 */
const struct cordon_draft_response *
cordon_respond_next(const struct cordon_policy *policy,
		    const struct cordon_verdict *verdict, u32 *index);

/**
 * struct cordon_cut - what stands against a flow, whatever rules say
 * @quarantined: the subject's workload is in quarantine
 * @blocked: the peer's address is blocked
 */
struct cordon_cut {
	bool quarantined;
	bool blocked;
};

/**
 * cordon_policy_decide_cut - judge a flow by the responses that are in force
 * @policy: the policy
 * @workload: whose socket it is, an index; CORDON_NONE: it only passes
 * @op: what was tried
 * @peer: the other end; its segments are known; NULL: there is none
 * @cut: what stands against it
 * @verdict: filled if it is cut: a deny in every mode of the class, for a
 *	response is no rule that is tried out; a would-deny if the machine was
 *	started to deny nothing
 *
 * A quarantine does not cut off who is in a segment of management, and nobody
 * is blocked who is in one, or in a protected one.
 *
 * Context: any.
 * Return: is it cut; if not, rules decide.
 */
bool cordon_policy_decide_cut(const struct cordon_policy *policy, u32 workload,
			      enum cordon_op op, const struct cordon_peer *peer,
			      struct cordon_cut cut,
			      struct cordon_verdict *verdict);

/**
 * cordon_policy_is_protected - may a peer never be blocked
 * @policy: the policy
 * @peer: its address, segments and is_local are known
 *
 * This host, what is no single host's address, who is in a segment that is
 * protected or of management.
 *
 * Context: any.
 */
bool cordon_policy_is_protected(const struct cordon_policy *policy,
				const struct cordon_peer *peer);

/* A window is counted in so many slices, and the one that has begun. */
#define CORDON_THRESHOLD_SLICES	8
/* Entries that one key may be in. */
#define CORDON_THRESHOLD_WAYS	8

/** struct cordon_threshold_key - a hash with a secret seed: equal keys are equal */
struct cordon_threshold_key {
	u64 word[2];
};

/**
 * struct cordon_threshold - departures that are counted together
 * @key: which; meaningless unless @last
 * @last: when the last one was counted; 0: the entry is free
 * @slice: number of the newest slice, from the clock's beginning
 * @count: of each slice, by the lowest bits of its number
 */
struct cordon_threshold {
	struct cordon_threshold_key key;
	u64 last;
	u64 slice;
	u32 count[CORDON_THRESHOLD_SLICES + 1];
};

/**
 * struct cordon_thresholds - the table
 * @entries: CORDON_THRESHOLD_WAYS of each set, all zero at first
 * @count: of all entries, a power of two
 */
struct cordon_thresholds {
	struct cordon_threshold *entries;
	u32 count;
};

/**
 * cordon_threshold_reached - count one departure
 * @table: the table
 * @key: which ones are counted together
 * @times: how many it takes, from 1
 * @within: in which time, in units of the caller's clock, from
 *	CORDON_THRESHOLD_SLICES
 * @now: by that clock, from 1
 *
 * So many within that time are never missed; some that lie up to an eighth of
 * it longer apart may be counted too.  Where a set is full, the entry with the
 * least in it makes room: who appears once, under many addresses, does not make
 * us forget who appears again and again.
 *
 * Context: any; the caller lets one at a time in.
 * Return: true: it is reached, and counting begins anew.
 */
bool cordon_threshold_reached(struct cordon_thresholds *table,
			      const struct cordon_threshold_key *key,
			      u32 times, u64 within, u64 now);

#endif /* _CORDON_ENGINE_RESPOND_H */
