/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * What the module tells, as cordonctl has it: a struct for each kind of record.
 * Text is never NULL unless it is said, and lies in what was received.
 */
#ifndef CTL_CLIENT_RECORD_H
#define CTL_CLIENT_RECORD_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include <uapi/cordon.h>

#include "address.h"

/** struct client_status - CORDON_A_STATUS */
struct client_status {
	const char *version;
	uint64_t generation;
	uint64_t previous;
	bool confirming;		/* a confirmation is awaited */
	uint32_t confirm;		/* seconds left for it */
	bool forced_monitor;
	uint32_t workloads;
	uint32_t rules;
	uint64_t bytes;
	uint32_t tasks;
	uint32_t hooks;
	uint32_t hooks_missing;
	uint64_t denied;
	uint64_t would_deny;
	uint64_t events;		/* of all time; the last one's number */
	uint64_t first;			/* number of the first that is held */
	uint64_t made[CORDON_TOPIC_COUNT];
	uint64_t ring;			/* bytes that they are held in */
	uint64_t instance;
	uint32_t transaction;		/* port id of its owner, or 0 */
	uint32_t suspended;		/* workloads */
	uint32_t quarantined;		/* workloads */
	uint32_t blocked;		/* addresses */
	uint32_t pending;		/* responses that wait for an answer */
	uint64_t displaced;		/* addresses let go, or not blocked */
	uint32_t learning;		/* workloads that learn */
	uint32_t behaviours;		/* recorded */
	uint32_t behaviours_max;	/* 0: there is no table */
	uint64_t behaviour_bytes;	/* of their texts */
	uint64_t behaviour_bytes_max;
	uint64_t behaviours_dropped;	/* acts that found no room */
};

/** struct client_workload - CORDON_A_WORKLOAD of a dump */
struct client_workload {
	const char *name;
	const char *description;	/* "" if there is none, as all text */
	const char *owner;
	const char *file;
	uint8_t kind;			/* enum cordon_document */
	uint8_t effect;
	uint8_t mode[CORDON_CLASS_COUNT];
	bool reject;
	uint32_t members;
	uint32_t programs;
	uint32_t rules;
	uint32_t tasks;
	uint64_t denied;
	uint64_t would_deny;
	uint64_t since;			/* ns, CLOCK_REALTIME: of counters */
};

/** struct client_member - CORDON_A_MEMBER of a dump */
struct client_member {
	const char *workload;
	uint8_t kind;
	const char *pattern;		/* "" for users and the host */
	uint32_t uid;
	uint32_t program;		/* CORDON_NONE: lies in no segment */
};

/** struct client_program - CORDON_A_PROGRAM of a dump */
struct client_program {
	const char *workload;
	const char *exe;
	uint32_t index;
	bool isolated;
	bool management;
	bool protected;
};

/** struct client_rule - CORDON_A_RULE of a dump */
struct client_rule {
	const char *workload;
	uint32_t id;
	uint32_t program;		/* CORDON_NONE: of the workload */
	uint8_t effect;
	uint32_t ops;
	const char *text;
	const char *file;
	uint32_t line;
	uint32_t column;
	const char *note;
	uint64_t hits;
	uint64_t last;			/* ns, CLOCK_REALTIME; 0: never */
};

/** struct client_task - CORDON_A_TASK */
struct client_task {
	uint32_t pid;
	uint32_t tgid;
	uint32_t parent;
	uint32_t uid;
	const char *comm;
	const char *workload;
	const char *exe;
	const char *program;		/* NULL: unlisted */
	bool stale;
};

/** struct client_hook - CORDON_A_HOOK */
struct client_hook {
	const char *name;
	uint8_t class;
	uint8_t state;
	bool required;
	uint64_t calls;
	const char *why;
};

/** struct client_entry - CORDON_A_ENTRY */
struct client_entry {
	const char *segment;
	const char *workload;		/* the document it is of */
	struct cordon_prefix prefix;
	uint8_t origin;			/* enum cordon_origin */
	bool expires;
	uint32_t left;			/* seconds, if it expires */
	uint64_t hits;
};

/**
 * struct client_end - one end of a flow
 * @known: the module says something of it
 * @address: IPv4 as ::ffff:a.b.c.d
 * @port: 0: none
 * @segments: names with commas, or ""
 */
struct client_end {
	bool known;
	struct cordon_address address;
	uint16_t port;
	const char *segments;
};

/** struct client_flow - CORDON_A_FLOW */
struct client_flow {
	const char *workload;
	const char *program;
	uint32_t tgid;
	uint16_t family;		/* AF_ */
	uint8_t protocol;		/* IPPROTO_ */
	uint8_t state;			/* enum cordon_flow_state */
	struct client_end local;
	struct client_end remote;
	uint32_t netns;			/* inode; 0: not told */
	uint64_t inode;			/* as in /proc/PID/fd; 0: no file */
};

