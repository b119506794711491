/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * A second reading of kmod/engine/net.h, rule by rule, for tests and fuzzers to
 * hold the engine against.  Of the engine it uses the readers of patterns, which
 * have tests of their own, and nothing that decides.
 */
#ifndef _CORDON_TESTS_REFERENCE_NET_H
#define _CORDON_TESTS_REFERENCE_NET_H

#include "draft.h"
#include "net.h"
#include "net_pattern.h"

struct reference_drafts {
	const struct cordon_draft *const *draft;
	u32 count;
};

static inline bool reference_bit(const struct cordon_address *address, u32 bit)
{
	return address->byte[bit / 8] >> (7 - bit % 8) & 1;
}

static inline bool reference_ipv4(const struct cordon_address *address)
{
	u32 i;

	for (i = 0; i < 96; i++) {
		if (reference_bit(address, i) != (i >= 80))
			return false;
	}
	return true;
}

static inline bool reference_inside(const struct cordon_prefix *prefix,
				    const struct cordon_address *address)
{
	u32 i;

	if (prefix->length < 96 && reference_ipv4(address))
		return false;
	for (i = 0; i < prefix->length; i++) {
		if (reference_bit(&prefix->address, i) !=
		    reference_bit(address, i))
			return false;
	}
	return true;
}

static inline bool reference_loopback(const struct cordon_address *address)
{
	u32 i;

	if (reference_ipv4(address))
		return address->byte[12] == 127;
	for (i = 0; i < 15; i++) {
		if (address->byte[i])
			return false;
	}
	return address->byte[15] == 1;
}

/* The number of a segment in the policy: the engine numbers them in order. */
static inline u32 reference_segment(const struct reference_drafts *drafts,
				    const char *name, u32 length)
{
	u32 number = 0;
	u32 i;
	u32 k;

	for (i = 0; i < drafts->count; i++) {
		const struct cordon_draft *draft = drafts->draft[i];

		for (k = 0; k < draft->used.programs; k++, number++) {
			const char *text = cordon_draft_text(
				draft, cordon_draft_program(draft, k)->exe);

			if (draft->kind == CORDON_DOCUMENT_SEGMENTS &&
			    strlen(text) == length &&
			    memcmp(text, name, length) == 0)
				return number;
		}
	}
	return CORDON_NONE;
}

static inline bool reference_in(const struct cordon_peer *peer, u32 segment)
{
	u32 i;

	for (i = 0; i < peer->segment_count && i < CORDON_NESTING_MAX; i++) {
		if (peer->segments[i] == segment)
			return true;
	}
	return false;
}

static inline bool reference_peer(const struct reference_drafts *drafts,
				  const struct cordon_net_pattern *pattern,
				  const struct cordon_peer *peer)
{
	const struct cordon_draft *draft;
	const char *name;

	switch (pattern->kind) {
	case CORDON_PEER_NONE:
	case CORDON_PEER_ANY:
		return true;
	case CORDON_PEER_LOOPBACK:
		return peer->is_local || reference_loopback(&peer->address);
	case CORDON_PEER_PREFIX:
		return reference_inside(&pattern->prefix, &peer->address);
	case CORDON_PEER_SEGMENT:
		return reference_in(peer, reference_segment(
						  drafts, pattern->name,
						  pattern->name_length));
	case CORDON_PEER_WORKLOAD:
		if (peer->workload == CORDON_NONE)
			return false;
		draft = drafts->draft[peer->workload];
		name = cordon_draft_text(draft, draft->name);
		return draft->kind == CORDON_DOCUMENT_MANIFEST &&
		       strlen(name) == pattern->name_length &&
		       memcmp(name, pattern->name, pattern->name_length) == 0;
	}
	return false;
}

static inline bool reference_ports(const struct cordon_net_pattern *pattern,
				   u8 protocol, u16 port)
{
	if (protocol == CORDON_PROTOCOL_ICMPV6)
		protocol = CORDON_PROTOCOL_ICMP;
	if (pattern->protocol == CORDON_PROTOCOL_ANY)
		return true;
	return pattern->protocol == protocol && pattern->first <= port &&
	       port <= pattern->last;
}

/* Is this pattern about peers at all?  CONNECT has names beside them. */
static inline bool reference_is_peer(enum cordon_op op, const char *text)
{
	return op != CORDON_OP_CONNECT ||
	       (text[0] != '/' && strncmp(text, "abstract:", 9) != 0);
}

/* The first rule of one effect that matches, or CORDON_NONE. */
static inline u32 reference_flow_rule(const struct reference_drafts *drafts,
				      u32 workload, u32 program,
				      const struct cordon_flow *flow,
				      enum cordon_effect effect)
{
	const struct cordon_draft *draft = drafts->draft[workload];
	struct cordon_net_pattern pattern;
	const char *text;
	const char *why;
	u32 i;
	u32 k;

