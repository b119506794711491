// SPDX-License-Identifier: LGPL-2.1-or-later
#include "evaluate.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "names.h"
#include "pattern.h"

const char *evaluation_path_check(const char *path)
{
	const char *at;

	if (path[0] != '/')
		return "a path begins with a slash";
	if (strlen(path) >= CORDON_PATH_MAX)
		return "a path must be shorter than "
			CORDON_STRING(CORDON_PATH_MAX) " bytes";
	for (at = path; *at && path[1]; ) {
		size_t length = strcspn(++at, "/");

		if (!length)
			return "a path has no doubled slash, and none at its end";
		if (length <= 2 && !strncmp(at, "..", length))
			return "\".\" and \"..\" never occur in a resolved path";
		at += length;
	}
	return NULL;
}

const char *evaluation_object_check(const char *object)
{
	enum cordon_object_kind kind = cordon_pattern_kind(object,
							   strlen(object));

	if (kind == CORDON_OBJECT_ABSTRACT)
		return "an abstract name is for a connect alone";
	if (kind != CORDON_OBJECT_PATH)
		return NULL;
	if (object[0] != '/')
		return "an object is a path from the root, or memfd:, deleted:, detached: or anon:";
	return evaluation_path_check(object);
}

static struct cordon_identity
identity_of(const struct evaluation_question *question, const char *exe)
{
	return (struct cordon_identity){
		.exe = exe,
		.exe_length = strlen(exe),
		.cgroup = question->cgroup,
		.cgroup_length = question->cgroup ? strlen(question->cgroup) :
						    0,
		.uid = question->uid,
	};
}

/* Who acts: a member of what is named, or of what would claim it. */
static bool find_subject(const struct cordon_policy *policy,
			 const struct evaluation_question *question,
			 struct cordon_subject *subject)
{
	const struct cordon_identity identity = identity_of(question,
							    question->exe);

	*subject = (struct cordon_subject){
		.program = CORDON_NONE,
		.self = question->exe,
		.self_length = strlen(question->exe),
	};
	if (question->workload) {
		subject->workload =
			cordon_policy_workload(policy, question->workload,
					       strlen(question->workload));
		if (subject->workload == CORDON_NONE)
			return false;
	} else {
		subject->workload = cordon_policy_member(policy, &identity,
							 NULL);
		if (subject->workload == CORDON_NONE)
			subject->workload = cordon_policy_host(policy);
	}
	if (subject->workload != CORDON_NONE)
		subject->program = cordon_policy_program(policy,
							 subject->workload,
							 question->exe,
							 subject->self_length);
	return true;
}

static void evaluate_file(const struct cordon_policy *policy,
			  const struct evaluation_question *question,
			  struct evaluation *evaluation)
{
	const struct cordon_identity identity = identity_of(question,
							    question->object);

	evaluation->object = (struct cordon_object){
		.path = question->object,
		.length = strlen(question->object),
	};
	evaluation->object.kind = cordon_pattern_kind(question->object,
						      evaluation->object.length);
	if (question->op == CORDON_OP_EXEC)
		cordon_policy_decide_exec(policy, &evaluation->subject,
					  &evaluation->object, &identity,
					  &evaluation->next,
					  &evaluation->verdict);
	else
		cordon_policy_decide(policy, &evaluation->subject, question->op,
				     &evaluation->object,
				     &evaluation->verdict);
}

bool evaluate(const struct cordon_policy *policy,
	      const struct evaluation_question *question,
	      struct evaluation *evaluation)
{
	*evaluation = (struct evaluation){
		.policy = policy,
		.subject = { .workload = CORDON_NONE, .program = CORDON_NONE },
		.next = { .workload = CORDON_NONE, .program = CORDON_NONE },
	};
	if (question->op != CORDON_OP_PASS &&
	    !find_subject(policy, question, &evaluation->subject)) {
		evaluation->unknown = question->workload;
		return false;
	}
	if (!evaluation_is_net(question->op))
		evaluate_file(policy, question, evaluation);
	else if (!evaluate_net(question, evaluation))
		return false;
	if (evaluation->verdict.workload != CORDON_NONE)
		evaluation->draft =
			cordon_policy_draft(policy,
					    evaluation->verdict.workload);
	if (evaluation->draft &&
	    evaluation->verdict.reason == CORDON_REASON_RULE)
		evaluation->rule = cordon_draft_rule(evaluation->draft,
						     evaluation->verdict.rule);
	return true;
}

const char *evaluation_workload(const struct evaluation *evaluation,
				const struct cordon_subject *subject)
{
	const struct cordon_draft *draft;

	if (subject->workload == CORDON_NONE)
		return "host";
	draft = cordon_policy_draft(evaluation->policy, subject->workload);
	return cordon_draft_text(draft, draft->name);
}

const char *evaluation_program(const struct evaluation *evaluation,
			       const struct cordon_subject *subject)
{
	const struct cordon_draft *draft;
	u32 index;

	if (subject->workload == CORDON_NONE || subject->program == CORDON_NONE)
		return NULL;
	draft = cordon_policy_draft(evaluation->policy, subject->workload);
	index = cordon_policy_program_index(evaluation->policy,
					    subject->program);
	return cordon_draft_text(draft, cordon_draft_program(draft, index)->exe);
}

const char *evaluation_mode(const struct evaluation *evaluation)
{
	enum cordon_class class = cordon_op_class(evaluation->verdict.op);

	return evaluation->draft ?
	       cordon_mode_name(evaluation->draft->mode[class]) : NULL;
}

char *evaluation_why(const struct evaluation *evaluation)
{
	const struct cordon_draft *draft = evaluation->draft;
	const struct cordon_draft_rule *rule = evaluation->rule;
	char *text;
	int size;

	if (evaluation->verdict.op == CORDON_OP_PASS && !rule)
		return evaluation_why_passage(evaluation);
	if (rule)
		size = asprintf(&text, "the rule \"%s\", which %s %s, at %s:%u:%u",
				cordon_draft_text(draft, rule->text),
				rule->effect == CORDON_EFFECT_DENY ? "denies" :
								     "allows",
				cordon_op_name(evaluation->verdict.op),
				cordon_draft_text(draft, rule->file),
				rule->line, rule->column);
	else if (draft && evaluation->verdict.reason == CORDON_REASON_DEFAULT)
		size = asprintf(&text, "no rule matches, and the default of \"%s\" is %s",
				cordon_draft_text(draft, draft->name),
				cordon_effect_name(draft->effect));
	else
		size = asprintf(&text, "%s",
				cordon_reason_text(evaluation->verdict.reason));
	return size < 0 ? NULL : text;
}
