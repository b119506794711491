// SPDX-License-Identifier: LGPL-2.1-or-later
/* What a review shows. */
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "advice.h"
#include "capture/replay.h"
#include "compare.h"
#include "names.h"
#include "review.h"

/* Columns of a line, as ssh to a serial console has them; of them, the word. */
#define LINE_WIDTH	80
#define WORD_WIDTH	10

/* Examples, rules and places that are shown before the rest is counted. */
#define SHOWN_MAX	3

/* Objects that x shows. */
#define EXPLAINED_MAX	40

/* --- lines ------------------------------------------------------------- */

/*
 * Bytes of @text, which is escaped, that a line takes: up to a blank if there is
 * one, which stays at its end.
 */
static size_t fitting(const char *text, size_t width)
{
	size_t total = strlen(text), fits = 1, blank = 0, at;

	if (output_width(text) <= width)
		return total;
	for (at = 1; at < total; at++) {
		char *part;
		size_t its;

		/* Not within a character. */
		if (((unsigned char)text[at] & 0xc0) == 0x80)
			continue;
		part = memory_sure(strndup(text, at));
		its = output_width(part);
		free(part);
		if (its > width)
			break;
		fits = at;
		if (text[at - 1] == ' ')
			blank = at;
	}
	return blank ? blank : fits;
}

void review_say(const struct review *review, const char *word,
		const char *format, ...)
{
	char *text = NULL, *safe, *at;
	va_list arguments;
	int length;

	va_start(arguments, format);
	length = vasprintf(&text, format, arguments);
	va_end(arguments);
	memory_sure(length < 0 ? NULL : text);
	safe = memory_sure(output_escape(text, (size_t)length));
	for (at = safe; ; word = "") {
		size_t size = fitting(at, LINE_WIDTH - 1 - WORD_WIDTH);

		output_line(review->output, "%-*s%.*s", WORD_WIDTH, word,
			    (int)size, at);
		at += size;
		if (!*at)
			break;
	}
	free(safe);
	free(text);
}

/* A line that has a tone, where there are colours. */
static void say_toned(const struct review *review, enum output_tone tone,
		      const char *text)
{
	static const struct output_column column = { NULL, "", OUTPUT_TEXT };

	if (output_is_json(review->output))
		return;
	output_open(review->output, OUTPUT_LIST, &column, 1);
	output_text(review->output, 0, text);
	output_tone(review->output, 0, tone);
	output_record(review->output);
	output_close(review->output);
}

/* --- parts of a question ----------------------------------------------- */

static void put_moment(char text[32], uint64_t moment)
{
	time_t seconds = (time_t)(moment / 1000000000);
	struct tm tm;

	text[0] = '\0';
	if (moment && localtime_r(&seconds, &tm))
		strftime(text, 32, "%Y-%m-%d %H:%M:%S", &tm);
}

static const char *plural(uint64_t count)
{
	return count == 1 ? "" : "s";
}

static void say_seen(const struct review *review,
		     const struct evidence *seen)
{
	char first[32], last[32];

	put_moment(first, seen->first);
	put_moment(last, seen->last);
	review_say(review, "seen", "%llu time%s%s, %llu object%s",
		   (unsigned long long)seen->count, plural(seen->count),
		   seen->count ? "" : " (it was held when learning began)",
		   (unsigned long long)seen->objects, plural(seen->objects));
	if (*first)
		review_say(review, "from", "%s to %s", first, last);
}

static const char *result_word(const struct behaviour *behaviour)
{
	static const char *const words[BEHAVIOUR_RESULT_COUNT] = {
		[BEHAVIOUR_LEARNED] = "it was learnt",
		[BEHAVIOUR_ALLOWED] = "it was allowed then",
		[BEHAVIOUR_WOULD_DENY] = "it would have been denied, and went on",
		[BEHAVIOUR_DENIED] = "it was denied",
	};

	return words[behaviour->result];
}

static bool is_first_program(const struct question *question, size_t index)
{
	size_t i;

	for (i = 0; i < index; i++)
		if (!strcmp(question->items[i].behaviour->program,
			    question->items[index].behaviour->program))
			return false;
	return true;
}