	for (i = 0; i < draft->used.rules; i++) {
		const struct cordon_draft_rule *rule =
			cordon_draft_rule(draft, i);

		if (rule->effect != effect || rule->ops != 1u << flow->op ||
		    (rule->program != CORDON_NONE && rule->program != program))
			continue;
		for (k = 0; k < rule->patterns; k++) {
			text = cordon_draft_pattern(draft, rule->pattern + k);
			if (reference_is_peer(flow->op, text) &&
			    !cordon_net_pattern_parse(&pattern, flow->op, text,
						      &why) &&
			    reference_ports(&pattern, flow->protocol,
					    flow->port) &&
			    reference_peer(drafts, &pattern, flow->peer))
				return i;
		}
	}
	return CORDON_NONE;
}

static inline u8 reference_denied(const struct cordon_draft *draft)
{
	return draft->mode[CORDON_CLASS_NET] == CORDON_MODE_ENFORCE ?
		       CORDON_ACTION_DENY : CORDON_ACTION_WOULD_DENY;
}

/* @deny, @allow: rules that match; what no rule decides has @effect. */
static inline void reference_settle(const struct cordon_draft *draft, u32 deny,
				    u32 allow, u8 effect, u8 reason,
				    struct cordon_verdict *verdict)
{
	verdict->reason = CORDON_REASON_RULE;
	if (deny != CORDON_NONE) {
		verdict->action = reference_denied(draft);
		verdict->rule = deny;
	} else if (allow != CORDON_NONE) {
		verdict->action = CORDON_ACTION_ALLOW;
		verdict->rule = allow;
	} else {
		verdict->action = effect == CORDON_EFFECT_ALLOW ?
					  CORDON_ACTION_ALLOW :
					  reference_denied(draft);
		verdict->reason = reason;
		verdict->rule = CORDON_NONE;
	}
}

/* @program: its index in the draft */
static inline void reference_flow(const struct reference_drafts *drafts,
				  u32 workload, u32 program,
				  const struct cordon_flow *flow,
				  struct cordon_verdict *verdict)
{
	const struct cordon_draft *draft = drafts->draft[workload];

	verdict->op = (u8)flow->op;
	verdict->workload = workload;
	reference_settle(draft,
			 reference_flow_rule(drafts, workload, program, flow,
					     CORDON_EFFECT_DENY),
			 reference_flow_rule(drafts, workload, program, flow,
					     CORDON_EFFECT_ALLOW),
			 draft->effect, CORDON_REASON_DEFAULT, verdict);
}

static inline u32 reference_socket_rule(const struct cordon_draft *draft,
					u32 program, u32 family, u32 type,
					u32 protocol,
					enum cordon_effect effect)
{
	struct cordon_socket_pattern pattern;
	const char *why;
	u32 i;
	u32 k;

	if (family == 17)
		protocol = (protocol & 0xff) << 8 | (protocol >> 8 & 0xff);
	for (i = 0; i < draft->used.rules; i++) {
		const struct cordon_draft_rule *rule =
			cordon_draft_rule(draft, i);

		if (rule->effect != effect ||
		    rule->ops != 1u << CORDON_OP_SOCKET ||
		    (rule->program != CORDON_NONE && rule->program != program))
			continue;
		for (k = 0; k < rule->patterns; k++) {
			if (cordon_socket_pattern_parse(
				    &pattern,
				    cordon_draft_pattern(draft,
							 rule->pattern + k),
				    &why))
				continue;
			if ((u32)pattern.family == family &&
			    (pattern.type < 0 || (u32)pattern.type == type) &&
			    (pattern.protocol < 0 ||
			     (u32)pattern.protocol == protocol))
				return i;
		}
	}
	return CORDON_NONE;
}

static inline void reference_socket(const struct reference_drafts *drafts,
				    u32 workload, u32 program, u32 family,
				    u32 type, u32 protocol,
				    struct cordon_verdict *verdict)
{
	const struct cordon_draft *draft = drafts->draft[workload];
	const bool inet = family == 2 || family == 10;
	const bool common =
		family == 1 ||
		(inet && type == 1 && (protocol == 0 || protocol == 6)) ||
		(inet && type == 2 && (protocol == 0 || protocol == 17)) ||
		(family == 16 && protocol == 0);

	verdict->op = CORDON_OP_SOCKET;
	verdict->workload = workload;
	reference_settle(draft,
			 reference_socket_rule(draft, program, family, type,
					       protocol, CORDON_EFFECT_DENY),
			 reference_socket_rule(draft, program, family, type,
					       protocol, CORDON_EFFECT_ALLOW),
			 common ? CORDON_EFFECT_ALLOW : draft->effect,
			 common ? CORDON_REASON_NONE : CORDON_REASON_DEFAULT,
			 verdict);
}

