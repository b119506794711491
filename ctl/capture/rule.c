// SPDX-License-Identifier: LGPL-2.1-or-later
#include "rule.h"

#include <stdlib.h>
#include <string.h>

#include "cordon.h"
#include "grow.h"

void evidence_join(struct evidence *evidence, const struct evidence *other)
{
	evidence->objects += other->objects;
	evidence->count += other->count;
	if (other->first &&
	    (!evidence->first || other->first < evidence->first))
		evidence->first = other->first;
	if (other->last > evidence->last)
		evidence->last = other->last;
	if (!evidence->example)
		evidence->example = other->example;
}

void evidence_add(struct evidence *evidence, const struct behaviour *behaviour,
		  bool object)
{
	const struct evidence one = {
		.objects = object,
		.count = behaviour->count,
		.first = behaviour->first,
		.last = behaviour->last,
		.example = behaviour->object,
	};

	evidence_join(evidence, &one);
}

void capture_rules_add(struct capture_rules *set, const char *program, uint8_t op,
		  char *text, json_t *value, const char *shape,
		  const struct evidence *seen)
{
	struct capture_rule *rule;

	rule = memory_grow(&set->rules, &set->count, sizeof(*rule));
	*rule = (struct capture_rule){
		.program = program,
		.op = op,
		.text = text,
		.value = memory_sure(value ? value : json_string(text)),
		.shape = shape,
		.seen = *seen,
	};
}

static int by_rule(const struct capture_rule *one,
		   const struct capture_rule *two)
{
	if (one->op != two->op)
		return one->op < two->op ? -1 : 1;
	return strcmp(one->text, two->text);
}

static int by_program(const void *left, const void *right)
{
	const struct capture_rule *one = left, *two = right;
	int order = strcmp(one->program ? one->program : "",
			   two->program ? two->program : "");

	return order ? order : by_rule(one, two);
}

static int by_text(const void *left, const void *right)
{
	const struct capture_rule *one = left, *two = right;
	int order = by_rule(one, two);

	return order ? order : by_program(left, right);
}

static void drop(struct capture_rule *rule)
{
	json_decref(rule->value);
	free(rule->text);
}

static void join_same(struct capture_rules *set)
{
	size_t kept = 0, i;

	qsort(set->rules, set->count, sizeof(*set->rules), by_program);
	for (i = 1; i < set->count; i++) {
		if (by_program(&set->rules[kept], &set->rules[i])) {
			set->rules[++kept] = set->rules[i];
			continue;
		}
		evidence_join(&set->rules[kept].seen, &set->rules[i].seen);
		drop(&set->rules[i]);
	}
	set->count = kept + 1;
}

/* Is there the same rule in another list; they are sorted by program. */
static bool has_rule(const struct capture_rules *set,
		     const struct capture_rule *rule, uint8_t op)
{
	struct capture_rule key = *rule;

	key.op = op;
	return bsearch(&key, set->rules, set->count, sizeof(*set->rules),
		       by_program);
}

/* What may be loaded may be read. */
static void drop_implied(struct capture_rules *set)
{
	bool *implied = memory_sure(calloc(set->count, sizeof(*implied)));
	size_t kept = 0, i;

	for (i = 0; i < set->count; i++)
		implied[i] = set->rules[i].op == CORDON_OP_READ &&
			     has_rule(set, &set->rules[i], CORDON_OP_LOAD);
	for (i = 0; i < set->count; i++) {
		if (implied[i])
			drop(&set->rules[i]);
		else
			set->rules[kept++] = set->rules[i];
	}
	set->count = kept;
	free(implied);
}

/* What starts and enters is said of each program. */
static bool may_lift(const struct capture_rule *rule)
{
	return rule->op != CORDON_OP_EXEC && rule->op != CORDON_OP_ENTER;
}

static void lift(struct capture_rules *set, size_t programs)
{
	size_t from, to, kept = 0, i;

	qsort(set->rules, set->count, sizeof(*set->rules), by_text);
	for (from = 0; from < set->count; from = to) {
		for (to = from + 1; to < set->count; to++)
			if (by_rule(&set->rules[from], &set->rules[to]))
				break;
		if (programs > 1 && to - from == programs &&
		    may_lift(&set->rules[from])) {
			for (i = from + 1; i < to; i++) {
				evidence_join(&set->rules[from].seen,
					      &set->rules[i].seen);
				drop(&set->rules[i]);
			}
			set->rules[from].program = NULL;
			set->rules[kept++] = set->rules[from];
			continue;
		}
		for (i = from; i < to; i++)
			set->rules[kept++] = set->rules[i];
	}
	set->count = kept;
	qsort(set->rules, set->count, sizeof(*set->rules), by_program);
}

void capture_rules_settle(struct capture_rules *set, size_t programs)
{
	if (!set->count)
		return;
	join_same(set);
	drop_implied(set);
	lift(set, programs);
}

void capture_rules_free(struct capture_rules *set)
{
	size_t i;

	for (i = 0; i < set->count; i++)
		drop(&set->rules[i]);
	free(set->rules);
	*set = (struct capture_rules){ 0 };
}
