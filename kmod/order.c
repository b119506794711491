// SPDX-License-Identifier: GPL-2.0-only
/*
 * Responses by hand: begun, ended, answered, listed.
 */
#include <linux/kernel.h>
#include <linux/ktime.h>
#include <linux/pid.h>
#include <linux/pid_namespace.h>
#include <linux/rcupdate.h>
#include <linux/srcu.h>
#include <linux/string.h>
#include <net/net_namespace.h>

#include "blocked.h"
#include "engine/respond.h"
#include "generation.h"
#include "label.h"
#include "measure.h"
#include "net_judge.h"
#include "netlink.h"
#include "pending.h"
#include "respond.h"
#include "segment.h"

/* Of whom evidence is taken. */
#define WITH_EVIDENCE	(1U << CORDON_RESPONSE_KILL | \
			 1U << CORDON_RESPONSE_KILL_WORKLOAD | \
			 1U << CORDON_RESPONSE_SUSPEND)

static struct netlink_range_validation ttl_range = {
	.min = 1,
	.max = CORDON_TTL_MAX,
};

static const struct nla_policy measure_policy[CORDON_MEASURE_A_COUNT] = {
	[CORDON_MEASURE_A_RESPONSE] =
		NLA_POLICY_MAX(NLA_U8, CORDON_RESPONSE_COUNT - 1),
	[CORDON_MEASURE_A_WORKLOAD] = CORDON_NETLINK_TEXT(CORDON_NAME_MAX),
	[CORDON_MEASURE_A_ADDRESS] = NLA_POLICY_EXACT_LEN(16),
	[CORDON_MEASURE_A_TTL] = NLA_POLICY_FULL_RANGE(NLA_U32, &ttl_range),
	[CORDON_MEASURE_A_ID] = { .type = NLA_U32 },
	[CORDON_MEASURE_A_TGID] = { .type = NLA_U32 },
	[CORDON_MEASURE_A_END] = { .type = NLA_FLAG },
	[CORDON_MEASURE_A_EVIDENCE] = { .type = NLA_FLAG },
};

const struct nla_policy cordon_order_policy[CORDON_A_COUNT] = {
	[CORDON_A_MEASURE] = NLA_POLICY_NESTED(measure_policy),
};

static int measure_parse(const struct genl_info *info, struct nlattr **tb)
{
	const struct nlattr *nest = info->attrs[CORDON_A_MEASURE];
	const struct nlattr *attr;
	int rest;
	int err;

	if (!nest)
		return cordon_netlink_refuse(info->extack, NULL,
					     "what is to be done is missing",
					     -EINVAL);
	err = nla_parse_nested(tb, CORDON_MEASURE_A_COUNT - 1, nest,
			       measure_policy, info->extack);
	if (err)
		return err;
	/* Parsing takes the last one: nobody is killed for what came first. */
	nla_for_each_nested(attr, nest, rest)
		if (attr != tb[nla_type(attr)])
			return cordon_netlink_refuse(info->extack, attr,
						     "an order says each thing once",
						     -EINVAL);
	return 0;
}

static int refuse(const struct genl_info *info, const char *why, int err)
{
	return cordon_netlink_refuse(info->extack,
				     info->attrs[CORDON_A_MEASURE], why, err);
}

/* --- workloads ---------------------------------------------------------------- */

/* Is there such a workload, other than the host? */
static int workload_check(const struct genl_info *info, const char *name)
{
	const struct cordon_policy *policy;
	int err = 0;
	u32 index;
	int srcu;

	srcu = srcu_read_lock(&cordon_srcu);
	policy = cordon_generation_get()->policy;
	index = cordon_policy_workload(policy, name, strlen(name));
	if (index == CORDON_NONE)
		err = refuse(info, "no workload of that name is loaded",
			     -ENOENT);
	else if (index == cordon_policy_host(policy))
		err = refuse(info, "that is the whole host: nobody could undo it",
			     -EINVAL);
	srcu_read_unlock(&cordon_srcu, srcu);
	return err;
}

static int measure_end(const struct genl_info *info,
		       const struct cordon_deed *deed, bool suspended)
{
	const struct cordon_deed_cause cause = { .is_order = true };

	if (!cordon_measure_end(deed->workload, suspended ?
				CORDON_MEASURE_SUSPEND :
				CORDON_MEASURE_QUARANTINE))
		return refuse(info, suspended ?
			      "no workload of that name is suspended" :
			      "no workload of that name is in quarantine",
			      -ENOENT);
	cordon_respond_tell(deed, &cause, CORDON_PHASE_END);
	return 0;
}

