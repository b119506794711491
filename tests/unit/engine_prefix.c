// SPDX-License-Identifier: LGPL-2.1-or-later
/*
 * The table of prefixes, against a list that is searched from end to end; and
 * with a reader beside the writer.
 */
#include <check.h>
#include <pthread.h>
#include <stdatomic.h>
#include <stdlib.h>

#include "prefix.h"
#include "random.h"
#include "suites.h"

#define MOST 2000	/* entries */
#define ROUNDS 20000
#define SEED 0x1234567

static struct cordon_prefix_table *table_make(u32 bits, u32 link)
{
	return cordon_prefix_table_init(
		calloc(1, cordon_prefix_table_size(bits)), bits, SEED, link);
}

/* Few bits differ, so that many prefixes hold many addresses. */
static void address_make(struct cordon_address *address)
{
	u32 i;

	memset(address, 0, sizeof(*address));
	if (any(2)) {
		memset(address->byte + 10, 0xff, 2);
		for (i = 12; i < 16; i++)
			address->byte[i] = (u8)(any(2) * 0x80 | any(2));
	} else {
		for (i = 0; i < 16; i++)
			address->byte[i] = (u8)(any(2) * 0x80 | any(2));
		if (any(4) == 0)
			memset(address, 0, 10);
	}
}

static void prefix_make(struct cordon_prefix *prefix)
{
	static const u8 common[] = { 0, 1, 7, 8, 32, 64, 65, 95, 96, 127, 128 };

	address_make(&prefix->address);
	prefix->length = any(2) ? common[any(sizeof(common))] : (u8)any(129);
	if (cordon_address_is_ipv4(&prefix->address) &&
	    prefix->length < CORDON_IPV4_BITS)
		prefix->length = (u8)(CORDON_IPV4_BITS + any(33));
	cordon_address_mask(&prefix->address, prefix->length);
}

struct list {
	struct cordon_prefix_entry *entry[MOST];
	u32 count;
};

/* All that hold the address are found, each once, the longest first. */
static u32 check_search(const struct cordon_prefix_table *table,
			const struct list *list,
			const struct cordon_address *address)
{
	struct cordon_prefix_walk walk;
	struct cordon_prefix_entry *entry;
	u32 last = 128;
	u32 found = 0;
	u32 want = 0;
	u32 i;

	for (i = 0; i < list->count; i++) {
		list->entry[i]->hits = 0;
		want += cordon_prefix_contains(&list->entry[i]->prefix,
					       address);
	}
	cordon_prefix_walk_init(&walk, table, address);
	while ((entry = cordon_prefix_next(&walk))) {
		ck_assert(cordon_prefix_contains(&entry->prefix, address));
		ck_assert_uint_le(entry->prefix.length, last);
		ck_assert_uint_eq(entry->hits++, 0);
		last = entry->prefix.length;
		found++;
	}
	ck_assert_uint_eq(found, want);
	ck_assert_ptr_null(cordon_prefix_next(&walk));
	return found;
}

static void check_each(const struct cordon_prefix_table *table, u32 count)
{
	u64 cursor = 0;
	u32 found = 0;

	while (cordon_prefix_each(table, &cursor))
		found++;
	ck_assert_uint_eq(found, count);
	ck_assert_ptr_null(cordon_prefix_each(table, &cursor));
	ck_assert_uint_eq(cordon_prefix_table_entries(table), count);
}

START_TEST(searches_are_those_of_a_list)
{
	struct cordon_prefix_table *table = table_make(4, 0);
	struct cordon_prefix_table *other;
	struct list *list = calloc(1, sizeof(*list));
	struct cordon_address address;
	u32 found = 0;
	u32 link = 0;
	u32 round;
	u32 which;

	state = 0x9e3779b9 + (u64)_i;
	for (round = 0; round < ROUNDS; round++) {
		if (list->count < MOST && any(5) < 3) {
			struct cordon_prefix_entry *entry =
				calloc(1, sizeof(*entry));

			prefix_make(&entry->prefix);
			cordon_prefix_insert(table, entry);
			list->entry[list->count++] = entry;
		} else if (list->count) {
			which = any(list->count);
			cordon_prefix_remove(table, list->entry[which]);
			free(list->entry[which]);
			list->entry[which] = list->entry[--list->count];
		}
		if (any(500) == 0) {
			other = table_make(
				cordon_prefix_table_wants(list->count),
				link ^= 1);
			cordon_prefix_move(other, table);
			free(table);
			table = other;
			check_each(table, list->count);
		}
		if (round % 8 == 0) {
			address_make(&address);
			found += check_search(table, list, &address);
		}
	}
	ck_assert_uint_gt(found, ROUNDS / 8);
	while (list->count) {
		cordon_prefix_remove(table, list->entry[--list->count]);
		free(list->entry[list->count]);
	}
	check_each(table, 0);
	address_make(&address);
	ck_assert_uint_eq(check_search(table, list, &address), 0);
	free(table);
	free(list);
}
END_TEST

