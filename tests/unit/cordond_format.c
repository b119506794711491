// SPDX-License-Identifier: LGPL-2.1-or-later
/* Messages for syslog and SIEMs: whole lines, whatever a name holds. */
#include <netinet/in.h>
#include <stdlib.h>
#include <string.h>

#include "ctl/cordond/format.h"
#include "ctl/cordond/metrics.h"

#include "event_fixture.h"
#include "suites.h"

/* All that separates anything in one of the formats, and worse */
#define HOSTILE "/a\nb|c=d]e\"f\\g\th\xff\xe2\x80\xaei"

static struct client_event hostile(void)
{
	const struct client_event from = {
		.sequence = 7, .type = CORDON_EVENT_DEPARTURE,
		.topic = CORDON_TOPIC_EXEC, .number = 1,
		.time = 1700000000123456789, .generation = 3,
		.action = CORDON_ACTION_DENY, .class = CORDON_CLASS_EXEC,
		.reason = CORDON_REASON_DEFAULT, .op = CORDON_OP_EXEC,
		.object = HOSTILE, .workload = "web",
		.program = "/usr/sbin/nginx", .pid = 812, .tgid = 812,
		.parent = 811, .uid = 33, .comm = "x=\"\n",
	};

	return event_from(&from);
}

static char *print(enum config_format format, const struct sink_item *item)
{
	const struct format_frame frame = {
		.format = format, .facility = 10, .host = "h\xc3\xa4 st",
		.pid = 99,
	};
	char *text = NULL;
	size_t size;
	FILE *stream = open_memstream(&text, &size);

	setenv("TZ", "UTC", 1);
	ck_assert(format_message(&frame, item, stream));
	fclose(stream);
	return text;
}

static void check(enum config_format format, const char *wanted)
{
	struct client_event event = hostile();
	const struct sink_item item = {
		.event = &event, .time = event.time, .instance = 2,
		.sequence = event.sequence,
	};
	char *text = print(format, &item);

	ck_assert_str_eq(text, wanted);
	free(text);
	event_free(&event);
}

/* What a response is made of, and where it comes from that a rule is about */
START_TEST(keys_of_responses_and_rules)
{
	const struct client_event responses = {
		.sequence = 8, .type = CORDON_EVENT_RESPONSE,
		.topic = CORDON_TOPIC_RESPONSE, .number = 1,
		.workload = "web", .response = CORDON_RESPONSE_SUSPEND,
		.phase = CORDON_PHASE_BEGIN, .ttl = 60, .pending = 4,
		.evidence = CORDON_EVIDENCE_WANTED,
	}, rules = {
		.sequence = 9, .type = CORDON_EVENT_DEPARTURE,
		.topic = CORDON_TOPIC_NET, .class = CORDON_CLASS_NET,
		.op = CORDON_OP_CONNECT, .object = "", .workload = "web",
		.program = "", .number = 1, .ruled = true, .rule = 3,
		.rule_text = "any", .rule_file = "web.json", .rule_line = 7,
		.unlisted = true, .peer = "", .comm = "",
		.remote = { .known = true, .port = 80, .segments = "a,b" },
	};
	static const char *const wanted[] = {
		" response=\"suspend\" phase=\"begin\" ttl=\"60\" pending=\"4\" evidence=\"wanted\"]",
		" rule_id=\"3\" unlisted=\"true\" segments=\"a,b\"]",
	};
	struct client_event events[] = { event_from(&responses),
					 event_from(&rules) };
	size_t i;

	for (i = 0; i < ARRAY_SIZE(events); i++) {
		const struct sink_item item = {
			.event = &events[i], .instance = 2,
			.sequence = events[i].sequence,
		};
		char *text = print(CONFIG_RFC5424, &item);

		ck_assert_msg(strstr(text, wanted[i]), "%s", text);
		free(text);
		event_free(&events[i]);
	}
}
END_TEST

