// SPDX-License-Identifier: GPL-2.0-only
/*
 * Building the component trie.
 */
#include "trie.h"

/* Behind all text: where a component is put that may turn out to be there. */
#define TEXT_SPARE (CORDON_COMPONENT_MAX + 1u)

/* Room for a component's text: see struct cordon_node. */
static u64 text_room(enum cordon_component_kind kind, u32 length)
{
	switch (kind) {
	case CORDON_COMPONENT_LITERAL:
		return length < 8 ? 0 : length;
	case CORDON_COMPONENT_GLOB:
		return length + 1ull;
	default:
		return 0;
	}
}

static void component_count(struct cordon_trie_counts *counts,
			    const struct cordon_component *component)
{
	counts->nodes++;
	if (component->kind == CORDON_COMPONENT_LITERAL)
		counts->edges++;
	counts->text += text_room(component->kind, component->length);
}

void cordon_trie_count(struct cordon_trie_counts *counts, const char *pattern,
		       size_t length, const char *before, size_t before_length)
{
	struct cordon_component other;
	struct cordon_component one;
	bool shared = before;
	size_t other_at = 0;
	size_t at = 0;

	while (cordon_pattern_next(pattern, length, &at, &one)) {
		shared = shared &&
			 cordon_pattern_next(before, before_length, &other_at,
					     &other) &&
			 one.length == other.length &&
			 memcmp(one.text, other.text, one.length) == 0;
		if (!shared)
			component_count(counts, &one);
	}
	counts->accepts++;
}

void cordon_trie_count_name(struct cordon_trie_counts *counts, u32 length)
{
	const struct cordon_component component = {
		.length = length,
		.kind = CORDON_COMPONENT_GLOB, /* the roomier one */
	};

	component_count(counts, &component);
	counts->edges++;
	counts->accepts++;
}

/* At most half of the slots are taken. */
static u32 table_bits(u64 edges)
{
	u32 bits = 4;

	while (1ull << bits < edges * 2)
		bits++;
	return bits;
}

static u64 table_slots(u64 edges)
{
	return (1ull << table_bits(edges)) + CORDON_TRIE_PROBES;
}

u64 cordon_trie_size(const struct cordon_trie_counts *counts)
{
	/* Far above the limits on rules; keeps every sum below from wrapping. */
	const u64 most = 1ull << 30;

	if (counts->nodes > most || counts->edges > most ||
	    counts->accepts > most || counts->text > most)
		return 0;
	return counts->nodes * (sizeof(struct cordon_node) + sizeof(u32)) +
	       table_slots(counts->edges) * sizeof(struct cordon_edge) +
	       counts->accepts * sizeof(struct cordon_accept) + counts->text +
	       TEXT_SPARE + sizeof(u32);
}

void cordon_trie_init(struct cordon_trie *trie, size_t at,
		      const struct cordon_trie_counts *counts, u64 seed)
{
	trie->seed = seed;
	trie->shift = 64 - table_bits(counts->edges);
	trie->nodes_at = at;
	at += (size_t)counts->nodes * sizeof(struct cordon_node);
	trie->texts_at = at;
	/* What follows is aligned as for u64. */
	at += ((size_t)counts->nodes + 1) / 2 * 2 * sizeof(u32);
	trie->edges_at = at;
	at += (size_t)table_slots(counts->edges) * sizeof(struct cordon_edge);
	trie->accepts_at = at;
	at += (size_t)counts->accepts * sizeof(struct cordon_accept);
	trie->text_at = at;
	trie->capacity = *counts;
	trie->used.nodes = 1;
	trie->used.accepts = 1;
}

static int node_add(struct cordon_trie *trie, u32 parent, u32 *number)
{
	struct cordon_node *node;

	if (trie->used.nodes >= trie->capacity.nodes)
		return -ENOSPC;
	*number = (u32)trie->used.nodes++;
	node = cordon_trie_nodes(trie) + *number;
	node->parent = parent;
	return 0;
}

int cordon_trie_root(struct cordon_trie *trie, u32 *root)
{
	return node_add(trie, 0, root);
}

