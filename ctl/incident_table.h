/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Incidents as people and programs read them. */
#ifndef CTL_INCIDENT_TABLE_H
#define CTL_INCIDENT_TABLE_H

#include "incident.h"
#include "output.h"

/**
 * incident_table_open - begin to write incidents
 * @output: with nothing open
 * @layout: OUTPUT_TABLE or OUTPUT_FORM; or OUTPUT_STREAM, whose objects have
 *	the type "incident"
 */
void incident_table_open(struct output *output, enum output_layout layout);

/**
 * incident_table_add - write an incident
 * @output: after incident_table_open()
 * @book: settled
 * @incident: of it
 * @what: its first departure, as the store has it; NULL: not known
 */
void incident_table_add(struct output *output,
			const struct incident_book *book,
			const struct incident *incident,
			const struct client_event *what);

#endif /* CTL_INCIDENT_TABLE_H */
