// SPDX-License-Identifier: LGPL-2.1-or-later
/* Events as the module sends them to all who listen. */
#include <errno.h>
#include <netlink/genl/genl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>

#include "client_private.h"
#include "output.h"

/* Room for what comes while the terminal is slow */
#define EVENT_RECEIVE_SIZE (8 << 20)

int client_subscribe(struct client *client)
{
	int descriptor = nl_socket_get_fd(client->socket);
	int size = EVENT_RECEIVE_SIZE;
	int group = (int)client->group;

	if (!client->group) {
		output_error("the module sends no events: see `cordonctl version`");
		return EXIT_FAILED;
	}
	if (setsockopt(descriptor, SOL_SOCKET, SO_RCVBUFFORCE, &size,
		       sizeof(size)))
		setsockopt(descriptor, SOL_SOCKET, SO_RCVBUF, &size,
			   sizeof(size));
	if (!setsockopt(descriptor, SOL_NETLINK, NETLINK_ADD_MEMBERSHIP, &group,
			sizeof(group)))
		return EXIT_OK;
	if (errno == EPERM || errno == EACCES) {
		output_error("cannot listen for events: not permitted: it needs CAP_SYS_ADMIN in the initial user namespace (root, outside of containers)");
		return EXIT_PERMISSION;
	}
	output_error("cannot listen for events: %s", strerror(errno));
	return EXIT_FAILED;
}

int client_descriptor(const struct client *client)
{
	return nl_socket_get_fd(client->socket);
}

struct nlattr *client_event_take(struct client *client)
{
	char *data = client->events.data;

	while (client->message_at < client->events.size) {
		struct nlmsghdr *header = (void *)(data + client->message_at);
		int left = (int)(client->events.size - client->message_at);
		struct nlattr *nest;
		char *end;

		if (!nlmsg_ok(header, left))
			break;
		end = (char *)header + header->nlmsg_len;
		if (header->nlmsg_type >= NLMSG_MIN_TYPE &&
		    genlmsg_valid_hdr(header, 0) &&
		    genlmsg_hdr(header)->cmd == CORDON_CMD_EVENT) {
			if (!client->attribute_at)
				client->attribute_at = (size_t)
					((char *)genlmsg_attrdata(
						genlmsg_hdr(header), 0) - data);
			nest = (void *)(data + client->attribute_at);
			while (nla_ok(nest, (int)(end - (char *)nest))) {
				struct nlattr *taken = nest;
				int rest = (int)(end - (char *)nest);

				nest = nla_next(nest, &rest);
				client->attribute_at = (size_t)((char *)nest -
								data);
				if (nla_type(taken) == CORDON_A_EVENT)
					return taken;
			}
		}
		client->message_at += NLMSG_ALIGN(header->nlmsg_len);
		client->attribute_at = 0;
	}
	client->message_at = client->events.size;
	return NULL;
}

int client_event_next(struct client *client, struct client_event *event,
		      bool *got, bool *overrun)
{
	struct nlattr *nest;
	int error;

	*got = false;
	while (!(nest = client_event_take(client))) {
		free(client->events.data);
		client->events.data = NULL;
		client->events.size = 0;
		client->message_at = 0;
		client->attribute_at = 0;
		error = client_receive(client, MSG_DONTWAIT, &client->events);
		if (error == -EAGAIN || error == -EINTR)
			return EXIT_OK;
		if (error == -ENOBUFS) {
			*overrun = true;
			continue;
		}
		if (error) {
			output_error("cannot read events: %s",
				     strerror(-error));
			return EXIT_FAILED;
		}
	}
	if (!client_event_parse(nest, event)) {
		output_error("the module sent an event that this cordonctl cannot read: see `cordonctl version`");
		return EXIT_FAILED;
	}
	*got = true;
	return EXIT_OK;
}
