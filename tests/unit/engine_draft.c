// SPDX-License-Identifier: LGPL-2.1-or-later
#include "draft.h"

#include <stdlib.h>

#include "engine_fixture.h"
#include "suites.h"

static struct cordon_workload_spec spec_of(void)
{
	return (struct cordon_workload_spec){
		.name = "web",
		.effect = CORDON_EFFECT_DENY,
		.counts = { .members = 2, .programs = 1, .rules = 2,
			    .patterns = 3, .bytes = 200 },
	};
}

static struct cordon_draft *draft_of(const struct cordon_workload_spec *spec)
{
	struct cordon_fault fault = { 0 };
	const size_t size = cordon_draft_size(&spec->counts, &fault);
	void *buffer = calloc(1, size);
	struct cordon_draft *draft =
		cordon_draft_init(buffer, size, spec, &fault);

	if (!draft) {
		ck_assert_ptr_nonnull(fault.what);
		free(buffer);
	}
	return draft;
}

static int rule_add(struct cordon_draft *draft, u32 program, u32 effect,
		    u32 ops, const char *pattern, struct cordon_fault *fault)
{
	const struct cordon_rule_spec spec = {
		.program = program,
		.effect = (u8)effect,
		.ops = (u16)ops,
		.text = pattern,
		.patterns = &pattern,
		.pattern_count = 1,
	};

	return cordon_draft_add_rule(draft, &spec, fault);
}

START_TEST(counts_over_a_limit_are_refused)
{
	static const struct cordon_counts over[] = {
		{ .members = CORDON_SEGMENT_MEMBERS_MAX + 1, .bytes = 1 },
		{ .programs = CORDON_PROGRAMS_MAX + 1, .bytes = 1 },
		{ .rules = CORDON_RULES_MAX + 1, .bytes = 1 },
		{ .rules = CORDON_RULES_MAX, .bytes = 1,
		  .patterns = CORDON_RULES_MAX * CORDON_PATTERNS_MAX + 1 },
		{ .rules = 1, .patterns = CORDON_PATTERNS_MAX + 1, .bytes = 1 },
		{ .bytes = CORDON_BYTES_MAX + 1 },
		{ .bytes = 0 },
		{ .responses = CORDON_RESPONSES_MAX + 1, .bytes = 1 },
		{ U32_MAX, U32_MAX, U32_MAX, U32_MAX, U32_MAX, U32_MAX },
	};
	static const struct cordon_counts most = {
		CORDON_MEMBERS_MAX, CORDON_PROGRAMS_MAX, CORDON_RULES_MAX,
		CORDON_RULES_MAX * CORDON_PATTERNS_MAX, CORDON_BYTES_MAX,
		CORDON_RESPONSES_MAX,
	};
	struct cordon_fault fault = { 0 };
	size_t i;

	for (i = 0; i < sizeof(over) / sizeof(over[0]); i++) {
		fault.what = NULL;
		ck_assert_uint_eq(cordon_draft_size(&over[i], &fault), 0);
		ck_assert_ptr_nonnull(fault.what);
		ck_assert_uint_eq(fault.workload, CORDON_NONE);
	}
	ck_assert_uint_gt(cordon_draft_size(&most, &fault), CORDON_BYTES_MAX);
}
END_TEST

START_TEST(names_are_checked)
{
	static const char long_name[] =
		"0123456789012345678901234567890123456789012345678901234567890123";
	static const char *const good[] = { "a", "web", "web-1.x_y", "0",
					    long_name };
	static const char *const bad[] = {
		"", "-a", ".a", "_a", "a b", "a/b", "a\n", "\xc3\xa9",
		"01234567890123456789012345678901234567890123456789012345678901234",
	};
	struct cordon_workload_spec spec = spec_of();
	struct cordon_draft *draft;
	size_t i;

	ck_assert_uint_eq(strlen(long_name), CORDON_NAME_MAX);
	for (i = 0; i < sizeof(good) / sizeof(good[0]); i++) {
		spec.name = good[i];
		draft = draft_of(&spec);
		ck_assert_ptr_nonnull(draft);
		ck_assert_str_eq(cordon_draft_text(draft, draft->name),
				 good[i]);
		free(draft);
	}
	for (i = 0; i < sizeof(bad) / sizeof(bad[0]); i++) {
		spec.name = bad[i];
		ck_assert_msg(!draft_of(&spec), "%s", bad[i]);
	}
	spec.name = NULL;
	ck_assert_ptr_null(draft_of(&spec));
}
END_TEST

