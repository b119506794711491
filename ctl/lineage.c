// SPDX-License-Identifier: LGPL-2.1-or-later
#include "lineage.h"

#include <stdlib.h>
#include <string.h>

/* Ids up to this are the kernel's and its first process, which is nobody's */
#define LINEAGE_FIRST_IDS 2

/* More generations than any machine has processes: a tree closed on itself */
#define LINEAGE_DEPTH 65536

void lineage_init(struct lineage *lineage)
{
	memset(lineage, 0, sizeof(*lineage));
}

void lineage_free(struct lineage *lineage)
{
	size_t i;

	for (i = 0; i < lineage->count; i++) {
		free(lineage->processes[i].workload);
		free(lineage->processes[i].program);
		free(lineage->processes[i].comm);
	}
	free(lineage->processes);
	free(lineage->newest);
	lineage_init(lineage);
}

/* Where in the table an id is, or would be */
static size_t slot_of(const struct lineage *lineage, uint32_t number,
		      uint32_t tgid)
{
	uint64_t hash = ((uint64_t)number << 32 | tgid) * 0x9e3779b97f4a7c15;
	size_t slot = (size_t)(hash >> 32) & (lineage->slots - 1);

	for (;; slot = (slot + 1) & (lineage->slots - 1)) {
		size_t at = lineage->newest[slot];

		if (at == LINEAGE_NONE ||
		    (lineage->processes[at].tgid == tgid &&
		     lineage->processes[at].number == number))
			return slot;
	}
}

/* Twice as many slots as processes, so that a search is short */
static bool grow_table(struct lineage *lineage)
{
	size_t slots = lineage->slots ? lineage->slots * 2 : 64, i;
	size_t *newest = malloc(slots * sizeof(*newest));

	if (!newest)
		return false;
	free(lineage->newest);
	lineage->newest = newest;
	lineage->slots = slots;
	for (i = 0; i < slots; i++)
		newest[i] = LINEAGE_NONE;
	for (i = 0; i < lineage->count; i++)
		newest[slot_of(lineage, lineage->processes[i].number,
			       lineage->processes[i].tgid)] = i;
	return true;
}

static bool grow(struct lineage *lineage)
{
	struct lineage_process *processes;
	size_t room = lineage->room ? lineage->room * 2 : 64;

	if (lineage->count == lineage->room) {
		processes = reallocarray(lineage->processes, room,
					 sizeof(*processes));
		if (!processes)
			return false;
		lineage->processes = processes;
		lineage->room = room;
	}
	return lineage->count * 2 < lineage->slots || grow_table(lineage);
}

static size_t add(struct lineage *lineage, uint32_t number, uint32_t tgid,
		  const char *workload)
{
	struct lineage_process *process;
	char *name;
	size_t slot;

	if (!grow(lineage))
		return LINEAGE_NONE;
	name = strdup(workload);
	if (!name)
		return LINEAGE_NONE;
	slot = slot_of(lineage, number, tgid);
	process = &lineage->processes[lineage->count];
	*process = (struct lineage_process){
		.number = number, .tgid = tgid, .workload = name,
		.last = UINT64_MAX, .up = LINEAGE_NONE,
		.before = lineage->newest[slot],
	};
	lineage->newest[slot] = lineage->count;
	return lineage->count++;
}

static size_t newest(const struct lineage *lineage, uint32_t number,
		     uint32_t tgid)
{
	return lineage->slots ?
	       lineage->newest[slot_of(lineage, number, tgid)] : LINEAGE_NONE;
}

static size_t find_live(const struct lineage *lineage, uint32_t number,
			const struct client_event *event)
{
	size_t at = newest(lineage, number, event->tgid);

	while (at != LINEAGE_NONE) {
		const struct lineage_process *process =
			&lineage->processes[at];

		/* Who has ended has given its id away */
		if (process->last != UINT64_MAX)
			return LINEAGE_NONE;
		if (!strcmp(process->workload, event->workload))
			break;
		at = process->before;
	}
	return at;
}

/* Whoever had this id is of another workload now, or of none */
static void close_others(struct lineage *lineage, uint32_t number,
			 const struct client_event *event, size_t kept)
{
	size_t at = newest(lineage, number, event->tgid);

	for (; at != LINEAGE_NONE; at = lineage->processes[at].before)
		if (at != kept && lineage->processes[at].last == UINT64_MAX)
			lineage->processes[at].last = event->boottime;
}

