/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* What tests of whole commands share. */
#ifndef _CORDON_TESTS_COMMAND_FIXTURE_H
#define _CORDON_TESTS_COMMAND_FIXTURE_H

#include <check.h>
#include <stdbool.h>

#include "ctl/command.h"

/**
 * struct outcome - how a command ended
 * @code: its exit code
 * @text: what it wrote to stdout, for free()
 */
struct outcome {
	int code;
	char *text;
};

/* Runs "--strict FILE", split at spaces; what goes to stderr is lost. */
struct outcome run_command(const struct command *command, const char *line,
			   bool json);

/* That it ends with @code and writes @text among what it writes. */
void assert_outcome(const struct command *command, const char *line, int code,
		    const char *text);

#endif /* _CORDON_TESTS_COMMAND_FIXTURE_H */
