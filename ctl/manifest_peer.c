// SPDX-License-Identifier: LGPL-2.1-or-later
#include "manifest_peer.h"

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>

#include "manifest_parse.h"
#include "net_pattern.h"
#include "suggest.h"

static const char digits[] = "0123456789";
static const char *const protocols[] = { "tcp", "udp", "sctp", "icmp", "any" };

__attribute__((format(printf, 1, 2)))
static char *hint(const char *format, ...)
{
	va_list arguments;
	char *text;
	int size;

	va_start(arguments, format);
	size = vasprintf(&text, format, arguments);
	va_end(arguments);
	return size < 0 ? NULL : text;
}

static bool is_address(const char *text, size_t length)
{
	struct cordon_address address;

	return !cordon_address_parse(&address, text, length);
}

/* The prefix of that length which holds an address, and what it is not. */
static char *hint_host_bits(const char *text, size_t length)
{
	const char *slash = memchr(text, '/', length);
	struct cordon_address address;
	char network[CORDON_ADDRESS_TEXT];
	unsigned long bits, bit;
	char *end;

	if (!slash || cordon_address_parse(&address, text, slash - text) ||
	    !strchr(digits, slash[1]))
		return NULL;
	bits = strtoul(slash + 1, &end, 10);
	if (end != text + length)
		return NULL;
	bit = bits + (cordon_address_is_ipv4(&address) ? CORDON_IPV4_BITS : 0);
	if (bit >= 128)
		return NULL;
	for (; bit < 128; bit++)
		address.byte[bit / 8] &= ~(0x80 >> bit % 8);
	cordon_address_print(network, &address);
	return hint("did you mean \"%s/%lu\", or the one address \"%.*s\"?",
		    network, bits, (int)(slash - text), text);
}

/* "10.0.2.7:5432", or with "@": a peer and a port in one string. */
static char *hint_joined(const char *text)
{
	const char *at = strchr(text, '@'), *colon = strrchr(text, ':');

	if (at)
		return hint("write \"%s\", and beside it \"port\": \"%.*s\"",
			    at + 1, (int)(at - text), text);
	if (colon && colon[1] && !colon[1 + strspn(colon + 1, digits)] &&
	    is_address(text, colon - text))
		return hint("write \"%.*s\", and beside it \"port\": \"tcp/%s\"",
			    (int)(colon - text), text, colon + 1);
	return NULL;
}

static char *hint_kind(const char *text)
{
	static const char *const kinds[] = { "segment", "workload" };
	const char *colon = strchr(text, ':'), *nearest;
	char *kind;

	if (!colon)
		return NULL;
	kind = strndup(text, colon - text);
	nearest = kind ? suggest_nearest(kind, kinds, ARRAY_COUNT(kinds)) :
			 NULL;
	if (kind && nearest && !strcmp(kind, nearest))
		nearest = NULL;
	free(kind);
	return nearest ? hint("did you mean \"%s%s\"?", nearest, colon) : NULL;
}

char *manifest_peer_hint(const char *text)
{
	static const char *const words[] = { "any", "loopback" };
	const char *nearest;
	char *found = hint_joined(text);

	if (!found)
		found = hint_host_bits(text, strlen(text));
	if (!found)
		found = hint_kind(text);
	if (found)
		return found;
	if (!strcmp(text, "*") || !strcmp(text, "all"))
		return hint("did you mean \"any\"?");
	if (!strcmp(text, "localhost") || !strcmp(text, "lo"))
		return hint("did you mean \"loopback\"?");
	if (text[0] == '/' || !strncmp(text, "abstract:", 9))
		return hint("a unix socket is named in \"connect\" by a string of its own");
	nearest = suggest_nearest(text, words, ARRAY_COUNT(words));
	if (nearest)
		return hint("did you mean \"%s\"?", nearest);
	if (strchr(text, '.') && !strchr(text, ':') &&
	    text[strspn(text, "0123456789./")])
		return hint("names of hosts are not looked up: write its address, or put that into a segment");
	if (manifest_is_name(text) && !strchr(digits, text[0]))
		return hint("did you mean \"segment:%s\", or \"workload:%s\"?",
			    text, text);
	return hint("a peer is \"any\", \"loopback\", an address, a prefix, \"segment:NAME\" or \"workload:NAME\"");
}

/* "443", "443/tcp", "tcp:443", "tcp 443" */
static char *hint_order(const char *text)
{
	size_t length = strspn(text, digits), word;
	unsigned int i;

	if (length && (!text[length] || text[length] == '-'))
		return hint("did you mean \"tcp/%s\"?", text);
	for (i = 0; i < ARRAY_COUNT(protocols); i++) {
		word = strlen(protocols[i]);
		if (length && text[length] == '/' &&
		    !strcmp(text + length + 1, protocols[i]))
			return hint("did you mean \"%s/%.*s\"?", protocols[i],
				    (int)length, text);
		if (!strncmp(text, protocols[i], word) &&
		    text[word] && strchr(": ", text[word]) &&
		    strchr(digits, text[word + 1]))
			return hint("did you mean \"%s/%s\"?", protocols[i],
				    text + word + 1);
	}
	return NULL;
}

