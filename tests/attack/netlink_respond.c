// SPDX-License-Identifier: LGPL-2.1-or-later
/* Responses, as no honest program would declare, order or answer them. */
#define _GNU_SOURCE
#include <errno.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include <cordon.h>

#include "netlink.h"

static const uint8_t somebody[16] = { [10] = 0xff, 0xff, 192, 0, 2, 7 };
static const uint8_t oneself[16] = { [10] = 0xff, 0xff, 127, 0, 0, 1 };
static const uint8_t nobody[16];

/* --- by hand -------------------------------------------------------------- */

static struct nlattr *order(struct peer *peer, int response)
{
	struct nlattr *all;

	message_begin(peer, CORDON_CMD_RESPOND);
	all = message_nest(CORDON_A_MEASURE);
	if (response >= 0)
		message_put_u8(CORDON_MEASURE_A_RESPONSE, (uint8_t)response);
	return all;
}

static void order_end(struct peer *peer, struct nlattr *all, const char *what,
		      int wanted)
{
	message_end(all);
	expect(peer, what, wanted);
}

static void try_workload(struct peer *peer, const char *what, int response,
			 const char *name, int wanted)
{
	struct nlattr *all = order(peer, response);

	message_put_text(CORDON_MEASURE_A_WORKLOAD, name);
	order_end(peer, all, what, wanted);
}

static void try_block(struct peer *peer, const char *what, const void *address,
		      size_t size, uint32_t ttl, int wanted)
{
	struct nlattr *all = order(peer, CORDON_RESPONSE_BLOCK_PEER);

	message_put(CORDON_MEASURE_A_ADDRESS, address, size);
	message_put_u32(CORDON_MEASURE_A_TTL, ttl);
	order_end(peer, all, what, wanted);
}

/* --- many ----------------------------------------------------------------- */

int many_blocks(uint32_t count)
{
	uint8_t address[16] = { [10] = 0xff, 0xff, 10, 66 };
	struct nlattr *all;
	struct peer peer;
	uint32_t i;

	peer_must(&peer);
	for (i = 0; i < count; i++) {
		address[14] = (uint8_t)(i >> 8);
		address[15] = (uint8_t)i;
		all = order(&peer, CORDON_RESPONSE_BLOCK_PEER);
		message_put(CORDON_MEASURE_A_ADDRESS, address,
			    sizeof(address));
		message_put_u32(CORDON_MEASURE_A_TTL, 86400);
		message_end(all);
		if (peer_tell(&peer))
			return 1;
	}
	return 0;
}

int many_suspends(uint32_t count)
{
	struct nlattr *all;
	struct peer peer;
	int status = 0;
	char name[16];
	uint32_t i;

	peer_must(&peer);
	for (i = 0; i < count && !status; i++) {
		snprintf(name, sizeof(name), "w%u", i);
		all = order(&peer, CORDON_RESPONSE_SUSPEND);
		message_put_text(CORDON_MEASURE_A_WORKLOAD, name);
		message_end(all);
		status = peer_tell(&peer);
	}
	printf("%u %s\n", status ? i - 1 : i, strerror(status));
	return 0;
}

/* --- one by one ------------------------------------------------------------- */

