/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * A policy is all drafts, compiled: one flat image, immutable once built,
 * read by any number of readers without a lock.  It is the only place where
 * Cordon decides anything.
 */
#ifndef _CORDON_ENGINE_POLICY_H
#define _CORDON_ENGINE_POLICY_H

#include "draft.h"
#include "shim.h"

struct cordon_policy;

/**
 * struct cordon_subject - who acts
 * @workload: index in the policy, or CORDON_NONE: no manifest speaks of it
 * @program: index in the policy (not in its draft), or CORDON_NONE: unlisted
 * @self: path of the executable it runs, which it may always map; may be NULL
 * @self_length: its size in bytes
 */
struct cordon_subject {
	u32 workload;
	u32 program;
	const char *self;
	u32 self_length;
};

/**
 * struct cordon_object - what is acted upon
 * @kind: how it is known
 * @path: CORDON_OBJECT_PATH: absolute, without "." or "..", no doubled or
 *	trailing slash; otherwise text for people only
 * @length: its size in bytes
 */
struct cordon_object {
	enum cordon_object_kind kind;
	const char *path;
	u32 length;
};

/**
 * struct cordon_identity - what membership is decided by
 * @exe: path of the executable (or script), or NULL
 * @exe_length: its size in bytes
 * @cgroup: cgroup v2 path from the root of the hierarchy, or NULL
 * @cgroup_length: its size in bytes
 * @uid: real user id, in the initial user namespace
 */
struct cordon_identity {
	const char *exe;
	u32 exe_length;
	const char *cgroup;
	u32 cgroup_length;
	u32 uid;
};

/**
 * struct cordon_verdict - the engine's answer
 * @action: enum cordon_action
 * @reason: enum cordon_reason
 * @op: what was asked
 * @workload: whose manifest decided, or CORDON_NONE
 * @rule: CORDON_REASON_RULE: the rule's index in that workload's draft; an
 *	allow by rule names it too
 */
struct cordon_verdict {
	u8 action;
	u8 reason;
	u8 op;
	u32 workload;
	u32 rule;
};

/**
 * cordon_policy_size - size of the image that drafts compile to
 * @drafts: @count completed drafts, sorted by name, no name twice
 * @count: how many; may be 0
 * @fault: filled on failure
 *
 * Context: any; time linear in the drafts' text.
 * Return: bytes, or 0 if the drafts are over a limit or out of order.
 */
size_t cordon_policy_size(const struct cordon_draft *const *drafts, u32 count,
			  struct cordon_fault *fault);

/**
 * cordon_policy_build - compile drafts
 * @image: zeroed, aligned as for u64
 * @size: of @image in bytes, as cordon_policy_size() says for these drafts
 * @drafts: see cordon_policy_size(); they must outlive the policy
 * @count: how many
 * @generation: number of the policy, from 1
 * @seed: random; the layout of the tables depends on it, no verdict does
 * @monitor: deny nothing, whatever the manifests say
 * @fault: filled on failure
 *
 * Checks again everything that the drafts hold, since it may be the module
 * that calls and a hostile program that filled them.
 *
 * Context: any, but long for large drafts: may want to be called where it can
 * be preempted.  No allocation, no recursion deeper than a constant.
 * Return: the policy, which is @image, or NULL.
 */
struct cordon_policy *
cordon_policy_build(void *image, size_t size,
		    const struct cordon_draft *const *drafts, u32 count,
		    u64 generation, u64 seed, bool monitor,
		    struct cordon_fault *fault);

u64 cordon_policy_generation(const struct cordon_policy *policy);
u32 cordon_policy_workloads(const struct cordon_policy *policy);
/** cordon_policy_draft - the draft that workload @index was compiled from */
const struct cordon_draft *
cordon_policy_draft(const struct cordon_policy *policy, u32 index);

/**
 * cordon_policy_workload - find a workload by its name
 * @policy: the policy
 * @name: @length bytes, need not end in NUL
 * @length: its size in bytes
 *
 * Segments documents are none: nobody can belong to one.
 *
 * Context: any.
 * Return: its index or CORDON_NONE.
 */
u32 cordon_policy_workload(const struct cordon_policy *policy,
			   const char *name, size_t length);

/** cordon_policy_document - the same, but also finds segments documents */
u32 cordon_policy_document(const struct cordon_policy *policy,
			   const char *name, size_t length);

/**
 * cordon_policy_rejects - is told who is refused from outside
 * @policy: the policy
 * @workload: whose manifest, or segments, denied: see struct cordon_verdict;
 *	may be CORDON_NONE
 *
 * It says nothing about whether anything is denied: the mode has done so.
 *
 * Context: any.
 * Return: true: by an answer; false: what is denied gets lost.
 */
bool cordon_policy_rejects(const struct cordon_policy *policy, u32 workload);

