// SPDX-License-Identifier: LGPL-2.1-or-later
#include <stdlib.h>
#include <string.h>

#include "ctl/cover.h"
#include "ctl/manifest_source.h"
#include "pattern.h"
#include "random.h"
#include "suites.h"

START_TEST(paths_cover_paths)
{
	static const struct {
		const char *general;
		const char *special;
		bool covers;
	} cases[] = {
		{ "/a/b", "/a/b", true },
		{ "/a/b", "/a/c", false },
		{ "/a/**", "/a/b", true },
		{ "/a/**", "/a/b/c", true },
		{ "/a/**", "/a", false },
		{ "/a/**", "/a/**", true },
		{ "/a/**", "/a/*", true },
		{ "/a/*", "/a/**", false },
		{ "/a/**", "/a/**/x", true },
		{ "/a/**/x", "/a/x", true },
		{ "/a/**/x", "/a/b/**/x", true },
		{ "/a/**/x", "/a/**/y/x", true },
		{ "/a/**/x", "/a/**", false },
		{ "/**", "/a/*.log", true },
		{ "/a/*.log", "/a/b.log", true },
		{ "/a/*.log", "/a/b*.log", true },
		{ "/a/b*.log", "/a/*.log", false },
		{ "/a/*b*", "/a/ab?", true },
		{ "/a/?", "/a/[a-z]", true },
		{ "/a/[a-z]", "/a/?", false },
		{ "/a/[a-z]", "/a/[c-f]", true },
		{ "/a/[!a]", "/a/b", true },
		{ "/a/[!a]", "/a/a", false },
		{ "/a/?", "/a/[+-9]", true },
		{ "/a/\\*", "/a/*", false },
		{ "/a/*", "/a/\\*", true },
		{ "/a/b", "/a/\\b", true },
		{ "/a/[\\]-a]", "/a/\\]", true },
		{ "/a/[\\]a]", "/a/\\]", true },
		{ "anon:", "anon:", true },
		{ "anon:", "memfd:", false },
		{ "/**", "anon:", false },
		{ "abstract:", "abstract:x", true },
		{ "abstract:x", "abstract:", false },
	};
	size_t i;

	for (i = 0; i < sizeof(cases) / sizeof(cases[0]); i++)
		ck_assert_msg(cover_path(cases[i].general,
					 cases[i].special) == cases[i].covers,
			      "%s, %s", cases[i].general, cases[i].special);
}
END_TEST

START_TEST(flows_cover_flows)
{
	static const struct {
		enum cordon_op op;
		const char *general;
		const char *special;
		bool covers;
	} cases[] = {
		{ CORDON_OP_LISTEN, "tcp", "tcp/80", true },
		{ CORDON_OP_LISTEN, "tcp/80", "tcp", false },
		{ CORDON_OP_LISTEN, "any", "udp/53", true },
		{ CORDON_OP_LISTEN, "tcp/80-90", "tcp/81-90", true },
		{ CORDON_OP_LISTEN, "tcp/80-90", "tcp/81-91", false },
		{ CORDON_OP_LISTEN, "tcp/80", "udp/80", false },
		{ CORDON_OP_CONNECT, "any@any", "tcp/80@segment:db", true },
		{ CORDON_OP_CONNECT, "any@any", "any@workload:db", false },
		{ CORDON_OP_CONNECT, "any@any", "tcp/1@workload:db", true },
		{ CORDON_OP_CONNECT, "tcp@10.0.0.0/8", "tcp/1@10.1.2.3", true },
		{ CORDON_OP_CONNECT, "tcp@10.0.0.0/9", "tcp/1@10.128.0.0",
		  false },
		{ CORDON_OP_CONNECT, "tcp@::/0", "tcp/1@10.1.2.3", false },
		{ CORDON_OP_CONNECT, "tcp@::/0", "tcp/1@2001:db8::1", true },
		{ CORDON_OP_CONNECT, "any@segment:a", "any@segment:b", false },
		{ CORDON_OP_CONNECT, "any@any", "/run/x", false },
		{ CORDON_OP_CONNECT, "/run/**", "/run/x", true },
		{ CORDON_OP_ACCEPT, "tcp@loopback", "tcp/1@loopback", true },
		{ CORDON_OP_SOCKET, "packet", "packet/raw", true },
		{ CORDON_OP_SOCKET, "packet/raw", "packet", false },
		{ CORDON_OP_SOCKET, "netlink/16", "netlink/generic", true },
	};
	size_t i;

	for (i = 0; i < sizeof(cases) / sizeof(cases[0]); i++)
		ck_assert_msg(cover_pattern(cases[i].op, cases[i].general,
					    cases[i].special) ==
			      cases[i].covers, "%s, %s", cases[i].general,
			      cases[i].special);
}
END_TEST

START_TEST(ports_are_covered_together)
{
	static const char *const ports[] = {
		"tcp/82@any", "tcp/80@any", "tcp/81@10.0.0.0/8",
	};

	ck_assert(cover_patterns(CORDON_OP_CONNECT, ports, 3,
				 "tcp/80-82@10.0.0.1"));
	ck_assert(!cover_patterns(CORDON_OP_CONNECT, ports, 3,
				  "tcp/80-82@any"));
	ck_assert(!cover_patterns(CORDON_OP_CONNECT, ports, 3,
				  "tcp/80-83@10.0.0.1"));
	ck_assert(!cover_patterns(CORDON_OP_CONNECT, NULL, 0, "tcp/80@any"));
}
END_TEST

/* A path of few letters, or with @wild a pattern that often matches one */
static void make(bool wild, char *text)
{
	static const char *const parts[] = {
		"a", "b", "ab", "ba", "aa", "*", "?", "a*", "*b", "[ab]",
		"[!a]", "a?", "**",
	};
	u32 depth = 1 + any(4), stars = 0, i;

	*text = 0;
	for (i = 0; i < depth; i++) {
		u32 pick = any(wild ? 13 : 5);

		/* Two at most, and not one beside the other */
		if (pick == 12 && (stars++ > 1 || (i && strstr(text, "**"))))
			pick = 5;
		strcat(strcat(text, "/"), parts[pick]);
	}
}

START_TEST(what_covers_matches_all_that_is_covered)
{
	char general[64], special[64], path[64];
	u32 i, k, found = 0;

	state = 7;
	for (i = 0; i < 20000; i++) {
		make(true, general);
		make(true, special);
		if (!cover_path(general, special))
			continue;
		found++;
		for (k = 0; k < 50; k++) {
			make(false, path);
			if (manifest_pattern_covers(special, strlen(special),
						    path, strlen(path)))
				ck_assert_msg(manifest_pattern_covers(
					general, strlen(general), path,
					strlen(path)), "%s, %s, %s", general,
					special, path);
		}
	}
	ck_assert_uint_gt(found, 100);
}
END_TEST

Suite *cover_suite(void)
{
	Suite *suite = suite_create("cover");
	TCase *patterns = tcase_create("patterns");

	tcase_add_test(patterns, paths_cover_paths);
	tcase_add_test(patterns, flows_cover_flows);
	tcase_add_test(patterns, ports_are_covered_together);
	tcase_add_test(patterns, what_covers_matches_all_that_is_covered);
	suite_add_tcase(suite, patterns);
	return suite;
}
