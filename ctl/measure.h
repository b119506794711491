/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* What the commands about responses have in common. */
#ifndef CTL_MEASURE_H
#define CTL_MEASURE_H

#include "client.h"
#include "command.h"

/**
 * measure_order - do something by hand, and tell that it is done
 * @line: its first word is a workload's name, an address, or an id, by what
 *	the order lacks; or was the number of a process that it has
 * @order: what is to be done, but for that
 * @ttl: text of "--ttl", or NULL
 * @undo: the command that ends it, or NULL: it has no end
 */
int measure_order(const struct command_line *line, struct client_order *order,
		  const char *ttl, const char *undo);

/**
 * measure_list - a table of what is in force, or waits for an answer
 * @line: whose output is written to
 * @pending: what waits; else addresses that are blocked
 */
int measure_list(const struct command_line *line, bool pending);

#endif /* CTL_MEASURE_H */
