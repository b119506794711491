// SPDX-License-Identifier: LGPL-2.1-or-later
#include "reader_fixture.h"

#include <ftw.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "names.h"

char *reader_text(const struct report *report)
{
	char *text = NULL;
	size_t size;
	FILE *stream = open_memstream(&text, &size);

	ck_assert_ptr_nonnull(stream);
	report_print(report, stream);
	ck_assert_int_eq(fclose(stream), 0);
	return text;
}

char *reader_directory(void)
{
	char *directory = strdup("/tmp/cordon-reader-XXXXXX");

	ck_assert_ptr_nonnull(mkdtemp(directory));
	return directory;
}

static int remove_one(const char *path, const struct stat *status, int type,
		      struct FTW *walk)
{
	(void)status;
	(void)type;
	(void)walk;
	return remove(path);
}

void reader_clear(const char *directory)
{
	ck_assert_int_eq(nftw(directory, remove_one, 8, FTW_DEPTH | FTW_PHYS),
			 0);
}

void reader_remove(char *directory)
{
	reader_clear(directory);
	free(directory);
}

void reader_write(const char *directory, const char *name, const char *format,
		  ...)
{
	char path[512], *slash;
	va_list arguments;
	FILE *stream;

	snprintf(path, sizeof(path), "%s/%s", directory, name);
	for (slash = path + strlen(directory) + 1; (slash = strchr(slash, '/'));
	     *slash++ = '/') {
		*slash = 0;
		mkdir(path, 0755);
	}
	stream = fopen(path, "w");
	ck_assert_ptr_nonnull(stream);
	va_start(arguments, format);
	ck_assert_int_ge(vfprintf(stream, format, arguments), 0);
	va_end(arguments);
	ck_assert_int_eq(fclose(stream), 0);
}

/* Takes every @what out of @text. */
static void strike(char *text, const char *what)
{
	size_t length = strlen(what);

	while ((text = strstr(text, what)))
		memmove(text, text + length, strlen(text + length) + 1);
}

char *reader_said(const char *directory, const char *name,
		  const struct manifest_options *options)
{
	const char *paths[1];
	struct manifest_set set;
	struct report report;
	char path[512], *text;

	snprintf(path, sizeof(path), "%s/%s", directory, name);
	paths[0] = path;
	report_init(&report);
	manifest_set_read(&set, paths, 1, options, &report);
	text = reader_text(&report);
	snprintf(path, sizeof(path), "%s/", directory);
	strike(text, path);
	manifest_set_free(&set);
	report_free(&report);
	return text;
}

char *reader_findings(const char *directory, const char *name, bool foreign)
{
	const struct manifest_options options = { .foreign = foreign };

	return reader_said(directory, name, &options);
}

struct manifest_set reader_set(const char *path,
			       const struct manifest_options *options)
{
	struct manifest_set set;
	struct report report;

	report_init(&report);
	if (manifest_set_read(&set, &path, 1, options, &report))
		ck_abort_msg("%s", reader_text(&report));
	report_free(&report);
	return set;
}

char *reader_rule(const struct cordon_draft *draft, u32 index)
{
	const struct cordon_draft_rule *rule = cordon_draft_rule(draft, index);
	const char *file = cordon_draft_text(draft, rule->file);
	const char *note = cordon_draft_text(draft, rule->note);
	char *text = NULL;
	size_t size;
	FILE *stream = open_memstream(&text, &size);
	u32 i, ops = 0;

	if (rule->program == CORDON_NONE)
		fputs("-", stream);
	else
		fprintf(stream, "%u", rule->program);
	fprintf(stream, " %s ", cordon_effect_name(rule->effect));
	for (i = 0; i < CORDON_OP_COUNT; i++)
		if (rule->ops & 1u << i)
			fprintf(stream, "%s%s", ops++ ? "," : "",
				cordon_op_name(i));
	fprintf(stream, " %s =", cordon_draft_text(draft, rule->text));
	for (i = 0; i < rule->patterns; i++)
		fprintf(stream, " %s",
			cordon_draft_pattern(draft, rule->pattern + i));
	fprintf(stream, " %s:%u:%u", strrchr(file, '/') + 1, rule->line,
		rule->column);
	if (*note)
		fprintf(stream, " (%s)", note);
	fclose(stream);
	return text;
}
