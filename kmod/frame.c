// SPDX-License-Identifier: GPL-2.0-only
#include <linux/etherdevice.h>
#include <linux/icmp.h>
#include <linux/icmpv6.h>
#include <linux/if_pppox.h>
#include <linux/if_vlan.h>
#include <linux/in.h>
#include <linux/ip.h>
#include <linux/ipv6.h>
#include <linux/ppp_defs.h>
#include <linux/sctp.h>
#include <linux/skbuff.h>
#include <linux/tcp.h>
#include <linux/udp.h>
#include <net/ip.h>
#include <net/ipv6.h>
#include <net/ndisc.h>

#include "frame.h"
#include "frame_cursor.h"

#define EXTENSIONS_MAX 16 /* headers between IPv6 and the transport */
#define TAGS_MAX       8 /* of VLANs: so many devices can be stacked */
#define TCP_FLAGS_AT   13
#define TCP_SEEN       14 /* bytes that hold ports and flags */

static bool is_link_local(const struct cordon_address *address)
{
	return address->byte[0] == 0xfe && (address->byte[1] & 0xc0) == 0x80;
}

/* --- transports ------------------------------------------------------------- */

/* An error quotes as little as the first eight bytes: enough for ports. */
static bool read_ports(struct cordon_tuple *tuple,
		       const struct cordon_cursor *cursor, u32 size)
{
	__be16 room[4];
	const __be16 *ports = cordon_cursor_take(cursor, sizeof(room), room);

	if (!ports || (!cursor->embedded && cursor->end - cursor->at < size))
		return false;
	tuple->from_port = ntohs(ports[0]);
	tuple->to_port = ntohs(ports[1]);
	tuple->opens = true;
	tuple->replies = true;
	return true;
}

static bool read_tcp(struct cordon_tuple *tuple,
		     const struct cordon_cursor *cursor)
{
	u8 room[TCP_SEEN];
	const u8 *header;
	u32 length;

	if (!read_ports(tuple, cursor, sizeof(struct tcphdr)))
		return false;
	if (cursor->embedded)
		return true;
	header = cordon_cursor_take(cursor, TCP_SEEN, room);
	if (!header)
		return false;
	/* Nor may it go on in the next fragment: that hides what it says. */
	length = (header[12] >> 4) * 4;
	if (length < sizeof(struct tcphdr) || cursor->end - cursor->at < length)
		return false;
	tuple->opens = (header[TCP_FLAGS_AT] & 0x12) == 0x02;
	tuple->replies = !tuple->opens;
	return true;
}

static bool is_broadcast(const struct cordon_tuple *tuple)
{
	static const u8 all[4] = { 0xff, 0xff, 0xff, 0xff };

	return cordon_address_is_ipv4(&tuple->to) &&
	       !memcmp(tuple->to.byte + 12, all, sizeof(all));
}

/* Of kinds of messages: those by which hosts ask for, and get, addresses. */
static bool is_dhcpv6(const struct cordon_tuple *tuple,
		      const struct cordon_cursor *cursor)
{
	static const u8 all_agents[16] = { 0xff, 0x02, [13] = 1, 0, 2 };
	static const u32 asks = BIT(1) | BIT(3) | BIT(4) | BIT(5) | BIT(6) |
				BIT(8) | BIT(9) | BIT(11) | BIT(20);
	static const u32 answers = BIT(2) | BIT(7) | BIT(10) | BIT(21);
	struct cordon_cursor body = *cursor;
	const u8 *message;
	u8 room[4];

	body.at += sizeof(struct udphdr);
	message = cordon_cursor_take(&body, sizeof(room), room);
	if (!message || message[0] >= 32)
		return false;
	if (tuple->from_port == 546 && tuple->to_port == 547)
		return BIT(message[0]) & asks &&
		       !memcmp(tuple->to.byte, all_agents, 16);
	return tuple->from_port == 547 && tuple->to_port == 546 &&
	       BIT(message[0]) & answers && is_link_local(&tuple->to);
}