/** struct client_response - CORDON_A_RESPONSE of a dump */
struct client_response {
	const char *workload;
	uint32_t ops;			/* bits of enum cordon_op */
	uint32_t responses;		/* bits of enum cordon_response */
	uint32_t rule;			/* the first, or CORDON_NONE: any */
	uint32_t rules;			/* how many */
	uint32_t times;
	uint32_t within;		/* seconds; 0: it takes one */
	uint32_t lapse;			/* seconds; 0: nobody is asked */
	uint8_t per;			/* enum cordon_per */
	uint32_t steps;			/* of the ladder; 0: for ever */
	uint32_t ttl[CORDON_LADDER_MAX]; /* seconds */
};

/** struct client_measure - CORDON_A_MEASURE of a dump */
struct client_measure {
	uint32_t responses;		/* bits of enum cordon_response */
	const char *workload;		/* "": nobody's */
	bool has_address;
	struct cordon_address address;
	bool expires;
	uint32_t left;			/* seconds, if it expires */
	uint32_t step;			/* of a ladder, from 1 */
	uint32_t id;			/* 0: it is in force */
	uint32_t tgid;			/* to be killed */
	uint8_t op;			/* of what waits: enum cordon_op */
	const char *rule;		/* text of the rule that denied, or "" */
};

/** struct client_behaviour - CORDON_A_BEHAVIOUR of a dump */
struct client_behaviour {
	const char *workload;
	const char *program;
	bool unlisted;
	uint32_t uid;
	uint8_t op;			/* enum cordon_op */
	uint8_t kind;			/* enum cordon_object_kind */
	const char *object;
	uint8_t action;			/* enum cordon_action: what came of it */
	uint8_t reason;			/* enum cordon_reason */
	bool held;			/* it was there before learning began */
	uint64_t count;			/* acts; 0: it was only held */
	uint64_t first;			/* ns, CLOCK_REALTIME */
	uint64_t last;			/* likewise */
	uint8_t protocol;		/* IPPROTO_, of flows */
	struct client_end local;	/* of listen, accept: its port alone */
	struct client_end remote;	/* of connect; of accept without port */
	const char *peer;		/* workload at the other end, or "" */
	bool ruled;			/* the members below are filled */
	uint32_t rule;
	const char *rule_text;
	const char *rule_file;
	uint32_t rule_line;
};

/** struct client_learning - CORDON_A_LEARNING of a dump */
struct client_learning {
	const char *workload;
	uint32_t behaviours;
	uint64_t since;			/* ns, CLOCK_REALTIME: of the first */
	uint64_t newest;		/* likewise, of the newest */
	uint64_t dropped[CORDON_CLASS_COUNT]; /* acts without room */
	uint64_t full;			/* ns, CLOCK_REALTIME: of the first of
					   these; 0: there are none */
};

/** struct client_event - CORDON_A_EVENT */
struct client_event {
	uint64_t instance;
	uint64_t sequence;
	uint64_t made[CORDON_TOPIC_COUNT]; /* events before this one */
	uint8_t type;			/* enum cordon_event_type */
	uint8_t topic;			/* enum cordon_topic */
	uint64_t number;		/* acts, tasks or addresses */
	uint64_t time;			/* ns, CLOCK_REALTIME */
	uint64_t boottime;		/* ns, CLOCK_BOOTTIME */
	uint64_t generation;
	uint8_t action;
	uint8_t reason;
	uint8_t class;
	uint8_t op;
	uint8_t kind;
	const char *object;
	const char *workload;
	const char *program;
	bool unlisted;
	uint32_t pid;
	uint32_t tgid;
	uint32_t parent;
	uint32_t uid;
	const char *comm;
	bool ruled;			/* the members below are filled */
	uint32_t rule;
	const char *rule_text;
	const char *rule_file;
	uint32_t rule_line;
	uint8_t protocol;		/* class net: IPPROTO_, or 0 */
	struct client_end local;	/* of what passes: where from */
	struct client_end remote;
	const char *peer;		/* workload at the other end, or ""; of
					   an exec, the one before it */
	uint64_t first;			/* repeats: number of the departure */
	uint64_t first_time;		/* ns, CLOCK_REALTIME: of that */
	uint64_t last_time;		/* likewise, of the last repeat */
	uint64_t before;		/* policy: generation before */
	uint32_t confirm;		/* policy: seconds; 0: for ever */
	uint32_t status;		/* exit: as wait(2) has it */
	uint64_t lifetime;		/* exit: ns */
	bool cut;			/* a text was too long */
	const void *record;		/* as the module sent it */
	size_t record_size;		/* bytes of that */
	uint8_t response;		/* response: enum cordon_response */
	uint8_t phase;			/* response: enum cordon_phase */
	uint32_t ttl;			/* response: seconds; 0: for ever */
	uint32_t pending;		/* response: id; 0: none was asked */
	uint8_t evidence;		/* response: enum cordon_evidence */
	uint32_t hold;			/* response: id of a kill that waits */
	uint64_t start;			/* hold: of the process; ns,
					   CLOCK_BOOTTIME */
};

#endif /* CTL_CLIENT_RECORD_H */
