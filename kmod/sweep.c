// SPDX-License-Identifier: GPL-2.0-only
/*
 * The sweep: labels for tasks that run already when a policy is published.
 *
 * A task is a member by what it is (its executable, cgroup, user) or because
 * its parent is.  Passes are repeated until one labels nobody.  Who forks or
 * executes meanwhile is not missed:
 *
 *  - who begins to fork while a sweep runs is looked at first, so that a chain
 *    of processes that are gone before their turn comes is caught at its next
 *    link;
 *  - a child whose parent was labelled before the child woke up gets its label
 *    from the hook on wake_up_new_task();
 *  - a child that woke up before was on the task list before its parent was
 *    labelled, so that the next pass finds it;
 *  - a socket that a task makes before it is labelled is in its table of files
 *    when that is looked at, or is adopted when it is used;
 *  - a task that executes is judged again when its new executable is in place
 *    (security_bprm_committed_creds()), after the policy was published.
 */
#include <linux/kernel.h>
#include <linux/mm.h>
#include <linux/sched.h>
#include <linux/sched/mm.h>
#include <linux/sched/signal.h>
#include <linux/sched/task.h>
#include <linux/slab.h>
#include <linux/string.h>

#include "compat.h"
#include "generation.h"
#include "identity.h"
#include "label.h"
#include "measure.h"
#include "path.h"
#include "socket.h"
#include "sweep.h"

static bool sweeping;
static atomic_t labelled;	/* by this sweep */

/* Tasks of one pass, referenced. */
struct snapshot {
	struct task_struct **task;
	size_t count;
	size_t size;
};

static void snapshot_put(struct snapshot *snapshot)
{
	while (snapshot->count)
		put_task_struct(snapshot->task[--snapshot->count]);
	kvfree(snapshot->task);
	snapshot->task = NULL;
}

/* All user tasks; the array is made larger until they fit. */
static int snapshot_take(struct snapshot *snapshot)
{
	struct task_struct *process;
	struct task_struct *task;
	bool full;

	snapshot->size = 1024;
	do {
		snapshot->count = 0;
		snapshot->size *= 2;
		snapshot->task = kvmalloc_array(snapshot->size,
						sizeof(*snapshot->task),
						GFP_KERNEL);
		if (!snapshot->task)
			return -ENOMEM;
		full = false;
		rcu_read_lock();
		for_each_process_thread(process, task) {
			if (cordon_label_is_exempt(task))
				continue;
			if (snapshot->count == snapshot->size) {
				full = true;
				goto taken;
			}
			get_task_struct(task);
			snapshot->task[snapshot->count++] = task;
		}
taken:
		rcu_read_unlock();
		if (full)
			snapshot_put(snapshot);
	} while (full);
	return 0;
}

static struct file *task_exe(struct task_struct *task)
{
	struct mm_struct *mm = get_task_mm(task);
	struct file *file;

	if (!mm)
		return NULL;
	file = cordon_get_file_rcu(&mm->exe_file);
	mmput(mm);
	return file;
}

/* The workload of the parent, or of the process that a thread belongs to. */
static u32 workload_of_family(const struct cordon_policy *policy,
			      struct task_struct *task)
{
	struct cordon_subject subject = { .workload = CORDON_NONE };
	struct cordon_label *label;

	rcu_read_lock();
	label = cordon_label_get(task->group_leader);
	if (!label)
		label = cordon_label_get(rcu_dereference(task->real_parent));
	if (label && label->name_length)
		cordon_label_resolve(label, policy, &subject);
	rcu_read_unlock();
	if (subject.workload == cordon_policy_host(policy))
		return CORDON_NONE;
	return subject.workload;
}

/*
 * What the label of a task should be.
 * Return: NULL: none; the host's, or nothing can be said.
 */
static struct cordon_label *label_for(const struct cordon_policy *policy,
				      struct task_struct *task,
				      struct file *exe)
{
	u32 host = cordon_policy_host(policy);
	struct cordon_label *label = NULL;
	const struct cordon_draft *draft;
	struct cordon_process process;
	struct cordon_path name;
	u32 workload;

	cordon_path_of_exe(&name, exe);
	if (cordon_process_describe(&process, policy, task, name.object.path,
				    name.object.length))
		goto out;
	workload = cordon_policy_member(policy, &process.identity, NULL);
	if (workload == CORDON_NONE)
		workload = workload_of_family(policy, task);
	if (workload == CORDON_NONE && host != CORDON_NONE &&
	    cordon_policy_program(policy, host, name.object.path,
				  name.object.length) != CORDON_NONE)
		workload = host;
	if (workload != CORDON_NONE) {
		draft = cordon_policy_draft(policy, workload);
		label = cordon_label_for(draft, &name.object, &name.object);
		if (!label)
			pr_err("no memory to label pid %d; it stays unlabelled until it executes: load the policy again\n",
			       task_pid_nr(task));
	}
out:
	cordon_process_put(&process);
	cordon_path_put(&name);
	return label;
}

