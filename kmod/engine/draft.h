/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * A draft is one document as it is stated: a workload's members, programs and
 * rules, or segments (the programs), what lies in them (the members) and the
 * rules between them; in one flat buffer which holds offsets and no pointers,
 * so that it can be copied as it is.  The reader (or the netlink side of the
 * module) fills drafts; cordon_policy_build() compiles them; they stay beside
 * the compiled policy as what dumps, explanations and the next generation need.
 */
#ifndef _CORDON_ENGINE_DRAFT_H
#define _CORDON_ENGINE_DRAFT_H

#include "shim.h"

/**
 * struct cordon_counts - how much a draft holds
 * @members: entries of "members"
 * @programs: entries of "programs"
 * @rules: rules of all programs and of the workload itself
 * @patterns: patterns of all those rules
 * @bytes: all text, each string with its NUL; see cordon_draft_init()
 * @responses: entries of "respond"
 */
struct cordon_counts {
	u32 members;
	u32 programs;
	u32 rules;
	u32 patterns;
	u32 bytes;
	u32 responses;
};

/** struct cordon_sums - what the workloads of one policy hold together */
struct cordon_sums {
	u64 programs;
	u64 rules;
	u64 bytes;
};

struct cordon_draft_member {
	u32 kind;	/* enum cordon_member_kind */
	u32 uid;	/* CORDON_MEMBER_USER */
	u32 program;	/* segments: index of the segment, or CORDON_NONE */
	u32 pattern;	/* text: exe, unit and cgroup; else the empty text */
};

struct cordon_draft_program {
	u32 exe;	/* text: a path pattern, or the segment's name */
	u32 isolated;	/* bool: a segment that is closed but for rules */
	u32 management;	/* bool: one that a quarantine does not cut off */
	u32 protected;	/* bool: one whose addresses are never blocked */
};

struct cordon_draft_rule {
	u32 program;	/* index, or CORDON_NONE: of the workload */
	u32 pattern;	/* first of its patterns */
	u32 patterns;	/* how many follow from there, at least one */
	u32 text;	/* text: as the manifest has it */
	u32 file;	/* text: where it stands */
	u32 note;	/* text, perhaps empty */
	u32 line;
	u32 column;
	u8 effect;	/* enum cordon_effect */
	u8 reserved;
	u16 ops;	/* bits of enum cordon_op */
};

/**
 * struct cordon_draft_response - what is to follow departures
 * @rule: of the first rule that it is about, or CORDON_NONE: any departure
 * @rules: how many rules from there on; 0 with CORDON_NONE
 * @times: departures that it takes, at least one
 * @within: seconds in which they are counted; 0 if it takes one
 * @lapse: seconds that an answer is waited for; 0: none is needed
 * @ttl: seconds; one for each step of the ladder
 * @steps: how many of @ttl there are; 0: what begins stays
 * @responses: bits of enum cordon_response
 * @ops: bits of enum cordon_op
 * @per: enum cordon_per
 * @evidence: bool: evidence is taken of who is killed or suspended
 * @reserved: 0
 */
struct cordon_draft_response {
	u32 rule;
	u32 rules;
	u32 times;
	u32 within;
	u32 lapse;
	u32 ttl[CORDON_LADDER_MAX];
	u16 ops;
	u8 responses;
	u8 per;
	u8 steps;
	u8 evidence;
	u8 reserved[2];
};

/**
 * struct cordon_draft - head of the buffer
 *
 * All text members are offsets for cordon_draft_text().  Offset 0 is the
 * empty text.
 */
struct cordon_draft {
	u32 size;		/* of the whole buffer, in bytes */
	struct cordon_counts capacity;
	struct cordon_counts used;
	u32 name;		/* text */
	u32 description;	/* text, perhaps empty */
	u32 owner;		/* text, perhaps empty */
	u32 file;		/* text: the manifest's file */
	u32 members_at;		/* offsets of the arrays, from the head */
	u32 programs_at;
	u32 rules_at;
	u32 patterns_at;
	u32 responses_at;
	u32 text_at;
	u8 kind;		/* enum cordon_document */
	u8 effect;		/* default: enum cordon_effect */
	u8 mode[CORDON_CLASS_COUNT];	/* enum cordon_mode */
	u8 reject;	/* bool: tell who is refused from outside */
};

