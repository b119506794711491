// SPDX-License-Identifier: LGPL-2.1-or-later
#include "rule_set.h"

#include <stdlib.h>
#include <string.h>

#include "cover.h"
#include "memory.h"

static char *key_of(const struct rule_item *item)
{
	return memory_format("%u %u %s\n%s", item->op, item->effect,
			     item->program ? item->program : "",
			     item->pattern);
}

static void add_item(struct rule_set *set, const struct rule_item *item)
{
	char *key = key_of(item);

	/* What is not UTF-8 cannot be a key, nor come from a document */
	if (json_object_set_new(set->known, key, json_true()))
		memory_sure(NULL);
	free(key);
	set->items[set->count++] = *item;
}

static void add_rule(struct rule_set *set, const struct cordon_draft *draft,
		     u32 index)
{
	const struct cordon_draft_rule *rule = cordon_draft_rule(draft, index);
	struct rule_item item = { .effect = rule->effect, .rule = index };
	u32 i, op;

	if (rule->program != CORDON_NONE)
		item.program = cordon_draft_text(draft,
			cordon_draft_program(draft, rule->program)->exe);
	item.text = cordon_draft_text(draft, rule->text);
	for (op = 0; op < CORDON_OP_COUNT; op++) {
		if (!(rule->ops & 1u << op))
			continue;
		item.op = op;
		item.implied = op == CORDON_OP_READ &&
			       rule->ops & 1u << CORDON_OP_LOAD;
		for (i = 0; i < rule->patterns; i++) {
			item.pattern = cordon_draft_pattern(draft,
							    rule->pattern + i);
			add_item(set, &item);
		}
	}
}

void rule_set_make(struct rule_set *set, const struct cordon_draft *draft)
{
	size_t room = 1;
	u32 i;

	for (i = 0; draft && i < draft->used.rules; i++) {
		const struct cordon_draft_rule *rule =
			cordon_draft_rule(draft, i);

		room += (size_t)rule->patterns *
			(size_t)__builtin_popcount(rule->ops);
	}
	set->items = memory_sure(calloc(room, sizeof(*set->items)));
	set->known = memory_sure(json_object());
	set->count = 0;
	for (i = 0; draft && i < draft->used.rules; i++)
		add_rule(set, draft, i);
}

void rule_set_free(struct rule_set *set)
{
	free(set->items);
	json_decref(set->known);
	*set = (struct rule_set){ 0 };
}

bool rule_set_has(const struct rule_set *set, const struct rule_item *item)
{
	char *key = key_of(item);
	bool has = json_object_get(set->known, key);

	free(key);
	return has;
}

static bool same_program(const struct rule_item *one,
			 const struct rule_item *other)
{
	if (!one->program || !other->program)
		return one->program == other->program;
	return !strcmp(one->program, other->program);
}

bool rule_item_same(const struct rule_item *one, const struct rule_item *other)
{
	return one->op == other->op && one->effect == other->effect &&
	       same_program(one, other);
}

bool rule_set_covers(const struct rule_set *set, const struct rule_item *item,
		     u8 effect)
{
	const char **patterns;
	size_t i, count = 0;
	bool covered;

	if (effect == item->effect && rule_set_has(set, item))
		return true;
	patterns = memory_sure(calloc(set->count + 1, sizeof(*patterns)));
	for (i = 0; i < set->count; i++) {
		const struct rule_item *other = &set->items[i];

		if (other->op == item->op && other->effect == effect &&
		    (!other->program || same_program(other, item)))
			patterns[count++] = other->pattern;
	}
	covered = cover_patterns(item->op, patterns, count, item->pattern);
	free(patterns);
	return covered;
}
