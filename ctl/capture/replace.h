/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Files that are replaced: written under a passing name, and then renamed. */
#ifndef CTL_CAPTURE_REPLACE_H
#define CTL_CAPTURE_REPLACE_H

#include "behaviour.h"

/**
 * replace_fold - let what is written be read, where it becomes what is read
 * @set: settled; settled again afterwards
 *
 * A rename is denied where the new name gives more than the old one does, and
 * nobody records which name a file had before.  So what a program writes, and
 * does not read, beside a file that it both reads and writes, it may read.
 */
void replace_fold(struct behaviour_set *set);

#endif /* CTL_CAPTURE_REPLACE_H */
