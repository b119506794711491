// SPDX-License-Identifier: LGPL-2.1-or-later
/* Addresses of segments: lists, times, messages, dumps; and flows in words. */
#include <arpa/inet.h>
#include <netinet/in.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/socket.h>

#include "ctl/duration.h"
#include "ctl/endpoint.h"
#include "ctl/segment_list.h"

#include "message_fixture.h"
#include "suites.h"

static struct segment_list list;
static struct report report;

static void begin(void)
{
	memset(&list, 0, sizeof(list));
	report_init(&report);
}

static void end(void)
{
	segment_list_free(&list);
	report_free(&report);
}

static void read_text(const char *text)
{
	FILE *stream = fmemopen((void *)text, strlen(text), "r");

	ck_assert_int_eq(segment_list_read(&list, stream, "feed", 60, &report),
			 0);
	fclose(stream);
}

static const char *nth(size_t index)
{
	static char text[ENDPOINT_TEXT];
	struct cordon_prefix prefix = { .length = list.entries[index].length };

	memcpy(prefix.address.byte, list.entries[index].address, 16);
	return endpoint_prefix(&prefix, text);
}

START_TEST(a_list_as_feeds_publish_it)
{
	read_text("\xef\xbb\xbf# Somebody's list\r\n"
		  "; of today\r\n"
		  "\r\n"
		  "192.0.2.7\r\n"
		  "  198.51.100.0/24 ; SBL123\n"
		  "\t2001:db8::/32\t# all of it\n"
		  "   \n"
		  "#\n"
		  "203.0.113.9");
	ck_assert_uint_eq(report.count, 0);
	ck_assert_uint_eq(list.count, 4);
	ck_assert_str_eq(nth(0), "192.0.2.7");
	ck_assert_str_eq(nth(1), "198.51.100.0/24");
	ck_assert_str_eq(nth(2), "2001:db8::/32");
	ck_assert_str_eq(nth(3), "203.0.113.9");
	ck_assert_uint_eq(list.entries[3].ttl, 60);
	ck_assert_uint_eq(list.entries[3].length, 128);
	ck_assert_uint_eq(list.entries[1].length, 96 + 24);
}
END_TEST

START_TEST(every_wrong_line_is_told_with_its_place)
{
	size_t i;
	static const struct {
		unsigned int line, column;
	} places[] = { { 2, 1 }, { 3, 3 }, { 5, 1 }, { 6, 1 }, { 7, 1 } };

	read_text("192.0.2.7\n"
		  "192.0.2.300\n"
		  "  10.1.0.0/8\n"
		  "192.0.2.8\n"
		  "192.0.2.9 192.0.2.10\n"
		  "192.0.2.9;192.0.2.10\n"
		  "<html>\n");
	ck_assert_uint_eq(report.errors, 5);
	for (i = 0; i < 5; i++) {
		ck_assert_str_eq(report.entries[i].file, "feed");
		ck_assert_uint_eq(report.entries[i].line, places[i].line);
		ck_assert_uint_eq(report.entries[i].column, places[i].column);
	}
	ck_assert_ptr_nonnull(strstr(report.entries[1].message,
				     "\"10.1.0.0/8\""));
}
END_TEST

START_TEST(bytes_that_are_no_text_are_told_too)
{
	static const char bytes[] = "192.0.2.1\n192.0.2.2\0 10.0.0.1\n";
	FILE *stream = fmemopen((void *)bytes, sizeof(bytes) - 1, "r");

	ck_assert_int_eq(segment_list_read(&list, stream, "feed", 0, &report),
			 0);
	ck_assert_uint_eq(report.errors, 1);
	ck_assert_uint_eq(report.entries[0].line, 2);
	fclose(stream);
}
END_TEST

START_TEST(what_is_said_twice_is_kept_once)
{
	read_text("192.0.2.7\n10.0.0.0/8\n192.0.2.7\n192.0.2.7/32\n"
		  "10.0.0.0/9\n::ffff:192.0.2.7\n");
	segment_list_fold(&list);
	ck_assert_uint_eq(report.count, 0);
	ck_assert_uint_eq(list.folded, 3);
	ck_assert_uint_eq(list.count, 3);
	ck_assert_str_eq(nth(0), "10.0.0.0/8");
	ck_assert_str_eq(nth(1), "10.0.0.0/9");
	ck_assert_str_eq(nth(2), "192.0.2.7");
}
END_TEST

