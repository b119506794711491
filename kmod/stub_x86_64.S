/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Where ftrace sends a hooked call that has to be judged, and, where it must
 * not go on by itself, one that is let go.
 *
 * On entry all is as the hooked function would have found it: arguments in
 * registers, the caller's return address on the stack.  rax, r10 and r11 are
 * free at a function's entry, and nothing is expected in them: another user of
 * the same patch site may have clobbered them.
 *
 * To go on, the stub returns into the hooked function behind its patched
 * call.  A return needs no ENDBR there, which the kernel may have sealed.
 */
#include <linux/linkage.h>
#include <asm/unwind_hints.h>
#include <asm/nospec-branch.h>
#include <asm/ibt.h>

#define HOOKS		64
#define STUB_SIZE	16
#define ARGS_SIZE	64	/* struct cordon_hook_args */
#define ARGS_RESUME	48

	.text

SYM_CODE_START_NOALIGN(cordon_stub_judge)
	UNWIND_HINT_FUNC
	pushq	%rbp
	movq	%rsp, %rbp
	subq	$ARGS_SIZE, %rsp
	movq	%rdi, 0(%rsp)
	movq	%rsi, 8(%rsp)
	movq	%rdx, 16(%rsp)
	movq	%rcx, 24(%rsp)
	movq	%r8, 32(%rsp)
	movq	%r9, 40(%rsp)

	movq	%rsp, %rdi
	movl	%eax, %esi
	call	cordon_hook_judge
	testq	%rax, %rax
	jnz	.Ldeny

	movq	0(%rsp), %rdi
	movq	8(%rsp), %rsi
	movq	16(%rsp), %rdx
	movq	24(%rsp), %rcx
	movq	32(%rsp), %r8
	movq	40(%rsp), %r9
	movq	ARGS_RESUME(%rsp), %rax
	leave
	pushq	%rax
	RET

.Ldeny:
	leave
	RET
SYM_CODE_END(cordon_stub_judge)

	.balign STUB_SIZE
SYM_CODE_START_NOALIGN(cordon_stub_table)
	.set	index, 0
	.rept	HOOKS
	.balign STUB_SIZE
	UNWIND_HINT_FUNC
	ENDBR
	movl	$index, %eax
	jmp	cordon_stub_judge
	.set	index, index + 1
	.endr
SYM_CODE_END(cordon_stub_table)

/*
 * Where a BPF program is attached to a hooked function (fexit, fmod_ret), its
 * trampoline calls, through a register, whatever address ftrace was left with.
 * Untouched, that is the place behind the patched call, without ENDBR: with
 * indirect branch tracking a kernel BUG.  This has one, and returns there.
 */
SYM_CODE_START_NOALIGN(cordon_stub_land)
	UNWIND_HINT_FUNC
	leaq	cordon_hook_resume(%rip), %r10
	pushq	(%r10, %rax, 8)
	RET
SYM_CODE_END(cordon_stub_land)

	.balign STUB_SIZE
SYM_CODE_START_NOALIGN(cordon_stub_landing_table)
	.set	index, 0
	.rept	HOOKS
	.balign STUB_SIZE
	UNWIND_HINT_FUNC
	ENDBR
	movl	$index, %eax
	jmp	cordon_stub_land
	.set	index, index + 1
	.endr
SYM_CODE_END(cordon_stub_landing_table)
