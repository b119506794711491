// SPDX-License-Identifier: GPL-2.0-only
/*
 * Records: the nests of a transaction's messages, read into drafts.
 */
#include <net/netlink.h>

#include "netlink.h"
#include "record.h"

const struct nla_policy cordon_record_workload_policy[CORDON_WORKLOAD_A_COUNT] = {
	[CORDON_WORKLOAD_A_NAME] = CORDON_NETLINK_TEXT(CORDON_NAME_MAX),
	[CORDON_WORKLOAD_A_DESCRIPTION] = CORDON_NETLINK_TEXT(CORDON_TEXT_MAX),
	[CORDON_WORKLOAD_A_OWNER] = CORDON_NETLINK_TEXT(CORDON_TEXT_MAX),
	[CORDON_WORKLOAD_A_FILE] = CORDON_NETLINK_TEXT(CORDON_PATH_MAX - 1),
	[CORDON_WORKLOAD_A_DEFAULT] =
		NLA_POLICY_MAX(NLA_U8, CORDON_EFFECT_COUNT - 1),
	[CORDON_WORKLOAD_A_MODES] = NLA_POLICY_NESTED(cordon_modes_policy),
	[CORDON_WORKLOAD_A_MEMBERS] = { .type = NLA_U32 },
	[CORDON_WORKLOAD_A_PROGRAMS] = { .type = NLA_U32 },
	[CORDON_WORKLOAD_A_RULES] = { .type = NLA_U32 },
	[CORDON_WORKLOAD_A_PATTERNS] = { .type = NLA_U32 },
	[CORDON_WORKLOAD_A_BYTES] = { .type = NLA_U32 },
	[CORDON_WORKLOAD_A_KIND] =
		NLA_POLICY_MAX(NLA_U8, CORDON_DOCUMENT_COUNT - 1),
	[CORDON_WORKLOAD_A_REJECT] = { .type = NLA_FLAG },
	[CORDON_WORKLOAD_A_RESPONSES] = { .type = NLA_U32 },
};

const struct nla_policy cordon_record_member_policy[CORDON_MEMBER_A_COUNT] = {
	[CORDON_MEMBER_A_KIND] =
		NLA_POLICY_MAX(NLA_U8, CORDON_MEMBER_COUNT - 1),
	[CORDON_MEMBER_A_PATTERN] = CORDON_NETLINK_TEXT(CORDON_PATH_MAX - 1),
	[CORDON_MEMBER_A_UID] = { .type = NLA_U32 },
	[CORDON_MEMBER_A_PROGRAM] = { .type = NLA_U32 },
};

const struct nla_policy cordon_record_program_policy[CORDON_PROGRAM_A_COUNT] = {
	[CORDON_PROGRAM_A_EXE] = CORDON_NETLINK_TEXT(CORDON_PATH_MAX - 1),
	[CORDON_PROGRAM_A_ISOLATED] = { .type = NLA_FLAG },
	[CORDON_PROGRAM_A_MANAGEMENT] = { .type = NLA_FLAG },
	[CORDON_PROGRAM_A_PROTECTED] = { .type = NLA_FLAG },
};

/* The engine knows which values go together. */
const struct nla_policy
cordon_record_response_policy[CORDON_RESPONSE_A_COUNT] = {
	[CORDON_RESPONSE_A_OPS] =
		NLA_POLICY_MASK(NLA_U32, (1 << CORDON_OP_COUNT) - 1),
	[CORDON_RESPONSE_A_DO] =
		NLA_POLICY_MASK(NLA_U32, (1 << CORDON_RESPONSE_COUNT) - 1),
	[CORDON_RESPONSE_A_RULE] = { .type = NLA_U32 },
	[CORDON_RESPONSE_A_RULES] = { .type = NLA_U32 },
	[CORDON_RESPONSE_A_TIMES] = { .type = NLA_U32 },
	[CORDON_RESPONSE_A_WITHIN] = { .type = NLA_U32 },
	[CORDON_RESPONSE_A_PER] = NLA_POLICY_MAX(NLA_U8, CORDON_PER_COUNT - 1),
	[CORDON_RESPONSE_A_TTL] = { .type = NLA_U32 },
	[CORDON_RESPONSE_A_ASK] = { .type = NLA_U32 },
	[CORDON_RESPONSE_A_EVIDENCE] = { .type = NLA_FLAG },
};

