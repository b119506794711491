// SPDX-License-Identifier: LGPL-2.1-or-later
/*
 * A service that acts on request: how a scenario lets a process act which was
 * there before Cordon, or which has been running for long.
 */
#define _GNU_SOURCE
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/time.h>
#include <sys/un.h>
#include <unistd.h>

#include "act.h"

#define REQUEST_MAX 8192
#define WORDS_MAX 64

static int open_socket(const char *path, struct sockaddr_un *address)
{
	memset(address, 0, sizeof(*address));
	address->sun_family = AF_UNIX;
	strncpy(address->sun_path, path, sizeof(address->sun_path) - 1);
	return socket(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC, 0);
}

/* @text holds @size bytes: words, each with its NUL. */
static int answer(char *text, ssize_t size)
{
	const struct itimerval no_time = { };
	char *words[WORDS_MAX + 1];
	ssize_t at = 0;
	int count = 0;
	pid_t pid;

	if (size <= 0 || text[size - 1])
		return ACT_USAGE;
	while (at < size && count < WORDS_MAX) {
		words[count++] = text + at;
		at += strlen(text + at) + 1;
	}
	words[count] = NULL;
	if (!strcmp(words[0], "self")) {
		int status = act_run(count - 1, words + 1);

		/* An act's patience must not end the service later. */
		setitimer(ITIMER_REAL, &no_time, NULL);
		return status;
	}
	pid = fork();
	if (pid < 0)
		return act_setup("fork");
	if (!pid)
		_exit(act_run(count, words));
	return act_wait(pid);
}

static void serve_on(int listener)
{
	char request[REQUEST_MAX];
	unsigned char status;
	int peer;

	for (;;) {
		ssize_t size;

		peer = accept4(listener, NULL, NULL, SOCK_CLOEXEC);
		/* Short of memory, as scenarios make it. */
		if (peer < 0 && (errno == ENOMEM || errno == ENOBUFS ||
				 errno == ENFILE || errno == EINTR))
			continue;
		if (peer < 0)
			return;
		size = recv(peer, request, sizeof(request) - 1, 0);
		status = answer(request, size);
		send(peer, &status, 1, MSG_NOSIGNAL);
		close(peer);
	}
}

/* Returns to the shell once requests can come. */
static int serve(int argc, char **argv)
{
	struct sockaddr_un address;
	int listener = open_socket(argv[0], &address);
	pid_t pid;

	(void)argc;
	if (listener < 0 ||
	    bind(listener, (struct sockaddr *)&address, sizeof(address)) < 0 ||
	    listen(listener, 64) < 0)
		return act_setup(argv[0]);
	pid = act_stay();
	if (pid)
		return pid < 0 ? act_setup("fork") : 0;
	serve_on(listener);
	return act_setup("accept");
}

static int ask(int argc, char **argv)
{
	struct sockaddr_un address;
	char request[REQUEST_MAX];
	size_t used = 0, length;
	unsigned char status;
	int i, peer;

	for (i = 1; i < argc; i++) {
		length = strlen(argv[i]) + 1;
		if (used + length > sizeof(request)) {
			errno = E2BIG;
			return act_setup("request");
		}
		memcpy(request + used, argv[i], length);
		used += length;
	}
	peer = open_socket(argv[0], &address);
	if (peer < 0 ||
	    connect(peer, (struct sockaddr *)&address, sizeof(address)) < 0 ||
	    send(peer, request, used, MSG_NOSIGNAL) < 0)
		return act_setup(argv[0]);
	if (recv(peer, &status, 1, 0) != 1) {
		errno = ECONNRESET;
		return act_setup("answer");
	}
	return status;
}

const struct act service_acts[] = {
	{ "serve", "SOCKET",
	  "stay, and try what is asked for there; prints its PID", 1, serve },
	{ "ask", "SOCKET [self] ACT...",
	  "let the service try it, in a child or itself", 2, ask },
	{ }
};
