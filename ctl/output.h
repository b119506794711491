/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * The one writer of cordonctl.
 *
 * A command describes its records once: columns with a JSON key, a heading and
 * a type.  It then sets cells and ends records; whether that becomes a table
 * fitted to the terminal, plain lines in a pipe, or JSON, is decided here.
 *
 *	static const struct output_column columns[] = {
 *		{ "workload", "WORKLOAD", OUTPUT_TEXT },
 *		{ "mode.exec", "EXEC", OUTPUT_TEXT },
 *		{ "denied", "DENIED", OUTPUT_NUMBER },
 *		{ "file", NULL, OUTPUT_PATH },		(JSON only)
 *	};
 *
 *	output_open(output, OUTPUT_TABLE, columns, ARRAY_SIZE(columns));
 *	for (…) {
 *		output_text(output, 0, name);
 *		output_number(output, 2, denied);
 *		output_record(output);
 *	}
 *	return output_close(output);
 *
 * Text from outside (paths, names of tasks) may hold anything: control bytes,
 * bidirectional controls and what is not UTF-8 are shown as \xNN, so that
 * no file name can forge a line or drive the terminal.  In JSON only what is
 * not UTF-8 is replaced so; the rest is escaped as JSON does.
 */
#ifndef CTL_OUTPUT_H
#define CTL_OUTPUT_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>

#ifndef ARRAY_SIZE
#define ARRAY_SIZE(array) (sizeof(array) / sizeof((array)[0]))
#endif

/** OUTPUT_COLUMNS_MAX - columns of one layout */
#define OUTPUT_COLUMNS_MAX 64

struct output;

/**
 * enum output_layout - the shape of what follows
 * @OUTPUT_TABLE: text: a heading and aligned columns.  JSON: an array of
 *	objects
 * @OUTPUT_FORM: one record.  Text: a line "heading: value" a cell, absent
 *	cells left out.  JSON: one object
 * @OUTPUT_LIST: text: a line a record, cells joined by a space, no heading.
 *	JSON: an array of objects
 * @OUTPUT_STREAM: text: as a list.  JSON: one object a line.  Each record is
 *	flushed as it ends
 */
enum output_layout {
	OUTPUT_TABLE,
	OUTPUT_FORM,
	OUTPUT_LIST,
	OUTPUT_STREAM,
};

/**
 * enum output_type - what a column holds
 * @OUTPUT_TEXT: text
 * @OUTPUT_PATH: text which may lose its middle where a terminal is too narrow
 * @OUTPUT_NUMBER: unsigned, right aligned; a number in JSON
 * @OUTPUT_FLAG: "yes" or nothing; true or false in JSON
 * @OUTPUT_TIME: nanoseconds since the epoch; local time with milliseconds in
 *	text, RFC 3339 in UTC with nanoseconds in JSON
 * @OUTPUT_WORDS: any number of texts, see output_word(); joined by ", " in
 *	text (a line each in a form), an array in JSON; absent is an empty array
 */
enum output_type {
	OUTPUT_TEXT,
	OUTPUT_PATH,
	OUTPUT_NUMBER,
	OUTPUT_FLAG,
	OUTPUT_TIME,
	OUTPUT_WORDS,
};

/** enum output_tone - colour of a cell, by what it means */
enum output_tone {
	OUTPUT_PLAIN,
	OUTPUT_GOOD,
	OUTPUT_WARN,
	OUTPUT_BAD,
	OUTPUT_DIM,
};

/** enum output_colour - argument of --color */
enum output_colour {
	OUTPUT_COLOUR_AUTO,	/* on a terminal, unless NO_COLOR is set */
	OUTPUT_COLOUR_ALWAYS,
	OUTPUT_COLOUR_NEVER,
};

