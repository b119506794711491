// SPDX-License-Identifier: LGPL-2.1-or-later
#include <inttypes.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>

#include "duration.h"
#include "endpoint.h"
#include "event_table.h"
#include "names.h"

/* A number for each topic, from a column on. */
#define TOPIC_COLUMNS(_from, _key) \
	[_from + CORDON_TOPIC_EXEC] = { _key ".exec", NULL, OUTPUT_NUMBER }, \
	[_from + CORDON_TOPIC_LOAD] = { _key ".load", NULL, OUTPUT_NUMBER }, \
	[_from + CORDON_TOPIC_FILE] = { _key ".file", NULL, OUTPUT_NUMBER }, \
	[_from + CORDON_TOPIC_NET] = { _key ".net", NULL, OUTPUT_NUMBER }, \
	[_from + CORDON_TOPIC_KERNEL] = { _key ".kernel", NULL, OUTPUT_NUMBER }, \
	[_from + CORDON_TOPIC_TASK] = { _key ".task", NULL, OUTPUT_NUMBER }, \
	[_from + CORDON_TOPIC_POLICY] = { _key ".policy", NULL, OUTPUT_NUMBER }, \
	[_from + CORDON_TOPIC_SEGMENT] = { _key ".segment", NULL, OUTPUT_NUMBER }, \
	[_from + CORDON_TOPIC_MODULE] = { _key ".module", NULL, OUTPUT_NUMBER }, \
	[_from + CORDON_TOPIC_RESPONSE] = { _key ".response", NULL, OUTPUT_NUMBER }

enum {
	EVENT_TYPE,
	EVENT_TIME,
	EVENT_SEQUENCE_TEXT,
	EVENT_ACTION,
	EVENT_NOTICE,
	EVENT_WORKLOAD,
	EVENT_PROGRAM,
	EVENT_PROCESS,
	EVENT_OP,
	EVENT_OBJECT_SHOWN,
	EVENT_OBJECT,
	EVENT_WHY,
	EVENT_SEQUENCE,
	EVENT_INSTANCE,
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
	EVENT_COUNT,
	EVENT_CUT,
	EVENT_FIRST,
	EVENT_FIRST_TIME,
	EVENT_LAST_TIME,
	EVENT_BEFORE,
	EVENT_CONFIRM,
	EVENT_STATUS,
	EVENT_LIFETIME,
	EVENT_ADVICE,
	EVENT_RESPONSE,
	EVENT_PHASE,
	EVENT_TTL,
	EVENT_PENDING,
	EVENT_EVIDENCE,
	EVENT_MADE,
};

static const struct output_column columns[] = {
	[EVENT_TYPE] = { "type", NULL, OUTPUT_TEXT },
	[EVENT_TIME] = { "time", "TIME", OUTPUT_TIME },
	[EVENT_SEQUENCE_TEXT] = { NULL, "SEQUENCE", OUTPUT_TEXT },
	[EVENT_ACTION] = { "action", "ACTION", OUTPUT_TEXT },
	[EVENT_NOTICE] = { NULL, "ACTION", OUTPUT_TEXT },
	[EVENT_WORKLOAD] = { "workload", "WORKLOAD", OUTPUT_TEXT },
	[EVENT_PROGRAM] = { "program", "PROGRAM", OUTPUT_PATH },
	[EVENT_PROCESS] = { NULL, "PROCESS", OUTPUT_TEXT },
	[EVENT_OP] = { "op", "OP", OUTPUT_TEXT },
	[EVENT_OBJECT_SHOWN] = { NULL, "OBJECT", OUTPUT_PATH },
	[EVENT_OBJECT] = { "object", NULL, OUTPUT_PATH },
	[EVENT_WHY] = { NULL, "WHY", OUTPUT_TEXT },
	[EVENT_SEQUENCE] = { "sequence", NULL, OUTPUT_NUMBER },
	[EVENT_INSTANCE] = { "instance", NULL, OUTPUT_TEXT },
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
	[EVENT_COUNT] = { "count", NULL, OUTPUT_NUMBER },
	[EVENT_CUT] = { "cut", NULL, OUTPUT_FLAG },
	[EVENT_FIRST] = { "first.sequence", NULL, OUTPUT_NUMBER },
	[EVENT_FIRST_TIME] = { "first.time", NULL, OUTPUT_TIME },
	[EVENT_LAST_TIME] = { "last.time", NULL, OUTPUT_TIME },
	[EVENT_BEFORE] = { "before", NULL, OUTPUT_NUMBER },
	[EVENT_CONFIRM] = { "confirm", NULL, OUTPUT_NUMBER },
	[EVENT_STATUS] = { "exit.status", NULL, OUTPUT_NUMBER },
	[EVENT_LIFETIME] = { "exit.lifetime", NULL, OUTPUT_NUMBER },
	[EVENT_ADVICE] = { "advice", NULL, OUTPUT_TEXT },
	[EVENT_RESPONSE] = { "response", NULL, OUTPUT_TEXT },
	[EVENT_PHASE] = { "phase", NULL, OUTPUT_TEXT },
	[EVENT_TTL] = { "ttl", NULL, OUTPUT_NUMBER },
	[EVENT_PENDING] = { "pending", NULL, OUTPUT_NUMBER },
	[EVENT_EVIDENCE] = { "evidence", NULL, OUTPUT_TEXT },
	TOPIC_COLUMNS(EVENT_MADE, "made"),
};

