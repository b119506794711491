// SPDX-License-Identifier: GPL-2.0-only
/*
 * Links: a second name must not give what the first one does not.
 */
#include "image.h"
#include "policy.h"

/* Do rules and default let it pass, whatever the mode? */
static bool is_allowed(const struct cordon_policy *policy,
		       const struct cordon_subject *subject, enum cordon_op op,
		       const struct cordon_object *object)
{
	struct cordon_verdict verdict;

	cordon_policy_decide(policy, subject, op, object, &verdict);
	return verdict.action == CORDON_ACTION_ALLOW;
}

/* Does the new name allow anything that the old one does not? */
static bool is_wider(const struct cordon_policy *policy,
		     const struct cordon_subject *subject,
		     const struct cordon_object *old,
		     const struct cordon_object *new)
{
	static const enum cordon_op ops[] = { CORDON_OP_EXEC, CORDON_OP_LOAD,
					      CORDON_OP_READ, CORDON_OP_WRITE };
	u32 i;

	for (i = 0; i < sizeof(ops) / sizeof(ops[0]); i++) {
		if (is_allowed(policy, subject, ops[i], new) &&
		    !is_allowed(policy, subject, ops[i], old))
			return true;
	}
	/* The default never allows it: it is not an op as the others are. */
	return cordon_decide_leaves(policy, subject, new) &&
	       !cordon_decide_leaves(policy, subject, old);
}

void cordon_policy_decide_link(const struct cordon_policy *policy,
			       const struct cordon_subject *subject,
			       const struct cordon_object *old,
			       const struct cordon_object *new,
			       struct cordon_verdict *verdict)
{
	if (is_wider(policy, subject, old, new)) {
		cordon_policy_fail(policy, subject, CORDON_OP_WRITE,
				   CORDON_REASON_LINK, verdict);
		return;
	}
	*verdict = (struct cordon_verdict){
		.action = CORDON_ACTION_ALLOW,
		.reason = CORDON_REASON_LINK,
		.op = CORDON_OP_WRITE,
		.workload = subject->workload,
		.rule = CORDON_NONE,
	};
}
