// SPDX-License-Identifier: LGPL-2.1-or-later
#include "manifest_document.h"

#include <errno.h>
#include <fcntl.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "manifest.h"
#include "suggest.h"

static void tell(struct report *report,
		 const struct manifest_document *document, size_t offset,
		 const char *hint, const char *what)
{
	struct report_place place = { .file = document->file };

	position_locate(document->text, document->length, offset, &place.line,
			&place.column);
	report_add(report, REPORT_ERROR, &place, hint, "%s", what);
}

/* Read all of a file whose size was checked, but may be growing. */
static bool read_text(struct manifest_document *document, int file,
		      size_t size)
{
	ssize_t got = 1;

	document->text = malloc(size + 1);
	if (!document->text) {
		errno = ENOMEM;
		return false;
	}
	while (got && document->length < size) {
		got = read(file, document->text + document->length,
			   size - document->length);
		if (got < 0 && errno != EINTR)
			return false;
		if (got > 0)
			document->length += got;
	}
	document->text[document->length] = 0;
	return true;
}

static bool open_text(struct manifest_document *document,
		      struct report *report)
{
	const struct report_place place = { .file = document->file };
	struct stat status;
	bool done = false;
	int file;

	/* Not to wait for the other end if it is a pipe. */
	file = open(document->file, O_RDONLY | O_CLOEXEC | O_NONBLOCK);
	if (file < 0 || fstat(file, &status)) {
		report_add(report, REPORT_ERROR, &place, NULL,
			   "cannot be read: %s", strerror(errno));
	} else if (!S_ISREG(status.st_mode)) {
		report_add(report, REPORT_ERROR, &place, NULL,
			   S_ISDIR(status.st_mode) ?
			   "is a directory" : "is not a regular file");
	} else if (status.st_size > MANIFEST_FILE_MAX) {
		report_add(report, REPORT_ERROR, &place,
			   "split it into pieces, or generalise its rules",
			   "is larger than %u bytes", MANIFEST_FILE_MAX);
	} else if (!read_text(document, file, status.st_size)) {
		report_add(report, REPORT_ERROR, &place, NULL,
			   "cannot be read: %s", strerror(errno));
	} else {
		document->device = status.st_dev;
		document->inode = status.st_ino;
		done = true;
	}
	if (file >= 0)
		close(file);
	return done;
}

/* What Jansson has no words for, or stumbles over later than a reader would. */
static bool check_text(const struct manifest_document *document,
		       struct report *report)
{
	static const char mark[] = "\xef\xbb\xbf";
	const char *nul;

	if (!document->length) {
		const struct report_place place = { .file = document->file };

		report_add(report, REPORT_ERROR, &place, NULL, "is empty");
		return false;
	}
	if (document->length >= strlen(mark) &&
	    !memcmp(document->text, mark, strlen(mark))) {
		tell(report, document, 0, "save it as UTF-8 without one",
		     "the file begins with a byte order mark");
		return false;
	}
	nul = memchr(document->text, 0, document->length);
	if (nul) {
		tell(report, document, nul - document->text,
		     "is it really JSON, in UTF-8?",
		     "a NUL byte is not allowed");
		return false;
	}
	return true;
}

/* Offset of the first byte that is not UTF-8 as RFC 3629 has it. */
static size_t find_invalid(const struct manifest_document *document)
{
	const unsigned char *text = (const unsigned char *)document->text;
	size_t at = 0, follow, i;

	while (at < document->length) {
		unsigned char byte = text[at], low = 0x80, high = 0xbf;

		if (byte < 0x80)
			follow = 0;
		else if (byte >= 0xc2 && byte <= 0xdf)
			follow = 1;
		else if (byte >= 0xe0 && byte <= 0xef)
			follow = 2;
		else if (byte >= 0xf0 && byte <= 0xf4)
			follow = 3;
		else
			return at;
		/* Neither overlong, nor a surrogate, nor beyond U+10FFFF. */
		if (byte == 0xe0)
			low = 0xa0;
		else if (byte == 0xed)
			high = 0x9f;
		else if (byte == 0xf0)
			low = 0x90;
		else if (byte == 0xf4)
			high = 0x8f;
		for (i = 1; i <= follow; i++) {
			if (text[at + i] < low || text[at + i] > high)
				return at;
			low = 0x80;
			high = 0xbf;
		}
		at += 1 + follow;
	}
	return at;
}

