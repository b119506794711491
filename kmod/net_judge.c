// SPDX-License-Identifier: GPL-2.0-only
/*
 * From both ends of a flow to an answer.
 *
 * What let the last packet of a socket pass is kept in its entry, for each way,
 * and good for the same subject, policy, peer and state of the segments: so a
 * flow is looked up once, and again when anything has changed.  What is denied
 * is judged, counted and told each time; what would be, once a second.
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

#include "event.h"
#include "generation.h"
#include "label.h"
#include "net_judge.h"
#include "port.h"
#include "segment.h"

/**
 * struct question - what is asked of the engine
 * @actor: of whom
 * @owner: who is told of; NULL: current
 * @ends: about which flow
 * @peer: what is known of the other end
 */
struct question {
	const struct cordon_actor *actor;
	const struct cordon_event_owner *owner;
	const struct cordon_net_ends *ends;
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
		.protocol = ends->protocol,
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

/* --- what is kept in a socket's entry ----------------------------------- */

/* Only where segments hold interfaces does it matter which one it is. */
static u32 interface_of(const struct cordon_generation *generation,
			const struct cordon_net_ends *ends)
{
	const struct cordon_segment_view *view = generation->segments;

	return ends->dev && view &&
	       cordon_port_has_segments(cordon_segment_view_ports(view)) ?
		       ends->dev->ifindex : 0;
}

static void key_make(struct cordon_socket_key *key,
		     const struct cordon_actor *actor,
		     const struct cordon_net_ends *ends)
{
	*key = (struct cordon_socket_key){
		.generation = actor->generation->number,
		.workload = actor->subject.workload,
		.program = actor->subject.program,
		.epoch = cordon_segment_epoch(),
		.remote = ends->remote,
		.remote_port = ends->remote_port,
		.local_port = ends->local_port,
		.protocol = ends->protocol,
		.is_foreign = ends->is_foreign,
		.interface = interface_of(actor->generation, ends),
	};
}

/* Which of @verdict: only packets tell by which interface they come or go. */
static u32 view_of(const struct cordon_socket_key *key)
{
	return key->is_foreign || key->interface;
}

/**
 * cordon_net_is_kept - has the same been let pass before, and would be still
 * @socket: the entry
 * @way: which way
 * @key: what it depends on
 * @was_accepted: filled: by a rule of `accept`
 *
 * Context: any.
 */
bool cordon_net_is_kept(const struct cordon_socket *socket,
			enum cordon_socket_way way,
			const struct cordon_socket_key *key,
			bool *was_accepted)
{
	const struct cordon_socket_verdict *kept =
		&socket->verdict[way][view_of(key)];
	unsigned int sequence = raw_read_seqcount(&kept->sequence);
	bool same;

	if (sequence & 1)
		return false;
	same = !memcmp(&kept->key, key, sizeof(*key)) &&
	       (kept->expires == CORDON_SEGMENT_NEVER ||
		cordon_segment_clock() < kept->expires) &&
	       (!kept->is_brief || time_before(jiffies, kept->until));
	*was_accepted = kept->was_accepted;
	return same && !read_seqcount_retry(&kept->sequence, sequence);
}

/**
 * cordon_net_keep - remember what has been let pass
 * @socket: the entry
 * @way: which way
 * @verdict: what, and how long it is good for
 *
 * Context: any.
 */
void cordon_net_keep(struct cordon_socket *socket, enum cordon_socket_way way,
		     const struct cordon_socket_verdict *verdict)
{
	struct cordon_socket_verdict *kept =
		&socket->verdict[way][view_of(&verdict->key)];
	unsigned long flags;

	spin_lock_irqsave(&socket->lock, flags);
	raw_write_seqcount_begin(&kept->sequence);
	kept->key = verdict->key;
	kept->expires = verdict->expires;
	kept->until = verdict->until;
	kept->is_brief = verdict->is_brief;
	kept->was_accepted = verdict->was_accepted;
	raw_write_seqcount_end(&kept->sequence);
	spin_unlock_irqrestore(&socket->lock, flags);
}

/**
 * cordon_net_keep_briefly - what monitor mode lets pass is told once a second
 * @verdict: about to be kept
 *
 * Context: any.
 */
void cordon_net_keep_briefly(struct cordon_socket_verdict *verdict)
{
	unsigned long until = jiffies + HZ;

	if (!verdict->is_brief || time_before(until, verdict->until))
		verdict->until = until;
	verdict->is_brief = true;
}

/* --- streams and datagrams ---------------------------------------------- */

static long judge_stream(const struct question *question,
			 const struct cordon_socket *socket)
{
	u8 state = READ_ONCE(socket->state);
	struct cordon_verdict accept;
	struct cordon_verdict connect;

	/* It may have become a listener after it was connected. */
	if (socket->sk->sk_state == TCP_LISTEN)
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
	    allows(question, CORDON_OP_ACCEPT, &accept))
		return answer(question, &accept);
	return answer(question, &connect);
}

