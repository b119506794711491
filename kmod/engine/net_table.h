/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * The tables of rules about peers in a policy's image; for the files of the
 * engine only.
 *
 * Two hash tables, both with open addressing: of rules, and of the prefixes
 * that manifests spell out, which gives each one a number for the first.  And a
 * summary for each scope and op of what its rules speak of at all, so that a
 * decision looks only for what may be there.
 */
#ifndef _CORDON_ENGINE_NET_TABLE_H
#define _CORDON_ENGINE_NET_TABLE_H

#include "hash.h"
#include "net.h"
#include "net_pattern.h"

/*
 * A key lies at most so many slots behind the one that its hash names.  At most
 * a third of the slots are taken: then runs of so many are out of reach, and
 * only a hash that spreads badly, for which there are other seeds, makes one.
 */
#ifndef CORDON_NET_PROBES
#define CORDON_NET_PROBES 64
#endif

/* The protocols that rules tell apart; what has no slot matches "any" only. */
enum cordon_net_slot {
	CORDON_NET_ANY,
	CORDON_NET_TCP,
	CORDON_NET_UDP,
	CORDON_NET_SCTP,
	CORDON_NET_ICMP,
	CORDON_NET_SLOTS
};

/* Ops with a summary: CONNECT, LISTEN, ACCEPT. */
#define CORDON_NET_OPS (CORDON_OP_ACCEPT - CORDON_OP_CONNECT + 1)

/* A block of ports is 2^size of them; this size is all. */
#define CORDON_NET_PORTS 16

/*
 * What a peer is, as one number: for CORDON_OP_PASS a pair of segments, with
 * CORDON_NET_NOBODY for any, else kind and value.
 */
#define CORDON_NET_NOBODY 0xffffu

static inline u32 cordon_net_class(enum cordon_peer_kind kind, u32 value)
{
	return (u32)kind << 28 | value;
}

static inline u32 cordon_net_pair(u32 from, u32 to)
{
	return from << 16 | to;
}

static_assert(CORDON_PROGRAMS_MAX < CORDON_NET_NOBODY,
	      "a segment's number needs more bits");
static_assert(CORDON_BLOCKS_MAX < 1 << 28,
	      "a prefix's number needs more bits");
static_assert(CORDON_WORKLOADS_MAX <= 0x8000,
	      "a workload's number needs more bits");

/*
 * Pairs as struct cordon_net_summary has them in place of kinds of peers: bit
 * of which ends a rule names.
 */
enum cordon_net_ends {
	CORDON_NET_FROM = 1 << 0,
	CORDON_NET_TO = 1 << 1,
};

/**
 * struct cordon_net_summary - what rules of one scope and op speak of
 * @sizes: by protocol: bits of sizes of blocks
 * @kinds: by protocol: bits of enum cordon_peer_kind; for CORDON_OP_PASS bits
 *	of combinations of enum cordon_net_ends
 * @ipv4: bits of lengths of prefixes, without what all have in common
 * @ipv6: likewise
 */
struct cordon_net_summary {
	u32 sizes[CORDON_NET_SLOTS];
	u8 kinds[CORDON_NET_SLOTS];
	u64 ipv4;
	u64 ipv6[3];
};
static_assert(sizeof(struct cordon_net_summary) == 64, "one cache line");

/**
 * struct cordon_net_rule - a slot of the table of rules
 * @key: cordon_net_key()
 * @scope: cordon_net_scope(); 0: the slot is empty
 * @rule: for each effect: the rule that comes first and one; 0: none
 * @owner: for each effect: whose rule it is, see cordon_net_owner()
 */
struct cordon_net_rule {
	u64 key;
	u32 scope;
	u32 rule[CORDON_EFFECT_COUNT];
	u16 owner[CORDON_EFFECT_COUNT];
};

/**
 * struct cordon_net_prefix - a slot of the table of prefixes
 * @address: of the prefix
 * @length: of the prefix
 * @number: counted from 1; 0: the slot is empty
 */
struct cordon_net_prefix {
	struct cordon_address address;
	u32 length;
	u32 number;
};

/**
 * struct cordon_net_counts - how much the tables hold, at most
 * @rules: keys, which is rules times blocks of ports
 * @prefixes: prefixes that are spelt out
 * @summaries: summaries, number 0 included, which is none
 */
struct cordon_net_counts {
	u64 rules;
	u64 prefixes;
	u64 summaries;
};

/**
 * struct cordon_net_table - head of the tables
 * @seed: of the hash
 * @rule_shift: a hash shifted right by it is a slot of the table of rules
 * @prefix_shift: … of prefixes
 * @rules_at: offset of the table of rules, from this head
 * @prefixes_at: of the table of prefixes
 * @summaries_at: of the summaries
 * @capacity: what there is room for
 * @used: what is there
 * @pass: number of the summary of CORDON_OP_PASS; 0: there is no such rule
 */
struct cordon_net_table {
	u64 seed;
	u32 rule_shift;
	u32 prefix_shift;
	size_t rules_at;
	size_t prefixes_at;
	size_t summaries_at;
	struct cordon_net_counts capacity;
	struct cordon_net_counts used;
	u32 pass;
};

static inline struct cordon_net_rule *
cordon_net_rules(const struct cordon_net_table *table)
{
	return (struct cordon_net_rule *)((char *)table + table->rules_at);
}

static inline struct cordon_net_prefix *
cordon_net_prefixes(const struct cordon_net_table *table)
{
	return (struct cordon_net_prefix *)((char *)table +
					    table->prefixes_at);
}

