// SPDX-License-Identifier: LGPL-2.1-or-later
/* Drafts to attributes. */
#include <string.h>

#include "client_private.h"

/*
 * Bytes of attributes; libnl's functions count as the kernel does.  Sums of
 * bounded terms: no rule has more than CORDON_PATTERNS_MAX patterns.
 */
static size_t text_size(const char *text)
{
	return (size_t)nla_total_size((int)strlen(text) + 1);
}

static bool put_text(struct nl_msg *message, int type,
		     const struct cordon_draft *draft, uint32_t text)
{
	return !nla_put_string(message, type, cordon_draft_text(draft, text));
}

/* Text that may be left out */
static bool put_optional(struct nl_msg *message, int type,
			 const struct cordon_draft *draft, uint32_t text)
{
	return !*cordon_draft_text(draft, text) ||
	       put_text(message, type, draft, text);
}

static bool put_modes(struct nl_msg *message, const uint8_t *mode)
{
	struct nlattr *nest;
	size_t i;

	nest = nla_nest_start(message, NLA_F_NESTED | CORDON_WORKLOAD_A_MODES);
	if (!nest)
		return false;
	/* What is monitored is not said: reserved classes stay unmentioned */
	for (i = 0; i < CORDON_CLASS_COUNT; i++)
		if (mode[i] != CORDON_MODE_MONITOR &&
		    nla_put_u8(message, CORDON_MODES_A_EXEC + (int)i, mode[i]))
			return false;
	return !nla_nest_end(message, nest);
}

/* What is a manifest is not said */
static bool put_kind(struct nl_msg *message, uint8_t kind)
{
	return kind == CORDON_DOCUMENT_MANIFEST ||
	       !nla_put_u8(message, CORDON_WORKLOAD_A_KIND, kind);
}

bool client_put_workload(struct nl_msg *message,
			 const struct cordon_draft *draft)
{
	const struct cordon_counts *counts = &draft->used;
	struct nlattr *nest;

	nest = nla_nest_start(message, NLA_F_NESTED | CORDON_A_WORKLOAD);
	return nest &&
	       put_text(message, CORDON_WORKLOAD_A_NAME, draft, draft->name) &&
	       put_optional(message, CORDON_WORKLOAD_A_DESCRIPTION, draft,
			    draft->description) &&
	       put_optional(message, CORDON_WORKLOAD_A_OWNER, draft,
			    draft->owner) &&
	       put_optional(message, CORDON_WORKLOAD_A_FILE, draft,
			    draft->file) &&
	       put_kind(message, draft->kind) &&
	       !nla_put_u8(message, CORDON_WORKLOAD_A_DEFAULT, draft->effect) &&
	       put_modes(message, draft->mode) &&
	       !(draft->reject &&
		 nla_put_flag(message, CORDON_WORKLOAD_A_REJECT)) &&
	       !nla_put_u32(message, CORDON_WORKLOAD_A_MEMBERS,
			    counts->members) &&
	       !nla_put_u32(message, CORDON_WORKLOAD_A_PROGRAMS,
			    counts->programs) &&
	       !nla_put_u32(message, CORDON_WORKLOAD_A_RULES, counts->rules) &&
	       !nla_put_u32(message, CORDON_WORKLOAD_A_PATTERNS,
			    counts->patterns) &&
	       !nla_put_u32(message, CORDON_WORKLOAD_A_BYTES, counts->bytes) &&
	       !(counts->responses &&
		 nla_put_u32(message, CORDON_WORKLOAD_A_RESPONSES,
			     counts->responses)) &&
	       !nla_nest_end(message, nest);
}

bool client_put_member(struct nl_msg *message, const struct cordon_draft *draft,
		       uint32_t index)
{
	const struct cordon_draft_member *member;
	struct nlattr *nest;

	member = cordon_draft_member(draft, index);
	nest = nla_nest_start(message, NLA_F_NESTED | CORDON_A_MEMBER);
	if (!nest ||
	    nla_put_u8(message, CORDON_MEMBER_A_KIND, (uint8_t)member->kind) ||
	    !put_optional(message, CORDON_MEMBER_A_PATTERN, draft,
			  member->pattern))
		return false;
	if (member->kind == CORDON_MEMBER_USER &&
	    nla_put_u32(message, CORDON_MEMBER_A_UID, member->uid))
		return false;
	if (draft->kind == CORDON_DOCUMENT_SEGMENTS &&
	    member->program != CORDON_NONE &&
	    nla_put_u32(message, CORDON_MEMBER_A_PROGRAM, member->program))
		return false;
	return !nla_nest_end(message, nest);
}

