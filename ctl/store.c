// SPDX-License-Identifier: LGPL-2.1-or-later
/* Opening a store, and how its statements are run. */
#include "store_private.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

/* Of the file's header: who made it, and in which form */
#define STORE_APPLICATION 0x436f7264
#define STORE_VERSION 1

/*
 * How long another connection may hold the store: each writes for
 * milliseconds only, but a busy disk makes seconds of them.
 */
#define STORE_PATIENCE 10000

/*
 * Bytes that the log of changes keeps once they are in the file; what a flood
 * has made of it is given back.
 */
#define STORE_LOG_LIMIT "4194304"

static const char schema[] =
"BEGIN IMMEDIATE;"
"CREATE TABLE IF NOT EXISTS instance ("
"  number INTEGER PRIMARY KEY,"
"  instance INTEGER NOT NULL UNIQUE,"
"  next INTEGER NOT NULL,"
"  made BLOB NOT NULL"
") STRICT;"
"CREATE TABLE IF NOT EXISTS event ("
"  number INTEGER NOT NULL,"
"  sequence INTEGER NOT NULL,"
"  time INTEGER NOT NULL,"
"  type TEXT NOT NULL,"
"  class TEXT,"
"  action TEXT,"
"  workload TEXT,"
"  record BLOB NOT NULL,"
"  PRIMARY KEY (number, sequence)"
") STRICT, WITHOUT ROWID;"
"CREATE INDEX IF NOT EXISTS event_time ON event (time);"
"CREATE TABLE IF NOT EXISTS sink ("
"  name TEXT PRIMARY KEY,"
"  number INTEGER NOT NULL,"
"  next INTEGER NOT NULL,"
"  made BLOB NOT NULL"
") STRICT;"
"PRAGMA application_id = 1131377252;"
"PRAGMA user_version = 1;"
"COMMIT;";

_Static_assert(STORE_APPLICATION == 1131377252 && STORE_VERSION == 1,
	       "the schema says so");

static const char *const sql[STORE_STATEMENTS] = {
	[STORE_BEGIN] = "BEGIN IMMEDIATE",
	[STORE_COMMIT] = "COMMIT",
	[STORE_ROLLBACK] = "ROLLBACK",
	[STORE_INSTANCE_FIND] =
		"SELECT number, next, made FROM instance WHERE instance = ?1",
	[STORE_INSTANCE_ADD] =
		"INSERT INTO instance (instance, next, made) VALUES (?1, 1, ?2)",
	[STORE_INSTANCE_SET] =
		"UPDATE instance SET next = ?2, made = ?3 WHERE number = ?1",
	[STORE_INSTANCE_LIST] =
		"SELECT made FROM instance WHERE number >= ?1 AND number < ?2",
	[STORE_INSTANCE_LAST] =
		"SELECT number, next, made FROM instance ORDER BY number DESC LIMIT 1",
	[STORE_EVENT_ADD] =
		"INSERT INTO event VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8)",
	[STORE_EVENT_COUNT] = "SELECT count(*) FROM event",
	[STORE_PRUNE_AGE] =
		"DELETE FROM event WHERE (number, sequence) IN"
		" (SELECT number, sequence FROM event WHERE time < ?1 ORDER BY time LIMIT ?2)",
	[STORE_PRUNE_SIZE] =
		"DELETE FROM event WHERE (number, sequence) IN"
		" (SELECT number, sequence FROM event ORDER BY number, sequence LIMIT ?1)",
	[STORE_PAGES] =
		"SELECT (page_count - freelist_count) * page_size"
		" FROM pragma_page_count, pragma_freelist_count, pragma_page_size",
	[STORE_SINK_FIND] =
		"SELECT number, next, made FROM sink WHERE name = ?1",
	[STORE_SINK_SET] =
		"INSERT INTO sink VALUES (?1, ?2, ?3, ?4) ON CONFLICT (name)"
		" DO UPDATE SET number = ?2, next = ?3, made = ?4",
};

const char *store_why(const struct store *store)
{
	return store->why;
}

bool store_failed(struct store *store, const char *doing)
{
	const char *what = sqlite3_errmsg(store->db), *now = "";

	switch (sqlite3_errcode(store->db) & 0xff) {
	case SQLITE_FULL:
		now = ": make room there";
		break;
	case SQLITE_CORRUPT:
	case SQLITE_NOTADB:
		now = ": move the file away; a new one is begun then";
		break;
	case SQLITE_CANTOPEN:
		if (sqlite3_system_errno(store->db))
			what = strerror(sqlite3_system_errno(store->db));
		break;
	}
	snprintf(store->why, sizeof(store->why), "%s %s: %s%s", doing,
		 store->path, what, now);
	return false;
}

sqlite3_stmt *store_prepared(struct store *store, enum store_statement which)
{
	sqlite3_stmt **statement = &store->statement[which];

	if (!*statement &&
	    sqlite3_prepare_v3(store->db, sql[which], -1,
			       SQLITE_PREPARE_PERSISTENT, statement, NULL))
		store_failed(store, "cannot use");
	return *statement;
}

bool store_run(struct store *store, sqlite3_stmt *statement,
	       const char *doing)
{
	if (!statement)
		return false;
	if (sqlite3_step(statement) != SQLITE_DONE)
		store_failed(store, doing);
	return !sqlite3_reset(statement);
}

