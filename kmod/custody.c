// SPDX-License-Identifier: GPL-2.0-only
/*
 * Who is suspended, or held for evidence, is let go on by nobody else: he is
 * continued, or killed, by what has stopped him, or status would not be true.
 * No manifest is asked, and so not the engine: what is in force says all.
 */
#include <linux/kernel.h>
#include <linux/pid.h>
#include <linux/preempt.h>
#include <linux/ptrace.h>
#include <linux/rcupdate.h>
#include <linux/sched/signal.h>
#include <linux/string.h>
#include <linux/tracepoint.h>

#include "compat.h"
#include "custody.h"
#include "event.h"
#include "handlers.h"
#include "hold.h"
#include "label.h"
#include "measure.h"
#include "notice.h"

/**
 * struct custody - why somebody does not go on
 * @response: that has stopped him
 * @workload: whose
 */
struct custody {
	enum cordon_response response;
	char workload[CORDON_NAME_MAX + 1];
};

/* Under cordon_srcu or RCU. */
static bool is_suspended(struct task_struct *task, struct custody *custody)
{
	const struct cordon_label *label = cordon_label_get(task);

	if (!label || !cordon_measure_suspends(cordon_label_name(label)))
		return false;
	custody->response = CORDON_RESPONSE_SUSPEND;
	strscpy(custody->workload, cordon_label_name(label),
		sizeof(custody->workload));
	return true;
}

static bool is_held(struct task_struct *task, struct custody *custody)
{
	return cordon_hold_find(task, &custody->response, custody->workload);
}

/* @who: NULL: current */
static long refuse(const struct custody *custody, const char *what,
		   const struct cordon_event_owner *who)
{
	struct cordon_event_owner owner;

	if (!who) {
		cordon_event_owner_current(&owner);
		who = &owner;
	}
	cordon_notice_refusal(&(struct cordon_notice_refusal){
		.response = custody->response,
		.workload = custody->workload,
		.what = what,
		.owner = who,
	});
	return -EPERM;
}

/* In an interrupt current is anybody. */
static const struct cordon_event_owner nobody;

/*
 * security_task_kill(): (struct task_struct *, struct kernel_siginfo *, int
 * signal, const struct cred *): SIGCONT.
 *
 * Context: under cordon_srcu and the caller's RCU; a process, or an interrupt
 * that sends a signal for one.
 */
long cordon_custody_signal(const unsigned long *arg)
{
	struct task_struct *task = (struct task_struct *)arg[0];
	struct custody custody;

	if (!is_suspended(task, &custody) && !is_held(task, &custody))
		return 0;
	return refuse(&custody, "SIGCONT", in_task() ? NULL : &nobody);
}

/*
 * security_file_send_sigiotask(): (struct task_struct *, struct fown_struct *,
 * int signal): SIGCONT, that who gets it has asked for before, when there is
 * input; whoever sends that knows nothing of it.  Where it is refused later, by
 * cordon_custody_sent(), SIGIO comes instead, and kills.
 *
 * Context: under cordon_srcu; any but NMI, under the lock of the file's owner.
 */
long cordon_custody_own_signal(const unsigned long *arg)
{
	struct task_struct *task = (struct task_struct *)arg[0];
	struct custody custody;

	if (!is_suspended(task, &custody) && !is_held(task, &custody))
		return 0;
	return refuse(&custody, "SIGCONT", &nobody);
}

/*
 * do_send_sig_info(): (int signal, struct kernel_siginfo *, struct task_struct
 * *, enum pid_type): SIGCONT that the kernel sends, and asks no LSM: a message
 * has come that who gets it wanted to be told of by it (mq_notify(3)).  What a
 * process sends has been asked about before.
 *
 * Context: under cordon_srcu and RCU; any but NMI, with any locks.
 */
