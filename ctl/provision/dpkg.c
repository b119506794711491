// SPDX-License-Identifier: LGPL-2.1-or-later
#include "dpkg.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "command_run.h"
#include "exit.h"
#include "output.h"
#include "provision.h"

/* What separates fields and records: no text of a package holds them */
#define FIELD "\037"
#define RECORD "\036"

#define FIELDS 6

/* dpkg-query is given at most so many names at once */
#define NAMES_MAX 200

static int ask(const struct dpkg *dpkg, const struct texts *words, size_t from,
	       size_t count, char **text, bool quiet)
{
	const char **line = memory_sure(calloc(dpkg->options.count + count + 2,
					       sizeof(*line)));
	size_t i, at = 0;
	int status;

	line[at++] = "dpkg-query";
	for (i = 0; i < dpkg->options.count; i++)
		line[at++] = dpkg->options.text[i];
	for (i = 0; i < count; i++)
		line[at++] = words->text[from + i];
	status = quiet ? command_run_quietly(line, text) :
			 command_run(line, text);
	free(line);
	if (status < 0)
		output_error("draft: dpkg-query cannot be started: %s; packages of other kinds are not known",
			     strerror(errno));
	return status;
}

/* "libc6 (>= 2.34), a:any | b": the names, without versions and architectures */
static void read_names(const char *text, struct texts *names)
{
	while (*(text += strspn(text, " ,|\n\t"))) {
		size_t length = strcspn(text, " ,|(:\n\t");

		if (length)
			texts_add(names, memory_format("%.*s", (int)length,
						       text));
		text += length;
		if (*text == ':')
			text += strcspn(text, " ,|(\n\t");
		text += strspn(text, " \n\t");
		if (*text == '(') {
			text += strcspn(text, ")");
			text += *text == ')';
		}
	}
}

static void set_name(struct dpkg *dpkg, const char *name, size_t length)
{
	char *key = memory_format("%.*s", (int)length, name);

	if (!json_object_get(dpkg->names, key))
		json_object_set_new(dpkg->names, key,
				    json_integer((json_int_t)dpkg->count));
	free(key);
}

static void read_record(struct dpkg *dpkg, char *record)
{
	char *field[FIELDS] = { NULL };
	struct dpkg_package *package;
	size_t i;

	record += strspn(record, "\n");
	for (i = 0; i < FIELDS && record; i++)
		field[i] = strsep(&record, FIELD);
	if (i < FIELDS || strcmp(field[2], "installed"))
		return;
	if (!(dpkg->count & (dpkg->count - 1)))
		dpkg->packages = memory_sure(realloc(dpkg->packages,
						     (dpkg->count ?
						      dpkg->count * 2 : 1) *
						     sizeof(*package)));
	package = &dpkg->packages[dpkg->count];
	*package = (struct dpkg_package){
		.name = memory_copy(field[0]),
		.source = memory_copy(field[1]),
	};
	read_names(field[3], &package->depends);
	read_names(field[4], &package->depends);
	read_names(field[5], &package->provides);
	texts_add(&package->provides,
		  memory_format("%.*s", (int)strcspn(field[0], ":"),
				field[0]));
	set_name(dpkg, field[0], strlen(field[0]));
	set_name(dpkg, field[0], strcspn(field[0], ":"));
	dpkg->count++;
}

int dpkg_open(struct dpkg *dpkg, const char *root, const char *admindir)
{
	static char show[] = "-W", format[] =
		"-f=${binary:Package}" FIELD "${source:Package}" FIELD
		"${db:Status-Status}" FIELD "${Depends}" FIELD "${Pre-Depends}"
		FIELD "${Provides}" RECORD;
	char *words[] = { show, format };
	const struct texts line = { words, 2 };
	char *text, *rest, *record;
	int status;

	*dpkg = (struct dpkg){ .names = memory_sure(json_object()) };
	if (*root)
		texts_add(&dpkg->options, memory_format("--root=%s", root));
	if (admindir)
		texts_add(&dpkg->options,
			  memory_format("--admindir=%s", admindir));
	status = ask(dpkg, &line, 0, 2, &text, false);
	if (status < 0)
		return EXIT_FAILED;
	rest = text;
	while ((record = strsep(&rest, RECORD)))
		read_record(dpkg, record);
	free(text);
	if (dpkg->count)
		return EXIT_OK;
	output_error("draft: the database of packages %s%s%s holds none: is it Debian's?",
		     admindir ? "in " : "below ", admindir ? admindir : root,
		     admindir || *root ? "" : "/");
	return EXIT_UNKNOWN;
}

