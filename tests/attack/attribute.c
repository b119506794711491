// SPDX-License-Identifier: LGPL-2.1-or-later
/* Acts that change what is known of a file, not what it holds. */
#define _GNU_SOURCE
#include <errno.h>
#include <fcntl.h>
#include <linux/fs.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/xattr.h>
#include <unistd.h>

#include "act.h"

#ifndef SYS_fchmodat2
#define SYS_fchmodat2 452	/* Linux 6.6 */
#endif

#define MODE 0604		/* not what any fixture has */
#define OWNER 4242

static int change_mode(int argc, char **argv)
{
	(void)argc;
	return act_status(chmod(argv[0], MODE));
}

static int change_mode_fd(int argc, char **argv)
{
	int fd = open(argv[0], O_RDONLY);

	(void)argc;
	return fd < 0 ? act_setup(argv[0]) : act_status(fchmod(fd, MODE));
}

static int change_mode_at(int argc, char **argv)
{
	int directory = open(argv[0], O_PATH | O_DIRECTORY);

	(void)argc;
	if (directory < 0)
		return act_setup(argv[0]);
	return act_status(syscall(SYS_fchmodat, directory, argv[1], MODE));
}

static int change_mode_empty(int argc, char **argv)
{
	int fd = open(argv[0], O_PATH);

	(void)argc;
	if (fd < 0)
		return act_setup(argv[0]);
	return act_status(syscall(SYS_fchmodat2, fd, "", MODE,
				  AT_EMPTY_PATH));
}

static int change_owner(int argc, char **argv)
{
	(void)argc;
	return act_status(chown(argv[0], OWNER, OWNER));
}

static int change_owner_link(int argc, char **argv)
{
	(void)argc;
	return act_status(lchown(argv[0], OWNER, OWNER));
}

static int change_owner_fd(int argc, char **argv)
{
	int fd = open(argv[0], O_RDONLY);

	(void)argc;
	return fd < 0 ? act_setup(argv[0]) :
			act_status(fchown(fd, OWNER, OWNER));
}

static int change_owner_empty(int argc, char **argv)
{
	int fd = open(argv[0], O_PATH);

	(void)argc;
	if (fd < 0)
		return act_setup(argv[0]);
	return act_status(fchownat(fd, "", OWNER, OWNER, AT_EMPTY_PATH));
}

static int change_times(int argc, char **argv)
{
	const struct timespec times[2] = { { .tv_sec = 1 }, { .tv_sec = 1 } };

	(void)argc;
	return act_status(utimensat(AT_FDCWD, argv[0], times, 0));
}

static int set_attribute(int argc, char **argv)
{
	(void)argc;
	return act_status(setxattr(argv[0], "trusted.act", "x", 1, 0));
}

static int remove_attribute(int argc, char **argv)
{
	(void)argc;
	return act_status(removexattr(argv[0], "trusted.act"));
}

/* A version 2 access list of the owner, the group and the others alone. */
static int set_access_list(int argc, char **argv)
{
	static const struct {
		unsigned int version;
		struct {
			unsigned short tag, permissions;
			unsigned int id;
		} entry[3];
	} list = {
		2, { { 0x01, 6, -1U }, { 0x04, 6, -1U }, { 0x20, 6, -1U } },
	};

	(void)argc;
	return act_status(setxattr(argv[0], "system.posix_acl_access", &list,
				   sizeof(list), 0));
}

static int set_flags(int argc, char **argv)
{
	int fd = open(argv[0], O_RDONLY);
	int flags = FS_NOATIME_FL;

	(void)argc;
	return fd < 0 ? act_setup(argv[0]) :
			act_status(ioctl(fd, FS_IOC_SETFLAGS, &flags));
}

const struct act attribute_acts[] = {
	{ "chmod", "FILE", "chmod", 1, change_mode },
	{ "fchmod", "FILE", "fchmod of a file open for reading", 1,
	  change_mode_fd },
	{ "fchmodat", "DIRECTORY NAME", "fchmodat", 2, change_mode_at },
	{ "fchmodat2", "FILE", "fchmodat2 of an O_PATH file", 1,
	  change_mode_empty },
	{ "chown", "FILE", "chown", 1, change_owner },
	{ "lchown", "FILE", "chown that follows no symbolic link", 1,
	  change_owner_link },
	{ "fchown", "FILE", "fchown of a file open for reading", 1,
	  change_owner_fd },
	{ "fchownat", "FILE", "fchownat of an O_PATH file", 1,
	  change_owner_empty },
	{ "utimes", "FILE", "set the times of a file", 1, change_times },
	{ "setxattr", "FILE", "set the attribute trusted.act", 1,
	  set_attribute },
	{ "removexattr", "FILE", "remove the attribute trusted.act", 1,
	  remove_attribute },
	{ "setacl", "FILE", "set an access list", 1, set_access_list },
	{ "chattr", "FILE", "set the no-atime flag", 1, set_flags },
	{ }
};
