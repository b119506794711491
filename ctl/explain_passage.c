// SPDX-License-Identifier: LGPL-2.1-or-later
/* cordonctl explain --from --to --port: may a flow pass between segments. */
#include "explain.h"

#include "manifest_peer.h"

bool explain_is_passage(const struct command_line *line)
{
	return line->value[EXPLAIN_FROM] || line->value[EXPLAIN_TO] ||
	       line->value[EXPLAIN_PORT];
}

int explain_passage_read(const struct command_line *line,
			 struct evaluation_question *question)
{
	const char *why;

	question->op = CORDON_OP_PASS;
	question->from = line->value[EXPLAIN_FROM];
	question->to = line->value[EXPLAIN_TO];
	question->port = line->value[EXPLAIN_PORT];
	if (!question->from || !question->to || !question->port ||
	    line->value[EXPLAIN_EXE] || line->value[EXPLAIN_WORKLOAD]) {
		output_error("explain of a flow between segments needs --from, --to and --port, and no --exe: what passes has no process");
		return EXIT_USAGE;
	}
	if (!evaluation_end_check(question->from, &why))
		return explain_wrong(question->from, why, NULL);
	if (!evaluation_end_check(question->to, &why))
		return explain_wrong(question->to, why, NULL);
	if (!evaluation_port_check(question->port, &why))
		return explain_wrong(question->port, why,
				     manifest_ports_hint(question->port));
	return EXIT_OK;
}

static void tell_segments(struct output *output, size_t column,
			  const struct evaluation *evaluation,
			  const struct cordon_peer *peer)
{
	u32 i;

	for (i = 0; i < peer->segment_count; i++)
		output_word(output, column,
			    evaluation_segment(evaluation, peer->segments[i]));
}

void explain_passage_tell(struct output *output,
			  const struct evaluation_question *question,
			  const struct evaluation *evaluation)
{
	const struct cordon_draft *draft = evaluation->draft;

	output_text(output, COLUMN_FROM, question->from);
	tell_segments(output, COLUMN_FROM_SEGMENTS, evaluation,
		      &evaluation->from);
	output_text(output, COLUMN_TO, question->to);
	output_text(output, COLUMN_PORT, question->port);
	if (draft)
		output_text(output, COLUMN_WORKLOAD,
			    cordon_draft_text(draft, draft->name));
}

void explain_peer_tell(struct output *output,
		       const struct evaluation *evaluation)
{
	tell_segments(output, COLUMN_SEGMENTS, evaluation, &evaluation->peer);
}
