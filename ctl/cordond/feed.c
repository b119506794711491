// SPDX-License-Identifier: LGPL-2.1-or-later
#include "ctl/cordond/feed.h"

#include <errno.h>
#include <inttypes.h>
#include <poll.h>
#include <stdio.h>
#include <string.h>
#include <time.h>

#include "ctl/cordond/pace.h"
#include "event_table.h"
#include "names.h"
#include "output.h"

/* Events of one transaction; what a sink waits for at the longest */
#define FEED_BATCH 1000

/* Wake-ups are not relied upon: at the latest after so many milliseconds */
#define FEED_PATIENCE 10000

/* How often is looked whether the module is there, in milliseconds */
#define FEED_ABSENT 1000

/* Seconds between two lines of the log about missed events */
#define FEED_COMPLAIN 60

/**
 * struct feed - the way from the module to the store
 * @config: of cordond
 * @hub: told of what is new
 * @store: open, or NULL
 * @reader: reads events
 * @waker: waits for them
 * @place: where it has been read to
 * @batch: what became of the events of this transaction
 * @missed: since the log was told, by topic
 * @complained: when that was, s, CLOCK_MONOTONIC; 0: never
 * @absent: the log was told that the module is not there
 * @refusals: sessions in a row that did not begin
 */
struct feed {
	const struct config *config;
	struct hub *hub;
	struct store *store;
	struct client *reader;
	struct client *waker;
	struct store_place place;
	struct hub_numbers batch;
	uint64_t missed[CORDON_TOPIC_COUNT];
	time_t complained;
	bool absent;
	unsigned int refusals;
};

/** enum feed_end - why a session with the module has ended */
enum feed_end {
	FEED_STOP,		/* it is time to end */
	FEED_MODULE,		/* it has gone, or another has come */
	FEED_STORE,		/* the store cannot be written */
};

static void leave(struct feed *feed)
{
	client_close(feed->reader);
	client_close(feed->waker);
	feed->reader = NULL;
	feed->waker = NULL;
}

static void set_state(struct feed *feed, bool module, bool stuck)
{
	pthread_mutex_lock(&feed->hub->lock);
	feed->hub->numbers.module = module;
	feed->hub->numbers.failures += stuck;
	feed->hub->numbers.stuck = stuck;
	pthread_mutex_unlock(&feed->hub->lock);
}

/* What is committed counts; the hub is told of it with the wake-up */
static void publish(struct feed *feed)
{
	struct hub_numbers *numbers = &feed->hub->numbers;
	size_t topic, action;

	pthread_mutex_lock(&feed->hub->lock);
	for (topic = 0; topic < CORDON_TOPIC_COUNT; topic++) {
		numbers->missed[topic] += feed->batch.missed[topic];
		for (action = 0; action < CORDON_ACTION_COUNT; action++)
			numbers->stored[topic][action] +=
				feed->batch.stored[topic][action];
	}
	numbers->next = feed->place.next;
	numbers->stuck = false;
	pthread_mutex_unlock(&feed->hub->lock);
	hub_commit(feed->hub);
}

static void count_event(struct feed *feed, const struct client_event *event,
			const struct store_place *before, uint64_t missed)
{
	uint32_t action = event->topic < CORDON_CLASS_COUNT ? event->action : 0;
	size_t topic;

	if (event->topic < CORDON_TOPIC_COUNT && action < CORDON_ACTION_COUNT)
		feed->batch.stored[event->topic][action]++;
	for (topic = 0; missed && topic < CORDON_TOPIC_COUNT; topic++)
		feed->batch.missed[topic] += event->made[topic] -
					     before->made[topic];
}

/* A flood would fill the log; the store has each of them */
static void complain(struct feed *feed)
{
	char text[EVENT_TABLE_TOPICS];
	struct timespec now;
	uint64_t total = 0;
	size_t topic;

	for (topic = 0; topic < CORDON_TOPIC_COUNT; topic++) {
		feed->missed[topic] += feed->batch.missed[topic];
		total += feed->missed[topic];
	}
	clock_gettime(CLOCK_MONOTONIC, &now);
	if (!total || (feed->complained &&
		       now.tv_sec < feed->complained + FEED_COMPLAIN))
		return;
	feed->complained = now.tv_sec;
	output_warn("%" PRIu64 " event%s overwritten before cordond could read them: %s; a larger ring holds more (the module's parameter events)",
		    total, total == 1 ? " was" : "s were",
		    event_table_topics(text, feed->missed));
	memset(feed->missed, 0, sizeof(feed->missed));
}

/* One transaction full of events. */
static enum feed_end take_batch(struct feed *feed, uint32_t *count)
{
	struct store_place before;
	struct client_event event;
	uint64_t missed;
	bool got = true;
	int code = EXIT_OK;