START_TEST(equal_prefixes_are_all_found)
{
	struct cordon_prefix_table *table = table_make(4, 1);
	struct list *list = calloc(1, sizeof(*list));
	struct cordon_prefix_entry *entry;
	struct cordon_address address;
	const char *why;
	u32 i;

	for (i = 0; i < 20; i++) {
		entry = calloc(1, sizeof(*entry));
		ck_assert(!cordon_prefix_parse(&entry->prefix, "10.0.0.0/8", 10,
					       &why));
		entry->segment = i;
		list->entry[list->count++] = entry;
		cordon_prefix_insert(table, entry);
	}
	ck_assert(!cordon_address_parse(&address, "10.1.2.3", 8));
	ck_assert_uint_eq(check_search(table, list, &address), 20);
	for (i = 0; i < list->count; i += 2)
		cordon_prefix_remove(table, list->entry[i]);
	check_each(table, 10);
	for (i = 0; i < list->count; i++)
		free(list->entry[i]);
	free(list);
	free(table);
}
END_TEST

START_TEST(a_table_is_large_enough)
{
	ck_assert_uint_eq(cordon_prefix_table_wants(0), 4);
	ck_assert_uint_eq(cordon_prefix_table_wants(16), 4);
	ck_assert_uint_eq(cordon_prefix_table_wants(17), 5);
	ck_assert_uint_eq(cordon_prefix_table_wants(CORDON_ENTRIES_MAX), 20);
	ck_assert_uint_eq(cordon_prefix_table_wants(U32_MAX), 24);
	ck_assert_uint_gt(cordon_prefix_table_size(5),
			  cordon_prefix_table_size(4));
}
END_TEST

/* --- a reader beside the writer ------------------------------------------- */

/*
 * Entries that stay must be found however the table changes; those that come
 * and go may be found or not, but never half of one.
 */
struct shared {
	_Atomic(struct cordon_prefix_table *) table;
	atomic_uint reading;	/* odd: the reader is in a table */
	atomic_bool done;
	u64 searches;
	bool missed;
	bool broken;
};

#define STAYING 64

static void staying_address(struct cordon_address *address, u32 i)
{
	memset(address, 0, sizeof(*address));
	memset(address->byte + 10, 0xff, 2);
	address->byte[12] = 10;
	address->byte[15] = (u8)i;
}

static void *reader(void *data)
{
	struct shared *shared = data;
	struct cordon_prefix_walk walk;
	struct cordon_prefix_entry *entry;
	struct cordon_address address;
	bool found;
	u32 i = 0;

	while (!atomic_load(&shared->done)) {
		staying_address(&address, i = (i + 1) % STAYING);
		atomic_fetch_add(&shared->reading, 1);
		found = false;
		cordon_prefix_walk_init(&walk, atomic_load(&shared->table),
					&address);
		while ((entry = cordon_prefix_next(&walk))) {
			found |= entry->segment == 1;
			shared->broken |= !cordon_prefix_contains(
				&entry->prefix, &address);
		}
		atomic_fetch_add(&shared->reading, 1);
		shared->missed |= !found;
		shared->searches++;
	}
	return NULL;
}

/* What RCU does in the kernel: nobody reads any more who read before. */
static void wait_for_reader(struct shared *shared)
{
	const unsigned int now = atomic_load(&shared->reading);

	while (now & 1 && atomic_load(&shared->reading) == now)
		;
}

static void grow(struct shared *shared, u32 bits, u32 link)
{
	struct cordon_prefix_table *old = atomic_load(&shared->table);
	struct cordon_prefix_table *new = table_make(bits, link);

	cordon_prefix_move(new, old);
	atomic_store(&shared->table, new);
	wait_for_reader(shared);
	free(old);
}

START_TEST(a_reader_misses_nothing_while_it_changes)
{
	static struct cordon_prefix_entry staying[STAYING];
	static struct cordon_prefix_entry going[256];
	struct shared shared = { .missed = false };
	pthread_t thread;
	u32 round;
	u32 i;

	atomic_store(&shared.table, table_make(4, 0));
	for (i = 0; i < STAYING; i++) {
		staying_address(&staying[i].prefix.address, i);
		staying[i].prefix.length = 128;
		staying[i].segment = 1;
		cordon_prefix_insert(atomic_load(&shared.table), staying + i);
	}
	ck_assert(!pthread_create(&thread, NULL, reader, &shared));
	/* Until it has read enough, whatever the machine does meanwhile. */
	for (round = 0; round < 300 || !atomic_load(&shared.reading); round++) {
		for (i = 0; i < 256; i++) {
			going[i] = (struct cordon_prefix_entry){
				.segment = 2,
			};
			staying_address(&going[i].prefix.address, i);
			going[i].prefix.length =
				(u8)(CORDON_IPV4_BITS + i % 33);
			cordon_address_mask(&going[i].prefix.address,
					    going[i].prefix.length);
			cordon_prefix_insert(atomic_load(&shared.table),
					     going + i);
		}
		grow(&shared, 4 + round % 8, ~round & 1);
		for (i = 0; i < 256; i++)
			cordon_prefix_remove(atomic_load(&shared.table),
					     going + i);
		wait_for_reader(&shared);
	}
	atomic_store(&shared.done, true);
	pthread_join(thread, NULL);
	ck_assert_uint_gt(shared.searches, 0);
	ck_assert(!shared.missed);
	ck_assert(!shared.broken);
	free(atomic_load(&shared.table));
}
END_TEST

Suite *engine_prefix_suite(void)
{
	Suite *suite = suite_create("engine/prefix");
	TCase *search = tcase_create("search");

	tcase_add_loop_test(search, searches_are_those_of_a_list, 0, 4);
	tcase_add_test(search, equal_prefixes_are_all_found);
	tcase_add_test(search, a_table_is_large_enough);
	tcase_add_test(search, a_reader_misses_nothing_while_it_changes);
	suite_add_tcase(suite, search);
	return suite;
}
