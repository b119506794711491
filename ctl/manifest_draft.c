// SPDX-License-Identifier: LGPL-2.1-or-later
/*
 * From source to draft.  What the engine says against it is told at the place
 * in the manifest that it is about.
 */
#include <stdlib.h>
#include <string.h>

#include "manifest_source.h"

/* Told at @origin, or of the workload if that is NULL. */
static void tell(const struct manifest_source *source,
		 const struct manifest_origin *origin,
		 const struct cordon_fault *fault, struct report *report)
{
	const struct manifest_origin *at = origin ? origin :
						    &source->name_origin;
	struct manifest_reader reader = { at->document, report, NULL };

	manifest_error(&reader, at->position, NULL, "%s", fault->what);
}

static const char *file_of(const struct manifest_document *document,
			   bool absolute)
{
	return absolute ? document->path : document->file;
}

/* Bytes that a text takes; without any it is shared. */
static uint64_t text_bytes(const char *text)
{
	return text && *text ? strlen(text) + 1 : 0;
}

static uint64_t rule_bytes(const struct manifest_rule *rule, bool new_file,
			   bool absolute)
{
	uint64_t bytes = text_bytes(rule->text) + text_bytes(rule->note);
	size_t i;

	if (new_file)
		bytes += text_bytes(file_of(rule->origin.document, absolute));
	for (i = 0; i < rule->patterns.count; i++)
		if (strcmp(rule->patterns.patterns[i].text, rule->text))
			bytes += rule->patterns.patterns[i].length + 1;
	return bytes;
}

/* A count that the contract can express, be it one that it refuses. */
static u32 narrow(uint64_t count)
{
	return count > U32_MAX ? U32_MAX : count;
}

static void count(const struct manifest_source *source, bool absolute,
		  struct cordon_counts *counts)
{
	uint64_t bytes = 1, patterns = 0;
	size_t i;

	bytes += text_bytes(source->name) + text_bytes(source->description) +
		 text_bytes(source->owner) +
		 text_bytes(file_of(source->document, absolute));
	for (i = 0; i < source->member_count; i++)
		bytes += text_bytes(source->members[i].pattern);
	for (i = 0; i < source->program_count; i++)
		bytes += text_bytes(source->programs[i].exe);
	for (i = 0; i < source->rule_count; i++) {
		const struct manifest_rule *rule = &source->rules[i];
		bool new_file = !i || rule->origin.document !=
				      rule[-1].origin.document;

		patterns += rule->patterns.count;
		bytes += rule_bytes(rule, new_file, absolute);
	}
	counts->members = narrow(source->member_count);
	counts->programs = narrow(source->program_count);
	counts->rules = narrow(source->rule_count);
	counts->patterns = narrow(patterns);
	counts->responses = narrow(source->response_count);
	counts->bytes = narrow(bytes);
}

static int add_rule(struct cordon_draft *draft,
		    const struct manifest_rule *rule, bool absolute,
		    struct cordon_fault *fault)
{
	const char *patterns[CORDON_PATTERNS_MAX];
	const struct cordon_rule_spec spec = {
		.program = rule->program,
		.effect = rule->effect,
		.ops = rule->ops,
		.line = rule->origin.position->line,
		.column = rule->origin.position->column,
		.text = rule->text,
		.file = file_of(rule->origin.document, absolute),
		.note = rule->note,
		.patterns = patterns,
		.pattern_count = rule->patterns.count,
	};
	size_t i;

	for (i = 0; i < rule->patterns.count; i++)
		patterns[i] = rule->patterns.patterns[i].text;
	return cordon_draft_add_rule(draft, &spec, fault);
}

static int add_program(struct cordon_draft *draft,
		       const struct manifest_source *source,
		       const struct manifest_program *program,
		       struct cordon_fault *fault)
{
	int index;

	if (source->kind != CORDON_DOCUMENT_SEGMENTS)
		return cordon_draft_add_program(draft, program->exe, fault);
	index = cordon_draft_add_segment(draft, program->exe,
					 program->isolated, fault);
	if (index >= 0)
		cordon_draft_guard_segment(draft, index, program->management,
					   program->protected);
	return index;
}

static int add_member(struct cordon_draft *draft,
		      const struct manifest_source *source,
		      const struct manifest_member *member,
		      struct cordon_fault *fault)
{
	if (source->kind == CORDON_DOCUMENT_SEGMENTS)
		return cordon_draft_add_segment_member(draft, member->kind,
						       member->segment,
						       member->pattern, fault);
	return cordon_draft_add_member(draft, member->kind, member->pattern,
				       member->uid, fault);
}

static int fill(struct cordon_draft *draft,
		const struct manifest_source *source, bool absolute,
		const struct manifest_origin **origin,
		struct cordon_fault *fault)
{
	size_t i;

	for (i = 0; i < source->program_count; i++) {
		*origin = &source->programs[i].origin;
		if (add_program(draft, source, &source->programs[i], fault) < 0)
			return -1;
	}
	for (i = 0; i < source->member_count; i++) {
		*origin = &source->members[i].origin;
		if (add_member(draft, source, &source->members[i], fault) < 0)
			return -1;
	}
	for (i = 0; i < source->rule_count; i++) {
		*origin = &source->rules[i].origin;
		if (add_rule(draft, &source->rules[i], absolute, fault) < 0)
			return -1;
	}
	for (i = 0; i < source->response_count; i++) {
		*origin = &source->responses[i].origin;
		if (cordon_draft_add_response(draft,
					      &source->responses[i].response,
					      fault) < 0)
			return -1;
	}
	*origin = NULL;
	return cordon_draft_complete(draft, fault);
}

struct cordon_draft *manifest_source_draft(const struct manifest_source *source,
					   bool absolute,
					   struct report *report)
{
	const struct manifest_origin *origin = NULL;
	struct cordon_workload_spec spec = {
		.name = source->name,
		.description = source->description,
		.owner = source->owner,
		.file = file_of(source->document, absolute),
		.kind = source->kind,
		.effect = source->effect,
		.reject = source->reject,
	};
	struct cordon_fault fault;
	struct cordon_draft *draft = NULL;
	void *buffer = NULL;
	size_t size;

	memcpy(spec.mode, source->mode, sizeof(spec.mode));
	count(source, absolute, &spec.counts);
	cordon_fault_set(&fault, "out of memory");
	size = cordon_draft_size(&spec.counts, &fault);
	if (size)
		buffer = calloc(1, size);
	if (buffer)
		draft = cordon_draft_init(buffer, size, &spec, &fault);
	if (draft && !fill(draft, source, absolute, &origin, &fault))
		return draft;

	tell(source, origin, &fault, report);
	free(buffer);
	return NULL;
}
