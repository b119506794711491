// SPDX-License-Identifier: LGPL-2.1-or-later
/* What cordond does with a store: put events into it, and drop old ones. */
#include "store_private.h"

#include <string.h>

#include "names.h"

/* Rows that are dropped in one transaction, so that nobody waits for long */
#define STORE_PRUNE_STEP 1000

bool store_begin(struct store *store)
{
	return store_run(store, store_prepared(store, STORE_BEGIN),
			 "cannot write to");
}

void store_undo(struct store *store)
{
	sqlite3_stmt *rollback;

	/* After some errors SQLite has done it already */
	if (sqlite3_get_autocommit(store->db))
		return;
	rollback = store_prepared(store, STORE_ROLLBACK);
	if (!rollback)
		return;
	sqlite3_step(rollback);
	sqlite3_reset(rollback);
}

static bool read_instance(struct store *store, uint64_t instance,
			  struct store_place *place)
{
	sqlite3_stmt *find = store_prepared(store, STORE_INSTANCE_FIND);

	memset(place, 0, sizeof(*place));
	if (!find)
		return false;
	sqlite3_bind_int64(find, 1, (sqlite3_int64)instance);
	if (sqlite3_step(find) == SQLITE_ROW) {
		place->number = (uint32_t)sqlite3_column_int64(find, 0);
		place->next = (uint64_t)sqlite3_column_int64(find, 1);
		store_column_made(find, 2, place->made);
	}
	if (sqlite3_reset(find))
		return store_failed(store, "cannot read");
	return true;
}

bool store_instance(struct store *store, uint64_t instance,
		    struct store_place *place)
{
	sqlite3_stmt *add;

	if (!read_instance(store, instance, place))
		return false;
	if (place->number)
		return true;
	add = store_prepared(store, STORE_INSTANCE_ADD);
	if (add) {
		sqlite3_bind_int64(add, 1, (sqlite3_int64)instance);
		store_bind_made(add, 2, place->made);
	}
	if (!store_run(store, add, "cannot write to"))
		return false;
	place->number = (uint32_t)sqlite3_last_insert_rowid(store->db);
	place->next = 1;
	return true;
}

/* NULL where there is no word */
static void bind_word(sqlite3_stmt *statement, int at, const char *word)
{
	if (word && *word)
		sqlite3_bind_text(statement, at, word, -1, SQLITE_STATIC);
	else
		sqlite3_bind_null(statement, at);
}

static bool add_missed(struct store *store, const struct store_place *place,
		       uint64_t time, const struct store_missed *missed)
{
	sqlite3_stmt *add = store_prepared(store, STORE_EVENT_ADD);

	if (!add)
		return false;
	sqlite3_clear_bindings(add);
	sqlite3_bind_int64(add, 1, place->number);
	sqlite3_bind_int64(add, 2, (sqlite3_int64)place->next);
	sqlite3_bind_int64(add, 3, (sqlite3_int64)time);
	bind_word(add, 4, STORE_MISSED);
	sqlite3_bind_blob(add, 8, missed, sizeof(*missed), SQLITE_STATIC);
	return store_run(store, add, "cannot write to");
}

static bool add_event(struct store *store, const struct store_place *place,
		      const struct client_event *event)
{
	sqlite3_stmt *add = store_prepared(store, STORE_EVENT_ADD);

	if (!add)
		return false;
	sqlite3_bind_int64(add, 1, place->number);
	sqlite3_bind_int64(add, 2, (sqlite3_int64)event->sequence);
	sqlite3_bind_int64(add, 3, (sqlite3_int64)event->time);
	bind_word(add, 4, cordon_event_name(event->type));
	bind_word(add, 5, cordon_topic_name(event->topic));
	bind_word(add, 6, event->topic < CORDON_CLASS_COUNT ?
		  cordon_action_name(event->action) : NULL);
	bind_word(add, 7, event->workload);
	sqlite3_bind_blob(add, 8, event->record, (int)event->record_size,
			  SQLITE_STATIC);
	return store_run(store, add, "cannot write to");
}

