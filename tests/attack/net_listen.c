// SPDX-License-Identifier: LGPL-2.1-or-later
/* Sockets of every family, those that wait for others, and an echo. */
#define _GNU_SOURCE
#include <errno.h>
#include <fcntl.h>
#include <linux/if_alg.h>
#include <linux/io_uring.h>
#include <linux/netlink.h>
#include <linux/rtnetlink.h>
#include <netinet/tcp.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "act.h"
#include "net.h"
#include "ring.h"

#define ENDS_MAX 512

static int listen_as(const struct net_end *end, int option, int type,
		     int protocol)
{
	const int one = 1;
	int fd;

	net_patience();
	fd = net_socket(end, type, protocol);
	if (fd < 0)
		return fd;
	if (option == SO_REUSEPORT &&
	    setsockopt(fd, SOL_SOCKET, SO_REUSEPORT, &one, sizeof(one)) < 0)
		return -errno;
	if (end->any.sa_family == AF_UNIX && end->un.sun_path[0])
		unlink(end->un.sun_path);
	if (type != SOCK_DGRAM || end->any.sa_family != AF_UNIX) {
		if (bind(fd, &end->any, end->size) < 0)
			return -errno;
	} else {
		/* It has been given a name already: another socket. */
		close(fd);
		fd = socket(AF_UNIX, SOCK_DGRAM | SOCK_CLOEXEC, 0);
		if (fd < 0 || bind(fd, &end->any, end->size) < 0)
			return -errno;
	}
	if (type != SOCK_DGRAM && listen(fd, 64) < 0)
		return -errno;
	return fd;
}

static int listen_stream(int argc, char **argv)
{
	const struct net_end end = net_end(argv[0], argv[1]);
	int fd = listen_as(&end, 0, NET_STREAM);

	(void)argc;
	return fd < 0 ? -fd : 0;
}

static int listen_shared(int argc, char **argv)
{
	const struct net_end end = net_end(argv[0], argv[1]);
	int fd = listen_as(&end, SO_REUSEPORT, NET_STREAM);

	(void)argc;
	return fd < 0 ? -fd : 0;
}

/* Without bind(): the kernel chooses a port. */
static int listen_anywhere(int argc, char **argv)
{
	const struct net_end end = net_end(argv[0], "0");
	int fd;

	(void)argc;
	net_patience();
	fd = net_socket(&end, NET_STREAM);
	return fd < 0 ? -fd : act_status(listen(fd, 8));
}

static int listen_uring(int argc, char **argv)
{
	struct net_end end;
	int fd = net_open(&end, argv, NET_STREAM), status;
	const struct io_uring_sqe entry = {
		.opcode = 57 /* IORING_OP_LISTEN */, .fd = fd, .len = 8,
	};

	(void)argc;
	if (fd < 0)
		return -fd;
	status = act_status(bind(fd, &end.any, end.size));
	return status ? status : ring_once(&ring_plain, &entry);
}

static int bind_datagram(int argc, char **argv)
{
	const struct net_end end = net_end(argv[0], argv[1]);
	int fd = listen_as(&end, 0, NET_DATAGRAM);

	(void)argc;
	return fd < 0 ? -fd : 0;
}

static int bind_shared(int argc, char **argv)
{
	const struct net_end end = net_end(argv[0], argv[1]);
	int fd = listen_as(&end, SO_REUSEPORT, NET_DATAGRAM);

	(void)argc;
	return fd < 0 ? -fd : 0;
}

/* --- families ---------------------------------- */

static const struct {
	const char *name;
	int number;
} families[] = {
	{ "unix", AF_UNIX }, { "inet", AF_INET }, { "inet6", AF_INET6 },
	{ "netlink", AF_NETLINK }, { "packet", AF_PACKET }, { "key", AF_KEY },
	{ "alg", AF_ALG }, { "vsock", AF_VSOCK }, { "xdp", AF_XDP },
	{ "bluetooth", AF_BLUETOOTH }, { "tipc", AF_TIPC }, { "can", AF_CAN },
	{ "qipcrtr", 42 }, { "smc", 43 }, { "rds", 21 }, { "x25", 9 },
};

