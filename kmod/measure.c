// SPDX-License-Identifier: GPL-2.0-only
#include <linux/kernel.h>
#include <linux/ktime.h>
#include <linux/mm.h>
#include <linux/rcupdate.h>
#include <linux/sched/signal.h>
#include <linux/slab.h>
#include <linux/spinlock.h>
#include <linux/srcu.h>
#include <linux/string.h>
#include <linux/stringhash.h>

#include "compat.h"
#include "generation.h"
#include "hold.h"
#include "label.h"
#include "measure.h"
#include "notice.h"
#include "segment.h"
#include "segment_table.h"

#define FOR_EVER	U64_MAX

/* What is under way beside measures: walks over the tasks of a workload. */
enum walk {
	WALK_KILL,
	WALK_SUSPEND,		/* or resume */
	WALK_COUNT
};

/**
 * struct state - what is in force of one workload
 * @hash: of @name
 * @name: of the workload
 * @until: cordon_segment_clock() at which each measure ends; 0: it is not on
 * @walks: that are under way
 */
struct state {
	u32 hash;
	char name[CORDON_NAME_MAX + 1];
	u64 until[CORDON_MEASURE_COUNT];
	u32 walks[WALK_COUNT];
};

/*
 * Allocated when the module is loaded: who is to be stopped must not go on for
 * want of memory.  One that has nothing in force is free for another name.
 */
static struct state *states;
static u32 used;			/* from the beginning; under lock */
static DEFINE_SPINLOCK(lock);		/* of all states; interrupts are off */

atomic_t cordon_measure_number[CORDON_MEASURE_COUNT];
static atomic_t walks[WALK_COUNT];	/* of all states */
static bool closing;			/* the module is about to go */

static u32 name_hash(const char *name)
{
	return full_name_hash(NULL, name, strlen(name));
}

static bool is_free(const struct state *state)
{
	unsigned int i;

	for (i = 0; i < CORDON_MEASURE_COUNT; i++)
		if (state->until[i])
			return false;
	for (i = 0; i < WALK_COUNT; i++)
		if (state->walks[i])
			return false;
	return true;
}

static struct state *state_find(const char *name)
{
	u32 hash = name_hash(name);
	u32 i;

	lockdep_assert_held(&lock);
	for (i = 0; i < used; i++)
		if (states[i].hash == hash && !is_free(&states[i]) &&
		    !strcmp(states[i].name, name))
			return &states[i];
	return NULL;
}

static struct state *state_get(const char *name)
{
	struct state *state = state_find(name);
	u32 i;

	if (state)
		return state;
	for (i = 0; i < used && !is_free(&states[i]); i++)
		;
	if (i == CORDON_WORKLOADS_MAX)
		return NULL;
	if (i == used)
		used++;
	state = &states[i];
	state->hash = name_hash(name);
	strscpy(state->name, name, sizeof(state->name));
	return state;
}

static void walk_count(struct state *state, enum walk walk, int change)
{
	lockdep_assert_held(&lock);
	state->walks[walk] += change;
	atomic_add(change, &walks[walk]);
}

/* Return: could it be noted?  Then it is to be taken back by the caller. */
static bool walk_note(const char *name, enum walk walk, int change)
{
	struct state *state;
	unsigned long flags;

	spin_lock_irqsave(&lock, flags);
	state = state_get(name);
	if (state)
		walk_count(state, walk, change);
	spin_unlock_irqrestore(&lock, flags);
	return state;
}

static bool walk_is_on(const char *name, enum walk walk)
{
	const struct state *state;
	unsigned long flags;
	bool is_on;

	if (likely(!atomic_read(&walks[walk])))
		return false;
	spin_lock_irqsave(&lock, flags);
	state = state_find(name);
	is_on = state && state->walks[walk];
	spin_unlock_irqrestore(&lock, flags);
	return is_on;
}

/**
 * cordon_measure_is_on - is a workload under a measure
 * @name: of the workload
 * @measure: which
 *
 * Context: any.
 */
bool cordon_measure_is_on(const char *name, enum cordon_measure measure)
{
	const struct state *state;
	unsigned long flags;
	u64 until = 0;

	if (!cordon_measure_is_any(measure))
		return false;
	spin_lock_irqsave(&lock, flags);
	state = state_find(name);
	if (state)
		until = state->until[measure];
	spin_unlock_irqrestore(&lock, flags);
	return until > cordon_segment_clock();
}

