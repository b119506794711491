// SPDX-License-Identifier: LGPL-2.1-or-later
/*
 * Counts what operations cost, in guest instructions.
 *
 *	measure DIRECTORY
 *
 * prints a line for each operation: its name and the median of a single one.
 * DIRECTORY holds the files `f` and `1/2/3/4/f`, and the program `nothing`.
 */
#define _GNU_SOURCE
#include <fcntl.h>
#include <stdio.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#include "batch.h"

static char near_path[4096], far_path[4096], program_path[4096];

static void do_getppid(void)
{
	syscall(SYS_getppid);
}

static void open_close(const char *path)
{
	int fd = open(path, O_RDONLY);

	if (fd < 0)
		batch_die(path);
	close(fd);
}

static void do_open_near(void)
{
	open_close(near_path);
}

static void do_open_far(void)
{
	open_close(far_path);
}

static void do_exec(void)
{
	char *arguments[] = { program_path, NULL };
	int status;
	pid_t pid;

	pid = fork();
	if (pid < 0)
		batch_die("fork");
	if (!pid) {
		execve(program_path, arguments, arguments + 1);
		_exit(127);
	}
	if (waitpid(pid, &status, 0) < 0 || status)
		batch_die(program_path);
}

static const struct batch operations[] = {
	{ "getppid", do_getppid, 2000, 201, 100 },
	{ "open1", do_open_near, 1000, 201, 20 },
	{ "open5", do_open_far, 1000, 201, 20 },
	{ "exec", do_exec, 60, 201, 1 },
};

#define OPERATIONS (sizeof(operations) / sizeof(operations[0]))

int main(int argc, char **argv)
{
	size_t i;

	if (argc != 2) {
		fprintf(stderr, "usage: measure DIRECTORY\n");
		return 2;
	}
	snprintf(near_path, sizeof(near_path), "%s/f", argv[1]);
	snprintf(far_path, sizeof(far_path), "%s/1/2/3/4/f", argv[1]);
	snprintf(program_path, sizeof(program_path), "%s/nothing", argv[1]);
	for (i = 0; i < OPERATIONS; i++)
		batch_print(&operations[i]);
	return 0;
}
