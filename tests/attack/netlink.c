// SPDX-License-Identifier: LGPL-2.1-or-later
/*
 * Speaks with the module as no honest program would.
 *
 *	netlink hostile		all the cases below; a line for each
 *	netlink random N SEED	N messages made from valid ones by chance
 *	netlink rights		prints what errno a read, a change and
 *				listening to verdicts meet
 */
#define _GNU_SOURCE
#include <errno.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include <linux/genetlink.h>
#include <cordon.h>

#include "netlink.h"

static int failures;

static void ok(const char *what)
{
	printf("ok - %s\n", what);
}

static void not_ok(const char *what, int wanted, int got, const char *why)
{
	printf("not ok - %s\n#   wanted %s, got %s (%s)\n", what,
	       wanted < 0 ? "a refusal" : wanted ? strerror(wanted) : "success",
	       got ? strerror(got) : "success", why);
	failures++;
}

/* --- cases -------------------------------------------------------------------- */

void expect(struct peer *peer, const char *what, int wanted)
{
	int got = peer_tell(peer);

	if (got == wanted || (wanted < 0 && got && got != EAGAIN))
		ok(what);
	else
		not_ok(what, wanted, got, peer->why);
}

void expect_why(struct peer *peer, const char *what, int wanted)
{
	expect(peer, what, wanted);
	if (!peer->why[0]) {
		printf("not ok - %s: it is said why\n", what);
		failures++;
	}
}

void quietly(struct peer *peer, uint8_t command)
{
	message_begin(peer, command);
	peer_tell(peer);
}

const struct counts usual = { 1, 1, 1, 1, 512, 0 };

void workload(struct peer *peer, const char *name,
	      const struct counts *counts)
{
	struct nlattr *all;

	message_begin(peer, CORDON_CMD_WORKLOAD_ADD);
	all = message_nest(CORDON_A_WORKLOAD);
	message_put_text(CORDON_WORKLOAD_A_NAME, name);
	message_put_u8(CORDON_WORKLOAD_A_DEFAULT, CORDON_EFFECT_ALLOW);
	if (counts->kind)
		message_put_u8(CORDON_WORKLOAD_A_KIND, counts->kind);
	message_put_u32(CORDON_WORKLOAD_A_MEMBERS, counts->members);
	message_put_u32(CORDON_WORKLOAD_A_PROGRAMS, counts->programs);
	message_put_u32(CORDON_WORKLOAD_A_RULES, counts->rules);
	message_put_u32(CORDON_WORKLOAD_A_PATTERNS, counts->patterns);
	message_put_u32(CORDON_WORKLOAD_A_BYTES, counts->bytes);
	message_end(all);
}

void put_member(uint8_t kind, const char *pattern)
{
	struct nlattr *all = message_nest(CORDON_A_MEMBER);

	message_put_u8(CORDON_MEMBER_A_KIND, kind);
	message_put_text(CORDON_MEMBER_A_PATTERN, pattern);
	message_end(all);
}

void put_program(const char *exe)
{
	struct nlattr *all = message_nest(CORDON_A_PROGRAM);

	message_put_text(CORDON_PROGRAM_A_EXE, exe);
	message_end(all);
}

void put_rule(uint32_t program, uint32_t ops, const char *pattern)
{
	struct nlattr *all = message_nest(CORDON_A_RULE);

	message_put_u32(CORDON_RULE_A_PROGRAM, program);
	message_put_u8(CORDON_RULE_A_EFFECT, CORDON_EFFECT_ALLOW);
	message_put_u32(CORDON_RULE_A_OPS, ops);
	message_put_text(CORDON_RULE_A_TEXT, pattern);
	message_put_text(CORDON_RULE_A_PATTERN, pattern);
	message_end(all);
}

/* Members, programs and rules as the usual counts announce them. */
void content(struct peer *peer)
{
	message_begin(peer, CORDON_CMD_RULE_ADD);
	put_member(CORDON_MEMBER_EXE, "/nowhere/program");
	put_program("/nowhere/program");
	put_rule(0, 1 << CORDON_OP_READ, "/nowhere/**");
}

