// SPDX-License-Identifier: LGPL-2.1-or-later
#include <jansson.h>
#include <stdlib.h>
#include <string.h>

#include "ctl/exit.h"
#include "ctl/output.h"

#include "suites.h"

static const struct output_column columns[] = {
	{ "name", "NAME", OUTPUT_TEXT },
	{ "size.bytes", "BYTES", OUTPUT_NUMBER },
	{ "path", "PATH", OUTPUT_PATH },
	{ "words", "WORDS", OUTPUT_WORDS },
	{ "flag", "FLAG", OUTPUT_FLAG },
	{ "hidden", NULL, OUTPUT_TEXT },
	{ NULL, "TEXT", OUTPUT_TEXT },
};

static FILE *stream;
static char *text;
static size_t size;
static struct output *output;

static void begin(bool json, enum output_colour colour)
{
	text = NULL;
	stream = open_memstream(&text, &size);
	ck_assert_ptr_nonnull(stream);
	output = output_create(stream, json, colour);
	ck_assert_ptr_nonnull(output);
}

/* What was written, for free() */
static char *end(void)
{
	output_destroy(output);
	ck_assert_int_eq(fclose(stream), 0);
	return text;
}

static void write_records(enum output_layout layout)
{
	output_open(output, layout, columns, ARRAY_SIZE(columns));
	output_text(output, 0, "first");
	output_number(output, 1, 7);
	output_text(output, 2, "/usr/lib/nginx/modules/ngx_http_echo.so");
	output_word(output, 3, "read");
	output_word(output, 3, "write");
	output_flag(output, 4, true);
	output_text(output, 5, "only JSON");
	output_text(output, 6, "only text");
	output_record(output);
	output_format(output, 0, "%s-%d", "second", 2);
	output_number(output, 1, UINT64_C(1) << 40);
	output_record(output);
	ck_assert_int_eq(output_close(output), EXIT_OK);
}

START_TEST(a_table_is_aligned)
{
	char *written;

	begin(false, OUTPUT_COLOUR_AUTO);
	write_records(OUTPUT_TABLE);
	written = end();
	ck_assert_str_eq(written,
"NAME              BYTES  PATH                                     WORDS        FLAG  TEXT\n"
"first                 7  /usr/lib/nginx/modules/ngx_http_echo.so  read, write  yes   only text\n"
"second-2  1099511627776  -                                        -            -     -\n");
	free(written);
}
END_TEST

START_TEST(a_table_fits_the_terminal)
{
	char *written, *line, *rest;
	unsigned int width;

	for (width = 70; width < 110; width++) {
		begin(false, OUTPUT_COLOUR_AUTO);
		output_set_width(output, width);
		write_records(OUTPUT_TABLE);
		written = end();
		for (line = strtok_r(written, "\n", &rest); line;
		     line = strtok_r(NULL, "\n", &rest)) {
			/* Trailing blanks of a last column that is short */
			ck_assert_uint_le(output_width(line), width);
			/* A number is never shortened */
			if (!strncmp(line, "second", 6))
				ck_assert_ptr_nonnull(strstr(line,
							"1099511627776"));
		}
		free(written);
	}
}
END_TEST

START_TEST(a_pipe_gets_all_of_a_path)
{
	char path[3001], *written;

	memset(path, 'x', sizeof(path) - 1);
	path[sizeof(path) - 1] = '\0';
	begin(false, OUTPUT_COLOUR_AUTO);
	output_open(output, OUTPUT_TABLE, columns, ARRAY_SIZE(columns));
	output_text(output, 2, path);
	output_record(output);
	ck_assert_int_eq(output_close(output), EXIT_OK);
	written = end();
	ck_assert_ptr_nonnull(strstr(written, path));
	ck_assert_ptr_null(strchr(written, '\033'));
	free(written);
}
END_TEST

