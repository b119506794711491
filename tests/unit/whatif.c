// SPDX-License-Identifier: LGPL-2.1-or-later
/* What a manifest would do to what was done, as command. */
#include <jansson.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "command_fixture.h"
#include "ctl/whatif.h"
#include "event_fixture.h"
#include "reader_fixture.h"
#include "suites.h"

static char *directory;

static void set_up(void)
{
	directory = reader_directory();
}

static void tear_down(void)
{
	reader_remove(directory);
}

/* A candidate of workload w whose program /p has these keys, and more keys */
static void put(const char *program, const char *more)
{
	reader_write(directory, "new.json",
		     "{\"manifest\":1,\"workload\":\"w\",\"members\":{\"any\":[\"exe:/p\"]},\"default\":\"deny\",\n"
		     "\"programs\":[{\"exe\":\"/p\"%s}]%s}", program, more);
}

/* /p of workload w has done it, twice, at noon */
static char *act(const char *op, const char *object, const char *result,
		 const char *more)
{
	const char *kind = strchr(object, '@') ? "peer" : "path";
	char *text;

	ck_assert_int_ge(asprintf(&text,
				  "{\"workload\":\"w\",\"program\":\"/p\",\"op\":\"%s\",\"object\":\"%s\",\"kind\":\"%s\",\"result\":\"%s\",\"count\":2,"
				  "\"first\":\"2026-11-23T11:00:00Z\",\"last\":\"2026-11-23T12:00:00Z\"%s}\n",
				  op, object, kind, result, more), 0);
	return text;
}

static void see(const char *lines)
{
	reader_write(directory, "seen.json", "%s", lines);
}

static struct outcome ask(const char *options, bool json)
{
	char line[1024];

	snprintf(line, sizeof(line), "--no-host %s %s/new.json --from %s/seen.json",
		 options, directory, directory);
	return run_command(&command_whatif, line, json);
}

/* "newly-denied read /a x2 default, …" */
static char *told(const char *options, int code)
{
	struct outcome outcome = ask(options, true);
	json_t *all = json_loads(outcome.text, 0, NULL), *group;
	char *text = NULL;
	FILE *stream;
	size_t size, i;

	ck_assert_msg(outcome.code == code, "ended with %d:\n%s", outcome.code,
		      outcome.text);
	stream = open_memstream(&text, &size);
	json_array_foreach(all, i, group)
		fprintf(stream, "%s%s %s %s x%lld %s", i ? ", " : "",
			json_string_value(json_object_get(group, "change")),
			json_string_value(json_object_get(group, "op")),
			json_string_value(json_object_get(group, "example")),
			(long long)json_integer_value(json_object_get(group, "count")),
			json_string_value(json_object_get(group, "verdict")));
	fclose(stream);
	json_decref(all);
	free(outcome.text);
	return text;
}

static void assert_told(const char *options, int code, const char *wanted)
{
	char *text = told(options, code);

	ck_assert_str_eq(text, wanted);
	free(text);
}

static void see_act(const char *op, const char *object, const char *result,
		    const char *more)
{
	char *text = act(op, object, result, more);

	see(text);
	free(text);
}

