// SPDX-License-Identifier: LGPL-2.1-or-later
/* Responses: which are due, who is cut off, and when it was often enough. */
#include <check.h>
#include <stdlib.h>

#include "draft_check.h"
#include "engine_fixture.h"
#include "respond.h"
#include "suites.h"

#define ANY(_ops, _does) \
	{ .rule = CORDON_NONE, .times = 1, .ops = (_ops), .responses = (_does) }
#define OP(_op) (1u << CORDON_OP_##_op)
#define DOES(_response) (1u << CORDON_RESPONSE_##_response)

/* --- what is declared ------------------------------------------------------- */

static const struct cordon_draft_response good[] = {
	ANY(OP(EXEC), DOES(KILL)),
	ANY(OP(EXEC) | OP(LOAD), DOES(KILL) | DOES(SUSPEND)),
	ANY(OP(ACCEPT), DOES(QUARANTINE)),
	{ .rule = 0, .rules = 2, .times = 1, .ops = OP(READ),
	  .responses = DOES(KILL_WORKLOAD), .lapse = 600 },
	{ .rule = CORDON_NONE, .times = 20, .within = 60, .ops = OP(ACCEPT),
	  .responses = DOES(BLOCK_PEER), .per = CORDON_PER_PEER, .steps = 3,
	  .ttl = { 1, 2, CORDON_TTL_MAX } },
};

static const struct {
	struct cordon_draft_response response;
	const char *why;
} bad[] = {
	{ ANY(OP(EXEC), 0), "known things" },
	{ ANY(OP(EXEC), 1u << CORDON_RESPONSE_COUNT), "known things" },
	{ ANY(0, DOES(KILL)), "one or more of the ops" },
	{ ANY(OP(PASS), DOES(QUARANTINE)), "one or more of the ops" },
	{ ANY(OP(ACCEPT), DOES(KILL)), "not the process's doing" },
	{ ANY(OP(CONNECT) | OP(ACCEPT), DOES(SUSPEND)),
	  "not the process's doing" },
	{ ANY(OP(CONNECT), DOES(BLOCK_PEER)), "for a time" },
	{ { .rule = CORDON_NONE, .times = 1, .ops = OP(LISTEN), .steps = 1,
	    .responses = DOES(BLOCK_PEER), .ttl = { 1 } }, "needs a peer" },
	{ { .rule = CORDON_NONE, .times = 1, .ops = OP(READ),
	    .responses = DOES(KILL), .per = CORDON_PER_PEER }, "have a peer" },
	{ { .rule = CORDON_NONE, .times = 1, .ops = OP(READ),
	    .responses = DOES(KILL), .per = CORDON_PER_COUNT },
	  "per subject or per peer" },
	{ { .rule = CORDON_NONE, .times = 1, .ops = OP(READ), .steps = 2,
	    .responses = DOES(SUSPEND), .ttl = { 1, 2 } }, "has a ladder" },
	{ { .rule = CORDON_NONE, .times = 1, .ops = OP(READ), .steps = 1,
	    .responses = DOES(SUSPEND) }, "1 second to 365 days" },
	{ { .rule = CORDON_NONE, .times = 1, .ops = OP(READ), .steps = 1,
	    .responses = DOES(SUSPEND), .ttl = { CORDON_TTL_MAX + 1 } },
	  "1 second to 365 days" },
	{ { .rule = CORDON_NONE, .times = 1, .ops = OP(READ),
	    .steps = CORDON_LADDER_MAX + 1, .responses = DOES(SUSPEND) },
	  "at most 8 steps" },
	{ { .rule = CORDON_NONE, .ops = OP(READ), .responses = DOES(KILL) },
	  "1 to 65535 departures" },
	{ { .rule = CORDON_NONE, .times = 65536, .within = 1, .ops = OP(READ),
	    .responses = DOES(KILL) }, "1 to 65535 departures" },
	{ { .rule = CORDON_NONE, .times = 2, .ops = OP(READ),
	    .responses = DOES(KILL) }, "within a time" },
	{ { .rule = CORDON_NONE, .times = 1, .within = 5, .ops = OP(READ),
	    .responses = DOES(KILL) }, "within a time" },
	{ { .rule = CORDON_NONE, .times = 2, .within = CORDON_WITHIN_MAX + 1,
	    .ops = OP(READ), .responses = DOES(KILL) }, "at most a day" },
	{ { .rule = CORDON_NONE, .times = 1, .lapse = CORDON_LAPSE_MAX + 1,
	    .ops = OP(READ), .responses = DOES(KILL) }, "at most a day" },
	{ { .rule = CORDON_NONE, .rules = 1, .times = 1, .ops = OP(READ),
	    .responses = DOES(KILL) }, "the draft has not" },
	{ { .rule = 1, .times = 1, .ops = OP(READ), .responses = DOES(KILL) },
	  "the draft has not" },
	{ { .rule = 1, .rules = 3, .times = 1, .ops = OP(READ),
	    .responses = DOES(KILL) }, "the draft has not" },
	{ { .rule = 3, .rules = U32_MAX, .times = 1, .ops = OP(READ),
	    .responses = DOES(KILL) }, "the draft has not" },
};

