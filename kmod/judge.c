// SPDX-License-Identifier: GPL-2.0-only
#include <linux/errno.h>
#include <linux/fs.h>
#include <linux/mm_types.h>
#include <linux/sched.h>

#include "compat.h"
#include "event.h"
#include "generation.h"
#include "hits.h"
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

/** cordon_actor_who - the same in one word, for what is kept; any context */
u64 cordon_actor_who(const struct cordon_actor *actor)
{
	return cordon_who_pack(actor->generation->number,
			       actor->subject.workload,
			       actor->subject.program);
}

/* What current runs; @self to be given to cordon_path_put(). */
static void self_find(struct cordon_subject *subject, struct cordon_path *self)
{
	struct file *exe = NULL;

	self->page = NULL;
	subject->self = "";
	subject->self_length = 0;
	if (current->mm)
		exe = cordon_get_file_rcu(&current->mm->exe_file);
	if (!exe)
		return;
	cordon_path_of_exe(self, exe);
	fput(exe);
	subject->self = self->object.path;
	subject->self_length = self->object.length;
}

/*
 * The host's tasks carry no label: what they run is only looked up on need.
 * Kept out of line, so that the usual judgement has no long name on its stack.
 */
static noinline long with_self(const struct cordon_actor *actor,
			       const struct cordon_object *object,
			       const struct cordon_verdict *verdict,
			       long (*go_on)(const struct cordon_actor *actor,
					     const struct cordon_object *object,
					     const struct cordon_verdict *verdict))
{
	struct cordon_actor known = *actor;
	struct cordon_path self cordon_uninitialized;
	long result;

	self_find(&known.subject, &self);
	result = go_on(&known, object, verdict);
	cordon_path_put(&self);
	return result;
}

static long tell(const struct cordon_actor *actor,
		 const struct cordon_object *object,
		 const struct cordon_verdict *verdict)
{
	if (!actor->subject.self)
		return with_self(actor, object, verdict, tell);
	cordon_event_record(actor->generation, &actor->subject, object,
			    verdict);
	return verdict->action == CORDON_ACTION_DENY ? -EACCES : 0;
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
	if (verdict->reason == CORDON_REASON_RULE)
		cordon_hits_count(actor->generation->blocks[verdict->workload]->hits,
				  verdict->rule);
	if (likely(verdict->action == CORDON_ACTION_ALLOW))
		return 0;
	return tell(actor, object, verdict);
}

static long judge_load(const struct cordon_actor *actor,
		       const struct cordon_object *object,
		       const struct cordon_verdict *unused)
{
	struct cordon_verdict verdict;

	if (!actor->subject.self)
		return with_self(actor, object, NULL, judge_load);
	cordon_policy_decide(actor->generation->policy, &actor->subject,
			     CORDON_OP_LOAD, object, &verdict);
	return cordon_judge_answer(actor, object, &verdict);
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
	struct cordon_verdict verdict;

	if (name->internal)
		return 0;
	/* Only for a load does it matter what the subject itself runs. */
	if (op == CORDON_OP_LOAD)
		return judge_load(actor, &name->object, NULL);
	cordon_policy_decide(actor->generation->policy, &actor->subject, op,
			     &name->object, &verdict);
	return cordon_judge_answer(actor, &name->object, &verdict);
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

/**
 * cordon_judge_tell_flow - tell of what current did with a peer
 * @actor: from cordon_actor_get()
 * @verdict: a deny or would-deny
 * @peer: both ends
 *
 * Context: may sleep.
 */
void cordon_judge_tell_flow(const struct cordon_actor *actor,
			    const struct cordon_verdict *verdict,
			    const struct cordon_event_peer *peer)
{
	struct cordon_path self cordon_uninitialized;
	struct cordon_actor known = *actor;
	struct cordon_event_owner owner;

	self.page = NULL;
	if (!known.subject.self)
		self_find(&known.subject, &self);
	cordon_event_owner_current(&owner);
	cordon_event_record_flow(known.generation, &known.subject, verdict,
				 peer, &owner);
	cordon_path_put(&self);
}