static void say_programs(const struct review *review,
			 const struct question *question)
{
	size_t shown = 0, i;

	for (i = 0; i < question->count; i++) {
		const struct question_item *item = &question->items[i];

		if (!is_first_program(question, i))
			continue;
		if (++shown <= SHOWN_MAX)
			review_say(review, shown == 1 ? "program" : "",
				   "%s%s", item->behaviour->program,
				   item->listed ? "" : " (has no entry)");
	}
	if (shown > SHOWN_MAX)
		review_say(review, "", "and %zu more", shown - SHOWN_MAX);
}

static bool is_first_object(const struct question *question, size_t index)
{
	size_t i;

	for (i = 0; i < index; i++)
		if (!strcmp(question->items[i].behaviour->object,
			    question->items[index].behaviour->object))
			return false;
	return true;
}

static void say_objects(const struct review *review,
			const struct question *question, const char *word,
			size_t most)
{
	size_t shown = 0, i;

	for (i = 0; i < question->count; i++) {
		const struct behaviour *behaviour =
			question->items[i].behaviour;

		if (!is_first_object(question, i))
			continue;
		if (++shown <= most)
			review_say(review, shown == 1 ? word : "", "%s",
				   behaviour->object);
	}
	if (shown > most)
		review_say(review, "", "and %zu more%s", shown - most,
			   most == SHOWN_MAX ? " (x shows them)" : "");
}

/* Who brought what it is about: an upgrade explains much. */
static void say_packages(const struct review *review,
			 const struct question *question)
{
	const struct capture_world *world = review->world;
	struct texts told = { 0 };
	size_t i;

	for (i = 0; world->package && i < question->count &&
		    told.count < SHOWN_MAX; i++) {
		const struct behaviour *behaviour =
			question->items[i].behaviour;
		char *package;

		if (behaviour->kind != CORDON_OBJECT_PATH ||
		    !is_first_object(question, i))
			continue;
		package = world->package(world->context, behaviour->object);
		if (package && texts_have(&told, package)) {
			free(package);
			continue;
		}
		if (!package)
			continue;
		review_say(review, told.count ? "" : "package", "%s", package);
		texts_add(&told, package);
	}
	texts_free(&told);
}

static char *value_text(const json_t *value)
{
	return memory_sure(json_dumps(value, JSON_ENCODE_ANY));
}

/* Where an answer goes to: lists of entries, and entries that are made. */
static void say_places(const struct review *review,
		       const struct question *question)
{
	const struct question_item *item, *before;
	size_t shown = 0, i, k;

	for (i = 0; i < question->count; i++) {
		item = &question->items[i];
		for (k = 0; k < i; k++) {
			before = &question->items[k];
			if (!strcmp(before->entry, item->entry))
				break;
		}
		if (k == i && ++shown <= SHOWN_MAX)
			review_say(review, shown == 1 ? "goes to" : "",
				   "\"%s\" of %s%s",
				   question_list(question->op), item->entry,
				   item->listed ? "" : ", a new entry");
	}
	if (shown > SHOWN_MAX)
		review_say(review, "", "and %zu more", shown - SHOWN_MAX);
	if (question->items[0].target)
		review_say(review, "", "and an entry is made for %s",
			   question->items[0].target);
}

static void say_answers(const struct review *review,
			const struct question *question)
{
	size_t shown = 0, i;
	json_t *told = memory_sure(json_array());
	char *text;

	for (i = 0; i < question->count; i++) {
		json_t *value = question->items[i].value, *other;
		size_t k;

		json_array_foreach(told, k, other)
			if (json_equal(value, other))
				break;
		if (!value || k < json_array_size(told))
			continue;
		json_array_append(told, value);
		if (++shown > SHOWN_MAX)
			continue;
		text = value_text(value);
		review_say(review, shown == 1 ? "a writes" : "", "%s", text);
		free(text);
	}
	json_decref(told);
	if (shown > SHOWN_MAX)
		review_say(review, "", "and %zu more", shown - SHOWN_MAX);
	for (i = 0; i < question->choice_count; i++) {
		char word[32];

		snprintf(word, sizeof(word), "g %zu", i + 1);
		text = value_text(question->choices[i].value);
		review_say(review, word, "%s  (%s)", text,
			   question->choices[i].shape);
		free(text);
	}
}

static void say_answer(const struct review *review, const struct answer *answer)
{
	char *text;

	if (answer->kind == ANSWER_OPEN)
		return;
	if (answer->kind == ANSWER_PATTERN) {
		text = value_text(answer->value);
		review_say(review, "answer", "allow %s", text);
		free(text);
	} else if (answer->kind == ANSWER_DENY) {
		review_say(review, "answer", "deny: %s", answer->note);
	} else {
		review_say(review, "answer", "%s", answer_word(answer->kind));
	}
}

