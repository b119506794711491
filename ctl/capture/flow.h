/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Ports and peers: rules of class net. */
#ifndef CTL_CAPTURE_FLOW_H
#define CTL_CAPTURE_FLOW_H

#include <stdbool.h>
#include <stddef.h>

#include "behaviour.h"
#include "rule.h"
#include "world.h"

/**
 * struct flow_list - what one program did in one op
 * @program: its path
 * @op: CORDON_OP_LISTEN, ACCEPT or CONNECT
 * @items: behaviours of flows
 * @count: how many
 */
struct flow_list {
	const char *program;
	uint8_t op;
	const struct behaviour **items;
	size_t count;
};

/**
 * flow_rules - make rules of flows
 * @set: they are added to it
 * @list: the flows
 * @world: the machine
 * @exact: name addresses and ports as they were seen
 *
 * Peers are, the first that holds: a workload, a segment, the loopback, an
 * address.  Four addresses of one /24 (/64) are the tightest prefix that holds
 * them; who is called from sixteen such networks serves anybody.  Whom a
 * program calls is never "any".
 */
void flow_rules(struct capture_rules *set, const struct flow_list *list,
		const struct capture_world *world, bool exact);

/** flow_is_nameable - can a rule speak of this flow's protocol */
bool flow_is_nameable(const struct behaviour *behaviour);

/**
 * flow_peer - the other end of a flow as one word of a rule, for free()
 * @behaviour: a connect or accept
 */
char *flow_peer(const struct behaviour *behaviour);

/** flow_port - "tcp/443", "icmp", for free() */
char *flow_port(const struct behaviour *behaviour);

#endif /* CTL_CAPTURE_FLOW_H */
