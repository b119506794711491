/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * Memory for commands that make documents: half of one would be worse than
 * none, so that running out of it ends the program with a line that says so.
 */
#ifndef CTL_MEMORY_H
#define CTL_MEMORY_H

#include <stdbool.h>
#include <stddef.h>

/** memory_sure - @memory, which is not NULL */
void *memory_sure(void *memory);

/** memory_copy - a copy of @text, for free() */
char *memory_copy(const char *text);

/** memory_format - as asprintf(); for free() */
char *memory_format(const char *format, ...)
	__attribute__((format(printf, 1, 2)));

/**
 * struct texts - a list of texts that belong to it
 * @text: @count of them
 * @count: how many
 */
struct texts {
	char **text;
	size_t count;
};

/** texts_add - add a text, which becomes the list's */
void texts_add(struct texts *texts, char *text);

/** texts_have - is there this text */
bool texts_have(const struct texts *texts, const char *text);

/** texts_sort - by their bytes; what stands twice is kept once */
void texts_sort(struct texts *texts);

/** texts_free - release all; the list is empty afterwards */
void texts_free(struct texts *texts);

#endif /* CTL_MEMORY_H */
