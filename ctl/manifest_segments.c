// SPDX-License-Identifier: LGPL-2.1-or-later
/*
 * Segments documents: which addresses and interfaces are called what, which
 * flows may pass between them, and what a bridge port may send from.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "manifest_net.h"
#include "manifest_parse.h"
#include "manifest_peer.h"
#include "names.h"
#include "net_pattern.h"
#include "pattern.h"
#include "suggest.h"

static const char interface[] = "interface:";

static bool check_interface(struct manifest_reader *reader,
			    const struct position *value, const char *name)
{
	const char *why = cordon_interface_check(name, strlen(name));

	if (why)
		manifest_error(reader, value, NULL, "\"%s\": %s", name, why);
	return !why;
}

static void add_member(struct manifest_reader *reader,
		       const struct position *value, u32 segment,
		       enum cordon_member_kind kind, char *pattern)
{
	struct manifest_source *source = manifest_parse_of(reader)->source;
	struct manifest_member *member;

	if (!pattern) {
		manifest_error(reader, value, NULL, "out of memory");
		return;
	}
	member = manifest_grow(reader, value, (void **)&source->members,
			       source->member_count, sizeof(*member));
	if (!member) {
		free(pattern);
		return;
	}
	*member = (struct manifest_member){
		.origin = { reader->document, value },
		.kind = kind,
		.pattern = pattern,
		.segment = segment,
	};
	source->member_count++;
}

static char *hint_member(const char *text)
{
	char *hint = NULL;

	if (strchr(text, ':') || *text == '/' || !*text)
		return NULL;
	if (text[strspn(text, "0123456789./")] &&
	    asprintf(&hint, "an interface is written \"%s%s\"", interface,
		     text) < 0)
		hint = NULL;
	return hint;
}

static void read_member(struct manifest_reader *reader,
			const struct position *value)
{
	const char *text = json_string_value(value->value);
	u32 segment = manifest_parse_of(reader)->program;
	size_t length = strlen(interface);
	char *hint;

	if (!strncmp(text, interface, length)) {
		if (check_interface(reader, value, text + length))
			add_member(reader, value, segment,
				   CORDON_MEMBER_INTERFACE,
				   strdup(text + length));
		return;
	}
	hint = hint_member(text);
	if (hint)
		manifest_error(reader, value, hint,
			       "\"%s\" is neither an address, nor a prefix, nor an interface",
			       text);
	else if (manifest_prefix_check(reader, value, 0))
		add_member(reader, value, segment, CORDON_MEMBER_PREFIX,
			   strdup(text));
	free(hint);
}

static void read_members(struct manifest_reader *reader,
			 const struct position *value)
{
	manifest_read_array(reader, value, MANIFEST_STRING, read_member);
	manifest_warn_of_repeated(reader, value);
}

static bool check_name(struct manifest_reader *reader,
		       const struct position *value, const char *name)
{
	const char *why = cordon_name_check(name, strlen(name));

	if (!why && !strcmp(name, "any"))
		why = "a segment cannot be called \"any\": rules mean every end by it";
	else if (!why && !name[strspn(name, "0123456789.")])
		why = "a segment's name has a letter, or it would look like an address";
	if (why)
		manifest_error(reader, value, NULL, "%s", why);
	return !why;
}

static void read_segment_name(struct manifest_reader *reader,
			      const struct position *value)
{
	const struct manifest_source *source =
		manifest_parse_of(reader)->source;
	const char *name = json_string_value(value->value);
	const json_t *before = json_object_get(source->program_index, name);

	if (!check_name(reader, value, name))
		return;
	if (before) {
		const struct position *other =
			source->programs[json_integer_value(before)].origin.position;

		manifest_error(reader, value, "join their members",
			       "there is a segment \"%s\" already, at line %u",
			       name, other->line);
		return;
	}
	manifest_add_program(reader, value);
}

static void read_isolate(struct manifest_reader *reader,
			 const struct position *value)
{
	struct manifest_parse *parse = manifest_parse_of(reader);

	if (parse->program != CORDON_NONE)
		parse->source->programs[parse->program].isolated =
			json_is_true(value->value);
}

static void read_management(struct manifest_reader *reader,
			    const struct position *value)
{
	struct manifest_parse *parse = manifest_parse_of(reader);

	if (parse->program != CORDON_NONE)
		parse->source->programs[parse->program].management =
			json_is_true(value->value);
}

static void read_protected(struct manifest_reader *reader,
			   const struct position *value)
{
	struct manifest_parse *parse = manifest_parse_of(reader);

	if (parse->program != CORDON_NONE)
		parse->source->programs[parse->program].protected =
			json_is_true(value->value);
}

/* The name is read ahead of this table, since all else belongs to it. */
static const struct manifest_key segment_keys[] = {
	{ "segment", MANIFEST_STRING, MANIFEST_REQUIRED, NULL, "its name" },
	{ "members", MANIFEST_ARRAY, MANIFEST_REQUIRED, read_members,
	  "what lies in it; [ ] if that is told at run time only" },
	{ "isolate", MANIFEST_BOOLEAN, MANIFEST_OPTIONAL, read_isolate, NULL },
	{ "management", MANIFEST_BOOLEAN, MANIFEST_OPTIONAL, read_management,
	  NULL },
	{ "protected", MANIFEST_BOOLEAN, MANIFEST_OPTIONAL, read_protected,
	  NULL },
	MANIFEST_NOTE,
};