START_TEST(rfc5424)
{
	check(CONFIG_RFC5424,
	      "<84>1 2023-11-14T22:13:20.123456Z h???st cordond 99 departure "
	      "[cordon@32473 type=\"departure\" instance=\"0000000000000002\" sequence=\"7\" class=\"exec\" action=\"deny\" "
	      "workload=\"web\" program=\"/usr/sbin/nginx\" op=\"exec\" "
	      "object=\"/a\\\\x0ab|c=d\\]e\\\"f\\\\g\\\\x09h\\\\xff\\\\xe2\\\\x80\\\\xaei\" kind=\"path\" reason=\"default\" "
	      "pid=\"812\" tgid=\"812\" parent=\"811\" uid=\"33\" comm=\"x=\\\"\\\\x0a\" count=\"1\" generation=\"3\"] "
	      "2023-11-14 22:13:20.123 #7 deny web /usr/sbin/nginx x=\"\\x0a[812] parent 811 uid 33 exec "
	      "/a\\x0ab|c=d]e\"f\\g\\x09h\\xff\\xe2\\x80\\xaei (no rule matches, and so the default decides)");
}
END_TEST

START_TEST(cef)
{
	check(CONFIG_CEF,
	      "<84>1 2023-11-14T22:13:20.123456Z h???st cordond 99 departure - "
	      "CEF:0|Cordon|cordon|0.1.0|exec.exec|deny exec of web|7|rt=1700000000123 externalId=0000000000000002-7 "
	      "act=deny cat=exec cs1=web cs1Label=workload cs4=exec cs4Label=op "
	      "filePath=/a\\\\x0ab|c\\=d]e\"f\\\\g\\\\x09h\\\\xff\\\\xe2\\\\x80\\\\xaei fileType=path reason=default "
	      "sproc=/usr/sbin/nginx spid=812 cn2=811 cn2Label=parent suid=33 cs5=x\\=\"\\\\x0a cs5Label=comm "
	      "cnt=1 cn3=3 cn3Label=generation "
	      "msg=2023-11-14 22:13:20.123 #7 deny web /usr/sbin/nginx x\\=\"\\\\x0a[812] parent 811 uid 33 exec "
	      "/a\\\\x0ab|c\\=d]e\"f\\\\g\\\\x09h\\\\xff\\\\xe2\\\\x80\\\\xaei (no rule matches, and so the default decides)");
}
END_TEST

START_TEST(leef)
{
	check(CONFIG_LEEF,
	      "<84>1 2023-11-14T22:13:20.123456Z h???st cordond 99 departure - "
	      "LEEF:2.0|Cordon|cordon|0.1.0|exec.exec|x09|cat=exec\tsev=7\tdevTime=1700000000123\tidentity=0000000000000002-7\t"
	      "action=deny\tworkload=web\top=exec\t"
	      "resource=/a\\x0ab|c=d]e\"f\\g\\x09h\\xff\\xe2\\x80\\xaei\tkind=path\treason=default\t"
	      "program=/usr/sbin/nginx\tpid=812\tparent=811\tuid=33\tcomm=x=\"\\x0a\tcount=1\tgeneration=3\t"
	      "msg=2023-11-14 22:13:20.123 #7 deny web /usr/sbin/nginx x=\"\\x0a[812] parent 811 uid 33 exec "
	      "/a\\x0ab|c=d]e\"f\\g\\x09h\\xff\\xe2\\x80\\xaei (no rule matches, and so the default decides)");
}
END_TEST

static const uint64_t of[CORDON_TOPIC_COUNT] = {
	[CORDON_TOPIC_FILE] = 12, [CORDON_TOPIC_TASK] = 3,
};

START_TEST(what_is_missing_is_told_in_each_format)
{
	static const char *const wanted[] = {
		[CONFIG_RFC5424] = "missed [cordon@32473 type=\"missed\" instance=\"0000000000000002\" sequence=\"40\" missed=\"15\" "
			"of=\"12 of class file, 3 of class task\"] 15 events are MISSED before this point, "
			"dropped from the store before they were sent: 12 of class file, 3 of class task",
		[CONFIG_CEF] = "CEF:0|Cordon|cordon|0.1.0|missed|missed|7|rt=1700000000000 externalId=0000000000000002-40 cn1=15 cn1Label=missed "
			"cs1=12 of class file, 3 of class task cs1Label=of msg=15 events are MISSED",
		[CONFIG_LEEF] = "LEEF:2.0|Cordon|cordon|0.1.0|missed|x09|cat=missed\tsev=7\tdevTime=1700000000000\tidentity=0000000000000002-40\t"
			"missed=15\tof=12 of class file, 3 of class task\tmsg=15 events",
	};
	const struct sink_item item = {
		.missed = 15, .of = of, .dropped = true,
		.time = 1700000000000000000, .instance = 2, .sequence = 40,
	};
	char *text = print((enum config_format)_i, &item);

	ck_assert_msg(strstr(text, wanted[_i]) != NULL, "%s", text);
	free(text);
}
END_TEST

