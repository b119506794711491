// SPDX-License-Identifier: GPL-2.0-only
/*
 * A departure is recorded in the path that denies it: counted, written to the
 * journal unless it repeats what was told a moment ago, and a rate-limited line
 * in the log.  What is learnt comes this way too, and is told if it is new.
 */
#include <linux/atomic.h>
#include <linux/cred.h>
#include <linux/kernel.h>
#include <linux/pid_namespace.h>
#include <linux/ratelimit.h>
#include <linux/sched.h>
#include <linux/string.h>
#include <linux/user_namespace.h>
#include <net/net_namespace.h>

#include "compat.h"
#include "engine/names.h"
#include "engine/net_pattern.h"
#include "event.h"
#include "behaviour.h"
#include "generation.h"
#include "hits.h"
#include "journal.h"
#include "learn.h"
#include "respond.h"

static atomic64_t denied;
static atomic64_t would_deny;

/* At most 10 lines in 5 seconds; the kernel says how many it left out. */
static DEFINE_RATELIMIT_STATE(log_limit, 5 * HZ, 10);

/**
 * cordon_event_owner_current - the process that acts now
 * @owner: filled
 *
 * Context: any; current is who acts.
 */
void cordon_event_owner_current(struct cordon_event_owner *owner)
{
	owner->pid = task_pid_nr(current);
	owner->tgid = task_tgid_nr(current);
	owner->parent = 0;
	owner->start = 0;
	/* A thread may have outlived its process, but for its last steps. */
	rcu_read_lock();
	if (pid_alive(current)) {
		owner->parent =
			task_tgid_nr(rcu_dereference(current->real_parent));
		owner->start = current->group_leader->start_boottime;
	}
	rcu_read_unlock();
	owner->uid = from_kuid(&init_user_ns, current_uid());
	strscpy_pad(owner->comm, current->comm, sizeof(owner->comm));
}

/* --- the log -------------------------------------------------------------- */

