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
 *	bridged	a datagram sent, bridged, and received: by the stacks of both
 *		hosts, and by the bridge between
 *	frame	the same as frames that no stack takes part in: the bridge alone
 */
#define _GNU_SOURCE
#include <arpa/inet.h>
#include <errno.h>
#include <fcntl.h>
#include <linux/if_ether.h>
#include <linux/if_packet.h>
#include <net/if.h>
#include <netinet/ip.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <netinet/udp.h>
#include <sched.h>
#include <stdio.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/socket.h>
#include <unistd.h>

#include "batch.h"

static int sender, receiver, listener, near, far, over, beyond;
static int frame_from, frame_to;
static struct sockaddr_in datagram_end, stream_end, bridged_end;

/* To an address that is nobody's: who gets it drops it. */
static struct {
	struct ethhdr ether;
	struct iphdr ip;
	struct udphdr udp;
	char padding[18];
} __attribute__((packed)) frame = {
	.ether = { .h_proto = 0x0008 /* ETH_P_IP, as it is sent */ },
	.ip = { .version = 4, .ihl = 5, .ttl = 64, .protocol = IPPROTO_UDP },
};

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

static void do_frame(void)
{
	char heard[sizeof(frame)];

	if (send(frame_from, &frame, sizeof(frame), 0) != sizeof(frame))
		batch_die("send a frame");
	if (recv(frame_to, heard, sizeof(heard), 0) != sizeof(heard))
		batch_die("hear a frame");
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
	{ "frame", do_frame, 1000, 201, 20 },
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

/* At eth0 of this network namespace; fills its MAC. */
static int packet_at(unsigned char *mac)
{
	struct sockaddr_ll at = { .sll_family = AF_PACKET };
	struct ifreq request = { .ifr_name = "eth0" };
	int fd = socket(AF_PACKET, SOCK_RAW | SOCK_CLOEXEC, 0);

	if (fd < 0 || ioctl(fd, SIOCGIFINDEX, &request) < 0)
		batch_die("a packet socket");
	at.sll_ifindex = request.ifr_ifindex;
	if (bind(fd, (struct sockaddr *)&at, sizeof(at)) < 0 ||
	    ioctl(fd, SIOCGIFHWADDR, &request) < 0)
		batch_die("eth0");
	memcpy(mac, request.ifr_hwaddr.sa_data, ETH_ALEN);
	return fd;
}

/* From here on it hears what comes in: what was measured before it did not. */
static void packet_hear(int fd)
{
	struct sockaddr_ll at;
	socklen_t size = sizeof(at);

	if (getsockname(fd, (struct sockaddr *)&at, &size) < 0)
		batch_die("getsockname");
	at.sll_protocol = htons(ETH_P_IP);
	if (bind(fd, (struct sockaddr *)&at, sizeof(at)) < 0)
		batch_die("bind");
}

static void frame_init(void)
{
	const unsigned int size = sizeof(frame) - sizeof(frame.ether);
	unsigned short word[sizeof(frame.ip) / 2];
	unsigned int sum = 0, i;

	frame.ip.tot_len = htons(size);
	frame.ip.saddr = inet_addr("10.9.0.1");
	frame.ip.daddr = inet_addr("10.9.0.99");
	frame.udp.source = htons(7005);
	frame.udp.dest = htons(7006);
	frame.udp.len = htons(size - sizeof(frame.ip));
	memcpy(word, &frame.ip, sizeof(word));
	for (i = 0; i < sizeof(word) / sizeof(*word); i++)
		sum += word[i];
	frame.ip.check = ~(sum + (sum >> 16));
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
	frame_from = packet_at(frame.ether.h_source);
	enter(argv[2]);
	beyond = udp_at("10.9.0.2", 7004, &bridged_end);
	frame_to = packet_at(frame.ether.h_dest);
	frame_init();
	enter("/proc/1/ns/net");
	for (i = 0; i < OPERATIONS; i++) {
		if (operations[i].run == do_frame)
			packet_hear(frame_to);
		batch_print(&operations[i]);
	}
	return 0;
}
