// SPDX-License-Identifier: LGPL-2.1-or-later
/*
 * The commands that need no module: check, test and explain, as a whole.
 */
#include <jansson.h>
#include <stdlib.h>
#include <string.h>

#include "ctl/command.h"
#include "reader_fixture.h"
#include "suites.h"

#define WORDS_MAX 24

/**
 * struct outcome - how a command ended
 * @code: its exit code
 * @text: what it wrote to stdout
 */
struct outcome {
	int code;
	char *text;
};

/* Runs "check --strict FILE", split at spaces; what goes to stderr is lost. */
static struct outcome run(const struct command *command, const char *line,
			  bool json)
{
	struct command_line parsed = { .verbose = false };
	struct command_globals globals = { .colour = OUTPUT_COLOUR_NEVER };
	char *words[WORDS_MAX + 1] = { NULL }, *copy = strdup(line), *save;
	struct outcome outcome;
	FILE *stream;
	int count = 0;
	size_t size;

	for (words[0] = strtok_r(copy, " ", &save); words[count];
	     words[count] = strtok_r(NULL, " ", &save))
		ck_assert_int_lt(++count, WORDS_MAX);
	ck_assert_int_eq(command_parse(command, count, words, &parsed,
				       &globals), EXIT_OK);
	ck_assert_ptr_nonnull(freopen("/dev/null", "w", stderr));
	stream = open_memstream(&outcome.text, &size);
	parsed.output = output_create(stream, json, OUTPUT_COLOUR_NEVER);
	outcome.code = command->run(&parsed);
	output_destroy(parsed.output);
	fclose(stream);
	free(copy);
	return outcome;
}

static void assert_outcome(const struct command *command, const char *line,
			   int code, const char *text)
{
	struct outcome outcome = run(command, line, false);

	ck_assert_msg(outcome.code == code, "%s: ended with %d\n%s", line,
		      outcome.code, outcome.text);
	ck_assert_msg(strstr(outcome.text, text), "%s: no \"%s\" in\n%s", line,
		      text, outcome.text);
	free(outcome.text);
}

START_TEST(check_ends_as_it_says)
{
	assert_outcome(&command_check, READER_MANIFESTS "/good/least.json",
		       EXIT_OK, "1 file right: 1 workload, 0 rules\n");
	assert_outcome(&command_check, READER_MANIFESTS "/good/base/second.json",
		       EXIT_OK, "1 file right\n");
	assert_outcome(&command_check, READER_MANIFESTS "/warned/repeated.json",
		       EXIT_OK, "0 errors, 1 warning\n");
	assert_outcome(&command_check,
		       "--strict " READER_MANIFESTS "/warned/repeated.json",
		       EXIT_MANIFEST, "warning: /allow/0/read/2: ");
	assert_outcome(&command_check, READER_MANIFESTS "/bad/default.json",
		       EXIT_MANIFEST, "bad/default.json:5:14: error: /default: ");
	assert_outcome(&command_check,
		       "--no-host " READER_MANIFESTS "/bad/members-user.json",
		       EXIT_OK, "1 file right");
}
END_TEST

START_TEST(findings_are_json_on_demand)
{
	struct outcome outcome = run(&command_check,
				     READER_MANIFESTS "/bad/default.json "
				     READER_MANIFESTS "/bad/empty.json", true);
	json_t *findings = json_loads(outcome.text, 0, NULL), *one;

	ck_assert_int_eq(outcome.code, EXIT_MANIFEST);
	ck_assert_uint_eq(json_array_size(findings), 2);
	one = json_array_get(findings, 0);
	ck_assert_str_eq(json_string_value(json_object_get(one, "level")),
			 "error");
	ck_assert_int_eq(json_integer_value(json_object_get(one, "line")), 5);
	ck_assert_int_eq(json_integer_value(json_object_get(one, "column")),
			 14);
	ck_assert_str_eq(json_string_value(json_object_get(one, "pointer")),
			 "/default");
	ck_assert_str_eq(json_string_value(json_object_get(one, "hint")),
			 "did you mean \"deny\"?");
	one = json_array_get(findings, 1);
	ck_assert(json_is_null(json_object_get(one, "line")));
	json_decref(findings);
	free(outcome.text);
}
END_TEST

