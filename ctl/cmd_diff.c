// SPDX-License-Identifier: LGPL-2.1-or-later
/* cordonctl diff: what two manifests allow and deny differently. */
#include <stdlib.h>
#include <string.h>

#include "client.h"
#include "command.h"
#include "compare.h"
#include "manifest.h"
#include "memory.h"
#include "names.h"
#include "report.h"

enum {
	DIFF_NO_HOST,
	DIFF_INCLUDE,
};

static const struct command_option options[] = {
	[DIFF_NO_HOST] = { "no-host", NULL,
			   "they are for another machine: do not look at this one's users and links" },
	[DIFF_INCLUDE] = { "include", "DIR",
			   "look for pieces here too, before the system's places" },
	{ NULL, NULL, NULL },
};

enum {
	DIFFERENCE_SHOWN,
	DIFFERENCE_WORKLOAD,
	DIFFERENCE_PROGRAM,
	DIFFERENCE_ABOUT,
	DIFFERENCE_CHANGE,
	DIFFERENCE_CLASS,
	DIFFERENCE_OP,
	DIFFERENCE_EFFECT,
	DIFFERENCE_WHAT,
	DIFFERENCE_BEFORE,
	DIFFERENCE_AFTER,
	DIFFERENCE_MEANING,
	DIFFERENCE_COLUMNS,
};

static const struct output_column columns[DIFFERENCE_COLUMNS] = {
	[DIFFERENCE_SHOWN] = { NULL, "DIFFERENCE", OUTPUT_TEXT },
	[DIFFERENCE_WORKLOAD] = { "workload", NULL, OUTPUT_TEXT },
	[DIFFERENCE_PROGRAM] = { "program", NULL, OUTPUT_PATH },
	[DIFFERENCE_ABOUT] = { "about", NULL, OUTPUT_TEXT },
	[DIFFERENCE_CHANGE] = { "change", NULL, OUTPUT_TEXT },
	[DIFFERENCE_CLASS] = { "class", NULL, OUTPUT_TEXT },
	[DIFFERENCE_OP] = { "op", NULL, OUTPUT_TEXT },
	[DIFFERENCE_EFFECT] = { "effect", NULL, OUTPUT_TEXT },
	[DIFFERENCE_WHAT] = { "what", NULL, OUTPUT_PATH },
	[DIFFERENCE_BEFORE] = { "before", NULL, OUTPUT_TEXT },
	[DIFFERENCE_AFTER] = { "after", NULL, OUTPUT_TEXT },
	[DIFFERENCE_MEANING] = { "meaning", NULL, OUTPUT_TEXT },
};

/**
 * struct side - what is compared
 * @drafts: @count of them, sorted by name
 * @count: how many
 * @set: what was read from files
 * @loaded: the loaded policy, or empty
 */
struct side {
	struct cordon_draft *const *drafts;
	size_t count;
	struct manifest_set set;
	struct client_policy loaded;
};

static int read_loaded(struct side *side, const char *name)
{
	struct client *client;
	size_t i;
	int code = client_open(&client);

	if (code)
		return code;
	code = client_policy_read(client, &side->loaded);
	client_close(client);
	if (code)
		return code;
	side->drafts = side->loaded.drafts;
	side->count = side->loaded.count;
	for (i = 0; *name && i < side->loaded.count; i++) {
		struct cordon_draft *const *draft = &side->loaded.drafts[i];

		if (strcmp(cordon_draft_text(*draft, (*draft)->name), name))
			continue;
		side->drafts = draft;
		side->count = 1;
		return EXIT_OK;
	}
	if (!*name)
		return EXIT_OK;
	output_error("diff: no workload \"%s\" is loaded: see `cordonctl workloads`",
		     name);
	return EXIT_UNKNOWN;
}

static int read_files(struct side *side, const char *path,
		      const struct command_line *line)
{
	const char *include = line->value[DIFF_INCLUDE];
	const struct manifest_options reading = {
		.include_paths = &include,
		.include_count = include ? 1 : 0,
		.foreign = line->value[DIFF_NO_HOST],
	};
	struct report report;
	size_t i;

	report_init(&report);
	manifest_set_read(&side->set, &path, 1, &reading, &report);
	/* Warnings are check's: they say nothing of the difference */
	for (i = 0; i < report.count; i++)
		if (report.entries[i].level == REPORT_ERROR) {
			report_print(&report, stderr);
			break;
		}
	side->drafts = side->set.drafts;
	side->count = side->set.count;
	i = report.errors;
	report_free(&report);
	return i ? EXIT_MANIFEST : EXIT_OK;
}

static int read_side(struct side *side, const char *word,
		     const struct command_line *line)
{
	if (!strcmp(word, "loaded:"))
		return read_loaded(side, "");
	if (!strncmp(word, "loaded:", 7))
		return read_loaded(side, word + 7);
	return read_files(side, word, line);
}