bool store_add(struct store *store, struct store_place *place,
	       const struct client_event *event, uint64_t *missed)
{
	struct store_missed hole;
	size_t i;

	*missed = event->sequence - place->next;
	if (*missed) {
		hole.missed = *missed;
		memcpy(hole.made, place->made, sizeof(hole.made));
		for (i = 0; i < CORDON_TOPIC_COUNT; i++)
			hole.of[i] = event->made[i] - place->made[i];
		if (!add_missed(store, place, event->time, &hole))
			return false;
	}
	if (!add_event(store, place, event))
		return false;
	memcpy(place->made, event->made, sizeof(place->made));
	if (event->topic < CORDON_TOPIC_COUNT)
		place->made[event->topic]++;
	place->next = event->sequence + 1;
	return true;
}

bool store_commit(struct store *store, const struct store_place *place)
{
	sqlite3_stmt *set = store_prepared(store, STORE_INSTANCE_SET);

	if (set) {
		sqlite3_bind_int64(set, 1, place->number);
		sqlite3_bind_int64(set, 2, (sqlite3_int64)place->next);
		store_bind_made(set, 3, place->made);
	}
	if (store_run(store, set, "cannot write to") &&
	    store_run(store, store_prepared(store, STORE_COMMIT),
		      "cannot write to"))
		return true;
	store_undo(store);
	return false;
}

static bool drop(struct store *store, sqlite3_stmt *statement,
		 uint64_t *dropped)
{
	if (!store_run(store, statement, "cannot drop old events from"))
		return false;
	*dropped += (uint64_t)sqlite3_changes(store->db);
	return true;
}

static bool prune_age(struct store *store, uint64_t before, uint64_t *dropped)
{
	sqlite3_stmt *statement = store_prepared(store, STORE_PRUNE_AGE);
	uint64_t last;

	if (!statement)
		return false;
	sqlite3_bind_int64(statement, 1, (sqlite3_int64)before);
	sqlite3_bind_int64(statement, 2, STORE_PRUNE_STEP);
	do {
		last = *dropped;
		if (!drop(store, statement, dropped))
			return false;
	} while (*dropped - last == STORE_PRUNE_STEP);
	return true;
}

static bool prune_size(struct store *store, uint64_t bytes, uint64_t *dropped)
{
	sqlite3_stmt *statement = store_prepared(store, STORE_PRUNE_SIZE);
	sqlite3_stmt *pages = store_prepared(store, STORE_PAGES);
	uint64_t taken, last;

	if (!statement || !pages)
		return false;
	sqlite3_bind_int64(statement, 1, STORE_PRUNE_STEP);
	for (;;) {
		taken = 0;
		if (sqlite3_step(pages) == SQLITE_ROW)
			taken = (uint64_t)sqlite3_column_int64(pages, 0);
		if (sqlite3_reset(pages))
			return store_failed(store, "cannot read");
		if (taken <= bytes)
			return true;
		last = *dropped;
		if (!drop(store, statement, dropped))
			return false;
		if (*dropped == last)
			return true;
	}
}

bool store_prune(struct store *store, uint64_t bytes, uint64_t before,
		 uint64_t *dropped)
{
	*dropped = 0;
	return prune_age(store, before, dropped) &&
	       prune_size(store, bytes, dropped);
}

bool store_sink_write(struct store *store, const char *name,
		      const struct store_place *place)
{
	sqlite3_stmt *set = store_prepared(store, STORE_SINK_SET);

	if (set) {
		sqlite3_bind_text(set, 1, name, -1, SQLITE_STATIC);
		sqlite3_bind_int64(set, 2, place->number);
		sqlite3_bind_int64(set, 3, (sqlite3_int64)place->next);
		store_bind_made(set, 4, place->made);
	}
	return store_run(store, set, "cannot write to");
}
