// SPDX-License-Identifier: LGPL-2.1-or-later
/* Packets and frames that no honest socket sends. */
#define _GNU_SOURCE
#include <arpa/inet.h>
#include <errno.h>
#include <linux/if_packet.h>
#include <net/ethernet.h>
#include <netinet/icmp6.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "act.h"
#include "net.h"
#include "packet.h"

/* As if it came from whoever it says. */
static int frame(int argc, char **argv)
{
	const struct net_end from = net_end(argv[4], argv[5]);
	const struct net_end to = net_end(argv[6], argv[7]);
	uint8_t bytes[14 + PACKET_MAX], flags;
	const int protocol = packet_protocol(argv[3], &flags);
	const bool six = from.any.sa_family == AF_INET6;
	size_t size;

	(void)argc;
	net_patience();
	packet_mac(bytes, argv[2]);
	packet_mac(bytes + 6, argv[1]);
	bytes[12] = six ? 0x86 : 0x08;
	bytes[13] = six ? 0xdd : 0x00;
	size = packet_build(bytes + 14, &from, &to, protocol, flags, 16);
	return act_status(send(packet_socket(argv[0]), bytes, 14 + size, 0));
}

/* "ADDRESS is at MAC", told to everyone. */
static int claim_arp(int argc, char **argv)
{
	const struct net_end end = net_end(argv[2], "0");
	uint8_t bytes[60] = { 0 };
	const int op = argc > 3 ? act_number(argv[3]) : 2;

	net_patience();
	memset(bytes, 0xff, 6);
	packet_mac(bytes + 6, argv[1]);
	memcpy(bytes + 12, "\x08\x06\x00\x01\x08\x00\x06\x04\x00", 9);
	bytes[21] = op;
	packet_mac(bytes + 22, argv[1]);
	memcpy(bytes + 28, &end.in.sin_addr, 4);
	memset(bytes + 32, 0xff, 6);
	memcpy(bytes + 38, &end.in.sin_addr, 4);
	return act_status(send(packet_socket(argv[0]), bytes, sizeof(bytes),
			       0));
}

/* The same by neighbour discovery. */
static int claim_neighbour(int argc, char **argv)
{
	const struct net_end end = net_end(argv[2], "0");
	const struct net_end all = net_end("ff02::1", "0");
	uint8_t bytes[14 + 40 + 32] = { 0x33, 0x33, 0, 0, 0, 1 };
	uint8_t *message = bytes + 54;
	uint32_t sum = 58 + 32;
	uint16_t check;
	int i;

	(void)argc;
	net_patience();
	packet_mac(bytes + 6, argv[1]);
	memcpy(bytes + 12, "\x86\xdd\x60\0\0\0\0\x20\x3a\xff", 10);
	memcpy(bytes + 22, &end.in6.sin6_addr, 16);
	memcpy(bytes + 38, &all.in6.sin6_addr, 16);
	message[0] = ND_NEIGHBOR_ADVERT;
	message[4] = 0x20;	/* override */
	memcpy(message + 8, &end.in6.sin6_addr, 16);
	message[24] = ND_OPT_TARGET_LINKADDR;
	message[25] = 1;
	packet_mac(message + 26, argv[1]);
	for (i = 22; i < 54; i += 2)
		sum += bytes[i] << 8 | bytes[i + 1];
	check = packet_sum(message, 32, sum);
	message[2] = check >> 8;
	message[3] = check;
	return act_status(send(packet_socket(argv[0]), bytes, sizeof(bytes),
			       0));
}

