// SPDX-License-Identifier: LGPL-2.1-or-later
/* diff and merge, as commands. */
#include <jansson.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include "command_fixture.h"
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

/* A manifest of workload w whose program /p has these keys, and more keys */
static void put(const char *name, const char *program, const char *more)
{
	reader_write(directory, name,
		     "{\"manifest\":1,\"workload\":\"w\",\"members\":{\"any\":[\"exe:/p\"]},\"default\":\"deny\","
		     "\"programs\":[{\"exe\":\"/p\"%s}]%s}", program, more);
}

static struct outcome diff(const char *options, bool json)
{
	char line[1024];

	snprintf(line, sizeof(line), "--no-host %s %s/a.json %s/b.json",
		 options, directory, directory);
	return run_command(&command_diff, line, json);
}

static void assert_diff(const char *expected)
{
	struct outcome outcome = diff("", false);

	ck_assert_str_eq(outcome.text, expected);
	ck_assert_int_eq(outcome.code, *expected ? EXIT_DIFFERENT : EXIT_OK);
	free(outcome.text);
}

START_TEST(the_same_in_other_words_is_the_same)
{
	static const struct {
		const char *one;
		const char *one_more;
		const char *other;
		const char *other_more;
	} cases[] = {
		{ ",\"read\":[\"/a\",\"/b\"]", "",
		  ",\"read\":[\"/{b,a}\"],\"note\":\"x\"", "" },
		{ "", "", "", ",\"mode\":{\"exec\":\"monitor\"},\"reject\":false" },
		{ ",\"listen\":[\"tcp/80-81\"]", "",
		  ",\"listen\":[\"tcp/81\",\"tcp/80\"]", "" },
		{ ",\"connect\":[{\"to\":[\"10.0.0.1\",\"10.0.0.2\"],\"port\":[\"tcp/1\",\"udp/2\"]}]", "",
		  ",\"connect\":[{\"to\":\"10.0.0.1\",\"port\":\"tcp/1\"},{\"to\":\"10.0.0.2\",\"port\":\"tcp/1\"},"
		  "{\"to\":[\"10.0.0.2/32\",\"10.0.0.1\"],\"port\":\"udp/2\"}]", "" },
		{ ",\"accept\":[{\"from\":\"any\"}]", "",
		  ",\"accept\":[{\"from\":\"any\",\"port\":\"any\"}]", "" },
		{ ",\"read\":[\"/a/**\"]", "",
		  ",\"read\":[\"/a/**\",\"/a/b\"]", "" },
		{ ",\"read\":[\"/a\"]", ",\"allow\":[{\"read\":[\"/a\"]}]", "",
		  ",\"allow\":[{\"read\":[\"/a\"]}]" },
		{ ",\"load\":[\"/a\"],\"read\":[\"/a\"]", "",
		  ",\"load\":[\"/a\"]", "" },
	};

	put("a.json", cases[_i].one, cases[_i].one_more);
	put("b.json", cases[_i].other, cases[_i].other_more);
	assert_diff("");
}
END_TEST

START_TEST(each_difference_says_what_it_means)
{
	static const struct {
		const char *one;
		const char *one_more;
		const char *other;
		const char *other_more;
		const char *said;
	} cases[] = {
		{ "", "", ",\"write\":[\"/var/log/**\"]", "",
		  "+ w: /p may now write /var/log/**, could not before\n" },
		{ ",\"write\":[\"/l/a\",\"/l/b/*\"]", "",
		  ",\"write\":[\"/l/**\"]", "",
		  "+ w: /p may now write /l/**, could not before (widened from /l/a, /l/b/*)\n" },
		{ ",\"write\":[\"/l/**\"]", "", ",\"write\":[\"/l/a\"]", "",
		  "- w: /p may no longer write /l/** (narrowed to /l/a)\n" },
		{ ",\"read\":[\"/a\"]", "", "", ",\"allow\":[{\"read\":[\"/a\"]}]",
		  "+ w: every program may now read /a, could not before\n" },
		{ "", "", ",\"load\":[\"/a\"]", "",
		  "+ w: /p may now load /a, could not before\n" },
		{ "", "", "", ",\"deny\":[{\"exec\":[\"/a\"]}]",
		  "+ w: every program must not start /a, whatever is allowed\n" },
		{ "", ",\"deny\":[{\"write\":[\"/e/**\"]}]", ",\"write\":[\"/e/x\"]",
		  ",\"deny\":[{\"write\":[\"/e/**\"]}]",
		  "+ w: /p may now write /e/x, could not before; a deny outweighs it\n" },
		{ "", "", "", ",\"mode\":{\"file\":\"enforce\"}",
		  "~ w: departures of class file are now denied\n" },
		{ "", "", "", ",\"reject\":true",
		  "~ w: who is refused from outside is now told\n" },
		{ "", "", "},{\"exe\":\"/q\"", "",
		  "+ w: /q now has an entry of its own\n" },
		{ ",\"listen\":[\"tcp/80-82\"]", "", ",\"listen\":[\"tcp/80-81\"]",
		  "", "- w: /p may no longer listen on tcp/80-82 (narrowed to tcp/80-81)\n" },
		{ "", "", ",\"connect\":[\"/run/x\"],\"sockets\":[\"packet\"]", "",
		  "+ w: /p may now connect to /run/x, could not before\n"
		  "+ w: /p may now make sockets of packet, could not before\n" },
	};

	put("a.json", cases[_i].one, cases[_i].one_more);
	put("b.json", cases[_i].other, cases[_i].other_more);
	assert_diff(cases[_i].said);
}
END_TEST

