// SPDX-License-Identifier: LGPL-2.1-or-later
/* Folding: whatever is done, events and repeats add up to acts. */
#include <check.h>
#include <stdlib.h>

#include "fold.h"
#include "suites.h"

#define ENTRIES	64
#define WINDOW	1000

static struct cordon_fold_entry entries[ENTRIES];
static struct cordon_fold fold;
static u64 events;	/* openings told */
static u64 closings;
static u64 closed;	/* repeats that closings told */
static u64 evicted;	/* closings before their time */

static void setup(void)
{
	memset(entries, 0, sizeof(entries));
	cordon_fold_init(&fold, entries, ENTRIES, WINDOW);
	events = closings = closed = evicted = 0;
}

static void entry_close(struct cordon_fold_entry *entry, u64 now)
{
	if (entry->used && entry->repeats) {
		closings++;
		closed += entry->repeats;
		evicted += !cordon_fold_is_over(&fold, entry, now);
	}
	entry->used = false;
}

static struct cordon_fold_key key_of(u64 number)
{
	return (struct cordon_fold_key){ { number, number * 77 + 1 } };
}

/* One act, as the module does it. */
static void act(u64 number, u64 now)
{
	struct cordon_fold_key key = key_of(number);
	struct cordon_fold_entry *entry = cordon_fold_find(&fold, &key);

	if (cordon_fold_repeats(&fold, entry, &key, now)) {
		entry->repeats++;
		entry->last = now;
		return;
	}
	entry_close(entry, now);
	cordon_fold_open(entry, &key, now);
	events++;
}

static void close_all(u64 now, bool only_over)
{
	u32 i;

	for (i = 0; i < ENTRIES; i++)
		if (!only_over || cordon_fold_is_over(&fold, &entries[i], now))
			entry_close(&entries[i], now);
}

START_TEST(a_million_times_the_same_is_two_events)
{
	u32 i;

	for (i = 0; i < 1000000; i++)
		act(5, 10 + i / 2000);
	close_all(2000, true);
	ck_assert_uint_eq(events, 1);
	ck_assert_uint_eq(closings, 1);
	ck_assert_uint_eq(closed, 999999);
}
END_TEST

START_TEST(what_happens_once_needs_no_closing)
{
	act(5, 1);
	act(6, 1);
	close_all(2000, true);
	ck_assert_uint_eq(events, 2);
	ck_assert_uint_eq(closings, 0);
}
END_TEST

START_TEST(a_window_ends_from_its_begin)
{
	act(5, 100);
	act(5, 100 + WINDOW - 1);
	ck_assert_uint_eq(events, 1);
	act(5, 100 + WINDOW);
	ck_assert_uint_eq(events, 2);
	ck_assert_uint_eq(closings, 1);
	ck_assert_uint_eq(closed, 1);
	ck_assert_uint_eq(evicted, 0);
	close_all(100 + 2 * WINDOW - 1, true);
	act(5, 100 + 2 * WINDOW - 1);
	ck_assert_uint_eq(events, 2);
}
END_TEST

START_TEST(without_a_window_nothing_is_folded)
{
	fold.window = 0;
	act(5, 1);
	act(5, 1);
	act(5, 1);
	ck_assert_uint_eq(events, 3);
	ck_assert_uint_eq(closings, 0);
}
END_TEST

/* One more than a set holds: what was repeated stays, as long as it can. */
START_TEST(a_full_set_lets_go_of_what_was_not_repeated)
{
	u64 sets = ENTRIES / CORDON_FOLD_WAYS;
	u64 i;

	for (i = 0; i < CORDON_FOLD_WAYS; i++)
		act(i * sets, i);
	for (i = 0; i < CORDON_FOLD_WAYS; i++)
		if (i != 5)
			act(i * sets, 20);
	act(100 * sets, 30);
	ck_assert_uint_eq(closings, 0);
	act(0, 31);
	ck_assert_uint_eq(events, CORDON_FOLD_WAYS + 1);
	/* Now all have repeats: the one that was opened first goes, told. */
	act(100 * sets, 32);
	act(101 * sets, 33);
	ck_assert_uint_eq(closings, 1);
	ck_assert_uint_eq(evicted, 1);
	ck_assert_uint_eq(closed, 2);
	close_all(34, false);
	ck_assert_uint_eq(events + closed, CORDON_FOLD_WAYS + 7 + 4);
}
END_TEST

START_TEST(keys_that_share_half_are_two)
{
	struct cordon_fold_key one = { { 8, 1 } }, two = { { 8, 2 } };
	struct cordon_fold_entry *entry = cordon_fold_find(&fold, &one);

	cordon_fold_open(entry, &one, 1);
	ck_assert(cordon_fold_repeats(&fold, entry, &one, 2));
	ck_assert(!cordon_fold_repeats(&fold, entry, &two, 2));
	ck_assert_ptr_ne(cordon_fold_find(&fold, &two), entry);
	ck_assert_ptr_eq(cordon_fold_find(&fold, &one), entry);
}
END_TEST

START_TEST(counts_add_up_whatever_happens)
{
	u64 state = 88172645463325252u;
	u64 acts = 0, now = 0;
	u32 i;

	for (i = 0; i < 300000; i++) {
		state ^= state << 13;
		state ^= state >> 7;
		state ^= state << 17;
		now += state % 9;
		/* Some are frequent, most are not. */
		act((state >> 20) % ((state >> 40) % 3 ? 20 : 500), now);
		acts++;
		if (state >> 54 == 7)
			close_all(now, true);
		if (state >> 50 == 9)
			close_all(now, false);
		ck_assert_uint_le(closings, events);
	}
	close_all(now, false);
	ck_assert_uint_eq(events + closed, acts);
	ck_assert_uint_gt(evicted, 100);
	ck_assert_uint_gt(closings, evicted);
}
END_TEST

Suite *engine_fold_suite(void)
{
	Suite *suite = suite_create("engine/fold");
	TCase *all = tcase_create("all");

	tcase_add_checked_fixture(all, setup, NULL);
	tcase_add_test(all, a_million_times_the_same_is_two_events);
	tcase_add_test(all, what_happens_once_needs_no_closing);
	tcase_add_test(all, a_window_ends_from_its_begin);
	tcase_add_test(all, without_a_window_nothing_is_folded);
	tcase_add_test(all, a_full_set_lets_go_of_what_was_not_repeated);
	tcase_add_test(all, keys_that_share_half_are_two);
	tcase_add_test(all, counts_add_up_whatever_happens);
	suite_add_tcase(suite, all);
	return suite;
}
