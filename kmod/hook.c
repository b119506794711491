// SPDX-License-Identifier: GPL-2.0-only
/*
 * Attaching: one ftrace_ops on the entries of all hooked functions.
 *
 * IPMODIFY lets the callback redirect a call, and keeps others who would do
 * the same away; PERMANENT makes the kernel refuse `ftrace_enabled = 0` while
 * we are registered.  RECURSION is not set: the core would then skip the
 * callback in silence where it suspects recursion.
 */
#include <linux/ftrace.h>
#include <linux/hash.h>
#include <linux/kernel.h>
#include <linux/kprobes.h>
#include <linux/moduleparam.h>
#include <linux/percpu.h>
#include <linux/sched.h>
#include <linux/slab.h>
#include <linux/srcu.h>
#include <linux/string.h>

#include "compat.h"
#include "generation.h"
#include "handlers.h"
#include "hold.h"
#include "hook.h"
#include "label.h"
#include "measure.h"
#include "net_kept.h"
#include "socket.h"
#include "stub.h"
#include "sweep.h"

#define HOOK_HASH_BITS	8

static bool landing __ro_after_init;
module_param(landing, bool, 0444);
MODULE_PARM_DESC(landing, "send every call through the landing stubs, as CPUs with IBT need (and always do); for tests");

/**
 * struct hook - a line of the table, attached
 * @resume: where the function goes on, behind the patched call; 0: unattached
 * @desc: the line
 * @stub: where calls that are judged go
 * @landing: where calls that are let go land before they go on; 0: nowhere
 * @fired: the callback has been seen
 * @why: reason for not being attached
 */
struct hook {
	unsigned long resume;
	const struct cordon_hook_desc *desc;
	unsigned long stub;
	unsigned long landing;
	bool fired;
	const char *why;
};

static struct hook hooks[CORDON_HOOKS_MAX];
static u64 __percpu *calls;

unsigned long cordon_hook_resume[CORDON_HOOKS_MAX];

/* Holds the module, and nothing else. */
DEFINE_STATIC_SRCU(prepare_srcu);

/*
 * By the address of the patched call, which ftrace hands to the callback; open
 * addressing, written only before registration.
 */
static struct hook *by_ip[1 << HOOK_HASH_BITS];

static __always_inline struct hook *hook_find(unsigned long ip)
{
	u32 slot = hash_long(ip, HOOK_HASH_BITS);
	struct hook *hook;

	while ((hook = by_ip[slot])) {
		if (likely(hook->resume == ip + MCOUNT_INSN_SIZE))
			return hook;
		slot = (slot + 1) & ((1 << HOOK_HASH_BITS) - 1);
	}
	return NULL;
}

/**
 * struct frequent - one of the hooks that every packet passes
 * @ip: what the callback knows it by, from its first call on; 0: not yet, or
 *	what is let go has to land
 * @hook: the hook
 *
 * A search, a call through a pointer, and looking at what may be in the way,
 * would cost as much as the answer: these few are told apart by comparing.
 */
struct frequent {
	unsigned long ip;
	const struct hook *hook;
};

static struct frequent packet;
static struct frequent sending;
static struct frequent receiving;

static struct frequent *frequent_of(const struct cordon_hook_desc *desc)
{
	if (desc->is_answered == cordon_packet_is_answered)
		return &packet;
	if (desc->is_answered == cordon_kept_send)
		return &sending;
	if (desc->is_answered == cordon_kept_receive)
		return &receiving;
	return NULL;
}

/* False: it is another one.  Inlined, @is_answered is no pointer any more. */
static __always_inline bool
frequent_ask(const struct frequent *frequent, unsigned long ip,
	     struct ftrace_regs *fregs,
	     bool (*is_answered)(unsigned long, unsigned long))
{
	/* It is written once.  Marked as read once it would cost a load more. */
	if (ip != data_race(frequent->ip))
		return false;
	if (cordon_generation_active() &&
	    !is_answered(ftrace_regs_get_argument(fregs, 0),
			 ftrace_regs_get_argument(fregs, 1)))
		ftrace_regs_set_instruction_pointer(fregs,
						    frequent->hook->stub);
	return true;
}

/* Is anybody suspended, or held? */
static __always_inline bool is_custody(void)
{
	return cordon_measure_is_any(CORDON_MEASURE_SUSPEND) ||
	       cordon_hold_is_any();
}

/* The hooks that are called most come first. */
static __always_inline bool is_wanted(const struct hook *hook,
				      struct ftrace_regs *fregs)
{
	const struct cordon_hook_desc *desc = hook->desc;

