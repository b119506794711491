// SPDX-License-Identifier: LGPL-2.1-or-later
/* The way from behaviours to rules. */
#include "capture.h"

#include <stdlib.h>
#include <string.h>

#include "admit.h"
#include "flow.h"
#include "manifest_source.h"
#include "grow.h"
#include "names.h"
#include "output.h"
#include "pattern.h"
#include "quote.h"
#include "replace.h"
#include "script.h"
#include "shape.h"

/* The workload that is meant, where nobody says which; or NULL, told. */
static const char *choose_workload(const struct behaviour_set *set)
{
	size_t i;

	for (i = 1; i < set->count; i++) {
		if (!strcmp(set->items[0].workload, set->items[i].workload))
			continue;
		output_error("there are behaviours of \"%s\", \"%s\" and perhaps others; say of which workload the manifest is to be",
			     set->items[0].workload, set->items[i].workload);
		return NULL;
	}
	return set->items[0].workload;
}

static int take_workload(struct capture *capture, struct behaviour_set *set,
			 const char *workload)
{
	size_t i;

	if (set->count && !workload)
		workload = choose_workload(set);
	else if (!set->count)
		output_error("there are no behaviours to make a manifest of");
	if (!set->count || !workload)
		return -1;
	/* The set's own text may be what it is compared with. */
	workload = memory_copy(workload);
	capture->set.dropped = set->dropped;
	for (i = 0; i < set->count; i++) {
		if (strcmp(set->items[i].workload, workload))
			behaviour_free(&set->items[i]);
		else
			behaviour_set_add(&capture->set, &set->items[i]);
	}
	set->count = 0;
	behaviour_set_free(set);
	if (!capture->set.count)
		output_error("there are no behaviours of the workload \"%s\"",
			     workload);
	free((char *)workload);
	return capture->set.count ? 0 : -1;
}

static void rename_text(char **text, const char *from, const char *to)
{
	if (!*text || strcmp(*text, from))
		return;
	free(*text);
	*text = memory_copy(to);
}

/* Under another name the workload is still its own peer. */
static void rename_workload(struct behaviour_set *set, const char *name)
{
	char *before = memory_copy(set->items[0].workload);
	size_t i;

	for (i = 0; i < set->count; i++) {
		rename_text(&set->items[i].peer, before, name);
		rename_text(&set->items[i].workload, before, name);
	}
	free(before);
}

static size_t count_users(const struct capture *capture)
{
	int64_t *users = NULL, *added;
	size_t count = 0, i, k;

	for (i = 0; i < capture->set.count; i++) {
		int64_t uid = capture->set.items[i].uid;

		for (k = 0; k < count && users[k] != uid; k++)
			;
		if (uid < 0 || k < count || !capture->taken[i])
			continue;
		added = memory_grow(&users, &count, sizeof(*added));
		*added = uid;
	}
	free(users);
	return count;
}

/*
 * All paths of the workload, so that what one program reads and another writes
 * is one shape.
 */
static void find_shapes(const struct capture *capture, struct shape_set *shapes,
			const struct capture_world *world)
{
	size_t i;

	for (i = 0; i < capture->set.count; i++) {
		const struct behaviour *behaviour = &capture->set.items[i];

		if (capture->taken[i] && !capture->pattern[i] &&
		    behaviour_is_file(behaviour) &&
		    behaviour->op != CORDON_OP_EXEC &&
		    behaviour->op != CORDON_OP_ENTER)
			shape_set_add(shapes, behaviour->object, behaviour->op);
	}
	shape_set_find(shapes, world, count_users(capture));
}

/* A pattern that has become too long for a component names nobody. */
bool capture_is_pattern(const char *text)
{
	struct expansion expansion;
	struct expand_fault fault;
	bool good;
	size_t i;

	if (expand_braces(text, strlen(text), CORDON_PATTERNS_MAX, &expansion,
			  &fault))
		return false;
	good = true;
	for (i = 0; good && i < expansion.count; i++)
		good = !cordon_pattern_check(expansion.patterns[i].text,
					     expansion.patterns[i].length,
					     NULL);
	expansion_free(&expansion);
	return good;
}

static void add_path(struct capture *capture, const struct behaviour *behaviour,
		     const char *allowed, const struct shape *shape, bool again)
{
	struct evidence seen = { 0 };
	const char *why = NULL;
	char *text;

	evidence_add(&seen, behaviour, !again);
	if (allowed) {
		text = memory_copy(allowed);
		why = "allowed";
	} else if (shape && capture_is_pattern(shape->pattern)) {
		text = memory_copy(shape->pattern);
		why = shape_word(shape->kind);
	} else {
		text = quote_path(behaviour->object);
	}
	capture_rules_add(&capture->rules, behaviour->program, behaviour->op, text,
		     NULL, why, &seen);
}

