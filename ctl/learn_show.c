// SPDX-License-Identifier: LGPL-2.1-or-later
#include <inttypes.h>
#include <stdlib.h>

#include "endpoint.h"
#include "learn.h"
#include "names.h"

enum {
	SHOW_WORKLOAD,
	SHOW_PROGRAM,
	SHOW_RESULT,
	SHOW_OP,
	SHOW_OBJECT,
	SHOW_TIMES,
	SHOW_UNLISTED,
	SHOW_CLASS,
	SHOW_KIND,
	SHOW_HELD,
	SHOW_COUNT,
	SHOW_FIRST,
	SHOW_LAST,
	SHOW_UID,
	SHOW_PROTOCOL,
	SHOW_LOCAL,
	SHOW_LOCAL_PORT,
	SHOW_REMOTE,
	SHOW_REMOTE_PORT,
	SHOW_SEGMENTS,
	SHOW_PEER,
	SHOW_REASON,
	SHOW_RULE_ID,
	SHOW_RULE_TEXT,
	SHOW_RULE_FILE,
	SHOW_RULE_LINE,
};

static const struct output_column columns[] = {
	[SHOW_WORKLOAD] = { "workload", "WORKLOAD", OUTPUT_TEXT },
	[SHOW_PROGRAM] = { "program", "PROGRAM", OUTPUT_PATH },
	[SHOW_RESULT] = { "result", "RESULT", OUTPUT_TEXT },
	[SHOW_OP] = { "op", "OP", OUTPUT_TEXT },
	[SHOW_OBJECT] = { "object", "OBJECT", OUTPUT_PATH },
	[SHOW_TIMES] = { NULL, "TIMES", OUTPUT_TEXT },
	[SHOW_UNLISTED] = { "unlisted", NULL, OUTPUT_FLAG },
	[SHOW_CLASS] = { "class", NULL, OUTPUT_TEXT },
	[SHOW_KIND] = { "kind", NULL, OUTPUT_TEXT },
	[SHOW_HELD] = { "held", NULL, OUTPUT_FLAG },
	[SHOW_COUNT] = { "count", NULL, OUTPUT_NUMBER },
	[SHOW_FIRST] = { "first", NULL, OUTPUT_TIME },
	[SHOW_LAST] = { "last", NULL, OUTPUT_TIME },
	[SHOW_UID] = { "uid", NULL, OUTPUT_NUMBER },
	[SHOW_PROTOCOL] = { "protocol", NULL, OUTPUT_TEXT },
	[SHOW_LOCAL] = { "local.address", NULL, OUTPUT_TEXT },
	[SHOW_LOCAL_PORT] = { "local.port", NULL, OUTPUT_NUMBER },
	[SHOW_REMOTE] = { "remote.address", NULL, OUTPUT_TEXT },
	[SHOW_REMOTE_PORT] = { "remote.port", NULL, OUTPUT_NUMBER },
	[SHOW_SEGMENTS] = { "segments", NULL, OUTPUT_WORDS },
	[SHOW_PEER] = { "peer", NULL, OUTPUT_TEXT },
	[SHOW_REASON] = { "reason", NULL, OUTPUT_TEXT },
	[SHOW_RULE_ID] = { "rule.id", NULL, OUTPUT_NUMBER },
	[SHOW_RULE_TEXT] = { "rule.text", NULL, OUTPUT_TEXT },
	[SHOW_RULE_FILE] = { "rule.file", NULL, OUTPUT_PATH },
	[SHOW_RULE_LINE] = { "rule.line", NULL, OUTPUT_NUMBER },
};

/* Of whom one listens to, or accepts, the port is on this side. */
static void fill_flow(struct output *output,
		      const struct client_behaviour *behaviour)
{
	char address[CORDON_ADDRESS_TEXT], protocol[8];

	if (!behaviour->local.known && !behaviour->remote.known)
		return;
	output_text(output, SHOW_PROTOCOL,
		    endpoint_protocol(behaviour->protocol, protocol));
	if (behaviour->op == CORDON_OP_LISTEN) {
		cordon_address_print(address, &behaviour->local.address);
		output_text(output, SHOW_LOCAL, address);
	}
	if (behaviour->op != CORDON_OP_CONNECT)
		output_number(output, SHOW_LOCAL_PORT, behaviour->local.port);
	if (behaviour->op == CORDON_OP_LISTEN)
		return;
	cordon_address_print(address, &behaviour->remote.address);
	output_text(output, SHOW_REMOTE, address);
	if (behaviour->op == CORDON_OP_CONNECT)
		output_number(output, SHOW_REMOTE_PORT, behaviour->remote.port);
	endpoint_words(output, SHOW_SEGMENTS, behaviour->remote.segments);
}

static void fill(struct output *output,
		 const struct client_behaviour *behaviour)
{
	output_text(output, SHOW_WORKLOAD, behaviour->workload);
	output_text(output, SHOW_PROGRAM, behaviour->program);
	output_text(output, SHOW_RESULT,
		    cordon_result_name(behaviour->action));
	output_tone(output, SHOW_RESULT,
		    behaviour->action == CORDON_ACTION_DENY ? OUTPUT_BAD :
		    behaviour->action == CORDON_ACTION_WOULD_DENY ?
		    OUTPUT_WARN : OUTPUT_PLAIN);
	output_text(output, SHOW_OP, cordon_op_name(behaviour->op));
	output_text(output, SHOW_OBJECT, behaviour->object);
	if (!behaviour->count)
		output_text(output, SHOW_TIMES, "(held)");
	else
		output_format(output, SHOW_TIMES, "(%s%" PRIu64 " time%s)",
			      behaviour->held ? "held, " : "",
			      behaviour->count,
			      behaviour->count == 1 ? "" : "s");
	output_flag(output, SHOW_UNLISTED, behaviour->unlisted);
	output_text(output, SHOW_CLASS,
		    cordon_class_name(cordon_op_class(behaviour->op)));
	output_text(output, SHOW_KIND, cordon_object_name(behaviour->kind));
	output_flag(output, SHOW_HELD, behaviour->held);
	output_number(output, SHOW_COUNT, behaviour->count);
	output_time(output, SHOW_FIRST, behaviour->first);
	output_time(output, SHOW_LAST, behaviour->last);
	output_number(output, SHOW_UID, behaviour->uid);
	fill_flow(output, behaviour);
	if (*behaviour->peer)
		output_text(output, SHOW_PEER, behaviour->peer);
	output_text(output, SHOW_REASON,
		    cordon_reason_name(behaviour->reason));
	if (behaviour->ruled) {
		output_number(output, SHOW_RULE_ID, behaviour->rule);
		output_text(output, SHOW_RULE_TEXT, behaviour->rule_text);
		output_text(output, SHOW_RULE_FILE, behaviour->rule_file);
		output_number(output, SHOW_RULE_LINE, behaviour->rule_line);
	}
	output_record(output);
}

int learn_show(struct output *output, const struct client_dump *behaviours)
{
	size_t i;

	output_open(output, OUTPUT_STREAM, columns, ARRAY_SIZE(columns));
	for (i = 0; i < behaviours->count; i++)
		fill(output, &behaviours->behaviours[i]);
	return output_close(output);
}
