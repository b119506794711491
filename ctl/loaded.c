// SPDX-License-Identifier: LGPL-2.1-or-later
#include "loaded.h"

#include <string.h>

#include "command.h"
#include "compare.h"

const struct cordon_draft *loaded_find(const struct client_policy *policy,
				       const char *name)
{
	size_t i;

	for (i = 0; i < policy->count; i++) {
		const struct cordon_draft *draft = policy->drafts[i];

		if (!strcmp(cordon_draft_text(draft, draft->name), name))
			return draft;
	}
	return NULL;
}

int loaded_compare(const struct cordon_draft *draft,
		   const struct manifest_file *file)
{
	struct comparison comparison = { 0 };
	size_t count = 0, i;

	compare_drafts(&comparison, draft, file->original.set.drafts[0]);
	/* Modes are switched without the file, and say nothing of rules. */
	for (i = 0; i < comparison.count; i++)
		count += comparison.differences[i].aspect != COMPARE_MODE;
	comparison_free(&comparison);
	if (!count)
		return EXIT_OK;
	output_error("%s does not say what is loaded any more, in %zu places: see `cordonctl diff loaded:%s %s`; load it first",
		     file->name, count, file->workload, file->name);
	return EXIT_CONFLICT;
}

int loaded_replace(struct output *output, const char *const *files,
		   size_t count, const char *confirm, const char *include)
{
	char *words[LOADED_FILES_MAX + 2] = { "--" };
	struct command_globals globals = { .help = false };
	struct command_line line = { .output = output };
	size_t i;
	int code;

	for (i = 0; i < count; i++)
		words[i + 1] = (char *)files[i];
	code = command_parse(&command_load, (int)count + 1, words, &line,
			     &globals);
	for (i = 0; !code && command_load.options[i].name; i++)
		if (!strcmp(command_load.options[i].name, "confirm"))
			line.value[i] = confirm;
		else if (!strcmp(command_load.options[i].name, "include"))
			line.value[i] = include;
	return code ? code : command_load.run(&line);
}
