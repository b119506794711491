// SPDX-License-Identifier: LGPL-2.1-or-later
/* Behaviours and departures as JSON lines. */
#include <errno.h>
#include <jansson.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "behaviour.h"
#include "grow.h"
#include "moment.h"
#include "names.h"
#include "net_pattern.h"
#include "output.h"

static const char *text_of(const json_t *object, const char *key)
{
	return json_string_value(json_object_get(object, key));
}

static const char *inner_text(const json_t *object, const char *outer,
			      const char *key)
{
	return text_of(json_object_get(object, outer), key);
}

static uint64_t number_of(const json_t *object, const char *key)
{
	json_int_t number = json_integer_value(json_object_get(object, key));

	return number > 0 ? (uint64_t)number : 0;
}

static int hex_digit(char byte)
{
	const char *digits = "0123456789abcdef";
	const char *at = byte ? strchr(digits, byte) : NULL;

	return at ? (int)(at - digits) : -1;
}

/*
 * The bytes that a text stands for: what is not UTF-8 is written \xNN, from
 * \x80 on.  A file whose name spells that out is taken for the byte.
 */
static char *bytes_of(const char *text)
{
	char *bytes = memory_copy(text), *to = bytes;
	const char *at = text;

	while (*at) {
		if (at[0] == '\\' && at[1] == 'x' && hex_digit(at[2]) >= 8 &&
		    hex_digit(at[3]) >= 0) {
			*to++ = (char)(hex_digit(at[2]) << 4 |
				       hex_digit(at[3]));
			at += 4;
		} else {
			*to++ = *at++;
		}
	}
	*to = 0;
	return bytes;
}

static uint64_t moment_of(const char *text)
{
	uint64_t moment = 0;

	if (text)
		moment_parse(text, (uint64_t)time(NULL) * 1000000000, &moment);
	return moment;
}

static int kind_of(const char *word)
{
	int kind;

	for (kind = 0; word && kind < CORDON_OBJECT_COUNT; kind++)
		if (!strcmp(cordon_object_name((u32)kind), word))
			return kind;
	return -1;
}

/* An event says "action", a behaviour "result". */
static int result_of(const json_t *object)
{
	static const struct {
		const char *word;
		enum behaviour_result result;
	} words[] = {
		{ "learned", BEHAVIOUR_LEARNED },
		{ "learn", BEHAVIOUR_LEARNED },
		{ "allowed", BEHAVIOUR_ALLOWED },
		{ "allow", BEHAVIOUR_ALLOWED },
		{ "would-deny", BEHAVIOUR_WOULD_DENY },
		{ "denied", BEHAVIOUR_DENIED },
		{ "deny", BEHAVIOUR_DENIED },
	};
	const char *word = text_of(object, "result");
	size_t i;

	if (!word)
		word = text_of(object, "action");
	for (i = 0; word && i < ARRAY_SIZE(words); i++)
		if (!strcmp(words[i].word, word))
			return words[i].result;
	return -1;
}

static void read_times(const json_t *object, struct behaviour *behaviour)
{
	const char *first = text_of(object, "first");

	if (!first)
		first = inner_text(object, "first", "time");
	if (!first)
		first = text_of(object, "time");
	behaviour->first = moment_of(first);
	behaviour->last = moment_of(text_of(object, "last"));
	if (!behaviour->last)
		behaviour->last = moment_of(inner_text(object, "last", "time"));
	if (behaviour->last < behaviour->first)
		behaviour->last = behaviour->first;
}

static void read_port(const json_t *object, struct behaviour *behaviour)
{
	const json_t *port =
		json_object_get(json_object_get(object,
						behaviour->op ==
						CORDON_OP_CONNECT ? "remote" :
								    "local"),
				"port");
	json_int_t number = json_integer_value(port);

	if (json_is_integer(port) && number >= 0 && number <= UINT16_MAX)
		behaviour->port = (uint16_t)number;
}

/* The object has it all, in words that rules have; keys tell of addresses. */
static const char *read_flow(const json_t *object, struct behaviour *behaviour)
{
	const char *remote = inner_text(object, "remote", "address");
	const char *local = inner_text(object, "local", "address");
	const char *segment =
		json_string_value(json_array_get(json_object_get(object,
								 "segments"),
						 0));
	struct cordon_net_pattern pattern;
	char *bare = memory_copy(behaviour->object);
	const char *why = NULL;

	if (behaviour->op == CORDON_OP_LISTEN)
		bare[strcspn(bare, "@")] = 0;
	if (cordon_net_pattern_parse(&pattern, behaviour->op, bare, &why)) {
		free(bare);
		return why;
	}
	free(bare);
	behaviour->protocol = pattern.protocol;
	behaviour->port = pattern.first == pattern.last ? pattern.first : 0;
	if (pattern.protocol != CORDON_PROTOCOL_ICMP)
		read_port(object, behaviour);
	if (behaviour->op == CORDON_OP_LISTEN)
		return NULL;
	if (pattern.kind == CORDON_PEER_PREFIX)
		behaviour->remote = pattern.prefix.address;
	else if (pattern.kind == CORDON_PEER_LOOPBACK)
		behaviour->loopback = true;
	if (remote && cordon_address_parse(&behaviour->remote, remote,
					   strlen(remote)))
		return "the remote address is none";
	if (cordon_address_is_loopback(&behaviour->remote) ||
	    (remote && local && !strcmp(remote, local)))
		behaviour->loopback = true;
	if (segment)
		behaviour->segment = memory_copy(segment);
	return NULL;
}

