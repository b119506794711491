// SPDX-License-Identifier: LGPL-2.1-or-later
/* What whoever runs this may ask the module, and hear from it. */
#define _GNU_SOURCE
#include <errno.h>
#include <stdint.h>
#include <stdio.h>
#include <sys/socket.h>

#include <linux/genetlink.h>
#include <cordon.h>

#include "netlink.h"

int rights(void)
{
	struct peer peer;
	int status = peer_open(&peer);
	int group;

	if (status) {
		printf("family=%d\n", status);
		return 0;
	}
	message_begin(&peer, CORDON_CMD_STATUS_GET);
	status = peer_tell(&peer);
	printf("read=%d ", status);
	message_begin_type(&peer, peer.family, CORDON_CMD_RULE_DUMP, NLM_F_DUMP);
	status = peer_tell(&peer);
	printf("dump=%d ", status);
	message_begin(&peer, CORDON_CMD_EVENT_GET);
	status = peer_tell(&peer);
	printf("events=%d ", status);
	message_begin(&peer, CORDON_CMD_BEGIN);
	status = peer_tell(&peer);
	printf("change=%d ", status);
	/* Who may, is told that it lacks something. */
	message_begin(&peer, CORDON_CMD_RESPOND);
	status = peer_tell(&peer);
	printf("respond=%d ", status == EINVAL ? 0 : status);
	message_begin(&peer, CORDON_CMD_ANSWER);
	status = peer_tell(&peer);
	printf("answer=%d ", status == EINVAL ? 0 : status);
	message_begin_type(&peer, peer.family, CORDON_CMD_MEASURE_DUMP,
			   NLM_F_DUMP);
	status = peer_tell(&peer);
	printf("measures=%d ", status);
	group = peer.group;
	printf("listen=%d\n",
	       setsockopt(peer.fd, SOL_NETLINK, NETLINK_ADD_MEMBERSHIP, &group,
			  sizeof(group)) < 0 ? errno : 0);
	return 0;
}

/*
 * Whoever listens hears that there are events, and no more: every message is
 * as long as its two headers.
 */
int eavesdrop(long count)
{
	union {
		struct nlmsghdr header;
		char bytes[65536];
	} heard;
	struct peer peer;
	int status = peer_open(&peer);
	int group;

	if (status)
		return 2;
	group = peer.group;
	if (setsockopt(peer.fd, SOL_NETLINK, NETLINK_ADD_MEMBERSHIP, &group,
		       sizeof(group)))
		return 1;
	puts("ready");
	while (count--) {
		ssize_t size = recv(peer.fd, &heard, sizeof(heard), 0);

		if (size < (ssize_t)sizeof(heard.header))
			return 1;
		printf("type=%d size=%zd\n",
		       heard.header.nlmsg_type == peer.family, size);
	}
	return 0;
}
