// SPDX-License-Identifier: GPL-2.0-only
/*
 * A transaction: workloads put together by one socket, published as a whole
 * or not at all.
 */
#include <linux/mutex.h>
#include <linux/slab.h>
#include <linux/string.h>

#include "blocked.h"
#include "generation.h"
#include "netlink.h"
#include "record.h"

/* What is being put together; under lock. */
static struct {
	u32 portid;			/* socket that began it; 0: none */
	u64 base;			/* the generation it started from */
	u32 count;			/* workloads */
	struct cordon_block *open;	/* rules go here; also in blocks */
	struct cordon_block **blocks;	/* sorted by name, referenced */
} transaction;

static DEFINE_MUTEX(lock);	/* of the transaction */

const struct nla_policy cordon_begin_policy[CORDON_A_COUNT] = {
	[CORDON_A_GENERATION] = { .type = NLA_U64 },
	[CORDON_A_REPLACE] = { .type = NLA_FLAG },
};

const struct nla_policy cordon_workload_add_policy[CORDON_A_COUNT] = {
	[CORDON_A_WORKLOAD] = NLA_POLICY_NESTED(cordon_record_workload_policy),
};

const struct nla_policy cordon_rule_add_policy[CORDON_A_COUNT] = {
	[CORDON_A_MEMBER] = NLA_POLICY_NESTED(cordon_record_member_policy),
	[CORDON_A_PROGRAM] = NLA_POLICY_NESTED(cordon_record_program_policy),
	[CORDON_A_RULE] = NLA_POLICY_NESTED(cordon_record_rule_policy),
	[CORDON_A_RESPONSE] = NLA_POLICY_NESTED(cordon_record_response_policy),
};

const struct nla_policy cordon_name_policy[CORDON_A_COUNT] = {
	[CORDON_A_NAME] = CORDON_NETLINK_TEXT(CORDON_NAME_MAX),
};

static struct netlink_range_validation confirm_range = {
	.min = 1,
	.max = CORDON_CONFIRM_MAX,
};

const struct nla_policy cordon_commit_policy[CORDON_A_COUNT] = {
	[CORDON_A_CONFIRM] = NLA_POLICY_FULL_RANGE(NLA_U32, &confirm_range),
};

const struct nla_policy cordon_mode_policy[CORDON_A_COUNT] = {
	[CORDON_A_NAME] = CORDON_NETLINK_TEXT(CORDON_NAME_MAX),
	[CORDON_A_MODES] = NLA_POLICY_NESTED(cordon_modes_policy),
	[CORDON_A_CONFIRM] = NLA_POLICY_FULL_RANGE(NLA_U32, &confirm_range),
};

static void forget(void)
{
	lockdep_assert_held(&lock);
	while (transaction.count)
		cordon_block_put(transaction.blocks[--transaction.count]);
	kvfree(transaction.blocks);
	transaction.blocks = NULL;
	transaction.open = NULL;
	WRITE_ONCE(transaction.portid, 0);
}

static int owned(const struct genl_info *info)
{
	lockdep_assert_held(&lock);
	if (!transaction.portid)
		return cordon_netlink_refuse(info->extack, NULL,
					     "no transaction: begin one first",
					     -ENOENT);
	if (transaction.portid != info->snd_portid)
		return cordon_netlink_refuse(info->extack, NULL,
					     "the transaction belongs to another socket",
					     -EBUSY);
	return 0;
}

/* Where a name is, or would go. */
static u32 position(const char *name, bool *found)
{
	u32 i;

	*found = false;
	for (i = 0; i < transaction.count; i++) {
		const struct cordon_draft *draft = transaction.blocks[i]->draft;
		int order = strcmp(cordon_draft_text(draft, draft->name), name);

		if (order >= 0) {
			*found = !order;
			break;
		}
	}
	return i;
}

/*
 * Is there room in one policy for a workload, instead of one of that name?
 * Asked before it gets its memory, for commit comes late.
 */
