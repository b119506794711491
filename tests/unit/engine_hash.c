// SPDX-License-Identifier: LGPL-2.1-or-later
#include "hash.h"

#include <stdlib.h>

#include "suites.h"

#define SEED 0x0123456789abcdefull

/* A component must hash the same wherever in a path it stands. */
START_TEST(scan_and_take_agree)
{
	static const char letters[] = "abcdefghijklmnopqrstuvwxyz0123456789";
	struct cordon_name scanned;
	struct cordon_name taken;
	u32 before;
	u32 behind;
	u32 length;
	char *path;
	u32 size;
	const char *end;

	for (length = 0; length < sizeof(letters) - 1; length++) {
		for (before = 1; before < 20; before++) {
			for (behind = 0; behind < 20; behind++) {
				size = before + length + behind;
				path = malloc(size);
				memset(path, '/', size);
				memcpy(path + before, letters, length);
				end = cordon_name_scan(&scanned, SEED,
						       path + before,
						       path + size, size);
				cordon_name_take(&taken, SEED, letters,
						 length);
				ck_assert_ptr_eq(end, path + before + length);
				ck_assert_uint_eq(scanned.length, length);
				ck_assert_ptr_eq(scanned.text, path + before);
				ck_assert_uint_eq(scanned.hash, taken.hash);
				ck_assert_uint_eq(scanned.word, taken.word);
				free(path);
			}
		}
	}
}
END_TEST

/* Bytes that differ from a slash in the top bit only must not end a name. */
START_TEST(no_other_byte_is_taken_for_a_slash)
{
	char path[12] = { '/' };
	struct cordon_name name;
	const char *end;
	u32 byte;
	u32 at;

	for (byte = 1; byte < 256; byte++) {
		for (at = 1; at < sizeof(path); at++) {
			memset(path + 1, 0x2e, sizeof(path) - 1);
			path[at] = (char)byte;
			end = cordon_name_scan(&name, SEED, path + 1,
					       path + sizeof(path),
					       sizeof(path));
			ck_assert_ptr_eq(end, path + (byte == '/' ?
							      at :
							      sizeof(path)));
		}
	}
}
END_TEST

START_TEST(names_and_seeds_differ)
{
	struct cordon_name a;
	struct cordon_name b;
	char one[16] = "aaaaaaaaaaaaaaaa";
	char two[16];
	u32 i;

	cordon_name_take(&a, SEED, one, sizeof(one));
	cordon_name_take(&b, SEED + 1, one, sizeof(one));
	ck_assert_uint_ne(a.hash, b.hash);
	for (i = 0; i < 8 * sizeof(one); i++) {
		memcpy(two, one, sizeof(one));
		two[i / 8] ^= (char)(1 << i % 8);
		cordon_name_take(&b, SEED, two, sizeof(two));
		ck_assert_uint_ne(a.hash, b.hash);
	}
	for (i = 0; i < sizeof(one); i++) {
		cordon_name_take(&b, SEED, one, i);
		ck_assert_uint_ne(a.hash, b.hash);
	}
}
END_TEST

Suite *engine_hash_suite(void)
{
	Suite *suite = suite_create("engine/hash");
	TCase *names = tcase_create("names");

	tcase_add_test(names, scan_and_take_agree);
	tcase_add_test(names, no_other_byte_is_taken_for_a_slash);
	tcase_add_test(names, names_and_seeds_differ);
	suite_add_tcase(suite, names);
	return suite;
}