const struct nla_policy cordon_record_rule_policy[CORDON_RULE_A_COUNT] = {
	[CORDON_RULE_A_PROGRAM] = { .type = NLA_U32 },
	[CORDON_RULE_A_EFFECT] =
		NLA_POLICY_MAX(NLA_U8, CORDON_EFFECT_COUNT - 1),
	[CORDON_RULE_A_OPS] =
		NLA_POLICY_MASK(NLA_U32, (1 << CORDON_OP_COUNT) - 1),
	[CORDON_RULE_A_TEXT] = CORDON_NETLINK_TEXT(CORDON_PATH_MAX - 1),
	[CORDON_RULE_A_PATTERN] = CORDON_NETLINK_TEXT(CORDON_PATH_MAX - 1),
	[CORDON_RULE_A_FILE] = CORDON_NETLINK_TEXT(CORDON_PATH_MAX - 1),
	[CORDON_RULE_A_LINE] = { .type = NLA_U32 },
	[CORDON_RULE_A_COLUMN] = { .type = NLA_U32 },
	[CORDON_RULE_A_NOTE] = CORDON_NETLINK_TEXT(CORDON_TEXT_MAX),
};

static const char *text_of(const struct nlattr *attr)
{
	return attr ? nla_data(attr) : NULL;
}

static u32 number_of(const struct nlattr *attr)
{
	return attr ? nla_get_u32(attr) : 0;
}

/**
 * cordon_record_workload - read a CORDON_A_WORKLOAD
 * @spec: filled; its texts lie in @nest
 * @nest: the attribute
 * @extack: told what is wrong
 *
 * Classes that are not named are in mode monitor.
 *
 * Context: may sleep.
 * Return: 0 or an error.
 */
int cordon_record_workload(struct cordon_workload_spec *spec,
			   const struct nlattr *nest,
			   struct netlink_ext_ack *extack)
{
	struct nlattr *tb[CORDON_WORKLOAD_A_COUNT];
	unsigned int class;
	int err;

	err = nla_parse_nested(tb, CORDON_WORKLOAD_A_COUNT - 1, nest,
			       cordon_record_workload_policy, extack);
	if (err)
		return err;
	if (!tb[CORDON_WORKLOAD_A_NAME] || !tb[CORDON_WORKLOAD_A_DEFAULT])
		return cordon_netlink_refuse(extack, nest,
					     "a workload needs a name and a default",
					     -EINVAL);
	*spec = (struct cordon_workload_spec){
		.name = text_of(tb[CORDON_WORKLOAD_A_NAME]),
		.description = text_of(tb[CORDON_WORKLOAD_A_DESCRIPTION]),
		.owner = text_of(tb[CORDON_WORKLOAD_A_OWNER]),
		.file = text_of(tb[CORDON_WORKLOAD_A_FILE]),
		.effect = nla_get_u8(tb[CORDON_WORKLOAD_A_DEFAULT]),
		.reject = nla_get_flag(tb[CORDON_WORKLOAD_A_REJECT]),
		.counts = {
			.members = number_of(tb[CORDON_WORKLOAD_A_MEMBERS]),
			.programs = number_of(tb[CORDON_WORKLOAD_A_PROGRAMS]),
			.rules = number_of(tb[CORDON_WORKLOAD_A_RULES]),
			.patterns = number_of(tb[CORDON_WORKLOAD_A_PATTERNS]),
			.responses = number_of(tb[CORDON_WORKLOAD_A_RESPONSES]),
			.bytes = number_of(tb[CORDON_WORKLOAD_A_BYTES]),
		},
	};
	if (tb[CORDON_WORKLOAD_A_KIND])
		spec->kind = nla_get_u8(tb[CORDON_WORKLOAD_A_KIND]);
	for (class = 0; class < CORDON_CLASS_COUNT; class++)
		spec->mode[class] = CORDON_MODE_MONITOR;
	if (!tb[CORDON_WORKLOAD_A_MODES])
		return 0;
	return cordon_netlink_get_modes(tb[CORDON_WORKLOAD_A_MODES],
					spec->mode, extack);
}

