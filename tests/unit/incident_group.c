// SPDX-License-Identifier: LGPL-2.1-or-later
/* Which departures are one incident, and who started whom. */
#include <stdio.h>
#include <string.h>

#include "ctl/incident.h"

#include "suites.h"

#define SECOND 1000000000ull
#define MINUTE (60 * SECOND)

static struct incident_book book;
static uint64_t sequence;

static void begin(void)
{
	incident_book_init(&book);
	sequence = 0;
}

static void end(void)
{
	incident_book_free(&book);
}

static struct client_event base(uint64_t when, uint32_t tgid, uint32_t parent,
				const char *workload)
{
	return (struct client_event){
		.sequence = ++sequence, .number = 1, .boottime = when,
		.time = 1700000000 * SECOND + when, .pid = tgid, .tgid = tgid,
		.parent = parent, .workload = workload,
		.program = "/usr/sbin/nginx", .comm = "nginx", .object = "",
		.peer = "",
	};
}

static void add(const struct client_event *event)
{
	ck_assert(incident_book_add(&book, 1, event));
}

static uint64_t departs(uint64_t when, uint32_t tgid, uint32_t parent,
			const char *workload)
{
	struct client_event event = base(when, tgid, parent, workload);

	event.type = CORDON_EVENT_DEPARTURE;
	event.topic = CORDON_TOPIC_FILE;
	event.action = CORDON_ACTION_DENY;
	add(&event);
	return event.sequence;
}

static void executes(uint64_t when, uint32_t tgid, uint32_t parent,
		     const char *workload, const char *before)
{
	struct client_event event = base(when, tgid, parent, workload);

	event.type = CORDON_EVENT_EXEC;
	event.topic = CORDON_TOPIC_TASK;
	event.object = "/bin/sh";
	event.peer = before;
	add(&event);
}

static void exits(uint64_t when, uint32_t tgid, uint32_t parent,
		  const char *workload, uint64_t lifetime)
{
	struct client_event event = base(when, tgid, parent, workload);

	event.type = CORDON_EVENT_EXIT;
	event.topic = CORDON_TOPIC_TASK;
	event.lifetime = lifetime;
	add(&event);
}

/* Sequence numbers of the incidents' first departures, and their sizes */
static void check(const char *wanted)
{
	char text[256] = "";
	size_t i;

	ck_assert(incident_book_settle(&book));
	for (i = 0; i < book.count; i++)
		snprintf(text + strlen(text), sizeof(text) - strlen(text),
			 "%s%u:%u", i ? " " : "",
			 (unsigned int)book.incidents[i].sequence,
			 (unsigned int)book.incidents[i].events);
	ck_assert_str_eq(text, wanted);
}

START_TEST(a_process_and_its_children_are_one)
{
	executes(SECOND, 10, 1, "web", "");
	departs(2 * SECOND, 10, 1, "web");
	departs(3 * SECOND, 20, 10, "web");
	executes(4 * SECOND, 30, 20, "web", "web");
	departs(5 * SECOND, 30, 20, "web");
	check("2:3");
}
END_TEST

/* Neither the master nor the worker has events; their children have */
START_TEST(who_has_no_events_is_an_ancestor_all_the_same)
{
	departs(SECOND, 20, 11, "web");
	departs(2 * SECOND, 21, 11, "web");
	check("1:2");
	ck_assert_uint_eq(book.lineage.processes[book.incidents[0].root].tgid,
			  11);
	ck_assert(book.lineage.processes[book.incidents[0].root].guessed);
}
END_TEST

/* The same shell has started both, but it is in no workload */
START_TEST(who_enters_by_exec_begins_a_tree)
{
	executes(SECOND, 20, 11, "web", "");
	departs(SECOND, 20, 11, "web");
	executes(SECOND, 21, 11, "web", "");
	departs(SECOND, 21, 11, "web");
	check("2:1 4:1");
}
END_TEST

START_TEST(workloads_do_not_mix)
{
	departs(SECOND, 20, 11, "web");
	departs(SECOND, 21, 11, "db");
	/* A process of db that web's has started, by an explicit enter */
	executes(SECOND, 22, 20, "db", "web");
	departs(SECOND, 22, 20, "db");
	check("1:1 2:1 4:1");
}
END_TEST

START_TEST(the_first_process_is_nobodys_ancestor)
{
	departs(SECOND, 20, 1, "web");
	departs(SECOND, 21, 1, "web");
	check("1:1 2:1");
}
END_TEST

START_TEST(fifteen_minutes_end_it)
{
	departs(0, 20, 1, "web");
	departs(15 * MINUTE, 20, 1, "web");
	departs(30 * MINUTE, 20, 1, "web");
	departs(45 * MINUTE + 1, 20, 1, "web");
	check("1:3 4:1");
}
END_TEST

