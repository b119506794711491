// SPDX-License-Identifier: LGPL-2.1-or-later
#include "question.h"

#include <stdlib.h>
#include <string.h>

#include "capture/admit.h"
#include "capture/flow.h"
#include "capture/grow.h"
#include "capture/place.h"
#include "capture/quote.h"
#include "capture/replay.h"
#include "capture/script.h"
#include "capture/shape.h"
#include "caution.h"
#include "cover.h"
#include "expand.h"
#include "names.h"

/**
 * struct making - questions that are being made
 * @set: of them
 * @policy: the manifest
 * @workload: its name
 * @world: the machine
 * @tainted: of caution_tainted()
 * @shapes: of paths
 * @flows: rules that hold several flows
 * @index: where the question of a key stands; of its behaviours, what was seen
 */
struct making {
	struct question_set *set;
	const struct cordon_policy *policy;
	const char *workload;
	const struct capture_world *world;
	bool *tainted;
	struct shape_set shapes;
	struct capture_rules flows;
	json_t *index;
};

const char *question_list(unsigned int op)
{
	return op == CORDON_OP_SOCKET ? "sockets" : cordon_op_name(op);
}

static bool is_start(const struct behaviour *behaviour)
{
	return behaviour->op == CORDON_OP_EXEC ||
	       behaviour->op == CORDON_OP_ENTER;
}

/* --- what is asked about ----------------------------------------------- */

/* Exe of the entry that holds for a program, for free(); NULL: there is none. */
static char *entry_of(const struct cordon_policy *policy, const char *workload,
		      const char *program)
{
	const struct evaluation_question question = {
		.workload = workload,
		.exe = program,
		.op = CORDON_OP_READ,
		.object = program,
		.uid = CORDON_NONE,
	};
	struct evaluation evaluation;
	const char *exe = NULL;

	if (evaluate(policy, &question, &evaluation))
		exe = evaluation_program(&evaluation, &evaluation.subject);
	return exe ? memory_copy(exe) : NULL;
}

/* A deny rule that stands in the manifest is an answer that was given. */
static bool is_decided(const struct replay_answer *answer)
{
	const struct evaluation *evaluation = &answer->evaluation;

	return !answer->beyond && evaluation->rule &&
	       evaluation->verdict.reason == CORDON_REASON_RULE;
}

/* Leaves what is open, in its order. */
static void take_open(struct making *making, struct behaviour_set *behaviours)
{
	struct behaviour_set *set = &making->set->capture.set;
	struct replay_answer answer;
	size_t i;

	set->dropped = behaviours->dropped;
	for (i = 0; i < behaviours->count; i++) {
		struct behaviour *behaviour = &behaviours->items[i];
		bool ours = !strcmp(behaviour->workload, making->workload);

		if (ours)
			behaviour_set_add(set, behaviour);
		else
			behaviour_free(behaviour);
	}
	behaviours->count = 0;
	behaviour_set_free(behaviours);
	behaviour_set_settle(set);
	script_fold(set, NULL);
	*behaviours = *set;
	*set = (struct behaviour_set){ .dropped = behaviours->dropped };
	for (i = 0; i < behaviours->count; i++) {
		struct behaviour *behaviour = &behaviours->items[i];

		replay_ask(making->policy, making->workload, behaviour,
			   &answer);
		making->set->decided += !answer.allowed && is_decided(&answer);
		if (answer.allowed || is_decided(&answer))
			behaviour_free(behaviour);
		else
			behaviour_set_add(set, behaviour);
		replay_answer_free(&answer);
	}
	behaviours->count = 0;
	behaviour_set_free(behaviours);
}

/* For each behaviour, for free(): the manifest has an entry for who acts. */
static bool *list_entries(const struct making *making)
{
	const struct behaviour_set *set = &making->set->capture.set;
	bool *listed = memory_sure(calloc(set->count + 1, sizeof(*listed)));
	const struct behaviour *items = set->items;
	char *entry;
	size_t i;

	for (i = 0; i < set->count; i++) {
		/* They are sorted by program. */
		if (i && !strcmp(items[i - 1].program, items[i].program)) {
			listed[i] = listed[i - 1];
			continue;
		}
		entry = entry_of(making->policy, making->workload,
				 items[i].program);
		listed[i] = entry;
		free(entry);
	}
	return listed;
}

