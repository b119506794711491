// SPDX-License-Identifier: GPL-2.0-only
/*
 * Reading events: a message of them for each request, so that nothing is kept
 * of a reader.  It is no dump, since those cannot begin any more when the
 * module is about to go, and its last events would reach nobody.
 */
#include <linux/jiffies.h>
#include <linux/mm.h>
#include <linux/slab.h>
#include <net/netlink.h>

#include "compat.h"
#include "journal.h"
#include "netlink.h"

/* Of an answer; the longest event takes less than half of it. */
#define ANSWER_SIZE	(30u << 10)
static_assert(CORDON_JOURNAL_WORDS * 8 + 1024 < ANSWER_SIZE / 2);

const struct nla_policy cordon_event_get_policy[CORDON_A_COUNT] = {
	[CORDON_A_SEQUENCE] = { .type = NLA_U64 },
	[CORDON_A_INSTANCE] = { .type = NLA_U64 },
};

static int put_u64(struct sk_buff *skb, int attribute, u64 value)
{
	return nla_put_u64_64bit(skb, attribute, value, CORDON_EVENT_A_PAD);
}

/* A text that is not empty; @text is moved on to the next. */
static int put_text(struct sk_buff *skb, int attribute,
		    const struct cordon_event_head *head,
		    enum cordon_event_text which, const char **text)
{
	u16 length = head->length[which];
	const char *this = *text;

	*text += cordon_ring_text_words(length) * sizeof(u64);
	return length ? nla_put(skb, attribute, length + 1, this) : 0;
}

static int texts_fill(struct sk_buff *skb, const struct cordon_event_head *head)
{
	static const u8 attributes[CORDON_EVENT_TEXT_COUNT] = {
		[CORDON_EVENT_TEXT_OBJECT] = CORDON_EVENT_A_OBJECT,
		[CORDON_EVENT_TEXT_WORKLOAD] = CORDON_EVENT_A_WORKLOAD,
		[CORDON_EVENT_TEXT_PROGRAM] = CORDON_EVENT_A_PROGRAM,
		[CORDON_EVENT_TEXT_RULE] = CORDON_EVENT_A_RULE_TEXT,
		[CORDON_EVENT_TEXT_FILE] = CORDON_EVENT_A_RULE_FILE,
		[CORDON_EVENT_TEXT_FROM_SEGMENTS] =
			CORDON_EVENT_A_FROM_SEGMENTS,
		[CORDON_EVENT_TEXT_SEGMENTS] = CORDON_EVENT_A_SEGMENTS,
		[CORDON_EVENT_TEXT_PEER] = CORDON_EVENT_A_PEER,
	};
	const char *text = (const char *)(head + 1);
	unsigned int i;

	for (i = 0; i < CORDON_EVENT_TEXT_COUNT; i++)
		if (put_text(skb, attributes[i], head, i, &text))
			return -EMSGSIZE;
	return 0;
}

static int owner_fill(struct sk_buff *skb,
		      const struct cordon_event_owner *owner)
{
	if (!owner->tgid)
		return 0;
	/* Of a packet that comes in only who made the socket is known. */
	if (nla_put_u32(skb, CORDON_EVENT_A_TGID, owner->tgid) ||
	    (owner->pid &&
	     (nla_put_u32(skb, CORDON_EVENT_A_PID, owner->pid) ||
	      nla_put_u32(skb, CORDON_EVENT_A_PARENT, owner->parent) ||
	      nla_put_u32(skb, CORDON_EVENT_A_UID, owner->uid) ||
	      nla_put_string(skb, CORDON_EVENT_A_COMM, owner->comm))))
		return -EMSGSIZE;
	return 0;
}

