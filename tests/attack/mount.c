// SPDX-License-Identifier: LGPL-2.1-or-later
/*
 * Acts that give files other names by namespaces and mounts.  Most prepare a
 * world and then try another act there.  That the preparation was denied is
 * the act's result too, so its errno is what counts.
 */
#define _GNU_SOURCE
#include <errno.h>
#include <fcntl.h>
#include <sched.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mount.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "act.h"

extern char **environ;

static int write_text(const char *path, const char *text)
{
	int fd = open(path, O_WRONLY | O_CLOEXEC);
	ssize_t size = strlen(text);
	int status;

	if (fd < 0)
		return -1;
	status = write(fd, text, size) == size ? 0 : -1;
	close(fd);
	return status;
}

/*
 * A user namespace in which this process is root.  Where it cannot write its
 * id maps it is nobody there, with all capabilities nevertheless.
 */
static int world_user(int argc, char **argv)
{
	char map[64];
	int uid = getuid(), gid = getgid();

	if (unshare(CLONE_NEWUSER | CLONE_NEWNS) < 0)
		return errno;
	snprintf(map, sizeof(map), "0 %d 1", uid);
	if (!write_text("/proc/self/setgroups", "deny") &&
	    !write_text("/proc/self/uid_map", map)) {
		snprintf(map, sizeof(map), "0 %d 1", gid);
		write_text("/proc/self/gid_map", map);
	}
	return act_run(argc, argv);
}

/* Mounts of its own; private, so that the test machine keeps its own. */
static int world_mounts(int argc, char **argv)
{
	if (unshare(CLONE_NEWNS) < 0)
		return errno;
	return act_run(argc, argv);
}

static int world_private(int argc, char **argv)
{
	if (mount(NULL, "/", NULL, MS_REC | MS_PRIVATE, NULL) < 0)
		return errno;
	return act_run(argc, argv);
}

static int world_bind(int argc, char **argv)
{
	if (mount(argv[0], argv[1], NULL, MS_BIND, NULL) < 0)
		return errno;
	return act_run(argc - 2, argv + 2);
}

static int world_tmpfs(int argc, char **argv)
{
	if (mount("tmpfs", argv[0], "tmpfs", 0, NULL) < 0)
		return errno;
	return act_run(argc - 1, argv + 1);
}

static int world_move(int argc, char **argv)
{
	if (mount(argv[0], argv[1], NULL, MS_MOVE, NULL) < 0)
		return errno;
	return act_run(argc - 2, argv + 2);
}

static int world_umount(int argc, char **argv)
{
	if (umount2(argv[0], MNT_DETACH) < 0)
		return errno;
	return act_run(argc - 1, argv + 1);
}

static int world_remount(int argc, char **argv)
{
	if (mount(NULL, argv[0], NULL, MS_REMOUNT | MS_BIND, NULL) < 0)
		return errno;
	return act_run(argc - 1, argv + 1);
}

static int world_chroot(int argc, char **argv)
{
	if (chroot(argv[0]) < 0 || chdir("/") < 0)
		return errno;
	return act_run(argc - 1, argv + 1);
}

/* The new root must be a mount; the old one is stacked below and let go. */
static int world_pivot(int argc, char **argv)
{
	if (mount(argv[0], argv[0], NULL, MS_BIND | MS_REC, NULL) < 0 ||
	    chdir(argv[0]) < 0 || syscall(SYS_pivot_root, ".", ".") < 0 ||
	    umount2(".", MNT_DETACH) < 0 || chdir("/") < 0)
		return errno;
	return act_run(argc - 1, argv + 1);
}

static int world_enter(int argc, char **argv)
{
	char path[64];
	int fd;

	snprintf(path, sizeof(path), "/proc/%ld/ns/mnt", act_number(argv[0]));
	fd = open(path, O_RDONLY | O_CLOEXEC);
	if (fd < 0 || setns(fd, CLONE_NEWNS) < 0)
		return errno;
	return act_run(argc - 1, argv + 1);
}

/* The same, where no file of the other namespace is opened. */
static int world_enter_pidfd(int argc, char **argv)
{
	int fd = syscall(SYS_pidfd_open, act_number(argv[0]), 0);

	if (fd < 0 || setns(fd, CLONE_NEWNS) < 0)
		return errno;
	return act_run(argc - 1, argv + 1);
}

/* The same, by a file that somebody else has opened. */
static int world_enter_number(int argc, char **argv)
{
	if (setns(act_number(argv[0]), CLONE_NEWNS) < 0)
		return errno;
	return act_run(argc - 1, argv + 1);
}

static int world_move_tree(int argc, char **argv)
{
	int tree = open_tree(AT_FDCWD, argv[0], OPEN_TREE_CLONE);

	if (tree < 0 || move_mount(tree, "", AT_FDCWD, argv[1],
				   MOVE_MOUNT_F_EMPTY_PATH) < 0)
		return errno;
	return act_run(argc - 2, argv + 2);
}

static int world_attribute(int argc, char **argv)
{
	struct mount_attr attributes = { .attr_set = MOUNT_ATTR_NOATIME };

	if (mount_setattr(AT_FDCWD, argv[0], 0, &attributes,
			  sizeof(attributes)) < 0)
		return errno;
	return act_run(argc - 1, argv + 1);
}

