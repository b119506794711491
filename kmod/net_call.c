// SPDX-License-Identifier: GPL-2.0-only
/*
 * Calls on sockets: judged by who makes them, whoever the socket was made by.
 *
 * A socket that nobody owns yet is adopted by the first member that uses it:
 * it was open before the policy came, or was handed over by the first process
 * or by the host.
 */
#include <linux/errno.h>
#include <linux/in.h>
#include <linux/net.h>
#include <linux/sched.h>
#include <linux/socket.h>
#include <net/inet_sock.h>
#include <net/sock.h>

#include "engine/net_pattern.h"
#include "engine/respond.h"
#include "generation.h"
#include "handlers.h"
#include "hook.h"
#include "label.h"
#include "net_judge.h"

#define SOCKET_TEXT	64

static struct cordon_label *label_of(const struct cordon_actor *actor)
{
	return actor->label ?: cordon_socket_host_label();
}

static int take(const struct cordon_actor *actor, struct sock *sk,
		enum cordon_flow_state state, gfp_t gfp)
{
	struct cordon_event_owner owner;

	cordon_event_owner_current(&owner);
	return cordon_socket_set(sk, label_of(actor), state, &owner, gfp);
}

/*
 * Who calls.  False: nobody that is judged; a kernel's own socket, which is
 * used in a member's call by chance, is not the member's.
 */
static bool actor_of_call(struct cordon_actor *actor, const struct sock *sk)
{
	return !cordon_net_is_kernel(sk) && cordon_actor_get(actor);
}

/* The entry; made where there is none. */
static struct cordon_socket *entry_of(const struct cordon_actor *actor,
				      struct sock *sk)
{
	struct cordon_socket *socket = cordon_socket_find(sk);

	if (likely(socket))
		return socket;
	if (take(actor, sk, cordon_net_is_listening(sk) ? CORDON_FLOW_LISTENING :
		 CORDON_FLOW_OPEN, GFP_KERNEL_ACCOUNT))
		return NULL;
	return cordon_socket_find(sk);
}

/*
 * Is it a family whose packets nobody judges one by one, of a workload that is
 * in quarantine?  Unix sockets and netlink leave no host.
 */
static bool is_cut(const struct cordon_actor *actor, int family,
		   struct cordon_verdict *verdict)
{
	const struct cordon_cut cut = { .quarantined = true };

	if (family == AF_UNIX || family == AF_NETLINK || family == AF_INET ||
	    family == AF_INET6 ||
	    !cordon_generation_is_quarantined(actor->generation,
					      actor->subject.workload))
		return false;
	return cordon_policy_decide_cut(actor->generation->policy,
					actor->subject.workload,
					CORDON_OP_SOCKET, NULL, cut, verdict);
}

/* security_socket_create(): (int family, int type, int protocol, int kern) */
long cordon_call_create(const unsigned long *arg)
{
	char text[SOCKET_TEXT];
	struct cordon_object object = {
		.kind = CORDON_OBJECT_SOCKET,
		.path = text,
	};
	struct cordon_verdict verdict;
	struct cordon_actor actor;

	if ((int)arg[3] || !cordon_actor_get(&actor))
		return 0;
	if (!is_cut(&actor, (int)arg[0], &verdict))
		cordon_policy_decide_socket(actor.generation->policy,
					    &actor.subject, (int)arg[0],
					    (int)arg[1], (int)arg[2],
					    &verdict);
	if (verdict.action != CORDON_ACTION_ALLOW)
		object.length = cordon_socket_print(text, sizeof(text),
						    (int)arg[0], (int)arg[1],
						    (int)arg[2]);
	return cordon_judge_answer(&actor, &object, &verdict);
}

/*
 * security_socket_post_create(): (struct socket *, int family, int type, int
 * protocol, int kern).  Of what the kernel makes for itself a stream of TCP, in
 * a member's call, is a part of the member's multipath one.
 */
long cordon_call_created(const unsigned long *arg)
{
	struct socket *sock = (struct socket *)arg[0];
	struct cordon_actor actor;

	if (!cordon_actor_get(&actor))
		return 0;
	if ((int)arg[4] && (!actor.label || (int)arg[3] != IPPROTO_TCP))
		return 0;
	return take(&actor, sock->sk, CORDON_FLOW_OPEN, GFP_KERNEL_ACCOUNT);
}

