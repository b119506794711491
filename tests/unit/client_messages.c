// SPDX-License-Identifier: LGPL-2.1-or-later
/* What the client writes is what the contract says, and what it reads back. */
#include <stdlib.h>
#include <string.h>

#include "message_fixture.h"
#include "suites.h"

#define FAMILY 0x21

static struct cordon_draft *draft;

static const char *const patterns[] = { "/srv/www", "/srv/ftp" };

static void make_draft(void)
{
	struct cordon_workload_spec spec = {
		.name = "web",
		.description = "nginx serving /srv/www",
		.file = "/etc/cordon/web.json",
		.effect = CORDON_EFFECT_DENY,
		.reject = true,
		.mode = { CORDON_MODE_ENFORCE, CORDON_MODE_MONITOR,
			  CORDON_MODE_ENFORCE, CORDON_MODE_MONITOR,
			  CORDON_MODE_MONITOR },
		.counts = { 3, 1, 2, 3, 1024 },
	};
	struct cordon_rule_spec allow = {
		.program = 0,
		.effect = CORDON_EFFECT_ALLOW,
		.ops = 1 << CORDON_OP_READ,
		.line = 7, .column = 21,
		.text = "/srv/{www,ftp}",
		.file = "/etc/cordon/web.json",
		.patterns = patterns, .pattern_count = 2,
	};
	const char *const etc[] = { "/etc/**" };
	struct cordon_rule_spec deny = {
		.program = CORDON_NONE,
		.effect = CORDON_EFFECT_DENY,
		.ops = 1 << CORDON_OP_WRITE | 1 << CORDON_OP_READ,
		.line = 9, .column = 1,
		.text = "/etc/**",
		.file = "/etc/cordon/web.json",
		.note = "never",
		.patterns = etc, .pattern_count = 1,
	};
	struct cordon_fault fault;
	size_t size = cordon_draft_size(&spec.counts, &fault);

	draft = cordon_draft_init(calloc(1, size), size, &spec, &fault);
	ck_assert_ptr_nonnull(draft);
	ck_assert_int_eq(cordon_draft_add_member(draft, CORDON_MEMBER_EXE,
						 "/usr/sbin/nginx", 0, &fault),
			 0);
	ck_assert_int_eq(cordon_draft_add_member(draft, CORDON_MEMBER_UNIT,
						 "nginx.service", 0, &fault),
			 0);
	ck_assert_int_eq(cordon_draft_add_member(draft, CORDON_MEMBER_USER,
						 NULL, 33, &fault), 0);
	ck_assert_int_eq(cordon_draft_add_program(draft, "/usr/sbin/nginx",
						  &fault), 0);
	ck_assert_int_eq(cordon_draft_add_rule(draft, &allow, &fault), 0);
	ck_assert_int_eq(cordon_draft_add_rule(draft, &deny, &fault), 1);
	ck_assert_int_eq(cordon_draft_complete(draft, &fault), 0);
}

