// SPDX-License-Identifier: GPL-2.0-only
#include <linux/icmp.h>
#include <linux/icmpv6.h>
#include <linux/in.h>
#include <linux/ip.h>
#include <linux/ipv6.h>
#include <linux/skbuff.h>
#include <net/dst.h>
#include <net/icmp.h>
#include <net/ip.h>
#include <net/ipv6.h>
#include <net/sock.h>

#include "net_judge.h"
#include "reject.h"

/**
 * cordon_reject_send - tell who sent a packet that it is refused
 * @skb: as IP, or a transport, has received it; it is about to be dropped
 *
 * The kernel's own functions do not answer ICMP errors, later fragments, or
 * what went, or was addressed, to many; nor more than the limits of sysctl
 * allow.  A packet that a bridge shows to IP has no route of its own, and is
 * not answered either.
 *
 * Context: any but hard interrupts; under RCU.  What is sent may come back to
 * this host, but not before this returns: devices that lead back queue it.
 */
void cordon_reject_send(struct sk_buff *skb)
{
	const struct dst_entry *dst = skb_dst(skb);

	if (!dst || dst->flags & DST_FAKE_RTABLE)
		return;
	if (skb->protocol == htons(ETH_P_IP))
		icmp_send(skb, ICMP_DEST_UNREACH, ICMP_PKT_FILTERED, 0);
	else if (skb->protocol == htons(ETH_P_IPV6))
		icmpv6_send(skb, ICMPV6_DEST_UNREACH, ICMPV6_ADM_PROHIBITED, 0);
}

/* Both versions begin with a type and a code. */
static bool is_icmp(const struct sk_buff *skb, u32 offset, u8 type, u8 code)
{
	u8 room[2];
	const u8 *icmp = skb_header_pointer(skb, offset, sizeof(room), room);

	return icmp && icmp[0] == type && icmp[1] == code;
}

static bool is_notice_v4(const struct sk_buff *skb, u32 offset)
{
	struct iphdr room;
	const struct iphdr *ip =
		skb_header_pointer(skb, offset, sizeof(room), &room);

	return ip && ip->protocol == IPPROTO_ICMP &&
	       is_icmp(skb, offset + ip->ihl * 4, ICMP_DEST_UNREACH,
		       ICMP_PKT_FILTERED);
}

static bool is_notice_v6(const struct sk_buff *skb, u32 offset)
{
	struct ipv6hdr room;
	const struct ipv6hdr *ip =
		skb_header_pointer(skb, offset, sizeof(room), &room);

	return ip && ip->nexthdr == IPPROTO_ICMPV6 &&
	       is_icmp(skb, offset + sizeof(*ip), ICMPV6_DEST_UNREACH,
		       ICMPV6_ADM_PROHIBITED);
}

/**
 * cordon_reject_is_notice - does this host itself say that it refuses
 * @skb: on its way out of the host that made it
 * @offset: where IP begins, from skb->data
 * @protocol: ETH_P_, host byte order
 *
 * Such a packet is no flow, and is not judged as one: who may not be talked to
 * must hear it, too.  Only sockets of the kernel's own say so for the host.
 *
 * Context: any.
 * Return: whether it is.
 */
bool cordon_reject_is_notice(const struct sk_buff *skb, u32 offset,
			     u16 protocol)
{
	const struct sock *sk = skb->sk;

	if (!sk || !sk_fullsock(sk) || sk->sk_type != SOCK_RAW ||
	    !cordon_net_is_kernel(sk))
		return false;
	switch (protocol) {
	case ETH_P_IP:
		return is_notice_v4(skb, offset);
	case ETH_P_IPV6:
		return is_notice_v6(skb, offset);
	}
	return false;
}