/* --- shapes ------------------------------------------------------------ */

static bool is_plain(const struct making *making, size_t index)
{
	const struct capture *capture = &making->set->capture;
	const struct behaviour *behaviour = &capture->set.items[index];

	return !admit_beyond_rules(behaviour) &&
	       !caution_of(capture, index, making->tainted) &&
	       !caution_forbids_shapes(behaviour);
}

static size_t count_users(const struct behaviour_set *set, const bool *plain)
{
	size_t count = 0, i, k;

	for (i = 0; i < set->count; i++) {
		for (k = 0; k < i; k++)
			if (plain[k] && set->items[k].uid == set->items[i].uid)
				break;
		count += plain[i] && k == i && set->items[i].uid >= 0;
	}
	return count;
}

/*
 * Paths that capture would take in unasked are of shapes, and no others; but
 * that there is something sensitive keeps a folder from being opened.
 */
static void find_shapes(struct making *making, const bool *plain)
{
	const struct behaviour_set *set = &making->set->capture.set;
	size_t i;

	for (i = 0; i < set->count; i++) {
		const struct behaviour *behaviour = &set->items[i];

		if (behaviour_is_file(behaviour) && !is_start(behaviour) &&
		    (plain[i] || place_is_sensitive(behaviour->object)))
			shape_set_add(&making->shapes, behaviour->object,
				      behaviour->op);
	}
	shape_set_find(&making->shapes, making->world,
		       count_users(set, plain));
}

/* Prefixes and ranges: of addresses, since a segment is another choice. */
static void find_flows(struct making *making, const bool *plain)
{
	const struct behaviour_set *set = &making->set->capture.set;
	struct behaviour *copies = memory_sure(calloc(set->count + 1,
						      sizeof(*copies)));
	const struct behaviour **added;
	struct flow_list list;
	size_t i, first;

	for (first = 0; first < set->count; first = i) {
		list = (struct flow_list){
			.program = set->items[first].program,
			.op = set->items[first].op,
		};
		for (i = first; i < set->count; i++) {
			if (set->items[i].op != list.op ||
			    strcmp(set->items[i].program, list.program))
				break;
			if (!plain[i] || !behaviour_is_flow(&set->items[i]))
				continue;
			copies[i] = set->items[i];
			copies[i].segment = NULL;
			added = memory_grow(&list.items, &list.count,
					    sizeof(*added));
			*added = &copies[i];
		}
		flow_rules(&making->flows, &list, making->world, false);
		free(list.items);
	}
	free(copies);
}

/* --- one behaviour ----------------------------------------------------- */

/* The rule that names it as it was seen; false: there is none. */
static bool exact_rule(const struct behaviour *behaviour, bool segments,
		       struct capture_rules *rules)
{
	struct behaviour copy = *behaviour;

	if (!segments)
		copy.segment = NULL;
	capture_rules_exact(rules, &copy);
	return rules->count;
}

static bool rule_covers(const struct capture_rule *rule, const char *text)
{
	struct expansion expansion;
	struct expand_fault fault;
	bool covers = false;
	size_t i;

	if (expand_braces(rule->text, strlen(rule->text), CORDON_PATTERNS_MAX,
			  &expansion, &fault))
		return false;
	for (i = 0; i < expansion.count && !covers; i++)
		covers = cover_pattern(rule->op, expansion.patterns[i].text,
				       text);
	expansion_free(&expansion);
	return covers;
}

static const struct capture_rule *find_flow(const struct making *making,
					    const struct behaviour *behaviour,
					    const char *text)
{
	size_t i;

	for (i = 0; i < making->flows.count; i++) {
		const struct capture_rule *rule = &making->flows.rules[i];

		if (rule->shape && rule->op == behaviour->op &&
		    !strcmp(rule->program, behaviour->program) &&
		    rule_covers(rule, text))
			return rule;
	}
	return NULL;
}

