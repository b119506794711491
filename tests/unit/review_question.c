// SPDX-License-Identifier: LGPL-2.1-or-later
/* What is asked, and what is not. */
#include <stdlib.h>
#include <string.h>

#include "ctl/capture/admit.h"
#include "ctl/review/candidate.h"
#include "event_fixture.h"
#include "review_fixture.h"
#include "suites.h"

#define NGINX "/usr/sbin/nginx"
#define DASH "/usr/bin/dash"

static struct behaviour_set seen;
static struct question_set set;

static void set_up(void)
{
	review_set_up();
	seen = (struct behaviour_set){ 0 };
}

static void tear_down(void)
{
	question_set_free(&set);
	review_tear_down();
}

static struct behaviour *see(unsigned int op, const char *object)
{
	struct behaviour *behaviour = capture_add(&seen, NGINX, op, object);

	behaviour->result = BEHAVIOUR_WOULD_DENY;
	return behaviour;
}

static const struct question *find(unsigned int op, const char *title)
{
	const struct question *question = review_find(&set, op, title);

	ck_assert_msg(question, "nothing is asked about %s", title);
	return question;
}

START_TEST(what_the_manifest_settles_is_not_asked)
{
	review_manifest(",\"read\":[\"/srv/a\"]",
			",\"deny\":[{\"write\":[\"/etc/**\"]}]");
	see(CORDON_OP_READ, "/srv/a");
	see(CORDON_OP_WRITE, "/etc/x");
	see(CORDON_OP_READ, "/srv/b");
	capture_add(&seen, "/elsewhere", CORDON_OP_READ, "/srv/c");
	free(seen.items[3].workload);
	seen.items[3].workload = strdup("other");
	review_questions(&set, &seen);
	ck_assert_uint_eq(set.count, 1);
	ck_assert_uint_eq(set.decided, 1);
	find(CORDON_OP_READ, "/srv/b");
}
END_TEST

START_TEST(what_is_alike_is_one_question)
{
	const struct question *question;
	char name[32];
	int i;

	review_manifest("", "");
	for (i = 0; i < 9; i++) {
		snprintf(name, sizeof(name), "/srv/www/%c.html", 'a' + i);
		see(CORDON_OP_READ, name);
	}
	see(CORDON_OP_WRITE, "/tmp/x.aB3dEf");
	see(CORDON_OP_WRITE, "/tmp/x.Zx81kQ");
	see(CORDON_OP_WRITE, "/tmp/x.q0WmNp");
	review_questions(&set, &seen);
	ck_assert_uint_eq(set.count, 2);
	question = find(CORDON_OP_READ, "/srv/www/*");
	ck_assert_uint_eq(question->count, 9);
	ck_assert_uint_eq(question->seen.objects, 9);
	ck_assert_uint_eq(question->choice_count, 1);
	ck_assert_str_eq(question->choices[0].shape, "folder");
	question = find(CORDON_OP_WRITE, "/tmp/x.??????");
	ck_assert_str_eq(question->choices[0].text, "/tmp/x.??????");
}
END_TEST

/* The same, with a key among them. */
START_TEST(a_folder_with_a_key_is_not_opened)
{
	char name[32];
	int i;

	review_manifest("", "");
	for (i = 0; i < 9; i++) {
		snprintf(name, sizeof(name), "/srv/www/%c.html", 'a' + i);
		see(CORDON_OP_READ, name);
	}
	see(CORDON_OP_READ, "/srv/www/server.key");
	review_questions(&set, &seen);
	ck_assert_uint_eq(set.count, 10);
	ck_assert_ptr_nonnull(find(CORDON_OP_READ,
				   "/srv/www/server.key")->caution);
	ck_assert_uint_eq(find(CORDON_OP_READ,
			       "/srv/www/a.html")->choice_count, 0);
}
END_TEST