static int family(const char *word)
{
	size_t i;

	for (i = 0; i < sizeof(families) / sizeof(families[0]); i++)
		if (!strcmp(families[i].name, word))
			return families[i].number;
	return act_number(word);
}

static int make_socket(int argc, char **argv)
{
	(void)argc;
	return act_status(socket(family(argv[0]), act_number(argv[1]),
				 act_number(argv[2])));
}

static int make_pair(int argc, char **argv)
{
	int ends[2];

	(void)argc;
	return act_status(socketpair(family(argv[0]), act_number(argv[1]),
				     act_number(argv[2]), ends));
}

static int make_ringed(int argc, char **argv)
{
	const struct io_uring_sqe entry = {
		.opcode = IORING_OP_SOCKET, .fd = family(argv[0]),
		.off = act_number(argv[1]), .len = act_number(argv[2]),
	};

	(void)argc;
	net_patience();
	return ring_once(&ring_plain, &entry);
}

/* What `ip link` asks, and its answer. */
static int ask_route(int argc, char **argv)
{
	struct {
		struct nlmsghdr head;
		struct rtgenmsg body;
	} request = {
		.head = { .nlmsg_len = sizeof(request),
			  .nlmsg_type = RTM_GETLINK,
			  .nlmsg_flags = NLM_F_REQUEST | NLM_F_DUMP },
	};
	char answer[65536];
	int fd = socket(AF_NETLINK, SOCK_RAW | SOCK_CLOEXEC, NETLINK_ROUTE);

	(void)argc;
	(void)argv;
	net_patience();
	if (fd < 0 || send(fd, &request, sizeof(request), 0) < 0)
		return errno;
	return act_status(recv(fd, answer, sizeof(answer), 0));
}

/* --- an echo ---------------------------------- */

struct ear {
	bool listens;
	bool ringed;
};

static int open_ear(const char *kind, const struct net_end *end,
		    struct ear *ear)
{
	const int one = 1;
	int fd;

	ear->listens = *kind != 'd';
	if (!strcmp(kind, "stream") || !strcmp(kind, "stream-uring"))
		fd = listen_as(end, 0, NET_STREAM);
	else if (!strcmp(kind, "stream-shared"))
		fd = listen_as(end, SO_REUSEPORT, NET_STREAM);
	else if (!strcmp(kind, "stream-mptcp"))
		fd = listen_as(end, 0, SOCK_STREAM, 262);
	else if (!strcmp(kind, "stream-sctp"))
		fd = listen_as(end, 0, SOCK_STREAM, IPPROTO_SCTP);
	else if (!strcmp(kind, "seqpacket"))
		fd = listen_as(end, 0, SOCK_SEQPACKET, 0);
	else if (!strcmp(kind, "datagram"))
		fd = listen_as(end, 0, NET_DATAGRAM);
	else if (!strcmp(kind, "datagram-shared"))
		fd = listen_as(end, SO_REUSEPORT, NET_DATAGRAM);
	else if (!strcmp(kind, "datagram-lite"))
		fd = listen_as(end, 0, SOCK_DGRAM, 136);
	else
		return -EINVAL;
	ear->ringed = !strcmp(kind, "stream-uring");
	if (fd >= 0 && !strncmp(kind, "stream", 6) &&
	    end->any.sa_family != AF_UNIX && end->any.sa_family != AF_VSOCK)
		setsockopt(fd, IPPROTO_TCP, TCP_FASTOPEN, &one, sizeof(one));
	if (fd >= 0 && end->any.sa_family == AF_UNIX && end->un.sun_path[0])
		chmod(end->un.sun_path, 0777);
	return fd;
}

static int take(int listener, bool ringed)
{
	const struct io_uring_sqe entry = {
		.opcode = IORING_OP_ACCEPT, .fd = listener,
		.accept_flags = SOCK_CLOEXEC,
	};
	struct ring ring;
	int fd;

	if (!ringed)
		return accept4(listener, NULL, NULL, SOCK_CLOEXEC);
	if (ring_open(&ring, &ring_plain))
		return -1;
	fd = ring_do(&ring, &ring_plain, &entry);
	ring_close(&ring);
	return fd;
}

