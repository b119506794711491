// SPDX-License-Identifier: LGPL-2.1-or-later
/* The table of commands, and the command line taken apart by it. */
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "command.h"
#include "suggest.h"

/* Help is laid out for the narrowest terminal in use */
#define HELP_WIDTH 79
#define HELP_INDENT 24

const struct command *const commands[] = {
	&command_draft, &command_diff, &command_merge,
	&command_check, &command_test, &command_explain,
	&command_load, &command_confirm, &command_rollback, &command_unload,
	&command_mode, &command_learn, &command_maintain, &command_capture,
	&command_whatif, &command_review, &command_promote,
	&command_segment,
	&command_quarantine, &command_release, &command_suspend,
	&command_resume, &command_kill,
	&command_block, &command_unblock, &command_blocked,
	&command_pending, &command_approve, &command_reject,
	&command_status, &command_workloads, &command_rules, &command_ps,
	&command_flows,
	&command_monitor, &command_events, &command_incidents,
	&command_incident,
	&command_evidence, &command_tree, &command_doctor,
	&command_version, &command_help,
};

const size_t commands_count = ARRAY_SIZE(commands);

enum globals_option {
	GLOBAL_HELP,
	GLOBAL_JSON,
	GLOBAL_COLOUR,
	GLOBAL_VERBOSE,
	GLOBAL_COUNT,
};

const struct command_option command_globals_options[] = {
	[GLOBAL_HELP] = { "help", NULL, "say what the command does and takes" },
	[GLOBAL_JSON] = { "json", NULL, "write JSON" },
	[GLOBAL_COLOUR] = { "color", "WHEN",
		"auto, always or never; NO_COLOR speaks against auto" },
	[GLOBAL_VERBOSE] = { "verbose", NULL, "say more on stderr" },
	[GLOBAL_COUNT] = { NULL, NULL, NULL },
};

const struct command *command_find(const char *name)
{
	size_t i;

	for (i = 0; i < commands_count; i++)
		if (!strcmp(commands[i]->name, name))
			return commands[i];
	return NULL;
}

void command_unknown(const char *name)
{
	const char *names[ARRAY_SIZE(commands)];
	const char *nearest;
	size_t i;

	for (i = 0; i < commands_count; i++)
		names[i] = commands[i]->name;
	nearest = suggest_nearest(name, names, commands_count);
	if (nearest)
		output_error("there is no command \"%s\"; did you mean \"%s\"?",
			     name, nearest);
	else
		output_error("there is no command \"%s\": see `cordonctl help`",
			     name);
}

static size_t count_options(const struct command_option *options)
{
	size_t count = 0;

	while (options && options[count].name)
		count++;
	return count;
}

/* Put words after @indent columns, none beyond HELP_WIDTH if it can be */
static void print_wrapped(const char *text, size_t indent, FILE *stream)
{
	size_t column = indent;

	while (*text) {
		size_t length = strcspn(text, " ");

		if (column > indent && column + 1 + length > HELP_WIDTH) {
			fprintf(stream, "\n%*s", (int)indent, "");
			column = indent;
		} else if (column > indent) {
			fputc(' ', stream);
			column++;
		}
		fprintf(stream, "%.*s", (int)length, text);
		column += length;
		text += length + strspn(text + length, " ");
	}
	fputc('\n', stream);
}

static void print_options(const struct command_option *options, FILE *stream)
{
	size_t count = count_options(options);
	size_t i;

	for (i = 0; i < count; i++) {
		char left[64];

		snprintf(left, sizeof(left), "--%s%s%s", options[i].name,
			 options[i].argument ? " " : "",
			 options[i].argument ? options[i].argument : "");
		fprintf(stream, "  %-*s", HELP_INDENT - 2, left);
		if (strlen(left) > HELP_INDENT - 4)
			fprintf(stream, "\n%*s", HELP_INDENT, "");
		print_wrapped(options[i].help, HELP_INDENT, stream);
	}
}

