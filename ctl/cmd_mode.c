// SPDX-License-Identifier: LGPL-2.1-or-later
#include <stdlib.h>
#include <string.h>

#include "client.h"
#include "command.h"
#include "lockout.h"
#include "names.h"
#include "outcome.h"

enum mode_option {
	MODE_CONFIRM,
	MODE_FORCE,
};

static const struct command_option options[] = {
	[MODE_CONFIRM] = { "confirm", "SECONDS",
		"return to the previous policy unless confirmed in that time" },
	[MODE_FORCE] = { "force", NULL,
		"enforce what could lock you out, without --confirm" },
	{ NULL, NULL, NULL },
};

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
		output_error("mode: \"%s\" is no mode: learn, monitor and enforce are",
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

static bool enforces(const int mode[CORDON_CLASS_COUNT])
{
	int class;

	for (class = 0; class < CORDON_CLASS_COUNT; class++)
		if (mode[class] == CORDON_MODE_ENFORCE)
			return true;
	return false;
}

/* EXIT_OK unless it could cut an administrator off */
static int check_lockout(struct client *client, const char *name,
			 const int mode[CORDON_CLASS_COUNT])
{
	struct client_policy policy;
	int code = client_policy_read(client, &policy);
	char *how;
	size_t i;

	for (i = 0; !code && i < policy.count; i++) {
		struct cordon_draft *draft = policy.drafts[i];

		if (strcmp(cordon_draft_text(draft, draft->name), name))
			continue;
		how = lockout_of_mode(draft, mode);
		if (how)
			code = lockout_refuse(how, "enforce");
		free(how);
	}
	client_policy_free(&policy);
	return code;
}

static int check(const struct command_line *line, struct client *client,
		 const int mode[CORDON_CLASS_COUNT])
{
	const char *name = line->words[0];
	struct client_dump before;
	int code;

	code = client_dump(client, CORDON_CMD_WORKLOAD_DUMP, &before);
	if (!code && !client_workload_find(&before, name))
		code = EXIT_UNKNOWN;
	client_dump_free(&before);
	if (!code && enforces(mode) && !line->value[MODE_CONFIRM] &&
	    !line->value[MODE_FORCE])
		code = check_lockout(client, name, mode);
	return code;
}

static int set_modes(const struct command_line *line, struct client *client,
		     const int mode[CORDON_CLASS_COUNT], uint32_t confirm)
{
	char word[64];
	int code, i;

	code = check(line, client, mode);
	if (!code)
		code = client_mode_set(client, line->words[0], mode, confirm);
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
	uint64_t confirm = 0;
	int code = EXIT_OK;
	size_t i;

	if (line->value[MODE_CONFIRM])
		code = command_number("--confirm", line->value[MODE_CONFIRM], 1,
				      CORDON_CONFIRM_MAX, &confirm);
	if (code)
		return code;
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
	code = set_modes(line, client, mode, (uint32_t)confirm);
	client_close(client);
	return code;
}

const struct command command_mode = {
	.name = "mode",
	.arguments = "WORKLOAD CLASS=MODE…",
	.summary = "switch classes of a workload between learn, monitor and enforce",
	.help =
"Changes what becomes of departures of one loaded workload: monitor tells of\n"
"them, enforce denies them too, learn records what no rule speaks of, and allows\n"
"it (see `cordonctl learn`).  Classes are exec, load, file and net, or all; a\n"
"document of segments has net only, and does not learn.  The change takes effect at the next act of every\n"
"process, is a generation of its own, and lasts until the manifest is loaded\n"
"again.\n"
"\n"
"With --confirm the module itself returns to the modes before when the time is\n"
"over; `cordonctl confirm` keeps the new ones.  To enforce more is refused without\n"
"it, or --force, of what could cut you off: a manifest of the host that denies by\n"
"default, or segments that are closed, or denied ssh, and hold this machine.",
	.options = options,
	.words_min = 2,
	.words_max = SIZE_MAX,
	.run = run,
};
