/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * What a policy's image looks like inside; for the files of the engine only.
 *
 *   struct cordon_policy        head, with the head of the trie
 *   struct image_workload []    one a draft, in the drafts' order
 *   struct image_program []     all programs, workload by workload
 *   nodes, edges, accepts, text of the trie
 *   tables of rules about peers: see net_table.h
 *
 * Parts are found by offsets; the only pointers are those to the drafts.
 */
#ifndef _CORDON_ENGINE_IMAGE_H
#define _CORDON_ENGINE_IMAGE_H

#include "net_pattern.h"
#include "net_table.h"
#include "policy.h"
#include "trie.h"

/**
 * struct image_workload - a compiled draft
 * @draft: the draft
 * @rules: root of its own rules' scope
 * @entries: root of its programs' executables; values are program indices
 * @program: index of its first program in the policy
 * @net: first of its summaries of rules about peers, or 0
 * @ops: bits of enum cordon_op that its own rules speak of
 * @all_ops: bits that any rule speaks of, also those of its programs
 * @answered: bits of ops whose departures have responses
 * @kind: enum cordon_document
 * @effect: its default
 * @mode: by class
 * @reject: who is refused from outside is told so
 */
struct image_workload {
	const struct cordon_draft *draft;
	u32 rules;
	u32 entries;
	u32 program;
	u32 net;
	u16 ops;
	u16 all_ops;
	u16 answered;
	u8 kind;
	u8 effect;
	u8 mode[CORDON_CLASS_COUNT];
	bool reject;
};

/**
 * struct image_program - a compiled entry of "programs"
 * @workload: whose it is
 * @rules: root of its rules' scope
 * @net: first of its summaries of rules about peers, or 0
 * @ops: bits of enum cordon_op that the rules in that scope speak of
 * @whole: the workload's own rules are in that scope, too
 * @isolated: it is a segment that is closed but for rules
 * @management: it is a segment that a quarantine does not cut off
 * @protected: it is a segment whose addresses are never blocked
 */
struct image_program {
	u32 workload;
	u32 rules;
	u32 net;
	u16 ops;
	bool whole;
	bool isolated;
	bool management;
	bool protected;
};

/**
 * struct cordon_policy - head of the image
 * @generation: its number
 * @workload_count: how many workloads
 * @program_count: how many programs, all in all
 * @host: index of the host's workload or CORDON_NONE
 * @members: root of the members' scope by kind, for those that have one; 0
 *	where no workload has a member of that kind
 * @segments: root of the segments' names, or 0: no document has any
 * @monitor: deny nothing
 * @workloads_at: offset of the workloads
 * @programs_at: offset of the programs
 * @trie: of all scopes
 * @net: rules about peers and sockets
 */
struct cordon_policy {
	u64 generation;
	u32 workload_count;
	u32 program_count;
	u32 host;
	u32 members[CORDON_MEMBER_HOST];
	u32 segments;
	bool monitor;
	size_t workloads_at;
	size_t programs_at;
	struct cordon_trie trie;
	struct cordon_net_table net;
};

static inline struct image_workload *
image_workloads(const struct cordon_policy *policy)
{
	return (struct image_workload *)((char *)policy + policy->workloads_at);
}

static inline struct image_program *
image_programs(const struct cordon_policy *policy)
{
	return (struct image_program *)((char *)policy + policy->programs_at);
}

/* The scope of a workload's own rules about peers; behind all programs. */
static inline u32 image_net_scope(const struct cordon_policy *policy,
				  u32 workload, u32 op)
{
	return cordon_net_scope(policy->program_count + workload, op);
}

/* --- image_rules.c ----------------------------------------------------- */

/**
 * cordon_image_nameless - the name that rules about nameless objects have in the trie
 * @kind: of object
 *
 * Return: the name, or NULL for what has a path, or cannot be named.
 */
const char *cordon_image_nameless(enum cordon_object_kind kind);

/* Before an abstract name in the trie: what no component of a path can be. */
#define IMAGE_ABSTRACT "/abstract:"
#define IMAGE_ABSTRACT_LENGTH (sizeof(IMAGE_ABSTRACT) - 1)

/* Is this pattern of a rule about peers or sockets: none for the trie? */
static inline bool cordon_image_is_peer(const struct cordon_draft_rule *rule,
					const char *pattern)
{
	return rule->ops >> CORDON_TRIE_OPS ||
	       (rule->ops == 1u << CORDON_OP_CONNECT &&
		cordon_net_pattern_is(pattern));
}

/**
 * cordon_rules_count - add what the rules of a draft may need
 * @counts: added to
 * @draft: a checked draft
 */
void cordon_rules_count(struct cordon_trie_counts *counts,
			const struct cordon_draft *draft);

/**
 * cordon_rules_insert - add a workload's rules about names to the policy
 * @policy: being built
 * @workload: index
 * @fault: filled on failure
 *
 * Return: 0, or as cordon_trie_insert().
 */
int cordon_rules_insert(struct cordon_policy *policy, u32 workload,
			struct cordon_fault *fault);

/**
 * cordon_rules_widest - the rule to name when a scope can reach too many nodes
 * @draft: its draft
 * @program: index in the draft, or CORDON_NONE
 *
 * Return: the last rule with a wildcard that may be to blame, or CORDON_NONE.
 */
u32 cordon_rules_widest(const struct cordon_draft *draft, u32 program);
/* --- decide.c ----------------------------------------------------------- */

/**
 * cordon_decide_leaves - would executing an object leave the workload
 * @policy: the policy
 * @subject: who
 * @object: what would be executed
 *
 * Return: true if it is an `enter`, whatever the mode.
 */
bool cordon_decide_leaves(const struct cordon_policy *policy,
			  const struct cordon_subject *subject,
			  const struct cordon_object *object);

/* --- member.c ----------------------------------------------------------- */

/**
 * cordon_member_count - add what the members of a draft may need
 * @counts: added to
 * @draft: a checked draft
 */
void cordon_member_count(struct cordon_trie_counts *counts,
			 const struct cordon_draft *draft);

/**
 * cordon_member_insert - add a workload's members to the policy
 * @policy: being built
 * @workload: index
 * @draft: its draft, checked
 * @fault: filled on failure
 *
 * Return: 0, -EINVAL if another workload has the same member, or as
 * cordon_trie_insert().
 */
int cordon_member_insert(struct cordon_policy *policy, u32 workload,
			 const struct cordon_draft *draft,
			 struct cordon_fault *fault);

#endif /* _CORDON_ENGINE_IMAGE_H */
