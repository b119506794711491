// SPDX-License-Identifier: LGPL-2.1-or-later
/* Messages that are valid, mostly, in an order that is not, mostly. */
#define _GNU_SOURCE
#include <stdint.h>
#include <stdio.h>
#include <unistd.h>

#include <linux/genetlink.h>
#include <cordon.h>

#include "netlink.h"

static uint64_t chance_state;

uint32_t chance(uint32_t below)
{
	/* xorshift64, Marsaglia 2003 */
	chance_state ^= chance_state << 13;
	chance_state ^= chance_state >> 7;
	chance_state ^= chance_state << 17;
	return (chance_state >> 16) % below;
}

/* Something valid, mostly, at any time. */
static void random_message(struct peer *peer)
{
	static const char *const patterns[] = {
		"/nowhere/**", "/nowhere/a*b?[c-d]", "memfd:", "/**", "x",
		"/nowhere/\\*", "/nowhere/**/x",
	};
	struct counts counts = { chance(3), chance(3), chance(9), chance(9),
				 chance(2048), 0 };
	char name[16];

	switch (chance(10)) {
	case 0:
		message_begin(peer, CORDON_CMD_BEGIN);
		if (chance(2))
			message_put(CORDON_A_REPLACE, "", 0);
		break;
	case 1:
	case 2:
		snprintf(name, sizeof(name), "chance%u", chance(4));
		workload(peer, name, chance(4) ? &usual : &counts);
		break;
	case 3:
		content(peer);
		break;
	case 4:
		message_begin(peer, CORDON_CMD_RULE_ADD);
		put_member(chance(6), "/nowhere/m");
		put_program("/nowhere/p*");
		put_rule(chance(3), chance(40), patterns[chance(7)]);
		break;
	case 5:
		message_begin(peer, CORDON_CMD_COMMIT);
		if (chance(2))
			message_put_u32(CORDON_A_CONFIRM, 1 + chance(9));
		break;
	case 6:
		random_entries(peer);
		break;
	case 7:
		if (chance(2)) {
			segments_content(peer);
			break;
		}
		snprintf(name, sizeof(name), "chance%u", chance(4));
		workload(peer, name, &segments_counts);
		break;
	case 8:
		message_begin_type(peer, peer->family, 1 + chance(CORDON_CMD_COUNT),
			   chance(2) ? NLM_F_DUMP : NLM_F_ACK);
		break;
	default:
		message_begin(peer, 1 + chance(CORDON_CMD_COUNT));
		message_put_text(chance(CORDON_A_COUNT), "chance1");
	}
}

int random_messages(long count, uint64_t seed)
{
	struct peer peers[3];
	long taken = 0, entries = 0, i;
	uint32_t at, size;
	uint8_t command;
	int which;

	chance_state = seed | 1;
	for (which = 0; which < 3; which++)
		peer_must(&peers[which]);
	segments_load(&peers[0]);
	for (i = 0; i < count; i++) {
		which = chance(8) ? 0 : chance(3);
		random_message(&peers[which]);
		size = message.head.nlmsg_len;
		/* Half of them are spoilt behind their head. */
		for (at = chance(2) * chance(9); at; at--)
			message.bytes[NLMSG_HDRLEN +
				      chance(size - NLMSG_HDRLEN)] =
				chance(2) ? chance(256) : 0;
		if (!chance(16))
			message.head.nlmsg_len = NLMSG_HDRLEN +
						 chance(size - NLMSG_HDRLEN);
		command = ((struct genlmsghdr *)(message.bytes +
						 NLMSG_HDRLEN))->cmd;
		if (!peer_tell_bytes(&peers[which], message.head.nlmsg_len)) {
			taken++;
			entries += command >= CORDON_CMD_SEGMENT_ADD &&
				   command <= CORDON_CMD_SEGMENT_LOAD;
		}
		/* Segments whose addresses come and go. */
		if (!chance(256))
			segments_load(&peers[0]);
		if (!chance(64)) {
			close(peers[which].fd);
			peer_must(&peers[which]);
		}
	}
	quietly(&peers[0], CORDON_CMD_ABORT);
	message_begin(&peers[0], CORDON_CMD_STATUS_GET);
	printf("%ld messages, %ld of them taken, %ld of these about addresses\n",
	       count, taken, entries);
	return peer_tell(&peers[0]) || !entries;
}