static int workload_order(const struct genl_info *info, struct nlattr **tb,
			  enum cordon_response response,
			  struct cordon_deed *deed)
{
	const struct cordon_deed_cause cause = { .is_order = true };
	int err;

	if (!tb[CORDON_MEASURE_A_WORKLOAD])
		return refuse(info, "the name of a workload is needed",
			      -EINVAL);
	strscpy(deed->workload, nla_data(tb[CORDON_MEASURE_A_WORKLOAD]),
		sizeof(deed->workload));
	if (response == CORDON_RESPONSE_KILL_WORKLOAD &&
	    (deed->steps || tb[CORDON_MEASURE_A_END]))
		return refuse(info, "a kill does not last, and has no end",
			      -EINVAL);
	/* What is in force of a workload that was unloaded can be ended. */
	if (tb[CORDON_MEASURE_A_END])
		return measure_end(info, deed,
				   response == CORDON_RESPONSE_SUSPEND);
	err = workload_check(info, deed->workload);
	if (!err)
		err = cordon_respond_do(deed, &cause);
	if (err == -ENOSPC)
		return refuse(info, "more than "
			      CORDON_STRING(CORDON_WORKLOADS_MAX)
			      " workloads are suspended or in quarantine", err);
	return err;
}

/* --- processes ---------------------------------------------------------------- */

/* Whose is it? */
static bool process_find(struct cordon_deed *deed)
{
	const struct cordon_label *label = NULL;
	struct task_struct *task;

	rcu_read_lock();
	task = pid_task(find_pid_ns(deed->tgid, &init_pid_ns), PIDTYPE_TGID);
	if (task && !cordon_label_is_exempt(task))
		label = cordon_label_get(task);
	if (label) {
		deed->start = task->start_boottime;
		strscpy(deed->workload, cordon_label_name(label),
			sizeof(deed->workload));
	}
	rcu_read_unlock();
	return label;
}

static int process_order(const struct genl_info *info, struct nlattr **tb,
			 struct cordon_deed *deed)
{
	/* It is told whom it is about, not who wants it, as of any kill held. */
	const struct cordon_deed_cause cause = { .is_order = true };

	if (!deed->evidence)
		return refuse(info, "without evidence one process is killed by kill(1)",
			      -EINVAL);
	if (!tb[CORDON_MEASURE_A_TGID])
		return refuse(info, "the number of a process is needed",
			      -EINVAL);
	if (tb[CORDON_MEASURE_A_WORKLOAD])
		return refuse(info, "one process is known by its number alone",
			      -EINVAL);
	if (deed->steps || tb[CORDON_MEASURE_A_END])
		return refuse(info, "a kill does not last, and has no end",
			      -EINVAL);
	deed->tgid = nla_get_u32(tb[CORDON_MEASURE_A_TGID]);
	if (!process_find(deed))
		return refuse(info, "no process of that number belongs to a workload",
			      -ENOENT);
	return cordon_respond_do(deed, &cause);
}

/* --- addresses ---------------------------------------------------------------- */

static bool address_is_protected(const struct cordon_address *address)
{
	const struct cordon_generation *generation;
	struct cordon_peer peer = { .address = *address };
	u64 expires = CORDON_SEGMENT_NEVER;
	bool is_protected;
	int srcu;

	peer.is_local = cordon_net_is_local(&init_net, address);
	srcu = srcu_read_lock(&cordon_srcu);
	generation = cordon_generation_get();
	cordon_segment_find(generation, &peer, NULL, &expires);
	is_protected = cordon_policy_is_protected(generation->policy, &peer);
	srcu_read_unlock(&cordon_srcu, srcu);
	return is_protected;
}

/* Is it all of a /64, in which this host has an address by now? */
static bool network_is_near(const struct cordon_address *address)
{
	return cordon_address_has_network(address) && !address->word[1] &&
	       cordon_net_is_near(&init_net, address);
}

static int address_order(const struct genl_info *info, struct nlattr **tb,
			 struct cordon_deed *deed)
{
	const struct cordon_deed_cause cause = { .is_order = true };
	int err;

	if (!tb[CORDON_MEASURE_A_ADDRESS])
		return refuse(info, "an address is needed", -EINVAL);
	memcpy(&deed->address, nla_data(tb[CORDON_MEASURE_A_ADDRESS]),
	       sizeof(deed->address));
	if (tb[CORDON_MEASURE_A_END]) {
		if (!cordon_blocked_remove(&deed->address))
			return refuse(info, "that address is not blocked",
				      -ENOENT);
		cordon_respond_tell(deed, &cause, CORDON_PHASE_END);
		return 0;
	}
	if (!deed->steps)
		return refuse(info, "an address is blocked for a time: say for how long",
			      -EINVAL);
	if (address_is_protected(&deed->address))
		return refuse(info, "that address is never blocked: it is this host's, no single host's, or in a segment that is protected or of management",
			      -EINVAL);
	err = cordon_blocked_reserve();
	return err ?: cordon_respond_do(deed, &cause);
}

