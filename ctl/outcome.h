/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* What a change of the policy has come to: the same form for all of them. */
#ifndef CTL_OUTCOME_H
#define CTL_OUTCOME_H

#include "client.h"
#include "output.h"

/** enum outcome_column - cells which the command fills, by output_word() */
enum outcome_column {
	OUTCOME_ADDED,
	OUTCOME_REPLACED,
	OUTCOME_REMOVED,
	OUTCOME_MODES,
};

/** outcome_open - begin to tell; the command then fills its cells */
void outcome_open(struct output *output);

/**
 * outcome_close - tell the generation that is in force now, how to undo it,
 * and what keeps it from being enforced
 * @output: after outcome_open()
 * @client: the connection that made the change
 * @dry_run: nothing was changed, and that is told instead
 */
int outcome_close(struct output *output, struct client *client, bool dry_run);

/**
 * outcome_run - make a change that fills no cells, and tell what came of it
 * @output: nothing has been opened there
 * @change: makes it, or returns an exit code after an error message
 */
int outcome_run(struct output *output, int (*change)(struct client *client));

/** outcome_generation - a generation in words; 0 is the empty policy */
void outcome_generation(uint64_t generation, char *text, size_t size);

#endif /* CTL_OUTCOME_H */
