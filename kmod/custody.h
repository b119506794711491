/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Custody: who is suspended, or held, is let go on by what has stopped him.
 * The hooks' handlers are in handlers.h.
 */
#ifndef _CORDON_CUSTODY_H
#define _CORDON_CUSTODY_H

#include <linux/types.h>

bool cordon_custody_init(void);
void cordon_custody_exit(void);

#endif /* _CORDON_CUSTODY_H */
