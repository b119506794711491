// SPDX-License-Identifier: LGPL-2.1-or-later
#include "client.h"
#include "command.h"
#include "workload.h"

static int run(const struct command_line *line)
{
	struct client_dump workloads;
	struct client *client;
	int code;

	code = client_open(&client);
	if (code)
		return code;
	code = client_dump(client, CORDON_CMD_WORKLOAD_DUMP, &workloads);
	if (!code) {
		if (!workloads.count)
			output_line(line->output, "no workload is loaded");
		code = workload_print(line->output, &workloads);
	}
	client_dump_free(&workloads);
	client_close(client);
	return code;
}

const struct command command_workloads = {
	.name = "workloads",
	.arguments = "",
	.summary = "list the loaded workloads, their modes and counters",
	.help =
"A line for each loaded workload: the mode of each class, the default, labelled\n"
"tasks, rules, departures denied and departures only told of, and the manifest\n"
"it came from.  Documents of segments stand there too: of the classes they have\n"
"only net, and no tasks.",
	.run = run,
};
