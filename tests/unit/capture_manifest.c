// SPDX-License-Identifier: LGPL-2.1-or-later
/* The manifest as a whole: what is in it, and what is for a decision. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "capture_fixture.h"
#include "ctl/command.h"
#include "ctl/manifest_write.h"
#include "reader_fixture.h"
#include "suites.h"

#define NGINX "/usr/sbin/nginx"
#define DASH "/usr/bin/dash"

static struct behaviour *see(struct behaviour_set *set, const char *program,
			     unsigned int op, const char *object)
{
	return capture_add(set, program, op, object);
}

static const struct decision *
find_decision(const struct capture *capture, enum decision_kind kind,
	      const char *object)
{
	size_t i;

	for (i = 0; i < capture->decisions.count; i++)
		if (capture->decisions.items[i].kind == kind &&
		    !strcmp(capture->decisions.items[i].object, object))
			return &capture->decisions.items[i];
	return NULL;
}

static void assert_rules(const struct capture *capture, const char *program,
			 unsigned int op, const char *wanted)
{
	char *rules = capture_rules_text(capture, program, op);

	ck_assert_str_eq(rules, wanted);
	free(rules);
}

static bool has_program(const json_t *document, const char *path)
{
	const json_t *program;
	size_t i;

	json_array_foreach(json_object_get(document, "programs"), i, program)
		if (!strcmp(json_string_value(json_object_get(program, "exe")),
			    path))
			return true;
	return false;
}

/* A server, and what one has to ask about. */
static void see_server(struct behaviour_set *set)
{
	capture_add_flow(set, NGINX, CORDON_OP_LISTEN, "tcp/80");
	see(set, NGINX, CORDON_OP_READ, "/etc/nginx/nginx.conf");
	see(set, NGINX, CORDON_OP_EXEC, DASH)->count = 7;
	see(set, DASH, CORDON_OP_READ, "/etc/passwd");
	see(set, DASH, CORDON_OP_EXEC, "/usr/bin/id");
	see(set, "/usr/bin/id", CORDON_OP_READ, "/etc/group");
	see(set, NGINX, CORDON_OP_EXEC, "/usr/libexec/helper");
	see(set, "/usr/libexec/helper", CORDON_OP_READ, "/srv/x");
	see(set, "/usr/libexec/helper", CORDON_OP_EXEC, "/usr/bin/nc.openbsd");
	see(set, NGINX, CORDON_OP_READ, "/proc/812/stat");
	see(set, NGINX, CORDON_OP_READ, "/proc/813/stat");
	see(set, NGINX, CORDON_OP_READ, "/etc/shadow")->result =
		BEHAVIOUR_DENIED;
	see(set, NGINX, CORDON_OP_WRITE, "/srv/y")->result =
		BEHAVIOUR_WOULD_DENY;
	see(set, NGINX, CORDON_OP_LOAD, "anon:")->kind = CORDON_OBJECT_ANON;
}

START_TEST(what_replaces_a_file_may_be_read)
{
	const struct capture_options options = { 0 };
	struct behaviour_set set = { 0 };
	struct capture capture;
	json_t *document;

	see(&set, NGINX, CORDON_OP_WRITE, "/srv/db/temp-list");
	see(&set, NGINX, CORDON_OP_WRITE, "/srv/db/list");
	see(&set, NGINX, CORDON_OP_READ, "/srv/db/list");
	/* Another program, another directory, and what was denied. */
	see(&set, DASH, CORDON_OP_WRITE, "/srv/db/other");
	see(&set, NGINX, CORDON_OP_WRITE, "/srv/log");
	see(&set, NGINX, CORDON_OP_WRITE, "/srv/db/deeper/log");
	see(&set, NGINX, CORDON_OP_WRITE, "/srv/db/forbidden")->result =
		BEHAVIOUR_DENIED;
	document = capture_made(&capture, &set, &options);
	assert_rules(&capture, NGINX, CORDON_OP_READ,
		     "/srv/db/list /srv/db/temp-list");
	assert_rules(&capture, DASH, CORDON_OP_READ, "");
	json_decref(document);
	capture_free(&capture);
}
END_TEST

