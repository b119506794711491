/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Peers of one port, and the tightest prefixes that many of them have. */
#ifndef CTL_CAPTURE_NETWORK_H
#define CTL_CAPTURE_NETWORK_H

#include <stdbool.h>
#include <stddef.h>

#include "address.h"
#include "rule.h"

/** NETWORK_MIN - addresses of one /24 or /64 that are evidence for a prefix */
#define NETWORK_MIN	4

/** NETWORK_ANY - such networks that are evidence for being called by anybody */
#define NETWORK_ANY	16

/**
 * struct network - a peer, as a rule names it
 * @text: the word
 * @prefix: if it is one
 * @addressed: it is
 * @joined: it holds more than was seen
 * @seen: the evidence
 */
struct network {
	char *text;
	struct cordon_prefix prefix;
	bool addressed;
	bool joined;
	struct evidence seen;
};

/** struct network_list - peers */
struct network_list {
	struct network *items;
	size_t count;
};

/**
 * network_list_add - add a peer
 * @list: to it
 * @text: its word; copied
 * @address: if it is known by that; else NULL
 * @behaviour: that tells of it
 * @object: it is not the one that was added before
 */
void network_list_add(struct network_list *list, const char *text,
		      const struct cordon_address *address,
		      const struct behaviour *behaviour, bool object);

/**
 * network_list_join - make prefixes of addresses that are evidence for them
 * @list: sorted by text before; sorted afterwards
 * @any: sufficiently many networks may be everybody
 */
void network_list_join(struct network_list *list, bool any);

/** network_list_free - release what a list holds; it is empty afterwards */
void network_list_free(struct network_list *list);

#endif /* CTL_CAPTURE_NETWORK_H */
