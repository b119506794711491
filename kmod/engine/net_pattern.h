/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * What a rule of class net says it is about, as text: the pattern of a rule.
 *
 *   LISTEN           PORTS             tcp/443   udp/8000-8100   tcp
 *   ACCEPT, CONNECT  PORTS@PEER        tcp/443@10.0.0.0/8   any@segment:db
 *   PASS             PORTS@PEER        tcp/5432@segment:db; no other peers but
 *                                      "any" and "segment:"
 *   CONNECT also     a path pattern, abstract:NAME, or abstract:
 *   SOCKET           FAMILY[/TYPE[/PROTOCOL]]   packet   inet/raw/1
 *                    netlink/PROTOCOL           netlink/audit
 *
 *   PORTS  = PROTOCOL[/FIRST[-LAST]]; PROTOCOL = tcp udp sctp icmp any; ports
 *            of tcp, udp and sctp only; icmp is that of both versions
 *   PEER   = any | loopback | PREFIX | segment:NAME | workload:NAME
 *
 * A number may stand for each word of SOCKET.
 */
#ifndef _CORDON_ENGINE_NET_PATTERN_H
#define _CORDON_ENGINE_NET_PATTERN_H

#include "address.h"

/*
 * Numbers of the kernel's that the engine knows by name.  The headers that have
 * them are not the same for module and tool, and bring in functions by names
 * such as listen().
 */
enum cordon_family {
	CORDON_AF_UNIX = 1,
	CORDON_AF_INET = 2,
	CORDON_AF_INET6 = 10,
	CORDON_AF_NETLINK = 16,
	CORDON_AF_PACKET = 17,
};

enum cordon_socket_type {
	CORDON_SOCK_STREAM = 1,
	CORDON_SOCK_DGRAM = 2,
};

enum cordon_transport {
	CORDON_PROTOCOL_ANY = 0,	/* no transport has this number */
	CORDON_PROTOCOL_ICMP = 1,
	CORDON_PROTOCOL_TCP = 6,
	CORDON_PROTOCOL_UDP = 17,
	CORDON_PROTOCOL_ICMPV6 = 58,
	CORDON_PROTOCOL_SCTP = 132,
};

/** enum cordon_peer_kind - how a rule names the other end */
enum cordon_peer_kind {
	CORDON_PEER_NONE,	/* LISTEN, SOCKET */
	CORDON_PEER_ANY,
	CORDON_PEER_LOOPBACK,
	CORDON_PEER_PREFIX,
	CORDON_PEER_SEGMENT,
	CORDON_PEER_WORKLOAD,
};

#define CORDON_SOCKET_TEXT	48	/* bytes of a printed socket, with NUL */

/**
 * struct cordon_net_pattern - a pattern, read
 * @kind: of the peer
 * @protocol: IPPROTO_, or CORDON_PROTOCOL_ANY; IPPROTO_ICMP stands for both
 * @first: lowest port; 0 without ports
 * @last: highest port; 65535 without ports
 * @prefix: CORDON_PEER_PREFIX
 * @name: CORDON_PEER_SEGMENT and _WORKLOAD: in the pattern's text
 * @name_length: its size in bytes
 */
struct cordon_net_pattern {
	enum cordon_peer_kind kind;
	u8 protocol;
	u16 first;
	u16 last;
	struct cordon_prefix prefix;
	const char *name;
	u32 name_length;
};

/** struct cordon_socket_pattern - a pattern of CORDON_OP_SOCKET; -1: any */
struct cordon_socket_pattern {
	s32 family;
	s32 type;
	s32 protocol;
};

/** cordon_net_pattern_is - is this a pattern about peers, not about paths */
bool cordon_net_pattern_is(const char *text);

/**
 * cordon_net_pattern_parse - read a pattern
 * @pattern: filled; points into @text
 * @op: CORDON_OP_LISTEN, ACCEPT, CONNECT or PASS
 * @text: ends in NUL
 * @why: on failure, what is wrong, for people
 *
 * Context: any.
 * Return: 0 or -EINVAL.
 */
int cordon_net_pattern_parse(struct cordon_net_pattern *pattern,
			     enum cordon_op op, const char *text,
			     const char **why);

/** cordon_socket_pattern_parse - the same for CORDON_OP_SOCKET */
int cordon_socket_pattern_parse(struct cordon_socket_pattern *pattern,
				const char *text, const char **why);

/**
 * cordon_socket_protocol - how patterns number a protocol
 * @family: AF_
 * @protocol: as given to socket(2); that of AF_PACKET is in network byte order
 *
 * Context: any.
 */
u32 cordon_socket_protocol(u32 family, u32 protocol);

/**
 * cordon_socket_print - "netlink/audit", "packet/raw/3"
 * @text: filled, as a pattern of CORDON_OP_SOCKET
 * @size: of @text in bytes, at least CORDON_SOCKET_TEXT
 * @family: AF_
 * @type: SOCK_, without flags
 * @protocol: as given to socket(2)
 *
 * Context: any.
 * Return: bytes written, without the NUL.
 */
u32 cordon_socket_print(char *text, size_t size, u32 family, u32 type,
			u32 protocol);

/** cordon_protocol_name - "tcp", or NULL for what has no name here */
const char *cordon_protocol_name(u32 protocol);

/**
 * struct cordon_claim - an address that a bridge port may send from
 * @port: name of the port, in the text; not ended by NUL
 * @port_length: its size in bytes
 * @is_mac: @mac, not @prefix
 */
struct cordon_claim {
	const char *port;
	u32 port_length;
	bool is_mac;
	u8 mac[6];
	struct cordon_prefix prefix;
};

/**
 * cordon_claim_parse - read the pattern of a CORDON_MEMBER_CLAIM
 * @claim: filled; points into @text
 * @text: "vnet3 10.0.0.7", "vnet3 52:54:00:12:34:56"; ends in NUL
 * @why: on failure, what is wrong, for people
 *
 * Context: any.
 * Return: 0 or -EINVAL.
 */
int cordon_claim_parse(struct cordon_claim *claim, const char *text,
		       const char **why);

/**
 * cordon_interface_check - is this the name of an interface
 * @text: @length bytes, need not end in NUL
 * @length: its size in bytes
 *
 * Context: any.
 * Return: NULL if it may be one, else why not, in static storage.
 */
const char *cordon_interface_check(const char *text, size_t length);

#endif /* _CORDON_ENGINE_NET_PATTERN_H */
