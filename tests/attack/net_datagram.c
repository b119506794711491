// SPDX-License-Identifier: LGPL-2.1-or-later
/* Every way to send a datagram, and to hear the answer. */
#define _GNU_SOURCE
#include <arpa/inet.h>
#include <errno.h>
#include <linux/io_uring.h>
#include <netinet/icmp6.h>
#include <netinet/ip.h>
#include <netinet/ip_icmp.h>
#include <netinet/udp.h>
#include <poll.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "act.h"
#include "net.h"
#include "ring.h"

#ifndef IPPROTO_UDPLITE
#define IPPROTO_UDPLITE 136
#endif

static const char line[] = "a line\n";

static int open_datagram(char **words, int protocol)
{
	struct net_end end;
	int fd = net_open(&end, words, SOCK_DGRAM, protocol);

	return fd < 0 ? -fd : net_ask(fd, &end, 0);
}

static int datagram(int argc, char **argv)
{
	(void)argc;
	return open_datagram(argv, 0);
}

static int datagram_lite(int argc, char **argv)
{
	(void)argc;
	return open_datagram(argv, IPPROTO_UDPLITE);
}

/* Nothing is heard: only whether it may be sent. */
static int datagram_only(int argc, char **argv)
{
	struct net_end end;
	int fd = net_open(&end, argv, NET_DATAGRAM);

	(void)argc;
	if (fd < 0)
		return -fd;
	return act_status(sendto(fd, line, sizeof(line), 0, &end.any,
				 end.size));
}

static int datagram_by(int argc, char **argv)
{
	struct net_end end;
	int fd = net_open(&end, argv + 1, NET_DATAGRAM);

	(void)argc;
	return fd < 0 ? -fd : net_call(fd, &end, argv[0]);
}

enum how { BY_SENDMSG, BY_SENDMMSG, BY_RING, BY_RING_WORKER };

static int send_message(char **words, enum how how)
{
	struct net_end end;
	int fd = net_open(&end, words, NET_DATAGRAM), status;
	struct iovec data = {
		.iov_base = (void *)(uintptr_t)line, .iov_len = sizeof(line),
	};
	const struct msghdr one = {
		.msg_name = &end.any, .msg_namelen = end.size,
		.msg_iov = &data, .msg_iovlen = 1,
	};
	struct mmsghdr two[] = { { .msg_hdr = one }, { .msg_hdr = one } };
	const struct io_uring_sqe entry = {
		.opcode = IORING_OP_SENDMSG, .fd = fd,
		.addr = ring_pointer(&one), .len = 1,
	};

	if (fd < 0)
		return -fd;
	if (how == BY_SENDMSG)
		status = act_status(sendmsg(fd, &one, 0));
	else if (how == BY_SENDMMSG)
		status = act_status(sendmmsg(fd, two, 2, 0));
	else
		status = ring_once(how == BY_RING ? &ring_plain : &ring_worker,
				   &entry);
	return status ? status : net_hear(fd);
}

static int datagram_sendmsg(int argc, char **argv)
{
	(void)argc;
	return send_message(argv, BY_SENDMSG);
}

static int datagram_sendmmsg(int argc, char **argv)
{
	(void)argc;
	return send_message(argv, BY_SENDMMSG);
}

static int datagram_uring(int argc, char **argv)
{
	(void)argc;
	return send_message(argv, BY_RING);
}

static int datagram_uring_worker(int argc, char **argv)
{
	(void)argc;
	return send_message(argv, BY_RING_WORKER);
}

/* Many messages in one call: the first to the first end, then the other. */
static int datagram_mixed(int argc, char **argv)
{
	struct net_end second = net_end(argv[2], argv[3]), first;
	int fd = net_open(&first, argv, NET_DATAGRAM), sent;
	struct iovec data = {
		.iov_base = (void *)(uintptr_t)line, .iov_len = sizeof(line),
	};
	struct mmsghdr messages[2] = {
		{ .msg_hdr = { .msg_name = &first.any,
			       .msg_namelen = first.size,
			       .msg_iov = &data, .msg_iovlen = 1 } },
		{ .msg_hdr = { .msg_name = &second.any,
			       .msg_namelen = second.size,
			       .msg_iov = &data, .msg_iovlen = 1 } },
	};

	(void)argc;
	if (fd < 0)
		return -fd;
	sent = sendmmsg(fd, messages, 2, 0);
	/* The kernel tells the error of a later one by a lesser number. */
	if (sent == 1)
		return act_status(sendmsg(fd, &messages[1].msg_hdr, 0));
	return act_status(sent);
}

