// SPDX-License-Identifier: LGPL-2.1-or-later
/* cordonctl whatif: what a manifest would do to what was done. */
#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "capture/behaviour_kernel.h"
#include "capture/behaviour_store.h"
#include "client.h"
#include "command.h"
#include "history.h"
#include "whatif.h"

enum whatif_option {
	WHATIF_SINCE,
	WHATIF_WORKLOAD,
	WHATIF_FROM,
	WHATIF_STORE,
	WHATIF_AS_WRITTEN,
	WHATIF_ALL,
	WHATIF_NO_HOST,
	WHATIF_INCLUDE,
};

static const struct command_option options[] = {
	[WHATIF_SINCE] = { "since", "TIME", HISTORY_SINCE },
	[WHATIF_WORKLOAD] = { "workload", "W",
		"only what that workload did; if FILE is one manifest, whatever that is called" },
	[WHATIF_FROM] = { "from", "FILE",
		"read behaviours as JSON lines, \"-\": from stdin, instead of asking module and store; several are joined" },
	[WHATIF_STORE] = { "store", "FILE", HISTORY_STORE },
	[WHATIF_AS_WRITTEN] = { "as-written", NULL,
		"judge in the modes that FILE states, not as if all was enforced" },
	[WHATIF_ALL] = { "all", NULL, "show what would not change, too" },
	[WHATIF_NO_HOST] = { "no-host", NULL,
		"it is for another machine: do not look at this one's users and links" },
	[WHATIF_INCLUDE] = { "include", "DIR",
		"look for pieces here too, before the system's places" },
	{ NULL, NULL, NULL },
};

/* --- what was done -------------------------------------------------------- */

static int read_files(struct behaviour_set *set,
		      const struct command_line *line)
{
	const char *files[COMMAND_REPEATS_MAX];
	size_t count = command_values(line, WHATIF_FROM, files), i;

	for (i = 0; i < count; i++)
		if (behaviour_set_read_file(set, files[i]))
			return EXIT_TROUBLE;
	return EXIT_OK;
}

/* Without the module there may be a store, of this machine or another. */
static int read_module(struct behaviour_set *set, bool *any)
{
	struct client *client;
	int code = client_open_quietly(&client);

	if (code == EXIT_NO_MODULE)
		return EXIT_OK;
	if (code)
		return code;
	*any = true;
	code = behaviour_set_fetch(set, client, NULL);
	client_close(client);
	return code;
}

static int read_store(struct behaviour_set *set, const char *path,
		      uint64_t since, bool *any)
{
	struct behaviour_set told = { 0 };
	struct store *store;
	int code;

	if (!path && access(STORE_PATH, F_OK) && errno == ENOENT)
		return EXIT_OK;
	code = history_open(path, &store);
	if (code)
		return code;
	*any = true;
	code = behaviour_set_replay(&told, store, since);
	store_close(store);
	behaviour_set_settle(&told);
	behaviour_set_merge(set, &told);
	return code;
}

/* The module and cordond tell of the same acts. */
static int gather(struct behaviour_set *set, const struct command_line *line,
		  uint64_t since)
{
	const char *store = line->value[WHATIF_STORE];
	bool any = false;
	int code = EXIT_OK;

	if (line->value[WHATIF_FROM]) {
		code = read_files(set, line);
		any = true;
	} else {
		code = read_module(set, &any);
	}
	behaviour_set_settle(set);
	if (!code && (store || !line->value[WHATIF_FROM]))
		code = read_store(set, store, since, &any);
	if (code || any)
		return code;
	output_error("whatif: neither is the module loaded nor has cordond kept anything in %s; say with --from or --store where behaviours are",
		     STORE_PATH);
	return EXIT_NO_MODULE;
}

/* --- what would come of it ------------------------------------------------ */

static size_t count_manifests(const struct replay *replay)
{
	size_t count = 0, i;

	for (i = 0; i < replay->named; i++)
		count += replay->set.drafts[i]->kind ==
			 CORDON_DOCUMENT_MANIFEST;
	return count;
}

/* Whose behaviours are put to a manifest; NULL: nobody's. */
static const char *source_of(const struct replay *replay, const char *name,
			     const char *wanted)
{
	if (!wanted || !strcmp(name, wanted))
		return name;
	return count_manifests(replay) == 1 ? wanted : NULL;
}

/**
 * struct loaded - what the module has in force
 * @policy: all of it; empty, as @rules, without a module
 * @rules: with the verdicts that named them
 */
struct loaded {
	struct client_policy policy;
	struct client_dump rules;
};

static int read_loaded(struct loaded *loaded)
{
	struct client *client;
	int code = client_open_quietly(&client);

	if (code == EXIT_NO_MODULE)
		return EXIT_OK;
	if (code)
		return code;
	code = client_dump(client, CORDON_CMD_RULE_DUMP, &loaded->rules);
	if (!code)
		code = client_policy_read(client, &loaded->policy);
	client_close(client);
	return code;
}

static void free_loaded(struct loaded *loaded)
{
	client_policy_free(&loaded->policy);
	client_dump_free(&loaded->rules);
}

