// SPDX-License-Identifier: LGPL-2.1-or-later
#include <inttypes.h>
#include <stdio.h>

#include "client.h"
#include "client_private.h"
#include "command.h"
#include "duration.h"
#include "names.h"
#include "outcome.h"
#include "workload.h"

enum {
	STATUS_VERSION,
	STATUS_GENERATION,
	STATUS_PREVIOUS,
	STATUS_CONFIRM,
	STATUS_CONFIRM_WORDS,
	STATUS_FORCED_MONITOR,
	STATUS_HOOKS,
	STATUS_HOOKS_MISSING,
	STATUS_WORKLOADS,
	STATUS_RULES,
	STATUS_BYTES,
	STATUS_TASKS,
	STATUS_DENIED,
	STATUS_WOULD_DENY,
	STATUS_EVENTS,
	STATUS_HELD,
	STATUS_FIRST,
	STATUS_INSTANCE,
	STATUS_TRANSACTION,
	STATUS_SUSPENDED,
	STATUS_QUARANTINED,
	STATUS_BLOCKED,
	STATUS_BLOCKED_SHOWN,
	STATUS_DISPLACED,
	STATUS_PENDING,
	STATUS_PENDING_SHOWN,
	STATUS_LEARNING,
	STATUS_BEHAVIOURS,
	STATUS_BEHAVIOURS_MAX,
	STATUS_BEHAVIOURS_DROPPED,
	STATUS_BEHAVIOURS_SHOWN,
	STATUS_UNENFORCED,
};

static const struct output_column columns[] = {
	[STATUS_VERSION] = { "version", "module", OUTPUT_TEXT },
	[STATUS_GENERATION] = { "generation", "generation", OUTPUT_NUMBER },
	[STATUS_PREVIOUS] = { "previous", "previous", OUTPUT_NUMBER },
	[STATUS_CONFIRM] = { "confirm", NULL, OUTPUT_NUMBER },
	[STATUS_CONFIRM_WORDS] = { NULL, "to confirm", OUTPUT_TEXT },
	[STATUS_FORCED_MONITOR] = { "forced_monitor", NULL, OUTPUT_FLAG },
	[STATUS_HOOKS] = { "hooks", "hooks", OUTPUT_NUMBER },
	[STATUS_HOOKS_MISSING] = { "hooks_missing", "hooks missing",
				   OUTPUT_NUMBER },
	[STATUS_WORKLOADS] = { "workloads", "workloads", OUTPUT_NUMBER },
	[STATUS_RULES] = { "rules", "rules", OUTPUT_NUMBER },
	[STATUS_BYTES] = { "bytes", "policy bytes", OUTPUT_NUMBER },
	[STATUS_TASKS] = { "tasks", "labelled tasks", OUTPUT_NUMBER },
	[STATUS_DENIED] = { "denied", "denied", OUTPUT_NUMBER },
	[STATUS_WOULD_DENY] = { "would_deny", "would deny", OUTPUT_NUMBER },
	[STATUS_EVENTS] = { "events", "events", OUTPUT_NUMBER },
	[STATUS_HELD] = { "held", "events held", OUTPUT_NUMBER },
	[STATUS_FIRST] = { "first", NULL, OUTPUT_NUMBER },
	[STATUS_INSTANCE] = { "instance", NULL, OUTPUT_TEXT },
	[STATUS_TRANSACTION] = { "transaction", "transaction", OUTPUT_TEXT },
	[STATUS_SUSPENDED] = { "suspended", "suspended", OUTPUT_WORDS },
	[STATUS_QUARANTINED] = { "quarantined", "in quarantine", OUTPUT_WORDS },
	[STATUS_BLOCKED] = { "blocked", NULL, OUTPUT_NUMBER },
	[STATUS_BLOCKED_SHOWN] = { NULL, "blocked", OUTPUT_TEXT },
	[STATUS_DISPLACED] = { "displaced", NULL, OUTPUT_NUMBER },
	[STATUS_PENDING] = { "pending", NULL, OUTPUT_NUMBER },
	[STATUS_PENDING_SHOWN] = { NULL, "waiting", OUTPUT_TEXT },
	[STATUS_LEARNING] = { "learning", NULL, OUTPUT_NUMBER },
	[STATUS_BEHAVIOURS] = { "behaviours", NULL, OUTPUT_NUMBER },
	[STATUS_BEHAVIOURS_MAX] = { "behaviours_max", NULL, OUTPUT_NUMBER },
	[STATUS_BEHAVIOURS_DROPPED] = { "behaviours_dropped", NULL,
		OUTPUT_NUMBER },
	[STATUS_BEHAVIOURS_SHOWN] = { NULL, "learning", OUTPUT_TEXT },
	[STATUS_UNENFORCED] = { "not_enforced", "not enforced",
				OUTPUT_WORDS },
};

