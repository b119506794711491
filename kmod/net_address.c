// SPDX-License-Identifier: GPL-2.0-only
/*
 * Reading sockets, and the addresses that system calls are given.
 */
#include <linux/in.h>
#include <linux/in6.h>
#include <linux/socket.h>
#include <linux/string.h>
#include <net/inet_sock.h>
#include <net/ipv6.h>
#include <net/ip.h>
#include <net/sock.h>

#include "net_judge.h"

/** cordon_net_is_kernel - does the kernel use it for itself, as NFS does */
bool cordon_net_is_kernel(const struct sock *sk)
{
	return sk->sk_kern_sock;
}

/** cordon_net_is_stream - does somebody open what is spoken by it */
bool cordon_net_is_stream(u8 protocol)
{
	return protocol == IPPROTO_TCP || protocol == IPPROTO_DCCP;
}

/** cordon_net_protocol - what rules call a socket's protocol */
u8 cordon_net_protocol(const struct sock *sk)
{
	switch (sk->sk_protocol) {
	case IPPROTO_MPTCP:
		return IPPROTO_TCP;
	case IPPROTO_ICMPV6:
		return IPPROTO_ICMP;
	}
	return cordon_net_is_inet(sk) ? sk->sk_protocol : 0;
}

/** cordon_net_is_any - 0.0.0.0 or :: */
bool cordon_net_is_any(const struct cordon_address *address)
{
	const struct in6_addr *v6 = (const struct in6_addr *)address;

	return ipv6_addr_any(v6) ||
	       (ipv6_addr_v4mapped(v6) && !v6->s6_addr32[3]);
}

/**
 * cordon_net_ends_of_socket - both ends of a socket, as far as it has them
 * @ends: filled
 * @sk: of any family; others than inet and inet6 have none
 *
 * Context: any; nothing is locked, so that what changes may be half old.
 */
void cordon_net_ends_of_socket(struct cordon_net_ends *ends,
			       const struct sock *sk)
{
	const struct inet_sock *inet = inet_sk(sk);

	*ends = (struct cordon_net_ends){ .net = sock_net(sk) };
	if (!cordon_net_is_inet(sk))
		return;
	ends->protocol = cordon_net_protocol(sk);
	ends->is_listening = cordon_net_is_listening(sk);
	if (sk->sk_type != SOCK_RAW) {
		ends->local_port = READ_ONCE(inet->inet_num);
		ends->remote_port = ntohs(READ_ONCE(inet->inet_dport));
	}
	if (sk->sk_family == AF_INET) {
		cordon_net_address_v4(&ends->local, inet->inet_rcv_saddr);
		cordon_net_address_v4(&ends->remote, inet->inet_daddr);
		return;
	}
	memcpy(&ends->local, &sk->sk_v6_rcv_saddr, sizeof(ends->local));
	memcpy(&ends->remote, &sk->sk_v6_daddr, sizeof(ends->remote));
}

/**
 * cordon_net_ends_to - the same, with the other end that a call names
 * @ends: filled
 * @sk: of inet or inet6
 * @address: in kernel memory
 * @length: its size in bytes
 *
 * Context: any.
 * Return: false if this is no address that the kernel would take either.
 */
bool cordon_net_ends_to(struct cordon_net_ends *ends, const struct sock *sk,
			const struct sockaddr *address, int length)
{
	const struct sockaddr_in6 *in6 = (const struct sockaddr_in6 *)address;
	const struct sockaddr_in *in = (const struct sockaddr_in *)address;

	cordon_net_ends_of_socket(ends, sk);
	if (length < (int)sizeof(address->sa_family))
		return false;
	/* UDP takes AF_UNSPEC for AF_INET, on a socket of that. */
	if (address->sa_family == AF_INET ||
	    (address->sa_family == AF_UNSPEC && sk->sk_family == AF_INET)) {
		if (length < (int)sizeof(*in))
			return false;
		cordon_net_address_v4(&ends->remote, in->sin_addr.s_addr);
		ends->remote_port = ntohs(in->sin_port);
	} else if (address->sa_family == AF_INET6 &&
		   sk->sk_family == AF_INET6) {
		if (length < SIN6_LEN_RFC2133)
			return false;
		memcpy(&ends->remote, &in6->sin6_addr, sizeof(ends->remote));
		ends->remote_port = ntohs(in6->sin6_port);
	} else {
		return false;
	}
	if (sk->sk_type == SOCK_RAW)
		ends->remote_port = 0;
	return true;
}

/**
 * cordon_net_is_own_port - does nobody get this port by chance
 * @net: in which namespace
 * @port: host byte order
 *
 * A guess at who opened a stream that was there before: who connects lets the
 * kernel choose a port, who waits for others does not.
 *
 * Context: any.
 */
bool cordon_net_is_own_port(struct net *net, u16 port)
{
	int low;
	int high;

	inet_get_local_port_range(net, &low, &high);
	return port < low || port > high;
}