static void print_all(FILE *stream)
{
	size_t i;

	fputs("Usage: cordonctl [OPTION…] COMMAND …\n\n"
	      "Keeps the processes of this machine to their manifests.\n\n"
	      "Commands:\n", stream);
	for (i = 0; i < commands_count; i++)
		fprintf(stream, "  %-10s  %s\n", commands[i]->name,
			commands[i]->summary);
	fputs("\nOptions of all commands:\n", stream);
	print_options(command_globals_options, stream);
	fputs("\n`cordonctl COMMAND --help` says more of one; so does cordonctl(8).\n",
	      stream);
}

void command_usage(const struct command *command, FILE *stream)
{
	if (!command) {
		print_all(stream);
		return;
	}
	fprintf(stream, "Usage: cordonctl %s%s%s%s\n\n%s\n", command->name,
		command->options ? " [OPTION…]" : "",
		*command->arguments ? " " : "", command->arguments,
		command->help);
	if (command->options) {
		fputs("\nOptions:\n", stream);
		print_options(command->options, stream);
	}
	fputs("\nOptions of all commands:\n", stream);
	print_options(command_globals_options, stream);
}

/* Place of an option in a table, or its count: the name ends at @length */
static size_t find_option(const struct command_option *options,
			  const char *name, size_t length)
{
	size_t count = count_options(options);
	size_t i;

	for (i = 0; i < count; i++)
		if (strlen(options[i].name) == length &&
		    !strncmp(options[i].name, name, length))
			break;
	return i;
}

static int unknown_option(const struct command *command, const char *word)
{
	const char *names[COMMAND_OPTIONS_MAX + GLOBAL_COUNT];
	size_t own = count_options(command ? command->options : NULL);
	size_t length = strcspn(word, "=");
	char name[64];
	const char *nearest;
	size_t i;

	for (i = 0; i < own; i++)
		names[i] = command->options[i].name;
	for (i = 0; i < GLOBAL_COUNT; i++)
		names[own + i] = command_globals_options[i].name;
	snprintf(name, sizeof(name), "%.*s", (int)length, word);
	nearest = suggest_nearest(name + strspn(name, "-"), names,
				  own + GLOBAL_COUNT);
	if (nearest)
		output_error("%s%sthere is no option \"%s\"; did you mean \"--%s\"?",
			     command ? command->name : "", command ? ": " : "",
			     name, nearest);
	else
		output_error("%s%sthere is no option \"%s\": see `cordonctl %s%s--help`",
			     command ? command->name : "", command ? ": " : "",
			     name, command ? command->name : "",
			     command ? " " : "");
	return EXIT_USAGE;
}

static int set_colour(const char *word, enum output_colour *colour)
{
	if (!strcmp(word, "auto"))
		*colour = OUTPUT_COLOUR_AUTO;
	else if (!strcmp(word, "always"))
		*colour = OUTPUT_COLOUR_ALWAYS;
	else if (!strcmp(word, "never"))
		*colour = OUTPUT_COLOUR_NEVER;
	else {
		output_error("--color is auto, always or never, not \"%s\"",
			     word);
		return EXIT_USAGE;
	}
	return EXIT_OK;
}

static int set_global(size_t option, const char *value,
		      struct command_globals *globals)
{
	switch (option) {
	case GLOBAL_HELP:
		globals->help = true;
		break;
	case GLOBAL_JSON:
		globals->json = true;
		break;
	case GLOBAL_VERBOSE:
		globals->verbose = true;
		break;
	case GLOBAL_COLOUR:
		return set_colour(value, &globals->colour);
	}
	return EXIT_OK;
}

static int add_repeat(struct command_line *line,
		      const struct command_option *option, size_t index,
		      const char *value)
{
	if (line->repeat_count == COMMAND_REPEATS_MAX) {
		output_error("--%s is given too often: at most %d in all",
			     option->name, COMMAND_REPEATS_MAX);
		return EXIT_USAGE;
	}
	line->repeats[line->repeat_count++] = (struct command_repeat){
		index, value
	};
	line->value[index] = value;
	return EXIT_OK;
}

