// SPDX-License-Identifier: GPL-2.0-only
/*
 * Reading what rules of class net, and claims, say.
 */
#include "net_pattern.h"

#include "pattern.h"

#define PORT_MAX 65535
#define INTERFACE_MAX 15	/* bytes of an interface's name */
#define ANY (-1)

struct word {
	const char *text;
	u32 number;
};

#define WORDS(table) (sizeof(table) / sizeof((table)[0]))

/* What rules about peers speak of; the first word of a number is printed. */
static const struct word transports[] = {
	{ "tcp", CORDON_PROTOCOL_TCP },
	{ "udp", CORDON_PROTOCOL_UDP },
	{ "sctp", CORDON_PROTOCOL_SCTP },
	{ "icmp", CORDON_PROTOCOL_ICMP },
	{ "any", CORDON_PROTOCOL_ANY },
};

/* linux/socket.h */
static const struct word families[] = {
	{ "unix", CORDON_AF_UNIX },
	{ "inet", CORDON_AF_INET },
	{ "ax25", 3 },
	{ "x25", 9 },
	{ "inet6", CORDON_AF_INET6 },
	{ "key", 15 },
	{ "netlink", CORDON_AF_NETLINK },
	{ "packet", CORDON_AF_PACKET },
	{ "rds", 21 },
	{ "pppox", 24 },
	{ "can", 29 },
	{ "tipc", 30 },
	{ "bluetooth", 31 },
	{ "phonet", 35 },
	{ "ieee802154", 36 },
	{ "alg", 38 },
	{ "nfc", 39 },
	{ "vsock", 40 },
	{ "kcm", 41 },
	{ "qipcrtr", 42 },
	{ "smc", 43 },
	{ "xdp", 44 },
};

/* linux/net.h */
static const struct word types[] = {
	{ "stream", CORDON_SOCK_STREAM },
	{ "dgram", CORDON_SOCK_DGRAM },
	{ "raw", 3 },
	{ "rdm", 4 },
	{ "seqpacket", 5 },
};

/* linux/netlink.h */
static const struct word netlink_protocols[] = {
	{ "route", 0 },
	{ "usersock", 2 },
	{ "sock_diag", 4 },
	{ "nflog", 5 },
	{ "xfrm", 6 },
	{ "selinux", 7 },
	{ "iscsi", 8 },
	{ "audit", 9 },
	{ "fib_lookup", 10 },
	{ "connector", 11 },
	{ "netfilter", 12 },
	{ "kobject_uevent", 15 },
	{ "generic", 16 },
	{ "rdma", 20 },
	{ "crypto", 21 },
};

/* linux/in.h */
static const struct word inet_protocols[] = {
	{ "icmp", CORDON_PROTOCOL_ICMP },
	{ "tcp", CORDON_PROTOCOL_TCP },
	{ "udp", CORDON_PROTOCOL_UDP },
	{ "dccp", 33 },
	{ "icmpv6", CORDON_PROTOCOL_ICMPV6 },
	{ "sctp", CORDON_PROTOCOL_SCTP },
	{ "udplite", 136 },
	{ "mptcp", 262 },
};

/* What is being read: the text that is left. */
struct text {
	const char *at;
	size_t length;
};

/* Takes all up to @end off @text, and @end; false if there is none. */
static bool take_until(struct text *text, char end, struct text *taken)
{
	const char *found = memchr(text->at, end, text->length);

	taken->at = text->at;
	taken->length = found ? (size_t)(found - text->at) : text->length;
	text->at += taken->length + (found ? 1 : 0);
	text->length -= taken->length + (found ? 1 : 0);
	return found;
}

static bool is_word(const struct text *text, const char *word)
{
	return strlen(word) == text->length &&
	       memcmp(word, text->at, text->length) == 0;
}

/* Takes @word off the start of @text, if it begins like that. */
static bool take_word(struct text *text, const char *word)
{
	const size_t length = strlen(word);

	if (text->length < length || memcmp(text->at, word, length) != 0)
		return false;
	text->at += length;
	text->length -= length;
	return true;
}

/* All of @text, a number without leading zeroes. */
static bool number_of(const struct text *text, u32 most, u32 *number)
{
	size_t i;

	*number = 0;
	for (i = 0; i < text->length; i++) {
		if (text->at[i] < '0' || text->at[i] > '9')
			return false;
		if (i && text->at[0] == '0')
			return false;
		*number = *number * 10 + (u32)(text->at[i] - '0');
		if (*number > most)
			return false;
	}
	return i;
}

static bool word_number(const struct word *table, size_t words,
			const struct text *text, u32 *number)
{
	size_t i;

	for (i = 0; i < words; i++) {
		if (is_word(text, table[i].text)) {
			*number = table[i].number;
			return true;
		}
	}
	return false;
}

static const char *number_word(const struct word *table, size_t words,
			       u32 number)
{
	size_t i;

	for (i = 0; i < words; i++) {
		if (table[i].number == number)
			return table[i].text;
	}
	return NULL;
}

