// SPDX-License-Identifier: GPL-2.0-only
#include <linux/capability.h>
#include <linux/delay.h>
#include <linux/jiffies.h>
#include <linux/mutex.h>
#include <linux/notifier.h>
#include <net/genetlink.h>
#include <net/net_namespace.h>

#include "behaviour.h"
#include "compat.h"
#include "event.h"
#include "generation.h"
#include "hook.h"
#include "journal.h"
#include "label.h"
#include "netlink.h"
#include "respond.h"
#include "segment.h"
#include "version.h"

/* Classes in the order of their attributes. */
#define MODES_CLASS(_attribute) ((_attribute) - CORDON_MODES_A_EXEC)
static_assert(MODES_CLASS(CORDON_MODES_A_KERNEL) == CORDON_CLASS_KERNEL);
static_assert(CORDON_MODES_A_COUNT == CORDON_CLASS_COUNT + 1);

#define MODE_POLICY NLA_POLICY_MAX(NLA_U8, CORDON_MODE_COUNT - 1)

const struct nla_policy cordon_modes_policy[CORDON_MODES_A_COUNT] = {
	[CORDON_MODES_A_EXEC] = MODE_POLICY,
	[CORDON_MODES_A_LOAD] = MODE_POLICY,
	[CORDON_MODES_A_FILE] = MODE_POLICY,
	[CORDON_MODES_A_NET] = MODE_POLICY,
	[CORDON_MODES_A_KERNEL] = MODE_POLICY,
};

/* Commands without attributes: strict validation refuses any. */
static const struct nla_policy none_policy[CORDON_A_PAD + 1];

/**
 * cordon_netlink_refuse - say what is wrong with which attribute
 * @extack: of the request
 * @attr: at fault, or NULL
 * @why: in static storage
 * @err: to be returned
 *
 * Return: @err.
 */
int cordon_netlink_refuse(struct netlink_ext_ack *extack,
			  const struct nlattr *attr, const char *why, int err)
{
	if (extack) {
		extack->_msg = why;
		NL_SET_BAD_ATTR(extack, attr);
	}
	return err;
}

/** cordon_netlink_put_modes - add a nest of enum cordon_modes_attribute */
int cordon_netlink_put_modes(struct sk_buff *skb, int attribute,
			     const u8 *mode)
{
	struct nlattr *nest = nla_nest_start(skb, attribute);
	unsigned int class;

	if (!nest)
		return -EMSGSIZE;
	for (class = 0; class < CORDON_CLASS_COUNT; class++)
		if (nla_put_u8(skb, CORDON_MODES_A_EXEC + class, mode[class]))
			return -EMSGSIZE;
	nla_nest_end(skb, nest);
	return 0;
}

/** cordon_netlink_get_modes - change those of @mode that a nest names */
int cordon_netlink_get_modes(const struct nlattr *attr, u8 *mode,
			     struct netlink_ext_ack *extack)
{
	struct nlattr *tb[CORDON_MODES_A_COUNT];
	unsigned int class;
	int err;

	err = nla_parse_nested(tb, CORDON_MODES_A_COUNT - 1, attr,
			       cordon_modes_policy, extack);
	if (err)
		return err;
	for (class = 0; class < CORDON_CLASS_COUNT; class++) {
		const struct nlattr *one = tb[CORDON_MODES_A_EXEC + class];

		if (!one)
			continue;
		if (class == CORDON_CLASS_KERNEL &&
		    nla_get_u8(one) != CORDON_MODE_MONITOR)
			return cordon_netlink_refuse(extack, one,
						     "this version has no hooks for class kernel: it cannot be enforced, nor learnt",
						     -EOPNOTSUPP);
		mode[class] = nla_get_u8(one);
	}
	return 0;
}

/* netlink_capable() asks of the initial user namespace. */
static bool may_change(struct sk_buff *skb)
{
	return netlink_capable(skb, CAP_MAC_ADMIN);
}

/** cordon_netlink_may_read - may the sender of a request see the policy */
bool cordon_netlink_may_read(struct sk_buff *skb)
{
	return netlink_capable(skb, CAP_AUDIT_READ) || may_change(skb);
}

