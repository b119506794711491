// SPDX-License-Identifier: LGPL-2.1-or-later
/*
 * What loaded rules allow is recorded by nobody.  Which of them have decided is
 * known, and whether the candidate says what they say.
 */
#include <string.h>

#include "capture/grow.h"
#include "rule_set.h"
#include "whatif.h"

/* The item of a rule that the candidate does not allow, or NULL. */
static const struct rule_item *find_gone(const struct rule_set *loaded,
					 u32 rule,
					 const struct cordon_draft *draft,
					 const struct rule_set *candidate)
{
	size_t i;

	for (i = 0; i < loaded->count; i++) {
		const struct rule_item *item = &loaded->items[i];

		if (item->rule != rule || item->implied)
			continue;
		if (rule_set_covers(candidate, item, CORDON_EFFECT_DENY) ||
		    (draft->effect != CORDON_EFFECT_ALLOW &&
		     !rule_set_covers(candidate, item, CORDON_EFFECT_ALLOW)))
			return item;
	}
	return NULL;
}

static void add(struct whatif *whatif, const char *workload,
		const struct rule_item *item, const struct client_rule *rule)
{
	struct whatif_group *group = memory_grow(&whatif->groups,
						 &whatif->count,
						 sizeof(*group));

	*group = (struct whatif_group){
		.change = WHATIF_RULE_GONE,
		.workload = memory_copy(workload),
		.program = memory_copy(item->program ? item->program : "any"),
		.op = item->op,
		.objects = 1,
		.count = rule->hits,
		.last = rule->last,
		.example = memory_copy(item->pattern),
		.result = BEHAVIOUR_ALLOWED,
		.reason = CORDON_REASON_RULE,
		.rule = memory_copy(rule->text),
		.file = memory_copy(rule->file),
		.line = rule->line,
		.why = memory_copy("a loaded rule that has decided, and that the candidate does not cover"),
	};
	whatif->behaviours[WHATIF_RULE_GONE]++;
}

void whatif_rules(struct whatif *whatif, const struct cordon_draft *candidate,
		  const struct cordon_draft *loaded,
		  const struct client_dump *rules, uint64_t since)
{
	const char *source = cordon_draft_text(loaded, loaded->name);
	const char *name = cordon_draft_text(candidate, candidate->name);
	struct rule_set before, after;
	size_t i;

	rule_set_make(&before, loaded);
	rule_set_make(&after, candidate);
	for (i = 0; i < rules->count; i++) {
		const struct client_rule *rule = &rules->rules[i];
		const struct rule_item *item;

		if (rule->effect != CORDON_EFFECT_ALLOW || !rule->hits ||
		    rule->last < since || strcmp(rule->workload, source))
			continue;
		item = find_gone(&before, rule->id, candidate, &after);
		if (item)
			add(whatif, name, item, rule);
	}
	rule_set_free(&before);
	rule_set_free(&after);
}
