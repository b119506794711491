// SPDX-License-Identifier: LGPL-2.1-or-later
/* Answers, what they write, and what reaches the terminal. */
#include <dirent.h>
#include <fcntl.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include "ctl/manifest_write.h"
#include "ctl/memory.h"
#include "ctl/review/manifest_file.h"
#include "review_fixture.h"
#include "suites.h"

#define NGINX "/usr/sbin/nginx"

static struct behaviour_set seen;

static void set_up(void)
{
	review_set_up();
	seen = (struct behaviour_set){ 0 };
}

static struct behaviour *see(unsigned int op, const char *object)
{
	struct behaviour *behaviour = capture_add(&seen, NGINX, op, object);

	behaviour->result = BEHAVIOUR_WOULD_DENY;
	return behaviour;
}

static void see_temporary(void)
{
	see(CORDON_OP_WRITE, "/srv/t/x.aB3dEf");
	see(CORDON_OP_WRITE, "/srv/t/x.Zx81kQ");
	see(CORDON_OP_WRITE, "/srv/t/x.q0WmNp");
}

static void assert_list(const char *exe, const char *key, const char *wanted)
{
	json_t *document = review_result();
	char *text = review_list(document, exe, key);

	ck_assert_str_eq(text, wanted);
	free(text);
	json_decref(document);
}

/* Nothing of ours lies about: no half written file, no backup. */
static size_t count_files(void)
{
	DIR *directory = opendir(review_directory);
	size_t count = 0;

	while (readdir(directory))
		count++;
	closedir(directory);
	return count - 2;
}

START_TEST(what_is_allowed_is_added)
{
	json_t *document, *program;

	review_manifest(",\"note\":\"mine\",\"read\":[\"/z\",\"/a\"]",
			",\"description\":\"by hand\",\"deny\":[{\"note\":\"n\",\"read\":[\"/q\"]}]");
	see(CORDON_OP_READ, "/m");
	review_assert(&seen, "a\nyes\n", EXIT_OK,
		      "+         w: /usr/sbin/nginx may now read /m");
	/* Behind what people wrote, in their order. */
	assert_list(NGINX, "read", "/z /a /m");
	document = review_result();
	program = json_array_get(json_object_get(document, "programs"), 0);
	ck_assert_str_eq(json_string_value(json_object_get(program, "note")),
			 "mine");
	ck_assert_str_eq(json_object_iter_key(json_object_iter(document)),
			 "manifest");
	ck_assert_uint_eq(json_array_size(json_object_get(document, "deny")),
			  1);
	json_decref(document);
}
END_TEST

/* The same answers write the same bytes; no answer writes none. */
START_TEST(writing_is_stable)
{
	char *first, *second;

	review_manifest("", "");
	see(CORDON_OP_READ, "/m");
	review_assert(&seen, "a\nyes\n", EXIT_OK, "web.json is written");
	first = review_text("web.json");
	see(CORDON_OP_READ, "/m");
	review_assert(&seen, "", EXIT_OK, "0 questions");
	see(CORDON_OP_READ, "/n");
	review_assert(&seen, "s\n", EXIT_DECISION, "nothing is to be written");
	second = review_text("web.json");
	ck_assert_str_eq(first, second);
	free(first);
	free(second);
}
END_TEST

START_TEST(a_pattern_is_chosen)
{
	json_t *document, *evidence;

	review_manifest("", "");
	see_temporary();
	review_assert(&seen, "g1\nyes\n", EXIT_OK, "generalised 1");
	assert_list(NGINX, "write", "/srv/t/x.??????");
	document = review_result();
	evidence = json_object_get(json_array_get(json_object_get(document,
								  "programs"),
						  0), "seen");
	evidence = json_object_get(evidence, "/srv/t/x.??????");
	ck_assert_str_eq(json_string_value(json_object_get(evidence, "shape")),
			 "temporary");
	ck_assert_int_eq(json_integer_value(json_object_get(evidence,
							    "objects")), 3);
	json_decref(document);
}
END_TEST

START_TEST(or_each_is_named)
{
	review_manifest("", "");
	see_temporary();
	review_assert(&seen, "g 2\ng 0\ng x\na\nyes\n", EXIT_OK,
		      "Which one? g 1 to g 1.");
	assert_list(NGINX, "write",
		    "/srv/t/x.Zx81kQ /srv/t/x.aB3dEf /srv/t/x.q0WmNp");
}
END_TEST