/* What only its end tells of was there before */
START_TEST(an_end_joins_what_came_before)
{
	departs(5 * SECOND, 20, 1, "web");
	departs(6 * SECOND, 40, 30, "web");
	exits(9 * SECOND, 30, 20, "web", 5 * SECOND);
	check("1:2");
}
END_TEST

START_TEST(an_id_that_is_used_again_is_another_process)
{
	executes(SECOND, 20, 1, "web", "");
	departs(SECOND, 20, 1, "web");
	exits(2 * SECOND, 20, 1, "web", SECOND);
	executes(3 * SECOND, 20, 1, "web", "");
	departs(3 * SECOND, 20, 1, "web");
	departs(4 * SECOND, 21, 20, "web");
	check("2:1 5:2");
}
END_TEST

START_TEST(another_workload_by_exec_is_another_process)
{
	departs(SECOND, 20, 1, "web");
	executes(2 * SECOND, 20, 1, "db", "web");
	departs(3 * SECOND, 20, 1, "db");
	executes(4 * SECOND, 20, 1, "", "db");
	executes(5 * SECOND, 20, 1, "web", "");
	departs(6 * SECOND, 20, 1, "web");
	check("1:1 3:1 6:1");
}
END_TEST

START_TEST(repeats_belong_to_their_departure)
{
	uint64_t first = departs(SECOND, 20, 1, "web");
	struct client_event event = base(MINUTE, 99, 98, "web");

	event.type = CORDON_EVENT_REPEATS;
	event.topic = CORDON_TOPIC_FILE;
	event.action = CORDON_ACTION_DENY;
	event.first = first;
	event.number = 41;
	event.last_time = 1700000000 * SECOND + 50 * SECOND;
	add(&event);
	check("1:1");
	ck_assert_uint_eq(book.incidents[0].denied, 42);
	ck_assert_uint_eq(book.incidents[0].last, event.last_time);
	ck_assert_uint_eq(book.incidents[0].last_sequence, 2);
}
END_TEST

START_TEST(what_is_learnt_is_no_incident)
{
	struct client_event event = base(SECOND, 20, 1, "web");

	event.type = CORDON_EVENT_BEHAVIOUR;
	event.topic = CORDON_TOPIC_FILE;
	event.action = CORDON_ACTION_LEARN;
	add(&event);
	check("");
	departs(2 * SECOND, 20, 1, "web");
	check("2:1");
}
END_TEST

static uint64_t answers(uint64_t when, uint32_t tgid, const char *workload)
{
	struct client_event event = base(when, tgid, 1, workload);

	event.type = CORDON_EVENT_RESPONSE;
	event.topic = CORDON_TOPIC_RESPONSE;
	event.response = CORDON_RESPONSE_KILL;
	add(&event);
	return event.sequence;
}

/* The kernel tells of a response behind its departure */
START_TEST(a_response_belongs_to_the_departure_before_it)
{
	uint64_t early, other, first, after;

	early = answers(SECOND, 20, "web");
	departs(3 * SECOND, 20, 1, "web");
	first = answers(3 * SECOND + 1000, 20, "web");
	other = answers(3 * SECOND + 1000, 21, "web");
	after = answers(4 * SECOND, 20, "web");
	ck_assert(incident_book_settle(&book));
	ck_assert_uint_eq(book.count, 1);
	ck_assert_uint_eq(book.incidents[0].responses, 2);
	ck_assert_uint_eq(book.incidents[0].events, 1);
	ck_assert_uint_eq(book.incidents[0].sequence, first - 1);
	ck_assert_uint_eq(book.incidents[0].last_sequence, after);
	ck_assert(incident_holds(&book, &book.incidents[0], first));
	ck_assert(!incident_holds(&book, &book.incidents[0], early));
	ck_assert(!incident_holds(&book, &book.incidents[0], other));
}
END_TEST

/* Who tries to continue what is suspended is not of the workload by that. */
START_TEST(who_is_refused_is_of_no_incident)
{
	struct client_event event;

	departs(SECOND, 0, 0, "web");
	departs(SECOND, 20, 1, "web");
	event = base(2 * SECOND, 30, 1, "web");
	event.type = CORDON_EVENT_RESPONSE;
	event.topic = CORDON_TOPIC_RESPONSE;
	event.response = CORDON_RESPONSE_SUSPEND;
	event.phase = CORDON_PHASE_REFUSE;
	add(&event);
	event = base(3 * SECOND, 30, 1, "web");
	event.type = CORDON_EVENT_REPEATS;
	event.topic = CORDON_TOPIC_RESPONSE;
	event.phase = CORDON_PHASE_REFUSE;
	add(&event);
	check("1:1 2:1");
	ck_assert_uint_eq(book.lineage.count, 1);
	ck_assert_uint_eq(book.incidents[0].responses, 0);
	ck_assert_uint_eq(book.incidents[1].responses, 0);
}
END_TEST

