// SPDX-License-Identifier: LGPL-2.1-or-later
/* Every way to open a connection, and to get hold of one. */
#define _GNU_SOURCE
#include <errno.h>
#include <fcntl.h>
#include <linux/io_uring.h>
#include <netinet/tcp.h>
#include <poll.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "act.h"
#include "net.h"
#include "ring.h"

#ifndef IPPROTO_MPTCP
#define IPPROTO_MPTCP 262
#endif

static int open_by(char **words, const char *way, int type, int protocol)
{
	struct net_end end;
	int fd = net_open(&end, words, type, protocol);

	return fd < 0 ? -fd : net_call(fd, &end, way);
}

static int stream(int argc, char **argv)
{
	(void)argc;
	return open_by(argv, "send", NET_STREAM);
}

static int stream_mptcp(int argc, char **argv)
{
	(void)argc;
	return open_by(argv, "send", SOCK_STREAM, IPPROTO_MPTCP);
}

static int stream_sctp(int argc, char **argv)
{
	(void)argc;
	return open_by(argv, "send", SOCK_STREAM, IPPROTO_SCTP);
}

static int seqpacket(int argc, char **argv)
{
	(void)argc;
	return open_by(argv, "send", SOCK_SEQPACKET, 0);
}

static int stream_by(int argc, char **argv)
{
	(void)argc;
	return open_by(argv + 1, argv[0], NET_STREAM);
}

static int stream_nonblock(int argc, char **argv)
{
	struct net_end end;
	int fd = net_open(&end, argv, SOCK_STREAM | SOCK_NONBLOCK, 0), status;
	struct pollfd wait = { .fd = fd, .events = POLLOUT };
	socklen_t size = sizeof(int);

	(void)argc;
	if (fd < 0)
		return -fd;
	if (connect(fd, &end.any, end.size) < 0 && errno != EINPROGRESS)
		return errno;
	poll(&wait, 1, -1);
	if (getsockopt(fd, SOL_SOCKET, SO_ERROR, &status, &size) < 0)
		return act_setup("SO_ERROR");
	if (status)
		return status;
	fcntl(fd, F_SETFL, 0);
	return net_exchange(fd, "send");
}

static int stream_reset(int argc, char **argv)
{
	const struct linger at_once = { .l_onoff = 1 };
	struct net_end end;
	int fd = net_open(&end, argv, SOCK_STREAM, 0);

	(void)argc;
	if (fd < 0)
		return -fd;
	if (connect(fd, &end.any, end.size) < 0)
		return errno;
	if (setsockopt(fd, SOL_SOCKET, SO_LINGER, &at_once,
		       sizeof(at_once)) < 0)
		return act_setup("SO_LINGER");
	return act_status(close(fd));
}

/* The request in the very first packet, without a call of connect(). */
static int stream_fastopen(int argc, char **argv)
{
	struct net_end end;
	int fd = net_open(&end, argv, NET_STREAM);

	(void)argc;
	return fd < 0 ? -fd : net_ask(fd, &end, MSG_FASTOPEN);
}

/* A connect() that does nothing until the first byte is sent. */
static int stream_fastopen_connect(int argc, char **argv)
{
	const int one = 1;
	struct net_end end;
	int fd = net_open(&end, argv, NET_STREAM);

	(void)argc;
	if (fd < 0)
		return -fd;
	if (setsockopt(fd, IPPROTO_TCP, TCP_FASTOPEN_CONNECT, &one,
		       sizeof(one)) < 0)
		return act_setup("TCP_FASTOPEN_CONNECT");
	return net_call(fd, &end, "send");
}

static int connect_ringed(const struct ring_way *way, char **argv)
{
	struct net_end end;
	int fd = net_open(&end, argv, NET_STREAM), status;
	struct io_uring_sqe entry = {
		.opcode = IORING_OP_CONNECT, .fd = fd,
		.addr = ring_pointer(&end), .off = end.size,
	};

	if (fd < 0)
		return -fd;
	status = ring_once(way, &entry);
	return status ? status : net_exchange(fd, "uring");
}

static int stream_uring(int argc, char **argv)
{
	(void)argc;
	return connect_ringed(&ring_plain, argv);
}

static int stream_uring_worker(int argc, char **argv)
{
	(void)argc;
	return connect_ringed(&ring_worker, argv);
}

