// SPDX-License-Identifier: LGPL-2.1-or-later
/* Acts that get hold of a file which another process has opened. */
#define _GNU_SOURCE
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <sys/mman.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "act.h"
#include "net.h"

/* Give the file to whoever connects first. */
static int offer(int argc, char **argv)
{
	int counter, fd;

	(void)argc;
	fd = open(argv[1], O_RDONLY | O_CLOEXEC);
	if (fd < 0)
		return act_setup(argv[1]);
	counter = net_counter(argv[0]);
	return counter < 0 ? act_setup(argv[0]) : net_give(counter, fd);
}

static int receive_read(int argc, char **argv)
{
	int fd, status = net_receive(argv[0], &fd);
	char byte;

	(void)argc;
	return status ? status : act_status(read(fd, &byte, 1));
}

static int receive_map(int argc, char **argv)
{
	int fd, status = net_receive(argv[0], &fd);
	void *memory;

	(void)argc;
	if (status)
		return status;
	memory = mmap(NULL, 4096, PROT_READ | PROT_EXEC, MAP_PRIVATE, fd, 0);
	return memory == MAP_FAILED ? errno : act_call(memory);
}

/* The file that number @n of process @pid is. */
static int take_read(int argc, char **argv)
{
	int pidfd, fd;
	char byte;

	(void)argc;
	pidfd = syscall(SYS_pidfd_open, act_number(argv[0]), 0);
	if (pidfd < 0)
		return act_setup("pidfd_open");
	fd = syscall(SYS_pidfd_getfd, pidfd, act_number(argv[1]), 0);
	return fd < 0 ? errno : act_status(read(fd, &byte, 1));
}

/* Hold a file open until stdin ends, and say when it is. */
static int hold(int argc, char **argv)
{
	int fd = open(argv[0], O_RDONLY);
	char byte;

	(void)argc;
	if (fd < 0)
		return act_setup(argv[0]);
	printf("%d %d\n", getpid(), fd);
	fflush(stdout);
	return act_status(read(STDIN_FILENO, &byte, 1));
}

static int inherited_read(int argc, char **argv)
{
	char byte;

	(void)argc;
	return act_status(read(act_number(argv[0]), &byte, 1));
}

const struct act passing_acts[] = {
	{ "offer", "SOCKET FILE",
	  "open a file and give it to the first who connects", 2, offer },
	{ "receive-read", "SOCKET", "receive a file, and read it", 1,
	  receive_read },
	{ "receive-map", "SOCKET", "receive a file, and map it executable", 1,
	  receive_map },
	{ "hold", "FILE", "open a file, print PID and N, wait for stdin", 1,
	  hold },
	{ "take-read", "PID N", "pidfd_getfd, and read", 2, take_read },
	{ "inherited-read", "N", "read a file that was open at the start", 1,
	  inherited_read },
	{ }
};