START_TEST(a_pattern_is_edited)
{
	review_manifest("", "");
	see_temporary();
	/* Relative, not all of it, empty, no JSON; then right. */
	review_assert(&seen,
		      "e srv/*\ne /srv/t/y*\ne\n\ne {\"to\":\ne /srv/t/x.*\nyes\n",
		      EXIT_OK, "it does not allow all that was seen");
	assert_list(NGINX, "write", "/srv/t/x.*");
}
END_TEST

START_TEST(a_pattern_that_is_wide_wants_care)
{
	review_manifest("", "");
	see(CORDON_OP_READ, "/srv/x");
	see(CORDON_OP_READ, "/srv/server.key");
	/* The key is asked about first. */
	review_assert(&seen, "s\ne /**\ne /srv/*\nb\n\ns\na\nyes\n",
		      EXIT_DECISION, "it also allows /srv/server.key");
	assert_list(NGINX, "read", "/srv/x");
}
END_TEST

START_TEST(a_pattern_that_is_wide_may_be_meant)
{
	review_manifest("", "");
	see(CORDON_OP_READ, "/srv/x");
	see(CORDON_OP_READ, "/srv/server.key");
	review_assert(&seen, "s\nallow e /srv/*\nyes\n", EXIT_DECISION,
		      "generalised 1");
	assert_list(NGINX, "read", "/srv/*");
}
END_TEST

START_TEST(what_is_sensitive_wants_the_word)
{
	review_manifest("", "");
	see(CORDON_OP_READ, "/etc/shadow");
	review_assert(&seen, "a\ng\n1\ne /etc/sha*\ny\nyes\nq\n", EXIT_DECISION,
		      "type the whole word: allow");
	see(CORDON_OP_READ, "/etc/shadow");
	review_assert(&seen, "a\nallow\nyes\n", EXIT_OK, "allowed 1");
	assert_list(NGINX, "read", "/etc/shadow");
}
END_TEST

START_TEST(a_program_gets_an_entry)
{
	review_manifest("", "");
	see(CORDON_OP_EXEC, "/usr/libexec/helper");
	capture_add(&seen, "/usr/libexec/helper", CORDON_OP_READ, "/srv/x");
	review_assert(&seen, "e /usr/libexec/*\na\na\nyes\n", EXIT_OK,
		      "an entry is made for /usr/libexec/helper");
	assert_list(NGINX, "exec", "/usr/libexec/helper");
	assert_list("/usr/libexec/helper", "read", "/srv/x");
}
END_TEST

START_TEST(what_is_denied_has_a_rule)
{
	json_t *document, *denied;

	/* To an element that has a response nothing is added. */
	review_manifest(",\"deny\":[{\"read\":[\"/q\"],\"note\":\"why not\",\"respond\":[{\"do\":\"kill\"}]}]",
			"");
	see(CORDON_OP_READ, "/srv/x");
	see(CORDON_OP_WRITE, "/srv/y");
	review_assert(&seen, "d why not\nd\n\nyes\n", EXIT_OK, "denied 2");
	document = review_result();
	denied = json_object_get(json_array_get(json_object_get(document,
								"programs"),
						0), "deny");
	ck_assert_uint_eq(json_array_size(denied), 3);
	ck_assert_ptr_nonnull(json_object_get(json_array_get(denied, 0),
					      "respond"));
	ck_assert_str_eq(json_string_value(json_object_get(json_array_get(denied, 2),
							   "note")),
			 "denied in review");
	json_decref(document);
	see(CORDON_OP_READ, "/srv/x");
	review_assert(&seen, "", EXIT_OK, "0 questions");
}
END_TEST

/* The deny of before is gone, and what is wider does not add to it. */
START_TEST(an_answer_replaces_the_one_before)
{
	json_t *document;

	review_manifest("", "");
	see(CORDON_OP_READ, "/srv/x");
	see(CORDON_OP_READ, "/srv/y");
	review_assert(&seen, "a\nd no\nb\ne /srv/?\nyes\n", EXIT_OK,
		      "allowed 1, generalised 1, denied 0");
	assert_list(NGINX, "read", "/srv/x /srv/?");
	document = review_result();
	ck_assert_ptr_null(json_object_get(json_array_get(json_object_get(document,
									  "programs"),
							  0), "deny"));
	json_decref(document);
}
END_TEST

