// SPDX-License-Identifier: LGPL-2.1-or-later
/*
 * Packets that are wrong by chance: a good one of each kind, in which bytes,
 * lengths and the end are changed.  The same seed gives the same packets.
 */
#define _GNU_SOURCE
#include <arpa/inet.h>
#include <errno.h>
#include <fcntl.h>
#include <linux/if_tun.h>
#include <net/if.h>
#include <stdio.h>
#include <string.h>
#include <sys/ioctl.h>
#include <unistd.h>

#include "act.h"
#include "net.h"
#include "packet.h"

static uint64_t state;

static uint32_t chance(uint32_t below)
{
	state ^= state << 13;
	state ^= state >> 7;
	state ^= state << 17;
	return (state >> 11) % below;
}

#define TAGS_MAX 12

/* The ends that all of them speak of; a few differ, as chance has it. */
static struct net_end four[2], six[2];

static size_t wrap(uint8_t *packet, size_t size, int protocol)
{
	uint8_t inner[PACKET_MAX];
	size_t header;

	if (size + 48 > PACKET_MAX)
		return size;
	memcpy(inner, packet, size);
	header = packet_build(packet, &four[0], &four[1], IPPROTO_UDP, 0,
			      size - 8) - size;
	packet[9] = protocol;
	memcpy(packet + header, inner, size);
	packet[10] = packet[11] = 0;
	protocol = packet_sum(packet, header, 0);
	packet[10] = protocol >> 8;
	packet[11] = protocol;
	return header + size;
}

/* Extension headers between the IPv6 header and the rest. */
static size_t extend(uint8_t *packet, size_t size)
{
	static const uint8_t kinds[] = { 0, 43, 44, 51, 60, 135, 139, 253 };
	int count = 1 + chance(4);

	while (count-- && size + 16 < PACKET_MAX) {
		uint8_t kind = kinds[chance(sizeof(kinds))];

		memmove(packet + 48, packet + 40, size - 40);
		memset(packet + 40, 0, 8);
		packet[40] = packet[6];
		packet[6] = kind;
		if (kind == 44) {
			packet[42] = chance(4) ? 0 : chance(256);
			packet[43] = chance(2) ? 1 : chance(256);
		} else if (kind != 51) {
			packet[42] = 1;
			packet[43] = 4;
		}
		if (!chance(8))
			packet[41] = chance(256);
		size += 8;
		packet[4] = (size - 40) >> 8;
		packet[5] = size - 40;
	}
	return size;
}

/* ICMP errors with a packet inside. */
static size_t complain(uint8_t *packet, size_t size, bool is_six)
{
	const size_t header = is_six ? 40 : 20;
	uint8_t inner[PACKET_MAX];

	if (size > 600)
		size = 600;
	memcpy(inner, packet, size);
	packet_build(packet, is_six ? &six[1] : &four[1],
		     is_six ? &six[0] : &four[0], IPPROTO_ICMP, 0, size);
	packet[header] = is_six ? 1 + chance(4) : 3 + chance(10);
	packet[header + 1] = chance(6);
	memcpy(packet + header + 8, inner, size);
	return header + 8 + size;
}

static size_t options(uint8_t *packet, size_t size)
{
	int words = 1 + chance(10), i;

	if (size + 40 > PACKET_MAX)
		return size;
	memmove(packet + 20 + words * 4, packet + 20, size - 20);
	packet[0] = 0x45 + words;
	for (i = 0; i < words * 4; i++)
		packet[20 + i] = chance(3) ? chance(256) : 1;
	size += words * 4;
	packet[2] = size >> 8;
	packet[3] = size;
	return size;
}