START_TEST(what_is_suspect_is_left_out)
{
	const struct capture_options options = { 0 };
	struct behaviour_set set = { 0 };
	const struct decision *decision;
	struct capture capture;
	json_t *document;

	see_server(&set);
	document = capture_made(&capture, &set, &options);
	assert_rules(&capture, NGINX, CORDON_OP_EXEC, "/usr/libexec/helper");
	assert_rules(&capture, NGINX, CORDON_OP_READ, "/etc/nginx/nginx.conf");
	assert_rules(&capture, NGINX, CORDON_OP_LOAD, "");
	assert_rules(&capture, NGINX, CORDON_OP_WRITE, "");
	ck_assert(has_program(document, "/usr/libexec/helper"));
	ck_assert(!has_program(document, DASH));
	ck_assert(!has_program(document, "/usr/bin/id"));
	ck_assert(!has_program(document, "/usr/bin/nc.openbsd"));
	ck_assert_uint_eq(capture.decisions.count, 6);
	decision = find_decision(&capture, DECISION_PROGRAM, DASH);
	ck_assert_ptr_nonnull(decision);
	ck_assert_str_eq(decision->why, "a shell");
	ck_assert_uint_eq(decision->seen.count, 7);
	ck_assert_uint_eq(decision->acts, 2);
	decision = find_decision(&capture, DECISION_PROGRAM,
				 "/usr/bin/nc.openbsd");
	ck_assert_str_eq(decision->program, "/usr/libexec/helper");
	decision = find_decision(&capture, DECISION_PROCESS,
				 "/proc/[0-9]*/stat");
	ck_assert_uint_eq(decision->seen.objects, 2);
	ck_assert_ptr_nonnull(find_decision(&capture, DECISION_DENIED,
					    "/etc/shadow"));
	ck_assert_ptr_nonnull(find_decision(&capture, DECISION_DENIED,
					    "/srv/y"));
	ck_assert_ptr_nonnull(find_decision(&capture, DECISION_MEMORY,
					    "anon:"));
	ck_assert_ptr_nonnull(strstr(json_string_value(json_object_get(document,
							"description")),
				     "6 left for a decision"));
	json_decref(document);
	capture_free(&capture);
}
END_TEST

START_TEST(what_is_allowed_is_taken_in)
{
	const char *const programs[] = { DASH, "/usr/bin/nc.openbsd" };
	const char *const objects[] = {
		"anon:", "/proc/[0-9]*/stat", "/etc/shadow",
	};
	const struct capture_options options = {
		.programs = programs,
		.program_count = 2,
		.objects = objects,
		.object_count = 3,
		.monitored = true,
	};
	struct behaviour_set set = { 0 };
	struct capture capture;
	json_t *document;

	see_server(&set);
	document = capture_made(&capture, &set, &options);
	ck_assert_uint_eq(capture.decisions.count, 0);
	assert_rules(&capture, NGINX, CORDON_OP_EXEC,
		     DASH " /usr/libexec/helper");
	assert_rules(&capture, NGINX, CORDON_OP_READ,
		     "/etc/nginx/nginx.conf /etc/shadow /proc/[0-9]*/stat");
	assert_rules(&capture, NGINX, CORDON_OP_LOAD, "anon:");
	assert_rules(&capture, NGINX, CORDON_OP_WRITE, "/srv/y");
	ck_assert(has_program(document, "/usr/bin/id"));
	ck_assert(has_program(document, "/usr/bin/nc.openbsd"));
	json_decref(document);
	capture_free(&capture);
}
END_TEST

/* What a rule denied, in whatever mode, was denied on purpose. */
START_TEST(a_rule_is_not_overruled)
{
	const struct capture_options options = { .monitored = true };
	struct behaviour_set set = { 0 };
	struct behaviour *behaviour;
	struct capture capture;
	json_t *document;

	see(&set, NGINX, CORDON_OP_READ, "/srv/x");
	behaviour = see(&set, NGINX, CORDON_OP_WRITE, "/etc/x");
	behaviour->result = BEHAVIOUR_WOULD_DENY;
	behaviour->reason = strdup("rule");
	behaviour = see(&set, NGINX, CORDON_OP_WRITE, "/mnt");
	behaviour->result = BEHAVIOUR_WOULD_DENY;
	behaviour->reason = strdup("mount");
	document = capture_made(&capture, &set, &options);
	assert_rules(&capture, NGINX, CORDON_OP_WRITE, "");
	ck_assert_ptr_nonnull(find_decision(&capture, DECISION_DENIED,
					    "/etc/x"));
	ck_assert_ptr_nonnull(find_decision(&capture, DECISION_UNSPELLABLE,
					    "/mnt"));
	json_decref(document);
	capture_free(&capture);
}
END_TEST

