// SPDX-License-Identifier: LGPL-2.1-or-later
/*
 * Deciding about peers, unix sockets and kinds of sockets: each kind of rule
 * with what it denies and what it leaves alone.
 */
#include <arpa/inet.h>
#include <stdio.h>
#include <stdlib.h>

#include "engine_fixture.h"
#include "net.h"
#include "suites.h"

#define ALLOW CORDON_ACTION_ALLOW
#define DENY CORDON_ACTION_DENY
#define WOULD_DENY CORDON_ACTION_WOULD_DENY
#define RULE CORDON_REASON_RULE
#define DEFAULT CORDON_REASON_DEFAULT
#define NONE CORDON_NONE
#define COUNT(table) (sizeof(table) / sizeof((table)[0]))

/* Documents in the order of their names. */
enum { DB, SITE, WEB };

static const struct fixture_workload site = {
	.name = "site",
	.kind = CORDON_DOCUMENT_SEGMENTS,
	.mode = CORDON_MODE_ENFORCE,
	.members = { "prefix:0 10.0.2.0/24", "interface:1 vnet3",
		     "claim:vnet3 10.0.2.7" },
	.programs = { "dbs", "webs" },
	.rules = { "1 allow pass tcp/5432@segment:dbs" },
};

static const struct fixture_workload db = {
	.name = "db",
	.effect = CORDON_EFFECT_DENY,
	.mode = CORDON_MODE_ENFORCE,
	.members = { "user:7" },
};

static struct fixture *fixture_of(const char *const *rules, u32 count,
				  enum cordon_effect effect,
				  enum cordon_mode mode)
{
	struct fixture_workload all[] = { db, site, {
		.name = "web",
		.effect = effect,
		.mode = mode,
		.members = { "user:8" },
		.programs = { "/usr/bin/a", "/usr/bin/b" },
	} };

	while (count--)
		all[WEB].rules[count] = rules[count];
	return fixture_build(all, 3, false);
}

/* "10.0.0.1", then words: local, workload:NAME, segment:NAME */
static struct cordon_peer peer_of(const struct cordon_policy *policy,
				  const char *text)
{
	struct cordon_peer peer = { .workload = NONE };
	char copy[128];
	char *rest;
	char *word;

	strcpy(copy, text);
	word = strtok_r(copy, " ", &rest);
	ck_assert(!cordon_address_parse(&peer.address, word, strlen(word)));
	while ((word = strtok_r(NULL, " ", &rest))) {
		if (strcmp(word, "local") == 0)
			peer.is_local = true;
		else if (strncmp(word, "workload:", 9) == 0)
			peer.workload = cordon_policy_workload(
				policy, word + 9, strlen(word + 9));
		else
			peer.segments[peer.segment_count++] =
				cordon_policy_segment(policy, word + 8,
						      strlen(word + 8));
	}
	return peer;
}

static struct cordon_verdict decide(const struct fixture *fixture, u32 program,
				    enum cordon_op op, u8 protocol, u16 port,
				    const char *text)
{
	const struct cordon_policy *policy = fixture->policy;
	const struct cordon_peer peer = peer_of(policy, text ? text : "::");
	const struct cordon_flow flow = {
		.op = op,
		.protocol = protocol,
		.port = port,
		.peer = text ? &peer : NULL,
	};
	const struct cordon_subject subject = {
		.workload = WEB,
		/* Those of the segments' document come first. */
		.program = program == NONE ? NONE : program + 2,
	};
	struct cordon_verdict verdict;

	memset(&verdict, 0xee, sizeof(verdict));
	cordon_policy_decide_flow(policy, &subject, &flow, &verdict);
	ck_assert_uint_eq(verdict.op, op);
	ck_assert_uint_eq(verdict.workload, WEB);
	return verdict;
}

