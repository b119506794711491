// SPDX-License-Identifier: LGPL-2.1-or-later
#include "advice_net.h"

#include <jansson.h>
#include <stdlib.h>
#include <string.h>

#include "manifest.h"

static const char abstract[] = "abstract:";

/* A JSON string; what is not UTF-8 no document can spell */
static void put_string(FILE *stream, const char *text, size_t length)
{
	json_t *string = json_stringn(text, length);
	char *dumped = string ? json_dumps(string, JSON_ENCODE_ANY) : NULL;

	fputs(dumped ? dumped : "\"…\"", stream);
	free(dumped);
	json_decref(string);
}

/* The path of a unix socket is a pattern, an abstract name is none */
static void put_unix(FILE *stream, const char *object)
{
	bool path = strncmp(object, abstract, strlen(abstract));
	char *pattern = path ? manifest_pattern_quote(object) : NULL;
	const char *text = pattern ? pattern : object;

	put_string(stream, text, strlen(text));
	free(pattern);
}

/* "any" is what is meant where no port is given */
static void put_ports(FILE *stream, const char *ports, size_t length)
{
	if (length == 3 && !memcmp(ports, "any", 3))
		return;
	fputs(", \"port\": ", stream);
	put_string(stream, ports, length);
}

static void put_peer(FILE *stream, const char *key, const char *object)
{
	const char *peer = strchr(object, '@');
	size_t ports = peer ? (size_t)(peer - object) : strlen(object);

	peer = peer ? peer + 1 : "any";
	fprintf(stream, "{ \"%s\": ", key);
	put_string(stream, peer, strlen(peer));
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
		put_string(stream, object, strcspn(object, "@"));
		break;
	default:
		fputs("\"sockets\": [ ", stream);
		put_string(stream, object, strlen(object));
		break;
	}
	fputs(" ]", stream);
}

void advice_put_pass(FILE *stream, const char *from, const char *to,
		     const char *ports)
{
	from = from ? from : "any";
	to = to ? to : "any";
	fputs("\"allow\": [ { \"from\": ", stream);
	put_string(stream, from, strlen(from));
	fputs(", \"to\": ", stream);
	put_string(stream, to, strlen(to));
	put_ports(stream, ports, strlen(ports));
	fputs(" } ]", stream);
}
