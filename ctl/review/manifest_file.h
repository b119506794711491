/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * The file that is reviewed: read once, tried as often as it is changed, and
 * replaced in one step, if nobody else has changed it meanwhile.
 */
#ifndef CTL_REVIEW_MANIFEST_FILE_H
#define CTL_REVIEW_MANIFEST_FILE_H

#include <jansson.h>

#include "manifest.h"
#include "memory.h"
#include "policy.h"

/**
 * struct manifest_trial - a manifest that the reader and the engine took
 * @set: its draft, with all that it includes
 * @policy: compiled of it
 */
struct manifest_trial {
	struct manifest_set set;
	struct cordon_policy *policy;
};

/** manifest_trial_free - release it; it is empty afterwards */
void manifest_trial_free(struct manifest_trial *trial);

/**
 * struct manifest_file - a manifest as it was read
 * @name: as it was given
 * @path: of the file itself, symbolic links resolved
 * @text: its bytes
 * @length: how many
 * @document: its values
 * @workload: its name, in @document
 * @reading: how it is read; its places must stay
 * @original: what it means
 * @warnings: what the reader says of it anyway
 */
struct manifest_file {
	const char *name;
	char *path;
	char *text;
	size_t length;
	json_t *document;
	const char *workload;
	struct manifest_options reading;
	struct manifest_trial original;
	struct texts warnings;
};

/**
 * manifest_file_open - read a manifest that is to be changed
 * @file: filled, for manifest_file_close(), in any case
 * @name: of the file
 * @reading: how
 *
 * Return: EXIT_OK; else, after saying why, EXIT_MANIFEST, or EXIT_FAILED where
 * it could not be written beside.
 */
int manifest_file_open(struct manifest_file *file, const char *name,
		       const struct manifest_options *reading);

/** manifest_file_close - release what it holds */
void manifest_file_close(struct manifest_file *file);

/**
 * manifest_file_try - would the reader and the engine take this in its place
 * @file: where it would stand
 * @document: the manifest
 * @trial: filled on success, for manifest_trial_free()
 * @told: what is wrong with it, or, of warnings, new; a clause each
 *
 * Return: does it hold no error.
 */
bool manifest_file_try(const struct manifest_file *file, json_t *document,
		       struct manifest_trial *trial, struct texts *told);

/**
 * manifest_file_replace - put a manifest in the place of the file
 * @file: that was opened
 * @document: the manifest, which has been tried
 *
 * In one step, with the file's owner and mode; what was there is kept as
 * "NAME~".  A signal that would end the program waits until it is done.
 *
 * Return: EXIT_OK; else, after saying why, EXIT_CONFLICT if the file is not as
 * it was read, or EXIT_FAILED.  Then nothing has changed.
 */
int manifest_file_replace(const struct manifest_file *file,
			  const json_t *document);

#endif /* CTL_REVIEW_MANIFEST_FILE_H */