static void case_framing(struct peer *peer)
{
	message_begin(peer, CORDON_CMD_STATUS_GET);
	expect(peer, "status is told", 0);
	message_begin(peer, 0);
	expect(peer, "command 0 is refused", -1);
	message_begin(peer, CORDON_CMD_EVENT);
	expect(peer, "an event is no command", -1);
	message_begin(peer, CORDON_CMD_EVENT_GET);
	expect(peer, "events are told", 0);
	message_begin(peer, CORDON_CMD_EVENT_GET);
	message_put_u64(CORDON_A_SEQUENCE, 0);
	expect(peer, "events are told from the first", 0);
	message_begin(peer, CORDON_CMD_EVENT_GET);
	message_put_u64(CORDON_A_SEQUENCE, UINT64_MAX);
	expect(peer, "an event that is to come is refused", -1);
	message_begin(peer, CORDON_CMD_EVENT_GET);
	message_put_u32(CORDON_A_SEQUENCE, 1);
	expect(peer, "an event's number of the wrong size is refused", -1);
	message_begin(peer, CORDON_CMD_EVENT_GET);
	message_put_text(CORDON_A_NAME, "web");
	expect(peer, "events of a name are refused", -1);
	message_begin_type(peer, peer->family, CORDON_CMD_EVENT_GET,
			   NLM_F_DUMP);
	expect(peer, "a dump of events is refused", -1);
	message_begin(peer, CORDON_CMD_COUNT);
	expect(peer, "a command of the future is refused", -1);
	message_begin(peer, 255);
	expect(peer, "command 255 is refused", -1);
	message_begin(peer, CORDON_CMD_BEGIN);
	message.head.nlmsg_len = NLMSG_HDRLEN;
	expect(peer, "a message without a command is refused", -1);
	message_begin(peer, CORDON_CMD_STATUS_GET);
	message_put_u32(CORDON_A_CONFIRM, 1);
	expect(peer, "an attribute where none belongs is refused", -1);
	message_begin(peer, CORDON_CMD_BEGIN);
	message_put_u32(CORDON_A_COUNT + 7, 1);
	expect(peer, "an unknown attribute is refused", -1);
	message_begin(peer, CORDON_CMD_BEGIN);
	message_put_u32(CORDON_A_GENERATION, 1);
	expect(peer, "a number of the wrong size is refused", -1);
	message_begin(peer, CORDON_CMD_BEGIN);
	message_put(CORDON_A_REPLACE, "x", 1);
	expect(peer, "a flag with content is refused", -1);
	message_begin(peer, CORDON_CMD_BEGIN);
	message_put_u64(CORDON_A_GENERATION, 0);
	((struct nlattr *)(message.bytes + NLMSG_HDRLEN + GENL_HDRLEN))->nla_len = 200;
	expect(peer, "an attribute longer than its message is refused", -1);
	message_begin(peer, CORDON_CMD_BEGIN);
	message_put_u64(CORDON_A_GENERATION, 0);
	((struct nlattr *)(message.bytes + NLMSG_HDRLEN + GENL_HDRLEN))->nla_len = 2;
	expect(peer, "an attribute shorter than its head is refused", -1);
}

