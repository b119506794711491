// SPDX-License-Identifier: LGPL-2.1-or-later
#include "client.h"
#include "command.h"
#include "outcome.h"

enum unload_option {
	UNLOAD_ALL,
	UNLOAD_CONFIRM,
};

static const struct command_option options[] = {
	[UNLOAD_ALL] = { "all", NULL, "unload every workload" },
	[UNLOAD_CONFIRM] = { "confirm", "SECONDS",
		"return to the previous policy unless confirmed in that time" },
	{ NULL, NULL, NULL },
};

static int change_policy(const struct command_line *line, struct client *client,
			 const struct client_dump *before,
			 uint64_t generation, uint32_t confirm)
{
	bool all = line->value[UNLOAD_ALL];
	struct client_change change = {
		.names = all ? NULL : (const char *const *)line->words,
		.name_count = all ? 0 : line->count,
		.generation = generation,
		.replace = all,
		.confirm = confirm,
	};
	size_t count = all ? before->count : line->count;
	size_t i;
	int code;

	code = client_change(client, &change);
	if (code)
		return code;
	outcome_open(line->output);
	for (i = 0; i < count; i++)
		output_word(line->output, OUTCOME_REMOVED,
			    all ? before->workloads[i].name : line->words[i]);
	return outcome_close(line->output, client, false);
}

static int unload(const struct command_line *line, uint32_t confirm)
{
	struct client_dump before = { .count = 0 };
	struct client_status status;
	struct client *client;
	size_t i;
	int code;

	code = client_open(&client);
	if (code)
		return code;
	code = client_status(client, &status);
	if (!code)
		code = client_dump(client, CORDON_CMD_WORKLOAD_DUMP, &before);
	for (i = 0; !code && i < line->count; i++)
		if (!client_workload_find(&before, line->words[i]))
			code = EXIT_UNKNOWN;
	if (!code)
		code = change_policy(line, client, &before, status.generation,
				     confirm);
	client_dump_free(&before);
	client_close(client);
	return code;
}

static int run(const struct command_line *line)
{
	uint64_t confirm = 0;
	int code = EXIT_OK;

	if (!line->count == !line->value[UNLOAD_ALL]) {
		output_error("unload: name the workloads, or say --all");
		return EXIT_USAGE;
	}
	if (line->value[UNLOAD_CONFIRM])
		code = command_number("--confirm", line->value[UNLOAD_CONFIRM],
				      1, CORDON_CONFIRM_MAX, &confirm);
	return code ? code : unload(line, (uint32_t)confirm);
}

const struct command command_unload = {
	.name = "unload",
	.arguments = "WORKLOAD…|--all",
	.summary = "take workloads out of force",
	.help =
"Drops the named workloads from the policy.  Their processes are the host's\n"
"from their next act on.  `cordonctl rollback` undoes it.",
	.options = options,
	.words_min = 0,
	.words_max = SIZE_MAX,
	.run = run,
};
