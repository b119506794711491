/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * Processes of workloads, and which of them started which, from what events
 * say.
 *
 * No event tells of a fork.  But a label is inherited by it: who has one, and
 * was not seen to come into its workload by executing something, has it from
 * its parent, whether that has events of its own or not.
 */
#ifndef CTL_LINEAGE_H
#define CTL_LINEAGE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "client.h"

/** LINEAGE_NONE - no process */
#define LINEAGE_NONE SIZE_MAX

/**
 * struct lineage_process - a process, as long as it is in one workload
 * @number: of the instance of the module
 * @tgid: its id
 * @parent: its parent's when it was first seen; 0: not known
 * @uid: of its last event
 * @workload: its workload
 * @program: what it runs, as its last event says
 * @comm: likewise, its name
 * @seen: ns, CLOCK_BOOTTIME: of the event that @parent is from
 * @first: likewise: its start, or its first event
 * @last: likewise: its end, or when it left the workload; UINT64_MAX: unknown
 * @born: @first is its start
 * @entered: it has come into the workload by executing something
 * @guessed: it has no event of its own
 * @ended: @status is how it ended, as wait(2) has it
 * @status: see @ended
 * @before: an older process of that id, or LINEAGE_NONE
 * @up: after lineage_settle(): its parent, if that is of the same workload
 */
struct lineage_process {
	uint32_t number;
	uint32_t tgid;
	uint32_t parent;
	uint32_t uid;
	char *workload;
	char *program;
	char *comm;
	uint64_t seen;
	uint64_t first;
	uint64_t last;
	bool born;
	bool entered;
	bool guessed;
	bool ended;
	uint32_t status;
	size_t before;
	size_t up;
};

/**
 * struct lineage - all that are known
 * @processes: in the order in which they were seen first
 * @count: how many
 * @room: for how many there is memory
 * @newest: table of the newest process of each id, by hash; LINEAGE_NONE: free
 * @slots: of @newest, a power of two
 */
struct lineage {
	struct lineage_process *processes;
	size_t count;
	size_t room;
	size_t *newest;
	size_t slots;
};

/** lineage_init - nothing is known yet */
void lineage_init(struct lineage *lineage);

/** lineage_free - release all */
void lineage_free(struct lineage *lineage);

/**
 * lineage_take - learn from an event
 * @lineage: what is known
 * @number: of the instance of the module
 * @event: events of an instance come in their order
 * @process: set to whom it is about, or to LINEAGE_NONE
 *
 * Return: false without memory.
 */
bool lineage_take(struct lineage *lineage, uint32_t number,
		  const struct client_event *event, size_t *process);

/**
 * lineage_settle - find out who started whom, once all events are taken
 *
 * Return: false without memory.
 */
bool lineage_settle(struct lineage *lineage);

/** lineage_root - the oldest ancestor of a process, in the same workload */
size_t lineage_root(const struct lineage *lineage, size_t process);

#endif /* CTL_LINEAGE_H */