/* A request to connect that no socket has been asked for. */
static int forge(int argc, char **argv)
{
	const struct net_end from = net_end(argv[0], argv[1]);
	const struct net_end to = net_end(argv[2], argv[3]);
	struct net_end nowhere = to;
	uint8_t packet[PACKET_MAX];
	uint8_t flags;
	size_t size;
	int raw;

	(void)argc;
	raw = net_socket(&to, SOCK_RAW, IPPROTO_RAW);
	if (raw < 0)
		return -raw;
	size = packet_build(packet, &from, &to, packet_protocol("syn", &flags),
			    0x02, 0);
	/* A raw socket has no ports. */
	nowhere.in.sin_port = 0;
	return act_status(sendto(raw, packet, size, 0, &nowhere.any,
				 nowhere.size));
}

/* --- fragments ---------------------------------- */

/* One fragment of the packet's data, from @at to @end. */
static int send_fragment(int fd, const struct net_end *to,
			 const uint8_t *packet, size_t at, size_t end,
			 bool more)
{
	const bool six = to->any.sa_family == AF_INET6;
	const size_t header = packet_header(to);
	struct net_end nowhere = *to;
	uint8_t bytes[PACKET_MAX + 8];
	size_t size = header;

	memcpy(bytes, packet, header);
	if (six) {
		bytes[size] = packet[6];
		bytes[size + 1] = 0;
		bytes[size + 2] = at >> 8;
		bytes[size + 3] = (at & 0xf8) | more;
		memset(bytes + size + 4, 0, 4);
		bytes[size + 6] = getpid() >> 8;
		bytes[size + 7] = getpid();
		size += 8;
		bytes[6] = IPPROTO_FRAGMENT;
		bytes[4] = (end - at + 8) >> 8;
		bytes[5] = end - at + 8;
	} else {
		bytes[2] = (end - at + 20) >> 8;
		bytes[3] = end - at + 20;
		bytes[6] = (at / 8) >> 8 | (more ? 0x20 : 0);
		bytes[7] = at / 8;
	}
	memcpy(bytes + size, packet + header + at, end - at);
	size += end - at;
	/* A raw socket has no ports. */
	nowhere.in.sin_port = 0;
	return act_status(sendto(fd, bytes, size, 0, &nowhere.any,
				 nowhere.size));
}

/*
 * A datagram in fragments: ordered, reversed, tail (the first is never sent),
 * tiny (the first ends with the ports), empty (it ends before them, and is all
 * there is: nobody answers).
 */
static int fragments(int argc, char **argv)
{
	const struct net_end from = net_end(argv[1], argv[2]);
	const struct net_end to = net_end(argv[3], argv[4]);
	const char *order = argv[0];
	const size_t first = strcmp(order, "tiny") ? 64 : 8;
	uint8_t packet[PACKET_MAX];
	size_t size;
	int raw, fd, status = 0;
	const int on = 1;

	(void)argc;
	net_patience();
	fd = net_socket(&from, NET_DATAGRAM);
	if (fd < 0 || bind(fd, &from.any, from.size) < 0)
		return act_setup("bind");
	raw = net_socket(&to, SOCK_RAW, IPPROTO_RAW);
	if (raw < 0)
		return -raw;
	if (to.any.sa_family == AF_INET6)
		setsockopt(raw, IPPROTO_IPV6, IPV6_HDRINCL, &on, sizeof(on));
	size = packet_build(packet, &from, &to, IPPROTO_UDP, 0, 192) -
	       packet_header(&to);
	if (!strcmp(order, "empty"))
		return send_fragment(raw, &to, packet, 0, 0, false);
	if (!strcmp(order, "reversed")) {
		status = send_fragment(raw, &to, packet, first, size, false);
		if (!status)
			status = send_fragment(raw, &to, packet, 0, first,
					       true);
	} else {
		if (strcmp(order, "tail"))
			status = send_fragment(raw, &to, packet, 0, first,
					       true);
		if (!status)
			status = send_fragment(raw, &to, packet, first, 128,
					       true);
		if (!status)
			status = send_fragment(raw, &to, packet, 128, size,
					       false);
	}
	return status ? status : net_hear(fd);
}

/* --- seeing ---------------------------------- */