START_TEST(a_head_out_of_range_is_refused)
{
	static char text[CORDON_TEXT_MAX + 2];
	struct cordon_workload_spec spec = spec_of();
	struct cordon_fault fault;
	char buffer[8] = { 0 };

	ck_assert_ptr_null(cordon_draft_init(buffer, sizeof(buffer), &spec,
					     &fault));
	spec.effect = CORDON_EFFECT_COUNT;
	ck_assert_ptr_null(draft_of(&spec));
	spec = spec_of();
	spec.mode[CORDON_CLASS_FILE] = CORDON_MODE_COUNT;
	ck_assert_ptr_null(draft_of(&spec));
	spec = spec_of();
	memset(text, 'x', CORDON_TEXT_MAX + 1);
	spec.counts.bytes = 1000;
	spec.description = text;
	ck_assert_ptr_null(draft_of(&spec));
	spec.description = text + 1;
	spec.owner = text + 1;
	{
		struct cordon_draft *draft = draft_of(&spec);

		ck_assert_ptr_nonnull(draft);
		free(draft);
	}
	spec.counts.bytes = 200;
	ck_assert_ptr_null(draft_of(&spec));
}
END_TEST

static const struct {
	enum cordon_member_kind kind;
	const char *pattern;
	u32 uid;
	int error;
} members[] = {
	{ CORDON_MEMBER_EXE, "/usr/sbin/nginx", 0, 0 },
	{ CORDON_MEMBER_EXE, "/opt/*/bin/**", 0, 0 },
	{ CORDON_MEMBER_EXE, "nginx", 0, -EINVAL },
	{ CORDON_MEMBER_EXE, "memfd:", 0, -EINVAL },
	{ CORDON_MEMBER_EXE, NULL, 0, -EINVAL },
	{ CORDON_MEMBER_EXE, "", 0, -EINVAL },
	{ CORDON_MEMBER_UNIT, "nginx.service", 0, 0 },
	{ CORDON_MEMBER_UNIT, "php*", 0, 0 },
	{ CORDON_MEMBER_UNIT, "a/b.service", 0, -EINVAL },
	{ CORDON_MEMBER_UNIT, NULL, 0, -EINVAL },
	{ CORDON_MEMBER_CGROUP, "/system.slice/**", 0, 0 },
	{ CORDON_MEMBER_CGROUP, "system.slice", 0, -EINVAL },
	{ CORDON_MEMBER_USER, NULL, 33, 0 },
	{ CORDON_MEMBER_USER, "", 0, 0 },
	{ CORDON_MEMBER_USER, "www-data", 33, -EINVAL },
	{ CORDON_MEMBER_USER, NULL, U32_MAX, -EINVAL },
	{ CORDON_MEMBER_HOST, NULL, 0, 0 },
	{ CORDON_MEMBER_HOST, "x", 0, -EINVAL },
	{ CORDON_MEMBER_COUNT, "/x", 0, -EINVAL },
};

START_TEST(members_are_checked)
{
	const struct cordon_workload_spec spec = spec_of();
	struct cordon_draft *draft = draft_of(&spec);
	struct cordon_fault fault = { 0 };

	ck_assert_int_eq(cordon_draft_add_member(draft, members[_i].kind,
						 members[_i].pattern,
						 members[_i].uid, &fault),
			 members[_i].error);
	ck_assert_uint_eq(draft->used.members, members[_i].error ? 0 : 1);
	if (members[_i].error)
		ck_assert_ptr_nonnull(fault.what);
	free(draft);
}
END_TEST

#define EXEC (1 << CORDON_OP_EXEC)
#define LOAD (1 << CORDON_OP_LOAD)
#define READ (1 << CORDON_OP_READ)
#define WRITE (1 << CORDON_OP_WRITE)
#define ENTER (1 << CORDON_OP_ENTER)

