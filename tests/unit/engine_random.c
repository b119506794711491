// SPDX-License-Identifier: LGPL-2.1-or-later
/*
 * Random rules and paths: the engine against the reference in ../reference.h.
 *
 * Names and patterns are made of few letters, so that many match; names of
 * more than eight bytes are among them since the engine compares eight at a
 * time.
 */
#include <stdlib.h>

#include "../reference.h"
#include "engine_fixture.h"
#include "random.h"
#include "suites.h"

#define ROUNDS 400
#define PATHS 200	/* judged in each round */
#define RULES 24
#define TEXT 256

static const char *const name_parts[] = { "a", "b", "ab", "ba", "*", "-",
					  "abcdefgh", "bbbbbbb", "." };
static const char *const pattern_parts[] = {
	"a", "b", "ab", "ba", "\\*", "-", "abcdefgh", "bbbbbbb", ".",
	"*", "*", "*", "?", "[ab]", "[!a]", "[a-c]", "[*-.]", "\\a",
};

#define ANY(list) list[any(sizeof(list) / sizeof(list[0]))]

static void name_append(char *path)
{
	u32 parts = 1 + any(3);

	strcat(path, "/");
	if (any(2)) {
		strcat(path, any(4) ? "a" : "b");
		return;
	}
	if (any(4) == 0) {
		strncat(path, "cdefghijklmnop" + any(14), 1);
		return;
	}
	strcat(path, "x");
	while (parts--)
		strcat(path, ANY(name_parts));
}

static void pattern_append(char *pattern)
{
	u32 parts = 1 + any(3);
	bool star = false;
	const char *part;

	strcat(pattern, "/");
	if (any(3) == 0) {
		strcat(pattern, any(4) ? "a" : "b");
		return;
	}
	/* More names than are looked at one by one. */
	if (any(3) == 0) {
		strncat(pattern, "cdefghijklmnop" + any(14), 1);
		return;
	}
	if (any(2))
		strcat(pattern, "x");
	while (parts--) {
		part = ANY(pattern_parts);
		if (star && part[0] == '*')
			continue;
		star = part[0] == '*';
		strcat(pattern, part);
	}
}

static void path_make(char *path)
{
	u32 depth = any(6);

	path[0] = '\0';
	while (depth--)
		name_append(path);
	if (!path[0])
		strcpy(path, "/");
}

static void pattern_make(char *pattern)
{
	u32 depth;

	do {
		depth = any(5);
		pattern[0] = '\0';
		while (depth--) {
			if (any(5))
				pattern_append(pattern);
			else
				strcat(pattern, "/**");
		}
		if (!pattern[0])
			strcpy(pattern, "/");
	} while (cordon_pattern_check(pattern, strlen(pattern), NULL));
}

START_TEST(names_match_as_in_the_reference)
{
	char pattern[TEXT];
	char name[TEXT];
	u32 matches = 0;
	u32 i;

	state = 0x9e3779b9 + (u64)_i;
	for (i = 0; i < 20000; i++) {
		bool is;

		do {
			pattern[0] = '\0';
			pattern_append(pattern);
		} while (cordon_pattern_check(pattern, strlen(pattern), NULL));
		name[0] = '\0';
		name_append(name);
		is = cordon_component_match(pattern + 1, strlen(pattern + 1),
					    name + 1, strlen(name + 1));
		ck_assert_msg(is == reference_component(pattern + 1,
							strlen(pattern + 1),
							name + 1,
							strlen(name + 1)),
			      "%s %s", pattern, name);
		matches += is;
	}
	/* A test in which nothing matches would say little. */
	ck_assert_uint_gt(matches, 1000);
}
END_TEST

struct random_rule {
	u32 program;
	enum cordon_effect effect;
	char pattern[TEXT];
};

