// SPDX-License-Identifier: LGPL-2.1-or-later
/* Shapes of directories: homes of users, and what is read as a whole. */
#include <stdlib.h>
#include <string.h>

#include "grow.h"
#include "place.h"
#include "quote.h"
#include "shape_private.h"

/* Names directly below a directory that make it one that is read as a whole. */
#define FOLDER_MIN	8

/* Directories of it that were entered, from which on it is a tree. */
#define BRANCHES_MIN	2

/**
 * struct resident - a file in somebody's home
 * @path: of the set
 * @parent: bytes of the directory that homes lie in
 * @rest: where the path within the home begins
 */
struct resident {
	struct shape_path *path;
	size_t parent;
	size_t rest;
};

static bool find_resident(struct shape_path *path,
			  const struct capture_world *world,
			  struct resident *resident)
{
	size_t name;

	if (!world->home ||
	    !world->home(world->context, path->path, &resident->parent, &name))
		return false;
	resident->path = path;
	resident->rest = resident->parent + 1 + name;
	return true;
}

static int by_rest(const void *left, const void *right)
{
	const struct resident *one = left, *two = right;
	int order = strcmp(one->path->path + one->rest,
			   two->path->path + two->rest);

	if (!order && one->parent != two->parent)
		return one->parent < two->parent ? -1 : 1;
	return order ? order : strncmp(one->path->path, two->path->path,
				       one->parent);
}

/* The same file in two homes: each path is there once, so two are two homes. */
static void join_residents(struct shape_set *set, struct resident *residents,
			   size_t count)
{
	size_t from, to, i;

	for (from = 0; from < count; from = to) {
		const struct resident *first = &residents[from];
		const char *rest = first->path->path + first->rest;
		char *parent, *quoted;
		size_t shape;

		for (to = from + 1; to < count; to++)
			if (by_rest(first, &residents[to]))
				break;
		if (to - from < 2)
			continue;
		parent = memory_copy_part(first->path->path, first->parent);
		quoted = quote_path(rest);
		shape = shape_add(set, SHAPE_HOME, SHAPE_READ | SHAPE_WRITE,
				  memory_format("%s/*%s", parent, quoted));
		free(quoted);
		free(parent);
		for (i = from; i < to; i++)
			residents[i].path->shape = shape;
	}
}

void shape_find_homes(struct shape_set *set, const struct capture_world *world,
		      size_t users)
{
	struct resident *residents = NULL, *added, resident;
	size_t count = 0, i;

	/* Who is one user alone has no business in the homes of all. */
	if (users < 2)
		return;
	for (i = 0; i < set->path_count; i++) {
		if (!shape_is_free(&set->paths[i]) ||
		    !find_resident(&set->paths[i], world, &resident) ||
		    !set->paths[i].path[resident.rest])
			continue;
		added = memory_grow(&residents, &count, sizeof(*added));
		*added = resident;
	}
	if (count)
		qsort(residents, count, sizeof(*residents), by_rest);
	join_residents(set, residents, count);
	free(residents);
}

/**
 * struct folder - a directory that may be read as a whole
 * @path: its path
 * @names: different names directly below it
 * @branches: those of them that are directories
 */
struct folder {
	char *path;
	size_t names;
	size_t branches;
};

static int by_folder(const void *left, const void *right)
{
	const struct folder *one = left, *two = right;

	return strcmp(one->path, two->path);
}

static bool is_read_only(const struct shape_path *path)
{
	return path->ops & SHAPE_READ &&
	       !(path->ops & ~(SHAPE_READ | SHAPE_LOAD));
}

/*
 * All directories above what is read and named so far, each once.  Paths are
 * sorted, so that what a directory has lies together.
 */
static struct folder *list_folders(const struct shape_set *set, size_t *count)
{
	struct folder *folders = NULL;
	size_t kept = 0, i, k;

	*count = 0;
	for (i = 0; i < set->path_count; i++) {
		const char *path = set->paths[i].path, *at = path;

		if (!shape_is_free(&set->paths[i]) ||
		    !is_read_only(&set->paths[i]))
			continue;
		while ((at = strchr(at + 1, '/'))) {
			struct folder *added;
			char *directory = memory_copy_part(path,
							   (size_t)(at - path));

			if (place_is_shared(directory) ||
			    place_is_sensitive(directory)) {
				free(directory);
				continue;
			}
			added = memory_grow(&folders, count, sizeof(*added));
			added->path = directory;
		}
	}
	if (!*count)
		return NULL;
	qsort(folders, *count, sizeof(*folders), by_folder);
	for (k = 1; k < *count; k++) {
		if (by_folder(&folders[kept], &folders[k]))
			folders[++kept] = folders[k];
		else
			free(folders[k].path);
	}
	*count = kept + 1;
	return folders;
}

/* How many names, and directories, lie directly below it; and is one secret. */
static bool count_names(const struct shape_set *set, struct folder *folder)
{
	size_t base = strlen(folder->path) + 1, before = 0, i, to;
	const char *name = NULL;
	bool branch = false;

	folder->names = 0;
	folder->branches = 0;
	for (shape_range(set, folder->path, &i, &to); i < to; i++) {
		const struct shape_path *path = &set->paths[i];
		const char *at = path->path + base;
		size_t length;

		if (place_is_sensitive(path->path))
			return false;
		if (path->shape != SHAPE_NONE || !is_read_only(path))
			continue;
		length = strcspn(at, "/");
		if (!name || length != before || strncmp(name, at, length)) {
			folder->names++;
			branch = false;
		}
		if (at[length] && !branch) {
			folder->branches++;
			branch = true;
		}
		name = at;
		before = length;
	}
	return true;
}

static bool is_wide(const struct shape_set *set, struct folder *folder)
{
	return count_names(set, folder) && folder->names >= FOLDER_MIN &&
	       !shape_is_written(set, folder->path);
}

void shape_list_folders(const struct shape_set *set, char ***list,
			size_t *count)
{
	struct folder *folders;
	size_t all, i;
	char **added;

	folders = list_folders(set, &all);
	for (i = 0; i < all; i++) {
		if (is_wide(set, &folders[i])) {
			added = memory_grow(list, count, sizeof(*added));
			*added = folders[i].path;
		} else {
			free(folders[i].path);
		}
	}
	free(folders);
}

static bool may_open(const struct capture_world *world, const char *path)
{
	size_t parent, name;

	if (world->home && world->home(world->context, path, &parent, &name))
		return false;
	return place_is_data(path) || world->owned(world->context, path);
}

static void open_folder(struct shape_set *set, const struct folder *folder)
{
	bool tree = folder->branches >= BRANCHES_MIN;
	char *quoted = quote_path(folder->path);
	size_t base = strlen(folder->path) + 1, shape, i, to;

	shape = shape_add(set, SHAPE_FOLDER, SHAPE_READ,
			  memory_format(tree ? "%s/**" : "%s/*", quoted));
	free(quoted);
	for (shape_range(set, folder->path, &i, &to); i < to; i++) {
		struct shape_path *path = &set->paths[i];

		if (path->shape == SHAPE_NONE && is_read_only(path) &&
		    (tree || !strchr(path->path + base, '/')))
			path->shape = shape;
	}
}

/* The outermost first: what lies below is then spoken for. */
void shape_find_folders(struct shape_set *set,
			const struct capture_world *world)
{
	struct folder *folders;
	size_t count, i;

	folders = list_folders(set, &count);
	for (i = 0; i < count; i++) {
		if (is_wide(set, &folders[i]) &&
		    may_open(world, folders[i].path))
			open_folder(set, &folders[i]);
		free(folders[i].path);
	}
	free(folders);
}