START_TEST(an_empty_list_is_empty)
{
	read_text("# nothing\n");
	segment_list_fold(&list);
	ck_assert_uint_eq(list.count, 0);
	ck_assert_uint_eq(list.folded, 0);
}
END_TEST

#define MANY 100000

static double cpu_seconds(void)
{
	struct rusage usage;

	getrusage(RUSAGE_SELF, &usage);
	return (double)(usage.ru_utime.tv_sec + usage.ru_stime.tv_sec) +
	       (double)(usage.ru_utime.tv_usec + usage.ru_stime.tv_usec) / 1e6;
}

/* All that is done on this side of the module for a large feed */
START_TEST(a_hundred_thousand_take_no_time)
{
	size_t size = 0, at = 0, messages = 0, some, i;
	double before, after;
	char *text = NULL;
	FILE *stream = open_memstream(&text, &size);

	for (i = 0; i < MANY; i++)	/* no two alike, in no order */
		fprintf(stream, "%u.%u.%u.%u\n",
			(unsigned int)(i * 7919 % 223) + 1,
			(unsigned int)(i >> 16), (unsigned int)(i >> 8 & 255),
			(unsigned int)(i & 255));
	fclose(stream);
	before = cpu_seconds();
	read_text(text);
	segment_list_fold(&list);
	while (at < list.count) {
		struct nl_msg *message = nlmsg_alloc_size(CLIENT_ENTRIES_SIZE);

		some = list.count - at;
		if (some > CLIENT_ENTRIES_MAX)
			some = CLIENT_ENTRIES_MAX;
		genlmsg_put(message, 0, 0, 0x21, 0, 0, CORDON_CMD_SEGMENT_LOAD,
			    1);
		ck_assert(client_put_entries(message, "blocked",
					     list.entries + at, some,
					     at + some == list.count));
		ck_assert_uint_le(nlmsg_hdr(message)->nlmsg_len, 32 << 10);
		nlmsg_free(message);
		at += some;
		messages++;
	}
	after = cpu_seconds();
	ck_assert_uint_eq(report.count, 0);
	ck_assert_uint_eq(list.count, MANY);
	ck_assert_uint_le(messages, MANY / 1300 + 1);
	ck_assert_msg(after - before < 1, "%.2f s of CPU", after - before);
	free(text);
}
END_TEST

START_TEST(messages_of_addresses_say_all)
{
	struct nl_msg *message = nlmsg_alloc_size(CLIENT_ENTRIES_SIZE);
	struct nlattr *part[CORDON_A_COUNT];
	struct cordon_segment_entry *full;
	char name[CORDON_NAME_MAX + 1];

	read_text("192.0.2.7\n10.0.0.0/8\n");
	genlmsg_put(message, 0, 0, 0x21, 0, 0, CORDON_CMD_SEGMENT_ADD, 1);
	ck_assert(client_put_entries(message, "db", list.entries, 2, false));
	ck_assert_int_eq(genlmsg_parse(nlmsg_hdr(message), 0, part,
				       CORDON_A_COUNT - 1, NULL), 0);
	ck_assert_str_eq(nla_get_string(part[CORDON_A_NAME]), "db");
	ck_assert_ptr_null(part[CORDON_A_LAST]);
	ck_assert_int_eq(nla_len(part[CORDON_A_ENTRIES]), 48);
	ck_assert_mem_eq(nla_data(part[CORDON_A_ENTRIES]), list.entries, 48);
	nlmsg_free(message);
	/* Nothing at all, and the most, under the longest name */
	message = nlmsg_alloc_size(CLIENT_ENTRIES_SIZE);
	genlmsg_put(message, 0, 0, 0x21, 0, 0, CORDON_CMD_SEGMENT_LOAD, 1);
	ck_assert(client_put_entries(message, "db", NULL, 0, true));
	ck_assert_int_eq(genlmsg_parse(nlmsg_hdr(message), 0, part,
				       CORDON_A_COUNT - 1, NULL), 0);
	ck_assert_ptr_null(part[CORDON_A_ENTRIES]);
	ck_assert_ptr_nonnull(part[CORDON_A_LAST]);
	nlmsg_free(message);
	memset(name, 'x', CORDON_NAME_MAX);
	name[CORDON_NAME_MAX] = '\0';
	full = calloc(CLIENT_ENTRIES_MAX, sizeof(*full));
	message = nlmsg_alloc_size(CLIENT_ENTRIES_SIZE);
	genlmsg_put(message, 0, 0, 0x21, 0, 0, CORDON_CMD_SEGMENT_LOAD, 1);
	ck_assert(client_put_entries(message, name, full, CLIENT_ENTRIES_MAX,
				     true));
	nlmsg_free(message);
	free(full);
}
END_TEST