/* The near miss: alike, and refused each time. */
START_TEST(what_was_denied_is_named)
{
	review_manifest("", "");
	see(CORDON_OP_WRITE, "/tmp/x.aB3dEf")->result = BEHAVIOUR_DENIED;
	see(CORDON_OP_WRITE, "/tmp/x.Zx81kQ")->result = BEHAVIOUR_DENIED;
	see(CORDON_OP_WRITE, "/tmp/x.q0WmNp")->result = BEHAVIOUR_DENIED;
	review_questions(&set, &seen);
	ck_assert_uint_eq(set.count, 3);
	ck_assert_uint_eq(set.items[0].choice_count, 0);
	ck_assert_ptr_null(set.items[0].caution);
}
END_TEST

START_TEST(programs_that_do_the_same_are_one_question)
{
	const struct question *question;

	review_manifest("", "");
	see(CORDON_OP_READ, "/etc/hosts");
	capture_add(&seen, "/usr/bin/a", CORDON_OP_READ, "/etc/hosts");
	see(CORDON_OP_EXEC, "/usr/bin/a");
	see(CORDON_OP_EXEC, "/usr/bin/b");
	capture_add(&seen, "/usr/bin/a", CORDON_OP_EXEC, "/usr/bin/b");
	review_questions(&set, &seen);
	question = find(CORDON_OP_READ, "/etc/hosts");
	ck_assert_uint_eq(question->count, 2);
	ck_assert_uint_eq(question->seen.objects, 1);
	ck_assert_uint_eq(question->seen.count, 2);
	/* Who starts what is asked of each, and first. */
	ck_assert_uint_eq(set.count, 4);
	ck_assert_int_eq(set.items[0].op, CORDON_OP_EXEC);
	ck_assert_int_eq(set.items[3].op, CORDON_OP_READ);
	question = find(CORDON_OP_EXEC, "/usr/bin/a");
	ck_assert_str_eq(question->items[0].target, "/usr/bin/a");
}
END_TEST

static const struct careful {
	unsigned int op;
	const char *object;
	bool careful;
} careful[] = {
	{ CORDON_OP_EXEC, DASH, true },
	{ CORDON_OP_EXEC, "/usr/bin/nc.openbsd", true },
	{ CORDON_OP_EXEC, "/tmp/x", true },
	{ CORDON_OP_EXEC, "/usr/libexec/helper", false },
	{ CORDON_OP_LOAD, "/var/tmp/x.so", true },
	{ CORDON_OP_LOAD, "/usr/lib/x.so", false },
	{ CORDON_OP_READ, "/etc/shadow", true },
	{ CORDON_OP_READ, "/etc/ssl/private/x", true },
	{ CORDON_OP_READ, "/srv/www/server.key", true },
	{ CORDON_OP_READ, "/root/x", true },
	{ CORDON_OP_READ, "/dev/mem", true },
	{ CORDON_OP_READ, "/proc/812/environ", true },
	{ CORDON_OP_READ, "/proc/kcore", true },
	{ CORDON_OP_READ, "/proc/self/status", false },
	{ CORDON_OP_READ, "/dev/null", false },
	{ CORDON_OP_READ, "/etc/hosts", false },
	{ CORDON_OP_READ, "/srv/www/monkey", false },
	{ CORDON_OP_WRITE, "/etc/hosts", true },
	{ CORDON_OP_WRITE, "/usr/bin/x", true },
	{ CORDON_OP_WRITE, "/home/a/.ssh/authorized_keys", true },
	{ CORDON_OP_WRITE, "/srv/x", false },
};

START_TEST(what_is_sensitive_wants_care)
{
	const struct careful *one = &careful[_i];
	const struct question *question;

	review_manifest("", "");
	see(one->op, one->object);
	review_questions(&set, &seen);
	ck_assert_uint_eq(set.count, 1);
	question = &set.items[0];
	ck_assert_msg(!question->caution == !one->careful, "%s: %s",
		      one->object, question->caution);
	ck_assert(!question->caution || !question->choice_count);
}
END_TEST