static const struct fixture_workload plain = {
	.name = "web",
	.effect = CORDON_EFFECT_DENY,
	.mode = CORDON_MODE_ENFORCE,
	.members = { "exe:/usr/sbin/nginx" },
	.programs = { "/usr/sbin/nginx" },
	.rules = { "- deny read /etc/shadow", "- deny read /etc/gshadow",
		   "- deny exec /bin/sh" },
};

START_TEST(what_is_sound_is_taken)
{
	struct fixture_workload workload = plain;

	workload.responses = &good[_i];
	workload.response_count = 1;
	free(fixture_draft(&workload));
}
END_TEST

START_TEST(what_is_not_is_refused_with_the_reason)
{
	struct cordon_draft *draft = fixture_draft(&plain);
	const char *why = cordon_response_check(draft, &bad[_i].response);

	ck_assert_msg(why && strstr(why, bad[_i].why), "%s instead of %s",
		      why ? why : "nothing", bad[_i].why);
	free(draft);
}
END_TEST

START_TEST(segments_have_no_responses)
{
	const struct fixture_workload site = {
		.name = "site", .kind = CORDON_DOCUMENT_SEGMENTS,
		.effect = CORDON_EFFECT_ALLOW, .programs = { "a" },
	};
	struct cordon_draft *draft = fixture_draft(&site);

	ck_assert_ptr_nonnull(cordon_response_check(draft, &good[2]));
	free(draft);
}
END_TEST

START_TEST(the_host_is_not_answered_as_a_whole)
{
	static const u8 whole[] = {
		DOES(KILL_WORKLOAD), DOES(SUSPEND), DOES(QUARANTINE),
	};
	struct cordon_draft_response response = ANY(OP(EXEC), DOES(KILL));
	const struct fixture_workload host = {
		.name = "host", .effect = CORDON_EFFECT_ALLOW,
		.members = { "host" },
		.responses = &response, .response_count = 1,
	};
	struct cordon_draft *draft = fixture_draft(&host);
	struct cordon_fault fault;
	size_t i;

	for (i = 0; i < sizeof(whole); i++) {
		response.responses = whole[i];
		*(struct cordon_draft_response *)
			cordon_draft_response(draft, 0) = response;
		ck_assert_int_eq(cordon_draft_complete(draft, &fault), -EINVAL);
		ck_assert_ptr_nonnull(strstr(fault.what, "as a whole"));
	}
	response.responses = DOES(KILL);
	response.lapse = 60;
	*(struct cordon_draft_response *)cordon_draft_response(draft, 0) =
		response;
	ck_assert_int_eq(cordon_draft_complete(draft, &fault), -EINVAL);
	ck_assert_ptr_nonnull(strstr(fault.what, "nobody is asked"));
	free(draft);
}
END_TEST