/* The byte before @at that is no white space, or 0. */
static char byte_before(const struct manifest_document *document, size_t at)
{
	while (at-- > 0)
		if (!strchr(" \t\r\n", document->text[at]))
			return document->text[at];
	return 0;
}

/* What people write who know other formats better than JSON. */
static const char *syntax_hint(const struct manifest_document *document,
			       size_t at)
{
	char byte = at < document->length ? document->text[at] : 0;
	char before = byte_before(document, at);

	if (byte == '/' || byte == '#')
		return "JSON has no comments; say it in a \"note\"";
	if (byte == '\'')
		return "strings stand in double quotes";
	if ((byte == ']' || byte == '}') && before == ',')
		return "no comma may stand before it";
	if (byte == '"' && before && !strchr(",:[{", before))
		return "is a comma missing before it?";
	if (byte == '=')
		return "a key is followed by a colon";
	return NULL;
}

/*
 * Jansson has read up to and with the token that it could not place, and
 * quotes it if it is short: "'}' expected near 'foo'".
 */
static size_t token_offset(const struct manifest_document *document,
			   const json_error_t *error, size_t *message_length)
{
	size_t at = error->position > 0 ? error->position : 0, size;
	const char *near = strstr(error->text, " near '"), *next;

	if (at > document->length)
		at = document->length;
	*message_length = strlen(error->text);
	if (!near)
		return at;
	while ((next = strstr(near + 1, " near '")))
		near = next;
	*message_length = near - error->text;
	near += strlen(" near '");
	size = strlen(near);
	if (!size || size - 1 > at ||
	    memcmp(document->text + at - (size - 1), near, size - 1))
		return at;
	return at - (size - 1);
}

static void tell_syntax(const struct manifest_document *document,
			const json_error_t *error, struct report *report)
{
	size_t length, at = token_offset(document, error, &length);
	struct report_place place = { .file = document->file };
	const char *hint = NULL, *what = NULL;

	switch (json_error_code(error)) {
	case json_error_invalid_utf8:
		at = find_invalid(document);
		what = "a byte is not UTF-8";
		hint = "convert the file; iconv does that";
		break;
	case json_error_null_character:
		what = "\\u0000 is not allowed: no name in the kernel holds a NUL";
		break;
	case json_error_premature_end_of_input:
		at = document->length;
		what = "the file ends before the document does";
		hint = "is it cut off, or a bracket or quote missing?";
		break;
	case json_error_end_of_input_expected:
		what = "the file goes on after the document's end";
		hint = "a file holds one document";
		break;
	case json_error_stack_overflow:
		what = "nested deeper than a document may be";
		break;
	case json_error_numeric_overflow:
		what = "a number is too large";
		break;
	default:
		hint = syntax_hint(document, at);
		break;
	}
	position_locate(document->text, document->length, at, &place.line,
			&place.column);
	if (what)
		report_add(report, REPORT_ERROR, &place, hint, "%s", what);
	else
		report_add(report, REPORT_ERROR, &place, hint,
			   "is not JSON: %.*s", (int)length, error->text);
}

static void tell_value(struct manifest_reader *reader, enum report_level level,
		       const struct position *value, bool key,
		       const char *hint, const char *format, va_list arguments)
{
	char *pointer = position_pointer(value), *message = NULL;
	const struct report_place place = {
		.file = reader->document->file,
		.line = key ? value->key_line : value->line,
		.column = key ? value->key_column : value->column,
		.pointer = pointer,
	};

	if (vasprintf(&message, format, arguments) < 0)
		message = NULL;
	report_add(reader->report, level, &place, hint, "%s",
		   message ? message : format);
	free(message);
	free(pointer);
}

