// SPDX-License-Identifier: LGPL-2.1-or-later
#include "event_table.h"

#include <inttypes.h>
#include <stdlib.h>

#include "endpoint.h"
#include "names.h"

enum {
	EVENT_TIME,
	EVENT_SEQUENCE_TEXT,
	EVENT_ACTION,
	EVENT_WORKLOAD,
	EVENT_PROGRAM,
	EVENT_PROCESS,
	EVENT_OP,
	EVENT_OBJECT_SHOWN,
	EVENT_OBJECT,
	EVENT_WHY,
	EVENT_SEQUENCE,
	EVENT_BOOTTIME,
	EVENT_GENERATION,
	EVENT_CLASS,
	EVENT_KIND,
	EVENT_REASON,
	EVENT_RULE_ID,
	EVENT_RULE_TEXT,
	EVENT_RULE_FILE,
	EVENT_RULE_LINE,
	EVENT_UNLISTED,
	EVENT_PID,
	EVENT_TGID,
	EVENT_PARENT,
	EVENT_UID,
	EVENT_COMM,
	EVENT_PROTOCOL,
	EVENT_LOCAL,
	EVENT_LOCAL_PORT,
	EVENT_REMOTE,
	EVENT_REMOTE_PORT,
	EVENT_FROM_SEGMENTS,
	EVENT_SEGMENTS,
	EVENT_PEER,
	EVENT_ADVICE,
};

static const struct output_column columns[] = {
	[EVENT_TIME] = { "time", "TIME", OUTPUT_TIME },
	[EVENT_SEQUENCE_TEXT] = { NULL, "SEQUENCE", OUTPUT_TEXT },
	[EVENT_ACTION] = { "action", "ACTION", OUTPUT_TEXT },
	[EVENT_WORKLOAD] = { "workload", "WORKLOAD", OUTPUT_TEXT },
	[EVENT_PROGRAM] = { "program", "PROGRAM", OUTPUT_PATH },
	[EVENT_PROCESS] = { NULL, "PROCESS", OUTPUT_TEXT },
	[EVENT_OP] = { "op", "OP", OUTPUT_TEXT },
	[EVENT_OBJECT_SHOWN] = { NULL, "OBJECT", OUTPUT_PATH },
	[EVENT_OBJECT] = { "object", NULL, OUTPUT_PATH },
	[EVENT_WHY] = { NULL, "WHY", OUTPUT_TEXT },
	[EVENT_SEQUENCE] = { "sequence", NULL, OUTPUT_NUMBER },
	[EVENT_BOOTTIME] = { "boottime", NULL, OUTPUT_NUMBER },
	[EVENT_GENERATION] = { "generation", NULL, OUTPUT_NUMBER },
	[EVENT_CLASS] = { "class", NULL, OUTPUT_TEXT },
	[EVENT_KIND] = { "kind", NULL, OUTPUT_TEXT },
	[EVENT_REASON] = { "reason", NULL, OUTPUT_TEXT },
	[EVENT_RULE_ID] = { "rule.id", NULL, OUTPUT_NUMBER },
	[EVENT_RULE_TEXT] = { "rule.text", NULL, OUTPUT_TEXT },
	[EVENT_RULE_FILE] = { "rule.file", NULL, OUTPUT_PATH },
	[EVENT_RULE_LINE] = { "rule.line", NULL, OUTPUT_NUMBER },
	[EVENT_UNLISTED] = { "unlisted", NULL, OUTPUT_FLAG },
	[EVENT_PID] = { "pid", NULL, OUTPUT_NUMBER },
	[EVENT_TGID] = { "tgid", NULL, OUTPUT_NUMBER },
	[EVENT_PARENT] = { "parent", NULL, OUTPUT_NUMBER },
	[EVENT_UID] = { "uid", NULL, OUTPUT_NUMBER },
	[EVENT_COMM] = { "comm", NULL, OUTPUT_TEXT },
	[EVENT_PROTOCOL] = { "protocol", NULL, OUTPUT_TEXT },
	[EVENT_LOCAL] = { "local.address", NULL, OUTPUT_TEXT },
	[EVENT_LOCAL_PORT] = { "local.port", NULL, OUTPUT_NUMBER },
	[EVENT_REMOTE] = { "remote.address", NULL, OUTPUT_TEXT },
	[EVENT_REMOTE_PORT] = { "remote.port", NULL, OUTPUT_NUMBER },
	[EVENT_FROM_SEGMENTS] = { "from_segments", NULL, OUTPUT_WORDS },
	[EVENT_SEGMENTS] = { "segments", NULL, OUTPUT_WORDS },
	[EVENT_PEER] = { "peer", NULL, OUTPUT_TEXT },
	[EVENT_ADVICE] = { "advice", NULL, OUTPUT_TEXT },
};