void dpkg_close(struct dpkg *dpkg)
{
	size_t i;

	for (i = 0; i < dpkg->count; i++) {
		free(dpkg->packages[i].name);
		free(dpkg->packages[i].source);
		texts_free(&dpkg->packages[i].depends);
		texts_free(&dpkg->packages[i].provides);
	}
	free(dpkg->packages);
	json_decref(dpkg->names);
	texts_free(&dpkg->options);
}

struct dpkg_package *dpkg_find(const struct dpkg *dpkg, const char *name)
{
	const json_t *index = json_object_get(dpkg->names, name);

	return index ? &dpkg->packages[json_integer_value(index)] : NULL;
}

bool dpkg_depends(const struct dpkg_package *one,
		  const struct dpkg_package *other)
{
	size_t i;

	for (i = 0; i < one->depends.count; i++)
		if (texts_have(&other->provides, one->depends.text[i]))
			return true;
	return false;
}

/* Takes the next line off @text, with what dpkg says behind a file diverted */
static void read_list(char *text, struct texts *files, struct texts *odd)
{
	static const char *const elsewhere[] = {
		"diverted by ", "locally diverted to: ",
	};
	char *line, *rest = text, *last = NULL, *at;

	/* It is the name of a file here, and nothing that is left open */
	for (at = text; (at = strchr(at, PROVISION_ANY)); )
		*at = '?';
	while ((line = strsep(&rest, "\n"))) {
		char *place = strstr(line, " to: /");

		if (*line == '/') {
			last = line;
			texts_add(files, memory_copy(line));
		} else if (last && place &&
			   (!strncmp(line, elsewhere[0], 12) ||
			    !strncmp(line, elsewhere[1], 21))) {
			free(files->text[files->count - 1]);
			files->text[files->count - 1] =
				memory_copy(place + 5);
			last = NULL;
		} else if (*line && !(place && !strncmp(line, "package diverts others", 22))) {
			texts_add(odd, memory_copy(line));
		}
	}
}

int dpkg_files(const struct dpkg *dpkg, struct texts *files,
	       struct texts *odd)
{
	struct texts words = { 0 };
	char *text = NULL;
	int status;
	size_t i;

	texts_add(&words, memory_copy("-L"));
	for (i = 0; i < dpkg->count; i++)
		if (dpkg->packages[i].taken)
			texts_add(&words, memory_copy(dpkg->packages[i].name));
	status = ask(dpkg, &words, 0, words.count, &text, false);
	texts_free(&words);
	if (text)
		read_list(text, files, odd);
	free(text);
	texts_sort(files);
	if (!status)
		return EXIT_OK;
	if (status > 0)
		output_error("draft: dpkg-query cannot list the files of the packages: it ended with %d",
			     status);
	return EXIT_FAILED;
}

/* "nginx-common, libnginx-mod-http-echo: /etc/nginx" */
static void read_owners(char *line, json_t *owners)
{
	char *path = strstr(line, ": /"), *name;
	json_t *names;

	if (!path || !strncmp(line, "diversion by ", 13) ||
	    !strncmp(line, "local diversion ", 16))
		return;
	*path = 0;
	path += 2;
	names = json_object_get(owners, path);
	if (!names) {
		names = json_array();
		if (json_object_set_new(owners, path, names))
			return;
	}
	while ((name = strsep(&line, ","))) {
		name += strspn(name, " ");
		json_array_append_new(names, json_string(name));
	}
}

json_t *dpkg_owners(const struct dpkg *dpkg, const struct texts *directories)
{
	json_t *owners = memory_sure(json_object());
	size_t i, from;

	for (from = 0; from < directories->count; from += NAMES_MAX) {
		struct texts words = { 0 };
		char *text = NULL, *rest, *line;

		texts_add(&words, memory_copy("-S"));
		for (i = from; i < directories->count && i < from + NAMES_MAX;
		     i++)
			texts_add(&words, memory_copy(directories->text[i]));
		/* That one is nobody's is said by its absence */
		ask(dpkg, &words, 0, words.count, &text, true);
		rest = text;
		while (rest && (line = strsep(&rest, "\n")))
			read_owners(line, owners);
		free(text);
		texts_free(&words);
	}
	return owners;
}

bool dpkg_is_own(const struct dpkg *dpkg, const json_t *owners,
		 const char *directory)
{
	const json_t *names = json_object_get(owners, directory), *name;
	size_t i;

	json_array_foreach(names, i, name) {
		const struct dpkg_package *package =
			dpkg_find(dpkg, json_string_value(name));

		if (package && !package->taken && !package->kin)
			return false;
	}
	return json_array_size(names);
}
