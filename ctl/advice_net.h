/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * What to write into a manifest, or a document of segments, to have a
 * departure of class net allowed: as JSON, ready to be pasted.
 */
#ifndef CTL_ADVICE_NET_H
#define CTL_ADVICE_NET_H

#include <stdio.h>

#include <uapi/cordon.h>

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

#endif /* CTL_ADVICE_NET_H */
