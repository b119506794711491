// SPDX-License-Identifier: LGPL-2.1-or-later
/* The loaded policy, read back as drafts. */
#include <stdlib.h>
#include <string.h>

#include "client_private.h"
#include "expand.h"
#include "output.h"

/* How often a policy that moves under the reader is read again */
#define POLICY_TRIES 8

/**
 * struct rebuild - one workload on its way from dumps to a draft
 * @workload: its record
 * @counts: of what the dumps hold for it
 * @file: of the rule last counted, which the next may share
 * @draft: once it is begun
 */
struct rebuild {
	const struct client_workload *workload;
	struct cordon_counts counts;
	const char *file;
	struct cordon_draft *draft;
};

/** struct rebuilds - all of them, sorted by name */
struct rebuilds {
	struct rebuild *list;
	size_t count;
};

static int compare_names(const void *left, const void *right)
{
	const struct rebuild *a = left, *b = right;

	return strcmp(a->workload->name, b->workload->name);
}

static struct rebuild *find(const struct rebuilds *all, const char *name)
{
	const struct client_workload workload = { .name = name };
	const struct rebuild wanted = { .workload = &workload };

	return bsearch(&wanted, all->list, all->count, sizeof(wanted),
		       compare_names);
}

static int say_torn(const char *what, const char *workload)
{
	output_error("the loaded policy cannot be read: %s (workload \"%s\")",
		     what, workload);
	return EXIT_FAILED;
}

static uint32_t bytes_of(const char *text)
{
	return *text ? (uint32_t)strlen(text) + 1 : 0;
}

static void count_workload(struct rebuild *rebuild)
{
	const struct client_workload *workload = rebuild->workload;

	rebuild->counts.bytes = 1 + bytes_of(workload->name) +
				bytes_of(workload->description) +
				bytes_of(workload->owner) +
				bytes_of(workload->file);
}

/* The module keeps patterns as the manifest wrote them, braces and all */
static int expand(const struct client_rule *rule, struct expansion *expansion)
{
	struct expand_fault fault;

	if (!expand_braces(rule->text, strlen(rule->text), CORDON_PATTERNS_MAX,
			   expansion, &fault))
		return EXIT_OK;
	return say_torn(fault.what, rule->workload);
}

static int count_rule(struct rebuild *rebuild, const struct client_rule *rule)
{
	struct expansion expansion;
	size_t i;
	int code;

	code = expand(rule, &expansion);
	if (code)
		return code;
	for (i = 0; i < expansion.count; i++)
		if (strcmp(expansion.patterns[i].text, rule->text))
			rebuild->counts.bytes +=
				(uint32_t)expansion.patterns[i].length + 1;
	rebuild->counts.rules++;
	rebuild->counts.patterns += (uint32_t)expansion.count;
	rebuild->counts.bytes += bytes_of(rule->text) + bytes_of(rule->note);
	if (!rebuild->file || strcmp(rebuild->file, rule->file))
		rebuild->counts.bytes += bytes_of(rule->file);
	rebuild->file = rule->file;
	expansion_free(&expansion);
	return EXIT_OK;
}

static int count_records(const struct rebuilds *all,
			 const struct client_dump *members,
			 const struct client_dump *programs,
			 const struct client_dump *rules)
{
	static const char unknown[] = "a dump speaks of a workload that is not there";
	struct rebuild *rebuild;
	size_t i;
	int code;

	for (i = 0; i < members->count; i++) {
		const struct client_member *member = &members->members[i];

		rebuild = find(all, member->workload);
		if (!rebuild)
			return say_torn(unknown, member->workload);
		rebuild->counts.members++;
		rebuild->counts.bytes += bytes_of(member->pattern);
	}
	for (i = 0; i < programs->count; i++) {
		const struct client_program *program = &programs->programs[i];

		rebuild = find(all, program->workload);
		if (!rebuild)
			return say_torn(unknown, program->workload);
		rebuild->counts.programs++;
		rebuild->counts.bytes += bytes_of(program->exe);
	}
	for (i = 0; i < rules->count; i++) {
		rebuild = find(all, rules->rules[i].workload);
		if (!rebuild)
			return say_torn(unknown, rules->rules[i].workload);
		code = count_rule(rebuild, &rules->rules[i]);
		if (code)
			return code;
	}
	return EXIT_OK;
}