/* A document of segments: two of them, what lies in them, and two rules */
static void make_segments(void)
{
	struct cordon_workload_spec spec = {
		.name = "site",
		.kind = CORDON_DOCUMENT_SEGMENTS,
		.file = "/etc/cordon/site.json",
		.effect = CORDON_EFFECT_ALLOW,
		.mode = { CORDON_MODE_MONITOR, CORDON_MODE_MONITOR,
			  CORDON_MODE_MONITOR, CORDON_MODE_ENFORCE,
			  CORDON_MODE_MONITOR },
		.counts = { 4, 2, 2, 3, 1024 },
	};
	const char *const two[] = { "tcp/5432@segment:db", "icmp@segment:db" };
	struct cordon_rule_spec allow = {
		.program = 0,
		.effect = CORDON_EFFECT_ALLOW,
		.ops = 1 << CORDON_OP_PASS,
		.line = 7, .column = 21,
		.text = "{tcp/5432,icmp}@segment:db",
		.file = "/etc/cordon/site.json",
		.note = "nginx to PostgreSQL",
		.patterns = two, .pattern_count = 2,
	};
	const char *const ssh[] = { "tcp/22@any" };
	struct cordon_rule_spec deny = {
		.program = CORDON_NONE,
		.effect = CORDON_EFFECT_DENY,
		.ops = 1 << CORDON_OP_PASS,
		.line = 9, .column = 1,
		.text = "tcp/22@any",
		.file = "/etc/cordon/site.json",
		.patterns = ssh, .pattern_count = 1,
	};
	static const struct {
		enum cordon_member_kind kind;
		uint32_t segment;
		const char *pattern;
	} members[] = {
		{ CORDON_MEMBER_PREFIX, 1, "10.0.2.0/24" },
		{ CORDON_MEMBER_PREFIX, 0, "2001:db8:1::/64" },
		{ CORDON_MEMBER_INTERFACE, 1, "vnet3" },
		{ CORDON_MEMBER_CLAIM, CORDON_NONE, "vnet3 10.0.2.7" },
	};
	struct cordon_fault fault = { .what = "" };
	size_t size = cordon_draft_size(&spec.counts, &fault), i;

	draft = cordon_draft_init(calloc(1, size), size, &spec, &fault);
	ck_assert_msg(draft != NULL, "%s", fault.what);
	ck_assert_int_eq(cordon_draft_add_segment(draft, "web", false, &fault),
			 0);
	ck_assert_int_eq(cordon_draft_add_segment(draft, "db", true, &fault),
			 1);
	for (i = 0; i < 4; i++)
		ck_assert_msg(!cordon_draft_add_segment_member(
				      draft, members[i].kind,
				      members[i].segment, members[i].pattern,
				      &fault), "%s", fault.what);
	ck_assert_msg(cordon_draft_add_rule(draft, &allow, &fault) == 0, "%s",
		      fault.what);
	ck_assert_msg(cordon_draft_add_rule(draft, &deny, &fault) == 1, "%s",
		      fault.what);
	ck_assert_int_eq(cordon_draft_complete(draft, &fault), 0);
}

static void free_draft(void)
{
	free(draft);
}

START_TEST(a_workload_says_all_of_itself)
{
	struct nl_msg *message = message_new(CORDON_CMD_WORKLOAD_ADD);
	struct nlattr *part[CORDON_WORKLOAD_A_COUNT];
	struct client_workload workload;

	ck_assert(client_put_workload(message, draft));
	ck_assert_int_eq(message_first(message)->nla_type,
			 CORDON_A_WORKLOAD | NLA_F_NESTED);
	ck_assert(client_workload_parse(message_first(message), &workload));
	ck_assert_str_eq(workload.name, "web");
	ck_assert_str_eq(workload.description, "nginx serving /srv/www");
	ck_assert_str_eq(workload.owner, "");
	ck_assert_str_eq(workload.file, "/etc/cordon/web.json");
	ck_assert_int_eq(workload.effect, CORDON_EFFECT_DENY);
	ck_assert(workload.reject);
	ck_assert_mem_eq(workload.mode, draft->mode, CORDON_CLASS_COUNT);
	ck_assert_uint_eq(workload.members, 3);
	ck_assert_uint_eq(workload.programs, 1);
	ck_assert_uint_eq(workload.rules, 2);
	ck_assert_int_eq(nla_parse_nested(part, CORDON_WORKLOAD_A_COUNT - 1,
					  message_first(message), NULL), 0);
	ck_assert_uint_eq(nla_get_u32(part[CORDON_WORKLOAD_A_PATTERNS]), 3);
	ck_assert_uint_eq(nla_get_u32(part[CORDON_WORKLOAD_A_BYTES]),
			  draft->used.bytes);
	/* What there is not, is not said */
	ck_assert_ptr_null(part[CORDON_WORKLOAD_A_OWNER]);
	ck_assert_int_eq(part[CORDON_WORKLOAD_A_MODES]->nla_type,
			 CORDON_WORKLOAD_A_MODES | NLA_F_NESTED);
	nlmsg_free(message);
}
END_TEST