START_TEST(what_passes_is_one_by_its_source)
{
	struct client_event event;
	unsigned int i;

	for (i = 0; i < 4; i++) {
		event = base(i * SECOND, 0, 0, "site");
		event.type = CORDON_EVENT_DEPARTURE;
		event.topic = CORDON_TOPIC_NET;
		event.action = CORDON_ACTION_WOULD_DENY;
		event.local.known = true;
		event.local.address.byte[15] = (unsigned char)(i % 2);
		add(&event);
	}
	check("1:2 2:2");
	ck_assert_uint_eq(book.incidents[0].would_deny, 2);
	ck_assert_uint_eq(book.incidents[0].root, LINEAGE_NONE);
}
END_TEST

START_TEST(instances_do_not_mix)
{
	struct client_event event = base(SECOND, 20, 1, "web");

	departs(SECOND, 20, 1, "web");
	event.type = CORDON_EVENT_DEPARTURE;
	event.sequence = 1;
	ck_assert(incident_book_add(&book, 2, &event));
	ck_assert(incident_book_settle(&book));
	ck_assert_uint_eq(book.count, 2);
	ck_assert_uint_eq(book.incidents[1].number, 2);
}
END_TEST

START_TEST(ids_find_their_incident)
{
	static const char *const wrong[] = {
		"", "1", "1-", "-1", "1-3x", "2-2", "1-1", "a-2", "1--2",
	};
	char id[INCIDENT_ID];
	size_t i;

	executes(SECOND, 20, 1, "web", "");
	departs(SECOND, 20, 1, "web");
	departs(SECOND, 20, 1, "web");
	ck_assert(incident_book_settle(&book));
	incident_print_id(&book.incidents[0], id);
	ck_assert_str_eq(id, "1-2");
	ck_assert_ptr_eq(incident_find(&book, id), &book.incidents[0]);
	ck_assert_ptr_eq(incident_find(&book, "1-3"), &book.incidents[0]);
	for (i = 0; i < sizeof(wrong) / sizeof(wrong[0]); i++)
		ck_assert_msg(!incident_find(&book, wrong[i]), "%s", wrong[i]);
}
END_TEST

/* Ids that go round in circles, because they were used again, end */
START_TEST(a_tree_without_a_root_ends)
{
	departs(SECOND, 20, 21, "web");
	departs(SECOND, 21, 20, "web");
	ck_assert(incident_book_settle(&book));
	ck_assert_uint_ge(book.count, 1);
}
END_TEST

START_TEST(many_processes_are_found)
{
	uint32_t i;

	for (i = 0; i < 20000; i++)
		departs(i, 1000 + i, i % 2 ? 1 : 999 + i, "web");
	ck_assert(incident_book_settle(&book));
	/* Each even one but the first has the odd one before it */
	ck_assert_uint_eq(book.count, 10001);
}
END_TEST

Suite *incident_suite(void)
{
	Suite *suite = suite_create("incident");
	TCase *tests = tcase_create("group");

	tcase_add_checked_fixture(tests, begin, end);
	tcase_add_test(tests, a_process_and_its_children_are_one);
	tcase_add_test(tests, who_has_no_events_is_an_ancestor_all_the_same);
	tcase_add_test(tests, who_enters_by_exec_begins_a_tree);
	tcase_add_test(tests, workloads_do_not_mix);
	tcase_add_test(tests, the_first_process_is_nobodys_ancestor);
	tcase_add_test(tests, fifteen_minutes_end_it);
	tcase_add_test(tests, an_end_joins_what_came_before);
	tcase_add_test(tests, an_id_that_is_used_again_is_another_process);
	tcase_add_test(tests, another_workload_by_exec_is_another_process);
	tcase_add_test(tests, repeats_belong_to_their_departure);
	tcase_add_test(tests, what_is_learnt_is_no_incident);
	tcase_add_test(tests, a_response_belongs_to_the_departure_before_it);
	tcase_add_test(tests, who_is_refused_is_of_no_incident);
	tcase_add_test(tests, what_passes_is_one_by_its_source);
	tcase_add_test(tests, instances_do_not_mix);
	tcase_add_test(tests, ids_find_their_incident);
	tcase_add_test(tests, a_tree_without_a_root_ends);
	tcase_add_test(tests, many_processes_are_found);
	suite_add_tcase(suite, tests);
	return suite;
}
