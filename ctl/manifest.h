/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * The reader: JSON documents in, drafts out: manifests, and documents of
 * segments.  docs/manifest.md and docs/segments.md say what they mean.
 */
#ifndef CTL_MANIFEST_H
#define CTL_MANIFEST_H

#include <stdbool.h>
#include <stddef.h>

#include "draft.h"
#include "policy.h"
#include "report.h"

/* What the reader holds against documents, beside the contract's limits. */
#define MANIFEST_FILE_MAX	(16u << 20)	/* bytes of one document */
#define MANIFEST_NESTING_MAX	32		/* arrays and objects, nested */
#define MANIFEST_INCLUDE_MAX	16		/* pieces that include pieces */

/**
 * struct manifest_options - how manifests are read
 * @include_paths: directories to search for pieces, after the including file's
 *	own places and before /etc/cordon/manifests and
 *	/usr/share/cordon/manifests
 * @include_count: how many
 * @foreign: they are for another machine, so do not look at this one: users
 *	whom it does not know pass, and nothing is said of patterns which can
 *	match nothing here since they pass through a symbolic link
 * @absolute: give drafts the absolute names of files (for a loaded policy,
 *	which is read in another directory) instead of those given
 * @pieces: a piece may stand among the paths: it is checked, and adds nothing
 * @loaded: asked for the documents that those which are read will stand beside,
 *	if one of these speaks of a segment or workload that none of them has, or
 *	defines segments: fills in how many there are, and answers NULL if they
 *	cannot be had.  Who names what nobody has is told: as an error; without
 *	this function, where nobody can know, as a warning
 * @context: for @loaded
 *
 * All zero is a good default.
 */
struct manifest_options {
	const char *const *include_paths;
	size_t include_count;
	bool foreign;
	bool absolute;
	bool pieces;
	struct cordon_draft *const *(*loaded)(void *context, size_t *count);
	void *context;
};

/**
 * struct manifest_set - what was read
 * @drafts: complete drafts, sorted by workload name, no name twice: as
 *	cordon_policy_build() wants them; each from malloc()
 * @count: how many
 * @elsewhere: the segments that these name and none of them defines, so that
 *	they can be compiled without those that do; or NULL
 * @documents: files read, pieces included
 */
struct manifest_set {
	struct cordon_draft **drafts;
	size_t count;
	struct cordon_draft *elsewhere;
	size_t documents;
};

/**
 * manifest_set_read - read manifests and what they include
 * @set: filled on success, empty on failure; need not be initialised
 * @paths: files, or directories of which every name that ends in .json and
 *	does not begin with a dot is read; sub-directories are not.  Pieces and
 *	test documents in a directory are passed over
 * @count: how many, at least one
 * @options: how; NULL: all zero
 * @report: all errors and warnings are added to it
 *
 * Everything is checked that can be without the kernel, including that the
 * engine accepts the whole set.
 *
 * Return: 0, or -1 with at least one error in @report.
 */
int manifest_set_read(struct manifest_set *set, const char *const *paths,
		      size_t count, const struct manifest_options *options,
		      struct report *report);

/** manifest_set_holds - has a document of the set this name */
bool manifest_set_holds(const struct manifest_set *set, const char *name);

/** manifest_set_free - release drafts; the set is empty afterwards */
void manifest_set_free(struct manifest_set *set);

/**
 * manifest_set_enforce - judge as if all classes were enforced
 * @set: the drafts, before they are compiled: monitor would let all pass
 */
void manifest_set_enforce(const struct manifest_set *set);

/**
 * manifest_pattern_quote - the pattern that matches one path only
 * @path: the path
 *
 * Return: text for free(), or NULL without memory.
 */
char *manifest_pattern_quote(const char *path);

/**
 * manifest_set_compile - build the policy of a set
 * @set: the drafts; they must outlive the policy
 * @monitor: deny nothing, whatever the manifests say
 * @report: told if the engine refuses, with the place of the rule at fault
 *
 * Return: the policy, for free(), or NULL with an error in @report.
 */
struct cordon_policy *manifest_set_compile(const struct manifest_set *set,
					   bool monitor, struct report *report);

#endif /* CTL_MANIFEST_H */