START_TEST(members_say_what_their_kind_needs)
{
	struct nlattr *part[CORDON_MEMBER_A_COUNT];
	struct nl_msg *message;
	uint32_t i;

	for (i = 0; i < 3; i++) {
		message = message_new(CORDON_CMD_RULE_ADD);
		ck_assert(client_put_member(message, draft, i));
		ck_assert_int_eq(message_first(message)->nla_type,
				 CORDON_A_MEMBER | NLA_F_NESTED);
		nla_parse_nested(part, CORDON_MEMBER_A_COUNT - 1,
				 message_first(message), NULL);
		ck_assert_uint_eq(nla_get_u8(part[CORDON_MEMBER_A_KIND]),
				  cordon_draft_member(draft, i)->kind);
		ck_assert(!part[CORDON_MEMBER_A_PATTERN] == (i == 2));
		ck_assert(!part[CORDON_MEMBER_A_UID] == (i != 2));
		if (i == 2)
			ck_assert_uint_eq(nla_get_u32(
					part[CORDON_MEMBER_A_UID]), 33);
		nlmsg_free(message);
	}
}
END_TEST

START_TEST(rules_say_all_of_themselves)
{
	struct nl_msg *message = message_new(CORDON_CMD_RULE_ADD);
	struct nlattr *part[CORDON_RULE_A_COUNT], *attribute;
	size_t found = 0;
	int left;

	ck_assert(client_put_rule(message, draft, 0));
	nla_parse_nested(part, CORDON_RULE_A_COUNT - 1, message_first(message), NULL);
	ck_assert_uint_eq(nla_get_u32(part[CORDON_RULE_A_PROGRAM]), 0);
	ck_assert_uint_eq(nla_get_u8(part[CORDON_RULE_A_EFFECT]),
			  CORDON_EFFECT_ALLOW);
	ck_assert_uint_eq(nla_get_u32(part[CORDON_RULE_A_OPS]),
			  1 << CORDON_OP_READ);
	ck_assert_str_eq(nla_get_string(part[CORDON_RULE_A_TEXT]),
			 "/srv/{www,ftp}");
	ck_assert_uint_eq(nla_get_u32(part[CORDON_RULE_A_LINE]), 7);
	ck_assert_uint_eq(nla_get_u32(part[CORDON_RULE_A_COLUMN]), 21);
	ck_assert_ptr_null(part[CORDON_RULE_A_NOTE]);
	nla_for_each_nested(attribute, message_first(message), left)
		if (nla_type(attribute) == CORDON_RULE_A_PATTERN) {
			ck_assert_uint_lt(found, 2);
			ck_assert_str_eq(nla_get_string(attribute),
					 patterns[found++]);
		}
	ck_assert_uint_eq(found, 2);
	nlmsg_free(message);

	message = message_new(CORDON_CMD_RULE_ADD);
	ck_assert(client_put_rule(message, draft, 1));
	nla_parse_nested(part, CORDON_RULE_A_COUNT - 1, message_first(message), NULL);
	ck_assert_ptr_null(part[CORDON_RULE_A_PROGRAM]);
	ck_assert_str_eq(nla_get_string(part[CORDON_RULE_A_NOTE]), "never");
	nlmsg_free(message);
}
END_TEST

START_TEST(a_rule_takes_the_room_that_was_foretold)
{
	uint32_t i;

	for (i = 0; i < 2; i++) {
		struct nl_msg *message = message_new(CORDON_CMD_RULE_ADD);
		uint32_t before = nlmsg_hdr(message)->nlmsg_len;

		ck_assert(client_put_rule(message, draft, i));
		ck_assert_uint_eq(nlmsg_hdr(message)->nlmsg_len - before,
				  client_rule_size(draft, i));
		nlmsg_free(message);
	}
}
END_TEST

START_TEST(what_does_not_fit_is_not_put)
{
	struct nl_msg *message = nlmsg_alloc_size(NLMSG_HDRLEN + GENL_HDRLEN +
						  100);

	genlmsg_put(message, 0, 0, FAMILY, 0, 0, CORDON_CMD_RULE_ADD, 1);
	ck_assert(!client_put_rule(message, draft, 0));
	nlmsg_free(message);
}
END_TEST

/* What was put, as the module dumps it: with whose it is, and its place */
static void keep_dump(struct client_dump *dump, uint8_t command,
		      struct nl_msg *put, int whose, int place, uint32_t index)
{
	struct nl_msg *message = message_new(command);
	struct nlattr *nest;

