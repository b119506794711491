/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * What makes the parts of a draft sound; for draft.c and draft_check.c only.
 *
 * Each check returns NULL, or what is wrong, in static storage.
 */
#ifndef _CORDON_ENGINE_DRAFT_CHECK_H
#define _CORDON_ENGINE_DRAFT_CHECK_H

#include "draft.h"

/* Where the arrays of a draft lie; all of them hold nothing wider than u32. */
struct draft_layout {
	u32 members_at;
	u32 programs_at;
	u32 rules_at;
	u32 patterns_at;
	u32 responses_at;
	u32 text_at;
	u32 size;
};

const char *cordon_counts_check(const struct cordon_counts *counts);

/* @counts: checked */
void cordon_draft_layout(const struct cordon_counts *counts,
			 struct draft_layout *layout);

/* What the head says beside names and counts. */
const char *cordon_head_check(u8 kind, u8 effect,
			      const u8 mode[CORDON_CLASS_COUNT],
			      const struct cordon_counts *counts);

/* Of a manifest; @pattern may be NULL, here and below. */
const char *cordon_member_check(u32 kind, const char *pattern, u32 uid);

const char *cordon_segment_member_check(u32 kind, u32 segment, u32 segments,
					const char *pattern);
const char *cordon_program_check(const char *exe);

const char *
cordon_response_check(const struct cordon_draft *draft,
		      const struct cordon_draft_response *response);

/* All of a rule but its patterns. */
const char *cordon_rule_check(const struct cordon_draft *draft, u32 program,
			      u32 effect, u32 ops);

/* @effect, @ops: checked; @bytes: of the rule's patterns before, moved on */
const char *cordon_rule_pattern_check(const char *pattern, u32 effect, u32 ops,
				      u32 *bytes);

#endif /* _CORDON_ENGINE_DRAFT_CHECK_H */
