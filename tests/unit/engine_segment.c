// SPDX-License-Identifier: LGPL-2.1-or-later
/*
 * Segments documents: what they may hold, how they go together with others, and
 * what passes between segments.
 */
#include <stdlib.h>

#include "engine_fixture.h"
#include "net.h"
#include "suites.h"

#define ALLOW CORDON_ACTION_ALLOW
#define DENY CORDON_ACTION_DENY
#define WOULD_DENY CORDON_ACTION_WOULD_DENY
#define RULE CORDON_REASON_RULE
#define ISOLATED CORDON_REASON_ISOLATED
#define NONE CORDON_NONE
#define COUNT(table) (sizeof(table) / sizeof((table)[0]))

/* --- drafts --------------------------------------------------------------- */

static struct cordon_draft *draft_of(u8 kind, u8 effect,
				     struct cordon_fault *fault)
{
	const struct cordon_workload_spec spec = {
		.name = "site",
		.kind = kind,
		.effect = effect,
		.mode = { [CORDON_CLASS_NET] = CORDON_MODE_MONITOR },
		.counts = { .members = 2, .programs = 2, .rules = 2,
			    .patterns = 4, .bytes = 1024 },
	};
	const size_t size = cordon_draft_size(&spec.counts, fault);
	void *buffer = calloc(1, size);
	struct cordon_draft *draft =
		cordon_draft_init(buffer, size, &spec, fault);

	if (!draft)
		free(buffer);
	return draft;
}

START_TEST(a_document_is_one_of_two_kinds)
{
	struct cordon_fault fault = { 0 };
	struct cordon_draft *draft =
		draft_of(CORDON_DOCUMENT_SEGMENTS, CORDON_EFFECT_ALLOW, &fault);

	ck_assert_ptr_nonnull(draft);
	free(draft);
	ck_assert_ptr_null(draft_of(CORDON_DOCUMENT_SEGMENTS,
				    CORDON_EFFECT_DENY, &fault));
	ck_assert_ptr_null(draft_of(CORDON_DOCUMENT_COUNT, CORDON_EFFECT_ALLOW,
				    &fault));
	ck_assert_ptr_nonnull(fault.what);
}
END_TEST

START_TEST(a_document_holds_as_much_as_its_kind_may)
{
	struct cordon_workload_spec spec = {
		.name = "x",
		.mode = { [CORDON_CLASS_NET] = CORDON_MODE_MONITOR },
	};
	struct cordon_fault fault = { 0 };
	void *buffer;
	size_t size;
	u32 i;

	for (i = 0; i < 4; i++) {
		spec.kind = i & 1 ? CORDON_DOCUMENT_SEGMENTS :
				    CORDON_DOCUMENT_MANIFEST;
		spec.counts = (struct cordon_counts){ .bytes = 64 };
		if (i < 2)
			spec.counts.members = CORDON_MEMBERS_MAX + 1;
		else
			spec.counts.programs = CORDON_SEGMENTS_MAX + 1;
		size = cordon_draft_size(&spec.counts, &fault);
		ck_assert_uint_gt(size, 0);
		buffer = calloc(1, size);
		/* Segments have more members, manifests more programs. */
		ck_assert(!cordon_draft_init(buffer, size, &spec, &fault) ==
			  ((i & 1) == (i >> 1)));
		free(buffer);
	}
}
END_TEST