START_TEST(heads_and_sets_are_compared)
{
	struct outcome outcome;
	char line[512];

	put("a.json", "", "");
	reader_write(directory, "b.json",
		     "{\"manifest\":1,\"workload\":\"v\",\"members\":{\"any\":[\"unit:p.service\"]},\"default\":\"allow\",\"programs\":[{\"exe\":\"/p\",\"read\":[\"/a\"]}]}");
	assert_diff("~ v: was called w\n"
		    "~ v: what no rule denies is now allowed\n"
		    "- w: no longer holds exe:/p\n"
		    "+ v: now holds unit:p.service\n"
		    "+ v: /p may now read /a by a rule, as by default\n");

	put("one/a.json", "", "");
	put("two/a.json", ",\"read\":[\"/a\"]", "");
	reader_write(directory, "two/b.json",
		     "{\"manifest\":1,\"workload\":\"x\",\"members\":{\"any\":[\"exe:/x\"]},\"default\":\"deny\"}");
	snprintf(line, sizeof(line), "%s/one %s/two", directory, directory);
	outcome = run_command(&command_diff, line, false);
	ck_assert_str_eq(outcome.text,
			 "+ w: /p may now read /a, could not before\n"
			 "+ x: is in the second only\n");
	ck_assert_int_eq(outcome.code, EXIT_DIFFERENT);
	free(outcome.text);
}
END_TEST

START_TEST(segments_are_compared)
{
	reader_write(directory, "a.json",
		     "{\"segments\":1,\"name\":\"s\",\"define\":[{\"segment\":\"a\",\"members\":[\"10.0.0.0/8\"]},{\"segment\":\"b\",\"members\":[]}]}");
	reader_write(directory, "b.json",
		     "{\"segments\":1,\"name\":\"s\",\"define\":[{\"segment\":\"a\",\"members\":[\"10.0.0.0/9\"]},{\"segment\":\"b\",\"members\":[]}],"
		     "\"allow\":[{\"from\":\"a\",\"to\":\"b\",\"port\":\"tcp/1\"}]}");
	assert_diff("- s: a no longer holds prefix:10.0.0.0/8\n"
		    "+ s: a now holds prefix:10.0.0.0/9\n"
		    "+ s: hosts of a may now open flows to tcp/1@segment:b, could not before\n");
}
END_TEST

START_TEST(differences_are_json_on_demand)
{
	struct outcome outcome;
	json_t *whole, *one;

	put("a.json", "", "");
	put("b.json", ",\"write\":[\"/l/**\"]", "");
	outcome = diff("", true);
	whole = json_loads(outcome.text, 0, NULL);
	one = json_array_get(whole, 0);
	ck_assert_uint_eq(json_array_size(whole), 1);
	ck_assert_str_eq(json_string_value(json_object_get(one, "about")),
			 "rule");
	ck_assert_str_eq(json_string_value(json_object_get(one, "change")),
			 "added");
	ck_assert_str_eq(json_string_value(json_object_get(one, "class")),
			 "file");
	ck_assert_str_eq(json_string_value(json_object_get(one, "op")),
			 "write");
	ck_assert_str_eq(json_string_value(json_object_get(one, "what")),
			 "/l/**");
	ck_assert_str_eq(json_string_value(json_object_get(one, "meaning")),
			 "may now write /l/**, could not before");
	json_decref(whole);
	free(outcome.text);
}
END_TEST

START_TEST(what_cannot_be_compared_ends_otherwise)
{
	struct outcome outcome;

	put("a.json", "", "");
	reader_write(directory, "b.json", "{}");
	outcome = diff("", false);
	ck_assert_int_eq(outcome.code, EXIT_MANIFEST);
	ck_assert_str_eq(outcome.text, "");
	free(outcome.text);
}
END_TEST