/* One rule, a flow that it matches, and one that differs in one thing. */
static const struct {
	enum cordon_op op;
	const char *rule;
	u8 protocol;
	u16 port;
	const char *peer;	/* NULL: LISTEN */
	u8 other_protocol;
	u16 other_port;
	const char *other_peer;
} twins[] = {
#define L CORDON_OP_LISTEN
#define A CORDON_OP_ACCEPT
#define C CORDON_OP_CONNECT
	{ L, "listen tcp/443", 6, 443, NULL, 6, 444, NULL },
	{ L, "listen tcp/443", 6, 443, NULL, 17, 443, NULL },
	{ L, "listen udp/0", 17, 0, NULL, 17, 1, NULL },
	{ L, "listen tcp/65535", 6, 65535, NULL, 6, 65534, NULL },
	{ L, "listen tcp/1-65535", 6, 1, NULL, 6, 0, NULL },
	{ L, "listen tcp/1-65535", 6, 65535, NULL, 6, 0, NULL },
	{ L, "listen tcp/0-65534", 6, 0, NULL, 6, 65535, NULL },
	{ L, "listen tcp/8000-8100", 6, 8100, NULL, 6, 8101, NULL },
	{ L, "listen tcp/8000-8100", 6, 8000, NULL, 6, 7999, NULL },
	{ L, "listen sctp", 132, 9, NULL, 6, 9, NULL },
	{ L, "listen tcp", 6, 9, NULL, 33, 9, NULL },
	{ C, "connect any@any", 47, 0, "10.0.0.1", 0, 0, NULL },
	{ C, "connect any@10.0.0.0/8", 47, 0, "10.0.0.1", 47, 0, "11.0.0.1" },
	{ C, "connect icmp@any", 1, 0, "10.0.0.1", 6, 0, "10.0.0.1" },
	{ C, "connect icmp@any", 58, 0, "fe80::1", 17, 0, "fe80::1" },
	{ C, "connect tcp/443@any", 6, 443, "2001:db8::1", 6, 80,
	  "2001:db8::1" },
	{ C, "connect tcp/443@10.0.0.0/8", 6, 443, "10.255.255.255", 6, 443,
	  "9.255.255.255" },
	{ C, "connect tcp/443@10.1.2.3", 6, 443, "10.1.2.3", 6, 443,
	  "10.1.2.2" },
	{ C, "connect tcp@0.0.0.0/0", 6, 1, "255.255.255.255", 6, 1, "::1" },
	{ C, "connect tcp@0.0.0.0/0", 6, 1, "::ffff:1.2.3.4", 6, 1,
	  "::fffe:1.2.3.4" },
	{ C, "connect tcp@::/0", 6, 1, "2001:db8::1", 6, 1, "1.2.3.4" },
	{ C, "connect tcp@::/80", 6, 1, "::1", 6, 1, "1.2.3.4" },
	{ C, "connect tcp@2001:db8::/65", 6, 1, "2001:db8::7fff:0:0:1", 6, 1,
	  "2001:db8::8000:0:0:1" },
	{ C, "connect tcp@loopback", 6, 1, "127.0.0.2", 6, 1, "128.0.0.2" },
	{ C, "connect tcp@loopback", 6, 1, "::1", 6, 1, "::2" },
	{ C, "connect tcp@loopback", 6, 1, "10.0.0.1 local", 6, 1,
	  "10.0.0.1" },
	{ C, "connect tcp/5432@segment:dbs", 6, 5432, "10.0.2.1 segment:dbs",
	  6, 5432, "10.0.2.1 segment:webs" },
	{ C, "connect tcp/5432@segment:dbs", 6, 5432,
	  "10.0.2.1 segment:webs segment:dbs", 6, 5432, "10.0.2.1" },
	{ C, "connect tcp/5432@workload:db", 6, 5432, "::1 workload:db", 6,
	  5432, "::1 workload:web" },
	{ C, "connect tcp/5432@workload:db", 6, 5432, "::1 workload:db", 6,
	  5432, "::1" },
	{ A, "accept tcp/443@10.0.0.0/8", 6, 443, "10.0.0.1", 6, 443, "::1" },
	{ A, "accept udp/53@segment:webs", 17, 53, "10.0.0.1 segment:webs", 17,
	  53, "10.0.0.1" },
	{ A, "accept udp/53@any", 17, 53, "10.0.0.1", 17, 54, "10.0.0.1" },
#undef L
#undef A
#undef C
};

