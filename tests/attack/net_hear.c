// SPDX-License-Identifier: LGPL-2.1-or-later
/* Who waits for one other, and who sends to many. */
#define _GNU_SOURCE
#include <arpa/inet.h>
#include <errno.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "act.h"
#include "net.h"

#ifndef IPPROTO_MPTCP
#define IPPROTO_MPTCP 262
#endif

static const char line[] = "a line\n";

/* What is said on standard output, for a shell that waits for it. */
static void say(const char *text)
{
	puts(text);
	fflush(stdout);
}

static int hear_datagram(int argc, char **argv)
{
	struct net_end end;
	int fd = net_open(&end, argv, NET_DATAGRAM);

	(void)argc;
	if (fd < 0)
		return -fd;
	if (bind(fd, &end.any, end.size) < 0)
		return errno;
	say("ready");
	return net_hear(fd);
}

/* What who comes first has to say: heard, which is all that is tried. */
static int take_from(int listener, bool answers)
{
	int fd = accept4(listener, NULL, NULL, SOCK_CLOEXEC), status;

	if (fd < 0)
		return errno == EAGAIN ? ETIMEDOUT : errno;
	status = net_hear(fd);
	if (!status && answers)
		status = net_send(fd, "send");
	return status;
}

/* Type and protocol of a kind of streams. */
#define stream_of(kind) \
	SOCK_STREAM, strcmp(kind, "stream-mptcp") ? 0 : IPPROTO_MPTCP

static int take(int argc, char **argv)
{
	struct net_end end;
	int fd = net_open(&end, argv + 1, stream_of(argv[0]));

	(void)argc;
	if (fd < 0)
		return -fd;
	if (bind(fd, &end.any, end.size) < 0 || listen(fd, 8) < 0)
		return errno;
	say("ready");
	return take_from(fd, false);
}

/* From the end of a connection to a listener, at the same port. */
static int turn(int argc, char **argv)
{
	const struct sockaddr nobody = { .sa_family = AF_UNSPEC };
	struct net_end end;
	int fd = net_open(&end, argv + 1, stream_of(argv[0]));

	(void)argc;
	if (fd < 0)
		return -fd;
	if (connect(fd, &end.any, end.size) < 0 || net_send(fd, "send") ||
	    connect(fd, &nobody, sizeof(nobody)) < 0 || listen(fd, 8) < 0)
		return errno;
	say("ready");
	return take_from(fd, false);
}

/* Where the kernel chooses. */
static int take_anywhere(int argc, char **argv)
{
	struct net_end end = net_end(argv[0], "0");
	char port[8];
	int fd;

	(void)argc;
	net_patience();
	fd = net_socket(&end, NET_STREAM);
	if (fd < 0)
		return -fd;
	if (listen(fd, 8) < 0 || getsockname(fd, &end.any, &end.size) < 0)
		return errno;
	snprintf(port, sizeof(port), "%d", ntohs(end.in.sin_port));
	say(port);
	return take_from(fd, true);
}

/* --- sending ---------------------------------- */

static volatile sig_atomic_t stop;

static void request_stop(int signal)
{
	(void)signal;
	stop = 1;
}

/* One a millisecond: nobody need listen there. */
static int pour(int argc, char **argv)
{
	const struct sigaction action = { .sa_handler = request_stop };
	const bool is_connected = strcmp(argv[0], "unconnected");
	const struct net_end end = net_end(argv[1], argv[2]);
	int fd = net_socket(&end, NET_DATAGRAM);
	long count = 0;

	(void)argc;
	if (fd < 0)
		return -fd;
	sigaction(SIGTERM, &action, NULL);
	if (is_connected && connect(fd, &end.any, end.size) < 0)
		return errno;
	while (!stop) {
		/* That nobody listens is told by the next one. */
		if (sendto(fd, line, sizeof(line), 0,
			   is_connected ? NULL : &end.any,
			   is_connected ? 0 : end.size) < 0 &&
		    errno != ECONNREFUSED)
			return errno;
		count++;
		poll(NULL, 0, 1);
	}
	printf("%ld\n", count);
	return 0;
}

#define FLOOD_HOSTS 200

/*
 * COUNT flows, each of a datagram: from many ports, to HOST and those behind.
 * Who is denied goes on, and says so in the end.
 */
static int flood(int argc, char **argv)
{
	const struct net_end end = net_end(argv[0], argv[1]);
	const long count = act_number(argv[2]);
	struct net_end each;
	int result = 0;
	int fd = -1;
	long i;

	(void)argc;
	for (i = 0; i < count; i++) {
		if (i % FLOOD_HOSTS == 0) {
			if (fd >= 0)
				close(fd);
			fd = net_socket(&end, NET_DATAGRAM);
			if (fd < 0)
				return -fd;
			each = end;
		}
		if (sendto(fd, line, sizeof(line), 0, &each.any,
			   each.size) < 0 && errno != ENOBUFS) {
			result = errno;
			if (result != EACCES)
				return result;
		}
		each.in.sin_addr.s_addr =
			htonl(ntohl(each.in.sin_addr.s_addr) + 1);
	}
	return result;
}

const struct act net_hear_acts[] = {
	{ "hear-datagram", "HOST PORT", "bind, say when, and hear one", 2,
	  hear_datagram },
	{ "take", "KIND HOST PORT",
	  "listen, say when, and hear a line of who comes first; KIND: "
	  "stream, stream-mptcp", 3, take },
	{ "turn", "KIND HOST PORT",
	  "connect, send a line, dissolve that, listen with the same socket "
	  "(`from` says where), say when, and hear who comes first", 3, turn },
	{ "take-anywhere", "HOST",
	  "the same where the kernel chooses: says the port, and answers", 1,
	  take_anywhere },
	{ "pour", "connected|unconnected HOST PORT",
	  "send a datagram each millisecond until SIGTERM; says how many", 3,
	  pour },
	{ "flood", "HOST PORT COUNT",
	  "send so many datagrams to HOST (IPv4) and the 199 behind it, each "
	  "a flow of its own", 3, flood },
	{ }
};
