// SPDX-License-Identifier: LGPL-2.1-or-later
/* cordonctl incidents: what has happened, a line for each intrusion. */
#include <string.h>

#include "command.h"
#include "history.h"
#include "incident_table.h"

enum incidents_option {
	INCIDENTS_SINCE,
	INCIDENTS_UNTIL,
	INCIDENTS_WORKLOAD,
	INCIDENTS_STORE,
};

static const struct command_option options[] = {
	[INCIDENTS_SINCE] = { "since", "TIME", HISTORY_SINCE },
	[INCIDENTS_UNTIL] = { "until", "TIME", HISTORY_UNTIL },
	[INCIDENTS_WORKLOAD] = { "workload", "W",
		"only incidents of that workload" },
	[INCIDENTS_STORE] = { "store", "FILE", HISTORY_STORE },
	{ NULL, NULL, NULL },
};

static bool is_wanted(const struct command_line *line,
		      const struct incident *incident, uint64_t since,
		      uint64_t until)
{
	const char *workload = line->value[INCIDENTS_WORKLOAD];

	return incident->last >= since && (!until || incident->first < until) &&
	       (!workload || !strcmp(workload, incident->workload));
}

static int show(const struct command_line *line, struct store *store,
		const struct incident_book *book, uint64_t since,
		uint64_t until)
{
	struct output *output = line->output;
	size_t shown = 0, i;
	bool got;

	for (i = 0; i < book->count; i++)
		shown += is_wanted(line, &book->incidents[i], since, until);
	if (!shown)
		output_line(output, "no incident is kept%s", book->count ?
			    " that was asked for" : "");
	incident_table_open(output, OUTPUT_TABLE);
	for (i = 0; i < book->count; i++) {
		const struct incident *incident = &book->incidents[i];
		const struct store_filter filter = {
			.number = incident->number, .next = incident->sequence,
			.first = 1,
		};
		struct store_row row;

		if (!is_wanted(line, incident, since, until))
			continue;
		if (!store_select(store, &filter) ||
		    !store_next(store, &row, &got))
			return history_failed(store);
		/* It may have been dropped from the store meanwhile */
		got = got && row.sequence == incident->sequence && !row.missed;
		incident_table_add(output, book, incident,
				   got ? &row.event : NULL);
	}
	return output_close(output);
}

static int run(const struct command_line *line)
{
	struct incident_book book;
	struct store *store;
	uint64_t since, until;
	int code;

	code = history_moment("--since", line->value[INCIDENTS_SINCE], &since);
	if (!code)
		code = history_moment("--until", line->value[INCIDENTS_UNTIL],
				      &until);
	if (!code)
		code = history_open(line->value[INCIDENTS_STORE], &store);
	if (code)
		return code;
	code = history_book(store, &book);
	if (!code)
		code = show(line, store, &book, since, until);
	incident_book_free(&book);
	store_close(store);
	return code;
}

const struct command command_incidents = {
	.name = "incidents",
	.arguments = "",
	.summary = "list incidents: departures that belong together",
	.help =
"Lists incidents in cordond's store, the oldest first.  Departures of one\n"
"workload are an incident if their processes have a common ancestor in that\n"
"workload, and each came at most 15 minutes after the one before; what only\n"
"passes this machine, if it comes from one address.\n"
"\n"
"An id stays the same as long as the store has the first departure.",
	.options = options,
	.words_min = 0,
	.words_max = 0,
	.run = run,
};
