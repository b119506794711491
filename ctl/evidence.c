// SPDX-License-Identifier: LGPL-2.1-or-later
#include "evidence.h"

#include <dirent.h>
#include <errno.h>
#include <inttypes.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

const char *evidence_id_print(const struct evidence_id *id,
			      char text[EVIDENCE_ID])
{
	snprintf(text, EVIDENCE_ID, "%016" PRIx64 "-%" PRIu64 "-%" PRIu32,
		 id->instance, id->sequence, id->tgid);
	return text;
}

bool evidence_id_parse(const char *text, struct evidence_id *id)
{
	char again[EVIDENCE_ID];

	return sscanf(text, "%16" SCNx64 "-%20" SCNu64 "-%10" SCNu32,
		      &id->instance, &id->sequence, &id->tgid) == 3 &&
	       !strcmp(evidence_id_print(id, again), text);
}

static int compare(const void *left, const void *right)
{
	const struct evidence_id *a = left, *b = right;

	if (a->instance != b->instance)
		return a->instance < b->instance ? -1 : 1;
	if (a->sequence != b->sequence)
		return a->sequence < b->sequence ? -1 : 1;
	return a->tgid < b->tgid ? -1 : a->tgid > b->tgid;
}

bool evidence_id_same(const struct evidence_id *a, const struct evidence_id *b)
{
	return !compare(a, b);
}

int evidence_list(const char *path, struct evidence_id **ids, size_t *count)
{
	DIR *directory = opendir(path);
	struct evidence_id id, *larger;
	struct dirent *entry;

	*ids = NULL;
	*count = 0;
	if (!directory)
		return errno;
	while ((entry = readdir(directory))) {
		if (!evidence_id_parse(entry->d_name, &id))
			continue;
		larger = reallocarray(*ids, *count + 1, sizeof(**ids));
		if (!larger) {
			closedir(directory);
			return ENOMEM;
		}
		*ids = larger;
		larger[(*count)++] = id;
	}
	closedir(directory);
	if (*count)
		qsort(*ids, *count, sizeof(**ids), compare);
	return 0;
}

json_t *evidence_read(const char *path, const struct evidence_id *id)
{
	char text[EVIDENCE_ID], file[PATH_MAX];

	if (snprintf(file, sizeof(file), "%s/%s/evidence.json", path,
		     evidence_id_print(id, text)) >= (int)sizeof(file))
		return NULL;
	return json_load_file(file, JSON_REJECT_DUPLICATES, NULL);
}