static size_t some_packet(uint8_t *packet, bool *is_six)
{
	static const int protocols[] = {
		IPPROTO_UDP, IPPROTO_TCP, IPPROTO_ICMP,
	};
	static const uint8_t others[] = { 0, 2, 4, 33, 41, 47, 50, 51, 132,
					  136, 255 };
	const int protocol = protocols[chance(3)];
	const struct net_end *ends;
	size_t size;

	*is_six = chance(2);
	ends = *is_six ? six : four;
	size = packet_build(packet, &ends[0], &ends[1], protocol,
			    1 << chance(6) | (chance(3) ? 0 : 0x12),
			    chance(3) ? chance(64) : chance(1400));
	if (!chance(8))
		packet[*is_six ? 6 : 9] = others[chance(sizeof(others))];
	if (!chance(4))
		size = complain(packet, size, *is_six);
	if (*is_six && !chance(3))
		size = extend(packet, size);
	if (!*is_six && !chance(4))
		size = options(packet, size);
	if (!*is_six && !chance(4)) {
		packet[6] = chance(2) ? 0x20 : chance(256);
		packet[7] = chance(2) ? 0 : chance(256);
	}
	if (!*is_six && !chance(10))
		size = wrap(packet, size, chance(2) ? 4 : 47);
	return size;
}

/* Damage, and then repair the checksum, which would have hidden it. */
static size_t damage(uint8_t *packet, size_t size, bool is_six)
{
	uint16_t sum;
	int count;

	for (count = chance(4); count; count--)
		packet[chance(chance(2) && size > 64 ? 64 : size)] =
			chance(256);
	if (!chance(4))
		size = 1 + chance(size);
	if (!chance(6) && size > 6)
		packet[chance(2) ? 2 : 4] = chance(256);
	if (!is_six && size >= 20 && chance(8)) {
		size_t header = (packet[0] & 15) * 4;

		if (chance(4)) {
			packet[0] = 0x40 | (packet[0] & 15);
			packet[2] = size >> 8;
			packet[3] = size;
		}
		if (header >= 20 && header <= size) {
			packet[10] = packet[11] = 0;
			sum = packet_sum(packet, header, 0);
			packet[10] = sum >> 8;
			packet[11] = sum;
		}
	}
	return size;
}

static int tun_open(const char *name)
{
	struct ifreq request = { .ifr_flags = IFF_TUN | IFF_NO_PI };
	int fd = open("/dev/net/tun", O_RDWR | O_NONBLOCK | O_CLOEXEC);

	strncpy(request.ifr_name, name, IFNAMSIZ - 1);
	if (fd < 0 || ioctl(fd, TUNSETIFF, &request) < 0)
		return -1;
	return fd;
}

static void read_ends(char **argv)
{
	four[0] = net_end(argv[0], "1024");
	four[1] = net_end(argv[1], "80");
	six[0] = net_end(argv[2], "1024");
	six[1] = net_end(argv[3], "80");
}

/* What the kernel has to say is read, so that its queue is never full. */
static void drain(int fd)
{
	uint8_t bytes[65536];

	while (read(fd, bytes, sizeof(bytes)) > 0)
		;
}

static int fuzz_tun(int argc, char **argv)
{
	long count = act_number(argv[1]);
	uint8_t packet[PACKET_MAX];
	int fd = tun_open(argv[0]);
	size_t size;
	bool is_six;

	(void)argc;
	state = act_number(argv[2]) * 0x9e3779b97f4a7c15ull + 1;
	read_ends(argv + 3);
	if (fd < 0)
		return act_setup(argv[0]);
	while (count--) {
		size = some_packet(packet, &is_six);
		size = damage(packet, size, is_six);
		/* The kernel refuses what is neither version: just as well. */
		if (write(fd, packet, size) < 0 && errno == EIO)
			return act_setup("the device is down");
		if (!(count & 63))
			drain(fd);
	}
	return 0;
}