/* An answer goes to whom it gives an address, or to all. */
static bool is_for_client(const struct cordon_tuple *tuple,
			  const struct cordon_cursor *message)
{
	struct cordon_cursor yours = *message;
	const u8 *to = tuple->to.byte + 12;
	u8 room[4];
	const u8 *address;

	yours.at += 16;
	address = cordon_cursor_take(&yours, sizeof(room), room);
	return address && (!memcmp(to, address, 4) || is_broadcast(tuple));
}

static bool is_dhcp(const struct cordon_tuple *tuple,
		    const struct cordon_cursor *cursor)
{
	static const u8 cookie[4] = { 0x63, 0x82, 0x53, 0x63 };
	struct cordon_cursor body = *cursor;
	struct cordon_cursor message;
	u8 room[4];
	const u8 *bytes;
	u8 op;

	if (!cordon_address_is_ipv4(&tuple->to))
		return is_dhcpv6(tuple, cursor);
	body.at += sizeof(struct udphdr);
	message = body;
	bytes = cordon_cursor_take(&body, 1, room);
	if (!bytes)
		return false;
	op = bytes[0];
	body.at += 236;
	bytes = cordon_cursor_take(&body, sizeof(cookie), room);
	if (!bytes || memcmp(bytes, cookie, sizeof(cookie)))
		return false;
	if (tuple->from_port == 68 && tuple->to_port == 67)
		return op == 1 && is_broadcast(tuple);
	return tuple->from_port == 67 && tuple->to_port == 68 && op == 2 &&
	       is_for_client(tuple, &message);
}

static bool read_udp(struct cordon_frame *frame, struct cordon_tuple *tuple,
		     const struct cordon_cursor *cursor, bool begins)
{
	struct udphdr room;
	const struct udphdr *udp;
	u32 length;

	if (!read_ports(tuple, cursor, sizeof(*udp)))
		return false;
	if (cursor->embedded)
		return true;
	udp = cordon_cursor_take(cursor, sizeof(room), &room);
	if (!udp)
		return false;
	length = ntohs(udp->len);
	/* 0: a jumbogram, or several packets in one. */
	if (length &&
	    (length < sizeof(*udp) || (!begins && !skb_is_gso(cursor->skb) &&
				       length > cursor->end - cursor->at)))
		return false;
	if (!begins && is_dhcp(tuple, cursor))
		frame->kind = CORDON_FRAME_EXEMPT;
	return true;
}

static void read_ip(struct cordon_frame *frame, struct cordon_tuple *tuple,
		    struct cordon_cursor *cursor);

/* An ICMP error counts for the flow of the packet that it quotes. */
static void read_embedded(struct cordon_frame *frame,
			  const struct cordon_cursor *cursor)
{
	struct cordon_frame inner = { .kind = CORDON_FRAME_FLOW };
	struct cordon_cursor quoted = *cursor;

	quoted.at += sizeof(struct icmphdr);
	quoted.embedded = true;
	read_ip(&inner, &inner.tuple, &quoted);
	if (inner.kind == CORDON_FRAME_MALFORMED) {
		frame->kind = CORDON_FRAME_MALFORMED;
		return;
	}
	frame->kind = CORDON_FRAME_ERROR;
	frame->about = inner.tuple;
	/* A later fragment: of which flow, nobody can say. */
	if (inner.kind != CORDON_FRAME_FLOW) {
		frame->about.opens = false;
		frame->about.replies = false;
	}
}

static bool read_icmp(struct cordon_frame *frame, struct cordon_tuple *tuple,
		      const struct cordon_cursor *cursor)
{
	struct icmphdr room;
	const struct icmphdr *icmp =
		cordon_cursor_take(cursor, sizeof(room), &room);

	if (!icmp)
		return false;
	tuple->opens = true;
	switch (icmp->type) {
	case ICMP_ECHO:
	case ICMP_TIMESTAMP:
		tuple->from_port = ntohs(icmp->un.echo.id);
		tuple->to_port = tuple->from_port;
		break;
	case ICMP_ECHOREPLY:
	case ICMP_TIMESTAMPREPLY:
		tuple->from_port = ntohs(icmp->un.echo.id);
		tuple->to_port = tuple->from_port;
		tuple->opens = false;
		tuple->replies = true;
		break;
	case ICMP_DEST_UNREACH:
	case ICMP_SOURCE_QUENCH:
	case ICMP_TIME_EXCEEDED:
	case ICMP_PARAMETERPROB:
		if (!cursor->embedded)
			read_embedded(frame, cursor);
		break;
	}
	return true;
}

