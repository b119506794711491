// SPDX-License-Identifier: LGPL-2.1-or-later
/* Behaviours: nothing is counted wrongly, nothing is lost without a word. */
#include <check.h>
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>

#include "behaviour.h"
#include "random.h"
#include "suites.h"

#define COUNT	64
#define SEED	0x123456789abcdefull

static const struct cordon_behaviour_detail none;
static struct cordon_behaviours *table;

static void begin(u32 count)
{
	void *memory = calloc(1, cordon_behaviours_size(count));

	ck_assert_ptr_nonnull(memory);
	table = cordon_behaviours_init(memory, count, SEED);
}

static void setup(void)
{
	begin(COUNT);
}

static void teardown(void)
{
	free(table);
}

static struct cordon_ring_text text(const char *from)
{
	return (struct cordon_ring_text){ from, (u32)strlen(from) };
}

static struct cordon_behaviour_key key_of(const char *workload,
					  const char *object, u8 op)
{
	return (struct cordon_behaviour_key){
		.workload = text(workload), .program = text("/usr/bin/it"),
		.object = text(object), .uid = 33, .op = op,
		.kind = CORDON_OBJECT_PATH, .action = CORDON_ACTION_LEARN,
		.reason = CORDON_REASON_DEFAULT,
	};
}

static int add(const char *workload, const char *object, u8 op, u64 now)
{
	const struct cordon_behaviour_key key = key_of(workload, object, op);
	struct cordon_behaviour *known = cordon_behaviours_find(table, &key);

	if (!known)
		return cordon_behaviours_add(table, &key, &none, false, now);
	cordon_behaviour_count(known, now);
	return 0;
}

static const struct cordon_behaviour *find(const char *workload,
					   const char *object, u8 op)
{
	const struct cordon_behaviour_key key = key_of(workload, object, op);

	return cordon_behaviours_find(table, &key);
}

static void assert_text(u32 offset, const char *expected)
{
	struct cordon_ring_text found = cordon_behaviours_text(table, offset);

	ck_assert_str_eq(found.text, expected);
	ck_assert_uint_eq(found.length, strlen(expected));
}

START_TEST(the_same_is_one_behaviour_with_a_count)
{
	const struct cordon_behaviour *it;

	ck_assert_int_eq(add("web", "/etc/passwd", CORDON_OP_READ, 10), 1);
	ck_assert_int_eq(add("web", "/etc/passwd", CORDON_OP_READ, 20), 0);
	ck_assert_int_eq(add("web", "/etc/passwd", CORDON_OP_READ, 30), 0);
	it = find("web", "/etc/passwd", CORDON_OP_READ);
	ck_assert_ptr_nonnull(it);
	ck_assert_uint_eq(it->count, 3);
	ck_assert_uint_eq(it->first, 10);
	ck_assert_uint_eq(it->last, 30);
	assert_text(it->workload, "web");
	assert_text(it->program, "/usr/bin/it");
	assert_text(it->object, "/etc/passwd");
	ck_assert_uint_eq(table->used, 1);
	ck_assert_uint_eq(table->learners[0].since, 10);
	ck_assert_uint_eq(table->learners[0].newest, 10);
}
END_TEST

START_TEST(whatever_differs_makes_another)
{
	struct cordon_behaviour_key key = key_of("web", "/x", CORDON_OP_READ);
	struct cordon_behaviour_key other;

#define OTHER(change) do { \
	other = key; \
	other.change; \
	ck_assert_ptr_null(cordon_behaviours_find(table, &other)); \
	ck_assert_int_eq(cordon_behaviours_add(table, &other, &none, false, \
					       1), 1); \
} while (0)
	ck_assert_int_eq(cordon_behaviours_add(table, &key, &none, false, 1),
			 1);
	OTHER(workload = text("db"));
	OTHER(program = text("/usr/bin/other"));
	OTHER(object = text("/y"));
	OTHER(uid = 0);
	OTHER(op = CORDON_OP_WRITE);
	OTHER(kind = CORDON_OBJECT_DELETED);
	OTHER(action = CORDON_ACTION_DENY);
	OTHER(reason = CORDON_REASON_RULE);
	OTHER(port = 80);
	OTHER(protocol = 6);
	OTHER(address.word[0] = 1);
	OTHER(address.word[1] = 1);
	ck_assert_uint_eq(table->used, 13);
	ck_assert_ptr_nonnull(cordon_behaviours_find(table, &key));
}
END_TEST