static int departure_fill(struct sk_buff *skb,
			  const struct cordon_event_head *head)
{
	if (nla_put_u8(skb, CORDON_EVENT_A_ACTION, head->action) ||
	    nla_put_u8(skb, CORDON_EVENT_A_REASON, head->reason) ||
	    nla_put_u8(skb, CORDON_EVENT_A_CLASS, head->topic) ||
	    nla_put_u8(skb, CORDON_EVENT_A_OP, head->op) ||
	    nla_put_u8(skb, CORDON_EVENT_A_KIND, head->kind) ||
	    (head->flags & CORDON_EVENT_UNLISTED &&
	     nla_put_flag(skb, CORDON_EVENT_A_UNLISTED)))
		return -EMSGSIZE;
	if (head->flags & CORDON_EVENT_RULED &&
	    (nla_put_u32(skb, CORDON_EVENT_A_RULE, head->rule) ||
	     nla_put_u32(skb, CORDON_EVENT_A_RULE_LINE, head->rule_line)))
		return -EMSGSIZE;
	if (head->flags & CORDON_EVENT_FLOW &&
	    (nla_put_u8(skb, CORDON_EVENT_A_PROTOCOL, head->protocol) ||
	     nla_put(skb, CORDON_EVENT_A_LOCAL, sizeof(head->local),
		     &head->local) ||
	     nla_put_u16(skb, CORDON_EVENT_A_LOCAL_PORT, head->local_port) ||
	     nla_put(skb, CORDON_EVENT_A_REMOTE, sizeof(head->remote),
		     &head->remote) ||
	     nla_put_u16(skb, CORDON_EVENT_A_REMOTE_PORT, head->remote_port)))
		return -EMSGSIZE;
	return 0;
}

/* What is neither departure nor its repeats. */
static int change_fill(struct sk_buff *skb,
		       const struct cordon_event_head *head)
{
	if (head->topic == CORDON_TOPIC_POLICY &&
	    (put_u64(skb, CORDON_EVENT_A_BEFORE, head->before) ||
	     (head->confirm &&
	      nla_put_u32(skb, CORDON_EVENT_A_CONFIRM, head->confirm))))
		return -EMSGSIZE;
	if (head->topic == CORDON_TOPIC_RESPONSE &&
	    (nla_put_u8(skb, CORDON_EVENT_A_RESPONSE, head->response) ||
	     nla_put_u8(skb, CORDON_EVENT_A_PHASE, head->phase) ||
	     (head->confirm &&
	      nla_put_u32(skb, CORDON_EVENT_A_TTL, head->confirm)) ||
	     (head->rule &&
	      nla_put_u32(skb, CORDON_EVENT_A_PENDING, head->rule)) ||
	     (head->flags & CORDON_EVENT_FLOW &&
	      nla_put(skb, CORDON_EVENT_A_REMOTE, sizeof(head->remote),
		      &head->remote))))
		return -EMSGSIZE;
	if (head->evidence &&
	    (nla_put_u8(skb, CORDON_EVENT_A_EVIDENCE, head->evidence) ||
	     (head->status &&
	      nla_put_u32(skb, CORDON_EVENT_A_HOLD, head->status)) ||
	     (head->lifetime &&
	      put_u64(skb, CORDON_EVENT_A_START, head->lifetime))))
		return -EMSGSIZE;
	if (head->type == CORDON_EVENT_EXIT &&
	    (nla_put_u32(skb, CORDON_EVENT_A_STATUS, head->status) ||
	     put_u64(skb, CORDON_EVENT_A_LIFETIME, head->lifetime)))
		return -EMSGSIZE;
	return 0;
}

