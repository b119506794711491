// SPDX-License-Identifier: LGPL-2.1-or-later
#include "report.h"

#include <stdarg.h>
#include <stdlib.h>
#include <string.h>

#include "exit.h"

static const char *level_name(enum report_level level)
{
	return level == REPORT_ERROR ? "error" : "warning";
}

static void *sure(void *memory)
{
	if (!memory) {
		output_error("out of memory while collecting errors; nothing was loaded");
		exit(EXIT_FAILED);
	}
	return memory;
}

void report_init(struct report *report)
{
	memset(report, 0, sizeof(*report));
}

static void free_entry(struct report_entry *entry)
{
	free(entry->file);
	free(entry->pointer);
	free(entry->message);
	free(entry->hint);
}

void report_free(struct report *report)
{
	size_t i;

	for (i = 0; i < report->count; i++)
		free_entry(&report->entries[i]);
	free(report->entries);
	report_init(report);
}

void report_add(struct report *report, enum report_level level,
		const struct report_place *place, const char *hint,
		const char *format, ...)
{
	struct report_entry *entry;
	va_list arguments;

	/* Room doubles whenever the count is a power of two. */
	if (!(report->count & (report->count - 1)))
		report->entries = sure(realloc(report->entries,
					       (report->count ?
						report->count * 2 : 1) *
					       sizeof(*entry)));
	entry = &report->entries[report->count];
	entry->level = level;
	entry->file = sure(strdup(place->file));
	entry->line = place->line;
	entry->column = place->column;
	entry->pointer = sure(strdup(place->pointer ? place->pointer : ""));
	entry->hint = hint ? sure(strdup(hint)) : NULL;
	va_start(arguments, format);
	if (vasprintf(&entry->message, format, arguments) < 0)
		entry->message = NULL;
	va_end(arguments);
	sure(entry->message);

	report->count++;
	if (level == REPORT_ERROR)
		report->errors++;
	else
		report->warnings++;
}

/* An entry with what decides its place in the order. */
struct ranked {
	struct report_entry entry;
	size_t file_rank;
	size_t rank;
};

static int by_number(size_t a, size_t b)
{
	return a < b ? -1 : a > b;
}

static int by_place(const void *left, const void *right)
{
	const struct ranked *a = left, *b = right;
	int order = by_number(a->file_rank, b->file_rank);

	if (!order)
		order = by_number(a->entry.line, b->entry.line);
	if (!order)
		order = by_number(a->entry.column, b->entry.column);
	return order ? order : by_number(a->rank, b->rank);
}

static bool is_same(const struct report_entry *a, const struct report_entry *b)
{
	return a->level == b->level && a->line == b->line &&
	       a->column == b->column && !strcmp(a->file, b->file) &&
	       !strcmp(a->pointer, b->pointer) &&
	       !strcmp(a->message, b->message);
}

/* Is this what one of the entries of the same place before it says. */
static bool is_repeated(const struct report *report,
			const struct report_entry *entry)
{
	size_t i;

	for (i = report->count; i-- > 0; ) {
		const struct report_entry *before = &report->entries[i];

		if (before->line != entry->line ||
		    before->column != entry->column)
			return false;
		if (is_same(before, entry))
			return true;
	}
	return false;
}

static size_t rank_file(const struct ranked *ranked, size_t index)
{
	size_t i;

	/* Findings of one file mostly follow each other. */
	for (i = index; i-- > 0; )
		if (!strcmp(ranked[i].entry.file, ranked[index].entry.file))
			return ranked[i].file_rank;
	return index;
}

void report_settle(struct report *report)
{
	size_t count = report->count, i;
	struct ranked *ranked;

	if (!count)
		return;
	ranked = sure(calloc(count, sizeof(*ranked)));
	for (i = 0; i < count; i++) {
		ranked[i].entry = report->entries[i];
		ranked[i].rank = i;
		ranked[i].file_rank = rank_file(ranked, i);
	}
	qsort(ranked, count, sizeof(*ranked), by_place);

	report->count = 0;
	for (i = 0; i < count; i++) {
		struct report_entry *entry = &ranked[i].entry;

		if (is_repeated(report, entry)) {
			if (entry->level == REPORT_ERROR)
				report->errors--;
			else
				report->warnings--;
			free_entry(entry);
			continue;
		}
		report->entries[report->count++] = *entry;
	}
	free(ranked);
}

