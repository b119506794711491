// SPDX-License-Identifier: GPL-2.0-only
#include <linux/errno.h>
#include <linux/jiffies.h>
#include <net/net_namespace.h>

#include <uapi/cordon.h>

#include "passage_memory.h"
#include "recall.h"

/* Sets of four: together about 12 MiB, for two. */
#define VERDICT_BITS	12
#define OPEN_BITS	12
#define FRAGMENT_BITS	9

/* How long after its last packet a flow is over, in jiffies. */
#define OPEN_AGE	(180 * HZ)
#define ICMP_AGE	(30 * HZ)
#define FRAGMENT_AGE	(30 * HZ)

struct cordon_passage_memory cordon_passage_machine;
struct cordon_passage_memory cordon_passage_guests;

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
	if (cordon_passage_machine.verdicts)
		return 0;
	if (!memory_init(&cordon_passage_machine) &&
	    !memory_init(&cordon_passage_guests))
		return 0;
	cordon_passage_memory_exit();
	return -ENOMEM;
}

/** cordon_passage_memory_exit - no packet is judged any more; may sleep */
void cordon_passage_memory_exit(void)
{
	memory_exit(&cordon_passage_machine);
	memory_exit(&cordon_passage_guests);
}
