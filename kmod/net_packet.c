// SPDX-License-Identifier: GPL-2.0-only
/*
 * Packets that come for, or go from, a labelled socket.
 *
 * What comes is seen before the kernel answers it: the SYN that a listener
 * gets, a datagram before it is queued.  What goes is seen once more after the
 * call that sent it was judged: some ways to send (sendfile() and splice()
 * before 6.5, retransmissions, headers that a raw socket makes up) ask nobody.
 */
#include <linux/bug.h>
#include <linux/errno.h>
#include <linux/ip.h>
#include <linux/ipv6.h>
#include <linux/netdevice.h>
#include <linux/skbuff.h>
#include <linux/tcp.h>
#include <net/ip.h>
#include <net/ipv6.h>
#include <net/sock.h>

#include "compat.h"
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
static bool is_own(const struct cordon_net_ends *ends, const struct sock *sk)
{
	if (sk->sk_type == SOCK_RAW)
		return true;
	if (ends->protocol != cordon_net_protocol(sk))
		return false;
	return !has_ports(ends->protocol) || !ends->local_port ||
	       ends->local_port == READ_ONCE(inet_sk(sk)->inet_num);
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

/* False: the packet does not say which flow it belongs to. */
static bool packet_ends(struct cordon_net_ends *ends, const struct sock *sk,
			const struct sk_buff *skb, enum cordon_way way)
{
	struct headers headers;
	bool is_whole = headers_read(&headers, skb);

	if (way == CORDON_WAY_IN)
		headers_fit(&headers, sk);
	*ends = (struct cordon_net_ends){
		.net = sock_net(sk),
		.is_listening = cordon_net_is_listening(sk),
		.protocol = headers.protocol,
	};
	if (way == CORDON_WAY_IN) {
		ends->dev = skb->dev;
		ends->is_foreign = is_foreign(skb);
		ends->local = headers.destination;
		ends->remote = headers.source;
		ends->local_port = headers.destination_port;
		ends->remote_port = headers.source_port;
	} else {
		ends->dev = skb_dst(skb) ? skb_dst(skb)->dev : NULL;
		ends->local = headers.source;
		ends->remote = headers.destination;
		ends->local_port = headers.source_port;
		ends->remote_port = headers.destination_port;
	}
	return is_whole;
}

/* --- what is kept ------------------------------------------------------------ */

/*
 * Most packets are whole ones of TCP or UDP, without options, and worth not to
 * be described at length.  False: this is none of them.
 */
static __always_inline bool simple_key(struct cordon_kept_key *key,
				       const struct cordon_socket *socket,
				       const struct sk_buff *skb,
				       enum cordon_way way)
{
	const bool comes = way == CORDON_WAY_IN;
	const u8 *network = skb_network_header(skb);
	const struct ipv6hdr *v6 = (const struct ipv6hdr *)network;
	const struct iphdr *v4 = (const struct iphdr *)network;
	const struct cordon_address *remote;
	const __be16 *ports;
	__be16 local;
	u8 protocol;

	if (skb->protocol == htons(ETH_P_IP)) {
		ports = (const __be16 *)(v4 + 1);
		if ((const u8 *)(ports + 2) > skb_tail_pointer(skb) ||
		    *network != 0x45 ||
		    v4->frag_off & htons(IP_OFFSET | IP_MF))
			return false;
		protocol = v4->protocol;
		key->remote_high = 0;
		key->remote_low = cordon_net_word_v4(comes ? v4->saddr :
							     v4->daddr);
	} else if (skb->protocol == htons(ETH_P_IPV6)) {
		ports = (const __be16 *)(v6 + 1);
		if ((const u8 *)(ports + 2) > skb_tail_pointer(skb) ||
		    ipv6_addr_v4mapped(&v6->saddr) ||
		    ipv6_addr_v4mapped(&v6->daddr))
			return false;
		protocol = v6->nexthdr;
		remote = (const struct cordon_address *)(comes ? &v6->saddr :
								 &v6->daddr);
		key->remote_high = get_unaligned(&remote->word[0]);
		key->remote_low = get_unaligned(&remote->word[1]);
	} else {
		return false;
	}
	local = ports[comes];
	if (cordon_kept_flow(protocol, 0, 0, false) != socket->plain ||
	    (!comes && local != htons(READ_ONCE(inet_sk(socket->sk)->inet_num))))
		return false;
	key->flow = cordon_kept_flow(protocol, local, ports[!comes],
				     comes && is_foreign(skb));
	if (cordon_net_is_listening(socket->sk))
		key->flow |= CORDON_KEPT_LISTENS;
	return true;
}

/*
 * On a kernel made for finding mistakes: do the others say the same?  But for
 * what the socket does meanwhile: nobody has locked it.
 */
static void check(const struct cordon_kept_key *simple, const struct sock *sk,
		  const struct sk_buff *skb, enum cordon_way way)
{
	struct cordon_kept_key key;
	struct cordon_net_ends ends;
	bool is_whole = packet_ends(&ends, sk, skb, way);

	cordon_net_key(&key, simple->who, false, &ends);
	key.place = simple->place;
	key.flow |= simple->flow & CORDON_KEPT_LISTENS;
	key.flow &= simple->flow | ~CORDON_KEPT_LISTENS;
	WARN_ONCE(!is_whole || !cordon_kept_key_same(simple, &key),
		  "a packet of protocol %u is read in two ways\n",
		  ends.protocol);
}

static noinline bool is_kept_of(const struct cordon_socket *socket, u64 who,
				const struct sock *sk,
				const struct sk_buff *skb, enum cordon_way way)
{
	struct cordon_net_ends ends;

	return packet_ends(&ends, sk, skb, way) &&
	       cordon_kept_answers(socket, way, who, &ends);
}

/* Is a packet of a socket answered by what is kept?  Context: RCU. */
static __always_inline bool is_kept(const struct cordon_socket *socket,
				    const struct sock *sk,
				    const struct sk_buff *skb,
				    enum cordon_way way)
{
	const u64 word = READ_ONCE(cordon_generation_word);
	struct cordon_kept_key key;

	key.who = cordon_label_who(cordon_socket_label(socket));
	if (!cordon_who_is_of(key.who, word))
		return false;
	if (unlikely(word & CORDON_GENERATION_INTERFACES) ||
	    !simple_key(&key, socket, skb, way))
		return is_kept_of(socket, key.who, sk, skb, way);
	key.place = cordon_segment_epoch();
	if (IS_ENABLED(CONFIG_KASAN))
		check(&key, sk, skb, way);
	return cordon_kept_holds(&socket->kept[cordon_kept_slot(way,
					sk->sk_protocol == IPPROTO_TCP, &key)],
				 &key);
}

/* --- judging ------------------------------------------------------------------ */

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

/**
 * cordon_packet_is_answered - need nobody judge a packet that comes
 * @sk: struct sock
 * @skb: struct sk_buff
 *
 * Context: any; there is a policy.
 */
bool cordon_packet_is_answered(unsigned long sk, unsigned long skb)
{
	const struct cordon_socket *socket;
	bool is_answered = true;

	if (!cordon_net_is_inet((struct sock *)sk))
		return true;
	rcu_read_lock_sched_notrace();
	socket = cordon_socket_find((struct sock *)sk);
	if (socket)
		is_answered = is_kept(socket, (struct sock *)sk,
				      (struct sk_buff *)skb, CORDON_WAY_IN);
	rcu_read_unlock_sched_notrace();
	return is_answered;
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
	long result;

	if (!cordon_net_is_inet(sk))
		return 0;
	socket = cordon_socket_find(sk);
	if (!socket || !owner_get(&actor, socket))
		return 0;
	if (unlikely(!packet_ends(&ends, sk, skb, CORDON_WAY_IN)))
		return cordon_net_judge_malformed(&actor, &socket->owner,
						  socket, CORDON_WAY_IN, &ends);
	result = cordon_net_judge_flow(&actor, &socket->owner, socket,
				       CORDON_WAY_IN, &ends);
	if (unlikely(result) && is_request(sk, skb) &&
	    cordon_policy_rejects(actor.generation->policy,
				  actor.subject.workload))
		cordon_reject_send(skb);
	return result;
}

static long output_judge(struct cordon_socket *socket, const struct sock *sk,
			 const struct sk_buff *skb)
{
	struct cordon_net_ends ends;
	struct cordon_actor actor;

	if (!owner_get(&actor, socket))
		return 0;
	if (unlikely(!packet_ends(&ends, sk, skb, CORDON_WAY_OUT)))
		return cordon_net_judge_malformed(&actor, &socket->owner,
						  socket, CORDON_WAY_OUT,
						  &ends);
	if (!is_own(&ends, sk))
		return 0;
	return cordon_net_judge_flow(&actor, &socket->owner, socket,
				     CORDON_WAY_OUT, &ends);
}

/* Who judges needs more of an entry than RCU keeps. */
static noinline bool output_ask(const struct sock *sk,
				const struct sk_buff *skb)
{
	struct cordon_socket *socket;
	long result = 0;
	int srcu;

	if (!cordon_generation_active() || !cordon_net_is_inet(sk))
		return true;
	srcu = srcu_read_lock(&cordon_srcu);
	socket = cordon_socket_find(sk);
	if (socket)
		result = output_judge(socket, sk, skb);
	srcu_read_unlock(&cordon_srcu, srcu);
	return !result;
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
	const struct sock *sk = skb_to_full_sk(skb);
	const struct cordon_socket *socket;

	if (!sk)
		return true;
	/* What has an entry is a full socket. */
	socket = cordon_socket_find(sk);
	if (likely(!socket) || is_kept(socket, sk, skb, CORDON_WAY_OUT))
		return true;
	return output_ask(sk, skb);
}
