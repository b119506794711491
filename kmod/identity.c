// SPDX-License-Identifier: GPL-2.0-only
#include <linux/cgroup.h>
#include <linux/cred.h>
#include <linux/sched.h>
#include <linux/slab.h>
#include <linux/user_namespace.h>

#include "identity.h"

#ifndef CONFIG_CGROUPS
#error "Members by unit and by cgroup need a kernel with CONFIG_CGROUPS"
#endif

/**
 * cordon_process_describe - collect what membership depends on
 * @process: filled; to be given to cordon_process_put()
 * @policy: says what is needed at all
 * @task: current, or referenced
 * @exe: path of its executable or script; must outlive @process
 * @exe_length: its size in bytes
 *
 * Context: may sleep.
 * Return: 0 or -ENOMEM.
 */
int cordon_process_describe(struct cordon_process *process,
			    const struct cordon_policy *policy,
			    struct task_struct *task, const char *exe,
			    u32 exe_length)
{
	int length;

	*process = (struct cordon_process){
		.identity = { .exe = exe, .exe_length = exe_length },
	};
	rcu_read_lock();
	process->identity.uid = from_kuid(&init_user_ns,
					  __task_cred(task)->uid);
	rcu_read_unlock();
	if (!cordon_policy_needs(policy, CORDON_MEMBER_UNIT) &&
	    !cordon_policy_needs(policy, CORDON_MEMBER_CGROUP))
		return 0;
	process->cgroup = kmalloc(CORDON_PATH_MAX, GFP_KERNEL);
	if (!process->cgroup)
		return -ENOMEM;
	rcu_read_lock();
	length = cgroup_path(task_dfl_cgroup(task), process->cgroup,
			     CORDON_PATH_MAX);
	rcu_read_unlock();
	/* A longer path is cut off, and matches what its beginning matches. */
	if (length > 0) {
		process->identity.cgroup = process->cgroup;
		process->identity.cgroup_length = strlen(process->cgroup);
	}
	return 0;
}

/** cordon_process_put - free what a description holds */
void cordon_process_put(struct cordon_process *process)
{
	kfree(process->cgroup);
}
