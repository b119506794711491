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
	code = client_rollback(client);
	if (!code) {
		outcome_open(line->output);
		code = outcome_close(line->output, client, false);
	}
	client_close(client);
	return code;
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