/** cordon_order - CORDON_CMD_RESPOND; context: may sleep */
int cordon_order(struct sk_buff *skb, struct genl_info *info)
{
	struct nlattr *tb[CORDON_MEASURE_A_COUNT];
	enum cordon_response response;
	struct cordon_deed deed = { };
	int err = measure_parse(info, tb);

	if (err)
		return err;
	if (!tb[CORDON_MEASURE_A_RESPONSE] || tb[CORDON_MEASURE_A_ID])
		return refuse(info, "it is not said which response is meant",
			      -EINVAL);
	if (tb[CORDON_MEASURE_A_WORKLOAD] && tb[CORDON_MEASURE_A_ADDRESS])
		return refuse(info, "a response is on a workload or an address, not both",
			      -EINVAL);
	if (tb[CORDON_MEASURE_A_TTL] && tb[CORDON_MEASURE_A_END])
		return refuse(info, "what ends has no time to live", -EINVAL);
	response = nla_get_u8(tb[CORDON_MEASURE_A_RESPONSE]);
	if (tb[CORDON_MEASURE_A_TGID] && response != CORDON_RESPONSE_KILL)
		return refuse(info, "only a kill is of one process", -EINVAL);
	deed.responses = 1U << response;
	deed.evidence = tb[CORDON_MEASURE_A_EVIDENCE];
	if (deed.evidence && (!(deed.responses & WITH_EVIDENCE) ||
			      tb[CORDON_MEASURE_A_END]))
		return refuse(info, "evidence is taken of who is killed, or begins to be suspended",
			      -EINVAL);
	if (tb[CORDON_MEASURE_A_TTL]) {
		deed.ttl[0] = nla_get_u32(tb[CORDON_MEASURE_A_TTL]);
		deed.steps = 1;
	}
	switch (response) {
	case CORDON_RESPONSE_BLOCK_PEER:
		return address_order(info, tb, &deed);
	case CORDON_RESPONSE_KILL:
		return process_order(info, tb, &deed);
	default:
		return workload_order(info, tb, response, &deed);
	}
}

/*
 * Another policy may have come since it was asked: the address may be protected
 * now, the workload gone, or its name the host's.
 */
static int answer_check(const struct genl_info *info,
			const struct cordon_deed *deed)
{
	if (deed->responses & 1U << CORDON_RESPONSE_BLOCK_PEER &&
	    address_is_protected(&deed->address))
		return refuse(info, "its address has become one that is never blocked: nothing was done",
			      -EINVAL);
	if (deed->responses & 1U << CORDON_RESPONSE_BLOCK_PEER &&
	    network_is_near(&deed->address))
		return refuse(info, "its network has become one that this host has a link in: its neighbours there would be blocked with it, so nothing was done",
			      -EINVAL);
	return deed->responses & CORDON_RESPONSES_WHOLE ?
		workload_check(info, deed->workload) : 0;
}

/** cordon_order_answer - CORDON_CMD_ANSWER; context: may sleep */
int cordon_order_answer(struct sk_buff *skb, struct genl_info *info)
{
	struct nlattr *tb[CORDON_MEASURE_A_COUNT];
	struct cordon_deed_cause cause = { };
	struct cordon_deed deed;
	int err = measure_parse(info, tb);

	if (err)
		return err;
	if (!tb[CORDON_MEASURE_A_ID])
		return refuse(info, "the id of what waits is needed", -EINVAL);
	if (tb[CORDON_MEASURE_A_RESPONSE] || tb[CORDON_MEASURE_A_WORKLOAD] ||
	    tb[CORDON_MEASURE_A_ADDRESS] || tb[CORDON_MEASURE_A_TTL] ||
	    tb[CORDON_MEASURE_A_TGID] || tb[CORDON_MEASURE_A_EVIDENCE])
		return refuse(info, "an answer is yes or no: what waits is not changed by it",
			      -EINVAL);
	cause.pending = nla_get_u32(tb[CORDON_MEASURE_A_ID]);
	if (!cordon_pending_take(cause.pending, &deed))
		return refuse(info, "nothing of that id waits for an answer; it may have lapsed",
			      -ENOENT);
	if (tb[CORDON_MEASURE_A_END]) {
		cordon_respond_tell(&deed, &cause, CORDON_PHASE_REJECT);
		return 0;
	}
	err = answer_check(info, &deed);
	if (err) {
		cordon_respond_tell(&deed, &cause, CORDON_PHASE_REJECT);
		return err;
	}
	return cordon_respond_do(&deed, &cause);
}

