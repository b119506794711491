// SPDX-License-Identifier: LGPL-2.1-or-later
/*
 * What comes of manifests that are right: drafts, and warnings that depend on
 * the machine.
 */
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "ctl/cases.h"
#include "ctl/manifest_source.h"
#include "pattern.h"
#include "reader_fixture.h"
#include "suites.h"

START_TEST(a_draft_says_what_its_manifest_says)
{
	static const char *const rules[] = {
		"0 allow exec /usr/libexec/helper = /usr/libexec/helper example.json:13:17 (the server)",
		"0 allow load,read /usr/lib/nginx/modules/*.so = /usr/lib/nginx/modules/*.so example.json:14:17 (the server)",
		"0 allow read /etc/nginx{,/**} = /etc/nginx /etc/nginx/** example.json:15:17 (the server)",
		"0 allow read /srv/www/** = /srv/www/** example.json:15:37 (the server)",
		"0 allow write /var/log/nginx/*.log = /var/log/nginx/*.log example.json:16:18 (the server)",
		"0 allow write /run/nginx.pid = /run/nginx.pid example.json:16:42 (the server)",
		"1 deny read /etc/nginx/private/** = /etc/nginx/private/** example.json:19:59",
		"- deny write /etc/** = /etc/** example.json:22:26 (never, whatever is added above)",
		"- allow load,read /usr/lib/*.so{,.*} = /usr/lib/*.so /usr/lib/*.so.* first.json:5:26 (libraries)",
		"- allow read /etc/ld.so.cache = /etc/ld.so.cache second.json:3:26",
		"- deny exec memfd: = memfd: second.json:4:25",
		"- deny exec deleted: = deleted: second.json:4:35",
		"- deny exec detached: = detached: second.json:4:47",
		"- deny exec anon: = anon: second.json:4:60",
		"0 allow read /etc/passwd = /etc/passwd second.json:5:55",
	};
	struct manifest_set set = reader_set(READER_MANIFESTS "/good/example.json",
					   &(struct manifest_options){
						.foreign = true });
	const struct cordon_draft *draft = set.drafts[0];
	u32 i;

	ck_assert_uint_eq(set.count, 1);
	ck_assert_uint_eq(set.documents, 3);
	ck_assert_str_eq(cordon_draft_text(draft, draft->name), "web");
	ck_assert_str_eq(cordon_draft_text(draft, draft->description),
			 "nginx serving /srv/www");
	ck_assert_str_eq(cordon_draft_text(draft, draft->owner), "web team");
	ck_assert_str_eq(cordon_draft_text(draft, draft->file),
			 READER_MANIFESTS "/good/example.json");
	ck_assert_uint_eq(draft->effect, CORDON_EFFECT_DENY);
	ck_assert_uint_eq(draft->reject, true);
	ck_assert_uint_eq(draft->mode[CORDON_CLASS_EXEC], CORDON_MODE_ENFORCE);
	ck_assert_uint_eq(draft->mode[CORDON_CLASS_LOAD], CORDON_MODE_ENFORCE);
	ck_assert_uint_eq(draft->mode[CORDON_CLASS_FILE], CORDON_MODE_MONITOR);
	ck_assert_uint_eq(draft->mode[CORDON_CLASS_NET], CORDON_MODE_MONITOR);
	ck_assert_uint_eq(draft->used.members, 2);
	ck_assert_uint_eq(cordon_draft_member(draft, 1)->kind,
			  CORDON_MEMBER_UNIT);
	ck_assert_uint_eq(draft->used.programs, 2);
	ck_assert_uint_eq(draft->used.rules, sizeof(rules) / sizeof(rules[0]));
	for (i = 0; i < draft->used.rules; i++) {
		char *rule = reader_rule(draft, i);

		ck_assert_str_eq(rule, rules[i]);
		free(rule);
	}
	manifest_set_free(&set);
	ck_assert_uint_eq(set.count, 0);
}
END_TEST

