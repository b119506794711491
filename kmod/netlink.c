// SPDX-License-Identifier: GPL-2.0-only
#include <linux/capability.h>
#include <linux/mutex.h>
#include <linux/notifier.h>
#include <net/genetlink.h>
#include <net/net_namespace.h>

#include "compat.h"
#include "engine/names.h"
#include "event.h"
#include "generation.h"
#include "hook.h"
#include "label.h"
#include "netlink.h"
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
		if (nla_get_u8(one) == CORDON_MODE_LEARN)
			return cordon_netlink_refuse(extack, one,
						     "mode learn is not supported by this version",
						     -EOPNOTSUPP);
		if (class == CORDON_CLASS_KERNEL &&
		    nla_get_u8(one) == CORDON_MODE_ENFORCE)
			return cordon_netlink_refuse(extack, one,
						     "this version has no hooks for class kernel: it cannot be enforced",
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

static int status_fill(struct sk_buff *msg)
{
	struct cordon_generation_status generation;
	struct cordon_event_status event;
	unsigned int attached;
	unsigned int missing;
	struct nlattr *nest;

	cordon_generation_status(&generation);
	cordon_event_status(&event);
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
	    nla_put_u64_64bit(msg, CORDON_STATUS_A_EVENTS, event.sequence,
			      CORDON_STATUS_A_PAD) ||
	    nla_put_u64_64bit(msg, CORDON_STATUS_A_LOST, event.lost,
			      CORDON_STATUS_A_PAD))
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
	u64 number;
	int err = cordon_generation_rollback(&number);

	if (err == -ENOENT)
		return cordon_netlink_refuse(info->extack, NULL,
					     "there is no previous generation to return to",
					     err);
	return err;
}

/* --- events ----------------------------------------------------------------- */

enum { GROUP_VERDICTS };

static const struct genl_multicast_group groups[] = {
	[GROUP_VERDICTS] = {
		.name = CORDON_GENL_MCGRP,
		.flags = GENL_MCAST_CAP_SYS_ADMIN,
	},
};

/* Both ends; names that nobody knows are left out. */
static int event_fill_flow(struct sk_buff *msg,
			   const struct cordon_event *event)
{
	const char *text = event->text;

	if (nla_put_u8(msg, CORDON_EVENT_A_PROTOCOL, event->protocol) ||
	    nla_put(msg, CORDON_EVENT_A_LOCAL, sizeof(event->local),
		    &event->local) ||
	    nla_put_u16(msg, CORDON_EVENT_A_LOCAL_PORT, event->local_port) ||
	    nla_put(msg, CORDON_EVENT_A_REMOTE, sizeof(event->remote),
		    &event->remote) ||
	    nla_put_u16(msg, CORDON_EVENT_A_REMOTE_PORT, event->remote_port))
		return -EMSGSIZE;
	if ((text[event->from_segments] &&
	     nla_put_string(msg, CORDON_EVENT_A_FROM_SEGMENTS,
			    text + event->from_segments)) ||
	    (text[event->segments] &&
	     nla_put_string(msg, CORDON_EVENT_A_SEGMENTS,
			    text + event->segments)) ||
	    (text[event->peer] &&
	     nla_put_string(msg, CORDON_EVENT_A_PEER, text + event->peer)))
		return -EMSGSIZE;
	return 0;
}

static DEFINE_MUTEX(tell_lock);
static bool registered;		/* under tell_lock: the family is */

