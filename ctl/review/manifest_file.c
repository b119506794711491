// SPDX-License-Identifier: LGPL-2.1-or-later
#include "manifest_file.h"

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "exit.h"
#include "manifest_source.h"
#include "manifest_write.h"
#include "output.h"
#include "report.h"

void manifest_trial_free(struct manifest_trial *trial)
{
	free(trial->policy);
	manifest_set_free(&trial->set);
	*trial = (struct manifest_trial){ 0 };
}

void manifest_file_close(struct manifest_file *file)
{
	manifest_trial_free(&file->original);
	texts_free(&file->warnings);
	json_decref(file->document);
	free(file->text);
	free(file->path);
	*file = (struct manifest_file){ 0 };
}

/* --- beside the file --------------------------------------------------- */

/* Whoever ends the program must not find a file of ours left behind. */
static void hold_signals(sigset_t *before)
{
	sigset_t held;

	sigemptyset(&held);
	sigaddset(&held, SIGINT);
	sigaddset(&held, SIGTERM);
	sigaddset(&held, SIGHUP);
	sigaddset(&held, SIGQUIT);
	sigaddset(&held, SIGTSTP);
	sigprocmask(SIG_BLOCK, &held, before);
}

static int fail(const struct manifest_file *file, const char *what)
{
	output_error("%s: %s: %s; nothing was changed", file->name,
		     what, strerror(errno));
	return EXIT_FAILED;
}

static char *beside_of(const struct manifest_file *file)
{
	return memory_format("%s.review-%d", file->path, (int)getpid());
}

static FILE *create(const char *name)
{
	int descriptor = open(name, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC,
			      0600);
	FILE *stream = descriptor < 0 ? NULL : fdopen(descriptor, "w");

	if (!stream && descriptor >= 0)
		close(descriptor);
	return stream;
}

/* With the owner and mode of the file, whatever the umask. */
static int put(const struct manifest_file *file, const char *name,
	       const json_t *document, bool durable)
{
	char *text = manifest_write(document);
	size_t length = strlen(text);
	struct stat status;
	FILE *stream;
	bool good;

	stream = create(name);
	if (!stream) {
		free(text);
		return fail(file, "cannot write beside it");
	}
	good = !stat(file->path, &status) &&
	       !fchown(fileno(stream), status.st_uid, status.st_gid) &&
	       !fchmod(fileno(stream), status.st_mode & 07777) &&
	       fwrite(text, 1, length, stream) == length &&
	       !fflush(stream) && (!durable || !fsync(fileno(stream)));
	free(text);
	if (!good) {
		fail(file, "cannot write beside it");
		fclose(stream);
		unlink(name);
		return EXIT_FAILED;
	}
	if (!fclose(stream))
		return EXIT_OK;
	fail(file, "cannot write beside it");
	unlink(name);
	return EXIT_FAILED;
}

/* --- reading ----------------------------------------------------------- */

static char *clause_of(const struct report_entry *entry)
{
	return memory_format("%s%s%s%s", entry->message,
			     entry->hint ? " (" : "",
			     entry->hint ? entry->hint : "",
			     entry->hint ? ")" : "");
}

/* Places are left out: they are of a text that nobody has seen yet. */
static void tell(const struct manifest_file *file, const struct report *report,
		 struct texts *told)
{
	size_t i;

	for (i = 0; i < report->count; i++) {
		const struct report_entry *entry = &report->entries[i];
		char *clause;

		if (report->errors && entry->level != REPORT_ERROR)
			continue;
		clause = clause_of(entry);
		if (texts_have(&file->warnings, clause) ||
		    texts_have(told, clause))
			free(clause);
		else
			texts_add(told, clause);
	}
}

static bool read_set(const char *name, const struct manifest_options *reading,
		     struct manifest_trial *trial, struct report *report)
{
	*trial = (struct manifest_trial){ 0 };
	if (manifest_set_read(&trial->set, &name, 1, reading, report))
		return false;
	trial->policy = manifest_set_compile(&trial->set, false, report);
	if (!trial->policy)
		manifest_trial_free(trial);
	return trial->policy;
}

bool manifest_file_try(const struct manifest_file *file, json_t *document,
		       struct manifest_trial *trial, struct texts *told)
{
	char *beside = beside_of(file);
	struct report report;
	sigset_t before;
	bool good;

