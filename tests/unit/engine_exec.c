// SPDX-License-Identifier: LGPL-2.1-or-later
#include "engine_fixture.h"

#include "suites.h"

#define ALLOW CORDON_ACTION_ALLOW
#define WOULD_DENY CORDON_ACTION_WOULD_DENY
#define DENY CORDON_ACTION_DENY
#define RULE CORDON_REASON_RULE
#define DEFAULT CORDON_REASON_DEFAULT
#define NO_ENTRY CORDON_REASON_NO_ENTRY
#define NONE CORDON_NONE

enum { FREE, HOST, OTHER, WEB };

/* In the order of their names; programs count through all of them. */
static const struct fixture_workload workloads[] = {
	[FREE] = {
		.name = "free", .effect = CORDON_EFFECT_ALLOW,
		.mode = CORDON_MODE_ENFORCE,
		.members = { "exe:/usr/bin/free" },
		.programs = { /* 0 */ "/usr/bin/free" },
		.rules = { "- deny exec memfd: /tmp/**" },
	},
	[HOST] = {
		.name = "host", .effect = CORDON_EFFECT_DENY,
		.mode = CORDON_MODE_ENFORCE,
		.members = { "host" },
		.programs = { /* 1 */ "/usr/bin/bash" },
		.rules = { "- allow exec /usr/bin/* /usr/sbin/*",
			   "- deny exec /usr/bin/nc",
			   "- allow enter /opt/**" },
	},
	[OTHER] = {
		.name = "other", .effect = CORDON_EFFECT_DENY,
		.mode = CORDON_MODE_ENFORCE,
		.members = { "unit:other.service", "exe:/usr/bin/other" },
		.programs = { /* 2 */ "/usr/bin/other" },
	},
	[WEB] = {
		.name = "web", .effect = CORDON_EFFECT_DENY,
		.mode = CORDON_MODE_ENFORCE,
		.members = { "exe:/usr/sbin/nginx" },
		.programs = { /* 3 */ "/usr/sbin/nginx",
			      /* 4 */ "/usr/bin/php*" },
		.rules = {
			/* 0 */ "0 allow exec /usr/bin/php* /usr/bin/id",
			/* 1 */ "- deny exec,enter /usr/bin/php-evil",
			/* 2 */ "0 allow enter /usr/bin/other /usr/bin/bash /usr/bin/sendmail",
			/* 3 */ "0 allow exec /usr/bin/other",
			/* 4 */ "- deny exec /usr/bin/sendmail",
			/* 5 */ "1 allow enter /usr/bin/php-evil",
		},
	},
};

static struct fixture *build(enum cordon_mode mode)
{
	struct fixture_workload copy[4];
	struct fixture *fixture;
	u32 i;

	memcpy(copy, workloads, sizeof(copy));
	for (i = 0; i < 4; i++) {
		copy[i].mode = mode;
		copy[i].learns = mode == CORDON_MODE_LEARN;
	}
	fixture = fixture_build(copy, 4, false);
	ck_assert_msg(fixture->policy, "%s", fixture->fault.what);
	return fixture;
}

