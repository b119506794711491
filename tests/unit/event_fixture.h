/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Events as the module sends them, and stores full of them, for tests. */
#ifndef _CORDON_TESTS_EVENT_FIXTURE_H
#define _CORDON_TESTS_EVENT_FIXTURE_H

#include "ctl/store.h"

/*
 * The event as it comes out of the module's message; its text and record stay
 * until event_free().  NULL is no text.
 */
struct client_event event_from(const struct client_event *from);
void event_free(struct client_event *event);

/* A departure of class file, denied; number 1 is the first. */
struct client_event event_departure(uint64_t sequence,
				    const uint64_t made[CORDON_TOPIC_COUNT]);

/*
 * Puts @count departures behind @place into the store, after passing over
 * @missed which the module has lost; commits.
 */
void event_store(struct store *store, struct store_place *place,
		 uint64_t missed, uint64_t count);

/* A store for writing, in a new directory that reader_remove() removes. */
struct store *event_store_open(const char *directory);

#endif /* _CORDON_TESTS_EVENT_FIXTURE_H */
