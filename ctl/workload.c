// SPDX-License-Identifier: LGPL-2.1-or-later
#include "workload.h"

#include <string.h>

#include "names.h"

enum {
	WORKLOAD_NAME,
	WORKLOAD_KIND,
	WORKLOAD_EXEC,
	WORKLOAD_LOAD,
	WORKLOAD_FILE_CLASS,
	WORKLOAD_NET,
	WORKLOAD_DEFAULT,
	WORKLOAD_REJECT,
	WORKLOAD_TASKS,
	WORKLOAD_PROGRAMS,
	WORKLOAD_RULES,
	WORKLOAD_DENIED,
	WORKLOAD_WOULD_DENY,
	WORKLOAD_MEMBERS,
	WORKLOAD_FILE,
	WORKLOAD_DESCRIPTION,
	WORKLOAD_OWNER,
	WORKLOAD_COLUMNS,
};

static const struct output_column columns[WORKLOAD_COLUMNS] = {
	[WORKLOAD_NAME] = { "workload", "WORKLOAD", OUTPUT_TEXT },
	[WORKLOAD_KIND] = { "kind", "KIND", OUTPUT_TEXT },
	[WORKLOAD_EXEC] = { "mode.exec", "EXEC", OUTPUT_TEXT },
	[WORKLOAD_LOAD] = { "mode.load", "LOAD", OUTPUT_TEXT },
	[WORKLOAD_FILE_CLASS] = { "mode.file", "FILE", OUTPUT_TEXT },
	[WORKLOAD_NET] = { "mode.net", "NET", OUTPUT_TEXT },
	[WORKLOAD_DEFAULT] = { "default", "DEFAULT", OUTPUT_TEXT },
	[WORKLOAD_REJECT] = { "reject", "REJECT", OUTPUT_FLAG },
	[WORKLOAD_TASKS] = { "tasks", "TASKS", OUTPUT_NUMBER },
	[WORKLOAD_PROGRAMS] = { "programs", NULL, OUTPUT_NUMBER },
	[WORKLOAD_RULES] = { "rules", "RULES", OUTPUT_NUMBER },
	[WORKLOAD_DENIED] = { "denied", "DENIED", OUTPUT_NUMBER },
	[WORKLOAD_WOULD_DENY] = { "would_deny", "WOULD-DENY", OUTPUT_NUMBER },
	[WORKLOAD_MEMBERS] = { "members", NULL, OUTPUT_NUMBER },
	[WORKLOAD_FILE] = { "file", "MANIFEST", OUTPUT_PATH },
	[WORKLOAD_DESCRIPTION] = { "description", NULL, OUTPUT_TEXT },
	[WORKLOAD_OWNER] = { "owner", NULL, OUTPUT_TEXT },
};

static void print_mode(struct output *output, size_t column, uint8_t mode)
{
	output_text(output, column, cordon_mode_name(mode));
	output_tone(output, column, mode == CORDON_MODE_ENFORCE ? OUTPUT_GOOD :
								  OUTPUT_WARN);
}

static const char *present(const char *text)
{
	return *text ? text : NULL;
}

/* What segments have not: processes, and acts that are no traffic */
static void fill_manifest(struct output *output,
			  const struct client_workload *workload)
{
	print_mode(output, WORKLOAD_EXEC, workload->mode[CORDON_CLASS_EXEC]);
	print_mode(output, WORKLOAD_LOAD, workload->mode[CORDON_CLASS_LOAD]);
	print_mode(output, WORKLOAD_FILE_CLASS,
		   workload->mode[CORDON_CLASS_FILE]);
	output_text(output, WORKLOAD_DEFAULT,
		    cordon_effect_name(workload->effect));
	output_number(output, WORKLOAD_TASKS, workload->tasks);
}

static bool has_segments(const struct client_dump *workloads)
{
	size_t i;

	for (i = 0; i < workloads->count; i++)
		if (workloads->workloads[i].kind == CORDON_DOCUMENT_SEGMENTS)
			return true;
	return false;
}

static bool has_reject(const struct client_dump *workloads)
{
	size_t i;

	for (i = 0; i < workloads->count; i++)
		if (workloads->workloads[i].reject)
			return true;
	return false;
}

int workload_print(struct output *output, const struct client_dump *workloads)
{
	struct output_column shown[WORKLOAD_COLUMNS];
	size_t i;

	memcpy(shown, columns, sizeof(shown));
	if (!has_segments(workloads))
		shown[WORKLOAD_KIND].heading = NULL;
	if (!has_reject(workloads))
		shown[WORKLOAD_REJECT].heading = NULL;
	output_open(output, OUTPUT_TABLE, shown, ARRAY_SIZE(shown));
	for (i = 0; i < workloads->count; i++) {
		const struct client_workload *workload =
			&workloads->workloads[i];

		output_text(output, WORKLOAD_NAME, workload->name);
		output_text(output, WORKLOAD_KIND,
			    cordon_document_name(workload->kind));
		if (workload->kind == CORDON_DOCUMENT_MANIFEST)
			fill_manifest(output, workload);
		print_mode(output, WORKLOAD_NET,
			   workload->mode[CORDON_CLASS_NET]);
		output_flag(output, WORKLOAD_REJECT, workload->reject);
		output_number(output, WORKLOAD_PROGRAMS, workload->programs);
		output_number(output, WORKLOAD_RULES, workload->rules);
		output_number(output, WORKLOAD_DENIED, workload->denied);
		if (workload->denied)
			output_tone(output, WORKLOAD_DENIED, OUTPUT_BAD);
		output_number(output, WORKLOAD_WOULD_DENY,
			      workload->would_deny);
		if (workload->would_deny)
			output_tone(output, WORKLOAD_WOULD_DENY, OUTPUT_WARN);
		output_number(output, WORKLOAD_MEMBERS, workload->members);
		output_text(output, WORKLOAD_FILE, present(workload->file));
		output_text(output, WORKLOAD_DESCRIPTION,
			    present(workload->description));
		output_text(output, WORKLOAD_OWNER, present(workload->owner));
		output_record(output);
	}
	return output_close(output);
}
