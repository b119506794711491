/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Numbers that look like chance and are the same in every run. */
#ifndef _CORDON_TESTS_RANDOM_H
#define _CORDON_TESTS_RANDOM_H

#include "shim.h"

/* Set it to a seed, which is not 0, before the first any(). */
static u64 state;

/* Marsaglia, "Xorshift RNGs", 2003.  Return: less than @below. */
static inline u32 any(u32 below)
{
	state ^= state << 13;
	state ^= state >> 7;
	state ^= state << 17;
	return (u32)(state >> 32) % below;
}

#endif /* _CORDON_TESTS_RANDOM_H */
