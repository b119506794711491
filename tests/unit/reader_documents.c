// SPDX-License-Identifier: LGPL-2.1-or-later
/*
 * The reader on whole documents.
 *
 * manifests/good/ is read without a word; manifests/bad/ (single files) and
 * manifests/together/ (directories, of which each file may be right) are
 * refused, manifests/warned/ is read with warnings, and what the reader says
 * is what stands in NAME.expected beside it.  With REWRITE_EXPECTED=1 in the
 * environment these are written anew: read what has changed before keeping it.
 */
#include <dirent.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "reader_fixture.h"
#include "suites.h"

/* Exactly the manifests of a folder: no README, nothing expected. */
static int is_document(const struct dirent *entry)
{
	const char *dot = strrchr(entry->d_name, '.');

	if (entry->d_name[0] == '.' || !strcmp(entry->d_name, "base"))
		return 0;
	return !dot || !strcmp(dot, ".json");
}

static char *read_file(const char *path)
{
	FILE *stream = fopen(path, "r"), *copy;
	char *text = NULL;
	size_t size;
	int byte;

	if (!stream)
		return strdup("");
	copy = open_memstream(&text, &size);
	while ((byte = fgetc(stream)) != EOF)
		fputc(byte, copy);
	fclose(stream);
	fclose(copy);
	return text;
}

/* Where the tree lies is not for the expected text: "@" stands for it. */
static void hide_directory(char *text)
{
	char *here = getcwd(NULL, 0), *at;

	while ((at = strstr(text, here))) {
		*at = '@';
		memmove(at + 1, at + strlen(here),
			strlen(at + strlen(here)) + 1);
	}
	free(here);
}

static void compare(const char *folder, const char *name, char *found)
{
	char path[512], *expected;
	FILE *stream;

	snprintf(path, sizeof(path), "%s/%s/%.*s.expected", READER_MANIFESTS,
		 folder, (int)strcspn(name, "."), name);
	hide_directory(found);
	if (getenv("REWRITE_EXPECTED")) {
		stream = fopen(path, "w");
		ck_assert_ptr_nonnull(stream);
		fputs(found, stream);
		fclose(stream);
	}
	expected = read_file(path);
	ck_assert_msg(!strcmp(found, expected),
		      "%s/%s: the reader says\n%sinstead of\n%s", folder, name,
		      found, expected);
	free(expected);
}

static void read_folder(const char *folder, bool usable, bool silent)
{
	char directory[256], path[512];
	struct dirent **entries;
	int count, i;

	snprintf(directory, sizeof(directory), "%s/%s", READER_MANIFESTS,
		 folder);
	count = scandir(directory, &entries, is_document, alphasort);
	ck_assert_int_gt(count, 0);
	for (i = 0; i < count; i++) {
		const char *name = entries[i]->d_name, *paths[] = { path };
		/* Whom this machine knows is what that one is about. */
		const struct manifest_options options = {
			.foreign = strcmp(name, "members-user.json") != 0,
			.pieces = !strcmp(folder, "good/base"),
		};
		struct manifest_set set;
		struct report report;
		char *text;
		int read;

		snprintf(path, sizeof(path), "%s/%s", directory, name);
		report_init(&report);
		read = manifest_set_read(&set, paths, 1, &options, &report);
		text = reader_text(&report);
		ck_assert_msg((read == 0) == usable, "%s: %s\n%s", path,
			      usable ? "was refused" : "was taken", text);
		ck_assert_uint_eq(report.errors != 0, !usable);
		if (silent)
			ck_assert_str_eq(text, "");
		else
			compare(folder, name, text);
		free(text);
		manifest_set_free(&set);
		report_free(&report);
		free(entries[i]);
	}
	free(entries);
}

START_TEST(good_manifests_are_read_without_a_word)
{
	read_folder(_i ? "good/base" : "good", true, true);
}
END_TEST

START_TEST(bad_manifests_are_refused_with_all_that_is_wrong)
{
	read_folder("bad", false, false);
}
END_TEST

START_TEST(manifests_that_do_not_go_together_are_refused)
{
	read_folder("together", false, false);
}
END_TEST

START_TEST(doubtful_manifests_are_read_with_warnings)
{
	read_folder("warned", true, false);
}
END_TEST

START_TEST(what_is_no_readable_file_is_told)
{
	char *directory = reader_directory(), *found;

	found = reader_findings(directory, "missing.json", true);
	ck_assert_str_eq(found, "missing.json: error: cannot be read: No such file or directory\n");
	free(found);
	reader_write(directory, "directory.json/file", " ");
	found = reader_findings(directory, "directory.json", true);
	ck_assert_str_eq(found, "directory.json: error: holds no manifest (manifests are files whose names end in .json)\n");
	free(found);
	found = reader_findings(directory, "directory.json/file/x", true);
	ck_assert_str_eq(found, "directory.json/file/x: error: cannot be read: Not a directory\n");
	free(found);
	found = reader_findings("/dev", "null", true);
	ck_assert_str_eq(found, "null: error: is not a regular file\n");
	free(found);
	reader_remove(directory);
}
END_TEST

START_TEST(a_file_without_permission_is_told)
{
	char *directory = reader_directory(), *found;
	char path[512];

	reader_write(directory, "a.json", "{}");
	snprintf(path, sizeof(path), "%s/a.json", directory);
	ck_assert_int_eq(chmod(path, 0), 0);
	ck_assert_int_eq(chmod(directory, 0755), 0);
	/* Root may read all: be someone else for that. */
	if (!geteuid())
		ck_assert_int_eq(seteuid(65534), 0);
	found = reader_findings(directory, "a.json", true);
	if (!getuid())
		ck_assert_int_eq(seteuid(0), 0);
	ck_assert_str_eq(found, "a.json: error: cannot be read: Permission denied\n");
	free(found);
	reader_remove(directory);
}
END_TEST

