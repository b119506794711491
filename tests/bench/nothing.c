// SPDX-License-Identifier: LGPL-2.1-or-later
/*
 * The program whose start is measured: no libc, no memory, it only ends, so
 * that what is counted is the kernel's work.
 */
#include <sys/syscall.h>

__attribute__((noreturn)) void _start(void);

void _start(void)
{
#if defined(__x86_64__)
	__asm__ volatile("syscall" : : "a"(SYS_exit), "D"(0));
#elif defined(__aarch64__)
	register long number __asm__("x8") = SYS_exit;
	register long status __asm__("x0") = 0;

	__asm__ volatile("svc 0" : : "r"(number), "r"(status));
#else
#error "the system call of this processor is missing"
#endif
	__builtin_unreachable();
}
