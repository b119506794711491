// SPDX-License-Identifier: LGPL-2.1-or-later
/* Cells, records and layouts. */
#include <errno.h>
#include <langinfo.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <time.h>
#include <unistd.h>

#include "exit.h"
#include "output_private.h"

#define OUTPUT_WIDTH_DEFAULT 80

static const char *const tone_sequence[] = {
	[OUTPUT_PLAIN] = NULL,
	[OUTPUT_GOOD] = "\033[32m",
	[OUTPUT_WARN] = "\033[33m",
	[OUTPUT_BAD] = "\033[1;31m",
	[OUTPUT_DIM] = "\033[2m",
};

static unsigned int terminal_width(int descriptor)
{
	struct winsize size;

	if (ioctl(descriptor, TIOCGWINSZ, &size) || !size.ws_col)
		return OUTPUT_WIDTH_DEFAULT;
	return size.ws_col;
}

static bool colour_wanted(enum output_colour colour, bool terminal)
{
	const char *refusal = getenv("NO_COLOR");
	const char *kind = getenv("TERM");

	if (colour != OUTPUT_COLOUR_AUTO)
		return colour == OUTPUT_COLOUR_ALWAYS;
	return terminal && !(refusal && *refusal) &&
	       !(kind && !strcmp(kind, "dumb"));
}

struct output *output_create(FILE *stream, bool json,
			     enum output_colour colour)
{
	struct output *output = calloc(1, sizeof(*output));

	if (!output)
		return NULL;
	output->stream = stream;
	output->json = json;
	output->terminal = isatty(fileno(stream));
	output->colour = !json && colour_wanted(colour, output->terminal);
	output->ellipsis = strcmp(nl_langinfo(CODESET), "UTF-8") ? "..." : "…";
	if (output->terminal)
		output->width = terminal_width(fileno(stream));
	return output;
}

static void clear_cells(struct output *output)
{
	size_t i;

	for (i = 0; i < OUTPUT_COLUMNS_MAX; i++)
		free(output->cell[i].text);
	memset(output->cell, 0, sizeof(output->cell));
}

void output_destroy(struct output *output)
{
	if (!output)
		return;
	clear_cells(output);
	output_table_drop(output);
	free(output);
}

bool output_is_broken(const struct output *output)
{
	return output->failed || ferror(output->stream);
}

bool output_is_json(const struct output *output)
{
	return output->json;
}

void output_set_width(struct output *output, unsigned int width)
{
	output->width = width;
}

void output_open(struct output *output, enum output_layout layout,
		 const struct output_column *columns, size_t count)
{
	clear_cells(output);
	output->layout = layout;
	output->columns = columns;
	output->count = count;
	output->records = 0;
}

static struct output_cell *cell_of(struct output *output, size_t column)
{
	struct output_cell *cell = &output->cell[column];

	free(cell->text);
	cell->text = NULL;
	cell->size = 0;
	cell->set = true;
	cell->word = false;
	return cell;
}

void output_text(struct output *output, size_t column, const char *text)
{
	struct output_cell *cell = cell_of(output, column);

	cell->word = true;
	cell->set = text;
	if (!text)
		return;
	cell->text = strdup(text);
	if (!cell->text) {
		cell->set = false;
		output->failed = true;
	}
}

void output_format(struct output *output, size_t column, const char *format,
		   ...)
{
	struct output_cell *cell = cell_of(output, column);
	va_list arguments;

	cell->word = true;
	va_start(arguments, format);
	if (vasprintf(&cell->text, format, arguments) < 0) {
		cell->text = NULL;
		cell->set = false;
		output->failed = true;
	}
	va_end(arguments);
}

void output_number(struct output *output, size_t column, uint64_t number)
{
	cell_of(output, column)->number = number;
}

void output_flag(struct output *output, size_t column, bool flag)
{
	cell_of(output, column)->number = flag;
}

void output_time(struct output *output, size_t column, uint64_t nanoseconds)
{
	cell_of(output, column)->number = nanoseconds;
}

void output_word(struct output *output, size_t column, const char *word)
{
	struct output_cell *cell = &output->cell[column];
	size_t size = strlen(word) + 1;
	char *text = realloc(cell->text, cell->size + size);

	if (!text) {
		output->failed = true;
		return;
	}
	memcpy(text + cell->size, word, size);
	cell->text = text;
	cell->size += size;
	cell->set = true;
}

void output_tone(struct output *output, size_t column, enum output_tone tone)
{
	output->cell[column].tone = tone;
}

static char *time_text(uint64_t nanoseconds)
{
	time_t seconds = (time_t)(nanoseconds / 1000000000);
	char text[64];
	struct tm tm;
	size_t used;

	if (!localtime_r(&seconds, &tm))
		return strdup("?");
	used = strftime(text, sizeof(text), "%Y-%m-%d %H:%M:%S", &tm);
	snprintf(text + used, sizeof(text) - used, ".%03u",
		 (unsigned int)(nanoseconds / 1000000 % 1000));
	return strdup(text);
}

static char *words_text(const struct output_cell *cell)
{
	char *joined = malloc(cell->size * 2), *safe;
	size_t used = 0, at = 0;

	if (!joined)
		return NULL;
	while (at < cell->size) {
		const char *word = cell->text + at;

		used += (size_t)sprintf(joined + used, "%s%s", at ? ", " : "",
					word);
		at += strlen(word) + 1;
	}
	safe = output_escape(joined, used);
	free(joined);
	return safe;
}

