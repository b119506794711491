/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Responses: what follows a departure, in the path that denies it.
 *
 * What a manifest wants is found out by the engine.  Here it is done, as soon
 * as the denial is certain: a signal is pending, a measure or a block in force,
 * before the denied call returns.  Nothing of that sleeps or allocates.
 */
#ifndef _CORDON_RESPOND_H
#define _CORDON_RESPOND_H

#include <linux/types.h>
#include <uapi/cordon.h>

#include "engine/address.h"
#include "engine/policy.h"

struct cordon_event_owner;
struct cordon_event_peer;
struct cordon_generation;
struct task_struct;

#define CORDON_DEED_RULE_MAX	127	/* bytes of a rule's text */

/**
 * struct cordon_deed - what is to be done, and to whom
 * @workload: its name; empty: nobody's
 * @responses: bits of enum cordon_response
 * @steps: how many of @ttl there are; 0: what begins stays
 * @ttl: seconds, for each step
 * @tgid: the process to be killed, initial pid namespace
 * @start: of that process: when it began, ns of CLOCK_BOOTTIME, so that no other
 *	is killed that has got its number
 * @address: to be blocked; it is not protected
 * @op: enum cordon_op of the departure, if one caused it
 * @rule: text of the rule that denied it, perhaps cut; empty: none did
 * @evidence: of who is killed or suspended is taken
 */
struct cordon_deed {
	char workload[CORDON_NAME_MAX + 1];
	u8 responses;
	u8 steps;
	u32 ttl[CORDON_LADDER_MAX];
	u32 tgid;
	u64 start;
	struct cordon_address address;
	u8 op;
	char rule[CORDON_DEED_RULE_MAX + 1];
	bool evidence;
};

/**
 * struct cordon_deed_cause - why something is done
 * @owner: the process that caused it; NULL: current, if that is one
 * @pending: id that it was asked for by; 0: nobody was asked
 * @is_order: somebody wants it by hand
 */
struct cordon_deed_cause {
	const struct cordon_event_owner *owner;
	u32 pending;
	bool is_order;
};

/** struct cordon_respond_status - for CORDON_CMD_STATUS_GET */
struct cordon_respond_status {
	u32 suspended;
	u32 quarantined;
	u32 blocked;
	u32 pending;
	u64 displaced;
};

void cordon_respond(const struct cordon_generation *generation,
		    const struct cordon_subject *subject,
		    const struct cordon_verdict *verdict,
		    const struct cordon_event_peer *peer,
		    const struct cordon_event_owner *owner);
bool cordon_deed_is_on(const struct cordon_deed *deed, struct task_struct *task);
int cordon_respond_do(const struct cordon_deed *deed,
		      const struct cordon_deed_cause *cause);
void cordon_respond_tell(const struct cordon_deed *deed,
			 const struct cordon_deed_cause *cause,
			 enum cordon_phase phase);
void cordon_respond_status(struct cordon_respond_status *status);

int cordon_respond_init(void);
void cordon_respond_stop(void);
void cordon_respond_exit(void);

#endif /* _CORDON_RESPOND_H */
