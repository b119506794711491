// SPDX-License-Identifier: LGPL-2.1-or-later
/*
 * The parts that the manifest reader is made of: places, braces, words,
 * findings.
 */
#include <stdlib.h>
#include <string.h>

#include "ctl/expand.h"
#include "ctl/position.h"
#include "ctl/suggest.h"
#include "reader_fixture.h"
#include "suites.h"

/* ---- places ---------------------------------------------------------------- */

struct parsed {
	json_t *json;
	struct position_tree *tree;
	const struct position *root;
};

static struct parsed parse(const char *text)
{
	struct position_fault fault;
	struct parsed parsed;

	parsed.json = json_loads(text, JSON_DECODE_ANY, NULL);
	ck_assert_ptr_nonnull(parsed.json);
	parsed.tree = position_tree_build(text, strlen(text), parsed.json, 8,
					  &fault);
	ck_assert_ptr_nonnull(parsed.tree);
	parsed.root = position_tree_root(parsed.tree);
	return parsed;
}

static void release(struct parsed *parsed)
{
	position_tree_free(parsed->tree);
	json_decref(parsed->json);
}

START_TEST(every_value_has_its_place)
{
	struct parsed parsed = parse("\n {\"a\": [1, \"x\",\n  {\"\\u0062\":null}], \"c\" :\t-1e3}");
	const struct position *a = position_member(parsed.root, "a"), *b, *c;

	ck_assert_uint_eq(parsed.root->line, 2);
	ck_assert_uint_eq(parsed.root->column, 2);
	ck_assert_uint_eq(a->key_line, 2);
	ck_assert_uint_eq(a->key_column, 3);
	ck_assert_uint_eq(a->column, 8);
	ck_assert_int_eq(json_typeof(a->value), JSON_ARRAY);
	ck_assert_uint_eq(a->first->column, 9);
	ck_assert_uint_eq(a->first->next->column, 12);
	ck_assert_str_eq(json_string_value(a->first->next->value), "x");
	ck_assert_uint_eq(a->last->line, 3);
	ck_assert_uint_eq(a->last->column, 3);
	b = position_member(a->last, "b");
	ck_assert_ptr_nonnull(b);
	ck_assert_int_eq(json_typeof(b->value), JSON_NULL);
	ck_assert_uint_eq(b->key_column, 4);
	c = position_member(parsed.root, "c");
	ck_assert_uint_eq(c->line, 3);
	ck_assert_uint_eq(c->key_column, 21);
	ck_assert_uint_eq(c->column, 27);
	ck_assert_ptr_null(position_member(parsed.root, "d"));
	release(&parsed);
}
END_TEST

START_TEST(a_pointer_leads_to_its_value)
{
	struct parsed parsed = parse("{\"a/b~c\": [0, {\"\": 1}]}");
	const struct position *array = parsed.root->first;
	char *pointer = position_pointer(array->last->first);

	ck_assert_str_eq(pointer, "/a~1b~0c/1/");
	free(pointer);
	pointer = position_pointer(parsed.root);
	ck_assert_str_eq(pointer, "");
	free(pointer);
	release(&parsed);
}
END_TEST

START_TEST(of_equal_keys_the_last_counts)
{
	struct parsed parsed = parse("{\"a\": [1], \"b\": 2, \"\\u0061\": {\"x\": 3}, \"a\": \"last\"}");
	const struct position *first = parsed.root->first;
	const struct position *last = position_member(parsed.root, "a");

	ck_assert_str_eq(json_string_value(last->value), "last");
	ck_assert_ptr_null(last->replaced_by);
	ck_assert_ptr_eq(first->replaced_by, last);
	ck_assert_ptr_eq(first->next->next->replaced_by, last);
	ck_assert_ptr_null(first->value);
	ck_assert_ptr_null(first->next->replaced_by);
	release(&parsed);
}
END_TEST

START_TEST(a_byte_of_a_string_has_its_column)
{
	static const char text[] = "[\"a\\n\u00e9\\u00e9\\ud83d\\ude00z\"]";
	struct parsed parsed = parse(text);
	const struct position *string = parsed.root->first;
	static const unsigned int columns[] = {
		3,		/* a */
		4,		/* \n */
		6, 6,		/* two bytes of one character */
		7, 7,		/* two bytes of one escape */
		13, 13, 13, 13,	/* four bytes of a pair */
		25,		/* z */
		26, 26,		/* the end and beyond */
	};
	size_t i;

	for (i = 0; i < sizeof(columns) / sizeof(columns[0]); i++)
		ck_assert_uint_eq(position_inside(text, strlen(text), string,
						  i), columns[i]);
	release(&parsed);
}
END_TEST

START_TEST(nesting_has_a_limit)
{
	static const char text[] = "[[[[[[[[[0]]]]]]]]]";
	json_t *json = json_loads(text, 0, NULL);
	struct position_fault fault;

	ck_assert_ptr_null(position_tree_build(text, strlen(text), json, 8,
					       &fault));
	ck_assert_uint_eq(fault.offset, 8);
	json_decref(json);
}
END_TEST

/* ---- braces ---------------------------------------------------------------- */

