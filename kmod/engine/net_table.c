// SPDX-License-Identifier: GPL-2.0-only
/*
 * Compiling rules about peers and sockets.
 */
#include "net_table.h"

#include "image.h"

/* What is taken of a table: a third of its slots. */
#define SPARSE 3

/* Ports that are still to be split into blocks. */
struct ports {
	u32 first;
	u32 last;
};

/* Takes the largest block that begins where the ports do. */
static bool block_next(struct ports *ports, u32 *first, u32 *size)
{
	u32 bits = CORDON_NET_PORTS;

	if (ports->first > ports->last)
		return false;
	if (ports->first)
		bits = cordon_first_bit(ports->first);
	while (ports->first + (1u << bits) - 1 > ports->last)
		bits--;
	*first = ports->first;
	*size = bits;
	ports->first += 1u << bits;
	return true;
}

static u32 block_count(const struct cordon_net_pattern *pattern)
{
	struct ports ports = { pattern->first, pattern->last };
	u32 count = 0;
	u32 first;
	u32 size;

	while (block_next(&ports, &first, &size))
		count++;
	return count;
}

static bool is_peers(const struct cordon_draft_rule *rule,
		     const char *pattern)
{
	return cordon_image_is_peer(rule, pattern) &&
	       rule->ops != 1u << CORDON_OP_SOCKET;
}

static void rule_count(struct cordon_net_counts *counts,
		       const struct cordon_draft *draft,
		       const struct cordon_draft_rule *rule, u64 *groups)
{
	struct cordon_net_pattern net;
	const char *pattern;
	const char *why;
	bool found = false;
	u32 i;

	for (i = 0; i < rule->patterns; i++) {
		pattern = cordon_draft_pattern(draft, rule->pattern + i);
		if (!cordon_image_is_peer(rule, pattern))
			continue;
		counts->rules++;
		if (!is_peers(rule, pattern))
			continue;
		found = true;
		cordon_net_pattern_parse(&net, cordon_first_bit(rule->ops),
					 pattern, &why);
		counts->rules += block_count(&net) - 1;
		if (net.kind == CORDON_PEER_PREFIX)
			counts->prefixes++;
	}
	*groups += found;
}

void cordon_net_table_count(struct cordon_net_counts *counts,
		      const struct cordon_draft *draft)
{
	u64 groups = 0;
	u32 i;

	for (i = 0; i < draft->used.rules; i++)
		rule_count(counts, draft, cordon_draft_rule(draft, i),
			   &groups);
	/* One for each program that has such a rule, and for the workload. */
	if (groups > draft->used.programs + 1ull)
		groups = draft->used.programs + 1ull;
	counts->summaries += groups * CORDON_NET_OPS;
}

static u32 table_bits(u64 count)
{
	u32 bits = 4;

	while (1ull << bits < count * SPARSE)
		bits++;
	return bits;
}

static u64 table_slots(u64 count)
{
	return (1ull << table_bits(count)) + CORDON_NET_PROBES;
}

u64 cordon_net_table_size(const struct cordon_net_counts *counts)
{
	/* Of prefixes and summaries there are no more than of rules. */
	if (counts->rules > CORDON_BLOCKS_MAX)
		return 0;
	return counts->summaries * sizeof(struct cordon_net_summary) +
	       table_slots(counts->rules) * sizeof(struct cordon_net_rule) +
	       table_slots(counts->prefixes) *
		       sizeof(struct cordon_net_prefix);
}

void cordon_net_table_init(struct cordon_net_table *table, size_t at,
		     const struct cordon_net_counts *counts, u64 seed)
{
	table->seed = seed;
	table->rule_shift = 64 - table_bits(counts->rules);
	table->prefix_shift = 64 - table_bits(counts->prefixes);
	table->summaries_at = at;
	at += (size_t)counts->summaries * sizeof(struct cordon_net_summary);
	table->rules_at = at;
	at += (size_t)table_slots(counts->rules) *
	      sizeof(struct cordon_net_rule);
	table->prefixes_at = at;
	table->capacity = *counts;
	/* Number 0 is none. */
	table->used.summaries = 1;
}

/* Where a rule goes. */
struct place {
	struct cordon_net_table *table;
	struct cordon_net_summary *summary;	/* NULL for sockets */
	u32 scope;
	u32 rule;
	u8 effect;
	u16 owner;
};

/* The first rule of one that enforces, else the first: see cordon_net_owner(). */
static bool comes_before(const struct place *place,
			 const struct cordon_net_rule *slot)
{
	const u32 effect = place->effect;

	if (!slot->rule[effect])
		return true;
	if (place->owner != slot->owner[effect])
		return place->owner < slot->owner[effect];
	return place->rule + 1 < slot->rule[effect];
}

