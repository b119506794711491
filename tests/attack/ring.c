// SPDX-License-Identifier: LGPL-2.1-or-later
#define _GNU_SOURCE
#include <errno.h>
#include <linux/io_uring.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "act.h"
#include "ring.h"

const struct ring_way ring_plain = { 0 };
const struct ring_way ring_worker = { .flags = IOSQE_ASYNC };
const struct ring_way ring_poller = { .setup = IORING_SETUP_SQPOLL };
const struct ring_way ring_borrowed = { .personality = true };

static unsigned int *ring_word(struct ring *ring, unsigned int offset)
{
	return (unsigned int *)(ring->queues + offset);
}

int ring_open(struct ring *ring, const struct ring_way *way)
{
	struct io_uring_params *p = &ring->params;
	size_t sq, cq;

	memset(ring, 0, sizeof(*ring));
	p->flags = way->setup;
	p->sq_thread_idle = 1000;
	ring->fd = syscall(SYS_io_uring_setup, 4, p);
	if (ring->fd < 0)
		return errno == EACCES ? EACCES : act_setup("io_uring_setup");
	if (!(p->features & IORING_FEAT_SINGLE_MMAP)) {
		errno = ENOSYS;
		return act_setup("io_uring of one mapping");
	}
	sq = p->sq_off.array + p->sq_entries * sizeof(unsigned int);
	cq = p->cq_off.cqes + p->cq_entries * sizeof(struct io_uring_cqe);
	ring->queues_size = sq > cq ? sq : cq;
	ring->queues = mmap(NULL, ring->queues_size, PROT_READ | PROT_WRITE,
			    MAP_SHARED | MAP_POPULATE, ring->fd,
			    IORING_OFF_SQ_RING);
	ring->entries_size = p->sq_entries * sizeof(*ring->entries);
	ring->entries = mmap(NULL, ring->entries_size, PROT_READ | PROT_WRITE,
			     MAP_SHARED | MAP_POPULATE, ring->fd,
			     IORING_OFF_SQES);
	if (ring->queues == MAP_FAILED || ring->entries == MAP_FAILED)
		return act_setup("mapping the ring");
	if (way->personality) {
		ring->personality = syscall(SYS_io_uring_register, ring->fd,
					    IORING_REGISTER_PERSONALITY, NULL,
					    0);
		if (ring->personality < 0)
			return act_setup("registering a personality");
	}
	return 0;
}

void ring_close(struct ring *ring)
{
	munmap(ring->queues, ring->queues_size);
	munmap(ring->entries, ring->entries_size);
	close(ring->fd);
}

int ring_do(struct ring *ring, const struct ring_way *way,
	    const struct io_uring_sqe *entry)
{
	const struct io_uring_params *p = &ring->params;
	unsigned int *sq_tail = ring_word(ring, p->sq_off.tail);
	unsigned int *cq_head = ring_word(ring, p->cq_off.head);
	unsigned int *cq_tail = ring_word(ring, p->cq_off.tail);
	unsigned int mask = *ring_word(ring, p->sq_off.ring_mask);
	unsigned int slot = *sq_tail & mask, head = *cq_head;
	unsigned int flags = IORING_ENTER_GETEVENTS;
	const struct io_uring_cqe *done;
	int result;

	ring->entries[slot] = *entry;
	ring->entries[slot].flags |= way->flags;
	ring->entries[slot].personality = ring->personality;
	ring_word(ring, p->sq_off.array)[slot] = slot;
	__atomic_store_n(sq_tail, *sq_tail + 1, __ATOMIC_RELEASE);
	if (way->setup & IORING_SETUP_SQPOLL)
		flags |= IORING_ENTER_SQ_WAKEUP;
	while (__atomic_load_n(cq_tail, __ATOMIC_ACQUIRE) == head) {
		if (syscall(SYS_io_uring_enter, ring->fd, 1, 1, flags, NULL,
			    0) < 0 && errno != EINTR)
			return -errno;
	}
	done = (const struct io_uring_cqe *)(ring->queues + p->cq_off.cqes);
	mask = *ring_word(ring, p->cq_off.ring_mask);
	result = done[head & mask].res;
	__atomic_store_n(cq_head, head + 1, __ATOMIC_RELEASE);
	return result;
}

int ring_once(const struct ring_way *way, const struct io_uring_sqe *entry)
{
	struct ring ring;
	int status = ring_open(&ring, way);

	if (status)
		return status;
	status = ring_do(&ring, way, entry);
	ring_close(&ring);
	return status < 0 ? -status : 0;
}

int ring_register_files(struct ring *ring, const int *files, unsigned int count)
{
	return syscall(SYS_io_uring_register, ring->fd, IORING_REGISTER_FILES,
		       files, count);
}