static void add_choice(struct question *question, const char *text,
		       json_t *value, const char *shape)
{
	size_t i;

	for (i = 0; i < question->choice_count; i++)
		if (json_equal(question->choices[i].value, value))
			return;
	if (question->choice_count < QUESTION_CHOICES_MAX)
		question->choices[question->choice_count++] =
			(struct question_choice){
				.text = memory_copy(text),
				.value = json_incref(value),
				.shape = shape,
			};
}

/**
 * struct found - what a behaviour has in common with others
 * @text: of the rule that names them all, or of the one that names it; owned
 * @shape: of a path
 * @flow: of flows
 * @segment: the rule that names the segment of the other end
 * @exact: the rule that names it
 */
struct found {
	char *text;
	const struct shape *shape;
	const struct capture_rule *flow;
	struct capture_rules segment;
	struct capture_rules exact;
};

static void find(const struct making *making, const struct behaviour *behaviour,
		 bool plain, struct found *found)
{
	const char *text;

	*found = (struct found){ 0 };
	text = exact_rule(behaviour, false, &found->exact) ?
	       found->exact.rules[0].text : behaviour->object;
	if (plain && behaviour_is_flow(behaviour)) {
		found->flow = find_flow(making, behaviour, text);
		if (behaviour->segment && !behaviour->peer)
			exact_rule(behaviour, true, &found->segment);
	} else if (plain && behaviour_is_file(behaviour)) {
		found->shape = shape_set_of(&making->shapes, behaviour->object,
					    behaviour->op);
		if (found->shape &&
		    !capture_is_pattern(found->shape->pattern))
			found->shape = NULL;
	}
	/* Numbers of processes never come again: they are asked about once. */
	if (behaviour_is_file(behaviour) && place_is_process(behaviour->object)) {
		found->text = memory_format("/proc/[0-9]*%s", text + 6 +
					    strspn(text + 6, "0123456789"));
		return;
	}
	if (found->flow)
		text = found->flow->text;
	else if (found->segment.count)
		text = found->segment.rules[0].text;
	else if (found->shape)
		text = found->shape->pattern;
	found->text = memory_copy(text);
}

static void add_choices(struct question *question, const struct found *found)
{
	json_t *pattern;

	if (found->segment.count)
		add_choice(question, found->segment.rules[0].text,
			   found->segment.rules[0].value, "segment");
	if (found->flow)
		add_choice(question, found->flow->text, found->flow->value,
			   found->flow->shape);
	if (!found->shape)
		return;
	pattern = memory_sure(json_string(found->shape->pattern));
	add_choice(question, found->shape->pattern, pattern,
		   shape_word(found->shape->kind));
	json_decref(pattern);
}

static void found_free(struct found *found)
{
	capture_rules_free(&found->segment);
	capture_rules_free(&found->exact);
	free(found->text);
}

/* --- questions --------------------------------------------------------- */

static void add_item(const struct making *making, struct question *question,
		     const struct behaviour *behaviour,
		     const struct found *found)
{
	struct question_item *item =
		memory_grow(&question->items, &question->count, sizeof(*item));

	item->behaviour = behaviour;
	if (found->exact.count && !question->beyond)
		item->value = json_incref(found->exact.rules[0].value);
	item->entry = entry_of(making->policy, making->workload,
			       behaviour->program);
	item->listed = item->entry;
	if (!item->listed)
		item->entry = quote_path(behaviour->program);
	if (behaviour->op != CORDON_OP_EXEC || behaviour->interpreter ||
	    behaviour->kind != CORDON_OBJECT_PATH)
		return;
	item->target = entry_of(making->policy, making->workload,
				behaviour->object);
	if (item->target) {
		free(item->target);
		item->target = NULL;
	} else {
		item->target = quote_path(behaviour->object);
	}
}

