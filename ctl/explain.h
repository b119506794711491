/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * What the files of `cordonctl explain` have in common: cmd_explain.c, acts of
 * a process, and explain_passage.c, flows between segments.
 */
#ifndef CTL_EXPLAIN_H
#define CTL_EXPLAIN_H

#include <stdbool.h>

#include "command.h"
#include "evaluate.h"

enum explain_option {
	EXPLAIN_WORKLOAD,
	EXPLAIN_EXE,
	EXPLAIN_EXEC,
	EXPLAIN_LOAD,
	EXPLAIN_READ,
	EXPLAIN_WRITE,
	EXPLAIN_CONNECT,
	EXPLAIN_LISTEN,
	EXPLAIN_ACCEPT,
	EXPLAIN_SOCKET,
	EXPLAIN_FROM,
	EXPLAIN_TO,
	EXPLAIN_PORT,
	EXPLAIN_MANIFEST,
	EXPLAIN_INCLUDE,
	EXPLAIN_NO_HOST,
};

enum explain_column {
	COLUMN_VERDICT,
	COLUMN_ACT,
	COLUMN_PATH,
	COLUMN_GIVEN,
	COLUMN_PEER,
	COLUMN_FROM,
	COLUMN_FROM_SEGMENTS,
	COLUMN_TO,
	COLUMN_SEGMENTS,
	COLUMN_PORT,
	COLUMN_WORKLOAD,
	COLUMN_EXE,
	COLUMN_PROGRAM,
	COLUMN_MODE,
	COLUMN_REJECT,
	COLUMN_GENERATION,
	COLUMN_REASON,
	COLUMN_WHY,
	COLUMN_RULE_TEXT,
	COLUMN_RULE_FILE,
	COLUMN_RULE_LINE,
	COLUMN_RULE_COLUMN,
	COLUMN_RULE_NOTE,
	COLUMN_BECOMES,
	COLUMN_BECOMES_PROGRAM,
	COLUMN_ADVICE,
};

/**
 * explain_wrong - say that a word of the command line is none
 * @what: the word
 * @why: what is wrong with it
 * @hint: what was likely meant, which is freed; or NULL
 *
 * Return: EXIT_USAGE.
 */
int explain_wrong(const char *what, const char *why, char *hint);

/**
 * explain_is_passage - is one of the options of a passage given
 * @line: the command line
 */
bool explain_is_passage(const struct command_line *line);

/**
 * explain_passage_read - the question that --from, --to and --port put
 * @line: the command line, without an act of a process
 * @question: filled in
 *
 * Return: EXIT_OK, or EXIT_USAGE after an error message.
 */
int explain_passage_read(const struct command_line *line,
			 struct evaluation_question *question);

/**
 * explain_passage_tell - who opens the flow, to whom, and who decides of it
 * @output: a record of the columns above
 * @question: of CORDON_OP_PASS
 * @evaluation: its answer
 */
void explain_passage_tell(struct output *output,
			  const struct evaluation_question *question,
			  const struct evaluation *evaluation);

/**
 * explain_peer_tell - the segments that the other end lies in
 * @output: likewise
 * @evaluation: of an op of class net
 */
void explain_peer_tell(struct output *output,
		       const struct evaluation *evaluation);

#endif /* CTL_EXPLAIN_H */
