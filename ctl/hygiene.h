/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * Rules that somebody should look at: those that change nothing, since others
 * say the same or a deny outweighs them, and those that allow much.
 */
#ifndef CTL_HYGIENE_H
#define CTL_HYGIENE_H

#include <stddef.h>

#include "draft.h"

/** enum hygiene_kind - what is wrong with a rule */
enum hygiene_kind {
	HYGIENE_SHADOWED,
	HYGIENE_BROAD,
};

/**
 * struct hygiene_finding - one thing about one rule
 * @kind: what
 * @draft: whose rule
 * @rule: its index
 * @why: a clause; owned
 */
struct hygiene_finding {
	enum hygiene_kind kind;
	const struct cordon_draft *draft;
	u32 rule;
	char *why;
};

/**
 * struct hygiene - findings
 * @findings: @count of them, in the order of the rules
 * @count: how many
 */
struct hygiene {
	struct hygiene_finding *findings;
	size_t count;
};

/**
 * hygiene_shadowed - find rules that change nothing
 * @hygiene: findings are added to it; zeroed at first
 * @draft: whose rules; must outlive the findings
 *
 * A rule is, if each of its patterns is covered by a deny, or by rules of the
 * same effect, of the same program or the whole workload.  Of rules that say
 * the same the first is none.  What a response is about stays out, since it
 * changes what follows.
 */
void hygiene_shadowed(struct hygiene *hygiene,
		      const struct cordon_draft *draft);

/**
 * hygiene_broad - find rules that allow much
 * @hygiene: findings are added to it; zeroed at first
 * @draft: whose rules; must outlive the findings
 *
 * Everything; with wildcards what holds secrets, or what others execute or
 * obey; to execute or load what may be written; any peer on all ports.  What is
 * named to the letter is meant, and no finding.
 */
void hygiene_broad(struct hygiene *hygiene, const struct cordon_draft *draft);

/** hygiene_free - release findings; they are none afterwards */
void hygiene_free(struct hygiene *hygiene);

/** hygiene_kind_name - "shadowed", "broad" */
const char *hygiene_kind_name(enum hygiene_kind kind);

#endif /* CTL_HYGIENE_H */
