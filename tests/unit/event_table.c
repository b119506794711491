// SPDX-License-Identifier: LGPL-2.1-or-later
/* From the module's message to `monitor --json`: no field is lost on the way. */
#include <netinet/in.h>
#include <stdlib.h>

#include "ctl/event_table.h"
#include "ctl/exit.h"

#include "message_fixture.h"
#include "suites.h"

static const unsigned char local[16] = {
	[10] = 0xff, [11] = 0xff, [12] = 10, [14] = 1, [15] = 7,
};
static const unsigned char remote[16] = {
	0x20, 0x01, 0x0d, 0xb8, [15] = 9,
};

static const uint64_t made[CORDON_TOPIC_COUNT] = {
	51, 52, 53, 54, 55, 56, 57, 58, 59, 60,
};

/* What a departure has not. */
#define NONE \
	"\"count\":45,\"cut\":false,\"first\":{\"sequence\":null,\"time\":null},\"last\":{\"time\":null}," \
	"\"before\":null,\"confirm\":null,\"exit\":{\"status\":null,\"lifetime\":null},"
#define ANSWERS \
	"\"response\":null,\"phase\":null,\"ttl\":null,\"pending\":null,\"evidence\":null"
#define MADE \
	",\"made\":{\"exec\":51,\"load\":52,\"file\":53,\"net\":54,\"kernel\":55,\"task\":56,\"policy\":57," \
	"\"segment\":58,\"module\":59,\"response\":60}}\n"

static struct nl_msg *message;
static struct nlattr *nest;

/* What every event has; no two numbers of an event are alike. */
static void begin(uint8_t action, uint8_t reason, uint8_t class, uint8_t op,
		  uint8_t kind)
{
	message = message_new(CORDON_CMD_EVENT_GET);
	nest = nla_nest_start(message, CORDON_A_EVENT);
	nla_put_u64(message, CORDON_EVENT_A_SEQUENCE, 41);
	nla_put_u8(message, CORDON_EVENT_A_TYPE, CORDON_EVENT_DEPARTURE);
	nla_put_u8(message, CORDON_EVENT_A_TOPIC, class);
	nla_put_u64(message, CORDON_EVENT_A_NUMBER, 45);
	nla_put(message, CORDON_EVENT_A_MADE, sizeof(made), made);
	nla_put_u64(message, CORDON_EVENT_A_TIME, 1700000000123456789);
	nla_put_u64(message, CORDON_EVENT_A_BOOTTIME, 43);
	nla_put_u64(message, CORDON_EVENT_A_GENERATION, 44);
	nla_put_u8(message, CORDON_EVENT_A_ACTION, action);
	nla_put_u8(message, CORDON_EVENT_A_REASON, reason);
	nla_put_u8(message, CORDON_EVENT_A_CLASS, class);
	nla_put_u8(message, CORDON_EVENT_A_OP, op);
	nla_put_u8(message, CORDON_EVENT_A_KIND, kind);
}

static void put_process(void)
{
	nla_put_string(message, CORDON_EVENT_A_WORKLOAD, "web");
	nla_put_string(message, CORDON_EVENT_A_PROGRAM, "/usr/sbin/nginx");
	nla_put_u32(message, CORDON_EVENT_A_PID, 813);
	nla_put_u32(message, CORDON_EVENT_A_TGID, 812);
	nla_put_u32(message, CORDON_EVENT_A_PARENT, 811);
	nla_put_u32(message, CORDON_EVENT_A_UID, 33);
	nla_put_string(message, CORDON_EVENT_A_COMM, "nginx");
}

static void put_rule(void)
{
	nla_put_u32(message, CORDON_EVENT_A_RULE, 5);
	nla_put_string(message, CORDON_EVENT_A_RULE_TEXT, "tcp/5432@segment:db");
	nla_put_string(message, CORDON_EVENT_A_RULE_FILE, "/etc/cordon/w.json");
	nla_put_u32(message, CORDON_EVENT_A_RULE_LINE, 12);
}

