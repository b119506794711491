/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * What to write into a manifest, or a document of segments, to have a
 * departure of class net allowed: as JSON, ready to be pasted.
 */
#ifndef CTL_ADVICE_NET_H
#define CTL_ADVICE_NET_H

#include <stdio.h>

#include "client.h"

/**
 * advice_put_net - the entry of a program that allows an act
 * @stream: it is written to
 * @op: CORDON_OP_CONNECT, ACCEPT, LISTEN or SOCKET
 * @object: on what: "tcp/5432@10.0.2.7", "tcp/443", "packet/raw/3", the path or
 *	"abstract:NAME" of a unix socket
 *
 * ``"connect": [ { "to": "10.0.2.7", "port": "tcp/5432" } ]``
 */
void advice_put_net(FILE *stream, enum cordon_op op, const char *object);

/**
 * advice_put_pass - the rule between segments that lets a flow pass
 * @stream: it is written to
 * @from: name of the segment that opens it; NULL: any
 * @to: name of the other one; NULL: any
 * @ports: "tcp/5432"
 *
 * ``"allow": [ { "from": "web", "to": "db", "port": "tcp/5432" } ]``
 */
void advice_put_pass(FILE *stream, const char *from, const char *to,
		     const char *ports);

/**
 * advice_event - what to do if a departure should not have been one
 * @event: as the module told it
 *
 * Which entry to add, and to what; or how to take an address out of a segment
 * that it was put into at run time.
 *
 * Return: a sentence for free(); NULL if there is nothing to say, as for other
 * classes than net, or no memory.
 */
char *advice_event(const struct client_event *event);

#endif /* CTL_ADVICE_NET_H */
