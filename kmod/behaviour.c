// SPDX-License-Identifier: GPL-2.0-only
#include <linux/ktime.h>
#include <linux/log2.h>
#include <linux/mm.h>
#include <linux/module.h>
#include <linux/mutex.h>
#include <linux/random.h>
#include <linux/rcupdate.h>
#include <linux/spinlock.h>

#include "behaviour.h"

static unsigned int behaviours = 65536;
module_param(behaviours, uint, 0444);
MODULE_PARM_DESC(behaviours, "how many may be learnt, a power of two (default 65536, which take 11 MiB while they are there); four fifths of one workload at most");

/* Buckets, or places, that are cleared with interrupts off. */
#define CLEAR_CHUNK	1024

bool cordon_behaviour_on;

/* Of who makes and frees the table, and clears; before @lock. */
static DEFINE_MUTEX(change_lock);
static DEFINE_RAW_SPINLOCK(lock);
/* Changed under both locks; what is in it, by who adds, under @lock. */
static struct cordon_behaviours __rcu *table;
static u32 learners;	/* under change_lock; workloads that learn */
static bool reserved;	/* under change_lock; somebody is about to */

static struct cordon_behaviours *table_new(void)
{
	void *memory = kvzalloc(cordon_behaviours_size(behaviours),
				GFP_KERNEL);

	return memory ? cordon_behaviours_init(memory, behaviours,
					       get_random_u64()) : NULL;
}

static struct cordon_behaviours *table_locked(void)
{
	return rcu_dereference_protected(table,
					 lockdep_is_held(&change_lock) ||
					 lockdep_is_held(&lock));
}

/*
 * An empty one, or none where @needed is false, if nothing is recorded: readers
 * of the old one are waited for.
 */
static void table_replace(bool needed)
{
	struct cordon_behaviours *fresh = needed ? table_new() : NULL;
	struct cordon_behaviours *old = NULL;
	unsigned long flags;
	bool empty = true;
	u32 i;

	lockdep_assert_held(&change_lock);
	/* Without memory what is there serves as well. */
	if (needed && !fresh)
		return;
	raw_spin_lock_irqsave(&lock, flags);
	old = table_locked();
	for (i = 0; old && i < old->learner_count; i++)
		empty &= !old->learners[i].since;
	if (empty)
		rcu_assign_pointer(table, fresh);
	raw_spin_unlock_irqrestore(&lock, flags);
	if (!empty)
		old = fresh;
	else
		synchronize_rcu();
	kvfree(old);
}

/**
 * cordon_behaviour_reserve - somebody is about to learn
 *
 * Context: may sleep.
 * Return: 0 or -ENOMEM.
 */
int cordon_behaviour_reserve(void)
{
	struct cordon_behaviours *fresh;
	unsigned long flags;
	int err = 0;

	mutex_lock(&change_lock);
	if (!table_locked()) {
		fresh = table_new();
		if (!fresh)
			err = -ENOMEM;
		raw_spin_lock_irqsave(&lock, flags);
		rcu_assign_pointer(table, fresh);
		raw_spin_unlock_irqrestore(&lock, flags);
	}
	reserved = !err;
	mutex_unlock(&change_lock);
	return err;
}

/**
 * cordon_behaviour_switch - another policy is about to be in force
 * @learning: workloads that learn by it; if any, the table was reserved
 *
 * Context: may sleep.
 */
void cordon_behaviour_switch(u32 learning)
{
	mutex_lock(&change_lock);
	learners = learning;
	reserved = false;
	WRITE_ONCE(cordon_behaviour_on, learning);
	if (!learning && table_locked())
		table_replace(false);
	mutex_unlock(&change_lock);
}

/**
 * cordon_behaviour_repeats - count what is known
 * @key: what was done
 *
 * Context: any but NMI; takes no lock.
 * Return: false: it is not known, and is to be added.
 */
bool cordon_behaviour_repeats(const struct cordon_behaviour_key *key)
{
	const struct cordon_behaviours *known;
	struct cordon_behaviour *behaviour = NULL;

	rcu_read_lock();
	known = rcu_dereference(table);
	if (likely(known))
		behaviour = cordon_behaviours_find(known, key);
	if (behaviour)
		cordon_behaviour_count(behaviour, ktime_get_boottime_ns());
	rcu_read_unlock();
	return behaviour;
}

