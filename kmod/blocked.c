// SPDX-License-Identifier: GPL-2.0-only
#include <linux/kernel.h>
#include <linux/ktime.h>
#include <linux/mm.h>
#include <linux/mutex.h>
#include <linux/random.h>
#include <linux/siphash.h>
#include <linux/slab.h>
#include <linux/spinlock.h>

#include "blocked.h"
#include "segment.h"
#include "segment_table.h"

#define WAYS		8	/* entries that one address may be in */
#define SETS		(CORDON_BLOCKED_MAX / WAYS)
#define LOCKS		64	/* each of several sets */
/* How long an address is remembered after it was blocked, at least. */
#define MEMORY		(24ULL * 3600 * NSEC_PER_SEC)

/**
 * struct blocked - one address
 * @address: which
 * @end: cordon_segment_clock() until which it is blocked
 * @forget: likewise, until which it is remembered; 0: the entry is free
 * @step: of the ladder, from 0
 * @counted: in cordon_blocked_number
 * @is_order: an administrator wants it: no flood may push it out
 */
struct blocked {
	struct cordon_address address;
	u64 end;
	u64 forget;
	u32 step;
	bool counted;
	bool is_order;
};

static struct blocked *table;		/* once there, until the end */
static DEFINE_MUTEX(reserve_lock);	/* of making it */
static spinlock_t locks[LOCKS];		/* of the entries; interrupts are off */
static siphash_key_t seed;
static atomic64_t displaced;

atomic_t cordon_blocked_number;

static bool is_made(void)
{
	/* Before whatever table_make() has made ready. */
	return smp_load_acquire(&table);
}

/* Context: may sleep. */
static int table_make(void)
{
	struct blocked *made;
	unsigned int i;

	made = kvcalloc(CORDON_BLOCKED_MAX, sizeof(*made), GFP_KERNEL_ACCOUNT);
	if (!made)
		return -ENOMEM;
	for (i = 0; i < LOCKS; i++)
		spin_lock_init(&locks[i]);
	get_random_bytes(&seed, sizeof(seed));
	/* Behind locks and seed: see is_made(). */
	smp_store_release(&table, made);
	return 0;
}

/**
 * cordon_blocked_reserve - get the memory before it is needed
 *
 * Who is to be blocked is found out where nothing may wait for memory.
 *
 * Context: may sleep.
 * Return: 0, also if it is there already, or -ENOMEM.
 */
int cordon_blocked_reserve(void)
{
	int err = 0;

	mutex_lock(&reserve_lock);
	if (!table)
		err = table_make();
	mutex_unlock(&reserve_lock);
	return err;
}

/** cordon_blocked_exit - nobody asks any more; may sleep */
void cordon_blocked_exit(void)
{
	kvfree(table);
}

static u32 set_of(const struct cordon_address *address)
{
	return siphash(address, sizeof(*address), &seed) % SETS;
}

static spinlock_t *lock_of(u32 set)
{
	return &locks[set % LOCKS];
}

static struct blocked *find(u32 set, const struct cordon_address *address)
{
	struct blocked *entry = &table[set * WAYS];
	unsigned int i;

	lockdep_assert_held(lock_of(set));
	for (i = 0; i < WAYS; i++, entry++)
		if (entry->forget &&
		    cordon_address_equals(&entry->address, address))
			return entry;
	return NULL;
}

static void uncount(struct blocked *entry)
{
	if (entry->counted)
		atomic_dec(&cordon_blocked_number);
	entry->counted = false;
}

/* How much an entry is worth: 0: it is free, or only remembered. */
static unsigned int worth(const struct blocked *entry, u64 now)
{
	return entry->end > now ? 1 + entry->is_order : 0;
}

static bool makes_room(const struct blocked *entry,
		       const struct blocked *before, u64 now)
{
	if (worth(entry, now) != worth(before, now))
		return worth(entry, now) < worth(before, now);
	return worth(entry, now) ? entry->end < before->end :
				   entry->forget < before->forget;
}

/*
 * The entry for another address: free, or only remembered, or what ends first;
 * of what is blocked by hand only for another such.  NULL: there is none.
 */
static struct blocked *make_room(u32 set, u64 now, bool is_order)
{
	struct blocked *entry = &table[set * WAYS];
	struct blocked *victim = entry;
	unsigned int i;

	for (i = 0; i < WAYS; i++, entry++)
		if (makes_room(entry, victim, now))
			victim = entry;
	if (victim->end > now) {
		atomic64_inc(&displaced);
		pr_warn_once("more addresses are to be blocked than there is room for (%u): those that would end first are let go, what was blocked by hand stays; `cordonctl status` counts who is let go, or not blocked at all\n",
			     CORDON_BLOCKED_MAX);
	}
	if (worth(victim, now) > 1 && !is_order)
		return NULL;
	uncount(victim);
	*victim = (struct blocked){ };
	return victim;
}

/**
 * cordon_blocked_add - block an address
 * @address: which; it is not protected
 * @ttl: seconds, for each step of the ladder
 * @steps: how many steps, from 1
 * @is_order: an administrator wants it blocked from now on, for the first time;
 *	else, what is blocked already stays as it is
 *
 * Context: any; cordon_blocked_reserve() was called.
 * Return: the step, from 1; 0: it was blocked already, or there is no room.
 */
