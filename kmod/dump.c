// SPDX-License-Identifier: GPL-2.0-only
/*
 * Dumps: what is loaded, who is labelled, what is attached.
 *
 * A dump of the policy goes over several messages; if another generation is
 * published meanwhile, the reader is told by NLM_F_DUMP_INTR.
 */
#include <linux/cred.h>
#include <linux/sched.h>
#include <linux/slab.h>
#include <linux/socket.h>
#include <linux/string.h>
#include <linux/user_namespace.h>

#include "compat.h"
#include "generation.h"
#include "hits.h"
#include "hook.h"
#include "label.h"
#include "netlink.h"
#include "segment.h"
#include "socket.h"

/* A rule with its text, file and note does not fit the usual size. */
#define DUMP_SIZE	16384

/* cb->args of all dumps of the policy. */
enum { ARG_WORKLOAD, ARG_ITEM };

/** cordon_dump_start - may the sender read at all */
int cordon_dump_start(struct netlink_callback *cb)
{
	if (!cordon_netlink_may_read(cb->skb))
		return cordon_netlink_refuse(cb->extack, NULL,
					     "reading needs CAP_AUDIT_READ or CAP_MAC_ADMIN in the initial user namespace",
					     -EPERM);
	cb->min_dump_alloc = DUMP_SIZE;
	return 0;
}

/** cordon_dump_item_begin - a message with a nest; NULL: no room */
void *cordon_dump_item_begin(struct sk_buff *skb, struct netlink_callback *cb,
			     u8 command, int attribute, struct nlattr **nest)
{
	void *head = genlmsg_put(skb, NETLINK_CB(cb->skb).portid,
				 cb->nlh->nlmsg_seq, &cordon_family,
				 NLM_F_MULTI, command);

	if (!head)
		return NULL;
	genl_dump_check_consistent(cb, head);
	*nest = nla_nest_start(skb, attribute);
	if (!*nest) {
		genlmsg_cancel(skb, head);
		return NULL;
	}
	return head;
}

/** cordon_dump_item_end - close it, or take it back on @err */
int cordon_dump_item_end(struct sk_buff *skb, void *head, struct nlattr *nest,
			 int err)
{
	if (err) {
		genlmsg_cancel(skb, head);
		return err;
	}
	nla_nest_end(skb, nest);
	genlmsg_end(skb, head);
	return 0;
}

/* Empty texts are left out. */
static int put_text(struct sk_buff *skb, int attribute,
		    const struct cordon_draft *draft, u32 text)
{
	const char *string = cordon_draft_text(draft, text);

	return *string ? nla_put_string(skb, attribute, string) : 0;
}

/* One item of a workload; index counts from 0 in each. */
typedef int (*fill_t)(struct sk_buff *skb, const struct cordon_block *block,
		      u32 index);

static int dump_items(struct sk_buff *skb, struct netlink_callback *cb,
		      u8 command, int attribute, fill_t fill,
		      u32 (*count)(const struct cordon_draft *draft))
{
	const struct cordon_generation *generation;
	struct nlattr *nest;
	int err = 0;
	void *head;
	int srcu;

	srcu = srcu_read_lock(&cordon_srcu);
	generation = cordon_generation_get();
	cb->seq = (u32)generation->number + 1;
	while (cb->args[ARG_WORKLOAD] < generation->count) {
		struct cordon_block *block =
			generation->blocks[cb->args[ARG_WORKLOAD]];

		if (cb->args[ARG_ITEM] >= count(block->draft)) {
			cb->args[ARG_WORKLOAD]++;
			cb->args[ARG_ITEM] = 0;
			continue;
		}
		head = cordon_dump_item_begin(skb, cb, command, attribute,
					      &nest);
		err = head ? cordon_dump_item_end(skb, head, nest,
						  fill(skb, block,
						       cb->args[ARG_ITEM])) :
			     -EMSGSIZE;
		if (err)
			break;
		cb->args[ARG_ITEM]++;
	}
	srcu_read_unlock(&cordon_srcu, srcu);
	/* An item too large for an empty message would be tried for ever. */
	return skb->len ?: err;
}

static u32 count_one(const struct cordon_draft *draft)
{
	return 1;
}

static u32 count_members(const struct cordon_draft *draft)
{
	return draft->used.members;
}

static u32 count_programs(const struct cordon_draft *draft)
{
	return draft->used.programs;
}

static u32 count_rules(const struct cordon_draft *draft)
{
	return draft->used.rules;
}

