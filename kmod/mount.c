// SPDX-License-Identifier: GPL-2.0-only
/*
 * What would change the meaning of every path: mounts, and borrowed
 * credentials, by which files of a stacked file system are known (path.c).
 */
#include <linux/fs.h>
#include <linux/fs_context.h>
#include <linux/fs_struct.h>
#include <linux/mount.h>
#include <linux/path.h>
#include <linux/sched.h>
#include <linux/string.h>
#include <uapi/linux/mount.h>

#include "generation.h"
#include "handlers.h"
#include "judge.h"

static long mount_fail(const struct cordon_actor *actor,
		       const struct path *path)
{
	struct cordon_path name cordon_uninitialized;
	long result;

	cordon_path_of(&name, path);
	result = cordon_judge_fail(actor, CORDON_OP_WRITE,
				   CORDON_REASON_MOUNT, &name);
	cordon_path_put(&name);
	return result;
}

static long mount_judge(unsigned long path)
{
	struct cordon_actor actor;

	if (!cordon_generation_active() || !cordon_actor_get(&actor))
		return 0;
	return mount_fail(&actor, (const struct path *)path);
}

static long nameless_fail(const char *text, enum cordon_op op,
			  enum cordon_reason reason)
{
	const struct cordon_path name = {
		.object = {
			.kind = CORDON_OBJECT_ANON,
			.path = text,
			.length = strlen(text),
		},
	};
	struct cordon_actor actor;

	if (!cordon_actor_get(&actor))
		return 0;
	return cordon_judge_fail(&actor, op, reason, &name);
}

/*
 * security_fs_context_parse_param(): a file system is configured to be
 * mounted.  An overlay, once made, copies files by itself, mounted or not.
 * What the kernel mounts for itself, or where a path crosses it, is not meant.
 */
long cordon_mount_configure(const unsigned long *arg)
{
	const struct fs_context *fc = (const struct fs_context *)arg[0];

	if (fc->purpose != FS_CONTEXT_FOR_MOUNT || fc->sb_flags & SB_KERNMOUNT)
		return 0;
	return nameless_fail("anon:file system to be mounted", CORDON_OP_WRITE,
			     CORDON_REASON_MOUNT);
}

/* security_sb_kern_mount(): it is made. */
long cordon_mount_create(const unsigned long *arg)
{
	return nameless_fail("anon:file system to be mounted", CORDON_OP_WRITE,
			     CORDON_REASON_MOUNT);
}

/* security_sb_mount(): also what moves a mount, which it names by a string. */
long cordon_mount_mount(const unsigned long *arg)
{
	unsigned long flags = arg[3];

	if (flags & MS_MOVE)
		cordon_path_forget_root(NULL);
	return mount_judge(arg[1]);
}

/* security_move_mount() */
long cordon_mount_move(const unsigned long *arg)
{
	const struct path *from = (const struct path *)arg[0];

	cordon_path_forget_root(from->mnt);
	return mount_judge(arg[1]);
}

/* security_sb_pivotroot(): the mount of the caller's root goes elsewhere. */
long cordon_mount_pivot(const unsigned long *arg)
{
	cordon_path_forget_root(READ_ONCE(current->fs->root.mnt));
	return mount_judge(arg[1]);
}

/* security_sb_umount() */
long cordon_mount_unmount(const unsigned long *arg)
{
	struct vfsmount *mnt = (struct vfsmount *)arg[0];
	const struct path path = { .mnt = mnt, .dentry = mnt->mnt_root };

	cordon_path_forget_root(mnt);
	return mount_judge((unsigned long)&path);
}

/*
 * security_path_chroot(): paths do not depend on a task's root, but what is
 * detached is told by it: a root in a detached tree would make that the tree
 * that counts.
 */
long cordon_mount_chroot(const unsigned long *arg)
{
	const struct path *path = (const struct path *)arg[0];
	struct cordon_actor actor;

	if (!cordon_actor_get(&actor) || cordon_path_is_attached(path))
		return 0;
	return mount_fail(&actor, path);
}

/*
 * mntns_install(): another mount namespace is entered, by a file of it, which
 * may have been received or inherited, or by a process in it.
 */
long cordon_mount_enter(const unsigned long *arg)
{
	return nameless_fail("anon:mount namespace", CORDON_OP_READ,
			     CORDON_REASON_MOUNT);
}

long cordon_mount_credentials(const unsigned long *arg)
{
	return nameless_fail("anon:io_uring personality", CORDON_OP_READ,
			     CORDON_REASON_CREDENTIALS);
}
