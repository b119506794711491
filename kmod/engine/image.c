// SPDX-License-Identifier: GPL-2.0-only
/*
 * Compiling drafts to the image of a policy.
 */
#include "policy.h"

#include "image.h"

/* Seeds that are tried before names are called impossible to hash. */
#define SEEDS 8

/* What drafts compile to. */
struct measure {
	struct cordon_trie_counts counts;
	struct cordon_net_counts net;
	u32 segments;
	struct cordon_sums sums;
	size_t workloads_at;
	size_t programs_at;
	size_t trie_at;
	size_t net_at;
	u64 size;
};

static void draft_measure(struct measure *measure,
			  const struct cordon_draft *draft)
{
	const char *before = NULL;
	const char *exe;
	u32 i;

	cordon_net_table_count(&measure->net, draft);
	/* Roots: of its rules, of its entries, of each program's rules. */
	measure->counts.nodes += 2 + draft->used.programs;
	for (i = 0; i < draft->used.programs; i++) {
		exe = cordon_draft_text(draft,
					cordon_draft_program(draft, i)->exe);
		if (draft->kind == CORDON_DOCUMENT_SEGMENTS) {
			cordon_trie_count_name(&measure->counts,
					       (u32)strlen(exe));
			continue;
		}
		cordon_trie_count(&measure->counts, exe, strlen(exe), before,
				  before ? strlen(before) : 0);
		before = exe;
	}
	if (draft->kind == CORDON_DOCUMENT_SEGMENTS) {
		measure->segments += draft->used.programs;
		return;
	}
	cordon_rules_count(&measure->counts, draft);
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
	const u64 net = cordon_net_table_size(&measure->net);

	if (!net) {
		cordon_fault_set(fault,
				 "the ports of a policy's rules are at most " CORDON_STRING(
					 CORDON_BLOCKS_MAX) " blocks of 2^n ports: have fewer ranges");
		return -E2BIG;
	}
	measure->workloads_at = aligned(sizeof(struct cordon_policy), 8);
	measure->programs_at =
		aligned(measure->workloads_at +
				workloads * sizeof(struct image_workload), 8);
	measure->trie_at =
		aligned(measure->programs_at +
				(size_t)measure->sums.programs *
					sizeof(struct image_program), 64);
	measure->net_at = aligned(measure->trie_at + (size_t)trie, 64);
	measure->size = measure->net_at + net;
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
		/* Roots: of each kind of member, and of the segments. */
		.counts = { .nodes = 2 + CORDON_MEMBER_HOST, .accepts = 1 },
		/* None, and that of what passes. */
		.net = { .summaries = 2 },
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
		else if (measure->segments > CORDON_SEGMENTS_MAX)
			why = "a policy has at most " CORDON_STRING(
				CORDON_SEGMENTS_MAX) " segments";
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

/*
 * Segments are one scope for all documents: a rule names a segment without its
 * document.
 */
static int segments_fill(struct cordon_policy *policy, u32 workload,
			 struct cordon_fault *fault)
{
	struct image_workload *image = image_workloads(policy) + workload;
	const struct cordon_draft *draft = image->draft;
	const struct cordon_draft_program *segment;
	struct image_program *program;
	const char *name;
	int error = 0;
	u32 other;
	u32 node;
	u32 i;

	if (!policy->segments)
		error = cordon_trie_root(&policy->trie, &policy->segments);
	for (i = 0; i < draft->used.programs && !error; i++) {
		segment = cordon_draft_program(draft, i);
		name = cordon_draft_text(draft, segment->exe);
		program = image_programs(policy) + policy->program_count;
		program->workload = workload;
		program->isolated = segment->isolated;
		program->management = segment->management;
		program->protected = segment->protected;
		error = cordon_trie_insert_name(&policy->trie, policy->segments,
						name, (u32)strlen(name), &node);
		if (error)
			break;
		other = cordon_trie_value(&policy->trie, node);
		if (other != CORDON_NONE) {
			cordon_fault_set(fault,
					 "another segment has the same name");
			fault->workload = workload;
			fault->program = i;
			other = image_programs(policy)[other].workload;
			if (other != workload)
				fault->other = other;
			return -EINVAL;
		}
		error = cordon_trie_accept(&policy->trie, node, 1,
					   policy->program_count++, 0);
	}
	return error;
}

/* The workload, and what rules may speak of. */
static int workload_begin(struct cordon_policy *policy, u32 workload,
			  const struct cordon_draft *draft,
			  struct cordon_fault *fault)
{
	struct image_workload *image = image_workloads(policy) + workload;
	int error;
	u32 i;

	for (i = 0; i < draft->used.responses; i++)
		image->answered |= cordon_draft_response(draft, i)->ops;
	image->draft = draft;
	image->program = policy->program_count;
	image->kind = draft->kind;
	image->effect = draft->effect;
	memcpy(image->mode, draft->mode, sizeof(image->mode));
	image->reject = draft->reject;
	if (draft->kind == CORDON_DOCUMENT_SEGMENTS)
		return segments_fill(policy, workload, fault);
	error = cordon_trie_root(&policy->trie, &image->rules);
	if (!error)
		error = cordon_trie_root(&policy->trie, &image->entries);
	if (!error)
		error = programs_fill(policy, workload, fault);
	return error;
}

static int workload_fill(struct cordon_policy *policy, u32 workload,
			 struct cordon_fault *fault)
{
	const struct cordon_draft *draft =
		image_workloads(policy)[workload].draft;
	int error = 0;

	if (draft->kind == CORDON_DOCUMENT_MANIFEST) {
		error = cordon_member_insert(policy, workload, draft, fault);
		if (!error)
			error = cordon_rules_insert(policy, workload, fault);
	}
	if (!error)
		error = cordon_net_table_insert(policy, workload, fault);
	return error;
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
			fault->rule = cordon_rules_widest(image->draft, CORDON_NONE);
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
		fault->rule = cordon_rules_widest(image->draft, i - image->program);
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
	cordon_net_table_init(&policy->net,
			measure->net_at - offsetof(struct cordon_policy, net),
			&measure->net, seed);
	for (i = 0; i < count; i++) {
		error = workload_begin(policy, i, drafts[i], fault);
		if (error)
			return error;
	}
	for (i = 0; i < count; i++) {
		error = workload_fill(policy, i, fault);
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
