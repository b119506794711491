// SPDX-License-Identifier: GPL-2.0-only
/*
 * Reading what is learnt, and forgetting it.  Who reads holds RCU for one
 * message at a time, and nobody up.
 */
#include <linux/rcupdate.h>
#include <linux/string.h>

#include "behaviour.h"
#include "compat.h"
#include "engine/names.h"
#include "event.h"
#include "netlink.h"

/* cb->args: where to go on. */
enum { ARG_INDEX };

static int put_text(struct sk_buff *skb, int attribute,
		    const struct cordon_behaviours *table, u32 text)
{
	const struct cordon_ring_text found =
		cordon_behaviours_text(table, text);

	return found.length ?
	       nla_put(skb, attribute, found.length + 1, found.text) : 0;
}

static int put_u64(struct sk_buff *skb, int attribute, u64 value)
{
	return nla_put_u64_64bit(skb, attribute, value,
				 CORDON_BEHAVIOUR_A_PAD);
}

static int flow_fill(struct sk_buff *skb,
		     const struct cordon_behaviour *behaviour)
{
	char text[CORDON_EVENT_PEER_TEXT];
	int address = CORDON_BEHAVIOUR_A_REMOTE;
	int port = CORDON_BEHAVIOUR_A_LOCAL_PORT;

	if (behaviour->op == CORDON_OP_LISTEN)
		address = CORDON_BEHAVIOUR_A_LOCAL;
	if (behaviour->op == CORDON_OP_CONNECT)
		port = CORDON_BEHAVIOUR_A_REMOTE_PORT;
	cordon_event_peer_print(text, behaviour->op, behaviour->protocol,
				behaviour->port, &behaviour->address);
	return nla_put_string(skb, CORDON_BEHAVIOUR_A_OBJECT, text) ?:
	       nla_put_u8(skb, CORDON_BEHAVIOUR_A_PROTOCOL,
			  behaviour->protocol) ?:
	       nla_put(skb, address, sizeof(behaviour->address),
		       &behaviour->address) ?:
	       nla_put_u16(skb, port, behaviour->port);
}

static int rule_fill(struct sk_buff *skb,
		     const struct cordon_behaviours *table,
		     const struct cordon_behaviour *behaviour)
{
	return nla_put_u32(skb, CORDON_BEHAVIOUR_A_RULE,
			   behaviour->rule_id) ?:
	       put_text(skb, CORDON_BEHAVIOUR_A_RULE_TEXT, table,
			behaviour->rule) ?:
	       put_text(skb, CORDON_BEHAVIOUR_A_RULE_FILE, table,
			behaviour->file) ?:
	       nla_put_u32(skb, CORDON_BEHAVIOUR_A_RULE_LINE,
			   behaviour->rule_line);
}

static int behaviour_fill(struct sk_buff *skb,
			  const struct cordon_behaviours *table,
			  const struct cordon_behaviour *behaviour)
{
	const u8 flags = READ_ONCE(behaviour->flags);

	if (put_text(skb, CORDON_BEHAVIOUR_A_WORKLOAD, table,
		     behaviour->workload) ||
	    put_text(skb, CORDON_BEHAVIOUR_A_PROGRAM, table,
		     behaviour->program) ||
	    (flags & CORDON_BEHAVIOUR_UNLISTED &&
	     nla_put_flag(skb, CORDON_BEHAVIOUR_A_UNLISTED)) ||
	    nla_put_u32(skb, CORDON_BEHAVIOUR_A_UID, behaviour->uid) ||
	    nla_put_u8(skb, CORDON_BEHAVIOUR_A_OP, behaviour->op) ||
	    nla_put_u8(skb, CORDON_BEHAVIOUR_A_KIND, behaviour->kind) ||
	    nla_put_u8(skb, CORDON_BEHAVIOUR_A_ACTION, behaviour->action) ||
	    nla_put_u8(skb, CORDON_BEHAVIOUR_A_REASON, behaviour->reason) ||
	    (flags & CORDON_BEHAVIOUR_HELD &&
	     nla_put_flag(skb, CORDON_BEHAVIOUR_A_HELD)) ||
	    put_u64(skb, CORDON_BEHAVIOUR_A_NUMBER,
		    READ_ONCE(behaviour->count)) ||
	    put_u64(skb, CORDON_BEHAVIOUR_A_FIRST, behaviour->first) ||
	    put_u64(skb, CORDON_BEHAVIOUR_A_LAST,
		    READ_ONCE(behaviour->last)) ||
	    put_text(skb, CORDON_BEHAVIOUR_A_SEGMENTS, table,
		     behaviour->segments) ||
	    put_text(skb, CORDON_BEHAVIOUR_A_PEER, table, behaviour->peer))
		return -EMSGSIZE;
	if (flags & CORDON_BEHAVIOUR_RULED &&
	    rule_fill(skb, table, behaviour))
		return -EMSGSIZE;
	if (behaviour->kind == CORDON_OBJECT_PEER)
		return flow_fill(skb, behaviour);
	return put_text(skb, CORDON_BEHAVIOUR_A_OBJECT, table,
			behaviour->object);
}

