/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * The one door between the engine and the world it is built in.  The module
 * gets the kernel's types and string functions, everything else gets libc's;
 * no other file of the engine includes a system header.
 */
#ifndef _CORDON_ENGINE_SHIM_H
#define _CORDON_ENGINE_SHIM_H

#ifdef __KERNEL__
#include <linux/atomic.h>
#include <linux/bitops.h>
#include <linux/build_bug.h>
#include <linux/errno.h>
#include <linux/limits.h>
#include <linux/stddef.h>
#include <linux/string.h>
#include <linux/types.h>
#include <asm/barrier.h>
#include <asm/byteorder.h>
#else
#include <assert.h>
#include <endian.h>
#include <errno.h>
#include <limits.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

typedef uint8_t u8;
typedef uint16_t u16;
typedef uint32_t u32;
typedef uint64_t u64;
typedef int32_t s32;

#define U32_MAX UINT32_MAX

#ifndef likely
#define likely(condition) __builtin_expect(!!(condition), 1)
#define unlikely(condition) __builtin_expect(!!(condition), 0)
#endif
#ifndef __always_inline
#define __always_inline inline __attribute__((__always_inline__))
#endif
#ifndef fallthrough
#define fallthrough __attribute__((__fallthrough__))
#endif
#endif

#include <uapi/cordon.h>

/*
 * A large array on the stack of which only what was written is read: kernels
 * are built to fill all automatic variables with zeroes.
 */
#if __has_attribute(__uninitialized__)
#define cordon_uninitialized __attribute__((__uninitialized__))
#else
#define cordon_uninitialized
#endif

/* What is seldom needed must not make its caller save registers for it. */
#define cordon_noinline __attribute__((__noinline__))

/** CORDON_NONE - no such workload, program or rule, wherever an index stands */
#define CORDON_NONE U32_MAX

/**
 * struct cordon_fault - why the engine refused what it was given
 * @what: a sentence without a full stop, in static storage; never NULL once a
 *	function has failed
 * @workload: index of the draft at fault, or CORDON_NONE
 * @rule: index of the rule in that draft, or CORDON_NONE
 * @program: index of the program in that draft, or CORDON_NONE
 * @member: index of the member in that draft, or CORDON_NONE
 * @other: index of the draft it is in conflict with, or CORDON_NONE
 */
struct cordon_fault {
	const char *what;
	u32 workload;
	u32 rule;
	u32 program;
	u32 member;
	u32 other;
};

/** cordon_fault_set - say @what is wrong, with no more known about where */
static inline void cordon_fault_set(struct cordon_fault *fault,
				    const char *what)
{
	*fault = (struct cordon_fault){
		.what = what,
		.workload = CORDON_NONE,
		.rule = CORDON_NONE,
		.program = CORDON_NONE,
		.member = CORDON_NONE,
		.other = CORDON_NONE,
	};
}

/** cordon_load64 - eight bytes from anywhere, the first one lowest */
static inline u64 cordon_load64(const char *from)
{
	u64 word;

	__builtin_memcpy(&word, from, sizeof(word));
#ifdef __KERNEL__
	return le64_to_cpu((__force __le64)word);
#else
	return le64toh(word);
#endif
}

/** cordon_big64 - a word whose first byte in memory is the highest */
static inline u64 cordon_big64(u64 word)
{
#ifdef __KERNEL__
	return (__force u64)cpu_to_be64(word);
#else
	return htobe64(word);
#endif
}

/** cordon_first_bit - number of the lowest bit set in @word, not 0 */
static inline u32 cordon_first_bit(u64 word)
{
#ifdef __KERNEL__
	return __ffs64(word);
#else
	return (u32)__builtin_ctzll(word);
#endif
}

/** cordon_last_bit - number of the highest bit set in @word, not 0 */
static inline u32 cordon_last_bit(u64 word)
{
#ifdef __KERNEL__
	return (u32)fls64(word) - 1;
#else
	return 63 - (u32)__builtin_clzll(word);
#endif
}

/*
 * What one writer changes while others read: cordon_publish() stores behind
 * everything that was stored before, cordon_observe() loads before whatever is
 * found by way of what it loads.
 */
#ifdef __KERNEL__
#define cordon_publish(place, value) smp_store_release(place, value)
#define cordon_observe(place) READ_ONCE(*(place))
#else
#define cordon_publish(place, value) \
	__atomic_store_n(place, value, __ATOMIC_RELEASE)
#define cordon_observe(place) __atomic_load_n(place, __ATOMIC_ACQUIRE)
#endif

/*
 * Words that one writer overwrites under its readers' eyes.  What is put before
 * cordon_order_writes() is seen by whoever sees what is put behind it, if the
 * reader has cordon_order_reads() between getting the latter and the former.
 * Outside of the kernel each word carries that order itself, so that a checker
 * of threads understands it.  cordon_word_add() is for any number of writers.
 */
#ifdef __KERNEL__
#define cordon_word_put(place, value) WRITE_ONCE(*(place), value)
#define cordon_word_get(place) READ_ONCE(*(place))
#define cordon_word_take(place) smp_load_acquire(place)
#define cordon_byte_take(place) smp_load_acquire(place)
#define cordon_word_add(place, value) \
	atomic64_add(value, (atomic64_t *)(place))
#define cordon_order_writes() smp_wmb()
#define cordon_order_reads() smp_rmb()
#else
#define cordon_word_put(place, value) \
	__atomic_store_n(place, value, __ATOMIC_RELEASE)
#define cordon_word_get(place) __atomic_load_n(place, __ATOMIC_ACQUIRE)
#define cordon_word_take(place) __atomic_load_n(place, __ATOMIC_ACQUIRE)
#define cordon_byte_take(place) __atomic_load_n(place, __ATOMIC_ACQUIRE)
#define cordon_word_add(place, value) \
	((void)__atomic_fetch_add(place, value, __ATOMIC_RELAXED))
#define cordon_order_writes() ((void)0)
#define cordon_order_reads() ((void)0)
#endif

#define CORDON_STRING_(value) #value
/** CORDON_STRING - a limit's value as text, for messages that name it */
#define CORDON_STRING(value) CORDON_STRING_(value)

#endif /* _CORDON_ENGINE_SHIM_H */
