/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Paths as patterns that a document can spell. */
#ifndef CTL_CAPTURE_QUOTE_H
#define CTL_CAPTURE_QUOTE_H

#include <stddef.h>
#include <stdio.h>

/**
 * quote_put - write the pattern of bytes
 * @stream: to it
 * @bytes: part of a path
 * @length: how many
 *
 * What means something in patterns has a backslash; for a byte that is not
 * UTF-8, which JSON cannot spell, "?" stands.
 */
void quote_put(FILE *stream, const char *bytes, size_t length);

/** quote_path - the same as text, for free() */
char *quote_path(const char *path);

#endif /* CTL_CAPTURE_QUOTE_H */