static const char *read_object(const json_t *object,
			       struct behaviour *behaviour)
{
	const char *text = text_of(object, "object");
	const char *why = NULL;

	if (!text)
		return "it has no \"object\"";
	behaviour->object = bytes_of(text);
	if (behaviour->kind == CORDON_OBJECT_PATH && text[0] != '/')
		return "its object is no path from the root";
	if (behaviour->kind == CORDON_OBJECT_PEER)
		why = read_flow(object, behaviour);
	if (text_of(object, "peer") && *text_of(object, "peer"))
		behaviour->peer = memory_copy(text_of(object, "peer"));
	return why;
}

/* Return: NULL, or what is wrong. */
static const char *read_behaviour(const json_t *object,
				  struct behaviour *behaviour)
{
	const json_t *uid = json_object_get(object, "uid");
	const char *op = text_of(object, "op");
	const char *program = text_of(object, "program");
	const char *workload = text_of(object, "workload");
	int number = op ? cordon_op_parse(op, strlen(op)) : -1;
	int kind = kind_of(text_of(object, "kind"));
	int result = result_of(object);

	if (number < 0)
		return "its \"op\" is none that this cordonctl knows";
	if (kind < 0)
		return "its \"kind\" is none that this cordonctl knows";
	if (result < 0)
		return "its \"result\" is none that this cordonctl knows";
	if (!workload || !*workload)
		return "it is of no workload";
	if (!program || *program != '/')
		return "its \"program\" is no path from the root";
	behaviour->op = (uint8_t)number;
	behaviour->kind = (uint8_t)kind;
	behaviour->result = (uint8_t)result;
	behaviour->workload = memory_copy(workload);
	behaviour->program = bytes_of(program);
	behaviour->held = json_is_true(json_object_get(object, "held"));
	behaviour->uid = json_is_integer(uid) ? json_integer_value(uid) : -1;
	behaviour->count = number_of(object, "count");
	if (text_of(object, "reason"))
		behaviour->reason = memory_copy(text_of(object, "reason"));
	read_times(object, behaviour);
	return read_object(object, behaviour);
}

/* Acts without room, by class. */
static uint64_t drops_of(const json_t *object)
{
	json_t *dropped = json_object_get(object, "dropped"), *value;
	uint64_t sum = number_of(object, "dropped");
	const char *key;

	json_object_foreach(dropped, key, value)
		sum += (uint64_t)json_integer_value(value);
	return sum;
}

/* Events of other types are no acts, and what passes is no program's. */
static bool tells_act(const json_t *object)
{
	const char *type = text_of(object, "type");
	const char *op = text_of(object, "op");

	if (type && strcmp(type, "departure") && strcmp(type, "repeats") &&
	    strcmp(type, "behaviour"))
		return false;
	return op && strcmp(op, "pass");
}

static const char *read_line(struct behaviour_set *set, const json_t *object)
{
	struct behaviour behaviour = { 0 };
	const char *why;

	if (!json_is_object(object))
		return "it is no object";
	set->dropped += drops_of(object) + number_of(object, "missed");
	if (!tells_act(object))
		return NULL;
	why = read_behaviour(object, &behaviour);
	if (why)
		behaviour_free(&behaviour);
	else
		behaviour_set_add(set, &behaviour);
	return why;
}

/* Lists are told as an array by other commands: both are taken. */
static const char *read_value(struct behaviour_set *set, const json_t *value)
{
	const char *why = NULL;
	size_t i;

	if (!json_is_array(value))
		return read_line(set, value);
	for (i = 0; !why && i < json_array_size(value); i++)
		why = read_line(set, json_array_get(value, i));
	return why;
}

int behaviour_set_read(struct behaviour_set *set, FILE *stream,
		       const char *file)
{
	size_t number = 0;
	json_error_t error;
	const char *why;
	json_t *value;
	int next;

	for (;;) {
		do {
			next = getc(stream);
		} while (next == ' ' || next == '\n' || next == '\r' ||
			 next == '\t');
		if (next == EOF)
			break;
		ungetc(next, stream);
		number++;
		value = json_loadf(stream, JSON_DISABLE_EOF_CHECK, &error);
		if (!value) {
			output_error("%s: value %zu is no JSON: %s", file,
				     number, error.text);
			return -1;
		}
		why = read_value(set, value);
		json_decref(value);
		if (why) {
			output_error("%s: value %zu is no behaviour: %s", file,
				     number, why);
			return -1;
		}
	}
	if (!ferror(stream))
		return 0;
	output_error("%s: cannot be read", file);
	return -1;
}

int behaviour_set_read_file(struct behaviour_set *set, const char *name)
{
	bool standard = !strcmp(name, "-");
	FILE *stream = standard ? stdin : fopen(name, "re");
	int result;

	if (!stream) {
		output_error("%s: cannot be opened: %s", name, strerror(errno));
		return -1;
	}
	result = behaviour_set_read(set, stream, standard ? "stdin" : name);
	if (!standard)
		fclose(stream);
	return result;
}