/* A shell that no one on the network comes to is a program like others. */
START_TEST(a_shell_of_a_job_is_taken_in)
{
	const struct capture_options options = { 0 };
	struct behaviour_set set = { 0 };
	struct capture capture;
	json_t *document;

	see(&set, "/usr/sbin/logrotate", CORDON_OP_EXEC, DASH);
	see(&set, DASH, CORDON_OP_READ, "/srv/x");
	document = capture_made(&capture, &set, &options);
	ck_assert_uint_eq(capture.decisions.count, 0);
	ck_assert(has_program(document, DASH));
	json_decref(document);
	capture_free(&capture);
}
END_TEST

/* Two scripts and their shell, which nobody executes but for them. */
START_TEST(scripts_act_for_themselves)
{
	const struct capture_options options = { 0 };
	struct behaviour_set set = { 0 };
	struct capture capture;
	json_t *document;

	capture_add_flow(&set, NGINX, CORDON_OP_LISTEN, "tcp/80");
	see(&set, NGINX, CORDON_OP_EXEC, "/srv/a.sh")->count = 2;
	see(&set, NGINX, CORDON_OP_EXEC, "/srv/b.sh")->count = 3;
	see(&set, NGINX, CORDON_OP_EXEC, DASH)->count = 5;
	see(&set, DASH, CORDON_OP_READ, "/srv/a.sh");
	see(&set, DASH, CORDON_OP_READ, "/srv/b.sh");
	see(&set, DASH, CORDON_OP_EXEC, "/usr/bin/sort");
	document = capture_made(&capture, &set, &options);
	assert_rules(&capture, NGINX, CORDON_OP_EXEC, "/srv/a.sh /srv/b.sh");
	assert_rules(&capture, "/srv/a.sh", CORDON_OP_EXEC,
		     DASH " /usr/bin/sort");
	ck_assert(!has_program(document, DASH));
	ck_assert(has_program(document, "/usr/bin/sort"));
	ck_assert_uint_eq(capture.decisions.count, 0);
	json_decref(document);
	capture_free(&capture);
}
END_TEST

/* Once more than its scripts account for: then it was executed by itself. */
START_TEST(a_shell_beside_scripts_is_told)
{
	const struct capture_options options = { 0 };
	struct behaviour_set set = { 0 };
	struct capture capture;
	json_t *document;

	capture_add_flow(&set, NGINX, CORDON_OP_LISTEN, "tcp/80");
	see(&set, NGINX, CORDON_OP_EXEC, "/srv/a.sh")->count = 2;
	see(&set, NGINX, CORDON_OP_EXEC, DASH)->count = 3;
	see(&set, DASH, CORDON_OP_READ, "/srv/a.sh");
	document = capture_made(&capture, &set, &options);
	assert_rules(&capture, NGINX, CORDON_OP_EXEC, "/srv/a.sh");
	ck_assert_ptr_nonnull(find_decision(&capture, DECISION_PROGRAM, DASH));
	json_decref(document);
	capture_free(&capture);
}
END_TEST

START_TEST(what_all_need_stands_once)
{
	const struct capture_options options = { 0 };
	struct behaviour_set set = { 0 };
	struct capture capture;
	json_t *document;

	see(&set, NGINX, CORDON_OP_LOAD, "/usr/lib/libc.so.6");
	see(&set, NGINX, CORDON_OP_READ, "/usr/lib/libc.so.6");
	see(&set, NGINX, CORDON_OP_READ, "/srv/x");
	see(&set, NGINX, CORDON_OP_EXEC, "/usr/bin/a");
	see(&set, "/usr/bin/a", CORDON_OP_LOAD, "/usr/lib/libc.so.6");
	document = capture_made(&capture, &set, &options);
	assert_rules(&capture, NULL, CORDON_OP_LOAD, "/usr/lib/libc.so.6");
	assert_rules(&capture, NGINX, CORDON_OP_LOAD, "");
	/* To load it is to read it. */
	assert_rules(&capture, NGINX, CORDON_OP_READ, "/srv/x");
	assert_rules(&capture, NULL, CORDON_OP_EXEC, "");
	json_decref(document);
	capture_free(&capture);
}
END_TEST