/* Tags of VLANs, or PPPoE, and the type behind them; where that ends. */
static size_t dress(uint8_t *bytes, bool is_six)
{
	static const uint8_t types[][2] = {
		{ 0x81, 0x00 }, { 0x81, 0x00 }, { 0x88, 0xa8 }, { 0x88, 0x64 },
	};
	int tags = chance(3) ? 0 : 1 + chance(TAGS_MAX);
	size_t at = 12;

	while (tags--) {
		const uint8_t *type = types[chance(4)];

		memcpy(bytes + at, type, 2);
		bytes[at + 2] = chance(256);
		bytes[at + 3] = chance(8);
		at += 4;
		if (type[1] != 0x64)
			continue;
		memset(bytes + at, chance(256), 5);
		at += 4;
		/* The first byte of the protocol may be left out. */
		if (chance(2))
			bytes[at++] = 0;
		bytes[at++] = is_six ? 0x57 : 0x21;
		return at;
	}
	bytes[at] = is_six ? 0x86 : 0x08;
	bytes[at + 1] = is_six ? 0xdd : 0x00;
	if (!chance(10)) {
		bytes[at] = chance(2) ? 0x81 : 0x08;
		bytes[at + 1] = chance(2) ? 0x00 : 0x06;
	}
	return at + 2;
}

static int fuzz_frames(int argc, char **argv)
{
	long count = act_number(argv[1]);
	uint8_t bytes[14 + TAGS_MAX * 4 + 8 + PACKET_MAX] = { 0 };
	uint8_t packet[PACKET_MAX];
	int fd;
	size_t size, at;
	bool is_six;

	(void)argc;
	state = act_number(argv[2]) * 0x9e3779b97f4a7c15ull + 1;
	read_ends(argv + 5);
	fd = packet_socket(argv[0]);
	while (count--) {
		packet_mac(bytes, argv[4]);
		packet_mac(bytes + 6, argv[3]);
		size = some_packet(packet, &is_six);
		size = damage(packet, size, is_six);
		at = dress(bytes, is_six);
		memcpy(bytes + at, packet, size);
		size += at;
		if (!chance(20))
			size = 14 + chance(at + 16);
		/* ENOBUFS and the like are no harm. */
		if (send(fd, bytes, size, 0) < 0 && errno == ENETDOWN)
			return act_setup("the device is down");
	}
	return 0;
}

/* The kernel builds some of the header itself, so that others get through. */
static int fuzz_raw(int argc, char **argv)
{
	long count = act_number(argv[0]);
	uint8_t packet[PACKET_MAX];
	struct net_end to;
	int raw[2], i;
	const int on = 1;
	size_t size;
	bool is_six;

	(void)argc;
	state = act_number(argv[1]) * 0x9e3779b97f4a7c15ull + 1;
	read_ends(argv + 2);
	raw[0] = socket(AF_INET, SOCK_RAW | SOCK_CLOEXEC, IPPROTO_RAW);
	raw[1] = socket(AF_INET6, SOCK_RAW | SOCK_CLOEXEC, IPPROTO_RAW);
	for (i = 0; i < 2; i++)
		if (raw[i] < 0)
			return errno;
	setsockopt(raw[1], IPPROTO_IPV6, IPV6_HDRINCL, &on, sizeof(on));
	while (count--) {
		size = some_packet(packet, &is_six);
		size = damage(packet, size, is_six);
		to = is_six ? six[1] : four[1];
		to.in.sin_port = 0;
		sendto(raw[is_six], packet, size, MSG_DONTWAIT, &to.any,
		       to.size);
	}
	return 0;
}

const struct act net_fuzz_acts[] = {
	{ "fuzz-tun", "INTERFACE COUNT SEED HOST TO-HOST HOST6 TO-HOST6",
	  "bad packets through a TUN device", 7, fuzz_tun },
	{ "fuzz-frames",
	  "INTERFACE COUNT SEED MAC TO-MAC HOST TO-HOST HOST6 TO-HOST6",
	  "bad frames", 9, fuzz_frames },
	{ "fuzz-raw", "COUNT SEED HOST TO-HOST HOST6 TO-HOST6",
	  "bad packets through raw sockets", 6, fuzz_raw },
	{ }
};