/* What cannot be ordered with evidence, and of which process. */
static void case_evidence(struct peer *peer)
{
	static const struct {
		const char *what;
		int response;
		const char *name;
		uint32_t tgid, ttl;
		bool evidence, end;
		int wanted;
	} orders[] = {
		{ "a kill of one process, without evidence",
		  CORDON_RESPONSE_KILL, .tgid = 1, .wanted = EINVAL },
		{ "a kill of nobody, with evidence",
		  CORDON_RESPONSE_KILL, .evidence = true, .wanted = EINVAL },
		{ "of process 1, which is nobody's", CORDON_RESPONSE_KILL,
		  .tgid = 1, .evidence = true, .wanted = ENOENT },
		{ "of a number that nobody has", CORDON_RESPONSE_KILL,
		  .tgid = UINT32_MAX, .evidence = true, .wanted = ENOENT },
		{ "of a process of a workload of that name",
		  CORDON_RESPONSE_KILL, "no-such-workload", .tgid = 1,
		  .evidence = true, .wanted = EINVAL },
		{ "of a process, for a time", CORDON_RESPONSE_KILL, .tgid = 1,
		  .ttl = 60, .evidence = true, .wanted = EINVAL },
		{ "an end of that", CORDON_RESPONSE_KILL, .tgid = 1,
		  .evidence = true, .end = true, .wanted = EINVAL },
		{ "a suspension of one process", CORDON_RESPONSE_SUSPEND,
		  "no-such-workload", .tgid = 1, .wanted = EINVAL },
		{ "a quarantine with evidence", CORDON_RESPONSE_QUARANTINE,
		  "no-such-workload", .evidence = true, .wanted = EINVAL },
		{ "an end of a suspension, with evidence",
		  CORDON_RESPONSE_SUSPEND, "no-such-workload",
		  .evidence = true, .end = true, .wanted = EINVAL },
		{ "a suspension with evidence, of who is not there",
		  CORDON_RESPONSE_SUSPEND, "no-such-workload",
		  .evidence = true, .wanted = ENOENT },
	};
	struct nlattr *all;
	size_t i;

	for (i = 0; i < sizeof(orders) / sizeof(orders[0]); i++) {
		all = order(peer, orders[i].response);
		if (orders[i].name)
			message_put_text(CORDON_MEASURE_A_WORKLOAD,
					 orders[i].name);
		if (orders[i].tgid)
			message_put_u32(CORDON_MEASURE_A_TGID, orders[i].tgid);
		if (orders[i].ttl)
			message_put_u32(CORDON_MEASURE_A_TTL, orders[i].ttl);
		if (orders[i].evidence)
			message_put(CORDON_MEASURE_A_EVIDENCE, NULL, 0);
		if (orders[i].end)
			message_put(CORDON_MEASURE_A_END, NULL, 0);
		order_end(peer, all, orders[i].what, orders[i].wanted);
	}
}

static void case_workloads(struct peer *peer)
{
	struct nlattr *all;

	message_begin(peer, CORDON_CMD_RESPOND);
	expect_why(peer, "an order without content", EINVAL);
	order_end(peer, order(peer, -1), "an order without a response", EINVAL);
	order_end(peer, order(peer, CORDON_RESPONSE_COUNT),
		  "a response that is none", -1);
	order_end(peer, order(peer, 255), "response 255", -1);
	order_end(peer, order(peer, CORDON_RESPONSE_SUSPEND),
		  "a suspension of nobody", EINVAL);
	order_end(peer, order(peer, CORDON_RESPONSE_KILL),
		  "a kill of one process", EINVAL);
	case_evidence(peer);
	try_workload(peer, "a suspension of who is not there",
		     CORDON_RESPONSE_SUSPEND, "no-such-workload", ENOENT);
	try_workload(peer, "a quarantine of a name without letters",
		     CORDON_RESPONSE_QUARANTINE, "", -1);
	try_workload(peer, "a quarantine of a name that is too long",
		     CORDON_RESPONSE_QUARANTINE,
		     "01234567890123456789012345678901234567890123456789"
		     "01234567890123456789012345678901234567890123456789", -1);
	all = order(peer, CORDON_RESPONSE_KILL_WORKLOAD);
	message_put_text(CORDON_MEASURE_A_WORKLOAD, "no-such-workload");
	message_put_u32(CORDON_MEASURE_A_TTL, 60);
	order_end(peer, all, "a kill that lasts", EINVAL);
	all = order(peer, CORDON_RESPONSE_SUSPEND);
	message_put_text(CORDON_MEASURE_A_WORKLOAD, "no-such-workload");
	message_put_u8(CORDON_MEASURE_A_RESPONSE, CORDON_RESPONSE_QUARANTINE);
	order_end(peer, all, "an order of two responses", EINVAL);
	all = order(peer, CORDON_RESPONSE_KILL_WORKLOAD);
	message_put_text(CORDON_MEASURE_A_WORKLOAD, "one");
	message_put_text(CORDON_MEASURE_A_WORKLOAD, "another");
	order_end(peer, all, "an order about two workloads", EINVAL);
	all = order(peer, CORDON_RESPONSE_SUSPEND);
	message_put_text(CORDON_MEASURE_A_WORKLOAD, "no-such-workload");
	message_put(CORDON_MEASURE_A_ADDRESS, somebody, sizeof(somebody));
	order_end(peer, all, "an order about a workload and an address", EINVAL);
	all = order(peer, CORDON_RESPONSE_SUSPEND);
	message_put_text(CORDON_MEASURE_A_WORKLOAD, "no-such-workload");
	message_put_u32(CORDON_MEASURE_A_TTL, 60);
	message_put(CORDON_MEASURE_A_END, NULL, 0);
	order_end(peer, all, "an end that lasts", EINVAL);
	all = order(peer, CORDON_RESPONSE_SUSPEND);
	message_put_text(CORDON_MEASURE_A_WORKLOAD, "no-such-workload");
	message_put_u32(CORDON_MEASURE_A_LEFT, 60);
	order_end(peer, all, "an order with what only answers have", -1);
	all = order(peer, CORDON_RESPONSE_SUSPEND);
	message_put_text(CORDON_MEASURE_A_WORKLOAD, "no-such-workload");
	message_put(CORDON_MEASURE_A_END, NULL, 0);
	order_end(peer, all, "an end of what has not begun", ENOENT);
}

