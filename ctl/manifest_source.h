/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * One manifest between its documents and its draft: everything that it and
 * the pieces which it includes say, with the place where they say it.
 */
#ifndef CTL_MANIFEST_SOURCE_H
#define CTL_MANIFEST_SOURCE_H

#include <jansson.h>
#include <stdbool.h>
#include <stddef.h>

#include "draft.h"
#include "expand.h"
#include "manifest.h"
#include "manifest_document.h"

/** struct manifest_origin - where something was said */
struct manifest_origin {
	const struct manifest_document *document;
	const struct position *position;
};

/**
 * struct manifest_member - one selector, or what lies in a segment
 * @origin: where it stands
 * @kind: how it selects
 * @pattern: its own, or NULL
 * @uid: CORDON_MEMBER_USER
 * @segment: index of the segment it lies in, or CORDON_NONE
 */
struct manifest_member {
	struct manifest_origin origin;
	enum cordon_member_kind kind;
	char *pattern;
	u32 uid;
	u32 segment;
};

/** struct manifest_program - one entry of "programs", or one segment */
struct manifest_program {
	struct manifest_origin origin;
	const char *exe;	/* or the segment's name */
	bool isolated;		/* a segment's, like the next two */
	bool management;
	bool protected;
};

/**
 * struct manifest_rule - one string of a list of rules, or one object
 * @origin: where it stands
 * @text: as it stands there; for an object: what would stand for it, with
 *	braces for its lists
 * @made: that text, if it is the rule's own
 * @note: of what it stands in, or NULL
 * @program: index, or CORDON_NONE
 * @effect: enum cordon_effect
 * @ops: bits of enum cordon_op
 * @patterns: what it stands for
 */
struct manifest_rule {
	struct manifest_origin origin;
	const char *text;
	char *made;
	const char *note;
	u32 program;
	u8 effect;
	u16 ops;
	struct expansion patterns;
};

/** struct manifest_response - one entry of "respond", of the manifest or a rule */
struct manifest_response {
	struct manifest_origin origin;
	struct cordon_draft_response response;
};

/**
 * struct manifest_source - one manifest, or one document of segments
 * @document: its own
 * @kind: enum cordon_document
 * @name: of the workload, or of the segments document
 * @name_origin: where that stands
 * @description: or NULL
 * @owner: or NULL
 * @effect: its default
 * @mode: of each class
 * @reject: is told who is refused from outside
 * @members: @member_count of them
 * @programs: @program_count of them, each exe once; or segments
 * @program_index: number of each program by its exe, of a segment by its name
 * @rules: @rule_count of them
 * @responses: @response_count of them
 * @pieces: documents included so far, each once
 *
 * Text belongs to the documents.
 */
struct manifest_source {
	const struct manifest_document *document;
	u8 kind;
	const char *name;
	struct manifest_origin name_origin;
	const char *description;
	const char *owner;
	u8 effect;
	u8 mode[CORDON_CLASS_COUNT];
	bool reject;
	struct manifest_member *members;
	size_t member_count;
	struct manifest_program *programs;
	size_t program_count;
	json_t *program_index;
	struct manifest_rule *rules;
	size_t rule_count;
	struct manifest_response *responses;
	size_t response_count;
	const struct manifest_document **pieces;
	size_t piece_count;
};

/**
 * struct manifest_library - every document that was read
 * @documents: a list
 * @count: how many
 * @failed: names of files that could not be read, so that each is told once
 * @options: how to read
 * @report: told of what is wrong
 */
struct manifest_library {
	struct manifest_document *documents;
	size_t count;
	json_t *failed;
	const struct manifest_options *options;
	struct report *report;
};

/** manifest_library_init - an empty library; false without memory */
bool manifest_library_init(struct manifest_library *library,
			   const struct manifest_options *options,
			   struct report *report);

/** manifest_library_free - release all documents */
void manifest_library_free(struct manifest_library *library);

/**
 * manifest_library_read - a document, read now or before
 * @library: its library
 * @file: name for people, and to open
 * @known: if not NULL: set if it had been read before
 *
 * Return: the document, or NULL, which has been told.
 */
const struct manifest_document *
manifest_library_read(struct manifest_library *library, const char *file,
		      bool *known);

/**
 * manifest_library_find - the file that an included name means
 * @library: its library
 * @from: the document that includes
 * @name: of a piece, as it stands there
 * @searched: if not NULL: the places, for an error, for free()
 *
 * Return: name of an existing file, for free(), or NULL.
 */