/* Discovery has not been routed; groups are told of to groups. */
static bool is_discovery(const struct cordon_tuple *tuple, u8 type, u8 hops)
{
	switch (type) {
	case NDISC_ROUTER_SOLICITATION:
	case NDISC_ROUTER_ADVERTISEMENT:
	case NDISC_NEIGHBOUR_SOLICITATION:
	case NDISC_NEIGHBOUR_ADVERTISEMENT:
	case NDISC_REDIRECT:
		return hops == 255;
	case ICMPV6_MGM_QUERY:
	case ICMPV6_MGM_REPORT:
	case ICMPV6_MGM_REDUCTION:
	case ICMPV6_MLD2_REPORT:
		return tuple->to.byte[0] == 0xff || is_link_local(&tuple->from);
	}
	return false;
}

static bool read_icmpv6(struct cordon_frame *frame, struct cordon_tuple *tuple,
			const struct cordon_cursor *cursor, u8 hops)
{
	struct icmp6hdr room;
	const struct icmp6hdr *icmp =
		cordon_cursor_take(cursor, sizeof(room), &room);

	if (!icmp)
		return false;
	tuple->opens = true;
	switch (icmp->icmp6_type) {
	case ICMPV6_ECHO_REQUEST:
		tuple->from_port = ntohs(icmp->icmp6_identifier);
		tuple->to_port = tuple->from_port;
		break;
	case ICMPV6_ECHO_REPLY:
		tuple->from_port = ntohs(icmp->icmp6_identifier);
		tuple->to_port = tuple->from_port;
		tuple->opens = false;
		tuple->replies = true;
		break;
	case ICMPV6_DEST_UNREACH:
	case ICMPV6_PKT_TOOBIG:
	case ICMPV6_TIME_EXCEED:
	case ICMPV6_PARAMPROB:
		if (!cursor->embedded)
			read_embedded(frame, cursor);
		break;
	default:
		if (!cursor->embedded &&
		    is_discovery(tuple, icmp->icmp6_type, hops))
			frame->kind = CORDON_FRAME_EXEMPT;
	}
	return true;
}

static void read_transport(struct cordon_frame *frame,
			   struct cordon_tuple *tuple,
			   const struct cordon_cursor *cursor, u8 protocol,
			   u8 hops)
{
	bool sound = true;

	tuple->protocol = protocol;
	switch (protocol) {
	case IPPROTO_TCP:
		sound = read_tcp(tuple, cursor);
		break;
	case IPPROTO_UDP:
		sound = read_udp(frame, tuple, cursor, frame->begins);
		break;
	case IPPROTO_SCTP:
		sound = read_ports(tuple, cursor, sizeof(struct sctphdr));
		break;
	case IPPROTO_ICMP:
		sound = read_icmp(frame, tuple, cursor);
		break;
	case IPPROTO_ICMPV6:
		tuple->protocol = IPPROTO_ICMP;
		sound = read_icmpv6(frame, tuple, cursor, hops);
		break;
	case IPPROTO_IGMP:
		tuple->opens = true;
		if (!cursor->embedded && (tuple->to.byte[12] & 0xf0) == 0xe0)
			frame->kind = CORDON_FRAME_EXEMPT;
		break;
	default:
		tuple->opens = true;
		tuple->replies = true;
	}
	if (!sound)
		frame->kind = CORDON_FRAME_MALFORMED;
}

/* --- IP --------------------------------------------------------------------- */

static bool read_ipv4(struct cordon_frame *frame, struct cordon_tuple *tuple,
		      struct cordon_cursor *cursor)
{
	struct iphdr room;
	const struct iphdr *ip =
		cordon_cursor_take(cursor, sizeof(room), &room);
	u32 head;
	u32 length;
	u32 offset;