static const struct {
	u32 program;
	u32 effect;
	u32 ops;
	const char *pattern;
	int error;
} rules[] = {
	{ 0, CORDON_EFFECT_ALLOW, READ, "/a", 0 },
	{ CORDON_NONE, CORDON_EFFECT_DENY, 31, "/a/**", 0 },
	{ 1, CORDON_EFFECT_ALLOW, READ, "/a", -EINVAL },
	{ 0, CORDON_EFFECT_COUNT, READ, "/a", -EINVAL },
	{ 0, CORDON_EFFECT_ALLOW, 0, "/a", -EINVAL },
	{ 0, CORDON_EFFECT_ALLOW, 1 << CORDON_OP_COUNT, "/a", -EINVAL },
	{ 0, CORDON_EFFECT_ALLOW, 65535, "/a", -EINVAL },
	{ 0, CORDON_EFFECT_ALLOW, READ, "a", -EINVAL },
	{ 0, CORDON_EFFECT_ALLOW, READ, NULL, -EINVAL },
	{ 0, CORDON_EFFECT_ALLOW, LOAD | READ | WRITE, "memfd:", 0 },
	{ 0, CORDON_EFFECT_ALLOW, EXEC, "memfd:", -EINVAL },
	{ 0, CORDON_EFFECT_ALLOW, ENTER, "deleted:", -EINVAL },
	{ 0, CORDON_EFFECT_DENY, EXEC, "deleted:", 0 },
	{ 0, CORDON_EFFECT_DENY, ENTER, "deleted:", -EINVAL },
	{ 0, CORDON_EFFECT_DENY, EXEC | LOAD | READ | WRITE, "anon:", 0 },
	{ 0, CORDON_EFFECT_ALLOW, EXEC | LOAD, "anon:", -EINVAL },
};

START_TEST(rules_are_checked)
{
	const struct cordon_workload_spec spec = spec_of();
	struct cordon_draft *draft = draft_of(&spec);
	struct cordon_fault fault = { 0 };

	ck_assert_int_eq(cordon_draft_add_program(draft, "/p", &fault), 0);
	ck_assert_int_eq(rule_add(draft, rules[_i].program, rules[_i].effect,
				  rules[_i].ops, rules[_i].pattern, &fault),
			 rules[_i].error);
	ck_assert_uint_eq(draft->used.rules, rules[_i].error ? 0 : 1);
	ck_assert_uint_eq(draft->used.patterns, rules[_i].error ? 0 : 1);
	if (rules[_i].error)
		ck_assert_ptr_nonnull(fault.what);
	free(draft);
}
END_TEST

START_TEST(more_than_announced_is_refused_and_changes_nothing)
{
	static const char *const patterns[] = { "/1", "/2", "/3" };
	struct cordon_workload_spec spec = spec_of();
	struct cordon_rule_spec rule = {
		.program = CORDON_NONE,
		.ops = READ,
		.text = "/{1,2,3}",
		.patterns = patterns,
		.pattern_count = 3,
	};
	struct cordon_fault fault;
	struct cordon_draft *draft;
	struct cordon_counts used;

	spec.counts = (struct cordon_counts){ .members = 1, .programs = 1,
					      .rules = 2, .patterns = 3,
					      .bytes = 27 };
	draft = draft_of(&spec);
	ck_assert_int_eq(cordon_draft_complete(draft, &fault), -EINVAL);
	ck_assert_int_eq(cordon_draft_add_program(draft, "/a", &fault), 0);
	ck_assert_int_eq(cordon_draft_add_program(draft, "/b", &fault),
			 -ENOSPC);
	ck_assert_int_eq(cordon_draft_add_member(draft, CORDON_MEMBER_USER,
						 NULL, 1, &fault), 0);
	ck_assert_int_eq(cordon_draft_add_member(draft, CORDON_MEMBER_USER,
						 NULL, 2, &fault), -ENOSPC);

	used = draft->used;
	rule.note = "a note that is longer than the text that was announced";
	ck_assert_int_eq(cordon_draft_add_rule(draft, &rule, &fault), -ENOSPC);
	rule.note = NULL;
	rule.pattern_count = 0;
	ck_assert_int_eq(cordon_draft_add_rule(draft, &rule, &fault), -EINVAL);
	rule.pattern_count = CORDON_PATTERNS_MAX + 1;
	ck_assert_int_eq(cordon_draft_add_rule(draft, &rule, &fault), -EINVAL);
	rule.pattern_count = 4;
	ck_assert_int_eq(cordon_draft_add_rule(draft, &rule, &fault), -ENOSPC);
	ck_assert_mem_eq(&used, &draft->used, sizeof(used));

	rule.pattern_count = 2;
	ck_assert_int_eq(cordon_draft_add_rule(draft, &rule, &fault), 0);
	ck_assert_int_eq(cordon_draft_complete(draft, &fault), -EINVAL);
	ck_assert_int_eq(rule_add(draft, 0, 0, READ, "/long", &fault),
			 -ENOSPC);
	ck_assert_int_eq(rule_add(draft, 0, 0, READ, "/3", &fault), 1);
	ck_assert_int_eq(rule_add(draft, 0, 0, READ, "/4", &fault), -ENOSPC);
	ck_assert_int_eq(cordon_draft_complete(draft, &fault), 0);
	ck_assert_int_eq(cordon_draft_check(draft, &fault), 0);
	ck_assert_str_eq(cordon_draft_pattern(draft, 1), "/2");
	ck_assert_str_eq(cordon_draft_pattern(draft, 2), "/3");
	free(draft);
}
END_TEST

