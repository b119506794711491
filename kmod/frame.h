/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Frames: what a packet says of itself, as far as passages depend on it.
 *
 * Nothing is believed that was not seen to lie inside the packet.
 */
#ifndef _CORDON_FRAME_H
#define _CORDON_FRAME_H

#include <linux/if_ether.h>
#include <linux/types.h>

#include "engine/address.h"

struct cordon_recall_key;
struct sk_buff;

#define CORDON_FRAME_OTHER	255	/* @protocol of what is not IP */

/**
 * enum cordon_frame_kind - how a frame is judged
 * @CORDON_FRAME_FLOW: as a packet of a flow between two ends
 * @CORDON_FRAME_ERROR: of ICMP, about a packet of the flow that is embedded
 * @CORDON_FRAME_EXEMPT: what lets hosts talk at all: ARP, neighbour discovery,
 *	membership of groups, DHCP
 * @CORDON_FRAME_FRAGMENT: not the first of its packet
 * @CORDON_FRAME_MALFORMED: headers contradict themselves, or are cut off
 */
enum cordon_frame_kind {
	CORDON_FRAME_FLOW,
	CORDON_FRAME_ERROR,
	CORDON_FRAME_EXEMPT,
	CORDON_FRAME_FRAGMENT,
	CORDON_FRAME_MALFORMED,
};

/**
 * struct cordon_tuple - who talks to whom
 * @from: zero if the frame is not IP
 * @to: likewise
 * @from_port: host byte order; of ICMP: the identifier; 0: none
 * @to_port: likewise
 * @protocol: IPPROTO_; ICMP of both versions is IPPROTO_ICMP
 * @opens: can begin a flow: TCP: SYN without ACK, ICMP: a request
 * @replies: can belong to one that is there: TCP: all but a bare SYN, ICMP: a
 *	reply
 */
struct cordon_tuple {
	struct cordon_address from;
	struct cordon_address to;
	u16 from_port;
	u16 to_port;
	u8 protocol;
	bool opens;
	bool replies;
};

/**
 * struct cordon_frame - a packet, looked at
 * @kind: how it is judged
 * @begins: it is the first fragment of several
 * @tuple: all but malformed: addresses; flows: all of it
 * @about: CORDON_FRAME_ERROR: the embedded packet's
 * @fragment: number that its fragments have in common
 */
struct cordon_frame {
	enum cordon_frame_kind kind;
	bool begins;
	struct cordon_tuple tuple;
	struct cordon_tuple about;
	u32 fragment;
};

/** cordon_frame_kind - which packets of a flow are judged alike */
static inline u8 cordon_frame_kind(bool opens, bool replies)
{
	return opens | replies << 1;
}

bool cordon_frame_plain(struct cordon_recall_key *key,
			const struct sk_buff *skb, u32 offset, u16 protocol);
void cordon_frame_read(struct cordon_frame *frame, const struct sk_buff *skb,
		       u32 offset, u16 protocol);
u16 cordon_frame_protocol(const struct sk_buff *skb, u32 *offset);

/**
 * struct cordon_frame_sender - the addresses that a frame says are its sender's
 * @count: of @address
 * @address: that it claims; the first is where it comes from
 * @macs: of @mac
 * @mac: beside the frame's own source: stated inside ARP and discovery
 */
struct cordon_frame_sender {
	u32 count;
	struct cordon_address address[2];
	u32 macs;
	u8 mac[2][ETH_ALEN];
};

void cordon_frame_sender(struct cordon_frame_sender *sender,
			 const struct sk_buff *skb, u32 offset, u16 protocol);

#endif /* _CORDON_FRAME_H */
