// SPDX-License-Identifier: GPL-2.0-only
#include <linux/pid.h>
#include <linux/sched/signal.h>
#include <linux/sched/task.h>
#include <linux/slab.h>
#include <linux/string.h>

#include "generation.h"
#include "label.h"
#include "table.h"

static struct kmem_cache *entries;
static atomic_t tasks;

void cordon_labels_free(struct cordon_table_entry *freed)
{
	struct cordon_label_entry *entry = cordon_label_entry_of(freed);

	cordon_label_put(rcu_dereference_protected(entry->label, true));
	kmem_cache_free(entries, entry);
}

CORDON_TABLE(cordon_labels);

static void label_free(struct rcu_head *rcu)
{
	kfree(container_of(rcu, struct cordon_label, rcu));
}

/* As entries: the callback reads labels under RCU alone. */
static void label_free_srcu(struct rcu_head *rcu)
{
	call_rcu(rcu, label_free);
}

/**
 * cordon_label_put - drop a reference
 * @label: may be NULL
 *
 * Context: any.
 */
void cordon_label_put(struct cordon_label *label)
{
	if (label && refcount_dec_and_test(&label->references))
		call_srcu(&cordon_srcu, &label->rcu, label_free_srcu);
}

/**
 * cordon_label_new - make a label
 * @name: the workload's name; empty for the host
 * @name_length: its size in bytes
 * @program: path its entry is looked up by
 * @program_length: its size in bytes, below CORDON_PATH_MAX
 * @exe: path of the executable
 * @exe_length: its size in bytes, below CORDON_PATH_MAX
 *
 * Context: may sleep.
 * Return: a label with one reference, or NULL without memory.
 */
struct cordon_label *cordon_label_new(const char *name, u32 name_length,
				      const char *program, u32 program_length,
				      const char *exe, u32 exe_length)
{
	struct cordon_label *label;
	char *text;

	label = kmalloc(struct_size(label, text, (size_t)name_length +
				    program_length + exe_length + 3),
			GFP_KERNEL_ACCOUNT);
	if (!label)
		return NULL;
	refcount_set(&label->references, 1);
	atomic64_set(&label->resolved, 0);
	label->name_length = name_length;
	label->program_length = program_length;
	label->exe_length = exe_length;
	text = label->text;
	memcpy(text, name, name_length);
	text[name_length] = '\0';
	text += name_length + 1;
	memcpy(text, program, program_length);
	text[program_length] = '\0';
	text += program_length + 1;
	memcpy(text, exe, exe_length);
	text[exe_length] = '\0';
	return label;
}

/**
 * cordon_label_for - make a label of a workload
 * @draft: the workload
 * @program: what its entry is looked up by
 * @exe: what it runs
 *
 * Context: may sleep.
 * Return: a label with one reference, or NULL without memory.
 */
struct cordon_label *cordon_label_for(const struct cordon_draft *draft,
				      const struct cordon_object *program,
				      const struct cordon_object *exe)
{
	const char *name = cordon_draft_text(draft, draft->name);

	return cordon_label_new(name, strlen(name), program->path,
				program->length, exe->path, exe->length);
}

/** cordon_label_same - do two labels, perhaps NULL, say the same */
bool cordon_label_same(const struct cordon_label *a,
		       const struct cordon_label *b)
{
	return a && b && a->name_length == b->name_length &&
	       a->program_length == b->program_length &&
	       a->exe_length == b->exe_length &&
	       !memcmp(a->text, b->text, (size_t)a->name_length +
		       a->program_length + a->exe_length + 3);
}

/* A script's own entry, or that of its interpreter. */
static u32 program_of(const struct cordon_label *label,
		      const struct cordon_policy *policy, u32 workload)
{
	u32 program;

	program = cordon_policy_program(policy, workload,
					cordon_label_program(label),
					label->program_length);
	if (program != CORDON_NONE)
		return program;
	return cordon_policy_program(policy, workload, cordon_label_exe(label),
				     label->exe_length);
}

static u32 resolved_index(u16 packed)
{
	return packed == U16_MAX ? CORDON_NONE : packed;
}

/**
 * cordon_label_resolve - the subject a label is in a policy
 * @label: the label; remembers the answer
 * @policy: the policy
 * @subject: filled; @subject->self points into @label
 *
 * A label whose workload is not loaded is the host's.
 *
 * Context: any; under cordon_srcu.
 */
