// SPDX-License-Identifier: GPL-2.0-only
/*
 * Records in the Linux audit log, where audit is on: departures, and what is
 * changed.  A reader of the journal like any other, which the audit log may
 * keep waiting while nobody else waits: what it misses it says.
 *
 * The type is KERNEL_OTHER, which audit has for modules; the fields are those
 * that ausearch and aureport know.
 */
#include <linux/audit.h>
#include <linux/mm.h>
#include <linux/slab.h>
#include <linux/string.h>
#include <linux/workqueue.h>

#include "audit.h"
#include "compat.h"
#include "engine/names.h"
#include "journal.h"

#define TEXT_MAX	1024	/* bytes of a text; audit's records are bounded */
#define PATIENCE	(5 * HZ) /* jiffies in which the module's last is told */

static u64 *record;			/* the work's */
static u64 cursor = 1;			/* likewise */
static u64 seen;			/* likewise; events told or said missed */
static char encoded[2 * TEXT_MAX + 3];	/* likewise */

static bool stopping;
static unsigned long deadline;		/* jiffies, while stopping */

static void tell(struct work_struct *work);
static DECLARE_WORK(tell_work, tell);

/* As audit does: quoted where that is safe, else in hexadecimal. */
static const char *encode(const char *text, u16 length)
{
	static const char digits[] = "0123456789ABCDEF";
	bool safe = true;
	char *to = encoded;
	u16 i;

	if (length > TEXT_MAX)
		length = TEXT_MAX;
	for (i = 0; i < length; i++)
		safe &= text[i] > ' ' && text[i] < 0x7f && text[i] != '"';
	if (safe)
		*to++ = '"';
	for (i = 0; i < length; i++) {
		if (safe) {
			*to++ = text[i];
			continue;
		}
		*to++ = digits[(u8)text[i] >> 4];
		*to++ = digits[(u8)text[i] & 15];
	}
	if (safe)
		*to++ = '"';
	*to = '\0';
	return encoded;
}

static const char *text_of(const struct cordon_event_head *head,
			   enum cordon_event_text which)
{
	const char *text = (const char *)(head + 1);
	unsigned int i;

	for (i = 0; i < (unsigned int)which; i++)
		text += cordon_ring_text_words(head->length[i]) * sizeof(u64);
	return text;
}

static bool is_cut(const struct cordon_event_head *head)
{
	unsigned int i;

	if (head->flags & CORDON_EVENT_CUT)
		return true;
	for (i = 0; i < CORDON_EVENT_TEXT_COUNT; i++)
		if (head->length[i] > TEXT_MAX)
			return true;
	return false;
}

static void put_text(struct audit_buffer *buffer, const char *key,
		     const struct cordon_event_head *head,
		     enum cordon_event_text which)
{
	if (head->length[which])
		audit_log_format(buffer, " %s=%s", key,
				 encode(text_of(head, which),
					head->length[which]));
}

static void put_owner(struct audit_buffer *buffer,
		      const struct cordon_event_owner *owner)
{
	if (!owner->tgid)
		return;
	audit_log_format(buffer, " pid=%u", owner->tgid);
	if (owner->pid)
		audit_log_format(buffer, " ppid=%u uid=%u comm=%s",
				 owner->parent, owner->uid,
				 encode(owner->comm,
					strnlen(owner->comm,
						sizeof(owner->comm))));
}

static void put_departure(struct audit_buffer *buffer,
			  const struct cordon_event_head *head)
{
	audit_log_format(buffer, " op=%s", cordon_op_name(head->op));
	put_text(buffer, "workload", head, CORDON_EVENT_TEXT_WORKLOAD);
	put_owner(buffer, &head->owner);
	put_text(buffer, "exe", head, CORDON_EVENT_TEXT_PROGRAM);
	put_text(buffer, "name", head, CORDON_EVENT_TEXT_OBJECT);
	audit_log_format(buffer, " reason=%s%s",
			 cordon_reason_name(head->reason),
			 is_cut(head) ? " cut=1" : "");
	if (head->type == CORDON_EVENT_REPEATS)
		audit_log_format(buffer, " count=%llu first=%llu",
				 head->number, head->first);
	audit_log_format(buffer, " res=%d",
			 head->action != CORDON_ACTION_DENY);
}

