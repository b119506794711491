// SPDX-License-Identifier: LGPL-2.1-or-later
/* Lines in, answers out. */
#include <stdlib.h>
#include <string.h>

#include "review.h"

/* What a line of an answer leads to. */
enum next {
	NEXT_STAY,		/* the same question, not shown again */
	NEXT_QUESTION,
	NEXT_SHOW,		/* another question, which is set */
	NEXT_STOP,
	NEXT_END,		/* there is no more input */
};

/** struct dialogue - where it is */
struct dialogue {
	struct review *review;
	size_t index;
	char *line;
	size_t room;
};

/* --- lines ------------------------------------------------------------- */

static void trim(char *line)
{
	size_t length = strlen(line), from = strspn(line, " \t");

	while (length && strchr(" \t\r\n", line[length - 1]))
		line[--length] = '\0';
	if (from)
		memmove(line, line + from, length > from ?
			length - from + 1 : 1);
}

/* The next line, without blanks around it; NULL: there are no more. */
static char *read_line(struct dialogue *dialogue, const char *prompt)
{
	struct review *review = dialogue->review;

	if (!output_is_json(review->output)) {
		/* On the same line as what is typed; nothing of it is data. */
		if (!review->echo)
			fprintf(stdout, "%s ", prompt);
		fflush(stdout);
	}
	if (getline(&dialogue->line, &dialogue->room, review->input) < 0) {
		if (!review->echo && !output_is_json(review->output))
			fputc('\n', stdout);
		return NULL;
	}
	trim(dialogue->line);
	if (review->echo)
		output_line(review->output, "%s %s", prompt, dialogue->line);
	return dialogue->line;
}

/* --- answers ----------------------------------------------------------- */

static const struct question *question_of(const struct dialogue *dialogue)
{
	return &dialogue->review->questions->items[dialogue->index];
}

static enum next give(struct dialogue *dialogue, const struct answer *answer,
		      bool full)
{
	struct review *review = dialogue->review;
	struct texts told = { 0 };
	enum review_outcome outcome;
	size_t i;

	outcome = review_answer(review, dialogue->index, answer, full, &told);
	for (i = 0; i < told.count; i++)
		review_say(review, outcome == REVIEW_WRONG ? "wrong" :
			   outcome == REVIEW_CAREFUL ? "careful" : "note", "%s",
			   told.text[i]);
	texts_free(&told);
	if (outcome == REVIEW_CAREFUL)
		review_say(review, "", "To allow it all the same, %s.",
			   answer->kind == ANSWER_EXACT ?
			   "type the whole word: allow" :
			   "put the word allow before it: allow g 1, allow e PATTERN");
	return outcome == REVIEW_TAKEN ? NEXT_QUESTION : NEXT_STAY;
}

static enum next allow_exact(struct dialogue *dialogue, bool full)
{
	const struct answer answer = { .kind = ANSWER_EXACT };

	return give(dialogue, &answer, full);
}

static enum next allow_choice(struct dialogue *dialogue, const char *which,
			      bool full)
{
	const struct question *question = question_of(dialogue);
	struct answer answer = { .kind = ANSWER_PATTERN };
	size_t number = 1;
	char *end;

	if (!question->choice_count) {
		review_say(dialogue->review, "", "There is no pattern for it: %s.",
			   question->caution ? "what wants care is never generalised" :
			   "nothing that was seen is alike enough, or it was denied");
		return NEXT_STAY;
	}
	if (*which) {
		number = strtoul(which, &end, 10);
		if (*end)
			number = 0;
	} else if (question->choice_count > 1) {
		number = 0;
	}
	if (!number || number > question->choice_count) {
		review_say(dialogue->review, "", "Which one? g 1 to g %zu.",
			   question->choice_count);
		return NEXT_STAY;
	}
	answer.value = question->choices[number - 1].value;
	answer.text = question->choices[number - 1].text;
	answer.shape = question->choices[number - 1].shape;
	return give(dialogue, &answer, full);
}

static enum next allow_edited(struct dialogue *dialogue, const char *text,
			      bool full)
{
	const struct question *question = question_of(dialogue);
	struct answer answer = { .kind = ANSWER_PATTERN };
	bool json;
	enum next next;

	if (question->caution || question->op == CORDON_OP_EXEC ||
	    question->op == CORDON_OP_ENTER) {
		review_say(dialogue->review, "",
			   "It is to be named as it was seen: %s.",
			   question->caution ? "what wants care is never generalised" :
			   "a pattern of programs would start what nobody has seen");
		return NEXT_STAY;
	}
	if (!*text)
		text = read_line(dialogue, "pattern>");
	if (!text)
		return NEXT_END;
	if (!*text)
		return NEXT_STAY;
	json = *text == '"' || *text == '{';
	answer.value = json ? json_loads(text, JSON_DECODE_ANY, NULL) :
			      json_string(text);
	if (!answer.value) {
		review_say(dialogue->review, "wrong", "%s", json ?
			   "that is no JSON" :
			   "that is no UTF-8; \"?\" matches any byte");
		return NEXT_STAY;
	}
	answer.shape = ANSWER_EDITED;
	if (json_is_string(answer.value))
		answer.text = (char *)json_string_value(answer.value);
	next = give(dialogue, &answer, full);
	json_decref(answer.value);
	return next;
}

static enum next deny(struct dialogue *dialogue, const char *note)
{
	struct answer answer = { .kind = ANSWER_DENY };
	enum next next;

	if (!*note)
		note = read_line(dialogue, "why?");
	if (!note)
		return NEXT_END;
	answer.note = memory_copy(*note ? note : ANSWER_NOTE);
	next = give(dialogue, &answer, true);
	free(answer.note);
	return next;
}

