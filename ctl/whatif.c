// SPDX-License-Identifier: LGPL-2.1-or-later
#include "whatif.h"

#include <stdlib.h>
#include <string.h>

#include "advice.h"
#include "capture/grow.h"
#include "capture/script.h"
#include "names.h"

const char *whatif_change_name(enum whatif_change change)
{
	static const char *const names[] = {
		[WHATIF_NEWLY_DENIED] = "newly-denied",
		[WHATIF_NEWLY_ALLOWED] = "newly-allowed",
		[WHATIF_STILL_DENIED] = "unchanged",
		[WHATIF_STILL_ALLOWED] = "unchanged",
		[WHATIF_RULE_GONE] = "rule-gone",
	};

	return names[change];
}

/* Monitor and learn let go on what they tell of. */
static bool went_on(const struct behaviour *behaviour)
{
	return behaviour->result != BEHAVIOUR_DENIED;
}

/* What manifests have no part in: another one changes nothing of it. */
static bool is_measure(const struct behaviour *behaviour)
{
	return behaviour->reason &&
	       (!strcmp(behaviour->reason, "quarantine") ||
		!strcmp(behaviour->reason, "blocked"));
}

static bool is_enforced(const struct replay *replay, const char *workload,
			const struct behaviour *behaviour)
{
	const struct cordon_draft *draft = replay_draft(replay, workload);

	return draft && draft->mode[cordon_op_class(behaviour->op)] ==
			CORDON_MODE_ENFORCE;
}

static enum whatif_change change_of(const struct replay *replay,
				    const char *workload,
				    const struct behaviour *behaviour,
				    const struct replay_answer *answer)
{
	bool allowed = answer->goes_on;

	if (is_measure(behaviour))
		allowed = went_on(behaviour);
	else if (answer->beyond)
		allowed = !is_enforced(replay, workload, behaviour);
	if (went_on(behaviour))
		return allowed ? WHATIF_STILL_ALLOWED : WHATIF_NEWLY_DENIED;
	return allowed ? WHATIF_NEWLY_ALLOWED : WHATIF_STILL_DENIED;
}

static int compare_texts(const char *one, const char *two)
{
	return strcmp(one ? one : "", two ? two : "");
}

#define COMPARE(_one, _two) (((_one) > (_two)) - ((_one) < (_two)))

static int compare_groups(const void *left, const void *right)
{
	const struct whatif_group *one = left, *two = right;
	int order = COMPARE(one->change, two->change);

	if (!order)
		order = strcmp(one->workload, two->workload);
	if (!order)
		order = strcmp(one->program, two->program);
	if (!order)
		order = COMPARE(one->op, two->op);
	if (!order)
		order = COMPARE(one->reason, two->reason);
	if (!order)
		order = compare_texts(one->file, two->file);
	if (!order)
		order = COMPARE(one->line, two->line);
	if (!order)
		order = compare_texts(one->rule, two->rule);
	return order;
}

static void free_group(struct whatif_group *group)
{
	free(group->workload);
	free(group->program);
	free(group->example);
	free(group->rule);
	free(group->file);
	free(group->why);
	free(group->advice);
}

static void set_rule(struct whatif_group *group,
		     const struct evaluation *evaluation)
{
	const struct cordon_draft_rule *rule = evaluation->rule;

	group->reason = evaluation->verdict.reason;
	if (!rule)
		return;
	group->rule = memory_copy(cordon_draft_text(evaluation->draft,
						    rule->text));
	group->file = memory_copy(cordon_draft_text(evaluation->draft,
						    rule->file));
	group->line = rule->line;
}

