// SPDX-License-Identifier: GPL-2.0-only
/*
 * What is worked out about a trie once all patterns are in it: what walks may
 * leave out, and how many nodes they can reach.
 *
 * All sweeps go from the last node to the first, and so see all children of a
 * node before the node.
 */
#include "trie.h"

/* Tells the parent what it must know of this node, so that walks need not look. */
static void flags_finish(struct cordon_node *nodes, u32 i)
{
	const struct cordon_node *node = nodes + i;
	struct cordon_node *parent = nodes + node->parent;
	const bool leaf = !(node->flags & CORDON_NODE_LEADS_ON);

	if (node->flags & CORDON_NODE_STAR) {
		if (node->mask)
			parent->flags |= CORDON_NODE_TAIL;
		if (node->flags & CORDON_NODE_MANY)
			parent->flags |= CORDON_NODE_MANY;
		else if (!leaf)
			parent->flags |= CORDON_NODE_LAST;
	} else if (!leaf && (node->flags & CORDON_NODE_GLOB ||
			     parent->flags & CORDON_NODE_STAR)) {
		parent->flags |= CORDON_NODE_MANY;
	}
}

static u8 capped(u32 number)
{
	return number < 255 ? (u8)number : 255;
}

/*
 * The bound, first sweep: for a node reached once, its width, the most nodes
 * below and including it that are reached at one time, leaving out what lies
 * behind "**"; and its height, for how many components one of them can stay.
 * Of literal children only one is reached, of wildcard children perhaps all.  A
 * node without children but for a star never enters the set.  A star is reached
 * for good: its children are reached again with each component, so that each
 * level below it can be as full as its width says, all at the same time.
 */
enum first_sweep {
	WIDTH,			/* of the node; of all that a star keeps */
	WIDTH_LITERAL,		/* widest literal child */
	WIDTH_GLOBS,		/* all wildcard children */
	HEIGHT_BELOW,
};

static void bound_width(struct cordon_node *nodes, u32 i)
{
	struct cordon_node *node = nodes + i;
	struct cordon_node *parent = nodes + node->parent;
	const bool leads_on =
		node->flags & (CORDON_NODE_LITERALS | CORDON_NODE_GLOBS);
	const u32 below = node->scratch[WIDTH_LITERAL] +
			  node->scratch[WIDTH_GLOBS];
	u32 height;

	if (node->flags & CORDON_NODE_STAR) {
		if (leads_on)
			node->scratch[WIDTH] = capped(
				1 + below * node->scratch[HEIGHT_BELOW]);
		return;
	}
	if (!leads_on)
		return;
	height = 1u + node->scratch[HEIGHT_BELOW];
	node->scratch[WIDTH] = capped(below ? below : 1);
	if (height > parent->scratch[HEIGHT_BELOW])
		parent->scratch[HEIGHT_BELOW] = capped(height);
	if (node->flags & CORDON_NODE_GLOB)
		parent->scratch[WIDTH_GLOBS] = capped(
			parent->scratch[WIDTH_GLOBS] + node->scratch[WIDTH]);
	else if (node->scratch[WIDTH] > parent->scratch[WIDTH_LITERAL])
		parent->scratch[WIDTH_LITERAL] = node->scratch[WIDTH];
}

/*
 * The bound, second sweep: what stars keep, for a node reached once, and for one
 * that is reached again and again: then different literal children may have
 * been reached at different times, and the stars below all of them stay.
 */
enum second_sweep {
	KEPT_LITERAL = WIDTH + 1,	/* the literal child that keeps most */
	KEPT_OTHERS,			/* wildcard children and the star */
	KEPT_ALL,			/* all children */
};

static void bound_kept(struct cordon_node *nodes, u32 i)
{
	struct cordon_node *node = nodes + i;
	struct cordon_node *parent = nodes + node->parent;
	u32 all = node->scratch[KEPT_ALL];
	u32 kept;

	if (node->flags & CORDON_NODE_STAR) {
		all += node->scratch[WIDTH];
		kept = all;
	} else {
		kept = node->scratch[KEPT_LITERAL] +
		       node->scratch[KEPT_OTHERS];
		node->scratch[WIDTH] = capped(node->scratch[WIDTH] + kept);
	}
	parent->scratch[KEPT_ALL] = capped(parent->scratch[KEPT_ALL] + all);
	if (node->flags & (CORDON_NODE_GLOB | CORDON_NODE_STAR))
		parent->scratch[KEPT_OTHERS] =
			capped(parent->scratch[KEPT_OTHERS] + kept);
	else if (kept > parent->scratch[KEPT_LITERAL])
		parent->scratch[KEPT_LITERAL] = capped(kept);
}

/*
 * Few names below a node are put on a list, as they need no hash then; but not
 * beside wildcards, which have their own.  The names of nameless objects stay
 * out of it, as they must never be compared with a path.
 */
enum third_sweep {
	SHIFT = WIDTH + 1,	/* stays, as what it is called in the node */
	NAMES,			/* how many are on the list */
};

static void list_note(struct cordon_node *nodes, u32 i)
{
	struct cordon_node *node = nodes + i;
	struct cordon_node *parent = nodes + node->parent;

	if (node->scratch[NAMES] && node->scratch[NAMES] <= CORDON_TRIE_LIST)
		node->flags |= CORDON_NODE_LIST;
	if (!node->parent || parent->flags & CORDON_NODE_GLOBS ||
	    node->flags & (CORDON_NODE_GLOB | CORDON_NODE_STAR) ||
	    (node->word & 0xff) == '/')
		return;
	if (parent->scratch[NAMES] <= CORDON_TRIE_LIST)
		parent->scratch[NAMES]++;
	node->shift = node->length < 8 ? 56 - 8 * node->length : 0;
	node->next = parent->child;
	parent->child = i;
}

static void scratch_clear(struct cordon_node *nodes, u64 count)
{
	u64 i;

	for (i = 0; i < count; i++)
		memset(&nodes[i].scratch[WIDTH + 1], 0,
		       sizeof(nodes[i].scratch) - 1);
}

void cordon_trie_finish(struct cordon_trie *trie)
{
	struct cordon_node *nodes = cordon_trie_nodes(trie);
	u32 i;

	for (i = (u32)trie->used.nodes - 1; i; i--)
		flags_finish(nodes, i);

	for (i = (u32)trie->used.nodes - 1; i; i--)
		bound_width(nodes, i);
	scratch_clear(nodes, trie->used.nodes);
	for (i = (u32)trie->used.nodes - 1; i; i--)
		bound_kept(nodes, i);
	scratch_clear(nodes, trie->used.nodes);
	for (i = (u32)trie->used.nodes - 1; i; i--)
		list_note(nodes, i);
}

u32 cordon_trie_states(const struct cordon_trie *trie, u32 root)
{
	return cordon_trie_nodes(trie)[root].scratch[WIDTH];
}
