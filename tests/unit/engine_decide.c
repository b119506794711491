// SPDX-License-Identifier: LGPL-2.1-or-later
#include "engine_fixture.h"

#include <stdio.h>

#include "suites.h"

#define ALLOW CORDON_ACTION_ALLOW
#define WOULD_DENY CORDON_ACTION_WOULD_DENY
#define DENY CORDON_ACTION_DENY
#define RULE CORDON_REASON_RULE
#define DEFAULT CORDON_REASON_DEFAULT
#define NONE CORDON_NONE

static const struct fixture_workload web = {
	.name = "web",
	.effect = CORDON_EFFECT_DENY,
	.mode = CORDON_MODE_ENFORCE,
	.members = { "exe:/usr/sbin/nginx" },
	.programs = { "/usr/sbin/nginx", "/usr/bin/php" },
	.rules = {
		/* 0 */ "0 allow read /etc/nginx/** /srv/www/**",
		/* 1 */ "0 allow write /var/log/nginx/*.log /run/nginx.pid",
		/* 2 */ "- deny write,read /srv/www/secret/**",
		/* 3 */ "0 allow read /srv/www/secret/robots.txt",
		/* 4 */ "- allow read /usr/share/zoneinfo/**",
		/* 5 */ "0 deny read /usr/share/zoneinfo/right/**",
		/* 6 */ "1 allow read /srv/app/**/*.php",
		/* 7 */ "0 allow load /usr/lib/**/*.so /usr/lib/**/*.so.*",
		/* 8 */ "0 allow read /",
		/* 9 */ "0 allow read /data/* /data/**",
		/* 10 */ "0 allow read /data/x*",
		/* 11 */ "0 allow read /data/xy",
		/* 12 */ "0 allow load,read memfd:",
		/* 13 */ "- deny load deleted:",
		/* 14 */ "0 allow read /**/common",
		/* 15 */ "0 allow read /memfd:/x",
		/* 16 */ "0 deny load /usr/bin/self",
		/* 17 */ "0 allow write /memf* /**/mem*",
	},
};

