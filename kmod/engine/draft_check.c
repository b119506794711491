// SPDX-License-Identifier: GPL-2.0-only
/*
 * What makes a draft sound: its parts as they are added, and all of one that
 * may come from anywhere.
 */
#include "draft_check.h"

#include "net_pattern.h"
#include "pattern.h"

#define OPS_ALL ((1u << CORDON_OP_COUNT) - 1)
/* What a rule about nameless objects may speak of, by effect. */
#define OPS_NAMELESS_ALLOW                                                    \
	(1u << CORDON_OP_LOAD | 1u << CORDON_OP_READ | 1u << CORDON_OP_WRITE)
#define OPS_NAMELESS_DENY (OPS_NAMELESS_ALLOW | 1u << CORDON_OP_EXEC)

#define OPS_NET                                                               \
	(1u << CORDON_OP_CONNECT | 1u << CORDON_OP_LISTEN |                   \
	 1u << CORDON_OP_ACCEPT | 1u << CORDON_OP_SOCKET |                    \
	 1u << CORDON_OP_PASS)

/* The patterns of a draft, at most: as many as its rules may have. */
#define PATTERNS_ALL (CORDON_RULES_MAX * CORDON_PATTERNS_MAX)

/* Members of any kind of document. */
#define MEMBERS_ALL CORDON_SEGMENT_MEMBERS_MAX

static_assert(CORDON_OP_COUNT <= 16, "a rule's ops need more bits");
static_assert(CORDON_MEMBERS_MAX <= MEMBERS_ALL &&
		      CORDON_SEGMENTS_MAX <= CORDON_PROGRAMS_MAX,
	      "a draft's counts are checked before its kind is known");

/*
 * A netlink attribute has 16 bits for its length, and a rule is one: patterns,
 * text, file, note and a few numbers, each an attribute with a head of its own.
 */
static_assert(CORDON_RULE_BYTES_MAX + 2 * CORDON_PATH_MAX + CORDON_TEXT_MAX +
			      1 + 8 * (CORDON_PATTERNS_MAX + 10) <=
		      65535, "a rule may not fit into an attribute");

static const char too_many_bytes[] =
	"a rule's patterns take at most " CORDON_STRING(
		CORDON_RULE_BYTES_MAX) " bytes; write it as several rules";

static int refuse(struct cordon_fault *fault, const char *what)
{
	cordon_fault_set(fault, what);
	return -EINVAL;
}

const char *cordon_counts_check(const struct cordon_counts *counts)
{
	if (counts->members > MEMBERS_ALL)
		return "a document has at most " CORDON_STRING(
			CORDON_SEGMENT_MEMBERS_MAX) " members";
	if (counts->programs > CORDON_PROGRAMS_MAX)
		return "a workload has at most " CORDON_STRING(
			CORDON_PROGRAMS_MAX) " programs";
	if (counts->rules > CORDON_RULES_MAX)
		return "a workload has at most " CORDON_STRING(
			CORDON_RULES_MAX) " rules";
	if (counts->patterns > counts->rules * CORDON_PATTERNS_MAX)
		return "a rule has at most " CORDON_STRING(
			CORDON_PATTERNS_MAX) " patterns";
	if (counts->responses > CORDON_RESPONSES_MAX)
		return "a workload has at most " CORDON_STRING(
			CORDON_RESPONSES_MAX) " responses, of its rules included";
	if (counts->bytes > CORDON_BYTES_MAX || !counts->bytes)
		return "a workload's text is 1 byte to 64 MiB long";
	return NULL;
}

/*
 * No sum can wrap: the limits keep text, rules and patterns below 64 MiB each,
 * and the rest is small beside them.
 */
void cordon_draft_layout(const struct cordon_counts *counts,
			 struct draft_layout *layout)
{
	static_assert((u64)CORDON_RULES_MAX * sizeof(struct cordon_draft_rule) +
			      (u64)PATTERNS_ALL * sizeof(u32) +
			      CORDON_BYTES_MAX <
		      U32_MAX / 2, "a draft's size needs more bits");

	layout->members_at = sizeof(struct cordon_draft);
	layout->programs_at =
		layout->members_at +
		counts->members * (u32)sizeof(struct cordon_draft_member);
	layout->rules_at =
		layout->programs_at +
		counts->programs * (u32)sizeof(struct cordon_draft_program);
	layout->patterns_at =
		layout->rules_at +
		counts->rules * (u32)sizeof(struct cordon_draft_rule);
	layout->responses_at =
		layout->patterns_at + counts->patterns * (u32)sizeof(u32);
	layout->text_at =
		layout->responses_at +
		counts->responses * (u32)sizeof(struct cordon_draft_response);
	layout->size = layout->text_at + counts->bytes;
}

