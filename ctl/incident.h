/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * Incidents: departures that an operator would call one intrusion.
 *
 * Departures of one workload belong together if their processes have a common
 * ancestor in that workload, and each came at most fifteen minutes after the
 * one before.  What no process does, traffic that passes, belongs together if
 * it comes from one address.
 */
#ifndef CTL_INCIDENT_H
#define CTL_INCIDENT_H

#include "lineage.h"

/** INCIDENT_GAP - ns without a departure after which an incident is over */
#define INCIDENT_GAP (15ull * 60 * 1000000000)

/** INCIDENT_ID - bytes of the text of an id */
#define INCIDENT_ID 40

/**
 * struct incident_departure - a departure, its repeats, or a response
 * @number: of the instance of the module
 * @sequence: of the event
 * @first: of repeats: of the departure; else 0
 * @time: ns, CLOCK_REALTIME
 * @until: likewise; of repeats: of the last one
 * @boottime: ns, CLOCK_BOOTTIME
 * @acts: how many
 * @action: enum cordon_action
 * @topic: enum cordon_topic
 * @process: whose; LINEAGE_NONE: no process's
 * @from: if that: where it came from
 * @workload: if that: whose rules decided
 * @incident: after incident_book_settle(): of which it is; SIZE_MAX: of none
 */
struct incident_departure {
	uint32_t number;
	uint64_t sequence;
	uint64_t first;
	uint64_t time;
	uint64_t until;
	uint64_t boottime;
	uint64_t acts;
	uint8_t action;
	uint8_t topic;
	size_t process;
	struct cordon_address from;
	char *workload;
	size_t incident;
};

/**
 * struct incident - one of them
 * @number: of the instance of the module
 * @sequence: of the first departure; both together are its id
 * @last_sequence: of the last event
 * @workload: whose
 * @root: the common ancestor; LINEAGE_NONE: no process's
 * @from: if that: where it came from
 * @first: ns, CLOCK_REALTIME, of the first departure
 * @last: likewise, of the last, or its repeats
 * @boottime: ns, CLOCK_BOOTTIME: no departure after that yet
 * @events: departures, without repeats
 * @denied: acts
 * @would_deny: likewise
 * @responses: what was done about it
 * @topics: bits of enum cordon_topic
 */
struct incident {
	uint32_t number;
	uint64_t sequence;
	uint64_t last_sequence;
	const char *workload;
	size_t root;
	struct cordon_address from;
	uint64_t first;
	uint64_t last;
	uint64_t boottime;
	uint64_t events;
	uint64_t denied;
	uint64_t would_deny;
	uint64_t responses;
	uint32_t topics;
};

/**
 * struct incident_book - events on their way to incidents
 * @lineage: of all processes
 * @departures: @departure_count of them, in the order of the events
 * @incidents: after incident_book_settle(): @count of them, by beginning
 */
struct incident_book {
	struct lineage lineage;
	struct incident_departure *departures;
	size_t departure_count;
	size_t departure_room;
	struct incident *incidents;
	size_t count;
	size_t room;
};

/** incident_book_init - an empty book */
void incident_book_init(struct incident_book *book);

/** incident_book_free - release it */
void incident_book_free(struct incident_book *book);

/**
 * incident_book_add - add an event
 * @book: the book
 * @number: of the instance of the module
 * @event: of any type; each instance's in their order
 *
 * Return: false without memory.
 */
bool incident_book_add(struct incident_book *book, uint32_t number,
		       const struct client_event *event);

/**
 * incident_book_settle - make incidents, once all events are added
 *
 * Return: false without memory.
 */
bool incident_book_settle(struct incident_book *book);

/**
 * incident_print_id - an incident's id: the number of the module's instance,
 * and the sequence number of the first departure
 * @incident: the incident
 * @id: "3-1041"
 *
 * Return: @id.
 */
const char *incident_print_id(const struct incident *incident,
			      char id[INCIDENT_ID]);

/**
 * incident_find - an incident by its id
 * @book: settled
 * @id: its own, or that of any departure in it, since it may have been the
 *	first before another was known to belong to it
 *
 * Return: the incident or NULL.
 */
const struct incident *incident_find(const struct incident_book *book,
				     const char *id);

/** incident_holds - is an event part of an incident, by its number */
bool incident_holds(const struct incident_book *book,
		    const struct incident *incident, uint64_t sequence);

#endif /* CTL_INCIDENT_H */
