/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* What is never allowed by one key, and never generalised. */
#ifndef CTL_REVIEW_CAUTION_H
#define CTL_REVIEW_CAUTION_H

#include <stdbool.h>

#include "capture/capture.h"

/**
 * caution_tainted - who acted and is for a decision
 * @capture: settled, and admit() has been asked about all of it
 * @listed: for each behaviour: the manifest has an entry for who acts
 *
 * Return: for each behaviour, for free(): who acts has no entry, and is a
 * program for a decision, or was started by such ones only.
 */
bool *caution_tainted(const struct capture *capture, const bool *listed);

/**
 * caution_of - why to allow a behaviour wants the full answer
 * @capture: admit() has been asked about all of it
 * @index: which behaviour
 * @tainted: of caution_tainted()
 *
 * All that capture leaves for a decision is among it.
 *
 * Return: static text, a clause for people; NULL: one key will do.
 */
const char *caution_of(const struct capture *capture, size_t index,
		       const bool *tainted);

/** caution_forbids_shapes - is a behaviour to be named, if it is allowed */
bool caution_forbids_shapes(const struct behaviour *behaviour);

#endif /* CTL_REVIEW_CAUTION_H */
