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

#include <linux/seqlock.h>
#include <linux/spinlock.h>
#include <linux/types.h>
#include <uapi/cordon.h>

#include "engine/address.h"
#include "event.h"
#include "table.h"

struct cordon_label;
struct sk_buff;
struct sock;
struct task_struct;

/**
 * struct cordon_socket_key - what a kept verdict holds for
 * @generation: of the policy
 * @workload: of the subject, index in the policy
 * @program: of the subject, likewise
 * @epoch: cordon_segment_epoch()
 * @remote: the other end
 * @remote_port: host byte order, likewise @local_port
 * @local_port: of this end
 * @protocol: IPPROTO_
 * @is_foreign: see struct cordon_net_ends
 * @padding: 0
 * @interface: that it goes by, where segments hold interfaces; else 0
 */
struct cordon_socket_key {
	u64 generation;
	u32 workload;
	u32 program;
	struct cordon_address remote;
	u32 epoch;
	u16 remote_port;
	u16 local_port;
	u8 protocol;
	u8 is_foreign;
	u8 padding[2];
	u32 interface;
};

static_assert(sizeof(struct cordon_socket_key) == 48);

/**
 * struct cordon_socket_verdict - the last that let something pass
 * @sequence: odd while it is written
 * @key: what it holds for; generation 0: there is none
 * @expires: on cordon_segment_clock()
 * @until: jiffies it holds until, if @is_brief
 * @is_brief: only because the peer has spoken, or since it would be denied:
 *	that is told again from time to time
 * @was_accepted: by a rule of `accept`: the peer may be answered
 * @noted: jiffies when that was last noted; apart from @sequence
 */
struct cordon_socket_verdict {
	seqcount_t sequence;
	struct cordon_socket_key key;
	u64 expires;
	unsigned long until;
	bool is_brief;
	bool was_accepted;
	unsigned long noted;
};

/** enum cordon_socket_way - which way something goes */
enum cordon_socket_way {
	CORDON_WAY_IN,
	CORDON_WAY_OUT,
	CORDON_WAY_COUNT
};

/*
 * Calls and packets of one flow may differ in what is known of it, and take
 * turns: neither is to drive out what is kept of the other.
 */
#define CORDON_SOCKET_VIEWS 2

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
 * @label: the entry holds a reference; readers hold cordon_srcu
 * @owner: who made or accepted it
 * @state: enum cordon_flow_state
 * @is_anywhere: it listens where the kernel has chosen
 * @lock: of @verdict and @target; taken with interrupts off
 * @verdict: by way, and by what is known
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
	struct cordon_socket_verdict verdict[CORDON_WAY_COUNT][CORDON_SOCKET_VIEWS];
	struct cordon_socket_target __rcu *target;
};

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
 * @inode: of its file, as /proc/PID/fd shows it; 0: it has none
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
struct cordon_socket *cordon_socket_find(const struct sock *sk);
struct cordon_label *cordon_socket_label(const struct cordon_socket *socket);
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
