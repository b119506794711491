// SPDX-License-Identifier: LGPL-2.1-or-later
#include "cover.h"

#include <string.h>

#include "net_pattern.h"
#include "pattern.h"

/**
 * struct item - one item of a component: "*", or the bytes that may stand there
 * @star: any number of any bytes
 * @bytes: bit n: byte n may
 */
struct item {
	bool star;
	u64 bytes[4];
};

static void put_byte(struct item *item, unsigned char byte)
{
	item->bytes[byte / 64] |= 1ull << byte % 64;
}

static void invert(struct item *item)
{
	size_t i;

	for (i = 0; i < 4; i++)
		item->bytes[i] = ~item->bytes[i];
	/* Neither can stand in a name */
	item->bytes[0] &= ~1ull;
	item->bytes['/' / 64] &= ~(1ull << '/' % 64);
}

/* A byte of a set, perhaps behind a backslash; *at moves behind it */
static unsigned char set_byte(const char *text, size_t length, size_t *at)
{
	if (text[*at] == '\\' && *at + 1 < length)
		++*at;
	return (unsigned char)text[(*at)++];
}

static size_t read_set(const char *text, size_t length, struct item *item)
{
	size_t at = 1;
	bool inverted = at < length && text[at] == '!';

	at += inverted;
	while (at < length && text[at] != ']') {
		unsigned int first = set_byte(text, length, &at);
		unsigned int last = first;

		if (at + 1 < length && text[at] == '-' && text[at + 1] != ']') {
			at++;
			last = set_byte(text, length, &at);
		}
		for (; first <= last; first++)
			put_byte(item, first);
	}
	if (inverted)
		invert(item);
	/* A range may reach over the slash, which is in no name */
	item->bytes['/' / 64] &= ~(1ull << '/' % 64);
	return at + 1;
}

/* The items of a component: at most one for each of its bytes */
static size_t read_items(const struct cordon_component *component,
			 struct item *items)
{
	const char *text = component->text;
	size_t length = component->length, at = 0, count = 0;

	while (at < length) {
		struct item *item = &items[count++];

		memset(item, 0, sizeof(*item));
		switch (text[at]) {
		case '*':
			item->star = true;
			at++;
			break;
		case '?':
			invert(item);
			at++;
			break;
		case '[':
			at += read_set(text + at, length - at, item);
			break;
		default:
			put_byte(item, set_byte(text, length, &at));
			break;
		}
	}
	return count;
}

static bool covers_item(const struct item *general, const struct item *special)
{
	size_t i;

	if (special->star)
		return false;
	for (i = 0; i < 4; i++)
		if (special->bytes[i] & ~general->bytes[i])
			return false;
	return true;
}

/* As a pattern matches a name, with the other's items for bytes */
static bool covers_items(const struct item *general, size_t general_count,
			 const struct item *special, size_t special_count)
{
	size_t star = SIZE_MAX, back = 0, g = 0, s = 0;

	while (s < special_count) {
		if (g < general_count && general[g].star) {
			star = g++;
			back = s;
		} else if (g < general_count &&
			   covers_item(&general[g], &special[s])) {
			g++;
			s++;
		} else if (star != SIZE_MAX) {
			g = star + 1;
			s = ++back;
		} else {
			return false;
		}
	}
	while (g < general_count && general[g].star)
		g++;
	return g == general_count;
}

static bool covers_component(const struct cordon_component *general,
			     const struct cordon_component *special)
{
	/* A component is bounded, escapes and sets included */
	struct item ours[CORDON_PATH_MAX], theirs[CORDON_PATH_MAX];

	if (general->length > CORDON_PATH_MAX ||
	    special->length > CORDON_PATH_MAX)
		return false;
	return covers_items(ours, read_items(general, ours), theirs,
			    read_items(special, theirs));
}

/* A pattern, and how far it has been followed */
struct walk {
	const char *text;
	size_t length;
	size_t at;
};

static bool next(struct walk *walk, struct cordon_component *component)
{
	return cordon_pattern_next(walk->text, walk->length, &walk->at,
				   component);
}

static bool at_end(struct walk walk)
{
	struct cordon_component component;

	return !next(&walk, &component);
}

static bool covers(struct walk general, struct walk special)
{
	struct cordon_component ours, theirs;
	struct walk rest = special;

	if (!next(&general, &ours))
		return at_end(special);
	if (ours.kind != CORDON_COMPONENT_STARSTAR)
		return next(&special, &theirs) &&
		       theirs.kind != CORDON_COMPONENT_STARSTAR &&
		       covers_component(&ours, &theirs) &&
		       covers(general, special);
	/* At the end it stands for one component or more */
	if (at_end(general))
		return !at_end(special);
	do {
		if (covers(general, rest))
			return true;
	} while (next(&rest, &theirs));
	return false;
}