bool cordon_net_pattern_is(const char *text)
{
	return text[0] != '/' &&
	       cordon_pattern_kind(text, strnlen(text, CORDON_PATH_MAX)) ==
		       CORDON_OBJECT_PATH;
}

static const char *ports_parse(struct cordon_net_pattern *pattern,
			       struct text text)
{
	struct text word;
	struct text first;
	const bool has_ports = take_until(&text, '/', &word);
	bool is_range;
	u32 number;

	if (!word_number(transports, WORDS(transports), &word, &number))
		return "a protocol is tcp, udp, sctp, icmp or any";
	pattern->protocol = (u8)number;
	pattern->first = 0;
	pattern->last = PORT_MAX;
	if (!has_ports)
		return NULL;
	if (number == CORDON_PROTOCOL_ICMP || number == CORDON_PROTOCOL_ANY)
		return "only tcp, udp and sctp have ports";
	is_range = take_until(&text, '-', &first);
	if (!number_of(&first, PORT_MAX, &number))
		return "a port is a number from 0 to 65535";
	pattern->first = (u16)number;
	if (is_range && !number_of(&text, PORT_MAX, &number))
		return "a range of ports is FIRST-LAST, numbers from 0 to 65535";
	pattern->last = (u16)number;
	if (pattern->last < pattern->first)
		return "a range of ports runs backwards";
	return NULL;
}

static const char *peer_parse(struct cordon_net_pattern *pattern,
			      struct text text)
{
	const char *why = NULL;

	if (is_word(&text, "any")) {
		pattern->kind = CORDON_PEER_ANY;
		return NULL;
	}
	if (is_word(&text, "loopback")) {
		pattern->kind = CORDON_PEER_LOOPBACK;
		return NULL;
	}
	if (take_word(&text, "segment:"))
		pattern->kind = CORDON_PEER_SEGMENT;
	else if (take_word(&text, "workload:"))
		pattern->kind = CORDON_PEER_WORKLOAD;
	else
		pattern->kind = CORDON_PEER_PREFIX;
	if (pattern->kind == CORDON_PEER_PREFIX) {
		if (cordon_prefix_parse(&pattern->prefix, text.at, text.length,
					&why) &&
		    !memchr(text.at, '.', text.length) &&
		    !memchr(text.at, ':', text.length))
			why = "a peer is any, loopback, an address or prefix, segment:NAME or workload:NAME";
		return why;
	}
	pattern->name = text.at;
	pattern->name_length = (u32)text.length;
	return cordon_name_check(text.at, text.length);
}

int cordon_net_pattern_parse(struct cordon_net_pattern *pattern,
			     enum cordon_op op, const char *text,
			     const char **why)
{
	struct text rest = { text, strnlen(text, CORDON_PATH_MAX) };
	struct text ports;
	bool has_peer;

	*pattern = (struct cordon_net_pattern){ .kind = CORDON_PEER_NONE };
	has_peer = take_until(&rest, '@', &ports);
	*why = ports_parse(pattern, ports);
	if (*why)
		return -EINVAL;
	if (op == CORDON_OP_LISTEN) {
		if (has_peer)
			*why = "listen speaks of a port; for peers there is accept";
		return *why ? -EINVAL : 0;
	}
	*why = has_peer ? peer_parse(pattern, rest) :
			  "a peer is missing, as in tcp/443@10.0.0.0/8";
	if (!*why && op == CORDON_OP_PASS &&
	    pattern->kind != CORDON_PEER_ANY &&
	    pattern->kind != CORDON_PEER_SEGMENT)
		*why = "between segments, a peer is any or a segment";
	return *why ? -EINVAL : 0;
}

/* The protocols that have words in a family, or NULL. */
static const struct word *protocols_of(u32 family, size_t *words)
{
	switch (family) {
	case CORDON_AF_NETLINK:
		*words = WORDS(netlink_protocols);
		return netlink_protocols;
	case CORDON_AF_INET:
	case CORDON_AF_INET6:
		*words = WORDS(inet_protocols);
		return inet_protocols;
	default:
		*words = 0;
		return NULL;
	}
}

/* A word of the table, or a number. */
static bool number_parse(const struct word *table, size_t words,
			 const struct text *text, u32 most, s32 *number)
{
	u32 value;

	if (!word_number(table, words, text, &value) &&
	    !number_of(text, most, &value))
		return false;
	*number = (s32)value;
	return true;
}

int cordon_socket_pattern_parse(struct cordon_socket_pattern *pattern,
				const char *text, const char **why)
{
	struct text rest = { text, strnlen(text, CORDON_PATH_MAX) };
	const struct word *protocols;
	struct text word;
	size_t words;
	bool more;

	*pattern = (struct cordon_socket_pattern){ ANY, ANY, ANY };
	more = take_until(&rest, '/', &word);
	if (!number_parse(families, WORDS(families), &word, 255,
			  &pattern->family)) {
		*why = "no family of sockets, as in packet, vsock, bluetooth, or its number";
		return -EINVAL;
	}
	/* The type makes no difference to netlink. */
	if (more && pattern->family != CORDON_AF_NETLINK) {
		more = take_until(&rest, '/', &word);
		if (!number_parse(types, WORDS(types), &word, 15,
				  &pattern->type)) {
			*why = "a socket's type is stream, dgram, raw, rdm or seqpacket, or a number up to 15";
			return -EINVAL;
		}
	}
	protocols = protocols_of((u32)pattern->family, &words);
	if (more && !number_parse(protocols, words, &rest, PORT_MAX,
				  &pattern->protocol)) {
		*why = "no protocol of that family, or a number up to 65535";
		return -EINVAL;
	}
	return 0;
}

