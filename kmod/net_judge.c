// SPDX-License-Identifier: GPL-2.0-only
/*
 * From both ends of a flow to an answer.
 *
 * What is allowed is kept (see net_kept.h), and not judged again while nothing
 * has changed.  What is denied is judged, counted and told each time; what
 * would be, once a second.
 *
 * A stream is judged by who opened it: what a process connected to by
 * `connect`, what it accepted by `accept`, both ways.  Datagrams have no such
 * beginning.  One that comes is let in by `accept`, or, if this end may
 * connect to where it comes from, as an answer.  One that goes is let out by
 * `connect`, or as an answer to who was accepted a short while ago (see
 * net_reply.c).
 */
#include <linux/errno.h>
#include <linux/in.h>
#include <linux/jiffies.h>
#include <linux/sched.h>
#include <net/sock.h>

#include "blocked.h"
#include "engine/respond.h"
#include "event.h"
#include "generation.h"
#include "hits.h"
#include "label.h"
#include "learn.h"
#include "net_judge.h"
#include "port.h"
#include "segment.h"

/**
 * struct question - what is asked of the engine
 * @actor: of whom
 * @owner: who is told of; NULL: current
 * @ends: about which flow
 * @comes: it is a packet that comes in
 * @is_written: it is a packet of a stream, which its owner was asked about when
 *	he wrote it
 * @peer: what is known of the other end
 */
struct question {
	const struct cordon_actor *actor;
	const struct cordon_event_owner *owner;
	const struct cordon_net_ends *ends;
	bool comes;
	bool is_written;
	struct cordon_peer peer;
};

static void decide(const struct question *question, enum cordon_op op,
		   struct cordon_verdict *verdict)
{
	const struct cordon_net_ends *ends = question->ends;
	const struct cordon_flow flow = {
		.op = op,
		.protocol = ends->protocol,
		.port = op == CORDON_OP_CONNECT ? ends->remote_port :
						  ends->local_port,
		.peer = op == CORDON_OP_LISTEN ? NULL : &question->peer,
	};

	cordon_policy_decide_flow(question->actor->generation->policy,
				  &question->actor->subject, &flow, verdict);
}

static noinline void tell(const struct question *question,
			  const struct cordon_verdict *verdict)
{
	const struct cordon_net_ends *ends = question->ends;
	const struct cordon_event_peer peer = {
		.net = ends->net,
		.protocol = ends->protocol,
		.comes = question->comes,
		.is_written = question->is_written,
		.local = ends->local,
		.remote = ends->remote,
		.local_port = ends->local_port,
		.remote_port = ends->remote_port,
		.to = &question->peer,
	};

	if (question->owner)
		cordon_event_record_flow(question->actor->generation,
					 &question->actor->subject, verdict,
					 &peer, question->owner);
	else
		cordon_judge_tell_flow(question->actor, verdict, &peer);
}

/*
 * Is the flow cut off by a response that is in force, whatever rules say?  What
 * is denied is not kept: when the response ends, it is asked about anew.
 */
static bool is_cut(const struct question *question, enum cordon_op op,
		   struct cordon_verdict *verdict)
{
	const struct cordon_generation *generation =
		question->actor->generation;
	const u32 workload = question->actor->subject.workload;
	u64 expires = CORDON_SEGMENT_NEVER;
	const struct cordon_cut cut = {
		.quarantined = cordon_generation_is_quarantined(generation,
								workload),
		.blocked = cordon_blocked_find(&question->peer.address,
					       &expires) &&
			   !cordon_net_is_own(question->ends->net,
					      &question->peer.address),
	};

	if (likely(!cut.quarantined && !cut.blocked))
		return false;
	return cordon_policy_decide_cut(generation->policy, workload, op,
					&question->peer, cut, verdict);
}

/* 0: allowed; CORDON_NET_PASSED: only told; or -EACCES. */
static long answer(const struct question *question,
		   const struct cordon_verdict *verdict)
{
	const struct cordon_generation *generation =
		question->actor->generation;

	if (verdict->reason == CORDON_REASON_RULE)
		cordon_hits_count(generation->blocks[verdict->workload]->hits,
				  verdict->rule);
	if (likely(verdict->action == CORDON_ACTION_ALLOW))
		return 0;
	tell(question, verdict);
	if (verdict->action == CORDON_ACTION_LEARN)
		return 0;
	return verdict->action == CORDON_ACTION_DENY ? -EACCES :
						       CORDON_NET_PASSED;
}

static long result_of(long answer)
{
	return answer == CORDON_NET_PASSED ? 0 : answer;
}

static bool allows(const struct question *question, enum cordon_op op,
		   struct cordon_verdict *verdict)
{
	decide(question, op, verdict);
	return verdict->action == CORDON_ACTION_ALLOW;
}

/* --- learning --------------------------------------------------------------- */

static bool is_learnt(const struct cordon_verdict *verdict)
{
	return verdict->action == CORDON_ACTION_LEARN;
}

