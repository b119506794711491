/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * From what rules say to a verdict; for the files of the engine only.
 */
#ifndef _CORDON_ENGINE_DECIDE_H
#define _CORDON_ENGINE_DECIDE_H

#include "image.h"
#include "names.h"

/**
 * struct cordon_judgement - what rules and default say, whatever the mode
 * @effect: enum cordon_effect
 * @reason: enum cordon_reason
 * @rule: CORDON_REASON_RULE: its index in the draft
 */
struct cordon_judgement {
	u8 effect;
	u8 reason;
	u32 rule;
};

static __always_inline struct cordon_judgement
cordon_judgement(u8 effect, u8 reason, u32 rule)
{
	return (struct cordon_judgement){
		.effect = effect,
		.reason = reason,
		.rule = rule,
	};
}

/**
 * cordon_learn - what mode learn makes of a denial
 * @policy: the policy
 * @reason: why it would be denied
 *
 * What a manifest could allow is learnt.  What one denies is denied: an
 * allowlist is to come of it, not a hole in one that is there.  What no rule
 * can allow must not stop who is learnt from either, and is told.
 *
 * Return: enum cordon_action.
 */
u8 cordon_learn(const struct cordon_policy *policy, enum cordon_reason reason);

/**
 * cordon_settle - what the mode makes of a judgement
 * @policy: the policy
 * @workload: whose manifest decided, an index
 * @op: what was asked
 * @judgement: what its rules say
 * @verdict: filled
 */
static __always_inline void
cordon_settle(const struct cordon_policy *policy, u32 workload,
	      enum cordon_op op, struct cordon_judgement judgement,
	      struct cordon_verdict *verdict)
{
	const struct image_workload *image = image_workloads(policy) + workload;

	verdict->reason = judgement.reason;
	verdict->op = op;
	verdict->workload = workload;
	verdict->rule = judgement.rule;
	if (judgement.effect == CORDON_EFFECT_ALLOW)
		verdict->action = CORDON_ACTION_ALLOW;
	else if (image->mode[cordon_op_class(op)] == CORDON_MODE_LEARN)
		verdict->action = cordon_learn(policy, judgement.reason);
	else if (!policy->monitor && image->mode[cordon_op_class(op)] ==
					     CORDON_MODE_ENFORCE)
		verdict->action = CORDON_ACTION_DENY;
	else
		verdict->action = CORDON_ACTION_WOULD_DENY;
}

/* --- decide.c ------------------------------------------------------------ */

/**
 * cordon_judge_name - what rules about names, and the default, say of an object
 * @policy: the policy
 * @subject: of a workload of the policy
 * @op: below CORDON_TRIE_OPS
 * @object: on what
 */
struct cordon_judgement cordon_judge_name(const struct cordon_policy *policy,
				     const struct cordon_subject *subject,
				     enum cordon_op op,
				     const struct cordon_object *object);

/**
 * cordon_unjudged - the verdict on those of whom no manifest speaks
 * @policy: the policy
 * @workload: CORDON_NONE; an index of another policy is denied
 * @op: what was asked
 * @verdict: filled
 */
void cordon_unjudged(const struct cordon_policy *policy, u32 workload,
		     enum cordon_op op, struct cordon_verdict *verdict);

#endif /* _CORDON_ENGINE_DECIDE_H */
