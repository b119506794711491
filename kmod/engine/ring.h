/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * A ring of records, each with a sequence number from 1.  Writing never fails
 * and never waits for a reader: the oldest records make room.  Readers take no
 * lock; they copy a record and look afterwards whether it was still there.
 *
 * The writer moves @first past what it is about to overwrite, then overwrites;
 * a reader copies, then looks at @first: if the copy holds a word of a newer
 * record, the reader sees a @first that lies behind the one it wanted.
 *
 * A record is a head of whole words and texts behind it, each of which is
 * padded with at least one NUL to whole words.
 */
#ifndef _CORDON_ENGINE_RING_H
#define _CORDON_ENGINE_RING_H

#include "shim.h"

/**
 * struct cordon_ring - the ring
 * @words: the records, one behind the other
 * @slots: by sequence number: where a record begins (high half) and its size,
 *	in words
 * @word_count: of @words, a power of two
 * @slot_count: of @slots, a power of two
 * @first: the first that is held; not below @next: none is
 * @next: the number that the next one gets
 * @at: where it goes; the writer's
 * @used: words that are held; the writer's
 * @written: words ever written, mostly for who looks how fast that goes
 */
struct cordon_ring {
	u64 *words;
	u64 *slots;
	u32 word_count;
	u32 slot_count;
	u64 first;
	u64 next;
	u32 at;
	u32 used;
	u64 written;
};

/** struct cordon_ring_text - a text of a record; @text needs no NUL */
struct cordon_ring_text {
	const char *text;
	u32 length;
};

/** cordon_ring_text_words - words that a text of @length bytes takes */
static inline u32 cordon_ring_text_words(u32 length)
{
	return length / 8 + 1;
}

void cordon_ring_init(struct cordon_ring *ring, u64 *words, u32 word_count,
		      u64 *slots, u32 slot_count);
u64 cordon_ring_write(struct cordon_ring *ring, const u64 *head, u32 head_words,
		      const struct cordon_ring_text *texts, u32 count);
u32 cordon_ring_copy(const struct cordon_ring *ring, u64 sequence, u64 *record,
		     u32 room);
bool cordon_ring_holds(const struct cordon_ring *ring, u64 sequence);
u32 cordon_ring_read(const struct cordon_ring *ring, u64 *sequence, u64 limit,
		     u64 *record, u32 room);
u64 cordon_ring_newest(const struct cordon_ring *ring, u64 *head, u32 words);

/** cordon_ring_next - the number that the next record gets */
static inline u64 cordon_ring_next(const struct cordon_ring *ring)
{
	return cordon_word_take(&ring->next);
}

/** cordon_ring_first - the first record that is held, or was a moment ago */
static inline u64 cordon_ring_first(const struct cordon_ring *ring)
{
	return cordon_word_take(&ring->first);
}

#endif /* _CORDON_ENGINE_RING_H */