START_TEST(members_are_of_their_kinds)
{
	static const struct {
		enum cordon_member_kind kind;
		const char *pattern;
		u32 uid;
	} members[] = {
		{ CORDON_MEMBER_EXE, "/usr/sbin/nginx", 0 },
		{ CORDON_MEMBER_EXE, "/usr/sbin/php-fpm*", 0 },
		{ CORDON_MEMBER_EXE, "/opt/**/bin/*", 0 },
		{ CORDON_MEMBER_UNIT, "nginx.service", 0 },
		{ CORDON_MEMBER_UNIT, "php?.*-fpm.service", 0 },
		{ CORDON_MEMBER_UNIT, "dev-disk-by\\\\x2dlabel.swap", 0 },
		{ CORDON_MEMBER_CGROUP, "/system.slice/nginx.service", 0 },
		{ CORDON_MEMBER_CGROUP, "/user.slice/**", 0 },
		{ CORDON_MEMBER_USER, "", 0 },
		{ CORDON_MEMBER_USER, "", 33 },
	};
	struct manifest_set set = reader_set(READER_MANIFESTS "/good/members.json",
					   NULL);
	const struct cordon_draft *draft = set.drafts[0];
	u32 i;

	ck_assert_uint_eq(draft->used.members,
			  sizeof(members) / sizeof(members[0]));
	for (i = 0; i < draft->used.members; i++) {
		const struct cordon_draft_member *member =
			cordon_draft_member(draft, i);

		ck_assert_uint_eq(member->kind, members[i].kind);
		ck_assert_str_eq(cordon_draft_text(draft, member->pattern),
				 members[i].pattern);
		ck_assert_uint_eq(member->uid, members[i].uid);
	}
	manifest_set_free(&set);
}
END_TEST

#define HEAD(name) "{\"manifest\":1,\"workload\":\"" name "\",\"default\":\"deny\",\"members\":{\"any\":[\"exe:/usr/x\"]}"

START_TEST(a_directory_is_read_sorted_and_once)
{
	char *directory = reader_directory(), path[512], file[512];
	const char *paths[] = { path, file, path };
	struct manifest_set set;
	struct report report;

	reader_write(directory, "a.json", HEAD("web") "}");
	reader_write(directory, "b.json",
		     "{\"manifest\":1,\"workload\":\"mail\",\"default\":\"deny\",\"members\":{\"any\":[\"exe:/usr/y\"]}}");
	reader_write(directory, ".hidden.json", "{");
	reader_write(directory, "notes.txt", "{");
	reader_write(directory, "piece.json", "{\"piece\": 2}");
	reader_write(directory, "cases.json", "{\"cordon-test\": 1}");
	reader_write(directory, "below/c.json", "{");
	snprintf(path, sizeof(path), "%s/", directory);
	snprintf(file, sizeof(file), "%s/below/../a.json", directory);
	report_init(&report);
	manifest_set_read(&set, paths, 3,
			  &(struct manifest_options){ .absolute = true },
			  &report);
	ck_assert_msg(!report.count, "%s", reader_text(&report));
	ck_assert_uint_eq(set.count, 2);
	ck_assert_str_eq(cordon_draft_text(set.drafts[0], set.drafts[0]->name),
			 "mail");
	snprintf(file, sizeof(file), "%s/a.json", directory);
	ck_assert_str_eq(cordon_draft_text(set.drafts[1], set.drafts[1]->file),
			 file);
	manifest_set_free(&set);
	report_free(&report);
	reader_remove(directory);
}
END_TEST

START_TEST(pieces_are_found_where_they_should_be)
{
	char *directory = reader_directory(), other[512];
	const char *place = other;
	struct manifest_options options = {
		.include_paths = &place,
		.include_count = 1,
		.foreign = true,
	};
	struct manifest_set set;
	char path[512];

	snprintf(other, sizeof(other), "%s/other", directory);
	snprintf(path, sizeof(path), "%s/manifests/mail/smtp/a.json", directory);
	reader_write(directory, "manifests/mail/smtp/a.json",
		     HEAD("a") ",\"include\":[\"own\",\"base/top\",\"far\"]}");
	reader_write(directory, "manifests/mail/smtp/own.json",
		     "{\"piece\":1,\"allow\":[{\"read\":[\"/own\"]}]}");
	reader_write(directory, "manifests/mail/own.json", "{\"piece\":1}");
	reader_write(directory, "manifests/base/top.json",
		     "{\"piece\":1,\"allow\":[{\"read\":[\"/top\"]}]}");
	reader_write(directory, "other/far.json",
		     "{\"piece\":1,\"allow\":[{\"read\":[\"/far\"]}]}");
	/* Not a place: anyone could put a piece above. */
	reader_write(directory, "manifests/mail/far.json", "{");
	set = reader_set(path, &options);
	ck_assert_uint_eq(set.drafts[0]->used.rules, 3);
	manifest_set_free(&set);
	reader_remove(directory);
}
END_TEST

