// SPDX-License-Identifier: LGPL-2.1-or-later
#include <stdlib.h>
#include <string.h>

#include "command_fixture.h"
#include "ctl/manifest_edit.h"
#include "ctl/manifest_write.h"
#include "ctl/output.h"
#include "reader_fixture.h"
#include "suites.h"

static char *written(const char *text)
{
	json_t *document = json_loads(text, 0, NULL);
	char *made;

	ck_assert_ptr_nonnull(document);
	made = manifest_write(document);
	json_decref(document);
	return made;
}

START_TEST(short_lists_take_a_line_long_ones_many)
{
	char *text = written("{\"manifest\":1,\"members\":{\"any\":[\"exe:/x\"]},\"include\":[],"
			     "\"programs\":[{\"exe\":\"/x\"},{\"exe\":\"/y\",\"read\":"
			     "[\"/aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa\",\"/bbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbb\"],"
			     "\"accept\":[{\"from\":\"any\",\"port\":[\"tcp/80\",\"tcp/81\"]}]}],"
			     "\"reject\":true}");

	ck_assert_str_eq(text,
			 "{\n"
			 "  \"manifest\": 1,\n"
			 "  \"members\": { \"any\": [ \"exe:/x\" ] },\n"
			 "  \"include\": [],\n"
			 "  \"programs\": [\n"
			 "    { \"exe\": \"/x\" },\n"
			 "    {\n"
			 "      \"exe\": \"/y\",\n"
			 "      \"read\": [\n"
			 "        \"/aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa\",\n"
			 "        \"/bbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbb\"\n"
			 "      ],\n"
			 "      \"accept\": [ { \"from\": \"any\", \"port\": [ \"tcp/80\", \"tcp/81\" ] } ]\n"
			 "    }\n"
			 "  ],\n"
			 "  \"reject\": true\n"
			 "}\n");
	free(text);
}
END_TEST

START_TEST(lines_are_no_wider_than_they_may_be)
{
	static const char *const files[] = {
		"manifests/nginx.json", "manifests/postgresql.json",
		"manifests/base/common-files.json",
		"manifests/base/host.json",
	};
	json_t *document = json_load_file(files[_i], 0, NULL), *again;
	char *text = manifest_write(document), *twice, *line, *save;

	again = json_loads(text, 0, NULL);
	ck_assert(json_equal(document, again));
	twice = manifest_write(again);
	ck_assert_str_eq(text, twice);
	/* A text that is longer by itself stands alone */
	for (line = strtok_r(text, "\n", &save); line;
	     line = strtok_r(NULL, "\n", &save))
		ck_assert_msg(output_width(line) <= MANIFEST_WIDTH ||
			      !strchr(line, '['), "%s", line);
	free(text);
	free(twice);
	json_decref(document);
	json_decref(again);
}
END_TEST

START_TEST(no_text_drives_a_terminal)
{
	char *text = written("{\"a\":\"\xe2\x80\xae\xc3\xa4\\u001b\\n\\\"\",\"b\":\"\xc3\xa4\"}");

	ck_assert_str_eq(text,
			 "{\n  \"a\": \"\\u202E\\u00E4\\u001B\\n\\\"\",\n  \"b\": \"\xc3\xa4\"\n}\n");
	free(text);
}
END_TEST

static json_t *make(bool backwards)
{
	static const char *const paths[] = { "/b", "/a", "/c\xff", "/a" };
	json_t *document = manifest_edit_begin("web", "what");
	size_t i;

	manifest_edit_add_text(json_object_get(document, "members"), "any",
			       "exe:/usr/sbin/nginx");
	for (i = 0; i < 4; i++) {
		const char *path = paths[backwards ? 3 - i : i];
		json_t *rules = manifest_edit_rules(document, "allow", path);

		manifest_edit_add_text(rules, "write", path);
		manifest_edit_add_text(rules, "read", path);
		manifest_edit_add_text(manifest_edit_program(document, path),
				       "read", "/x");
	}
	manifest_edit_rules(document, "deny", "nothing");
	manifest_edit_settle(document);
	return document;
}

START_TEST(the_same_content_is_the_same_text)
{
	json_t *one = make(false), *other = make(true);
	char *text = manifest_write(one), *same = manifest_write(other);
	char *directory = reader_directory(), *said;

	ck_assert_str_eq(text, same);
	ck_assert_ptr_nonnull(strstr(text, "\"/c?\""));
	ck_assert_ptr_null(strstr(text, "nothing"));
	reader_write(directory, "m.json", "%s", text);
	said = reader_findings(directory, "m.json", true);
	ck_assert_str_eq(said, "");
	reader_remove(directory);
	free(said);
	free(text);
	free(same);
	json_decref(one);
	json_decref(other);
}
END_TEST

START_TEST(notes_are_cut_between_characters)
{
	char text[400];
	json_t *note;

	memset(text, 'x', sizeof(text));
	memcpy(text + 255, "\xc3\xa4", 2);
	text[399] = 0;
	note = manifest_edit_note(text);
	ck_assert_uint_eq(json_string_length(note), 255);
	json_decref(note);
	note = manifest_edit_string("a\xc3(\xe2\x82z\xf0\x9f\x98\x80");
	ck_assert_str_eq(json_string_value(note),
			 "a?(??z\xf0\x9f\x98\x80");
	json_decref(note);
}
END_TEST

Suite *manifest_write_suite(void)
{
	Suite *suite = suite_create("manifest writer");
	TCase *writing = tcase_create("write");

	tcase_add_test(writing, short_lists_take_a_line_long_ones_many);
	tcase_add_loop_test(writing, lines_are_no_wider_than_they_may_be, 0,
			    4);
	tcase_add_test(writing, no_text_drives_a_terminal);
	tcase_add_test(writing, the_same_content_is_the_same_text);
	tcase_add_test(writing, notes_are_cut_between_characters);
	suite_add_tcase(suite, writing);
	return suite;
}
