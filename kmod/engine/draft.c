// SPDX-License-Identifier: GPL-2.0-only
/*
 * Filling drafts.
 */
#include "draft.h"

#include "draft_check.h"
#include "pattern.h"

static const char too_long[] =
	"a description, owner or note has at most " CORDON_STRING(
		CORDON_TEXT_MAX) " bytes, a path or pattern fewer than " CORDON_STRING(
		CORDON_PATH_MAX);

static int refuse(struct cordon_fault *fault, int error, const char *what)
{
	cordon_fault_set(fault, what);
	return error;
}

/*
 * Puts @string behind the text so far.  NULL and the empty string are the
 * empty text at offset 0.
 */
static int text_add(struct cordon_draft *draft, const char *string,
		    size_t most, u32 *offset, struct cordon_fault *fault)
{
	size_t length;
	char *to;

	*offset = 0;
	if (!string || !*string)
		return 0;
	length = strnlen(string, most + 1);
	if (length > most)
		return refuse(fault, -EINVAL, too_long);
	if (length >= draft->capacity.bytes - draft->used.bytes)
		return refuse(fault, -ENOSPC, "more text than announced");
	to = (char *)draft + draft->text_at + draft->used.bytes;
	memcpy(to, string, length);
	to[length] = '\0';
	*offset = draft->used.bytes;
	draft->used.bytes += (u32)length + 1;
	return 0;
}

size_t cordon_draft_size(const struct cordon_counts *counts,
			 struct cordon_fault *fault)
{
	const char *why = cordon_counts_check(counts);
	struct draft_layout layout;

	if (why) {
		cordon_fault_set(fault, why);
		return 0;
	}
	cordon_draft_layout(counts, &layout);
	return layout.size;
}

const char *cordon_sums_add(struct cordon_sums *sums,
			    const struct cordon_counts *counts)
{
	sums->programs += counts->programs;
	sums->rules += counts->rules;
	sums->bytes += counts->bytes;
	if (sums->programs > CORDON_PROGRAMS_MAX)
		return "a policy has at most " CORDON_STRING(
			CORDON_PROGRAMS_MAX) " programs";
	if (sums->rules > CORDON_RULES_MAX)
		return "a policy has at most " CORDON_STRING(
			CORDON_RULES_MAX) " rules";
	if (sums->bytes > CORDON_POLICY_BYTES_MAX)
		return "a policy's text is at most 256 MiB long";
	return NULL;
}

struct cordon_draft *cordon_draft_init(void *buffer, size_t size,
				       const struct cordon_workload_spec *spec,
				       struct cordon_fault *fault)
{
	const size_t needed = cordon_draft_size(&spec->counts, fault);
	struct cordon_draft *draft = buffer;
	struct draft_layout layout;
	const char *why;

	if (!needed)
		return NULL;
	why = spec->name ?
		      cordon_name_check(spec->name,
					strnlen(spec->name,
						CORDON_NAME_MAX + 1)) :
		      "a document needs a name";
	if (!why)
		why = cordon_head_check(spec->kind, spec->effect, spec->mode,
					&spec->counts);
	if (!why && size < needed)
		why = "the buffer is smaller than the draft";
	if (why) {
		cordon_fault_set(fault, why);
		return NULL;
	}

	cordon_draft_layout(&spec->counts, &layout);
	draft->size = layout.size;
	draft->capacity = spec->counts;
	draft->members_at = layout.members_at;
	draft->programs_at = layout.programs_at;
	draft->rules_at = layout.rules_at;
	draft->patterns_at = layout.patterns_at;
	draft->responses_at = layout.responses_at;
	draft->text_at = layout.text_at;
	draft->used.bytes = 1;
	draft->kind = spec->kind;
	draft->effect = spec->effect;
	memcpy(draft->mode, spec->mode, sizeof(draft->mode));
	draft->reject = spec->reject;

	if (text_add(draft, spec->name, CORDON_NAME_MAX, &draft->name, fault) ||
	    text_add(draft, spec->description, CORDON_TEXT_MAX,
		     &draft->description, fault) ||
	    text_add(draft, spec->owner, CORDON_TEXT_MAX, &draft->owner,
		     fault) ||
	    text_add(draft, spec->file, CORDON_PATH_MAX - 1, &draft->file,
		     fault))
		return NULL;
	return draft;
}

