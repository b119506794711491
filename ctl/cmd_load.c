// SPDX-License-Identifier: LGPL-2.1-or-later
#include <stdlib.h>
#include <string.h>

#include "client.h"
#include "command.h"
#include "lockout.h"
#include "manifest.h"
#include "outcome.h"
#include "report.h"

enum load_option {
	LOAD_REPLACE,
	LOAD_CONFIRM,
	LOAD_DRY_RUN,
	LOAD_INCLUDE,
	LOAD_FORCE,
};

static const struct command_option options[] = {
	[LOAD_REPLACE] = { "replace", NULL,
		"unload every workload that is not in these manifests" },
	[LOAD_CONFIRM] = { "confirm", "SECONDS",
		"return to the previous policy unless confirmed in that time" },
	[LOAD_DRY_RUN] = { "dry-run", NULL,
		"have the module check all of it, and change nothing" },
	[LOAD_INCLUDE] = { "include", "DIR",
		"look for included pieces there first" },
	[LOAD_FORCE] = { "force", NULL,
		"load what could lock you out, without --confirm" },
	{ NULL, NULL, NULL },
};

static int refuse_lock_out(const struct manifest_set *set)
{
	size_t i;

	for (i = 0; i < set->count; i++) {
		char *how = lockout_of(set->drafts[i]);

		if (!how)
			continue;
		lockout_refuse(how, "load");
		free(how);
		return EXIT_USAGE;
	}
	return EXIT_OK;
}

static int tell(const struct command_line *line, struct client *client,
		const struct manifest_set *set,
		const struct client_dump *before)
{
	size_t i;

	outcome_open(line->output);
	for (i = 0; i < set->count; i++) {
		const struct cordon_draft *draft = set->drafts[i];
		const char *name = cordon_draft_text(draft, draft->name);

		output_word(line->output, client_workload_seek(before, name) ?
			    OUTCOME_REPLACED : OUTCOME_ADDED, name);
	}
	for (i = 0; line->value[LOAD_REPLACE] && i < before->count; i++) {
		const char *name = before->workloads[i].name;

		if (!manifest_set_holds(set, name))
			output_word(line->output, OUTCOME_REMOVED, name);
	}
	return outcome_close(line->output, client, line->value[LOAD_DRY_RUN]);
}

static int load(const struct command_line *line, const struct manifest_set *set,
		uint32_t confirm)
{
	struct client_dump before = { .count = 0 };
	struct client_status status;
	struct client_change change = {
		.drafts = set->drafts,
		.draft_count = set->count,
		.replace = line->value[LOAD_REPLACE],
		.confirm = confirm,
		.dry_run = line->value[LOAD_DRY_RUN],
	};
	struct client *client;
	int code;

	code = client_open(&client);
	if (code)
		return code;
	code = client_status(client, &status);
	if (!code)
		code = client_dump(client, CORDON_CMD_WORKLOAD_DUMP, &before);
	if (!code) {
		change.generation = status.generation;
		code = client_change(client, &change);
	}
	if (!code)
		code = tell(line, client, set, &before);
	client_dump_free(&before);
	client_close(client);
	return code;
}

/**
 * struct surroundings - what the documents will stand beside
 * @policy: the loaded one, if it was asked for
 * @alone: nothing: all that is loaded is replaced
 * @code: why the policy could not be read
 */
struct surroundings {
	struct client_policy policy;
	bool alone;
	int code;
};

/* Only what names segments of other documents needs to know these. */
static struct cordon_draft *const *read_loaded(void *context, size_t *count)
{
	static struct cordon_draft *const none[1];
	struct surroundings *around = context;
	struct client *client;

	if (around->alone)
		return none;
	around->code = client_open(&client);
	if (around->code)
		return NULL;
	around->code = client_policy_read(client, &around->policy);
	client_close(client);
	*count = around->policy.count;
	return around->code ? NULL : around->policy.drafts;
}

static int run(const struct command_line *line)
{
	const char *include = line->value[LOAD_INCLUDE];
	struct surroundings around = { .alone = line->value[LOAD_REPLACE] };
	const struct manifest_options reading = {
		.include_paths = &include,
		.include_count = include ? 1 : 0,
		.absolute = true,
		.loaded = read_loaded,
		.context = &around,
	};
	struct manifest_set set;
	struct report report;
	uint64_t confirm = 0;
	int code = EXIT_OK;

	if (line->value[LOAD_CONFIRM])
		code = command_number("--confirm", line->value[LOAD_CONFIRM], 1,
				      CORDON_CONFIRM_MAX, &confirm);
	if (code)
		return code;
	report_init(&report);
	if (manifest_set_read(&set, (const char *const *)line->words,
			      line->count, &reading, &report))
		code = EXIT_MANIFEST;
	report_print(&report, stderr);
	if (!code)
		code = around.code;
	if (!code && !confirm && !line->value[LOAD_FORCE] &&
	    !line->value[LOAD_DRY_RUN])
		code = refuse_lock_out(&set);
	if (code)
		output_error("nothing was loaded");
	else
		code = load(line, &set, (uint32_t)confirm);
	client_policy_free(&around.policy);
	manifest_set_free(&set);
	report_free(&report);
	return code;
}

const struct command command_load = {
	.name = "load",
	.arguments = "FILE|DIR…",
	.summary = "put manifests and segments in force",
	.help =
"Reads manifests and segments documents (of a directory every *.json in it),\n"
"checks all of them, and puts them in force in one step: at the next act of\n"
"every process, without restarting anything.  Workloads that are loaded already are replaced, others\n"
"stay as they are unless --replace is given.  If anything is wrong anywhere,\n"
"nothing is loaded.\n"
"\n"
"With --confirm the module itself returns to the previous policy when the time\n"
"is over, even if this terminal is gone by then; `cordonctl confirm` keeps the\n"
"new one.  Use it for whatever could lock you out.  A manifest of the host that\n"
"denies by default is refused without it, or --force; so are segments that\n"
"close this host's own address.",
	.options = options,
	.words_min = 1,
	.words_max = SIZE_MAX,
	.run = run,
};
