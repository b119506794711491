// SPDX-License-Identifier: LGPL-2.1-or-later
/* Acts that keep a machine busy while something else changes, and count. */
#define _GNU_SOURCE
#include <arpa/inet.h>
#include <errno.h>
#include <fcntl.h>
#include <pthread.h>
#include <signal.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <unistd.h>

#include "act.h"

static volatile sig_atomic_t stop;

static void request_stop(int signal)
{
	(void)signal;
	stop = 1;
}

static int hammer_paced(useconds_t pause, int argc, char **argv)
{
	struct sigaction action = { .sa_handler = request_stop };
	long done = 0, denied = 0, failed = 0;
	int status, last = 0;

	sigaction(SIGTERM, &action, NULL);
	while (!stop) {
		status = act_run(argc, argv);
		if (!status) {
			done++;
		} else if (status == EACCES) {
			denied++;
		} else if (!stop) {
			failed++;
			last = status;
		}
		/* Acts leave their files to the end of the process. */
		close_range(3, ~0U, 0);
		if (pause)
			usleep(pause);
	}
	printf("done=%ld denied=%ld failed=%ld last=%d\n", done, denied,
	       failed, last);
	return 0;
}

static int hammer(int argc, char **argv)
{
	return hammer_paced(0, argc, argv);
}

/* For who is to meet many of them, and has other work to do meanwhile. */
static int knock(int argc, char **argv)
{
	return hammer_paced((useconds_t)act_number(argv[0]), argc - 1,
			    argv + 1);
}

/*
 * Departures of two classes, no two of them alike: what it makes is counted by
 * who reads the events.  Each flood has a network of its own, 10 to 99.  With
 * PAUSE it is none, but so many microseconds lie between.
 */
static int depart(int argc, char **argv)
{
	struct sigaction action = { .sa_handler = request_stop };
	struct sockaddr_in to = {
		.sin_family = AF_INET, .sin_port = htons(9),
	};
	unsigned long file = 0, net = 0, other = 0, n;
	unsigned int network = (unsigned int)atoi(argv[1]) << 24;
	useconds_t pause = argc > 2 ? (useconds_t)act_number(argv[2]) : 0;
	int fd = socket(AF_INET, SOCK_DGRAM, 0);
	char path[256];

	if (fd < 0)
		return ACT_SETUP;
	sigaction(SIGTERM, &action, NULL);
	for (n = 1; !stop; n++) {
		int err;

		if (n % 4) {
			snprintf(path, sizeof(path), "%s.%lu", argv[0], n);
			err = mkdir(path, 0700) ? errno : 0;
		} else {
			to.sin_addr.s_addr = htonl(network | (n & 0xffffff));
			err = connect(fd, (struct sockaddr *)&to, sizeof(to)) ?
			      errno : 0;
		}
		if (err != EACCES)
			other++;
		else if (n % 4)
			file++;
		else
			net++;
		if (pause)
			usleep(pause);
	}
	printf("file=%lu net=%lu other=%lu\n", file, net, other);
	return 0;
}

/* What all processes of a swarm share. */
struct swarm {
	atomic_int decide;
	atomic_long forks, succeeded, denied, failed;
	const char *path;
};

static struct swarm *swarm;

static void swarm_decide(int signal)
{
	(void)signal;
	atomic_store(&swarm->decide, 1);
}

static void swarm_try(void)
{
	int fd = open(swarm->path, O_RDONLY | O_CLOEXEC);

	if (fd >= 0)
		atomic_fetch_add(&swarm->succeeded, 1);
	else if (errno == EACCES)
		atomic_fetch_add(&swarm->denied, 1);
	else
		atomic_fetch_add(&swarm->failed, 1);
}

/* Be replaced by a child, until it is time to decide. */
static void swarm_step(void)
{
	pid_t pid;

	while (!atomic_load(&swarm->decide)) {
		pid = fork();
		if (pid > 0)
			_exit(0);
		if (pid < 0) {
			atomic_fetch_add(&swarm->failed, 1);
			_exit(1);
		}
		atomic_fetch_add(&swarm->forks, 1);
	}
	swarm_try();
	_exit(0);
}

static void *swarm_step_thread(void *argument)
{
	(void)argument;
	swarm_step();
	return NULL;
}

/* The same, but it is always a thread that has the child. */
static void swarm_step_threaded(void)
{
	pthread_t thread;
	pid_t pid;

	while (!atomic_load(&swarm->decide)) {
		pid = fork();
		if (pid > 0)
			_exit(0);
		if (pid < 0)
			break;
		atomic_fetch_add(&swarm->forks, 1);
		if (pthread_create(&thread, NULL, swarm_step_thread, NULL))
			break;
		pthread_join(thread, NULL);
	}
	swarm_try();
	_exit(0);
}

/*
 * Processes that live only long enough to have a child.  Whoever is not
 * labelled at any moment has descendants that are not, so one look at the end
 * finds every one that was ever missed.
 */
static int swarm_run(int argc, char **argv)
{
	struct sigaction action = { .sa_handler = swarm_decide };
	long chains = act_number(argv[0]), i;
	int pipes[2];
	char byte;
	pid_t pid;

	(void)argc;
	swarm = mmap(NULL, sizeof(*swarm), PROT_READ | PROT_WRITE,
		     MAP_SHARED | MAP_ANONYMOUS, -1, 0);
	if (swarm == MAP_FAILED || pipe2(pipes, O_CLOEXEC) < 0)
		return act_setup("swarm");
	swarm->path = argv[1];
	for (i = 0; i < chains; i++) {
		pid = fork();
		if (pid < 0)
			return act_setup("fork");
		if (!pid) {
			close(pipes[0]);
			signal(SIGUSR1, SIG_IGN);
			if (i % 2)
				swarm_step_threaded();
			swarm_step();
		}
	}
	close(pipes[1]);
	signal(SIGCHLD, SIG_IGN);
	sigaction(SIGUSR1, &action, NULL);
	puts("swarming");
	fflush(stdout);
	/* Nobody writes; it ends when the last process of the swarm does. */
	while (read(pipes[0], &byte, 1) < 0 && errno == EINTR)
		;
	printf("forks=%ld succeeded=%ld denied=%ld failed=%ld\n",
	       atomic_load(&swarm->forks), atomic_load(&swarm->succeeded),
	       atomic_load(&swarm->denied), atomic_load(&swarm->failed));
	return 0;
}

const struct act hammer_acts[] = {
	{ "hammer", "ACT...",
	  "try it until SIGTERM, then print how often it did what", 1,
	  hammer },
	{ "knock", "PAUSE ACT...", "the same, PAUSE microseconds apart", 2,
	  knock },
	{ "depart", "PREFIX NETWORK [PAUSE]",
	  "departures, all different, until SIGTERM", 2, depart },
	{ "swarm", "CHAINS FILE",
	  "fork without end; at SIGUSR1 each process tries to read FILE", 2,
	  swarm_run },
	{ }
};