/** struct cordon_workload_spec - what cordon_draft_init() is told */
struct cordon_workload_spec {
	const char *name;
	const char *description;	/* NULL: empty */
	const char *owner;		/* NULL: empty */
	const char *file;		/* NULL: empty */
	u8 kind;
	u8 effect;			/* segments: CORDON_EFFECT_ALLOW */
	u8 mode[CORDON_CLASS_COUNT];
	bool reject;
	struct cordon_counts counts;
};

/** struct cordon_rule_spec - what cordon_draft_add_rule() is told */
struct cordon_rule_spec {
	u32 program;
	u8 effect;
	u16 ops;
	u32 line;
	u32 column;
	const char *text;
	const char *file;		/* NULL: empty */
	const char *note;		/* NULL: empty */
	const char *const *patterns;
	u32 pattern_count;
};

/**
 * cordon_draft_size - size of the buffer for a draft
 * @counts: what it is to hold
 * @fault: filled on failure
 *
 * Context: any.
 * Return: bytes, or 0 if a count is over its limit.
 */
size_t cordon_draft_size(const struct cordon_counts *counts,
			 struct cordon_fault *fault);

/**
 * cordon_sums_add - one workload more
 * @sums: begun with zeros; added to
 * @counts: what the workload announces
 *
 * Context: any.
 * Return: NULL, or which limit of a policy that is too much for.
 */
const char *cordon_sums_add(struct cordon_sums *sums,
			    const struct cordon_counts *counts);

/**
 * cordon_draft_init - begin a draft in a zeroed buffer
 * @buffer: at least cordon_draft_size() bytes, aligned as for u64
 * @size: its size in bytes
 * @spec: the workload.  @spec->counts.bytes must cover every string given
 *	here and in the cordon_draft_add_ calls, each with its NUL, plus one;
 *	a rule's file that equals the previous rule's costs nothing
 * @fault: filled on failure
 *
 * Checks name, effect and modes.  Names are 1 to CORDON_NAME_MAX bytes of
 * [A-Za-z0-9._-], beginning with a letter or digit.
 *
 * Return: the draft, which is @buffer, or NULL.
 */
struct cordon_draft *cordon_draft_init(void *buffer, size_t size,
				       const struct cordon_workload_spec *spec,
				       struct cordon_fault *fault);

/**
 * cordon_draft_add_member - add one selector
 * @draft: begun with cordon_draft_init()
 * @kind: how it selects
 * @pattern: checked here: for exe a path pattern, for cgroup a path pattern
 *	of the cgroup path (from "/", the root of cgroup v2), for unit a
 *	unit name in which `*` and `?` and `[…]` are wildcards; NULL otherwise
 * @uid: for CORDON_MEMBER_USER
 * @fault: filled on failure
 *
 * Return: 0, -EINVAL for what is no member, -ENOSPC if there are more than
 * were announced.
 */
int cordon_draft_add_member(struct cordon_draft *draft,
			    enum cordon_member_kind kind, const char *pattern,
			    u32 uid, struct cordon_fault *fault);

/**
 * cordon_draft_add_segment_member - add what lies in a segment, or a claim
 * @draft: begun with cordon_draft_init(), of segments
 * @kind: CORDON_MEMBER_PREFIX, INTERFACE or CLAIM
 * @segment: index of the segment, which may be added later, or CORDON_NONE for
 *	a claim
 * @pattern: see enum cordon_member_kind; checked here
 * @fault: filled on failure
 *
 * Return: 0, -EINVAL for what is no member, -ENOSPC if there are more than
 * were announced.
 */
int cordon_draft_add_segment_member(struct cordon_draft *draft,
				    enum cordon_member_kind kind, u32 segment,
				    const char *pattern,
				    struct cordon_fault *fault);

/**
 * cordon_draft_add_segment - add one segment
 * @draft: begun with cordon_draft_init(), of segments
 * @name: as for workloads
 * @isolated: is it closed but for what a rule allows
 * @fault: filled on failure
 *
 * Return: its index, from 0, or -EINVAL, -ENOSPC.
 */
int cordon_draft_add_segment(struct cordon_draft *draft, const char *name,
			     bool isolated, struct cordon_fault *fault);