char *manifest_ports_hint(const char *text)
{
	size_t length = strcspn(text, "/");
	char *found = hint_order(text), *protocol;
	const char *nearest;

	if (found)
		return found;
	if (!strcmp(text, "*") || !strcmp(text, "all"))
		return hint("did you mean \"any\"?");
	if (text[length] && text[length + 1] &&
	    !strchr(digits, text[length + 1]))
		return hint("services are named by their numbers: \"%.*s/443\"",
			    (int)length, text);
	protocol = strndup(text, length);
	nearest = protocol ? suggest_nearest(protocol, protocols,
					     ARRAY_COUNT(protocols)) : NULL;
	if (nearest && strcmp(nearest, protocol))
		found = hint("did you mean \"%s%s\"?", nearest, text + length);
	else if (!nearest)
		found = hint("ports are \"tcp/443\", \"udp/8000-8100\", \"tcp\", \"udp\", \"sctp\", \"icmp\" or \"any\"");
	free(protocol);
	return found;
}

/* The nearest of all families and, of netlink, protocols that have a name. */
static char *hint_socket(const char *text)
{
	enum { FAMILIES = 64, WORD = 48 };
	static char words[FAMILIES][WORD];
	const char *candidates[FAMILIES], *nearest;
	size_t length = strcspn(text, "/"), count = 0;
	bool netlink = !strncmp(text, "netlink/", 8);
	char *word;
	u32 number;

	for (number = 0; number < FAMILIES; number++) {
		char *own = words[count];

		cordon_socket_print(own, WORD, netlink ? AF_NETLINK : number,
				    SOCK_RAW, netlink ? number : 0);
		if (!netlink)
			own[strcspn(own, "/")] = 0;
		if (!own[strspn(own, digits)] || own[strcspn(own, digits)])
			continue;
		candidates[count++] = own;
	}
	word = netlink ? strdup(text) : strndup(text, length);
	nearest = word ? suggest_nearest(word, candidates, count) : NULL;
	/* What is wrong then lies behind the family. */
	if (nearest && !strcmp(nearest, word))
		nearest = NULL;
	free(word);
	if (!nearest)
		return hint("as in \"packet\", \"inet/raw/1\", \"netlink/audit\"; a number may stand for each word");
	return hint("did you mean \"%s%s\"?", nearest,
		    netlink ? "" : text + length);
}

static bool refuse(struct manifest_reader *reader,
		   const struct position *value, const char *why, char *meant)
{
	manifest_error(reader, value, meant, "\"%s\": %s",
		       json_string_value(value->value), why);
	free(meant);
	return false;
}

bool manifest_peer_check(struct manifest_reader *reader,
			 const struct position *value)
{
	const char *text = json_string_value(value->value), *why = NULL;
	struct cordon_net_pattern pattern;
	char *full;
	int error;

	if (!*text || strpbrk(text, "{},@"))
		return refuse(reader, value, "is no peer",
			      strpbrk(text, "{},") ?
			      hint("several peers are a list: [ \"10.0.0.7\", \"segment:db\" ]") :
			      manifest_peer_hint(text));
	if (asprintf(&full, "any@%s", text) < 0)
		return refuse(reader, value, "out of memory", NULL);
	error = cordon_net_pattern_parse(&pattern, CORDON_OP_CONNECT, full,
					 &why);
	free(full);
	return !error || refuse(reader, value, why, manifest_peer_hint(text));
}

bool manifest_ports_check(struct manifest_reader *reader,
			  const struct position *value)
{
	const char *text = json_string_value(value->value), *why = NULL;
	struct cordon_net_pattern pattern;

	if (!*text || strpbrk(text, "{},@"))
		return refuse(reader, value, "names no ports",
			      strchr(text, '@') ?
			      hint("a peer has a key of its own") :
			      strpbrk(text, "{},") ?
			      hint("several are a list: [ \"tcp/80\", \"tcp/443\" ]") :
			      manifest_ports_hint(text));
	return !cordon_net_pattern_parse(&pattern, CORDON_OP_LISTEN, text,
					 &why) ||
	       refuse(reader, value, why, manifest_ports_hint(text));
}

bool manifest_socket_check(struct manifest_reader *reader,
			   const struct position *value)
{
	const char *text = json_string_value(value->value), *why = NULL;
	struct cordon_socket_pattern pattern;

	return !cordon_socket_pattern_parse(&pattern, text, &why) ||
	       refuse(reader, value, why, hint_socket(text));
}

bool manifest_prefix_check(struct manifest_reader *reader,
			   const struct position *value, size_t start)
{
	const char *text = json_string_value(value->value) + start;
	struct cordon_prefix prefix;
	const char *why = NULL;

	return !cordon_prefix_parse(&prefix, text, strlen(text), &why) ||
	       refuse(reader, value, why, hint_host_bits(text, strlen(text)));
}
