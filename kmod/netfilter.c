// SPDX-License-Identifier: GPL-2.0-only
/*
 * Hooks of netfilter, in every network namespace, as long as a policy needs
 * them: at local in, local out and forward of IPv4 and IPv6, behind those that
 * translate addresses; and in bridges.  What sockets send is seen before: they
 * are judged by the addresses that they know.
 *
 * What comes in by a bridge and goes up is judged where IP takes it; that a
 * bridge sends down to a port only there is known which.
 */
#include <linux/if.h>
#include <linux/if_ether.h>
#include <linux/in.h>
#include <linux/netdevice.h>
#include <linux/netfilter.h>
#include <linux/netfilter_bridge.h>
#include <linux/netfilter_ipv4.h>
#include <linux/netfilter_ipv6.h>
#include <linux/skbuff.h>
#include <net/net_namespace.h>
#include <net/sock.h>

#include "claim.h"
#include "frame.h"
#include "generation.h"
#include "neighbour.h"
#include "netfilter.h"
#include "passage.h"
#include "port.h"
#include "reject.h"
#include "segment.h"
#include "socket.h"

static bool is_loopback(const struct net_device *dev)
{
	return dev && dev->flags & IFF_LOOPBACK;
}

static u16 protocol_of(const struct nf_hook_state *state)
{
	return state->pf == NFPROTO_IPV4 ? ETH_P_IP : ETH_P_IPV6;
}

/* The policy, if it has anything to say of passages; under cordon_srcu. */
static const struct cordon_generation *generation_of(void)
{
	const struct cordon_generation *generation;

	if (!cordon_generation_active())
		return NULL;
	generation = cordon_generation_get();
	return generation->segments ? generation : NULL;
}

/*
 * Where br_netfilter is loaded (container engines do that), it shows frames
 * between ports to the hooks of IP, as if they were routed.  They are not:
 * bridge_hook() has them.
 */
static bool is_bridged(const struct sk_buff *skb)
{
#if IS_ENABLED(CONFIG_BRIDGE_NETFILTER)
	return nf_bridge_get_physoutdev(skb);
#else
	return false;
#endif
}

/* What does not leave the host is no passage. */
static bool is_passage(const struct nf_hook_state *state)
{
	return !is_loopback(state->in) && !is_loopback(state->out);
}

static enum cordon_passage_answer ip_judge(const struct sk_buff *skb,
					   const struct nf_hook_state *state)
{
	struct cordon_passage_way way = {
		.generation = generation_of(),
		.net = state->net,
		.in = state->in,
		.out = state->out,
		.is_routed = state->in && state->out,
	};
	const u32 offset = skb_network_offset(skb);

	if (!way.generation)
		return CORDON_PASSAGE_PASS;
	if (!state->in &&
	    cordon_reject_is_notice(skb, offset, protocol_of(state)))
		return CORDON_PASSAGE_PASS;
	return cordon_passage_judge(&way, skb, offset, protocol_of(state));
}

static noinline unsigned int input(struct sk_buff *skb,
				   const struct nf_hook_state *state)
{
	int srcu = srcu_read_lock(&cordon_srcu);
	enum cordon_passage_answer answer = ip_judge(skb, state);

	srcu_read_unlock(&cordon_srcu, srcu);
	if (answer == CORDON_PASSAGE_REJECT)
		cordon_reject_send(skb);
	return answer == CORDON_PASSAGE_PASS ? NF_ACCEPT : NF_DROP;
}

/* What comes in, for this host or another one. */
static unsigned int ip_hook(void *priv, struct sk_buff *skb,
			    const struct nf_hook_state *state)
{
	return is_passage(state) && !is_bridged(skb) ? input(skb, state) :
						       NF_ACCEPT;
}

/*
 * What a sender is told.  TCP goes on trying whatever the error, but for this
 * one, by which connect() fails at once.
 */
static int refusal(const struct sk_buff *skb)
{
	const struct sock *sk = skb_to_full_sk(skb);

	return sk && sk->sk_protocol == IPPROTO_TCP ? -ECONNREFUSED : -EACCES;
}

/* What a socket sends, by the address that it sends to. */
static unsigned int socket_hook(void *priv, struct sk_buff *skb,
				const struct nf_hook_state *state)
{
	return cordon_socket_output(skb) ? NF_ACCEPT :
					   NF_DROP_ERR(refusal(skb));
}

