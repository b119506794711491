// SPDX-License-Identifier: LGPL-2.1-or-later
#include "client.h"
#include "command.h"
#include "outcome.h"

static int run(const struct command_line *line)
{
	return outcome_run(line->output, client_rollback);
}

const struct command command_rollback = {
	.name = "rollback",
	.arguments = "",
	.summary = "return to the previous policy",
	.help =
"Returns to the previous generation, as `status` names it, at once and for all\n"
"running processes.  Refused if there is none.",
	.run = run,
};
