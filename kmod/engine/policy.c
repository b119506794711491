// SPDX-License-Identifier: GPL-2.0-only
/*
 * Looking things up in a policy.
 */
#include "policy.h"

#include "image.h"

u64 cordon_policy_generation(const struct cordon_policy *policy)
{
	return policy->generation;
}

u32 cordon_policy_workloads(const struct cordon_policy *policy)
{
	return policy->workload_count;
}

const struct cordon_draft *
cordon_policy_draft(const struct cordon_policy *policy, u32 index)
{
	return image_workloads(policy)[index].draft;
}

bool cordon_policy_rejects(const struct cordon_policy *policy, u32 workload)
{
	return workload < policy->workload_count &&
	       image_workloads(policy)[workload].reject;
}

u32 cordon_policy_host(const struct cordon_policy *policy)
{
	return policy->host;
}

/* Drafts are sorted by name. */
u32 cordon_policy_document(const struct cordon_policy *policy,
			   const char *name, size_t length)
{
	const struct cordon_draft *draft;
	u32 high = policy->workload_count;
	const char *text;
	u32 low = 0;
	u32 middle;
	int order;

	while (low < high) {
		middle = low + (high - low) / 2;
		draft = cordon_policy_draft(policy, middle);
		text = cordon_draft_text(draft, draft->name);
		order = strncmp(name, text, length);
		if (!order && text[length])
			order = -1;
		if (!order)
			return middle;
		if (order < 0)
			high = middle;
		else
			low = middle + 1;
	}
	return CORDON_NONE;
}

u32 cordon_policy_workload(const struct cordon_policy *policy,
			   const char *name, size_t length)
{
	const u32 index = cordon_policy_document(policy, name, length);

	if (index == CORDON_NONE ||
	    image_workloads(policy)[index].kind != CORDON_DOCUMENT_MANIFEST)
		return CORDON_NONE;
	return index;
}

u32 cordon_policy_program(const struct cordon_policy *policy, u32 workload,
			  const char *exe, size_t length)
{
	struct cordon_query query = {
		.trie = &policy->trie,
		.path = exe,
		.length = (u32)length,
	};
	u32 entries;

	if (workload >= policy->workload_count || !exe || !length ||
	    length > CORDON_PATH_MAX || exe[0] != '/')
		return CORDON_NONE;
	entries = image_workloads(policy)[workload].entries;
	if (!cordon_trie_walk(&query, entries, 0))
		return CORDON_NONE;
	return cordon_match_value(query.best[0]);
}

u32 cordon_policy_program_index(const struct cordon_policy *policy,
				u32 program)
{
	const struct image_program *image;

	if (program >= policy->program_count)
		return CORDON_NONE;
	image = image_programs(policy) + program;
	return program - image_workloads(policy)[image->workload].program;
}
