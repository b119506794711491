// SPDX-License-Identifier: LGPL-2.1-or-later
/* The store: each event once, in its order, and nothing gone unsaid. */
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "event_fixture.h"
#include "reader_fixture.h"
#include "suites.h"

static char *directory;
static struct store *store;
static struct store_place place;

static void open_store(void)
{
	directory = reader_directory();
	store = event_store_open(directory);
	ck_assert(store_instance(store, 0xfedcba9876543210, &place));
}

static void close_store(void)
{
	store_close(store);
	reader_remove(directory);
}

/* What the rows are: "1-1 1-2 1-3x5 2-1": instance, number, how many missed */
static char *rows(const struct store_filter *filter)
{
	struct store_row row;
	char *text = NULL;
	bool got = true;
	size_t size;
	FILE *stream = open_memstream(&text, &size);

	ck_assert_msg(store_select(store, filter), "%s", store_why(store));
	for (;;) {
		ck_assert_msg(store_next(store, &row, &got), "%s",
			      store_why(store));
		if (!got)
			break;
		fprintf(stream, "%s%u-%u", ftell(stream) ? " " : "",
			row.number, (unsigned int)row.sequence);
		if (row.missed)
			fprintf(stream, "x%u", (unsigned int)row.missed);
	}
	fclose(stream);
	return text;
}

static void check_rows(const struct store_filter *filter, const char *wanted)
{
	char *found = rows(filter);

	ck_assert_str_eq(found, wanted);
	free(found);
}

static const struct store_filter all;

START_TEST(an_event_comes_back_as_it_went_in)
{
	struct store_row row;
	bool got;

	event_store(store, &place, 0, 1);
	ck_assert(store_select(store, &all));
	ck_assert(store_next(store, &row, &got) && got);
	ck_assert_uint_eq(row.sequence, 1);
	ck_assert_uint_eq(row.missed, 0);
	ck_assert_str_eq(row.event.object, "/srv/secret");
	ck_assert_str_eq(row.event.workload, "web");
	ck_assert_uint_eq(row.event.uid, 33);
	ck_assert_uint_eq(row.event.time, row.time);
	ck_assert(store_next(store, &row, &got) && !got);
}
END_TEST

START_TEST(the_place_goes_on_after_a_restart)
{
	struct store_place again;

	event_store(store, &place, 0, 3);
	store_close(store);
	store = event_store_open(directory);
	ck_assert(store_instance(store, 0xfedcba9876543210, &again));
	ck_assert_mem_eq(&again, &place, sizeof(place));
	ck_assert_uint_eq(again.next, 4);
	ck_assert_uint_eq(again.made[CORDON_TOPIC_FILE], 3);
}
END_TEST

START_TEST(what_is_not_committed_is_not_there)
{
	struct store_place before = place;
	struct client_event event;
	uint64_t missed;

	event_store(store, &place, 0, 2);
	before = place;
	ck_assert(store_begin(store));
	event = event_departure(3, place.made);
	ck_assert(store_add(store, &place, &event, &missed));
	event_free(&event);
	/* As if the process were killed */
	store_close(store);
	store = event_store_open(directory);
	check_rows(&all, "1-1 1-2");
	ck_assert(store_instance(store, 0xfedcba9876543210, &place));
	ck_assert_mem_eq(&before, &place, sizeof(place));
}
END_TEST

START_TEST(nothing_is_there_twice)
{
	struct store_place again = place;
	struct client_event event;
	uint64_t missed;

	event_store(store, &place, 0, 2);
	ck_assert(store_begin(store));
	event = event_departure(1, again.made);
	ck_assert(!store_add(store, &again, &event, &missed));
	event_free(&event);
	store_undo(store);
	check_rows(&all, "1-1 1-2");
	event_store(store, &place, 0, 1);
	check_rows(&all, "1-1 1-2 1-3");
}
END_TEST

START_TEST(what_was_missed_is_a_row)
{
	struct store_row row;
	bool got;

	event_store(store, &place, 0, 2);
	event_store(store, &place, 5, 2);
	check_rows(&all, "1-1 1-2 1-3x5 1-8 1-9");
	ck_assert(store_select(store, &(struct store_filter){
		.number = 1, .next = 3, .first = 1 }));
	ck_assert(store_next(store, &row, &got) && got);
	ck_assert_uint_eq(row.of[CORDON_TOPIC_FILE], 3);
	ck_assert_uint_eq(row.of[CORDON_TOPIC_NET], 2);
	ck_assert_uint_eq(row.made[CORDON_TOPIC_FILE], 2);
}
END_TEST

