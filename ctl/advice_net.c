// SPDX-License-Identifier: LGPL-2.1-or-later
#include "advice_net.h"

#include <stdlib.h>
#include <string.h>

#include "advice_text.h"
#include "endpoint.h"
#include "names.h"

static const char abstract[] = "abstract:";

/* The path of a unix socket is a pattern, an abstract name is none */
static void put_unix(FILE *stream, const char *object)
{
	if (strncmp(object, abstract, strlen(abstract)))
		advice_put_pattern(stream, object);
	else
		advice_put_string(stream, object, strlen(object));
}

/* "any" is what is meant where no port is given */
static void put_ports(FILE *stream, const char *ports, size_t length)
{
	if (length == 3 && !memcmp(ports, "any", 3))
		return;
	fputs(", \"port\": ", stream);
	advice_put_string(stream, ports, length);
}

static void put_peer(FILE *stream, const char *key, const char *object)
{
	const char *peer = strchr(object, '@');
	size_t ports = peer ? (size_t)(peer - object) : strlen(object);

	peer = peer ? peer + 1 : "any";
	fprintf(stream, "{ \"%s\": ", key);
	advice_put_string(stream, peer, strlen(peer));
	put_ports(stream, object, ports);
	fputs(" }", stream);
}

void advice_put_net(FILE *stream, enum cordon_op op, const char *object)
{
	switch (op) {
	case CORDON_OP_CONNECT:
		fputs("\"connect\": [ ", stream);
		if (*object == '/' ||
		    !strncmp(object, abstract, strlen(abstract)))
			put_unix(stream, object);
		else
			put_peer(stream, "to", object);
		break;
	case CORDON_OP_ACCEPT:
		fputs("\"accept\": [ ", stream);
		put_peer(stream, "from", object);
		break;
	case CORDON_OP_LISTEN:
		fputs("\"listen\": [ ", stream);
		advice_put_string(stream, object, strcspn(object, "@"));
		break;
	default:
		fputs("\"sockets\": [ ", stream);
		advice_put_string(stream, object, strlen(object));
		break;
	}
	fputs(" ]", stream);
}

/* First of a list with commas, for free(); NULL if there is none */
static char *first_of(const char *list)
{
	return *list ? strndup(list, strcspn(list, ",")) : NULL;
}

/* The other end, as a rule had best name it */
static char *event_object(const struct client_event *event)
{
	const char *at = strchr(event->object, '@');
	char *segment, *object = NULL;
	int length = -1;

	if (event->kind == CORDON_OBJECT_ABSTRACT)
		length = asprintf(&object, "%s%s", strncmp(event->object,
				  abstract, strlen(abstract)) ? abstract : "",
				  event->object);
	else if (event->kind == CORDON_OBJECT_UNNAMED)
		length = asprintf(&object, "any@workload:%s",
				  *event->peer ? event->peer : "NAME");
	if (event->kind != CORDON_OBJECT_PEER || !at)
		return length < 0 ? strdup(event->object) : object;
	segment = first_of(event->remote.segments);
	if (segment)
		length = asprintf(&object, "%.*s@segment:%s",
				  (int)(at - event->object), event->object,
				  segment);
	free(segment);
	return length < 0 ? strdup(event->object) : object;
}

static void advise_entry(FILE *stream, const struct client_event *event)
{
	char *object = event_object(event);

	if (!object)
		return;
	fputs("if it should be allowed, add ", stream);
	if (event->unlisted) {
		fputs("{ \"exe\": ", stream);
		advice_put_pattern(stream, event->program);
		fputs(", ", stream);
	}
	advice_put_net(stream, event->op, object);
	if (event->unlisted)
		fputs(" } to the \"programs\"", stream);
	else
		fprintf(stream, " to the program %s", event->program);
	fprintf(stream, " of %s", event->workload);
	free(object);
}

static void advise_pass(FILE *stream, const struct client_event *event)
{
	char *from = first_of(event->local.segments);
	char *to = first_of(event->remote.segments);
	char *ports = strndup(event->object, strcspn(event->object, "@"));

	if (ports) {
		fputs("if it should pass, add ", stream);
		advice_put_pass(stream, from, to, ports);
		fprintf(stream, " to the document %s", event->workload);
	}
	free(from);
	free(to);
	free(ports);
}

/* Does a rule speak of that segment, of @length bytes */
static bool is_named(const char *rule, const char *segment, size_t length)
{
	static const char word[] = "segment:";

	while ((rule = strstr(rule, word))) {
		rule += strlen(word);
		if (strcspn(rule, ",}") == length &&
		    !strncmp(rule, segment, length))
			return true;
	}
	return false;
}

/* The first segment of a list that a rule speaks of, for free() */
static char *named_of(const char *list, const char *rule)
{
	while (*list) {
		size_t length = strcspn(list, ",");

		if (is_named(rule, list, length))
			return strndup(list, length);
		list += length;
		list += *list == ',';
	}
	return NULL;
}

/*
 * The segment that a deny rule is about, and the end that lies in it: one that
 * its text names, else that where the flow comes from.
 */
static void advise_undo(FILE *stream, const struct client_event *event)
{
	const struct client_end *end = &event->remote;
	char address[CORDON_ADDRESS_TEXT];
	char *segment;

	segment = named_of(end->segments, event->rule_text);
	if (!segment && event->op == CORDON_OP_PASS) {
		end = &event->local;
		segment = first_of(end->segments);
	}
	fputs("a deny outweighs every allow: if it should be allowed, narrow that rule or take it out",
	      stream);
	if (segment && end->known) {
		cordon_address_print(address, &end->address);
		fprintf(stream, "; if %s was put into %s at run time, `cordonctl segment del %s %s`",
			address, segment, segment, address);
	}
	free(segment);
}

static void advise_claim(FILE *stream, const struct client_event *event)
{
	char address[CORDON_ADDRESS_TEXT];

	if (!event->local.known)
		return;
	cordon_address_print(address, &event->local.address);
	fprintf(stream, "if that is the port's own address, add it to \"addresses\" of the port's claim in the document %s: \"%s\"",
		event->workload, address);
}

char *advice_event(const struct client_event *event)
{
	char *text = NULL;
	FILE *stream;
	size_t size;

	if (cordon_op_class(event->op) != CORDON_CLASS_NET)
		return NULL;
	stream = open_memstream(&text, &size);
	if (!stream)
		return NULL;
	switch (event->reason) {
	case CORDON_REASON_RULE:
		advise_undo(stream, event);
		break;
	case CORDON_REASON_DEFAULT:
		advise_entry(stream, event);
		break;
	case CORDON_REASON_ISOLATED:
		advise_pass(stream, event);
		break;
	case CORDON_REASON_CLAIM:
		advise_claim(stream, event);
		break;
	default:
		break;
	}
	if (!fclose(stream) && size)
		return text;
	free(text);
	return NULL;
}

void advice_put_pass(FILE *stream, const char *from, const char *to,
		     const char *ports)
{
	from = from ? from : "any";
	to = to ? to : "any";
	fputs("\"allow\": [ { \"from\": ", stream);
	advice_put_string(stream, from, strlen(from));
	fputs(", \"to\": ", stream);
	advice_put_string(stream, to, strlen(to));
	put_ports(stream, ports, strlen(ports));
	fputs(" } ]", stream);
}