static int event_fill(struct sk_buff *skb, const struct cordon_event_head *head)
{
	if (put_u64(skb, CORDON_EVENT_A_SEQUENCE, head->sequence) ||
	    nla_put(skb, CORDON_EVENT_A_MADE, sizeof(head->made),
		    head->made) ||
	    put_u64(skb, CORDON_EVENT_A_TIME, head->time) ||
	    put_u64(skb, CORDON_EVENT_A_BOOTTIME, head->boottime) ||
	    put_u64(skb, CORDON_EVENT_A_GENERATION, head->generation) ||
	    put_u64(skb, CORDON_EVENT_A_NUMBER, head->number) ||
	    nla_put_u8(skb, CORDON_EVENT_A_TYPE, head->type) ||
	    nla_put_u8(skb, CORDON_EVENT_A_TOPIC, head->topic) ||
	    (head->flags & CORDON_EVENT_CUT &&
	     nla_put_flag(skb, CORDON_EVENT_A_CUT)) ||
	    owner_fill(skb, &head->owner) || texts_fill(skb, head))
		return -EMSGSIZE;
	if (head->type == CORDON_EVENT_REPEATS &&
	    (put_u64(skb, CORDON_EVENT_A_FIRST, head->first) ||
	     put_u64(skb, CORDON_EVENT_A_FIRST_TIME, head->first_time) ||
	     put_u64(skb, CORDON_EVENT_A_LAST_TIME, head->last_time)))
		return -EMSGSIZE;
	if (head->topic < (u8)CORDON_CLASS_COUNT)
		return departure_fill(skb, head);
	return change_fill(skb, head);
}

static int record_fill(struct sk_buff *skb, const u64 *record)
{
	struct nlattr *nest = nla_nest_start(skb, CORDON_A_EVENT);

	if (!nest)
		return -EMSGSIZE;
	if (event_fill(skb, (const struct cordon_event_head *)record)) {
		nla_nest_cancel(skb, nest);
		return -EMSGSIZE;
	}
	nla_nest_end(skb, nest);
	return 0;
}

/*
 * As many as there are, and as there is room for.  Who asked for what was then
 * overwritten, up to the limit, gets what is held now: "none" is to be true.
 */
static void events_fill(struct sk_buff *skb, u64 sequence, u64 *record)
{
	bool some = false;
	u64 limit;

	do {
		limit = cordon_journal_next();
		while (cordon_journal_read(&sequence, limit, record)) {
			if (record_fill(skb, record))
				return;
			some = true;
			sequence++;
		}
	} while (!some && sequence >= limit && limit < cordon_journal_next());
}

static unsigned long asked;	/* jiffies: by the last request */

/** cordon_event_asked - when somebody last asked for events, in jiffies */
unsigned long cordon_event_asked(void)
{
	return READ_ONCE(asked);
}

/** cordon_event_get - answer with events, from a number on */
int cordon_event_get(struct sk_buff *skb, struct genl_info *info)
{
	const struct nlattr *instance = info->attrs[CORDON_A_INSTANCE];
	const struct nlattr *from = info->attrs[CORDON_A_SEQUENCE];
	struct sk_buff *msg;
	int err = -ENOMEM;
	u64 *record;
	void *head;

	if (!cordon_netlink_may_read(skb))
		return cordon_netlink_refuse(info->extack, NULL,
					     "reading needs CAP_AUDIT_READ or CAP_MAC_ADMIN in the initial user namespace",
					     -EPERM);
	WRITE_ONCE(asked, jiffies);
	if (instance && nla_get_u64(instance) != cordon_journal_instance())
		return cordon_netlink_refuse(info->extack, instance,
					     "the module has been loaded anew, and events count from 1 again",
					     -ESTALE);
	if (from && nla_get_u64(from) > cordon_journal_next())
		return cordon_netlink_refuse(info->extack, from,
					     "no event has that number yet: it is of another time that the module was loaded",
					     -ERANGE);
	record = kvmalloc_array(CORDON_JOURNAL_WORDS, sizeof(*record),
				GFP_KERNEL);
	msg = genlmsg_new(ANSWER_SIZE, GFP_KERNEL);
	if (!record || !msg)
		goto out;
	head = genlmsg_put_reply(msg, info, &cordon_family, 0,
				 CORDON_CMD_EVENT_GET);
	if (!head || nla_put_u64_64bit(msg, CORDON_A_INSTANCE,
				       cordon_journal_instance(),
				       CORDON_A_PAD))
		goto out;
	events_fill(msg, from ? nla_get_u64(from) : 0, record);
	genlmsg_end(msg, head);
	kvfree(record);
	return genlmsg_reply(msg, info);
out:
	nlmsg_free(msg);
	kvfree(record);
	return err;
}
