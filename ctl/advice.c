// SPDX-License-Identifier: LGPL-2.1-or-later
#include "advice.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "advice_net.h"
#include "advice_text.h"
#include "names.h"

static void put_file(FILE *stream, const struct cordon_draft *draft)
{
	fprintf(stream, " in %s", cordon_draft_text(draft, draft->file));
}

/* "add PATTERN to "read" of the program EXE in FILE" */
static void advise_rule(FILE *stream, const struct evaluation *evaluation,
			const struct evaluation_question *question)
{
	const char *program = evaluation_program(evaluation,
						 &evaluation->subject);
	const char *list = cordon_op_name(question->op);

	if (question->op == CORDON_OP_EXEC &&
	    evaluation->object.kind != CORDON_OBJECT_PATH) {
		fprintf(stream, "no rule can allow it: install the program under a path of its own");
		return;
	}
	fprintf(stream, "if it should be allowed, add ");
	if (program) {
		advice_put_pattern(stream, question->object);
		fprintf(stream, " to \"%s\" of the program %s", list, program);
	} else {
		fprintf(stream, "{ \"exe\": ");
		advice_put_pattern(stream, question->exe);
		fprintf(stream, ", \"%s\": [ ", list);
		advice_put_pattern(stream, question->object);
		fprintf(stream, " ] } to \"programs\"");
	}
	put_file(stream, evaluation->draft);
	if (question->op == CORDON_OP_EXEC &&
	    evaluation->next.program == CORDON_NONE)
		fprintf(stream, "; it also needs an entry of its own there");
}

static void advise_entry(FILE *stream, const struct evaluation *evaluation,
			 const struct evaluation_question *question)
{
	fprintf(stream, "if it should be started, add { \"exe\": ");
	advice_put_pattern(stream, question->object);
	fprintf(stream, " } to \"programs\"");
	put_file(stream, evaluation->draft);
	fprintf(stream, ", with what it may do; or have it leave the workload, "
		"by \"enter\" of the program that starts it");
}

/* The segment that a rule would name, or NULL for any. */
static const char *end_of(const struct evaluation *evaluation,
			  const struct cordon_peer *peer)
{
	return peer->segment_count ?
	       evaluation_segment(evaluation, peer->segments[0]) : NULL;
}

static void advise_passage(FILE *stream, const struct evaluation *evaluation,
			   const struct evaluation_question *question)
{
	fprintf(stream, "if it should pass, add ");
	advice_put_pass(stream, end_of(evaluation, &evaluation->from),
			end_of(evaluation, &evaluation->peer), question->port);
	put_file(stream, evaluation->draft);
}

/* The act, with the other end as a rule had best name it; for free(). */
static char *net_object(const struct evaluation *evaluation,
			const struct evaluation_question *question)
{
	const char *at = strchr(question->object, '@');
	const struct cordon_peer *peer = &evaluation->peer;
	char *object;
	int size;

	if (!strncmp(question->object, "unix@", 5))
		size = asprintf(&object, "any%s", at);
	else if (!at || question->object[0] == '/' || !peer->segment_count ||
		 peer->is_local || !strncmp(question->object, "abstract:", 9))
		return strdup(question->object);
	else
		size = asprintf(&object, "%.*s@segment:%s",
				(int)(at - question->object), question->object,
				evaluation_segment(evaluation,
						   peer->segments[0]));
	return size < 0 ? NULL : object;
}

static void advise_net(FILE *stream, const struct evaluation *evaluation,
		       const struct evaluation_question *question)
{
	const char *program = evaluation_program(evaluation,
						 &evaluation->subject);
	char *object = net_object(evaluation, question);

	fprintf(stream, "if it should be allowed, add ");
	if (!program) {
		fprintf(stream, "{ \"exe\": ");
		advice_put_pattern(stream, question->exe);
		fprintf(stream, ", ");
	}
	if (object)
		advice_put_net(stream, question->op, object);
	if (program)
		fprintf(stream, " to the program %s", program);
	else
		fprintf(stream, " } to \"programs\"");
	free(object);
	put_file(stream, evaluation->draft);
}

static void advise(FILE *stream, const struct evaluation *evaluation,
		   const struct evaluation_question *question)
{
	switch (evaluation->verdict.reason) {
	case CORDON_REASON_RULE:
		fprintf(stream, "a deny outweighs every allow: if the act should be allowed, "
			"narrow that rule or take it out");
		break;
	case CORDON_REASON_ISOLATED:
		advise_passage(stream, evaluation, question);
		break;
	case CORDON_REASON_DEFAULT:
		if (evaluation_is_net(question->op))
			advise_net(stream, evaluation, question);
		else
			advise_rule(stream, evaluation, question);
		break;
	case CORDON_REASON_NO_ENTRY:
		advise_entry(stream, evaluation, question);
		break;
	case CORDON_REASON_LIMIT:
		fprintf(stream, "join the workload's rules with wildcards that begin with "
			"the same directories into fewer");
		break;
	default:
		fprintf(stream, "no rule can allow it");
		break;
	}
}

/* Nothing is stopped yet, and how to have it stopped. */
static void advise_mode(FILE *stream, const struct evaluation *evaluation)
{
	enum cordon_class class = cordon_op_class(evaluation->verdict.op);
	const struct cordon_draft *draft = evaluation->draft;

	if (draft->mode[class] == CORDON_MODE_ENFORCE)
		fprintf(stream, "; nothing is denied while the whole machine only monitors");
	else
		fprintf(stream, "; it is told, not stopped, until `cordonctl mode %s %s=enforce`",
			cordon_draft_text(draft, draft->name),
			cordon_class_name(class));
}

char *advice_for(const struct evaluation *evaluation,
		 const struct evaluation_question *question)
{
	char *text = NULL;
	FILE *stream;
	size_t size;

	if (evaluation->verdict.action == CORDON_ACTION_ALLOW)
		return NULL;
	stream = open_memstream(&text, &size);
	if (!stream)
		return NULL;
	advise(stream, evaluation, question);
	if (evaluation->verdict.action == CORDON_ACTION_WOULD_DENY)
		advise_mode(stream, evaluation);
	if (fclose(stream)) {
		free(text);
		return NULL;
	}
	return text;
}
