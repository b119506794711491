// SPDX-License-Identifier: LGPL-2.1-or-later
#include "replay.h"

#include <stdlib.h>
#include <string.h>

#include "admit.h"
#include "flow.h"
#include "grow.h"
#include "names.h"

/* Ways to say who the other end of one behaviour is */
#define FORMS_MAX	4

/* --- manifests ------------------------------------------------------------ */

/*
 * Of a workload that peers are of the engine has to know that it exists.  A
 * name that no workload can have leaves the peer without one.
 */
static struct cordon_draft *stand_in(const char *name)
{
	char *member = memory_format("/nowhere/%s", name);
	const struct cordon_workload_spec spec = {
		.name = name,
		.effect = CORDON_EFFECT_ALLOW,
		.counts = {
			.members = 1,
			.bytes = (u32)(strlen(name) + strlen(member) + 3),
		},
	};
	struct cordon_fault fault;
	struct cordon_draft *draft;
	size_t size = cordon_draft_size(&spec.counts, &fault);
	void *buffer = memory_sure(calloc(1, size + 1));

	draft = cordon_draft_init(buffer, size, &spec, &fault);
	if (!draft || cordon_draft_add_member(draft, CORDON_MEMBER_EXE, member,
					      0, &fault)) {
		free(buffer);
		draft = NULL;
	}
	free(member);
	return draft;
}

static void add_peers(struct replay *replay, const struct behaviour_set *peers)
{
	struct manifest_set *set = &replay->set;
	struct cordon_draft *draft;
	size_t i;

	for (i = 0; i < peers->count; i++) {
		const char *peer = peers->items[i].peer;

		if (!peer || manifest_set_holds(set, peer))
			continue;
		draft = stand_in(peer);
		if (!draft)
			continue;
		set->drafts = memory_sure(realloc(set->drafts,
						  (set->count + 1) *
						  sizeof(*set->drafts)));
		set->drafts[set->count++] = draft;
	}
}

int replay_open(struct replay *replay, const char *const *paths, size_t count,
		const struct replay_options *options, struct report *report)
{
	*replay = (struct replay){ 0 };
	if (manifest_set_read(&replay->set, paths, count, &options->reading,
			      report))
		return -1;
	if (!options->as_written)
		manifest_set_enforce(&replay->set);
	replay->named = replay->set.count;
	if (options->peers)
		add_peers(replay, options->peers);
	replay->policy = manifest_set_compile(&replay->set, false, report);
	return replay->policy ? 0 : -1;
}

void replay_close(struct replay *replay)
{
	free(replay->policy);
	manifest_set_free(&replay->set);
	*replay = (struct replay){ 0 };
}

const struct cordon_draft *replay_draft(const struct replay *replay,
					const char *workload)
{
	size_t i;

	for (i = 0; i < replay->named; i++) {
		const struct cordon_draft *draft = replay->set.drafts[i];

		if (draft->kind == CORDON_DOCUMENT_MANIFEST &&
		    !strcmp(cordon_draft_text(draft, draft->name), workload))
			return draft;
	}
	return NULL;
}

bool replay_has_program(const struct replay *replay, const char *workload,
			const char *path)
{
	u32 index = cordon_policy_workload(replay->policy, workload,
					   (u32)strlen(workload));

	return index != CORDON_NONE &&
	       cordon_policy_program(replay->policy, index, path,
				     (u32)strlen(path)) != CORDON_NONE;
}

/* --- behaviours ----------------------------------------------------------- */

/** struct forms - ways to ask about one behaviour; evaluation_net_check() */
struct forms {
	char *text[FORMS_MAX];
	size_t count;
};

static void add_form(struct forms *forms, char *text)
{
	forms->text[forms->count++] = text;
}

static bool has_address(const struct behaviour *behaviour)
{
	static const struct cordon_address none;

	return !cordon_address_equals(&behaviour->remote, &none);
}