static void free_side(struct side *side)
{
	manifest_set_free(&side->set);
	client_policy_free(&side->loaded);
}

static const struct cordon_draft *find(const struct side *side,
				       const char *name)
{
	size_t i;

	for (i = 0; i < side->count; i++)
		if (!strcmp(cordon_draft_text(side->drafts[i],
					      side->drafts[i]->name), name))
			return side->drafts[i];
	return NULL;
}

static void compare_sides(struct comparison *comparison,
			  const struct side *before, const struct side *after)
{
	size_t i;

	/* One against one, whatever they are called */
	if (before->count == 1 && after->count == 1) {
		compare_drafts(comparison, before->drafts[0],
			       after->drafts[0]);
		return;
	}
	for (i = 0; i < before->count; i++) {
		const struct cordon_draft *draft = before->drafts[i];

		compare_drafts(comparison, draft,
			       find(after, cordon_draft_text(draft,
							     draft->name)));
	}
	for (i = 0; i < after->count; i++) {
		const struct cordon_draft *draft = after->drafts[i];

		if (!find(before, cordon_draft_text(draft, draft->name)))
			compare_drafts(comparison, NULL, draft);
	}
}

static void show(struct output *output, const struct difference *difference)
{
	static const enum output_tone tones[] = {
		[COMPARE_ADDED] = OUTPUT_GOOD,
		[COMPARE_REMOVED] = OUTPUT_BAD,
		[COMPARE_CHANGED] = OUTPUT_WARN,
	};
	char *text = compare_text(difference);

	output_text(output, DIFFERENCE_SHOWN, text);
	output_tone(output, DIFFERENCE_SHOWN, tones[difference->change]);
	free(text);
}

static int print(struct output *output, const struct comparison *comparison)
{
	size_t i;

	output_open(output, OUTPUT_LIST, columns, DIFFERENCE_COLUMNS);
	for (i = 0; i < comparison->count; i++) {
		const struct difference *difference =
			&comparison->differences[i];

		show(output, difference);
		output_text(output, DIFFERENCE_WORKLOAD, difference->workload);
		output_text(output, DIFFERENCE_PROGRAM, difference->program);
		output_text(output, DIFFERENCE_ABOUT,
			    compare_aspect_name(difference->aspect));
		output_text(output, DIFFERENCE_CHANGE,
			    compare_change_name(difference->change));
		if (difference->class < CORDON_CLASS_COUNT)
			output_text(output, DIFFERENCE_CLASS,
				    cordon_class_name(difference->class));
		if (difference->op < CORDON_OP_COUNT) {
			output_text(output, DIFFERENCE_OP,
				    cordon_op_name(difference->op));
			output_text(output, DIFFERENCE_EFFECT,
				    cordon_effect_name(difference->effect));
		}
		output_text(output, DIFFERENCE_WHAT, difference->what);
		output_text(output, DIFFERENCE_BEFORE, difference->before);
		output_text(output, DIFFERENCE_AFTER, difference->after);
		output_text(output, DIFFERENCE_MEANING, difference->meaning);
		output_record(output);
	}
	return output_close(output);
}

static int run(const struct command_line *line)
{
	struct comparison comparison = { 0 };
	struct side before = { 0 }, after = { 0 };
	int code;

	code = read_side(&before, line->words[0], line);
	if (!code)
		code = read_side(&after, line->words[1], line);
	if (!code) {
		compare_sides(&comparison, &before, &after);
		code = print(line->output, &comparison);
		if (!code && comparison.count)
			code = EXIT_DIFFERENT;
		else if (code)
			code = EXIT_TROUBLE;
	} else if (code == EXIT_FAILED) {
		code = EXIT_TROUBLE;
	}
	comparison_free(&comparison);
	free_side(&before);
	free_side(&after);
	return code;
}

const struct command command_diff = {
	.name = "diff",
	.arguments = "A B",
	.summary = "say what two manifests allow differently",
	.help =
"Compares what two manifests mean, with all that they include: who their members\n"
"are, what each program may do, the modes.  Order, notes, and the same thing in\n"
"other words make no difference.  What only B has begins with \"+\", what only A\n"
"has with \"-\".\n"
"\n"
"A and B are files, or directories, whose documents are compared by their names;\n"
"of two single documents the names may differ.  \"loaded:NAME\" is what the module\n"
"has of that name, \"loaded:\" all that it has.\n"
"\n"
"Ends with 0 if both are the same, with 1 if they differ, with more if something\n"
"is wrong: 3 if a manifest is, 14 where other commands end with 1.",
	.options = options,
	.words_min = 2,
	.words_max = 2,
	.run = run,
};
