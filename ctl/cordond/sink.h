/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * A sink gets events out of the store, in their order, each at least once.
 *
 * Each has a thread, a connection to the store and a place in it of its own.
 * The place moves when what was before it has been delivered; so a sink that
 * fails, or whose process is killed, gets what it may not have got once more.
 */
#ifndef CTL_CORDOND_SINK_H
#define CTL_CORDOND_SINK_H

#include <stdio.h>

#include "ctl/cordond/config.h"
#include "ctl/cordond/hub.h"
#include "ctl/cordond/pace.h"

struct sink;

/**
 * struct sink_item - what a sink is to tell
 * @event: an event; NULL: some were missed
 * @missed: how many
 * @of: of each topic
 * @dropped: they were in the store, and were dropped from it before this sink
 *	came to them; else they were overwritten in the module
 * @time: ns, CLOCK_REALTIME; of what was missed, of the event after it
 * @instance: of the module, what it calls itself
 * @sequence: of the event; of what was missed, the first
 */
struct sink_item {
	const struct client_event *event;
	uint64_t missed;
	const uint64_t *of;
	bool dropped;
	uint64_t time;
	uint64_t instance;
	uint64_t sequence;
};

/**
 * struct sink_message - an item as it is delivered
 * @text: in the form of the sink; may hold NULs
 * @length: of it
 * @after: the sink's place when it has been delivered
 */
struct sink_message {
	char *text;
	size_t length;
	struct store_place after;
};

/**
 * struct sink_kind - what sinks differ in
 * @format: write an item to a stream; false without memory
 * @deliver: deliver messages, in their order; returns how many of the first
 *	are delivered.  If not all: sink_fail() has been told why
 * @close: let go of what is open
 */
struct sink_kind {
	bool (*format)(const struct sink *sink, const struct sink_item *item,
		       FILE *stream);
	size_t (*deliver)(struct sink *sink,
			  const struct sink_message *messages, size_t count);
	void (*close)(struct sink *sink);
};

extern const struct sink_kind sink_json;
extern const struct sink_kind sink_journal;
extern const struct sink_kind sink_syslog;

/**
 * struct sink_numbers - what it has done since cordond was started
 * @delivered: messages
 * @dropped: events that were gone from the store before it came to them
 * @failures: deliveries that failed
 * @place: where it is
 */
struct sink_numbers {
	uint64_t delivered;
	uint64_t dropped;
	uint64_t failures;
	struct store_place place;
};

/**
 * struct sink - one sink
 * @config: its own
 * @kind: likewise
 * @store_path: where the store is
 * @hub: where new events and the end are told
 * @thread: its own
 * @store: its connection, or NULL
 * @place: up to here everything has been delivered
 * @known: @place has been read
 * @pace: of its failures
 * @title: what the log calls it
 * @why: why the last delivery failed
 * @descriptor: of its file or socket, or -1
 * @size: json: of its file, up to the last line that is whole
 * @reopens: json: requests to reopen files that it has followed
 * @lock: protects @numbers
 * @numbers: for the metrics
 */
struct sink {
	const struct config_sink *config;
	const struct sink_kind *kind;
	const char *store_path;
	struct hub *hub;
	pthread_t thread;
	struct store *store;
	struct store_place place;
	bool known;
	struct pace pace;
	char title[96];
	char why[STORE_WHY];
	int descriptor;
	uint64_t size;
	unsigned int reopens;
	pthread_mutex_t lock;
	struct sink_numbers numbers;
};

/**
 * sink_start - start the thread of a sink
 * @sink: filled
 * @config: which sink
 * @store_path: where the store is
 * @hub: where new events and the end are told
 *
 * Return: false if there can be no thread.
 */
bool sink_start(struct sink *sink, const struct config_sink *config,
		const char *store_path, struct hub *hub);

/**
 * sink_step - feed a sink once
 * @sink: whose thread this is
 * @more: set if there is likely more
 *
 * Return: false if something failed; sink->why says what.
 */
bool sink_step(struct sink *sink, bool *more);

/** sink_init - a sink without a thread, for tests too; see sink_start() */
void sink_init(struct sink *sink, const struct config_sink *config,
	       const char *store_path, struct hub *hub);

/** sink_release - let go of all that a sink holds; its thread has ended */
void sink_release(struct sink *sink);

/** sink_fail - say why a delivery failed; false */
bool sink_fail(struct sink *sink, const char *format, ...)
	__attribute__((format(printf, 2, 3)));

#endif /* CTL_CORDOND_SINK_H */
