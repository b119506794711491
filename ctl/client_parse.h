/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* What those who read attributes have in common: one value at a time. */
#ifndef CTL_CLIENT_PARSE_H
#define CTL_CLIENT_PARSE_H

#include <string.h>

#include "client_private.h"

#define U8 { .type = NLA_U8 }
#define U16 { .type = NLA_U16 }
#define U32 { .type = NLA_U32 }
#define U64 { .type = NLA_U64 }
#define TEXT { .type = NLA_STRING }
#define NEST { .type = NLA_NESTED }
#define FLAG { .type = NLA_FLAG }
#define ADDRESS { .type = NLA_UNSPEC, .minlen = 16, .maxlen = 16 }

/* libnl's parser takes a policy that it does not change without const */
static inline bool parse(struct nlattr *nest, struct nlattr **part, int count,
			 const struct nla_policy *policy)
{
	return !nla_parse_nested(part, count - 1, nest,
				 (struct nla_policy *)policy);
}

static inline const char *text_of(struct nlattr *attribute)
{
	return attribute ? nla_get_string(attribute) : "";
}

/* Names of unix sockets may hold any byte; 0 is shown as the kernel does */
static inline const char *name_of(struct nlattr *attribute)
{
	char *text = attribute ? nla_data(attribute) : NULL;
	int i;

	for (i = 0; text && i < nla_len(attribute) - 1; i++)
		if (!text[i])
			text[i] = '@';
	return text_of(attribute);
}

static inline uint8_t u8_of(struct nlattr *attribute)
{
	return attribute ? nla_get_u8(attribute) : 0;
}

static inline uint16_t u16_of(struct nlattr *attribute)
{
	return attribute ? nla_get_u16(attribute) : 0;
}

static inline uint32_t u32_of(struct nlattr *attribute)
{
	return attribute ? nla_get_u32(attribute) : 0;
}

static inline uint64_t u64_of(struct nlattr *attribute)
{
	return attribute ? nla_get_u64(attribute) : 0;
}

static inline void address_of(struct nlattr *attribute,
			      struct cordon_address *address)
{
	memcpy(address->byte, nla_data(attribute), sizeof(address->byte));
}

/* An end of which only the port is told lies at no address in particular */
static inline struct client_end end_of(struct nlattr *address,
				       struct nlattr *port,
				       struct nlattr *segments)
{
	struct client_end end = {
		.known = address || port,
		.port = u16_of(port),
		.segments = text_of(segments),
	};

	if (address)
		address_of(address, &end.address);
	return end;
}

#endif /* CTL_CLIENT_PARSE_H */