static int behaviour_put(struct sk_buff *skb, struct netlink_callback *cb,
			 const struct cordon_behaviours *table,
			 const struct cordon_behaviour *behaviour)
{
	struct nlattr *nest;
	void *head;

	head = cordon_dump_item_begin(skb, cb, CORDON_CMD_BEHAVIOUR_DUMP,
				      CORDON_A_BEHAVIOUR, &nest);
	if (!head)
		return -EMSGSIZE;
	return cordon_dump_item_end(skb, head, nest,
				    behaviour_fill(skb, table, behaviour));
}

/** cordon_behaviour_dump - CORDON_CMD_BEHAVIOUR_DUMP; context: may sleep */
int cordon_behaviour_dump(struct sk_buff *skb, struct netlink_callback *cb)
{
	const struct nlattr *name = cordon_dump_attrs(cb)[CORDON_A_NAME];
	const struct cordon_behaviour *behaviour;
	const struct cordon_behaviours *table;
	u32 wanted = 0;
	int err = 0;

	rcu_read_lock();
	table = cordon_behaviour_table();
	if (table && name)
		wanted = cordon_behaviours_name(table, nla_data(name),
						strlen(nla_data(name)));
	if (!table || (name && !wanted))
		goto out;
	while (cb->args[ARG_INDEX] < cordon_observe(&table->high)) {
		behaviour = cordon_behaviours_at(table,
						 cb->args[ARG_INDEX] + 1);
		if (behaviour && (!name || behaviour->workload == wanted))
			err = behaviour_put(skb, cb, table, behaviour);
		if (err)
			break;
		cb->args[ARG_INDEX]++;
	}
out:
	rcu_read_unlock();
	return skb->len ?: err;
}

static int learner_fill(struct sk_buff *skb,
			const struct cordon_behaviours *table,
			const struct cordon_learner *learner)
{
	return put_text(skb, CORDON_LEARNING_A_WORKLOAD, table,
			learner->name) ?:
	       nla_put_u32(skb, CORDON_LEARNING_A_BEHAVIOURS,
			   learner->used) ?:
	       put_u64(skb, CORDON_LEARNING_A_SINCE, learner->since) ?:
	       put_u64(skb, CORDON_LEARNING_A_NEWEST, learner->newest) ?:
	       nla_put(skb, CORDON_LEARNING_A_DROPPED,
		       sizeof(learner->dropped), learner->dropped) ?:
	       (learner->full ? put_u64(skb, CORDON_LEARNING_A_FULL,
					learner->full) : 0);
}

/** cordon_learning_dump - CORDON_CMD_LEARNING_DUMP; context: may sleep */
int cordon_learning_dump(struct sk_buff *skb, struct netlink_callback *cb)
{
	const struct cordon_behaviours *table;
	struct nlattr *nest;
	int err = 0;
	void *head;

	static_assert((int)CORDON_LEARNING_A_PAD == (int)CORDON_BEHAVIOUR_A_PAD);
	rcu_read_lock();
	table = cordon_behaviour_table();
	for (; table && cb->args[ARG_INDEX] <
			cordon_observe(&table->learner_count);
	     cb->args[ARG_INDEX]++) {
		const struct cordon_learner *learner =
			&table->learners[cb->args[ARG_INDEX]];

		if (!READ_ONCE(learner->since))
			continue;
		head = cordon_dump_item_begin(skb, cb,
					      CORDON_CMD_LEARNING_DUMP,
					      CORDON_A_LEARNING, &nest);
		err = head ? cordon_dump_item_end(skb, head, nest,
						  learner_fill(skb, table,
							       learner)) :
			     -EMSGSIZE;
		if (err)
			break;
	}
	rcu_read_unlock();
	return skb->len ?: err;
}

/** cordon_behaviour_forget - CORDON_CMD_BEHAVIOUR_CLEAR; context: may sleep */
int cordon_behaviour_forget(struct sk_buff *skb, struct genl_info *info)
{
	const struct nlattr *name = info->attrs[CORDON_A_NAME];

	if (!name)
		return cordon_netlink_refuse(info->extack, NULL,
					     "the name of a workload is needed",
					     -EINVAL);
	if (!cordon_behaviour_clear(nla_data(name)))
		return cordon_netlink_refuse(info->extack, name,
					     "nothing is recorded of a workload of that name",
					     -ENOENT);
	return 0;
}