START_TEST(times_have_a_unit)
{
	static const struct {
		const char *text;
		uint32_t seconds;
	} right[] = {
		{ "1s", 1 }, { "90s", 90 }, { "15m", 900 }, { "6h", 21600 },
		{ "7d", 604800 }, { "365d", CORDON_TTL_MAX },
	};
	static const char *const wrong[] = {
		"", "6", "h", "0s", "-1h", "+1h", " 1h", "1h ", "1hh", "1.5h",
		"6H", "366d", "4294967297s", "99999999999999999999d",
		"8761h",
	};
	uint32_t seconds;
	size_t i;

	for (i = 0; i < sizeof(right) / sizeof(right[0]); i++) {
		ck_assert(duration_parse(right[i].text, CORDON_TTL_MAX,
					 &seconds));
		ck_assert_uint_eq(seconds, right[i].seconds);
	}
	for (i = 0; i < sizeof(wrong) / sizeof(wrong[0]); i++)
		ck_assert_msg(!duration_parse(wrong[i], CORDON_TTL_MAX,
					      &seconds), "%s", wrong[i]);
}
END_TEST

START_TEST(times_in_two_units)
{
	static const struct {
		uint32_t seconds;
		const char *text;
	} times[] = {
		{ 0, "0s" }, { 59, "59s" }, { 60, "1m" }, { 61, "1m 1s" },
		{ 21599, "5h 59m" }, { 21600, "6h" }, { 86400, "1d" },
		{ 604799, "6d 23h" }, { 3601, "1h" },
		{ UINT32_MAX, "49710d 6h" },
	};
	char text[DURATION_TEXT];
	size_t i;

	for (i = 0; i < sizeof(times) / sizeof(times[0]); i++)
		ck_assert_str_eq(duration_print(times[i].seconds, text),
				 times[i].text);
}
END_TEST

START_TEST(ends_are_written_as_people_do)
{
	struct client_end four = message_end("192.0.2.7", 443, "");
	struct client_end six = message_end("2001:db8::7", 443, "");
	struct client_end unknown = { .known = false };
	char text[ENDPOINT_TEXT];

	ck_assert_str_eq(endpoint_print(&four, text), "192.0.2.7:443");
	ck_assert_str_eq(endpoint_print(&six, text), "[2001:db8::7]:443");
	four.port = 0;
	six.port = 0;
	ck_assert_str_eq(endpoint_print(&four, text), "192.0.2.7");
	ck_assert_str_eq(endpoint_print(&six, text), "2001:db8::7");
	ck_assert_str_eq(endpoint_print(&unknown, text), "?");
	ck_assert_str_eq(endpoint_protocol(IPPROTO_TCP, text), "tcp");
	ck_assert_str_eq(endpoint_protocol(IPPROTO_ICMPV6, text), "icmp");
	ck_assert_str_eq(endpoint_protocol(47, text), "47");
}
END_TEST

START_TEST(prefixes_are_written_as_they_are_read)
{
	static const char *const texts[] = {
		"0.0.0.0/0", "10.0.0.0/8", "192.0.2.7", "::/0", "2001:db8::/32",
		"2001:db8::7",
	};
	struct cordon_prefix prefix;
	char text[ENDPOINT_TEXT];
	const char *why;

	ck_assert_int_eq(cordon_prefix_parse(&prefix, texts[_i],
					     strlen(texts[_i]), &why), 0);
	ck_assert_str_eq(endpoint_prefix(&prefix, text), texts[_i]);
}
END_TEST

static void check_flow(const struct client_event *event, const char *wanted)
{
	char *text = endpoint_event(event);

	ck_assert_str_eq(text, wanted);
	free(text);
}

