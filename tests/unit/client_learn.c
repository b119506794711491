// SPDX-License-Identifier: LGPL-2.1-or-later
/* What is learnt: read from messages; and the manifest that begins it. */
#include <check.h>
#include <netlink/attr.h>
#include <netlink/msg.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "ctl/client_private.h"
#include "ctl/learn.h"
#include "message_fixture.h"
#include "suites.h"

#define SECOND 1000000000ull

static uint64_t clock_of(clockid_t clock)
{
	struct timespec now;

	clock_gettime(clock, &now);
	return (uint64_t)now.tv_sec * SECOND + (uint64_t)now.tv_nsec;
}

START_TEST(a_behaviour_is_read)
{
	static const u8 address[16] = { [10] = 0xff, 0xff, 192, 0, 2, 7 };
	struct nl_msg *message = message_new(CORDON_CMD_BEHAVIOUR_DUMP);
	struct nlattr *nest = nla_nest_start(message, CORDON_A_BEHAVIOUR);
	uint64_t boot = clock_of(CLOCK_BOOTTIME);
	struct client_behaviour behaviour;
	uint64_t wall;

	nla_put_string(message, CORDON_BEHAVIOUR_A_WORKLOAD, "web");
	nla_put_string(message, CORDON_BEHAVIOUR_A_PROGRAM, "/usr/sbin/nginx");
	nla_put_flag(message, CORDON_BEHAVIOUR_A_UNLISTED);
	nla_put_flag(message, CORDON_BEHAVIOUR_A_HELD);
	nla_put_u32(message, CORDON_BEHAVIOUR_A_UID, 33);
	nla_put_u8(message, CORDON_BEHAVIOUR_A_OP, CORDON_OP_CONNECT);
	nla_put_u8(message, CORDON_BEHAVIOUR_A_KIND, CORDON_OBJECT_PEER);
	nla_put_u8(message, CORDON_BEHAVIOUR_A_ACTION, CORDON_ACTION_LEARN);
	nla_put_u8(message, CORDON_BEHAVIOUR_A_REASON, CORDON_REASON_DEFAULT);
	nla_put_string(message, CORDON_BEHAVIOUR_A_OBJECT, "tcp/443@192.0.2.7");
	nla_put_u64(message, CORDON_BEHAVIOUR_A_NUMBER, 17);
	nla_put_u64(message, CORDON_BEHAVIOUR_A_FIRST, boot - 20 * SECOND);
	nla_put_u64(message, CORDON_BEHAVIOUR_A_LAST, boot - 10 * SECOND);
	nla_put_u8(message, CORDON_BEHAVIOUR_A_PROTOCOL, 6);
	nla_put(message, CORDON_BEHAVIOUR_A_REMOTE, sizeof(address), address);
	nla_put_u16(message, CORDON_BEHAVIOUR_A_REMOTE_PORT, 443);
	nla_put_string(message, CORDON_BEHAVIOUR_A_SEGMENTS, "a,b");
	nla_nest_end(message, nest);
	ck_assert(client_behaviour_parse(message_first(message), &behaviour));
	wall = clock_of(CLOCK_REALTIME);
	ck_assert_str_eq(behaviour.workload, "web");
	ck_assert_str_eq(behaviour.program, "/usr/sbin/nginx");
	ck_assert(behaviour.unlisted);
	ck_assert(behaviour.held);
	ck_assert_uint_eq(behaviour.uid, 33);
	ck_assert_uint_eq(behaviour.count, 17);
	ck_assert_uint_eq(behaviour.action, CORDON_ACTION_LEARN);
	ck_assert_str_eq(behaviour.object, "tcp/443@192.0.2.7");
	/* By the wall, to within what a slow machine takes for this test. */
	ck_assert_uint_le(behaviour.first, wall - 19 * SECOND);
	ck_assert_uint_ge(behaviour.first, wall - 40 * SECOND);
	ck_assert_uint_ge(behaviour.last - behaviour.first, 9 * SECOND);
	ck_assert(behaviour.remote.known);
	ck_assert(!behaviour.local.known);
	ck_assert_uint_eq(behaviour.remote.port, 443);
	ck_assert_int_eq(memcmp(&behaviour.remote.address, address, 16), 0);
	ck_assert_str_eq(behaviour.remote.segments, "a,b");
	ck_assert(!behaviour.ruled);
	ck_assert_str_eq(behaviour.peer, "");
	nlmsg_free(message);
}
END_TEST

START_TEST(what_is_nobodys_is_no_behaviour)
{
	struct nl_msg *message = message_new(CORDON_CMD_BEHAVIOUR_DUMP);
	struct nlattr *nest = nla_nest_start(message, CORDON_A_BEHAVIOUR);
	struct client_behaviour behaviour;

	nla_put_u8(message, CORDON_BEHAVIOUR_A_OP, CORDON_OP_READ);
	nla_nest_end(message, nest);
	ck_assert(!client_behaviour_parse(message_first(message), &behaviour));
	nlmsg_free(message);
}
END_TEST

