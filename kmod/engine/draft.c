// SPDX-License-Identifier: GPL-2.0-only
/*
 * Filling drafts, and checking one that may come from anywhere.
 */
#include "draft.h"

#include "pattern.h"

#define OPS_ALL ((1u << CORDON_OP_COUNT) - 1)
/* What a rule about nameless objects may speak of, by effect. */
#define OPS_NAMELESS_ALLOW                                                    \
	(1u << CORDON_OP_LOAD | 1u << CORDON_OP_READ | 1u << CORDON_OP_WRITE)
#define OPS_NAMELESS_DENY (OPS_NAMELESS_ALLOW | 1u << CORDON_OP_EXEC)

/* The patterns of a draft, at most: as many as its rules may have. */
#define PATTERNS_ALL (CORDON_RULES_MAX * CORDON_PATTERNS_MAX)

static_assert(CORDON_OP_COUNT <= 8, "a rule's ops need more bits");

/*
 * A netlink attribute has 16 bits for its length, and a rule is one: patterns,
 * text, file, note and a few numbers, each an attribute with a head of its own.
 */
static_assert(CORDON_RULE_BYTES_MAX + 2 * CORDON_PATH_MAX + CORDON_TEXT_MAX +
			      1 + 8 * (CORDON_PATTERNS_MAX + 10) <=
		      65535, "a rule may not fit into an attribute");

/* Where the arrays of a draft lie; all of them hold nothing wider than u32. */
struct layout {
	u32 members_at;
	u32 programs_at;
	u32 rules_at;
	u32 patterns_at;
	u32 text_at;
	u32 size;
};

static const char too_long[] =
	"a description, owner or note has at most " CORDON_STRING(
		CORDON_TEXT_MAX) " bytes, a path or pattern fewer than " CORDON_STRING(
		CORDON_PATH_MAX);

static const char too_many_bytes[] =
	"a rule's patterns take at most " CORDON_STRING(
		CORDON_RULE_BYTES_MAX) " bytes; write it as several rules";

static int refuse(struct cordon_fault *fault, int error, const char *what)
{
	cordon_fault_set(fault, what);
	return error;
}

static const char *counts_check(const struct cordon_counts *counts)
{
	if (counts->members > CORDON_MEMBERS_MAX)
		return "a workload has at most " CORDON_STRING(
			CORDON_MEMBERS_MAX) " members";
	if (counts->programs > CORDON_PROGRAMS_MAX)
		return "a workload has at most " CORDON_STRING(
			CORDON_PROGRAMS_MAX) " programs";
	if (counts->rules > CORDON_RULES_MAX)
		return "a workload has at most " CORDON_STRING(
			CORDON_RULES_MAX) " rules";
	if (counts->patterns > counts->rules * CORDON_PATTERNS_MAX)
		return "a rule has at most " CORDON_STRING(
			CORDON_PATTERNS_MAX) " patterns";
	if (counts->bytes > CORDON_BYTES_MAX || !counts->bytes)
		return "a workload's text is 1 byte to 64 MiB long";
	return NULL;
}

/*
 * No sum can wrap: the limits keep text, rules and patterns below 64 MiB each,
 * and the rest is small beside them.
 */
static void layout_of(const struct cordon_counts *counts,
		      struct layout *layout)
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
	layout->text_at =
		layout->patterns_at + counts->patterns * (u32)sizeof(u32);
	layout->size = layout->text_at + counts->bytes;
}

static const char *name_check(const char *name, size_t length)
{
	static const char characters[] =
		"a workload's name consists of letters, digits, '.', '_' and '-', and begins with a letter or digit";
	size_t i;

	if (!length || length > CORDON_NAME_MAX)
		return "a workload's name has 1 to " CORDON_STRING(
			CORDON_NAME_MAX) " characters";
	for (i = 0; i < length; i++) {
		if ((name[i] >= 'a' && name[i] <= 'z') ||
		    (name[i] >= 'A' && name[i] <= 'Z') ||
		    (name[i] >= '0' && name[i] <= '9'))
			continue;
		if (i && (name[i] == '.' || name[i] == '_' || name[i] == '-'))
			continue;
		return characters;
	}
	return NULL;
}

static const char *member_check(u32 kind, const char *pattern, u32 uid)
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

