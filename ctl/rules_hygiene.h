/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* `rules --shadowed` and `rules --broad`. */
#ifndef CTL_RULES_HYGIENE_H
#define CTL_RULES_HYGIENE_H

#include <stdbool.h>

#include "output.h"

/**
 * struct rules_hygiene - what is wanted
 * @workload: only of that; NULL: of all
 * @program: only rules of that entry; NULL: of all
 * @manifest: file or directory that is asked; NULL: what is loaded
 * @include: directory of pieces, or NULL
 * @shadowed: rules that change nothing
 * @broad: rules that allow much
 */
struct rules_hygiene {
	const char *workload;
	const char *program;
	const char *manifest;
	const char *include;
	bool shadowed;
	bool broad;
};

/**
 * rules_hygiene - list rules that somebody should look at, and why
 * @output: with nothing open
 * @wanted: which
 *
 * Return: an enum exit_code; what failed has been told.
 */
int rules_hygiene(struct output *output, const struct rules_hygiene *wanted);

#endif /* CTL_RULES_HYGIENE_H */
