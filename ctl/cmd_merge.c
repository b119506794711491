// SPDX-License-Identifier: LGPL-2.1-or-later
/* cordonctl merge: one manifest that allows what any of several allows. */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "command.h"
#include "cover.h"
#include "manifest.h"
#include "manifest_source.h"
#include "manifest_write.h"
#include "memory.h"
#include "merge.h"
#include "names.h"
#include "report.h"
#include "rule_set.h"

enum {
	MERGE_OUTPUT,
	MERGE_NO_HOST,
	MERGE_INCLUDE,
};

static const struct command_option options[] = {
	[MERGE_OUTPUT] = { "output", "FILE",
			   "write it there, if it is right; A may be meant" },
	[MERGE_NO_HOST] = { "no-host", NULL,
			    "they are for another machine: do not look at this one's users and links" },
	[MERGE_INCLUDE] = { "include", "DIR",
			    "look for pieces here too, before the system's places" },
	{ NULL, NULL, NULL },
};

/**
 * struct part - one of the manifests
 * @file: its name
 * @set: its draft, with all that it includes
 * @document: as it stands in the file
 */
struct part {
	const char *file;
	struct manifest_set set;
	struct manifest_document *document;
};

static struct manifest_options reading_of(const struct command_line *line)
{
	return (struct manifest_options){
		.include_paths = &line->value[MERGE_INCLUDE],
		.include_count = line->value[MERGE_INCLUDE] ? 1 : 0,
		.foreign = line->value[MERGE_NO_HOST],
	};
}

/* Errors and all that stands beside them; of warnings alone `check` speaks */
static int tell_errors(struct report *report)
{
	int code = report->errors ? EXIT_MANIFEST : EXIT_OK;

	if (code)
		report_print(report, stderr);
	report_free(report);
	return code;
}

static int read_part(struct part *part, const struct command_line *line)
{
	const struct manifest_options reading = reading_of(line);
	struct stat status;
	struct report report;

	if (!stat(part->file, &status) && S_ISDIR(status.st_mode)) {
		output_error("merge: %s is a directory: name the manifests to merge",
			     part->file);
		return EXIT_MANIFEST;
	}
	report_init(&report);
	manifest_set_read(&part->set, &part->file, 1, &reading, &report);
	if (!report.errors)
		part->document = manifest_document_read(part->file, &report);
	if (part->document &&
	    manifest_kind_of(part->document) != MANIFEST_MANIFEST) {
		const struct report_place place = { .file = part->file };

		report_add(&report, REPORT_ERROR, &place,
			   "join the files by hand, or load both",
			   "is a document of segments, which cannot be merged");
	}
	return tell_errors(&report);
}

/* Do two items speak of the same act of the same program, in part at least */
static bool meet(const struct rule_item *one, const struct rule_item *other)
{
	if (one->op != other->op ||
	    (one->program && other->program &&
	     strcmp(one->program, other->program)))
		return false;
	return cover_pattern(one->op, one->pattern, other->pattern) ||
	       cover_pattern(one->op, other->pattern, one->pattern);
}

/* What @allowing allows, does not deny itself, and @denying denies */
static size_t find_contradictions(const struct part *allowing,
				  const struct part *denying)
{
	struct rule_set ours, theirs;
	size_t i, k, found = 0;

	rule_set_make(&ours, allowing->set.drafts[0]);
	rule_set_make(&theirs, denying->set.drafts[0]);
	for (i = 0; i < theirs.count; i++) {
		const struct rule_item *deny = &theirs.items[i];

		if (deny->effect != CORDON_EFFECT_DENY ||
		    rule_set_covers(&ours, deny, CORDON_EFFECT_DENY))
			continue;
		for (k = 0; k < ours.count; k++) {
			const struct rule_item *allow = &ours.items[k];

			if (allow->effect != CORDON_EFFECT_ALLOW ||
			    !meet(allow, deny) ||
			    rule_set_covers(&ours, allow, CORDON_EFFECT_DENY))
				continue;
			output_warn("merge: %s allows %s to %s %s, and %s denies %s; the deny is kept",
				    allowing->file, allow->program ?
				    allow->program : "every program",
				    cordon_op_name(allow->op), allow->pattern,
				    denying->file, deny->pattern);
			found++;
		}
	}
	rule_set_free(&ours);
	rule_set_free(&theirs);
	return found;
}

static bool has_program(const struct cordon_draft *draft, const char *exe)
{
	u32 i;

	for (i = 0; i < draft->used.programs; i++)
		if (!strcmp(cordon_draft_text(draft,
				cordon_draft_program(draft, i)->exe), exe))
			return true;
	return false;
}

/*
 * Only the most specific entry counts: one that comes from @from takes from its
 * programs what a wider one of @into gives them.
 */