/* A record of its own between the events; text readers get it on stderr */
enum { MISSED_TYPE, MISSED_TOTAL, MISSED_TOPIC };

static const struct output_column missed_columns[] = {
	[MISSED_TYPE] = { "type", NULL, OUTPUT_TEXT },
	[MISSED_TOTAL] = { "missed", NULL, OUTPUT_NUMBER },
	TOPIC_COLUMNS(MISSED_TOPIC, "of"),
};

static size_t print_repeats(char *text, size_t size,
			    const struct client_event *event)
{
	return (size_t)snprintf(text, size,
				"%" PRIu64 " more time%s since #%" PRIu64,
				event->number, event->number == 1 ? "" : "s",
				event->first);
}

/* Why it was decided so, and how often. */
static void say_why(struct output *output, const struct client_event *event)
{
	char times[96] = ", ";

	if (event->type == CORDON_EVENT_REPEATS)
		print_repeats(times + 2, sizeof(times) - 2, event);
	else
		times[0] = '\0';
	if (event->ruled && *event->rule_file)
		output_format(output, EVENT_WHY, "(rule \"%s\", %s:%u%s)",
			      event->rule_text, event->rule_file,
			      event->rule_line, times);
	else if (event->ruled)
		output_format(output, EVENT_WHY, "(rule \"%s\"%s)",
			      event->rule_text, times);
	else
		output_format(output, EVENT_WHY, "(%s%s)",
			      cordon_reason_text(event->reason), times);
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

	if (*event->object || event->topic < CORDON_CLASS_COUNT)
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
	if (event->topic == CORDON_TOPIC_RESPONSE && flow)
		;	/* an address alone: see fill_response() */
	else if (flow)
		output_text(output, EVENT_OBJECT_SHOWN, flow);
	else if (*event->peer && event->type == CORDON_EVENT_EXEC)
		output_format(output, EVENT_OBJECT_SHOWN, "%s (from workload %s)",
			      event->object, event->peer);
	else if (*event->peer)
		output_format(output, EVENT_OBJECT_SHOWN, "%s (workload %s)",
			      event->object, event->peer);
	else
		output_text(output, EVENT_OBJECT_SHOWN, event->object);
	free(flow);
}

static void fill_departure(struct output *output,
			   const struct client_event *event)
{
	output_text(output, EVENT_ACTION, cordon_action_name(event->action));
	output_tone(output, EVENT_ACTION,
		    event->action == CORDON_ACTION_DENY ? OUTPUT_BAD :
		    event->action == CORDON_ACTION_LEARN ? OUTPUT_DIM :
							   OUTPUT_WARN);
	output_text(output, EVENT_OP, cordon_op_name(event->op));
	say_why(output, event);
	output_text(output, EVENT_KIND, cordon_object_name(event->kind));
	output_text(output, EVENT_REASON, cordon_reason_name(event->reason));
	if (event->ruled) {
		output_number(output, EVENT_RULE_ID, event->rule);
		output_text(output, EVENT_RULE_TEXT, event->rule_text);
		output_text(output, EVENT_RULE_FILE, event->rule_file);
		output_number(output, EVENT_RULE_LINE, event->rule_line);
	}
	output_flag(output, EVENT_UNLISTED, event->unlisted);
}

