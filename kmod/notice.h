/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Notices: events that are no departures.
 */
#ifndef _CORDON_NOTICE_H
#define _CORDON_NOTICE_H

#include <linux/types.h>
#include <uapi/cordon.h>

struct cordon_address;
struct cordon_event_owner;
struct cordon_label;
struct cordon_object;

/**
 * struct cordon_notice_policy - a change of what is in force
 * @type: CORDON_EVENT_PUBLISH to CORDON_EVENT_MODE
 * @before: generation that was in force
 * @generation: that is
 * @workloads: how many it has
 * @confirm: seconds to confirm it; 0: for ever
 * @workload: mode: whose; else NULL
 * @mode: mode: what they are now, a mode a class
 */
struct cordon_notice_policy {
	enum cordon_event_type type;
	u64 before;
	u64 generation;
	u32 workloads;
	u32 confirm;
	const char *workload;
	const u8 *mode;
};

/**
 * struct cordon_notice_response - what becomes of a response
 * @response: which
 * @phase: what becomes of it
 * @workload: whose; NULL: nobody's
 * @address: that is blocked, or was; NULL: none
 * @owner: who caused it; NULL: current, if that is a process
 * @number: of responses that are told of
 * @ttl: seconds; 0: for ever
 * @pending: id of what waits, or was answered; 0: none
 * @evidence: what becomes of it
 * @hold: id of the kill that waits for it, or has; 0: none
 * @start: of the process that is held, ns of CLOCK_BOOTTIME
 */
struct cordon_notice_response {
	enum cordon_response response;
	enum cordon_phase phase;
	const char *workload;
	const struct cordon_address *address;
	const struct cordon_event_owner *owner;
	u32 number;
	u32 ttl;
	u32 pending;
	enum cordon_evidence evidence;
	u32 hold;
	u64 start;
};

/**
 * struct cordon_notice_refusal - somebody may not end what a response has begun
 * @response: which
 * @workload: whose
 * @what: that he tried: "SIGCONT", "ptrace"
 * @owner: who tried
 */
struct cordon_notice_refusal {
	enum cordon_response response;
	const char *workload;
	const char *what;
	const struct cordon_event_owner *owner;
};

void cordon_notice_refusal(const struct cordon_notice_refusal *refusal);
void cordon_notice_response(const struct cordon_notice_response *response);
void cordon_notice_exec(const char *before, const struct cordon_label *label,
			const struct cordon_object *exe);
void cordon_notice_exit(const struct cordon_label *label, u32 status,
			u64 lifetime);
void cordon_notice_sweep(u64 generation, u32 tasks);
void cordon_notice_policy(const struct cordon_notice_policy *policy);
void cordon_notice_segment(enum cordon_event_type type, const char *segment,
			   u32 addresses);
void cordon_notice_module(enum cordon_event_type type);

#endif /* _CORDON_NOTICE_H */
