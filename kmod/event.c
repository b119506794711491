// SPDX-License-Identifier: GPL-2.0-only
/*
 * A departure is recorded in the path that denies it: a sequence number, a
 * place in a bounded queue, a rate-limited line in the log.  A work item takes
 * the queue to the listeners, so that nobody who acts waits for them.
 */
#include <linux/atomic.h>
#include <linux/cred.h>
#include <linux/kernel.h>
#include <linux/pid_namespace.h>
#include <linux/ratelimit.h>
#include <linux/sched.h>
#include <linux/slab.h>
#include <linux/spinlock.h>
#include <linux/timekeeping.h>
#include <linux/user_namespace.h>
#include <linux/workqueue.h>

#include "compat.h"
#include "engine/names.h"
#include "event.h"
#include "generation.h"
#include "netlink.h"

#define QUEUE_MAX	4096		/* events */
#define QUEUE_BYTES_MAX	(4u << 20)	/* of all of them: texts are long */

static DEFINE_SPINLOCK(lock);		/* taken with interrupts off */
static LIST_HEAD(queue);		/* under lock */
static u32 queued;			/* under lock */
static u32 queued_bytes;		/* under lock */
static u64 sequence;			/* under lock */
static u64 lost;			/* under lock */
static atomic64_t denied;
static atomic64_t would_deny;

static void queue_deliver(struct work_struct *work);
static DECLARE_WORK(deliver, queue_deliver);

/* At most 10 lines in 5 seconds; the kernel says how many it left out. */
static DEFINE_RATELIMIT_STATE(log_limit, 5 * HZ, 10);

static u16 text_add(struct cordon_event *event, u32 *used, const char *text,
		    u32 length)
{
	u16 at = *used;

	memcpy(event->text + at, text, length);
	event->text[at + length] = '\0';
	*used += length + 1;
	return at;
}

static bool queue_has_room(const struct cordon_event *event)
{
	lockdep_assert_held(&lock);
	return queued < QUEUE_MAX &&
	       queued_bytes + event->size <= QUEUE_BYTES_MAX;
}

static void describe_task(struct cordon_event *event)
{
	rcu_read_lock();
	event->pid = task_pid_nr(current);
	event->tgid = task_tgid_nr(current);
	event->parent = task_tgid_nr(rcu_dereference(current->real_parent));
	rcu_read_unlock();
	event->uid = from_kuid(&init_user_ns, current_uid());
	strscpy(event->comm, current->comm, sizeof(event->comm));
}

static void log_event(const struct cordon_event *event)
{
	const char *const text = event->text;
	char where[80] = "";

	if (!__ratelimit(&log_limit))
		return;
	if (event->verdict.reason == CORDON_REASON_RULE)
		snprintf(where, sizeof(where), " at %s:%u",
			 kbasename(text + event->rule_file), event->rule_line);
	pr_warn("%s: workload %s, %*pE[%u] uid %u may not %s %*pE: %s%s; `cordonctl explain` tells more\n",
		cordon_action_name(event->verdict.action),
		text + event->workload,
		(int)strlen(text + event->program), text + event->program,
		event->tgid, event->uid, cordon_op_name(event->verdict.op),
		(int)strlen(text + event->object), text + event->object,
		cordon_reason_text(event->verdict.reason), where);
}

/*
 * Strings of the deciding rule; empty where no rule decided.  They are copied,
 * so that the event outlives the generation.
 */
