// SPDX-License-Identifier: GPL-2.0-only
#include <linux/cred.h>
#include <linux/dcache.h>
#include <linux/fs.h>
#include <linux/fs_struct.h>
#include <linux/magic.h>
#include <linux/mount.h>
#include <linux/namei.h>
#include <linux/nsproxy.h>
#include <linux/proc_fs.h>
#include <linux/rcupdate.h>
#include <linux/sched.h>
#include <linux/sched/task.h>
#include <linux/slab.h>
#include <linux/stat.h>
#include <linux/string.h>

#include <asm/word-at-a-time.h>

#include "compat.h"
#include "path.h"

/*
 * A name under construction, from its end.
 * @own: /proc/NUMBER of current is to be called /proc/self
 */
struct writer {
	char *start;
	char *begin;
	char *end;
	bool own;
};

/*
 * The root of who loaded the module, nearly always the root of the machine:
 * what most paths end in.  As long as nothing but mounts without a name lies
 * above it, a path that arrives there is complete, and no reference has to be
 * taken to look further.  It is only compared with, never followed, and not
 * held: in the first process's mount namespace a mount is moved or unmounted
 * only by system calls that cordon_path_forget_root() hears of.  NULL: unknown.
 */
static const struct vfsmount *known_root;

/*
 * The bytes of a name.  They and @length may belong to different names while a
 * rename is under way; rename_lock tells afterwards.  Until then reading too
 * far must do no harm: load_unaligned_zeropad() does not fault, and both kinds
 * of storage end in a NUL.
 */
static void copy_name(char *to, const char *name, u32 length)
{
	char *const end = to + length;
	char c;

	for (; end - to >= (long)sizeof(long); to += sizeof(long)) {
		put_unaligned(load_unaligned_zeropad(name),
			      (unsigned long *)to);
		name += sizeof(long);
	}
	while (to < end) {
		c = READ_ONCE(*name);
		if (!c)
			break;
		*to++ = c;
		name++;
	}
}

static int prepend_components(struct writer *writer, const struct vfsmount *mnt,
			      const struct dentry *dentry)
{
	const struct dentry *const root = mnt->mnt_root;
	char *const start = writer->start;
	char *begin = writer->begin;
	const struct dentry *parent;
	const char *name;
	u32 length;

	for (; dentry != root; dentry = parent) {
		parent = READ_ONCE(dentry->d_parent);
		/* Not below the mount's root: renamed out of a bind mount. */
		if (unlikely(dentry == parent))
			return -ENOENT;
		/* Pairs with the release of a rename: the bytes are there. */
		name = smp_load_acquire(&dentry->d_name.name);
		length = READ_ONCE(dentry->d_name.len);
		if (unlikely(begin - start <= (long)length))
			return -ENAMETOOLONG;
		begin -= length + 1;
		*begin = '/';
		copy_name(begin + 1, name, length);
	}
	writer->begin = begin;
	return 0;
}

/*
 * The part of a path that lies in one mount: without a lock, and if somebody
 * renamed a directory meanwhile, with the one that keeps renames out.
 */
static int prepend_within(struct writer *writer, const struct vfsmount *mnt,
			  const struct dentry *dentry)
{
	char *const begin = writer->begin;
	unsigned int seq;
	int err;

	rcu_read_lock();
	seq = read_seqbegin(&rename_lock);
	err = prepend_components(writer, mnt, dentry);
	if (unlikely(read_seqretry(&rename_lock, seq))) {
		writer->begin = begin;
		read_seqlock_excl(&rename_lock);
		err = prepend_components(writer, mnt, dentry);
		read_sequnlock_excl(&rename_lock);
	}
	rcu_read_unlock();
	return err;
}

/*
 * What procfs has of a process is called by a number that nobody can write
 * into a rule: of who acts it is /proc/self, as that is what it asks for.  The
 * number is current's as long as it lives, so that a directory of that name
 * which is older belongs to nobody.
 */
static int rename_own(struct writer *writer, const struct vfsmount *mnt)
{
	static const char self[] = { '/', 's', 'e', 'l', 'f' };
	char *const begin = writer->begin;
	char number[16];
	size_t length;

	if (likely(mnt->mnt_sb->s_magic != PROC_SUPER_MAGIC) || !writer->own ||
	    mnt->mnt_root != mnt->mnt_sb->s_root)
		return 0;
	length = scnprintf(number, sizeof(number), "/%d",
			   task_tgid_nr_ns(current,
					   proc_pid_ns(mnt->mnt_sb)));
	if (writer->end - begin < (long)length ||
	    memcmp(begin, number, length) ||
	    (begin + length != writer->end && begin[length] != '/'))
		return 0;
	if (begin + length - writer->start < (long)sizeof(self))
		return -ENAMETOOLONG;
	writer->begin = begin + length - sizeof(self);
	memcpy(writer->begin, self, sizeof(self));
	return 0;
}

/*
 * The whole path, over all mounts, up to one that is mounted nowhere, or to the
 * known root.
 * @attached: was the mount of the task's root passed on the way
 */