/* A label whose workload is loaded stays in it. */
static bool is_settled(const struct cordon_policy *policy,
		       struct cordon_label *label)
{
	struct cordon_subject subject;

	if (!label || !label->name_length)
		return false;
	cordon_label_resolve(label, policy, &subject);
	return subject.workload != CORDON_NONE &&
	       subject.workload != cordon_policy_host(policy);
}

/*
 * The label of a task that executed something while no policy was loaded: the
 * same workload, the new program.  NULL: it is right as it is.
 */
static struct cordon_label *label_updated(const struct cordon_label *label,
					  struct file *exe)
{
	struct cordon_label *fresh = NULL;
	struct cordon_path name;

	cordon_path_of_exe(&name, exe);
	if (name.object.length != label->exe_length ||
	    memcmp(name.object.path, cordon_label_exe(label),
		   label->exe_length))
		fresh = cordon_label_new(cordon_label_name(label),
					 label->name_length, name.object.path,
					 name.object.length, name.object.path,
					 name.object.length);
	cordon_path_put(&name);
	return fresh;
}

/*
 * The executable is looked at again
 * after the label is in place: if the task has executed another meanwhile,
 * unlabelled as it was, it is the new one that counts.
 */
static bool sweep_task(const struct cordon_policy *policy,
		       struct task_struct *task)
{
	struct cordon_label *old = cordon_label_get(task);
	struct cordon_label *label;
	bool changed = false;
	bool spreads = false;
	struct file *again;
	struct file *exe;

	exe = task_exe(task);
	while (exe) {
		bool may_be_stopped = cordon_measure_may_stop(old);
		bool settled = is_settled(policy, old);

		changed = false;
		label = settled ? label_updated(old, exe) :
				  label_for(policy, task, exe);
		if (label && !cordon_label_same(old, label))
			changed = cordon_label_replace(task, old, label);
		if (changed) {
			atomic_inc(&labelled);
			cordon_measure_leave(task, old, may_be_stopped);
		}
		/* Children of who stays in its workload are there too. */
		spreads |= changed && !settled;
		cordon_label_put(label);
		again = task_exe(task);
		fput(exe);
		if (again == exe || !changed) {
			if (again)
				fput(again);
			break;
		}
		exe = again;
		old = cordon_label_get(task);
	}
	return spreads;
}

/* The sockets that a task has open; threads share theirs, mostly. */
static void sweep_sockets(struct task_struct *task)
{
	struct cordon_label *label = cordon_label_get(task);

	if (!label) {
		if (!cordon_label_subject(task))
			return;
		label = cordon_socket_host_label();
	}
	if (!thread_group_leader(task) &&
	    READ_ONCE(task->files) == READ_ONCE(task->group_leader->files))
		return;
	cordon_socket_adopt_files(task, label);
}

/**
 * cordon_sweep - label what runs
 * @policy: published already
 *
 * Context: may sleep.
 * Return: how many labels were given.
 */
u32 cordon_sweep(const struct cordon_policy *policy)
{
	struct snapshot snapshot;
	unsigned int pass = 0;
	bool changed;
	size_t i;
	int srcu;

	atomic_set(&labelled, 0);
	WRITE_ONCE(sweeping, true);
	do {
		changed = false;
		if (snapshot_take(&snapshot)) {
			pr_err("no memory to label the tasks that run: those of a workload stay free until they execute; load the policy again\n");
			break;
		}
		for (i = 0; i < snapshot.count; i++) {
			srcu = srcu_read_lock(&cordon_srcu);
			changed |= sweep_task(policy, snapshot.task[i]);
			sweep_sockets(snapshot.task[i]);
			srcu_read_unlock(&cordon_srcu, srcu);
			cond_resched();
		}
		snapshot_put(&snapshot);
		/* Twice at least: for forks that were under way at the start. */
	} while (changed || ++pass < 2);
	WRITE_ONCE(sweeping, false);
	return atomic_read(&labelled);
}

/** cordon_sweep_is_on - may there be members without a label */
bool cordon_sweep_is_on(void)
{
	return READ_ONCE(sweeping);
}

/**
 * cordon_sweep_self - label current, which is about to fork
 *
 * Context: may sleep; under cordon_srcu.
 */
void cordon_sweep_self(void)
{
	if (!cordon_label_is_exempt(current))
		sweep_task(cordon_generation_get()->policy, current);
}
