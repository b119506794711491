/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * What those who look for shapes share.  Each takes what has no shape yet, in
 * the order of shape_set_find().
 */
#ifndef CTL_CAPTURE_SHAPE_PRIVATE_H
#define CTL_CAPTURE_SHAPE_PRIVATE_H

#include "names.h"
#include "shape.h"

/* What was done, as bits. */
#define SHAPE_READ	(1u << CORDON_OP_READ)
#define SHAPE_WRITE	(1u << CORDON_OP_WRITE)
#define SHAPE_LOAD	(1u << CORDON_OP_LOAD)

/**
 * shape_add - a shape without paths
 * @set: to it
 * @kind: its kind
 * @ops: what it may stand for
 * @pattern: becomes the set's
 *
 * Return: its index; that of the same shape if there is one.
 */
size_t shape_add(struct shape_set *set, enum shape_kind kind, uint16_t ops,
		 char *pattern);

/** shape_is_free - may this path get a shape, and one that is not certain */
bool shape_is_free(const struct shape_path *path);

/** shape_find - a path of the set, or NULL */
struct shape_path *shape_find(const struct shape_set *set, const char *path);

/**
 * shape_range - the paths below a directory
 * @set: settled
 * @directory: without a slash at its end
 * @from: index of the first
 * @to: behind the last
 */
void shape_range(const struct shape_set *set, const char *directory,
		 size_t *from, size_t *to);

/** shape_is_written - is a directory, or anything below it, written to */
bool shape_is_written(const struct shape_set *set, const char *directory);

void shape_find_own(struct shape_set *set);
void shape_find_libraries(struct shape_set *set,
			  const struct capture_world *world);
void shape_find_rotated(struct shape_set *set);
void shape_find_variable(struct shape_set *set);
void shape_find_homes(struct shape_set *set, const struct capture_world *world,
		      size_t users);
void shape_find_folders(struct shape_set *set,
			const struct capture_world *world);

/** shape_list_libraries - paths to ask of whether a package has them */
void shape_list_libraries(const struct shape_set *set, const char ***list,
			  size_t *count);

/**
 * shape_list_folders - likewise; they are new texts
 *
 * Only directories that could be opened as a whole.
 */
void shape_list_folders(const struct shape_set *set, char ***list,
			size_t *count);

#endif /* CTL_CAPTURE_SHAPE_PRIVATE_H */
