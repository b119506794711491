/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * The generic netlink family: include/uapi/cordon.h is what it speaks.
 */
#ifndef _CORDON_NETLINK_H
#define _CORDON_NETLINK_H

#include <linux/types.h>
#include <net/genetlink.h>
#include <uapi/cordon.h>

struct cordon_fault;

extern struct genl_family cordon_family;

/* A string attribute of at most so many bytes, without its NUL. */
#define CORDON_NETLINK_TEXT(_max) { .type = NLA_NUL_STRING, .len = (_max) }

/* netlink.c */
int cordon_netlink_init(void);
void cordon_netlink_exit(void);
bool cordon_netlink_wake(void);
void cordon_netlink_linger(void);
int cordon_netlink_refuse(struct netlink_ext_ack *extack,
			  const struct nlattr *attr, const char *why, int err);
int cordon_netlink_put_modes(struct sk_buff *skb, int attribute,
			     const u8 *mode);
int cordon_netlink_get_modes(const struct nlattr *attr, u8 *mode,
			     struct netlink_ext_ack *extack);
bool cordon_netlink_may_read(struct sk_buff *skb);

/* Policies of nested attributes. */
extern const struct nla_policy cordon_modes_policy[CORDON_MODES_A_COUNT];

/* transaction.c: changes */
int cordon_transaction_begin(struct sk_buff *skb, struct genl_info *info);
int cordon_transaction_workload(struct sk_buff *skb, struct genl_info *info);
int cordon_transaction_rules(struct sk_buff *skb, struct genl_info *info);
int cordon_transaction_delete(struct sk_buff *skb, struct genl_info *info);
int cordon_transaction_commit(struct sk_buff *skb, struct genl_info *info);
int cordon_transaction_abort(struct sk_buff *skb, struct genl_info *info);
int cordon_transaction_mode(struct sk_buff *skb, struct genl_info *info);
u32 cordon_transaction_owner(void);
void cordon_transaction_release(u32 portid);

extern const struct nla_policy cordon_begin_policy[CORDON_A_COUNT];
extern const struct nla_policy cordon_workload_add_policy[CORDON_A_COUNT];
extern const struct nla_policy cordon_rule_add_policy[CORDON_A_COUNT];
extern const struct nla_policy cordon_name_policy[CORDON_A_COUNT];
extern const struct nla_policy cordon_commit_policy[CORDON_A_COUNT];
extern const struct nla_policy cordon_mode_policy[CORDON_A_COUNT];

/* dump.c: reading */
int cordon_dump_start(struct netlink_callback *cb);
int cordon_dump_workloads(struct sk_buff *skb, struct netlink_callback *cb);
int cordon_dump_members(struct sk_buff *skb, struct netlink_callback *cb);
int cordon_dump_programs(struct sk_buff *skb, struct netlink_callback *cb);
int cordon_dump_rules(struct sk_buff *skb, struct netlink_callback *cb);
int cordon_dump_responses(struct sk_buff *skb, struct netlink_callback *cb);
int cordon_dump_tasks(struct sk_buff *skb, struct netlink_callback *cb);
int cordon_dump_hooks(struct sk_buff *skb, struct netlink_callback *cb);
int cordon_dump_flows(struct sk_buff *skb, struct netlink_callback *cb);
void *cordon_dump_item_begin(struct sk_buff *skb, struct netlink_callback *cb,
			     u8 command, int attribute, struct nlattr **nest);
int cordon_dump_item_end(struct sk_buff *skb, void *head, struct nlattr *nest,
			 int err);

/* event_get.c: reading events */
unsigned long cordon_event_asked(void);
int cordon_event_get(struct sk_buff *skb, struct genl_info *info);

extern const struct nla_policy cordon_event_get_policy[CORDON_A_COUNT];

/* segment_runtime.c: segments while a policy is in force */
int cordon_segment_add(struct sk_buff *skb, struct genl_info *info);
int cordon_segment_delete(struct sk_buff *skb, struct genl_info *info);
int cordon_segment_load(struct sk_buff *skb, struct genl_info *info);
int cordon_segment_dump(struct sk_buff *skb, struct netlink_callback *cb);
void cordon_segment_release(u32 portid);

extern const struct nla_policy cordon_segment_entries_policy[CORDON_A_COUNT];

/* behaviour_dump.c: what is learnt */
int cordon_behaviour_dump(struct sk_buff *skb, struct netlink_callback *cb);
int cordon_learning_dump(struct sk_buff *skb, struct netlink_callback *cb);
int cordon_behaviour_forget(struct sk_buff *skb, struct genl_info *info);

/* order.c: responses by hand */
int cordon_order(struct sk_buff *skb, struct genl_info *info);
int cordon_order_answer(struct sk_buff *skb, struct genl_info *info);
int cordon_order_dump(struct sk_buff *skb, struct netlink_callback *cb);

extern const struct nla_policy cordon_order_policy[CORDON_A_COUNT];

/* hold.c: evidence is taken */
int cordon_hold_end(struct sk_buff *skb, struct genl_info *info);

extern const struct nla_policy cordon_hold_policy[CORDON_A_COUNT];

#endif /* _CORDON_NETLINK_H */
