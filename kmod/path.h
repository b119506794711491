/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Paths: what an object is called.
 *
 * The name of a file is its path from the root of its mount namespace, with
 * chroot ignored; see docs/design.md.  It is built from the dentry and mount
 * that the kernel has resolved, never from what a caller passed.
 */
#ifndef _CORDON_PATH_H
#define _CORDON_PATH_H

#include <linux/path.h>
#include <linux/types.h>

#include "engine/policy.h"

struct file;

/* Most paths fit here, on the stack; longer ones take a page. */
#define CORDON_PATH_SHORT	256

/**
 * struct cordon_path - an object and the memory of its name
 * @object: what the engine is asked about
 * @internal: a file that a stacked file system opens below one already judged
 * @root: the mount at the top of the object's tree, or the known root; only
 *	to be compared
 * @page: if the name is long: to be freed by cordon_path_put()
 * @buffer: the name's memory otherwise
 */
struct cordon_path {
	struct cordon_object object;
	bool internal;
	const struct vfsmount *root;
	char *page;
	char buffer[CORDON_PATH_SHORT];
};

void cordon_path_know_root(void);
void cordon_path_forget_root(const struct vfsmount *mnt);

void cordon_path_of(struct cordon_path *name, const struct path *path);
void cordon_path_of_child(struct cordon_path *name, const struct path *parent,
			  struct dentry *child);
void cordon_path_of_file(struct cordon_path *name, struct file *file);
void cordon_path_of_exe(struct cordon_path *name, struct file *file);
void cordon_path_of_held(struct cordon_path *name, struct file *file);
bool cordon_path_is_attached(const struct path *path);
void cordon_path_put(struct cordon_path *name);

#endif /* _CORDON_PATH_H */
