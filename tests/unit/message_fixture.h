/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Messages as the module sends them, for tests of what reads them. */
#ifndef _CORDON_TESTS_MESSAGE_FIXTURE_H
#define _CORDON_TESTS_MESSAGE_FIXTURE_H

#include <netlink/genl/genl.h>

#include "ctl/client_private.h"

/* A message without attributes, for nlmsg_free(). */
struct nl_msg *message_new(uint8_t command);

/* Its first attribute. */
struct nlattr *message_first(struct nl_msg *message);

/* Frees a message after it has become part of a dump. */
void message_keep(struct client_dump *dump, struct nl_msg *message);

/* An end of a flow; @segments: names with commas between. */
struct client_end message_end(const char *address, uint16_t port,
			      const char *segments);

#endif /* _CORDON_TESTS_MESSAGE_FIXTURE_H */