/* --- what is in force ------------------------------------------------------------ */

/* cb->args: which of the lists, and where in it. */
enum { ARG_LIST, ARG_INDEX };

static int state_fill(struct sk_buff *skb, const struct cordon_measure_info *info)
{
	return nla_put_u8(skb, CORDON_MEASURE_A_RESPONSE,
			  info->measure == CORDON_MEASURE_SUSPEND ?
				  CORDON_RESPONSE_SUSPEND :
				  CORDON_RESPONSE_QUARANTINE) ?:
	       nla_put_string(skb, CORDON_MEASURE_A_WORKLOAD, info->name) ?:
	       (info->left ? nla_put_u32(skb, CORDON_MEASURE_A_LEFT,
					 info->left) : 0);
}

static int blocked_fill(struct sk_buff *skb,
			const struct cordon_blocked_info *info)
{
	return nla_put_u8(skb, CORDON_MEASURE_A_RESPONSE,
			  CORDON_RESPONSE_BLOCK_PEER) ?:
	       nla_put(skb, CORDON_MEASURE_A_ADDRESS, sizeof(info->address),
		       &info->address) ?:
	       nla_put_u32(skb, CORDON_MEASURE_A_LEFT, info->left) ?:
	       nla_put_u32(skb, CORDON_MEASURE_A_STEP, info->step);
}

static int pending_fill(struct sk_buff *skb,
			const struct cordon_pending_info *info)
{
	const struct cordon_deed *deed = &info->deed;
	unsigned long left = deed->responses;
	unsigned int bit;

	for_each_set_bit(bit, &left, CORDON_RESPONSE_COUNT)
		if (nla_put_u8(skb, CORDON_MEASURE_A_RESPONSE, bit))
			return -EMSGSIZE;
	return nla_put_string(skb, CORDON_MEASURE_A_WORKLOAD,
			      deed->workload) ?:
	       nla_put_u32(skb, CORDON_MEASURE_A_ID, info->id) ?:
	       nla_put_u32(skb, CORDON_MEASURE_A_LEFT, info->left) ?:
	       (deed->tgid ? nla_put_u32(skb, CORDON_MEASURE_A_TGID,
					 deed->tgid) : 0) ?:
	       nla_put_u8(skb, CORDON_MEASURE_A_OP, deed->op) ?:
	       (*deed->rule ? nla_put_string(skb, CORDON_MEASURE_A_RULE,
					     deed->rule) : 0) ?:
	       (left & 1U << CORDON_RESPONSE_BLOCK_PEER ?
			nla_put(skb, CORDON_MEASURE_A_ADDRESS,
				sizeof(deed->address), &deed->address) : 0);
}

/* What stands at one index of one list. */
struct item {
	union {
		struct cordon_measure_info state;
		struct cordon_blocked_info blocked;
		struct cordon_pending_info pending;
	};
};

static bool item_get(long list, u32 index, struct item *item, bool *is_on)
{
	switch (list) {
	case 0:
		return cordon_measure_info(index, &item->state, is_on);
	case 1:
		return cordon_blocked_info(index, &item->blocked, is_on);
	default:
		return cordon_pending_info(index, &item->pending, is_on);
	}
}

static int item_fill(struct sk_buff *skb, long list, const struct item *item)
{
	switch (list) {
	case 0:
		return state_fill(skb, &item->state);
	case 1:
		return blocked_fill(skb, &item->blocked);
	default:
		return pending_fill(skb, &item->pending);
	}
}

/** cordon_order_dump - CORDON_CMD_MEASURE_DUMP; context: may sleep */
int cordon_order_dump(struct sk_buff *skb, struct netlink_callback *cb)
{
	struct nlattr *nest;
	struct item item;
	int err = 0;
	bool is_on;
	void *head;

	for (; cb->args[ARG_LIST] < 3; cb->args[ARG_INDEX]++) {
		if (!item_get(cb->args[ARG_LIST], cb->args[ARG_INDEX], &item,
			      &is_on)) {
			cb->args[ARG_LIST]++;
			cb->args[ARG_INDEX] = -1;
			continue;
		}
		if (!is_on)
			continue;
		head = cordon_dump_item_begin(skb, cb, CORDON_CMD_MEASURE_DUMP,
					      CORDON_A_MEASURE, &nest);
		err = head ? cordon_dump_item_end(skb, head, nest,
						  item_fill(skb,
							    cb->args[ARG_LIST],
							    &item)) :
			     -EMSGSIZE;
		if (err)
			break;
	}
	return skb->len ?: err;
}
