// SPDX-License-Identifier: LGPL-2.1-or-later
/* Acts that make memory executable, and prove it by running code there. */
#define _GNU_SOURCE
#include <errno.h>
#include <fcntl.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/personality.h>
#include <sys/shm.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "act.h"

#define SIZE 4096

static int write_code(int argc, char **argv)
{
	char page[SIZE] = { 0 };
	int fd, status;

	(void)argc;
	fd = open(argv[0], O_WRONLY | O_CREAT | O_TRUNC, 0755);
	if (fd < 0)
		return act_status(fd);
	memcpy(page, act_code, act_code_size);
	status = write(fd, page, SIZE) == SIZE ? 0 : EIO;
	close(fd);
	return status;
}

/* Map @fd, run what is there; the status of the first step that failed. */
static int map_and_call(int fd, int prot, int flags)
{
	void *memory = mmap(NULL, SIZE, prot, flags, fd, 0);
	int status;

	if (memory == MAP_FAILED)
		return errno;
	status = act_call(memory);
	munmap(memory, SIZE);
	return status;
}

/* The same, made executable only once it is mapped, or modified too. */
static int protect_and_call(int fd, int flags, bool modify)
{
	int prot = PROT_READ | (modify ? PROT_WRITE : 0);
	void *memory = mmap(NULL, SIZE, prot, flags, fd, 0);
	int status;

	if (memory == MAP_FAILED)
		return act_setup("mmap");
	if (modify)
		memcpy(memory, act_code, act_code_size);
	status = act_status(mprotect(memory, SIZE, PROT_READ | PROT_EXEC));
	if (!status)
		status = act_call(memory);
	munmap(memory, SIZE);
	return status;
}

static int open_for(const char *path, int flags)
{
	int fd = open(path, flags | O_CLOEXEC);

	if (fd < 0)
		act_setup(path);
	return fd;
}

static int map_file(int argc, char **argv)
{
	int fd = open_for(argv[0], O_RDONLY);

	(void)argc;
	if (fd < 0)
		return ACT_SETUP;
	return map_and_call(fd, PROT_READ | PROT_EXEC, MAP_PRIVATE);
}

static int map_file_shared(int argc, char **argv)
{
	int fd = open_for(argv[0], O_RDONLY);

	(void)argc;
	if (fd < 0)
		return ACT_SETUP;
	return map_and_call(fd, PROT_READ | PROT_EXEC, MAP_SHARED);
}

static int protect_file(int argc, char **argv)
{
	int fd = open_for(argv[0], O_RDONLY);

	(void)argc;
	return fd < 0 ? ACT_SETUP : protect_and_call(fd, MAP_PRIVATE, false);
}

static int protect_modified(int argc, char **argv)
{
	int fd = open_for(argv[0], O_RDONLY);

	(void)argc;
	return fd < 0 ? ACT_SETUP : protect_and_call(fd, MAP_PRIVATE, true);
}

/* Modified while it is executable already: copy on write of a text page. */
static int map_file_writable(int argc, char **argv)
{
	int fd = open_for(argv[0], O_RDONLY);
	void *memory;

	(void)argc;
	if (fd < 0)
		return ACT_SETUP;
	memory = mmap(NULL, SIZE, PROT_READ | PROT_WRITE | PROT_EXEC,
		      MAP_PRIVATE, fd, 0);
	if (memory == MAP_FAILED)
		return errno;
	memcpy(memory, act_code, act_code_size);
	return act_call(memory);
}

/*
 * An allowed file, mapped executable as it may be, is opened to writing and
 * executable again: what runs then is no longer what the file holds.
 */
static int protect_text(int argc, char **argv)
{
	int fd = open_for(argv[0], O_RDONLY);
	void *memory;
	int status;

	(void)argc;
	if (fd < 0)
		return ACT_SETUP;
	memory = mmap(NULL, SIZE, PROT_READ | PROT_EXEC, MAP_PRIVATE, fd, 0);
	if (memory == MAP_FAILED)
		return act_setup("mmap");
	if (mprotect(memory, SIZE, PROT_READ | PROT_WRITE) < 0)
		return act_setup("mprotect to writable");
	memcpy(memory, act_code, act_code_size);
	status = act_status(mprotect(memory, SIZE, PROT_READ | PROT_EXEC));
	return status ? status : act_call(memory);
}

static int map_new(int fd, int flags)
{
	void *memory = mmap(NULL, SIZE, PROT_READ | PROT_WRITE | PROT_EXEC,
			    flags, fd, 0);

	if (memory == MAP_FAILED)
		return errno;
	memcpy(memory, act_code, act_code_size);
	return act_call(memory);
}

static int map_anonymous(int argc, char **argv)
{
	(void)argc;
	(void)argv;
	return map_new(-1, MAP_PRIVATE | MAP_ANONYMOUS);
}

static int map_anonymous_shared(int argc, char **argv)
{
	(void)argc;
	(void)argv;
	return map_new(-1, MAP_SHARED | MAP_ANONYMOUS);
}

