// SPDX-License-Identifier: GPL-2.0-only
/*
 * Deciding about peers and sockets.
 */
#include "net_search.h"
#include "pattern.h"

/* Ranges: looks in a block of each size that is used. */
cordon_noinline void
cordon_net_search_sizes(const struct cordon_net_table *table, u32 sizes,
			u32 scope, u32 slot_and_port, u32 class,
			struct found *found)
{
	const struct cordon_net_rule *rule;
	u32 size;

	for (; sizes; sizes &= sizes - 1) {
		size = cordon_first_bit(sizes);
		rule = cordon_net_find(table, scope,
				       cordon_net_key(slot_and_port >> 16,
						      class, size,
						      slot_and_port & 0xffff));
		if (rule)
			found_add(found, rule);
	}
}

static cordon_noinline void search_prefix(const struct search *search,
					  const struct cordon_address *address,
					  u32 length)
{
	const struct cordon_net_table *table = search->table;
	const struct cordon_net_prefix *prefix;
	const struct cordon_net_prefix *end;
	struct cordon_address masked = *address;

	cordon_address_mask(&masked, length);
	prefix = cordon_net_prefixes(table) +
		 (cordon_net_prefix_hash(table, &masked, length) >>
		  table->prefix_shift);
	end = prefix + CORDON_NET_PROBES;
	do {
		if (!prefix->number)
			return;
		if (prefix->length == length &&
		    cordon_address_equals(&prefix->address, &masked)) {
			search_class(*search,
				     cordon_net_class(CORDON_PEER_PREFIX,
						      prefix->number));
			return;
		}
	} while (++prefix < end);
}

/* Looks for the prefixes that hold an address, of the lengths that are used. */
static cordon_noinline void
search_prefixes(const struct cordon_net_table *table,
		const struct cordon_net_summary *summary, u32 scope,
		u32 slot_and_port, const struct cordon_address *address,
		struct found *found)
{
	const struct search search = {
		.table = table,
		.summary = summary,
		.scope = scope,
		.slot = slot_and_port >> 16,
		.port = slot_and_port & 0xffff,
		.found = found,
	};
	u64 left;
	u32 word;

	if (cordon_address_is_ipv4(address)) {
		for (left = summary->ipv4; left; left &= left - 1)
			search_prefix(&search, address,
				      CORDON_IPV4_BITS +
					      cordon_first_bit(left));
		return;
	}
	for (word = 0; word < 3; word++) {
		for (left = summary->ipv6[word]; left; left &= left - 1)
			search_prefix(&search, address,
				      word * 64 + cordon_first_bit(left));
	}
}

/* Looks for all that a peer is, as far as rules of this protocol speak of it. */
static __always_inline void search_peer(const struct search search,
					const struct cordon_peer *peer)
{
	const u32 kinds = search.summary->kinds[search.slot];
	u32 count;
	u32 i;

	if (kinds & 1 << CORDON_PEER_SEGMENT) {
		count = peer->segment_count;
		if (unlikely(count > CORDON_NESTING_MAX))
			count = CORDON_NESTING_MAX;
		for (i = 0; i < count; i++)
			search_class(search,
				     cordon_net_class(CORDON_PEER_SEGMENT,
						      peer->segments[i]));
	}
	if (!(kinds & ~(1u << CORDON_PEER_SEGMENT)))
		return;
	if (kinds & 1 << CORDON_PEER_ANY)
		search_class(search, cordon_net_class(CORDON_PEER_ANY, 0));
	if (kinds & 1 << CORDON_PEER_PREFIX)
		search_prefixes(search.table, search.summary, search.scope,
				search.slot << 16 | search.port,
				&peer->address, search.found);
	if (kinds & 1 << CORDON_PEER_LOOPBACK &&
	    (peer->is_local || cordon_address_is_loopback(&peer->address)))
		search_class(search, cordon_net_class(CORDON_PEER_LOOPBACK, 0));
	if (kinds & 1 << CORDON_PEER_WORKLOAD && peer->workload != CORDON_NONE)
		search_class(search, cordon_net_class(CORDON_PEER_WORKLOAD,
						      peer->workload));
}

/* Looks in one scope, whose summaries begin at @number. */
static __always_inline void scope_search(const struct cordon_policy *policy,
					 u32 number, u32 scope,
					 const struct cordon_flow *flow,
					 struct found *found)
{
	const struct cordon_net_table *table = &policy->net;
	struct search search = {
		.table = table,
		.summary = cordon_net_summaries(table) + number +
			   (flow->op - CORDON_OP_CONNECT),
		.scope = scope,
		.slot = cordon_net_slot(flow->protocol),
		.port = flow->port,
		.found = found,
	};