static void put_ends(uint8_t protocol)
{
	nla_put_u8(message, CORDON_EVENT_A_PROTOCOL, protocol);
	nla_put(message, CORDON_EVENT_A_LOCAL, sizeof(local), local);
	nla_put_u16(message, CORDON_EVENT_A_LOCAL_PORT, 41234);
	nla_put(message, CORDON_EVENT_A_REMOTE, sizeof(remote), remote);
	nla_put_u16(message, CORDON_EVENT_A_REMOTE_PORT, 5432);
	nla_put_string(message, CORDON_EVENT_A_FROM_SEGMENTS, "web,dmz");
	nla_put_string(message, CORDON_EVENT_A_SEGMENTS, "db");
}

/* The event that was put together, as it is shown. */
static void check(bool json, const char *advice, const char *wanted)
{
	struct client_event event;
	struct output *output;
	char *text = NULL;
	FILE *stream;
	size_t size;

	nla_nest_end(message, nest);
	setenv("TZ", "UTC", 1);
	ck_assert(client_event_parse(message_first(message), &event));
	event.instance = 0x0123456789abcdef;
	stream = open_memstream(&text, &size);
	output = output_create(stream, json, OUTPUT_COLOUR_NEVER);
	event_table_open(output);
	event_table_add(output, &event, advice);
	ck_assert_int_eq(output_close(output), EXIT_OK);
	output_destroy(output);
	fclose(stream);
	nlmsg_free(message);
	ck_assert_str_eq(text, wanted);
	free(text);
}

START_TEST(a_connection_is_json_with_all_there_is)
{
	begin(CORDON_ACTION_DENY, CORDON_REASON_RULE, CORDON_CLASS_NET,
	      CORDON_OP_CONNECT, CORDON_OBJECT_PEER);
	nla_put_string(message, CORDON_EVENT_A_OBJECT, "tcp/5432@2001:db8::9");
	put_process();
	nla_put_flag(message, CORDON_EVENT_A_UNLISTED);
	put_rule();
	put_ends(IPPROTO_TCP);
	nla_put_string(message, CORDON_EVENT_A_PEER, "postgres");
	check(true, "do that",
	      "{\"type\":\"departure\",\"time\":\"2023-11-14T22:13:20.123456789Z\",\"action\":\"deny\",\"workload\":\"web\",\"program\":\"/usr/sbin/nginx\","
	      "\"op\":\"connect\",\"object\":\"tcp/5432@2001:db8::9\","
	      "\"sequence\":41,\"instance\":\"0123456789abcdef\",\"boottime\":43,\"generation\":44,\"class\":\"net\",\"kind\":\"peer\",\"reason\":\"rule\","
	      "\"rule\":{\"id\":5,\"text\":\"tcp/5432@segment:db\",\"file\":\"/etc/cordon/w.json\",\"line\":12},"
	      "\"unlisted\":true,\"pid\":813,\"tgid\":812,\"parent\":811,\"uid\":33,\"comm\":\"nginx\","
	      "\"protocol\":\"tcp\","
	      "\"local\":{\"address\":\"10.0.1.7\",\"port\":41234},"
	      "\"remote\":{\"address\":\"2001:db8::9\",\"port\":5432},"
	      "\"from_segments\":[\"web\",\"dmz\"],\"segments\":[\"db\"],"
	      "\"peer\":\"postgres\"," NONE "\"advice\":\"do that\"," ANSWERS MADE);
}
END_TEST

START_TEST(a_connection_is_a_line_of_text)
{
	begin(CORDON_ACTION_WOULD_DENY, CORDON_REASON_RULE, CORDON_CLASS_NET,
	      CORDON_OP_CONNECT, CORDON_OBJECT_PEER);
	nla_put_string(message, CORDON_EVENT_A_OBJECT, "tcp/5432@2001:db8::9");
	put_process();
	put_rule();
	put_ends(IPPROTO_TCP);
	nla_put_string(message, CORDON_EVENT_A_PEER, "postgres");
	check(false, NULL,
	      "2023-11-14 22:13:20.123 #41 would-deny web /usr/sbin/nginx nginx[812] parent 811 uid 33 connect "
	      "tcp 10.0.1.7:41234 (web, dmz) -> [2001:db8::9]:5432 (db, workload postgres) "
	      "(rule \"tcp/5432@segment:db\", /etc/cordon/w.json:12)\n");
}
END_TEST