/* --- status --------------------------------------------------------------- */

static int learning_fill(struct sk_buff *msg)
{
	struct cordon_behaviour_status status;

	cordon_behaviour_status(&status);
	if (nla_put_u32(msg, CORDON_STATUS_A_LEARNING, status.learning))
		return -EMSGSIZE;
	if (!status.max)
		return 0;
	return nla_put_u32(msg, CORDON_STATUS_A_BEHAVIOURS, status.used) ?:
	       nla_put_u32(msg, CORDON_STATUS_A_BEHAVIOURS_MAX, status.max) ?:
	       nla_put_u64_64bit(msg, CORDON_STATUS_A_BEHAVIOUR_BYTES,
				 status.bytes, CORDON_STATUS_A_PAD) ?:
	       nla_put_u64_64bit(msg, CORDON_STATUS_A_BEHAVIOUR_BYTES_MAX,
				 status.bytes_max, CORDON_STATUS_A_PAD) ?:
	       nla_put_u64_64bit(msg, CORDON_STATUS_A_BEHAVIOURS_DROPPED,
				 status.dropped, CORDON_STATUS_A_PAD);
}

static int status_fill(struct sk_buff *msg)
{
	struct cordon_generation_status generation;
	struct cordon_journal_status journal;
	struct cordon_respond_status respond;
	struct cordon_event_status event;
	unsigned int attached;
	unsigned int missing;
	struct nlattr *nest;

	cordon_generation_status(&generation);
	cordon_event_status(&event);
	cordon_journal_status(&journal);
	cordon_respond_status(&respond);
	cordon_hook_count(&attached, &missing);
	nest = nla_nest_start(msg, CORDON_A_STATUS);
	if (!nest)
		return -EMSGSIZE;
	if (nla_put_string(msg, CORDON_STATUS_A_VERSION, CORDON_VERSION) ||
	    nla_put_u64_64bit(msg, CORDON_STATUS_A_GENERATION,
			      generation.number, CORDON_STATUS_A_PAD) ||
	    nla_put_u64_64bit(msg, CORDON_STATUS_A_PREVIOUS,
			      generation.previous, CORDON_STATUS_A_PAD) ||
	    nla_put_u32(msg, CORDON_STATUS_A_WORKLOADS, generation.workloads) ||
	    nla_put_u32(msg, CORDON_STATUS_A_RULES, generation.rules) ||
	    nla_put_u64_64bit(msg, CORDON_STATUS_A_BYTES, generation.bytes,
			      CORDON_STATUS_A_PAD) ||
	    nla_put_u32(msg, CORDON_STATUS_A_TASKS, cordon_label_tasks()) ||
	    nla_put_u32(msg, CORDON_STATUS_A_HOOKS, attached) ||
	    nla_put_u32(msg, CORDON_STATUS_A_HOOKS_MISSING, missing) ||
	    nla_put_u64_64bit(msg, CORDON_STATUS_A_DENIED, event.denied,
			      CORDON_STATUS_A_PAD) ||
	    nla_put_u64_64bit(msg, CORDON_STATUS_A_WOULD_DENY,
			      event.would_deny, CORDON_STATUS_A_PAD) ||
	    nla_put_u64_64bit(msg, CORDON_STATUS_A_EVENTS,
			      journal.sequence, CORDON_STATUS_A_PAD) ||
	    nla_put_u64_64bit(msg, CORDON_STATUS_A_FIRST, journal.first,
			      CORDON_STATUS_A_PAD) ||
	    nla_put(msg, CORDON_STATUS_A_MADE, sizeof(journal.made),
		    journal.made) ||
	    nla_put_u64_64bit(msg, CORDON_STATUS_A_RING, journal.bytes,
			      CORDON_STATUS_A_PAD) ||
	    nla_put_u64_64bit(msg, CORDON_STATUS_A_INSTANCE, journal.instance,
			      CORDON_STATUS_A_PAD))
		return -EMSGSIZE;
	if (nla_put_u32(msg, CORDON_STATUS_A_SUSPENDED, respond.suspended) ||
	    nla_put_u32(msg, CORDON_STATUS_A_QUARANTINED,
			respond.quarantined) ||
	    nla_put_u32(msg, CORDON_STATUS_A_BLOCKED, respond.blocked) ||
	    nla_put_u32(msg, CORDON_STATUS_A_PENDING, respond.pending) ||
	    nla_put_u64_64bit(msg, CORDON_STATUS_A_DISPLACED,
			      respond.displaced, CORDON_STATUS_A_PAD))
		return -EMSGSIZE;
	if (learning_fill(msg))
		return -EMSGSIZE;
	if (generation.confirm &&
	    nla_put_u32(msg, CORDON_STATUS_A_CONFIRM, generation.confirm))
		return -EMSGSIZE;
	if (cordon_transaction_owner() &&
	    nla_put_u32(msg, CORDON_STATUS_A_TRANSACTION,
			cordon_transaction_owner()))
		return -EMSGSIZE;
	if (cordon_generation_forced_monitor() &&
	    nla_put_flag(msg, CORDON_STATUS_A_FORCED_MONITOR))
		return -EMSGSIZE;
	nla_nest_end(msg, nest);
	return 0;
}

