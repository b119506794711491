// SPDX-License-Identifier: LGPL-2.1-or-later
/* When what a manifest monitors may be enforced, and what is written then. */
#include <stdlib.h>
#include <string.h>

#include "ctl/promotion.h"

#include "suites.h"

#define SECOND 1000000000ull
#define DAY (24 * 60 * 60 * SECOND)
#define NOW (1700000000 * SECOND)
#define BIT(_class) (1u << CORDON_CLASS_##_class)

static const struct promotion_terms terms = {
	.after = 14 * 24 * 60 * 60,
	.quiet = 3 * 24 * 60 * 60,
};

static struct promotion_record record;

static void set_up(void)
{
	record = (struct promotion_record){ .classes = BIT(FILE) | BIT(NET) };
}

static void tear_down(void)
{
	promotion_record_free(&record);
}

static void add(uint64_t ago, uint8_t type, uint8_t class, uint8_t action)
{
	const struct store_row row = {
		.time = NOW - ago,
		.event = {
			.type = type, .class = class, .action = action,
			.op = CORDON_OP_READ, .number = 2, .time = NOW - ago,
			.program = "/usr/sbin/nginx", .object = "/etc/hosts",
		},
	};

	promotion_record_add(&record, &row);
}

static void add_exec(uint64_t ago)
{
	add(ago, CORDON_EVENT_EXEC, CORDON_CLASS_EXEC, CORDON_ACTION_ALLOW);
}

static void add_departure(uint64_t ago, uint8_t class, uint8_t action)
{
	add(ago, CORDON_EVENT_DEPARTURE, class, action);
}

static void add_missed(uint64_t ago, uint8_t topic)
{
	struct store_row row = { .time = NOW - ago, .missed = 7 };

	row.of[topic] = 7;
	promotion_record_add(&record, &row);
}

static void decided(enum promotion_state state, uint64_t due)
{
	uint64_t found;

	ck_assert_str_eq(promotion_state_name(promotion_decide(&record, &terms,
							       NOW, &found)),
			 promotion_state_name(state));
	ck_assert_uint_eq(found, due);
}

START_TEST(who_monitors_nothing_is_enforced)
{
	record.classes = 0;
	add_exec(20 * DAY);
	decided(PROMOTION_NOTHING, 0);
}
END_TEST

START_TEST(of_whom_nothing_is_known_nothing_is_said)
{
	add_missed(DAY, CORDON_TOPIC_FILE);
	decided(PROMOTION_UNKNOWN, 0);
}
END_TEST

START_TEST(who_is_watched_for_long_enough_is_due)
{
	add_exec(14 * DAY);
	add_exec(DAY);
	decided(PROMOTION_DUE, NOW);
}
END_TEST

START_TEST(who_is_not_waits)
{
	add_exec(14 * DAY - SECOND);
	decided(PROMOTION_YOUNG, NOW + SECOND);
}
END_TEST

START_TEST(who_departs_is_quiet_from_then_on)
{
	add_exec(20 * DAY);
	add_departure(10 * DAY, CORDON_CLASS_FILE, CORDON_ACTION_WOULD_DENY);
	add_departure(3 * DAY - SECOND, CORDON_CLASS_NET,
		      CORDON_ACTION_WOULD_DENY);
	decided(PROMOTION_DEPARTED, NOW + SECOND);
	ck_assert_uint_eq(record.departures, 4);
	ck_assert_str_eq(record.what, "/usr/sbin/nginx read /etc/hosts");
}
END_TEST

START_TEST(repeats_are_departures)
{
	add_exec(20 * DAY);
	add(DAY, CORDON_EVENT_REPEATS, CORDON_CLASS_FILE,
	    CORDON_ACTION_WOULD_DENY);
	decided(PROMOTION_DEPARTED, NOW + 2 * DAY);
}
END_TEST

START_TEST(who_departed_long_ago_is_due)
{
	add_exec(20 * DAY);
	add_departure(3 * DAY, CORDON_CLASS_FILE, CORDON_ACTION_WOULD_DENY);
	decided(PROMOTION_DUE, NOW);
}
END_TEST

/* What is enforced already is no reason, whatever it denies. */
START_TEST(other_classes_do_not_matter)
{
	add_exec(20 * DAY);
	add_departure(DAY, CORDON_CLASS_LOAD, CORDON_ACTION_WOULD_DENY);
	add_departure(DAY, CORDON_CLASS_EXEC, CORDON_ACTION_DENY);
	add_missed(DAY, CORDON_TOPIC_EXEC);
	add_missed(DAY, CORDON_TOPIC_TASK);
	decided(PROMOTION_DUE, NOW - 6 * DAY);
}
END_TEST

