// SPDX-License-Identifier: GPL-2.0-only
/*
 * The other end of a flow: is it this host, whose socket is it, which segments
 * is it in.
 *
 * A workload at the other end is known by the label of its socket, which the
 * kernel's own tables find in the same network namespace.
 */
#include <linux/in.h>
#include <linux/rcupdate.h>
#include <linux/tcp.h>
#include <net/addrconf.h>
#include <net/dst.h>
#include <net/inet6_hashtables.h>
#include <net/inet_hashtables.h>
#include <net/net_namespace.h>
#include <net/route.h>
#include <net/udp.h>

#include "compat.h"
#include "generation.h"
#include "label.h"
#include "net_judge.h"
#include "segment.h"

#define LOOPBACK_INDEX	1	/* in every network namespace */

static const struct in6_addr *v6_of(const struct cordon_address *address)
{
	return (const struct in6_addr *)address;
}

static __be32 v4_of(const struct cordon_address *address)
{
	return v6_of(address)->s6_addr32[3];
}

/** cordon_net_is_local - is it an address of this host; context: any */
bool cordon_net_is_local(struct net *net, const struct cordon_address *address)
{
	if (cordon_address_is_loopback(address))
		return true;
	if (cordon_address_is_ipv4(address))
		return inet_addr_type(net, v4_of(address)) == RTN_LOCAL;
	return ipv6_chk_addr(net, v6_of(address), NULL, 0);
}

/**
 * cordon_net_is_own - is it an address of this host, seen from a namespace
 * @net: where it is seen: its own addresses, and those of the first namespace
 * @address: which
 *
 * Context: any.
 */
bool cordon_net_is_own(struct net *net, const struct cordon_address *address)
{
	return cordon_net_is_local(net, address) ||
	       (!net_eq(net, &init_net) &&
		cordon_net_is_local(&init_net, address));
}

/**
 * cordon_net_is_near - has this host an address in the same /64
 * @net: where it is seen
 * @address: of IPv6
 *
 * Context: any.
 */
bool cordon_net_is_near(struct net *net, const struct cordon_address *address)
{
	struct net_device *dev;
	bool is_near = false;

	rcu_read_lock();
	for_each_netdev_rcu(net, dev) {
		is_near = ipv6_chk_custom_prefix(v6_of(address), 64, dev);
		if (is_near)
			break;
	}
	rcu_read_unlock();
	return is_near;
}

/* A workload by the label of a socket; CORDON_NONE without one. */
static u32 workload_of(const struct cordon_policy *policy,
		       const struct sock *sk)
{
	struct cordon_subject subject;
	struct cordon_socket *socket;

	socket = sk ? cordon_socket_find(sk) : NULL;
	if (!socket)
		return CORDON_NONE;
	cordon_label_resolve(cordon_socket_label(socket), policy, &subject);
	return subject.workload;
}

/* The socket that is at the other end of a connection already. */
static struct sock *tcp_established(const struct cordon_net_ends *ends)
{
	if (cordon_address_is_ipv4(&ends->remote))
		return __inet_lookup_established(ends->net,
						 cordon_hashinfo(ends->net)
						 v4_of(&ends->local),
						 htons(ends->local_port),
						 v4_of(&ends->remote),
						 ends->remote_port,
						 LOOPBACK_INDEX, 0);
	return __inet6_lookup_established(ends->net,
					  cordon_hashinfo(ends->net)
					  v6_of(&ends->local),
					  htons(ends->local_port),
					  v6_of(&ends->remote),
					  ends->remote_port, LOOPBACK_INDEX, 0);
}

/* Context: RCU; no reference is taken. */
static struct sock *tcp_listener(const struct cordon_net_ends *ends)
{
	if (cordon_address_is_ipv4(&ends->remote))
		return __inet_lookup_listener(ends->net,
					      cordon_hashinfo(ends->net)
					      NULL, 0, v4_of(&ends->local),
					      htons(ends->local_port),
					      v4_of(&ends->remote),
					      ends->remote_port,
					      LOOPBACK_INDEX, 0);
	return inet6_lookup_listener(ends->net, cordon_hashinfo(ends->net)
				     NULL, 0, v6_of(&ends->local),
				     htons(ends->local_port),
				     v6_of(&ends->remote), ends->remote_port,
				     LOOPBACK_INDEX, 0);
}

