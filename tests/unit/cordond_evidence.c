// SPDX-License-Identifier: LGPL-2.1-or-later
/* Evidence: taken from a /proc that is made up, and kept. */
#include <fcntl.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/types.h>
#include <unistd.h>

#include <check.h>

#include "ctl/cordond/evidence_keep.h"
#include "ctl/cordond/evidence_take.h"
#include "suites.h"

#define TICK (1000000000ull / 100)

static char place[] = "/tmp/cordon-evidence-XXXXXX";
static char made[sizeof(place)];
static struct evidence evidence;
static struct evidence_target target;
static int proc;

static void put(const char *name, const char *data, size_t size)
{
	int folder = open(made, O_DIRECTORY | O_RDONLY);
	int file = openat(folder, name, O_WRONLY | O_CREAT | O_TRUNC, 0600);

	ck_assert_int_ge(file, 0);
	while (size) {
		ssize_t done = write(file, data, size);

		ck_assert_int_gt(done, 0);
		data += done;
		size -= (size_t)done;
	}
	close(file);
	close(folder);
}

#define PUT(_name, _text) put(_name, _text, sizeof(_text) - 1)

static void make_link(const char *to, const char *name)
{
	int folder = open(made, O_DIRECTORY | O_RDONLY);

	ck_assert_int_eq(symlinkat(to, folder, name), 0);
	close(folder);
}

static void make_folder(const char *name)
{
	int folder = open(made, O_DIRECTORY | O_RDONLY);

	ck_assert_int_eq(mkdirat(folder, name, 0700), 0);
	close(folder);
}

/* Process 812, started by 7, which was started by 1. */
static void setup(void)
{
	strcpy(made, place);
	ck_assert_ptr_nonnull(mkdtemp(made));
	make_folder("proc");
	make_folder("proc/812");
	make_folder("proc/812/fd");
	make_folder("proc/7");
	make_folder("proc/1");
	PUT("proc/812/stat",
	    "812 (a) R 1 (\n) S 7 0 0 0 0 0 0 0 0 0 0 0 0 0 0 0 0 0 1234 0 0 0\n");
	PUT("proc/7/stat",
	    "7 (shell) S 1 0 0 0 0 0 0 0 0 0 0 0 0 0 0 0 0 0 12 0 0\n");
	PUT("proc/1/stat",
	    "1 (init) S 0 0 0 0 0 0 0 0 0 0 0 0 0 0 0 0 0 0 1 0 0\n");
	PUT("proc/812/cmdline", "nginx\0-c\0a\nb\0\xff\xfe\0");
	PUT("proc/812/environ",
	    "PATH=/bin:/usr/bin\0SECRET=hunter2\0hunter3\0A B=hunter4\0"
	    "EMPTY=\0LINES=hunter5\nhunter6=7\0=hunter7\0");
	PUT("proc/812/status", "Name:\tnginx\n");
	PUT("proc/812/cgroup", "0::/system.slice/nginx.service\n");
	PUT("proc/812/maps", "00400000-00401000 r-xp 0 00:00 0\n");
	PUT("file", "what it runs");
	make_link("/yard/bin/nginx\n(deleted)", "proc/812/cwd");
	make_link("/", "proc/812/root");
	make_link("../../file", "proc/812/exe");
	make_link("/usr/bin/bash", "proc/7/exe");
	make_link("/dev/null", "proc/812/fd/0");
	make_link("socket:[77]", "proc/812/fd/3");
	make_link("socket:[78]", "proc/812/fd/4");
	make_link("x\n\xff", "proc/812/fd/17");
	target = (struct evidence_target){
		.tgid = 812, .start = 1234 * TICK + 17,
	};
	proc = -1;
	evidence = (struct evidence){ .executable = -1 };
}

static void teardown(void)
{
	char command[128];

	evidence_free(&evidence);
	if (proc >= 0)
		close(proc);
	snprintf(command, sizeof(command), "rm -rf %s", made);
	ck_assert_int_eq(system(command), 0);
}

static int folder_open(void)
{
	char path[PATH_MAX];

	snprintf(path, sizeof(path), "%s/proc", made);
	proc = open(path, O_RDONLY | O_DIRECTORY);
	return evidence_open(proc, &target);
}