static int key_insert(const struct place *place, u64 key)
{
	struct cordon_net_table *table = place->table;
	struct cordon_net_rule *slot =
		cordon_net_rules(table) +
		(cordon_net_hash(table, place->scope, key) >>
		 table->rule_shift);
	const struct cordon_net_rule *end = slot + CORDON_NET_PROBES;

	while (slot->scope &&
	       (slot->scope != place->scope || slot->key != key)) {
		if (++slot == end)
			return -EAGAIN;
	}
	if (!slot->scope) {
		if (table->used.rules >= table->capacity.rules)
			return -ENOSPC;
		table->used.rules++;
		slot->key = key;
		slot->scope = place->scope;
	}
	if (comes_before(place, slot)) {
		slot->rule[place->effect] = place->rule + 1;
		slot->owner[place->effect] = place->owner;
	}
	return 0;
}

/* The number of a prefix, which it gets if it has none. */
static int prefix_number(struct cordon_net_table *table,
			 const struct cordon_prefix *prefix, u32 *number)
{
	struct cordon_net_prefix *slot =
		cordon_net_prefixes(table) +
		(cordon_net_prefix_hash(table, &prefix->address,
					prefix->length) >>
		 table->prefix_shift);
	const struct cordon_net_prefix *end = slot + CORDON_NET_PROBES;

	while (slot->number && (slot->length != prefix->length ||
				!cordon_address_equals(&slot->address,
						       &prefix->address))) {
		if (++slot == end)
			return -EAGAIN;
	}
	if (!slot->number) {
		if (table->used.prefixes >= table->capacity.prefixes)
			return -ENOSPC;
		slot->address = prefix->address;
		slot->length = prefix->length;
		slot->number = (u32)++table->used.prefixes;
	}
	*number = slot->number;
	return 0;
}

static void length_note(struct cordon_net_summary *summary,
			const struct cordon_prefix *prefix)
{
	if (prefix->length >= CORDON_IPV4_BITS &&
	    cordon_address_is_ipv4(&prefix->address))
		summary->ipv4 |= 1ull << (prefix->length - CORDON_IPV4_BITS);
	else
		summary->ipv6[prefix->length / 64] |=
			1ull << prefix->length % 64;
}

/*
 * What the peer of a pattern is as a number.  Return: 0, or -EINVAL if there is
 * no such segment, -ENOENT if nobody can match, or an error of the tables.
 */
static int peer_class(const struct cordon_policy *policy,
		      const struct place *place,
		      const struct cordon_net_pattern *pattern, u32 *class)
{
	u32 value = 0;
	int error;

	switch (pattern->kind) {
	case CORDON_PEER_PREFIX:
		error = prefix_number(place->table, &pattern->prefix, &value);
		if (error)
			return error;
		length_note(place->summary, &pattern->prefix);
		break;
	case CORDON_PEER_SEGMENT:
		value = cordon_policy_segment(policy, pattern->name,
					      pattern->name_length);
		if (value == CORDON_NONE)
			return -EINVAL;
		break;
	case CORDON_PEER_WORKLOAD:
		/* It may be loaded later; until then it is nobody. */
		value = cordon_policy_workload(policy, pattern->name,
					       pattern->name_length);
		if (value == CORDON_NONE)
			return -ENOENT;
		break;
	default:
		break;
	}
	*class = cordon_net_class(pattern->kind, value);
	return 0;
}

static int blocks_insert(const struct place *place,
			 const struct cordon_net_pattern *pattern, u32 class,
			 u8 kinds)
{
	const u32 slot = cordon_net_slot(pattern->protocol);
	struct ports ports = { pattern->first, pattern->last };
	int error = 0;
	u32 first;
	u32 size;

	place->summary->kinds[slot] |= kinds;
	while (!error && block_next(&ports, &first, &size)) {
		place->summary->sizes[slot] |= 1u << size;
		error = key_insert(place,
				   cordon_net_key(slot, class, size, first));
	}
	return error;
}

static int peer_insert(const struct cordon_policy *policy,
		       const struct place *place, enum cordon_op op,
		       const char *text)
{
	struct cordon_net_pattern pattern;
	const char *why;
	u32 class;
	int error;

	cordon_net_pattern_parse(&pattern, op, text, &why);
	error = peer_class(policy, place, &pattern, &class);
	if (error)
		return error == -ENOENT ? 0 : error;
	return blocks_insert(place, &pattern, class, 1 << pattern.kind);
}

