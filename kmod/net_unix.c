// SPDX-License-Identifier: GPL-2.0-only
/*
 * Unix sockets: whom one connects, or sends, to.
 *
 * What counts is the socket that the kernel has found, not the name that it
 * looked for: where the kernel asks (under a lock, where no path can be built)
 * the other end's owner and abstract name are read off that socket.  A path is
 * built before, while the call may still sleep, and kept together with the
 * identity of the file that has it; if the socket found is bound to another
 * file, the name is not its own, and the path says nothing.
 *
 * Who listens is not asked whom he accepts: `connect` rules speak of both ends.
 */
#include <linux/dcache.h>
#include <linux/errno.h>
#include <linux/fs.h>
#include <linux/jiffies.h>
#include <linux/namei.h>
#include <linux/slab.h>
#include <linux/socket.h>
#include <linux/stat.h>
#include <linux/string.h>
#include <linux/un.h>
#include <net/af_unix.h>
#include <net/sock.h>

#include "compat.h"
#include "event.h"
#include "generation.h"
#include "handlers.h"
#include "hits.h"
#include "label.h"
#include "net_judge.h"
#include "path.h"
#include "segment.h"

static bool is_bound_to(const struct path *path,
			const struct cordon_socket_target *target)
{
	const struct inode *inode = d_backing_inode(path->dentry);

	return target && inode && inode->i_sb->s_dev == target->device &&
	       inode->i_ino == target->inode &&
	       inode->i_generation == target->inode_generation;
}

/* What a file is called that a socket is bound to; NULL without memory. */
static struct cordon_socket_target *target_new(const struct path *path)
{
	const struct inode *inode = d_backing_inode(path->dentry);
	struct cordon_socket_target *target;
	struct cordon_path name;

	cordon_path_of(&name, path);
	if (name.object.kind == CORDON_OBJECT_PATH && d_unlinked(path->dentry))
		name.object.kind = CORDON_OBJECT_DELETED;
	target = kmalloc(struct_size(target, name, name.object.length + 1),
			 GFP_KERNEL_ACCOUNT);
	if (target) {
		target->device = inode->i_sb->s_dev;
		target->inode = inode->i_ino;
		target->inode_generation = inode->i_generation;
		target->kind = name.object.kind;
		target->length = name.object.length;
		memcpy(target->name, name.object.path, name.object.length);
		target->name[target->length] = '\0';
	}
	cordon_path_put(&name);
	return target;
}

/* @socket: NULL: the policy came while it was looking */
static const struct cordon_socket_target *
target_of(const struct cordon_socket *socket)
{
	return socket ? srcu_dereference(socket->target, &cordon_srcu) : NULL;
}

/* The owner of the other end, as an index of the policy. */
static u32 workload_of(const struct cordon_policy *policy,
		       const struct sock *other)
{
	struct cordon_socket *socket = cordon_socket_find(other);
	struct cordon_subject subject;

	if (!socket)
		return CORDON_NONE;
	cordon_label_resolve(cordon_socket_label(socket), policy, &subject);
	return subject.workload;
}

/*
 * What is bound to a file, but not to the one that was found by the name, has
 * no name that is known: somebody has put another in its place meanwhile.
 */
static void object_of(struct cordon_object *object,
		      const struct cordon_socket *socket,
		      const struct unix_address *address,
		      const struct path *path)
{
	const struct cordon_socket_target *target = target_of(socket);

	if (!address->name->sun_path[0]) {
		object->kind = CORDON_OBJECT_ABSTRACT;
		object->path = address->name->sun_path + 1;
		object->length = address->len -
				 offsetof(struct sockaddr_un, sun_path) - 1;
		return;
	}
	if (path->dentry && is_bound_to(path, target)) {
		object->kind = target->kind;
		object->path = target->name;
		object->length = target->length;
		return;
	}
	object->kind = CORDON_OBJECT_UNNAMEABLE;
	object->path = address->name->sun_path;
	object->length = strnlen(object->path, UNIX_PATH_MAX);
}

/*
 * May current send to this socket.
 *
 * Context: atomic; @other is locked, or held and @path a copy of its own.
 * Return: 0, -EACCES, or CORDON_NET_PASSED: only told.
 */
