/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * Where what is reviewed comes from, beside files: events that the module
 * holds, and those that cordond has kept.
 */
#ifndef CTL_REVIEW_CANDIDATE_H
#define CTL_REVIEW_CANDIDATE_H

#include "capture/behaviour.h"
#include "client.h"
#include "store.h"

/**
 * candidates_of_event - add the departure that an event tells of
 * @set: to it
 * @event: other events, and what only passes, are passed over
 *
 * A name that was cut is taken for one that no rule can name: a rule of half a
 * name would be about something else.
 */
void candidates_of_event(struct behaviour_set *set,
			 const struct client_event *event);

/**
 * candidates_fetch - all that the module has of a workload
 * @set: they are added to it: what is learnt, and departures since
 * @client: the connection; it is of no other use afterwards
 * @workload: its name
 * @events: the events that are held too
 *
 * Return: enum exit_code, told.
 */
int candidates_fetch(struct behaviour_set *set, struct client *client,
		     const char *workload, bool events);

/**
 * candidates_stored - the departures that cordond has kept
 * @set: they are added to it
 * @store: open
 * @filter: which, by time; that they are departures is seen to
 * @workload: whose; what was missed is nobody's, and counts
 *
 * Return: enum exit_code, told.
 */
int candidates_stored(struct behaviour_set *set, struct store *store,
		      struct store_filter *filter, const char *workload);

#endif /* CTL_REVIEW_CANDIDATE_H */