START_TEST(how_learning_goes_is_read)
{
	/* Of a module that knows one class more. */
	const uint64_t dropped[CORDON_CLASS_COUNT + 1] = { 1, 2, 3, 4, 5, 6 };
	struct nl_msg *message = message_new(CORDON_CMD_LEARNING_DUMP);
	struct nlattr *nest = nla_nest_start(message, CORDON_A_LEARNING);
	struct client_learning learning;

	nla_put_string(message, CORDON_LEARNING_A_WORKLOAD, "web");
	nla_put_u32(message, CORDON_LEARNING_A_BEHAVIOURS, 7);
	nla_put_u64(message, CORDON_LEARNING_A_SINCE, SECOND);
	nla_put(message, CORDON_LEARNING_A_DROPPED, sizeof(dropped), dropped);
	nla_nest_end(message, nest);
	ck_assert(client_learning_parse(message_first(message), &learning));
	ck_assert_str_eq(learning.workload, "web");
	ck_assert_uint_eq(learning.behaviours, 7);
	ck_assert_uint_eq(learning.dropped[CORDON_CLASS_FILE], 3);
	ck_assert_uint_eq(learning.dropped[CORDON_CLASS_KERNEL], 5);
	ck_assert_uint_gt(learning.since, 0);
	ck_assert_uint_eq(learning.full, 0);
	nlmsg_free(message);
}
END_TEST

static const struct {
	const char *selector;
	const char *name;	/* NULL: it is refused */
} selectors[] = {
	{ "unit:nginx.service", "nginx" },
	{ "unit:getty@tty1.service", "getty-tty1" },
	{ "exe:/usr/bin/python3*", "python3" },
	{ "exe:/opt/a b/run me", "run-me" },
	{ "cgroup:/system.slice/docker.slice", "docker.slice" },
	{ "user:0", "0" },
	{ "user:root", "root" },
	{ "host", "host" },
	{ "unit:*.service", "learned" },
	{ "nginx", NULL },
	{ "exe", NULL },
	{ "exe:", NULL },
	{ "exe:nginx", NULL },
	{ "host:x", NULL },
	{ "prefix:10.0.0.0/8", NULL },
	{ "user:nobody-of-that-name", NULL },
	{ "user:", NULL },
	{ "user:4294967295", NULL },
	{ "", NULL },
};

START_TEST(a_selector_makes_the_smallest_manifest)
{
	char *words[] = { (char *)selectors[_i].selector };
	struct cordon_draft *draft = learn_draft(NULL, words, 1);

	if (!selectors[_i].name) {
		ck_assert_ptr_null(draft);
		return;
	}
	ck_assert_ptr_nonnull(draft);
	ck_assert_str_eq(cordon_draft_text(draft, draft->name),
			 selectors[_i].name);
	ck_assert_uint_eq(draft->effect, CORDON_EFFECT_DENY);
	ck_assert_uint_eq(draft->mode[CORDON_CLASS_EXEC], CORDON_MODE_LEARN);
	ck_assert_uint_eq(draft->mode[CORDON_CLASS_LOAD], CORDON_MODE_LEARN);
	ck_assert_uint_eq(draft->mode[CORDON_CLASS_FILE], CORDON_MODE_LEARN);
	ck_assert_uint_eq(draft->mode[CORDON_CLASS_NET], CORDON_MODE_LEARN);
	ck_assert_uint_eq(draft->mode[CORDON_CLASS_KERNEL],
			  CORDON_MODE_MONITOR);
	ck_assert_uint_eq(draft->used.members, 1);
	ck_assert_uint_eq(draft->used.rules, 0);
	free(draft);
}
END_TEST

START_TEST(several_selectors_are_one_workload)
{
	char *words[] = { "unit:web.service", "user:0", "exe:/usr/bin/x" };
	struct cordon_draft *draft = learn_draft("site", words, 3);

	ck_assert_ptr_nonnull(draft);
	ck_assert_str_eq(cordon_draft_text(draft, draft->name), "site");
	ck_assert_uint_eq(draft->used.members, 3);
	free(draft);
	ck_assert_ptr_null(learn_draft("no name", words, 3));
}
END_TEST

Suite *client_learn_suite(void)
{
	Suite *suite = suite_create("client_learn");
	TCase *all = tcase_create("all");

	tcase_add_test(all, a_behaviour_is_read);
	tcase_add_test(all, what_is_nobodys_is_no_behaviour);
	tcase_add_test(all, how_learning_goes_is_read);
	tcase_add_loop_test(all, a_selector_makes_the_smallest_manifest, 0,
			    sizeof(selectors) / sizeof(selectors[0]));
	tcase_add_test(all, several_selectors_are_one_workload);
	suite_add_tcase(suite, all);
	return suite;
}
