// SPDX-License-Identifier: GPL-2.0-only
#include <linux/err.h>
#include <linux/etherdevice.h>
#include <linux/jhash.h>
#include <linux/kernel.h>
#include <linux/log2.h>
#include <linux/mm.h>
#include <linux/netdevice.h>
#include <linux/random.h>
#include <linux/slab.h>
#include <linux/string.h>
#include <net/net_namespace.h>

#include "engine/prefix.h"
#include "generation.h"
#include "port.h"

/* Kinds of address a port can have claims of: bits of struct port. */
enum claim_kind {
	CLAIM_IPV4 = 1,
	CLAIM_IPV6 = 2,
	CLAIM_LINK_LOCAL = 4,
	CLAIM_MAC = 8,
};

/**
 * struct port - an interface that a document names
 * @name: its name, filled up with zeroes
 * @segment: first of its segments
 * @segments: how many
 * @claims: kinds of address it has claims of
 * @workload: document that states a claim of it
 */
struct port {
	char name[IFNAMSIZ];
	u32 segment;
	u32 segments;
	u32 claims;
	u32 workload;
};

/**
 * struct cordon_port_table - all ports of a generation
 * @seed: of the hash of names
 * @mask: of @bucket
 * @count: ports
 * @has_segments: there is a segment behind one of them
 * @has_claims: one of them has a claim
 * @bucket: index + 1 of ports, by name; open addressing
 * @port: ports
 * @programs: segments of the policy, those of a port side by side
 * @claims: addresses that ports claim; an entry's segment is its port.  A MAC
 *	is an address of its own sort, see mac_address()
 * @entry: of @claims
 */
struct cordon_port_table {
	u32 seed;
	u32 mask;
	u32 count;
	bool has_segments;
	bool has_claims;
	u32 *bucket;
	struct port *port;
	u32 *programs;
	struct cordon_prefix_table *claims;
	struct cordon_prefix_entry *entry;
};

static u32 name_hash(const struct cordon_port_table *table, const char *name)
{
	return jhash(name, strnlen(name, IFNAMSIZ), table->seed);
}

/* Where a port is, or would go. */
static u32 *bucket_of(const struct cordon_port_table *table, const char *name)
{
	u32 at = name_hash(table, name) & table->mask;

	while (table->bucket[at] &&
	       strncmp(table->port[table->bucket[at] - 1].name, name, IFNAMSIZ))
		at = (at + 1) & table->mask;
	return &table->bucket[at];
}

static const struct port *port_of(const struct cordon_port_table *table,
				  const struct net_device *dev)
{
	u32 index;

	if (dev_net(dev)->user_ns != &init_user_ns)
		return NULL;
	index = *bucket_of(table, dev->name);
	return index ? &table->port[index - 1] : NULL;
}

/* Out of the way of all that can be a sender's address: ff00::/8 is groups. */
static void mac_address(struct cordon_address *address, const u8 *mac)
{
	*address = (struct cordon_address){ .byte = { 0xff } };
	memcpy(&address->byte[10], mac, ETH_ALEN);
}

static bool is_link_local(const struct cordon_address *address)
{
	return address->byte[0] == 0xfe && (address->byte[1] & 0xc0) == 0x80;
}

static u32 kind_of(const struct cordon_address *address)
{
	if (cordon_address_is_ipv4(address))
		return CLAIM_IPV4;
	return is_link_local(address) ? CLAIM_LINK_LOCAL : CLAIM_IPV6;
}

/* --- building --------------------------------------------------------------- */

/* A claim is "PORT ADDRESS", an interface its name. */
static bool member_name(char name[IFNAMSIZ], const char *pattern)
{
	size_t length = strcspn(pattern, " ");

	if (!length || length >= IFNAMSIZ)
		return false;
	memset(name, 0, IFNAMSIZ);
	memcpy(name, pattern, length);
	return true;
}

static bool claim_parse(struct cordon_prefix *prefix, const char *pattern,
			u32 *kind)
{
	const char *text = strchr(pattern, ' ');
	u8 mac[ETH_ALEN];
	const char *why;

	if (!text)
		return false;
	text++;
	if (strlen(text) == 3 * ETH_ALEN - 1 &&
	    sscanf(text, "%2hhx:%2hhx:%2hhx:%2hhx:%2hhx:%2hhx", &mac[0],
		   &mac[1], &mac[2], &mac[3], &mac[4], &mac[5]) == ETH_ALEN) {
		mac_address(&prefix->address, mac);
		prefix->length = 128;
		*kind = CLAIM_MAC;
		return true;
	}
	if (cordon_prefix_parse(prefix, text, strlen(text), &why))
		return false;
	*kind = kind_of(&prefix->address);
	return true;
}