START_TEST(a_flow_is_told_from_who_opens_it)
{
	struct client_event event = {
		.op = CORDON_OP_CONNECT,
		.protocol = IPPROTO_TCP,
		.local = message_end("10.0.1.7", 41234, ""),
		.remote = message_end("10.0.2.7", 5432, "db,prod"),
		.peer = "postgres",
	};

	check_flow(&event, "tcp 10.0.1.7:41234 -> 10.0.2.7:5432 (db, prod, workload postgres)");
	event.peer = "";
	event.local = message_end("0.0.0.0", 0, "");
	check_flow(&event, "tcp -> 10.0.2.7:5432 (db, prod)");
	event.op = CORDON_OP_ACCEPT;
	event.local = message_end("2001:db8::1", 443, "");
	event.remote = message_end("2001:db8::7", 50000, "web");
	event.peer = "curl";
	check_flow(&event, "tcp [2001:db8::7]:50000 (web, workload curl) -> [2001:db8::1]:443");
	event.op = CORDON_OP_LISTEN;
	event.protocol = IPPROTO_UDP;
	event.local = message_end("0.0.0.0", 53, "");
	event.remote.known = false;
	check_flow(&event, "udp 0.0.0.0:53");
	event.op = CORDON_OP_PASS;
	event.protocol = IPPROTO_ICMP;
	event.local = message_end("10.0.1.7", 0, "web");
	event.remote = message_end("10.0.2.7", 0, "db");
	event.peer = "";
	check_flow(&event, "icmp 10.0.1.7 (web) -> 10.0.2.7 (db)");
}
END_TEST

START_TEST(listeners_are_told_as_manifests_say_them)
{
	struct client_flow flow = {
		.protocol = IPPROTO_TCP,
		.local = message_end("0.0.0.0", 443, ""),
	};
	char *text = endpoint_listens(&flow);

	ck_assert_str_eq(text, "tcp/443");
	free(text);
	flow.local = message_end("::", 443, "");
	text = endpoint_listens(&flow);
	ck_assert_str_eq(text, "tcp/443");
	free(text);
	flow.local = message_end("127.0.0.1", 5432, "");
	text = endpoint_listens(&flow);
	ck_assert_str_eq(text, "tcp/5432@127.0.0.1");
	free(text);
}
END_TEST

static const unsigned char bytes[16] = {
	[10] = 0xff, [11] = 0xff, [12] = 10, [14] = 2, [15] = 7,
};

static struct nl_msg *entries_message(int size, uint8_t length)
{
	struct nl_msg *message = message_new(CORDON_CMD_ENTRY_DUMP);
	struct nlattr *nest;
	uint32_t i;

	for (i = 0; i < 2; i++) {
		nest = nla_nest_start(message, CORDON_A_ENTRY);
		nla_put_string(message, CORDON_ENTRY_A_SEGMENT, "db");
		nla_put_string(message, CORDON_ENTRY_A_WORKLOAD, "site");
		nla_put(message, CORDON_ENTRY_A_ADDRESS, size, bytes);
		nla_put_u8(message, CORDON_ENTRY_A_LENGTH, length);
		nla_put_u8(message, CORDON_ENTRY_A_ORIGIN, CORDON_ORIGIN_ADDED);
		if (i)
			nla_put_u32(message, CORDON_ENTRY_A_LEFT, 3599);
		nla_put_u64(message, CORDON_ENTRY_A_HITS, 7);
		nla_nest_end(message, nest);
	}
	return message;
}

START_TEST(entries_are_read_as_dumped)
{
	struct client_dump dump = { .count = 0 };
	char text[ENDPOINT_TEXT];

	message_keep(&dump, entries_message(16, 128));
	ck_assert_int_eq(client_dump_records(&dump, CORDON_CMD_ENTRY_DUMP),
			 EXIT_OK);
	ck_assert_uint_eq(dump.count, 2);
	ck_assert_str_eq(dump.entries[1].segment, "db");
	ck_assert_str_eq(dump.entries[1].workload, "site");
	ck_assert_str_eq(endpoint_prefix(&dump.entries[1].prefix, text),
			 "10.0.2.7");
	ck_assert_int_eq(dump.entries[1].origin, CORDON_ORIGIN_ADDED);
	ck_assert(!dump.entries[0].expires && dump.entries[1].expires);
	ck_assert_uint_eq(dump.entries[1].left, 3599);
	ck_assert_uint_eq(dump.entries[1].hits, 7);
	client_dump_free(&dump);
}
END_TEST

