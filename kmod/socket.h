/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Labels of sockets: whose a socket is.
 *
 * A socket belongs to who made, or accepted, it.  Processes are judged by their
 * own label; what arrives, or leaves where no process can be asked, by the
 * socket's.  The table holds an entry for each socket of a manifest's workload
 * (and of the host, if a manifest speaks of it); who has none is not judged.
 * Entries are freed behind both kinds of readers, as those of label.h.
 */
#ifndef _CORDON_SOCKET_H
#define _CORDON_SOCKET_H

#include <linux/types.h>
#include <uapi/cordon.h>

#include "engine/address.h"

struct cordon_label;
struct sk_buff;

/**
 * struct cordon_socket_info - what is told of a labelled socket
 * @label: whose it is
 * @tgid: who made or accepted it, initial pid namespace; 0: not known
 * @family: AF_
 * @protocol: IPPROTO_
 * @state: what it is doing
 * @local: zero for other families than inet and inet6, likewise @remote
 * @remote: zero without a peer
 * @local_port: host byte order; 0: none
 * @remote_port: likewise
 * @netns: inode of its network namespace
 */
struct cordon_socket_info {
	struct cordon_label *label;
	u32 tgid;
	u16 family;
	u8 protocol;
	enum cordon_flow_state state;
	struct cordon_address local;
	struct cordon_address remote;
	u16 local_port;
	u16 remote_port;
	u32 netns;
};

/**
 * typedef cordon_socket_visit_t - what cordon_socket_walk() calls
 * @info: a labelled socket; good for the call
 * @data: the caller's
 *
 * Context: may sleep.
 * Return: 0 to go on, else the walk stops with it.
 */
typedef int (*cordon_socket_visit_t)(const struct cordon_socket_info *info,
				     void *data);

int cordon_socket_walk(unsigned long *cursor, cordon_socket_visit_t visit,
		       void *data);

/* net_packet.c: for the hook of netfilter at local out. */
bool cordon_socket_output(struct sk_buff *skb);

#endif /* _CORDON_SOCKET_H */