void store_bind_made(sqlite3_stmt *statement, int at, const uint64_t *made)
{
	sqlite3_bind_blob(statement, at, made,
			  CORDON_TOPIC_COUNT * sizeof(*made),
			  SQLITE_TRANSIENT);
}

void store_column_made(sqlite3_stmt *statement, int at, uint64_t *made)
{
	size_t size = (size_t)sqlite3_column_bytes(statement, at);
	size_t most = CORDON_TOPIC_COUNT * sizeof(*made);
	const void *blob = sqlite3_column_blob(statement, at);

	memset(made, 0, most);
	if (blob)
		memcpy(made, blob, size < most ? size : most);
}

static bool execute(struct store *store, const char *text, const char *doing)
{
	if (sqlite3_exec(store->db, text, NULL, NULL, NULL))
		return store_failed(store, doing);
	return true;
}

static bool read_header(struct store *store, const char *name, int *value)
{
	sqlite3_stmt *statement;

	if (sqlite3_prepare_v2(store->db, name, -1, &statement, NULL))
		return store_failed(store, "cannot read");
	if (sqlite3_step(statement) == SQLITE_ROW)
		*value = sqlite3_column_int(statement, 0);
	if (sqlite3_finalize(statement))
		return store_failed(store, "cannot read");
	return true;
}

/* Whose file it is; a new one is made ours */
static bool prepare(struct store *store, bool write)
{
	int application = 0, version = 0;

	if (!read_header(store, "PRAGMA application_id", &application) ||
	    !read_header(store, "PRAGMA user_version", &version))
		return false;
	if (!application && !version && write)
		return execute(store, schema, "cannot begin");
	if (application != STORE_APPLICATION) {
		snprintf(store->why, sizeof(store->why),
			 "%s is no store of cordond%s", store->path,
			 application || version ? "" : ": it is empty");
		return false;
	}
	if (version != STORE_VERSION) {
		snprintf(store->why, sizeof(store->why),
			 "%s is of version %d, this program knows %d: install cordond and cordonctl of one release",
			 store->path, version, STORE_VERSION);
		return false;
	}
	return true;
}

static bool open_file(struct store *store, bool write)
{
	int flags = write ? SQLITE_OPEN_READWRITE | SQLITE_OPEN_CREATE :
			    SQLITE_OPEN_READONLY;

	if (sqlite3_open_v2(store->path, &store->db,
			    flags | SQLITE_OPEN_NOMUTEX, NULL))
		return store_failed(store, "cannot open");
	sqlite3_busy_timeout(store->db, STORE_PATIENCE);
	/*
	 * Of what is committed nothing is lost when a process dies.  If the
	 * machine does, the newest may be, but so is what the module held.
	 */
	if (write && !execute(store,
			      "PRAGMA journal_mode = WAL;"
			      "PRAGMA synchronous = NORMAL;"
			      "PRAGMA journal_size_limit = " STORE_LOG_LIMIT,
			      "cannot open"))
		return false;
	return prepare(store, write);
}

struct store *store_open(const char *path, bool write, char why[STORE_WHY])
{
	struct store *store = calloc(1, sizeof(*store));

	if (store)
		store->path = strdup(path);
	if (!store || !store->path) {
		snprintf(why, STORE_WHY, "out of memory for %s", path);
		free(store);
		return NULL;
	}
	if (!write && access(path, R_OK)) {
		snprintf(why, STORE_WHY, "cannot read %s: %s%s", path,
			 strerror(errno), errno == ENOENT ?
			 ": does cordond run? (`systemctl status cordond`)" : "");
		store_close(store);
		return NULL;
	}
	if (open_file(store, write))
		return store;
	memcpy(why, store->why, STORE_WHY);
	store_close(store);
	return NULL;
}

void store_close(struct store *store)
{
	size_t i;

	if (!store)
		return;
	store_finish(store);
	for (i = 0; i < STORE_STATEMENTS; i++)
		sqlite3_finalize(store->statement[i]);
	sqlite3_close(store->db);
	free(store->record);
	free(store->path);
	free(store);
}

bool store_is_moved(struct store *store)
{
	int moved = 0;

	sqlite3_file_control(store->db, "main", SQLITE_FCNTL_HAS_MOVED,
			     &moved);
	if (moved)
		snprintf(store->why, sizeof(store->why),
			 "%s was moved or removed: a new one is begun",
			 store->path);
	return moved;
}

bool store_measure(struct store *store, struct store_numbers *numbers)
{
	sqlite3_stmt *pages = store_prepared(store, STORE_PAGES);
	sqlite3_stmt *rows = store_prepared(store, STORE_EVENT_COUNT);

	if (!pages || !rows)
		return false;
	if (sqlite3_step(pages) == SQLITE_ROW)
		numbers->bytes = (uint64_t)sqlite3_column_int64(pages, 0);
	if (sqlite3_step(rows) == SQLITE_ROW)
		numbers->rows = (uint64_t)sqlite3_column_int64(rows, 0);
	if (sqlite3_reset(pages) || sqlite3_reset(rows))
		return store_failed(store, "cannot read");
	return true;
}