START_TEST(paths_through_links_are_warned_of)
{
	char *directory = reader_directory(), *found, link[512];

	reader_write(directory, "real/file", "x");
	snprintf(link, sizeof(link), "%s/link", directory);
	ck_assert_int_eq(symlink("real", link), 0);
	snprintf(link, sizeof(link), "%s/real/alias", directory);
	ck_assert_int_eq(symlink("file", link), 0);
	reader_write(directory, "a.json",
		     "{\"manifest\":1,\"workload\":\"a\",\"default\":\"deny\",\"members\":{\"any\":[\"exe:%s/link/file\"]},\n"
		     "\"allow\":[{\"read\":[\"%s/real/file\",\n\"%s/link/*\",\n\"%s/real/*/x\",\n\"%s/link/none\",\n\"%s/real/alias\"],\n"
		     "\"write\":[\"%s/real/alias\"],\n\"load\":[\"%s/link/alias\"]}]}",
		     directory, directory, directory, directory, directory,
		     directory, directory, directory);
	found = reader_findings(directory, "a.json", false);
	ck_assert_str_eq(found,
		"a.json:1:65: warning: /members/any/0: \"link/file\" matches nothing on this machine: link is a symbolic link (write \"real/file\")\n"
		"a.json:3:1: warning: /allow/0/read/1: \"link/*\" matches nothing on this machine: link is a symbolic link (write \"real/*\")\n"
		"a.json:5:1: warning: /allow/0/read/3: \"link/none\" matches nothing on this machine: link is a symbolic link (write \"real/none\")\n"
		"a.json:8:9: warning: /allow/0/load/0: \"link/alias\" matches nothing on this machine: link is a symbolic link (write \"real/file\")\n");
	free(found);
	found = reader_findings(directory, "a.json", true);
	ck_assert_str_eq(found, "");
	free(found);
	reader_remove(directory);
}
END_TEST

START_TEST(an_interpreter_runs_under_its_scripts_entry)
{
	char *directory = reader_directory(), *found, *sh;

	sh = realpath("/bin/sh", NULL);
	reader_write(directory, "script", "#! /bin/sh -e\n");
	reader_write(directory, "a.json",
		     HEAD("a") ",\"programs\":[{\"exe\":\"%s/script\",\"exec\":[\"%s\"]},\n"
		     "{\"exe\":\"/usr/x\",\"exec\":[\"%s\"]}]}", directory, sh, sh);
	found = reader_findings(directory, "a.json", true);
	ck_assert_ptr_eq(strstr(found, "a.json:2:25: warning: /programs/1/exec/0: "), found);
	ck_assert_ptr_eq(strchr(found, '\n'), found + strlen(found) - 1);
	free(found);
	free(sh);
	reader_remove(directory);
}
END_TEST

START_TEST(limits_of_the_contract_are_told)
{
	char *directory = reader_directory(), *found, *list = NULL;
	size_t size;
	FILE *stream = open_memstream(&list, &size);
	int i;

	for (i = 0; i <= CORDON_MEMBERS_MAX; i++)
		fprintf(stream, "%s\"exe:/x%d\"", i ? "," : "", i);
	fclose(stream);
	reader_write(directory, "a.json",
		     "{\"manifest\":1,\"workload\":\"a\",\"default\":\"deny\",\"members\":{\"any\":[%s]}}",
		     list);
	found = reader_findings(directory, "a.json", true);
	ck_assert_ptr_eq(strstr(found, "a.json:1:26: error: /workload: "),
			 found);
	free(found);
	free(list);

	/* More wildcard names in one directory than the engine can follow. */
	stream = open_memstream(&list, &size);
	for (i = 0; i <= CORDON_GLOBS_MAX; i++)
		fprintf(stream, "%s\n\"/d/%d*\"", i ? "," : "", i);
	fclose(stream);
	reader_write(directory, "a.json",
		     HEAD("a") ",\"allow\":[{\"read\":[%s]}]}", list);
	found = reader_findings(directory, "a.json", true);
	ck_assert_ptr_nonnull(strstr(found, ": error: "));
	ck_assert_int_eq(strncmp(found, "a.json:", 7), 0);
	ck_assert_int_ne(found[7], ' ');
	free(found);
	free(list);
	reader_remove(directory);
}
END_TEST

/* ---- matching -------------------------------------------------------------- */

/* A policy whose only program is @pattern. */
static struct cordon_policy *policy_of(const char *pattern,
				       struct cordon_draft **draft)
{
	struct cordon_workload_spec spec = {
		.name = "w",
		.counts = { .members = 1, .programs = 1, .bytes = 64 },
	};
	struct manifest_set set = { .count = 1, .drafts = draft };
	struct cordon_policy *policy;
	struct cordon_fault fault;
	struct report report;
	size_t size;

	spec.counts.bytes += strlen(pattern);
	size = cordon_draft_size(&spec.counts, &fault);
	*draft = cordon_draft_init(calloc(1, size), size, &spec, &fault);
	cordon_draft_add_member(*draft, CORDON_MEMBER_EXE, "/x", 0, &fault);
	ck_assert_int_eq(cordon_draft_add_program(*draft, pattern, &fault), 0);
	report_init(&report);
	policy = manifest_set_compile(&set, false, &report);
	ck_assert_ptr_nonnull(policy);
	report_free(&report);
	return policy;
}

