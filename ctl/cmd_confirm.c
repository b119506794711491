// SPDX-License-Identifier: LGPL-2.1-or-later
#include "client.h"
#include "command.h"
#include "outcome.h"

static int run(const struct command_line *line)
{
	return outcome_run(line->output, client_confirm);
}

const struct command command_confirm = {
	.name = "confirm",
	.arguments = "",
	.summary = "keep the policy that `load --confirm` put in force",
	.help =
"Keeps the generation that waits for confirmation.  Without it the module\n"
"returns to the previous generation by itself when the time is over.  Refused\n"
"if no generation waits.",
	.run = run,
};
