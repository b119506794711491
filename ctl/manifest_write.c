// SPDX-License-Identifier: LGPL-2.1-or-later
#include "manifest_write.h"

#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "memory.h"
#include "output.h"

#define INDENT 2

static void put(FILE *stream, const json_t *value, const char *key,
		size_t depth, size_t column, bool more);

static void put_scalar(FILE *stream, const json_t *value)
{
	size_t flags = JSON_ENCODE_ANY | JSON_COMPACT;
	char *text = memory_sure(json_dumps(value, flags));
	char *safe = memory_sure(output_escape(text, strlen(text)));

	/* What could drive a terminal is written as \uXXXX */
	if (strcmp(text, safe)) {
		free(text);
		text = memory_sure(json_dumps(value,
					      flags | JSON_ENSURE_ASCII));
	}
	fputs(text, stream);
	free(safe);
	free(text);
}

static void put_key(FILE *stream, const char *key)
{
	json_t *text = memory_sure(json_string(key));

	put_scalar(stream, text);
	json_decref(text);
	fputs(": ", stream);
}

static void put_line(FILE *stream, const json_t *value)
{
	const char *separator = " ", *key;
	const json_t *member;
	size_t i;

	if (json_is_array(value) && json_array_size(value)) {
		fputc('[', stream);
		json_array_foreach(value, i, member) {
			fputs(separator, stream);
			put_line(stream, member);
			separator = ", ";
		}
		fputs(" ]", stream);
	} else if (json_is_object(value) && json_object_size(value)) {
		fputc('{', stream);
		json_object_foreach((json_t *)value, key, member) {
			fputs(separator, stream);
			put_key(stream, key);
			put_line(stream, member);
			separator = ", ";
		}
		fputs(" }", stream);
	} else if (json_is_array(value)) {
		fputs("[]", stream);
	} else if (json_is_object(value)) {
		fputs("{}", stream);
	} else {
		put_scalar(stream, value);
	}
}

static char *line_of(const json_t *value)
{
	char *text = NULL;
	FILE *stream;
	size_t size;

	stream = memory_sure(open_memstream(&text, &size));
	put_line(stream, value);
	fclose(stream);
	return memory_sure(text);
}

/* Entries of programs and of rules are read key by key */
static bool is_entries(const char *key)
{
	return key && (!strcmp(key, "programs") || !strcmp(key, "allow") ||
		       !strcmp(key, "deny"));
}

static bool must_break(const json_t *value, const char *key, size_t depth)
{
	const json_t *element;
	size_t i;

	if (!depth)
		return json_object_size(value);
	if (!is_entries(key) || !json_is_array(value))
		return false;
	json_array_foreach(value, i, element)
		if (json_object_size(element) > 1)
			return true;
	return false;
}

static void put_indent(FILE *stream, size_t depth)
{
	fprintf(stream, "\n%*s", (int)(INDENT * depth), "");
}

static void put_broken(FILE *stream, const json_t *value, const char *name,
		       size_t depth)
{
	bool entries = is_entries(name) && json_is_array(value);
	const json_t *member;
	const char *key;
	size_t i, left;

	if (json_is_array(value)) {
		fputc('[', stream);
		left = json_array_size(value);
		json_array_foreach(value, i, member) {
			put_indent(stream, depth + 1);
			if (entries && json_object_size(member) > 1) {
				put_broken(stream, member, NULL, depth + 1);
				fputs(--left ? "," : "", stream);
			} else {
				put(stream, member, NULL, depth + 1,
				    INDENT * (depth + 1), --left);
			}
		}
		put_indent(stream, depth);
		fputc(']', stream);
		return;
	}
	fputc('{', stream);
	left = json_object_size(value);
	json_object_foreach((json_t *)value, key, member) {
		put_indent(stream, depth + 1);
		put_key(stream, key);
		put(stream, member, key, depth + 1,
		    INDENT * (depth + 1) + strlen(key) + 4, --left);
	}
	put_indent(stream, depth);
	fputc('}', stream);
}

/* A value that begins in @column, with the comma behind it if @more follow */
static void put(FILE *stream, const json_t *value, const char *key,
		size_t depth, size_t column, bool more)
{
	bool nested = json_object_size(value) || json_array_size(value);
	char *line = NULL;

	if (!must_break(value, key, depth))
		line = line_of(value);
	if (line && (!nested ||
		     column + output_width(line) + more <= MANIFEST_WIDTH))
		fputs(line, stream);
	else
		put_broken(stream, value, key, depth);
	fputs(more ? "," : "", stream);
	free(line);
}

char *manifest_write(const json_t *document)
{
	char *text = NULL;
	FILE *stream;
	size_t size;

	stream = memory_sure(open_memstream(&text, &size));
	put(stream, document, NULL, 0, 0, false);
	fputc('\n', stream);
	fclose(stream);
	return memory_sure(text);
}
