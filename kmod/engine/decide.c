// SPDX-License-Identifier: GPL-2.0-only
/*
 * Deciding: from rules to a judgement, and through the mode to a verdict.
 */
#include "decide.h"

/* Is this a path that patterns can be held against? */
static __always_inline bool has_path(const struct cordon_object *object)
{
	return object->kind == CORDON_OBJECT_PATH &&
	       object->length - 1 < CORDON_PATH_MAX && object->path[0] == '/';
}

static bool is_self(const struct cordon_subject *subject,
		    const struct cordon_object *object)
{
	return has_path(object) && subject->self &&
	       subject->self_length == object->length &&
	       memcmp(subject->self, object->path, object->length) == 0;
}

/* The scopes whose rules speak of an op: their roots, or 0. */
struct scopes {
	u32 program;
	u32 workload;
};

static __always_inline struct scopes
scopes_of(const struct cordon_policy *policy,
	  const struct cordon_subject *subject, enum cordon_op op)
{
	const struct image_workload *workload =
		image_workloads(policy) + subject->workload;
	const struct image_program *program;
	struct scopes scopes = { 0 };

	if (subject->program < policy->program_count) {
		program = image_programs(policy) + subject->program;
		if (likely(program->workload == subject->workload)) {
			if (program->ops >> op & 1)
				scopes.program = program->rules;
			if (program->whole)
				return scopes;
		}
	}
	if (workload->ops >> op & 1)
		scopes.workload = workload->rules;
	return scopes;
}

/* What rules say about abstract names: about all of them, and about this one. */
static void abstract_match(const struct cordon_policy *policy,
			   struct scopes scopes,
			   const struct cordon_object *object,
			   struct cordon_query *query)
{
	char text[IMAGE_ABSTRACT_LENGTH + CORDON_ABSTRACT_MAX];
	struct cordon_name name;
	u32 length = (u32)IMAGE_ABSTRACT_LENGTH;

	memcpy(text, IMAGE_ABSTRACT, IMAGE_ABSTRACT_LENGTH);
	for (;;) {
		cordon_name_take(&name, policy->trie.seed, text, length);
		cordon_trie_name(query, scopes.program, &name, false);
		cordon_trie_name(query, scopes.workload, &name, false);
		if (length > IMAGE_ABSTRACT_LENGTH || !object->length ||
		    object->length > CORDON_ABSTRACT_MAX)
			return;
		memcpy(text + length, object->path, object->length);
		length += object->length;
	}
}

/* What rules say about all objects of a nameless kind. */
static cordon_noinline void nameless_match(const struct cordon_policy *policy,
					   struct scopes scopes,
					   const struct cordon_object *object,
					   struct cordon_query *query)
{
	const char *text = cordon_image_nameless(object->kind);
	struct cordon_name name;

	if (object->kind == CORDON_OBJECT_ABSTRACT)
		abstract_match(policy, scopes, object, query);
	if (!text)
		return;
	cordon_name_take(&name, policy->trie.seed, text, (u32)strlen(text));
	cordon_trie_name(query, scopes.program, &name, false);
	cordon_trie_name(query, scopes.workload, &name, false);
}

/* Is it known what this is, though it has no path? */
static bool is_known(enum cordon_object_kind kind)
{
	return cordon_image_nameless(kind) || kind == CORDON_OBJECT_ABSTRACT ||
	       kind == CORDON_OBJECT_UNNAMED;
}

/* No rule matches. */
static cordon_noinline struct cordon_judgement
unmatched(const struct image_workload *workload,
	  const struct cordon_subject *subject, enum cordon_op op,
	  const struct cordon_object *object)
{
	if (op == CORDON_OP_LOAD && is_self(subject, object))
		return cordon_judgement(CORDON_EFFECT_ALLOW, CORDON_REASON_SELF,
				 CORDON_NONE);
	if (workload->effect == CORDON_EFFECT_DENY && !has_path(object) &&
	    !is_known(object->kind))
		return cordon_judgement(CORDON_EFFECT_DENY, CORDON_REASON_UNNAMEABLE,
				 CORDON_NONE);
	return cordon_judgement(workload->effect, CORDON_REASON_DEFAULT, CORDON_NONE);
}