static void case_addresses(struct peer *peer)
{
	struct nlattr *all = order(peer, CORDON_RESPONSE_BLOCK_PEER);

	message_put_u32(CORDON_MEASURE_A_TTL, 60);
	order_end(peer, all, "a block of nobody", EINVAL);
	all = order(peer, CORDON_RESPONSE_BLOCK_PEER);
	message_put(CORDON_MEASURE_A_ADDRESS, somebody, sizeof(somebody));
	order_end(peer, all, "a block for ever", EINVAL);
	try_block(peer, "a block for no time", somebody, 16, 0, -1);
	try_block(peer, "a block for more than a year", somebody, 16,
		  CORDON_TTL_MAX + 1, -1);
	try_block(peer, "an address of four bytes", somebody + 12, 4, 60, -1);
	try_block(peer, "a block of this host", oneself, 16, 60, EINVAL);
	try_block(peer, "a block of no address", nobody, 16, 60, EINVAL);
	all = order(peer, CORDON_RESPONSE_BLOCK_PEER);
	message_put(CORDON_MEASURE_A_ADDRESS, somebody, sizeof(somebody));
	message_put(CORDON_MEASURE_A_END, NULL, 0);
	order_end(peer, all, "an end of a block that is none", ENOENT);
	try_block(peer, "an honest block is taken", somebody, 16, 60, 0);
	all = order(peer, CORDON_RESPONSE_BLOCK_PEER);
	message_put(CORDON_MEASURE_A_ADDRESS, somebody, sizeof(somebody));
	message_put(CORDON_MEASURE_A_END, NULL, 0);
	order_end(peer, all, "and ended", 0);
}

static struct nlattr *answer(struct peer *peer)
{
	message_begin(peer, CORDON_CMD_ANSWER);
	return message_nest(CORDON_A_MEASURE);
}

static void case_answers(struct peer *peer)
{
	static const uint32_t ids[] = { 0, 1, INT32_MAX, UINT32_MAX };
	struct nlattr *all;
	size_t i;

	message_begin(peer, CORDON_CMD_ANSWER);
	expect_why(peer, "an answer without content", EINVAL);
	order_end(peer, answer(peer), "an answer to nothing", EINVAL);
	for (i = 0; i < sizeof(ids) / sizeof(ids[0]); i++) {
		all = answer(peer);
		message_put_u32(CORDON_MEASURE_A_ID, ids[i]);
		order_end(peer, all, "an answer to what nobody asked", ENOENT);
	}
	all = answer(peer);
	message_put_u64(CORDON_MEASURE_A_ID, 1);
	order_end(peer, all, "an id of the wrong size", -1);
	all = answer(peer);
	message_put_u32(CORDON_MEASURE_A_ID, 1);
	message_put_u32(CORDON_MEASURE_A_TTL, 60);
	order_end(peer, all, "an answer that changes what was asked", EINVAL);
	all = answer(peer);
	message_put_u32(CORDON_MEASURE_A_ID, 1);
	message_put(CORDON_MEASURE_A_EVIDENCE, NULL, 0);
	order_end(peer, all, "an answer that wants evidence", EINVAL);
}

/* --- declared ------------------------------------------------------------- */

/* A document with room for one response, which is begun. */
static struct nlattr *declare(struct peer *peer, uint32_t ops, uint32_t acts)
{
	struct nlattr *all;