/**
 * cordon_draft_guard_segment - except a segment from responses
 * @draft: begun with cordon_draft_init(), of segments
 * @index: of the segment, from cordon_draft_add_segment()
 * @management: a workload in quarantine may still talk to it
 * @protected: its addresses are never blocked
 */
void cordon_draft_guard_segment(struct cordon_draft *draft, u32 index,
				bool management, bool protected);

/**
 * cordon_draft_add_response - add one entry of "respond"
 * @draft: begun with cordon_draft_init(), of a manifest
 * @response: copied; its rules may be added later
 * @fault: filled on failure
 *
 * Return: its index, from 0, or -EINVAL, -ENOSPC.
 */
int cordon_draft_add_response(struct cordon_draft *draft,
			      const struct cordon_draft_response *response,
			      struct cordon_fault *fault);

/**
 * cordon_draft_add_program - add one entry of "programs"
 * @draft: begun with cordon_draft_init()
 * @exe: path pattern of its executable
 * @fault: filled on failure
 *
 * Return: its index, from 0, or -EINVAL, -ENOSPC.
 */
int cordon_draft_add_program(struct cordon_draft *draft, const char *exe,
			     struct cordon_fault *fault);

/**
 * cordon_draft_add_rule - add one rule
 * @draft: begun with cordon_draft_init()
 * @spec: the rule; its program must have been added, all its patterns are
 *	checked; LOAD, READ, WRITE and deny EXEC may name nameless objects.
 *	What patterns of class net look like stands in net_pattern.h; a rule
 *	of that class has one op
 * @fault: filled on failure
 *
 * Return: its index, from 0, or -EINVAL, -ENOSPC.
 */
int cordon_draft_add_rule(struct cordon_draft *draft,
			  const struct cordon_rule_spec *spec,
			  struct cordon_fault *fault);

/**
 * cordon_draft_complete - is the draft all that was announced
 * @draft: begun with cordon_draft_init()
 * @fault: filled on failure
 *
 * Return: 0, or -EINVAL if fewer members, programs, rules or patterns came
 * than were announced, or there is no member.
 */
int cordon_draft_complete(const struct cordon_draft *draft,
			  struct cordon_fault *fault);

/**
 * cordon_draft_check - is a draft sound, whoever filled it
 * @draft: @draft->size bytes, which must be readable
 * @fault: filled on failure, with the member, program or rule at fault
 *
 * Checks all that cordon_draft_init() and the cordon_draft_add_ calls check,
 * that every offset stays inside, and completeness: after it, no accessor can
 * leave the draft and every pattern is one.
 *
 * Context: any; time linear in the draft.
 * Return: 0 or -EINVAL.
 */
int cordon_draft_check(const struct cordon_draft *draft,
		       struct cordon_fault *fault);

/* Accessors.  Indices must be below used.X, offsets come from the draft. */

static inline const char *cordon_draft_text(const struct cordon_draft *draft,
					    u32 offset)
{
	return (const char *)draft + draft->text_at + offset;
}

static inline const struct cordon_draft_member *
cordon_draft_member(const struct cordon_draft *draft, u32 index)
{
	return (const struct cordon_draft_member *)((const char *)draft +
						    draft->members_at) + index;
}

static inline const struct cordon_draft_program *
cordon_draft_program(const struct cordon_draft *draft, u32 index)
{
	return (const struct cordon_draft_program *)((const char *)draft +
						     draft->programs_at) + index;
}

static inline const struct cordon_draft_rule *
cordon_draft_rule(const struct cordon_draft *draft, u32 index)
{
	return (const struct cordon_draft_rule *)((const char *)draft +
						  draft->rules_at) + index;
}

static inline const struct cordon_draft_response *
cordon_draft_response(const struct cordon_draft *draft, u32 index)
{
	return (const struct cordon_draft_response *)((const char *)draft +
						      draft->responses_at) +
	       index;
}

/** cordon_draft_pattern - text of the pattern @index, of all rules' patterns */
static inline const char *cordon_draft_pattern(const struct cordon_draft *draft,
					       u32 index)
{
	const u32 *patterns = (const u32 *)((const char *)draft +
					    draft->patterns_at);

	return cordon_draft_text(draft, patterns[index]);
}

#endif /* _CORDON_ENGINE_DRAFT_H */
