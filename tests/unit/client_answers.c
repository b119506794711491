// SPDX-License-Identifier: LGPL-2.1-or-later
/* Acknowledgements with what the kernel adds to them, and events. */
#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "message_fixture.h"
#include "suites.h"

/* An answer in the making: a header, then anything */
static union {
	struct nlmsghdr header;
	char bytes[1024];
} answer;

static void begin(uint16_t type, uint16_t flags)
{
	memset(&answer, 0, sizeof(answer));
	answer.header.nlmsg_type = type;
	answer.header.nlmsg_flags = flags;
	answer.header.nlmsg_len = NLMSG_HDRLEN;
}

static void add(const void *bytes, size_t size)
{
	memcpy(answer.bytes + answer.header.nlmsg_len, bytes, size);
	answer.header.nlmsg_len += (uint32_t)size;
}

static void add_attribute(uint16_t type, const void *bytes, uint16_t size)
{
	struct nlattr attribute = {
		.nla_len = (uint16_t)(NLA_HDRLEN + size),
		.nla_type = type,
	};

	add(&attribute, sizeof(attribute));
	add(bytes, size);
	answer.header.nlmsg_len = NLMSG_ALIGN(answer.header.nlmsg_len);
}

static void add_extended(void)
{
	uint32_t offset = 1234;

	add_attribute(NLMSGERR_ATTR_MSG, "too many rules", 15);
	add_attribute(NLMSGERR_ATTR_OFFS, &offset, sizeof(offset));
}

static void check_extended(void)
{
	struct client_answer parsed = { .error = 0 };

	ck_assert(client_answer_parse(&answer.header, &parsed));
	ck_assert_int_eq(parsed.error, EINVAL);
	ck_assert_str_eq(parsed.text, "too many rules");
	ck_assert(parsed.placed);
	ck_assert_uint_eq(parsed.offset, 1234);
}

START_TEST(a_plain_acknowledgement)
{
	struct nlmsgerr error = { .error = 0, .msg = { .nlmsg_len = 200 } };
	struct client_answer parsed = { .error = 1 };

	begin(NLMSG_ERROR, NLM_F_CAPPED);
	add(&error, sizeof(error));
	ck_assert(client_answer_parse(&answer.header, &parsed));
	ck_assert_int_eq(parsed.error, 0);
	ck_assert(!parsed.placed);
}
END_TEST

START_TEST(a_capped_refusal)
{
	struct nlmsgerr error = {
		.error = -EINVAL,
		.msg = { .nlmsg_len = 20000 },
	};

	begin(NLMSG_ERROR, NLM_F_CAPPED | NLM_F_ACK_TLVS);
	add(&error, sizeof(error));
	add_extended();
	check_extended();
}
END_TEST

START_TEST(a_refusal_that_brings_the_request_back)
{
	struct nlmsgerr error = {
		.error = -EINVAL,
		.msg = { .nlmsg_len = NLMSG_HDRLEN + 18 },
	};
	char body[20] = "the request's body";

	begin(NLMSG_ERROR, NLM_F_ACK_TLVS);
	add(&error, sizeof(error));
	add(body, sizeof(body));	/* 18, aligned */
	add_extended();
	check_extended();
}
END_TEST

START_TEST(the_end_of_a_dump_that_failed)
{
	int error = -EINVAL;

	begin(NLMSG_DONE, NLM_F_MULTI | NLM_F_ACK_TLVS);
	add(&error, sizeof(error));
	add_extended();
	check_extended();
}
END_TEST