/* The rule for one program, then for the whole workload. */
static void check_twin(u32 i, const char *program, const char *effect,
		       u8 rule_action, u8 default_action)
{
	char line[128];
	const char *const rules[] = { line };
	struct fixture *fixture;
	struct cordon_verdict verdict;

	snprintf(line, sizeof(line), "%s %s %s", program, effect,
		 twins[i].rule);
	fixture = fixture_of(rules, 1, default_action == ALLOW ?
					       CORDON_EFFECT_ALLOW :
					       CORDON_EFFECT_DENY,
			     CORDON_MODE_ENFORCE);
	ck_assert_msg(fixture->policy, "%s: %s", line, fixture->fault.what);
	verdict = decide(fixture, 0, twins[i].op, twins[i].protocol,
			 twins[i].port, twins[i].peer);
	assert_verdict(verdict, rule_action, RULE, 0);
	if (program[0] == '0') {
		verdict = decide(fixture, 1, twins[i].op, twins[i].protocol,
				 twins[i].port, twins[i].peer);
		assert_verdict(verdict, default_action, DEFAULT, NONE);
		verdict = decide(fixture, NONE, twins[i].op, twins[i].protocol,
				 twins[i].port, twins[i].peer);
		assert_verdict(verdict, default_action, DEFAULT, NONE);
	}
	if (!twins[i].other_peer != !twins[i].peer)
		goto out;	/* nothing differs: any@any */
	verdict = decide(fixture, 0, twins[i].op, twins[i].other_protocol,
			 twins[i].other_port, twins[i].other_peer);
	assert_verdict(verdict, default_action, DEFAULT, NONE);
out:
	fixture_free(fixture);
}

START_TEST(a_rule_matches_what_it_says)
{
	check_twin((u32)_i, "0", "allow", ALLOW, DENY);
	check_twin((u32)_i, "-", "allow", ALLOW, DENY);
	check_twin((u32)_i, "0", "deny", DENY, ALLOW);
	check_twin((u32)_i, "-", "deny", DENY, ALLOW);
}
END_TEST

START_TEST(each_op_has_rules_of_its_own)
{
	static const char *const rules[] = { "0 allow connect tcp/1@any",
					     "0 allow accept tcp/2@any",
					     "0 allow listen tcp/3" };
	struct fixture *fixture = fixture_of(rules, 3, CORDON_EFFECT_DENY,
					     CORDON_MODE_ENFORCE);
	u32 i;
	u16 port;

	for (i = 0; i < 3; i++) {
		static const enum cordon_op ops[] = { CORDON_OP_CONNECT,
						      CORDON_OP_ACCEPT,
						      CORDON_OP_LISTEN };

		for (port = 1; port <= 3; port++)
			ck_assert_uint_eq(decide(fixture, 0, ops[i], 6, port,
						 i == 2 ? NULL :
							  "10.0.0.1").action,
					  port == i + 1 ? ALLOW : DENY);
	}
	fixture_free(fixture);
}
END_TEST

START_TEST(a_deny_wins_and_the_first_rule_is_named)
{
	static const char *const rules[] = {
		"- allow connect tcp/1-100@any",
		"0 allow connect tcp/50@10.0.0.0/8",
		"- deny connect any@10.0.0.2",
		"0 deny connect tcp/60-70@any",
		"0 deny connect tcp/65@any",
	};
	struct fixture *fixture = fixture_of(rules, 5, CORDON_EFFECT_DENY,
					     CORDON_MODE_ENFORCE);

	assert_verdict(decide(fixture, 0, CORDON_OP_CONNECT, 6, 50,
			      "10.0.0.1"), ALLOW, RULE, 0);
	assert_verdict(decide(fixture, 0, CORDON_OP_CONNECT, 6, 50,
			      "10.0.0.2"), DENY, RULE, 2);
	assert_verdict(decide(fixture, 0, CORDON_OP_CONNECT, 6, 65,
			      "10.0.0.1"), DENY, RULE, 3);
	assert_verdict(decide(fixture, 0, CORDON_OP_CONNECT, 6, 65,
			      "10.0.0.2"), DENY, RULE, 2);
	assert_verdict(decide(fixture, 1, CORDON_OP_CONNECT, 6, 65,
			      "10.0.0.1"), ALLOW, RULE, 0);
	assert_verdict(decide(fixture, 0, CORDON_OP_CONNECT, 6, 101,
			      "10.0.0.1"), DENY, DEFAULT, NONE);
	fixture_free(fixture);
}
END_TEST

