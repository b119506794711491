// SPDX-License-Identifier: LGPL-2.1-or-later
#include "incident.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

void incident_book_init(struct incident_book *book)
{
	memset(book, 0, sizeof(*book));
	lineage_init(&book->lineage);
}

void incident_book_free(struct incident_book *book)
{
	size_t i;

	for (i = 0; i < book->departure_count; i++)
		free(book->departures[i].workload);
	free(book->departures);
	free(book->incidents);
	lineage_free(&book->lineage);
	incident_book_init(book);
}

static struct incident_departure *grow(struct incident_book *book)
{
	size_t room = book->departure_room ? book->departure_room * 2 : 256;
	struct incident_departure *departures;

	if (book->departure_count < book->departure_room)
		return &book->departures[book->departure_count];
	departures = reallocarray(book->departures, room, sizeof(*departures));
	if (!departures)
		return NULL;
	book->departures = departures;
	book->departure_room = room;
	return &departures[book->departure_count];
}

bool incident_book_add(struct incident_book *book, uint32_t number,
		       const struct client_event *event)
{
	struct incident_departure *departure;
	bool repeats = event->type == CORDON_EVENT_REPEATS;
	size_t process;

	if (!lineage_take(&book->lineage, number, event, &process))
		return false;
	if ((event->topic >= CORDON_CLASS_COUNT &&
	     (event->type != CORDON_EVENT_RESPONSE ||
	      event->phase == CORDON_PHASE_REFUSE)) ||
	    event->type == CORDON_EVENT_BEHAVIOUR)
		return true;
	departure = grow(book);
	if (!departure)
		return false;
	*departure = (struct incident_departure){
		.number = number, .sequence = event->sequence,
		.first = repeats ? event->first : 0, .time = event->time,
		.until = repeats ? event->last_time : event->time,
		.boottime = event->boottime, .acts = event->number,
		.action = event->action, .topic = event->topic,
		.process = process, .from = event->local.address,
		.incident = SIZE_MAX,
	};
	if (process == LINEAGE_NONE) {
		departure->workload = strdup(event->workload);
		if (!departure->workload)
			return false;
	}
	book->departure_count++;
	return true;
}

static const char *workload_of(const struct incident_book *book,
			       const struct incident_departure *departure)
{
	return departure->process == LINEAGE_NONE ? departure->workload :
	       book->lineage.processes[departure->process].workload;
}

static const struct incident_departure *
find_departure(const struct incident_book *book, uint32_t number,
	       uint64_t sequence)
{
	size_t low = 0, high = book->departure_count;

	while (low < high) {
		size_t middle = low + (high - low) / 2;
		const struct incident_departure *at =
			&book->departures[middle];

		if (at->number == number && at->sequence == sequence)
			return at;
		if (at->number < number ||
		    (at->number == number && at->sequence < sequence))
			low = middle + 1;
		else
			high = middle;
	}
	return NULL;
}

/**
 * struct settling - incidents that may go on
 * @latest: the last one of each root, or SIZE_MAX
 * @passing: those of no process, @passing_count of them
 * @passing_count: how many
 */
struct settling {
	size_t *latest;
	size_t *passing;
	size_t passing_count;
};

static bool is_over(const struct incident *incident,
		    const struct incident_departure *departure)
{
	return incident->number != departure->number ||
	       departure->boottime > incident->boottime + INCIDENT_GAP;
}

/* Of what passes: those that are over are forgotten on the way */
static size_t find_passing(const struct incident_book *book,
			   struct settling *settling,
			   const struct incident_departure *departure)
{
	size_t found = SIZE_MAX, kept = 0, i;

	for (i = 0; i < settling->passing_count; i++) {
		size_t at = settling->passing[i];
		const struct incident *incident = &book->incidents[at];

		if (is_over(incident, departure))
			continue;
		settling->passing[kept++] = at;
		if (!strcmp(incident->workload, departure->workload) &&
		    !memcmp(&incident->from, &departure->from,
			    sizeof(incident->from)))
			found = at;
	}
	settling->passing_count = kept;
	return found;
}

static size_t find_open(const struct incident_book *book,
			struct settling *settling,
			const struct incident_departure *departure, size_t root)
{
	size_t at;

	if (root == LINEAGE_NONE)
		return find_passing(book, settling, departure);
	at = settling->latest[root];
	if (at == SIZE_MAX || is_over(&book->incidents[at], departure))
		return SIZE_MAX;
	return at;
}