/* ICMPv6 by which hosts find each other, which they do whenever they like. */
static bool is_discovery(const uint8_t *bytes, ssize_t size)
{
	return bytes[12] == 0x86 && size >= 55 && bytes[20] == 58 &&
	       bytes[54] >= ND_ROUTER_SOLICIT && bytes[54] <= ND_REDIRECT;
}

/* Is it a packet from there, no matter which? */
static bool is_from(const uint8_t *bytes, ssize_t size,
		    const struct net_end *end)
{
	const int type = size > 14 ? bytes[12] << 8 | bytes[13] : 0;

	if (type == ETH_P_IP)
		return size >= 34 && !memcmp(bytes + 26, &end->in.sin_addr, 4);
	return type == ETH_P_IPV6 && size >= 54 &&
	       end->any.sa_family == AF_INET6 &&
	       !is_discovery(bytes, size) &&
	       !memcmp(bytes + 22, &end->in6.sin6_addr, 16);
}

/* Does it tell that this address is there? */
static bool is_claim(const uint8_t *bytes, ssize_t size,
		     const struct net_end *end, const uint8_t *mac)
{
	if (size < 42 || memcmp(bytes + 6, mac, 6))
		return false;
	if (bytes[12] == 0x08 && bytes[13] == 0x06)
		return !memcmp(bytes + 28, &end->in.sin_addr, 4);
	return is_discovery(bytes, size) && end->any.sa_family == AF_INET6 &&
	       !memcmp(bytes + 22, &end->in6.sin6_addr, 16);
}

/* Tells the shell by a line when it watches.  @mac: only claims by that. */
static int watch(const char *interface, const struct net_end *end,
		 const uint8_t *mac)
{
	int fd = packet_socket(interface);
	uint8_t bytes[65536];

	net_patience();
	puts("ready");
	fflush(stdout);
	for (;;) {
		struct sockaddr_ll who;
		socklen_t length = sizeof(who);
		ssize_t size = recvfrom(fd, bytes, sizeof(bytes), 0,
					(struct sockaddr *)&who, &length);

		if (size < 0)
			return errno;
		if (who.sll_pkttype != PACKET_OUTGOING &&
		    (mac ? is_claim(bytes, size, end, mac) :
			   is_from(bytes, size, end)))
			return 0;
	}
}

static int see(int argc, char **argv)
{
	const struct net_end end = net_end(argv[1], "0");

	(void)argc;
	return watch(argv[0], &end, NULL);
}

static int see_claim(int argc, char **argv)
{
	const struct net_end end = net_end(argv[2], "0");
	uint8_t mac[6];

	(void)argc;
	packet_mac(mac, argv[1]);
	return watch(argv[0], &end, mac);
}

const struct act net_frame_acts[] = {
	{ "frame", "INTERFACE MAC TO-MAC PROTOCOL HOST PORT TO-HOST TO-PORT",
	  "send a frame as from there; PROTOCOL: udp, icmp, syn, synack, ack, "
	  "rst, none", 8, frame },
	{ "claim-arp", "INTERFACE MAC HOST [OP]", "tell by ARP who one is", 3,
	  claim_arp },
	{ "claim-neighbour", "INTERFACE MAC HOST",
	  "tell it by neighbour discovery", 3, claim_neighbour },
	{ "fragments", "ORDER HOST PORT TO-HOST TO-PORT",
	  "a datagram in fragments; ORDER: ordered, reversed, tail, tiny, empty", 5,
	  fragments },
	{ "forge", "HOST PORT TO-HOST TO-PORT",
	  "ask for a stream by a packet from a raw socket of IPv4", 4, forge },
	{ "see", "INTERFACE HOST",
	  "wait for a packet from there that is not of neighbour discovery",
	  2, see },
	{ "see-claim", "INTERFACE MAC HOST",
	  "wait for who tells, from that MAC, that this is where HOST is", 3,
	  see_claim },
	{ }
};
