// SPDX-License-Identifier: LGPL-2.1-or-later
#include "trie.h"

#include <stdio.h>
#include <stdlib.h>

#include "random.h"
#include "suites.h"

/* A trie of its own, with room for so many of everything. */
static struct cordon_trie *trie_make(u32 room, u64 seed)
{
	const struct cordon_trie_counts counts = {
		.nodes = room, .edges = room, .accepts = room,
		.text = room * 32ull,
	};
	struct cordon_trie *trie =
		calloc(1, sizeof(*trie) + cordon_trie_size(&counts));

	cordon_trie_init(trie, sizeof(*trie), &counts, seed);
	return trie;
}

static int insert(struct cordon_trie *trie, u32 root, const char *pattern,
		  u32 value)
{
	const size_t length = strlen(pattern);
	u32 node;
	int error;

	ck_assert_msg(!cordon_pattern_check(pattern, length, NULL), "%s",
		      pattern);
	error = cordon_trie_insert(trie, root, pattern, length, &node);
	if (!error)
		error = cordon_trie_accept(trie, node, 1, value,
					   cordon_pattern_rank(pattern,
							       length));
	return error;
}

static u32 find(const struct cordon_trie *trie, u32 root, const char *path)
{
	struct cordon_query query = {
		.trie = trie,
		.path = path,
		.length = (u32)strlen(path),
	};

	ck_assert(cordon_trie_walk(&query, root, 0));
	return cordon_match_value(query.best[0]);
}

/*
 * Robin Hood keeps all edges near their home at half load; would it not, the
 * builder would have to try other seeds, and might find none.
 */
START_TEST(a_full_table_keeps_its_bound)
{
	static const u32 sizes[] = { 8, 1u << 10, 1u << 15, 1u << 18 };
	const u32 size = sizes[_i];
	struct cordon_trie *trie;
	char path[64];
	u32 root;
	u64 seed;
	u32 i;

	for (seed = 0; seed < 8; seed++) {
		trie = trie_make(size + 2, seed);
		ck_assert_int_eq(cordon_trie_root(trie, &root), 0);
		for (i = 0; i < size; i++) {
			snprintf(path, sizeof(path), "/file-number-%u", i);
			ck_assert_int_eq(insert(trie, root, path, i), 0);
		}
		for (i = 0; i < size; i += 1 + size / 5000) {
			snprintf(path, sizeof(path), "/file-number-%u", i);
			ck_assert_uint_eq(find(trie, root, path), i);
			snprintf(path, sizeof(path), "/file-numbex-%u", i);
			ck_assert_uint_eq(find(trie, root, path),
					  CORDON_NONE);
		}
		snprintf(path, sizeof(path), "/file-number-%u", size);
		ck_assert_int_eq(insert(trie, root, path, i), -ENOSPC);
		free(trie);
	}
}
END_TEST

/* Same names under many parents: the key mixes both. */
START_TEST(a_grid_of_names_keeps_the_bound)
{
	struct cordon_trie *trie = trie_make(400 * 401 + 2, 42);
	char path[64];
	u32 root;
	u32 i;
	u32 k;

	ck_assert_int_eq(cordon_trie_root(trie, &root), 0);
	for (i = 0; i < 400; i++) {
		for (k = 0; k < 400; k++) {
			snprintf(path, sizeof(path), "/%u/%u", i, k);
			ck_assert_int_eq(insert(trie, root, path, i * 400 + k),
					 0);
		}
	}
	for (i = 0; i < 400; i++) {
		snprintf(path, sizeof(path), "/%u/%u", i, 399 - i);
		ck_assert_uint_eq(find(trie, root, path),
				  i * 400 + 399 - i);
		snprintf(path, sizeof(path), "/%u", i);
		ck_assert_uint_eq(find(trie, root, path), CORDON_NONE);
	}
	free(trie);
}
END_TEST

/* Names that differ in one byte only, at every length and place. */
START_TEST(every_byte_of_a_name_counts)
{
	struct cordon_trie *trie = trie_make(300, 3);
	char name[CORDON_COMPONENT_MAX + 3];
	u32 length;
	u32 root;
	u32 at;

	ck_assert_int_eq(cordon_trie_root(trie, &root), 0);
	name[0] = '/';
	for (length = 1; length <= CORDON_COMPONENT_MAX; length++) {
		memset(name + 1, 'n', length);
		name[length + 1] = '\0';
		if (trie->capacity.text - trie->used.text < 256)
			break;
		ck_assert_int_eq(insert(trie, root, name, length), 0);
	}
	while (--length) {
		memset(name + 1, 'n', length);
		name[length + 1] = '\0';
		ck_assert_uint_eq(find(trie, root, name), length);
		for (at = 1; at <= length; at++) {
			name[at] = 'm';
			ck_assert_uint_eq(find(trie, root, name),
					  CORDON_NONE);
			name[at] = 'n';
		}
	}
	free(trie);
}
END_TEST

