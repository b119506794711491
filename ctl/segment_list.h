/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * Addresses for a segment: from words, or from a plain list as reputation
 * feeds publish them.
 *
 * A list has one address or prefix a line; "#" and ";" begin comments, also
 * behind an address and a blank.  Lines may be empty and may end in CR LF.
 */
#ifndef CTL_SEGMENT_LIST_H
#define CTL_SEGMENT_LIST_H

#include <stdio.h>

#include <uapi/cordon.h>

#include "report.h"

/**
 * struct segment_list - addresses, as the wire has them
 * @entries: @count of them
 * @count: how many
 * @folded: how many more there were that said the same as another
 */
struct segment_list {
	struct cordon_segment_entry *entries;
	size_t count;
	size_t folded;
};

/** segment_list_free - release a list; it is empty afterwards */
void segment_list_free(struct segment_list *list);

/**
 * segment_list_add - add one address
 * @list: to it
 * @text: address or prefix, @length bytes
 * @length: its size in bytes
 * @ttl: seconds to live; 0: for ever
 *
 * Return: NULL, or what is wrong, for people.
 */
const char *segment_list_add(struct segment_list *list, const char *text,
			     size_t length, uint32_t ttl);

/**
 * segment_list_read - add all addresses of a file
 * @list: to it
 * @stream: the file
 * @name: of the file, for the report
 * @ttl: as above
 * @report: every line that is wrong is added to it
 *
 * Return: 0, or -1 if the stream could not be read, which is told on stderr.
 * Whether its lines are right, the report knows.
 */
int segment_list_read(struct segment_list *list, FILE *stream,
		      const char *name, uint32_t ttl, struct report *report);

/** segment_list_fold - sort by address, and keep one of equal prefixes */
void segment_list_fold(struct segment_list *list);

#endif /* CTL_SEGMENT_LIST_H */
