/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Processes of the past, drawn as a tree. */
#ifndef CTL_LINEAGE_VIEW_H
#define CTL_LINEAGE_VIEW_H

#include "incident.h"
#include "output.h"

/**
 * struct lineage_view - which processes are shown
 * @book: settled
 * @wanted: for each process of its lineage; ancestors are shown with it
 * @departures: for each, how many it has; see lineage_view_init()
 */
struct lineage_view {
	const struct incident_book *book;
	bool *wanted;
	uint64_t *departures;
};

/**
 * lineage_view_init - a view of nothing yet
 * @view: filled, for lineage_view_free()
 * @book: settled
 *
 * Return: false without memory.
 */
bool lineage_view_init(struct lineage_view *view,
		       const struct incident_book *book);

/** lineage_view_free - release it */
void lineage_view_free(struct lineage_view *view);

/**
 * lineage_view_want_incident - show the processes of an incident: those with
 * departures, and all that their common ancestor's have executed meanwhile
 */
void lineage_view_want_incident(struct lineage_view *view,
				const struct incident *incident);

/**
 * lineage_view_print - write the tree
 * @view: what is wanted
 * @output: with nothing open
 * @layout: OUTPUT_TABLE; or OUTPUT_STREAM, whose objects have the type
 *	"process"
 *
 * Return: as output_close().
 */
int lineage_view_print(struct lineage_view *view, struct output *output,
		       enum output_layout layout);

#endif /* CTL_LINEAGE_VIEW_H */
