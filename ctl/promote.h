/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* What cordonctl promote finds, and what it tells of it. */
#ifndef CTL_PROMOTE_H
#define CTL_PROMOTE_H

#include "client.h"
#include "output.h"
#include "promotion.h"
#include "review/manifest_file.h"

/**
 * struct promote_candidate - a workload whose manifest speaks of promotion
 * @workload: as the module tells it
 * @file: its manifest
 * @terms: what that wants
 * @record: what is known
 * @state: what follows
 * @due: ns, CLOCK_REALTIME, or 0
 * @unread: events, of whatever workload, that cordond has not read
 * @dropped: its acts that learning had no room for
 * @ready: due, and nothing is missing from what that was decided by
 * @chosen: it is to be promoted
 * @written: its file has been replaced
 */
struct promote_candidate {
	const struct client_workload *workload;
	struct manifest_file file;
	struct promotion_terms terms;
	struct promotion_record record;
	enum promotion_state state;
	uint64_t due;
	uint64_t unread;
	uint64_t dropped;
	bool ready;
	bool chosen;
	bool written;
};

/**
 * promote_table - tell of each what is known, what follows and why
 * @output: where to
 * @candidates: @count of them
 * @count: how many
 * @now: ns, CLOCK_REALTIME
 *
 * Return: as output_close().
 */
int promote_table(struct output *output,
		  const struct promote_candidate *candidates, size_t count,
		  uint64_t now);

#endif /* CTL_PROMOTE_H */