START_TEST(no_record_no_table)
{
	char *written;

	begin(false, OUTPUT_COLOUR_AUTO);
	output_open(output, OUTPUT_TABLE, columns, ARRAY_SIZE(columns));
	ck_assert_int_eq(output_close(output), EXIT_OK);
	written = end();
	ck_assert_str_eq(written, "");
	free(written);
}
END_TEST

START_TEST(a_form_has_a_line_a_cell)
{
	char *written;

	begin(false, OUTPUT_COLOUR_AUTO);
	output_open(output, OUTPUT_FORM, columns, ARRAY_SIZE(columns));
	output_text(output, 0, "first\nforged: yes");
	output_word(output, 3, "one");
	output_word(output, 3, "two");
	output_record(output);
	ck_assert_int_eq(output_close(output), EXIT_OK);
	written = end();
	ck_assert_str_eq(written,
"NAME:  first\\x0aforged: yes\n"
"WORDS: one\n"
"       two\n");
	free(written);
}
END_TEST

START_TEST(a_list_has_a_line_a_record)
{
	char *written;

	begin(false, OUTPUT_COLOUR_AUTO);
	write_records(OUTPUT_LIST);
	written = end();
	ck_assert_str_eq(written,
"first 7 /usr/lib/nginx/modules/ngx_http_echo.so read, write yes only text\n"
"second-2 1099511627776\n");
	free(written);
}
END_TEST

START_TEST(json_has_every_key_in_every_object)
{
	json_t *array, *object;
	char *written;

	begin(true, OUTPUT_COLOUR_ALWAYS);
	output_line(output, "not for machines");
	write_records(_i ? OUTPUT_LIST : OUTPUT_TABLE);
	written = end();
	array = json_loads(written, 0, NULL);
	ck_assert_ptr_nonnull(array);
	ck_assert_uint_eq(json_array_size(array), 2);
	object = json_array_get(array, 0);
	ck_assert_uint_eq(json_object_size(object), 6);
	ck_assert_str_eq(json_string_value(json_object_get(object, "name")),
			 "first");
	ck_assert_int_eq(json_integer_value(json_object_get(
			 json_object_get(object, "size"), "bytes")), 7);
	ck_assert_uint_eq(json_array_size(json_object_get(object, "words")), 2);
	ck_assert(json_is_true(json_object_get(object, "flag")));
	ck_assert_str_eq(json_string_value(json_object_get(object, "hidden")),
			 "only JSON");
	object = json_array_get(array, 1);
	ck_assert_uint_eq(json_object_size(object), 6);
	ck_assert(json_is_null(json_object_get(object, "path")));
	ck_assert(json_is_null(json_object_get(object, "flag")));
	ck_assert_uint_eq(json_array_size(json_object_get(object, "words")), 0);
	json_decref(array);
	free(written);
}
END_TEST

START_TEST(json_without_records_is_an_empty_array)
{
	char *written;

	begin(true, OUTPUT_COLOUR_AUTO);
	output_open(output, OUTPUT_TABLE, columns, ARRAY_SIZE(columns));
	ck_assert_int_eq(output_close(output), EXIT_OK);
	written = end();
	ck_assert_str_eq(written, "[]\n");
	free(written);
}
END_TEST

START_TEST(json_is_valid_whatever_the_bytes)
{
	static const char bytes[] = "a\xff\"\\\n\033\xc3\u202e";
	json_t *object;
	char *written;

	begin(true, OUTPUT_COLOUR_AUTO);
	output_open(output, OUTPUT_FORM, columns, ARRAY_SIZE(columns));
	output_text(output, 0, bytes);
	output_record(output);
	ck_assert_int_eq(output_close(output), EXIT_OK);
	written = end();
	object = json_loads(written, 0, NULL);
	ck_assert_ptr_nonnull(object);
	ck_assert_str_eq(json_string_value(json_object_get(object, "name")),
			 "a\\xff\"\\\n\033\\xc3\u202e");
	json_decref(object);
	free(written);
}
END_TEST

