/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Rules that were made of behaviours, and what they were made of. */
#ifndef CTL_CAPTURE_RULE_H
#define CTL_CAPTURE_RULE_H

#include <jansson.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "behaviour.h"

/**
 * struct evidence - what was seen of something
 * @objects: different paths, or peers with their ports
 * @count: acts; 0: it was only held
 * @first: ns, CLOCK_REALTIME; 0: not known
 * @last: likewise
 * @example: one of the objects; not owned
 */
struct evidence {
	uint64_t objects;
	uint64_t count;
	uint64_t first;
	uint64_t last;
	const char *example;
};

/** evidence_add - take a behaviour into account; another user's is no object */
void evidence_add(struct evidence *evidence, const struct behaviour *behaviour,
		  bool object);

/** evidence_join - take other evidence into account */
void evidence_join(struct evidence *evidence, const struct evidence *other);

/**
 * struct capture_rule - one rule
 * @program: whose; NULL: all programs'; not owned
 * @op: enum cordon_op: the list that it stands in
 * @text: as dumps and verdicts write it
 * @value: what stands in the list: a string, or the object of a peer
 * @shape: what its objects differ in; NULL: it names what was seen
 * @seen: the evidence
 */
struct capture_rule {
	const char *program;
	uint8_t op;
	char *text;
	json_t *value;
	const char *shape;
	struct evidence seen;
};

/** struct capture_rules - rules */
struct capture_rules {
	struct capture_rule *rules;
	size_t count;
};

/**
 * capture_rules_add - add a rule, or to the evidence of the one that is there
 * @set: to it
 * @program: whose; stays
 * @op: of the list
 * @text: becomes the set's
 * @value: likewise; NULL: @text as a string
 * @shape: static text, or NULL
 * @seen: the evidence
 */
void capture_rules_add(struct capture_rules *set, const char *program, uint8_t op,
		  char *text, json_t *value, const char *shape,
		  const struct evidence *seen);

/**
 * capture_rules_settle - sort, join what is the same, and lift what all have
 * @set: the rules
 * @programs: how many programs there are
 *
 * A rule that each of several programs has becomes one of all.
 */
void capture_rules_settle(struct capture_rules *set, size_t programs);

/** capture_rules_free - release what a set holds; it is empty afterwards */
void capture_rules_free(struct capture_rules *set);

#endif /* CTL_CAPTURE_RULE_H */
