// SPDX-License-Identifier: GPL-2.0-only
/*
 * Packets that come for, or go from, a labelled socket.
 *
 * What comes is seen before the kernel answers it: the SYN that a listener
 * gets, a datagram before it is queued.  What goes is seen once more after the
 * call that sent it was judged: some ways to send (sendfile() and splice()
 * before 6.5, retransmissions, headers that a raw socket makes up) ask nobody.
 */
#include <linux/errno.h>
#include <linux/ip.h>
#include <linux/ipv6.h>
#include <linux/netdevice.h>
#include <linux/skbuff.h>
#include <linux/tcp.h>
#include <net/ip.h>
#include <net/ipv6.h>
#include <net/sock.h>

#include "generation.h"
#include "handlers.h"
#include "label.h"
#include "net_judge.h"
#include "reject.h"

/* What a packet says of itself, source first. */
struct headers {
	struct cordon_address source;
	struct cordon_address destination;
	u16 source_port;
	u16 destination_port;
	u8 protocol;
};

static bool has_ports(u8 protocol)
{
	switch (protocol) {
	case IPPROTO_TCP:
	case IPPROTO_UDP:
	case IPPROTO_UDPLITE:
	case IPPROTO_SCTP:
	case IPPROTO_DCCP:
		return true;
	}
	return false;
}

/* @offset: of the transport header, from @skb's data */
static bool read_ports(struct headers *headers, const struct sk_buff *skb,
		       int offset)
{
	__be16 ports[2];
	const __be16 *found;

	if (!has_ports(headers->protocol))
		return true;
	found = skb_header_pointer(skb, offset, sizeof(ports), ports);
	if (!found)
		return false;
	headers->source_port = ntohs(found[0]);
	headers->destination_port = ntohs(found[1]);
	return true;
}

static bool read_v4(struct headers *headers, const struct sk_buff *skb)
{
	const int start = skb_network_offset(skb);
	const struct iphdr *ip;
	struct iphdr buffer;

	ip = skb_header_pointer(skb, start, sizeof(buffer), &buffer);
	if (!ip || ip->ihl < 5)
		return false;
	cordon_net_address_v4(&headers->source, ip->saddr);
	cordon_net_address_v4(&headers->destination, ip->daddr);
	headers->protocol = ip->protocol;
	/* What follows the beginning has no ports. */
	if (ip->frag_off & htons(IP_OFFSET))
		return true;
	return read_ports(headers, skb, start + ip->ihl * 4);
}

static bool read_v6(struct headers *headers, const struct sk_buff *skb)
{
	const int start = skb_network_offset(skb);
	const struct ipv6hdr *ip;
	struct ipv6hdr buffer;
	__be16 fragment;
	u8 protocol;
	int offset;

	ip = skb_header_pointer(skb, start, sizeof(buffer), &buffer);
	/* An address of IPv4 is not for the wire: nothing is known by it. */
	if (!ip || ipv6_addr_v4mapped(&ip->saddr) ||
	    ipv6_addr_v4mapped(&ip->daddr))
		return false;
	memcpy(&headers->source, &ip->saddr, sizeof(headers->source));
	memcpy(&headers->destination, &ip->daddr,
	       sizeof(headers->destination));
	protocol = ip->nexthdr;
	offset = ipv6_skip_exthdr(skb, start + sizeof(buffer), &protocol,
				  &fragment);
	headers->protocol = protocol == IPPROTO_ICMPV6 ? IPPROTO_ICMP :
							 protocol;
	if (offset < 0)
		return false;
	if (fragment & htons(IP6_OFFSET))
		return true;
	return read_ports(headers, skb, offset);
}

/* False: they end too early; what was read of them stands in @headers. */
static bool headers_read(struct headers *headers, const struct sk_buff *skb)
{
	*headers = (struct headers){ };
	if (skb->protocol == htons(ETH_P_IP))
		return read_v4(headers, skb);
	if (skb->protocol == htons(ETH_P_IPV6))
		return read_v6(headers, skb);
	return false;
}

/* The socket's own subject; false: no manifest speaks of it any more. */
static bool owner_get(struct cordon_actor *actor,
		      const struct cordon_socket *socket)
{
	actor->generation = cordon_generation_get();
	actor->label = cordon_socket_label(socket);
	cordon_label_resolve(actor->label, actor->generation->policy,
			     &actor->subject);
	return actor->subject.workload != CORDON_NONE;
}

/*
 * Where a protocol came inside another one (SCTP in UDP), the outer one's ports
 * say nothing about the socket's.
 */
static void headers_fit(struct headers *headers, const struct sock *sk)
{
	u8 protocol = cordon_net_protocol(sk);

	if (sk->sk_type == SOCK_RAW || headers->protocol == protocol)
		return;
	headers->protocol = protocol;
	headers->source_port = 0;
	headers->destination_port = 0;
}