/* A member of a segment, or a claim, which is of no segment. */
static int segment_member_add(struct cordon_draft *draft,
			      struct nlattr *const *tb,
			      const struct nlattr *nest,
			      struct netlink_ext_ack *extack)
{
	const struct nlattr *segment = tb[CORDON_MEMBER_A_PROGRAM];
	struct cordon_fault fault;
	int err;

	if (tb[CORDON_MEMBER_A_UID])
		return cordon_netlink_refuse(extack, tb[CORDON_MEMBER_A_UID],
					     "a segment has no users", -EINVAL);
	if (!tb[CORDON_MEMBER_A_PATTERN])
		return cordon_netlink_refuse(extack, nest,
					     "a member of a segment needs a pattern",
					     -EINVAL);
	if (segment && nla_get_u32(segment) == CORDON_NONE)
		return cordon_netlink_refuse(extack, segment,
					     "no such segment", -EINVAL);
	err = cordon_draft_add_segment_member(
		draft, nla_get_u8(tb[CORDON_MEMBER_A_KIND]),
		segment ? nla_get_u32(segment) : CORDON_NONE,
		text_of(tb[CORDON_MEMBER_A_PATTERN]), &fault);
	return err < 0 ? cordon_netlink_refuse(extack, nest, fault.what, err) :
			 0;
}

static int member_add(struct cordon_draft *draft, const struct nlattr *nest,
		      struct netlink_ext_ack *extack)
{
	struct nlattr *tb[CORDON_MEMBER_A_COUNT];
	struct cordon_fault fault;
	int err;

	err = nla_parse_nested(tb, CORDON_MEMBER_A_COUNT - 1, nest,
			       cordon_record_member_policy, extack);
	if (err)
		return err;
	if (!tb[CORDON_MEMBER_A_KIND])
		return cordon_netlink_refuse(extack, nest,
					     "a member needs a kind", -EINVAL);
	if (draft->kind == CORDON_DOCUMENT_SEGMENTS)
		return segment_member_add(draft, tb, nest, extack);
	if (tb[CORDON_MEMBER_A_PROGRAM])
		return cordon_netlink_refuse(extack,
					     tb[CORDON_MEMBER_A_PROGRAM],
					     "members of a workload lie in no segment",
					     -EINVAL);
	err = cordon_draft_add_member(draft,
				      nla_get_u8(tb[CORDON_MEMBER_A_KIND]),
				      text_of(tb[CORDON_MEMBER_A_PATTERN]),
				      number_of(tb[CORDON_MEMBER_A_UID]),
				      &fault);
	return err < 0 ? cordon_netlink_refuse(extack, nest, fault.what, err) :
			 0;
}

static int segment_add(struct cordon_draft *draft, struct nlattr *const *tb,
		       struct cordon_fault *fault)
{
	int index;

	index = cordon_draft_add_segment(draft,
					 text_of(tb[CORDON_PROGRAM_A_EXE]),
					 nla_get_flag(tb[CORDON_PROGRAM_A_ISOLATED]),
					 fault);
	if (index >= 0)
		cordon_draft_guard_segment(draft, index,
					   nla_get_flag(tb[CORDON_PROGRAM_A_MANAGEMENT]),
					   nla_get_flag(tb[CORDON_PROGRAM_A_PROTECTED]));
	return index;
}

