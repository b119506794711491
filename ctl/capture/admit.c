// SPDX-License-Identifier: LGPL-2.1-or-later
#include "admit.h"

#include <stdlib.h>
#include <string.h>

#include "flow.h"
#include "manifest_source.h"
#include "grow.h"
#include "names.h"
#include "pattern.h"
#include "place.h"
#include "quote.h"
#include "suspect.h"

static const char abstract[] = "abstract:";

const char *admit_abstract(const char *object)
{
	size_t length = strlen(abstract);

	return strncmp(object, abstract, length) ? object : object + length;
}

static bool is_exec(const struct behaviour *behaviour)
{
	return behaviour->op == CORDON_OP_EXEC &&
	       behaviour->kind == CORDON_OBJECT_PATH;
}

/* The pattern of the options that names what a behaviour is about, or NULL. */
static const char *find_allowed(const struct behaviour *behaviour,
				const struct capture_options *options)
{
	size_t i;

	for (i = 0; i < options->object_count; i++) {
		const char *pattern = options->objects[i];

		if (!strcmp(pattern, behaviour->object))
			return pattern;
		if (behaviour->kind == CORDON_OBJECT_PATH) {
			if (pattern[0] == '/' &&
			    manifest_pattern_covers(pattern, strlen(pattern),
						    behaviour->object,
						    strlen(behaviour->object)))
				return pattern;
		} else if (!strcmp(pattern,
				   cordon_object_name(behaviour->kind))) {
			return pattern;
		}
	}
	return NULL;
}

/* Can rules allow it at all: see the reasons in docs/manifest.md. */
static bool is_beyond_rules(const struct behaviour *behaviour)
{
	static const char *const reasons[] = {
		"link", "mount", "credentials", "device", "limit", "memory",
		"unnameable", "quarantine", "blocked",
	};
	size_t i;

	for (i = 0; behaviour->reason && i < ARRAY_SIZE(reasons); i++)
		if (!strcmp(behaviour->reason, reasons[i]))
			return true;
	return false;
}

static bool is_path_pattern(const char *path)
{
	char *quoted = quote_path(path);
	bool good = !cordon_pattern_check(quoted, strlen(quoted), NULL);

	free(quoted);
	return good;
}

/* Why no rule can speak of it, or NULL. */
static const char *why_unspellable(const struct behaviour *behaviour)
{
	switch (behaviour->kind) {
	case CORDON_OBJECT_PATH:
		return is_path_pattern(behaviour->object) ? NULL :
			"its name is too long for a pattern";
	case CORDON_OBJECT_UNNAMEABLE:
		return "its path is too long for any rule";
	case CORDON_OBJECT_PEER:
		return flow_is_nameable(behaviour) ? NULL :
			"no rule can name that protocol";
	case CORDON_OBJECT_UNNAMED:
		return behaviour->peer ? NULL :
			"the socket has no name, and nobody's label";
	case CORDON_OBJECT_SOCKET:
	case CORDON_OBJECT_ABSTRACT:
		return NULL;
	default:
		return behaviour->op == CORDON_OP_EXEC ||
		       behaviour->op == CORDON_OP_ENTER ?
			"no rule can allow to execute what has no path" : NULL;
	}
}

const char *admit_beyond_rules(const struct behaviour *behaviour)
{
	const char *why = why_unspellable(behaviour);

	return why || !is_beyond_rules(behaviour) ? why :
						   "no rule can allow it";
}

static bool was_refused(const struct behaviour *behaviour,
			const struct capture_options *options)
{
	if (behaviour->result == BEHAVIOUR_DENIED)
		return true;
	if (behaviour->result != BEHAVIOUR_WOULD_DENY)
		return false;
	/* What a rule denies is denied on purpose, also where it is tried. */
	return !options->monitored ||
	       (behaviour->reason && !strcmp(behaviour->reason, "rule"));
}

/* What is asked before programs are looked at. */
static bool admit_act(struct capture *capture, size_t index,
		      const struct capture_options *options)
{
	const struct behaviour *behaviour = &capture->set.items[index];
	struct decision_set *decisions = &capture->decisions;
	const char *why = admit_beyond_rules(behaviour);

	if (why) {
		decision_add(decisions, DECISION_UNSPELLABLE, behaviour, why);
		return false;
	}
	capture->pattern[index] = find_allowed(behaviour, options);
	if (capture->pattern[index])
		return true;
	if (was_refused(behaviour, options)) {
		decision_add(decisions, DECISION_DENIED, behaviour,
			     behaviour->result == BEHAVIOUR_DENIED ?
			     "it was denied" : "it would have been denied");
		return false;
	}
	if (behaviour->op == CORDON_OP_LOAD &&
	    behaviour->kind != CORDON_OBJECT_PATH) {
		decision_add(decisions, DECISION_MEMORY, behaviour,
			     "code that no file holds");
		return false;
	}
	if (behaviour_is_file(behaviour) &&
	    place_is_process(behaviour->object)) {
		decision_add(decisions, DECISION_PROCESS, behaviour,
			     "it is another process's");
		return false;
	}
	return true;
}

static struct capture_program *find_program(const struct capture *capture,
					    const char *path)
{
	size_t i;

	for (i = 0; i < capture->program_count; i++)
		if (!strcmp(capture->programs[i].path, path))
			return &capture->programs[i];
	return NULL;
}

static struct capture_program *need_program(struct capture *capture,
					    const char *path)
{
	struct capture_program *program = find_program(capture, path);

	if (program)
		return program;
	program = memory_grow(&capture->programs, &capture->program_count,
			      sizeof(*program));
	program->path = path;
	return program;
}

