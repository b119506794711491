// SPDX-License-Identifier: LGPL-2.1-or-later
#include "names.h"

#include "suites.h"

typedef const char *word_of(u32 number);
typedef int number_of(const char *word, size_t length);

static const struct {
	word_of *word;
	u32 count;
	number_of *number;
} tables[] = {
	{ cordon_class_name, CORDON_CLASS_COUNT, cordon_class_parse },
	{ cordon_op_name, CORDON_OP_COUNT, cordon_op_parse },
	{ cordon_mode_name, CORDON_MODE_COUNT, cordon_mode_parse },
	{ cordon_effect_name, CORDON_EFFECT_COUNT, cordon_effect_parse },
	{ cordon_member_name, CORDON_MEMBER_COUNT, cordon_member_parse },
	{ cordon_action_name, CORDON_ACTION_COUNT, NULL },
	{ cordon_reason_name, CORDON_REASON_COUNT, NULL },
	{ cordon_reason_text, CORDON_REASON_COUNT, NULL },
	{ cordon_object_name, CORDON_OBJECT_COUNT, NULL },
	{ cordon_origin_name, CORDON_ORIGIN_COUNT, NULL },
	{ cordon_flow_state_name, CORDON_FLOW_STATE_COUNT, NULL },
	{ cordon_topic_name, CORDON_TOPIC_COUNT, NULL },
	{ cordon_event_name, CORDON_EVENT_TYPE_COUNT, NULL },
	{ cordon_document_name, CORDON_DOCUMENT_COUNT, NULL },
	{ cordon_hook_state_name, CORDON_HOOK_STATE_COUNT, NULL },
};

START_TEST(every_number_has_a_word_of_its_own)
{
	word_of *const word = tables[_i].word;
	u32 i;
	u32 k;

	for (i = 0; i < tables[_i].count; i++) {
		ck_assert_ptr_nonnull(word(i));
		ck_assert_str_ne(word(i), "");
		ck_assert_str_ne(word(i), "?");
		for (k = 0; k < i; k++)
			ck_assert_str_ne(word(i), word(k));
	}
	ck_assert_str_eq(word(tables[_i].count), "?");
	ck_assert_str_eq(word(U32_MAX), "?");
}
END_TEST

START_TEST(a_word_is_read_back_whole)
{
	number_of *const number = tables[_i].number;
	const char *word;
	u32 i;

	if (!number)
		return;
	for (i = 0; i < tables[_i].count; i++) {
		word = tables[_i].word(i);
		ck_assert_int_eq(number(word, strlen(word)), (int)i);
		ck_assert_int_eq(number(word, strlen(word) - 1), -EINVAL);
		ck_assert_int_eq(number(word, strlen(word) + 1), -EINVAL);
	}
	ck_assert_int_eq(number("", 0), -EINVAL);
	ck_assert_int_eq(number("?", 1), -EINVAL);
}
END_TEST

START_TEST(an_op_has_a_class)
{
	ck_assert_int_eq(cordon_op_class(CORDON_OP_EXEC), CORDON_CLASS_EXEC);
	ck_assert_int_eq(cordon_op_class(CORDON_OP_LOAD), CORDON_CLASS_LOAD);
	ck_assert_int_eq(cordon_op_class(CORDON_OP_READ), CORDON_CLASS_FILE);
	ck_assert_int_eq(cordon_op_class(CORDON_OP_WRITE), CORDON_CLASS_FILE);
	ck_assert_int_eq(cordon_op_class(CORDON_OP_ENTER), CORDON_CLASS_EXEC);
	ck_assert_int_eq(cordon_op_class(CORDON_OP_CONNECT), CORDON_CLASS_NET);
	ck_assert_int_eq(cordon_op_class(CORDON_OP_LISTEN), CORDON_CLASS_NET);
	ck_assert_int_eq(cordon_op_class(CORDON_OP_ACCEPT), CORDON_CLASS_NET);
	ck_assert_int_eq(cordon_op_class(CORDON_OP_SOCKET), CORDON_CLASS_NET);
	ck_assert_int_eq(cordon_op_class(CORDON_OP_PASS), CORDON_CLASS_NET);
	ck_assert_int_eq(cordon_op_class(CORDON_OP_COUNT),
			 CORDON_CLASS_KERNEL);
}
END_TEST

Suite *engine_names_suite(void)
{
	const int count = sizeof(tables) / sizeof(tables[0]);
	Suite *suite = suite_create("engine/names");
	TCase *words = tcase_create("words");

	tcase_add_loop_test(words, every_number_has_a_word_of_its_own, 0,
			    count);
	tcase_add_loop_test(words, a_word_is_read_back_whole, 0, count);
	tcase_add_test(words, an_op_has_a_class);
	suite_add_tcase(suite, words);
	return suite;
}