/* Who opened it is the source: the far end, of what is accepted */
START_TEST(siems_are_told_who_opened_a_flow)
{
	struct client_event from = {
		.sequence = 1, .type = CORDON_EVENT_DEPARTURE,
		.topic = CORDON_TOPIC_NET, .class = CORDON_CLASS_NET,
		.action = CORDON_ACTION_WOULD_DENY,
		.op = _i ? CORDON_OP_ACCEPT : CORDON_OP_CONNECT,
		.protocol = IPPROTO_TCP, .workload = "web",
		.local = { .known = true, .port = 443, .segments = "",
			   .address.byte = { [10] = 0xff, 0xff, 10, 0, 0, 1 } },
		.remote = { .known = true, .port = 5000, .segments = "",
			    .address.byte = { [10] = 0xff, 0xff, 10, 0, 0, 2 } },
	};
	struct client_event event = event_from(&from);
	const struct sink_item item = { .event = &event, .instance = 1 };
	char *text = print(CONFIG_CEF, &item);

	ck_assert_msg(strstr(text, _i ?
		      "proto=tcp src=10.0.0.2 spt=5000 dst=10.0.0.1 dpt=443 " :
		      "proto=tcp src=10.0.0.1 spt=443 dst=10.0.0.2 dpt=5000 "),
		      "%s", text);
	ck_assert_ptr_nonnull(strstr(text, "|5|rt="));
	free(text);
	event_free(&event);
}
END_TEST

START_TEST(metrics_are_in_the_text_format)
{
	struct metrics_sink sink = {
		.name = "a\"b\\c\nd", .lag = 5,
		.numbers = { .delivered = 9, .failures = 2, .dropped = 1 },
	};
	struct metrics metrics = {
		.feed = { .module = true, .next = 41, .pruned = 6 },
		.status = { .events = 50, .first = 31, .ring = 4096 },
		.store = { .rows = 40, .bytes = 8192 }, .stored = true,
		.sinks = &sink, .sink_count = 1,
	};
	static const char *const wanted[] = {
		"cordon_events_stored_total{class=\"file\",verdict=\"deny\"} 7\n",
		"cordon_events_stored_total{class=\"task\",verdict=\"\"} 8\n",
		"cordon_events_missed_total{class=\"net\"} 3\n",
		"cordon_ring_events 20\n", "cordon_ring_unread_events 10\n",
		"cordon_ring_bytes 4096\n", "cordon_store_rows 40\n",
		"cordon_store_pruned_total 6\n", "cordon_store_stuck 0\n",
		"cordon_sink_delivered_total{sink=\"a\\\"b\\\\c\\nd\"} 9\n",
		"cordon_sink_lag_events{sink=\"a\\\"b\\\\c\\nd\"} 5\n",
		"# TYPE cordon_sink_lag_events gauge\n",
	};
	char *text = NULL;
	size_t size, i;
	FILE *stream = open_memstream(&text, &size);

	metrics.feed.stored[CORDON_TOPIC_FILE][CORDON_ACTION_DENY] = 7;
	metrics.feed.stored[CORDON_TOPIC_TASK][CORDON_ACTION_ALLOW] = 8;
	metrics.feed.missed[CORDON_TOPIC_NET] = 3;
	metrics_print(&metrics, stream);
	fclose(stream);
	for (i = 0; i < sizeof(wanted) / sizeof(wanted[0]); i++)
		ck_assert_msg(strstr(text, wanted[i]) != NULL, "%s lacks %s",
			      text, wanted[i]);
	free(text);
}
END_TEST

Suite *cordond_format_suite(void)
{
	Suite *suite = suite_create("cordond_format");
	TCase *tests = tcase_create("format");

	tcase_add_test(tests, keys_of_responses_and_rules);
	tcase_add_test(tests, rfc5424);
	tcase_add_test(tests, cef);
	tcase_add_test(tests, leef);
	tcase_add_loop_test(tests, what_is_missing_is_told_in_each_format, 0,
			    3);
	tcase_add_loop_test(tests, siems_are_told_who_opened_a_flow, 0, 2);
	tcase_add_test(tests, metrics_are_in_the_text_format);
	suite_add_tcase(suite, tests);
	return suite;
}
