// SPDX-License-Identifier: GPL-2.0-only
#include "respond.h"

#include "address.h"
#include "draft_check.h"
#include "image.h"
#include "names.h"

#define OPS_FLOW                                                              \
	(1u << CORDON_OP_CONNECT | 1u << CORDON_OP_ACCEPT)
/* Of what this host's processes do themselves. */
#define OPS_OWN                                                               \
	(((1u << CORDON_OP_COUNT) - 1) &                                      \
	 ~(1u << CORDON_OP_ACCEPT | 1u << CORDON_OP_PASS))
#define ON_PROCESS                                                            \
	(1u << CORDON_RESPONSE_KILL | 1u << CORDON_RESPONSE_KILL_WORKLOAD |   \
	 1u << CORDON_RESPONSE_SUSPEND)

static const char *ladder_check(const struct cordon_draft_response *response)
{
	const bool blocks = response->responses &
			    1u << CORDON_RESPONSE_BLOCK_PEER;
	u32 i;

	if (response->steps > CORDON_LADDER_MAX)
		return "a ladder has at most " CORDON_STRING(
			CORDON_LADDER_MAX) " steps";
	for (i = 0; i < response->steps; i++) {
		if (!response->ttl[i] || response->ttl[i] > CORDON_TTL_MAX)
			return "a response lasts 1 second to 365 days";
	}
	if (blocks && !response->steps)
		return "an address is blocked for a time: it may be another's one day";
	if (!blocks && response->steps > 1)
		return "only \"block-peer\" has a ladder";
	return NULL;
}

static const char *times_check(const struct cordon_draft_response *response)
{
	if (!response->times || response->times > CORDON_THRESHOLD_MAX)
		return "it takes 1 to " CORDON_STRING(
			CORDON_THRESHOLD_MAX) " departures";
	if (response->within > CORDON_WITHIN_MAX)
		return "departures are counted for at most a day";
	if (response->times > 1 ? !response->within : response->within)
		return "more than one departure are counted within a time, one is not";
	if (response->lapse > CORDON_LAPSE_MAX)
		return "an answer is waited for at most a day";
	return NULL;
}

/* @response may come from anywhere. */
const char *
cordon_response_check(const struct cordon_draft *draft,
		      const struct cordon_draft_response *response)
{
	const u32 most = draft->capacity.rules;
	const char *why;

	if (draft->kind != CORDON_DOCUMENT_MANIFEST)
		return "a segments document has no processes that could be answered";
	if (!response->responses ||
	    response->responses >= 1u << CORDON_RESPONSE_COUNT)
		return "a response does one or more of the known things";
	if (!response->ops || response->ops >= 1u << CORDON_OP_COUNT ||
	    response->ops & 1u << CORDON_OP_PASS)
		return "a response is on one or more of the ops that processes do";
	if (response->rule == CORDON_NONE ? response->rules :
	    response->rule >= most || !response->rules ||
	    response->rules > most - response->rule)
		return "a response is about rules that the draft has not";
	if (response->per >= CORDON_PER_COUNT)
		return "departures are counted per subject or per peer";
	if (response->per == CORDON_PER_PEER && response->ops & ~OPS_FLOW)
		return "only \"connect\" and \"accept\" have a peer";
	if (response->responses & 1u << CORDON_RESPONSE_BLOCK_PEER &&
	    response->ops & ~OPS_FLOW)
		return "\"block-peer\" needs a peer: only \"connect\" and \"accept\" have one";
	if (response->responses & ON_PROCESS && response->ops & ~OPS_OWN)
		return "a packet that comes in is not the process's doing: whoever sends it could stop the service";
	if (response->evidence && !(response->responses & ON_PROCESS))
		return "evidence is taken of processes: only \"kill\", \"kill-workload\" and \"suspend\" have them";
	why = ladder_check(response);
	return why ? why : times_check(response);
}

static bool is_about(const struct cordon_draft_response *response,
		     const struct cordon_verdict *verdict)
{
	if (!(response->ops & 1u << verdict->op))
		return false;
	if (response->rule == CORDON_NONE)
		return true;
	return verdict->reason == CORDON_REASON_RULE &&
	       verdict->rule >= response->rule &&
	       verdict->rule - response->rule < response->rules;
}

/* What a response has done must not be answered by another. */
static bool is_own(const struct cordon_verdict *verdict)
{
	return verdict->reason == CORDON_REASON_QUARANTINE ||
	       verdict->reason == CORDON_REASON_BLOCKED;
}