static const struct {
	enum cordon_member_kind kind;
	u32 segment;
	const char *pattern;
	bool good;
} members[] = {
	{ CORDON_MEMBER_PREFIX, 0, "10.0.0.0/8", true },
	{ CORDON_MEMBER_PREFIX, 1, "2001:db8::/32", true },
	{ CORDON_MEMBER_PREFIX, 2, "10.0.0.0/8", false },
	{ CORDON_MEMBER_PREFIX, NONE, "10.0.0.0/8", false },
	{ CORDON_MEMBER_PREFIX, 0, "10.0.0.1/8", false },
	{ CORDON_MEMBER_PREFIX, 0, "", false },
	{ CORDON_MEMBER_PREFIX, 0, NULL, false },
	{ CORDON_MEMBER_INTERFACE, 0, "vnet3", true },
	{ CORDON_MEMBER_INTERFACE, 0, "a/b", false },
	{ CORDON_MEMBER_INTERFACE, NONE, "vnet3", false },
	{ CORDON_MEMBER_CLAIM, NONE, "vnet3 10.0.0.7", true },
	{ CORDON_MEMBER_CLAIM, NONE, "vnet3 52:54:00:12:34:56", true },
	{ CORDON_MEMBER_CLAIM, 0, "vnet3 10.0.0.7", false },
	{ CORDON_MEMBER_CLAIM, NONE, "vnet3", false },
	{ CORDON_MEMBER_EXE, 0, "/usr/bin/x", false },
	{ CORDON_MEMBER_HOST, 0, "x", false },
	{ CORDON_MEMBER_COUNT, 0, "x", false },
};

START_TEST(what_lies_in_a_segment_is_checked)
{
	struct cordon_fault fault = { 0 };
	struct cordon_draft *draft =
		draft_of(CORDON_DOCUMENT_SEGMENTS, CORDON_EFFECT_ALLOW, &fault);

	ck_assert_int_eq(cordon_draft_add_segment(draft, "a", false, &fault),
			 0);
	ck_assert_int_eq(cordon_draft_add_segment(draft, "b", true, &fault),
			 1);
	ck_assert_int_eq(cordon_draft_add_segment(draft, "c", true, &fault),
			 -ENOSPC);
	ck_assert_uint_eq(cordon_draft_program(draft, 1)->isolated, 1);
	ck_assert_int_eq(cordon_draft_add_segment_member(
				 draft, members[_i].kind, members[_i].segment,
				 members[_i].pattern, &fault),
			 members[_i].good ? 0 : -EINVAL);
	ck_assert_uint_eq(draft->used.members, members[_i].good);
	free(draft);
}
END_TEST

START_TEST(segments_and_processes_do_not_mix)
{
	const char *pattern = "tcp/1@any";
	struct cordon_rule_spec pass = {
		.program = NONE,
		.ops = 1 << CORDON_OP_PASS,
		.patterns = &pattern,
		.pattern_count = 1,
	};
	struct cordon_fault fault = { 0 };
	struct cordon_draft *segments =
		draft_of(CORDON_DOCUMENT_SEGMENTS, CORDON_EFFECT_ALLOW, &fault);
	struct cordon_draft *manifest =
		draft_of(CORDON_DOCUMENT_MANIFEST, CORDON_EFFECT_ALLOW, &fault);
	struct cordon_rule_spec connect = pass;

	connect.ops = 1 << CORDON_OP_CONNECT;
	ck_assert_int_eq(cordon_draft_add_member(segments, CORDON_MEMBER_HOST,
						 NULL, 0, &fault), -EINVAL);
	ck_assert_int_eq(cordon_draft_add_program(segments, "/x", &fault),
			 -EINVAL);
	ck_assert_int_eq(cordon_draft_add_segment(segments, "/x", false,
						  &fault), -EINVAL);
	ck_assert_int_eq(cordon_draft_add_segment(segments, NULL, false,
						  &fault), -EINVAL);
	ck_assert_int_eq(cordon_draft_add_rule(segments, &connect, &fault),
			 -EINVAL);
	ck_assert_int_eq(cordon_draft_add_rule(segments, &pass, &fault), 0);
	ck_assert_int_eq(cordon_draft_add_segment(manifest, "x", false,
						  &fault), -EINVAL);
	ck_assert_int_eq(cordon_draft_add_segment_member(
				 manifest, CORDON_MEMBER_PREFIX, 0, "::/0",
				 &fault), -EINVAL);
	ck_assert_int_eq(cordon_draft_add_rule(manifest, &pass, &fault),
			 -EINVAL);
	ck_assert_int_eq(cordon_draft_add_rule(manifest, &connect, &fault), 0);
	/* One op of the network, alone. */
	connect.ops |= 1 << CORDON_OP_ACCEPT;
	ck_assert_int_eq(cordon_draft_add_rule(manifest, &connect, &fault),
			 -EINVAL);
	free(segments);
	free(manifest);
}
END_TEST

