// SPDX-License-Identifier: GPL-2.0-only
#include <linux/errno.h>
#include <linux/fs.h>
#include <linux/mm_types.h>
#include <linux/sched.h>

#include "compat.h"
#include "event.h"
#include "generation.h"
#include "judge.h"
#include "label.h"

/**
 * cordon_actor_get - who is current
 * @actor: filled; good as long as cordon_srcu is held
 *
 * Context: any; under cordon_srcu.
 * Return: false if no manifest speaks of it: then all is allowed.
 */
bool cordon_actor_get(struct cordon_actor *actor)
{
	actor->generation = cordon_generation_get();
	actor->label = cordon_label_get(current);
	if (actor->label)
		cordon_label_resolve(actor->label, actor->generation->policy,
				     &actor->subject);
	else
		actor->subject = (struct cordon_subject){
			.workload = cordon_label_is_exempt(current) ?
				CORDON_NONE :
				cordon_policy_host(actor->generation->policy),
			.program = CORDON_NONE,
		};
	return actor->subject.workload != CORDON_NONE;
}

/* The host's tasks carry no label: what they run is only looked up on need. */
static bool self_find(struct cordon_path *name)
{
	struct file *exe;

	if (!current->mm)
		return false;
	exe = cordon_get_file_rcu(&current->mm->exe_file);
	if (!exe)
		return false;
	cordon_path_of_exe(name, exe);
	fput(exe);
	return true;
}

/**
 * cordon_judge_answer - count and tell a verdict
 * @actor: who acted
 * @object: on what
 * @verdict: of the engine
 *
 * Context: may sleep.
 * Return: 0 if the act may go on, else -EACCES.
 */
long cordon_judge_answer(const struct cordon_actor *actor,
			 const struct cordon_object *object,
			 const struct cordon_verdict *verdict)
{
	const struct cordon_generation *generation = actor->generation;
	struct cordon_subject subject = actor->subject;
	struct cordon_path self;
	bool found;

	if (verdict->reason == CORDON_REASON_RULE)
		cordon_hits_count(generation->blocks[verdict->workload]->hits,
				  verdict->rule);
	if (verdict->action == CORDON_ACTION_ALLOW)
		return 0;
	found = !subject.self && self_find(&self);
	if (found) {
		subject.self = self.object.path;
		subject.self_length = self.object.length;
	}
	cordon_event_record(generation, &subject, object, verdict);
	if (found)
		cordon_path_put(&self);
	return verdict->action == CORDON_ACTION_DENY ? -EACCES : 0;
}

/**
 * cordon_judge - may current do this
 * @actor: from cordon_actor_get()
 * @op: what; not CORDON_OP_EXEC
 * @name: on what
 *
 * Context: may sleep.
 * Return: 0 or -EACCES.
 */
long cordon_judge(const struct cordon_actor *actor, enum cordon_op op,
		  const struct cordon_path *name)
{
	struct cordon_actor known = *actor;
	struct cordon_verdict verdict;
	struct cordon_path self;
	bool found;
	long result;

	if (name->internal)
		return 0;
	found = op == CORDON_OP_LOAD && !known.subject.self &&
		self_find(&self);
	if (found) {
		known.subject.self = self.object.path;
		known.subject.self_length = self.object.length;
	}
	cordon_policy_decide(known.generation->policy, &known.subject, op,
			     &name->object, &verdict);
	result = cordon_judge_answer(&known, &name->object, &verdict);
	if (found)
		cordon_path_put(&self);
	return result;
}

/**
 * cordon_judge_link - may current give a file a second name
 * @actor: from cordon_actor_get()
 * @old_name: what it is called
 * @new_name: what it is to be called; judged already as written
 *
 * Context: may sleep.
 * Return: 0 or -EACCES.
 */
long cordon_judge_link(const struct cordon_actor *actor,
		       const struct cordon_path *old_name,
		       const struct cordon_path *new_name)
{
	struct cordon_verdict verdict;

	cordon_policy_decide_link(actor->generation->policy, &actor->subject,
				  &old_name->object, &new_name->object,
				  &verdict);
	return cordon_judge_answer(actor, &old_name->object, &verdict);
}

/**
 * cordon_judge_fail - deny, for a reason that is not a rule
 * @actor: from cordon_actor_get()
 * @op: what
 * @reason: why
 * @name: on what
 *
 * Context: may sleep.
 * Return: 0 if the mode or the workload's default lets it pass, or -EACCES.
 */
long cordon_judge_fail(const struct cordon_actor *actor, enum cordon_op op,
		       enum cordon_reason reason,
		       const struct cordon_path *name)
{
	struct cordon_verdict verdict;

	cordon_policy_fail(actor->generation->policy, &actor->subject, op,
			   reason, &verdict);
	return cordon_judge_answer(actor, &name->object, &verdict);
}