static int program_add(struct cordon_draft *draft, const struct nlattr *nest,
		       struct netlink_ext_ack *extack)
{
	struct nlattr *tb[CORDON_PROGRAM_A_COUNT];
	struct cordon_fault fault;
	int err;

	err = nla_parse_nested(tb, CORDON_PROGRAM_A_COUNT - 1, nest,
			       cordon_record_program_policy, extack);
	if (err)
		return err;
	if (!tb[CORDON_PROGRAM_A_EXE])
		return cordon_netlink_refuse(extack, nest,
					     "a program needs an executable, a segment a name",
					     -EINVAL);
	if (draft->kind == CORDON_DOCUMENT_SEGMENTS)
		err = segment_add(draft, tb, &fault);
	else if (tb[CORDON_PROGRAM_A_ISOLATED] ||
		 tb[CORDON_PROGRAM_A_MANAGEMENT] ||
		 tb[CORDON_PROGRAM_A_PROTECTED])
		return cordon_netlink_refuse(extack, nest,
					     "only segments can be isolated, protected, or of management",
					     -EINVAL);
	else
		err = cordon_draft_add_program(draft,
					       text_of(tb[CORDON_PROGRAM_A_EXE]),
					       &fault);
	return err < 0 ? cordon_netlink_refuse(extack, nest, fault.what, err) :
			 0;
}

static u32 patterns_of(const struct nlattr *nest, const char **patterns)
{
	const struct nlattr *attr;
	u32 count = 0;
	int rest;

	nla_for_each_nested(attr, nest, rest)
		if (nla_type(attr) == CORDON_RULE_A_PATTERN) {
			if (count < CORDON_PATTERNS_MAX)
				patterns[count] = nla_data(attr);
			count++;
		}
	return count;
}

static int rule_add(struct cordon_draft *draft, const struct nlattr *nest,
		    const char **patterns, struct netlink_ext_ack *extack)
{
	struct nlattr *tb[CORDON_RULE_A_COUNT];
	struct cordon_rule_spec spec;
	struct cordon_fault fault;
	int err;

	err = nla_parse_nested(tb, CORDON_RULE_A_COUNT - 1, nest, cordon_record_rule_policy,
			       extack);
	if (err)
		return err;
	if (!tb[CORDON_RULE_A_EFFECT] || !tb[CORDON_RULE_A_OPS] ||
	    !tb[CORDON_RULE_A_TEXT] || !tb[CORDON_RULE_A_PATTERN])
		return cordon_netlink_refuse(extack, nest,
					     "a rule needs an effect, ops, its text and a pattern",
					     -EINVAL);
	spec = (struct cordon_rule_spec){
		.program = CORDON_NONE,
		.effect = nla_get_u8(tb[CORDON_RULE_A_EFFECT]),
		.ops = nla_get_u32(tb[CORDON_RULE_A_OPS]),
		.line = number_of(tb[CORDON_RULE_A_LINE]),
		.column = number_of(tb[CORDON_RULE_A_COLUMN]),
		.text = text_of(tb[CORDON_RULE_A_TEXT]),
		.file = text_of(tb[CORDON_RULE_A_FILE]),
		.note = text_of(tb[CORDON_RULE_A_NOTE]),
		.patterns = patterns,
		.pattern_count = patterns_of(nest, patterns),
	};
	if (tb[CORDON_RULE_A_PROGRAM]) {
		spec.program = nla_get_u32(tb[CORDON_RULE_A_PROGRAM]);
		if (spec.program == CORDON_NONE)
			return cordon_netlink_refuse(extack,
						     tb[CORDON_RULE_A_PROGRAM],
						     "no such program",
						     -EINVAL);
	}
	if (spec.pattern_count > CORDON_PATTERNS_MAX)
		return cordon_netlink_refuse(extack, nest,
					     "too many patterns in one rule",
					     -E2BIG);
	err = cordon_draft_add_rule(draft, &spec, &fault);
	return err < 0 ? cordon_netlink_refuse(extack, nest, fault.what, err) :
			 0;
}