START_TEST(modes_names_and_members)
{
	const char *const members[] = { "unit:a.service", "user:0" };
	const char *const host[] = { "host" };
	struct capture_options options = {
		.name = "shop",
		.members = members,
		.member_count = 2,
		.enforce = true,
	};
	struct behaviour_set set = { 0 };
	struct capture capture;
	json_t *document, *value;

	see(&set, NGINX, CORDON_OP_READ, "/srv/x");
	document = capture_made(&capture, &set, &options);
	ck_assert_str_eq(json_string_value(json_object_get(document,
							   "workload")),
			 "shop");
	value = json_object_get(json_object_get(document, "mode"), "net");
	ck_assert_str_eq(json_string_value(value), "enforce");
	value = json_object_get(json_object_get(document, "members"), "any");
	ck_assert_uint_eq(json_array_size(value), 2);
	json_decref(document);
	options.members = host;
	options.member_count = 1;
	document = capture_document(&capture, &options);
	ck_assert_str_eq(json_string_value(json_object_get(document,
							   "members")), "host");
	json_decref(document);
	capture_free(&capture);
}
END_TEST

/* Capture asks the engine, and does not write what would deny. */
START_TEST(a_wrong_manifest_is_noticed)
{
	const struct capture_options options = { 0 };
	struct behaviour_set set = { 0 };
	struct capture capture;
	json_t *document;
	char *text;

	see(&set, NGINX, CORDON_OP_READ, "/srv/x");
	document = capture_made(&capture, &set, &options);
	json_object_del(json_array_get(json_object_get(document, "programs"),
				       0), "read");
	text = manifest_write(document);
	ck_assert_ptr_nonnull(freopen("/dev/null", "w", stderr));
	ck_assert_int_eq(capture_verify(&capture, text), -1);
	free(text);
	json_decref(document);
	capture_free(&capture);
}
END_TEST

/* The command, on lines as `learn show` and `monitor` write them. */
static int run_capture(const char *arguments, char **text)
{
	struct command_line line = { .verbose = false };
	struct command_globals globals = { .colour = OUTPUT_COLOUR_NEVER };
	char *words[16] = { NULL }, *copy = strdup(arguments), *save;
	FILE *stream;
	size_t size;
	int count = 0, code;

	for (words[0] = strtok_r(copy, " ", &save); words[count];
	     words[count] = strtok_r(NULL, " ", &save))
		count++;
	ck_assert_int_eq(command_parse(&command_capture, count, words, &line,
				       &globals), EXIT_OK);
	ck_assert_ptr_nonnull(freopen("/dev/null", "w", stderr));
	stream = open_memstream(text, &size);
	line.output = output_create(stream, true, OUTPUT_COLOUR_NEVER);
	code = command_capture.run(&line);
	output_destroy(line.output);
	fclose(stream);
	free(copy);
	return code;
}

#define LINE "{\"workload\":\"%s\",\"program\":\"/usr/bin/p\",\"op\":\"%s\",\"object\":\"%s\",\"kind\":\"%s\",\"result\":\"%s\",\"count\":3,\"first\":\"2026-11-23T10:00:00.5Z\",\"last\":\"2026-11-23T11:00:00Z\",\"uid\":33}\n"

