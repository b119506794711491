// SPDX-License-Identifier: LGPL-2.1-or-later
/*
 * Patterns as manifests write them: braces expanded, and what the engine would
 * refuse told with the byte at fault and what was likely meant.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "manifest_source.h"
#include "names.h"
#include "pattern.h"

/*
 * A component in which "**" is not alone, the way it was likely meant:
 * "**.html" as "**" and "*.html", "v**" as "v*" and "**".
 */
static void suggest_starstar(FILE *hint, const char *component, size_t length)
{
	const char *stars = memmem(component, length, "**", 2), *after;
	const char *end = component + length;

	for (after = stars; after < end && *after == '*'; after++)
		;
	if (stars > component)
		fprintf(hint, "%.*s*/", (int)(stars - component), component);
	fprintf(hint, "**");
	if (after < end)
		fprintf(hint, "/*%.*s", (int)(end - after), after);
}

/* The pattern without the fault at @at, which begins a component; or NULL. */
static char *suggest_pattern(const char *text, size_t length, size_t at)
{
	const char *end = memchr(text + at, '/', length - at), *stars;
	size_t size, component;
	char *hint = NULL;
	FILE *stream;

	component = (end ? (size_t)(end - text) : length) - at;
	stars = memmem(text + at, component, "**", 2);
	if (!stars || component == 2)
		return NULL;
	stream = open_memstream(&hint, &size);
	if (!stream)
		return NULL;
	fprintf(stream, "did you mean \"%.*s", (int)at, text);
	suggest_starstar(stream, text + at, component);
	fprintf(stream, "%.*s\"?", (int)(length - at - component),
		text + at + component);
	if (fclose(stream)) {
		free(hint);
		return NULL;
	}
	return hint;
}

static char *hint_relative(const char *text, size_t length)
{
	char *hint = NULL;
	u32 kind;

	for (kind = CORDON_OBJECT_MEMFD; kind < CORDON_OBJECT_UNNAMEABLE;
	     kind++) {
		const char *word = cordon_object_name(kind);
		size_t size = strlen(word);

		if (length < size - 1 || strncasecmp(text, word, size - 1))
			continue;
		return asprintf(&hint, "write \"%s\" for all nameless files of that kind",
				word) < 0 ? NULL : hint;
	}
	if (text[0] == '~')
		return strdup("a manifest knows no home directories: write the path from the root");
	if (text[0] == '.')
		return strdup("write it from the root");
	if (asprintf(&hint, "write it from the root, as in \"/%.*s\"",
		     (int)length, text) < 0)
		return NULL;
	return hint;
}

/* What to do about what cordon_pattern_check() says of @text at @at. */
static char *hint_for(const char *text, size_t length, size_t at)
{
	const char *component = text + at;
	size_t left = length - at;

	if (!length)
		return NULL;
	if (text[0] != '/')
		return hint_relative(text, length);
	/* Only what is wrong with a component as a whole is told at its start. */
	if (!at || text[at - 1] != '/')
		return NULL;
	if (!left)
		return strdup("a directory is named without a slash at its end, all below it by \"/**\"");
	if (*component == '/')
		return strdup("write one slash");
	if (*component == '.' && (left == 1 || component[1] == '/' ||
				  component[1] == '.'))
		return strdup("write the path that the kernel comes to");
	return suggest_pattern(text, length, at);
}

static const char *check(const char *text, size_t length,
			 enum manifest_pattern_use use, size_t *at)
{
	if (use == MANIFEST_PATTERN_UNIT)
		return cordon_unit_check(text, length, at);
	if (use != MANIFEST_PATTERN_RULE && length && text[0] != '/')
		return "a path begins with a slash";
	return cordon_pattern_check(text, length, at);
}

static char *hint_of(const struct expanded *pattern,
		     enum manifest_pattern_use use, size_t at)
{
	if (use == MANIFEST_PATTERN_UNIT ||
	    (use != MANIFEST_PATTERN_RULE && pattern->text[0] != '/'))
		return NULL;
	return hint_for(pattern->text, pattern->length, at);
}

