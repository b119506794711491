// SPDX-License-Identifier: LGPL-2.1-or-later
/* cordonctl: which command is meant, and in what form it is to answer. */
#include <locale.h>
#include <string.h>

#include "command.h"

static bool takes_argument(const char *word)
{
	const struct command_option *option;

	for (option = command_globals_options; option->name; option++)
		if (!strcmp(word + 2, option->name))
			return option->argument;
	return false;
}

/* Words before the command's name: options that all have */
static int leading_options(int argc, char **argv)
{
	int at = 1;

	while (at < argc && argv[at][0] == '-' && argv[at][1]) {
		bool more = argv[at][1] == '-' && takes_argument(argv[at]);

		at += more && at + 1 < argc ? 2 : 1;
	}
	return at;
}

static int run(const struct command *command, struct command_line *line,
	       const struct command_globals *globals)
{
	int code;

	line->verbose = globals->verbose;
	line->output = output_create(stdout, globals->json, globals->colour);
	if (!line->output) {
		output_error("out of memory");
		return EXIT_FAILED;
	}
	code = command->run(line);
	output_destroy(line->output);
	return code;
}

int main(int argc, char **argv)
{
	struct command_globals globals = { .colour = OUTPUT_COLOUR_AUTO };
	struct command_line line = { .output = NULL };
	const struct command *command;
	int at, code;

	setlocale(LC_CTYPE, "");
	if (argc == 2 && !strcmp(argv[1], "--version"))
		return run(&command_version, &line, &globals);
	at = leading_options(argc, argv);
	code = command_parse(NULL, at - 1, argv + 1, &line, &globals);
	if (code)
		return code;
	if (at >= argc) {
		command_usage(NULL, globals.help ? stdout : stderr);
		return globals.help ? EXIT_OK : EXIT_USAGE;
	}
	command = command_find(argv[at]);
	if (!command) {
		command_unknown(argv[at]);
		return EXIT_USAGE;
	}
	code = command_parse(command, argc - at - 1, argv + at + 1, &line,
			     &globals);
	if (code)
		return code;
	if (globals.help) {
		command_usage(command, stdout);
		return EXIT_OK;
	}
	return run(command, &line, &globals);
}
