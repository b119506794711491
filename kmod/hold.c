// SPDX-License-Identifier: GPL-2.0-only
/*
 * Nobody who is held runs another instruction of his own:
 *
 * - every thread has SIGSTOP pending before the denied call returns;
 * - SIGCONT is refused to everybody (cordon_custody_signal()).  Where the kernel
 *   itself sends it, SIGKILL is put beside it (custody.c);
 * - who is traced is killed at once, and nobody begins to trace;
 * - an exec that was under way loses the threads that were stopped, and ends in
 *   SIGKILL (cordon_hold_again());
 * - who is being forked is stopped when he is born.
 *
 * In the end all are killed by the number of the process, whose struct pid is
 * held, or by the name of the workload.
 */
#include <linux/hrtimer.h>
#include <linux/kernel.h>
#include <linux/ktime.h>
#include <linux/pid.h>
#include <linux/pid_namespace.h>
#include <linux/sched/signal.h>
#include <linux/spinlock.h>
#include <linux/string.h>

#include "compat.h"
#include "engine/names.h"
#include "event.h"
#include "hold.h"
#include "label.h"
#include "measure.h"
#include "netlink.h"
#include "notice.h"
#include "respond.h"

/**
 * struct hold - a kill that waits
 * @id: from 1; 0: the entry is free
 * @end: when it waits no longer, CLOCK_MONOTONIC
 * @is_over: it does not wait any more, and is held until the kill is sent
 * @pid: of the process, referenced; NULL: all of the workload is meant
 * @start: when the process began, ns of CLOCK_BOOTTIME
 * @owner: who caused it
 * @pending: id that it was asked for by; 0: nobody was asked
 * @workload: its name
 */
struct hold {
	u32 id;
	ktime_t end;
	bool is_over;
	struct pid *pid;
	u64 start;
	struct cordon_event_owner owner;
	u32 pending;
	char workload[CORDON_NAME_MAX + 1];
};

/*
 * All under the lock, interrupts are off.  It nests in siglock, never the other
 * way: no signal is sent under it.
 */
static struct hold table[CORDON_HOLDS_MAX];
static u32 last_id;
static bool closed;		/* nothing waits any more */
static DEFINE_SPINLOCK(lock);

atomic_t cordon_hold_number;
static struct hrtimer timer;

/* --- the table ---------------------------------------------------------------- */

static void timer_set(void)
{
	ktime_t end = KTIME_MAX;
	unsigned int i;

	lockdep_assert_held(&lock);
	for (i = 0; i < CORDON_HOLDS_MAX; i++)
		if (table[i].id && !table[i].is_over)
			end = min(end, table[i].end);
	if (end != KTIME_MAX)
		hrtimer_start(&timer, end, HRTIMER_MODE_ABS_SOFT);
}

static bool is_same(const struct hold *a, const struct hold *b)
{
	return a->pid == b->pid &&
	       (a->pid || !strcmp(a->workload, b->workload));
}

/*
 * Return: its id; 0: there is no room, or the module is about to go.  @is_new:
 * it was not there.
 */
static u32 hold_add(const struct hold *hold, bool *is_new)
{
	struct hold *free = NULL;
	unsigned long flags;
	unsigned int i;
	u32 id = 0;

	*is_new = false;
	spin_lock_irqsave(&lock, flags);
	for (i = 0; i < CORDON_HOLDS_MAX && !closed && !id; i++) {
		if (!table[i].id)
			free = &table[i];
		else if (is_same(&table[i], hold))
			id = table[i].id;
	}
	if (free && !closed && !id) {
		if (!++last_id)
			last_id = 1;
		id = last_id;
		*is_new = true;
		*free = *hold;
		free->id = id;
		get_pid(free->pid);
		atomic_inc(&cordon_hold_number);
		timer_set();
	}
	spin_unlock_irqrestore(&lock, flags);
	return id;
}

enum take { TAKE_ID, TAKE_OVER, TAKE_ANY };

/*
 * One waits no longer: that of an id, one whose time is over, or any.  It is the
 * caller's to finish().
 */
static bool hold_take(enum take which, u32 id, struct hold *hold)
{
	ktime_t now = ktime_get();
	unsigned long flags;
	bool found = false;
	unsigned int i;

	spin_lock_irqsave(&lock, flags);
	for (i = 0; i < CORDON_HOLDS_MAX && !found; i++) {
		if (!table[i].id || table[i].is_over ||
		    (which == TAKE_ID && table[i].id != id) ||
		    (which == TAKE_OVER && table[i].end > now))
			continue;
		table[i].is_over = true;
		*hold = table[i];
		found = true;
	}
	timer_set();
	spin_unlock_irqrestore(&lock, flags);
	return found;
}

static void hold_drop(u32 id)
{
	unsigned long flags;
	unsigned int i;

	spin_lock_irqsave(&lock, flags);
	for (i = 0; i < CORDON_HOLDS_MAX; i++)
		if (table[i].id == id)
			table[i].id = 0;
	spin_unlock_irqrestore(&lock, flags);
	atomic_dec(&cordon_hold_number);
}