void manifest_error(struct manifest_reader *reader,
		    const struct position *value, const char *hint,
		    const char *format, ...)
{
	va_list arguments;

	va_start(arguments, format);
	tell_value(reader, REPORT_ERROR, value, false, hint, format, arguments);
	va_end(arguments);
}

void manifest_warning(struct manifest_reader *reader,
		      const struct position *value, const char *hint,
		      const char *format, ...)
{
	va_list arguments;

	va_start(arguments, format);
	tell_value(reader, REPORT_WARNING, value, false, hint, format,
		   arguments);
	va_end(arguments);
}

/* An error that is about a key, not about its value. */
__attribute__((format(printf, 4, 5)))
static void key_error(struct manifest_reader *reader,
		      const struct position *value, const char *hint,
		      const char *format, ...)
{
	va_list arguments;

	va_start(arguments, format);
	tell_value(reader, REPORT_ERROR, value, true, hint, format, arguments);
	va_end(arguments);
}

/* Tell of every key that stands in its object more than once. */
static void check_keys(struct manifest_reader *reader,
		       const struct position *object)
{
	const struct position *member;

	for (member = object->first; member; member = member->next) {
		if (member->replaced_by)
			key_error(reader, member, "keep one of them",
				  "\"%s\" stands in this object once more, at line %u",
				  member->key, member->replaced_by->key_line);
		else
			check_keys(reader, member);
	}
}

static bool parse_text(struct manifest_document *document,
		       struct report *report)
{
	struct manifest_reader reader = { document, report, NULL };
	struct position_fault fault;
	json_error_t error;

	document->json = json_loadb(document->text, document->length,
				    JSON_DECODE_ANY, &error);
	if (!document->json) {
		tell_syntax(document, &error, report);
		return false;
	}
	document->positions = position_tree_build(document->text,
						  document->length,
						  document->json,
						  MANIFEST_NESTING_MAX, &fault);
	if (!document->positions) {
		tell(report, document, fault.offset, NULL, fault.what);
		return false;
	}
	if (!manifest_type_check(&reader, manifest_document_root(document),
				 MANIFEST_OBJECT))
		return false;
	check_keys(&reader, manifest_document_root(document));
	return true;
}

struct manifest_document *manifest_document_read(const char *file,
						 struct report *report)
{
	struct manifest_document *document = calloc(1, sizeof(*document));

	if (document) {
		document->file = strdup(file);
		document->path = realpath(file, NULL);
	}
	if (!document || !document->file || (!document->path &&
					     errno == ENOMEM)) {
		const struct report_place place = { .file = file };

		report_add(report, REPORT_ERROR, &place, NULL,
			   "cannot be read: out of memory");
		goto out_free;
	}
	if (!open_text(document, report) || !check_text(document, report) ||
	    !parse_text(document, report))
		goto out_free;
	return document;

out_free:
	manifest_document_free(document);
	return NULL;
}

void manifest_document_free(struct manifest_document *document)
{
	if (!document)
		return;
	position_tree_free(document->positions);
	json_decref(document->json);
	free(document->text);
	free(document->path);
	free(document->file);
	free(document);
}

const struct position *
manifest_document_root(const struct manifest_document *document)
{
	return position_tree_root(document->positions);
}

void manifest_error_inside(struct manifest_reader *reader,
			   const struct position *string, size_t offset,
			   const char *hint, const char *what)
{
	const struct manifest_document *document = reader->document;
	char *pointer = position_pointer(string);
	const struct report_place place = {
		.file = document->file,
		.line = string->line,
		.column = position_inside(document->text, document->length,
					  string, offset),
		.pointer = pointer,
	};

	report_add(reader->report, REPORT_ERROR, &place, hint, "%s", what);
	free(pointer);
}

