/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Events: telling of departures, to listeners over netlink and to the kernel
 * log.
 */
#ifndef _CORDON_EVENT_H
#define _CORDON_EVENT_H

#include <linux/list.h>
#include <linux/types.h>

#include "engine/policy.h"

struct cordon_generation;

/**
 * struct cordon_event - one departure, told
 * @node: in the queue
 * @sequence: from 1, without gaps but for what was lost
 * @lost: how many were lost before this one
 * @time: ns, CLOCK_REALTIME
 * @boottime: ns, CLOCK_BOOTTIME
 * @generation: that decided
 * @verdict: what was decided
 * @kind: of the object
 * @unlisted: the subject has no entry in its manifest
 * @pid: thread, initial pid namespace
 * @tgid: process, likewise
 * @parent: the parent process, likewise
 * @uid: real user, initial user namespace
 * @rule_line: where the deciding rule stands
 * @size: of all this, in bytes
 * @comm: the thread's name
 * @object: offset in @text, likewise the following
 * @text: all strings
 */
struct cordon_event {
	struct list_head node;
	u64 sequence;
	u64 lost;
	u64 time;
	u64 boottime;
	u64 generation;
	struct cordon_verdict verdict;
	u8 kind;
	bool unlisted;
	u32 pid;
	u32 tgid;
	u32 parent;
	u32 uid;
	u32 rule_line;
	u32 size;
	char comm[16];
	u16 object;
	u16 workload;
	u16 program;
	u16 rule_text;
	u16 rule_file;
	char text[];
};

/** struct cordon_event_status - for CORDON_CMD_STATUS_GET */
struct cordon_event_status {
	u64 sequence;
	u64 lost;
	u64 denied;
	u64 would_deny;
};

void cordon_event_record(const struct cordon_generation *generation,
			 const struct cordon_subject *subject,
			 const struct cordon_object *object,
			 const struct cordon_verdict *verdict);
void cordon_event_status(struct cordon_event_status *status);
void cordon_event_exit(void);

#endif /* _CORDON_EVENT_H */
