// SPDX-License-Identifier: LGPL-2.1-or-later
#include "engine_fixture.h"

#include <stdio.h>
#include <stdlib.h>

#include "suites.h"

static const struct fixture_workload three[] = {
	{ .name = "db", .members = { "user:5" },
	  .programs = { "/usr/bin/db", "/usr/lib/db/**", "/usr/lib/db/*" } },
	{ .name = "web", .members = { "user:6" },
	  .programs = { "/usr/sbin/nginx" } },
	{ .name = "web-2", .members = { "user:7" },
	  .programs = { "/usr/sbin/*", "/usr/sbin/nginx", "/usr/sbin/n*" } },
};

START_TEST(things_are_found)
{
	struct fixture *fixture = fixture_build(three, 3, false);
	const struct cordon_policy *policy = fixture->policy;

	ck_assert_uint_eq(cordon_policy_generation(policy), 1);
	ck_assert_uint_eq(cordon_policy_workloads(policy), 3);
	ck_assert_ptr_eq(cordon_policy_draft(policy, 1), fixture->drafts[1]);
	ck_assert_uint_eq(cordon_policy_workload(policy, "db", 2), 0);
	ck_assert_uint_eq(cordon_policy_workload(policy, "web", 3), 1);
	ck_assert_uint_eq(cordon_policy_workload(policy, "web-2", 5), 2);
	ck_assert_uint_eq(cordon_policy_workload(policy, "web-2", 4),
			  CORDON_NONE);
	ck_assert_uint_eq(cordon_policy_workload(policy, "we", 2),
			  CORDON_NONE);
	ck_assert_uint_eq(cordon_policy_workload(policy, "zebra", 5),
			  CORDON_NONE);
	ck_assert_uint_eq(cordon_policy_workload(policy, "", 0), CORDON_NONE);
	ck_assert_uint_eq(cordon_policy_host(policy), CORDON_NONE);
	fixture_free(fixture);
}
END_TEST

static u32 program(const struct fixture *fixture, u32 workload,
		   const char *exe)
{
	return cordon_policy_program(fixture->policy, workload, exe,
				     strlen(exe));
}

START_TEST(the_most_specific_entry_is_found)
{
	struct fixture *fixture = fixture_build(three, 3, false);

	ck_assert_uint_eq(program(fixture, 0, "/usr/bin/db"), 0);
	ck_assert_uint_eq(program(fixture, 0, "/usr/lib/db/x/y"), 1);
	ck_assert_uint_eq(program(fixture, 0, "/usr/lib/db/x"), 2);
	ck_assert_uint_eq(program(fixture, 0, "/usr/sbin/nginx"),
			  CORDON_NONE);
	ck_assert_uint_eq(program(fixture, 1, "/usr/sbin/nginx"), 3);
	ck_assert_uint_eq(program(fixture, 2, "/usr/sbin/nginx"), 5);
	ck_assert_uint_eq(program(fixture, 2, "/usr/sbin/nginy"), 6);
	ck_assert_uint_eq(program(fixture, 2, "/usr/sbin/sshd"), 4);
	ck_assert_uint_eq(program(fixture, 2, ""), CORDON_NONE);
	ck_assert_uint_eq(program(fixture, 2, "usr/sbin/x"), CORDON_NONE);
	ck_assert_uint_eq(program(fixture, 3, "/usr/sbin/x"), CORDON_NONE);
	ck_assert_uint_eq(program(fixture, CORDON_NONE, "/usr/sbin/x"),
			  CORDON_NONE);
	ck_assert_uint_eq(cordon_policy_program(fixture->policy, 0, NULL, 0),
			  CORDON_NONE);

	ck_assert_uint_eq(cordon_policy_program_index(fixture->policy, 0), 0);
	ck_assert_uint_eq(cordon_policy_program_index(fixture->policy, 2), 2);
	ck_assert_uint_eq(cordon_policy_program_index(fixture->policy, 3), 0);
	ck_assert_uint_eq(cordon_policy_program_index(fixture->policy, 6), 2);
	ck_assert_uint_eq(cordon_policy_program_index(fixture->policy, 7),
			  CORDON_NONE);
	ck_assert_uint_eq(cordon_policy_program_index(fixture->policy,
						      CORDON_NONE),
			  CORDON_NONE);
	fixture_free(fixture);
}
END_TEST

