/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * The strings that rules about peers are made of: PEER, PORTS and the families
 * of sockets.  What they may say stands in kmod/engine/net_pattern.h; here is
 * what was likely meant when one says something else.
 */
#ifndef CTL_MANIFEST_PEER_H
#define CTL_MANIFEST_PEER_H

#include <stdbool.h>

#include "manifest_document.h"
#include "policy.h"

/**
 * manifest_peer_check - is a string a peer
 * @reader: told if it is not, with the nearest that would be
 * @value: position of a string
 */
bool manifest_peer_check(struct manifest_reader *reader,
			 const struct position *value);

/** manifest_ports_check - is a string PROTOCOL[/FIRST[-LAST]] */
bool manifest_ports_check(struct manifest_reader *reader,
			  const struct position *value);

/** manifest_socket_check - is a string FAMILY[/TYPE[/PROTOCOL]] */
bool manifest_socket_check(struct manifest_reader *reader,
			   const struct position *value);

/**
 * manifest_prefix_check - is a string an address or a prefix
 * @reader: told if it is not
 * @value: position of a string
 * @start: bytes of the string before it
 */
bool manifest_prefix_check(struct manifest_reader *reader,
			   const struct position *value, size_t start);

/**
 * manifest_peer_hint - what a text that is no peer was likely meant to be
 *
 * Return: a clause for free(), or NULL.
 */
char *manifest_peer_hint(const char *text);

/** manifest_ports_hint - likewise, of a text that names no ports */
char *manifest_ports_hint(const char *text);

#endif /* CTL_MANIFEST_PEER_H */