/* Whoever filled it: each word of it, turned to something else. */
START_TEST(a_forged_draft_is_refused)
{
	struct fixture_workload workload = plain;
	struct cordon_draft_response *response;
	struct cordon_draft *draft;
	struct cordon_fault fault;

	workload.responses = good;
	workload.response_count = sizeof(good) / sizeof(good[0]);
	draft = fixture_draft(&workload);
	response = (struct cordon_draft_response *)
		cordon_draft_response(draft, 3);
	response->rules = 7;
	ck_assert_int_eq(cordon_draft_check(draft, &fault), -EINVAL);
	response->rules = 2;
	ck_assert_int_eq(cordon_draft_check(draft, &fault), 0);
	draft->responses_at += 4;
	ck_assert_int_eq(cordon_draft_check(draft, &fault), -EINVAL);
	free(draft);
}
END_TEST

/* --- which are due ---------------------------------------------------------- */

static struct fixture *build(const struct cordon_draft_response *responses,
			     u32 count, bool monitor)
{
	struct fixture_workload workload = plain;
	struct fixture *fixture;

	workload.responses = responses;
	workload.response_count = count;
	fixture = fixture_build(&workload, 1, monitor);
	ck_assert_msg(fixture->policy, "%s",
		      fixture->policy ? "" : fixture->fault.what);
	return fixture;
}

static u32 due(const struct fixture *fixture,
	       const struct cordon_verdict *verdict)
{
	u32 index = 0;
	u32 count = 0;

	while (cordon_respond_next(fixture->policy, verdict, &index))
		count++;
	return count;
}

START_TEST(responses_are_due_by_op_and_by_rule)
{
	static const struct cordon_draft_response responses[] = {
		ANY(OP(EXEC), DOES(KILL)),
		ANY(OP(READ) | OP(EXEC), DOES(QUARANTINE)),
		{ .rule = 1, .rules = 1, .times = 1, .ops = OP(READ),
		  .responses = DOES(KILL) },
	};
	struct fixture *fixture = build(responses, 3, false);
	struct cordon_verdict verdict;

	verdict = fixture_decide(fixture, 0, 0, CORDON_OP_READ, "/etc/shadow");
	ck_assert_uint_eq(due(fixture, &verdict), 1);
	verdict = fixture_decide(fixture, 0, 0, CORDON_OP_READ, "/etc/gshadow");
	ck_assert_uint_eq(due(fixture, &verdict), 2);
	verdict = fixture_decide(fixture, 0, 0, CORDON_OP_READ, "/else");
	ck_assert_uint_eq(due(fixture, &verdict), 1);
	verdict.op = CORDON_OP_EXEC;
	ck_assert_uint_eq(due(fixture, &verdict), 2);
	verdict.op = CORDON_OP_WRITE;
	ck_assert_uint_eq(due(fixture, &verdict), 0);
	verdict.op = CORDON_OP_EXEC;
	verdict.reason = CORDON_REASON_QUARANTINE;
	ck_assert_uint_eq(due(fixture, &verdict), 0);
	verdict.reason = CORDON_REASON_DEFAULT;
	verdict.action = CORDON_ACTION_WOULD_DENY;
	ck_assert_uint_eq(due(fixture, &verdict), 0);
	verdict.action = CORDON_ACTION_DENY;
	verdict.workload = CORDON_NONE;
	ck_assert_uint_eq(due(fixture, &verdict), 0);
	fixture_free(fixture);
}
END_TEST

START_TEST(nothing_is_due_where_nothing_is_denied)
{
	static const struct cordon_draft_response response =
		ANY(OP(READ), DOES(KILL));
	struct fixture *fixture = build(&response, 1, true);
	struct cordon_verdict verdict;

	verdict = fixture_decide(fixture, 0, 0, CORDON_OP_READ, "/etc/shadow");
	ck_assert_uint_eq(verdict.action, CORDON_ACTION_WOULD_DENY);
	ck_assert_uint_eq(due(fixture, &verdict), 0);
	fixture_free(fixture);
}
END_TEST

/* --- who is cut off ----------------------------------------------------------- */

enum { OPEN, MANAGEMENT, PROTECTED, NOWHERE };

static struct cordon_peer peer_in(u32 segment, const char *address)
{
	struct cordon_peer peer = {
		.workload = CORDON_NONE,
		.segments = { segment },
		.segment_count = segment != NOWHERE,
	};

	ck_assert_int_eq(cordon_address_parse(&peer.address, address,
					      strlen(address)), 0);
	return peer;
}