static void say_why(struct output *output, const struct client_event *event)
{
	if (event->ruled && *event->rule_file)
		output_format(output, EVENT_WHY, "(rule \"%s\", %s:%u)",
			      event->rule_text, event->rule_file,
			      event->rule_line);
	else if (event->ruled)
		output_format(output, EVENT_WHY, "(rule \"%s\")",
			      event->rule_text);
	else
		output_format(output, EVENT_WHY, "(%s)",
			      cordon_reason_text(event->reason));
}

/*
 * Of a packet that comes in only who made the socket is known: that process
 * may be gone, and is named by its number alone.
 */
static void fill_process(struct output *output,
			 const struct client_event *event)
{
	if (!event->tgid)
		return;
	if (event->pid)
		output_format(output, EVENT_PROCESS, "%s[%u] parent %u uid %u",
			      event->comm, event->tgid, event->parent,
			      event->uid);
	else
		output_format(output, EVENT_PROCESS, "[%u]", event->tgid);
	output_number(output, EVENT_TGID, event->tgid);
	if (!event->pid)
		return;
	output_number(output, EVENT_PID, event->pid);
	output_number(output, EVENT_PARENT, event->parent);
	output_number(output, EVENT_UID, event->uid);
	output_text(output, EVENT_COMM, event->comm);
}

static void fill_end(struct output *output, const struct client_end *end,
		     size_t address, size_t port, size_t segments)
{
	char text[CORDON_ADDRESS_TEXT];

	if (end->known) {
		cordon_address_print(text, &end->address);
		output_text(output, address, text);
		output_number(output, port, end->port);
	}
	endpoint_words(output, segments, end->segments);
}

/* Both ends, where it is about them; text readers get them as one clause */
static void fill_object(struct output *output,
			const struct client_event *event)
{
	char protocol[8], *flow = NULL;

	output_text(output, EVENT_OBJECT, event->object);
	fill_end(output, &event->local, EVENT_LOCAL, EVENT_LOCAL_PORT,
		 EVENT_FROM_SEGMENTS);
	fill_end(output, &event->remote, EVENT_REMOTE, EVENT_REMOTE_PORT,
		 EVENT_SEGMENTS);
	if (*event->peer)
		output_text(output, EVENT_PEER, event->peer);
	if (event->local.known || event->remote.known) {
		output_text(output, EVENT_PROTOCOL,
			    endpoint_protocol(event->protocol, protocol));
		flow = endpoint_event(event);
	}
	if (flow)
		output_text(output, EVENT_OBJECT_SHOWN, flow);
	else if (*event->peer)
		output_format(output, EVENT_OBJECT_SHOWN, "%s (workload %s)",
			      event->object, event->peer);
	else
		output_text(output, EVENT_OBJECT_SHOWN, event->object);
	free(flow);
}

void event_table_open(struct output *output)
{
	output_open(output, OUTPUT_STREAM, columns, ARRAY_SIZE(columns));
}

void event_table_add(struct output *output, const struct client_event *event,
		     const char *advice)
{
	output_time(output, EVENT_TIME, event->time);
	output_format(output, EVENT_SEQUENCE_TEXT, "#%" PRIu64,
		      event->sequence);
	output_text(output, EVENT_ACTION, cordon_action_name(event->action));
	output_tone(output, EVENT_ACTION,
		    event->action == CORDON_ACTION_DENY ? OUTPUT_BAD :
							  OUTPUT_WARN);
	output_text(output, EVENT_WORKLOAD, event->workload);
	/* What passes through is no process's doing */
	if (event->tgid || *event->program) {
		output_text(output, EVENT_PROGRAM, event->program);
		fill_process(output, event);
	}
	output_text(output, EVENT_OP, cordon_op_name(event->op));
	fill_object(output, event);
	say_why(output, event);
	output_number(output, EVENT_SEQUENCE, event->sequence);
	output_number(output, EVENT_BOOTTIME, event->boottime);
	output_number(output, EVENT_GENERATION, event->generation);
	output_text(output, EVENT_CLASS, cordon_class_name(event->class));
	output_text(output, EVENT_KIND, cordon_object_name(event->kind));
	output_text(output, EVENT_REASON, cordon_reason_name(event->reason));
	if (event->ruled) {
		output_number(output, EVENT_RULE_ID, event->rule);
		output_text(output, EVENT_RULE_TEXT, event->rule_text);
		output_text(output, EVENT_RULE_FILE, event->rule_file);
		output_number(output, EVENT_RULE_LINE, event->rule_line);
	}
	output_flag(output, EVENT_UNLISTED, event->unlisted);
	output_text(output, EVENT_ADVICE, advice);
	output_record(output);
}
