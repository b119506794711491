// SPDX-License-Identifier: LGPL-2.1-or-later
/*
 * Random rules about peers, sockets and passages: the engine against the
 * reference in ../reference_net.h; and as many rules as a policy may have.
 */
#include <arpa/inet.h>
#include <stdio.h>
#include <stdlib.h>

#include "../reference_net.h"
#include "engine_fixture.h"
#include "random.h"
#include "suites.h"

#define ROUNDS 300
#define ASKS 300	/* in each round */
#define RULES 30
#define TEXT 128
#define NONE CORDON_NONE
#define ANY(list) list[any(sizeof(list) / sizeof(list[0]))]

/* --- texts ---------------------------------------------------------------- */

static const u16 ports[] = { 0,	 1,   2,    21,	   22,	  23,	 255,
			     256, 257, 1023, 1024, 65534, 65535 };
static const u8 protocols[] = { 6, 17, 132, 1, 58, 47, 0 };
static const char *const segments[] = { "s0", "s1", "s2", "t0", "t1" };
static const char *const workloads[] = { "a", "m", "nowhere", "s" };

static void ports_make(char *text)
{
	static const char *const words[] = { "tcp", "udp", "sctp", "icmp",
					     "any", "tcp", "tcp" };
	const char *word = ANY(words);
	u16 first = ANY(ports);
	u16 last = any(3) ? ANY(ports) : (u16)any(65536);

	if (word[0] == 'i' || word[0] == 'a' || any(4) == 0)
		strcpy(text, word);
	else if (any(2))
		sprintf(text, "%s/%u", word, first);
	else
		sprintf(text, "%s/%u-%u", word, first < last ? first : last,
			first < last ? last : first);
}

/* Addresses and prefixes are near one another, so that they meet. */
static void address_make(struct cordon_address *address)
{
	memset(address, 0, sizeof(*address));
	if (any(2)) {
		memset(address->byte + 10, 0xff, 2);
		address->byte[12] = any(4) ? 10 : 127;
		address->byte[13] = (u8)any(2);
		address->byte[15] = (u8)any(3);
	} else if (any(3)) {
		address->byte[0] = 0x20;
		address->byte[7] = (u8)any(2);
		address->byte[8] = (u8)(any(2) * 0x80);
		address->byte[15] = (u8)any(3);
	} else {
		address->byte[10] = (u8)any(2);
		address->byte[15] = (u8)any(3);
	}
}

static void prefix_make(char *text)
{
	static const u8 lengths[] = { 0, 1, 8, 63, 64, 65, 96, 127, 128 };
	struct cordon_address address;
	u32 length;

	address_make(&address);
	if (cordon_address_is_ipv4(&address))
		length = 96 + any(33);
	else
		length = ANY(lengths);
	cordon_address_mask(&address, length);
	if (length >= 96 && cordon_address_is_ipv4(&address))
		length -= 96;
	/* What is masked may look like IPv4 no more. */
	sprintf(text + cordon_address_print(text, &address), "/%u", length);
}

static void peer_make(char *text, bool passes)
{
	switch (any(passes ? 2 : 6)) {
	case 0:
		strcpy(text, "any");
		break;
	case 1:
		sprintf(text, "segment:%s", ANY(segments));
		break;
	case 2:
		sprintf(text, "workload:%s", ANY(workloads));
		break;
	case 3:
		strcpy(text, "loopback");
		break;
	default:
		prefix_make(text);
		break;
	}
}

static void pattern_make(char *text, enum cordon_op op)
{
	static const char *const kinds[] = {
		"packet", "packet/raw", "packet/raw/3", "netlink",
		"netlink/audit", "netlink/0", "inet/raw", "inet/raw/icmp",
		"inet/dgram", "unix", "vsock/stream", "2/1/6", "40",
	};

	if (op == CORDON_OP_SOCKET) {
		strcpy(text, ANY(kinds));
		return;
	}
	ports_make(text);
	if (op == CORDON_OP_LISTEN)
		return;
	strcat(text, "@");
	peer_make(text + strlen(text), op == CORDON_OP_PASS);
}

