// SPDX-License-Identifier: LGPL-2.1-or-later
#include <stdlib.h>
#include <string.h>

#include "ctl/output_private.h"

#include "suites.h"

static const struct {
	const char *raw;
	const char *safe;
} escapes[] = {
	{ "", "" },
	{ "/srv/www/a b.html", "/srv/www/a b.html" },
	{ "a\nb", "a\\x0ab" },
	{ "\033[31mred", "\\x1b[31mred" },
	{ "\x7f", "\\x7f" },
	{ "back\\slash", "back\\slash" },
	{ "Grüße/日本", "Grüße/日本" },
	{ "\xff\xfe", "\\xff\\xfe" },
	{ "\xc3", "\\xc3" },			/* cut short */
	{ "\xc0\xaf", "\\xc0\\xaf" },		/* an overlong slash */
	{ "\xe0\x80\xaf", "\\xe0\\x80\\xaf" },
	{ "\xed\xa0\x80", "\\xed\\xa0\\x80" },	/* a surrogate */
	{ "\xf4\x90\x80\x80", "\\xf4\\x90\\x80\\x80" },
	{ "\xc2\x9b""31m", "\\xc2\\x9b31m" },	/* the one-byte CSI */
	{ "a\u202egnp.exe", "a\\xe2\\x80\\xaegnp.exe" },
	{ "a\u2066b", "a\\xe2\\x81\\xa6b" },
	{ "a\u2028b", "a\\xe2\\x80\\xa8b" },
	{ "\ufeff", "\\xef\\xbb\\xbf" },
};

START_TEST(nothing_foreign_drives_the_terminal)
{
	char *safe = output_escape(escapes[_i].raw, strlen(escapes[_i].raw));

	ck_assert_str_eq(safe, escapes[_i].safe);
	free(safe);
}
END_TEST

START_TEST(a_nul_inside_is_shown)
{
	char *safe = output_escape("a\0b", 3);

	ck_assert_str_eq(safe, "a\\x00b");
	free(safe);
}
END_TEST

static const struct {
	const char *text;
	size_t width;
	const char *clipped;
} clips[] = {
	{ "/usr/bin/id", 11, "/usr/bin/id" },
	{ "/usr/bin/id", 40, "/usr/bin/id" },
	{ "/usr/lib/nginx/modules/ngx_http.so", 20, "/usr/.../ngx_http.so" },
	{ "abcdef", 3, "abc" },
	{ "abcdef", 0, "" },
	{ "abcdef", 5, "...ef" },
	{ "äöüäöüäöü", 6, "ä...öü" },
};

START_TEST(the_middle_of_what_is_too_long_goes)
{
	char *clipped = output_clip(clips[_i].text, clips[_i].width, "...");

	ck_assert_uint_le(output_width(clipped), clips[_i].width);
	ck_assert_str_eq(clipped, clips[_i].clipped);
	free(clipped);
}
END_TEST

START_TEST(whatever_the_width_it_is_kept)
{
	static const char text[] = "/srv/Grüße/日本語/ein ziemlich langer Name.txt";
	size_t width;

	for (width = 0; width < sizeof(text) + 4; width++) {
		char *clipped = output_clip(text, width, "…");

		ck_assert_uint_le(output_width(clipped), width);
		free(clipped);
	}
}
END_TEST

Suite *output_text_suite(void)
{
	Suite *suite = suite_create("output_text");
	TCase *escaping = tcase_create("escape");
	TCase *clipping = tcase_create("clip");

	tcase_add_loop_test(escaping, nothing_foreign_drives_the_terminal, 0,
			    ARRAY_SIZE(escapes));
	tcase_add_test(escaping, a_nul_inside_is_shown);
	suite_add_tcase(suite, escaping);
	tcase_add_loop_test(clipping, the_middle_of_what_is_too_long_goes, 0,
			    ARRAY_SIZE(clips));
	tcase_add_test(clipping, whatever_the_width_it_is_kept);
	suite_add_tcase(suite, clipping);
	return suite;
}
