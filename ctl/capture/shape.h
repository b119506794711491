/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * Shapes: paths that differ in what never comes again, and the pattern that
 * names them all.
 *
 * A shape wants evidence, and never crosses a sensitive place.  What is not
 * of any shape is named as it is.  Nothing here does I/O.
 */
#ifndef CTL_CAPTURE_SHAPE_H
#define CTL_CAPTURE_SHAPE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "world.h"

/** SHAPE_NONE - index of no shape */
#define SHAPE_NONE SIZE_MAX

/**
 * enum shape_kind - what the paths of a shape differ in
 * @SHAPE_OWN: numbers of what is the process's own: /proc/self/task/NUMBER.
 *	Certain from one
 * @SHAPE_LIBRARY: the version of a library that a package has and the workload
 *	never writes.  Certain from one
 * @SHAPE_ROTATED: the suffix that a log gets when it is rotated.  Wants the log
 *	itself, and one that was
 * @SHAPE_NUMBER: a number: of a process, or counted up
 * @SHAPE_HASH: digits of a hash or an identifier, in files or trees of them
 * @SHAPE_TEMPORARY: what mkstemp() and its like made up
 * @SHAPE_HOME: whose home it is in.  Wants two homes, and two users acting
 * @SHAPE_FOLDER: what is read below one directory that is nobody's secret and
 *	that the workload does not write to
 */
enum shape_kind {
	SHAPE_OWN,
	SHAPE_LIBRARY,
	SHAPE_ROTATED,
	SHAPE_NUMBER,
	SHAPE_HASH,
	SHAPE_TEMPORARY,
	SHAPE_HOME,
	SHAPE_FOLDER,
	SHAPE_KIND_COUNT
};

/** shape_word - what `seen` calls a kind */
const char *shape_word(enum shape_kind kind);

/**
 * struct shape_path - a path that was acted on
 * @path: absolute; not owned
 * @ops: bits of enum cordon_op: what was done to it
 * @shape: index of the shape it has, or SHAPE_NONE
 */
struct shape_path {
	const char *path;
	uint16_t ops;
	size_t shape;
};

/**
 * struct shape - paths that are one
 * @pattern: that names them all
 * @kind: what they differ in
 * @ops: bits of enum cordon_op that it may stand for; others are named by path
 */
struct shape {
	char *pattern;
	enum shape_kind kind;
	uint16_t ops;
};

/**
 * struct shape_set - paths and their shapes
 * @paths: sorted, each once
 * @path_count: how many
 * @shapes: what was found
 * @count: how many
 */
struct shape_set {
	struct shape_path *paths;
	size_t path_count;
	struct shape *shapes;
	size_t count;
};

/** shape_set_add - note that something was done to a path */
void shape_set_add(struct shape_set *set, const char *path, unsigned int op);

/**
 * shape_set_find - sort the paths, and find their shapes
 * @set: with all paths of one workload
 * @world: the machine
 * @users: how many users the workload's processes are of
 */
void shape_set_find(struct shape_set *set, const struct capture_world *world,
		    size_t users);

/**
 * shape_set_of - the shape that a path has for an op
 *
 * Return: it, or NULL: it is to be named.
 */
const struct shape *shape_set_of(const struct shape_set *set, const char *path,
				 unsigned int op);

/** shape_set_free - release what a set holds; it is empty afterwards */
void shape_set_free(struct shape_set *set);

#endif /* CTL_CAPTURE_SHAPE_H */