static void case_transactions(struct peer *peer)
{
	struct peer other, third;
	uint64_t before;

	peer_must(&other);
	message_begin(peer, CORDON_CMD_STATUS_GET);
	peer_tell(peer);
	before = peer->generation;
	content(peer);
	expect_why(peer, "rules without a transaction are refused", ENOENT);
	message_begin(peer, CORDON_CMD_COMMIT);
	expect_why(peer, "a commit without a transaction is refused", ENOENT);
	message_begin(peer, CORDON_CMD_BEGIN);
	message_put_u64(CORDON_A_GENERATION, before + 1);
	expect_why(peer, "a transaction against another generation is refused",
		   ESTALE);
	message_begin(peer, CORDON_CMD_BEGIN);
	message_put_u64(CORDON_A_GENERATION, before);
	expect(peer, "a transaction begins", 0);
	message_begin(&other, CORDON_CMD_BEGIN);
	expect_why(&other, "a second one, from another socket, does not",
		   EBUSY);
	message_begin(peer, CORDON_CMD_BEGIN);
	expect_why(peer, "nor from the same", EBUSY);
	message_begin(&other, CORDON_CMD_COMMIT);
	expect_why(&other, "another socket cannot commit it", EBUSY);
	message_begin(&other, CORDON_CMD_ABORT);
	expect(&other, "another socket cannot abort it", -1);
	content(peer);
	expect_why(peer, "rules before a workload are refused", -1);
	workload(peer, "hostile", &usual);
	expect(peer, "a workload is added", 0);
	message_begin(peer, CORDON_CMD_COMMIT);
	expect_why(peer, "a commit before its rules came is refused", EINVAL);
	close(peer->fd);
	message_begin(&other, CORDON_CMD_BEGIN);
	expect(&other, "who closes his socket gives up his transaction", 0);
	workload(&other, "hostile", &usual);
	peer_tell(&other);
	content(&other);
	expect(&other, "what was announced is taken", 0);
	content(&other);
	expect_why(&other, "more than was announced is refused", -1);
	message_begin(&other, CORDON_CMD_WORKLOAD_DEL);
	message_put_text(CORDON_A_NAME, "hostile");
	peer_tell(&other);
	content(&other);
	expect_why(&other, "rules for a workload that was dropped are refused",
		   -1);
	message_begin(&other, CORDON_CMD_WORKLOAD_DEL);
	message_put_text(CORDON_A_NAME, "no-such-workload");
	expect_why(&other, "dropping what is not there is refused", ENOENT);
	quietly(&other, CORDON_CMD_ABORT);
	peer_must(&third);
	message_begin(&third, CORDON_CMD_STATUS_GET);
	peer_tell(&third);
	if (third.generation == before)
		ok("none of this has changed the generation");
	else
		not_ok("none of this has changed the generation", 0, 0,
		       "it moved");
	close(other.fd);
	*peer = third;
}

/* One attempt at a workload with these counts, in a transaction of its own. */
static void try_counts(struct peer *peer, const char *what,
		       struct counts counts)
{
	quietly(peer, CORDON_CMD_BEGIN);
	workload(peer, "hostile", &counts);
	expect_why(peer, what, -1);
	quietly(peer, CORDON_CMD_ABORT);
}

/* One attempt at members, programs and rules that RULE_ADD must refuse. */
static void try_begin(struct peer *peer)
{
	struct counts counts = { 4, 4, 4, 256, 65536, 0 };

	quietly(peer, CORDON_CMD_BEGIN);
	workload(peer, "hostile", &counts);
	peer_tell(peer);
	message_begin(peer, CORDON_CMD_RULE_ADD);
}

static void try_end(struct peer *peer, const char *what)
{
	expect_why(peer, what, -1);
	quietly(peer, CORDON_CMD_ABORT);
}

static void try_rule(struct peer *peer, const char *what, uint32_t program,
		     uint32_t ops, const char *pattern)
{
	try_begin(peer);
	put_program("/nowhere/program");
	put_rule(program, ops, pattern);
	try_end(peer, what);
}

/* What no workload has too much of, but all of them together have. */
static void case_sums(struct peer *peer)
{
	static const struct counts large = {
		1, 1, 1, 1, CORDON_BYTES_MAX, 0
	};
	char name[] = "hostile-0";

	quietly(peer, CORDON_CMD_BEGIN);
	for (; name[8] - '0' < (int)(CORDON_POLICY_BYTES_MAX / CORDON_BYTES_MAX);
	     name[8]++) {
		workload(peer, name, &large);
		expect(peer, "a workload with all the text it may have", 0);
		content(peer);
		peer_tell(peer);
	}
	workload(peer, name, &usual);
	expect_why(peer, "more text than a policy may have", E2BIG);
	name[8]--;
	workload(peer, name, &usual);
	expect(peer, "less text instead of more", 0);
	quietly(peer, CORDON_CMD_ABORT);
}