static void compare_rules(struct whatif *whatif, const struct loaded *loaded,
			  const struct cordon_draft *candidate,
			  const char *source, uint64_t since)
{
	size_t i;

	for (i = 0; i < loaded->policy.count; i++) {
		const struct cordon_draft *draft = loaded->policy.drafts[i];

		if (!strcmp(cordon_draft_text(draft, draft->name), source))
			whatif_rules(whatif, candidate, draft, &loaded->rules,
				     since);
	}
}

static void replay_all(struct whatif *whatif, const struct replay *replay,
		       struct behaviour_set *set, const struct loaded *loaded,
		       const char *wanted, uint64_t since)
{
	size_t i;

	for (i = 0; i < replay->named; i++) {
		const struct cordon_draft *draft = replay->set.drafts[i];
		const char *name = cordon_draft_text(draft, draft->name);
		const char *source = source_of(replay, name, wanted);
		struct behaviour_set own = { 0 };

		if (draft->kind != CORDON_DOCUMENT_MANIFEST || !source)
			continue;
		behaviour_set_take(set, source, since, &own);
		whatif_replay(whatif, replay, name, &own);
		behaviour_set_free(&own);
		compare_rules(whatif, loaded, draft, source, since);
	}
	whatif->dropped = set->dropped;
	whatif_settle(whatif);
}

static int conclude(const struct command_line *line,
		    const struct whatif *whatif)
{
	int code;

	if (!whatif->count) {
		output_error("whatif: nothing is known of what %s did%s; see `cordonctl learn start`, or say with --workload whose behaviours are meant",
			     line->value[WHATIF_WORKLOAD] ?
			     line->value[WHATIF_WORKLOAD] :
			     "the workloads of these manifests",
			     line->value[WHATIF_SINCE] ? " since then" : "");
		return EXIT_UNKNOWN;
	}
	code = whatif_print(whatif, line->output, line->value[WHATIF_ALL]);
	if (whatif->dropped)
		output_warn("incomplete: %llu acts were not recorded, and may be denied though nothing of it stands here",
			    (unsigned long long)whatif->dropped);
	if (code)
		return code;
	return whatif->behaviours[WHATIF_NEWLY_DENIED] ? EXIT_NEWLY_DENIED :
							 EXIT_OK;
}

static int ask(const struct command_line *line, struct behaviour_set *set,
	       uint64_t since)
{
	const char *include = line->value[WHATIF_INCLUDE];
	const struct replay_options wanted = {
		.reading = {
			.include_paths = &include,
			.include_count = include ? 1 : 0,
			.foreign = line->value[WHATIF_NO_HOST],
		},
		.peers = set,
		.as_written = line->value[WHATIF_AS_WRITTEN],
	};
	struct loaded loaded = { 0 };
	struct whatif whatif = { 0 };
	struct replay replay;
	struct report report;
	int code = EXIT_TROUBLE;

	report_init(&report);
	if (!replay_open(&replay, (const char *const *)line->words, line->count,
			 &wanted, &report)) {
		code = line->value[WHATIF_FROM] ? EXIT_OK :
						  read_loaded(&loaded);
		replay_all(&whatif, &replay, set, &loaded,
			   line->value[WHATIF_WORKLOAD], since);
		if (!code)
			code = conclude(line, &whatif);
	} else {
		report_print(&report, stderr);
	}
	free_loaded(&loaded);
	whatif_free(&whatif);
	replay_close(&replay);
	report_free(&report);
	return code;
}

static int run(const struct command_line *line)
{
	struct behaviour_set set = { 0 };
	uint64_t since;
	int code;

	code = history_moment("--since", line->value[WHATIF_SINCE], &since);
	if (!code)
		code = gather(&set, line, since);
	if (!code)
		code = ask(line, &set, since);
	behaviour_set_free(&set);
	return code;
}

const struct command command_whatif = {
	.name = "whatif",
	.arguments = "FILE|DIR…",
	.summary = "say what manifests would do to what was done",
	.help =
"Puts what workloads were seen to do to the manifests FILE, by the engine that\n"
"the module decides with, as if all classes were enforced.  Nothing is loaded.\n"
"What was seen is what the module has learnt (`cordonctl learn show`) and what\n"
"cordond has kept: departures, and what was executed.\n"
"\n"
"Newly denied is what went on, because it was learnt or only monitored, and\n"
"would be stopped; newly allowed what was stopped, and would go on.  Each line\n"
"stands for what one program did in one way and one rule decides: the object of\n"
"the last time, of how many, how often, how long ago, and the place of the rule\n"
"or the reason.  Of what would be denied it is said what would allow it.\n"
"\n"
"What a loaded rule allows is recorded by nobody: of such rules that have decided\n"
"something, and allow more than FILE, only that is told.  Perhaps just that was\n"
"done: look at them before you load FILE.\n"
"\n"
"Ends with 3 if something is newly denied, else with 0; with 14 if a manifest is\n"
"wrong, where other commands end with 3; with 10 if nothing is known.",
	.options = options,
	.repeats = 1u << WHATIF_FROM,
	.words_min = 1,
	.words_max = SIZE_MAX,
	.run = run,
};
