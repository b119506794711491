/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * A review: questions, the answers so far, and the manifest that comes of
 * them.  dialogue.c asks, screen.c shows.
 */
#ifndef CTL_REVIEW_REVIEW_H
#define CTL_REVIEW_REVIEW_H

#include <stdbool.h>
#include <stddef.h>
#include <stdio.h>

#include "answer.h"
#include "manifest_file.h"
#include "output.h"
#include "question.h"

/**
 * struct review_step - one answer, for undo
 * @index: of the question
 * @before: what had been said to it
 */
struct review_step {
	size_t index;
	struct answer before;
};

/**
 * struct review - all of it
 * @output: where it is shown
 * @input: where answers come from
 * @echo: these are not typed: show them too
 * @file: the manifest
 * @questions: about its workload
 * @world: the machine
 * @answers: one for each question
 * @steps: answers in the order in which they were given
 * @step_count: how many
 * @document: the manifest with all answers
 * @now: what that means
 */
struct review {
	struct output *output;
	FILE *input;
	bool echo;
	const struct manifest_file *file;
	const struct question_set *questions;
	const struct capture_world *world;
	struct answer *answers;
	struct review_step *steps;
	size_t step_count;
	json_t *document;
	struct manifest_trial now;
};

/** enum review_outcome - what became of an answer */
enum review_outcome {
	REVIEW_TAKEN,
	REVIEW_WRONG,		/* told why */
	REVIEW_CAREFUL,		/* it wants the full answer; told why */
};

/**
 * review_begin - begin, with no answer
 * @review: its output, input, file and questions are set
 */
void review_begin(struct review *review);

/** review_end - release answers and what comes of them */
void review_end(struct review *review);

/**
 * review_answer - answer a question
 * @review: the review
 * @index: of the question
 * @answer: copied
 * @full: it was given in full
 * @told: what is to be said of it, a clause each
 *
 * The reader and the engine judge it at once: of what is allowed, that it is.
 * What is not taken changes nothing.
 */
enum review_outcome review_answer(struct review *review, size_t index,
				  const struct answer *answer, bool full,
				  struct texts *told);

/**
 * review_undo - take the last answer back
 *
 * Return: index of its question, or SIZE_MAX if there is none.
 */
size_t review_undo(struct review *review);

/** review_is_changed - do the answers change the manifest */
bool review_is_changed(const struct review *review);

/**
 * review_is_open - does a question wait for an answer, that others do not give
 * @review: the review
 * @index: of the question
 */
bool review_is_open(const struct review *review, size_t index);

/** enum review_ending - how the asking ended */
enum review_ending {
	REVIEW_WRITE,		/* the file is to be replaced */
	REVIEW_LEAVE,		/* it stays as it was */
};

/** review_dialogue - ask all, and whether it is to be written */
enum review_ending review_dialogue(struct review *review);

/*
 * What is shown; nothing of it in JSON.  Lines fit 80 columns, and whatever
 * names hold, nothing but harmless text reaches the terminal.
 */

/** review_say - a line, wrapped, behind a word of at most 10 columns */
void review_say(const struct review *review, const char *word,
		const char *format, ...) __attribute__((format(printf, 3, 4)));

/** review_show - a question, with what each answer would write */
void review_show(const struct review *review, size_t index);

/** review_explain - what decides, what to do, and all that was seen */
void review_explain(const struct review *review, size_t index);

/** review_summary - how much was answered, and what would change */
void review_summary(const struct review *review);

/** review_help - the keys */
void review_help(const struct review *review);

/** review_records - JSON: a record for each question; as output_close() */
int review_records(const struct review *review);

#endif /* CTL_REVIEW_REVIEW_H */