START_TEST(a_torn_answer_is_no_answer)
{
	struct nlmsgerr error = {
		.error = -EINVAL,
		.msg = { .nlmsg_len = NLMSG_HDRLEN + 4000 },
	};
	struct client_answer parsed;
	uint32_t length;

	/* Says that it holds a body which is not there */
	begin(NLMSG_ERROR, NLM_F_ACK_TLVS);
	add(&error, sizeof(error));
	add_extended();
	ck_assert(!client_answer_parse(&answer.header, &parsed));
	/* A length that would run backwards */
	((struct nlmsgerr *)NLMSG_DATA(&answer.header))->msg.nlmsg_len = 3;
	ck_assert(!client_answer_parse(&answer.header, &parsed));
	/* Cut anywhere */
	((struct nlmsgerr *)NLMSG_DATA(&answer.header))->msg.nlmsg_len =
		NLMSG_HDRLEN;
	for (length = answer.header.nlmsg_len; length >= NLMSG_HDRLEN;
	     length--) {
		struct nlmsghdr *cut = malloc(length);

		memcpy(cut, &answer, length);
		cut->nlmsg_len = length;
		memset(&parsed, 0, sizeof(parsed));
		ck_assert(client_answer_parse(cut, &parsed) ==
			  (length >= NLMSG_HDRLEN + sizeof(error)));
		free(cut);
	}
}
END_TEST

START_TEST(a_text_without_its_end_stays_within)
{
	struct nlmsgerr error = { .error = -EINVAL };
	struct client_answer parsed = { .error = 0 };

	begin(NLMSG_ERROR, NLM_F_CAPPED | NLM_F_ACK_TLVS);
	add(&error, sizeof(error));
	add_attribute(NLMSGERR_ATTR_MSG, "abcdefgh", 8);
	ck_assert(client_answer_parse(&answer.header, &parsed));
	ck_assert_str_eq(parsed.text, "abcdefgh");
}
END_TEST

START_TEST(who_holds_a_port)
{
	char text[64], expected[64];

	snprintf(expected, sizeof(expected), "pid %d (", getpid());
	client_owner((uint32_t)getpid() | 5u << 22, text, sizeof(text));
	ck_assert_int_eq(strncmp(text, expected, strlen(expected)), 0);
	client_owner(0x3fffff, text, sizeof(text));
	ck_assert_str_eq(text, "netlink port 4194303");
}
END_TEST

static const unsigned char local[16] = {
	[10] = 0xff, [11] = 0xff, [12] = 10, [14] = 1, [15] = 7,
};
static const unsigned char remote[16] = { 0x20, 1, 13, 0xb8, [15] = 7 };

static void put_event(struct nl_msg *message, uint64_t sequence)
{
	const uint64_t made[] = { 1, 2, 3, 4, 5, 6, 7 };	/* older */
	struct nlattr *nest;

	nest = nla_nest_start(message, CORDON_A_EVENT);
	nla_put(message, CORDON_EVENT_A_PAD, 0, NULL);
	nla_put_u64(message, CORDON_EVENT_A_SEQUENCE, sequence);
	nla_put_u8(message, CORDON_EVENT_A_TYPE, CORDON_EVENT_REPEATS);
	nla_put_u8(message, CORDON_EVENT_A_TOPIC, CORDON_TOPIC_FILE);
	nla_put(message, CORDON_EVENT_A_MADE, sizeof(made), made);
	nla_put_u64(message, CORDON_EVENT_A_NUMBER, 999);
	nla_put_u64(message, CORDON_EVENT_A_FIRST, 7);
	nla_put_u64(message, CORDON_EVENT_A_TIME, 1700000000000000000);
	nla_put_u8(message, CORDON_EVENT_A_ACTION, CORDON_ACTION_DENY);
	nla_put_u8(message, CORDON_EVENT_A_REASON, CORDON_REASON_RULE);
	nla_put_u8(message, CORDON_EVENT_A_OP, CORDON_OP_WRITE);
	nla_put_string(message, CORDON_EVENT_A_OBJECT, "/etc/passwd");
	nla_put_string(message, CORDON_EVENT_A_WORKLOAD, "web");
	nla_put_string(message, CORDON_EVENT_A_PROGRAM, "/usr/sbin/nginx");
	nla_put_u32(message, CORDON_EVENT_A_TGID, 812);
	nla_put_string(message, CORDON_EVENT_A_COMM, "nginx");
	nla_put_u32(message, CORDON_EVENT_A_RULE, 4);
	nla_put_string(message, CORDON_EVENT_A_RULE_TEXT, "/etc/**");
	nla_put_string(message, CORDON_EVENT_A_RULE_FILE, "web.json");
	nla_put_u32(message, CORDON_EVENT_A_RULE_LINE, 12);
	nla_put_u8(message, CORDON_EVENT_A_PROTOCOL, 6);
	nla_put(message, CORDON_EVENT_A_LOCAL, 16, local);
	nla_put_u16(message, CORDON_EVENT_A_LOCAL_PORT, 41234);
	nla_put(message, CORDON_EVENT_A_REMOTE, 16, remote);
	nla_put_u16(message, CORDON_EVENT_A_REMOTE_PORT, 5432);
	nla_put_string(message, CORDON_EVENT_A_FROM_SEGMENTS, "web");
	nla_put_string(message, CORDON_EVENT_A_SEGMENTS, "db,prod");
	nla_put_string(message, CORDON_EVENT_A_PEER, "postgres");
	nla_put_u32(message, CORDON_EVENT_A_COUNT + 7, 1);	/* newer */
	nla_nest_end(message, nest);
}

