/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* What the commands share that read cordond's store. */
#ifndef CTL_HISTORY_H
#define CTL_HISTORY_H

#include "command.h"
#include "incident.h"
#include "store.h"

/** HISTORY_SINCE - help of options that are the same in all of them */
#define HISTORY_SINCE \
	"not before: \"2h\" ago, \"2026-11-22 14:05\", or RFC 3339 in UTC"
#define HISTORY_UNTIL "before that time, written likewise"
#define HISTORY_STORE "instead of " STORE_PATH

/**
 * history_open - open the store for reading
 * @path: of its file, or NULL
 * @store: filled on success, for store_close()
 *
 * Return: EXIT_OK; else, after saying why, EXIT_PERMISSION or EXIT_FAILED.
 */
int history_open(const char *path, struct store **store);

/**
 * history_moment - an option's argument as a time
 * @what: what it is called, for the error: "--since"
 * @text: the argument, or NULL
 * @moment: ns, CLOCK_REALTIME; 0 if there is none
 *
 * Return: EXIT_OK, or EXIT_USAGE after saying what is wrong.
 */
int history_moment(const char *what, const char *text, uint64_t *moment);

/**
 * history_book - read all that incidents are made of
 * @store: open
 * @book: filled and settled, for incident_book_free(); in any case
 *
 * Return: EXIT_OK, or EXIT_FAILED, told.
 */
int history_book(struct store *store, struct incident_book *book);

/** history_incident - an incident by its id; NULL after saying so */
const struct incident *history_incident(const struct incident_book *book,
					const char *id);

/** history_failed - say what went wrong with a store; EXIT_FAILED */
int history_failed(const struct store *store);

#endif /* CTL_HISTORY_H */
