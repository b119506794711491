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

/* A name that wildcards are held against. */
struct text {
	const char *at;
	u32 length;
};

static bool glob_match(const struct cordon_trie *trie,
		       const struct cordon_node *node, struct text name)
{
	const char *text = cordon_trie_text(trie) + node->text;
	u32 before;
	u32 behind;

	if (!(node->flags & CORDON_NODE_AFFIX))
		return cordon_component_match(text, node->length, name.at,
					      name.length);
	before = (u8)text[0];
	behind = node->length - 1u - before;
	return name.length >= before + behind &&
	       memcmp(text + 1, name.at, before) == 0 &&
	       memcmp(text + 1 + before, name.at + name.length - behind,
		      behind) == 0;
}

/* One wildcard child after the other that matches, from @child on. */
static u32 glob_next(const struct cordon_trie *trie, u32 child,
		     struct text name)
{
	const struct cordon_node *nodes = cordon_trie_nodes(trie);

	while (child && !glob_match(trie, nodes + child, name))
		child = nodes[child].sibling;
	return child;
}

/* @name is the path's last component: takes the wildcard children of @node. */
static cordon_noinline void globs_arrive(const struct cordon_trie *trie,
					 const struct cordon_node *node,
					 struct text name,
					 struct cordon_query *query)
{
	const struct cordon_node *nodes = cordon_trie_nodes(trie);
	u32 child;

	for (child = glob_next(trie, node->child, name); child;
	     child = glob_next(trie, nodes[child].sibling, name))
		take(trie, nodes + child, query);
}

/* Likewise: takes all children of node @i that match. */
static void arrive(const struct cordon_trie *trie, u32 i,
		   const struct cordon_name *name, struct cordon_query *query)
{
	const struct cordon_node *nodes = cordon_trie_nodes(trie);
	const struct text text = { name->text, name->length };

	take(trie, nodes + cordon_trie_edge(trie, i, name), query);
	if (nodes[i].flags & CORDON_NODE_GLOBS)
		globs_arrive(trie, nodes + i, text, query);
}

/* --- the walk with a set ------------------------------------------------ */

/* The nodes that are reached and can lead on. */
struct states {
	u32 count;
	u32 node[CORDON_STATES_MAX];
};

/* Return: false if there is no room for one more. */
static bool states_add(struct states *states, u32 node)
{
	if (states->count == CORDON_STATES_MAX)
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
	const struct cordon_node *star = nodes + node->star;

	if (node->flags & CORDON_NODE_TAIL)
		take(trie, star, query);
	if (star->flags & CORDON_NODE_LEADS_ON &&
	    !states_add_star(states, node->star))
		return false;
	if (node->flags & (CORDON_NODE_LITERALS | CORDON_NODE_GLOBS))
		return states_add(states, i);
	return true;
}

/* A component that is not the last one: from the nodes of @now to @next. */
static bool step(const struct cordon_trie *trie,
		 const struct cordon_name *name, const struct states *now,
		 struct states *next, struct cordon_query *query)
{
	const struct cordon_node *nodes = cordon_trie_nodes(trie);
	const struct text text = { name->text, name->length };
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
		if (node->flags & CORDON_NODE_STAR &&
		    !states_add_star(next, now->node[i]))
			return false;
		if (!(node->flags & CORDON_NODE_MANY))
			continue;
		for (child = glob_next(trie, node->child, text); child;
		     child = glob_next(trie, nodes[child].sibling, text)) {
			if (!pass(trie, child, next, query))
				return false;
		}
	}
	return true;
}

/* Node @i has been reached, and the path goes on at @at. */
static cordon_noinline bool walk_many(const struct cordon_trie *trie, u32 i,
				      const char *at,
				      struct cordon_query *query)
{
	const char *end = query->path + query->length;
	struct states sets[2] cordon_uninitialized;
	struct states *now = &sets[0];
	struct states *next = &sets[1];
	struct cordon_name name;
	struct states *swap;

	now->count = 0;
	if (!pass(trie, i, now, query))
		return false;
	while (now->count) {
		at = cordon_name_scan(&name, trie->seed, at, end,
				      query->length);
		if (at == end) {
			for (i = 0; i < now->count; i++)
				arrive(trie, now->node[i], &name, query);
			break;
		}
		if (!step(trie, &name, now, next, query))
			return false;
		swap = now;
		now = next;
		next = swap;
		at++;
	}
	return true;
}

/* --- the walk without a set --------------------------------------------- */

/*
 * Stars that have only leaves for children: whatever lies between, they are
 * decided by the path's last component.
 */
struct stars {
	u32 count;
	u32 node[4];
};

static cordon_noinline void stars_arrive(const struct cordon_trie *trie,
					 const struct stars *stars,
					 struct cordon_query *query)
{
	const char *end = query->path + query->length;
	const char *at = end;
	struct cordon_name name;
	u32 i;

