/* SPDX-License-Identifier: GPL-2.0-only */
#ifndef _CORDON_EXIT_H
#define _CORDON_EXIT_H

void cordon_exit_attach(void);
void cordon_exit_detach(void);

#endif /* _CORDON_EXIT_H */
