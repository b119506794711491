// SPDX-License-Identifier: LGPL-2.1-or-later
/*
 * The head of a manifest, and documents as a whole.
 */
#include "manifest_source.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "duration.h"
#include "manifest_parse.h"
#include "names.h"
#include "pattern.h"
#include "suggest.h"

int manifest_read_word(struct manifest_reader *reader,
		       const struct position *value, const char *what,
		       const char *const words[2])
{
	const char *text = json_string_value(value->value), *nearest;
	char *hint = NULL;
	size_t i;

	for (i = 0; i < 2; i++)
		if (!strcmp(text, words[i]))
			return i;
	nearest = suggest_nearest(text, words, 2);
	if (nearest && asprintf(&hint, "did you mean \"%s\"?", nearest) < 0)
		hint = NULL;
	manifest_error(reader, value, hint, "%s is \"%s\" or \"%s\", not \"%s\"",
		       what, words[0], words[1], text);
	free(hint);
	return -1;
}

bool manifest_read_duration(struct manifest_reader *reader,
			    const struct position *value, u32 max, u32 *seconds)
{
	char most[DURATION_TEXT];

	if (duration_parse(json_string_value(value->value), max, seconds))
		return true;
	manifest_error(reader, value, NULL,
		       "a time is written \"90s\", \"15m\", \"6h\" or \"7d\", and is at most %s here",
		       duration_print(max, most));
	return false;
}

void manifest_read_version(struct manifest_reader *reader,
			   const struct position *value)
{
	if (json_integer_value(value->value) != 1)
		manifest_error(reader, value, NULL,
			       "\"%s\" is of version %" JSON_INTEGER_FORMAT ", this cordonctl reads version 1",
			       value->key, json_integer_value(value->value));
}

bool manifest_is_name(const char *name)
{
	return !cordon_name_check(name, strlen(name));
}

void manifest_read_name(struct manifest_reader *reader,
			const struct position *value)
{
	struct manifest_source *source = manifest_parse_of(reader)->source;

	if (!manifest_is_name(json_string_value(value->value))) {
		manifest_error(reader, value, NULL,
			       "is no name: 1 to %d letters, digits, \".\", \"_\" or \"-\", a letter or digit first",
			       CORDON_NAME_MAX);
		return;
	}
	source->name = json_string_value(value->value);
	source->name_origin.document = reader->document;
	source->name_origin.position = value;
}

void manifest_read_description(struct manifest_reader *reader,
			       const struct position *value)
{
	manifest_parse_of(reader)->source->description =
		manifest_read_text(reader, value);
}

void manifest_read_owner(struct manifest_reader *reader,
			 const struct position *value)
{
	manifest_parse_of(reader)->source->owner =
		manifest_read_text(reader, value);
}

static void read_default(struct manifest_reader *reader,
			 const struct position *value)
{
	static const char *const words[] = {
		[CORDON_EFFECT_ALLOW] = "allow",
		[CORDON_EFFECT_DENY] = "deny",
	};
	int effect = manifest_read_word(reader, value, "\"default\"", words);

	if (effect >= 0)
		manifest_parse_of(reader)->source->effect = effect;
}

void manifest_read_mode(struct manifest_reader *reader,
			const struct position *value)
{
	static const char *const words[] = { "monitor", "enforce" };
	static const u8 modes[] = { CORDON_MODE_MONITOR, CORDON_MODE_ENFORCE };
	struct manifest_source *source = manifest_parse_of(reader)->source;
	const bool segments = source->kind == CORDON_DOCUMENT_SEGMENTS;
	int class = cordon_class_parse(value->key, strlen(value->key)), word;

	if (strcmp(json_string_value(value->value),
		   cordon_mode_name(CORDON_MODE_LEARN))) {
		word = manifest_read_word(reader, value, segments ? "a mode" :
					  "a mode but \"learn\"", words);
		if (word >= 0)
			source->mode[class] = modes[word];
	} else if (segments) {
		manifest_error(reader, value, "write \"monitor\"",
			       "segments do not learn: only workloads do");
	} else {
		source->mode[class] = CORDON_MODE_LEARN;
	}
}

void manifest_read_reject(struct manifest_reader *reader,
			  const struct position *value)
{
	manifest_parse_of(reader)->source->reject = json_is_true(value->value);
}

