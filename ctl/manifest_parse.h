/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* What the files that read the keys of manifests and pieces share. */
#ifndef CTL_MANIFEST_PARSE_H
#define CTL_MANIFEST_PARSE_H

#include "manifest_source.h"

#define ARRAY_COUNT(array) (sizeof(array) / sizeof((array)[0]))

/**
 * struct manifest_parse - where in a manifest the reading is
 * @library: where pieces come from
 * @source: what it adds to
 * @outer: the document that includes the one which is read
 * @document: the one which is read
 * @depth: how many include it, one through the other
 * @program: index of the program whose keys are read, or CORDON_NONE
 * @effect: of the rules that are read
 * @note: of what they stand in, or NULL
 * @first_rule: of the element of "deny" whose responses are read
 * @exes: programs of this document: from exe to its line
 */
struct manifest_parse {
	struct manifest_library *library;
	struct manifest_source *source;
	const struct manifest_parse *outer;
	const struct manifest_document *document;
	unsigned int depth;
	u32 program;
	u8 effect;
	const char *note;
	size_t first_rule;
	json_t *exes;
};

/** manifest_parse_of - what a function of a table of keys goes on with */
static inline struct manifest_parse *
manifest_parse_of(const struct manifest_reader *reader)
{
	return reader->context;
}

/**
 * manifest_grow - room for one more element of an array
 * @reader: told if there is no memory
 * @value: what the element comes from
 * @array: of the source, grown
 * @count: elements that it holds
 * @size: of one
 *
 * Room doubles whenever the count is a power of two, so that no capacity need
 * be kept.
 *
 * Return: the new element, not initialised, or NULL.
 */
void *manifest_grow(struct manifest_reader *reader,
		    const struct position *value, void **array, size_t count,
		    size_t size);

/**
 * manifest_read_text - text for people
 *
 * Return: the text, or NULL if it is too long, which has been told.
 */
const char *manifest_read_text(struct manifest_reader *reader,
			       const struct position *value);

/** manifest_check_text - text that is only for readers of the document */
void manifest_check_text(struct manifest_reader *reader,
			 const struct position *value);

/* The key of a note, which is read ahead of what it belongs to. */
#define MANIFEST_NOTE { "note", MANIFEST_STRING, MANIFEST_OPTIONAL, \
			manifest_check_text, NULL }

/** manifest_note_of - the note of an object, or NULL */
const char *manifest_note_of(const struct position *object);

/**
 * manifest_add_rule - add a rule to the source
 * @reader: told if there is no memory
 * @rule: copied; its expansion and made text become the source's
 */
void manifest_add_rule(struct manifest_reader *reader,
		       const struct manifest_rule *rule);

/**
 * manifest_add_program - add a program, or a segment, that the source has not
 * @reader: told if there is no memory
 * @value: position of its name
 *
 * What is read from now on belongs to it.
 */
void manifest_add_program(struct manifest_reader *reader,
			  const struct position *value);

/**
 * manifest_read_word - one of two words
 * @reader: told if it is neither
 * @value: position of a string
 * @what: what it is, for the error
 * @words: both
 *
 * Return: index of the word, or -1.
 */
int manifest_read_word(struct manifest_reader *reader,
		       const struct position *value, const char *what,
		       const char *const words[2]);

/**
 * manifest_read_duration - how long something is
 * @reader: told if it is too long, or no time
 * @value: position of a string
 * @max: seconds that it may be
 * @seconds: filled on success
 */
bool manifest_read_duration(struct manifest_reader *reader,
			    const struct position *value, u32 max,
			    u32 *seconds);

/** manifest_is_name - can a workload or a segment be called that */
bool manifest_is_name(const char *name);

/* The heads of manifests and of segments documents have these in common. */
void manifest_read_version(struct manifest_reader *reader,
			   const struct position *value);
void manifest_read_name(struct manifest_reader *reader,
			const struct position *value);
void manifest_read_description(struct manifest_reader *reader,
			       const struct position *value);
void manifest_read_owner(struct manifest_reader *reader,
			 const struct position *value);
void manifest_read_mode(struct manifest_reader *reader,
			const struct position *value);
void manifest_read_reject(struct manifest_reader *reader,
			  const struct position *value);

/** manifest_parse_segments - read a segments document */
void manifest_parse_segments(struct manifest_parse *parse);

/** manifest_warn_of_repeated - warn of strings that a list has more than once */
void manifest_warn_of_repeated(struct manifest_reader *reader,
			       const struct position *list);

/** manifest_read_allow - read a list of "allow" */
void manifest_read_allow(struct manifest_reader *reader,
			 const struct position *value);

/** manifest_read_deny - read a list of "deny" */
void manifest_read_deny(struct manifest_reader *reader,
			const struct position *value);

/* Seconds that an answer is waited for, where the manifest does not say. */
#define MANIFEST_LAPSE 600

/** manifest_read_respond - read "respond" of a manifest */
void manifest_read_respond(struct manifest_reader *reader,
			   const struct position *value);

/** manifest_read_promote - check "promote", which promotion_terms_read() reads */
void manifest_read_promote(struct manifest_reader *reader,
			   const struct position *value);

/**
 * manifest_read_rule_responses - read "respond" of an element of "deny"
 * @reader: told of what is wrong
 * @element: the element; its rules have been read
 * @first_rule: index of the first of them
 */
void manifest_read_rule_responses(struct manifest_reader *reader,
				  const struct position *element,
				  size_t first_rule);

/* Read the lists of class net. */
void manifest_read_listen(struct manifest_reader *reader,
			  const struct position *value);
void manifest_read_accept(struct manifest_reader *reader,
			  const struct position *value);
void manifest_read_connect(struct manifest_reader *reader,
			   const struct position *value);
void manifest_read_sockets(struct manifest_reader *reader,
			   const struct position *value);

/** manifest_read_programs - read "programs" */
void manifest_read_programs(struct manifest_reader *reader,
			    const struct position *value);

/** manifest_read_include - read one element of "include", and that piece */
void manifest_read_include(struct manifest_reader *reader,
			   const struct position *value);

/**
 * manifest_parse_document - read one document
 * @parse: its library, source and document are set; outer and depth too
 *
 * A document's own rules come before those of its pieces, wherever "include"
 * stands in it, so that of equal rules its own is named.
 */
void manifest_parse_document(struct manifest_parse *parse);

#endif /* CTL_MANIFEST_PARSE_H */
