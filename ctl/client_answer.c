// SPDX-License-Identifier: LGPL-2.1-or-later
/* What the kernel says of a request, and how that is told to people. */
#include <errno.h>
#include <netlink/genl/genl.h>
#include <stdio.h>
#include <string.h>

#include "client_private.h"
#include "output.h"

/* libnl gives a socket's port the process id in its low bits */
#define PORT_PID_MASK 0x3fffff

static void parse_extended(struct nlattr *first, int length,
			   struct client_answer *answer)
{
	struct nlattr *attribute;
	int left;

	nla_for_each_attr(attribute, first, length, left) {
		switch (nla_type(attribute)) {
		case NLMSGERR_ATTR_MSG:
			snprintf(answer->text, sizeof(answer->text), "%.*s",
				 nla_len(attribute),
				 (const char *)nla_data(attribute));
			break;
		case NLMSGERR_ATTR_OFFS:
			if (nla_len(attribute) < (int)sizeof(uint32_t))
				break;
			answer->offset = nla_get_u32(attribute);
			answer->placed = true;
			break;
		}
	}
}

bool client_answer_parse(const struct nlmsghdr *header,
			 struct client_answer *answer)
{
	const char *body = nlmsg_data(header);
	int length = nlmsg_datalen(header);
	int error, taken = sizeof(error);

	if (length < taken)
		return false;
	memcpy(&error, body, sizeof(error));
	answer->error = error < 0 ? -error : 0;
	if (header->nlmsg_type == NLMSG_ERROR) {
		const struct nlmsgerr *ack = nlmsg_data(header);

		if (length < (int)sizeof(*ack))
			return false;
		taken = sizeof(*ack);
		/* Unless it was capped, the request's body comes back first */
		if (!(header->nlmsg_flags & NLM_F_CAPPED) && error) {
			if (ack->msg.nlmsg_len < NLMSG_HDRLEN ||
			    ack->msg.nlmsg_len - NLMSG_HDRLEN >
					(uint32_t)(length - taken))
				return false;
			taken += NLMSG_ALIGN(ack->msg.nlmsg_len -
					     NLMSG_HDRLEN);
		}
	}
	if (header->nlmsg_flags & NLM_F_ACK_TLVS && taken < length)
		parse_extended((struct nlattr *)(body + taken), length - taken,
			       answer);
	return true;
}

void client_owner(uint32_t port, char *text, size_t size)
{
	unsigned int pid = port & PORT_PID_MASK;
	char path[64], comm[32] = "";
	FILE *file;

	snprintf(path, sizeof(path), "/proc/%u/comm", pid);
	file = fopen(path, "re");
	if (file) {
		if (fgets(comm, sizeof(comm), file))
			comm[strcspn(comm, "\n")] = '\0';
		fclose(file);
	}
	if (*comm)
		snprintf(text, size, "pid %u (%s)", pid, comm);
	else
		snprintf(text, size, "netlink port %u", port);
}

/* What is in the way: somebody else's transaction, or what the module says */
static void say_busy(struct client *client, const char *doing,
		     const char *why)
{
	struct client_status status;
	char owner[64];

	if (client_status(client, &status))
		return;
	if (!status.transaction ||
	    status.transaction == nl_socket_get_local_port(client->socket)) {
		output_error("%s: %s", doing, why);
		return;
	}
	client_owner(status.transaction, owner, sizeof(owner));
	output_error("%s: %s has a transaction open; nothing was changed: try again when it is done",
		     doing, owner);
}

int client_refused(struct client *client, const char *doing)
{
	struct client_answer answer = client->answer;
	const char *why = *answer.text ? answer.text : strerror(answer.error);

	switch (answer.error) {
	case EPERM:
	case EACCES:
		output_error("%s: not permitted: %s (be root, outside of containers)",
			     doing, *answer.text ? answer.text :
					    "changes need CAP_MAC_ADMIN, reading needs that or CAP_AUDIT_READ, in the initial user namespace");
		return EXIT_PERMISSION;
	case ESTALE:
		output_error("%s: the policy has moved since it was looked at%s%s; nothing was changed: see `cordonctl status`, then again",
			     doing, *answer.text ? ": " : "", answer.text);
		return EXIT_CONFLICT;
	case EBUSY:
		say_busy(client, doing, why);
		return EXIT_CONFLICT;
	case ENOENT:
		output_error("%s: %s", doing,
			     *answer.text ? answer.text :
					    "no such workload is loaded: see `cordonctl workloads`");
		return EXIT_UNKNOWN;
	case EOPNOTSUPP:
		output_error("%s: the module refused: %s", doing,
			     *answer.text ? answer.text :
					    "it does not know this request: is it older than cordonctl? see `cordonctl version`");
		return EXIT_REFUSED;
	case ENOMEM:
		output_error("%s: the kernel has no memory for it: %s", doing,
			     why);
		return EXIT_REFUSED;
	default:
		output_error("%s: the module refused: %s", doing, why);
		return EXIT_REFUSED;
	}
}
