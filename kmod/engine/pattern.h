/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Patterns: how rules, programs and members name what they speak of.
 *
 *   pattern   = "/"  |  "/" component { "/" component }  |  kind
 *   component = "**"  |  item { item }
 *   item      = "*"  |  "?"  |  set  |  "\" byte  |  byte
 *   set       = "[" [ "!" ] range { range } "]"
 *   range     = byte [ "-" byte ]
 *   kind      = "memfd:"  |  "deleted:"  |  "detached:"  |  "anon:"
 *             |  "abstract:" { byte }
 *
 * "*" stands for any number of bytes but slashes, also for none; "?" for one;
 * a set for one byte that is in one of its ranges, or with "!" in none.  The
 * component "**" stands for any number of components: one or more where it
 * ends the pattern, none or more before that.  So /srv followed by "**" is all
 * below /srv but not /srv itself, and "**" between /srv and x is every x below
 * /srv, /srv/x too.  A backslash takes from the next byte what it otherwise
 * means.  A kind names all nameless objects of that kind; but behind "abstract:"
 * may stand the one abstract name that is meant, byte for byte.
 *
 * A pattern is bytes: there is no case folding and no character set.  Where it
 * could be read in two ways it is refused: an empty set, "[" within a set, "^"
 * at its start, an unescaped brace (the manifest reader expands them, the
 * engine never sees one), "**" beside "**" or beside other bytes.
 */
#ifndef _CORDON_ENGINE_PATTERN_H
#define _CORDON_ENGINE_PATTERN_H

#include "shim.h"

#define CORDON_ABSTRACT_MAX 107	/* bytes of a unix socket's abstract name */

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
 * cordon_unit_check - is this text a systemd unit, perhaps with wildcards
 * @text: one component as in a path pattern, @length bytes.  Unit names as
 *	systemd escapes them contain backslashes: each is written twice
 * @length: its size in bytes
 * @offset: if not NULL: where it is wrong, in bytes from its start
 *
 * Context: any; bounded by @length.
 * Return: NULL if it is one, else why not, in static storage.
 */
const char *cordon_unit_check(const char *text, size_t length, size_t *offset);

/**
 * cordon_name_check - is this text a name of a workload or segment
 * @name: @length bytes, need not end in NUL
 * @length: its size in bytes
 *
 * Context: any.
 * Return: NULL if it is one, else why not, in static storage.
 */
const char *cordon_name_check(const char *name, size_t length);

/**
 * cordon_pattern_kind - the kind of object a checked pattern names
 * @text: a pattern that cordon_pattern_check() accepts
 * @length: its size in bytes
 *
 * Return: CORDON_OBJECT_PATH, or the nameless kind.
 */
enum cordon_object_kind cordon_pattern_kind(const char *text, size_t length);

/**
 * cordon_pattern_rank - how specific a checked pattern or unit is
 * @text: what cordon_pattern_check() or cordon_unit_check() accepts
 * @length: its size in bytes
 *
 * Return: a number that is higher for what is more specific.  Literal patterns
 * rank above all others; others by the bytes before their first wildcard, then
 * those with fewer "**", then by all bytes that stand for themselves.
 */
u32 cordon_pattern_rank(const char *text, size_t length);

/** enum cordon_component_kind - how a component matches */
enum cordon_component_kind {
	CORDON_COMPONENT_LITERAL,
	CORDON_COMPONENT_GLOB,
	CORDON_COMPONENT_STARSTAR,
};

/**
 * struct cordon_component - one component of a pattern
 * @text: where it begins, within the pattern
 * @length: its size in bytes, backslashes included
 * @kind: how it matches
 */
struct cordon_component {
	const char *text;
	u32 length;
	enum cordon_component_kind kind;
};

/** cordon_component_kind - how a checked component or unit matches */
enum cordon_component_kind cordon_component_kind(const char *text,
						 size_t length);

/**
 * cordon_pattern_next - step through a checked path pattern
 * @text: the pattern, not of a nameless kind
 * @length: its size in bytes
 * @offset: 0 at first; moved to the end of the component
 * @component: filled with the next component
 *
 * Context: any.
 * Return: false if there is none left.
 */
bool cordon_pattern_next(const char *text, size_t length, size_t *offset,
			 struct cordon_component *component);

/**
 * cordon_component_unescape - what a component says without backslashes
 * @pattern: component of a checked pattern, or part of one without sets
 * @length: its size in bytes
 * @to: room for @length bytes
 *
 * Context: any.
 * Return: how many bytes were written.
 */
u32 cordon_component_unescape(const char *pattern, size_t length, char *to);

/**
 * cordon_component_match - does one name match one component of a pattern
 * @pattern: component of a checked pattern, not "**"
 * @pattern_length: its size in bytes
 * @name: the name, any bytes but '/' and NUL
 * @name_length: its size in bytes
 *
 * Greedy matching with one place to fall back to: only the last "*" can need
 * to take more, so the work is at most the product of the two lengths.
 *
 * Context: any.
 */
bool cordon_component_match(const char *pattern, size_t pattern_length,
			    const char *name, size_t name_length);

#endif /* _CORDON_ENGINE_PATTERN_H */
