/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* What cordond may do: no more than it needs, whoever has started it. */
#ifndef CTL_CORDOND_PRIVILEGE_H
#define CTL_CORDOND_PRIVILEGE_H

#include <stdbool.h>

/**
 * privilege_drop - give up all capabilities but the few that are needed
 *
 * Before any thread is started.
 *
 * Return: false if the kernel refuses.
 */
bool privilege_drop(void);

#endif /* CTL_CORDOND_PRIVILEGE_H */
