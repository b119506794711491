// SPDX-License-Identifier: LGPL-2.1-or-later
/*
 * cordonctl promote: workloads that have been quiet for as long as their
 * manifests want are enforced, in the files and in the module.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "compare.h"
#include "history.h"
#include "loaded.h"
#include "memory.h"
#include "names.h"
#include "promote.h"

#define SECOND 1000000000ull

/* Tries, a tenth of a second each, for cordond to have read everything. */
#define CAUGHT_UP_TRIES 50

enum promote_option {
	PROMOTE_APPROVE,
	PROMOTE_CHECK,
	PROMOTE_FORCE,
	PROMOTE_CONFIRM,
	PROMOTE_INCLUDE,
	PROMOTE_STORE,
};

static const struct command_option options[] = {
	[PROMOTE_APPROVE] = { "approve", NULL,
		"promote what is due and waits for somebody to say so, too" },
	[PROMOTE_CHECK] = { "check", NULL, "only look; change nothing" },
	[PROMOTE_FORCE] = { "force", NULL,
		"promote the WORKLOADs that are named though they are not due" },
	[PROMOTE_CONFIRM] = { "confirm", "SECONDS",
		"return to the previous policy unless confirmed in that time" },
	[PROMOTE_INCLUDE] = { "include", "DIR",
		"look for included pieces there first" },
	[PROMOTE_STORE] = { "store", "FILE", HISTORY_STORE },
	{ NULL, NULL, NULL },
};

/**
 * struct job - all of them
 * @line: the command line
 * @client: the module
 * @store: what cordond has kept
 * @workloads: of the module
 * @learnings: likewise
 * @policy: likewise
 * @candidates: @count of them
 * @count: how many
 * @behind: events that cordond has not read
 * @now: ns, CLOCK_REALTIME
 */
struct job {
	const struct command_line *line;
	struct client *client;
	struct store *store;
	struct client_dump workloads;
	struct client_dump learnings;
	struct client_policy policy;
	struct promote_candidate *candidates;
	size_t count;
	uint64_t behind;
	uint64_t now;
};

/* --- which ------------------------------------------------------------- */

static bool is_named(const struct command_line *line, const char *name)
{
	size_t i;

	for (i = 0; i < line->count; i++)
		if (!strcmp(line->words[i], name))
			return true;
	return false;
}

static uint32_t monitored(const struct manifest_file *file)
{
	const struct cordon_draft *draft = file->original.set.drafts[0];
	uint32_t classes = 0, class;

	for (class = 0; class < CORDON_CLASS_KERNEL; class++)
		if (draft->mode[class] == CORDON_MODE_MONITOR)
			classes |= 1u << class;
	return classes;
}

/* Files may be promoted only if the module does what they say. */
static int check_modes(const struct client_workload *workload,
		       const struct manifest_file *file)
{
	const struct cordon_draft *draft = file->original.set.drafts[0];
	uint32_t class;

	for (class = 0; class < CORDON_CLASS_KERNEL; class++)
		if (draft->mode[class] != workload->mode[class]) {
			output_error("promote: class %s of \"%s\" is in mode %s, and %s says %s: `cordonctl load %s` or `cordonctl mode %s %s=%s` makes them one",
				     cordon_class_name(class), workload->name,
				     cordon_mode_name(workload->mode[class]),
				     file->name,
				     cordon_mode_name(draft->mode[class]),
				     file->name, workload->name,
				     cordon_class_name(class),
				     cordon_mode_name(draft->mode[class]));
			return EXIT_CONFLICT;
		}
	return EXIT_OK;
}

