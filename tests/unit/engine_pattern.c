// SPDX-License-Identifier: LGPL-2.1-or-later
#include "pattern.h"

#include <stdio.h>
#include <stdlib.h>

#include "../reference.h"
#include "suites.h"

static const char *const good[] = {
	"/", "/a", "/usr/bin/id", "/srv/www/**", "/**", "/**/x", "/a/**/b",
	"/a/**/b/**", "/*", "/a*b?c", "/[ab]", "/[!a-z]x", "/[a-]", "/[-a]",
	"/[\\]]", "/[\\[]", "/[!\\]\\-]", "/\\*", "/\\\\", "/\\{a\\}", "/...",
	"/.a", "/..a", "/a.", "/*.", "/?", "/ ", "/a b", "/a,b", "/\xc3\xa9",
	"/\xff\x01", "/[\xc0-\xff]", "/\\**", "/[*]*", "/*[*]", "/a\nb",
	"memfd:", "deleted:", "detached:", "anon:", "/memfd:", "/[.]",
};

START_TEST(a_pattern_is_accepted)
{
	size_t offset = 99;
	const char *why = cordon_pattern_check(good[_i], strlen(good[_i]),
					       &offset);

	ck_assert_msg(!why, "%s: %s at %zu", good[_i], why, offset);
}
END_TEST

static const struct {
	const char *text;
	size_t length;	/* 0: to the NUL */
	size_t offset;
	const char *why;	/* part of it */
} bad[] = {
	{ "", 0, 0, "empty pattern" },
	{ "a", 0, 0, "begins with a slash" },
	{ "memfd", 0, 0, "begins with a slash" },
	{ "memfd:x", 0, 0, "begins with a slash" },
	{ "path", 0, 0, "begins with a slash" },
	{ "unnameable", 0, 0, "begins with a slash" },
	{ "//", 0, 1, "empty component" },
	{ "/a/", 0, 3, "empty component" },
	{ "/a//b", 0, 3, "empty component" },
	{ "/.", 0, 1, "\"..\"" },
	{ "/a/../b", 0, 3, "\"..\"" },
	{ "/\\.\\.", 0, 1, "\"..\"" },
	{ "/.\\.", 0, 1, "\"..\"" },
	{ "/a**", 0, 1, "of its own" },
	{ "/**a", 0, 1, "of its own" },
	{ "/***", 0, 1, "of its own" },
	{ "/*a**", 0, 1, "of its own" },
	{ "/**/**", 0, 4, "adds nothing" },
	{ "/**/a/**/b/**", 0, 11, "more than 2 times" },
	{ "/a{b,c}", 0, 2, "brace" },
	{ "/a}", 0, 2, "brace" },
	{ "/[", 0, 2, "not closed" },
	{ "/[a", 0, 2, "not closed" },
	{ "/[a/]", 0, 3, "not closed" },
	{ "/[a\\/]", 0, 3, "not closed" },
	{ "/[a-/]", 0, 2, "not closed" },
	{ "/[a\\", 0, 3, "not closed" },
	{ "/[a-\\", 0, 2, "not closed" },
	{ "/[]", 0, 2, "empty" },
	{ "/[]a]", 0, 2, "empty" },
	{ "/[!]", 0, 3, "empty" },
	{ "/[^a]", 0, 2, "[!" },
	{ "/[b-a]", 0, 2, "backwards" },
	{ "/[[:alpha:]]", 0, 2, "within a set" },
	{ "/x\\", 0, 2, "nothing to escape" },
	{ "/x\\/y", 0, 2, "nothing to escape" },
	{ "/x\0y", 4, 2, "NUL" },
	{ "/x\\\0y", 5, 2, "nothing to escape" },
	{ "/[x\0]", 5, 3, "not closed" },
};

START_TEST(what_is_no_pattern_is_refused_where_it_is_wrong)
{
	const size_t length = bad[_i].length ? bad[_i].length :
					       strlen(bad[_i].text);
	/* A copy without a NUL, so that a sanitiser sees every byte too far. */
	char *copy = malloc(length ? length : 1);
	size_t offset = 99;
	const char *why;

	memcpy(copy, bad[_i].text, length);
	why = cordon_pattern_check(copy, length, &offset);
	ck_assert_msg(why, "%s was accepted", bad[_i].text);
	ck_assert_msg(strstr(why, bad[_i].why), "%s: %s", bad[_i].text, why);
	ck_assert_msg(offset == bad[_i].offset, "%s: at %zu", bad[_i].text,
		      offset);
	ck_assert_ptr_nonnull(cordon_pattern_check(copy, length, NULL));
	free(copy);
}
END_TEST