static const struct {
	u32 program;
	enum cordon_op op;
	const char *path;
	enum cordon_action action;
	enum cordon_reason reason;
	u32 rule;
} acts[] = {
	{ 0, CORDON_OP_READ, "/etc/nginx/nginx.conf", ALLOW, RULE, 0 },
	{ 0, CORDON_OP_READ, "/etc/nginx/a/b/c/d", ALLOW, RULE, 0 },
	{ 0, CORDON_OP_READ, "/etc/nginx", DENY, DEFAULT, NONE },
	{ 0, CORDON_OP_READ, "/etc/nginxx/a", DENY, DEFAULT, NONE },
	{ 0, CORDON_OP_READ, "/etc/shadow", DENY, DEFAULT, NONE },
	{ 0, CORDON_OP_WRITE, "/etc/nginx/nginx.conf", DENY, DEFAULT, NONE },
	{ 1, CORDON_OP_READ, "/etc/nginx/nginx.conf", DENY, DEFAULT, NONE },
	{ NONE, CORDON_OP_READ, "/etc/nginx/a", DENY, DEFAULT, NONE },
	{ 0, CORDON_OP_WRITE, "/var/log/nginx/a.log", ALLOW, RULE, 1 },
	{ 0, CORDON_OP_WRITE, "/var/log/nginx/.log", ALLOW, RULE, 1 },
	{ 0, CORDON_OP_WRITE, "/var/log/nginx/log", DENY, DEFAULT, NONE },
	{ 0, CORDON_OP_WRITE, "/var/log/nginx/x/a.log", DENY, DEFAULT, NONE },
	{ 0, CORDON_OP_WRITE, "/run/nginx.pid", ALLOW, RULE, 1 },
	{ 0, CORDON_OP_WRITE, "/run/nginx.pid/x", DENY, DEFAULT, NONE },
	/* Deny wins, however specific the allow is. */
	{ 0, CORDON_OP_READ, "/srv/www/secret/robots.txt", DENY, RULE, 2 },
	{ 0, CORDON_OP_READ, "/srv/www/secret", ALLOW, RULE, 0 },
	{ 0, CORDON_OP_READ, "/usr/share/zoneinfo/UTC", ALLOW, RULE, 4 },
	{ NONE, CORDON_OP_READ, "/usr/share/zoneinfo/UTC", ALLOW, RULE, 4 },
	{ 0, CORDON_OP_READ, "/usr/share/zoneinfo/right/UTC", DENY, RULE, 5 },
	{ 1, CORDON_OP_READ, "/usr/share/zoneinfo/right/UTC", ALLOW, RULE, 4 },
	{ 1, CORDON_OP_READ, "/srv/app/a.php", ALLOW, RULE, 6 },
	{ 1, CORDON_OP_READ, "/srv/app/x/y/z/a.php", ALLOW, RULE, 6 },
	{ 1, CORDON_OP_READ, "/srv/app/a.php/x", DENY, DEFAULT, NONE },
	{ 1, CORDON_OP_READ, "/srv/a.php", DENY, DEFAULT, NONE },
	{ 0, CORDON_OP_LOAD, "/usr/lib/libc.so", ALLOW, RULE, 7 },
	{ 0, CORDON_OP_LOAD, "/usr/lib/x86/libc.so.6", ALLOW, RULE, 7 },
	{ 0, CORDON_OP_READ, "/", ALLOW, RULE, 8 },
	{ 1, CORDON_OP_READ, "/", DENY, DEFAULT, NONE },
	/* The most specific one is named, then the first. */
	{ 0, CORDON_OP_READ, "/data/abc", ALLOW, RULE, 9 },
	{ 0, CORDON_OP_READ, "/data/xa", ALLOW, RULE, 10 },
	{ 0, CORDON_OP_READ, "/data/xy", ALLOW, RULE, 11 },
	{ 0, CORDON_OP_READ, "/common", ALLOW, RULE, 14 },
	{ 0, CORDON_OP_READ, "/a/b/common", ALLOW, RULE, 14 },
	{ 0, CORDON_OP_READ, "/etc/nginx/common", ALLOW, RULE, 0 },
	/* Nameless objects match no path, nor the other way. */
	{ 0, CORDON_OP_READ, "memfd:", ALLOW, RULE, 12 },
	{ 0, CORDON_OP_READ, "/memfd:", DENY, DEFAULT, NONE },
	{ 0, CORDON_OP_READ, "/memfd:/x", ALLOW, RULE, 15 },
	{ 1, CORDON_OP_READ, "memfd:", DENY, DEFAULT, NONE },
	{ 0, CORDON_OP_WRITE, "memfd:", DENY, DEFAULT, NONE },
	{ 0, CORDON_OP_WRITE, "/memfd:", ALLOW, RULE, 17 },
	{ 0, CORDON_OP_LOAD, "deleted:", DENY, RULE, 13 },
	{ 0, CORDON_OP_LOAD, "anon:", DENY, DEFAULT, NONE },
	{ 0, CORDON_OP_LOAD, "/usr/bin/self", DENY, RULE, 16 },
	{ 1, CORDON_OP_LOAD, "/usr/bin/self", ALLOW, CORDON_REASON_SELF,
	  NONE },
	{ NONE, CORDON_OP_LOAD, "/usr/bin/self", ALLOW, CORDON_REASON_SELF,
	  NONE },
	{ 1, CORDON_OP_LOAD, "/usr/bin/selfx", DENY, DEFAULT, NONE },
	{ 1, CORDON_OP_READ, "/usr/bin/self", DENY, DEFAULT, NONE },
};

START_TEST(an_act_is_judged)
{
	struct fixture *fixture = fixture_build(&web, 1, false);
	struct cordon_verdict verdict;

	ck_assert_msg(fixture->policy, "%s", fixture->fault.what);
	verdict = fixture_decide(fixture, 0, acts[_i].program, acts[_i].op,
				 acts[_i].path);
	assert_verdict(verdict, acts[_i].action, acts[_i].reason,
		       acts[_i].rule);
	ck_assert_uint_eq(verdict.workload, 0);
	fixture_free(fixture);
}
END_TEST