/* Did this end begin: is it known already that it sends to where this is from? */
static bool has_begun(const struct question *question,
		      const struct cordon_verdict *connect)
{
	const struct cordon_net_ends *ends = question->ends;
	const struct cordon_event_peer peer = {
		.protocol = ends->protocol,
		.remote = ends->remote,
		.remote_port = ends->remote_port,
	};
	const struct cordon_learn_act act = {
		.generation = question->actor->generation,
		.subject = &question->actor->subject,
		.verdict = connect,
		.peer = &peer,
		.uid = question->owner ? question->owner->uid :
			from_kuid(&init_user_ns, current_uid()),
	};

	return is_learnt(connect) && cordon_learn_is_known(&act);
}

/* --- streams and datagrams ---------------------------------------------- */

static long judge_stream(const struct question *question,
			 const struct cordon_socket *socket)
{
	u8 state = READ_ONCE(socket->state);
	struct cordon_verdict accept;
	struct cordon_verdict connect;

	/* It may have become a listener after it was connected. */
	if (question->ends->is_listening)
		state = CORDON_FLOW_LISTENING;
	if (state != CORDON_FLOW_OUTBOUND && state != CORDON_FLOW_OPEN) {
		decide(question, CORDON_OP_ACCEPT, &accept);
		return answer(question, &accept);
	}
	/*
	 * What is older than the policy may have been opened by either; what is
	 * being opened now, only by this end.
	 */
	if (!allows(question, CORDON_OP_CONNECT, &connect) &&
	    state == CORDON_FLOW_OPEN &&
	    socket->sk->sk_state != TCP_SYN_SENT &&
	    (allows(question, CORDON_OP_ACCEPT, &accept) ||
	     (is_learnt(&accept) && cordon_net_is_own_port(question->ends->net,
				    question->ends->local_port))))
		return answer(question, &accept);
	return answer(question, &connect);
}

static long judge_datagram_in(const struct question *question,
			      const struct cordon_socket *socket,
			      struct cordon_kept *keep_as)
{
	struct cordon_verdict accept;
	struct cordon_verdict connect;

	if (allows(question, CORDON_OP_ACCEPT, &accept) ||
	    (is_learnt(&accept) &&
	     !allows(question, CORDON_OP_CONNECT, &connect) &&
	     !has_begun(question, &connect))) {
		/*
		 * It may be answered for a while after the last packet, not
		 * after the first one: that is noted again once a second.
		 */
		cordon_net_reply_note(socket->sk, question->ends);
		cordon_kept_limit(keep_as, jiffies + HZ);
		return answer(question, &accept);
	}
	if (allows(question, CORDON_OP_CONNECT, &connect))
		return answer(question, &connect);
	/* What this end began is learnt by what it sends. */
	return is_learnt(&accept) ? 0 : answer(question, &accept);
}

static long judge_datagram_out(const struct question *question,
			       const struct cordon_socket *socket,
			       struct cordon_kept *keep_as)
{
	struct cordon_verdict accept;
	struct cordon_verdict connect;
	unsigned long until;

	if (!allows(question, CORDON_OP_CONNECT, &connect) && socket &&
	    cordon_net_reply_until(socket->sk, question->ends, &until) &&
	    (allows(question, CORDON_OP_ACCEPT, &accept) ||
	     is_learnt(&accept))) {
		cordon_kept_limit(keep_as, until);
		return is_learnt(&accept) ? 0 : answer(question, &accept);
	}
	return answer(question, &connect);
}

/*
 * The one who is at a port of this host may be another at the next datagram, or
 * when it opens the next stream: if rules speak of who it is, each is judged.  A
 * stream that is open stays with whom it began.
 */
static bool may_change(const struct question *question)
{
	return question->peer.is_local &&
	       (!cordon_net_is_stream(question->ends->protocol) ||
		question->ends->is_listening) &&
	       cordon_policy_asks_owner(question->actor->generation->policy,
					&question->actor->subject);
}

/*
 * Entries of segments end by a clock that goes on while the machine sleeps: what
 * depends on one is looked up again once a second.
 */
static bool keep_while(struct cordon_kept *keep_as, u64 expires)
{
	u64 now;

	if (expires == CORDON_SEGMENT_NEVER)
		return true;
	now = cordon_segment_clock();
	if (expires <= now)
		return false;
	cordon_kept_limit(keep_as, jiffies +
			  nsecs_to_jiffies(min_t(u64, expires - now,
						 NSEC_PER_SEC)));
	return true;
}

/* By whose calls is all judged that it sends?  A raw socket's header says little. */
static bool is_stream_of(const struct sock *sk)
{
	return sk->sk_type != SOCK_RAW &&
	       cordon_net_is_stream(cordon_net_protocol(sk));
}

/**
 * cordon_net_judge_flow - may this go, or come
 * @actor: current; or whose socket it is, then with @owner
 * @owner: of the socket; NULL: current acts
 * @socket: the entry
 * @way: which way
 * @ends: both ends; whatever is known of the remote one
 *
 * Context: any; under cordon_srcu.  Without @owner may sleep.
 * Return: 0 or -EACCES.
 */
