// SPDX-License-Identifier: LGPL-2.1-or-later
/*
 * Acts by which the kernel itself is sent where its caller may not go: with
 * credentials that are not the task's own, into trees that are mounted
 * nowhere, by nodes and scripts that stand for something else.
 */
#define _GNU_SOURCE
#include <errno.h>
#include <fcntl.h>
#include <linux/io_uring.h>
#include <signal.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>
#include <sys/fsuid.h>
#include <sys/mman.h>
#include <sys/mount.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/sysmacros.h>
#include <sys/wait.h>
#include <unistd.h>

#include "act.h"

/* An overlay makes directories below its workdir as soon as it is made. */
static int overlay_make(int argc, char **argv)
{
	static const char *const keys[] = { "lowerdir", "upperdir", "workdir" };
	int context = fsopen("overlay", FSOPEN_CLOEXEC);
	size_t i;

	(void)argc;
	if (context < 0)
		return act_setup("fsopen");
	for (i = 0; i < 3; i++)
		if (fsconfig(context, FSCONFIG_SET_STRING, keys[i], argv[i],
			     0) < 0)
			return errno;
	if (fsconfig(context, FSCONFIG_CMD_CREATE, NULL, NULL, 0) < 0)
		return errno;
	return act_status(fsmount(context, FSMOUNT_CLOEXEC, 0));
}

/* The smallest ring that has workers. */
struct ring {
	int fd;
	struct io_uring_params params;
	char *queues;
	struct io_uring_sqe *entries;
};

static int ring_open(struct ring *ring)
{
	struct io_uring_params *p = &ring->params;
	unsigned int workers[2] = { 1, 1 };
	size_t sq, cq;

	memset(ring, 0, sizeof(*ring));
	ring->fd = syscall(SYS_io_uring_setup, 1, p);
	if (ring->fd < 0)
		return act_setup("io_uring_setup");
	sq = p->sq_off.array + p->sq_entries * sizeof(unsigned int);
	cq = p->cq_off.cqes + p->cq_entries * sizeof(struct io_uring_cqe);
	ring->queues = mmap(NULL, sq > cq ? sq : cq, PROT_READ | PROT_WRITE,
			    MAP_SHARED, ring->fd, IORING_OFF_SQ_RING);
	ring->entries = mmap(NULL, p->sq_entries * sizeof(*ring->entries),
			     PROT_READ | PROT_WRITE, MAP_SHARED, ring->fd,
			     IORING_OFF_SQES);
	if (ring->queues == MAP_FAILED || ring->entries == MAP_FAILED)
		return act_setup("mapping the ring");
	/* With one worker, what comes later goes to the one that is there. */
	if (syscall(SYS_io_uring_register, ring->fd,
		    IORING_REGISTER_IOWQ_MAX_WORKERS, workers, 2) < 0)
		return act_setup("one worker");
	return 0;
}

static unsigned int *ring_word(struct ring *ring, unsigned int offset)
{
	return (unsigned int *)(ring->queues + offset);
}

/* One entry, by the worker: its result, or -errno. */
static int ring_do(struct ring *ring, const struct io_uring_sqe *entry)
{
	const struct io_uring_params *p = &ring->params;
	unsigned int *tail = ring_word(ring, p->sq_off.tail);
	unsigned int *head = ring_word(ring, p->cq_off.head);
	unsigned int mask = *ring_word(ring, p->cq_off.ring_mask);
	const struct io_uring_cqe *done;
	int result;

	ring->entries[0] = *entry;
	ring->entries[0].flags |= IOSQE_ASYNC;
	ring_word(ring, p->sq_off.array)[0] = 0;
	__atomic_store_n(tail, *tail + 1, __ATOMIC_RELEASE);
	if (syscall(SYS_io_uring_enter, ring->fd, 1, 1, IORING_ENTER_GETEVENTS,
		    NULL, 0) < 0)
		return -errno;
	done = (const struct io_uring_cqe *)(ring->queues + p->cq_off.cqes);
	result = done[*head & mask].res;
	__atomic_store_n(head, *head + 1, __ATOMIC_RELEASE);
	return result;
}

/*
 * Credentials that are equal and yet not the same: the worker, which has those
 * that its master had when it was made, borrows the new ones to open a file.
 */
