// SPDX-License-Identifier: LGPL-2.1-or-later
/* Acts that open files, by every way the kernel has to open one. */
#define _GNU_SOURCE
#include <errno.h>
#include <fcntl.h>
#include <linux/openat2.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/acct.h>
#include <sys/fanotify.h>
#include <sys/mman.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#include "act.h"

/* Having it open is not yet having it: read, or list if it is a directory. */
static int take(int fd)
{
	char buffer[4096];

	if (fd < 0)
		return errno;
	if (read(fd, buffer, sizeof(buffer)) >= 0)
		return 0;
	if (errno == EISDIR)
		return act_status(syscall(SYS_getdents64, fd, buffer,
					  sizeof(buffer)));
	return errno;
}

static int put(int fd)
{
	static const char text[] = "written by an act\n";

	if (fd < 0)
		return errno;
	return act_status(write(fd, text, sizeof(text) - 1));
}

static int file_read(int argc, char **argv)
{
	(void)argc;
	return take(open(argv[0], O_RDONLY));
}

static int file_list(int argc, char **argv)
{
	(void)argc;
	return take(open(argv[0], O_RDONLY | O_DIRECTORY));
}

static int file_write(int argc, char **argv)
{
	(void)argc;
	return put(open(argv[0], O_WRONLY));
}

static int file_append(int argc, char **argv)
{
	(void)argc;
	return put(open(argv[0], O_WRONLY | O_APPEND));
}

static int file_read_write(int argc, char **argv)
{
	(void)argc;
	return put(open(argv[0], O_RDWR));
}

static int file_create(int argc, char **argv)
{
	(void)argc;
	return put(open(argv[0], O_WRONLY | O_CREAT | O_EXCL, 0644));
}

/* Creates what is not there, opens what is; asks for reading only. */
static int file_create_read(int argc, char **argv)
{
	(void)argc;
	return take(open(argv[0], O_RDONLY | O_CREAT, 0644));
}

static int file_overwrite(int argc, char **argv)
{
	(void)argc;
	return put(creat(argv[0], 0644));
}

static int file_open_truncate(int argc, char **argv)
{
	(void)argc;
	return act_status(open(argv[0], O_RDONLY | O_TRUNC));
}

/*
 * Access mode 3 is an open for ioctl only, which the kernel checks as for
 * reading and writing.
 */
static int file_open_ioctl(int argc, char **argv)
{
	(void)argc;
	return act_status(open(argv[0], O_ACCMODE));
}

static int open2(const char *path, int flags)
{
	struct open_how how = {
		.flags = flags, .resolve = RESOLVE_NO_MAGICLINKS,
	};

	return syscall(SYS_openat2, AT_FDCWD, path, &how, sizeof(how));
}

static int file_openat2_read(int argc, char **argv)
{
	(void)argc;
	return take(open2(argv[0], O_RDONLY));
}

static int file_openat2_write(int argc, char **argv)
{
	(void)argc;
	return put(open2(argv[0], O_WRONLY));
}

/* By inode instead of by name; any file of that file system will do as @any. */
static int open_handle(const char *path, const char *any, int flags)
{
	union {
		struct file_handle head;
		char space[sizeof(struct file_handle) + MAX_HANDLE_SZ];
	} handle = { .head.handle_bytes = MAX_HANDLE_SZ };
	int mount, id;

	mount = open(any, O_RDONLY);
	if (mount < 0 ||
	    name_to_handle_at(AT_FDCWD, path, &handle.head, &id, 0) < 0) {
		act_setup("file handle");
		exit(ACT_SETUP);
	}
	return open_by_handle_at(mount, &handle.head, flags);
}

static int file_handle_read(int argc, char **argv)
{
	(void)argc;
	return take(open_handle(argv[0], argv[1], O_RDONLY));
}

static int file_handle_write(int argc, char **argv)
{
	(void)argc;
	return put(open_handle(argv[0], argv[1], O_WRONLY));
}

static int reopen(int fd, int flags)
{
	char path[64];

	if (fd < 0)
		return -1;
	snprintf(path, sizeof(path), "/proc/self/fd/%d", fd);
	return open(path, flags);
}

