// SPDX-License-Identifier: LGPL-2.1-or-later
#include "ctl/cordond/metrics.h"

#include <errno.h>
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "names.h"

static void begin(FILE *stream, const char *name, const char *type,
		  const char *help)
{
	fprintf(stream, "# HELP cordon_%s %s\n# TYPE cordon_%s %s\n", name,
		help, name, type);
}

static void print_one(FILE *stream, const char *name, const char *type,
		      const char *help, uint64_t value)
{
	begin(stream, name, type, help);
	fprintf(stream, "cordon_%s %" PRIu64 "\n", name, value);
}

static void print_events(const struct hub_numbers *feed, FILE *stream)
{
	uint32_t topic, action;

	begin(stream, "events_stored_total", "counter",
	      "Events put into the store since cordond was started.");
	for (topic = 0; topic < CORDON_TOPIC_COUNT; topic++)
		for (action = 0; action < CORDON_ACTION_COUNT; action++) {
			/* No event is about what is allowed */
			if ((topic < CORDON_CLASS_COUNT) !=
			    (action != CORDON_ACTION_ALLOW))
				continue;
			fprintf(stream,
				"cordon_events_stored_total{class=\"%s\",verdict=\"%s\"} %" PRIu64 "\n",
				cordon_topic_name(topic),
				topic < CORDON_CLASS_COUNT ?
				cordon_action_name(action) : "",
				feed->stored[topic][action]);
		}
	begin(stream, "events_missed_total", "counter",
	      "Events overwritten before cordond could read them.");
	for (topic = 0; topic < CORDON_TOPIC_COUNT; topic++)
		fprintf(stream,
			"cordon_events_missed_total{class=\"%s\"} %" PRIu64 "\n",
			cordon_topic_name(topic), feed->missed[topic]);
}

static void print_module(const struct metrics *metrics, FILE *stream)
{
	const struct client_status *status = &metrics->status;
	uint32_t topic;

	print_one(stream, "module_up", "gauge",
		  "Is the module loaded, and read.", metrics->feed.module);
	if (!metrics->feed.module)
		return;
	begin(stream, "module_events_total", "counter",
	      "Events that the module has made since it was loaded.");
	for (topic = 0; topic < CORDON_TOPIC_COUNT; topic++)
		fprintf(stream,
			"cordon_module_events_total{class=\"%s\"} %" PRIu64 "\n",
			cordon_topic_name(topic), status->made[topic]);
	print_one(stream, "module_denied_total", "counter",
		  "Acts denied since the module was loaded.", status->denied);
	print_one(stream, "module_would_deny_total", "counter",
		  "Acts that would have been denied.", status->would_deny);
	print_one(stream, "ring_bytes", "gauge",
		  "Bytes that the module holds events in.", status->ring);
	print_one(stream, "ring_events", "gauge",
		  "Events that the module holds.",
		  status->events + 1 - status->first);
	print_one(stream, "ring_unread_events", "gauge",
		  "Events of those that are not in the store yet.",
		  status->events + 1 > metrics->feed.next ?
		  status->events + 1 - metrics->feed.next : 0);
	print_one(stream, "policy_generation", "gauge",
		  "Generation in force.", status->generation);
}

static void print_store(const struct metrics *metrics, FILE *stream)
{
	print_one(stream, "store_stuck", "gauge",
		  "Cannot the store be written; the module holds events then.",
		  metrics->feed.stuck);
	print_one(stream, "store_failures_total", "counter",
		  "How often the store could not be written.",
		  metrics->feed.failures);
	print_one(stream, "store_pruned_total", "counter",
		  "Rows dropped, because they were too old or too many.",
		  metrics->feed.pruned);
	if (!metrics->stored)
		return;
	print_one(stream, "store_rows", "gauge", "Rows in the store.",
		  metrics->store.rows);
	print_one(stream, "store_bytes", "gauge", "Bytes that they take.",
		  metrics->store.bytes);
}

/* A label's value: backslashes, quotes and newlines are escaped */
static void print_label(FILE *stream, const char *text)
{
	for (; *text; text++) {
		if (*text == '\n') {
			fputs("\\n", stream);
			continue;
		}
		if (*text == '\\' || *text == '"')
			fputc('\\', stream);
		fputc(*text, stream);
	}
}

static void print_of_sink(FILE *stream, const char *name, const char *sink,
			  uint64_t value)
{
	fprintf(stream, "cordon_%s{sink=\"", name);
	print_label(stream, sink);
	fprintf(stream, "\"} %" PRIu64 "\n", value);
}

