/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * Questions: what was seen and the manifest does not allow, as few as its
 * shapes make them.  Nothing here asks anybody.
 */
#ifndef CTL_REVIEW_QUESTION_H
#define CTL_REVIEW_QUESTION_H

#include <jansson.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "capture/capture.h"
#include "policy.h"

/** QUESTION_CHOICES_MAX - patterns that one question proposes: one digit */
#define QUESTION_CHOICES_MAX	9

/**
 * struct question_choice - a pattern that names more than what was seen
 * @text: of the rule, as verdicts write it; owned
 * @value: what would stand in the list
 * @shape: what it generalises, as `seen` calls it; static text
 */
struct question_choice {
	char *text;
	json_t *value;
	const char *shape;
};

/**
 * struct question_item - one behaviour that is asked about
 * @behaviour: of the set
 * @value: the rule that names it as it was seen; NULL: none can
 * @entry: exe of the program in the manifest that a rule is to be added to
 * @listed: there is that entry
 * @target: of an exec: exe of the entry that it needs and does not have; or
 *	NULL
 */
struct question_item {
	const struct behaviour *behaviour;
	json_t *value;
	char *entry;
	bool listed;
	char *target;
};

/**
 * struct question - one of them
 * @op: enum cordon_op
 * @title: what it is about: a pattern, or the object
 * @items: @count of them
 * @count: how many
 * @seen: all of them together
 * @caution: why to allow it wants the full answer; NULL: it does not
 * @beyond: why no rule can speak of it; NULL: one can
 * @choices: @choice_count patterns; none where @caution is set, or where it
 *	was denied
 * @choice_count: how many
 */
struct question {
	uint8_t op;
	char *title;
	struct question_item *items;
	size_t count;
	struct evidence seen;
	const char *caution;
	const char *beyond;
	struct question_choice choices[QUESTION_CHOICES_MAX];
	size_t choice_count;
};

/**
 * struct question_set - all questions about one workload
 * @items: @count of them
 * @count: how many
 * @decided: behaviours that a deny rule of the manifest speaks of already
 * @capture: what they are made of
 */
struct question_set {
	struct question *items;
	size_t count;
	size_t decided;
	struct capture capture;
};

/**
 * question_set_make - make questions of behaviours
 * @set: filled, for question_set_free()
 * @behaviours: emptied; what is of other workloads is thrown away
 * @policy: the manifest, compiled
 * @workload: its name
 * @world: the machine
 */
void question_set_make(struct question_set *set,
		       struct behaviour_set *behaviours,
		       const struct cordon_policy *policy,
		       const char *workload,
		       const struct capture_world *world);

/** question_set_free - release what a set holds; it is empty afterwards */
void question_set_free(struct question_set *set);

/** question_list - the key of the list that rules of an op stand in */
const char *question_list(unsigned int op);

/**
 * question_is_settled - does a policy allow, or deny by a rule, all of it
 * @question: which
 * @policy: that is asked
 * @workload: its name
 * @allowed: set to whether it allows all of it
 */
bool question_is_settled(const struct question *question,
			 const struct cordon_policy *policy,
			 const char *workload, bool *allowed);

#endif /* CTL_REVIEW_QUESTION_H */