static int add_candidate(struct job *job,
			 const struct client_workload *workload)
{
	const struct manifest_options reading = {
		.include_paths = &job->line->value[PROMOTE_INCLUDE],
		.include_count = job->line->value[PROMOTE_INCLUDE] ? 1 : 0,
	};
	bool named = is_named(job->line, workload->name);
	struct promote_candidate candidate = { .workload = workload };
	const struct cordon_draft *draft;
	int code = EXIT_OK;

	if (*workload->file != '/') {
		if (!named)
			return EXIT_OK;
		output_error("promote: it is not known which file the workload \"%s\" was loaded from",
			     workload->name);
		return EXIT_UNKNOWN;
	}
	code = manifest_file_open(&candidate.file, workload->file,
				  &reading);
	if (!code && !promotion_terms_read(candidate.file.document,
					   &candidate.terms)) {
		if (named) {
			output_error("promote: %s says nothing of promotion: give it \"promote\": { \"after\": \"14d\", \"quiet\": \"3d\" }, and load it",
				     workload->file);
			code = EXIT_UNKNOWN;
		}
		manifest_file_close(&candidate.file);
		return code;
	}
	draft = loaded_find(&job->policy, workload->name);
	if (!code && !draft)
		code = EXIT_CONFLICT;
	if (!code)
		code = loaded_compare(draft, &candidate.file);
	if (!code)
		code = check_modes(workload, &candidate.file);
	if (code) {
		manifest_file_close(&candidate.file);
		return code;
	}
	candidate.record.classes = monitored(&candidate.file);
	job->candidates = memory_sure(realloc(job->candidates,
					      (job->count + 1) *
					      sizeof(candidate)));
	job->candidates[job->count++] = candidate;
	return EXIT_OK;
}

/* One that cannot be looked at does not keep the others from it. */
static int find_candidates(struct job *job)
{
	int worst = EXIT_OK, code;
	size_t i;

	for (i = 0; i < job->line->count; i++)
		if (!client_workload_find(&job->workloads,
					  job->line->words[i]))
			return EXIT_UNKNOWN;
	for (i = 0; i < job->workloads.count; i++) {
		const struct client_workload *workload =
			&job->workloads.workloads[i];

		if (workload->kind != CORDON_DOCUMENT_MANIFEST ||
		    (job->line->count && !is_named(job->line, workload->name)))
			continue;
		code = add_candidate(job, workload);
		worst = worst ? worst : code;
	}
	return worst;
}

/* --- what is known ----------------------------------------------------- */

/* How many events of the module cordond has not read; it gets time for it. */
static int count_unread(struct job *job)
{
	const struct timespec pause = { .tv_nsec = 100000000 };
	const struct store_filter last = { .last = 1 };
	struct client_status status;
	struct store_row row;
	bool got = true;
	int tries, code;

	code = client_status(job->client, &status);
	if (code)
		return code;
	for (tries = 0; tries < CAUGHT_UP_TRIES; tries++) {
		job->behind = status.events;
		if (!store_select(job->store, &last) ||
		    !store_next(job->store, &row, &got))
			return history_failed(job->store);
		if (got && row.instance == status.instance &&
		    row.sequence + row.missed <= status.events)
			job->behind = status.events - row.sequence;
		if (got && row.instance == status.instance &&
		    row.sequence >= status.events)
			job->behind = 0;
		store_finish(job->store);
		if (!job->behind)
			return EXIT_OK;
		nanosleep(&pause, NULL);
	}
	return EXIT_OK;
}

static int read_record(struct job *job, struct promote_candidate *candidate)
{
	const struct store_filter filter = {
		.workload = candidate->workload->name,
	};
	struct store_row row;
	bool got = true;

	if (!store_select(job->store, &filter))
		return history_failed(job->store);
	for (;;) {
		if (!store_next(job->store, &row, &got))
			return history_failed(job->store);
		if (!got)
			return EXIT_OK;
		promotion_record_add(&candidate->record, &row);
	}
}

static uint64_t count_dropped(const struct job *job,
			      const struct promote_candidate *candidate)
{
	const char *workload = candidate->workload->name;
	uint64_t count = 0;
	uint32_t class;
	size_t i;

	for (i = 0; i < job->learnings.count; i++)
		if (!strcmp(job->learnings.learnings[i].workload, workload))
			for (class = 0; class < CORDON_CLASS_COUNT; class++)
				count += job->learnings.learnings[i].dropped[class];
	return count;
}

static bool is_chosen(const struct command_line *line,
		      const struct promote_candidate *candidate)
{
	if (!candidate->record.classes || line->value[PROMOTE_CHECK])
		return false;
	if (line->value[PROMOTE_FORCE])
		return true;
	return candidate->ready &&
	       (!candidate->terms.ask || line->value[PROMOTE_APPROVE]);
}