/* Connected to one end, sent to another. */
static int datagram_over(int argc, char **argv)
{
	const struct net_end second = net_end(argv[2], argv[3]);
	struct net_end first;
	int fd = net_open(&first, argv, NET_DATAGRAM);

	(void)argc;
	if (fd < 0)
		return -fd;
	if (connect(fd, &first.any, first.size) < 0)
		return act_setup("the first connection");
	return act_status(sendto(fd, line, sizeof(line), 0, &second.any,
				 second.size));
}

static int datagram_again(int argc, char **argv)
{
	(void)argc;
	return net_call_again(argv, SOCK_DGRAM);
}

/*
 * An address of no family: for a socket of IPv4 the kernel reads it as one of
 * IPv4 nevertheless.
 */
static int datagram_unspec(int argc, char **argv)
{
	struct net_end end;
	int fd = net_open(&end, argv, NET_DATAGRAM);

	(void)argc;
	if (fd < 0)
		return -fd;
	end.any.sa_family = AF_UNSPEC;
	return net_ask(fd, &end, 0);
}

/* One end of IPv4 to a socket of IPv6, as an address of IPv4. */
static int datagram_across(int argc, char **argv)
{
	const struct net_end end = net_end(argv[0], argv[1]);
	const struct net_end six = net_end("::", "0");
	int fd;

	(void)argc;
	net_patience();
	fd = net_socket(&six, NET_DATAGRAM);
	if (fd < 0)
		return -fd;
	return net_ask(fd, &end, 0);
}

/* Several datagrams as one buffer, which the kernel cuts. */
static int datagram_segments(int argc, char **argv)
{
	const int size = 4;
	struct net_end end;
	int fd = net_open(&end, argv, NET_DATAGRAM);

	(void)argc;
	if (fd < 0)
		return -fd;
	if (setsockopt(fd, SOL_UDP, 103 /* UDP_SEGMENT */, &size,
		       sizeof(size)) < 0)
		return act_setup("UDP_SEGMENT");
	return net_ask(fd, &end, 0);
}

/* With options of IPv4, or extension headers of IPv6. */
static int datagram_options(int argc, char **argv)
{
	static const unsigned char record[] = { 1, 7, 7, 4, 0, 0, 0, 0 };
	static const unsigned char padding[] = { 0, 0, 1, 4, 0, 0, 0, 0 };
	struct net_end end;
	int fd = net_open(&end, argv, NET_DATAGRAM);

	(void)argc;
	if (fd < 0)
		return -fd;
	if (end.any.sa_family == AF_INET) {
		if (setsockopt(fd, IPPROTO_IP, IP_OPTIONS, record,
			       sizeof(record)) < 0)
			return act_setup("IP_OPTIONS");
	} else if (setsockopt(fd, IPPROTO_IPV6, IPV6_HOPOPTS, padding,
			      sizeof(padding)) < 0 ||
		   setsockopt(fd, IPPROTO_IPV6, IPV6_DSTOPTS, padding,
			      sizeof(padding)) < 0) {
		return act_setup("IPV6_HOPOPTS");
	}
	return net_ask(fd, &end, 0);
}

/* Larger than what fits: the kernel makes fragments of it. */
static int datagram_large(int argc, char **argv)
{
	static char large[4000] = "a long line";
	struct net_end end;
	int fd = net_open(&end, argv, NET_DATAGRAM);

	(void)argc;
	if (fd < 0)
		return -fd;
	if (sendto(fd, large, sizeof(large), 0, &end.any, end.size) < 0)
		return errno;
	return net_hear(fd);
}

/*
 * A refusal that arrives as an ICMP error: 111.  That it arrives at all is
 * what is tried.
 */
static int datagram_refused(int argc, char **argv)
{
	struct net_end end;
	int fd = net_open(&end, argv, NET_DATAGRAM), status;

	(void)argc;
	if (fd < 0)
		return -fd;
	if (connect(fd, &end.any, end.size) < 0 ||
	    send(fd, line, sizeof(line), 0) < 0)
		return errno;
	status = net_hear(fd);
	return status == ECONNREFUSED || status == EHOSTUNREACH ||
			       status == ENETUNREACH ? 0 : status;
}

/* --- echo requests ---------------------------------- */