static const struct {
	const char *source;
	const char *patterns[9];	/* NULL: it is refused, */
	size_t offset;			/* here */
} braces[] = {
	{ "/a", { "/a" }, 0 },
	{ "", { "" }, 0 },
	{ "/{a,b}", { "/a", "/b" }, 0 },
	{ "/{,a}/x", { "//x", "/a/x" }, 0 },
	{ "{a,b}{c,d}", { "ac", "ad", "bc", "bd" }, 0 },
	{ "{a,{b,{c,d}e}}f", { "af", "bf", "cef", "def" }, 0 },
	{ "/{a/b,c}/d", { "/a/b/d", "/c/d" }, 0 },
	{ "/a,b", { "/a,b" }, 0 },
	{ "/\\{a,b\\}", { "/\\{a,b\\}" }, 0 },
	{ "/{a\\,b,c}", { "/a\\,b", "/c" }, 0 },
	{ "/[{,}]", { "/[{,}]" }, 0 },
	{ "/{[,],x}", { "/[,]", "/x" }, 0 },
	{ "/[\\]{,}]{a,b}", { "/[\\]{,}]a", "/[\\]{,}]b" }, 0 },
	{ "/[/{a,b}", { "/[/a", "/[/b" }, 0 },
	{ "/{a}", { NULL }, 1 },
	{ "/{}", { NULL }, 1 },
	{ "/{a,b", { NULL }, 1 },
	{ "/a}", { NULL }, 2 },
	{ "/{a,b}}", { NULL }, 6 },
	{ "/{a,{b}}", { NULL }, 4 },
	{ "/{x,y}{a,{b,c}", { NULL }, 6 },
	{ "/{a,b}{c,d}{e,f}{g,h}", { NULL }, 0 },
	{ "/{1,2,3,4,5,6,7,8,9,10}", { NULL }, 0 },
	{ "/{[a,/x}b]}", { NULL }, 10 },
	{ "/\\", { "/\\" }, 0 },
};

START_TEST(braces_stand_for_their_alternatives)
{
	const char *source = braces[_i].source;
	struct expand_fault fault;
	struct expansion expansion;
	size_t i;
	int result = expand_braces(source, strlen(source), 9, &expansion,
				   &fault);

	if (!braces[_i].patterns[0]) {
		ck_assert_int_eq(result, -1);
		ck_assert_uint_eq(fault.offset, braces[_i].offset);
		ck_assert_ptr_nonnull(fault.what);
		ck_assert_uint_eq(expansion.count, 0);
		return;
	}
	ck_assert_int_eq(result, 0);
	for (i = 0; i < expansion.count; i++) {
		const struct expanded *pattern = &expansion.patterns[i];
		size_t at;

		ck_assert_str_eq(pattern->text, braces[_i].patterns[i]);
		ck_assert_uint_eq(pattern->length, strlen(pattern->text));
		for (at = 0; at < pattern->length; at++)
			ck_assert_int_eq(source[pattern->origin[at]],
					 pattern->text[at]);
		ck_assert_uint_le(pattern->origin[at], strlen(source));
	}
	ck_assert_ptr_null(braces[_i].patterns[i]);
	expansion_free(&expansion);
}
END_TEST

/* ---- words ----------------------------------------------------------------- */

START_TEST(the_nearest_word_is_found)
{
	static const char *const words[] = { "exec", "load", "read", "write",
					     "programs", "exe" };
	static const struct {
		const char *word;
		const char *nearest;
	} cases[] = {
		{ "raed", "read" },	{ "reads", "read" },
		{ "wrte", "write" },	{ "progams", "programs" },
		{ "program", "programs" }, { "excec", "exec" },
		{ "Load", "load" },	{ "lod", "load" },
		{ "something", NULL },	{ "", NULL },
		{ "xyz", NULL },
		{ "a-key-that-is-much-longer-than-any-other-key", NULL },
	};
	const char *found = suggest_nearest(cases[_i].word, words, 6);

	if (cases[_i].nearest)
		ck_assert_str_eq(found, cases[_i].nearest);
	else
		ck_assert_ptr_null(found);
}
END_TEST

/* ---- findings -------------------------------------------------------------- */

START_TEST(findings_are_settled)
{
	const struct report_place places[] = {
		{ "b", 2, 1, "/x" }, { "a", 1, 1, NULL }, { "b", 1, 9, "" },
		{ "b", 2, 1, "/x" }, { "b", 2, 1, "/y" }, { "a", 0, 0, NULL },
	};
	struct report report;
	char *text;
	size_t i;

	report_init(&report);
	for (i = 0; i < 6; i++)
		report_add(&report, i == 2 ? REPORT_WARNING : REPORT_ERROR,
			   &places[i], i == 1 ? "hint" : NULL, "%s", "what");
	ck_assert_uint_eq(report.errors, 5);
	report_settle(&report);
	ck_assert_uint_eq(report.errors, 4);
	ck_assert_uint_eq(report.warnings, 1);
	text = reader_text(&report);
	ck_assert_str_eq(text, "b:1:9: warning: what\n"
			       "b:2:1: error: /x: what\n"
			       "b:2:1: error: /y: what\n"
			       "a: error: what\n"
			       "a:1:1: error: what (hint)\n");
	free(text);
	report_free(&report);
	ck_assert_uint_eq(report.count, 0);
	report_settle(&report);
}
END_TEST

Suite *reader_parts_suite(void)
{
	Suite *suite = suite_create("reader: parts");
	TCase *parts = tcase_create("parts");

	tcase_add_test(parts, every_value_has_its_place);
	tcase_add_test(parts, a_pointer_leads_to_its_value);
	tcase_add_test(parts, of_equal_keys_the_last_counts);
	tcase_add_test(parts, a_byte_of_a_string_has_its_column);
	tcase_add_test(parts, nesting_has_a_limit);
	tcase_add_loop_test(parts, braces_stand_for_their_alternatives, 0,
			    sizeof(braces) / sizeof(braces[0]));
	tcase_add_loop_test(parts, the_nearest_word_is_found, 0, 12);
	tcase_add_test(parts, findings_are_settled);
	suite_add_tcase(suite, parts);
	return suite;
}