static int event_fill(struct sk_buff *msg, const struct cordon_event *event)
{
	const struct cordon_verdict *verdict = &event->verdict;
	const char *text = event->text;
	struct nlattr *nest = nla_nest_start(msg, CORDON_A_EVENT);

	if (!nest ||
	    nla_put_u64_64bit(msg, CORDON_EVENT_A_SEQUENCE, event->sequence,
			      CORDON_EVENT_A_PAD) ||
	    nla_put_u64_64bit(msg, CORDON_EVENT_A_LOST, event->lost,
			      CORDON_EVENT_A_PAD) ||
	    nla_put_u64_64bit(msg, CORDON_EVENT_A_TIME, event->time,
			      CORDON_EVENT_A_PAD) ||
	    nla_put_u64_64bit(msg, CORDON_EVENT_A_BOOTTIME, event->boottime,
			      CORDON_EVENT_A_PAD) ||
	    nla_put_u64_64bit(msg, CORDON_EVENT_A_GENERATION,
			      event->generation, CORDON_EVENT_A_PAD) ||
	    nla_put_u8(msg, CORDON_EVENT_A_ACTION, verdict->action) ||
	    nla_put_u8(msg, CORDON_EVENT_A_REASON, verdict->reason) ||
	    nla_put_u8(msg, CORDON_EVENT_A_CLASS,
		       cordon_op_class(verdict->op)) ||
	    nla_put_u8(msg, CORDON_EVENT_A_OP, verdict->op) ||
	    nla_put_u8(msg, CORDON_EVENT_A_KIND, event->kind) ||
	    nla_put_string(msg, CORDON_EVENT_A_OBJECT, text + event->object) ||
	    nla_put_string(msg, CORDON_EVENT_A_WORKLOAD,
			   text + event->workload) ||
	    nla_put_string(msg, CORDON_EVENT_A_PROGRAM,
			   text + event->program) ||
	    (event->unlisted && nla_put_flag(msg, CORDON_EVENT_A_UNLISTED)) ||
	    nla_put_u32(msg, CORDON_EVENT_A_PID, event->owner.pid) ||
	    nla_put_u32(msg, CORDON_EVENT_A_TGID, event->owner.tgid) ||
	    nla_put_u32(msg, CORDON_EVENT_A_PARENT, event->owner.parent) ||
	    nla_put_u32(msg, CORDON_EVENT_A_UID, event->owner.uid) ||
	    nla_put_string(msg, CORDON_EVENT_A_COMM, event->owner.comm))
		return -EMSGSIZE;
	if (verdict->reason == CORDON_REASON_RULE &&
	    (nla_put_u32(msg, CORDON_EVENT_A_RULE, verdict->rule) ||
	     nla_put_string(msg, CORDON_EVENT_A_RULE_TEXT,
			    text + event->rule_text) ||
	     nla_put_string(msg, CORDON_EVENT_A_RULE_FILE,
			    text + event->rule_file) ||
	     nla_put_u32(msg, CORDON_EVENT_A_RULE_LINE, event->rule_line)))
		return -EMSGSIZE;
	if (event->has_flow && event_fill_flow(msg, event))
		return -EMSGSIZE;
	nla_nest_end(msg, nest);
	return 0;
}

static void event_send(const struct cordon_event *event)
{
	/* Four texts of at most a path each, segments, dozens of numbers. */
	const size_t size = 4 * (CORDON_PATH_MAX + NLA_HDRLEN) + 1024 +
			    2 * CORDON_SEGMENT_NAMES;
	struct sk_buff *msg;
	void *head;

	if (!genl_has_listeners(&cordon_family, &init_net, GROUP_VERDICTS))
		return;
	msg = genlmsg_new(size, GFP_KERNEL);
	if (!msg)
		return;
	head = genlmsg_put(msg, 0, 0, &cordon_family, 0, CORDON_CMD_EVENT);
	if (!head || event_fill(msg, event)) {
		nlmsg_free(msg);
		return;
	}
	genlmsg_end(msg, head);
	genlmsg_multicast(&cordon_family, msg, 0, GROUP_VERDICTS, GFP_KERNEL);
}

/**
 * cordon_netlink_tell - send an event to whoever listens
 * @event: the event
 *
 * Once the family is gone nobody does: its numbers may be another's by then.
 *
 * Context: may sleep.
 */
void cordon_netlink_tell(const struct cordon_event *event)
{
	mutex_lock(&tell_lock);
	if (registered)
		event_send(event);
	mutex_unlock(&tell_lock);
}

static void tell_switch(bool on)
{
	mutex_lock(&tell_lock);
	registered = on;
	mutex_unlock(&tell_lock);
}

/* --- the family --------------------------------------------------------------- */

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
	DUMP(TASK_DUMP, cordon_dump_tasks),
	DUMP(HOOK_DUMP, cordon_dump_hooks),
	DUMP(FLOW_DUMP, cordon_dump_flows),
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
};

/*
 * Only in the initial network namespace: the group's listeners are checked
 * for CAP_SYS_ADMIN over the namespace they are in.
 */
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
	tell_switch(true);
	return 0;
}

/** cordon_netlink_exit - no request comes or is under way any more */
void cordon_netlink_exit(void)
{
	tell_switch(false);
	genl_unregister_family(&cordon_family);
	netlink_unregister_notifier(&release_notifier);
	cordon_transaction_release(cordon_transaction_owner());
}