static int status_get(struct sk_buff *skb, struct genl_info *info)
{
	struct sk_buff *msg;
	void *head;
	int err;

	if (!cordon_netlink_may_read(skb))
		return cordon_netlink_refuse(info->extack, NULL,
					     "reading needs CAP_AUDIT_READ or CAP_MAC_ADMIN in the initial user namespace",
					     -EPERM);
	msg = genlmsg_new(NLMSG_GOODSIZE, GFP_KERNEL);
	if (!msg)
		return -ENOMEM;
	head = genlmsg_put_reply(msg, info, &cordon_family, 0,
				 CORDON_CMD_STATUS_GET);
	err = head ? status_fill(msg) : -EMSGSIZE;
	if (err) {
		nlmsg_free(msg);
		return err;
	}
	genlmsg_end(msg, head);
	return genlmsg_reply(msg, info);
}

/* --- what needs no transaction -------------------------------------------- */

static int confirm(struct sk_buff *skb, struct genl_info *info)
{
	int err = cordon_generation_confirm();

	if (err == -ENOENT)
		return cordon_netlink_refuse(info->extack, NULL,
					     "no generation waits to be confirmed",
					     err);
	return err;
}

static int rollback(struct sk_buff *skb, struct genl_info *info)
{
	int err = cordon_generation_rollback();

	if (err == -ENOENT)
		return cordon_netlink_refuse(info->extack, NULL,
					     "there is no previous generation to return to",
					     err);
	return err;
}

/* --- waking readers of events --------------------------------------------- */

enum { GROUP_VERDICTS };

/* In ms: for readers to ask (again), and in all. */
#define LINGER		250
#define LINGER_MAX	5000

/* Anybody may listen, since nothing is said but that there is news. */
static const struct genl_multicast_group groups[] = {
	[GROUP_VERDICTS] = { .name = CORDON_GENL_MCGRP },
};

static DEFINE_MUTEX(wake_lock);
static bool registered;		/* under wake_lock: the family is */

static bool wake_send(void)
{
	struct sk_buff *msg;
	void *head;

	if (!genl_has_listeners(&cordon_family, &init_net, GROUP_VERDICTS))
		return true;
	msg = genlmsg_new(0, GFP_KERNEL);
	if (!msg)
		return false;
	head = genlmsg_put(msg, 0, 0, &cordon_family, 0, CORDON_CMD_EVENT);
	if (!head) {
		nlmsg_free(msg);
		return false;
	}
	genlmsg_end(msg, head);
	genlmsg_multicast(&cordon_family, msg, 0, GROUP_VERDICTS, GFP_KERNEL);
	return true;
}

/**
 * cordon_netlink_wake - tell whoever listens that there are new events
 *
 * Once the family is gone nobody does: its numbers may be another's by then.
 *
 * Context: may sleep.
 * Return: false: there was no memory for that.
 */
bool cordon_netlink_wake(void)
{
	bool done = true;

	mutex_lock(&wake_lock);
	if (registered)
		done = wake_send();
	mutex_unlock(&wake_lock);
	return done;
}