/* security_socket_bind(): (struct socket *, struct sockaddr *, int length) */
long cordon_call_bind(const unsigned long *arg)
{
	struct sock *sk = ((struct socket *)arg[0])->sk;
	struct cordon_net_ends named;
	struct cordon_net_ends ends;
	struct cordon_actor actor;

	if (!cordon_net_is_inet(sk) || !actor_of_call(&actor, sk))
		return 0;
	if (!entry_of(&actor, sk))
		return -ENOMEM;
	/* A raw socket's "port" is a protocol, that of ICMP an identifier. */
	if (cordon_net_is_stream(cordon_net_protocol(sk)) ||
	    sk->sk_type == SOCK_RAW ||
	    cordon_net_protocol(sk) == IPPROTO_ICMP ||
	    !cordon_net_ends_to(&named, sk, (struct sockaddr *)arg[1],
				(int)arg[2]) || !named.remote_port)
		return 0;
	cordon_net_ends_of_socket(&ends, sk);
	ends.local = named.remote;
	ends.local_port = named.remote_port;
	return cordon_net_judge_listen(&actor, &ends);
}

/* security_socket_listen(): (struct socket *, int backlog) */
long cordon_call_listen(const unsigned long *arg)
{
	struct sock *sk = ((struct socket *)arg[0])->sk;
	struct cordon_socket *socket;
	struct cordon_net_ends ends;
	struct cordon_actor actor;
	long result;

	if (!actor_of_call(&actor, sk))
		return 0;
	socket = entry_of(&actor, sk);
	if (!socket)
		return -ENOMEM;
	if (!cordon_net_is_inet(sk))
		return 0;
	cordon_net_ends_of_socket(&ends, sk);
	result = cordon_net_judge_listen(&actor, &ends);
	if (!result)
		WRITE_ONCE(socket->is_anywhere, !ends.local_port);
	return result;
}

/* security_socket_accept(): (struct socket *, struct socket *new) */
long cordon_call_accept(const unsigned long *arg)
{
	struct sock *sk = ((struct socket *)arg[0])->sk;
	struct cordon_socket *socket;
	struct cordon_net_ends ends;
	struct cordon_actor actor;

	if (!actor_of_call(&actor, sk))
		return 0;
	socket = entry_of(&actor, sk);
	if (!socket)
		return -ENOMEM;
	if (!cordon_net_is_inet(sk))
		return 0;
	cordon_net_ends_of_socket(&ends, sk);
	/* Where the kernel has chosen the port, that was allowed, not this. */
	if (READ_ONCE(socket->is_anywhere))
		ends.local_port = 0;
	return cordon_net_judge_listen(&actor, &ends);
}

/*
 * security_sock_graft(): (struct sock *, struct socket *): what was accepted
 * gets the label of who accepts.  There is no way to fail: what cannot be
 * labelled is shut.
 *
 * Context: atomic; current accepts.
 */
long cordon_call_graft(const unsigned long *arg)
{
	struct sock *sk = (struct sock *)arg[0];
	struct cordon_actor actor;

	if (!actor_of_call(&actor, sk) ||
	    !take(&actor, sk, CORDON_FLOW_INBOUND, GFP_ATOMIC | __GFP_NOWARN))
		return 0;
	pr_err_ratelimited("no memory to label a connection that pid %d accepts; it is shut, since it would be free\n",
			   task_pid_nr(current));
	WRITE_ONCE(sk->sk_shutdown, SHUTDOWN_MASK);
	WRITE_ONCE(sk->sk_err, ENOMEM);
	return 0;
}

static long connect_inet(const struct cordon_actor *actor,
			 struct cordon_socket *socket, struct sock *sk,
			 const struct sockaddr *address, int length)
{
	struct cordon_net_ends ends;
	long result;

	/* It is dissolved. */
	if (length >= (int)sizeof(address->sa_family) &&
	    address->sa_family == AF_UNSPEC)
		return 0;
	if (!cordon_net_ends_to(&ends, sk, address, length))
		return 0;
	result = cordon_net_judge_connect(actor, socket, &ends);
	/* Another may be there by now, at the same address. */
	if (cordon_net_is_stream(ends.protocol))
		cordon_kept_forget(socket);
	/* Not where the kernel will refuse because there is a peer already. */
	if (!result && (sk->sk_state == TCP_CLOSE ||
			!cordon_net_is_stream(ends.protocol)))
		WRITE_ONCE(socket->state, CORDON_FLOW_OUTBOUND);
	return result;
}

