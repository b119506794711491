// SPDX-License-Identifier: LGPL-2.1-or-later
#include "network.h"

#include <stdlib.h>
#include <string.h>

#include "grow.h"

void network_list_add(struct network_list *list, const char *text,
		      const struct cordon_address *address,
		      const struct behaviour *behaviour, bool object)
{
	struct network *network;

	if (object) {
		network = memory_grow(&list->items, &list->count,
				      sizeof(*network));
		network->text = memory_copy(text);
		if (address) {
			network->addressed = true;
			network->prefix.address = *address;
			network->prefix.length = 128;
		}
	}
	evidence_add(&list->items[list->count - 1].seen, behaviour, object);
}

/* Length of the networks that addresses are counted by. */
static u8 net_length(const struct cordon_address *address)
{
	return cordon_address_is_ipv4(address) ? CORDON_IPV4_BITS + 24 : 64;
}

/* Names first, then addresses in their order. */
static int by_address(const void *left, const void *right)
{
	const struct network *one = left, *two = right;

	if (one->addressed != two->addressed)
		return one->addressed ? 1 : -1;
	if (!one->addressed)
		return strcmp(one->text, two->text);
	return memcmp(&one->prefix.address, &two->prefix.address,
		      sizeof(one->prefix.address));
}

static bool is_one_net(const struct network *one, const struct network *two)
{
	struct cordon_prefix net = one->prefix;

	net.length = net_length(&net.address);
	cordon_address_mask(&net.address, net.length);
	return two->addressed &&
	       net_length(&two->prefix.address) == net.length &&
	       cordon_prefix_contains(&net, &two->prefix.address);
}

/* How many bits two addresses begin with alike. */
static u8 common_length(const struct cordon_address *one,
			const struct cordon_address *two)
{
	u8 length;

	for (length = 0; length < 128; length++)
		if ((one->byte[length / 8] ^ two->byte[length / 8]) &
		    0x80 >> length % 8)
			break;
	return length;
}

static void name_prefix(struct network *network)
{
	char text[CORDON_ADDRESS_TEXT];
	u8 length = network->prefix.length;

	cordon_address_print(text, &network->prefix.address);
	free(network->text);
	if (cordon_address_is_ipv4(&network->prefix.address))
		length -= CORDON_IPV4_BITS;
	network->text = memory_format("%s/%u", text, length);
}

/* Sorted, so that the first and the last say what all have in common. */
static void join(struct network *items, size_t count)
{
	struct cordon_prefix *prefix = &items[0].prefix;
	size_t i;

	prefix->length = common_length(&prefix->address,
				       &items[count - 1].prefix.address);
	cordon_address_mask(&prefix->address, prefix->length);
	name_prefix(&items[0]);
	items[0].joined = true;
	for (i = 1; i < count; i++) {
		evidence_join(&items[0].seen, &items[i].seen);
		free(items[i].text);
	}
}

/* All addresses are one peer: any. */
static void join_all(struct network_list *list)
{
	struct network all = { .text = memory_copy("any"), .joined = true };
	size_t kept = 0, i;

	for (i = 0; i < list->count; i++) {
		/* Whoever has a name is one of any, too. */
		evidence_join(&all.seen, &list->items[i].seen);
		free(list->items[i].text);
	}
	list->items[kept++] = all;
	list->count = kept;
}

void network_list_join(struct network_list *list, bool any)
{
	size_t kept = 0, nets = 0, from, to, i;

	qsort(list->items, list->count, sizeof(*list->items), by_address);
	for (from = 0; from < list->count; from = to) {
		to = from + 1;
		if (!list->items[from].addressed)
			continue;
		while (to < list->count && is_one_net(&list->items[from],
						      &list->items[to]))
			to++;
		nets++;
	}
	if (any && nets >= NETWORK_ANY) {
		join_all(list);
		return;
	}
	for (from = 0; from < list->count; from = to) {
		to = from + 1;
		while (list->items[from].addressed && to < list->count &&
		       is_one_net(&list->items[from], &list->items[to]))
			to++;
		if (to - from >= NETWORK_MIN) {
			join(&list->items[from], to - from);
			list->items[kept++] = list->items[from];
			continue;
		}
		for (i = from; i < to; i++)
			list->items[kept++] = list->items[i];
	}
	list->count = kept;
}

void network_list_free(struct network_list *list)
{
	size_t i;

	for (i = 0; i < list->count; i++)
		free(list->items[i].text);
	free(list->items);
	*list = (struct network_list){ 0 };
}
