/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * One act put to the engine, outside of the kernel: what `explain` and `test`
 * have in common.  The engine is the module's own, so that the answer is too.
 */
#ifndef CTL_EVALUATE_H
#define CTL_EVALUATE_H

#include <stdbool.h>
#include <stddef.h>

#include "draft.h"
#include "policy.h"

/**
 * struct evaluation_question - who does what
 * @workload: of the process; NULL: whichever claims it, or the host
 * @exe: path of what it runs
 * @op: CORDON_OP_EXEC, _LOAD, _READ or _WRITE.  An exec may be answered as
 *	CORDON_OP_ENTER
 * @object: path, or the word of a nameless kind: "memfd:"
 * @cgroup: cgroup v2 path of the process, or NULL: not known
 * @uid: its real user id, or CORDON_NONE: not known
 */
struct evaluation_question {
	const char *workload;
	const char *exe;
	enum cordon_op op;
	const char *object;
	const char *cgroup;
	u32 uid;
};

/**
 * struct evaluation - the answer
 * @policy: that was asked
 * @verdict: of the engine
 * @subject: who acts
 * @next: who it is after an exec, unless that was denied
 * @object: on what
 * @draft: whose manifest decided, or NULL
 * @rule: of @draft that decided, or NULL
 */
struct evaluation {
	const struct cordon_policy *policy;
	struct cordon_verdict verdict;
	struct cordon_subject subject;
	struct cordon_subject next;
	struct cordon_object object;
	const struct cordon_draft *draft;
	const struct cordon_draft_rule *rule;
};

/**
 * evaluation_path_check - can the kernel come to this path
 * @path: what is to be one
 *
 * Return: NULL if it is absolute and normal, else why not.
 */
const char *evaluation_path_check(const char *path);

/**
 * evaluation_object_check - likewise, or the word of a nameless kind
 * @object: what is to be one
 */
const char *evaluation_object_check(const char *object);

/**
 * evaluate - ask the engine
 * @policy: the policy to ask
 * @question: whose paths have been checked
 * @evaluation: the answer; it points into policy and question
 *
 * Return: false if there is no such workload.
 */
bool evaluate(const struct cordon_policy *policy,
	      const struct evaluation_question *question,
	      struct evaluation *evaluation);

/**
 * evaluation_workload - name of a subject's workload
 *
 * Return: it, or "host" if no manifest speaks of the subject.
 */
const char *evaluation_workload(const struct evaluation *evaluation,
				const struct cordon_subject *subject);

/** evaluation_program - exe of a subject's entry, or NULL: it is unlisted */
const char *evaluation_program(const struct evaluation *evaluation,
			       const struct cordon_subject *subject);

/**
 * evaluation_mode - mode of the class that the act belongs to
 *
 * Return: its word, or NULL if no manifest decided.
 */
const char *evaluation_mode(const struct evaluation *evaluation);

/**
 * evaluation_why - what decided, for people
 *
 * ``the rule "/etc/shadow" which denies write, at web.json:12:20``
 *
 * Return: a clause for free(), or NULL without memory.
 */
char *evaluation_why(const struct evaluation *evaluation);

#endif /* CTL_EVALUATE_H */