static void read_segment(struct manifest_reader *reader,
			 const struct position *value)
{
	const struct position *name = position_member(value, "segment");
	struct manifest_parse *parse = manifest_parse_of(reader);

	parse->program = CORDON_NONE;
	if (name && json_is_string(name->value))
		read_segment_name(reader, name);
	manifest_read_object(reader, value, "a segment", segment_keys,
			     ARRAY_COUNT(segment_keys));
	parse->program = CORDON_NONE;
}

static void read_define(struct manifest_reader *reader,
			const struct position *value)
{
	manifest_read_array(reader, value, MANIFEST_OBJECT, read_segment);
}

/* What was meant by an end of a flow that is no name of a segment. */
static char *hint_end(const struct manifest_source *source, const char *text)
{
	const char *names[source->program_count + 1], *nearest, *colon;
	size_t i;
	char *hint;

	colon = strchr(text, ':');
	if (!strncmp(text, "segment:", 8)) {
		if (asprintf(&hint, "write \"%s\" alone", text + 8) < 0)
			hint = NULL;
		return hint;
	}
	if (colon || strchr(text, '/') || !text[strspn(text, "0123456789.")])
		return strdup("these rules speak of segments: define one of these addresses, or take \"any\"");
	for (i = 0; i < source->program_count; i++)
		names[i] = source->programs[i].exe;
	names[i++] = "any";
	nearest = suggest_nearest(text, names, i);
	if (!nearest || !strcmp(nearest, text) ||
	    asprintf(&hint, "did you mean \"%s\"?", nearest) < 0)
		hint = NULL;
	return hint;
}

static bool check_end(struct manifest_reader *reader,
		      const struct position *value)
{
	const char *text = json_string_value(value->value);
	char *hint;

	if (manifest_is_name(text) && text[strspn(text, "0123456789.")])
		return true;
	hint = hint_end(manifest_parse_of(reader)->source, text);
	manifest_error(reader, value, hint, "\"%s\" is no name of a segment",
		       text);
	free(hint);
	return false;
}

/* From where a flow is opened belongs to the rule's own document. */
static bool check_from(struct manifest_reader *reader,
		       const struct position *value)
{
	const struct manifest_source *source =
		manifest_parse_of(reader)->source;
	const char *text = json_string_value(value->value);
	char *hint;

	if (!check_end(reader, value))
		return false;
	if (!strcmp(text, "any") || json_object_get(source->program_index, text))
		return true;
	hint = hint_end(source, text);
	manifest_error(reader, value,
		       hint ? hint : "put the rule where that segment is defined",
		       "this document defines no segment \"%s\"", text);
	free(hint);
	return false;
}

static void read_from(struct manifest_reader *reader,
		      const struct position *value)
{
	manifest_words_check(reader, value, "segment", check_from);
}

static void read_to(struct manifest_reader *reader,
		    const struct position *value)
{
	manifest_words_check(reader, value, "segment", check_end);
}

static const struct manifest_key rule_keys[] = {
	{ "from", MANIFEST_WORDS, MANIFEST_REQUIRED, read_from,
	  "the segment that opens the flow, or \"any\"" },
	{ "to", MANIFEST_WORDS, MANIFEST_REQUIRED, read_to,
	  "the segment that it is opened to, or \"any\"" },
	MANIFEST_PORT,
	MANIFEST_NOTE,
};