u32 cordon_socket_protocol(u32 family, u32 protocol)
{
	if (family != CORDON_AF_PACKET)
		return protocol;
	return (u32)(cordon_big64(protocol & 0xffff) >> 48);
}

static u32 put_text(char *to, size_t room, const char *from)
{
	size_t length = strlen(from);

	if (length > room)
		length = room;
	memcpy(to, from, length);
	return (u32)length;
}

/* A number's word if it has one. */
static u32 put_number(char *to, size_t room, const struct word *table,
		      size_t words, u32 number)
{
	const char *word = number_word(table, words, number);
	char digits[10];
	u32 at = sizeof(digits);
	u32 length;

	if (word)
		return put_text(to, room, word);
	do {
		digits[--at] = (char)('0' + number % 10);
		number /= 10;
	} while (number);
	length = (u32)sizeof(digits) - at;
	if (length > room)
		length = (u32)room;
	memcpy(to, digits + at, length);
	return length;
}

u32 cordon_socket_print(char *text, size_t size, u32 family, u32 type,
			u32 protocol)
{
	const struct word *protocols;
	size_t words;
	u32 at;

	protocols = protocols_of(family, &words);
	at = put_number(text, size - 1, families, WORDS(families), family);
	if (family != CORDON_AF_NETLINK) {
		at += put_text(text + at, size - 1 - at, "/");
		at += put_number(text + at, size - 1 - at, types, WORDS(types),
				 type);
	}
	at += put_text(text + at, size - 1 - at, "/");
	at += put_number(text + at, size - 1 - at, protocols, words,
			 cordon_socket_protocol(family, protocol));
	text[at] = '\0';
	return at;
}

const char *cordon_protocol_name(u32 protocol)
{
	if (protocol == CORDON_PROTOCOL_ICMPV6)
		protocol = CORDON_PROTOCOL_ICMP;
	if (protocol == CORDON_PROTOCOL_ANY)
		return NULL;
	return number_word(transports, WORDS(transports), protocol);
}

const char *cordon_interface_check(const char *text, size_t length)
{
	static const char bytes[] =
		"an interface's name has no slash, colon or white space";
	size_t i;

	if (!length || length > INTERFACE_MAX)
		return "an interface's name has 1 to " CORDON_STRING(
			INTERFACE_MAX) " bytes";
	if (text[0] == '.' && (length == 1 || (length == 2 && text[1] == '.')))
		return "\".\" and \"..\" name no interface";
	for (i = 0; i < length; i++) {
		if (text[i] == '/' || text[i] == ':' || (u8)text[i] <= ' ' ||
		    (u8)text[i] == 0x7f || (u8)text[i] == 0xa0)
			return bytes;
	}
	return NULL;
}

static int hex_digit(char digit)
{
	if (digit >= '0' && digit <= '9')
		return digit - '0';
	if (digit >= 'a' && digit <= 'f')
		return digit - 'a' + 10;
	if (digit >= 'A' && digit <= 'F')
		return digit - 'A' + 10;
	return -1;
}

static bool mac_parse(u8 mac[6], const struct text *text)
{
	int high;
	int low;
	u32 i;

	if (text->length != 17)
		return false;
	for (i = 0; i < 6; i++) {
		high = hex_digit(text->at[3 * i]);
		low = hex_digit(text->at[3 * i + 1]);
		if (high < 0 || low < 0 ||
		    (i < 5 && text->at[3 * i + 2] != ':'))
			return false;
		mac[i] = (u8)(high << 4 | low);
	}
	return true;
}

int cordon_claim_parse(struct cordon_claim *claim, const char *text,
		       const char **why)
{
	struct text rest = { text, strnlen(text, CORDON_PATH_MAX) };
	struct text port;

	*claim = (struct cordon_claim){ .port = text };
	if (!take_until(&rest, ' ', &port)) {
		*why = "a claim is a bridge port and an address, IP or MAC, with a space between";
		return -EINVAL;
	}
	*why = cordon_interface_check(port.at, port.length);
	if (*why)
		return -EINVAL;
	claim->port_length = (u32)port.length;
	claim->is_mac = mac_parse(claim->mac, &rest);
	if (claim->is_mac) {
		if (!(claim->mac[0] & 1))
			return 0;
		*why = "nobody sends from a multicast address";
		return -EINVAL;
	}
	if (cordon_prefix_parse(&claim->prefix, rest.at, rest.length, why)) {
		*why = "a claim's address is an IP address or prefix, or a MAC as in 52:54:00:12:34:56";
		return -EINVAL;
	}
	return 0;
}