static long judge(const struct cordon_actor *actor,
		  const struct cordon_socket *socket, const struct sock *other,
		  const struct path *path)
{
	const struct cordon_generation *generation = actor->generation;
	struct cordon_verdict verdict;
	struct cordon_object object;
	struct unix_address *address;
	u32 workload;

	/* Pairs with the kernel's bind: the name is whole. */
	address = smp_load_acquire(&unix_sk(other)->addr);
	/* Without a name it was handed over, or made as one of a pair. */
	if (!address)
		return 0;
	object_of(&object, socket, address, path);
	workload = workload_of(generation->policy, other);
	cordon_policy_decide_unix(generation->policy, &actor->subject, &object,
				  workload, &verdict);
	if (verdict.reason == CORDON_REASON_RULE)
		cordon_hits_count(generation->blocks[verdict.workload]->hits,
				  verdict.rule);
	if (verdict.action == CORDON_ACTION_ALLOW)
		return 0;
	cordon_event_record_unix(generation, &actor->subject, &object,
				 &verdict, workload);
	if (verdict.action == CORDON_ACTION_LEARN)
		return 0;
	return verdict.action == CORDON_ACTION_DENY ? -EACCES :
						       CORDON_NET_PASSED;
}

/*
 * What the name leads to, as current sees it; NULL: to no socket.  May wait for
 * whoever serves the file system.
 */
static struct cordon_socket_target *look_for(const struct sockaddr *address,
					     int length)
{
	const struct sockaddr_un *un = (const struct sockaddr_un *)address;
	const int start = offsetof(struct sockaddr_un, sun_path);
	struct cordon_socket_target *target = NULL;
	char name[UNIX_PATH_MAX + 1];
	struct path path;

	if (length <= start || length > (int)sizeof(*un) ||
	    un->sun_family != AF_UNIX || !un->sun_path[0])
		return NULL;
	memcpy(name, un->sun_path, length - start);
	name[length - start] = '\0';
	/* If there is none, the kernel will say so. */
	if (kern_path(name, LOOKUP_FOLLOW, &path))
		return NULL;
	if (d_backing_inode(path.dentry) &&
	    S_ISSOCK(d_backing_inode(path.dentry)->i_mode))
		target = target_new(&path) ?: ERR_PTR(-ENOMEM);
	path_put(&path);
	return target;
}

/* Before cordon_call_connect(): the same arguments. */
void *cordon_unix_prepare_connect(const unsigned long *arg)
{
	const struct sock *sk = ((struct socket *)arg[0])->sk;

	if (sk->sk_family != AF_UNIX)
		return NULL;
	return look_for((const struct sockaddr *)arg[1], (int)arg[2]);
}

/* Before cordon_call_send(). */
void *cordon_unix_prepare_send(const unsigned long *arg)
{
	const struct sock *sk = ((struct socket *)arg[0])->sk;
	const struct msghdr *msg = (const struct msghdr *)arg[1];

	if (sk->sk_family != AF_UNIX || sk->sk_type != SOCK_DGRAM ||
	    !msg->msg_name)
		return NULL;
	return look_for(msg->msg_name, msg->msg_namelen);
}

/**
 * cordon_unix_connect - a socket is about to be looked for by its name
 * @socket: the entry of who looks
 * @target: what cordon_unix_prepare_connect() or its kin found; given over
 *
 * Nothing is judged before the kernel has found it, too.
 *
 * Context: any; under cordon_srcu.
 * Return: 0 or -ENOMEM.
 */
long cordon_unix_connect(struct cordon_socket *socket,
			 struct cordon_socket_target *target)
{
	if (IS_ERR(target))
		return PTR_ERR(target);
	if (target)
		cordon_socket_aim(socket, target);
	return 0;
}

/* The path that a socket is bound to; to be put.  False: to none. */
static bool path_get_of(struct sock *other, struct path *path)
{
	spin_lock(&unix_sk(other)->lock);
	*path = unix_sk(other)->path;
	if (path->dentry)
		path_get(path);
	spin_unlock(&unix_sk(other)->lock);
	return path->dentry;
}

