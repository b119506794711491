// SPDX-License-Identifier: LGPL-2.1-or-later
#include "ctl/cordond/sink.h"

#include <stdarg.h>
#include <stdlib.h>
#include <string.h>

/* Rows that are read, and delivered, at a time */
#define SINK_BATCH 128

/* The feed wakes sinks; this is for what it does not know, milliseconds */
#define SINK_PATIENCE 10000

/**
 * struct batch - messages on their way
 * @messages: @count of them
 * @count: how many; for each row there may be one about what is missing
 * @place: behind the last
 * @dropped: events that they say are missing from the store
 */
struct batch {
	struct sink_message messages[2 * SINK_BATCH];
	size_t count;
	struct store_place place;
	uint64_t dropped;
};

static const struct sink_kind *const kinds[] = {
	[CONFIG_JSON] = &sink_json,
	[CONFIG_JOURNAL] = &sink_journal,
	[CONFIG_SYSLOG] = &sink_syslog,
};

bool sink_fail(struct sink *sink, const char *format, ...)
{
	va_list arguments;

	va_start(arguments, format);
	vsnprintf(sink->why, sizeof(sink->why), format, arguments);
	va_end(arguments);
	return false;
}

static bool add_message(struct sink *sink, struct batch *batch,
			const struct sink_item *item)
{
	struct sink_message *message = &batch->messages[batch->count];
	FILE *stream = open_memstream(&message->text, &message->length);
	bool done = stream && sink->kind->format(sink, item, stream);

	if (stream && fclose(stream))
		done = false;
	if (!done) {
		if (stream)
			free(message->text);
		return sink_fail(sink, "out of memory");
	}
	message->after = batch->place;
	batch->count++;
	return true;
}

static bool is_wanted(const struct sink *sink, const struct store_row *row)
{
	return !sink->config->departures || row->missed ||
	       row->event.type == CORDON_EVENT_DEPARTURE ||
	       (row->event.type == CORDON_EVENT_REPEATS &&
		row->event.topic < CORDON_CLASS_COUNT);
}

/* What was dropped between the place and the row, before the sink had it */
static bool find_hole(struct sink *sink, struct batch *batch,
		      const struct store_row *row,
		      struct sink_item *item, uint64_t *hole)
{
	struct store_place *place = &batch->place;
	uint64_t within[CORDON_TOPIC_COUNT];
	size_t i;

	memset(hole, 0, CORDON_TOPIC_COUNT * sizeof(*hole));
	/* A new sink misses nothing of what was before it */
	if (!place->number) {
		place->number = row->number;
		place->next = row->sequence;
		memcpy(place->made, row->made, sizeof(place->made));
	}
	if (place->number != row->number &&
	    !store_place_enter(sink->store, place, row->number, hole))
		return sink_fail(sink, "%s", store_why(sink->store));
	for (i = 0; i < CORDON_TOPIC_COUNT; i++)
		item->missed += hole[i];
	item->sequence = place->next;
	item->missed += store_place_pass(place, row, within);
	for (i = 0; i < CORDON_TOPIC_COUNT; i++)
		hole[i] += within[i];
	return true;
}

static bool take_row(struct sink *sink, struct batch *batch,
		     const struct store_row *row)
{
	uint64_t of[CORDON_TOPIC_COUNT];
	struct sink_item hole = {
		.of = of, .dropped = true, .time = row->time,
		.instance = row->instance,
	};
	const struct sink_item item = {
		.event = row->missed ? NULL : &row->event,
		.missed = row->missed, .of = row->of, .time = row->time,
		.instance = row->instance, .sequence = row->sequence,
	};
	struct store_place behind;

	if (!find_hole(sink, batch, row, &hole, of))
		return false;
	if (hole.missed) {
		batch->dropped += hole.missed;
		/* It is told, and the row itself is not yet */
		behind = batch->place;
		batch->place.next = row->sequence;
		memcpy(batch->place.made, row->made, sizeof(row->made));
		if (!add_message(sink, batch, &hole))
			return false;
		batch->place = behind;
	}
	return !is_wanted(sink, row) || add_message(sink, batch, &item);
}

