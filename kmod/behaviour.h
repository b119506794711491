/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Behaviours: the one table of them, which is there while anybody learns and
 * until all that was learnt is cleared.
 */
#ifndef _CORDON_BEHAVIOUR_H
#define _CORDON_BEHAVIOUR_H

#include <linux/compiler.h>
#include <linux/types.h>

#include "engine/behaviour.h"

/* Does anybody learn: then denials, of whom ever, are recorded too. */
extern bool cordon_behaviour_on;

/** cordon_behaviour_is_on - are denials recorded; context: any */
static inline bool cordon_behaviour_is_on(void)
{
	return READ_ONCE(cordon_behaviour_on);
}

/**
 * struct cordon_behaviour_status - for CORDON_CMD_STATUS_GET
 * @learning: workloads that learn
 * @used: behaviours
 * @max: that there is room for; 0: there is no table
 * @bytes: of texts
 * @bytes_max: likewise
 * @dropped: acts that there was no room for
 */
struct cordon_behaviour_status {
	u32 learning;
	u32 used;
	u32 max;
	u64 bytes;
	u64 bytes_max;
	u64 dropped;
};

int cordon_behaviour_init(void);
void cordon_behaviour_exit(void);
int cordon_behaviour_reserve(void);
void cordon_behaviour_switch(u32 learning);
bool cordon_behaviour_repeats(const struct cordon_behaviour_key *key);
bool cordon_behaviour_is_known(const struct cordon_behaviour_key *key);
int cordon_behaviour_add(const struct cordon_behaviour_key *key,
			 const struct cordon_behaviour_detail *detail,
			 bool held);
bool cordon_behaviour_clear(const char *name);
const struct cordon_behaviours *cordon_behaviour_table(void);
void cordon_behaviour_status(struct cordon_behaviour_status *status);

#endif /* _CORDON_BEHAVIOUR_H */
