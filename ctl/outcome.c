// SPDX-License-Identifier: LGPL-2.1-or-later
#include "outcome.h"

#include <inttypes.h>

enum {
	OUTCOME_GENERATION = OUTCOME_MODES + 1,
	OUTCOME_PREVIOUS,
	OUTCOME_CONFIRM,
	OUTCOME_DRY_RUN,
	OUTCOME_NEXT,
};

static const struct output_column columns[] = {
	[OUTCOME_ADDED] = { "added", "added", OUTPUT_WORDS },
	[OUTCOME_REPLACED] = { "replaced", "replaced", OUTPUT_WORDS },
	[OUTCOME_REMOVED] = { "removed", "removed", OUTPUT_WORDS },
	[OUTCOME_MODES] = { "modes", "modes", OUTPUT_WORDS },
	[OUTCOME_GENERATION] = { "generation", "generation", OUTPUT_NUMBER },
	[OUTCOME_PREVIOUS] = { "previous", NULL, OUTPUT_NUMBER },
	[OUTCOME_CONFIRM] = { "confirm", NULL, OUTPUT_NUMBER },
	[OUTCOME_DRY_RUN] = { "dry_run", NULL, OUTPUT_FLAG },
	[OUTCOME_NEXT] = { NULL, "next", OUTPUT_TEXT },
};

void outcome_open(struct output *output)
{
	output_open(output, OUTPUT_FORM, columns, ARRAY_SIZE(columns));
}

void outcome_generation(uint64_t generation, char *text, size_t size)
{
	if (generation)
		snprintf(text, size, "generation %" PRIu64, generation);
	else
		snprintf(text, size, "the empty policy");
}

static void say_next(struct output *output, const struct client_status *status,
		     bool dry_run)
{
	char previous[40];

	if (dry_run) {
		output_text(output, OUTCOME_NEXT,
			    "nothing was changed: this was a dry run");
	} else if (status->confirming) {
		outcome_generation(status->previous, previous,
				   sizeof(previous));
		output_format(output, OUTCOME_NEXT,
			      "`cordonctl confirm` within %u s, or %s returns",
			      status->confirm, previous);
		output_tone(output, OUTCOME_NEXT, OUTPUT_WARN);
	} else if (status->previous) {
		output_format(output, OUTCOME_NEXT,
			      "`cordonctl rollback` undoes it (to generation %" PRIu64 ")",
			      status->previous);
	} else if (status->workloads) {
		output_text(output, OUTCOME_NEXT,
			    "`cordonctl unload --all` undoes it");
	}
}

static void warn_unenforced(const struct client_status *status)
{
	if (status->forced_monitor)
		output_warn("nothing is denied: the kernel command line says cordon.mode=monitor");
	if (status->hooks_missing)
		output_warn("%u hooks are not attached, what they watch is not enforced: see `cordonctl doctor`",
			    status->hooks_missing);
}

int outcome_close(struct output *output, struct client *client, bool dry_run)
{
	struct client_status status;
	int code;

	code = client_status(client, &status);
	if (code)
		return code;
	output_number(output, OUTCOME_GENERATION, status.generation);
	output_number(output, OUTCOME_PREVIOUS, status.previous);
	if (status.confirming)
		output_number(output, OUTCOME_CONFIRM, status.confirm);
	output_flag(output, OUTCOME_DRY_RUN, dry_run);
	say_next(output, &status, dry_run);
	output_record(output);
	code = output_close(output);
	warn_unenforced(&status);
	return code;
}

int outcome_run(struct output *output, int (*change)(struct client *client))
{
	struct client *client;
	int code;

	code = client_open(&client);
	if (code)
		return code;
	code = change(client);
	if (!code) {
		outcome_open(output);
		code = outcome_close(output, client, false);
	}
	client_close(client);
	return code;
}
