/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * A socket that speaks with the module, and messages which are written byte
 * by byte, for a library would not let us write wrong ones.
 */
#ifndef _ATTACK_PEER_H
#define _ATTACK_PEER_H

#include <linux/netlink.h>
#include <stddef.h>
#include <stdint.h>

#define MESSAGE_MAX (128 << 10)

/**
 * struct peer - one socket
 * @fd: the socket
 * @family: of Cordon
 * @group: that verdicts are told to
 * @sequence: of the last message
 * @generation: that the last status spoke of
 * @why: what the kernel said to the last message, beside its errno
 */
struct peer {
	int fd;
	uint16_t family;
	uint32_t group;
	uint32_t sequence;
	uint64_t generation;
	char why[256];
};

/* The message under construction; there is only one at a time. */
struct message {
	union {
		struct nlmsghdr head;
		char bytes[MESSAGE_MAX];
	};
};

extern struct message message;

/** message_begin_type - begin one for netlink type @type, with these flags */
void message_begin_type(struct peer *peer, uint16_t type, uint8_t command,
			uint16_t flags);
/** message_begin - begin a command for Cordon, which is to be acknowledged */
void message_begin(struct peer *peer, uint8_t command);
void message_put(uint16_t type, const void *data, size_t size);
void message_put_u8(uint16_t type, uint8_t value);
void message_put_u32(uint16_t type, uint32_t value);
void message_put_u64(uint16_t type, uint64_t value);
void message_put_text(uint16_t type, const char *text);
/** message_nest - begin a nest, up to message_end() */
struct nlattr *message_nest(uint16_t type);
void message_end(struct nlattr *attribute);

/** peer_open - open a socket and find the family; 0 or an errno */
int peer_open(struct peer *peer);
/** peer_must - the same, or end the program */
void peer_must(struct peer *peer);
/** peer_tell - send the message; 0, or the errno it is refused with */
int peer_tell(struct peer *peer);
/** peer_tell_bytes - the same with only its first @size bytes */
int peer_tell_bytes(struct peer *peer, size_t size);

#endif /* _ATTACK_PEER_H */