START_TEST(the_mode_makes_the_verdict)
{
	static const char *const rules[] = { "0 deny connect tcp/1@any" };
	struct fixture *fixture = fixture_of(rules, 1, CORDON_EFFECT_ALLOW,
					     CORDON_MODE_MONITOR);

	assert_verdict(decide(fixture, 0, CORDON_OP_CONNECT, 6, 1, "::1"),
		       WOULD_DENY, RULE, 0);
	assert_verdict(decide(fixture, 0, CORDON_OP_CONNECT, 6, 2, "::1"),
		       ALLOW, DEFAULT, NONE);
	fixture_free(fixture);
}
END_TEST

START_TEST(who_is_in_no_workload_is_not_judged)
{
	static const char *const rules[] = { "- deny connect any@any" };
	struct fixture *fixture = fixture_of(rules, 1, CORDON_EFFECT_DENY,
					     CORDON_MODE_ENFORCE);
	const struct cordon_peer peer = { .workload = NONE };
	const struct cordon_flow flow = { .op = CORDON_OP_CONNECT,
					  .protocol = 6, .peer = &peer };
	struct cordon_subject subject = { .workload = NONE, .program = NONE };
	struct cordon_verdict verdict;

	cordon_policy_decide_flow(fixture->policy, &subject, &flow, &verdict);
	assert_verdict(verdict, ALLOW, CORDON_REASON_NONE, NONE);
	ck_assert_uint_eq(verdict.workload, NONE);
	/* An index of another policy: fail closed. */
	subject.workload = 3;
	cordon_policy_decide_flow(fixture->policy, &subject, &flow, &verdict);
	ck_assert_uint_eq(verdict.action, DENY);
	cordon_policy_decide_socket(fixture->policy, &subject, 17, 3, 0,
				    &verdict);
	ck_assert_uint_eq(verdict.action, DENY);
	fixture_free(fixture);
}
END_TEST

START_TEST(more_segments_than_there_can_be_do_no_harm)
{
	static const char *const rules[] = {
		"0 allow connect tcp/1@segment:dbs" };
	struct fixture *fixture = fixture_of(rules, 1, CORDON_EFFECT_DENY,
					     CORDON_MODE_ENFORCE);
	struct cordon_peer peer = { .workload = NONE,
				    .segment_count = U32_MAX };
	const struct cordon_flow flow = { .op = CORDON_OP_CONNECT, .port = 1,
					  .protocol = 6, .peer = &peer };
	const struct cordon_subject subject = { .workload = WEB, .program = 2 };
	struct cordon_verdict verdict;
	u32 i;

	for (i = 0; i < CORDON_NESTING_MAX; i++)
		peer.segments[i] = 1 + i;
	cordon_policy_decide_flow(fixture->policy, &subject, &flow, &verdict);
	assert_verdict(verdict, DENY, DEFAULT, NONE);
	peer.segments[CORDON_NESTING_MAX - 1] = 0;
	cordon_policy_decide_flow(fixture->policy, &subject, &flow, &verdict);
	assert_verdict(verdict, ALLOW, RULE, 0);
	fixture_free(fixture);
}
END_TEST

/* --- unix sockets --------------------------------------------------------- */

static struct cordon_verdict unix_decide(const struct fixture *fixture,
					 enum cordon_object_kind kind,
					 const char *name, u32 length,
					 u32 owner)
{
	const struct cordon_object object = { kind, name, length };
	const struct cordon_subject subject = { .workload = WEB, .program = 2 };
	struct cordon_verdict verdict;

	cordon_policy_decide_unix(fixture->policy, &subject, &object, owner,
				  &verdict);
	ck_assert_uint_eq(verdict.op, CORDON_OP_CONNECT);
	return verdict;
}

#define PATH(name, owner)                                            \
	unix_decide(fixture, CORDON_OBJECT_PATH, name, strlen(name), owner)
