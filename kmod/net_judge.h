/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Judging traffic: what calls on sockets and packets have in common.
 */
#ifndef _CORDON_NET_JUDGE_H
#define _CORDON_NET_JUDGE_H

#include <linux/netdevice.h>
#include <linux/types.h>
#include <net/sock.h>
#include <net/tcp_states.h>

#include "engine/net.h"
#include "judge.h"
#include "segment.h"
#include "socket.h"

struct net;
struct sockaddr;

/* An answer beside 0 and -EACCES: denied, but only told, in monitor mode. */
#define CORDON_NET_PASSED 1

/**
 * struct cordon_net_ends - both ends of a flow
 * @net: the namespace it is seen in
 * @dev: the interface it comes or goes by; NULL: not known
 * @is_foreign: it has come in from outside: whoever it says it is from, it is
 *	not from this host
 * @is_listening: the socket waits for others to open streams
 * @protocol: IPPROTO_, that of ICMP for both versions
 * @local: this end
 * @remote: the other one
 * @local_port: host byte order; 0: none
 * @remote_port: likewise
 */
struct cordon_net_ends {
	struct net *net;
	const struct net_device *dev;
	bool is_foreign;
	bool is_listening;
	u8 protocol;
	struct cordon_address local;
	struct cordon_address remote;
	u16 local_port;
	u16 remote_port;
};

/**
 * cordon_net_key - what a verdict on a flow depends on
 * @key: filled
 * @who: whose socket it is, or who uses it
 * @has_interfaces: segments hold interfaces: only then does it matter which
 * @ends: the flow
 *
 * Context: any; the epoch is read before segments are, so that a change in
 * between is seen as one.
 */
static inline void cordon_net_key(struct cordon_kept_key *key, u64 who,
				  bool has_interfaces,
				  const struct cordon_net_ends *ends)
{
	key->who = who;
	key->remote_high = ends->remote.word[0];
	key->remote_low = ends->remote.word[1];
	key->place = cordon_segment_epoch();
	if (has_interfaces && ends->dev)
		key->place |= (u64)ends->dev->ifindex << 32;
	key->flow = cordon_kept_flow(ends->protocol, htons(ends->local_port),
				     htons(ends->remote_port),
				     ends->is_foreign);
	if (ends->is_listening)
		key->flow |= CORDON_KEPT_LISTENS;
}

/** cordon_net_word_v4 - the second word of an address of IPv4; the first is 0 */
static inline u64 cordon_net_word_v4(__be32 v4)
{
	const u64 word = (__force u32)v4;

	return cordon_big64(0x0000ffff00000000ull) |
	       (IS_ENABLED(CONFIG_CPU_BIG_ENDIAN) ? word : word << 32);
}

/** cordon_net_address_v4 - an address of IPv4 in the form of both */
static inline void cordon_net_address_v4(struct cordon_address *address,
					 __be32 v4)
{
	address->word[0] = 0;
	address->word[1] = cordon_net_word_v4(v4);
}

/** cordon_net_is_inet - is it a socket of IPv4 or IPv6 */
static inline bool cordon_net_is_inet(const struct sock *sk)
{
	return sk->sk_family == AF_INET || sk->sk_family == AF_INET6;
}

/** cordon_net_is_listening - does it wait for others to open streams */
static inline bool cordon_net_is_listening(const struct sock *sk)
{
	return READ_ONCE(sk->sk_state) == TCP_LISTEN;
}

/* net_address.c: reading sockets and addresses */
bool cordon_net_is_kernel(const struct sock *sk);
bool cordon_net_is_stream(u8 protocol);
u8 cordon_net_protocol(const struct sock *sk);
void cordon_net_ends_of_socket(struct cordon_net_ends *ends,
			       const struct sock *sk);
bool cordon_net_ends_to(struct cordon_net_ends *ends, const struct sock *sk,
			const struct sockaddr *address, int length);
bool cordon_net_is_own_port(struct net *net, u16 port);
bool cordon_net_is_any(const struct cordon_address *address);

/* net_peer.c: the other end */
bool cordon_net_is_local(struct net *net, const struct cordon_address *address);
bool cordon_net_is_own(struct net *net, const struct cordon_address *address);
bool cordon_net_is_near(struct net *net, const struct cordon_address *address);
void cordon_net_peer_find(struct cordon_peer *peer,
			  const struct cordon_generation *generation,
			  const struct cordon_net_ends *ends,
			  const struct sock *sk, u64 *expires);

/* net_reply.c: who has spoken to whom */
void cordon_net_reply_note(const struct sock *sk,
			   const struct cordon_net_ends *ends);
bool cordon_net_reply_until(const struct sock *sk,
			    const struct cordon_net_ends *ends,
			    unsigned long *until);
void cordon_net_reply_init(void);

/* net_judge.c */
long cordon_net_judge_connect(const struct cordon_actor *actor,
			      struct cordon_socket *socket,
			      const struct cordon_net_ends *ends);
long cordon_net_judge_listen(const struct cordon_actor *actor,
			     const struct cordon_net_ends *ends);
long cordon_net_judge_flow(const struct cordon_actor *actor,
			   const struct cordon_event_owner *owner,
			   struct cordon_socket *socket,
			   enum cordon_way way,
			   const struct cordon_net_ends *ends);
long cordon_net_judge_malformed(const struct cordon_actor *actor,
				const struct cordon_event_owner *owner,
				const struct cordon_socket *socket,
				enum cordon_way way,
				const struct cordon_net_ends *ends);

/* net_unix.c: what net_call.c leaves to it */
long cordon_unix_connect(struct cordon_socket *socket,
			 struct cordon_socket_target *target);
bool cordon_unix_is_answered(const struct cordon_socket *socket, u64 who);
long cordon_unix_use(const struct cordon_actor *actor,
		     struct cordon_socket *socket);

#endif /* _CORDON_NET_JUDGE_H */
