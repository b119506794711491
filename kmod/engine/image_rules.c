// SPDX-License-Identifier: GPL-2.0-only
/*
 * Compiling rules about names: paths, and what stands in their place.
 */
#include "image.h"

/* Objects without a path are names below a root that no path can spell. */
static const char *const nameless[] = {
	[CORDON_OBJECT_MEMFD] = "/memfd:",
	[CORDON_OBJECT_DELETED] = "/deleted:",
	[CORDON_OBJECT_DETACHED] = "/detached:",
	[CORDON_OBJECT_ANON] = "/anon:",
};
static_assert(sizeof(nameless) / sizeof(nameless[0]) ==
		      CORDON_OBJECT_UNNAMEABLE,
	      "a nameless kind is missing");

/* A pattern about an abstract name, as it is in the trie. */
struct abstract_name {
	char bytes[IMAGE_ABSTRACT_LENGTH + CORDON_ABSTRACT_MAX];
	u32 length;
};

static void abstract_name(struct abstract_name *name, const char *pattern)
{
	const char *behind = strchr(pattern, ':') + 1;
	const u32 length = (u32)strlen(behind);

	memcpy(name->bytes, IMAGE_ABSTRACT, IMAGE_ABSTRACT_LENGTH);
	memcpy(name->bytes + IMAGE_ABSTRACT_LENGTH, behind, length);
	name->length = (u32)IMAGE_ABSTRACT_LENGTH + length;
}

static_assert(sizeof(struct abstract_name) <= CORDON_COMPONENT_MAX,
	      "an abstract name is one name of the trie");

const char *cordon_image_nameless(enum cordon_object_kind kind)
{
	return kind < CORDON_OBJECT_UNNAMEABLE ? nameless[kind] : NULL;
}

/* How many patterns the workload's own rules have. */
static u32 shared_patterns(const struct cordon_draft *draft)
{
	const struct cordon_draft_rule *rule;
	u32 count = 0;
	u32 i;

	for (i = 0; i < draft->used.rules; i++) {
		rule = cordon_draft_rule(draft, i);
		if (rule->program == CORDON_NONE)
			count += rule->patterns;
	}
	return count;
}

/*
 * Are a workload's own rules put into its programs' scopes?  One scope is
 * walked faster than two, but the rules are there once for each program then:
 * not if that would make more than a few times as many of them.
 */
static bool is_merged(const struct cordon_draft *draft)
{
	return (u64)shared_patterns(draft) * draft->used.programs <=
	       64 + 4 * (u64)draft->used.patterns;
}

/*
 * Adds what a rule's patterns need.  @before: the path that its scope got last,
 * since what two of them begin with is stored once; moved on.
 */
static void rule_measure(struct cordon_trie_counts *counts,
			 const struct cordon_draft *draft,
			 const struct cordon_draft_rule *rule,
			 const char **before)
{
	struct abstract_name abstract;
	enum cordon_object_kind kind;
	const char *pattern;
	size_t length;
	u32 i;

	for (i = 0; i < rule->patterns; i++) {
		pattern = cordon_draft_pattern(draft, rule->pattern + i);
		length = strlen(pattern);
		if (cordon_image_is_peer(rule, pattern))
			continue;
		kind = cordon_pattern_kind(pattern, length);
		if (kind == CORDON_OBJECT_ABSTRACT) {
			abstract_name(&abstract, pattern);
			cordon_trie_count_name(counts, abstract.length);
			continue;
		}
		if (kind != CORDON_OBJECT_PATH) {
			cordon_trie_count_name(
				counts,
				(u32)strlen(cordon_image_nameless(kind)));
			continue;
		}
		cordon_trie_count(counts, pattern, length, *before,
				  *before ? strlen(*before) : 0);
		*before = pattern;
	}
}

void cordon_rules_count(struct cordon_trie_counts *counts,
			const struct cordon_draft *draft)
{
	const u64 copies = is_merged(draft) ? draft->used.programs + 1ull : 1;
	struct cordon_trie_counts shared = { 0 };
	const struct cordon_draft_rule *rule;
	const char *shared_before = NULL;
	const char *before = NULL;
	u32 program = CORDON_NONE;
	u32 i;

	for (i = 0; i < draft->used.rules; i++) {
		rule = cordon_draft_rule(draft, i);
		if (rule->program == CORDON_NONE) {
			rule_measure(&shared, draft, rule, &shared_before);
			continue;
		}
		if (rule->program != program)
			before = NULL;
		program = rule->program;
		rule_measure(counts, draft, rule, &before);
	}
	counts->nodes += shared.nodes * copies;
	counts->edges += shared.edges * copies;
	counts->accepts += shared.accepts * copies;
	counts->text += shared.text * copies;
}