void cordon_label_resolve(struct cordon_label *label,
			  const struct cordon_policy *policy,
			  struct cordon_subject *subject)
{
	u64 generation = cordon_policy_generation(policy);
	u64 resolved = atomic64_read(&label->resolved);

	if (!resolved || resolved >> 32 != (u32)generation) {
		u32 workload = CORDON_NONE;
		u32 program = CORDON_NONE;

		if (label->name_length)
			workload = cordon_policy_workload(policy,
							  cordon_label_name(label),
							  label->name_length);
		if (workload == CORDON_NONE)
			workload = cordon_policy_host(policy);
		if (workload != CORDON_NONE)
			program = program_of(label, policy, workload);
		resolved = cordon_who_pack(generation, workload, program);
		atomic64_set(&label->resolved, resolved);
	}
	subject->workload = resolved_index(resolved >> 16);
	subject->program = resolved_index(resolved);
	subject->self = cordon_label_exe(label);
	subject->self_length = label->exe_length;
}

/**
 * cordon_label_exists - has this task an entry
 * @task: any task, or the address one had
 *
 * Context: any.
 */
bool cordon_label_exists(struct task_struct *task)
{
	return cordon_table_exists(&cordon_labels, task);
}

/**
 * cordon_label_is_exempt - is this task nobody's, not even the host's
 * @task: any task
 *
 * Kernel threads and the first process: a manifest of the host must not be
 * able to stop the machine from being administered.
 *
 * Context: any.
 */
bool cordon_label_is_exempt(struct task_struct *task)
{
	return task->flags & PF_KTHREAD || is_global_init(task);
}

/**
 * cordon_label_subject - does a manifest speak of this task
 * @task: any task
 *
 * Context: any.
 */
bool cordon_label_subject(struct task_struct *task)
{
	if (cordon_generation_state() == CORDON_GENERATION_HOST &&
	    !cordon_label_is_exempt(task))
		return true;
	return cordon_label_exists(task);
}

static struct cordon_label_entry *
entry_new(struct task_struct *task, struct cordon_label *label, gfp_t gfp)
{
	struct cordon_label_entry *entry = kmem_cache_alloc(entries, gfp);

	if (!entry)
		return NULL;
	refcount_inc(&label->references);
	RCU_INIT_POINTER(entry->label, label);
	entry->entry.key = task;
	entry->born = task == current;
	entry->left = false;
	entry->killed = false;
	return entry;
}

/**
 * cordon_label_set - give a task a label, whatever it had
 * @task: current, or a task that is being made: cordon_label_born() follows
 * @label: the caller holds a reference; the table takes its own
 * @gfp: for the entry
 *
 * Context: as @gfp.
 * Return: 0 or -ENOMEM, then the task has what it had.
 */
int cordon_label_set(struct task_struct *task, struct cordon_label *label,
		     gfp_t gfp)
{
	struct cordon_label *old = NULL;
	struct cordon_table_entry *entry;
	struct cordon_label_entry *fresh;
	unsigned long flags;

	fresh = entry_new(task, label, gfp);
	if (!fresh)
		return -ENOMEM;
	flags = cordon_table_lock(&cordon_labels, task);
	entry = cordon_table_find(&cordon_labels, task);
	if (entry) {
		old = rcu_replace_pointer(cordon_label_entry_of(entry)->label, label,
					  cordon_table_is_locked(&cordon_labels, task));
	} else {
		cordon_table_add(&cordon_labels, &fresh->entry);
		atomic_inc(&tasks);
	}
	cordon_table_unlock(&cordon_labels, task, flags);
	if (entry) {
		/* The old entry took over the reference of the fresh one. */
		kmem_cache_free(entries, fresh);
		cordon_label_put(old);
	}
	return 0;
}

/**
 * cordon_label_born - a task that is being made will not fail any more
 * @task: whose label was set before
 *
 * Context: any.
 * Return: was it to be killed before.
 */
bool cordon_label_born(struct task_struct *task)
{
	struct cordon_table_entry *entry;
	unsigned long flags;
	bool killed = false;

	flags = cordon_table_lock(&cordon_labels, task);
	entry = cordon_table_find(&cordon_labels, task);
	if (entry) {
		cordon_label_entry_of(entry)->born = true;
		killed = cordon_label_entry_of(entry)->killed;
	}
	cordon_table_unlock(&cordon_labels, task, flags);
	return killed;
}

