// SPDX-License-Identifier: LGPL-2.1-or-later
/*
 * Counts what operations cost, in guest instructions.
 *
 * Under QEMU's -icount shift=0 one instruction of the guest is one nanosecond
 * of its clocks, so that two readings of the clock around an operation count
 * the instructions in between, the kernel's included, exactly and the same in
 * every run.  What is not exact is what else the guest does meanwhile (timer
 * ticks); the median of many batches is free of it.
 *
 *	measure DIRECTORY
 *
 * prints a line for each operation: its name and the median of a single one.
 * DIRECTORY holds the files `f` and `1/2/3/4/f`, and the program `nothing`.
 */
#define _GNU_SOURCE
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#define BATCHES_MAX 501

static char near_path[4096], far_path[4096], program_path[4096];

static void die(const char *what)
{
	fprintf(stderr, "measure: %s: %s\n", what, strerror(errno));
	exit(1);
}

static long now(void)
{
	struct timespec time;

	clock_gettime(CLOCK_MONOTONIC_RAW, &time);
	return time.tv_sec * 1000000000L + time.tv_nsec;
}

static void do_getppid(void)
{
	syscall(SYS_getppid);
}

static void open_close(const char *path)
{
	int fd = open(path, O_RDONLY);

	if (fd < 0)
		die(path);
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
		die("fork");
	if (!pid) {
		execve(program_path, arguments, arguments + 1);
		_exit(127);
	}
	if (waitpid(pid, &status, 0) < 0 || status)
		die(program_path);
}

static int compare(const void *a, const void *b)
{
	long one = *(const long *)a, other = *(const long *)b;

	return (one > other) - (one < other);
}

/* Median, over @batches, of the mean of @size runs. */
static double measure(void (*operation)(void), int batches, int size)
{
	static long spans[BATCHES_MAX];
	long start, empty;
	int i, j;

	/* What reading the clock costs, to be taken off. */
	start = now();
	for (i = 0; i < 100; i++)
		empty = now();
	empty = (empty - start) / 100;
	for (i = 0; i < batches; i++) {
		start = now();
		for (j = 0; j < size; j++)
			operation();
		spans[i] = now() - start - empty;
	}
	qsort(spans, batches, sizeof(spans[0]), compare);
	return (double)spans[batches / 2] / size;
}

static const struct {
	const char *name;
	void (*run)(void);
	int warm, batches, size;
} operations[] = {
	{ "getppid", do_getppid, 2000, 201, 100 },
	{ "open1", do_open_near, 1000, 201, 20 },
	{ "open5", do_open_far, 1000, 201, 20 },
	{ "exec", do_exec, 60, 201, 1 },
};

#define OPERATIONS (sizeof(operations) / sizeof(operations[0]))

int main(int argc, char **argv)
{
	size_t i;
	int j;

	if (argc != 2) {
		fprintf(stderr, "usage: measure DIRECTORY\n");
		return 2;
	}
	snprintf(near_path, sizeof(near_path), "%s/f", argv[1]);
	snprintf(far_path, sizeof(far_path), "%s/1/2/3/4/f", argv[1]);
	snprintf(program_path, sizeof(program_path), "%s/nothing", argv[1]);
	for (i = 0; i < OPERATIONS; i++) {
		for (j = 0; j < operations[i].warm; j++)
			operations[i].run();
		printf("%s %.1f\n", operations[i].name,
		       measure(operations[i].run, operations[i].batches,
			       operations[i].size));
		fflush(stdout);
	}
	return 0;
}
