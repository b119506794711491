// SPDX-License-Identifier: LGPL-2.1-or-later
/*
 * Acts by io_uring: no system call of the usual name is made, and it may be
 * another thread, or one of the kernel, that does the work.
 */
#define _GNU_SOURCE
#include <errno.h>
#include <fcntl.h>
#include <linux/io_uring.h>
#include <linux/openat2.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "act.h"

/* How a ring is set up, and its entries are marked. */
struct way {
	unsigned int setup;	/* IORING_SETUP_ */
	unsigned char flags;	/* IOSQE_ */
	bool personality;	/* use credentials that were registered */
};

static const struct way plainly = { 0 };
static const struct way worker = { .flags = IOSQE_ASYNC };
static const struct way poller = { .setup = IORING_SETUP_SQPOLL };
static const struct way borrowed = { .personality = true };

struct ring {
	int fd;
	struct io_uring_params params;
	struct io_uring_sqe *entries;
	char *queues;
	size_t queues_size;
	size_t entries_size;
	int personality;
};

static unsigned int *ring_word(struct ring *ring, unsigned int offset)
{
	return (unsigned int *)(ring->queues + offset);
}

/* 0 or an exit status. */
static int ring_open(struct ring *ring, const struct way *way)
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

static void ring_close(struct ring *ring)
{
	munmap(ring->queues, ring->queues_size);
	munmap(ring->entries, ring->entries_size);
	close(ring->fd);
}