u32 cordon_blocked_add(const struct cordon_address *address, const u32 *ttl,
		       u32 steps, bool is_order)
{
	u64 now = cordon_segment_clock();
	struct blocked *entry;
	unsigned long flags;
	u32 step = 0;
	u64 lasts;
	u32 set;

	/* A policy that could block has reserved it. */
	if (WARN_ON_ONCE(!is_made()))
		return 0;
	set = set_of(address);
	spin_lock_irqsave(lock_of(set), flags);
	entry = find(set, address);
	if (entry && entry->end > now && !is_order)
		goto out;
	if (!entry) {
		entry = make_room(set, now, is_order);
		if (!entry)
			goto out;
		entry->address = *address;
	} else if (entry->forget > now && !is_order) {
		entry->step = min(entry->step + 1, steps - 1);
	} else {
		entry->step = 0;
	}
	entry->is_order = is_order;
	step = entry->step + 1;
	lasts = (u64)ttl[entry->step] * NSEC_PER_SEC;
	entry->end = now + lasts;
	entry->forget = entry->end + max(lasts, MEMORY);
	if (!entry->counted)
		atomic_inc(&cordon_blocked_number);
	entry->counted = true;
out:
	spin_unlock_irqrestore(lock_of(set), flags);
	/* What was let pass before is asked about again. */
	if (step)
		cordon_segment_changed();
	return step;
}

/**
 * cordon_blocked_remove - block an address no longer, and forget it
 * @address: which
 *
 * Context: any.
 * Return: false: it was not blocked.
 */
bool cordon_blocked_remove(const struct cordon_address *address)
{
	u64 now = cordon_segment_clock();
	struct blocked *entry;
	unsigned long flags;
	bool was_on = false;
	u32 set;

	if (!is_made())
		return false;
	set = set_of(address);
	spin_lock_irqsave(lock_of(set), flags);
	entry = find(set, address);
	if (entry) {
		was_on = entry->end > now;
		uncount(entry);
		*entry = (struct blocked){ };
	}
	spin_unlock_irqrestore(lock_of(set), flags);
	/* What was denied is remembered for a while. */
	if (was_on)
		cordon_segment_changed();
	return was_on;
}

static bool search_one(const struct cordon_address *address, u64 *expires)
{
	const struct blocked *entry;
	u32 set = set_of(address);
	unsigned long flags;
	u64 end = 0;

	spin_lock_irqsave(lock_of(set), flags);
	entry = find(set, address);
	if (entry)
		end = entry->end;
	spin_unlock_irqrestore(lock_of(set), flags);
	if (end <= cordon_segment_clock())
		return false;
	*expires = min(*expires, end);
	return true;
}

/** cordon_blocked_search - for cordon_blocked_find(); by itself, or its /64 */
bool cordon_blocked_search(const struct cordon_address *address, u64 *expires)
{
	const struct cordon_address network = { { .word = {
		address->word[0],
	} } };

	return search_one(address, expires) ||
	       (cordon_address_is_network(&network) &&
		search_one(&network, expires));
}

/**
 * cordon_blocked_info - tell of an address
 * @index: of an entry, from 0
 * @info: filled if it is blocked
 * @is_on: is it
 *
 * Context: any.
 * Return: false: @index is behind the last.
 */
bool cordon_blocked_info(u32 index, struct cordon_blocked_info *info,
			 bool *is_on)
{
	u64 now = cordon_segment_clock();
	const struct blocked *entry;
	unsigned long flags;

	*is_on = false;
	if (index >= CORDON_BLOCKED_MAX || !is_made())
		return false;
	entry = &table[index];
	spin_lock_irqsave(lock_of(index / WAYS), flags);
	if (entry->end > now) {
		*is_on = true;
		info->address = entry->address;
		info->left = DIV_ROUND_UP_ULL(entry->end - now, NSEC_PER_SEC);
		info->step = entry->step + 1;
	}
	spin_unlock_irqrestore(lock_of(index / WAYS), flags);
	return true;
}

/** cordon_blocked_displaced - addresses let go, or not blocked, for want of room; context: any */
u64 cordon_blocked_displaced(void)
{
	return atomic64_read(&displaced);
}

/**
 * cordon_blocked_tick - take note of what is over
 * @ended: how many addresses are not blocked any more
 *
 * Context: may sleep.
 * Return: is any blocked still.
 */
bool cordon_blocked_tick(u32 *ended)
{
	u64 now = cordon_segment_clock();
	unsigned long flags;
	u32 set;
	u32 i;

	*ended = 0;
	if (!atomic_read(&cordon_blocked_number))
		return false;
	for (set = 0; set < SETS; set++) {
		spin_lock_irqsave(lock_of(set), flags);
		for (i = set * WAYS; i < (set + 1) * WAYS; i++) {
			if (!table[i].counted || table[i].end > now)
				continue;
			uncount(&table[i]);
			++*ended;
		}
		spin_unlock_irqrestore(lock_of(set), flags);
		cond_resched();
	}
	return atomic_read(&cordon_blocked_number);
}
