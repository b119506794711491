// SPDX-License-Identifier: LGPL-2.1-or-later
#include "command_fixture.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define WORDS_MAX 24

struct outcome run_command(const struct command *command, const char *line,
			   bool json)
{
	struct command_line parsed = { .verbose = false };
	struct command_globals globals = { .colour = OUTPUT_COLOUR_NEVER };
	char *words[WORDS_MAX + 1] = { NULL }, *copy = strdup(line), *save;
	struct outcome outcome;
	FILE *stream;
	int count = 0;
	size_t size;

	for (words[0] = strtok_r(copy, " ", &save); words[count];
	     words[count] = strtok_r(NULL, " ", &save))
		ck_assert_int_lt(++count, WORDS_MAX);
	ck_assert_int_eq(command_parse(command, count, words, &parsed,
				       &globals), EXIT_OK);
	ck_assert_ptr_nonnull(freopen("/dev/null", "w", stderr));
	stream = open_memstream(&outcome.text, &size);
	parsed.output = output_create(stream, json, OUTPUT_COLOUR_NEVER);
	outcome.code = command->run(&parsed);
	output_destroy(parsed.output);
	fclose(stream);
	free(copy);
	return outcome;
}

void assert_outcome(const struct command *command, const char *line, int code,
		    const char *text)
{
	struct outcome outcome = run_command(command, line, false);

	ck_assert_msg(outcome.code == code, "%s: ended with %d\n%s", line,
		      outcome.code, outcome.text);
	ck_assert_msg(strstr(outcome.text, text), "%s: no \"%s\" in\n%s", line,
		      text, outcome.text);
	free(outcome.text);
}