	if (!ip || ip->version != 4 || ip->ihl < 5)
		return false;
	cordon_address_from_ipv4(&tuple->from, ip->saddr);
	cordon_address_from_ipv4(&tuple->to, ip->daddr);
	tuple->protocol = ip->protocol;
	head = ip->ihl * 4;
	length = ntohs(ip->tot_len);
	/* 0: more than 64 KiB, which are sent as several packets. */
	if (!length && skb_is_gso(cursor->skb))
		length = cursor->end - cursor->at;
	if (length < head)
		return false;
	if (cursor->end - cursor->at > length)
		cursor->end = cursor->at + length;
	else if (!cursor->embedded && cursor->end - cursor->at < length)
		return false;
	offset = ntohs(ip->frag_off);
	frame->fragment = ntohs(ip->id);
	frame->begins = offset & IP_MF && !(offset & IP_OFFSET);
	if (offset & IP_OFFSET) {
		frame->kind = CORDON_FRAME_FRAGMENT;
		/* It would write over the ports, or the flags, of the first. */
		return (offset & IP_OFFSET) * 8 >= sizeof(struct tcphdr) ||
		       ip->protocol != IPPROTO_TCP;
	}
	cursor->at += head;
	if (cursor->at > cursor->end)
		return false;
	read_transport(frame, tuple, cursor, ip->protocol, ip->ttl);
	return true;
}

static bool read_extensions(struct cordon_frame *frame,
			    struct cordon_tuple *tuple,
			    struct cordon_cursor *cursor, u8 next, u8 hops)
{
	struct frag_hdr fragment_room;
	const struct frag_hdr *fragment;
	struct ipv6_opt_hdr room;
	const struct ipv6_opt_hdr *header;
	u32 count;

	for (count = 0; count < EXTENSIONS_MAX; count++) {
		switch (next) {
		case NEXTHDR_FRAGMENT:
			fragment = cordon_cursor_take(cursor, sizeof(*fragment),
						      &fragment_room);
			if (!fragment)
				return false;
			frame->fragment = ntohl(fragment->identification);
			tuple->protocol = fragment->nexthdr;
			if (ntohs(fragment->frag_off) & IP6_OFFSET) {
				frame->kind = CORDON_FRAME_FRAGMENT;
				return true;
			}
			frame->begins |= ntohs(fragment->frag_off) & IP6_MF;
			next = fragment->nexthdr;
			cursor->at += sizeof(*fragment);
			continue;
		case NEXTHDR_HOP:
		case NEXTHDR_ROUTING:
		case NEXTHDR_DEST:
		case NEXTHDR_AUTH:
			header =
				cordon_cursor_take(cursor, sizeof(room), &room);
			if (!header)
				return false;
			cursor->at += next == NEXTHDR_AUTH ?
					      (header->hdrlen + 2) * 4 :
					      (header->hdrlen + 1) * 8;
			next = header->nexthdr;
			if (cursor->at > cursor->end)
				return false;
			continue;
		}
		read_transport(frame, tuple, cursor, next, hops);
		return true;
	}
	return false;
}

static bool read_ipv6(struct cordon_frame *frame, struct cordon_tuple *tuple,
		      struct cordon_cursor *cursor)
{
	struct ipv6hdr room;
	const struct ipv6hdr *ip =
		cordon_cursor_take(cursor, sizeof(room), &room);
	u32 length;

	if (!ip || ip->version != 6)
		return false;
	cordon_address_from_ipv6(&tuple->from, &ip->saddr);
	cordon_address_from_ipv6(&tuple->to, &ip->daddr);
	/* An address of IPv4 is not for the wire: nothing is known by it. */
	if (ipv6_addr_v4mapped(&ip->saddr) || ipv6_addr_v4mapped(&ip->daddr))
		return false;
	length = ntohs(ip->payload_len);
	cursor->at += sizeof(*ip);
	/* 0: its length, above 64 KiB, stands in an option. */
	if (length) {
		if (cursor->end - cursor->at > length)
			cursor->end = cursor->at + length;
		else if (!cursor->embedded && cursor->end - cursor->at < length)
			return false;
	}
	return read_extensions(frame, tuple, cursor, ip->nexthdr,
			       ip->hop_limit);
}

