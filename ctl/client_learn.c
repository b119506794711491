// SPDX-License-Identifier: LGPL-2.1-or-later
/* What was learnt: read, put in order, forgotten. */
#include <stdlib.h>
#include <time.h>

#include "client_parse.h"

/* The module counts from the start of the machine, people do not. */
static uint64_t wall_of(uint64_t boottime)
{
	struct timespec real, boot;
	uint64_t now;

	if (!boottime)
		return 0;
	clock_gettime(CLOCK_BOOTTIME, &boot);
	clock_gettime(CLOCK_REALTIME, &real);
	now = (uint64_t)boot.tv_sec * 1000000000 + (uint64_t)boot.tv_nsec;
	return (uint64_t)real.tv_sec * 1000000000 + (uint64_t)real.tv_nsec -
	       (now - boottime);
}

bool client_behaviour_parse(struct nlattr *nest, void *record)
{
	static const struct nla_policy policy[CORDON_BEHAVIOUR_A_COUNT] = {
		[CORDON_BEHAVIOUR_A_WORKLOAD] = TEXT,
		[CORDON_BEHAVIOUR_A_PROGRAM] = TEXT,
		[CORDON_BEHAVIOUR_A_UNLISTED] = FLAG,
		[CORDON_BEHAVIOUR_A_UID] = U32, [CORDON_BEHAVIOUR_A_OP] = U8,
		[CORDON_BEHAVIOUR_A_KIND] = U8,
		[CORDON_BEHAVIOUR_A_OBJECT] = TEXT,
		[CORDON_BEHAVIOUR_A_ACTION] = U8,
		[CORDON_BEHAVIOUR_A_REASON] = U8,
		[CORDON_BEHAVIOUR_A_HELD] = FLAG,
		[CORDON_BEHAVIOUR_A_NUMBER] = U64,
		[CORDON_BEHAVIOUR_A_FIRST] = U64,
		[CORDON_BEHAVIOUR_A_LAST] = U64,
		[CORDON_BEHAVIOUR_A_PROTOCOL] = U8,
		[CORDON_BEHAVIOUR_A_LOCAL] = ADDRESS,
		[CORDON_BEHAVIOUR_A_LOCAL_PORT] = U16,
		[CORDON_BEHAVIOUR_A_REMOTE] = ADDRESS,
		[CORDON_BEHAVIOUR_A_REMOTE_PORT] = U16,
		[CORDON_BEHAVIOUR_A_SEGMENTS] = TEXT,
		[CORDON_BEHAVIOUR_A_PEER] = TEXT,
		[CORDON_BEHAVIOUR_A_RULE] = U32,
		[CORDON_BEHAVIOUR_A_RULE_TEXT] = TEXT,
		[CORDON_BEHAVIOUR_A_RULE_FILE] = TEXT,
		[CORDON_BEHAVIOUR_A_RULE_LINE] = U32,
	};
	struct nlattr *part[CORDON_BEHAVIOUR_A_COUNT];
	struct client_behaviour *behaviour = record;

	if (!parse(nest, part, CORDON_BEHAVIOUR_A_COUNT, policy) ||
	    !part[CORDON_BEHAVIOUR_A_WORKLOAD] || !part[CORDON_BEHAVIOUR_A_OP])
		return false;
	*behaviour = (struct client_behaviour){
		.workload = text_of(part[CORDON_BEHAVIOUR_A_WORKLOAD]),
		.program = text_of(part[CORDON_BEHAVIOUR_A_PROGRAM]),
		.unlisted = part[CORDON_BEHAVIOUR_A_UNLISTED],
		.uid = u32_of(part[CORDON_BEHAVIOUR_A_UID]),
		.op = u8_of(part[CORDON_BEHAVIOUR_A_OP]),
		.kind = u8_of(part[CORDON_BEHAVIOUR_A_KIND]),
		.object = name_of(part[CORDON_BEHAVIOUR_A_OBJECT]),
		.action = u8_of(part[CORDON_BEHAVIOUR_A_ACTION]),
		.reason = u8_of(part[CORDON_BEHAVIOUR_A_REASON]),
		.held = part[CORDON_BEHAVIOUR_A_HELD],
		.count = u64_of(part[CORDON_BEHAVIOUR_A_NUMBER]),
		.first = wall_of(u64_of(part[CORDON_BEHAVIOUR_A_FIRST])),
		.last = wall_of(u64_of(part[CORDON_BEHAVIOUR_A_LAST])),
		.protocol = u8_of(part[CORDON_BEHAVIOUR_A_PROTOCOL]),
		.local = end_of(part[CORDON_BEHAVIOUR_A_LOCAL],
				part[CORDON_BEHAVIOUR_A_LOCAL_PORT], NULL),
		.remote = end_of(part[CORDON_BEHAVIOUR_A_REMOTE],
				 part[CORDON_BEHAVIOUR_A_REMOTE_PORT],
				 part[CORDON_BEHAVIOUR_A_SEGMENTS]),
		.peer = text_of(part[CORDON_BEHAVIOUR_A_PEER]),
		.ruled = part[CORDON_BEHAVIOUR_A_RULE],
		.rule = u32_of(part[CORDON_BEHAVIOUR_A_RULE]),
		.rule_text = text_of(part[CORDON_BEHAVIOUR_A_RULE_TEXT]),
		.rule_file = text_of(part[CORDON_BEHAVIOUR_A_RULE_FILE]),
		.rule_line = u32_of(part[CORDON_BEHAVIOUR_A_RULE_LINE]),
	};
	return true;
}

