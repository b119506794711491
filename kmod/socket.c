// SPDX-License-Identifier: GPL-2.0-only
#include <linux/fdtable.h>
#include <linux/file.h>
#include <linux/net.h>
#include <linux/sched.h>
#include <linux/sched/task.h>
#include <linux/slab.h>
#include <linux/spinlock.h>
#include <linux/string.h>
#include <linux/user_namespace.h>
#include <net/inet_sock.h>
#include <net/net_namespace.h>
#include <net/sock.h>

#include "compat.h"
#include "generation.h"
#include "label.h"
#include "net_judge.h"
#include "socket.h"

static struct kmem_cache *entries;
static struct cordon_label *host_label;

static void target_free(struct rcu_head *rcu)
{
	kfree(container_of(rcu, struct cordon_socket_target, rcu));
}

void cordon_sockets_free(struct cordon_table_entry *entry)
{
	struct cordon_socket *socket = cordon_socket_of(entry);

	cordon_label_put(rcu_dereference_protected(socket->label, true));
	kfree(rcu_dereference_protected(socket->target, true));
	kmem_cache_free(entries, socket);
}

CORDON_TABLE(cordon_sockets);

/*
 * What is freed is as it is here: nobody holds the lock, nobody writes a
 * verdict.  With a constructor, a kernel that clears what it hands out leaves
 * entries alone: most of one are verdicts that a new socket has none of.
 */
static void socket_construct(void *object)
{
	struct cordon_socket *socket = object;
	unsigned int slot;

	memset(socket, 0, sizeof(*socket));
	spin_lock_init(&socket->lock);
	for (slot = 0; slot < CORDON_KEPT_SLOTS; slot++)
		seqcount_init(&socket->kept[slot].sequence);
}

/**
 * cordon_socket_exists - has this socket an entry
 * @sk: any socket, or the address one had
 *
 * Context: any.
 */
bool cordon_socket_exists(const struct sock *sk)
{
	return cordon_table_exists(&cordon_sockets, sk);
}

/** cordon_socket_host_label - that of the host's sockets; lives for ever */
struct cordon_label *cordon_socket_host_label(void)
{
	return host_label;
}

static struct cordon_socket *socket_new(struct sock *sk,
					struct cordon_label *label,
					enum cordon_flow_state state,
					const struct cordon_event_owner *owner,
					gfp_t gfp)
{
	struct cordon_socket *socket = kmem_cache_alloc(entries, gfp);

	if (!socket)
		return NULL;
	refcount_inc(&label->references);
	RCU_INIT_POINTER(socket->label, label);
	RCU_INIT_POINTER(socket->target, NULL);
	socket->entry.key = sk;
	socket->sk = sk;
	socket->state = state;
	socket->is_anywhere = false;
	socket->owner = *owner;
	socket->plain = CORDON_KEPT_NOT_PLAIN;
	if (cordon_net_is_inet(sk) && sk->sk_type != SOCK_RAW &&
	    (sk->sk_protocol == IPPROTO_TCP || sk->sk_protocol == IPPROTO_UDP))
		socket->plain = cordon_kept_flow(sk->sk_protocol, 0, 0, false);
	return socket;
}

/* Does only the process change that has it? */
static bool is_same(const struct cordon_socket *a, const struct cordon_socket *b)
{
	return rcu_access_pointer(a->label) == rcu_access_pointer(b->label) &&
	       READ_ONCE(a->state) == b->state;
}

/*
 * Is nothing to be changed?  What is accepted by who listens has got all of it
 * already, when it was cloned.
 */
static bool has_it(const struct sock *sk, const struct cordon_label *label,
		   enum cordon_flow_state state,
		   const struct cordon_event_owner *owner)
{
	const struct cordon_socket *socket = cordon_socket_find(sk);

	return socket && rcu_access_pointer(socket->label) == label &&
	       READ_ONCE(socket->state) == state &&
	       !memcmp(&socket->owner, owner, sizeof(*owner));
}

/* @fresh takes the place of what @sk had, and over what it may send to. */
static void socket_replace(struct cordon_socket *fresh,
			   struct cordon_socket *old)
{
	struct cordon_socket_target *target;

	target = rcu_replace_pointer(old->target, NULL,
				     cordon_table_is_locked(&cordon_sockets,
							    fresh->sk));
	/* The free of @old finds nothing. */
	RCU_INIT_POINTER(fresh->target, target);
	cordon_table_replace(&cordon_sockets, &old->entry, &fresh->entry);
}

/*
 * @from: NULL, or the listener that begets it: if that has kept what let the SYN
 * in, it holds for what follows
 */