static int begin_draft(struct rebuild *rebuild)
{
	const struct client_workload *workload = rebuild->workload;
	struct cordon_workload_spec spec = {
		.name = workload->name,
		.description = workload->description,
		.owner = workload->owner,
		.file = workload->file,
		.kind = workload->kind,
		.effect = workload->effect,
		.reject = workload->reject,
		.counts = rebuild->counts,
	};
	struct cordon_fault fault = { .what = "" };
	size_t size;
	void *buffer;

	memcpy(spec.mode, workload->mode, sizeof(spec.mode));
	size = cordon_draft_size(&spec.counts, &fault);
	if (!size)
		return say_torn(fault.what, workload->name);
	buffer = calloc(1, size);
	if (!buffer) {
		output_error("out of memory for the loaded policy");
		return EXIT_FAILED;
	}
	rebuild->draft = cordon_draft_init(buffer, size, &spec, &fault);
	if (rebuild->draft)
		return EXIT_OK;
	free(buffer);
	return say_torn(fault.what, workload->name);
}

static int add_rule(struct rebuild *rebuild, const struct client_rule *rule)
{
	const char *patterns[CORDON_PATTERNS_MAX];
	struct cordon_rule_spec spec = {
		.program = rule->program,
		.effect = rule->effect,
		.ops = (uint16_t)rule->ops,
		.line = rule->line,
		.column = rule->column,
		.text = rule->text,
		.file = rule->file,
		.note = rule->note,
		.patterns = patterns,
	};
	struct cordon_fault fault = { .what = "" };
	struct expansion expansion;
	int index, code;
	size_t i;

	code = expand(rule, &expansion);
	if (code)
		return code;
	for (i = 0; i < expansion.count; i++)
		patterns[i] = expansion.patterns[i].text;
	spec.pattern_count = (u32)expansion.count;
	index = cordon_draft_add_rule(rebuild->draft, &spec, &fault);
	expansion_free(&expansion);
	if (index < 0)
		return say_torn(fault.what, rule->workload);
	if ((uint32_t)index != rule->id)
		return say_torn("its rules come out of order", rule->workload);
	return EXIT_OK;
}

static bool is_segments(const struct rebuild *rebuild)
{
	return rebuild->workload->kind == CORDON_DOCUMENT_SEGMENTS;
}

static int add_program(struct rebuild *rebuild,
		       const struct client_program *program)
{
	struct cordon_fault fault = { .what = "" };
	int index;

	if (is_segments(rebuild))
		index = cordon_draft_add_segment(rebuild->draft, program->exe,
						 program->isolated, &fault);
	else
		index = cordon_draft_add_program(rebuild->draft, program->exe,
						 &fault);
	if (index < 0)
		return say_torn(fault.what, program->workload);
	if (is_segments(rebuild))
		cordon_draft_guard_segment(rebuild->draft, (uint32_t)index,
					   program->management,
					   program->protected);
	if ((uint32_t)index != program->index)
		return say_torn("its programs come out of order",
				program->workload);
	return EXIT_OK;
}

static int add_member(struct rebuild *rebuild,
		      const struct client_member *member)
{
	const char *pattern = *member->pattern ? member->pattern : NULL;
	struct cordon_fault fault = { .what = "" };
	int error;

	if (is_segments(rebuild))
		error = cordon_draft_add_segment_member(rebuild->draft,
							member->kind,
							member->program,
							pattern, &fault);
	else
		error = cordon_draft_add_member(rebuild->draft, member->kind,
						pattern, member->uid, &fault);
	return error ? say_torn(fault.what, member->workload) : EXIT_OK;
}

