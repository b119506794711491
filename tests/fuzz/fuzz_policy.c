// SPDX-License-Identifier: LGPL-2.1-or-later
/*
 * Policies from bytes: drafts are filled as the netlink side of the module
 * would fill them for a hostile sender, compiled, and asked.  Where the input
 * makes a policy, verdicts are held against a plain reading of the rules.
 *
 * A second form, chosen by the first byte, takes the rest of the input for a
 * draft as it lies in memory.
 */
#include <stdint.h>
#include <stdlib.h>

#include "../reference.h"
#include "names.h"
#include "pattern.h"
#include "policy.h"

#define WORKLOADS 3
#define TEXT 200
#define ASKS 8

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

struct input {
	const uint8_t *at;
	size_t left;
};

static void insist(bool holds)
{
	if (!holds)
		abort();
}

static uint8_t next_byte(struct input *input)
{
	if (!input->left)
		return 0;
	input->left--;
	return *input->at++;
}

/*
 * A text: mostly parts of paths, so that rules and acts meet; else bytes as
 * they come.
 */
static void next_text(struct input *input, char *text)
{
	static const char *const parts[] = {
		"/", "/a", "/b", "/**", "/*", "/a*", "/*b", "/[ab]", "/?",
		"a", "b", "*", "memfd:", "deleted:", "x.service", "/abcdefghi",
	};
	uint8_t count = next_byte(input);
	size_t length = 0;
	const char *part;
	uint8_t byte;

	if (count & 0x80) {
		for (count &= 0x7f; count; count--)
			text[length++] = (char)next_byte(input);
		text[length] = '\0';
		return;
	}
	for (count &= 7; count; count--) {
		byte = next_byte(input);
		part = parts[byte % (sizeof(parts) / sizeof(parts[0]))];
		memcpy(text + length, part, strlen(part));
		length += strlen(part);
	}
	text[length] = '\0';
}

static void next_member(struct input *input, struct cordon_draft *draft,
			struct cordon_fault *fault)
{
	const uint8_t kind = next_byte(input) % (CORDON_MEMBER_COUNT + 1);
	const uint32_t uid = next_byte(input) & 3 ? 0 : U32_MAX;
	char text[TEXT];

	next_text(input, text);
	cordon_draft_add_member(draft, kind, *text ? text : NULL, uid, fault);
}

static void next_rule(struct input *input, struct cordon_draft *draft,
		      struct cordon_fault *fault)
{
	char text[2][TEXT];
	const char *const patterns[] = { text[0], text[1] };
	const uint8_t head = next_byte(input);
	struct cordon_rule_spec spec = {
		.program = head & 1 ? CORDON_NONE : (head >> 1 & 3),
		.effect = head >> 3 & 1,
		.ops = next_byte(input),
		.patterns = patterns,
		.pattern_count = 1 + (head >> 4 & 1),
		.text = text[0],
		.file = head & 0x20 ? "file" : NULL,
	};

	next_text(input, text[0]);
	next_text(input, text[1]);
	if (!(head & 0x40))
		spec.ops &= 31;
	cordon_draft_add_rule(draft, &spec, fault);
}

/*
 * Not all that is added is accepted; what was is made the whole of it, so that
 * the draft is complete.
 */
