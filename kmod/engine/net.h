/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Deciding about peers: who may listen, accept, connect; which flows may pass
 * from segment to segment.
 *
 * All rules lie in one hash table in the policy's image, keyed by whose they
 * are, the op, the protocol, what the peer is (anyone, the loopback, a prefix
 * that a manifest spells out, a segment, a workload) and a block of ports.  A
 * range of ports is split into aligned blocks, powers of two, so that a port is
 * found by one probe for each size of block that the scope uses: mostly one.
 */
#ifndef _CORDON_ENGINE_NET_H
#define _CORDON_ENGINE_NET_H

#include "address.h"
#include "policy.h"

/**
 * struct cordon_peer - the other end of a flow
 * @address: of it; for unix sockets: zero
 * @port: host byte order; 0: none
 * @is_local: it is this very host, whatever the address
 * @workload: index in the policy of the labelled socket at the other end, if
 *	that is on this host and known; or CORDON_NONE
 * @segments: programs of the policy, of segments documents, that it is in
 * @segment_count: how many, up to CORDON_NESTING_MAX
 */
struct cordon_peer {
	struct cordon_address address;
	u16 port;
	bool is_local;
	u32 workload;
	u32 segments[CORDON_NESTING_MAX];
	u32 segment_count;
};

/**
 * struct cordon_flow - an act of class net
 * @op: CORDON_OP_CONNECT, LISTEN or ACCEPT
 * @protocol: IPPROTO_; ICMP of both versions is IPPROTO_ICMP
 * @port: host byte order: that rules speak of: LISTEN and ACCEPT: the local
 *	one, CONNECT: the peer's
 * @peer: the other end; NULL for LISTEN
 */
struct cordon_flow {
	enum cordon_op op;
	u8 protocol;
	u16 port;
	const struct cordon_peer *peer;
};

/**
 * struct cordon_passage - a flow between segments
 * @protocol: as in struct cordon_flow
 * @port: at the end that is opened to
 * @from: who opens it
 * @to: to whom
 */
struct cordon_passage {
	u8 protocol;
	u16 port;
	const struct cordon_peer *from;
	const struct cordon_peer *to;
};

/**
 * cordon_policy_decide_flow - judge what a process does with a peer
 * @policy: the policy
 * @subject: who; workload CORDON_NONE is allowed everything
 * @flow: what
 * @verdict: the answer, always filled
 *
 * Deny rules of program and workload, then allow rules of both, then the
 * default; then the mode of class net.  Of several rules with the same effect
 * the one that comes first is named.  A rule with a prefix of IPv6 matches no
 * IPv4 address.  "any" matches every peer, "loopback" the loopback addresses
 * and @flow->peer->is_local.
 *
 * Context: any.  Time depends on the segments the peer is in, not on how many
 * rules there are.
 */
void cordon_policy_decide_flow(const struct cordon_policy *policy,
			       const struct cordon_subject *subject,
			       const struct cordon_flow *flow,
			       struct cordon_verdict *verdict);

/**
 * cordon_policy_asks_owner - does any rule ask whose process a peer is
 * @policy: the policy
 * @subject: whose rules
 *
 * Context: any.
 * Return: whether a verdict about a flow with a process of this host may
 * depend on @peer->workload.
 */
bool cordon_policy_asks_owner(const struct cordon_policy *policy,
			      const struct cordon_subject *subject);

/**
 * cordon_policy_decide_unix - judge a connection or datagram to a unix socket
 * @policy: the policy
 * @subject: who
 * @object: CORDON_OBJECT_PATH, _DELETED, _DETACHED, _ABSTRACT (path is the
 *	name, which may hold any byte), _UNNAMED, or _UNNAMEABLE: it has a
 *	path, but which is not known
 * @workload: of who bound the socket, index in the policy, or CORDON_NONE
 * @verdict: about CORDON_OP_CONNECT
 *
 * Allowed by a rule for the path or name, or by one for the workload; a
 * process may always connect to its own workload's sockets.  Where rules speak
 * of connecting at all, what has no known path is denied whatever the default.
 *
 * Context: any.
 */
void cordon_policy_decide_unix(const struct cordon_policy *policy,
			       const struct cordon_subject *subject,
			       const struct cordon_object *object, u32 workload,
			       struct cordon_verdict *verdict);

/**
 * cordon_policy_decide_socket - judge the making of a socket
 * @policy: the policy
 * @subject: who
 * @family: AF_
 * @type: SOCK_, without flags
 * @protocol: as given to socket(2)
 * @verdict: about CORDON_OP_SOCKET; what needs no rule is allowed with
 *	CORDON_REASON_NONE
 *
 * Context: any.
 */
void cordon_policy_decide_socket(const struct cordon_policy *policy,
				 const struct cordon_subject *subject,
				 u32 family, u32 type, u32 protocol,
				 struct cordon_verdict *verdict);

/** cordon_policy_has_passages - is there any segments document at all */
bool cordon_policy_has_passages(const struct cordon_policy *policy);

/**
 * cordon_policy_decide_passage - judge a new flow between two ends
 * @policy: the policy
 * @passage: what
 * @verdict: the answer, always filled; @verdict->workload is the segments
 *	document that decided, or CORDON_NONE
 *
 * A deny rule of any document, else an allow rule of any, else, if one of the
 * ends lies in an isolated segment that the other does not lie in,
 * CORDON_REASON_ISOLATED, else allowed with CORDON_REASON_NONE.  Then the mode
 * of class net of the document that decided.
 *
 * Context: any.
 */
void cordon_policy_decide_passage(const struct cordon_policy *policy,
				  const struct cordon_passage *passage,
				  struct cordon_verdict *verdict);

/**
 * cordon_policy_segment - find a segment by its name
 * @policy: the policy
 * @name: @length bytes
 * @length: its size in bytes
 *
 * Names of segments are unique in a policy.
 *
 * Context: any.
 * Return: the index of the program that it is in the policy, or CORDON_NONE.
 */
u32 cordon_policy_segment(const struct cordon_policy *policy, const char *name,
			  size_t length);

/** cordon_policy_program_count - programs, and segments, of all documents */
u32 cordon_policy_program_count(const struct cordon_policy *policy);

/** cordon_policy_program_workload - whose a program (or segment) is */
u32 cordon_policy_program_workload(const struct cordon_policy *policy,
				   u32 program);

#endif /* _CORDON_ENGINE_NET_H */