START_TEST(an_empty_policy_is_one)
{
	struct fixture *fixture = fixture_build(NULL, 0, false);

	ck_assert_ptr_nonnull(fixture->policy);
	ck_assert_uint_eq(cordon_policy_workloads(fixture->policy), 0);
	ck_assert_uint_eq(cordon_policy_workload(fixture->policy, "x", 1),
			  CORDON_NONE);
	fixture_free(fixture);
}
END_TEST

START_TEST(drafts_out_of_order_are_refused)
{
	static const struct fixture_workload wrong[] = {
		{ .name = "b", .members = { "user:5" } },
		{ .name = "a", .members = { "user:6" } },
		{ .name = "a", .members = { "user:7" } },
	};
	struct fixture *fixture = fixture_build(wrong, 2, false);

	ck_assert_ptr_null(fixture->policy);
	ck_assert_uint_eq(fixture->fault.workload, 1);
	ck_assert_ptr_nonnull(strstr(fixture->fault.what, "sorted"));
	fixture_free(fixture);
	fixture = fixture_build(wrong + 1, 2, false);
	ck_assert_ptr_null(fixture->policy);
	ck_assert_uint_eq(fixture->fault.workload, 1);
	fixture_free(fixture);
}
END_TEST

START_TEST(too_many_workloads_are_refused)
{
	static const struct cordon_draft *drafts[CORDON_WORKLOADS_MAX + 1];
	struct fixture_workload one = { .members = { "user:0" } };
	struct cordon_fault fault = { 0 };
	char user[16];
	char name[16];
	size_t size;
	void *image;
	u32 i;

	one.name = name;
	one.members[0] = user;
	for (i = 0; i <= CORDON_WORKLOADS_MAX; i++) {
		snprintf(name, sizeof(name), "w%06u", i);
		snprintf(user, sizeof(user), "user:%u", i);
		drafts[i] = fixture_draft(&one);
	}
	ck_assert_uint_eq(cordon_policy_size(drafts, CORDON_WORKLOADS_MAX + 1,
					     &fault), 0);
	ck_assert_ptr_nonnull(strstr(fault.what, "1024"));
	size = cordon_policy_size(drafts, CORDON_WORKLOADS_MAX, &fault);
	ck_assert_uint_gt(size, 0);
	image = calloc(1, size);
	ck_assert_ptr_nonnull(cordon_policy_build(image, size, drafts,
						  CORDON_WORKLOADS_MAX, 1, 1,
						  false, &fault));
	for (i = 0; i < CORDON_WORKLOADS_MAX; i++) {
		const struct cordon_identity identity = { .uid = i };

		ck_assert_uint_eq(cordon_policy_member(image, &identity, NULL),
				  i);
	}
	free(image);
	for (i = 0; i <= CORDON_WORKLOADS_MAX; i++)
		free((void *)drafts[i]);
}
END_TEST

START_TEST(a_policy_has_limits_of_its_own)
{
	static const struct {
		struct cordon_counts one;
		u32 fit;
		const char *why;
	} limits[] = {
		{ { .programs = CORDON_PROGRAMS_MAX / 4 }, 4, "16384 programs" },
		{ { .rules = CORDON_RULES_MAX / 8 }, 8, "262144 rules" },
		{ { .bytes = CORDON_BYTES_MAX }, 4, "256 MiB" },
		/* Nothing is announced that a sum could not hold. */
		{ { .programs = U32_MAX }, 0, "16384 programs" },
		{ { .bytes = U32_MAX }, 0, "256 MiB" },
	};
	static const struct cordon_counts least = {
		.programs = 1, .rules = 1, .bytes = 1 };
	struct cordon_sums sums;
	const char *why;
	size_t i;
	u32 n;

	for (i = 0; i < sizeof(limits) / sizeof(limits[0]); i++) {
		sums = (struct cordon_sums){ 0 };
		for (n = 0; n < limits[i].fit; n++)
			ck_assert_ptr_null(cordon_sums_add(&sums,
							   &limits[i].one));
		why = cordon_sums_add(&sums, n ? &least : &limits[i].one);
		ck_assert_ptr_nonnull(why);
		ck_assert_ptr_nonnull(strstr(why, limits[i].why));
	}
}
END_TEST