/** cordon_policy_host - the workload whose members are the host, or none */
u32 cordon_policy_host(const struct cordon_policy *policy);

/**
 * cordon_policy_program - the entry of a workload that an executable runs under
 * @policy: the policy
 * @workload: index
 * @exe: path, @length bytes
 * @length: its size in bytes
 *
 * The most specific pattern wins, then the entry that comes first.
 *
 * Context: any.
 * Return: its index in the policy or CORDON_NONE.
 */
u32 cordon_policy_program(const struct cordon_policy *policy, u32 workload,
			  const char *exe, size_t length);

/** cordon_policy_program_index - place in its draft of a program, or none */
u32 cordon_policy_program_index(const struct cordon_policy *policy,
				u32 program);

/**
 * cordon_policy_member - the workload that claims a process of the host
 * @policy: the policy
 * @identity: what is known of the process
 * @kind: if not NULL: the kind of member that claimed it
 *
 * Precedence as documented at enum cordon_member_kind.  Never answers the
 * host's workload: a process that nothing claims is the host's.
 *
 * Context: any.
 * Return: index of the workload or CORDON_NONE.
 */
u32 cordon_policy_member(const struct cordon_policy *policy,
			 const struct cordon_identity *identity,
			 enum cordon_member_kind *kind);

/** cordon_policy_needs - does membership depend on this kind at all */
bool cordon_policy_needs(const struct cordon_policy *policy,
			 enum cordon_member_kind kind);

/**
 * cordon_policy_decide - judge one act
 * @policy: the policy
 * @subject: who; workload CORDON_NONE is allowed everything, reason NONE
 * @op: what; for CORDON_OP_EXEC use cordon_policy_decide_exec()
 * @object: on what
 * @verdict: the answer, always filled
 *
 * Deny rules of the program and of the workload, then allow rules of both,
 * then CORDON_REASON_SELF for a load, then the default; then the mode.  Of
 * several rules that match with the same effect the most specific is named,
 * then the one that comes first.
 *
 * Context: any.  Time is proportional to the object's components, whatever
 * the number of rules.
 */
void cordon_policy_decide(const struct cordon_policy *policy,
			  const struct cordon_subject *subject,
			  enum cordon_op op,
			  const struct cordon_object *object,
			  struct cordon_verdict *verdict);

/**
 * cordon_policy_decide_exec - judge an exec, and say what it leads to
 * @policy: the policy
 * @subject: who executes
 * @object: the file
 * @identity: what the process will be; @identity->exe is @object's path
 * @next: who it is afterwards (self is @object's path); filled unless denied.
 *	workload CORDON_NONE: the host, without a manifest of its own
 * @verdict: the answer, always filled
 *
 * A member stays in its workload and runs under the entry of what it
 * executes; in an enforced workload whose default is deny an executable
 * without an entry is denied (CORDON_REASON_NO_ENTRY) though a rule allows
 * it.  An `enter` rule lets it leave.  The host's processes go where
 * cordon_policy_member() says, else to the host's entry.
 *
 * Context: any.
 */
void cordon_policy_decide_exec(const struct cordon_policy *policy,
			       const struct cordon_subject *subject,
			       const struct cordon_object *object,
			       const struct cordon_identity *identity,
			       struct cordon_subject *next,
			       struct cordon_verdict *verdict);

/**
 * cordon_policy_decide_link - judge what a second name would give
 * @policy: the policy
 * @subject: who
 * @old: the name that is there
 * @new: the name that is to be made; that it may be written is judged before
 * @verdict: the answer, about CORDON_OP_WRITE
 *
 * For each of exec, load, read, write and enter that the new name would allow,
 * the old one must allow it too: else CORDON_REASON_LINK.  The mode of class file
 * applies to the answer, not to the comparison.
 *
 * Context: any.
 */
void cordon_policy_decide_link(const struct cordon_policy *policy,
			       const struct cordon_subject *subject,
			       const struct cordon_object *old,
			       const struct cordon_object *new,
			       struct cordon_verdict *verdict);

/**
 * cordon_policy_fail - the verdict on an act that cannot be judged by rules
 * @policy: the policy
 * @subject: who
 * @op: what
 * @reason: why it is denied
 * @verdict: the answer: a deny, or what the mode of the op's class makes of it;
 *	a workload whose default is allow lets CORDON_REASON_MOUNT,
 *	CORDON_REASON_CREDENTIALS and CORDON_REASON_DEVICE pass: a safety net
 *	must not stop the host from mounting
 *
 * Context: any.
 */
void cordon_policy_fail(const struct cordon_policy *policy,
			const struct cordon_subject *subject,
			enum cordon_op op, enum cordon_reason reason,
			struct cordon_verdict *verdict);

#endif /* _CORDON_ENGINE_POLICY_H */
