// SPDX-License-Identifier: LGPL-2.1-or-later
/* What to write to have it allowed: it can be pasted, whatever names say. */
#include <jansson.h>
#include <stdlib.h>
#include <string.h>

#include "ctl/advice.h"
#include "ctl/advice_net.h"
#include "ctl/advice_text.h"
#include "ctl/output.h"

#include "message_fixture.h"
#include "reader_fixture.h"
#include "suites.h"

static void check_advice(enum cordon_op op, const char *object,
			 const char *wanted)
{
	char *text = NULL;
	size_t size;
	FILE *stream = open_memstream(&text, &size);

	advice_put_net(stream, op, object);
	fclose(stream);
	ck_assert_str_eq(text, wanted);
	free(text);
}

START_TEST(advice_can_be_pasted)
{
	char *text = NULL;
	FILE *stream;
	size_t size;

	check_advice(CORDON_OP_CONNECT, "tcp/5432@10.0.2.7",
		     "\"connect\": [ { \"to\": \"10.0.2.7\", \"port\": \"tcp/5432\" } ]");
	check_advice(CORDON_OP_CONNECT, "any@segment:db",
		     "\"connect\": [ { \"to\": \"segment:db\" } ]");
	check_advice(CORDON_OP_CONNECT, "/run/a*b.sock",
		     "\"connect\": [ \"/run/a\\\\*b.sock\" ]");
	check_advice(CORDON_OP_CONNECT, "abstract:a\"b*",
		     "\"connect\": [ \"abstract:a\\\"b*\" ]");
	check_advice(CORDON_OP_ACCEPT, "udp/53@2001:db8::7",
		     "\"accept\": [ { \"from\": \"2001:db8::7\", \"port\": \"udp/53\" } ]");
	check_advice(CORDON_OP_LISTEN, "tcp/443", "\"listen\": [ \"tcp/443\" ]");
	check_advice(CORDON_OP_SOCKET, "packet/raw/3",
		     "\"sockets\": [ \"packet/raw/3\" ]");
	stream = open_memstream(&text, &size);
	advice_put_pass(stream, "web", NULL, "tcp/5432");
	fclose(stream);
	ck_assert_str_eq(text, "\"allow\": [ { \"from\": \"web\", \"to\": \"any\", \"port\": \"tcp/5432\" } ]");
	free(text);
}
END_TEST

START_TEST(advice_names_what_would_allow_an_event)
{
	struct client_event event = {
		.action = CORDON_ACTION_DENY,
		.reason = CORDON_REASON_DEFAULT,
		.op = CORDON_OP_CONNECT,
		.kind = CORDON_OBJECT_PEER,
		.object = "tcp/5432@10.0.2.7",
		.workload = "web",
		.program = "/usr/sbin/nginx",
		.rule_text = "",
		.local = message_end("10.0.1.9", 4711, ""),
		.remote = message_end("10.0.2.7", 5432, ""),
		.peer = "",
	};
	static const struct {
		const char *segments;
		bool unlisted;
		const char *says;
	} cases[] = {
		{ "", false,
		  "add \"connect\": [ { \"to\": \"10.0.2.7\", \"port\": \"tcp/5432\" } ] to the program /usr/sbin/nginx of web" },
		{ "db,prod", false,
		  "add \"connect\": [ { \"to\": \"segment:db\", \"port\": \"tcp/5432\" } ] to the program" },
		{ "", true,
		  "add { \"exe\": \"/usr/sbin/nginx\", \"connect\": [ { \"to\": \"10.0.2.7\", \"port\": \"tcp/5432\" } ] } to the \"programs\" of web" },
	};
	char *text;
	size_t i;

	for (i = 0; i < 3; i++) {
		event.remote.segments = cases[i].segments;
		event.unlisted = cases[i].unlisted;
		text = advice_event(&event);
		ck_assert_msg(strstr(text, cases[i].says), "%s", text);
		free(text);
	}
	event.op = CORDON_OP_READ;
	ck_assert_ptr_null(advice_event(&event));
	event.op = CORDON_OP_CONNECT;
	event.reason = CORDON_REASON_FRAGMENT;
	ck_assert_ptr_null(advice_event(&event));
}
END_TEST

START_TEST(advice_says_how_to_undo_a_block)
{
	struct client_event event = {
		.action = CORDON_ACTION_DENY,
		.reason = CORDON_REASON_RULE,
		.op = CORDON_OP_PASS,
		.kind = CORDON_OBJECT_PEER,
		.object = "tcp/5432@10.0.2.7",
		.workload = "site",
		.program = "",
		.rule_text = "any@any",
		.local = message_end("203.0.113.9", 4711, "blocked,internet"),
		.remote = message_end("10.0.2.7", 5432, "db"),
		.peer = "",
	};
	char *text = advice_event(&event);

	ck_assert_msg(strstr(text, "`cordonctl segment del blocked 203.0.113.9`"),
		      "%s", text);
	free(text);
	event.rule_text = "tcp/5432@{segment:d,segment:db}";
	text = advice_event(&event);
	ck_assert_msg(strstr(text, "`cordonctl segment del db 10.0.2.7`"),
		      "%s", text);
	free(text);
	event.reason = CORDON_REASON_ISOLATED;
	text = advice_event(&event);
	ck_assert_msg(strstr(text, "add \"allow\": [ { \"from\": \"blocked\", \"to\": \"db\", \"port\": \"tcp/5432\" } ] to the document site"),
		      "%s", text);
	free(text);
}
END_TEST

