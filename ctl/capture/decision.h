/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* What was seen and is not taken in unless somebody says so. */
#ifndef CTL_CAPTURE_DECISION_H
#define CTL_CAPTURE_DECISION_H

#include <stddef.h>

#include "rule.h"

/** enum decision_kind - why it is not */
enum decision_kind {
	DECISION_PROGRAM,	/* no service starts this unasked */
	DECISION_DENIED,	/* it was, or would have been, denied */
	DECISION_PROCESS,	/* of another process: /proc/NUMBER */
	DECISION_MEMORY,	/* code that no file holds */
	DECISION_UNSPELLABLE,	/* no rule can name or allow it */
	DECISION_KIND_COUNT
};

/** decision_word - what JSON calls a kind */
const char *decision_word(enum decision_kind kind);

/**
 * struct decision - one question
 * @kind: see there
 * @program: that acted; not owned
 * @op: enum cordon_op
 * @object: on what; what differs in numbers only is one
 * @why: static text
 * @seen: the evidence
 * @acts: DECISION_PROGRAM: what the program did then, which is left out too
 */
struct decision {
	enum decision_kind kind;
	const char *program;
	uint8_t op;
	char *object;
	const char *why;
	struct evidence seen;
	uint64_t acts;
};

/**
 * struct decision_set - questions
 * @items: @count of them
 * @count: how many
 * @index: where each stands
 */
struct decision_set {
	struct decision *items;
	size_t count;
	json_t *index;
};

/**
 * decision_add - a question, or more evidence for one
 * @set: to it
 * @kind: of it
 * @behaviour: what was seen
 * @why: static text
 *
 * Return: it; good until the next one is added.
 */
struct decision *decision_add(struct decision_set *set,
			      enum decision_kind kind,
			      const struct behaviour *behaviour,
			      const char *why);

/** decision_how - how to take it in, for free(); NULL: that cannot be */
char *decision_how(const struct decision *decision);

/** decision_set_free - release what a set holds; it is empty afterwards */
void decision_set_free(struct decision_set *set);

#endif /* CTL_CAPTURE_DECISION_H */