/* @pieces of a pattern or path: few, so that many pairs match. */
static void draw(char *text, const char *const *pieces, unsigned int count)
{
	int components = 1 + rand() % 4;

	*text = 0;
	while (components--) {
		strcat(text, "/");
		strcat(text, pieces[rand() % count]);
	}
}

START_TEST(covering_is_matching_as_the_engine_does)
{
	static const char *const names[] = { "a", "b", "ab", "aab" };
	static const char *const globs[] = { "a", "b", "ab", "*", "a*", "?",
					     "[ab]*", "\\a", "**" };
	char pattern[64], path[64];
	unsigned int matches = 0;
	int i, k;

	srand(1);
	for (i = 0; i < 400; i++) {
		struct cordon_policy *policy;
		struct cordon_draft *draft;

		draw(pattern, globs, 9);
		if (cordon_pattern_check(pattern, strlen(pattern), NULL))
			continue;
		policy = policy_of(pattern, &draft);
		for (k = 0; k < 100; k++) {
			bool covers;

			draw(path, names, 4);
			covers = manifest_pattern_covers(pattern,
							 strlen(pattern), path,
							 strlen(path));
			ck_assert_msg(covers ==
				      (cordon_policy_program(policy, 0, path,
							     strlen(path)) !=
				       CORDON_NONE), "%s %s", pattern, path);
			matches += covers;
		}
		free(policy);
		free(draft);
	}
	ck_assert_uint_gt(matches, 1000);
}
END_TEST

START_TEST(a_quoted_path_matches_itself_only)
{
	static const char path[] = "/a*b/c?[d]{e}\\f";
	char *pattern = manifest_pattern_quote(path), *back;

	ck_assert_ptr_null(cordon_pattern_check(pattern, strlen(pattern),
						NULL));
	back = manifest_pattern_path(pattern);
	ck_assert_str_eq(back, path);
	ck_assert(manifest_pattern_covers(pattern, strlen(pattern), path,
					  strlen(path)));
	free(back);
	free(pattern);
}
END_TEST

/* ---- cases ----------------------------------------------------------------- */

START_TEST(documents_of_cases_are_read)
{
	struct report report;
	struct cases cases;
	char *text;

	report_init(&report);
	ck_assert_int_eq(cases_read(&cases, READER_MANIFESTS "/cases/good/web.json",
				    &report), 0);
	ck_assert_uint_eq(cases.count, 14);
	ck_assert_uint_eq(cases.manifest_count, 2);
	ck_assert(cases.enforce);
	ck_assert_str_eq(cases.manifests[1],
			 READER_MANIFESTS "/cases/good/../../good/host.json");
	ck_assert_uint_eq(cases.cases[11].question.uid, 0);
	ck_assert_uint_eq(cases.cases[12].question.uid, CORDON_NONE);
	ck_assert_uint_eq(cases.cases[3].action, CORDON_ACTION_DENY);
	cases_free(&cases);

	ck_assert_int_eq(cases_read(&cases, READER_MANIFESTS "/cases/bad/keys.json",
				    &report), -1);
	ck_assert_uint_eq(report.errors, 19);
	text = reader_text(&report);
	ck_assert_ptr_nonnull(strstr(text, "keys.json:9:79: error: /cases/3/becomes: only an exec makes a process become another\n"));
	free(text);
	report_free(&report);
}
END_TEST

START_TEST(the_schema_agrees_with_the_reader)
{
	ck_assert_int_eq(system("/usr/bin/python3 tests/unit/schema_check.py"),
			 0);
}
END_TEST

Suite *reader_meaning_suite(void)
{
	Suite *suite = suite_create("reader: meaning");
	TCase *meaning = tcase_create("meaning");

	tcase_set_timeout(meaning, 60);
	tcase_add_test(meaning, a_draft_says_what_its_manifest_says);
	tcase_add_test(meaning, members_are_of_their_kinds);
	tcase_add_test(meaning, a_directory_is_read_sorted_and_once);
	tcase_add_test(meaning, pieces_are_found_where_they_should_be);
	tcase_add_test(meaning, paths_through_links_are_warned_of);
	tcase_add_test(meaning, an_interpreter_runs_under_its_scripts_entry);
	tcase_add_test(meaning, limits_of_the_contract_are_told);
	tcase_add_test(meaning, covering_is_matching_as_the_engine_does);
	tcase_add_test(meaning, a_quoted_path_matches_itself_only);
	tcase_add_test(meaning, documents_of_cases_are_read);
	tcase_add_test(meaning, the_schema_agrees_with_the_reader);
	suite_add_tcase(suite, meaning);
	return suite;
}