START_TEST(what_lies_in_memory_is_checked_as_what_is_added)
{
	struct cordon_draft *draft;
	struct cordon_fault fault = { 0 };
	struct cordon_draft_program *program;
	struct cordon_draft_member *member;
	struct cordon_draft_rule *rule;
	const struct fixture_workload site = {
		.name = "site",
		.kind = CORDON_DOCUMENT_SEGMENTS,
		.members = { "prefix:0 10.0.0.0/8" },
		.programs = { "db" },
		.rules = { "0 allow pass tcp/1@any" },
	};

	draft = fixture_draft(&site);
	member = (void *)((char *)draft + draft->members_at);
	program = (void *)((char *)draft + draft->programs_at);
	rule = (void *)((char *)draft + draft->rules_at);
	ck_assert(!cordon_draft_check(draft, &fault));

#define REFUSED(place, wrong)                                       \
	do {                                                        \
		const typeof(place) right_ = (place);               \
								    \
		(place) = (wrong);                                  \
		ck_assert(cordon_draft_check(draft, &fault));       \
		(place) = right_;                                   \
		ck_assert(!cordon_draft_check(draft, &fault));      \
	} while (0)
	REFUSED(draft->kind, CORDON_DOCUMENT_MANIFEST);
	REFUSED(draft->kind, CORDON_DOCUMENT_COUNT);
	REFUSED(draft->effect, CORDON_EFFECT_DENY);
	REFUSED(draft->mode[CORDON_CLASS_NET], CORDON_MODE_COUNT);
	REFUSED(member->program, 1);
	REFUSED(member->program, NONE);
	REFUSED(member->kind, CORDON_MEMBER_CLAIM);
	REFUSED(member->kind, CORDON_MEMBER_EXE);
	REFUSED(member->pattern, 0);
	REFUSED(member->pattern, draft->used.bytes);
	REFUSED(program->exe, member->pattern);
	REFUSED(program->exe, 0);
	REFUSED(rule->ops, 1 << CORDON_OP_CONNECT);
	REFUSED(rule->ops, 1 << CORDON_OP_PASS | 1);
	REFUSED(rule->ops, 0x8000);
	REFUSED(rule->program, 1);
	free(draft);
}
END_TEST

/* --- policies ------------------------------------------------------------- */

#define SITE(...)                                     \
	{ .name = "site", .kind = CORDON_DOCUMENT_SEGMENTS, \
	  .mode = CORDON_MODE_ENFORCE, __VA_ARGS__ }

START_TEST(names_of_segments_are_unique)
{
	const struct fixture_workload all[] = {
		{ .name = "other", .kind = CORDON_DOCUMENT_SEGMENTS,
		  .programs = { "web", "db" } },
		SITE(.programs = { "cache", "db" }),
	};
	struct fixture *fixture = fixture_build(all, 2, false);

	ck_assert_ptr_null(fixture->policy);
	ck_assert_ptr_nonnull(strstr(fixture->fault.what, "same name"));
	ck_assert_uint_eq(fixture->fault.workload, 1);
	ck_assert_uint_eq(fixture->fault.program, 1);
	ck_assert_uint_eq(fixture->fault.other, 0);
	fixture_free(fixture);
}
END_TEST