	for (;;) {
		if (search.summary->sizes[search.slot]) {
			if (flow->peer)
				search_peer(search, flow->peer);
			else
				search_class(search,
					     cordon_net_class(CORDON_PEER_NONE,
							      0));
		}
		if (search.slot == CORDON_NET_ANY)
			return;
		search.slot = CORDON_NET_ANY;
	}
}

/* The program that a subject runs, if it is one of its workload's. */
static __always_inline const struct image_program *
program_of(const struct cordon_policy *policy,
	   const struct cordon_subject *subject)
{
	const struct image_program *program;

	if (subject->program >= policy->program_count)
		return NULL;
	program = image_programs(policy) + subject->program;
	return program->workload == subject->workload ? program : NULL;
}

void cordon_policy_decide_flow(const struct cordon_policy *policy,
			       const struct cordon_subject *subject,
			       const struct cordon_flow *flow,
			       struct cordon_verdict *verdict)
{
	const struct image_workload *workload;
	const struct image_program *program;
	struct found found = { 0 };

	if (unlikely(subject->workload >= policy->workload_count)) {
		cordon_unjudged(policy, subject->workload, flow->op, verdict);
		return;
	}
	workload = image_workloads(policy) + subject->workload;
	program = program_of(policy, subject);
	if (program && program->net)
		scope_search(policy, program->net,
			     cordon_net_scope(subject->program, flow->op),
			     flow, &found);
	if (workload->net)
		scope_search(policy, workload->net,
			     image_net_scope(policy, subject->workload,
					     flow->op), flow, &found);
	cordon_settle(policy, subject->workload, flow->op,
		      found_judge(&found, workload->effect,
				  CORDON_REASON_DEFAULT), verdict);
}

/* Of the ops that have peers, by all protocols. */
static bool scope_asks_owner(const struct cordon_policy *policy, u32 number)
{
	const struct cordon_net_summary *summary =
		cordon_net_summaries(&policy->net) + number;
	u32 op;
	u32 slot;

	for (op = CORDON_OP_CONNECT; op <= CORDON_OP_ACCEPT; op++, summary++)
		for (slot = 0; slot < CORDON_NET_SLOTS; slot++)
			if (summary->kinds[slot] & 1 << CORDON_PEER_WORKLOAD)
				return true;
	return false;
}

bool cordon_policy_asks_owner(const struct cordon_policy *policy,
			      const struct cordon_subject *subject)
{
	const struct image_workload *workload;
	const struct image_program *program;

	if (subject->workload >= policy->workload_count)
		return false;
	workload = image_workloads(policy) + subject->workload;
	program = program_of(policy, subject);
	return (program && program->net &&
		scope_asks_owner(policy, program->net)) ||
	       (workload->net && scope_asks_owner(policy, workload->net));
}

/* Rules about a unix socket's owner: any@workload:NAME, there are no ports. */
static void owner_search(const struct cordon_policy *policy, u32 number,
			 u32 scope, u32 owner, struct found *found)
{
	const struct search search = {
		.table = &policy->net,
		.summary = cordon_net_summaries(&policy->net) + number,
		.scope = scope,
		.slot = CORDON_NET_ANY,
		.found = found,
	};

	if (search.summary->kinds[CORDON_NET_ANY] & 1 << CORDON_PEER_WORKLOAD)
		search_class(search,
			     cordon_net_class(CORDON_PEER_WORKLOAD, owner));
}

/* Not by default: by a rule, or since rules cannot be held against the name. */
static bool is_denied(struct cordon_judgement judgement)
{
	return judgement.effect == CORDON_EFFECT_DENY &&
	       (judgement.reason == CORDON_REASON_RULE ||
		judgement.reason == CORDON_REASON_LIMIT);
}

void cordon_policy_decide_unix(const struct cordon_policy *policy,
			       const struct cordon_subject *subject,
			       const struct cordon_object *object, u32 workload,
			       struct cordon_verdict *verdict)
{
	const enum cordon_op op = CORDON_OP_CONNECT;
	const struct image_workload *image;
	const struct image_program *program;
	struct cordon_judgement judgement;
	struct found found = { 0 };

