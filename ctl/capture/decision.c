// SPDX-License-Identifier: LGPL-2.1-or-later
#include "decision.h"

#include <stdlib.h>
#include <string.h>

#include "grow.h"
#include "quote.h"

static const char *const words[DECISION_KIND_COUNT] = {
	[DECISION_PROGRAM] = "program",
	[DECISION_DENIED] = "denied",
	[DECISION_PROCESS] = "process",
	[DECISION_MEMORY] = "memory",
	[DECISION_UNSPELLABLE] = "unspellable",
};

const char *decision_word(enum decision_kind kind)
{
	return words[kind];
}

/* As a pattern names it; numbers of other processes never come again. */
static char *object_of(enum decision_kind kind,
		       const struct behaviour *behaviour)
{
	char *quoted;

	if (behaviour->kind != CORDON_OBJECT_PATH)
		return memory_copy(behaviour->object);
	quoted = quote_path(behaviour->object);
	if (kind == DECISION_PROCESS) {
		char *rest = quoted + 6 + strspn(quoted + 6, "0123456789");
		char *pattern = memory_format("/proc/[0-9]*%s", rest);

		free(quoted);
		return pattern;
	}
	return quoted;
}

struct decision *decision_add(struct decision_set *set,
			      enum decision_kind kind,
			      const struct behaviour *behaviour,
			      const char *why)
{
	char *object = object_of(kind, behaviour);
	char *key = memory_format("%d %d %s\n%s", kind, behaviour->op,
				  behaviour->program, object);
	struct decision *decision;
	const json_t *before;

	if (!set->index)
		set->index = memory_sure(json_object());
	before = json_object_get(set->index, key);
	if (before) {
		decision = &set->items[json_integer_value(before)];
		free(object);
		free(key);
		evidence_add(&decision->seen, behaviour, true);
		return decision;
	}
	json_object_set_new_nocheck(set->index, key,
				    json_integer((json_int_t)set->count));
	free(key);
	decision = memory_grow(&set->items, &set->count, sizeof(*decision));
	decision->kind = kind;
	decision->program = behaviour->program;
	decision->op = behaviour->op;
	decision->object = object;
	decision->why = why;
	evidence_add(&decision->seen, behaviour, true);
	return decision;
}

char *decision_how(const struct decision *decision)
{
	switch (decision->kind) {
	case DECISION_PROGRAM:
		return memory_format("--allow-program %s",
				     decision->seen.example);
	case DECISION_UNSPELLABLE:
		return NULL;
	default:
		return memory_format("--allow '%s'", decision->object);
	}
}

void decision_set_free(struct decision_set *set)
{
	size_t i;

	for (i = 0; i < set->count; i++)
		free(set->items[i].object);
	free(set->items);
	json_decref(set->index);
	*set = (struct decision_set){ 0 };
}