/**
 * cordon_netlink_linger - let whoever listens read what was told last
 *
 * As long as readers go on asking, within limits: who is held up by something
 * else is not waited for.
 *
 * Context: may sleep, up to LINGER_MAX.
 */
void cordon_netlink_linger(void)
{
	unsigned long end = jiffies + msecs_to_jiffies(LINGER_MAX);
	unsigned long silence = jiffies;

	cordon_netlink_wake();
	if (!genl_has_listeners(&cordon_family, &init_net, GROUP_VERDICTS))
		return;
	do {
		msleep(LINGER / 10);
		if (time_after(cordon_event_asked(), silence))
			silence = cordon_event_asked();
	} while (time_before(jiffies, silence + msecs_to_jiffies(LINGER)) &&
		 time_before(jiffies, end));
}

static void wake_switch(bool on)
{
	mutex_lock(&wake_lock);
	registered = on;
	mutex_unlock(&wake_lock);
}

/* --- the family ----------------------------------------------------------- */

static int (*const changes[CORDON_CMD_COUNT])(struct sk_buff *skb,
					     struct genl_info *info) = {
	[CORDON_CMD_BEGIN] = cordon_transaction_begin,
	[CORDON_CMD_WORKLOAD_ADD] = cordon_transaction_workload,
	[CORDON_CMD_RULE_ADD] = cordon_transaction_rules,
	[CORDON_CMD_WORKLOAD_DEL] = cordon_transaction_delete,
	[CORDON_CMD_COMMIT] = cordon_transaction_commit,
	[CORDON_CMD_ABORT] = cordon_transaction_abort,
	[CORDON_CMD_CONFIRM] = confirm,
	[CORDON_CMD_ROLLBACK] = rollback,
	[CORDON_CMD_MODE_SET] = cordon_transaction_mode,
	[CORDON_CMD_SEGMENT_ADD] = cordon_segment_add,
	[CORDON_CMD_SEGMENT_DEL] = cordon_segment_delete,
	[CORDON_CMD_SEGMENT_LOAD] = cordon_segment_load,
	[CORDON_CMD_RESPOND] = cordon_order,
	[CORDON_CMD_ANSWER] = cordon_order_answer,
	[CORDON_CMD_BEHAVIOUR_CLEAR] = cordon_behaviour_forget,
};

/* Every change comes through here, so that none can forget to ask. */
static int change(struct sk_buff *skb, struct genl_info *info)
{
	if (!may_change(skb))
		return cordon_netlink_refuse(info->extack, NULL,
					     "changes need CAP_MAC_ADMIN in the initial user namespace",
					     -EPERM);
	return changes[info->genlhdr->cmd](skb, info);
}

#define CHANGE(_command, _policy, _max) { \
	.cmd = CORDON_CMD_##_command, \
	.doit = change, \
	.policy = _policy, \
	.maxattr = _max, \
}

#define DUMP(_command, _handler) { \
	.cmd = CORDON_CMD_##_command, \
	.start = cordon_dump_start, \
	.dumpit = _handler, \
	.policy = none_policy, \
	.maxattr = CORDON_A_PAD, \
}

