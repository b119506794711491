/* SPDX-License-Identifier: GPL-2.0-only */
/* Reading headers that lie inside a packet, and nowhere else. */
#ifndef _CORDON_FRAME_CURSOR_H
#define _CORDON_FRAME_CURSOR_H

#include <linux/skbuff.h>
#include <linux/string.h>
#include <net/ipv6.h>

#include "engine/address.h"

/**
 * struct cordon_cursor - where in a packet, and up to where it goes
 * @skb: the packet
 * @at: bytes from skb->data
 * @end: likewise; no header may reach beyond
 * @embedded: it is one that an ICMP error quotes, and may be cut off
 */
struct cordon_cursor {
	const struct sk_buff *skb;
	u32 at;
	u32 end;
	bool embedded;
};

/** cordon_cursor_take - the next @size bytes, perhaps in @room, or NULL */
static inline const void *cordon_cursor_take(const struct cordon_cursor *cursor,
					     u32 size, void *room)
{
	if (cursor->end < cursor->at || cursor->end - cursor->at < size)
		return NULL;
	return skb_header_pointer(cursor->skb, cursor->at, size, room);
}

static inline void cordon_address_from_ipv4(struct cordon_address *address,
					    __be32 from)
{
	address->word[0] = 0;
	address->word[1] = cordon_big64(0x0000ffff00000000ull | ntohl(from));
}

static inline void cordon_address_from_ipv6(struct cordon_address *address,
					    const struct in6_addr *from)
{
	memcpy(address->byte, from->s6_addr, sizeof(address->byte));
}

#endif /* _CORDON_FRAME_CURSOR_H */
