/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Which process listens on what. */
#ifndef CTL_LISTENER_H
#define CTL_LISTENER_H

#include "client.h"

/**
 * struct listener - a socket that waits, in the words of a manifest
 * @tgid: a process that has it open
 * @text: "tcp/443"
 */
struct listener {
	uint32_t tgid;
	char *text;
};

/** struct listeners - all of them, by process and text, none twice */
struct listeners {
	struct listener *list;
	size_t count;
};

/**
 * listeners_read - find the processes that listen
 * @listeners: filled on success, for listeners_free(); empty before
 * @flows: records of CORDON_CMD_FLOW_DUMP
 * @tgids: processes to look at, whose files say what they inherited
 * @count: how many
 * @root: what stands before /proc: "" but in tests
 *
 * A socket that none of them has open is told of the process that made it.
 *
 * Return: EXIT_OK, or EXIT_FAILED, told.
 */
int listeners_read(struct listeners *listeners, const struct client_dump *flows,
		   const uint32_t *tgids, size_t count, const char *root);

/** listeners_free - release them */
void listeners_free(struct listeners *listeners);

/** listeners_first - where those of a process begin, or would */
size_t listeners_first(const struct listeners *listeners, uint32_t tgid);

#endif /* CTL_LISTENER_H */
