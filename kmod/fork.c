// SPDX-License-Identifier: GPL-2.0-only
/*
 * Children of labelled tasks: labelled while they are made, or not made.
 */
#include <linux/sched.h>
#include <linux/sched/signal.h>
#include <linux/srcu.h>

#include "generation.h"
#include "handlers.h"
#include "label.h"
#include "measure.h"
#include "sweep.h"

/*
 * security_task_alloc(): the child is not visible yet.
 *
 * An entry found for an unlabelled parent's child belongs to a task that
 * never came to be: its fork failed in another module's part of this hook,
 * for which the kernel does not call security_task_free().
 */
long cordon_fork_alloc(const unsigned long *arg)
{
	struct task_struct *task = (struct task_struct *)arg[0];
	struct cordon_label *label = cordon_label_get(current);

	if (!label && cordon_sweep_is_on()) {
		cordon_sweep_self();
		label = cordon_label_get(current);
	}
	if (!label) {
		cordon_label_remove(task);
		return 0;
	}
	return cordon_label_set(task, label, GFP_KERNEL_ACCOUNT);
}

/*
 * wake_up_new_task(): the child is on the task list and does not run yet.  If
 * it has no label, its parent may have been labelled by a sweep since it began
 * to fork.
 *
 * Context: atomic.
 */
void cordon_fork_wake(unsigned long address)
{
	struct task_struct *task = (struct task_struct *)address;
	struct cordon_label *label;
	int srcu;

	if (likely(!cordon_label_exists(current)))
		return;
	srcu = srcu_read_lock(&cordon_srcu);
	label = cordon_label_get(current);
	if (label && !cordon_label_exists(task) &&
	    cordon_label_set(task, label, GFP_ATOMIC)) {
		pr_err("no memory to label pid %d; it is killed, since it would be free\n",
		       task_pid_nr(task));
		send_sig(SIGKILL, task, 1);
	}
	if (unlikely(cordon_label_born(task)))
		send_sig(SIGKILL, task, 1);
	cordon_measure_stop(task, cordon_label_get(task));
	srcu_read_unlock(&cordon_srcu, srcu);
}

/*
 * security_task_free(): the last reference is gone; also for a fork that
 * failed.
 *
 * Context: atomic; current is anyone.
 */
void cordon_fork_free(unsigned long address)
{
	struct task_struct *task = (struct task_struct *)address;

	cordon_label_remove(task);
	cordon_exec_forget(task);
}
