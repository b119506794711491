// SPDX-License-Identifier: LGPL-2.1-or-later
/*
 * What lies around packets on a wire, tags of VLANs and PPPoE, and the packets
 * by which hosts get their addresses.
 *
 * Layers are written as vlan:NUMBER, qinq:NUMBER (the tag of a provider),
 * pppoe:NUMBER or pppoe-short:NUMBER (whose protocol is one byte), from the
 * outside, with commas between; - is none.  What was cut off ends with `cut`.
 */
#define _GNU_SOURCE
#include <arpa/inet.h>
#include <errno.h>
#include <linux/if_packet.h>
#include <net/ethernet.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "act.h"
#include "net.h"
#include "packet.h"

#define LAYERS_MAX	12
#define TEXT_MAX	256
#define TYPE_QINQ	0x88a8
#define TYPE_PPPOE	0x8864
#define TYPE_LOCAL	0x88b5	/* for experiments: nobody knows what it is */
#define PPP_IPV4	0x0021
#define PPP_INET6	0x0057
#define PPP_LCP		0xc021

struct layer {
	uint16_t type;
	uint16_t number;
	bool is_short;
};

static uint16_t get16(const uint8_t *at)
{
	return at[0] << 8 | at[1];
}

static void put16(uint8_t *at, uint16_t value)
{
	at[0] = value >> 8;
	at[1] = value;
}

/* --- sending ---------------------------------- */

static int layers_read(struct layer *layers, const char *text)
{
	char copy[TEXT_MAX], *rest = copy, *word;
	int count = 0;

	if (!strcmp(text, "-"))
		return 0;
	snprintf(copy, sizeof(copy), "%s", text);
	while ((word = strsep(&rest, ","))) {
		struct layer *layer = &layers[count++];
		char *number = strchr(word, ':');

		if (count > LAYERS_MAX || !number) {
			fprintf(stderr, "act: '%s' are no layers\n", text);
			exit(ACT_USAGE);
		}
		*number++ = '\0';
		layer->type = !strcmp(word, "vlan") ? ETH_P_8021Q :
			      !strcmp(word, "qinq") ? TYPE_QINQ : TYPE_PPPOE;
		layer->is_short = !strcmp(word, "pppoe-short");
		layer->number = act_number(number);
	}
	return count;
}

static uint16_t ppp_of(uint16_t type)
{
	return type == ETH_P_IP ? PPP_IPV4 :
	       type == ETH_P_IPV6 ? PPP_INET6 : PPP_LCP;
}

static size_t layer_put(uint8_t *bytes, const struct layer *layer,
			uint16_t next, size_t inner)
{
	if (layer->type != TYPE_PPPOE) {
		put16(bytes, layer->number);
		put16(bytes + 2, next);
		return 4;
	}
	bytes[0] = 0x11;	/* version and type */
	bytes[1] = 0;		/* of a session */
	put16(bytes + 2, layer->number);
	put16(bytes + 4, inner + 2 - layer->is_short);
	put16(bytes + 6, ppp_of(next));
	if (!layer->is_short)
		return 8;
	bytes[6] = bytes[7];
	return 7;
}

/*
 * MACs and layers; @last is what they carry, of @inner bytes.  Returns their
 * size; the size of the last one is left in @size.
 */
static size_t wire_put(uint8_t *bytes, char **argv, uint16_t last,
		       size_t inner, size_t *size)
{
	struct layer layers[LAYERS_MAX];
	const int count = layers_read(layers, argv[3]);
	size_t at = 14;
	int i;

	packet_mac(bytes, argv[2]);
	packet_mac(bytes + 6, argv[1]);
	put16(bytes + 12, count ? layers[0].type : last);
	*size = 0;
	for (i = 0; i < count; i++) {
		*size = layer_put(bytes + at, &layers[i],
				  i + 1 < count ? layers[i + 1].type : last,
				  inner);
		at += *size;
	}
	return at;
}

/*
 * A message of DHCP; FLAW: its cookie (IPv6: its kind) is none, it is the
 * other side's, it is cut off, it gives no address to whom it goes to.
 */