/* security_socket_connect(): (struct socket *, struct sockaddr *, int length) */
long cordon_call_connect(const unsigned long *arg)
{
	const struct sockaddr *address = (const struct sockaddr *)arg[1];
	struct sock *sk = ((struct socket *)arg[0])->sk;
	struct cordon_socket *socket;
	struct cordon_actor actor;

	if (!actor_of_call(&actor, sk))
		return 0;
	socket = entry_of(&actor, sk);
	if (!socket)
		return -ENOMEM;
	if (cordon_net_is_inet(sk))
		return connect_inet(&actor, socket, sk, address, (int)arg[2]);
	if (sk->sk_family == AF_UNIX)
		return cordon_unix_connect(socket, cordon_hook_prepared(arg));
	return 0;
}

/* Does somebody use a socket that is his own? */
static bool is_owner(const struct cordon_actor *actor,
		     const struct cordon_socket *socket)
{
	struct cordon_label *label = cordon_socket_label(socket);
	struct cordon_subject subject;

	if (likely(label == label_of(actor)))
		return true;
	cordon_label_resolve(label, actor->generation->policy, &subject);
	return subject.workload == actor->subject.workload &&
	       subject.program == actor->subject.program;
}

/* Other families are judged when a socket is made. */
static bool is_judged_in_use(const struct sock *sk)
{
	return cordon_net_is_inet(sk) || sk->sk_family == AF_UNIX;
}

/* A flow that is there: by whoever uses it now. */
static long use_inet(const struct cordon_actor *actor,
		     struct cordon_socket *socket, struct sock *sk,
		     enum cordon_way way)
{
	struct cordon_net_ends ends;

	cordon_net_ends_of_socket(&ends, sk);
	if (cordon_net_is_any(&ends.remote)) {
		/*
		 * Nobody is at the other end; who waits there for datagrams
		 * needs a right.
		 */
		if (way == CORDON_WAY_OUT || !ends.local_port ||
		    sk->sk_type == SOCK_RAW ||
		    cordon_net_is_stream(ends.protocol))
			return 0;
		return cordon_net_judge_listen(actor, &ends);
	}
	/*
	 * A stream that was reset before it was accepted has lost its port, by
	 * which it would be judged.  Nothing comes or goes by it any more.
	 */
	if (!ends.local_port && sk->sk_state == TCP_CLOSE &&
	    cordon_net_is_stream(ends.protocol) && is_owner(actor, socket))
		return 0;
	return cordon_net_judge_flow(actor, NULL, socket, way, &ends);
}

static long send_inet(const struct cordon_actor *actor,
		      struct cordon_socket *socket, struct sock *sk,
		      const struct msghdr *msg)
{
	const struct sockaddr *address = msg->msg_name;
	struct cordon_net_ends ends;

	/* Only fast open connects a stream like this; else a name is ignored. */
	if (cordon_net_is_stream(cordon_net_protocol(sk))) {
		if (address && msg->msg_flags & MSG_FASTOPEN)
			return connect_inet(actor, socket, sk, address,
					    msg->msg_namelen);
		return use_inet(actor, socket, sk, CORDON_WAY_OUT);
	}
	/* On a socket of IPv6 AF_UNSPEC means none. */
	if (!address || (sk->sk_family == AF_INET6 &&
			 msg->msg_namelen >= (int)sizeof(sa_family_t) &&
			 address->sa_family == AF_UNSPEC))
		return use_inet(actor, socket, sk, CORDON_WAY_OUT);
	if (!cordon_net_ends_to(&ends, sk, address, msg->msg_namelen))
		return 0;
	/* What a raw socket sends may say otherwise: see the packet. */
	if (sk->sk_type == SOCK_RAW && ends.protocol == IPPROTO_RAW)
		return 0;
	return cordon_net_judge_flow(actor, NULL, socket, CORDON_WAY_OUT,
				     &ends);
}

