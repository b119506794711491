// SPDX-License-Identifier: LGPL-2.1-or-later
#include "grow.h"

#include <stdlib.h>
#include <string.h>

char *memory_copy_part(const char *text, size_t length)
{
	return memory_sure(strndup(text, length));
}

void *memory_grow(void *array, size_t *count, size_t size)
{
	char *base, *element;

	/* Whatever type of pointer it is: its bytes are copied. */
	memcpy(&base, array, sizeof(base));
	if (!(*count & (*count - 1))) {
		base = memory_sure(realloc(base, (*count ? *count * 2 : 1) *
					   size));
		memcpy(array, &base, sizeof(base));
	}
	element = base + (*count)++ * size;
	memset(element, 0, size);
	return element;
}