/* One rule for each segment that a flow may be opened from. */
static void add_rule(struct manifest_reader *reader,
		     const struct position *value, const char *from)
{
	const struct manifest_parse *parse = manifest_parse_of(reader);
	const json_t *index = json_object_get(parse->source->program_index,
					      from);
	struct manifest_rule rule = {
		.origin = { reader->document, value },
		.note = manifest_note_of(value),
		.program = index ? json_integer_value(index) : CORDON_NONE,
		.effect = parse->effect,
		.ops = 1u << CORDON_OP_PASS,
	};

	if (manifest_flow_rule(reader, value, position_member(value, "port"),
			       position_member(value, "to"), "segment:", &rule))
		manifest_add_rule(reader, &rule);
}

static void read_rule(struct manifest_reader *reader,
		      const struct position *value)
{
	const struct position *from = position_member(value, "from"), *one;
	size_t errors = reader->report->errors;

	manifest_read_object(reader, value, "a rule between segments",
			     rule_keys, ARRAY_COUNT(rule_keys));
	if (reader->report->errors > errors)
		return;
	if (json_is_string(from->value))
		add_rule(reader, value, json_string_value(from->value));
	for (one = from->first; one; one = one->next)
		add_rule(reader, value, json_string_value(one->value));
}

static void read_rules(struct manifest_reader *reader,
		       const struct position *value, u8 effect)
{
	struct manifest_parse *parse = manifest_parse_of(reader);
	size_t first = parse->source->rule_count;

	parse->effect = effect;
	manifest_read_array(reader, value, MANIFEST_OBJECT, read_rule);
	manifest_warn_of_repeated_rules(reader, first);
}

static void read_allow(struct manifest_reader *reader,
		       const struct position *value)
{
	read_rules(reader, value, CORDON_EFFECT_ALLOW);
}

static void read_deny(struct manifest_reader *reader,
		      const struct position *value)
{
	read_rules(reader, value, CORDON_EFFECT_DENY);
}

static bool check_address(struct manifest_reader *reader,
			  const struct position *value)
{
	return manifest_prefix_check(reader, value, 0);
}

static bool check_mac(struct manifest_reader *reader,
		      const struct position *value)
{
	const char *text = json_string_value(value->value), *why;
	struct cordon_claim claim;
	char *pattern;
	bool good;

	if (asprintf(&pattern, "port %s", text) < 0)
		pattern = NULL;
	good = pattern && !cordon_claim_parse(&claim, pattern, &why) &&
	       claim.is_mac;
	free(pattern);
	if (!good)
		manifest_error(reader, value, "write it as \"52:54:00:12:34:56\"",
			       "\"%s\" is no MAC address", text);
	return good;
}

static void read_addresses(struct manifest_reader *reader,
			   const struct position *value)
{
	manifest_words_check(reader, value, "address", check_address);
}

static void read_mac(struct manifest_reader *reader,
		     const struct position *value)
{
	manifest_words_check(reader, value, "MAC address", check_mac);
}

static void read_port(struct manifest_reader *reader,
		      const struct position *value)
{
	check_interface(reader, value, json_string_value(value->value));
}

static const struct manifest_key claim_keys[] = {
	{ "port", MANIFEST_STRING, MANIFEST_REQUIRED, read_port,
	  "the bridge port, by the name of its interface" },
	{ "addresses", MANIFEST_WORDS, MANIFEST_OPTIONAL, read_addresses, NULL },
	{ "mac", MANIFEST_WORDS, MANIFEST_OPTIONAL, read_mac, NULL },
	MANIFEST_NOTE,
};

static void add_claim(struct manifest_reader *reader,
		      const struct position *value, const char *port)
{
	char *pattern;

	if (asprintf(&pattern, "%s %s", port,
		     json_string_value(value->value)) < 0)
		pattern = NULL;
	add_member(reader, value, CORDON_NONE, CORDON_MEMBER_CLAIM, pattern);
}

static void add_claims(struct manifest_reader *reader,
		       const struct position *value, const char *port)
{
	const struct position *one;

	if (value && json_is_string(value->value))
		add_claim(reader, value, port);
	for (one = value ? value->first : NULL; one; one = one->next)
		add_claim(reader, one, port);
}

/* A port has one element, so that nobody overlooks what else it may claim. */
static bool check_port(struct manifest_reader *reader,
		       const struct position *value)
{
	json_t *ports = manifest_parse_of(reader)->exes;
	const char *port = json_string_value(value->value);
	const json_t *before = json_object_get(ports, port);

	if (before)
		manifest_error(reader, value, "join them",
			       "the claims of port \"%s\" stand at line %d already",
			       port, (int)json_integer_value(before));
	else
		json_object_set_new(ports, port, json_integer(value->line));
	return !before;
}