static u32 count_responses(const struct cordon_draft *draft)
{
	return draft->used.responses;
}

static int task_counts(struct task_struct *task, struct cordon_label *label,
		       void *data)
{
	const struct cordon_draft *draft = ((void **)data)[0];
	u32 *count = ((void **)data)[1];

	if (!strcmp(cordon_label_name(label),
		    cordon_draft_text(draft, draft->name)))
		++*count;
	return 0;
}

static u32 tasks_of(const struct cordon_draft *draft)
{
	struct cordon_table_cursor cursor = { };
	u32 count = 0;
	void *data[] = { (void *)draft, &count };

	cordon_label_walk(&cursor, task_counts, data);
	return count;
}

static int workload_fill(struct sk_buff *skb, const struct cordon_block *block,
			 u32 index)
{
	const struct cordon_draft *draft = block->draft;

	return put_text(skb, CORDON_WORKLOAD_A_NAME, draft, draft->name) ?:
	       nla_put_u8(skb, CORDON_WORKLOAD_A_KIND, draft->kind) ?:
	       put_text(skb, CORDON_WORKLOAD_A_DESCRIPTION, draft,
			draft->description) ?:
	       put_text(skb, CORDON_WORKLOAD_A_OWNER, draft, draft->owner) ?:
	       put_text(skb, CORDON_WORKLOAD_A_FILE, draft, draft->file) ?:
	       nla_put_u8(skb, CORDON_WORKLOAD_A_DEFAULT, draft->effect) ?:
	       (draft->reject ? nla_put_flag(skb, CORDON_WORKLOAD_A_REJECT) :
				0) ?:
	       cordon_netlink_put_modes(skb, CORDON_WORKLOAD_A_MODES,
					draft->mode) ?:
	       nla_put_u32(skb, CORDON_WORKLOAD_A_MEMBERS,
			   draft->used.members) ?:
	       nla_put_u32(skb, CORDON_WORKLOAD_A_PROGRAMS,
			   draft->used.programs) ?:
	       nla_put_u32(skb, CORDON_WORKLOAD_A_RULES, draft->used.rules) ?:
	       nla_put_u32(skb, CORDON_WORKLOAD_A_PATTERNS,
			   draft->used.patterns) ?:
	       nla_put_u32(skb, CORDON_WORKLOAD_A_RESPONSES,
			   draft->used.responses) ?:
	       nla_put_u32(skb, CORDON_WORKLOAD_A_BYTES, draft->used.bytes) ?:
	       nla_put_u32(skb, CORDON_WORKLOAD_A_TASKS, tasks_of(draft)) ?:
	       nla_put_u64_64bit(skb, CORDON_WORKLOAD_A_DENIED,
				 atomic64_read(&block->hits->denied),
				 CORDON_WORKLOAD_A_PAD) ?:
	       nla_put_u64_64bit(skb, CORDON_WORKLOAD_A_WOULD_DENY,
				 atomic64_read(&block->hits->would_deny),
				 CORDON_WORKLOAD_A_PAD) ?:
	       nla_put_u64_64bit(skb, CORDON_WORKLOAD_A_SINCE,
				 block->hits->since * NSEC_PER_SEC,
				 CORDON_WORKLOAD_A_PAD);
}

static int member_fill(struct sk_buff *skb, const struct cordon_block *block,
		       u32 index)
{
	const struct cordon_draft *draft = block->draft;
	const struct cordon_draft_member *member =
		cordon_draft_member(draft, index);

	return put_text(skb, CORDON_MEMBER_A_WORKLOAD, draft, draft->name) ?:
	       nla_put_u8(skb, CORDON_MEMBER_A_KIND, member->kind) ?:
	       put_text(skb, CORDON_MEMBER_A_PATTERN, draft, member->pattern) ?:
	       (draft->kind == CORDON_DOCUMENT_SEGMENTS &&
		member->program != CORDON_NONE ?
			nla_put_u32(skb, CORDON_MEMBER_A_PROGRAM,
				    member->program) : 0) ?:
	       (member->kind == CORDON_MEMBER_USER ?
			nla_put_u32(skb, CORDON_MEMBER_A_UID, member->uid) :
			0);
}