static int room_check(const struct cordon_workload_spec *spec,
		      const struct nlattr *nest, struct netlink_ext_ack *extack)
{
	struct cordon_sums sums = { 0 };
	const char *why = NULL;
	u32 i;

	for (i = 0; i < transaction.count && !why; i++) {
		const struct cordon_draft *draft = transaction.blocks[i]->draft;

		if (strcmp(cordon_draft_text(draft, draft->name), spec->name))
			why = cordon_sums_add(&sums, &draft->capacity);
	}
	if (!why)
		why = cordon_sums_add(&sums, &spec->counts);
	return why ? cordon_netlink_refuse(extack, nest, why, -E2BIG) : 0;
}

static int open_complete(struct netlink_ext_ack *extack)
{
	struct cordon_fault fault;

	if (transaction.open &&
	    cordon_draft_complete(transaction.open->draft, &fault))
		return cordon_netlink_refuse(extack, NULL, fault.what, -EINVAL);
	transaction.open = NULL;
	return 0;
}

/* Take over what is loaded. */
static int start_from(const struct cordon_generation *generation)
{
	u32 i;

	for (i = 0; i < generation->count; i++) {
		cordon_block_get(generation->blocks[i]);
		transaction.blocks[i] = generation->blocks[i];
	}
	transaction.count = generation->count;
	return 0;
}

int cordon_transaction_begin(struct sk_buff *skb, struct genl_info *info)
{
	const struct nlattr *wanted = info->attrs[CORDON_A_GENERATION];
	const struct cordon_generation *generation;
	int err = 0;
	int srcu;

	mutex_lock(&lock);
	if (transaction.portid) {
		err = cordon_netlink_refuse(info->extack, NULL,
					    "another transaction is under way",
					    -EBUSY);
		goto out;
	}
	transaction.blocks = kvcalloc(CORDON_WORKLOADS_MAX,
				      sizeof(*transaction.blocks), GFP_KERNEL);
	if (!transaction.blocks) {
		err = -ENOMEM;
		goto out;
	}
	srcu = srcu_read_lock(&cordon_srcu);
	generation = cordon_generation_get();
	transaction.base = generation->number;
	if (wanted && nla_get_u64(wanted) != generation->number)
		err = cordon_netlink_refuse(info->extack, wanted,
					    "another generation is in force by now",
					    -ESTALE);
	else if (!info->attrs[CORDON_A_REPLACE])
		err = start_from(generation);
	srcu_read_unlock(&cordon_srcu, srcu);
	if (err)
		forget();
	else
		WRITE_ONCE(transaction.portid, info->snd_portid);
out:
	mutex_unlock(&lock);
	return err;
}

static int workload_insert(struct cordon_block *block,
			   struct netlink_ext_ack *extack)
{
	const struct cordon_draft *draft = block->draft;
	bool found;
	u32 at = position(cordon_draft_text(draft, draft->name), &found);

	if (found) {
		cordon_block_put(transaction.blocks[at]);
		transaction.blocks[at] = block;
		return 0;
	}
	if (transaction.count == CORDON_WORKLOADS_MAX)
		return cordon_netlink_refuse(extack, NULL,
					     "too many workloads", -E2BIG);
	memmove(&transaction.blocks[at + 1], &transaction.blocks[at],
		(transaction.count - at) * sizeof(*transaction.blocks));
	transaction.blocks[at] = block;
	transaction.count++;
	return 0;
}

int cordon_transaction_workload(struct sk_buff *skb, struct genl_info *info)
{
	const struct nlattr *nest = info->attrs[CORDON_A_WORKLOAD];
	struct cordon_workload_spec spec;
	struct cordon_block *block;
	struct cordon_fault fault;
	int err;

	mutex_lock(&lock);
	err = owned(info);
	if (err)
		goto out;
	if (!nest) {
		err = cordon_netlink_refuse(info->extack, NULL,
					    "no workload was given", -EINVAL);
		goto out;
	}
	err = open_complete(info->extack);
	if (err)
		goto out;
	err = cordon_record_workload(&spec, nest, info->extack);
	if (!err)
		err = room_check(&spec, nest, info->extack);
	if (err)
		goto out;
	block = cordon_block_new(&spec, &fault);
	if (IS_ERR(block)) {
		err = PTR_ERR(block);
		if (err == -EINVAL)
			cordon_netlink_refuse(info->extack, nest, fault.what,
					      err);
		goto out;
	}
	err = workload_insert(block, info->extack);
	if (err)
		cordon_block_put(block);
	else
		transaction.open = block;
out:
	mutex_unlock(&lock);
	return err;
}

