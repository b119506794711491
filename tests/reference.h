/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * A second reading of kmod/engine/pattern.h, as slow and plain as it can be,
 * for tests and fuzzers to hold the engine against.  It shares no code with
 * the engine.
 *
 * A component is turned into items, each with the set of bytes it takes; a name
 * is matched by filling in a table that says for every number of items and of
 * bytes whether the first so many items match the first so many bytes.  Paths
 * are matched by the same table, with components for items.
 */
#ifndef _CORDON_TESTS_REFERENCE_H
#define _CORDON_TESTS_REFERENCE_H

#include <stdbool.h>
#include <stddef.h>
#include <string.h>

#define REFERENCE_BYTES 600	/* of a component */
#define REFERENCE_DEPTH 600	/* components of a path or pattern */

struct reference_item {
	bool star;
	bool takes[256];
};

/* Which bytes a set takes.  Returns the offset behind its "]". */
static inline size_t reference_set(const char *text, size_t at,
				   struct reference_item *item)
{
	bool listed[256] = { false };
	bool exclude = false;
	unsigned char first;
	unsigned char last;
	int byte;

	at++;
	if (text[at] == '!') {
		exclude = true;
		at++;
	}
	while (text[at] != ']') {
		if (text[at] == '\\')
			at++;
		first = last = (unsigned char)text[at++];
		if (text[at] == '-' && text[at + 1] != ']') {
			at++;
			if (text[at] == '\\')
				at++;
			last = (unsigned char)text[at++];
		}
		for (byte = first; byte <= last; byte++)
			listed[byte] = true;
	}
	for (byte = 0; byte < 256; byte++)
		item->takes[byte] = listed[byte] != exclude;
	return at + 1;
}

static inline size_t reference_items(const char *text, size_t length,
				     struct reference_item *items)
{
	size_t count = 0;
	size_t at = 0;

	while (at < length) {
		struct reference_item *item = &items[count++];

		memset(item, 0, sizeof(*item));
		if (text[at] == '*') {
			item->star = true;
			memset(item->takes, true, sizeof(item->takes));
			at++;
		} else if (text[at] == '?') {
			memset(item->takes, true, sizeof(item->takes));
			at++;
		} else if (text[at] == '[') {
			at = reference_set(text, at, item);
		} else {
			if (text[at] == '\\')
				at++;
			item->takes[(unsigned char)text[at++]] = true;
		}
	}
	return count;
}

/* Does @name match @pattern, one component of a checked pattern? */
static inline bool reference_component(const char *pattern,
				       size_t pattern_length, const char *name,
				       size_t name_length)
{
	static struct reference_item items[REFERENCE_BYTES];
	static bool table[REFERENCE_BYTES + 1][REFERENCE_BYTES + 1];
	const size_t count = reference_items(pattern, pattern_length, items);
	size_t i;
	size_t n;

	for (i = 0; i <= count; i++) {
		for (n = 0; n <= name_length; n++) {
			bool is = i == 0 && n == 0;

			if (i && items[i - 1].star && table[i - 1][n])
				is = true;
			if (i && n &&
			    items[i - 1].takes[(unsigned char)name[n - 1]] &&
			    (table[i - 1][n - 1] ||
			     (items[i - 1].star && table[i][n - 1])))
				is = true;
			table[i][n] = is;
		}
	}
	return table[count][name_length];
}

struct reference_part {
	const char *text;
	size_t length;
};

static inline size_t reference_parts(const char *path, size_t length,
				     struct reference_part *parts)
{
	size_t count = 0;
	size_t at = 1;

	while (at < length) {
		parts[count].text = path + at;
		while (at < length && path[at] != '/')
			at++;
		parts[count].length = (size_t)(path + at - parts[count].text);
		count++;
		at++;
	}
	return count;
}

/* Does the absolute @path match @pattern, a checked path pattern? */
static inline bool reference_path(const char *pattern, size_t pattern_length,
				  const char *path, size_t path_length)
{
	static struct reference_part wanted[REFERENCE_DEPTH];
	static struct reference_part names[REFERENCE_DEPTH];
	static bool table[REFERENCE_DEPTH + 1][REFERENCE_DEPTH + 1];
	const size_t count = reference_parts(pattern, pattern_length, wanted);
	const size_t depth = reference_parts(path, path_length, names);
	size_t i;
	size_t n;

	for (i = 0; i <= count; i++) {
		for (n = 0; n <= depth; n++) {
			const struct reference_part *part =
				i ? &wanted[i - 1] : NULL;
			const bool starstar =
				part && part->length == 2 &&
				memcmp(part->text, "**", 2) == 0;
			bool is = i == 0 && n == 0;

			/* As the last component it takes at least one. */
			if (starstar && i < count && table[i - 1][n])
				is = true;
			if (starstar && n &&
			    (table[i - 1][n - 1] || table[i][n - 1]))
				is = true;
			if (part && !starstar && n && table[i - 1][n - 1] &&
			    reference_component(part->text, part->length,
						names[n - 1].text,
						names[n - 1].length))
				is = true;
			table[i][n] = is;
		}
	}
	return table[count][depth];
}

#endif /* _CORDON_TESTS_REFERENCE_H */