/* Whatever capture asks about, review does not take lightly. */
START_TEST(what_capture_asks_about_wants_care)
{
	static const char *const titles[] = {
		DASH, "/usr/bin/gcc-12", "/proc/[0-9]*/stat", "anon:",
	};
	const struct question *question;
	size_t i;

	review_manifest("", "");
	see(CORDON_OP_EXEC, DASH);
	see(CORDON_OP_EXEC, "/usr/bin/gcc-12");
	capture_add(&seen, DASH, CORDON_OP_EXEC, "/usr/bin/id");
	capture_add(&seen, "/usr/bin/id", CORDON_OP_READ, "/srv/x");
	see(CORDON_OP_READ, "/proc/812/stat");
	see(CORDON_OP_READ, "/proc/813/stat");
	see(CORDON_OP_LOAD, "anon:memory")->kind = CORDON_OBJECT_ANON;
	see(CORDON_OP_WRITE, "/srv/y")->reason = strdup("rule");
	see(CORDON_OP_WRITE, "/mnt")->reason = strdup("mount");
	review_questions(&set, &seen);
	for (i = 0; i < 4; i++) {
		unsigned int op = i < 2 ? CORDON_OP_EXEC :
				  i < 3 ? CORDON_OP_READ : CORDON_OP_LOAD;

		question = find(op, titles[i]);
		ck_assert_ptr_nonnull(question->caution);
		ck_assert_uint_eq(question->choice_count, 0);
	}
	ck_assert_uint_eq(find(CORDON_OP_READ, "/proc/[0-9]*/stat")->count, 2);
	ck_assert_ptr_nonnull(find(CORDON_OP_READ, "/srv/x")->caution);
	ck_assert_ptr_nonnull(find(CORDON_OP_WRITE, "/srv/y")->caution);
	ck_assert_ptr_nonnull(find(CORDON_OP_WRITE, "/mnt")->beyond);
}
END_TEST

/* A shell that has an entry is nobody's surprise; its acts are as others'. */
START_TEST(what_has_an_entry_is_not_suspect)
{
	review_manifest(",\"exec\":[\"" DASH "\"]},{\"exe\":\"" DASH "\"", "");
	capture_add(&seen, DASH, CORDON_OP_READ, "/srv/x");
	review_questions(&set, &seen);
	ck_assert_uint_eq(set.count, 1);
	ck_assert_ptr_null(set.items[0].caution);
	ck_assert_str_eq(set.items[0].items[0].entry, DASH);
	ck_assert(set.items[0].items[0].listed);
}
END_TEST

START_TEST(flows_have_several_patterns)
{
	const struct question *question;
	char name[32];
	int i;

	review_manifest("", "");
	for (i = 4; i < 8; i++) {
		snprintf(name, sizeof(name), "tcp/5432@10.0.0.%d", i);
		capture_add_flow(&seen, NGINX, CORDON_OP_CONNECT, name)->segment =
			strdup("db");
	}
	review_questions(&set, &seen);
	ck_assert_uint_eq(set.count, 1);
	question = find(CORDON_OP_CONNECT, "tcp/5432@10.0.0.4/30");
	ck_assert_uint_eq(question->choice_count, 2);
	ck_assert_str_eq(question->choices[0].text, "tcp/5432@segment:db");
	ck_assert_str_eq(question->choices[1].text, "tcp/5432@10.0.0.4/30");
	ck_assert_str_eq(json_string_value(json_object_get(question->items[0].value,
							   "to")), "10.0.0.4");
}
END_TEST

/* As whatif does: by its workload, and, where no rule can say that, otherwise. */
START_TEST(the_other_end_is_all_that_is_known_of_it)
{
	review_manifest(",\"connect\":[{\"to\":\"10.0.0.0/24\",\"port\":\"tcp/5432\"}]",
			"");
	capture_add_flow(&seen, NGINX, CORDON_OP_CONNECT,
			 "tcp/5432@10.0.0.7")->peer = strdup("db");
	capture_add_flow(&seen, NGINX, CORDON_OP_CONNECT,
			 "tcp/5432@10.0.1.7")->peer = strdup("db");
	review_questions(&set, &seen);
	ck_assert_uint_eq(set.count, 1);
	ck_assert_uint_eq(set.items[0].count, 1);
	ck_assert_uint_eq(set.items[0].items[0].behaviour->remote.byte[14], 1);
}
END_TEST

/* What went on only since nothing was enforced is open. */
START_TEST(a_mode_is_no_answer)
{
	review_manifest(",\"read\":[\"/srv/a\"]",
			",\"mode\":{\"file\":\"monitor\"}");
	see(CORDON_OP_READ, "/srv/a");
	see(CORDON_OP_READ, "/srv/b");
	review_questions(&set, &seen);
	ck_assert_uint_eq(set.count, 1);
	find(CORDON_OP_READ, "/srv/b");
}
END_TEST

