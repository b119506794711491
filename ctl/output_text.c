// SPDX-License-Identifier: LGPL-2.1-or-later
/* Text of unknown origin made fit to show, and the lines on stderr. */
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>
#include <wchar.h>

#include "output_private.h"

size_t output_character(const char *text, size_t length, uint32_t *code)
{
	static const uint32_t smallest[] = { 0, 0, 0x80, 0x800, 0x10000 };
	const unsigned char *byte = (const unsigned char *)text;
	uint32_t value;
	size_t size, i;

	if (!length)
		return 0;
	if (byte[0] < 0x80) {
		*code = byte[0];
		return 1;
	}
	if (byte[0] >= 0xc2 && byte[0] <= 0xdf) {
		size = 2;
		value = byte[0] & 0x1f;
	} else if ((byte[0] & 0xf0) == 0xe0) {
		size = 3;
		value = byte[0] & 0x0f;
	} else if (byte[0] >= 0xf0 && byte[0] <= 0xf4) {
		size = 4;
		value = byte[0] & 0x07;
	} else {
		return 0;
	}
	if (length < size)
		return 0;
	for (i = 1; i < size; i++) {
		if ((byte[i] & 0xc0) != 0x80)
			return 0;
		value = value << 6 | (byte[i] & 0x3f);
	}
	if (value < smallest[size] || value > 0x10ffff ||
	    (value >= 0xd800 && value <= 0xdfff))
		return 0;
	*code = value;
	return size;
}

/* May this character reach a terminal: no controls, nothing that reorders */
static bool is_harmless(uint32_t code)
{
	if (code < 0x20 || (code >= 0x7f && code < 0xa0))
		return false;
	if (code >= 0x200b && code <= 0x200f)
		return false;
	if (code >= 0x2028 && code <= 0x202e)
		return false;
	if (code >= 0x2066 && code <= 0x2069)
		return false;
	return code != 0xfeff;
}

char *output_escape(const char *text, size_t length)
{
	char *safe = malloc(length * 4 + 1);
	size_t used = 0, at = 0, size, i;
	uint32_t code;

	if (!safe)
		return NULL;
	while (at < length) {
		size = output_character(text + at, length - at, &code);
		if (size && is_harmless(code)) {
			memcpy(safe + used, text + at, size);
			used += size;
			at += size;
			continue;
		}
		if (!size)
			size = 1;
		for (i = 0; i < size; i++, at++)
			used += (size_t)sprintf(safe + used, "\\x%02x",
						(unsigned char)text[at]);
	}
	safe[used] = '\0';
	return safe;
}

/* In the C locale wcwidth() knows nothing beyond ASCII: count one then */
static size_t character_width(uint32_t code)
{
	int width = wcwidth((wchar_t)code);

	return width < 0 ? 1 : (size_t)width;
}

size_t output_width(const char *text)
{
	size_t length = strlen(text);
	size_t width = 0, at = 0, size;
	uint32_t code;

	while (at < length) {
		size = output_character(text + at, length - at, &code);
		width += size ? character_width(code) : 1;
		at += size ? size : 1;
	}
	return width;
}

/* Bytes of @text whose characters fit into @width columns */
static size_t prefix_size(const char *text, size_t width)
{
	size_t length = strlen(text);
	size_t at = 0, size, taken = 0;
	uint32_t code;

	while (at < length) {
		size = output_character(text + at, length - at, &code);
		taken += size ? character_width(code) : 1;
		if (taken > width)
			break;
		at += size ? size : 1;
	}
	return at;
}

char *output_clip(const char *text, size_t width, const char *ellipsis)
{
	size_t natural = output_width(text);
	size_t gap = output_width(ellipsis);
	size_t head, tail, tail_width;
	char *clipped;

	if (natural <= width)
		return strdup(text);
	if (width <= gap)
		return strndup(text, prefix_size(text, width));
	tail_width = (width - gap + 1) * 2 / 3;
	head = prefix_size(text, width - gap - tail_width);
	tail = prefix_size(text, natural - tail_width);
	while (output_width(text + tail) > tail_width)
		tail += prefix_size(text + tail, 2) ?: 1;
	clipped = malloc(head + strlen(ellipsis) + strlen(text + tail) + 1);
	if (!clipped)
		return NULL;
	memcpy(clipped, text, head);
	strcpy(clipped + head, ellipsis);
	strcat(clipped + head, text + tail);
	return clipped;
}

static const char *program = "cordonctl";

void output_program(const char *name)
{
	program = name;
}

static void say(const char *kind, const char *format, va_list arguments)
{
	char *text = NULL, *safe;
	int length = vasprintf(&text, format, arguments);

	if (length < 0) {
		fprintf(stderr, "%s: out of memory\n", program);
		return;
	}
	safe = output_escape(text, (size_t)length);
	fprintf(stderr, "%s: %s%s\n", program, kind, safe ? safe : "?");
	free(safe);
	free(text);
}

void output_error(const char *format, ...)
{
	va_list arguments;

	va_start(arguments, format);
	say("", format, arguments);
	va_end(arguments);
}

void output_warn(const char *format, ...)
{
	va_list arguments;

	va_start(arguments, format);
	say("warning: ", format, arguments);
	va_end(arguments);
}