static int judge(struct job *job)
{
	struct timespec now;
	size_t i;
	int code;

	clock_gettime(CLOCK_REALTIME, &now);
	job->now = (uint64_t)now.tv_sec * SECOND + (uint64_t)now.tv_nsec;
	for (i = 0; i < job->count; i++) {
		struct promote_candidate *candidate = &job->candidates[i];

		code = read_record(job, candidate);
		if (code)
			return code;
		candidate->state = promotion_decide(&candidate->record,
						    &candidate->terms,
						    job->now, &candidate->due);
		candidate->unread = job->behind;
		candidate->dropped = count_dropped(job, candidate);
		candidate->ready = candidate->state == PROMOTION_DUE &&
				   !candidate->unread && !candidate->dropped;
		candidate->chosen = is_chosen(job->line, candidate);
	}
	return EXIT_OK;
}

/* --- what is done ------------------------------------------------------ */

static bool is_all_but_modes(const struct promote_candidate *candidate,
			     const struct manifest_trial *trial)
{
	struct comparison comparison = { 0 };
	bool same = true;
	size_t i;

	compare_drafts(&comparison, candidate->file.original.set.drafts[0],
		       trial->set.drafts[0]);
	for (i = 0; i < comparison.count; i++)
		same = same &&
		       comparison.differences[i].aspect == COMPARE_MODE;
	comparison_free(&comparison);
	return same;
}

static int write_file(struct promote_candidate *candidate)
{
	json_t *document = promotion_document(candidate->file.document,
					      candidate->record.classes);
	struct manifest_trial trial;
	struct texts told = { 0 };
	int code = EXIT_MANIFEST;

	if (!manifest_file_try(&candidate->file, document, &trial, &told)) {
		output_error("promote: %s cannot be enforced: %s",
			     candidate->file.name,
			     told.count ? told.text[0] : "the reader refuses it");
		goto out;
	}
	if (is_all_but_modes(candidate, &trial))
		code = manifest_file_replace(&candidate->file, document);
	else
		output_error("promote: %s would say more than that it is enforced",
			     candidate->file.name);
	candidate->written = !code;
	manifest_trial_free(&trial);
out:
	texts_free(&told);
	json_decref(document);
	return code;
}

/* What was replaced comes back. */
static void take_back(struct job *job)
{
	char *kept;
	size_t i;

	for (i = 0; i < job->count; i++) {
		struct promote_candidate *candidate = &job->candidates[i];

		if (!candidate->written)
			continue;
		kept = memory_format("%s~", candidate->file.path);
		if (rename(kept, candidate->file.path))
			output_error("promote: %s says enforce, and is not loaded: what was there is %s",
				     candidate->file.path, kept);
		else
			candidate->written = false;
		free(kept);
	}
}

/* What a load says of itself is no record of ours: JSON tells what was promoted. */
static int load_files(struct job *job, const char *const *files, size_t count)
{
	FILE *nowhere = output_is_json(job->line->output) ?
			fopen("/dev/null", "we") : NULL;
	struct output *output = job->line->output;
	int code;

	if (nowhere)
		output = memory_sure(output_create(nowhere, true,
						   OUTPUT_COLOUR_NEVER));
	code = loaded_replace(output, files, count,
			      job->line->value[PROMOTE_CONFIRM],
			      job->line->value[PROMOTE_INCLUDE]);
	if (nowhere) {
		output_destroy(output);
		fclose(nowhere);
	}
	return code;
}

static int promote_chosen(struct job *job)
{
	const char *files[LOADED_FILES_MAX];
	size_t count = 0, i;
	int code = EXIT_OK;

	for (i = 0; i < job->count && !code; i++) {
		if (!job->candidates[i].chosen)
			continue;
		if (count == LOADED_FILES_MAX) {
			output_error("promote: more than %d workloads are due: name them",
				     LOADED_FILES_MAX);
			code = EXIT_FAILED;
			break;
		}
		files[count++] = job->candidates[i].file.name;
		code = write_file(&job->candidates[i]);
	}
	if (!code && count)
		code = load_files(job, files, count);
	if (code)
		take_back(job);
	return code;
}

