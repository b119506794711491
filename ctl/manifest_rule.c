// SPDX-License-Identifier: LGPL-2.1-or-later
/*
 * Rules and programs: the lists of exec, load, read, write and enter; those of
 * listen, accept, connect and sockets are read in manifest_net.c.
 */
#include <stdlib.h>
#include <string.h>

#include "manifest_parse.h"
#include "names.h"
#include "pattern.h"

void *manifest_grow(struct manifest_reader *reader,
		    const struct position *value, void **array, size_t count,
		    size_t size)
{
	if (!(count & (count - 1))) {
		void *grown = realloc(*array, (count ? count * 2 : 1) * size);

		if (!grown) {
			manifest_error(reader, value, NULL, "out of memory");
			return NULL;
		}
		*array = grown;
	}
	return (char *)*array + count * size;
}

const char *manifest_read_text(struct manifest_reader *reader,
			       const struct position *value)
{
	if (json_string_length(value->value) <= CORDON_TEXT_MAX)
		return json_string_value(value->value);
	manifest_error(reader, value, NULL,
		       "\"%s\" is at most %d bytes long, and this has %zu",
		       value->key, CORDON_TEXT_MAX,
		       json_string_length(value->value));
	return NULL;
}

const char *manifest_note_of(const struct position *object)
{
	const struct position *note = position_member(object, "note");

	return note ? json_string_value(note->value) : NULL;
}

void manifest_check_text(struct manifest_reader *reader,
			 const struct position *value)
{
	manifest_read_text(reader, value);
}

void manifest_add_rule(struct manifest_reader *reader,
		       const struct manifest_rule *rule)
{
	struct manifest_source *source = manifest_parse_of(reader)->source;
	struct manifest_rule copy = *rule, *added;

	added = manifest_grow(reader, rule->origin.position,
			      (void **)&source->rules, source->rule_count,
			      sizeof(*added));
	if (added) {
		*added = copy;
		source->rule_count++;
		return;
	}
	expansion_free(&copy.patterns);
	free(copy.made);
}

void manifest_add_program(struct manifest_reader *reader,
			  const struct position *value)
{
	struct manifest_parse *parse = manifest_parse_of(reader);
	struct manifest_source *source = parse->source;
	const char *exe = json_string_value(value->value);
	struct manifest_program *program;

	program = manifest_grow(reader, value, (void **)&source->programs,
				source->program_count, sizeof(*program));
	if (!program)
		return;
	*program = (struct manifest_program){
		.origin = { reader->document, value },
		.exe = exe,
	};
	parse->program = source->program_count;
	if (json_object_set_new(source->program_index, exe,
				json_integer(source->program_count++)))
		manifest_error(reader, value, NULL, "out of memory");
}

/*
 * What an allowing or denying rule of a list covers.  What may be mapped
 * executable must be opened for reading first, and may be read; a deny says
 * no more than it says.
 */
static u16 ops_of(enum cordon_op op, u8 effect)
{
	if (op == CORDON_OP_LOAD && effect == CORDON_EFFECT_ALLOW)
		return 1u << CORDON_OP_LOAD | 1u << CORDON_OP_READ;
	return 1u << op;
}

/* Files without a name can be denied anything, but never be started by rule. */
static bool check_nameless(struct manifest_reader *reader,
			   const struct position *value, enum cordon_op op,
			   u8 effect, const struct expansion *patterns)
{
	size_t i;

	if (op != CORDON_OP_ENTER &&
	    (op != CORDON_OP_EXEC || effect == CORDON_EFFECT_DENY))
		return true;
	for (i = 0; i < patterns->count; i++) {
		const struct expanded *pattern = &patterns->patterns[i];

		if (cordon_pattern_kind(pattern->text, pattern->length) ==
		    CORDON_OBJECT_PATH)
			continue;
		manifest_error(reader, value,
			       "a deny of \"exec\" may name them",
			       "files without a name cannot be listed under \"%s\" here",
			       cordon_op_name(op));
		return false;
	}
	return true;
}