static int stream_uring_poller(int argc, char **argv)
{
	(void)argc;
	return connect_ringed(&ring_poller, argv);
}

/* The socket too is made by the ring, and never has a number. */
static int stream_uring_direct(int argc, char **argv)
{
	const struct net_end end = net_end(argv[0], argv[1]);
	struct io_uring_sqe make = {
		.opcode = IORING_OP_SOCKET, .fd = end.any.sa_family,
		.off = SOCK_STREAM, .file_index = 1,
	};
	struct io_uring_sqe open_entry = {
		.opcode = IORING_OP_CONNECT, .flags = IOSQE_FIXED_FILE,
		.addr = ring_pointer(&end), .off = end.size,
	};
	struct ring_way way = { .setup = 0 };
	struct ring ring;
	int none = -1, status;

	(void)argc;
	net_patience();
	status = ring_open(&ring, &way);
	if (status)
		return status;
	if (ring_register_files(&ring, &none, 1) < 0)
		return act_setup("registering files");
	status = ring_do(&ring, &way, &make);
	if (status >= 0) {
		way.flags = IOSQE_FIXED_FILE;
		status = ring_do(&ring, &way, &open_entry);
	}
	ring_close(&ring);
	return status < 0 ? -status : 0;
}

static int stream_again(int argc, char **argv)
{
	(void)argc;
	return net_call_again(argv, SOCK_STREAM);
}

/* An established connection, made of nothing: no packet is sent. */
static int stream_repair(int argc, char **argv)
{
	const int on = 1;
	struct net_end end;
	int fd = net_open(&end, argv, NET_STREAM);

	(void)argc;
	if (fd < 0)
		return -fd;
	if (setsockopt(fd, IPPROTO_TCP, TCP_REPAIR, &on, sizeof(on)) < 0)
		return act_setup("TCP_REPAIR");
	return act_status(connect(fd, &end.any, end.size));
}

/* --- sockets of somebody else ---------------------------------- */

static int make(const char *kind, const struct net_end *end)
{
	int fd = net_socket(end, *kind == 's' ? SOCK_STREAM : SOCK_DGRAM, 0);

	if (fd < 0) {
		errno = -fd;
		return -1;
	}
	if (!strcmp(kind, "stream-connected") ||
	    !strcmp(kind, "datagram-connected")) {
		if (connect(fd, &end->any, end->size) < 0)
			return -1;
	} else if (!strcmp(kind, "stream-listening")) {
		if (bind(fd, &end->any, end->size) < 0 || listen(fd, 8) < 0)
			return -1;
	}
	return fd;
}

static int hand(int argc, char **argv)
{
	const struct net_end end = net_end(argv[2], argv[3]);
	int fd;

	(void)argc;
	net_patience();
	fd = make(argv[1], &end);
	return fd < 0 ? act_setup(argv[1]) : net_offer(argv[0], fd);
}

static int inherit(int argc, char **argv)
{
	const struct net_end end = net_end(argv[1], argv[2]);
	int fd;

	(void)argc;
	net_patience();
	fd = make(argv[0], &end);
	if (fd < 0 || dup2(fd, NET_INHERITED) < 0)
		return act_setup(argv[0]);
	execv(argv[3], argv + 3);
	return act_setup(argv[3]);
}

static int use_connect(int fd, char **argv)
{
	const struct net_end end = net_end(argv[0], argv[1]);

	return net_call(fd, &end, "send");
}

static int use_send(int fd, char **argv)
{
	const struct net_end end = net_end(argv[0], argv[1]);

	return net_ask(fd, &end, 0);
}

static int use_exchange(int fd, char **argv)
{
	(void)argv;
	return net_exchange(fd, "send");
}

static int use_accept(int fd, char **argv)
{
	int peer;

	(void)argv;
	peer = accept4(fd, NULL, NULL, SOCK_CLOEXEC);
	if (peer < 0)
		return errno == EAGAIN ? ETIMEDOUT : errno;
	return act_status(send(peer, "accepted\n", 9, MSG_NOSIGNAL));
}

static int use_hear(int fd, char **argv)
{
	(void)argv;
	return net_hear(fd);
}

static const struct {
	const char *name;
	int words;
	int (*use)(int fd, char **argv);
} uses[] = {
	{ "connect", 2, use_connect },
	{ "send", 2, use_send },
	{ "exchange", 0, use_exchange },
	{ "accept", 0, use_accept },
	{ "hear", 0, use_hear },
};

