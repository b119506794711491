/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * Policies for the engine's tests, from a few lines of text.
 */
#ifndef _CORDON_TESTS_ENGINE_FIXTURE_H
#define _CORDON_TESTS_ENGINE_FIXTURE_H

#include <check.h>

#include "names.h"
#include "pattern.h"
#include "policy.h"

#define FIXTURE_LINES 80
#define FIXTURE_WORKLOADS 8

/**
 * struct fixture_workload - one document
 * @name: its name
 * @kind: what it is
 * @effect: its default
 * @mode: of all classes; 0 is monitor: most tests say nothing of it
 * @learns: it is learn
 * @reject: is told who is refused
 * @members: "exe:/path", "unit:name", "cgroup:/path", "user:7" or "host"; of
 *	segments: "prefix:INDEX PREFIX", "interface:INDEX NAME", "claim:CLAIM"
 * @programs: patterns of executables; of segments: "NAME", or "NAME" and one of
 *	"isolated", "management", "protected"
 * @rules: "PROGRAM EFFECT OPS PATTERN…": the program's index or "-", the effect
 *	and the ops by name, ops with commas between
 * @responses: @response_count of them
 */
struct fixture_workload {
	const char *name;
	enum cordon_document kind;
	enum cordon_effect effect;
	enum cordon_mode mode;
	bool learns;
	bool reject;
	const char *members[FIXTURE_LINES];
	const char *programs[FIXTURE_LINES];
	const char *rules[FIXTURE_LINES];
	const struct cordon_draft_response *responses;
	u32 response_count;
};

/**
 * struct fixture - drafts and what they compile to
 * @drafts: one for each workload
 * @count: how many
 * @policy: NULL if the engine refused
 * @fault: why
 */
struct fixture {
	struct cordon_draft *drafts[FIXTURE_WORKLOADS];
	u32 count;
	struct cordon_policy *policy;
	struct cordon_fault fault;
};

/* Aborts the test if a line cannot be read or its draft is refused. */
struct cordon_draft *fixture_draft(const struct fixture_workload *workload);

/* @workloads: sorted by name */
struct fixture *fixture_build(const struct fixture_workload *workloads,
			      u32 count, bool monitor);
void fixture_free(struct fixture *fixture);

/* The verdict on @path, which may be "memfd:" and the like. */
struct cordon_verdict fixture_decide(const struct fixture *fixture,
				     u32 workload, u32 program,
				     enum cordon_op op, const char *path);

struct cordon_object fixture_object(const char *path);

/* Ends the test unless the verdict is this one. */
#define assert_verdict(verdict, wanted_action, wanted_reason, wanted_rule)    \
	do {                                                                  \
		const struct cordon_verdict verdict_ = (verdict);             \
                                                                              \
		ck_assert_str_eq(cordon_action_name(verdict_.action),         \
				 cordon_action_name(wanted_action));          \
		ck_assert_str_eq(cordon_reason_name(verdict_.reason),         \
				 cordon_reason_name(wanted_reason));          \
		ck_assert_uint_eq(verdict_.rule, wanted_rule);                \
	} while (0)

#endif /* _CORDON_TESTS_ENGINE_FIXTURE_H */