static int socket_set(struct sock *sk, struct cordon_label *label,
		      enum cordon_flow_state state,
		      const struct cordon_event_owner *owner,
		      const struct cordon_socket *from, gfp_t gfp)
{
	struct cordon_socket *fresh;
	struct cordon_socket *old;
	unsigned long flags;

	fresh = socket_new(sk, label, state, owner, gfp);
	if (!fresh)
		return -ENOMEM;
	flags = cordon_table_lock(&cordon_sockets, sk);
	old = cordon_socket_find(sk);
	if (old && is_same(old, fresh))
		from = old;
	cordon_kept_init(fresh, from);
	if (old)
		socket_replace(fresh, old);
	else
		cordon_table_add(&cordon_sockets, &fresh->entry);
	cordon_table_unlock(&cordon_sockets, sk, flags);
	return 0;
}

/**
 * cordon_socket_set - give a socket a label, whatever it had
 * @sk: held by the caller
 * @label: the caller holds a reference or cordon_srcu; the table takes its own
 * @state: what it is doing
 * @owner: whose it is from now on
 * @gfp: for the entry
 *
 * Context: as @gfp; under cordon_srcu.
 * Return: 0 or -ENOMEM, then the socket has what it had.
 */
int cordon_socket_set(struct sock *sk, struct cordon_label *label,
		      enum cordon_flow_state state,
		      const struct cordon_event_owner *owner, gfp_t gfp)
{
	if (has_it(sk, label, state, owner))
		return 0;
	return socket_set(sk, label, state, owner, NULL, gfp);
}

/**
 * cordon_socket_copy - a socket begets another
 * @from: perhaps labelled
 * @to: new; gets the same label
 * @state: what it is doing
 *
 * Context: any; under cordon_srcu.
 * Return: 0 or -ENOMEM.
 */
int cordon_socket_copy(const struct sock *from, struct sock *to,
		       enum cordon_flow_state state)
{
	struct cordon_socket *socket = cordon_socket_find(from);

	if (!socket)
		return 0;
	return socket_set(to, cordon_socket_label(socket), state,
			  &socket->owner, socket, GFP_ATOMIC | __GFP_NOWARN);
}

/**
 * cordon_socket_remove - a socket is gone
 * @sk: its address is about to be free for another
 *
 * Context: any.
 */
void cordon_socket_remove(struct sock *sk)
{
	cordon_table_forget(&cordon_sockets, sk);
}

/**
 * cordon_socket_aim - remember which unix socket one sends to
 * @socket: the sender
 * @target: given over; NULL: none
 *
 * Context: any; under cordon_srcu.
 */
void cordon_socket_aim(struct cordon_socket *socket,
		       struct cordon_socket_target *target)
{
	struct cordon_table_entry *entry;
	unsigned long flags;

	flags = cordon_table_lock(&cordon_sockets, socket->sk);
	/* It may have been replaced, by a sweep, since it was found. */
	entry = cordon_table_find(&cordon_sockets, socket->sk);
	if (entry)
		target = rcu_replace_pointer(cordon_socket_of(entry)->target, target,
					     cordon_table_is_locked(&cordon_sockets, socket->sk));
	cordon_table_unlock(&cordon_sockets, socket->sk, flags);
	if (target)
		call_srcu(&cordon_srcu, &target->rcu, target_free);
}

/* --- sockets that were open before -------------------------------------- */

/* For iterate_fd(). */
struct adoption {
	const struct cordon_policy *policy;
	struct cordon_label *label;
	struct cordon_event_owner owner;
	u32 failed;
};

/* May a socket get the adopter's label: nobody's is it, or only the host's. */
static bool is_up_for_adoption(const struct adoption *adoption,
			       const struct sock *sk)
{
	struct cordon_socket *socket = cordon_socket_find(sk);
	struct cordon_subject subject;

	if (!socket)
		return true;
	if (adoption->label == host_label)
		return false;
	cordon_label_resolve(cordon_socket_label(socket), adoption->policy,
			     &subject);
	return subject.workload == CORDON_NONE ||
	       cordon_socket_label(socket) == host_label;
}

static enum cordon_flow_state state_of(const struct sock *sk)
{
	return sk->sk_state == TCP_LISTEN ? CORDON_FLOW_LISTENING :
					    CORDON_FLOW_OPEN;
}

/* Context: the table of files is locked. */
static int adopt_file(const void *data, struct file *file, unsigned int fd)
{
	/* iterate_fd() takes a const pointer, whatever is behind it. */
	struct adoption *adoption = (struct adoption *)data;
	struct socket *socket = sock_from_file(file);
	struct sock *sk = socket ? READ_ONCE(socket->sk) : NULL;

	if (sk && is_up_for_adoption(adoption, sk) &&
	    cordon_socket_set(sk, adoption->label, state_of(sk),
			      &adoption->owner, GFP_ATOMIC | __GFP_NOWARN))
		adoption->failed++;
	return 0;
}