/* The slot that an edge wants to lie in. */
static size_t edge_home(const struct cordon_trie *trie,
			const struct cordon_edge *edge)
{
	const struct cordon_node *node =
		cordon_trie_nodes(trie) + edge->child;
	struct cordon_name name;

	if (node->length < 8)
		name.hash = cordon_hash_mix(trie->seed, edge->word);
	else
		cordon_name_take(&name, trie->seed,
				 cordon_trie_text(trie, edge->child),
				 node->length);
	return (size_t)(cordon_trie_key(edge->parent, &name) >> trie->shift);
}

/*
 * Open addressing in which whoever is further from home displaces who is
 * nearer to it: Celis, "Robin Hood Hashing", 1986.  This evens the distances
 * out, so that a small bound on the number of probes can be kept.
 */
static int edge_add(struct cordon_trie *trie, struct cordon_edge edge)
{
	struct cordon_edge *edges = cordon_trie_edges(trie);
	size_t home = edge_home(trie, &edge);
	struct cordon_edge resident;
	size_t resident_home;
	size_t at = home;

	if (trie->used.edges >= trie->capacity.edges)
		return -ENOSPC;
	trie->used.edges++;
	for (; at - home < CORDON_TRIE_PROBES; at++) {
		resident = edges[at];
		if (!resident.child) {
			edges[at] = edge;
			return 0;
		}
		resident_home = edge_home(trie, &resident);
		if (resident_home > home) {
			edges[at] = edge;
			edge = resident;
			home = resident_home;
		}
	}
	return -EAGAIN;
}

static char *text_end(const struct cordon_trie *trie)
{
	return (char *)trie + trie->text_at + trie->used.text;
}

/* Keeps what was put at the end of the text as that of @node. */
static int text_keep(struct cordon_trie *trie, u32 node, u32 length, u64 room)
{
	cordon_trie_nodes(trie)[node].length = (u8)length;
	if (!room)
		return 0;
	if (room > trie->capacity.text - trie->used.text)
		return -ENOSPC;
	cordon_trie_texts(trie)[node] = (u32)trie->used.text;
	trie->used.text += room;
	return 0;
}

/* The name's bytes have been put at the end of the text. */
static int literal_child(struct cordon_trie *trie, u32 parent, u32 length,
			 u32 *child)
{
	struct cordon_edge edge = { .parent = parent };
	struct cordon_name name;
	int error;

	cordon_name_take(&name, trie->seed, text_end(trie), length);
	*child = cordon_trie_edge(trie, parent, &name);
	if (*child)
		return 0;
	error = node_add(trie, parent, child);
	if (!error)
		error = text_keep(trie, *child, length,
				  text_room(CORDON_COMPONENT_LITERAL, length));
	if (error)
		return error;
	cordon_trie_nodes(trie)[parent].flags |= CORDON_NODE_LITERALS;
	cordon_trie_nodes(trie)[*child].word =
		name.word | (length < 8 ? (u64)'/' << 8 * length : 0);
	edge.word = name.word;
	edge.child = *child;
	return edge_add(trie, edge);
}

static int literal_insert(struct cordon_trie *trie, u32 parent,
			  const struct cordon_component *component, u32 *child)
{
	const u32 length = cordon_component_unescape(
		component->text, component->length, text_end(trie));

	return literal_child(trie, parent, length, child);
}

int cordon_trie_insert_name(struct cordon_trie *trie, u32 root,
			    const char *name, u32 length, u32 *node)
{
	memcpy(text_end(trie), name, length);
	return literal_child(trie, root, length, node);
}

/* Is "*" the only wildcard, and there once?  Then say where. */
static bool affix_of(const struct cordon_component *component, u32 *star)
{
	bool found = false;
	u32 i;

	for (i = 0; i < component->length; i++) {
		switch (component->text[i]) {
		case '?':
		case '[':
			return false;
		case '*':
			if (found)
				return false;
			found = true;
			*star = i;
			break;
		case '\\':
			i++;
			break;
		default:
			break;
		}
	}
	return found;
}

