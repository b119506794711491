// SPDX-License-Identifier: LGPL-2.1-or-later
/* The text of a value: what specifiers stand for, and where its words end. */
#include <ctype.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "provision.h"
#include "unit_file.h"

/**
 * struct parts - what a unit's name is made of
 * @stem: without its type
 * @prefix: before the "@"
 * @instance: behind it: NULL: none; PROVISION_ANY: not given
 */
struct parts {
	char *stem;
	char *prefix;
	char *instance;
};

static void take_apart(struct parts *parts, const char *name)
{
	static const char any[] = { PROVISION_ANY, 0 };
	const char *dot = strrchr(name, '.'), *at = strchr(name, '@');

	*parts = (struct parts){ 0 };
	parts->stem = memory_format("%.*s", (int)(dot - name), name);
	if (!at || at > dot) {
		parts->prefix = memory_copy(parts->stem);
		return;
	}
	parts->prefix = memory_format("%.*s", (int)(at - name), name);
	parts->instance = at + 1 == dot ? memory_copy(any) :
			  memory_format("%.*s", (int)(dot - at - 1), at + 1);
}

static void free_parts(struct parts *parts)
{
	free(parts->stem);
	free(parts->prefix);
	free(parts->instance);
}

static int hex(char digit)
{
	if (isdigit((unsigned char)digit))
		return digit - '0';
	if (isxdigit((unsigned char)digit))
		return tolower((unsigned char)digit) - 'a' + 10;
	return -1;
}

/* As systemd-escape --unescape: "-" is a slash, \xNN a byte */
static void put_unescaped(FILE *stream, const char *text)
{
	for (; *text; text++) {
		if (*text == '-') {
			fputc('/', stream);
		} else if (text[0] == '\\' && text[1] == 'x' &&
			   hex(text[2]) >= 0 && hex(text[3]) >= 0) {
			int byte = hex(text[2]) * 16 + hex(text[3]);

			/* A name with a NUL would end there */
			fputc(byte > PROVISION_ANY ? byte : '?', stream);
			text += 3;
		} else {
			fputc(*text, stream);
		}
	}
}

static void put_last(FILE *stream, const char *text, bool unescaped)
{
	const char *dash = strrchr(text, '-');

	text = dash ? dash + 1 : text;
	if (unescaped)
		put_unescaped(stream, text);
	else
		fputs(text, stream);
}

/* What stands for a directory of the system's manager */
static const char *directory_of(char letter)
{
	switch (letter) {
	case 't': return "/run";
	case 'S': return "/var/lib";
	case 'C': return "/var/cache";
	case 'L': return "/var/log";
	case 'E': return "/etc";
	case 'T': return "/tmp";
	case 'V': return "/var/tmp";
	case 'h': return "/root";
	case 's': return "/bin/sh";
	case 'u': case 'g': return "root";
	case 'U': case 'G': return "0";
	case '%': return "%";
	default: return NULL;
	}
}

static void put_specifier(FILE *stream, char letter, const char *name,
			  const struct parts *parts)
{
	const char *instance = parts->instance ? parts->instance : "";
	const char *word = directory_of(letter);

	if (word) {
		fputs(word, stream);
		return;
	}
	switch (letter) {
	case 'n':
		fputs(name, stream);
		break;
	case 'N':
		fputs(parts->stem, stream);
		break;
	case 'p':
		fputs(parts->prefix, stream);
		break;
	case 'P':
		put_unescaped(stream, parts->prefix);
		break;
	case 'i':
		fputs(instance, stream);
		break;
	case 'I':
		put_unescaped(stream, instance);
		break;
	case 'j':
	case 'J':
		put_last(stream, parts->prefix, letter == 'J');
		break;
	case 'f':
		fputc('/', stream);
		put_unescaped(stream, *instance ? instance : parts->prefix);
		break;
	case 'd':
		fprintf(stream, "/run/credentials/%s", name);
		break;
	default:
		/* %H, %m, %b and their kin are a machine's, or boot's, own */
		fputc(PROVISION_ANY, stream);
		break;
	}
}

char *unit_expand(const struct unit *unit, const char *text)
{
	struct parts parts;
	char *made = NULL;
	FILE *stream;
	size_t size;

	take_apart(&parts, unit->name);
	stream = memory_sure(open_memstream(&made, &size));
	for (; *text; text++) {
		if (text[0] == '%' && text[1])
			put_specifier(stream, *++text, unit->name, &parts);
		else
			fputc(*text, stream);
	}
	fclose(stream);
	free_parts(&parts);
	return memory_sure(made);
}

/* The byte that an escape means, -1 if none; *text moves to its last byte */
static int escaped(const char **text)
{
	static const char letters[] = "abfnrtvs", bytes[] = "\a\b\f\n\r\t\v ";
	const char *at = *text, *letter = *at ? strchr(letters, *at) : NULL;
	int value = 0, i;

	if (letter)
		return bytes[letter - letters];
	if (*at && strchr("\\\"';", *at))
		return *at;
	if (*at == 'x' && hex(at[1]) >= 0 && hex(at[2]) >= 0) {
		*text += 2;
		return hex(at[1]) * 16 + hex(at[2]);
	}
	for (i = 0; i < 3; i++) {
		if (at[i] < '0' || at[i] > '7')
			return -1;
		value = value * 8 + at[i] - '0';
	}
	*text += 2;
	return value & 0xff;
}

/* One word, from the first byte that is no blank; *text moves behind it */
static char *take_word(const char **text)
{
	const char *at = *text;
	char quote = 0, *made = NULL;
	FILE *stream;
	size_t size;

	stream = memory_sure(open_memstream(&made, &size));
	for (; *at && (quote || !strchr(" \t\n\r", *at)); at++) {
		if (*at == '\\' && at[1]) {
			const char *next = at + 1;
			int byte = escaped(&next);

			if (byte > 0 && byte != PROVISION_ANY) {
				fputc(byte, stream);
				at = next;
			} else {
				fputc(*at, stream);
			}
		} else if (quote ? *at == quote : *at == '"' || *at == '\'') {
			quote = quote ? 0 : *at;
		} else {
			fputc(*at, stream);
		}
	}
	fclose(stream);
	*text = at;
	return memory_sure(made);
}

void unit_split(const char *text, struct texts *words)
{
	while (*(text += strspn(text, " \t\n\r")))
		texts_add(words, take_word(&text));
}
