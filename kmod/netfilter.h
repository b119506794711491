/* SPDX-License-Identifier: GPL-2.0-only */
#ifndef _CORDON_NETFILTER_H
#define _CORDON_NETFILTER_H

struct cordon_generation;

int cordon_netfilter_prepare(const struct cordon_generation *generation);
void cordon_netfilter_settle(const struct cordon_generation *generation);
void cordon_netfilter_exit(void);

#endif /* _CORDON_NETFILTER_H */