START_TEST(the_mode_turns_a_deny)
{
	struct fixture_workload workload = web;
	struct fixture *fixture;
	enum cordon_mode mode;
	bool monitor = false;
	enum cordon_action action;
	enum cordon_action by_rule;

	for (;; monitor = true) {
		for (mode = 0; mode < CORDON_MODE_COUNT; mode++) {
			workload.mode = mode;
			workload.learns = mode == CORDON_MODE_LEARN;
			fixture = fixture_build(&workload, 1, monitor);
			ck_assert_msg(fixture->policy, "%s",
				      fixture->fault.what);
			action = mode == CORDON_MODE_ENFORCE && !monitor ?
					 DENY : WOULD_DENY;
			by_rule = action;
			/* What is denied by a rule is no hole to be learnt. */
			if (mode == CORDON_MODE_LEARN) {
				action = CORDON_ACTION_LEARN;
				by_rule = monitor ? WOULD_DENY : DENY;
			}
			assert_verdict(fixture_decide(fixture, 0, 0,
						      CORDON_OP_READ, "/x"),
				       action, DEFAULT, NONE);
			assert_verdict(fixture_decide(fixture, 0, 0,
						      CORDON_OP_LOAD,
						      "deleted:"),
				       by_rule, RULE, 13);
			assert_verdict(fixture_decide(fixture, 0, 0,
						      CORDON_OP_READ, "/"),
				       ALLOW, RULE, 8);
			fixture_free(fixture);
		}
		if (monitor)
			break;
	}
}
END_TEST

START_TEST(each_class_has_its_mode)
{
	struct fixture *fixture = fixture_build(&web, 1, false);
	const struct cordon_draft *drafts[] = { fixture->drafts[0] };
	struct cordon_fault fault;
	enum cordon_op op;
	u32 class;

	for (class = 0; class < CORDON_CLASS_COUNT; class++) {
		memset(fixture->drafts[0]->mode, CORDON_MODE_ENFORCE,
		       CORDON_CLASS_COUNT);
		fixture->drafts[0]->mode[class] = CORDON_MODE_MONITOR;
		ck_assert_ptr_nonnull(cordon_policy_build(
			memset(fixture->policy, 0,
			       cordon_policy_size(drafts, 1, &fault)),
			cordon_policy_size(drafts, 1, &fault), drafts, 1, 1, 1,
			false, &fault));
		for (op = 0; op < CORDON_OP_COUNT; op++)
			assert_verdict(fixture_decide(fixture, 0, 0, op, "/x"),
				       cordon_op_class(op) == class ?
					       WOULD_DENY : DENY,
				       DEFAULT, NONE);
	}
	fixture_free(fixture);
}
END_TEST

START_TEST(a_default_of_allow_passes_what_no_rule_denies)
{
	static const struct fixture_workload host = {
		.name = "host",
		.effect = CORDON_EFFECT_ALLOW,
		.mode = CORDON_MODE_ENFORCE,
		.members = { "host" },
		.rules = { "- deny exec,load memfd: deleted: /tmp/**",
			   "- allow exec /tmp/ok" },
	};
	struct fixture *fixture = fixture_build(&host, 1, false);
	struct cordon_object object = { .kind = CORDON_OBJECT_UNNAMEABLE };
	struct cordon_subject subject = { .program = NONE };
	struct cordon_verdict verdict;

	ck_assert_msg(fixture->policy, "%s", fixture->fault.what);
	assert_verdict(fixture_decide(fixture, 0, NONE, CORDON_OP_READ, "/x"),
		       ALLOW, DEFAULT, NONE);
	assert_verdict(fixture_decide(fixture, 0, NONE, CORDON_OP_LOAD,
				      "memfd:"), DENY, RULE, 0);
	assert_verdict(fixture_decide(fixture, 0, NONE, CORDON_OP_LOAD,
				      "anon:"), ALLOW, DEFAULT, NONE);
	assert_verdict(fixture_decide(fixture, 0, NONE, CORDON_OP_LOAD,
				      "/tmp/x"), DENY, RULE, 0);
	assert_verdict(fixture_decide(fixture, 0, NONE, CORDON_OP_READ,
				      "/tmp/x"), ALLOW, DEFAULT, NONE);
	cordon_policy_decide(fixture->policy, &subject, CORDON_OP_READ,
			     &object, &verdict);
	assert_verdict(verdict, ALLOW, DEFAULT, NONE);
	fixture_free(fixture);
}
END_TEST