static void *append(void *bytes, size_t *size, struct nl_msg *message)
{
	size_t length = NLMSG_ALIGN(nlmsg_hdr(message)->nlmsg_len);

	bytes = realloc(bytes, *size + length);
	memcpy((char *)bytes + *size, nlmsg_hdr(message), length);
	*size += length;
	nlmsg_free(message);
	return bytes;
}

/* Events one, two and three: two in a message, another message between */
static void *make_events(size_t *size)
{
	struct nl_msg *message = message_new(CORDON_CMD_EVENT_GET);
	void *bytes = NULL;

	*size = 0;
	put_event(message, 1);
	put_event(message, 2);
	bytes = append(bytes, size, message);
	message = message_new(CORDON_CMD_STATUS_GET);
	put_event(message, 99);
	bytes = append(bytes, size, message);
	message = message_new(CORDON_CMD_EVENT_GET);
	nla_put_u64(message, CORDON_A_INSTANCE, 77);
	put_event(message, 3);
	return append(bytes, size, message);
}

START_TEST(events_come_one_by_one)
{
	struct client client = { .message_at = 0 };
	struct client_event event;
	struct nlattr *nest;
	uint64_t i;

	client.events.data = make_events(&client.events.size);
	for (i = 1; i <= 3; i++) {
		nest = client_event_take(&client);
		ck_assert_ptr_nonnull(nest);
		ck_assert(client_event_parse(nest, &event));
		ck_assert_uint_eq(event.sequence, i);
		ck_assert_int_eq(event.type, CORDON_EVENT_REPEATS);
		ck_assert_int_eq(event.topic, CORDON_TOPIC_FILE);
		ck_assert_uint_eq(event.made[CORDON_TOPIC_EXEC], 1);
		ck_assert_uint_eq(event.made[CORDON_TOPIC_POLICY], 7);
		ck_assert_uint_eq(event.made[CORDON_TOPIC_SEGMENT], 0);
		ck_assert_uint_eq(event.number, 999);
		ck_assert_uint_eq(event.first, 7);
		ck_assert_int_eq(event.action, CORDON_ACTION_DENY);
		ck_assert_str_eq(event.object, "/etc/passwd");
		ck_assert_uint_eq(event.tgid, 812);
		ck_assert(event.ruled && !event.unlisted);
		ck_assert_uint_eq(event.rule_line, 12);
		ck_assert_uint_eq(event.protocol, 6);
		ck_assert(event.local.known && event.remote.known);
		ck_assert_mem_eq(event.local.address.byte, local, 16);
		ck_assert_uint_eq(event.local.port, 41234);
		ck_assert_str_eq(event.local.segments, "web");
		ck_assert_mem_eq(event.remote.address.byte, remote, 16);
		ck_assert_uint_eq(event.remote.port, 5432);
		ck_assert_str_eq(event.remote.segments, "db,prod");
		ck_assert_str_eq(event.peer, "postgres");
	}
	ck_assert_uint_eq(client.instance, 77);
	ck_assert_ptr_null(client_event_take(&client));
	ck_assert_ptr_null(client_event_take(&client));
	free(client.events.data);
}
END_TEST

