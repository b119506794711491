/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Learning: what an act, or a thing that is held, is as a behaviour.
 */
#ifndef _CORDON_LEARN_H
#define _CORDON_LEARN_H

#include <linux/types.h>

#include "engine/policy.h"

struct cordon_event_peer;
struct cordon_generation;

/**
 * struct cordon_learn_act - what was done
 * @generation: that decided
 * @subject: who; @subject->self may be NULL: not known
 * @verdict: what came of it; @verdict->workload is one of @generation's
 * @object: on what; NULL: it is a flow
 * @peer: of a flow: both ends
 * @workload: at the other end of a unix socket, or CORDON_NONE
 * @uid: real user, initial user namespace
 * @held: it is only there
 */
struct cordon_learn_act {
	const struct cordon_generation *generation;
	const struct cordon_subject *subject;
	const struct cordon_verdict *verdict;
	const struct cordon_object *object;
	const struct cordon_event_peer *peer;
	u32 workload;
	u32 uid;
	bool held;
};

bool cordon_learn_act(const struct cordon_learn_act *act);
bool cordon_learn_is_known(const struct cordon_learn_act *act);

/* held.c: what was there before. */
void cordon_learn_held(const struct cordon_generation *generation,
		       const struct cordon_policy *before);

#endif /* _CORDON_LEARN_H */