static bool check_all(struct manifest_reader *reader,
		      const struct position *value, size_t start,
		      enum manifest_pattern_use use,
		      const struct expansion *expansion)
{
	bool good = true;
	size_t i;

	for (i = 0; i < expansion->count; i++) {
		const struct expanded *pattern = &expansion->patterns[i];
		size_t at = 0;
		const char *why = check(pattern->text, pattern->length, use,
					&at);
		char *hint;

		if (!why)
			continue;
		hint = hint_of(pattern, use, at);
		manifest_error_inside(reader, value,
				      start + pattern->origin[at], hint, why);
		free(hint);
		good = false;
	}
	return good;
}

bool manifest_pattern_read(struct manifest_reader *reader,
			   const struct position *value, size_t start,
			   enum manifest_pattern_use use,
			   struct expansion *expansion)
{
	const char *text = json_string_value(value->value) + start;
	size_t length = json_string_length(value->value) - start;
	struct expand_fault fault;

	*expansion = (struct expansion){ 0 };
	if (length >= CORDON_PATH_MAX) {
		manifest_error(reader, value, NULL,
			       "a pattern must be shorter than %d bytes, and this has %zu",
			       CORDON_PATH_MAX, length);
		return false;
	}
	if (expand_braces(text, length, CORDON_PATTERNS_MAX, expansion,
			  &fault)) {
		manifest_error_inside(reader, value, start + fault.offset,
				      fault.hint, fault.what);
		return false;
	}
	if (use == MANIFEST_PATTERN_PROGRAM && expansion->count > 1)
		manifest_error(reader, value,
			       "give each its own entry, or use a wildcard",
			       "a program is named by one pattern, and this stands for %zu",
			       expansion->count);
	else if (check_all(reader, value, start, use, expansion))
		return true;
	expansion_free(expansion);
	return false;
}

char *manifest_pattern_quote(const char *path)
{
	char *pattern = malloc(2 * strlen(path) + 1), *at = pattern;

	if (!pattern)
		return NULL;
	for (; *path; path++) {
		if (strchr("*?[{}\\", *path))
			*at++ = '\\';
		*at++ = *path;
	}
	*at = 0;
	return pattern;
}

size_t manifest_pattern_prefix(const char *pattern)
{
	size_t at = 0;

	while (pattern[at] && !strchr("*?[", pattern[at]))
		at += pattern[at] == '\\' && pattern[at + 1] ? 2 : 1;
	return at;
}

char *manifest_pattern_path(const char *pattern)
{
	size_t length = strlen(pattern);
	char *path;

	if (manifest_pattern_prefix(pattern) < length)
		return NULL;
	path = malloc(length + 1);
	if (path)
		path[cordon_component_unescape(pattern, length, path)] = 0;
	return path;
}

/* A pattern or path and how far it has been followed. */
struct walk {
	const char *text;
	size_t length;
	size_t at;
};

/* The next component of a path; as cordon_pattern_next(), which escapes. */
static bool path_next(struct walk *path, const char **name, size_t *length)
{
	const char *end;

	if (path->at + 1 >= path->length)
		return false;
	*name = path->text + path->at + 1;
	end = memchr(*name, '/', path->length - path->at - 1);
	*length = (end ? end : path->text + path->length) - *name;
	path->at += 1 + *length;
	return true;
}

/* Recursion: once for each "**", of which a pattern has few. */
static bool covers(struct walk pattern, struct walk path)
{
	struct cordon_component component;
	const char *name;
	size_t length;

	while (cordon_pattern_next(pattern.text, pattern.length, &pattern.at,
				   &component)) {
		if (component.kind == CORDON_COMPONENT_STARSTAR) {
			if (pattern.at == pattern.length)
				return path_next(&path, &name, &length);
			do {
				if (covers(pattern, path))
					return true;
			} while (path_next(&path, &name, &length));
			return false;
		}
		if (!path_next(&path, &name, &length) ||
		    !cordon_component_match(component.text, component.length,
					    name, length))
			return false;
	}
	return !path_next(&path, &name, &length);
}

bool manifest_pattern_covers(const char *pattern, size_t pattern_length,
			     const char *path, size_t length)
{
	return covers((struct walk){ pattern, pattern_length, 0 },
		      (struct walk){ path, length, 0 });
}