/* Submit one entry and wait for what comes of it: its result, or -errno. */
static int ring_do(struct ring *ring, const struct way *way,
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

/* One entry in a ring of its own; an exit status. */
static int once(const struct way *way, const struct io_uring_sqe *entry)
{
	struct ring ring;
	int status = ring_open(&ring, way);

	if (status)
		return status;
	status = ring_do(&ring, way, entry);
	ring_close(&ring);
	return status < 0 ? -status : 0;
}

static uint64_t pointer(const void *p)
{
	return (uintptr_t)p;
}

static int uring_open(const struct way *way, const char *path, int flags)
{
	const struct io_uring_sqe entry = {
		.opcode = IORING_OP_OPENAT, .fd = AT_FDCWD,
		.addr = pointer(path), .open_flags = flags, .len = 0644,
	};
	struct ring ring;
	int status, fd;
	char byte = 'x';

	status = ring_open(&ring, way);
	if (status)
		return status;
	fd = ring_do(&ring, way, &entry);
	ring_close(&ring);
	if (fd < 0)
		return -fd;
	return act_status((flags & O_ACCMODE) == O_RDONLY ?
				  read(fd, &byte, 1) : write(fd, &byte, 1));
}

static int uring_read(int argc, char **argv)
{
	(void)argc;
	return uring_open(&plainly, argv[0], O_RDONLY);
}

static int uring_write(int argc, char **argv)
{
	(void)argc;
	return uring_open(&plainly, argv[0], O_WRONLY);
}

static int uring_create(int argc, char **argv)
{
	(void)argc;
	return uring_open(&plainly, argv[0], O_WRONLY | O_CREAT | O_EXCL);
}

static int uring_worker_read(int argc, char **argv)
{
	(void)argc;
	return uring_open(&worker, argv[0], O_RDONLY);
}

static int uring_poller_read(int argc, char **argv)
{
	(void)argc;
	return uring_open(&poller, argv[0], O_RDONLY);
}

static int uring_borrowed_read(int argc, char **argv)
{
	(void)argc;
	return uring_open(&borrowed, argv[0], O_RDONLY);
}

static int uring_openat2(int argc, char **argv)
{
	struct open_how how = { .flags = O_RDONLY };
	const struct io_uring_sqe entry = {
		.opcode = IORING_OP_OPENAT2, .fd = AT_FDCWD,
		.addr = pointer(argv[0]), .len = sizeof(how),
		.off = pointer(&how),
	};

	(void)argc;
	return once(&plainly, &entry);
}

/* Into the ring's own table of files: no descriptor ever exists. */
static int uring_direct(int argc, char **argv)
{
	char byte;
	const struct io_uring_sqe open_entry = {
		.opcode = IORING_OP_OPENAT, .fd = AT_FDCWD,
		.addr = pointer(argv[0]), .open_flags = O_RDONLY,
		.file_index = 1,
	};
	const struct io_uring_sqe read_entry = {
		.opcode = IORING_OP_READ, .fd = 0, .flags = IOSQE_FIXED_FILE,
		.addr = pointer(&byte), .len = 1,
	};
	struct ring ring;
	int none = -1, status;

	(void)argc;
	status = ring_open(&ring, &plainly);
	if (status)
		return status;
	if (syscall(SYS_io_uring_register, ring.fd, IORING_REGISTER_FILES,
		    &none, 1) < 0)
		return act_setup("registering files");
	status = ring_do(&ring, &plainly, &open_entry);
	if (status >= 0)
		status = ring_do(&ring, &plainly, &read_entry);
	ring_close(&ring);
	return status < 0 ? -status : 0;
}

/*
 * A worker thread that is there already takes on the credentials that its
 * master has by now, for as long as it works for it.
 */
static int uring_changed(int argc, char **argv)
{
	const struct io_uring_sqe nothing = { .opcode = IORING_OP_NOP };
	const struct io_uring_sqe entry = {
		.opcode = IORING_OP_OPENAT, .fd = AT_FDCWD,
		.addr = pointer(argv[0]), .open_flags = O_RDONLY,
	};
	struct ring ring;
	int status;

	(void)argc;
	status = ring_open(&ring, &worker);
	if (status)
		return status;
	if (ring_do(&ring, &worker, &nothing) < 0)
		return act_setup("a worker");
	if (syscall(SYS_setresuid, 65534, 65534, 65534) < 0)
		return act_setup("setresuid");
	status = ring_do(&ring, &worker, &entry);
	ring_close(&ring);
	return status < 0 ? -status : 0;
}

static int uring_rename(int argc, char **argv)
{
	const struct io_uring_sqe entry = {
		.opcode = IORING_OP_RENAMEAT, .fd = AT_FDCWD,
		.addr = pointer(argv[0]), .len = AT_FDCWD,
		.off = pointer(argv[1]),
	};

	(void)argc;
	return once(&plainly, &entry);
}

static int uring_unlink(int argc, char **argv)
{
	const struct io_uring_sqe entry = {
		.opcode = IORING_OP_UNLINKAT, .fd = AT_FDCWD,
		.addr = pointer(argv[0]),
	};

	(void)argc;
	return once(&plainly, &entry);
}

static int uring_rmdir(int argc, char **argv)
{
	const struct io_uring_sqe entry = {
		.opcode = IORING_OP_UNLINKAT, .fd = AT_FDCWD,
		.addr = pointer(argv[0]), .unlink_flags = AT_REMOVEDIR,
	};

	(void)argc;
	return once(&plainly, &entry);
}

static int uring_mkdir(int argc, char **argv)
{
	const struct io_uring_sqe entry = {
		.opcode = IORING_OP_MKDIRAT, .fd = AT_FDCWD,
		.addr = pointer(argv[0]), .len = 0755,
	};

	(void)argc;
	return once(&plainly, &entry);
}

static int uring_symlink(int argc, char **argv)
{
	const struct io_uring_sqe entry = {
		.opcode = IORING_OP_SYMLINKAT, .fd = AT_FDCWD,
		.addr = pointer(argv[0]), .off = pointer(argv[1]),
	};

	(void)argc;
	return once(&plainly, &entry);
}

static int uring_link(int argc, char **argv)
{
	const struct io_uring_sqe entry = {
		.opcode = IORING_OP_LINKAT, .fd = AT_FDCWD,
		.addr = pointer(argv[0]), .len = AT_FDCWD,
		.off = pointer(argv[1]),
	};

	(void)argc;
	return once(&plainly, &entry);
}

static int uring_setxattr(int argc, char **argv)
{
	const struct io_uring_sqe entry = {
		.opcode = IORING_OP_SETXATTR,
		.addr = pointer("trusted.act"), .off = pointer("x"),
		.len = 1, .addr3 = pointer(argv[0]),
	};

	(void)argc;
	return once(&plainly, &entry);
}

const struct act uring_acts[] = {
	{ "uring-read", "FILE", "openat by io_uring", 1, uring_read },
	{ "uring-write", "FILE", "the same for writing", 1, uring_write },
	{ "uring-create", "FILE", "the same, creating", 1, uring_create },
	{ "uring-worker-read", "FILE", "openat in a worker thread", 1,
	  uring_worker_read },
	{ "uring-poller-read", "FILE", "openat by a kernel polling thread", 1,
	  uring_poller_read },
	{ "uring-borrowed-read", "FILE",
	  "openat with a registered personality", 1, uring_borrowed_read },
	{ "uring-changed-read", "FILE",
	  "openat by a worker that has changed its user since", 1,
	  uring_changed },
	{ "uring-openat2", "FILE", "openat2 by io_uring", 1, uring_openat2 },
	{ "uring-direct", "FILE", "open and read without a descriptor", 1,
	  uring_direct },
	{ "uring-rename", "OLD NEW", "renameat by io_uring", 2,
	  uring_rename },
	{ "uring-unlink", "FILE", "unlinkat by io_uring", 1, uring_unlink },
	{ "uring-rmdir", "DIRECTORY", "unlinkat of a directory", 1,
	  uring_rmdir },
	{ "uring-mkdir", "DIRECTORY", "mkdirat by io_uring", 1,
	  uring_mkdir },
	{ "uring-symlink", "TEXT NEW", "symlinkat by io_uring", 2,
	  uring_symlink },
	{ "uring-link", "OLD NEW", "linkat by io_uring", 2, uring_link },
	{ "uring-setxattr", "FILE", "setxattr by io_uring", 1,
	  uring_setxattr },
	{ }
};
