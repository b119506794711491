/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Answers to questions, and what they change in a manifest. */
#ifndef CTL_REVIEW_ANSWER_H
#define CTL_REVIEW_ANSWER_H

#include <jansson.h>
#include <stdbool.h>

#include "question.h"

/** ANSWER_NOTE - of deny rules for which nobody gave a reason */
#define ANSWER_NOTE	"denied in review"

/** ANSWER_EDITED - shape, in `seen`, of a pattern that somebody wrote */
#define ANSWER_EDITED	"edited"

/** enum answer_kind - what was said to a question */
enum answer_kind {
	ANSWER_OPEN,		/* nothing yet */
	ANSWER_SKIP,
	ANSWER_EXACT,		/* allow what was seen, as it was seen */
	ANSWER_PATTERN,		/* allow what a pattern names */
	ANSWER_DENY,
	ANSWER_KIND_COUNT
};

/** answer_word - what JSON calls a kind */
const char *answer_word(enum answer_kind kind);

/**
 * struct answer - to one question
 * @kind: see there
 * @value: ANSWER_PATTERN: what goes into the list; a reference
 * @text: ANSWER_PATTERN: of the rule, for its evidence; NULL: none is kept
 * @shape: ANSWER_PATTERN: for that, what it generalises; static text
 * @note: ANSWER_DENY: why; owned
 */
struct answer {
	enum answer_kind kind;
	json_t *value;
	char *text;
	const char *shape;
	char *note;
};

/** answer_copy - the same, with texts of its own */
struct answer answer_copy(const struct answer *answer);

/** answer_free - release what it holds; nothing has been said afterwards */
void answer_free(struct answer *answer);

/**
 * answer_apply - change a manifest as an answer says
 * @document: the manifest; what people wrote is added to, not changed
 * @question: that was answered
 * @answer: to it
 */
void answer_apply(json_t *document, const struct question *question,
		  const struct answer *answer);

#endif /* CTL_REVIEW_ANSWER_H */