START_TEST(entries_that_are_none_are_refused)
{
	struct client_dump dump = { .count = 0 };

	ck_assert_ptr_nonnull(freopen("/dev/null", "w", stderr));
	message_keep(&dump, entries_message(4, 128));
	ck_assert_int_eq(client_dump_records(&dump, CORDON_CMD_ENTRY_DUMP),
			 EXIT_FAILED);
	client_dump_free(&dump);
	message_keep(&dump, entries_message(16, 129));
	ck_assert_int_eq(client_dump_records(&dump, CORDON_CMD_ENTRY_DUMP),
			 EXIT_FAILED);
	client_dump_free(&dump);
}
END_TEST

START_TEST(flows_are_read_as_dumped)
{
	struct nl_msg *message = message_new(CORDON_CMD_FLOW_DUMP);
	struct client_dump dump = { .count = 0 };
	const struct client_flow *flow;
	char text[ENDPOINT_TEXT];
	struct nlattr *nest;

	nest = nla_nest_start(message, CORDON_A_FLOW);
	nla_put_string(message, CORDON_FLOW_A_WORKLOAD, "web");
	nla_put_string(message, CORDON_FLOW_A_PROGRAM, "/usr/sbin/nginx");
	nla_put_u32(message, CORDON_FLOW_A_TGID, 812);
	nla_put_u16(message, CORDON_FLOW_A_FAMILY, AF_INET);
	nla_put_u8(message, CORDON_FLOW_A_PROTOCOL, IPPROTO_TCP);
	nla_put_u8(message, CORDON_FLOW_A_STATE, CORDON_FLOW_OUTBOUND);
	nla_put(message, CORDON_FLOW_A_LOCAL, 16, bytes);
	nla_put_u16(message, CORDON_FLOW_A_LOCAL_PORT, 41234);
	nla_put(message, CORDON_FLOW_A_REMOTE, 16, bytes);
	nla_put_u16(message, CORDON_FLOW_A_REMOTE_PORT, 5432);
	nla_put_string(message, CORDON_FLOW_A_SEGMENTS, "db,prod");
	nla_put_u32(message, CORDON_FLOW_A_NETNS, 4026531840);
	nla_put_u64(message, CORDON_FLOW_A_INODE, 5000000000);
	nla_nest_end(message, nest);
	nest = nla_nest_start(message, CORDON_A_FLOW);
	nla_put_string(message, CORDON_FLOW_A_WORKLOAD, "web");
	nla_put_u16(message, CORDON_FLOW_A_FAMILY, AF_UNIX);
	nla_put_u8(message, CORDON_FLOW_A_STATE, CORDON_FLOW_OPEN);
	nla_nest_end(message, nest);
	message_keep(&dump, message);
	ck_assert_int_eq(client_dump_records(&dump, CORDON_CMD_FLOW_DUMP),
			 EXIT_OK);
	ck_assert_uint_eq(dump.count, 2);
	flow = dump.flows;
	ck_assert_str_eq(flow->workload, "web");
	ck_assert_str_eq(flow->program, "/usr/sbin/nginx");
	ck_assert_uint_eq(flow->tgid, 812);
	ck_assert_uint_eq(flow->family, AF_INET);
	ck_assert_int_eq(flow->state, CORDON_FLOW_OUTBOUND);
	ck_assert_str_eq(endpoint_print(&flow->local, text), "10.0.2.7:41234");
	ck_assert_str_eq(endpoint_print(&flow->remote, text), "10.0.2.7:5432");
	ck_assert_str_eq(flow->remote.segments, "db,prod");
	ck_assert_uint_eq(flow->netns, 4026531840);
	ck_assert_uint_eq(flow->inode, 5000000000);
	ck_assert(!dump.flows[1].local.known && !dump.flows[1].remote.known);
	ck_assert_str_eq(dump.flows[1].program, "");
	client_dump_free(&dump);
}
END_TEST