static struct outcome merge(const char *options)
{
	char line[1024];

	snprintf(line, sizeof(line), "--no-host %s %s/a.json %s/b.json",
		 options, directory, directory);
	return run_command(&command_merge, line, false);
}

START_TEST(a_merger_keeps_what_the_first_says)
{
	struct outcome outcome;

	reader_write(directory, "a.json",
		     "{\"default\":\"deny\",\"manifest\":1,\"workload\":\"w\",\"members\":{\"any\":[\"exe:/p\"]},"
		     "\"programs\":[{\"note\":\"mine\",\"exe\":\"/p\",\"read\":[\"/z\",\"/a/**\"]}],"
		     "\"allow\":[{\"read\":[\"/c\"],\"note\":\"n\"}]}");
	reader_write(directory, "b.json",
		     "{\"manifest\":1,\"workload\":\"v\",\"description\":\"d\",\"members\":{\"any\":[\"unit:p.service\",\"exe:/p\"]},\"default\":\"deny\","
		     "\"programs\":[{\"exe\":\"/q\"},{\"exe\":\"/p\",\"note\":\"theirs\",\"exec\":[\"/q\"],\"read\":[\"/a/b\",\"/b\",\"/z\"]}],"
		     "\"allow\":[{\"read\":[\"/c\",\"/d\"],\"note\":\"n\"},{\"write\":[\"/e\"]}]}");
	outcome = merge("");
	ck_assert_int_eq(outcome.code, EXIT_OK);
	ck_assert_str_eq(outcome.text,
			 "{\n"
			 "  \"default\": \"deny\",\n"
			 "  \"manifest\": 1,\n"
			 "  \"workload\": \"w\",\n"
			 "  \"members\": { \"any\": [ \"exe:/p\", \"unit:p.service\" ] },\n"
			 "  \"programs\": [\n"
			 "    {\n"
			 "      \"note\": \"mine\",\n"
			 "      \"exe\": \"/p\",\n"
			 "      \"read\": [ \"/z\", \"/a/**\", \"/b\" ],\n"
			 "      \"exec\": [ \"/q\" ]\n"
			 "    },\n"
			 "    { \"exe\": \"/q\" }\n"
			 "  ],\n"
			 "  \"allow\": [\n"
			 "    {\n"
			 "      \"read\": [ \"/c\", \"/d\" ],\n"
			 "      \"note\": \"n\"\n"
			 "    },\n"
			 "    { \"write\": [ \"/e\" ] }\n"
			 "  ]\n"
			 "}\n");
	free(outcome.text);
}
END_TEST

START_TEST(contradictions_are_told_and_denied)
{
	static const struct {
		const char *one;
		const char *one_more;
		const char *other;
		const char *other_more;
		int code;
	} cases[] = {
		{ ",\"write\":[\"/e/x\"]", "", "",
		  ",\"deny\":[{\"write\":[\"/e/**\"]}]", EXIT_CONTRADICTION },
		{ "", ",\"deny\":[{\"write\":[\"/e/x\"]}]",
		  ",\"write\":[\"/e/**\"]", "", EXIT_CONTRADICTION },
		/* It denied that itself: nothing is taken from it */
		{ ",\"write\":[\"/e/**\"]",
		  ",\"deny\":[{\"write\":[\"/e/x\"]}]", "",
		  ",\"deny\":[{\"write\":[\"/e/x\"]}]", EXIT_OK },
		{ ",\"write\":[\"/f\"]", "", "",
		  ",\"deny\":[{\"write\":[\"/e\"]}]", EXIT_OK },
		{ "", "", "", ",\"mode\":{\"exec\":\"enforce\"}",
		  EXIT_CONTRADICTION },
		{ "", "", "", ",\"mode\":{\"exec\":\"monitor\"}", EXIT_OK },
		{ "", "", "", ",\"reject\":true", EXIT_CONTRADICTION },
		/* The most specific entry is the only one that counts */
		{ "},{\"exe\":\"/u/*\"", "", "},{\"exe\":\"/u/x\"", "",
		  EXIT_CONTRADICTION },
		{ "},{\"exe\":\"/u/*\"},{\"exe\":\"/u/x\"", "",
		  "},{\"exe\":\"/u/x\"", "", EXIT_OK },
	};
	struct outcome outcome;

	put("a.json", cases[_i].one, cases[_i].one_more);
	put("b.json", cases[_i].other, cases[_i].other_more);
	outcome = merge("");
	ck_assert_int_eq(outcome.code, cases[_i].code);
	ck_assert(!strstr(cases[_i].other_more, "deny") ||
		  strstr(outcome.text, "\"deny\": ["));
	free(outcome.text);
}
END_TEST