START_TEST(what_cannot_be_named_matches_nothing)
{
	static char path[CORDON_PATH_MAX + 2];
	static const struct fixture_workload all = {
		.name = "all",
		.effect = CORDON_EFFECT_DENY,
		.mode = CORDON_MODE_ENFORCE,
		.members = { "user:1" },
		.rules = { "- allow read,write,load /** / memfd: deleted: detached: anon:" },
	};
	struct fixture *fixture = fixture_build(&all, 1, false);
	struct cordon_object objects[] = {
		{ .kind = CORDON_OBJECT_UNNAMEABLE, .path = "/x", .length = 2 },
		{ .kind = CORDON_OBJECT_PATH, .path = path,
		  .length = CORDON_PATH_MAX + 1 },
		{ .kind = CORDON_OBJECT_PATH, .path = "x", .length = 1 },
		{ .kind = CORDON_OBJECT_PATH, .path = "/x", .length = 0 },
		{ .kind = CORDON_OBJECT_PATH },
		{ .kind = CORDON_OBJECT_COUNT, .path = "/x", .length = 2 },
	};
	struct cordon_subject subject = {
		.program = NONE, .self = "/x", .self_length = 2 };
	struct cordon_verdict verdict;
	size_t i;

	memset(path, '/', sizeof(path));
	for (i = 0; i < sizeof(objects) / sizeof(objects[0]); i++) {
		cordon_policy_decide(fixture->policy, &subject, CORDON_OP_LOAD,
				     &objects[i], &verdict);
		assert_verdict(verdict, DENY, CORDON_REASON_UNNAMEABLE, NONE);
	}
	/* Doubled and trailing slashes are the caller's mistake, no crash. */
	objects[1].length = CORDON_PATH_MAX;
	cordon_policy_decide(fixture->policy, &subject, CORDON_OP_LOAD,
			     &objects[1], &verdict);
	assert_verdict(verdict, ALLOW, RULE, 0);
	fixture_free(fixture);
}
END_TEST

START_TEST(subjects_of_no_manifest_are_not_judged)
{
	struct fixture *fixture = fixture_build(&web, 1, false);
	struct fixture *monitor = fixture_build(&web, 1, true);
	struct fixture *empty = fixture_build(NULL, 0, false);
	struct cordon_verdict verdict;

	verdict = fixture_decide(fixture, NONE, NONE, CORDON_OP_READ, "/x");
	assert_verdict(verdict, ALLOW, CORDON_REASON_NONE, NONE);
	ck_assert_uint_eq(verdict.workload, NONE);
	verdict = fixture_decide(empty, NONE, NONE, CORDON_OP_READ, "/x");
	assert_verdict(verdict, ALLOW, CORDON_REASON_NONE, NONE);

	/* An index from elsewhere fails closed. */
	verdict = fixture_decide(fixture, 1, 0, CORDON_OP_READ, "/");
	assert_verdict(verdict, DENY, CORDON_REASON_LIMIT, NONE);
	verdict = fixture_decide(monitor, 1, 0, CORDON_OP_READ, "/");
	assert_verdict(verdict, WOULD_DENY, CORDON_REASON_LIMIT, NONE);
	verdict = fixture_decide(fixture, 0, 2, CORDON_OP_READ, "/");
	assert_verdict(verdict, DENY, DEFAULT, NONE);
	fixture_free(fixture);
	fixture_free(monitor);
	fixture_free(empty);
}
END_TEST

