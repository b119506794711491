/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Segments and what lies in them, as tables. */
#ifndef CTL_SEGMENT_TABLE_H
#define CTL_SEGMENT_TABLE_H

#include "client.h"
#include "output.h"

/**
 * segment_table_summary - a line for each segment
 * @output: with nothing open
 * @segments: all there are
 * @entries: records of CORDON_CMD_ENTRY_DUMP; sorted by this
 *
 * Return: as output_close().
 */
int segment_table_summary(struct output *output,
			  const struct client_segments *segments,
			  struct client_dump *entries);

/**
 * segment_table_list - a line for each address, and each interface
 * @output: with nothing open
 * @segments: all there are
 * @entries: as above
 * @members: records of CORDON_CMD_MEMBER_DUMP
 * @only: this segment; NULL: all
 *
 * In text, a segment in which nothing lies has a line that says so.
 *
 * Return: as output_close().
 */
int segment_table_list(struct output *output,
		       const struct client_segments *segments,
		       struct client_dump *entries,
		       const struct client_dump *members,
		       const struct client_program *only);

#endif /* CTL_SEGMENT_TABLE_H */
