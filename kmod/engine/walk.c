// SPDX-License-Identifier: GPL-2.0-only
/*
 * Matching against the component trie: what every judged act runs through.
 */
#include "trie.h"

/* The nodes reached by the path so far which can lead on. */
struct states {
	u32 count;
	u32 node[CORDON_STATES_MAX];
};

/* What a walk carries along. */
struct walk {
	const struct cordon_trie *trie;
	const struct cordon_node *nodes;
	struct cordon_match *best;
	u32 slot;	/* the first of the slots asked for */
	u32 mask;	/* all of them */
};

static_assert(CORDON_EFFECT_COUNT == 2, "a walk asks for two slots");

static void improve(struct cordon_match *best,
		    const struct cordon_accept *accept)
{
	if (accept->rank > best->rank ||
	    (accept->rank == best->rank && accept->value < best->value)) {
		best->rank = accept->rank;
		best->value = accept->value;
	}
}

static void take(const struct walk *walk, const struct cordon_node *node)
{
	const struct cordon_accept *accepts = cordon_trie_accepts(walk->trie);
	const struct cordon_accept *accept;
	u32 filled;
	u32 i;

	for (i = node->accept; i; i = accept->next) {
		accept = accepts + i;
		filled = accept->mask >> walk->slot;
		if (filled & 1)
			improve(&walk->best[0], accept);
		if (filled & 2)
			improve(&walk->best[1], accept);
	}
}

static bool states_add(struct states *states, u32 node)
{
	if (unlikely(states->count == CORDON_STATES_MAX))
		return false;
	states->node[states->count++] = node;
	return true;
}

/* A star is reached by its parent and by itself, all others in one way only. */
static bool states_add_star(struct states *states, u32 star)
{
	u32 i;

	for (i = 0; i < states->count; i++) {
		if (states->node[i] == star)
			return true;
	}
	return states_add(states, star);
}

/*
 * The path reaches node @i, and ends there if @end.  Return: false if there is
 * no room for what can lead on from it.
 */
static inline bool enter(const struct walk *walk, struct states *states, u32 i,
			 bool end)
{
	const struct cordon_node *node = walk->nodes + i;
	const struct cordon_node *star;

	if (end) {
		if (node->mask & walk->mask)
			take(walk, node);
		return true;
	}
	if (node->star) {
		star = walk->nodes + node->star;
		if (star->mask & walk->mask)
			take(walk, star);
		if ((star->globs || star->flags & CORDON_NODE_LITERALS) &&
		    !states_add_star(states, node->star))
			return false;
	}
	if (node->globs || node->flags & CORDON_NODE_LITERALS)
		return states_add(states, i);
	return true;
}

static bool glob_match(const struct cordon_trie *trie,
		       const struct cordon_node *node,
		       const struct cordon_name *name)
{
	const char *text = cordon_trie_text(trie) + node->text;
	u32 before;
	u32 behind;

	if (!(node->flags & CORDON_NODE_AFFIX))
		return cordon_component_match(text, node->length, name->text,
					      name->length);
	before = (u8)text[0];
	behind = node->length - 1u - before;
	return name->length >= before + behind &&
	       memcmp(text + 1, name->text, before) == 0 &&
	       memcmp(text + 1 + before, name->text + name->length - behind,
		      behind) == 0;
}

bool cordon_trie_walk(const struct cordon_trie *trie, const u32 roots[2],
		      const char *path, u32 length, u32 op,
		      struct cordon_match best[CORDON_EFFECT_COUNT])
{
	const u32 slot = cordon_trie_slot(op, 0);
	const struct walk walk = {
		.trie = trie,
		.nodes = cordon_trie_nodes(trie),
		.best = best,
		.slot = slot,
		.mask = 3u << slot,
	};
	const struct cordon_node *node;
	struct cordon_name name;
	struct states sets[2];
	struct states *next = &sets[0];
	struct states *now = &sets[1];
	bool end = length <= 1;
	u32 at = 0;
	u32 child;
	u32 i;

	next->count = 0;
	for (i = 0; i < 2; i++) {
		if (roots[i] && !enter(&walk, next, roots[i], end))
			return false;
	}
	while (next->count) {
		struct states *swap = now;

		now = next;
		next = swap;
		next->count = 0;
		at = cordon_name_scan(&name, trie->seed, path, at + 1, length);
		end = at == length;
		for (i = 0; i < now->count; i++) {
			node = walk.nodes + now->node[i];
			if (node->flags & CORDON_NODE_LITERALS) {
				child = cordon_trie_edge(trie, now->node[i],
							 &name);
				if (child && !enter(&walk, next, child, end))
					return false;
			}
			for (child = node->globs; unlikely(child);
			     child = walk.nodes[child].sibling) {
				if (glob_match(trie, walk.nodes + child,
					       &name) &&
				    !enter(&walk, next, child, end))
					return false;
			}
			if (node->flags & CORDON_NODE_STAR && !end &&
			    !states_add_star(next, now->node[i]))
				return false;
		}
		if (end)
			break;
	}
	return true;
}

void cordon_trie_name(const struct cordon_trie *trie, u32 root,
		      const struct cordon_name *name, bool globs, u32 op,
		      struct cordon_match best[CORDON_EFFECT_COUNT])
{
	const u32 slot = cordon_trie_slot(op, 0);
	const struct walk walk = {
		.trie = trie,
		.nodes = cordon_trie_nodes(trie),
		.best = best,
		.slot = slot,
		.mask = 3u << slot,
	};
	u32 child;

	if (!root)
		return;
	child = cordon_trie_edge(trie, root, name);
	if (child)
		enter(&walk, NULL, child, true);
	if (!globs)
		return;
	for (child = walk.nodes[root].globs; child;
	     child = walk.nodes[child].sibling) {
		if (glob_match(trie, walk.nodes + child, name))
			enter(&walk, NULL, child, true);
	}
}
