// SPDX-License-Identifier: LGPL-2.1-or-later
/* cordonctl draft: a first manifest from what provisioning already knows. */
#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "command.h"
#include "manifest_edit.h"
#include "manifest_write.h"
#include "memory.h"
#include "pattern.h"
#include "provision/provision.h"
#include "suggest.h"

enum {
	DRAFT_NAME,
	DRAFT_ROOT,
	DRAFT_ADMINDIR,
};

static const struct command_option options[] = {
	[DRAFT_NAME] = { "name", "WORKLOAD",
			 "call the workload so, not as the first unit or package" },
	[DRAFT_ROOT] = { "root", "DIR",
			 "look at the file system below DIR, not at this machine's" },
	[DRAFT_ADMINDIR] = { "admindir", "DIR",
			     "where dpkg's database lies, if not below the root" },
	{ NULL, NULL, NULL },
};

static char *describe(const char *kind, char *const *names, size_t count)
{
	char *text = memory_format("Drafted by cordonctl from the %s%s", kind,
				   count > 1 ? "s" : ""), *more;
	size_t i;

	for (i = 0; i < count; i++) {
		more = memory_format("%s%s %s", text, i ? "," : "", names[i]);
		free(text);
		text = more;
	}
	more = memory_format("%s; nothing was run, and what it could not know is not in it",
			     text);
	free(text);
	return more;
}

static int begin(struct provision *provision, const struct command_line *line)
{
	const char *root = line->value[DRAFT_ROOT];
	const char *wanted = line->value[DRAFT_NAME];
	char *name = wanted ? memory_copy(wanted) :
			      provision_name(line->words[1]);
	char *description = describe(line->words[0], line->words + 1,
				     line->count - 1);
	const char *why = cordon_name_check(name, strlen(name));
	int code = EXIT_OK;

	provision->admindir = line->value[DRAFT_ADMINDIR];
	if (why) {
		output_error("draft: \"%s\" is no name of a workload: %s",
			     name, why);
		code = EXIT_USAGE;
	} else if (provision_begin(provision, root ? root : "/", name,
				   description)) {
		output_error("draft: cannot look at %s: %s%s", root ? root : "/",
			     strerror(errno), access("/proc/self/fd", X_OK) ?
			     "; /proc must be mounted here" : "");
		code = EXIT_FAILED;
	}
	free(description);
	free(name);
	return code;
}

static int draft(struct provision *provision, const struct command_line *line)
{
	int code = EXIT_OK;
	size_t i;

	if (!strcmp(line->words[0], "package"))
		return provision_packages(provision, line->words + 1,
					  line->count - 1);
	for (i = 1; i < line->count && !code; i++)
		code = provision_unit(provision, line->words[i]);
	return code;
}

static int print_json(const struct provision *provision, struct output *output)
{
	json_t *whole = memory_sure(json_object());
	char *text;
	size_t i;
	int code;

	json_object_set(whole, "manifest", provision->document);
	manifest_edit_list(whole, "questions");
	for (i = 0; i < provision->questions.count; i++)
		manifest_edit_add_text(whole, "questions",
				       provision->questions.text[i]);
	text = manifest_write(whole);
	code = output_document(output, text);
	free(text);
	json_decref(whole);
	return code;
}

static int print(const struct provision *provision, struct output *output)
{
	char *text;
	size_t i;
	int code;

	if (output_is_json(output))
		return print_json(provision, output);
	text = manifest_write(provision->document);
	code = output_document(output, text);
	free(text);
	for (i = 0; i < provision->questions.count; i++)
		output_warn("draft: open: %s", provision->questions.text[i]);
	return code;
}

static int run(const struct command_line *line)
{
	static const char *const kinds[] = { "unit", "package" };
	struct provision provision = { 0 };
	const char *nearest;
	int code;

	if (strcmp(line->words[0], kinds[0]) &&
	    strcmp(line->words[0], kinds[1])) {
		nearest = suggest_nearest(line->words[0], kinds, 2);
		output_error("draft: from what? usage: cordonctl draft unit|package NAME…, not \"%s\"%s%s%s",
			     line->words[0], nearest ? "; did you mean \"" : "",
			     nearest ? nearest : "", nearest ? "\"?" : "");
		return EXIT_USAGE;
	}
	code = begin(&provision, line);
	if (!code)
		code = draft(&provision, line);
	if (!code) {
		provision_end(&provision);
		code = print(&provision, line->output);
	}
	provision_free(&provision);
	return code;
}

const struct command command_draft = {
	.name = "draft",
	.arguments = "unit|package NAME…",
	.summary = "write a first manifest from units or packages",
	.help =
"Writes to stdout a manifest, in monitor mode, from what provisioning already\n"
"knows, without running anything of it:\n"
"\n"
"  unit     systemd's unit files with their drop-ins: commands, directories,\n"
"           sandboxing, the sockets that start it; its members are the unit's\n"
"  package  dpkg's database: programs, the libraries they are linked to, modules,\n"
"           directories of their own; and the units that are among the files\n"
"\n"
"Several names make one workload.  Notes say where each line comes from.  What\n"
"could not be known is asked on stderr, with --json in \"questions\" beside\n"
"\"manifest\".\n"
"\n"
"Ends with 10 if there is no such unit or package.",
	.options = options,
	.words_min = 2,
	.words_max = SIZE_MAX,
	.run = run,
};