const struct cordon_draft_response *
cordon_respond_next(const struct cordon_policy *policy,
		    const struct cordon_verdict *verdict, u32 *index)
{
	const struct cordon_draft_response *response;
	const struct image_workload *image;

	if (verdict->action != CORDON_ACTION_DENY || is_own(verdict) ||
	    verdict->workload >= policy->workload_count)
		return NULL;
	image = image_workloads(policy) + verdict->workload;
	if (!(image->answered & 1u << verdict->op))
		return NULL;
	while (*index < image->draft->used.responses) {
		response = cordon_draft_response(image->draft, (*index)++);
		if (is_about(response, verdict))
			return response;
	}
	return NULL;
}

/* --- who is cut off ------------------------------------------------------- */

static bool lies_in_guarded(const struct cordon_policy *policy,
			    const struct cordon_peer *peer, bool protects)
{
	const u32 count = peer->segment_count > CORDON_NESTING_MAX ?
			  CORDON_NESTING_MAX : peer->segment_count;
	const struct image_program *segment;
	u32 i;

	for (i = 0; i < count; i++) {
		if (peer->segments[i] >= policy->program_count)
			continue;
		segment = image_programs(policy) + peer->segments[i];
		if (segment->management || (protects && segment->protected))
			return true;
	}
	return false;
}

bool cordon_policy_is_protected(const struct cordon_policy *policy,
				const struct cordon_peer *peer)
{
	return peer->is_local || cordon_address_is_loopback(&peer->address) ||
	       !cordon_address_is_unicast(&peer->address) ||
	       lies_in_guarded(policy, peer, true);
}

bool cordon_policy_decide_cut(const struct cordon_policy *policy, u32 workload,
			      enum cordon_op op, const struct cordon_peer *peer,
			      struct cordon_cut cut,
			      struct cordon_verdict *verdict)
{
	enum cordon_reason reason;

	if (cut.quarantined && !(peer && lies_in_guarded(policy, peer, false)))
		reason = CORDON_REASON_QUARANTINE;
	else if (cut.blocked && peer &&
		 !cordon_policy_is_protected(policy, peer))
		reason = CORDON_REASON_BLOCKED;
	else
		return false;
	*verdict = (struct cordon_verdict){
		.action = policy->monitor ? CORDON_ACTION_WOULD_DENY :
					    CORDON_ACTION_DENY,
		.reason = reason,
		.op = op,
		.workload = workload,
		.rule = CORDON_NONE,
	};
	return true;
}

/* --- thresholds ------------------------------------------------------------- */

static u64 total(const struct cordon_threshold *entry)
{
	u64 sum = 0;
	u32 i;

	for (i = 0; i <= CORDON_THRESHOLD_SLICES; i++)
		sum += entry->count[i];
	return sum;
}

static bool makes_room(const struct cordon_threshold *entry,
		       const struct cordon_threshold *before)
{
	if (!entry->last || !before->last)
		return !entry->last && before->last;
	if (total(entry) != total(before))
		return total(entry) < total(before);
	return entry->last < before->last;
}

static struct cordon_threshold *find(struct cordon_thresholds *table,
				     const struct cordon_threshold_key *key)
{
	const u32 sets = table->count / CORDON_THRESHOLD_WAYS;
	struct cordon_threshold *set = &table->entries[
		(key->word[0] & (sets - 1)) * CORDON_THRESHOLD_WAYS];
	struct cordon_threshold *victim = set;
	u32 i;

	for (i = 0; i < CORDON_THRESHOLD_WAYS; i++) {
		if (set[i].last && set[i].key.word[0] == key->word[0] &&
		    set[i].key.word[1] == key->word[1])
			return &set[i];
		if (makes_room(&set[i], victim))
			victim = &set[i];
	}
	*victim = (struct cordon_threshold){ .key = *key };
	return victim;
}

/* Empties what is over; all of it if the clock or the window has changed. */
static void move_on(struct cordon_threshold *entry, u64 slice)
{
	const u32 slots = CORDON_THRESHOLD_SLICES + 1;
	u64 gone = slice - entry->slice;

	if (slice < entry->slice || gone > slots)
		gone = slots;
	for (; gone; gone--)
		entry->count[(slice - (gone - 1)) % slots] = 0;
	entry->slice = slice;
}

bool cordon_threshold_reached(struct cordon_thresholds *table,
			      const struct cordon_threshold_key *key,
			      u32 times, u64 within, u64 now)
{
	const u64 slice = now / (within / CORDON_THRESHOLD_SLICES);
	struct cordon_threshold *entry = find(table, key);

	if (!entry->last)
		entry->slice = slice;
	move_on(entry, slice);
	entry->last = now;
	entry->count[slice % (CORDON_THRESHOLD_SLICES + 1)]++;
	if (total(entry) < times)
		return false;
	*entry = (struct cordon_threshold){ };
	return true;
}
