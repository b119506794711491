// SPDX-License-Identifier: GPL-2.0-only
/*
 * Class load: executable memory.
 *
 * Memory that was written by the process is CORDON_OBJECT_ANON even where a
 * file lies beneath: a private mapping that has been changed, or can be while
 * it is executable, does not hold what the file holds.
 */
#include <linux/mm.h>
#include <linux/mman.h>
#include <linux/personality.h>
#include <linux/sched.h>

#include "handlers.h"
#include "judge.h"

static const char anonymous[] = "anon:memory";

static long judge_anonymous(const struct cordon_actor *actor)
{
	const struct cordon_path name = {
		.object = {
			.kind = CORDON_OBJECT_ANON,
			.path = anonymous,
			.length = sizeof(anonymous) - 1,
		},
	};

	return cordon_judge(actor, CORDON_OP_LOAD, &name);
}

static long judge_file(const struct cordon_actor *actor, struct file *file)
{
	struct cordon_path name cordon_uninitialized;
	long result;

	cordon_path_of_file(&name, file);
	/* What was judged on top is what is mapped: no file is internal here. */
	name.internal = false;
	result = cordon_judge(actor, CORDON_OP_LOAD, &name);
	cordon_path_put(&name);
	return result;
}

/* security_mmap_file(): mmap, the loader of executables, shmat. */
long cordon_load_map(const unsigned long *arg)
{
	struct file *file = (struct file *)arg[0];
	unsigned long prot = arg[1];
	unsigned long flags = arg[2];
	struct cordon_actor actor;
	long result = 0;

	if (prot & PROT_READ && current->personality & READ_IMPLIES_EXEC)
		prot |= PROT_EXEC;
	if (!(prot & PROT_EXEC) || !cordon_actor_get(&actor))
		return 0;
	if (file)
		result = judge_file(&actor, file);
	if (!result && (!file || ((flags & MAP_TYPE) == MAP_PRIVATE &&
				  prot & PROT_WRITE)))
		result = judge_anonymous(&actor);
	return result;
}

/*
 * security_vm_enough_memory_mm(): the heap and the stack grow.  No other hook
 * sees that; they are executable where the personality says so.
 */
long cordon_load_grow(const unsigned long *arg)
{
	const struct mm_struct *mm = (const struct mm_struct *)arg[0];
	struct cordon_actor actor;

	if (!(current->personality & READ_IMPLIES_EXEC) ||
	    mm != current->mm || !cordon_actor_get(&actor))
		return 0;
	/*
	 * The stack grows under a lock that reclaim takes too: no name is
	 * looked up here, and memory is never what the program itself is.
	 */
	if (!actor.subject.self)
		actor.subject.self = "";
	return judge_anonymous(&actor);
}

/* security_file_mprotect(), under the mmap lock. */
long cordon_load_protect(const unsigned long *arg)
{
	struct vm_area_struct *vma = (struct vm_area_struct *)arg[0];
	unsigned long prot = arg[2];
	struct cordon_actor actor;
	bool changeable;

	if (!(prot & PROT_EXEC))
		return 0;
	changeable = !(vma->vm_flags & VM_SHARED) &&
		     (prot & PROT_WRITE || vma->anon_vma);
	/* Executable as it is, and nothing is added that could change it. */
	if (vma->vm_flags & VM_EXEC &&
	    (vma->vm_flags & VM_WRITE || !(prot & PROT_WRITE)))
		return 0;
	if (!cordon_actor_get(&actor))
		return 0;
	if (!vma->vm_file || changeable)
		return judge_anonymous(&actor);
	return judge_file(&actor, vma->vm_file);
}