START_TEST(what_is_learnt_is_a_line_of_text)
{
	begin(CORDON_ACTION_LEARN, CORDON_REASON_DEFAULT, CORDON_CLASS_FILE,
	      CORDON_OP_READ, CORDON_OBJECT_PATH);
	nla_put_u8(message, CORDON_EVENT_A_TYPE, CORDON_EVENT_BEHAVIOUR);
	nla_put_string(message, CORDON_EVENT_A_OBJECT, "/etc/passwd");
	put_process();
	check(false, NULL,
	      "2023-11-14 22:13:20.123 #41 learn web /usr/sbin/nginx nginx[812] parent 811 uid 33 read "
	      "/etc/passwd (no rule matches, and so the default decides)\n");
}
END_TEST

/* It has no process: null, and not a number that could be one */
START_TEST(what_passes_is_json_with_both_ends)
{
	begin(CORDON_ACTION_DENY, CORDON_REASON_ISOLATED, CORDON_CLASS_NET,
	      CORDON_OP_PASS, CORDON_OBJECT_PEER);
	nla_put_string(message, CORDON_EVENT_A_OBJECT, "udp/5432@2001:db8::9");
	nla_put_string(message, CORDON_EVENT_A_WORKLOAD, "site");
	put_ends(IPPROTO_UDP);
	check(true, NULL,
	      "{\"type\":\"departure\",\"time\":\"2023-11-14T22:13:20.123456789Z\",\"action\":\"deny\",\"workload\":\"site\",\"program\":null,"
	      "\"op\":\"pass\",\"object\":\"udp/5432@2001:db8::9\","
	      "\"sequence\":41,\"instance\":\"0123456789abcdef\",\"boottime\":43,\"generation\":44,\"class\":\"net\",\"kind\":\"peer\",\"reason\":\"isolated\","
	      "\"rule\":{\"id\":null,\"text\":null,\"file\":null,\"line\":null},\"unlisted\":false,"
	      "\"pid\":null,\"tgid\":null,\"parent\":null,\"uid\":null,\"comm\":null,"
	      "\"protocol\":\"udp\","
	      "\"local\":{\"address\":\"10.0.1.7\",\"port\":41234},"
	      "\"remote\":{\"address\":\"2001:db8::9\",\"port\":5432},"
	      "\"from_segments\":[\"web\",\"dmz\"],\"segments\":[\"db\"],"
	      "\"peer\":null," NONE "\"advice\":null," ANSWERS MADE);
}
END_TEST

/* Who made the socket is known, who runs now is not */
START_TEST(a_packet_that_comes_in_has_a_number_for_a_process)
{
	begin(CORDON_ACTION_DENY, CORDON_REASON_DEFAULT, CORDON_CLASS_NET,
	      CORDON_OP_ACCEPT, CORDON_OBJECT_PEER);
	nla_put_string(message, CORDON_EVENT_A_OBJECT, "tcp/443@10.0.1.7");
	nla_put_string(message, CORDON_EVENT_A_WORKLOAD, "web");
	nla_put_string(message, CORDON_EVENT_A_PROGRAM, "/usr/sbin/nginx");
	nla_put_u32(message, CORDON_EVENT_A_TGID, 812);
	nla_put_u8(message, CORDON_EVENT_A_PROTOCOL, IPPROTO_TCP);
	nla_put(message, CORDON_EVENT_A_REMOTE, sizeof(local), local);
	nla_put_u16(message, CORDON_EVENT_A_REMOTE_PORT, 50000);
	check(_i, NULL, _i ?
	      "{\"type\":\"departure\",\"time\":\"2023-11-14T22:13:20.123456789Z\",\"action\":\"deny\",\"workload\":\"web\",\"program\":\"/usr/sbin/nginx\","
	      "\"op\":\"accept\",\"object\":\"tcp/443@10.0.1.7\","
	      "\"sequence\":41,\"instance\":\"0123456789abcdef\",\"boottime\":43,\"generation\":44,\"class\":\"net\",\"kind\":\"peer\",\"reason\":\"default\","
	      "\"rule\":{\"id\":null,\"text\":null,\"file\":null,\"line\":null},\"unlisted\":false,"
	      "\"pid\":null,\"tgid\":812,\"parent\":null,\"uid\":null,\"comm\":null,"
	      "\"protocol\":\"tcp\","
	      "\"local\":{\"address\":null,\"port\":null},"
	      "\"remote\":{\"address\":\"10.0.1.7\",\"port\":50000},"
	      "\"from_segments\":[],\"segments\":[],\"peer\":null," NONE "\"advice\":null," ANSWERS MADE :
	      "2023-11-14 22:13:20.123 #41 deny web /usr/sbin/nginx [812] accept tcp 10.0.1.7:50000 -> ? (no rule matches, and so the default decides)\n");
}
END_TEST

