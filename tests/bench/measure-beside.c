// SPDX-License-Identifier: LGPL-2.1-or-later
/*
 * What does an operation cost its own process while another one is busy?
 *
 *	measure-beside FILE
 *
 * prints how much of its own processor time an open+close of FILE takes, in
 * nanoseconds, which are instructions of the guest (see batch.h), with what it
 * takes to look at the clock: the median, and the mean.  That another has the
 * processor meanwhile does not count; that it holds a lock, or has left work to
 * be done, does.
 *
 * One by one, not in batches: about one in fifty needs a new page for its
 * struct file, when those that were closed are not free yet (RCU).  Of batches
 * of fifty the median is that of those with such a page or without, as chance
 * has it.
 */
#define _GNU_SOURCE
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <time.h>
#include <unistd.h>

#include "batch.h"

#define TIMES	4001

static long now(void)
{
	struct timespec time;

	clock_gettime(CLOCK_THREAD_CPUTIME_ID, &time);
	return time.tv_sec * 1000000000L + time.tv_nsec;
}

static int compare(const void *a, const void *b)
{
	long one = *(const long *)a, other = *(const long *)b;

	return (one > other) - (one < other);
}

int main(int argc, char **argv)
{
	static long spans[TIMES];
	double sum = 0;
	int i, fd;

	if (argc != 2) {
		fprintf(stderr, "usage: measure-beside FILE\n");
		return 2;
	}
	for (i = -500; i < TIMES; i++) {
		long start = now();

		fd = open(argv[1], O_RDONLY);
		if (fd < 0)
			batch_die(argv[1]);
		close(fd);
		if (i < 0)
			continue;
		spans[i] = now() - start;
		sum += (double)spans[i];
	}
	qsort(spans, TIMES, sizeof(spans[0]), compare);
	printf("open-cpu %ld\nopen-mean %.1f\n", spans[TIMES / 2],
	       sum / TIMES);
	return 0;
}