static const struct manifest_key mode_keys[] = {
	{ "exec", MANIFEST_STRING, MANIFEST_OPTIONAL, manifest_read_mode, NULL },
	{ "load", MANIFEST_STRING, MANIFEST_OPTIONAL, manifest_read_mode, NULL },
	{ "file", MANIFEST_STRING, MANIFEST_OPTIONAL, manifest_read_mode, NULL },
	{ "net", MANIFEST_STRING, MANIFEST_OPTIONAL, manifest_read_mode, NULL },
	{ "kernel", MANIFEST_STRING, MANIFEST_REFUSED, NULL,
	  "that class is reserved, and comes with a later version" },
};

static void read_modes(struct manifest_reader *reader,
		       const struct position *value)
{
	manifest_read_object(reader, value, "\"mode\"", mode_keys,
			     ARRAY_COUNT(mode_keys));
}

static void read_member(struct manifest_reader *reader,
			const struct position *value)
{
	struct manifest_parse *parse = manifest_parse_of(reader);

	manifest_member_read(reader, value, parse->library->options->foreign,
			     parse->source);
}

static void read_any(struct manifest_reader *reader,
		     const struct position *value)
{
	if (!value->first)
		manifest_error(reader, value, NULL,
			       "a workload needs at least one member");
	manifest_read_array(reader, value, MANIFEST_STRING, read_member);
}

static void read_host(struct manifest_reader *reader,
		      const struct position *value)
{
	struct manifest_source *source = manifest_parse_of(reader)->source;

	if (strcmp(json_string_value(value->value), "host")) {
		manifest_error(reader, value,
			       "one member is written { \"any\": [ \"exe:/usr/sbin/nginx\" ] }",
			       "\"members\" is \"host\", or an object");
		return;
	}
	source->members = calloc(1, sizeof(*source->members));
	if (!source->members) {
		manifest_error(reader, value, NULL, "out of memory");
		return;
	}
	source->members[0].origin.document = reader->document;
	source->members[0].origin.position = value;
	source->members[0].kind = CORDON_MEMBER_HOST;
	source->member_count = 1;
}

static const struct manifest_key members_keys[] = {
	{ "any", MANIFEST_ARRAY, MANIFEST_REQUIRED, read_any,
	  "a list, of which one is enough" },
};

static void read_members(struct manifest_reader *reader,
			 const struct position *value)
{
	if (json_is_string(value->value))
		read_host(reader, value);
	else
		manifest_read_object(reader, value, "\"members\"", members_keys,
				     ARRAY_COUNT(members_keys));
}

#define SCHEMA { "$schema", MANIFEST_STRING, MANIFEST_OPTIONAL, NULL, NULL }

/* Both kinds of documents have these; include is read behind the table. */
#define SHARED_KEYS \
	{ "include", MANIFEST_ARRAY, MANIFEST_OPTIONAL, NULL, NULL }, \
	{ "programs", MANIFEST_ARRAY, MANIFEST_OPTIONAL, manifest_read_programs, \
	  NULL }, \
	{ "allow", MANIFEST_ARRAY, MANIFEST_OPTIONAL, manifest_read_allow, NULL }, \
	{ "deny", MANIFEST_ARRAY, MANIFEST_OPTIONAL, manifest_read_deny, NULL }

static const struct manifest_key manifest_keys[] = {
	SCHEMA,
	{ "manifest", MANIFEST_INTEGER, MANIFEST_REQUIRED, manifest_read_version, NULL },
	{ "workload", MANIFEST_STRING, MANIFEST_REQUIRED, manifest_read_name,
	  "a name for the set of processes" },
	{ "description", MANIFEST_STRING, MANIFEST_OPTIONAL, manifest_read_description,
	  NULL },
	{ "owner", MANIFEST_STRING, MANIFEST_OPTIONAL, manifest_read_owner, NULL },
	{ "members", MANIFEST_STRING | MANIFEST_OBJECT, MANIFEST_REQUIRED,
	  read_members, "which processes it is about" },
	{ "mode", MANIFEST_OBJECT, MANIFEST_OPTIONAL, read_modes, NULL },
	{ "default", MANIFEST_STRING, MANIFEST_REQUIRED, read_default,
	  "\"deny\" or \"allow\": it is always written, never implied" },
	{ "reject", MANIFEST_BOOLEAN, MANIFEST_OPTIONAL, manifest_read_reject,
	  NULL },
	{ "respond", MANIFEST_ARRAY, MANIFEST_OPTIONAL, manifest_read_respond,
	  NULL },
	{ "promote", MANIFEST_OBJECT, MANIFEST_OPTIONAL, manifest_read_promote,
	  NULL },
	SHARED_KEYS,
};

