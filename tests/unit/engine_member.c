// SPDX-License-Identifier: LGPL-2.1-or-later
#include "engine_fixture.h"

#include <stdio.h>
#include <stdlib.h>

#include "suites.h"

static u32 member(const struct fixture *fixture, const char *exe,
		  const char *cgroup, u32 uid)
{
	const struct cordon_identity identity = {
		.exe = exe,
		.exe_length = exe ? (u32)strlen(exe) : 0,
		.cgroup = cgroup,
		.cgroup_length = cgroup ? (u32)strlen(cgroup) : 0,
		.uid = uid,
	};

	return cordon_policy_member(fixture->policy, &identity, NULL);
}

enum { APP, BATCH, HOST, WEB, ZULU };

static const struct fixture_workload workloads[] = {
	[APP] = { .name = "app", .members = {
			"exe:/opt/app/**", "unit:app*.service",
			"cgroup:/machine/**", "user:33" } },
	[BATCH] = { .name = "batch", .members = {
			"exe:/opt/app/batch", "exe:/opt/*/x",
			"unit:app1.service", "cgroup:/machine/b*/**",
			"user:34", "unit:a\\\\x2d.mount" } },
	[HOST] = { .name = "host", .members = { "host" } },
	[WEB] = { .name = "web", .members = {
			"exe:/opt/app/b*", "unit:web.slice", "user:0",
			"unit:app*", "cgroup:/machine/*/*" } },
	[ZULU] = { .name = "zulu", .members = { "unit:*.service" } },
};

static const struct {
	const char *exe;
	const char *cgroup;
	u32 uid;
	u32 workload;
	enum cordon_member_kind kind;
} processes[] = {
	{ "/bin/sh", "/", 1000, CORDON_NONE, 0 },
	{ NULL, NULL, 1000, CORDON_NONE, 0 },
	{ "", "", 1000, CORDON_NONE, 0 },
	{ "opt/app/x", "web.slice", 1000, CORDON_NONE, 0 },
	/* Executable before unit before cgroup before user. */
	{ "/opt/app/bin/a", "/web.slice", 34, APP, CORDON_MEMBER_EXE },
	{ "/bin/sh", "/machine/b/web.slice", 34, WEB, CORDON_MEMBER_UNIT },
	{ "/bin/sh", "/machine/b/x", 33, BATCH, CORDON_MEMBER_CGROUP },
	{ "/bin/sh", "/x", 33, APP, CORDON_MEMBER_USER },
	{ "/bin/sh", NULL, 34, BATCH, CORDON_MEMBER_USER },
	{ NULL, NULL, 0, WEB, CORDON_MEMBER_USER },
	/* Then what is more specific. */
	{ "/opt/app/batch", NULL, 1, BATCH, CORDON_MEMBER_EXE },
	{ "/opt/app/battery", NULL, 1, WEB, CORDON_MEMBER_EXE },
	{ "/opt/app/x", NULL, 1, APP, CORDON_MEMBER_EXE },
	{ "/opt/web/x", NULL, 1, BATCH, CORDON_MEMBER_EXE },
	{ NULL, "/app1.service", 1, BATCH, CORDON_MEMBER_UNIT },
	{ NULL, "/app2.service", 1, APP, CORDON_MEMBER_UNIT },
	{ NULL, "/app2.scope", 1, WEB, CORDON_MEMBER_UNIT },
	{ NULL, "/machine/a/x/y", 1, APP, CORDON_MEMBER_CGROUP },
	{ NULL, "/machine/a/x", 1, WEB, CORDON_MEMBER_CGROUP },
	/* Of nested units the innermost, whatever the outer ones are. */
	{ NULL, "/web.slice/app1.service", 1, BATCH, CORDON_MEMBER_UNIT },
	{ NULL, "/app1.service/web.slice", 1, WEB, CORDON_MEMBER_UNIT },
	{ NULL, "/app1.service/x.service", 1, ZULU, CORDON_MEMBER_UNIT },
	{ NULL, "/a/b/web.slice/c/d", 1, WEB, CORDON_MEMBER_UNIT },
	{ NULL, "/web.slicex", 1, CORDON_NONE, 0 },
	{ NULL, "/a\\x2d.mount", 1, BATCH, CORDON_MEMBER_UNIT },
	{ NULL, "/machine", 1, CORDON_NONE, 0 },
};

START_TEST(a_process_is_claimed)
{
	struct fixture *fixture = fixture_build(workloads, 5, false);
	enum cordon_member_kind kind = CORDON_MEMBER_COUNT;
	const char *cgroup = processes[_i].cgroup;
	const char *exe = processes[_i].exe;
	const struct cordon_identity identity = {
		.exe = exe,
		.exe_length = exe ? (u32)strlen(exe) : 0,
		.cgroup = cgroup,
		.cgroup_length = cgroup ? (u32)strlen(cgroup) : 0,
		.uid = processes[_i].uid,
	};

	ck_assert_msg(fixture->policy, "%s", fixture->fault.what);
	ck_assert_uint_eq(cordon_policy_member(fixture->policy, &identity,
					       &kind),
			  processes[_i].workload);
	if (processes[_i].workload == CORDON_NONE)
		ck_assert_int_eq(kind, CORDON_MEMBER_COUNT);
	else
		ck_assert_int_eq(kind, processes[_i].kind);
	ck_assert_uint_eq(cordon_policy_host(fixture->policy), HOST);
	fixture_free(fixture);
}
END_TEST