START_TEST(what_was_missed_could_have_been_a_departure)
{
	add_exec(20 * DAY);
	add_missed(DAY, CORDON_TOPIC_NET);
	decided(PROMOTION_LOST, NOW + 2 * DAY);
	ck_assert_uint_eq(record.losses, 7);
}
END_TEST

START_TEST(the_reason_that_lasts_longest_is_told)
{
	add_exec(13 * DAY);
	add_departure(2 * DAY + SECOND, CORDON_CLASS_FILE,
		      CORDON_ACTION_WOULD_DENY);
	add_missed(2 * DAY, CORDON_TOPIC_FILE);
	decided(PROMOTION_YOUNG, NOW + DAY);
	add_departure(DAY, CORDON_CLASS_FILE, CORDON_ACTION_WOULD_DENY);
	decided(PROMOTION_DEPARTED, NOW + 2 * DAY);
}
END_TEST

/* Denied, learnt, or switched by hand: it was not monitored before. */
START_TEST(the_watch_begins_anew)
{
	add_exec(20 * DAY);
	add_departure(9 * DAY, CORDON_CLASS_FILE, CORDON_ACTION_WOULD_DENY);
	add_departure(8 * DAY, CORDON_CLASS_FILE, CORDON_ACTION_DENY);
	decided(PROMOTION_YOUNG, NOW + 6 * DAY);
	ck_assert_uint_eq(record.departures, 0);
	add(7 * DAY, CORDON_EVENT_BEHAVIOUR, CORDON_CLASS_NET,
	    CORDON_ACTION_LEARN);
	decided(PROMOTION_YOUNG, NOW + 7 * DAY);
	add(6 * DAY, CORDON_EVENT_MODE, 0, 0);
	decided(PROMOTION_YOUNG, NOW + 8 * DAY);
}
END_TEST

static void says(const char *before, uint32_t classes, const char *after)
{
	json_t *document = json_loads(before, 0, NULL);
	json_t *made = promotion_document(document, classes);
	char *text = json_dumps(made, JSON_COMPACT);

	ck_assert_str_eq(text, after);
	free(text);
	json_decref(made);
	text = json_dumps(document, JSON_COMPACT);
	ck_assert_str_eq(text, before);
	free(text);
	json_decref(document);
}

START_TEST(only_its_modes_change)
{
	says("{\"default\":\"deny\",\"mode\":{\"net\":\"monitor\",\"exec\":\"enforce\"},\"x\":[1]}",
	     BIT(FILE) | BIT(NET),
	     "{\"default\":\"deny\",\"mode\":{\"net\":\"enforce\",\"exec\":\"enforce\",\"file\":\"enforce\"},\"x\":[1]}");
	says("{\"members\":\"host\",\"default\":\"deny\"}", BIT(EXEC),
	     "{\"members\":\"host\",\"mode\":{\"exec\":\"enforce\"},\"default\":\"deny\"}");
}
END_TEST

static bool read_terms(const char *text, struct promotion_terms *into)
{
	json_t *document = json_loads(text, 0, NULL);
	bool has = promotion_terms_read(document, into);

	json_decref(document);
	return has;
}

START_TEST(unless_it_says_otherwise_somebody_is_asked)
{
	struct promotion_terms found;

	ck_assert(!read_terms("{}", &found));
	ck_assert(read_terms("{\"promote\":{\"after\":\"14d\",\"quiet\":\"3d\"}}",
			     &found));
	ck_assert_uint_eq(found.after, terms.after);
	ck_assert_uint_eq(found.quiet, terms.quiet);
	ck_assert(found.ask);
	ck_assert(read_terms("{\"promote\":{\"after\":\"1m\",\"quiet\":\"1s\",\"ask\":false}}",
			     &found));
	ck_assert(!found.ask);
}
END_TEST

Suite *promotion_suite(void)
{
	Suite *suite = suite_create("promotion");
	TCase *tests = tcase_create("all");

	tcase_add_checked_fixture(tests, set_up, tear_down);
	tcase_add_test(tests, who_monitors_nothing_is_enforced);
	tcase_add_test(tests, of_whom_nothing_is_known_nothing_is_said);
	tcase_add_test(tests, who_is_watched_for_long_enough_is_due);
	tcase_add_test(tests, who_is_not_waits);
	tcase_add_test(tests, who_departs_is_quiet_from_then_on);
	tcase_add_test(tests, repeats_are_departures);
	tcase_add_test(tests, who_departed_long_ago_is_due);
	tcase_add_test(tests, other_classes_do_not_matter);
	tcase_add_test(tests, what_was_missed_could_have_been_a_departure);
	tcase_add_test(tests, the_reason_that_lasts_longest_is_told);
	tcase_add_test(tests, the_watch_begins_anew);
	tcase_add_test(tests, only_its_modes_change);
	tcase_add_test(tests, unless_it_says_otherwise_somebody_is_asked);
	suite_add_tcase(suite, tests);
	return suite;
}
