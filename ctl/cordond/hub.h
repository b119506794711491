/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * What the threads of cordond share: that there is something new in the store,
 * that it is time to end, and the numbers that they count.
 */
#ifndef CTL_CORDOND_HUB_H
#define CTL_CORDOND_HUB_H

#include <pthread.h>
#include <stdbool.h>
#include <stdint.h>

#include "ctl/store.h"

/**
 * struct hub_numbers - what the feed has done since cordond was started
 * @stored: events put into the store, by topic and action
 * @missed: events that were overwritten before they were read, by topic
 * @pruned: rows dropped from the store
 * @failures: how often the store could not be written
 * @module: the module is loaded and read
 * @stuck: the store cannot be written at present
 * @next: sequence number of the next event to be read
 */
struct hub_numbers {
	uint64_t stored[CORDON_TOPIC_COUNT][CORDON_ACTION_COUNT];
	uint64_t missed[CORDON_TOPIC_COUNT];
	uint64_t pruned;
	uint64_t failures;
	bool module;
	bool stuck;
	uint64_t next;
};

/**
 * struct hub - the meeting place
 * @lock: protects all below but @stop
 * @changed: something below has changed
 * @commits: transactions of the feed; the first stands for the store itself
 * @reopens: how often files were asked to be opened anew
 * @stopping: it is time to end
 * @stop: readable when @stopping, for poll()
 * @numbers: of the feed
 */
struct hub {
	pthread_mutex_t lock;
	pthread_cond_t changed;
	uint64_t commits;
	unsigned int reopens;
	bool stopping;
	int stop;
	struct hub_numbers numbers;
};

/** hub_init - make it; false if the system has not what it takes */
bool hub_init(struct hub *hub);

/** hub_free - release it, when no other thread is left */
void hub_free(struct hub *hub);

/** hub_stop - have all threads end */
void hub_stop(struct hub *hub);

/** hub_is_stopping - is it time to end */
bool hub_is_stopping(struct hub *hub);

/** hub_reopen - have files opened anew, because somebody has moved them */
void hub_reopen(struct hub *hub);

/** hub_reopens - how often that was asked for */
unsigned int hub_reopens(struct hub *hub);

/** hub_commit - tell that there is something new in the store */
void hub_commit(struct hub *hub);

/**
 * hub_wait - wait for something new in the store
 * @hub: the hub
 * @seen: commits that the caller knows of; moved to what there is now
 * @milliseconds: at the longest
 *
 * Return: false if it is time to end.
 */
bool hub_wait(struct hub *hub, uint64_t *seen, unsigned int milliseconds);

/** hub_pause - wait, unless it is time to end; false if it is */
bool hub_pause(struct hub *hub, unsigned int milliseconds);

#endif /* CTL_CORDOND_HUB_H */
