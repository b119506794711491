// SPDX-License-Identifier: LGPL-2.1-or-later
#include "position.h"

#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* Positions are allocated by the block; none is freed before its tree. */
#define BLOCK_POSITIONS 256

struct block {
	struct block *next;
	struct position positions[BLOCK_POSITIONS];
};

/* A decoded key, kept where Jansson's own copy is not the one that is meant. */
struct spelling {
	struct spelling *next;
	char text[];
};

struct position_tree {
	struct block *blocks;
	struct spelling *spellings;
	size_t used;		/* positions of the first block */
	size_t count;
	struct position *root;
};

struct scanner {
	struct position_tree *tree;
	const char *text;
	size_t length;
	size_t at;
	uint32_t line;
	uint32_t column;
	unsigned int nesting;
	unsigned int depth;
	struct position_fault *fault;
};

/* Does this byte begin a character; UTF-8 continues with 10xxxxxx. */
static bool begins_character(char byte)
{
	return ((unsigned char)byte & 0xc0) != 0x80;
}

static void advance(struct scanner *scanner)
{
	char byte = scanner->text[scanner->at++];

	if (byte == '\n') {
		scanner->line++;
		scanner->column = 1;
	} else if (scanner->at < scanner->length &&
		   begins_character(scanner->text[scanner->at])) {
		scanner->column++;
	}
}

/* The byte at hand, or 0 at the end. */
static char peek(const struct scanner *scanner)
{
	return scanner->at < scanner->length ? scanner->text[scanner->at] : 0;
}

static void skip_past(struct scanner *scanner, const char *bytes)
{
	while (scanner->at < scanner->length &&
	       memchr(bytes, scanner->text[scanner->at], strlen(bytes)))
		advance(scanner);
}

static void skip_string(struct scanner *scanner)
{
	advance(scanner);
	while (scanner->at < scanner->length && peek(scanner) != '"') {
		if (peek(scanner) == '\\')
			advance(scanner);
		if (scanner->at < scanner->length)
			advance(scanner);
	}
	if (scanner->at < scanner->length)
		advance(scanner);
}

static void skip_word(struct scanner *scanner)
{
	while (scanner->at < scanner->length &&
	       !memchr(" \t\r\n,]}", peek(scanner), 7))
		advance(scanner);
}

static struct position *fail(struct scanner *scanner, const char *what)
{
	scanner->fault->what = what;
	scanner->fault->offset = scanner->at;
	return NULL;
}

static struct position *new_position(struct scanner *scanner)
{
	struct position_tree *tree = scanner->tree;
	struct position *position;

	if (tree->count >= POSITION_VALUES_MAX)
		return fail(scanner, "more values than a document may hold");
	if (!tree->blocks || tree->used == BLOCK_POSITIONS) {
		struct block *block = calloc(1, sizeof(*block));

		if (!block)
			return fail(scanner, "out of memory");
		block->next = tree->blocks;
		tree->blocks = block;
		tree->used = 0;
	}
	position = &tree->blocks->positions[tree->used++];
	tree->count++;
	return position;
}

/* The text of a key with escapes in it: Jansson knows how to read those. */
static const char *decode_key(struct scanner *scanner, size_t from, size_t to)
{
	json_t *string = json_loadb(scanner->text + from, to - from,
				    JSON_DECODE_ANY, NULL);
	size_t length = json_string_length(string);
	struct spelling *spelling = NULL;

	if (!json_is_string(string))
		goto out;
	spelling = malloc(sizeof(*spelling) + length + 1);
	if (!spelling)
		goto out;
	memcpy(spelling->text, json_string_value(string), length + 1);
	spelling->next = scanner->tree->spellings;
	scanner->tree->spellings = spelling;
out:
	json_decref(string);
	return spelling ? spelling->text : NULL;
}