static noinline unsigned int output(struct sk_buff *skb,
				    const struct nf_hook_state *state)
{
	int srcu = srcu_read_lock(&cordon_srcu);
	bool passes = ip_judge(skb, state) == CORDON_PASSAGE_PASS;

	srcu_read_unlock(&cordon_srcu, srcu);
	return passes ? NF_ACCEPT : NF_DROP_ERR(refusal(skb));
}

/* Who sends from here learns it by the error. */
static unsigned int output_hook(void *priv, struct sk_buff *skb,
				const struct nf_hook_state *state)
{
	return is_passage(state) ? output(skb, state) : NF_ACCEPT;
}

/* --- bridges -------------------------------------------------------------------- */

/* Where a packet that the bridge was given to send came into this host. */
static const struct net_device *origin_of(const struct sk_buff *skb,
					  const struct nf_hook_state *state)
{
	if (state->in)
		return state->in;
	return skb->skb_iif ? dev_get_by_index_rcu(state->net, skb->skb_iif) :
			      NULL;
}

static bool bridge_judge(const struct sk_buff *skb,
			 const struct nf_hook_state *state)
{
	struct cordon_passage_way way = {
		.generation = generation_of(),
		.net = state->net,
		.in = origin_of(skb, state),
		.out = state->out,
	};
	u16 protocol;
	u32 offset;

	if (!way.generation)
		return true;
	protocol = cordon_frame_protocol(skb, &offset);
	if (!state->in && cordon_reject_is_notice(skb, offset, protocol))
		return true;
	return cordon_passage_judge(&way, skb, offset, protocol) ==
	       CORDON_PASSAGE_PASS;
}

/* A bridge has no address of its own to tell anybody from: it drops. */
static unsigned int bridge_hook(void *priv, struct sk_buff *skb,
				const struct nf_hook_state *state)
{
	int srcu = srcu_read_lock(&cordon_srcu);
	bool passes = bridge_judge(skb, state);

	srcu_read_unlock(&cordon_srcu, srcu);
	return passes ? NF_ACCEPT : NF_DROP;
}

static bool arrival_judge(const struct sk_buff *skb,
			  const struct nf_hook_state *state)
{
	struct cordon_passage_way way = {
		.generation = generation_of(),
		.net = state->net,
		.in = state->in,
	};
	const struct cordon_port_table *ports;
	u16 protocol;
	u32 offset;

	ports = way.generation ?
		cordon_segment_view_ports(way.generation->segments) : NULL;
	if (!ports)
		return true;
	protocol = cordon_frame_protocol(skb, &offset);
	if (cordon_port_has_claims(ports) &&
	    !cordon_claim_judge(&way, skb, offset, protocol))
		return false;
	if (cordon_port_has_segments(ports))
		cordon_neighbour_learn(state->net, state->in, skb, offset,
				       protocol);
	return true;
}

/* Before the bridge learns where the sender is. */
static unsigned int arrival_hook(void *priv, struct sk_buff *skb,
				 const struct nf_hook_state *state)
{
	int srcu = srcu_read_lock(&cordon_srcu);
	bool passes = arrival_judge(skb, state);

	srcu_read_unlock(&cordon_srcu, srcu);
	return passes ? NF_ACCEPT : NF_DROP;
}

/* --- registration ----------------------------------------------------------------- */

#define HOOK(_function, _family, _place, _priority) { \
	.hook = _function, \
	.pf = _family, \
	.hooknum = _place, \
	.priority = _priority, \
}

static const struct nf_hook_ops output_hooks[] = {
	HOOK(socket_hook, NFPROTO_IPV4, NF_INET_LOCAL_OUT,
	     NF_IP_PRI_NAT_DST - 1),
	HOOK(socket_hook, NFPROTO_IPV6, NF_INET_LOCAL_OUT,
	     NF_IP6_PRI_NAT_DST - 1),
};

static const struct nf_hook_ops passage_hooks[] = {
	HOOK(output_hook, NFPROTO_IPV4, NF_INET_LOCAL_OUT,
	     NF_IP_PRI_SELINUX_LAST),
	HOOK(output_hook, NFPROTO_IPV6, NF_INET_LOCAL_OUT,
	     NF_IP6_PRI_SELINUX_LAST),
	HOOK(ip_hook, NFPROTO_IPV4, NF_INET_LOCAL_IN, NF_IP_PRI_SELINUX_LAST),
	HOOK(ip_hook, NFPROTO_IPV4, NF_INET_FORWARD, NF_IP_PRI_SELINUX_LAST),
	HOOK(ip_hook, NFPROTO_IPV6, NF_INET_LOCAL_IN, NF_IP6_PRI_SELINUX_LAST),
	HOOK(ip_hook, NFPROTO_IPV6, NF_INET_FORWARD, NF_IP6_PRI_SELINUX_LAST),
	HOOK(bridge_hook, NFPROTO_BRIDGE, NF_BR_FORWARD,
	     NF_BR_PRI_FILTER_BRIDGED),
	HOOK(bridge_hook, NFPROTO_BRIDGE, NF_BR_LOCAL_OUT,
	     NF_BR_PRI_FILTER_OTHER),
};

