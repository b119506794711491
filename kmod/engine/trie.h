/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * The component trie: patterns, component by component, for many scopes at
 * once, and the walk that matches a path against one or two of them.
 *
 * A scope (the rules of one program, the members of the policy, …) is a root.
 * A node is reached from its parent by one component of a pattern: literal
 * components by a list if the node has few of them, else through one hash table
 * for the whole trie, keyed by parent and bytes; wildcard components, of which a
 * node has few, by trying each; "**" by an edge of its own, to a star.
 *
 * A path is matched as by a nondeterministic automaton: the walk goes over it
 * once, left to right, with the set of nodes that are reached so far.  A star
 * stays in the set as long as the path goes on, and its children are tried at
 * each component.  The size of the set is bounded when the trie is built, so
 * that time depends on the path's length and not on how many patterns there
 * are.
 *
 * Most patterns need no set.  One that ends in "**" is decided when its star is
 * reached, since the star takes whatever follows.  A wildcard that ends its
 * pattern matters only where the path ends, too.  What is left is one node for
 * the names, until a wildcard leads on to more than leaves.
 */
#ifndef _CORDON_ENGINE_TRIE_H
#define _CORDON_ENGINE_TRIE_H

#include "hash.h"
#include "pattern.h"
#include "shim.h"

/* First byte of a wildcard's text, unless it is a number of bytes. */
#define CORDON_TRIE_GLOB 255

/* A literal edge lies at most so many slots behind the one its hash names. */
#ifndef CORDON_TRIE_PROBES
#define CORDON_TRIE_PROBES 16
#endif

/* So many names below a node are looked at one by one rather than hashed. */
#define CORDON_TRIE_LIST 8

/*
 * struct cordon_node: how it is reached, and what leads on from it.  A leaf is a
 * node without children: what is reached by way of a leaf matters only where
 * the path ends.
 */
enum cordon_node_flags {
	CORDON_NODE_LITERALS = 1 << 0,	/* it has literal edges */
	CORDON_NODE_GLOBS = 1 << 1,	/* it has wildcard children */
	CORDON_NODE_TAIL = 1 << 2,	/* patterns end in "**" behind it */
	CORDON_NODE_LAST = 1 << 3,	/* its star has children, leaves all */
	CORDON_NODE_MANY = 1 << 4,	/* it has a wildcard child that is no
					 * leaf, or a star with such a child */
	CORDON_NODE_LIST = 1 << 5,	/* its children by names are on a list */
	CORDON_NODE_STAR = 1 << 6,	/* it is reached by "**" */
	CORDON_NODE_GLOB = 1 << 7,	/* … by another wildcard component */
};

/* With one of these, a node is no leaf. */
#define CORDON_NODE_LEADS_ON                                            \
	(CORDON_NODE_LITERALS | CORDON_NODE_GLOBS | CORDON_NODE_TAIL | \
	 CORDON_NODE_LAST | CORDON_NODE_MANY | CORDON_NODE_LIST)

/**
 * struct cordon_node - a point that patterns share up to
 * @parent: the node before; 0 for a root.  Until cordon_trie_finish()
 * @next: if it is on a list of names: the next one there.  From then on
 * @accept: first of its accepts, or 0
 * @word: if it is reached by a name: that name and a slash behind it, as far as
 *	it fits
 * @sibling: if it is reached by a wildcard: the parent's next wildcard child
 * @child: first of its wildcard children, or, with CORDON_NODE_LIST, of its
 *	children by names, or 0
 * @star: its child by "**", or 0
 * @mask: all slots that its accepts fill
 * @length: of the name; of a wildcard's text, without the first byte
 * @flags: enum cordon_node_flags
 * @scratch: for cordon_trie_finish()
 * @states: of a root: what cordon_trie_states() answers
 * @shift: if it is on a list: shifted by so many bits, nothing is left of @word
 *	but the name and the slash
 *
 * Node 0 is none.  A parent's number is lower than its children's.
 */