	while (at[-1] != '/')
		at--;
	cordon_name_scan(&name, trie->seed, at, end, query->length);
	for (i = 0; i < stars->count; i++)
		arrive(trie, stars->node[i], &name, query);
}

/*
 * A node with more than names below it is reached, and the path goes on.
 * Return: false if only a walk with a set can go on from here.
 */
static cordon_noinline bool pass_star(const struct cordon_trie *trie,
				      const struct cordon_node *node,
				      struct stars *stars,
				      struct cordon_query *query)
{
	const struct cordon_node *nodes = cordon_trie_nodes(trie);

	if (node->flags & CORDON_NODE_MANY)
		return false;
	if (node->flags & CORDON_NODE_TAIL)
		take(trie, nodes + node->star, query);
	if (!(node->flags & CORDON_NODE_LAST))
		return true;
	if (stars->count == sizeof(stars->node) / sizeof(stars->node[0]))
		return false;
	stars->node[stars->count++] = node->star;
	return true;
}

/*
 * Is @node's name the component at @at?  Then the path goes on behind it and a
 * slash, or ends one before that.
 */
static __always_inline bool is_name_at(const struct cordon_trie *trie,
				       const struct cordon_node *node,
				       const char *at, const char *end,
				       u32 length)
{
	const u32 size = node->length;

	if (size < 8)
		return !((cordon_path_word(at, end, length) ^ node->word)
			 << (56 - 8 * size));
	return (size_t)(end - at) >= size &&
	       cordon_load64(at) ==
		       cordon_load64(cordon_trie_text(trie) + node->text) &&
	       cordon_trie_long_name(trie, node, at, size) &&
	       (at + size == end || at[size] == '/');
}

/*
 * Node @i is reached, and the path goes on at @at, or ends there.  As long as
 * no wildcard child leads on, one node is reached and no other, and no set is
 * needed.
 */
static bool walk_on(const struct cordon_trie *trie, u32 i, const char *at,
		    struct cordon_query *query)
{
	const struct cordon_node *nodes = cordon_trie_nodes(trie);
	const u32 length = query->length;
	const char *end = query->path + length;
	const struct cordon_node *node = nodes + i;
	struct cordon_name name;
	struct stars stars;

	stars.count = 0;
	while (at < end) {
		if (node->flags != CORDON_NODE_LITERALS) {
			if (!(node->flags & CORDON_NODE_LEADS_ON))
				goto out;
			if (!pass_star(trie, node, &stars, query)) {
				if (!walk_many(trie, i, at, query))
					return false;
				goto out;
			}
			if (!(node->flags & (CORDON_NODE_LITERALS |
					     CORDON_NODE_GLOBS)))
				goto out;
		} else if (node->child) {
			i = node->child;
			node = nodes + i;
			if (!is_name_at(trie, node, at, end, length))
				goto out;
			at += node->length + 1;
			continue;
		}
		at = cordon_name_scan(&name, trie->seed, at, end, length);
		if (at == end && node->flags & CORDON_NODE_GLOBS)
			globs_arrive(trie, node,
				     (struct text){ name.text, name.length },
				     query);
		i = cordon_trie_edge(trie, i, &name);
		if (!i)
			goto out;
		node = nodes + i;
		at++;
	}
	take(trie, node, query);
out:
	if (stars.count)
		stars_arrive(trie, &stars, query);
	return true;
}

/* From a root, whose children by names are found by the first component. */
static __always_inline bool walk_root(const struct cordon_trie *trie, u32 root,
				      const struct cordon_name *first,
				      const char *at,
				      struct cordon_query *query)
{
	if (!root)
		return true;
	if (unlikely(cordon_trie_nodes(trie)[root].flags !=
		     CORDON_NODE_LITERALS))
		return walk_on(trie, root, first->text, query);
	root = cordon_trie_edge(trie, root, first);
	return !root || walk_on(trie, root, at, query);
}

bool cordon_trie_walk(const struct cordon_trie *trie, u32 one, u32 two,
		      struct cordon_query *query)
{
	const char *start = query->path + 1;
	const char *end = query->path + query->length;
	struct cordon_name first;
	const char *at;

	if (unlikely(start == end))
		return walk_on(trie, one, end, query) &&
		       walk_on(trie, two, end, query);
	at = cordon_name_scan(&first, trie->seed, start, end, query->length);
	return walk_root(trie, one, &first, at + 1, query) &&
	       walk_root(trie, two, &first, at + 1, query);
}

void cordon_trie_name(const struct cordon_trie *trie, u32 root,
		      const struct cordon_name *name, bool globs,
		      struct cordon_query *query)
{
	if (globs)
		arrive(trie, root, name, query);
	else
		take(trie,
		     cordon_trie_nodes(trie) +
			     cordon_trie_edge(trie, root, name),
		     query);
}