static int program_fill(struct sk_buff *skb, const struct cordon_block *block,
			u32 index)
{
	const struct cordon_draft *draft = block->draft;

	const struct cordon_draft_program *program =
		cordon_draft_program(draft, index);

	return put_text(skb, CORDON_PROGRAM_A_WORKLOAD, draft, draft->name) ?:
	       put_text(skb, CORDON_PROGRAM_A_EXE, draft, program->exe) ?:
	       (program->isolated ?
			nla_put_flag(skb, CORDON_PROGRAM_A_ISOLATED) : 0) ?:
	       (program->management ?
			nla_put_flag(skb, CORDON_PROGRAM_A_MANAGEMENT) : 0) ?:
	       (program->protected ?
			nla_put_flag(skb, CORDON_PROGRAM_A_PROTECTED) : 0) ?:
	       nla_put_u32(skb, CORDON_PROGRAM_A_INDEX, index);
}

static int rule_fill(struct sk_buff *skb, const struct cordon_block *block,
		     u32 index)
{
	const struct cordon_draft *draft = block->draft;
	const struct cordon_draft_rule *rule = cordon_draft_rule(draft, index);
	time64_t last = cordon_hits_last(block->hits, index);

	return put_text(skb, CORDON_RULE_A_WORKLOAD, draft, draft->name) ?:
	       nla_put_u32(skb, CORDON_RULE_A_ID, index) ?:
	       (rule->program != CORDON_NONE ?
			nla_put_u32(skb, CORDON_RULE_A_PROGRAM, rule->program) :
			0) ?:
	       nla_put_u8(skb, CORDON_RULE_A_EFFECT, rule->effect) ?:
	       nla_put_u32(skb, CORDON_RULE_A_OPS, rule->ops) ?:
	       put_text(skb, CORDON_RULE_A_TEXT, draft, rule->text) ?:
	       put_text(skb, CORDON_RULE_A_FILE, draft, rule->file) ?:
	       nla_put_u32(skb, CORDON_RULE_A_LINE, rule->line) ?:
	       nla_put_u32(skb, CORDON_RULE_A_COLUMN, rule->column) ?:
	       put_text(skb, CORDON_RULE_A_NOTE, draft, rule->note) ?:
	       nla_put_u64_64bit(skb, CORDON_RULE_A_HITS,
				 cordon_hits_read(block->hits, index),
				 CORDON_RULE_A_PAD) ?:
	       (last ? nla_put_u64_64bit(skb, CORDON_RULE_A_LAST,
					 last * NSEC_PER_SEC,
					 CORDON_RULE_A_PAD) : 0);
}

static int response_fill(struct sk_buff *skb, const struct cordon_block *block,
			 u32 index)
{
	const struct cordon_draft *draft = block->draft;
	const struct cordon_draft_response *response =
		cordon_draft_response(draft, index);
	u32 i;

	for (i = 0; i < response->steps; i++)
		if (nla_put_u32(skb, CORDON_RESPONSE_A_TTL, response->ttl[i]))
			return -EMSGSIZE;
	if (response->rule != CORDON_NONE &&
	    (nla_put_u32(skb, CORDON_RESPONSE_A_RULE, response->rule) ||
	     nla_put_u32(skb, CORDON_RESPONSE_A_RULES, response->rules)))
		return -EMSGSIZE;
	return put_text(skb, CORDON_RESPONSE_A_WORKLOAD, draft, draft->name) ?:
	       nla_put_u32(skb, CORDON_RESPONSE_A_OPS, response->ops) ?:
	       nla_put_u32(skb, CORDON_RESPONSE_A_DO, response->responses) ?:
	       nla_put_u32(skb, CORDON_RESPONSE_A_TIMES, response->times) ?:
	       nla_put_u8(skb, CORDON_RESPONSE_A_PER, response->per) ?:
	       (response->within ? nla_put_u32(skb, CORDON_RESPONSE_A_WITHIN,
					       response->within) : 0) ?:
	       (response->lapse ? nla_put_u32(skb, CORDON_RESPONSE_A_ASK,
					      response->lapse) : 0);
}

int cordon_dump_workloads(struct sk_buff *skb, struct netlink_callback *cb)
{
	return dump_items(skb, cb, CORDON_CMD_WORKLOAD_DUMP, CORDON_A_WORKLOAD,
			  workload_fill, count_one);
}

int cordon_dump_members(struct sk_buff *skb, struct netlink_callback *cb)
{
	return dump_items(skb, cb, CORDON_CMD_MEMBER_DUMP, CORDON_A_MEMBER,
			  member_fill, count_members);
}

int cordon_dump_programs(struct sk_buff *skb, struct netlink_callback *cb)
{
	return dump_items(skb, cb, CORDON_CMD_PROGRAM_DUMP, CORDON_A_PROGRAM,
			  program_fill, count_programs);
}

