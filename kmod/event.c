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
#include "engine/net_pattern.h"
#include "event.h"
#include "generation.h"
#include "netlink.h"

#define QUEUE_MAX	4096		/* events */
#define QUEUE_BYTES_MAX	(4u << 20)	/* of all of them: texts are long */
#define SEGMENTS_TEXT	256		/* of the names of an end's segments */

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

/**
 * cordon_event_owner_current - the process that acts now
 * @owner: filled
 *
 * Context: any; current is who acts.
 */
void cordon_event_owner_current(struct cordon_event_owner *owner)
{
	rcu_read_lock();
	owner->pid = task_pid_nr(current);
	owner->tgid = task_tgid_nr(current);
	owner->parent = task_tgid_nr(rcu_dereference(current->real_parent));
	rcu_read_unlock();
	owner->uid = from_kuid(&init_user_ns, current_uid());
	strscpy_pad(owner->comm, current->comm, sizeof(owner->comm));
}

static void log_passage(const struct cordon_event *event)
{
	const char *const text = event->text;
	char from[CORDON_ADDRESS_TEXT];

	cordon_address_print(from, &event->local);
	pr_warn("%s: %s%s%s: %s may not %s %s: %s\n",
		cordon_action_name(event->verdict.action),
		text + event->workload, *(text + event->from_segments) ?
		", segment " : "", text + event->from_segments, from,
		cordon_op_name(event->verdict.op), text + event->object,
		cordon_reason_text(event->verdict.reason));
}

static void log_event(const struct cordon_event *event)
{
	const char *const text = event->text;
	char where[80] = "";

	if (!__ratelimit(&log_limit))
		return;
	if (event->has_flow && !event->owner.tgid) {
		log_passage(event);
		return;
	}
	if (event->verdict.reason == CORDON_REASON_RULE)
		snprintf(where, sizeof(where), " at %s:%u",
			 kbasename(text + event->rule_file), event->rule_line);
	pr_warn("%s: workload %s, %*pE[%u] uid %u may not %s %*pE: %s%s; `cordonctl explain` tells more\n",
		cordon_action_name(event->verdict.action),
		text + event->workload,
		(int)strlen(text + event->program), text + event->program,
		event->owner.tgid, event->owner.uid,
		cordon_op_name(event->verdict.op),
		(int)strlen(text + event->object), text + event->object,
		cordon_reason_text(event->verdict.reason), where);
}

/* What an event is made of, beside the verdict. */
struct source {
	const struct cordon_generation *generation;
	const struct cordon_subject *subject;
	const struct cordon_object *object;
	const struct cordon_event_peer *peer;
	const struct cordon_event_owner *owner;
};

/* The strings of an event; empty where there is nothing to say. */
struct strings {
	const char *workload;
	const char *rule_text;
	const char *rule_file;
	const char *from_segments;
	const char *segments;
	const char *peer;
};

static const char *workload_name(const struct cordon_generation *generation,
				 u32 workload)
{
	const struct cordon_draft *draft;

	if (workload >= generation->count)
		return "";
	draft = generation->blocks[workload]->draft;
	return cordon_draft_text(draft, draft->name);
}

/* Names with commas; those that there is no room for are left out. */
static const char *segment_names(char *text, size_t size,
				 const struct cordon_policy *policy,
				 const struct cordon_peer *peer)
{
	size_t used = 0;
	u32 i;

	text[0] = '\0';
	for (i = 0; peer && i < peer->segment_count; i++) {
		u32 workload = cordon_policy_program_workload(policy,
							      peer->segments[i]);
		u32 index = cordon_policy_program_index(policy,
							peer->segments[i]);
		const struct cordon_draft *draft;

		if (workload == CORDON_NONE || index == CORDON_NONE)
			continue;
		draft = cordon_policy_draft(policy, workload);
		used += scnprintf(text + used, size - used, "%s%s",
				  used ? "," : "",
				  cordon_draft_text(draft,
						    cordon_draft_program(draft,
									 index)->exe));
	}
	return text;
}

/* A flow as a pattern would name it: "tcp/443@192.0.2.7". */
static void peer_print(char *text, size_t size, enum cordon_op op,
		       const struct cordon_event_peer *peer)
{
	const char *protocol = cordon_protocol_name(peer->protocol);
	bool local = op == CORDON_OP_LISTEN || op == CORDON_OP_ACCEPT;
	u16 port = local ? peer->local_port : peer->remote_port;
	char address[CORDON_ADDRESS_TEXT];
	size_t used;

	if (protocol)
		used = scnprintf(text, size, "%s", protocol);
	else
		used = scnprintf(text, size, "%u", peer->protocol);
	if (port || op == CORDON_OP_LISTEN)
		used += scnprintf(text + used, size - used, "/%u", port);
	if (op == CORDON_OP_LISTEN)
		return;
	cordon_address_print(address, &peer->remote);
	scnprintf(text + used, size - used, "@%s", address);
}

