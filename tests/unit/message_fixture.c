// SPDX-License-Identifier: LGPL-2.1-or-later
#include "message_fixture.h"

#include <check.h>
#include <stdlib.h>
#include <string.h>

#define FAMILY 0x21

struct nl_msg *message_new(uint8_t command)
{
	struct nl_msg *message = nlmsg_alloc_size(1 << 16);

	ck_assert_ptr_nonnull(message);
	ck_assert_ptr_nonnull(genlmsg_put(message, 0, 0, FAMILY, 0, 0, command,
					  CORDON_GENL_VERSION));
	return message;
}

struct nlattr *message_first(struct nl_msg *message)
{
	return genlmsg_attrdata(nlmsg_data(nlmsg_hdr(message)), 0);
}

void message_keep(struct client_dump *dump, struct nl_msg *message)
{
	struct client_buffer buffer = {
		.size = nlmsg_hdr(message)->nlmsg_len,
	};

	buffer.data = malloc(buffer.size);
	memcpy(buffer.data, nlmsg_hdr(message), buffer.size);
	ck_assert(client_dump_keep(dump, &buffer));
	nlmsg_free(message);
}

struct client_end message_end(const char *address, uint16_t port,
			      const char *segments)
{
	struct client_end made = {
		.known = true, .port = port, .segments = segments,
	};

	ck_assert_int_eq(cordon_address_parse(&made.address, address,
					      strlen(address)), 0);
	return made;
}
