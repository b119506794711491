// SPDX-License-Identifier: LGPL-2.1-or-later
#include <stdio.h>

#include "command.h"

enum {
	HELP_COMMAND,
	HELP_ARGUMENTS,
	HELP_SUMMARY,
	HELP_OPTIONS,
};

static const struct output_column columns[] = {
	[HELP_COMMAND] = { "command", "COMMAND", OUTPUT_TEXT },
	[HELP_ARGUMENTS] = { "arguments", "ARGUMENTS", OUTPUT_TEXT },
	[HELP_SUMMARY] = { "summary", "SUMMARY", OUTPUT_TEXT },
	[HELP_OPTIONS] = { "options", "OPTIONS", OUTPUT_WORDS },
};

static int list(struct output *output)
{
	const struct command_option *option;
	char word[64];
	size_t i;

	output_open(output, OUTPUT_TABLE, columns, ARRAY_SIZE(columns));
	for (i = 0; i < commands_count; i++) {
		output_text(output, HELP_COMMAND, commands[i]->name);
		output_text(output, HELP_ARGUMENTS, commands[i]->arguments);
		output_text(output, HELP_SUMMARY, commands[i]->summary);
		for (option = commands[i]->options; option && option->name;
		     option++) {
			snprintf(word, sizeof(word), "--%s", option->name);
			output_word(output, HELP_OPTIONS, word);
		}
		output_record(output);
	}
	return output_close(output);
}

static int run(const struct command_line *line)
{
	const struct command *command = NULL;

	if (line->count) {
		command = command_find(line->words[0]);
		if (!command) {
			command_unknown(line->words[0]);
			return EXIT_USAGE;
		}
	}
	if (output_is_json(line->output) && !command)
		return list(line->output);
	command_usage(command, stdout);
	return EXIT_OK;
}

const struct command command_help = {
	.name = "help",
	.arguments = "[COMMAND]",
	.summary = "say what there is, or more about one command",
	.help =
"Without a command, lists them all; with --json as objects of command,\n"
"arguments, summary and options.",
	.words_min = 0,
	.words_max = 1,
	.run = run,
};