static void rule_make(char *line, bool passes)
{
	static const enum cordon_op ops[] = { CORDON_OP_CONNECT,
					      CORDON_OP_CONNECT,
					      CORDON_OP_ACCEPT,
					      CORDON_OP_LISTEN,
					      CORDON_OP_SOCKET };
	const enum cordon_op op = passes ? CORDON_OP_PASS : ANY(ops);
	static const char *const whose[] = { "-", "0", "1", "1" };
	u32 patterns = 1 + any(2);

	sprintf(line, "%s %s %s", ANY(whose), any(3) ? "allow" : "deny",
		cordon_op_name(op));
	while (patterns--) {
		strcat(line, " ");
		pattern_make(line + strlen(line), op);
	}
}

static void rules_make(struct fixture_workload *workload,
		       char lines[RULES][TEXT])
{
	const bool passes = workload->kind == CORDON_DOCUMENT_SEGMENTS;
	const u32 count = any(RULES);
	u32 i;

	for (i = 0; i < count; i++) {
		rule_make(lines[i], passes);
		workload->rules[i] = lines[i];
	}
	workload->mode = any(3) ? CORDON_MODE_ENFORCE : CORDON_MODE_MONITOR;
	if (!passes)
		workload->effect = any(2) ? CORDON_EFFECT_ALLOW :
					    CORDON_EFFECT_DENY;
}

static struct fixture *random_fixture(void)
{
	static char lines[4][RULES][TEXT];
	struct fixture_workload all[] = {
		{ .name = "a", .members = { "user:1" },
		  .programs = { "/p", "/q" } },
		{ .name = "m", .members = { "user:2" },
		  .programs = { "/p", "/q" } },
		{ .name = "s", .kind = CORDON_DOCUMENT_SEGMENTS,
		  .programs = { any(2) ? "s0" : "s0 isolated",
				any(3) ? "s1" : "s1 isolated", "s2" } },
		{ .name = "t", .kind = CORDON_DOCUMENT_SEGMENTS,
		  .programs = { any(2) ? "t0" : "t0 isolated", "t1" } },
	};
	struct fixture *fixture;
	u32 i;

	for (i = 0; i < 4; i++)
		rules_make(&all[i], lines[i]);
	fixture = fixture_build(all, 4, false);
	ck_assert_msg(fixture->policy, "%s", fixture->fault.what);
	return fixture;
}

/* --- questions ------------------------------------------------------------ */

#define FIRST_SEGMENT 4	/* behind two programs of two workloads */
#define SEGMENTS 5

static void random_peer(struct cordon_peer *peer)
{
	u32 count = any(4);
	u32 i;

	memset(peer, 0, sizeof(*peer));
	address_make(&peer->address);
	peer->is_local = any(4) == 0;
	peer->workload = any(3) ? NONE : any(4);
	for (i = 0; i < SEGMENTS && peer->segment_count < count; i++) {
		if (any(2))
			peer->segments[peer->segment_count++] =
				FIRST_SEGMENT + i;
	}
}

static void check(const struct cordon_verdict *have,
		  const struct cordon_verdict *want, const char *what)
{
	ck_assert_msg(have->action == want->action &&
		      have->reason == want->reason &&
		      have->rule == want->rule && have->op == want->op &&
		      (have->workload == want->workload ||
		       have->reason == CORDON_REASON_ISOLATED),
		      "%s: %s %s %d of %d, not %s %s %d of %d", what,
		      cordon_action_name(have->action),
		      cordon_reason_name(have->reason), (int)have->rule,
		      (int)have->workload, cordon_action_name(want->action),
		      cordon_reason_name(want->reason), (int)want->rule,
		      (int)want->workload);
}

static u32 ask_flow(const struct fixture *fixture,
		    const struct reference_drafts *drafts)
{
	static const enum cordon_op ops[] = { CORDON_OP_CONNECT,
					      CORDON_OP_ACCEPT,
					      CORDON_OP_LISTEN };
	struct cordon_peer peer;
	const u32 workload = any(2);
	const u32 program = any(3);
	const struct cordon_subject subject = {
		.workload = workload,
		.program = program == 2 ? NONE : workload * 2 + program,
	};
	struct cordon_flow flow = { .op = ANY(ops), .peer = &peer };
	struct cordon_verdict have;
	struct cordon_verdict want;

	random_peer(&peer);
	flow.protocol = ANY(protocols);
	flow.port = any(3) ? ANY(ports) : (u16)any(65536);
	if (flow.op == CORDON_OP_LISTEN)
		flow.peer = NULL;
	cordon_policy_decide_flow(fixture->policy, &subject, &flow, &have);
	reference_flow(drafts, workload, program, &flow, &want);
	check(&have, &want, "flow");
	return have.reason == CORDON_REASON_RULE;
}