/* What deciding by the letter of policy.h gives. */
static struct cordon_verdict expected(const struct random_rule *rules,
				      u32 count, u32 program,
				      const char *path)
{
	struct cordon_verdict verdict = {
		.action = CORDON_ACTION_DENY,
		.reason = CORDON_REASON_DEFAULT,
		.rule = CORDON_NONE,
	};
	u32 effect;
	u32 rank;
	u32 best;
	u32 i;

	for (effect = CORDON_EFFECT_DENY;; effect = CORDON_EFFECT_ALLOW) {
		best = 0;
		for (i = 0; i < count; i++) {
			if (rules[i].effect != effect ||
			    (rules[i].program != CORDON_NONE &&
			     rules[i].program != program) ||
			    !reference_path(rules[i].pattern,
					    strlen(rules[i].pattern), path,
					    strlen(path)))
				continue;
			rank = cordon_pattern_rank(rules[i].pattern,
						   strlen(rules[i].pattern));
			if (rank <= best && verdict.rule != CORDON_NONE)
				continue;
			best = rank;
			verdict.rule = i;
		}
		if (verdict.rule != CORDON_NONE) {
			verdict.reason = CORDON_REASON_RULE;
			if (effect == CORDON_EFFECT_ALLOW)
				verdict.action = CORDON_ACTION_ALLOW;
			return verdict;
		}
		if (effect == CORDON_EFFECT_ALLOW)
			return verdict;
	}
}

static const char *other_programs[FIXTURE_LINES];

static void other_programs_make(void)
{
	static char text[FIXTURE_LINES][8];
	u32 i;

	for (i = 0; i < FIXTURE_LINES; i++) {
		strcpy(text[i], "/r..");
		text[i][2] = (char)('a' + i / 16);
		text[i][3] = (char)('a' + i % 16);
		other_programs[i] = text[i];
	}
}

static struct fixture *random_fixture(struct random_rule *rules, u32 *count)
{
	static char lines[RULES][TEXT + 32];
	struct fixture_workload workload = {
		.name = "random",
		.effect = CORDON_EFFECT_DENY,
		.mode = CORDON_MODE_ENFORCE,
		.members = { "user:1" },
		.programs = { "/p", "/q" },
	};
	u32 i;

	/* With this many, the workload's own rules stay in their own scope. */
	if (any(2)) {
		for (i = 2; i < FIXTURE_LINES - 1; i++)
			workload.programs[i] = other_programs[i];
	}

	*count = 1 + any(RULES);
	for (i = 0; i < *count; i++) {
		rules[i].program = any(3);
		if (rules[i].program == 2)
			rules[i].program = CORDON_NONE;
		rules[i].effect = any(4) ? CORDON_EFFECT_ALLOW :
					   CORDON_EFFECT_DENY;
		pattern_make(rules[i].pattern);
		strcpy(lines[i], rules[i].program == CORDON_NONE ? "-" :
				 rules[i].program ? "1" : "0");
		strcat(lines[i], " ");
		strcat(lines[i], cordon_effect_name(rules[i].effect));
		strcat(lines[i], " read ");
		strcat(lines[i], rules[i].pattern);
		workload.rules[i] = lines[i];
	}
	return fixture_build(&workload, 1, false);
}

START_TEST(verdicts_are_those_of_the_reference)
{
	struct random_rule rules[RULES];
	struct cordon_verdict want;
	struct cordon_verdict have;
	struct fixture *fixture;
	u32 refused = 0;
	u32 hits = 0;
	char path[TEXT];
	u32 program;
	u32 round;
	u32 count;
	u32 i;

	state = 0xdeadbeef + (u64)_i;
	other_programs_make();
	for (round = 0; round < ROUNDS; round++) {
		fixture = random_fixture(rules, &count);
		if (!fixture->policy) {
			ck_assert_msg(strstr(fixture->fault.what,
					     "half matched"), "%s",
				      fixture->fault.what);
			refused++;
			fixture_free(fixture);
			continue;
		}
		for (i = 0; i < PATHS; i++) {
			path_make(path);
			program = any(2);
			want = expected(rules, count, program, path);
			have = fixture_decide(fixture, 0, program,
					      CORDON_OP_READ, path);
			ck_assert_msg(have.action == want.action &&
				      have.reason == want.reason &&
				      have.rule == want.rule,
				      "seed %d round %u: %s: rule %d, not %d",
				      _i, round, path, (int)have.rule,
				      (int)want.rule);
			hits += have.reason == CORDON_REASON_RULE;
		}
		fixture_free(fixture);
	}
	ck_assert_uint_gt(hits, ROUNDS * PATHS / 10);
	ck_assert_uint_lt(refused, ROUNDS / 4);
}
END_TEST

Suite *engine_random_suite(void)
{
	Suite *suite = suite_create("engine/random");
	TCase *random = tcase_create("random");

	tcase_add_loop_test(random, names_match_as_in_the_reference, 0, 3);
	tcase_add_loop_test(random, verdicts_are_those_of_the_reference, 0, 3);
	suite_add_tcase(suite, random);
	return suite;
}