/* Called with all members of interest, three times. */
typedef void (*member_fn_t)(struct cordon_port_table *table, u32 workload,
			    const struct cordon_draft *draft,
			    const struct cordon_draft_member *member,
			    struct port *port);

static void each_member(struct cordon_port_table *table,
			struct cordon_block *const *blocks, u32 count,
			member_fn_t call)
{
	char name[IFNAMSIZ];
	u32 i;
	u32 j;

	for (i = 0; i < count; i++) {
		const struct cordon_draft *draft = blocks[i]->draft;

		if (draft->kind != CORDON_DOCUMENT_SEGMENTS)
			continue;
		for (j = 0; j < draft->used.members; j++) {
			const struct cordon_draft_member *member =
				cordon_draft_member(draft, j);
			u32 *bucket;

			if (member->kind == CORDON_MEMBER_PREFIX ||
			    !member_name(name, cordon_draft_text(draft,
						member->pattern)))
				continue;
			bucket = bucket_of(table, name);
			if (!*bucket) {
				memcpy(table->port[table->count].name, name,
				       IFNAMSIZ);
				*bucket = ++table->count;
			}
			call(table, i, draft, member,
			     &table->port[*bucket - 1]);
		}
	}
}

static void member_count(struct cordon_port_table *table, u32 workload,
			 const struct cordon_draft *draft,
			 const struct cordon_draft_member *member,
			 struct port *port)
{
	if (member->kind == CORDON_MEMBER_INTERFACE)
		port->segments++;
}

static const struct cordon_policy *building;	/* under the generations' lock */

static void member_place(struct cordon_port_table *table, u32 workload,
			 const struct cordon_draft *draft,
			 const struct cordon_draft_member *member,
			 struct port *port)
{
	const struct cordon_draft_program *program;
	struct cordon_prefix prefix;
	const char *name;
	u32 kind;

	if (member->kind == CORDON_MEMBER_INTERFACE) {
		program = cordon_draft_program(draft, member->program);
		name = cordon_draft_text(draft, program->exe);
		table->programs[port->segment + port->segments++] =
			cordon_policy_segment(building, name, strlen(name));
		table->has_segments = true;
		return;
	}
	if (!claim_parse(&prefix, cordon_draft_text(draft, member->pattern),
			 &kind))
		return;
	port->claims |= kind;
	port->workload = workload;
	table->entry->prefix = prefix;
	table->entry->segment = port - table->port;
	cordon_prefix_insert(table->claims, table->entry++);
	table->has_claims = true;
}

static u32 members_of(struct cordon_block *const *blocks, u32 count)
{
	u32 members = 0;
	u32 i;
	u32 j;

	for (i = 0; i < count; i++) {
		const struct cordon_draft *draft = blocks[i]->draft;

		if (draft->kind != CORDON_DOCUMENT_SEGMENTS)
			continue;
		for (j = 0; j < draft->used.members; j++)
			members += cordon_draft_member(draft, j)->kind !=
				   CORDON_MEMBER_PREFIX;
	}
	return members;
}

/**
 * cordon_port_table_new - what documents say of interfaces
 * @policy: compiled from @blocks
 * @blocks: the documents
 * @count: how many
 *
 * Context: may sleep; one at a time.
 * Return: a table, NULL if they say nothing, or -ENOMEM.
 */
struct cordon_port_table *
cordon_port_table_new(const struct cordon_policy *policy,
		      struct cordon_block *const *blocks, u32 count)
{
	u32 members = members_of(blocks, count);
	u32 buckets = roundup_pow_of_two(2 * max(members, 1U));
	u32 bits = cordon_prefix_table_wants(members);
	struct cordon_port_table *table;
	struct cordon_prefix_entry *entry;
	void *memory;
	u32 used = 0;
	u32 i;

