// SPDX-License-Identifier: LGPL-2.1-or-later
/* Sinks: each event at least once and in order, whatever fails on the way. */
#include <arpa/inet.h>
#include <errno.h>
#include <netinet/in.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <unistd.h>

#include "ctl/cordond/sink.h"

#include "event_fixture.h"
#include "reader_fixture.h"
#include "suites.h"

static char *directory;
static char store_path[256], path[256];
static struct store *store;
static struct store_place place;
static struct hub hub;
static struct config_sink config;
static struct sink sink;

static void begin(void)
{
	directory = reader_directory();
	snprintf(store_path, sizeof(store_path), "%s/events.db", directory);
	snprintf(path, sizeof(path), "%s/out", directory);
	store = event_store_open(directory);
	ck_assert(store_instance(store, 42, &place));
	ck_assert(hub_init(&hub));
	config = (struct config_sink){
		.kind = CONFIG_JSON, .name = "test", .path = path,
		.size = 1 << 20, .keep = 3,
	};
	sink_init(&sink, &config, store_path, &hub);
}

static void end(void)
{
	sink_release(&sink);
	hub_free(&hub);
	store_close(store);
	reader_remove(directory);
}

/* As if cordond had been killed, and started again */
static void start_again(void)
{
	sink_release(&sink);
	sink_init(&sink, &config, store_path, &hub);
}

static void feed(void)
{
	bool more = true;

	while (more)
		ck_assert_msg(sink_step(&sink, &more), "%s", sink.why);
}

static char *read_file(const char *name)
{
	FILE *file = fopen(name, "r");
	char *text = NULL;
	size_t room = 0;

	if (!file)
		return strdup("");
	if (getdelim(&text, &room, '\0', file) < 0)
		*text = '\0';
	fclose(file);
	return text;
}

/* Numbers of the events in a file: "1 2 x5 8" where five are missed */
static char *numbers(const char *name)
{
	char *text = read_file(name), *line, *rest = text, *found = NULL;
	size_t size;
	FILE *stream = open_memstream(&found, &size);

	while ((line = strsep(&rest, "\n"))) {
		const char *at = strstr(line, "\"sequence\":");
		const char *missed = strstr(line, "\"missed\":");

		if (!*line)
			continue;
		ck_assert_msg(line[strlen(line) - 1] == '}', "torn: %s", line);
		fprintf(stream, "%s", ftell(stream) ? " " : "");
		if (missed)
			fprintf(stream, "x%d", atoi(missed + 9));
		else
			fprintf(stream, "%d", at ? atoi(at + 11) : -1);
	}
	fclose(stream);
	free(text);
	return found;
}

static void check_file(const char *name, const char *wanted)
{
	char *found = numbers(name);

	ck_assert_str_eq(found, wanted);
	free(found);
}

START_TEST(lines_are_written_in_order)
{
	event_store(store, &place, 0, 2);
	feed();
	check_file(path, "1 2");
	event_store(store, &place, 5, 1);
	feed();
	check_file(path, "1 2 x5 8");
	start_again();
	feed();
	check_file(path, "1 2 x5 8");
	event_store(store, &place, 0, 1);
	feed();
	check_file(path, "1 2 x5 8 9");
}
END_TEST

START_TEST(the_file_is_the_administrators)
{
	struct stat status;

	event_store(store, &place, 0, 1);
	feed();
	ck_assert_int_eq(stat(path, &status), 0);
	ck_assert_uint_eq(status.st_mode & 0777, 0600);
}
END_TEST

START_TEST(a_file_that_was_moved_is_made_again)
{
	char moved[300];

	snprintf(moved, sizeof(moved), "%s.moved", path);
	event_store(store, &place, 0, 2);
	feed();
	ck_assert_int_eq(rename(path, moved), 0);
	event_store(store, &place, 0, 2);
	feed();
	check_file(moved, "1 2");
	check_file(path, "3 4");
	ck_assert_int_eq(unlink(path), 0);
	event_store(store, &place, 0, 1);
	feed();
	check_file(path, "5");
	/* As logrotate's copytruncate does */
	ck_assert_int_eq(truncate(path, 0), 0);
	event_store(store, &place, 0, 1);
	feed();
	check_file(path, "6");
}
END_TEST

START_TEST(a_torn_line_comes_again_as_a_whole)
{
	FILE *file;

	event_store(store, &place, 0, 2);
	feed();
	file = fopen(path, "a");
	fputs("{\"type\":\"departure\",\"seq", file);
	fclose(file);
	start_again();
	event_store(store, &place, 0, 1);
	feed();
	check_file(path, "1 2 3");
}
END_TEST

