/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Events: telling of departures, to listeners over netlink and to the kernel
 * log.
 */
#ifndef _CORDON_EVENT_H
#define _CORDON_EVENT_H

#include <linux/list.h>
#include <linux/types.h>

#include "engine/net.h"
#include "engine/policy.h"

struct cordon_generation;

/**
 * struct cordon_event_owner - the process that an event is about
 * @pid: thread, initial pid namespace; 0: not known
 * @tgid: process, likewise
 * @parent: the parent process, likewise
 * @uid: real user, initial user namespace
 * @comm: the thread's name
 */
struct cordon_event_owner {
	u32 pid;
	u32 tgid;
	u32 parent;
	u32 uid;
	char comm[16];
};

/**
 * struct cordon_event_peer - both ends of a flow that an event is about
 * @protocol: IPPROTO_
 * @local: of what passes: where it comes from
 * @remote: of what passes: where it goes
 * @local_port: host byte order; 0: none, likewise the other
 * @remote_port: of what passes: the one that is opened to
 * @from: what is known of @local, for its segments; may be NULL
 * @to: what is known of @remote: its segments and workload; may be NULL
 */
struct cordon_event_peer {
	u8 protocol;
	struct cordon_address local;
	struct cordon_address remote;
	u16 local_port;
	u16 remote_port;
	const struct cordon_peer *from;
	const struct cordon_peer *to;
};

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
 * @has_flow: it is about a flow: from @protocol to @remote_port, and the last
 *	three texts
 * @protocol: IPPROTO_
 * @owner: the process; all zero for what only passes
 * @rule_line: where the deciding rule stands
 * @local: address; of what passes: where it comes from
 * @remote: address; of what passes: where it goes
 * @local_port: host byte order
 * @remote_port: likewise
 * @size: of all this, in bytes
 * @object: offset in @text, likewise the following
 * @from_segments: names with commas, perhaps empty
 * @segments: likewise, of the remote end
 * @peer: workload at the other end, perhaps empty
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
	bool has_flow;
	u8 protocol;
	struct cordon_event_owner owner;
	u32 rule_line;
	struct cordon_address local;
	struct cordon_address remote;
	u16 local_port;
	u16 remote_port;
	u32 size;
	u16 object;
	u16 workload;
	u16 program;
	u16 rule_text;
	u16 rule_file;
	u16 from_segments;
	u16 segments;
	u16 peer;
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
void cordon_event_record_flow(const struct cordon_generation *generation,
			      const struct cordon_subject *subject,
			      const struct cordon_verdict *verdict,
			      const struct cordon_event_peer *peer,
			      const struct cordon_event_owner *owner);
void cordon_event_owner_current(struct cordon_event_owner *owner);
void cordon_event_status(struct cordon_event_status *status);
void cordon_event_exit(void);

#endif /* _CORDON_EVENT_H */
