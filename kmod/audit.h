/* SPDX-License-Identifier: GPL-2.0-only */
#ifndef _CORDON_AUDIT_H
#define _CORDON_AUDIT_H

int cordon_audit_init(void);
void cordon_audit_exit(void);
void cordon_audit_wake(void);

#endif /* _CORDON_AUDIT_H */