#define NOT_IN_PIECE(word) { word, 0, MANIFEST_REFUSED, NULL, \
			     "it belongs into the manifest that includes the piece" }

static const struct manifest_key piece_keys[] = {
	SCHEMA,
	{ "piece", MANIFEST_INTEGER, MANIFEST_REQUIRED, manifest_read_version, NULL },
	{ "description", MANIFEST_STRING, MANIFEST_OPTIONAL, manifest_check_text, NULL },
	SHARED_KEYS,
	NOT_IN_PIECE("workload"),
	NOT_IN_PIECE("owner"),
	NOT_IN_PIECE("members"),
	NOT_IN_PIECE("mode"),
	NOT_IN_PIECE("default"),
	NOT_IN_PIECE("reject"),
	NOT_IN_PIECE("respond"),
	NOT_IN_PIECE("promote"),
};

void manifest_parse_document(struct manifest_parse *parse)
{
	const struct position *root = manifest_document_root(parse->document);
	const struct position *names = position_member(root, "include");
	struct manifest_reader reader = {
		.document = parse->document,
		.report = parse->library->report,
		.context = parse,
	};

	parse->program = CORDON_NONE;
	parse->effect = CORDON_EFFECT_ALLOW;
	parse->exes = json_object();
	if (!parse->exes)
		manifest_error(&reader, root, NULL, "out of memory");
	else if (manifest_kind_of(parse->document) == MANIFEST_PIECE)
		manifest_read_object(&reader, root, "a piece", piece_keys,
				     ARRAY_COUNT(piece_keys));
	else
		manifest_read_object(&reader, root, "a manifest",
				     manifest_keys, ARRAY_COUNT(manifest_keys));
	if (names && json_is_array(names->value)) {
		manifest_read_array(&reader, names, MANIFEST_STRING,
				    manifest_read_include);
		manifest_warn_of_repeated(&reader, names);
	}
	json_decref(parse->exes);
}

enum manifest_kind manifest_kind_of(const struct manifest_document *document)
{
	if (json_object_get(document->json, "manifest"))
		return MANIFEST_MANIFEST;
	if (json_object_get(document->json, "piece"))
		return MANIFEST_PIECE;
	if (json_object_get(document->json, "cordon-test"))
		return MANIFEST_CASES;
	if (json_object_get(document->json, "segments"))
		return MANIFEST_SEGMENTS;
	return MANIFEST_OTHER;
}

struct manifest_source *
manifest_source_read(struct manifest_library *library,
		     const struct manifest_document *document)
{
	struct manifest_source *source = calloc(1, sizeof(*source));
	struct manifest_parse parse = {
		.library = library,
		.source = source,
		.document = document,
	};
	size_t class;

	if (!source)
		return NULL;
	source->document = document;
	if (manifest_kind_of(document) == MANIFEST_SEGMENTS)
		source->kind = CORDON_DOCUMENT_SEGMENTS;
	source->effect = source->kind == CORDON_DOCUMENT_SEGMENTS ?
			 CORDON_EFFECT_ALLOW : CORDON_EFFECT_DENY;
	for (class = 0; class < CORDON_CLASS_COUNT; class++)
		source->mode[class] = CORDON_MODE_MONITOR;
	source->program_index = json_object();
	if (!source->program_index) {
		free(source);
		return NULL;
	}
	if (source->kind == CORDON_DOCUMENT_SEGMENTS)
		manifest_parse_segments(&parse);
	else
		manifest_parse_document(&parse);
	return source;
}

void manifest_source_free(struct manifest_source *source)
{
	size_t i;

	if (!source)
		return;
	for (i = 0; i < source->member_count; i++)
		free(source->members[i].pattern);
	for (i = 0; i < source->rule_count; i++) {
		expansion_free(&source->rules[i].patterns);
		free(source->rules[i].made);
	}
	json_decref(source->program_index);
	free(source->members);
	free(source->programs);
	free(source->rules);
	free(source->responses);
	free(source->pieces);
	free(source);
}
