/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Identity: what membership of a process is decided by.
 */
#ifndef _CORDON_IDENTITY_H
#define _CORDON_IDENTITY_H

#include "engine/policy.h"

struct task_struct;

/** struct cordon_process - an identity and the memory of its cgroup path */
struct cordon_process {
	struct cordon_identity identity;
	char *cgroup;
};

int cordon_process_describe(struct cordon_process *process,
			    const struct cordon_policy *policy,
			    struct task_struct *task, const char *exe,
			    u32 exe_length);
void cordon_process_put(struct cordon_process *process);

#endif /* _CORDON_IDENTITY_H */