START_TEST(workloads_are_bounded_together)
{
	const struct cordon_draft *drafts[5];
	struct cordon_workload_spec spec = {
		.counts = { .members = 1, .bytes = CORDON_BYTES_MAX } };
	struct cordon_fault fault = { 0 };
	struct cordon_draft *draft;
	char name[] = "a";
	size_t size;
	u32 i;

	spec.name = name;
	for (i = 0; i < 5; i++, name[0]++) {
		size = cordon_draft_size(&spec.counts, &fault);
		draft = cordon_draft_init(calloc(1, size), size, &spec, &fault);
		ck_assert_ptr_nonnull(draft);
		ck_assert_int_eq(cordon_draft_add_member(
					 draft, CORDON_MEMBER_USER, NULL, i,
					 &fault), 0);
		drafts[i] = draft;
	}
	ck_assert_uint_gt(cordon_policy_size(drafts, 4, &fault), 0);
	ck_assert_uint_eq(cordon_policy_size(drafts, 5, &fault), 0);
	ck_assert_ptr_nonnull(strstr(fault.what, "256 MiB"));
	ck_assert_uint_eq(fault.workload, 4);
	for (i = 0; i < 5; i++)
		free((void *)drafts[i]);
}
END_TEST

START_TEST(an_image_that_is_too_small_is_refused)
{
	struct fixture *fixture = fixture_build(three, 3, false);
	const struct cordon_draft *const *drafts =
		(const struct cordon_draft *const *)fixture->drafts;
	struct cordon_fault fault = { 0 };
	const size_t size = cordon_policy_size(drafts, 3, &fault);
	size_t some;
	void *image;

	for (some = 0; some < size; some += 1 + some / 3) {
		image = calloc(1, some ? some : 1);
		fault.what = NULL;
		ck_assert_ptr_null(cordon_policy_build(image, some, drafts, 3,
						       1, 1, false, &fault));
		ck_assert_ptr_nonnull(fault.what);
		free(image);
	}
	fixture_free(fixture);
}
END_TEST

START_TEST(an_executable_with_two_entries_is_refused)
{
	static const struct fixture_workload workload = {
		.name = "a", .members = { "user:1" },
		.programs = { "/a", "/b", "/\\a" },
	};
	struct fixture *fixture = fixture_build(&workload, 1, false);

	ck_assert_ptr_null(fixture->policy);
	ck_assert_uint_eq(fixture->fault.workload, 0);
	ck_assert_uint_eq(fixture->fault.program, 2);
	fixture_free(fixture);
}
END_TEST

/* Fills rules with one line each from a format that takes a number. */
static void lines(struct fixture_workload *workload, const char *format,
		  u32 first, u32 count)
{
	static char text[FIXTURE_LINES][64];
	u32 i;

	for (i = 0; i < count; i++) {
		snprintf(text[first + i], sizeof(text[0]), format, i);
		workload->rules[first + i] = text[first + i];
	}
}