START_TEST(a_slot_keeps_its_first_value)
{
	struct cordon_trie *trie = trie_make(16, 3);
	struct cordon_query query = { .trie = trie, .path = "/a", .length = 2 };
	u32 root;
	u32 node;

	ck_assert_int_eq(cordon_trie_root(trie, &root), 0);
	ck_assert_int_eq(cordon_trie_insert(trie, root, "/a", 2, &node),
			 0);
	ck_assert_uint_eq(cordon_trie_value(trie, node), CORDON_NONE);
	ck_assert_int_eq(cordon_trie_accept(trie, node, 3, 7, 1), 0);
	ck_assert_int_eq(cordon_trie_accept(trie, node, 6, 8, 1), 0);
	ck_assert_int_eq(cordon_trie_accept(trie, node, 7, 9, 1), 0);
	ck_assert_uint_eq(trie->used.accepts, 3);
	ck_assert_uint_eq(cordon_trie_value(trie, node), 7);
	ck_assert(cordon_trie_walk(&query, root, 0));
	ck_assert_uint_eq(cordon_match_value(query.best[0]), 7);
	ck_assert_uint_eq(cordon_match_value(query.best[1]), 7);
	query = (struct cordon_query){ .trie = trie, .path = "/a",
					.length = 2, .op = 1 };
	ck_assert(cordon_trie_walk(&query, root, 0));
	ck_assert_uint_eq(cordon_match_value(query.best[0]), 8);
	ck_assert_uint_eq(cordon_match_value(query.best[1]), CORDON_NONE);
	free(trie);
}
END_TEST

/* --- the bound on half-matched patterns --------------------------------- */

#define NODES 512

/* Of all nodes, as long as they say. */
static u32 parents[NODES];

/* All nodes that are reached, without any limit. */
struct reached {
	bool is[NODES];
};

static void reach(const struct cordon_trie *trie, struct reached *reached,
		  u32 node)
{
	reached->is[node] = true;
	if (cordon_trie_nodes(trie)[node].star)
		reached->is[cordon_trie_nodes(trie)[node].star] = true;
}

/* How many of them does a walk keep? */
static u32 kept(const struct cordon_trie *trie, const struct reached *reached)
{
	const struct cordon_node *nodes = cordon_trie_nodes(trie);
	u32 count = 0;
	u32 i;

	for (i = 1; i < trie->used.nodes; i++)
		count += reached->is[i] &&
			 (nodes[i].flags & CORDON_NODE_GLOBS ||
			  nodes[i].flags & CORDON_NODE_LITERALS);
	return count;
}

/* Every child that can take the one-letter name. */
static void step(const struct cordon_trie *trie, struct reached *now,
		 const char *letter)
{
	const struct cordon_node *nodes = cordon_trie_nodes(trie);
	struct reached next = { 0 };
	const char *text;
	bool takes;
	u32 i;

	for (i = 1; i < trie->used.nodes; i++) {
		if (nodes[i].flags & CORDON_NODE_STAR) {
			if (now->is[i])
				reach(trie, &next, i);
			continue;
		}
		if (!parents[i] || !now->is[parents[i]])
			continue;
		text = cordon_trie_text(trie, i);
		if (!(nodes[i].flags & CORDON_NODE_GLOB))
			takes = (char)nodes[i].word == *letter;
		else if ((u8)text[0] == CORDON_TRIE_GLOB)
			takes = cordon_component_match(text + 1,
						       nodes[i].length, letter,
						       1);
		else
			takes = !nodes[i].length || text[1] == *letter;
		if (takes)
			reach(trie, &next, i);
	}
	*now = next;
}

static void random_pattern(char *pattern)
{
	static const char *const parts[] = { "/a", "/b", "/c", "/*", "/?",
					     "/a*", "/[ab]", "/[!a]", "/**",
					     "/**", "/[b-z]" };
	u32 depth;

	do {
		pattern[0] = '\0';
		for (depth = 1 + any(7); depth; depth--)
			strcat(pattern,
			       parts[any(sizeof(parts) / sizeof(parts[0]))]);
	} while (cordon_pattern_check(pattern, strlen(pattern), NULL));
}

START_TEST(the_bound_is_never_exceeded)
{
	struct cordon_trie *trie;
	struct reached now;
	char pattern[256];
	char letter;
	u32 patterns;
	u32 tight = 0;
	u32 round;
	u32 bound;
	u32 count;
	u32 most;
	u32 root;
	u32 walk;
	u32 i;

	state = 0xabcdef + (u64)_i;
	for (round = 0; round < 500; round++) {
		trie = trie_make(NODES, 5);
		ck_assert_int_eq(cordon_trie_root(trie, &root), 0);
		patterns = 1 + any(20);
		for (i = 0; i < patterns; i++) {
			random_pattern(pattern);
			ck_assert_int_eq(insert(trie, root, pattern, i), 0);
		}
		for (i = 0; i < trie->used.nodes; i++)
			parents[i] = cordon_trie_nodes(trie)[i].parent;
		cordon_trie_finish(trie);
		bound = cordon_trie_states(trie, root);
		most = 0;
		for (walk = 0; walk < 60; walk++) {
			memset(&now, 0, sizeof(now));
			reach(trie, &now, root);
			for (i = 0; i < 12; i++) {
				count = kept(trie, &now);
				ck_assert_msg(count <= bound,
					      "round %u: %u nodes, bound %u",
					      round, count, bound);
				if (count > most)
					most = count;
				letter = (char)('a' + any(4));
				step(trie, &now, &letter);
			}
		}
		/* … and not so large that it would refuse without need. */
		tight += most * 3 >= bound;
		free(trie);
	}
	ck_assert_uint_gt(tight, 300);
}
END_TEST

Suite *engine_trie_suite(void)
{
	Suite *suite = suite_create("engine/trie");
	TCase *edges = tcase_create("edges");
	TCase *bound = tcase_create("bound");

	tcase_add_loop_test(edges, a_full_table_keeps_its_bound, 0, 4);
	tcase_add_test(edges, a_grid_of_names_keeps_the_bound);
	tcase_add_test(edges, every_byte_of_a_name_counts);
	tcase_add_test(edges, a_slot_keeps_its_first_value);
	suite_add_tcase(suite, edges);
	tcase_add_loop_test(bound, the_bound_is_never_exceeded, 0, 4);
	suite_add_tcase(suite, bound);
	return suite;
}
