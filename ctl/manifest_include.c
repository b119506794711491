// SPDX-License-Identifier: LGPL-2.1-or-later
/*
 * Pieces: documents that manifests include, and pieces too.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "manifest_parse.h"

static bool is_include(const char *name)
{
	const char *at;

	if (!*name || strlen(name) >= CORDON_PATH_MAX)
		return false;
	for (at = name; *at; at++) {
		bool first = at == name || at[-1] == '/';

		if (first && (*at == '.' || *at == '/'))
			return false;
		if ((unsigned char)*at < ' ' || *at == 0x7f)
			return false;
	}
	return at[-1] != '/';
}

/* Is @document among those that include each other up to @parse. */
static bool is_open(const struct manifest_parse *parse,
		    const struct manifest_document *document)
{
	for (; parse; parse = parse->outer)
		if (parse->document == document)
			return true;
	return false;
}

/* The cycle from @document back to itself, as it was included. */
static char *describe_chain(const struct manifest_parse *parse,
			    const struct manifest_document *document)
{
	const struct manifest_document *chain[MANIFEST_INCLUDE_MAX + 1];
	size_t count = 0, size;
	char *text = NULL;
	FILE *stream;

	for (; parse; parse = parse->outer) {
		chain[count++] = parse->document;
		if (parse->document == document)
			break;
	}
	stream = open_memstream(&text, &size);
	if (!stream)
		return NULL;
	while (count--)
		fprintf(stream, "%s includes ", chain[count]->file);
	fprintf(stream, "%s", document->file);
	if (fclose(stream)) {
		free(text);
		return NULL;
	}
	return text;
}

/* Note that a piece is part of the source; false if it was already. */
static bool add_piece(struct manifest_reader *reader,
		      const struct position *value,
		      const struct manifest_document *document)
{
	struct manifest_source *source = manifest_parse_of(reader)->source;
	const struct manifest_document **piece;
	size_t i;

	for (i = 0; i < source->piece_count; i++)
		if (source->pieces[i] == document)
			return false;
	piece = manifest_grow(reader, value, (void **)&source->pieces,
			      source->piece_count, sizeof(*piece));
	if (!piece)
		return false;
	*piece = document;
	source->piece_count++;
	return true;
}

static void include(struct manifest_reader *reader,
		    const struct position *value,
		    const struct manifest_document *document)
{
	struct manifest_parse *parse = manifest_parse_of(reader);
	struct manifest_parse inner = {
		.library = parse->library,
		.source = parse->source,
		.outer = parse,
		.document = document,
		.depth = parse->depth + 1,
	};

	if (is_open(parse, document)) {
		char *chain = describe_chain(parse, document);

		manifest_error(reader, value, NULL,
			       "a piece includes itself: %s",
			       chain ? chain : document->file);
		free(chain);
	} else if (manifest_kind_of(document) != MANIFEST_PIECE) {
		manifest_error(reader, value,
			       "a piece begins with { \"piece\": 1",
			       "%s is not a piece", document->file);
	} else if (inner.depth > MANIFEST_INCLUDE_MAX) {
		manifest_error(reader, value, NULL,
			       "more than %d pieces include one another in a row",
			       MANIFEST_INCLUDE_MAX);
	} else if (add_piece(reader, value, document)) {
		manifest_parse_document(&inner);
	}
}

void manifest_read_include(struct manifest_reader *reader,
			   const struct position *value)
{
	struct manifest_library *library = manifest_parse_of(reader)->library;
	const char *name = json_string_value(value->value);
	const struct manifest_document *document;
	char *file, *searched, *hint = NULL;

	if (!is_include(name)) {
		manifest_error(reader, value,
			       "write it as \"base/shared-libraries\"",
			       "a piece is named by where it lies below a directory of manifests, never by \"..\"");
		return;
	}
	file = manifest_library_find(library, reader->document, name,
				     &searched);
	if (!file) {
		if (asprintf(&hint, "looked in %s",
			     searched ? searched : "no place") < 0)
			hint = NULL;
		manifest_error(reader, value, hint, "there is no piece \"%s\"",
			       name);
	} else {
		document = manifest_library_read(library, file, NULL);
		if (document)
			include(reader, value, document);
		else
			manifest_error(reader, value, NULL,
				       "the piece %s cannot be used", file);
	}
	free(hint);
	free(searched);
	free(file);
}
