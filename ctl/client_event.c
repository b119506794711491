// SPDX-License-Identifier: LGPL-2.1-or-later
/*
 * Events: read from the module by number, a message full at a time; and the
 * wake-ups that anyone may have.
 */
#include <errno.h>
#include <netlink/genl/genl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>

#include "client_private.h"
#include "output.h"

int client_subscribe(struct client *client)
{
	int descriptor = nl_socket_get_fd(client->socket);
	int group = (int)client->group;

	if (!client->group) {
		output_error("the module sends no events: see `cordonctl version`");
		return EXIT_FAILED;
	}
	if (!setsockopt(descriptor, SOL_NETLINK, NETLINK_ADD_MEMBERSHIP, &group,
			sizeof(group)))
		return EXIT_OK;
	output_error("cannot listen for events: %s", strerror(errno));
	return EXIT_FAILED;
}

int client_descriptor(const struct client *client)
{
	return nl_socket_get_fd(client->socket);
}

void client_wakeups_drop(struct client *client)
{
	int descriptor = nl_socket_get_fd(client->socket);
	char byte;

	/* An overflow is as good a wake-up as any; it is told once. */
	while (recv(descriptor, &byte, 1, MSG_DONTWAIT | MSG_TRUNC) >= 0 ||
	       errno == ENOBUFS || errno == EINTR)
		;
}

void client_event_from(struct client *client, uint64_t instance,
		       uint64_t sequence)
{
	client->asked_instance = instance;
	client->cursor = sequence;
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
		    genlmsg_hdr(header)->cmd == CORDON_CMD_EVENT_GET) {
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
				if (nla_type(taken) == CORDON_A_INSTANCE &&
				    nla_len(taken) == sizeof(uint64_t))
					client->instance = nla_get_u64(taken);
			}
		}
		client->message_at += NLMSG_ALIGN(header->nlmsg_len);
		client->attribute_at = 0;
	}
	client->message_at = client->events.size;
	return NULL;
}

/* Ask for what is held from the cursor on. */
static int request_send(struct client *client)
{
	struct nl_msg *message = client_message(client, CORDON_CMD_EVENT_GET,
						NLM_F_ACK, 256);
	int error;

	if (!message)
		return EXIT_FAILED;
	nla_put_u64(message, CORDON_A_SEQUENCE, client->cursor);
	if (client->asked_instance)
		nla_put_u64(message, CORDON_A_INSTANCE, client->asked_instance);
	memset(&client->answer, 0, sizeof(client->answer));
	error = nl_send_auto(client->socket, message);
	client->request = nlmsg_hdr(message)->nlmsg_seq;
	client->answered = false;
	client->got_event = false;
	nlmsg_free(message);
	if (error >= 0)
		return EXIT_OK;
	output_error("cannot send to the module: %s", nl_geterror(error));
	return EXIT_FAILED;
}

/* The next datagram of the answer. */
static int answer_receive(struct client *client)
{
	int error = client_receive(client, 0, &client->events);
	int done;

	if (error) {
		output_error("cannot read events: %s", error == -EAGAIN ?
			     "the module does not answer: see dmesg" :
			     strerror(-error));
		return EXIT_FAILED;
	}
	done = client_answer_scan(client, client->request, &client->events, NULL);
	if (done < 0) {
		output_error("cannot read events: the module's answer makes no sense: see `cordonctl version`");
		return EXIT_FAILED;
	}
	client->answered = done;
	return EXIT_OK;
}

static void datagram_drop(struct client *client)
{
	free(client->events.data);
	client->events.data = NULL;
	client->events.size = 0;
	client->message_at = 0;
	client->attribute_at = 0;
}

int client_event_next(struct client *client, struct client_event *event,
		      bool *got)
{
	struct nlattr *nest;
	int code = EXIT_OK;

	*got = false;
	while (!code && !(nest = client_event_take(client))) {
		datagram_drop(client);
		if (client->request && client->answered) {
			client->request = 0;
			if (client->answer.error == ENOENT) {
				output_error("cannot read events: the module has been unloaded");
				return EXIT_NO_MODULE;
			}
			if (client->answer.error == ESTALE) {
				output_error("cannot read events: the module has been loaded anew, and they are counted from 1 again");
				return EXIT_NO_MODULE;
			}
			if (client->answer.error)
				return client_refused(client,
						      "cannot read events");
			if (!client->got_event)
				return EXIT_OK;
		}
		if (!client->request)
			code = request_send(client);
		if (!code)
			code = answer_receive(client);
	}
	if (code)
		return code;
	if (!client_event_parse(nest, event)) {
		output_error("the module sent an event that this cordonctl cannot read: see `cordonctl version`");
		return EXIT_FAILED;
	}
	event->instance = client->instance;
	client->got_event = true;
	client->cursor = event->sequence + 1;
	*got = true;
	return EXIT_OK;
}