static const char *program_check(const char *exe)
{
	const size_t length = exe ? strnlen(exe, CORDON_PATH_MAX) : 0;
	const char *why = cordon_pattern_check(exe, length, NULL);

	if (!why && cordon_pattern_kind(exe, length) != CORDON_OBJECT_PATH)
		why = "a program is named by a path, not by a nameless kind";
	return why;
}

static const char *rule_check(u32 program, u32 programs, u32 effect, u32 ops)
{
	if (program != CORDON_NONE && program >= programs)
		return "a rule of a program that has not been added";
	if (effect >= CORDON_EFFECT_COUNT)
		return "a rule's effect is allow or deny";
	if (!ops || ops & ~OPS_ALL)
		return "a rule names one or more of the known ops";
	return NULL;
}

/* @bytes: of the rule's patterns before; moved on */
static const char *rule_pattern_check(const char *pattern, u32 effect, u32 ops,
				      u32 *bytes)
{
	const size_t length = pattern ? strnlen(pattern, CORDON_PATH_MAX) : 0;
	const char *why = cordon_pattern_check(pattern, length, NULL);

	*bytes += (u32)length + 1;
	if (!why && *bytes > CORDON_RULE_BYTES_MAX)
		why = too_many_bytes;
	if (why || cordon_pattern_kind(pattern, length) == CORDON_OBJECT_PATH)
		return why;
	if (effect == CORDON_EFFECT_DENY ? ops & ~OPS_NAMELESS_DENY :
					   ops & ~OPS_NAMELESS_ALLOW)
		return "nameless objects can be loaded, read and written, or denied to exec, but not allowed to exec or enter";
	return NULL;
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
	const char *why = counts_check(counts);
	struct layout layout;

	if (why) {
		cordon_fault_set(fault, why);
		return 0;
	}
	layout_of(counts, &layout);
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
	struct layout layout;
	const char *why;
	u32 class;

	if (!needed)
		return NULL;
	why = spec->name ? name_check(spec->name,
				      strnlen(spec->name, CORDON_NAME_MAX + 1)) :
			   "a workload needs a name";
	if (!why && spec->effect >= CORDON_EFFECT_COUNT)
		why = "a workload's default is allow or deny";
	for (class = 0; !why && class < CORDON_CLASS_COUNT; class++) {
		if (spec->mode[class] >= CORDON_MODE_COUNT)
			why = "a mode is learn, monitor or enforce";
	}
	if (!why && size < needed)
		why = "the buffer is smaller than the draft";
	if (why) {
		cordon_fault_set(fault, why);
		return NULL;
	}

	layout_of(&spec->counts, &layout);
	draft->size = layout.size;
	draft->capacity = spec->counts;
	draft->members_at = layout.members_at;
	draft->programs_at = layout.programs_at;
	draft->rules_at = layout.rules_at;
	draft->patterns_at = layout.patterns_at;
	draft->text_at = layout.text_at;
	draft->used.bytes = 1;
	draft->effect = spec->effect;
	memcpy(draft->mode, spec->mode, sizeof(draft->mode));

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

int cordon_draft_add_member(struct cordon_draft *draft,
			    enum cordon_member_kind kind, const char *pattern,
			    u32 uid, struct cordon_fault *fault)
{
	struct cordon_draft_member member = { .kind = kind };
	struct cordon_draft_member *members =
		(void *)((char *)draft + draft->members_at);
	const char *why;
	int error;

	if (draft->used.members >= draft->capacity.members)
		return refuse(fault, -ENOSPC, "more members than announced");
	why = member_check(kind, pattern, uid);
	if (why)
		return refuse(fault, -EINVAL, why);
	error = text_add(draft, pattern, CORDON_PATH_MAX - 1, &member.pattern,
			 fault);
	if (error)
		return error;
	if (kind == CORDON_MEMBER_USER)
		member.uid = uid;
	members[draft->used.members++] = member;
	return 0;
}

int cordon_draft_add_program(struct cordon_draft *draft, const char *exe,
			     struct cordon_fault *fault)
{
	struct cordon_draft_program *programs =
		(void *)((char *)draft + draft->programs_at);
	const char *why;
	u32 text;
	int error;

	if (draft->used.programs >= draft->capacity.programs)
		return refuse(fault, -ENOSPC, "more programs than announced");
	why = program_check(exe);
	if (why)
		return refuse(fault, -EINVAL, why);
	error = text_add(draft, exe, CORDON_PATH_MAX - 1, &text, fault);
	if (error)
		return error;
	programs[draft->used.programs].exe = text;
	return (int)draft->used.programs++;
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
	why = rule_check(spec->program, draft->used.programs, spec->effect,
			 spec->ops);
	for (i = 0; !why && i < spec->pattern_count; i++)
		why = rule_pattern_check(spec->patterns[i], spec->effect,
					 spec->ops, &expanded);
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

static const char *members_check(const struct cordon_draft *draft)
{
	u32 i;

	if (!draft->used.members)
		return "a workload without a member";
	for (i = 0; i < draft->used.members; i++) {
		if (cordon_draft_member(draft, i)->kind == CORDON_MEMBER_HOST &&
		    draft->used.members > 1)
			return "a workload that is the host has no other member";
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
	else
		why = members_check(draft);
	return why ? refuse(fault, -EINVAL, why) : 0;
}

static bool text_inside(const struct cordon_draft *draft, u32 offset)
{
	return offset < draft->used.bytes;
}

static const char *head_check(const struct cordon_draft *draft)
{
	static const char broken[] = "the draft's head contradicts itself";
	struct layout layout;
	const char *text;
	const char *why;
	u32 class;

	why = counts_check(&draft->capacity);
	if (why)
		return why;
	layout_of(&draft->capacity, &layout);
	if (draft->size != layout.size ||
	    draft->members_at != layout.members_at ||
	    draft->programs_at != layout.programs_at ||
	    draft->rules_at != layout.rules_at ||
	    draft->patterns_at != layout.patterns_at ||
	    draft->text_at != layout.text_at ||
	    !draft->used.bytes || draft->used.bytes > draft->capacity.bytes)
		return broken;
	text = cordon_draft_text(draft, 0);
	if (text[0] || text[draft->used.bytes - 1] ||
	    !text_inside(draft, draft->name) ||
	    !text_inside(draft, draft->description) ||
	    !text_inside(draft, draft->owner) ||
	    !text_inside(draft, draft->file))
		return broken;
	if (draft->effect >= CORDON_EFFECT_COUNT)
		return "a workload's default is allow or deny";
	for (class = 0; class < CORDON_CLASS_COUNT; class++) {
		if (draft->mode[class] >= CORDON_MODE_COUNT)
			return "a mode is learn, monitor or enforce";
	}
	text = cordon_draft_text(draft, draft->name);
	return name_check(text, strnlen(text, CORDON_NAME_MAX + 1));
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
	why = rule_check(rule->program, draft->used.programs, rule->effect,
			 rule->ops);
	for (i = 0; !why && i < rule->patterns; i++) {
		if (!text_inside(draft, offsets[*patterns + i]))
			return broken;
		why = rule_pattern_check(
			cordon_draft_pattern(draft, *patterns + i),
			rule->effect, rule->ops, &expanded);
	}
	*patterns += rule->patterns;
	return why;
}

int cordon_draft_check(const struct cordon_draft *draft,
		       struct cordon_fault *fault)
{
	const struct cordon_draft_member *member;
	const struct cordon_draft_program *program;
	const char *why = head_check(draft);
	u32 patterns = 0;
	u32 i;

	if (why)
		return refuse(fault, -EINVAL, why);
	if (cordon_draft_complete(draft, fault))
		return -EINVAL;
	for (i = 0; i < draft->used.members; i++) {
		member = cordon_draft_member(draft, i);
		why = !text_inside(draft, member->pattern) ?
			      "the member points outside of its draft" :
			      member_check(member->kind,
					   cordon_draft_text(draft,
							     member->pattern),
					   member->uid);
		if (why) {
			cordon_fault_set(fault, why);
			fault->member = i;
			return -EINVAL;
		}
	}
	for (i = 0; i < draft->used.programs; i++) {
		program = cordon_draft_program(draft, i);
		why = !text_inside(draft, program->exe) ?
			      "the program points outside of its draft" :
			      program_check(
				      cordon_draft_text(draft, program->exe));
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
		return refuse(fault, -EINVAL,
			      "the draft has patterns of no rule");
	return 0;
}