static bool is_of(const struct hold *hold, struct task_struct *task)
{
	const struct cordon_label *label;

	if (hold->pid)
		return hold->pid == task_tgid(task);
	label = cordon_label_get(task);
	return label && !cordon_label_is_exempt(task) &&
	       !strcmp(cordon_label_name(label), hold->workload);
}

static enum cordon_response response_of(const struct hold *hold)
{
	return hold->pid ? CORDON_RESPONSE_KILL : CORDON_RESPONSE_KILL_WORKLOAD;
}

/**
 * cordon_hold_find - by what is a task held
 * @task: which
 * @response: set if it is: which kill waits
 * @workload: likewise, its name
 *
 * Context: any.
 * Return: is it held.
 */
bool cordon_hold_find(struct task_struct *task, enum cordon_response *response,
		      char workload[CORDON_NAME_MAX + 1])
{
	unsigned long flags;
	bool found = false;
	unsigned int i;

	rcu_read_lock();
	spin_lock_irqsave(&lock, flags);
	for (i = 0; i < CORDON_HOLDS_MAX && !found; i++) {
		if (!table[i].id || !is_of(&table[i], task))
			continue;
		*response = response_of(&table[i]);
		memcpy(workload, table[i].workload, CORDON_NAME_MAX + 1);
		found = true;
	}
	spin_unlock_irqrestore(&lock, flags);
	rcu_read_unlock();
	return found;
}

/**
 * cordon_hold_has - is a task held
 * @task: which
 *
 * Context: any.
 */
bool cordon_hold_has(struct task_struct *task)
{
	char workload[CORDON_NAME_MAX + 1];
	enum cordon_response response;

	return cordon_hold_find(task, &response, workload);
}

/**
 * cordon_hold_has_workload - is all of a workload held
 * @name: of the workload
 *
 * Context: any.
 */
bool cordon_hold_has_workload(const char *name)
{
	unsigned long flags;
	bool found = false;
	unsigned int i;

	spin_lock_irqsave(&lock, flags);
	for (i = 0; i < CORDON_HOLDS_MAX && !found; i++)
		found = table[i].id && !table[i].pid &&
			!strcmp(table[i].workload, name);
	spin_unlock_irqrestore(&lock, flags);
	return found;
}

/* --- the end -------------------------------------------------------------------- */

static void tell(const struct hold *hold, enum cordon_phase phase,
		 enum cordon_evidence evidence)
{
	cordon_notice_response(&(struct cordon_notice_response){
		.response = response_of(hold),
		.phase = phase,
		.workload = hold->workload,
		.owner = &hold->owner,
		.pending = hold->pending,
		.evidence = evidence,
		.hold = hold->id,
		.start = hold->start,
	});
}

static void finish(struct hold *hold, enum cordon_evidence evidence)
{
	if (hold->pid)
		kill_pid(hold->pid, SIGKILL, 1);
	else
		cordon_measure_kill(hold->workload);
	/* Not before: who has SIGKILL may be continued. */
	hold_drop(hold->id);
	tell(hold, CORDON_PHASE_BEGIN, evidence);
	pr_notice_ratelimited("response: workload %s: %s, evidence %s\n",
			      hold->workload,
			      cordon_response_name(response_of(hold)),
			      cordon_evidence_name(evidence));
	put_pid(hold->pid);
}

/* Softirq: a signal is sent from there as well as from anywhere. */
static enum hrtimer_restart time_over(struct hrtimer *unused)
{
	struct hold hold;

	while (hold_take(TAKE_OVER, 0, &hold))
		finish(&hold, CORDON_EVIDENCE_LOST);
	return HRTIMER_NORESTART;
}

/* --- the beginning ---------------------------------------------------------------- */

/* Return: has every thread the signal; else who holds it may go on. */
static bool stop_process(struct pid *pid)
{
	struct task_struct *leader, *thread;
	bool stays = true;

	rcu_read_lock();
	leader = pid_task(pid, PIDTYPE_TGID);
	if (leader) {
		for_each_thread(leader, thread) {
			send_sig(SIGSTOP, thread, 1);
			stays &= !thread->ptrace;
		}
		/* Who executes something takes no notice of others' signals. */
		stays &= !READ_ONCE(leader->signal->group_exec_task);
	}
	rcu_read_unlock();
	return stays;
}

static struct pid *process_get(const struct cordon_deed *deed)
{
	const struct cordon_label *label;
	struct task_struct *task;
	struct pid *pid;

	rcu_read_lock();
	pid = find_pid_ns(deed->tgid, &init_pid_ns);
	task = pid ? pid_task(pid, PIDTYPE_TGID) : NULL;
	if (!task || cordon_label_is_exempt(task) ||
	    !cordon_deed_is_on(deed, task))
		goto none;
	/* The host's processes have no label to be found by. */
	label = cordon_label_get(task);
	if (!cordon_deed_is_on(deed, current) &&
	    !(label && !strcmp(cordon_label_name(label), deed->workload)))
		goto none;
	get_pid(pid);
	rcu_read_unlock();
	return pid;
none:
	rcu_read_unlock();
	return NULL;
}