static u32 ask_socket(const struct fixture *fixture,
		      const struct reference_drafts *drafts)
{
	static const u32 families[] = { 1, 2, 10, 16, 17, 40 };
	const u32 workload = any(2);
	const u32 program = any(2);
	const struct cordon_subject subject = {
		.workload = workload,
		.program = workload * 2 + program,
	};
	const u32 family = ANY(families);
	const u32 type = any(5);
	const u32 protocol = family == 17 ? htons(any(5)) : any(11);
	struct cordon_verdict have;
	struct cordon_verdict want;

	cordon_policy_decide_socket(fixture->policy, &subject, family, type,
				    protocol, &have);
	reference_socket(drafts, workload, program, family, type, protocol,
			 &want);
	check(&have, &want, "socket");
	return have.reason == CORDON_REASON_RULE;
}

static u32 ask_passage(const struct fixture *fixture,
		       const struct reference_drafts *drafts)
{
	struct cordon_peer from;
	struct cordon_peer to;
	struct cordon_passage passage = { .from = &from, .to = &to };
	struct cordon_verdict have;
	struct cordon_verdict want;

	random_peer(&from);
	random_peer(&to);
	passage.protocol = ANY(protocols);
	passage.port = any(3) ? ANY(ports) : (u16)any(65536);
	cordon_policy_decide_passage(fixture->policy, &passage, &have);
	reference_passage(drafts, &passage, &want);
	check(&have, &want, "passage");
	return have.reason == CORDON_REASON_RULE ||
	       have.reason == CORDON_REASON_ISOLATED;
}

START_TEST(verdicts_are_those_of_the_reference)
{
	struct fixture *fixture;
	u32 hits[3] = { 0 };
	u32 round;
	u32 i;

	state = 0xdeadbeef + (u64)_i;
	for (round = 0; round < ROUNDS; round++) {
		struct reference_drafts drafts;

		fixture = random_fixture();
		drafts.draft = (const struct cordon_draft *const *)
				       fixture->drafts;
		drafts.count = fixture->count;
		for (i = 0; i < ASKS; i++) {
			hits[0] += ask_flow(fixture, &drafts);
			hits[1] += ask_socket(fixture, &drafts);
			hits[2] += ask_passage(fixture, &drafts);
		}
		fixture_free(fixture);
	}
	/* A test in which nothing matches would say little. */
	for (i = 0; i < 3; i++)
		ck_assert_uint_gt(hits[i], ROUNDS * ASKS / 10);
}
END_TEST

/* --- many ----------------------------------------------------------------- */

#define MANY 100000
#define MANY_ASKS 20000

/* Rule @i is about a port, and a prefix, that few others are about. */
static void many_pattern(char *text, u32 i)
{
	sprintf(text, "tcp/%u-%u@10.%u.%u.0/24", i % 60000, i % 60000 + i % 7,
		i / 256 % 256, i % 256);
}

static struct cordon_draft *many_draft(void)
{
	const struct cordon_workload_spec spec = {
		.name = "many",
		.effect = CORDON_EFFECT_DENY,
		.counts = { .members = 1, .programs = 1, .rules = MANY,
			    .patterns = MANY, .bytes = MANY * 40 },
	};
	char text[TEXT];
	const char *pattern = text;
	struct cordon_rule_spec rule = {
		.ops = 1 << CORDON_OP_CONNECT,
		.text = text,
		.patterns = &pattern,
		.pattern_count = 1,
	};
	struct cordon_fault fault;
	const size_t size = cordon_draft_size(&spec.counts, &fault);
	struct cordon_draft *draft =
		cordon_draft_init(calloc(1, size), size, &spec, &fault);
	u32 i;

	ck_assert_ptr_nonnull(draft);
	ck_assert(!cordon_draft_add_member(draft, CORDON_MEMBER_USER, NULL, 1,
					   &fault));
	ck_assert(!cordon_draft_add_program(draft, "/p", &fault));
	for (i = 0; i < MANY; i++) {
		many_pattern(text, i);
		rule.effect = i % 10 ? CORDON_EFFECT_ALLOW : CORDON_EFFECT_DENY;
		ck_assert_int_eq(cordon_draft_add_rule(draft, &rule, &fault),
				 (int)i);
	}
	return draft;
}

/* What many_pattern() says, turned round. */
static u32 many_rule(u32 prefix, u16 port, enum cordon_effect effect)
{
	u32 i;

	for (i = prefix; i < MANY; i += 65536) {
		if ((i % 10 == 0) == (effect == CORDON_EFFECT_DENY) &&
		    i % 60000 <= port && port <= i % 60000 + i % 7)
			return i;
	}
	return NONE;
}

