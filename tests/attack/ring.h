/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* io_uring without a library: one entry at a time, and its result. */
#ifndef _ATTACK_RING_H
#define _ATTACK_RING_H

#include <linux/io_uring.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/**
 * struct ring_way - how a ring is set up, and its entries are marked
 * @setup: IORING_SETUP_
 * @flags: IOSQE_
 * @personality: use credentials that were registered
 */
struct ring_way {
	unsigned int setup;
	unsigned char flags;
	bool personality;
};

extern const struct ring_way ring_plain;
extern const struct ring_way ring_worker;
extern const struct ring_way ring_poller;
extern const struct ring_way ring_borrowed;

struct ring {
	int fd;
	struct io_uring_params params;
	struct io_uring_sqe *entries;
	char *queues;
	size_t queues_size;
	size_t entries_size;
	int personality;
};

/** ring_open - make one; 0 or an exit status */
int ring_open(struct ring *ring, const struct ring_way *way);

/** ring_close - the end of one */
void ring_close(struct ring *ring);

/** ring_do - submit one entry and wait for it: its result, or -errno */
int ring_do(struct ring *ring, const struct ring_way *way,
	    const struct io_uring_sqe *entry);

/** ring_once - one entry in a ring of its own: an exit status */
int ring_once(const struct ring_way *way, const struct io_uring_sqe *entry);

/** ring_register_files - its table of files; 0, or -1 with errno */
int ring_register_files(struct ring *ring, const int *files,
			unsigned int count);

/** ring_pointer - an address as entries hold it */
static inline uint64_t ring_pointer(const void *p)
{
	return (uintptr_t)p;
}

#endif /* _ATTACK_RING_H */
