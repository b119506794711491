// SPDX-License-Identifier: LGPL-2.1-or-later
#include "candidate.h"

#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include "capture/behaviour_kernel.h"
#include "capture/grow.h"
#include "command.h"
#include "history.h"
#include "names.h"

static char *copy_word(const char *word)
{
	return word && *word ? memory_copy_part(word, strcspn(word, ",")) :
			       NULL;
}

static void set_flow(struct behaviour *behaviour,
		     const struct client_event *event)
{
	bool same = event->local.known && event->remote.known &&
		    cordon_address_equals(&event->local.address,
					  &event->remote.address);

	behaviour->protocol = event->protocol;
	behaviour->port = event->op == CORDON_OP_CONNECT ? event->remote.port :
							   event->local.port;
	if (event->op == CORDON_OP_LISTEN)
		return;
	behaviour->remote = event->remote.address;
	behaviour->loopback = same ||
		cordon_address_is_loopback(&event->remote.address);
	behaviour->segment = copy_word(event->remote.segments);
}

void candidates_of_event(struct behaviour_set *set,
			 const struct client_event *event)
{
	bool repeats = event->type == CORDON_EVENT_REPEATS;
	struct behaviour behaviour = {
		.op = event->op,
		.kind = event->cut ? CORDON_OBJECT_UNNAMEABLE : event->kind,
		.result = event->action == CORDON_ACTION_WOULD_DENY ?
			  BEHAVIOUR_WOULD_DENY : BEHAVIOUR_DENIED,
		.count = event->number,
		.first = repeats ? event->first_time : event->time,
		.last = repeats ? event->last_time : event->time,
		.uid = event->pid ? (int64_t)event->uid : -1,
	};

	if ((!repeats && event->type != CORDON_EVENT_DEPARTURE) ||
	    event->op >= CORDON_OP_COUNT || event->op == CORDON_OP_PASS ||
	    event->kind >= CORDON_OBJECT_COUNT || *event->program != '/' ||
	    (event->action != CORDON_ACTION_WOULD_DENY &&
	     event->action != CORDON_ACTION_DENY))
		return;
	behaviour.workload = memory_copy(event->workload);
	behaviour.program = memory_copy(event->program);
	behaviour.object = memory_copy(event->object);
	behaviour.peer = copy_word(event->peer);
	behaviour.reason = memory_copy(cordon_reason_name(event->reason));
	if (behaviour.kind == CORDON_OBJECT_PEER)
		set_flow(&behaviour, event);
	behaviour_set_add(set, &behaviour);
}

static bool is_same(const struct behaviour *one, const struct behaviour *other)
{
	return one->op == other->op && one->kind == other->kind &&
	       one->result == other->result &&
	       !strcmp(one->program, other->program) &&
	       !strcmp(one->object, other->object);
}

/* What was recorded while somebody learnt was told as an event as well. */
static void drop_told(struct behaviour_set *set, size_t learnt)
{
	size_t kept = learnt, i, k;

	for (i = learnt; i < set->count; i++) {
		const struct behaviour *event = &set->items[i];

		for (k = 0; k < learnt; k++)
			if (is_same(&set->items[k], event) &&
			    set->items[k].last >= event->last)
				break;
		if (k < learnt)
			behaviour_free(&set->items[i]);
		else
			set->items[kept++] = set->items[i];
	}
	set->count = kept;
}

static int fetch_events(struct behaviour_set *set, struct client *client,
			const char *workload)
{
	struct client_status status;
	struct client_event event;
	uint64_t next = 0;
	bool got = true;
	int code = client_status(client, &status);

	if (code)
		return code;
	/* What comes while they are read is for the next review. */
	client_event_from(client, status.instance, 0);
	for (;;) {
		code = client_event_next(client, &event, &got);
		if (code || !got || event.sequence > status.events)
			return code;
		if (next && event.sequence > next)
			set->dropped += event.sequence - next;
		else if (!next && event.sequence > 1)
			output_warn("the module holds no event before number %" PRIu64 " any more; with --since, what cordond has kept is reviewed",
				    event.sequence);
		next = event.sequence + 1;
		if (!strcmp(event.workload, workload))
			candidates_of_event(set, &event);
	}
}

int candidates_fetch(struct behaviour_set *set, struct client *client,
		     const char *workload, bool events)
{
	size_t learnt;
	int code = behaviour_set_fetch(set, client, workload);

	learnt = set->count;
	if (code || !events)
		return code;
	code = fetch_events(set, client, workload);
	drop_told(set, learnt);
	return code;
}

int candidates_stored(struct behaviour_set *set, struct store *store,
		      struct store_filter *filter, const char *workload)
{
	struct store_row row;
	bool got = true;

	filter->departures = true;
	if (!store_select(store, filter))
		return history_failed(store);
	for (;;) {
		if (!store_next(store, &row, &got))
			return history_failed(store);
		if (!got)
			return EXIT_OK;
		if (row.missed)
			set->dropped += row.missed;
		else if (!strcmp(row.event.workload, workload))
			candidates_of_event(set, &row.event);
	}
}