/* A stream that was accepted, now or (then it has a name) before the policy. */
static bool was_accepted(const struct cordon_socket *socket)
{
	u8 state = READ_ONCE(socket->state);

	return state == CORDON_FLOW_INBOUND ||
	       socket->sk->sk_state == TCP_LISTEN ||
	       (state == CORDON_FLOW_OPEN &&
		READ_ONCE(unix_sk(socket->sk)->addr));
}

/**
 * cordon_unix_is_answered - may a stream be used without being judged again
 * @socket: the entry
 * @who: who uses it
 *
 * Context: any; under RCU.
 */
bool cordon_unix_is_answered(const struct cordon_socket *socket, u64 who)
{
	const struct cordon_kept_key key = { .who = who };

	return socket->sk->sk_type != SOCK_DGRAM &&
	       (was_accepted(socket) ||
		cordon_kept_holds(&socket->kept[0], &key));
}

/**
 * cordon_unix_use - current talks to the other end of its socket
 * @actor: current
 * @socket: the entry
 *
 * Streams are judged again when the policy or the user has changed.  Datagrams
 * are judged by cordon_unix_datagram(), which follows.
 *
 * Context: may sleep; under cordon_srcu.
 * Return: 0, -EACCES or -ENOMEM.
 */
long cordon_unix_use(const struct cordon_actor *actor,
		     struct cordon_socket *socket)
{
	const u64 who = cordon_actor_who(actor);
	bool is_stream = socket->sk->sk_type != SOCK_DGRAM;
	struct cordon_kept keep_as = { .key.who = who };
	struct path path = { };
	struct sock *other;
	long result = 0;

	if (cordon_unix_is_answered(socket, who))
		return 0;
	other = unix_peer_get(socket->sk);
	if (!other)
		return 0;
	if (path_get_of(other, &path)) {
		if (!is_bound_to(&path, target_of(socket)))
			result = cordon_unix_connect(socket,
						     target_new(&path) ?:
						     ERR_PTR(-ENOMEM));
	} else if (is_stream && sock_flag(other, SOCK_DEAD)) {
		/* It has closed, and its name is gone: what it said is left. */
		sock_put(other);
		return 0;
	}
	if (!result && is_stream) {
		result = judge(actor, socket, other, &path);
		if (result == CORDON_NET_PASSED)
			cordon_kept_limit(&keep_as, jiffies + HZ);
		if (result >= 0)
			cordon_kept_put(socket, 0, &keep_as);
	}
	path_put(&path);
	sock_put(other);
	return result == CORDON_NET_PASSED ? 0 : result;
}

/*
 * security_unix_stream_connect(): (struct sock *, struct sock *other, struct
 * sock *new): the end that will be accepted gets the label of who listens.
 *
 * Context: atomic; both are locked.
 */
long cordon_unix_stream(const unsigned long *arg)
{
	const struct sock *other = (const struct sock *)arg[1];
	struct sock *sk = (struct sock *)arg[0];
	struct cordon_socket *socket;
	struct cordon_actor actor;
	long result;

	if (cordon_net_is_kernel(sk) || !cordon_actor_get(&actor))
		return 0;
	socket = cordon_socket_find(sk);
	result = judge(&actor, socket, other, &unix_sk(other)->path);
	if (result < 0)
		return result;
	if (socket)
		WRITE_ONCE(socket->state, CORDON_FLOW_OUTBOUND);
	return cordon_socket_copy(other, (struct sock *)arg[2],
				  CORDON_FLOW_INBOUND);
}

/*
 * security_unix_may_send(): (struct socket *, struct socket *other): for each
 * datagram, and when one connects.
 *
 * Context: atomic; the other is locked, and has not been closed.
 */
long cordon_unix_datagram(const unsigned long *arg)
{
	const struct socket *to = (const struct socket *)arg[1];
	const struct sock *sk = ((struct socket *)arg[0])->sk;
	struct cordon_actor actor;
	long result;

	if (cordon_net_is_kernel(sk) || !cordon_actor_get(&actor))
		return 0;
	result = judge(&actor, cordon_socket_find(sk), to->sk,
		       &unix_sk(to->sk)->path);
	return result == CORDON_NET_PASSED ? 0 : result;
}
