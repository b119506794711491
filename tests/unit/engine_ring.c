// SPDX-License-Identifier: LGPL-2.1-or-later
/*
 * The ring of events: what is read is what was written, and what is not read is
 * counted exactly; alone, at every step of a reader that is overtaken, and with
 * readers beside writers.
 */
#include <check.h>
#include <pthread.h>
#include <sched.h>
#include <signal.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/time.h>

#include "ring.h"
#include "suites.h"

#define TOPICS	5
#define WORDS	1024
#define SLOTS	64
#define ROOM	160	/* words of the largest record */

/* A record's head: how many of each topic there were before it. */
struct head {
	u64 sequence;
	u64 topic;
	u64 made[TOPICS];
	u64 lengths[2];
	u64 sum;
};
#define HEAD_WORDS (sizeof(struct head) / 8)

/* A ring and its writers. */
struct fixture {
	struct cordon_ring ring;
	u64 words[WORDS];
	u64 slots[SLOTS];
	u64 made[TOPICS];
	pthread_mutex_t lock;
	atomic_bool over;
};

static struct fixture *fixture_new(void)
{
	struct fixture *f = calloc(1, sizeof(*f));

	ck_assert_ptr_nonnull(f);
	cordon_ring_init(&f->ring, f->words, WORDS, f->slots, SLOTS);
	pthread_mutex_init(&f->lock, NULL);
	return f;
}

static u64 sum_of(const struct head *head)
{
	u64 sum = head->sequence * 31 + head->topic;
	size_t i;

	for (i = 0; i < TOPICS; i++)
		sum = sum * 1000003 + head->made[i];
	return sum * 1000003 + head->lengths[0] * 65536 + head->lengths[1];
}

/* The byte at a place of a text: every record has others. */
static char byte_of(u64 sequence, u32 text, u64 at)
{
	return (char)('!' + (sequence * 7 + text * 13 + at * 3) % 90);
}

static u64 record_write(struct fixture *f, u32 topic, u32 one, u32 two)
{
	struct head head = { .topic = topic, .lengths = { one, two } };
	char text[2][ROOM * 8];
	const struct cordon_ring_text texts[] = {
		{ text[0], one }, { text[1], two },
	};
	u64 sequence;
	u32 i;
	u64 at;

	pthread_mutex_lock(&f->lock);
	head.sequence = cordon_ring_next(&f->ring);
	memcpy(head.made, f->made, sizeof(head.made));
	head.sum = sum_of(&head);
	for (i = 0; i < 2; i++)
		for (at = 0; at < head.lengths[i]; at++)
			text[i][at] = byte_of(head.sequence, i, at);
	sequence = cordon_ring_write(&f->ring, (u64 *)&head, HEAD_WORDS, texts,
				     2);
	f->made[topic]++;
	pthread_mutex_unlock(&f->lock);
	return sequence;
}

/* Is it whole? */
static void record_check(const u64 *record, u32 size, u64 sequence)
{
	const struct head *head = (const struct head *)record;
	const char *text = (const char *)(record + HEAD_WORDS);
	u32 words = HEAD_WORDS;
	u32 i;
	u64 at;

	ck_assert_uint_eq(head->sequence, sequence);
	ck_assert_uint_eq(head->sum, sum_of(head));
	for (i = 0; i < 2; i++) {
		u32 length = (u32)head->lengths[i];

		for (at = 0; at < length; at++)
			ck_assert_int_eq(text[at], byte_of(sequence, i, at));
		for (; at < cordon_ring_text_words(length) * 8; at++)
			ck_assert_int_eq(text[at], 0);
		text += cordon_ring_text_words(length) * 8;
		words += cordon_ring_text_words(length);
	}
	ck_assert_uint_eq(size, words);
}

START_TEST(an_empty_ring_has_nothing)
{
	struct fixture *f = fixture_new();
	u64 record[ROOM];
	u64 sequence = 0;

	ck_assert_uint_eq(cordon_ring_read(&f->ring, &sequence, UINT64_MAX,
					   record, ROOM), 0);
	ck_assert_uint_eq(sequence, 1);
	ck_assert_uint_eq(cordon_ring_newest(&f->ring, record, HEAD_WORDS), 0);
	free(f);
}
END_TEST

/* The newest record says how many of each there were, by itself. */
static bool newest_is_whole(const struct fixture *f, u64 least)
{
	struct head head;
	u64 made = 1;
	u64 sequence;
	u32 i;

	sequence = cordon_ring_newest(&f->ring, (u64 *)&head, HEAD_WORDS);
	for (i = 0; i < TOPICS; i++)
		made += head.made[i];
	return sequence >= least && head.sequence == sequence &&
	       head.sum == sum_of(&head) && made == sequence;
}

START_TEST(the_newest_is_the_last_written)
{
	struct fixture *f = fixture_new();
	u32 i;

	for (i = 0; i < 1000; i++)
		ck_assert(newest_is_whole(f, record_write(f, i % TOPICS, i % 30,
							  i % 50)));
	ck_assert_uint_eq(cordon_ring_first(&f->ring), f->ring.first);
	free(f);
}
END_TEST