char *output_cell_text(const struct output_column *column,
		       const struct output_cell *cell)
{
	char number[24];

	if (cell->word)
		return output_escape(cell->text, strlen(cell->text));
	switch (column->type) {
	case OUTPUT_WORDS:
		return words_text(cell);
	case OUTPUT_TIME:
		return time_text(cell->number);
	case OUTPUT_FLAG:
		return strdup(cell->number ? "yes" : "");
	default:
		snprintf(number, sizeof(number), "%llu",
			 (unsigned long long)cell->number);
		return strdup(number);
	}
}

void output_print(struct output *output, enum output_tone tone,
		  const char *text)
{
	const char *sequence = output->colour ? tone_sequence[tone] : NULL;

	if (sequence && *text)
		fprintf(output->stream, "%s%s\033[0m", sequence, text);
	else
		fputs(text, output->stream);
}

/* Words stand below each other, so that long ones stay readable */
static bool form_print_words(struct output *output,
			     const struct output_cell *cell, size_t indent)
{
	size_t at = 0;

	while (at < cell->size) {
		const char *word = cell->text + at;
		char *safe = output_escape(word, strlen(word));

		if (!safe)
			return false;
		if (at)
			fprintf(output->stream, "%*s", (int)indent, "");
		output_print(output, cell->tone, safe);
		fputc('\n', output->stream);
		free(safe);
		at += strlen(word) + 1;
	}
	return true;
}

static bool form_print_cell(struct output *output, size_t column,
			    size_t indent)
{
	const struct output_cell *cell = &output->cell[column];
	const char *heading = output->columns[column].heading;
	char *text;

	output_print(output, OUTPUT_DIM, heading);
	fprintf(output->stream, ":%*s",
		(int)(indent - output_width(heading)) - 1, "");
	if (output->columns[column].type == OUTPUT_WORDS)
		return form_print_words(output, cell, indent);
	text = output_cell_text(&output->columns[column], cell);
	if (!text)
		return false;
	output_print(output, cell->tone, text);
	fputc('\n', output->stream);
	free(text);
	return true;
}

static bool form_print(struct output *output)
{
	size_t widest = 0, i;

	for (i = 0; i < output->count; i++) {
		const char *heading = output->columns[i].heading;

		if (heading && output->cell[i].set &&
		    output_width(heading) > widest)
			widest = output_width(heading);
	}
	for (i = 0; i < output->count; i++)
		if (output->columns[i].heading && output->cell[i].set &&
		    !form_print_cell(output, i, widest + 2))
			return false;
	return true;
}

static bool list_print(struct output *output)
{
	bool first = true;
	size_t i;

	for (i = 0; i < output->count; i++) {
		const struct output_column *column = &output->columns[i];
		char *text;

		if (!column->heading || !output->cell[i].set)
			continue;
		text = output_cell_text(column, &output->cell[i]);
		if (!text)
			return false;
		if (*text) {
			if (!first)
				fputc(' ', output->stream);
			output_print(output, output->cell[i].tone, text);
			first = false;
		}
		free(text);
	}
	fputc('\n', output->stream);
	return true;
}

void output_record(struct output *output)
{
	bool done;

	if (output->json)
		done = output_json_record(output);
	else if (output->layout == OUTPUT_TABLE)
		done = output_table_keep(output);
	else if (output->layout == OUTPUT_FORM)
		done = form_print(output);
	else
		done = list_print(output);
	if (done)
		output->records++;
	else
		output->failed = true;
	clear_cells(output);
	if (output->layout == OUTPUT_STREAM)
		fflush(output->stream);
}

/* What was written so far goes out, or it is said why not */
static int flush(struct output *output)
{
	if (!fflush(output->stream) && !ferror(output->stream))
		return EXIT_OK;
	output_error("cannot write the output: %s", strerror(errno));
	return EXIT_FAILED;
}

int output_document(struct output *output, const char *text)
{
	fputs(text, output->stream);
	return flush(output);
}

int output_close(struct output *output)
{
	bool array = output->layout == OUTPUT_TABLE ||
		     output->layout == OUTPUT_LIST;

	if (output->json && array)
		fputs(output->records ? "\n]\n" : "[]\n", output->stream);
	else if (output->layout == OUTPUT_TABLE)
		output_table_print(output);
	output_table_drop(output);
	clear_cells(output);
	if (flush(output))
		return EXIT_FAILED;
	if (output->failed) {
		output->failed = false;
		output_error("out of memory: the output is not complete");
		return EXIT_FAILED;
	}
	return EXIT_OK;
}

void output_line(struct output *output, const char *format, ...)
{
	char *text = NULL, *safe;
	va_list arguments;
	int length;

	if (output->json)
		return;
	va_start(arguments, format);
	length = vasprintf(&text, format, arguments);
	va_end(arguments);
	if (length < 0)
		return;
	safe = output_escape(text, (size_t)length);
	if (safe)
		fprintf(output->stream, "%s\n", safe);
	if (output->layout == OUTPUT_STREAM)
		fflush(output->stream);
	free(safe);
	free(text);
}