START_TEST(wildcards_below_one_directory_are_bounded)
{
	struct fixture_workload workload = {
		.name = "a", .members = { "user:1" },
	};
	struct fixture *fixture;

	lines(&workload, "- allow read /d/x%u*", 0, CORDON_GLOBS_MAX);
	fixture = fixture_build(&workload, 1, false);
	ck_assert_msg(fixture->policy, "%s", fixture->fault.what);
	fixture_free(fixture);
	lines(&workload, "- allow read /e/x%u*", CORDON_GLOBS_MAX, 1);
	fixture = fixture_build(&workload, 1, false);
	ck_assert_msg(fixture->policy, "%s", fixture->fault.what);
	fixture_free(fixture);
	lines(&workload, "- allow read /d/?%u*", CORDON_GLOBS_MAX, 1);
	fixture = fixture_build(&workload, 1, false);
	ck_assert_ptr_null(fixture->policy);
	ck_assert_uint_eq(fixture->fault.workload, 0);
	ck_assert_uint_eq(fixture->fault.rule, CORDON_GLOBS_MAX);
	ck_assert_ptr_nonnull(strstr(fixture->fault.what, "64"));
	fixture_free(fixture);
}
END_TEST

static const struct {
	const char *format;
	u32 fits;	/* so many of them, and not one more */
} crowds[] = {
	/* Each can be half matched beside all others. */
	{ "- allow read /d/x%u*/y", 64 },
	/* Two levels of it: only one level is active at a time. */
	{ "- allow read /d/x%u*/y*/z", 64 },
	/* The star, and for each what lies behind its wildcard. */
	{ "- allow read /**/x%u*/y", 63 },
	/* Wildcards at the end are decided at once. */
	{ "- allow read /d/x%u*", 64 },
	{ "- allow read /**/x%u*", 64 },
	/* Literal names exclude each other. */
	{ "- allow read /d/x%u/**/y", 70 },
	{ "- allow read /d/x%u/*/y", 70 },
	/* … unless they can be reached again and again. */
	{ "- allow read /**/x%u/**/y", 63 },
	{ "- allow read /**/x%u/y", 70 },
	/* What ends in "**" is decided when it is reached. */
	{ "- allow read /d/x%u/**", 70 },
	{ "- allow read /**/x%u/**", 70 },
	{ "- allow read /x%u*/**", 64 },
};

START_TEST(patterns_that_crowd_are_refused)
{
	struct fixture_workload workload = {
		.name = "a", .members = { "user:1" },
	};
	struct fixture *fixture;

	lines(&workload, crowds[_i].format, 0, crowds[_i].fits);
	fixture = fixture_build(&workload, 1, false);
	ck_assert_msg(fixture->policy, "%s: %s", crowds[_i].format,
		      fixture->policy ? "" : fixture->fault.what);
	fixture_free(fixture);
	if (crowds[_i].fits >= CORDON_GLOBS_MAX)
		return;
	lines(&workload, crowds[_i].format, 0, crowds[_i].fits + 1);
	fixture = fixture_build(&workload, 1, false);
	ck_assert_msg(!fixture->policy, "%s", crowds[_i].format);
	ck_assert_uint_eq(fixture->fault.workload, 0);
	ck_assert_uint_eq(fixture->fault.rule, crowds[_i].fits);
	ck_assert_ptr_nonnull(strstr(fixture->fault.what, "half matched"));
	fixture_free(fixture);
}
END_TEST

START_TEST(crowded_programs_and_members_are_refused)
{
	static char text[CORDON_GLOBS_MAX][48];
	struct fixture_workload workload = {
		.name = "a", .members = { "user:1" },
	};
	struct fixture *fixture;
	u32 i;

	for (i = 0; i < CORDON_GLOBS_MAX; i++) {
		snprintf(text[i], sizeof(text[i]), "/**/x%u*/y", i);
		workload.programs[i] = text[i];
	}
	fixture = fixture_build(&workload, 1, false);
	ck_assert_ptr_null(fixture->policy);
	ck_assert_uint_eq(fixture->fault.workload, 0);
	ck_assert_ptr_nonnull(strstr(fixture->fault.what, "programs"));
	fixture_free(fixture);

	memset(workload.programs, 0, sizeof(workload.programs));
	for (i = 0; i < CORDON_GLOBS_MAX; i++) {
		snprintf(text[i], sizeof(text[i]), "exe:/**/x%u*/y", i);
		workload.members[i] = text[i];
	}
	fixture = fixture_build(&workload, 1, false);
	ck_assert_ptr_null(fixture->policy);
	ck_assert_ptr_nonnull(strstr(fixture->fault.what, "members"));
	fixture_free(fixture);
}
END_TEST

