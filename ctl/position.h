/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * Where the values of a JSON document stand in its text.  Jansson tells that
 * of syntax errors only; a position tree lies beside its values and tells it
 * of every one of them, and of every key.
 */
#ifndef CTL_POSITION_H
#define CTL_POSITION_H

#include <jansson.h>
#include <stddef.h>
#include <stdint.h>

/** POSITION_VALUES_MAX - values of one document */
#define POSITION_VALUES_MAX (1u << 20)

/**
 * struct position - one value, and where it stands
 * @value: borrowed from the document; NULL for what is replaced
 * @parent: the array or object that holds it; NULL for the document's root
 * @next: the value after it in @parent
 * @first: the first value it holds
 * @last: the last one
 * @replaced_by: the same key stands once more in @parent, and that one counts
 * @key: in an object, its key, decoded; else NULL
 * @offset: of its first byte in the text
 * @key_offset: likewise of its key's
 * @line: from 1
 * @column: from 1, in characters: Unicode code points, a tab is one
 * @key_line: of its key, or as @line
 * @key_column: likewise
 * @index: its place in @parent, from 0
 */
struct position {
	json_t *value;
	const struct position *parent;
	struct position *next;
	struct position *first;
	struct position *last;
	const struct position *replaced_by;
	const char *key;
	uint32_t offset;
	uint32_t key_offset;
	uint32_t line;
	uint32_t column;
	uint32_t key_line;
	uint32_t key_column;
	uint32_t index;
};

/**
 * struct position_fault - why there is no tree
 * @what: a clause in static storage
 * @offset: the byte at which it was seen
 */
struct position_fault {
	const char *what;
	size_t offset;
};

struct position_tree;

/**
 * position_tree_build - lay positions beside a document's values
 * @text: what Jansson parsed @root from, all of it
 * @length: bytes, at most UINT32_MAX
 * @root: the values; must outlive the tree, as must @text
 * @nesting: how deep arrays and objects may be nested
 * @fault: filled on failure
 *
 * Return: the tree, or NULL: nested too deep, too many values, no memory.
 */
struct position_tree *position_tree_build(const char *text, size_t length,
					  json_t *root, unsigned int nesting,
					  struct position_fault *fault);

/** position_tree_free - release a tree; NULL is allowed */
void position_tree_free(struct position_tree *tree);

/** position_tree_root - position of the document's outermost value */
const struct position *position_tree_root(const struct position_tree *tree);

/** position_member - the member @key of an object, or NULL; the one that counts */
const struct position *position_member(const struct position *object,
				       const char *key);

/**
 * position_pointer - JSON pointer (RFC 6901) to a value
 *
 * Return: text for free(), or NULL without memory.
 */
char *position_pointer(const struct position *position);

/**
 * position_locate - line and column of a byte
 * @text: the document
 * @length: its bytes
 * @offset: of the byte; beyond the end counts as the end
 * @line: filled, from 1
 * @column: filled, from 1, in characters
 */
void position_locate(const char *text, size_t length, size_t offset,
		     unsigned int *line, unsigned int *column);

/**
 * position_inside - column of one byte of a string's value
 * @text: the document
 * @length: its bytes
 * @string: position of a string in it
 * @offset: of a byte in the string's decoded value
 *
 * Return: column of that byte, or of the escape that stands for it; of the
 * closing quote if @offset is the value's length or more.  The line is the
 * string's own.
 */
unsigned int position_inside(const char *text, size_t length,
			     const struct position *string, size_t offset);

#endif /* CTL_POSITION_H */