static void fill_repeats(struct output *output,
			 const struct client_event *event)
{
	output_number(output, EVENT_FIRST, event->first);
	output_time(output, EVENT_FIRST_TIME, event->first_time);
	output_time(output, EVENT_LAST_TIME, event->last_time);
}

static void fill_policy(struct output *output,
			const struct client_event *event)
{
	char confirm[64] = "";

	output_number(output, EVENT_BEFORE, event->before);
	if (event->confirm) {
		output_number(output, EVENT_CONFIRM, event->confirm);
		snprintf(confirm, sizeof(confirm), ", to be confirmed in %u s",
			 event->confirm);
	}
	if (event->before == event->generation)
		output_format(output, EVENT_WHY, "(generation %" PRIu64 ")",
			      event->generation);
	else
		output_format(output, EVENT_WHY,
			      "(generation %" PRIu64 " to %" PRIu64 ": %" PRIu64 " workload%s%s)",
			      event->before, event->generation, event->number,
			      event->number == 1 ? "" : "s", confirm);
}

static void fill_exit(struct output *output, const struct client_event *event)
{
	int status = (int)event->status;
	double seconds = (double)event->lifetime / 1e9;

	output_number(output, EVENT_STATUS, event->status);
	output_number(output, EVENT_LIFETIME, event->lifetime);
	if (WIFSIGNALED(status))
		output_format(output, EVENT_WHY,
			      "(killed by signal %d after %.3f s)",
			      WTERMSIG(status), seconds);
	else
		output_format(output, EVENT_WHY, "(status %d after %.3f s)",
			      WEXITSTATUS(status), seconds);
}

/* What became of which response: "quarantine begin (for 1h)" */
static void fill_response(struct output *output,
			  const struct client_event *event)
{
	char address[CORDON_ADDRESS_TEXT], text[DURATION_TEXT];
	char detail[96] = "";
	size_t used = 0;

	output_text(output, EVENT_RESPONSE,
		    cordon_response_name(event->response));
	output_text(output, EVENT_PHASE, cordon_phase_name(event->phase));
	output_format(output, EVENT_OP, "%s %s",
		      cordon_response_name(event->response),
		      cordon_phase_name(event->phase));
	if (event->remote.known) {
		cordon_address_print_block(address, &event->remote.address);
		output_text(output, EVENT_REMOTE, address);
		output_text(output, EVENT_OBJECT_SHOWN, address);
	}
	if (event->ttl) {
		output_number(output, EVENT_TTL, event->ttl);
		used += (size_t)snprintf(detail, sizeof(detail), "for %s",
					 duration_print(event->ttl, text));
	}
	if (event->pending) {
		output_number(output, EVENT_PENDING, event->pending);
		used += (size_t)snprintf(detail + used, sizeof(detail) - used,
					 "%sid %u", used ? ", " : "",
					 event->pending);
	}
	if (event->type == CORDON_EVENT_REPEATS)
		used += print_repeats(detail, sizeof(detail), event);
	else if (event->number > 1)
		used += (size_t)snprintf(detail + used, sizeof(detail) - used,
					 "%s%" PRIu64 " of them",
					 used ? ", " : "", event->number);
	if (event->evidence) {
		output_text(output, EVENT_EVIDENCE,
			    cordon_evidence_name(event->evidence));
		used += (size_t)snprintf(detail + used, sizeof(detail) - used,
					 "%sevidence %s", used ? ", " : "",
					 cordon_evidence_name(event->evidence));
	}
	if (used)
		output_format(output, EVENT_WHY, "(%s)", detail);
}

