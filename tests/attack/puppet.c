// SPDX-License-Identifier: LGPL-2.1-or-later
/*
 * Makes a running process act against its will, as code injected into it
 * would: system calls with its own identity, memory and labels.
 *
 *	puppet PID ACT [ARGUMENT]…
 *
 * The process is stopped with ptrace from outside, made to call what the act
 * needs, and then let go where it was.  What would end it (an exec) happens
 * in a child that it is made to fork first.  Exit status as for acts: 0 the
 * act succeeded, else its errno; 201 if something before it failed.
 */
#define _GNU_SOURCE
#include <dlfcn.h>
#include <elf.h>
#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/ptrace.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/uio.h>
#include <sys/user.h>
#include <sys/wait.h>
#include <unistd.h>

#define USAGE	200
#define SETUP	201

/*
 * @signal: one that came meanwhile; @saved: where it was; @place: a syscall
 * instruction in its own code; @scratch: memory of it that may hold anything
 */
struct puppet {
	pid_t pid;
	int signal;
	struct user_regs_struct saved;
	unsigned long place;
	unsigned long scratch;
	unsigned long used;
};

#define SCRATCH (1UL << 16)

static int failed(const char *what)
{
	fprintf(stderr, "puppet: before the act: %s: %s\n", what,
		strerror(errno));
	return SETUP;
}

static int wait_stop(pid_t pid)
{
	int status;

	do {
		if (waitpid(pid, &status, __WALL) < 0)
			return -1;
	} while (!WIFSTOPPED(status) && !WIFEXITED(status) &&
		 !WIFSIGNALED(status));
	if (WIFSTOPPED(status))
		return status >> 8;
	errno = ESRCH;
	return -1;
}

/* Let it run with @registers up to its next trap; they become those there. */
static int step(struct puppet *puppet, int how,
		struct user_regs_struct *registers)
{
	int stop;

	if (ptrace(PTRACE_SETREGS, puppet->pid, 0, registers) < 0)
		return -1;
	/*
	 * A fork or an exec is announced before it is over; signals wait for
	 * the end.
	 */
	do {
		if (ptrace(how, puppet->pid, 0, 0) < 0)
			return -1;
		stop = wait_stop(puppet->pid);
		if (stop < 0)
			return -1;
		if (stop < NSIG && stop != SIGTRAP && stop != SIGSEGV)
			puppet->signal = stop;
	} while (stop != SIGTRAP && stop != SIGSEGV);
	return ptrace(PTRACE_GETREGS, puppet->pid, 0, registers);
}

/* Let the process make one system call; its result or -errno. */
static long call(struct puppet *puppet, long number, const long *arguments)
{
	struct user_regs_struct registers = puppet->saved;

	registers.rip = puppet->place;
	registers.rax = number;
	registers.orig_rax = -1;
	registers.rdi = arguments[0];
	registers.rsi = arguments[1];
	registers.rdx = arguments[2];
	registers.r10 = arguments[3];
	registers.r8 = arguments[4];
	registers.r9 = arguments[5];
	if (step(puppet, PTRACE_SINGLESTEP, &registers) < 0)
		return -errno;
	return registers.rax;
}

#define CALL(puppet, number, ...) \
	call(puppet, number, (const long[6]){ __VA_ARGS__ })

/* Put bytes into the process's memory; their address there, or 0. */
static unsigned long store(struct puppet *puppet, const void *data,
			   size_t size)
{
	unsigned long at = puppet->scratch + puppet->used;
	struct iovec here = { (void *)data, size };
	struct iovec there = { (void *)at, size };

	if (puppet->used + size > SCRATCH ||
	    process_vm_writev(puppet->pid, &here, 1, &there, 1, 0) !=
		    (ssize_t)size)
		return 0;
	puppet->used += (size + 15) & ~15UL;
	return at;
}