	nest = nla_nest_start(message, nla_type(message_first(put)));
	nlmsg_append(message, nla_data(message_first(put)), (size_t)nla_len(message_first(put)),
		     NLMSG_ALIGNTO);
	nla_put_string(message, whose,
		       cordon_draft_text(draft, draft->name));
	if (place)
		nla_put_u32(message, place, index);
	if (command == CORDON_CMD_RULE_DUMP) {
		nla_put(message, CORDON_RULE_A_PAD, 0, NULL);
		nla_put_u64(message, CORDON_RULE_A_HITS, 5 + index);
		if (index)
			nla_put_u64(message, CORDON_RULE_A_LAST, 70 + index);
	}
	nla_nest_end(message, nest);
	nlmsg_free(put);
	message_keep(dump, message);
}

/* Dumps of the draft, made of what is sent to the module */
static void dump_draft(struct client_dump dumps[4])
{
	struct nl_msg *message = message_new(CORDON_CMD_WORKLOAD_DUMP);
	uint32_t i;

	memset(dumps, 0, 4 * sizeof(*dumps));
	ck_assert(client_put_workload(message, draft));
	message_keep(&dumps[0], message);
	for (i = 0; i < draft->used.members; i++) {
		message = message_new(CORDON_CMD_RULE_ADD);
		ck_assert(client_put_member(message, draft, i));
		keep_dump(&dumps[1], CORDON_CMD_MEMBER_DUMP, message,
			  CORDON_MEMBER_A_WORKLOAD, 0, i);
	}
	for (i = 0; i < draft->used.programs; i++) {
		message = message_new(CORDON_CMD_RULE_ADD);
		ck_assert(client_put_program(message, draft, i));
		keep_dump(&dumps[2], CORDON_CMD_PROGRAM_DUMP, message,
			  CORDON_PROGRAM_A_WORKLOAD, CORDON_PROGRAM_A_INDEX, i);
	}
	for (i = 0; i < draft->used.rules; i++) {
		message = message_new(CORDON_CMD_RULE_ADD);
		ck_assert(client_put_rule(message, draft, i));
		keep_dump(&dumps[3], CORDON_CMD_RULE_DUMP, message,
			  CORDON_RULE_A_WORKLOAD, CORDON_RULE_A_ID, i);
	}
}

static const enum cordon_command dump_commands[] = {
	CORDON_CMD_WORKLOAD_DUMP, CORDON_CMD_MEMBER_DUMP,
	CORDON_CMD_PROGRAM_DUMP, CORDON_CMD_RULE_DUMP,
};

static void free_dumps(struct client_dump dumps[4])
{
	int i;

	for (i = 0; i < 4; i++)
		client_dump_free(&dumps[i]);
}

static void check_rule(const struct cordon_draft *twin, uint32_t index)
{
	const struct cordon_draft_rule *a = cordon_draft_rule(draft, index);
	const struct cordon_draft_rule *b = cordon_draft_rule(twin, index);
	uint32_t i;

	ck_assert_uint_eq(a->program, b->program);
	ck_assert_uint_eq(a->ops, b->ops);
	ck_assert_uint_eq(a->effect, b->effect);
	ck_assert_uint_eq(a->line, b->line);
	ck_assert_uint_eq(a->patterns, b->patterns);
	for (i = 0; i < a->patterns; i++)
		ck_assert_str_eq(cordon_draft_pattern(draft, a->pattern + i),
				 cordon_draft_pattern(twin, b->pattern + i));
	ck_assert_str_eq(cordon_draft_text(draft, a->note),
			 cordon_draft_text(twin, b->note));
}

