// SPDX-License-Identifier: LGPL-2.1-or-later
#include "ctl/cordond/fields.h"

#include <inttypes.h>
#include <stdlib.h>
#include <string.h>
#include <syslog.h>

#include "endpoint.h"
#include "event_table.h"
#include "names.h"

static const char *const names[FIELDS] = {
	[FIELD_TYPE] = "type",
	[FIELD_INSTANCE] = "instance",
	[FIELD_SEQUENCE] = "sequence",
	[FIELD_CLASS] = "class",
	[FIELD_ACTION] = "action",
	[FIELD_WORKLOAD] = "workload",
	[FIELD_PROGRAM] = "program",
	[FIELD_OP] = "op",
	[FIELD_OBJECT] = "object",
	[FIELD_KIND] = "kind",
	[FIELD_REASON] = "reason",
	[FIELD_RULE_TEXT] = "rule_text",
	[FIELD_RULE_FILE] = "rule_file",
	[FIELD_RULE_LINE] = "rule_line",
	[FIELD_PID] = "pid",
	[FIELD_TGID] = "tgid",
	[FIELD_PARENT] = "parent",
	[FIELD_UID] = "uid",
	[FIELD_COMM] = "comm",
	[FIELD_PROTOCOL] = "protocol",
	[FIELD_LOCAL_ADDRESS] = "local_address",
	[FIELD_LOCAL_PORT] = "local_port",
	[FIELD_REMOTE_ADDRESS] = "remote_address",
	[FIELD_REMOTE_PORT] = "remote_port",
	[FIELD_PEER] = "peer",
	[FIELD_COUNT] = "count",
	[FIELD_FIRST_SEQUENCE] = "first_sequence",
	[FIELD_GENERATION] = "generation",
	[FIELD_RULE_ID] = "rule_id",
	[FIELD_UNLISTED] = "unlisted",
	[FIELD_FROM_SEGMENTS] = "from_segments",
	[FIELD_SEGMENTS] = "segments",
	[FIELD_RESPONSE] = "response",
	[FIELD_PHASE] = "phase",
	[FIELD_TTL] = "ttl",
	[FIELD_PENDING] = "pending",
	[FIELD_EVIDENCE] = "evidence",
	[FIELD_MISSED] = "missed",
	[FIELD_OF] = "of",
};

const char *fields_name(enum field field)
{
	return names[field];
}

/* What has no memory stays NULL, and is found out at the end */
static void set_text(struct fields *fields, enum field field, const char *text,
		     bool *done)
{
	if (!*text)
		return;
	fields->value[field] = output_escape(text, strlen(text));
	if (!fields->value[field])
		*done = false;
}

static void set_number(struct fields *fields, enum field field,
		       uint64_t number, bool *done)
{
	if (asprintf(&fields->value[field], "%" PRIu64, number) >= 0)
		return;
	fields->value[field] = NULL;
	*done = false;
}

/* As in JSON. */
static void set_instance(struct fields *fields, uint64_t instance, bool *done)
{
	if (asprintf(&fields->value[FIELD_INSTANCE], "%016" PRIx64,
		     instance) >= 0)
		return;
	fields->value[FIELD_INSTANCE] = NULL;
	*done = false;
}

static void set_end(struct fields *fields, const struct client_end *end,
		    enum field address, enum field port, bool *done)
{
	char text[CORDON_ADDRESS_TEXT];

	if (!end->known)
		return;
	cordon_address_print(text, &end->address);
	set_text(fields, address, text, done);
	set_number(fields, port, end->port, done);
}

static void fill_process(struct fields *fields,
			 const struct client_event *event, bool *done)
{
	if (event->tgid)
		set_number(fields, FIELD_TGID, event->tgid, done);
	if (!event->pid)
		return;
	set_number(fields, FIELD_PID, event->pid, done);
	set_number(fields, FIELD_PARENT, event->parent, done);
	set_number(fields, FIELD_UID, event->uid, done);
	set_text(fields, FIELD_COMM, event->comm, done);
}

static void fill_departure(struct fields *fields,
			   const struct client_event *event, bool *done)
{
	set_text(fields, FIELD_ACTION, cordon_action_name(event->action), done);
	set_text(fields, FIELD_OP, cordon_op_name(event->op), done);
	set_text(fields, FIELD_KIND, cordon_object_name(event->kind), done);
	set_text(fields, FIELD_REASON, cordon_reason_name(event->reason), done);
	if (event->unlisted)
		set_text(fields, FIELD_UNLISTED, "true", done);
	if (event->ruled) {
		set_number(fields, FIELD_RULE_ID, event->rule, done);
		set_text(fields, FIELD_RULE_TEXT, event->rule_text, done);
		set_text(fields, FIELD_RULE_FILE, event->rule_file, done);
		set_number(fields, FIELD_RULE_LINE, event->rule_line, done);
	}
}