static void take(void)
{
	int folder = folder_open();

	ck_assert_int_ge(folder, 0);
	ck_assert(evidence_take(proc, folder, &target, &evidence));
	close(folder);
}

static const json_t *part(const char *key)
{
	const json_t *value = json_object_get(evidence.document, key);

	ck_assert_msg(value, "there is no \"%s\"", key);
	return value;
}

static bool names(const char *list, const char *word)
{
	size_t i;

	for (i = 0; i < json_array_size(part(list)); i++)
		if (!strcmp(json_string_value(json_array_get(part(list), i)),
			    word))
			return true;
	return false;
}

START_TEST(a_number_that_is_another_s_now_is_not_read)
{
	target.start = 1235 * TICK;
	ck_assert_int_lt(folder_open(), 0);
}
END_TEST

START_TEST(nor_who_began_after_the_event)
{
	target.start = 0;
	target.before = 1233 * TICK;
	ck_assert_int_lt(folder_open(), 0);
	close(proc);
	target.before = 1234 * TICK;
	take();
}
END_TEST

START_TEST(the_command_is_kept_word_by_word)
{
	const json_t *words;

	take();
	words = part("command");
	ck_assert_uint_eq(json_array_size(words), 4);
	ck_assert_str_eq(json_string_value(json_array_get(words, 2)), "a\nb");
	ck_assert_str_eq(json_string_value(json_array_get(words, 3)),
			 "\\xff\\xfe");
}
END_TEST

START_TEST(names_of_the_environment_are_kept_and_no_value)
{
	char *text;

	take();
	ck_assert_uint_eq(json_array_size(part("environment")), 4);
	ck_assert(names("environment", "PATH"));
	ck_assert(names("environment", "SECRET"));
	ck_assert(names("environment", "EMPTY"));
	ck_assert(names("environment", "LINES"));
	ck_assert_int_eq(json_integer_value(part("environment_others")), 3);
	text = json_dumps(evidence.document, 0);
	ck_assert_ptr_null(strstr(text, "hunter"));
	free(text);
}
END_TEST

START_TEST(who_started_it_is_kept)
{
	const json_t *list;

	take();
	list = part("ancestors");
	ck_assert_uint_eq(json_array_size(list), 2);
	ck_assert_str_eq(json_string_value(json_object_get(
				 json_array_get(list, 0), "exe")),
			 "/usr/bin/bash");
	ck_assert_int_eq(json_integer_value(json_object_get(
				 json_array_get(list, 1), "pid")), 1);
}
END_TEST

static const json_t *file_of(int fd)
{
	size_t i;

	for (i = 0; i < json_array_size(part("files")); i++) {
		const json_t *file = json_array_get(part("files"), i);

		if (json_integer_value(json_object_get(file, "fd")) == fd)
			return file;
	}
	ck_abort_msg("descriptor %d is not there", fd);
}

START_TEST(files_and_sockets_are_kept)
{
	const struct cordon_address ten = { .byte = {
		[10] = 0xff, [11] = 0xff, [12] = 10, [14] = 2, [15] = 7,
	} };
	const struct client_flow flows[] = {
		{ .inode = 76, .family = AF_UNIX },
		{ .inode = 77, .family = AF_INET, .protocol = 6,
		  .state = CORDON_FLOW_OUTBOUND,
		  .remote = { .known = true, .port = 5432,
			      .address = ten } },
	};
	const json_t *socket;

	target.flows = flows;
	target.flow_count = 2;
	take();
	ck_assert_uint_eq(json_array_size(part("files")), 4);
	ck_assert_str_eq(json_string_value(json_object_get(file_of(17),
							   "target")),
			 "x\n\\xff");
	socket = json_object_get(file_of(3), "socket");
	ck_assert_str_eq(json_string_value(json_object_get(socket,
							   "protocol")), "tcp");
	ck_assert_str_eq(json_string_value(json_object_get(
				 json_object_get(socket, "remote"),
				 "address")), "10.0.2.7");
	ck_assert(json_is_null(json_object_get(file_of(4), "socket")));
}
END_TEST