/* The first rule of a document between segments that matches. */
static inline u32 reference_pass_rule(const struct reference_drafts *drafts,
				      u32 document, u32 first,
				      const struct cordon_passage *passage,
				      enum cordon_effect effect)
{
	const struct cordon_draft *draft = drafts->draft[document];
	struct cordon_net_pattern pattern;
	const char *why;
	u32 i;
	u32 k;

	if (draft->kind != CORDON_DOCUMENT_SEGMENTS)
		return CORDON_NONE;
	for (i = 0; i < draft->used.rules; i++) {
		const struct cordon_draft_rule *rule =
			cordon_draft_rule(draft, i);

		if (rule->effect != effect ||
		    (rule->program != CORDON_NONE &&
		     !reference_in(passage->from, first + rule->program)))
			continue;
		for (k = 0; k < rule->patterns; k++) {
			if (!cordon_net_pattern_parse(
				    &pattern, CORDON_OP_PASS,
				    cordon_draft_pattern(draft,
							 rule->pattern + k),
				    &why) &&
			    reference_ports(&pattern, passage->protocol,
					    passage->port) &&
			    reference_peer(drafts, &pattern, passage->to))
				return i;
		}
	}
	return CORDON_NONE;
}

/* Does an isolated segment of the document hold only one of the ends? */
static inline bool reference_isolates(const struct cordon_draft *draft,
				      u32 first,
				      const struct cordon_passage *passage)
{
	u32 i;

	for (i = 0; draft->kind == CORDON_DOCUMENT_SEGMENTS &&
		    i < draft->used.programs; i++) {
		if (cordon_draft_program(draft, i)->isolated &&
		    reference_in(passage->from, first + i) !=
			    reference_in(passage->to, first + i))
			return true;
	}
	return false;
}

/*
 * What stops a flow: a deny rule, or without an allow rule an isolated segment;
 * of a document that enforces if there is one, of the rest a rule before an
 * isolated segment.  Several segments may isolate: @verdict names the document
 * only where it is certain.
 */
static inline void reference_passage(const struct reference_drafts *drafts,
				     const struct cordon_passage *passage,
				     struct cordon_verdict *verdict)
{
	u32 allow = CORDON_NONE;	/* documents */
	u32 deny[2] = { CORDON_NONE, CORDON_NONE };	/* by: enforces */
	bool isolates[2] = { false, false };
	u32 first = 0;
	u32 enforces;
	u32 i;

	for (i = 0; i < drafts->count; i++) {
		const struct cordon_draft *draft = drafts->draft[i];

		enforces = draft->mode[CORDON_CLASS_NET] == CORDON_MODE_ENFORCE;
		if (deny[enforces] == CORDON_NONE &&
		    reference_pass_rule(drafts, i, first, passage,
					CORDON_EFFECT_DENY) != CORDON_NONE)
			deny[enforces] = i;
		if (reference_pass_rule(drafts, i, first, passage,
					CORDON_EFFECT_ALLOW) != CORDON_NONE &&
		    (allow == CORDON_NONE ||
		     (enforces && drafts->draft[allow]->mode[CORDON_CLASS_NET] !=
					  CORDON_MODE_ENFORCE)))
			allow = i;
		isolates[enforces] |= reference_isolates(draft, first, passage);
		first += draft->used.programs;
	}
	*verdict = (struct cordon_verdict){
		.action = CORDON_ACTION_ALLOW,
		.reason = CORDON_REASON_NONE,
		.op = CORDON_OP_PASS,
		.workload = CORDON_NONE,
		.rule = CORDON_NONE,
	};
	for (enforces = 1;; enforces = 0) {
		const u8 action = enforces ? CORDON_ACTION_DENY :
					     CORDON_ACTION_WOULD_DENY;

		if (deny[enforces] != CORDON_NONE) {
			verdict->action = action;
			verdict->reason = CORDON_REASON_RULE;
			verdict->workload = deny[enforces];
			break;
		}
		if (isolates[enforces] && allow == CORDON_NONE) {
			verdict->action = action;
			verdict->reason = CORDON_REASON_ISOLATED;
			return;
		}
		if (!enforces)
			break;
	}
	if (verdict->reason == CORDON_REASON_NONE && allow != CORDON_NONE) {
		verdict->reason = CORDON_REASON_RULE;
		verdict->workload = allow;
	}
	if (verdict->reason != CORDON_REASON_RULE)
		return;
	first = 0;
	for (i = 0; i < verdict->workload; i++)
		first += drafts->draft[i]->used.programs;
	verdict->rule = reference_pass_rule(
		drafts, verdict->workload, first, passage,
		verdict->action == CORDON_ACTION_ALLOW ? CORDON_EFFECT_ALLOW :
							 CORDON_EFFECT_DENY);
}

#endif /* _CORDON_TESTS_REFERENCE_NET_H */
