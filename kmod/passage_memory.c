// SPDX-License-Identifier: GPL-2.0-only
#include <linux/errno.h>
#include <linux/jiffies.h>
#include <linux/user_namespace.h>
#include <net/net_namespace.h>

#include <uapi/cordon.h>

#include "passage_memory.h"
#include "recall.h"
#include "segment.h"

/* Sets of four: together about 12 MiB, for two. */
#define VERDICT_BITS	12
#define OPEN_BITS	12
#define FRAGMENT_BITS	9

/* How long after its last packet a flow is over, in jiffies. */
#define OPEN_AGE	(180 * HZ)
#define ICMP_AGE	(30 * HZ)
#define FRAGMENT_AGE	(30 * HZ)
/*
 * How long a verdict is good: one of a flow whose age counts must be looked at
 * again, and what is denied is to be told again.
 */
#define VERDICT_AGE	HZ
#define TCP_AGE		(60 * HZ)

/**
 * struct cordon_passage_memory - what is remembered of some network namespaces
 * @verdicts: what was decided of a flow
 * @opened: which flows there are
 * @fragments: of which packets the first passed
 */
struct cordon_passage_memory {
	struct cordon_recall *verdicts;
	struct cordon_recall *opened;
	struct cordon_recall *fragments;
};

/*
 * Anyone may have a network of his own, and fill a memory with what happens
 * there: it is not that of the machine's.
 */
static struct cordon_passage_memory machine;
static struct cordon_passage_memory guests;

/**
 * cordon_passage_memory_of - where passages of a network are remembered
 * @net: the network namespace
 *
 * Context: any; there is a generation with passages.
 */
const struct cordon_passage_memory *
cordon_passage_memory_of(const struct net *net)
{
	return net->user_ns == &init_user_ns ? &machine : &guests;
}

/* --- flows ------------------------------------------------------------------ */

/**
 * cordon_passage_key - what tells a flow from others, but for interfaces
 * @key: filled
 * @net: where
 * @tuple: the flow
 *
 * Context: any.
 */
void cordon_passage_key(struct cordon_recall_key *key, const struct net *net,
			const struct cordon_tuple *tuple)
{
	*key = (struct cordon_recall_key){
		.from = tuple->from,
		.to = tuple->to,
		.net = net->net_cookie,
		.from_port = tuple->from_port,
		.to_port = tuple->to_port,
		.protocol = tuple->protocol,
	};
}

static bool is_good(const struct cordon_recall_value *value, u64 generation,
		    u32 epoch)
{
	return value->generation == generation && value->epoch == epoch &&
	       (value->expires == CORDON_SEGMENT_NEVER ||
		value->expires > cordon_segment_clock());
}

/**
 * cordon_passage_recall - what has been decided of such a packet
 * @memory: of its network
 * @key: the packet
 * @generation: number of the generation that is asked now
 * @epoch: of the segments now
 * @verdict: set to what cordon_passage_remember() got, if that is still good
 *
 * Context: any.
 */
bool cordon_passage_recall(const struct cordon_passage_memory *memory,
			   const struct cordon_recall_key *key, u64 generation,
			   u32 epoch, u32 *verdict)
{
	const bool is_stateless = cordon_passage_is_stateless(key->protocol);
	struct cordon_recall_value value;

	if (!cordon_recall_get(memory->verdicts, key, &value,
			       is_stateless ? TCP_AGE : VERDICT_AGE) ||
	    !is_good(&value, generation, epoch))
		return false;
	*verdict = value.number;
	return value.number == CORDON_ACTION_ALLOW || !is_stateless ||
	       cordon_recall_get(memory->verdicts, key, &value, VERDICT_AGE);
}

/**
 * cordon_passage_remember - keep what has been decided of a packet
 * @memory: of its network
 * @key: the packet
 * @basis: what the verdict rests on
 * @verdict: CORDON_ACTION_ALLOW, which is good for longer, or the caller's
 *
 * Context: any.
 */
void cordon_passage_remember(const struct cordon_passage_memory *memory,
			     const struct cordon_recall_key *key,
			     const struct cordon_passage_basis *basis,
			     u32 verdict)
{
	const struct cordon_recall_value value = {
		.generation = basis->generation,
		.expires = basis->expires,
		.epoch = basis->epoch,
		.number = verdict,
	};

	cordon_recall_put(memory->verdicts, key, &value);
}

