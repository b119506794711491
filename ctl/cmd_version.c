// SPDX-License-Identifier: LGPL-2.1-or-later
#include "../kmod/version.h"

#include "client.h"
#include "command.h"

enum {
	VERSION_TOOL,
	VERSION_MODULE,
	VERSION_PROTOCOL,
};

static const struct output_column columns[] = {
	[VERSION_TOOL] = { "cordonctl", "cordonctl", OUTPUT_TEXT },
	[VERSION_MODULE] = { "module", "module", OUTPUT_TEXT },
	[VERSION_PROTOCOL] = { "protocol", "protocol", OUTPUT_NUMBER },
};

/* Whoever may not read, or has no module, still learns which tool this is */
static int run(const struct command_line *line)
{
	struct client_status status;
	struct client *client;
	int code;

	code = client_open_quietly(&client);
	if (!code)
		code = client_status(client, &status);
	output_open(line->output, OUTPUT_FORM, columns, ARRAY_SIZE(columns));
	output_text(line->output, VERSION_TOOL, CORDON_VERSION);
	if (!code)
		output_text(line->output, VERSION_MODULE, status.version);
	else if (code == EXIT_NO_MODULE && !output_is_json(line->output))
		output_text(line->output, VERSION_MODULE, "not loaded");
	output_number(line->output, VERSION_PROTOCOL, CORDON_GENL_VERSION);
	output_record(line->output);
	client_close(client);
	return output_close(line->output);
}

const struct command command_version = {
	.name = "version",
	.arguments = "",
	.summary = "print the versions of cordonctl and of the loaded module",
	.help =
"Prints the version of cordonctl, of the module if it is loaded, and of the\n"
"protocol they speak.  Both should be of the same release.",
	.run = run,
};
