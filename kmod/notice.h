/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Notices: events that are no departures.
 */
#ifndef _CORDON_NOTICE_H
#define _CORDON_NOTICE_H

#include <linux/types.h>
#include <uapi/cordon.h>

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