static u32 tcp_workload(const struct cordon_policy *policy,
			const struct cordon_net_ends *ends)
{
	struct sock *sk = tcp_established(ends);
	u32 workload;

	if (!sk)
		return workload_of(policy, tcp_listener(ends));
	if (sk->sk_state == TCP_NEW_SYN_RECV)
		workload = workload_of(policy, inet_reqsk(sk)->rsk_listener);
	else
		workload = workload_of(policy, sk);
	sock_gen_put(sk);
	return workload;
}

static u32 udp_workload(const struct cordon_policy *policy,
			const struct cordon_net_ends *ends)
{
	struct sock *sk;
	u32 workload;

	if (cordon_address_is_ipv4(&ends->remote))
		sk = udp4_lib_lookup(ends->net, v4_of(&ends->local),
				     htons(ends->local_port),
				     v4_of(&ends->remote),
				     htons(ends->remote_port), LOOPBACK_INDEX);
	else
		sk = udp6_lib_lookup(ends->net, v6_of(&ends->local),
				     htons(ends->local_port),
				     v6_of(&ends->remote),
				     htons(ends->remote_port), LOOPBACK_INDEX);
	if (!sk)
		return CORDON_NONE;
	workload = workload_of(policy, sk);
	sock_put(sk);
	return workload;
}

static u32 find_workload(const struct cordon_policy *policy,
			 const struct cordon_net_ends *ends)
{
	u32 workload = CORDON_NONE;

	rcu_read_lock();
	if (ends->protocol == IPPROTO_TCP)
		workload = tcp_workload(policy, ends);
	else if (ends->protocol == IPPROTO_UDP)
		workload = udp_workload(policy, ends);
	rcu_read_unlock();
	return workload;
}

/* What is sent to no address goes to this host. */
static void any_is_loopback(struct cordon_address *address)
{
	struct in6_addr *v6 = (struct in6_addr *)address;

	if (ipv6_addr_v4mapped(v6))
		v6->s6_addr32[3] = htonl(INADDR_LOOPBACK);
	else
		*v6 = in6addr_loopback;
}

/*
 * The interface that a connection goes by, where no packet tells.
 * Context: RCU.
 */
static const struct net_device *dev_of(const struct sock *sk)
{
	const struct dst_entry *dst;

	dst = sk ? rcu_dereference(sk->sk_dst_cache) : NULL;
	return dst ? READ_ONCE(dst->dev) : NULL;
}

/**
 * cordon_net_peer_find - find out about the other end of a flow
 * @peer: filled
 * @generation: the policy
 * @ends: the flow
 * @sk: its socket; NULL: it has none that knows its way yet
 * @expires: lowered to when the answer is not good any more
 *
 * Context: any; under cordon_srcu, and RCU if @ends->dev is given.
 */
void cordon_net_peer_find(struct cordon_peer *peer,
			  const struct cordon_generation *generation,
			  const struct cordon_net_ends *ends,
			  const struct sock *sk, u64 *expires)
{
	struct cordon_net_ends real;

	peer->address = ends->remote;
	peer->port = ends->remote_port;
	peer->workload = CORDON_NONE;
	peer->segment_count = 0;
	if (unlikely(cordon_net_is_any(&ends->remote))) {
		real = *ends;
		any_is_loopback(&real.remote);
		ends = &real;
		peer->address = real.remote;
	}
	peer->is_local = !ends->is_foreign &&
			 cordon_net_is_local(ends->net, &ends->remote);
	if (peer->is_local)
		peer->workload = find_workload(generation->policy, ends);
	rcu_read_lock();
	cordon_segment_find(generation, peer, ends->dev ?: dev_of(sk),
			    expires);
	rcu_read_unlock();
}