long cordon_net_judge_flow(const struct cordon_actor *actor,
			   const struct cordon_event_owner *owner,
			   struct cordon_socket *socket,
			   enum cordon_way way,
			   const struct cordon_net_ends *ends)
{
	u64 expires = CORDON_SEGMENT_NEVER;
	struct cordon_kept keep_as = { };
	struct question question;
	struct cordon_verdict verdict;
	long result;

	/* The callback does not ask about all calls. */
	if (cordon_kept_answers(socket, way, cordon_actor_who(actor), ends))
		return 0;
	cordon_net_key(&keep_as.key, cordon_actor_who(actor),
		       actor->generation->has_interfaces, ends);
	question.actor = actor;
	question.owner = owner;
	question.ends = ends;
	question.comes = owner && way == CORDON_WAY_IN;
	question.is_written = owner && way == CORDON_WAY_OUT &&
			      is_stream_of(socket->sk);
	cordon_net_peer_find(&question.peer, actor->generation, ends,
			     socket->sk, &expires);
	if (is_cut(&question, way == CORDON_WAY_IN ? CORDON_OP_ACCEPT :
		   CORDON_OP_CONNECT, &verdict))
		result = answer(&question, &verdict);
	else if (cordon_net_is_stream(ends->protocol))
		result = judge_stream(&question, socket);
	else if (way == CORDON_WAY_IN)
		result = judge_datagram_in(&question, socket, &keep_as);
	else
		result = judge_datagram_out(&question, socket, &keep_as);
	/* Would be denied: that is told again from time to time. */
	if (result == CORDON_NET_PASSED)
		cordon_kept_limit(&keep_as, jiffies + HZ);
	if (result >= 0 && !may_change(&question) &&
	    keep_while(&keep_as, expires))
		cordon_kept_put(socket,
				cordon_kept_slot(way, cordon_net_is_stream(ends->protocol),
						 &keep_as.key), &keep_as);
	return result_of(result);
}

/**
 * cordon_net_judge_connect - may current open a flow to a peer
 * @actor: current
 * @socket: the entry; NULL: there is none
 * @ends: @ends->remote is who is to be talked to
 *
 * Context: may sleep; under cordon_srcu.
 * Return: 0 or -EACCES.
 */
long cordon_net_judge_connect(const struct cordon_actor *actor,
			      struct cordon_socket *socket,
			      const struct cordon_net_ends *ends)
{
	struct cordon_kept unused = { };
	struct question question = {
		.actor = actor,
		.ends = ends,
	};
	struct cordon_verdict verdict;
	u64 expires = CORDON_SEGMENT_NEVER;

	if (!cordon_net_is_stream(ends->protocol) && socket)
		return cordon_net_judge_flow(actor, NULL, socket,
					     CORDON_WAY_OUT, ends);
	cordon_net_peer_find(&question.peer, actor->generation, ends, NULL,
			     &expires);
	if (is_cut(&question, CORDON_OP_CONNECT, &verdict))
		return result_of(answer(&question, &verdict));
	if (!cordon_net_is_stream(ends->protocol))
		return result_of(judge_datagram_out(&question, NULL, &unused));
	decide(&question, CORDON_OP_CONNECT, &verdict);
	return result_of(answer(&question, &verdict));
}

/**
 * cordon_net_judge_listen - may current wait on a port
 * @actor: current
 * @ends: of the socket; @ends->local_port is the port
 *
 * Context: may sleep; under cordon_srcu.
 * Return: 0 or -EACCES.
 */
long cordon_net_judge_listen(const struct cordon_actor *actor,
			     const struct cordon_net_ends *ends)
{
	struct question question = {
		.actor = actor,
		.ends = ends,
		.peer = { .workload = CORDON_NONE },
	};
	struct cordon_verdict verdict;

	decide(&question, CORDON_OP_LISTEN, &verdict);
	return result_of(answer(&question, &verdict));
}

/**
 * cordon_net_judge_malformed - a packet does not say which flow it belongs to
 * @actor: whose socket it is
 * @owner: of the socket
 * @socket: the entry
 * @way: which way
 * @ends: as far as the packet says anything
 *
 * Context: any; under cordon_srcu.
 * Return: 0 or -EACCES.
 */
long cordon_net_judge_malformed(const struct cordon_actor *actor,
				const struct cordon_event_owner *owner,
				const struct cordon_socket *socket,
				enum cordon_way way,
				const struct cordon_net_ends *ends)
{
	const struct question question = {
		.actor = actor,
		.owner = owner,
		.ends = ends,
		.comes = way == CORDON_WAY_IN,
		.is_written = way == CORDON_WAY_OUT && is_stream_of(socket->sk),
		.peer = { .workload = CORDON_NONE },
	};
	struct cordon_verdict verdict;

	cordon_policy_fail(actor->generation->policy, &actor->subject,
			   way == CORDON_WAY_IN ? CORDON_OP_ACCEPT :
						  CORDON_OP_CONNECT,
			   CORDON_REASON_MALFORMED, &verdict);
	return result_of(answer(&question, &verdict));
}