void review_show(const struct review *review, size_t index)
{
	const struct question *question = &review->questions->items[index];
	const struct behaviour *first = question->items[0].behaviour;
	char title[80];

	snprintf(title, sizeof(title), "--- %zu of %zu: %s%s", index + 1,
		 review->questions->count, cordon_op_name(question->op),
		 question->beyond ? ", which no rule can allow" :
		 question->caution ? ", with care" : "");
	output_line(review->output, "%s", "");
	say_toned(review, question->caution || question->beyond ?
		  OUTPUT_WARN : OUTPUT_GOOD, title);
	say_programs(review, question);
	review_say(review, question_list(question->op), "%s", question->title);
	review_say(review, "so far", "%s%s", result_word(first),
		   first->interpreter ? ": it is what runs the script" : "");
	say_seen(review, &question->seen);
	if (question->seen.objects > 1)
		say_objects(review, question, "such as", SHOWN_MAX);
	say_packages(review, question);
	if (question->beyond) {
		review_say(review, "careful", "%s: it can be skipped only",
			   question->beyond);
		return;
	}
	say_places(review, question);
	say_answers(review, question);
	if (question->caution)
		review_say(review, "careful",
			   "%s. To allow it, type the whole word: allow",
			   question->caution);
	say_answer(review, &review->answers[index]);
}

/* --- what else is shown ------------------------------------------------ */

void review_explain(const struct review *review, size_t index)
{
	const struct question *question = &review->questions->items[index];
	struct replay_answer answer;
	char *why = NULL, *advice = NULL;

	/* By the file as it is, whose places people can look up. */
	replay_ask(review->file->original.policy, review->file->workload,
		   question->items[0].behaviour, &answer);
	if (!answer.beyond) {
		why = evaluation_why(&answer.evaluation);
		advice = advice_for(&answer.evaluation, &answer.question);
	}
	review_say(review, "verdict", "%s", answer.beyond ? answer.beyond :
		   cordon_action_name(answer.evaluation.verdict.action));
	if (why)
		review_say(review, "why", "%s", why);
	if (advice)
		review_say(review, "advice", "%s", advice);
	if (question->caution)
		review_say(review, "careful", "%s", question->caution);
	if (question->beyond && !answer.beyond)
		review_say(review, "careful", "%s", question->beyond);
	say_objects(review, question, "objects", EXPLAINED_MAX);
	free(advice);
	free(why);
	replay_answer_free(&answer);
}

void review_summary(const struct review *review)
{
	size_t counts[ANSWER_KIND_COUNT] = { 0 }, i;
	struct comparison comparison = { 0 };

	for (i = 0; i < review->questions->count; i++)
		if (review->answers[i].kind != ANSWER_OPEN)
			counts[review->answers[i].kind]++;
		else
			counts[ANSWER_OPEN] += review_is_open(review, i);
	output_line(review->output, "%s", "");
	output_line(review->output,
		    "allowed %zu, generalised %zu, denied %zu, skipped %zu, open %zu",
		    counts[ANSWER_EXACT], counts[ANSWER_PATTERN],
		    counts[ANSWER_DENY], counts[ANSWER_SKIP],
		    counts[ANSWER_OPEN]);
	if (!review_is_changed(review)) {
		output_line(review->output, "nothing is to be written");
		return;
	}
	compare_drafts(&comparison, review->file->original.set.drafts[0],
		       review->now.set.drafts[0]);
	review_say(review, "", "what would change in %s:", review->file->name);
	for (i = 0; i < comparison.count; i++) {
		char *text = compare_text(&comparison.differences[i]);
		char sign[2] = { text[0], '\0' };

		review_say(review, sign, "%s", text + 2);
		free(text);
	}
	comparison_free(&comparison);
}

void review_help(const struct review *review)
{
	static const char *const keys[][2] = {
		{ "a", "allow exactly what was seen" },
		{ "g, g 2, 2", "allow what a pattern names that was made of what was seen; the number says which" },
		{ "e PATTERN", "allow what a pattern of yours names, which must name all that was seen. Of peers: as it stands in the manifest, { \"to\": …, \"port\": … }" },
		{ "d REASON", "deny it, by a rule with this note: whatever is allowed otherwise, and it is not asked again" },
		{ "s", "skip it: it stays as it is, and is asked again next time" },
		{ "x", "explain: what decides, what to do, and all that was seen" },
		{ "b", "back to the question before" },
		{ "u", "undo the last answer" },
		{ "q", "ask no more; then whether to write what was answered" },
		{ "allow", "a, in full, where a letter will not do" },
	};
	size_t i;

	for (i = 0; i < ARRAY_SIZE(keys); i++)
		review_say(review, keys[i][0], "%s", keys[i][1]);
	review_say(review, "", "Nothing is written before you say yes. Ctrl-C leaves the file as it was.");
}