static __always_inline struct cordon_judgement
judge(const struct cordon_policy *policy, const struct cordon_subject *subject,
      enum cordon_op op, const struct cordon_object *object)
{
	const struct image_workload *workload =
		image_workloads(policy) + subject->workload;
	const struct scopes scopes = scopes_of(policy, subject, op);
	struct cordon_query query;

	query.trie = &policy->trie;
	query.op = op;
	query.work = 0;
	query.best[CORDON_EFFECT_ALLOW] = 0;
	query.best[CORDON_EFFECT_DENY] = 0;
	if (likely(has_path(object))) {
		query.path = object->path;
		query.length = object->length;
		if (unlikely(!cordon_trie_walk(&query, scopes.program,
					       scopes.workload)))
			return cordon_judgement(CORDON_EFFECT_DENY,
					 CORDON_REASON_LIMIT, CORDON_NONE);
	} else {
		nameless_match(policy, scopes, object, &query);
	}
	if (query.best[CORDON_EFFECT_DENY])
		return cordon_judgement(CORDON_EFFECT_DENY, CORDON_REASON_RULE,
				 cordon_match_value(
					 query.best[CORDON_EFFECT_DENY]));
	if (query.best[CORDON_EFFECT_ALLOW])
		return cordon_judgement(CORDON_EFFECT_ALLOW, CORDON_REASON_RULE,
				 cordon_match_value(
					 query.best[CORDON_EFFECT_ALLOW]));
	return unmatched(workload, subject, op, object);
}

struct cordon_judgement cordon_judge_name(const struct cordon_policy *policy,
				     const struct cordon_subject *subject,
				     enum cordon_op op,
				     const struct cordon_object *object)
{
	return judge(policy, subject, op, object);
}

u8 cordon_learn(const struct cordon_policy *policy, enum cordon_reason reason)
{
	switch (reason) {
	case CORDON_REASON_DEFAULT:
	case CORDON_REASON_NO_ENTRY:
		return CORDON_ACTION_LEARN;
	case CORDON_REASON_RULE:
		return policy->monitor ? CORDON_ACTION_WOULD_DENY :
					 CORDON_ACTION_DENY;
	default:
		return CORDON_ACTION_WOULD_DENY;
	}
}

void cordon_unjudged(const struct cordon_policy *policy, u32 workload,
		     enum cordon_op op, struct cordon_verdict *verdict)
{
	*verdict = (struct cordon_verdict){
		.action = CORDON_ACTION_ALLOW,
		.reason = CORDON_REASON_NONE,
		.op = op,
		.workload = CORDON_NONE,
		.rule = CORDON_NONE,
	};
	/* An index of another policy is the caller's mistake: fail closed. */
	if (workload != CORDON_NONE) {
		verdict->action = policy->monitor ? CORDON_ACTION_WOULD_DENY :
						    CORDON_ACTION_DENY;
		verdict->reason = CORDON_REASON_LIMIT;
	}
}

void cordon_policy_decide(const struct cordon_policy *policy,
			  const struct cordon_subject *subject,
			  enum cordon_op op,
			  const struct cordon_object *object,
			  struct cordon_verdict *verdict)
{
	if (unlikely(subject->workload >= policy->workload_count)) {
		cordon_unjudged(policy, subject->workload, op, verdict);
		return;
	}
	cordon_settle(policy, subject->workload, op,
	       judge(policy, subject, op, object), verdict);
}

/* What a safety net must leave alone: the host mounts, and borrows. */
static bool is_for_members_only(enum cordon_reason reason)
{
	return reason == CORDON_REASON_MOUNT ||
	       reason == CORDON_REASON_CREDENTIALS ||
	       reason == CORDON_REASON_DEVICE;
}

void cordon_policy_fail(const struct cordon_policy *policy,
			const struct cordon_subject *subject,
			enum cordon_op op, enum cordon_reason reason,
			struct cordon_verdict *verdict)
{
	u8 effect = CORDON_EFFECT_DENY;

	if (subject->workload >= policy->workload_count) {
		cordon_unjudged(policy, subject->workload, op, verdict);
		return;
	}
	if (is_for_members_only(reason))
		effect = image_workloads(policy)[subject->workload].effect;
	cordon_settle(policy, subject->workload, op,
	       cordon_judgement(effect, reason, CORDON_NONE), verdict);
}

