/* SPDX-License-Identifier: GPL-2.0-only */
#ifndef _CORDON_VERSION_H
#define _CORDON_VERSION_H

#define CORDON_VERSION "0.1.0"

#endif /* _CORDON_VERSION_H */
