/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Interfaces and bridge ports as the segments documents of one generation
 * speak of them: which segments lie behind them, and which addresses they may
 * send from.
 *
 * A document names them, so they are looked up by name, packet by packet: a
 * renamed interface is another one at its next packet.  Only names in network
 * namespaces of the initial user namespace count: in one of their own,
 * users could give any name they like.
 */
#ifndef _CORDON_PORT_H
#define _CORDON_PORT_H

#include <linux/types.h>

#include "engine/net.h"

struct cordon_block;
struct cordon_port_table;
struct net_device;

struct cordon_port_table *
cordon_port_table_new(const struct cordon_policy *policy,
		      struct cordon_block *const *blocks, u32 count);
void cordon_port_table_free(struct cordon_port_table *table);

u32 cordon_port_segments(const struct cordon_port_table *table,
			 const struct net_device *dev, const u32 **programs);
bool cordon_port_has_claims(const struct cordon_port_table *table);
bool cordon_port_has_segments(const struct cordon_port_table *table);
u32 cordon_port_claims_address(const struct cordon_port_table *table,
			       const struct net_device *dev,
			       const struct cordon_address *address);
u32 cordon_port_claims_mac(const struct cordon_port_table *table,
			   const struct net_device *dev, const u8 *mac);

#endif /* _CORDON_PORT_H */
