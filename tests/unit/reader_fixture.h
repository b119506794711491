/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * What the tests of the manifest reader share.
 */
#ifndef _CORDON_TESTS_READER_FIXTURE_H
#define _CORDON_TESTS_READER_FIXTURE_H

#include <check.h>
#include <stdbool.h>

#include "ctl/manifest.h"
#include "ctl/report.h"

#define READER_MANIFESTS "tests/unit/manifests"

/* All findings as report_print() writes them, for free(). */
char *reader_text(const struct report *report);

/* A new empty directory below /tmp, for free(). */
char *reader_directory(void);

/* Removes any directory with all that is in it. */
void reader_clear(const char *directory);

/* Removes a directory of reader_directory() with all that is in it. */
void reader_remove(char *directory);

/* Writes a file below @directory, making directories on the way. */
void reader_write(const char *directory, const char *name, const char *format,
		  ...) __attribute__((format(printf, 3, 4)));

/*
 * Reads one file of @directory.  Return: the findings as text without the
 * directory's name, for free(); "" if there are none.
 */
char *reader_findings(const char *directory, const char *name, bool foreign);

/* The same, read with these options. */
char *reader_said(const char *directory, const char *name,
		  const struct manifest_options *options);

/* What comes of one path, which must be right. */
struct manifest_set reader_set(const char *path,
			       const struct manifest_options *options);

/*
 * "0 allow load,read TEXT = PATTERN PATTERN FILE:LINE:COLUMN (NOTE)", for
 * free()
 */
char *reader_rule(const struct cordon_draft *draft, u32 index);

#endif /* _CORDON_TESTS_READER_FIXTURE_H */
