// SPDX-License-Identifier: LGPL-2.1-or-later
/* Acts that make, move and remove names. */
#define _GNU_SOURCE
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/sysmacros.h>
#include <sys/un.h>
#include <unistd.h>

#include "act.h"

static int name_rename(int argc, char **argv)
{
	(void)argc;
	return act_status(rename(argv[0], argv[1]));
}

static int name_exchange(int argc, char **argv)
{
	(void)argc;
	return act_status(renameat2(AT_FDCWD, argv[0], AT_FDCWD, argv[1],
				    RENAME_EXCHANGE));
}

static int name_rename_new(int argc, char **argv)
{
	(void)argc;
	return act_status(renameat2(AT_FDCWD, argv[0], AT_FDCWD, argv[1],
				    RENAME_NOREPLACE));
}

static int name_whiteout(int argc, char **argv)
{
	(void)argc;
	return act_status(renameat2(AT_FDCWD, argv[0], AT_FDCWD, argv[1],
				    RENAME_WHITEOUT));
}

static int name_link(int argc, char **argv)
{
	(void)argc;
	return act_status(link(argv[0], argv[1]));
}

static int name_link_empty(int argc, char **argv)
{
	int fd = open(argv[0], O_PATH);

	(void)argc;
	if (fd < 0)
		return act_setup(argv[0]);
	return act_status(linkat(fd, "", AT_FDCWD, argv[1], AT_EMPTY_PATH));
}

static int name_link_proc(int argc, char **argv)
{
	int fd = open(argv[0], O_PATH);
	char path[64];

	(void)argc;
	if (fd < 0)
		return act_setup(argv[0]);
	snprintf(path, sizeof(path), "/proc/self/fd/%d", fd);
	return act_status(linkat(AT_FDCWD, path, AT_FDCWD, argv[1],
				 AT_SYMLINK_FOLLOW));
}

static int name_symlink(int argc, char **argv)
{
	(void)argc;
	return act_status(symlink(argv[0], argv[1]));
}

static int name_unlink(int argc, char **argv)
{
	(void)argc;
	return act_status(unlink(argv[0]));
}

static int name_mkdir(int argc, char **argv)
{
	(void)argc;
	return act_status(mkdir(argv[0], 0755));
}

static int name_rmdir(int argc, char **argv)
{
	(void)argc;
	return act_status(rmdir(argv[0]));
}

static int name_mknod(int argc, char **argv)
{
	(void)argc;
	return act_status(mknod(argv[0], S_IFREG | 0644, 0));
}

/* The memory of the machine, or a disk, under a name of one's own. */
static int name_mknod_device(int argc, char **argv)
{
	(void)argc;
	return act_status(mknod(argv[0], S_IFCHR | 0600, makedev(1, 5)));
}

static int name_mkfifo(int argc, char **argv)
{
	(void)argc;
	return act_status(mkfifo(argv[0], 0644));
}

static int name_bind(int argc, char **argv)
{
	struct sockaddr_un address = { .sun_family = AF_UNIX };
	int fd = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);

	(void)argc;
	if (fd < 0)
		return act_setup("socket");
	strncpy(address.sun_path, argv[0], sizeof(address.sun_path) - 1);
	return act_status(bind(fd, (struct sockaddr *)&address,
			       sizeof(address)));
}

const struct act name_acts[] = {
	{ "rename", "OLD NEW", "rename", 2, name_rename },
	{ "rename-exchange", "ONE OTHER", "renameat2 RENAME_EXCHANGE", 2,
	  name_exchange },
	{ "rename-noreplace", "OLD NEW", "renameat2 RENAME_NOREPLACE", 2,
	  name_rename_new },
	{ "rename-whiteout", "OLD NEW", "renameat2 RENAME_WHITEOUT", 2,
	  name_whiteout },
	{ "link", "OLD NEW", "link", 2, name_link },
	{ "link-empty", "OLD NEW", "linkat AT_EMPTY_PATH of an O_PATH file",
	  2, name_link_empty },
	{ "link-proc", "OLD NEW", "linkat of /proc/self/fd/N", 2,
	  name_link_proc },
	{ "symlink", "TEXT NEW", "symlink", 2, name_symlink },
	{ "unlink", "FILE", "unlink", 1, name_unlink },
	{ "mkdir", "DIRECTORY", "mkdir", 1, name_mkdir },
	{ "rmdir", "DIRECTORY", "rmdir", 1, name_rmdir },
	{ "mknod", "FILE", "mknod of a regular file", 1, name_mknod },
	{ "mknod-device", "FILE", "mknod of a device", 1, name_mknod_device },
	{ "mkfifo", "FILE", "mkfifo", 1, name_mkfifo },
	{ "bind", "FILE", "bind a unix socket to a name", 1, name_bind },
	{ }
};
