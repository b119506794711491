// SPDX-License-Identifier: LGPL-2.1-or-later
/* Responses by hand. */
#include <errno.h>
#include <netlink/genl/genl.h>
#include <string.h>

#include "client_private.h"
#include "output.h"

static bool put_order(struct nl_msg *message, const struct client_order *order)
{
	struct nlattr *nest;

	nest = nla_nest_start(message, NLA_F_NESTED | CORDON_A_MEASURE);
	if (!nest)
		return false;
	if (order->id ?
	    nla_put_u32(message, CORDON_MEASURE_A_ID, order->id) :
	    nla_put_u8(message, CORDON_MEASURE_A_RESPONSE, order->response))
		return false;
	if (order->workload &&
	    nla_put_string(message, CORDON_MEASURE_A_WORKLOAD,
			   order->workload))
		return false;
	if (order->address &&
	    nla_put(message, CORDON_MEASURE_A_ADDRESS,
		    sizeof(*order->address), order->address))
		return false;
	if (order->ttl &&
	    nla_put_u32(message, CORDON_MEASURE_A_TTL, order->ttl))
		return false;
	if (order->tgid &&
	    nla_put_u32(message, CORDON_MEASURE_A_TGID, order->tgid))
		return false;
	if (order->end && nla_put_flag(message, CORDON_MEASURE_A_END))
		return false;
	if (order->evidence &&
	    nla_put_flag(message, CORDON_MEASURE_A_EVIDENCE))
		return false;
	return !nla_nest_end(message, nest);
}

int client_order(struct client *client, const struct client_order *order,
		 const char *doing)
{
	struct nl_msg *message;

	message = client_message(client, order->id ? CORDON_CMD_ANSWER :
						     CORDON_CMD_RESPOND,
				 NLM_F_ACK, 512);
	if (!message)
		return EXIT_FAILED;
	if (!put_order(message, order)) {
		nlmsg_free(message);
		output_error("%s: it does not fit into a message to the module",
			     doing);
		return EXIT_FAILED;
	}
	return client_request(client, message, doing);
}

int client_hold_end(struct client *client, uint32_t hold, bool *waited)
{
	struct nl_msg *message;
	int code;

	*waited = false;
	message = client_message(client, CORDON_CMD_HOLD_END, NLM_F_ACK, 256);
	if (!message)
		return EXIT_FAILED;
	nla_put_u32(message, CORDON_A_HOLD, hold);
	code = client_exchange(client, message, NULL, NULL);
	nlmsg_free(message);
	if (code)
		return code;
	*waited = !client->answer.error;
	if (!client->answer.error || client->answer.error == ENOENT)
		return EXIT_OK;
	return client_refused(client, "cannot let a kill come");
}