static void owner_set(struct hold *hold, const struct cordon_deed *deed,
		      const struct cordon_deed_cause *cause)
{
	if (cause->owner)
		hold->owner = *cause->owner;
	else if (hold->pid)
		hold->owner.tgid = deed->tgid;
	else if (!(current->flags & PF_KTHREAD))
		cordon_event_owner_current(&hold->owner);
}

static void stop(struct hold *hold)
{
	struct hold taken;

	if (!hold->pid) {
		cordon_measure_signal(&(struct cordon_label_signal){
			.name = hold->workload,
			.signal = SIGSTOP,
			.is_last = true,
		});
	} else if (!stop_process(hold->pid) &&
		   hold_take(TAKE_ID, hold->id, &taken)) {
		finish(&taken, CORDON_EVIDENCE_LOST);
		return;
	}
	tell(hold, CORDON_PHASE_HOLD, CORDON_EVIDENCE_WANTED);
	pr_notice_ratelimited("response: workload %s: %s, when evidence is taken or in %u ms\n",
			      hold->workload,
			      cordon_response_name(response_of(hold)),
			      CORDON_HOLD_TIME);
}

/**
 * cordon_hold_begin - stop who is to be killed, until evidence is taken
 * @deed: what is to be done
 * @cause: why
 * @response: which of it: CORDON_RESPONSE_KILL or CORDON_RESPONSE_KILL_WORKLOAD
 *
 * What happens from here on is told from here.
 *
 * Context: any but with interrupts off; under cordon_srcu or RCU.
 * Return: false: it does not wait: nobody is there, or there is no room.
 */
bool cordon_hold_begin(const struct cordon_deed *deed,
		       const struct cordon_deed_cause *cause,
		       enum cordon_response response)
{
	struct hold hold = {
		.end = ktime_add_ms(ktime_get(), CORDON_HOLD_TIME),
		.pending = cause->pending,
	};
	bool is_new;

	if (response == CORDON_RESPONSE_KILL) {
		hold.pid = process_get(deed);
		if (!hold.pid)
			return false;
		hold.start = deed->start;
	}
	strscpy(hold.workload, deed->workload, sizeof(hold.workload));
	owner_set(&hold, deed, cause);
	hold.id = hold_add(&hold, &is_new);
	if (is_new)
		stop(&hold);
	else if (!hold.id)
		pr_warn_ratelimited("workload %s: %u kills wait for evidence already: of this one there is none\n",
				    hold.workload, CORDON_HOLDS_MAX);
	put_pid(hold.pid);
	return hold.id;
}

/**
 * cordon_hold_again - a held task is new, or executes something
 * @task: current, or a task that does not run yet
 *
 * Context: any.
 */
void cordon_hold_again(struct task_struct *task)
{
	send_sig(task == current ? SIGKILL : SIGSTOP, task, 1);
}

/* --- netlink ---------------------------------------------------------------------- */

const struct nla_policy cordon_hold_policy[CORDON_A_COUNT] = {
	[CORDON_A_HOLD] = { .type = NLA_U32 },
};

/** cordon_hold_end - CORDON_CMD_HOLD_END; context: may sleep */
int cordon_hold_end(struct sk_buff *skb, struct genl_info *info)
{
	const struct nlattr *id = info->attrs[CORDON_A_HOLD];
	struct hold hold;

	if (!cordon_netlink_may_read(skb))
		return cordon_netlink_refuse(info->extack, NULL,
					     "this needs CAP_AUDIT_READ or CAP_MAC_ADMIN in the initial user namespace",
					     -EPERM);
	if (!id)
		return cordon_netlink_refuse(info->extack, NULL,
					     "the id of the kill that waits is missing",
					     -EINVAL);
	if (!hold_take(TAKE_ID, nla_get_u32(id), &hold))
		return cordon_netlink_refuse(info->extack, id,
					     "no kill of that id waits: its time is over",
					     -ENOENT);
	finish(&hold, CORDON_EVIDENCE_TAKEN);
	return 0;
}

/* --- the module ------------------------------------------------------------------- */

/**
 * cordon_hold_init - before the hooks
 * @is_safe: does nobody who is held go on; else all are killed at once
 *
 * Context: may sleep.
 */
void cordon_hold_init(bool is_safe)
{
	hrtimer_setup(&timer, time_over, CLOCK_MONOTONIC,
		      HRTIMER_MODE_ABS_SOFT);
	closed = !is_safe;
}

/**
 * cordon_hold_close - whoever is held is killed, and nobody waits any more
 *
 * Context: may sleep; the hooks are attached still.
 */
void cordon_hold_close(void)
{
	unsigned long flags;
	struct hold hold;

	spin_lock_irqsave(&lock, flags);
	closed = true;
	spin_unlock_irqrestore(&lock, flags);
	while (hold_take(TAKE_ANY, 0, &hold))
		finish(&hold, CORDON_EVIDENCE_LOST);
	hrtimer_cancel(&timer);
}

/** cordon_hold_exit - nobody asks any more; may sleep */
void cordon_hold_exit(void)
{
	cordon_hold_close();
}
