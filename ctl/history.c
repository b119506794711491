// SPDX-License-Identifier: LGPL-2.1-or-later
#include "history.h"

#include <errno.h>
#include <time.h>
#include <unistd.h>

#include "moment.h"

int history_open(const char *path, struct store **store)
{
	char why[STORE_WHY];

	if (!path)
		path = STORE_PATH;
	*store = store_open(path, false, why);
	if (*store)
		return EXIT_OK;
	output_error("%s", why);
	return access(path, R_OK) && errno == EACCES ? EXIT_PERMISSION :
						       EXIT_FAILED;
}

int history_moment(const char *what, const char *text, uint64_t *moment)
{
	struct timespec now;

	*moment = 0;
	if (!text)
		return EXIT_OK;
	clock_gettime(CLOCK_REALTIME, &now);
	if (moment_parse(text, (uint64_t)now.tv_sec * 1000000000 +
			 (uint64_t)now.tv_nsec, moment))
		return EXIT_OK;
	output_error("%s takes a time like \"2h\" (ago), \"2026-11-22 14:05\" or \"2026-11-22T14:05:31Z\", not \"%s\"",
		     what, text);
	return EXIT_USAGE;
}

int history_failed(const struct store *store)
{
	output_error("%s", store_why(store));
	return EXIT_FAILED;
}

int history_book(struct store *store, struct incident_book *book)
{
	const struct store_filter all = { .number = 0 };
	struct store_row row;
	bool got = true;

	incident_book_init(book);
	if (!store_select(store, &all))
		return history_failed(store);
	for (;;) {
		if (!store_next(store, &row, &got))
			return history_failed(store);
		if (!got)
			break;
		if (!row.missed &&
		    !incident_book_add(book, row.number, &row.event))
			goto memory;
	}
	if (incident_book_settle(book))
		return EXIT_OK;
memory:
	output_error("out of memory for the incidents");
	return EXIT_FAILED;
}

const struct incident *history_incident(const struct incident_book *book,
					const char *id)
{
	const struct incident *incident = incident_find(book, id);

	if (!incident)
		output_error("there is no incident \"%s\", or no more: see `cordonctl incidents`",
			     id);
	return incident;
}
