// SPDX-License-Identifier: LGPL-2.1-or-later
/* Rows out of a store, and where a reader of them stands. */
#include "store_private.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "names.h"

#define STORE_COLUMNS "number, sequence, time, type, record," \
	" (SELECT instance FROM instance WHERE instance.number = event.number)"

/*
 * What was missed has the time of the event after it, and began after the one
 * before it.
 */
#define STORE_BEGAN "(type = '" STORE_MISSED "' AND coalesce((SELECT time" \
	" FROM event AS last WHERE (last.number, last.sequence) <" \
	" (event.number, event.sequence) ORDER BY number DESC, sequence DESC" \
	" LIMIT 1), 0) < ?4)"

/* That something was missed of one of so many topics */
static void write_missed(uint32_t topic, uint32_t count, FILE *stream)
{
	const size_t size = sizeof(uint64_t);

	fprintf(stream, " OR (type = '" STORE_MISSED "' AND"
		" substr(record, %zu, %zu) <> zeroblob(%zu))",
		1 + offsetof(struct store_missed, of) + topic * size,
		count * size, count * size);
}

/*
 * The conditions of a filter; each names its value by a number of its own.  What
 * was missed is wanted wherever it may have been something that is.
 */
static void write_conditions(const struct store_filter *filter, FILE *stream)
{
	uint32_t topic;

	fputs(" FROM event WHERE true", stream);
	if (filter->number)
		fputs(" AND (number, sequence) >= (?1, ?2)", stream);
	if (filter->since)
		fputs(" AND time >= ?3", stream);
	if (filter->until)
		fputs(" AND (time < ?4 OR " STORE_BEGAN ")", stream);
	if (filter->workload)
		fputs(" AND (workload = ?5 OR type = '" STORE_MISSED "')",
		      stream);
	if (filter->action) {
		fputs(" AND (action = ?6", stream);
		write_missed(0, CORDON_CLASS_COUNT, stream);
		fputc(')', stream);
	}
	if (filter->class) {
		fputs(" AND (class = ?7", stream);
		for (topic = 0; topic < CORDON_TOPIC_COUNT; topic++)
			if (!strcmp(cordon_topic_name(topic), filter->class))
				write_missed(topic, 1, stream);
		fputc(')', stream);
	}
	if (filter->only_missed)
		fputs(" AND type = '" STORE_MISSED "'", stream);
	else if (filter->only_departures)
		fputs(" AND type IN ('departure', 'repeats')", stream);
	else if (filter->departures)
		fputs(" AND type IN ('departure', 'repeats', 'missed')",
		      stream);
}

static char *write_query(const struct store_filter *filter)
{
	char *text = NULL;
	size_t size;
	FILE *stream = open_memstream(&text, &size);

	if (!stream)
		return NULL;
	if (filter->last)
		fputs("SELECT * FROM (", stream);
	fputs("SELECT " STORE_COLUMNS, stream);
	write_conditions(filter, stream);
	if (filter->last)
		fputs(" ORDER BY number DESC, sequence DESC LIMIT ?8)", stream);
	fputs(" ORDER BY number, sequence", stream);
	if (filter->first)
		fputs(" LIMIT ?8", stream);
	if (fclose(stream)) {
		free(text);
		return NULL;
	}
	return text;
}

static void bind_text(sqlite3_stmt *statement, int at, const char *text)
{
	if (text)
		sqlite3_bind_text(statement, at, text, -1, SQLITE_TRANSIENT);
}

bool store_select(struct store *store, const struct store_filter *filter)
{
	sqlite3_stmt *statement;
	char *text;
	int error;

	store_finish(store);
	text = write_query(filter);
	if (!text) {
		snprintf(store->why, sizeof(store->why),
			 "out of memory to read %s", store->path);
		return false;
	}
	error = sqlite3_prepare_v2(store->db, text, -1, &statement, NULL);
	free(text);
	if (error)
		return store_failed(store, "cannot read");
	/* What the query does not name is not bound, and does not matter */
	sqlite3_bind_int64(statement, 1, filter->number);
	sqlite3_bind_int64(statement, 2, (sqlite3_int64)filter->next);
	sqlite3_bind_int64(statement, 3, (sqlite3_int64)filter->since);
	sqlite3_bind_int64(statement, 4, (sqlite3_int64)filter->until);
	bind_text(statement, 5, filter->workload);
	bind_text(statement, 6, filter->action);
	bind_text(statement, 7, filter->class);
	sqlite3_bind_int64(statement, 8, (sqlite3_int64)
			   (filter->last ? filter->last : filter->first));
	store->selection = statement;
	return true;
}

void store_finish(struct store *store)
{
	sqlite3_finalize(store->selection);
	store->selection = NULL;
}