static unsigned long store_text(struct puppet *puppet, const char *text)
{
	return store(puppet, text, strlen(text) + 1);
}

/* Where the process keeps a syscall instruction: its vDSO or libc has one. */
static unsigned long find_syscall(pid_t pid)
{
	static const unsigned char instruction[] = { 0x0f, 0x05 };
	unsigned long start, end, found = 0;
	char path[64], line[512], rights[8];
	unsigned char *text;
	FILE *maps;
	int memory;

	snprintf(path, sizeof(path), "/proc/%d/maps", pid);
	maps = fopen(path, "r");
	snprintf(path, sizeof(path), "/proc/%d/mem", pid);
	memory = open(path, O_RDONLY | O_CLOEXEC);
	while (maps && memory >= 0 && !found &&
	       fgets(line, sizeof(line), maps)) {
		if (sscanf(line, "%lx-%lx %7s", &start, &end, rights) != 3 ||
		    rights[2] != 'x' || end - start > (64UL << 20))
			continue;
		text = malloc(end - start);
		if (text && pread(memory, text, end - start, start) ==
				    (ssize_t)(end - start)) {
			const unsigned char *hit = memmem(text, end - start,
							  instruction, 2);

			if (hit)
				found = start + (hit - text);
		}
		free(text);
	}
	if (maps)
		fclose(maps);
	if (memory >= 0)
		close(memory);
	return found;
}

/* The system call that attaching has interrupted is to be made again. */
static void repair_call(struct user_regs_struct *registers)
{
	enum { RESTART_SYS = 512, RESTART_NOINTR, RESTART_NOHAND,
	       RESTART_BLOCK = 516 };

	if ((long)registers->orig_rax < 0)
		return;
	switch (-(long)registers->rax) {
	case RESTART_SYS:
	case RESTART_NOINTR:
	case RESTART_NOHAND:
		registers->rax = registers->orig_rax;
		registers->rip -= 2;
		break;
	case RESTART_BLOCK:
		registers->rax = SYS_restart_syscall;
		registers->rip -= 2;
		break;
	default:
		break;
	}
	registers->orig_rax = -1;
}

