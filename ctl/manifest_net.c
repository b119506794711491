// SPDX-License-Identifier: LGPL-2.1-or-later
/*
 * Rules of class net: the lists of listen, accept, connect and sockets.
 *
 * A rule of peers and ports is told to the engine, and in dumps, as one text
 * which braces make of its lists: { "to": ["10.0.0.7", "segment:db"], "port":
 * "tcp/5432" } is "tcp/5432@{10.0.0.7,segment:db}".  Who reads a dump gets the
 * patterns back by expanding that as any other rule.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "manifest_net.h"
#include "manifest_parse.h"
#include "manifest_peer.h"
#include "net_pattern.h"
#include "pattern.h"

static const char abstract[] = "abstract:";

static size_t element_count(const struct position *value)
{
	const struct position *element;
	size_t count = 0;

	if (!json_is_array(value->value))
		return 1;
	for (element = value->first; element; element = element->next)
		count++;
	return count;
}

bool manifest_words_check(struct manifest_reader *reader,
			  const struct position *value, const char *what,
			  bool (*check)(struct manifest_reader *reader,
					const struct position *value))
{
	const struct position *element;
	bool good = true;

	if (json_is_string(value->value))
		return check(reader, value);
	if (!value->first) {
		manifest_error(reader, value, NULL, "names no %s", what);
		return false;
	}
	for (element = value->first; element; element = element->next)
		good &= manifest_type_check(reader, element, MANIFEST_STRING) &&
			check(reader, element);
	if (good)
		manifest_warn_of_repeated(reader, value);
	return good;
}

/* "any" is no name, and stands alone. */
static void put_word(FILE *stream, const struct position *value,
		     const char *before)
{
	const char *word = json_string_value(value->value);

	fprintf(stream, "%s%s", strcmp(word, "any") ? before : "", word);
}

/* A string, or the alternatives of a list. */
static void put_words(FILE *stream, const struct position *value,
		      const char *before)
{
	const struct position *element;
	bool braces = element_count(value) > 1;

	if (!json_is_array(value->value)) {
		put_word(stream, value, before);
		return;
	}
	fprintf(stream, "%s", braces ? "{" : "");
	for (element = value->first; element; element = element->next) {
		fprintf(stream, "%s", element == value->first ? "" : ",");
		put_word(stream, element, before);
	}
	fprintf(stream, "%s", braces ? "}" : "");
}

static char *rule_text(const struct position *ports,
		       const struct position *peers, const char *before)
{
	char *text = NULL;
	FILE *stream;
	size_t size;

	stream = open_memstream(&text, &size);
	if (!stream)
		return NULL;
	if (ports)
		put_words(stream, ports, "");
	else
		fprintf(stream, "any");
	fprintf(stream, "@");
	put_words(stream, peers, before);
	if (!fclose(stream))
		return text;
	free(text);
	return NULL;
}

bool manifest_flow_rule(struct manifest_reader *reader,
			const struct position *value,
			const struct position *ports,
			const struct position *peers, const char *before,
			struct manifest_rule *rule)
{
	size_t count = element_count(peers) *
		       (ports ? element_count(ports) : 1);
	struct expand_fault fault;
	char *text;

	if (count > CORDON_PATTERNS_MAX) {
		manifest_error(reader, value,
			       "make several of it, or put the peers' addresses into one segment",
			       "this stands for %zu pairs of a peer and ports, and one rule for at most %d",
			       count, CORDON_PATTERNS_MAX);
		return false;
	}
	text = rule_text(ports, peers, before);
	if (!text || expand_braces(text, strlen(text), CORDON_PATTERNS_MAX,
				   &rule->patterns, &fault)) {
		manifest_error(reader, value, NULL, "%s",
			       text ? fault.what : "out of memory");
		free(text);
		return false;
	}
	rule->text = text;
	rule->made = text;
	return true;
}

static struct manifest_rule begin_rule(struct manifest_reader *reader,
				       const struct position *value,
				       enum cordon_op op)
{
	const struct manifest_parse *parse = manifest_parse_of(reader);

	return (struct manifest_rule){
		.origin = { reader->document, value },
		.text = json_string_value(value->value),
		.note = parse->note,
		.program = parse->program,
		.effect = parse->effect,
		.ops = 1u << op,
	};
}