static void announce_what_is_there(struct cordon_draft **draft)
{
	struct cordon_draft *old = *draft;
	struct cordon_workload_spec spec = {
		.name = cordon_draft_text(old, old->name),
		.effect = old->effect,
		.counts = old->used,
	};
	struct cordon_fault fault;
	struct cordon_draft *whole;
	size_t size;
	u32 i;
	u32 k;

	memcpy(spec.mode, old->mode, sizeof(spec.mode));
	size = cordon_draft_size(&spec.counts, &fault);
	whole = cordon_draft_init(calloc(1, size), size, &spec, &fault);
	insist(whole);
	for (i = 0; i < old->used.members; i++) {
		const struct cordon_draft_member *member =
			cordon_draft_member(old, i);

		insist(!cordon_draft_add_member(
			whole, member->kind,
			cordon_draft_text(old, member->pattern), member->uid,
			&fault));
	}
	for (i = 0; i < old->used.programs; i++)
		insist(cordon_draft_add_program(
			       whole,
			       cordon_draft_text(
				       old, cordon_draft_program(old, i)->exe),
			       &fault) == (int)i);
	for (i = 0; i < old->used.rules; i++) {
		const struct cordon_draft_rule *rule =
			cordon_draft_rule(old, i);
		const char *patterns[CORDON_PATTERNS_MAX];
		const struct cordon_rule_spec again = {
			.program = rule->program,
			.effect = rule->effect,
			.ops = rule->ops,
			.text = cordon_draft_text(old, rule->text),
			.file = cordon_draft_text(old, rule->file),
			.patterns = patterns,
			.pattern_count = rule->patterns,
		};

		for (k = 0; k < rule->patterns; k++)
			patterns[k] = cordon_draft_pattern(old, rule->pattern +
									k);
		insist(cordon_draft_add_rule(whole, &again, &fault) ==
		       (int)i);
	}
	free(old);
	*draft = whole;
}

static struct cordon_draft *next_draft(struct input *input, const char *name)
{
	const uint8_t head = next_byte(input);
	struct cordon_workload_spec spec = {
		.name = name,
		.effect = head & 1,
		.counts = { .members = 8, .programs = 8, .rules = 64,
			    .patterns = 80, .bytes = 8192 },
	};
	struct cordon_fault fault = { 0 };
	struct cordon_draft *draft;
	size_t size;
	u32 i;

	for (i = 0; i < CORDON_CLASS_COUNT; i++)
		spec.mode[i] = (u8)((head >> 1 & 3) % CORDON_MODE_COUNT);
	size = cordon_draft_size(&spec.counts, &fault);
	draft = cordon_draft_init(calloc(1, size), size, &spec, &fault);
	insist(draft);
	for (i = next_byte(input) & 7; i; i--)
		next_member(input, draft, &fault);
	for (i = next_byte(input) & 7; i; i--) {
		char text[TEXT];

		next_text(input, text);
		cordon_draft_add_program(draft, text, &fault);
	}
	for (i = next_byte(input) & 63; i; i--)
		next_rule(input, draft, &fault);
	announce_what_is_there(&draft);
	return draft;
}

/* The best rule of one effect, read off the draft. */
static u32 best_rule(const struct cordon_draft *draft, u32 program,
		     enum cordon_op op, enum cordon_effect effect,
		     const struct cordon_object *object)
{
	const struct cordon_draft_rule *rule;
	u32 best = CORDON_NONE;
	u32 best_rank = 0;
	const char *text;
	size_t length;
	bool matches;
	u32 rank;
	u32 i;
	u32 k;

	for (i = 0; i < draft->used.rules; i++) {
		rule = cordon_draft_rule(draft, i);
		if (rule->effect != effect || !(rule->ops & 1 << op) ||
		    (rule->program != CORDON_NONE && rule->program != program))
			continue;
		for (k = 0; k < rule->patterns; k++) {
			text = cordon_draft_pattern(draft, rule->pattern + k);
			length = strlen(text);
			matches = cordon_pattern_kind(text, length) ==
				  object->kind;
			if (matches && object->kind == CORDON_OBJECT_PATH)
				matches = reference_path(text, length,
							 object->path,
							 object->length);
			rank = cordon_pattern_rank(text, length);
			if (matches &&
			    (best == CORDON_NONE || rank > best_rank)) {
				best = i;
				best_rank = rank;
			}
		}
	}
	return best;
}

/* A path as the kernel resolves it? */
static bool is_object(const char *path)
{
	const size_t length = strlen(path);

	if (cordon_pattern_kind(path, length) != CORDON_OBJECT_PATH)
		return true;
	return path[0] == '/' && !strstr(path, "//") &&
	       (length == 1 || path[length - 1] != '/');
}

