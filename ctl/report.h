/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * A report collects what is wrong with manifests, so that all of it can be
 * told in one go: errors, which make a manifest unusable, and warnings.
 */
#ifndef CTL_REPORT_H
#define CTL_REPORT_H

#include <stddef.h>
#include <stdio.h>

#include "output.h"

/** enum report_level - how bad an entry is */
enum report_level {
	REPORT_WARNING,
	REPORT_ERROR,
};

/**
 * struct report_place - where in which document
 * @file: the file's name as it was given or found
 * @line: from 1; 0: the file as a whole
 * @column: from 1, in characters (Unicode code points; a tab is one)
 * @pointer: JSON pointer to the value, "" for the whole document; may be NULL
 */
struct report_place {
	const char *file;
	unsigned int line;
	unsigned int column;
	const char *pointer;
};

/**
 * struct report_entry - one finding; all strings belong to the report
 * @level: error or warning
 * @file: see &struct report_place
 * @line: likewise
 * @column: likewise
 * @pointer: likewise, never NULL
 * @message: what is wrong, a clause without a full stop
 * @hint: what to do about it, or NULL
 */
struct report_entry {
	enum report_level level;
	char *file;
	unsigned int line;
	unsigned int column;
	char *pointer;
	char *message;
	char *hint;
};

/**
 * struct report - all findings, in the order they were made
 * @entries: @count of them
 * @count: how many
 * @errors: how many of them are errors
 * @warnings: how many are warnings
 */
struct report {
	struct report_entry *entries;
	size_t count;
	size_t errors;
	size_t warnings;
};

/** report_init - an empty report */
void report_init(struct report *report);

/** report_free - release what a report holds; it is empty afterwards */
void report_free(struct report *report);

/**
 * report_add - add a finding
 * @report: to it
 * @level: error or warning
 * @place: where; copied
 * @hint: what to do about it, or NULL; copied
 * @format: the message, as for printf()
 *
 * Running out of memory ends the program with a line that says so: a finding
 * that is lost could let a wrong manifest pass.
 */
void report_add(struct report *report, enum report_level level,
		const struct report_place *place, const char *hint,
		const char *format, ...)
	__attribute__((format(printf, 5, 6)));

/**
 * report_settle - bring findings into the order in which they are read
 * @report: the findings
 *
 * By file in order of first mention, then line and column, else as they were
 * made; what is said twice (of a piece that two manifests include) is kept
 * once.
 */
void report_settle(struct report *report);

/**
 * report_print - write all findings as lines, as compilers do
 * @report: the findings
 * @stream: where to, usually stderr
 *
 * ``FILE:LINE:COLUMN: error: /programs/0/read/3: message (hint)``
 *
 * What came out of documents is escaped as by output_escape().
 */
void report_print(const struct report *report, FILE *stream);

/**
 * report_output - write all findings as the result of a command
 * @report: the findings
 * @output: with nothing open
 *
 * Text: the lines of report_print(), coloured where the output is.  JSON: an
 * array of objects with level, file, line, column, pointer, message and hint;
 * line and column are null where a finding is about a whole file.
 *
 * Return: as output_close().
 */
int report_output(const struct report *report, struct output *output);

#endif /* CTL_REPORT_H */
