/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Kept verdicts: what let the last packet of a socket pass, each way, and what
 * it depends on.  While that is the same, a flow is not looked up again; and
 * whether it is can be seen under RCU alone, from the callback of a hook.
 */
#ifndef _CORDON_NET_KEPT_H
#define _CORDON_NET_KEPT_H

#include <linux/bits.h>
#include <linux/jiffies.h>
#include <linux/limits.h>
#include <linux/seqlock.h>
#include <linux/types.h>

struct cordon_net_ends;
struct cordon_socket;

/**
 * struct cordon_kept_key - what a kept verdict holds for, made for comparing
 * @who: the subject, in the generation that judged it: see cordon_who_pack();
 *	0: there is no verdict
 * @remote_high: the other end, as the words of struct cordon_address
 * @remote_low: likewise
 * @place: cordon_segment_epoch(), and above it the interface that it goes by,
 *	where segments hold interfaces; else 0
 * @flow: see cordon_kept_flow()
 *
 * No array is among them, so that a key can live in registers.
 */
struct cordon_kept_key {
	u64 who;
	u64 remote_high;
	u64 remote_low;
	u64 place;
	u64 flow;
};

/**
 * struct cordon_kept - the last verdict that let something pass
 * @sequence: odd while it is written
 * @is_brief: good until @until only
 * @until: jiffies
 * @key: what it holds for
 */
struct cordon_kept {
	seqcount_t sequence;
	bool is_brief;
	unsigned long until;
	struct cordon_kept_key key;
};

/** enum cordon_way - which way something goes */
enum cordon_way {
	CORDON_WAY_IN,
	CORDON_WAY_OUT,
	CORDON_WAY_COUNT
};

/*
 * Where a socket keeps verdicts.  Calls and packets of one flow may differ in
 * what is known of it, and take turns: neither is to drive out what is kept of
 * the other.
 */
#define CORDON_KEPT_SLOTS	4

#define CORDON_KEPT_FOREIGN	BIT_ULL(40)
/* Of a listener: who opens is another than where a connection goes on. */
#define CORDON_KEPT_LISTENS	BIT_ULL(41)
/* @plain of struct cordon_socket where it has none; no flow looks like this. */
#define CORDON_KEPT_NOT_PLAIN	U64_MAX

/**
 * cordon_kept_flow - what is left of a flow, in one word
 * @protocol: IPPROTO_
 * @local_port: of this end; 0: none
 * @remote_port: of the other end; likewise
 * @is_foreign: see struct cordon_net_ends
 *
 * Beside it there may be CORDON_KEPT_LISTENS.
 */
static __always_inline u64 cordon_kept_flow(u8 protocol, __be16 local_port,
					    __be16 remote_port, bool is_foreign)
{
	return (__force u32)local_port << 16 | (__force u16)remote_port |
	       (u64)protocol << 32 | (is_foreign ? CORDON_KEPT_FOREIGN : 0);
}

/*
 * By the way, and by whether a packet said what a call cannot know.  A stream is
 * judged by who opened it: what is kept of one way is good for the other.
 */
static __always_inline u32 cordon_kept_slot(enum cordon_way way, bool is_stream,
					    const struct cordon_kept_key *key)
{
	const u32 interface = key->place >> 32;

	return (is_stream && !interface ? CORDON_WAY_OUT : way) * 2 +
	       ((key->flow & CORDON_KEPT_FOREIGN) || interface);
}

static __always_inline bool
cordon_kept_key_same(const struct cordon_kept_key *a,
		     const struct cordon_kept_key *b)
{
	return !((a->who ^ b->who) | (a->place ^ b->place) |
		 (a->flow ^ b->flow) |
		 (a->remote_high ^ b->remote_high) |
		 (a->remote_low ^ b->remote_low));
}

/**
 * cordon_kept_holds - does a kept verdict answer this
 * @kept: the verdict
 * @key: what is asked
 *
 * Context: any.
 */
static __always_inline bool
cordon_kept_holds(const struct cordon_kept *kept,
		  const struct cordon_kept_key *key)
{
	unsigned int sequence = raw_read_seqcount(&kept->sequence);

	/* It never goes back to an even number that an odd one came after. */
	return cordon_kept_key_same(&kept->key, key) &&
	       (!kept->is_brief || time_before(jiffies, kept->until)) &&
	       !read_seqcount_retry(&kept->sequence, sequence & ~1U);
}

/**
 * cordon_kept_limit - a verdict is not good for ever
 * @kept: about to be kept
 * @until: jiffies; the earliest counts
 */
static inline void cordon_kept_limit(struct cordon_kept *kept,
				     unsigned long until)
{
	if (!kept->is_brief || time_before(until, kept->until))
		kept->until = until;
	kept->is_brief = true;
}

void cordon_kept_init(struct cordon_socket *socket,
		      const struct cordon_socket *from);
void cordon_kept_put(struct cordon_socket *socket, u32 slot,
		     const struct cordon_kept *kept);
void cordon_kept_forget(struct cordon_socket *socket);

bool cordon_kept_answers(const struct cordon_socket *socket,
			 enum cordon_way way, u64 who,
			 const struct cordon_net_ends *ends);

/* For the callback of hooks: see @is_answered of struct cordon_hook_desc. */
bool cordon_kept_send(unsigned long sock, unsigned long msg);
bool cordon_kept_receive(unsigned long sock, unsigned long unused);

#endif /* _CORDON_NET_KEPT_H */
