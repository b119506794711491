// SPDX-License-Identifier: GPL-2.0-only
/*
 * Most packets are whole ones of TCP or UDP, and need not be taken apart with
 * the suspicion of frame.c.  Whatever is unusual about one is left to that.
 */
#include <linux/bug.h>
#include <linux/if_ether.h>
#include <linux/in.h>
#include <linux/ip.h>
#include <linux/ipv6.h>
#include <linux/skbuff.h>
#include <linux/string.h>
#include <linux/tcp.h>
#include <linux/udp.h>
#include <net/ip.h>
#include <net/ipv6.h>

#include "compat.h"
#include "frame.h"
#include "frame_cursor.h"
#include "recall.h"

#define TCP_FLAGS_AT	13

/**
 * struct plain - what is left of a packet
 * @at: its next header
 * @seen: bytes from there on that can be read
 * @length: bytes that it says it has from there on
 */
struct plain {
	const u8 *at;
	u32 seen;
	u32 length;
};

static void word_copy(struct cordon_address *to, const void *from)
{
	to->word[0] = get_unaligned((const u64 *)from);
	to->word[1] = get_unaligned((const u64 *)from + 1);
}

static __always_inline bool plain_v4(struct cordon_recall_key *key,
				     struct plain *plain)
{
	const struct iphdr *ip = (const struct iphdr *)plain->at;
	u32 length;

	if (plain->seen < sizeof(*ip) || *plain->at != 0x45 ||
	    ip->frag_off & htons(IP_OFFSET | IP_MF))
		return false;
	length = ntohs(ip->tot_len);
	if (length < sizeof(*ip) || length > plain->length)
		return false;
	key->protocol = ip->protocol;
	cordon_address_from_ipv4(&key->from, ip->saddr);
	cordon_address_from_ipv4(&key->to, ip->daddr);
	plain->at += sizeof(*ip);
	plain->seen -= sizeof(*ip);
	plain->length = length - sizeof(*ip);
	return true;
}

static __always_inline bool plain_v6(struct cordon_recall_key *key,
				     struct plain *plain)
{
	const struct ipv6hdr *ip = (const struct ipv6hdr *)plain->at;
	u32 length;

	if (plain->seen < sizeof(*ip) || *plain->at >> 4 != 6 ||
	    ipv6_addr_v4mapped(&ip->saddr) || ipv6_addr_v4mapped(&ip->daddr))
		return false;
	length = ntohs(ip->payload_len);
	/* 0: it stands in an option. */
	if (!length || length > plain->length - sizeof(*ip))
		return false;
	key->protocol = ip->nexthdr;
	word_copy(&key->from, &ip->saddr);
	word_copy(&key->to, &ip->daddr);
	plain->at += sizeof(*ip);
	plain->seen -= sizeof(*ip);
	plain->length = length;
	return true;
}

static __always_inline bool plain_tcp(struct cordon_recall_key *key,
				      const struct plain *plain)
{
	u32 length;
	bool opens;

	if (plain->seen < sizeof(struct tcphdr))
		return false;
	length = (plain->at[12] >> 4) * 4;
	if (length < sizeof(struct tcphdr) || length > plain->length)
		return false;
	opens = (plain->at[TCP_FLAGS_AT] & 0x12) == 0x02;
	key->kind = cordon_frame_kind(opens, !opens);
	return true;
}

/* Servers and clients of DHCP have ports below 1024 for themselves. */
static __always_inline bool plain_udp(struct cordon_recall_key *key,
				      const struct plain *plain,
				      const struct sk_buff *skb)
{
	const struct udphdr *udp = (const struct udphdr *)plain->at;
	u32 length;

	if (plain->seen < sizeof(*udp) || plain->length < sizeof(*udp))
		return false;
	length = ntohs(udp->len);
	if (length < sizeof(*udp) ||
	    (length > plain->length && !skb_is_gso(skb)))
		return false;
	switch (ntohs(udp->source)) {
	case 67:
	case 68:
	case 546:
	case 547:
		return false;
	}
	key->kind = cordon_frame_kind(true, true);
	return true;
}

static bool read(struct cordon_recall_key *key, const struct sk_buff *skb,
		 u32 offset, u16 protocol)
{
	struct plain plain = {
		.at = skb->data + offset,
		.seen = skb_headlen(skb) - offset,
		.length = skb->len - offset,
	};

	if (offset > skb_headlen(skb))
		return false;
	switch (protocol) {
	case ETH_P_IP:
		if (!plain_v4(key, &plain))
			return false;
		break;
	case ETH_P_IPV6:
		if (!plain_v6(key, &plain))
			return false;
		break;
	default:
		return false;
	}
	switch (key->protocol) {
	case IPPROTO_TCP:
		if (!plain_tcp(key, &plain))
			return false;
		break;
	case IPPROTO_UDP:
		if (!plain_udp(key, &plain, skb))
			return false;
		break;
	default:
		return false;
	}
	key->from_port = get_unaligned_be16(plain.at);
	key->to_port = get_unaligned_be16(plain.at + 2);
	key->zero = 0;
	return true;
}

/* On a kernel made for finding mistakes: does frame.c say the same? */
static void check(const struct cordon_recall_key *key,
		  const struct sk_buff *skb, u32 offset, u16 protocol)
{
	struct cordon_frame frame;

	cordon_frame_read(&frame, skb, offset, protocol);
	WARN_ONCE(frame.kind != CORDON_FRAME_FLOW || frame.begins ||
		  memcmp(&key->from, &frame.tuple.from, sizeof(key->from)) ||
		  memcmp(&key->to, &frame.tuple.to, sizeof(key->to)) ||
		  key->from_port != frame.tuple.from_port ||
		  key->to_port != frame.tuple.to_port ||
		  key->protocol != frame.tuple.protocol ||
		  key->kind != cordon_frame_kind(frame.tuple.opens,
						 frame.tuple.replies),
		  "a packet of protocol %u is read in two ways\n",
		  key->protocol);
}

/**
 * cordon_frame_plain - the flow of a packet that is nothing special
 * @key: filled but for what is not the packet's: namespace and interfaces
 * @skb: the packet
 * @offset: of the network header, from skb->data
 * @protocol: ETH_P_, host byte order
 *
 * Context: any.
 * Return: false: it must be looked at closely, by cordon_frame_read(); else
 * that would find CORDON_FRAME_FLOW, and the same flow.
 */
bool cordon_frame_plain(struct cordon_recall_key *key,
			const struct sk_buff *skb, u32 offset, u16 protocol)
{
	if (!read(key, skb, offset, protocol))
		return false;
	if (IS_ENABLED(CONFIG_KASAN))
		check(key, skb, offset, protocol);
	return true;
}