static void case_limits(struct peer *peer)
{
	static char text[CORDON_PATH_MAX * 2];
	const uint32_t read = 1 << CORDON_OP_READ;
	struct nlattr *all;
	size_t at;
	int i;

	try_counts(peer, "more members than the limit",
		   (struct counts){ CORDON_MEMBERS_MAX + 1, 1, 1, 1, 64, 0 });
	try_counts(peer, "more programs than the limit",
		   (struct counts){ 1, CORDON_PROGRAMS_MAX + 1, 1, 1, 64, 0 });
	try_counts(peer, "more rules than the limit",
		   (struct counts){ 1, 1, CORDON_RULES_MAX + 1, 1, 64, 0 });
	try_counts(peer, "more patterns than there can be",
		   (struct counts){ 1, 1, 1, UINT32_MAX, 64, 0 });
	try_counts(peer, "more text than the limit",
		   (struct counts){ 1, 1, 1, 1, CORDON_BYTES_MAX + 1, 0 });
	try_counts(peer, "counts whose sum overflows",
		   (struct counts){ UINT32_MAX, UINT32_MAX, UINT32_MAX,
				    UINT32_MAX, UINT32_MAX, 0 });
	quietly(peer, CORDON_CMD_BEGIN);
	workload(peer, "a name with blanks", &usual);
	expect_why(peer, "a name that is none", -1);
	workload(peer, "", &usual);
	expect_why(peer, "an empty name", -1);
	memset(text, 'n', CORDON_NAME_MAX + 1);
	workload(peer, text, &usual);
	expect(peer, "a name over the limit", -1);
	message_begin(peer, CORDON_CMD_WORKLOAD_ADD);
	all = message_nest(CORDON_A_WORKLOAD);
	message_put_text(CORDON_WORKLOAD_A_NAME, "hostile");
	message_put_u8(CORDON_WORKLOAD_A_DEFAULT, 7);
	message_end(all);
	expect(peer, "a default that is none", -1);
	message_begin(peer, CORDON_CMD_WORKLOAD_ADD);
	all = message_nest(CORDON_A_WORKLOAD);
	message_put(CORDON_WORKLOAD_A_NAME, "hostile", 7);
	message_put_u8(CORDON_WORKLOAD_A_DEFAULT, 0);
	message_end(all);
	expect(peer, "a name without its end", -1);
	message_begin(peer, CORDON_CMD_WORKLOAD_ADD);
	expect_why(peer, "a workload without anything", -1);
	quietly(peer, CORDON_CMD_ABORT);

	try_begin(peer);
	put_member(CORDON_MEMBER_COUNT, "/nowhere");
	expect(peer, "a kind of member that is none", -1);
	quietly(peer, CORDON_CMD_ABORT);
	try_begin(peer);
	put_member(CORDON_MEMBER_EXE, "relative");
	try_end(peer, "a member with a relative path");
	try_begin(peer);
	put_program("relative");
	try_end(peer, "a program with a relative path");
	try_rule(peer, "a rule of a program that is not there", 5, read, "/x");
	try_rule(peer, "a rule of program 4294967295", UINT32_MAX, read, "/x");
	try_rule(peer, "a rule without ops", 0, 0, "/x");
	try_rule(peer, "a relative pattern", 0, read, "x");
	try_rule(peer, "an empty pattern", 0, read, "");
	try_rule(peer, "a pattern with two slashes", 0, read, "/a//b");
	try_rule(peer, "a pattern with dots", 0, read, "/a/../b");
	try_rule(peer, "an unclosed set", 0, read, "/a/[x");
	try_rule(peer, "a lonely backslash", 0, read, "/a/x\\");
	try_rule(peer, "three '**'", 0, read, "/**/a/**/b/**");
	try_rule(peer, "a kind of object that is none", 0, read, "nothing:");
	try_begin(peer);
	put_program("/nowhere/program");
	put_rule(0, 1U << 31, "/x");
	expect(peer, "an op that is none", -1);
	quietly(peer, CORDON_CMD_ABORT);
	for (i = 0, at = 0; i <= CORDON_DEPTH_MAX; i++)
		at += sprintf(text + at, "/d");
	try_rule(peer, "a pattern deeper than the limit", 0, read, text);
	text[0] = '/';
	memset(text + 1, 'c', CORDON_COMPONENT_MAX + 1);
	text[CORDON_COMPONENT_MAX + 2] = '\0';
	try_rule(peer, "a component longer than the limit", 0, read, text);
	try_begin(peer);
	put_program("/nowhere/program");
	memset(text + 1, '/', sizeof(text) - 2);
	put_rule(0, read, text);
	expect(peer, "a pattern longer than a path can be", -1);
	quietly(peer, CORDON_CMD_ABORT);
	try_begin(peer);
	put_program("/nowhere/program");
	all = message_nest(CORDON_A_RULE);
	message_put_u8(CORDON_RULE_A_EFFECT, CORDON_EFFECT_ALLOW);
	message_put_u32(CORDON_RULE_A_OPS, read);
	message_put_text(CORDON_RULE_A_TEXT, "/x");
	for (i = 0; i <= CORDON_PATTERNS_MAX; i++)
		message_put_text(CORDON_RULE_A_PATTERN, "/x");
	message_end(all);
	try_end(peer, "more patterns in a rule than the limit");
	try_begin(peer);
	put_program("/nowhere/program");
	all = message_nest(CORDON_A_RULE);
	message_put_u8(CORDON_RULE_A_EFFECT, CORDON_EFFECT_ALLOW);
	message_put_u32(CORDON_RULE_A_OPS, read);
	message_put_text(CORDON_RULE_A_TEXT, "/x");
	message_end(all);
	try_end(peer, "a rule without a pattern");
}