static int prepend_path(struct writer *writer, const struct path *path,
			const struct vfsmount **root, bool *attached)
{
	const struct vfsmount *known = READ_ONCE(known_root);
	const struct vfsmount *own = NULL;
	struct path here = *path;
	int err;

	if (current->fs)
		own = READ_ONCE(current->fs->root.mnt);
	if (here.mnt == known) {
		*root = known;
		*attached = own == known;
		return prepend_within(writer, here.mnt, here.dentry);
	}
	*attached = false;
	path_get(&here);
	do {
		err = prepend_within(writer, here.mnt, here.dentry);
		if (!err && here.mnt == path->mnt)
			err = rename_own(writer, here.mnt);
		if (err)
			break;
		if (here.mnt == own)
			*attached = true;
	} while (here.mnt != known && follow_up(&here));
	*root = here.mnt;
	path_put(&here);
	return err;
}

/* The top of the tree that a path is in; the same answers as prepend_path(). */
static const struct vfsmount *top_of(const struct path *path)
{
	struct path here = *path;
	const struct vfsmount *top;

	path_get(&here);
	while (here.mnt != READ_ONCE(known_root) && follow_up(&here))
		;
	top = here.mnt;
	path_put(&here);
	return top;
}

/*
 * A task whose root is a mount of its own (a chroot into one) does not pass it
 * on the way up from elsewhere: compare the tops of the two trees.
 */
static bool is_in_tree_of_task(const struct vfsmount *root)
{
	const struct vfsmount *top;
	struct path own;

	if (!current->fs)
		return false;
	get_fs_root(current->fs, &own);
	top = top_of(&own);
	path_put(&own);
	return top == root;
}

static void name_build_for(struct cordon_path *name, const struct path *path,
			   bool own, bool *attached)
{
	size_t size = sizeof(name->buffer);
	struct writer writer;
	int err;

	name->internal = false;
	name->page = NULL;
	writer.own = own;
	writer.start = name->buffer;
	writer.begin = name->buffer + size;
	writer.end = writer.begin;
	err = prepend_path(&writer, path, &name->root, attached);
	if (err == -ENAMETOOLONG) {
		name->page = kmalloc(CORDON_PATH_MAX, GFP_KERNEL);
		if (name->page) {
			size = CORDON_PATH_MAX;
			writer.start = name->page;
			writer.begin = name->page + size;
			writer.end = writer.begin;
			err = prepend_path(&writer, path, &name->root,
					   attached);
		}
	}
	name->object.kind = CORDON_OBJECT_PATH;
	if (err == -ENOENT)
		name->object.kind = CORDON_OBJECT_DETACHED;
	else if (err)
		name->object.kind = CORDON_OBJECT_UNNAMEABLE;
	else if (writer.begin == writer.start + size)
		*--writer.begin = '/';
	name->object.path = writer.begin;
	name->object.length = writer.start + size - writer.begin;
}

/* Of a file that is another task's: whose /proc it is, its number says. */
static void name_build(struct cordon_path *name, const struct path *path,
		       bool *attached)
{
	name_build_for(name, path, false, attached);
}

/*
 * A mount that is mounted nowhere, and is not the task's: a clone of the
 * task's own making (open_tree, fsmount), or one that a stacked file system
 * keeps for itself.
 */
static void name_classify_tree(struct cordon_path *name, bool attached)
{
	if (name->object.kind == CORDON_OBJECT_PATH && !attached &&
	    !is_in_tree_of_task(name->root))
		name->object.kind = CORDON_OBJECT_DETACHED;
}

/*
 * Does a stacked file system open a file below one that has been judged?  It
 * does so with the credentials of who mounted it.  Workers of io_uring and
 * who dumps core have borrowed credentials too, and a member can send both
 * into a detached tree: of them it is not believed.  An io_uring personality,
 * the other way to borrow, is refused by a hook.
 */
static bool is_below_judged(const struct cordon_path *name, struct file *file)
{
	if (cordon_file_is_backing(file))
		return true;
	return name->object.kind == CORDON_OBJECT_DETACHED &&
	       current_cred() != current_real_cred() &&
	       !(current->flags & (PF_IO_WORKER | PF_DUMPCORE));
}

/* Files of the kernel's own mounts have no path at all. */
static void name_nameless(struct cordon_path *name, const struct path *path)
{
	const struct inode *inode = d_inode(path->dentry);
	const char *fstype = path->mnt->mnt_sb->s_type->name;
	struct name_snapshot snapshot;
	int length;

	name->internal = inode && S_ISFIFO(inode->i_mode);
	name->page = NULL;
	name->root = path->mnt;
	take_dentry_name_snapshot(&snapshot, path->dentry);
	if (str_has_prefix(snapshot.name.name, "memfd:")) {
		name->object.kind = CORDON_OBJECT_MEMFD;
		length = scnprintf(name->buffer, sizeof(name->buffer), "%s",
				   snapshot.name.name);
	} else {
		name->object.kind = CORDON_OBJECT_ANON;
		length = scnprintf(name->buffer, sizeof(name->buffer),
				   "anon:%s:%s", fstype, snapshot.name.name);
	}
	release_dentry_name_snapshot(&snapshot);
	name->object.path = name->buffer;
	name->object.length = length;
}

