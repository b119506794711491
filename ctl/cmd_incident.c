// SPDX-License-Identifier: LGPL-2.1-or-later
/* cordonctl incident: one of them, with its processes and what they did. */
#include <string.h>

#include "command.h"
#include "event_table.h"
#include "history.h"
#include "incident_table.h"
#include "lineage_view.h"

enum incident_option {
	INCIDENT_STORE,
};

static const struct command_option options[] = {
	[INCIDENT_STORE] = { "store", "FILE", HISTORY_STORE },
	{ NULL, NULL, NULL },
};

/* Departures of it; and what its processes have executed meanwhile */
static bool is_part(const struct incident_book *book,
		    const struct incident *incident,
		    const struct lineage_view *view,
		    const struct client_event *event)
{
	size_t i;

	if (event->topic != CORDON_TOPIC_TASK)
		return incident_holds(book, incident, event->sequence);
	for (i = 0; event->tgid && i < book->lineage.count; i++) {
		const struct lineage_process *process =
			&book->lineage.processes[i];

		if (view->wanted[i] && process->tgid == event->tgid &&
		    process->number == incident->number &&
		    process->first <= event->boottime &&
		    process->last >= event->boottime)
			return true;
	}
	return false;
}

static int show_timeline(struct store *store, struct output *output,
			 const struct incident_book *book,
			 const struct incident *incident,
			 const struct lineage_view *view)
{
	const struct store_filter filter = {
		.number = incident->number, .next = incident->sequence,
	};
	struct store_row row;
	bool got = true;

	if (!store_select(store, &filter))
		return history_failed(store);
	event_table_open(output);
	for (;;) {
		if (!store_next(store, &row, &got))
			return history_failed(store);
		if (!got || row.number != incident->number ||
		    row.sequence > incident->last_sequence)
			break;
		if (!row.missed && is_part(book, incident, view, &row.event))
			event_table_add(output, &row.event, NULL);
	}
	return output_close(output);
}

static int show(struct store *store, struct output *output,
		const struct incident_book *book,
		const struct incident *incident)
{
	bool json = output_is_json(output);
	struct lineage_view view;
	int code = EXIT_FAILED;

	if (!lineage_view_init(&view, book)) {
		output_error("out of memory");
		goto out;
	}
	lineage_view_want_incident(&view, incident);
	incident_table_open(output, json ? OUTPUT_STREAM : OUTPUT_FORM);
	incident_table_add(output, book, incident, NULL);
	code = output_close(output);
	if (!code && incident->root != LINEAGE_NONE) {
		output_line(output, "%s", "");
		code = lineage_view_print(&view, output,
					  json ? OUTPUT_STREAM : OUTPUT_TABLE);
	}
	output_line(output, "%s", "");
	if (!code)
		code = show_timeline(store, output, book, incident, &view);
out:
	lineage_view_free(&view);
	return code;
}

static int run(const struct command_line *line)
{
	const struct incident *incident;
	struct incident_book book;
	struct store *store;
	int code;

	code = history_open(line->value[INCIDENT_STORE], &store);
	if (code)
		return code;
	code = history_book(store, &book);
	if (!code) {
		incident = history_incident(&book, line->words[0]);
		code = incident ? show(store, line->output, &book, incident) :
				  EXIT_UNKNOWN;
	}
	incident_book_free(&book);
	store_close(store);
	return code;
}

const struct command command_incident = {
	.name = "incident",
	.arguments = "ID",
	.summary = "show one incident: its processes, and what they did",
	.help =
"Shows an incident of cordond's store: the processes as a tree, with what they\n"
"ran, how many departures each has and how it ended; then, in their order, the\n"
"departures, the responses, and what these processes executed meanwhile.\n"
"\n"
"The id is that of `cordonctl incidents`, or of any departure in the incident:\n"
"the number of the module's instance in the store, and the sequence number.\n"
"\n"
"With --json an object a line: one of type \"incident\", those of type \"process\",\n"
"then the events.",
	.options = options,
	.words_min = 1,
	.words_max = 1,
	.run = run,
};