static const struct nf_hook_ops arrival_hooks[] = {
	HOOK(arrival_hook, NFPROTO_BRIDGE, NF_BR_PRE_ROUTING, NF_BR_PRI_FIRST),
};

static int __net_init output_init(struct net *net)
{
	return nf_register_net_hooks(net, output_hooks,
				     ARRAY_SIZE(output_hooks));
}

static void __net_exit output_exit(struct net *net)
{
	nf_unregister_net_hooks(net, output_hooks, ARRAY_SIZE(output_hooks));
}

static int __net_init passage_init(struct net *net)
{
	return nf_register_net_hooks(net, passage_hooks,
				     ARRAY_SIZE(passage_hooks));
}

static void __net_exit passage_exit(struct net *net)
{
	nf_unregister_net_hooks(net, passage_hooks, ARRAY_SIZE(passage_hooks));
}

static int __net_init arrival_init(struct net *net)
{
	return nf_register_net_hooks(net, arrival_hooks,
				     ARRAY_SIZE(arrival_hooks));
}

static void __net_exit arrival_exit(struct net *net)
{
	nf_unregister_net_hooks(net, arrival_hooks, ARRAY_SIZE(arrival_hooks));
}

static struct pernet_operations output_net = {
	.init = output_init,
	.exit = output_exit,
};

static struct pernet_operations passage_net = {
	.init = passage_init,
	.exit = passage_exit,
};

static struct pernet_operations arrival_net = {
	.init = arrival_init,
	.exit = arrival_exit,
};

/* All under the lock of generation.c, or where nothing is published. */
static bool output_is_on;
static bool passage_is_on;
static bool arrival_is_on;

/*
 * Only documents that speak of interfaces ask where a frame comes from; every
 * other frame would pay for the question.
 */
static bool asks_arrival(const struct cordon_generation *generation)
{
	return cordon_segment_view_ports(generation->segments);
}

/**
 * cordon_netfilter_prepare - put in the hooks that a policy needs
 * @generation: that is about to be in force
 *
 * Context: may sleep; one at a time.
 * Return: 0 or -ENOMEM.
 */
int cordon_netfilter_prepare(const struct cordon_generation *generation)
{
	int err;

	if (generation->count && !output_is_on) {
		err = register_pernet_subsys(&output_net);
		if (err)
			return err;
		output_is_on = true;
	}
	if (generation->segments && !passage_is_on) {
		err = cordon_passage_init();
		if (!err)
			err = register_pernet_subsys(&passage_net);
		if (err)
			return err;
		passage_is_on = true;
	}
	if (asks_arrival(generation) && !arrival_is_on) {
		err = register_pernet_subsys(&arrival_net);
		if (err)
			return err;
		arrival_is_on = true;
	}
	return 0;
}

/**
 * cordon_netfilter_settle - take out the hooks that a policy does not need
 * @generation: that is in force
 *
 * Context: may sleep; one at a time.
 */
void cordon_netfilter_settle(const struct cordon_generation *generation)
{
	if (!asks_arrival(generation) && arrival_is_on) {
		unregister_pernet_subsys(&arrival_net);
		arrival_is_on = false;
	}
	if (!generation->segments && passage_is_on) {
		unregister_pernet_subsys(&passage_net);
		passage_is_on = false;
	}
	if (!generation->count && output_is_on) {
		unregister_pernet_subsys(&output_net);
		output_is_on = false;
	}
}

/**
 * cordon_netfilter_exit - take out all hooks, and wait for who is inside
 *
 * Context: may sleep; nothing is published any more.
 */
void cordon_netfilter_exit(void)
{
	if (arrival_is_on)
		unregister_pernet_subsys(&arrival_net);
	if (passage_is_on)
		unregister_pernet_subsys(&passage_net);
	if (output_is_on)
		unregister_pernet_subsys(&output_net);
	synchronize_net();
	cordon_passage_exit();
}