static void read_ip(struct cordon_frame *frame, struct cordon_tuple *tuple,
		    struct cordon_cursor *cursor)
{
	const u8 *first;
	bool sound;
	u8 room;

	first = cordon_cursor_take(cursor, 1, &room);
	sound = first && (*first >> 4 == 6 ? read_ipv6(frame, tuple, cursor) :
					     read_ipv4(frame, tuple, cursor));
	if (!sound)
		frame->kind = CORDON_FRAME_MALFORMED;
}

/**
 * cordon_frame_read - look at a packet
 * @frame: filled
 * @skb: the packet
 * @offset: of the network header, from skb->data
 * @protocol: ETH_P_, host byte order; 0: nobody could tell
 *
 * Context: any.
 */
void cordon_frame_read(struct cordon_frame *frame, const struct sk_buff *skb,
		       u32 offset, u16 protocol)
{
	struct cordon_cursor cursor = { .skb = skb,
					.at = offset,
					.end = skb->len };
	bool sound;

	*frame = (struct cordon_frame){ .kind = CORDON_FRAME_FLOW };
	switch (protocol) {
	case ETH_P_IP:
		sound = read_ipv4(frame, &frame->tuple, &cursor);
		break;
	case ETH_P_IPV6:
		sound = read_ipv6(frame, &frame->tuple, &cursor);
		break;
	case ETH_P_ARP:
	case ETH_P_RARP:
		frame->kind = CORDON_FRAME_EXEMPT;
		return;
	case 0:
		frame->tuple.protocol = CORDON_FRAME_OTHER;
		sound = false;
		break;
	default:
		frame->tuple.protocol = CORDON_FRAME_OTHER;
		frame->tuple.opens = true;
		return;
	}
	if (!sound)
		frame->kind = CORDON_FRAME_MALFORMED;
}

/* The last byte of PPP's protocol is odd: so the first may be left out. */
static u16 session_protocol(const struct sk_buff *skb, u32 *offset)
{
	const u8 *bytes;
	u16 protocol;
	u8 room;

	*offset += sizeof(struct pppoe_hdr);
	bytes = skb_header_pointer(skb, *offset, 1, &room);
	if (!bytes)
		return 0;
	++*offset;
	protocol = bytes[0];
	if (!(protocol & 1)) {
		bytes = skb_header_pointer(skb, *offset, 1, &room);
		if (!bytes)
			return 0;
		++*offset;
		protocol = protocol << 8 | bytes[0];
	}
	switch (protocol) {
	case PPP_IP:
		return ETH_P_IP;
	case PPP_IPV6:
		return ETH_P_IPV6;
	}
	return ETH_P_PPP_SES;
}

/**
 * cordon_frame_protocol - what a frame carries, behind tags of VLANs and PPPoE
 * @skb: a frame; skb->data is behind its Ethernet header
 * @offset: filled: where it begins, from skb->data
 *
 * Context: any.
 * Return: ETH_P_, host byte order; 0 if it is cut off, or lies too deep.
 */
u16 cordon_frame_protocol(const struct sk_buff *skb, u32 *offset)
{
	u16 protocol = ntohs(skb->protocol);
	u32 tags;

	*offset = 0;
	for (tags = 0; tags <= TAGS_MAX; tags++) {
		u8 room[VLAN_HLEN];
		const u8 *bytes;

		switch (protocol) {
		case ETH_P_8021Q:
		case ETH_P_8021AD:
			bytes = skb_header_pointer(skb, *offset, VLAN_HLEN,
						   room);
			if (!bytes)
				return 0;
			protocol = bytes[2] << 8 | bytes[3];
			*offset += VLAN_HLEN;
			continue;
		case ETH_P_PPP_SES:
			return session_protocol(skb, offset);
		}
		return protocol;
	}
	return 0;
}
