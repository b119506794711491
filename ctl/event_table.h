/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Departures as people and programs read them: a line, or an object, each. */
#ifndef CTL_EVENT_TABLE_H
#define CTL_EVENT_TABLE_H

#include "client.h"
#include "output.h"

/** event_table_open - begin a stream of events */
void event_table_open(struct output *output);

/**
 * event_table_add - tell an event
 * @output: after event_table_open()
 * @event: as the module told it
 * @advice: what to do about it, for JSON; or NULL
 */
void event_table_add(struct output *output, const struct client_event *event,
		     const char *advice);

#endif /* CTL_EVENT_TABLE_H */