static int ping_by(int type, char **argv)
{
	const struct net_end end = net_end(argv[0], "0");
	const bool six = end.any.sa_family == AF_INET6;
	unsigned char request[8] = { six ? ICMP6_ECHO_REQUEST : ICMP_ECHO };
	unsigned char answer[256];
	unsigned int sum = 0;
	int fd, i;

	net_patience();
	fd = net_socket(&end, type, six ? (int)IPPROTO_ICMPV6 : IPPROTO_ICMP);
	if (fd < 0)
		return -fd;
	request[7] = 1;
	if (!six) {
		for (i = 0; i < 8; i += 2)
			sum += request[i] << 8 | request[i + 1];
		request[2] = ~sum >> 8;
		request[3] = ~sum;
	}
	if (sendto(fd, request, sizeof(request), 0, &end.any, end.size) < 0)
		return errno;
	for (;;) {
		ssize_t size = recv(fd, answer, sizeof(answer), 0);
		int at = !six && type == SOCK_RAW ? 20 : 0;

		if (size < 0)
			return errno == EAGAIN ? ETIMEDOUT : errno;
		if (size > at && answer[at] == (six ? ICMP6_ECHO_REPLY :
						      ICMP_ECHOREPLY))
			return 0;
	}
}

static int ping(int argc, char **argv)
{
	(void)argc;
	return ping_by(SOCK_DGRAM, argv);
}

static int ping_raw(int argc, char **argv)
{
	(void)argc;
	return ping_by(SOCK_RAW, argv);
}

/*
 * Tells the shell by a line when it waits for a datagram from there, of so
 * many bytes with its header: 0 ends before its ports.
 */
static int hear_raw(int argc, char **argv)
{
	const struct net_end end = net_end(argv[0], "0");
	const bool six = end.any.sa_family == AF_INET6;
	/* Of IPv4 the header is heard too. */
	const ssize_t wanted = act_number(argv[1]) + (six ? 0 : 20);
	struct net_end who;
	char bytes[4096];
	ssize_t size;
	int fd;

	(void)argc;
	net_patience();
	fd = net_socket(&end, SOCK_RAW, IPPROTO_UDP);
	if (fd < 0)
		return -fd;
	puts("ready");
	fflush(stdout);
	do {
		who.size = sizeof(who.in6);
		size = recvfrom(fd, bytes, sizeof(bytes), 0, &who.any,
				&who.size);
		if (size < 0)
			return errno == EAGAIN ? ETIMEDOUT : errno;
	} while (size != wanted ||
		 (six ? memcmp(&who.in6.sin6_addr, &end.in6.sin6_addr, 16) :
			memcmp(&who.in.sin_addr, &end.in.sin_addr, 4)));
	return 0;
}

const struct act net_datagram_acts[] = {
	{ "datagram", "HOST PORT", "send one, and hear the answer", 2,
	  datagram },
	{ "datagram-lite", "HOST PORT", "the same by UDP-Lite", 2,
	  datagram_lite },
	{ "datagram-only", "HOST PORT", "send one", 2, datagram_only },
	{ "datagram-by", "WAY HOST PORT",
	  "connect, send one by that way, hear the answer", 3, datagram_by },
	{ "datagram-sendmsg", "HOST PORT", "sendmsg", 2, datagram_sendmsg },
	{ "datagram-sendmmsg", "HOST PORT", "sendmmsg", 2, datagram_sendmmsg },
	{ "datagram-uring", "HOST PORT", "sendmsg by io_uring", 2,
	  datagram_uring },
	{ "datagram-uring-worker", "HOST PORT", "in a worker thread", 2,
	  datagram_uring_worker },
	{ "datagram-mixed", "HOST PORT HOST PORT",
	  "sendmmsg to two ends", 4, datagram_mixed },
	{ "datagram-over", "HOST PORT HOST PORT",
	  "connected to one end, sent to another", 4, datagram_over },
	{ "datagram-again", "HOST PORT HOST PORT",
	  "connected to one end, dissolved by AF_UNSPEC, then to another", 4,
	  datagram_again },
	{ "datagram-unspec", "HOST PORT", "an address of family AF_UNSPEC", 2,
	  datagram_unspec },
	{ "datagram-across", "HOST PORT",
	  "an address of IPv4 on a socket of IPv6", 2, datagram_across },
	{ "datagram-segments", "HOST PORT", "UDP_SEGMENT", 2,
	  datagram_segments },
	{ "datagram-options", "HOST PORT",
	  "with IP options, or extension headers", 2, datagram_options },
	{ "datagram-large", "HOST PORT", "in fragments", 2, datagram_large },
	{ "datagram-refused", "HOST PORT",
	  "hear by ICMP that nobody listens", 2, datagram_refused },
	{ "ping", "HOST", "ICMP echo by a datagram socket", 1, ping },
	{ "ping-raw", "HOST", "ICMP echo by a raw socket", 1, ping_raw },
	{ "hear-raw", "HOST SIZE",
	  "wait, by a raw socket, for a datagram from there of that size", 2,
	  hear_raw },
	{ }
};