	quietly(peer, CORDON_CMD_BEGIN);
	message_begin(peer, CORDON_CMD_WORKLOAD_ADD);
	all = message_nest(CORDON_A_WORKLOAD);
	message_put_text(CORDON_WORKLOAD_A_NAME, "hostile");
	message_put_u8(CORDON_WORKLOAD_A_DEFAULT, CORDON_EFFECT_ALLOW);
	message_put_u32(CORDON_WORKLOAD_A_MEMBERS, 1);
	message_put_u32(CORDON_WORKLOAD_A_RULES, 1);
	message_put_u32(CORDON_WORKLOAD_A_PATTERNS, 1);
	message_put_u32(CORDON_WORKLOAD_A_BYTES, 512);
	message_put_u32(CORDON_WORKLOAD_A_RESPONSES, 1);
	message_end(all);
	peer_tell(peer);
	message_begin(peer, CORDON_CMD_RULE_ADD);
	all = message_nest(CORDON_A_RESPONSE);
	message_put_u32(CORDON_RESPONSE_A_OPS, ops);
	message_put_u32(CORDON_RESPONSE_A_DO, acts);
	return all;
}

static void declare_end(struct peer *peer, struct nlattr *all, const char *what,
			int wanted)
{
	message_end(all);
	expect(peer, what, wanted);
	quietly(peer, CORDON_CMD_ABORT);
}

static void case_declared(struct peer *peer)
{
	const uint32_t exec = 1 << CORDON_OP_EXEC;
	const uint32_t accept = 1 << CORDON_OP_ACCEPT;
	const uint32_t kill = 1 << CORDON_RESPONSE_KILL;
	const uint32_t block = 1 << CORDON_RESPONSE_BLOCK_PEER;
	struct nlattr *all;
	int i;

	declare_end(peer, declare(peer, exec, kill), "an honest response", 0);
	declare_end(peer, declare(peer, 0, kill), "a response to nothing", -1);
	declare_end(peer, declare(peer, exec, 0), "that does nothing", -1);
	declare_end(peer, declare(peer, 1U << 31, kill), "to an op that is none",
		    -1);
	declare_end(peer, declare(peer, exec, 1U << 31), "of none that there is",
		    -1);
	declare_end(peer, declare(peer, 1 << CORDON_OP_PASS, kill),
		    "to what only passes", -1);
	declare_end(peer, declare(peer, accept, kill),
		    "a kill by whoever sends a packet", -1);
	declare_end(peer, declare(peer, exec, block), "a block without a peer",
		    -1);
	declare_end(peer, declare(peer, accept, block), "a block for ever", -1);
	all = declare(peer, accept, block);
	for (i = 0; i <= CORDON_LADDER_MAX; i++)
		message_put_u32(CORDON_RESPONSE_A_TTL, 60);
	declare_end(peer, all, "a ladder of too many steps", -1);
	all = declare(peer, accept, block);
	message_put_u32(CORDON_RESPONSE_A_TTL, UINT32_MAX);
	declare_end(peer, all, "a step of too long", -1);
	all = declare(peer, exec, kill);
	message_put_u32(CORDON_RESPONSE_A_RULE, 1);
	message_put_u32(CORDON_RESPONSE_A_RULES, 1);
	declare_end(peer, all, "about a rule that will not be there", -1);
	all = declare(peer, exec, kill);
	message_put_u32(CORDON_RESPONSE_A_RULE, 0);
	message_put_u32(CORDON_RESPONSE_A_RULES, UINT32_MAX);
	declare_end(peer, all, "about more rules than there can be", -1);
	all = declare(peer, exec, kill);
	message_put_u32(CORDON_RESPONSE_A_TIMES, 0);
	declare_end(peer, all, "after no departure", -1);
	all = declare(peer, exec, kill);
	message_put_u32(CORDON_RESPONSE_A_TIMES, 5);
	declare_end(peer, all, "after some, in no time", -1);
	all = declare(peer, exec, kill);
	message_put_u32(CORDON_RESPONSE_A_TIMES, 5);
	message_put_u32(CORDON_RESPONSE_A_WITHIN, UINT32_MAX);
	declare_end(peer, all, "within more than a day", -1);
	all = declare(peer, exec, kill);
	message_put_u8(CORDON_RESPONSE_A_PER, CORDON_PER_COUNT);
	declare_end(peer, all, "counted per what is none", -1);
	all = declare(peer, exec, kill);
	message_put_u32(CORDON_RESPONSE_A_ASK, UINT32_MAX);
	declare_end(peer, all, "that waits for more than a day", -1);
}

void case_responses(struct peer *peer)
{
	case_workloads(peer);
	case_addresses(peer);
	case_answers(peer);
	case_declared(peer);
}
