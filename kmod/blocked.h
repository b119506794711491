/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Addresses that are blocked, each for a time.
 *
 * A table of fixed size, so that whoever sends under many addresses costs no
 * more memory than it has: where a set of it is full, what would end first
 * makes room, but for what is blocked by hand.  An address that comes back is
 * blocked for longer, step by step; it is remembered for as long again as it
 * was blocked, a day at least.  One of IPv6 whose last half is zero stands for
 * its /64.
 */
#ifndef _CORDON_BLOCKED_H
#define _CORDON_BLOCKED_H

#include <linux/atomic.h>
#include <linux/types.h>

#include "engine/address.h"
#include "engine/respond.h"

/** struct cordon_blocked_info - what is told of a blocked address */
struct cordon_blocked_info {
	struct cordon_address address;
	u32 left;		/* seconds */
	u32 step;		/* of the ladder, from 1 */
};

extern atomic_t cordon_blocked_number;

int cordon_blocked_reserve(void);
void cordon_blocked_exit(void);

u32 cordon_blocked_add(const struct cordon_address *address, const u32 *ttl,
		       u32 steps, bool is_order);
bool cordon_blocked_remove(const struct cordon_address *address);
bool cordon_blocked_search(const struct cordon_address *address, u64 *expires);
bool cordon_blocked_info(u32 index, struct cordon_blocked_info *info,
			 bool *is_on);
u64 cordon_blocked_displaced(void);
bool cordon_blocked_tick(u32 *ended);

/**
 * cordon_blocked_find - is an address blocked
 * @address: of a peer
 * @expires: lowered to when it is not any more
 *
 * Context: any.
 */
static __always_inline bool
cordon_blocked_find(const struct cordon_address *address, u64 *expires)
{
	return unlikely(atomic_read(&cordon_blocked_number)) &&
	       cordon_blocked_search(address, expires);
}

#endif /* _CORDON_BLOCKED_H */