/* A crowd in one scope leaves room for as much in the other. */
START_TEST(two_full_scopes_stay_within_bounds)
{
	struct fixture_workload workload = {
		.name = "a", .effect = CORDON_EFFECT_DENY,
		.mode = CORDON_MODE_ENFORCE,
		.members = { "user:1" }, .programs = { "/p" },
	};
	struct fixture *fixture;

	lines(&workload, "- allow read /**/*%u*/y", 0, 30);
	lines(&workload, "0 allow read /**/*%u*/z", 30, 30);
	fixture = fixture_build(&workload, 1, false);
	ck_assert_msg(fixture->policy, "%s", fixture->fault.what);
	assert_verdict(fixture_decide(fixture, 0, 0, CORDON_OP_READ,
				      "/a/0123456789-10-11-12-13-14-15-16-17-18-19-20-21-22-23-24-25-26-27-28-29/y"),
		       CORDON_ACTION_ALLOW, CORDON_REASON_RULE, 10);
	assert_verdict(fixture_decide(fixture, 0, 0, CORDON_OP_READ,
				      "/a/0123456789-10-11-12-13-14-15-16-17-18-19-20-21-22-23-24-25-26-27-28-29/x"),
		       CORDON_ACTION_DENY, CORDON_REASON_DEFAULT,
		       CORDON_NONE);
	fixture_free(fixture);
}
END_TEST

START_TEST(documents_say_whether_they_reject)
{
	static const struct fixture_workload all[] = {
		{ .name = "a", .members = { "user:1" } },
		{ .name = "b", .members = { "user:2" }, .reject = true },
		{ .name = "c", .kind = CORDON_DOCUMENT_SEGMENTS,
		  .programs = { "x" }, .reject = true },
		{ .name = "d", .kind = CORDON_DOCUMENT_SEGMENTS,
		  .programs = { "y" } },
	};
	struct fixture *fixture = fixture_build(all, 4, false);
	const struct cordon_policy *policy = fixture->policy;

	ck_assert_msg(policy, "%s", fixture->fault.what);
	ck_assert(!cordon_policy_rejects(policy, 0));
	ck_assert(cordon_policy_rejects(policy, 1));
	ck_assert(cordon_policy_rejects(policy, 2));
	ck_assert(!cordon_policy_rejects(policy, 3));
	ck_assert(!cordon_policy_rejects(policy, 4));
	ck_assert(!cordon_policy_rejects(policy, CORDON_NONE));
	fixture_free(fixture);
}
END_TEST

Suite *engine_policy_suite(void)
{
	Suite *suite = suite_create("engine/policy");
	TCase *lookup = tcase_create("lookup");
	TCase *refuse = tcase_create("refuse");

	tcase_add_test(lookup, things_are_found);
	tcase_add_test(lookup, the_most_specific_entry_is_found);
	tcase_add_test(lookup, an_empty_policy_is_one);
	tcase_add_test(lookup, documents_say_whether_they_reject);
	suite_add_tcase(suite, lookup);
	tcase_add_test(refuse, drafts_out_of_order_are_refused);
	tcase_add_test(refuse, too_many_workloads_are_refused);
	tcase_add_test(refuse, a_policy_has_limits_of_its_own);
	tcase_add_test(refuse, workloads_are_bounded_together);
	tcase_add_test(refuse, an_image_that_is_too_small_is_refused);
	tcase_add_test(refuse, an_executable_with_two_entries_is_refused);
	tcase_add_test(refuse, wildcards_below_one_directory_are_bounded);
	tcase_add_loop_test(refuse, patterns_that_crowd_are_refused, 0,
			    sizeof(crowds) / sizeof(crowds[0]));
	tcase_add_test(refuse, crowded_programs_and_members_are_refused);
	tcase_add_test(refuse, two_full_scopes_stay_within_bounds);
	suite_add_tcase(suite, refuse);
	return suite;
}
