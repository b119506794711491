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

#include <linux/spinlock.h>
#include <linux/types.h>
#include <uapi/cordon.h>

#include "engine/address.h"
#include "event.h"
#include "net_kept.h"
#include "table.h"

struct cordon_label;
struct sk_buff;
struct sock;
struct task_struct;

/**
 * struct cordon_socket_target - the unix socket that one may send to
 * @rcu: for the deferred free
 * @device: of the file that it is bound to
 * @inode: number of that file
 * @inode_generation: of that number
 * @kind: enum cordon_object_kind
 * @length: of @name, in bytes
 * @name: as it was called when it was looked up
 */
struct cordon_socket_target {
	struct rcu_head rcu;
	dev_t device;
	u64 inode;
	u32 inode_generation;
	u8 kind;
	u16 length;
	char name[];
};

/**
 * struct cordon_socket - the label of one socket
 * @entry: its key is @sk
 * @sk: followed only where the caller holds it, or under the bucket's lock
 * @label: the entry holds a reference; readers hold cordon_srcu or RCU
 * @owner: who made or accepted it
 * @state: enum cordon_flow_state
 * @is_anywhere: it listens where the kernel has chosen
 * @lock: of who writes @kept; taken with interrupts off
 * @plain: of TCP or UDP, over IPv4 or IPv6: the protocol's part of
 *	cordon_kept_flow(); else CORDON_KEPT_NOT_PLAIN
 * @kept: verdicts, by cordon_kept_slot()
 * @target: unix sockets; readers hold cordon_srcu
 */
struct cordon_socket {
	struct cordon_table_entry entry;
	struct sock *sk;
	struct cordon_label __rcu *label;
	struct cordon_event_owner owner;
	u8 state;
	bool is_anywhere;
	spinlock_t lock;
	u64 plain;
	struct cordon_kept kept[CORDON_KEPT_SLOTS];
	struct cordon_socket_target __rcu *target;
};

CORDON_TABLE_DECLARE(cordon_sockets, 14);

static inline struct cordon_socket *
cordon_socket_of(struct cordon_table_entry *entry)
{
	static_assert(offsetof(struct cordon_socket, entry) == 0);
	return container_of(entry, struct cordon_socket, entry);
}

/**
 * cordon_socket_find - the entry of a socket
 * @sk: any socket
 *
 * Context: any; under cordon_srcu or RCU, which keep the entry.
 * Return: the entry or NULL.
 */
static inline struct cordon_socket *cordon_socket_find(const struct sock *sk)
{
	struct cordon_table_entry *entry =
		cordon_table_find(&cordon_sockets, sk);

	return entry ? cordon_socket_of(entry) : NULL;
}

/** cordon_socket_label - whose it is; any context, under cordon_srcu or RCU */
static inline struct cordon_label *
cordon_socket_label(const struct cordon_socket *socket)
{
	return rcu_dereference_check(socket->label, cordon_table_is_held());
}

/**
 * struct cordon_socket_info - what is told of a labelled socket
 * @label: whose it is
 * @net: its network namespace; good for the visit
 * @tgid: who made or accepted it, initial pid namespace; 0: not known
 * @uid: likewise, initial user namespace
 * @family: AF_
 * @protocol: IPPROTO_
 * @state: what it is doing
 * @local: zero for other families than inet and inet6, likewise @remote
 * @remote: zero without a peer
 * @local_port: host byte order; 0: none
 * @remote_port: likewise
 * @netns: inode of its network namespace
 * @inode: of its file, as /proc/PID/fd shows it; 0: it has none
 */
struct cordon_socket_info {
	struct cordon_label *label;
	struct net *net;
	u32 tgid;
	u32 uid;
	u16 family;
	u8 protocol;
	enum cordon_flow_state state;
	struct cordon_address local;
	struct cordon_address remote;
	u16 local_port;
	u16 remote_port;
	u32 netns;
	u64 inode;
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

int cordon_socket_init(void);
void cordon_socket_exit(void);

bool cordon_socket_exists(const struct sock *sk);
int cordon_socket_set(struct sock *sk, struct cordon_label *label,
		      enum cordon_flow_state state,
		      const struct cordon_event_owner *owner, gfp_t gfp);
int cordon_socket_copy(const struct sock *from, struct sock *to,
		       enum cordon_flow_state state);
void cordon_socket_remove(struct sock *sk);
void cordon_socket_aim(struct cordon_socket *socket,
		       struct cordon_socket_target *target);
struct cordon_label *cordon_socket_host_label(void);
void cordon_socket_adopt_files(struct task_struct *task,
			       struct cordon_label *label);

int cordon_socket_walk(struct cordon_table_cursor *cursor,
		       cordon_socket_visit_t visit, void *data);

/* net_packet.c: for the hook of netfilter at local out. */
bool cordon_socket_output(struct sk_buff *skb);

#endif /* _CORDON_SOCKET_H */
