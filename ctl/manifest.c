// SPDX-License-Identifier: LGPL-2.1-or-later
/*
 * Sets of manifests: from paths to drafts that the engine accepts together.
 */
#include "manifest.h"

#include <dirent.h>
#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include "manifest_source.h"

/**
 * struct reading - a set that is being read
 * @library: its documents
 * @report: told of what is wrong
 * @sources: manifests read so far; pieces that were checked too
 * @count: how many
 * @absent: segments that they name and none of them defines
 */
struct reading {
	struct manifest_library library;
	struct report *report;
	struct manifest_source **sources;
	size_t count;
	json_t *absent;
};

static void tell_file(struct reading *reading, const char *file,
		      const char *hint, const char *message)
{
	const struct report_place place = { .file = file };

	report_add(reading->report, REPORT_ERROR, &place, hint, "%s", message);
}

static void read_source(struct reading *reading,
			const struct manifest_document *document)
{
	struct manifest_source **sources, *source;

	sources = realloc(reading->sources,
			  (reading->count + 1) * sizeof(*sources));
	if (sources)
		reading->sources = sources;
	source = sources ? manifest_source_read(&reading->library, document) :
			   NULL;
	if (source)
		sources[reading->count++] = source;
	else
		tell_file(reading, document->file, NULL, "out of memory");
}

/*
 * Read one file.  @listed: in a directory, where other documents than
 * manifests may lie.
 *
 * Return: whether it is a manifest, now read or before.
 */
static bool read_file(struct reading *reading, const char *file, bool listed)
{
	bool pieces = reading->library.options->pieces;
	const struct manifest_document *document;
	bool known;
	size_t i;

	document = manifest_library_read(&reading->library, file, &known);
	if (!document)
		return false;
	for (i = 0; known && i < reading->count; i++)
		if (reading->sources[i]->document == document)
			return true;
	switch (manifest_kind_of(document)) {
	case MANIFEST_MANIFEST:
	case MANIFEST_SEGMENTS:
		read_source(reading, document);
		return true;
	case MANIFEST_PIECE:
		if (pieces) {
			read_source(reading, document);
			return true;
		}
		if (!listed)
			tell_file(reading, file, "name a manifest that includes it",
				  "is a piece, which is nothing by itself");
		break;
	case MANIFEST_CASES:
		if (!listed)
			tell_file(reading, file, "\"cordonctl test\" runs it",
				  "is a document of test cases, not a manifest");
		break;
	case MANIFEST_OTHER:
		tell_file(reading, file,
			  "a manifest begins with { \"manifest\": 1, a document of segments with { \"segments\": 1",
			  "is not a manifest: it has no key \"manifest\"");
		break;
	}
	return false;
}

static int is_json(const struct dirent *entry)
{
	size_t length = strlen(entry->d_name);

	return entry->d_name[0] != '.' && length > 5 &&
	       !strcmp(entry->d_name + length - 5, ".json");
}

static void read_directory(struct reading *reading, const char *directory)
{
	const char *slash = directory[strlen(directory) - 1] == '/' ? "" : "/";
	size_t errors = reading->report->errors;
	struct dirent **entries;
	bool found = false;
	int count, i;
	char *file;

	count = scandir(directory, &entries, is_json, alphasort);
	if (count < 0) {
		const struct report_place place = { .file = directory };

		report_add(reading->report, REPORT_ERROR, &place, NULL,
			   "cannot be read: %s", strerror(errno));
		return;
	}
	for (i = 0; i < count; i++) {
		if (asprintf(&file, "%s%s%s", directory, slash,
			     entries[i]->d_name) < 0) {
			tell_file(reading, directory, NULL, "out of memory");
		} else {
			found |= read_file(reading, file, true);
			free(file);
		}
		free(entries[i]);
	}
	free(entries);
	if (!found && reading->report->errors == errors)
		tell_file(reading, directory,
			  "manifests are files whose names end in .json",
			  "holds no manifest");
}

static void read_path(struct reading *reading, const char *path)
{
	struct stat status;

	if (*path && !stat(path, &status) && S_ISDIR(status.st_mode))
		read_directory(reading, path);
	else
		read_file(reading, path, false);
}

static bool is_host(const struct manifest_source *source)
{
	return source->member_count == 1 &&
	       source->members[0].kind == CORDON_MEMBER_HOST;
}