	memset(&feed->batch, 0, sizeof(feed->batch));
	for (*count = 0; *count < FEED_BATCH; ++*count) {
		code = client_event_next(feed->reader, &event, &got);
		if (code || !got)
			break;
		if (!*count && !store_begin(feed->store))
			return FEED_STORE;
		before = feed->place;
		if (event.sequence < before.next ||
		    !store_add(feed->store, &feed->place, &event, &missed)) {
			store_undo(feed->store);
			return event.sequence < before.next ? FEED_MODULE :
							      FEED_STORE;
		}
		count_event(feed, &event, &before, missed);
	}
	if (*count && !store_commit(feed->store, &feed->place))
		return FEED_STORE;
	if (*count) {
		publish(feed);
		complain(feed);
	}
	return code ? FEED_MODULE : FEED_STOP;
}

static bool prune(struct feed *feed)
{
	uint64_t bytes = feed->config->store.size, dropped, before = 0;
	struct timespec now;

	clock_gettime(CLOCK_REALTIME, &now);
	if ((uint64_t)now.tv_sec > feed->config->store.age)
		before = ((uint64_t)now.tv_sec - feed->config->store.age) *
			 1000000000;
	if (!store_prune(feed->store, bytes, before, &dropped))
		return false;
	pthread_mutex_lock(&feed->hub->lock);
	feed->hub->numbers.pruned += dropped;
	pthread_mutex_unlock(&feed->hub->lock);
	return true;
}

static void wait_events(struct feed *feed)
{
	struct pollfd wait[] = {
		{ .fd = client_descriptor(feed->waker), .events = POLLIN },
		{ .fd = feed->hub->stop, .events = POLLIN },
	};

	poll(wait, 2, FEED_PATIENCE);
	client_wakeups_drop(feed->waker);
}

/* Begin where the store says that we were */
static enum feed_end enter(struct feed *feed)
{
	struct client_status status;

	if (client_open(&feed->waker) || client_subscribe(feed->waker) ||
	    client_status(feed->reader, &status))
		return FEED_MODULE;
	if (!store_instance(feed->store, status.instance, &feed->place))
		return FEED_STORE;
	client_event_from(feed->reader, status.instance, feed->place.next);
	return FEED_STOP;
}

static enum feed_end session(struct feed *feed, struct pace *pace)
{
	enum feed_end end = enter(feed);
	uint32_t count;

	if (end != FEED_STOP)
		return end;
	set_state(feed, true, false);
	feed->refusals = 0;
	feed->absent = false;
	while (!hub_is_stopping(feed->hub)) {
		end = take_batch(feed, &count);
		if (end != FEED_STOP)
			return end;
		if (!prune(feed) || store_is_moved(feed->store))
			return FEED_STORE;
		if (count)
			pace_worked(pace);
		if (count < FEED_BATCH)
			wait_events(feed);
	}
	return FEED_STOP;
}

static bool open_store(struct feed *feed, char why[STORE_WHY])
{
	if (feed->store)
		return true;
	feed->store = store_open(feed->config->store.path, true, why);
	if (feed->store)
		hub_commit(feed->hub);
	return feed->store;
}

/* There is nothing to wait on: a module that is not there tells nothing */
static void await_module(struct feed *feed)
{
	if (!feed->absent)
		output_warn("the cordon module is not loaded, or not to be reached; waiting for it");
	feed->absent = true;
	hub_pause(feed->hub, FEED_ABSENT);
}

void feed_run(const struct config *config, struct hub *hub)
{
	struct feed feed = { .config = config, .hub = hub };
	struct pace pace = { .what = "store" };
	char why[STORE_WHY];
	enum feed_end end;

	while (!hub_is_stopping(hub)) {
		if (!open_store(&feed, why)) {
			set_state(&feed, false, true);
			pace_failed(&pace, hub, why);
			continue;
		}
		if (client_open_quietly(&feed.reader)) {
			set_state(&feed, false, false);
			await_module(&feed);
			continue;
		}
		end = session(&feed, &pace);
		leave(&feed);
		set_state(&feed, false, end == FEED_STORE);
		if (end == FEED_STORE) {
			snprintf(why, sizeof(why), "%s",
				 store_why(feed.store));
			/* Whatever was wrong with the file is looked at anew */
			store_close(feed.store);
			feed.store = NULL;
			pace_failed(&pace, hub, why);
		} else if (end == FEED_MODULE) {
			/* What is wrong was said by who found it */
			hub_pause(hub, pace_delay(++feed.refusals));
		}
	}
	store_close(feed.store);
}
