// SPDX-License-Identifier: LGPL-2.1-or-later
/*
 * The manifest reader on any bytes: it must not crash, hang or leak, what it
 * refuses it must say why of, at a place inside of the document, and what it
 * takes must be drafts that the engine compiles.
 */
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "ctl/cases.h"
#include "ctl/manifest.h"
#include "draft.h"

static char directory[] = "/tmp/cordon-fuzz-XXXXXX";
static char file[64];

static void clean_up(void)
{
	unlink(file);
	rmdir(directory);
}

static void prepare(void)
{
	if (file[0])
		return;
	if (!mkdtemp(directory))
		abort();
	snprintf(file, sizeof(file), "%s/self.json", directory);
	atexit(clean_up);
}

static void write_file(const uint8_t *data, size_t size)
{
	FILE *stream = fopen(file, "wb");

	if (!stream || fwrite(data, 1, size, stream) != size || fclose(stream))
		abort();
}

/* A finding is at a line of the document, or about it as a whole. */
static void check_findings(const struct report *report, const uint8_t *data,
			   size_t size)
{
	unsigned int lines = 1;
	size_t i;

	for (i = 0; i < size; i++)
		lines += data[i] == '\n';
	for (i = 0; i < report->count; i++) {
		const struct report_entry *entry = &report->entries[i];

		if (entry->line > lines || (entry->line && !entry->column) ||
		    entry->column > size + 1 || !*entry->message)
			abort();
	}
}

static void check_set(const struct manifest_set *set, struct report *report)
{
	struct cordon_policy *policy;
	struct cordon_fault fault;
	size_t i;

	for (i = 0; i < set->count; i++)
		if (cordon_draft_complete(set->drafts[i], &fault))
			abort();
	policy = manifest_set_compile(set, false, report);
	if (!policy)
		abort();
	free(policy);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	const struct manifest_options options = {
		.foreign = true,
		.pieces = true,
	};
	const char *path = file;
	struct manifest_set set;
	struct report report;
	struct cases cases;

	prepare();
	write_file(data, size);
	report_init(&report);
	if (!manifest_set_read(&set, &path, 1, &options, &report))
		check_set(&set, &report);
	else if (!report.errors)
		abort();
	manifest_set_free(&set);
	check_findings(&report, data, size);
	report_free(&report);

	report_init(&report);
	if (cases_read(&cases, file, &report) && !report.errors)
		abort();
	cases_free(&cases);
	check_findings(&report, data, size);
	report_free(&report);
	return 0;
}