/**
 * cordon_path_of - name an existing object, by the last name it had
 * @name: filled; to be given to cordon_path_put()
 * @path: resolved; the caller keeps it alive
 *
 * What procfs has of current is named /proc/self.
 *
 * Context: may sleep.
 */
void cordon_path_of(struct cordon_path *name, const struct path *path)
{
	bool attached;

	if (path->mnt->mnt_flags & MNT_INTERNAL) {
		name_nameless(name, path);
		return;
	}
	name_build_for(name, path, true, &attached);
	name_classify_tree(name, attached);
}

/**
 * cordon_path_of_child - name what is about to be made, moved or removed
 * @name: filled; to be given to cordon_path_put()
 * @parent: its directory
 * @child: its dentry, perhaps negative
 *
 * Context: may sleep; the directory is locked, so that the name is stable.
 */
void cordon_path_of_child(struct cordon_path *name, const struct path *parent,
			  struct dentry *child)
{
	const struct path path = { .mnt = parent->mnt, .dentry = child };

	cordon_path_of(name, &path);
}

/**
 * cordon_path_of_file - name an open file
 * @name: filled; to be given to cordon_path_put()
 * @file: open, or just being opened
 *
 * A file that has lost its last name is CORDON_OBJECT_DELETED, but for one
 * that is being made without a name (O_TMPFILE): that is known by its
 * directory, so that a rule for what lies below it allows it.
 *
 * Context: may sleep.
 */
void cordon_path_of_file(struct cordon_path *name, struct file *file)
{
	const struct path *path = cordon_file_user_path(file);

	cordon_path_of(name, path);
	if (is_below_judged(name, file))
		name->internal = true;
	if (name->object.kind == CORDON_OBJECT_PATH &&
	    d_unlinked(path->dentry) && !(file->f_flags & __O_TMPFILE))
		name->object.kind = CORDON_OBJECT_DELETED;
}

/**
 * cordon_path_of_exe - name an executable of any task, in its own tree
 * @name: filled; to be given to cordon_path_put()
 * @file: the executable
 *
 * Context: may sleep.
 */
void cordon_path_of_exe(struct cordon_path *name, struct file *file)
{
	bool attached;

	if (file->f_path.mnt->mnt_flags & MNT_INTERNAL)
		name_nameless(name, &file->f_path);
	else
		name_build(name, &file->f_path, &attached);
}

/**
 * cordon_path_of_held - name a file that any task has open, or mapped
 * @name: filled; to be given to cordon_path_put()
 * @file: the file
 *
 * In its own mount tree, as an executable; but what has lost its last name is
 * CORDON_OBJECT_DELETED.
 *
 * Context: may sleep.
 */
void cordon_path_of_held(struct cordon_path *name, struct file *file)
{
	const struct path *path = cordon_file_user_path(file);
	bool attached;

	if (path->mnt->mnt_flags & MNT_INTERNAL) {
		name_nameless(name, path);
		return;
	}
	name_build(name, path, &attached);
	if (name->object.kind == CORDON_OBJECT_PATH &&
	    d_unlinked(path->dentry))
		name->object.kind = CORDON_OBJECT_DELETED;
}

/**
 * cordon_path_is_attached - does a path lie in the mount tree of current
 * @path: resolved
 *
 * Context: may sleep.
 */
bool cordon_path_is_attached(const struct path *path)
{
	return is_in_tree_of_task(top_of(path));
}

/**
 * cordon_path_forget_root - a mount is about to be moved or unmounted
 * @mnt: the mount; NULL: any
 *
 * From here on paths are followed to the end, until cordon_path_know_root().
 *
 * Context: any.
 */
void cordon_path_forget_root(const struct vfsmount *mnt)
{
	if (!mnt || mnt == READ_ONCE(known_root))
		WRITE_ONCE(known_root, NULL);
}

/**
 * cordon_path_know_root - remember the root of the machine
 *
 * Only of a process in the first one's mount namespace, whose mounts cannot
 * go away with it.  Set before it is proved: who moves it meanwhile is heard.
 *
 * Context: may sleep; the hooks are attached, no policy is loaded.
 */
void cordon_path_know_root(void)
{
	bool top = current->nsproxy->mnt_ns == init_task.nsproxy->mnt_ns;
	struct path here;

	get_fs_root(current->fs, &here);
	WRITE_ONCE(known_root, here.mnt);
	do {
		if (here.dentry != here.mnt->mnt_root)
			top = false;
	} while (follow_up(&here));
	path_put(&here);
	if (!top)
		WRITE_ONCE(known_root, NULL);
}

/** cordon_path_put - free what a name holds */
void cordon_path_put(struct cordon_path *name)
{
	kfree(name->page);
}
