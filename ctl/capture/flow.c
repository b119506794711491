// SPDX-License-Identifier: LGPL-2.1-or-later
#include "flow.h"

#include <stdlib.h>
#include <string.h>

#include "grow.h"
#include "net_pattern.h"
#include "network.h"

/* Ports that the kernel gives out, from which on they are a range. */
#define EPHEMERAL_MIN	3

/** struct pair - a flow, and the words of a rule for it */
struct pair {
	const struct behaviour *behaviour;
	char *port;
	char *peer;
};

static u8 transport_of(const struct behaviour *behaviour)
{
	return behaviour->protocol == CORDON_PROTOCOL_ICMPV6 ?
	       CORDON_PROTOCOL_ICMP : behaviour->protocol;
}

bool flow_is_nameable(const struct behaviour *behaviour)
{
	return cordon_protocol_name(transport_of(behaviour));
}

char *flow_port(const struct behaviour *behaviour)
{
	u8 transport = transport_of(behaviour);
	const char *name = cordon_protocol_name(transport);

	if (transport == CORDON_PROTOCOL_ICMP)
		return memory_copy(name);
	return memory_format("%s/%u", name, behaviour->port);
}

char *flow_peer(const struct behaviour *behaviour)
{
	char text[CORDON_ADDRESS_TEXT];

	if (behaviour->peer)
		return memory_format("workload:%s", behaviour->peer);
	if (behaviour->segment)
		return memory_format("segment:%s", behaviour->segment);
	if (behaviour->loopback)
		return memory_copy("loopback");
	cordon_address_print(text, &behaviour->remote);
	return memory_copy(text);
}

static bool is_ephemeral(const struct behaviour *behaviour,
			 const struct capture_world *world)
{
	return behaviour->protocol != CORDON_PROTOCOL_ICMP &&
	       behaviour->protocol != CORDON_PROTOCOL_ICMPV6 &&
	       behaviour->port >= world->port_first &&
	       behaviour->port <= world->port_last;
}

/*
 * Does a program take so many ports of those that the kernel gives out that
 * none of them was chosen?
 */
static bool takes_any(const struct flow_list *list, u8 protocol,
		      const struct capture_world *world)
{
	uint16_t ports[EPHEMERAL_MIN];
	size_t count = 0, i, k;

	for (i = 0; i < list->count && count < EPHEMERAL_MIN; i++) {
		const struct behaviour *behaviour = list->items[i];

		if (behaviour->protocol != protocol ||
		    !is_ephemeral(behaviour, world))
			continue;
		for (k = 0; k < count && ports[k] != behaviour->port; k++)
			;
		if (k == count)
			ports[count++] = behaviour->port;
	}
	return count == EPHEMERAL_MIN;
}

static char *own_port(const struct flow_list *list,
		      const struct behaviour *behaviour,
		      const struct capture_world *world, bool exact)
{
	if (exact || list->op == CORDON_OP_CONNECT ||
	    !is_ephemeral(behaviour, world) ||
	    !takes_any(list, behaviour->protocol, world))
		return flow_port(behaviour);
	return memory_format("%s/%u-%u",
			     cordon_protocol_name(behaviour->protocol),
			     world->port_first, world->port_last);
}

static bool is_range(const char *port)
{
	return strchr(port, '-');
}

static void add_listens(struct capture_rules *set, const struct flow_list *list,
			const struct capture_world *world, bool exact)
{
	size_t i;

	for (i = 0; i < list->count; i++) {
		const struct behaviour *behaviour = list->items[i];
		char *port = own_port(list, behaviour, world, exact);
		struct evidence seen = { 0 };

		evidence_add(&seen, behaviour, true);
		capture_rules_add(set, list->program, list->op, port, NULL,
			     is_range(port) ? "ephemeral" : NULL, &seen);
	}
}

static int by_port_and_peer(const void *left, const void *right)
{
	const struct pair *one = left, *two = right;
	int order = strcmp(one->port, two->port);

	return order ? order : strcmp(one->peer, two->peer);
}

/** struct service - a port, and who is at its other end */
struct service {
	const char *port;
	struct network_list peers;
	char *key;
};

static int by_peers(const void *left, const void *right)
{
	const struct service *one = left, *two = right;
	int order = strcmp(one->key, two->key);

	return order ? order : strcmp(one->port, two->port);
}

static struct service make_service(const struct pair *pairs, size_t count,
				   uint8_t op, bool exact)
{
	struct service service = { .port = pairs[0].port };
	size_t size, i;
	FILE *stream;

	for (i = 0; i < count; i++) {
		const struct behaviour *behaviour = pairs[i].behaviour;
		bool address = !behaviour->peer && !behaviour->segment &&
			       !behaviour->loopback;
		/* Another user's flow to the same peer is no other peer. */
		bool again = i && !strcmp(pairs[i].peer, pairs[i - 1].peer);

		network_list_add(&service.peers, pairs[i].peer,
				 address ? &behaviour->remote : NULL,
				 behaviour, !again);
	}
	if (!exact)
		network_list_join(&service.peers, op == CORDON_OP_ACCEPT);
	stream = memory_sure(open_memstream(&service.key, &size));
	for (i = 0; i < service.peers.count; i++)
		fprintf(stream, "%s,", service.peers.items[i].text);
	if (fclose(stream))
		memory_sure(NULL);
	return service;
}