/* A string that is its own and only pattern. */
static void add_word(struct manifest_reader *reader,
		     const struct position *value, enum cordon_op op)
{
	struct manifest_rule rule = begin_rule(reader, value, op);
	struct expand_fault fault;

	if (expand_braces(rule.text, strlen(rule.text), 1, &rule.patterns,
			  &fault))
		manifest_error(reader, value, fault.hint, "%s", fault.what);
	else
		manifest_add_rule(reader, &rule);
}

static void read_listen(struct manifest_reader *reader,
			const struct position *value)
{
	if (manifest_ports_check(reader, value))
		add_word(reader, value, CORDON_OP_LISTEN);
}

void manifest_read_listen(struct manifest_reader *reader,
			  const struct position *value)
{
	manifest_read_array(reader, value, MANIFEST_STRING, read_listen);
	manifest_warn_of_repeated(reader, value);
}

static void read_socket(struct manifest_reader *reader,
			const struct position *value)
{
	if (manifest_socket_check(reader, value))
		add_word(reader, value, CORDON_OP_SOCKET);
}

void manifest_read_sockets(struct manifest_reader *reader,
			   const struct position *value)
{
	manifest_read_array(reader, value, MANIFEST_STRING, read_socket);
	manifest_warn_of_repeated(reader, value);
}

static void check_peers(struct manifest_reader *reader,
			const struct position *value)
{
	manifest_words_check(reader, value, "peer", manifest_peer_check);
}

void manifest_check_ports(struct manifest_reader *reader,
			  const struct position *value)
{
	manifest_words_check(reader, value, "ports", manifest_ports_check);
}

static const struct manifest_key accept_keys[] = {
	{ "from", MANIFEST_WORDS, MANIFEST_REQUIRED, check_peers,
	  "whom it takes connections and datagrams from; \"any\" if from all" },
	MANIFEST_PORT,
	{ "to", 0, MANIFEST_REFUSED, NULL,
	  "who accepts says \"from\"; \"port\" is its own port" },
};

static const struct manifest_key connect_keys[] = {
	{ "to", MANIFEST_WORDS, MANIFEST_REQUIRED, check_peers,
	  "whom it opens connections, or sends datagrams, to; \"any\" if to all" },
	MANIFEST_PORT,
	{ "from", 0, MANIFEST_REFUSED, NULL, "who connects says \"to\"" },
};

static void read_flow(struct manifest_reader *reader,
		      const struct position *value, enum cordon_op op,
		      const char *what, const struct manifest_key *keys,
		      size_t count)
{
	struct manifest_rule rule = begin_rule(reader, value, op);
	size_t errors = reader->report->errors;

	manifest_read_object(reader, value, what, keys, count);
	if (reader->report->errors == errors &&
	    manifest_flow_rule(reader, value, position_member(value, "port"),
			       position_member(value, keys[0].key), "", &rule))
		manifest_add_rule(reader, &rule);
}

static void read_accept(struct manifest_reader *reader,
			const struct position *value)
{
	read_flow(reader, value, CORDON_OP_ACCEPT, "an element of \"accept\"",
		  accept_keys, ARRAY_COUNT(accept_keys));
}

/* A unix socket, by its path or its abstract name. */
static void read_unix(struct manifest_reader *reader,
		      const struct position *value)
{
	struct manifest_rule rule = begin_rule(reader, value,
					       CORDON_OP_CONNECT);
	struct cordon_net_pattern pattern;
	size_t prefix = strlen(abstract);
	char *hint = NULL;
	const char *why;

	if (!strncmp(rule.text, abstract, prefix)) {
		if (strlen(rule.text) - prefix <= CORDON_ABSTRACT_MAX)
			add_word(reader, value, CORDON_OP_CONNECT);
		else
			manifest_error(reader, value, NULL,
				       "an abstract name has at most %d bytes, and this has %zu",
				       CORDON_ABSTRACT_MAX,
				       strlen(rule.text) - prefix);
		return;
	}
	if (rule.text[0] == '/' || rule.text[0] == '{') {
		if (manifest_pattern_read(reader, value, 0,
					  MANIFEST_PATTERN_PEER,
					  &rule.patterns))
			manifest_add_rule(reader, &rule);
		return;
	}
	if (rule.text[0] == '@' && rule.text[1]) {
		if (asprintf(&hint, "an abstract name is written \"%s%s\"",
			     abstract, rule.text + 1) < 0)
			hint = NULL;
	} else if (strchr(rule.text, '@') &&
		   !cordon_net_pattern_parse(&pattern, CORDON_OP_CONNECT,
					     rule.text, &why)) {
		hint = manifest_peer_hint(rule.text);
	} else if (strchr(rule.text, '/') &&
		   rule.text[strspn(rule.text, "0123456789abcdefABCDEF:./")]) {
		if (asprintf(&hint, "write the path from the root, as in \"/%s\"",
			     rule.text) < 0)
			hint = NULL;
	} else if (asprintf(&hint, "another host is written { \"to\": \"%s\", \"port\": \"tcp/443\" }",
			    *rule.text ? rule.text : "10.0.0.7") < 0) {
		hint = NULL;
	}
	manifest_error(reader, value, hint,
		       "a string in \"connect\" is a unix socket: its path, or \"%sNAME\"",
		       abstract);
	free(hint);
}

