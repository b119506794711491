/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * The store: what cordond has read from the module, each event once, in an
 * SQLite file that is bounded by size and age.  cordond writes it, its sinks
 * are fed from it, and commands of cordonctl read it.
 *
 * An event is kept as the module sent it, so that whoever reads it gets the
 * same struct client_event; beside it stand the words that queries look for.
 * Events and how far the module has been read change in one transaction.
 */
#ifndef CTL_STORE_H
#define CTL_STORE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "client.h"

/** STORE_PATH - where the store is unless somebody says otherwise */
#define STORE_PATH "/var/lib/cordon/events.db"

/** STORE_WHY - bytes of what a store says of a failure */
#define STORE_WHY 512

struct store;

/**
 * struct store_place - how far the events of the module have been taken
 * @number: of the instance of the module, counted by the store from 1; 0:
 *	nothing has been taken yet
 * @next: sequence number of the next event
 * @made: events of each topic before that
 */
struct store_place {
	uint32_t number;
	uint64_t next;
	uint64_t made[CORDON_TOPIC_COUNT];
};

/**
 * struct store_row - what the store holds at one place
 * @number: of the instance, as the store counts
 * @instance: what the module calls itself
 * @sequence: of the event; of what was missed, the first number
 * @time: ns, CLOCK_REALTIME; of what was missed, of the event after it
 * @missed: how many events were overwritten before they could be read; 0:
 *	this is an event
 * @of: @missed by topic
 * @made: events of each topic before this
 * @event: unless @missed
 */
struct store_row {
	uint32_t number;
	uint64_t instance;
	uint64_t sequence;
	uint64_t time;
	uint64_t missed;
	uint64_t of[CORDON_TOPIC_COUNT];
	uint64_t made[CORDON_TOPIC_COUNT];
	struct client_event event;
};

/**
 * struct store_filter - which rows are wanted; what is 0 or NULL is no matter
 *
 * What was missed may have been of any workload, and any departure: it is wanted
 * if one of its topics could have been, and if it had begun before @until.
 *
 * @number: with @next: not before this place
 * @next: sequence number
 * @since: ns, CLOCK_REALTIME; not before
 * @until: likewise; before
 * @workload: name
 * @action: word: "deny", "would-deny"
 * @class: word: "exec", … "task"
 * @departures: only departures, their repeats, and what was missed
 * @only_departures: not even what was missed
 * @only_missed: only that
 * @first: that many, the first ones
 * @last: that many, the last ones
 */
struct store_filter {
	uint32_t number;
	uint64_t next;
	uint64_t since;
	uint64_t until;
	const char *workload;
	const char *action;
	const char *class;
	bool departures;
	bool only_departures;
	bool only_missed;
	uint64_t first;
	uint64_t last;
};

/**
 * struct store_numbers - how large the store is
 * @rows: events, and what was missed
 * @bytes: that they take, without what could be used again
 */
struct store_numbers {
	uint64_t rows;
	uint64_t bytes;
};

/**
 * store_open - open a store
 * @path: of the file
 * @write: for cordond: it is made where there is none
 * @why: filled on failure: what failed, and what to do
 *
 * A store belongs to one thread; each opens its own.
 *
 * Return: the store for store_close(), or NULL.
 */
struct store *store_open(const char *path, bool write, char why[STORE_WHY]);

/** store_close - close it; what was not committed is undone */
void store_close(struct store *store);

/**
 * store_is_moved - has somebody moved or removed the file
 * @store: open
 *
 * What is written goes to where nobody looks then.  If it is so, store_why()
 * says it.
 */
bool store_is_moved(struct store *store);

/** store_why - what the last failure was */
const char *store_why(const struct store *store);

/**
 * store_instance - how far an instance of the module has been read
 * @store: opened for writing
 * @instance: what the module calls itself
 * @place: filled; at the beginning if the instance is new to the store
 */
bool store_instance(struct store *store, uint64_t instance,
		    struct store_place *place);

/**
 * store_begin - begin a transaction
 * @store: opened for writing
 *
 * Return: false if it cannot be written; see store_why().
 */
bool store_begin(struct store *store);

/**
 * store_add - put an event into the store
 * @store: in a transaction
 * @place: where the module has been read to; moved behind the event
 * @event: the next one that the module has
 * @missed: set to how many events before it were overwritten; they have got a
 *	row, too
 *
 * Return: false on failure; the transaction is for store_undo() then, and
 * @place is worth nothing.
 */
bool store_add(struct store *store, struct store_place *place,
	       const struct client_event *event, uint64_t *missed);

/**
 * store_commit - end a transaction
 * @store: in a transaction
 * @place: where the module has been read to
 *
 * Return: false on failure: nothing of the transaction is in the store.
 */
bool store_commit(struct store *store, const struct store_place *place);

/** store_undo - forget a transaction; without one, nothing */
void store_undo(struct store *store);

/**
 * store_prune - drop the oldest rows
 * @store: opened for writing, without a transaction
 * @bytes: that the store may hold
 * @before: ns, CLOCK_REALTIME: what is older goes
 * @dropped: set to how many rows have gone
 */
bool store_prune(struct store *store, uint64_t bytes, uint64_t before,
		 uint64_t *dropped);

/** store_measure - how large the store is */
bool store_measure(struct store *store, struct store_numbers *numbers);

/**
 * store_select - begin to read rows, in their order
 * @store: the store; a selection before this one ends
 * @filter: which are wanted
 */
bool store_select(struct store *store, const struct store_filter *filter);

/**
 * store_next - the next row of the selection
 * @store: after store_select()
 * @row: filled; its text is valid until the next call
 * @got: false if there is none; the selection has ended then
 */
bool store_next(struct store *store, struct store_row *row, bool *got);

/** store_finish - end a selection, so that the store holds nothing for it */
void store_finish(struct store *store);

/**
 * store_place_pass - move a place behind a row
 * @place: of a reader
 * @row: the next one in the store
 * @hole: set to events of each topic between @place and @row, which were
 *	dropped before the reader came to them
 *
 * Across instances it is right only after store_place_enter().
 *
 * Return: how many were dropped.
 */
uint64_t store_place_pass(struct store_place *place,
			  const struct store_row *row,
			  uint64_t hole[CORDON_TOPIC_COUNT]);

/**
 * store_place_enter - move a place to the beginning of the next instance
 * @store: the store
 * @place: of a reader
 * @number: a later instance
 * @hole: events of each topic that the reader has not had of all those before
 *	are added to it
 *
 * Return: false on failure.
 */
bool store_place_enter(struct store *store, struct store_place *place,
		       uint32_t number, uint64_t hole[CORDON_TOPIC_COUNT]);

/**
 * store_last - the place behind all that is in the store
 * @store: the store
 * @place: filled
 */
bool store_last(struct store *store, struct store_place *place);

/**
 * store_sink_read - how far a sink has been fed
 * @store: the store
 * @name: of the sink
 * @place: filled; its number is 0 if the sink is new
 */
bool store_sink_read(struct store *store, const char *name,
		     struct store_place *place);

/** store_sink_write - remember how far a sink has been fed */
bool store_sink_write(struct store *store, const char *name,
		      const struct store_place *place);

#endif /* CTL_STORE_H */
