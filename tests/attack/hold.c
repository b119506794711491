// SPDX-License-Identifier: LGPL-2.1-or-later
/*
 * Who is held for evidence: does he run on?  A process counts as fast as it can
 * while it acts, and who has started it looks on.
 */
#define _GNU_SOURCE
#include <errno.h>
#include <pthread.h>
#include <signal.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/ptrace.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include "act.h"

/* What both see. */
struct page {
	volatile uint64_t counter;
	volatile uint64_t acting;	/* ns, CLOCK_MONOTONIC: the act begins */
	volatile uint64_t returned;	/* the act's call has come back */
};

static uint64_t now(void)
{
	struct timespec time;

	clock_gettime(CLOCK_MONOTONIC, &time);
	return (uint64_t)time.tv_sec * 1000000000 + (uint64_t)time.tv_nsec;
}

static struct page *map(int fd)
{
	void *page = mmap(NULL, sizeof(struct page), PROT_READ | PROT_WRITE,
			  MAP_SHARED, fd, 0);

	return page == MAP_FAILED ? NULL : page;
}

static void *count_on(void *data)
{
	struct page *page = data;

	for (;;)
		page->counter++;
	return NULL;
}

/* Argument: the descriptor that watch() has made. */
static int counting(int argc, char **argv)
{
	struct page *page = map((int)act_number(argv[0]));
	pthread_t thread;
	int status;

	if (!page || pthread_create(&thread, NULL, count_on, page))
		return act_setup("counter");
	while (!page->counter)
		;
	page->acting = now();
	status = act_run(argc - 1, argv + 1);
	page->returned = 1;
	_exit(status);
}

/* The kernel's own SIGCONT, a thousand times a second. */
static int continued(int argc, char **argv)
{
	struct sigevent event = {
		.sigev_notify = SIGEV_SIGNAL, .sigev_signo = SIGCONT,
	};
	const struct itimerspec often = {
		.it_value.tv_nsec = 1000000, .it_interval.tv_nsec = 1000000,
	};
	timer_t timer;

	if (timer_create(CLOCK_MONOTONIC, &event, &timer) ||
	    timer_settime(timer, 0, &often, NULL))
		return act_setup("timer");
	return act_run(argc, argv);
}

static void *vfork_and_wait(void *data)
{
	pid_t child = vfork();

	(void)data;
	if (!child) {
		prctl(PR_SET_PDEATHSIG, SIGKILL);
		*(volatile int *)data = 1;
		for (;;)
			pause();
	}
	return NULL;
}

/* With a thread that waits for a child and cannot be stopped meanwhile. */
static int vforking(int argc, char **argv)
{
	volatile int ready = 0;
	pthread_t thread;

	if (pthread_create(&thread, NULL, vfork_and_wait, (void *)&ready))
		return act_setup("thread");
	while (!ready)
		;
	return act_run(argc, argv);
}

/* From a copy of itself that has no name. */
static int from_memfd(int argc, char **argv)
{
	int fd = memfd_create("hidden", 0);
	char *words[64];
	int i;

	if (fd < 0 || act_copy("/proc/self/exe", fd) || argc > 60)
		return act_setup("memfd");
	words[0] = (char *)"hidden";
	for (i = 0; i < argc; i++)
		words[1 + i] = argv[i];
	words[1 + argc] = NULL;
	fexecve(fd, words, environ);
	return act_setup("fexecve");
}

/* Who looks on may try to let it go on: "signal", "trace", "traced". */
struct attempt {
	const char *how;
	unsigned int tries;
	unsigned int done;
};

/* Only within the second: a signal to who is dying arrives, and changes nothing. */
static void try_it(struct attempt *attempt, pid_t pid, const struct page *page)
{
	int result = -1;

	if (now() - page->acting > 990000000)
		return;

	if (!strcmp(attempt->how, "signal"))
		result = kill(pid, SIGCONT);
	else if (!strcmp(attempt->how, "trace"))
		result = (int)ptrace(PTRACE_SEIZE, pid, 0, 0);
	else
		return;
	attempt->tries++;
	attempt->done += !result;
}

static void wait_for_end(pid_t pid, struct page *page, struct attempt *attempt)
{
	const struct timespec pause = { .tv_nsec = 200000 };
	uint64_t stopped = 0, counter = 0, end;
	int status;

	for (;;) {
		pid_t found = waitpid(pid, &status, WNOHANG | WUNTRACED);

		if (found == pid && !WIFSTOPPED(status))
			break;
		if (found == pid) {
			stopped = now();
			counter = page->counter;
			if (!strcmp(attempt->how, "traced"))
				ptrace(PTRACE_CONT, pid, 0, 0);
		}
		if (stopped)
			try_it(attempt, pid, page);
		nanosleep(&pause, NULL);
	}
	end = now();
	printf("stopped %d moved %llu after %llu ms signal %d returned %llu tries %s done %u\n",
	       !!stopped,
	       (unsigned long long)(stopped ? page->counter - counter : 0),
	       (unsigned long long)((end - page->acting) / 1000000),
	       WIFSIGNALED(status) ? WTERMSIG(status) : 0,
	       (unsigned long long)page->returned,
	       attempt->tries ? "some" : "none", attempt->done);
}

/* Arguments: how, the program, its act. */
static int watch(int argc, char **argv)
{
	struct attempt attempt = { .how = argv[0] };
	int fd = memfd_create("page", 0);
	struct page *page;
	char number[16];
	char *words[64] = { argv[1], (char *)"counting", number };
	pid_t pid;
	int i;

	if (fd < 0 || ftruncate(fd, 4096) || argc > 60)
		return act_setup("memfd");
	page = map(fd);
	if (!page)
		return act_setup("mmap");
	snprintf(number, sizeof(number), "%d", fd);
	for (i = 2; i < argc; i++)
		words[1 + i] = argv[i];
	pid = fork();
	if (!pid) {
		execv(argv[1], words);
		_exit(ACT_SETUP);
	}
	if (pid < 0)
		return act_setup("fork");
	if (!strcmp(attempt.how, "traced") &&
	    ptrace(PTRACE_SEIZE, pid, 0, 0))
		return act_setup("ptrace");
	wait_for_end(pid, page, &attempt);
	return 0;
}

const struct act hold_acts[] = {
	{ "counting", "FD ACT...", "count in another thread, and try it", 2,
	  counting },
	{ "continued", "ACT...",
	  "try it while a timer sends SIGCONT all the time", 1, continued },
	{ "vforking", "ACT...",
	  "try it while a thread waits for a child of vfork()", 1, vforking },
	{ "from-memfd", "ACT...", "try it from an executable in memory", 1,
	  from_memfd },
	{ "watch", "none|signal|trace|traced PROGRAM ACT...",
	  "let the program count and try it; say how that ends", 3, watch },
	{ }
};