static void read_connect(struct manifest_reader *reader,
			 const struct position *value)
{
	if (json_is_string(value->value))
		read_unix(reader, value);
	else
		read_flow(reader, value, CORDON_OP_CONNECT,
			  "an element of \"connect\"", connect_keys,
			  ARRAY_COUNT(connect_keys));
}

void manifest_warn_of_repeated_rules(struct manifest_reader *reader,
				     size_t first)
{
	const struct manifest_source *source =
		manifest_parse_of(reader)->source;
	json_t *seen = json_object(), *before;
	char *key;
	size_t i;

	for (i = first; i < source->rule_count; i++) {
		const struct manifest_rule *rule = &source->rules[i];
		const struct position *at = rule->origin.position;

		if (asprintf(&key, "%u %u %s", rule->program, rule->effect,
			     rule->text) < 0)
			break;
		before = json_object_get(seen, key);
		if (before)
			manifest_warning(reader, at, "leave one of them out",
					 "\"%s\" stands in this list already, at line %d",
					 rule->text,
					 (int)json_integer_value(before));
		else
			json_object_set_new(seen, key, json_integer(at->line));
		free(key);
	}
	json_decref(seen);
}

void manifest_read_accept(struct manifest_reader *reader,
			  const struct position *value)
{
	size_t first = manifest_parse_of(reader)->source->rule_count;

	manifest_read_array(reader, value, MANIFEST_OBJECT, read_accept);
	manifest_warn_of_repeated_rules(reader, first);
}

void manifest_read_connect(struct manifest_reader *reader,
			   const struct position *value)
{
	size_t first = manifest_parse_of(reader)->source->rule_count;

	manifest_read_array(reader, value, MANIFEST_STRING | MANIFEST_OBJECT,
			    read_connect);
	manifest_warn_of_repeated_rules(reader, first);
}

/* May the rule's own program, or one of no name, do it by any rule. */
static bool is_allowed(const struct manifest_source *source,
		       const struct manifest_rule *rule, enum cordon_op op)
{
	size_t i;

	for (i = 0; i < source->rule_count; i++) {
		const struct manifest_rule *other = &source->rules[i];

		if (other->effect == CORDON_EFFECT_ALLOW &&
		    other->ops & 1u << op &&
		    (rule->program == CORDON_NONE ||
		     other->program == CORDON_NONE ||
		     other->program == rule->program))
			return true;
	}
	return false;
}

void manifest_source_check_net(const struct manifest_source *source,
			       struct report *report)
{
	size_t i;

	if (source->kind != CORDON_DOCUMENT_MANIFEST ||
	    source->effect == CORDON_EFFECT_ALLOW)
		return;
	for (i = 0; i < source->rule_count; i++) {
		const struct manifest_rule *rule = &source->rules[i];
		struct manifest_reader reader = {
			rule->origin.document, report, NULL
		};

		if (rule->effect != CORDON_EFFECT_ALLOW)
			continue;
		if (rule->ops & 1u << CORDON_OP_ACCEPT &&
		    !is_allowed(source, rule, CORDON_OP_LISTEN))
			manifest_warning(&reader, rule->origin.position,
					 "say on which ports, by \"listen\": to take a connection needs that too",
					 "it may accept, but may listen nowhere");
		if (rule->ops & 1u << CORDON_OP_LISTEN &&
		    !is_allowed(source, rule, CORDON_OP_ACCEPT))
			manifest_warning(&reader, rule->origin.position,
					 "say from whom, by \"accept\": [ { \"from\": \"any\" } ]",
					 "it may listen on \"%s\", but accept from nobody",
					 rule->text);
	}
}