static int map_zero(int argc, char **argv)
{
	int fd = open_for("/dev/zero", O_RDWR);

	(void)argc;
	(void)argv;
	return fd < 0 ? ACT_SETUP : map_new(fd, MAP_PRIVATE);
}

/* A page of memory as a file. */
static int open_memory(void)
{
	static const char page[SIZE];
	int fd = memfd_create("code", 0);

	if (fd < 0 || write(fd, page, SIZE) != SIZE) {
		act_setup("memfd");
		return -1;
	}
	return fd;
}

static int map_memfd(int argc, char **argv)
{
	int fd = open_memory();

	(void)argc;
	(void)argv;
	return fd < 0 ? ACT_SETUP : map_new(fd, MAP_SHARED);
}

static int map_deleted(int argc, char **argv)
{
	int fd, again;

	(void)argc;
	if (write_code(1, argv))
		return act_setup(argv[0]);
	fd = open(argv[0], O_RDONLY);
	again = unlink(argv[0]);
	if (fd < 0 || again < 0)
		return act_setup(argv[0]);
	return map_and_call(fd, PROT_READ | PROT_EXEC, MAP_PRIVATE);
}

static int protect_anonymous(int argc, char **argv)
{
	(void)argc;
	(void)argv;
	return protect_and_call(-1, MAP_PRIVATE | MAP_ANONYMOUS, true);
}

static int protect_anonymous_shared(int argc, char **argv)
{
	(void)argc;
	(void)argv;
	return protect_and_call(-1, MAP_SHARED | MAP_ANONYMOUS, true);
}

static int protect_memfd(int argc, char **argv)
{
	int fd = open_memory();

	(void)argc;
	(void)argv;
	return fd < 0 ? ACT_SETUP : protect_and_call(fd, MAP_SHARED, true);
}

static int protect_key(int argc, char **argv)
{
	void *memory = mmap(NULL, SIZE, PROT_READ | PROT_WRITE,
			    MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);

	(void)argc;
	(void)argv;
	if (memory == MAP_FAILED)
		return act_setup("mmap");
	memcpy(memory, act_code, act_code_size);
	/* Key 0 is everyone's, with protection keys in the processor or not. */
	if (syscall(SYS_pkey_mprotect, memory, SIZE, PROT_READ | PROT_EXEC,
		    -1) < 0)
		return errno;
	return act_call(memory);
}

/* Run from a page that belongs to somebody else: the stack, the heap. */
static int protect_place(void *near)
{
	void *page = (void *)((uintptr_t)near & ~(uintptr_t)(SIZE - 1));

	if (mprotect(page, SIZE, PROT_READ | PROT_WRITE | PROT_EXEC) < 0)
		return errno;
	return act_call(near);
}

static int protect_stack(int argc, char **argv)
{
	unsigned char code[64];

	(void)argc;
	(void)argv;
	memcpy(code, act_code, act_code_size);
	return protect_place(code);
}

static int protect_heap(int argc, char **argv)
{
	char *top = sbrk(SIZE * 2);

	(void)argc;
	(void)argv;
	if (top == (void *)-1)
		return act_setup("sbrk");
	top = (char *)(((uintptr_t)top + SIZE - 1) & ~(uintptr_t)(SIZE - 1));
	memcpy(top, act_code, act_code_size);
	return protect_place(top);
}

static int imply_exec(void)
{
	int now = personality(0xffffffff);

	if (now < 0 || personality(now | READ_IMPLIES_EXEC) < 0)
		return act_status(-1);
	return 0;
}