static int use(int fd, int argc, char **argv)
{
	size_t i;

	for (i = 0; i < sizeof(uses) / sizeof(uses[0]); i++)
		if (!strcmp(uses[i].name, argv[0]) && argc > uses[i].words)
			return uses[i].use(fd, argv + 1);
	fprintf(stderr, "act: no use '%s' for a socket\n", argv[0]);
	return ACT_USAGE;
}

static int received(int argc, char **argv)
{
	int fd, status;

	net_patience();
	status = net_receive(argv[0], &fd);
	return status ? status : use(fd, argc - 1, argv + 1);
}

static int inherited(int argc, char **argv)
{
	net_patience();
	return use(NET_INHERITED, argc, argv);
}

/* --- sockets that are kept, by a service ---------------------------------- */

static int kept = -1;

static int keep(int argc, char **argv)
{
	const struct net_end end = net_end(argv[1], argv[2]);

	(void)argc;
	if (kept >= 0)
		close(kept);
	kept = make(argv[0], &end);
	return act_status(kept);
}

static int kept_use(int argc, char **argv)
{
	return use(kept, argc, argv);
}

static int kept_by(int argc, char **argv)
{
	(void)argc;
	return net_exchange(kept, argv[0]);
}

static int kept_listen(int argc, char **argv)
{
	(void)argc;
	(void)argv;
	return act_status(listen(kept, 8));
}

const struct act net_connect_acts[] = {
	{ "stream", "HOST PORT", "connect, and exchange a line", 2, stream },
	{ "stream-mptcp", "HOST PORT", "the same by multipath TCP", 2,
	  stream_mptcp },
	{ "stream-sctp", "HOST PORT", "the same by SCTP", 2, stream_sctp },
	{ "seqpacket", "HOST PORT", "the same with SOCK_SEQPACKET", 2,
	  seqpacket },
	{ "stream-by", "WAY HOST PORT", "connect, send a line by that way", 3,
	  stream_by },
	{ "stream-nonblock", "HOST PORT", "connect without waiting", 2,
	  stream_nonblock },
	{ "stream-reset", "HOST PORT", "connect, and hang up by a reset", 2,
	  stream_reset },
	{ "stream-fastopen", "HOST PORT", "sendto with MSG_FASTOPEN", 2,
	  stream_fastopen },
	{ "stream-fastopen-connect", "HOST PORT", "TCP_FASTOPEN_CONNECT", 2,
	  stream_fastopen_connect },
	{ "stream-uring", "HOST PORT", "connect and send by io_uring", 2,
	  stream_uring },
	{ "stream-uring-worker", "HOST PORT", "the same in a worker thread", 2,
	  stream_uring_worker },
	{ "stream-uring-poller", "HOST PORT",
	  "the same in a kernel polling thread", 2, stream_uring_poller },
	{ "stream-uring-direct", "HOST PORT",
	  "socket and connect by io_uring, without a descriptor", 2,
	  stream_uring_direct },
	{ "stream-again", "HOST PORT HOST PORT",
	  "connect, dissolve it by AF_UNSPEC, connect elsewhere", 4,
	  stream_again },
	{ "stream-repair", "HOST PORT", "connect in repair mode: no packets",
	  2, stream_repair },
	{ "hand", "PATH KIND HOST PORT",
	  "make a socket and give it to who asks at PATH; KIND: stream, "
	  "stream-connected, stream-listening, datagram, datagram-connected",
	  4, hand },
	{ "inherit", "KIND HOST PORT PROGRAM...",
	  "make a socket, and execute PROGRAM with it", 4, inherit },
	{ "received", "PATH USE...",
	  "use a socket that is handed out; USE: connect HOST PORT, send "
	  "HOST PORT, exchange, accept, hear", 2, received },
	{ "inherited", "USE...", "use a socket that was inherited", 1,
	  inherited },
	{ "keep", "KIND HOST PORT", "make a socket and keep it", 3, keep },
	{ "kept", "USE...", "use the one that is kept", 1, kept_use },
	{ "kept-by", "WAY", "exchange a line by that way with its peer", 1,
	  kept_by },
	{ "kept-listen", "", "listen on it", 0, kept_listen },
	{ }
};