/* All that is no departure: its type stands where the action would. */
static void fill_notice(struct output *output,
			const struct client_event *event)
{
	const char *what = event->topic == CORDON_TOPIC_TASK ? "task" :
							       "address";

	if (event->topic == CORDON_TOPIC_POLICY)
		fill_policy(output, event);
	else if (event->topic == CORDON_TOPIC_RESPONSE)
		fill_response(output, event);
	else if (event->type == CORDON_EVENT_EXIT)
		fill_exit(output, event);
	else if (event->type == CORDON_EVENT_SWEEP ||
		 event->topic == CORDON_TOPIC_SEGMENT)
		output_format(output, EVENT_WHY, "(%" PRIu64 " %s%s)",
			      event->number, what, event->number == 1 ? "" :
			      event->topic == CORDON_TOPIC_TASK ? "s" : "es");
}

void event_table_open(struct output *output)
{
	output_open(output, OUTPUT_STREAM, columns, ARRAY_SIZE(columns));
}

void event_table_add(struct output *output, const struct client_event *event,
		     const char *advice)
{
	uint32_t topic;

	output_text(output, EVENT_TYPE, cordon_event_name(event->type));
	output_time(output, EVENT_TIME, event->time);
	output_format(output, EVENT_SEQUENCE_TEXT, "#%" PRIu64,
		      event->sequence);
	if (*event->workload || event->topic < CORDON_CLASS_COUNT)
		output_text(output, EVENT_WORKLOAD, event->workload);
	/* What passes through is no process's doing */
	if (event->tgid || *event->program) {
		if (*event->program || event->topic < CORDON_CLASS_COUNT)
			output_text(output, EVENT_PROGRAM, event->program);
		fill_process(output, event);
	}
	fill_object(output, event);
	if (event->topic < CORDON_CLASS_COUNT) {
		fill_departure(output, event);
	} else {
		output_text(output, EVENT_NOTICE,
			    cordon_event_name(event->type));
		fill_notice(output, event);
	}
	if (event->type == CORDON_EVENT_REPEATS)
		fill_repeats(output, event);
	output_number(output, EVENT_SEQUENCE, event->sequence);
	output_format(output, EVENT_INSTANCE, "%016" PRIx64, event->instance);
	output_number(output, EVENT_BOOTTIME, event->boottime);
	output_number(output, EVENT_GENERATION, event->generation);
	output_text(output, EVENT_CLASS, cordon_topic_name(event->topic));
	output_number(output, EVENT_COUNT, event->number);
	output_flag(output, EVENT_CUT, event->cut);
	output_text(output, EVENT_ADVICE, advice);
	for (topic = 0; topic < CORDON_TOPIC_COUNT; topic++)
		output_number(output, EVENT_MADE + topic, event->made[topic]);
	output_record(output);
}

const char *event_table_topics(char text[EVENT_TABLE_TOPICS],
			       const uint64_t *missed)
{
	size_t used = 0;
	uint32_t topic;

	if (!missed)
		return strcpy(text, "nobody knows of which class any more");
	*text = '\0';
	for (topic = 0; topic < CORDON_TOPIC_COUNT; topic++) {
		int length;

		if (!missed[topic])
			continue;
		length = snprintf(text + used, EVENT_TABLE_TOPICS - used,
				  "%s%" PRIu64 " of class %s",
				  used ? ", " : "", missed[topic],
				  cordon_topic_name(topic));
		if (length < 0 || (size_t)length >= EVENT_TABLE_TOPICS - used)
			break;
		used += (size_t)length;
	}
	return text;
}

void event_table_add_missed(struct output *output, uint64_t total,
			    const uint64_t *missed)
{
	uint32_t topic;

	output_open(output, OUTPUT_STREAM, missed_columns,
		    ARRAY_SIZE(missed_columns));
	output_text(output, MISSED_TYPE, "missed");
	output_number(output, MISSED_TOTAL, total);
	for (topic = 0; missed && topic < CORDON_TOPIC_COUNT; topic++)
		output_number(output, MISSED_TOPIC + topic, missed[topic]);
	output_record(output);
}

void event_table_missed(struct output *output, uint64_t total,
			const uint64_t *missed)
{
	char text[EVENT_TABLE_TOPICS];

	output_warn("%" PRIu64 " event%s MISSED before this point: %s", total,
		    total == 1 ? " is" : "s are",
		    event_table_topics(text, missed));
	if (output_is_json(output))
		event_table_add_missed(output, total, missed);
}