static size_t dhcp_put(uint8_t *data, const char *flaw, uint16_t port,
		       const struct net_end *to)
{
	const bool is_six = to->any.sa_family == AF_INET6;
	bool asks = port == 68 || port == 546;

	if (!strcmp(flaw, "dhcp-other"))
		asks = !asks;
	memset(data, 0, 300);
	if (is_six) {
		data[0] = !strcmp(flaw, "dhcp-cookie") ? 200 : asks ? 1 : 7;
		memcpy(data + 1, "abc", 3);
		return !strcmp(flaw, "dhcp-cut") ? 3 : 4;
	}
	data[0] = asks ? 1 : 2;
	memcpy(data + 1, "\1\6", 2);
	/* The address that is given. */
	if (port == 67 && strcmp(flaw, "dhcp-elsewhere"))
		memcpy(data + 16, &to->in.sin_addr, 4);
	memcpy(data + 236, "\x63\x82\x53\x63\x35\1\1\xff", 8);
	if (!strcmp(flaw, "dhcp-cookie"))
		data[239]++;
	return !strcmp(flaw, "dhcp-cut") ? 239 : 300;
}

static int wire(int argc, char **argv)
{
	const struct net_end from = net_end(argv[5], argv[6]);
	const struct net_end to = net_end(argv[7], argv[8]);
	const bool is_dhcp = !strncmp(argv[4], "dhcp", 4);
	uint8_t bytes[14 + LAYERS_MAX * 8 + PACKET_MAX];
	uint8_t packet[PACKET_MAX], data[300], flags;
	const int protocol = packet_protocol(is_dhcp ? "udp" : argv[4],
					     &flags);
	size_t size = 16, at, last;

	(void)argc;
	net_patience();
	memset(data, 'a', sizeof(data));
	if (is_dhcp)
		size = dhcp_put(data, argv[4], act_number(argv[6]), &to);
	size = packet_carry(packet, &from, &to, protocol, flags, data, size);
	at = wire_put(bytes, argv, from.any.sa_family == AF_INET6 ?
		      ETH_P_IPV6 : ETH_P_IP, size, &last);
	memcpy(bytes + at, packet, size);
	return act_status(send(packet_socket(argv[0]), bytes, at + size, 0));
}

/* What nobody knows, or nothing: and LEFT bytes of the last layer. */
static int wire_other(int argc, char **argv)
{
	uint8_t bytes[14 + LAYERS_MAX * 8 + 46] = { 0 };
	size_t last, at;

	net_patience();
	at = wire_put(bytes, argv, TYPE_LOCAL, 46, &last);
	at = argc > 4 ? at - last + act_number(argv[4]) : at + 46;
	return act_status(send(packet_socket(argv[0]), bytes, at, 0));
}

/* --- seeing ---------------------------------- */

/* A frame that has come; the kernel takes the outermost tag out of it. */
struct arrival {
	uint8_t bytes[65536];
	ssize_t size;
	size_t at;	/* what the layers carry */
	uint16_t type;	/* of that */
	char text[TEXT_MAX];
};

static void tell(struct arrival *arrival, const char *word, int number)
{
	const size_t used = strlen(arrival->text);

	snprintf(arrival->text + used, TEXT_MAX - used,
		 number < 0 ? "%s%s" : "%s%s:%d", used ? "," : "", word,
		 number);
}

static void tell_tag(struct arrival *arrival, uint16_t type, uint16_t tag)
{
	tell(arrival, type == TYPE_QINQ ? "qinq" : "vlan", tag & 0xfff);
}

static size_t left(const struct arrival *arrival)
{
	return arrival->size - arrival->at;
}

static void tell_pppoe(struct arrival *arrival)
{
	const uint8_t *bytes = arrival->bytes + arrival->at;
	const bool is_short = left(arrival) > 6 && bytes[6] & 1;
	uint16_t protocol;

	if (left(arrival) < (is_short ? 7 : 8)) {
		tell(arrival, "cut", -1);
		return;
	}
	protocol = is_short ? bytes[6] : get16(bytes + 6);
	tell(arrival, is_short ? "pppoe-short" : "pppoe", get16(bytes + 2));
	arrival->at += is_short ? 7 : 8;
	arrival->type = protocol == PPP_IPV4 ? ETH_P_IP :
			protocol == PPP_INET6 ? ETH_P_IPV6 : TYPE_LOCAL;
}