	if (!members)
		return NULL;
	table = kvzalloc(sizeof(*table), GFP_KERNEL_ACCOUNT);
	if (!table)
		return ERR_PTR(-ENOMEM);
	table->seed = get_random_u32();
	table->mask = buckets - 1;
	table->bucket = kvcalloc(buckets, sizeof(u32), GFP_KERNEL_ACCOUNT);
	table->port = kvcalloc(members, sizeof(struct port),
			       GFP_KERNEL_ACCOUNT);
	table->programs = kvcalloc(members, sizeof(u32), GFP_KERNEL_ACCOUNT);
	entry = kvcalloc(members, sizeof(*entry), GFP_KERNEL_ACCOUNT);
	memory = kvzalloc(cordon_prefix_table_size(bits), GFP_KERNEL_ACCOUNT);
	table->entry = entry;
	table->claims = memory;
	if (!table->bucket || !table->port || !table->programs || !entry ||
	    !memory) {
		cordon_port_table_free(table);
		return ERR_PTR(-ENOMEM);
	}
	cordon_prefix_table_init(memory, bits, get_random_u64(), 0);
	each_member(table, blocks, count, member_count);
	for (i = 0; i < table->count; i++) {
		table->port[i].segment = used;
		used += table->port[i].segments;
		table->port[i].segments = 0;
	}
	building = policy;
	each_member(table, blocks, count, member_place);
	table->entry = entry;
	return table;
}

/** cordon_port_table_free - may be NULL */
void cordon_port_table_free(struct cordon_port_table *table)
{
	if (!table)
		return;
	kvfree(table->bucket);
	kvfree(table->port);
	kvfree(table->programs);
	kvfree(table->entry);
	kvfree(table->claims);
	kvfree(table);
}

/* --- asking ------------------------------------------------------------------ */

/**
 * cordon_port_segments - the segments that lie behind an interface
 * @table: of the generation
 * @dev: the interface
 * @programs: filled: segments of the policy
 *
 * Context: any; under RCU.
 * Return: how many.
 */
u32 cordon_port_segments(const struct cordon_port_table *table,
			 const struct net_device *dev, const u32 **programs)
{
	const struct port *port = port_of(table, dev);

	if (!port)
		return 0;
	*programs = &table->programs[port->segment];
	return port->segments;
}

/** cordon_port_has_segments - is any segment behind an interface; NULL: no */
bool cordon_port_has_segments(const struct cordon_port_table *table)
{
	return table && table->has_segments;
}

/** cordon_port_has_claims - does any port have a claim; NULL: no */
bool cordon_port_has_claims(const struct cordon_port_table *table)
{
	return table && table->has_claims;
}

/* Is the port of that name one of the same bridge, in the same namespace. */
static bool is_neighbour(const struct net_device *dev, const struct port *port)
{
	struct net_device *master =
		netdev_master_upper_dev_get_rcu((struct net_device *)dev);
	struct net_device *other = dev_get_by_name_rcu(dev_net(dev),
						       port->name);

	return other && master &&
	       netdev_master_upper_dev_get_rcu(other) == master;
}

static u32 judge(const struct cordon_port_table *table,
		 const struct net_device *dev,
		 const struct cordon_address *address, u32 kind)
{
	const struct port *port = port_of(table, dev);
	struct cordon_prefix_entry *entry;
	struct cordon_prefix_walk walk;
	u32 workload = CORDON_NONE;

	if (port && port->claims & kind)
		workload = port->workload;
	cordon_prefix_walk_init(&walk, table->claims, address);
	while ((entry = cordon_prefix_next(&walk))) {
		const struct port *owner = &table->port[entry->segment];

		/* "::/0" claims addresses, no network cards. */
		if (kind == CLAIM_MAC && entry->prefix.length != 128)
			continue;
		if (owner == port)
			return CORDON_NONE;
		if (workload == CORDON_NONE && entry->prefix.length == 128 &&
		    is_neighbour(dev, owner))
			workload = owner->workload;
	}
	return workload;
}

/**
 * cordon_port_claims_address - may a port send from an address
 * @table: of the generation
 * @dev: the bridge port
 * @address: that it sends from, or says is its own
 *
 * A port with claims of a kind of address (IPv4, IPv6, IPv6 link-local) may
 * send from these only.  A single address that another port of the same bridge
 * claims is that port's, whatever this one claims or not.
 *
 * Context: any; under RCU.
 * Return: CORDON_NONE if it may, else the document whose claim is in the way.
 */
u32 cordon_port_claims_address(const struct cordon_port_table *table,
			       const struct net_device *dev,
			       const struct cordon_address *address)
{
	return judge(table, dev, address, kind_of(address));
}

/** cordon_port_claims_mac - the same for the address of a network card */
u32 cordon_port_claims_mac(const struct cordon_port_table *table,
			   const struct net_device *dev, const u8 *mac)
{
	struct cordon_address address;

	mac_address(&address, mac);
	return judge(table, dev, &address, CLAIM_MAC);
}
