// SPDX-License-Identifier: GPL-2.0-only
/*
 * The table of prefixes.
 *
 * A reader follows links that a writer may be changing.  An entry is complete
 * before it is linked, and keeps its own link when it is taken out, so that a
 * reader at it finds back; that is all the order there is to keep.
 */
#include "prefix.h"

#include "hash.h"

#define BITS_MIN 4
#define BITS_MAX 24
#define LENGTHS 129		/* 0 to 128 bits */

/*
 * A bitmap of lengths: all that IPv4 has lie in its last word, those of IPv6 but
 * for ::/0 in two.
 */
#define LENGTH_WORDS 3
#define LENGTH_SHIFT 63

/**
 * struct cordon_prefix_table - head of a table
 * @seed: of the hash
 * @bits: there are 2^@bits buckets
 * @shift: a hash shifted right by it is a bucket
 * @link: which of the entries' links is used
 * @entries: how many
 * @used: by version, IPv4 second: the lengths that entries have
 * @count: by version: how many entries have each length
 * @bucket: first entries
 */
struct cordon_prefix_table {
	u64 seed;
	u32 bits;
	u32 shift;
	u32 link;
	u32 entries;
	u64 used[2][LENGTH_WORDS];
	u32 count[2][LENGTHS];
	struct cordon_prefix_entry *bucket[];
};

static u64 length_bit(u32 length)
{
	return 1ull << (length + LENGTH_SHIFT) % 64;
}

static u32 version_of(const struct cordon_prefix *prefix)
{
	return prefix->length >= CORDON_IPV4_BITS &&
	       cordon_address_is_ipv4(&prefix->address);
}

static __always_inline u64 bucket_of(const struct cordon_prefix_table *table,
				     const struct cordon_address *address,
				     u32 length)
{
	u64 hash = table->seed ^ length * CORDON_HASH_MULTIPLIER;

	/* There is nothing in it for IPv4. */
	if (address->word[0])
		hash = cordon_hash_mix(hash, address->word[0]);
	hash = cordon_hash_mix(hash, address->word[1]);
	return hash >> table->shift;
}

size_t cordon_prefix_table_size(u32 bits)
{
	return sizeof(struct cordon_prefix_table) +
	       (sizeof(struct cordon_prefix_entry *) << bits);
}

struct cordon_prefix_table *cordon_prefix_table_init(void *memory, u32 bits,
						     u64 seed, u32 link)
{
	struct cordon_prefix_table *table = memory;

	table->seed = seed;
	table->bits = bits;
	table->shift = 64 - bits;
	table->link = link;
	return table;
}

u32 cordon_prefix_table_wants(u32 entries)
{
	u32 bits = BITS_MIN;

	while (bits < BITS_MAX && 1u << bits < entries)
		bits++;
	return bits;
}

u32 cordon_prefix_table_bits(const struct cordon_prefix_table *table)
{
	return table->bits;
}

u32 cordon_prefix_table_entries(const struct cordon_prefix_table *table)
{
	return table->entries;
}

void cordon_prefix_insert(struct cordon_prefix_table *table,
			  struct cordon_prefix_entry *entry)
{
	const u32 version = version_of(&entry->prefix);
	const u32 length = entry->prefix.length;
	struct cordon_prefix_entry **bucket =
		table->bucket + bucket_of(table, &entry->prefix.address,
					  length);
	u64 *used = &table->used[version][(length + LENGTH_SHIFT) / 64];

	if (!table->count[version][length]++)
		cordon_publish(used, *used | length_bit(length));
	table->entries++;
	entry->next[table->link] = *bucket;
	cordon_publish(bucket, entry);
}

void cordon_prefix_remove(struct cordon_prefix_table *table,
			  struct cordon_prefix_entry *entry)
{
	const u32 version = version_of(&entry->prefix);
	const u32 length = entry->prefix.length;
	struct cordon_prefix_entry **at =
		table->bucket + bucket_of(table, &entry->prefix.address,
					  length);
	u64 *used = &table->used[version][(length + LENGTH_SHIFT) / 64];

	while (*at != entry) {
		if (!*at)
			return;
		at = &(*at)->next[table->link];
	}
	cordon_publish(at, entry->next[table->link]);
	table->entries--;
	if (!--table->count[version][length])
		cordon_publish(used, *used & ~length_bit(length));
}

void cordon_prefix_move(struct cordon_prefix_table *to,
			struct cordon_prefix_table *from)
{
	struct cordon_prefix_entry *entry;
	u64 i;

	for (i = 0; i < 1ull << from->bits; i++) {
		for (entry = from->bucket[i]; entry;
		     entry = entry->next[from->link])
			cordon_prefix_insert(to, entry);
	}
}

void cordon_prefix_walk_init(struct cordon_prefix_walk *walk,
			     const struct cordon_prefix_table *table,
			     const struct cordon_address *address)
{
	const u64 *used = table->used[cordon_address_is_ipv4(address)];

	walk->table = table;
	walk->address = *address;
	walk->entry = NULL;
	walk->left[0] = cordon_observe(&used[0]);
	walk->left[1] = cordon_observe(&used[1]);
	walk->left[2] = cordon_observe(&used[2]);
}

void cordon_prefix_walk_exact(struct cordon_prefix_walk *walk,
			      const struct cordon_prefix_table *table,
			      const struct cordon_prefix *prefix)
{
	*walk = (struct cordon_prefix_walk){
		.table = table,
		.address = prefix->address,
	};
	walk->left[(prefix->length + LENGTH_SHIFT) / 64] =
		length_bit(prefix->length);
}

/* The longest length that is left, which then is not any more. */
static __always_inline bool length_next(struct cordon_prefix_walk *walk)
{
	u32 word;
	u32 bit;

	for (word = LENGTH_WORDS; word--;) {
		if (!walk->left[word])
			continue;
		bit = cordon_last_bit(walk->left[word]);
		walk->left[word] ^= 1ull << bit;
		walk->length = word * 64 + bit - LENGTH_SHIFT;
		return true;
	}
	return false;
}

struct cordon_prefix_entry *
cordon_prefix_next(struct cordon_prefix_walk *walk)
{
	const struct cordon_prefix_table *table = walk->table;
	struct cordon_prefix_entry *entry = walk->entry;

	if (entry)
		entry = cordon_observe(&entry->next[table->link]);
	for (;;) {
		for (; entry; entry = cordon_observe(&entry->next[table->link])) {
			if (entry->prefix.length == walk->length &&
			    cordon_address_equals(&entry->prefix.address,
						  &walk->masked)) {
				walk->entry = entry;
				return entry;
			}
		}
		if (!length_next(walk))
			break;
		walk->masked = walk->address;
		cordon_address_mask(&walk->masked, walk->length);
		entry = cordon_observe(
			&table->bucket[bucket_of(table, &walk->masked,
						 walk->length)]);
	}
	walk->entry = NULL;
	return NULL;
}

struct cordon_prefix_entry *
cordon_prefix_each(const struct cordon_prefix_table *table, u64 *cursor)
{
	struct cordon_prefix_entry *entry;
	u64 bucket = *cursor >> 32;
	u32 place = (u32)*cursor;
	u32 i;

	for (; bucket < 1ull << table->bits; bucket++, place = 0) {
		entry = table->bucket[bucket];
		for (i = 0; entry && i < place; i++)
			entry = entry->next[table->link];
		if (!entry)
			continue;
		*cursor = bucket << 32 | (place + 1);
		return entry;
	}
	*cursor = bucket << 32;
	return NULL;
}