static void ask(struct making *making, size_t index, bool plain)
{
	struct question_set *set = making->set;
	const struct behaviour *behaviour = &set->capture.set.items[index];
	const char *caution = caution_of(&set->capture, index, making->tainted);
	const char *beyond = admit_beyond_rules(behaviour);
	struct question *question;
	const json_t *before;
	struct found found;
	bool alone;
	char *key, *once;

	find(making, behaviour, plain, &found);
	/* Who starts what, and what wants thought, is asked of each program. */
	alone = caution || beyond || is_start(behaviour);
	key = memory_format("%d %d %s\n%s", behaviour->op, plain, alone ?
			    behaviour->program : "", found.text);
	before = json_object_get(making->index, key);
	if (before) {
		question = &set->items[json_integer_value(before)];
	} else {
		json_object_set_new_nocheck(making->index, key,
					    json_integer((json_int_t)set->count));
		question = memory_grow(&set->items, &set->count,
				       sizeof(*question));
		question->op = behaviour->op;
		question->title = memory_copy(found.text);
		question->caution = caution;
		question->beyond = beyond;
	}
	add_choices(question, &found);
	once = memory_format("%s\n\n%s", key, behaviour->object);
	evidence_add(&question->seen, behaviour,
		     !json_object_get(making->index, once));
	json_object_set_new_nocheck(making->index, once, json_true());
	add_item(making, question, behaviour, &found);
	free(once);
	free(key);
	found_free(&found);
}

void question_set_make(struct question_set *set,
		       struct behaviour_set *behaviours,
		       const struct cordon_policy *policy,
		       const char *workload,
		       const struct capture_world *world)
{
	/* That departures are reviewed is what --monitored says of capture. */
	const struct capture_options options = { .monitored = true };
	struct making making = {
		.set = set,
		.policy = policy,
		.workload = workload,
		.world = world,
		.index = memory_sure(json_object()),
	};
	bool *plain, *listed;
	size_t i;

	*set = (struct question_set){ 0 };
	take_open(&making, behaviours);
	admit(&set->capture, &options);
	listed = list_entries(&making);
	making.tainted = caution_tainted(&set->capture, listed);
	plain = memory_sure(calloc(set->capture.set.count + 1, sizeof(*plain)));
	for (i = 0; i < set->capture.set.count; i++)
		plain[i] = is_plain(&making, i);
	find_shapes(&making, plain);
	find_flows(&making, plain);
	/* What may start comes before what it did then. */
	for (i = 0; i < set->capture.set.count; i++)
		if (is_start(&set->capture.set.items[i]))
			ask(&making, i, plain[i]);
	for (i = 0; i < set->capture.set.count; i++)
		if (!is_start(&set->capture.set.items[i]))
			ask(&making, i, plain[i]);
	free(plain);
	free(making.tainted);
	free(listed);
	shape_set_free(&making.shapes);
	capture_rules_free(&making.flows);
	json_decref(making.index);
}

static void question_free(struct question *question)
{
	size_t i;

	for (i = 0; i < question->count; i++) {
		json_decref(question->items[i].value);
		free(question->items[i].entry);
		free(question->items[i].target);
	}
	for (i = 0; i < question->choice_count; i++) {
		json_decref(question->choices[i].value);
		free(question->choices[i].text);
	}
	free(question->items);
	free(question->title);
}

void question_set_free(struct question_set *set)
{
	size_t i;

	for (i = 0; i < set->count; i++)
		question_free(&set->items[i]);
	free(set->items);
	capture_free(&set->capture);
	*set = (struct question_set){ 0 };
}

bool question_is_settled(const struct question *question,
			 const struct cordon_policy *policy,
			 const char *workload, bool *allowed)
{
	struct replay_answer answer;
	bool settled = true;
	size_t i;

	*allowed = true;
	for (i = 0; i < question->count; i++) {
		replay_ask(policy, workload, question->items[i].behaviour,
			   &answer);
		*allowed &= answer.allowed;
		settled &= answer.allowed || is_decided(&answer);
		replay_answer_free(&answer);
	}
	return settled;
}
