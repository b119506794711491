// SPDX-License-Identifier: GPL-2.0-only
/*
 * Membership: which workload claims a process of the host.
 *
 * It is asked at every exec of the host, so each kind of member is a scope of
 * the trie: executables and cgroups by their paths, units by single components
 * of the cgroup's path, users by the four bytes of their id.
 */
#include "image.h"

/* A user id as a name for the trie. */
struct uid_name {
	char bytes[4];
};

static struct uid_name uid_name(u32 uid)
{
	return (struct uid_name){ {
		(char)uid,
		(char)(uid >> 8),
		(char)(uid >> 16),
		(char)(uid >> 24),
	} };
}

void cordon_member_count(struct cordon_trie_counts *counts,
			 const struct cordon_draft *draft)
{
	const struct cordon_draft_member *member;
	const char *pattern;
	u32 i;

	for (i = 0; i < draft->used.members; i++) {
		member = cordon_draft_member(draft, i);
		pattern = cordon_draft_text(draft, member->pattern);
		switch (member->kind) {
		case CORDON_MEMBER_EXE:
		case CORDON_MEMBER_CGROUP:
			cordon_trie_count(counts, pattern, strlen(pattern),
					  NULL, 0);
			break;
		case CORDON_MEMBER_UNIT:
			cordon_trie_count_name(counts, (u32)strlen(pattern));
			break;
		case CORDON_MEMBER_USER:
			cordon_trie_count_name(counts,
					       sizeof(struct uid_name));
			break;
		default:
			break;
		}
	}
}

/* A unit is one component of a path; the kind was checked with the draft. */
static int unit_insert(struct cordon_trie *trie, u32 root, const char *pattern,
		       u32 length, u32 *node)
{
	struct cordon_component component = {
		.text = pattern,
		.length = length,
		.kind = cordon_component_kind(pattern, length),
	};

	return cordon_trie_insert_component(trie, root, &component, node);
}

static int member_node(struct cordon_policy *policy,
		       const struct cordon_draft_member *member,
		       const char *pattern, u32 *node)
{
	const u32 length = (u32)strlen(pattern);
	const u32 root = policy->members[member->kind];
	struct uid_name uid;

	switch (member->kind) {
	case CORDON_MEMBER_UNIT:
		return unit_insert(&policy->trie, root, pattern, length, node);
	case CORDON_MEMBER_USER:
		uid = uid_name(member->uid);
		return cordon_trie_insert_name(&policy->trie, root, uid.bytes,
					       sizeof(uid.bytes), node);
	default:
		return cordon_trie_insert(&policy->trie, root, pattern, length,
					  node);
	}
}

static int insert_one(struct cordon_policy *policy, u32 workload,
		      const struct cordon_draft_member *member,
		      const char *pattern, u32 *other)
{
	u32 *root = &policy->members[member->kind];
	u32 node;
	int error;

	if (!*root) {
		error = cordon_trie_root(&policy->trie, root);
		if (error)
			return error;
	}
	error = member_node(policy, member, pattern, &node);
	if (error)
		return error;
	*other = cordon_trie_value(&policy->trie, node);
	if (*other != CORDON_NONE)
		return *other == workload ? 0 : -EEXIST;
	return cordon_trie_accept(&policy->trie, node, 1, workload,
				  cordon_pattern_rank(pattern,
						      strlen(pattern)));
}

int cordon_member_insert(struct cordon_policy *policy, u32 workload,
			 const struct cordon_draft *draft,
			 struct cordon_fault *fault)
{
	const struct cordon_draft_member *member;
	const char *pattern;
	u32 other = CORDON_NONE;
	int error = 0;
	u32 i;