static enum next skip(struct dialogue *dialogue)
{
	const struct answer answer = { .kind = ANSWER_SKIP };

	return give(dialogue, &answer, true);
}

static enum next undo(struct dialogue *dialogue)
{
	size_t index = review_undo(dialogue->review);

	if (index == SIZE_MAX) {
		review_say(dialogue->review, "", "There is nothing to undo.");
		return NEXT_STAY;
	}
	dialogue->index = index;
	return NEXT_SHOW;
}

static enum next back(struct dialogue *dialogue)
{
	if (!dialogue->index) {
		review_say(dialogue->review, "", "This is the first one.");
		return NEXT_STAY;
	}
	dialogue->index--;
	return NEXT_SHOW;
}

/* Behind a key: what follows it, or NULL if it is another word. */
static const char *after(const char *line, const char *key)
{
	size_t length = strlen(key);

	if (strncmp(line, key, length))
		return NULL;
	if (line[length] && line[length] != ' ' && line[length] != '\t')
		return NULL;
	return line + length + strspn(line + length, " \t");
}

/* "g 2", "g2", "2" */
static const char *choice_of(const char *line)
{
	const char *rest = after(line, "g");

	if (rest)
		return rest;
	if (*line == 'g' && strspn(line + 1, "0123456789"))
		return line + 1;
	return *line && !line[strspn(line, "0123456789")] ? line : NULL;
}

static enum next allow(struct dialogue *dialogue, const char *line, bool full)
{
	const char *rest;

	rest = choice_of(line);
	if (rest)
		return allow_choice(dialogue, rest, full);
	rest = after(line, "e");
	if (rest)
		return allow_edited(dialogue, rest, full);
	if (full ? !*line : !strcmp(line, "a"))
		return allow_exact(dialogue, full);
	review_say(dialogue->review, "", "\"%s\" is no answer; ? shows which there are.",
		   line);
	return NEXT_STAY;
}

/* Answers that write something, which what is beyond rules has none of. */
static enum next write_answer(struct dialogue *dialogue, const char *line)
{
	const char *denied = after(line, "d"), *full = after(line, "allow");

	if (question_of(dialogue)->beyond) {
		review_say(dialogue->review, "", "No rule can speak of it: s skips it, x explains.");
		return NEXT_STAY;
	}
	if (denied)
		return deny(dialogue, denied);
	return allow(dialogue, full ? full : line, full);
}

static enum next take(struct dialogue *dialogue, const char *line)
{
	struct review *review = dialogue->review;

	if (!*line)
		return NEXT_STAY;
	if (!line[1]) {
		switch (*line) {
		case 's':
			return skip(dialogue);
		case 'x':
			review_explain(review, dialogue->index);
			return NEXT_STAY;
		case 'b':
			return back(dialogue);
		case 'u':
			return undo(dialogue);
		case 'q':
			return NEXT_STOP;
		case '?':
		case 'h':
			review_help(review);
			return NEXT_STAY;
		}
	}
	return write_answer(dialogue, line);
}

/* --- the way through --------------------------------------------------- */

/* The next one that waits; SIZE_MAX: none does. */
static size_t next_open(const struct dialogue *dialogue, size_t from)
{
	const struct review *review = dialogue->review;

	for (; from < review->questions->count; from++) {
		if (review_is_open(review, from))
			return from;
		if (review->answers[from].kind == ANSWER_OPEN)
			review_say(review, "", "%zu of %zu is settled by an answer before.",
				   from + 1, review->questions->count);
	}
	return SIZE_MAX;
}

/* Return: NEXT_STOP: no more is to be asked, NEXT_END: nobody answers. */
static enum next ask(struct dialogue *dialogue)
{
	enum next next = NEXT_SHOW;
	char *line;

	while (next != NEXT_STOP && next != NEXT_END) {
		if (next == NEXT_QUESTION)
			dialogue->index = next_open(dialogue,
						    dialogue->index + 1);
		if (dialogue->index == SIZE_MAX)
			return NEXT_STOP;
		if (next != NEXT_STAY) {
			review_show(dialogue->review, dialogue->index);
			output_line(dialogue->review->output,
				    "[a]llow [g]eneralise [e]dit [d]eny [s]kip e[x]plain [b]ack [u]ndo [q]uit [?]");
		}
		line = read_line(dialogue, ">");
		next = line ? take(dialogue, line) : NEXT_END;
	}
	return next;
}

static enum next confirm(struct dialogue *dialogue)
{
	struct review *review = dialogue->review;
	char *line;

	review_summary(review);
	if (!review_is_changed(review))
		return NEXT_END;
	for (;;) {
		review_say(review, "", "Write %s? yes, no, or b to go back",
			   review->file->name);
		line = read_line(dialogue, ">");
		if (!line || !strcmp(line, "no") || !strcmp(line, "n"))
			return NEXT_END;
		if (!strcmp(line, "yes") || !strcmp(line, "y"))
			return NEXT_STOP;
		if (!strcmp(line, "b"))
			return NEXT_SHOW;
	}
}

enum review_ending review_dialogue(struct review *review)
{
	struct dialogue dialogue = { .review = review };
	enum next next = NEXT_STOP;

	dialogue.index = next_open(&dialogue, 0);
	do {
		if (dialogue.index == SIZE_MAX && next == NEXT_SHOW)
			dialogue.index = review->questions->count - 1;
		next = ask(&dialogue);
		if (next == NEXT_STOP)
			next = confirm(&dialogue);
	} while (next == NEXT_SHOW);
	free(dialogue.line);
	return next == NEXT_STOP ? REVIEW_WRITE : REVIEW_LEAVE;
}