int cordon_transaction_rules(struct sk_buff *skb, struct genl_info *info)
{
	struct cordon_draft *draft;
	const struct nlattr *attr;
	const char **patterns;
	int err;
	int rest;

	patterns = kmalloc_array(CORDON_PATTERNS_MAX, sizeof(*patterns),
				 GFP_KERNEL);
	if (!patterns)
		return -ENOMEM;
	mutex_lock(&lock);
	err = owned(info);
	if (err)
		goto out;
	if (!transaction.open) {
		err = cordon_netlink_refuse(info->extack, NULL,
					    "add a workload first", -EINVAL);
		goto out;
	}
	draft = transaction.open->draft;
	nlmsg_for_each_attr(attr, info->nlhdr, GENL_HDRLEN, rest) {
		err = cordon_record_add(draft, attr, patterns, info->extack);
		if (err)
			break;
	}
out:
	mutex_unlock(&lock);
	kfree(patterns);
	return err;
}

int cordon_transaction_delete(struct sk_buff *skb, struct genl_info *info)
{
	const struct nlattr *name = info->attrs[CORDON_A_NAME];
	bool found;
	int err;
	u32 at;

	mutex_lock(&lock);
	err = owned(info);
	if (!err)
		err = open_complete(info->extack);
	if (err)
		goto out;
	at = name ? position(nla_data(name), &found) : 0;
	if (!name || !found) {
		err = cordon_netlink_refuse(info->extack, name,
					    "no workload of that name is loaded",
					    -ENOENT);
		goto out;
	}
	cordon_block_put(transaction.blocks[at]);
	transaction.count--;
	memmove(&transaction.blocks[at], &transaction.blocks[at + 1],
		(transaction.count - at) * sizeof(*transaction.blocks));
out:
	mutex_unlock(&lock);
	return err;
}

/* Why a policy cannot be published; which rule is at fault goes to the log. */
static int publish_refused(struct netlink_ext_ack *extack,
			   struct cordon_block *const *blocks,
			   const struct cordon_fault *fault, int err)
{
	const struct cordon_draft *draft;
	const struct cordon_draft_rule *rule;

	switch (err) {
	case -ESTALE:
		return cordon_netlink_refuse(extack, NULL,
					     "another generation is in force by now",
					     err);
	case -EBUSY:
		return cordon_netlink_refuse(extack, NULL,
					     "a generation waits to be confirmed: confirm it or roll it back first",
					     err);
	case -EINVAL:
		break;
	default:
		return err;
	}
	if (fault->workload != CORDON_NONE) {
		draft = blocks[fault->workload]->draft;
		if (fault->rule == CORDON_NONE) {
			pr_notice("refused: workload %s: %s\n",
				  cordon_draft_text(draft, draft->name),
				  fault->what);
		} else {
			rule = cordon_draft_rule(draft, fault->rule);
			pr_notice("refused: %s:%u:%u: %s\n",
				  cordon_draft_text(draft, rule->file),
				  rule->line, rule->column, fault->what);
		}
	}
	return cordon_netlink_refuse(extack, NULL, fault->what, err);
}

/* Who is blocked is found out where nothing may wait for memory. */
static int responses_reserve(void)
{
	u32 i;
	u32 k;

	for (i = 0; i < transaction.count; i++) {
		const struct cordon_draft *draft = transaction.blocks[i]->draft;

		for (k = 0; k < draft->used.responses; k++)
			if (cordon_draft_response(draft, k)->responses &
			    1U << CORDON_RESPONSE_BLOCK_PEER)
				return cordon_blocked_reserve();
	}
	return 0;
}