static int member_add(struct cordon_draft *draft,
		      struct cordon_draft_member member, const char *pattern,
		      struct cordon_fault *fault)
{
	struct cordon_draft_member *members =
		(void *)((char *)draft + draft->members_at);
	int error;

	error = text_add(draft, pattern, CORDON_PATH_MAX - 1, &member.pattern,
			 fault);
	if (error)
		return error;
	members[draft->used.members++] = member;
	return 0;
}

int cordon_draft_add_member(struct cordon_draft *draft,
			    enum cordon_member_kind kind, const char *pattern,
			    u32 uid, struct cordon_fault *fault)
{
	const struct cordon_draft_member member = {
		.kind = kind,
		.uid = kind == CORDON_MEMBER_USER ? uid : 0,
		.program = CORDON_NONE,
	};
	const char *why;

	if (draft->used.members >= draft->capacity.members)
		return refuse(fault, -ENOSPC, "more members than announced");
	why = draft->kind == CORDON_DOCUMENT_MANIFEST ?
		      cordon_member_check(kind, pattern, uid) :
		      "no process belongs to a segments document";
	if (why)
		return refuse(fault, -EINVAL, why);
	return member_add(draft, member, pattern, fault);
}

int cordon_draft_add_segment_member(struct cordon_draft *draft,
				    enum cordon_member_kind kind, u32 segment,
				    const char *pattern,
				    struct cordon_fault *fault)
{
	const struct cordon_draft_member member = {
		.kind = kind,
		.program = segment,
	};
	const char *why;

	if (draft->used.members >= draft->capacity.members)
		return refuse(fault, -ENOSPC, "more members than announced");
	why = draft->kind == CORDON_DOCUMENT_SEGMENTS ?
		      /* Segments may come behind what lies in them. */
		      cordon_segment_member_check(kind, segment,
						  draft->capacity.programs,
						  pattern) :
		      "only a segments document has segments";
	if (why)
		return refuse(fault, -EINVAL, why);
	return member_add(draft, member, pattern, fault);
}

static int program_add(struct cordon_draft *draft, const char *exe,
		       bool isolated, struct cordon_fault *fault)
{
	struct cordon_draft_program *programs =
		(void *)((char *)draft + draft->programs_at);
	u32 text;
	int error;

	error = text_add(draft, exe, CORDON_PATH_MAX - 1, &text, fault);
	if (error)
		return error;
	programs[draft->used.programs].exe = text;
	programs[draft->used.programs].isolated = isolated;
	return (int)draft->used.programs++;
}

int cordon_draft_add_segment(struct cordon_draft *draft, const char *name,
			     bool isolated, struct cordon_fault *fault)
{
	const char *why;

	if (draft->used.programs >= draft->capacity.programs)
		return refuse(fault, -ENOSPC, "more segments than announced");
	if (draft->kind != CORDON_DOCUMENT_SEGMENTS)
		why = "only a segments document has segments";
	else
		why = cordon_name_check(name, name ?
				strnlen(name, CORDON_NAME_MAX + 1) : 0);
	if (why)
		return refuse(fault, -EINVAL, why);
	return program_add(draft, name, isolated, fault);
}

void cordon_draft_guard_segment(struct cordon_draft *draft, u32 index,
				bool management, bool protected)
{
	struct cordon_draft_program *segments =
		(void *)((char *)draft + draft->programs_at);

	segments[index].management = management;
	segments[index].protected = protected;
}

int cordon_draft_add_response(struct cordon_draft *draft,
			      const struct cordon_draft_response *response,
			      struct cordon_fault *fault)
{
	struct cordon_draft_response *responses =
		(void *)((char *)draft + draft->responses_at);
	const char *why;

	if (draft->used.responses >= draft->capacity.responses)
		return refuse(fault, -ENOSPC, "more responses than announced");
	why = cordon_response_check(draft, response);
	if (why)
		return refuse(fault, -EINVAL, why);
	responses[draft->used.responses] = *response;
	return (int)draft->used.responses++;
}

