// SPDX-License-Identifier: LGPL-2.1-or-later
#include "behaviour_store.h"

#include <stdlib.h>
#include <string.h>

#include "behaviour_kernel.h"
#include "grow.h"
#include "history.h"

/**
 * struct process - one that is known to have executed something
 * @id: of the process
 * @program: what acts; owned
 * @workload: whose it is; owned
 */
struct process {
	uint32_t id;
	char *program;
	char *workload;
};

/**
 * struct processes - those that live, as far as the events read tell
 * @items: @count of them, sorted by id
 * @count: how many
 * @instance: of the module that told of them
 */
struct processes {
	struct process *items;
	size_t count;
	uint64_t instance;
};

static void free_process(struct process *process)
{
	free(process->program);
	free(process->workload);
}

static void clear_processes(struct processes *processes)
{
	while (processes->count)
		free_process(&processes->items[--processes->count]);
	free(processes->items);
	processes->items = NULL;
}

/* Where it is, or would be. */
static size_t place_of(const struct processes *processes, uint32_t id)
{
	size_t low = 0, high = processes->count, middle;

	while (low < high) {
		middle = low + (high - low) / 2;
		if (processes->items[middle].id < id)
			low = middle + 1;
		else
			high = middle;
	}
	return low;
}

static struct process *find_process(const struct processes *processes,
				    uint32_t id)
{
	size_t at = place_of(processes, id);

	return at < processes->count && processes->items[at].id == id ?
		       &processes->items[at] : NULL;
}

static void forget_process(struct processes *processes, uint32_t id)
{
	size_t at = place_of(processes, id);

	if (!find_process(processes, id))
		return;
	free_process(&processes->items[at]);
	memmove(&processes->items[at], &processes->items[at + 1],
		(processes->count - at - 1) * sizeof(*processes->items));
	processes->count--;
}

static void keep_process(struct processes *processes,
			 const struct client_event *event, const char *program)
{
	size_t at = place_of(processes, event->tgid);
	struct process process = {
		.id = event->tgid,
		.program = memory_copy(program),
		.workload = memory_copy(event->workload),
	};

	if (find_process(processes, event->tgid)) {
		free_process(&processes->items[at]);
	} else {
		memory_grow(&processes->items, &processes->count,
			    sizeof(process));
		memmove(&processes->items[at + 1], &processes->items[at],
			(processes->count - 1 - at) * sizeof(process));
	}
	processes->items[at] = process;
}

/* Who executes: the process as it was, or the one it was forked from. */
static const struct process *find_caller(const struct processes *processes,
					 const struct client_event *event)
{
	const struct process *caller = find_process(processes, event->tgid);

	if (!caller)
		caller = find_process(processes, event->parent);
	return caller && !strcmp(caller->workload, event->workload) ? caller :
								      NULL;
}

static void tell_exec(struct behaviour_set *set, struct processes *processes,
		      const struct client_event *event,
		      const struct behaviour_host *host)
{
	/* Of a script, the script. */
	const char *program = event->program[0] == '/' ? event->program :
							 event->object;
	const struct process *caller = find_caller(processes, event);
	const struct client_behaviour told = {
		.workload = event->workload,
		.program = caller ? caller->program : "",
		.uid = event->uid,
		.op = CORDON_OP_EXEC,
		.kind = CORDON_OBJECT_PATH,
		.object = program,
		.action = CORDON_ACTION_ALLOW,
		.count = 1,
		.first = event->time,
		.last = event->time,
		.peer = "",
	};

	/* Half a name is none. */
	const bool named = program[0] == '/' && !event->cut;

	if (caller && named)
		behaviour_set_tell(set, &told, host);
	if (*event->workload && named)
		keep_process(processes, event, program);
	else
		forget_process(processes, event->tgid);
}

static void tell_act(struct behaviour_set *set,
		     const struct client_event *event,
		     const struct behaviour_host *host)
{
	bool repeats = event->type == CORDON_EVENT_REPEATS;
	const struct client_behaviour told = {
		.workload = event->workload,
		.program = event->program,
		.uid = event->uid,
		.op = event->op,
		.kind = event->cut ? CORDON_OBJECT_UNNAMEABLE : event->kind,
		.object = event->object,
		.action = event->action,
		.reason = event->reason,
		.count = repeats ? event->number : 1,
		.first = event->time,
		.last = repeats && event->last_time ? event->last_time :
						      event->time,
		.protocol = event->protocol,
		.local = event->local,
		.remote = event->remote,
		.peer = event->peer,
	};

	/* What only passes is no program's. */
	if (event->op != CORDON_OP_PASS && *event->workload &&
	    event->program[0] == '/')
		behaviour_set_tell(set, &told, host);
}

static void tell_event(struct behaviour_set *set, struct processes *processes,
		       const struct client_event *event,
		       const struct behaviour_host *host)
{
	/* Processes of another instance may be of another boot. */
	if (processes->instance != event->instance)
		clear_processes(processes);
	processes->instance = event->instance;
	switch (event->type) {
	case CORDON_EVENT_DEPARTURE:
	case CORDON_EVENT_REPEATS:
	case CORDON_EVENT_BEHAVIOUR:
		tell_act(set, event, host);
		break;
	case CORDON_EVENT_EXEC:
		tell_exec(set, processes, event, host);
		break;
	case CORDON_EVENT_EXIT:
		forget_process(processes, event->tgid);
		break;
	default:
		break;
	}
}

int behaviour_set_replay(struct behaviour_set *set, struct store *store,
			 uint64_t since)
{
	const struct store_filter filter = { .since = since };
	struct processes processes = { 0 };
	struct behaviour_host host;
	struct store_row row;
	bool got = true, good;

	behaviour_host_read(&host);
	good = store_select(store, &filter);
	while (good && got) {
		good = store_next(store, &row, &got);
		if (!good || !got)
			continue;
		if (row.missed)
			set->dropped += row.missed;
		else
			tell_event(set, &processes, &row.event, &host);
	}
	clear_processes(&processes);
	behaviour_host_free(&host);
	return good ? EXIT_OK : history_failed(store);
}