/* @from: the segment that the rule is from, or CORDON_NONE */
static int pass_insert(const struct cordon_policy *policy,
		       const struct place *place, u32 from, const char *text)
{
	struct cordon_net_pattern pattern;
	u32 to = CORDON_NET_NOBODY;
	const char *why;
	u32 ends = 0;

	cordon_net_pattern_parse(&pattern, CORDON_OP_PASS, text, &why);
	if (pattern.kind == CORDON_PEER_SEGMENT) {
		to = cordon_policy_segment(policy, pattern.name,
					   pattern.name_length);
		if (to == CORDON_NONE)
			return -EINVAL;
		ends |= CORDON_NET_TO;
	}
	if (from == CORDON_NONE)
		from = CORDON_NET_NOBODY;
	else
		ends |= CORDON_NET_FROM;
	return blocks_insert(place, &pattern, cordon_net_pair(from, to),
			     (u8)(1 << ends));
}

static int socket_insert(const struct place *place, const char *text)
{
	struct cordon_socket_pattern pattern;
	const char *why;

	cordon_socket_pattern_parse(&pattern, text, &why);
	return key_insert(place,
			  cordon_net_socket_key(pattern.family, pattern.type,
						pattern.protocol));
}

/* So many summaries, in a row. */
static int summaries_take(struct cordon_net_table *table, u32 count,
			  u32 *number)
{
	if (*number)
		return 0;
	if (table->capacity.summaries - table->used.summaries < count)
		return -ENOSPC;
	*number = (u32)table->used.summaries;
	table->used.summaries += count;
	return 0;
}

/* Finds where rules of the op go: a summary, and the scope. */
static int place_find(struct cordon_policy *policy, u32 workload,
		      u32 program, enum cordon_op op, struct place *place)
{
	struct image_workload *image = image_workloads(policy) + workload;
	u32 *number = &image->net;
	int error;

	if (op == CORDON_OP_PASS) {
		place->scope = cordon_net_scope(0, op);
		error = summaries_take(place->table, 1, &place->table->pass);
		place->summary = cordon_net_summaries(place->table) +
				 place->table->pass;
		return error;
	}
	if (program != CORDON_NONE) {
		program += image->program;
		number = &image_programs(policy)[program].net;
		place->scope = cordon_net_scope(program, op);
	} else {
		place->scope = image_net_scope(policy, workload, op);
	}
	if (op == CORDON_OP_SOCKET)
		return 0;
	error = summaries_take(place->table, CORDON_NET_OPS, number);
	place->summary = cordon_net_summaries(place->table) + *number +
			 (op - CORDON_OP_CONNECT);
	return error;
}

static int rule_insert(struct cordon_policy *policy, u32 workload, u32 index)
{
	const struct image_workload *image =
		image_workloads(policy) + workload;
	const struct cordon_draft *draft = image->draft;
	const struct cordon_draft_rule *rule = cordon_draft_rule(draft, index);
	const enum cordon_op op = cordon_first_bit(rule->ops);
	struct place place = {
		.table = &policy->net,
		.rule = index,
		.effect = rule->effect,
		.owner = cordon_net_owner(workload,
					  image->mode[CORDON_CLASS_NET] ==
						  CORDON_MODE_ENFORCE),
	};
	const char *pattern;
	u32 from = CORDON_NONE;
	int error = 0;
	u32 i;

	if (op == CORDON_OP_PASS && rule->program != CORDON_NONE)
		from = image->program + rule->program;
	for (i = 0; i < rule->patterns && !error; i++) {
		pattern = cordon_draft_pattern(draft, rule->pattern + i);
		if (!cordon_image_is_peer(rule, pattern))
			continue;
		error = place_find(policy, workload, rule->program, op,
				   &place);
		if (error)
			break;
		if (op == CORDON_OP_SOCKET)
			error = socket_insert(&place, pattern);
		else if (op == CORDON_OP_PASS)
			error = pass_insert(policy, &place, from, pattern);
		else
			error = peer_insert(policy, &place, op, pattern);
	}
	return error;
}

int cordon_net_table_insert(struct cordon_policy *policy, u32 workload,
		      struct cordon_fault *fault)
{
	const struct cordon_draft *draft =
		image_workloads(policy)[workload].draft;
	int error = 0;
	u32 i;

	for (i = 0; i < draft->used.rules && !error; i++)
		error = rule_insert(policy, workload, i);
	if (error == -EINVAL) {
		cordon_fault_set(fault,
				 "no document has a segment of that name: load it before, or together with this one");
		fault->workload = workload;
		fault->rule = i - 1;
	}
	return error;
}