/* Answers with the name of this program; then what it has heard. */
static void answer(int fd)
{
	const size_t name = strlen(program_invocation_short_name) + 1;
	char text[8192];
	struct net_end end = { .size = sizeof(end.un) };
	ssize_t size;

	snprintf(text, sizeof(text), "%s:", program_invocation_short_name);
	size = recvfrom(fd, text + name, sizeof(text) - name, MSG_DONTWAIT,
			&end.any, &end.size);
	if (size <= 0)
		return;
	if (sendto(fd, text, size + name, MSG_NOSIGNAL,
		   end.size ? &end.any : NULL, end.size) < 0)
		return;
}

static void echo_loop(struct pollfd *ends, struct ear *ears, int count)
{
	int i, fd;

	for (;;) {
		poll(ends, count, -1);
		for (i = count - 1; i >= 0; i--) {
			if (!ends[i].revents)
				continue;
			if (ears[i].listens) {
				fd = take(ends[i].fd, ears[i].ringed);
				if (fd < 0)
					continue;
				if (count == ENDS_MAX) {
					close(fd);
					continue;
				}
				ends[count].fd = fd;
				ends[count].events = POLLIN | POLLRDHUP;
				ends[count].revents = 0;
				memset(&ears[count++], 0, sizeof(ears[0]));
				continue;
			}
			if (ends[i].revents & POLLIN)
				answer(ends[i].fd);
			if (ends[i].revents & (POLLRDHUP | POLLHUP)) {
				close(ends[i].fd);
				ends[i] = ends[--count];
				ears[i] = ears[count];
			}
		}
	}
}

static int echo(int argc, char **argv)
{
	static struct pollfd ends[ENDS_MAX];
	static struct ear ears[ENDS_MAX];
	int i, count = 0;
	pid_t pid;

	for (i = 0; i + 2 < argc; i += 3) {
		const struct net_end end = net_end(argv[i + 1], argv[i + 2]);
		int fd = open_ear(argv[i], &end, &ears[count]);

		if (fd < 0) {
			fprintf(stderr, "act: %s %s %s\n", argv[i],
				argv[i + 1], argv[i + 2]);
			return -fd;
		}
		ends[count].fd = fd;
		ends[count++].events = POLLIN;
	}
	pid = act_stay();
	if (pid)
		return pid < 0 ? act_setup("fork") : 0;
	signal(SIGPIPE, SIG_IGN);
	echo_loop(ends, ears, count);
	return 0;
}

const struct act net_listen_acts[] = {
	{ "listen", "HOST PORT", "bind and listen", 2, listen_stream },
	{ "listen-shared", "HOST PORT", "the same with SO_REUSEPORT", 2,
	  listen_shared },
	{ "listen-anywhere", "HOST", "listen without bind", 1,
	  listen_anywhere },
	{ "listen-uring", "HOST PORT", "bind, and listen by io_uring", 2,
	  listen_uring },
	{ "bind-datagram", "HOST PORT", "bind a datagram socket", 2,
	  bind_datagram },
	{ "bind-shared", "HOST PORT", "the same with SO_REUSEPORT", 2,
	  bind_shared },
	{ "socket", "FAMILY TYPE PROTOCOL", "make a socket", 3, make_socket },
	{ "socket-pair", "FAMILY TYPE PROTOCOL", "make two", 3, make_pair },
	{ "socket-uring", "FAMILY TYPE PROTOCOL", "make one by io_uring", 3,
	  make_ringed },
	{ "netlink-route", "", "ask for the interfaces", 0, ask_route },
	{ "echo", "{KIND HOST PORT}...",
	  "stay, and answer at these ends; prints its PID.  KIND: "
	  "stream[-uring|-shared|-mptcp|-sctp], seqpacket, "
	  "datagram[-shared|-lite]", 3, echo },
	{ }
};
