/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Labels: which subject a task is.
 *
 * A label names its subject by what is stable across generations, the
 * workload's name and the path of the program, and remembers what those
 * resolved to in the last generation that asked.  Labels are shared by a
 * process and the children that have not executed anything since.
 *
 * The table holds an entry for each task of a manifest's workload; who has
 * none is host.  Entries and labels are freed behind both kinds of readers:
 * handlers (cordon_srcu) and the callback (RCU).
 */
#ifndef _CORDON_LABEL_H
#define _CORDON_LABEL_H

#include <linux/atomic.h>
#include <linux/refcount.h>
#include <linux/sched.h>
#include <linux/types.h>

#include "engine/policy.h"
#include "table.h"

/**
 * struct cordon_label - who a task is
 * @references: entries and pending execs that hold it
 * @resolved: what it last resolved to: see cordon_who_pack(); 0: nothing yet
 * @rcu: for the deferred free
 * @name_length: of the workload's name
 * @program_length: of the path its entry is looked up by: the script's where
 *	a script is run that has an entry, else the executable's
 * @exe_length: of the path of the executable
 * @text: the three of them, each with a NUL
 */
struct cordon_label {
	refcount_t references;
	atomic64_t resolved;
	struct rcu_head rcu;
	u16 name_length;
	u16 program_length;
	u16 exe_length;
	char text[];
};

/** cordon_label_who - what a label resolved to last; context: any */
static inline u64 cordon_label_who(const struct cordon_label *label)
{
	return atomic64_read(&label->resolved);
}

static inline const char *cordon_label_name(const struct cordon_label *label)
{
	return label->text;
}

static inline const char *cordon_label_program(const struct cordon_label *label)
{
	return label->text + label->name_length + 1;
}

static inline const char *cordon_label_exe(const struct cordon_label *label)
{
	return cordon_label_program(label) + label->program_length + 1;
}

/**
 * struct cordon_label_entry - the label of one task
 * @entry: its key is the task, which is never followed without a reference
 *	taken under the lock
 * @label: the entry holds a reference
 * @born: the task exists; before wake_up_new_task() its fork may still fail in
 *	a way that leaves the entry behind, and the task must not be followed
 * @left: it was told that the process has ended
 * @killed: it is killed when it is born
 */
struct cordon_label_entry {
	struct cordon_table_entry entry;
	struct cordon_label __rcu *label;
	bool born;
	bool left;
	bool killed;
};

CORDON_TABLE_DECLARE(cordon_labels, 12);

static inline struct cordon_label_entry *
cordon_label_entry_of(struct cordon_table_entry *entry)
{
	static_assert(offsetof(struct cordon_label_entry, entry) == 0);
	return container_of(entry, struct cordon_label_entry, entry);
}

/**
 * cordon_label_get - the label of a task
 * @task: any task
 *
 * Context: any; under cordon_srcu or RCU, which keep the label.
 * Return: the label, or NULL: the host's.
 */
static inline struct cordon_label *cordon_label_get(struct task_struct *task)
{
	struct cordon_table_entry *entry =
		cordon_table_find(&cordon_labels, task);

	return entry ? rcu_dereference_check(cordon_label_entry_of(entry)->label,
					     cordon_table_is_held()) : NULL;
}

int cordon_label_init(void);
void cordon_label_exit(void);

struct cordon_label *cordon_label_new(const char *name, u32 name_length,
				      const char *program, u32 program_length,
				      const char *exe, u32 exe_length);
struct cordon_label *cordon_label_for(const struct cordon_draft *draft,
				      const struct cordon_object *program,
				      const struct cordon_object *exe);
bool cordon_label_same(const struct cordon_label *a,
		       const struct cordon_label *b);
void cordon_label_put(struct cordon_label *label);
void cordon_label_resolve(struct cordon_label *label,
			  const struct cordon_policy *policy,
			  struct cordon_subject *subject);

bool cordon_label_is_exempt(struct task_struct *task);
bool cordon_label_subject(struct task_struct *task);
bool cordon_label_exists(struct task_struct *task);
int cordon_label_set(struct task_struct *task, struct cordon_label *label,
		     gfp_t gfp);
struct cordon_label *cordon_label_leave(struct task_struct *leader);
bool cordon_label_born(struct task_struct *task);
bool cordon_label_replace(struct task_struct *task, struct cordon_label *old,
			  struct cordon_label *label);
void cordon_label_remove(struct task_struct *task);
unsigned int cordon_label_tasks(void);

/**
 * typedef cordon_label_visit_t - what cordon_label_walk() calls
 * @task: a labelled task, referenced for the call
 * @label: its label
 * @data: the caller's
 *
 * Context: may sleep.
 * Return: 0 to go on, else the walk stops with it.
 */
typedef int (*cordon_label_visit_t)(struct task_struct *task,
				    struct cordon_label *label, void *data);

int cordon_label_walk(struct cordon_table_cursor *cursor,
		      cordon_label_visit_t visit, void *data);

/**
 * struct cordon_label_signal - a signal for tasks of a workload
 * @name: of the workload
 * @signal: SIGKILL, SIGSTOP or SIGCONT
 * @tgid: of one process, initial pid namespace; 0: of all
 * @start: of that process: when it began, ns of CLOCK_BOOTTIME
 * @is_last: of SIGSTOP: nobody of them runs again, so that who is traced, and
 *	might go on by that, is killed
 */
struct cordon_label_signal {
	const char *name;
	int signal;
	u32 tgid;
	u64 start;
	bool is_last;
};

u32 cordon_label_send(const struct cordon_label_signal *order);

#endif /* _CORDON_LABEL_H */