START_TEST(files_are_rotated_by_size)
{
	char name[300];

	config.size = 2000;
	event_store(store, &place, 0, 9);
	feed();
	/* Two of them fit */
	check_file(path, "9");
	snprintf(name, sizeof(name), "%s.1", path);
	check_file(name, "7 8");
	snprintf(name, sizeof(name), "%s.3", path);
	check_file(name, "3 4");
	snprintf(name, sizeof(name), "%s.4", path);
	ck_assert(access(name, F_OK));
}
END_TEST

START_TEST(what_was_dropped_before_is_told)
{
	uint64_t dropped;

	event_store(store, &place, 0, 2);
	feed();
	event_store(store, &place, 0, 8);
	ck_assert(store_prune(store, UINT64_MAX, 1700000000000000000 +
			      (uint64_t)8 * 1000000000, &dropped));
	feed();
	check_file(path, "1 2 x5 8 9 10");
	ck_assert_uint_eq(sink.numbers.dropped, 5);
}
END_TEST

START_TEST(what_was_dropped_of_instances_before_is_told)
{
	uint64_t dropped;

	event_store(store, &place, 0, 2);
	feed();
	event_store(store, &place, 0, 3);
	ck_assert(store_instance(store, 43, &place));
	event_store(store, &place, 0, 8);
	/* All of the first instance, and three of the second's */
	ck_assert(store_prune(store, UINT64_MAX, 1700000000000000000 +
			      (uint64_t)6 * 1000000000, &dropped));
	feed();
	check_file(path, "1 2 x8 6 7 8");
}
END_TEST

START_TEST(a_new_sink_misses_nothing_of_before)
{
	uint64_t dropped;

	event_store(store, &place, 0, 8);
	ck_assert(store_prune(store, UINT64_MAX, 1700000000000000000 +
			      (uint64_t)6 * 1000000000, &dropped));
	feed();
	check_file(path, "6 7 8");
}
END_TEST

START_TEST(a_link_is_not_followed)
{
	char other[300];
	bool more;

	snprintf(other, sizeof(other), "%s.other", path);
	ck_assert_int_eq(symlink(other, path), 0);
	event_store(store, &place, 0, 1);
	ck_assert(!sink_step(&sink, &more));
	ck_assert_ptr_nonnull(strstr(sink.why, path));
	ck_assert(access(other, F_OK));
	ck_assert_int_eq(unlink(path), 0);
	feed();
	check_file(path, "1");
}
END_TEST

/* --- syslog --- */

static void use_syslog(enum config_transport transport)
{
	config.kind = CONFIG_SYSLOG;
	config.transport = transport;
	config.host = "127.0.0.1";
	start_again();
}

static int listen_unix(void)
{
	struct sockaddr_un address = { .sun_family = AF_UNIX };
	int descriptor = socket(AF_UNIX, SOCK_DGRAM | SOCK_CLOEXEC, 0);

	strcpy(address.sun_path, path);
	unlink(path);
	ck_assert_int_eq(bind(descriptor, (struct sockaddr *)&address,
			      sizeof(address)), 0);
	return descriptor;
}

static void check_datagram(int descriptor, const char *wanted)
{
	char text[4096] = "";

	ck_assert_int_gt(recv(descriptor, text, sizeof(text) - 1, MSG_DONTWAIT),
			 0);
	ck_assert_msg(strstr(text, wanted) != NULL, "%s", text);
}

START_TEST(syslog_by_datagrams)
{
	int descriptor;
	bool more;

	use_syslog(CONFIG_UNIX);
	event_store(store, &place, 0, 2);
	ck_assert(!sink_step(&sink, &more));
	ck_assert_ptr_nonnull(strstr(sink.why, "cannot reach"));
	descriptor = listen_unix();
	feed();
	check_datagram(descriptor, "sequence=\"1\"");
	check_datagram(descriptor, "sequence=\"2\"");
	/* Its end is noticed, and nothing lost by it */
	close(descriptor);
	event_store(store, &place, 0, 1);
	ck_assert(!sink_step(&sink, &more));
	descriptor = listen_unix();
	feed();
	check_datagram(descriptor, "sequence=\"3\"");
	ck_assert_int_lt(recv(descriptor, store_path, 1, MSG_DONTWAIT), 0);
	close(descriptor);
}
END_TEST

static char port[8];

