// SPDX-License-Identifier: LGPL-2.1-or-later
/* The connection: finding the module, sending a request, reading its answer. */
#include <errno.h>
#include <linux/genetlink.h>
#include <netlink/genl/genl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/time.h>
#include <unistd.h>

#include "client_private.h"
#include "output.h"

/* The kernel answers while it is asked; only a commit of much takes long */
#define CLIENT_PATIENCE 60

/* A message must fit whole: the largest attribute and what surrounds it */
#define CLIENT_SEND_SIZE (128 << 10)

struct nl_msg *client_message(const struct client *client,
			      uint8_t command, int flags,
			      size_t size)
{
	struct nl_msg *message = nlmsg_alloc_size(size);

	if (message && !genlmsg_put(message, NL_AUTO_PORT, NL_AUTO_SEQ,
				    client->family, 0, NLM_F_REQUEST | flags,
				    command, CORDON_GENL_VERSION)) {
		nlmsg_free(message);
		message = NULL;
	}
	if (!message)
		output_error("out of memory for a request to the module");
	return message;
}

int client_receive(struct client *client, int flags,
		   struct client_buffer *buffer)
{
	int descriptor = nl_socket_get_fd(client->socket);
	struct sockaddr_nl sender = { .nl_family = AF_UNSPEC };
	socklen_t length;
	ssize_t size;

	for (;;) {
		size = recv(descriptor, NULL, 0, MSG_PEEK | MSG_TRUNC | flags);
		if (size < 0 && errno == EINTR && !flags)
			continue;
		if (size < 0)
			return -errno;
		buffer->data = malloc((size_t)size + 1);
		if (!buffer->data)
			return -ENOMEM;
		length = sizeof(sender);
		size = recvfrom(descriptor, buffer->data, (size_t)size, flags,
				(struct sockaddr *)&sender, &length);
		if (size < 0) {
			int error = errno;

			free(buffer->data);
			buffer->data = NULL;
			if (error == EINTR && !flags)
				continue;
			return -error;
		}
		/* Anyone may send to our port; only the kernel is port 0 */
		if (length == sizeof(sender) && !sender.nl_pid) {
			buffer->size = (size_t)size;
			return 0;
		}
		free(buffer->data);
		buffer->data = NULL;
	}
}

int client_answer_scan(struct client *client, uint32_t sequence,
		       const struct client_buffer *buffer, bool *interrupted)
{
	struct nlmsghdr *header = buffer->data;
	int left = (int)buffer->size;

	for (; nlmsg_ok(header, left); header = nlmsg_next(header, &left)) {
		if (header->nlmsg_seq != sequence)
			continue;
		if (interrupted && header->nlmsg_flags & NLM_F_DUMP_INTR)
			*interrupted = true;
		if (header->nlmsg_type != NLMSG_ERROR &&
		    header->nlmsg_type != NLMSG_DONE)
			continue;
		return client_answer_parse(header, &client->answer) ? 1 : -1;
	}
	return 0;
}

int client_exchange(struct client *client, struct nl_msg *message,
		    struct client_dump *keep, bool *interrupted)
{
	struct client_buffer buffer = { NULL, 0 };
	uint32_t sequence;
	int error, done;

	memset(&client->answer, 0, sizeof(client->answer));
	error = nl_send_auto(client->socket, message);
	if (error < 0) {
		output_error("cannot send to the module: %s",
			     nl_geterror(error));
		return EXIT_FAILED;
	}
	sequence = nlmsg_hdr(message)->nlmsg_seq;
	do {
		error = client_receive(client, 0, &buffer);
		if (error == -EAGAIN) {
			output_error("the module has not answered for %d seconds: see dmesg",
				     CLIENT_PATIENCE);
			return EXIT_FAILED;
		}
		if (error) {
			output_error("cannot read the module's answer: %s",
				     strerror(-error));
			return EXIT_FAILED;
		}
		done = client_answer_scan(client, sequence, &buffer,
					  interrupted);
		if (keep && !client_dump_keep(keep, &buffer)) {
			free(buffer.data);
			output_error("out of memory for the module's answer");
			return EXIT_FAILED;
		}
		free(buffer.data);
		buffer.data = NULL;
	} while (!done);
	if (done > 0)
		return EXIT_OK;
	output_error("the module's answer makes no sense: do its version and cordonctl's agree? see `cordonctl version`");
	return EXIT_FAILED;
}

int client_request(struct client *client, struct nl_msg *message,
		   const char *doing)
{
	int code = client_exchange(client, message, NULL, NULL);

	nlmsg_free(message);
	if (code)
		return code;
	return client->answer.error ? client_refused(client, doing) : EXIT_OK;
}

static uint32_t group_number(struct nlattr *groups)
{
	static const struct nla_policy policy[CTRL_ATTR_MCAST_GRP_MAX + 1] = {
		[CTRL_ATTR_MCAST_GRP_NAME] = { .type = NLA_STRING },
		[CTRL_ATTR_MCAST_GRP_ID] = { .type = NLA_U32 },
	};
	struct nlattr *group;
	int left;

	nla_for_each_nested(group, groups, left) {
		struct nlattr *part[CTRL_ATTR_MCAST_GRP_MAX + 1];

		if (nla_parse_nested(part, CTRL_ATTR_MCAST_GRP_MAX, group,
				     (struct nla_policy *)policy) ||
		    !part[CTRL_ATTR_MCAST_GRP_NAME] ||
		    !part[CTRL_ATTR_MCAST_GRP_ID])
			continue;
		if (!strcmp(nla_get_string(part[CTRL_ATTR_MCAST_GRP_NAME]),
			    CORDON_GENL_MCGRP))
			return nla_get_u32(part[CTRL_ATTR_MCAST_GRP_ID]);
	}
	return 0;
}