/* Readable memory is executable to this process; nobody says PROT_EXEC. */
static int implied_anonymous(int argc, char **argv)
{
	int status = imply_exec();
	void *memory;

	(void)argc;
	(void)argv;
	if (status)
		return status;
	memory = mmap(NULL, SIZE, PROT_READ | PROT_WRITE,
		      MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
	if (memory == MAP_FAILED)
		return errno;
	memcpy(memory, act_code, act_code_size);
	return act_call(memory);
}

static int implied_file(int argc, char **argv)
{
	int fd = open_for(argv[0], O_RDONLY);
	int status = imply_exec();

	(void)argc;
	if (fd < 0)
		return ACT_SETUP;
	return status ? status : map_and_call(fd, PROT_READ, MAP_PRIVATE);
}

/* brk cannot say why it refuses: the heap grew before, so it is denied now. */
static int implied_heap(int argc, char **argv)
{
	bool grew = sbrk(SIZE) != (void *)-1;
	int status = imply_exec();
	char *memory;

	(void)argc;
	(void)argv;
	if (!grew)
		return act_setup("sbrk");
	if (status)
		return status;
	memory = sbrk(SIZE * 2);
	if (memory == (void *)-1)
		return errno == ENOMEM ? EACCES : errno;
	memory += SIZE;
	memcpy(memory, act_code, act_code_size);
	return act_call(memory);
}

static int implied_protect(int argc, char **argv)
{
	int status;
	void *memory = mmap(NULL, SIZE, PROT_WRITE,
			    MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);

	(void)argc;
	(void)argv;
	if (memory == MAP_FAILED)
		return act_setup("mmap");
	memcpy(memory, act_code, act_code_size);
	status = imply_exec();
	if (status)
		return status;
	if (mprotect(memory, SIZE, PROT_READ) < 0)
		return errno;
	return act_call(memory);
}

static int implied_remap(int argc, char **argv)
{
	/* What cannot be written is not shared, whatever mmap is told. */
	int fd = open_for(argv[0], O_RDWR);
	void *memory;
	int status;

	(void)argc;
	if (fd < 0)
		return ACT_SETUP;
	memory = mmap(NULL, SIZE, PROT_READ, MAP_SHARED, fd, 0);
	if (memory == MAP_FAILED)
		return act_setup("mmap");
	status = imply_exec();
	if (status)
		return status;
	if (syscall(SYS_remap_file_pages, memory, SIZE, 0, 0, 0) < 0)
		return errno;
	return act_call(memory);
}

static int attach(int argc, char **argv)
{
	int id = shmget(IPC_PRIVATE, SIZE, IPC_CREAT | 0700);
	void *memory;
	int status;

	(void)argc;
	(void)argv;
	if (id < 0)
		return act_setup("shmget");
	memory = shmat(id, NULL, SHM_EXEC);
	status = memory == (void *)-1 ? errno : 0;
	shmctl(id, IPC_RMID, NULL);
	if (status)
		return status;
	memcpy(memory, act_code, act_code_size);
	return act_call(memory);
}

__attribute__((noinline, aligned(64))) static int victim(void)
{
	__asm__ volatile("nop; nop; nop; nop; nop; nop; nop; nop");
	return 1;
}

/* Writing there ignores that the page is read-only text. */
static int process_memory(int argc, char **argv)
{
	int (*volatile function)(void) = victim;
	void *where;
	int fd, status = 0;

	(void)argc;
	(void)argv;
	fd = open("/proc/self/mem", O_RDWR);
	if (fd < 0)
		return errno;
	memcpy(&where, (void *)&function, sizeof(where));
	if (pwrite(fd, act_code, act_code_size, (off_t)(uintptr_t)where) !=
	    (ssize_t)act_code_size)
		status = errno;
	close(fd);
	if (status)
		return status;
	return function() == ACT_CODE_RESULT ? 0 : EFAULT;
}

const struct act load_acts[] = {
	{ "write-code", "FILE", "write a file that the acts below can run", 1,
	  write_code },
	{ "map-file", "FILE", "map a file executable", 1, map_file },
	{ "map-file-shared", "FILE", "the same, MAP_SHARED", 1,
	  map_file_shared },
	{ "map-file-writable", "FILE",
	  "map a file writable and executable, and run what was written", 1,
	  map_file_writable },
	{ "protect-file", "FILE", "map a file, then make it executable", 1,
	  protect_file },
	{ "protect-modified", "FILE",
	  "map a file privately, write code there, make it executable", 1,
	  protect_modified },
	{ "protect-text", "FILE",
	  "map a file executable, make it writable, write, and back", 1,
	  protect_text },
	{ "map-deleted", "FILE", "map a file that has lost its name", 1,
	  map_deleted },
	{ "map-anonymous", "", "anonymous writable, executable memory", 0,
	  map_anonymous },
	{ "map-anonymous-shared", "", "the same, MAP_SHARED", 0,
	  map_anonymous_shared },
	{ "map-zero", "", "the same from /dev/zero", 0, map_zero },
	{ "map-memfd", "", "the same from a memfd", 0, map_memfd },
	{ "protect-anonymous", "",
	  "anonymous memory, made executable once written", 0,
	  protect_anonymous },
	{ "protect-anonymous-shared", "", "the same, MAP_SHARED", 0,
	  protect_anonymous_shared },
	{ "protect-memfd", "", "the same from a memfd", 0, protect_memfd },
	{ "protect-key", "", "the same by pkey_mprotect", 0, protect_key },
	{ "protect-stack", "", "make the stack executable", 0,
	  protect_stack },
	{ "protect-heap", "", "make the heap executable", 0, protect_heap },
	{ "implied-anonymous", "",
	  "READ_IMPLIES_EXEC, and anonymous memory", 0, implied_anonymous },
	{ "implied-file", "FILE", "READ_IMPLIES_EXEC, and a file", 1,
	  implied_file },
	{ "implied-heap", "", "READ_IMPLIES_EXEC, and a larger heap", 0,
	  implied_heap },
	{ "implied-protect", "", "READ_IMPLIES_EXEC, and mprotect to read", 0,
	  implied_protect },
	{ "implied-remap", "FILE",
	  "READ_IMPLIES_EXEC, and remap_file_pages", 1, implied_remap },
	{ "attach", "", "System V shared memory with SHM_EXEC", 0, attach },
	{ "process-memory", "", "write to text through /proc/self/mem", 0,
	  process_memory },
	{ }
};
