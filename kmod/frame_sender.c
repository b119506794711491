// SPDX-License-Identifier: GPL-2.0-only
/* Whose a frame says it is. */
#include <linux/if_arp.h>
#include <linux/if_ether.h>
#include <linux/in.h>
#include <linux/ip.h>
#include <linux/ipv6.h>
#include <linux/icmpv6.h>
#include <linux/skbuff.h>
#include <net/ipv6.h>
#include <net/ndisc.h>

#include "frame.h"
#include "frame_cursor.h"

static void sender_of_arp(struct cordon_frame_sender *sender,
			  const struct cordon_cursor *cursor)
{
	struct {
		struct arphdr head;
		u8 mac[ETH_ALEN];
		__be32 address;
	} __packed room, *arp;

	arp = (void *)cordon_cursor_take(cursor, sizeof(room), &room);
	if (!arp || arp->head.ar_pro != htons(ETH_P_IP) ||
	    arp->head.ar_hln != ETH_ALEN || arp->head.ar_pln != 4)
		return;
	memcpy(sender->mac[sender->macs++], arp->mac, ETH_ALEN);
	/* A probe asks whether an address is in use, and claims none. */
	if (arp->address)
		cordon_address_from_ipv4(&sender->address[sender->count++],
					 arp->address);
}

static void address_add(struct cordon_frame_sender *sender,
			const struct in6_addr *address)
{
	cordon_address_from_ipv6(&sender->address[sender->count++], address);
}

/* Options of discovery: the sender's, or its target's, own hardware address. */
static void sender_of_options(struct cordon_frame_sender *sender,
			      struct cordon_cursor *cursor, u8 wanted)
{
	u8 room[2 + ETH_ALEN];
	const u8 *option;

	while ((option = cordon_cursor_take(cursor, sizeof(room), room))) {
		if (!option[1])
			return;
		if (option[0] == wanted) {
			memcpy(sender->mac[sender->macs++], option + 2,
			       ETH_ALEN);
			return;
		}
		cursor->at += option[1] * 8;
	}
}

static void sender_of_discovery(struct cordon_frame_sender *sender,
				struct cordon_cursor *cursor,
				bool is_unspecified)
{
	struct in6_addr target_room;
	const struct in6_addr *target;
	struct icmp6hdr room;
	const struct icmp6hdr *icmp =
		cordon_cursor_take(cursor, sizeof(room), &room);
	u8 option;

	if (!icmp)
		return;
	cursor->at += sizeof(*icmp);
	switch (icmp->icmp6_type) {
	case NDISC_NEIGHBOUR_ADVERTISEMENT:
	case NDISC_NEIGHBOUR_SOLICITATION:
		target = cordon_cursor_take(cursor, sizeof(*target),
					    &target_room);
		if (!target)
			return;
		/* Who has no address yet asks for the one it wants. */
		if (icmp->icmp6_type == NDISC_NEIGHBOUR_ADVERTISEMENT ||
		    is_unspecified)
			address_add(sender, target);
		cursor->at += sizeof(*target);
		option = icmp->icmp6_type == NDISC_NEIGHBOUR_ADVERTISEMENT ?
				 ND_OPT_TARGET_LL_ADDR : ND_OPT_SOURCE_LL_ADDR;
		sender_of_options(sender, cursor, option);
		break;
	case NDISC_ROUTER_ADVERTISEMENT:
		cursor->at += 8;
		fallthrough;
	case NDISC_ROUTER_SOLICITATION:
		sender_of_options(sender, cursor, ND_OPT_SOURCE_LL_ADDR);
		break;
	}
}

/**
 * cordon_frame_sender - which addresses a frame says are its sender's
 * @sender: filled
 * @skb: the frame
 * @offset: where what it carries begins, from skb->data
 * @protocol: of that: ETH_P_, host byte order
 *
 * Context: any.
 */
void cordon_frame_sender(struct cordon_frame_sender *sender,
			 const struct sk_buff *skb, u32 offset, u16 protocol)
{
	struct cordon_cursor cursor = { .skb = skb,
					.at = offset,
					.end = skb->len };
	struct cordon_address *address = &sender->address[0];
	struct ipv6hdr ipv6_room;
	const struct ipv6hdr *ipv6;
	struct iphdr ipv4_room;
	const struct iphdr *ipv4;
	__be16 fragment;
	u8 next;
	int at;

	sender->count = 0;
	sender->macs = 0;
	switch (protocol) {
	case ETH_P_ARP:
	case ETH_P_RARP:
		sender_of_arp(sender, &cursor);
		return;
	case ETH_P_IP:
		ipv4 = cordon_cursor_take(&cursor, sizeof(ipv4_room),
					  &ipv4_room);
		if (!ipv4)
			return;
		/* Who has no address yet speaks to all: and is nobody. */
		if (!ipv4->saddr && (ipv4_is_lbcast(ipv4->daddr) ||
				     ipv4_is_multicast(ipv4->daddr)))
			return;
		cordon_address_from_ipv4(address, ipv4->saddr);
		sender->count = 1;
		return;
	case ETH_P_IPV6:
		ipv6 = cordon_cursor_take(&cursor, sizeof(ipv6_room),
					  &ipv6_room);
		if (!ipv6)
			return;
		cordon_address_from_ipv6(address, &ipv6->saddr);
		sender->count = !ipv6_addr_any(&ipv6->saddr);
		next = ipv6->nexthdr;
		at = ipv6_skip_exthdr(skb, offset + sizeof(*ipv6), &next,
				      &fragment);
		if (at < 0 || fragment & htons(IP6_OFFSET) ||
		    next != IPPROTO_ICMPV6 || ipv6->hop_limit != 255)
			return;
		cursor.at = at;
		sender_of_discovery(sender, &cursor, !sender->count);
		return;
	}
}
