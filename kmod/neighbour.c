// SPDX-License-Identifier: GPL-2.0-only
#include <linux/if_vlan.h>
#include <linux/jiffies.h>
#include <linux/netdevice.h>
#include <net/net_namespace.h>

#include "frame.h"
#include "neighbour.h"
#include "recall.h"

#define TABLE_BITS	10
#define AGE		(600 * HZ)

static struct cordon_recall *table;

static void key_make(struct cordon_recall_key *key, const struct net *net,
		     const struct net_device *bridge,
		     const struct cordon_address *address)
{
	*key = (struct cordon_recall_key){
		.from = *address,
		.net = net->net_cookie,
		.in = bridge->ifindex,
	};
}

/**
 * cordon_neighbour_port - behind which port an address was last seen
 * @net: the network namespace
 * @dev: a bridge, or a VLAN of one; NULL or anything else has no ports
 * @address: of a neighbour
 *
 * Context: softirq or process; under RCU, which keeps what is returned.
 * Return: the port or NULL.
 */
const struct net_device *
cordon_neighbour_port(struct net *net, const struct net_device *dev,
		      const struct cordon_address *address)
{
	struct cordon_recall_value value;
	struct cordon_recall_key key;

	if (!cordon_neighbour_has_ports(dev))
		return NULL;
	if (is_vlan_dev(dev))
		dev = vlan_dev_real_dev(dev);
	if (!netif_is_bridge_master(dev))
		return NULL;
	key_make(&key, net, dev, address);
	if (!cordon_recall_get(table, &key, &value, AGE))
		return NULL;
	return dev_get_by_index_rcu(net, value.number);
}

static void learn(struct net *net, const struct net_device *port,
		  const struct net_device *bridge,
		  const struct cordon_address *address)
{
	struct cordon_recall_value value;
	struct cordon_recall_key key;

	key_make(&key, net, bridge, address);
	if (cordon_recall_get(table, &key, &value, AGE / 2) &&
	    value.number == port->ifindex)
		return;
	value = (struct cordon_recall_value){ .number = port->ifindex };
	cordon_recall_put(table, &key, &value);
}

/**
 * cordon_neighbour_learn - remember behind which port a sender is
 * @net: the network namespace
 * @port: of a bridge
 * @skb: a frame that came in by it
 * @offset: where what it carries begins, from skb->data
 * @protocol: of that: ETH_P_, host byte order
 *
 * Context: softirq or process; under RCU.
 */
void cordon_neighbour_learn(struct net *net, const struct net_device *port,
			    const struct sk_buff *skb, u32 offset,
			    u16 protocol)
{
	struct cordon_frame_sender sender;
	const struct net_device *bridge;
	u32 i;

	bridge = netdev_master_upper_dev_get_rcu((struct net_device *)port);
	if (!bridge)
		return;
	cordon_frame_sender(&sender, skb, offset, protocol);
	for (i = 0; i < sender.count; i++)
		learn(net, port, bridge, &sender.address[i]);
}

/**
 * cordon_neighbour_init - get the memory for what is remembered
 *
 * Context: may sleep; one at a time.
 * Return: 0, also if it is there already, or -ENOMEM.
 */
int cordon_neighbour_init(void)
{
	if (!table)
		table = cordon_recall_new(TABLE_BITS);
	return table ? 0 : -ENOMEM;
}

/** cordon_neighbour_exit - no packet is seen any more; may sleep */
void cordon_neighbour_exit(void)
{
	cordon_recall_free(table);
	table = NULL;
}