static struct cordon_event *event_new(const struct cordon_generation *generation,
				      const struct cordon_subject *subject,
				      const struct cordon_object *object,
				      const struct cordon_verdict *verdict)
{
	const struct cordon_draft *draft =
		generation->blocks[verdict->workload]->draft;
	const char *name = cordon_draft_text(draft, draft->name);
	const char *rule_text = "";
	const char *rule_file = "";
	struct cordon_event *event;
	u32 line = 0;
	u32 used = 0;
	u32 size;

	if (verdict->reason == CORDON_REASON_RULE) {
		const struct cordon_draft_rule *rule =
			cordon_draft_rule(draft, verdict->rule);

		rule_text = cordon_draft_text(draft, rule->text);
		rule_file = cordon_draft_text(draft, rule->file);
		line = rule->line;
	}
	size = struct_size(event, text, object->length + strlen(name) +
			   subject->self_length + strlen(rule_text) +
			   strlen(rule_file) + 5);
	event = kmalloc(size, GFP_NOWAIT | __GFP_NOWARN);
	if (!event)
		return NULL;
	event->size = size;
	event->generation = generation->number;
	event->verdict = *verdict;
	event->kind = object->kind;
	event->unlisted = subject->program == CORDON_NONE;
	event->time = ktime_get_real_ns();
	event->boottime = ktime_get_boottime_ns();
	event->rule_line = line;
	describe_task(event);
	event->object = text_add(event, &used, object->path, object->length);
	event->workload = text_add(event, &used, name, strlen(name));
	event->program = text_add(event, &used, subject->self ?: "",
				  subject->self ? subject->self_length : 0);
	event->rule_text = text_add(event, &used, rule_text, strlen(rule_text));
	event->rule_file = text_add(event, &used, rule_file, strlen(rule_file));
	return event;
}

/**
 * cordon_event_record - tell of a departure
 * @generation: that decided; @verdict->workload is one of its
 * @subject: who
 * @object: on what
 * @verdict: a deny or would-deny
 *
 * Context: any; current is who acted.
 */
void cordon_event_record(const struct cordon_generation *generation,
			 const struct cordon_subject *subject,
			 const struct cordon_object *object,
			 const struct cordon_verdict *verdict)
{
	struct cordon_hits *hits = generation->blocks[verdict->workload]->hits;
	struct cordon_event *event;
	unsigned long flags;

	if (verdict->action == CORDON_ACTION_DENY) {
		atomic64_inc(&denied);
		atomic64_inc(&hits->denied);
	} else {
		atomic64_inc(&would_deny);
		atomic64_inc(&hits->would_deny);
	}
	event = event_new(generation, subject, object, verdict);
	if (event)
		log_event(event);
	spin_lock_irqsave(&lock, flags);
	sequence++;
	if (event && queue_has_room(event)) {
		event->sequence = sequence;
		event->lost = lost;
		list_add_tail(&event->node, &queue);
		queued++;
		queued_bytes += event->size;
		event = NULL;
	} else {
		lost++;
	}
	spin_unlock_irqrestore(&lock, flags);
	kfree(event);
	/* Not on the processor that acts, which may be kept busy acting. */
	queue_work(system_dfl_wq, &deliver);
}

static void queue_deliver(struct work_struct *work)
{
	struct cordon_event *event;

	for (;;) {
		spin_lock_irq(&lock);
		event = list_first_entry_or_null(&queue, struct cordon_event,
						 node);
		if (event) {
			list_del(&event->node);
			queued--;
			queued_bytes -= event->size;
		}
		spin_unlock_irq(&lock);
		if (!event)
			return;
		cordon_netlink_tell(event);
		kfree(event);
		cond_resched();
	}
}

/** cordon_event_status - counters since the module was loaded */
void cordon_event_status(struct cordon_event_status *status)
{
	spin_lock_irq(&lock);
	status->sequence = sequence;
	status->lost = lost;
	spin_unlock_irq(&lock);
	status->denied = atomic64_read(&denied);
	status->would_deny = atomic64_read(&would_deny);
}

/**
 * cordon_event_exit - forget what nobody was told of
 *
 * Context: may sleep; nothing records any more.
 */
void cordon_event_exit(void)
{
	struct cordon_event *event;
	struct cordon_event *next;

	cancel_work_sync(&deliver);
	list_for_each_entry_safe(event, next, &queue, node)
		kfree(event);
}
