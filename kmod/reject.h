/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Telling those who are refused from outside that they are.
 */
#ifndef _CORDON_REJECT_H
#define _CORDON_REJECT_H

#include <linux/types.h>

struct sk_buff;

void cordon_reject_send(struct sk_buff *skb);
bool cordon_reject_is_notice(const struct sk_buff *skb, u32 offset,
			     u16 protocol);

#endif /* _CORDON_REJECT_H */