bool client_put_program(struct nl_msg *message,
			const struct cordon_draft *draft, uint32_t index)
{
	const struct cordon_draft_program *program;
	struct nlattr *nest;

	program = cordon_draft_program(draft, index);
	nest = nla_nest_start(message, NLA_F_NESTED | CORDON_A_PROGRAM);
	return nest &&
	       put_text(message, CORDON_PROGRAM_A_EXE, draft, program->exe) &&
	       !(program->isolated &&
		 nla_put_flag(message, CORDON_PROGRAM_A_ISOLATED)) &&
	       !(program->management &&
		 nla_put_flag(message, CORDON_PROGRAM_A_MANAGEMENT)) &&
	       !(program->protected &&
		 nla_put_flag(message, CORDON_PROGRAM_A_PROTECTED)) &&
	       !nla_nest_end(message, nest);
}

bool client_put_rule(struct nl_msg *message, const struct cordon_draft *draft,
		     uint32_t index)
{
	const struct cordon_draft_rule *rule = cordon_draft_rule(draft, index);
	struct nlattr *nest;
	uint32_t i;

	nest = nla_nest_start(message, NLA_F_NESTED | CORDON_A_RULE);
	if (!nest)
		return false;
	if (rule->program != CORDON_NONE &&
	    nla_put_u32(message, CORDON_RULE_A_PROGRAM, rule->program))
		return false;
	if (nla_put_u8(message, CORDON_RULE_A_EFFECT, rule->effect) ||
	    nla_put_u32(message, CORDON_RULE_A_OPS, rule->ops) ||
	    !put_text(message, CORDON_RULE_A_TEXT, draft, rule->text))
		return false;
	for (i = 0; i < rule->patterns; i++)
		if (nla_put_string(message, CORDON_RULE_A_PATTERN,
				   cordon_draft_pattern(draft,
							rule->pattern + i)))
			return false;
	return put_optional(message, CORDON_RULE_A_FILE, draft, rule->file) &&
	       !nla_put_u32(message, CORDON_RULE_A_LINE, rule->line) &&
	       !nla_put_u32(message, CORDON_RULE_A_COLUMN, rule->column) &&
	       put_optional(message, CORDON_RULE_A_NOTE, draft, rule->note) &&
	       !nla_nest_end(message, nest);
}

/* What a response needs not say is what the module takes it to be */
bool client_put_response(struct nl_msg *message,
			 const struct cordon_draft *draft, uint32_t index)
{
	const struct cordon_draft_response *response;
	struct nlattr *nest;
	uint32_t i;

	response = cordon_draft_response(draft, index);
	nest = nla_nest_start(message, NLA_F_NESTED | CORDON_A_RESPONSE);
	if (!nest ||
	    nla_put_u32(message, CORDON_RESPONSE_A_OPS, response->ops) ||
	    nla_put_u32(message, CORDON_RESPONSE_A_DO, response->responses) ||
	    nla_put_u32(message, CORDON_RESPONSE_A_TIMES, response->times) ||
	    nla_put_u8(message, CORDON_RESPONSE_A_PER, response->per))
		return false;
	if (response->rule != CORDON_NONE &&
	    (nla_put_u32(message, CORDON_RESPONSE_A_RULE, response->rule) ||
	     nla_put_u32(message, CORDON_RESPONSE_A_RULES, response->rules)))
		return false;
	if (response->within &&
	    nla_put_u32(message, CORDON_RESPONSE_A_WITHIN, response->within))
		return false;
	if (response->lapse &&
	    nla_put_u32(message, CORDON_RESPONSE_A_ASK, response->lapse))
		return false;
	if (response->evidence &&
	    nla_put_flag(message, CORDON_RESPONSE_A_EVIDENCE))
		return false;
	for (i = 0; i < response->steps; i++)
		if (nla_put_u32(message, CORDON_RESPONSE_A_TTL,
				response->ttl[i]))
			return false;
	return !nla_nest_end(message, nest);
}

size_t client_rule_size(const struct cordon_draft *draft, uint32_t index)
{
	const struct cordon_draft_rule *rule = cordon_draft_rule(draft, index);
	size_t size = NLA_HDRLEN;
	uint32_t i;

	if (rule->program != CORDON_NONE)
		size += (size_t)nla_total_size(sizeof(uint32_t));
	size += (size_t)nla_total_size(sizeof(uint8_t));
	size += 3 * (size_t)nla_total_size(sizeof(uint32_t));
	size += text_size(cordon_draft_text(draft, rule->text));
	for (i = 0; i < rule->patterns; i++)
		size += text_size(cordon_draft_pattern(draft,
						       rule->pattern + i));
	if (*cordon_draft_text(draft, rule->file))
		size += text_size(cordon_draft_text(draft, rule->file));
	if (*cordon_draft_text(draft, rule->note))
		size += text_size(cordon_draft_text(draft, rule->note));
	return size;
}
