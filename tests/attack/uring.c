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
#include <sys/stat.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "act.h"
#include "ring.h"

static int uring_open(const struct ring_way *way, const char *path, int flags)
{
	const struct io_uring_sqe entry = {
		.opcode = IORING_OP_OPENAT, .fd = AT_FDCWD,
		.addr = ring_pointer(path), .open_flags = flags, .len = 0644,
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
	return uring_open(&ring_plain, argv[0], O_RDONLY);
}

static int uring_write(int argc, char **argv)
{
	(void)argc;
	return uring_open(&ring_plain, argv[0], O_WRONLY);
}

static int uring_create(int argc, char **argv)
{
	(void)argc;
	return uring_open(&ring_plain, argv[0], O_WRONLY | O_CREAT | O_EXCL);
}

static int uring_worker_read(int argc, char **argv)
{
	(void)argc;
	return uring_open(&ring_worker, argv[0], O_RDONLY);
}

static int uring_poller_read(int argc, char **argv)
{
	(void)argc;
	return uring_open(&ring_poller, argv[0], O_RDONLY);
}

static int uring_borrowed_read(int argc, char **argv)
{
	(void)argc;
	return uring_open(&ring_borrowed, argv[0], O_RDONLY);
}

static int uring_openat2(int argc, char **argv)
{
	struct open_how how = { .flags = O_RDONLY };
	const struct io_uring_sqe entry = {
		.opcode = IORING_OP_OPENAT2, .fd = AT_FDCWD,
		.addr = ring_pointer(argv[0]), .len = sizeof(how),
		.off = ring_pointer(&how),
	};

	(void)argc;
	return ring_once(&ring_plain, &entry);
}

/* Into the ring's own table of files: no descriptor ever exists. */
static int uring_direct(int argc, char **argv)
{
	char byte;
	const struct io_uring_sqe open_entry = {
		.opcode = IORING_OP_OPENAT, .fd = AT_FDCWD,
		.addr = ring_pointer(argv[0]), .open_flags = O_RDONLY,
		.file_index = 1,
	};
	const struct io_uring_sqe read_entry = {
		.opcode = IORING_OP_READ, .fd = 0, .flags = IOSQE_FIXED_FILE,
		.addr = ring_pointer(&byte), .len = 1,
	};
	struct ring ring;
	int none = -1, status;

	(void)argc;
	status = ring_open(&ring, &ring_plain);
	if (status)
		return status;
	if (ring_register_files(&ring, &none, 1) < 0)
		return act_setup("registering files");
	status = ring_do(&ring, &ring_plain, &open_entry);
	if (status >= 0)
		status = ring_do(&ring, &ring_plain, &read_entry);
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
		.addr = ring_pointer(argv[0]), .open_flags = O_RDONLY,
	};
	struct ring ring;
	int status;

	(void)argc;
	status = ring_open(&ring, &ring_worker);
	if (status)
		return status;
	if (ring_do(&ring, &ring_worker, &nothing) < 0)
		return act_setup("a worker");
	if (syscall(SYS_setresuid, 65534, 65534, 65534) < 0)
		return act_setup("setresuid");
	status = ring_do(&ring, &ring_worker, &entry);
	ring_close(&ring);
	return status < 0 ? -status : 0;
}

static int uring_rename(int argc, char **argv)
{
	const struct io_uring_sqe entry = {
		.opcode = IORING_OP_RENAMEAT, .fd = AT_FDCWD,
		.addr = ring_pointer(argv[0]), .len = AT_FDCWD,
		.off = ring_pointer(argv[1]),
	};

	(void)argc;
	return ring_once(&ring_plain, &entry);
}

static int uring_unlink(int argc, char **argv)
{
	const struct io_uring_sqe entry = {
		.opcode = IORING_OP_UNLINKAT, .fd = AT_FDCWD,
		.addr = ring_pointer(argv[0]),
	};

	(void)argc;
	return ring_once(&ring_plain, &entry);
}

static int uring_rmdir(int argc, char **argv)
{
	const struct io_uring_sqe entry = {
		.opcode = IORING_OP_UNLINKAT, .fd = AT_FDCWD,
		.addr = ring_pointer(argv[0]), .unlink_flags = AT_REMOVEDIR,
	};

	(void)argc;
	return ring_once(&ring_plain, &entry);
}

static int uring_mkdir(int argc, char **argv)
{
	const struct io_uring_sqe entry = {
		.opcode = IORING_OP_MKDIRAT, .fd = AT_FDCWD,
		.addr = ring_pointer(argv[0]), .len = 0755,
	};

	(void)argc;
	return ring_once(&ring_plain, &entry);
}

static int uring_symlink(int argc, char **argv)
{
	const struct io_uring_sqe entry = {
		.opcode = IORING_OP_SYMLINKAT, .fd = AT_FDCWD,
		.addr = ring_pointer(argv[0]), .off = ring_pointer(argv[1]),
	};

	(void)argc;
	return ring_once(&ring_plain, &entry);
}

static int uring_link(int argc, char **argv)
{
	const struct io_uring_sqe entry = {
		.opcode = IORING_OP_LINKAT, .fd = AT_FDCWD,
		.addr = ring_pointer(argv[0]), .len = AT_FDCWD,
		.off = ring_pointer(argv[1]),
	};

	(void)argc;
	return ring_once(&ring_plain, &entry);
}

static int uring_setxattr(int argc, char **argv)
{
	const struct io_uring_sqe entry = {
		.opcode = IORING_OP_SETXATTR,
		.addr = ring_pointer("trusted.act"), .off = ring_pointer("x"),
		.len = 1, .addr3 = ring_pointer(argv[0]),
	};

	(void)argc;
	return ring_once(&ring_plain, &entry);
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