START_TEST(hostile_names_stay_within_their_field)
{
	begin(CORDON_ACTION_DENY, CORDON_REASON_DEFAULT, CORDON_CLASS_NET,
	      CORDON_OP_CONNECT, CORDON_OBJECT_PATH);
	nla_put_string(message, CORDON_EVENT_A_OBJECT,
		       "/run/\",\"uid\":0,\n\033[2J");
	nla_put_string(message, CORDON_EVENT_A_WORKLOAD, "web");
	nla_put_string(message, CORDON_EVENT_A_PROGRAM, "/a\nb");
	nla_put_u32(message, CORDON_EVENT_A_PID, 813);
	nla_put_u32(message, CORDON_EVENT_A_TGID, 812);
	nla_put_string(message, CORDON_EVENT_A_COMM, "\"\033");
	check(_i, NULL, _i ?
	      "{\"type\":\"departure\",\"time\":\"2023-11-14T22:13:20.123456789Z\",\"action\":\"deny\",\"workload\":\"web\",\"program\":\"/a\\nb\","
	      "\"op\":\"connect\",\"object\":\"/run/\\\",\\\"uid\\\":0,\\n\\u001B[2J\","
	      "\"sequence\":41,\"instance\":\"0123456789abcdef\",\"boottime\":43,\"generation\":44,\"class\":\"net\",\"kind\":\"path\",\"reason\":\"default\","
	      "\"rule\":{\"id\":null,\"text\":null,\"file\":null,\"line\":null},\"unlisted\":false,"
	      "\"pid\":813,\"tgid\":812,\"parent\":0,\"uid\":0,\"comm\":\"\\\"\\u001B\","
	      "\"protocol\":null,\"local\":{\"address\":null,\"port\":null},\"remote\":{\"address\":null,\"port\":null},"
	      "\"from_segments\":[],\"segments\":[],\"peer\":null," NONE "\"advice\":null," ANSWERS MADE :
	      "2023-11-14 22:13:20.123 #41 deny web /a\\x0ab \"\\x1b[812] parent 0 uid 0 connect "
	      "/run/\",\"uid\":0,\\x0a\\x1b[2J (no rule matches, and so the default decides)\n");
}
END_TEST

/* A response is no departure: its topic says so. */
static void begin_response(uint8_t response, uint8_t phase)
{
	message = message_new(CORDON_CMD_EVENT_GET);
	nest = nla_nest_start(message, CORDON_A_EVENT);
	nla_put_u64(message, CORDON_EVENT_A_SEQUENCE, 41);
	nla_put_u8(message, CORDON_EVENT_A_TYPE, CORDON_EVENT_RESPONSE);
	nla_put_u8(message, CORDON_EVENT_A_TOPIC, CORDON_TOPIC_RESPONSE);
	nla_put_u64(message, CORDON_EVENT_A_NUMBER, 1);
	nla_put_u64(message, CORDON_EVENT_A_TIME, 1700000000123456789);
	nla_put_string(message, CORDON_EVENT_A_WORKLOAD, "web");
	nla_put_u8(message, CORDON_EVENT_A_RESPONSE, response);
	nla_put_u8(message, CORDON_EVENT_A_PHASE, phase);
}

START_TEST(a_response_says_what_becomes_of_it)
{
	begin_response(CORDON_RESPONSE_QUARANTINE, CORDON_PHASE_ASK);
	nla_put_u32(message, CORDON_EVENT_A_TTL, 3600);
	nla_put_u32(message, CORDON_EVENT_A_PENDING, 7);
	check(false, NULL,
	      "2023-11-14 22:13:20.123 #41 response web quarantine ask (for 1h, id 7)\n");
}
END_TEST