START_TEST(instances_follow_each_other)
{
	event_store(store, &place, 0, 2);
	ck_assert(store_instance(store, 7, &place));
	ck_assert_uint_eq(place.number, 2);
	ck_assert_uint_eq(place.next, 1);
	event_store(store, &place, 0, 1);
	check_rows(&all, "1-1 1-2 2-1");
	ck_assert(store_instance(store, 0xfedcba9876543210, &place));
	ck_assert_uint_eq(place.number, 1);
	ck_assert_uint_eq(place.next, 3);
}
END_TEST

START_TEST(filters_choose)
{
	event_store(store, &place, 0, 3);
	event_store(store, &place, 1, 2);
	check_rows(&(struct store_filter){ .last = 2 }, "1-5 1-6");
	check_rows(&(struct store_filter){ .first = 2 }, "1-1 1-2");
	check_rows(&(struct store_filter){ .number = 1, .next = 5 }, "1-5 1-6");
	check_rows(&(struct store_filter){ .workload = "web" },
		   "1-1 1-2 1-3 1-4x1 1-5 1-6");
	check_rows(&(struct store_filter){ .workload = "we" }, "1-4x1");
	check_rows(&(struct store_filter){ .action = "deny", .last = 1 },
		   "1-6");
	check_rows(&(struct store_filter){ .action = "would-deny" }, "1-4x1");
	check_rows(&(struct store_filter){ .class = "net" }, "");
	check_rows(&(struct store_filter){ .only_missed = true }, "1-4x1");
	check_rows(&(struct store_filter){ .departures = true },
		   "1-1 1-2 1-3 1-4x1 1-5 1-6");
	check_rows(&(struct store_filter){ .since = 1700000002000000000,
					   .until = 1700000003000000000 },
		   "1-2");
}
END_TEST

/* It may have been of anybody, and of its own classes only */
START_TEST(what_was_missed_is_shown_where_it_could_be_meant)
{
	static const struct store_filter wanted[] = {
		{ .workload = "else" }, { .action = "would-deny" },
		{ .class = "file" }, { .class = "net" },
		{ .class = "net", .workload = "else", .action = "deny" },
		/* It began before that, and was found out after */
		{ .class = "net", .until = 1700000002000000000 },
	}, others[] = {
		{ .class = "exec" }, { .class = "response" },
		{ .class = "task", .workload = "else" },
		{ .class = "net", .until = 1700000001000000000 },
		{ .class = "net", .since = 1700000006000000000 },
	};
	size_t i;

	event_store(store, &place, 0, 1);
	event_store(store, &place, 3, 1);
	for (i = 0; i < ARRAY_SIZE(wanted); i++) {
		struct store_filter filter = wanted[i];
		char *found;

		filter.last = 9;
		found = rows(&filter);
		ck_assert_msg(strstr(found, "1-2x3"), "%zu: \"%s\"", i, found);
		free(found);
	}
	for (i = 0; i < ARRAY_SIZE(others); i++) {
		char *found = rows(&others[i]);

		ck_assert_msg(!strchr(found, 'x'), "%zu: \"%s\"", i, found);
		free(found);
	}
}
END_TEST

/* What no departure was among is not told to who asks for verdicts */
START_TEST(what_was_missed_of_tasks_is_no_departure)
{
	struct client_event event;
	uint64_t missed;

	event_store(store, &place, 0, 1);
	ck_assert(store_begin(store));
	place.next += 2;
	event = event_departure(place.next, (uint64_t[CORDON_TOPIC_COUNT]){
		[CORDON_TOPIC_FILE] = 1, [CORDON_TOPIC_TASK] = 2 });
	place.next -= 2;
	ck_assert(store_add(store, &place, &event, &missed));
	ck_assert_uint_eq(missed, 2);
	ck_assert(store_commit(store, &place));
	event_free(&event);
	check_rows(&(struct store_filter){ .action = "deny" }, "1-1 1-4");
	check_rows(&(struct store_filter){ .class = "task" }, "1-2x2");
	check_rows(&(struct store_filter){ .workload = "else" }, "1-2x2");
}
END_TEST

/* Whatever is dropped, who reads on knows how many there were */
START_TEST(a_reader_is_told_what_was_dropped)
{
	uint64_t hole[CORDON_TOPIC_COUNT] = { 0 }, dropped, told = 0;
	struct store_place reader = { .number = 1, .next = 1 };
	struct store_row row;
	bool got = true;

	event_store(store, &place, 0, 10);
	event_store(store, &place, 4, 10);
	ck_assert(store_prune(store, UINT64_MAX, 1700000000000000000 +
			      (uint64_t)18 * 1000000000, &dropped));
	/* Ten events, what was missed, and three more */
	ck_assert_uint_eq(dropped, 14);
	ck_assert(store_select(store, &(struct store_filter){
		.number = reader.number, .next = reader.next }));
	while (store_next(store, &row, &got) && got)
		told += store_place_pass(&reader, &row, hole);
	ck_assert_uint_eq(told, 17);
	ck_assert_mem_eq(&reader, &place, sizeof(place));
}
END_TEST

