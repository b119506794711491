/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * Unit files as systemd puts them together: the file of the highest directory,
 * and the drop-ins of all, read where they lie, so that no systemd need run.
 * systemd.unit(5) and systemd.syntax(7) say what they mean.
 */
#ifndef CTL_PROVISION_UNIT_FILE_H
#define CTL_PROVISION_UNIT_FILE_H

#include <stdbool.h>
#include <stddef.h>

#include "memory.h"
#include "root.h"

/** struct unit_setting - one assignment */
struct unit_setting {
	char *section;
	char *key;
	char *value;
};

/**
 * struct unit - one unit
 * @name: with its type and, if there is one, its instance; of an alias what it
 *	leads to
 * @files: that it was read from
 * @settings: in the order in which they count
 * @count: how many
 */
struct unit {
	char *name;
	struct texts files;
	struct unit_setting *settings;
	size_t count;
};

/** enum unit_found - what became of unit_read() */
enum unit_found {
	UNIT_FOUND,
	UNIT_ABSENT,	/* there is no such unit */
	UNIT_MASKED,	/* it leads to /dev/null, or is empty */
	UNIT_INVALID,	/* this is no unit's name */
};

/** unit_is_name - could a unit be called that, its type included */
bool unit_is_name(const char *name);

/**
 * unit_read - read a unit
 * @unit: filled if found
 * @root: where
 * @name: with its type
 */
enum unit_found unit_read(struct unit *unit, const struct root *root,
			  const char *name);

/** unit_free - release a unit; it is empty afterwards */
void unit_free(struct unit *unit);

/** unit_value - the last value of a key, or NULL; not expanded */
const char *unit_value(const struct unit *unit, const char *section,
		       const char *key);

/** unit_flag - the last value of a key as a boolean; "no" where it is none */
bool unit_flag(const struct unit *unit, const char *section, const char *key);

/**
 * unit_values - all values of a key since the last empty one
 * @unit: the unit
 * @section: of the key
 * @key: that may be given more than once
 * @values: added to; specifiers are expanded, what is not known is
 *	PROVISION_ANY
 */
void unit_values(const struct unit *unit, const char *section, const char *key,
		 struct texts *values);

/** unit_raw - the same, with specifiers as they stand */
void unit_raw(const struct unit *unit, const char *section, const char *key,
	      struct texts *values);

/** unit_words - likewise, taken apart into words */
void unit_words(const struct unit *unit, const char *section, const char *key,
		struct texts *words);

/**
 * unit_expand - specifiers
 * @unit: the unit
 * @text: in which %n and its kin stand for something
 *
 * Return: for free().
 */
char *unit_expand(const struct unit *unit, const char *text);

/**
 * unit_split - words, as systemd takes them apart: quotes and backslashes
 * @text: a value
 * @words: added to
 *
 * A quote that is not closed goes to the end.
 */
void unit_split(const char *text, struct texts *words);

#endif /* CTL_PROVISION_UNIT_FILE_H */
