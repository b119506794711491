// SPDX-License-Identifier: GPL-2.0-only
/*
 * Rules speak of who opens a flow.  TCP says so in each packet, more or less:
 * all but a bare SYN may also belong to a flow that the other end opened.  Of
 * other protocols it is remembered.
 *
 * What was decided of a flow is remembered too; of denied ones for a second, in
 * which their packets are not told again.
 */
#include <linux/in.h>
#include <linux/netdevice.h>
#include <linux/skbuff.h>
#include <net/net_namespace.h>

#include "blocked.h"
#include "engine/respond.h"
#include "event.h"
#include "frame.h"
#include "generation.h"
#include "hits.h"
#include "neighbour.h"
#include "net_judge.h"
#include "passage.h"
#include "passage_memory.h"
#include "port.h"
#include "recall.h"
#include "segment.h"

/**
 * struct ends - both ends of what is judged
 * @from: who opens
 * @to: to whom
 * @is_blocked: one of them is, or would be but for the machine's mode
 * @verdict: what was decided
 */
struct ends {
	struct cordon_peer from;
	struct cordon_peer to;
	bool is_blocked;
	struct cordon_verdict verdict;
};

/**
 * struct judgement - a packet, judged
 * @way: where it is
 * @memory: what is remembered of flows there
 * @in: port that it came in by, below @way->in if that is a bridge
 * @out: likewise
 * @basis: what is decided of it rests on
 */
struct judgement {
	const struct cordon_passage_way *way;
	const struct cordon_passage_memory *memory;
	const struct net_device *in;
	const struct net_device *out;
	struct cordon_passage_basis basis;
};

/* Remembered like an enum cordon_action: denied, and who opens it is told. */
#define ACTION_REJECT	CORDON_ACTION_COUNT

/* --- deciding ---------------------------------------------------------------- */

static void find(struct judgement *judgement, struct cordon_peer *peer,
		 const struct cordon_address *address,
		 const struct net_device *dev, const struct net_device *port)
{
	const struct cordon_generation *generation =
		judgement->way->generation;

	peer->address = *address;
	peer->port = 0;
	peer->is_local = false;
	peer->workload = CORDON_NONE;
	cordon_segment_find(generation, peer, dev, &judgement->basis.expires);
	if (port)
		cordon_segment_find_behind(generation, peer, port);
}

/* Rules know ports of some protocols only. */
static u16 port_of(const struct cordon_tuple *tuple, u16 port)
{
	return tuple->protocol == IPPROTO_ICMP ? 0 : port;
}

static bool is_blocked(struct judgement *judgement,
		       const struct cordon_peer *peer,
		       struct cordon_verdict *verdict)
{
	const struct cordon_cut cut = { .blocked = true };

	return cordon_blocked_find(&peer->address,
				   &judgement->basis.expires) &&
	       !cordon_net_is_own(judgement->way->net, &peer->address) &&
	       cordon_policy_decide_cut(judgement->way->generation->policy,
					CORDON_NONE, CORDON_OP_PASS, peer, cut,
					verdict);
}

/* May @tuple's sender open this flow? */
static bool decide(struct judgement *judgement, struct ends *ends,
		   const struct cordon_tuple *tuple)
{
	const struct cordon_passage_way *way = judgement->way;
	struct cordon_passage passage = {
		.protocol = tuple->protocol,
		.port = port_of(tuple, tuple->to_port),
		.from = &ends->from,
		.to = &ends->to,
	};

	find(judgement, &ends->from, &tuple->from, way->in, judgement->in);
	find(judgement, &ends->to, &tuple->to, way->out, judgement->out);
	ends->is_blocked = is_blocked(judgement, &ends->from, &ends->verdict) ||
			   is_blocked(judgement, &ends->to, &ends->verdict);
	if (likely(!ends->is_blocked))
		cordon_policy_decide_passage(way->generation->policy, &passage,
					     &ends->verdict);
	return ends->verdict.action == CORDON_ACTION_ALLOW;
}

/*
 * May the other one have opened it?  @ends are those of decide().  A flow that
 * only monitor mode lets pass was told when it was opened.
 */
static bool decide_reverse(struct judgement *judgement,
			   const struct ends *ends,
			   const struct cordon_tuple *tuple,
			   struct cordon_verdict *verdict)
{
	struct cordon_passage passage = {
		.protocol = tuple->protocol,
		.port = port_of(tuple, tuple->from_port),
		.from = &ends->to,
		.to = &ends->from,
	};