/** cordon_behaviour_is_known - was it done before; context: any but NMI */
bool cordon_behaviour_is_known(const struct cordon_behaviour_key *key)
{
	const struct cordon_behaviours *known;
	bool found;

	rcu_read_lock();
	known = rcu_dereference(table);
	found = known && cordon_behaviours_find(known, key);
	rcu_read_unlock();
	return found;
}

/**
 * cordon_behaviour_add - record what may be new
 * @key: what was done, or is held
 * @detail: what is kept of the first time
 * @held: it is only there
 *
 * Context: any but NMI.
 * Return: 1: it is new; 0: it was known; -ENOSPC: there is no room for it;
 * -ENODATA: nothing is recorded.
 */
int cordon_behaviour_add(const struct cordon_behaviour_key *key,
			 const struct cordon_behaviour_detail *detail,
			 bool held)
{
	struct cordon_behaviours *known;
	int result = -ENODATA;
	unsigned long flags;

	raw_spin_lock_irqsave(&lock, flags);
	known = table_locked();
	if (known)
		result = cordon_behaviours_add(known, key, detail, held,
					       ktime_get_boottime_ns());
	raw_spin_unlock_irqrestore(&lock, flags);
	return result;
}

/**
 * cordon_behaviour_clear - forget what is recorded of a workload
 * @name: of the workload
 *
 * If nothing is left, the memory of texts is given back as well; all of it if
 * nobody learns.
 *
 * Context: may sleep.
 * Return: was there anything.
 */
bool cordon_behaviour_clear(const char *name)
{
	struct cordon_behaviours *known;
	bool forgotten = false;
	unsigned long flags;
	u32 text;
	u32 i;

	mutex_lock(&change_lock);
	known = table_locked();
	if (!known)
		goto out;
	raw_spin_lock_irqsave(&lock, flags);
	text = cordon_behaviours_name(known, name, strlen(name));
	forgotten = cordon_behaviours_forget(known, text);
	raw_spin_unlock_irqrestore(&lock, flags);
	for (i = 0; forgotten && i < known->count; i += CLEAR_CHUNK) {
		raw_spin_lock_irqsave(&lock, flags);
		cordon_behaviours_clear(known, text, i, CLEAR_CHUNK);
		raw_spin_unlock_irqrestore(&lock, flags);
		cond_resched();
	}
	synchronize_rcu();
	for (i = 1; forgotten && i <= known->count; i += CLEAR_CHUNK) {
		raw_spin_lock_irqsave(&lock, flags);
		cordon_behaviours_reuse(known, i, CLEAR_CHUNK);
		raw_spin_unlock_irqrestore(&lock, flags);
		cond_resched();
	}
	if (!READ_ONCE(known->used))
		table_replace(learners || reserved);
out:
	mutex_unlock(&change_lock);
	return forgotten;
}

/**
 * cordon_behaviour_table - for who reads all of it
 *
 * Context: RCU, which keeps it.
 * Return: the table, or NULL.
 */
const struct cordon_behaviours *cordon_behaviour_table(void)
{
	return rcu_dereference(table);
}

/** cordon_behaviour_status - how full it is; may sleep */
void cordon_behaviour_status(struct cordon_behaviour_status *status)
{
	const struct cordon_behaviours *known;

	*status = (struct cordon_behaviour_status){ };
	mutex_lock(&change_lock);
	known = table_locked();
	status->learning = learners;
	if (known) {
		status->used = READ_ONCE(known->used);
		status->max = known->count;
		status->bytes = (u64)READ_ONCE(known->words_used) * sizeof(u64);
		status->bytes_max = (u64)known->word_count * sizeof(u64);
		status->dropped = READ_ONCE(known->dropped);
	}
	mutex_unlock(&change_lock);
}

/**
 * cordon_behaviour_init - is the parameter right
 *
 * Context: any.
 * Return: 0 or -EINVAL.
 */
int cordon_behaviour_init(void)
{
	if (behaviours >= CORDON_BEHAVIOURS_MIN &&
	    behaviours <= CORDON_BEHAVIOURS_MAX && is_power_of_2(behaviours))
		return 0;
	pr_err("behaviours=%u: a power of two from %u to %u is wanted\n",
	       behaviours, CORDON_BEHAVIOURS_MIN, CORDON_BEHAVIOURS_MAX);
	return -EINVAL;
}

/** cordon_behaviour_exit - forget all; nobody records or reads any more */
void cordon_behaviour_exit(void)
{
	kvfree(rcu_dereference_protected(table, true));
	RCU_INIT_POINTER(table, NULL);
}
