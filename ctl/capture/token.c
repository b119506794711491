// SPDX-License-Identifier: LGPL-2.1-or-later
#include "token.h"

#include <ctype.h>
#include <string.h>

#define HEX_MIN		8	/* digits of a hash that is none by chance */
#define LONG_MIN	16
#define LEVEL_MAX	3	/* bytes of a directory's name in a tree */

static const char hex[] = "0123456789abcdef";
static const char upper[] = "0123456789ABCDEF";

static bool is_digit(char byte)
{
	return byte >= '0' && byte <= '9';
}

static bool is_letter(char byte)
{
	return (byte >= 'a' && byte <= 'z') || (byte >= 'A' && byte <= 'Z');
}

static bool is_of(const char *text, size_t length, const char *set)
{
	size_t i;

	for (i = 0; i < length; i++)
		if (!text[i] || !strchr(set, text[i]))
			return false;
	return true;
}

/* How often upper case, lower case and digits take turns. */
static size_t count_turns(const char *text, size_t length)
{
	size_t turns = 0, i;

	for (i = 1; i < length; i++)
		if (is_digit(text[i - 1]) != is_digit(text[i]) ||
		    (!isupper((unsigned char)text[i - 1]) !=
		     !isupper((unsigned char)text[i])))
			turns++;
	return turns;
}

static size_t count_digits(const char *text, size_t length)
{
	size_t digits = 0, i;

	for (i = 0; i < length; i++)
		digits += is_digit(text[i]);
	return digits;
}

static bool is_uuid(const char *text, size_t length)
{
	size_t i;

	if (length < 36)
		return false;
	for (i = 0; i < 36; i++)
		if (i == 8 || i == 13 || i == 18 || i == 23 ?
		    text[i] != '-' : !isxdigit((unsigned char)text[i]))
			return false;
	return true;
}

static enum token_kind kind_of_run(const char *run, size_t length)
{
	size_t digits = count_digits(run, length);

	if (length >= HEX_MIN && digits && digits < length) {
		if (is_of(run, length, hex))
			return TOKEN_HEX;
		if (is_of(run, length, upper))
			return TOKEN_UPPER;
	}
	/* A word with a number behind it takes one turn. */
	if (length >= LONG_MIN && digits >= 3 && length - digits >= 3 &&
	    count_turns(run, length) >= 4)
		return TOKEN_LONG;
	return TOKEN_NONE;
}

/* Runs of letters and digits, between other bytes. */
static struct token find_run(const char *name, size_t length)
{
	struct token token = { TOKEN_NONE, 0, 0 };
	size_t from = 0, to;

	while (from < length) {
		if (is_uuid(name + from, length - from))
			return (struct token){ TOKEN_UUID, from, from + 36 };
		for (to = from; to < length && (is_digit(name[to]) ||
						is_letter(name[to])); to++)
			;
		if (to - from > token.to - token.from &&
		    kind_of_run(name + from, to - from))
			token = (struct token){
				kind_of_run(name + from, to - from), from, to
			};
		from = to + 1;
	}
	return token;
}

/* The longest number, of equals the last. */
static struct token find_number(const char *name, size_t length)
{
	struct token token = { TOKEN_NONE, 0, 0 };
	size_t from, to;

	for (from = 0; from < length; from = to + 1) {
		for (to = from; to < length && is_digit(name[to]); to++)
			;
		if (to > from && to - from >= token.to - token.from)
			token = (struct token){ TOKEN_NUMBER, from, to };
	}
	return token;
}

/*
 * Of 62 signs by chance, six look chosen (a word, a word and a number) once
 * in fifteen times; names that do not, three of them side by side, are not.
 */
static bool is_six(const char *text)
{
	size_t i;

	for (i = 0; i < 6; i++)
		if (!is_digit(text[i]) && !is_letter(text[i]))
			return false;
	return count_turns(text, 6) >= 2;
}

static bool is_eight(const char *text)
{
	size_t digits = count_digits(text, 8);

	return is_of(text, 8, "abcdefghijklmnopqrstuvwxyz0123456789_") &&
	       digits && digits < 8;
}

/*
 * Python's, behind a prefix of somebody's choice or none: eight signs, which a
 * word with a number behind it does not look like.
 */
static bool ends_in_eight(const char *name, size_t stem)
{
	const char *eight = name + stem - 8;

	return stem >= 8 && is_eight(eight) && count_turns(eight, 8) >= 2 &&
	       (stem == 8 || (!is_digit(eight[-1]) && !is_letter(eight[-1])));
}

static struct token find_temporary(const char *name, size_t length)
{
	const char *dot = memrchr(name, '.', length);
	size_t stem = dot ? (size_t)(dot - name) : length;

	if (length >= 11 && !strncmp(name, "tmp", 3) && is_eight(name + 3) &&
	    (length == 11 || name[11] == '.'))
		return (struct token){ TOKEN_EIGHT, 3, 11 };
	if (ends_in_eight(name, length))
		return (struct token){ TOKEN_EIGHT, length - 8, length };
	if (ends_in_eight(name, stem))
		return (struct token){ TOKEN_EIGHT, stem - 8, stem };
	if (length > 6 && is_six(name + length - 6))
		return (struct token){ TOKEN_SIX, length - 6, length };
	if (dot && stem > 6 && is_six(name + stem - 6))
		return (struct token){ TOKEN_SIX, stem - 6, stem };
	return (struct token){ TOKEN_NONE, 0, 0 };
}

struct token token_find(const char *name, size_t length, bool temporary)
{
	struct token token;

	if (temporary)
		return find_temporary(name, length);
	token = find_run(name, length);
	return token.kind ? token : find_number(name, length);
}

bool token_is_level(const char *name, size_t length)
{
	return length && length <= LEVEL_MAX && is_of(name, length, hex);
}

static void repeat(FILE *stream, const char *text, size_t times)
{
	while (times--)
		fputs(text, stream);
}

void token_put(FILE *stream, enum token_kind kind, size_t length)
{
	static const char *const sets[TOKEN_KIND_COUNT] = {
		[TOKEN_NUMBER] = "[0-9]",
		[TOKEN_HEX] = "[0-9a-f]",
		[TOKEN_UPPER] = "[0-9A-F]",
		[TOKEN_LEVEL] = "[0-9a-f]",
	};

	if (kind == TOKEN_UUID) {
		repeat(stream, "?", 8);
		for (length = 0; length < 3; length++) {
			fputc('-', stream);
			repeat(stream, "?", 4);
		}
		fputc('-', stream);
		repeat(stream, "?", 12);
	} else if (!sets[kind]) {
		repeat(stream, "?", length);
	} else if (length <= 4) {
		repeat(stream, sets[kind], length);
	} else {
		/* Longer ones nobody could read; their length is kept. */
		fputs(sets[kind], stream);
		repeat(stream, "?", length - 1);
	}
}

size_t token_needs(enum token_kind kind, bool padded)
{
	switch (kind) {
	case TOKEN_NUMBER:
		return padded ? 2 : 4;
	case TOKEN_UUID:
	case TOKEN_LEVEL:
		return 2;
	default:
		return 3;
	}
}