START_TEST(answers_are_taken_back)
{
	review_manifest("", "");
	see(CORDON_OP_READ, "/srv/x");
	see(CORDON_OP_READ, "/srv/y");
	review_assert(&seen, "u\na\nu\nd no\nb\nb\na\nu\ns\na\nb\nyes\nq\nyes\n",
		      EXIT_DECISION, "There is nothing to undo.");
	assert_list(NGINX, "read", "/srv/y");
}
END_TEST

START_TEST(an_answer_settles_others)
{
	review_manifest("", "");
	see(CORDON_OP_READ, "/srv/x");
	see(CORDON_OP_READ, "/srv/y");
	review_assert(&seen, "e /srv/?\nyes\n", EXIT_OK,
		      "2 of 2 is settled by an answer before.");
}
END_TEST

/* Whatever ends it before "yes" leaves all as it was. */
START_TEST(without_yes_nothing_is_written)
{
	static const char *const answers[] = {
		"", "a\n", "a\nno\n", "q\n", "a\nperhaps\n", "x\n?\n", "d\n",
		"e\n",
	};
	char *before, *after;

	review_manifest("", "");
	see(CORDON_OP_READ, "/srv/x");
	before = review_text("web.json");
	review_assert(&seen, answers[_i], EXIT_DECISION, "1 question about w");
	after = review_text("web.json");
	ck_assert_str_eq(before, after);
	ck_assert_uint_eq(count_files(), 3);
	free(before);
	free(after);
}
END_TEST

/* Whenever it comes: nothing is changed, and nothing is left beside it. */
START_TEST(an_interrupt_leaves_the_file)
{
	char *answers = memory_format("%s/answers", review_directory);
	char *line = memory_format("--manifest %s/web.json --from %s/seen.json --answers %s",
				   review_directory, review_directory,
				   answers);
	char *before, *after;
	int descriptor, status;
	pid_t child;

	review_manifest("", "");
	see(CORDON_OP_READ, "/srv/x");
	review_seen(&seen);
	behaviour_set_free(&seen);
	before = review_text("web.json");
	ck_assert_int_eq(mkfifo(answers, 0600), 0);
	child = fork();
	if (!child) {
		/* The test runner has a handler of its own. */
		signal(SIGINT, SIG_DFL);
		run_command(&command_review, line, false);
		_exit(0);
	}
	descriptor = open(answers, O_WRONLY);
	ck_assert_int_eq(write(descriptor, "a\nx\n", 4), 4);
	kill(child, SIGINT);
	ck_assert_int_eq(waitpid(child, &status, 0), child);
	ck_assert(WIFSIGNALED(status) && WTERMSIG(status) == SIGINT);
	close(descriptor);
	after = review_text("web.json");
	ck_assert_str_eq(before, after);
	ck_assert_uint_eq(count_files(), 3);
	free(before);
	free(after);
	free(line);
	free(answers);
}
END_TEST

START_TEST(the_file_keeps_what_is_its_own)
{
	char *name = memory_format("%s/web.json", review_directory);
	char *link_name = memory_format("%s/link.json", review_directory);
	struct stat status;
	char *before, *kept;

	review_manifest("", "");
	before = review_text("web.json");
	chmod(name, 0604);
	ck_assert_int_eq(symlink("web.json", link_name), 0);
	see(CORDON_OP_READ, "/srv/x");
	review_assert(&seen, "a\nyes\n", EXIT_OK, "web.json is written");
	ck_assert_int_eq(stat(name, &status), 0);
	ck_assert_int_eq(status.st_mode & 07777, 0604);
	kept = review_text("web.json~");
	ck_assert_str_eq(kept, before);
	ck_assert_uint_eq(count_files(), 5);
	free(kept);
	free(before);
	free(link_name);
	free(name);
}
END_TEST

