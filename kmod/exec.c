// SPDX-License-Identifier: GPL-2.0-only
/*
 * Class exec: starting programs, and the labels that follow.
 *
 * The kernel asks once for a script and again for its interpreter.  A script
 * that has an entry is the program: its interpreter is judged by the script's
 * own `exec` rules and runs under the script's entry.  A script that is a
 * member without an entry takes its interpreter into the workload with it, to
 * run under the interpreter's.
 * What was decided waits in a table until the kernel commits the exec, or the
 * task gives it up.
 */
#include <linux/binfmts.h>
#include <linux/hash.h>
#include <linux/list.h>
#include <linux/sched.h>
#include <linux/sched/signal.h>
#include <linux/slab.h>
#include <linux/spinlock.h>

#include "compat.h"
#include "generation.h"
#include "handlers.h"
#include "identity.h"
#include "judge.h"
#include "label.h"
#include "measure.h"
#include "notice.h"
#include "path.h"
#include "socket.h"

#define TABLE_BITS	8

/**
 * struct pending - an exec that was allowed and is not committed yet
 * @node: in its bucket
 * @task: who executes; only it looks for its entry, and task_free
 * @label: what it will be; NULL: the host, without an entry
 * @listed: the label's program has an entry
 * @enters: it is in another workload than current
 */
struct pending {
	struct hlist_node node;
	struct task_struct *task;
	struct cordon_label *label;
	bool listed;
	bool enters;
};

static struct hlist_head table[1 << TABLE_BITS];
static DEFINE_SPINLOCK(lock);	/* of the table; taken with interrupts off */

static struct pending *pending_take(struct task_struct *task)
{
	struct hlist_head *bucket = &table[hash_ptr(task, TABLE_BITS)];
	struct pending *pending;
	unsigned long flags;

	if (!READ_ONCE(bucket->first))
		return NULL;
	spin_lock_irqsave(&lock, flags);
	hlist_for_each_entry(pending, bucket, node)
		if (pending->task == task) {
			hlist_del(&pending->node);
			break;
		}
	spin_unlock_irqrestore(&lock, flags);
	return pending;
}

static void pending_put(struct pending *pending)
{
	if (!pending)
		return;
	cordon_label_put(pending->label);
	kfree(pending);
}

static int pending_add(struct cordon_label *label, bool listed, bool enters)
{
	struct hlist_head *bucket = &table[hash_ptr(current, TABLE_BITS)];
	struct pending *pending = kmalloc(sizeof(*pending), GFP_KERNEL);

	if (!pending)
		return -ENOMEM;
	pending->task = current;
	pending->label = label;
	pending->listed = listed;
	pending->enters = enters;
	spin_lock_irq(&lock);
	hlist_add_head(&pending->node, bucket);
	spin_unlock_irq(&lock);
	return 0;
}

/*
 * Remember who current will be.  The host's own programs without an entry need
 * no label, and no entry here unless current has a label to lose.
 */
static long remember(const struct cordon_actor *actor,
		     const struct cordon_subject *next,
		     const struct cordon_object *program,
		     const struct cordon_object *exe)
{
	const struct cordon_policy *policy = actor->generation->policy;
	bool listed = next->program != CORDON_NONE;
	struct cordon_label *label = NULL;

	if (next->workload == CORDON_NONE ||
	    (next->workload == cordon_policy_host(policy) && !listed)) {
		if (!actor->label)
			return 0;
	} else {
		label = cordon_label_for(cordon_policy_draft(policy,
							     next->workload),
					 program, exe);
		if (!label)
			return -ENOMEM;
	}
	if (pending_add(label, listed,
			next->workload != actor->subject.workload)) {
		cordon_label_put(label);
		return -ENOMEM;
	}
	return 0;
}

/* The interpreter of a script that decides: see the top of this file. */
static long judge_interpreter(const struct cordon_actor *actor,
			      const struct pending *script,
			      const struct cordon_path *name)
{
	struct cordon_object program = {
		.path = cordon_label_program(script->label),
		.length = script->label->program_length,
	};
	struct cordon_actor as_script = *actor;
	const struct cordon_actor *judged = actor;
	struct cordon_verdict verdict;
	long result = 0;

	cordon_label_resolve(script->label, actor->generation->policy,
			     &as_script.subject);
	/* An interpreter that is a script itself, and has an entry, has its own. */
	if (!script->listed && as_script.subject.program != CORDON_NONE) {
		program.path = cordon_label_exe(script->label);
		program.length = script->label->exe_length;
	}
	if (script->listed || as_script.subject.program != CORDON_NONE)
		judged = &as_script;
	if (judged->subject.workload != CORDON_NONE) {
		cordon_policy_decide(actor->generation->policy,
				     &judged->subject, CORDON_OP_EXEC,
				     &name->object, &verdict);
		result = cordon_judge_answer(judged, &name->object, &verdict);
	}
	if (result)
		return result;
	return remember(actor, &as_script.subject, &program, &name->object);
}

/*
 * A member that lets go of a program must not steer it by its environment:
 * the program is told that its caller is not to be trusted.
 */
static void distrust(struct linux_binprm *bprm,
		     const struct cordon_actor *actor,
		     const struct cordon_subject *next)
{
	if (actor->label && next->workload != actor->subject.workload)
		bprm->secureexec = 1;
}