START_TEST(what_is_too_much_is_cut_and_says_so)
{
	size_t size = 6 << 20, i;
	char *much = malloc(size), name[32];

	memset(much, 'x', size);
	put("proc/812/maps", much, size);
	put("proc/812/cmdline", much, size);
	memset(much, '\0', size);
	put("proc/812/environ", much, size);
	free(much);
	for (i = 100; i < 100 + 5000; i++) {
		snprintf(name, sizeof(name), "proc/812/fd/%zu", i);
		make_link("/dev/null", name);
	}
	take();
	ck_assert(names("cut", "maps"));
	ck_assert(names("cut", "command"));
	ck_assert(names("cut", "environment"));
	ck_assert(names("cut", "files"));
	ck_assert_uint_eq(evidence.maps_size, 4 << 20);
	ck_assert_uint_eq(json_array_size(part("files")), 4096);
	ck_assert_uint_eq(strlen(json_string_value(json_array_get(
				  part("command"), 0))), 64 << 10);
}
END_TEST

START_TEST(what_cannot_be_read_is_named)
{
	char path[PATH_MAX];

	snprintf(path, sizeof(path), "%s/proc/812/maps", made);
	unlink(path);
	snprintf(path, sizeof(path), "%s/proc/812/environ", made);
	unlink(path);
	make_link("/etc/shadow", "proc/812/environ");
	take();
	ck_assert(names("missing", "maps"));
	/* A /proc has no links there */
	ck_assert(names("missing", "environment"));
	ck_assert(json_is_null(part("maps")));
}
END_TEST

START_TEST(only_what_is_not_known_is_copied)
{
	take();
	ck_assert_int_lt(evidence.executable, 0);
	evidence_free(&evidence);
	close(proc);
	target.unlisted = true;
	take();
	ck_assert_int_ge(evidence.executable, 0);
}
END_TEST

/* --- keeping ---------------------------------------------------------------- */

static const struct evidence_id id = { 0xc0ffee, 41, 812 };

static void keep(struct config_evidence *config, char path[PATH_MAX],
		 uint64_t sequence)
{
	struct evidence_id now = id;
	char why[EVIDENCE_WHY], text[EVIDENCE_ID];

	now.sequence = sequence;
	snprintf(path, PATH_MAX, "%s/kept", made);
	config->path = path;
	ck_assert_msg(evidence_keep(config, &now, &evidence, why), "%s", why);
	ck_assert(evidence_is_kept(config, &now));
	snprintf(path + strlen(path), 128, "/%s",
		 evidence_id_print(&now, text));
}

static mode_t mode_of(const char *path, const char *name)
{
	char whole[PATH_MAX + 64];
	struct stat stat_of;

	snprintf(whole, sizeof(whole), "%s/%s", path, name);
	ck_assert_msg(!stat(whole, &stat_of), "%s is not there", whole);
	return stat_of.st_mode & 07777;
}

START_TEST(what_is_kept_is_root_s_alone)
{
	struct config_evidence config = { .size = 1 << 30,
					  .executable = 1 << 20 };
	char path[PATH_MAX], copy[PATH_MAX + 64], text[32] = "";
	const json_t *told;
	FILE *file;

	target.unlisted = true;
	take();
	keep(&config, path, 41);
	ck_assert_uint_eq(mode_of(path, ""), 0700);
	ck_assert_uint_eq(mode_of(path, ".."), 0700);
	ck_assert_uint_eq(mode_of(path, "evidence.json"), 0600);
	ck_assert_uint_eq(mode_of(path, "maps"), 0600);
	ck_assert_uint_eq(mode_of(path, "executable"), 0600);
	snprintf(copy, sizeof(copy), "%s/executable", path);
	file = fopen(copy, "r");
	ck_assert_ptr_nonnull(fgets(text, sizeof(text), file));
	fclose(file);
	ck_assert_str_eq(text, "what it runs");
	told = part("executable");
	ck_assert_int_eq(json_integer_value(json_object_get(told, "size")), 12);
	/* printf 'what it runs' | sha256sum */
	ck_assert_str_eq(json_string_value(json_object_get(told, "sha256")),
			 "447fd7ab55382dfcb38b0f76eafabd7424a5d4bcd2df501cba12756e4ff34e21");
}
END_TEST