static void list_programs(struct capture *capture)
{
	struct capture_program *program = NULL;
	size_t i;

	for (i = 0; i < capture->set.count; i++) {
		const struct behaviour *behaviour = &capture->set.items[i];

		/* They are sorted by program. */
		if (!i || strcmp(behaviour[-1].program, behaviour->program))
			program = need_program(capture, behaviour->program);
		else
			program = find_program(capture, behaviour->program);
		if (capture->taken[i] &&
		    (behaviour->op == CORDON_OP_LISTEN ||
		     (behaviour->op == CORDON_OP_ACCEPT &&
		      behaviour_is_flow(behaviour))))
			program->facing = true;
		if (!is_exec(behaviour) || behaviour->interpreter ||
		    !strcmp(behaviour->object, behaviour->program))
			continue;
		program = need_program(capture, behaviour->object);
		program->started = true;
	}
}

static bool is_allowed_program(const char *path,
			       const struct capture_options *options)
{
	size_t i;

	for (i = 0; i < options->program_count; i++)
		if (!strcmp(options->programs[i], path))
			return true;
	return false;
}

/* Why @program should not start @path unasked, or NULL. */
static const char *why_suspect(const struct capture_program *program,
			       const char *path,
			       const struct capture_options *options)
{
	const char *why;

	if (is_allowed_program(path, options) || !strcmp(program->path, path))
		return NULL;
	why = suspect_tool(path);
	if (!why && program->facing)
		why = suspect_shell(path);
	return why;
}

/* All that a program started, if it is in; true if that changed anything. */
static bool spread(struct capture *capture,
		   const struct capture_options *options)
{
	bool changed = false;
	size_t i;

	for (i = 0; i < capture->set.count; i++) {
		const struct behaviour *behaviour = &capture->set.items[i];
		struct capture_program *program, *target;

		if (!capture->taken[i] || !is_exec(behaviour) ||
		    behaviour->interpreter)
			continue;
		program = find_program(capture, behaviour->program);
		target = find_program(capture, behaviour->object);
		if (!program->wanted || target->wanted ||
		    why_suspect(program, behaviour->object, options))
			continue;
		target->wanted = true;
		changed = true;
	}
	return changed;
}

/*
 * Who starts: what nobody of the workload started came from outside, by its
 * unit or by hand.  Only where something was not recorded, it may have been
 * the start.
 */
static void find_roots(struct capture *capture,
		       const struct capture_options *options)
{
	bool any = false;
	size_t i;

	for (i = 0; i < capture->program_count; i++) {
		struct capture_program *program = &capture->programs[i];

		program->wanted = is_allowed_program(program->path, options) ||
				  (!program->started &&
				   (!capture->set.dropped ||
				    !suspect_tool(program->path)));
		any |= program->wanted;
	}
	/* They start each other: then all may have been the first. */
	for (i = 0; !any && i < capture->program_count; i++)
		capture->programs[i].wanted = true;
}

static uint64_t count_acts(const struct capture *capture, const char *program)
{
	uint64_t acts = 0;
	size_t i;

	for (i = 0; i < capture->set.count; i++)
		if (!strcmp(capture->set.items[i].program, program))
			acts += capture->set.items[i].count;
	return acts;
}

/* Starts of what is suspect are asked for, acts of what is out are not told. */
static void leave_out(struct capture *capture,
		      const struct capture_options *options)
{
	const struct capture_program *program = NULL, *target;
	struct decision *decision;
	const char *why;
	size_t i;

	for (i = 0; i < capture->set.count; i++) {
		const struct behaviour *behaviour = &capture->set.items[i];

		if (!program || strcmp(program->path, behaviour->program))
			program = find_program(capture, behaviour->program);
		if (!program->wanted) {
			capture->taken[i] = false;
			continue;
		}
		if (!capture->taken[i] || !is_exec(behaviour) ||
		    behaviour->interpreter)
			continue;
		why = why_suspect(program, behaviour->object, options);
		if (!why)
			continue;
		capture->taken[i] = false;
		decision = decision_add(&capture->decisions, DECISION_PROGRAM,
					behaviour, why);
		target = find_program(capture, behaviour->object);
		if (!target->wanted)
			decision->acts = count_acts(capture, target->path);
	}
}

/* A root that is out was started by nobody: it stands for itself. */
static void tell_roots(struct capture *capture)
{
	size_t i, k;

	for (i = 0; i < capture->program_count; i++) {
		const struct capture_program *program = &capture->programs[i];
		struct behaviour behaviour = { .op = CORDON_OP_EXEC };

		if (program->wanted || program->started)
			continue;
		for (k = 0; k < capture->set.count; k++)
			if (!strcmp(capture->set.items[k].program,
				    program->path))
				break;
		behaviour = capture->set.items[k];
		behaviour.op = CORDON_OP_EXEC;
		behaviour.kind = CORDON_OBJECT_PATH;
		behaviour.object = behaviour.program;
		decision_add(&capture->decisions, DECISION_PROGRAM, &behaviour,
			     suspect_tool(program->path))->acts =
			count_acts(capture, program->path);
	}
}

void admit(struct capture *capture, const struct capture_options *options)
{
	size_t i;

	capture->taken = memory_sure(calloc(capture->set.count,
					     sizeof(*capture->taken)));
	capture->pattern = memory_sure(calloc(capture->set.count,
					       sizeof(*capture->pattern)));
	for (i = 0; i < capture->set.count; i++)
		capture->taken[i] = admit_act(capture, i, options);
	list_programs(capture);
	find_roots(capture, options);
	while (spread(capture, options))
		;
	leave_out(capture, options);
	tell_roots(capture);
}
