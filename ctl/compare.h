/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * What two drafts of one name say differently: by what they allow and deny, not
 * by how it is written.  `diff` tells all of it, `merge` what goes against it.
 */
#ifndef CTL_COMPARE_H
#define CTL_COMPARE_H

#include <stddef.h>

#include "draft.h"

/** enum compare_aspect - what a difference is about */
enum compare_aspect {
	COMPARE_DOCUMENT,	/* one side has no document of that name */
	COMPARE_MEMBER,
	COMPARE_DEFAULT,
	COMPARE_MODE,
	COMPARE_REJECT,
	COMPARE_PROGRAM,	/* an entry, or a segment, is there or not */
	COMPARE_ISOLATED,	/* of a segment */
	COMPARE_RULE,
};

/** enum compare_change - from the first to the second */
enum compare_change {
	COMPARE_ADDED,
	COMPARE_REMOVED,
	COMPARE_CHANGED,
};

/**
 * struct difference - one of them; texts that it owns are marked
 * @aspect: what it is about
 * @change: what became of it
 * @workload: name of the document
 * @program: exe of the entry, or name of the segment; NULL: the whole document
 * @class: enum cordon_class, of a rule or mode; else CORDON_CLASS_COUNT
 * @op: enum cordon_op of a rule; else CORDON_OP_COUNT
 * @effect: enum cordon_effect of a rule
 * @what: pattern of the rule, or text of the member; may be NULL; owned
 * @before: word that the first has, where it is a word; may be NULL
 * @after: likewise, the second
 * @meaning: a clause for people, that continues @program; owned
 */
struct difference {
	enum compare_aspect aspect;
	enum compare_change change;
	const char *workload;
	const char *program;
	u32 class;
	u32 op;
	u8 effect;
	char *what;
	const char *before;
	const char *after;
	char *meaning;
};

/** struct comparison - all of them; its texts point into the drafts */
struct comparison {
	struct difference *differences;
	size_t count;
};

/**
 * compare_drafts - add to a comparison what two drafts say differently
 * @comparison: all zero at first
 * @before: the first; NULL: there is none
 * @after: the second, likewise; not both
 *
 * The patterns of a rule are compared one by one.  One that others cover, of
 * the same program or of the whole workload, says nothing of its own.
 */
void compare_drafts(struct comparison *comparison,
		    const struct cordon_draft *before,
		    const struct cordon_draft *after);

/**
 * compare_text - a difference as one line, for free()
 * @difference: which
 *
 * ``+ web: /usr/sbin/nginx may now read /etc/hosts, could not before``
 */
char *compare_text(const struct difference *difference);

/** compare_aspect_name - its word */
const char *compare_aspect_name(enum compare_aspect aspect);

/** compare_change_name - its word */
const char *compare_change_name(enum compare_change change);

/** comparison_free - release all differences */
void comparison_free(struct comparison *comparison);

#endif /* CTL_COMPARE_H */
