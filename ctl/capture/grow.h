/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Arrays that grow; see memory.h for what happens without memory. */
#ifndef CTL_CAPTURE_GROW_H
#define CTL_CAPTURE_GROW_H

#include <stddef.h>

#include "memory.h"

/** memory_copy_part - a copy of the first @length bytes of a text */
char *memory_copy_part(const char *text, size_t length);

/**
 * memory_grow - room for one more element
 * @array: address of a pointer to elements, which are moved if need be
 * @count: of elements in it; one more afterwards
 * @size: of one
 *
 * Room doubles whenever the count is a power of two.
 *
 * Return: the new element, all zero.
 */
void *memory_grow(void *array, size_t *count, size_t size);

#endif /* CTL_CAPTURE_GROW_H */