START_TEST(a_hundred_thousand_rules)
{
	struct cordon_draft *draft = many_draft();
	const struct cordon_draft *const drafts[] = { draft };
	struct cordon_fault fault;
	const size_t size = cordon_policy_size(drafts, 1, &fault);
	void *image = calloc(1, size);
	struct cordon_policy *policy;
	const struct cordon_subject subject = { 0 };
	struct cordon_peer peer = { .workload = NONE };
	struct cordon_flow flow = { .op = CORDON_OP_CONNECT, .protocol = 6,
				    .peer = &peer };
	struct cordon_verdict verdict;
	u32 hits = 0;
	u32 want;
	u32 i;

	policy = cordon_policy_build(image, size, drafts, 1, 1, 0x1234567,
				     false, &fault);
	ck_assert_msg(policy, "%s", policy ? "" : fault.what);
	state = 0x9e3779b9;
	memset(peer.address.byte + 10, 0xff, 2);
	for (i = 0; i < MANY_ASKS; i++) {
		const u32 rule = any(MANY);

		peer.address.byte[12] = 10;
		peer.address.byte[13] = (u8)(rule / 256);
		peer.address.byte[14] = (u8)rule;
		peer.address.byte[15] = (u8)any(256);
		flow.port = (u16)(rule % 60000 + any(8));
		cordon_policy_decide_flow(policy, &subject, &flow, &verdict);
		want = many_rule(rule % 65536, flow.port, CORDON_EFFECT_DENY);
		if (want == NONE)
			want = many_rule(rule % 65536, flow.port,
					 CORDON_EFFECT_ALLOW);
		ck_assert_uint_eq(verdict.rule, want);
		hits += want != NONE;
	}
	ck_assert_uint_gt(hits, MANY_ASKS / 4);
	ck_assert_uint_lt(hits, MANY_ASKS);
	free(image);
	free(draft);
}
END_TEST

START_TEST(more_ranges_than_there_is_room_for_are_refused)
{
	/* Each range is thirty blocks: 64 patterns of 3,000 rules are too many. */
	static char lines[CORDON_PATTERNS_MAX][TEXT];
	const char *patterns[CORDON_PATTERNS_MAX];
	const u32 rules = CORDON_BLOCKS_MAX / 30 / CORDON_PATTERNS_MAX + 1;
	const struct cordon_workload_spec spec = {
		.name = "many",
		.counts = { .members = 1, .rules = rules,
			    .patterns = rules * CORDON_PATTERNS_MAX,
			    .bytes = rules * CORDON_PATTERNS_MAX * 24 },
	};
	struct cordon_rule_spec rule = {
		.program = NONE,
		.ops = 1 << CORDON_OP_CONNECT,
		.text = "x",
		.patterns = patterns,
		.pattern_count = CORDON_PATTERNS_MAX,
	};
	struct cordon_fault fault = { 0 };
	size_t size = cordon_draft_size(&spec.counts, &fault);
	struct cordon_draft *draft =
		cordon_draft_init(calloc(1, size), size, &spec, &fault);
	const struct cordon_draft *const drafts[] = { draft };
	u32 i;

	for (i = 0; i < CORDON_PATTERNS_MAX; i++) {
		sprintf(lines[i], "tcp/1-65534@10.0.0.%u", i);
		patterns[i] = lines[i];
	}
	ck_assert(!cordon_draft_add_member(draft, CORDON_MEMBER_USER, NULL, 1,
					   &fault));
	for (i = 0; i < rules; i++)
		ck_assert_int_eq(cordon_draft_add_rule(draft, &rule, &fault),
				 (int)i);
	ck_assert_uint_eq(cordon_policy_size(drafts, 1, &fault), 0);
	ck_assert_ptr_nonnull(strstr(fault.what, "ranges"));
	free(draft);
}
END_TEST

Suite *engine_net_random_suite(void)
{
	Suite *suite = suite_create("engine/net-random");
	TCase *random = tcase_create("random");

	tcase_add_loop_test(random, verdicts_are_those_of_the_reference, 0, 4);
	tcase_add_test(random, a_hundred_thousand_rules);
	tcase_add_test(random, more_ranges_than_there_is_room_for_are_refused);
	suite_add_tcase(suite, random);
	return suite;
}
