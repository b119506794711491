/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * Commands of cordonctl.
 *
 * A command is data: its name, what it takes, what it says of itself, and the
 * function that runs it.  main() parses the command line by that data, prints
 * --help from it, and a check compares it with the manual page and the shell
 * completion.  Each lives in a file cmd_NAME.c which defines
 * `const struct command command_NAME`; the table in command.c lists them all.
 */
#ifndef CTL_COMMAND_H
#define CTL_COMMAND_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "exit.h"
#include "output.h"

/** COMMAND_OPTIONS_MAX - options that one command may have */
#define COMMAND_OPTIONS_MAX 16

/** COMMAND_REPEATS_MAX - arguments of options that may be repeated, in all */
#define COMMAND_REPEATS_MAX 64

/**
 * struct command_option - one option of a command
 * @name: long name, without the dashes
 * @argument: word for its argument, as in help; NULL if it takes none
 * @help: a line or two, without a full stop
 *
 * The options that every command has (--help, --json, --color, --verbose)
 * are main's and in no command's table.
 */
struct command_option {
	const char *name;
	const char *argument;
	const char *help;
};

/**
 * struct command_line - what the user gave to a command, already parsed
 * @output: where the command writes what it has to say
 * @verbose: --verbose was given
 * @value: for each option, by its place in the command's table: NULL if it was
 *	not given, else its argument ("" if it takes none)
 * @repeats: of options that may be repeated: each argument, in their order
 * @repeat_count: how many
 * @words: the remaining words, in their order, ended by NULL
 * @count: how many
 */
struct command_line {
	struct output *output;
	bool verbose;
	const char *value[COMMAND_OPTIONS_MAX];
	struct command_repeat {
		size_t option;
		const char *value;
	} repeats[COMMAND_REPEATS_MAX];
	size_t repeat_count;
	char **words;
	size_t count;
};

/**
 * struct command - one command
 * @name: as typed
 * @arguments: what follows the options in the usage line; "" if nothing may
 * @summary: half a line for the list of commands, without a full stop
 * @help: paragraphs for --help: what it does, what it needs, how it ends
 * @options: ended by one without a name; NULL if there are none.  An option
 *	given twice is an error, but for @repeats
 * @repeats: bits of options that may be given several times
 * @words_min: fewest words it takes
 * @words_max: most words it takes; SIZE_MAX: any number
 * @run: does it.  Writes results through the line's output, errors through
 *	output_error(), and returns an enum exit_code.  Need not free what it
 *	holds when the process is about to end, but the sanitizers look: free it
 */
struct command {
	const char *name;
	const char *arguments;
	const char *summary;
	const char *help;
	const struct command_option *options;
	unsigned int repeats;
	size_t words_min;
	size_t words_max;
	int (*run)(const struct command_line *line);
};

/** commands - all of them, in the order of help; @commands_count of them */
extern const struct command *const commands[];
extern const size_t commands_count;

extern const struct command command_approve;
extern const struct command command_block;
extern const struct command command_blocked;
extern const struct command command_capture;
extern const struct command command_check;
extern const struct command command_confirm;
extern const struct command command_diff;
extern const struct command command_doctor;
extern const struct command command_draft;
extern const struct command command_events;
extern const struct command command_evidence;
extern const struct command command_explain;
extern const struct command command_flows;
extern const struct command command_help;
extern const struct command command_incident;
extern const struct command command_incidents;
extern const struct command command_kill;
extern const struct command command_learn;
extern const struct command command_maintain;
extern const struct command command_load;
extern const struct command command_merge;
extern const struct command command_mode;
extern const struct command command_monitor;
extern const struct command command_pending;
extern const struct command command_promote;
extern const struct command command_ps;
extern const struct command command_quarantine;
extern const struct command command_reject;
extern const struct command command_release;
extern const struct command command_resume;
extern const struct command command_review;
extern const struct command command_rollback;
extern const struct command command_rules;
extern const struct command command_segment;
extern const struct command command_status;
extern const struct command command_suspend;
extern const struct command command_test;
extern const struct command command_tree;
extern const struct command command_unblock;
extern const struct command command_unload;
extern const struct command command_version;
extern const struct command command_whatif;
extern const struct command command_workloads;

/** command_find - the command of that name, or NULL */
const struct command *command_find(const char *name);

/** command_unknown - say that there is no such command, and which is nearest */
void command_unknown(const char *name);

/** command_usage - print the help of one command, or with NULL of all */
void command_usage(const struct command *command, FILE *stream);

/**
 * struct command_globals - options that every command has
 * @help: --help
 * @json: --json
 * @verbose: --verbose
 * @colour: --color
 */
struct command_globals {
	bool help;
	bool json;
	bool verbose;
	enum output_colour colour;
};

/** command_globals_options - their table, as a command's */
extern const struct command_option command_globals_options[];

/**
 * command_parse - sort the words after a command's name
 * @command: whose table decides; NULL: only the options that all have
 * @argc: words in @argv
 * @argv: the words, without the command's own name; reordered
 * @line: value, words and count are filled; pointers into @argv
 * @globals: what was given is set, the rest left alone
 *
 * Options may stand anywhere before "--".  Says on stderr what is wrong, with
 * the nearest option if one was misspelt.
 *
 * Return: EXIT_OK or EXIT_USAGE.
 */
int command_parse(const struct command *command, int argc, char **argv,
		  struct command_line *line, struct command_globals *globals);

/**
 * command_values - all arguments of an option that may be repeated
 * @line: the command line
 * @option: its place in the command's table
 * @values: filled
 *
 * Return: how many there are.
 */
size_t command_values(const struct command_line *line, size_t option,
		      const char *values[COMMAND_REPEATS_MAX]);

/**
 * command_number - an option's argument as a number
 * @what: what it is called, for the error: "--confirm"
 * @text: the argument, decimal
 * @min: smallest allowed
 * @max: largest allowed
 * @number: filled on success
 *
 * Return: EXIT_OK, or EXIT_USAGE after saying on stderr what is wrong.
 */
int command_number(const char *what, const char *text, uint64_t min,
		   uint64_t max, uint64_t *number);

#endif /* CTL_COMMAND_H */
