// SPDX-License-Identifier: LGPL-2.1-or-later
/* What commands about segments say, as far as no module is needed for it. */
#include <netlink/genl/genl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "ctl/client_private.h"
#include "ctl/command.h"
#include "ctl/listener.h"
#include "ctl/segment_table.h"
#include "ctl/workload.h"

#include "message_fixture.h"
#include "reader_fixture.h"
#include "suites.h"

#define WORDS_MAX 8

static char told[32768];
static char list_path[64];

static void write_list(const char *text)
{
	FILE *file;
	int descriptor;

	strcpy(list_path, "/tmp/cordon-list-XXXXXX");
	descriptor = mkstemp(list_path);
	ck_assert_int_ge(descriptor, 0);
	file = fdopen(descriptor, "w");
	fputs(text, file);
	fclose(file);
}

/* Run a command; what it says on the standard error is in told */
static int run(const struct command *command, const char *const *given)
{
	struct command_globals globals = { .json = false };
	struct command_line line = { .output = NULL };
	char path[] = "/tmp/cordon-told-XXXXXX", *words[WORDS_MAX + 1];
	int count = 0, code, saved = dup(2), file = mkstemp(path);
	ssize_t size;

	for (; given[count]; count++)
		words[count] = (char *)given[count];
	words[count] = NULL;
	dup2(file, 2);
	code = command_parse(command, count, words, &line, &globals);
	if (!code) {
		line.output = output_create(stdout, false,
					    OUTPUT_COLOUR_NEVER);
		code = command->run(&line);
		output_destroy(line.output);
	}
	dup2(saved, 2);
	close(saved);
	size = pread(file, told, sizeof(told) - 1, 0);
	told[size < 0 ? 0 : size] = '\0';
	close(file);
	unlink(path);
	return code;
}

START_TEST(wrong_words_are_told_before_anything_is_done)
{
	static const struct {
		const char *words[WORDS_MAX];
		const char *says;
	} wrong[] = {
		{ { "lod", "db", "x" }, "did you mean \"load\"?" },
		{ { "add", "db" }, "usage: cordonctl segment add NAME PREFIX" },
		{ { "list", "a", "b" }, "too much" },
		{ { "load", "db", "a", "b" }, "too much" },
		{ { "add", "db", "192.0.2.300" }, "\"192.0.2.300\"" },
		{ { "add", "db", "10.1.0.0/8" }, "\"10.1.0.0/8\"" },
		{ { "add", "db", "192.0.2.1", "--ttl", "6" },
		  "6h or 7d, up to 365d, not \"6\"" },
		{ { "add", "db", "192.0.2.1", "--allow-empty" },
		  "does not take --allow-empty" },
		{ { "del", "db", "192.0.2.1", "--ttl=6h" },
		  "does not take --ttl" },
		{ { "list", "--dry-run" }, "does not take --dry-run" },
		{ { "--ttl", "6h" }, "segment does not take --ttl" },
	};

	ck_assert_int_eq(run(&command_segment, wrong[_i].words), EXIT_USAGE);
	ck_assert_msg(strstr(told, wrong[_i].says), "%s", told);
}
END_TEST

START_TEST(a_wrong_list_is_told_line_by_line)
{
	const char *const words[] = { "load", "db", list_path, NULL };
	char wanted[128];

	write_list("192.0.2.1\n192.0.2.300\n10.1.0.0/8\n");
	ck_assert_int_eq(run(&command_segment, words), EXIT_MANIFEST);
	snprintf(wanted, sizeof(wanted), "%s:2:1: error: ", list_path);
	ck_assert_msg(strstr(told, wanted), "%s", told);
	snprintf(wanted, sizeof(wanted), "%s:3:1: error: ", list_path);
	ck_assert_msg(strstr(told, wanted), "%s", told);
	ck_assert_msg(strstr(told, "nothing was changed"), "%s", told);
	unlink(list_path);
}
END_TEST

START_TEST(an_empty_list_must_be_meant)
{
	const char *const words[] = { "load", "db", list_path, NULL };

	write_list("# the feed could not be fetched\n");
	ck_assert_int_eq(run(&command_segment, words), EXIT_MANIFEST);
	ck_assert_msg(strstr(told, "--allow-empty"), "%s", told);
	unlink(list_path);
	ck_assert_int_eq(run(&command_segment, words), EXIT_MANIFEST);
	ck_assert_msg(strstr(told, "No such file"), "%s", told);
}
END_TEST