static void fill_response(struct fields *fields,
			  const struct client_event *event, bool *done)
{
	set_text(fields, FIELD_RESPONSE, cordon_response_name(event->response),
		 done);
	set_text(fields, FIELD_PHASE, cordon_phase_name(event->phase), done);
	if (event->ttl)
		set_number(fields, FIELD_TTL, event->ttl, done);
	if (event->pending)
		set_number(fields, FIELD_PENDING, event->pending, done);
	if (event->evidence)
		set_text(fields, FIELD_EVIDENCE,
			 cordon_evidence_name(event->evidence), done);
}

static void fill_event(struct fields *fields, const struct client_event *event,
		       bool *done)
{
	char protocol[8];

	set_text(fields, FIELD_TYPE, cordon_event_name(event->type), done);
	set_text(fields, FIELD_CLASS, cordon_topic_name(event->topic), done);
	set_text(fields, FIELD_WORKLOAD, event->workload, done);
	set_text(fields, FIELD_PROGRAM, event->program, done);
	set_text(fields, FIELD_OBJECT, event->object, done);
	fill_process(fields, event, done);
	if (event->topic < CORDON_CLASS_COUNT)
		fill_departure(fields, event, done);
	else if (event->topic == CORDON_TOPIC_RESPONSE)
		fill_response(fields, event, done);
	if (event->type == CORDON_EVENT_REPEATS)
		set_number(fields, FIELD_FIRST_SEQUENCE, event->first, done);
	if (event->local.known || event->remote.known)
		set_text(fields, FIELD_PROTOCOL,
			 endpoint_protocol(event->protocol, protocol), done);
	set_end(fields, &event->local, FIELD_LOCAL_ADDRESS, FIELD_LOCAL_PORT,
		done);
	set_end(fields, &event->remote, FIELD_REMOTE_ADDRESS,
		FIELD_REMOTE_PORT, done);
	set_text(fields, FIELD_FROM_SEGMENTS, event->local.segments, done);
	set_text(fields, FIELD_SEGMENTS, event->remote.segments, done);
	set_text(fields, FIELD_PEER, event->peer, done);
	set_number(fields, FIELD_COUNT, event->number, done);
	set_number(fields, FIELD_GENERATION, event->generation, done);
}

/* The line that `cordonctl monitor` would show */
static bool print_event(struct fields *fields, const struct client_event *event)
{
	size_t size;
	FILE *stream = open_memstream(&fields->text, &size);
	struct output *output;
	bool done = false;

	if (!stream)
		return false;
	output = output_create(stream, false, OUTPUT_COLOUR_NEVER);
	if (output) {
		event_table_open(output);
		event_table_add(output, event, NULL);
		done = !output_close(output);
		output_destroy(output);
	}
	done = !fclose(stream) && done;
	if (done)
		fields->text[strcspn(fields->text, "\n")] = '\0';
	return done;
}

static bool print_missed(struct fields *fields, const struct sink_item *item)
{
	char of[EVENT_TABLE_TOPICS];
	bool done = true;

	event_table_topics(of, item->of);
	set_text(fields, FIELD_OF, of, &done);
	if (asprintf(&fields->text, "%" PRIu64 " event%s MISSED before this point, %s: %s",
		     item->missed, item->missed == 1 ? " is" : "s are",
		     item->dropped ? "dropped from the store before they were sent" :
				     "overwritten before they were read", of) < 0) {
		fields->text = NULL;
		return false;
	}
	return done;
}

bool fields_fill(struct fields *fields, const struct sink_item *item)
{
	bool done = true;

	memset(fields, 0, sizeof(*fields));
	set_instance(fields, item->instance, &done);
	set_number(fields, FIELD_SEQUENCE, item->sequence, &done);
	if (item->event) {
		fill_event(fields, item->event, &done);
		return print_event(fields, item->event) && done;
	}
	set_text(fields, FIELD_TYPE, "missed", &done);
	set_number(fields, FIELD_MISSED, item->missed, &done);
	return print_missed(fields, item) && done;
}

void fields_free(struct fields *fields)
{
	size_t i;

	for (i = 0; i < FIELDS; i++)
		free(fields->value[i]);
	free(fields->text);
	memset(fields, 0, sizeof(*fields));
}

int fields_severity(const struct sink_item *item)
{
	if (!item->event)
		return LOG_WARNING;
	if (item->event->topic >= CORDON_CLASS_COUNT)
		return LOG_INFO;
	return item->event->action == CORDON_ACTION_DENY ? LOG_WARNING :
							   LOG_NOTICE;
}
