// SPDX-License-Identifier: LGPL-2.1-or-later
/* What reads the past: points in time, and processes drawn as a tree. */
#include <stdlib.h>
#include <string.h>

#include "ctl/lineage_view.h"
#include "ctl/moment.h"

#include "suites.h"

#define SECOND 1000000000ull
#define NOW (1700000000 * SECOND)

static const struct {
	const char *text;
	uint64_t wanted;
} moments[] = {
	{ "2h", NOW - 7200 * SECOND },
	{ "90s", NOW - 90 * SECOND },
	/* Before all that there is */
	{ "36500d", 1 },
	{ "2023-11-14", 1699920000 * SECOND },
	{ "2023-11-14 22:13", 1699999980 * SECOND },
	{ "2023-11-14 22:13:20", NOW },
	{ "2023-11-14T22:13:20Z", NOW },
	{ "2023-11-14T22:13:20.5Z", NOW + SECOND / 2 },
	{ "2023-11-14T22:13:20.123456789Z", NOW + 123456789 },
	{ "", 0 }, { "yesterday", 0 }, { "2", 0 }, { "-2h", 0 },
	{ "2023-11-14T22:13:20", 0 }, { "2023-11-14 22:13:20 ", 0 },
	{ "2023-13-14", 0 }, { "2023-11-14T22:13:20.1234567890Z", 0 },
	{ "1900-01-01", 0 },
};

#define MOMENTS ((int)(sizeof(moments) / sizeof(moments[0])))

START_TEST(a_moment_is_what_people_write)
{
	uint64_t moment = 0;
	bool is_one;

	setenv("TZ", "UTC", 1);
	is_one = moment_parse(moments[_i].text, NOW, &moment);
	ck_assert_msg(is_one == (moments[_i].wanted != 0), "%s",
		      moments[_i].text);
	if (is_one)
		ck_assert_uint_eq(moment, moments[_i].wanted);
}
END_TEST

static struct incident_book book;

static void add(uint8_t type, uint32_t tgid, uint32_t parent, const char *comm)
{
	static uint64_t sequence;
	struct client_event event = {
		.sequence = ++sequence, .type = type, .number = 1,
		.topic = type == CORDON_EVENT_DEPARTURE ? CORDON_TOPIC_FILE :
							  CORDON_TOPIC_TASK,
		.action = CORDON_ACTION_DENY, .time = NOW + sequence,
		.boottime = sequence, .pid = tgid, .tgid = tgid,
		.parent = parent, .uid = 33, .workload = "web",
		.program = "/bin/x", .comm = comm, .object = "/bin/x",
		.peer = parent == 1 ? "" : "web", .status = 9,
	};

	ck_assert(incident_book_add(&book, 1, &event));
}

START_TEST(a_tree_is_drawn)
{
	struct lineage_view view;
	struct output *output;
	char *text = NULL;
	FILE *stream;
	size_t size;

	incident_book_init(&book);
	add(CORDON_EVENT_EXEC, 10, 1, "master");
	add(CORDON_EVENT_DEPARTURE, 20, 10, "worker");
	add(CORDON_EVENT_DEPARTURE, 30, 20, "sh");
	add(CORDON_EVENT_EXIT, 30, 20, "sh");
	add(CORDON_EVENT_DEPARTURE, 40, 39, "stray");
	add(CORDON_EVENT_DEPARTURE, 21, 10, "worker");
	ck_assert(incident_book_settle(&book));
	ck_assert(lineage_view_init(&view, &book));
	memset(view.wanted, true, book.lineage.count);
	stream = open_memstream(&text, &size);
	output = output_create(stream, false, OUTPUT_COLOUR_NEVER);
	ck_assert_int_eq(lineage_view_print(&view, output, OUTPUT_TABLE), 0);
	output_destroy(output);
	fclose(stream);
	ck_assert_str_eq(text,
		"PID  UID  WORKLOAD  PROCESS   PROGRAM  DEPARTURES  END\n"
		" 10   33  web       master    /bin/x            0  -\n"
		" 20   33  web       |-worker  /bin/x            1  -\n"
		" 30   33  web       | `-sh    /bin/x            1  signal 9\n"
		" 21   33  web       `-worker  /bin/x            1  -\n"
		" 39    -  web       ?         -                 0  -\n"
		" 40   33  web       `-stray   /bin/x            1  -\n");
	free(text);
	lineage_view_free(&view);
	incident_book_free(&book);
}
END_TEST

Suite *history_suite(void)
{
	Suite *suite = suite_create("history");
	TCase *tests = tcase_create("history");

	tcase_add_loop_test(tests, a_moment_is_what_people_write, 0, MOMENTS);
	tcase_add_test(tests, a_tree_is_drawn);
	suite_add_tcase(suite, tests);
	return suite;
}