/* "a", or [ "a", "b" ] */
static json_t *words_of(json_t *array)
{
	json_t *only;

	if (json_array_size(array) != 1)
		return array;
	only = json_incref(json_array_get(array, 0));
	json_decref(array);
	return only;
}

static void put_words(FILE *stream, const json_t *words)
{
	size_t count = json_array_size(words), i;

	fputs(count > 1 ? "{" : "", stream);
	for (i = 0; i < count; i++)
		fprintf(stream, "%s%s", i ? "," : "",
			json_string_value(json_array_get(words, i)));
	fputs(count > 1 ? "}" : "", stream);
}

/* As the reader makes it of what stands in the document. */
static char *text_of(const json_t *ports, const json_t *peers)
{
	char *text = NULL;
	size_t size;
	FILE *stream = memory_sure(open_memstream(&text, &size));

	put_words(stream, ports);
	fputc('@', stream);
	put_words(stream, peers);
	if (fclose(stream))
		memory_sure(NULL);
	return text;
}

/*
 * A rule of these ports with peers of [from, to), which all of them have.
 */
static void add_rule(struct capture_rules *set, const struct flow_list *list,
		     const struct service *services, size_t count, size_t from,
		     size_t to)
{
	json_t *ports = memory_sure(json_array());
	json_t *peers = memory_sure(json_array()), *value;
	struct evidence seen = { 0 };
	const char *shape = NULL;
	char *text;
	size_t i, k;

	for (i = 0; i < count; i++) {
		json_array_append_new(ports, json_string(services[i].port));
		if (is_range(services[i].port))
			shape = "ephemeral";
		for (k = from; k < to; k++)
			evidence_join(&seen, &services[i].peers.items[k].seen);
	}
	for (k = from; k < to; k++) {
		const struct network *peer = &services[0].peers.items[k];

		json_array_append_new(peers, json_string(peer->text));
		if (peer->joined)
			shape = "network";
	}
	text = text_of(ports, peers);
	value = memory_sure(json_object());
	json_object_set_new(value, list->op == CORDON_OP_ACCEPT ? "from" : "to",
			    words_of(peers));
	json_object_set_new(value, "port", words_of(ports));
	capture_rules_add(set, list->program, list->op, text, value, shape, &seen);
}

/* Ports that have the same peers are one rule, if its pairs are few enough. */
static void add_services(struct capture_rules *set, const struct flow_list *list,
			 const struct service *services, size_t count)
{
	size_t first, last, from, to;

	for (first = 0; first < count; first = last) {
		size_t peers = services[first].peers.count;
		size_t room = peers < CORDON_PATTERNS_MAX ?
			      CORDON_PATTERNS_MAX / peers : 1;

		for (last = first + 1; last < count && last - first < room;
		     last++)
			if (strcmp(services[first].key, services[last].key))
				break;
		for (from = 0; from < peers; from = to) {
			to = from + CORDON_PATTERNS_MAX / (last - first);
			if (to > peers)
				to = peers;
			add_rule(set, list, services + first, last - first,
				 from, to);
		}
	}
}

static void add_flows(struct capture_rules *set, const struct flow_list *list,
		      const struct capture_world *world, bool exact)
{
	struct pair *pairs = memory_sure(calloc(list->count, sizeof(*pairs)));
	struct service *services = NULL, *added;
	size_t count = 0, from, to, i;

	for (i = 0; i < list->count; i++)
		pairs[i] = (struct pair){
			.behaviour = list->items[i],
			.port = own_port(list, list->items[i], world, exact),
			.peer = flow_peer(list->items[i]),
		};
	qsort(pairs, list->count, sizeof(*pairs), by_port_and_peer);
	for (from = 0; from < list->count; from = to) {
		for (to = from + 1; to < list->count; to++)
			if (strcmp(pairs[from].port, pairs[to].port))
				break;
		added = memory_grow(&services, &count, sizeof(*added));
		*added = make_service(pairs + from, to - from, list->op, exact);
	}
	qsort(services, count, sizeof(*services), by_peers);
	add_services(set, list, services, count);
	for (i = 0; i < count; i++) {
		network_list_free(&services[i].peers);
		free(services[i].key);
	}
	free(services);
	for (i = 0; i < list->count; i++) {
		free(pairs[i].port);
		free(pairs[i].peer);
	}
	free(pairs);
}

void flow_rules(struct capture_rules *set, const struct flow_list *list,
		const struct capture_world *world, bool exact)
{
	if (!list->count)
		return;
	if (list->op == CORDON_OP_LISTEN)
		add_listens(set, list, world, exact);
	else
		add_flows(set, list, world, exact);
}
