// SPDX-License-Identifier: LGPL-2.1-or-later
#include "memory.h"

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "exit.h"
#include "output.h"

void *memory_sure(void *memory)
{
	if (!memory) {
		output_error("out of memory; nothing was written");
		exit(EXIT_FAILED);
	}
	return memory;
}

char *memory_copy(const char *text)
{
	return memory_sure(strdup(text));
}

char *memory_format(const char *format, ...)
{
	char *text = NULL;
	va_list arguments;

	va_start(arguments, format);
	if (vasprintf(&text, format, arguments) < 0)
		text = NULL;
	va_end(arguments);
	return memory_sure(text);
}

void texts_add(struct texts *texts, char *text)
{
	/* Room doubles whenever the count is a power of two */
	if (!(texts->count & (texts->count - 1)))
		texts->text = memory_sure(realloc(texts->text,
						  (texts->count ?
						   texts->count * 2 : 1) *
						  sizeof(*texts->text)));
	texts->text[texts->count++] = text;
}

bool texts_have(const struct texts *texts, const char *text)
{
	size_t i;

	for (i = 0; i < texts->count; i++)
		if (!strcmp(texts->text[i], text))
			return true;
	return false;
}

static int compare(const void *left, const void *right)
{
	return strcmp(*(char *const *)left, *(char *const *)right);
}

void texts_sort(struct texts *texts)
{
	size_t i, kept = 0;

	if (texts->count)
		qsort(texts->text, texts->count, sizeof(*texts->text), compare);
	for (i = 0; i < texts->count; i++) {
		if (kept && !strcmp(texts->text[kept - 1], texts->text[i]))
			free(texts->text[i]);
		else
			texts->text[kept++] = texts->text[i];
	}
	texts->count = kept;
}

void texts_free(struct texts *texts)
{
	while (texts->count)
		free(texts->text[--texts->count]);
	free(texts->text);
	texts->text = NULL;
}
