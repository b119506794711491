/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * A table of prefixes that changes while it is read: which segments is an
 * address in.
 *
 * Entries hang in the buckets of a hash table, keyed by address and length
 * together; a search probes once for each length that is in use at all, from
 * the longest to the shortest.  Its cost depends on how many different lengths
 * there are (a handful), not on how many entries.
 *
 * Memory is the caller's: entries and tables are given, and given back.
 * Writers are serialised by the caller; readers run beside them, and the
 * caller frees an entry only behind its last reader (RCU).
 */
#ifndef _CORDON_ENGINE_PREFIX_H
#define _CORDON_ENGINE_PREFIX_H

#include "address.h"

/**
 * struct cordon_prefix_entry - a prefix in the table
 * @next: in its bucket, for each of the two tables it may be in while growing
 * @prefix: where it lies
 * @segment: the caller's number
 * @set: the caller's: entries that come and go together
 * @origin: enum cordon_origin
 * @expires: the caller's clock; 0: never
 * @hits: counted by the caller
 */
struct cordon_prefix_entry {
	struct cordon_prefix_entry *next[2];
	struct cordon_prefix prefix;
	u8 origin;
	u32 segment;
	u32 set;
	u64 expires;
	u64 hits;
};

struct cordon_prefix_table;

/** cordon_prefix_table_size - bytes of a table with 2^@bits buckets */
size_t cordon_prefix_table_size(u32 bits);

/**
 * cordon_prefix_table_init - begin a table
 * @memory: zeroed, cordon_prefix_table_size() bytes
 * @bits: logarithm of the number of buckets, 4 to 24
 * @seed: random
 * @link: 0 or 1: which of the entries' links it uses; a table that is to
 *	replace another uses the other one
 *
 * Return: the table, which is @memory.
 */
struct cordon_prefix_table *cordon_prefix_table_init(void *memory, u32 bits,
						     u64 seed, u32 link);

/** cordon_prefix_table_wants - bits a table for @entries should have */
u32 cordon_prefix_table_wants(u32 entries);

/** cordon_prefix_table_bits - as given to cordon_prefix_table_init() */
u32 cordon_prefix_table_bits(const struct cordon_prefix_table *table);

/** cordon_prefix_table_entries - how many entries are in it */
u32 cordon_prefix_table_entries(const struct cordon_prefix_table *table);

/**
 * cordon_prefix_insert - put an entry in; readers see all of it or nothing
 * @table: the table; equal prefixes may be in it any number of times
 * @entry: filled but for @next
 */
void cordon_prefix_insert(struct cordon_prefix_table *table,
			  struct cordon_prefix_entry *entry);

/**
 * cordon_prefix_remove - take an entry out; readers may still be at it
 * @table: the table
 * @entry: in it
 */
void cordon_prefix_remove(struct cordon_prefix_table *table,
			  struct cordon_prefix_entry *entry);

/**
 * cordon_prefix_move - put all entries of a table into another as well
 * @to: empty, with the other link; nobody reads it yet
 * @from: readers go on in it.  None may be left in the table that @from was
 *	filled from: its links are those of @to
 */
void cordon_prefix_move(struct cordon_prefix_table *to,
			struct cordon_prefix_table *from);

/** struct cordon_prefix_walk - where a search is; see cordon_prefix_next() */
struct cordon_prefix_walk {
	const struct cordon_prefix_table *table;
	struct cordon_address address;
	struct cordon_address masked;
	struct cordon_prefix_entry *entry;
	u64 left[3];	/* lengths still to look for, a bitmap */
	u32 length;
};

/**
 * cordon_prefix_walk_init - look for the prefixes that hold an address
 * @walk: filled
 * @table: the table
 * @address: copied
 */
void cordon_prefix_walk_init(struct cordon_prefix_walk *walk,
			     const struct cordon_prefix_table *table,
			     const struct cordon_address *address);

/**
 * cordon_prefix_walk_exact - look for the entries of one very prefix
 * @walk: filled
 * @table: the table
 * @prefix: copied
 */
void cordon_prefix_walk_exact(struct cordon_prefix_walk *walk,
			      const struct cordon_prefix_table *table,
			      const struct cordon_prefix *prefix);

/**
 * cordon_prefix_next - the next entry whose prefix holds the address
 * @walk: begun with cordon_prefix_walk_init() or _exact()
 *
 * From the longest prefix to the shortest; the caller looks at set and expiry.
 *
 * Context: any; under the lock or RCU that keeps table and entries.
 * Return: an entry, or NULL at the end.
 */
struct cordon_prefix_entry *
cordon_prefix_next(struct cordon_prefix_walk *walk);

/**
 * cordon_prefix_each - visit all entries, in no order
 * @table: the table
 * @cursor: 0 at the start; where to go on
 *
 * Context: writers are kept out.
 * Return: an entry, or NULL at the end.
 */
struct cordon_prefix_entry *
cordon_prefix_each(const struct cordon_prefix_table *table, u64 *cursor);

#endif /* _CORDON_ENGINE_PREFIX_H */
