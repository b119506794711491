// SPDX-License-Identifier: GPL-2.0-only
/*
 * Compiling drafts to the image of a policy.
 */
#include "policy.h"

#include "image.h"

/* Seeds that are tried before names are called impossible to hash. */
#define SEEDS 8

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

const char *cordon_image_nameless(enum cordon_object_kind kind)
{
	return kind < CORDON_OBJECT_UNNAMEABLE ? nameless[kind] : NULL;
}

/* What drafts compile to. */
struct measure {
	struct cordon_trie_counts counts;
	struct cordon_sums sums;
	size_t workloads_at;
	size_t programs_at;
	size_t trie_at;
	u64 size;
};

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
	enum cordon_object_kind kind;
	const char *pattern;
	size_t length;
	u32 i;

	for (i = 0; i < rule->patterns; i++) {
		pattern = cordon_draft_pattern(draft, rule->pattern + i);
		length = strlen(pattern);
		kind = cordon_pattern_kind(pattern, length);
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

static void rules_measure(struct cordon_trie_counts *counts,
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

static void draft_measure(struct measure *measure,
			  const struct cordon_draft *draft)
{
	const char *before = NULL;
	const char *exe;
	u32 i;

	/* Roots: of its rules, of its entries, of each program's rules. */
	measure->counts.nodes += 2 + draft->used.programs;
	for (i = 0; i < draft->used.programs; i++) {
		exe = cordon_draft_text(draft,
					cordon_draft_program(draft, i)->exe);
		cordon_trie_count(&measure->counts, exe, strlen(exe), before,
				  before ? strlen(before) : 0);
		before = exe;
	}
	rules_measure(&measure->counts, draft);
	cordon_member_count(&measure->counts, draft);
}

static size_t aligned(size_t size, size_t to)
{
	return (size + to - 1) & ~(to - 1);
}

static int layout_measure(struct measure *measure, u32 workloads,
			  struct cordon_fault *fault)
{
	const u64 trie = cordon_trie_size(&measure->counts);

	measure->workloads_at = aligned(sizeof(struct cordon_policy), 8);
	measure->programs_at =
		aligned(measure->workloads_at +
				workloads * sizeof(struct image_workload), 8);
	measure->trie_at =
		aligned(measure->programs_at +
				(size_t)measure->sums.programs *
					sizeof(struct image_program), 64);
	measure->size = measure->trie_at + trie;
	if (!trie || (size_t)measure->size != measure->size) {
		cordon_fault_set(fault,
				 "the policy would be too large for this machine");
		return -E2BIG;
	}
	return 0;
}

/* Checks all drafts and finds out what room they need. */
static int drafts_measure(struct measure *measure,
			  const struct cordon_draft *const *drafts, u32 count,
			  struct cordon_fault *fault)
{
	const char *why = NULL;
	u32 i;

	*measure = (struct measure){
		.counts = { .nodes = 1 + CORDON_MEMBER_HOST, .accepts = 1 },
	};
	if (count > CORDON_WORKLOADS_MAX) {
		cordon_fault_set(fault, "a policy has at most " CORDON_STRING(
						CORDON_WORKLOADS_MAX)
						" workloads");
		return -E2BIG;
	}
	for (i = 0; i < count && !why; i++) {
		if (cordon_draft_check(drafts[i], fault)) {
			fault->workload = i;
			return -EINVAL;
		}
		why = cordon_sums_add(&measure->sums, &drafts[i]->capacity);
		if (why)
			continue;
		draft_measure(measure, drafts[i]);
		if (i && strcmp(cordon_draft_text(drafts[i - 1],
						  drafts[i - 1]->name),
				cordon_draft_text(drafts[i],
						  drafts[i]->name)) >= 0)
			why = "workloads must be sorted by name, none twice";
	}
	if (why) {
		cordon_fault_set(fault, why);
		fault->workload = i - 1;
		return -EINVAL;
	}
	return layout_measure(measure, count, fault);
}

size_t cordon_policy_size(const struct cordon_draft *const *drafts, u32 count,
			  struct cordon_fault *fault)
{
	struct measure measure;

	if (drafts_measure(&measure, drafts, count, fault))
		return 0;
	return (size_t)measure.size;
}

static int programs_fill(struct cordon_policy *policy, u32 workload,
			 struct cordon_fault *fault)
{
	struct image_workload *image = image_workloads(policy) + workload;
	const struct cordon_draft *draft = image->draft;
	struct image_program *program;
	const char *exe;
	size_t length;
	int error = 0;
	u32 other;
	u32 node;
	u32 i;

	image->program = policy->program_count;
	for (i = 0; i < draft->used.programs; i++) {
		program = image_programs(policy) + policy->program_count;
		program->workload = workload;
		exe = cordon_draft_text(draft,
					cordon_draft_program(draft, i)->exe);
		length = strlen(exe);
		error = cordon_trie_root(&policy->trie, &program->rules);
		if (!error)
			error = cordon_trie_insert(&policy->trie,
						   image->entries, exe, length,
						   &node);
		if (error)
			break;
		other = cordon_trie_value(&policy->trie, node);
		if (other != CORDON_NONE) {
			cordon_fault_set(fault,
					 "two programs of the workload have the same executable");
			error = -EINVAL;
			break;
		}
		error = cordon_trie_accept(&policy->trie, node, 1,
					   policy->program_count,
					   cordon_pattern_rank(exe, length));
		if (error)
			break;
		policy->program_count++;
	}
	if (error == -E2BIG)
		cordon_fault_set(fault, "more than " CORDON_STRING(
						CORDON_GLOBS_MAX)
			" programs with wildcards below one directory");
	if (error == -E2BIG || error == -EINVAL) {
		fault->workload = workload;
		fault->program = i;
	}
	return error;
}

static int pattern_fill(struct cordon_trie *trie, u32 root,
			const char *pattern, u32 mask, u32 rule)
{
	const size_t length = strlen(pattern);
	const enum cordon_object_kind kind =
		cordon_pattern_kind(pattern, length);
	const char *name;
	int error;
	u32 node;

	if (kind == CORDON_OBJECT_PATH) {
		error = cordon_trie_insert(trie, root, pattern, length, &node);
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
	int error = 0;
	u32 mask = 0;
	u32 op;
	u32 i;

	for (op = 0; op < CORDON_OP_COUNT; op++) {
		if (rule->ops & 1u << op)
			mask |= 1u << cordon_trie_slot(op, rule->effect);
	}
	for (i = 0; i < rule->patterns && !error; i++)
		error = pattern_fill(trie, root,
				     cordon_draft_pattern(draft,
							  rule->pattern + i),
				     mask, index);
	return error;
}

static int rules_fill(struct cordon_policy *policy, u32 workload,
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

static int workload_fill(struct cordon_policy *policy, u32 workload,
			 const struct cordon_draft *draft,
			 struct cordon_fault *fault)
{
	struct image_workload *image = image_workloads(policy) + workload;
	int error;

	image->draft = draft;
	image->effect = draft->effect;
	memcpy(image->mode, draft->mode, sizeof(image->mode));
	error = cordon_trie_root(&policy->trie, &image->rules);
	if (!error)
		error = cordon_trie_root(&policy->trie, &image->entries);
	if (!error)
		error = cordon_member_insert(policy, workload, draft, fault);
	if (!error)
		error = programs_fill(policy, workload, fault);
	if (!error)
		error = rules_fill(policy, workload, fault);
	return error;
}

/*
 * The rule to name when its scope can reach too many nodes at once: the last
 * one with a wildcard before its last component, as only those can lead to
 * more than one.
 */
static u32 widest_rule(const struct cordon_draft *draft, u32 program)
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

/* No scope may ever reach more nodes than a walk has room for. */
static int states_check(struct cordon_policy *policy,
			struct cordon_fault *fault)
{
	static const char rules[] =
		"too many patterns with wildcards could be half matched at once: have fewer with a wildcard before their last component";
	static const char programs[] =
		"too many executables of programs could be half matched at once: have fewer with a wildcard before their last component";
	static const char members[] =
		"too many members could be half matched at once: have fewer with a wildcard before their last component";
	const struct image_workload *image;
	const struct image_program *program;
	u32 i;

	cordon_trie_finish(&policy->trie);
	for (i = 0; i < CORDON_MEMBER_HOST; i++) {
		if (cordon_trie_states(&policy->trie, policy->members[i]) >
		    CORDON_STATES_MAX) {
			cordon_fault_set(fault, members);
			return -EINVAL;
		}
	}
	for (i = 0; i < policy->workload_count; i++) {
		image = image_workloads(policy) + i;
		if (cordon_trie_states(&policy->trie, image->entries) >
		    CORDON_STATES_MAX) {
			cordon_fault_set(fault, programs);
			fault->workload = i;
			return -EINVAL;
		}
		if (cordon_trie_states(&policy->trie, image->rules) >
		    CORDON_STATES_MAX) {
			cordon_fault_set(fault, rules);
			fault->workload = i;
			fault->rule = widest_rule(image->draft, CORDON_NONE);
			return -EINVAL;
		}
	}
	for (i = 0; i < policy->program_count; i++) {
		program = image_programs(policy) + i;
		if (cordon_trie_states(&policy->trie, program->rules) <=
		    CORDON_STATES_MAX)
			continue;
		image = image_workloads(policy) + program->workload;
		cordon_fault_set(fault, rules);
		fault->workload = program->workload;
		fault->rule = widest_rule(image->draft, i - image->program);
		return -EINVAL;
	}
	return 0;
}

static int policy_fill(struct cordon_policy *policy,
		       const struct measure *measure,
		       const struct cordon_draft *const *drafts, u32 count,
		       u64 seed, struct cordon_fault *fault)
{
	int error;
	u32 i;

	policy->host = CORDON_NONE;
	policy->workloads_at = measure->workloads_at;
	policy->programs_at = measure->programs_at;
	policy->workload_count = count;
	cordon_trie_init(&policy->trie,
			 measure->trie_at -
				 offsetof(struct cordon_policy, trie),
			 &measure->counts, seed);
	for (i = 0; i < count; i++) {
		error = workload_fill(policy, i, drafts[i], fault);
		if (error)
			return error;
	}
	return states_check(policy, fault);
}

struct cordon_policy *
cordon_policy_build(void *image, size_t size,
		    const struct cordon_draft *const *drafts, u32 count,
		    u64 generation, u64 seed, bool monitor,
		    struct cordon_fault *fault)
{
	static const char small[] = "the image is too small for these drafts";
	struct cordon_policy *policy = image;
	struct measure measure;
	int error;
	u32 try;

	if (drafts_measure(&measure, drafts, count, fault))
		return NULL;
	if (size < measure.size) {
		cordon_fault_set(fault, small);
		return NULL;
	}
	for (try = 0; try < SEEDS; try++) {
		error = policy_fill(policy, &measure, drafts, count,
				    cordon_hash_mix(seed, try), fault);
		if (!error) {
			policy->generation = generation;
			policy->monitor = monitor;
			return policy;
		}
		memset(image, 0, (size_t)measure.size);
		if (error == -ENOSPC)
			cordon_fault_set(fault, small);
		if (error != -EAGAIN)
			return NULL;
	}
	cordon_fault_set(fault,
			 "the names collide in the hash table with every seed that was tried");
	return NULL;
}