static const struct genl_ops operations[] = {
	{
		.cmd = CORDON_CMD_STATUS_GET,
		.doit = status_get,
		.policy = none_policy,
		.maxattr = CORDON_A_PAD,
	},
	CHANGE(BEGIN, cordon_begin_policy, CORDON_A_COUNT - 1),
	CHANGE(WORKLOAD_ADD, cordon_workload_add_policy, CORDON_A_COUNT - 1),
	CHANGE(RULE_ADD, cordon_rule_add_policy, CORDON_A_COUNT - 1),
	CHANGE(WORKLOAD_DEL, cordon_name_policy, CORDON_A_COUNT - 1),
	CHANGE(COMMIT, cordon_commit_policy, CORDON_A_COUNT - 1),
	CHANGE(ABORT, none_policy, CORDON_A_PAD),
	CHANGE(CONFIRM, none_policy, CORDON_A_PAD),
	CHANGE(ROLLBACK, none_policy, CORDON_A_PAD),
	CHANGE(MODE_SET, cordon_mode_policy, CORDON_A_COUNT - 1),
	DUMP(WORKLOAD_DUMP, cordon_dump_workloads),
	DUMP(MEMBER_DUMP, cordon_dump_members),
	DUMP(PROGRAM_DUMP, cordon_dump_programs),
	DUMP(RULE_DUMP, cordon_dump_rules),
	DUMP(RESPONSE_DUMP, cordon_dump_responses),
	DUMP(TASK_DUMP, cordon_dump_tasks),
	DUMP(HOOK_DUMP, cordon_dump_hooks),
	DUMP(FLOW_DUMP, cordon_dump_flows),
	DUMP(MEASURE_DUMP, cordon_order_dump),
	CHANGE(RESPOND, cordon_order_policy, CORDON_A_COUNT - 1),
	CHANGE(ANSWER, cordon_order_policy, CORDON_A_COUNT - 1),
	{
		.cmd = CORDON_CMD_HOLD_END,
		.doit = cordon_hold_end,
		.policy = cordon_hold_policy,
		.maxattr = CORDON_A_HOLD,
	},
	CHANGE(SEGMENT_ADD, cordon_segment_entries_policy, CORDON_A_LAST),
	CHANGE(SEGMENT_DEL, cordon_segment_entries_policy, CORDON_A_LAST),
	CHANGE(SEGMENT_LOAD, cordon_segment_entries_policy, CORDON_A_LAST),
	{
		.cmd = CORDON_CMD_ENTRY_DUMP,
		.start = cordon_dump_start,
		.dumpit = cordon_segment_dump,
		.policy = cordon_name_policy,
		.maxattr = CORDON_A_NAME,
	},
	DUMP(LEARNING_DUMP, cordon_learning_dump),
	CHANGE(BEHAVIOUR_CLEAR, cordon_name_policy, CORDON_A_NAME),
	{
		.cmd = CORDON_CMD_BEHAVIOUR_DUMP,
		.start = cordon_dump_start,
		.dumpit = cordon_behaviour_dump,
		.policy = cordon_name_policy,
		.maxattr = CORDON_A_NAME,
	},
	{
		.cmd = CORDON_CMD_EVENT_GET,
		.doit = cordon_event_get,
		.policy = cordon_event_get_policy,
		.maxattr = CORDON_A_INSTANCE,
	},
};

/* Only in the initial network namespace. */
struct genl_family cordon_family __ro_after_init = {
	.name = CORDON_GENL_NAME,
	.version = CORDON_GENL_VERSION,
	.module = THIS_MODULE,
	.ops = operations,
	.n_ops = ARRAY_SIZE(operations),
	.mcgrps = groups,
	.n_mcgrps = ARRAY_SIZE(groups),
	.parallel_ops = true,
};

static void sockets_release(u32 portid)
{
	cordon_transaction_release(portid);
	cordon_segment_release(portid);
}

/* A socket that closes takes its transaction with it. */
static int socket_released(struct notifier_block *block, unsigned long action,
			   void *data)
{
	const struct netlink_notify *notify = data;

	if (action == NETLINK_URELEASE &&
	    notify->protocol == NETLINK_GENERIC &&
	    net_eq(notify->net, &init_net))
		sockets_release(notify->portid);
	return NOTIFY_DONE;
}

static struct notifier_block release_notifier = {
	.notifier_call = socket_released,
};

/** cordon_netlink_init - begin to listen; may sleep */
int cordon_netlink_init(void)
{
	int err = netlink_register_notifier(&release_notifier);

	if (err)
		return err;
	err = genl_register_family(&cordon_family);
	if (err) {
		netlink_unregister_notifier(&release_notifier);
		return err;
	}
	wake_switch(true);
	return 0;
}

/** cordon_netlink_exit - no request comes or is under way any more */
void cordon_netlink_exit(void)
{
	wake_switch(false);
	genl_unregister_family(&cordon_family);
	netlink_unregister_notifier(&release_notifier);
	cordon_transaction_release(cordon_transaction_owner());
}