/* --- JSON -------------------------------------------------------------- */

enum review_column {
	COLUMN_OP,
	COLUMN_PROGRAMS,
	COLUMN_RULE,
	COLUMN_OBJECTS,
	COLUMN_COUNT,
	COLUMN_FIRST,
	COLUMN_LAST,
	COLUMN_EXAMPLE,
	COLUMN_CHOICES,
	COLUMN_CAUTION,
	COLUMN_BEYOND,
	COLUMN_ANSWER,
	COLUMN_PATTERN,
	COLUMN_NOTE,
	COLUMN_TOTAL,
};

static const struct output_column columns[COLUMN_TOTAL] = {
	[COLUMN_OP] = { "op", NULL, OUTPUT_TEXT },
	[COLUMN_PROGRAMS] = { "programs", NULL, OUTPUT_WORDS },
	[COLUMN_RULE] = { "rule", NULL, OUTPUT_TEXT },
	[COLUMN_OBJECTS] = { "objects", NULL, OUTPUT_NUMBER },
	[COLUMN_COUNT] = { "count", NULL, OUTPUT_NUMBER },
	[COLUMN_FIRST] = { "first", NULL, OUTPUT_TIME },
	[COLUMN_LAST] = { "last", NULL, OUTPUT_TIME },
	[COLUMN_EXAMPLE] = { "example", NULL, OUTPUT_TEXT },
	[COLUMN_CHOICES] = { "choices", NULL, OUTPUT_WORDS },
	[COLUMN_CAUTION] = { "caution", NULL, OUTPUT_TEXT },
	[COLUMN_BEYOND] = { "beyond", NULL, OUTPUT_TEXT },
	[COLUMN_ANSWER] = { "answer", NULL, OUTPUT_TEXT },
	[COLUMN_PATTERN] = { "pattern", NULL, OUTPUT_TEXT },
	[COLUMN_NOTE] = { "note", NULL, OUTPUT_TEXT },
};

static void put_question(const struct review *review, size_t index)
{
	const struct question *question = &review->questions->items[index];
	const struct answer *answer = &review->answers[index];
	struct output *output = review->output;
	const char *word = answer_word(answer->kind);
	char *pattern = NULL;
	size_t i;

	if (answer->kind == ANSWER_OPEN && !review_is_open(review, index))
		word = "settled";
	output_text(output, COLUMN_OP, cordon_op_name(question->op));
	for (i = 0; i < question->count; i++)
		if (is_first_program(question, i))
			output_word(output, COLUMN_PROGRAMS,
				    question->items[i].behaviour->program);
	output_text(output, COLUMN_RULE, question->title);
	output_number(output, COLUMN_OBJECTS, question->seen.objects);
	output_number(output, COLUMN_COUNT, question->seen.count);
	if (question->seen.first)
		output_time(output, COLUMN_FIRST, question->seen.first);
	if (question->seen.last)
		output_time(output, COLUMN_LAST, question->seen.last);
	output_text(output, COLUMN_EXAMPLE, question->seen.example);
	for (i = 0; i < question->choice_count; i++)
		output_word(output, COLUMN_CHOICES, question->choices[i].text);
	output_text(output, COLUMN_CAUTION, question->caution);
	output_text(output, COLUMN_BEYOND, question->beyond);
	output_text(output, COLUMN_ANSWER, word);
	if (answer->kind == ANSWER_PATTERN)
		pattern = json_is_string(answer->value) ?
			  memory_copy(json_string_value(answer->value)) :
			  value_text(answer->value);
	output_text(output, COLUMN_PATTERN, pattern);
	output_text(output, COLUMN_NOTE, answer->note);
	output_record(output);
	free(pattern);
}

int review_records(const struct review *review)
{
	size_t i;

	output_open(review->output, OUTPUT_LIST, columns, COLUMN_TOTAL);
	for (i = 0; i < review->questions->count; i++)
		put_question(review, i);
	return output_close(review->output);
}
