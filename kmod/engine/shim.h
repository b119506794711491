/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * The one door between the engine and the world it is built in.  The module
 * gets the kernel's types and string functions, everything else gets libc's;
 * no other file of the engine includes a system header.
 */
#ifndef _CORDON_ENGINE_SHIM_H
#define _CORDON_ENGINE_SHIM_H

#ifdef __KERNEL__
#include <linux/build_bug.h>
#include <linux/errno.h>
#include <linux/limits.h>
#include <linux/stddef.h>
#include <linux/string.h>
#include <linux/types.h>
#else
#include <assert.h>
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

#define U32_MAX UINT32_MAX
#endif

#include <uapi/cordon.h>

/** CORDON_NONE - no such workload, program or rule, wherever an index stands */
#define CORDON_NONE U32_MAX

/**
 * struct cordon_fault - why the engine refused what it was given
 * @what: a sentence without a full stop, in static storage; never NULL once a
 *	function has failed
 * @workload: index of the draft at fault, or CORDON_NONE
 * @rule: index of the rule in that draft, or CORDON_NONE
 */
struct cordon_fault {
	const char *what;
	u32 workload;
	u32 rule;
};

#endif /* _CORDON_ENGINE_SHIM_H */