START_TEST(an_event_without_ends_has_none)
{
	struct nl_msg *message = message_new(CORDON_CMD_EVENT_GET);
	struct client_event event;
	struct nlattr *nest;

	nest = nla_nest_start(message, CORDON_A_EVENT);
	nla_put_u64(message, CORDON_EVENT_A_SEQUENCE, 1);
	nla_put_u8(message, CORDON_EVENT_A_TYPE, CORDON_EVENT_DEPARTURE);
	nla_nest_end(message, nest);
	ck_assert(client_event_parse(message_first(message), &event));
	ck_assert(!event.local.known && !event.remote.known);
	ck_assert_str_eq(event.local.segments, "");
	ck_assert_str_eq(event.remote.segments, "");
	ck_assert_str_eq(event.peer, "");
	nlmsg_free(message);
}
END_TEST

START_TEST(a_name_is_shown_to_its_end)
{
	static const char name[] = "ok\0\0evil";
	struct nl_msg *message = message_new(CORDON_CMD_EVENT_GET);
	struct client_event event;
	struct nlattr *nest;

	nest = nla_nest_start(message, CORDON_A_EVENT);
	nla_put_u64(message, CORDON_EVENT_A_SEQUENCE, 1);
	nla_put_u8(message, CORDON_EVENT_A_TYPE, CORDON_EVENT_DEPARTURE);
	nla_put(message, CORDON_EVENT_A_OBJECT, sizeof(name), name);
	nla_nest_end(message, nest);
	ck_assert(client_event_parse(message_first(message), &event));
	ck_assert_str_eq(event.object, "ok@@evil");
	nlmsg_free(message);
}
END_TEST

START_TEST(torn_events_stay_within)
{
	struct client_event event;
	size_t size, at;

	free(make_events(&size));
	for (at = 0; at < 2 * size; at++) {
		struct client client = { .message_at = 0 };
		unsigned char *bytes = make_events(&size);
		struct nlattr *nest;
		size_t taken = 0;

		client.events.size = size;
		if (at < size) {
			bytes[at] ^= 0xff;
			client.events.data = bytes;
		} else {
			client.events.size = at - size;
			client.events.data = malloc(at - size + 1);
			memcpy(client.events.data, bytes, at - size);
			free(bytes);
		}
		while ((nest = client_event_take(&client))) {
			client_event_parse(nest, &event);
			ck_assert_uint_lt(taken++, 100);
		}
		free(client.events.data);
	}
}
END_TEST

Suite *client_answers_suite(void)
{
	Suite *suite = suite_create("client_answers");
	TCase *answers = tcase_create("answers");
	TCase *events = tcase_create("events");

	tcase_add_test(answers, a_plain_acknowledgement);
	tcase_add_test(answers, a_capped_refusal);
	tcase_add_test(answers, a_refusal_that_brings_the_request_back);
	tcase_add_test(answers, the_end_of_a_dump_that_failed);
	tcase_add_test(answers, a_torn_answer_is_no_answer);
	tcase_add_test(answers, a_text_without_its_end_stays_within);
	tcase_add_test(answers, who_holds_a_port);
	suite_add_tcase(suite, answers);
	tcase_add_test(events, events_come_one_by_one);
	tcase_add_test(events, an_event_without_ends_has_none);
	tcase_add_test(events, a_name_is_shown_to_its_end);
	tcase_add_test(events, torn_events_stay_within);
	suite_add_tcase(suite, events);
	return suite;
}
