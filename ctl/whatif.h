/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * What would become of what was done: behaviours put to a candidate, in groups
 * of those that one program did, in one way, and one rule decides.
 */
#ifndef CTL_WHATIF_H
#define CTL_WHATIF_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "capture/replay.h"
#include "client.h"
#include "output.h"

/**
 * enum whatif_change - what happened, against what would
 * @WHATIF_NEWLY_DENIED: it went on, and would be stopped
 * @WHATIF_NEWLY_ALLOWED: it was stopped, and would go on
 * @WHATIF_STILL_DENIED: it was stopped, and would be
 * @WHATIF_STILL_ALLOWED: it went on, and would
 * @WHATIF_RULE_GONE: no behaviour but a loaded rule, which has decided, and
 *	allows what the candidate does not: perhaps just what was done
 */
enum whatif_change {
	WHATIF_NEWLY_DENIED,
	WHATIF_NEWLY_ALLOWED,
	WHATIF_STILL_DENIED,
	WHATIF_STILL_ALLOWED,
	WHATIF_RULE_GONE,
	WHATIF_CHANGE_COUNT
};

/**
 * struct whatif_group - behaviours of one kind
 * @change: what becomes of them
 * @workload: of the candidate; owned, as all text that is not said to be words
 * @program: executable that acted
 * @op: enum cordon_op
 * @objects: different ones
 * @count: acts
 * @first: ns, CLOCK_REALTIME
 * @last: likewise
 * @example: the object that was done last
 * @result: of that, enum behaviour_result
 * @reason: enum cordon_reason of the candidate's verdict; of what is beyond
 *	rules CORDON_REASON_COUNT
 * @rule: that decides, or NULL
 * @file: where it stands
 * @line: likewise
 * @why: what decides, a clause
 * @advice: what to do about it, or NULL
 */
struct whatif_group {
	enum whatif_change change;
	char *workload;
	char *program;
	uint8_t op;
	uint64_t objects;
	uint64_t count;
	uint64_t first;
	uint64_t last;
	char *example;
	uint8_t result;
	uint8_t reason;
	char *rule;
	char *file;
	uint32_t line;
	char *why;
	char *advice;
};

/**
 * struct whatif - all of it
 * @groups: @count of them, sorted as enum whatif_change, then by workload,
 *	program, op
 * @count: how many
 * @behaviours: of each change
 * @dropped: acts that there was no room to record
 */
struct whatif {
	struct whatif_group *groups;
	size_t count;
	uint64_t behaviours[WHATIF_CHANGE_COUNT];
	uint64_t dropped;
};

/**
 * whatif_replay - put behaviours to a candidate
 * @whatif: they are added to it; zeroed at first
 * @replay: the candidate
 * @workload: of it, whose they are to be
 * @set: settled, all of one workload; scripts that have an entry in the
 *	candidate are folded
 */
void whatif_replay(struct whatif *whatif, const struct replay *replay,
		   const char *workload, struct behaviour_set *set);

/**
 * whatif_rules - find loaded rules in use that a candidate takes back
 * @whatif: they are added to it
 * @candidate: a manifest of it
 * @loaded: the workload that it stands for, as it is loaded
 * @rules: records of CORDON_CMD_RULE_DUMP, of the same generation
 * @since: ns, CLOCK_REALTIME: those that have decided since; 0: ever
 */
void whatif_rules(struct whatif *whatif, const struct cordon_draft *candidate,
		  const struct cordon_draft *loaded,
		  const struct client_dump *rules, uint64_t since);

/** whatif_settle - sort the groups */
void whatif_settle(struct whatif *whatif);

/** whatif_free - release it; it is empty afterwards */
void whatif_free(struct whatif *whatif);

/**
 * whatif_print - write all of it
 * @whatif: settled
 * @output: with nothing open
 * @all: in text also what is unchanged, which is only counted without
 *
 * Return: as output_close().
 */
int whatif_print(const struct whatif *whatif, struct output *output, bool all);

/** whatif_change_name - "newly-denied", … "rule-gone" */
const char *whatif_change_name(enum whatif_change change);

#endif /* CTL_WHATIF_H */