static void read_rule(struct manifest_reader *reader,
		      const struct position *value)
{
	struct manifest_parse *parse = manifest_parse_of(reader);
	const char *list = value->parent->key;
	int op = cordon_op_parse(list, strlen(list));
	struct expansion patterns;

	if (!manifest_pattern_read(reader, value, 0, MANIFEST_PATTERN_RULE,
				   &patterns))
		return;
	if (check_nameless(reader, value, op, parse->effect, &patterns))
		manifest_add_rule(reader, &(struct manifest_rule){
			.origin = { reader->document, value },
			.text = json_string_value(value->value),
			.note = parse->note,
			.program = parse->program,
			.effect = parse->effect,
			.ops = ops_of(op, parse->effect),
			.patterns = patterns,
		});
	else
		expansion_free(&patterns);
}

void manifest_warn_of_repeated(struct manifest_reader *reader,
			       const struct position *list)
{
	json_t *seen = json_object();
	const struct position *value;

	for (value = list->first; value; value = value->next) {
		const char *text = json_string_value(value->value);
		const json_t *before = json_object_get(seen, text);

		if (before)
			manifest_warning(reader, value, "leave one of them out",
					 "\"%s\" stands in this list already, at line %d",
					 text, (int)json_integer_value(before));
		else if (text)
			json_object_set_new(seen, text,
					    json_integer(value->line));
	}
	json_decref(seen);
}

static void read_rules(struct manifest_reader *reader,
		       const struct position *list)
{
	manifest_read_array(reader, list, MANIFEST_STRING, read_rule);
	manifest_warn_of_repeated(reader, list);
}

static const struct manifest_key evidence_keys[] = {
	{ "shape", MANIFEST_STRING, MANIFEST_OPTIONAL, manifest_check_text,
	  NULL },
	{ "objects", MANIFEST_INTEGER, MANIFEST_OPTIONAL, NULL, NULL },
	{ "count", MANIFEST_INTEGER, MANIFEST_OPTIONAL, NULL, NULL },
	{ "first", MANIFEST_STRING, MANIFEST_OPTIONAL, NULL, NULL },
	{ "last", MANIFEST_STRING, MANIFEST_OPTIONAL, NULL, NULL },
	{ "example", MANIFEST_STRING, MANIFEST_OPTIONAL, NULL, NULL },
};

/*
 * What capture has seen of its rules, for who reads the document: nothing is
 * decided by it.
 */
static void read_seen(struct manifest_reader *reader,
		      const struct position *value)
{
	const struct position *rule;

	for (rule = value->first; rule; rule = rule->next)
		if (manifest_type_check(reader, rule, MANIFEST_OBJECT))
			manifest_read_object(reader, rule,
					     "what was seen of a rule",
					     evidence_keys,
					     ARRAY_COUNT(evidence_keys));
}

#define SEEN { "seen", MANIFEST_OBJECT, MANIFEST_OPTIONAL, read_seen, NULL }

#define RULE_LIST(word) { word, MANIFEST_ARRAY, MANIFEST_OPTIONAL, read_rules, \
			  NULL }

#define RULE_LISTS \
	RULE_LIST("exec"), \
	RULE_LIST("load"), \
	RULE_LIST("read"), \
	RULE_LIST("write")
#define NET_LIST(word, reader) \
	{ word, MANIFEST_ARRAY, MANIFEST_OPTIONAL, reader, NULL }
#define NET_LISTS \
	NET_LIST("listen", manifest_read_listen), \
	NET_LIST("accept", manifest_read_accept), \
	NET_LIST("connect", manifest_read_connect), \
	NET_LIST("sockets", manifest_read_sockets)

static const struct manifest_key allow_keys[] = {
	RULE_LISTS,
	NET_LISTS,
	SEEN,
	MANIFEST_NOTE,
	{ "enter", MANIFEST_ARRAY, MANIFEST_REFUSED, NULL,
	  "say of each program what it may start outside of the workload" },
	{ "respond", MANIFEST_ARRAY, MANIFEST_REFUSED, NULL,
	  "what is allowed is no departure" },
};

static const struct manifest_key deny_keys[] = {
	RULE_LISTS,
	RULE_LIST("enter"),
	NET_LISTS,
	{ "respond", MANIFEST_ARRAY, MANIFEST_OPTIONAL, NULL, NULL },
	MANIFEST_NOTE,
};

static bool is_list(const char *key)
{
	return !strcmp(key, "sockets") ||
	       cordon_op_parse(key, strlen(key)) >= 0;
}