struct cordon_node {
	union {
		u32 parent;
		u32 next;
	};
	u32 accept;
	union {
		u64 word;
		u32 sibling;
	};
	u32 child;
	u32 star;
	u16 mask;
	u8 length;
	u8 flags;
	union {
		u8 scratch[4];
		struct {
			u8 states;
			u8 shift;
		};
	};
};
static_assert(sizeof(struct cordon_node) == 32, "two nodes a cache line");

static_assert(CORDON_COMPONENT_MAX <= 255, "a component's length needs a byte");

/**
 * struct cordon_edge - a slot of the table of literal edges
 * @word: first eight bytes of the name, zeroes behind its end: a name of fewer
 *	than eight bytes is wholly known by it, since it holds no NUL
 * @parent: where it comes from
 * @child: where it leads, or 0: the slot is empty
 */
struct cordon_edge {
	u64 word;
	u32 parent;
	u32 child;
};

/**
 * struct cordon_accept - what a pattern that ends at a node stands for
 * @match: its rank and what the caller gave; see cordon_match()
 * @next: the node's next one, or 0
 * @mask: the slots that it fills; no slot of a node is filled twice
 *
 * A slot is a question that a walk can ask.  For rules it is
 * cordon_trie_slot() of op and effect, other scopes use slot 0.
 */
struct cordon_accept {
	u64 match;
	u32 next;
	u16 mask;
	u16 reserved;
};

/**
 * cordon_match - a match as one number, of which the greater is the better one
 * @rank: of the pattern; the higher one wins
 * @value: a rule, a program, a workload: of equal ranks the lower one wins
 *
 * Return: a number other than 0, which stands for no match.
 */
static inline u64 cordon_match(u32 rank, u32 value)
{
	return (u64)rank << 32 | (u32)~value;
}

/** cordon_match_value - the value of a match, CORDON_NONE of none */
static inline u32 cordon_match_value(u64 match)
{
	return ~(u32)match;
}

/** cordon_trie_slot - the slot for an op and an effect */
static inline u32 cordon_trie_slot(u32 op, u32 effect)
{
	return op * CORDON_EFFECT_COUNT + effect;
}

/* Ops that have slots; peers and sockets are no matter of names: net.h. */
#define CORDON_TRIE_OPS (CORDON_OP_CONNECT + 1)

static_assert(CORDON_TRIE_OPS * CORDON_EFFECT_COUNT <= 16,
	      "a node's mask needs more bits");

/**
 * struct cordon_trie_counts - how much a trie holds
 * @nodes: all nodes, node 0 included; each has an offset of its text, too
 * @edges: literal edges
 * @accepts: accepts, accept 0 included
 * @text: bytes of text
 */
struct cordon_trie_counts {
	u64 nodes;
	u64 edges;
	u64 accepts;
	u64 text;
};

/**
 * struct cordon_trie - head of a trie
 * @seed: of the hash
 * @shift: a hash shifted right by it is a slot of the table
 * @capacity: what there is room for
 * @used: what is there
 * @nodes_at: offset of the nodes, from this head
 * @texts_at: of the offsets of their texts, for those that have one.  Names of
 *	eight bytes or more: the name.  Wildcards: CORDON_TRIE_GLOB, then the
 *	component as it is; if it is one "*" and plain bytes: the number of bytes
 *	before it, then these and those behind it
 * @edges_at: of the table
 * @accepts_at: of the accepts
 * @text_at: of the text
 */
struct cordon_trie {
	u64 seed;
	u32 shift;
	size_t nodes_at;
	size_t texts_at;
	size_t edges_at;
	size_t accepts_at;
	size_t text_at;
	struct cordon_trie_counts capacity;
	struct cordon_trie_counts used;
};

/* Where the parts of a trie lie; indices are below trie->used.X. */

