/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * `{a,b}` in patterns: alternatives, which the engine never sees.
 *
 *	/srv/{www,ftp}/{,pub/}*.html	four patterns
 *	/etc/nginx{,/conf.d}		the directory, and one within it
 *
 * An abstract name of a unix socket (`abstract:NAME`) is taken as it is.
 * Groups nest; an alternative may be empty and may hold slashes.  A brace or
 * comma after a backslash, or within `[…]`, is an ordinary byte.
 */
#ifndef CTL_EXPAND_H
#define CTL_EXPAND_H

#include <stddef.h>
#include <stdint.h>

/**
 * struct expanded - one pattern of an expansion
 * @text: ended by NUL
 * @length: bytes
 * @origin: for each of them, the offset in the source that it came from; for
 *	the end too
 */
struct expanded {
	char *text;
	size_t length;
	uint16_t *origin;
};

/**
 * struct expansion - what a source stands for
 * @patterns: in the order of their alternatives
 * @count: how many, at least one
 */
struct expansion {
	struct expanded *patterns;
	size_t count;
};

/**
 * struct expand_fault - why a source cannot be expanded
 * @what: a clause in static storage
 * @hint: what to do about it, in static storage, or NULL
 * @offset: of the byte at fault
 */
struct expand_fault {
	const char *what;
	const char *hint;
	size_t offset;
};

/**
 * expand_braces - expand a source into patterns
 * @source: the text
 * @length: bytes, below UINT16_MAX
 * @max: most patterns it may stand for
 * @expansion: filled on success, for expansion_free(); else empty
 * @fault: filled on failure
 *
 * Return: 0 or -1.
 */
int expand_braces(const char *source, size_t length, size_t max,
		  struct expansion *expansion, struct expand_fault *fault);

/** expansion_free - release an expansion; it is empty afterwards */
void expansion_free(struct expansion *expansion);

#endif /* CTL_EXPAND_H */
