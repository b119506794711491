/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Evidence of processes that are about to be killed, or are suspended. */
#ifndef CTL_CORDOND_EVIDENCE_H
#define CTL_CORDOND_EVIDENCE_H

#include "ctl/cordond/config.h"
#include "ctl/cordond/hub.h"

/**
 * evidence_run - take it whenever the module says so, until the end
 * @config: where it is kept
 * @hub: tells of the end
 *
 * By a connection of its own: a store that cannot be written, or a thousand
 * events before this one, must not cost the second that there is.
 */
void evidence_run(const struct config *config, struct hub *hub);

#endif /* CTL_CORDOND_EVIDENCE_H */
