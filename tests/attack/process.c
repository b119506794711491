// SPDX-License-Identifier: LGPL-2.1-or-later
/* Acts that let another task of one's own try: threads and children. */
#define _GNU_SOURCE
#include <errno.h>
#include <fcntl.h>
#include <mqueue.h>
#include <linux/sched.h>
#include <pthread.h>
#include <sched.h>
#include <signal.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/syscall.h>
#include <time.h>
#include <unistd.h>

#include "act.h"

#define STACK_SIZE (256 << 10)

struct task {
	int argc;
	char **argv;
	int status;
};

static void *thread_run(void *argument)
{
	struct task *task = argument;

	task->status = act_run(task->argc, task->argv);
	return NULL;
}

static int by_thread(int argc, char **argv)
{
	struct task task = { argc, argv, ACT_SETUP };
	pthread_t thread;

	errno = pthread_create(&thread, NULL, thread_run, &task);
	if (errno)
		return errno == EACCES ? EACCES : act_setup("pthread_create");
	pthread_join(thread, NULL);
	return task.status;
}

static int by_child(int argc, char **argv)
{
	pid_t pid = fork();

	if (pid < 0)
		return act_setup("fork");
	if (!pid)
		_exit(act_run(argc, argv));
	return act_wait(pid);
}

static int clone_run(void *argument)
{
	struct task *task = argument;

	return act_run(task->argc, task->argv);
}

static int by_clone(int flags, int argc, char **argv)
{
	struct task task = { argc, argv, ACT_SETUP };
	char *stack = malloc(STACK_SIZE);
	int status;
	pid_t pid;

	if (!stack)
		return act_setup("stack");
	pid = clone(clone_run, stack + STACK_SIZE, flags, &task);
	status = pid < 0 ? act_setup("clone") : act_wait(pid);
	free(stack);
	return status;
}

static int by_vfork(int argc, char **argv)
{
	return by_clone(CLONE_VM | CLONE_VFORK | SIGCHLD, argc, argv);
}

/* Shares memory, files and directory, and is a process of its own. */
static int by_twin(int argc, char **argv)
{
	return by_clone(CLONE_VM | CLONE_FILES | CLONE_FS | SIGCHLD, argc,
			argv);
}

/* A child whose parent, and the whole session, is gone when it tries. */
static int by_orphan(int argc, char **argv)
{
	int pipes[2], status = ACT_SETUP;
	pid_t pid;
	char byte;

	if (pipe2(pipes, O_CLOEXEC) < 0)
		return act_setup("pipe");
	pid = fork();
	if (pid < 0)
		return act_setup("fork");
	if (!pid) {
		setsid();
		pid = fork();
		if (pid)
			_exit(pid < 0 ? ACT_SETUP : 0);
		while (getppid() == getsid(0))
			sched_yield();
		byte = act_run(argc, argv);
		_exit(write(pipes[1], &byte, 1) != 1);
	}
	close(pipes[1]);
	if (!act_wait(pid) && read(pipes[0], &byte, 1) == 1)
		status = (unsigned char)byte;
	close(pipes[0]);
	return status;
}

/* A child that is born in another control group. */
static int by_cgroup(int argc, char **argv)
{
	struct clone_args arguments = { .exit_signal = SIGCHLD };
	int group = open(argv[0], O_PATH | O_DIRECTORY | O_CLOEXEC);
	long pid;

	if (group < 0)
		return act_setup(argv[0]);
	arguments.flags = CLONE_INTO_CGROUP;
	arguments.cgroup = group;
	pid = syscall(SYS_clone3, &arguments, sizeof(arguments));
	if (pid < 0)
		return act_setup("clone3");
	if (!pid)
		_exit(act_run(argc - 1, argv + 1));
	return act_wait(pid);
}

/* A file descriptor of itself, as service managers and run-times use them. */
static int own_pidfd(int argc, char **argv)
{
	(void)argc;
	(void)argv;
	return act_status(syscall(SYS_pidfd_open, getpid(), 0));
}

static int by_user(int argc, char **argv)
{
	int uid = act_number(argv[0]);

	if (setresgid(uid, uid, uid) < 0 || setresuid(uid, uid, uid) < 0)
		return act_setup("setresuid");
	return act_run(argc - 1, argv + 1);
}

/* As long as it succeeds. */
static int repeat(int argc, char **argv)
{
	long times = act_number(argv[0]);
	int status = 0;

	while (!status && times-- > 0)
		status = act_run(argc - 1, argv + 1);
	return status;
}

/* So often, whatever becomes of it; the last result counts. */
static int attempt(int argc, char **argv)
{
	long times = act_number(argv[0]);
	int status = 0;

	while (times-- > 0)
		status = act_run(argc - 1, argv + 1);
	return status;
}

/* Does who tries it live on for a single instruction? */
static int last_words(int argc, char **argv)
{
	volatile int *words;
	int status;
	pid_t pid;

	words = mmap(NULL, sizeof(*words), PROT_READ | PROT_WRITE,
		     MAP_SHARED | MAP_ANONYMOUS, -1, 0);
	if (words == MAP_FAILED)
		return act_setup("mmap");
	pid = fork();
	if (pid < 0)
		return act_setup("fork");
	if (!pid) {
		status = act_run(argc, argv);
		*words = 1;
		_exit(status);
	}
	status = act_wait(pid);
	if (status == 128 + SIGKILL)
		return *words ? EALREADY : 0;
	return status ? status : EEXIST;
}

const struct act process_acts[] = {
	{ "by-thread", "ACT...", "try it in another thread", 1, by_thread },
	{ "by-child", "ACT...", "try it in a child", 1, by_child },
	{ "by-vfork", "ACT...", "in a child that borrows this memory", 1,
	  by_vfork },
	{ "by-twin", "ACT...", "in a child that shares memory and files", 1,
	  by_twin },
	{ "by-orphan", "ACT...", "in a child that has lost its parent", 1,
	  by_orphan },
	{ "by-cgroup", "CGROUP ACT...",
	  "in a child born in that cgroup directory", 2, by_cgroup },
	{ "by-user", "UID ACT...", "as that user", 2, by_user },
	{ "pidfd", "", "get a file descriptor of oneself", 0, own_pidfd },
	{ "attempt", "TIMES ACT...", "try it so often, in any case", 2,
	  attempt },
	{ "last-words", "ACT...",
	  "0: who tries it is killed before its call returns", 1,
	  last_words },
	{ "repeat", "TIMES ACT...", "try it so often while it succeeds", 2,
	  repeat },
	{ }
};
