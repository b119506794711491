/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * All suites of the unit tests.  Each file exports one function that returns
 * its suite; a line here is all that it takes to have it run.
 */
#ifndef _CORDON_TESTS_SUITES_H
#define _CORDON_TESTS_SUITES_H

#include <check.h>

#define SUITES(SUITE)              \
	SUITE(engine_names_suite)  \
	SUITE(engine_pattern_suite) \
	SUITE(engine_draft_suite)  \
	SUITE(engine_hash_suite)   \
	SUITE(engine_trie_suite)   \
	SUITE(engine_policy_suite) \
	SUITE(engine_member_suite) \
	SUITE(engine_decide_suite) \
	SUITE(engine_exec_suite)   \
	SUITE(engine_random_suite) \
	SUITE(engine_address_suite) \
	SUITE(engine_prefix_suite) \
	SUITE(engine_ring_suite) \
	SUITE(engine_fold_suite) \
	SUITE(engine_behaviour_suite) \
	SUITE(engine_respond_suite) \
	SUITE(engine_net_pattern_suite) \
	SUITE(engine_net_suite)    \
	SUITE(engine_segment_suite) \
	SUITE(engine_net_random_suite) \
	SUITE(reader_parts_suite)  \
	SUITE(reader_documents_suite) \
	SUITE(reader_meaning_suite) \
	SUITE(reader_net_suite)    \
	SUITE(reader_respond_suite) \
	SUITE(reader_commands_suite) \
	SUITE(cover_suite) \
	SUITE(manifest_write_suite) \
	SUITE(compare_suite) \
	SUITE(promotion_suite) \
	SUITE(whatif_suite) \
	SUITE(hygiene_suite) \
	SUITE(provision_unit_suite) \
	SUITE(provision_package_suite) \
	SUITE(output_text_suite)   \
	SUITE(output_records_suite) \
	SUITE(command_line_suite)  \
	SUITE(client_messages_suite) \
	SUITE(client_answers_suite) \
	SUITE(client_segments_suite) \
	SUITE(client_learn_suite) \
	SUITE(client_commands_suite) \
	SUITE(advice_suite) \
	SUITE(event_table_suite) \
	SUITE(store_suite) \
	SUITE(incident_suite) \
	SUITE(history_suite) \
	SUITE(cordond_config_suite) \
	SUITE(cordond_format_suite) \
	SUITE(cordond_sink_suite) \
	SUITE(cordond_evidence_suite) \
	SUITE(doctor_kernel_suite) \
	SUITE(capture_shape_suite) \
	SUITE(capture_flow_suite) \
	SUITE(capture_manifest_suite) \
	SUITE(capture_store_suite) \
	SUITE(capture_random_suite) \
	SUITE(review_question_suite) \
	SUITE(review_dialogue_suite)

#define SUITE_DECLARE(suite) Suite *suite(void);
SUITES(SUITE_DECLARE)
#undef SUITE_DECLARE

#endif /* _CORDON_TESTS_SUITES_H */
