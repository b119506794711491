/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* A manifest's file and what was loaded of it: for commands that change files. */
#ifndef CTL_LOADED_H
#define CTL_LOADED_H

#include "client.h"
#include "output.h"
#include "review/manifest_file.h"

/** loaded_find - the loaded document of that name, or NULL */
const struct cordon_draft *loaded_find(const struct client_policy *policy,
				       const char *name);

/**
 * loaded_compare - does the file say what is loaded, but for modes
 * @draft: what is loaded
 * @file: the manifest that it was loaded from
 *
 * Return: EXIT_OK, or EXIT_CONFLICT after saying so.
 */
int loaded_compare(const struct cordon_draft *draft,
		   const struct manifest_file *file);

/**
 * loaded_replace - load files, as if `cordonctl load` had been typed
 * @output: for what it says
 * @files: names of manifests
 * @count: how many, up to LOADED_FILES_MAX
 * @confirm: --confirm of that command, or NULL
 * @include: --include of it, or NULL
 *
 * Return: its exit code.
 */
int loaded_replace(struct output *output, const char *const *files,
		   size_t count, const char *confirm, const char *include);

/** LOADED_FILES_MAX - files that are loaded at once */
#define LOADED_FILES_MAX 256

#endif /* CTL_LOADED_H */