START_TEST(a_program_of_another_workload_lends_no_rules)
{
	static const struct fixture_workload two[] = {
		{ .name = "a", .effect = CORDON_EFFECT_DENY,
		  .mode = CORDON_MODE_ENFORCE, .members = { "user:1" },
		  .programs = { "/a" }, .rules = { "0 allow read /**" } },
		{ .name = "b", .effect = CORDON_EFFECT_DENY,
		  .mode = CORDON_MODE_ENFORCE, .members = { "user:2" },
		  .programs = { "/b" }, .rules = { "0 allow read /b/**" } },
	};
	struct fixture *fixture = fixture_build(two, 2, false);

	assert_verdict(fixture_decide(fixture, 1, 0, CORDON_OP_READ, "/x"),
		       DENY, DEFAULT, NONE);
	assert_verdict(fixture_decide(fixture, 1, 1, CORDON_OP_READ, "/b/x"),
		       ALLOW, RULE, 0);
	assert_verdict(fixture_decide(fixture, 0, 0, CORDON_OP_READ, "/x"),
		       ALLOW, RULE, 0);
	fixture_free(fixture);
}
END_TEST

/*
 * Wildcards that are as long as can be, on names that they nearly match: it
 * must end soon, and not in an allow.
 */
START_TEST(endless_work_is_cut_short)
{
	static char lines[60][CORDON_COMPONENT_MAX + 40];
	static char path[CORDON_PATH_MAX];
	struct fixture_workload workload = {
		.name = "hostile", .effect = CORDON_EFFECT_ALLOW,
		.mode = CORDON_MODE_ENFORCE, .members = { "user:1" },
	};
	struct fixture *fixture;
	size_t length;
	u32 i;

	for (i = 0; i < 60; i++) {
		length = (size_t)sprintf(lines[i], "- deny read /**/*%u*", i);
		memset(lines[i] + length, 'a', 240);
		strcpy(lines[i] + length + 240, "b*/y");
		workload.rules[i] = lines[i];
	}
	memset(path, 'a', sizeof(path) - 1);
	for (i = 0; i < sizeof(path); i += 256)
		path[i] = '/';
	fixture = fixture_build(&workload, 1, false);
	ck_assert_msg(fixture->policy, "%s", fixture->fault.what);
	assert_verdict(fixture_decide(fixture, 0, NONE, CORDON_OP_READ, path),
		       DENY, CORDON_REASON_LIMIT, NONE);
	fixture_free(fixture);
}
END_TEST

static struct cordon_verdict link_verdict(const struct fixture *fixture,
					  u32 workload, const char *old,
					  const char *new)
{
	const struct cordon_object from = fixture_object(old);
	const struct cordon_object to = fixture_object(new);
	const struct cordon_subject subject = {
		.workload = workload, .program = 0 };
	struct cordon_verdict verdict;

	memset(&verdict, 0xee, sizeof(verdict));
	cordon_policy_decide_link(fixture->policy, &subject, &from, &to,
				  &verdict);
	return verdict;
}

START_TEST(a_second_name_gives_no_more)
{
	struct fixture_workload workload = web;
	struct fixture *fixture = fixture_build(&workload, 1, false);

	assert_verdict(link_verdict(fixture, 0, "/etc/shadow",
				    "/srv/www/shadow"),
		       DENY, CORDON_REASON_LINK, NONE);
	assert_verdict(link_verdict(fixture, 0, "/srv/www/a", "/srv/www/b"),
		       ALLOW, CORDON_REASON_LINK, NONE);
	assert_verdict(link_verdict(fixture, 0, "/srv/www/a", "/x"),
		       ALLOW, CORDON_REASON_LINK, NONE);
	assert_verdict(link_verdict(fixture, 0, "/srv/www/a",
				    "/var/log/nginx/a.log"),
		       DENY, CORDON_REASON_LINK, NONE);
	assert_verdict(link_verdict(fixture, NONE, "/etc/shadow", "/srv/www/x"),
		       ALLOW, CORDON_REASON_LINK, NONE);
	fixture_free(fixture);

	/* The comparison is the same whatever the mode. */
	workload.mode = CORDON_MODE_MONITOR;
	fixture = fixture_build(&workload, 1, false);
	assert_verdict(link_verdict(fixture, 0, "/etc/shadow",
				    "/srv/www/shadow"),
		       WOULD_DENY, CORDON_REASON_LINK, NONE);
	assert_verdict(link_verdict(fixture, 0, "/srv/www/a", "/srv/www/b"),
		       ALLOW, CORDON_REASON_LINK, NONE);
	fixture_free(fixture);
}
END_TEST