static int uring_tree_read(int argc, char **argv)
{
	const struct io_uring_sqe nothing = { .opcode = IORING_OP_NOP };
	struct io_uring_sqe entry = {
		.opcode = IORING_OP_OPENAT, .addr = (uintptr_t)argv[1],
		.open_flags = O_RDONLY,
	};
	struct ring ring;
	int status, fd;
	char byte;

	(void)argc;
	entry.fd = open_tree(AT_FDCWD, argv[0],
			     OPEN_TREE_CLONE | OPEN_TREE_CLOEXEC | AT_RECURSIVE);
	if (entry.fd < 0)
		return act_setup("open_tree");
	status = ring_open(&ring);
	if (status)
		return status;
	if (ring_do(&ring, &nothing) < 0)
		return act_setup("a worker");
	setfsuid(1);
	setfsuid(0);
	fd = ring_do(&ring, &entry);
	if (fd < 0)
		return -fd;
	return act_status(read(fd, &byte, 1));
}

/* The kernel writes a core file where its path leads nowhere. */
static int dump_detached(int argc, char **argv)
{
	const struct rlimit limit = { RLIM_INFINITY, RLIM_INFINITY };
	int tree, place, status;
	pid_t pid;

	(void)argc;
	tree = open_tree(AT_FDCWD, argv[0],
			 OPEN_TREE_CLONE | OPEN_TREE_CLOEXEC);
	place = openat(tree, ".", O_PATH | O_DIRECTORY | O_CLOEXEC);
	if (tree < 0 || place < 0)
		return act_setup("open_tree");
	pid = fork();
	if (pid < 0)
		return act_setup("fork");
	if (!pid) {
		if (fchdir(place) < 0 || setrlimit(RLIMIT_CORE, &limit) < 0)
			_exit(ACT_SETUP);
		raise(SIGSEGV);
		_exit(ACT_SETUP);
	}
	if (waitpid(pid, &status, 0) < 0 || !WIFSIGNALED(status))
		return act_setup("dying");
	return WCOREDUMP(status) ? 0 : EACCES;
}

/* mknod(2) of any kind; 'c' 0 0 is what overlays call a whiteout. */
static int make_node(int argc, char **argv)
{
	mode_t type;

	(void)argc;
	switch (argv[1][0]) {
	case 'c': type = S_IFCHR; break;
	case 'b': type = S_IFBLK; break;
	case 'p': type = S_IFIFO; break;
	case 'f': type = S_IFREG; break;
	default: return ACT_USAGE;
	}
	return act_status(mknod(argv[0], type | 0600,
				makedev(act_number(argv[2]),
					act_number(argv[3]))));
}

/* It need not be read: who has it open may enter it, or mount from it. */
static int open_namespace(int argc, char **argv)
{
	(void)argc;
	return act_status(open(argv[0], O_RDONLY | O_CLOEXEC));
}

/* What has no name, opened by /proc: memory that is shared with children. */
static int read_nameless(int argc, char **argv)
{
	const size_t size = sysconf(_SC_PAGESIZE);
	char path[80], byte;
	char *memory;
	int fd;

	(void)argc;
	(void)argv;
	memory = mmap(NULL, size, PROT_READ | PROT_WRITE,
		      MAP_SHARED | MAP_ANONYMOUS, -1, 0);
	if (memory == MAP_FAILED)
		return act_setup("memory");
	snprintf(path, sizeof(path), "/proc/self/map_files/%lx-%lx",
		 (unsigned long)memory, (unsigned long)memory + size);
	fd = open(path, O_RDONLY | O_CLOEXEC);
	return fd < 0 ? errno : act_status(read(fd, &byte, 1));
}

/* The first line of a script says `#!act in-script`; its name comes next. */
static int in_script(int argc, char **argv)
{
	return act_run(argc - 1, argv + 1);
}

/* Until it is killed. */
static int stay(int argc, char **argv)
{
	(void)argc;
	(void)argv;
	return act_status(pause());
}

const struct act borrow_acts[] = {
	{ "overlay-make", "LOWER UPPER WORK",
	  "make an overlay that is mounted nowhere", 3, overlay_make },
	{ "uring-tree-read", "DIRECTORY NAME",
	  "read in a detached copy, by a worker that borrows credentials", 2,
	  uring_tree_read },
	{ "dump-detached", "DIRECTORY",
	  "let the kernel write a core file in a detached copy", 1,
	  dump_detached },
	{ "mknod-as", "FILE c|b|p|f MAJOR MINOR", "mknod of that type", 4,
	  make_node },
	{ "open-namespace", "FILE", "open a namespace", 1, open_namespace },
	{ "read-nameless", "", "open and read shared memory by /proc", 0,
	  read_nameless },
	{ "in-script", "SCRIPT ACT...",
	  "what a script does whose interpreter this is", 2, in_script },
	{ "stay", "", "until it is killed", 0, stay },
	{ }
};
