/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Patterns: how rules, programs and members name what they speak of.
 *
 *   /usr/bin/id          that path
 *   /srv/www/<*>.html    `*`: any bytes but '/', also none
 *   /srv/v?/[a-c]x       `?`: one byte but '/'; `[…]`: one of a set or range,
 *                        `[!…]`: none of it
 *   /srv/<**>            a component of its own: one or more components at the
 *                        end of a pattern, none or more before its end; so
 *                        /srv/<**> is all below /srv, but not /srv itself
 *   \x                   the byte x, whatever it means otherwise
 *   memfd: deleted:      nameless objects, by kind (enum cordon_object_kind)
 *   detached: anon:
 *
 * `{a,b}` is expanded by the manifest reader and never reaches the engine.
 * (In this comment `<` and `>` only keep the compiler's comment syntax whole.)
 */
#ifndef _CORDON_ENGINE_PATTERN_H
#define _CORDON_ENGINE_PATTERN_H

#include "shim.h"

/**
 * cordon_pattern_check - is this text a pattern that the engine accepts
 * @text: the pattern, @length bytes, need not end in NUL
 * @length: its size in bytes
 * @offset: if not NULL: where it is wrong, in bytes from its start
 *
 * Context: any; bounded by @length.
 * Return: NULL if it is a pattern, else why not, in static storage.
 */
const char *cordon_pattern_check(const char *text, size_t length,
				 size_t *offset);

/**
 * cordon_pattern_kind - the kind of object a checked pattern names
 * @text: a pattern that cordon_pattern_check() accepts
 * @length: its size in bytes
 *
 * Return: CORDON_OBJECT_PATH, or the nameless kind.
 */
enum cordon_object_kind cordon_pattern_kind(const char *text, size_t length);

/**
 * cordon_pattern_rank - how specific a checked path pattern is
 * @text: a pattern that cordon_pattern_check() accepts
 * @length: its size in bytes
 *
 * Return: literal patterns rank above all others, others by the bytes before
 * their first wildcard.
 */
u32 cordon_pattern_rank(const char *text, size_t length);

/**
 * cordon_component_match - does one name match one component of a pattern
 * @pattern: component of a checked pattern, not `**`
 * @pattern_length: its size in bytes
 * @name: the name, any bytes but '/' and NUL
 * @name_length: its size in bytes
 *
 * Greedy matching with one place to fall back to: only the last `*` can need
 * to take more, so the work is at most the product of the two lengths.
 *
 * Context: any.
 */
bool cordon_component_match(const char *pattern, size_t pattern_length,
			    const char *name, size_t name_length);

#endif /* _CORDON_ENGINE_PATTERN_H */