static void put_response(struct audit_buffer *buffer,
			 const struct cordon_event_head *head)
{
	char address[CORDON_ADDRESS_TEXT];

	audit_log_format(buffer, " response=%s phase=%s count=%llu",
			 cordon_response_name(head->response),
			 cordon_phase_name(head->phase), head->number);
	if (head->type == CORDON_EVENT_REPEATS)
		audit_log_format(buffer, " first=%llu", head->first);
	if (head->evidence)
		audit_log_format(buffer, " evidence=%s",
				 cordon_evidence_name(head->evidence));
	if (!(head->flags & CORDON_EVENT_FLOW))
		return;
	cordon_address_print_block(address, &head->remote);
	audit_log_format(buffer, " addr=%s", address);
}

static void put_change(struct audit_buffer *buffer,
		       const struct cordon_event_head *head)
{
	put_text(buffer, "workload", head, CORDON_EVENT_TEXT_WORKLOAD);
	put_owner(buffer, &head->owner);
	if (head->topic == CORDON_TOPIC_POLICY)
		audit_log_format(buffer, " old=%llu new=%llu", head->before,
				 head->generation);
	else if (head->topic == CORDON_TOPIC_SEGMENT)
		audit_log_format(buffer, " count=%llu", head->number);
	else if (head->topic == CORDON_TOPIC_RESPONSE)
		put_response(buffer, head);
	put_text(buffer, "name", head, CORDON_EVENT_TEXT_OBJECT);
	audit_log_format(buffer, " res=%d",
			 head->phase != CORDON_PHASE_REFUSE);
}

/* Return: false: the audit log has no room. */
static bool event_log(const struct cordon_event_head *head)
{
	bool departure = head->topic < (u8)CORDON_CLASS_COUNT;
	struct audit_buffer *buffer;

	/* Audit tells of processes itself, if it is to; learning is no breach. */
	if (head->topic == CORDON_TOPIC_TASK ||
	    head->type == CORDON_EVENT_BEHAVIOUR)
		return true;
	buffer = audit_log_start(NULL, GFP_KERNEL, AUDIT_KERNEL_OTHER);
	if (!buffer)
		return false;
	audit_log_format(buffer, "cordon=%s seq=%llu", departure ?
			 cordon_action_name(head->action) :
			 cordon_event_name(head->type), head->sequence);
	if (departure)
		put_departure(buffer, head);
	else
		put_change(buffer, head);
	audit_log_end(buffer);
	return true;
}

static void missed_log(u64 count)
{
	struct audit_buffer *buffer;

	buffer = audit_log_start(NULL, GFP_KERNEL, AUDIT_KERNEL_OTHER);
	if (!buffer)
		return;
	audit_log_format(buffer, "cordon=missed count=%llu res=0", count);
	audit_log_end(buffer);
	seen += count;
}

static void tell(struct work_struct *work)
{
	const struct cordon_event_head *head =
		(const struct cordon_event_head *)record;

	while (cordon_journal_read(&cursor, U64_MAX, record)) {
		if (!audit_enabled) {
			cursor = cordon_journal_next();
			seen = cursor - 1;
			return;
		}
		if (READ_ONCE(stopping) && time_after(jiffies, deadline))
			return;
		if (cursor - 1 > seen)
			missed_log(cursor - 1 - seen);
		if (event_log(head))
			seen++;
		cursor++;
		cond_resched();
	}
	if (cursor - 1 > seen)
		missed_log(cursor - 1 - seen);
}

/** cordon_audit_wake - there are new events; any context */
void cordon_audit_wake(void)
{
	queue_work(system_dfl_wq, &tell_work);
}

/** cordon_audit_init - may sleep; Return: 0 or -ENOMEM */
int cordon_audit_init(void)
{
	record = kvcalloc(CORDON_JOURNAL_WORDS, sizeof(*record), GFP_KERNEL);
	return record ? 0 : -ENOMEM;
}

/**
 * cordon_audit_exit - tell what there is, and no more
 *
 * Context: may sleep; if the audit log is full, PATIENCE, or as long as one
 * record waits for it (audit_backlog_wait_time).  Nothing writes any more.
 */
void cordon_audit_exit(void)
{
	u64 made = cordon_journal_next() - 1;

	deadline = jiffies + PATIENCE;
	WRITE_ONCE(stopping, true);
	cordon_audit_wake();
	flush_work(&tell_work);
	if (audit_enabled && made > seen)
		pr_warn("%llu events are not in the audit log, which had no room\n",
			made - seen);
	kvfree(record);
}