START_TEST(a_text_stands_once)
{
	u32 before;

	add("web", "/etc/passwd", CORDON_OP_READ, 1);
	before = table->words_used;
	add("web", "/etc/passwd", CORDON_OP_WRITE, 1);
	add("web", "/etc/passwd", CORDON_OP_LOAD, 1);
	ck_assert_uint_eq(table->words_used, before);
	ck_assert_uint_eq(find("web", "/etc/passwd", CORDON_OP_READ)->object,
			  find("web", "/etc/passwd", CORDON_OP_WRITE)->object);
}
END_TEST

START_TEST(what_is_held_does_not_count)
{
	struct cordon_behaviour_key key = key_of("web", "/x", CORDON_OP_READ);
	const struct cordon_behaviour *it;

	ck_assert_int_eq(cordon_behaviours_add(table, &key, &none, true, 5), 1);
	ck_assert_int_eq(cordon_behaviours_add(table, &key, &none, true, 6), 0);
	it = cordon_behaviours_find(table, &key);
	ck_assert_uint_eq(it->count, 0);
	ck_assert(it->flags & CORDON_BEHAVIOUR_HELD);
	add("web", "/x", CORDON_OP_READ, 7);
	ck_assert_uint_eq(it->count, 1);
	/* And the other way round: what was done is found to be held. */
	add("web", "/y", CORDON_OP_READ, 8);
	key = key_of("web", "/y", CORDON_OP_READ);
	ck_assert_int_eq(cordon_behaviours_add(table, &key, &none, true, 9), 0);
	it = cordon_behaviours_find(table, &key);
	ck_assert_uint_eq(it->count, 1);
	ck_assert(it->flags & CORDON_BEHAVIOUR_HELD);
	ck_assert(it->flags & CORDON_BEHAVIOUR_LIVE);
}
END_TEST

START_TEST(details_are_of_the_first_time)
{
	struct cordon_behaviour_key key = key_of("web", "/x", CORDON_OP_READ);
	const struct cordon_behaviour_detail detail = {
		.segments = text("db,prod"), .peer = text("postgres"),
		.rule = text("/x"), .file = text("web.json"), .rule_id = 7,
		.rule_line = 12,
		.flags = CORDON_BEHAVIOUR_RULED | CORDON_BEHAVIOUR_UNLISTED,
	};
	const struct cordon_behaviour *it;

	cordon_behaviours_add(table, &key, &detail, false, 5);
	cordon_behaviours_add(table, &key, &none, false, 5);
	it = cordon_behaviours_find(table, &key);
	assert_text(it->segments, "db,prod");
	assert_text(it->peer, "postgres");
	assert_text(it->rule, "/x");
	assert_text(it->file, "web.json");
	ck_assert_uint_eq(it->rule_id, 7);
	ck_assert_uint_eq(it->rule_line, 12);
	ck_assert_uint_eq(it->flags, CORDON_BEHAVIOUR_LIVE |
			  CORDON_BEHAVIOUR_RULED | CORDON_BEHAVIOUR_UNLISTED);
	ck_assert_uint_eq(it->count, 2);
}
END_TEST

static u32 fill(const char *workload, u8 op, u32 times)
{
	char object[32];
	u32 done = 0;
	u32 i;

	for (i = 0; i < times; i++) {
		snprintf(object, sizeof(object), "/%s/%u", workload, i);
		done += add(workload, object, op, 100 + i) >= 0;
	}
	return done;
}

START_TEST(what_finds_no_room_is_counted_by_class)
{
	const struct cordon_learner *learner = &table->learners[0];
	u32 done = fill("web", CORDON_OP_READ, 100);

	ck_assert_uint_eq(done, 52);
	ck_assert_uint_eq(fill("web", CORDON_OP_CONNECT, 3), 0);
	ck_assert_uint_eq(table->dropped, 51);
	ck_assert_uint_eq(learner->dropped[CORDON_CLASS_FILE], 48);
	ck_assert_uint_eq(learner->dropped[CORDON_CLASS_NET], 3);
	ck_assert_uint_eq(learner->dropped[CORDON_CLASS_EXEC], 0);
	ck_assert_uint_eq(learner->full, 152);
	/* What is known counts on. */
	ck_assert_int_eq(add("web", "/web/3", CORDON_OP_READ, 500), 0);
	ck_assert_uint_eq(find("web", "/web/3", CORDON_OP_READ)->count, 2);
}
END_TEST