START_TEST(limits_are_exact)
{
	static char text[CORDON_PATH_MAX + 2];
	size_t offset;
	size_t i;

	text[0] = '/';
	memset(text + 1, 'a', CORDON_COMPONENT_MAX + 1);
	ck_assert_ptr_null(
		cordon_pattern_check(text, CORDON_COMPONENT_MAX + 1, NULL));
	ck_assert_ptr_nonnull(
		cordon_pattern_check(text, CORDON_COMPONENT_MAX + 2, &offset));
	ck_assert_uint_eq(offset, 1);

	for (i = 0; i < 2 * (CORDON_DEPTH_MAX + 1); i += 2)
		memcpy(text + i, "/a", 2);
	ck_assert_ptr_null(
		cordon_pattern_check(text, 2 * CORDON_DEPTH_MAX, NULL));
	ck_assert_ptr_nonnull(cordon_pattern_check(
		text, 2 * (CORDON_DEPTH_MAX + 1), &offset));
	ck_assert_uint_eq(offset, 2 * CORDON_DEPTH_MAX + 1);

	memset(text, 'a', sizeof(text));
	for (i = 0; i < sizeof(text); i += 64)
		text[i] = '/';
	ck_assert_ptr_null(
		cordon_pattern_check(text, CORDON_PATH_MAX - 1, NULL));
	ck_assert_ptr_nonnull(
		cordon_pattern_check(text, CORDON_PATH_MAX, NULL));
}
END_TEST

START_TEST(a_unit_is_one_component)
{
	static const char *const units[] = {
		"nginx.service", "nginx*", "php?.service", "app@*.service",
		"a[12].scope", "dev-disk\\\\x2d.swap", "-.slice",
	};
	static const char *const others[] = {
		"", "nginx", "**", "/nginx.service", "a.service/", "a/b.service",
		"a{b}.service", "[.service", "..", "x\\",
	};
	size_t i;

	for (i = 0; i < sizeof(units) / sizeof(units[0]); i++)
		ck_assert_msg(!cordon_unit_check(units[i], strlen(units[i]),
						 NULL), "%s", units[i]);
	for (i = 0; i < sizeof(others) / sizeof(others[0]); i++)
		ck_assert_msg(cordon_unit_check(others[i], strlen(others[i]),
						NULL), "%s", others[i]);
}
END_TEST

START_TEST(kinds_are_whole_words)
{
	ck_assert_int_eq(cordon_pattern_kind("/a", 2), CORDON_OBJECT_PATH);
	ck_assert_int_eq(cordon_pattern_kind("memfd:", 6),
			 CORDON_OBJECT_MEMFD);
	ck_assert_int_eq(cordon_pattern_kind("memfd:", 5), CORDON_OBJECT_PATH);
	ck_assert_int_eq(cordon_pattern_kind("deleted:", 8),
			 CORDON_OBJECT_DELETED);
	ck_assert_int_eq(cordon_pattern_kind("detached:", 9),
			 CORDON_OBJECT_DETACHED);
	ck_assert_int_eq(cordon_pattern_kind("anon:", 5), CORDON_OBJECT_ANON);
	ck_assert_int_eq(cordon_pattern_kind("unnameable", 10),
			 CORDON_OBJECT_PATH);
}
END_TEST

START_TEST(the_more_specific_ranks_higher)
{
	/* From the least to the most specific. */
	static const char *const order[] = {
		"/**/x/**", "/**", "/*", "/*x", "/?/abc",
		"/usr/**", "/usr/*", "/usr/*.so", "/usr/lib/**",
		"/usr/lib/*/x", "/usr/lib/libc.*", "/a",
	};
	u32 rank;
	u32 last = 0;
	size_t i;

	for (i = 0; i < sizeof(order) / sizeof(order[0]); i++) {
		rank = cordon_pattern_rank(order[i], strlen(order[i]));
		ck_assert_msg(rank > last, "%s", order[i]);
		last = rank;
	}
	ck_assert_uint_eq(cordon_pattern_rank("/\\*", 3), U32_MAX);
	ck_assert_uint_eq(cordon_pattern_rank("/[ab]c", 6),
			  cordon_pattern_rank("/?c", 3));
	ck_assert_uint_eq(cordon_pattern_rank("/\\a*", 4),
			  cordon_pattern_rank("/a*", 3));
}
END_TEST