int cordon_transaction_commit(struct sk_buff *skb, struct genl_info *info)
{
	const struct nlattr *confirm = info->attrs[CORDON_A_CONFIRM];
	struct cordon_publication publication = {
		.confirm = confirm ? nla_get_u32(confirm) : 0,
	};
	struct cordon_fault fault;
	int err;

	mutex_lock(&lock);
	err = owned(info);
	if (!err)
		err = open_complete(info->extack);
	if (err)
		goto out;
	publication.base = transaction.base;
	err = responses_reserve();
	if (err)
		goto out;
	err = cordon_generation_publish(transaction.blocks, transaction.count,
					&publication, &fault);
	if (err)
		publish_refused(info->extack, transaction.blocks, &fault, err);
	forget();
out:
	mutex_unlock(&lock);
	return err;
}

int cordon_transaction_abort(struct sk_buff *skb, struct genl_info *info)
{
	int err;

	mutex_lock(&lock);
	err = owned(info);
	if (!err)
		forget();
	mutex_unlock(&lock);
	return err;
}

/* One workload in other modes; all else as it is. */
static int mode_publish(const struct cordon_generation *generation, u32 which,
			const u8 *mode, const struct nlattr *confirm,
			struct netlink_ext_ack *extack)
{
	const struct cordon_draft *draft = generation->blocks[which]->draft;
	const struct cordon_publication publication = {
		.base = generation->number,
		.confirm = confirm ? nla_get_u32(confirm) : 0,
		.workload = cordon_draft_text(draft, draft->name),
		.mode = mode,
	};
	struct cordon_block **blocks;
	struct cordon_block *block;
	struct cordon_fault fault;
	int err = -ENOMEM;

	blocks = kvmalloc_array(generation->count, sizeof(*blocks), GFP_KERNEL);
	block = cordon_block_with_modes(generation->blocks[which], mode);
	if (!blocks || !block)
		goto out;
	memcpy(blocks, generation->blocks, generation->count * sizeof(*blocks));
	blocks[which] = block;
	err = cordon_generation_publish(blocks, generation->count,
					&publication, &fault);
	if (err)
		publish_refused(extack, blocks, &fault, err);
out:
	cordon_block_put(block);
	kvfree(blocks);
	return err;
}

int cordon_transaction_mode(struct sk_buff *skb, struct genl_info *info)
{
	const struct nlattr *name = info->attrs[CORDON_A_NAME];
	const struct nlattr *modes = info->attrs[CORDON_A_MODES];
	const struct cordon_generation *generation;
	u8 mode[CORDON_CLASS_COUNT];
	u32 which;
	int err;
	int srcu;

	if (!name || !modes)
		return cordon_netlink_refuse(info->extack, NULL,
					     "a workload's name and modes are needed",
					     -EINVAL);
	srcu = srcu_read_lock(&cordon_srcu);
	generation = cordon_generation_get();
	which = cordon_policy_document(generation->policy, nla_data(name),
				       strlen(nla_data(name)));
	if (which == CORDON_NONE) {
		err = cordon_netlink_refuse(info->extack, name,
					    "no workload of that name is loaded",
					    -ENOENT);
		goto out;
	}
	memcpy(mode, generation->blocks[which]->draft->mode, sizeof(mode));
	err = cordon_netlink_get_modes(modes, mode, info->extack);
	if (!err)
		err = mode_publish(generation, which, mode,
				   info->attrs[CORDON_A_CONFIRM],
				   info->extack);
out:
	srcu_read_unlock(&cordon_srcu, srcu);
	return err;
}

/** cordon_transaction_owner - port id of who has a transaction, or 0 */
u32 cordon_transaction_owner(void)
{
	return READ_ONCE(transaction.portid);
}

/** cordon_transaction_release - forget the transaction of a socket */
void cordon_transaction_release(u32 portid)
{
	/* Most sockets that close have none, and must not wait for a commit. */
	if (!portid || READ_ONCE(transaction.portid) != portid)
		return;
	mutex_lock(&lock);
	if (transaction.portid == portid)
		forget();
	mutex_unlock(&lock);
}