static __always_inline struct cordon_node *
cordon_trie_nodes(const struct cordon_trie *trie)
{
	return (struct cordon_node *)((char *)trie + trie->nodes_at);
}

static __always_inline struct cordon_edge *
cordon_trie_edges(const struct cordon_trie *trie)
{
	return (struct cordon_edge *)((char *)trie + trie->edges_at);
}

static __always_inline struct cordon_accept *
cordon_trie_accepts(const struct cordon_trie *trie)
{
	return (struct cordon_accept *)((char *)trie + trie->accepts_at);
}

static inline u32 *cordon_trie_texts(const struct cordon_trie *trie)
{
	return (u32 *)((char *)trie + trie->texts_at);
}

/** cordon_trie_text - the text of a node that has one */
static inline const char *cordon_trie_text(const struct cordon_trie *trie,
					   u32 node)
{
	return (const char *)trie + trie->text_at +
	       cordon_trie_texts(trie)[node];
}

/** cordon_trie_key - the hash of an edge; its top bits are the slot */
static __always_inline u64 cordon_trie_key(u32 parent, const struct cordon_name *name)
{
	return name->hash ^ parent * CORDON_HASH_MULTIPLIER;
}

/* Is this long name, whose first eight bytes are right, the node's? */
static inline bool cordon_trie_long_name(const struct cordon_trie *trie,
					 u32 node, const char *name,
					 u32 length)
{
	const char *text;
	u32 i;

	if (cordon_trie_nodes(trie)[node].length != length)
		return false;
	text = cordon_trie_text(trie, node);
	for (i = 8; i + 8 < length; i += 8) {
		if (cordon_load64(text + i) != cordon_load64(name + i))
			return false;
	}
	i = length - 8;
	return cordon_load64(text + i) == cordon_load64(name + i);
}

/**
 * cordon_trie_edge - follow a literal edge
 * @trie: the trie
 * @parent: node
 * @name: hashed with the trie's seed
 *
 * Context: any; looks at no more than CORDON_TRIE_PROBES slots.
 * Return: the child or 0.
 */
static __always_inline u32 cordon_trie_edge(const struct cordon_trie *trie,
					    u32 parent,
					    const struct cordon_name *name)
{
	const struct cordon_edge *edge =
		cordon_trie_edges(trie) +
		(cordon_trie_key(parent, name) >> trie->shift);
	const struct cordon_edge *end = edge + CORDON_TRIE_PROBES;

	do {
		if (edge->word == name->word && edge->parent == parent &&
		    (name->length < 8 ||
		     cordon_trie_long_name(trie, edge->child, name->text,
					   name->length)))
			return edge->child;
		if (!edge->child)
			return 0;
	} while (++edge < end);
	return 0;
}

/**
 * cordon_trie_count - add what a pattern may need
 * @counts: added to
 * @pattern: a checked path pattern
 * @length: its size in bytes
 * @before: the pattern that the same scope got last, or NULL; what both begin
 *	with is not counted again
 * @before_length: its size in bytes
 */
void cordon_trie_count(struct cordon_trie_counts *counts, const char *pattern,
		       size_t length, const char *before,
		       size_t before_length);

/** cordon_trie_count_name - the same for one name right below a root */
void cordon_trie_count_name(struct cordon_trie_counts *counts, u32 length);

/** cordon_trie_size - bytes behind the head, or 0 if it is too much */
u64 cordon_trie_size(const struct cordon_trie_counts *counts);

/**
 * cordon_trie_init - begin a trie
 * @trie: zeroed head
 * @at: offset of cordon_trie_size() zeroed bytes from the head, of a multiple
 *	of 8
 * @counts: what it must hold
 * @seed: of the hash
 */
void cordon_trie_init(struct cordon_trie *trie, size_t at,
		      const struct cordon_trie_counts *counts, u64 seed);

/**
 * cordon_trie_root - add a scope
 * @trie: the trie
 * @root: filled with its root
 *
 * Return: 0, or -ENOSPC if the trie was announced smaller.
 */
