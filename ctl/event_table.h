/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * Events as people and programs read them: a line, or an object, each.
 * docs/events.md says what each field means, and which of them stay.
 */
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

/** EVENT_TABLE_TOPICS - bytes that event_table_topics() may write */
#define EVENT_TABLE_TOPICS 512

/**
 * event_table_topics - how many of which class, in words
 * @text: "12 of class file, 3 of class task"
 * @missed: of each topic; NULL: nobody knows any more
 *
 * Return: @text.
 */
const char *event_table_topics(char text[EVENT_TABLE_TOPICS],
			       const uint64_t *missed);

/**
 * event_table_add_missed - a record that stands for events that are not there
 * @output: with nothing open, JSON
 * @total: how many
 * @missed: of each topic; NULL: nobody knows any more
 */
void event_table_add_missed(struct output *output, uint64_t total,
			    const uint64_t *missed);

/**
 * event_table_missed - say which events a reader did not get
 * @output: with nothing open; JSON gets a record, people a line on stderr
 * @total: how many
 * @missed: of each topic; NULL: nobody knows any more
 */
void event_table_missed(struct output *output, uint64_t total,
			const uint64_t *missed);

#endif /* CTL_EVENT_TABLE_H */