static int file_reopen_read(int argc, char **argv)
{
	(void)argc;
	return take(reopen(open(argv[0], O_PATH), O_RDONLY));
}

static int file_reopen_write(int argc, char **argv)
{
	(void)argc;
	return put(reopen(open(argv[0], O_PATH), O_WRONLY));
}

/* From a descriptor that is rightly had to one that is not. */
static int file_widen(int argc, char **argv)
{
	int fd = open(argv[0], O_RDONLY);

	(void)argc;
	return fd < 0 ? act_setup(argv[0]) : put(reopen(fd, O_WRONLY));
}

/* @path as seen through a link of /proc that leads to some root directory. */
static int read_below(const char *root, const char *path)
{
	char *name;
	int status;

	if (asprintf(&name, "%s%s", root, path) < 0)
		return act_setup("memory");
	status = take(open(name, O_RDONLY));
	free(name);
	return status;
}

static int file_proc_root_read(int argc, char **argv)
{
	(void)argc;
	return read_below("/proc/self/root", argv[0]);
}

static int file_other_root_read(int argc, char **argv)
{
	char root[64];

	(void)argc;
	snprintf(root, sizeof(root), "/proc/%ld/root", act_number(argv[0]));
	return read_below(root, argv[1]);
}

static int file_relative_read(int argc, char **argv)
{
	(void)argc;
	if (chdir(argv[0]) < 0)
		return act_setup(argv[0]);
	return take(open(argv[1], O_RDONLY));
}

static int file_tmpfile(int argc, char **argv)
{
	(void)argc;
	return put(open(argv[0], O_TMPFILE | O_WRONLY, 0644));
}

static int file_tmpfile_link(int argc, char **argv)
{
	int fd = open(argv[0], O_TMPFILE | O_RDWR, 0644);
	char path[64];
	int status;

	(void)argc;
	status = put(fd);
	if (status)
		return status;
	snprintf(path, sizeof(path), "/proc/self/fd/%d", fd);
	return act_status(linkat(AT_FDCWD, path, AT_FDCWD, argv[1],
				 AT_SYMLINK_FOLLOW));
}

static int file_truncate(int argc, char **argv)
{
	(void)argc;
	return act_status(truncate(argv[0], 1));
}

static int file_ftruncate(int argc, char **argv)
{
	int fd = open(argv[0], O_WRONLY);

	(void)argc;
	return fd < 0 ? errno : act_status(ftruncate(fd, 1));
}

/* Memory as a file: what a program does with its own is its own affair. */
static int file_memory(int argc, char **argv)
{
	int fd = memfd_create("scratch", 0);

	(void)argc;
	(void)argv;
	if (fd < 0 || ftruncate(fd, 4096) < 0 || fchmod(fd, 0600) < 0)
		return errno;
	return put(fd);
}

static int file_map_write(int argc, char **argv)
{
	int fd = open(argv[0], O_RDWR);
	char *memory;

	(void)argc;
	if (fd < 0)
		return errno;
	memory = mmap(NULL, 4096, PROT_READ | PROT_WRITE, MAP_SHARED, fd, 0);
	if (memory == MAP_FAILED)
		return errno;
	memory[0] ^= 1;
	return act_status(msync(memory, 4096, MS_SYNC));
}

/* The kernel itself opens the file, to write process accounting there. */
static int file_account(int argc, char **argv)
{
	int status = act_status(acct(argv[0]));

	(void)argc;
	if (!status)
		acct(NULL);
	return status;
}

/* The kernel writes "core", or what core_pattern says, where it dies. */
static int file_dump(int argc, char **argv)
{
	struct rlimit limit = { RLIM_INFINITY, RLIM_INFINITY };
	int status;
	pid_t pid;

	(void)argc;
	pid = fork();
	if (pid < 0)
		return act_setup("fork");
	if (!pid) {
		if (chdir(argv[0]) < 0 || setrlimit(RLIMIT_CORE, &limit) < 0)
			_exit(ACT_SETUP);
		abort();
	}
	if (waitpid(pid, &status, 0) < 0)
		return act_setup("waitpid");
	if (!WIFSIGNALED(status))
		return ACT_SETUP;
	return WCOREDUMP(status) ? 0 : EACCES;
}