/* The one first that a rule had best name. */
static void add_flow(struct forms *forms, const struct behaviour *behaviour)
{
	struct behaviour part = *behaviour;
	char *port = flow_port(behaviour), *peer;

	if (behaviour->op == CORDON_OP_LISTEN) {
		add_form(forms, port);
		return;
	}
	for (;;) {
		peer = flow_peer(&part);
		add_form(forms, memory_format("%s@%s", port, peer));
		free(peer);
		if (part.peer)
			part.peer = NULL;
		else if (part.segment)
			part.segment = NULL;
		else if (part.loopback)
			part.loopback = false;
		else
			break;
		if (!part.peer && !part.segment && !part.loopback &&
		    !has_address(behaviour))
			break;
	}
	free(port);
}

static void make_forms(struct forms *forms, const struct behaviour *behaviour)
{
	forms->count = 0;
	switch (behaviour->kind) {
	case CORDON_OBJECT_PATH:
	case CORDON_OBJECT_SOCKET:
		add_form(forms, memory_copy(behaviour->object));
		break;
	case CORDON_OBJECT_ABSTRACT:
		add_form(forms,
			 memory_format("abstract:%s",
				       admit_abstract(behaviour->object)));
		break;
	case CORDON_OBJECT_UNNAMED:
		break;
	case CORDON_OBJECT_PEER:
		add_flow(forms, behaviour);
		return;
	default:
		add_form(forms,
			 memory_copy(cordon_object_name(behaviour->kind)));
		return;
	}
	if (behaviour->op == CORDON_OP_CONNECT && behaviour->peer)
		add_form(forms, memory_format("unix@workload:%s",
					      behaviour->peer));
}

static int weight(const struct evaluation *evaluation)
{
	bool allows = evaluation->verdict.action == CORDON_ACTION_ALLOW;
	bool by_rule = evaluation->verdict.reason == CORDON_REASON_RULE;

	if (by_rule)
		return allows ? 2 : 3;
	return allows;
}

/* Return: could the engine answer at all. */
static bool ask_form(const struct cordon_policy *policy,
		     struct replay_answer *answer, char *object)
{
	struct evaluation_question question = answer->question;
	struct evaluation evaluation;

	question.object = object;
	if (!evaluate(policy, &question, &evaluation) ||
	    (answer->object &&
	     weight(&evaluation) <= weight(&answer->evaluation))) {
		free(object);
		return answer->object;
	}
	free(answer->object);
	answer->object = object;
	answer->question.object = object;
	answer->evaluation = evaluation;
	return true;
}

void replay_ask(const struct cordon_policy *policy, const char *workload,
		const struct behaviour *behaviour,
		struct replay_answer *answer)
{
	struct forms forms;
	bool asked = false;
	size_t i;

	*answer = (struct replay_answer){
		.question = {
			.workload = workload,
			.exe = behaviour->program,
			.op = behaviour->op == CORDON_OP_ENTER ?
				      CORDON_OP_EXEC : behaviour->op,
			.uid = behaviour->uid < 0 ? CORDON_NONE :
						    (u32)behaviour->uid,
		},
	};
	answer->beyond = admit_beyond_rules(behaviour);
	if (answer->beyond)
		return;
	make_forms(&forms, behaviour);
	for (i = 0; i < forms.count; i++)
		asked = ask_form(policy, answer, forms.text[i]);
	if (!asked) {
		answer->beyond = "no rule here can name its other end";
		return;
	}
	answer->allowed =
		answer->evaluation.verdict.action == CORDON_ACTION_ALLOW ||
		/* What runs a script needs no entry: the script has one. */
		(behaviour->interpreter && answer->evaluation.verdict.reason ==
					   CORDON_REASON_NO_ENTRY);
	answer->goes_on = answer->allowed ||
		answer->evaluation.verdict.action != CORDON_ACTION_DENY;
}

void replay_answer_free(struct replay_answer *answer)
{
	free(answer->object);
	answer->object = NULL;
}
