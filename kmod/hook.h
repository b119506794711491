/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Hooks: where the kernel asks Cordon.
 *
 * A hook is the entry of a kernel function, patched by ftrace.  The callback
 * is atomic and only finds out whether the task is any of our business; if it
 * is, the instruction pointer goes to a stub which calls the hook's handler in
 * the caller's own context, where it may sleep as far as the hooked function
 * may.  A handler that answers 0 lets the function run as if nothing had been
 * there; any other answer becomes the function's result.
 */
#ifndef _CORDON_HOOK_H
#define _CORDON_HOOK_H

#include <linux/types.h>
#include <uapi/cordon.h>

struct ftrace_regs;

/* Must match the number of entries in the stub table. */
#define CORDON_HOOKS_MAX 64

/**
 * struct cordon_hook_args - what the stub saves of a hooked call
 * @arg: the first six integer arguments
 * @resume: where the hooked function goes on when it is allowed to
 * @prepared: what the hook's @prepare gave, for its @judge
 */
struct cordon_hook_args {
	unsigned long arg[6];
	unsigned long resume;
	void *prepared;
};

/**
 * enum cordon_hook_wants - which calls a hook's handler is interested in
 * @CORDON_WANTS_SUBJECT: those of tasks that a manifest speaks of
 * @CORDON_WANTS_EXEC: all, while there is a policy or an exec is under way
 *	that began when there was one
 * @CORDON_WANTS_ALWAYS: all, policy or not
 * @CORDON_WANTS_LABELLED: those whose first argument is a labelled socket
 *	(struct sock), policy or not
 * @CORDON_WANTS_CONTINUE: those whose third argument is SIGCONT, while a
 *	workload is suspended or a kill waits for evidence
 * @CORDON_WANTS_CONTINUED: likewise, of the first argument
 * @CORDON_WANTS_SUSPENDED: all, while a workload is suspended
 * @CORDON_WANTS_HELD: all, while a kill waits for evidence
 * @CORDON_WANTS_FORK: those of labelled tasks, policy or not, and those where
 *	the new task's address (the first argument) still has a label that a
 *	failed fork left behind
 */
enum cordon_hook_wants {
	CORDON_WANTS_SUBJECT,
	CORDON_WANTS_EXEC,
	CORDON_WANTS_ALWAYS,
	CORDON_WANTS_FORK,
	CORDON_WANTS_LABELLED,
	CORDON_WANTS_CONTINUE,
	CORDON_WANTS_CONTINUED,
	CORDON_WANTS_SUSPENDED,
	CORDON_WANTS_HELD,
};

/**
 * struct cordon_hook_desc - one line of the table of hooks
 * @name: the kernel's function
 * @class: what it is about, for `cordonctl doctor`
 * @wants: which calls, unless @is_answered or @note says more
 * @required: without it the module refuses to load
 * @is_answered: instead of @wants, while there is a policy: asked in the
 *	callback, with the first two arguments, whether the call need not be
 *	judged; any context
 * @prepare: finds out, before @judge, what may take as long as somebody else
 *	pleases: not under cordon_srcu, which holds up all that is freed.  Gives
 *	NULL, an error pointer, or what kfree() frees
 * @judge: the handler; runs under cordon_srcu in the context of the hooked
 *	function; 0 or a negative error
 * @note: instead of @judge: only takes note of the call, from the callback
 *	itself; atomic, cannot deny
 * @replaced_by: not needed where a hook of that name is attached
 */
struct cordon_hook_desc {
	const char *name;
	enum cordon_class class;
	enum cordon_hook_wants wants;
	bool required;
	bool (*is_answered)(unsigned long arg0, unsigned long arg1);
	void *(*prepare)(const unsigned long *arg);
	long (*judge)(const unsigned long *arg);
	void (*note)(unsigned long arg0);
	const char *replaced_by;
};

/** struct cordon_hook_info - what is told of a hook */
struct cordon_hook_info {
	const char *name;
	enum cordon_class class;
	enum cordon_hook_state state;
	bool required;
	u64 calls;
	const char *why;
};

void *cordon_hook_prepared(const unsigned long *arg);
int cordon_hook_attach(void);
void cordon_hook_detach(void);
void cordon_hook_exit(void);
bool cordon_hook_info(unsigned int index, struct cordon_hook_info *info);
void cordon_hook_count(unsigned int *attached, unsigned int *missing);

extern const struct cordon_hook_desc cordon_hook_table[];
extern const unsigned int cordon_hook_table_size;

#endif /* _CORDON_HOOK_H */