START_TEST(the_command_reads_and_writes)
{
	char *directory = reader_directory(), arguments[512], *text, *said;

	reader_write(directory, "a.json", LINE LINE, "w", "read", "/srv/a",
		     "path", "learned", "w", "write", "/srv/\\\\xff", "path",
		     "learned");
	reader_write(directory, "b.json", LINE LINE LINE, "w", "read", "/srv/a",
		     "path", "learned", "v", "read", "/srv/b", "path",
		     "learned", "w", "read", "/srv/c", "path", "denied");
	snprintf(arguments, sizeof(arguments),
		 "w --from %s/a.json --from=%s/b.json --output %s/w.json",
		 directory, directory, directory);
	ck_assert_int_eq(run_capture(arguments, &text), EXIT_DECISION);
	ck_assert_ptr_nonnull(strstr(text, "\"rule\":\"/srv/a\",\"shape\":null,\"kind\":null,\"why\":null,\"how\":null,\"objects\":1,\"count\":6"));
	ck_assert_ptr_nonnull(strstr(text, "\"rule\":\"/srv/?\""));
	ck_assert_ptr_nonnull(strstr(text, "\"record\":\"decision\""));
	ck_assert_ptr_null(strstr(text, "/srv/b"));
	free(text);
	said = reader_findings(directory, "w.json", true);
	ck_assert_str_eq(said, "");
	free(said);
	reader_remove(directory);
}
END_TEST

/* To the shell it is a link, to the module the process that acts. */
START_TEST(proc_self_is_no_link)
{
	char *directory = reader_directory(), *said;

	reader_write(directory, "w.json",
		     "{\"manifest\":1,\"workload\":\"w\",\"members\":{\"any\":[\"exe:/usr/w\"]},\"default\":\"deny\",\n"
		     "\"allow\":[{\"read\":[\"/proc/self/status\"]}]}");
	said = reader_findings(directory, "w.json", false);
	ck_assert_str_eq(said, "");
	free(said);
	reader_remove(directory);
}
END_TEST

START_TEST(only_some_options_are_repeated)
{
	struct command_globals globals = { .colour = OUTPUT_COLOUR_NEVER };
	const char *values[COMMAND_REPEATS_MAX];
	char *from[] = { "--from", "a", "--allow=x", "--from=b", NULL };
	char *name[] = { "--name", "a", "--name", "b", NULL };
	struct command_line line;

	ck_assert_int_eq(command_parse(&command_capture, 4, from, &line,
				       &globals), EXIT_OK);
	ck_assert_uint_eq(command_values(&line, 0, values), 2);
	ck_assert_str_eq(values[0], "a");
	ck_assert_str_eq(values[1], "b");
	ck_assert_ptr_nonnull(freopen("/dev/null", "w", stderr));
	ck_assert_int_eq(command_parse(&command_capture, 4, name, &line,
				       &globals), EXIT_USAGE);
}
END_TEST

START_TEST(wrong_lines_are_told)
{
	static const char *const wrong[] = {
		"{\"op\":\"read\"}", "{\"op\":\"read\",", "[1]", "\"x\"",
		"{\"workload\":\"w\",\"program\":\"p\",\"op\":\"read\",\"kind\":\"path\",\"object\":\"/a\",\"result\":\"learned\"}",
		"{\"workload\":\"w\",\"program\":\"/p\",\"op\":\"reed\",\"kind\":\"path\",\"object\":\"/a\",\"result\":\"learned\"}",
		"{\"workload\":\"w\",\"program\":\"/p\",\"op\":\"read\",\"kind\":\"path\",\"object\":\"a\",\"result\":\"learned\"}",
		"{\"workload\":\"w\",\"program\":\"/p\",\"op\":\"read\",\"kind\":\"path\",\"result\":\"learned\"}",
		"{\"workload\":\"w\",\"program\":\"/p\",\"op\":\"connect\",\"kind\":\"peer\",\"object\":\"tcp/x@y\",\"result\":\"learned\"}",
	};
	char *directory = reader_directory(), arguments[256], *text;

	reader_write(directory, "a.json", "%s", wrong[_i]);
	snprintf(arguments, sizeof(arguments), "--from %s/a.json", directory);
	ck_assert_int_eq(run_capture(arguments, &text), EXIT_MANIFEST);
	free(text);
	reader_remove(directory);
}
END_TEST