static const struct {
	u32 segment;
	const char *address;
	bool in_quarantine;	/* is it cut off by a quarantine */
	bool blocked;		/* and by a block */
} peers[] = {
	{ NOWHERE, "192.0.2.7", true, true },
	{ NOWHERE, "2001:db8::7", true, true },
	{ OPEN, "192.0.2.7", true, true },
	{ MANAGEMENT, "192.0.2.7", false, false },
	{ PROTECTED, "192.0.2.7", true, false },
	{ NOWHERE, "127.0.0.1", true, false },
	{ NOWHERE, "::1", true, false },
	{ NOWHERE, "0.0.0.0", true, false },
	{ NOWHERE, "::", true, false },
	{ NOWHERE, "224.0.0.1", true, false },
	{ NOWHERE, "255.255.255.255", true, false },
	{ NOWHERE, "ff02::1", true, false },
};

START_TEST(guarded_segments_are_not_cut_off)
{
	const struct fixture_workload site = {
		.name = "site", .kind = CORDON_DOCUMENT_SEGMENTS,
		.effect = CORDON_EFFECT_ALLOW, .mode = CORDON_MODE_MONITOR,
		.programs = { "open", "ops management", "uplink protected" },
	};
	const struct cordon_peer peer = peer_in(peers[_i].segment,
						peers[_i].address);
	struct fixture *fixture = fixture_build(&site, 1, false);
	struct cordon_cut cut = { .quarantined = true };
	struct cordon_verdict verdict;

	ck_assert_int_eq(cordon_policy_decide_cut(fixture->policy, 0,
						  CORDON_OP_CONNECT, &peer,
						  cut, &verdict),
			 peers[_i].in_quarantine);
	if (peers[_i].in_quarantine)
		assert_verdict(verdict, CORDON_ACTION_DENY,
			       CORDON_REASON_QUARANTINE, CORDON_NONE);
	cut = (struct cordon_cut){ .blocked = true };
	ck_assert_int_eq(cordon_policy_decide_cut(fixture->policy, CORDON_NONE,
						  CORDON_OP_PASS, &peer, cut,
						  &verdict), peers[_i].blocked);
	if (peers[_i].blocked)
		assert_verdict(verdict, CORDON_ACTION_DENY,
			       CORDON_REASON_BLOCKED, CORDON_NONE);
	cut = (struct cordon_cut){ 0 };
	ck_assert(!cordon_policy_decide_cut(fixture->policy, 0,
					    CORDON_OP_CONNECT, &peer, cut,
					    &verdict));
	fixture_free(fixture);
}
END_TEST

START_TEST(a_machine_that_denies_nothing_cuts_nobody_off)
{
	const struct cordon_peer peer = peer_in(NOWHERE, "192.0.2.7");
	const struct cordon_cut cut = { .quarantined = true };
	struct fixture *fixture = fixture_build(&plain, 1, true);
	struct cordon_verdict verdict;

	ck_assert(cordon_policy_decide_cut(fixture->policy, 0,
					   CORDON_OP_CONNECT, &peer, cut,
					   &verdict));
	ck_assert_uint_eq(verdict.action, CORDON_ACTION_WOULD_DENY);
	fixture_free(fixture);
}
END_TEST

/* --- often enough ---------------------------------------------------------------- */

#define ENTRIES 64
#define WITHIN 8000

static struct cordon_threshold entries[ENTRIES];
static struct cordon_thresholds table;

static void setup(void)
{
	memset(entries, 0, sizeof(entries));
	table = (struct cordon_thresholds){ entries, ENTRIES };
}

static bool count(u64 who, u32 times, u64 now)
{
	const struct cordon_threshold_key key = { { who, who * 77 + 1 } };

	return cordon_threshold_reached(&table, &key, times, WITHIN, now);
}

START_TEST(the_last_one_reaches_it)
{
	u32 i;

	for (i = 1; i < 20; i++)
		ck_assert(!count(5, 20, 1000 + i));
	ck_assert(count(5, 20, 1020));
	/* And it begins anew. */
	for (i = 1; i < 20; i++)
		ck_assert(!count(5, 20, 1100 + i));
	ck_assert(count(5, 20, 1120));
}
END_TEST

