// SPDX-License-Identifier: GPL-2.0-only
#include <linux/kernel.h>
#include <linux/sched.h>
#include <linux/string.h>

#include "engine/names.h"
#include "generation.h"
#include "journal.h"
#include "label.h"
#include "notice.h"
#include "version.h"

static void notice_begin(struct cordon_event *event,
			 enum cordon_event_type type, enum cordon_topic topic)
{
	*event = (struct cordon_event){
		.head = { .type = type, .topic = topic },
	};
	/* What a work item does is nobody's doing. */
	if (!(current->flags & PF_KTHREAD))
		cordon_event_owner_current(&event->head.owner);
}

static void text_set(struct cordon_event *event, enum cordon_event_text which,
		     const char *text)
{
	cordon_event_text(event, which, text, strlen(text));
}

static void label_set(struct cordon_event *event,
		      const struct cordon_label *label)
{
	cordon_event_text(event, CORDON_EVENT_TEXT_WORKLOAD,
			  cordon_label_name(label), label->name_length);
	cordon_event_text(event, CORDON_EVENT_TEXT_PROGRAM,
			  cordon_label_program(label), label->program_length);
	cordon_event_text(event, CORDON_EVENT_TEXT_OBJECT,
			  cordon_label_exe(label), label->exe_length);
}

/**
 * cordon_notice_exec - current has executed something
 * @before: the workload that it was in; "": the host
 * @label: what it has become; NULL: the host, or no manifest's
 * @exe: what it runs
 *
 * Context: may sleep; under cordon_srcu.
 */
void cordon_notice_exec(const char *before, const struct cordon_label *label,
			const struct cordon_object *exe)
{
	struct cordon_event event;

	notice_begin(&event, CORDON_EVENT_EXEC, CORDON_TOPIC_TASK);
	event.head.generation = cordon_generation_get()->number;
	if (label)
		label_set(&event, label);
	else
		cordon_event_text(&event, CORDON_EVENT_TEXT_OBJECT, exe->path,
				  exe->length);
	text_set(&event, CORDON_EVENT_TEXT_PEER, before);
	cordon_journal_write(&event, NULL);
}

/**
 * cordon_notice_exit - current is the last task of its process, and ends
 * @label: of the process
 * @status: as wait(2) has it
 * @lifetime: ns
 *
 * Context: any; under cordon_srcu.
 */
void cordon_notice_exit(const struct cordon_label *label, u32 status,
			u64 lifetime)
{
	struct cordon_event event;

	notice_begin(&event, CORDON_EVENT_EXIT, CORDON_TOPIC_TASK);
	event.head.generation = cordon_generation_get()->number;
	event.head.status = status;
	event.head.lifetime = lifetime;
	label_set(&event, label);
	cordon_journal_write(&event, NULL);
}

/**
 * cordon_notice_sweep - tasks that ran already were labelled
 * @generation: for which
 * @tasks: how many
 *
 * Context: any.
 */
void cordon_notice_sweep(u64 generation, u32 tasks)
{
	struct cordon_event event;

	notice_begin(&event, CORDON_EVENT_SWEEP, CORDON_TOPIC_TASK);
	event.head.generation = generation;
	event.head.number = tasks;
	cordon_journal_write(&event, NULL);
}

/**
 * cordon_notice_policy - what is in force has changed
 * @policy: how; current is who wanted it
 *
 * Context: may sleep.
 */
void cordon_notice_policy(const struct cordon_notice_policy *policy)
{
	struct cordon_event event;
	unsigned int class;
	char text[128];
	size_t used = 0;

	notice_begin(&event, policy->type, CORDON_TOPIC_POLICY);
	event.head.before = policy->before;
	event.head.generation = policy->generation;
	event.head.number = policy->workloads;
	event.head.confirm = policy->confirm;
	if (policy->workload)
		text_set(&event, CORDON_EVENT_TEXT_WORKLOAD, policy->workload);
	if (policy->mode) {
		for (class = 0; class < CORDON_CLASS_COUNT; class++)
			used += scnprintf(text + used, sizeof(text) - used,
					  "%s%s=%s", class ? " " : "",
					  cordon_class_name(class),
					  cordon_mode_name(policy->mode[class]));
		cordon_event_text(&event, CORDON_EVENT_TEXT_OBJECT, text, used);
	}
	cordon_journal_write(&event, NULL);
}

