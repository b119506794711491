/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Responses that wait for an answer: a table of fixed size.  What is not
 * answered in time lapses.
 */
#ifndef _CORDON_PENDING_H
#define _CORDON_PENDING_H

#include <linux/types.h>

#include "respond.h"

/** struct cordon_pending_info - what is told of one that waits */
struct cordon_pending_info {
	u32 id;
	u32 left;		/* seconds */
	struct cordon_deed deed;
};

u32 cordon_pending_add(const struct cordon_deed *deed, u32 lapse);
bool cordon_pending_take(u32 id, struct cordon_deed *deed);
bool cordon_pending_lapsed(u32 *id, struct cordon_deed *deed);
bool cordon_pending_info(u32 index, struct cordon_pending_info *info,
			 bool *is_on);
u32 cordon_pending_count(void);

#endif /* _CORDON_PENDING_H */
