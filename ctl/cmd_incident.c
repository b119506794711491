// SPDX-License-Identifier: LGPL-2.1-or-later
/* cordonctl incident: one of them, with its processes and what they did. */
#include <stdlib.h>
#include <string.h>

#include "command.h"
#include "event_table.h"
#include "evidence_table.h"
#include "history.h"
#include "incident_table.h"
#include "lineage_view.h"

enum incident_option {
	INCIDENT_STORE,
	INCIDENT_FOLDER,
};

static const struct command_option options[] = {
	[INCIDENT_STORE] = { "store", "FILE", HISTORY_STORE },
	[INCIDENT_FOLDER] = { "folder", "DIR",
		"of evidence, instead of " EVIDENCE_PATH },
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

/**
 * struct kept - evidence that there is
 * @path: of its folder
 * @ids: @count of them
 * @wanted: likewise: it belongs to the incident
 * @any: some does
 * @count: how many
 */
struct kept {
	const char *path;
	struct evidence_id *ids;
	bool *wanted;
	bool any;
	size_t count;
};

/* Who may read the store, but not the evidence, does without */
static bool kept_init(struct kept *kept, const char *path)
{
	*kept = (struct kept){ .path = path ? path : EVIDENCE_PATH };
	evidence_list(kept->path, &kept->ids, &kept->count);
	kept->wanted = calloc(kept->count + 1, sizeof(*kept->wanted));
	return kept->wanted;
}

static void kept_free(struct kept *kept)
{
	free(kept->ids);
	free(kept->wanted);
}

static void kept_want(struct kept *kept, const struct client_event *event)
{
	size_t i;

	for (i = 0; event->evidence && i < kept->count; i++)
		if (kept->ids[i].instance == event->instance &&
		    kept->ids[i].sequence == event->sequence)
			kept->wanted[i] = kept->any = true;
}

static int show_kept(struct output *output, const struct kept *kept)
{
	size_t i;

	if (!kept->any)
		return EXIT_OK;
	output_line(output, "%s", "");
	evidence_table_open(output, output_is_json(output) ? OUTPUT_STREAM :
							     OUTPUT_TABLE);
	for (i = 0; i < kept->count; i++)
		if (kept->wanted[i])
			evidence_table_add(output, kept->path, &kept->ids[i]);
	return output_close(output);
}

static int show_timeline(struct store *store, struct output *output,
			 const struct incident_book *book,
			 const struct incident *incident,
			 const struct lineage_view *view, struct kept *kept)
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
		if (row.missed) {
			event_table_missed(output, row.missed, row.of);
			event_table_open(output);
			continue;
		}
		if (!is_part(book, incident, view, &row.event))
			continue;
		kept_want(kept, &row.event);
		event_table_add(output, &row.event, NULL);
	}
	return output_close(output);
}

static int show(struct store *store, struct output *output,
		const struct incident_book *book,
		const struct incident *incident, const char *folder)
{
	bool json = output_is_json(output);
	struct lineage_view view = { .wanted = NULL };
	int code = EXIT_FAILED;
	struct kept kept;

	if (!kept_init(&kept, folder) || !lineage_view_init(&view, book)) {
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
		code = show_timeline(store, output, book, incident, &view,
				     &kept);
	if (!code)
		code = show_kept(output, &kept);
out:
	kept_free(&kept);
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
		code = incident ? show(store, line->output, &book, incident,
				       line->value[INCIDENT_FOLDER]) :
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
"departures, the responses, and what these processes executed meanwhile; at the\n"
"end what evidence there is, and where: see `cordonctl evidence`.\n"
"\n"
"The id is that of `cordonctl incidents`, or of any departure in the incident:\n"
"the number of the module's instance in the store, and the sequence number.\n"
"\n"
"With --json an object a line: one of type \"incident\", those of type \"process\",\n"
"then the events, then those of type \"evidence\".",
	.options = options,
	.words_min = 1,
	.words_max = 1,
	.run = run,
};