int cordon_dump_rules(struct sk_buff *skb, struct netlink_callback *cb)
{
	return dump_items(skb, cb, CORDON_CMD_RULE_DUMP, CORDON_A_RULE,
			  rule_fill, count_rules);
}

int cordon_dump_responses(struct sk_buff *skb, struct netlink_callback *cb)
{
	return dump_items(skb, cb, CORDON_CMD_RESPONSE_DUMP, CORDON_A_RESPONSE,
			  response_fill, count_responses);
}

/* --- tasks ---------------------------------------------------------------- */

struct task_dump {
	struct sk_buff *skb;
	struct netlink_callback *cb;
	const struct cordon_policy *policy;
};

static int task_fill(struct sk_buff *skb, struct task_struct *task,
		     struct cordon_label *label,
		     const struct cordon_policy *policy)
{
	u32 workload = cordon_policy_workload(policy, cordon_label_name(label),
					      label->name_length);
	struct cordon_subject subject;
	const struct cordon_draft *draft;
	char comm[TASK_COMM_LEN];
	u32 parent;
	u32 index;
	u32 uid;

	cordon_label_resolve(label, policy, &subject);
	rcu_read_lock();
	uid = from_kuid(&init_user_ns, __task_cred(task)->uid);
	/* Of a task that is reaped but referenced it may be gone already. */
	parent = pid_alive(task) ?
		task_tgid_nr(rcu_dereference(task->real_parent)) : 0;
	rcu_read_unlock();
	get_task_comm(comm, task);
	if (nla_put_u32(skb, CORDON_TASK_A_PID, task_pid_nr(task)) ||
	    nla_put_u32(skb, CORDON_TASK_A_TGID, task_tgid_nr(task)) ||
	    nla_put_u32(skb, CORDON_TASK_A_PARENT, parent) ||
	    nla_put_u32(skb, CORDON_TASK_A_UID, uid) ||
	    nla_put_string(skb, CORDON_TASK_A_COMM, comm) ||
	    nla_put_string(skb, CORDON_TASK_A_WORKLOAD,
			   cordon_label_name(label)) ||
	    nla_put_string(skb, CORDON_TASK_A_EXE, cordon_label_exe(label)))
		return -EMSGSIZE;
	if (workload == CORDON_NONE)
		return nla_put_flag(skb, CORDON_TASK_A_STALE);
	if (subject.program == CORDON_NONE)
		return 0;
	draft = cordon_policy_draft(policy, subject.workload);
	index = cordon_policy_program_index(policy, subject.program);
	return put_text(skb, CORDON_TASK_A_PROGRAM, draft,
			cordon_draft_program(draft, index)->exe);
}

static int task_dump(struct task_struct *task, struct cordon_label *label,
		     void *data)
{
	struct task_dump *dump = data;
	struct nlattr *nest;
	void *head;

	head = cordon_dump_item_begin(dump->skb, dump->cb, CORDON_CMD_TASK_DUMP,
				      CORDON_A_TASK, &nest);
	if (!head)
		return -EMSGSIZE;
	return cordon_dump_item_end(dump->skb, head, nest,
				    task_fill(dump->skb, task, label,
					      dump->policy));
}

static struct cordon_table_cursor *cursor_of(struct netlink_callback *cb)
{
	static_assert(sizeof(struct cordon_table_cursor) <= sizeof(cb->args));
	return (struct cordon_table_cursor *)cb->args;
}

int cordon_dump_tasks(struct sk_buff *skb, struct netlink_callback *cb)
{
	struct task_dump dump = { .skb = skb, .cb = cb };
	int err;
	int srcu;

	srcu = srcu_read_lock(&cordon_srcu);
	dump.policy = cordon_generation_get()->policy;
	err = cordon_label_walk(cursor_of(cb), task_dump, &dump);
	srcu_read_unlock(&cordon_srcu, srcu);
	return skb->len ?: err;
}

/* --- sockets ---------------------------------------------------------------- */

struct flow_dump {
	struct sk_buff *skb;
	struct netlink_callback *cb;
	const struct cordon_generation *generation;
};