/*
 * All that is loaded but not enforced.  What the manifests themselves leave in
 * monitor mode is told; the rest fails the command too.
 */
static bool tell_unenforced(struct output *output,
			    const struct client_status *status,
			    const struct client_dump *workloads)
{
	bool bad = !workloads->count || status->forced_monitor ||
		   status->hooks_missing;
	char text[256];
	size_t i, class;

	if (!workloads->count)
		output_word(output, STATUS_UNENFORCED,
			    "anything: no workload is loaded");
	if (status->forced_monitor)
		output_word(output, STATUS_UNENFORCED,
			    "anything: the kernel command line says cordon.mode=monitor");
	if (status->hooks_missing) {
		snprintf(text, sizeof(text),
			 "what %u missing hooks watch: see `cordonctl doctor`",
			 status->hooks_missing);
		output_word(output, STATUS_UNENFORCED, text);
	}
	for (i = 0; i < workloads->count; i++) {
		const struct client_workload *workload =
			&workloads->workloads[i];

		for (class = 0; class <= CORDON_CLASS_NET; class++) {
			if (workload->mode[class] == CORDON_MODE_ENFORCE)
				continue;
			if (workload->kind == CORDON_DOCUMENT_SEGMENTS &&
			    class != CORDON_CLASS_NET)
				continue;
			snprintf(text, sizeof(text), "%s of %s: its mode is %s",
				 cordon_class_name((u32)class), workload->name,
				 cordon_mode_name(workload->mode[class]));
			output_word(output, STATUS_UNENFORCED, text);
		}
	}
	output_tone(output, STATUS_UNENFORCED, bad ? OUTPUT_BAD : OUTPUT_WARN);
	return bad;
}

static void fill(struct output *output, const struct client_status *status)
{
	char previous[40], owner[64];

	output_text(output, STATUS_VERSION, status->version);
	output_number(output, STATUS_GENERATION, status->generation);
	output_number(output, STATUS_PREVIOUS, status->previous);
	if (status->confirming) {
		output_number(output, STATUS_CONFIRM, status->confirm);
		outcome_generation(status->previous, previous,
				   sizeof(previous));
		output_format(output, STATUS_CONFIRM_WORDS,
			      "`cordonctl confirm` within %u s, or %s returns",
			      status->confirm, previous);
		output_tone(output, STATUS_CONFIRM_WORDS, OUTPUT_WARN);
	}
	output_flag(output, STATUS_FORCED_MONITOR, status->forced_monitor);
	output_number(output, STATUS_HOOKS, status->hooks);
	output_number(output, STATUS_HOOKS_MISSING, status->hooks_missing);
	if (status->hooks_missing)
		output_tone(output, STATUS_HOOKS_MISSING, OUTPUT_BAD);
	output_number(output, STATUS_WORKLOADS, status->workloads);
	output_number(output, STATUS_RULES, status->rules);
	output_number(output, STATUS_BYTES, status->bytes);
	output_number(output, STATUS_TASKS, status->tasks);
	output_number(output, STATUS_DENIED, status->denied);
	output_number(output, STATUS_WOULD_DENY, status->would_deny);
	output_number(output, STATUS_EVENTS, status->events);
	output_number(output, STATUS_HELD, status->events + 1 - status->first);
	output_number(output, STATUS_FIRST, status->first);
	output_format(output, STATUS_INSTANCE, "%016" PRIx64, status->instance);
	if (status->transaction) {
		client_owner(status->transaction, owner, sizeof(owner));
		output_format(output, STATUS_TRANSACTION, "open, by %s", owner);
	}
}

/* Who learns, and whether there is room for it */
static void fill_learning(struct output *output,
			  const struct client_status *status)
{
	output_number(output, STATUS_LEARNING, status->learning);
	if (!status->behaviours_max)
		return;
	output_number(output, STATUS_BEHAVIOURS, status->behaviours);
	output_number(output, STATUS_BEHAVIOURS_MAX, status->behaviours_max);
	output_number(output, STATUS_BEHAVIOURS_DROPPED,
		      status->behaviours_dropped);
	output_format(output, STATUS_BEHAVIOURS_SHOWN,
		      "%u workload%s; %u of %u behaviours, %" PRIu64 " acts DROPPED for want of room",
		      status->learning, status->learning == 1 ? "" : "s",
		      status->behaviours, status->behaviours_max,
		      status->behaviours_dropped);
	if (status->behaviours_dropped)
		output_tone(output, STATUS_BEHAVIOURS_SHOWN, OUTPUT_BAD);
	else
		output_format(output, STATUS_BEHAVIOURS_SHOWN,
			      "%u workload%s; %u of %u behaviours",
			      status->learning,
			      status->learning == 1 ? "" : "s",
			      status->behaviours, status->behaviours_max);
}

