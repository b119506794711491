// SPDX-License-Identifier: LGPL-2.1-or-later
/*
 * The commands that need no module: check, test and explain, as a whole.
 */
#include <jansson.h>
#include <stdlib.h>
#include <string.h>

#include "command_fixture.h"
#include "reader_fixture.h"
#include "suites.h"

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
	assert_outcome(&command_check, READER_MANIFESTS "/good/site", EXIT_OK,
		       "3 files right: 1 workload, 2 segments, 5 rules\n");
}
END_TEST

START_TEST(findings_are_json_on_demand)
{
	struct outcome outcome = run_command(&command_check,
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
		       READER_MANIFESTS "/cases/good/monitor.json "
		       READER_MANIFESTS "/cases/good/net.json", EXIT_OK,
		       "37 cases: 37 passed, 0 failed\n");
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

#define PEER_CASES 34
#define NET READER_MANIFESTS "/good/net.json " READER_MANIFESTS "/good/segments.json"
#define NGINX "--no-host --exe /usr/sbin/nginx "

START_TEST(verdicts_on_peers_are_explained)
{
	static const struct {
		const char *line;
		int code;
		const char *text;
	} cases[] = {
		{ NGINX "--connect udp/53@192.0.2.7 " NET, EXIT_OK,
		  "peer:        udp/53@192.0.2.7\nto segments: 1st\nworkload:    web\n" },
		{ NGINX "--connect udp/53@192.0.2.7 " NET, EXIT_OK,
		  "why:         the rule \"udp/53@{::ffff:192.0.2.7,0.0.0.0/0,::/0}\", which allows connect, at " READER_MANIFESTS "/good/net.json:14:9\n" },
		{ NGINX "--connect tcp/80@169.254.169.254 " NET, EXIT_VERDICT,
		  "no metadata\n" },
		{ NGINX "--connect tcp/5432@10.0.2.7 " NET, EXIT_VERDICT,
		  "add \"connect\": [ { \"to\": \"segment:db\", \"port\": \"tcp/5432\" } ] to the program /usr/sbin/nginx in " },
		{ NGINX "--workload web --connect unix@workload:web " NET, EXIT_OK,
		  "unix@workload:web\n" },
		{ NGINX "--connect /run/other.sock " NET, EXIT_VERDICT,
		  "path:     /run/other.sock\n" },
		{ NGINX "--connect abstract:x " READER_MANIFESTS "/good/least.json",
		  EXIT_VERDICT,
		  "add { \"exe\": \"/usr/sbin/nginx\", \"connect\": [ \"abstract:x\" ] } to \"programs\"" },
		{ NGINX "--connect icmp@workload:web " NET, EXIT_OK, " allow\n" },
		{ NGINX "--listen tcp/81 " NET, EXIT_OK, "verdict:  allow\n" },
		{ NGINX "--listen udp/81 " NET, EXIT_VERDICT, "verdict:  deny\n" },
		{ NGINX "--accept tcp/443@loopback " NET, EXIT_OK, " allow\n" },
		{ NGINX "--socket packet " NET, EXIT_OK, "verdict:  allow\n" },
		{ NGINX "--socket bluetooth " NET, EXIT_VERDICT, "verdict:  deny\n" },
		{ "--from 10.0.1.7 --to 10.0.2.7 --port tcp/5432 " NET, EXIT_OK,
		  "from:          10.0.1.7\nfrom segments: web\n               1st\nto:            10.0.2.7\nto segments:   db\n" },
		{ "--from segment:web --to 10.0.2.7 --port tcp/22 " NET, EXIT_VERDICT,
		  "the rule \"{tcp/22,icmp}@{segment:db,segment:web}\", which denies pass, at " READER_MANIFESTS "/good/segments.json:17:5\n" },
		{ "--from 10.0.1.7 --to 10.0.2.7 --port udp/1 manifests/three-tier",
		  EXIT_VERDICT, "verdict:       deny\n" },
		{ "--from 10.0.1.7 --to 10.0.2.7 --port udp/1 manifests/three-tier",
		  EXIT_VERDICT, "the segment \"app\" is isolated, and no rule lets this flow into or out of it\n" },
		{ "--from 10.0.1.7 --to 10.0.2.7 --port udp/1 manifests/three-tier",
		  EXIT_VERDICT, "add \"allow\": [ { \"from\": \"web\", \"to\": \"app\", \"port\": \"udp/1\" } ] in manifests/three-tier/segments.json" },
		{ "--from segment:web --to 10.0.2.7 --port tcp/22 " NET, EXIT_VERDICT,
		  "mode:          enforce\nreject:        yes\n" },
		{ "--from 10.0.1.7 --to 10.0.2.7 --port udp/1 manifests/three-tier",
		  EXIT_VERDICT, "mode:          enforce\nwhy:" },
		{ "--from 10.0.1.7 --to 10.0.2.7 --port tcp/5432 " NET, EXIT_OK,
		  "mode:          enforce\nwhy:" },
		{ "--from 203.0.113.1 --to 203.0.113.2 --port udp/1 manifests/three-tier",
		  EXIT_OK, "neither end is in an isolated segment" },
		{ "--from segment:wbe --to 10.0.2.7 --port tcp/22 " NET, EXIT_UNKNOWN, "" },
		{ NGINX "--connect tcp/22@workload:wbe " NET, EXIT_UNKNOWN, "" },
		{ "--from 10.0.0.0/8 --to 10.0.2.7 --port tcp/22 " NET, EXIT_USAGE, "" },
		{ "--from 10.0.0.1 --to 10.0.2.7 " NET, EXIT_USAGE, "" },
		{ "--from 10.0.0.1 --to 10.0.2.7 --port tcp " NET, EXIT_USAGE, "" },
		{ "--from 10.0.0.1 --to 10.0.2.7 --port tcp/22 --exe /x " NET,
		  EXIT_USAGE, "" },
		{ NGINX "--connect tcp/80@any " NET, EXIT_USAGE, "" },
		{ NGINX "--connect tcp/80@10.0.0.0/8 " NET, EXIT_USAGE, "" },
		{ NGINX "--connect abstract: " NET, EXIT_USAGE, "" },
		{ NGINX "--listen 80 " NET, EXIT_USAGE, "" },
		{ NGINX "--listen /run/x " NET, EXIT_USAGE, "" },
		{ NGINX "--listen tcp/80 --port tcp/80 " NET, EXIT_USAGE, "" },
	};

	ck_assert_uint_eq(sizeof(cases) / sizeof(cases[0]), PEER_CASES);
	assert_outcome(&command_explain, cases[_i].line, cases[_i].code,
		       cases[_i].text);
}
END_TEST

START_TEST(a_passage_is_json_on_demand)
{
	struct outcome outcome = run_command(&command_explain,
				     "--from 10.0.1.7 --to 10.0.2.7 --port udp/1 manifests/three-tier",
				     true);
	json_t *one = json_loads(outcome.text, 0, NULL), *from, *to;

	ck_assert_int_eq(outcome.code, EXIT_VERDICT);
	from = json_object_get(one, "from");
	to = json_object_get(one, "to");
	ck_assert_str_eq(json_string_value(json_object_get(from, "end")),
			 "10.0.1.7");
	ck_assert_str_eq(json_string_value(json_array_get(
			 json_object_get(from, "segments"), 0)), "web");
	ck_assert_str_eq(json_string_value(json_array_get(
			 json_object_get(to, "segments"), 0)), "app");
	ck_assert_str_eq(json_string_value(json_object_get(one, "reason")),
			 "isolated");
	ck_assert_str_eq(json_string_value(json_object_get(one, "act")),
			 "pass");
	ck_assert(json_is_null(json_object_get(one, "exe")));
	ck_assert(json_is_false(json_object_get(one, "reject")));
	json_decref(one);
	free(outcome.text);
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
	tcase_add_loop_test(offline, verdicts_on_peers_are_explained, 0,
			    PEER_CASES);
	tcase_add_test(offline, a_passage_is_json_on_demand);
	tcase_add_test(offline, explain_resolves_as_the_kernel_does);
	suite_add_tcase(suite, offline);
	return suite;
}
