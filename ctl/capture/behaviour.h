/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * What was seen: behaviours, as `cordonctl learn show --json` tells them, and
 * departures, as `cordonctl monitor --json` does.
 */
#ifndef CTL_CAPTURE_BEHAVIOUR_H
#define CTL_CAPTURE_BEHAVIOUR_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>

#include "address.h"

/** enum behaviour_result - what came of it */
enum behaviour_result {
	BEHAVIOUR_LEARNED,
	BEHAVIOUR_ALLOWED,
	BEHAVIOUR_WOULD_DENY,
	BEHAVIOUR_DENIED,
	BEHAVIOUR_RESULT_COUNT
};

/**
 * struct behaviour - one thing that one program did
 * @workload: whose
 * @program: path of the executable that acted
 * @object: on what: path, abstract name, "netlink/audit", "tcp/443@10.0.0.7"
 * @peer: workload at the other end, or NULL
 * @segment: innermost segment that the other end was in, or NULL
 * @reason: why it was (or would be) denied, or NULL
 * @op: enum cordon_op
 * @kind: enum cordon_object_kind
 * @result: what came of it
 * @held: it was open, or mapped, before learning began
 * @interpreter: an exec of the program, a script, by itself: of what runs it
 * @count: acts
 * @first: ns, CLOCK_REALTIME
 * @last: likewise
 * @uid: -1: not known
 * @protocol: IPPROTO_; of flows, as all below
 * @port: that was opened to: the peer's of a connect, else the own one
 * @loopback: the other end is this host, and no address tells more
 * @remote: the other end, unless it is of no concern (listen)
 */
struct behaviour {
	char *workload;
	char *program;
	char *object;
	char *peer;
	char *segment;
	char *reason;
	uint8_t op;
	uint8_t kind;
	uint8_t result;
	bool held;
	bool interpreter;
	uint64_t count;
	uint64_t first;
	uint64_t last;
	int64_t uid;
	uint8_t protocol;
	uint16_t port;
	bool loopback;
	struct cordon_address remote;
};

/**
 * struct behaviour_set - behaviours, each once
 * @items: @count of them; after behaviour_set_settle() sorted by workload,
 *	program, op, object
 * @count: how many
 * @dropped: acts that there was no room to record, as far as that is told
 */
struct behaviour_set {
	struct behaviour *items;
	size_t count;
	uint64_t dropped;
};

/** behaviour_set_free - release what a set holds; it is empty afterwards */
void behaviour_set_free(struct behaviour_set *set);

/**
 * behaviour_set_add - add a behaviour
 * @set: to it
 * @behaviour: its texts become the set's
 */
void behaviour_set_add(struct behaviour_set *set,
		       const struct behaviour *behaviour);

/** behaviour_set_settle - sort, and make one of what is the same */
void behaviour_set_settle(struct behaviour_set *set);

/**
 * behaviour_set_merge - add what somebody else saw of the same
 * @set: settled; settled again afterwards
 * @other: settled; empty afterwards
 *
 * What both saw is not done twice: the larger count stands.
 */
void behaviour_set_merge(struct behaviour_set *set,
			 struct behaviour_set *other);

/**
 * behaviour_set_take - move some behaviours to another set
 * @set: settled; keeps the rest
 * @workload: whose are moved
 * @since: ns, CLOCK_REALTIME: and not done before; 0: whenever
 * @taken: they are added to it
 */
void behaviour_set_take(struct behaviour_set *set, const char *workload,
			uint64_t since, struct behaviour_set *taken);

/** behaviour_copy - the same, with texts of its own */
struct behaviour behaviour_copy(const struct behaviour *behaviour);

/** behaviour_free - release texts */
void behaviour_free(struct behaviour *behaviour);

/**
 * behaviour_set_read - read JSON lines
 * @set: they are added to it
 * @stream: objects, one after the other.  Those that tell of no act are passed
 *	over; of "learning" the drops are counted
 * @file: its name, for errors
 *
 * Return: 0, or -1 after saying on stderr what is wrong, and at which line.
 */
int behaviour_set_read(struct behaviour_set *set, FILE *stream,
		       const char *file);

/** behaviour_set_read_file - likewise, of the file of that name; "-": stdin */
int behaviour_set_read_file(struct behaviour_set *set, const char *name);

/** behaviour_is_flow - has it a protocol, a port and perhaps a peer */
bool behaviour_is_flow(const struct behaviour *behaviour);

/** behaviour_is_file - is its object a path that a pattern names */
bool behaviour_is_file(const struct behaviour *behaviour);

#endif /* CTL_CAPTURE_BEHAVIOUR_H */