/*
 * Who listens to a mount by fanotify gets every file that anybody opens there
 * as an open file of its own.
 */
static int file_overhear(int argc, char **argv)
{
	struct fanotify_event_metadata event;
	ssize_t size;
	int group;
	pid_t pid;

	(void)argc;
	group = fanotify_init(FAN_CLASS_NOTIF | FAN_NONBLOCK, O_RDONLY);
	if (group < 0 || fanotify_mark(group, FAN_MARK_ADD, FAN_OPEN, AT_FDCWD,
				       argv[0]) < 0)
		return errno == EACCES ? EACCES : act_setup("fanotify");
	pid = fork();
	if (pid < 0)
		return act_setup("fork");
	if (!pid)
		_exit(execl(argv[1], argv[1], "read", argv[0], NULL));
	act_wait(pid);
	size = read(group, &event, sizeof(event));
	if (size < 0)
		return errno == EAGAIN ? ENODATA : errno;
	return event.fd < 0 ? ENODATA : take(event.fd);
}

const struct act file_acts[] = {
	{ "read", "PATH", "open and read a file, or list a directory", 1,
	  file_read },
	{ "list", "DIRECTORY", "list a directory", 1, file_list },
	{ "write", "FILE", "open and write a file", 1, file_write },
	{ "append", "FILE", "append to a file", 1, file_append },
	{ "read-write", "FILE", "open O_RDWR and write", 1, file_read_write },
	{ "create", "FILE", "create a file that is not there", 1,
	  file_create },
	{ "create-read", "FILE", "O_CREAT|O_RDONLY", 1, file_create_read },
	{ "overwrite", "FILE", "creat(2)", 1, file_overwrite },
	{ "open-truncate", "FILE", "O_RDONLY|O_TRUNC", 1,
	  file_open_truncate },
	{ "open-ioctl", "FILE", "access mode 3", 1, file_open_ioctl },
	{ "openat2-read", "FILE", "openat2, then read", 1,
	  file_openat2_read },
	{ "openat2-write", "FILE", "openat2, then write", 1,
	  file_openat2_write },
	{ "handle-read", "FILE ANY",
	  "open_by_handle_at in the file system of ANY, then read", 2,
	  file_handle_read },
	{ "handle-write", "FILE ANY", "the same, then write", 2,
	  file_handle_write },
	{ "reopen-read", "FILE", "O_PATH, then /proc/self/fd/N for reading",
	  1, file_reopen_read },
	{ "reopen-write", "FILE", "O_PATH, then /proc/self/fd/N for writing",
	  1, file_reopen_write },
	{ "widen", "FILE", "O_RDONLY, then /proc/self/fd/N for writing", 1,
	  file_widen },
	{ "proc-root-read", "FILE", "read through /proc/self/root", 1,
	  file_proc_root_read },
	{ "other-root-read", "PID FILE", "read through /proc/PID/root", 2,
	  file_other_root_read },
	{ "relative-read", "DIRECTORY FILE", "chdir, read a relative path", 2,
	  file_relative_read },
	{ "tmpfile", "DIRECTORY", "create and write an O_TMPFILE file", 1,
	  file_tmpfile },
	{ "tmpfile-link", "DIRECTORY NEW", "the same, then give it a name", 2,
	  file_tmpfile_link },
	{ "truncate", "FILE", "truncate by path", 1, file_truncate },
	{ "ftruncate", "FILE", "truncate an open file", 1, file_ftruncate },
	{ "memory-file", "", "make, write, truncate a memfd", 0,
	  file_memory },
	{ "map-write", "FILE", "write by a shared mapping", 1,
	  file_map_write },
	{ "account", "FILE", "let the kernel write process accounting", 1,
	  file_account },
	{ "dump", "DIRECTORY", "let the kernel write a core file", 1,
	  file_dump },
	{ "overhear", "FILE PROGRAM",
	  "get a file from fanotify when PROGRAM (an act) reads it", 2,
	  file_overhear },
	{ }
};
