// SPDX-License-Identifier: LGPL-2.1-or-later
/* Why a policy cannot be built from workloads that are right one by one. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "client_private.h"
#include "names.h"
#include "output.h"
#include "policy.h"

/** struct drafts - what a policy would be built from; none of them is owned */
struct drafts {
	const struct cordon_draft **list;
	u32 count;
};

static const char *name_of(const struct cordon_draft *draft)
{
	return cordon_draft_text(draft, draft->name);
}

static int compare_drafts(const void *left, const void *right)
{
	const struct cordon_draft *const *a = left, *const *b = right;

	return strcmp(name_of(*a), name_of(*b));
}

static bool is_dropped(const struct client_change *change, const char *name)
{
	size_t i;

	for (i = 0; i < change->name_count; i++)
		if (!strcmp(change->names[i], name))
			return true;
	for (i = 0; i < change->draft_count; i++)
		if (!strcmp(name_of(change->drafts[i]), name))
			return true;
	return change->replace;
}

static bool merge(const struct client_policy *loaded,
		  const struct client_change *change, struct drafts *merged)
{
	size_t i;

	merged->count = 0;
	merged->list = calloc(loaded->count + change->draft_count + 1,
			      sizeof(*merged->list));
	if (!merged->list)
		return false;
	for (i = 0; i < loaded->count; i++)
		if (!is_dropped(change, name_of(loaded->drafts[i])))
			merged->list[merged->count++] = loaded->drafts[i];
	for (i = 0; i < change->draft_count; i++)
		merged->list[merged->count++] = change->drafts[i];
	qsort(merged->list, merged->count, sizeof(*merged->list),
	      compare_drafts);
	return true;
}

/* What of the draft is at fault, in words: ", member \"exe:/x\"" or nothing */
static void describe(const struct cordon_draft *draft,
		     const struct cordon_fault *fault, char *text, size_t size)
{
	const struct cordon_draft_member *member;

	*text = '\0';
	if (fault->rule < draft->used.rules)
		snprintf(text, size, ", rule \"%s\"",
			 cordon_draft_text(draft, cordon_draft_rule(
					   draft, fault->rule)->text));
	else if (fault->program < draft->used.programs)
		snprintf(text, size, ", %s \"%s\"",
			 client_program_word(draft),
			 cordon_draft_text(draft, cordon_draft_program(
					   draft, fault->program)->exe));
	else if (fault->member < draft->used.members) {
		member = cordon_draft_member(draft, fault->member);
		snprintf(text, size, ", member \"%s:%s\"",
			 cordon_member_name(member->kind),
			 cordon_draft_text(draft, member->pattern));
	}
}

/* "FILE:LINE:COLUMN: ", or nothing of what came from no file */
static void locate(const struct cordon_draft *draft, u32 rule, char *place,
		   size_t size)
{
	const char *file = cordon_draft_text(draft, draft->file);

	if (!*file)
		*place = '\0';
	else if (rule < draft->used.rules)
		snprintf(place, size, "%s:%u:%u: ", file,
			 cordon_draft_rule(draft, rule)->line,
			 cordon_draft_rule(draft, rule)->column);
	else
		snprintf(place, size, "%s: ", file);
}

static void tell(const struct drafts *merged, const struct cordon_fault *fault)
{
	const struct cordon_draft *draft, *other;
	char part[CORDON_PATH_MAX + 32], place[CORDON_PATH_MAX + 32];

	if (!fault->what || fault->workload >= merged->count)
		return;
	draft = merged->list[fault->workload];
	describe(draft, fault, part, sizeof(part));
	locate(draft, fault->rule, place, sizeof(place));
	output_error("%s%s \"%s\"%s: %s", place, client_document_word(draft),
		     name_of(draft), part, fault->what);
	if (fault->other >= merged->count)
		return;
	other = merged->list[fault->other];
	locate(other, CORDON_NONE, place, sizeof(place));
	output_error("%s%s \"%s\" is the other one", place,
		     client_document_word(other), name_of(other));
}

void client_diagnose(struct client *client, const struct client_change *change)
{
	struct cordon_fault fault = {
		.workload = CORDON_NONE,
		.rule = CORDON_NONE,
		.program = CORDON_NONE,
		.member = CORDON_NONE,
		.other = CORDON_NONE,
	};
	struct client_policy loaded;
	struct drafts merged = { .count = 0 };
	size_t size;
	void *image;

	if (client_policy_read(client, &loaded))
		return;
	if (!merge(&loaded, change, &merged))
		goto out;
	size = cordon_policy_size(merged.list, merged.count, &fault);
	image = size ? calloc(1, size) : NULL;
	if (!size || (image && !cordon_policy_build(image, size, merged.list,
						    merged.count, 1, 0, false,
						    &fault)))
		tell(&merged, &fault);
	free(image);
out:
	free(merged.list);
	client_policy_free(&loaded);
}
