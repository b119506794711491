// SPDX-License-Identifier: LGPL-2.1-or-later
#include "behaviour.h"

#include <stdlib.h>
#include <string.h>

#include "grow.h"
#include "names.h"

void behaviour_free(struct behaviour *behaviour)
{
	free(behaviour->workload);
	free(behaviour->program);
	free(behaviour->object);
	free(behaviour->peer);
	free(behaviour->segment);
	free(behaviour->reason);
}

static char *copy_text(const char *text)
{
	return text ? memory_copy(text) : NULL;
}

struct behaviour behaviour_copy(const struct behaviour *behaviour)
{
	struct behaviour copy = *behaviour;

	copy.workload = memory_copy(behaviour->workload);
	copy.program = memory_copy(behaviour->program);
	copy.object = memory_copy(behaviour->object);
	copy.peer = copy_text(behaviour->peer);
	copy.segment = copy_text(behaviour->segment);
	copy.reason = copy_text(behaviour->reason);
	return copy;
}

void behaviour_set_free(struct behaviour_set *set)
{
	size_t i;

	for (i = 0; i < set->count; i++)
		behaviour_free(&set->items[i]);
	free(set->items);
	*set = (struct behaviour_set){ 0 };
}

void behaviour_set_add(struct behaviour_set *set,
		       const struct behaviour *behaviour)
{
	struct behaviour *added = memory_grow(&set->items, &set->count,
					      sizeof(*added));

	*added = *behaviour;
}

bool behaviour_is_flow(const struct behaviour *behaviour)
{
	return behaviour->kind == CORDON_OBJECT_PEER;
}

bool behaviour_is_file(const struct behaviour *behaviour)
{
	return behaviour->kind == CORDON_OBJECT_PATH &&
	       cordon_op_class(behaviour->op) != CORDON_CLASS_NET;
}

static int compare_texts(const char *one, const char *two)
{
	return strcmp(one ? one : "", two ? two : "");
}

#define COMPARE(_one, _two) (((_one) > (_two)) - ((_one) < (_two)))

static int by_key(const void *left, const void *right)
{
	const struct behaviour *one = left, *two = right;
	int order = strcmp(one->workload, two->workload);

	if (!order)
		order = strcmp(one->program, two->program);
	if (!order)
		order = COMPARE(one->op, two->op);
	if (!order)
		order = COMPARE(one->kind, two->kind);
	if (!order)
		order = strcmp(one->object, two->object);
	if (!order)
		order = COMPARE(one->protocol, two->protocol);
	if (!order)
		order = COMPARE(one->port, two->port);
	if (!order)
		order = memcmp(&one->remote, &two->remote,
			       sizeof(one->remote));
	if (!order)
		order = COMPARE(one->loopback, two->loopback);
	if (!order)
		order = compare_texts(one->segment, two->segment);
	if (!order)
		order = compare_texts(one->peer, two->peer);
	if (!order)
		order = COMPARE(one->uid, two->uid);
	if (!order)
		order = COMPARE(one->result, two->result);
	return order;
}

static void join(struct behaviour *into, const struct behaviour *other,
		 bool same_acts)
{
	if (!same_acts)
		into->count += other->count;
	else if (other->count > into->count)
		into->count = other->count;
	into->held |= other->held;
	if (other->first && (!into->first || other->first < into->first))
		into->first = other->first;
	if (other->last > into->last)
		into->last = other->last;
}

static void settle(struct behaviour_set *set, bool same_acts)
{
	size_t kept = 0, i;

	if (!set->count)
		return;
	qsort(set->items, set->count, sizeof(*set->items), by_key);
	for (i = 1; i < set->count; i++) {
		if (!by_key(&set->items[kept], &set->items[i])) {
			join(&set->items[kept], &set->items[i], same_acts);
			behaviour_free(&set->items[i]);
		} else {
			set->items[++kept] = set->items[i];
		}
	}
	set->count = kept + 1;
}

void behaviour_set_settle(struct behaviour_set *set)
{
	settle(set, false);
}

void behaviour_set_merge(struct behaviour_set *set,
			 struct behaviour_set *other)
{
	size_t i;

	for (i = 0; i < other->count; i++)
		behaviour_set_add(set, &other->items[i]);
	set->dropped += other->dropped;
	other->count = 0;
	behaviour_set_free(other);
	settle(set, true);
}

void behaviour_set_take(struct behaviour_set *set, const char *workload,
			uint64_t since, struct behaviour_set *taken)
{
	size_t kept = 0, i;

	for (i = 0; i < set->count; i++) {
		if (!strcmp(set->items[i].workload, workload) &&
		    set->items[i].last >= since)
			behaviour_set_add(taken, &set->items[i]);
		else
			set->items[kept++] = set->items[i];
	}
	set->count = kept;
}