#define ABSTRACT(name, owner)                                        \
	unix_decide(fixture, CORDON_OBJECT_ABSTRACT, name,           \
		    sizeof(name) - 1, owner)
#define UNNAMED(owner)                                               \
	unix_decide(fixture, CORDON_OBJECT_UNNAMED, NULL, 0, owner)

START_TEST(unix_sockets_have_paths_and_names)
{
	static const char *const rules[] = {
		"0 allow connect /run/db.sock",
		"0 allow connect abstract:bus",
		"0 allow connect any@workload:db",
		"0 deny connect /run/secret/**",
		"0 deny connect abstract:bus-2",
		"0 allow connect tcp/1@workload:web",
	};
	struct fixture *fixture = fixture_of(rules, 6, CORDON_EFFECT_DENY,
					     CORDON_MODE_ENFORCE);

	assert_verdict(PATH("/run/db.sock", NONE), ALLOW, RULE, 0);
	assert_verdict(PATH("/run/db.sock2", NONE), DENY, DEFAULT, NONE);
	assert_verdict(ABSTRACT("bus", NONE), ALLOW, RULE, 1);
	assert_verdict(ABSTRACT("bus2", NONE), DENY, DEFAULT, NONE);
	assert_verdict(ABSTRACT("bu", NONE), DENY, DEFAULT, NONE);
	assert_verdict(ABSTRACT("bus\0", NONE), DENY, DEFAULT, NONE);
	assert_verdict(ABSTRACT("\0bus", NONE), DENY, DEFAULT, NONE);
	assert_verdict(ABSTRACT("", NONE), DENY, DEFAULT, NONE);
	assert_verdict(PATH("/abstract:bus", NONE), DENY, DEFAULT, NONE);
	/* Whose it is counts, where its name does not say otherwise. */
	assert_verdict(PATH("/run/other", DB), ALLOW, RULE, 2);
	assert_verdict(ABSTRACT("other", DB), ALLOW, RULE, 2);
	assert_verdict(UNNAMED(DB), ALLOW, RULE, 2);
	assert_verdict(UNNAMED(NONE), DENY, DEFAULT, NONE);
	assert_verdict(PATH("/run/secret/x", DB), DENY, RULE, 3);
	assert_verdict(ABSTRACT("bus-2", DB), DENY, RULE, 4);
	/* Its own workload's sockets need no rule, but a deny rule counts. */
	assert_verdict(PATH("/run/own", WEB), ALLOW, CORDON_REASON_SELF, NONE);
	assert_verdict(UNNAMED(WEB), ALLOW, CORDON_REASON_SELF, NONE);
	assert_verdict(PATH("/run/secret/x", WEB), DENY, RULE, 3);
	fixture_free(fixture);
}
END_TEST

#define UNKNOWN(owner)                                               \
	unix_decide(fixture, CORDON_OBJECT_UNNAMEABLE, "/x", 2, owner)

START_TEST(a_path_that_is_not_known_is_denied_where_rules_speak_of_paths)
{
	static const char *const rules[] = {
		"0 deny connect /run/secret/**",
		"0 allow connect any@workload:db",
	};
	struct fixture *fixture = fixture_of(rules, 2, CORDON_EFFECT_ALLOW,
					     CORDON_MODE_ENFORCE);

	assert_verdict(PATH("/run/x", NONE), ALLOW, DEFAULT, NONE);
	assert_verdict(UNKNOWN(NONE), DENY, CORDON_REASON_UNNAMEABLE, NONE);
	/* Whose it is counts as ever. */
	assert_verdict(UNKNOWN(DB), ALLOW, RULE, 1);
	assert_verdict(UNKNOWN(WEB), ALLOW, CORDON_REASON_SELF, NONE);
	fixture_free(fixture);
	/* Nothing is said that it could be. */
	fixture = fixture_of(rules, 0, CORDON_EFFECT_ALLOW,
			     CORDON_MODE_ENFORCE);
	assert_verdict(UNKNOWN(NONE), ALLOW, DEFAULT, NONE);
	fixture_free(fixture);
	fixture = fixture_of(rules, 0, CORDON_EFFECT_DENY,
			     CORDON_MODE_ENFORCE);
	assert_verdict(UNKNOWN(NONE), DENY, CORDON_REASON_UNNAMEABLE, NONE);
	fixture_free(fixture);
}
END_TEST

