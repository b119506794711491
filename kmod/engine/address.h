/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Addresses of the internet protocols, both versions in one form.
 */
#ifndef _CORDON_ENGINE_ADDRESS_H
#define _CORDON_ENGINE_ADDRESS_H

#include "shim.h"

#define CORDON_ADDRESS_TEXT	46	/* bytes of a printed address, with NUL */
#define CORDON_IPV4_BITS	96	/* that all IPv4 addresses have in common */

/**
 * struct cordon_address - an IPv6 address, or an IPv4 one as ::ffff:a.b.c.d
 * @word: in network byte order as bytes, so that both ends of a prefix
 *	compare by words
 */
struct cordon_address {
	union {
		u8 byte[16];
		u64 word[2];
	};
};

/**
 * struct cordon_prefix - addresses that begin alike
 * @address: bits behind @length are zero
 * @length: in bits, 0 to 128; for IPv4 96 to 128.  A prefix of IPv6 that is
 *	shorter than 96 bits holds no IPv4 address, though its bits would
 */
struct cordon_prefix {
	struct cordon_address address;
	u8 length;
};

/**
 * cordon_address_parse - read an address
 * @address: filled
 * @text: dotted IPv4 or IPv6 as RFC 4291 section 2.2 has it, without a zone;
 *	@length bytes, need not end in NUL
 * @length: its size in bytes
 *
 * Context: any.
 * Return: 0 or -EINVAL.
 */
int cordon_address_parse(struct cordon_address *address, const char *text,
			 size_t length);

/**
 * cordon_prefix_parse - read a prefix, or an address, which is its own
 * @prefix: filled
 * @text: "10.0.0.0/8", "2001:db8::/32", "192.0.2.7"; @length bytes
 * @length: its size in bytes
 * @why: on failure, what is wrong, for people
 *
 * Bits behind the length must be zero: "10.1.0.0/8" is somebody's mistake.
 *
 * Context: any.
 * Return: 0 or -EINVAL.
 */
int cordon_prefix_parse(struct cordon_prefix *prefix, const char *text,
			size_t length, const char **why);

/**
 * cordon_address_print - write an address as RFC 5952 wants it
 * @text: CORDON_ADDRESS_TEXT bytes
 * @address: IPv4 is written dotted
 *
 * Context: any.
 * Return: bytes written, without the NUL.
 */
u32 cordon_address_print(char text[CORDON_ADDRESS_TEXT],
			 const struct cordon_address *address);

/** cordon_address_equals - are they the same */
static inline bool cordon_address_equals(const struct cordon_address *one,
					 const struct cordon_address *two)
{
	return !((one->word[0] ^ two->word[0]) | (one->word[1] ^ two->word[1]));
}

/** cordon_address_mask - make all bits zero behind the first @length */
static inline void cordon_address_mask(struct cordon_address *address,
				       u32 length)
{
	if (length < 64)
		address->word[0] &= length ? cordon_big64(~0ull << (64 - length)) :
					     0;
	if (length <= 64)
		address->word[1] = 0;
	else if (length < 128)
		address->word[1] &= cordon_big64(~0ull << (128 - length));
}

/** cordon_address_is_ipv4 - is it ::ffff:a.b.c.d */
static inline bool cordon_address_is_ipv4(const struct cordon_address *address)
{
	return !(address->word[0] |
		 ((address->word[1] ^ cordon_big64(0x0000ffff00000000ull)) &
		  cordon_big64(0xffffffff00000000ull)));
}

/** cordon_address_is_loopback - is it of 127.0.0.0/8, or ::1 */
bool cordon_address_is_loopback(const struct cordon_address *address);

/** cordon_address_is_unicast - can it be one host's: not "none", not many's */
bool cordon_address_is_unicast(const struct cordon_address *address);

/**
 * cordon_address_has_network - is its /64 one host's, or one link's
 * @address: which
 *
 * Context: any.
 * Return: false for IPv4, and where the first half does not tell who it is.
 */
bool cordon_address_has_network(const struct cordon_address *address);

/**
 * cordon_address_is_network - does it stand for its /64
 * @address: of IPv6; no host has one whose last half is zero (RFC 4291, 2.6.1)
 *
 * Context: any.
 */
bool cordon_address_is_network(const struct cordon_address *address);

/**
 * cordon_address_print_block - write what is blocked: an address, or its /64
 * @text: CORDON_ADDRESS_TEXT bytes
 * @address: as for cordon_address_is_network()
 *
 * Context: any.
 * Return: bytes written, without the NUL.
 */
u32 cordon_address_print_block(char text[CORDON_ADDRESS_TEXT],
			       const struct cordon_address *address);


/** cordon_prefix_contains - does an address begin like a prefix */
bool cordon_prefix_contains(const struct cordon_prefix *prefix,
			    const struct cordon_address *address);

#endif /* _CORDON_ENGINE_ADDRESS_H */
