// SPDX-License-Identifier: LGPL-2.1-or-later
#define _GNU_SOURCE
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "batch.h"

void batch_die(const char *what)
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

void batch_print(const struct batch *batch)
{
	int i;

	for (i = 0; i < batch->warm; i++)
		batch->run();
	printf("%s %.1f\n", batch->name,
	       measure(batch->run, batch->batches, batch->size));
	fflush(stdout);
}
