/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Judging traffic: what calls on sockets and packets have in common.
 */
#ifndef _CORDON_NET_JUDGE_H
#define _CORDON_NET_JUDGE_H

#include <linux/types.h>

#include "engine/net.h"
#include "judge.h"
#include "socket.h"

struct net;
struct net_device;
struct sock;
struct sockaddr;

/* An answer beside 0 and -EACCES: denied, but only told, in monitor mode. */
#define CORDON_NET_PASSED 1

/**
 * struct cordon_net_ends - both ends of a flow
 * @net: the namespace it is seen in
 * @dev: the interface it comes or goes by; NULL: not known
 * @is_foreign: it has come in from outside: whoever it says it is from, it is
 *	not from this host
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
	u8 protocol;
	struct cordon_address local;
	struct cordon_address remote;
	u16 local_port;
	u16 remote_port;
};

/* net_address.c: reading sockets and addresses */
bool cordon_net_is_inet(const struct sock *sk);
bool cordon_net_is_kernel(const struct sock *sk);
bool cordon_net_is_stream(u8 protocol);
u8 cordon_net_protocol(const struct sock *sk);
void cordon_net_ends_of_socket(struct cordon_net_ends *ends,
			       const struct sock *sk);
bool cordon_net_ends_to(struct cordon_net_ends *ends, const struct sock *sk,
			const struct sockaddr *address, int length);
void cordon_net_address_v4(struct cordon_address *address, __be32 v4);
bool cordon_net_is_any(const struct cordon_address *address);

/* net_peer.c: the other end */
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
			   enum cordon_socket_way way,
			   const struct cordon_net_ends *ends);
long cordon_net_judge_malformed(const struct cordon_actor *actor,
				const struct cordon_event_owner *owner,
				enum cordon_socket_way way,
				const struct cordon_net_ends *ends);
bool cordon_net_is_kept(const struct cordon_socket *socket,
			enum cordon_socket_way way,
			const struct cordon_socket_key *key,
			bool *was_accepted);
void cordon_net_keep(struct cordon_socket *socket, enum cordon_socket_way way,
		     const struct cordon_socket_verdict *verdict);

void cordon_net_keep_briefly(struct cordon_socket_verdict *verdict);

/* net_unix.c: what net_call.c leaves to it */
long cordon_unix_connect(struct cordon_socket *socket,
			 struct cordon_socket_target *target);
long cordon_unix_use(const struct cordon_actor *actor,
		     struct cordon_socket *socket);

#endif /* _CORDON_NET_JUDGE_H */
