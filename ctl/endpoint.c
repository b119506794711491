// SPDX-License-Identifier: LGPL-2.1-or-later
#include "endpoint.h"

#include <netinet/in.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "net_pattern.h"

const char *endpoint_protocol(uint8_t protocol, char text[8])
{
	const char *name;

	if (protocol == IPPROTO_ICMPV6)
		protocol = IPPROTO_ICMP;
	name = cordon_protocol_name(protocol);
	if (name)
		return name;
	snprintf(text, 8, "%u", protocol);
	return text;
}

const char *endpoint_print(const struct client_end *end,
			   char text[ENDPOINT_TEXT])
{
	char address[CORDON_ADDRESS_TEXT];
	bool ipv4 = cordon_address_is_ipv4(&end->address);

	if (!end->known) {
		strcpy(text, "?");
		return text;
	}
	cordon_address_print(address, &end->address);
	if (end->port)
		snprintf(text, ENDPOINT_TEXT, "%s%s%s:%u", ipv4 ? "" : "[",
			 address, ipv4 ? "" : "]", end->port);
	else
		snprintf(text, ENDPOINT_TEXT, "%s", address);
	return text;
}

bool endpoint_is_any(const struct cordon_address *address)
{
	static const unsigned char none[16];

	if (cordon_address_is_ipv4(address))
		return !memcmp(address->byte + 12, none, 4);
	return !memcmp(address->byte, none, sizeof(none));
}

const char *endpoint_prefix(const struct cordon_prefix *prefix,
			    char text[ENDPOINT_TEXT])
{
	bool ipv4 = prefix->length >= CORDON_IPV4_BITS &&
		    cordon_address_is_ipv4(&prefix->address);
	u32 length = prefix->length;
	u32 used;

	used = cordon_address_print(text, &prefix->address);
	if (length < 128)
		snprintf(text + used, ENDPOINT_TEXT - used, "/%u",
			 ipv4 ? length - CORDON_IPV4_BITS : length);
	return text;
}

void endpoint_words(struct output *output, size_t column, const char *list)
{
	char word[CORDON_NAME_MAX + 1];

	while (*list) {
		size_t length = strcspn(list, ",");

		snprintf(word, sizeof(word), "%.*s", (int)length, list);
		output_word(output, column, word);
		list += length;
		list += *list == ',';
	}
}

char *endpoint_listens(const struct client_flow *flow)
{
	char protocol[8], address[CORDON_ADDRESS_TEXT], *text;
	int length;

	cordon_address_print(address, &flow->local.address);
	length = asprintf(&text, "%s/%u%s%s",
			  endpoint_protocol(flow->protocol, protocol),
			  flow->local.port,
			  endpoint_is_any(&flow->local.address) ? "" : "@",
			  endpoint_is_any(&flow->local.address) ? "" : address);
	return length < 0 ? NULL : text;
}

/* An end, and in parentheses what is known of it */
static void put_end(FILE *stream, const struct client_end *end,
		    const char *workload)
{
	char text[ENDPOINT_TEXT];
	const char *at = end->segments;

	fputs(endpoint_print(end, text), stream);
	if (!*end->segments && !*workload)
		return;
	fputs(" (", stream);
	for (; *at; at++) {
		fputc(*at, stream);
		if (*at == ',')
			fputc(' ', stream);
	}
	if (*workload)
		fprintf(stream, "%sworkload %s", *end->segments ? ", " : "",
			workload);
	fputc(')', stream);
}

/* An end of which there is something to say */
static bool is_told(const struct client_end *end)
{
	return end->known && (end->port || !endpoint_is_any(&end->address));
}

char *endpoint_event(const struct client_event *event)
{
	bool inbound = event->op == CORDON_OP_ACCEPT;
	const struct client_end *from = inbound ? &event->remote :
						  &event->local;
	const struct client_end *to = inbound ? &event->local : &event->remote;
	char protocol[8], *text = NULL;
	FILE *stream;
	size_t size;

	stream = open_memstream(&text, &size);
	if (!stream)
		return NULL;
	fputs(endpoint_protocol(event->protocol, protocol), stream);
	if (event->op == CORDON_OP_LISTEN) {
		fputc(' ', stream);
		put_end(stream, &event->local, "");
	} else {
		if (is_told(from)) {
			fputc(' ', stream);
			put_end(stream, from, inbound ? event->peer : "");
		}
		fputs(" -> ", stream);
		put_end(stream, to, inbound ? "" : event->peer);
	}
	if (fclose(stream)) {
		free(text);
		return NULL;
	}
	return text;
}