START_TEST(shipped_manifests_are_right_and_do_what_they_should)
{
	assert_outcome(&command_check,
		       "--strict --no-host manifests manifests/base/common-files.json manifests/base/host.json manifests/base/shared-libraries.json",
		       EXIT_OK, "files right");
	assert_outcome(&command_check,
		       "--strict --no-host manifests/three-tier", EXIT_OK,
		       "5 files right: 2 workloads, 5 segments, ");
	assert_outcome(&command_test,
		       "manifests/tests/host.json manifests/tests/nginx.json manifests/tests/pieces.json manifests/tests/postgresql.json manifests/tests/redis.json manifests/tests/three-tier.json",
		       EXIT_OK, " passed, 0 failed\n");
}
END_TEST

START_TEST(cases_pass_and_fail)
{
	char *directory = reader_directory(), line[256];

	assert_outcome(&command_test,
		       READER_MANIFESTS "/cases/good/web.json "
		       READER_MANIFESTS "/cases/good/monitor.json", EXIT_OK,
		       "16 cases: 16 passed, 0 failed\n");
	assert_outcome(&command_test, READER_MANIFESTS "/cases/bad/keys.json",
		       EXIT_MANIFEST, "0 cases: 0 passed, 0 failed; not all could be run\n");

	reader_write(directory, "m.json",
		     "{\"manifest\":1,\"workload\":\"w\",\"members\":{\"any\":[\"exe:/usr/w\"]},\"default\":\"deny\",\n"
		     "\"mode\":{\"exec\":\"enforce\"},\"allow\":[{\"read\":[\"/a\"],\"exec\":[\"/usr/x\"]}]}");
	reader_write(directory, "t.json",
		     "{\"cordon-test\":1,\"manifests\":[\"m.json\"],\"cases\":[\n"
		     "{\"exe\":\"/usr/w\",\"act\":\"read\",\"path\":\"/a\",\"expect\":\"deny\",\"note\":\"so\"},\n"
		     "{\"exe\":\"/usr/w\",\"act\":\"read\",\"path\":\"/b\",\"expect\":\"would-deny\"},\n"
		     "{\"workload\":\"v\",\"exe\":\"/usr/w\",\"act\":\"read\",\"path\":\"/b\",\"expect\":\"allow\"},\n"
		     "{\"exe\":\"/usr/y\",\"act\":\"exec\",\"path\":\"/usr/w\",\"expect\":\"allow\",\"becomes\":\"host\"},\n"
		     "{\"exe\":\"/usr/w\",\"act\":\"exec\",\"path\":\"/usr/x\",\"expect\":\"allow\"}]}");
	snprintf(line, sizeof(line), "%s/t.json", directory);
	assert_outcome(&command_test, line, EXIT_VERDICT,
		       "5 cases: 1 passed, 4 failed\n");
	assert_outcome(&command_test, line, EXIT_VERDICT,
		       "t.json:2:1: failed: /usr/w read /a: expected deny, got allow: the rule \"/a\", which allows read, at ");
	assert_outcome(&command_test, line, EXIT_VERDICT, " (so)\n");
	assert_outcome(&command_test, line, EXIT_VERDICT,
		       "t.json:4:1: failed: v: /usr/w read /b: no manifest has this workload\n");
	assert_outcome(&command_test, line, EXIT_VERDICT,
		       "expected it to become \"host\", it becomes \"w\"\n");
	assert_outcome(&command_test, line, EXIT_VERDICT,
		       "expected allow, got deny: it may be started, but has no entry in \"programs\"\n");
	reader_remove(directory);
}
END_TEST

#define EXAMPLE READER_MANIFESTS "/good/example.json"
#define WEB "--no-host --workload web --exe /usr/sbin/nginx "