static size_t find_shadows(const struct part *into, const struct part *from)
{
	const struct cordon_draft *ours = into->set.drafts[0];
	const struct cordon_draft *theirs = from->set.drafts[0];
	size_t found = 0;
	u32 i, k;

	for (i = 0; i < theirs->used.programs; i++) {
		const char *exe = cordon_draft_text(theirs,
			cordon_draft_program(theirs, i)->exe);

		for (k = 0; k < ours->used.programs; k++) {
			const char *wide = cordon_draft_text(ours,
				cordon_draft_program(ours, k)->exe);

			if (has_program(ours, exe) || !cover_path(wide, exe))
				continue;
			output_warn("merge: %s has the entry %s, which now counts where %s of %s did: put there what it gave",
				    from->file, exe, wide, into->file);
			found++;
		}
	}
	return found;
}

static size_t merge(struct part *parts, size_t count)
{
	struct texts told = { 0 };
	size_t i, k, found = 0;

	for (i = 1; i < count; i++) {
		merge_manifest(parts[0].document->json,
			       parts[i].document->json, &told);
		for (k = 0; k < told.count; k++)
			output_warn("merge: %s: %s", parts[i].file,
				    told.text[k]);
		found += told.count;
		texts_free(&told);
		for (k = 0; k < i; k++)
			found += find_contradictions(&parts[k], &parts[i]) +
				 find_contradictions(&parts[i], &parts[k]) +
				 find_shadows(&parts[k], &parts[i]) +
				 find_shadows(&parts[i], &parts[k]);
	}
	return found;
}

static int fail(const char *file)
{
	output_error("merge: cannot write %s: %s; nothing was changed", file,
		     strerror(errno));
	return EXIT_FAILED;
}

/* Beside the file that it is to be, so that it finds the same pieces */
static int put(const char *file, const char *name, const char *text)
{
	struct stat status;
	FILE *stream = fopen(name, "wxe");

	if (!stream)
		return fail(file);
	fputs(text, stream);
	if (!stat(file, &status) &&
	    (fchmod(fileno(stream), status.st_mode & 07777) ||
	     fchown(fileno(stream), status.st_uid, status.st_gid))) {
		fclose(stream);
		return fail(file);
	}
	if (fflush(stream) || fsync(fileno(stream))) {
		fclose(stream);
		return fail(file);
	}
	return fclose(stream) ? fail(file) : EXIT_OK;
}

static int write_file(const struct command_line *line, const char *text)
{
	const struct manifest_options reading = reading_of(line);
	const char *file = line->value[MERGE_OUTPUT];
	char *real = realpath(file, NULL);
	char *name = memory_format("%s.merge-%d", real ? real : file,
				   (int)getpid());
	const char *path = name;
	struct manifest_set set;
	struct report report;
	int code = put(real ? real : file, name, text);

	if (!code) {
		report_init(&report);
		manifest_set_read(&set, &path, 1, &reading, &report);
		manifest_set_free(&set);
		code = tell_errors(&report);
		if (code)
			output_error("merge: what comes of it is not right; %s was not written",
				     file);
	}
	if (!code && rename(name, real ? real : file))
		code = fail(file);
	if (code)
		unlink(name);
	free(name);
	free(real);
	return code;
}

static int run(const struct command_line *line)
{
	struct part *parts = memory_sure(calloc(line->count, sizeof(*parts)));
	size_t i, found = 0;
	int code = EXIT_OK;
	char *text;

	for (i = 0; i < line->count && !code; i++) {
		parts[i].file = line->words[i];
		code = read_part(&parts[i], line);
	}
	if (!code) {
		found = merge(parts, line->count);
		text = manifest_write(parts[0].document->json);
		code = line->value[MERGE_OUTPUT] ? write_file(line, text) :
		       output_document(line->output, text);
		free(text);
	}
	if (!code && found)
		code = EXIT_CONTRADICTION;
	for (i = 0; i < line->count; i++) {
		manifest_set_free(&parts[i].set);
		manifest_document_free(parts[i].document);
	}
	free(parts);
	return code;
}

const struct command command_merge = {
	.name = "merge",
	.arguments = "A B…",
	.summary = "make one manifest of several",
	.help =
"Writes a manifest that allows what any of those given allows, and denies what\n"
"any of them denies: A as it stands, its name, order and notes, and behind what\n"
"is there what the others add to it.  A string that patterns of its list cover\n"
"is left out.  Pieces are named, not copied.\n"
"\n"
"Where they contradict one another it is told: what one allows and another denies\n"
"stays denied, and of modes, default and the like A's are kept.  The result is\n"
"written all the same.\n"
"\n"
"Ends with 0, with 13 if they contradict one another, with 3 if one of them, or\n"
"with --output the result, is wrong.",
	.options = options,
	.words_min = 2,
	.words_max = SIZE_MAX,
	.run = run,
};