long cordon_custody_sent(const unsigned long *arg)
{
	struct task_struct *task = (struct task_struct *)arg[2];
	struct custody custody;

	if (!is_suspended(task, &custody) && !is_held(task, &custody))
		return 0;
	return refuse(&custody, "SIGCONT", &nobody);
}

/*
 * What sends the signal of a timer: of SIGCONT as above.  No LSM is asked, and
 * a member could have set a timer before, to be continued by it for ever.
 *
 * Context: a timer's interrupt.
 * Return: 0 to go on; else as if the signal was ignored.
 */
long cordon_custody_timer(const unsigned long *arg)
{
	struct custody custody;
	struct task_struct *task;
	enum pid_type type;
	struct pid *pid;
	bool is_refused;

	if (cordon_timer_signal(arg, &pid, &type) != SIGCONT)
		return 0;
	rcu_read_lock();
	task = pid_task(pid, type);
	is_refused = task && is_suspended(task, &custody);
	rcu_read_unlock();
	if (!is_refused)
		return 0;
	refuse(&custody, "SIGCONT", &nobody);
	/* As for one that is ignored: the timer goes on. */
	return 1;
}

/*
 * security_ptrace_access_check(): (struct task_struct *child, unsigned int): of
 * who is held.  Who traces one that is suspended gets him stopped again.
 *
 * Context: under cordon_srcu; a process, perhaps under the child's task lock.
 */
long cordon_custody_trace(const unsigned long *arg)
{
	struct task_struct *task = (struct task_struct *)arg[0];
	struct custody custody;

	if (!(arg[1] & PTRACE_MODE_ATTACH) || !is_held(task, &custody))
		return 0;
	return refuse(&custody, "ptrace", NULL);
}

/* --- what nobody is asked about ---------------------------------------------- */

static struct tracepoint *point;

/* Has all threads of a process find a signal before they do anything else. */
static void put_beside(struct task_struct *task, int signal)
{
	struct task_struct *thread;

	for_each_thread(task, thread) {
		sigaddset(&thread->pending.signal, signal);
		set_tsk_thread_flag(thread, TIF_SIGPENDING);
	}
}

/*
 * A signal is sent, under siglock of who gets it.  SIGCONT has woken all threads
 * by now, who need that lock before they go on, and find this then.  What
 * resumes somebody comes when he is not suspended any more.
 */
static void probe(void *data, int signal, struct kernel_siginfo *info,
		  struct task_struct *task, int group, int result)
{
	struct custody unused;

	if (signal != SIGCONT)
		return;
	rcu_read_lock();
	if (cordon_hold_is_any() && cordon_hold_has(task))
		put_beside(task, SIGKILL);
	else if (cordon_measure_is_any(CORDON_MEASURE_SUSPEND) &&
		 !cordon_label_is_exempt(task) && is_suspended(task, &unused))
		put_beside(task, SIGSTOP);
	rcu_read_unlock();
}

static void find(struct tracepoint *tracepoint, void *data)
{
	if (!strcmp(tracepoint->name, "signal_generate"))
		point = tracepoint;
}

/**
 * cordon_custody_init - see signals that are sent without asking
 *
 * The kernel itself sends SIGCONT for a child that ends and was made to send
 * that, for a session that has lost its leader, for a terminal that hangs up.
 *
 * Context: may sleep; before the hooks.
 * Return: false: they are not seen.
 */
bool cordon_custody_init(void)
{
	int err = -ENOENT;

	for_each_kernel_tracepoint(find, NULL);
	if (point)
		err = tracepoint_probe_register(point, probe, NULL);
	if (!err)
		return true;
	point = NULL;
	pr_warn("the tracepoint signal_generate cannot be used (%d): no kill waits for evidence, and who is suspended may be continued by the kernel, for up to a second each time\n",
		err);
	return false;
}

/** cordon_custody_exit - nobody is held or suspended any more; may sleep */
void cordon_custody_exit(void)
{
	if (!point)
		return;
	tracepoint_probe_unregister(point, probe, NULL);
	tracepoint_synchronize_unregister();
}
