/* SPDX-License-Identifier: GPL-2.0-only */
#ifndef _CORDON_SWEEP_H
#define _CORDON_SWEEP_H

struct cordon_policy;

void cordon_sweep(const struct cordon_policy *policy);

#endif /* _CORDON_SWEEP_H */
