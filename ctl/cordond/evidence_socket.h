/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* What a socket is connected to, by what the module knows of it. */
#ifndef CTL_CORDOND_EVIDENCE_SOCKET_H
#define CTL_CORDOND_EVIDENCE_SOCKET_H

#include <jansson.h>
#include <stddef.h>
#include <stdint.h>

#include "client.h"

/**
 * evidence_socket - a socket by its inode
 * @inode: as in /proc/PID/fd
 * @flows: labelled sockets
 * @count: how many
 *
 * Return: an object, or NULL: the module does not know it.
 */
json_t *evidence_socket(uint64_t inode, const struct client_flow *flows,
			size_t count);

#endif /* CTL_CORDOND_EVIDENCE_SOCKET_H */