static int put_peer(struct sk_buff *skb,
		    const struct cordon_generation *generation,
		    const struct cordon_socket_info *info)
{
	struct cordon_peer peer = { .address = info->remote };
	u64 expires = CORDON_SEGMENT_NEVER;
	char *names;
	int err;

	if (nla_put(skb, CORDON_FLOW_A_REMOTE, sizeof(info->remote),
		    &info->remote) ||
	    nla_put_u16(skb, CORDON_FLOW_A_REMOTE_PORT, info->remote_port))
		return -EMSGSIZE;
	cordon_segment_find(generation, &peer, NULL, &expires);
	if (!peer.segment_count)
		return 0;
	names = kmalloc(CORDON_SEGMENT_NAMES, GFP_KERNEL);
	if (!names)
		return -ENOMEM;
	cordon_segment_names(generation->policy, &peer, names);
	err = nla_put_string(skb, CORDON_FLOW_A_SEGMENTS, names);
	kfree(names);
	return err;
}

static int flow_fill(struct sk_buff *skb,
		     const struct cordon_generation *generation,
		     const struct cordon_socket_info *info)
{
	if (nla_put_string(skb, CORDON_FLOW_A_WORKLOAD,
			   cordon_label_name(info->label)) ||
	    nla_put_string(skb, CORDON_FLOW_A_PROGRAM,
			   cordon_label_exe(info->label)) ||
	    nla_put_u32(skb, CORDON_FLOW_A_TGID, info->tgid) ||
	    nla_put_u16(skb, CORDON_FLOW_A_FAMILY, info->family) ||
	    nla_put_u8(skb, CORDON_FLOW_A_PROTOCOL, info->protocol) ||
	    nla_put_u8(skb, CORDON_FLOW_A_STATE, info->state) ||
	    nla_put_u32(skb, CORDON_FLOW_A_NETNS, info->netns) ||
	    (info->inode &&
	     nla_put_u64_64bit(skb, CORDON_FLOW_A_INODE, info->inode,
			       CORDON_FLOW_A_PAD)))
		return -EMSGSIZE;
	if (info->family != AF_INET && info->family != AF_INET6)
		return 0;
	if (nla_put(skb, CORDON_FLOW_A_LOCAL, sizeof(info->local),
		    &info->local) ||
	    nla_put_u16(skb, CORDON_FLOW_A_LOCAL_PORT, info->local_port))
		return -EMSGSIZE;
	return info->remote.word[0] || info->remote.word[1] ?
		put_peer(skb, generation, info) : 0;
}

static int flow_dump(const struct cordon_socket_info *info, void *data)
{
	struct flow_dump *dump = data;
	struct nlattr *nest;
	void *head;

	head = cordon_dump_item_begin(dump->skb, dump->cb, CORDON_CMD_FLOW_DUMP,
				      CORDON_A_FLOW, &nest);
	if (!head)
		return -EMSGSIZE;
	return cordon_dump_item_end(dump->skb, head, nest,
				    flow_fill(dump->skb, dump->generation,
					      info));
}

int cordon_dump_flows(struct sk_buff *skb, struct netlink_callback *cb)
{
	struct flow_dump dump = { .skb = skb, .cb = cb };
	int err;
	int srcu;

	srcu = srcu_read_lock(&cordon_srcu);
	dump.generation = cordon_generation_get();
	err = cordon_socket_walk(cursor_of(cb), flow_dump, &dump);
	srcu_read_unlock(&cordon_srcu, srcu);
	return skb->len ?: err;
}

/* --- hooks ---------------------------------------------------------------- */

static int hook_fill(struct sk_buff *skb, const struct cordon_hook_info *info)
{
	return nla_put_string(skb, CORDON_HOOK_A_NAME, info->name) ?:
	       nla_put_u8(skb, CORDON_HOOK_A_CLASS, info->class) ?:
	       nla_put_u8(skb, CORDON_HOOK_A_STATE, info->state) ?:
	       (info->required ? nla_put_flag(skb, CORDON_HOOK_A_REQUIRED) :
				 0) ?:
	       nla_put_u64_64bit(skb, CORDON_HOOK_A_CALLS, info->calls,
				 CORDON_HOOK_A_PAD) ?:
	       (info->why ? nla_put_string(skb, CORDON_HOOK_A_WHY, info->why) :
			    0);
}

int cordon_dump_hooks(struct sk_buff *skb, struct netlink_callback *cb)
{
	struct cordon_hook_info info;
	struct nlattr *nest;
	int err = 0;
	void *head;

	for (; cordon_hook_info(cb->args[0], &info); cb->args[0]++) {
		head = cordon_dump_item_begin(skb, cb, CORDON_CMD_HOOK_DUMP,
					      CORDON_A_HOOK, &nest);
		err = head ? cordon_dump_item_end(skb, head, nest,
						  hook_fill(skb, &info)) :
			     -EMSGSIZE;
		if (err)
			break;
	}
	return skb->len ?: err;
}
