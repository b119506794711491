/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Judging: what every handler does between finding out what is acted upon and
 * answering.  The engine decides; here it is counted, told and turned into an
 * error.
 */
#ifndef _CORDON_JUDGE_H
#define _CORDON_JUDGE_H

#include <linux/types.h>

#include "engine/policy.h"
#include "path.h"

struct cordon_event_peer;
struct cordon_generation;
struct cordon_label;

/**
 * struct cordon_actor - current, as the policy knows it
 * @generation: the policy; one for the whole act
 * @label: NULL: the host's, without an entry
 * @subject: what the label resolves to
 */
struct cordon_actor {
	const struct cordon_generation *generation;
	struct cordon_label *label;
	struct cordon_subject subject;
};

bool cordon_actor_get(struct cordon_actor *actor);
u64 cordon_actor_who(const struct cordon_actor *actor);
long cordon_judge(const struct cordon_actor *actor, enum cordon_op op,
		  const struct cordon_path *name);
long cordon_judge_link(const struct cordon_actor *actor,
		       const struct cordon_path *old_name,
		       const struct cordon_path *new_name);
long cordon_judge_fail(const struct cordon_actor *actor, enum cordon_op op,
		       enum cordon_reason reason,
		       const struct cordon_path *name);
long cordon_judge_answer(const struct cordon_actor *actor,
			 const struct cordon_object *object,
			 const struct cordon_verdict *verdict);
void cordon_judge_tell_flow(const struct cordon_actor *actor,
			    const struct cordon_verdict *verdict,
			    const struct cordon_event_peer *peer);

#endif /* _CORDON_JUDGE_H */
