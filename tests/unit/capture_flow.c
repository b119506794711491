// SPDX-License-Identifier: LGPL-2.1-or-later
/* Ports and peers: how far they are widened, and how far not. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "capture_fixture.h"
#include "suites.h"

#define P "/usr/bin/p"
#define FLOWS_MAX 8

/** struct flow_case - flows of one op, and the rules that they become */
struct flow_case {
	unsigned int op;
	const char *flows[FLOWS_MAX + 1];
	const char *rules;
};

static const struct flow_case flow_cases[] = {
	{ CORDON_OP_LISTEN, { "tcp/80", "tcp/443" }, "tcp/443 tcp/80" },
	{ CORDON_OP_LISTEN, { "tcp/0" }, "tcp/0" },
	{ CORDON_OP_LISTEN, { "udp/40001", "udp/40002", "udp/50003" },
	  "udp/32768-60999" },
	{ CORDON_OP_LISTEN, { "udp/40001", "udp/40002", "tcp/50003" },
	  "tcp/50003 udp/40001 udp/40002" },
	{ CORDON_OP_LISTEN, { "udp/1024", "udp/1025", "udp/1026" },
	  "udp/1024 udp/1025 udp/1026" },
	{ CORDON_OP_CONNECT, { "tcp/5432@10.0.2.7" }, "tcp/5432@10.0.2.7" },
	{ CORDON_OP_CONNECT, { "tcp/5432@10.0.2.7", "tcp/5432@loopback" },
	  "tcp/5432@{loopback,10.0.2.7}" },
	{ CORDON_OP_CONNECT, { "udp/53@10.0.0.1", "tcp/53@10.0.0.1" },
	  "{tcp/53,udp/53}@10.0.0.1" },
	/* Four of a /24, in the tightest prefix; three, or of two, not. */
	{ CORDON_OP_CONNECT, { "tcp/1@10.0.0.4", "tcp/1@10.0.0.5",
			       "tcp/1@10.0.0.6", "tcp/1@10.0.0.7" },
	  "tcp/1@10.0.0.4/30" },
	{ CORDON_OP_CONNECT, { "tcp/1@10.0.0.4", "tcp/1@10.0.0.5",
			       "tcp/1@10.0.0.6", "tcp/1@10.0.1.7" },
	  "tcp/1@{10.0.0.4,10.0.0.5,10.0.0.6,10.0.1.7}" },
	{ CORDON_OP_CONNECT, { "tcp/1@2001:db8::1", "tcp/1@2001:db8::2",
			       "tcp/1@2001:db8::3", "tcp/1@2001:db8::ffff" },
	  "tcp/1@2001:db8::/112" },
	{ CORDON_OP_CONNECT, { "tcp/1@2001:db8::1", "tcp/1@2001:db8:0:1::2",
			       "tcp/1@2001:db8:0:2::3", "tcp/1@2001:db8:0:3::f" },
	  "tcp/1@{2001:db8::1,2001:db8:0:1::2,2001:db8:0:2::3,2001:db8:0:3::f}" },
	{ CORDON_OP_CONNECT, { "icmp@10.0.0.1" }, "icmp@10.0.0.1" },
	{ CORDON_OP_ACCEPT, { "tcp/80@10.0.0.1", "tcp/443@10.0.0.1",
			      "tcp/80@192.0.2.9" },
	  "tcp/443@10.0.0.1 tcp/80@{10.0.0.1,192.0.2.9}" },
	/* The ports of passive connections. */
	{ CORDON_OP_ACCEPT, { "tcp/40001@10.0.0.1", "tcp/40002@10.0.0.1",
			      "tcp/50003@10.0.0.1" },
	  "tcp/32768-60999@10.0.0.1" },
};

START_TEST(flows_become_rules)
{
	const struct flow_case *flow = &flow_cases[_i];
	const struct capture_options options = { 0 };
	struct behaviour_set set = { 0 };
	struct capture capture;
	json_t *document;
	char *rules;
	size_t i;

	for (i = 0; flow->flows[i]; i++)
		capture_add_flow(&set, P, flow->op, flow->flows[i]);
	document = capture_made(&capture, &set, &options);
	rules = capture_rules_text(&capture, P, flow->op);
	ck_assert_str_eq(rules, flow->rules);
	free(rules);
	json_decref(document);
	capture_free(&capture);
}
END_TEST