	if (ends->is_blocked)
		*verdict = ends->verdict;
	else
		cordon_policy_decide_passage(judgement->way->generation->policy,
					     &passage, verdict);
	return verdict->action != CORDON_ACTION_DENY;
}

/*
 * Has no document anything to say, whoever opened the flow?  Then it need not
 * be remembered: whoever sends a lot would have others' flows forgotten.
 */
static bool is_free(struct judgement *judgement, const struct ends *ends,
		    const struct cordon_tuple *tuple)
{
	struct cordon_verdict reverse;

	return ends->verdict.workload == CORDON_NONE &&
	       decide_reverse(judgement, ends, tuple, &reverse) &&
	       reverse.workload == CORDON_NONE;
}

static void count(const struct judgement *judgement,
		  const struct cordon_verdict *verdict)
{
	const struct cordon_generation *generation =
		judgement->way->generation;

	if (verdict->reason == CORDON_REASON_RULE)
		cordon_hits_count(generation->blocks[verdict->workload]->hits,
				  verdict->rule);
}

static bool tell(const struct judgement *judgement, const struct ends *ends,
		 const struct cordon_tuple *tuple)
{
	const struct net_device *in = judgement->in ?: judgement->way->in;
	const struct net_device *out = judgement->out ?: judgement->way->out;
	const struct cordon_event_peer peer = {
		.protocol = tuple->protocol,
		.local = tuple->from,
		.remote = tuple->to,
		.local_port = port_of(tuple, tuple->from_port),
		.remote_port = port_of(tuple, tuple->to_port),
		.from = &ends->from,
		.to = &ends->to,
		.net = judgement->way->net,
		.in = in ? in->ifindex : 0,
		.out = out ? out->ifindex : 0,
	};

	if (ends->verdict.action == CORDON_ACTION_ALLOW)
		return true;
	cordon_event_record_flow(judgement->way->generation, NULL,
				 &ends->verdict, &peer, NULL);
	return ends->verdict.action != CORDON_ACTION_DENY;
}

/* For a reason that is no rule: whose mode is asked? */
static bool fail_for(const struct judgement *judgement, struct ends *ends,
		     const struct cordon_tuple *tuple,
		     enum cordon_reason reason, u32 workload)
{
	const struct cordon_subject subject = {
		.workload = workload,
		.program = CORDON_NONE,
	};

	if (workload == CORDON_NONE)
		return true;
	cordon_policy_fail(judgement->way->generation->policy, &subject,
			   CORDON_OP_PASS, reason, &ends->verdict);
	return tell(judgement, ends, tuple);
}

/* That of the segments which it goes to, or comes from; else nobody minds. */
static bool fail(struct judgement *judgement, const struct cordon_tuple *tuple,
		 enum cordon_reason reason)
{
	const struct cordon_policy *policy = judgement->way->generation->policy;
	struct ends ends;
	u32 workload = CORDON_NONE;

	decide(judgement, &ends, tuple);
	if (ends.to.segment_count)
		workload = cordon_policy_program_workload(policy,
							  ends.to.segments[0]);
	else if (ends.from.segment_count)
		workload = cordon_policy_program_workload(policy,
							  ends.from.segments[0]);
	return fail_for(judgement, &ends, tuple, reason, workload);
}

/* --- flows -------------------------------------------------------------------- */

static struct cordon_tuple tuple_reverse(const struct cordon_tuple *tuple)
{
	struct cordon_tuple reverse = *tuple;

	reverse.from = tuple->to;
	reverse.to = tuple->from;
	reverse.from_port = tuple->to_port;
	reverse.to_port = tuple->from_port;
	return reverse;
}

static bool is_stateless(const struct cordon_tuple *tuple)
{
	return cordon_passage_is_stateless(tuple->protocol);
}

static void open_note(const struct judgement *judgement,
		      const struct cordon_tuple *tuple)
{
	cordon_passage_open(judgement->memory, judgement->way->net, tuple);
}

static bool is_open(const struct judgement *judgement,
		    const struct cordon_tuple *tuple)
{
	return cordon_passage_is_open(judgement->memory, judgement->way->net,
				      tuple);
}

/* Does it belong to a flow that the other end has opened, and still may? */
static bool is_reply(struct judgement *judgement, const struct ends *ends,
		     const struct cordon_tuple *tuple)
{
	const struct cordon_tuple reverse = tuple_reverse(tuple);
	struct cordon_verdict verdict;

	if (!tuple->replies)
		return false;
	if (!is_stateless(tuple) && !is_open(judgement, &reverse))
		return false;
	if (!decide_reverse(judgement, ends, tuple, &verdict))
		return false;
	count(judgement, &verdict);
	if (!is_stateless(tuple))
		open_note(judgement, &reverse);
	return true;
}

