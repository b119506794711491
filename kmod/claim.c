// SPDX-License-Identifier: GPL-2.0-only
#include <linux/etherdevice.h>
#include <linux/netdevice.h>
#include <linux/ratelimit.h>

#include "claim.h"
#include "frame.h"
#include "generation.h"
#include "passage.h"
#include "port.h"
#include "segment.h"

/**
 * struct claim - what a frame says of its sender
 * @way: where it is; in: the port
 * @skb: the frame
 * @offset: where what it carries begins, from skb->data
 * @protocol: of that: ETH_P_, host byte order
 * @table: who may say so
 */
struct claim {
	const struct cordon_passage_way *way;
	const struct sk_buff *skb;
	u32 offset;
	u16 protocol;
	const struct cordon_port_table *table;
};

/*
 * @address: that it speaks of; NULL: the one in the packet's header
 * @workload: the document that says otherwise; CORDON_NONE: none does
 */
static bool passes(const struct claim *claim,
		   const struct cordon_address *address, u32 workload)
{
	struct cordon_frame frame;

	if (likely(workload == CORDON_NONE))
		return true;
	cordon_frame_read(&frame, claim->skb, claim->offset, claim->protocol);
	if (address)
		frame.tuple.from = *address;
	pr_warn_ratelimited("bridge port %s, hardware address %pM, sends as %pI6c: the claims say otherwise\n",
			    claim->way->in->name,
			    eth_hdr(claim->skb)->h_source, &frame.tuple.from);
	return cordon_passage_refuse(claim->way, &frame.tuple,
				     CORDON_REASON_CLAIM, workload);
}

static bool mac_passes(const struct claim *claim,
		       const struct cordon_address *address, const u8 *mac)
{
	return passes(claim, address,
		      cordon_port_claims_mac(claim->table, claim->way->in,
					     mac));
}

/**
 * cordon_claim_judge - may a port of a bridge send from where it says
 * @way: in: the port; the policy has claims
 * @skb: a frame
 * @offset: where what it carries begins, from skb->data
 * @protocol: of that: ETH_P_, host byte order
 *
 * Context: softirq or process; under cordon_srcu and RCU.
 * Return: false if it is to be dropped.
 */
bool cordon_claim_judge(const struct cordon_passage_way *way,
			const struct sk_buff *skb, u32 offset, u16 protocol)
{
	const struct claim claim = {
		.way = way,
		.skb = skb,
		.offset = offset,
		.protocol = protocol,
		.table = cordon_segment_view_ports(way->generation->segments),
	};
	const struct cordon_address *address;
	struct cordon_frame_sender sender;
	u32 i;

	if (!mac_passes(&claim, NULL, eth_hdr(skb)->h_source))
		return false;
	cordon_frame_sender(&sender, skb, offset, protocol);
	for (i = 0; i < sender.macs; i++)
		if (!mac_passes(&claim,
				sender.count ? &sender.address[0] : NULL,
				sender.mac[i]))
			return false;
	for (i = 0; i < sender.count; i++) {
		address = &sender.address[i];
		if (!passes(&claim, address,
			    cordon_port_claims_address(claim.table, way->in,
						       address)))
			return false;
	}
	return true;
}