static int pattern_fill(struct cordon_trie *trie, u32 root,
			const char *pattern, u32 mask, u32 rule)
{
	const size_t length = strlen(pattern);
	const enum cordon_object_kind kind =
		cordon_pattern_kind(pattern, length);
	struct abstract_name abstract;
	const char *name;
	int error;
	u32 node;

	if (kind == CORDON_OBJECT_PATH) {
		error = cordon_trie_insert(trie, root, pattern, length, &node);
	} else if (kind == CORDON_OBJECT_ABSTRACT) {
		abstract_name(&abstract, pattern);
		error = cordon_trie_insert_name(trie, root, abstract.bytes,
						abstract.length, &node);
	} else {
		name = cordon_image_nameless(kind);
		error = cordon_trie_insert_name(trie, root, name,
						(u32)strlen(name), &node);
	}
	if (error)
		return error;
	return cordon_trie_accept(trie, node, mask, rule,
				  cordon_pattern_rank(pattern, length));
}

/* Puts rule @index of a draft into the scope that begins at @root. */
static int rule_fill(struct cordon_trie *trie, u32 root,
		     const struct cordon_draft *draft, u32 index)
{
	const struct cordon_draft_rule *rule = cordon_draft_rule(draft, index);
	const char *pattern;
	int error = 0;
	u32 mask = 0;
	u32 op;
	u32 i;

	for (op = 0; op < CORDON_TRIE_OPS; op++) {
		if (rule->ops & 1u << op)
			mask |= 1u << cordon_trie_slot(op, rule->effect);
	}
	for (i = 0; i < rule->patterns && !error; i++) {
		pattern = cordon_draft_pattern(draft, rule->pattern + i);
		if (!cordon_image_is_peer(rule, pattern))
			error = pattern_fill(trie, root, pattern, mask, index);
	}
	return error;
}

int cordon_rules_insert(struct cordon_policy *policy, u32 workload,
			struct cordon_fault *fault)
{
	struct image_workload *image = image_workloads(policy) + workload;
	struct image_program *programs =
		image_programs(policy) + image->program;
	const struct cordon_draft *draft = image->draft;
	const bool merged = is_merged(draft);
	const struct cordon_draft_rule *rule;
	int error = 0;
	u32 first;
	u32 count;
	u32 i;
	u32 k;

	for (i = 0; i < draft->used.rules && !error; i++) {
		rule = cordon_draft_rule(draft, i);
		image->all_ops |= rule->ops;
		first = rule->program;
		count = 1;
		if (rule->program == CORDON_NONE) {
			image->ops |= rule->ops;
			error = rule_fill(&policy->trie, image->rules, draft,
					  i);
			first = 0;
			count = merged ? draft->used.programs : 0;
		}
		for (k = first; k < first + count && !error; k++) {
			programs[k].ops |= rule->ops;
			error = rule_fill(&policy->trie, programs[k].rules,
					  draft, i);
		}
	}
	for (k = 0; k < draft->used.programs; k++)
		programs[k].whole = merged;
	if (error == -E2BIG) {
		cordon_fault_set(fault, "more than " CORDON_STRING(
						CORDON_GLOBS_MAX)
			" names with wildcards below one directory");
		fault->workload = workload;
		fault->rule = i - 1;
	}
	return error;
}

/* Only wildcards before the last component can lead to more than one node. */
u32 cordon_rules_widest(const struct cordon_draft *draft, u32 program)
{
	struct cordon_component component;
	const struct cordon_draft_rule *rule;
	u32 found = CORDON_NONE;
	const char *pattern;
	size_t length;
	size_t at;
	u32 i;
	u32 k;

	for (i = 0; i < draft->used.rules; i++) {
		rule = cordon_draft_rule(draft, i);
		if (rule->program != program && rule->program != CORDON_NONE)
			continue;
		for (k = 0; k < rule->patterns; k++) {
			pattern = cordon_draft_pattern(draft,
						       rule->pattern + k);
			if (pattern[0] != '/')
				continue;
			length = strlen(pattern);
			at = 0;
			while (cordon_pattern_next(pattern, length, &at,
						   &component)) {
				if (at < length && component.kind !=
							   CORDON_COMPONENT_LITERAL)
					found = i;
			}
		}
	}
	return found;
}