static long judge_program(struct linux_binprm *bprm,
			  const struct cordon_actor *actor,
			  const struct cordon_path *name, bool ask_only)
{
	const struct cordon_policy *policy = actor->generation->policy;
	struct cordon_process process;
	struct cordon_verdict verdict;
	struct cordon_subject next;
	long result;

	result = cordon_process_describe(&process, policy, current,
					 name->object.path,
					 name->object.length);
	if (result)
		goto out;
	cordon_policy_decide_exec(policy, &actor->subject, &name->object,
				  &process.identity, &next, &verdict);
	if (actor->subject.workload != CORDON_NONE)
		result = cordon_judge_answer(actor, &name->object, &verdict);
	if (!result && !ask_only) {
		distrust(bprm, actor, &next);
		result = remember(actor, &next, &name->object, &name->object);
	}
out:
	cordon_process_put(&process);
	return result;
}

/*
 * security_bprm_creds_for_exec(): only of interest where a program asks
 * whether it could execute a file, and does not.
 */
long cordon_exec_ask(const unsigned long *arg)
{
	struct linux_binprm *bprm = (struct linux_binprm *)arg[0];
	struct cordon_actor actor;
	struct cordon_path name;
	long result;

	if (!cordon_bprm_is_check(bprm) || !cordon_actor_get(&actor))
		return 0;
	cordon_path_of_file(&name, bprm->file);
	result = judge_program(bprm, &actor, &name, true);
	cordon_path_put(&name);
	return result;
}

/*
 * security_bprm_check(): for the file that was asked for, then for each
 * interpreter, with bprm->file changed; bprm->interp tells which.
 */
long cordon_exec_check(const unsigned long *arg)
{
	struct linux_binprm *bprm = (struct linux_binprm *)arg[0];
	struct pending *before = pending_take(current);
	struct cordon_actor actor;
	struct cordon_path name;
	long result;

	cordon_actor_get(&actor);
	cordon_path_of_file(&name, bprm->file);
	if (bprm->interp != bprm->filename && before && before->label &&
	    (before->listed || before->enters))
		result = judge_interpreter(&actor, before, &name);
	else
		result = judge_program(bprm, &actor, &name, false);
	cordon_path_put(&name);
	pending_put(before);
	return result;
}

/*
 * The host's task executed something, and nothing was remembered: either it
 * stays host, or a policy came between check and commit.
 */
static struct cordon_label *label_late(struct linux_binprm *bprm, int *err)
{
	struct cordon_subject next = { .workload = CORDON_NONE };
	struct cordon_label *label = NULL;
	const struct cordon_policy *policy;
	struct cordon_process process;
	struct cordon_actor actor;
	struct cordon_path name;

	cordon_actor_get(&actor);
	policy = actor.generation->policy;
	cordon_path_of_file(&name, bprm->file);
	*err = cordon_process_describe(&process, policy, current,
				       name.object.path, name.object.length);
	if (*err)
		goto out;
	next.workload = cordon_policy_member(policy, &process.identity, NULL);
	if (next.workload != CORDON_NONE) {
		label = cordon_label_for(cordon_policy_draft(policy,
							     next.workload),
					 &name.object, &name.object);
		if (!label)
			*err = -ENOMEM;
	}
out:
	cordon_process_put(&process);
	cordon_path_put(&name);
	return label;
}

/* What was executed, by whom or whatever it has become. */
static void tell(const struct linux_binprm *bprm,
		 const struct cordon_label *old,
		 const struct cordon_label *label)
{
	const char *before = old ? cordon_label_name(old) : "";
	struct cordon_path name;

	if (label) {
		cordon_notice_exec(before, label, NULL);
	} else if (old) {
		cordon_path_of_file(&name, bprm->file);
		cordon_notice_exec(before, NULL, &name.object);
		cordon_path_put(&name);
	}
}

/*
 * security_bprm_committed_creds(): the new program is in place and has not run
 * yet.  There is no way back: who cannot be labelled is killed.
 */
long cordon_exec_commit(const unsigned long *arg)
{
	struct linux_binprm *bprm = (struct linux_binprm *)arg[0];
	struct pending *pending = pending_take(current);
	struct cordon_label *label = NULL;
	struct cordon_label *old = cordon_label_get(current);
	bool may_be_stopped = cordon_measure_may_stop(old);
	int err = 0;

	if (pending) {
		label = pending->label;
		pending->label = NULL;
	} else if (!old) {
		label = label_late(bprm, &err);
	} else {
		return 0;
	}
	if (label)
		err = cordon_label_set(current, label, GFP_KERNEL_ACCOUNT);
	else if (pending)
		cordon_label_remove(current);
	/* What it inherits, from the first process above all, is its own. */
	if (label && !err && !old)
		cordon_socket_adopt_files(current, label);
	if (!err)
		tell(bprm, old, label);
	if (!err) {
		cordon_measure_leave(current, old, may_be_stopped);
		cordon_measure_stop(current, label);
	}
	cordon_label_put(label);
	pending_put(pending);
	if (err) {
		pr_err("no memory to label pid %d; it is killed, since it would be free\n",
		       task_pid_nr(current));
		force_sig(SIGKILL);
	}
	return 0;
}

/**
 * cordon_exec_is_pending - does something wait for current's exec
 *
 * Also what an exec left behind that failed while a policy was loaded: it has
 * to be taken out by the next one, policy or not.
 *
 * Context: any.
 */
bool cordon_exec_is_pending(void)
{
	return READ_ONCE(table[hash_ptr(current, TABLE_BITS)].first);
}

/**
 * cordon_exec_forget - a task is gone
 * @task: its address is about to be free for another
 *
 * Context: any.
 */
void cordon_exec_forget(struct task_struct *task)
{
	pending_put(pending_take(task));
}

/** cordon_exec_exit - forget all; the hooks are detached */
void cordon_exec_exit(void)
{
	struct pending *pending;
	struct hlist_node *next;
	unsigned int i;

	for (i = 0; i < ARRAY_SIZE(table); i++)
		hlist_for_each_entry_safe(pending, next, &table[i], node)
			pending_put(pending);
}