/* What is said of a group is said of what was done last. */
static void set_example(struct whatif_group *group,
			const struct behaviour *behaviour,
			const struct replay_answer *answer)
{
	free(group->example);
	free(group->why);
	free(group->advice);
	group->example = memory_copy(behaviour->object);
	group->result = behaviour->result;
	group->advice = NULL;
	if (answer->beyond) {
		group->why = memory_copy(answer->beyond);
		return;
	}
	group->why = memory_sure(evaluation_why(&answer->evaluation));
	if (group->change == WHATIF_NEWLY_DENIED)
		group->advice = advice_for(&answer->evaluation,
					   &answer->question);
}

static struct whatif_group *find_group(struct whatif *whatif,
				       struct whatif_group *key)
{
	struct whatif_group *group;
	size_t i;

	/* They come sorted by program and op: it is one of the last. */
	for (i = whatif->count; i--;) {
		if (!compare_groups(&whatif->groups[i], key)) {
			free_group(key);
			return &whatif->groups[i];
		}
	}
	group = memory_grow(&whatif->groups, &whatif->count, sizeof(*group));
	*group = *key;
	return group;
}

static void add(struct whatif *whatif, enum whatif_change change,
		const char *workload, const struct behaviour *behaviour,
		const struct replay_answer *answer)
{
	struct whatif_group key = {
		.change = change,
		.workload = memory_copy(workload),
		.program = memory_copy(behaviour->program),
		.op = behaviour->op,
		.reason = CORDON_REASON_COUNT,
	};
	struct whatif_group *group;

	if (!answer->beyond)
		set_rule(&key, &answer->evaluation);
	group = find_group(whatif, &key);
	if (!group->example || behaviour->last > group->last)
		set_example(group, behaviour, answer);
	group->objects++;
	group->count += behaviour->count;
	if (!group->first ||
	    (behaviour->first && behaviour->first < group->first))
		group->first = behaviour->first;
	if (behaviour->last > group->last)
		group->last = behaviour->last;
	whatif->behaviours[change]++;
}

/** struct chooser - for struct script_chooser */
struct chooser {
	const struct replay *replay;
	const char *workload;
};

static bool is_program(const void *context, const char *path)
{
	const struct chooser *chooser = context;

	return replay_has_program(chooser->replay, chooser->workload, path);
}

/* What an event told of an exec that was recorded, too, is no second one. */
static bool is_told_twice(const struct behaviour_set *set, size_t index)
{
	const struct behaviour *behaviour = &set->items[index];
	size_t i;

	if (behaviour->op != CORDON_OP_EXEC ||
	    behaviour->result != BEHAVIOUR_ALLOWED)
		return false;
	for (i = 0; i < set->count; i++) {
		const struct behaviour *other = &set->items[i];

		if (i != index && other->op == CORDON_OP_EXEC &&
		    other->result != BEHAVIOUR_ALLOWED && went_on(other) &&
		    other->uid == behaviour->uid &&
		    !strcmp(other->program, behaviour->program) &&
		    !strcmp(other->object, behaviour->object))
			return true;
	}
	return false;
}

void whatif_replay(struct whatif *whatif, const struct replay *replay,
		   const char *workload, struct behaviour_set *set)
{
	const struct chooser chooser = { replay, workload };
	const struct script_chooser scripts = { is_program, &chooser };
	struct replay_answer answer;
	size_t i;

	script_fold(set, &scripts);
	for (i = 0; i < set->count; i++) {
		const struct behaviour *behaviour = &set->items[i];

		if (is_told_twice(set, i))
			continue;
		replay_ask(replay->policy, workload, behaviour, &answer);
		add(whatif, change_of(replay, workload, behaviour, &answer),
		    workload, behaviour, &answer);
		replay_answer_free(&answer);
	}
}

void whatif_settle(struct whatif *whatif)
{
	if (whatif->count)
		qsort(whatif->groups, whatif->count, sizeof(*whatif->groups),
		      compare_groups);
}

void whatif_free(struct whatif *whatif)
{
	size_t i;

	for (i = 0; i < whatif->count; i++)
		free_group(&whatif->groups[i]);
	free(whatif->groups);
	*whatif = (struct whatif){ 0 };
}