static bool keep_open(struct settling *settling, size_t root, size_t index)
{
	size_t *larger;

	if (root != LINEAGE_NONE) {
		settling->latest[root] = index;
		return true;
	}
	larger = reallocarray(settling->passing, settling->passing_count + 1,
			      sizeof(*larger));
	if (!larger)
		return false;
	settling->passing = larger;
	larger[settling->passing_count++] = index;
	return true;
}

static size_t begin(struct incident_book *book,
		    const struct incident_departure *departure, size_t root)
{
	struct incident *incidents;
	size_t room = book->room ? book->room * 2 : 16;

	if (book->count == book->room) {
		incidents = reallocarray(book->incidents, room,
					 sizeof(*incidents));
		if (!incidents)
			return SIZE_MAX;
		book->incidents = incidents;
		book->room = room;
	}
	book->incidents[book->count] = (struct incident){
		.number = departure->number, .sequence = departure->sequence,
		.workload = workload_of(book, departure), .root = root,
		.from = departure->from, .first = departure->time,
		.boottime = departure->boottime,
	};
	return book->count++;
}

static void enter(struct incident_book *book,
		  struct incident_departure *departure, size_t index)
{
	struct incident *incident = &book->incidents[index];

	departure->incident = index;
	incident->last_sequence = departure->sequence;
	if (departure->until > incident->last)
		incident->last = departure->until;
	if (departure->topic >= CORDON_CLASS_COUNT) {
		incident->responses++;
		return;
	}
	/* Repeats are told when they are over: they may be long past */
	if (!departure->first)
		incident->boottime = departure->boottime;
	incident->events += !departure->first;
	incident->topics |= 1u << departure->topic;
	if (departure->action == CORDON_ACTION_DENY)
		incident->denied += departure->acts;
	else
		incident->would_deny += departure->acts;
}

static bool settle(struct incident_book *book, struct settling *settling,
		   struct incident_departure *departure)
{
	const struct incident_departure *first = NULL;
	size_t root = lineage_root(&book->lineage, departure->process);
	size_t index = SIZE_MAX;

	if (departure->first)
		first = find_departure(book, departure->number,
				       departure->first);
	if (first)
		index = first->incident;
	if (index == SIZE_MAX)
		index = find_open(book, settling, departure, root);
	if (index == SIZE_MAX) {
		/* A response begins no incident */
		if (departure->topic >= CORDON_CLASS_COUNT)
			return true;
		index = begin(book, departure, root);
		if (index == SIZE_MAX || !keep_open(settling, root, index))
			return false;
	}
	enter(book, departure, index);
	return true;
}

bool incident_book_settle(struct incident_book *book)
{
	struct settling settling = { .passing_count = 0 };
	bool done = lineage_settle(&book->lineage);
	size_t i;

	settling.latest = reallocarray(NULL, book->lineage.count + 1,
				       sizeof(*settling.latest));
	done = done && settling.latest;
	for (i = 0; done && i < book->lineage.count; i++)
		settling.latest[i] = SIZE_MAX;
	for (i = 0; done && i < book->departure_count; i++)
		done = settle(book, &settling, &book->departures[i]);
	free(settling.latest);
	free(settling.passing);
	return done;
}

const char *incident_print_id(const struct incident *incident,
			      char id[INCIDENT_ID])
{
	snprintf(id, INCIDENT_ID, "%u-%" PRIu64, incident->number,
		 incident->sequence);
	return id;
}

static bool parse_id(const char *text, uint32_t *number, uint64_t *sequence)
{
	char *end;

	if (*text < '0' || *text > '9')
		return false;
	*number = (uint32_t)strtoul(text, &end, 10);
	if (*end != '-' || end[1] < '0' || end[1] > '9')
		return false;
	*sequence = strtoull(end + 1, &end, 10);
	return !*end;
}

const struct incident *incident_find(const struct incident_book *book,
				     const char *id)
{
	const struct incident_departure *departure;
	uint64_t sequence;
	uint32_t number;

	if (!parse_id(id, &number, &sequence))
		return NULL;
	departure = find_departure(book, number, sequence);
	if (!departure || departure->incident == SIZE_MAX)
		return NULL;
	return &book->incidents[departure->incident];
}

bool incident_holds(const struct incident_book *book,
		    const struct incident *incident, uint64_t sequence)
{
	const struct incident_departure *departure =
		find_departure(book, incident->number, sequence);

	return departure && departure->incident != SIZE_MAX &&
	       &book->incidents[departure->incident] == incident;
}
