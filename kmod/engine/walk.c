// SPDX-License-Identifier: GPL-2.0-only
/*
 * Matching against the component trie: what every judged act runs through.
 */
#include "trie.h"

static_assert(CORDON_EFFECT_COUNT == 2, "a query asks for two slots");

/* Takes what patterns stand for that end at @node. */
static __always_inline void take(struct cordon_query *query,
				 const struct cordon_node *node)
{
	const u32 slot = cordon_trie_slot(query->op, 0);
	const struct cordon_accept *accept;
	u32 filled;
	u32 i;

	if (!(node->mask >> slot & 3))
		return;
	for (i = node->accept; i; i = accept->next) {
		accept = cordon_trie_accepts(query->trie) + i;
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

/*
 * What matching may cost in one walk, in bytes of patterns times bytes of
 * names: no directory of wildcards comes near it, but a hostile policy could
 * try thousands of long ones on each component of a long path.
 */
#define WORK_MAX (1u << 24)

static __always_inline bool glob_match(struct cordon_query *query, u32 i,
				       struct text name)
{
	const u32 length = cordon_trie_nodes(query->trie)[i].length;
	const char *text = cordon_trie_text(query->trie, i);
	const u32 before = (u8)*text++;

	if (before == CORDON_TRIE_GLOB) {
		query->work += length * name.length;
		return cordon_component_match(text, length, name.at,
					      name.length);
	}
	return name.length >= length &&
	       (!before || memcmp(text, name.at, before) == 0) &&
	       memcmp(text + before,
		      name.at + name.length - (length - before),
		      length - before) == 0;
}

/* @name is the path's last component: takes the wildcard children of @node. */
static void globs_arrive(struct cordon_query *query,
			 const struct cordon_node *node, struct text name)
{
	const struct cordon_node *nodes = cordon_trie_nodes(query->trie);
	u32 i;

	for (i = node->child; i; i = nodes[i].sibling) {
		if (glob_match(query, i, name))
			take(query, nodes + i);
	}
}

/* Likewise: takes all children of node @i that match. */
static void arrive(struct cordon_query *query, u32 i, struct text name)
{
	const struct cordon_node *nodes = cordon_trie_nodes(query->trie);
	struct cordon_name literal;

	if (nodes[i].flags & CORDON_NODE_GLOBS)
		globs_arrive(query, nodes + i, name);
	if (nodes[i].flags & CORDON_NODE_LITERALS) {
		cordon_name_take(&literal, query->trie->seed, name.at,
				 name.length);
		take(query, nodes + cordon_trie_edge(query->trie, i, &literal));
	}
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
static bool pass(struct cordon_query *query, struct states *states, u32 i)
{
	const struct cordon_node *nodes = cordon_trie_nodes(query->trie);
	const struct cordon_node *node = nodes + i;
	const struct cordon_node *star = nodes + node->star;

	if (node->flags & CORDON_NODE_TAIL)
		take(query, star);
	if (star->flags & CORDON_NODE_LEADS_ON &&
	    !states_add_star(states, node->star))
		return false;
	if (node->flags & (CORDON_NODE_LITERALS | CORDON_NODE_GLOBS))
		return states_add(states, i);
	return true;
}

/*
 * A component that is not the last one: from the nodes of @now to @next.
 * Return: false if that would be too many, or too much work.
 */
static bool step(struct cordon_query *query, const struct cordon_name *name,
		 const struct states *now, struct states *next)
{
	const struct cordon_node *nodes = cordon_trie_nodes(query->trie);
	const struct text text = { name->text, name->length };
	const struct cordon_node *node;
	u32 child;
	u32 i;

	next->count = 0;
	for (i = 0; i < now->count; i++) {
		node = nodes + now->node[i];
		if (node->flags & CORDON_NODE_LITERALS) {
			child = cordon_trie_edge(query->trie, now->node[i],
						 name);
			if (child && !pass(query, next, child))
				return false;
		}
		if (node->flags & CORDON_NODE_STAR &&
		    !states_add_star(next, now->node[i]))
			return false;
		/* Of no wildcard child that is a leaf anything comes here. */
		if (!(node->flags & CORDON_NODE_GLOBS) ||
		    !(node->flags & CORDON_NODE_MANY))
			continue;
		for (child = node->child; child; child = nodes[child].sibling) {
			if (glob_match(query, child, text) &&
			    !pass(query, next, child))
				return false;
		}
		if (query->work > WORK_MAX)
			return false;
	}
	return true;
}

/* The last component.  Return: false if it would be too much work. */
static bool finish(struct cordon_query *query, const struct cordon_name *name,
		   const struct states *now)
{
	const struct text text = { name->text, name->length };
	u32 i;

	for (i = 0; i < now->count; i++) {
		arrive(query, now->node[i], text);
		if (query->work > WORK_MAX)
			return false;
	}
	return true;
}

/*
 * Node @i has been reached, and the path goes on at @at.  Return: false if more
 * nodes are reached at once than there is room for, or it is too much work.
 */
static cordon_noinline bool walk_many(struct cordon_query *query, u32 i,
				      const char *at)
{
	const char *end = query->path + query->length;
	struct states sets[2] cordon_uninitialized;
	struct states *now = &sets[0];
	struct states *next = &sets[1];
	struct cordon_name name;
	struct states *swap;

	now->count = 0;
	if (!pass(query, now, i))
		return false;
	while (now->count) {
		at = cordon_name_scan(&name, query->trie->seed, at, end,
				      query->length);
		if (at == end)
			return finish(query, &name, now);
		if (!step(query, &name, now, next))
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
	bool overflow;	/* of the walk with a set */
};

static bool stars_add(struct stars *stars, u32 star)
{
	if (stars->count == sizeof(stars->node) / sizeof(stars->node[0]))
		return false;
	stars->node[stars->count++] = star;
	return true;
}

static cordon_noinline void stars_arrive(struct cordon_query *query,
					 const struct stars *stars)
{
	const char *end = query->path + query->length;
	const char *at = end;
	u32 i;

	while (at[-1] != '/')
		at--;
	for (i = 0; i < stars->count; i++)
		arrive(query, stars->node[i],
		       (struct text){ at, (u32)(end - at) });
}

/* A node that is reached, NULL if none is, and where the path goes on. */
struct place {
	const struct cordon_node *node;
	const char *at;
};

/* From a node that has other children than a list of names. */
static cordon_noinline struct place step_one(struct cordon_query *query,
					     struct place place,
					     struct stars *stars)
{
	const struct cordon_node *nodes = cordon_trie_nodes(query->trie);
	const char *end = query->path + query->length;
	const struct cordon_node *node = place.node;
	const u32 i = (u32)(node - nodes);
	struct cordon_name name;
	struct text text;
	u32 child;

	place.node = NULL;
	if (node->flags & CORDON_NODE_MANY ||
	    (node->flags & CORDON_NODE_LAST && !stars_add(stars, node->star))) {
		stars->overflow = !walk_many(query, i, place.at);
		return place;
	}
	if (node->flags & CORDON_NODE_GLOBS) {
		text.at = place.at;
		text.length = (u32)(cordon_name_end(place.at, end,
						    query->length) -
				    place.at);
		if (text.at + text.length == end)
			globs_arrive(query, node, text);
	}
	if (node->flags & CORDON_NODE_LITERALS) {
		place.at = cordon_name_scan(&name, query->trie->seed, place.at,
					    end, query->length) + 1;
		child = cordon_trie_edge(query->trie, i, &name);
		if (child)
			place.node = nodes + child;
	}
	return place;
}

/* The first eight bytes of a long name are right; the others, too? */
static cordon_noinline bool is_long_name(const struct cordon_query *query,
					 const struct cordon_node *node,
					 const char *at)
{
	const u32 length = node->length;
	const u32 i = (u32)(node - cordon_trie_nodes(query->trie));
	const size_t left = (size_t)(query->path + query->length - at);

	return left >= length && (left == length || at[length] == '/') &&
	       cordon_trie_long_name(query->trie, i, at, length);
}

/* The node on this node's list whose name the path goes on with. */
static __always_inline struct place step_list(struct cordon_query *query,
					      const struct cordon_node *nodes,
					      struct place place,
					      const char *end)
{
	const u64 word = cordon_path_word(place.at, end, query->length);
	u32 i = place.node->child;

	do {
		place.node = nodes + i;
		if (!((word ^ place.node->word) << place.node->shift) &&
		    (likely(place.node->length < 8) ||
		     is_long_name(query, place.node, place.at))) {
			place.at += place.node->length + 1;
			return place;
		}
		i = place.node->next;
	} while (i);
	place.node = NULL;
	return place;
}

/*
 * As long as no wildcard child leads on, one node is reached and no other, and
 * no set is needed.
 */
static __always_inline bool walk_one(struct cordon_query *query, u32 root)
{
	const struct cordon_node *nodes = cordon_trie_nodes(query->trie);
	const char *end = query->path + query->length;
	struct place place = {
		.node = nodes + root,
		.at = query->path + 1,
	};
	struct stars stars;
	u32 flags;

	stars.count = 0;
	stars.overflow = false;
	while (place.at < end) {
		flags = place.node->flags & CORDON_NODE_LEADS_ON;
		if (flags & CORDON_NODE_TAIL)
			take(query, nodes + place.node->star);
		flags &= ~(u32)CORDON_NODE_TAIL;
		if (flags == (CORDON_NODE_LITERALS | CORDON_NODE_LIST))
			place = step_list(query, nodes, place, end);
		else if (flags)
			place = step_one(query, place, &stars);
		else
			goto out;
		if (!place.node)
			goto out;
	}
	take(query, place.node);
out:
	if (stars.count)
		stars_arrive(query, &stars);
	return !stars.overflow;
}

bool cordon_trie_walk(struct cordon_query *query, u32 one, u32 two)
{
	for (;;) {
		if (one && !walk_one(query, one))
			return false;
		if (!two)
			return true;
		one = two;
		two = 0;
	}
}

void cordon_trie_name(struct cordon_query *query, u32 root,
		      const struct cordon_name *name, bool globs)
{
	if (globs)
		arrive(query, root, (struct text){ name->text, name->length });
	else
		take(query, cordon_trie_nodes(query->trie) +
				    cordon_trie_edge(query->trie, root, name));
}
