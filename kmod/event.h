/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Events: what is told, and how it is called.
 */
#ifndef _CORDON_EVENT_H
#define _CORDON_EVENT_H

#include <linux/types.h>

#include "engine/net.h"
#include "engine/policy.h"
#include "engine/ring.h"

struct cordon_generation;
struct net;

/**
 * struct cordon_event_owner - the process that an event is about
 * @pid: thread, initial pid namespace; 0: not known
 * @tgid: process, likewise
 * @parent: the parent process, likewise
 * @uid: real user, initial user namespace
 * @comm: the thread's name
 * @start: when the process began, ns of CLOCK_BOOTTIME: another one may get its
 *	number; 0: not known
 */
struct cordon_event_owner {
	u32 pid;
	u32 tgid;
	u32 parent;
	u32 uid;
	char comm[16];
	u64 start;
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
 * @net: the network namespace that it is seen in
 * @in: of what passes: index of the interface that it comes by; 0: none
 * @out: likewise, that it goes by
 * @comes: a packet that comes in: whoever sent it has caused this
 * @is_written: a packet of a stream that goes out, perhaps again: its owner was
 *	asked about when he wrote it, and may have done nothing just now
 */
struct cordon_event_peer {
	u8 protocol;
	bool comes;
	bool is_written;
	struct cordon_address local;
	struct cordon_address remote;
	u16 local_port;
	u16 remote_port;
	const struct cordon_peer *from;
	const struct cordon_peer *to;
	struct net *net;
	u32 in;
	u32 out;
};

/** enum cordon_event_text - the texts of an event; empty where there is none */
enum cordon_event_text {
	CORDON_EVENT_TEXT_OBJECT,
	CORDON_EVENT_TEXT_WORKLOAD,
	CORDON_EVENT_TEXT_PROGRAM,
	CORDON_EVENT_TEXT_RULE,
	CORDON_EVENT_TEXT_FILE,		/* where the rule stands */
	CORDON_EVENT_TEXT_FROM_SEGMENTS, /* names with commas */
	CORDON_EVENT_TEXT_SEGMENTS,	/* likewise, of the remote end */
	CORDON_EVENT_TEXT_PEER,		/* workload at the other end */
	CORDON_EVENT_TEXT_COUNT
};

/** enum cordon_event_flag - bits of struct cordon_event_head */
enum cordon_event_flag {
	CORDON_EVENT_UNLISTED = 1,	/* the subject has no entry */
	CORDON_EVENT_FLOW = 2,		/* it is about a flow */
	CORDON_EVENT_RULED = 4,		/* a rule decided */
	CORDON_EVENT_CUT = 8,		/* a text was too long */
};

/**
 * struct cordon_event_head - an event in the ring, but for its texts
 * @sequence: from 1, without gaps; the journal's, like the next three
 * @made: events of each topic before this one
 * @time: ns, CLOCK_REALTIME
 * @boottime: ns, CLOCK_BOOTTIME
 * @generation: that decided, or came in force
 * @before: that was in force before
 * @number: departure: 1; repeats: how many; else tasks or addresses
 * @first: repeats: sequence number of the departure
 * @first_time: repeats: of that, ns, CLOCK_REALTIME
 * @last_time: likewise, of the last repeat
 * @lifetime: of a process that has ended, ns; of one that is held, when it
 *	began, ns of CLOCK_BOOTTIME
 * @owner: the process; all zero for what only passes
 * @local: address; of what passes: where it comes from
 * @remote: address; of what passes: where it goes
 * @rule: that decided, its index in the workload; of a response: the id it is
 *	or was asked for by
 * @rule_line: where it stands
 * @confirm: seconds in which the generation is to be confirmed; that a
 *	response lasts
 * @status: of a process that has ended, as wait(2) has it; of a kill that waits
 *	for evidence, or has waited, its id
 * @local_port: host byte order
 * @remote_port: likewise
 * @type: enum cordon_event_type
 * @topic: enum cordon_topic
 * @action: enum cordon_action
 * @reason: enum cordon_reason
 * @op: enum cordon_op
 * @kind: enum cordon_object_kind
 * @protocol: IPPROTO_
 * @flags: enum cordon_event_flag
 * @length: of the texts; the journal's
 * @response: enum cordon_response
 * @phase: enum cordon_phase
 * @evidence: enum cordon_evidence
 * @zero: so that no byte is padding
 */
struct cordon_event_head {
	u64 sequence;
	u64 made[CORDON_TOPIC_COUNT];
	u64 time;
	u64 boottime;
	u64 generation;
	u64 before;
	u64 number;
	u64 first;
	u64 first_time;
	u64 last_time;
	u64 lifetime;
	struct cordon_event_owner owner;
	struct cordon_address local;
	struct cordon_address remote;
	u32 rule;
	u32 rule_line;
	u32 confirm;
	u32 status;
	u16 local_port;
	u16 remote_port;
	u8 type;
	u8 topic;
	u8 action;
	u8 reason;
	u8 op;
	u8 kind;
	u8 protocol;
	u8 flags;
	u16 length[CORDON_EVENT_TEXT_COUNT];
	u8 response;
	u8 phase;
	u8 evidence;
	u8 zero;
};

/**
 * struct cordon_event - an event that is being told
 * @head: all but the texts
 * @text: these, not copied and without a NUL; as long as they are
 */
struct cordon_event {
	struct cordon_event_head head;
	struct cordon_ring_text text[CORDON_EVENT_TEXT_COUNT];
};

/** struct cordon_event_status - for CORDON_CMD_STATUS_GET */
struct cordon_event_status {
	u64 denied;
	u64 would_deny;
};

/* Of a flow as a pattern would name it, with the NUL. */
#define CORDON_EVENT_PEER_TEXT	(CORDON_ADDRESS_TEXT + 24)

/** cordon_event_text - set a text of an event */
static inline void cordon_event_text(struct cordon_event *event,
				     enum cordon_event_text which,
				     const char *text, u32 length)
{
	event->text[which] = (struct cordon_ring_text){
		.text = text,
		.length = length,
	};
}

void cordon_event_record(const struct cordon_generation *generation,
			 const struct cordon_subject *subject,
			 const struct cordon_object *object,
			 const struct cordon_verdict *verdict);
void cordon_event_record_unix(const struct cordon_generation *generation,
			      const struct cordon_subject *subject,
			      const struct cordon_object *object,
			      const struct cordon_verdict *verdict,
			      u32 workload);
void cordon_event_record_flow(const struct cordon_generation *generation,
			      const struct cordon_subject *subject,
			      const struct cordon_verdict *verdict,
			      const struct cordon_event_peer *peer,
			      const struct cordon_event_owner *owner);
void cordon_event_peer_print(char text[CORDON_EVENT_PEER_TEXT],
			     enum cordon_op op, u8 protocol, u16 port,
			     const struct cordon_address *remote);
void cordon_event_owner_current(struct cordon_event_owner *owner);
void cordon_event_status(struct cordon_event_status *status);

#endif /* _CORDON_EVENT_H */