static int add_records(const struct rebuilds *all,
		       const struct client_dump *members,
		       const struct client_dump *programs,
		       const struct client_dump *rules)
{
	size_t i;
	int code;

	/* Members may lie in segments, which are programs */
	for (i = 0; i < programs->count; i++) {
		code = add_program(find(all, programs->programs[i].workload),
				   &programs->programs[i]);
		if (code)
			return code;
	}
	for (i = 0; i < members->count; i++) {
		code = add_member(find(all, members->members[i].workload),
				  &members->members[i]);
		if (code)
			return code;
	}
	for (i = 0; i < rules->count; i++) {
		code = add_rule(find(all, rules->rules[i].workload),
				&rules->rules[i]);
		if (code)
			return code;
	}
	return EXIT_OK;
}

int client_policy_build(const struct client_dump *workloads,
			const struct client_dump *members,
			const struct client_dump *programs,
			const struct client_dump *rules,
			struct client_policy *policy)
{
	struct rebuilds all = { .count = workloads->count };
	struct cordon_fault fault = { .what = "" };
	int code = EXIT_FAILED;
	size_t i;

	all.list = calloc(all.count + 1, sizeof(*all.list));
	policy->drafts = calloc(all.count + 1, sizeof(*policy->drafts));
	if (!all.list || !policy->drafts) {
		output_error("out of memory for the loaded policy");
		goto out;
	}
	for (i = 0; i < all.count; i++) {
		all.list[i].workload = &workloads->workloads[i];
		count_workload(&all.list[i]);
	}
	qsort(all.list, all.count, sizeof(*all.list), compare_names);
	code = count_records(&all, members, programs, rules);
	for (i = 0; !code && i < all.count; i++)
		code = begin_draft(&all.list[i]);
	if (!code)
		code = add_records(&all, members, programs, rules);
	for (i = 0; !code && i < all.count; i++)
		if (cordon_draft_complete(all.list[i].draft, &fault))
			code = say_torn(fault.what, all.list[i].workload->name);
	for (i = 0; i < all.count; i++)
		policy->drafts[i] = all.list[i].draft;
	policy->count = all.count;
out:
	free(all.list);
	if (code)
		client_policy_free(policy);
	return code;
}

/* One reading; EXIT_CONFLICT, untold, if the policy moved under it */
static int read_once(struct client *client, struct client_policy *policy)
{
	struct client_dump workloads = { .count = 0 }, members = { .count = 0 };
	struct client_dump programs = { .count = 0 }, rules = { .count = 0 };
	struct client_status status;
	uint64_t generation;
	int code;

	code = client_status(client, &status);
	if (code)
		return code;
	generation = status.generation;
	code = client_dump(client, CORDON_CMD_WORKLOAD_DUMP, &workloads);
	if (!code)
		code = client_dump(client, CORDON_CMD_MEMBER_DUMP, &members);
	if (!code)
		code = client_dump(client, CORDON_CMD_PROGRAM_DUMP, &programs);
	if (!code)
		code = client_dump(client, CORDON_CMD_RULE_DUMP, &rules);
	if (!code)
		code = client_status(client, &status);
	if (!code && status.generation != generation)
		code = EXIT_CONFLICT;
	else if (!code)
		code = client_policy_build(&workloads, &members, &programs,
					   &rules, policy);
	policy->generation = generation;
	policy->forced_monitor = status.forced_monitor;
	client_dump_free(&workloads);
	client_dump_free(&members);
	client_dump_free(&programs);
	client_dump_free(&rules);
	return code;
}

int client_policy_read(struct client *client, struct client_policy *policy)
{
	int code = EXIT_CONFLICT;
	int tries;

	memset(policy, 0, sizeof(*policy));
	for (tries = 0; code == EXIT_CONFLICT && tries < POLICY_TRIES; tries++)
		code = read_once(client, policy);
	if (code == EXIT_CONFLICT)
		output_error("the loaded policy keeps changing while it is read: try again");
	return code;
}

void client_policy_free(struct client_policy *policy)
{
	size_t i;

	for (i = 0; i < policy->count; i++)
		free(policy->drafts[i]);
	free(policy->drafts);
	memset(policy, 0, sizeof(*policy));
}
