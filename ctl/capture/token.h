/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Parts of names that nobody chose: numbers, hashes, what mkstemp() made up. */
#ifndef CTL_CAPTURE_TOKEN_H
#define CTL_CAPTURE_TOKEN_H

#include <stdbool.h>
#include <stddef.h>
#include <stdio.h>

/** enum token_kind - what such a part looks like */
enum token_kind {
	TOKEN_NONE,
	TOKEN_NUMBER,		/* decimal */
	TOKEN_HEX,		/* at least 8 digits, not all of 0-9 */
	TOKEN_UPPER,		/* likewise, A-F */
	TOKEN_UUID,
	TOKEN_LONG,		/* letters and digits, mixed */
	TOKEN_LEVEL,		/* directory of a tree of hashes: 1 to 3 */
	TOKEN_SIX,		/* mkstemp() */
	TOKEN_EIGHT,		/* "tmp" and eight, as Python has it */
	TOKEN_KIND_COUNT
};

/**
 * struct token - a part of a component
 * @kind: what it looks like
 * @from: where it begins, in the component
 * @to: where it ends
 */
struct token {
	enum token_kind kind;
	size_t from;
	size_t to;
};

/**
 * token_find - what of a component nobody chose
 * @name: @length bytes
 * @length: how many
 * @temporary: look for SIX and EIGHT; else for all others but LEVEL
 */
struct token token_find(const char *name, size_t length, bool temporary);

/** token_is_level - can it be a directory of a tree of hashes */
bool token_is_level(const char *name, size_t length);

/** token_put - write the pattern of a token of @length bytes */
void token_put(FILE *stream, enum token_kind kind, size_t length);

/**
 * token_needs - how many different ones are evidence
 * @kind: of the tokens
 * @padded: numbers of one length, with leading zeros: they are counted up
 */
size_t token_needs(enum token_kind kind, bool padded);

#endif /* CTL_CAPTURE_TOKEN_H */
