// SPDX-License-Identifier: LGPL-2.1-or-later
/* cordond's configuration: what it means, and all that is wrong with it. */
#include <stdlib.h>
#include <string.h>

#include "ctl/cordond/config.h"

#include "reader_fixture.h"
#include "suites.h"

static char *directory;
static struct config config;

static void begin(void)
{
	directory = reader_directory();
	memset(&config, 0, sizeof(config));
}

static void end(void)
{
	config_free(&config);
	reader_remove(directory);
}

/* Findings without the directory's name, for free() */
static char *read_text(const char *text)
{
	struct report report;
	char path[256], *said, *at;

	reader_write(directory, "c.json", "%s", text);
	snprintf(path, sizeof(path), "%s/c.json", directory);
	report_init(&report);
	config_read(path, &config, &report);
	report_settle(&report);
	said = reader_text(&report);
	report_free(&report);
	while ((at = strstr(said, directory)))
		memmove(at, at + strlen(directory) + 1,
			strlen(at + strlen(directory) + 1) + 1);
	return said;
}

static void check_right(const char *text)
{
	char *said = read_text(text);

	ck_assert_str_eq(said, "");
	free(said);
}

START_TEST(without_a_file_there_are_defaults)
{
	ck_assert(config_default(&config));
	ck_assert_str_eq(config.store.path, "/var/lib/cordon/events.db");
	ck_assert_uint_eq(config.store.size, 256 << 20);
	ck_assert_uint_eq(config.store.age, 30 * 86400);
	ck_assert_uint_eq(config.sink_count, 1);
	ck_assert_int_eq(config.sinks[0].kind, CONFIG_JSON);
	ck_assert_str_eq(config.sinks[0].path, "/var/log/cordon/events.json");
	ck_assert(!config.sinks[0].departures);
	ck_assert_ptr_null(config.metrics.path);
	ck_assert_str_eq(config.evidence.path, "/var/lib/cordon/evidence");
	ck_assert_uint_eq(config.evidence.size, 1 << 30);
	ck_assert_uint_eq(config.evidence.executable, 64 << 20);
}
END_TEST

START_TEST(evidence_is_bounded_as_it_is_said)
{
	char *said;

	check_right("{ \"cordond\": 1, \"evidence\": { \"path\": \"/srv/e\", \"size\": \"2G\", \"executable\": \"1M\" } }");
	ck_assert_str_eq(config.evidence.path, "/srv/e");
	ck_assert_uint_eq(config.evidence.size, 2ull << 30);
	ck_assert_uint_eq(config.evidence.executable, 1 << 20);
	config_free(&config);
	said = read_text("{ \"cordond\": 1, \"evidence\": { \"path\": \"e\", \"size\": \"1K\" } }");
	ck_assert_ptr_nonnull(strstr(said, "\"e\" is no absolute path"));
	ck_assert_ptr_nonnull(strstr(said, "\"1K\" is too small"));
	free(said);
}
END_TEST

START_TEST(what_is_not_said_stays_as_it_is)
{
	check_right("{ \"cordond\": 1, \"store\": { \"age\": \"7d\" } }");
	ck_assert_uint_eq(config.store.age, 7 * 86400);
	ck_assert_uint_eq(config.store.size, 256 << 20);
	ck_assert_uint_eq(config.sink_count, 1);
}
END_TEST

START_TEST(nobody_need_have_a_sink)
{
	check_right("{ \"cordond\": 1, \"sinks\": [] }");
	ck_assert_uint_eq(config.sink_count, 0);
}
END_TEST

START_TEST(everything_that_can_be_said)
{
	const struct config_sink *sink;

	check_right(
"{ \"cordond\": 1,\n"
"  \"store\": { \"path\": \"/srv/events.db\", \"size\": \"2G\", \"age\": \"90d\" },\n"
"  \"metrics\": { \"path\": \"/run/cordon.prom\", \"every\": \"1m\" },\n"
"  \"sinks\": [\n"
"    { \"sink\": \"json\", \"path\": \"/srv/e.json\", \"size\": \"1M\", \"keep\": 0, \"events\": \"departures\" },\n"
"    { \"sink\": \"journal\" },\n"
"    { \"sink\": \"syslog\", \"to\": \"unix:/dev/log\", \"facility\": \"local3\", \"events\": \"all\" },\n"
"    { \"sink\": \"syslog\", \"name\": \"siem\", \"to\": \"tcp:[2001:db8::1]:601\", \"format\": \"cef\" },\n"
"    { \"sink\": \"syslog\", \"name\": \"radar\", \"to\": \"udp:siem.example:514\", \"format\": \"leef\" } ] }\n");
	ck_assert_str_eq(config.store.path, "/srv/events.db");
	ck_assert_uint_eq(config.store.size, 2ull << 30);
	ck_assert_uint_eq(config.metrics.every, 60);
	ck_assert_uint_eq(config.sink_count, 5);
	sink = config.sinks;
	ck_assert_uint_eq(sink->keep, 0);
	ck_assert(sink->departures);
	sink += 2;
	ck_assert_str_eq(sink->path, "/dev/log");
	ck_assert_int_eq(sink->transport, CONFIG_UNIX);
	ck_assert_uint_eq(sink->facility, 19);
	ck_assert(!sink->departures);
	sink++;
	ck_assert_str_eq(sink->name, "siem");
	ck_assert_str_eq(sink->host, "2001:db8::1");
	ck_assert_str_eq(sink->port, "601");
	ck_assert_int_eq(sink->transport, CONFIG_TCP);
	ck_assert_int_eq(sink->format, CONFIG_CEF);
	ck_assert(sink->departures);
	sink++;
	ck_assert_str_eq(sink->host, "siem.example");
	ck_assert_int_eq(sink->transport, CONFIG_UDP);
	ck_assert_int_eq(sink->format, CONFIG_LEEF);
}
END_TEST