static void check_twin(const struct cordon_draft *twin)
{
	uint32_t i;

	ck_assert_mem_eq(&twin->used, &draft->used,
			 offsetof(struct cordon_counts, bytes));
	ck_assert_str_eq(cordon_draft_text(twin, twin->name),
			 cordon_draft_text(draft, draft->name));
	ck_assert_int_eq(twin->kind, draft->kind);
	ck_assert_int_eq(twin->effect, draft->effect);
	ck_assert_int_eq(twin->reject, draft->reject);
	ck_assert_mem_eq(twin->mode, draft->mode, sizeof(draft->mode));
	for (i = 0; i < draft->used.members; i++) {
		const struct cordon_draft_member *a =
			cordon_draft_member(draft, i);
		const struct cordon_draft_member *b =
			cordon_draft_member(twin, i);

		ck_assert_uint_eq(a->kind, b->kind);
		ck_assert_uint_eq(a->uid, b->uid);
		ck_assert_uint_eq(a->program, b->program);
		ck_assert_str_eq(cordon_draft_text(draft, a->pattern),
				 cordon_draft_text(twin, b->pattern));
	}
	for (i = 0; i < draft->used.programs; i++) {
		const struct cordon_draft_program *a =
			cordon_draft_program(draft, i);
		const struct cordon_draft_program *b =
			cordon_draft_program(twin, i);

		ck_assert_str_eq(cordon_draft_text(draft, a->exe),
				 cordon_draft_text(twin, b->exe));
		ck_assert_uint_eq(a->isolated, b->isolated);
	}
	for (i = 0; i < draft->used.rules; i++)
		check_rule(twin, i);
}

START_TEST(a_dumped_policy_becomes_the_drafts_it_was)
{
	struct client_policy policy = { .count = 0 };
	struct client_dump dumps[4];
	uint32_t i;

	dump_draft(dumps);
	for (i = 0; i < 4; i++)
		ck_assert_int_eq(client_dump_records(&dumps[i],
						     dump_commands[i]),
				 EXIT_OK);
	ck_assert_uint_eq(dumps[3].count, 2);
	ck_assert_uint_eq(dumps[3].rules[1].hits, 6);
	ck_assert_uint_eq(dumps[3].rules[0].last, 0);
	ck_assert_uint_eq(dumps[3].rules[1].last, 71);
	ck_assert_int_eq(client_policy_build(&dumps[0], &dumps[1], &dumps[2],
					     &dumps[3], &policy), EXIT_OK);
	ck_assert_uint_eq(policy.count, 1);
	check_twin(policy.drafts[0]);
	client_policy_free(&policy);
	free_dumps(dumps);
}
END_TEST

/* How many records a message holds is free */
START_TEST(records_of_one_message_are_told_apart)
{
	struct client_dump dump = { .count = 0 };
	struct nl_msg *message = message_new(CORDON_CMD_RULE_DUMP);
	struct nlattr *nest;
	uint32_t i;

	for (i = 0; i < 3; i++) {
		nest = nla_nest_start(message, CORDON_A_PROGRAM);
		nla_put_string(message, CORDON_PROGRAM_A_WORKLOAD, "site");
		nla_put_string(message, CORDON_PROGRAM_A_EXE, "db");
		nla_put_u32(message, CORDON_PROGRAM_A_INDEX, i);
		if (i == 1)
			nla_put_flag(message, CORDON_PROGRAM_A_ISOLATED);
		nla_nest_end(message, nest);
	}
	message_keep(&dump, message);
	ck_assert_int_eq(client_dump_records(&dump, CORDON_CMD_PROGRAM_DUMP),
			 EXIT_OK);
	ck_assert_uint_eq(dump.count, 3);
	for (i = 0; i < 3; i++) {
		ck_assert_uint_eq(dump.programs[i].index, i);
		ck_assert_int_eq(dump.programs[i].isolated, i == 1);
	}
	client_dump_free(&dump);
}
END_TEST

