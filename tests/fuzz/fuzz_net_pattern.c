// SPDX-License-Identifier: LGPL-2.1-or-later
/*
 * Texts of class net: addresses against libc's reading, and all that is read is
 * written or bounded as it should be.  The first byte says what the rest is.
 */
#include <arpa/inet.h>
#include <stdint.h>
#include <stdlib.h>

#include "net_pattern.h"
#include "pattern.h"

#define MOST 512

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void insist(bool holds)
{
	if (!holds)
		abort();
}

static void check_address(const char *text, size_t length)
{
	struct cordon_address address;
	struct cordon_address want = { 0 };
	char printed[CORDON_ADDRESS_TEXT];
	int good;

	if (memchr(text, '\0', length)) {
		insist(cordon_address_parse(&address, text, length));
		return;
	}
	if (strchr(text, ':')) {
		good = inet_pton(AF_INET6, text, want.byte);
	} else {
		memset(want.byte + 10, 0xff, 2);
		good = inet_pton(AF_INET, text, want.byte + 12);
	}
	insist((cordon_address_parse(&address, text, length) == 0) ==
	       (good == 1));
	if (good != 1)
		return;
	insist(cordon_address_equals(&address, &want));
	length = cordon_address_print(printed, &address);
	insist(length < sizeof(printed) &&
	       !cordon_address_parse(&want, printed, length) &&
	       cordon_address_equals(&address, &want));
}

static void check_prefix(const char *text, size_t length)
{
	struct cordon_prefix prefix;
	const char *why = NULL;

	if (cordon_prefix_parse(&prefix, text, length, &why)) {
		insist(why);
		return;
	}
	insist(prefix.length <= 128);
	insist(cordon_prefix_contains(&prefix, &prefix.address) ||
	       prefix.length < CORDON_IPV4_BITS);
}

static void check_pattern(const char *text, enum cordon_op op)
{
	struct cordon_net_pattern pattern;
	const char *why = NULL;

	if (cordon_net_pattern_parse(&pattern, op, text, &why)) {
		insist(why);
		return;
	}
	insist(pattern.first <= pattern.last);
	insist((pattern.kind == CORDON_PEER_NONE) == (op == CORDON_OP_LISTEN));
	insist(cordon_net_pattern_is(text));
	if (pattern.kind == CORDON_PEER_SEGMENT ||
	    pattern.kind == CORDON_PEER_WORKLOAD)
		insist(!cordon_name_check(pattern.name, pattern.name_length));
}

static void check_socket(const char *text)
{
	struct cordon_socket_pattern pattern;
	struct cordon_socket_pattern again;
	char printed[CORDON_SOCKET_TEXT];
	const char *why = NULL;
	u32 protocol;

	if (cordon_socket_pattern_parse(&pattern, text, &why)) {
		insist(why);
		return;
	}
	if (pattern.protocol < 0 ||
	    (pattern.type < 0 && pattern.family != CORDON_AF_NETLINK))
		return;
	protocol = cordon_socket_protocol((u32)pattern.family,
					  (u32)pattern.protocol);
	cordon_socket_print(printed, sizeof(printed), (u32)pattern.family,
			    (u32)pattern.type, protocol);
	insist(!cordon_socket_pattern_parse(&again, printed, &why));
	insist(again.family == pattern.family && again.type == pattern.type &&
	       again.protocol == pattern.protocol);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct cordon_claim claim;
	const char *why = NULL;
	char *text;

	if (!size || size > MOST)
		return 0;
	/* An exact copy, so that a byte too far is seen. */
	text = malloc(size);
	memcpy(text, data + 1, size - 1);
	text[size - 1] = '\0';
	size--;
	switch (data[0] % 8) {
	case 0:
		check_address(text, size);
		break;
	case 1:
		check_prefix(text, size);
		break;
	case 2:
		check_pattern(text, CORDON_OP_LISTEN);
		break;
	case 3:
		check_pattern(text, CORDON_OP_CONNECT);
		break;
	case 4:
		check_pattern(text, CORDON_OP_ACCEPT);
		break;
	case 5:
		check_pattern(text, CORDON_OP_PASS);
		break;
	case 6:
		check_socket(text);
		break;
	default:
		insist(!cordon_claim_parse(&claim, text, &why) || why);
		break;
	}
	free(text);
	return 0;
}
