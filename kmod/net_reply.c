// SPDX-License-Identifier: GPL-2.0-only
/*
 * Who may be answered: a server of datagrams sends to whoever has asked it,
 * and need not be allowed to open a flow to all of these.
 *
 * A table of fixed size remembers, for each socket, who was let in by `accept`
 * in the last minutes.  A place holds a keyed hash of socket and peer and the
 * time, in one word, so that neither lock nor memory is needed for a packet.
 * Where a set is full the oldest is forgotten: then an answer that comes late
 * is denied.
 */
#include <linux/cache.h>
#include <linux/jiffies.h>
#include <linux/random.h>
#include <linux/siphash.h>

#include "net_judge.h"

#define SET_BITS	12
#define WAYS		8
#define LIFETIME	(180 * HZ)

static u64 table[1 << SET_BITS][WAYS] ____cacheline_aligned;
static siphash_key_t secret;

/* The upper half of a place is the mark, the lower one the time. */
static u32 mark_of(u64 place)
{
	return place >> 32;
}

static u64 hash_of(const struct sock *sk, const struct cordon_net_ends *ends)
{
	return siphash_4u64((unsigned long)sk, ends->remote.word[0],
			    ends->remote.word[1],
			    (u64)ends->remote_port << 32 |
			    (u64)ends->local_port << 16 | ends->protocol,
			    &secret);
}

/**
 * cordon_net_reply_note - a peer has spoken, and was let in
 * @sk: to this socket
 * @ends: the remote one is the peer
 *
 * Context: any.
 */
void cordon_net_reply_note(const struct sock *sk,
			   const struct cordon_net_ends *ends)
{
	u64 hash = hash_of(sk, ends);
	u64 *set = table[hash & ((1 << SET_BITS) - 1)];
	u32 mark = mark_of(hash);
	u32 now = jiffies;
	unsigned int oldest = 0;
	unsigned int i;

	for (i = 0; i < WAYS; i++) {
		u64 place = READ_ONCE(set[i]);

		if (mark_of(place) == mark || !place) {
			oldest = i;
			break;
		}
		if (now - (u32)place > now - (u32)READ_ONCE(set[oldest]))
			oldest = i;
	}
	WRITE_ONCE(set[oldest], (u64)mark << 32 | now);
}

/**
 * cordon_net_reply_until - may a peer be answered
 * @sk: by this socket
 * @ends: the remote one is the peer
 * @until: jiffies when it may not any more
 *
 * Context: any.
 * Return: has it spoken a short while ago.
 */
bool cordon_net_reply_until(const struct sock *sk,
			    const struct cordon_net_ends *ends,
			    unsigned long *until)
{
	u64 hash = hash_of(sk, ends);
	const u64 *set = table[hash & ((1 << SET_BITS) - 1)];
	u32 now = jiffies;
	unsigned int i;

	for (i = 0; i < WAYS; i++) {
		u64 place = READ_ONCE(set[i]);
		u32 age = now - (u32)place;

		if (!place || mark_of(place) != mark_of(hash) ||
		    age >= LIFETIME)
			continue;
		*until = jiffies + LIFETIME - age;
		return true;
	}
	return false;
}

/** cordon_net_reply_init - before the first packet */
void cordon_net_reply_init(void)
{
	get_random_bytes(&secret, sizeof(secret));
}
