/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * Counting instructions of the guest.
 *
 * Under QEMU's -icount shift=0 one instruction of the guest is one nanosecond
 * of its clocks, so that two readings of the clock around an operation count
 * the instructions in between, the kernel's included, exactly and the same in
 * every run.  What is not exact is what else the guest does meanwhile (timer
 * ticks); the median of many batches is free of it.
 */
#ifndef _BENCH_BATCH_H
#define _BENCH_BATCH_H

#define BATCHES_MAX 501

/**
 * struct batch - an operation to be measured
 * @name: printed before its figure
 * @run: once
 * @warm: how often before anything is counted
 * @batches: of which the median is taken; up to BATCHES_MAX
 * @size: how often in a batch
 */
struct batch {
	const char *name;
	void (*run)(void);
	int warm, batches, size;
};

/** batch_print - measure it; prints its name and the median of a single one */
void batch_print(const struct batch *batch);

/** batch_die - end with @what and errno */
void batch_die(const char *what);

#endif /* _BENCH_BATCH_H */