/* Return: how many steps the ladder has, be it too many. */
static u32 ladder_of(const struct nlattr *nest, u32 *ttl)
{
	const struct nlattr *attr;
	u32 count = 0;
	int rest;

	nla_for_each_nested(attr, nest, rest)
		if (nla_type(attr) == CORDON_RESPONSE_A_TTL) {
			if (count < CORDON_LADDER_MAX)
				ttl[count] = nla_get_u32(attr);
			count++;
		}
	return count;
}

static int response_add(struct cordon_draft *draft, const struct nlattr *nest,
			struct netlink_ext_ack *extack)
{
	struct nlattr *tb[CORDON_RESPONSE_A_COUNT];
	struct cordon_draft_response response = { };
	struct cordon_fault fault;
	u32 steps;
	int err;

	err = nla_parse_nested(tb, CORDON_RESPONSE_A_COUNT - 1, nest,
			       cordon_record_response_policy, extack);
	if (err)
		return err;
	if (!tb[CORDON_RESPONSE_A_OPS] || !tb[CORDON_RESPONSE_A_DO])
		return cordon_netlink_refuse(extack, nest,
					     "a response needs ops, and what to do",
					     -EINVAL);
	steps = ladder_of(nest, response.ttl);
	if (steps > CORDON_LADDER_MAX)
		return cordon_netlink_refuse(extack, nest,
					     "a ladder has at most "
					     CORDON_STRING(CORDON_LADDER_MAX)
					     " steps", -EINVAL);
	response.steps = steps;
	response.ops = nla_get_u32(tb[CORDON_RESPONSE_A_OPS]);
	response.responses = nla_get_u32(tb[CORDON_RESPONSE_A_DO]);
	response.rule = CORDON_NONE;
	response.times = 1;
	if (tb[CORDON_RESPONSE_A_RULE])
		response.rule = nla_get_u32(tb[CORDON_RESPONSE_A_RULE]);
	if (tb[CORDON_RESPONSE_A_TIMES])
		response.times = nla_get_u32(tb[CORDON_RESPONSE_A_TIMES]);
	if (tb[CORDON_RESPONSE_A_PER])
		response.per = nla_get_u8(tb[CORDON_RESPONSE_A_PER]);
	response.rules = number_of(tb[CORDON_RESPONSE_A_RULES]);
	response.within = number_of(tb[CORDON_RESPONSE_A_WITHIN]);
	response.lapse = number_of(tb[CORDON_RESPONSE_A_ASK]);
	response.evidence = !!tb[CORDON_RESPONSE_A_EVIDENCE];
	err = cordon_draft_add_response(draft, &response, &fault);
	return err < 0 ? cordon_netlink_refuse(extack, nest, fault.what, err) :
			 0;
}

/**
 * cordon_record_add - add what an attribute holds to a draft
 * @draft: the workload
 * @attr: a CORDON_A_MEMBER, PROGRAM, RULE or RESPONSE
 * @patterns: room for CORDON_PATTERNS_MAX pointers
 * @extack: told what is wrong with which attribute
 *
 * Context: may sleep.
 * Return: 0 or an error.
 */
int cordon_record_add(struct cordon_draft *draft, const struct nlattr *attr,
		      const char **patterns, struct netlink_ext_ack *extack)
{
	switch (nla_type(attr)) {
	case CORDON_A_MEMBER:
		return member_add(draft, attr, extack);
	case CORDON_A_PROGRAM:
		return program_add(draft, attr, extack);
	case CORDON_A_RULE:
		return rule_add(draft, attr, patterns, extack);
	case CORDON_A_RESPONSE:
		return response_add(draft, attr, extack);
	}
	return 0;
}