START_TEST(a_rule_about_a_segment_that_is_not_there_is_refused)
{
	struct fixture_workload all[] = {
		SITE(.programs = { "db" },
		     .rules = { "0 allow pass tcp/1@segment:db",
				"0 allow pass tcp/1@segment:web" }),
		{ .name = "web", .effect = CORDON_EFFECT_DENY,
		  .members = { "user:7" }, .programs = { "/x" },
		  .rules = { "0 allow connect tcp/1@segment:db",
			     "0 allow accept tcp/1@any tcp/1@segment:cache",
			     "0 allow connect tcp/1@workload:later" } },
	};
	struct fixture *fixture = fixture_build(all, 2, false);

	ck_assert_ptr_null(fixture->policy);
	ck_assert_ptr_nonnull(strstr(fixture->fault.what, "segment"));
	ck_assert_uint_eq(fixture->fault.workload, 0);
	ck_assert_uint_eq(fixture->fault.rule, 1);
	fixture_free(fixture);

	all[0].programs[1] = "web";
	fixture = fixture_build(all, 2, false);
	ck_assert_ptr_null(fixture->policy);
	ck_assert_uint_eq(fixture->fault.workload, 1);
	ck_assert_uint_eq(fixture->fault.rule, 1);
	fixture_free(fixture);

	/* A workload may be loaded later. */
	all[0].programs[2] = "cache";
	fixture = fixture_build(all, 2, false);
	ck_assert_msg(fixture->policy, "%s", fixture->fault.what);
	fixture_free(fixture);
}
END_TEST

START_TEST(nobody_belongs_to_segments)
{
	const struct fixture_workload all[] = {
		{ .name = "a", .effect = CORDON_EFFECT_DENY,
		  .members = { "user:7" },
		  .rules = { "- allow connect tcp/1@workload:site" } },
		SITE(.programs = { "db", "web" }),
	};
	const struct cordon_identity identity = { .uid = 3 };
	struct fixture *fixture = fixture_build(all, 2, false);
	const struct cordon_policy *policy = fixture->policy;
	const struct cordon_subject subject = { .program = NONE };
	struct cordon_peer peer = { .workload = 1 };
	const struct cordon_flow flow = { .op = CORDON_OP_CONNECT,
					  .protocol = 6, .port = 1,
					  .peer = &peer };
	struct cordon_verdict verdict;

	ck_assert_uint_eq(cordon_policy_document(policy, "site", 4), 1);
	ck_assert_uint_eq(cordon_policy_workload(policy, "site", 4), NONE);
	ck_assert_uint_eq(cordon_policy_document(policy, "a", 1), 0);
	ck_assert_uint_eq(cordon_policy_workload(policy, "a", 1), 0);
	ck_assert_uint_eq(cordon_policy_document(policy, "b", 1), NONE);
	ck_assert_uint_eq(cordon_policy_host(policy), NONE);
	ck_assert_uint_eq(cordon_policy_member(policy, &identity, NULL), NONE);
	ck_assert_uint_eq(cordon_policy_program(policy, 1, "/db", 3), NONE);
	cordon_policy_decide_flow(policy, &subject, &flow, &verdict);
	assert_verdict(verdict, CORDON_ACTION_WOULD_DENY,
		       CORDON_REASON_DEFAULT, NONE);
	fixture_free(fixture);
}
END_TEST

START_TEST(segments_are_found_by_name)
{
	const struct fixture_workload all[] = {
		{ .name = "a", .members = { "user:7" },
		  .programs = { "/x", "/y" } },
		SITE(.programs = { "db", "a-name-of-more-than-eight-bytes" }),
		{ .name = "z", .kind = CORDON_DOCUMENT_SEGMENTS,
		  .programs = { "web" } },
	};
	struct fixture *fixture = fixture_build(all, 3, false);
	const struct cordon_policy *policy = fixture->policy;

	ck_assert(cordon_policy_has_passages(policy));
	ck_assert_uint_eq(cordon_policy_program_count(policy), 5);
	ck_assert_uint_eq(cordon_policy_segment(policy, "db", 2), 2);
	ck_assert_uint_eq(cordon_policy_segment(
				  policy, "a-name-of-more-than-eight-bytes",
				  31), 3);
	ck_assert_uint_eq(cordon_policy_segment(policy, "web", 3), 4);
	ck_assert_uint_eq(cordon_policy_segment(policy, "we", 2), NONE);
	ck_assert_uint_eq(cordon_policy_segment(policy, "web\0", 4), NONE);
	ck_assert_uint_eq(cordon_policy_segment(policy, "", 0), NONE);
	ck_assert_uint_eq(cordon_policy_segment(policy, "/x", 2), NONE);
	ck_assert_uint_eq(cordon_policy_program_workload(policy, 0), 0);
	ck_assert_uint_eq(cordon_policy_program_workload(policy, 3), 1);
	ck_assert_uint_eq(cordon_policy_program_workload(policy, 4), 2);
	ck_assert_uint_eq(cordon_policy_program_workload(policy, 5), NONE);
	ck_assert_uint_eq(cordon_policy_program_index(policy, 3), 1);
	fixture_free(fixture);

	fixture = fixture_build(all, 1, false);
	ck_assert(!cordon_policy_has_passages(fixture->policy));
	ck_assert_uint_eq(cordon_policy_segment(fixture->policy, "db", 2),
			  NONE);
	fixture_free(fixture);
}
END_TEST

