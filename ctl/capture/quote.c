// SPDX-License-Identifier: LGPL-2.1-or-later
#include "quote.h"

#include <stdlib.h>
#include <string.h>

#include "grow.h"
#include "output_private.h"

void quote_put(FILE *stream, const char *bytes, size_t length)
{
	size_t at = 0, size;
	uint32_t code;

	while (at < length) {
		size = output_character(bytes + at, length - at, &code);
		if (!size) {
			fputc('?', stream);
			at++;
			continue;
		}
		if (size == 1 && strchr("*?[{}\\", bytes[at]))
			fputc('\\', stream);
		fwrite(bytes + at, 1, size, stream);
		at += size;
	}
}

char *quote_path(const char *path)
{
	char *text = NULL;
	size_t size;
	FILE *stream = memory_sure(open_memstream(&text, &size));

	quote_put(stream, path, strlen(path));
	if (fclose(stream))
		memory_sure(NULL);
	return text;
}