/* Of what has no path: its kind, or its name as rules have it. */
static void add_word(struct capture_rules *rules,
		     const struct behaviour *behaviour)
{
	struct evidence seen = { 0 };
	char *text;

	evidence_add(&seen, behaviour, true);
	if (behaviour->kind == CORDON_OBJECT_UNNAMED) {
		/* To the sockets of its own workload it may anyway. */
		if (!strcmp(behaviour->peer, behaviour->workload))
			return;
		text = memory_format("any@workload:%s", behaviour->peer);
		capture_rules_add(rules, behaviour->program,
			     behaviour->op, text,
			     json_pack("{s:s+}", "to", "workload:",
				       behaviour->peer), NULL, &seen);
		return;
	}
	if (behaviour->kind == CORDON_OBJECT_ABSTRACT)
		text = memory_format("abstract:%s",
				     admit_abstract(behaviour->object));
	else if (behaviour->kind == CORDON_OBJECT_SOCKET)
		text = memory_copy(behaviour->object);
	else
		text = memory_copy(cordon_object_name(behaviour->kind));
	capture_rules_add(rules, behaviour->program, behaviour->op, text, NULL,
			  NULL, &seen);
}

void capture_rules_exact(struct capture_rules *rules,
			 const struct behaviour *behaviour)
{
	static const struct capture_world nowhere;
	const struct flow_list list = {
		.program = behaviour->program,
		.op = behaviour->op,
		.items = &behaviour,
		.count = 1,
	};
	struct evidence seen = { 0 };

	if (behaviour_is_flow(behaviour)) {
		flow_rules(rules, &list, &nowhere, true);
	} else if (behaviour->kind == CORDON_OBJECT_PATH) {
		evidence_add(&seen, behaviour, true);
		capture_rules_add(rules, behaviour->program, behaviour->op,
				  quote_path(behaviour->object), NULL, NULL,
				  &seen);
	} else {
		add_word(rules, behaviour);
	}
}

/* Flows of one program and op lie together; those are told at the first. */
static void add_flows(struct capture *capture, size_t first,
		      const struct capture_options *options,
		      const struct capture_world *world)
{
	const struct behaviour *items = capture->set.items;
	struct flow_list list = {
		.program = items[first].program,
		.op = items[first].op,
	};
	const struct behaviour **added;
	size_t i;

	for (i = first; i < capture->set.count &&
	     items[i].op == list.op && behaviour_is_flow(&items[i]) &&
	     !strcmp(items[i].program, list.program); i++) {
		if (!capture->taken[i])
			continue;
		added = memory_grow(&list.items, &list.count, sizeof(*added));
		*added = &items[i];
	}
	flow_rules(&capture->rules, &list, world, options->exact);
	free(list.items);
}

static bool begins_flows(const struct capture *capture, size_t index)
{
	const struct behaviour *here = &capture->set.items[index];
	const struct behaviour *before = here - 1;

	return !index || before->op != here->op || !behaviour_is_flow(before) ||
	       strcmp(before->program, here->program);
}

/* Another user's act on the same path is no other path. */
static bool is_again(const struct capture *capture, size_t index)
{
	const struct behaviour *here = &capture->set.items[index];
	const struct behaviour *before = here - 1;

	return index && capture->taken[index - 1] && before->op == here->op &&
	       before->kind == here->kind &&
	       !strcmp(before->program, here->program) &&
	       !strcmp(before->object, here->object);
}

static void make_rules(struct capture *capture, const struct shape_set *shapes,
		       const struct capture_options *options,
		       const struct capture_world *world)
{
	size_t i;

	for (i = 0; i < capture->set.count; i++) {
		const struct behaviour *behaviour = &capture->set.items[i];

		if (behaviour_is_flow(behaviour)) {
			if (begins_flows(capture, i))
				add_flows(capture, i, options, world);
			continue;
		}
		if (!capture->taken[i])
			continue;
		if (behaviour->kind == CORDON_OBJECT_PATH)
			add_path(capture, behaviour, capture->pattern[i],
				 options->exact ||
				 !behaviour_is_file(behaviour) ? NULL :
				 shape_set_of(shapes, behaviour->object,
					      behaviour->op),
				 is_again(capture, i));
		else
			add_word(&capture->rules, behaviour);
	}
}

static size_t count_wanted(const struct capture *capture)
{
	size_t wanted = 0, i;

	for (i = 0; i < capture->program_count; i++)
		wanted += capture->programs[i].wanted;
	return wanted;
}

int capture_make(struct capture *capture, struct behaviour_set *set,
		 const struct capture_options *options,
		 const struct capture_world *world)
{
	struct shape_set shapes = { 0 };

	*capture = (struct capture){ 0 };
	if (take_workload(capture, set, options->workload))
		return -1;
	if (options->name)
		rename_workload(&capture->set, options->name);
	script_fold(&capture->set, NULL);
	replace_fold(&capture->set);
	admit(capture, options);
	if (!options->exact)
		find_shapes(capture, &shapes, world);
	make_rules(capture, &shapes, options, world);
	shape_set_free(&shapes);
	capture_rules_settle(&capture->rules, count_wanted(capture));
	return 0;
}

void capture_free(struct capture *capture)
{
	capture_rules_free(&capture->rules);
	decision_set_free(&capture->decisions);
	behaviour_set_free(&capture->set);
	free(capture->programs);
	free(capture->pattern);
	free(capture->taken);
	*capture = (struct capture){ 0 };
}
