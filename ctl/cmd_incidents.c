// SPDX-License-Identifier: LGPL-2.1-or-later
/* cordonctl incidents: what has happened, a line for each intrusion. */
#include <inttypes.h>
#include <string.h>

#include "command.h"
#include "event_table.h"
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

/* An incident is known by its departures, and by the tasks they are of */
static int show_missed(struct store *store, uint64_t since, uint64_t until)
{
	const struct store_filter filter = {
		.since = since, .until = until, .only_missed = true,
	};
	uint64_t of[CORDON_TOPIC_COUNT] = { 0 }, total = 0;
	char text[EVENT_TABLE_TOPICS];
	struct store_row row;
	bool got = true;
	uint32_t topic;

	if (!store_select(store, &filter))
		return history_failed(store);
	for (;;) {
		if (!store_next(store, &row, &got))
			return history_failed(store);
		if (!got)
			break;
		for (topic = 0; topic <= CORDON_TOPIC_TASK; topic++) {
			of[topic] += row.of[topic];
			total += row.of[topic];
		}
	}
	if (total)
		output_warn("%" PRIu64 " event%s MISSED of that time: %s: an incident may be more than is shown, or not be shown",
			    total, total == 1 ? " is" : "s are",
			    event_table_topics(text, of));
	return EXIT_OK;
}

static int show(const struct command_line *line, struct store *store,
		const struct incident_book *book, uint64_t since,
		uint64_t until)
{
	struct output *output = line->output;
	size_t shown = 0, i;
	bool got;
	int code;

	for (i = 0; i < book->count; i++)
		shown += is_wanted(line, &book->incidents[i], since, until);
	if (!shown)
		output_line(output, "no incident is kept%s", book->count ?
			    " that was asked for" : "");
	code = show_missed(store, since, until);
	if (code)
		return code;
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
"What the module held no more when cordond came to read it may have been part of\n"
"any: it is said on the standard error how much of that there was.\n"
"\n"
"An id stays the same as long as the store has the first departure.",
	.options = options,
	.words_min = 0,
	.words_max = 0,
	.run = run,
};