char *manifest_library_find(struct manifest_library *library,
			    const struct manifest_document *from,
			    const char *name, char **searched);

/** enum manifest_kind - what a document is, by its first words */
enum manifest_kind {
	MANIFEST_MANIFEST,	/* has "manifest" */
	MANIFEST_PIECE,		/* has "piece" */
	MANIFEST_CASES,		/* has "cordon-test" */
	MANIFEST_SEGMENTS,	/* has "segments" */
	MANIFEST_OTHER,
};

/** manifest_kind_of - what a document is */
enum manifest_kind manifest_kind_of(const struct manifest_document *document);

/**
 * manifest_source_read - read a manifest with all that it includes
 * @library: where pieces come from
 * @document: a manifest, or a piece, which is checked as if included
 *
 * Return: the source, even if errors were told; NULL without memory.
 */
struct manifest_source *
manifest_source_read(struct manifest_library *library,
		     const struct manifest_document *document);

/** manifest_source_free - release a source; NULL is allowed */
void manifest_source_free(struct manifest_source *source);

/** enum manifest_pattern_use - what a pattern is for */
enum manifest_pattern_use {
	MANIFEST_PATTERN_RULE,
	MANIFEST_PATTERN_PEER,		/* path of a unix socket */
	MANIFEST_PATTERN_PROGRAM,
	MANIFEST_PATTERN_MEMBER,
	MANIFEST_PATTERN_UNIT,
};

/**
 * manifest_pattern_read - expand and check a pattern
 * @reader: told of what is wrong
 * @value: position of the string that holds it
 * @start: bytes of the string before the pattern
 * @use: what it is for
 * @expansion: filled on success, for expansion_free(); else empty
 */
bool manifest_pattern_read(struct manifest_reader *reader,
			   const struct position *value, size_t start,
			   enum manifest_pattern_use use,
			   struct expansion *expansion);

/**
 * manifest_pattern_covers - does a path pattern match a path
 * @pattern: checked
 * @pattern_length: its bytes
 * @path: absolute and normal
 * @length: its bytes
 *
 * As the engine compiles it, but for single questions.
 */
bool manifest_pattern_covers(const char *pattern, size_t pattern_length,
			     const char *path, size_t length);

/** manifest_pattern_prefix - bytes of a checked pattern before its wildcards */
size_t manifest_pattern_prefix(const char *pattern);

/**
 * manifest_pattern_path - the one path that a checked pattern names
 *
 * Return: text for free(); NULL if it has wildcards, or without memory.
 */
char *manifest_pattern_path(const char *pattern);

/**
 * manifest_member_read - read one element of "members"
 * @reader: told of what is wrong
 * @value: position of a string
 * @foreign: the manifest is for another machine
 * @source: it is added to
 */
void manifest_member_read(struct manifest_reader *reader,
			  const struct position *value, bool foreign,
			  struct manifest_source *source);

/** manifest_source_check_entries - warn of what may be started and has no entry */
void manifest_source_check_entries(const struct manifest_source *source,
				   struct report *report);

/** manifest_source_check_net - warn of what is half said of peers */
void manifest_source_check_net(const struct manifest_source *source,
			       struct report *report);

/**
 * manifest_sources_resolve - find the segments and workloads that rules name
 * @sources: manifests and segments documents, read without an error
 * @count: how many
 * @options: who else may have them
 * @report: told of names that nobody has, and of segments that two define
 *
 * Return: the segments that are named and that no source defines, as keys; for
 * json_decref(), or NULL without memory.
 */
json_t *manifest_sources_resolve(struct manifest_source *const *sources,
				 size_t count,
				 const struct manifest_options *options,
				 struct report *report);

/**
 * manifest_elsewhere - a document that defines nothing but names of segments
 * @set: whose drafts have other names
 * @segments: the names, as keys
 *
 * Return: the draft, for free(), or NULL without memory.
 */
struct cordon_draft *manifest_elsewhere(const struct manifest_set *set,
					json_t *segments);

/** manifest_source_check_links - warn of patterns through symbolic links */
void manifest_source_check_links(const struct manifest_source *source,
				 struct report *report);

/**
 * manifest_source_draft - make the draft
 * @source: read without an error
 * @absolute: name files by their absolute names
 * @report: told if the engine refuses
 *
 * Return: the draft, for free(), or NULL.
 */
struct cordon_draft *manifest_source_draft(const struct manifest_source *source,
					   bool absolute,
					   struct report *report);

#endif /* CTL_MANIFEST_SOURCE_H */
