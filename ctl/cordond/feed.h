/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* From the module's ring into the store. */
#ifndef CTL_CORDOND_FEED_H
#define CTL_CORDOND_FEED_H

#include "ctl/cordond/config.h"
#include "ctl/cordond/hub.h"

/**
 * feed_run - read events from the module into the store, until the end
 * @config: where the store is, and what it may hold
 * @hub: told of what is new
 *
 * What the store has is what it was committed with, together with how far the
 * module has been read; so whenever this ends, and however, it goes on where
 * it was.  While the store cannot be written the module holds the events.
 */
void feed_run(const struct config *config, struct hub *hub);

#endif /* CTL_CORDOND_FEED_H */