	if (desc->is_answered)
		return cordon_generation_active() &&
		       !desc->is_answered(ftrace_regs_get_argument(fregs, 0),
					  ftrace_regs_get_argument(fregs, 1));
	if (desc->note) {
		desc->note(ftrace_regs_get_argument(fregs, 0));
		return false;
	}
	switch (desc->wants) {
	case CORDON_WANTS_SUBJECT:
		return cordon_generation_active() &&
		       cordon_label_subject(current);
	case CORDON_WANTS_EXEC:
		return cordon_generation_active() || cordon_exec_is_pending();
	case CORDON_WANTS_ALWAYS:
		return true;
	case CORDON_WANTS_FORK:
		return cordon_sweep_is_on() || cordon_label_exists(current) ||
		       cordon_label_exists((struct task_struct *)
					   ftrace_regs_get_argument(fregs, 0));
	case CORDON_WANTS_LABELLED:
		return cordon_socket_exists((struct sock *)
					    ftrace_regs_get_argument(fregs, 0));
	case CORDON_WANTS_CONTINUE:
		return is_custody() &&
		       (int)ftrace_regs_get_argument(fregs, 2) == SIGCONT;
	case CORDON_WANTS_CONTINUED:
		return is_custody() &&
		       (int)ftrace_regs_get_argument(fregs, 0) == SIGCONT;
	case CORDON_WANTS_SUSPENDED:
		return cordon_measure_is_any(CORDON_MEASURE_SUSPEND);
	case CORDON_WANTS_HELD:
		return cordon_hold_is_any();
	}
	return false;
}

static noinline notrace void hook_fire(struct hook *hook, unsigned long ip)
{
	struct frequent *frequent = frequent_of(hook->desc);

	WRITE_ONCE(hook->fired, true);
	if (frequent && !hook->landing)
		WRITE_ONCE(frequent->ip, ip);
}

static noinline notrace void hook_call(unsigned long ip,
				       struct ftrace_regs *fregs)
{
	struct hook *hook = hook_find(ip);

	if (unlikely(!hook))
		return;
	if (unlikely(!READ_ONCE(hook->fired)))
		hook_fire(hook, ip);
	if (is_wanted(hook, fregs)) {
		ftrace_regs_set_instruction_pointer(fregs, hook->stub);
		return;
	}
	if (hook->landing)
		ftrace_regs_set_instruction_pointer(fregs, hook->landing);
}

/*
 * Context: that of the hooked call, or atomic if anyone else traces the same
 * function.
 */
static void notrace callback(unsigned long ip, unsigned long parent_ip,
			     struct ftrace_ops *ops, struct ftrace_regs *fregs)
{
	if (!frequent_ask(&packet, ip, fregs, cordon_packet_is_answered) &&
	    !frequent_ask(&sending, ip, fregs, cordon_kept_send) &&
	    !frequent_ask(&receiving, ip, fregs, cordon_kept_receive))
		hook_call(ip, fregs);
}

static struct ftrace_ops ops = {
	.func = callback,
	.flags = FTRACE_OPS_FL_IPMODIFY | FTRACE_OPS_FL_PERMANENT,
};

static long judge_prepared(const struct hook *hook,
			   struct cordon_hook_args *args, unsigned int index)
{
	int prepare = srcu_read_lock(&prepare_srcu);
	long result;
	int srcu;

	args->prepared = hook->desc->prepare(args->arg);
	srcu = srcu_read_lock(&cordon_srcu);
	/* Not before: who unloads waits for the one, then for the other. */
	srcu_read_unlock(&prepare_srcu, prepare);
	raw_cpu_inc(calls[index]);
	result = hook->desc->judge(args->arg);
	srcu_read_unlock(&cordon_srcu, srcu);
	if (!IS_ERR_OR_NULL(args->prepared))
		kfree(args->prepared);
	return result;
}

/**
 * cordon_hook_judge - call the handler of a hook
 * @args: what the stub saved; @args->resume is filled here
 * @index: of the hook
 *
 * Context: that of the hooked function.  Between here and the end of the
 * handler the module is held by prepare_srcu, then by cordon_srcu; before and
 * after them, by RCU tasks: the stub and this function's edges may be
 * preempted, not asleep.
 * Return: 0 to go on, else what the hooked function returns.
 */
long cordon_hook_judge(struct cordon_hook_args *args, unsigned int index)
{
	const struct hook *hook = &hooks[index];
	long result;
	int srcu;

	args->resume = cordon_hook_resume[index];
	args->prepared = NULL;
	if (hook->desc->prepare)
		return judge_prepared(hook, args, index);
	srcu = srcu_read_lock(&cordon_srcu);
	raw_cpu_inc(calls[index]);
	result = hook->desc->judge(args->arg);
	srcu_read_unlock(&cordon_srcu, srcu);
	return result;
}

