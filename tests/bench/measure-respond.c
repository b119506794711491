// SPDX-License-Identifier: LGPL-2.1-or-later
/*
 * When does a process do what is answered?  Where one instruction is a
 * nanosecond, the time from there to the event of the response is what lies
 * between.
 *
 *	measure-respond PROGRAM read PATH
 *	measure-respond PROGRAM connect ADDRESS
 *
 * lets PROGRAM, which is a copy of this one, do it, and prints when its call
 * began, in nanoseconds of CLOCK_BOOTTIME.  Who is stopped by it is killed.
 */
#define _GNU_SOURCE
#include <arpa/inet.h>
#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include "batch.h"

/* A page that lives through the exec. */
static struct timespec *shared(int fd)
{
	void *page = mmap(NULL, 4096, PROT_READ | PROT_WRITE, MAP_SHARED, fd,
			  0);

	if (page == MAP_FAILED)
		batch_die("mmap");
	return page;
}

/* Once before, under a name that is allowed: the pages are there then. */
static void act(struct timespec *began, const char *what, const char *object)
{
	struct sockaddr_in address = { .sin_family = AF_INET };
	int fd;

	address.sin_port = htons(80);
	inet_pton(AF_INET, object, &address.sin_addr);
	if (!strcmp(what, "read")) {
		fd = open("/proc/self/stat", O_RDONLY);
		close(fd);
		clock_gettime(CLOCK_BOOTTIME, began);
		clock_gettime(CLOCK_BOOTTIME, began);
		fd = open(object, O_RDONLY);
	} else {
		fd = socket(AF_INET, SOCK_STREAM, 0);
		clock_gettime(CLOCK_BOOTTIME, began);
		clock_gettime(CLOCK_BOOTTIME, began);
		connect(fd, (struct sockaddr *)&address, sizeof(address));
	}
	_exit(0);
}

int main(int argc, char **argv)
{
	struct timespec *began;
	char number[16];
	int fd, status;
	pid_t pid;

	if (argc == 5 && !strcmp(argv[1], "act")) {
		act(shared(3), argv[3], argv[4]);
		return 1;
	}
	if (argc != 4) {
		fprintf(stderr, "usage: measure-respond PROGRAM read|connect OBJECT\n");
		return 2;
	}
	fd = memfd_create("page", 0);
	if (fd < 0 || ftruncate(fd, 4096) || (fd != 3 && dup2(fd, 3) < 0))
		batch_die("page");
	began = shared(3);
	snprintf(number, sizeof(number), "%d", 3);
	pid = fork();
	if (!pid) {
		execl(argv[1], argv[1], "act", number, argv[2], argv[3], NULL);
		_exit(127);
	}
	if (pid < 0 || waitpid(pid, &status, WUNTRACED) < 0)
		batch_die(argv[1]);
	if (WIFSTOPPED(status)) {
		kill(pid, SIGKILL);
		waitpid(pid, &status, 0);
	}
	printf("%lld\n", (long long)began->tv_sec * 1000000000 +
	       began->tv_nsec);
	return 0;
}