START_TEST(a_huge_file_is_not_read)
{
	char *directory = reader_directory(), *found;
	char path[512];

	reader_write(directory, "huge.json", "{");
	snprintf(path, sizeof(path), "%s/huge.json", directory);
	ck_assert_int_eq(truncate(path, MANIFEST_FILE_MAX + 1), 0);
	found = reader_findings(directory, "huge.json", true);
	ck_assert_str_eq(found, "huge.json: error: is larger than 16777216 bytes (split it into pieces, or generalise its rules)\n");
	free(found);
	reader_remove(directory);
}
END_TEST

START_TEST(too_many_values_are_refused)
{
	char *directory = reader_directory(), *found;
	char *list = malloc(2 * (1 << 20) + 1);
	int i;

	for (i = 0; i < 1 << 20; i++)
		memcpy(list + 2 * i, "1,", 2);
	list[2 * i - 1] = 0;
	reader_write(directory, "a.json", "{\"manifest\":[%s]}", list);
	found = reader_findings(directory, "a.json", true);
	ck_assert_ptr_nonnull(strstr(found, "more values than a document may hold"));
	free(found);
	free(list);
	reader_remove(directory);
}
END_TEST

START_TEST(pieces_may_not_include_each_other_too_deep)
{
	char *directory = reader_directory(), *found, name[32];
	int i;

	reader_write(directory, "a.json",
		     "{\"manifest\":1,\"workload\":\"a\",\"members\":\"host\",\"default\":\"allow\",\"include\":[\"p1\"]}");
	for (i = 1; i <= MANIFEST_INCLUDE_MAX; i++) {
		snprintf(name, sizeof(name), "p%d.json", i);
		reader_write(directory, name,
			     i < MANIFEST_INCLUDE_MAX ?
			     "{\"piece\":1,\"include\":[\"p%d\"]}" :
			     "{\"piece\":%d}",
			     i < MANIFEST_INCLUDE_MAX ? i + 1 : 1);
	}
	found = reader_findings(directory, "a.json", true);
	ck_assert_str_eq(found, "");
	free(found);

	reader_write(directory, name, "{\"piece\":1,\"include\":[\"p17\"]}");
	reader_write(directory, "p17.json", "{\"piece\":1}");
	found = reader_findings(directory, "a.json", true);
	ck_assert_str_eq(found, "p16.json:1:23: error: /include/0: more than 16 pieces include one another in a row\n");
	free(found);
	reader_remove(directory);
}
END_TEST

START_TEST(a_place_counts_characters_and_lines)
{
	char *directory = reader_directory(), *found;

	reader_write(directory, "a.json",
		     "{\r\n\t\"manifest\": 1, \"owner\": \"h\u00e9 \U0001f600\", \"x\": 0,\r\n \"workload\": \"a\", \"members\": \"host\", \"default\": \"allow\",\n\"deny\": [ { \"read\": [ \"/\u00e9\\u00e9\\ud83d\\ude00\\\"//\" ] } ] }");
	found = reader_findings(directory, "a.json", true);
	ck_assert_str_eq(found,
			 "a.json:2:34: error: /x: a manifest has no key \"x\" (its keys are $schema, manifest, workload, description, owner, members, mode, default, reject, respond, promote, include, programs, allow, deny)\n"
			 "a.json:4:47: error: /deny/0/read/0: an empty component: a slash too many (write one slash)\n");
	free(found);
	reader_remove(directory);
}
END_TEST

START_TEST(findings_cannot_forge_lines)
{
	char *directory = reader_directory(), *found;

	reader_write(directory, "a.json",
		     "{ \"manifest\": 1, \"workload\": \"a\", \"members\": \"host\", \"default\": \"allow\", \"\\n\\u001b[2J\": 1 }");
	found = reader_findings(directory, "a.json", true);
	ck_assert_ptr_eq(strchr(found, '\n'), found + strlen(found) - 1);
	ck_assert_ptr_null(strchr(found, 0x1b));
	free(found);
	reader_remove(directory);
}
END_TEST

Suite *reader_documents_suite(void)
{
	Suite *suite = suite_create("reader: documents");
	TCase *corpus = tcase_create("corpus");
	TCase *files = tcase_create("files");

	tcase_set_timeout(corpus, 60);
	tcase_add_loop_test(corpus, good_manifests_are_read_without_a_word, 0,
			    2);
	tcase_add_test(corpus, bad_manifests_are_refused_with_all_that_is_wrong);
	tcase_add_test(corpus, manifests_that_do_not_go_together_are_refused);
	tcase_add_test(corpus, doubtful_manifests_are_read_with_warnings);
	suite_add_tcase(suite, corpus);
	tcase_set_timeout(files, 60);
	tcase_add_test(files, what_is_no_readable_file_is_told);
	tcase_add_test(files, a_file_without_permission_is_told);
	tcase_add_test(files, a_huge_file_is_not_read);
	tcase_add_test(files, too_many_values_are_refused);
	tcase_add_test(files, pieces_may_not_include_each_other_too_deep);
	tcase_add_test(files, a_place_counts_characters_and_lines);
	tcase_add_test(files, findings_cannot_forge_lines);
	suite_add_tcase(suite, files);
	return suite;
}
