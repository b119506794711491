/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * Does one pattern allow all that another does: what tells a manifest that says
 * the same in other words from one that says more.
 *
 * "Yes" is always right.  "No" may be wrong where only a search through all
 * names could tell, as of "*" and "{a*,[!a]*}": then two that mean the same are
 * told as different.
 */
#ifndef CTL_COVER_H
#define CTL_COVER_H

#include <stdbool.h>
#include <stddef.h>

#include "shim.h"

/**
 * cover_path - does a pattern match whatever another one matches
 * @general: checked path pattern, or word of a nameless kind
 * @special: likewise
 */
bool cover_path(const char *general, const char *special);

/**
 * cover_pattern - the same, of any op
 * @op: that both are rules of
 * @general: checked pattern of a rule of @op
 * @special: likewise
 */
bool cover_pattern(enum cordon_op op, const char *general,
		   const char *special);

/**
 * cover_patterns - do patterns match, together, whatever another one matches
 * @op: that all are rules of
 * @general: @count of them
 * @count: how many
 * @special: that may be covered by several of them, as ports 80-81 by 80 and 81
 */
bool cover_patterns(enum cordon_op op, const char *const *general,
		    size_t count, const char *special);

#endif /* CTL_COVER_H */
