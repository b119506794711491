/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Claims: which addresses, IP and hardware, may be used behind a bridge's port.
 */
#ifndef _CORDON_CLAIM_H
#define _CORDON_CLAIM_H

#include <linux/types.h>

struct cordon_passage_way;
struct sk_buff;

bool cordon_claim_judge(const struct cordon_passage_way *way,
			const struct sk_buff *skb, u32 offset, u16 protocol);

#endif /* _CORDON_CLAIM_H */