/* An enum cordon_action, or ACTION_REJECT. */
static u32 flow_decide(struct judgement *judgement,
		       const struct cordon_tuple *tuple)
{
	const struct cordon_policy *policy = judgement->way->generation->policy;
	struct ends ends;

	if (!decide(judgement, &ends, tuple) &&
	    is_reply(judgement, &ends, tuple))
		return CORDON_ACTION_ALLOW;
	count(judgement, &ends.verdict);
	if (!tell(judgement, &ends, tuple))
		return cordon_policy_rejects(policy, ends.verdict.workload) ?
		       ACTION_REJECT : CORDON_ACTION_DENY;
	if (tuple->opens && !is_stateless(tuple) &&
	    !is_free(judgement, &ends, tuple))
		open_note(judgement, tuple);
	return ends.verdict.action;
}

/* Only who would open a flow is told. */
static enum cordon_passage_answer answer_of(u32 action,
					    const struct cordon_tuple *tuple)
{
	switch (action) {
	case CORDON_ACTION_DENY:
		return CORDON_PASSAGE_DROP;
	case ACTION_REJECT:
		return tuple->opens ? CORDON_PASSAGE_REJECT :
				      CORDON_PASSAGE_DROP;
	}
	return CORDON_PASSAGE_PASS;
}

static void verdict_key(struct cordon_recall_key *key,
			const struct judgement *judgement,
			const struct cordon_tuple *tuple)
{
	const struct net_device *in = judgement->in ?: judgement->way->in;
	const struct net_device *out = judgement->out ?: judgement->way->out;

	cordon_passage_key(key, judgement->way->net, tuple);
	key->kind = cordon_frame_kind(tuple->opens, tuple->replies);
	key->in = in ? in->ifindex : 0;
	key->out = out ? out->ifindex : 0;
}

/* Must it be found out first behind which interfaces its ends are? */
static bool is_behind(const struct cordon_passage_way *way)
{
	return way->generation->has_interfaces &&
	       (cordon_neighbour_has_ports(way->in) ||
		cordon_neighbour_has_ports(way->out));
}

/* Is it a packet like the last ones of a flow that may pass? */
static bool is_known(const struct cordon_passage_way *way,
		     const struct sk_buff *skb, u32 offset, u16 protocol)
{
	struct cordon_recall_key key;
	u32 action;

	if (is_behind(way) ||
	    !cordon_frame_plain(&key, skb, offset, protocol))
		return false;
	key.net = way->net->net_cookie;
	key.in = way->in ? way->in->ifindex : 0;
	key.out = way->out ? way->out->ifindex : 0;
	return cordon_passage_recall(cordon_passage_memory_of(way->net), &key,
				     way->generation->number,
				     cordon_segment_epoch(), &action) &&
	       action == CORDON_ACTION_ALLOW;
}

static enum cordon_passage_answer
flow_judge(struct judgement *judgement, const struct cordon_tuple *tuple)
{
	const struct cordon_passage_basis *basis = &judgement->basis;
	struct cordon_recall_key key;
	u32 action;

	verdict_key(&key, judgement, tuple);
	if (!cordon_passage_recall(judgement->memory, &key, basis->generation,
				   basis->epoch, &action)) {
		action = flow_decide(judgement, tuple);
		cordon_passage_remember(judgement->memory, &key, basis, action);
	}
	return answer_of(action, tuple);
}

/* --- the rest ------------------------------------------------------------------ */

static bool fragment_judge(struct judgement *judgement,
			   const struct cordon_frame *frame)
{
	return cordon_passage_has_begun(judgement->memory, judgement->way->net,
					frame) ||
	       fail(judgement, &frame->tuple, CORDON_REASON_FRAGMENT);
}

/*
 * What an error is about went the other way; who sends the error may be any
 * router between.
 */
static bool error_judge(struct judgement *judgement,
			const struct cordon_frame *frame)
{
	const struct cordon_tuple *about = &frame->about;
	const struct cordon_passage_way back = {
		.generation = judgement->way->generation,
		.net = judgement->way->net,
		.in = judgement->way->out,
	};
	struct judgement other = {
		.way = &back,
		.memory = judgement->memory,
		.in = judgement->out,
		.basis = judgement->basis,
	};
	struct cordon_tuple tuple = frame->tuple;
	struct ends ends;

	if (!memcmp(&about->from, &frame->tuple.to, sizeof(about->from))) {
		if (decide(&other, &ends, about) && about->opens &&
		    (is_stateless(about) || is_free(&other, &ends, about) ||
		     is_open(&other, about)))
			return true;
		if (is_reply(&other, &ends, about))
			return true;
	}
	tuple.from_port = 0;
	tuple.to_port = 0;
	return flow_judge(judgement, &tuple) == CORDON_PASSAGE_PASS;
}