START_TEST(a_stream_is_one_object_a_line_at_once)
{
	json_t *object;
	char *newline;

	begin(true, OUTPUT_COLOUR_AUTO);
	output_open(output, OUTPUT_STREAM, columns, ARRAY_SIZE(columns));
	output_text(output, 0, "first");
	output_record(output);
	/* Flushed: it can be read before anything is closed */
	newline = strchr(text, '\n');
	ck_assert_ptr_nonnull(newline);
	ck_assert_int_eq(newline[1], '\0');
	object = json_loadb(text, (size_t)(newline - text), 0, NULL);
	ck_assert_ptr_nonnull(object);
	json_decref(object);
	output_record(output);
	ck_assert_int_eq(output_close(output), EXIT_OK);
	free(end());
}
END_TEST

START_TEST(times_are_exact_in_json)
{
	static const struct output_column column[] = {
		{ "time", "TIME", OUTPUT_TIME },
	};
	char *written;

	begin(true, OUTPUT_COLOUR_AUTO);
	output_open(output, OUTPUT_STREAM, column, 1);
	output_time(output, 0, UINT64_C(1700000000123456789));
	output_record(output);
	ck_assert_int_eq(output_close(output), EXIT_OK);
	written = end();
	ck_assert_str_eq(written,
			 "{\"time\":\"2023-11-14T22:13:20.123456789Z\"}\n");
	free(written);
}
END_TEST

START_TEST(colour_only_where_it_is_wanted)
{
	static const enum output_colour colours[] = {
		OUTPUT_COLOUR_AUTO, OUTPUT_COLOUR_NEVER, OUTPUT_COLOUR_ALWAYS,
	};
	char *written;

	begin(false, colours[_i]);
	output_open(output, OUTPUT_LIST, columns, ARRAY_SIZE(columns));
	output_text(output, 0, "bad");
	output_tone(output, 0, OUTPUT_BAD);
	output_record(output);
	ck_assert_int_eq(output_close(output), EXIT_OK);
	written = end();
	if (colours[_i] == OUTPUT_COLOUR_ALWAYS)
		ck_assert_str_eq(written, "\033[1;31mbad\033[0m\n");
	else
		ck_assert_str_eq(written, "bad\n");
	free(written);
}
END_TEST

START_TEST(a_full_disk_is_told)
{
	FILE *full = fopen("/dev/full", "w");
	struct output *writer;

	if (!full)
		return;
	ck_assert_ptr_nonnull(freopen("/dev/null", "w", stderr));
	writer = output_create(full, false, OUTPUT_COLOUR_AUTO);
	output_open(writer, OUTPUT_LIST, columns, ARRAY_SIZE(columns));
	output_text(writer, 0, "text");
	output_record(writer);
	ck_assert_int_eq(output_close(writer), EXIT_FAILED);
	output_destroy(writer);
	fclose(full);
}
END_TEST

Suite *output_records_suite(void)
{
	Suite *suite = suite_create("output_records");
	TCase *plain = tcase_create("text");
	TCase *json = tcase_create("json");

	tcase_add_test(plain, a_table_is_aligned);
	tcase_add_test(plain, a_table_fits_the_terminal);
	tcase_add_test(plain, a_pipe_gets_all_of_a_path);
	tcase_add_test(plain, no_record_no_table);
	tcase_add_test(plain, a_form_has_a_line_a_cell);
	tcase_add_test(plain, a_list_has_a_line_a_record);
	tcase_add_loop_test(plain, colour_only_where_it_is_wanted, 0, 3);
	tcase_add_test(plain, a_full_disk_is_told);
	suite_add_tcase(suite, plain);
	tcase_add_loop_test(json, json_has_every_key_in_every_object, 0, 2);
	tcase_add_test(json, json_without_records_is_an_empty_array);
	tcase_add_test(json, json_is_valid_whatever_the_bytes);
	tcase_add_test(json, a_stream_is_one_object_a_line_at_once);
	tcase_add_test(json, times_are_exact_in_json);
	suite_add_tcase(suite, json);
	return suite;
}