/*
 * Puts the text of a wildcard component at the end of the text: see struct
 * cordon_trie.  Returns its length without the first byte.
 */
static u32 glob_text(const struct cordon_trie *trie,
		     const struct cordon_component *component)
{
	char *to = text_end(trie);
	u32 before;
	u32 behind;
	u32 star;

	if (!affix_of(component, &star)) {
		to[0] = (char)CORDON_TRIE_GLOB;
		memcpy(to + 1, component->text, component->length);
		return component->length;
	}
	before = cordon_component_unescape(component->text, star, to + 1);
	behind = cordon_component_unescape(component->text + star + 1,
					   component->length - star - 1,
					   to + 1 + before);
	to[0] = (char)before;
	return before + behind;
}

static int glob_insert(struct cordon_trie *trie, u32 parent,
		       const struct cordon_component *component, u32 *child)
{
	const u64 room = text_room(component->kind, component->length);
	const u32 length = glob_text(trie, component);
	struct cordon_node *nodes = cordon_trie_nodes(trie);
	u32 *link = &nodes[parent].child;
	u32 siblings = 0;
	int error;

	for (; *link; link = &nodes[*link].sibling) {
		if (nodes[*link].length == length &&
		    memcmp(cordon_trie_text(trie, *link), text_end(trie),
			   length + 1) == 0) {
			*child = *link;
			return 0;
		}
		siblings++;
	}
	if (siblings == CORDON_GLOBS_MAX)
		return -E2BIG;
	error = node_add(trie, parent, child);
	if (error)
		return error;
	nodes[parent].flags |= CORDON_NODE_GLOBS;
	nodes[*child].flags = CORDON_NODE_GLOB;
	*link = *child;
	return text_keep(trie, *child, length, room);
}

static int star_insert(struct cordon_trie *trie, u32 parent, u32 *child)
{
	struct cordon_node *node = cordon_trie_nodes(trie) + parent;
	int error;

	*child = node->star;
	if (*child)
		return 0;
	error = node_add(trie, parent, child);
	if (error)
		return error;
	node->star = *child;
	cordon_trie_nodes(trie)[*child].flags = CORDON_NODE_STAR;
	return 0;
}

int cordon_trie_insert_component(struct cordon_trie *trie, u32 root,
				 const struct cordon_component *component,
				 u32 *node)
{
	switch (component->kind) {
	case CORDON_COMPONENT_LITERAL:
		return literal_insert(trie, root, component, node);
	case CORDON_COMPONENT_GLOB:
		return glob_insert(trie, root, component, node);
	default:
		return star_insert(trie, root, node);
	}
}

int cordon_trie_insert(struct cordon_trie *trie, u32 root, const char *pattern,
		       size_t length, u32 *node)
{
	struct cordon_component component;
	size_t at = 0;
	int error;

	*node = root;
	while (cordon_pattern_next(pattern, length, &at, &component)) {
		error = cordon_trie_insert_component(trie, *node, &component,
						     node);
		if (error)
			return error;
	}
	return 0;
}

int cordon_trie_accept(struct cordon_trie *trie, u32 node, u32 mask, u32 value,
		       u32 rank)
{
	struct cordon_node *end = cordon_trie_nodes(trie) + node;
	struct cordon_accept *accept;

	mask &= ~(u32)end->mask;
	if (!mask)
		return 0;
	if (trie->used.accepts >= trie->capacity.accepts)
		return -ENOSPC;
	accept = cordon_trie_accepts(trie) + trie->used.accepts;
	accept->match = cordon_match(rank, value);
	accept->next = end->accept;
	accept->mask = (u16)mask;
	end->accept = (u32)trie->used.accepts++;
	end->mask |= (u16)mask;
	return 0;
}

u32 cordon_trie_value(const struct cordon_trie *trie, u32 node)
{
	const struct cordon_accept *accept = cordon_trie_accepts(trie);
	u32 i;

	for (i = cordon_trie_nodes(trie)[node].accept; i; i = accept[i].next) {
		if (accept[i].mask & 1)
			return cordon_match_value(accept[i].match);
	}
	return CORDON_NONE;
}
