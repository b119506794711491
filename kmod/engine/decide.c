// SPDX-License-Identifier: GPL-2.0-only
/*
 * Deciding: from rules to a judgement, and through the mode to a verdict.
 */
#include "image.h"
#include "names.h"
#include "policy.h"

/* What rules and default say, whatever the mode. */
struct judgement {
	u8 effect;	/* enum cordon_effect */
	u8 reason;	/* enum cordon_reason */
	u32 rule;
};

static struct judgement judgement(u8 effect, u8 reason)
{
	return (struct judgement){
		.effect = effect,
		.reason = reason,
		.rule = CORDON_NONE,
	};
}

/* Is this a path that patterns can be held against? */
static bool has_path(const struct cordon_object *object)
{
	return object->kind == CORDON_OBJECT_PATH && object->path &&
	       object->length && object->length <= CORDON_PATH_MAX &&
	       object->path[0] == '/';
}

static bool is_self(const struct cordon_subject *subject,
		    const struct cordon_object *object)
{
	return subject->self && subject->self_length == object->length &&
	       memcmp(subject->self, object->path, object->length) == 0;
}

/* Finds the best rule of each effect.  Return: false if there was no room. */
static bool rules_match(const struct cordon_policy *policy, u32 workload,
			const struct cordon_subject *subject, enum cordon_op op,
			const struct cordon_object *object, bool path,
			struct cordon_match best[CORDON_EFFECT_COUNT])
{
	const struct image_program *program;
	struct cordon_name name;
	const char *nameless;
	u32 roots[2] = { 0 };
	u32 i;

	roots[0] = image_workloads(policy)[workload].rules;
	if (subject->program < policy->program_count) {
		program = image_programs(policy) + subject->program;
		if (program->workload == workload)
			roots[1] = program->rules;
	}
	if (path)
		return cordon_trie_walk(&policy->trie, roots, object->path,
					object->length, op, best);
	nameless = cordon_image_nameless(object->kind);
	if (!nameless)
		return true;
	cordon_name_take(&name, policy->trie.seed, nameless,
			 (u32)strlen(nameless));
	for (i = 0; i < 2; i++)
		cordon_trie_name(&policy->trie, roots[i], &name, false, op,
				 best);
	return true;
}

static struct judgement judge(const struct cordon_policy *policy,
			      const struct cordon_subject *subject,
			      enum cordon_op op,
			      const struct cordon_object *object)
{
	const struct image_workload *workload =
		image_workloads(policy) + subject->workload;
	const bool path = has_path(object);
	struct cordon_match best[CORDON_EFFECT_COUNT];
	struct judgement answer;

	image_best_init(best);
	if (workload->ops & 1u << op &&
	    unlikely(!rules_match(policy, subject->workload, subject, op,
				  object, path, best)))
		return judgement(CORDON_EFFECT_DENY, CORDON_REASON_LIMIT);

	if (best[CORDON_EFFECT_DENY].value != CORDON_NONE) {
		answer = judgement(CORDON_EFFECT_DENY, CORDON_REASON_RULE);
		answer.rule = best[CORDON_EFFECT_DENY].value;
	} else if (best[CORDON_EFFECT_ALLOW].value != CORDON_NONE) {
		answer = judgement(CORDON_EFFECT_ALLOW, CORDON_REASON_RULE);
		answer.rule = best[CORDON_EFFECT_ALLOW].value;
	} else if (op == CORDON_OP_LOAD && path && is_self(subject, object)) {
		answer = judgement(CORDON_EFFECT_ALLOW, CORDON_REASON_SELF);
	} else if (workload->effect == CORDON_EFFECT_DENY && !path &&
		   !cordon_image_nameless(object->kind)) {
		answer = judgement(CORDON_EFFECT_DENY,
				   CORDON_REASON_UNNAMEABLE);
	} else {
		answer = judgement(workload->effect, CORDON_REASON_DEFAULT);
	}
	return answer;
}

/* What the mode makes of a judgement. */
static void settle(const struct cordon_policy *policy, u32 workload,
		   enum cordon_op op, const struct judgement *judgement,
		   struct cordon_verdict *verdict)
{
	const struct image_workload *image = image_workloads(policy) + workload;

	verdict->reason = judgement->reason;
	verdict->op = op;
	verdict->workload = workload;
	verdict->rule = judgement->rule;
	if (judgement->effect == CORDON_EFFECT_ALLOW)
		verdict->action = CORDON_ACTION_ALLOW;
	else if (!policy->monitor && image->mode[cordon_op_class(op)] ==
					     CORDON_MODE_ENFORCE)
		verdict->action = CORDON_ACTION_DENY;
	else
		verdict->action = CORDON_ACTION_WOULD_DENY;
}

/* Acts of those of whom no manifest speaks are not judged. */
static bool is_judged(const struct cordon_policy *policy,
		      const struct cordon_subject *subject, enum cordon_op op,
		      struct cordon_verdict *verdict)
{
	if (subject->workload < policy->workload_count)
		return true;
	*verdict = (struct cordon_verdict){
		.action = CORDON_ACTION_ALLOW,
		.reason = CORDON_REASON_NONE,
		.op = op,
		.workload = CORDON_NONE,
		.rule = CORDON_NONE,
	};
	/* An index of another policy is the caller's mistake: fail closed. */
	if (unlikely(subject->workload != CORDON_NONE)) {
		verdict->action = policy->monitor ? CORDON_ACTION_WOULD_DENY :
						    CORDON_ACTION_DENY;
		verdict->reason = CORDON_REASON_LIMIT;
	}
	return false;
}