static const struct {
	const char *pattern;
	const char *name;
	bool matches;
} names[] = {
	{ "a", "a", true }, { "a", "b", false }, { "a", "", false },
	{ "a", "aa", false }, { "aa", "a", false }, { "*", "", true },
	{ "*", "anything", true }, { "a*", "a", true }, { "a*", "ba", false },
	{ "*a", "ba", true }, { "*a", "ab", false }, { "*a*", "bab", true },
	{ "a*b*c", "aXbYc", true }, { "a*b*c", "abc", true },
	{ "a*b*c", "acb", false }, { "*ab", "aab", true },
	{ "*aab", "aaab", true }, { "*.log", ".log", true },
	{ "*.log", "a.log.1", false }, { "?", "a", true }, { "?", "", false },
	{ "??", "a", false }, { "?*", "a", true }, { "*?", "", false },
	{ "[abc]", "b", true }, { "[abc]", "d", false },
	{ "[a-c]x", "bx", true }, { "[a-c]x", "dx", false },
	{ "[!a-c]", "d", true }, { "[!a-c]", "b", false },
	{ "[a-]", "-", true }, { "[-a]", "-", true }, { "[a-]", "b", false },
	{ "[a-c-e]", "-", true }, { "[a-c-e]", "d", false },
	{ "[\\]]", "]", true }, { "[\\\\]", "\\", true },
	{ "[!!]", "!", false }, { "[!!]", "a", true }, { "[a!]", "!", true },
	{ "\\*", "*", true }, { "\\*", "a", false }, { "\\?x", "?x", true },
	{ "\\[a]", "[a]", true }, { "a\\\\", "a\\", true },
	{ "[\xc0-\xff]", "\xe9", true }, { "[\xc0-\xff]", "a", false },
	{ "*[0-9]*", "abc1def", true }, { "*[0-9]*", "abcdef", false },
	{ "*a?b*", "aaXbb", true }, { "**", "abc", true },
};

START_TEST(a_name_matches)
{
	const char *pattern = names[_i].pattern;
	const char *name = names[_i].name;

	ck_assert_msg(cordon_component_match(pattern, strlen(pattern), name,
					     strlen(name)) ==
			      names[_i].matches, "%s %s", pattern, name);
	ck_assert_msg(reference_component(pattern, strlen(pattern), name,
					  strlen(name)) == names[_i].matches,
		      "reference: %s %s", pattern, name);
}
END_TEST

START_TEST(a_hostile_name_costs_no_more_than_the_product)
{
	char pattern[CORDON_COMPONENT_MAX];
	char name[CORDON_COMPONENT_MAX];
	size_t i;
	u32 round;

	/* With more than one place to fall back to, this would never end. */
	for (i = 0; i < sizeof(pattern); i++)
		pattern[i] = i % 2 ? 'a' : '*';
	pattern[sizeof(pattern) - 1] = 'b';
	memset(name, 'a', sizeof(name));
	for (round = 0; round < 100; round++)
		ck_assert(!cordon_component_match(pattern, sizeof(pattern),
						  name, sizeof(name)));
}
END_TEST

START_TEST(components_are_stepped_through)
{
	static const char text[] = "/usr/**/l*/a\\*b";
	static const struct {
		const char *text;
		enum cordon_component_kind kind;
	} parts[] = {
		{ "usr", CORDON_COMPONENT_LITERAL },
		{ "**", CORDON_COMPONENT_STARSTAR },
		{ "l*", CORDON_COMPONENT_GLOB },
		{ "a\\*b", CORDON_COMPONENT_LITERAL },
	};
	struct cordon_component component;
	char plain[8];
	size_t at = 0;
	size_t i;

	for (i = 0; i < sizeof(parts) / sizeof(parts[0]); i++) {
		ck_assert(cordon_pattern_next(text, strlen(text), &at,
					      &component));
		ck_assert_uint_eq(component.length, strlen(parts[i].text));
		ck_assert_mem_eq(component.text, parts[i].text,
				 component.length);
		ck_assert_int_eq(component.kind, parts[i].kind);
	}
	ck_assert(!cordon_pattern_next(text, strlen(text), &at, &component));
	ck_assert_uint_eq(cordon_component_unescape("a\\*b", 4, plain), 3);
	ck_assert_mem_eq(plain, "a*b", 3);
	at = 0;
	ck_assert(!cordon_pattern_next("/", 1, &at, &component));
}
END_TEST

Suite *engine_pattern_suite(void)
{
	Suite *suite = suite_create("engine/pattern");
	TCase *check = tcase_create("check");
	TCase *match = tcase_create("match");

	tcase_add_loop_test(check, a_pattern_is_accepted, 0,
			    sizeof(good) / sizeof(good[0]));
	tcase_add_loop_test(check,
			    what_is_no_pattern_is_refused_where_it_is_wrong, 0,
			    sizeof(bad) / sizeof(bad[0]));
	tcase_add_test(check, limits_are_exact);
	tcase_add_test(check, a_unit_is_one_component);
	tcase_add_test(check, kinds_are_whole_words);
	tcase_add_test(check, the_more_specific_ranks_higher);
	suite_add_tcase(suite, check);
	tcase_add_loop_test(match, a_name_matches, 0,
			    sizeof(names) / sizeof(names[0]));
	tcase_add_test(match, a_hostile_name_costs_no_more_than_the_product);
	tcase_add_test(match, components_are_stepped_through);
	suite_add_tcase(suite, match);
	return suite;
}