static inline struct cordon_net_summary *
cordon_net_summaries(const struct cordon_net_table *table)
{
	return (struct cordon_net_summary *)((char *)table +
					     table->summaries_at);
}

/** cordon_net_slot - the slot of a protocol */
static __always_inline u32 cordon_net_slot(u32 protocol)
{
	switch (protocol) {
	case CORDON_PROTOCOL_TCP:
		return CORDON_NET_TCP;
	case CORDON_PROTOCOL_UDP:
		return CORDON_NET_UDP;
	case CORDON_PROTOCOL_SCTP:
		return CORDON_NET_SCTP;
	case CORDON_PROTOCOL_ICMP:
	case CORDON_PROTOCOL_ICMPV6:
		return CORDON_NET_ICMP;
	default:
		return CORDON_NET_ANY;
	}
}

/**
 * cordon_net_scope - whose rules, and about what
 * @number: of a program; behind these the workloads; 0 for CORDON_OP_PASS
 * @op: enum cordon_op
 *
 * Return: a number other than 0.
 */
static __always_inline u32 cordon_net_scope(u32 number, u32 op)
{
	static_assert(CORDON_OP_COUNT <= 16, "an op needs more bits");

	return number << 4 | op;
}

/**
 * cordon_net_key - the rest of what a rule is found by
 * @slot: of the protocol; of CORDON_OP_SOCKET: the family
 * @class: of the peer; of CORDON_OP_SOCKET: the type
 * @size: of the block of ports
 * @port: any of that block; of CORDON_OP_SOCKET: the protocol
 */
static __always_inline u64 cordon_net_key(u32 slot, u32 class, u32 size,
					  u32 port)
{
	return (u64)class << 32 | slot << 24 | size << 16 | port >> size;
}

/**
 * cordon_net_socket_key - the key of a kind of sockets
 * @family: AF_
 * @type: SOCK_, or -1: any
 * @protocol: cordon_socket_protocol(), or -1: any
 */
static inline u64 cordon_net_socket_key(s32 family, s32 type, s32 protocol)
{
	return cordon_net_key((u32)family, (u32)type,
			      protocol < 0 ? CORDON_NET_PORTS : 0,
			      protocol < 0 ? 0 : (u32)protocol);
}

static __always_inline u64 cordon_net_hash(const struct cordon_net_table *table,
					   u32 scope, u64 key)
{
	return cordon_hash_mix(table->seed ^ scope * CORDON_HASH_MULTIPLIER,
			       key);
}

/**
 * cordon_net_find - look for a key
 * @table: the tables
 * @scope: cordon_net_scope()
 * @key: cordon_net_key()
 *
 * Context: any; looks at no more than CORDON_NET_PROBES slots.
 * Return: the slot or NULL.
 */
static __always_inline const struct cordon_net_rule *
cordon_net_find(const struct cordon_net_table *table, u32 scope, u64 key)
{
	const struct cordon_net_rule *rule =
		cordon_net_rules(table) +
		(cordon_net_hash(table, scope, key) >> table->rule_shift);
	const struct cordon_net_rule *end = rule + CORDON_NET_PROBES;

	do {
		if (rule->key == key && rule->scope == scope)
			return rule;
		if (!rule->scope)
			return NULL;
	} while (++rule < end);
	return NULL;
}

static __always_inline u64
cordon_net_prefix_hash(const struct cordon_net_table *table,
		       const struct cordon_address *address, u32 length)
{
	const u64 hash = table->seed ^ length * CORDON_HASH_MULTIPLIER;

	return cordon_hash_mix(cordon_hash_mix(hash, address->word[0]),
			       address->word[1]);
}

/**
 * cordon_net_owner - a workload, so that those that enforce come first
 * @workload: index
 * @enforces: is its mode of class net CORDON_MODE_ENFORCE
 *
 * Of several rules with the same effect that speak of one flow between
 * segments, one of a document that enforces is named, if there is any: else
 * loading another document that only monitors could end what this one enforces.
 */
static inline u16 cordon_net_owner(u32 workload, bool enforces)
{
	return (u16)(workload | (enforces ? 0 : 0x8000));
}

static inline u32 cordon_net_owner_workload(u16 owner)
{
	return owner & 0x7fff;
}

/* --- building, net_table.c ------------------------------------------------ */

struct cordon_policy;

/**
 * cordon_net_table_count - add what the rules of a draft may need
 * @counts: added to
 * @draft: a checked draft
 */
void cordon_net_table_count(struct cordon_net_counts *counts,
		      const struct cordon_draft *draft);

/** cordon_net_table_size - bytes of the tables, or 0 if it is too much */
u64 cordon_net_table_size(const struct cordon_net_counts *counts);

/**
 * cordon_net_table_init - begin the tables
 * @table: zeroed head
 * @at: offset of cordon_net_table_size() zeroed bytes from the head, of a multiple of
 *	64
 * @counts: what they must hold
 * @seed: of the hash
 */
void cordon_net_table_init(struct cordon_net_table *table, size_t at,
		     const struct cordon_net_counts *counts, u64 seed);

/**
 * cordon_net_table_insert - add the rules of a workload about peers and sockets
 * @policy: being built; all segments and the names of all workloads are there
 * @workload: index
 * @fault: filled on failure
 *
 * Return: 0; -EINVAL for a rule about a segment that there is not; -ENOSPC if
 * the tables were announced smaller; -EAGAIN if another seed is wanted.
 */
int cordon_net_table_insert(struct cordon_policy *policy, u32 workload,
		      struct cordon_fault *fault);

#endif /* _CORDON_ENGINE_NET_TABLE_H */