/* A copy of a part of the tree, which is mounted nowhere. */
static int open_detached(const char *directory, const char *name, int flags)
{
	int tree = open_tree(AT_FDCWD, directory,
			     OPEN_TREE_CLONE | OPEN_TREE_CLOEXEC);

	return tree < 0 ? -1 : openat(tree, name, flags, 0755);
}

static int detached_read(int argc, char **argv)
{
	int fd = open_detached(argv[0], argv[1], O_RDONLY);
	char byte;

	(void)argc;
	return fd < 0 ? errno : act_status(read(fd, &byte, 1));
}

static int detached_write(int argc, char **argv)
{
	int fd = open_detached(argv[0], argv[1], O_WRONLY);

	(void)argc;
	return fd < 0 ? errno : act_status(write(fd, "x", 1));
}

static int detached_exec(int argc, char **argv)
{
	int tree = open_tree(AT_FDCWD, argv[0], OPEN_TREE_CLONE);

	(void)argc;
	if (tree < 0)
		return errno;
	return act_status(syscall(SYS_execveat, tree, argv[1], argv + 1,
				  environ, 0));
}

/* A whole file system that is mounted nowhere, and a program in it. */
static int detached_new(int argc, char **argv)
{
	int context, tree, fd;

	(void)argc;
	context = fsopen("tmpfs", FSOPEN_CLOEXEC);
	if (context < 0 ||
	    fsconfig(context, FSCONFIG_CMD_CREATE, NULL, NULL, 0) < 0)
		return errno;
	tree = fsmount(context, 0, 0);
	if (tree < 0)
		return errno;
	fd = openat(tree, "program", O_WRONLY | O_CREAT, 0755);
	if (fd < 0)
		return errno;
	if (act_copy(argv[0], fd) < 0)
		return act_setup(argv[0]);
	close(fd);
	return act_status(syscall(SYS_execveat, tree, "program", argv, environ,
				  0));
}

/* What lies below, through an overlay that is mounted nowhere. */
static int detached_overlay(int argc, char **argv)
{
	int context = fsopen("overlay", FSOPEN_CLOEXEC);
	int tree, fd;
	char byte;

	(void)argc;
	if (context < 0 ||
	    fsconfig(context, FSCONFIG_SET_STRING, "lowerdir", argv[0], 0) < 0 ||
	    fsconfig(context, FSCONFIG_CMD_CREATE, NULL, NULL, 0) < 0)
		return errno;
	tree = fsmount(context, 0, 0);
	if (tree < 0)
		return errno;
	fd = openat(tree, argv[1], O_RDONLY);
	return fd < 0 ? errno : act_status(read(fd, &byte, 1));
}

const struct act mount_acts[] = {
	{ "in-userns", "ACT...", "in a new user and mount namespace", 1,
	  world_user },
	{ "in-mountns", "ACT...", "in a new mount namespace", 1,
	  world_mounts },
	{ "in-private", "ACT...", "with mount propagation off", 1,
	  world_private },
	{ "in-bind", "OLD NEW ACT...", "with OLD also mounted at NEW", 3,
	  world_bind },
	{ "in-tmpfs", "DIRECTORY ACT...", "with an empty tmpfs there", 2,
	  world_tmpfs },
	{ "in-moved", "OLD NEW ACT...", "with mount OLD moved to NEW", 3,
	  world_move },
	{ "in-unmounted", "MOUNT ACT...", "with a mount gone", 2,
	  world_umount },
	{ "in-remounted", "MOUNT ACT...", "with a mount's flags cleared", 2,
	  world_remount },
	{ "in-chroot", "DIRECTORY ACT...", "in a chroot", 2, world_chroot },
	{ "in-pivot", "DIRECTORY ACT...", "with another root of the tree", 2,
	  world_pivot },
	{ "in-mountns-of", "PID ACT...", "in that process's mounts", 2,
	  world_enter },
	{ "in-mountns-by-pidfd", "PID ACT...", "the same by a pidfd", 2,
	  world_enter_pidfd },
	{ "in-mountns-by-number", "N ACT...", "the same by an inherited file",
	  2, world_enter_number },
	{ "in-moved-tree", "OLD NEW ACT...",
	  "with OLD at NEW by open_tree and move_mount", 3, world_move_tree },
	{ "in-attribute", "MOUNT ACT...", "with mount_setattr on a mount", 2,
	  world_attribute },
	{ "detached-read", "DIRECTORY NAME",
	  "read below a detached copy of DIRECTORY", 2, detached_read },
	{ "detached-write", "DIRECTORY NAME", "write there", 2,
	  detached_write },
	{ "detached-exec", "DIRECTORY NAME [ARGUMENT]...", "execute there", 2,
	  detached_exec },
	{ "detached-overlay", "DIRECTORIES NAME",
	  "read through an overlay that is mounted nowhere", 2,
	  detached_overlay },
	{ "detached-new", "PROGRAM [ARGUMENT]...",
	  "execute a copy in a file system that is mounted nowhere", 1,
	  detached_new },
	{ }
};
