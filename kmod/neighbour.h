/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Neighbours: behind which port of a bridge an address is.
 *
 * The routing code knows a bridge, documents know its ports.  Where an address
 * is was seen when it last sent something.
 */
#ifndef _CORDON_NEIGHBOUR_H
#define _CORDON_NEIGHBOUR_H

#include <linux/if_vlan.h>
#include <linux/netdevice.h>
#include <linux/types.h>

struct cordon_address;
struct net;
struct net_device;
struct sk_buff;

int cordon_neighbour_init(void);
void cordon_neighbour_exit(void);

void cordon_neighbour_learn(struct net *net, const struct net_device *port,
			    const struct sk_buff *skb, u32 offset,
			    u16 protocol);
/** cordon_neighbour_has_ports - could one ask behind which port of it one is */
static inline bool cordon_neighbour_has_ports(const struct net_device *dev)
{
	return dev && (netif_is_bridge_master(dev) || is_vlan_dev(dev));
}

const struct net_device *
cordon_neighbour_port(struct net *net, const struct net_device *dev,
		      const struct cordon_address *address);

#endif /* _CORDON_NEIGHBOUR_H */