static const struct {
	const char *text;
	const char *wanted;
} wrong[] = {
	{ "{ }", "c.json:1:1: error: " },
	{ "{ \"cordond\": 2 }", "c.json:1:14: error: /cordond: " },
	{ "{ \"cordond\": 1,\n  \"stores\": {} }",
	  "c.json:2:3: error: " },
	{ "{ \"cordond\": 1, \"store\": { \"path\": \"events.db\" } }",
	  "c.json:1:36: error: /store/path: \"events.db\" is no absolute path" },
	{ "{ \"cordond\": 1, \"store\": { \"size\": \"12\" } }",
	  "c.json:1:36: error: /store/size: \"12\" is no size" },
	{ "{ \"cordond\": 1, \"store\": { \"size\": \"1K\" } }",
	  "/store/size: \"1K\" is too small" },
	{ "{ \"cordond\": 1, \"store\": { \"size\": \"99999999999999999999G\" } }",
	  "is no size" },
	{ "{ \"cordond\": 1, \"store\": { \"age\": \"1 week\" } }",
	  "/store/age: \"1 week\" is no time" },
	{ "{ \"cordond\": 1, \"sinks\": [ { } ] }",
	  "/sinks/0: a sink needs the key \"sink\"" },
	{ "{ \"cordond\": 1, \"sinks\": [ { \"sink\": \"sylog\" } ] }",
	  "/sinks/0/sink: \"sylog\" is no kind of sink (did you mean \"syslog\"?)" },
	{ "{ \"cordond\": 1, \"sinks\": [ { \"sink\": \"syslog\" } ] }",
	  "\"to\"" },
	{ "{ \"cordond\": 1, \"sinks\": [ { \"sink\": \"syslog\", \"to\": \"tcp:::1:601\" } ] }",
	  "/sinks/0/to: \"tcp:::1:601\" is nothing that messages can be sent to" },
	{ "{ \"cordond\": 1, \"sinks\": [ { \"sink\": \"syslog\", \"to\": \"tcp:siem\" } ] }",
	  "/sinks/0/to: " },
	{ "{ \"cordond\": 1, \"sinks\": [ { \"sink\": \"syslog\", \"to\": \"unix:log\" } ] }",
	  "/sinks/0/to: " },
	{ "{ \"cordond\": 1, \"sinks\": [ { \"sink\": \"json\", \"to\": \"unix:/dev/log\" } ] }",
	  "/sinks/0" },
	{ "{ \"cordond\": 1, \"sinks\": [ { \"sink\": \"journal\" }, { \"sink\": \"journal\" } ] }",
	  "/sinks/1: there is a sink \"journal\" already (give it a \"name\")" },
	{ "{ \"cordond\": 1, \"sinks\": [ { \"sink\": \"json\" }, { \"sink\": \"json\", \"name\": \"b\" } ] }",
	  "/sinks/1: /var/log/cordon/events.json is the file of another sink" },
	{ "{ \"cordond\": 1, \"metrics\": { \"every\": \"5s\" } }", "\"path\"" },
	{ "{ \"cordond\": 1,", "c.json:1:" },
};

START_TEST(what_is_wrong_is_told_with_its_place)
{
	char *said = read_text(wrong[_i].text);

	ck_assert_msg(strstr(said, wrong[_i].wanted) != NULL,
		      "wanted: %s\nfound: %s", wrong[_i].wanted, said);
	free(said);
}
END_TEST

START_TEST(all_of_it_is_told_at_once)
{
	char *said = read_text(
"{ \"cordond\": 1,\n"
"  \"store\": { \"size\": \"big\" },\n"
"  \"sinks\": [ { \"sink\": \"json\", \"keep\": -1 },\n"
"             { \"sink\": \"syslog\", \"to\": \"x\", \"format\": \"cee\" } ] }\n");

	ck_assert_ptr_nonnull(strstr(said, "c.json:2:"));
	ck_assert_ptr_nonnull(strstr(said, "c.json:3:"));
	ck_assert_ptr_nonnull(strstr(said, "/sinks/1/to"));
	ck_assert_ptr_nonnull(strstr(said, "/sinks/1/format"));
	free(said);
}
END_TEST

Suite *cordond_config_suite(void)
{
	Suite *suite = suite_create("cordond_config");
	TCase *tests = tcase_create("config");

	tcase_add_checked_fixture(tests, begin, end);
	tcase_add_test(tests, without_a_file_there_are_defaults);
	tcase_add_test(tests, evidence_is_bounded_as_it_is_said);
	tcase_add_test(tests, what_is_not_said_stays_as_it_is);
	tcase_add_test(tests, nobody_need_have_a_sink);
	tcase_add_test(tests, everything_that_can_be_said);
	tcase_add_loop_test(tests, what_is_wrong_is_told_with_its_place, 0,
			    (int)(sizeof(wrong) / sizeof(wrong[0])));
	tcase_add_test(tests, all_of_it_is_told_at_once);
	suite_add_tcase(suite, tests);
	return suite;
}
