// SPDX-License-Identifier: LGPL-2.1-or-later
#include "expand.h"

#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

/* A group of alternatives within one pattern. */
struct group {
	size_t open;		/* offset of '{' */
	size_t close;		/* of its '}' */
	size_t alternatives;
};

static int fail(struct expand_fault *fault, size_t offset, const char *what,
		const char *hint)
{
	*fault = (struct expand_fault){ what, hint, offset };
	return -1;
}

/*
 * Offset behind whatever begins at @at: an escaped byte, a whole set, a byte.
 * A set that nothing closes is left to the engine to complain of.
 */
static size_t skip_token(const char *text, size_t length, size_t at)
{
	size_t i;

	if (text[at] == '\\' && at + 1 < length)
		return at + 2;
	if (text[at] != '[')
		return at + 1;
	for (i = at + 1; i < length && text[i] != '/'; i++) {
		if (text[i] == ']')
			return i + 1;
		if (text[i] == '\\')
			i++;
	}
	return at + 1;
}

/* Find the outermost group that begins first; alternatives is 0 if none does. */
static int find_group(const struct expanded *pattern, struct group *group,
		      struct expand_fault *fault)
{
	const char *text = pattern->text;
	size_t length = pattern->length, depth = 0, at;

	*group = (struct group){ 0 };
	for (at = 0; at < length; at = skip_token(text, length, at)) {
		if (text[at] == '{') {
			if (!depth++) {
				group->open = at;
				group->alternatives = 1;
			}
		} else if (text[at] == ',' && depth == 1) {
			group->alternatives++;
		} else if (text[at] == '}') {
			if (!depth)
				return fail(fault, pattern->origin[at],
					    "\"}\" closes nothing",
					    "an ordinary brace is written \\\\}");
			if (!--depth) {
				group->close = at;
				break;
			}
		}
	}
	if (depth)
		return fail(fault, pattern->origin[group->open],
			    "\"{\" is not closed by \"}\"",
			    "an ordinary brace is written \\\\{");
	if (group->alternatives == 1)
		return fail(fault, pattern->origin[group->open],
			    "braces hold one alternative only",
			    "leave them out; an ordinary brace is written \\\\{");
	return 0;
}

static bool expanded_init(struct expanded *pattern, size_t size)
{
	pattern->text = malloc(size + 1);
	pattern->origin = malloc((size + 1) * sizeof(*pattern->origin));
	pattern->length = 0;
	return pattern->text && pattern->origin;
}

static void expanded_free(struct expanded *pattern)
{
	free(pattern->text);
	free(pattern->origin);
}

/* Append bytes @from to @to of @source, with their end's origin. */
static void append(struct expanded *pattern, const struct expanded *source,
		   size_t from, size_t to)
{
	size_t size = to - from;

	memcpy(pattern->text + pattern->length, source->text + from, size);
	memcpy(pattern->origin + pattern->length, source->origin + from,
	       (size + 1) * sizeof(*source->origin));
	pattern->length += size;
	pattern->text[pattern->length] = 0;
}

/* Offset of the comma or brace that ends the alternative which begins at @at. */
static size_t alternative_end(const struct expanded *pattern, size_t at)
{
	size_t depth = 0;

	for (;; at = skip_token(pattern->text, pattern->length, at)) {
		char byte = pattern->text[at];

		if (!depth && (byte == ',' || byte == '}'))
			return at;
		depth += byte == '{';
		depth -= byte == '}';
	}
}

/* Put the alternatives of @group in the place of the pattern that holds it. */
static int split(struct expansion *expansion, size_t index,
		 const struct group *group)
{
	struct expanded whole = expansion->patterns[index], *patterns;
	size_t more = group->alternatives - 1, at = group->open + 1, i;

	patterns = realloc(expansion->patterns,
			   (expansion->count + more) * sizeof(*patterns));
	if (!patterns)
		return -1;
	expansion->patterns = patterns;
	memmove(patterns + index + 1 + more, patterns + index + 1,
		(expansion->count - index - 1) * sizeof(*patterns));
	memset(patterns + index, 0, (more + 1) * sizeof(*patterns));
	expansion->count += more;

	for (i = index; i <= index + more; i++) {
		size_t end = alternative_end(&whole, at);

		if (!expanded_init(&patterns[i], whole.length))
			break;
		append(&patterns[i], &whole, 0, group->open);
		append(&patterns[i], &whole, at, end);
		append(&patterns[i], &whole, group->close + 1, whole.length);
		at = end + 1;
	}
	expanded_free(&whole);
	return i <= index + more ? -1 : 0;
}

int expand_braces(const char *source, size_t length, size_t max,
		  struct expansion *expansion, struct expand_fault *fault)
{
	struct group group;
	size_t i;

	expansion->count = 1;
	expansion->patterns = calloc(1, sizeof(*expansion->patterns));
	if (!expansion->patterns) {
		expansion->count = 0;
		return fail(fault, 0, "out of memory", NULL);
	}
	if (!expanded_init(&expansion->patterns[0], length)) {
		fail(fault, 0, "out of memory", NULL);
		goto out_free;
	}
	memcpy(expansion->patterns[0].text, source, length);
	expansion->patterns[0].text[length] = 0;
	expansion->patterns[0].length = length;
	for (i = 0; i <= length; i++)
		expansion->patterns[0].origin[i] = i;

	/* A name is taken byte for byte, and no path begins like this. */
	if (length >= 9 && !memcmp(source, "abstract:", 9))
		return 0;
	for (i = 0; i < expansion->count; ) {
		if (find_group(&expansion->patterns[i], &group, fault))
			goto out_free;
		if (!group.alternatives) {
			i++;
			continue;
		}
		if (expansion->count + group.alternatives - 1 > max) {
			fail(fault, 0,
			     "the alternatives stand for too many patterns",
			     "write it as several rules, or with a wildcard");
			goto out_free;
		}
		if (split(expansion, i, &group)) {
			fail(fault, 0, "out of memory", NULL);
			goto out_free;
		}
	}
	return 0;

out_free:
	expansion_free(expansion);
	return -1;
}

void expansion_free(struct expansion *expansion)
{
	size_t i;

	for (i = 0; i < expansion->count; i++)
		expanded_free(&expansion->patterns[i]);
	free(expansion->patterns);
	expansion->patterns = NULL;
	expansion->count = 0;
}