START_TEST(what_others_changed_is_left)
{
	const struct manifest_options foreign = { .foreign = true };
	char *name = memory_format("%s/web.json", review_directory), *text;
	struct manifest_file file;

	review_manifest("", "");
	ck_assert_int_eq(manifest_file_open(&file, name, &foreign), EXIT_OK);
	review_manifest(",\"note\":\"theirs\"", "");
	ck_assert_ptr_nonnull(freopen("/dev/null", "w", stderr));
	ck_assert_int_eq(manifest_file_replace(&file, file.document),
			 EXIT_CONFLICT);
	text = review_text("web.json");
	ck_assert_ptr_nonnull(strstr(text, "theirs"));
	ck_assert_uint_eq(count_files(), 1);
	unlink(name);
	ck_assert_int_ne(manifest_file_replace(&file, file.document), EXIT_OK);
	ck_assert_uint_eq(count_files(), 0);
	manifest_file_close(&file);
	free(text);
	free(name);
}
END_TEST

START_TEST(what_is_no_manifest_is_refused)
{
	static const char *const wrong[] = {
		"{\"manifest\":1}", "{", "{\"piece\":1}",
		"{\"segments\":1,\"name\":\"s\"}",
		"{\"manifest\":1,\"workload\":\"v\",\"members\":{\"any\":[\"exe:/p\"]},\"default\":\"deny\"}",
	};

	reader_write(review_directory, "web.json", "%s", wrong[_i]);
	see(CORDON_OP_READ, "/srv/x");
	review_assert(&seen, "a\nyes\n", _i == 4 ? EXIT_UNKNOWN :
		      EXIT_MANIFEST, "");
}
END_TEST

/* Names that would drive the terminal, in every place that shows them. */
START_TEST(names_cannot_drive_the_terminal)
{
	static const char nasty[] =
		"/srv/\x1b[2J\x1b]0;x\x07\r\n> yes\b\x7f\xc2\x9b" "1m\xe2\x80\xae" "txt*?[{";
	struct outcome outcome;
	const char *at;

	review_manifest("", "");
	see(CORDON_OP_READ, nasty);
	see(CORDON_OP_EXEC, nasty);
	capture_add(&seen, nasty, CORDON_OP_WRITE, nasty);
	outcome = review_run(&seen, "x\n?\nallow\nx\na\nb\n?\na\nx\nd \x1b[0m\xe2\x80\xaeno\nyes\n",
			     false);
	ck_assert_msg(outcome.code == EXIT_OK, "%d\n%s", outcome.code,
		      outcome.text);
	for (at = outcome.text; *at; at++)
		ck_assert_msg(*at == '\n' ||
			      ((unsigned char)*at >= ' ' && *at != '\x7f'),
			      "byte %d in\n%s", *at, outcome.text);
	ck_assert_ptr_null(strstr(outcome.text, "\xc2\x9b"));
	ck_assert_ptr_null(strstr(outcome.text, "\xe2\x80\xae"));
	ck_assert_ptr_null(strstr(outcome.text, "\n> yes\b"));
	free(outcome.text);
	json_decref(review_result());
}
END_TEST

/* Names that are long, or not UTF-8; each line fits a serial console. */
START_TEST(lines_fit)
{
	struct outcome outcome;
	char name[3000], *line, *save;

	memset(name, 'x', sizeof(name));
	memcpy(name, "/srv/", 5);
	for (line = name + 200; line < name + sizeof(name); line += 200)
		*line = '/';
	name[sizeof(name) - 1] = '\0';
	review_manifest("", "");
	see(CORDON_OP_READ, name);
	see(CORDON_OP_READ, "/srv/\\xff\\xfe");
	see(CORDON_OP_READ, "/etc/shadow");
	see(CORDON_OP_WRITE, "/srv/\xe4\xb8\x80\xe4\xb8\x80\xe4\xb8\x80");
	see_temporary();
	outcome = review_run(&seen, "?\nx\nallow\nx\na\nx\na\nx\na\na\nyes\n",
			     false);
	ck_assert_msg(outcome.code == EXIT_OK, "%d\n%s", outcome.code,
		      outcome.text);
	for (line = strtok_r(outcome.text, "\n", &save); line;
	     line = strtok_r(NULL, "\n", &save))
		ck_assert_msg(output_width(line) <= 80 ||
			      strstr(line, "web.json"), "%s", line);
	free(outcome.text);
}
END_TEST