/**
 * cordon_label_leave - a process ends, which is to be told once
 * @leader: of its threads
 *
 * Context: any; under cordon_srcu, which keeps the label.
 * Return: its label; NULL: it has none, or was here before.
 */
struct cordon_label *cordon_label_leave(struct task_struct *leader)
{
	struct cordon_label *label = NULL;
	struct cordon_table_entry *entry;
	unsigned long flags;

	flags = cordon_table_lock(&cordon_labels, leader);
	entry = cordon_table_find(&cordon_labels, leader);
	if (entry && !cordon_label_entry_of(entry)->left) {
		cordon_label_entry_of(entry)->left = true;
		label = rcu_dereference_protected(cordon_label_entry_of(entry)->label,
						  cordon_table_is_locked(&cordon_labels, leader));
	}
	cordon_table_unlock(&cordon_labels, leader, flags);
	return label;
}

/**
 * cordon_label_replace - set a label only where it still is what was seen
 * @task: referenced by the caller
 * @old: what it must have; NULL: no entry
 * @label: the caller holds a reference; the table takes its own.  NULL: no
 *	entry
 *
 * Context: may sleep.
 * Return: false if another label was there, or there was no memory.
 */
bool cordon_label_replace(struct task_struct *task, struct cordon_label *old,
			  struct cordon_label *label)
{
	struct cordon_label *found = NULL;
	struct cordon_table_entry *entry;
	struct cordon_label_entry *fresh = NULL;
	unsigned long flags;
	bool done = false;

	if (label) {
		fresh = entry_new(task, label, GFP_KERNEL_ACCOUNT);
		if (!fresh)
			return false;
		fresh->born = true;
	}
	flags = cordon_table_lock(&cordon_labels, task);
	entry = cordon_table_find(&cordon_labels, task);
	if (entry)
		found = rcu_dereference_protected(cordon_label_entry_of(entry)->label,
						  cordon_table_is_locked(&cordon_labels, task));
	if (found == old && (found || label)) {
		if (entry && fresh) {
			cordon_table_replace(&cordon_labels, entry, &fresh->entry);
		} else if (entry) {
			cordon_table_remove(&cordon_labels, entry);
			atomic_dec(&tasks);
		} else {
			cordon_table_add(&cordon_labels, &fresh->entry);
			atomic_inc(&tasks);
		}
		done = true;
	}
	cordon_table_unlock(&cordon_labels, task, flags);
	if (!done && fresh) {
		cordon_label_put(label);
		kmem_cache_free(entries, fresh);
	}
	return done;
}

/**
 * cordon_label_remove - a task is gone
 * @task: its address is about to be free for another
 *
 * Context: any.
 */
void cordon_label_remove(struct task_struct *task)
{
	if (cordon_table_forget(&cordon_labels, task))
		atomic_dec(&tasks);
}

/** cordon_label_tasks - how many tasks are labelled */
unsigned int cordon_label_tasks(void)
{
	return atomic_read(&tasks);
}

/* What a visit holds on to. */
struct visited {
	struct task_struct *task;
	struct cordon_label *label;
};

/*
 * An entry is taken out before its task is freed, but the count may have fallen
 * to zero already.
 */
static bool task_hold(struct cordon_table_entry *held, void *data)
{
	const struct cordon_label_entry *entry = cordon_label_entry_of(held);
	struct task_struct *task = (struct task_struct *)held->key;
	struct visited *visited = data;

	if (!entry->born || !refcount_inc_not_zero(&task->usage))
		return false;
	visited->task = task;
	/* Under the lock. */
	visited->label = rcu_dereference_protected(entry->label, true);
	return true;
}

/**
 * cordon_label_walk - visit labelled tasks
 * @cursor: zero at the start; where to go on in a later call
 * @visit: called for each
 * @data: for @visit
 *
 * See cordon_table_next() for tasks that come or go meanwhile.
 *
 * Context: may sleep; under cordon_srcu.
 * Return: 0 at the end, or what @visit returned; the visit that stopped the
 * walk is repeated by the next call.
 */