static bool asks_owner(const char *rule)
{
	const struct cordon_subject subject = { .workload = WEB, .program = 2 };
	struct fixture *fixture = fixture_of(&rule, 1, CORDON_EFFECT_DENY,
					     CORDON_MODE_ENFORCE);
	bool asks = cordon_policy_asks_owner(fixture->policy, &subject);

	fixture_free(fixture);
	return asks;
}

START_TEST(it_is_known_which_rules_ask_whose_a_peer_is)
{
	const struct cordon_subject nobody = { .workload = NONE };
	struct fixture *fixture;

	ck_assert(asks_owner("0 allow accept udp/1@workload:db"));
	ck_assert(asks_owner("0 deny connect any@workload:db"));
	ck_assert(asks_owner("- allow connect tcp/1-9@workload:db"));
	ck_assert(!asks_owner("0 allow accept udp/1@any"));
	ck_assert(!asks_owner("- allow connect tcp/1@segment:dbs"));
	ck_assert(!asks_owner("0 allow connect /run/db.sock"));
	fixture = fixture_of(NULL, 0, CORDON_EFFECT_DENY, CORDON_MODE_ENFORCE);
	ck_assert(!cordon_policy_asks_owner(fixture->policy, &nobody));
	fixture_free(fixture);
}
END_TEST

START_TEST(rules_about_all_abstract_names)
{
	static const char *const rules[] = {
		"0 allow connect abstract:",
		"0 deny connect abstract:a*",
		"- deny connect any@workload:db",
		"0 allow connect any@any",
	};
	char longest[CORDON_ABSTRACT_MAX + 1];
	struct fixture *fixture = fixture_of(rules, 4, CORDON_EFFECT_DENY,
					     CORDON_MODE_ENFORCE);

	memset(longest, 'x', sizeof(longest));
	assert_verdict(ABSTRACT("any", NONE), ALLOW, RULE, 0);
	assert_verdict(ABSTRACT("", NONE), ALLOW, RULE, 0);
	assert_verdict(ABSTRACT("\xff\0/x", NONE), ALLOW, RULE, 0);
	assert_verdict(ABSTRACT(longest, NONE), ALLOW, RULE, 0);
	/* No wildcards: byte for byte. */
	assert_verdict(ABSTRACT("a*", NONE), DENY, RULE, 1);
	assert_verdict(ABSTRACT("ab", NONE), ALLOW, RULE, 0);
	assert_verdict(ABSTRACT("any", DB), DENY, RULE, 2);
	/* "any" is about addresses. */
	assert_verdict(PATH("/run/x", NONE), DENY, DEFAULT, NONE);
	fixture_free(fixture);
}
END_TEST

/* --- kinds of sockets ----------------------------------------------------- */

static struct cordon_verdict socket_decide(const struct fixture *fixture,
					   u32 program, u32 family, u32 type,
					   u32 protocol)
{
	const struct cordon_subject subject = { .workload = WEB,
						.program = program };
	struct cordon_verdict verdict;

	cordon_policy_decide_socket(fixture->policy, &subject, family, type,
				    protocol, &verdict);
	ck_assert_uint_eq(verdict.op, CORDON_OP_SOCKET);
	return verdict;
}

#define SOCKET(family, type, protocol) \
	socket_decide(fixture, 2, family, type, protocol)