static void read_effect(struct manifest_reader *reader,
			const struct position *value, u8 effect,
			const char *what, const struct manifest_key *keys,
			size_t count)
{
	struct manifest_parse *parse = manifest_parse_of(reader);
	const struct manifest_parse before = *parse;
	const struct position *member;

	for (member = value->first; member; member = member->next)
		if (is_list(member->key))
			break;
	if (!member)
		manifest_error(reader, value,
			       "add a list: \"exec\", \"load\", \"read\", \"write\", \"listen\", \"accept\", \"connect\" or \"sockets\"",
			       "%s names nothing", what);
	parse->effect = effect;
	parse->note = manifest_note_of(value);
	manifest_read_object(reader, value, what, keys, count);
	parse->effect = before.effect;
	parse->note = before.note;
}

static void read_allow_element(struct manifest_reader *reader,
			       const struct position *value)
{
	read_effect(reader, value, CORDON_EFFECT_ALLOW,
		    "an element of \"allow\"", allow_keys,
		    ARRAY_COUNT(allow_keys));
}

static void read_deny_element(struct manifest_reader *reader,
			      const struct position *value)
{
	size_t first = manifest_parse_of(reader)->source->rule_count;

	read_effect(reader, value, CORDON_EFFECT_DENY, "an element of \"deny\"",
		    deny_keys, ARRAY_COUNT(deny_keys));
	manifest_read_rule_responses(reader, value, first);
}

void manifest_read_allow(struct manifest_reader *reader,
			 const struct position *value)
{
	manifest_read_array(reader, value, MANIFEST_OBJECT, read_allow_element);
}

void manifest_read_deny(struct manifest_reader *reader,
			const struct position *value)
{
	manifest_read_array(reader, value, MANIFEST_OBJECT, read_deny_element);
}

/* A document names an executable once; one and its pieces may share it. */
static bool check_repeated(struct manifest_reader *reader,
			   const struct position *value)
{
	json_t *exes = manifest_parse_of(reader)->exes;
	const char *exe = json_string_value(value->value);
	const json_t *before = json_object_get(exes, exe);

	if (before) {
		manifest_error(reader, value, "put their lists into one",
			       "\"%s\" has an entry already, at line %d", exe,
			       (int)json_integer_value(before));
		return false;
	}
	if (json_object_set_new(exes, exe, json_integer(value->line))) {
		manifest_error(reader, value, NULL, "out of memory");
		return false;
	}
	return true;
}

static void read_exe(struct manifest_reader *reader,
		     const struct position *value)
{
	struct manifest_parse *parse = manifest_parse_of(reader);
	struct manifest_source *source = parse->source;
	const char *exe = json_string_value(value->value);
	struct expansion patterns;
	const json_t *index;

	if (!manifest_pattern_read(reader, value, 0, MANIFEST_PATTERN_PROGRAM,
				   &patterns))
		return;
	expansion_free(&patterns);
	if (!check_repeated(reader, value))
		return;

	index = json_object_get(source->program_index, exe);
	if (index) {
		parse->program = json_integer_value(index);
		return;
	}
	manifest_add_program(reader, value);
}

/* The exe is read ahead of this table, since all else belongs to it. */
static const struct manifest_key program_keys[] = {
	{ "exe", MANIFEST_STRING, MANIFEST_REQUIRED, NULL,
	  "the path of its executable" },
	RULE_LISTS,
	RULE_LIST("enter"),
	NET_LISTS,
	{ "deny", MANIFEST_ARRAY, MANIFEST_OPTIONAL, manifest_read_deny, NULL },
	SEEN,
	MANIFEST_NOTE,
};

static void read_program(struct manifest_reader *reader,
			 const struct position *value)
{
	const struct position *exe = position_member(value, "exe");
	struct manifest_parse *parse = manifest_parse_of(reader);

	parse->effect = CORDON_EFFECT_ALLOW;
	parse->note = manifest_note_of(value);
	if (exe && json_is_string(exe->value))
		read_exe(reader, exe);
	manifest_read_object(reader, value, "a program", program_keys,
			     ARRAY_COUNT(program_keys));
	parse->program = CORDON_NONE;
	parse->note = NULL;
}

void manifest_read_programs(struct manifest_reader *reader,
			    const struct position *value)
{
	manifest_read_array(reader, value, MANIFEST_OBJECT, read_program);
}