/* For %.*s and %*pE. */
#define TEXT(_event, _which) \
	(int)(_event)->text[CORDON_EVENT_TEXT_##_which].length, \
	(_event)->text[CORDON_EVENT_TEXT_##_which].text

static void log_passage(const struct cordon_event *event)
{
	const struct cordon_event_head *head = &event->head;
	char from[CORDON_ADDRESS_TEXT];

	cordon_address_print(from, &head->local);
	/* Who is blocked is so by no document. */
	if (!event->text[CORDON_EVENT_TEXT_WORKLOAD].length) {
		pr_warn("%s: %s may not %s %.*s: %s\n",
			cordon_action_name(head->action), from,
			cordon_op_name(head->op), TEXT(event, OBJECT),
			cordon_reason_text(head->reason));
		return;
	}
	pr_warn("%s: %.*s%s%.*s: %s may not %s %.*s: %s\n",
		cordon_action_name(head->action), TEXT(event, WORKLOAD),
		event->text[CORDON_EVENT_TEXT_FROM_SEGMENTS].length ?
		", segment " : "", TEXT(event, FROM_SEGMENTS), from,
		cordon_op_name(head->op), TEXT(event, OBJECT),
		cordon_reason_text(head->reason));
}

static void log_event(const struct cordon_event *event)
{
	const struct cordon_event_head *head = &event->head;
	const struct cordon_ring_text *file =
		&event->text[CORDON_EVENT_TEXT_FILE];
	char where[80] = "";

	if (!__ratelimit(&log_limit))
		return;
	if (head->flags & CORDON_EVENT_FLOW && !head->owner.tgid) {
		log_passage(event);
		return;
	}
	/* Of a draft, so that it has a NUL, wherever it was cut. */
	if (head->flags & CORDON_EVENT_RULED)
		snprintf(where, sizeof(where), " at %s:%u",
			 kbasename(file->text), head->rule_line);
	pr_warn("%s: workload %.*s, %*pE[%u] uid %u may not %s %*pE: %s%s; `cordonctl explain` tells more\n",
		cordon_action_name(head->action), TEXT(event, WORKLOAD),
		TEXT(event, PROGRAM), head->owner.tgid, head->owner.uid,
		cordon_op_name(head->op), TEXT(event, OBJECT),
		cordon_reason_text(head->reason), where);
}

/* --- what an event is made of --------------------------------------------- */

/* Beside the verdict; @workload: at the other end of a unix socket. */
struct source {
	const struct cordon_generation *generation;
	const struct cordon_subject *subject;
	const struct cordon_object *object;
	const struct cordon_event_peer *peer;
	const struct cordon_event_owner *owner;
	u32 workload;
};

static void text_set(struct cordon_event *event, enum cordon_event_text which,
		     const char *text)
{
	cordon_event_text(event, which, text, strlen(text));
}

static const char *workload_name(const struct cordon_generation *generation,
				 u32 workload)
{
	const struct cordon_draft *draft;

	if (workload >= generation->count)
		return "";
	draft = generation->blocks[workload]->draft;
	return cordon_draft_text(draft, draft->name);
}

/* Names with commas. Return: false: there is no room for all. */
static bool segment_names(char *text, size_t size,
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
		const char *name;

		if (workload == CORDON_NONE || index == CORDON_NONE)
			continue;
		draft = cordon_policy_draft(policy, workload);
		name = cordon_draft_text(draft,
					 cordon_draft_program(draft,
							      index)->exe);
		if (strlen(name) + 1 >= size - used)
			return false;
		used += scnprintf(text + used, size - used, "%s%s",
				  used ? "," : "", name);
	}
	return true;
}

static bool is_local_port(enum cordon_op op)
{
	return op == CORDON_OP_LISTEN || op == CORDON_OP_ACCEPT;
}

/* The port that is opened to. */
static u16 port_of(enum cordon_op op, const struct cordon_event_peer *peer)
{
	return is_local_port(op) ? peer->local_port : peer->remote_port;
}

/**
 * cordon_event_peer_print - a flow as a pattern would name it
 * @text: "tcp/443@192.0.2.7"
 * @op: what is done
 * @protocol: IPPROTO_
 * @port: that is opened to
 * @remote: the other end
 *
 * Context: any.
 */
void cordon_event_peer_print(char text[CORDON_EVENT_PEER_TEXT],
			     enum cordon_op op, u8 protocol, u16 port,
			     const struct cordon_address *remote)
{
	const size_t size = CORDON_EVENT_PEER_TEXT;
	const char *name = cordon_protocol_name(protocol);
	char address[CORDON_ADDRESS_TEXT];
	size_t used;

	if (name)
		used = scnprintf(text, size, "%s", name);
	else
		used = scnprintf(text, size, "%u", protocol);
	if (port || op == CORDON_OP_LISTEN)
		used += scnprintf(text + used, size - used, "/%u", port);
	if (op == CORDON_OP_LISTEN)
		return;
	cordon_address_print(address, remote);
	scnprintf(text + used, size - used, "@%s", address);
}

/* The strings of the deciding rule. */
static void rule_set(struct cordon_event *event,
		     const struct cordon_generation *generation,
		     const struct cordon_verdict *verdict)
{
	const struct cordon_draft_rule *rule;
	const struct cordon_draft *draft;

	if (verdict->reason != CORDON_REASON_RULE ||
	    verdict->workload >= generation->count)
		return;
	draft = generation->blocks[verdict->workload]->draft;
	rule = cordon_draft_rule(draft, verdict->rule);
	text_set(event, CORDON_EVENT_TEXT_RULE,
		 cordon_draft_text(draft, rule->text));
	text_set(event, CORDON_EVENT_TEXT_FILE,
		 cordon_draft_text(draft, rule->file));
	event->head.rule = verdict->rule;
	event->head.rule_line = rule->line;
	event->head.flags |= CORDON_EVENT_RULED;
}

/* All but what is the object's or the peer's. */
static void event_set(struct cordon_event *event, const struct source *source,
		      const struct cordon_verdict *verdict)
{
	const struct cordon_subject *subject = source->subject;

	*event = (struct cordon_event){
		.head = {
			.type = verdict->action == CORDON_ACTION_LEARN ?
				CORDON_EVENT_BEHAVIOUR : CORDON_EVENT_DEPARTURE,
			.topic = (u8)cordon_op_class(verdict->op),
			.generation = source->generation->number,
			.number = 1,
			.action = verdict->action,
			.reason = verdict->reason,
			.op = verdict->op,
		},
	};
	if (source->owner)
		event->head.owner = *source->owner;
	if (subject && subject->program == CORDON_NONE)
		event->head.flags |= CORDON_EVENT_UNLISTED;
	if (subject && subject->self)
		cordon_event_text(event, CORDON_EVENT_TEXT_PROGRAM,
				  subject->self, subject->self_length);
	text_set(event, CORDON_EVENT_TEXT_WORKLOAD,
		 workload_name(source->generation, verdict->workload));
	rule_set(event, source->generation, verdict);
}

/* --- what makes a behaviour ----------------------------------------------- */

#define BEHAVIOUR_PARTS	(10 + 2 * (1 + CORDON_NESTING_MAX / 2))

/**
 * struct behaviour - whatever makes a departure another one, but for texts
 * @part: what is hashed
 * @count: of these
 */
struct behaviour {
	u64 part[BEHAVIOUR_PARTS];
	u32 count;
};

static void part_add(struct behaviour *behaviour, u64 part)
{
	behaviour->part[behaviour->count++] = part;
}

/* Verdicts depend on whose it is and what it lies in: see what is shown. */
static void end_add(struct behaviour *behaviour, const struct cordon_peer *end)
{
	u32 i;

	part_add(behaviour, (u64)end->workload << 32 | end->segment_count);
	for (i = 0; i < end->segment_count; i += 2)
		part_add(behaviour, (u64)end->segments[i] << 32 |
			 (i + 1 < end->segment_count ? end->segments[i + 1] :
						       CORDON_NONE));
}

/*
 * Anyone may have networks of his own, and use whatever addresses he likes
 * there: what passes in those is one behaviour, or he could have what others
 * did forgotten.
 */
static bool is_guest(const struct source *source)
{
	return !source->subject && source->peer->net->user_ns != &init_user_ns;
}

static void flow_add(struct behaviour *behaviour, const struct source *source,
		     enum cordon_op op)
{
	const struct cordon_event_peer *peer = source->peer;

	if (is_guest(source))
		return;
	part_add(behaviour, (u64)peer->protocol << 16 | port_of(op, peer));
	part_add(behaviour, peer->local.word[0]);
	part_add(behaviour, peer->local.word[1]);
	part_add(behaviour, peer->remote.word[0]);
	part_add(behaviour, peer->remote.word[1]);
	part_add(behaviour, peer->net->net_cookie);
	part_add(behaviour, (u64)peer->in << 32 | peer->out);
	if (peer->from)
		end_add(behaviour, peer->from);
	if (peer->to)
		end_add(behaviour, peer->to);
}

/* Of one user; not which process, or when. */
static void behaviour_name(struct cordon_fold_key *key,
			   const struct source *source,
			   const struct cordon_verdict *verdict)
{
	const struct cordon_subject *subject = source->subject;
	struct cordon_ring_text texts[CORDON_JOURNAL_KEY_TEXTS] = { };
	struct behaviour behaviour;

	behaviour.count = 0;
	part_add(&behaviour, source->generation->number);
	part_add(&behaviour, (u64)verdict->workload << 32 | verdict->rule);
	part_add(&behaviour, (u64)verdict->op << 48 |
		 (u64)verdict->action << 40 | (u64)verdict->reason << 32 |
		 (subject ? subject->program : CORDON_NONE));
	if (subject && subject->self)
		texts[0] = (struct cordon_ring_text){
			subject->self, subject->self_length,
		};
	part_add(&behaviour, (u64)!!source->peer << 32 | source->owner->uid);
	if (source->peer) {
		flow_add(&behaviour, source, verdict->op);
	} else {
		part_add(&behaviour, (u64)source->workload << 32 |
			 source->object->kind);
		texts[1] = (struct cordon_ring_text){
			source->object->path, source->object->length,
		};
	}
	cordon_journal_key(key, behaviour.part, behaviour.count, texts,
			   ARRAY_SIZE(texts));
}

/* --- telling -------------------------------------------------------------- */

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

/* What comes in may be nobody's. */
static const struct cordon_event_owner nobody;

static void respond(const struct source *source,
		    const struct cordon_verdict *verdict)
{
	cordon_respond(source->generation, source->subject, verdict,
		       source->peer,
		       source->owner == &nobody ? NULL : source->owner);
}

/*
 * The departure is told before what follows it, as readers expect of a cause.
 * The log has time until that is in force: a console may be slow.
 *
 * @key: NULL: what is learnt is new by itself, and nothing to warn of
 */
static void event_write(struct cordon_event *event, const struct source *source,
			const struct cordon_verdict *verdict,
			const struct cordon_fold_key *key)
{
	bool is_told = cordon_journal_write(event, key);

	if (!key)
		return;
	respond(source, verdict);
	if (is_told)
		log_event(event);
}

/* Is it to be recorded, and is that new? */
static bool learn(const struct source *source,
		  const struct cordon_verdict *verdict, u32 uid)
{
	const struct cordon_learn_act act = {
		.generation = source->generation,
		.subject = source->subject,
		.verdict = verdict,
		.object = source->object,
		.peer = source->peer,
		.workload = source->workload,
		.uid = uid,
	};

	return cordon_learn_act(&act);
}

/* Kept out of line: most that is denied in a flood are repeats. */
static noinline void tell(const struct source *source,
			  const struct cordon_verdict *verdict,
			  const struct cordon_fold_key *key)
{
	struct cordon_event event;

	event_set(&event, source, verdict);
	event.head.kind = source->object->kind;
	cordon_event_text(&event, CORDON_EVENT_TEXT_OBJECT,
			  source->object->path, source->object->length);
	text_set(&event, CORDON_EVENT_TEXT_PEER,
		 workload_name(source->generation, source->workload));
	event_write(&event, source, verdict, key);
}

static noinline void tell_flow(const struct source *source,
			       const struct cordon_verdict *verdict,
			       const struct cordon_fold_key *key)
{
	const struct cordon_policy *policy = source->generation->policy;
	const struct cordon_event_peer *peer = source->peer;
	char text[CORDON_EVENT_PEER_TEXT];
	char from_segments[CORDON_JOURNAL_SEGMENTS];
	char segments[CORDON_JOURNAL_SEGMENTS];
	struct cordon_event event;

	event_set(&event, source, verdict);
	event.head.kind = CORDON_OBJECT_PEER;
	event.head.flags |= CORDON_EVENT_FLOW;
	event.head.protocol = peer->protocol;
	event.head.local = peer->local;
	event.head.remote = peer->remote;
	event.head.local_port = peer->local_port;
	event.head.remote_port = peer->remote_port;
	cordon_event_peer_print(text, verdict->op, peer->protocol,
				port_of(verdict->op, peer), &peer->remote);
	text_set(&event, CORDON_EVENT_TEXT_OBJECT, text);
	if (!segment_names(from_segments, sizeof(from_segments), policy,
			   peer->from))
		event.head.flags |= CORDON_EVENT_CUT;
	if (!segment_names(segments, sizeof(segments), policy, peer->to))
		event.head.flags |= CORDON_EVENT_CUT;
	text_set(&event, CORDON_EVENT_TEXT_FROM_SEGMENTS, from_segments);
	text_set(&event, CORDON_EVENT_TEXT_SEGMENTS, segments);
	if (peer->to)
		text_set(&event, CORDON_EVENT_TEXT_PEER,
			 workload_name(source->generation, peer->to->workload));
	event_write(&event, source, verdict, key);
}

/**
 * cordon_event_record - tell of a departure, or learn
 * @generation: that decided; @verdict->workload is one of its
 * @subject: who
 * @object: on what
 * @verdict: a deny or would-deny; or it is learnt
 *
 * Context: any; current is who acted.
 */
void cordon_event_record(const struct cordon_generation *generation,
			 const struct cordon_subject *subject,
			 const struct cordon_object *object,
			 const struct cordon_verdict *verdict)
{
	cordon_event_record_unix(generation, subject, object, verdict,
				 CORDON_NONE);
}

/**
 * cordon_event_record_unix - tell of a departure towards a unix socket
 * @generation: that decided; @verdict->workload is one of its
 * @subject: who
 * @object: the socket
 * @verdict: a deny or would-deny
 * @workload: whose socket it is, or CORDON_NONE
 *
 * Context: any; current is who acted.
 */
void cordon_event_record_unix(const struct cordon_generation *generation,
			      const struct cordon_subject *subject,
			      const struct cordon_object *object,
			      const struct cordon_verdict *verdict,
			      u32 workload)
{
	struct cordon_event_owner owner;
	const struct source source = {
		.generation = generation,
		.subject = subject,
		.object = object,
		.owner = &owner,
		.workload = workload,
	};
	const bool is_learnt = verdict->action == CORDON_ACTION_LEARN;
	struct cordon_fold_key key;
	bool is_new = false;

	if (is_learnt || cordon_behaviour_is_on())
		is_new = learn(&source, verdict,
			       from_kuid(&init_user_ns, current_uid()));
	if (is_learnt && !is_new)
		return;
	cordon_event_owner_current(&owner);
	if (is_learnt) {
		tell(&source, verdict, NULL);
		return;
	}
	verdict_count(generation, verdict);
	behaviour_name(&key, &source, verdict);
	if (cordon_journal_repeats(&key, &owner))
		respond(&source, verdict);
	else
		tell(&source, verdict, &key);
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
	const struct source source = {
		.generation = generation,
		.subject = subject,
		.peer = peer,
		.owner = owner ?: &nobody,
		.workload = CORDON_NONE,
	};
	const bool is_learnt = verdict->action == CORDON_ACTION_LEARN;
	struct cordon_fold_key key;
	bool is_new = false;

	/* What only passes is nobody's behaviour. */
	if (subject && (is_learnt || cordon_behaviour_is_on()))
		is_new = learn(&source, verdict, source.owner->uid);
	if (is_learnt) {
		if (is_new)
			tell_flow(&source, verdict, NULL);
		return;
	}
	verdict_count(generation, verdict);
	behaviour_name(&key, &source, verdict);
	if (cordon_journal_repeats(&key, source.owner))
		respond(&source, verdict);
	else
		tell_flow(&source, verdict, &key);
}

/** cordon_event_status - acts since the module was loaded */
void cordon_event_status(struct cordon_event_status *status)
{
	status->denied = atomic64_read(&denied);
	status->would_deny = atomic64_read(&would_deny);
}