/**
 * cordon_measure_suspends - does nobody of a workload go on by himself
 * @name: of the workload
 *
 * Context: any.
 */
bool cordon_measure_suspends(const char *name)
{
	/* Who is stopped is continued when the module goes, from here. */
	return cordon_measure_is_on(name, CORDON_MEASURE_SUSPEND) &&
	       !READ_ONCE(closing);
}

/**
 * cordon_measure_signal - send a signal to tasks of a workload
 * @order: which, to whom
 *
 * Not when the module is about to go: without hooks nobody takes those out of
 * the table who end.
 *
 * Context: any but with interrupts off.
 * Return: how many have got it.
 */
u32 cordon_measure_signal(const struct cordon_label_signal *order)
{
	int srcu = srcu_read_lock(&cordon_srcu);
	u32 count = 0;

	if (!READ_ONCE(closing))
		count = cordon_label_send(order);
	srcu_read_unlock(&cordon_srcu, srcu);
	return count;
}

/* Under cordon_srcu, not when the module is about to go. */
static u32 signal_all(const char *name, int signal)
{
	return cordon_label_send(&(struct cordon_label_signal){
		.name = name,
		.signal = signal,
	});
}

/*
 * Who ends the suspension notes that first, and continues all then.  What is
 * stopped here may be behind that: so it is asked again.
 */
static void stop_all(const char *name)
{
	bool is_noted = walk_note(name, WALK_SUSPEND, 1);
	int srcu = srcu_read_lock(&cordon_srcu);

	if (!READ_ONCE(closing)) {
		signal_all(name, SIGSTOP);
		if (!cordon_measure_is_on(name, CORDON_MEASURE_SUSPEND))
			signal_all(name, SIGCONT);
	}
	srcu_read_unlock(&cordon_srcu, srcu);
	if (is_noted)
		walk_note(name, WALK_SUSPEND, -1);
}

/**
 * cordon_measure_begin - put a measure in force
 * @name: of the workload
 * @measure: which
 * @ttl: seconds; 0: until it is ended
 * @is_order: an administrator wants it to last just so long; else what is in
 *	force for longer stays
 *
 * It is in force when this returns: established flows are judged anew, and who
 * is to be stopped has the signal.
 *
 * Context: any but with interrupts off.
 * Return: 1 if it was not in force, 0 if it was, -ENOSPC.
 */
int cordon_measure_begin(const char *name, enum cordon_measure measure,
			 u32 ttl, bool is_order)
{
	u64 now = cordon_segment_clock();
	u64 until = ttl ? now + (u64)ttl * NSEC_PER_SEC : FOR_EVER;
	struct state *state;
	unsigned long flags;
	int began = -ENOSPC;

	spin_lock_irqsave(&lock, flags);
	state = state_get(name);
	if (state) {
		began = state->until[measure] <= now;
		if (!state->until[measure])
			atomic_inc(&cordon_measure_number[measure]);
		if (is_order || until > state->until[measure])
			state->until[measure] = until;
	}
	spin_unlock_irqrestore(&lock, flags);
	if (began < 0) {
		pr_err_ratelimited("workload %s: more than %u workloads are suspended or in quarantine; this one is not: stop it by other means\n",
				   name, CORDON_WORKLOADS_MAX);
		return began;
	}
	/* What was let pass before is asked about again. */
	if (measure == CORDON_MEASURE_QUARANTINE)
		cordon_segment_changed();
	else
		stop_all(name);
	return began;
}

/* Of a suspension resume() follows, by the same name. */
static void take_out(struct state *state, enum cordon_measure measure)
{
	lockdep_assert_held(&lock);
	state->until[measure] = 0;
	atomic_dec(&cordon_measure_number[measure]);
	if (measure == CORDON_MEASURE_SUSPEND)
		walk_count(state, WALK_SUSPEND, 1);
}

/* Under cordon_srcu, not when the module is about to go. */
static void resume(const char *name)
{
	signal_all(name, SIGCONT);
	walk_note(name, WALK_SUSPEND, -1);
}

/**
 * cordon_measure_end - end a measure
 * @name: of the workload
 * @measure: which
 *
 * Context: may sleep.
 * Return: false: it was not in force.
 */
