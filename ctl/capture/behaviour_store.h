/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Behaviours from what cordond has kept. */
#ifndef CTL_CAPTURE_BEHAVIOUR_STORE_H
#define CTL_CAPTURE_BEHAVIOUR_STORE_H

#include "behaviour.h"
#include "store.h"

/**
 * behaviour_set_replay - what events tell of behaviours
 * @set: they are added to it; what was missed is counted among its drops
 * @store: open
 * @since: ns, CLOCK_REALTIME: events before are left out; 0: none
 *
 * Departures with their repeats, what was learnt, and what members of a
 * workload executed: by whom is known where the event of that process, or of
 * its parent, is there too.
 *
 * Return: an enum exit_code; what failed has been told.
 */
int behaviour_set_replay(struct behaviour_set *set, struct store *store,
			 uint64_t since);

#endif /* CTL_CAPTURE_BEHAVIOUR_STORE_H */
