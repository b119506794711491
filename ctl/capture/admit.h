/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Which behaviours are taken in, and which are for a decision. */
#ifndef CTL_CAPTURE_ADMIT_H
#define CTL_CAPTURE_ADMIT_H

#include "capture.h"

/**
 * admit - say of each behaviour whether it is taken in
 * @capture: its set is there; taken, pattern, programs and decisions are made
 * @options: what is wanted
 *
 * A program is in if nobody of the workload started it, or if one that is in
 * did so, and that was no program for a decision.  Acts of a program that is
 * out are out with it.
 */
void admit(struct capture *capture, const struct capture_options *options);

/**
 * admit_beyond_rules - why no rule could allow a behaviour, whatever it says
 *
 * Return: a clause, or NULL: one could.
 */
const char *admit_beyond_rules(const struct behaviour *behaviour);

/** admit_abstract - an abstract name without the word before it */
const char *admit_abstract(const char *object);

#endif /* CTL_CAPTURE_ADMIT_H */
