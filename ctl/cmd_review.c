// SPDX-License-Identifier: LGPL-2.1-or-later
/* cordonctl review: departures, one after the other, into a manifest. */
#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "client.h"
#include "command.h"
#include "history.h"
#include "loaded.h"
#include "memory.h"
#include "review/candidate.h"
#include "review/review.h"

enum review_option {
	REVIEW_MANIFEST,
	REVIEW_FROM,
	REVIEW_SINCE,
	REVIEW_UNTIL,
	REVIEW_STORE,
	REVIEW_ANSWERS,
	REVIEW_INCLUDE,
	REVIEW_LOAD,
	REVIEW_CONFIRM,
};

static const struct command_option options[] = {
	[REVIEW_MANIFEST] = { "manifest", "FILE",
			      "the manifest to change, instead of the file that was loaded" },
	[REVIEW_FROM] = { "from", "FILE",
			  "behaviours or departures as JSON lines, \"-\": from stdin; several are joined" },
	[REVIEW_SINCE] = { "since", "TIME",
			   "what cordond has kept, " HISTORY_SINCE },
	[REVIEW_UNTIL] = { "until", "TIME", HISTORY_UNTIL },
	[REVIEW_STORE] = { "store", "FILE", HISTORY_STORE },
	[REVIEW_ANSWERS] = { "answers", "FILE",
			     "read answers there, one a line, not from stdin" },
	[REVIEW_INCLUDE] = { "include", "DIR",
			     "look for included pieces there first" },
	[REVIEW_LOAD] = { "load", NULL, "load it when it is written" },
	[REVIEW_CONFIRM] = { "confirm", "SECONDS",
			     "of --load: return to the previous policy unless confirmed in that time" },
	{ NULL, NULL, NULL },
};

/**
 * struct job - what one review needs
 * @line: the command line
 * @client: the module, unless files are all that is asked for
 * @loaded: the policy that is in force, if the file is known from there
 * @file: the manifest
 * @found: what is reviewed
 */
struct job {
	const struct command_line *line;
	struct client *client;
	struct client_policy loaded;
	struct manifest_file file;
	struct behaviour_set found;
};

static bool wants_store(const struct command_line *line)
{
	return line->value[REVIEW_SINCE] || line->value[REVIEW_UNTIL] ||
	       line->value[REVIEW_STORE];
}

/* Files, and what cordond has kept, need no module. */
static bool wants_module(const struct command_line *line)
{
	return !line->value[REVIEW_FROM] && !line->value[REVIEW_STORE];
}

/* --- the manifest ------------------------------------------------------ */

static int open_file(struct job *job, const char *name)
{
	const struct manifest_options reading = {
		.include_paths = &job->line->value[REVIEW_INCLUDE],
		.include_count = job->line->value[REVIEW_INCLUDE] ? 1 : 0,
	};
	const char *workload = job->line->count ? job->line->words[0] : NULL;
	int code = manifest_file_open(&job->file, name, &reading);

	if (code || !workload || !strcmp(workload, job->file.workload))
		return code;
	output_error("review: %s is the manifest of the workload \"%s\", not of \"%s\"",
		     name, job->file.workload, workload);
	return EXIT_UNKNOWN;
}

static int open_loaded(struct job *job)
{
	const struct cordon_draft *draft;
	const char *file;
	int code;

	if (!job->line->count) {
		output_error("review: say which workload, or with --manifest which file");
		return EXIT_USAGE;
	}
	code = client_open(&job->client);
	if (!code)
		code = client_policy_read(job->client, &job->loaded);
	if (code)
		return code;
	draft = loaded_find(&job->loaded, job->line->words[0]);
	if (!draft) {
		output_error("review: no workload \"%s\" is loaded: see `cordonctl workloads`, or name its manifest with --manifest",
			     job->line->words[0]);
		return EXIT_UNKNOWN;
	}
	file = cordon_draft_text(draft, draft->file);
	if (*file != '/') {
		output_error("review: it is not known which file the workload \"%s\" was loaded from: name it with --manifest",
			     job->line->words[0]);
		return EXIT_UNKNOWN;
	}
	code = open_file(job, file);
	return code ? code : loaded_compare(draft, &job->file);
}