START_TEST(a_copy_is_bounded)
{
	struct config_evidence config = { .size = 1 << 30, .executable = 4 };
	char path[PATH_MAX];
	const json_t *told;

	target.unlisted = true;
	take();
	keep(&config, path, 41);
	told = part("executable");
	ck_assert_int_eq(json_integer_value(json_object_get(told, "size")), 4);
	ck_assert(json_is_true(json_object_get(told, "cut")));
}
END_TEST

START_TEST(the_oldest_make_room)
{
	struct config_evidence config = { .size = 64 << 10,
					  .executable = 1 << 20 };
	struct evidence_id *ids;
	char path[PATH_MAX];
	size_t count;
	uint64_t i;

	take();
	for (i = 1; i <= 20; i++)
		keep(&config, path, i);
	snprintf(path, sizeof(path), "%s/kept", made);
	ck_assert_int_eq(evidence_list(path, &ids, &count), 0);
	ck_assert_uint_gt(count, 1);
	ck_assert_uint_lt(count, 20);
	ck_assert_uint_eq(ids[count - 1].sequence, 20);
	ck_assert_uint_eq(ids[0].sequence, 21 - count);
	free(ids);
}
END_TEST

START_TEST(what_was_not_finished_is_removed)
{
	struct config_evidence config;
	char path[PATH_MAX];

	make_folder("kept");
	make_folder("kept/unfinished-00000000c0ffee00-1-2");
	PUT("kept/unfinished-00000000c0ffee00-1-2/executable", "half");
	snprintf(path, sizeof(path), "%s/kept", made);
	config.path = path;
	evidence_clean(&config);
	strcat(path, "/unfinished-00000000c0ffee00-1-2");
	ck_assert_int_ne(access(path, F_OK), 0);
}
END_TEST

START_TEST(an_id_is_written_in_one_way)
{
	struct evidence_id again;
	char text[EVIDENCE_ID];

	ck_assert_str_eq(evidence_id_print(&id, text),
			 "0000000000c0ffee-41-812");
	ck_assert(evidence_id_parse(text, &again));
	ck_assert(evidence_id_same(&id, &again));
	again.tgid++;
	ck_assert(!evidence_id_same(&id, &again));
	ck_assert(!evidence_id_parse("c0ffee-41-812", &again));
	ck_assert(!evidence_id_parse("0000000000c0ffee-41-812/..", &again));
	ck_assert(!evidence_id_parse("..", &again));
	ck_assert(!evidence_id_parse("0000000000c0ffee-41--812", &again));
}
END_TEST

Suite *cordond_evidence_suite(void)
{
	Suite *suite = suite_create("cordond/evidence");
	TCase *takes = tcase_create("take"), *keeps = tcase_create("keep");

	tcase_add_checked_fixture(takes, setup, teardown);
	tcase_add_test(takes, a_number_that_is_another_s_now_is_not_read);
	tcase_add_test(takes, nor_who_began_after_the_event);
	tcase_add_test(takes, the_command_is_kept_word_by_word);
	tcase_add_test(takes, names_of_the_environment_are_kept_and_no_value);
	tcase_add_test(takes, who_started_it_is_kept);
	tcase_add_test(takes, files_and_sockets_are_kept);
	tcase_add_test(takes, what_is_too_much_is_cut_and_says_so);
	tcase_add_test(takes, what_cannot_be_read_is_named);
	tcase_add_test(takes, only_what_is_not_known_is_copied);
	suite_add_tcase(suite, takes);
	tcase_add_checked_fixture(keeps, setup, teardown);
	tcase_add_test(keeps, what_is_kept_is_root_s_alone);
	tcase_add_test(keeps, a_copy_is_bounded);
	tcase_add_test(keeps, the_oldest_make_room);
	tcase_add_test(keeps, what_was_not_finished_is_removed);
	tcase_add_test(keeps, an_id_is_written_in_one_way);
	suite_add_tcase(suite, keeps);
	return suite;
}