static void case_orders(struct peer *peer)
{
	struct nlattr *all;

	message_begin(peer, CORDON_CMD_CONFIRM);
	expect_why(peer, "confirming what does not wait for it", ENOENT);
	message_begin(peer, CORDON_CMD_MODE_SET);
	message_put_text(CORDON_A_NAME, "no-such-workload");
	all = message_nest(CORDON_A_MODES);
	message_put_u8(CORDON_MODES_A_EXEC, CORDON_MODE_MONITOR);
	message_end(all);
	expect_why(peer, "a mode for a workload that is not there", ENOENT);
	message_begin(peer, CORDON_CMD_MODE_SET);
	expect_why(peer, "a mode for nobody", -1);
	message_begin(peer, CORDON_CMD_MODE_SET);
	message_put_text(CORDON_A_NAME, "no-such-workload");
	all = message_nest(CORDON_A_MODES);
	message_put_u8(CORDON_MODES_A_EXEC, CORDON_MODE_COUNT);
	message_end(all);
	expect(peer, "a mode that is none", -1);
	message_begin(peer, CORDON_CMD_COMMIT);
	message_put_u32(CORDON_A_CONFIRM, 0);
	expect(peer, "no time to confirm", -1);
	message_begin(peer, CORDON_CMD_COMMIT);
	message_put_u32(CORDON_A_CONFIRM, CORDON_CONFIRM_MAX + 1);
	expect(peer, "too much time to confirm", -1);
}

static void case_learning(struct peer *peer)
{
	char name[CORDON_NAME_MAX + 2];
	struct nlattr *all;

	message_begin(peer, CORDON_CMD_BEHAVIOUR_CLEAR);
	expect_why(peer, "clearing what nobody did", EINVAL);
	message_begin(peer, CORDON_CMD_BEHAVIOUR_CLEAR);
	message_put_text(CORDON_A_NAME, "no-such-workload");
	expect_why(peer, "clearing what is not recorded", ENOENT);
	memset(name, 'x', sizeof(name) - 1);
	name[sizeof(name) - 1] = '\0';
	message_begin(peer, CORDON_CMD_BEHAVIOUR_CLEAR);
	message_put_text(CORDON_A_NAME, name);
	expect(peer, "clearing a name that is too long", -1);
	message_begin(peer, CORDON_CMD_BEHAVIOUR_CLEAR);
	message_put_u32(CORDON_A_NAME, 0x78787878);
	expect(peer, "clearing a name without an end", -1);
	message_begin_type(peer, peer->family, CORDON_CMD_BEHAVIOUR_DUMP,
			   NLM_F_DUMP);
	message_put_text(CORDON_A_NAME, "no-such-workload");
	expect(peer, "what is recorded of nobody is nothing", 0);
	message_begin_type(peer, peer->family, CORDON_CMD_BEHAVIOUR_DUMP,
			   NLM_F_DUMP);
	message_put_u32(CORDON_A_NAME, 0x78787878);
	expect(peer, "what is recorded of a name without an end", -1);
	message_begin(peer, CORDON_CMD_MODE_SET);
	message_put_text(CORDON_A_NAME, "no-such-workload");
	all = message_nest(CORDON_A_MODES);
	message_put_u8(CORDON_MODES_A_KERNEL, CORDON_MODE_LEARN);
	message_end(all);
	expect(peer, "learning a class without hooks", -1);
}