/**
 * cordon_hook_prepared - take what the hook's @prepare gave
 * @arg: what @judge was called with
 *
 * Context: any; in @judge.
 * Return: NULL, an error pointer, or what is now the caller's.
 */
void *cordon_hook_prepared(const unsigned long *arg)
{
	struct cordon_hook_args *args =
		container_of((unsigned long (*)[6])arg,
			     struct cordon_hook_args, arg);
	void *prepared = args->prepared;

	args->prepared = NULL;
	return prepared;
}

static void hook_remember(unsigned int index, unsigned long ip)
{
	struct frequent *frequent = frequent_of(hooks[index].desc);
	u32 slot = hash_long(ip, HOOK_HASH_BITS);

	if (frequent)
		frequent->hook = &hooks[index];
	cordon_hook_resume[index] = ip + MCOUNT_INSN_SIZE;
	hooks[index].resume = ip + MCOUNT_INSN_SIZE;
	hooks[index].stub = cordon_stub_address(index);
	if (landing)
		hooks[index].landing = cordon_stub_landing_address(index);
	while (by_ip[slot])
		slot = (slot + 1) & ((1 << HOOK_HASH_BITS) - 1);
	by_ip[slot] = &hooks[index];
}

/*
 * The address of a function's patch site.  kallsyms_lookup_name() is not
 * exported; a kprobe that is registered disabled is never armed, and reports
 * where it would go: the patch site, behind the ENDBR where there is one.
 * On success the probe stays registered: taking out all at once is a good deal
 * faster than one by one.
 */
static int hook_locate(struct kprobe *probe, const char *name,
		       const char **why)
{
	int err;

	probe->symbol_name = name;
	probe->flags = KPROBE_FLAG_DISABLED;
	err = register_kprobe(probe);
	if (err) {
		*why = err == -ENOENT ? "this kernel has no such function" :
					"its address cannot be found";
		return err;
	}
	if (!(probe->flags & KPROBE_FLAG_FTRACE)) {
		unregister_kprobe(probe);
		*why = "ftrace cannot patch it";
		return -EOPNOTSUPP;
	}
	return 0;
}

static bool hook_is_replaced(const struct cordon_hook_desc *desc)
{
	unsigned int i;

	for (i = 0; desc->replaced_by && i < cordon_hook_table_size; i++)
		if (!strcmp(cordon_hook_table[i].name, desc->replaced_by))
			return cordon_hook_resume[i];
	return false;
}

/* Find all functions of the table and put them into the filter. */
static int hooks_find(struct kprobe *probes, struct kprobe **located,
		      unsigned int *count)
{
	unsigned int i;

	for (i = 0; i < cordon_hook_table_size; i++) {
		struct hook *hook = &hooks[i];
		unsigned long ip;
		int err;

		hook->desc = &cordon_hook_table[i];
		if (hook_is_replaced(hook->desc)) {
			hook->why = "not needed on this kernel";
			continue;
		}
		err = hook_locate(&probes[i], hook->desc->name, &hook->why);
		if (!err) {
			located[(*count)++] = &probes[i];
			ip = (unsigned long)probes[i].addr;
			err = ftrace_set_filter_ip(&ops, ip, 0, 0);
			if (err)
				hook->why = "ftrace does not know its entry";
		}
		if (!err) {
			hook_remember(i, ip);
			continue;
		}
		if (!hook->desc->required)
			continue;
		pr_err("hook %s cannot be attached: %s (%d); not loading, because what it guards would be open\n",
		       hook->desc->name, hook->why, err);
		return err;
	}
	return 0;
}

static int hooks_prepare(void)
{
	struct kprobe **located;
	struct kprobe *probes;
	unsigned int count = 0;
	int err = -ENOMEM;

	probes = kcalloc(CORDON_HOOKS_MAX, sizeof(*probes), GFP_KERNEL);
	located = kcalloc(CORDON_HOOKS_MAX, sizeof(*located), GFP_KERNEL);
	if (probes && located)
		err = hooks_find(probes, located, &count);
	unregister_kprobes(located, count);
	kfree(located);
	kfree(probes);
	return err;
}

static bool hook_is_patched(unsigned int index)
{
	return cordon_stub_is_patched(cordon_hook_resume[index] -
				      MCOUNT_INSN_SIZE);
}

static int hooks_verify(void)
{
	unsigned int i;

	for (i = 0; i < cordon_hook_table_size; i++) {
		if (!cordon_hook_resume[i] || hook_is_patched(i))
			continue;
		pr_err("hook %s: ftrace reports success, but the function is not patched; not loading\n",
		       hooks[i].desc->name);
		return -EIO;
	}
	return 0;
}

