// SPDX-License-Identifier: LGPL-2.1-or-later
/* Rules that change nothing, and rules that allow much. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "command_fixture.h"
#include "ctl/hygiene.h"
#include "reader_fixture.h"
#include "suites.h"

static char *directory;

static void set_up(void)
{
	directory = reader_directory();
}

static void tear_down(void)
{
	reader_remove(directory);
}

/* Finds with a manifest whose program /p has these keys, and more keys. */
static void find(const char *program, const char *more,
		 void (*finder)(struct hygiene *, const struct cordon_draft *),
		 const char *rules)
{
	const struct manifest_options options = { .foreign = true };
	struct hygiene hygiene = { 0 };
	struct manifest_set set;
	char path[256], *text = NULL;
	FILE *stream;
	size_t size, i;

	reader_write(directory, "a.json",
		     "{\"manifest\":1,\"workload\":\"w\",\"members\":{\"any\":[\"exe:/p\"]},\"default\":\"deny\","
		     "\"programs\":[{\"exe\":\"/p\"%s}]%s}", program, more);
	snprintf(path, sizeof(path), "%s/a.json", directory);
	set = reader_set(path, &options);
	finder(&hygiene, set.drafts[0]);
	stream = open_memstream(&text, &size);
	for (i = 0; i < hygiene.count; i++) {
		const struct cordon_draft_rule *rule =
			cordon_draft_rule(hygiene.findings[i].draft,
					  hygiene.findings[i].rule);

		ck_assert_ptr_nonnull(hygiene.findings[i].why);
		fprintf(stream, "%s%s", i ? " " : "",
			cordon_draft_text(set.drafts[0], rule->text));
	}
	fclose(stream);
	ck_assert_msg(!strcmp(text, rules), "%s%s: \"%s\", not \"%s\"", program,
		      more, text, rules);
	free(text);
	hygiene_free(&hygiene);
	manifest_set_free(&set);
}

START_TEST(what_others_cover_is_shadowed)
{
	static const struct {
		const char *program, *document, *rules;
	} cases[] = {
		{ ",\"read\":[\"/a/**\",\"/a/b\"]", "", "/a/b" },
		{ ",\"read\":[\"/a/b\",\"/a/**\"]", "", "/a/b" },
		{ ",\"read\":[\"/a/*\",\"/a/b/c\"]", "", "" },
		{ ",\"read\":[\"/a/**\"],\"write\":[\"/a/b\"]", "", "" },
		/* Of what says the same the first stays */
		{ ",\"read\":[\"/a/[0-9]\",\"/a/[0-9]\"]", "", "/a/[0-9]" },
		{ ",\"read\":[\"/{a,b}\",\"/{b,a}\"]", "", "/{b,a}" },
		{ ",\"read\":[\"/{a,b}\",\"/{b,c}\"]", "", "" },
		{ ",\"read\":[\"/a\",\"/b\",\"/{a,b}\"]", "", "/{a,b}" },
		/* A deny outweighs all of it, or a part */
		{ ",\"read\":[\"/a/b\"]",
		  ",\"deny\":[{\"read\":[\"/a/**\"]}]", "/a/b" },
		{ ",\"read\":[\"/a/**\"]",
		  ",\"deny\":[{\"read\":[\"/a/b\"]}]", "" },
		{ ",\"read\":[\"/a/b\"]",
		  ",\"deny\":[{\"write\":[\"/a/**\"]}]", "" },
		{ "", ",\"deny\":[{\"read\":[\"/a/b\",\"/a/**\"]}]", "/a/b" },
		/* Of the workload and of a program */
		{ ",\"read\":[\"/a\"]", ",\"allow\":[{\"read\":[\"/a\"]}]",
		  "/a" },
		{ ",\"read\":[\"/a/**\"]",
		  ",\"allow\":[{\"read\":[\"/a/b\"]}]", "" },
		{ ",\"read\":[\"/a/**\"]},{\"exe\":\"/q\",\"read\":[\"/a/b\"]",
		  "", "" },
		/* A load allows to read */
		{ ",\"load\":[\"/a\"],\"read\":[\"/a\"]", "", "/a" },
		{ ",\"load\":[\"/a\"],\"read\":[\"/a*\"]", "", "" },
		/* Several together; and those that nothing is left of */
		{ ",\"listen\":[\"tcp/80\",\"tcp/81\",\"tcp/80-81\"]", "",
		  "tcp/80-81" },
		{ ",\"listen\":[\"tcp/80\",\"tcp/82\",\"tcp/80-82\"]", "",
		  "tcp/80 tcp/82" },
		{ ",\"connect\":[{\"to\":\"10.0.0.0/8\"},{\"to\":\"10.1.0.0/16\",\"port\":\"tcp/1\"}]",
		  "", "tcp/1@10.1.0.0/16" },
		{ ",\"connect\":[{\"to\":\"10.0.0.0/8\",\"port\":\"tcp/1\"},{\"to\":\"10.1.0.0/16\"}]",
		  "", "" },
	};

	find(cases[_i].program, cases[_i].document, hygiene_shadowed,
	     cases[_i].rules);
}
END_TEST