int cordon_label_walk(struct cordon_table_cursor *cursor,
		      cordon_label_visit_t visit, void *data)
{
	struct visited visited;
	int err;

	for (; cordon_table_next(&cordon_labels, cursor, task_hold, &visited);
	     cordon_table_step(cursor)) {
		err = visit(visited.task, visited.label, data);
		put_task_struct(visited.task);
		if (err)
			return err;
	}
	return 0;
}

/* --- signals ---------------------------------------------------------------- */

/* What is to be sent, and to whom now. */
struct sending {
	const struct cordon_label_signal *order;
	struct task_struct *task;
};

/* Is it of the process that is meant, if one is? */
static bool is_meant(struct task_struct *task,
		     const struct cordon_label_signal *order)
{
	bool is_meant;

	if (!order->tgid)
		return true;
	rcu_read_lock();
	is_meant = task_tgid_nr(task) == order->tgid && pid_alive(task) &&
		   task->group_leader->start_boottime == order->start;
	rcu_read_unlock();
	return is_meant;
}

/*
 * Who is not born yet gets it then: its parent may have passed the place where
 * a fork fails because of a signal.
 */
static bool member_hold(struct cordon_table_entry *held, void *data)
{
	struct cordon_label_entry *entry = cordon_label_entry_of(held);
	struct task_struct *task = (struct task_struct *)held->key;
	struct sending *sending = data;
	const struct cordon_label *label;

	/* Under the lock. */
	label = rcu_dereference_protected(entry->label, true);
	if (strcmp(cordon_label_name(label), sending->order->name))
		return false;
	if (!entry->born) {
		/* Whether it is stopped then is asked when it is born. */
		if (!sending->order->tgid && sending->order->signal == SIGKILL)
			entry->killed = true;
		return false;
	}
	if (!is_meant(task, sending->order) ||
	    !refcount_inc_not_zero(&task->usage))
		return false;
	sending->task = task;
	return true;
}

/* Would the signal change nothing any more?  Read without a lock: a guess. */
static bool has_it(const struct task_struct *task, int signal)
{
	const unsigned int flags = READ_ONCE(task->signal->flags);

	if (task->exit_state)
		return true;
	switch (signal) {
	case SIGKILL:
		return flags & SIGNAL_GROUP_EXIT;
	case SIGSTOP:
		return flags & SIGNAL_STOP_STOPPED;
	}
	return false;
}

/*
 * Who has left the workload is not found by who ends what is begun here, and has
 * perhaps been continued for that already: see cordon_measure_leave().
 */
static void send_stop(struct task_struct *task,
		      const struct cordon_label_signal *order)
{
	const struct cordon_label *label;

	send_sig(order->is_last && task->ptrace ? SIGKILL : SIGSTOP, task, 1);
	label = cordon_label_get(task);
	if (!label || strcmp(cordon_label_name(label), order->name))
		send_sig(order->is_last ? SIGKILL : SIGCONT, task, 1);
}

/**
 * cordon_label_send - send a signal to tasks of a workload
 * @order: which, to whom
 *
 * A fork that goes on meanwhile may put its child where the walk has been: see
 * cordon_measure_stop().
 *
 * Context: any but with interrupts off; under cordon_srcu.
 * Return: how many have got it.
 */
u32 cordon_label_send(const struct cordon_label_signal *order)
{
	struct sending sending = { .order = order };
	struct cordon_table_cursor cursor = { };
	u32 count = 0;

	for (; cordon_table_next(&cordon_labels, &cursor, member_hold, &sending);
	     cordon_table_step(&cursor)) {
		/* Without the first process the machine ends. */
		if (!cordon_label_is_exempt(sending.task) &&
		    !has_it(sending.task, order->signal)) {
			if (order->signal == SIGSTOP)
				send_stop(sending.task, order);
			else
				send_sig(order->signal, sending.task, 1);
			count++;
		}
		put_task_struct(sending.task);
	}
	return count;
}

int cordon_label_init(void)
{
	cordon_table_init(&cordon_labels);
	entries = KMEM_CACHE(cordon_label_entry, SLAB_ACCOUNT);
	return entries ? 0 : -ENOMEM;
}

/**
 * cordon_label_exit - forget all labels
 *
 * Context: may sleep; the hooks are detached.
 */
void cordon_label_exit(void)
{
	cordon_table_exit(&cordon_labels);
	/* The labels' own stages. */
	srcu_barrier(&cordon_srcu);
	rcu_barrier();
	kmem_cache_destroy(entries);
}
