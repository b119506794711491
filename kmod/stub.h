/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * What Cordon needs of the architecture: the stubs of stub_<arch>.S, and how
 * a patched function entry looks.
 */
#ifndef _CORDON_STUB_H
#define _CORDON_STUB_H

#include <linux/kconfig.h>
#include <linux/stddef.h>
#include <linux/types.h>
#include <linux/uaccess.h>
#include <asm/cpufeature.h>

#include "hook.h"

#ifndef CONFIG_X86_64
#error "Cordon has stubs for x86-64 only: see stub_x86_64.S for what another architecture needs"
#endif

#ifdef CONFIG_PREEMPT_RT
#error "The callback takes spinlocks where PREEMPT_RT may not sleep: not supported yet"
#endif

#define CORDON_STUB_SIZE	16

/* stub_x86_64.S has these as numbers. */
static_assert(sizeof(struct cordon_hook_args) == 64);
static_assert(offsetof(struct cordon_hook_args, resume) == 48);
static_assert(CORDON_HOOKS_MAX == 64);

extern char cordon_stub_table[];
extern char cordon_stub_landing_table[];

/* Where each hooked function goes on, behind its patched call; 0: unattached. */
extern unsigned long cordon_hook_resume[CORDON_HOOKS_MAX];

long cordon_hook_judge(struct cordon_hook_args *args, unsigned int index);

/** cordon_stub_address - where a call of hook @index goes to be judged */
static inline unsigned long cordon_stub_address(unsigned int index)
{
	return (unsigned long)cordon_stub_table + index * CORDON_STUB_SIZE;
}

/** cordon_stub_landing_address - where a let-go call of hook @index lands */
static inline unsigned long cordon_stub_landing_address(unsigned int index)
{
	return (unsigned long)cordon_stub_landing_table +
	       index * CORDON_STUB_SIZE;
}

/**
 * cordon_stub_landing_is_needed - must let-go calls land in a stub
 *
 * With indirect branch tracking, what a BPF trampoline calls must begin with
 * ENDBR; see stub_<arch>.S.
 */
static inline bool cordon_stub_landing_is_needed(void)
{
	return IS_ENABLED(CONFIG_X86_KERNEL_IBT) &&
	       cpu_feature_enabled(X86_FEATURE_IBT);
}

/**
 * cordon_stub_is_patched - does a function entry call ftrace
 * @ip: address of the entry's patch site
 *
 * A site that nobody traces is a five-byte nop, one that is traced a call.
 * A breakpoint stands there while another processor changes it.
 */
static inline bool cordon_stub_is_patched(unsigned long ip)
{
	u8 opcode;

	if (copy_from_kernel_nofault(&opcode, (void *)ip, sizeof(opcode)))
		return false;
	return opcode == 0xe8 || opcode == 0xcc;
}

#endif /* _CORDON_STUB_H */
