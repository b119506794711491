/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * What a misspelt word most likely meant.
 */
#ifndef CTL_SUGGEST_H
#define CTL_SUGGEST_H

#include <stddef.h>

/**
 * suggest_nearest - the candidate nearest to a misspelt word
 * @word: what was written
 * @candidates: what would have been right
 * @count: how many
 *
 * Nearest by edit distance: inserted, deleted, changed and swapped letters
 * (optimal string alignment).  A candidate further away than a third of the
 * longer word's letters is no suggestion, and neither is a word that is much
 * longer than any candidate.
 *
 * Return: one of @candidates, or NULL.
 */
const char *suggest_nearest(const char *word, const char *const *candidates,
			    size_t count);

#endif /* CTL_SUGGEST_H */