/**
 * struct output_column - one column
 * @key: JSON key; a dot nests: "mode.exec".  NULL: text only
 * @heading: of the table, or the label in a form.  NULL: JSON only.  In lists
 *	and streams any text, which is not shown
 * @type: what it holds
 *
 * A cell that is not set is absent: blank in text ("-" inside a table), and
 * null in JSON, so that every object of a kind has the same keys.
 */
struct output_column {
	const char *key;
	const char *heading;
	enum output_type type;
};

/**
 * output_create - begin to write
 * @stream: where to; not closed
 * @json: JSON instead of text
 * @colour: when to use colour
 *
 * Return: the writer, or NULL without memory.
 */
struct output *output_create(FILE *stream, bool json,
			     enum output_colour colour);

/** output_destroy - free a writer; what was not closed is not written */
void output_destroy(struct output *output);

/** output_is_json - was --json given; for text that is not part of a record */
bool output_is_json(const struct output *output);

/** output_is_broken - is there something that could not be written */
bool output_is_broken(const struct output *output);

/** output_set_width - as if the terminal were @width columns wide; 0: no limit */
void output_set_width(struct output *output, unsigned int width);

/**
 * output_open - begin records
 * @output: the writer, with nothing open
 * @layout: their shape
 * @columns: their columns; must stay until output_close()
 * @count: at most OUTPUT_COLUMNS_MAX
 */
void output_open(struct output *output, enum output_layout layout,
		 const struct output_column *columns, size_t count);

/*
 * Set a cell of the current record; the type must be the column's (text for
 * OUTPUT_PATH too).  Text is copied; NULL is absent.  output_text() and
 * output_format() on a column of numbers, flags or times is allowed for what
 * has a word of its own in text, and null in JSON ("never").
 */
void output_text(struct output *output, size_t column, const char *text);
void output_format(struct output *output, size_t column, const char *format,
		   ...) __attribute__((format(printf, 3, 4)));
void output_number(struct output *output, size_t column, uint64_t number);
void output_flag(struct output *output, size_t column, bool flag);
void output_time(struct output *output, size_t column, uint64_t nanoseconds);

/** output_word - add a text to a cell of OUTPUT_WORDS */
void output_word(struct output *output, size_t column, const char *word);

/** output_tone - how a cell of the current record is coloured */
void output_tone(struct output *output, size_t column, enum output_tone tone);

/** output_record - end the current record */
void output_record(struct output *output);

/**
 * output_close - end the records and write what is not written yet
 * @output: the writer
 *
 * Return: EXIT_OK, or EXIT_FAILED after saying on stderr what failed: memory
 * ran out in any call since output_open(), or the stream could not be written.
 */
int output_close(struct output *output);

/**
 * output_line - a line for people, outside of any record; nothing in JSON
 * @output: the writer, with nothing open
 * @format: as printf; no newline at its end
 */
void output_line(struct output *output, const char *format, ...)
	__attribute__((format(printf, 2, 3)));

/**
 * output_document - write a document, which is the whole of what is written
 * @output: the writer, with nothing open
 * @text: JSON or not, as it is to be written
 *
 * Return: as output_close().
 */
int output_document(struct output *output, const char *text);

/**
 * output_program - who says what goes to stderr
 * @name: stays; without a call it is cordonctl
 */
void output_program(const char *name);

/**
 * output_error - say on stderr what failed: "cordonctl: " and one line
 * @format: what, where, why, what now; no newline at its end
 */
void output_error(const char *format, ...)
	__attribute__((format(printf, 1, 2)));

/** output_warn - likewise, for what does not fail the command */
void output_warn(const char *format, ...)
	__attribute__((format(printf, 1, 2)));

/**
 * output_escape - text made safe for a terminal and for one line
 * @text: any bytes
 * @length: how many
 *
 * Return: new text for free(), or NULL without memory.
 */
char *output_escape(const char *text, size_t length);

/** output_width - columns of a terminal that escaped text takes */
size_t output_width(const char *text);

#endif /* CTL_OUTPUT_H */
