// SPDX-License-Identifier: LGPL-2.1-or-later
/*
 * Policies for the engine's tests, from a few lines of text.
 */
#include "engine_fixture.h"

#include <stdlib.h>

#define RULE_LINE_MAX 8192

static u16 ops_parse(const char *words)
{
	u16 ops = 0;
	size_t length;
	int op;

	for (;;) {
		length = strcspn(words, ",");
		op = cordon_op_parse(words, length);
		ck_assert_msg(op >= 0, "no op: %s", words);
		ops |= (u16)(1 << op);
		if (!words[length])
			return ops;
		words += length + 1;
	}
}

static void member_add(struct cordon_draft *draft, const char *line)
{
	const size_t length = strcspn(line, ":");
	const char *rest = line[length] ? line + length + 1 : "";
	const int kind = cordon_member_parse(line, length);
	struct cordon_fault fault;
	int error;

	ck_assert_msg(kind >= 0, "no member: %s", line);
	if (kind == CORDON_MEMBER_CLAIM)
		error = cordon_draft_add_segment_member(draft, kind,
							CORDON_NONE, rest,
							&fault);
	else if (kind > CORDON_MEMBER_HOST)
		error = cordon_draft_add_segment_member(
			draft, kind, (u32)strtoul(rest, NULL, 10),
			strchr(rest, ' ') + 1, &fault);
	else if (kind == CORDON_MEMBER_USER)
		error = cordon_draft_add_member(draft, kind, NULL,
						(u32)strtoul(rest, NULL, 10),
						&fault);
	else
		error = cordon_draft_add_member(draft, kind, rest, 0, &fault);
	ck_assert_msg(!error, "%s: %s", line, error ? fault.what : "");
}

/* "NAME", or "NAME" and what it is */
static int segment_add(struct cordon_draft *draft, const char *line,
		       struct cordon_fault *fault)
{
	const size_t length = strcspn(line, " ");
	char name[CORDON_NAME_MAX + 1] = { 0 };
	int index;

	ck_assert_uint_le(length, CORDON_NAME_MAX);
	memcpy(name, line, length);
	index = cordon_draft_add_segment(draft, name,
					 strstr(line, " isolated") != NULL,
					 fault);
	if (index >= 0)
		cordon_draft_guard_segment(draft, (u32)index,
					   strstr(line, " management") != NULL,
					   strstr(line, " protected") != NULL);
	return index;
}

static int program_add(struct cordon_draft *draft, const char *line,
		       struct cordon_fault *fault)
{
	return draft->kind == CORDON_DOCUMENT_SEGMENTS ?
		       segment_add(draft, line, fault) :
		       cordon_draft_add_program(draft, line, fault);
}

static void rule_add(struct cordon_draft *draft, const char *line, u32 number)
{
	const char *patterns[CORDON_PATTERNS_MAX + 1];
	char copy[RULE_LINE_MAX];
	struct cordon_rule_spec spec = {
		.line = number,
		.column = 1,
		.file = "fixture.json",
		.patterns = patterns,
	};
	struct cordon_fault fault;
	char *rest;
	char *word;
	int error;

	ck_assert_uint_lt(strlen(line), sizeof(copy));
	strcpy(copy, line);
	word = strtok_r(copy, " ", &rest);
	spec.program = strcmp(word, "-") == 0 ? CORDON_NONE :
						(u32)strtoul(word, NULL, 10);
	word = strtok_r(NULL, " ", &rest);
	error = cordon_effect_parse(word, strlen(word));
	ck_assert_msg(error >= 0, "no effect: %s", line);
	spec.effect = (u8)error;
	spec.ops = ops_parse(strtok_r(NULL, " ", &rest));
	while ((word = strtok_r(NULL, " ", &rest)))
		patterns[spec.pattern_count++] = word;
	spec.text = patterns[0];
	error = cordon_draft_add_rule(draft, &spec, &fault);
	ck_assert_msg(error >= 0, "%s: %s", line, error < 0 ? fault.what : "");
}

/* Patterns are what follows the third space. */
static u32 pattern_count(const char *line)
{
	u32 spaces = 0;

	for (; *line; line++)
		spaces += *line == ' ';
	return spaces - 2;
}