static void ask(const struct cordon_policy *policy, struct input *input)
{
	const u32 workload = next_byte(input) %
			     cordon_policy_workloads(policy);
	const struct cordon_draft *draft =
		cordon_policy_draft(policy, workload);
	const enum cordon_op op = next_byte(input) % CORDON_OP_COUNT;
	struct cordon_subject subject = { .workload = workload };
	struct cordon_identity identity = { 0 };
	struct cordon_subject next = { 0 };
	struct cordon_verdict verdict;
	struct cordon_object object;
	char path[TEXT];
	u32 allow;
	u32 deny;

	next_text(input, path);
	object = (struct cordon_object){
		.kind = cordon_pattern_kind(path, strlen(path)),
		.path = path,
		.length = (u32)strlen(path),
	};
	subject.program =
		cordon_policy_program(policy, workload, path, strlen(path));
	cordon_policy_decide(policy, &subject, op, &object, &verdict);
	insist(verdict.reason != CORDON_REASON_LIMIT);
	if (is_object(path)) {
		const u32 program = cordon_policy_program_index(
			policy, subject.program);

		deny = best_rule(draft, program, op, CORDON_EFFECT_DENY,
				 &object);
		allow = best_rule(draft, program, op, CORDON_EFFECT_ALLOW,
				  &object);
		insist(verdict.rule == (deny != CORDON_NONE ? deny : allow));
		if (deny != CORDON_NONE)
			insist(verdict.action != CORDON_ACTION_ALLOW);
		else if (allow != CORDON_NONE ||
			 draft->effect == CORDON_EFFECT_ALLOW)
			insist(verdict.action == CORDON_ACTION_ALLOW);
		else
			insist(verdict.action != CORDON_ACTION_ALLOW);
	}
	identity.exe = path;
	identity.exe_length = object.length;
	identity.cgroup = path;
	identity.cgroup_length = object.length;
	identity.uid = next_byte(input) & 1;
	cordon_policy_decide_exec(policy, &subject, &object, &identity, &next,
				  &verdict);
	insist(next.workload == CORDON_NONE ||
	       next.workload < cordon_policy_workloads(policy));
	if (verdict.action == CORDON_ACTION_ALLOW &&
	    verdict.op == CORDON_OP_EXEC &&
	    workload != cordon_policy_host(policy))
		insist(next.workload == workload);
}

static void compile(struct cordon_draft *const *list, u32 count,
		    struct input *input)
{
	const struct cordon_draft *const *drafts =
		(const struct cordon_draft *const *)list;
	struct cordon_fault fault = { 0 };
	const size_t size = cordon_policy_size(drafts, count, &fault);
	struct cordon_policy *policy;
	void *image;
	u32 i;

	if (!size) {
		insist(fault.what);
		return;
	}
	image = calloc(1, size);
	policy = cordon_policy_build(image, size, drafts, count, 1,
				     next_byte(input), false, &fault);
	if (policy) {
		for (i = 0; i < ASKS; i++)
			ask(policy, input);
	} else {
		insist(fault.what);
		insist(fault.workload == CORDON_NONE ||
		       fault.workload < count);
		/* The size was right, whatever else was wrong. */
		insist(!strstr(fault.what, "too small"));
	}
	free(image);
}

static void compile_raw(struct input *input)
{
	struct cordon_draft *draft;

	if (input->left < sizeof(*draft))
		return;
	draft = malloc(input->left);
	memcpy(draft, input->at, input->left);
	/* The caller vouches for the size, and for nothing else. */
	draft->size = (u32)input->left;
	compile(&draft, 1, input);
	free(draft);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	static const char *const names[WORKLOADS] = { "a", "b", "c" };
	struct cordon_draft *drafts[WORKLOADS];
	struct input input = { .at = data, .left = size };
	const uint8_t head = next_byte(&input);
	u32 count;
	u32 i;

	if (head == 0xff) {
		compile_raw(&input);
		return 0;
	}
	count = 1 + head % WORKLOADS;
	for (i = 0; i < count; i++)
		drafts[i] = next_draft(&input, names[i]);
	compile(drafts, count, &input);
	for (i = 0; i < count; i++)
		free(drafts[i]);
	return 0;
}
