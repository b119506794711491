// SPDX-License-Identifier: LGPL-2.1-or-later
/*
 * Acts that start a program.  Each becomes that program, so that its exit
 * status is the program's; `pass`, an act, is a program that does nothing.
 */
#define _GNU_SOURCE
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#include "act.h"

#ifndef AT_EXECVE_CHECK
#define AT_EXECVE_CHECK 0x10000	/* Linux 6.14 */
#endif

extern char **environ;

static int exec_path(int argc, char **argv)
{
	(void)argc;
	return act_status(execve(argv[0], argv, environ));
}

static int exec_fd(int fd, char **argv)
{
	return act_status(syscall(SYS_execveat, fd, "", argv, environ,
				  AT_EMPTY_PATH));
}

static int exec_open(char **argv, int flags)
{
	int fd = open(argv[0], flags);

	return fd < 0 ? act_status(fd) : exec_fd(fd, argv);
}

static int exec_read_fd(int argc, char **argv)
{
	(void)argc;
	return exec_open(argv, O_RDONLY);
}

static int exec_path_fd(int argc, char **argv)
{
	(void)argc;
	return exec_open(argv, O_PATH);
}

static int exec_proc_fd(int fd, char **argv)
{
	char path[64];

	snprintf(path, sizeof(path), "/proc/self/fd/%d", fd);
	return act_status(execve(path, argv, environ));
}

static int exec_path_proc_fd(int argc, char **argv)
{
	int fd = open(argv[0], O_PATH);

	(void)argc;
	return fd < 0 ? act_status(fd) : exec_proc_fd(fd, argv);
}

static int exec_relative(int argc, char **argv)
{
	int dir = open(argv[0], O_PATH | O_DIRECTORY);

	(void)argc;
	if (dir < 0)
		return act_setup(argv[0]);
	return act_status(syscall(SYS_execveat, dir, argv[1], argv + 1,
				  environ, 0));
}

static int exec_check(int argc, char **argv)
{
	(void)argc;
	return act_status(syscall(SYS_execveat, AT_FDCWD, argv[0], argv,
				  environ, AT_EXECVE_CHECK));
}

/* A new file descriptor of memory which holds a copy of @from, or -1. */
static int memory_copy(const char *from)
{
	int fd = memfd_create("program", 0);

	if (fd >= 0 && act_copy(from, fd) < 0) {
		close(fd);
		return -1;
	}
	return fd;
}

static int exec_memfd(int argc, char **argv)
{
	int fd = memory_copy(argv[0]);

	(void)argc;
	return fd < 0 ? act_setup("memfd") : exec_fd(fd, argv);
}

static int exec_memfd_path(int argc, char **argv)
{
	int fd = memory_copy(argv[0]);

	(void)argc;
	return fd < 0 ? act_setup("memfd") : exec_proc_fd(fd, argv);
}

/*
 * A file that is open for writing cannot be executed, so what was copied is
 * opened again; @unlink takes its name away in between.
 */
static int exec_copy(char **argv, const char *to, bool gone)
{
	int fd, result;

	fd = open(to, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0755);
	if (fd < 0)
		return act_setup(to);
	result = act_copy(argv[0], fd);
	close(fd);
	if (result < 0)
		return act_setup(argv[0]);
	fd = open(to, O_PATH);
	if (fd < 0)
		return act_setup(to);
	if (gone && unlink(to) < 0)
		return act_setup(to);
	return exec_proc_fd(fd, argv);
}

static int exec_dropped(int argc, char **argv)
{
	char *to = argv[1];

	(void)argc;
	argv[1] = argv[0];
	return exec_copy(argv + 1, to, false);
}

static int exec_deleted(int argc, char **argv)
{
	char *to = argv[1];

	(void)argc;
	argv[1] = argv[0];
	return exec_copy(argv + 1, to, true);
}

static int exec_tmpfile(int argc, char **argv)
{
	char path[64];
	int fd, again;

	(void)argc;
	fd = open(argv[1], O_TMPFILE | O_WRONLY | O_CLOEXEC, 0755);
	if (fd < 0)
		return act_setup(argv[1]);
	if (act_copy(argv[0], fd) < 0)
		return act_setup(argv[0]);
	snprintf(path, sizeof(path), "/proc/self/fd/%d", fd);
	again = open(path, O_PATH);
	if (again < 0)
		return act_setup(path);
	close(fd);
	argv[1] = argv[0];
	return exec_fd(again, argv + 1);
}

/*
 * The loader, started as a program, maps what it is told to run; it says why
 * it failed only in words.
 */
static int exec_loader(int argc, char **argv)
{
	char said[4096];
	size_t used = 0;
	ssize_t size;
	int pipes[2];
	int status;
	pid_t pid;

	(void)argc;
	if (pipe2(pipes, O_CLOEXEC) < 0)
		return act_setup("pipe");
	pid = fork();
	if (pid < 0)
		return act_setup("fork");
	if (!pid) {
		dup2(pipes[1], STDERR_FILENO);
		_exit(exec_path(argc, argv));
	}
	close(pipes[1]);
	while (used < sizeof(said) - 1 &&
	       (size = read(pipes[0], said + used, sizeof(said) - 1 - used)) > 0)
		used += size;
	said[used] = '\0';
	close(pipes[0]);
	status = act_wait(pid);
	fputs(said, stderr);
	if (status == 127 && (strstr(said, strerror(EACCES)) ||
			      strstr(said, "failed to map segment")))
		return EACCES;
	return status;
}

static int pass(int argc, char **argv)
{
	(void)argc;
	(void)argv;
	return 0;
}

const struct act exec_acts[] = {
	{ "pass", "[ARGUMENT]...", "do nothing, successfully", 0, pass },
	{ "exec", "PROGRAM [ARGUMENT]...", "execve", 1, exec_path },
	{ "exec-read-fd", "PROGRAM [ARGUMENT]...",
	  "fexecve of a file opened for reading", 1, exec_read_fd },
	{ "exec-path-fd", "PROGRAM [ARGUMENT]...",
	  "fexecve of an O_PATH file", 1, exec_path_fd },
	{ "exec-proc-fd", "PROGRAM [ARGUMENT]...",
	  "execve of /proc/self/fd/N", 1, exec_path_proc_fd },
	{ "exec-relative", "DIRECTORY NAME [ARGUMENT]...",
	  "execveat below a directory", 2, exec_relative },
	{ "exec-check", "PROGRAM",
	  "execveat AT_EXECVE_CHECK: only ask whether it may", 1, exec_check },
	{ "exec-memfd", "PROGRAM [ARGUMENT]...",
	  "execute a copy in a memfd by its descriptor", 1, exec_memfd },
	{ "exec-memfd-path", "PROGRAM [ARGUMENT]...",
	  "execute a copy in a memfd by /proc/self/fd/N", 1,
	  exec_memfd_path },
	{ "exec-dropped", "PROGRAM COPY [ARGUMENT]...",
	  "copy a program and execute the copy", 2, exec_dropped },
	{ "exec-deleted", "PROGRAM COPY [ARGUMENT]...",
	  "the same, with the copy's name taken away before", 2,
	  exec_deleted },
	{ "exec-tmpfile", "PROGRAM DIRECTORY [ARGUMENT]...",
	  "execute a copy in an O_TMPFILE file", 2, exec_tmpfile },
	{ "exec-loader", "LD.SO PROGRAM [ARGUMENT]...",
	  "let the dynamic loader run a program", 2, exec_loader },
	{ }
};