static void case_dumps(struct peer *peer)
{
	static const uint8_t commands[] = {
		CORDON_CMD_WORKLOAD_DUMP, CORDON_CMD_MEMBER_DUMP,
		CORDON_CMD_PROGRAM_DUMP, CORDON_CMD_RULE_DUMP,
		CORDON_CMD_TASK_DUMP, CORDON_CMD_HOOK_DUMP,
		CORDON_CMD_ENTRY_DUMP, CORDON_CMD_FLOW_DUMP,
		CORDON_CMD_MEASURE_DUMP, CORDON_CMD_RESPONSE_DUMP,
		CORDON_CMD_BEHAVIOUR_DUMP, CORDON_CMD_LEARNING_DUMP,
	};
	char what[64];
	size_t i;

	for (i = 0; i < sizeof(commands); i++) {
		const uint8_t command = commands[i];

		message_begin_type(peer, peer->family, command, NLM_F_DUMP);
		snprintf(what, sizeof(what), "dump %u ends", command);
		expect(peer, what, 0);
		message_begin(peer, command);
		snprintf(what, sizeof(what), "command %u is only a dump",
			 command);
		expect(peer, what, -1);
		message_begin_type(peer, peer->family, command, NLM_F_DUMP);
		message_put_u32(CORDON_A_CONFIRM, 1);
		snprintf(what, sizeof(what),
			 "dump %u with an attribute is refused", command);
		expect(peer, what, -1);
		/* Asked for, and not waited for. */
		message_begin_type(peer, peer->family, command, NLM_F_DUMP);
		send(peer->fd, message.bytes, message.head.nlmsg_len, 0);
		close(peer->fd);
		peer_must(peer);
	}
}

static int hostile(void)
{
	struct peer peer;

	peer_must(&peer);
	case_framing(&peer);
	case_transactions(&peer);
	case_limits(&peer);
	case_sums(&peer);
	case_orders(&peer);
	case_learning(&peer);
	case_dumps(&peer);
	case_segments(&peer);
	case_responses(&peer);
	message_begin(&peer, CORDON_CMD_STATUS_GET);
	expect(&peer, "status is told, after all that", 0);
	return failures > 0;
}

/* It needs the memory of a million entries, and the time to make them. */
static int many(void)
{
	struct peer peer;

	peer_must(&peer);
	case_too_many(&peer);
	return failures > 0;
}

int main(int argc, char **argv)
{
	setvbuf(stdout, NULL, _IOLBF, 0);
	if (argc == 2 && !strcmp(argv[1], "hostile"))
		return hostile();
	if (argc == 2 && !strcmp(argv[1], "many"))
		return many();
	if (argc == 4 && !strcmp(argv[1], "random"))
		return random_messages(atol(argv[2]),
				       strtoull(argv[3], NULL, 0));
	if (argc == 2 && !strcmp(argv[1], "rights"))
		return rights();
	if (argc == 3 && !strcmp(argv[1], "eavesdrop"))
		return eavesdrop(atol(argv[2]));
	if (argc == 3 && !strcmp(argv[1], "blocks"))
		return many_blocks((uint32_t)atol(argv[2]));
	if (argc == 3 && !strcmp(argv[1], "suspends"))
		return many_suspends((uint32_t)atol(argv[2]));
	fprintf(stderr, "usage: netlink hostile|many|random N SEED|rights|eavesdrop N|blocks N|suspends N\n");
	return 2;
}