START_TEST(what_is_written_allows_what_any_did)
{
	struct outcome outcome;
	char line[512], file[256];
	struct stat status;

	put("a.json", ",\"read\":[\"/a\"]", "");
	put("b.json", ",\"read\":[\"/b\"],\"listen\":[\"tcp/1\"],\"accept\":[{\"from\":\"any\"}]",
	    "");
	snprintf(file, sizeof(file), "%s/a.json", directory);
	ck_assert_int_eq(chmod(file, 0640), 0);
	snprintf(line, sizeof(line), "--output %s", file);
	outcome = merge(line);
	ck_assert_int_eq(outcome.code, EXIT_OK);
	ck_assert_str_eq(outcome.text, "");
	free(outcome.text);
	ck_assert_int_eq(stat(file, &status), 0);
	ck_assert_uint_eq(status.st_mode & 07777, 0640);
	assert_diff("- w: /p may no longer read /a\n");
	/* Once more changes nothing */
	outcome = merge("");
	reader_write(directory, "b.json", "%s", outcome.text);
	ck_assert_int_eq(outcome.code, EXIT_OK);
	free(outcome.text);
	assert_diff("");
}
END_TEST

START_TEST(what_would_be_wrong_is_not_written)
{
	struct outcome outcome;
	char line[512], file[256], long_name[200];
	struct stat before, after;
	char patterns[4096] = "";
	int i;

	/* Each has 40 names with wildcards below one directory; 64 may be */
	for (i = 0; i < 40; i++)
		sprintf(patterns + strlen(patterns), "%s\"/d/a%02dq*x/y\"",
			i ? "," : ",\"read\":[", i);
	strcat(patterns, "]");
	put("a.json", patterns, "");
	for (i = 0; patterns[i]; i++)
		if (patterns[i] == 'a' && patterns[i - 1] == '/')
			patterns[i] = 'b';
	put("b.json", patterns, "");
	snprintf(file, sizeof(file), "%s/c.json", directory);
	snprintf(line, sizeof(line), "--output %s", file);
	outcome = merge(line);
	ck_assert_int_eq(outcome.code, EXIT_MANIFEST);
	ck_assert_int_eq(stat(file, &before), -1);
	free(outcome.text);
	/* Nor is anything left behind, or a file of another's harmed */
	snprintf(long_name, sizeof(long_name), "--output %s/none/c.json",
		 directory);
	put("a.json", "", "");
	put("b.json", "", "");
	outcome = merge(long_name);
	ck_assert_int_eq(outcome.code, EXIT_FAILED);
	ck_assert_int_eq(stat(directory, &after), 0);
	free(outcome.text);
	/* Segments are no manifest, and a directory is not one */
	reader_write(directory, "b.json",
		     "{\"segments\":1,\"name\":\"s\",\"define\":[{\"segment\":\"a\",\"members\":[]}]}");
	outcome = merge("");
	ck_assert_int_eq(outcome.code, EXIT_MANIFEST);
	free(outcome.text);
	reader_write(directory, "d/b.json", "{}");
	snprintf(line, sizeof(line), "%s/a.json %s/d", directory, directory);
	outcome = run_command(&command_merge, line, false);
	ck_assert_int_eq(outcome.code, EXIT_MANIFEST);
	free(outcome.text);
}
END_TEST

Suite *compare_suite(void)
{
	Suite *suite = suite_create("diff and merge");
	TCase *comparing = tcase_create("diff");
	TCase *merging = tcase_create("merge");

	tcase_add_checked_fixture(comparing, set_up, tear_down);
	tcase_add_loop_test(comparing, the_same_in_other_words_is_the_same, 0,
			    8);
	tcase_add_loop_test(comparing, each_difference_says_what_it_means, 0,
			    12);
	tcase_add_test(comparing, heads_and_sets_are_compared);
	tcase_add_test(comparing, segments_are_compared);
	tcase_add_test(comparing, differences_are_json_on_demand);
	tcase_add_test(comparing, what_cannot_be_compared_ends_otherwise);
	suite_add_tcase(suite, comparing);
	tcase_add_checked_fixture(merging, set_up, tear_down);
	tcase_add_test(merging, a_merger_keeps_what_the_first_says);
	tcase_add_loop_test(merging, contradictions_are_told_and_denied, 0, 9);
	tcase_add_test(merging, what_is_written_allows_what_any_did);
	tcase_add_test(merging, what_would_be_wrong_is_not_written);
	suite_add_tcase(suite, merging);
	return suite;
}
