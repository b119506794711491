// SPDX-License-Identifier: LGPL-2.1-or-later
#include <string.h>

#include "client.h"
#include "command.h"
#include "names.h"
#include "outcome.h"

/* Classes that there are hooks for; the others are reserved */
#define MODE_CLASSES (CORDON_CLASS_NET + 1)

static int parse_mode(const char *word, int mode[CORDON_CLASS_COUNT])
{
	const char *equals = strchr(word, '=');
	int class, value, i;

	if (!equals) {
		output_error("mode: \"%s\" is not CLASS=MODE, for example exec=enforce",
			     word);
		return EXIT_USAGE;
	}
	class = cordon_class_parse(word, (size_t)(equals - word));
	value = cordon_mode_parse(equals + 1, strlen(equals + 1));
	if (value < 0) {
		output_error("mode: \"%s\" is no mode: monitor and enforce are",
			     equals + 1);
		return EXIT_USAGE;
	}
	if (equals - word == 3 && !strncmp(word, "all", 3)) {
		for (i = 0; i < MODE_CLASSES; i++)
			mode[i] = value;
		return EXIT_OK;
	}
	if (class < 0 || class >= MODE_CLASSES) {
		output_error("mode: \"%.*s\" is no class that this version enforces: exec, load, file and net are, and all",
			     (int)(equals - word), word);
		return EXIT_USAGE;
	}
	mode[class] = value;
	return EXIT_OK;
}

static int set_modes(const struct command_line *line, struct client *client,
		     const int mode[CORDON_CLASS_COUNT])
{
	struct client_dump before;
	const char *name = line->words[0];
	char word[64];
	int code, i;

	code = client_dump(client, CORDON_CMD_WORKLOAD_DUMP, &before);
	if (!code && !client_workload_find(&before, name))
		code = EXIT_UNKNOWN;
	client_dump_free(&before);
	if (!code)
		code = client_mode_set(client, name, mode);
	if (code)
		return code;
	outcome_open(line->output);
	for (i = 0; i < CORDON_CLASS_COUNT; i++) {
		if (mode[i] < 0)
			continue;
		snprintf(word, sizeof(word), "%s=%s",
			 cordon_class_name((u32)i),
			 cordon_mode_name((u32)mode[i]));
		output_word(line->output, OUTCOME_MODES, word);
	}
	return outcome_close(line->output, client, false);
}

static int run(const struct command_line *line)
{
	int mode[CORDON_CLASS_COUNT];
	struct client *client;
	size_t i;
	int code;

	for (i = 0; i < CORDON_CLASS_COUNT; i++)
		mode[i] = -1;
	for (i = 1; i < line->count; i++) {
		code = parse_mode(line->words[i], mode);
		if (code)
			return code;
	}
	code = client_open(&client);
	if (code)
		return code;
	code = set_modes(line, client, mode);
	client_close(client);
	return code;
}

const struct command command_mode = {
	.name = "mode",
	.arguments = "WORKLOAD CLASS=MODE…",
	.summary = "switch classes of a workload between monitor and enforce",
	.help =
"Changes what becomes of departures of one loaded workload: monitor tells of\n"
"them, enforce denies them too.  Classes are exec, load, file and net, or all; a\n"
"document of segments has net only.  The change takes effect at the next act of every\n"
"process, is a generation of its own, and lasts until the manifest is loaded\n"
"again.",
	.words_min = 2,
	.words_max = SIZE_MAX,
	.run = run,
};