static void tell_conflict(struct reading *reading,
			  const struct manifest_origin *origin,
			  const struct manifest_origin *before,
			  const char *message, const char *hint)
{
	struct manifest_reader reader = {
		origin->document, reading->report, NULL
	};

	manifest_error(&reader, origin->position, hint, "%s, at %s:%u:%u",
		       message, before->document->file, before->position->line,
		       before->position->column);
}

/* Two documents of one name, or two manifests of the host. */
static void check_names(struct reading *reading)
{
	const struct manifest_source *host = NULL;
	json_t *names = json_object();
	size_t i;

	for (i = 0; i < reading->count; i++) {
		const struct manifest_source *source = reading->sources[i];
		const json_t *before;

		if (!source->name)
			continue;
		before = json_object_get(names, source->name);
		if (before)
			tell_conflict(reading, &source->name_origin,
				      &reading->sources[json_integer_value(before)]->name_origin,
				      "there is a document of this name already",
				      "rename one of them");
		else
			json_object_set_new(names, source->name,
					    json_integer(i));
		if (!is_host(source))
			continue;
		if (host)
			tell_conflict(reading, &source->members[0].origin,
				      &host->members[0].origin,
				      "the host has a manifest already",
				      "join them, or load one of them only");
		else
			host = source;
	}
	json_decref(names);
}

/* What a member is known by; the same in two manifests claims the same. */
static char *member_key(const struct manifest_member *member)
{
	char *key;
	int size;

	if (member->pattern)
		size = asprintf(&key, "%u:%s", member->kind, member->pattern);
	else
		size = asprintf(&key, "%u:%u", member->kind, member->uid);
	return size < 0 ? NULL : key;
}

static void check_member(struct reading *reading, json_t *claims, size_t index,
			 const struct manifest_member *member)
{
	const struct manifest_source *source = reading->sources[index], *other;
	struct manifest_reader reader = {
		member->origin.document, reading->report, NULL
	};
	char *key = member_key(member);
	const json_t *before = key ? json_object_get(claims, key) : NULL;

	if (!before) {
		if (key)
			json_object_set_new(claims, key, json_integer(index));
		free(key);
		return;
	}
	free(key);
	other = reading->sources[json_integer_value(before)];
	if (other == source)
		manifest_warning(&reader, member->origin.position,
				 "leave one of them out",
				 "the workload has this member already");
	else
		manifest_error(&reader, member->origin.position,
			       "a member can be of one workload only",
			       "the workload of %s has the same member",
			       other->document->file);
}

/*
 * Members that could both claim a process are settled by precedence; the same
 * ones cannot be.
 */
static void check_members(struct reading *reading)
{
	json_t *claims = json_object();
	size_t i, k;

	for (i = 0; i < reading->count; i++) {
		const struct manifest_source *source = reading->sources[i];

		if (is_host(source) || source->kind != CORDON_DOCUMENT_MANIFEST)
			continue;
		for (k = 0; k < source->member_count; k++)
			check_member(reading, claims, i, &source->members[k]);
	}
	json_decref(claims);
}

static int by_name(const void *left, const void *right)
{
	const struct cordon_draft *const *a = left, *const *b = right;

	return strcmp(cordon_draft_text(*a, (*a)->name),
		      cordon_draft_text(*b, (*b)->name));
}

static void make_drafts(struct reading *reading, struct manifest_set *set)
{
	bool absolute = reading->library.options->absolute;
	size_t i;

	set->drafts = calloc(reading->count, sizeof(*set->drafts));
	if (!set->drafts) {
		tell_file(reading, reading->sources[0]->document->file, NULL,
			  "out of memory");
		return;
	}
	for (i = 0; i < reading->count; i++) {
		const struct manifest_source *source = reading->sources[i];
		struct cordon_draft *draft;

		/* A piece, which was only to be checked. */
		if (!source->name)
			continue;
		draft = manifest_source_draft(source, absolute,
					      reading->report);
		if (draft)
			set->drafts[set->count++] = draft;
	}
	qsort(set->drafts, set->count, sizeof(*set->drafts), by_name);
	if (!json_object_size(reading->absent))
		return;
	set->elsewhere = manifest_elsewhere(set, reading->absent);
	if (!set->elsewhere)
		tell_file(reading, reading->sources[0]->document->file, NULL,
			  "out of memory");
}

static void check_completeness(const struct manifest_source *source,
			       struct report *report)
{
	manifest_source_check_entries(source, report);
	manifest_source_check_net(source, report);
}