static enum cordon_passage_answer pass_or_drop(bool passes)
{
	return passes ? CORDON_PASSAGE_PASS : CORDON_PASSAGE_DROP;
}

static noinline enum cordon_passage_answer
packet_judge(const struct cordon_passage_way *way, const struct sk_buff *skb,
	     u32 offset, u16 protocol)
{
	struct judgement judgement = {
		.way = way,
		.memory = cordon_passage_memory_of(way->net),
		.basis = {
			.generation = way->generation->number,
			.epoch = cordon_segment_epoch(),
			.expires = CORDON_SEGMENT_NEVER,
		},
	};
	const struct cordon_port_table *ports;
	enum cordon_passage_answer answer;
	struct cordon_frame frame;

	cordon_frame_read(&frame, skb, offset, protocol);
	/* Nor is DHCP for other networks: there are relays for that. */
	if (frame.kind == CORDON_FRAME_EXEMPT &&
	    !(way->is_routed && frame.tuple.protocol == IPPROTO_UDP))
		return CORDON_PASSAGE_PASS;
	ports = cordon_segment_view_ports(way->generation->segments);
	if (cordon_port_has_segments(ports)) {
		judgement.in = cordon_neighbour_port(way->net, way->in,
						     &frame.tuple.from);
		judgement.out = cordon_neighbour_port(way->net, way->out,
						      &frame.tuple.to);
	}
	switch (frame.kind) {
	case CORDON_FRAME_MALFORMED:
		return pass_or_drop(fail(&judgement, &frame.tuple,
					 CORDON_REASON_MALFORMED));
	case CORDON_FRAME_FRAGMENT:
		return pass_or_drop(fragment_judge(&judgement, &frame));
	case CORDON_FRAME_ERROR:
		return pass_or_drop(error_judge(&judgement, &frame));
	default:
		answer = flow_judge(&judgement, &frame.tuple);
		if (frame.begins && answer == CORDON_PASSAGE_PASS)
			cordon_passage_begin(judgement.memory, way->net,
					     &frame);
		return answer;
	}
}

/**
 * cordon_passage_judge - may a packet go on
 * @way: where it is
 * @skb: the packet
 * @offset: where what it carries begins, from skb->data
 * @protocol: of that: ETH_P_, host byte order
 *
 * Context: softirq or process; under cordon_srcu and RCU.
 * Return: what becomes of it.
 */
enum cordon_passage_answer
cordon_passage_judge(const struct cordon_passage_way *way,
		     const struct sk_buff *skb, u32 offset, u16 protocol)
{
	if (likely(is_known(way, skb, offset, protocol)))
		return CORDON_PASSAGE_PASS;
	return packet_judge(way, skb, offset, protocol);
}

/**
 * cordon_passage_refuse - judge a packet by something else than rules
 * @way: where it is
 * @tuple: what it says of itself, as far as it says anything
 * @reason: what is wrong with it
 * @workload: the document whose mode is asked; CORDON_NONE: nobody minds
 *
 * Context: softirq or process; under cordon_srcu and RCU.
 * Return: false if it is to be dropped.
 */
bool cordon_passage_refuse(const struct cordon_passage_way *way,
			   const struct cordon_tuple *tuple,
			   enum cordon_reason reason, u32 workload)
{
	struct judgement judgement = {
		.way = way,
		.basis.expires = CORDON_SEGMENT_NEVER,
	};
	struct ends ends;

	if (workload == CORDON_NONE)
		return true;
	decide(&judgement, &ends, tuple);
	return fail_for(&judgement, &ends, tuple, reason, workload);
}

/**
 * cordon_passage_init - get the memory that judging packets needs
 *
 * Context: may sleep; one at a time.
 * Return: 0, also if it is there already, or -ENOMEM.
 */
int cordon_passage_init(void)
{
	int err = cordon_passage_memory_init();

	if (!err)
		err = cordon_neighbour_init();
	if (err)
		cordon_passage_exit();
	return err;
}

/** cordon_passage_exit - no packet is judged any more; may sleep */
void cordon_passage_exit(void)
{
	cordon_neighbour_exit();
	cordon_passage_memory_exit();
}