START_TEST(a_reader_is_told_across_instances)
{
	uint64_t hole[CORDON_TOPIC_COUNT] = { 0 };
	struct store_place reader = { .number = 1, .next = 1 };

	event_store(store, &place, 0, 4);
	reader.made[CORDON_TOPIC_FILE] = 1;
	reader.next = 2;
	ck_assert(store_instance(store, 7, &place));
	event_store(store, &place, 0, 5);
	ck_assert(store_instance(store, 8, &place));
	ck_assert(store_place_enter(store, &reader, 3, hole));
	ck_assert_uint_eq(hole[CORDON_TOPIC_FILE], 3 + 5);
	ck_assert_uint_eq(reader.number, 3);
	ck_assert_uint_eq(reader.next, 1);
}
END_TEST

START_TEST(size_is_bounded)
{
	struct store_numbers numbers;
	uint64_t dropped;

	event_store(store, &place, 0, 8000);
	ck_assert(store_measure(store, &numbers));
	ck_assert_uint_eq(numbers.rows, 8000);
	ck_assert_uint_gt(numbers.bytes, 1 << 20);
	ck_assert(store_prune(store, 1 << 20, 0, &dropped));
	ck_assert_uint_gt(dropped, 0);
	ck_assert(store_measure(store, &numbers));
	ck_assert_uint_le(numbers.bytes, 1 << 20);
	ck_assert_uint_eq(numbers.rows, 8000 - dropped);
	check_rows(&(struct store_filter){ .last = 1 }, "1-8000");
}
END_TEST

START_TEST(a_sink_has_a_place_of_its_own)
{
	struct store_place found;

	ck_assert(store_sink_read(store, "json", &found));
	ck_assert_uint_eq(found.number, 0);
	event_store(store, &place, 0, 2);
	ck_assert(store_sink_write(store, "json", &place));
	ck_assert(store_sink_read(store, "json", &found));
	ck_assert_mem_eq(&found, &place, sizeof(place));
	ck_assert(store_sink_read(store, "siem", &found));
	ck_assert_uint_eq(found.number, 0);
}
END_TEST

START_TEST(what_is_no_store_is_refused)
{
	char why[STORE_WHY] = "", path[256];

	reader_write(directory, "text", "this is not a database, but long enough to be looked at by SQLite, which wants a hundred bytes of header\n");
	snprintf(path, sizeof(path), "%s/text", directory);
	ck_assert_ptr_null(store_open(path, true, why));
	ck_assert_ptr_nonnull(strstr(why, "move the file away"));
	snprintf(path, sizeof(path), "%s/absent", directory);
	ck_assert_ptr_null(store_open(path, false, why));
	ck_assert_ptr_nonnull(strstr(why, "does cordond run?"));
}
END_TEST

START_TEST(a_file_that_was_removed_is_noticed)
{
	char path[256];

	event_store(store, &place, 0, 1);
	ck_assert(!store_is_moved(store));
	snprintf(path, sizeof(path), "%s/events.db", directory);
	ck_assert_int_eq(unlink(path), 0);
	ck_assert(store_is_moved(store));
	ck_assert_ptr_nonnull(strstr(store_why(store), "a new one is begun"));
}
END_TEST

Suite *store_suite(void)
{
	Suite *suite = suite_create("store");
	TCase *tests = tcase_create("rows");

	tcase_add_checked_fixture(tests, open_store, close_store);
	tcase_add_test(tests, an_event_comes_back_as_it_went_in);
	tcase_add_test(tests, the_place_goes_on_after_a_restart);
	tcase_add_test(tests, what_is_not_committed_is_not_there);
	tcase_add_test(tests, nothing_is_there_twice);
	tcase_add_test(tests, what_was_missed_is_a_row);
	tcase_add_test(tests, instances_follow_each_other);
	tcase_add_test(tests, filters_choose);
	tcase_add_test(tests, what_was_missed_is_shown_where_it_could_be_meant);
	tcase_add_test(tests, what_was_missed_of_tasks_is_no_departure);
	tcase_add_test(tests, a_reader_is_told_what_was_dropped);
	tcase_add_test(tests, a_reader_is_told_across_instances);
	tcase_add_test(tests, size_is_bounded);
	tcase_add_test(tests, a_sink_has_a_place_of_its_own);
	tcase_add_test(tests, what_is_no_store_is_refused);
	tcase_add_test(tests, a_file_that_was_removed_is_noticed);
	suite_add_tcase(suite, tests);
	return suite;
}