static const char *kind_check(u8 kind, u8 effect,
			      const struct cordon_counts *counts)
{
	switch (kind) {
	case CORDON_DOCUMENT_MANIFEST:
		if (effect >= CORDON_EFFECT_COUNT)
			return "a workload's default is allow or deny";
		if (counts->members > CORDON_MEMBERS_MAX)
			return "a workload has at most " CORDON_STRING(
				CORDON_MEMBERS_MAX) " members";
		return NULL;
	case CORDON_DOCUMENT_SEGMENTS:
		if (effect != CORDON_EFFECT_ALLOW)
			return "the default between segments is allow; a segment may be isolated";
		if (counts->programs > CORDON_SEGMENTS_MAX)
			return "there are at most " CORDON_STRING(
				CORDON_SEGMENTS_MAX) " segments";
		return NULL;
	default:
		return "a document is a manifest or segments";
	}
}

const char *cordon_head_check(u8 kind, u8 effect,
			      const u8 mode[CORDON_CLASS_COUNT],
			      const struct cordon_counts *counts)
{
	u32 class;

	for (class = 0; class < CORDON_CLASS_COUNT; class++) {
		if (mode[class] >= CORDON_MODE_COUNT)
			return "a mode is learn, monitor or enforce";
	}
	if (kind == CORDON_DOCUMENT_SEGMENTS &&
	    mode[CORDON_CLASS_NET] == CORDON_MODE_LEARN)
		return "segments do not learn: only workloads do";
	return kind_check(kind, effect, counts);
}

const char *cordon_member_check(u32 kind, const char *pattern, u32 uid)
{
	const size_t length = pattern ? strnlen(pattern, CORDON_PATH_MAX) : 0;
	const char *why;

	switch (kind) {
	case CORDON_MEMBER_EXE:
	case CORDON_MEMBER_CGROUP:
		why = cordon_pattern_check(pattern, length, NULL);
		if (!why && cordon_pattern_kind(pattern, length) !=
				    CORDON_OBJECT_PATH)
			why = "a member is named by a path, not by a nameless kind";
		return why;
	case CORDON_MEMBER_UNIT:
		return cordon_unit_check(pattern, length, NULL);
	case CORDON_MEMBER_USER:
		if (uid == U32_MAX)
			return "4294967295 is no user id";
		fallthrough;
	case CORDON_MEMBER_HOST:
		if (length)
			return "a member by user, or host, has no pattern";
		return NULL;
	default:
		return "no such kind of member";
	}
}

const char *cordon_segment_member_check(u32 kind, u32 segment, u32 segments,
					const char *pattern)
{
	const size_t length = pattern ? strnlen(pattern, CORDON_PATH_MAX) : 0;
	struct cordon_prefix prefix;
	struct cordon_claim claim;
	const char *why = NULL;

	if (kind == CORDON_MEMBER_CLAIM ? segment != CORDON_NONE :
					  segment >= segments)
		return "a segment's member names its segment, a claim names none";
	if (!length)
		return "a segment's member, or a claim, without a text";
	switch (kind) {
	case CORDON_MEMBER_PREFIX:
		cordon_prefix_parse(&prefix, pattern, length, &why);
		return why;
	case CORDON_MEMBER_INTERFACE:
		return cordon_interface_check(pattern, length);
	case CORDON_MEMBER_CLAIM:
		cordon_claim_parse(&claim, pattern, &why);
		return why;
	default:
		return "in a segment lie prefixes and interfaces, not processes";
	}
}

const char *cordon_program_check(const char *exe)
{
	const size_t length = exe ? strnlen(exe, CORDON_PATH_MAX) : 0;
	const char *why = cordon_pattern_check(exe, length, NULL);

	if (!why && cordon_pattern_kind(exe, length) != CORDON_OBJECT_PATH)
		why = "a program is named by a path, not by a nameless kind";
	return why;
}

const char *cordon_rule_check(const struct cordon_draft *draft, u32 program,
			      u32 effect, u32 ops)
{
	const bool passes = ops & 1u << CORDON_OP_PASS;

	if (program != CORDON_NONE && program >= draft->used.programs)
		return "a rule of a program that has not been added";
	if (effect >= CORDON_EFFECT_COUNT)
		return "a rule's effect is allow or deny";
	if (!ops || ops & ~OPS_ALL)
		return "a rule names one or more of the known ops";
	if (passes != (draft->kind == CORDON_DOCUMENT_SEGMENTS))
		return "rules about what passes between segments stand in a segments document, all others in a manifest";
	if (ops & OPS_NET && ops & (ops - 1))
		return "a rule about the network names one op";
	return NULL;
}