static int listen_tcp(uint16_t number)
{
	struct sockaddr_in address = {
		.sin_family = AF_INET, .sin_port = htons(number),
		.sin_addr.s_addr = htonl(INADDR_LOOPBACK),
	};
	socklen_t length = sizeof(address);
	int descriptor = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0), one = 1;

	setsockopt(descriptor, SOL_SOCKET, SO_REUSEADDR, &one, sizeof(one));
	ck_assert_int_eq(bind(descriptor, (struct sockaddr *)&address, length),
			 0);
	ck_assert_int_eq(listen(descriptor, 4), 0);
	getsockname(descriptor, (struct sockaddr *)&address, &length);
	snprintf(port, sizeof(port), "%u", ntohs(address.sin_port));
	config.port = port;
	return descriptor;
}

/* A message as RFC 6587 frames it: its length, a blank, and the message */
static void check_framed(int descriptor, const char *wanted)
{
	char text[4096] = "", digit = 0;
	size_t length = 0;

	while (recv(descriptor, &digit, 1, 0) == 1 && digit != ' ')
		length = length * 10 + (size_t)(digit - '0');
	ck_assert_uint_lt(length, sizeof(text));
	ck_assert_int_eq(recv(descriptor, text, length, MSG_WAITALL),
			 (ssize_t)length);
	ck_assert_msg(strstr(text, wanted) != NULL, "%s", text);
	ck_assert_int_eq(text[0], '<');
}

START_TEST(syslog_by_a_stream)
{
	int listener, stream;
	bool more;

	use_syslog(CONFIG_TCP);
	listener = listen_tcp(0);
	event_store(store, &place, 0, 2);
	feed();
	stream = accept(listener, NULL, NULL);
	check_framed(stream, "sequence=\"1\"");
	check_framed(stream, "sequence=\"2\"");
	/* The end of the stream is noticed before anything is sent into it */
	close(stream);
	close(listener);
	event_store(store, &place, 0, 1);
	ck_assert(!sink_step(&sink, &more));
	ck_assert_ptr_nonnull(strstr(sink.why, "cannot reach 127.0.0.1 port"));
	listener = listen_tcp((uint16_t)atoi(port));
	feed();
	stream = accept(listener, NULL, NULL);
	check_framed(stream, "sequence=\"3\"");
	close(stream);
	close(listener);
}
END_TEST

START_TEST(only_departures_if_no_more_is_wanted)
{
	struct client_event from, event;
	uint64_t missed;

	config.departures = true;
	event_store(store, &place, 3, 1);
	event = event_departure(5, place.made);
	from = event;
	from.type = CORDON_EVENT_EXIT;
	from.topic = CORDON_TOPIC_TASK;
	from.sequence = place.next;
	memcpy(from.made, place.made, sizeof(from.made));
	event_free(&event);
	from.workload = "web";
	from.program = from.comm = from.object = from.peer = "";
	from.local.segments = from.remote.segments = "";
	event = event_from(&from);
	ck_assert(store_begin(store));
	ck_assert(store_add(store, &place, &event, &missed));
	ck_assert(store_commit(store, &place));
	event_free(&event);
	event_store(store, &place, 0, 1);
	feed();
	check_file(path, "x3 4 6");
}
END_TEST

START_TEST(pauses_grow_and_end)
{
	ck_assert_uint_eq(pace_delay(1), 250);
	ck_assert_uint_eq(pace_delay(2), 500);
	ck_assert_uint_eq(pace_delay(8), PACE_MAX);
	ck_assert_uint_eq(pace_delay(UINT32_MAX), PACE_MAX);
}
END_TEST

Suite *cordond_sink_suite(void)
{
	Suite *suite = suite_create("cordond_sink");
	TCase *tests = tcase_create("sink");

	tcase_add_checked_fixture(tests, begin, end);
	tcase_add_test(tests, lines_are_written_in_order);
	tcase_add_test(tests, the_file_is_the_administrators);
	tcase_add_test(tests, a_file_that_was_moved_is_made_again);
	tcase_add_test(tests, a_torn_line_comes_again_as_a_whole);
	tcase_add_test(tests, files_are_rotated_by_size);
	tcase_add_test(tests, what_was_dropped_before_is_told);
	tcase_add_test(tests, what_was_dropped_of_instances_before_is_told);
	tcase_add_test(tests, a_new_sink_misses_nothing_of_before);
	tcase_add_test(tests, a_link_is_not_followed);
	tcase_add_test(tests, syslog_by_datagrams);
	tcase_add_test(tests, syslog_by_a_stream);
	tcase_add_test(tests, only_departures_if_no_more_is_wanted);
	tcase_add_test(tests, pauses_grow_and_end);
	suite_add_tcase(suite, tests);
	return suite;
}