/* "FILE:LINE:COLUMN: error: POINTER: MESSAGE (HINT)" in three parts. */
static char *place_text(const struct report_entry *entry)
{
	char *text;
	int size;

	if (entry->line)
		size = asprintf(&text, "%s:%u:%u:", entry->file, entry->line,
				entry->column);
	else
		size = asprintf(&text, "%s:", entry->file);
	return sure(size < 0 ? NULL : text);
}

static char *message_text(const struct report_entry *entry)
{
	char *text;
	int size;

	size = asprintf(&text, "%s%s%s%s%s%s", entry->pointer,
			*entry->pointer ? ": " : "", entry->message,
			entry->hint ? " (" : "", entry->hint ? entry->hint : "",
			entry->hint ? ")" : "");
	return sure(size < 0 ? NULL : text);
}

void report_print(const struct report *report, FILE *stream)
{
	size_t i;

	for (i = 0; i < report->count; i++) {
		const struct report_entry *entry = &report->entries[i];
		char *place = place_text(entry), *message = message_text(entry);
		char *safe_place = sure(output_escape(place, strlen(place)));
		char *safe = sure(output_escape(message, strlen(message)));

		fprintf(stream, "%s %s: %s\n", safe_place,
			level_name(entry->level), safe);
		free(safe);
		free(safe_place);
		free(message);
		free(place);
	}
}

enum {
	COLUMN_PLACE,
	COLUMN_LEVEL_TEXT,
	COLUMN_MESSAGE_TEXT,
	COLUMN_LEVEL,
	COLUMN_FILE,
	COLUMN_LINE,
	COLUMN_COLUMN,
	COLUMN_POINTER,
	COLUMN_MESSAGE,
	COLUMN_HINT,
};

static const struct output_column columns[] = {
	[COLUMN_PLACE] = { NULL, "place", OUTPUT_TEXT },
	[COLUMN_LEVEL_TEXT] = { NULL, "level", OUTPUT_TEXT },
	[COLUMN_MESSAGE_TEXT] = { NULL, "message", OUTPUT_TEXT },
	[COLUMN_LEVEL] = { "level", NULL, OUTPUT_TEXT },
	[COLUMN_FILE] = { "file", NULL, OUTPUT_PATH },
	[COLUMN_LINE] = { "line", NULL, OUTPUT_NUMBER },
	[COLUMN_COLUMN] = { "column", NULL, OUTPUT_NUMBER },
	[COLUMN_POINTER] = { "pointer", NULL, OUTPUT_TEXT },
	[COLUMN_MESSAGE] = { "message", NULL, OUTPUT_TEXT },
	[COLUMN_HINT] = { "hint", NULL, OUTPUT_TEXT },
};

int report_output(const struct report *report, struct output *output)
{
	size_t i;

	output_open(output, OUTPUT_LIST, columns, ARRAY_SIZE(columns));
	for (i = 0; i < report->count; i++) {
		const struct report_entry *entry = &report->entries[i];
		char *place = place_text(entry), *message = message_text(entry);

		output_text(output, COLUMN_PLACE, place);
		output_format(output, COLUMN_LEVEL_TEXT, "%s:",
			      level_name(entry->level));
		output_tone(output, COLUMN_LEVEL_TEXT,
			    entry->level == REPORT_ERROR ? OUTPUT_BAD :
							   OUTPUT_WARN);
		output_text(output, COLUMN_MESSAGE_TEXT, message);
		output_text(output, COLUMN_LEVEL, level_name(entry->level));
		output_text(output, COLUMN_FILE, entry->file);
		if (entry->line) {
			output_number(output, COLUMN_LINE, entry->line);
			output_number(output, COLUMN_COLUMN, entry->column);
		}
		output_text(output, COLUMN_POINTER, entry->pointer);
		output_text(output, COLUMN_MESSAGE, entry->message);
		output_text(output, COLUMN_HINT, entry->hint);
		output_record(output);
		free(message);
		free(place);
	}
	return output_close(output);
}
