// SPDX-License-Identifier: LGPL-2.1-or-later
#include "ctl/cordond/evidence_socket.h"

#include <stdio.h>
#include <sys/socket.h>

#include "endpoint.h"
#include "names.h"

static const char *family_name(uint16_t family, char text[16])
{
	switch (family) {
	case AF_UNIX:
		return "unix";
	case AF_INET:
		return "inet";
	case AF_INET6:
		return "inet6";
	case AF_NETLINK:
		return "netlink";
	case AF_PACKET:
		return "packet";
	}
	snprintf(text, 16, "%u", family);
	return text;
}

static void set_end(json_t *object, const char *key,
		    const struct client_end *end)
{
	char text[CORDON_ADDRESS_TEXT];
	json_t *value = json_null();

	if (end->known) {
		cordon_address_print(text, &end->address);
		value = json_object();
		json_object_set_new(value, "address", json_string(text));
		json_object_set_new(value, "port", json_integer(end->port));
	}
	json_object_set_new(object, key, value);
}

json_t *evidence_socket(uint64_t inode, const struct client_flow *flows,
			size_t count)
{
	const struct client_flow *flow = NULL;
	char family[16], protocol[8];
	json_t *object;
	size_t i;

	for (i = 0; i < count && !flow; i++)
		if (flows[i].inode == inode)
			flow = &flows[i];
	if (!flow)
		return NULL;
	object = json_object();
	json_object_set_new(object, "family",
			    json_string(family_name(flow->family, family)));
	json_object_set_new(object, "protocol",
			    flow->protocol ?
			    json_string(endpoint_protocol(flow->protocol,
							  protocol)) :
			    json_null());
	json_object_set_new(object, "state",
			    json_string(cordon_flow_state_name(flow->state)));
	set_end(object, "local", &flow->local);
	set_end(object, "remote", &flow->remote);
	return object;
}
