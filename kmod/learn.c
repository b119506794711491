// SPDX-License-Identifier: GPL-2.0-only
#include <linux/string.h>

#include "behaviour.h"
#include "event.h"
#include "generation.h"
#include "learn.h"

/* Names of segments, with commas; those that there is no room for are left out. */
#define SEGMENTS_TEXT	256

static struct cordon_ring_text text_of(const char *text)
{
	return (struct cordon_ring_text){ .text = text, .length = strlen(text) };
}

/* As much of it as an event shows. */
static struct cordon_ring_text rule_text(const char *text)
{
	return (struct cordon_ring_text){
		.text = text,
		.length = strnlen(text, CORDON_EVENT_TEXT_MAX - 1),
	};
}

static struct cordon_ring_text name_of(const struct cordon_generation *generation,
				       u32 workload)
{
	const struct cordon_draft *draft;

	if (workload >= generation->count)
		return (struct cordon_ring_text){ .text = "" };
	draft = generation->blocks[workload]->draft;
	return text_of(cordon_draft_text(draft, draft->name));
}

/* The client's own port is another one each time, and no rule speaks of it. */
static void flow_set(struct cordon_behaviour_key *key,
		     const struct cordon_event_peer *peer)
{
	key->kind = CORDON_OBJECT_PEER;
	key->protocol = peer->protocol;
	key->address = key->op == CORDON_OP_LISTEN ? peer->local : peer->remote;
	key->port = key->op == CORDON_OP_CONNECT ? peer->remote_port :
						   peer->local_port;
}

static void key_set(struct cordon_behaviour_key *key,
		    const struct cordon_learn_act *act)
{
	const struct cordon_subject *subject = act->subject;

	*key = (struct cordon_behaviour_key){
		.workload = name_of(act->generation, act->verdict->workload),
		.uid = act->uid,
		.op = act->verdict->op,
		.action = act->verdict->action,
		.reason = act->verdict->reason,
	};
	if (subject->self) {
		key->program.text = subject->self;
		key->program.length = subject->self_length;
	}
	if (act->peer) {
		flow_set(key, act->peer);
		return;
	}
	key->kind = act->object->kind;
	key->object.text = act->object->path;
	key->object.length = act->object->length;
}

static void segments_print(char *text, size_t size,
			   const struct cordon_policy *policy,
			   const struct cordon_peer *peer)
{
	size_t used = 0;
	u32 i;

	text[0] = '\0';
	for (i = 0; peer && i < peer->segment_count; i++) {
		const u32 program = peer->segments[i];
		const u32 workload =
			cordon_policy_program_workload(policy, program);
		const u32 index = cordon_policy_program_index(policy, program);
		const struct cordon_draft *draft;
		const char *name;

		if (workload == CORDON_NONE || index == CORDON_NONE)
			continue;
		draft = cordon_policy_draft(policy, workload);
		name = cordon_draft_text(draft, cordon_draft_program(draft,
								     index)->exe);
		if (strlen(name) + 1 >= size - used)
			return;
		used += scnprintf(text + used, size - used, "%s%s",
				  used ? "," : "", name);
	}
}

/* Kept out of line: most that is done was done before. */
static noinline bool add(const struct cordon_behaviour_key *key,
			 const struct cordon_learn_act *act)
{
	const struct cordon_generation *generation = act->generation;
	const struct cordon_verdict *verdict = act->verdict;
	const struct cordon_peer *to = act->peer ? act->peer->to : NULL;
	struct cordon_behaviour_detail detail = { };
	const struct cordon_draft_rule *rule;
	const struct cordon_draft *draft;
	char segments[SEGMENTS_TEXT];

	if (act->subject->program == CORDON_NONE)
		detail.flags |= CORDON_BEHAVIOUR_UNLISTED;
	segments_print(segments, sizeof(segments), generation->policy,
		       verdict->op == CORDON_OP_LISTEN ? NULL : to);
	detail.segments = text_of(segments);
	detail.peer = name_of(generation, to && verdict->op != CORDON_OP_LISTEN ?
			      to->workload : act->workload);
	if (verdict->reason == CORDON_REASON_RULE) {
		draft = generation->blocks[verdict->workload]->draft;
		rule = cordon_draft_rule(draft, verdict->rule);
		detail.rule = rule_text(cordon_draft_text(draft, rule->text));
		detail.file = rule_text(cordon_draft_text(draft, rule->file));
		detail.rule_id = verdict->rule;
		detail.rule_line = rule->line;
		detail.flags |= CORDON_BEHAVIOUR_RULED;
	}
	return cordon_behaviour_add(key, &detail, act->held) > 0;
}

/**
 * cordon_learn_act - record what was done, or is held
 * @act: what
 *
 * Context: any but NMI.
 * Return: it is new.
 */
bool cordon_learn_act(const struct cordon_learn_act *act)
{
	struct cordon_behaviour_key key;

	if (act->verdict->workload >= act->generation->count)
		return false;
	key_set(&key, act);
	if (!act->held && likely(cordon_behaviour_repeats(&key)))
		return false;
	return add(&key, act);
}

/**
 * cordon_learn_is_known - was this done before
 * @act: what
 *
 * Context: any but NMI.
 */
bool cordon_learn_is_known(const struct cordon_learn_act *act)
{
	struct cordon_behaviour_key key;

	if (act->verdict->workload >= act->generation->count)
		return false;
	key_set(&key, act);
	return cordon_behaviour_is_known(&key);
}