START_TEST(an_act_changes_as_the_manifest_says)
{
	static const struct {
		const char *op, *object, *result, *more;
		const char *program, *document;
		int code;
		const char *change;
	} cases[] = {
		{ "read", "/a", "learned", "", ",\"read\":[\"/a\"]", "", 0,
		  "unchanged read /a x2 allow" },
		{ "read", "/a", "learned", "", ",\"read\":[\"/ab\"]", "", 3,
		  "newly-denied read /a x2 deny" },
		{ "read", "/a", "would-deny", "", "", "", 3,
		  "newly-denied read /a x2 deny" },
		{ "read", "/a", "denied", "", ",\"read\":[\"/*\"]", "", 0,
		  "newly-allowed read /a x2 allow" },
		{ "read", "/a", "denied", "", ",\"write\":[\"/a\"]", "", 0,
		  "unchanged read /a x2 deny" },
		{ "read", "/a", "learned", "", ",\"read\":[\"/a\"]",
		  ",\"deny\":[{\"read\":[\"/a\"]}]", 3,
		  "newly-denied read /a x2 deny" },
		{ "exec", "/b", "learned", "", ",\"exec\":[\"/b\"]", "", 3,
		  "newly-denied exec /b x2 deny" },
		{ "exec", "/b", "learned", "",
		  ",\"exec\":[\"/b\"]},{\"exe\":\"/b\"", "", 0,
		  "unchanged exec /b x2 allow" },
		/* What no rule can allow stays so under any manifest */
		{ "write", "/m", "would-deny", ",\"reason\":\"mount\"",
		  ",\"write\":[\"/**\"]", "", 3,
		  "newly-denied write /m x2 deny" },
		{ "write", "/m", "denied", ",\"reason\":\"mount\"",
		  ",\"write\":[\"/**\"]", "", 0,
		  "unchanged write /m x2 deny" },
		/* And what a measure stopped has nothing to do with them */
		{ "connect", "tcp/1@10.0.0.1", "denied",
		  ",\"reason\":\"blocked\"",
		  ",\"connect\":[{\"to\":\"any\"}]", "", 0,
		  "unchanged connect tcp/1@10.0.0.1 x2 deny" },
		/* Of flows all names of the other end count */
		{ "connect", "tcp/1@10.0.0.1", "learned",
		  ",\"peer\":\"v\"", ",\"connect\":[{\"to\":\"10.0.0.1\"}]",
		  "", 0, "unchanged connect tcp/1@10.0.0.1 x2 allow" },
		{ "connect", "tcp/1@10.0.0.1", "learned",
		  ",\"peer\":\"v\"", ",\"connect\":[{\"to\":\"workload:v\"}]",
		  "", 0, "unchanged connect tcp/1@10.0.0.1 x2 allow" },
		{ "connect", "tcp/1@10.0.0.1", "learned",
		  ",\"peer\":\"v\"", ",\"connect\":[{\"to\":\"10.0.0.1\"}]",
		  ",\"deny\":[{\"connect\":[{\"to\":\"workload:v\"}]}]", 3,
		  "newly-denied connect tcp/1@10.0.0.1 x2 deny" },
		{ "connect", "tcp/1@10.0.0.1", "learned", "",
		  ",\"connect\":[{\"to\":\"workload:v\"}]", "", 3,
		  "newly-denied connect tcp/1@10.0.0.1 x2 deny" },
		{ "accept", "tcp/1@127.0.0.1", "learned", "",
		  ",\"accept\":[{\"from\":\"loopback\",\"port\":\"tcp/1\"}]",
		  "", 0, "unchanged accept tcp/1@127.0.0.1 x2 allow" },
		{ "accept", "tcp/1@127.0.0.1", "learned", "",
		  ",\"accept\":[{\"from\":\"loopback\",\"port\":\"tcp/2\"}]",
		  "", 3, "newly-denied accept tcp/1@127.0.0.1 x2 deny" },
	};

	put(cases[_i].program, cases[_i].document);
	see_act(cases[_i].op, cases[_i].object, cases[_i].result,
		cases[_i].more);
	assert_told("", cases[_i].code, cases[_i].change);
}
END_TEST

START_TEST(modes_count_only_as_written)
{
	see_act("read", "/a", "learned", "");
	put("", ",\"mode\":{\"file\":\"monitor\"}");
	assert_told("", 3, "newly-denied read /a x2 deny");
	assert_told("--as-written", 0, "unchanged read /a x2 allow");
	put("", ",\"mode\":{\"file\":\"enforce\"}");
	assert_told("--as-written", 3, "newly-denied read /a x2 deny");
	see_act("write", "/m", "would-deny", ",\"reason\":\"mount\"");
	put("", ",\"mode\":{\"file\":\"monitor\"}");
	assert_told("--as-written", 0, "unchanged write /m x2 allow");
}
END_TEST