int cordon_trie_root(struct cordon_trie *trie, u32 *root);

/**
 * cordon_trie_insert - add a pattern to a scope
 * @trie: the trie
 * @root: of the scope
 * @pattern: a checked path pattern
 * @length: its size in bytes
 * @node: filled with the node where it ends
 *
 * Return: 0; -ENOSPC if the trie was announced smaller; -E2BIG if a node would
 * have more than CORDON_GLOBS_MAX wildcard children; -EAGAIN if the hash
 * spreads these names badly, and another seed is wanted.
 */
int cordon_trie_insert(struct cordon_trie *trie, u32 root, const char *pattern,
		       size_t length, u32 *node);

/**
 * cordon_trie_insert_name - add one name right below a root
 * @trie: the trie
 * @root: of the scope
 * @name: any bytes, also slashes; taken literally
 * @length: their number, at most CORDON_COMPONENT_MAX
 * @node: filled with its node
 *
 * Return: as cordon_trie_insert().
 */
int cordon_trie_insert_name(struct cordon_trie *trie, u32 root,
			    const char *name, u32 length, u32 *node);

/**
 * cordon_trie_insert_component - add one component right below a root
 * @trie: the trie
 * @root: of the scope
 * @component: not "**"
 * @node: filled with its node
 *
 * Return: as cordon_trie_insert().
 */
int cordon_trie_insert_component(struct cordon_trie *trie, u32 root,
				 const struct cordon_component *component,
				 u32 *node);

/**
 * cordon_trie_accept - say what the patterns that end at a node stand for
 * @trie: the trie
 * @node: where they end
 * @mask: the slots to fill; those already filled keep their first value, as
 *	patterns that end at the same node have the same rank
 * @value: what a walk is to answer
 * @rank: of the pattern
 *
 * Return: 0, or -ENOSPC if the trie was announced smaller.
 */
int cordon_trie_accept(struct cordon_trie *trie, u32 node, u32 mask, u32 value,
		       u32 rank);

/** cordon_trie_value - what fills slot 0 of a node, or CORDON_NONE */
u32 cordon_trie_value(const struct cordon_trie *trie, u32 node);

/**
 * cordon_trie_finish - make a trie ready for walks, and find out its bounds
 * @trie: complete
 */
void cordon_trie_finish(struct cordon_trie *trie);

/** cordon_trie_states - the bound of a scope; 255 stands for more, too */
u32 cordon_trie_states(const struct cordon_trie *trie, u32 root);

/**
 * struct cordon_query - what is asked of a trie, and what it answers
 * @trie: the trie
 * @path: for cordon_trie_walk(): absolute
 * @length: its size in bytes, at least 1
 * @op: which slots to look at: its own for each effect
 * @work: 0 at first; what wildcards have cost so far
 * @best: for each effect: 0 or a match from before, replaced by better ones
 */
struct cordon_query {
	const struct cordon_trie *trie;
	const char *path;
	u32 length;
	u32 op;
	u32 work;
	u64 best[CORDON_EFFECT_COUNT];
};

/**
 * cordon_trie_walk - match a path
 * @query: what is asked
 * @one: root of a scope, or 0: none
 * @two: root of another scope, or 0: none
 *
 * Context: any.
 * Return: false if more than CORDON_STATES_MAX nodes were reached at once, or
 * matching wildcards took too much work; then the answer means nothing.
 */
bool cordon_trie_walk(struct cordon_query *query, u32 one, u32 two);

/**
 * cordon_trie_name - match one name right below a root
 * @query: what is asked, but for the path
 * @root: of the scope, or 0: none
 * @name: hashed with the trie's seed
 * @globs: try wildcard children, too
 */
void cordon_trie_name(struct cordon_query *query, u32 root,
		      const struct cordon_name *name, bool globs);

#endif /* _CORDON_ENGINE_TRIE_H */