/*
 * Did it come from outside?  What a host sends to itself comes by a device of
 * its own, or is a copy of what went to many.
 */
static bool is_foreign(const struct sk_buff *skb)
{
	return skb->dev && !(skb->dev->flags & IFF_LOOPBACK) &&
	       !netif_is_l3_master(skb->dev) &&
	       skb->pkt_type != PACKET_LOOPBACK;
}

/*
 * Did the socket make it, or has the kernel put it into another packet (a
 * tunnel, IPsec)?  What is inside has been judged.
 */
static bool is_own(const struct headers *headers, const struct sock *sk)
{
	if (sk->sk_type == SOCK_RAW)
		return true;
	if (headers->protocol != cordon_net_protocol(sk))
		return false;
	return !has_ports(headers->protocol) || !headers->source_port ||
	       headers->source_port == READ_ONCE(inet_sk(sk)->inet_num);
}

/*
 * Would it open something?  Who is cut off in the middle of a stream does not
 * believe what it is told of it; and a raw socket gets but a copy, of what
 * others may answer.
 */
static bool is_request(const struct sock *sk, const struct sk_buff *skb)
{
	if (sk->sk_type == SOCK_RAW || cordon_net_protocol(sk) == IPPROTO_ICMP)
		return false;
	return sk->sk_protocol != IPPROTO_TCP ||
	       (tcp_hdr(skb)->syn && !tcp_hdr(skb)->ack);
}

/*
 * security_sock_rcv_skb(): before a packet is queued, or answered.
 *
 * Context: softirq, or whoever sends to another family's socket.  The socket is
 * not locked: TCP, UDP and SCTP ask before they lock it.
 */
long cordon_packet_receive(const unsigned long *arg)
{
	struct sock *sk = (struct sock *)arg[0];
	struct sk_buff *skb = (struct sk_buff *)arg[1];
	struct cordon_net_ends ends;
	struct cordon_socket *socket;
	struct cordon_actor actor;
	struct headers headers;
	bool is_whole;
	long result;

	if (!cordon_net_is_inet(sk))
		return 0;
	socket = cordon_socket_find(sk);
	if (!socket || !owner_get(&actor, socket))
		return 0;
	is_whole = headers_read(&headers, skb);
	headers_fit(&headers, sk);
	ends = (struct cordon_net_ends){
		.net = sock_net(sk),
		.dev = skb->dev,
		.is_foreign = is_foreign(skb),
		.protocol = headers.protocol,
		.local = headers.destination,
		.remote = headers.source,
		.local_port = headers.destination_port,
		.remote_port = headers.source_port,
	};
	if (unlikely(!is_whole))
		return cordon_net_judge_malformed(&actor, &socket->owner,
						  CORDON_WAY_IN, &ends);
	result = cordon_net_judge_flow(&actor, &socket->owner, socket,
				       CORDON_WAY_IN, &ends);
	if (unlikely(result) && is_request(sk, skb) &&
	    cordon_policy_rejects(actor.generation->policy,
				  actor.subject.workload))
		cordon_reject_send(skb);
	return result;
}

/**
 * cordon_socket_output - may this packet of a socket leave
 * @skb: at local out, before any address is translated
 *
 * Context: any; RCU, as for every hook of netfilter.
 * Return: false: it is to be dropped.
 */
bool cordon_socket_output(struct sk_buff *skb)
{
	struct sock *sk = skb_to_full_sk(skb);
	struct cordon_net_ends ends;
	struct cordon_socket *socket;
	struct cordon_actor actor;
	struct headers headers;
	bool is_whole;
	long result = 0;
	int srcu;

	if (!sk || !sk_fullsock(sk) || !cordon_generation_active() ||
	    likely(!cordon_socket_exists(sk)) || !cordon_net_is_inet(sk))
		return true;
	srcu = srcu_read_lock(&cordon_srcu);
	socket = cordon_socket_find(sk);
	if (!socket || !owner_get(&actor, socket))
		goto out;
	is_whole = headers_read(&headers, skb);
	if (is_whole && !is_own(&headers, sk))
		goto out;
	ends = (struct cordon_net_ends){
		.net = sock_net(sk),
		.dev = skb_dst(skb) ? skb_dst(skb)->dev : NULL,
		.protocol = headers.protocol,
		.local = headers.source,
		.remote = headers.destination,
		.local_port = headers.source_port,
		.remote_port = headers.destination_port,
	};
	if (likely(is_whole))
		result = cordon_net_judge_flow(&actor, &socket->owner, socket,
					       CORDON_WAY_OUT, &ends);
	else
		result = cordon_net_judge_malformed(&actor, &socket->owner,
						    CORDON_WAY_OUT, &ends);
out:
	srcu_read_unlock(&cordon_srcu, srcu);
	return !result;
}