START_TEST(one_line_stands_for_many)
{
	char *one = act("read", "/d/a", "learned", "");
	char *two = act("read", "/d/b", "learned", "");
	char *three = act("read", "/e", "learned", "");
	struct outcome outcome;
	char *lines;

	ck_assert_int_ge(asprintf(&lines, "%s%s%s{\"dropped\":{\"file\":7}}\n",
				  one, two, three), 0);
	see(lines);
	put(",\"read\":[\"/d/*\"]", "");
	assert_told("", 3, "newly-denied read /e x2 deny, unchanged read /d/a x4 allow, (null) (null) (null) x0 (null)");
	outcome = ask("", true);
	ck_assert_ptr_nonnull(strstr(outcome.text, "\"record\":\"dropped\""));
	ck_assert_ptr_nonnull(strstr(outcome.text, "\"dropped\":7"));
	ck_assert_ptr_nonnull(strstr(outcome.text, "\"objects\":2,\"count\":4"));
	free(outcome.text);
	outcome = ask("", false);
	ck_assert_ptr_nonnull(strstr(outcome.text, "add \"/e\" to \"read\" of"));
	ck_assert_ptr_nonnull(strstr(outcome.text, "1 newly denied, 0 newly allowed, 2 unchanged (2 allowed, 0 denied)\n"));
	ck_assert_ptr_null(strstr(outcome.text, "/d/a"));
	free(outcome.text);
	outcome = ask("--all", false);
	ck_assert_ptr_nonnull(strstr(outcome.text, "/d/a"));
	free(outcome.text);
	free(lines);
	free(one);
	free(two);
	free(three);
}
END_TEST

START_TEST(a_script_is_who_the_candidate_says)
{
	static const char lines[] =
		"{\"workload\":\"w\",\"program\":\"/p\",\"op\":\"exec\",\"object\":\"/s.sh\",\"kind\":\"path\",\"result\":\"learned\",\"count\":1}\n"
		"{\"workload\":\"w\",\"program\":\"/p\",\"op\":\"exec\",\"object\":\"/sh\",\"kind\":\"path\",\"result\":\"learned\",\"count\":1}\n"
		"{\"workload\":\"w\",\"program\":\"/sh\",\"op\":\"read\",\"object\":\"/s.sh\",\"kind\":\"path\",\"result\":\"learned\",\"count\":1}\n"
		"{\"workload\":\"w\",\"program\":\"/sh\",\"op\":\"read\",\"object\":\"/x\",\"kind\":\"path\",\"result\":\"learned\",\"count\":1}\n";
	struct outcome outcome;

	see(lines);
	put(",\"exec\":[\"/s.sh\"]},{\"exe\":\"/s.sh\",\"exec\":[\"/sh\"],\"read\":[\"/s.sh\",\"/x\"]",
	    "");
	outcome = ask("", false);
	ck_assert_int_eq(outcome.code, 0);
	free(outcome.text);
	/* Without an entry it is the interpreter that acts */
	put(",\"exec\":[\"/s.sh\",\"/sh\"]},{\"exe\":\"/sh\",\"read\":[\"/s.sh\",\"/x\"]",
	    "");
	assert_told("", 3, "newly-denied exec /s.sh x1 deny, unchanged exec /sh x1 allow, unchanged read /s.sh x1 allow, unchanged read /x x1 allow");
}
END_TEST

