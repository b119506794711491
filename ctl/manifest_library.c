// SPDX-License-Identifier: LGPL-2.1-or-later
/*
 * Documents by name: each file is read once, however many manifests include
 * it, and whatever names lead to it.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "manifest_source.h"

/* Where pieces are found on an installed system; the administrator's first. */
static const char *const places[] = {
	"/etc/cordon/manifests",
	"/usr/share/cordon/manifests",
};

bool manifest_library_init(struct manifest_library *library,
			   const struct manifest_options *options,
			   struct report *report)
{
	static const struct manifest_options none;

	*library = (struct manifest_library){
		.failed = json_object(),
		.options = options ? options : &none,
		.report = report,
	};
	return library->failed != NULL;
}

void manifest_library_free(struct manifest_library *library)
{
	while (library->documents) {
		struct manifest_document *document = library->documents;

		library->documents = document->next;
		manifest_document_free(document);
	}
	json_decref(library->failed);
	library->failed = NULL;
	library->count = 0;
}

static const struct manifest_document *
find_document(const struct manifest_library *library, const char *file)
{
	const struct manifest_document *document;
	struct stat status;

	if (stat(file, &status))
		return NULL;
	for (document = library->documents; document; document = document->next)
		if (document->device == status.st_dev &&
		    document->inode == status.st_ino)
			return document;
	return NULL;
}

const struct manifest_document *
manifest_library_read(struct manifest_library *library, const char *file,
		      bool *known)
{
	const struct manifest_document *before = find_document(library, file);
	struct manifest_document *document;

	if (known)
		*known = before != NULL;
	if (before)
		return before;
	if (json_object_get(library->failed, file))
		return NULL;
	document = manifest_document_read(file, library->report);
	if (!document) {
		json_object_set_new(library->failed, file, json_true());
		return NULL;
	}
	document->next = library->documents;
	library->documents = document;
	library->count++;
	return document;
}

/*
 * Directories in which to look for what a document includes, one a line: its
 * own, those above it which are called "manifests", those of the options, and
 * those of the system.
 */
static void list_places(FILE *list, const struct manifest_library *library,
			const struct manifest_document *from)
{
	const struct manifest_options *options = library->options;
	int length = strrchr(from->path, '/') - from->path;
	bool own = true;
	size_t i;

	for (; length > 0; own = false) {
		const char *name = memrchr(from->path, '/', length);

		name = name ? name + 1 : from->path;
		if (own || (from->path + length - name == 9 &&
			    !memcmp(name, "manifests", 9)))
			fprintf(list, "%.*s\n", length, from->path);
		length = name > from->path ? name - 1 - from->path : 0;
	}
	for (i = 0; i < options->include_count; i++)
		fprintf(list, "%s\n", options->include_paths[i]);
	for (i = 0; i < sizeof(places) / sizeof(places[0]); i++)
		fprintf(list, "%s\n", places[i]);
}

/* Name a found file as the user names files: from where he stands. */
static char *shorten(char *file, const struct manifest_document *from)
{
	char *here = from->file[0] == '/' ? NULL : getcwd(NULL, 0);
	size_t length = here ? strlen(here) : 0;

	if (length > 1 && !strncmp(file, here, length) && file[length] == '/')
		memmove(file, file + length + 1, strlen(file) - length);
	free(here);
	return file;
}

char *manifest_library_find(struct manifest_library *library,
			    const struct manifest_document *from,
			    const char *name, char **searched)
{
	const char *suffix = ".json";
	char *list = NULL, *place, *save, *file = NULL;
	size_t size, length = strlen(name);
	FILE *stream = open_memstream(&list, &size);

	if (length > strlen(suffix) &&
	    !strcmp(name + length - strlen(suffix), suffix))
		suffix = "";
	if (stream)
		list_places(stream, library, from);
	if (!stream || fclose(stream)) {
		free(list);
		list = NULL;
	}
	if (searched) {
		*searched = list ? strdup(list) : NULL;
		for (place = *searched; place && *place; place++)
			if (*place == '\n')
				*place = place[1] ? ':' : 0;
	}
	for (place = list ? strtok_r(list, "\n", &save) : NULL; place;
	     place = strtok_r(NULL, "\n", &save)) {
		if (asprintf(&file, "%s/%s%s", place, name, suffix) < 0) {
			file = NULL;
			break;
		}
		if (!access(file, F_OK))
			break;
		free(file);
		file = NULL;
	}
	free(list);
	return file ? shorten(file, from) : NULL;
}
