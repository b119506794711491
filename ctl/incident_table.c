// SPDX-License-Identifier: LGPL-2.1-or-later
#include "incident_table.h"

#include "names.h"

enum {
	INCIDENT_TYPE,
	INCIDENT_ID_TEXT,
	INCIDENT_FIRST,
	INCIDENT_LAST,
	INCIDENT_WORKLOAD,
	INCIDENT_PROCESS,
	INCIDENT_ROOT,
	INCIDENT_FROM,
	INCIDENT_CLASSES,
	INCIDENT_EVENTS,
	INCIDENT_DENIED,
	INCIDENT_WOULD_DENY,
	INCIDENT_RESPONSES,
	INCIDENT_WHAT,
	INCIDENT_OP,
	INCIDENT_OBJECT,
};

static const struct output_column columns[] = {
	[INCIDENT_TYPE] = { "type", NULL, OUTPUT_TEXT },
	[INCIDENT_ID_TEXT] = { "id", "ID", OUTPUT_TEXT },
	[INCIDENT_FIRST] = { "first", "BEGAN", OUTPUT_TIME },
	[INCIDENT_LAST] = { "last", "LAST", OUTPUT_TIME },
	[INCIDENT_WORKLOAD] = { "workload", "WORKLOAD", OUTPUT_TEXT },
	[INCIDENT_PROCESS] = { NULL, "PROCESS", OUTPUT_TEXT },
	[INCIDENT_ROOT] = { "pid", NULL, OUTPUT_NUMBER },
	[INCIDENT_FROM] = { "from", NULL, OUTPUT_TEXT },
	[INCIDENT_CLASSES] = { "classes", "CLASSES", OUTPUT_WORDS },
	[INCIDENT_EVENTS] = { "departures", "DEPARTURES", OUTPUT_NUMBER },
	[INCIDENT_DENIED] = { "denied", "DENIED", OUTPUT_NUMBER },
	[INCIDENT_WOULD_DENY] = { "would_deny", "WOULD-DENY", OUTPUT_NUMBER },
	[INCIDENT_RESPONSES] = { "responses", "RESPONSES", OUTPUT_NUMBER },
	[INCIDENT_WHAT] = { NULL, "BEGAN WITH", OUTPUT_PATH },
	[INCIDENT_OP] = { "op", NULL, OUTPUT_TEXT },
	[INCIDENT_OBJECT] = { "object", NULL, OUTPUT_PATH },
};

static void fill_source(struct output *output,
			const struct incident_book *book,
			const struct incident *incident)
{
	const struct lineage_process *process;
	char text[CORDON_ADDRESS_TEXT];

	if (incident->root == LINEAGE_NONE) {
		cordon_address_print(text, &incident->from);
		output_format(output, INCIDENT_PROCESS, "from %s", text);
		output_text(output, INCIDENT_FROM, text);
		return;
	}
	process = &book->lineage.processes[incident->root];
	output_format(output, INCIDENT_PROCESS, "%s[%u]",
		      process->comm ? process->comm : "", process->tgid);
	output_number(output, INCIDENT_ROOT, process->tgid);
}

void incident_table_open(struct output *output, enum output_layout layout)
{
	output_open(output, layout, columns, ARRAY_SIZE(columns));
}

void incident_table_add(struct output *output,
			const struct incident_book *book,
			const struct incident *incident,
			const struct client_event *what)
{
	char id[INCIDENT_ID];
	uint32_t topic;

	output_text(output, INCIDENT_TYPE, "incident");
	output_text(output, INCIDENT_ID_TEXT, incident_print_id(incident, id));
	output_time(output, INCIDENT_FIRST, incident->first);
	output_time(output, INCIDENT_LAST, incident->last);
	output_text(output, INCIDENT_WORKLOAD, incident->workload);
	fill_source(output, book, incident);
	for (topic = 0; topic < CORDON_CLASS_COUNT; topic++)
		if (incident->topics & 1u << topic)
			output_word(output, INCIDENT_CLASSES,
				    cordon_topic_name(topic));
	output_number(output, INCIDENT_EVENTS, incident->events);
	output_number(output, INCIDENT_DENIED, incident->denied);
	output_tone(output, INCIDENT_DENIED,
		    incident->denied ? OUTPUT_BAD : OUTPUT_PLAIN);
	output_number(output, INCIDENT_WOULD_DENY, incident->would_deny);
	output_tone(output, INCIDENT_WOULD_DENY,
		    incident->would_deny ? OUTPUT_WARN : OUTPUT_PLAIN);
	output_number(output, INCIDENT_RESPONSES, incident->responses);
	if (what) {
		output_format(output, INCIDENT_WHAT, "%s %s",
			      cordon_op_name(what->op), what->object);
		output_text(output, INCIDENT_OP, cordon_op_name(what->op));
		output_text(output, INCIDENT_OBJECT, what->object);
	}
	output_record(output);
}
