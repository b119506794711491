/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* What the files of the store share. */
#ifndef CTL_STORE_PRIVATE_H
#define CTL_STORE_PRIVATE_H

#include <sqlite3.h>

#include "store.h"

/** enum store_statement - statements that are prepared once */
enum store_statement {
	STORE_BEGIN,
	STORE_COMMIT,
	STORE_ROLLBACK,
	STORE_INSTANCE_FIND,
	STORE_INSTANCE_ADD,
	STORE_INSTANCE_SET,
	STORE_INSTANCE_LIST,
	STORE_INSTANCE_LAST,
	STORE_EVENT_ADD,
	STORE_EVENT_COUNT,
	STORE_PRUNE_AGE,
	STORE_PRUNE_SIZE,
	STORE_PAGES,
	STORE_SINK_FIND,
	STORE_SINK_SET,
	STORE_STATEMENTS
};

/**
 * struct store - one connection to a store
 * @path: of its file
 * @db: SQLite's
 * @statement: prepared when they are first used
 * @selection: rows that are being read, or NULL
 * @record: of the row that was read last; aligned, unlike SQLite's own
 * @room: bytes of @record
 * @why: what failed last
 */
struct store {
	char *path;
	sqlite3 *db;
	sqlite3_stmt *statement[STORE_STATEMENTS];
	sqlite3_stmt *selection;
	void *record;
	size_t room;
	char why[STORE_WHY];
};

/**
 * struct store_missed - the record of what was missed
 * @missed: how many events
 * @made: events of each topic before it
 * @of: @missed by topic; a topic that this build does not know is in none
 */
struct store_missed {
	uint64_t missed;
	uint64_t made[CORDON_TOPIC_COUNT];
	uint64_t of[CORDON_TOPIC_COUNT];
};

/** STORE_MISSED - what stands for a type in such a row */
#define STORE_MISSED "missed"

/** store_failed - keep what SQLite says of a failure; false */
bool store_failed(struct store *store, const char *doing);

/**
 * store_prepared - a statement, ready for its values
 * @store: the store
 * @which: of the prepared ones
 *
 * Return: the statement, or NULL after store_failed().
 */
sqlite3_stmt *store_prepared(struct store *store, enum store_statement which);

/**
 * store_run - run a statement that answers nothing, and reset it
 * @store: the store
 * @statement: with its values; NULL: it could not be prepared
 * @doing: what it does, for the error
 */
bool store_run(struct store *store, sqlite3_stmt *statement,
	       const char *doing);

/** store_bind_made - bind counts of topics */
void store_bind_made(sqlite3_stmt *statement, int at, const uint64_t *made);

/** store_column_made - read them; of topics that are not there, none */
void store_column_made(sqlite3_stmt *statement, int at, uint64_t *made);

#endif /* CTL_STORE_PRIVATE_H */
