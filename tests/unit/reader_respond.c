// SPDX-License-Identifier: LGPL-2.1-or-later
/* Responses: from the manifest to the draft, to a message; orders, and back. */
#include <string.h>

#include "message_fixture.h"
#include "reader_fixture.h"
#include "suites.h"

#define OP(_op) (1u << CORDON_OP_##_op)
#define DOES(_response) (1u << CORDON_RESPONSE_##_response)

/* What good/respond.json says. */
static const struct cordon_draft_response said[] = {
	{ .rule = CORDON_NONE, .times = 1, .ops = OP(EXEC),
	  .responses = DOES(KILL) },
	{ .rule = CORDON_NONE, .times = 1, .ops = OP(LOAD) | OP(SOCKET),
	  .responses = DOES(SUSPEND), .steps = 1, .ttl = { 600 } },
	{ .rule = CORDON_NONE, .times = 5, .within = 60, .ops = OP(CONNECT),
	  .responses = DOES(QUARANTINE), .steps = 1, .ttl = { 3600 } },
	{ .rule = CORDON_NONE, .times = 20, .within = 60, .ops = OP(ACCEPT),
	  .responses = DOES(BLOCK_PEER), .per = CORDON_PER_PEER, .steps = 3,
	  .ttl = { 14400, 86400, 604800 } },
	{ .rule = CORDON_NONE, .times = 1, .ops = OP(ACCEPT), .lapse = 3600,
	  .responses = DOES(BLOCK_PEER) | DOES(QUARANTINE), .steps = 1,
	  .ttl = { 14400 } },
	{ .rule = CORDON_NONE, .times = 1, .ops = OP(LISTEN), .lapse = 600,
	  .responses = DOES(KILL_WORKLOAD), .evidence = true },
	{ .rule = CORDON_NONE, .times = 1, .ops = OP(WRITE),
	  .responses = DOES(SUSPEND) | DOES(QUARANTINE), .evidence = true },
	{ .rule = 0, .rules = 2, .times = 1, .ops = OP(READ),
	  .responses = DOES(KILL) },
	{ .rule = 0, .rules = 2, .times = 1, .ops = OP(READ), .lapse = 600,
	  .responses = DOES(SUSPEND) },
	{ .rule = 2, .rules = 1, .times = 1, .ops = OP(CONNECT),
	  .responses = DOES(BLOCK_PEER), .per = CORDON_PER_PEER, .steps = 1,
	  .ttl = { 86400 } },
};

#define SAID (sizeof(said) / sizeof(said[0]))

static struct manifest_set set;
static const struct cordon_draft *draft;

static void setup(void)
{
	set = reader_set(READER_MANIFESTS "/good/respond.json", NULL);
	draft = set.drafts[0];
}

static void teardown(void)
{
	manifest_set_free(&set);
}

START_TEST(a_draft_says_what_the_manifest_says)
{
	u32 i;

	/* Those of the manifest stand before "deny" in the file. */
	ck_assert_uint_eq(draft->used.responses, SAID);
	for (i = 0; i < SAID; i++)
		ck_assert_msg(!memcmp(cordon_draft_response(draft, i), &said[i],
				      sizeof(said[i])), "response %u", i);
}
END_TEST

START_TEST(segments_say_who_is_guarded)
{
	struct manifest_set guarded =
		reader_set(READER_MANIFESTS "/good/segments-guarded.json",
			   NULL);
	const struct cordon_draft_program *segment =
		cordon_draft_program(guarded.drafts[0], 0);

	ck_assert(segment[0].management && !segment[0].protected);
	ck_assert(!segment[1].management && segment[1].protected);
	manifest_set_free(&guarded);
}
END_TEST

static u32 number_of(const struct nlattr *attribute, u32 absent)
{
	return attribute ? nla_get_u32(attribute) : absent;
}

START_TEST(a_message_says_what_the_draft_says)
{
	const struct cordon_draft_response *response = &said[_i];
	struct nl_msg *message = message_new(CORDON_CMD_RULE_ADD);
	struct nlattr *part[CORDON_RESPONSE_A_COUNT], *attribute;
	u32 steps = 0;
	int rest;

	ck_assert(client_put_response(message, draft, (u32)_i));
	ck_assert_int_eq(message_first(message)->nla_type,
			 CORDON_A_RESPONSE | NLA_F_NESTED);
	nla_parse_nested(part, CORDON_RESPONSE_A_COUNT - 1,
			 message_first(message), NULL);
	ck_assert_uint_eq(number_of(part[CORDON_RESPONSE_A_OPS], 0),
			  response->ops);
	ck_assert_uint_eq(number_of(part[CORDON_RESPONSE_A_DO], 0),
			  response->responses);
	ck_assert_uint_eq(number_of(part[CORDON_RESPONSE_A_RULE], CORDON_NONE),
			  response->rule);
	ck_assert_uint_eq(number_of(part[CORDON_RESPONSE_A_RULES], 0),
			  response->rules);
	ck_assert_uint_eq(number_of(part[CORDON_RESPONSE_A_TIMES], 1),
			  response->times);
	ck_assert_uint_eq(number_of(part[CORDON_RESPONSE_A_WITHIN], 0),
			  response->within);
	ck_assert_uint_eq(number_of(part[CORDON_RESPONSE_A_ASK], 0),
			  response->lapse);
	ck_assert(!part[CORDON_RESPONSE_A_EVIDENCE] == !response->evidence);
	ck_assert_uint_eq(nla_get_u8(part[CORDON_RESPONSE_A_PER]),
			  response->per);
	nla_for_each_nested(attribute, message_first(message), rest)
		if (nla_type(attribute) == CORDON_RESPONSE_A_TTL)
			ck_assert_uint_eq(nla_get_u32(attribute),
					  response->ttl[steps++]);
	ck_assert_uint_eq(steps, response->steps);
	nlmsg_free(message);
}
END_TEST