/* What does not fit into one message is refused where it is written. */
START_TEST(a_rule_is_no_larger_than_a_message)
{
	static char longest[CORDON_PATH_MAX];
	const char *patterns[CORDON_PATTERNS_MAX];
	const u32 fit = CORDON_RULE_BYTES_MAX / sizeof(longest);
	struct cordon_workload_spec spec = spec_of();
	struct cordon_rule_spec rule = {
		.program = CORDON_NONE,
		.ops = READ,
		.text = "/{many}",
		.patterns = patterns,
	};
	struct cordon_draft_rule *drafted;
	struct cordon_fault fault;
	struct cordon_draft *draft;
	u32 i;

	ck_assert_uint_lt(fit, CORDON_PATTERNS_MAX);
	memset(longest, 'x', sizeof(longest) - 1);
	for (i = 0; i < sizeof(longest) - 1; i += 100)
		longest[i] = '/';
	for (i = 0; i < CORDON_PATTERNS_MAX; i++)
		patterns[i] = longest;
	spec.counts = (struct cordon_counts){
		.members = 1, .rules = 2, .patterns = fit + 1,
		.bytes = 1 << 20 };
	draft = draft_of(&spec);
	ck_assert_int_eq(cordon_draft_add_member(draft, CORDON_MEMBER_USER,
						 NULL, 1, &fault), 0);
	rule.pattern_count = fit + 1;
	ck_assert_int_eq(cordon_draft_add_rule(draft, &rule, &fault), -EINVAL);
	ck_assert_ptr_nonnull(strstr(fault.what, "56000"));
	rule.pattern_count = fit;
	ck_assert_int_eq(cordon_draft_add_rule(draft, &rule, &fault), 0);
	ck_assert_int_eq(rule_add(draft, CORDON_NONE, 0, READ, longest,
				  &fault), 1);
	ck_assert_int_eq(cordon_draft_check(draft, &fault), 0);

	/* A draft that was made elsewhere. */
	draft->reject = 2;
	ck_assert_int_eq(cordon_draft_check(draft, &fault), -EINVAL);
	draft->reject = true;
	ck_assert_int_eq(cordon_draft_check(draft, &fault), 0);

	/* Another one: its first rule takes both. */
	drafted = (struct cordon_draft_rule *)cordon_draft_rule(draft, 0);
	drafted->patterns++;
	ck_assert_int_eq(cordon_draft_check(draft, &fault), -EINVAL);
	ck_assert_uint_eq(fault.rule, 0);
	ck_assert_ptr_nonnull(strstr(fault.what, "56000"));
	free(draft);
}
END_TEST

START_TEST(a_workload_needs_a_member_and_host_is_alone)
{
	struct cordon_workload_spec spec = spec_of();
	struct cordon_fault fault;
	struct cordon_draft *draft;

	spec.counts = (struct cordon_counts){ .bytes = 100 };
	draft = draft_of(&spec);
	ck_assert_int_eq(cordon_draft_complete(draft, &fault), -EINVAL);
	free(draft);
	spec.counts.members = 2;
	draft = draft_of(&spec);
	ck_assert(!cordon_draft_add_member(draft, CORDON_MEMBER_HOST, NULL, 0,
					   &fault));
	ck_assert(!cordon_draft_add_member(draft, CORDON_MEMBER_USER, NULL, 1,
					   &fault));
	ck_assert_int_eq(cordon_draft_complete(draft, &fault), -EINVAL);
	ck_assert_ptr_nonnull(strstr(fault.what, "host"));
	free(draft);
}
END_TEST