static long judge_datagram_in(const struct question *question,
			      const struct cordon_socket *socket,
			      struct cordon_socket_verdict *keep_as)
{
	struct cordon_verdict accept;
	struct cordon_verdict connect;

	if (allows(question, CORDON_OP_ACCEPT, &accept)) {
		keep_as->was_accepted = true;
		cordon_net_reply_note(socket->sk, question->ends);
		return answer(question, &accept);
	}
	if (allows(question, CORDON_OP_CONNECT, &connect))
		return answer(question, &connect);
	return answer(question, &accept);
}

static long judge_datagram_out(const struct question *question,
			       const struct cordon_socket *socket,
			       struct cordon_socket_verdict *keep_as)
{
	struct cordon_verdict accept;
	struct cordon_verdict connect;
	unsigned long until;

	if (!allows(question, CORDON_OP_CONNECT, &connect) && socket &&
	    cordon_net_reply_until(socket->sk, question->ends, &until) &&
	    allows(question, CORDON_OP_ACCEPT, &accept)) {
		keep_as->is_brief = true;
		keep_as->until = until;
		return answer(question, &accept);
	}
	return answer(question, &connect);
}

/*
 * The one who is at a port of this host may be another at the next datagram: if
 * rules speak of who it is, each is judged.  A stream stays with whom it began.
 */
static bool may_change(const struct question *question)
{
	return question->peer.is_local &&
	       !cordon_net_is_stream(question->ends->protocol) &&
	       cordon_policy_asks_owner(question->actor->generation->policy,
					&question->actor->subject);
}

/*
 * What has been accepted may be answered for a while after the last packet,
 * not after the first one: a kept verdict must not let it be forgotten.
 */
static void noted_again(struct cordon_socket *socket,
			const struct cordon_net_ends *ends)
{
	struct cordon_socket_verdict *kept =
		&socket->verdict[CORDON_WAY_IN][0];

	if (time_before(jiffies, READ_ONCE(kept->noted) + HZ))
		return;
	WRITE_ONCE(kept->noted, jiffies);
	cordon_net_reply_note(socket->sk, ends);
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
			   enum cordon_socket_way way,
			   const struct cordon_net_ends *ends)
{
	struct cordon_socket_verdict keep_as = {
		.expires = CORDON_SEGMENT_NEVER,
	};
	struct question question;
	bool was_accepted;
	long result;

	key_make(&keep_as.key, actor, ends);
	if (likely(cordon_net_is_kept(socket, way, &keep_as.key,
				      &was_accepted))) {
		if (was_accepted)
			noted_again(socket, ends);
		return 0;
	}
	question.actor = actor;
	question.owner = owner;
	question.ends = ends;
	cordon_net_peer_find(&question.peer, actor->generation, ends,
			     socket->sk, &keep_as.expires);
	if (cordon_net_is_stream(ends->protocol))
		result = judge_stream(&question, socket);
	else if (way == CORDON_WAY_IN)
		result = judge_datagram_in(&question, socket, &keep_as);
	else
		result = judge_datagram_out(&question, socket, &keep_as);
	if (result == CORDON_NET_PASSED)
		cordon_net_keep_briefly(&keep_as);
	if (result >= 0 && !may_change(&question))
		cordon_net_keep(socket, way, &keep_as);
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
	struct cordon_socket_verdict unused;
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
 * @way: which way
 * @ends: as far as the packet says anything
 *
 * Context: any; under cordon_srcu.
 * Return: 0 or -EACCES.
 */
long cordon_net_judge_malformed(const struct cordon_actor *actor,
				const struct cordon_event_owner *owner,
				enum cordon_socket_way way,
				const struct cordon_net_ends *ends)
{
	const struct question question = {
		.actor = actor,
		.owner = owner,
		.ends = ends,
		.peer = { .workload = CORDON_NONE },
	};
	struct cordon_verdict verdict;

	cordon_policy_fail(actor->generation->policy, &actor->subject,
			   way == CORDON_WAY_IN ? CORDON_OP_ACCEPT :
						  CORDON_OP_CONNECT,
			   CORDON_REASON_MALFORMED, &verdict);
	return result_of(answer(&question, &verdict));
}
