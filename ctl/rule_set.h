/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * The rules of one draft as a set of patterns, each with whose it is, the op
 * and the effect: what is compared.
 */
#ifndef CTL_RULE_SET_H
#define CTL_RULE_SET_H

#include <jansson.h>
#include <stdbool.h>
#include <stddef.h>

#include "draft.h"

/**
 * struct rule_item - one pattern
 * @program: exe of its entry, or NULL: of the whole workload
 * @pattern: as the engine gets it
 * @text: of the rule that has it
 * @rule: index of that
 * @op: enum cordon_op
 * @effect: enum cordon_effect
 * @implied: an allowed load allows this read
 */
struct rule_item {
	const char *program;
	const char *pattern;
	const char *text;
	u32 rule;
	u8 op;
	u8 effect;
	bool implied;
};

/**
 * struct rule_set - all of them; points into the draft
 * @items: @count of them, in the draft's order
 * @count: how many
 * @known: key of each item
 */
struct rule_set {
	struct rule_item *items;
	size_t count;
	json_t *known;
};

/** rule_set_make - the rules of a draft; NULL: none */
void rule_set_make(struct rule_set *set, const struct cordon_draft *draft);

/** rule_set_free - release a set; it is empty afterwards */
void rule_set_free(struct rule_set *set);

/** rule_set_has - is there the very same item */
bool rule_set_has(const struct rule_set *set, const struct rule_item *item);

/**
 * rule_set_covers - do the items of a set say all that an item says
 * @set: the set
 * @item: of another, of the same @effect or, to see what goes against it, not
 * @effect: of the items of @set that count
 *
 * Those of its program and of the whole workload count.
 */
bool rule_set_covers(const struct rule_set *set, const struct rule_item *item,
		     u8 effect);

/** rule_item_same - are both of one program, or workload, op and effect */
bool rule_item_same(const struct rule_item *one, const struct rule_item *other);

#endif /* CTL_RULE_SET_H */
