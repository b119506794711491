// SPDX-License-Identifier: LGPL-2.1-or-later
/* Who is stopped, and has provided for that: the kernel is to continue him. */
#define _GNU_SOURCE
#include <errno.h>
#include <fcntl.h>
#include <mqueue.h>
#include <sched.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <sys/syscall.h>
#include <time.h>
#include <unistd.h>

#include "act.h"

/*
 * Has the kernel send it SIGCONT for ever: a hundred times a second by a timer,
 * and for whatever is written to a pipe.  Nobody has to be asked for that.
 */
static int restless(int argc, char **argv)
{
	const struct itimerspec often = {
		.it_interval.tv_nsec = 10000000,
		.it_value.tv_nsec = 10000000,
	};
	struct sigevent event = {
		.sigev_notify = SIGEV_SIGNAL,
		.sigev_signo = SIGCONT,
	};
	timer_t timer;
	int pipe;

	(void)argc;
	pipe = open(argv[0], O_RDWR | O_NONBLOCK | O_CLOEXEC);
	if (pipe < 0)
		return act_setup(argv[0]);
	if (fcntl(pipe, F_SETOWN, getpid()) < 0 ||
	    fcntl(pipe, F_SETSIG, SIGCONT) < 0 ||
	    fcntl(pipe, F_SETFL, O_NONBLOCK | O_ASYNC) < 0)
		return act_setup("fcntl");
	if (timer_create(CLOCK_MONOTONIC, &event, &timer) < 0 ||
	    timer_settime(timer, 0, &often, NULL) < 0)
		return act_setup("timer");
	return 0;
}

/* Has SIGCONT sent to itself when a message comes. */
static int noted(int argc, char **argv)
{
	struct sigevent event = {
		.sigev_notify = SIGEV_SIGNAL,
		.sigev_signo = SIGCONT,
	};
	static mqd_t queue = (mqd_t)-1;
	char text[8192];

	(void)argc;
	if (queue == (mqd_t)-1)
		queue = mq_open(argv[0], O_RDONLY | O_CREAT | O_NONBLOCK, 0600,
				NULL);
	if (queue == (mqd_t)-1)
		return act_setup(argv[0]);
	/* It is told only of what comes when there was nothing. */
	while (mq_receive(queue, text, sizeof(text), NULL) >= 0)
		;
	return mq_notify(queue, &event) < 0 ? act_setup("mq_notify") : 0;
}

static int message(int argc, char **argv)
{
	mqd_t queue = mq_open(argv[0], O_WRONLY);

	(void)argc;
	if (queue == (mqd_t)-1)
		return act_setup(argv[0]);
	return mq_send(queue, "", 0, 0) < 0 ? act_setup("mq_send") : 0;
}

/* A child, whose end is told by SIGCONT, and which has it so many ms from now. */
static int make_heir(long ms)
{
	const struct itimerspec end = {
		.it_value = { ms / 1000, ms % 1000 * 1000000 },
	};
	struct sigevent event = {
		.sigev_notify = SIGEV_SIGNAL,
		.sigev_signo = SIGKILL,
	};
	timer_t timer;
	long pid;

	pid = syscall(SYS_clone, (long)SIGCONT, 0L, 0L, 0L, 0L);
	if (pid)
		return pid < 0 ? act_setup("clone") : 0;
	if (timer_create(CLOCK_MONOTONIC, &event, &timer) < 0 ||
	    timer_settime(timer, 0, &end, NULL) < 0)
		_exit(act_setup("timer"));
	for (;;)
		pause();
}

/* Each step is counted in a file, so that others see whether it goes on. */
static int bereaved(int argc, char **argv)
{
	const struct timespec pause = { .tv_nsec = 10000000 };
	long heirs = act_number(argv[1]);
	char text[32];
	long i;
	int fd;

	(void)argc;
	fd = open(argv[0], O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0600);
	if (fd < 0)
		return act_setup(argv[0]);
	for (i = 0; i < heirs; i++)
		if (make_heir(5000 + i * 100))
			return ACT_SETUP;
	for (i = 0;; i++) {
		snprintf(text, sizeof(text), "%010ld\n", i);
		if (pwrite(fd, text, strlen(text), 0) < 0)
			return act_setup("pwrite");
		nanosleep(&pause, NULL);
	}
}

const struct act restless_acts[] = {
	{ "restless", "FIFO",
	  "have SIGCONT sent to oneself by a timer, and by what is written there",
	  1, restless },
	{ "noted", "QUEUE", "have SIGCONT sent to oneself by a message there",
	  1, noted },
	{ "message", "QUEUE", "send one there", 1, message },
	{ "bereaved", "FILE COUNT",
	  "have SIGCONT sent to oneself by children that end, one each 0.1 s; and count steps in a file",
	  2, bereaved },
	{ }
};