/**
 * cordon_hook_attach - patch all hooks in, at once
 *
 * Context: may sleep.
 * Return: 0, or why not, which has been logged: -EBUSY if a live patch or
 * another redirecting tracer holds one of the functions.
 */
int cordon_hook_attach(void)
{
	int err;

	if (WARN_ON(cordon_hook_table_size > CORDON_HOOKS_MAX))
		return -E2BIG;
	landing |= cordon_stub_landing_is_needed();
	calls = __alloc_percpu(sizeof(u64) * CORDON_HOOKS_MAX, sizeof(u64));
	if (!calls)
		return -ENOMEM;
	err = hooks_prepare();
	if (err)
		goto out;
	err = register_ftrace_function(&ops);
	if (err) {
		pr_err("ftrace refuses the hooks (%d): a live patch (see entries marked I in /sys/kernel/tracing/enabled_functions) or kernel.ftrace_enabled=0 may be in the way\n",
		       err);
		goto out;
	}
	err = hooks_verify();
	if (err) {
		cordon_hook_detach();
		goto out;
	}
	return 0;
out:
	ftrace_free_filter(&ops);
	free_percpu(calls);
	return err;
}

/**
 * cordon_hook_detach - take all hooks out, and wait for who is inside
 *
 * A task that was redirected is either preempted in the stub (RCU tasks), or
 * in a handler (SRCU), or on its way back through the stub (RCU tasks again).
 * In a landing stub it can only be preempted.  Who holds a stub's address and
 * has not called it yet is in ftrace's trampoline, or in that of a BPF program,
 * which may sleep at none of these functions: preempted, too.
 *
 * Context: may sleep; returns only when no task will touch the module's text
 * through a hook again.  If ftrace cannot take the hooks out it never
 * returns: freeing the module would crash the machine at the next open.
 */
void cordon_hook_detach(void)
{
	int err = unregister_ftrace_function(&ops);

	if (err) {
		pr_emerg("ftrace cannot take the hooks out (%d); the module stays in memory, inactive, until reboot\n",
			 err);
		for (;;)
			schedule_timeout_idle(MAX_SCHEDULE_TIMEOUT);
	}
	synchronize_rcu_tasks();
	/* Packets come in softirqs, also above the idle task. */
	synchronize_rcu();
	/* Who prepares goes on to judge. */
	synchronize_srcu(&prepare_srcu);
	synchronize_srcu(&cordon_srcu);
	synchronize_rcu_tasks();
}

/** cordon_hook_exit - forget the hooks; nobody asks for them any more */
void cordon_hook_exit(void)
{
	ftrace_free_filter(&ops);
	free_percpu(calls);
}

/**
 * cordon_hook_info - describe a hook as it is now
 * @index: from 0
 * @info: filled
 *
 * Context: may sleep.
 * Return: false if there is no such hook.
 */
bool cordon_hook_info(unsigned int index, struct cordon_hook_info *info)
{
	const struct hook *hook = &hooks[index];
	int cpu;

	if (index >= cordon_hook_table_size)
		return false;
	*info = (struct cordon_hook_info){
		.name = hook->desc->name,
		.class = hook->desc->class,
		.required = hook->desc->required &&
			    !hook_is_replaced(hook->desc),
		.state = CORDON_HOOK_ATTACHED,
		.why = hook->why,
	};
	for_each_possible_cpu(cpu)
		info->calls += READ_ONCE(per_cpu_ptr(calls, cpu)[index]);
	if (!cordon_hook_resume[index]) {
		info->state = CORDON_HOOK_ABSENT;
	} else if (!hook_is_patched(index)) {
		info->state = CORDON_HOOK_DEAD;
		info->why = "the function is not patched any more: ftrace has let go of it";
	} else if (!READ_ONCE(hook->fired)) {
		info->state = CORDON_HOOK_UNPROVED;
		info->why = "patched; nothing has called it since load";
	}
	return true;
}

/**
 * cordon_hook_count - how many hooks hold
 * @attached: those that are patched in
 * @missing: those that should be and are not
 */
void cordon_hook_count(unsigned int *attached, unsigned int *missing)
{
	struct cordon_hook_info info;
	unsigned int i;

	*attached = 0;
	*missing = 0;
	for (i = 0; cordon_hook_info(i, &info); i++) {
		if (info.state == CORDON_HOOK_ATTACHED ||
		    info.state == CORDON_HOOK_UNPROVED)
			++*attached;
		else if (info.state == CORDON_HOOK_DEAD)
			++*missing;
	}
}
