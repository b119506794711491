// SPDX-License-Identifier: LGPL-2.1-or-later
/* cordonctl evidence: what cordond has kept of processes that were killed. */
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "command.h"
#include "evidence_table.h"

enum evidence_option {
	EVIDENCE_FOLDER,
};

static const struct command_option options[] = {
	[EVIDENCE_FOLDER] = { "folder", "DIR", "instead of " EVIDENCE_PATH },
	{ NULL, NULL, NULL },
};

static int list(struct output *output, const char *path)
{
	struct evidence_id *ids;
	size_t count, i;
	int error = evidence_list(path, &ids, &count);

	if (error && error != ENOENT) {
		output_error("cannot read %s: %s", path, strerror(error));
		return error == EACCES ? EXIT_PERMISSION : EXIT_FAILED;
	}
	if (!count)
		output_line(output, "no evidence is kept in %s", path);
	evidence_table_open(output, OUTPUT_TABLE);
	for (i = 0; i < count; i++)
		evidence_table_add(output, path, &ids[i]);
	free(ids);
	return output_close(output);
}

static int run(const struct command_line *line)
{
	const char *path = line->value[EVIDENCE_FOLDER];
	struct evidence_id id;

	if (!path)
		path = EVIDENCE_PATH;
	if (!line->count)
		return list(line->output, path);
	if (evidence_id_parse(line->words[0], &id))
		return evidence_table_show(line->output, path, &id);
	output_error("\"%s\" is no evidence: see `cordonctl evidence`",
		     line->words[0]);
	return EXIT_UNKNOWN;
}

const struct command command_evidence = {
	.name = "evidence",
	.arguments = "[ID]",
	.summary = "list or show what was kept of killed processes",
	.help =
"Without an ID, lists the evidence that cordond has taken of processes before\n"
"they were killed, or when they were suspended.  With one, shows it: command,\n"
"names in the environment, open files and sockets, who started it.\n"
"\n"
"The folder of each has evidence.json with all of this, maps, and, where the\n"
"executable was deleted, in memory, or not on the manifest, a copy of it.\n"
"That copy is as dangerous as it was: it is not executable, and should stay so.",
	.options = options,
	.words_min = 0,
	.words_max = 1,
	.run = run,
};