START_TEST(departures_and_drops_are_read)
{
	struct behaviour_set set = { 0 };
	FILE *stream;
	char text[] =
		"{\"type\":\"departure\",\"action\":\"would-deny\",\"workload\":\"w\",\"program\":\"/p\",\"op\":\"read\",\"object\":\"/a\",\"kind\":\"path\",\"reason\":\"default\",\"count\":1,\"time\":\"2026-11-23T10:00:00Z\",\"uid\":0,\"first\":{\"sequence\":null,\"time\":null}}\n"
		"{\"type\":\"repeats\",\"action\":\"would-deny\",\"workload\":\"w\",\"program\":\"/p\",\"op\":\"read\",\"object\":\"/a\",\"kind\":\"path\",\"reason\":\"default\",\"count\":4,\"time\":\"2026-11-23T10:00:09Z\",\"uid\":0,\"first\":{\"time\":\"2026-11-23T10:00:00Z\"},\"last\":{\"time\":\"2026-11-23T10:00:08Z\"}}\n"
		"{\"type\":\"exec\",\"workload\":\"w\"}\n"
		"{\"type\":\"missed\",\"missed\":5}\n"
		"[ {\"workload\":\"w\",\"dropped\":{\"file\":3,\"net\":1}} ]\n"
		"{\"workload\":\"w\",\"program\":\"/p\",\"op\":\"accept\",\"object\":\"tcp/80@10.0.0.7\",\"kind\":\"peer\",\"result\":\"learned\",\"protocol\":\"tcp\",\"local\":{\"address\":null,\"port\":80},\"remote\":{\"address\":\"10.0.0.7\",\"port\":null},\"segments\":[\"db\",\"all\"],\"peer\":null}\n";

	stream = fmemopen(text, strlen(text), "r");
	ck_assert_int_eq(behaviour_set_read(&set, stream, "text"), 0);
	fclose(stream);
	behaviour_set_settle(&set);
	ck_assert_uint_eq(set.count, 2);
	ck_assert_uint_eq(set.items[0].count, 5);
	ck_assert_int_eq(set.items[0].result, BEHAVIOUR_WOULD_DENY);
	ck_assert_uint_eq(set.items[0].last - set.items[0].first, 8000000000);
	ck_assert_uint_eq(set.dropped, 9);
	ck_assert_str_eq(set.items[1].segment, "db");
	ck_assert_uint_eq(set.items[1].port, 80);
	behaviour_set_free(&set);
}
END_TEST

/* What was dropped is said in the manifest, and makes a bare root suspect. */
START_TEST(drops_are_told)
{
	const struct capture_options options = { 0 };
	struct behaviour_set set = { .dropped = 12 };
	struct capture capture;
	json_t *document;

	see(&set, NGINX, CORDON_OP_READ, "/srv/x");
	see(&set, "/usr/bin/socat", CORDON_OP_READ, "/srv/x");
	document = capture_made(&capture, &set, &options);
	ck_assert_ptr_nonnull(strstr(json_string_value(json_object_get(document,
							"description")),
				     "INCOMPLETE: 12 acts were not recorded"));
	ck_assert(!has_program(document, "/usr/bin/socat"));
	ck_assert_ptr_nonnull(find_decision(&capture, DECISION_PROGRAM,
					    "/usr/bin/socat"));
	json_decref(document);
	capture_free(&capture);
}
END_TEST

Suite *capture_manifest_suite(void)
{
	Suite *suite = suite_create("capture/manifest");
	TCase *test = tcase_create("manifests");

	tcase_add_test(test, what_is_suspect_is_left_out);
	tcase_add_test(test, what_is_allowed_is_taken_in);
	tcase_add_test(test, what_replaces_a_file_may_be_read);
	tcase_add_test(test, a_rule_is_not_overruled);
	tcase_add_test(test, a_shell_of_a_job_is_taken_in);
	tcase_add_test(test, scripts_act_for_themselves);
	tcase_add_test(test, a_shell_beside_scripts_is_told);
	tcase_add_test(test, what_all_need_stands_once);
	tcase_add_test(test, modes_names_and_members);
	tcase_add_test(test, a_wrong_manifest_is_noticed);
	tcase_add_test(test, the_command_reads_and_writes);
	tcase_add_test(test, proc_self_is_no_link);
	tcase_add_test(test, only_some_options_are_repeated);
	tcase_add_loop_test(test, wrong_lines_are_told, 0, 9);
	tcase_add_test(test, departures_and_drops_are_read);
	tcase_add_test(test, drops_are_told);
	suite_add_tcase(suite, test);
	return suite;
}
