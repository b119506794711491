// SPDX-License-Identifier: LGPL-2.1-or-later
#define _GNU_SOURCE
#include <errno.h>
#include <linux/genetlink.h>
#include <linux/netlink.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/time.h>
#include <unistd.h>

#include <cordon.h>

#include "peer.h"

struct message message;

/* --- writing ---------------------------------------------------------------- */

void message_begin_type(struct peer *peer, uint16_t type, uint8_t command,
		       uint16_t flags)
{
	struct genlmsghdr *generic = (void *)(message.bytes + NLMSG_HDRLEN);

	memset(message.bytes, 0, NLMSG_HDRLEN + GENL_HDRLEN);
	message.head.nlmsg_len = NLMSG_HDRLEN + GENL_HDRLEN;
	message.head.nlmsg_type = type;
	message.head.nlmsg_flags = NLM_F_REQUEST | flags;
	message.head.nlmsg_seq = ++peer->sequence;
	generic->cmd = command;
	generic->version = CORDON_GENL_VERSION;
}

void message_begin(struct peer *peer, uint8_t command)
{
	message_begin_type(peer, peer->family, command, NLM_F_ACK);
}

void message_put(uint16_t type, const void *data, size_t size)
{
	struct nlattr *attribute = (void *)(message.bytes +
					    message.head.nlmsg_len);

	attribute->nla_type = type;
	attribute->nla_len = NLA_HDRLEN + size;
	memset(attribute + 1, 0, NLA_ALIGN(size));
	memcpy(attribute + 1, data, size);
	message.head.nlmsg_len += NLA_ALIGN(attribute->nla_len);
}

void message_put_u8(uint16_t type, uint8_t value)
{
	message_put(type, &value, sizeof(value));
}

void message_put_u32(uint16_t type, uint32_t value)
{
	message_put(type, &value, sizeof(value));
}

void message_put_u64(uint16_t type, uint64_t value)
{
	message_put(type, &value, sizeof(value));
}

void message_put_text(uint16_t type, const char *text)
{
	message_put(type, text, strlen(text) + 1);
}

struct nlattr *message_nest(uint16_t type)
{
	struct nlattr *attribute = (void *)(message.bytes +
					    message.head.nlmsg_len);

	message_put(type | NLA_F_NESTED, "", 0);
	return attribute;
}

void message_end(struct nlattr *attribute)
{
	attribute->nla_len = message.bytes + message.head.nlmsg_len -
			     (char *)attribute;
}

/* --- sending and hearing ------------------------------------------------------ */

static void find_group(struct peer *peer, const struct nlattr *groups)
{
	const char *at = (const char *)groups + NLA_HDRLEN;
	const char *last = (const char *)groups + groups->nla_len;

	/* One group, or the last: each is a nest of a name and a number. */
	while (at + NLA_HDRLEN <= last) {
		const struct nlattr *group = (const void *)at;
		const char *inner = at + NLA_HDRLEN;

		while (inner + NLA_HDRLEN <= at + group->nla_len) {
			const struct nlattr *one = (const void *)inner;

			if (one->nla_type == CTRL_ATTR_MCAST_GRP_ID)
				memcpy(&peer->group, one + 1, 4);
			inner += NLA_ALIGN(one->nla_len);
		}
		at += NLA_ALIGN(group->nla_len);
	}
}

/* Look for what is wanted in an answer to a question. */
static void hear_answer(struct peer *peer, const struct nlmsghdr *head)
{
	const char *at = (const char *)head + NLMSG_HDRLEN + GENL_HDRLEN;
	const char *last = (const char *)head + head->nlmsg_len;

	for (; at + NLA_HDRLEN <= last;
	     at += NLA_ALIGN(((const struct nlattr *)at)->nla_len)) {
		const struct nlattr *attribute = (const void *)at;

		if (attribute->nla_len < NLA_HDRLEN)
			return;
		if (head->nlmsg_type == GENL_ID_CTRL) {
			if (attribute->nla_type == CTRL_ATTR_FAMILY_ID)
				memcpy(&peer->family, attribute + 1, 2);
			else if ((attribute->nla_type & NLA_TYPE_MASK) ==
				 CTRL_ATTR_MCAST_GROUPS)
				find_group(peer, attribute);
		} else if ((attribute->nla_type & NLA_TYPE_MASK) ==
			   CORDON_A_STATUS) {
			/* Enter the nest. */
			at += NLA_HDRLEN - NLA_ALIGN(attribute->nla_len);
		} else if (attribute->nla_type == CORDON_STATUS_A_GENERATION) {
			memcpy(&peer->generation, attribute + 1, 8);
		}
	}
}

