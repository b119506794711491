/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Evidence on the disk: complete or not there, and not without bound. */
#ifndef CTL_CORDOND_EVIDENCE_KEEP_H
#define CTL_CORDOND_EVIDENCE_KEEP_H

#include <stdbool.h>

#include "ctl/cordond/config.h"
#include "ctl/cordond/evidence_take.h"
#include "ctl/evidence.h"

/** EVIDENCE_WHY - bytes of a reason, and NUL */
#define EVIDENCE_WHY 512

/**
 * evidence_keep - write it, with a copy of what the process ran
 * @config: where, and how much
 * @id: of it
 * @evidence: what was taken; its document gets what is known of the copy
 * @why: filled on failure
 *
 * Under a name that nobody looks for, until all of it is on the disk.  The
 * oldest make room.  Any number may be kept at a time.
 *
 * Return: false if it could not be kept.
 */
bool evidence_keep(const struct config_evidence *config,
		   const struct evidence_id *id, struct evidence *evidence,
		   char why[EVIDENCE_WHY]);

/** evidence_is_kept - is there evidence of that id */
bool evidence_is_kept(const struct config_evidence *config,
		      const struct evidence_id *id);

/** evidence_clean - remove what was not finished when cordond was killed */
void evidence_clean(const struct config_evidence *config);

#endif /* CTL_CORDOND_EVIDENCE_KEEP_H */