/* Also what no message comes of moves the place */
static bool read_batch(struct sink *sink, struct batch *batch, bool *more)
{
	struct store_filter filter = {
		.number = sink->place.number, .next = sink->place.next,
		.first = SINK_BATCH,
	};
	struct store_row row;
	size_t rows = 0;
	bool got = true;

	if (!store_select(sink->store, &filter))
		return sink_fail(sink, "%s", store_why(sink->store));
	while (got) {
		if (!store_next(sink->store, &row, &got))
			return sink_fail(sink, "%s", store_why(sink->store));
		if (!got)
			break;
		rows++;
		if (!take_row(sink, batch, &row))
			return false;
	}
	*more = rows == SINK_BATCH;
	return true;
}

static bool open_store(struct sink *sink)
{
	/* In another file it has another place */
	if (sink->store && store_is_moved(sink->store)) {
		store_close(sink->store);
		sink->store = NULL;
		sink->known = false;
	}
	if (!sink->store)
		sink->store = store_open(sink->store_path, true, sink->why);
	if (!sink->store)
		return false;
	if (sink->known)
		return true;
	if (!store_sink_read(sink->store, sink->config->name, &sink->place))
		return sink_fail(sink, "%s", store_why(sink->store));
	sink->known = true;
	return true;
}

/*
 * If the place cannot be written, because the disk is full, the sink goes on
 * all the same: at worst something is delivered twice after a restart.
 */
static void move(struct sink *sink, const struct store_place *place)
{
	if (!memcmp(&sink->place, place, sizeof(*place)))
		return;
	sink->place = *place;
	store_sink_write(sink->store, sink->config->name, place);
}

static void count_batch(struct sink *sink, const struct batch *batch,
			size_t delivered, bool failed)
{
	pthread_mutex_lock(&sink->lock);
	sink->numbers.delivered += delivered;
	sink->numbers.failures += failed;
	if (!failed)
		sink->numbers.dropped += batch->dropped;
	sink->numbers.place = sink->place;
	pthread_mutex_unlock(&sink->lock);
}

static bool feed_batch(struct sink *sink, struct batch *batch, bool *more)
{
	size_t delivered = 0;
	bool failed = true;

	if (!open_store(sink))
		goto out;
	batch->place = sink->place;
	if (!read_batch(sink, batch, more)) {
		store_close(sink->store);
		sink->store = NULL;
		goto out;
	}
	if (batch->count)
		delivered = sink->kind->deliver(sink, batch->messages,
						batch->count);
	failed = delivered < batch->count;
	if (!failed)
		move(sink, &batch->place);
	else if (delivered)
		move(sink, &batch->messages[delivered - 1].after);
out:
	count_batch(sink, batch, delivered, failed);
	return !failed;
}

bool sink_step(struct sink *sink, bool *more)
{
	struct batch *batch = calloc(1, sizeof(*batch));
	bool done;
	size_t i;

	*more = false;
	if (!batch)
		return sink_fail(sink, "out of memory");
	done = feed_batch(sink, batch, more);
	for (i = 0; i < batch->count; i++)
		free(batch->messages[i].text);
	free(batch);
	return done;
}

static void *run(void *argument)
{
	struct sink *sink = argument;
	uint64_t seen = 0;
	bool more;

	/* The feed makes the store; there is nothing before that */
	while (hub_wait(sink->hub, &seen, SINK_PATIENCE) && !seen)
		;
	while (!hub_is_stopping(sink->hub)) {
		if (!sink_step(sink, &more)) {
			sink->kind->close(sink);
			pace_failed(&sink->pace, sink->hub, sink->why);
			continue;
		}
		pace_worked(&sink->pace);
		if (!more)
			hub_wait(sink->hub, &seen, SINK_PATIENCE);
	}
	return NULL;
}

void sink_init(struct sink *sink, const struct config_sink *config,
	       const char *store_path, struct hub *hub)
{
	memset(sink, 0, sizeof(*sink));
	sink->config = config;
	sink->kind = kinds[config->kind];
	sink->store_path = store_path;
	sink->hub = hub;
	sink->descriptor = -1;
	snprintf(sink->title, sizeof(sink->title), "sink \"%s\"",
		 config->name);
	sink->pace.what = sink->title;
	pthread_mutex_init(&sink->lock, NULL);
}

bool sink_start(struct sink *sink, const struct config_sink *config,
		const char *store_path, struct hub *hub)
{
	sink_init(sink, config, store_path, hub);
	return !pthread_create(&sink->thread, NULL, run, sink);
}

void sink_release(struct sink *sink)
{
	sink->kind->close(sink);
	store_close(sink->store);
	pthread_mutex_destroy(&sink->lock);
}
