// SPDX-License-Identifier: GPL-2.0-only
/*
 * Class file: opening files, and changing what they are called.
 */
#include <linux/dcache.h>
#include <linux/fs.h>
#include <linux/magic.h>
#include <linux/mount.h>
#include <linux/path.h>

#include "compat.h"
#include "handlers.h"
#include "judge.h"

/*
 * Memory, sockets and pipes that were never opened by a name: what is done to
 * them says nothing about files.  To open one again by /proc is judged.
 */
static bool is_nameless(const struct path *path)
{
	return path->mnt->mnt_flags & MNT_INTERNAL;
}

/* A file opened for neither (ioctl only) had to be open to both. */
static long judge_modes(const struct cordon_actor *actor, struct file *file,
			fmode_t mode)
{
	const bool neither = !(mode & (FMODE_READ | FMODE_WRITE));
	struct cordon_path name cordon_uninitialized;
	long result = 0;

	cordon_path_of_file(&name, file);
	/* Who may open a namespace may enter it, or mount from it. */
	if (unlikely(file_inode(file)->i_sb->s_magic == NSFS_MAGIC))
		result = cordon_judge_fail(actor, CORDON_OP_READ,
					   CORDON_REASON_MOUNT, &name);
	if (result)
		goto out;
	if (mode & FMODE_READ || neither)
		result = cordon_judge(actor, CORDON_OP_READ, &name);
	if (!result && (mode & FMODE_WRITE || neither))
		result = cordon_judge(actor, CORDON_OP_WRITE, &name);
out:
	cordon_path_put(&name);
	return result;
}

/*
 * security_file_open(): the file is resolved and about to be opened.  What is
 * opened to be executed is judged as such (exec.c), or as a load when it is
 * mapped; user space cannot set __FMODE_EXEC.  A pidfd is a process, no file.
 */
long cordon_file_open(const unsigned long *arg)
{
	struct file *file = (struct file *)arg[0];
	struct cordon_actor actor;

	if (file->f_flags & __FMODE_EXEC || cordon_file_is_backing(file) ||
	    cordon_file_is_pidfd(file) || !cordon_actor_get(&actor))
		return 0;
	return judge_modes(&actor, file, file->f_mode);
}

/*
 * security_file_receive(): an open file, or a socket, arrives from another
 * process.
 */
long cordon_file_receive(const unsigned long *arg)
{
	struct file *file = (struct file *)arg[0];
	struct socket *socket = sock_from_file(file);
	struct cordon_actor actor;

	if (socket)
		return socket->sk ? cordon_call_take_over(socket->sk) : 0;
	if (file->f_mode & FMODE_PATH || is_nameless(&file->f_path) ||
	    !cordon_actor_get(&actor))
		return 0;
	return judge_modes(&actor, file, file->f_mode);
}

/*
 * security_file_truncate(): by ftruncate(2) on what was opened, and judged, for
 * writing; or by opening for reading with O_TRUNC.
 */
long cordon_file_truncate(const unsigned long *arg)
{
	struct file *file = (struct file *)arg[0];
	struct cordon_actor actor;

	if (file->f_mode & FMODE_WRITE || !cordon_actor_get(&actor))
		return 0;
	return judge_modes(&actor, file, FMODE_WRITE);
}

/*
 * Truncation and attributes: by path, or by an open file whose name may be
 * gone; it counts as what it was called.
 */
long cordon_path_change(const unsigned long *arg)
{
	const struct path *path = (const struct path *)arg[0];
	struct cordon_actor actor;
	struct cordon_path name cordon_uninitialized;
	long result;

	if (is_nameless(path) || !cordon_actor_get(&actor))
		return 0;
	cordon_path_of(&name, path);
	result = cordon_judge(&actor, CORDON_OP_WRITE, &name);
	cordon_path_put(&name);
	return result;
}

static long judge_child(const struct cordon_actor *actor,
			const struct path *parent, struct dentry *child)
{
	struct cordon_path name cordon_uninitialized;
	long result;

	cordon_path_of_child(&name, parent, child);
	result = cordon_judge(actor, CORDON_OP_WRITE, &name);
	cordon_path_put(&name);
	return result;
}

/* A name is made or removed. */
long cordon_path_child(const unsigned long *arg)
{
	struct cordon_actor actor;

	if (!cordon_actor_get(&actor))
		return 0;
	return judge_child(&actor, (const struct path *)arg[0],
			   (struct dentry *)arg[1]);
}

/* security_path_mknod(): a whiteout is made like a device, and is none. */
long cordon_path_mknod(const unsigned long *arg)
{
	const struct path *parent = (const struct path *)arg[0];
	struct dentry *child = (struct dentry *)arg[1];
	umode_t mode = arg[2];
	unsigned int device = arg[3];
	struct cordon_path name cordon_uninitialized;
	struct cordon_actor actor;
	long result;

	if (!cordon_actor_get(&actor))
		return 0;
	if (!(S_ISCHR(mode) || S_ISBLK(mode)) || !device)
		return judge_child(&actor, parent, child);
	cordon_path_of_child(&name, parent, child);
	result = cordon_judge(&actor, CORDON_OP_WRITE, &name);
	if (!result)
		result = cordon_judge_fail(&actor, CORDON_OP_WRITE,
					   CORDON_REASON_DEVICE, &name);
	cordon_path_put(&name);
	return result;
}

/*
 * What has one name is to have another: both are written, and the new one must
 * not give what the old one does not.  Both are in one mount, or the system
 * call will fail.
 */
static long judge_names(const struct cordon_actor *actor,
			const struct path *old_parent, struct dentry *old,
			const struct path *new_parent, struct dentry *new,
			bool old_goes, bool exchange)
{
	struct cordon_path old_name cordon_uninitialized;
	struct cordon_path new_name cordon_uninitialized;
	long result = 0;

	cordon_path_of_child(&old_name, old_parent, old);
	cordon_path_of_child(&new_name, new_parent, new);
	if (old_goes)
		result = cordon_judge(actor, CORDON_OP_WRITE, &old_name);
	if (!result)
		result = cordon_judge(actor, CORDON_OP_WRITE, &new_name);
	if (!result)
		result = cordon_judge_link(actor, &old_name, &new_name);
	if (!result && exchange)
		result = cordon_judge_link(actor, &new_name, &old_name);
	cordon_path_put(&old_name);
	cordon_path_put(&new_name);
	return result;
}

/* security_path_rename() */
long cordon_path_rename(const unsigned long *arg)
{
	struct cordon_actor actor;

	if (!cordon_actor_get(&actor))
		return 0;
	return judge_names(&actor, (const struct path *)arg[0],
			   (struct dentry *)arg[1], (const struct path *)arg[2],
			   (struct dentry *)arg[3], true,
			   arg[4] & RENAME_EXCHANGE);
}

/* security_path_link() */
long cordon_path_link(const unsigned long *arg)
{
	const struct path *parent = (const struct path *)arg[1];
	struct cordon_actor actor;

	if (!cordon_actor_get(&actor))
		return 0;
	return judge_names(&actor, parent, (struct dentry *)arg[0], parent,
			   (struct dentry *)arg[2], false, false);
}