START_TEST(who_is_noisy_leaves_room_for_others)
{
	u32 i;

	fill("noisy", CORDON_OP_READ, 1000);
	ck_assert_uint_eq(fill("quiet", CORDON_OP_READ, 9), 9);
	ck_assert_uint_eq(fill("third", CORDON_OP_READ, 2), 2);
	for (i = 0; i < table->learner_count; i++)
		ck_assert_uint_eq(!!table->learners[i].full, i == 0);
}
END_TEST

START_TEST(long_texts_are_bounded_as_well)
{
	char *object = malloc(CORDON_PATH_MAX);
	u32 done = 0;
	u32 i;

	memset(object, 'x', CORDON_PATH_MAX - 1);
	object[CORDON_PATH_MAX - 1] = '\0';
	for (i = 0; i < 20; i++) {
		object[0] = (char)('a' + i);
		done += add("web", object, CORDON_OP_READ, 1) > 0;
	}
	ck_assert_uint_ge(done, 4);
	ck_assert_uint_lt(done, 8);
	ck_assert_uint_eq(table->dropped, 20 - done);
	ck_assert_uint_le(table->words_used, table->word_count);
	ck_assert_int_eq(add("other", "/short", CORDON_OP_READ, 1), 1);
	free(object);
}
END_TEST

START_TEST(no_name_is_no_workload)
{
	ck_assert_int_eq(add("", "/x", CORDON_OP_READ, 1), -ENOSPC);
	ck_assert_uint_eq(table->dropped, 1);
	ck_assert_uint_eq(table->learner_count, 0);
}
END_TEST

static bool clear(const char *workload)
{
	u32 name = cordon_behaviours_name(table, workload,
					  (u32)strlen(workload));
	bool found = cordon_behaviours_forget(table, name);
	u32 i;

	for (i = 0; i < table->count; i += 16)
		cordon_behaviours_clear(table, name, i, 16);
	return found;
}

static void reuse(void)
{
	u32 i;

	for (i = 1; i <= table->count; i += 10)
		cordon_behaviours_reuse(table, i, 10);
}

START_TEST(flows_leave_room_for_files)
{
	struct cordon_behaviour_key key = key_of("web", "", CORDON_OP_ACCEPT);
	u32 done = 0;
	u32 i;

	key.protocol = 6;
	for (i = 0; i < 100; i++) {
		key.address.word[1] = i;
		done += cordon_behaviours_add(table, &key, &none, false,
					      1) > 0;
	}
	ck_assert_uint_eq(done, 43);
	ck_assert_uint_eq(fill("web", CORDON_OP_READ, 100), 9);
	ck_assert_uint_eq(table->learners[0].dropped[CORDON_CLASS_NET], 57);
	ck_assert(clear("web"));
	ck_assert_uint_eq(table->learners[0].flows, 0);
}
END_TEST

START_TEST(what_is_cleared_is_not_used_while_it_may_be_seen)
{
	struct cordon_behaviour_key key = key_of("web", "/web/1",
						 CORDON_OP_READ);
	struct cordon_behaviour *seen;

	fill("web", CORDON_OP_READ, 3);
	seen = cordon_behaviours_find(table, &key);
	ck_assert(clear("web"));
	fill("db", CORDON_OP_READ, 3);
	assert_text(seen->object, "/web/1");
	cordon_behaviour_count(seen, 7);
	reuse();
	reuse();
	fill("db", CORDON_OP_WRITE, 3);
	ck_assert_uint_eq(table->high, 6);
	ck_assert_uint_eq(find("db", "/db/1", CORDON_OP_WRITE)->count, 1);
}
END_TEST

START_TEST(cleared_is_one_workload_alone)
{
	u32 i;

	fill("web", CORDON_OP_READ, 20);
	fill("db", CORDON_OP_READ, 10);
	ck_assert(clear("web"));
	ck_assert(!clear("web"));
	ck_assert(!clear("nobody"));
	ck_assert_uint_eq(table->used, 10);
	ck_assert_ptr_null(find("web", "/web/3", CORDON_OP_READ));
	ck_assert_ptr_nonnull(find("db", "/db/3", CORDON_OP_READ));
	ck_assert_uint_eq(table->learners[0].since, 0);
	reuse();
	/* Room is room again, whatever is done how often. */
	for (i = 0; i < 50; i++) {
		ck_assert_uint_eq(fill("web", CORDON_OP_READ, 40), 40);
		ck_assert_uint_eq(table->used, 50);
		ck_assert(clear("web"));
		reuse();
	}
	ck_assert_uint_le(table->high, COUNT);
	ck_assert_uint_eq(table->dropped, 0);
	ck_assert_uint_eq(find("db", "/db/9", CORDON_OP_READ)->count, 1);
}
END_TEST