START_TEST(what_is_written_is_read)
{
	struct fixture *f = fixture_new();
	u64 record[ROOM];
	u64 sequence = 1;
	u32 i;

	for (i = 0; i < 1000; i++) {
		u32 size;

		ck_assert_uint_eq(record_write(f, i % TOPICS, i % 40,
					       i * 7 % 300), i + 1);
		size = cordon_ring_read(&f->ring, &sequence, UINT64_MAX,
					record, ROOM);
		record_check(record, size, i + 1);
		sequence++;
		ck_assert_uint_eq(cordon_ring_read(&f->ring, &sequence,
						   UINT64_MAX, record, ROOM),
				  0);
	}
	free(f);
}
END_TEST

START_TEST(the_oldest_makes_room)
{
	struct fixture *f = fixture_new();
	u64 record[ROOM];
	u64 sequence = 1;
	u64 held = 0;
	u32 size;
	u32 i;

	/* By words: each takes 10 + 1 + 53. */
	for (i = 0; i < 100; i++)
		record_write(f, 0, 7, 416);
	for (; (size = cordon_ring_read(&f->ring, &sequence, UINT64_MAX, record,
					ROOM)); sequence++, held++)
		record_check(record, size, sequence);
	ck_assert_uint_eq(held, WORDS / (HEAD_WORDS + 1 + 53));
	ck_assert_uint_eq(sequence, 101);
	/* By slots: the smallest are 12 words, of which there is room for 85. */
	for (i = 0; i < 200; i++)
		record_write(f, 0, 0, 0);
	sequence = 1;
	for (held = 0; cordon_ring_read(&f->ring, &sequence, UINT64_MAX, record,
					ROOM); sequence++)
		held++;
	ck_assert_uint_eq(held, SLOTS);
	free(f);
}
END_TEST

START_TEST(a_limit_is_kept)
{
	struct fixture *f = fixture_new();
	u64 record[ROOM];
	u64 sequence = 2;

	record_write(f, 0, 1, 1);
	record_write(f, 0, 1, 1);
	record_write(f, 0, 1, 1);
	ck_assert_uint_ne(cordon_ring_read(&f->ring, &sequence, 3, record,
					   ROOM), 0);
	sequence++;
	ck_assert_uint_eq(cordon_ring_read(&f->ring, &sequence, 3, record,
					   ROOM), 0);
	free(f);
}
END_TEST

START_TEST(what_no_ring_holds_is_refused)
{
	struct fixture *f = fixture_new();
	static char text[WORDS * 8];
	const struct cordon_ring_text whole = { text, WORDS * 8 - 8 };
	const struct cordon_ring_text more = { text, WORDS * 8 };
	u64 next;

	ck_assert_uint_eq(cordon_ring_write(&f->ring, NULL, 0, &more, 1), 0);
	ck_assert_uint_eq(cordon_ring_write(&f->ring, NULL, 0, &whole, 1), 1);
	ck_assert_uint_eq(cordon_ring_write(&f->ring, NULL, 0, &whole, 1), 2);
	next = cordon_ring_next(&f->ring);
	ck_assert_uint_eq(next, 3);
	ck_assert(!cordon_ring_holds(&f->ring, 1));
	ck_assert(cordon_ring_holds(&f->ring, 2));
	free(f);
}
END_TEST

/*
 * The writer overtakes a reader between its copy and its look at what is held:
 * by every number of records there is room for, and a few more.
 */
START_TEST(who_is_overtaken_notices)
{
	u32 ahead;

	for (ahead = 0; ahead < 80; ahead++) {
		struct fixture *f = fixture_new();
		u64 record[ROOM];
		u64 first;
		u32 size;
		u32 i;

		for (i = 0; i < 70; i++)
			record_write(f, 0, i % 30, i % 50);
		first = f->ring.first;
		size = cordon_ring_copy(&f->ring, first + 5, record, ROOM);
		for (i = 0; i < ahead; i++)
			record_write(f, 0, i % 31, i % 47);
		if (cordon_ring_holds(&f->ring, first + 5))
			record_check(record, size, first + 5);
		else
			ck_assert_uint_gt(ahead, 0);
		/* And the other way: copied only when it is gone. */
		if (f->ring.first > first + 5) {
			cordon_ring_copy(&f->ring, first + 5, record, ROOM);
			ck_assert(!cordon_ring_holds(&f->ring, first + 5));
		}
		free(f);
	}
}
END_TEST

/*
 * The writer comes in the middle of whatever the reader does, again and again,
 * and writes the whole ring anew.
 */
#define BURSTS	1000

static struct fixture *interrupted;
static volatile sig_atomic_t bursts;

/* Nothing of check's here: what it interrupts may be in the midst of it. */
static void burst(int signal)
{
	u32 i;

	(void)signal;
	for (i = 0; i < 12; i++)
		record_write(interrupted, 0, 7, 1000 - i % 5);
	bursts++;
}