static int attach(struct puppet *puppet)
{
	long memory;

	puppet->place = find_syscall(puppet->pid);
	if (!puppet->place) {
		errno = ENOENT;
		return failed("looking for a syscall instruction");
	}
	if (ptrace(PTRACE_SEIZE, puppet->pid, 0, 0) < 0 ||
	    ptrace(PTRACE_INTERRUPT, puppet->pid, 0, 0) < 0 ||
	    wait_stop(puppet->pid) < 0 ||
	    ptrace(PTRACE_GETREGS, puppet->pid, 0, &puppet->saved) < 0)
		return failed("attaching");
	repair_call(&puppet->saved);
	/* Memory to read and write only, as any program gets it. */
	memory = CALL(puppet, SYS_mmap, 0, SCRATCH, PROT_READ | PROT_WRITE,
		      MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
	if (memory < 0 && memory > -4096) {
		errno = -memory;
		return failed("memory in the process");
	}
	puppet->scratch = memory;
	return 0;
}

static void detach(struct puppet *puppet)
{
	if (puppet->scratch)
		CALL(puppet, SYS_munmap, puppet->scratch, SCRATCH);
	ptrace(PTRACE_SETREGS, puppet->pid, 0, &puppet->saved);
	ptrace(PTRACE_DETACH, puppet->pid, 0, puppet->signal);
}

/* Copy a file of ours into an open file of the process. */
static int fill(struct puppet *puppet, long fd, const char *from)
{
	char buffer[32768];
	unsigned long used = puppet->used, at;
	ssize_t size;
	long result;
	int source = open(from, O_RDONLY | O_CLOEXEC);

	if (source < 0)
		return failed(from);
	while ((size = read(source, buffer, sizeof(buffer))) > 0) {
		at = store(puppet, buffer, size);
		puppet->used = used;
		result = at ? CALL(puppet, SYS_write, fd, at, size) : -EFAULT;
		if (result != size) {
			close(source);
			return result < 0 ? -result : EIO;
		}
	}
	close(source);
	return 0;
}

static int status_of(long result)
{
	return result < 0 ? -result : 0;
}

/* An array of addresses of the texts, as execve takes it. */
static unsigned long store_words(struct puppet *puppet, char **words)
{
	unsigned long at[64];
	size_t count;

	for (count = 0; words[count] && count < 63; count++)
		at[count] = store_text(puppet, words[count]);
	at[count] = 0;
	return store(puppet, at, (count + 1) * sizeof(*at));
}

/* Status of a program that was let go, once it has ended. */
static int program_end(pid_t pid)
{
	int status;

	if (ptrace(PTRACE_CONT, pid, 0, 0) < 0)
		return failed("letting the program run");
	for (;;) {
		if (waitpid(pid, &status, __WALL) < 0)
			return failed("the program's end");
		if (WIFEXITED(status))
			return WEXITSTATUS(status);
		if (WIFSIGNALED(status))
			return 128 + WTERMSIG(status);
		ptrace(PTRACE_CONT, pid, 0,
		       WSTOPSIG(status) == SIGTRAP ? 0 : WSTOPSIG(status));
	}
}

/* The process forks, as it would itself, and its child executes. */
static int child_exec(struct puppet *puppet, long number,
		      const long *arguments)
{
	struct puppet child = *puppet;
	long result;

	if (ptrace(PTRACE_SETOPTIONS, puppet->pid, 0, PTRACE_O_TRACEFORK) < 0)
		return failed("following forks");
	result = CALL(puppet, SYS_fork, 0);
	if (result < 0)
		return -result;
	child.pid = result;
	if (wait_stop(child.pid) < 0)
		return failed("the child");
	ptrace(PTRACE_SETOPTIONS, puppet->pid, 0, 0);
	ptrace(PTRACE_SETOPTIONS, child.pid, 0, PTRACE_O_TRACEEXEC);
	result = call(&child, number, arguments);
	if (result < 0) {
		CALL(&child, SYS_exit_group, 1);
		return -result;
	}
	return program_end(child.pid);
}

static int exec_words(struct puppet *puppet, const char *path, char **words)
{
	const long arguments[6] = {
		store_text(puppet, path), store_words(puppet, words), 0,
	};

	return child_exec(puppet, SYS_execve, arguments);
}

static int act_exec(struct puppet *puppet, char **words)
{
	return exec_words(puppet, words[0], words);
}

static int act_shell(struct puppet *puppet, char **words)
{
	char *command[] = { "sh", "-c", words[0], NULL };

	return exec_words(puppet, "/bin/sh", command);
}

static int act_drop(struct puppet *puppet, char **words)
{
	long fd = CALL(puppet, SYS_open, store_text(puppet, words[1]),
		       O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0755);
	int status;

	if (fd < 0)
		return -fd;
	status = fill(puppet, fd, words[0]);
	CALL(puppet, SYS_close, fd);
	return status ? status : exec_words(puppet, words[1], words + 1);
}

static int act_memory(struct puppet *puppet, char **words)
{
	long fd = CALL(puppet, SYS_memfd_create, store_text(puppet, "memory"),
		       0);
	int status;

	if (fd < 0)
		return -fd;
	status = fill(puppet, fd, words[0]);
	if (!status) {
		const long arguments[6] = {
			fd, store_text(puppet, ""),
			store_words(puppet, words), 0, AT_EMPTY_PATH,
		};

		status = child_exec(puppet, SYS_execveat, arguments);
	}
	CALL(puppet, SYS_close, fd);
	return status;
}

static int act_read(struct puppet *puppet, char **words)
{
	unsigned long buffer;
	char text[4096];
	struct iovec here = { text, sizeof(text) }, there;
	long fd, size;

	fd = CALL(puppet, SYS_open, store_text(puppet, words[0]), O_RDONLY);
	if (fd < 0)
		return -fd;
	memset(text, 0, sizeof(text));
	buffer = store(puppet, text, sizeof(text));
	size = CALL(puppet, SYS_read, fd, buffer, sizeof(text));
	CALL(puppet, SYS_close, fd);
	if (size < 0)
		return -size;
	there.iov_base = (void *)buffer;
	there.iov_len = here.iov_len = size;
	if (process_vm_readv(puppet->pid, &here, 1, &there, 1, 0) != size)
		return failed("fetching what was read");
	fwrite(text, 1, size, stdout);
	return 0;
}

static int act_write(struct puppet *puppet, char **words)
{
	long fd, result;

	fd = CALL(puppet, SYS_open, store_text(puppet, words[0]),
		  O_WRONLY | O_CREAT | O_TRUNC, 0644);
	if (fd < 0)
		return -fd;
	result = CALL(puppet, SYS_write, fd, store_text(puppet, words[1]),
		      strlen(words[1]));
	CALL(puppet, SYS_close, fd);
	return status_of(result);
}

static int act_map(struct puppet *puppet, char **words)
{
	long fd, result;

	fd = CALL(puppet, SYS_open, store_text(puppet, words[0]), O_RDONLY);
	if (fd < 0)
		return -fd;
	result = CALL(puppet, SYS_mmap, 0, 4096, PROT_READ | PROT_EXEC,
		      MAP_PRIVATE, fd, 0);
	CALL(puppet, SYS_close, fd);
	if (result < 0 && result > -4096)
		return -result;
	CALL(puppet, SYS_munmap, result, 4096);
	return 0;
}

/* Address of a function of the C library in the process, or 0. */
static unsigned long find_function(pid_t pid, const char *name)
{
	unsigned long start, end, offset, base = 0, found = 0;
	char path[64], line[512], file[256] = "";
	const unsigned char *image;
	const Elf64_Ehdr *head;
	const Elf64_Shdr *section;
	struct stat stat;
	FILE *maps;
	int fd, i;

	snprintf(path, sizeof(path), "/proc/%d/maps", pid);
	maps = fopen(path, "r");
	while (maps && !base && fgets(line, sizeof(line), maps))
		if (sscanf(line, "%lx-%lx %*s %lx %*s %*s %255s", &start, &end,
			   &offset, file) == 4 &&
		    strstr(file, "/libc.so.6") && !offset)
			base = start;
	if (maps)
		fclose(maps);
	if (!base)
		return 0;
	fd = open(file, O_RDONLY | O_CLOEXEC);
	if (fd < 0 || fstat(fd, &stat) < 0)
		return 0;
	image = mmap(NULL, stat.st_size, PROT_READ, MAP_PRIVATE, fd, 0);
	close(fd);
	if (image == MAP_FAILED)
		return 0;
	head = (const void *)image;
	section = (const void *)(image + head->e_shoff);
	for (i = 0; i < head->e_shnum && !found; i++) {
		const Elf64_Sym *symbol, *last;
		const char *names;

		if (section[i].sh_type != SHT_DYNSYM)
			continue;
		names = (const char *)image +
			section[section[i].sh_link].sh_offset;
		symbol = (const void *)(image + section[i].sh_offset);
		last = symbol + section[i].sh_size / sizeof(*symbol);
		for (; symbol < last && !found; symbol++)
			if (symbol->st_value &&
			    !strcmp(names + symbol->st_name, name))
				found = base + symbol->st_value;
	}
	munmap((void *)image, stat.st_size);
	return found;
}

/* Call a function of the process; it returns to nowhere, and so to us. */
static int call_function(struct puppet *puppet, const char *name, long one,
			 long two, unsigned long *result)
{
	struct user_regs_struct registers = puppet->saved;
	unsigned long nowhere = 0, stack;
	struct iovec here = { &nowhere, sizeof(nowhere) }, there;

	registers.rip = find_function(puppet->pid, name);
	if (!registers.rip) {
		errno = ENOENT;
		return failed(name);
	}
	/* Below what the interrupted function may keep under its stack. */
	stack = ((registers.rsp - 1024) & ~15UL) - sizeof(nowhere);
	there.iov_base = (void *)stack;
	there.iov_len = sizeof(nowhere);
	if (process_vm_writev(puppet->pid, &here, 1, &there, 1, 0) < 0)
		return failed("the stack of the process");
	registers.rsp = stack;
	registers.orig_rax = -1;
	registers.rax = 0;
	registers.rdi = one;
	registers.rsi = two;
	if (step(puppet, PTRACE_CONT, &registers) < 0 || registers.rip)
		return failed("the called function's return");
	*result = registers.rax;
	return 0;
}

static int act_library(struct puppet *puppet, char **words)
{
	unsigned long result;
	char why[512] = "";
	struct iovec here = { why, sizeof(why) - 1 }, there;
	int status;

	status = call_function(puppet, "dlopen",
			       store_text(puppet, words[0]), RTLD_NOW,
			       &result);
	if (status || result)
		return status;
	status = call_function(puppet, "dlerror", 0, 0, &result);
	if (status)
		return status;
	there.iov_base = (void *)result;
	there.iov_len = sizeof(why) - 1;
	/* The text may end just before a page that is not there. */
	if (process_vm_readv(puppet->pid, &here, 1, &there, 1, 0) < 0) {
		here.iov_len = there.iov_len = 4096 - (result & 4095);
		process_vm_readv(puppet->pid, &here, 1, &there, 1, 0);
	}
	fprintf(stderr, "puppet: dlopen: %s\n", why);
	return strstr(why, strerror(EACCES)) ? EACCES : ENOEXEC;
}

static const struct {
	const char *name;
	int least;
	int (*run)(struct puppet *puppet, char **words);
	const char *what;
} acts[] = {
	{ "exec", 1, act_exec, "PROGRAM [ARGUMENT]...: in a child, execve" },
	{ "shell", 1, act_shell, "COMMAND: in a child, /bin/sh -c COMMAND" },
	{ "drop", 2, act_drop,
	  "PROGRAM COPY [ARGUMENT]...: write COPY; in a child, execute it" },
	{ "memory", 1, act_memory,
	  "PROGRAM [ARGUMENT]...: in a child, execute a copy in a memfd" },
	{ "library", 1, act_library, "LIBRARY: dlopen it" },
	{ "map", 1, act_map, "FILE: map it executable" },
	{ "read", 1, act_read, "FILE: read it, and print what was read" },
	{ "write", 2, act_write, "FILE TEXT: replace what FILE holds" },
};

#define ACTS (sizeof(acts) / sizeof(acts[0]))

static int usage(void)
{
	size_t i;

	fprintf(stderr, "usage: puppet PID ACT [ARGUMENT]...\n");
	for (i = 0; i < ACTS; i++)
		fprintf(stderr, "  %s %s\n", acts[i].name, acts[i].what);
	return USAGE;
}

int main(int argc, char **argv)
{
	struct puppet puppet = { 0 };
	size_t i;
	int status;

	if (argc < 3)
		return usage();
	for (i = 0; i < ACTS && strcmp(acts[i].name, argv[2]); i++)
		;
	if (i == ACTS || argc - 3 < acts[i].least)
		return usage();
	puppet.pid = atoi(argv[1]);
	status = attach(&puppet);
	if (!status)
		status = acts[i].run(&puppet, argv + 3);
	detach(&puppet);
	if (status && status < 128)
		fprintf(stderr, "puppet: %s: %s\n", argv[2],
			strerror(status));
	return status;
}