START_TEST(thousands_of_wrong_lines_are_counted)
{
	const char *const words[] = { "load", "db", list_path, NULL };
	char *text = NULL;
	FILE *stream;
	size_t size, i;

	stream = open_memstream(&text, &size);
	for (i = 0; i < 4000; i++)
		fputs("<p>\n", stream);
	fclose(stream);
	write_list(text);
	free(text);
	ck_assert_int_eq(run(&command_segment, words), EXIT_MANIFEST);
	ck_assert_msg(strstr(told, ":100:1: error: "), "%s", told);
	ck_assert_msg(!strstr(told, ":101:1: error: "), "%s", told);
	ck_assert_msg(strstr(told, ": 3900 more lines are wrong"), "%s", told);
	unlink(list_path);
}
END_TEST

static struct nlattr *begin(struct nl_msg *message, int type)
{
	return nla_nest_start(message, type);
}

static void keep(struct client_dump *dump, struct nl_msg *message,
		 enum cordon_command command)
{
	message_keep(dump, message);
	ck_assert_int_eq(client_dump_records(dump, command), EXIT_OK);
}

static void put_entry(struct nl_msg *message, const char *segment,
		      uint8_t last, uint8_t length, uint8_t origin,
		      uint32_t left)
{
	unsigned char address[16] = {
		[10] = 0xff, [11] = 0xff, [12] = 10, [14] = 2, [15] = last,
	};
	struct nlattr *nest = begin(message, CORDON_A_ENTRY);

	nla_put_string(message, CORDON_ENTRY_A_SEGMENT, segment);
	nla_put_string(message, CORDON_ENTRY_A_WORKLOAD, "site");
	nla_put(message, CORDON_ENTRY_A_ADDRESS, sizeof(address), address);
	nla_put_u8(message, CORDON_ENTRY_A_LENGTH, length);
	nla_put_u8(message, CORDON_ENTRY_A_ORIGIN, origin);
	if (left)
		nla_put_u32(message, CORDON_ENTRY_A_LEFT, left);
	nla_put_u64(message, CORDON_ENTRY_A_HITS, 7);
	nla_nest_end(message, nest);
}

static struct client_segments segments;
static struct client_dump entries, members;

/* Three segments of one document: with addresses, an interface, nothing */
static void make_site(void)
{
	static const char *const names[] = { "db", "guests", "blocked" };
	struct nl_msg *message = message_new(CORDON_CMD_WORKLOAD_DUMP);
	struct nlattr *nest = begin(message, CORDON_A_WORKLOAD);
	uint32_t i;

	memset(&segments, 0, sizeof(segments));
	memset(&entries, 0, sizeof(entries));
	memset(&members, 0, sizeof(members));
	nla_put_string(message, CORDON_WORKLOAD_A_NAME, "site");
	nla_put_u8(message, CORDON_WORKLOAD_A_DEFAULT, CORDON_EFFECT_ALLOW);
	nla_put_u8(message, CORDON_WORKLOAD_A_KIND, CORDON_DOCUMENT_SEGMENTS);
	nla_put_u32(message, CORDON_WORKLOAD_A_PROGRAMS, 3);
	nla_nest_end(message, nest);
	nest = begin(message, CORDON_A_WORKLOAD);
	nla_put_string(message, CORDON_WORKLOAD_A_NAME, "web");
	nla_put_u8(message, CORDON_WORKLOAD_A_DEFAULT, CORDON_EFFECT_DENY);
	nla_put_u32(message, CORDON_WORKLOAD_A_TASKS, 4);
	nla_nest_end(message, nest);
	keep(&segments.workloads, message, CORDON_CMD_WORKLOAD_DUMP);
	message = message_new(CORDON_CMD_PROGRAM_DUMP);
	for (i = 0; i < 3; i++) {
		nest = begin(message, CORDON_A_PROGRAM);
		nla_put_string(message, CORDON_PROGRAM_A_WORKLOAD, "site");
		nla_put_string(message, CORDON_PROGRAM_A_EXE, names[i]);
		nla_put_u32(message, CORDON_PROGRAM_A_INDEX, i);
		if (!i)
			nla_put_flag(message, CORDON_PROGRAM_A_ISOLATED);
		nla_nest_end(message, nest);
	}
	keep(&segments.programs, message, CORDON_CMD_PROGRAM_DUMP);
	ck_assert_int_eq(client_segments_sort(&segments), EXIT_OK);
	message = message_new(CORDON_CMD_ENTRY_DUMP);
	put_entry(message, "db", 9, 128, CORDON_ORIGIN_ADDED, 21599);
	put_entry(message, "db", 0, 120, CORDON_ORIGIN_DOCUMENT, 0);
	keep(&entries, message, CORDON_CMD_ENTRY_DUMP);
	message = message_new(CORDON_CMD_MEMBER_DUMP);
	nest = begin(message, CORDON_A_MEMBER);
	nla_put_string(message, CORDON_MEMBER_A_WORKLOAD, "site");
	nla_put_u8(message, CORDON_MEMBER_A_KIND, CORDON_MEMBER_INTERFACE);
	nla_put_string(message, CORDON_MEMBER_A_PATTERN, "vnet3");
	nla_put_u32(message, CORDON_MEMBER_A_PROGRAM, 1);
	nla_nest_end(message, nest);
	keep(&members, message, CORDON_CMD_MEMBER_DUMP);
}

