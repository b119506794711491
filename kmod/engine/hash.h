/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Hashing of names, eight bytes at a time, while looking for the slash that
 * ends them.
 *
 * A name is its bytes in words, lowest byte first, the last word padded with
 * zeroes (and all zeroes if the name ends where a word does; a name holds no
 * NUL, so that no two names give the same words).  Each word is multiplied into
 * the hash, and the high half of the product folded onto the low half: Knuth,
 * The Art of Computer Programming 3, 6.4, "multiplicative hashing", with the
 * half that he shifts away put to use.
 *
 * The seed is secret so that names which collide cannot be prepared.  Nothing
 * but speed would depend on it: every match is confirmed byte by byte, and the
 * number of probes is bounded.
 */
#ifndef _CORDON_ENGINE_HASH_H
#define _CORDON_ENGINE_HASH_H

#include "shim.h"

/* 2^64 divided by the golden ratio, made odd. */
#define CORDON_HASH_MULTIPLIER 0x9e3779b97f4a7c15ull

/**
 * struct cordon_name - a name that has been hashed
 * @text: its bytes
 * @length: its size in bytes
 * @word: its first eight bytes, zeroes behind its end
 * @hash: of all of it
 */
struct cordon_name {
	const char *text;
	u32 length;
	u64 word;
	u64 hash;
};

static __always_inline u64 cordon_hash_mix(u64 hash, u64 word)
{
#ifdef __SIZEOF_INT128__
	unsigned __int128 product = (unsigned __int128)(hash ^ word) *
				    CORDON_HASH_MULTIPLIER;

	return (u64)product ^ (u64)(product >> 64);
#else
	const u64 a = hash ^ word;
	const u64 low = (a & U32_MAX) * (CORDON_HASH_MULTIPLIER & U32_MAX);
	const u64 one = (a >> 32) * (CORDON_HASH_MULTIPLIER & U32_MAX) +
			(low >> 32);
	const u64 two = (a & U32_MAX) * (CORDON_HASH_MULTIPLIER >> 32) +
			(one & U32_MAX);
	const u64 high = (a >> 32) * (CORDON_HASH_MULTIPLIER >> 32) +
			 (one >> 32) + (two >> 32);

	return (a * CORDON_HASH_MULTIPLIER) ^ high;
#endif
}

/* The @length bytes at @text, fewer than eight, as a word. */
static inline u64 cordon_hash_tail(const char *text, u32 length)
{
	u64 word = 0;

	while (length)
		word = word << 8 | (u8)text[--length];
	return word;
}

/**
 * cordon_name_take - hash a name whose length is known
 * @name: filled
 * @seed: of the table
 * @text: its bytes, which may include slashes
 * @length: their number
 */
static inline void cordon_name_take(struct cordon_name *name, u64 seed,
				    const char *text, u32 length)
{
	u32 at = 0;

	name->text = text;
	name->length = length;
	name->word = length < 8 ? cordon_hash_tail(text, length) :
				  cordon_load64(text);
	name->hash = seed;
	for (; length - at >= 8; at += 8)
		name->hash = cordon_hash_mix(name->hash,
					     cordon_load64(text + at));
	name->hash = cordon_hash_mix(name->hash,
				     cordon_hash_tail(text + at, length - at));
}

/**
 * cordon_path_word - the word at a place in a path
 * @at: the place, at most @end
 * @end: behind the path's last byte
 * @length: of the path in bytes
 *
 * Where the path ends within the word, there is a slash, and zeroes behind it.
 * Reads no byte outside of the path: its last words are taken from its last
 * eight bytes, without what came before.
 */
static __always_inline u64 cordon_path_word(const char *at, const char *end,
					    u32 length)
{
	u64 word;
	u32 bits;

	if (likely(end - at >= 8))
		return cordon_load64(at);
	bits = 8 * (u32)(end - at);
	if (likely(length >= 8))
		/* In two steps, as there may be nothing left. */
		word = cordon_load64(end - 8) >> 1 >> (63 - bits);
	else
		word = cordon_hash_tail(at, bits / 8);
	return word | (u64)'/' << bits;
}

/*
 * The top bit of the lowest byte that is a slash, or 0; perhaps also bits above
 * that one.  Warren, Hacker's Delight, 6-1, "find first 0-byte".
 */
static __always_inline u64 cordon_word_slash(u64 word)
{
	const u64 ones = 0x0101010101010101ull;

	word ^= ones * '/';
	return (word - ones) & ~word & ones << 7;
}

/**
 * cordon_name_end - where a component ends
 * @at: where it begins, at most @end
 * @end: behind the path's last byte
 * @length: of the path in bytes
 *
 * Return: the slash behind the component, or @end.
 */
static inline const char *cordon_name_end(const char *at, const char *end,
					  u32 length)
{
	u64 slash;

	for (;; at += 8) {
		slash = cordon_word_slash(cordon_path_word(at, end, length));
		if (slash)
			return at + cordon_first_bit(slash) / 8;
	}
}

/**
 * cordon_name_scan - hash one component of a path
 * @name: filled
 * @seed: of the table
 * @at: where the component begins, at most @end
 * @end: behind the path's last byte
 * @length: of the path in bytes
 *
 * Inlined wherever it is used, so that @name never is in memory.
 *
 * Return: the slash behind the component, or @end.
 */
static __always_inline const char *
cordon_name_scan(struct cordon_name *name, u64 seed, const char *at,
		 const char *end, u32 length)
{
	u64 word = cordon_path_word(at, end, length);
	u64 slash = cordon_word_slash(word);
	u64 hash = seed;

	name->text = at;
	name->word = word;
	if (likely(slash)) {
		/* Only the bytes below the slash. */
		word &= (slash ^ (slash - 1)) >> 8;
		name->word = word;
	} else {
		do {
			hash = cordon_hash_mix(hash, word);
			at += 8;
			word = cordon_path_word(at, end, length);
			slash = cordon_word_slash(word);
		} while (!slash);
		word &= (slash ^ (slash - 1)) >> 8;
	}
	at += cordon_first_bit(slash) / 8;
	name->hash = cordon_hash_mix(hash, word);
	name->length = (u32)(at - name->text);
	return at;
}

#endif /* _CORDON_ENGINE_HASH_H */
