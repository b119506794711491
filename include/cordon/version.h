/* SPDX-License-Identifier: GPL-2.0-only WITH Linux-syscall-note */
#ifndef _CORDON_VERSION_H
#define _CORDON_VERSION_H

/** CORDON_VERSION - of this release: module and cordonctl alike */
#define CORDON_VERSION	"0.1.0"

#endif /* _CORDON_VERSION_H */