static void free_site(void)
{
	client_segments_free(&segments);
	client_dump_free(&entries);
	client_dump_free(&members);
}

static char *text;
static size_t text_size;

static struct output *capture(bool json, FILE **stream)
{
	*stream = open_memstream(&text, &text_size);
	return output_create(*stream, json, OUTPUT_COLOUR_NEVER);
}

static void check_output(struct output *output, FILE *stream,
			 const char *wanted)
{
	output_destroy(output);
	fclose(stream);
	ck_assert_str_eq(text, wanted);
	free(text);
}

START_TEST(what_lies_in_segments_is_listed)
{
	struct output *output;
	FILE *stream;

	output = capture(false, &stream);
	ck_assert_int_eq(segment_table_list(output, &segments, &entries,
					    &members, NULL), EXIT_OK);
	check_output(output, stream,
		     "SEGMENT  PREFIX           ORIGIN    HITS  LEFT\n"
		     "blocked  (empty)          -            -  -\n"
		     "db       10.0.2.0/24      document     7  -\n"
		     "db       10.0.2.9         added        7  5h 59m\n"
		     "guests   interface:vnet3  document     -  -\n");
}
END_TEST

START_TEST(what_lies_in_a_segment_is_json)
{
	struct output *output;
	FILE *stream;

	output = capture(true, &stream);
	ck_assert_int_eq(segment_table_list(output, &segments, &entries,
					    &members,
					    client_segments_find(&segments,
								 "db")),
			 EXIT_OK);
	check_output(output, stream,
		     "[\n  {\"segment\":\"db\",\"origin\":\"document\",\"hits\":7,\"prefix\":\"10.0.2.0/24\",\"interface\":null,\"left\":null,\"document\":\"site\"},\n"
		     "  {\"segment\":\"db\",\"origin\":\"added\",\"hits\":7,\"prefix\":\"10.0.2.9\",\"interface\":null,\"left\":21599,\"document\":\"site\"}\n]\n");
}
END_TEST

START_TEST(nothing_in_a_segment_is_no_object)
{
	struct output *output;
	FILE *stream;

	output = capture(true, &stream);
	ck_assert_int_eq(segment_table_list(output, &segments, &entries,
					    &members,
					    client_segments_find(&segments,
								 "blocked")),
			 EXIT_OK);
	check_output(output, stream, "[]\n");
}
END_TEST

START_TEST(segments_are_summed_up)
{
	struct output *output;
	FILE *stream;

	output = capture(false, &stream);
	ck_assert_int_eq(segment_table_summary(output, &segments, &entries),
			 EXIT_OK);
	check_output(output, stream,
		     "SEGMENT  ISOLATED  DOCUMENT  ADDED  LOADED  HITS  OF\n"
		     "blocked                   0      0       0     0  site\n"
		     "db       yes              1      1       0    14  site\n"
		     "guests                    0      0       0     0  site\n");
}
END_TEST

START_TEST(documents_of_segments_stand_among_workloads)
{
	struct output *output;
	FILE *stream;

	output = capture(false, &stream);
	ck_assert_int_eq(workload_print(output, &segments.workloads), EXIT_OK);
	check_output(output, stream,
		     "WORKLOAD  KIND      EXEC     LOAD     FILE     NET      DEFAULT  TASKS  RULES  DENIED  WOULD-DENY  MANIFEST\n"
		     "site      segments  -        -        -        monitor  -            -      0       0           0  -\n"
		     "web       manifest  monitor  monitor  monitor  monitor  deny         4      0       0           0  -\n");
}
END_TEST

START_TEST(what_rejects_is_shown)
{
	struct output *output;
	FILE *stream;

	segments.workloads.workloads[0].reject = true;
	output = capture(false, &stream);
	ck_assert_int_eq(workload_print(output, &segments.workloads), EXIT_OK);
	check_output(output, stream,
		     "WORKLOAD  KIND      EXEC     LOAD     FILE     NET      DEFAULT  REJECT  TASKS  RULES  DENIED  WOULD-DENY  MANIFEST\n"
		     "site      segments  -        -        -        monitor  -        yes         -      0       0           0  -\n"
		     "web       manifest  monitor  monitor  monitor  monitor  deny                 4      0       0           0  -\n");
}
END_TEST