/* --- against a model -------------------------------------------------------- */

#define MODEL	96	/* more than there is room for */

START_TEST(random_acts_are_as_a_model_counts_them)
{
	u64 count[MODEL] = { 0 }, dropped = 0, sum = 0, all = 0;
	char object[32];
	u32 i, k;

	state = 7;
	for (i = 0; i < 20000; i++) {
		k = any(MODEL);
		snprintf(object, sizeof(object), "/%u", k);
		if (add(k % 3 ? "web" : "db", object, CORDON_OP_READ,
			i + 1) < 0)
			dropped++;
		else
			count[k]++;
	}
	for (k = 0; k < MODEL; k++) {
		const struct cordon_behaviour *it;

		snprintf(object, sizeof(object), "/%u", k);
		it = find(k % 3 ? "web" : "db", object, CORDON_OP_READ);
		ck_assert_int_eq(!it, !count[k]);
		ck_assert(!it || it->count == count[k]);
		sum += count[k];
	}
	for (i = 1; i <= table->high; i++)
		all += cordon_behaviours_at(table, i) ?
		       cordon_behaviours_at(table, i)->count : 0;
	ck_assert_uint_eq(all, sum);
	ck_assert_uint_eq(sum + dropped, 20000);
	ck_assert_uint_eq(table->dropped, dropped);
	ck_assert_uint_gt(dropped, 0);
}
END_TEST

/* --- several at once --------------------------------------------------------- */

#define THREADS	4
#define ROUNDS	20000
#define OBJECTS	16

static pthread_mutex_t lock = PTHREAD_MUTEX_INITIALIZER;

/* As the module does it. */
static void *hammer(void *unused)
{
	char object[32];
	u32 i;

	(void)unused;
	for (i = 0; i < ROUNDS; i++) {
		struct cordon_behaviour_key key;
		struct cordon_behaviour *known;

		snprintf(object, sizeof(object), "/%u", i % OBJECTS);
		key = key_of("web", object, CORDON_OP_READ);
		known = cordon_behaviours_find(table, &key);
		if (known) {
			cordon_behaviour_count(known, i);
			continue;
		}
		pthread_mutex_lock(&lock);
		cordon_behaviours_add(table, &key, &none, false, i);
		pthread_mutex_unlock(&lock);
	}
	return NULL;
}

START_TEST(nothing_is_lost_by_several_at_once)
{
	pthread_t threads[THREADS];
	char object[32];
	u32 i;

	for (i = 0; i < THREADS; i++)
		ck_assert_int_eq(pthread_create(&threads[i], NULL, hammer,
						NULL), 0);
	for (i = 0; i < THREADS; i++)
		pthread_join(threads[i], NULL);
	ck_assert_uint_eq(table->used, OBJECTS);
	for (i = 0; i < OBJECTS; i++) {
		snprintf(object, sizeof(object), "/%u", i);
		ck_assert_uint_eq(find("web", object, CORDON_OP_READ)->count,
				  (u64)THREADS * ROUNDS / OBJECTS);
	}
}
END_TEST

Suite *engine_behaviour_suite(void)
{
	Suite *suite = suite_create("engine/behaviour");
	TCase *all = tcase_create("all");

	tcase_add_checked_fixture(all, setup, teardown);
	tcase_add_test(all, the_same_is_one_behaviour_with_a_count);
	tcase_add_test(all, whatever_differs_makes_another);
	tcase_add_test(all, a_text_stands_once);
	tcase_add_test(all, what_is_held_does_not_count);
	tcase_add_test(all, details_are_of_the_first_time);
	tcase_add_test(all, what_finds_no_room_is_counted_by_class);
	tcase_add_test(all, who_is_noisy_leaves_room_for_others);
	tcase_add_test(all, long_texts_are_bounded_as_well);
	tcase_add_test(all, no_name_is_no_workload);
	tcase_add_test(all, flows_leave_room_for_files);
	tcase_add_test(all, what_is_cleared_is_not_used_while_it_may_be_seen);
	tcase_add_test(all, cleared_is_one_workload_alone);
	tcase_add_test(all, random_acts_are_as_a_model_counts_them);
	tcase_add_test(all, nothing_is_lost_by_several_at_once);
	suite_add_tcase(suite, all);
	return suite;
}