bool cordon_measure_end(const char *name, enum cordon_measure measure)
{
	int srcu = srcu_read_lock(&cordon_srcu);
	struct state *state;
	unsigned long flags;
	bool was_on = false;

	/* What is in force when the module goes is ended by that. */
	if (!READ_ONCE(closing)) {
		spin_lock_irqsave(&lock, flags);
		state = state_find(name);
		was_on = state && state->until[measure];
		if (was_on)
			take_out(state, measure);
		spin_unlock_irqrestore(&lock, flags);
		if (was_on && measure == CORDON_MEASURE_SUSPEND)
			resume(name);
	}
	srcu_read_unlock(&cordon_srcu, srcu);
	return was_on;
}

/**
 * cordon_measure_kill - kill all processes of a workload
 * @name: of the workload
 *
 * The second walk is for children that are being made: one that is in the table
 * before it begins is found by it, and gets the signal when it is born; one
 * that comes later is born later, and is found by cordon_measure_stop(), or its
 * parent, which exists as long as it is being made, is killed by then, so that
 * the fork fails.
 *
 * Context: any but with interrupts off.
 */
void cordon_measure_kill(const char *name)
{
	/* Without it, who is being forked may escape. */
	bool is_noted = walk_note(name, WALK_KILL, 1);
	int srcu = srcu_read_lock(&cordon_srcu);

	if (!READ_ONCE(closing)) {
		signal_all(name, SIGKILL);
		signal_all(name, SIGKILL);
	}
	srcu_read_unlock(&cordon_srcu, srcu);
	if (is_noted)
		walk_note(name, WALK_KILL, -1);
}

/**
 * cordon_measure_stop - stop, or kill, a task that has become one of a workload
 * @task: current, or a task that does not run yet
 * @label: its label; may be NULL
 *
 * Context: any; under cordon_srcu.
 */
void cordon_measure_stop(struct task_struct *task,
			 const struct cordon_label *label)
{
	if (cordon_hold_is_any() && cordon_hold_has(task))
		cordon_hold_again(task);
	if (!label || cordon_label_is_exempt(task) || READ_ONCE(closing))
		return;
	if (walk_is_on(cordon_label_name(label), WALK_KILL))
		send_sig(SIGKILL, task, 1);
	if (!cordon_measure_is_on(cordon_label_name(label),
				  CORDON_MEASURE_SUSPEND))
		return;
	send_sig(SIGSTOP, task, 1);
	/* As for stop_all(). */
	if (!cordon_measure_is_on(cordon_label_name(label),
				  CORDON_MEASURE_SUSPEND))
		send_sig(SIGCONT, task, 1);
}

/**
 * cordon_measure_may_stop - may a task have been stopped for its workload
 * @label: of the task; may be NULL
 *
 * Asked before the task loses its label, and told to cordon_measure_leave():
 * who resumes the workload afterwards does not find it.
 *
 * Context: any; under cordon_srcu.
 */
bool cordon_measure_may_stop(const struct cordon_label *label)
{
	const char *name;

	if (!label)
		return false;
	name = cordon_label_name(label);
	return cordon_measure_is_on(name, CORDON_MEASURE_SUSPEND) ||
	       walk_is_on(name, WALK_SUSPEND);
}

/**
 * cordon_measure_leave - a task belongs to its workload no more
 * @task: current, or referenced by the caller; it has its new label, or none
 * @old: the label that it had; may be NULL
 * @may_be_stopped: what cordon_measure_may_stop() said before
 *
 * If it is in another workload now that is suspended, it stays stopped
 * nevertheless: see cordon_custody_init().
 *
 * Context: any; under cordon_srcu.
 */
void cordon_measure_leave(struct task_struct *task,
			  const struct cordon_label *old, bool may_be_stopped)
{
	if (old && cordon_hold_is_any() &&
	    cordon_hold_has_workload(cordon_label_name(old)))
		send_sig(SIGKILL, task, 1);
	else if (may_be_stopped || cordon_measure_may_stop(old))
		send_sig(SIGCONT, task, 1);
}

/**
 * cordon_measure_info - tell what is in force
 * @index: of a state and measure, from 0
 * @info: filled if there is one
 * @is_on: is there
 *
 * Context: any.
 * Return: false: @index is behind the last.
 */