/* Of members with one key the last counts, as for Jansson. */
static bool mark_replaced(struct position *object)
{
	size_t count = object->last->index + 1;
	struct position **members = calloc(count, sizeof(*members)), *member;
	json_t *last = json_object();
	bool marked = members && last;

	for (member = object->first; member && marked; member = member->next) {
		members[member->index] = member;
		marked = json_object_set_new(last, member->key,
					     json_integer(member->index)) == 0;
	}
	for (member = object->first; member && marked; member = member->next) {
		size_t index = json_integer_value(json_object_get(last,
								  member->key));

		if (index != member->index) {
			member->replaced_by = members[index];
			member->value = NULL;
		}
	}
	json_decref(last);
	free(members);
	return marked;
}

static struct position *scan_value(struct scanner *scanner, json_t *value,
				   struct position *parent);

static void append(struct position *parent, struct position *child)
{
	child->index = parent->last ? parent->last->index + 1 : 0;
	if (parent->last)
		parent->last->next = child;
	else
		parent->first = child;
	parent->last = child;
}

static struct position *scan_array(struct scanner *scanner,
				   struct position *array)
{
	struct position *element;
	size_t index = 0;

	advance(scanner);
	skip_past(scanner, " \t\r\n");
	while (scanner->at < scanner->length && peek(scanner) != ']') {
		element = scan_value(scanner,
				     json_array_get(array->value, index++),
				     array);
		if (!element)
			return NULL;
		append(array, element);
		skip_past(scanner, " \t\r\n,");
	}
	if (scanner->at < scanner->length)
		advance(scanner);
	return array;
}

static struct position *scan_member(struct scanner *scanner,
				    struct position *object)
{
	size_t from = scanner->at;
	uint32_t line = scanner->line, column = scanner->column;
	struct position *member;
	const char *key;

	skip_string(scanner);
	key = decode_key(scanner, from, scanner->at);
	if (!key)
		return fail(scanner, "out of memory");
	skip_past(scanner, " \t\r\n:");
	member = scan_value(scanner, json_object_get(object->value, key),
			    object);
	if (!member)
		return NULL;
	member->key = key;
	member->key_offset = from;
	member->key_line = line;
	member->key_column = column;
	append(object, member);
	skip_past(scanner, " \t\r\n,");
	return member;
}

static struct position *scan_object(struct scanner *scanner,
				    struct position *object)
{
	advance(scanner);
	skip_past(scanner, " \t\r\n");
	while (peek(scanner) == '"')
		if (!scan_member(scanner, object))
			return NULL;
	if (scanner->at < scanner->length)
		advance(scanner);
	if (object->last && object->value &&
	    object->last->index + 1 != json_object_size(object->value) &&
	    !mark_replaced(object))
		return fail(scanner, "out of memory");
	return object;
}

/* Recursion is bounded by scanner->nesting. */
static struct position *scan_value(struct scanner *scanner, json_t *value,
				   struct position *parent)
{
	struct position *position = new_position(scanner);
	bool nests = peek(scanner) == '{' || peek(scanner) == '[';

	if (!position)
		return NULL;
	if (nests && scanner->depth == scanner->nesting)
		return fail(scanner, "nested deeper than a document may be");

	position->value = value;
	position->parent = parent;
	position->offset = position->key_offset = scanner->at;
	position->line = position->key_line = scanner->line;
	position->column = position->key_column = scanner->column;

	scanner->depth++;
	switch (peek(scanner)) {
	case '{':
		position = scan_object(scanner, position);
		break;
	case '[':
		position = scan_array(scanner, position);
		break;
	case '"':
		skip_string(scanner);
		break;
	default:
		skip_word(scanner);
		break;
	}
	scanner->depth--;
	return position;
}

struct position_tree *position_tree_build(const char *text, size_t length,
					  json_t *root, unsigned int nesting,
					  struct position_fault *fault)
{
	struct position_tree *tree = calloc(1, sizeof(*tree));
	struct scanner scanner = {
		.tree = tree,
		.text = text,
		.length = length,
		.line = 1,
		.column = 1,
		.nesting = nesting,
		.fault = fault,
	};

