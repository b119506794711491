// SPDX-License-Identifier: GPL-2.0-only
#include <linux/in.h>
#include <linux/net.h>
#include <linux/rcupdate.h>
#include <linux/sched.h>
#include <linux/socket.h>
#include <linux/spinlock.h>
#include <net/inet_sock.h>
#include <net/sock.h>

#include "generation.h"
#include "label.h"
#include "measure.h"
#include "net_judge.h"
#include "net_kept.h"

static void kept_copy(struct cordon_kept *to, const struct cordon_kept *from)
{
	to->key = from->key;
	to->until = from->until;
	to->is_brief = from->is_brief;
}

/**
 * cordon_kept_init - before a socket's entry is seen by others
 * @socket: the entry
 * @from: NULL, or one for which the same verdicts hold
 *
 * Context: any; under cordon_srcu, or the lock of @from.
 */
void cordon_kept_init(struct cordon_socket *socket,
		      const struct cordon_socket *from)
{
	unsigned int sequence;
	unsigned int slot;

	for (slot = 0; slot < CORDON_KEPT_SLOTS; slot++) {
		socket->kept[slot].key.who = 0;
		if (!from || !READ_ONCE(from->kept[slot].key.who))
			continue;
		sequence = raw_read_seqcount(&from->kept[slot].sequence);
		kept_copy(&socket->kept[slot], &from->kept[slot]);
		/* What is accepted goes on with what let its SYN in. */
		socket->kept[slot].key.flow &= ~CORDON_KEPT_LISTENS;
		if (sequence & 1 ||
		    read_seqcount_retry(&from->kept[slot].sequence, sequence))
			socket->kept[slot].key.who = 0;
	}
}

/**
 * cordon_kept_put - remember what has been let pass
 * @socket: the entry
 * @slot: cordon_kept_slot()
 * @kept: what, and how long it is good for
 *
 * Context: any; under cordon_srcu.
 */
void cordon_kept_put(struct cordon_socket *socket, u32 slot,
		     const struct cordon_kept *kept)
{
	struct cordon_kept *place = &socket->kept[slot];
	unsigned long flags;

	spin_lock_irqsave(&socket->lock, flags);
	raw_write_seqcount_begin(&place->sequence);
	kept_copy(place, kept);
	raw_write_seqcount_end(&place->sequence);
	spin_unlock_irqrestore(&socket->lock, flags);
}

/**
 * cordon_kept_forget - a socket is put to another use
 * @socket: the entry
 *
 * Context: any; under cordon_srcu.
 */
void cordon_kept_forget(struct cordon_socket *socket)
{
	const struct cordon_kept none = { };
	u32 slot;

	for (slot = 0; slot < CORDON_KEPT_SLOTS; slot++)
		if (READ_ONCE(socket->kept[slot].key.who))
			cordon_kept_put(socket, slot, &none);
}

/**
 * cordon_kept_answers - has the same been let pass before, and would be still
 * @socket: the entry
 * @way: which way
 * @who: whose it is, or who uses it; of the generation in force or another
 * @ends: the flow
 *
 * Context: any; under cordon_srcu or RCU.
 */
bool cordon_kept_answers(const struct cordon_socket *socket,
			 enum cordon_way way, u64 who,
			 const struct cordon_net_ends *ends)
{
	const u64 word = READ_ONCE(cordon_generation_word);
	struct cordon_kept_key key;

	if (!cordon_who_is_of(who, word))
		return false;
	cordon_net_key(&key, who, word & CORDON_GENERATION_INTERFACES, ends);
	return cordon_kept_holds(&socket->kept[cordon_kept_slot(way,
					cordon_net_is_stream(ends->protocol),
					&key)], &key);
}

/* --- asked by the callback --------------------------------------------------------- */

/**
 * struct call - a call on a socket, as it is asked about
 * @sk: the socket
 * @socket: its entry
 * @who: current
 * @word: of the generation in force
 */
struct call {
	const struct sock *sk;
	const struct cordon_socket *socket;
	u64 who;
	u64 word;
};

/* Who current is; perhaps of another generation than that in force. */
static __always_inline u64 who_is_current(u64 word)
{
	const struct cordon_label *label = cordon_label_get(current);

	if (likely(label))
		return cordon_label_who(label);
	if ((u8)word == CORDON_GENERATION_HOST &&
	    !cordon_label_is_exempt(current))
		return READ_ONCE(cordon_generation_host);
	return cordon_who_pack(word >> 32, CORDON_NONE, CORDON_NONE);
}

/*
 * Who calls.  False: nothing more is to be asked, and what is returned stands in
 * @is_answered.
 *
 * Context: RCU.
 */
