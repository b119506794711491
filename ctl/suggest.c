// SPDX-License-Identifier: LGPL-2.1-or-later
#include "suggest.h"

#include <string.h>

/* Longest word that is compared: no key, command or option comes near. */
#define WORD_MAX 32

static size_t least(size_t a, size_t b, size_t c)
{
	size_t ab = a < b ? a : b;

	return ab < c ? ab : c;
}

/* Both words are at most WORD_MAX long. */
static size_t edit_distance(const char *a, size_t a_length,
			    const char *b, size_t b_length)
{
	size_t rows[3][WORD_MAX + 1];
	size_t *before = rows[0], *above = rows[1], *row = rows[2], *spare;
	size_t i, j;

	for (j = 0; j <= b_length; j++)
		above[j] = j;

	for (i = 1; i <= a_length; i++) {
		row[0] = i;
		for (j = 1; j <= b_length; j++) {
			row[j] = least(above[j] + 1, row[j - 1] + 1,
				       above[j - 1] + (a[i - 1] != b[j - 1]));
			if (i > 1 && j > 1 && a[i - 1] == b[j - 2] &&
			    a[i - 2] == b[j - 1] && before[j - 2] + 1 < row[j])
				row[j] = before[j - 2] + 1;
		}
		spare = before;
		before = above;
		above = row;
		row = spare;
	}
	return above[b_length];
}

const char *suggest_nearest(const char *word, const char *const *candidates,
			    size_t count)
{
	size_t length = strlen(word), nearest = WORD_MAX + 1, i;
	const char *found = NULL;

	if (length > WORD_MAX)
		return NULL;

	for (i = 0; i < count; i++) {
		size_t size = strlen(candidates[i]), longer, distance;

		if (size > WORD_MAX)
			continue;
		longer = size > length ? size : length;
		distance = edit_distance(word, length, candidates[i], size);
		if (distance * 3 <= longer + 1 && distance < nearest) {
			nearest = distance;
			found = candidates[i];
		}
	}
	return found;
}
