/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * One manifest of several: the first, as people wrote it, and behind what
 * stands there what the others allow, and deny, beyond it.
 */
#ifndef CTL_MERGE_H
#define CTL_MERGE_H

#include <jansson.h>

#include "memory.h"

/**
 * merge_manifest - add to a manifest what another one says
 * @into: the document that is added to
 * @from: the other, not changed
 * @told: what of @from was not taken over, since @into says otherwise; a clause
 *	each
 *
 * Both are documents that the reader takes.  Strings that the list's own
 * patterns cover are left out.  Of what can be said once only (name,
 * description, owner, mode, default, and whether the host is meant), @into's is
 * kept.
 */
void merge_manifest(json_t *into, const json_t *from, struct texts *told);

#endif /* CTL_MERGE_H */