START_TEST(verdicts_are_explained)
{
	static const struct {
		const char *line;
		int code;
		const char *text;
	} cases[] = {
		{ WEB "--read /srv/www/x " EXAMPLE, EXIT_OK,
		  "why:      the rule \"/srv/www/**\", which allows read, at " EXAMPLE ":15:37\nnote:     the server\n" },
		{ WEB "--read /etc/shadow --manifest " EXAMPLE, EXIT_VERDICT,
		  "verdict:  would-deny\n" },
		{ WEB "--read /etc/shadow " EXAMPLE, EXIT_VERDICT,
		  "add \"/etc/shadow\" to \"read\" of the program /usr/sbin/nginx in " EXAMPLE "; it is told, not stopped, until `cordonctl mode web file=enforce`" },
		{ WEB "--write /etc/passwd " EXAMPLE, EXIT_VERDICT,
		  "a deny outweighs every allow" },
		{ WEB "--exec /usr/bin/a*b " EXAMPLE, EXIT_VERDICT,
		  "add \"/usr/bin/a\\\\*b\" to \"exec\"" },
		{ WEB "--exec /usr/bin/id " EXAMPLE, EXIT_VERDICT,
		  "; it also needs an entry of its own there" },
		{ WEB "--exec /usr/libexec/helper " EXAMPLE, EXIT_OK,
		  "web\n" },
		{ WEB "--exec anon: " EXAMPLE, EXIT_VERDICT,
		  "a deny outweighs every allow" },
		{ WEB "--load anon: " EXAMPLE, EXIT_VERDICT,
		  "add \"anon:\" to \"load\"" },
		{ "--no-host --workload web --exe /usr/bin/id --read /x " EXAMPLE,
		  EXIT_VERDICT,
		  "add { \"exe\": \"/usr/bin/id\", \"read\": [ \"/x\" ] } to \"programs\"" },
		{ "--no-host --exe /usr/bin/id --read /x " EXAMPLE, EXIT_OK,
		  "why:      no manifest speaks of it\n" },
		{ "--no-host --workload wbe --exe /x --read /x " EXAMPLE,
		  EXIT_UNKNOWN, "" },
		{ "--no-host --exe /x --read /x --write /y " EXAMPLE,
		  EXIT_USAGE, "" },
		{ "--no-host --exe x --read /x " EXAMPLE, EXIT_USAGE, "" },
		{ "--no-host --exe /x --read /x/../y " EXAMPLE, EXIT_USAGE, "" },
		{ "--no-host --read /x " EXAMPLE, EXIT_USAGE, "" },
		{ WEB "--read /x " READER_MANIFESTS "/bad/default.json",
		  EXIT_MANIFEST, "" },
	};

	assert_outcome(&command_explain, cases[_i].line, cases[_i].code,
		       cases[_i].text);
}
END_TEST

START_TEST(explain_resolves_as_the_kernel_does)
{
	char *real = realpath("/bin/sh", NULL), text[256];

	snprintf(text, sizeof(text), "path:     %s\ngiven as: /bin/sh\n", real);
	assert_outcome(&command_explain,
		       "--workload web --exe /usr/sbin/nginx --exec /bin/sh "
		       EXAMPLE, EXIT_VERDICT, text);
	free(real);
}
END_TEST

Suite *reader_commands_suite(void)
{
	Suite *suite = suite_create("reader: commands");
	TCase *offline = tcase_create("offline");

	tcase_set_timeout(offline, 60);
	tcase_add_test(offline, check_ends_as_it_says);
	tcase_add_test(offline, findings_are_json_on_demand);
	tcase_add_test(offline,
		       shipped_manifests_are_right_and_do_what_they_should);
	tcase_add_test(offline, cases_pass_and_fail);
	tcase_add_loop_test(offline, verdicts_are_explained, 0, 17);
	tcase_add_test(offline, explain_resolves_as_the_kernel_does);
	suite_add_tcase(suite, offline);
	return suite;
}