/* --- what is reviewed -------------------------------------------------- */

static int read_files(struct job *job)
{
	const char *files[COMMAND_REPEATS_MAX];
	size_t count = command_values(job->line, REVIEW_FROM, files), i;

	for (i = 0; i < count; i++)
		if (behaviour_set_read_file(&job->found, files[i]))
			return EXIT_MANIFEST;
	return EXIT_OK;
}

static int read_store(struct job *job)
{
	struct store_filter filter = { .number = 0 };
	struct store *store;
	int code;

	code = history_moment("--since", job->line->value[REVIEW_SINCE],
			      &filter.since);
	if (!code)
		code = history_moment("--until", job->line->value[REVIEW_UNTIL],
				      &filter.until);
	if (!code)
		code = history_open(job->line->value[REVIEW_STORE], &store);
	if (code)
		return code;
	code = candidates_stored(&job->found, store, &filter,
				 job->file.workload);
	store_close(store);
	return code;
}

static int read_module(struct job *job)
{
	int code = job->client ? EXIT_OK : client_open(&job->client);

	return code ? code : candidates_fetch(&job->found, job->client,
					      job->file.workload,
					      !wants_store(job->line));
}

static int find_candidates(struct job *job)
{
	int code = read_files(job);

	if (!code && wants_store(job->line))
		code = read_store(job);
	if (!code && wants_module(job->line))
		code = read_module(job);
	if (!code && job->found.dropped)
		output_warn("review: %llu acts or events were not recorded or are no longer held: what they were is not asked about",
			    (unsigned long long)job->found.dropped);
	return code;
}

/* --- the end ----------------------------------------------------------- */

static int write_file(const struct job *job, const struct review *review)
{
	int code = manifest_file_replace(&job->file, review->document);

	if (code)
		return code;
	output_line(review->output, "%s is written; what was there is %s~",
		    job->file.name, job->file.path);
	if (job->line->value[REVIEW_LOAD])
		return loaded_replace(review->output, &job->file.name, 1,
				      job->line->value[REVIEW_CONFIRM],
				      job->line->value[REVIEW_INCLUDE]);
	output_line(review->output, "to put it in force: cordonctl load --confirm 60 %s",
		    job->file.name);
	return EXIT_OK;
}

static bool is_all_answered(const struct review *review)
{
	size_t i;

	for (i = 0; i < review->questions->count; i++)
		if (review->answers[i].kind == ANSWER_SKIP ||
		    review_is_open(review, i))
			return false;
	return true;
}

static int ask(const struct job *job, const struct question_set *questions,
	       const struct capture_world *world, FILE *input, bool echo)
{
	struct review review = {
		.output = job->line->output,
		.input = input,
		.echo = echo,
		.file = &job->file,
		.questions = questions,
		.world = world,
	};
	bool all;
	int code = EXIT_OK;

	review_begin(&review);
	if (review_dialogue(&review) == REVIEW_WRITE) {
		all = is_all_answered(&review);
		code = write_file(job, &review);
	} else {
		all = !questions->count;
		if (review_is_changed(&review))
			output_warn("review: %s is as it was: nothing was written",
				    job->file.name);
	}
	if (output_is_json(review.output) && !code)
		code = review_records(&review);
	review_end(&review);
	return code || all ? code : EXIT_DECISION;
}