START_TEST(scripts_are_asked_about_as_such)
{
	const struct question *question;

	review_manifest("", "");
	see(CORDON_OP_EXEC, "/srv/a.sh");
	see(CORDON_OP_EXEC, DASH);
	capture_add(&seen, DASH, CORDON_OP_READ, "/srv/a.sh");
	review_questions(&set, &seen);
	ck_assert_ptr_null(find(CORDON_OP_EXEC, "/srv/a.sh")->caution);
	question = find(CORDON_OP_EXEC, DASH);
	ck_assert_str_eq(question->items[0].behaviour->program, "/srv/a.sh");
	ck_assert_ptr_null(question->caution);
	ck_assert_ptr_null(question->items[0].target);
}
END_TEST

START_TEST(events_are_candidates)
{
	const uint64_t made[CORDON_TOPIC_COUNT] = { 0 };
	struct client_event event = event_departure(1, made);

	ck_assert_str_eq(event.program[0] == '/' ? "path" : "", "path");
	candidates_of_event(&seen, &event);
	ck_assert_uint_eq(seen.count, 1);
	ck_assert_int_eq(seen.items[0].result, BEHAVIOUR_DENIED);
	ck_assert_uint_eq(seen.items[0].first, event.time);
	/* Half a name is no name. */
	event.cut = true;
	candidates_of_event(&seen, &event);
	ck_assert_ptr_nonnull(admit_beyond_rules(&seen.items[1]));
	event.cut = false;
	event.type = CORDON_EVENT_EXEC;
	candidates_of_event(&seen, &event);
	ck_assert_uint_eq(seen.count, 2);
	behaviour_set_free(&seen);
	event_free(&event);
}
END_TEST

START_TEST(what_cordond_has_kept_is_a_candidate)
{
	char *directory = reader_directory();
	struct store *store = event_store_open(directory);
	const uint64_t made[CORDON_TOPIC_COUNT] = { 0 };
	struct client_event event = event_departure(1, made);
	struct store_filter filter = { .number = 0 };
	struct store_place place;

	ck_assert(store_instance(store, 7, &place));
	event_store(store, &place, 2, 3);
	ck_assert_int_eq(candidates_stored(&seen, store, &filter,
					   event.workload), EXIT_OK);
	ck_assert_uint_eq(seen.count, 3);
	ck_assert_uint_eq(seen.dropped, 2);
	behaviour_set_free(&seen);
	ck_assert_int_eq(candidates_stored(&seen, store, &filter, "other"),
			 EXIT_OK);
	ck_assert_uint_eq(seen.count, 0);
	store_close(store);
	event_free(&event);
	reader_remove(directory);
}
END_TEST

Suite *review_question_suite(void)
{
	Suite *suite = suite_create("review/question");
	TCase *test = tcase_create("questions");

	tcase_add_checked_fixture(test, set_up, tear_down);
	tcase_add_test(test, what_the_manifest_settles_is_not_asked);
	tcase_add_test(test, what_is_alike_is_one_question);
	tcase_add_test(test, a_folder_with_a_key_is_not_opened);
	tcase_add_test(test, what_was_denied_is_named);
	tcase_add_test(test, programs_that_do_the_same_are_one_question);
	tcase_add_loop_test(test, what_is_sensitive_wants_care, 0,
			    ARRAY_SIZE(careful));
	tcase_add_test(test, what_capture_asks_about_wants_care);
	tcase_add_test(test, what_has_an_entry_is_not_suspect);
	tcase_add_test(test, flows_have_several_patterns);
	tcase_add_test(test, the_other_end_is_all_that_is_known_of_it);
	tcase_add_test(test, a_mode_is_no_answer);
	tcase_add_test(test, scripts_are_asked_about_as_such);
	tcase_add_test(test, events_are_candidates);
	tcase_add_test(test, what_cordond_has_kept_is_a_candidate);
	suite_add_tcase(suite, test);
	return suite;
}
