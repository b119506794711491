/* SPDX-License-Identifier: GPL-2.0-only */
#ifndef _CORDON_SWEEP_H
#define _CORDON_SWEEP_H

#include <linux/types.h>

struct cordon_policy;

bool cordon_sweep_is_on(void);
void cordon_sweep_self(void);
u32 cordon_sweep(const struct cordon_policy *policy);

#endif /* _CORDON_SWEEP_H */
