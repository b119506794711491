// SPDX-License-Identifier: LGPL-2.1-or-later
#include "event_fixture.h"

#include <check.h>
#include <stdlib.h>
#include <string.h>

#include "message_fixture.h"

static void put_text(struct nl_msg *message, int attribute, const char *text)
{
	if (text && *text)
		nla_put_string(message, attribute, text);
}

static void put_u32(struct nl_msg *message, int attribute, uint32_t number)
{
	if (number)
		nla_put_u32(message, attribute, number);
}

static void put_end(struct nl_msg *message, const struct client_end *end,
		    int address, int port, int segments)
{
	if (!end->known)
		return;
	nla_put(message, address, sizeof(end->address.byte),
		end->address.byte);
	nla_put_u16(message, port, end->port);
	put_text(message, segments, end->segments);
}

static void put_event(struct nl_msg *message, const struct client_event *from)
{
	nla_put_u64(message, CORDON_EVENT_A_SEQUENCE, from->sequence);
	nla_put_u8(message, CORDON_EVENT_A_TYPE, from->type);
	nla_put_u8(message, CORDON_EVENT_A_TOPIC, from->topic);
	nla_put_u64(message, CORDON_EVENT_A_NUMBER, from->number);
	nla_put(message, CORDON_EVENT_A_MADE, sizeof(from->made), from->made);
	nla_put_u64(message, CORDON_EVENT_A_TIME, from->time);
	nla_put_u64(message, CORDON_EVENT_A_BOOTTIME, from->boottime);
	nla_put_u64(message, CORDON_EVENT_A_GENERATION, from->generation);
	nla_put_u8(message, CORDON_EVENT_A_ACTION, from->action);
	nla_put_u8(message, CORDON_EVENT_A_REASON, from->reason);
	nla_put_u8(message, CORDON_EVENT_A_CLASS, from->class);
	nla_put_u8(message, CORDON_EVENT_A_OP, from->op);
	nla_put_u8(message, CORDON_EVENT_A_KIND, from->kind);
	put_text(message, CORDON_EVENT_A_OBJECT, from->object);
	put_text(message, CORDON_EVENT_A_WORKLOAD, from->workload);
	put_text(message, CORDON_EVENT_A_PROGRAM, from->program);
	put_text(message, CORDON_EVENT_A_COMM, from->comm);
	put_text(message, CORDON_EVENT_A_PEER, from->peer);
	put_u32(message, CORDON_EVENT_A_PID, from->pid);
	put_u32(message, CORDON_EVENT_A_TGID, from->tgid);
	put_u32(message, CORDON_EVENT_A_PARENT, from->parent);
	put_u32(message, CORDON_EVENT_A_UID, from->uid);
	if (from->ruled) {
		nla_put_u32(message, CORDON_EVENT_A_RULE, from->rule);
		put_text(message, CORDON_EVENT_A_RULE_TEXT, from->rule_text);
		put_text(message, CORDON_EVENT_A_RULE_FILE, from->rule_file);
		put_u32(message, CORDON_EVENT_A_RULE_LINE, from->rule_line);
	}
	if (from->unlisted)
		nla_put_flag(message, CORDON_EVENT_A_UNLISTED);
	if (from->cut)
		nla_put_flag(message, CORDON_EVENT_A_CUT);
	if (from->topic == CORDON_TOPIC_RESPONSE) {
		nla_put_u8(message, CORDON_EVENT_A_RESPONSE, from->response);
		nla_put_u8(message, CORDON_EVENT_A_PHASE, from->phase);
		nla_put_u8(message, CORDON_EVENT_A_EVIDENCE, from->evidence);
		put_u32(message, CORDON_EVENT_A_TTL, from->ttl);
		put_u32(message, CORDON_EVENT_A_PENDING, from->pending);
	}
	nla_put_u8(message, CORDON_EVENT_A_PROTOCOL, from->protocol);
	put_end(message, &from->local, CORDON_EVENT_A_LOCAL,
		CORDON_EVENT_A_LOCAL_PORT, CORDON_EVENT_A_FROM_SEGMENTS);
	put_end(message, &from->remote, CORDON_EVENT_A_REMOTE,
		CORDON_EVENT_A_REMOTE_PORT, CORDON_EVENT_A_SEGMENTS);
	nla_put_u64(message, CORDON_EVENT_A_FIRST, from->first);
	nla_put_u64(message, CORDON_EVENT_A_LAST_TIME, from->last_time);
	nla_put_u64(message, CORDON_EVENT_A_LIFETIME, from->lifetime);
	nla_put_u32(message, CORDON_EVENT_A_STATUS, from->status);
}

struct client_event event_from(const struct client_event *from)
{
	struct nl_msg *message = message_new(CORDON_CMD_EVENT_GET);
	struct nlattr *nest = nla_nest_start(message, CORDON_A_EVENT);
	struct client_event event;
	void *record;
	int size;

	put_event(message, from);
	nla_nest_end(message, nest);
	nest = message_first(message);
	size = nest->nla_len;
	record = malloc((size_t)size);
	ck_assert_ptr_nonnull(record);
	memcpy(record, nest, (size_t)size);
	nlmsg_free(message);
	ck_assert(client_event_read(record, (size_t)size, &event));
	return event;
}

void event_free(struct client_event *event)
{
	free((void *)event->record);
}

struct client_event event_departure(uint64_t sequence,
				    const uint64_t made[CORDON_TOPIC_COUNT])
{
	struct client_event from = {
		.sequence = sequence, .type = CORDON_EVENT_DEPARTURE,
		.topic = CORDON_TOPIC_FILE, .number = 1,
		.time = 1700000000000000000 + sequence * 1000000000,
		.boottime = sequence * 1000000000, .generation = 3,
		.action = CORDON_ACTION_DENY, .class = CORDON_CLASS_FILE,
		.op = CORDON_OP_WRITE, .object = "/srv/secret",
		.workload = "web", .program = "/usr/sbin/nginx",
		.pid = 812, .tgid = 812, .parent = 811, .uid = 33,
		.comm = "nginx",
	};

	memcpy(from.made, made, sizeof(from.made));
	return event_from(&from);
}

void event_store(struct store *store, struct store_place *place,
		 uint64_t missed, uint64_t count)
{
	uint64_t made[CORDON_TOPIC_COUNT], told, sequence = place->next;
	struct client_event event;

	memcpy(made, place->made, sizeof(made));
	/* What was lost was of two classes */
	made[CORDON_TOPIC_NET] += missed / 2;
	made[CORDON_TOPIC_FILE] += missed - missed / 2;
	sequence += missed;
	ck_assert(store_begin(store));
	for (; count; count--, sequence++) {
		event = event_departure(sequence, made);
		ck_assert_msg(store_add(store, place, &event, &told), "%s",
			      store_why(store));
		ck_assert_uint_eq(told, missed);
		event_free(&event);
		made[CORDON_TOPIC_FILE]++;
		missed = 0;
	}
	ck_assert_msg(store_commit(store, place), "%s", store_why(store));
}

struct store *event_store_open(const char *directory)
{
	char why[STORE_WHY] = "", *path;
	struct store *store;

	ck_assert_int_ge(asprintf(&path, "%s/events.db", directory), 0);
	store = store_open(path, true, why);
	ck_assert_msg(store != NULL, "%s", why);
	free(path);
	return store;
}
