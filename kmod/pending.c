// SPDX-License-Identifier: GPL-2.0-only
#include <linux/kernel.h>
#include <linux/ktime.h>
#include <linux/spinlock.h>
#include <linux/string.h>

#include "pending.h"
#include "segment.h"

/*
 * How many of one workload may wait for the same: whoever departs under many
 * numbers, or sends under many addresses, must not keep others from asking.
 */
#define ALIKE_MAX	(CORDON_PENDING_MAX / 8)

/**
 * struct pending - one that waits
 * @id: from 1; 0: the entry is free
 * @end: cordon_segment_clock() at which it lapses
 * @deed: what is to be done if the answer is yes
 */
struct pending {
	u32 id;
	u64 end;
	struct cordon_deed deed;
};

static struct pending table[CORDON_PENDING_MAX];
static u32 last_id;
static u32 count;
static DEFINE_SPINLOCK(lock);	/* of all of the above; interrupts are off */

static bool alike(const struct cordon_deed *a, const struct cordon_deed *b)
{
	return a->responses == b->responses &&
	       !strcmp(a->workload, b->workload);
}

/* Is the same asked for already? */
static bool same(const struct cordon_deed *a, const struct cordon_deed *b)
{
	return alike(a, b) && a->tgid == b->tgid &&
	       cordon_address_equals(&a->address, &b->address);
}

/**
 * cordon_pending_add - let a response wait for an answer
 * @deed: what is to be done
 * @lapse: seconds that it waits
 *
 * Context: any.
 * Return: its id; 0: the same waits already, or there is no room, which is
 * logged: nothing follows then.
 */
u32 cordon_pending_add(const struct cordon_deed *deed, u32 lapse)
{
	struct pending *free = NULL;
	unsigned long flags;
	unsigned int others = 0;
	u32 waiting;
	bool asked = false;
	unsigned int i;
	u32 id = 0;

	spin_lock_irqsave(&lock, flags);
	for (i = 0; i < CORDON_PENDING_MAX; i++) {
		if (!table[i].id) {
			free = &table[i];
			continue;
		}
		asked |= same(&table[i].deed, deed);
		others += alike(&table[i].deed, deed);
	}
	if (others >= ALIKE_MAX)
		free = NULL;
	if (free && !asked) {
		if (!++last_id)
			last_id = 1;
		id = last_id;
		count++;
		free->id = id;
		free->end = cordon_segment_clock() +
			    (u64)lapse * NSEC_PER_SEC;
		free->deed = *deed;
	}
	waiting = count;
	spin_unlock_irqrestore(&lock, flags);
	if (!free && !asked)
		pr_warn_ratelimited("workload %s: %u responses wait for an answer already, %u of them for the same: nobody is asked about another, and nothing follows; see `cordonctl pending`\n",
				    deed->workload, waiting, others);
	return id;
}

static void take(struct pending *pending, struct cordon_deed *deed)
{
	*deed = pending->deed;
	pending->id = 0;
	count--;
}

/**
 * cordon_pending_take - one has been answered
 * @id: of it
 * @deed: filled
 *
 * Context: any.
 * Return: false: none of that id waits, or its time is over.
 */
bool cordon_pending_take(u32 id, struct cordon_deed *deed)
{
	u64 now = cordon_segment_clock();
	unsigned long flags;
	bool found = false;
	unsigned int i;

	spin_lock_irqsave(&lock, flags);
	for (i = 0; id && i < CORDON_PENDING_MAX && !found; i++) {
		if (table[i].id != id || table[i].end <= now)
			continue;
		take(&table[i], deed);
		found = true;
	}
	spin_unlock_irqrestore(&lock, flags);
	return found;
}

/**
 * cordon_pending_lapsed - take out one that was not answered in time
 * @id: of it
 * @deed: filled
 *
 * Context: any.
 * Return: false: there is none.
 */
bool cordon_pending_lapsed(u32 *id, struct cordon_deed *deed)
{
	u64 now = cordon_segment_clock();
	unsigned long flags;
	bool found = false;
	unsigned int i;

	spin_lock_irqsave(&lock, flags);
	for (i = 0; i < CORDON_PENDING_MAX && !found; i++) {
		if (!table[i].id || table[i].end > now)
			continue;
		*id = table[i].id;
		take(&table[i], deed);
		found = true;
	}
	spin_unlock_irqrestore(&lock, flags);
	return found;
}

/**
 * cordon_pending_info - tell of one
 * @index: of an entry, from 0
 * @info: filled if one waits there
 * @is_on: does one
 *
 * Context: any.
 * Return: false: @index is behind the last.
 */
bool cordon_pending_info(u32 index, struct cordon_pending_info *info,
			 bool *is_on)
{
	u64 now = cordon_segment_clock();
	unsigned long flags;

	*is_on = false;
	if (index >= CORDON_PENDING_MAX)
		return false;
	spin_lock_irqsave(&lock, flags);
	if (table[index].id && table[index].end > now) {
		*is_on = true;
		info->id = table[index].id;
		info->left = DIV_ROUND_UP_ULL(table[index].end - now,
					      NSEC_PER_SEC);
		info->deed = table[index].deed;
	}
	spin_unlock_irqrestore(&lock, flags);
	return true;
}

/** cordon_pending_count - how many wait; context: any */
u32 cordon_pending_count(void)
{
	return READ_ONCE(count);
}