START_TEST(text_that_repeats_is_kept_once)
{
	struct cordon_workload_spec spec = spec_of();
	struct cordon_rule_spec rule = {
		.program = CORDON_NONE,
		.ops = READ,
		.text = "/a",
		.file = "one.json",
		.patterns = (const char *const[]){ "/a" },
		.pattern_count = 1,
	};
	struct cordon_fault fault;
	struct cordon_draft *draft = draft_of(&spec);
	u32 bytes;

	ck_assert_int_eq(cordon_draft_add_rule(draft, &rule, &fault), 0);
	bytes = draft->used.bytes;
	ck_assert_int_eq(cordon_draft_add_rule(draft, &rule, &fault), 1);
	ck_assert_uint_eq(draft->used.bytes, bytes + sizeof("/a"));
	ck_assert_str_eq(cordon_draft_text(draft,
					   cordon_draft_rule(draft, 1)->file),
			 "one.json");
	ck_assert_str_eq(cordon_draft_text(draft,
					   cordon_draft_rule(draft, 1)->note),
			 "");
	free(draft);
}
END_TEST

/*
 * Whatever one byte of a draft becomes, the check either refuses it or the
 * engine can work with it: the sanitisers watch.
 */
START_TEST(a_damaged_draft_is_refused_or_harmless)
{
	static const struct fixture_workload workload = {
		.name = "web",
		.effect = CORDON_EFFECT_DENY,
		.members = { "exe:/usr/sbin/nginx", "unit:nginx.service",
			     "cgroup:/a/**", "user:33" },
		.programs = { "/usr/sbin/nginx", "/usr/bin/*" },
		.rules = { "0 allow read,write /srv/** /srv/*.html",
			   "- deny exec memfd:", "1 allow load /lib/*.so" },
	};
	static const u8 values[] = { 0x01, 0x02, 0x07, 0x40, 0x80, 0xff };
	struct cordon_draft *good = fixture_draft(&workload);
	struct cordon_draft *draft = malloc(good->size);
	const struct cordon_draft *const drafts[] = { draft };
	struct cordon_fault fault;
	struct cordon_policy *policy;
	u32 accepted = 0;
	size_t size;
	void *image;
	size_t i;
	size_t k;

	for (i = 0; i < good->size; i++) {
		for (k = 0; k < sizeof(values); k++) {
			memcpy(draft, good, good->size);
			((u8 *)draft)[i] ^= values[k];
			fault.what = NULL;
			size = cordon_policy_size(drafts, 1, &fault);
			if (!size) {
				ck_assert_ptr_nonnull(fault.what);
				continue;
			}
			image = calloc(1, size);
			policy = cordon_policy_build(image, size, drafts, 1, 1,
						     7, false, &fault);
			accepted += policy != NULL;
			free(image);
		}
	}
	/* Damaged letters mostly are other names. */
	ck_assert_uint_gt(accepted, 100);
	free(draft);
	free(good);
}
END_TEST

Suite *engine_draft_suite(void)
{
	Suite *suite = suite_create("engine/draft");
	TCase *draft = tcase_create("draft");

	tcase_add_test(draft, counts_over_a_limit_are_refused);
	tcase_add_test(draft, names_are_checked);
	tcase_add_test(draft, a_head_out_of_range_is_refused);
	tcase_add_loop_test(draft, members_are_checked, 0,
			    sizeof(members) / sizeof(members[0]));
	tcase_add_loop_test(draft, rules_are_checked, 0,
			    sizeof(rules) / sizeof(rules[0]));
	tcase_add_test(draft,
		       more_than_announced_is_refused_and_changes_nothing);
	tcase_add_test(draft, a_rule_is_no_larger_than_a_message);
	tcase_add_test(draft, a_workload_needs_a_member_and_host_is_alone);
	tcase_add_test(draft, text_that_repeats_is_kept_once);
	tcase_add_test(draft, a_damaged_draft_is_refused_or_harmless);
	suite_add_tcase(suite, draft);
	return suite;
}
