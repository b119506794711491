// SPDX-License-Identifier: GPL-2.0-only
/*
 * Ends of labelled processes.  Nothing is judged there and no LSM is asked in
 * time: security_task_free() comes when the parent has taken notice, if it ever
 * does.  So this hangs on the tracepoint, which a task passes on its way out.
 */
#include <linux/sched.h>
#include <linux/sched/signal.h>
#include <linux/srcu.h>
#include <linux/string.h>
#include <linux/timekeeping.h>
#include <linux/tracepoint.h>

#include "compat.h"
#include "exit.h"
#include "generation.h"
#include "label.h"
#include "notice.h"

static struct tracepoint *point;

/* Several threads may each find that they are the last; one of them tells. */
static void process_ends(struct task_struct *task)
{
	struct task_struct *leader = task->group_leader;
	struct signal_struct *signal = task->signal;
	struct cordon_label *label;
	int srcu;

	if (likely(!cordon_label_exists(leader)) ||
	    atomic_read(&signal->live))
		return;
	srcu = srcu_read_lock(&cordon_srcu);
	label = cordon_label_leave(leader);
	if (label)
		cordon_notice_exit(label, READ_ONCE(signal->flags) &
				   SIGNAL_GROUP_EXIT ?
				   signal->group_exit_code : task->exit_code,
				   ktime_get_boottime_ns() -
				   leader->start_boottime);
	srcu_read_unlock(&cordon_srcu, srcu);
}

static void probe(void *data, struct task_struct *task cordon_exit_probe_more)
{
	process_ends(task);
}

static void find(struct tracepoint *tracepoint, void *data)
{
	if (!strcmp(tracepoint->name, "sched_process_exit"))
		point = tracepoint;
}

/**
 * cordon_exit_attach - begin to tell of ends
 *
 * Nothing depends on it but that: where it fails, the log says so.
 *
 * Context: may sleep.
 */
void cordon_exit_attach(void)
{
	int err = -ENOENT;

	for_each_kernel_tracepoint(find, NULL);
	if (point)
		err = tracepoint_probe_register(point, probe, NULL);
	if (!err)
		return;
	point = NULL;
	pr_warn("the tracepoint sched_process_exit cannot be used (%d): no event will tell of processes that end\n",
		err);
}

/** cordon_exit_detach - no end is told any more; may sleep */
void cordon_exit_detach(void)
{
	if (!point)
		return;
	tracepoint_probe_unregister(point, probe, NULL);
	tracepoint_synchronize_unregister();
}