int cordon_draft_add_program(struct cordon_draft *draft, const char *exe,
			     struct cordon_fault *fault)
{
	const char *why;

	if (draft->used.programs >= draft->capacity.programs)
		return refuse(fault, -ENOSPC, "more programs than announced");
	why = draft->kind == CORDON_DOCUMENT_MANIFEST ?
		      cordon_program_check(exe) :
		      "a segments document has segments, no programs";
	if (why)
		return refuse(fault, -EINVAL, why);
	return program_add(draft, exe, false, fault);
}

static int rule_patterns_add(struct cordon_draft *draft,
			     const struct cordon_rule_spec *spec,
			     const struct cordon_draft_rule *rule,
			     struct cordon_fault *fault)
{
	u32 *patterns = (u32 *)((char *)draft + draft->patterns_at);
	int error;
	u32 i;

	for (i = 0; i < spec->pattern_count; i++) {
		/* Most rules are their only pattern: keep that text once. */
		if (strcmp(spec->patterns[i],
			   cordon_draft_text(draft, rule->text)) == 0) {
			patterns[rule->pattern + i] = rule->text;
			continue;
		}
		error = text_add(draft, spec->patterns[i], CORDON_PATH_MAX - 1,
				 &patterns[rule->pattern + i], fault);
		if (error)
			return error;
	}
	return 0;
}

/* A rule's file is mostly that of the rule before. */
static int rule_file_add(struct cordon_draft *draft, const char *file,
			 u32 *offset, struct cordon_fault *fault)
{
	const struct cordon_draft_rule *before;

	if (draft->used.rules) {
		before = cordon_draft_rule(draft, draft->used.rules - 1);
		if (strcmp(file ? file : "",
			   cordon_draft_text(draft, before->file)) == 0) {
			*offset = before->file;
			return 0;
		}
	}
	return text_add(draft, file, CORDON_PATH_MAX - 1, offset, fault);
}

int cordon_draft_add_rule(struct cordon_draft *draft,
			  const struct cordon_rule_spec *spec,
			  struct cordon_fault *fault)
{
	struct cordon_draft_rule *rules =
		(void *)((char *)draft + draft->rules_at);
	struct cordon_draft_rule rule = {
		.program = spec->program,
		.pattern = draft->used.patterns,
		.patterns = spec->pattern_count,
		.line = spec->line,
		.column = spec->column,
		.effect = spec->effect,
		.ops = spec->ops,
	};
	const u32 bytes = draft->used.bytes;
	u32 expanded = 0;
	const char *why;
	int error;
	u32 i;

	if (draft->used.rules >= draft->capacity.rules)
		return refuse(fault, -ENOSPC, "more rules than announced");
	if (!spec->pattern_count)
		return refuse(fault, -EINVAL, "a rule without a pattern");
	if (spec->pattern_count > CORDON_PATTERNS_MAX)
		return refuse(fault, -EINVAL,
			      "a rule has at most " CORDON_STRING(
				      CORDON_PATTERNS_MAX) " patterns");
	if (spec->pattern_count >
	    draft->capacity.patterns - draft->used.patterns)
		return refuse(fault, -ENOSPC, "more patterns than announced");
	why = cordon_rule_check(draft, spec->program, spec->effect, spec->ops);
	for (i = 0; !why && i < spec->pattern_count; i++)
		why = cordon_rule_pattern_check(spec->patterns[i],
						spec->effect, spec->ops,
						&expanded);
	if (why)
		return refuse(fault, -EINVAL, why);

	error = text_add(draft, spec->text, CORDON_PATH_MAX - 1, &rule.text,
			 fault);
	if (!error)
		error = rule_file_add(draft, spec->file, &rule.file, fault);
	if (!error)
		error = text_add(draft, spec->note, CORDON_TEXT_MAX, &rule.note,
				 fault);
	if (!error)
		error = rule_patterns_add(draft, spec, &rule, fault);
	if (error) {
		draft->used.bytes = bytes;
		return error;
	}
	draft->used.patterns += spec->pattern_count;
	rules[draft->used.rules] = rule;
	return (int)draft->used.rules++;
}