static bool set_text(char **text, const char *value)
{
	char *copy;

	if (!*value || (*text && !strcmp(*text, value)))
		return true;
	copy = strdup(value);
	if (!copy)
		return false;
	free(*text);
	*text = copy;
	return true;
}

static void take_exit(struct lineage *lineage, struct lineage_process *process,
		      const struct client_event *event)
{
	uint64_t start = event->boottime > event->lifetime ?
			 event->boottime - event->lifetime : 0;
	const struct lineage_process *before = NULL;

	if (process->before != LINEAGE_NONE)
		before = &lineage->processes[process->before];
	/* It may have been in another workload at first */
	if (start <= process->first && !process->entered &&
	    (!before || before->last <= start)) {
		process->first = start;
		process->born = true;
	}
	process->ended = true;
	process->status = event->status;
	process->last = event->boottime;
}

static bool is_about(const struct client_event *event)
{
	if (!event->tgid)
		return false;
	if (event->type == CORDON_EVENT_EXEC)
		return true;
	/* Who would let a workload go on need not be of it */
	if (event->topic == CORDON_TOPIC_RESPONSE &&
	    event->phase == CORDON_PHASE_REFUSE)
		return false;
	return *event->workload && (event->topic < CORDON_CLASS_COUNT ||
				    event->type == CORDON_EVENT_EXIT ||
				    event->type == CORDON_EVENT_RESPONSE);
}

bool lineage_take(struct lineage *lineage, uint32_t number,
		  const struct client_event *event, size_t *index)
{
	bool exec = event->type == CORDON_EVENT_EXEC;
	struct lineage_process *process;

	*index = LINEAGE_NONE;
	if (!is_about(event))
		return true;
	if (*event->workload)
		*index = find_live(lineage, number, event);
	if (exec)
		close_others(lineage, number, event, *index);
	if (!*event->workload)
		return true;
	if (*index == LINEAGE_NONE) {
		*index = add(lineage, number, event->tgid, event->workload);
		if (*index == LINEAGE_NONE)
			return false;
		process = &lineage->processes[*index];
		process->first = event->boottime;
		process->entered = exec && strcmp(event->peer, event->workload);
	}
	process = &lineage->processes[*index];
	if (event->parent && !process->parent) {
		process->parent = event->parent;
		process->seen = event->boottime;
	}
	if (event->type == CORDON_EVENT_EXIT)
		take_exit(lineage, process, event);
	if (event->pid)
		process->uid = event->uid;
	return set_text(&process->comm, event->comm) &&
	       set_text(&process->program, exec ? event->object :
						  event->program);
}

/* Could @parent have started @child, whose id for it that is */
static bool is_parent(const struct lineage_process *parent,
		      const struct lineage_process *child)
{
	if (strcmp(parent->workload, child->workload) ||
	    parent->last < child->seen)
		return false;
	/* It may have had no event before, but who entered later did not */
	return parent->first <= child->seen ||
	       !(parent->born || parent->entered);
}

static bool settle(struct lineage *lineage, size_t index)
{
	const struct lineage_process child = lineage->processes[index];
	size_t at;

	if (child.parent <= LINEAGE_FIRST_IDS || child.entered ||
	    child.parent == child.tgid)
		return true;
	at = newest(lineage, child.number, child.parent);
	while (at != LINEAGE_NONE &&
	       !is_parent(&lineage->processes[at], &child))
		at = lineage->processes[at].before;
	if (at == LINEAGE_NONE) {
		at = add(lineage, child.number, child.parent, child.workload);
		if (at == LINEAGE_NONE)
			return false;
		lineage->processes[at].guessed = true;
	}
	lineage->processes[index].up = at;
	return true;
}

bool lineage_settle(struct lineage *lineage)
{
	size_t count = lineage->count, i;

	for (i = 0; i < count; i++)
		if (!settle(lineage, i))
			return false;
	return true;
}

size_t lineage_root(const struct lineage *lineage, size_t process)
{
	unsigned int depth = 0;

	while (process != LINEAGE_NONE &&
	       lineage->processes[process].up != LINEAGE_NONE &&
	       depth++ < LINEAGE_DEPTH)
		process = lineage->processes[process].up;
	return process;
}
