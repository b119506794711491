// SPDX-License-Identifier: LGPL-2.1-or-later
/* cordonctl events: what cordond has kept. */
#include <inttypes.h>
#include <string.h>

#include "command.h"
#include "event_table.h"
#include "history.h"
#include "names.h"

enum events_option {
	EVENTS_SINCE,
	EVENTS_UNTIL,
	EVENTS_WORKLOAD,
	EVENTS_VERDICT,
	EVENTS_CLASS,
	EVENTS_ALL,
	EVENTS_COUNT,
	EVENTS_STORE,
};

static const struct command_option options[] = {
	[EVENTS_SINCE] = { "since", "TIME", HISTORY_SINCE },
	[EVENTS_UNTIL] = { "until", "TIME", HISTORY_UNTIL },
	[EVENTS_WORKLOAD] = { "workload", "W", "only events of that workload" },
	[EVENTS_VERDICT] = { "verdict", "V",
		"only departures that were denied (\"deny\"), or told of only (\"would-deny\")" },
	[EVENTS_CLASS] = { "class", "C",
		"only of that class: exec, load, file, net, kernel; "
		"task, policy, segment, module, response" },
	[EVENTS_ALL] = { "all", NULL,
		"not only departures: tasks, policies, segments and the module too" },
	[EVENTS_COUNT] = { "count", "N", "only the last N of them" },
	[EVENTS_STORE] = { "store", "FILE", HISTORY_STORE },
	{ NULL, NULL, NULL },
};

static int read_filter(const struct command_line *line,
		       struct store_filter *filter)
{
	const char *count = line->value[EVENTS_COUNT];
	uint32_t topic;
	int code;

	code = history_moment("--since", line->value[EVENTS_SINCE],
			      &filter->since);
	if (!code)
		code = history_moment("--until", line->value[EVENTS_UNTIL],
				      &filter->until);
	if (!code && count)
		code = command_number("--count", count, 1, UINT32_MAX,
				      &filter->last);
	if (code)
		return code;
	filter->workload = line->value[EVENTS_WORKLOAD];
	filter->action = line->value[EVENTS_VERDICT];
	filter->class = line->value[EVENTS_CLASS];
	filter->departures = !line->value[EVENTS_ALL] && !filter->class;
	if (filter->action && strcmp(filter->action, "deny") &&
	    strcmp(filter->action, "would-deny")) {
		output_error("--verdict is deny or would-deny, not \"%s\"",
			     filter->action);
		return EXIT_USAGE;
	}
	for (topic = 0; filter->class && topic < CORDON_TOPIC_COUNT; topic++)
		if (!strcmp(cordon_topic_name(topic), filter->class))
			return EXIT_OK;
	if (!filter->class)
		return EXIT_OK;
	output_error("there is no class \"%s\": see `cordonctl events --help`",
		     filter->class);
	return EXIT_USAGE;
}

static int show(struct store *store, struct output *output)
{
	struct store_row row;
	uint64_t shown = 0;
	bool got = true;

	for (;;) {
		if (!store_next(store, &row, &got))
			return history_failed(store);
		if (!got)
			break;
		shown++;
		if (row.missed) {
			event_table_missed(output, row.missed, row.of);
			continue;
		}
		event_table_open(output);
		event_table_add(output, &row.event, NULL);
	}
	if (!shown)
		output_line(output, "no event is kept that was asked for");
	event_table_open(output);
	return output_close(output);
}

static int run(const struct command_line *line)
{
	struct store_filter filter = { .number = 0 };
	struct store *store;
	int code;

	code = read_filter(line, &filter);
	if (!code)
		code = history_open(line->value[EVENTS_STORE], &store);
	if (code)
		return code;
	code = store_select(store, &filter) ? show(store, line->output) :
					      history_failed(store);
	store_close(store);
	return code;
}

const struct command command_events = {
	.name = "events",
	.arguments = "",
	.summary = "show departures that cordond has kept",
	.help =
"Writes a line for each departure in cordond's store, as `cordonctl monitor`\n"
"does, the oldest first; with --json, one object a line.  What the module held\n"
"no more when cordond came to read it is told in its place, as monitor does,\n"
"wherever it may have been what is asked for: of any workload, and, of its class,\n"
"any verdict.\n"
"\n"
"Needs no module, only leave to read the store: the administrator's.",
	.options = options,
	.words_min = 0,
	.words_max = 0,
	.run = run,
};
