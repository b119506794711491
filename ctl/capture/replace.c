// SPDX-License-Identifier: LGPL-2.1-or-later
#include "replace.h"

#include <stdlib.h>
#include <string.h>

#include "cordon.h"
#include "grow.h"

/**
 * struct file - one that a program reads or writes
 * @index: of the behaviour
 * @behaviour: that
 * @folder: bytes of its object that are the directory
 */
struct file {
	size_t index;
	const struct behaviour *behaviour;
	size_t folder;
};

static int by_folder(const struct file *one, const struct file *other)
{
	int order = strcmp(one->behaviour->program, other->behaviour->program);

	if (order)
		return order;
	if (one->folder != other->folder)
		return one->folder < other->folder ? -1 : 1;
	return strncmp(one->behaviour->object, other->behaviour->object,
		       one->folder);
}

static int by_name(const void *left, const void *right)
{
	const struct file *one = left, *other = right;
	int order = by_folder(one, other);

	return order ? order : strcmp(one->behaviour->object,
				      other->behaviour->object);
}

/* The acts on one file, of which the first is given. */
static size_t acts_on(const struct file *files, size_t count, bool *read,
		      bool *written)
{
	size_t i;

	*read = false;
	*written = false;
	for (i = 0; i < count && !by_name(files, &files[i]); i++) {
		*read |= files[i].behaviour->op == CORDON_OP_READ;
		*written |= files[i].behaviour->op == CORDON_OP_WRITE;
	}
	return i;
}

static bool is_replaced(const struct file *files, size_t count)
{
	bool read, written;
	size_t i;

	for (i = 0; i < count;) {
		i += acts_on(&files[i], count - i, &read, &written);
		if (read && written)
			return true;
	}
	return false;
}

static void mark_folder(const struct file *files, size_t count, bool *marked)
{
	bool read, written;
	size_t i, next;

	for (i = 0; i < count; i = next) {
		next = i + acts_on(&files[i], count - i, &read, &written);
		if (!read)
			marked[files[i].index] = true;
	}
}

static void add_read(struct behaviour_set *set, size_t index)
{
	struct behaviour read = set->items[index];

	read.op = CORDON_OP_READ;
	read.count = 0;
	read.workload = memory_copy(read.workload);
	read.program = memory_copy(read.program);
	read.object = memory_copy(read.object);
	read.peer = read.peer ? memory_copy(read.peer) : NULL;
	read.segment = read.segment ? memory_copy(read.segment) : NULL;
	read.reason = read.reason ? memory_copy(read.reason) : NULL;
	behaviour_set_add(set, &read);
}

void replace_fold(struct behaviour_set *set)
{
	struct file *files = NULL, *added;
	size_t count = 0, all = set->count, from, to, i;
	bool *marked;

	if (!all)
		return;
	for (i = 0; i < all; i++) {
		const struct behaviour *behaviour = &set->items[i];

		if (behaviour->kind != CORDON_OBJECT_PATH ||
		    behaviour->object[0] != '/' ||
		    behaviour->result == BEHAVIOUR_DENIED ||
		    (behaviour->op != CORDON_OP_READ &&
		     behaviour->op != CORDON_OP_WRITE))
			continue;
		added = memory_grow(&files, &count, sizeof(*added));
		added->index = i;
		added->behaviour = behaviour;
		added->folder = (size_t)(strrchr(behaviour->object, '/') -
					 behaviour->object);
	}
	if (count)
		qsort(files, count, sizeof(*files), by_name);
	marked = memory_sure(calloc(all, sizeof(*marked)));
	for (from = 0; from < count; from = to) {
		for (to = from + 1; to < count; to++)
			if (by_folder(&files[from], &files[to]))
				break;
		if (is_replaced(&files[from], to - from))
			mark_folder(&files[from], to - from, marked);
	}
	free(files);
	for (i = 0; i < all; i++)
		if (marked[i])
			add_read(set, i);
	free(marked);
	behaviour_set_settle(set);
}