START_TEST(who_is_interrupted_reads_no_half)
{
	u64 record[ROOM];
	u64 halves = 0;
	u64 reads = 0;
	u32 i;

	interrupted = fixture_new();
	bursts = 0;
	burst(0);
	signal(SIGALRM, burst);
	while (bursts <= BURSTS) {
		const struct itimerval soon = {
			.it_value = { .tv_usec = 1 + bursts % 50 },
		};
		int before = bursts;

		setitimer(ITIMER_REAL, &soon, NULL);
		while (bursts == before) {
			u64 sequence = 1;
			u32 size = cordon_ring_read(&interrupted->ring,
						    &sequence, UINT64_MAX,
						    record, ROOM);

			/* Before a check, which takes long. */
			for (i = 0; i < 100; i++)
				halves += !newest_is_whole(interrupted,
							   sequence);
			record_check(record, size, sequence);
			reads++;
		}
	}
	ck_assert_uint_gt(reads, 100);
	ck_assert_uint_eq(halves, 0);
	free(interrupted);
}
END_TEST

/* --- threads ------------------------------------------------------------- */

#define WRITERS	3
#define READERS	3
#define EACH	30000	/* records of a writer */

struct reader {
	struct fixture *f;
	u32 pause;		/* yields after so many records; 0: never */
	u64 got[TOPICS];
	u64 missed[TOPICS];
	u64 gaps;
};

static void *write_many(void *data)
{
	struct fixture *f = data;
	u32 i;

	for (i = 0; i < EACH; i++) {
		record_write(f, i % TOPICS, i % 60, i * 11 % 400);
		if (i % 64 == 0)
			sched_yield();
	}
	return NULL;
}

static void *read_all(void *data)
{
	struct reader *reader = data;
	struct fixture *f = reader->f;
	u64 seen[TOPICS] = { 0 };
	u64 record[ROOM];
	u64 sequence = 1;
	u64 number = 0;
	u32 size;
	u32 i;

	for (;;) {
		bool over = atomic_load(&f->over);
		const struct head *head = (const struct head *)record;

		size = cordon_ring_read(&f->ring, &sequence, UINT64_MAX, record,
					ROOM);
		if (!size) {
			if (over)
				break;
			sched_yield();
			continue;
		}
		record_check(record, size, sequence);
		ck_assert(newest_is_whole(f, sequence));
		for (i = 0; i < TOPICS; i++) {
			ck_assert_uint_ge(head->made[i], seen[i]);
			reader->missed[i] += head->made[i] - seen[i];
			seen[i] = head->made[i];
		}
		seen[head->topic]++;
		reader->got[head->topic]++;
		sequence++;
		if (reader->pause && ++number % reader->pause == 0) {
			reader->gaps++;
			for (i = 0; i < 50; i++)
				sched_yield();
		}
	}
	for (i = 0; i < TOPICS; i++)
		reader->missed[i] += f->made[i] - seen[i];
	return NULL;
}

START_TEST(received_and_missed_are_what_was_made)
{
	struct fixture *f = fixture_new();
	struct reader readers[READERS] = { 0 };
	pthread_t write[WRITERS], read[READERS];
	u64 made = 0;
	u32 i, r;

	for (i = 0; i < READERS; i++) {
		readers[i].f = f;
		readers[i].pause = i * 100;
		ck_assert(!pthread_create(&read[i], NULL, read_all,
					  &readers[i]));
	}
	for (i = 0; i < WRITERS; i++)
		ck_assert(!pthread_create(&write[i], NULL, write_many, f));
	for (i = 0; i < WRITERS; i++)
		pthread_join(write[i], NULL);
	atomic_store(&f->over, true);
	for (i = 0; i < READERS; i++)
		pthread_join(read[i], NULL);
	for (r = 0; r < READERS; r++) {
		u64 got = 0;

		for (i = 0; i < TOPICS; i++) {
			ck_assert_uint_eq(readers[r].got[i] +
					  readers[r].missed[i], f->made[i]);
			got += readers[r].got[i];
		}
		ck_assert_uint_ge(got, 1);
	}
	for (i = 0; i < TOPICS; i++)
		made += f->made[i];
	ck_assert_uint_eq(made, WRITERS * EACH);
	free(f);
}
END_TEST

Suite *engine_ring_suite(void)
{
	Suite *suite = suite_create("engine/ring");
	TCase *alone = tcase_create("alone");
	TCase *threads = tcase_create("threads");

	tcase_add_test(alone, an_empty_ring_has_nothing);
	tcase_add_test(alone, the_newest_is_the_last_written);
	tcase_add_test(alone, what_is_written_is_read);
	tcase_add_test(alone, the_oldest_makes_room);
	tcase_add_test(alone, a_limit_is_kept);
	tcase_add_test(alone, what_no_ring_holds_is_refused);
	tcase_add_test(alone, who_is_overtaken_notices);
	suite_add_tcase(suite, alone);
	tcase_add_test(alone, who_is_interrupted_reads_no_half);
	tcase_add_test(threads, received_and_missed_are_what_was_made);
	suite_add_tcase(suite, threads);
	return suite;
}
