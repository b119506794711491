// SPDX-License-Identifier: LGPL-2.1-or-later
#include "advice_text.h"

#include <jansson.h>
#include <stdlib.h>
#include <string.h>

#include "manifest.h"
#include "output.h"

/*
 * What output_escape() would change must be escaped by the rules of JSON
 * before, or it could not be pasted.
 */
static char *dump(const json_t *string)
{
	char *dumped = json_dumps(string, JSON_ENCODE_ANY), *safe;

	if (!dumped)
		return NULL;
	safe = output_escape(dumped, strlen(dumped));
	if (safe && strcmp(safe, dumped)) {
		free(dumped);
		dumped = json_dumps(string, JSON_ENCODE_ANY |
					    JSON_ENSURE_ASCII);
	}
	free(safe);
	return dumped;
}

static void put(FILE *stream, const char *text, size_t length,
		const char *otherwise)
{
	json_t *string = json_stringn(text, length);
	char *dumped = string ? dump(string) : NULL;
	const char *at;

	for (at = dumped ? dumped : otherwise; *at; at++)
		/* The one that jansson takes for harmless */
		if (*at == '\x7f')
			fputs("\\u007f", stream);
		else
			fputc(*at, stream);
	free(dumped);
	json_decref(string);
}

void advice_put_string(FILE *stream, const char *text, size_t length)
{
	put(stream, text, length, "a name that is not UTF-8");
}

void advice_put_pattern(FILE *stream, const char *path)
{
	char *pattern = manifest_pattern_quote(path);

	/* What is not UTF-8 no manifest can spell; wildcards can name it. */
	put(stream, pattern, pattern ? strlen(pattern) : 0,
	    "a pattern with \"?\" for each byte that is not UTF-8");
	free(pattern);
}
