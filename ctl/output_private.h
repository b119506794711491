/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* What the files of the writer share, and nobody else sees. */
#ifndef CTL_OUTPUT_PRIVATE_H
#define CTL_OUTPUT_PRIVATE_H

#include "output.h"

/**
 * struct output_cell - one cell
 * @set: it holds something
 * @word: it holds @text, whatever the column's type
 * @tone: its colour
 * @number: for numbers, flags and times
 * @text: as given; owned.  Words lie in it one after the other, each with its
 *	NUL
 * @size: of words: their bytes
 */
struct output_cell {
	bool set;
	bool word;
	enum output_tone tone;
	uint64_t number;
	char *text;
	size_t size;
};

/**
 * struct output - the writer
 * @stream: where to
 * @json: JSON instead of text
 * @colour: escape sequences are wanted
 * @terminal: @stream is one
 * @ellipsis: what stands for a lost middle
 * @width: columns to fit tables into; 0: no limit
 * @failed: memory ran out since output_open()
 * @layout: of what is open
 * @columns: likewise
 * @count: of @columns
 * @records: ended since output_open()
 * @cell: the current record
 * @rows: text tables: records that wait for output_close(), @count cells each,
 *	text escaped and ready to print
 * @capacity: of @rows, in records
 */
struct output {
	FILE *stream;
	bool json;
	bool colour;
	bool terminal;
	const char *ellipsis;
	unsigned int width;
	bool failed;
	enum output_layout layout;
	const struct output_column *columns;
	size_t count;
	size_t records;
	struct output_cell cell[OUTPUT_COLUMNS_MAX];
	struct output_cell *rows;
	size_t capacity;
};

/**
 * output_cell_text - a cell as people read it
 * @column: its column
 * @cell: a cell that is set
 *
 * Return: escaped text for free(), or NULL without memory.
 */
char *output_cell_text(const struct output_column *column,
		       const struct output_cell *cell);

/** output_print - write text in a tone */
void output_print(struct output *output, enum output_tone tone,
		  const char *text);

/**
 * output_table_keep - keep the current record for output_table_print()
 * @output: a text table is open
 *
 * Return: false without memory.
 */
bool output_table_keep(struct output *output);

/** output_table_print - fit the kept records into the width and write them */
void output_table_print(struct output *output);

/** output_table_drop - forget the kept records */
void output_table_drop(struct output *output);

/**
 * output_json_record - the current record as a line of JSON, or an object of
 * several lines in a form
 * @output: JSON records are open
 *
 * Return: false without memory.
 */
bool output_json_record(struct output *output);

/**
 * output_clip - escaped text with its middle taken out
 * @text: escaped text
 * @width: columns that it may take
 * @ellipsis: what stands for the lost middle
 *
 * Keeps more of the end than of the beginning: the last names of a path tell
 * more than the first.
 *
 * Return: new text for free(), or NULL without memory.
 */
char *output_clip(const char *text, size_t width, const char *ellipsis);

/**
 * output_character - the character that bytes begin with
 * @text: @length bytes
 * @length: how many
 * @code: filled with its code point
 *
 * Return: bytes it takes, or 0 if they begin with nothing that is UTF-8.
 */
size_t output_character(const char *text, size_t length, uint32_t *code);

#endif /* CTL_OUTPUT_PRIVATE_H */