/* Paths and abstract names, as far as unix sockets have them. */
static const char *unix_pattern_check(const char *pattern, size_t length)
{
	const char *why = cordon_pattern_check(pattern, length, NULL);

	if (why)
		return why;
	switch (cordon_pattern_kind(pattern, length)) {
	case CORDON_OBJECT_PATH:
	case CORDON_OBJECT_ABSTRACT:
		return NULL;
	default:
		return "a unix socket is named by its path, or as abstract:NAME";
	}
}

static const char *net_pattern_check(const char *pattern, size_t length,
				     u32 ops)
{
	const enum cordon_op op = cordon_first_bit(ops);
	struct cordon_socket_pattern socket;
	struct cordon_net_pattern net;
	const char *why = NULL;

	if (op == CORDON_OP_SOCKET)
		cordon_socket_pattern_parse(&socket, pattern, &why);
	else if (op == CORDON_OP_CONNECT && !cordon_net_pattern_is(pattern))
		why = unix_pattern_check(pattern, length);
	else
		cordon_net_pattern_parse(&net, op, pattern, &why);
	return why;
}

const char *cordon_rule_pattern_check(const char *pattern, u32 effect, u32 ops,
				      u32 *bytes)
{
	const size_t length = pattern ? strnlen(pattern, CORDON_PATH_MAX) : 0;
	const char *why;

	*bytes += (u32)length + 1;
	if (length < CORDON_PATH_MAX && *bytes > CORDON_RULE_BYTES_MAX)
		return too_many_bytes;
	if (length && ops & OPS_NET)
		return net_pattern_check(pattern, length, ops);
	why = cordon_pattern_check(pattern, length, NULL);
	if (why || cordon_pattern_kind(pattern, length) == CORDON_OBJECT_PATH)
		return why;
	if (cordon_pattern_kind(pattern, length) == CORDON_OBJECT_ABSTRACT)
		return "abstract names are connected to, nothing else";
	if (effect == CORDON_EFFECT_DENY ? ops & ~OPS_NAMELESS_DENY :
					   ops & ~OPS_NAMELESS_ALLOW)
		return "nameless objects can be loaded, read and written, or denied to exec, but not allowed to exec or enter";
	return NULL;
}

/* What is done to a whole workload cannot be done to the host. */
static const char *host_responses_check(const struct cordon_draft *draft)
{
	const u32 whole = 1u << CORDON_RESPONSE_KILL_WORKLOAD |
			  1u << CORDON_RESPONSE_SUSPEND |
			  1u << CORDON_RESPONSE_QUARANTINE;
	u32 i;

	for (i = 0; i < draft->used.responses; i++) {
		const struct cordon_draft_response *response =
			cordon_draft_response(draft, i);

		if (response->responses & whole)
			return "the host is not killed, suspended or put into quarantine as a whole: nobody could undo it";
		if (response->responses & 1u << CORDON_RESPONSE_KILL &&
		    response->lapse)
			return "of the host nobody is asked before a process is killed: it would not be found any more";
	}
	return NULL;
}

static const char *members_check(const struct cordon_draft *draft)
{
	u32 i;

	if (draft->kind != CORDON_DOCUMENT_MANIFEST)
		return NULL;
	if (!draft->used.members)
		return "a workload without a member";
	for (i = 0; i < draft->used.members; i++) {
		if (cordon_draft_member(draft, i)->kind == CORDON_MEMBER_HOST &&
		    draft->used.members > 1)
			return "a workload that is the host has no other member";
		if (cordon_draft_member(draft, i)->kind == CORDON_MEMBER_HOST)
			return host_responses_check(draft);
	}
	return NULL;
}

int cordon_draft_complete(const struct cordon_draft *draft,
			  struct cordon_fault *fault)
{
	const char *why;

	if (draft->used.members != draft->capacity.members)
		why = "fewer members than announced";
	else if (draft->used.programs != draft->capacity.programs)
		why = "fewer programs than announced";
	else if (draft->used.rules != draft->capacity.rules)
		why = "fewer rules than announced";
	else if (draft->used.patterns != draft->capacity.patterns)
		why = "fewer patterns than announced";
	else if (draft->used.responses != draft->capacity.responses)
		why = "fewer responses than announced";
	else
		why = members_check(draft);
	return why ? refuse(fault, why) : 0;
}

static bool text_inside(const struct cordon_draft *draft, u32 offset)
{
	return offset < draft->used.bytes;
}