/* "web" in JSON, for people with the time that is left */
static void fill_measure(struct output *output, size_t column,
			 const struct client_measure *measure)
{
	char word[CORDON_NAME_MAX + DURATION_TEXT + 16], left[DURATION_TEXT];

	snprintf(word, sizeof(word), "%.*s", CORDON_NAME_MAX,
		 measure->workload);
	if (!output_is_json(output) && measure->expires)
		snprintf(word, sizeof(word), "%.*s for %s", CORDON_NAME_MAX,
			 measure->workload,
			 duration_print(measure->left, left));
	output_word(output, column, word);
	output_tone(output, column, OUTPUT_WARN);
}

/* Responses that are in force, or wait */
static void fill_measures(struct output *output,
			  const struct client_status *status,
			  const struct client_dump *measures)
{
	size_t i;

	for (i = 0; i < measures->count; i++) {
		const struct client_measure *measure = &measures->measures[i];

		if (measure->id)
			continue;
		if (measure->responses == 1u << CORDON_RESPONSE_SUSPEND)
			fill_measure(output, STATUS_SUSPENDED, measure);
		if (measure->responses == 1u << CORDON_RESPONSE_QUARANTINE)
			fill_measure(output, STATUS_QUARANTINED, measure);
	}
	output_number(output, STATUS_BLOCKED, status->blocked);
	output_number(output, STATUS_DISPLACED, status->displaced);
	output_number(output, STATUS_PENDING, status->pending);
	if (status->displaced)
		output_format(output, STATUS_BLOCKED_SHOWN,
			      "%u addresses; for %" PRIu64 " there was no room",
			      status->blocked, status->displaced);
	else if (status->blocked)
		output_format(output, STATUS_BLOCKED_SHOWN, "%u address%s",
			      status->blocked, status->blocked == 1 ? "" : "es");
	if (status->pending)
		output_format(output, STATUS_PENDING_SHOWN,
			      "%u response%s: see `cordonctl pending`",
			      status->pending, status->pending == 1 ? "" : "s");
}

static int show(const struct command_line *line,
		const struct client_status *status,
		const struct client_dump *workloads,
		const struct client_dump *measures)
{
	struct output *output = line->output;
	bool bad;
	int code;

	output_open(output, OUTPUT_FORM, columns, ARRAY_SIZE(columns));
	fill(output, status);
	fill_learning(output, status);
	fill_measures(output, status, measures);
	bad = tell_unenforced(output, status, workloads);
	output_record(output);
	code = output_close(output);
	if (!code && !output_is_json(output) && workloads->count) {
		output_line(output, "%s", "");
		code = workload_print(output, workloads);
	}
	if (!code && bad)
		code = EXIT_UNENFORCED;
	return code;
}

static int run(const struct command_line *line)
{
	struct client_dump workloads = { .count = 0 };
	struct client_dump measures = { .count = 0 };
	struct client_status status;
	struct client *client;
	int code;

	code = client_open(&client);
	if (code)
		return code;
	code = client_dump(client, CORDON_CMD_WORKLOAD_DUMP, &workloads);
	if (!code)
		code = client_dump(client, CORDON_CMD_MEASURE_DUMP, &measures);
	if (!code)
		code = client_status(client, &status);
	if (!code)
		code = show(line, &status, &workloads, &measures);
	client_dump_free(&measures);
	client_dump_free(&workloads);
	client_close(client);
	return code;
}

const struct command command_status = {
	.name = "status",
	.arguments = "",
	.summary = "say what is in force, and what is not enforced",
	.help =
"Shows the generation in force, the one that `rollback` returns to, whether a\n"
"confirmation is awaited, hooks, counters, and each workload.  Whatever is not\n"
"enforced is named: classes in monitor mode, missing hooks, cordon.mode=monitor\n"
"on the kernel command line, an empty policy.\n"
"\n"
"Ends with 8 if no workload is loaded, a hook is missing or the command line\n"
"forces monitor mode.  A class that its manifest leaves in monitor mode is told\n"
"but is no failure.",
	.run = run,
};