static const struct {
	u32 workload;
	u32 program;
	const char *path;
	const char *cgroup;
	enum cordon_action action;
	enum cordon_reason reason;
	enum cordon_op op;
	u32 rule;
	u32 next_workload;
	u32 next_program;
} acts[] = {
	/* A member stays in its workload, under the entry of what it runs. */
	{ WEB, 3, "/usr/bin/php8", NULL, ALLOW, RULE, CORDON_OP_EXEC, 0, WEB,
	  4 },
	{ WEB, 3, "/usr/bin/id", NULL, DENY, NO_ENTRY, CORDON_OP_EXEC, NONE,
	  WEB, NONE },
	{ WEB, 3, "/bin/sh", NULL, DENY, DEFAULT, CORDON_OP_EXEC, NONE, WEB,
	  NONE },
	{ WEB, 4, "/usr/bin/php8", NULL, DENY, DEFAULT, CORDON_OP_EXEC, NONE,
	  WEB, 4 },
	{ WEB, NONE, "/usr/bin/php8", NULL, DENY, DEFAULT, CORDON_OP_EXEC,
	  NONE, WEB, 4 },
	{ WEB, 3, "memfd:", NULL, DENY, DEFAULT, CORDON_OP_EXEC, NONE, WEB,
	  NONE },
	/* Membership of others does not take it away. */
	{ WEB, 3, "/usr/bin/php8", "/other.service", ALLOW, RULE,
	  CORDON_OP_EXEC, 0, WEB, 4 },
	/* Deny before enter before allow. */
	{ WEB, 3, "/usr/bin/php-evil", NULL, DENY, RULE, CORDON_OP_EXEC, 1,
	  WEB, 4 },
	{ WEB, 4, "/usr/bin/php-evil", NULL, DENY, RULE, CORDON_OP_EXEC, 1,
	  WEB, 4 },
	{ WEB, 3, "/usr/bin/sendmail", NULL, DENY, RULE, CORDON_OP_EXEC, 4,
	  WEB, NONE },
	{ WEB, 3, "/usr/bin/other", NULL, ALLOW, RULE, CORDON_OP_ENTER, 2,
	  OTHER, 2 },
	{ WEB, 3, "/usr/bin/bash", NULL, ALLOW, RULE, CORDON_OP_ENTER, 2, HOST,
	  1 },
	{ WEB, 3, "/usr/bin/bash", "/other.service", ALLOW, RULE,
	  CORDON_OP_ENTER, 2, OTHER, NONE },
	/* Where the default is allow, an executable needs no entry. */
	{ FREE, 0, "/usr/bin/id", NULL, ALLOW, DEFAULT, CORDON_OP_EXEC, NONE,
	  FREE, NONE },
	{ FREE, NONE, "/usr/bin/free", NULL, ALLOW, DEFAULT, CORDON_OP_EXEC,
	  NONE, FREE, 0 },
	{ FREE, 0, "memfd:", NULL, DENY, RULE, CORDON_OP_EXEC, 0, FREE, NONE },
	{ FREE, 0, "deleted:", NULL, ALLOW, DEFAULT, CORDON_OP_EXEC, NONE,
	  FREE, NONE },
	/* The host's manifest judges, then membership takes over. */
	{ HOST, 1, "/usr/sbin/nginx", NULL, ALLOW, RULE, CORDON_OP_EXEC, 0,
	  WEB, 3 },
	{ HOST, 1, "/usr/bin/bash", NULL, ALLOW, RULE, CORDON_OP_EXEC, 0, HOST,
	  1 },
	{ HOST, 1, "/usr/bin/id", NULL, DENY, NO_ENTRY, CORDON_OP_EXEC, NONE,
	  HOST, NONE },
	{ HOST, 1, "/usr/bin/id", "/system.slice/other.service", ALLOW, RULE,
	  CORDON_OP_EXEC, 0, OTHER, NONE },
	{ HOST, 1, "/usr/bin/nc", "/other.service", DENY, RULE,
	  CORDON_OP_EXEC, 1, OTHER, NONE },
	{ HOST, NONE, "/tmp/x", NULL, DENY, DEFAULT, CORDON_OP_EXEC, NONE,
	  HOST, NONE },
	{ HOST, NONE, "/opt/x", NULL, ALLOW, RULE, CORDON_OP_ENTER, 2, HOST,
	  NONE },
	/* Of whom no manifest speaks, only membership is asked. */
	{ NONE, NONE, "/usr/sbin/nginx", NULL, ALLOW, CORDON_REASON_NONE,
	  CORDON_OP_EXEC, NONE, WEB, 3 },
	{ NONE, NONE, "/tmp/x", NULL, ALLOW, CORDON_REASON_NONE,
	  CORDON_OP_EXEC, NONE, HOST, NONE },
	{ NONE, NONE, "memfd:", "/other.service/x", ALLOW, CORDON_REASON_NONE,
	  CORDON_OP_EXEC, NONE, OTHER, NONE },
};

static struct cordon_verdict run(const struct fixture *fixture, int i,
				 struct cordon_subject *next)
{
	const struct cordon_object object = fixture_object(acts[i].path);
	const struct cordon_subject subject = {
		.workload = acts[i].workload,
		.program = acts[i].program,
	};
	const struct cordon_identity identity = {
		.exe = object.path,
		.exe_length = object.length,
		.cgroup = acts[i].cgroup,
		.cgroup_length =
			acts[i].cgroup ? (u32)strlen(acts[i].cgroup) : 0,
	};
	struct cordon_verdict verdict;

	memset(next, 0xee, sizeof(*next));
	memset(&verdict, 0xee, sizeof(verdict));
	cordon_policy_decide_exec(fixture->policy, &subject, &object,
				  &identity, next, &verdict);
	return verdict;
}

static void check_next(int i, const struct cordon_subject *next)
{
	ck_assert_uint_eq(next->workload, acts[i].next_workload);
	ck_assert_uint_eq(next->program, acts[i].next_program);
	if (acts[i].path[0] == '/') {
		ck_assert_ptr_eq(next->self, acts[i].path);
		ck_assert_uint_eq(next->self_length, strlen(acts[i].path));
	} else {
		ck_assert_ptr_null(next->self);
		ck_assert_uint_eq(next->self_length, 0);
	}
}

