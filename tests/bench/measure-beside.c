// SPDX-License-Identifier: LGPL-2.1-or-later
/*
 * What does an operation cost its own process while another one is busy?
 *
 *	measure-beside FILE
 *
 * prints how much of its own processor time an open+close of FILE takes, in
 * nanoseconds, which are instructions of the guest (see batch.h): a median of
 * many batches.  That another has the processor meanwhile does not count; that
 * it holds a lock, or has left work to be done, does.
 */
#define _GNU_SOURCE
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <time.h>
#include <unistd.h>

#include "batch.h"

#define BATCHES	401
#define SIZE	50

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
	static long spans[BATCHES];
	int i, j, fd;

	if (argc != 2) {
		fprintf(stderr, "usage: measure-beside FILE\n");
		return 2;
	}
	for (i = -10; i < BATCHES; i++) {
		long start = now();

		for (j = 0; j < SIZE; j++) {
			fd = open(argv[1], O_RDONLY);
			if (fd < 0)
				batch_die(argv[1]);
			close(fd);
		}
		if (i >= 0)
			spans[i] = now() - start;
	}
	qsort(spans, BATCHES, sizeof(spans[0]), compare);
	printf("open-cpu %.1f\n", (double)spans[BATCHES / 2] / SIZE);
	return 0;
}