bool client_learning_parse(struct nlattr *nest, void *record)
{
	static const struct nla_policy policy[CORDON_LEARNING_A_COUNT] = {
		[CORDON_LEARNING_A_WORKLOAD] = TEXT,
		[CORDON_LEARNING_A_BEHAVIOURS] = U32,
		[CORDON_LEARNING_A_SINCE] = U64,
		[CORDON_LEARNING_A_NEWEST] = U64,
		[CORDON_LEARNING_A_FULL] = U64,
	};
	struct nlattr *part[CORDON_LEARNING_A_COUNT];
	struct client_learning *learning = record;
	struct nlattr *dropped;
	size_t size;

	if (!parse(nest, part, CORDON_LEARNING_A_COUNT, policy) ||
	    !part[CORDON_LEARNING_A_WORKLOAD])
		return false;
	*learning = (struct client_learning){
		.workload = text_of(part[CORDON_LEARNING_A_WORKLOAD]),
		.behaviours = u32_of(part[CORDON_LEARNING_A_BEHAVIOURS]),
		.since = wall_of(u64_of(part[CORDON_LEARNING_A_SINCE])),
		.newest = wall_of(u64_of(part[CORDON_LEARNING_A_NEWEST])),
		.full = wall_of(u64_of(part[CORDON_LEARNING_A_FULL])),
	};
	dropped = part[CORDON_LEARNING_A_DROPPED];
	if (dropped) {
		size = (size_t)nla_len(dropped);
		if (size > sizeof(learning->dropped))
			size = sizeof(learning->dropped);
		memcpy(learning->dropped, nla_data(dropped), size);
	}
	return true;
}

static int compare(const void *left, const void *right)
{
	const struct client_behaviour *a = left, *b = right;
	int order = strcmp(a->workload, b->workload);

	if (!order)
		order = strcmp(a->program, b->program);
	if (!order)
		order = a->op - b->op;
	if (!order)
		order = strcmp(a->object, b->object);
	if (!order)
		order = (a->uid > b->uid) - (a->uid < b->uid);
	return order ? order : a->action - b->action;
}

int client_behaviours(struct client *client, const char *workload,
		      struct client_dump *dump)
{
	int code = client_dump_named(client, CORDON_CMD_BEHAVIOUR_DUMP,
				     workload, dump);

	if (!code && dump->count)
		qsort(dump->behaviours, dump->count,
		      sizeof(*dump->behaviours), compare);
	return code;
}

int client_behaviours_clear(struct client *client, const char *workload)
{
	struct nl_msg *message = client_message(client,
						CORDON_CMD_BEHAVIOUR_CLEAR,
						NLM_F_ACK, 256);

	if (!message)
		return EXIT_FAILED;
	nla_put_string(message, CORDON_A_NAME, workload);
	return client_request(client, message,
			      "cannot clear what was learnt");
}