struct cordon_draft *fixture_draft(const struct fixture_workload *workload)
{
	struct cordon_workload_spec spec = {
		.name = workload->name,
		.description = "made by a test",
		.file = "fixture.json",
		.kind = workload->kind,
		.effect = workload->effect,
		.reject = workload->reject,
		.counts = { .bytes = 256,
			    .responses = workload->response_count },
	};
	struct cordon_draft *draft;
	struct cordon_fault fault = { .what = "" };
	size_t size;
	void *buffer;
	u32 i;

	memset(spec.mode, workload->learns ? CORDON_MODE_LEARN :
			  workload->mode ? workload->mode :
			  CORDON_MODE_MONITOR, sizeof(spec.mode));
	for (i = 0; workload->members[i]; i++, spec.counts.members++)
		spec.counts.bytes += (u32)strlen(workload->members[i]) + 1;
	for (i = 0; workload->programs[i]; i++, spec.counts.programs++)
		spec.counts.bytes += (u32)strlen(workload->programs[i]) + 1;
	for (i = 0; workload->rules[i]; i++, spec.counts.rules++) {
		spec.counts.bytes += (u32)strlen(workload->rules[i]) * 2;
		spec.counts.patterns += pattern_count(workload->rules[i]);
	}
	size = cordon_draft_size(&spec.counts, &fault);
	ck_assert_msg(size, "%s", size ? "" : fault.what);
	buffer = calloc(1, size);
	draft = cordon_draft_init(buffer, size, &spec, &fault);
	ck_assert_msg(draft, "%s", draft ? "" : fault.what);
	for (i = 0; workload->members[i]; i++)
		member_add(draft, workload->members[i]);
	for (i = 0; workload->programs[i]; i++)
		ck_assert_int_eq(program_add(draft, workload->programs[i],
					     &fault), (int)i);
	for (i = 0; workload->rules[i]; i++)
		rule_add(draft, workload->rules[i], i + 1);
	for (i = 0; i < workload->response_count; i++)
		ck_assert_msg(cordon_draft_add_response(draft,
							&workload->responses[i],
							&fault) == (int)i,
			      "response %u: %s", i, fault.what);
	ck_assert_int_eq(cordon_draft_complete(draft, &fault), 0);
	ck_assert_int_eq(cordon_draft_check(draft, &fault), 0);
	return draft;
}

struct fixture *fixture_build(const struct fixture_workload *workloads,
			      u32 count, bool monitor)
{
	struct fixture *fixture = calloc(1, sizeof(*fixture));
	const struct cordon_draft *const *drafts =
		(const struct cordon_draft *const *)fixture->drafts;
	void *image;
	size_t size;
	u32 i;

	ck_assert_uint_le(count, FIXTURE_WORKLOADS);
	fixture->count = count;
	for (i = 0; i < count; i++)
		fixture->drafts[i] = fixture_draft(&workloads[i]);
	size = cordon_policy_size(drafts, count, &fixture->fault);
	if (!size)
		return fixture;
	image = calloc(1, size);
	fixture->policy = cordon_policy_build(image, size, drafts, count, 1,
					      0x1234567, monitor,
					      &fixture->fault);
	if (!fixture->policy)
		free(image);
	return fixture;
}

void fixture_free(struct fixture *fixture)
{
	u32 i;

	for (i = 0; i < fixture->count; i++)
		free(fixture->drafts[i]);
	free(fixture->policy);
	free(fixture);
}

struct cordon_object fixture_object(const char *path)
{
	return (struct cordon_object){
		.kind = cordon_pattern_kind(path, strlen(path)),
		.path = path,
		.length = (u32)strlen(path),
	};
}

struct cordon_verdict fixture_decide(const struct fixture *fixture,
				     u32 workload, u32 program,
				     enum cordon_op op, const char *path)
{
	const struct cordon_object object = fixture_object(path);
	const struct cordon_subject subject = {
		.workload = workload,
		.program = program,
		.self = "/usr/bin/self",
		.self_length = 13,
	};
	struct cordon_verdict verdict;

	memset(&verdict, 0xee, sizeof(verdict));
	cordon_policy_decide(fixture->policy, &subject, op, &object, &verdict);
	ck_assert_uint_eq(verdict.op, op);
	return verdict;
}