START_TEST(segments_say_what_they_are)
{
	struct nlattr *part[CORDON_WORKLOAD_A_COUNT];
	struct nlattr *member[CORDON_MEMBER_A_COUNT];
	struct nlattr *program[CORDON_PROGRAM_A_COUNT];
	struct nl_msg *message = message_new(CORDON_CMD_WORKLOAD_ADD);
	uint32_t i;

	ck_assert(client_put_workload(message, draft));
	nla_parse_nested(part, CORDON_WORKLOAD_A_COUNT - 1, message_first(message),
			 NULL);
	ck_assert_ptr_nonnull(part[CORDON_WORKLOAD_A_KIND]);
	ck_assert_uint_eq(nla_get_u8(part[CORDON_WORKLOAD_A_KIND]),
			  CORDON_DOCUMENT_SEGMENTS);
	nlmsg_free(message);
	for (i = 0; i < draft->used.members; i++) {
		bool claim = cordon_draft_member(draft, i)->kind ==
			     CORDON_MEMBER_CLAIM;

		message = message_new(CORDON_CMD_RULE_ADD);
		ck_assert(client_put_member(message, draft, i));
		nla_parse_nested(member, CORDON_MEMBER_A_COUNT - 1,
				 message_first(message), NULL);
		ck_assert(!member[CORDON_MEMBER_A_PROGRAM] == claim);
		nlmsg_free(message);
	}
	for (i = 0; i < draft->used.programs; i++) {
		message = message_new(CORDON_CMD_RULE_ADD);
		ck_assert(client_put_program(message, draft, i));
		nla_parse_nested(program, CORDON_PROGRAM_A_COUNT - 1,
				 message_first(message), NULL);
		ck_assert(!program[CORDON_PROGRAM_A_ISOLATED] == (i == 0));
		nlmsg_free(message);
	}
}
END_TEST

/*
 * Each byte of each dump changed, and each dump cut anywhere: never more than
 * an error.  The sanitizers look for the rest.
 */
START_TEST(a_torn_dump_is_an_error_at_worst)
{
	struct client_policy policy;
	struct client_dump dumps[4];
	uint32_t which = (uint32_t)_i;
	size_t at, size;
	int i, code;

	ck_assert_ptr_nonnull(freopen("/dev/null", "w", stderr));
	dump_draft(dumps);
	size = dumps[which].buffers[0].size;
	free_dumps(dumps);
	for (at = 0; at < 2 * size; at++) {
		struct client_buffer *buffer;

		dump_draft(dumps);
		buffer = &dumps[which].buffers[0];
		if (at < size)
			((unsigned char *)buffer->data)[at] ^= 0xa5;
		else
			buffer->size = at - size;
		if (at >= size) {
			/* Nothing beyond what came: let the sanitizer see */
			void *cut = malloc(buffer->size + 1);

			memcpy(cut, buffer->data, buffer->size);
			free(buffer->data);
			buffer->data = cut;
		}
		memset(&policy, 0, sizeof(policy));
		code = EXIT_OK;
		for (i = 0; !code && i < 4; i++)
			code = client_dump_records(&dumps[i],
						   dump_commands[i]);
		if (!code)
			code = client_policy_build(&dumps[0], &dumps[1],
						   &dumps[2], &dumps[3],
						   &policy);
		ck_assert(code == EXIT_OK || code == EXIT_FAILED);
		client_policy_free(&policy);
		free_dumps(dumps);
	}
}
END_TEST

Suite *client_messages_suite(void)
{
	Suite *suite = suite_create("client_messages");
	TCase *put = tcase_create("put");
	TCase *dump = tcase_create("dump");
	TCase *segments = tcase_create("segments");

	tcase_add_checked_fixture(put, make_draft, free_draft);
	tcase_add_test(put, a_workload_says_all_of_itself);
	tcase_add_test(put, members_say_what_their_kind_needs);
	tcase_add_test(put, rules_say_all_of_themselves);
	tcase_add_test(put, a_rule_takes_the_room_that_was_foretold);
	tcase_add_test(put, what_does_not_fit_is_not_put);
	suite_add_tcase(suite, put);
	tcase_add_checked_fixture(dump, make_draft, free_draft);
	tcase_set_timeout(dump, 60);
	tcase_add_test(dump, a_dumped_policy_becomes_the_drafts_it_was);
	tcase_add_loop_test(dump, a_torn_dump_is_an_error_at_worst, 0, 4);
	tcase_add_test(dump, records_of_one_message_are_told_apart);
	suite_add_tcase(suite, dump);
	tcase_add_checked_fixture(segments, make_segments, free_draft);
	tcase_set_timeout(segments, 60);
	tcase_add_test(segments, segments_say_what_they_are);
	tcase_add_test(segments, a_rule_takes_the_room_that_was_foretold);
	tcase_add_test(segments, a_dumped_policy_becomes_the_drafts_it_was);
	tcase_add_loop_test(segments, a_torn_dump_is_an_error_at_worst, 0, 4);
	suite_add_tcase(suite, segments);
	return suite;
}
