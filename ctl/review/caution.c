// SPDX-License-Identifier: LGPL-2.1-or-later
#include "caution.h"

#include <stdlib.h>
#include <string.h>

#include "capture/place.h"
#include "capture/suspect.h"
#include "cordon.h"
#include "memory.h"

/* How far it is followed who started whom. */
#define STARTS_MAX	4

static bool starts(const struct behaviour *behaviour)
{
	return behaviour->op == CORDON_OP_EXEC ||
	       behaviour->op == CORDON_OP_ENTER;
}

static bool is_suspect(const char *program)
{
	return suspect_tool(program) || suspect_shell(program);
}

static const char *of_start(const struct behaviour *behaviour)
{
	/* What runs a script comes with the script. */
	if (behaviour->interpreter)
		return NULL;
	if (suspect_tool(behaviour->object))
		return "it starts a tool that intruders bring along or look for, and a service seldom needs";
	if (suspect_shell(behaviour->object))
		return "it starts a shell, an interpreter, or what fetches files: whoever gets hold of it can do all that its entry may";
	if (place_is_open(behaviour->object))
		return "it starts a program from where anybody may put one";
	return NULL;
}

static const char *of_path(const struct behaviour *behaviour)
{
	const char *path = behaviour->object;

	if (place_is_process(path))
		return "it is another process's, whose memory, environment and files can be had there; its number never comes again, so that what is really needed is for you to write by hand";
	if (behaviour->op == CORDON_OP_LOAD)
		return place_is_open(path) ?
		       "it loads code from where anybody may put it" : NULL;
	if (behaviour->op == CORDON_OP_WRITE && place_is_sensitive(path))
		return "it changes a sensitive place: configuration, programs, devices or keys, by which more can be had";
	if (place_is_secret(path))
		return "it reads what is somebody's secret: keys, passwords, mail, devices or memory";
	return NULL;
}

static const char *of_object(const struct behaviour *behaviour)
{
	if (behaviour->kind == CORDON_OBJECT_PATH)
		return starts(behaviour) ? of_start(behaviour) :
		       behaviour_is_file(behaviour) ? of_path(behaviour) : NULL;
	if (behaviour->op == CORDON_OP_LOAD)
		return "it is code that no file holds: just-in-time compilers make such, and so do exploits";
	if (behaviour->op == CORDON_OP_SOCKET)
		return "by such a socket packets pass that no rule about peers can hold";
	return NULL;
}

static bool is_wanted(const struct capture *capture, const char *program)
{
	size_t i;

	for (i = 0; i < capture->program_count; i++)
		if (!strcmp(capture->programs[i].path, program))
			return capture->programs[i].wanted;
	return true;
}

/*
 * Is a program one for a decision, or was it started by such ones only, as far
 * as that was seen?  Who has an entry was decided about.
 */
static bool is_tainted(const struct capture *capture, const char *program,
		       const bool *listed, unsigned int depth)
{
	bool started = false;
	size_t i;

	if (is_suspect(program) || !is_wanted(capture, program))
		return true;
	for (i = 0; depth && i < capture->set.count; i++) {
		const struct behaviour *behaviour = &capture->set.items[i];

		if (!starts(behaviour) || strcmp(behaviour->object, program) ||
		    !strcmp(behaviour->program, program))
			continue;
		if (listed[i] || !is_tainted(capture, behaviour->program,
					     listed, depth - 1))
			return false;
		started = true;
	}
	return started;
}

bool *caution_tainted(const struct capture *capture, const bool *listed)
{
	const struct behaviour *items = capture->set.items;
	bool *tainted = calloc(capture->set.count + 1, sizeof(*tainted));
	size_t i;

	memory_sure(tainted);
	for (i = 0; i < capture->set.count; i++) {
		/* They are sorted by program. */
		if (i && !strcmp(items[i - 1].program, items[i].program))
			tainted[i] = tainted[i - 1];
		else
			tainted[i] = !listed[i] &&
				     is_tainted(capture, items[i].program,
						listed, STARTS_MAX);
	}
	return tainted;
}

const char *caution_of(const struct capture *capture, size_t index,
		       const bool *tainted)
{
	const struct behaviour *behaviour = &capture->set.items[index];
	const char *why = of_object(behaviour);

	if (!why && behaviour->reason && !strcmp(behaviour->reason, "rule"))
		why = "a rule denied it when it was done: somebody did not want it";
	if (!why && tainted[index])
		why = "it was done by a program that is itself for a decision, or that only such ones started";
	return why;
}

bool caution_forbids_shapes(const struct behaviour *behaviour)
{
	return behaviour->result == BEHAVIOUR_DENIED;
}