/* A /proc of two processes: 7 has inherited the sockets 70 and 71, 8 has 70 */
static char proc[64];

static void put_file(const char *tgid, const char *number, const char *target)
{
	char path[128];

	snprintf(path, sizeof(path), "%s/proc/%s", proc, tgid);
	mkdir(path, 0755);
	snprintf(path, sizeof(path), "%s/proc/%s/fd", proc, tgid);
	mkdir(path, 0755);
	snprintf(path, sizeof(path), "%s/proc/%s/fd/%s", proc, tgid, number);
	ck_assert_int_eq(symlink(target, path), 0);
}

static void make_proc(void)
{
	char path[128];

	strcpy(proc, "/tmp/cordon-proc-XXXXXX");
	ck_assert_ptr_nonnull(mkdtemp(proc));
	snprintf(path, sizeof(path), "%s/proc", proc);
	mkdir(path, 0755);
	put_file("7", "0", "/dev/null");
	put_file("7", "3", "socket:[70]");
	put_file("7", "4", "socket:[71]");
	put_file("7", "5", "socket:[99]");
	put_file("8", "3", "socket:[70]");
}

static void remove_proc(void)
{
	reader_clear(proc);
}

START_TEST(listeners_are_told_of_who_has_them_open)
{
	static const struct {
		uint64_t inode;
		uint16_t port;
		uint32_t tgid;
		uint8_t state;
	} made[] = {
		{ 71, 8002, 5, CORDON_FLOW_LISTENING },
		{ 70, 8001, 5, CORDON_FLOW_LISTENING },
		{ 72, 8003, 5, CORDON_FLOW_LISTENING },	/* nobody has it */
		{ 0, 8004, 7, CORDON_FLOW_LISTENING },
		{ 99, 8005, 7, CORDON_FLOW_OUTBOUND },
		{ 73, 8003, 5, CORDON_FLOW_LISTENING },	/* SO_REUSEPORT */
	};
	static const struct {
		uint32_t tgid;
		const char *text;
	} wanted[] = {
		{ 5, "tcp/8003" }, { 7, "tcp/8001" }, { 7, "tcp/8002" },
		{ 7, "tcp/8004" }, { 8, "tcp/8001" },
	};
	struct client_flow flows[6] = { { .workload = "web" } };
	const struct client_dump dump = { .flows = flows, .count = 6 };
	const uint32_t tgids[] = { 7, 8, 9 };
	struct listeners listeners = { .count = 0 };
	size_t i;

	for (i = 0; i < 6; i++) {
		flows[i].inode = made[i].inode;
		flows[i].protocol = 6;
		flows[i].tgid = made[i].tgid;
		flows[i].state = made[i].state;
		flows[i].local.known = true;
		flows[i].local.port = made[i].port;
	}
	ck_assert_int_eq(listeners_read(&listeners, &dump, tgids, 3, proc),
			 EXIT_OK);
	ck_assert_uint_eq(listeners.count, 5);
	for (i = 0; i < 5; i++) {
		ck_assert_uint_eq(listeners.list[i].tgid, wanted[i].tgid);
		ck_assert_str_eq(listeners.list[i].text, wanted[i].text);
	}
	ck_assert_uint_eq(listeners_first(&listeners, 7), 1);
	ck_assert_uint_eq(listeners_first(&listeners, 8), 4);
	ck_assert_uint_eq(listeners_first(&listeners, 9), 5);
	listeners_free(&listeners);
}
END_TEST

Suite *client_commands_suite(void)
{
	Suite *suite = suite_create("client_commands");
	TCase *words = tcase_create("words");
	TCase *tables = tcase_create("tables");
	TCase *processes = tcase_create("processes");

	tcase_add_loop_test(words, wrong_words_are_told_before_anything_is_done,
			    0, 11);
	tcase_add_test(words, a_wrong_list_is_told_line_by_line);
	tcase_add_test(words, an_empty_list_must_be_meant);
	tcase_add_test(words, thousands_of_wrong_lines_are_counted);
	suite_add_tcase(suite, words);
	tcase_add_checked_fixture(tables, make_site, free_site);
	tcase_add_test(tables, what_lies_in_segments_is_listed);
	tcase_add_test(tables, what_lies_in_a_segment_is_json);
	tcase_add_test(tables, nothing_in_a_segment_is_no_object);
	tcase_add_test(tables, segments_are_summed_up);
	tcase_add_test(tables, documents_of_segments_stand_among_workloads);
	tcase_add_test(tables, what_rejects_is_shown);
	suite_add_tcase(suite, tables);
	tcase_add_checked_fixture(processes, make_proc, remove_proc);
	tcase_add_test(processes, listeners_are_told_of_who_has_them_open);
	suite_add_tcase(suite, processes);
	return suite;
}