static int review(struct job *job)
{
	const char *answers = job->line->value[REVIEW_ANSWERS];
	FILE *input = answers ? fopen(answers, "re") : stdin;
	struct capture_machine *machine;
	struct capture_world world;
	struct question_set questions;
	int code;

	if (!input) {
		output_error("%s: cannot be opened: %s", answers,
			     strerror(errno));
		return EXIT_FAILED;
	}
	machine = capture_machine_open(&world);
	question_set_make(&questions, &job->found, job->file.original.policy,
			  job->file.workload, &world);
	output_line(job->line->output, "%zu question%s about %s, of %s",
		    questions.count, questions.count == 1 ? "" : "s",
		    job->file.workload, job->file.name);
	if (questions.decided)
		output_line(job->line->output,
			    "%zu thing%s that its deny rules speak of %s not asked about",
			    questions.decided,
			    questions.decided == 1 ? "" : "s",
			    questions.decided == 1 ? "is" : "are");
	code = ask(job, &questions, &world, input,
		   answers || !isatty(fileno(stdin)));
	question_set_free(&questions);
	capture_machine_close(machine);
	if (answers)
		fclose(input);
	return code;
}

/* Return: EXIT_OK, or EXIT_USAGE, told. */
static int check_line(const struct command_line *line)
{
	const char *files[COMMAND_REPEATS_MAX];
	size_t count = command_values(line, REVIEW_FROM, files), i;
	uint64_t seconds;

	for (i = 0; i < count; i++)
		if (!strcmp(files[i], "-") && !line->value[REVIEW_ANSWERS]) {
			output_error("review: --from - reads behaviours from stdin: answers have to come from a file, by --answers");
			return EXIT_USAGE;
		}
	if (line->value[REVIEW_CONFIRM] && !line->value[REVIEW_LOAD]) {
		output_error("review: --confirm is about --load");
		return EXIT_USAGE;
	}
	if (line->value[REVIEW_LOAD] && output_is_json(line->output)) {
		output_error("review: --load tells what it does in words of its own: with --json, load the file by `cordonctl load`");
		return EXIT_USAGE;
	}
	return line->value[REVIEW_CONFIRM] ?
	       command_number("--confirm", line->value[REVIEW_CONFIRM], 1,
			      CORDON_CONFIRM_MAX, &seconds) : EXIT_OK;
}

static int run(const struct command_line *line)
{
	struct job job = { .line = line };
	int code = check_line(line);

	if (code)
		return code;
	code = line->value[REVIEW_MANIFEST] ?
	       open_file(&job, line->value[REVIEW_MANIFEST]) :
	       open_loaded(&job);
	if (!code)
		code = find_candidates(&job);
	if (!code)
		code = review(&job);
	behaviour_set_free(&job.found);
	manifest_file_close(&job.file);
	client_policy_free(&job.loaded);
	client_close(job.client);
	return code;
}

const struct command command_review = {
	.name = "review",
	.arguments = "[WORKLOAD]",
	.summary = "go through departures one by one, into the manifest",
	.help =
"Asks about each thing that WORKLOAD did and its manifest does not allow, with\n"
"what was seen of it, and what each answer would write where.  Things of one\n"
"shape are one question, as capture makes them.  At the end it shows what would\n"
"change, asks whether to write the file, and says how to load it.\n"
"\n"
"What was done is what the module has learnt and the events that it holds; with\n"
"--since what cordond has kept instead of these; with --from behaviours as\n"
"`cordonctl learn show --json` tells them, and departures as `cordonctl monitor\n"
"--json` does.  The manifest is the file that was loaded, if it has not changed\n"
"since, or --manifest; with --from or --store it needs no module then.\n"
"\n"
"Answers are one letter and Enter; ? tells which.  What is sensitive wants the\n"
"whole word: allow.  What people wrote in the manifest stays, in its order; the\n"
"file is replaced in one step, and what was there is kept as FILE~.  Until then,\n"
"Ctrl-C leaves it as it was.\n"
"\n"
"Without a terminal answers are lines of stdin, or of --answers.  --json writes a\n"
"record for each question and its answer.\n"
"\n"
"Ends with 0 if nothing is left open, with 15 if something is, with 7 if\n"
"somebody else has changed the file.",
	.options = options,
	.repeats = 1u << REVIEW_FROM,
	.words_min = 0,
	.words_max = 1,
	.run = run,
};