bool cover_path(const char *general, const char *special)
{
	struct walk ours = { general, strlen(general), 0 };
	struct walk theirs = { special, strlen(special), 0 };

	if (!strcmp(general, special))
		return true;
	if (*general != '/' || *special != '/')
		return !strcmp(general, "abstract:") &&
		       !strncmp(special, general, strlen(general));
	return covers(ours, theirs);
}

static bool covers_number(s32 general, s32 special)
{
	return general < 0 || general == special;
}

static bool covers_socket(const char *general, const char *special)
{
	struct cordon_socket_pattern ours, theirs;
	const char *why;

	if (cordon_socket_pattern_parse(&ours, general, &why) ||
	    cordon_socket_pattern_parse(&theirs, special, &why))
		return false;
	return covers_number(ours.family, theirs.family) &&
	       covers_number(ours.type, theirs.type) &&
	       covers_number(ours.protocol, theirs.protocol);
}

static bool covers_prefix(const struct cordon_prefix *general,
			  const struct cordon_prefix *special)
{
	size_t bytes = general->length / 8, bits = general->length % 8;
	const u8 *ours = (const u8 *)&general->address;
	const u8 *theirs = (const u8 *)&special->address;

	if (general->length > special->length || memcmp(ours, theirs, bytes))
		return false;
	/* A short prefix of IPv6 holds no IPv4 address: see cordon_prefix */
	if (general->length < CORDON_IPV4_BITS &&
	    cordon_address_is_ipv4(&special->address))
		return false;
	return !bits || !((ours[bytes] ^ theirs[bytes]) >> (8 - bits));
}

static bool covers_peer(const struct cordon_net_pattern *general,
			const struct cordon_net_pattern *special)
{
	if (general->kind == CORDON_PEER_ANY)
		/* Of a workload without a protocol: its unix sockets too */
		return special->kind != CORDON_PEER_WORKLOAD ||
		       special->protocol != CORDON_PROTOCOL_ANY;
	if (general->kind != special->kind)
		return false;
	switch (general->kind) {
	case CORDON_PEER_PREFIX:
		return covers_prefix(&general->prefix, &special->prefix);
	case CORDON_PEER_SEGMENT:
	case CORDON_PEER_WORKLOAD:
		return general->name_length == special->name_length &&
		       !memcmp(general->name, special->name,
			       general->name_length);
	default:
		return true;
	}
}

/* All but the ports */
static bool covers_flow(const struct cordon_net_pattern *general,
			const struct cordon_net_pattern *special)
{
	return (general->protocol == CORDON_PROTOCOL_ANY ||
		general->protocol == special->protocol) &&
	       covers_peer(general, special);
}

static bool is_flow(enum cordon_op op, const char *pattern,
		    struct cordon_net_pattern *flow)
{
	const char *why;

	if (op != CORDON_OP_LISTEN && op != CORDON_OP_ACCEPT &&
	    op != CORDON_OP_CONNECT && op != CORDON_OP_PASS)
		return false;
	return (op == CORDON_OP_LISTEN || cordon_net_pattern_is(pattern)) &&
	       !cordon_net_pattern_parse(flow, op, pattern, &why);
}

bool cover_pattern(enum cordon_op op, const char *general, const char *special)
{
	return cover_patterns(op, &general, 1, special);
}

static bool covers_other(enum cordon_op op, const char *general,
			 const char *special)
{
	if (op == CORDON_OP_SOCKET)
		return covers_socket(general, special);
	return cover_path(general, special);
}

/* Do the flows cover all ports: from the lowest that is not covered yet, on */
static bool covers_ports(enum cordon_op op, const char *const *general,
			 size_t count, const struct cordon_net_pattern *flow)
{
	struct cordon_net_pattern other;
	u32 from = flow->first, before;
	size_t i;

	do {
		before = from;
		for (i = 0; i < count; i++)
			if (is_flow(op, general[i], &other) &&
			    covers_flow(&other, flow) && other.first <= from &&
			    other.last >= from)
				from = (u32)other.last + 1;
		if (from > flow->last)
			return true;
	} while (from != before);
	return false;
}

bool cover_patterns(enum cordon_op op, const char *const *general,
		    size_t count, const char *special)
{
	struct cordon_net_pattern flow;
	size_t i;

	if (is_flow(op, special, &flow))
		return covers_ports(op, general, count, &flow);
	for (i = 0; i < count; i++)
		if (!is_flow(op, general[i], &flow) &&
		    covers_other(op, general[i], special))
			return true;
	return false;
}