/* @object is now run in @workload, which may be CORDON_NONE. */
static void become(const struct cordon_policy *policy, u32 workload,
		   const struct cordon_object *object,
		   struct cordon_subject *next)
{
	*next = (struct cordon_subject){
		.workload = workload,
		.program = CORDON_NONE,
	};
	if (!has_path(object))
		return;
	next->program = cordon_policy_program(policy, workload, object->path,
					      object->length);
	next->self = object->path;
	next->self_length = object->length;
}

/* Whose a process is that starts @object outside of all workloads. */
static u32 claimant(const struct cordon_policy *policy,
		    const struct cordon_object *object,
		    const struct cordon_identity *identity)
{
	struct cordon_identity nameless = *identity;
	u32 workload;

	nameless.exe = NULL;
	workload = cordon_policy_member(policy, has_path(object) ? identity :
								   &nameless,
					NULL);
	return workload == CORDON_NONE ? policy->host : workload;
}

/* What an `enter` rule says, if the workload has any; never the default. */
static bool may_enter(const struct cordon_policy *policy,
		      const struct cordon_subject *subject,
		      const struct cordon_object *object,
		      struct cordon_judgement *answer)
{
	const struct image_workload *workload =
		image_workloads(policy) + subject->workload;

	if (!(workload->all_ops & 1u << CORDON_OP_ENTER))
		return false;
	*answer = judge(policy, subject, CORDON_OP_ENTER, object);
	return answer->effect == CORDON_EFFECT_ALLOW &&
	       answer->reason == CORDON_REASON_RULE;
}

/*
 * Does executing @object leave the workload?  A deny by default leaves room for
 * `enter`, any other does not.  @exec: what rules say of executing it.
 */
static bool leaves(const struct cordon_policy *policy,
		   const struct cordon_subject *subject,
		   const struct cordon_object *object,
		   const struct cordon_judgement *exec,
		   struct cordon_judgement *enter)
{
	return (exec->effect == CORDON_EFFECT_ALLOW ||
		exec->reason == CORDON_REASON_DEFAULT) &&
	       may_enter(policy, subject, object, enter);
}

bool cordon_decide_leaves(const struct cordon_policy *policy,
			  const struct cordon_subject *subject,
			  const struct cordon_object *object)
{
	struct cordon_judgement enter;
	struct cordon_judgement exec;

	if (subject->workload >= policy->workload_count)
		return false;
	exec = judge(policy, subject, CORDON_OP_EXEC, object);
	return leaves(policy, subject, object, &exec, &enter);
}

void cordon_policy_decide_exec(const struct cordon_policy *policy,
			       const struct cordon_subject *subject,
			       const struct cordon_object *object,
			       const struct cordon_identity *identity,
			       struct cordon_subject *next,
			       struct cordon_verdict *verdict)
{
	const struct image_workload *workload;
	struct cordon_judgement answer;
	struct cordon_judgement enter;
	u32 target;

	if (subject->workload >= policy->workload_count) {
		become(policy, claimant(policy, object, identity), object,
		       next);
		cordon_unjudged(policy, subject->workload, CORDON_OP_EXEC, verdict);
		return;
	}
	workload = image_workloads(policy) + subject->workload;
	answer = judge(policy, subject, CORDON_OP_EXEC, object);

	if (leaves(policy, subject, object, &answer, &enter)) {
		become(policy, claimant(policy, object, identity), object,
		       next);
		cordon_settle(policy, subject->workload, CORDON_OP_ENTER, enter,
		       verdict);
		return;
	}

	target = subject->workload == policy->host ?
			 claimant(policy, object, identity) :
			 subject->workload;
	become(policy, target, object, next);
	if (answer.effect == CORDON_EFFECT_ALLOW &&
	    workload->effect == CORDON_EFFECT_DENY &&
	    target == subject->workload && next->program == CORDON_NONE)
		answer = cordon_judgement(CORDON_EFFECT_DENY, CORDON_REASON_NO_ENTRY,
				   CORDON_NONE);
	cordon_settle(policy, subject->workload, CORDON_OP_EXEC, answer, verdict);
	/* No rule can allow what has no path. */
	if (verdict->action == CORDON_ACTION_LEARN && !has_path(object))
		verdict->action = CORDON_ACTION_WOULD_DENY;
}
