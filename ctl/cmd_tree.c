// SPDX-License-Identifier: LGPL-2.1-or-later
/* cordonctl tree: who started whom, also of processes that have ended. */
#include <string.h>

#include "command.h"
#include "history.h"
#include "lineage_view.h"

enum tree_option {
	TREE_INCIDENT,
	TREE_ALL,
	TREE_STORE,
};

static const struct command_option options[] = {
	[TREE_INCIDENT] = { "incident", "ID", "the processes of that incident" },
	[TREE_ALL] = { "all", NULL, "also processes that have ended" },
	[TREE_STORE] = { "store", "FILE", HISTORY_STORE },
	{ NULL, NULL, NULL },
};

/* The last instance that anything is known of */
static uint32_t last_number(const struct lineage *lineage)
{
	uint32_t number = 0;
	size_t i;

	for (i = 0; i < lineage->count; i++)
		if (lineage->processes[i].number > number)
			number = lineage->processes[i].number;
	return number;
}

static void want_running(struct lineage_view *view, bool all)
{
	const struct lineage *lineage = &view->book->lineage;
	uint32_t number = last_number(lineage);
	size_t i;

	for (i = 0; i < lineage->count; i++)
		view->wanted[i] = lineage->processes[i].number == number &&
				  (all || lineage->processes[i].last ==
					  UINT64_MAX);
}

/* The last process of that id, and all of its tree */
static int want_process(struct lineage_view *view, uint32_t tgid)
{
	const struct lineage *lineage = &view->book->lineage;
	size_t found = LINEAGE_NONE, root, i;

	for (i = 0; i < lineage->count; i++)
		if (lineage->processes[i].tgid == tgid &&
		    (found == LINEAGE_NONE ||
		     lineage->processes[i].number >=
		     lineage->processes[found].number))
			found = i;
	if (found == LINEAGE_NONE) {
		output_error("no event tells of a process %u in a workload",
			     tgid);
		return EXIT_UNKNOWN;
	}
	root = lineage_root(lineage, found);
	for (i = 0; i < lineage->count; i++)
		view->wanted[i] = lineage_root(lineage, i) == root;
	return EXIT_OK;
}

static int choose(const struct command_line *line, struct lineage_view *view)
{
	const char *id = line->value[TREE_INCIDENT];
	const struct incident *incident;
	uint64_t tgid;
	int code;

	if (id) {
		incident = history_incident(view->book, id);
		if (!incident)
			return EXIT_UNKNOWN;
		lineage_view_want_incident(view, incident);
		return EXIT_OK;
	}
	if (!line->count) {
		want_running(view, line->value[TREE_ALL]);
		return EXIT_OK;
	}
	code = command_number("tree", line->words[0], 1, UINT32_MAX, &tgid);
	return code ? code : want_process(view, (uint32_t)tgid);
}

static int run(const struct command_line *line)
{
	struct lineage_view view = { .book = NULL };
	struct incident_book book;
	struct store *store;
	int code;

	if (line->value[TREE_INCIDENT] && line->count) {
		output_error("tree: name a process or an incident, not both");
		return EXIT_USAGE;
	}
	code = history_open(line->value[TREE_STORE], &store);
	if (code)
		return code;
	code = history_book(store, &book);
	if (!code && !lineage_view_init(&view, &book)) {
		output_error("out of memory");
		code = EXIT_FAILED;
	}
	if (!code)
		code = choose(line, &view);
	if (!code)
		code = lineage_view_print(&view, line->output, OUTPUT_TABLE);
	lineage_view_free(&view);
	incident_book_free(&book);
	store_close(store);
	return code;
}

const struct command command_tree = {
	.name = "tree",
	.arguments = "[PID]",
	.summary = "show who started whom, also of what has ended",
	.help =
"Shows the processes of workloads that cordond's store tells of, each below the\n"
"one that started it, with what it runs, its departures, and how it ended.\n"
"Without an argument those that have not ended; with a process id all of the\n"
"tree that it was in.\n"
"\n"
"What only forks, and neither executes anything, nor departs, nor has ended yet,\n"
"is known by its children alone, and has no name here; `cordonctl ps` shows what\n"
"runs now.",
	.options = options,
	.words_min = 0,
	.words_max = 1,
	.run = run,
};
