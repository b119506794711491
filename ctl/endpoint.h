/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Addresses, ports and flows as text. */
#ifndef CTL_ENDPOINT_H
#define CTL_ENDPOINT_H

#include "client.h"
#include "output.h"

/** ENDPOINT_TEXT - bytes of a printed address or prefix with a port, and NUL */
#define ENDPOINT_TEXT 64

/** endpoint_protocol - "tcp"; a number in @text, of which it has 8 bytes */
const char *endpoint_protocol(uint8_t protocol, char text[8]);

/**
 * endpoint_print - write an address and a port
 * @end: the end; "192.0.2.7:443", "[2001:db8::7]:443", without a port the
 *	bare address, "?" if nothing is known of it
 * @text: filled
 *
 * Return: @text.
 */
const char *endpoint_print(const struct client_end *end,
			   char text[ENDPOINT_TEXT]);

/** endpoint_is_any - is it an address that stands for all of the host's */
bool endpoint_is_any(const struct cordon_address *address);

/**
 * endpoint_prefix - write a prefix, or the address that it is
 * @prefix: IPv4 as 96 to 128 bits
 * @text: "10.0.0.0/8", "192.0.2.7"
 *
 * Return: @text.
 */
const char *endpoint_prefix(const struct cordon_prefix *prefix,
			    char text[ENDPOINT_TEXT]);

/**
 * endpoint_words - add a list with commas to a cell of words
 * @output: with an open record
 * @column: of OUTPUT_WORDS
 * @list: "db,prod", or ""
 */
void endpoint_words(struct output *output, size_t column, const char *list);

/**
 * endpoint_listens - what a listening socket waits on, as a manifest says it
 * @flow: the socket
 *
 * ``tcp/443``, ``tcp/5432@127.0.0.1``
 *
 * Return: text for free(), or NULL without memory.
 */
char *endpoint_listens(const struct client_flow *flow);

/**
 * endpoint_event - both ends of what an event tells, who opened it first
 * @event: of class net, with an end that is known
 *
 * ``tcp 10.0.1.7:41234 (web) -> 10.0.2.7:5432 (db, workload postgres)``
 *
 * Return: text for free(), or NULL without memory.
 */
char *endpoint_event(const struct client_event *event);

#endif /* CTL_ENDPOINT_H */
