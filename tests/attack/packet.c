// SPDX-License-Identifier: LGPL-2.1-or-later
#define _GNU_SOURCE
#include <arpa/inet.h>
#include <errno.h>
#include <linux/if_packet.h>
#include <net/ethernet.h>
#include <net/if.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "act.h"
#include "packet.h"

uint16_t packet_sum(const uint8_t *data, size_t size, uint32_t sum)
{
	size_t i;

	for (i = 0; i + 1 < size; i += 2)
		sum += data[i] << 8 | data[i + 1];
	if (size & 1)
		sum += data[size - 1] << 8;
	while (sum >> 16)
		sum = (sum & 0xffff) + (sum >> 16);
	return ~sum;
}

size_t packet_header(const struct net_end *end)
{
	return end->any.sa_family == AF_INET6 ? 40 : 20;
}

static void put16(uint8_t *at, uint16_t value)
{
	at[0] = value >> 8;
	at[1] = value;
}

static void build_ip(uint8_t *packet, const struct net_end *from,
		     const struct net_end *to, int protocol, size_t inner)
{
	if (from->any.sa_family == AF_INET6) {
		packet[0] = 0x60;
		put16(packet + 4, inner);
		packet[6] = protocol;
		packet[7] = 64;
		memcpy(packet + 8, &from->in6.sin6_addr, 16);
		memcpy(packet + 24, &to->in6.sin6_addr, 16);
		return;
	}
	packet[0] = 0x45;
	put16(packet + 2, 20 + inner);
	put16(packet + 4, getpid());
	packet[8] = 64;
	packet[9] = protocol;
	memcpy(packet + 12, &from->in.sin_addr, 4);
	memcpy(packet + 16, &to->in.sin_addr, 4);
	put16(packet + 10, packet_sum(packet, 20, 0));
}

size_t packet_carry(uint8_t *packet, const struct net_end *from,
		    const struct net_end *to, int protocol, uint8_t flags,
		    const uint8_t *data, size_t payload)
{
	const bool six = from->any.sa_family == AF_INET6;
	const size_t header = packet_header(from);
	uint8_t *inner = packet + header;
	const size_t addresses = six ? 32 : 8;
	size_t size, at;
	uint32_t sum = 0;
	size_t i;

	memset(packet, 0, PACKET_MAX);
	/* Ports lie at the same place in both families. */
	memcpy(inner, &from->in.sin_port, 2);
	memcpy(inner + 2, &to->in.sin_port, 2);
	switch (protocol) {
	case IPPROTO_UDP:
		size = 8;
		put16(inner + 4, 8 + payload);
		at = 6;
		break;
	case IPPROTO_TCP:
		size = 20;
		put16(inner + 4, 0x1234);
		inner[12] = 5 << 4;
		inner[13] = flags;
		put16(inner + 14, 1024);
		at = 16;
		break;
	default:
		memset(inner, 0, 4);
		inner[0] = six ? 128 : 8;
		protocol = six ? IPPROTO_ICMPV6 : IPPROTO_ICMP;
		size = 8;
		at = 2;
	}
	memcpy(inner + size, data, payload);
	size += payload;
	build_ip(packet, from, to, protocol, size);
	if (protocol != IPPROTO_ICMP) {
		sum = protocol + size;
		for (i = 0; i < addresses; i += 2)
			sum += packet[header - addresses + i] << 8 |
			       packet[header - addresses + i + 1];
	}
	put16(inner + at, packet_sum(inner, size, sum));
	return header + size;
}

size_t packet_build(uint8_t *packet, const struct net_end *from,
		    const struct net_end *to, int protocol, uint8_t flags,
		    size_t payload)
{
	uint8_t data[PACKET_MAX];
	size_t i;

	for (i = 0; i < payload; i++)
		data[i] = 'a' + i % 26;
	return packet_carry(packet, from, to, protocol, flags, data, payload);
}

int packet_protocol(const char *word, uint8_t *flags)
{
	*flags = 0;
	if (!strcmp(word, "udp"))
		return IPPROTO_UDP;
	if (!strcmp(word, "icmp"))
		return IPPROTO_ICMP;
	*flags = !strcmp(word, "syn") ? 0x02 : !strcmp(word, "synack") ? 0x12 :
		 !strcmp(word, "rst") ? 0x04 : !strcmp(word, "none") ? 0 : 0x10;
	return IPPROTO_TCP;
}

int packet_socket(const char *interface)
{
	struct sockaddr_ll end = {
		.sll_family = AF_PACKET, .sll_protocol = htons(ETH_P_ALL),
		.sll_ifindex = if_nametoindex(interface),
	};
	int fd = socket(AF_PACKET, SOCK_RAW | SOCK_CLOEXEC, htons(ETH_P_ALL));

	if (fd < 0)
		exit(errno);
	if (!end.sll_ifindex ||
	    bind(fd, (struct sockaddr *)&end, sizeof(end)) < 0)
		exit(act_setup(interface));
	return fd;
}

void packet_mac(uint8_t *mac, const char *text)
{
	unsigned int byte[6];
	int i;

	if (sscanf(text, "%x:%x:%x:%x:%x:%x", byte, byte + 1, byte + 2,
		   byte + 3, byte + 4, byte + 5) != 6) {
		fprintf(stderr, "act: '%s' is no MAC\n", text);
		exit(ACT_USAGE);
	}
	for (i = 0; i < 6; i++)
		mac[i] = byte[i];
}
