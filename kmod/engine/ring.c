// SPDX-License-Identifier: GPL-2.0-only
#include "ring.h"

/**
 * cordon_ring_init - an empty ring
 * @ring: filled
 * @words: room for the records; stays the caller's
 * @word_count: a power of two
 * @slots: room for their places; stays the caller's
 * @slot_count: a power of two: at most so many records are held
 */
void cordon_ring_init(struct cordon_ring *ring, u64 *words, u32 word_count,
		      u64 *slots, u32 slot_count)
{
	*ring = (struct cordon_ring){
		.words = words,
		.slots = slots,
		.word_count = word_count,
		.slot_count = slot_count,
		.first = 1,
		.next = 1,
	};
}

static u32 slot_size(u64 slot)
{
	return (u32)slot;
}

static u32 slot_at(u64 slot)
{
	return (u32)(slot >> 32);
}

static u64 *slot_of(const struct cordon_ring *ring, u64 sequence)
{
	return &ring->slots[sequence & (ring->slot_count - 1)];
}

/* Let go of the oldest until there is room for @size words and a slot. */
static void make_room(struct cordon_ring *ring, u32 size)
{
	u64 first = ring->first;

	while (size > ring->word_count - ring->used ||
	       ring->next - first >= ring->slot_count) {
		ring->used -= slot_size(*slot_of(ring, first));
		first++;
	}
	if (first == ring->first)
		return;
	cordon_word_put(&ring->first, first);
	cordon_order_writes();
}

static void word_put(struct cordon_ring *ring, u64 word)
{
	cordon_word_put(&ring->words[ring->at], word);
	ring->at = (ring->at + 1) & (ring->word_count - 1);
}

static void text_put(struct cordon_ring *ring, const char *text, u32 length)
{
	u64 word;

	for (; length >= sizeof(word); length -= sizeof(word)) {
		__builtin_memcpy(&word, text, sizeof(word));
		word_put(ring, word);
		text += sizeof(word);
	}
	word = 0;
	if (length)
		memcpy(&word, text, length);
	word_put(ring, word);
}

/**
 * cordon_ring_write - add a record
 * @ring: the ring
 * @head: its head
 * @head_words: size of that
 * @texts: what follows
 * @count: of these
 *
 * Context: any; the caller sees to it that there is one writer at a time.
 * Return: its sequence number; 0 if it is larger than the whole ring.
 */
u64 cordon_ring_write(struct cordon_ring *ring, const u64 *head, u32 head_words,
		      const struct cordon_ring_text *texts, u32 count)
{
	u64 sequence = ring->next;
	u32 size = head_words;
	u32 at = ring->at;
	u32 i;

	for (i = 0; i < count; i++)
		size += cordon_ring_text_words(texts[i].length);
	if (size > ring->word_count)
		return 0;
	make_room(ring, size);
	for (i = 0; i < head_words; i++)
		word_put(ring, head[i]);
	for (i = 0; i < count; i++)
		text_put(ring, texts[i].text, texts[i].length);
	cordon_word_put(slot_of(ring, sequence), (u64)at << 32 | size);
	ring->used += size;
	cordon_word_put(&ring->written, ring->written + size);
	cordon_publish(&ring->next, sequence + 1);
	return sequence;
}

static void words_get(const struct cordon_ring *ring, u64 slot, u64 *words,
		      u32 count)
{
	u32 at = slot_at(slot);
	u32 i;

	for (i = 0; i < count; i++)
		words[i] = cordon_word_get(&ring->words[(at + i) &
						(ring->word_count - 1)]);
}

/**
 * cordon_ring_copy - copy a record, which may be overwritten meanwhile
 * @ring: the ring
 * @sequence: below cordon_ring_next()
 * @record: filled
 * @room: words of @record
 *
 * What was copied means something only if cordon_ring_holds() says so
 * afterwards.
 *
 * Context: any.
 * Return: its size in words; more than @room: nothing was copied.
 */
u32 cordon_ring_copy(const struct cordon_ring *ring, u64 sequence, u64 *record,
		     u32 room)
{
	u64 slot = cordon_word_get(slot_of(ring, sequence));
	u32 size = slot_size(slot);

	if (size <= room)
		words_get(ring, slot, record, size);
	return size;
}

/** cordon_ring_holds - has a record not been let go of, up to now */
bool cordon_ring_holds(const struct cordon_ring *ring, u64 sequence)
{
	cordon_order_reads();
	return sequence >= cordon_word_get(&ring->first);
}

/**
 * cordon_ring_read - the first record from a number on that is held
 * @ring: the ring
 * @sequence: the number; moved on to that of the record
 * @limit: read none from this number on
 * @record: filled
 * @room: words of @record; no record is larger
 *
 * Who was overtaken by the writer would be again at the very oldest record, and
 * leaves it some way.
 *
 * Context: any.
 * Return: the record's size in words; 0 if there is none.
 */
u32 cordon_ring_read(const struct cordon_ring *ring, u64 *sequence, u64 limit,
		     u64 *record, u32 room)
{
	u64 lead = 0;

	for (;;) {
		u64 first = cordon_ring_first(ring);
		u64 next = cordon_ring_next(ring);
		u32 size;

		if (*sequence < first)
			*sequence = first + (next - first) * lead / 64;
		if (*sequence >= next || *sequence >= limit)
			return 0;
		size = cordon_ring_copy(ring, *sequence, record, room);
		if (cordon_ring_holds(ring, *sequence))
			return size <= room ? size : 0;
		if (lead < 32)
			lead++;
	}
}

/**
 * cordon_ring_newest - the head of the newest record
 * @ring: the ring
 * @head: filled
 * @words: of @head; no record is smaller
 *
 * What a writer keeps beside the ring is not for readers; what he wrote into
 * the newest record is, and is all of one moment.
 *
 * Context: any; holds nobody up.
 * Return: its sequence number; 0: there is none, and @head is untouched.
 */
u64 cordon_ring_newest(const struct cordon_ring *ring, u64 *head, u32 words)
{
	u64 sequence;

	do {
		sequence = cordon_ring_next(ring) - 1;
		if (!sequence)
			return 0;
		words_get(ring, cordon_word_get(slot_of(ring, sequence)), head,
			  words);
	} while (!cordon_ring_holds(ring, sequence));
	return sequence;
}
