// SPDX-License-Identifier: LGPL-2.1-or-later
/*
 * Counts what operations on the network cost, in guest instructions: see
 * batch.h.
 *
 *	measure-net FROM TO
 *
 * FROM and TO are files of network namespaces, whose hosts are 10.9.0.1 and
 * 10.9.0.2 behind a bridge in the namespace of init and the caller.  Prints a line for
 * each operation:
 *
 *	udp	send and receive over the loopback
 *	tcp	connect, accept and close both, over the loopback
 *	flow	a byte sent and received on an established connection
 *	bridged	a datagram sent, bridged, and received
 */
#define _GNU_SOURCE
#include <arpa/inet.h>
#include <errno.h>
#include <fcntl.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <sched.h>
#include <stdio.h>
#include <sys/socket.h>
#include <unistd.h>

#include "batch.h"

static int sender, receiver, listener, near, far, over, beyond;
static struct sockaddr_in datagram_end, stream_end, bridged_end;

static void udp_send(int from, int to, const struct sockaddr_in *end)
{
	char byte = 'x';

	if (sendto(from, &byte, 1, 0, (const struct sockaddr *)end,
		   sizeof(*end)) != 1)
		batch_die("sendto");
	if (recv(to, &byte, 1, 0) != 1)
		batch_die("recv");
}

static void do_udp(void)
{
	udp_send(sender, receiver, &datagram_end);
}

static void do_bridged(void)
{
	udp_send(over, beyond, &bridged_end);
}

static int connect_to(const struct sockaddr_in *end)
{
	const struct linger at_once = { .l_onoff = 1 };
	int fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);

	/* No connection is left waiting for its end. */
	if (fd < 0 || setsockopt(fd, SOL_SOCKET, SO_LINGER, &at_once,
				 sizeof(at_once)) < 0)
		batch_die("socket");
	if (connect(fd, (const struct sockaddr *)end, sizeof(*end)) < 0)
		batch_die("connect");
	return fd;
}

static void do_tcp(void)
{
	int fd = connect_to(&stream_end);
	int peer = accept4(listener, NULL, NULL, SOCK_CLOEXEC);

	if (peer < 0)
		batch_die("accept");
	close(fd);
	close(peer);
}

static void do_flow(void)
{
	char byte = 'x';

	if (send(near, &byte, 1, 0) != 1 || recv(far, &byte, 1, 0) != 1)
		batch_die("send");
}

static const struct batch operations[] = {
	{ "udp", do_udp, 1000, 201, 20 },
	{ "tcp", do_tcp, 300, 201, 5 },
	{ "flow", do_flow, 1000, 201, 20 },
	{ "bridged", do_bridged, 1000, 201, 20 },
};

#define OPERATIONS (sizeof(operations) / sizeof(operations[0]))

static int udp_at(const char *address, int port, struct sockaddr_in *end)
{
	int fd = socket(AF_INET, SOCK_DGRAM | SOCK_CLOEXEC, 0);

	end->sin_family = AF_INET;
	end->sin_port = htons(port);
	inet_pton(AF_INET, address, &end->sin_addr);
	if (fd < 0 || bind(fd, (struct sockaddr *)end, sizeof(*end)) < 0)
		batch_die(address);
	return fd;
}

static void enter(const char *path)
{
	int fd = open(path, O_RDONLY | O_CLOEXEC);

	if (fd < 0 || setns(fd, CLONE_NEWNET) < 0)
		batch_die(path);
	close(fd);
}

int main(int argc, char **argv)
{
	struct sockaddr_in nowhere = { 0 };
	const int on = 1;
	size_t i;

	if (argc != 3) {
		fprintf(stderr, "usage: measure-net FROM TO\n");
		return 2;
	}
	receiver = udp_at("127.0.0.1", 7001, &datagram_end);
	sender = udp_at("127.0.0.1", 7002, &nowhere);
	stream_end = datagram_end;
	listener = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
	setsockopt(listener, SOL_SOCKET, SO_REUSEADDR, &on, sizeof(on));
	if (bind(listener, (struct sockaddr *)&stream_end,
		 sizeof(stream_end)) < 0 || listen(listener, 64) < 0)
		batch_die("listen");
	near = connect_to(&stream_end);
	far = accept(listener, NULL, NULL);
	setsockopt(near, IPPROTO_TCP, TCP_NODELAY, &on, sizeof(on));
	enter(argv[1]);
	over = udp_at("10.9.0.1", 7003, &nowhere);
	enter(argv[2]);
	beyond = udp_at("10.9.0.2", 7004, &bridged_end);
	enter("/proc/1/ns/net");
	for (i = 0; i < OPERATIONS; i++)
		batch_print(&operations[i]);
	return 0;
}