/* --- what passes ---------------------------------------------------------- */

/* @segments: numbers, with spaces between */
static struct cordon_peer end_of(const char *segments)
{
	struct cordon_peer peer = { .workload = NONE };
	char *end;

	while (*segments) {
		peer.segments[peer.segment_count++] =
			(u32)strtoul(segments, &end, 10);
		segments = end + (*end == ' ');
	}
	return peer;
}

static struct cordon_verdict pass(const struct fixture *fixture,
				  const char *from, const char *to,
				  u8 protocol, u16 port)
{
	const struct cordon_peer one = end_of(from);
	const struct cordon_peer two = end_of(to);
	const struct cordon_passage passage = { protocol, port, &one, &two };
	struct cordon_verdict verdict;

	memset(&verdict, 0xee, sizeof(verdict));
	cordon_policy_decide_passage(fixture->policy, &passage, &verdict);
	ck_assert_uint_eq(verdict.op, CORDON_OP_PASS);
	return verdict;
}

START_TEST(rules_say_what_passes)
{
	/* 0 db, isolated; 1 web; 2 blocked */
	const struct fixture_workload all[] = {
		SITE(.programs = { "db isolated", "web", "blocked" },
		     .rules = { "1 allow pass tcp/5432@segment:db",
				"- deny pass any@segment:blocked",
				"2 deny pass any@any",
				"- deny pass tcp/22@segment:db icmp@segment:db",
				"0 allow pass udp/53@any" }),
	};
	struct fixture *fixture = fixture_build(all, 1, false);

	assert_verdict(pass(fixture, "1", "0", 6, 5432), ALLOW, RULE, 0);
	assert_verdict(pass(fixture, "1", "0", 6, 5433), DENY, ISOLATED, NONE);
	assert_verdict(pass(fixture, "1", "0", 17, 5432), DENY, ISOLATED, NONE);
	assert_verdict(pass(fixture, "0", "1", 6, 5432), DENY, ISOLATED, NONE);
	assert_verdict(pass(fixture, "", "0", 6, 5432), DENY, ISOLATED, NONE);
	assert_verdict(pass(fixture, "0", "", 17, 53), ALLOW, RULE, 4);
	assert_verdict(pass(fixture, "0", "", 17, 54), DENY, ISOLATED, NONE);
	/* Within the segment, and where it lies in the other, too. */
	assert_verdict(pass(fixture, "0", "0", 6, 5432), ALLOW,
		       CORDON_REASON_NONE, NONE);
	assert_verdict(pass(fixture, "1 0", "0", 6, 1), ALLOW,
		       CORDON_REASON_NONE, NONE);
	assert_verdict(pass(fixture, "0", "0", 6, 22), DENY, RULE, 3);
	assert_verdict(pass(fixture, "0", "0", 58, 0), DENY, RULE, 3);
	assert_verdict(pass(fixture, "1", "2", 6, 1), DENY, RULE, 1);
	assert_verdict(pass(fixture, "2", "1", 6, 1), DENY, RULE, 2);
	assert_verdict(pass(fixture, "2", "", 47, 0), DENY, RULE, 2);
	assert_verdict(pass(fixture, "1", "", 6, 1), ALLOW, CORDON_REASON_NONE,
		       NONE);
	assert_verdict(pass(fixture, "", "", 6, 1), ALLOW, CORDON_REASON_NONE,
		       NONE);
	assert_verdict(pass(fixture, "", "2", 6, 1), DENY, RULE, 1);
	ck_assert_uint_eq(pass(fixture, "1", "0", 6, 5432).workload, 0);
	ck_assert_uint_eq(pass(fixture, "1", "0", 6, 1).workload, 0);
	ck_assert_uint_eq(pass(fixture, "", "", 6, 1).workload, NONE);
	fixture_free(fixture);
}
END_TEST