static __always_inline bool call_begin(struct call *call, unsigned long sock,
				       bool *is_answered)
{
	call->word = READ_ONCE(cordon_generation_word);
	call->who = who_is_current(call->word);
	*is_answered = false;
	if (unlikely(!cordon_who_is_of(call->who, call->word)))
		return false;
	*is_answered = cordon_who_is_nobody(call->who);
	if (*is_answered)
		return false;
	call->sk = ((struct socket *)sock)->sk;
	return true;
}

/* On what; only some families are asked about it. */
static __always_inline bool call_find(struct call *call)
{
	call->socket = cordon_socket_find(call->sk);
	return call->socket;
}

static noinline bool is_kept_to(const struct sock *sk,
				const struct cordon_socket *socket, u64 who,
				enum cordon_way way,
				const struct sockaddr *address, int length)
{
	struct cordon_net_ends ends;

	if (!address)
		cordon_net_ends_of_socket(&ends, sk);
	else if (!cordon_net_ends_to(&ends, sk, address, length))
		return false;
	return cordon_kept_answers(socket, way, who, &ends);
}

/*
 * Most flows are of TCP or UDP over IPv4, and worth not to be described at
 * length.
 */
static __always_inline bool is_kept(const struct call *call,
				    enum cordon_way way,
				    const struct sockaddr *address, int length)
{
	const struct sockaddr_in *in = (const struct sockaddr_in *)address;
	const struct inet_sock *inet = inet_sk(call->sk);
	struct cordon_kept_key key;
	__be32 remote;
	__be16 port;

	if (call->socket->plain == CORDON_KEPT_NOT_PLAIN ||
	    call->sk->sk_family != AF_INET)
		return is_kept_to(call->sk, call->socket, call->who,
				  way, address, length);
	if (!in) {
		remote = inet->inet_daddr;
		port = READ_ONCE(inet->inet_dport);
	} else if (length >= (int)sizeof(*in) && in->sin_family == AF_INET) {
		remote = in->sin_addr.s_addr;
		port = in->sin_port;
	} else {
		return is_kept_to(call->sk, call->socket, call->who,
				  way, address, length);
	}
	key.who = call->who;
	key.place = cordon_segment_epoch();
	key.flow = call->socket->plain |
		   cordon_kept_flow(0, htons(READ_ONCE(inet->inet_num)), port,
				    false);
	key.remote_high = 0;
	key.remote_low = cordon_net_word_v4(remote);
	if (call->sk->sk_protocol == IPPROTO_TCP)
		way = CORDON_WAY_OUT;
	return cordon_kept_holds(&call->socket->kept[way * 2], &key);
}

/**
 * cordon_kept_send - need nobody judge this sendmsg
 * @sock: struct socket
 * @msg: struct msghdr
 *
 * Context: any; there is a policy.
 */
bool cordon_kept_send(unsigned long sock, unsigned long msg)
{
	const struct msghdr *message = (const struct msghdr *)msg;
	bool is_answered;
	struct call call;

	rcu_read_lock_sched_notrace();
	if (!call_begin(&call, sock, &is_answered))
		goto out;
	/* A stream is opened by a name, or ignores it: see the judge. */
	if (cordon_net_is_inet(call.sk))
		is_answered = call_find(&call) &&
			      !(message->msg_name &&
				call.sk->sk_type != SOCK_DGRAM) &&
			      is_kept(&call, CORDON_WAY_OUT, message->msg_name,
				      message->msg_namelen);
	else if (call.sk->sk_family == AF_UNIX)
		is_answered = call_find(&call) &&
			      cordon_unix_is_answered(call.socket, call.who);
	else
		is_answered = !cordon_measure_is_any(CORDON_MEASURE_QUARANTINE);
out:
	rcu_read_unlock_sched_notrace();
	return is_answered;
}

/**
 * cordon_kept_receive - need nobody judge this recvmsg
 * @sock: struct socket
 * @unused: the message
 *
 * Context: any; there is a policy.
 */
bool cordon_kept_receive(unsigned long sock, unsigned long unused)
{
	bool is_answered;
	struct call call;

	rcu_read_lock_sched_notrace();
	if (!call_begin(&call, sock, &is_answered))
		goto out;
	/* Datagrams for the owner were judged when they came. */
	if (!cordon_net_is_inet(call.sk))
		is_answered = call.sk->sk_family != AF_UNIX ||
			      (call_find(&call) &&
			       cordon_unix_is_answered(call.socket, call.who));
	else if (!call_find(&call))
		is_answered = false;
	else if (call.sk->sk_type == SOCK_DGRAM)
		is_answered = cordon_label_who(cordon_socket_label(call.socket)) ==
			      call.who;
	else
		is_answered = is_kept(&call, CORDON_WAY_IN, NULL, 0);
out:
	rcu_read_unlock_sched_notrace();
	return is_answered;
}