START_TEST(what_takes_in_much_is_broad)
{
	static const struct {
		const char *program, *document, *rules;
	} cases[] = {
		{ ",\"read\":[\"/**\"]", "", "/**" },
		{ ",\"read\":[\"/srv/**\"]", "", "" },
		{ ",\"read\":[\"/etc/**\"]", "", "/etc/**" },
		{ ",\"read\":[\"/etc/*\"]", "", "/etc/*" },
		{ ",\"read\":[\"/etc/nginx/**\"]", "", "" },
		/* What is named is meant */
		{ ",\"read\":[\"/etc/shadow\"]", "", "" },
		{ ",\"read\":[\"/etc/shado?\"]", "", "/etc/shado?" },
		{ ",\"read\":[\"/home/*/.ssh/*\"]", "", "/home/*/.ssh/*" },
		{ ",\"read\":[\"/home/*/.forward\"]", "", "" },
		{ ",\"read\":[\"/proc/*/environ\"]", "", "/proc/*/environ" },
		{ ",\"read\":[\"/proc/self/**\"]", "", "" },
		{ ",\"read\":[\"/usr/lib/**\"]", "", "" },
		{ ",\"write\":[\"/usr/lib/**\"]", "", "/usr/lib/**" },
		{ ",\"write\":[\"/var/log/nginx/**\"]", "", "" },
		{ ",\"write\":[\"/var/log/**\"]", "", "/var/log/**" },
		{ ",\"exec\":[\"/usr/bin/*\"]", "", "/usr/bin/*" },
		{ ",\"exec\":[\"/usr/bin/x*\"]", "", "" },
		{ "", ",\"deny\":[{\"read\":[\"/**\"]}]", "" },
		{ "", ",\"allow\":[{\"read\":[\"/**\"]}]", "/**" },
		/* To write what may be run */
		{ ",\"write\":[\"/d/**\"],\"exec\":[\"/d/bin/*\"]", "",
		  "/d/**" },
		{ ",\"write\":[\"/d/**\"],\"load\":[\"/d/x\"]", "", "/d/**" },
		{ ",\"write\":[\"/d/log/*\"],\"exec\":[\"/d/bin/*\"]", "",
		  "" },
		{ ",\"write\":[\"/d/*\"]},{\"exe\":\"/q\",\"exec\":[\"/d/x\"]",
		  "", "" },
		{ ",\"write\":[\"/d/*\"]", ",\"allow\":[{\"exec\":[\"/d/x\"]}]",
		  "/d/*" },
		/* Anybody, anywhere */
		{ ",\"connect\":[{\"to\":\"any\"}]", "", "any@any" },
		{ ",\"connect\":[{\"to\":\"0.0.0.0/0\"}]", "",
		  "any@0.0.0.0/0" },
		{ ",\"connect\":[{\"to\":\"any\",\"port\":\"tcp/443\"}]", "",
		  "" },
		{ ",\"connect\":[{\"to\":\"10.0.0.0/8\"}]", "", "" },
		{ ",\"connect\":[{\"to\":\"any\",\"port\":\"tcp/1-65535\"}]",
		  "", "tcp/1-65535@any" },
		{ ",\"connect\":[{\"to\":\"any\",\"port\":\"tcp/1024-65535\"}]",
		  "", "" },
		{ ",\"connect\":[{\"to\":\"any\",\"port\":\"icmp\"}]", "",
		  "" },
		{ ",\"listen\":[\"tcp/1-65535\"]", "", "tcp/1-65535" },
		{ ",\"listen\":[\"tcp/80\"]", "", "" },
	};

	find(cases[_i].program, cases[_i].document, hygiene_broad,
	     cases[_i].rules);
}
END_TEST

/* Who answers to a rule changes something by it. */
START_TEST(what_has_a_response_is_not_shadowed)
{
	find("", ",\"deny\":[{\"read\":[\"/a/**\"]},{\"read\":[\"/a/b\"],\"respond\":[{\"do\":[\"kill\"]}]}]",
	     hygiene_shadowed, "");
	find("", ",\"deny\":[{\"read\":[\"/a/**\"]},{\"read\":[\"/a/b\"]}]",
	     hygiene_shadowed, "/a/b");
}
END_TEST

START_TEST(files_are_looked_at_without_the_module)
{
	char line[512];

	reader_write(directory, "b.json",
		     "{\"manifest\":1,\"workload\":\"w\",\"members\":{\"any\":[\"exe:/p\"]},\"default\":\"deny\",\n"
		     "\"programs\":[{\"exe\":\"/p\",\"read\":[\"/etc/**\",\"/etc/x\"]}]}");
	snprintf(line, sizeof(line), "--shadowed --broad --manifest %s/b.json",
		 directory);
	assert_outcome(&command_rules, line, EXIT_OK,
		       "b.json:2: broad: /p allow read /etc/**: it takes in /etc/shadow: hashes of passwords\n");
	assert_outcome(&command_rules, line, EXIT_OK,
		       "b.json:2: shadowed: /p allow read /etc/x: covered by the rule \"/etc/**\", which allows read, at ");
	snprintf(line, sizeof(line), "--broad --manifest %s/b.json --program /q",
		 directory);
	assert_outcome(&command_rules, line, EXIT_OK, "no rule is broad\n");
	snprintf(line, sizeof(line), "v --broad --manifest %s/b.json",
		 directory);
	assert_outcome(&command_rules, line, EXIT_UNKNOWN, "");
	snprintf(line, sizeof(line), "--manifest %s/b.json", directory);
	assert_outcome(&command_rules, line, EXIT_USAGE, "");
	assert_outcome(&command_rules, "--stale 1d --broad", EXIT_USAGE, "");
	assert_outcome(&command_rules, "--stale soon", EXIT_USAGE, "");
}
END_TEST

Suite *hygiene_suite(void)
{
	Suite *suite = suite_create("hygiene");
	TCase *tests = tcase_create("rules");

	tcase_add_checked_fixture(tests, set_up, tear_down);
	tcase_add_loop_test(tests, what_others_cover_is_shadowed, 0, 21);
	tcase_add_loop_test(tests, what_takes_in_much_is_broad, 0, 33);
	tcase_add_test(tests, what_has_a_response_is_not_shadowed);
	tcase_add_test(tests, files_are_looked_at_without_the_module);
	suite_add_tcase(suite, tests);
	return suite;
}