static void check_sources(struct reading *reading, bool good)
{
	size_t i;

	check_names(reading);
	check_members(reading);
	if (good)
		reading->absent =
			manifest_sources_resolve(reading->sources,
						 reading->count,
						 reading->library.options,
						 reading->report);
	for (i = 0; i < reading->count; i++) {
		const struct manifest_source *source = reading->sources[i];

		/*
		 * Who includes a piece may have the entries it needs; of what
		 * is wrong otherwise, an entry may be what could not be read.
		 */
		if (source->name && good)
			check_completeness(source, reading->report);
		if (!reading->library.options->foreign)
			manifest_source_check_links(source, reading->report);
	}
}

int manifest_set_read(struct manifest_set *set, const char *const *paths,
		      size_t count, const struct manifest_options *options,
		      struct report *report)
{
	struct reading reading = { .report = report };
	size_t errors = report->errors, i;
	struct cordon_policy *policy;

	*set = (struct manifest_set){ 0 };
	if (!manifest_library_init(&reading.library, options, report)) {
		tell_file(&reading, paths[0], NULL, "out of memory");
		return -1;
	}
	for (i = 0; i < count; i++)
		read_path(&reading, paths[i]);
	check_sources(&reading, report->errors == errors);
	if (report->errors == errors && reading.count)
		make_drafts(&reading, set);
	if (report->errors == errors) {
		policy = manifest_set_compile(set, false, report);
		free(policy);
	}
	set->documents = reading.library.count;

	for (i = 0; i < reading.count; i++)
		manifest_source_free(reading.sources[i]);
	free(reading.sources);
	json_decref(reading.absent);
	manifest_library_free(&reading.library);
	report_settle(report);
	if (report->errors == errors)
		return 0;
	manifest_set_free(set);
	return -1;
}

void manifest_set_free(struct manifest_set *set)
{
	size_t i;

	for (i = 0; i < set->count; i++)
		free(set->drafts[i]);
	free(set->drafts);
	free(set->elsewhere);
	*set = (struct manifest_set){ 0 };
}

void manifest_set_enforce(const struct manifest_set *set)
{
	size_t i, class;

	for (i = 0; i < set->count; i++)
		for (class = 0; class < CORDON_CLASS_KERNEL; class++)
			set->drafts[i]->mode[class] = CORDON_MODE_ENFORCE;
}

/* Where in its manifest the engine found what it refused. */
static void tell_fault(const struct cordon_draft *const *drafts, size_t count,
		       const struct cordon_fault *fault, struct report *report)
{
	struct report_place place = { .file = "manifests" };
	const struct cordon_draft_rule *rule;
	const struct cordon_draft *draft;
	const char *text = "";

	if (fault->workload < count) {
		draft = drafts[fault->workload];
		place.file = cordon_draft_text(draft, draft->file);
		if (fault->rule < draft->used.rules) {
			rule = cordon_draft_rule(draft, fault->rule);
			place.file = cordon_draft_text(draft, rule->file);
			place.line = rule->line;
			place.column = rule->column;
			text = cordon_draft_text(draft, rule->text);
		} else if (fault->program < draft->used.programs) {
			text = cordon_draft_text(draft,
				cordon_draft_program(draft,
						     fault->program)->exe);
		} else if (fault->member < draft->used.members) {
			text = cordon_draft_text(draft,
				cordon_draft_member(draft,
						    fault->member)->pattern);
		}
	}
	report_add(report, REPORT_ERROR, &place, NULL,
		   *text ? "%s: \"%s\"" : "%s", fault->what, text);
}

struct cordon_policy *manifest_set_compile(const struct manifest_set *set,
					   bool monitor, struct report *report)
{
	size_t count = set->count + (set->elsewhere ? 1 : 0), size = 0;
	const struct cordon_draft **drafts;
	struct cordon_policy *policy = NULL;
	struct cordon_fault fault;
	void *image = NULL;

	cordon_fault_set(&fault, "out of memory");
	drafts = calloc(count + 1, sizeof(*drafts));
	if (drafts) {
		if (set->count)
			memcpy(drafts, set->drafts,
			       set->count * sizeof(*drafts));
		if (set->elsewhere)
			drafts[set->count] = set->elsewhere;
		qsort(drafts, count, sizeof(*drafts), by_name);
		size = cordon_policy_size(drafts, count, &fault);
	}
	if (size)
		image = calloc(1, size);
	if (image)
		policy = cordon_policy_build(image, size, drafts, count, 1, 0,
					     monitor, &fault);
	if (!policy) {
		tell_fault(drafts, drafts ? count : 0, &fault, report);
		free(image);
	}
	/* The policy points to the drafts, but not to their list. */
	free(drafts);
	return policy;
}
