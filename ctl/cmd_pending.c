// SPDX-License-Identifier: LGPL-2.1-or-later
/* Responses that ask: pending, approve, reject. */
#include "measure.h"

static int pending(const struct command_line *line)
{
	return measure_list(line, true);
}

static int answer(const struct command_line *line, bool reject)
{
	struct client_order order = { .end = reject };
	uint64_t id;
	int code;

	code = command_number("ID", line->words[0], 1, UINT32_MAX, &id);
	order.id = (uint32_t)id;
	return code ? code : measure_order(line, &order, NULL, NULL);
}

static int approve(const struct command_line *line)
{
	return answer(line, false);
}

static int reject(const struct command_line *line)
{
	return answer(line, true);
}

const struct command command_pending = {
	.name = "pending",
	.arguments = "",
	.summary = "show the responses that wait for an answer",
	.help =
"A line for each response that a manifest declares with \"ask\" and that nobody\n"
"has approved or rejected yet.  What is not answered in time lapses.",
	.words_min = 0,
	.words_max = 0,
	.run = pending,
};

const struct command command_approve = {
	.name = "approve",
	.arguments = "ID",
	.summary = "let a response that waits begin",
	.help =
"ID is that of `cordonctl pending`.  Ends with 10 if nothing of that id waits.",
	.words_min = 1,
	.words_max = 1,
	.run = approve,
};

const struct command command_reject = {
	.name = "reject",
	.arguments = "ID",
	.summary = "let a response that waits not begin",
	.help =
"ID is that of `cordonctl pending`.  Ends with 10 if nothing of that id waits.",
	.words_min = 1,
	.words_max = 1,
	.run = reject,
};