/* Strings are copied, so that the event outlives the generation. */
static struct cordon_event *event_build(const struct source *source,
					const struct strings *strings,
					const struct cordon_verdict *verdict,
					u32 line)
{
	const struct cordon_subject *subject = source->subject;
	const char *self = subject && subject->self ? subject->self : "";
	u32 self_length = *self ? subject->self_length : 0;
	struct cordon_event *event;
	u32 used = 0;
	u32 size;

	size = struct_size(event, text, source->object->length +
			   strlen(strings->workload) + self_length +
			   strlen(strings->rule_text) +
			   strlen(strings->rule_file) +
			   strlen(strings->from_segments) +
			   strlen(strings->segments) +
			   strlen(strings->peer) + 8);
	event = kzalloc(size, GFP_NOWAIT | __GFP_NOWARN);
	if (!event)
		return NULL;
	event->size = size;
	event->generation = source->generation->number;
	event->verdict = *verdict;
	event->kind = source->object->kind;
	event->unlisted = subject && subject->program == CORDON_NONE;
	event->time = ktime_get_real_ns();
	event->boottime = ktime_get_boottime_ns();
	event->rule_line = line;
	if (source->owner)
		event->owner = *source->owner;
	if (source->peer) {
		event->has_flow = true;
		event->protocol = source->peer->protocol;
		event->local = source->peer->local;
		event->remote = source->peer->remote;
		event->local_port = source->peer->local_port;
		event->remote_port = source->peer->remote_port;
	}
	event->object = text_add(event, &used, source->object->path,
				 source->object->length);
	event->workload = text_add(event, &used, strings->workload,
				   strlen(strings->workload));
	event->program = text_add(event, &used, self, self_length);
	event->rule_text = text_add(event, &used, strings->rule_text,
				    strlen(strings->rule_text));
	event->rule_file = text_add(event, &used, strings->rule_file,
				    strlen(strings->rule_file));
	event->from_segments = text_add(event, &used, strings->from_segments,
					strlen(strings->from_segments));
	event->segments = text_add(event, &used, strings->segments,
				   strlen(strings->segments));
	event->peer = text_add(event, &used, strings->peer,
			       strlen(strings->peer));
	return event;
}

/* The strings of the deciding rule; line 0 where no rule decided. */
static u32 strings_of_rule(struct strings *strings,
			   const struct cordon_generation *generation,
			   const struct cordon_verdict *verdict)
{
	const struct cordon_draft_rule *rule;
	const struct cordon_draft *draft;

	if (verdict->reason != CORDON_REASON_RULE ||
	    verdict->workload >= generation->count)
		return 0;
	draft = generation->blocks[verdict->workload]->draft;
	rule = cordon_draft_rule(draft, verdict->rule);
	strings->rule_text = cordon_draft_text(draft, rule->text);
	strings->rule_file = cordon_draft_text(draft, rule->file);
	return rule->line;
}

static struct cordon_event *event_new(const struct source *source,
				      const struct cordon_verdict *verdict)
{
	struct strings strings = {
		.workload = workload_name(source->generation,
					  verdict->workload),
		.rule_text = "",
		.rule_file = "",
		.from_segments = "",
		.segments = "",
		.peer = "",
	};
	u32 line = strings_of_rule(&strings, source->generation, verdict);

	return event_build(source, &strings, verdict, line);
}

static noinline struct cordon_event *
event_new_flow(struct source *source, const struct cordon_verdict *verdict)
{
	const struct cordon_policy *policy = source->generation->policy;
	const struct cordon_event_peer *peer = source->peer;
	char text[CORDON_ADDRESS_TEXT + 24];
	char from_segments[SEGMENTS_TEXT];
	char segments[SEGMENTS_TEXT];
	struct strings strings = {
		.workload = workload_name(source->generation,
					  verdict->workload),
		.rule_text = "",
		.rule_file = "",
		.from_segments = segment_names(from_segments,
					       sizeof(from_segments), policy,
					       peer->from),
		.segments = segment_names(segments, sizeof(segments), policy,
					  peer->to),
		.peer = peer->to ? workload_name(source->generation,
						 peer->to->workload) : "",
	};
	struct cordon_object object = {
		.kind = CORDON_OBJECT_PEER,
		.path = text,
	};
	u32 line = strings_of_rule(&strings, source->generation, verdict);

	peer_print(text, sizeof(text), verdict->op, peer);
	object.length = strlen(text);
	source->object = &object;
	return event_build(source, &strings, verdict, line);
}

static void verdict_count(const struct cordon_generation *generation,
			  const struct cordon_verdict *verdict)
{
	bool is_deny = verdict->action == CORDON_ACTION_DENY;
	struct cordon_hits *hits;

	atomic64_inc(is_deny ? &denied : &would_deny);
	if (verdict->workload >= generation->count)
		return;
	hits = generation->blocks[verdict->workload]->hits;
	atomic64_inc(is_deny ? &hits->denied : &hits->would_deny);
}

/* @event: NULL: there was no memory for it */
static void event_queue(struct cordon_event *event)
{
	unsigned long flags;

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
	struct cordon_event_owner owner;
	const struct source source = {
		.generation = generation,
		.subject = subject,
		.object = object,
		.owner = &owner,
	};

	verdict_count(generation, verdict);
	cordon_event_owner_current(&owner);
	event_queue(event_new(&source, verdict));
}

/**
 * cordon_event_record_flow - tell of a departure in traffic
 * @generation: that decided
 * @subject: whose socket it is; NULL: it only passes
 * @verdict: a deny or would-deny; @verdict->workload may be CORDON_NONE
 * @peer: both ends
 * @owner: the process, where there is one; NULL: none.  Where current acts,
 *	from cordon_event_owner_current()
 *
 * Context: any.
 */
void cordon_event_record_flow(const struct cordon_generation *generation,
			      const struct cordon_subject *subject,
			      const struct cordon_verdict *verdict,
			      const struct cordon_event_peer *peer,
			      const struct cordon_event_owner *owner)
{
	struct source source = {
		.generation = generation,
		.subject = subject,
		.peer = peer,
		.owner = owner,
	};

	verdict_count(generation, verdict);
	event_queue(event_new_flow(&source, verdict));
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