/**
 * cordon_notice_segment - addresses of a segment have changed
 * @type: CORDON_EVENT_SEGMENT_ADD to CORDON_EVENT_SEGMENT_EXPIRE
 * @segment: its name
 * @addresses: how many
 *
 * Context: may sleep.
 */
void cordon_notice_segment(enum cordon_event_type type, const char *segment,
			   u32 addresses)
{
	struct cordon_event event;

	notice_begin(&event, type, CORDON_TOPIC_SEGMENT);
	event.head.number = addresses;
	text_set(&event, CORDON_EVENT_TEXT_OBJECT, segment);
	cordon_journal_write(&event, NULL);
}

/**
 * cordon_notice_response - a response begins, ends, or waits for an answer
 * @response: which, and what becomes of it
 *
 * Context: any.
 */
void cordon_notice_response(const struct cordon_notice_response *response)
{
	struct cordon_event event;

	notice_begin(&event, CORDON_EVENT_RESPONSE, CORDON_TOPIC_RESPONSE);
	if (response->owner)
		event.head.owner = *response->owner;
	event.head.response = response->response;
	event.head.phase = response->phase;
	event.head.number = response->number ?: 1;
	event.head.confirm = response->ttl;
	event.head.rule = response->pending;
	event.head.evidence = response->evidence;
	event.head.status = response->hold;
	event.head.lifetime = response->start;
	if (response->workload)
		text_set(&event, CORDON_EVENT_TEXT_WORKLOAD,
			 response->workload);
	if (response->address) {
		event.head.remote = *response->address;
		event.head.flags |= CORDON_EVENT_FLOW;
	}
	cordon_journal_write(&event, NULL);
}

/* Tells refusals from departures, which begin with a generation's number. */
#define REFUSAL	U64_MAX

/**
 * cordon_notice_refusal - somebody may not end what a response has begun
 * @refusal: who, and what
 *
 * Repeats are folded like those of departures: the same user, what he tries
 * and the workload.  In the log stands what somebody tries; not what the kernel
 * does by itself: that may be under the very locks that the log's consoles need
 * (a serial line that has room again sends signals under its own).
 *
 * Context: any but NMI.
 */
void cordon_notice_refusal(const struct cordon_notice_refusal *refusal)
{
	const struct cordon_ring_text texts[] = {
		{ refusal->workload, strlen(refusal->workload) },
		{ refusal->what, strlen(refusal->what) },
	};
	const u64 parts[] = {
		REFUSAL, refusal->response, refusal->owner->uid,
	};
	struct cordon_fold_key key;
	struct cordon_event event = {
		.head = {
			.type = CORDON_EVENT_RESPONSE,
			.topic = CORDON_TOPIC_RESPONSE,
			.number = 1,
			.response = refusal->response,
			.phase = CORDON_PHASE_REFUSE,
			.owner = *refusal->owner,
		},
	};

	static_assert(ARRAY_SIZE(texts) <= CORDON_JOURNAL_KEY_TEXTS);
	cordon_journal_key(&key, parts, ARRAY_SIZE(parts), texts,
			   ARRAY_SIZE(texts));
	text_set(&event, CORDON_EVENT_TEXT_WORKLOAD, refusal->workload);
	text_set(&event, CORDON_EVENT_TEXT_OBJECT, refusal->what);
	if (cordon_journal_write(&event, &key) && refusal->owner->tgid)
		pr_warn_ratelimited("deny: %*pE[%u] uid %u may not let workload %s go on by %s, it is stopped by %s; `cordonctl status` shows what is in force\n",
				    (int)strlen(refusal->owner->comm),
				    refusal->owner->comm, refusal->owner->tgid,
				    refusal->owner->uid, refusal->workload,
				    refusal->what,
				    cordon_response_name(refusal->response));
}

/**
 * cordon_notice_module - the module comes or goes
 * @type: CORDON_EVENT_MODULE_LOAD or CORDON_EVENT_MODULE_UNLOAD
 *
 * Context: any; current is who wants it.
 */
void cordon_notice_module(enum cordon_event_type type)
{
	struct cordon_event event;

	notice_begin(&event, type, CORDON_TOPIC_MODULE);
	text_set(&event, CORDON_EVENT_TEXT_OBJECT, CORDON_VERSION);
	cordon_journal_write(&event, NULL);
}
