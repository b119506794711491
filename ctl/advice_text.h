/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * Names in advice that is to be pasted into a document.  Whoever is judged
 * chooses them, so that they come with quotes, new lines, and worse.
 */
#ifndef CTL_ADVICE_TEXT_H
#define CTL_ADVICE_TEXT_H

#include <stddef.h>
#include <stdio.h>

/**
 * advice_put_string - a JSON string
 * @stream: it is written to
 * @text: what it says; if that is not UTF-8, words about that are written
 * @length: of @text, in bytes
 */
void advice_put_string(FILE *stream, const char *text, size_t length);

/**
 * advice_put_pattern - a JSON string: the pattern that matches one path only
 * @stream: it is written to
 * @path: the path
 */
void advice_put_pattern(FILE *stream, const char *path);

#endif /* CTL_ADVICE_TEXT_H */