static int read_family(struct client *client, const struct client_dump *reply)
{
	static const struct nla_policy policy[CTRL_ATTR_MAX + 1] = {
		[CTRL_ATTR_FAMILY_ID] = { .type = NLA_U16 },
		[CTRL_ATTR_VERSION] = { .type = NLA_U32 },
		[CTRL_ATTR_MCAST_GROUPS] = { .type = NLA_NESTED },
	};
	struct nlattr *part[CTRL_ATTR_MAX + 1];
	struct nlmsghdr *header;

	if (!reply->buffer_count)
		return EXIT_FAILED;
	header = reply->buffers[0].data;
	if (header->nlmsg_type != GENL_ID_CTRL ||
	    genlmsg_parse(header, 0, part, CTRL_ATTR_MAX,
			  (struct nla_policy *)policy) ||
	    !part[CTRL_ATTR_FAMILY_ID] || !part[CTRL_ATTR_VERSION])
		return EXIT_FAILED;
	client->family = nla_get_u16(part[CTRL_ATTR_FAMILY_ID]);
	if (part[CTRL_ATTR_MCAST_GROUPS])
		client->group = group_number(part[CTRL_ATTR_MCAST_GROUPS]);
	if (nla_get_u32(part[CTRL_ATTR_VERSION]) == CORDON_GENL_VERSION)
		return EXIT_OK;
	output_error("the module speaks version %u of the protocol, this cordonctl version %u: install both from the same release",
		     nla_get_u32(part[CTRL_ATTR_VERSION]), CORDON_GENL_VERSION);
	return EXIT_FAILED;
}

static void say_absent(void)
{
	if (access("/sys/module/cordon", F_OK))
		output_error("the cordon module is not loaded: `modprobe cordon`, then again (dmesg says why if it refused)");
	else
		output_error("the cordon module is loaded, but not to be reached from here: it answers in the initial network namespace only");
}

/* Ask for the family, which may have the kernel load the module */
static int find_family(struct client *client, bool quiet)
{
	struct client_dump reply = { .count = 0 };
	struct nl_msg *message;
	int code;

	client->family = GENL_ID_CTRL;
	message = client_message(client, CTRL_CMD_GETFAMILY, NLM_F_ACK, 256);
	if (!message)
		return EXIT_FAILED;
	nla_put_string(message, CTRL_ATTR_FAMILY_NAME, CORDON_GENL_NAME);
	code = client_exchange(client, message, &reply, NULL);
	nlmsg_free(message);
	if (code)
		goto out;
	if (client->answer.error == ENOENT) {
		code = EXIT_NO_MODULE;
		if (!quiet)
			say_absent();
	} else if (client->answer.error) {
		code = client_refused(client, "cannot ask for the module");
	} else {
		code = read_family(client, &reply);
	}
out:
	client_dump_free(&reply);
	return code;
}

static int open_socket(struct client *client)
{
	struct timeval patience = { .tv_sec = CLIENT_PATIENCE };
	int one = 1, size = CLIENT_SEND_SIZE;
	int descriptor, error;

	client->socket = nl_socket_alloc();
	if (!client->socket) {
		output_error("out of memory for a netlink socket");
		return EXIT_FAILED;
	}
	nl_socket_disable_auto_ack(client->socket);
	error = genl_connect(client->socket);
	if (error) {
		output_error("cannot open a netlink socket: %s",
			     nl_geterror(error));
		return EXIT_FAILED;
	}
	/*
	 * What fails here fails softly: without these the kernel explains
	 * less, and a message that is too long is refused with an error.
	 */
	descriptor = nl_socket_get_fd(client->socket);
	setsockopt(descriptor, SOL_NETLINK, NETLINK_EXT_ACK, &one, sizeof(one));
	setsockopt(descriptor, SOL_NETLINK, NETLINK_CAP_ACK, &one, sizeof(one));
	setsockopt(descriptor, SOL_SOCKET, SO_SNDBUF, &size, sizeof(size));
	setsockopt(descriptor, SOL_SOCKET, SO_RCVTIMEO, &patience,
		   sizeof(patience));
	return EXIT_OK;
}

static int open_client(struct client **client, bool quiet)
{
	int code;

	*client = calloc(1, sizeof(**client));
	if (!*client) {
		output_error("out of memory");
		return EXIT_FAILED;
	}
	code = open_socket(*client);
	if (!code)
		code = find_family(*client, quiet);
	if (code) {
		client_close(*client);
		*client = NULL;
	}
	return code;
}

int client_open(struct client **client)
{
	return open_client(client, false);
}

int client_open_quietly(struct client **client)
{
	return open_client(client, true);
}

void client_close(struct client *client)
{
	if (!client)
		return;
	nl_socket_free(client->socket);
	client_dump_free(&client->reply);
	free(client->events.data);
	free(client);
}
