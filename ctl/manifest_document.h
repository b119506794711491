/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * A JSON document on its way to meaning: read from a file, checked to be text
 * and JSON, and walked by tables of the keys that an object may have.  Serves
 * manifests, pieces and documents of test cases.
 */
#ifndef CTL_MANIFEST_DOCUMENT_H
#define CTL_MANIFEST_DOCUMENT_H

#include <jansson.h>
#include <stdbool.h>
#include <stddef.h>
#include <sys/types.h>

#include "position.h"
#include "report.h"

/**
 * struct manifest_document - one file
 * @next: for lists of documents
 * @file: its name for people
 * @path: its absolute name, symbolic links resolved
 * @device: with @inode: which file it is, whatever its name
 * @inode: see @device
 * @text: its bytes
 * @length: how many
 * @json: its values
 * @positions: where they stand
 */
struct manifest_document {
	struct manifest_document *next;
	char *file;
	char *path;
	dev_t device;
	ino_t inode;
	char *text;
	size_t length;
	json_t *json;
	struct position_tree *positions;
};

/**
 * manifest_document_read - read and parse one file
 * @file: its name
 * @report: told of what is wrong
 *
 * Only regular files of at most MANIFEST_FILE_MAX bytes are read.  The
 * outermost value is an object.  A key that stands in an object twice is told
 * as an error, but leaves a document in which the last one counts, so that
 * all else that is wrong with it can be told too.
 *
 * Return: the document, or NULL.
 */
struct manifest_document *manifest_document_read(const char *file,
						 struct report *report);

/** manifest_document_free - release a document; NULL is allowed */
void manifest_document_free(struct manifest_document *document);

/** manifest_document_root - position of its outermost object */
const struct position *
manifest_document_root(const struct manifest_document *document);

/**
 * struct manifest_reader - what reading a document goes on with
 * @document: that is read
 * @report: told of what is wrong
 * @context: for the functions of the tables
 */
struct manifest_reader {
	const struct manifest_document *document;
	struct report *report;
	void *context;
};

/**
 * enum manifest_need - what an object says of one of its keys
 * @MANIFEST_OPTIONAL: it may be there
 * @MANIFEST_REQUIRED: it must be there
 * @MANIFEST_REFUSED: it must not, and the table says why
 */
enum manifest_need {
	MANIFEST_OPTIONAL,
	MANIFEST_REQUIRED,
	MANIFEST_REFUSED,
};

/* Types of values, as bits. */
#define MANIFEST_STRING		(1u << JSON_STRING)
#define MANIFEST_ARRAY		(1u << JSON_ARRAY)
#define MANIFEST_OBJECT		(1u << JSON_OBJECT)
#define MANIFEST_INTEGER	(1u << JSON_INTEGER)
#define MANIFEST_BOOLEAN	(1u << JSON_TRUE | 1u << JSON_FALSE)

/**
 * struct manifest_key - one key that an object may have
 * @key: the key
 * @types: bits of the types its value may have
 * @need: whether it must be there
 * @read: called with its value, if that is of a right type; may be NULL
 * @why: MANIFEST_REFUSED: why; MANIFEST_REQUIRED: perhaps what it is for
 */
struct manifest_key {
	const char *key;
	unsigned int types;
	enum manifest_need need;
	void (*read)(struct manifest_reader *reader,
		     const struct position *value);
	const char *why;
};

/**
 * manifest_read_object - walk an object by a table of its keys
 * @reader: goes to the table's functions
 * @object: position of an object
 * @what: what it is, for errors: "a manifest"
 * @keys: the table
 * @count: its size
 *
 * Told: keys that are not in the table, with the nearest that is; refused and
 * missing ones; values of a wrong type.
 */
void manifest_read_object(struct manifest_reader *reader,
			  const struct position *object, const char *what,
			  const struct manifest_key *keys, size_t count);

/**
 * manifest_read_array - walk an array
 * @reader: goes to @read
 * @array: position of an array
 * @types: bits of the types its elements may have
 * @read: called with each element of a right type
 */
void manifest_read_array(struct manifest_reader *reader,
			 const struct position *array, unsigned int types,
			 void (*read)(struct manifest_reader *reader,
				      const struct position *value));

/** manifest_type_check - is @value of one of @types; if not, that is told */
bool manifest_type_check(struct manifest_reader *reader,
			 const struct position *value, unsigned int types);

/**
 * manifest_error - tell that a value is wrong
 * @reader: whose document it is in
 * @value: its position
 * @hint: what to do about it, or NULL
 * @format: as for printf()
 */
void manifest_error(struct manifest_reader *reader,
		    const struct position *value, const char *hint,
		    const char *format, ...)
	__attribute__((format(printf, 4, 5)));

/** manifest_warning - tell that a value is likely not what was meant */
void manifest_warning(struct manifest_reader *reader,
		      const struct position *value, const char *hint,
		      const char *format, ...)
	__attribute__((format(printf, 4, 5)));

/**
 * manifest_error_inside - tell that a string is wrong at one byte
 * @reader: whose document it is in
 * @string: its position
 * @offset: of the byte in the string's value
 * @hint: what to do about it, or NULL
 * @what: what is wrong
 */
void manifest_error_inside(struct manifest_reader *reader,
			   const struct position *string, size_t offset,
			   const char *hint, const char *what);

#endif /* CTL_MANIFEST_DOCUMENT_H */