	if (unlikely(subject->workload >= policy->workload_count)) {
		cordon_unjudged(policy, subject->workload, op, verdict);
		return;
	}
	image = image_workloads(policy) + subject->workload;
	program = program_of(policy, subject);
	judgement = cordon_judge_name(policy, subject, op, object);
	if (workload != CORDON_NONE && program && program->net)
		owner_search(policy, program->net,
			     cordon_net_scope(subject->program, op), workload,
			     &found);
	if (workload != CORDON_NONE && image->net)
		owner_search(policy, image->net,
			     image_net_scope(policy, subject->workload, op),
			     workload, &found);
	if (is_denied(judgement))
		;	/* by a rule for the name */
	else if (found.best[CORDON_EFFECT_DENY])
		judgement = found_judge(&found, 0, 0);
	else if (judgement.reason == CORDON_REASON_RULE)
		;	/* likewise allowed */
	else if (found.best[CORDON_EFFECT_ALLOW])
		judgement = found_judge(&found, 0, 0);
	else if (workload == subject->workload)
		judgement = cordon_judgement(CORDON_EFFECT_ALLOW,
					     CORDON_REASON_SELF, CORDON_NONE);
	else if (object->kind == CORDON_OBJECT_UNNAMEABLE &&
		 image->all_ops & 1u << op)
		/* By default it may be what a rule denies. */
		judgement = cordon_judgement(CORDON_EFFECT_DENY,
					     CORDON_REASON_UNNAMEABLE,
					     CORDON_NONE);
	cordon_settle(policy, subject->workload, op, judgement, verdict);
}

/* Families and types that need no rule; see enum cordon_op. */
static bool is_common(u32 family, u32 type, u32 protocol)
{
	switch (family) {
	case CORDON_AF_UNIX:
		return true;
	case CORDON_AF_INET:
	case CORDON_AF_INET6:
		return (type == CORDON_SOCK_STREAM &&
			(!protocol || protocol == CORDON_PROTOCOL_TCP)) ||
		       (type == CORDON_SOCK_DGRAM &&
			(!protocol || protocol == CORDON_PROTOCOL_UDP));
	case CORDON_AF_NETLINK:
		return protocol == 0;
	default:
		return false;
	}
}

static void socket_search(const struct cordon_policy *policy, u32 scope,
			  s32 family, s32 type, s32 protocol,
			  struct found *found)
{
	const struct cordon_net_rule *rule;
	u32 i;

	for (i = 0; i < 4; i++) {
		rule = cordon_net_find(&policy->net, scope,
				       cordon_net_socket_key(
					       family, i & 1 ? -1 : type,
					       i & 2 ? -1 : protocol));
		if (rule)
			found_add(found, rule);
	}
}

void cordon_policy_decide_socket(const struct cordon_policy *policy,
				 const struct cordon_subject *subject,
				 u32 family, u32 type, u32 protocol,
				 struct cordon_verdict *verdict)
{
	const enum cordon_op op = CORDON_OP_SOCKET;
	const u32 number = cordon_socket_protocol(family, protocol);
	const struct image_workload *workload;
	struct cordon_judgement judgement;
	struct found found = { 0 };

	if (unlikely(subject->workload >= policy->workload_count)) {
		cordon_unjudged(policy, subject->workload, op, verdict);
		return;
	}
	workload = image_workloads(policy) + subject->workload;
	/* Numbers that no pattern can have are matched by "any" alone. */
	if (workload->all_ops & 1u << op && family <= 255) {
		const s32 kind = type <= 15 ? (s32)type : -1;
		const s32 which = number <= 65535 ? (s32)number : -1;

		if (program_of(policy, subject))
			socket_search(policy,
				      cordon_net_scope(subject->program, op),
				      (s32)family, kind, which, &found);
		socket_search(policy,
			      image_net_scope(policy, subject->workload, op),
			      (s32)family, kind, which, &found);
	}
	if (is_common(family, type, protocol))
		judgement = found_judge(&found, CORDON_EFFECT_ALLOW,
					CORDON_REASON_NONE);
	else
		judgement = found_judge(&found, workload->effect,
					CORDON_REASON_DEFAULT);
	cordon_settle(policy, subject->workload, op, judgement, verdict);
}

u32 cordon_policy_segment(const struct cordon_policy *policy, const char *name,
			  size_t length)
{
	struct cordon_query query = { .trie = &policy->trie };
	struct cordon_name hashed;

	if (!policy->segments || cordon_name_check(name, length))
		return CORDON_NONE;
	cordon_name_take(&hashed, policy->trie.seed, name, (u32)length);
	cordon_trie_name(&query, policy->segments, &hashed, false);
	return cordon_match_value(query.best[0]);
}

u32 cordon_policy_program_count(const struct cordon_policy *policy)
{
	return policy->program_count;
}

u32 cordon_policy_program_workload(const struct cordon_policy *policy,
				   u32 program)
{
	return program < policy->program_count ?
		       image_programs(policy)[program].workload : CORDON_NONE;
}
