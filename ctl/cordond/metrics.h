/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * Numbers for Prometheus, as a file of the node exporter's text file
 * collector: written whole, or not at all.
 */
#ifndef CTL_CORDOND_METRICS_H
#define CTL_CORDOND_METRICS_H

#include "ctl/cordond/config.h"
#include "ctl/cordond/hub.h"
#include "ctl/cordond/sink.h"

/**
 * struct metrics_sink - what is known of one sink
 * @name: its name
 * @numbers: its own
 * @lag: events in the store that it has not had
 */
struct metrics_sink {
	const char *name;
	struct sink_numbers numbers;
	uint64_t lag;
};

/**
 * struct metrics - all numbers of one moment
 * @feed: of the feed
 * @status: of the module; only if @feed.module
 * @store: of the store
 * @stored: @store is known
 * @sinks: @sink_count of them
 */
struct metrics {
	struct hub_numbers feed;
	struct client_status status;
	struct store_numbers store;
	bool stored;
	struct metrics_sink *sinks;
	size_t sink_count;
};

/** metrics_print - write them in Prometheus' text format */
void metrics_print(const struct metrics *metrics, FILE *stream);

/**
 * metrics_run - write the file again and again, until the end
 * @config: where to, and how often
 * @hub: numbers of the feed, and the end
 * @sinks: whose numbers are told, too
 */
void metrics_run(const struct config *config, struct hub *hub,
		 struct sink *sinks);

#endif /* CTL_CORDOND_METRICS_H */
