// SPDX-License-Identifier: GPL-2.0-only
/*
 * Matching against the component trie: what every judged act runs through.
 */
#include "trie.h"

static_assert(CORDON_EFFECT_COUNT == 2, "a query asks for two slots");

/* Takes what patterns stand for that end at @node. */
static __always_inline void take(const struct cordon_trie *trie,
				 const struct cordon_node *node,
				 struct cordon_query *query)
{
	const u32 slot = cordon_trie_slot(query->op, 0);
	const struct cordon_accept *accept;
	u32 filled;
	u32 i;

	if (!(node->mask >> slot & 3))
		return;
	for (i = node->accept; i; i = accept->next) {
		accept = cordon_trie_accepts(trie) + i;
		filled = accept->mask >> slot;
		if (filled & 1 && accept->match > query->best[0])
			query->best[0] = accept->match;
		if (filled & 2 && accept->match > query->best[1])
			query->best[1] = accept->match;
	}
}

/*
 * Nodes that are reached and can lead on, one after another.  The walk stops
 * when there is no room for one more.
 */
struct states {
	u32 count;
	u32 node[CORDON_STATES_MAX];
};

static inline bool states_add(struct states *states, u32 node)
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
 * The path reaches node @i, and goes on.  Return: false if there is no room
 * for what can lead on from it.
 */
static bool pass(const struct cordon_trie *trie, u32 i, struct states *states,
		 struct cordon_query *query)
{
	const struct cordon_node *nodes = cordon_trie_nodes(trie);
	const struct cordon_node *node = nodes + i;
	const struct cordon_node *star;

	if (node->flags & CORDON_NODE_STARRED) {
		star = nodes + node->star;
		take(trie, star, query);
		if (star->flags & CORDON_NODE_LEADS_ON &&
		    !states_add_star(states, node->star))
			return false;
	}
	if (node->flags & CORDON_NODE_LEADS_ON)
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

/* One wildcard child after the other, from @child on. */
static u32 glob_next(const struct cordon_trie *trie, u32 child,
		     const struct cordon_name *name)
{
	const struct cordon_node *nodes = cordon_trie_nodes(trie);

	while (child && !glob_match(trie, nodes + child, name))
		child = nodes[child].sibling;
	return child;
}

/* A component that is not the last one: from the nodes of @now to @next. */
static inline bool step(const struct cordon_trie *trie,
			const struct cordon_name *name,
			const struct states *now, struct states *next,
			struct cordon_query *query)
{
	const struct cordon_node *nodes = cordon_trie_nodes(trie);
	const struct cordon_node *node;
	u32 child;
	u32 i;

	next->count = 0;
	for (i = 0; i < now->count; i++) {
		node = nodes + now->node[i];
		if (node->flags & CORDON_NODE_LITERALS) {
			child = cordon_trie_edge(trie, now->node[i], name);
			if (child && !pass(trie, child, next, query))
				return false;
		}
		for (child = glob_next(trie, node->globs, name); child;
		     child = glob_next(trie, nodes[child].sibling, name)) {
			if (!pass(trie, child, next, query))
				return false;
		}
		if (node->flags & CORDON_NODE_STAR &&
		    !states_add_star(next, now->node[i]))
			return false;
	}
	return true;
}

/* The last component. */
static inline void finish(const struct cordon_trie *trie,
			  const struct cordon_name *name,
			  const struct states *now, struct cordon_query *query)
{
	const struct cordon_node *nodes = cordon_trie_nodes(trie);
	const struct cordon_node *node;
	u32 child;
	u32 i;

	for (i = 0; i < now->count; i++) {
		node = nodes + now->node[i];
		if (node->flags & CORDON_NODE_LITERALS) {
			child = cordon_trie_edge(trie, now->node[i], name);
			take(trie, nodes + child, query);
		}
		for (child = glob_next(trie, node->globs, name); child;
		     child = glob_next(trie, nodes[child].sibling, name))
			take(trie, nodes + child, query);
	}
}

/*
 * The walk, once wildcards come in: nodes @one and @two, of which each may be
 * 0, are reached by the path up to @at, where it goes on.
 */
static cordon_noinline bool walk_many(const struct cordon_trie *trie, u32 one,
				      u32 two, u32 at,
				      struct cordon_query *query)
{
	struct states sets[2] cordon_uninitialized;
	struct states *now = &sets[0];
	struct states *next = &sets[1];
	struct cordon_name name;
	struct states *swap;

	now->count = 0;
	if (!pass(trie, one, now, query) || !pass(trie, two, now, query))
		return false;
	while (now->count) {
		at = cordon_name_scan(&name, trie->seed, query->path, at + 1,
				      query->length);
		if (at == query->length) {
			finish(trie, &name, now, query);
			break;
		}
		if (!step(trie, &name, now, next, query))
			return false;
		swap = now;
		now = next;
		next = swap;
	}
	return true;
}

/*
 * Most nodes have literal children only, and then one node of each scope is
 * reached, and no other: they need no set.  Mostly one of the two is soon left
 * alone.  Node 0, which is none, has no children and stands for nothing, and so
 * goes along like any other.
 */
bool cordon_trie_walk(const struct cordon_trie *trie, u32 one, u32 two,
		      struct cordon_query *query)
{
	const struct cordon_node *nodes = cordon_trie_nodes(trie);
	const char *path = query->path;
	const u32 length = query->length;
	struct cordon_name name;
	u32 flags;
	u32 at = 0;

	while (at + 1 < length && two) {
		flags = nodes[one].flags | nodes[two].flags;
		if (flags & ~(u32)CORDON_NODE_LITERALS)
			return walk_many(trie, one, two, at, query);
		if (!flags)
			return true;
		at = cordon_name_scan(&name, trie->seed, path, at + 1, length);
		one = cordon_trie_edge(trie, one, &name);
		two = cordon_trie_edge(trie, two, &name);
		if (!one) {
			one = two;
			two = 0;
		}
	}
	while (at + 1 < length) {
		flags = nodes[one].flags;
		if (flags != CORDON_NODE_LITERALS)
			return !flags || walk_many(trie, one, 0, at, query);
		at = cordon_name_scan(&name, trie->seed, path, at + 1, length);
		one = cordon_trie_edge(trie, one, &name);
	}
	take(trie, nodes + one, query);
	take(trie, nodes + two, query);
	return true;
}

void cordon_trie_name(const struct cordon_trie *trie, u32 root,
		      const struct cordon_name *name, bool globs,
		      struct cordon_query *query)
{
	const struct cordon_node *nodes = cordon_trie_nodes(trie);
	u32 child = cordon_trie_edge(trie, root, name);

	take(trie, nodes + child, query);
	if (!globs)
		return;
	for (child = glob_next(trie, nodes[root].globs, name); child;
	     child = glob_next(trie, nodes[child].sibling, name))
		take(trie, nodes + child, query);
}