static const char *drafted_head_check(const struct cordon_draft *draft)
{
	static const char broken[] = "the draft's head contradicts itself";
	struct draft_layout layout;
	const char *text;
	const char *why;

	why = cordon_counts_check(&draft->capacity);
	if (why)
		return why;
	cordon_draft_layout(&draft->capacity, &layout);
	if (draft->size != layout.size ||
	    draft->members_at != layout.members_at ||
	    draft->programs_at != layout.programs_at ||
	    draft->rules_at != layout.rules_at ||
	    draft->patterns_at != layout.patterns_at ||
	    draft->responses_at != layout.responses_at ||
	    draft->text_at != layout.text_at ||
	    !draft->used.bytes || draft->used.bytes > draft->capacity.bytes)
		return broken;
	text = cordon_draft_text(draft, 0);
	if (text[0] || text[draft->used.bytes - 1] ||
	    !text_inside(draft, draft->name) ||
	    !text_inside(draft, draft->description) ||
	    !text_inside(draft, draft->owner) ||
	    !text_inside(draft, draft->file) || draft->reject > 1)
		return broken;
	why = cordon_head_check(draft->kind, draft->effect, draft->mode,
				&draft->capacity);
	if (why)
		return why;
	text = cordon_draft_text(draft, draft->name);
	return cordon_name_check(text, strnlen(text, CORDON_NAME_MAX + 1));
}

/* @patterns: of the rules before; moved on */
static const char *drafted_rule_check(const struct cordon_draft *draft,
				      const struct cordon_draft_rule *rule,
				      u32 *patterns)
{
	static const char broken[] = "the rule points outside of its draft";
	const u32 *offsets = (const u32 *)((const char *)draft +
					   draft->patterns_at);
	u32 expanded = 0;
	const char *why;
	u32 i;

	if (rule->pattern != *patterns || !rule->patterns ||
	    rule->patterns > CORDON_PATTERNS_MAX ||
	    rule->patterns > draft->used.patterns - *patterns ||
	    !text_inside(draft, rule->text) ||
	    !text_inside(draft, rule->file) || !text_inside(draft, rule->note))
		return broken;
	why = cordon_rule_check(draft, rule->program, rule->effect, rule->ops);
	for (i = 0; !why && i < rule->patterns; i++) {
		if (!text_inside(draft, offsets[*patterns + i]))
			return broken;
		why = cordon_rule_pattern_check(
			cordon_draft_pattern(draft, *patterns + i),
			rule->effect, rule->ops, &expanded);
	}
	*patterns += rule->patterns;
	return why;
}

static const char *drafted_member_check(const struct cordon_draft *draft,
					const struct cordon_draft_member *member)
{
	const char *pattern;

	if (!text_inside(draft, member->pattern))
		return "the member points outside of its draft";
	pattern = cordon_draft_text(draft, member->pattern);
	if (draft->kind == CORDON_DOCUMENT_SEGMENTS)
		return cordon_segment_member_check(member->kind,
						   member->program,
						   draft->used.programs,
						   pattern);
	if (member->program != CORDON_NONE)
		return "a workload's member lies in no segment";
	return cordon_member_check(member->kind, pattern, member->uid);
}

static const char *
drafted_program_check(const struct cordon_draft *draft,
		      const struct cordon_draft_program *program)
{
	const char *exe;

	if (!text_inside(draft, program->exe))
		return "the program points outside of its draft";
	exe = cordon_draft_text(draft, program->exe);
	if (draft->kind == CORDON_DOCUMENT_SEGMENTS)
		return cordon_name_check(exe, strnlen(exe,
						      CORDON_NAME_MAX + 1));
	if (program->isolated)
		return "only segments can be isolated";
	if (program->management || program->protected)
		return "only segments can be of management, or protected";
	return cordon_program_check(exe);
}

static const char *drafted_responses_check(const struct cordon_draft *draft)
{
	const char *why = NULL;
	u32 i;

	for (i = 0; i < draft->used.responses && !why; i++)
		why = cordon_response_check(draft,
					    cordon_draft_response(draft, i));
	return why;
}

int cordon_draft_check(const struct cordon_draft *draft,
		       struct cordon_fault *fault)
{
	const char *why = drafted_head_check(draft);
	u32 patterns = 0;
	u32 i;

	if (why)
		return refuse(fault, why);
	if (cordon_draft_complete(draft, fault))
		return -EINVAL;
	for (i = 0; i < draft->used.members; i++) {
		why = drafted_member_check(draft,
					   cordon_draft_member(draft, i));
		if (why) {
			cordon_fault_set(fault, why);
			fault->member = i;
			return -EINVAL;
		}
	}
	for (i = 0; i < draft->used.programs; i++) {
		why = drafted_program_check(draft,
					    cordon_draft_program(draft, i));
		if (why) {
			cordon_fault_set(fault, why);
			fault->program = i;
			return -EINVAL;
		}
	}
	for (i = 0; i < draft->used.rules; i++) {
		why = drafted_rule_check(draft, cordon_draft_rule(draft, i),
					 &patterns);
		if (why) {
			cordon_fault_set(fault, why);
			fault->rule = i;
			return -EINVAL;
		}
	}
	if (patterns != draft->used.patterns)
		return refuse(fault,
			      "the draft has patterns of no rule");
	why = drafted_responses_check(draft);
	return why ? refuse(fault, why) : 0;
}