START_TEST(what_monitors_ends_nothing_that_another_enforces)
{
	/* a: 0 x isolated, 1 y; b: 2 u isolated */
	const struct fixture_workload all[] = {
		{ .name = "a", .kind = CORDON_DOCUMENT_SEGMENTS,
		  .mode = CORDON_MODE_MONITOR,
		  .programs = { "x isolated", "y" },
		  .rules = { "- deny pass tcp/1@any",
			     "- allow pass tcp/4@any" } },
		{ .name = "b", .kind = CORDON_DOCUMENT_SEGMENTS,
		  .mode = CORDON_MODE_ENFORCE,
		  .programs = { "u isolated" },
		  .rules = { "- deny pass tcp/1-2@segment:y",
			     "- allow pass tcp/5@any",
			     "- allow pass tcp/4@any" } },
	};
	struct fixture *fixture = fixture_build(all, 2, false);
	struct cordon_verdict verdict;

	/* Both deny: the one that enforces is named. */
	verdict = pass(fixture, "", "1", 6, 1);
	assert_verdict(verdict, DENY, RULE, 0);
	ck_assert_uint_eq(verdict.workload, 1);
	/* One denies and monitors, the other isolates and enforces. */
	verdict = pass(fixture, "", "2", 6, 1);
	assert_verdict(verdict, DENY, ISOLATED, NONE);
	ck_assert_uint_eq(verdict.workload, 1);
	/* Only the one that monitors. */
	assert_verdict(pass(fixture, "", "", 6, 1), WOULD_DENY, RULE, 0);
	assert_verdict(pass(fixture, "", "0", 6, 3), WOULD_DENY, ISOLATED,
		       NONE);
	verdict = pass(fixture, "", "0 2", 6, 3);
	assert_verdict(verdict, DENY, ISOLATED, NONE);
	ck_assert_uint_eq(verdict.workload, 1);
	/* An allow of either opens both. */
	verdict = pass(fixture, "", "0 2", 6, 5);
	assert_verdict(verdict, ALLOW, RULE, 1);
	verdict = pass(fixture, "", "0 2", 6, 4);
	assert_verdict(verdict, ALLOW, RULE, 2);
	ck_assert_uint_eq(verdict.workload, 1);
	fixture_free(fixture);
}
END_TEST

Suite *engine_segment_suite(void)
{
	Suite *suite = suite_create("engine/segment");
	TCase *draft = tcase_create("draft");
	TCase *policy = tcase_create("policy");

	tcase_add_test(draft, a_document_is_one_of_two_kinds);
	tcase_add_test(draft, a_document_holds_as_much_as_its_kind_may);
	tcase_add_loop_test(draft, what_lies_in_a_segment_is_checked, 0,
			    COUNT(members));
	tcase_add_test(draft, segments_and_processes_do_not_mix);
	tcase_add_test(draft, what_lies_in_memory_is_checked_as_what_is_added);
	suite_add_tcase(suite, draft);
	tcase_add_test(policy, names_of_segments_are_unique);
	tcase_add_test(policy,
		       a_rule_about_a_segment_that_is_not_there_is_refused);
	tcase_add_test(policy, nobody_belongs_to_segments);
	tcase_add_test(policy, segments_are_found_by_name);
	tcase_add_test(policy, rules_say_what_passes);
	tcase_add_test(policy,
		       what_monitors_ends_nothing_that_another_enforces);
	suite_add_tcase(suite, policy);
	return suite;
}