/* 15 before 9: what waits for somebody does not come by waiting. */
static int answer(const struct job *job)
{
	int code = EXIT_OK;
	size_t i;

	for (i = 0; i < job->count; i++) {
		const struct promote_candidate *candidate = &job->candidates[i];

		if (candidate->written || !candidate->record.classes)
			continue;
		if (candidate->ready)
			return EXIT_DECISION;
		code = EXIT_VERDICT;
	}
	return code;
}

static int promote(struct job *job)
{
	int found, code;

	code = client_dump(job->client, CORDON_CMD_WORKLOAD_DUMP,
			   &job->workloads);
	if (!code)
		code = client_dump(job->client, CORDON_CMD_LEARNING_DUMP,
				   &job->learnings);
	if (!code)
		code = client_policy_read(job->client, &job->policy);
	if (code)
		return code;
	found = find_candidates(job);
	if (found && !job->count)
		return found;
	code = count_unread(job);
	if (!code)
		code = judge(job);
	if (!code)
		code = promote_chosen(job);
	if (code)
		return code;
	code = promote_table(job->line->output, job->candidates, job->count,
			     job->now);
	if (!job->count)
		output_line(job->line->output,
			    "no manifest that is loaded speaks of promotion");
	if (code || found)
		return code ? code : found;
	return answer(job);
}

/* Return: EXIT_OK, or EXIT_USAGE, told. */
static int check_line(const struct command_line *line)
{
	uint64_t seconds;

	if (line->value[PROMOTE_FORCE] && !line->count) {
		output_error("promote: --force is about workloads that are named");
		return EXIT_USAGE;
	}
	if (line->value[PROMOTE_CHECK] &&
	    (line->value[PROMOTE_FORCE] || line->value[PROMOTE_APPROVE] ||
	     line->value[PROMOTE_CONFIRM])) {
		output_error("promote: --check changes nothing, so there is nothing to force, approve or confirm");
		return EXIT_USAGE;
	}
	return line->value[PROMOTE_CONFIRM] ?
	       command_number("--confirm", line->value[PROMOTE_CONFIRM], 1,
			      CORDON_CONFIRM_MAX, &seconds) : EXIT_OK;
}

static int run(const struct command_line *line)
{
	struct job job = { .line = line };
	int code = check_line(line);
	size_t i;

	if (!code)
		code = client_open(&job.client);
	if (!code)
		code = history_open(line->value[PROMOTE_STORE], &job.store);
	if (!code)
		code = promote(&job);
	for (i = 0; i < job.count; i++) {
		promotion_record_free(&job.candidates[i].record);
		manifest_file_close(&job.candidates[i].file);
	}
	free(job.candidates);
	client_policy_free(&job.policy);
	client_dump_free(&job.learnings);
	client_dump_free(&job.workloads);
	store_close(job.store);
	client_close(job.client);
	return code;
}

const struct command command_promote = {
	.name = "promote",
	.arguments = "[WORKLOAD]...",
	.summary = "enforce what has been quiet for as long as its manifest wants",
	.help =
"Looks at each WORKLOAD, without one at all that are loaded, whose manifest has\n"
"\n"
"\t\"promote\": { \"after\": \"14d\", \"quiet\": \"3d\", \"ask\": true }\n"
"\n"
"What it monitors is enforced once it has been watched for the time of \"after\",\n"
"and in the time of \"quiet\" nothing departed from it and no event was missed, as\n"
"far as cordond's store knows.  A change of its modes by hand, and a time in which\n"
"it learnt or was enforced, begin the watch anew.  With \"ask\", which is so unless\n"
"it says false, --approve does it.\n"
"\n"
"The file that was loaded gets the new modes, and is loaded: all that are due at\n"
"once, or none.  What was there is kept as FILE~.  `cordonctl rollback` undoes the\n"
"load.  Nothing is done to a file that does not say what is loaded.\n"
"\n"
"Ends with 0 if nothing is left to promote, with 15 if something waits for\n"
"--approve, with 9 if something is not due: run it from a timer.",
	.options = options,
	.words_min = 0,
	.words_max = SIZE_MAX,
	.run = run,
};