static void add_program(struct nl_msg *message, const char *workload,
			const char *exe, uint32_t index)
{
	struct nlattr *nest = nla_nest_start(message, CORDON_A_PROGRAM);

	nla_put_string(message, CORDON_PROGRAM_A_WORKLOAD, workload);
	nla_put_string(message, CORDON_PROGRAM_A_EXE, exe);
	nla_put_u32(message, CORDON_PROGRAM_A_INDEX, index);
	nla_nest_end(message, nest);
}

static void add_workload(struct nl_msg *message, const char *name,
			 uint8_t kind)
{
	struct nlattr *nest = nla_nest_start(message, CORDON_A_WORKLOAD);

	nla_put_string(message, CORDON_WORKLOAD_A_NAME, name);
	nla_put_u8(message, CORDON_WORKLOAD_A_DEFAULT, CORDON_EFFECT_ALLOW);
	if (kind)
		nla_put_u8(message, CORDON_WORKLOAD_A_KIND, kind);
	nla_nest_end(message, nest);
}

START_TEST(segments_are_the_programs_of_their_documents)
{
	struct client_segments segments = { .count = 0 };
	struct nl_msg *message = message_new(CORDON_CMD_WORKLOAD_DUMP);

	ck_assert_ptr_nonnull(freopen("/dev/null", "w", stderr));
	add_workload(message, "other", CORDON_DOCUMENT_SEGMENTS);
	add_workload(message, "site", CORDON_DOCUMENT_SEGMENTS);
	add_workload(message, "web", CORDON_DOCUMENT_MANIFEST);
	message_keep(&segments.workloads, message);
	message = message_new(CORDON_CMD_PROGRAM_DUMP);
	add_program(message, "other", "guests", 0);
	add_program(message, "site", "web", 0);
	add_program(message, "site", "db", 1);
	add_program(message, "web", "/usr/sbin/nginx", 0);
	message_keep(&segments.programs, message);
	ck_assert_int_eq(client_dump_records(&segments.workloads,
					     CORDON_CMD_WORKLOAD_DUMP), 0);
	ck_assert_int_eq(client_dump_records(&segments.programs,
					     CORDON_CMD_PROGRAM_DUMP), 0);
	ck_assert_int_eq(client_segments_sort(&segments), EXIT_OK);
	ck_assert_uint_eq(segments.count, 3);
	ck_assert_str_eq(segments.list[0]->exe, "db");
	ck_assert_str_eq(client_segments_find(&segments, "db")->workload,
			 "site");
	ck_assert_str_eq(client_segments_find(&segments, "guests")->workload,
			 "other");
	ck_assert_ptr_null(client_segments_find(&segments, "bd"));
	ck_assert_ptr_null(client_segments_find(&segments, "/usr/sbin/nginx"));
	client_segments_free(&segments);
}
END_TEST

Suite *client_segments_suite(void)
{
	Suite *suite = suite_create("client_segments");
	TCase *lists = tcase_create("lists");
	TCase *words = tcase_create("words");
	TCase *dumps = tcase_create("dumps");

	tcase_add_checked_fixture(lists, begin, end);
	tcase_add_test(lists, a_list_as_feeds_publish_it);
	tcase_add_test(lists, every_wrong_line_is_told_with_its_place);
	tcase_add_test(lists, bytes_that_are_no_text_are_told_too);
	tcase_add_test(lists, what_is_said_twice_is_kept_once);
	tcase_add_test(lists, an_empty_list_is_empty);
	tcase_add_test(lists, a_hundred_thousand_take_no_time);
	tcase_add_test(lists, messages_of_addresses_say_all);
	suite_add_tcase(suite, lists);
	tcase_add_test(words, times_have_a_unit);
	tcase_add_test(words, times_in_two_units);
	tcase_add_test(words, ends_are_written_as_people_do);
	tcase_add_loop_test(words, prefixes_are_written_as_they_are_read, 0, 6);
	tcase_add_test(words, a_flow_is_told_from_who_opens_it);
	tcase_add_test(words, listeners_are_told_as_manifests_say_them);
	suite_add_tcase(suite, words);
	tcase_add_test(dumps, entries_are_read_as_dumped);
	tcase_add_test(dumps, entries_that_are_none_are_refused);
	tcase_add_test(dumps, flows_are_read_as_dumped);
	tcase_add_test(dumps, segments_are_the_programs_of_their_documents);
	suite_add_tcase(suite, dumps);
	return suite;
}