START_TEST(whose_and_since_when)
{
	char line[512];
	struct outcome outcome;

	put(",\"read\":[\"/a\"]", "");
	see_act("read", "/a", "learned", "");
	assert_told("--since 2026-11-23T11:59:00Z", 0,
		    "unchanged read /a x2 allow");
	outcome = ask("--since 2026-11-23T12:01:00Z", false);
	ck_assert_int_eq(outcome.code, EXIT_UNKNOWN);
	free(outcome.text);
	outcome = ask("--workload v", false);
	ck_assert_int_eq(outcome.code, EXIT_UNKNOWN);
	free(outcome.text);
	/* A candidate may have another name, if it is the only one */
	reader_write(directory, "seen.json",
		     "{\"workload\":\"v\",\"program\":\"/p\",\"op\":\"read\",\"object\":\"/a\",\"kind\":\"path\",\"result\":\"learned\",\"count\":1}");
	assert_told("--workload v", 0, "unchanged read /a x1 allow");
	outcome = ask("", false);
	ck_assert_int_eq(outcome.code, EXIT_UNKNOWN);
	free(outcome.text);
	/* What is wrong is told otherwise than what would be denied */
	reader_write(directory, "new.json", "{");
	outcome = ask("", false);
	ck_assert_int_eq(outcome.code, EXIT_TROUBLE);
	free(outcome.text);
	put("", "");
	reader_write(directory, "seen.json", "{\"op\":\"fly\"}");
	outcome = ask("", false);
	ck_assert_int_eq(outcome.code, EXIT_TROUBLE);
	free(outcome.text);
	snprintf(line, sizeof(line), "%s/new.json --store %s/none", directory,
		 directory);
	outcome = run_command(&command_whatif, line, false);
	ck_assert_int_eq(outcome.code, EXIT_FAILED);
	free(outcome.text);
}
END_TEST

static void store_event(struct store *store, struct store_place *place,
			struct client_event from)
{
	struct client_event event;
	uint64_t missed;

	from.sequence = place->next;
	from.time = from.boottime = 1700000000000000000 + place->next;
	memcpy(from.made, place->made, sizeof(from.made));
	event = event_from(&from);
	ck_assert(store_begin(store));
	ck_assert(store_add(store, place, &event, &missed));
	ck_assert(store_commit(store, place));
	event_free(&event);
}

START_TEST(what_cordond_kept_is_put_to_it)
{
	const struct client_event exec = {
		.type = CORDON_EVENT_EXEC, .topic = CORDON_TOPIC_TASK,
		.number = 1, .workload = "web",
	};
	struct store *store = event_store_open(directory);
	struct store_place place;
	struct client_event event;
	struct outcome outcome;
	char line[512];

	ck_assert(store_instance(store, 7, &place));
	event_store(store, &place, 0, 2);
	/* 5 comes from outside; its child 6 executes, 8 is nobody's child */
	event = exec;
	event.tgid = event.pid = 5;
	event.program = event.object = "/usr/sbin/nginx";
	store_event(store, &place, event);
	event.tgid = event.pid = 6;
	event.parent = 5;
	event.program = event.object = "/usr/bin/tool";
	event.peer = "web";
	store_event(store, &place, event);
	event.tgid = event.pid = 8;
	event.parent = 4;
	event.program = event.object = "/usr/bin/other";
	store_event(store, &place, event);
	/* An exit is one of a process: its number is somebody else's then */
	event.type = CORDON_EVENT_EXIT;
	event.tgid = event.pid = 5;
	store_event(store, &place, event);
	event.type = CORDON_EVENT_EXEC;
	event.tgid = event.pid = 9;
	event.parent = 5;
	event.program = event.object = "/usr/bin/late";
	store_event(store, &place, event);
	store_close(store);
	reader_write(directory, "new.json",
		     "{\"manifest\":1,\"workload\":\"web\",\"members\":{\"any\":[\"exe:/usr/sbin/nginx\"]},\"default\":\"deny\","
		     "\"programs\":[{\"exe\":\"/usr/sbin/nginx\",\"write\":[\"/srv/*\"]}]}");
	snprintf(line, sizeof(line),
		 "--no-host %s/new.json --store %s/events.db", directory,
		 directory);
	outcome = run_command(&command_whatif, line, true);
	ck_assert_int_eq(outcome.code, EXIT_NEWLY_DENIED);
	ck_assert_ptr_nonnull(strstr(outcome.text, "\"change\":\"newly-denied\",\"workload\":\"web\",\"program\":\"/usr/sbin/nginx\",\"op\":\"exec\",\"example\":\"/usr/bin/tool\""));
	ck_assert_ptr_nonnull(strstr(outcome.text, "\"change\":\"newly-allowed\",\"workload\":\"web\",\"program\":\"/usr/sbin/nginx\",\"op\":\"write\",\"example\":\"/srv/secret\""));
	ck_assert_ptr_nonnull(strstr(outcome.text, "\"objects\":1,\"count\":2"));
	ck_assert_ptr_null(strstr(outcome.text, "/usr/bin/other"));
	ck_assert_ptr_null(strstr(outcome.text, "/usr/bin/late"));
	free(outcome.text);
}
END_TEST