START_TEST(a_second_name_is_no_way_out)
{
	static const struct fixture_workload workload = {
		.name = "errand", .effect = CORDON_EFFECT_DENY,
		.mode = CORDON_MODE_ENFORCE, .members = { "exe:/usr/bin/errand" },
		.programs = { "/usr/bin/errand", "/srv/bin/*" },
		.rules = { "- allow exec,read,write /srv/bin/*",
			   "- allow enter /srv/bin/out*",
			   "- deny exec /srv/bin/out-not",
			   "- allow read,write /srv/*" },
	};
	struct fixture_workload free_one = workload;
	struct fixture *fixture = fixture_build(&workload, 1, false);

	ck_assert_msg(fixture->policy, "%s", fixture->fault.what);
	assert_verdict(link_verdict(fixture, 0, "/srv/bin/a", "/srv/bin/out"),
		       DENY, CORDON_REASON_LINK, NONE);
	assert_verdict(link_verdict(fixture, 0, "/srv/bin/out", "/srv/bin/a"),
		       ALLOW, CORDON_REASON_LINK, NONE);
	assert_verdict(link_verdict(fixture, 0, "/srv/bin/out",
				    "/srv/bin/outer"),
		       ALLOW, CORDON_REASON_LINK, NONE);
	assert_verdict(link_verdict(fixture, 0, "/srv/bin/a",
				    "/srv/bin/out-not"),
		       ALLOW, CORDON_REASON_LINK, NONE);
	assert_verdict(link_verdict(fixture, 0, "/srv/bin/out-not",
				    "/srv/bin/out"),
		       DENY, CORDON_REASON_LINK, NONE);
	fixture_free(fixture);

	/* By default everything is executed, but nothing entered. */
	free_one.effect = CORDON_EFFECT_ALLOW;
	fixture = fixture_build(&free_one, 1, false);
	assert_verdict(link_verdict(fixture, 0, "/home/a", "/srv/bin/out"),
		       DENY, CORDON_REASON_LINK, NONE);
	assert_verdict(link_verdict(fixture, 0, "/home/a", "/srv/bin/a"),
		       ALLOW, CORDON_REASON_LINK, NONE);
	fixture_free(fixture);
}
END_TEST

START_TEST(a_safety_net_lets_the_host_mount)
{
	static const struct fixture_workload host = {
		.name = "host", .effect = CORDON_EFFECT_ALLOW,
		.mode = CORDON_MODE_ENFORCE, .members = { "host" },
	};
	static const struct {
		enum cordon_reason reason;
		enum cordon_action host;
	} failures[] = {
		{ CORDON_REASON_MOUNT, ALLOW },
		{ CORDON_REASON_CREDENTIALS, ALLOW },
		{ CORDON_REASON_DEVICE, ALLOW },
		{ CORDON_REASON_LINK, DENY },
		{ CORDON_REASON_MEMORY, DENY },
	};
	struct fixture *member = fixture_build(&web, 1, false);
	struct fixture *net = fixture_build(&host, 1, false);
	struct cordon_subject subject = { .program = NONE };
	struct cordon_verdict verdict;
	size_t i;

	for (i = 0; i < sizeof(failures) / sizeof(failures[0]); i++) {
		cordon_policy_fail(member->policy, &subject, CORDON_OP_WRITE,
				   failures[i].reason, &verdict);
		assert_verdict(verdict, DENY, failures[i].reason, NONE);
		cordon_policy_fail(net->policy, &subject, CORDON_OP_WRITE,
				   failures[i].reason, &verdict);
		assert_verdict(verdict, failures[i].host, failures[i].reason,
			       NONE);
	}
	fixture_free(member);
	fixture_free(net);
}
END_TEST