START_TEST(equal_claims_go_by_name)
{
	static const struct fixture_workload equal[] = {
		{ .name = "a", .members = { "exe:/x/*b", "unit:*b",
					    "cgroup:/y/*b" } },
		{ .name = "b", .members = { "exe:/x/?b", "unit:?b",
					    "cgroup:/y/?b", "unit:a*" } },
	};
	struct fixture *fixture = fixture_build(equal, 2, false);

	ck_assert_uint_eq(member(fixture, "/x/ab", NULL, 0), 0);
	ck_assert_uint_eq(member(fixture, NULL, "/x/cb", 0), 0);
	ck_assert_uint_eq(member(fixture, NULL, "/y/cb/z", 0), 0);
	ck_assert_uint_eq(member(fixture, NULL, "/x/ac", 0), 1);
	fixture_free(fixture);
}
END_TEST

static const char *const twice[] = {
	"exe:/usr/bin/a", "exe:/usr/**/b", "exe:/usr/x*", "unit:a.service",
	"unit:a*", "cgroup:/a/b", "cgroup:/", "user:0", "user:4294967294",
	"host",
};

START_TEST(the_same_member_twice_is_refused)
{
	struct fixture_workload two[] = {
		{ .name = "a", .members = { twice[_i] } },
		{ .name = "b", .members = { "user:77" } },
		{ .name = "c", .members = { twice[_i] } },
	};
	struct fixture *fixture = fixture_build(two, 3, false);

	ck_assert_ptr_null(fixture->policy);
	ck_assert_ptr_nonnull(strstr(fixture->fault.what, "same member"));
	ck_assert_uint_eq(fixture->fault.workload, 2);
	ck_assert_uint_eq(fixture->fault.other, 0);
	ck_assert_uint_eq(fixture->fault.member, 0);
	ck_assert_uint_eq(fixture->fault.rule, CORDON_NONE);
	fixture_free(fixture);
}
END_TEST

START_TEST(the_same_member_twice_in_one_workload_is_harmless)
{
	static const struct fixture_workload one = {
		.name = "a",
		.members = { "exe:/a", "exe:/a", "exe:/\\a", "user:1",
			     "user:1" },
	};
	struct fixture *fixture = fixture_build(&one, 1, false);

	ck_assert_ptr_nonnull(fixture->policy);
	ck_assert_uint_eq(member(fixture, "/a", NULL, 0), 0);
	fixture_free(fixture);
}
END_TEST

START_TEST(an_escaped_spelling_is_the_same_member)
{
	static const struct fixture_workload two[] = {
		{ .name = "a", .members = { "exe:/a" } },
		{ .name = "b", .members = { "exe:/\\a" } },
	};
	struct fixture *fixture = fixture_build(two, 2, false);

	ck_assert_ptr_null(fixture->policy);
	fixture_free(fixture);
}
END_TEST

START_TEST(wildcards_in_one_place_are_bounded)
{
	static char text[CORDON_GLOBS_MAX + 1][32];
	struct fixture_workload workload = { .name = "a" };
	struct fixture *fixture;
	u32 i;

	for (i = 0; i < CORDON_GLOBS_MAX; i++) {
		snprintf(text[i], sizeof(text[i]), "unit:a%u*", i);
		workload.members[i] = text[i];
	}
	fixture = fixture_build(&workload, 1, false);
	ck_assert_msg(fixture->policy, "%s", fixture->fault.what);
	ck_assert_uint_eq(member(fixture, NULL, "/a63.service", 0), 0);
	fixture_free(fixture);
	workload.members[i] = "unit:b*";
	fixture = fixture_build(&workload, 1, false);
	ck_assert_ptr_null(fixture->policy);
	ck_assert_uint_eq(fixture->fault.member, CORDON_GLOBS_MAX);
	ck_assert_uint_eq(fixture->fault.workload, 0);
	fixture_free(fixture);
}
END_TEST

START_TEST(only_what_is_needed_is_asked_for)
{
	static const struct fixture_workload some[] = {
		{ .name = "a", .members = { "unit:a.service", "user:1" } },
		{ .name = "h", .members = { "host" } },
	};
	struct fixture *fixture = fixture_build(some, 1, false);
	const struct cordon_policy *policy = fixture->policy;

	ck_assert(!cordon_policy_needs(policy, CORDON_MEMBER_EXE));
	ck_assert(cordon_policy_needs(policy, CORDON_MEMBER_UNIT));
	ck_assert(!cordon_policy_needs(policy, CORDON_MEMBER_CGROUP));
	ck_assert(cordon_policy_needs(policy, CORDON_MEMBER_USER));
	ck_assert(!cordon_policy_needs(policy, CORDON_MEMBER_HOST));
	ck_assert(!cordon_policy_needs(policy, CORDON_MEMBER_COUNT));
	ck_assert_uint_eq(cordon_policy_host(policy), CORDON_NONE);
	fixture_free(fixture);
	fixture = fixture_build(some, 2, false);
	ck_assert(cordon_policy_needs(fixture->policy, CORDON_MEMBER_HOST));
	ck_assert_uint_eq(cordon_policy_host(fixture->policy), 1);
	fixture_free(fixture);
}
END_TEST

Suite *engine_member_suite(void)
{
	Suite *suite = suite_create("engine/member");
	TCase *members = tcase_create("member");

	tcase_add_loop_test(members, a_process_is_claimed, 0,
			    sizeof(processes) / sizeof(processes[0]));
	tcase_add_test(members, equal_claims_go_by_name);
	tcase_add_loop_test(members, the_same_member_twice_is_refused, 0,
			    sizeof(twice) / sizeof(twice[0]));
	tcase_add_test(members,
		       the_same_member_twice_in_one_workload_is_harmless);
	tcase_add_test(members, an_escaped_spelling_is_the_same_member);
	tcase_add_test(members, wildcards_in_one_place_are_bounded);
	tcase_add_test(members, only_what_is_needed_is_asked_for);
	suite_add_tcase(suite, members);
	return suite;
}