START_TEST(an_exec_is_judged)
{
	struct fixture *fixture = build(CORDON_MODE_ENFORCE);
	struct cordon_subject next;
	struct cordon_verdict verdict = run(fixture, _i, &next);

	assert_verdict(verdict, acts[_i].action, acts[_i].reason,
		       acts[_i].rule);
	ck_assert_uint_eq(verdict.op, acts[_i].op);
	ck_assert_uint_eq(verdict.workload, acts[_i].workload);
	if (acts[_i].action != DENY)
		check_next(_i, &next);
	fixture_free(fixture);
}
END_TEST

/* In monitor mode the same is told, and the process goes where it would. */
START_TEST(an_exec_is_watched)
{
	struct fixture *fixture = build(CORDON_MODE_MONITOR);
	struct cordon_subject next;
	struct cordon_verdict verdict = run(fixture, _i, &next);

	assert_verdict(verdict,
		       acts[_i].action == DENY ? WOULD_DENY : acts[_i].action,
		       acts[_i].reason, acts[_i].rule);
	check_next(_i, &next);
	fixture_free(fixture);
}
END_TEST

START_TEST(without_a_host_manifest_the_host_is_nobody)
{
	struct fixture *fixture = fixture_build(&workloads[WEB], 1, false);
	const struct cordon_object object = fixture_object("/usr/bin/bash");
	const struct cordon_identity identity = {
		.exe = object.path, .exe_length = object.length };
	struct cordon_subject subject = { .workload = NONE, .program = NONE };
	struct cordon_subject next;
	struct cordon_verdict verdict;

	cordon_policy_decide_exec(fixture->policy, &subject, &object,
				  &identity, &next, &verdict);
	assert_verdict(verdict, ALLOW, CORDON_REASON_NONE, NONE);
	ck_assert_uint_eq(next.workload, NONE);
	ck_assert_uint_eq(next.program, NONE);
	subject = (struct cordon_subject){ .workload = 0, .program = 0 };
	cordon_policy_decide_exec(fixture->policy, &subject, &object,
				  &identity, &next, &verdict);
	assert_verdict(verdict, ALLOW, RULE, 2);
	ck_assert_uint_eq(next.workload, NONE);
	fixture_free(fixture);
}
END_TEST

START_TEST(who_learns_keeps_what_it_starts)
{
	static const struct {
		const char *path;
		enum cordon_action action;
		enum cordon_reason reason;
		u32 program;
	} starts[] = {
		{ "/usr/bin/php8", ALLOW, RULE, 4 },
		{ "/usr/bin/id", CORDON_ACTION_LEARN, NO_ENTRY, NONE },
		{ "/bin/sh", CORDON_ACTION_LEARN, DEFAULT, NONE },
		{ "/usr/bin/sendmail", DENY, RULE, NONE },
		{ "memfd:", WOULD_DENY, DEFAULT, NONE },
	};
	const struct cordon_subject subject = { .workload = WEB, .program = 3 };
	const struct cordon_identity identity = { .uid = 33 };
	struct fixture *fixture = build(CORDON_MODE_LEARN);
	struct cordon_verdict verdict;
	struct cordon_subject next;
	size_t i;

	for (i = 0; i < sizeof(starts) / sizeof(starts[0]); i++) {
		struct cordon_object object = fixture_object(starts[i].path);

		cordon_policy_decide_exec(fixture->policy, &subject, &object,
					  &identity, &next, &verdict);
		ck_assert_uint_eq(verdict.action, starts[i].action);
		ck_assert_uint_eq(verdict.reason, starts[i].reason);
		ck_assert_uint_eq(next.workload, WEB);
		ck_assert_uint_eq(next.program, starts[i].program);
	}
	fixture_free(fixture);
}
END_TEST

Suite *engine_exec_suite(void)
{
	const int count = sizeof(acts) / sizeof(acts[0]);
	Suite *suite = suite_create("engine/exec");
	TCase *exec = tcase_create("exec");

	tcase_add_loop_test(exec, an_exec_is_judged, 0, count);
	tcase_add_loop_test(exec, an_exec_is_watched, 0, count);
	tcase_add_test(exec, without_a_host_manifest_the_host_is_nobody);
	tcase_add_test(exec, who_learns_keeps_what_it_starts);
	suite_add_tcase(suite, exec);
	return suite;
}