	if (!tree) {
		fail(&scanner, "out of memory");
		return NULL;
	}
	skip_past(&scanner, " \t\r\n");
	tree->root = scan_value(&scanner, root, NULL);
	if (!tree->root) {
		position_tree_free(tree);
		return NULL;
	}
	return tree;
}

void position_tree_free(struct position_tree *tree)
{
	if (!tree)
		return;
	while (tree->blocks) {
		struct block *block = tree->blocks;

		tree->blocks = block->next;
		free(block);
	}
	while (tree->spellings) {
		struct spelling *spelling = tree->spellings;

		tree->spellings = spelling->next;
		free(spelling);
	}
	free(tree);
}

const struct position *position_tree_root(const struct position_tree *tree)
{
	return tree->root;
}

const struct position *position_member(const struct position *object,
				       const char *key)
{
	const struct position *member;

	for (member = object->first; member; member = member->next)
		if (!member->replaced_by && member->key &&
		    strcmp(member->key, key) == 0)
			return member;
	return NULL;
}

/* Bytes of one reference token: '~' and '/' are written as two. */
static size_t token_size(const char *key)
{
	size_t size = 0;

	for (; *key; key++)
		size += *key == '~' || *key == '/' ? 2 : 1;
	return size;
}

char *position_pointer(const struct position *position)
{
	const struct position *at;
	char number[16], *pointer, *end;
	size_t size = 1;

	for (at = position; at->parent; at = at->parent)
		size += 1 + (at->key ? token_size(at->key) : sizeof(number));
	pointer = malloc(size);
	if (!pointer)
		return NULL;

	end = pointer + size - 1;
	*end = 0;
	for (at = position; at->parent; at = at->parent) {
		const char *token = at->key, *byte;

		if (!token) {
			snprintf(number, sizeof(number), "%u", at->index);
			token = number;
		}
		for (byte = token + strlen(token); byte-- > token; ) {
			if (*byte == '~' || *byte == '/') {
				*--end = *byte == '~' ? '0' : '1';
				*--end = '~';
			} else {
				*--end = *byte;
			}
		}
		*--end = '/';
	}
	memmove(pointer, end, pointer + size - end);
	return pointer;
}

void position_locate(const char *text, size_t length, size_t offset,
		     unsigned int *line, unsigned int *column)
{
	size_t at;

	*line = 1;
	*column = 1;
	for (at = 0; at < offset && at < length; at++) {
		if (text[at] == '\n') {
			(*line)++;
			*column = 1;
		} else if (at + 1 == length || begins_character(text[at + 1])) {
			(*column)++;
		}
	}
}

static unsigned int hexadecimal(const char *digits)
{
	char text[5] = { 0 };

	memcpy(text, digits, 4);
	return strtoul(text, NULL, 16);
}

/* Bytes that an escape takes in the text, and that it stands for in UTF-8. */
static void measure_escape(const char *text, size_t left, size_t *taken,
			   size_t *meant)
{
	unsigned int code;

	*taken = left < 2 ? left : 2;
	*meant = 1;
	if (left < 6 || text[1] != 'u')
		return;

	code = hexadecimal(text + 2);
	*taken = 6;
	*meant = code < 0x80 ? 1 : code < 0x800 ? 2 : 3;
	if (code >= 0xd800 && code < 0xdc00 && left >= 12) {
		*taken = 12;
		*meant = 4;
	}
}

unsigned int position_inside(const char *text, size_t length,
			     const struct position *string, size_t offset)
{
	size_t at = (size_t)string->offset + 1, decoded = 0;
	unsigned int column = string->column + 1;

	while (at < length && text[at] != '"') {
		size_t taken = 1, meant = 1, end;

		if (text[at] == '\\')
			measure_escape(text + at, length - at, &taken, &meant);
		if (offset < decoded + meant)
			break;
		decoded += meant;
		for (end = at + taken; at < end; at++)
			column += at + 1 == length ||
				  begins_character(text[at + 1]);
	}
	return column;
}