START_TEST(what_waits_is_read_with_all_its_responses)
{
	static const u8 address[16] = { 0x20, 0x01, 0x0d, 0xb8, [15] = 7 };
	struct nl_msg *message = message_new(CORDON_CMD_MEASURE_DUMP);
	struct client_measure measure;
	struct nlattr *nest = nla_nest_start(message, CORDON_A_MEASURE);

	nla_put_u8(message, CORDON_MEASURE_A_RESPONSE, CORDON_RESPONSE_KILL);
	nla_put_u8(message, CORDON_MEASURE_A_RESPONSE,
		   CORDON_RESPONSE_BLOCK_PEER);
	nla_put_string(message, CORDON_MEASURE_A_WORKLOAD, "web");
	nla_put(message, CORDON_MEASURE_A_ADDRESS, sizeof(address), address);
	nla_put_u32(message, CORDON_MEASURE_A_ID, 7);
	nla_put_u32(message, CORDON_MEASURE_A_LEFT, 599);
	nla_put_u32(message, CORDON_MEASURE_A_TGID, 812);
	nla_put_u8(message, CORDON_MEASURE_A_OP, CORDON_OP_CONNECT);
	nla_put_string(message, CORDON_MEASURE_A_RULE, "tcp/25@any");
	nla_nest_end(message, nest);
	ck_assert(client_measure_parse(message_first(message), &measure));
	ck_assert_uint_eq(measure.responses, DOES(KILL) | DOES(BLOCK_PEER));
	ck_assert_str_eq(measure.workload, "web");
	ck_assert(measure.has_address);
	ck_assert_int_eq(memcmp(&measure.address, address, 16), 0);
	ck_assert_uint_eq(measure.id, 7);
	ck_assert(measure.expires);
	ck_assert_uint_eq(measure.left, 599);
	ck_assert_uint_eq(measure.tgid, 812);
	ck_assert_uint_eq(measure.op, CORDON_OP_CONNECT);
	ck_assert_str_eq(measure.rule, "tcp/25@any");
	nlmsg_free(message);
}
END_TEST

START_TEST(a_declared_response_is_read)
{
	struct nl_msg *message = message_new(CORDON_CMD_RESPONSE_DUMP);
	struct nlattr *nest = nla_nest_start(message, CORDON_A_RESPONSE);
	struct client_response response;
	u32 i;

	nla_put_string(message, CORDON_RESPONSE_A_WORKLOAD, "web");
	nla_put_u32(message, CORDON_RESPONSE_A_OPS, 1 << CORDON_OP_ACCEPT);
	nla_put_u32(message, CORDON_RESPONSE_A_DO, DOES(BLOCK_PEER));
	nla_put_u32(message, CORDON_RESPONSE_A_TIMES, 20);
	nla_put_u32(message, CORDON_RESPONSE_A_WITHIN, 60);
	nla_put_u8(message, CORDON_RESPONSE_A_PER, CORDON_PER_PEER);
	/* One more than there can be. */
	for (i = 0; i <= CORDON_LADDER_MAX; i++)
		nla_put_u32(message, CORDON_RESPONSE_A_TTL, 100 + i);
	nla_nest_end(message, nest);
	ck_assert(client_response_parse(message_first(message), &response));
	ck_assert_str_eq(response.workload, "web");
	ck_assert_uint_eq(response.ops, 1 << CORDON_OP_ACCEPT);
	ck_assert_uint_eq(response.responses, DOES(BLOCK_PEER));
	ck_assert_uint_eq(response.rule, CORDON_NONE);
	ck_assert_uint_eq(response.times, 20);
	ck_assert_uint_eq(response.within, 60);
	ck_assert_uint_eq(response.lapse, 0);
	ck_assert_uint_eq(response.per, CORDON_PER_PEER);
	ck_assert_uint_eq(response.steps, CORDON_LADDER_MAX);
	for (i = 0; i < CORDON_LADDER_MAX; i++)
		ck_assert_uint_eq(response.ttl[i], 100 + i);
	nlmsg_free(message);
}
END_TEST

START_TEST(what_is_nothing_is_not_read)
{
	struct nl_msg *message = message_new(CORDON_CMD_MEASURE_DUMP);
	struct client_measure measure;
	struct nlattr *nest = nla_nest_start(message, CORDON_A_MEASURE);

	nla_put_string(message, CORDON_MEASURE_A_WORKLOAD, "web");
	nla_nest_end(message, nest);
	ck_assert(!client_measure_parse(message_first(message), &measure));
	nlmsg_free(message);
}
END_TEST

Suite *reader_respond_suite(void)
{
	Suite *suite = suite_create("reader/respond");
	TCase *manifest = tcase_create("manifest");
	TCase *messages = tcase_create("messages");

	tcase_add_checked_fixture(manifest, setup, teardown);
	tcase_add_test(manifest, a_draft_says_what_the_manifest_says);
	tcase_add_test(manifest, segments_say_who_is_guarded);
	tcase_add_loop_test(manifest, a_message_says_what_the_draft_says, 0,
			    SAID);
	suite_add_tcase(suite, manifest);
	tcase_add_test(messages, what_waits_is_read_with_all_its_responses);
	tcase_add_test(messages, a_declared_response_is_read);
	tcase_add_test(messages, what_is_nothing_is_not_read);
	suite_add_tcase(suite, messages);
	return suite;
}
