/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* What is learnt, as text: for the command of that name. */
#ifndef CTL_LEARN_H
#define CTL_LEARN_H

#include "client.h"
#include "output.h"

/**
 * learn_show - behaviours, one a line; JSON: one object a line
 * @output: the writer
 * @behaviours: records of CORDON_CMD_BEHAVIOUR_DUMP
 */
int learn_show(struct output *output, const struct client_dump *behaviours);

/**
 * learn_status - how learning goes: one line a workload, and the table's use
 * @output: the writer
 * @client: the connection
 * @workload: of one; NULL: of all that learn, or of which anything is recorded
 *
 * Return: EXIT_UNKNOWN if nothing is known of @workload; EXIT_INCOMPLETE if
 * there was no room for something.
 */
int learn_status(struct output *output, struct client *client,
		 const char *workload);

/**
 * learn_draft - the smallest manifest: members, and all that they do is learnt
 * @name: of the workload; NULL: after the first selector
 * @selectors: as manifests have them: "unit:nginx.service"; "host"
 * @count: how many
 *
 * Return: a complete draft for free(), or NULL after telling what is wrong.
 */
struct cordon_draft *learn_draft(const char *name, char *const *selectors,
				 size_t count);

#endif /* CTL_LEARN_H */
