// SPDX-License-Identifier: LGPL-2.1-or-later
#include "shape.h"

#include <stdlib.h>
#include <string.h>

#include "manifest_source.h"
#include "grow.h"
#include "place.h"
#include "shape_private.h"

static const char *const words[SHAPE_KIND_COUNT] = {
	[SHAPE_OWN] = "own",
	[SHAPE_LIBRARY] = "library",
	[SHAPE_ROTATED] = "rotated",
	[SHAPE_NUMBER] = "number",
	[SHAPE_HASH] = "hash",
	[SHAPE_TEMPORARY] = "temporary",
	[SHAPE_HOME] = "home",
	[SHAPE_FOLDER] = "folder",
};

const char *shape_word(enum shape_kind kind)
{
	return words[kind];
}

void shape_set_add(struct shape_set *set, const char *path, unsigned int op)
{
	struct shape_path *added = memory_grow(&set->paths, &set->path_count,
					       sizeof(*added));

	*added = (struct shape_path){ path, 1u << op, SHAPE_NONE };
}

static int by_path(const void *left, const void *right)
{
	const struct shape_path *one = left, *two = right;

	return strcmp(one->path, two->path);
}

static void settle(struct shape_set *set)
{
	size_t kept = 0, i;

	if (!set->path_count)
		return;
	qsort(set->paths, set->path_count, sizeof(*set->paths), by_path);
	for (i = 1; i < set->path_count; i++) {
		if (by_path(&set->paths[kept], &set->paths[i]))
			set->paths[++kept] = set->paths[i];
		else
			set->paths[kept].ops |= set->paths[i].ops;
	}
	set->path_count = kept + 1;
}

size_t shape_add(struct shape_set *set, enum shape_kind kind, uint16_t ops,
		 char *pattern)
{
	struct shape *shape;
	size_t i;

	for (i = 0; i < set->count; i++) {
		if (strcmp(set->shapes[i].pattern, pattern))
			continue;
		free(pattern);
		return i;
	}
	shape = memory_grow(&set->shapes, &set->count, sizeof(*shape));
	*shape = (struct shape){ pattern, kind, ops };
	return set->count - 1;
}

bool shape_is_free(const struct shape_path *path)
{
	return path->shape == SHAPE_NONE && !place_is_sensitive(path->path);
}

struct shape_path *shape_find(const struct shape_set *set, const char *path)
{
	const struct shape_path key = { .path = path };

	if (!set->path_count)
		return NULL;
	return bsearch(&key, set->paths, set->path_count, sizeof(*set->paths),
		       by_path);
}

/* The first path that does not sort before @text. */
static size_t lower_bound(const struct shape_set *set, const char *text)
{
	size_t low = 0, high = set->path_count;

	while (low < high) {
		size_t middle = low + (high - low) / 2;

		if (strcmp(set->paths[middle].path, text) < 0)
			low = middle + 1;
		else
			high = middle;
	}
	return low;
}

void shape_range(const struct shape_set *set, const char *directory,
		 size_t *from, size_t *to)
{
	/* What sorts next behind a slash is a zero. */
	char *first = memory_format("%s/", directory);
	char *last = memory_format("%s0", directory);

	*from = lower_bound(set, first);
	*to = lower_bound(set, last);
	free(first);
	free(last);
}

bool shape_is_written(const struct shape_set *set, const char *directory)
{
	const struct shape_path *itself = shape_find(set, directory);
	size_t from, to;

	if (itself && itself->ops & SHAPE_WRITE)
		return true;
	for (shape_range(set, directory, &from, &to); from < to; from++)
		if (set->paths[from].ops & SHAPE_WRITE)
			return true;
	return false;
}

/* Asked all at once, of what may matter. */
static void ask(const struct shape_set *set, const struct capture_world *world)
{
	const char **paths = NULL;
	char **folders = NULL;
	size_t count = 0, folder_count = 0, i;

	if (!world->know)
		return;
	shape_list_libraries(set, &paths, &count);
	shape_list_folders(set, &folders, &folder_count);
	world->know(world->context, paths, count);
	world->know(world->context, (const char *const *)folders,
		    folder_count);
	for (i = 0; i < folder_count; i++)
		free(folders[i]);
	free(folders);
	free(paths);
}

static bool covers(const char *pattern, size_t length, const char *path)
{
	return manifest_pattern_covers(pattern, length, path, strlen(path));
}

/*
 * A directory on the way to what a shape names is made as often as that, and
 * called likewise: the pattern's beginning names it.
 */
static void absorb_directory(struct shape_set *set, struct shape_path *path,
			     size_t index)
{
	const struct shape shape = set->shapes[index];
	const char *at = shape.pattern + manifest_pattern_prefix(shape.pattern);

	while ((at = strchr(at, '/'))) {
		size_t length = (size_t)(at++ - shape.pattern);

		if (!covers(shape.pattern, length, path->path))
			continue;
		path->shape = shape_add(set, shape.kind, shape.ops,
					memory_copy_part(shape.pattern,
							 length));
		return;
	}
}

/* What a pattern names anyway need not be named again. */
static void absorb(struct shape_set *set)
{
	size_t count = set->count, i, k;

	for (i = 0; i < set->path_count; i++) {
		struct shape_path *path = &set->paths[i];

		if (!shape_is_free(path))
			continue;
		for (k = 0; k < count && path->shape == SHAPE_NONE; k++) {
			const struct shape *shape = &set->shapes[k];

			/* Braces are not for single questions. */
			if (shape->kind == SHAPE_ROTATED)
				continue;
			if (covers(shape->pattern, strlen(shape->pattern),
				   path->path))
				path->shape = k;
			else if (shape->kind == SHAPE_NUMBER ||
				 shape->kind == SHAPE_HASH ||
				 shape->kind == SHAPE_TEMPORARY)
				absorb_directory(set, path, k);
		}
	}
}

void shape_set_find(struct shape_set *set, const struct capture_world *world,
		    size_t users)
{
	settle(set);
	ask(set, world);
	shape_find_own(set);
	shape_find_libraries(set, world);
	shape_find_rotated(set);
	shape_find_variable(set);
	shape_find_homes(set, world, users);
	shape_find_folders(set, world);
	absorb(set);
}

const struct shape *shape_set_of(const struct shape_set *set, const char *path,
				 unsigned int op)
{
	const struct shape_path *found = shape_find(set, path);
	const struct shape *shape;

	if (!found || found->shape == SHAPE_NONE)
		return NULL;
	shape = &set->shapes[found->shape];
	return shape->ops & 1u << op ? shape : NULL;
}

void shape_set_free(struct shape_set *set)
{
	size_t i;

	for (i = 0; i < set->count; i++)
		free(set->shapes[i].pattern);
	free(set->shapes);
	free(set->paths);
	*set = (struct shape_set){ 0 };
}