static void tell_layers(struct arrival *arrival)
{
	arrival->at = 14;
	arrival->type = get16(arrival->bytes + 12);
	while (arrival->type == ETH_P_8021Q || arrival->type == TYPE_QINQ) {
		const uint8_t *bytes = arrival->bytes + arrival->at;

		if (left(arrival) < 4) {
			tell(arrival, "cut", -1);
			return;
		}
		tell_tag(arrival, arrival->type, get16(bytes));
		arrival->type = get16(bytes + 2);
		arrival->at += 4;
	}
	if (arrival->type == TYPE_PPPOE)
		tell_pppoe(arrival);
	if (!arrival->text[0])
		tell(arrival, "-", -1);
}

/* Waits for the next frame; a status. */
static int arrive(int fd, struct arrival *arrival)
{
	struct sockaddr_ll who;
	struct iovec data = {
		.iov_base = arrival->bytes, .iov_len = sizeof(arrival->bytes),
	};
	union {
		struct cmsghdr head;
		char space[CMSG_SPACE(sizeof(struct tpacket_auxdata))];
	} control;
	struct msghdr message = {
		.msg_name = &who, .msg_iov = &data, .msg_iovlen = 1,
		.msg_control = &control,
	};
	struct tpacket_auxdata outer;

	do {
		message.msg_namelen = sizeof(who);
		message.msg_controllen = sizeof(control);
		arrival->size = recvmsg(fd, &message, 0);
		if (arrival->size < 0)
			return errno;
	} while (who.sll_pkttype == PACKET_OUTGOING || arrival->size < 14 ||
		 !CMSG_FIRSTHDR(&message));
	arrival->text[0] = '\0';
	memcpy(&outer, CMSG_DATA(&control.head), sizeof(outer));
	if (outer.tp_status & TP_STATUS_VLAN_VALID)
		tell_tag(arrival, outer.tp_vlan_tpid, outer.tp_vlan_tci);
	tell_layers(arrival);
	return 0;
}

static bool is_from(const struct arrival *arrival, const struct net_end *end)
{
	const uint8_t *packet = arrival->bytes + arrival->at;
	const bool six = end->any.sa_family == AF_INET6;
	const size_t header = packet_header(end);

	if (arrival->type != (six ? ETH_P_IPV6 : ETH_P_IP) ||
	    left(arrival) < header + 8)
		return false;
	if (six ? memcmp(packet + 8, &end->in6.sin6_addr, 16) :
		  memcmp(packet + 12, &end->in.sin_addr, 4))
		return false;
	/* Ports lie at the same place in both families; ICMP has none. */
	return !end->in.sin_port ||
	       !memcmp(packet + header, &end->in.sin_port, 2);
}

/* Tells the shell by a line when it watches.  By @end, or by @mac. */
static int watch(char **argv, const struct net_end *end, const uint8_t *mac)
{
	static struct arrival arrival;
	const int fd = packet_socket(argv[0]), on = 1;
	int status;

	if (setsockopt(fd, SOL_PACKET, PACKET_AUXDATA, &on, sizeof(on)) < 0)
		return act_setup("PACKET_AUXDATA");
	net_patience();
	puts("ready");
	fflush(stdout);
	do {
		status = arrive(fd, &arrival);
		if (status)
			return status;
	} while (strcmp(arrival.text, argv[1]) ||
		 (end ? !is_from(&arrival, end) :
			memcmp(arrival.bytes + 6, mac, 6)));
	return 0;
}

static int see_wire(int argc, char **argv)
{
	const struct net_end end = net_end(argv[2], argv[3]);

	(void)argc;
	return watch(argv, &end, NULL);
}

static int see_layers(int argc, char **argv)
{
	uint8_t mac[6];

	(void)argc;
	packet_mac(mac, argv[2]);
	return watch(argv, NULL, mac);
}

const struct act net_wire_acts[] = {
	{ "wire",
	  "INTERFACE MAC TO-MAC LAYERS WHAT HOST PORT TO-HOST TO-PORT",
	  "send a frame in layers; WHAT: as `frame`, or dhcp, and what is not "
	  "quite: dhcp-cookie, dhcp-other, dhcp-cut, "
	  "dhcp-elsewhere", 9, wire },
	{ "wire-other", "INTERFACE MAC TO-MAC LAYERS [LEFT]",
	  "send what is not IP in layers, or what ends when LEFT bytes of the "
	  "last are over", 4, wire_other },
	{ "see-wire", "INTERFACE LAYERS HOST PORT",
	  "wait for a packet from there, in just these layers", 4, see_wire },
	{ "see-layers", "INTERFACE LAYERS MAC",
	  "wait for a frame from that MAC, in just these layers", 3,
	  see_layers },
	{ }
};