bool cordon_measure_info(u32 index, struct cordon_measure_info *info,
			 bool *is_on)
{
	u64 now = cordon_segment_clock();
	const struct state *state;
	unsigned long flags;
	bool there = false;
	u64 until;

	*is_on = false;
	info->measure = index % CORDON_MEASURE_COUNT;
	spin_lock_irqsave(&lock, flags);
	if (index / CORDON_MEASURE_COUNT < used) {
		there = true;
		state = &states[index / CORDON_MEASURE_COUNT];
		until = state->until[info->measure];
		*is_on = until > now;
		info->left = until == FOR_EVER ? 0 :
			DIV_ROUND_UP_ULL(until - now, NSEC_PER_SEC);
		memcpy(info->name, state->name, sizeof(info->name));
	}
	spin_unlock_irqrestore(&lock, flags);
	return there;
}

/* The next measure whose time is over is taken out of force. */
static bool expire_next(struct cordon_measure_info *info)
{
	u64 now = cordon_segment_clock();
	unsigned long flags;
	bool found = false;
	u32 i;

	spin_lock_irqsave(&lock, flags);
	for (i = 0; i < used * CORDON_MEASURE_COUNT && !found; i++) {
		struct state *state = &states[i / CORDON_MEASURE_COUNT];

		info->measure = i % CORDON_MEASURE_COUNT;
		if (!state->until[info->measure] ||
		    state->until[info->measure] > now)
			continue;
		take_out(state, info->measure);
		memcpy(info->name, state->name, sizeof(info->name));
		found = true;
	}
	spin_unlock_irqrestore(&lock, flags);
	return found;
}

/* Likewise, and who was stopped by it goes on. */
static bool expire_one(struct cordon_measure_info *info)
{
	int srcu = srcu_read_lock(&cordon_srcu);
	bool found = !READ_ONCE(closing) && expire_next(info);

	if (found && info->measure == CORDON_MEASURE_SUSPEND)
		resume(info->name);
	srcu_read_unlock(&cordon_srcu, srcu);
	return found;
}

/**
 * cordon_measure_tick - end what is over, and stop again who goes on
 *
 * Who is suspended may go on in spite of that: the kernel itself continues what
 * has lost the leader of its session, and so may who traces it.
 *
 * Context: may sleep.
 * Return: is anything in force still.
 */
bool cordon_measure_tick(void)
{
	struct cordon_measure_info info;
	bool is_any = false;
	bool is_on;
	u32 i;

	while (expire_one(&info)) {
		cordon_notice_response(&(struct cordon_notice_response){
			.response = info.measure == CORDON_MEASURE_SUSPEND ?
				CORDON_RESPONSE_SUSPEND :
				CORDON_RESPONSE_QUARANTINE,
			.phase = CORDON_PHASE_EXPIRE,
			.workload = info.name,
		});
		pr_notice("workload %s: its %s is over\n", info.name,
			  info.measure == CORDON_MEASURE_SUSPEND ?
			  "suspension" : "quarantine");
	}
	for (i = 0; cordon_measure_info(i, &info, &is_on); i++) {
		is_any |= is_on;
		if (is_on && info.measure == CORDON_MEASURE_SUSPEND)
			stop_all(info.name);
	}
	return is_any;
}

/** cordon_measure_init - get the memory; may sleep */
int cordon_measure_init(void)
{
	states = kvcalloc(CORDON_WORKLOADS_MAX, sizeof(*states),
			  GFP_KERNEL_ACCOUNT);
	return states ? 0 : -ENOMEM;
}

/**
 * cordon_measure_close - nobody stays stopped for want of who continues him
 *
 * Context: may sleep; the hooks are attached still.
 */
void cordon_measure_close(void)
{
	char name[CORDON_NAME_MAX + 1];
	unsigned long flags;
	bool suspended;
	int srcu;
	u32 i;

	/*
	 * Who has not seen this has sent what it had to: so who is stopped is in
	 * a suspension that is in force, or was not stopped from here.
	 */
	WRITE_ONCE(closing, true);
	synchronize_srcu(&cordon_srcu);
	srcu = srcu_read_lock(&cordon_srcu);
	for (i = 0; i < READ_ONCE(used); i++) {
		spin_lock_irqsave(&lock, flags);
		suspended = states[i].until[CORDON_MEASURE_SUSPEND];
		memcpy(name, states[i].name, sizeof(name));
		spin_unlock_irqrestore(&lock, flags);
		if (suspended)
			signal_all(name, SIGCONT);
	}
	srcu_read_unlock(&cordon_srcu, srcu);
}

/** cordon_measure_exit - neither hooks nor requests come any more */
void cordon_measure_exit(void)
{
	kvfree(states);
}