static int hear_error(struct peer *peer, const struct nlmsghdr *head)
{
	const struct nlmsgerr *error = (const void *)((const char *)head +
						      NLMSG_HDRLEN);
	const char *at = (const char *)(error + 1);
	const char *last = (const char *)head + head->nlmsg_len;

	if (!(head->nlmsg_flags & NLM_F_CAPPED))
		at += NLMSG_ALIGN(error->msg.nlmsg_len) - NLMSG_HDRLEN;
	while (head->nlmsg_flags & NLM_F_ACK_TLVS && at + NLA_HDRLEN <= last) {
		const struct nlattr *attribute = (const void *)at;

		if (attribute->nla_len < NLA_HDRLEN)
			break;
		if (attribute->nla_type == NLMSGERR_ATTR_MSG)
			snprintf(peer->why, sizeof(peer->why), "%s",
				 (const char *)(attribute + 1));
		at += NLA_ALIGN(attribute->nla_len);
	}
	return -error->error;
}

/* The end of a dump says what it ended with. */
static int hear_done(const struct nlmsghdr *head)
{
	int error = 0;

	if (head->nlmsg_len >= NLMSG_LENGTH(sizeof(error)))
		memcpy(&error, NLMSG_DATA(head), sizeof(error));
	return error < 0 ? -error : 0;
}

/* What the kernel answers in the end: 0, or the errno it refuses with. */
static int hear(struct peer *peer)
{
	static char buffer[256 << 10];
	const struct nlmsghdr *head;
	ssize_t size;

	for (;;) {
		size = recv(peer->fd, buffer, sizeof(buffer), 0);
		if (size < 0)
			return errno;
		for (head = (void *)buffer; NLMSG_OK(head, size);
		     head = NLMSG_NEXT(head, size)) {
			if (head->nlmsg_type == NLMSG_ERROR)
				return hear_error(peer, head);
			if (head->nlmsg_type == NLMSG_DONE)
				return hear_done(head);
			hear_answer(peer, head);
		}
	}
}

int peer_tell_bytes(struct peer *peer, size_t size)
{
	struct timeval patience = { .tv_sec = 20 };

	peer->why[0] = '\0';
	setsockopt(peer->fd, SOL_SOCKET, SO_RCVTIMEO, &patience,
		   sizeof(patience));
	if (send(peer->fd, message.bytes, size, 0) < 0)
		return errno;
	return hear(peer);
}

int peer_tell(struct peer *peer)
{
	return peer_tell_bytes(peer, message.head.nlmsg_len);
}

int peer_open(struct peer *peer)
{
	struct sockaddr_nl address = { .nl_family = AF_NETLINK };
	int one = 1, status;

	memset(peer, 0, sizeof(*peer));
	peer->fd = socket(AF_NETLINK, SOCK_RAW | SOCK_CLOEXEC,
			  NETLINK_GENERIC);
	if (peer->fd < 0 ||
	    bind(peer->fd, (struct sockaddr *)&address, sizeof(address)) < 0)
		return errno;
	setsockopt(peer->fd, SOL_NETLINK, NETLINK_EXT_ACK, &one, sizeof(one));
	setsockopt(peer->fd, SOL_NETLINK, NETLINK_CAP_ACK, &one, sizeof(one));
	message_begin_type(peer, GENL_ID_CTRL, CTRL_CMD_GETFAMILY, NLM_F_ACK);
	message_put_text(CTRL_ATTR_FAMILY_NAME, CORDON_GENL_NAME);
	status = peer_tell(peer);
	return status ? status : peer->family ? 0 : ENOENT;
}

void peer_must(struct peer *peer)
{
	int status = peer_open(peer);

	if (!status)
		return;
	fprintf(stderr, "netlink: the family is not there: %s\n",
		strerror(status));
	exit(2);
}