/* Quotes, a new line, ESC, DEL, a wildcard, CSI of C1, and text from the right */
#define HOSTILE "/srv/a\" } ] *\\\n\033[31m\177\302\233\342\200\256"
static const char *const names[] = {
	HOSTILE, "/srv/\303\244", "/srv/\"", "/srv/\n", "/srv/\033]0;x\a",
	"/srv/\177",
};

/* The first object of a sentence, as it stands on a terminal. */
static json_t *pasted(const char *sentence)
{
	char *shown = output_escape(sentence, strlen(sentence));
	json_t *object = json_loads(strchr(shown, '{'), JSON_DISABLE_EOF_CHECK,
				    NULL);

	ck_assert_msg(object, "%s", shown);
	free(shown);
	return object;
}

static void check_pattern(const json_t *value, const char *name)
{
	char *pattern = manifest_pattern_quote(name);

	ck_assert_str_eq(json_string_value(value), pattern);
	free(pattern);
}

START_TEST(hostile_names_of_files_can_be_pasted)
{
	struct manifest_set set = reader_set(READER_MANIFESTS "/good/example.json",
					     NULL);
	const struct evaluation_question question = {
		.workload = "web", .exe = names[_i], .op = CORDON_OP_READ,
		.object = names[_i], .uid = CORDON_NONE,
	};
	struct evaluation evaluation;
	struct cordon_policy *policy;
	struct report report;
	json_t *object;
	char *text;

	report_init(&report);
	policy = manifest_set_compile(&set, false, &report);
	ck_assert(evaluate(policy, &question, &evaluation));
	text = advice_for(&evaluation, &question);
	object = pasted(text);
	check_pattern(json_object_get(object, "exe"), names[_i]);
	check_pattern(json_array_get(json_object_get(object, "read"), 0),
		      names[_i]);
	json_decref(object);
	free(text);
	free(policy);
	manifest_set_free(&set);
	report_free(&report);
}
END_TEST

START_TEST(hostile_names_of_sockets_can_be_pasted)
{
	char abstract[64];
	struct client_event event = {
		.action = CORDON_ACTION_DENY,
		.reason = CORDON_REASON_DEFAULT,
		.op = CORDON_OP_CONNECT,
		.kind = CORDON_OBJECT_PATH,
		.object = names[_i],
		.workload = "web",
		.program = names[_i],
		.unlisted = true,
		.rule_text = "",
		.peer = "",
	};
	json_t *object;
	char *text;

	text = advice_event(&event);
	object = pasted(text);
	check_pattern(json_object_get(object, "exe"), names[_i]);
	check_pattern(json_array_get(json_object_get(object, "connect"), 0),
		      names[_i]);
	json_decref(object);
	free(text);

	/* An abstract name is no pattern */
	snprintf(abstract, sizeof(abstract), "abstract:%s", names[_i]);
	event.kind = CORDON_OBJECT_ABSTRACT;
	event.object = names[_i];
	text = advice_event(&event);
	object = pasted(text);
	ck_assert_str_eq(json_string_value(json_array_get(
			 json_object_get(object, "connect"), 0)), abstract);
	json_decref(object);
	free(text);
}
END_TEST

START_TEST(names_that_no_document_can_spell_are_said_to_be_so)
{
	char *text = NULL;
	FILE *stream;
	size_t size;

	stream = open_memstream(&text, &size);
	advice_put_pattern(stream, "/srv/\377\"");
	fputc('|', stream);
	advice_put_string(stream, "\377\"", 2);
	fclose(stream);
	ck_assert_str_eq(text, "a pattern with \"?\" for each byte that is not UTF-8|a name that is not UTF-8");
	free(text);
}
END_TEST

Suite *advice_suite(void)
{
	Suite *suite = suite_create("advice");
	TCase *advice = tcase_create("advice");

	tcase_add_test(advice, advice_can_be_pasted);
	tcase_add_test(advice, advice_names_what_would_allow_an_event);
	tcase_add_test(advice, advice_says_how_to_undo_a_block);
	tcase_add_loop_test(advice, hostile_names_of_files_can_be_pasted, 0,
			    ARRAY_SIZE(names));
	tcase_add_loop_test(advice, hostile_names_of_sockets_can_be_pasted, 0,
			    ARRAY_SIZE(names));
	tcase_add_test(advice,
		       names_that_no_document_can_spell_are_said_to_be_so);
	suite_add_tcase(suite, advice);
	return suite;
}