/**
 * cordon_passage_open - somebody has opened a flow
 * @memory: of the network
 * @net: where
 * @tuple: the flow, from who opened it
 *
 * Context: any.
 */
void cordon_passage_open(const struct cordon_passage_memory *memory,
			 const struct net *net,
			 const struct cordon_tuple *tuple)
{
	const struct cordon_recall_value value = { };
	struct cordon_recall_key key;

	cordon_passage_key(&key, net, tuple);
	cordon_recall_put(memory->opened, &key, &value);
}

/**
 * cordon_passage_is_open - has a flow been opened, and not long been silent
 * @memory: of the network
 * @net: where
 * @tuple: the flow, from who would have opened it
 *
 * Context: any.
 */
bool cordon_passage_is_open(const struct cordon_passage_memory *memory,
			    const struct net *net,
			    const struct cordon_tuple *tuple)
{
	struct cordon_recall_value value;
	struct cordon_recall_key key;

	cordon_passage_key(&key, net, tuple);
	return cordon_recall_get(memory->opened, &key, &value,
				 tuple->protocol == IPPROTO_ICMP ? ICMP_AGE :
								   OPEN_AGE);
}

/* --- fragments -------------------------------------------------------------- */

static void fragment_key(struct cordon_recall_key *key, const struct net *net,
			 const struct cordon_frame *frame)
{
	*key = (struct cordon_recall_key){
		.from = frame->tuple.from,
		.to = frame->tuple.to,
		.net = net->net_cookie,
		.in = frame->fragment,
		.protocol = cordon_address_is_ipv4(&frame->tuple.to) ?
			    frame->tuple.protocol : 0,
	};
}

/**
 * cordon_passage_begin - the first fragment of a packet has passed
 * @memory: of the network
 * @net: where
 * @frame: the fragment
 *
 * Context: any.
 */
void cordon_passage_begin(const struct cordon_passage_memory *memory,
			  const struct net *net,
			  const struct cordon_frame *frame)
{
	const struct cordon_recall_value value = { };
	struct cordon_recall_key key;

	fragment_key(&key, net, frame);
	cordon_recall_put(memory->fragments, &key, &value);
}

/**
 * cordon_passage_has_begun - has the first fragment of a packet passed
 * @memory: of the network
 * @net: where
 * @frame: another fragment
 *
 * Context: any.
 */
bool cordon_passage_has_begun(const struct cordon_passage_memory *memory,
			      const struct net *net,
			      const struct cordon_frame *frame)
{
	struct cordon_recall_value value;
	struct cordon_recall_key key;

	fragment_key(&key, net, frame);
	return cordon_recall_get(memory->fragments, &key, &value, FRAGMENT_AGE);
}

/* --- memory ----------------------------------------------------------------- */

static int memory_init(struct cordon_passage_memory *memory)
{
	memory->verdicts = cordon_recall_new(VERDICT_BITS);
	memory->opened = cordon_recall_new(OPEN_BITS);
	memory->fragments = cordon_recall_new(FRAGMENT_BITS);
	return memory->verdicts && memory->opened && memory->fragments ?
		       0 : -ENOMEM;
}

static void memory_exit(struct cordon_passage_memory *memory)
{
	cordon_recall_free(memory->verdicts);
	cordon_recall_free(memory->opened);
	cordon_recall_free(memory->fragments);
	*memory = (struct cordon_passage_memory){ };
}

/**
 * cordon_passage_memory_init - get it
 *
 * Context: may sleep; one at a time.
 * Return: 0, also if it is there already, or -ENOMEM.
 */
int cordon_passage_memory_init(void)
{
	if (machine.verdicts)
		return 0;
	if (!memory_init(&machine) && !memory_init(&guests))
		return 0;
	cordon_passage_memory_exit();
	return -ENOMEM;
}

/** cordon_passage_memory_exit - no packet is judged any more; may sleep */
void cordon_passage_memory_exit(void)
{
	memory_exit(&machine);
	memory_exit(&guests);
}
