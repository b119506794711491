// SPDX-License-Identifier: LGPL-2.1-or-later
/* cordonctl check: are manifests right, without the module. */
#include "command.h"
#include "manifest.h"
#include "report.h"

enum {
	CHECK_STRICT,
	CHECK_NO_HOST,
	CHECK_INCLUDE,
};

static const struct command_option options[] = {
	[CHECK_STRICT] = { "strict", NULL, "count warnings as errors" },
	[CHECK_NO_HOST] = { "no-host", NULL,
			    "they are for another machine: do not look at this one's users and links" },
	[CHECK_INCLUDE] = { "include", "DIR",
			    "look for pieces here too, before the system's places" },
	{ NULL, NULL, NULL },
};

static const char *plural(size_t count)
{
	return count == 1 ? "" : "s";
}

/* The closing line, so that silence is never taken for a good answer. */
static void conclude(const struct command_line *line,
		     const struct manifest_set *set,
		     const struct report *report)
{
	size_t workloads = 0, segments = 0, rules = 0, i;

	if (report->count)
		output_line(line->output, "%zu error%s, %zu warning%s",
			    report->errors, plural(report->errors),
			    report->warnings, plural(report->warnings));
	if (report->errors)
		return;
	for (i = 0; i < set->count; i++) {
		const struct cordon_draft *draft = set->drafts[i];

		rules += draft->used.rules;
		if (draft->kind == CORDON_DOCUMENT_SEGMENTS)
			segments += draft->used.programs;
		else
			workloads++;
	}
	if (segments)
		output_line(line->output,
			    "%zu file%s right: %zu workload%s, %zu segment%s, %zu rule%s",
			    set->documents, plural(set->documents), workloads,
			    plural(workloads), segments, plural(segments),
			    rules, plural(rules));
	else if (set->count)
		output_line(line->output,
			    "%zu file%s right: %zu workload%s, %zu rule%s",
			    set->documents, plural(set->documents), workloads,
			    plural(workloads), rules, plural(rules));
	else
		output_line(line->output, "%zu file%s right", set->documents,
			    plural(set->documents));
}

static int run(const struct command_line *line)
{
	const char *include = line->value[CHECK_INCLUDE];
	const struct manifest_options reading = {
		.include_paths = &include,
		.include_count = include ? 1 : 0,
		.foreign = line->value[CHECK_NO_HOST],
		.pieces = true,
	};
	struct manifest_set set;
	struct report report;
	int code;

	report_init(&report);
	manifest_set_read(&set, (const char *const *)line->words, line->count,
			  &reading, &report);
	code = report_output(&report, line->output);
	conclude(line, &set, &report);
	if (!code && (report.errors ||
		      (line->value[CHECK_STRICT] && report.warnings)))
		code = EXIT_MANIFEST;
	manifest_set_free(&set);
	report_free(&report);
	return code;
}

const struct command command_check = {
	.name = "check",
	.arguments = "FILE|DIR…",
	.summary = "say what is wrong with manifests and segments",
	.help =
"Reads manifests, the pieces they include, and segments documents, and tells\n"
"all that is wrong with them, each with file, line, column and place in the\n"
"document.  It compiles them together as the module would, so that limits show.\n"
"Nothing is loaded, and neither the module nor root is needed.  Pieces can be\n"
"checked too.\n"
"\n"
"Errors make a manifest unusable.  Warnings are about what is likely not meant:\n"
"a program that may be started but has no entry, a manifest of the host that\n"
"denies by default and would stop what has none, a path that passes through a\n"
"symbolic link and so never matches, a rule that stands twice, a segment that\n"
"none of these files has.\n"
"\n"
"Ends with 3 if there are errors, or with --strict warnings.",
	.options = options,
	.words_min = 1,
	.words_max = SIZE_MAX,
	.run = run,
};