START_TEST(one_is_always_enough)
{
	ck_assert(count(5, 1, 1));
	ck_assert(count(5, 1, 1));
}
END_TEST

START_TEST(others_are_counted_apart)
{
	ck_assert(!count(1, 2, 10));
	ck_assert(!count(2, 2, 11));
	ck_assert(count(1, 2, 12));
	ck_assert(count(2, 2, 13));
}
END_TEST

/* Held against a list of all times, whatever they are. */
START_TEST(what_lies_within_the_time_is_never_missed)
{
	const u32 times = 4;
	u64 seen[4] = { 0 };
	u64 now = 1;
	u32 since = 0;
	u32 i;

	srandom((unsigned int)_i);
	for (i = 0; i < 20000; i++) {
		now += (u64)random() % (WITHIN / 2 * (1 + i % 3));
		memmove(seen, seen + 1, sizeof(seen) - sizeof(seen[0]));
		seen[times - 1] = now;
		since++;
		if (count(9, times, now)) {
			/* So many since the last time, none too old. */
			ck_assert_uint_ge(since, times);
			ck_assert_uint_le(now - seen[0],
					  WITHIN + WITHIN / 8 + 1);
			since = 0;
		} else {
			ck_assert(since < times || now - seen[0] >= WITHIN);
		}
	}
}
END_TEST

START_TEST(who_comes_once_does_not_hide_who_comes_again)
{
	u64 i;

	for (i = 0; i < 19; i++)
		ck_assert(!count(0, 20, 100 + i));
	/* 100,000 addresses that nobody has. */
	for (i = 1; i <= 100000; i++)
		ck_assert(!count(i * ENTRIES, 20, 200));
	ck_assert(count(0, 20, 300));
}
END_TEST

START_TEST(a_clock_that_jumps_makes_nothing_out_of_nothing)
{
	ck_assert(!count(1, 3, 1000000));
	ck_assert(!count(1, 3, 1));
	ck_assert(!count(1, 3, 9000000));
	ck_assert(!count(1, 3, 9000001));
	ck_assert(count(1, 3, 9000002));
}
END_TEST

#define TESTS(array) ((int)(sizeof(array) / sizeof((array)[0])))

Suite *engine_respond_suite(void)
{
	Suite *suite = suite_create("respond");
	TCase *declared = tcase_create("declared");
	TCase *dues = tcase_create("due");
	TCase *cuts = tcase_create("cut");
	TCase *thresholds = tcase_create("thresholds");

	tcase_add_loop_test(declared, what_is_sound_is_taken, 0, TESTS(good));
	tcase_add_loop_test(declared, what_is_not_is_refused_with_the_reason,
			    0, TESTS(bad));
	tcase_add_test(declared, segments_have_no_responses);
	tcase_add_test(declared, the_host_is_not_answered_as_a_whole);
	tcase_add_test(declared, a_forged_draft_is_refused);
	suite_add_tcase(suite, declared);
	tcase_add_test(dues, responses_are_due_by_op_and_by_rule);
	tcase_add_test(dues, nothing_is_due_where_nothing_is_denied);
	suite_add_tcase(suite, dues);
	tcase_add_loop_test(cuts, guarded_segments_are_not_cut_off, 0,
			    TESTS(peers));
	tcase_add_test(cuts, a_machine_that_denies_nothing_cuts_nobody_off);
	suite_add_tcase(suite, cuts);
	tcase_add_checked_fixture(thresholds, setup, NULL);
	tcase_add_test(thresholds, the_last_one_reaches_it);
	tcase_add_test(thresholds, one_is_always_enough);
	tcase_add_test(thresholds, others_are_counted_apart);
	tcase_add_loop_test(thresholds,
			    what_lies_within_the_time_is_never_missed, 0, 8);
	tcase_add_test(thresholds, who_comes_once_does_not_hide_who_comes_again);
	tcase_add_test(thresholds,
		       a_clock_that_jumps_makes_nothing_out_of_nothing);
	suite_add_tcase(suite, thresholds);
	return suite;
}