START_TEST(common_sockets_need_no_rule)
{
	static const u32 common[][3] = {
		{ 1, 1, 0 }, { 1, 2, 0 }, { 1, 5, 0 }, { 2, 1, 0 }, { 2, 1, 6 },
		{ 2, 2, 0 }, { 2, 2, 17 }, { 10, 1, 0 }, { 10, 2, 17 },
		{ 16, 3, 0 }, { 16, 2, 0 },
	};
	static const u32 others[][3] = {
		{ 2, 3, 1 }, { 2, 2, 1 }, { 10, 2, 58 }, { 2, 1, 132 },
		{ 2, 1, 262 }, { 2, 5, 132 }, { 16, 3, 9 }, { 17, 3, 0 },
		{ 40, 1, 0 }, { 44, 3, 0 }, { 31, 1, 3 }, { 0, 1, 0 },
		{ 38, 5, 0 }, { 300, 1, 0 }, { U32_MAX, U32_MAX, U32_MAX },
	};
	struct fixture *fixture = fixture_of(NULL, 0, CORDON_EFFECT_DENY,
					     CORDON_MODE_ENFORCE);
	size_t i;

	for (i = 0; i < COUNT(common); i++)
		assert_verdict(SOCKET(common[i][0], common[i][1],
				      common[i][2]), ALLOW, CORDON_REASON_NONE,
			       NONE);
	for (i = 0; i < COUNT(others); i++)
		assert_verdict(SOCKET(others[i][0], others[i][1],
				      others[i][2]), DENY, DEFAULT, NONE);
	fixture_free(fixture);
}
END_TEST

START_TEST(other_sockets_need_one)
{
	static const char *const rules[] = {
		"0 allow socket packet/raw netlink/audit",
		"0 allow socket inet/raw/icmp",
		"- allow socket vsock",
		"0 deny socket packet/raw/3",
		"0 deny socket unix/seqpacket",
	};
	struct fixture *fixture = fixture_of(rules, 5, CORDON_EFFECT_DENY,
					     CORDON_MODE_ENFORCE);

	assert_verdict(SOCKET(17, 3, htons(4)), ALLOW, RULE, 0);
	assert_verdict(SOCKET(17, 2, htons(4)), DENY, DEFAULT, NONE);
	assert_verdict(SOCKET(17, 3, htons(3)), DENY, RULE, 3);
	assert_verdict(SOCKET(16, 2, 9), ALLOW, RULE, 0);
	assert_verdict(SOCKET(16, 3, 12), DENY, DEFAULT, NONE);
	assert_verdict(SOCKET(2, 3, 1), ALLOW, RULE, 1);
	assert_verdict(SOCKET(2, 3, 255), DENY, DEFAULT, NONE);
	assert_verdict(SOCKET(10, 3, 1), DENY, DEFAULT, NONE);
	assert_verdict(SOCKET(40, 5, 70000), ALLOW, RULE, 2);
	assert_verdict(SOCKET(40 + 256, 5, 0), DENY, DEFAULT, NONE);
	assert_verdict(SOCKET(1, 5, 0), DENY, RULE, 4);
	assert_verdict(SOCKET(1, 1, 0), ALLOW, CORDON_REASON_NONE, NONE);
	/* Another program, and none. */
	assert_verdict(socket_decide(fixture, 3, 17, 3, 0), DENY, DEFAULT,
		       NONE);
	assert_verdict(socket_decide(fixture, 3, 40, 1, 0), ALLOW, RULE, 2);
	assert_verdict(socket_decide(fixture, NONE, 40, 1, 0), ALLOW, RULE, 2);
	fixture_free(fixture);
}
END_TEST

Suite *engine_net_suite(void)
{
	Suite *suite = suite_create("engine/net");
	TCase *flow = tcase_create("flow");
	TCase *others = tcase_create("unix-and-kinds");

	tcase_add_loop_test(flow, a_rule_matches_what_it_says, 0, COUNT(twins));
	tcase_add_test(flow, each_op_has_rules_of_its_own);
	tcase_add_test(flow, a_deny_wins_and_the_first_rule_is_named);
	tcase_add_test(flow, the_mode_makes_the_verdict);
	tcase_add_test(flow, who_is_in_no_workload_is_not_judged);
	tcase_add_test(flow, more_segments_than_there_can_be_do_no_harm);
	suite_add_tcase(suite, flow);
	tcase_add_test(others, unix_sockets_have_paths_and_names);
	tcase_add_test(others, a_path_that_is_not_known_is_denied_where_rules_speak_of_paths);
	tcase_add_test(others, it_is_known_which_rules_ask_whose_a_peer_is);
	tcase_add_test(others, rules_about_all_abstract_names);
	tcase_add_test(others, common_sockets_need_no_rule);
	tcase_add_test(others, other_sockets_need_one);
	suite_add_tcase(suite, others);
	return suite;
}