START_TEST(a_failure_is_a_deny_by_the_mode)
{
	struct fixture_workload workload = web;
	struct fixture *fixture = fixture_build(&workload, 1, false);
	struct cordon_subject subject = { 0 };
	struct cordon_verdict verdict;

	cordon_policy_fail(fixture->policy, &subject, CORDON_OP_WRITE,
			   CORDON_REASON_LINK, &verdict);
	assert_verdict(verdict, DENY, CORDON_REASON_LINK, NONE);
	ck_assert_uint_eq(verdict.op, CORDON_OP_WRITE);
	ck_assert_uint_eq(verdict.workload, 0);
	subject.workload = NONE;
	cordon_policy_fail(fixture->policy, &subject, CORDON_OP_WRITE,
			   CORDON_REASON_LINK, &verdict);
	assert_verdict(verdict, ALLOW, CORDON_REASON_NONE, NONE);
	fixture_free(fixture);
	workload.mode = CORDON_MODE_MONITOR;
	fixture = fixture_build(&workload, 1, false);
	subject.workload = 0;
	cordon_policy_fail(fixture->policy, &subject, CORDON_OP_WRITE,
			   CORDON_REASON_MEMORY, &verdict);
	assert_verdict(verdict, WOULD_DENY, CORDON_REASON_MEMORY, NONE);
	fixture_free(fixture);
}
END_TEST

START_TEST(what_no_rule_can_allow_is_not_learnt)
{
	static const enum cordon_reason reasons[] = {
		CORDON_REASON_MOUNT, CORDON_REASON_CREDENTIALS,
		CORDON_REASON_DEVICE, CORDON_REASON_LINK,
		CORDON_REASON_MEMORY, CORDON_REASON_MALFORMED,
	};
	struct fixture_workload workload = web;
	struct cordon_subject subject = { 0 };
	struct cordon_verdict verdict;
	struct fixture *fixture;
	size_t i;

	workload.learns = true;
	fixture = fixture_build(&workload, 1, false);
	for (i = 0; i < sizeof(reasons) / sizeof(reasons[0]); i++) {
		cordon_policy_fail(fixture->policy, &subject, CORDON_OP_WRITE,
				   reasons[i], &verdict);
		assert_verdict(verdict, WOULD_DENY, reasons[i], NONE);
	}
	fixture_free(fixture);
}
END_TEST

Suite *engine_decide_suite(void)
{
	Suite *suite = suite_create("engine/decide");
	TCase *decide = tcase_create("decide");

	tcase_add_loop_test(decide, an_act_is_judged, 0,
			    sizeof(acts) / sizeof(acts[0]));
	tcase_add_test(decide, the_mode_turns_a_deny);
	tcase_add_test(decide, each_class_has_its_mode);
	tcase_add_test(decide, a_default_of_allow_passes_what_no_rule_denies);
	tcase_add_test(decide, what_cannot_be_named_matches_nothing);
	tcase_add_test(decide, subjects_of_no_manifest_are_not_judged);
	tcase_add_test(decide, a_program_of_another_workload_lends_no_rules);
	tcase_add_test(decide, a_failure_is_a_deny_by_the_mode);
	tcase_add_test(decide, what_no_rule_can_allow_is_not_learnt);
	tcase_add_test(decide, endless_work_is_cut_short);
	tcase_add_test(decide, a_second_name_gives_no_more);
	tcase_add_test(decide, a_second_name_is_no_way_out);
	tcase_add_test(decide, a_safety_net_lets_the_host_mount);
	suite_add_tcase(suite, decide);
	return suite;
}
