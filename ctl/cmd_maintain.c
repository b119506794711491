// SPDX-License-Identifier: LGPL-2.1-or-later
/*
 * Maintenance: a workload learns for a time.  It is a change of modes that is
 * never confirmed, so that the module ends it by itself, whatever becomes of
 * this program.
 */
#include <inttypes.h>
#include <string.h>

#include "client.h"
#include "command.h"
#include "duration.h"
#include "outcome.h"

/* What package managers take for a machine's upgrade, and some. */
#define MAINTAIN_SECONDS (30 * 60)

enum maintain_option {
	MAINTAIN_FOR,
	MAINTAIN_END,
};

static const struct command_option options[] = {
	[MAINTAIN_FOR] = { "for", "DURATION",
		"how long: 90s, 30m (default), up to 24h" },
	[MAINTAIN_END] = { "end", NULL,
		"end it now, and say what has been learnt" },
	{ NULL, NULL, NULL },
};

/* Return: EXIT_OK, or EXIT_REFUSED, told. */
static int check_idle(struct client *client)
{
	struct client_status status;
	int code = client_status(client, &status);

	if (code || !status.confirming)
		return code;
	output_error("maintain: generation %" PRIu64 " waits for confirmation, and what it would return to must stay: `cordonctl confirm` or `cordonctl rollback` first; of another maintenance, `cordonctl maintain WORKLOAD --end`",
		     status.generation);
	return EXIT_REFUSED;
}

static int begin(const struct command_line *line, struct client *client,
		 const struct client_workload *workload, uint32_t seconds)
{
	int mode[CORDON_CLASS_COUNT], code, class;
	char text[DURATION_TEXT], word[32];

	code = check_idle(client);
	if (code)
		return code;
	for (class = 0; class < CORDON_CLASS_COUNT; class++)
		mode[class] = class <= CORDON_CLASS_NET ? CORDON_MODE_LEARN :
							  -1;
	code = client_mode_set(client, workload->name, mode, seconds);
	if (code)
		return code;
	outcome_open(line->output);
	snprintf(word, sizeof(word), "learn for %s",
		 duration_print(seconds, text));
	output_word(line->output, OUTCOME_MODES, word);
	code = outcome_close(line->output, client, false);
	if (!code)
		output_warn("do not confirm it: that would let \"%s\" learn for good; until it ends no other policy can be loaded, and `cordonctl maintain %s --end` ends it",
			    workload->name, workload->name);
	return code;
}

static int end(const struct command_line *line, struct client *client,
	       const struct client_workload *workload)
{
	struct client_dump behaviours;
	struct client_status status;
	size_t count;
	int code = client_status(client, &status);

	if (code)
		return code;
	if (!status.confirming ||
	    !memchr(workload->mode, CORDON_MODE_LEARN,
		    sizeof(workload->mode))) {
		output_error("maintain: \"%s\" is not maintained, or no longer: it ends by itself when its time is over",
			     workload->name);
		return EXIT_UNKNOWN;
	}
	code = client_rollback(client);
	if (!code)
		code = client_behaviours(client, workload->name, &behaviours);
	if (code)
		return code;
	count = behaviours.count;
	client_dump_free(&behaviours);
	outcome_open(line->output);
	code = outcome_close(line->output, client, false);
	if (!code && count)
		output_warn("%zu behaviour%s of \"%s\" %s recorded: `cordonctl review %s` asks about each, and says of which package it is",
			    count, count == 1 ? "" : "s", workload->name,
			    count == 1 ? "is" : "are", workload->name);
	return code;
}

static int maintain(const struct command_line *line, struct client *client,
		    uint32_t seconds)
{
	const struct client_workload *workload;
	struct client_dump workloads;
	int code;

	code = client_dump(client, CORDON_CMD_WORKLOAD_DUMP, &workloads);
	if (code)
		return code;
	workload = client_workload_find(&workloads, line->words[0]);
	if (!workload)
		code = EXIT_UNKNOWN;
	else if (line->value[MAINTAIN_END])
		code = end(line, client, workload);
	else
		code = begin(line, client, workload, seconds);
	client_dump_free(&workloads);
	return code;
}

static int run(const struct command_line *line)
{
	uint32_t seconds = MAINTAIN_SECONDS;
	const char *text = line->value[MAINTAIN_FOR];
	struct client *client;
	int code;

	if (text && line->value[MAINTAIN_END]) {
		output_error("maintain: --for and --end contradict each other");
		return EXIT_USAGE;
	}
	if (text && !duration_parse(text, CORDON_CONFIRM_MAX, &seconds)) {
		output_error("maintain: --for \"%s\" is no time up to 24h, like 90s or 30m",
			     text);
		return EXIT_USAGE;
	}
	code = client_open(&client);
	if (code)
		return code;
	code = maintain(line, client, seconds);
	client_close(client);
	return code;
}

const struct command command_maintain = {
	.name = "maintain",
	.arguments = "WORKLOAD",
	.summary = "let a workload learn while it is upgraded",
	.help =
"For an upgrade, or other work that its manifest does not foresee: all classes\n"
"of WORKLOAD learn.  What rules do not allow passes and is recorded as a\n"
"behaviour; what a deny rule speaks of is denied as before.  When the time is\n"
"over the module returns to the modes of before, by itself; until then no other\n"
"policy can be loaded, as while a policy waits for confirmation.\n"
"\n"
"What was recorded is kept.  `cordonctl review WORKLOAD` asks about each, says\n"
"of which package it is and when that was unpacked, and writes the manifest.",
	.options = options,
	.words_min = 1,
	.words_max = 1,
	.run = run,
};