START_TEST(a_response_says_what_becomes_of_evidence)
{
	begin_response(CORDON_RESPONSE_KILL, CORDON_PHASE_HOLD);
	nla_put_u8(message, CORDON_EVENT_A_EVIDENCE, CORDON_EVIDENCE_WANTED);
	nla_put_u32(message, CORDON_EVENT_A_HOLD, 3);
	nla_put_u64(message, CORDON_EVENT_A_START, 12340000000);
	check(false, NULL,
	      "2023-11-14 22:13:20.123 #41 response web kill hold (evidence wanted)\n");
}
END_TEST

START_TEST(who_is_refused_is_told_with_what_he_tried)
{
	begin_response(CORDON_RESPONSE_SUSPEND, CORDON_PHASE_REFUSE);
	nla_put_string(message, CORDON_EVENT_A_OBJECT, "SIGCONT");
	nla_put_u32(message, CORDON_EVENT_A_PID, 813);
	nla_put_u32(message, CORDON_EVENT_A_TGID, 812);
	nla_put_u32(message, CORDON_EVENT_A_PARENT, 1);
	nla_put_u32(message, CORDON_EVENT_A_UID, 0);
	nla_put_string(message, CORDON_EVENT_A_COMM, "bash");
	check(false, NULL,
	      "2023-11-14 22:13:20.123 #41 response web bash[812] parent 1 uid 0 suspend refuse SIGCONT\n");
}
END_TEST

START_TEST(how_often_he_was_is_told)
{
	message = message_new(CORDON_CMD_EVENT_GET);
	nest = nla_nest_start(message, CORDON_A_EVENT);
	nla_put_u64(message, CORDON_EVENT_A_SEQUENCE, 41);
	nla_put_u8(message, CORDON_EVENT_A_TYPE, CORDON_EVENT_REPEATS);
	nla_put_u8(message, CORDON_EVENT_A_TOPIC, CORDON_TOPIC_RESPONSE);
	nla_put_u64(message, CORDON_EVENT_A_NUMBER, 12);
	nla_put_u64(message, CORDON_EVENT_A_FIRST, 40);
	nla_put_u64(message, CORDON_EVENT_A_TIME, 1700000000123456789);
	nla_put_string(message, CORDON_EVENT_A_WORKLOAD, "web");
	nla_put_string(message, CORDON_EVENT_A_OBJECT, "ptrace");
	nla_put_u8(message, CORDON_EVENT_A_RESPONSE, CORDON_RESPONSE_KILL);
	nla_put_u8(message, CORDON_EVENT_A_PHASE, CORDON_PHASE_REFUSE);
	check(false, NULL,
	      "2023-11-14 22:13:20.123 #41 repeats web kill refuse ptrace (12 more times since #40)\n");
}
END_TEST

START_TEST(a_block_names_the_address)
{
	static const uint8_t address[16] = {
		[10] = 0xff, [11] = 0xff, [12] = 192, [14] = 2, [15] = 7,
	};

	begin_response(CORDON_RESPONSE_BLOCK_PEER, CORDON_PHASE_BEGIN);
	nla_put(message, CORDON_EVENT_A_REMOTE, sizeof(address), address);
	check(false, NULL,
	      "2023-11-14 22:13:20.123 #41 response web block-peer begin 192.0.2.7\n");
}
END_TEST

Suite *event_table_suite(void)
{
	Suite *suite = suite_create("event_table");
	TCase *events = tcase_create("events");

	tcase_add_test(events, a_connection_is_json_with_all_there_is);
	tcase_add_test(events, a_connection_is_a_line_of_text);
	tcase_add_test(events, what_is_learnt_is_a_line_of_text);
	tcase_add_test(events, what_passes_is_json_with_both_ends);
	tcase_add_loop_test(events,
			    a_packet_that_comes_in_has_a_number_for_a_process,
			    0, 2);
	tcase_add_loop_test(events, hostile_names_stay_within_their_field, 0,
			    2);
	tcase_add_test(events, a_response_says_what_becomes_of_it);
	tcase_add_test(events, who_is_refused_is_told_with_what_he_tried);
	tcase_add_test(events, how_often_he_was_is_told);
	tcase_add_test(events, a_response_says_what_becomes_of_evidence);
	tcase_add_test(events, a_block_names_the_address);
	suite_add_tcase(suite, events);
	return suite;
}