	report_init(&report);
	hold_signals(&before);
	good = !put(file, beside, document, false);
	if (good) {
		good = read_set(beside, &file->reading, trial, &report);
		unlink(beside);
	}
	sigprocmask(SIG_SETMASK, &before, NULL);
	tell(file, &report, told);
	report_free(&report);
	free(beside);
	return good;
}

static bool is_manifest(const struct manifest_file *file,
			const struct manifest_document *document)
{
	if (manifest_kind_of(document) == MANIFEST_MANIFEST)
		return true;
	output_error("%s is no manifest of a workload, which this is about",
		     file->name);
	return false;
}

/* What the reader said is told as `check` does, if it is an error. */
static int conclude(struct manifest_file *file, struct report *report,
		    bool good)
{
	if (good)
		tell(file, report, &file->warnings);
	else if (report->errors)
		report_print(report, stderr);
	report_free(report);
	return good ? EXIT_OK : EXIT_MANIFEST;
}

static int read_original(struct manifest_file *file)
{
	struct manifest_document *document;
	struct report report;
	bool good = false;

	report_init(&report);
	document = manifest_document_read(file->path, &report);
	if (document && !report.errors && is_manifest(file, document)) {
		file->document = json_incref(document->json);
		file->length = document->length;
		file->text = memory_sure(malloc(document->length + 1));
		memcpy(file->text, document->text, document->length);
		file->workload =
			json_string_value(json_object_get(document->json,
							  "workload"));
		good = read_set(file->path, &file->reading, &file->original,
				&report);
	}
	manifest_document_free(document);
	return conclude(file, &report, good);
}

int manifest_file_open(struct manifest_file *file, const char *name,
		       const struct manifest_options *reading)
{
	struct manifest_trial trial = { 0 };
	struct texts told = { 0 };
	struct stat status;
	int code;
	bool good;

	*file = (struct manifest_file){ .name = name, .reading = *reading };
	file->path = realpath(name, NULL);
	if (!file->path || stat(file->path, &status) ||
	    !S_ISREG(status.st_mode)) {
		output_error("%s: %s", name, file->path ?
			     "is no file: name the manifest" : strerror(errno));
		return EXIT_MANIFEST;
	}
	code = read_original(file);
	if (code)
		return code;
	/* Better now than after all questions. */
	good = manifest_file_try(file, file->document, &trial, &told);
	manifest_trial_free(&trial);
	texts_free(&told);
	return good ? EXIT_OK : EXIT_FAILED;
}

/* --- writing ----------------------------------------------------------- */

/* Is the file still what was read? */
static bool is_unchanged(const struct manifest_file *file)
{
	char *now = memory_sure(malloc(file->length + 2));
	FILE *stream = fopen(file->path, "re");
	size_t length = 0;

	if (stream) {
		length = fread(now, 1, file->length + 1, stream);
		fclose(stream);
	}
	if (!stream || length != file->length ||
	    memcmp(now, file->text, length))
		length = SIZE_MAX;
	free(now);
	return length != SIZE_MAX;
}

/* The name stays with the file that it was, as editors do. */
static bool keep_old(const struct manifest_file *file)
{
	char *backup = memory_format("%s~", file->path);
	bool good = (!unlink(backup) || errno == ENOENT) &&
		    !link(file->path, backup);

	free(backup);
	return good;
}

static void sync_folder(const struct manifest_file *file)
{
	char *folder = memory_copy(file->path);
	int descriptor;

	strrchr(folder, '/')[1] = '\0';
	descriptor = open(folder, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	if (descriptor >= 0) {
		fsync(descriptor);
		close(descriptor);
	}
	free(folder);
}

int manifest_file_replace(const struct manifest_file *file,
			  const json_t *document)
{
	char *beside = beside_of(file);
	sigset_t before;
	int code;

	hold_signals(&before);
	code = put(file, beside, document, true);
	if (!code && !is_unchanged(file)) {
		output_error("%s was changed by somebody else meanwhile; it was left as it is: do it again",
			     file->name);
		code = EXIT_CONFLICT;
	}
	if (!code && !keep_old(file))
		code = fail(file, "cannot keep what was there as NAME~");
	if (!code && rename(beside, file->path))
		code = fail(file, "cannot be replaced");
	if (!code)
		sync_folder(file);
	else
		unlink(beside);
	sigprocmask(SIG_SETMASK, &before, NULL);
	free(beside);
	return code;
}
