// SPDX-License-Identifier: LGPL-2.1-or-later
#include "client.h"
#include "command.h"
#include "outcome.h"

static int run(const struct command_line *line)
{
	struct client *client;
	int code;

	code = client_open(&client);
	if (code)
		return code;
	code = client_confirm(client);
	if (!code) {
		outcome_open(line->output);
		code = outcome_close(line->output, client, false);
	}
	client_close(client);
	return code;
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