/* A copy: SQLite's own is gone at the next step, and is not aligned */
static bool keep_record(struct store *store, size_t *size)
{
	const void *blob = sqlite3_column_blob(store->selection, 4);
	void *record = store->record;

	*size = (size_t)sqlite3_column_bytes(store->selection, 4);
	if (*size > store->room) {
		record = realloc(record, *size);
		if (!record) {
			snprintf(store->why, sizeof(store->why),
				 "out of memory to read %s", store->path);
			return false;
		}
		store->record = record;
		store->room = *size;
	}
	if (*size)
		memcpy(record, blob, *size);
	return true;
}

static bool fill_row(struct store *store, struct store_row *row)
{
	const char *type = (const char *)
		sqlite3_column_text(store->selection, 3);
	struct store_missed missed;
	size_t size;

	*row = (struct store_row){
		.number = (uint32_t)sqlite3_column_int64(store->selection, 0),
		.sequence = (uint64_t)sqlite3_column_int64(store->selection, 1),
		.time = (uint64_t)sqlite3_column_int64(store->selection, 2),
		.instance = (uint64_t)sqlite3_column_int64(store->selection, 5),
	};
	if (!keep_record(store, &size))
		return false;
	if (type && !strcmp(type, STORE_MISSED) && size == sizeof(missed)) {
		memcpy(&missed, store->record, sizeof(missed));
		memcpy(row->made, missed.made, sizeof(row->made));
		memcpy(row->of, missed.of, sizeof(row->of));
		row->missed = missed.missed;
		if (row->missed)
			return true;
	} else if (client_event_read(store->record, size, &row->event)) {
		memcpy(row->made, row->event.made, sizeof(row->made));
		row->event.instance = row->instance;
		return true;
	}
	snprintf(store->why, sizeof(store->why),
		 "%s holds something at %u-%llu that is no event: was it written by a newer cordond?",
		 store->path, row->number, (unsigned long long)row->sequence);
	return false;
}

bool store_next(struct store *store, struct store_row *row, bool *got)
{
	int step = store->selection ? sqlite3_step(store->selection) :
				      SQLITE_DONE;

	*got = step == SQLITE_ROW;
	if (*got)
		return fill_row(store, row);
	if (step != SQLITE_DONE)
		store_failed(store, "cannot read");
	store_finish(store);
	return step == SQLITE_DONE;
}

uint64_t store_place_pass(struct store_place *place,
			  const struct store_row *row,
			  uint64_t hole[CORDON_TOPIC_COUNT])
{
	uint64_t total = row->sequence - place->next;
	size_t i;

	for (i = 0; i < CORDON_TOPIC_COUNT; i++) {
		hole[i] = row->made[i] - place->made[i];
		place->made[i] = row->made[i] + row->of[i];
	}
	place->number = row->number;
	place->next = row->sequence + row->missed;
	if (!row->missed) {
		place->next++;
		if (row->event.topic < CORDON_TOPIC_COUNT)
			place->made[row->event.topic]++;
	}
	return total;
}

bool store_place_enter(struct store *store, struct store_place *place,
		       uint32_t number, uint64_t hole[CORDON_TOPIC_COUNT])
{
	sqlite3_stmt *list = store_prepared(store, STORE_INSTANCE_LIST);
	uint64_t made[CORDON_TOPIC_COUNT];
	size_t i;

	if (!list)
		return false;
	sqlite3_bind_int64(list, 1, place->number);
	sqlite3_bind_int64(list, 2, number);
	while (sqlite3_step(list) == SQLITE_ROW) {
		store_column_made(list, 0, made);
		for (i = 0; i < CORDON_TOPIC_COUNT; i++) {
			hole[i] += made[i] - place->made[i];
			place->made[i] = 0;
		}
	}
	if (sqlite3_reset(list))
		return store_failed(store, "cannot read");
	*place = (struct store_place){ .number = number, .next = 1 };
	return true;
}

static bool read_place(struct store *store, sqlite3_stmt *statement,
		       struct store_place *place)
{
	memset(place, 0, sizeof(*place));
	if (!statement)
		return false;
	if (sqlite3_step(statement) == SQLITE_ROW) {
		place->number = (uint32_t)sqlite3_column_int64(statement, 0);
		place->next = (uint64_t)sqlite3_column_int64(statement, 1);
		store_column_made(statement, 2, place->made);
	}
	if (sqlite3_reset(statement))
		return store_failed(store, "cannot read");
	return true;
}

bool store_last(struct store *store, struct store_place *place)
{
	return read_place(store, store_prepared(store, STORE_INSTANCE_LAST),
			  place);
}

bool store_sink_read(struct store *store, const char *name,
		     struct store_place *place)
{
	sqlite3_stmt *find = store_prepared(store, STORE_SINK_FIND);

	if (find)
		sqlite3_bind_text(find, 1, name, -1, SQLITE_STATIC);
	return read_place(store, find, place);
}