/* Take the option at argv[*at], and its argument; @at moves past both */
static int take_option(const struct command *command, int argc, char **argv,
		       int *at, struct command_line *line,
		       struct command_globals *globals)
{
	const char *word = argv[(*at)++];
	const char *name = word + 2;
	const char *value = strchr(name, '=');
	size_t length = value ? (size_t)(value - name) : strlen(name);
	size_t own = count_options(command ? command->options : NULL);
	const struct command_option *option;
	bool global = false;
	size_t index = own;

	if (!strcmp(word, "-h")) {
		globals->help = true;
		return EXIT_OK;
	}
	if (word[1] != '-')
		return unknown_option(command, word);
	if (own)
		index = find_option(command->options, name, length);
	if (index == own) {
		index = find_option(command_globals_options, name, length);
		if (index == GLOBAL_COUNT)
			return unknown_option(command, word);
		global = true;
	}
	option = global ? &command_globals_options[index] :
			  &command->options[index];
	if (value && !option->argument) {
		output_error("--%s takes no argument", option->name);
		return EXIT_USAGE;
	}
	if (option->argument && !value) {
		if (*at >= argc) {
			output_error("--%s needs its %s", option->name,
				     option->argument);
			return EXIT_USAGE;
		}
		value = argv[(*at)++];
	} else {
		value = value ? value + 1 : "";
	}
	if (global)
		return set_global(index, value, globals);
	if (command->repeats & 1u << index)
		return add_repeat(line, option, index, value);
	if (line->value[index]) {
		output_error("--%s is given twice", option->name);
		return EXIT_USAGE;
	}
	line->value[index] = value;
	return EXIT_OK;
}

static int check_words(const struct command *command,
		       const struct command_line *line)
{
	if (line->count >= command->words_min &&
	    line->count <= command->words_max)
		return EXIT_OK;
	if (line->count > command->words_max)
		output_error("%s: \"%s\" is too much: usage: cordonctl %s%s%s",
			     command->name, line->words[command->words_max],
			     command->name, *command->arguments ? " " : "",
			     command->arguments);
	else
		output_error("%s: something is missing: usage: cordonctl %s %s",
			     command->name, command->name, command->arguments);
	return EXIT_USAGE;
}

int command_parse(const struct command *command, int argc, char **argv,
		  struct command_line *line, struct command_globals *globals)
{
	bool options = true;
	int at = 0;
	int code;

	memset(line->value, 0, sizeof(line->value));
	line->repeat_count = 0;
	line->words = argv;
	line->count = 0;
	while (at < argc) {
		char *word = argv[at];

		if (options && word[0] == '-' && word[1]) {
			if (!strcmp(word, "--")) {
				options = false;
				at++;
				continue;
			}
			code = take_option(command, argc, argv, &at, line,
					   globals);
			if (code)
				return code;
			continue;
		}
		/* Words move towards the front: never past one unread */
		argv[line->count++] = word;
		at++;
	}
	if (at > (int)line->count)
		argv[line->count] = NULL;
	if (!command || globals->help)
		return EXIT_OK;
	return check_words(command, line);
}

size_t command_values(const struct command_line *line, size_t option,
		      const char *values[COMMAND_REPEATS_MAX])
{
	size_t count = 0, i;

	for (i = 0; i < line->repeat_count; i++)
		if (line->repeats[i].option == option)
			values[count++] = line->repeats[i].value;
	return count;
}

int command_number(const char *what, const char *text, uint64_t min,
		   uint64_t max, uint64_t *number)
{
	char *end;

	errno = 0;
	*number = strtoull(text, &end, 10);
	if (!errno && *text >= '0' && *text <= '9' && !*end &&
	    *number >= min && *number <= max)
		return EXIT_OK;
	output_error("%s takes a number from %llu to %llu, not \"%s\"", what,
		     (unsigned long long)min, (unsigned long long)max, text);
	return EXIT_USAGE;
}