	for (i = 0; i < draft->used.members; i++) {
		member = cordon_draft_member(draft, i);
		pattern = cordon_draft_text(draft, member->pattern);
		if (member->kind != CORDON_MEMBER_HOST) {
			error = insert_one(policy, workload, member, pattern,
					   &other);
		} else if (policy->host == CORDON_NONE) {
			policy->host = workload;
		} else {
			other = policy->host;
			error = -EEXIST;
		}
		if (error)
			break;
	}
	if (error == -EEXIST) {
		cordon_fault_set(fault,
				 "another workload has the same member");
		fault->other = other;
		error = -EINVAL;
	} else if (error == -E2BIG) {
		cordon_fault_set(
			fault,
			"more than " CORDON_STRING(CORDON_GLOBS_MAX)
			" members with wildcards in the same place, of all workloads");
	} else if (error) {
		return error;
	}
	if (error) {
		fault->workload = workload;
		fault->member = i;
	}
	return error;
}

/* Of nested units the innermost, of its patterns the most specific. */
static u32 unit_member(const struct cordon_policy *policy,
		       const struct cordon_identity *identity)
{
	const u32 root = policy->members[CORDON_MEMBER_UNIT];
	struct cordon_query query = { .trie = &policy->trie };
	struct cordon_name name;
	const char *end = identity->cgroup + identity->cgroup_length;
	const char *at = identity->cgroup;
	u32 found = CORDON_NONE;

	while (at < end) {
		at = cordon_name_scan(&name, policy->trie.seed, at + 1, end,
				      identity->cgroup_length);
		query.best[0] = 0;
		cordon_trie_name(&query, root, &name, true);
		if (query.best[0])
			found = cordon_match_value(query.best[0]);
	}
	return found;
}

static u32 path_member(const struct cordon_policy *policy,
		       enum cordon_member_kind kind, const char *path,
		       u32 length)
{
	struct cordon_query query = {
		.trie = &policy->trie,
		.path = path,
		.length = length,
	};

	if (!cordon_trie_walk(&query, policy->members[kind], 0))
		return CORDON_NONE;
	return cordon_match_value(query.best[0]);
}

static u32 user_member(const struct cordon_policy *policy, u32 uid)
{
	const struct uid_name bytes = uid_name(uid);
	struct cordon_query query = { .trie = &policy->trie };
	struct cordon_name name;

	cordon_name_take(&name, policy->trie.seed, bytes.bytes,
			 sizeof(bytes.bytes));
	cordon_trie_name(&query, policy->members[CORDON_MEMBER_USER], &name,
			 false);
	return cordon_match_value(query.best[0]);
}

u32 cordon_policy_member(const struct cordon_policy *policy,
			 const struct cordon_identity *identity,
			 enum cordon_member_kind *kind)
{
	const bool exe = identity->exe && identity->exe_length &&
			 identity->exe[0] == '/';
	const bool cgroup = identity->cgroup && identity->cgroup_length &&
			    identity->cgroup[0] == '/';
	u32 found = CORDON_NONE;
	u32 i;

	for (i = CORDON_MEMBER_EXE; i < CORDON_MEMBER_HOST; i++) {
		if (!policy->members[i])
			continue;
		if (i == CORDON_MEMBER_EXE && exe)
			found = path_member(policy, i, identity->exe,
					    identity->exe_length);
		else if (i == CORDON_MEMBER_UNIT && cgroup)
			found = unit_member(policy, identity);
		else if (i == CORDON_MEMBER_CGROUP && cgroup)
			found = path_member(policy, i, identity->cgroup,
					    identity->cgroup_length);
		else if (i == CORDON_MEMBER_USER)
			found = user_member(policy, identity->uid);
		if (found != CORDON_NONE)
			break;
	}
	if (kind && found != CORDON_NONE)
		*kind = i;
	return found;
}

bool cordon_policy_needs(const struct cordon_policy *policy,
			 enum cordon_member_kind kind)
{
	if (kind == CORDON_MEMBER_HOST)
		return policy->host != CORDON_NONE;
	return kind < CORDON_MEMBER_HOST && policy->members[kind];
}