static void read_claim(struct manifest_reader *reader,
		       const struct position *value)
{
	const struct position *addresses = position_member(value, "addresses");
	const struct position *port = position_member(value, "port");
	const struct position *mac = position_member(value, "mac");
	size_t errors = reader->report->errors;

	manifest_read_object(reader, value, "an element of \"claims\"",
			     claim_keys, ARRAY_COUNT(claim_keys));
	if (!addresses && !mac)
		manifest_error(reader, value,
			       "add \"addresses\", \"mac\", or both",
			       "a claim names what the port may send from");
	if (reader->report->errors > errors || !check_port(reader, port))
		return;
	add_claims(reader, addresses, json_string_value(port->value));
	add_claims(reader, mac, json_string_value(port->value));
}

static void read_claims(struct manifest_reader *reader,
			const struct position *value)
{
	manifest_read_array(reader, value, MANIFEST_OBJECT, read_claim);
}

#define NO_PROCESS "what passes between hosts is of class net alone"

static const struct manifest_key mode_keys[] = {
	{ "net", MANIFEST_STRING, MANIFEST_OPTIONAL, manifest_read_mode, NULL },
	{ "exec", 0, MANIFEST_REFUSED, NULL, NO_PROCESS },
	{ "load", 0, MANIFEST_REFUSED, NULL, NO_PROCESS },
	{ "file", 0, MANIFEST_REFUSED, NULL, NO_PROCESS },
};

static void read_modes(struct manifest_reader *reader,
		       const struct position *value)
{
	manifest_read_object(reader, value, "\"mode\"", mode_keys,
			     ARRAY_COUNT(mode_keys));
}

#define IN_MANIFEST "it belongs into a manifest; segments hold no processes"

/* What is defined is read first, as rules speak of it. */
static const struct manifest_key segments_keys[] = {
	{ "$schema", MANIFEST_STRING, MANIFEST_OPTIONAL, NULL, NULL },
	{ "segments", MANIFEST_INTEGER, MANIFEST_REQUIRED,
	  manifest_read_version, NULL },
	{ "name", MANIFEST_STRING, MANIFEST_REQUIRED, manifest_read_name,
	  "what status, events and commands call it" },
	{ "description", MANIFEST_STRING, MANIFEST_OPTIONAL,
	  manifest_read_description, NULL },
	{ "owner", MANIFEST_STRING, MANIFEST_OPTIONAL, manifest_read_owner,
	  NULL },
	{ "mode", MANIFEST_OBJECT, MANIFEST_OPTIONAL, read_modes, NULL },
	{ "reject", MANIFEST_BOOLEAN, MANIFEST_OPTIONAL, manifest_read_reject,
	  NULL },
	{ "define", MANIFEST_ARRAY, MANIFEST_REQUIRED, NULL,
	  "the segments, each with what lies in it" },
	{ "allow", MANIFEST_ARRAY, MANIFEST_OPTIONAL, read_allow, NULL },
	{ "deny", MANIFEST_ARRAY, MANIFEST_OPTIONAL, read_deny, NULL },
	{ "claims", MANIFEST_ARRAY, MANIFEST_OPTIONAL, read_claims, NULL },
	{ "workload", 0, MANIFEST_REFUSED, NULL, "a segments document has a \"name\"" },
	{ "members", 0, MANIFEST_REFUSED, NULL, "they stand in the segments of \"define\"" },
	{ "programs", 0, MANIFEST_REFUSED, NULL, IN_MANIFEST },
	{ "default", 0, MANIFEST_REFUSED, NULL,
	  "a segment is closed by \"isolate\", all else is open" },
	{ "include", 0, MANIFEST_REFUSED, NULL,
	  "several segments documents are loaded beside each other" },
};

void manifest_parse_segments(struct manifest_parse *parse)
{
	const struct position *root = manifest_document_root(parse->document);
	const struct position *define = position_member(root, "define");
	struct manifest_reader reader = {
		.document = parse->document,
		.report = parse->library->report,
		.context = parse,
	};

	parse->program = CORDON_NONE;
	parse->exes = json_object();
	if (!parse->exes) {
		manifest_error(&reader, root, NULL, "out of memory");
		return;
	}
	if (define && json_is_array(define->value))
		read_define(&reader, define);
	manifest_read_object(&reader, root, "a segments document",
			     segments_keys, ARRAY_COUNT(segments_keys));
	json_decref(parse->exes);
}