/* Callers from so many networks that they are anybody's; never whom it calls. */
static void many_networks(unsigned int op, unsigned int count,
			  const char *wanted, bool found)
{
	const struct capture_options options = { 0 };
	struct behaviour_set set = { 0 };
	struct capture capture;
	json_t *document;
	char *rules, text[40];
	unsigned int i;

	for (i = 0; i < count; i++) {
		snprintf(text, sizeof(text), "tcp/80@198.51.%u.9", i);
		capture_add_flow(&set, P, op, text);
	}
	document = capture_made(&capture, &set, &options);
	rules = capture_rules_text(&capture, P, op);
	ck_assert_msg(!strcmp(rules, wanted) == found, "%u: %s", count, rules);
	free(rules);
	json_decref(document);
	capture_free(&capture);
}

START_TEST(only_who_is_called_by_many_serves_all)
{
	many_networks(CORDON_OP_ACCEPT, 16, "tcp/80@any", true);
	many_networks(CORDON_OP_ACCEPT, 15, "tcp/80@any", false);
	many_networks(CORDON_OP_CONNECT, 100, "tcp/80@any", false);
}
END_TEST

START_TEST(names_go_before_addresses)
{
	const struct capture_options options = { 0 };
	struct behaviour_set set = { 0 };
	struct behaviour *behaviour;
	struct capture capture;
	json_t *document;
	char *rules;

	behaviour = capture_add_flow(&set, P, CORDON_OP_CONNECT,
				     "tcp/5432@10.0.2.7");
	behaviour->segment = strdup("db");
	behaviour = capture_add_flow(&set, P, CORDON_OP_CONNECT,
				     "tcp/5432@10.0.2.8");
	behaviour->segment = strdup("db");
	behaviour = capture_add_flow(&set, P, CORDON_OP_CONNECT,
				     "tcp/6379@127.0.0.1");
	behaviour->peer = strdup("cache");
	behaviour = capture_add(&set, P, CORDON_OP_CONNECT, "");
	behaviour->kind = CORDON_OBJECT_UNNAMED;
	behaviour->peer = strdup("cache");
	behaviour = capture_add(&set, P, CORDON_OP_CONNECT, "bus");
	behaviour->kind = CORDON_OBJECT_ABSTRACT;
	capture_add(&set, P, CORDON_OP_CONNECT, "/run/a.sock");
	document = capture_made(&capture, &set, &options);
	rules = capture_rules_text(&capture, P, CORDON_OP_CONNECT);
	ck_assert_str_eq(rules, "/run/a.sock abstract:bus any@workload:cache tcp/5432@segment:db tcp/6379@workload:cache");
	free(rules);
	json_decref(document);
	capture_free(&capture);
}
END_TEST

START_TEST(exact_flows_are_as_seen)
{
	const struct capture_options options = { .exact = true };
	struct behaviour_set set = { 0 };
	struct capture capture;
	json_t *document;
	char *rules, text[40];
	unsigned int i;

	for (i = 0; i < 100; i++) {
		snprintf(text, sizeof(text), "tcp/80@198.51.100.%u", i);
		capture_add_flow(&set, P, CORDON_OP_ACCEPT, text);
	}
	document = capture_made(&capture, &set, &options);
	rules = capture_rules_text(&capture, P, CORDON_OP_ACCEPT);
	ck_assert_ptr_null(strstr(rules, "/24"));
	ck_assert_ptr_nonnull(strstr(rules, ",198.51.100.62"));
	/* More than a rule can hold is two. */
	ck_assert_uint_eq(capture.rules.count, 2);
	free(rules);
	json_decref(document);
	capture_free(&capture);
}
END_TEST

Suite *capture_flow_suite(void)
{
	Suite *suite = suite_create("capture/flow");
	TCase *test = tcase_create("flows");

	tcase_add_loop_test(test, flows_become_rules, 0,
			    sizeof(flow_cases) / sizeof(flow_cases[0]));
	tcase_add_test(test, only_who_is_called_by_many_serves_all);
	tcase_add_test(test, names_go_before_addresses);
	tcase_add_test(test, exact_flows_are_as_seen);
	suite_add_tcase(suite, test);
	return suite;
}