START_TEST(programs_read_records)
{
	struct outcome outcome;
	json_t *records, *record;

	review_manifest("", "");
	see(CORDON_OP_READ, "/srv/x");
	see_temporary();
	see(CORDON_OP_READ, "/etc/shadow");
	outcome = review_run(&seen, "allow\nd no\ng\nyes\n", true);
	ck_assert_int_eq(outcome.code, EXIT_OK);
	records = json_loads(outcome.text, 0, NULL);
	ck_assert_msg(json_array_size(records) == 3, "%s", outcome.text);
	record = json_array_get(records, 0);
	ck_assert_str_eq(json_string_value(json_object_get(record, "answer")),
			 "allow");
	ck_assert(json_is_string(json_object_get(record, "caution")));
	record = json_array_get(records, 1);
	ck_assert_str_eq(json_string_value(json_object_get(record, "note")),
			 "no");
	record = json_array_get(records, 2);
	ck_assert_str_eq(json_string_value(json_object_get(record, "pattern")),
			 "/srv/t/x.??????");
	json_decref(records);
	free(outcome.text);
}
END_TEST

/* Any lines at all: it ends, and what it writes is right. */
START_TEST(random_answers)
{
	static const char *const words[] = {
		"a", "allow", "g", "g 1", "1", "e /srv/**", "e /**", "e {", "d",
		"d no", "s", "x", "b", "u", "?", "", "yes", "no", "allow g 1",
		"allow e /srv/*", "allow 1", "allow allow", "dd", "\x1b[A", "e",
		"e \"\\u0000\"", "e { \"to\": \"any\" }",
	};
	char *answers = NULL;
	size_t size, i;
	FILE *stream = open_memstream(&answers, &size);
	struct outcome outcome;

	srand((unsigned int)_i);
	for (i = 0; i < 60; i++)
		fprintf(stream, "%s\n",
			words[(size_t)rand() % ARRAY_SIZE(words)]);
	fputs("q\nyes\n", stream);
	fclose(stream);
	review_manifest(",\"read\":[\"/srv/q\"]", "");
	see_temporary();
	see(CORDON_OP_READ, "/srv/x");
	see(CORDON_OP_EXEC, "/usr/bin/dash");
	see(CORDON_OP_WRITE, "/mnt")->reason = strdup("mount");
	capture_add(&seen, "/usr/bin/dash", CORDON_OP_READ, "/srv/y");
	outcome = review_run(&seen, answers, false);
	ck_assert_msg(outcome.code == EXIT_OK || outcome.code == EXIT_DECISION,
		      "%d\n%s", outcome.code, outcome.text);
	json_decref(review_result());
	free(outcome.text);
	free(answers);
}
END_TEST

Suite *review_dialogue_suite(void)
{
	Suite *suite = suite_create("review/dialogue");
	TCase *test = tcase_create("answers");

	tcase_add_checked_fixture(test, set_up, review_tear_down);
	tcase_set_timeout(test, 60);
	tcase_add_test(test, what_is_allowed_is_added);
	tcase_add_test(test, writing_is_stable);
	tcase_add_test(test, a_pattern_is_chosen);
	tcase_add_test(test, or_each_is_named);
	tcase_add_test(test, a_pattern_is_edited);
	tcase_add_test(test, a_pattern_that_is_wide_wants_care);
	tcase_add_test(test, a_pattern_that_is_wide_may_be_meant);
	tcase_add_test(test, what_is_sensitive_wants_the_word);
	tcase_add_test(test, a_program_gets_an_entry);
	tcase_add_test(test, what_is_denied_has_a_rule);
	tcase_add_test(test, an_answer_replaces_the_one_before);
	tcase_add_test(test, answers_are_taken_back);
	tcase_add_test(test, an_answer_settles_others);
	tcase_add_loop_test(test, without_yes_nothing_is_written, 0, 8);
	tcase_add_test(test, an_interrupt_leaves_the_file);
	tcase_add_test(test, the_file_keeps_what_is_its_own);
	tcase_add_test(test, what_others_changed_is_left);
	tcase_add_loop_test(test, what_is_no_manifest_is_refused, 0, 5);
	tcase_add_test(test, names_cannot_drive_the_terminal);
	tcase_add_test(test, lines_fit);
	tcase_add_test(test, programs_read_records);
	tcase_add_loop_test(test, random_answers, 0, 20);
	suite_add_tcase(suite, test);
	return suite;
}
