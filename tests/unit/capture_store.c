// SPDX-License-Identifier: LGPL-2.1-or-later
/* Behaviours from stored events: who did what, and what cannot be said. */
#include <stdlib.h>
#include <string.h>

#include "ctl/capture/behaviour_store.h"
#include "event_fixture.h"
#include "reader_fixture.h"
#include "suites.h"

static char *directory;
static struct store *store;
static struct store_place place;
static struct behaviour_set set;

static void begin(void)
{
	directory = reader_directory();
	store = event_store_open(directory);
	ck_assert(store_instance(store, 0xfedcba9876543210, &place));
	memset(&set, 0, sizeof(set));
}

static void end(void)
{
	behaviour_set_free(&set);
	store_close(store);
	reader_remove(directory);
}

static void keep(struct client_event from)
{
	struct client_event event;
	uint64_t missed;

	from.sequence = place.next;
	from.number = 1;
	from.time = 1700000000000000000 + place.next;
	memcpy(from.made, place.made, sizeof(from.made));
	event = event_from(&from);
	ck_assert(store_begin(store));
	ck_assert_msg(store_add(store, &place, &event, &missed), "%s",
		      store_why(store));
	ck_assert_msg(store_commit(store, &place), "%s", store_why(store));
	event_free(&event);
}

static void keep_departure(const char *object, bool cut)
{
	keep((struct client_event){
		.type = CORDON_EVENT_DEPARTURE, .topic = CORDON_TOPIC_FILE,
		.action = CORDON_ACTION_DENY, .class = CORDON_CLASS_FILE,
		.op = CORDON_OP_READ, .object = object, .workload = "web",
		.program = "/usr/sbin/nginx", .pid = 812, .tgid = 812,
		.parent = 811, .uid = 33, .cut = cut,
	});
}

static void keep_exec(uint32_t process, uint32_t parent, const char *program,
		      bool cut)
{
	keep((struct client_event){
		.type = CORDON_EVENT_EXEC, .topic = CORDON_TOPIC_TASK,
		.object = program, .workload = "web", .program = program,
		.pid = process, .tgid = process, .parent = parent,
		.uid = 33, .cut = cut,
	});
}

static void replay(size_t wanted)
{
	ck_assert_int_eq(behaviour_set_replay(&set, store, 0), 0);
	ck_assert_uint_eq(set.count, wanted);
}

START_TEST(a_departure_is_a_behaviour)
{
	keep_departure("/srv/secret", false);
	replay(1);
	ck_assert_str_eq(set.items[0].program, "/usr/sbin/nginx");
	ck_assert_str_eq(set.items[0].object, "/srv/secret");
	ck_assert_uint_eq(set.items[0].kind, CORDON_OBJECT_PATH);
	ck_assert_uint_eq(set.items[0].result, BEHAVIOUR_DENIED);
}
END_TEST

START_TEST(half_a_name_is_none)
{
	keep_departure("/srv/sec", true);
	replay(1);
	ck_assert_uint_eq(set.items[0].kind, CORDON_OBJECT_UNNAMEABLE);
}
END_TEST

START_TEST(who_executes_is_known)
{
	keep_exec(811, 1, "/usr/sbin/nginx", false);
	keep_exec(812, 811, "/usr/bin/gzip", false);
	replay(1);
	ck_assert_str_eq(set.items[0].program, "/usr/sbin/nginx");
	ck_assert_str_eq(set.items[0].object, "/usr/bin/gzip");
}
END_TEST

START_TEST(half_a_program_executes_nothing)
{
	keep_exec(811, 1, "/usr/sbin/ngi", true);
	keep_exec(812, 811, "/usr/bin/gzip", false);
	replay(0);
}
END_TEST

START_TEST(half_a_program_is_not_executed)
{
	keep_exec(811, 1, "/usr/sbin/nginx", false);
	keep_exec(812, 811, "/usr/bin/gz", true);
	replay(0);
}
END_TEST

Suite *capture_store_suite(void)
{
	Suite *suite = suite_create("capture/store");
	TCase *tests = tcase_create("events");

	tcase_add_checked_fixture(tests, begin, end);
	tcase_add_test(tests, a_departure_is_a_behaviour);
	tcase_add_test(tests, half_a_name_is_none);
	tcase_add_test(tests, who_executes_is_known);
	tcase_add_test(tests, half_a_program_executes_nothing);
	tcase_add_test(tests, half_a_program_is_not_executed);
	suite_add_tcase(suite, tests);
	return suite;
}