static void print_sinks(const struct metrics *metrics, FILE *stream)
{
	const struct metrics_sink *sinks = metrics->sinks;
	size_t i;

	if (!metrics->sink_count)
		return;
	begin(stream, "sink_delivered_total", "counter",
	      "Messages delivered since cordond was started.");
	for (i = 0; i < metrics->sink_count; i++)
		print_of_sink(stream, "sink_delivered_total", sinks[i].name,
			      sinks[i].numbers.delivered);
	begin(stream, "sink_failures_total", "counter",
	      "Deliveries that failed, and were tried again.");
	for (i = 0; i < metrics->sink_count; i++)
		print_of_sink(stream, "sink_failures_total", sinks[i].name,
			      sinks[i].numbers.failures);
	begin(stream, "sink_dropped_total", "counter",
	      "Events dropped from the store before the sink could have them.");
	for (i = 0; i < metrics->sink_count; i++)
		print_of_sink(stream, "sink_dropped_total", sinks[i].name,
			      sinks[i].numbers.dropped);
	if (!metrics->stored)
		return;
	begin(stream, "sink_lag_events", "gauge",
	      "Events that the sink has not had yet.");
	for (i = 0; i < metrics->sink_count; i++)
		print_of_sink(stream, "sink_lag_events", sinks[i].name,
			      sinks[i].lag);
}

void metrics_print(const struct metrics *metrics, FILE *stream)
{
	print_events(&metrics->feed, stream);
	print_module(metrics, stream);
	print_store(metrics, stream);
	print_sinks(metrics, stream);
}

static uint64_t sum(const uint64_t *of)
{
	uint64_t total = 0;
	size_t i;

	for (i = 0; i < CORDON_TOPIC_COUNT; i++)
		total += of[i];
	return total;
}

static bool measure(struct metrics *metrics, struct store *store)
{
	struct store_place last, place;
	size_t i;

	if (!store_measure(store, &metrics->store) || !store_last(store, &last))
		return false;
	for (i = 0; i < metrics->sink_count; i++) {
		uint64_t left[CORDON_TOPIC_COUNT] = { 0 };

		place = metrics->sinks[i].numbers.place;
		if (!store_place_enter(store, &place, last.number + 1, left))
			return false;
		metrics->sinks[i].lag = sum(left);
	}
	return true;
}

static void ask_module(struct metrics *metrics, struct client **client)
{
	if (!metrics->feed.module)
		return;
	if (!*client && client_open_quietly(client))
		*client = NULL;
	if (*client && !client_status(*client, &metrics->status))
		return;
	client_close(*client);
	*client = NULL;
	metrics->feed.module = false;
}

static bool write_file(const struct metrics *metrics, const char *path,
		       char why[STORE_WHY])
{
	char *temporary;
	FILE *stream;
	bool done;

	if (asprintf(&temporary, "%s.new", path) < 0) {
		snprintf(why, STORE_WHY, "out of memory");
		return false;
	}
	stream = fopen(temporary, "we");
	done = stream;
	if (stream) {
		metrics_print(metrics, stream);
		/* The collector is another user; there are no names in it */
		fchmod(fileno(stream), 0644);
		done = !ferror(stream);
		done = !fclose(stream) && done;
	}
	done = done && !rename(temporary, path);
	if (!done)
		snprintf(why, STORE_WHY, "cannot write %s: %s", temporary,
			 strerror(errno));
	free(temporary);
	return done;
}

void metrics_run(const struct config *config, struct hub *hub,
		 struct sink *sinks)
{
	struct metrics metrics = { .sink_count = config->sink_count };
	struct pace pace = { .what = "metrics" };
	struct client *client = NULL;
	struct store *store = NULL;
	char why[STORE_WHY];
	size_t i;

	metrics.sinks = calloc(metrics.sink_count + 1, sizeof(*metrics.sinks));
	while (metrics.sinks && !hub_is_stopping(hub)) {
		pthread_mutex_lock(&hub->lock);
		metrics.feed = hub->numbers;
		pthread_mutex_unlock(&hub->lock);
		for (i = 0; i < metrics.sink_count; i++) {
			metrics.sinks[i].name = config->sinks[i].name;
			pthread_mutex_lock(&sinks[i].lock);
			metrics.sinks[i].numbers = sinks[i].numbers;
			pthread_mutex_unlock(&sinks[i].lock);
		}
		if (!store)
			store = store_open(config->store.path, false, why);
		metrics.stored = store && measure(&metrics, store);
		if (!metrics.stored) {
			store_close(store);
			store = NULL;
		}
		ask_module(&metrics, &client);
		if (!write_file(&metrics, config->metrics.path, why)) {
			pace_failed(&pace, hub, why);
			continue;
		}
		pace_worked(&pace);
		hub_pause(hub, config->metrics.every * 1000);
	}
	client_close(client);
	store_close(store);
	free(metrics.sinks);
}