/* Workload w whose program /p has these keys, as a file of that name */
static struct manifest_set read_one(const char *name, const char *program)
{
	const struct manifest_options options = { .foreign = true };
	char path[256];

	reader_write(directory, name,
		     "{\"manifest\":1,\"workload\":\"w\",\"members\":{\"any\":[\"exe:/p\"]},\"default\":\"deny\","
		     "\"programs\":[{\"exe\":\"/p\"%s}]}", program);
	snprintf(path, sizeof(path), "%s/%s", directory, name);
	return reader_set(path, &options);
}

START_TEST(rules_in_use_that_would_be_gone_are_told)
{
	static const struct {
		const char *candidate;
		uint64_t hits, last;
		const char *gone;
	} cases[] = {
		{ ",\"read\":[\"/a/*\"]", 3, 50, "/a/**" },
		{ ",\"read\":[\"/a/*\"]", 0, 0, NULL },
		{ ",\"read\":[\"/a/*\"]", 3, 5, NULL },
		{ ",\"read\":[\"/{a,b}/**\"]", 3, 50, NULL },
		{ ",\"write\":[\"/a/**\"]", 3, 50, "/a/**" },
	};
	struct manifest_set loaded = read_one("one.json",
					      ",\"read\":[\"/a/**\"]");
	struct manifest_set candidate = read_one("two.json",
						 cases[_i].candidate);
	struct client_rule rule = {
		.workload = "w", .effect = CORDON_EFFECT_ALLOW,
		.text = "/a/**", .file = "one.json", .line = 1,
		.hits = cases[_i].hits, .last = cases[_i].last,
	};
	const struct client_dump rules = { .rules = &rule, .count = 1 };
	struct whatif whatif = { 0 };

	whatif_rules(&whatif, candidate.drafts[0], loaded.drafts[0], &rules, 9);
	ck_assert_uint_eq(whatif.count, cases[_i].gone ? 1 : 0);
	ck_assert_uint_eq(whatif.behaviours[WHATIF_RULE_GONE], whatif.count);
	if (cases[_i].gone) {
		ck_assert_str_eq(whatif.groups[0].example, cases[_i].gone);
		ck_assert_str_eq(whatif.groups[0].program, "/p");
		ck_assert_uint_eq(whatif.groups[0].count, 3);
	}
	whatif_free(&whatif);
	manifest_set_free(&candidate);
	manifest_set_free(&loaded);
}
END_TEST

Suite *whatif_suite(void)
{
	Suite *suite = suite_create("whatif");
	TCase *tests = tcase_create("whatif");

	tcase_add_checked_fixture(tests, set_up, tear_down);
	tcase_add_loop_test(tests, an_act_changes_as_the_manifest_says, 0, 17);
	tcase_add_test(tests, modes_count_only_as_written);
	tcase_add_test(tests, one_line_stands_for_many);
	tcase_add_test(tests, a_script_is_who_the_candidate_says);
	tcase_add_test(tests, whose_and_since_when);
	tcase_add_test(tests, what_cordond_kept_is_put_to_it);
	tcase_add_loop_test(tests, rules_in_use_that_would_be_gone_are_told, 0,
			    5);
	suite_add_tcase(suite, tests);
	return suite;
}