/**
 * cordon_socket_adopt_files - label the sockets that a task has open
 * @task: current, or referenced
 * @label: whose they are to be, as far as they are nobody's yet
 *
 * What there is no memory for is adopted when it is used.
 *
 * Context: may sleep; under cordon_srcu.
 */
void cordon_socket_adopt_files(struct task_struct *task,
			       struct cordon_label *label)
{
	struct adoption adoption = {
		.policy = cordon_generation_get()->policy,
		.label = label,
	};

	rcu_read_lock();
	adoption.owner.pid = task_pid_nr(task);
	adoption.owner.tgid = task_tgid_nr(task);
	adoption.owner.parent = task_tgid_nr(rcu_dereference(task->real_parent));
	adoption.owner.uid = from_kuid(&init_user_ns, __task_cred(task)->uid);
	/* Who is dead by now, and has no leader any more, is not to be found. */
	if (pid_alive(task))
		adoption.owner.start = task->group_leader->start_boottime;
	rcu_read_unlock();
	strscpy_pad(adoption.owner.comm, task->comm,
		    sizeof(adoption.owner.comm));
	task_lock(task);
	if (task->files)
		iterate_fd(task->files, 0, adopt_file, &adoption);
	task_unlock(task);
	if (adoption.failed)
		pr_err("no memory to label %u sockets of pid %d; they are labelled when they are used\n",
		       adoption.failed, adoption.owner.pid);
}

/* --- looking at them ---------------------------------------------------- */

/* What a visit holds on to. */
struct visited {
	struct sock *sk;
	struct cordon_socket_info info;
};

/* Those that are on their way out are passed over: so may be their namespace. */
static bool socket_hold(struct cordon_table_entry *entry, void *data)
{
	const struct cordon_socket *socket = cordon_socket_of(entry);
	struct visited *visited = data;

	if (!refcount_inc_not_zero(&socket->sk->sk_refcnt))
		return false;
	visited->sk = socket->sk;
	/* Under the lock. */
	visited->info.label = rcu_dereference_protected(socket->label, true);
	visited->info.tgid = socket->owner.tgid;
	visited->info.uid = socket->owner.uid;
	visited->info.state = READ_ONCE(socket->state);
	return true;
}

static void info_fill(struct cordon_socket_info *info, const struct sock *sk)
{
	struct cordon_net_ends ends;

	info->family = sk->sk_family;
	info->protocol = cordon_net_protocol(sk);
	info->net = sock_net(sk);
	info->netns = info->net->ns.inum;
	cordon_net_ends_of_socket(&ends, sk);
	info->local = ends.local;
	info->remote = ends.remote;
	info->local_port = ends.local_port;
	info->remote_port = ends.remote_port;
	if (sk->sk_state == TCP_LISTEN)
		info->state = CORDON_FLOW_LISTENING;
}

/**
 * cordon_socket_walk - visit labelled sockets
 * @cursor: zero at the start; where to go on in a later call
 * @visit: called for each
 * @data: for @visit
 *
 * See cordon_table_next() for sockets that come or go meanwhile.
 *
 * Context: may sleep; under cordon_srcu.
 * Return: 0 at the end, or what @visit returned; the visit that stopped the
 * walk is repeated by the next call.
 */
int cordon_socket_walk(struct cordon_table_cursor *cursor,
		       cordon_socket_visit_t visit, void *data)
{
	struct visited visited;
	int err;

	for (; cordon_table_next(&cordon_sockets, cursor, socket_hold, &visited);
	     cordon_table_step(cursor)) {
		info_fill(&visited.info, visited.sk);
		visited.info.inode = sock_i_ino(visited.sk);
		err = visit(&visited.info, data);
		sock_put(visited.sk);
		if (err)
			return err;
	}
	return 0;
}

int cordon_socket_init(void)
{
	cordon_table_init(&cordon_sockets);
	host_label = cordon_label_new("", 0, "", 0, "", 0);
	if (!host_label)
		return -ENOMEM;
	entries = kmem_cache_create("cordon_socket",
				    sizeof(struct cordon_socket), 0,
				    SLAB_ACCOUNT, socket_construct);
	if (!entries) {
		cordon_label_put(host_label);
		return -ENOMEM;
	}
	return 0;
}

/**
 * cordon_socket_exit - forget all sockets
 *
 * Context: may sleep; the hooks are detached, labels are still to be freed.
 */
void cordon_socket_exit(void)
{
	cordon_table_exit(&cordon_sockets);
	cordon_label_put(host_label);
	/* What they could send to, and the label. */
	srcu_barrier(&cordon_srcu);
	kmem_cache_destroy(entries);
}