static const char *const type_names[] = {
	[JSON_OBJECT] = "an object",
	[JSON_ARRAY] = "an array",
	[JSON_STRING] = "a string",
	[JSON_INTEGER] = "a whole number",
	[JSON_REAL] = "a number",
	[JSON_TRUE] = "true",
	[JSON_FALSE] = "false",
	[JSON_NULL] = "null",
};

#define TYPE_COUNT (sizeof(type_names) / sizeof(type_names[0]))

bool manifest_type_check(struct manifest_reader *reader,
			 const struct position *value, unsigned int types)
{
	json_type found = json_typeof(value->value);
	char expected[128] = "";
	size_t type;

	if (types & 1u << found)
		return true;
	for (type = 0; type < TYPE_COUNT; type++) {
		if (!(types & 1u << type))
			continue;
		if (*expected)
			strcat(expected, " or ");
		strcat(expected, type_names[type]);
	}
	manifest_error(reader, value, NULL, "expected %s, found %s", expected,
		       type_names[found]);
	return false;
}

static const struct manifest_key *find_key(const struct manifest_key *keys,
					   size_t count, const char *key)
{
	size_t i;

	for (i = 0; i < count; i++)
		if (!strcmp(keys[i].key, key))
			return &keys[i];
	return NULL;
}

static void tell_unknown(struct manifest_reader *reader,
			 const struct position *member, const char *what,
			 const struct manifest_key *keys, size_t count)
{
	const char *names[count], *nearest;
	size_t known = 0, i;
	char *hint = NULL, *all = NULL;
	size_t size;
	FILE *stream;

	for (i = 0; i < count; i++)
		if (keys[i].need != MANIFEST_REFUSED)
			names[known++] = keys[i].key;
	nearest = suggest_nearest(member->key, names, known);
	if (nearest) {
		if (asprintf(&hint, "did you mean \"%s\"?", nearest) < 0)
			hint = NULL;
	} else {
		stream = open_memstream(&all, &size);
		for (i = 0; stream && i < known; i++)
			fprintf(stream, "%s%s", i ? ", " : "its keys are ",
				names[i]);
		if (stream && !fclose(stream))
			hint = all;
	}
	key_error(reader, member, hint, "%s has no key \"%s\"", what,
		  member->key);
	free(hint);
}

static void tell_missing(struct manifest_reader *reader,
			 const struct position *object, const char *what,
			 const struct manifest_key *keys, size_t count)
{
	size_t i;

	for (i = 0; i < count; i++)
		if (keys[i].need == MANIFEST_REQUIRED &&
		    !position_member(object, keys[i].key))
			manifest_error(reader, object, keys[i].why,
				       "%s needs the key \"%s\"", what,
				       keys[i].key);
}

void manifest_read_object(struct manifest_reader *reader,
			  const struct position *object, const char *what,
			  const struct manifest_key *keys, size_t count)
{
	const struct position *member;

	tell_missing(reader, object, what, keys, count);
	for (member = object->first; member; member = member->next) {
		const struct manifest_key *key;

		if (member->replaced_by)
			continue;
		key = find_key(keys, count, member->key);
		if (!key)
			tell_unknown(reader, member, what, keys, count);
		else if (key->need == MANIFEST_REFUSED)
			key_error(reader, member, key->why,
				  "\"%s\" has no place in %s", member->key,
				  what);
		else if (manifest_type_check(reader, member, key->types) &&
			 key->read)
			key->read(reader, member);
	}
}

void manifest_read_array(struct manifest_reader *reader,
			 const struct position *array, unsigned int types,
			 void (*read)(struct manifest_reader *reader,
				      const struct position *value))
{
	const struct position *element;

	for (element = array->first; element; element = element->next)
		if (manifest_type_check(reader, element, types))
			read(reader, element);
}