/* On a socket that was judged when it was made. */
static long send_other(const struct sock *sk)
{
	char text[SOCKET_TEXT];
	struct cordon_object object = {
		.kind = CORDON_OBJECT_SOCKET,
		.path = text,
	};
	struct cordon_verdict verdict;
	struct cordon_actor actor;

	if (!actor_of_call(&actor, sk) ||
	    !is_cut(&actor, sk->sk_family, &verdict))
		return 0;
	object.length = cordon_socket_print(text, sizeof(text), sk->sk_family,
					    sk->sk_type, sk->sk_protocol);
	return cordon_judge_answer(&actor, &object, &verdict);
}

/* security_socket_sendmsg(): (struct socket *, struct msghdr *, int size) */
long cordon_call_send(const unsigned long *arg)
{
	const struct msghdr *msg = (const struct msghdr *)arg[1];
	struct sock *sk = ((struct socket *)arg[0])->sk;
	struct cordon_socket *socket;
	struct cordon_actor actor;

	if (!is_judged_in_use(sk))
		return send_other(sk);
	if (!actor_of_call(&actor, sk))
		return 0;
	socket = entry_of(&actor, sk);
	if (!socket)
		return -ENOMEM;
	if (cordon_net_is_inet(sk))
		return send_inet(&actor, socket, sk, msg);
	if (msg->msg_name && sk->sk_type == SOCK_DGRAM)
		return cordon_unix_connect(socket, cordon_hook_prepared(arg));
	return cordon_unix_use(&actor, socket);
}

/*
 * inet_sendpage(): (struct socket *, struct page *, int offset, size_t, int
 * flags): splice() and sendfile(), which ask no LSM.
 */
long cordon_call_send_page(const unsigned long *arg)
{
	struct sock *sk = ((struct socket *)arg[0])->sk;
	struct cordon_socket *socket;
	struct cordon_actor actor;

	if (!cordon_net_is_inet(sk) || !actor_of_call(&actor, sk))
		return 0;
	socket = entry_of(&actor, sk);
	if (!socket)
		return -ENOMEM;
	return use_inet(&actor, socket, sk, CORDON_WAY_OUT);
}

/*
 * security_socket_recvmsg(): (struct socket *, struct msghdr *, int, int):
 * datagrams for the socket's owner were judged when they came.  So were most
 * streams; not those of multipath TCP that are older than the policy.
 */
long cordon_call_receive(const unsigned long *arg)
{
	struct sock *sk = ((struct socket *)arg[0])->sk;
	struct cordon_socket *socket;
	struct cordon_actor actor;

	if (!is_judged_in_use(sk) || !actor_of_call(&actor, sk))
		return 0;
	socket = entry_of(&actor, sk);
	if (!socket)
		return -ENOMEM;
	if (sk->sk_family == AF_UNIX)
		return sk->sk_type == SOCK_DGRAM ? 0 :
			cordon_unix_use(&actor, socket);
	if (!cordon_net_is_stream(cordon_net_protocol(sk)) &&
	    is_owner(&actor, socket))
		return 0;
	return use_inet(&actor, socket, sk, CORDON_WAY_IN);
}

/*
 * security_sk_clone(): (const struct sock *, struct sock *new): a connection
 * that a listener gets, not accepted yet.  Without memory it stays unlabelled
 * until it is accepted.
 *
 * Context: softirq.
 */
long cordon_call_clone(const unsigned long *arg)
{
	cordon_socket_copy((const struct sock *)arg[0], (struct sock *)arg[1],
			   CORDON_FLOW_INBOUND);
	return 0;
}

/*
 * security_sk_free(): the last reference is gone.
 *
 * Context: any; current is anyone.
 */
void cordon_call_free(unsigned long address)
{
	cordon_socket_remove((struct sock *)address);
}

/**
 * cordon_call_take_over - current is given a socket that is open
 * @sk: its socket
 *
 * Context: may sleep; under cordon_srcu.
 * Return: 0, or -EACCES if it might not use it.
 */
long cordon_call_take_over(struct sock *sk)
{
	struct cordon_socket *socket;
	struct cordon_actor actor;
	long result;

	if (!cordon_net_is_inet(sk) || !actor_of_call(&actor, sk))
		return 0;
	socket = entry_of(&actor, sk);
	if (!socket)
		return -ENOMEM;
	if (cordon_net_is_listening(sk) || is_owner(&actor, socket))
		return 0;
	result = use_inet(&actor, socket, sk, CORDON_WAY_IN);
	return result ?: use_inet(&actor, socket, sk, CORDON_WAY_OUT);
}
