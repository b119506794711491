// SPDX-License-Identifier: LGPL-2.1-or-later
#include "script.h"

#include <stdlib.h>
#include <string.h>

#include "cordon.h"
#include "grow.h"

/**
 * struct script - one that somebody executed
 * @path: of the script; owned
 * @interpreter: what acted for it; owned
 * @count: how often it was executed
 */
struct script {
	char *path;
	char *interpreter;
	uint64_t count;
};

/** struct scripts - all that were found */
struct scripts {
	struct script *items;
	size_t count;
};

static bool is_exec(const struct behaviour *behaviour)
{
	return behaviour->op == CORDON_OP_EXEC &&
	       behaviour->kind == CORDON_OBJECT_PATH;
}

static bool acts(const struct behaviour_set *set, const char *program)
{
	size_t i;

	for (i = 0; i < set->count; i++)
		if (!strcmp(set->items[i].program, program))
			return true;
	return false;
}

static bool does(const struct behaviour_set *set, const char *program,
		 unsigned int op, const char *object)
{
	size_t i;

	for (i = 0; i < set->count; i++)
		if (set->items[i].op == op &&
		    !strcmp(set->items[i].program, program) &&
		    !strcmp(set->items[i].object, object))
			return true;
	return false;
}

static bool is_env(const char *path)
{
	const char *name = strrchr(path, '/');

	return name && !strcmp(name, "/env");
}

/* What acted for @script when @caller executed it, or NULL. */
static const char *find_interpreter(const struct behaviour_set *set,
				    const char *caller, const char *script)
{
	const char *env = NULL;
	size_t i;

	for (i = 0; i < set->count; i++) {
		const struct behaviour *behaviour = &set->items[i];

		if (!is_exec(behaviour) || strcmp(behaviour->program, caller) ||
		    !strcmp(behaviour->object, script))
			continue;
		if (does(set, behaviour->object, CORDON_OP_READ, script))
			return behaviour->object;
		if (is_env(behaviour->object))
			env = behaviour->object;
	}
	return env;
}

static bool is_program(const struct script_chooser *chooser, const char *path)
{
	return !chooser || chooser->is_program(chooser->context, path);
}

static void find_scripts(const struct behaviour_set *set,
			 const struct script_chooser *chooser,
			 struct scripts *scripts)
{
	size_t i;

	for (i = 0; i < set->count; i++) {
		const struct behaviour *behaviour = &set->items[i];
		const char *interpreter;
		struct script *script;

		if (!is_exec(behaviour) || acts(set, behaviour->object) ||
		    !is_program(chooser, behaviour->object))
			continue;
		interpreter = find_interpreter(set, behaviour->program,
					       behaviour->object);
		if (!interpreter)
			continue;
		script = memory_grow(&scripts->items, &scripts->count,
				     sizeof(*script));
		script->path = memory_copy(behaviour->object);
		script->interpreter = memory_copy(interpreter);
		script->count = behaviour->count;
	}
}

/* The script executes its interpreter, and does all that this did. */
static void give(struct behaviour_set *set, const struct script *script,
		 size_t count)
{
	size_t i;

	for (i = 0; i < count; i++) {
		const struct behaviour *behaviour = &set->items[i];
		bool call = is_exec(behaviour) &&
			    !strcmp(behaviour->object, script->path);
		struct behaviour copy;

		if (!call && strcmp(behaviour->program, script->interpreter))
			continue;
		copy = behaviour_copy(behaviour);
		free(copy.program);
		copy.program = memory_copy(script->path);
		if (call) {
			free(copy.object);
			copy.object = memory_copy(script->interpreter);
			copy.interpreter = true;
		}
		behaviour_set_add(set, &copy);
	}
}

/* How often scripts were executed for which @program ran @interpreter. */
static uint64_t count_scripts(const struct behaviour_set *set, size_t count,
			      const struct scripts *scripts,
			      const char *program, const char *interpreter)
{
	uint64_t sum = 0;
	size_t i, k;

	for (i = 0; i < count; i++) {
		const struct behaviour *behaviour = &set->items[i];

		if (!is_exec(behaviour) || strcmp(behaviour->program, program))
			continue;
		for (k = 0; k < scripts->count; k++)
			if (!strcmp(scripts->items[k].path,
				    behaviour->object) &&
			    !strcmp(scripts->items[k].interpreter,
				    interpreter)) {
				sum += behaviour->count;
				break;
			}
	}
	return sum;
}

static void drop(struct behaviour_set *set, const bool *gone, size_t count)
{
	size_t kept = 0, i;

	for (i = 0; i < set->count; i++) {
		if (i < count && gone[i])
			behaviour_free(&set->items[i]);
		else
			set->items[kept++] = set->items[i];
	}
	set->count = kept;
}

/*
 * Execs of interpreters that scripts account for; and what interpreters did
 * that nobody starts by themselves any more.
 */
static void take(struct behaviour_set *set, const struct scripts *scripts,
		 size_t count)
{
	bool *gone = memory_sure(calloc(count + 1, sizeof(*gone)));
	size_t i, k;

	for (i = 0; i < count; i++) {
		const struct behaviour *behaviour = &set->items[i];
		uint64_t by_scripts;

		if (!is_exec(behaviour))
			continue;
		by_scripts = count_scripts(set, count, scripts,
					   behaviour->program,
					   behaviour->object);
		gone[i] = by_scripts && behaviour->count <= by_scripts;
	}
	for (k = 0; k < scripts->count; k++) {
		const char *interpreter = scripts->items[k].interpreter;
		bool wanted = false;

		for (i = 0; i < count; i++)
			if (is_exec(&set->items[i]) && !gone[i] &&
			    !strcmp(set->items[i].object, interpreter))
				wanted = true;
		for (i = 0; !wanted && i < count; i++)
			if (!strcmp(set->items[i].program, interpreter))
				gone[i] = true;
	}
	drop(set, gone, count);
	free(gone);
}

void script_fold(struct behaviour_set *set,
		 const struct script_chooser *chooser)
{
	struct scripts scripts = { 0 };
	size_t count = set->count, i;

	find_scripts(set, chooser, &scripts);
	for (i = 0; i < scripts.count; i++) {
		size_t before;

		for (before = 0; before < i; before++)
			if (!strcmp(scripts.items[before].path,
				    scripts.items[i].path))
				break;
		if (before == i)
			give(set, &scripts.items[i], count);
	}
	if (scripts.count)
		take(set, &scripts, count);
	for (i = 0; i < scripts.count; i++) {
		free(scripts.items[i].path);
		free(scripts.items[i].interpreter);
	}
	free(scripts.items);
	behaviour_set_settle(set);
}
