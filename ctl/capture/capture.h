/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * From behaviours to a manifest: what is taken in, as which rules, and what is
 * left for a decision.  docs/capture.md says which shapes want which evidence.
 */
#ifndef CTL_CAPTURE_CAPTURE_H
#define CTL_CAPTURE_CAPTURE_H

#include <jansson.h>
#include <stdbool.h>
#include <stddef.h>

#include "behaviour.h"
#include "decision.h"
#include "rule.h"
#include "world.h"

/**
 * struct capture_options - what is wanted
 * @workload: whose behaviours; NULL: those of the only one there are any of
 * @name: of the workload in the manifest; NULL: as it is
 * @members: selectors; without any: the executables that nobody started
 * @member_count: how many
 * @programs: to be taken in though they are suspect
 * @program_count: how many
 * @objects: patterns of what is to be taken in though it is for a decision
 * @object_count: how many
 * @exact: name everything as it was seen
 * @monitored: what would have been denied was legitimate
 * @enforce: all classes, instead of monitor
 * @bare: without evidence
 */
struct capture_options {
	const char *workload;
	const char *name;
	const char *const *members;
	size_t member_count;
	const char *const *programs;
	size_t program_count;
	const char *const *objects;
	size_t object_count;
	bool exact;
	bool monitored;
	bool enforce;
	bool bare;
};

/**
 * struct capture_program - an executable of the workload
 * @path: of it; not owned
 * @facing: it takes what comes from the network
 * @started: somebody of the workload started it
 * @wanted: it becomes an entry
 */
struct capture_program {
	const char *path;
	bool facing;
	bool started;
	bool wanted;
};

/**
 * struct capture - what was made
 * @set: the workload's behaviours, scripts folded
 * @taken: for each of them: it is allowed by the manifest
 * @pattern: for each of them: the pattern of the options that took it in
 * @programs: what ran
 * @program_count: how many
 * @rules: of the manifest
 * @decisions: what is not in it
 */
struct capture {
	struct behaviour_set set;
	bool *taken;
	const char **pattern;
	struct capture_program *programs;
	size_t program_count;
	struct capture_rules rules;
	struct decision_set decisions;
};

/**
 * capture_make - make rules of behaviours
 * @capture: filled; to be freed in any case
 * @set: settled; emptied, what is of other workloads is thrown away
 * @options: what is wanted
 * @world: the machine
 *
 * Return: 0, or -1 after saying on stderr that there is nothing to make it of.
 */
int capture_make(struct capture *capture, struct behaviour_set *set,
		 const struct capture_options *options,
		 const struct capture_world *world);

/**
 * capture_document - the manifest
 * @capture: what was made
 * @options: what is wanted
 *
 * Return: the document, for json_decref().
 */
json_t *capture_document(const struct capture *capture,
			 const struct capture_options *options);

/**
 * capture_seen - evidence, as it stands in "seen" of a manifest
 * @shape: what the rule generalises
 * @evidence: what was seen of it
 */
json_t *capture_seen(const char *shape, const struct evidence *evidence);

/**
 * capture_verify - is all that was taken in allowed, by the engine
 * @capture: what was made
 * @text: the manifest
 *
 * Return: 0, or -1 after saying on stderr what is not, which is an error of
 * capture's own.
 */
int capture_verify(const struct capture *capture, const char *text);

/**
 * capture_rules_exact - the rule that names a behaviour as it was seen
 * @rules: it is added to them; none is, of what is allowed anyway
 * @behaviour: what a rule can name
 */
void capture_rules_exact(struct capture_rules *rules,
			 const struct behaviour *behaviour);

/** capture_is_pattern - is what a shape was made to one the engine takes */
bool capture_is_pattern(const char *text);

/** capture_free - release all of it */
void capture_free(struct capture *capture);

#endif /* CTL_CAPTURE_CAPTURE_H */