void cordon_policy_decide(const struct cordon_policy *policy,
			  const struct cordon_subject *subject,
			  enum cordon_op op,
			  const struct cordon_object *object,
			  struct cordon_verdict *verdict)
{
	struct judgement answer;

	if (!is_judged(policy, subject, op, verdict))
		return;
	answer = judge(policy, subject, op, object);
	settle(policy, subject->workload, op, &answer, verdict);
}

void cordon_policy_decide_link(const struct cordon_policy *policy,
			       const struct cordon_subject *subject,
			       const struct cordon_object *old,
			       const struct cordon_object *new,
			       struct cordon_verdict *verdict)
{
	static const u8 ops[] = { CORDON_OP_EXEC, CORDON_OP_LOAD,
				  CORDON_OP_READ, CORDON_OP_WRITE };
	struct judgement answer = judgement(CORDON_EFFECT_ALLOW,
					    CORDON_REASON_LINK);
	u32 i;

	if (!is_judged(policy, subject, CORDON_OP_WRITE, verdict))
		return;
	for (i = 0; i < sizeof(ops); i++)
		if (judge(policy, subject, ops[i], new).effect ==
			    CORDON_EFFECT_ALLOW &&
		    judge(policy, subject, ops[i], old).effect ==
			    CORDON_EFFECT_DENY)
			answer.effect = CORDON_EFFECT_DENY;
	settle(policy, subject->workload, CORDON_OP_WRITE, &answer, verdict);
}

/* What a safety net must leave alone: the host mounts, and borrows. */
static bool is_for_members_only(enum cordon_reason reason)
{
	return reason == CORDON_REASON_MOUNT ||
	       reason == CORDON_REASON_CREDENTIALS;
}

void cordon_policy_fail(const struct cordon_policy *policy,
			const struct cordon_subject *subject,
			enum cordon_op op, enum cordon_reason reason,
			struct cordon_verdict *verdict)
{
	struct judgement answer = judgement(CORDON_EFFECT_DENY, reason);

	if (!is_judged(policy, subject, op, verdict))
		return;
	if (is_for_members_only(reason) &&
	    image_workloads(policy)[subject->workload].effect ==
		    CORDON_EFFECT_ALLOW)
		answer.effect = CORDON_EFFECT_ALLOW;
	settle(policy, subject->workload, op, &answer, verdict);
}

/* @object is now run in @workload, which may be CORDON_NONE. */
static void become(const struct cordon_policy *policy, u32 workload,
		   const struct cordon_object *object,
		   struct cordon_subject *next)
{
	*next = (struct cordon_subject){
		.workload = workload,
		.program = CORDON_NONE,
	};
	if (!has_path(object))
		return;
	next->program = cordon_policy_program(policy, workload, object->path,
					      object->length);
	next->self = object->path;
	next->self_length = object->length;
}

/* Whose a process is that starts @object outside of all workloads. */
static u32 claimant(const struct cordon_policy *policy,
		    const struct cordon_object *object,
		    const struct cordon_identity *identity)
{
	struct cordon_identity nameless = *identity;
	u32 workload;

	nameless.exe = NULL;
	workload = cordon_policy_member(policy, has_path(object) ? identity :
								   &nameless,
					NULL);
	return workload == CORDON_NONE ? policy->host : workload;
}

void cordon_policy_decide_exec(const struct cordon_policy *policy,
			       const struct cordon_subject *subject,
			       const struct cordon_object *object,
			       const struct cordon_identity *identity,
			       struct cordon_subject *next,
			       struct cordon_verdict *verdict)
{
	const struct image_workload *workload;
	struct judgement answer;
	struct judgement enter;
	u32 target;

	if (!is_judged(policy, subject, CORDON_OP_EXEC, verdict)) {
		become(policy, claimant(policy, object, identity), object,
		       next);
		return;
	}
	workload = image_workloads(policy) + subject->workload;
	target = subject->workload == policy->host ?
			 claimant(policy, object, identity) :
			 subject->workload;
	answer = judge(policy, subject, CORDON_OP_EXEC, object);

	if (workload->ops & 1u << CORDON_OP_ENTER &&
	    !(answer.effect == CORDON_EFFECT_DENY &&
	      answer.reason != CORDON_REASON_DEFAULT)) {
		enter = judge(policy, subject, CORDON_OP_ENTER, object);
		if (enter.effect == CORDON_EFFECT_ALLOW &&
		    enter.reason == CORDON_REASON_RULE) {
			become(policy, claimant(policy, object, identity),
			       object, next);
			settle(policy, subject->workload, CORDON_OP_ENTER,
			       &enter, verdict);
			return;
		}
	}

	become(policy, target, object, next);
	if (answer.effect == CORDON_EFFECT_ALLOW &&
	    workload->effect == CORDON_EFFECT_DENY &&
	    target == subject->workload && next->program == CORDON_NONE)
		answer = judgement(CORDON_EFFECT_DENY, CORDON_REASON_NO_ENTRY);
	settle(policy, subject->workload, CORDON_OP_EXEC, &answer, verdict);
}
