// SPDX-License-Identifier: LGPL-2.1-or-later
#include "segment_list.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "address.h"

/* What is shown of a line that is wrong */
#define LINE_SHOWN 60

void segment_list_free(struct segment_list *list)
{
	free(list->entries);
	memset(list, 0, sizeof(*list));
}

const char *segment_list_add(struct segment_list *list, const char *text,
			     size_t length, uint32_t ttl)
{
	struct cordon_segment_entry *entries, *entry;
	struct cordon_prefix prefix;
	const char *why = "is no address or prefix";

	if (cordon_prefix_parse(&prefix, text, length, &why))
		return why;
	if (list->count == CORDON_ENTRIES_MAX)
		return "is one address more than all segments may hold";
	/* Room doubles whenever the count is a power of two */
	if (!(list->count & (list->count - 1))) {
		entries = reallocarray(list->entries,
				       list->count ? list->count * 2 : 1,
				       sizeof(*entries));
		if (!entries)
			return "does not fit into memory";
		list->entries = entries;
	}
	entry = &list->entries[list->count++];
	memset(entry, 0, sizeof(*entry));
	memcpy(entry->address, prefix.address.byte, sizeof(entry->address));
	entry->length = prefix.length;
	entry->ttl = ttl;
	return NULL;
}

static bool is_blank(char byte)
{
	return byte == ' ' || byte == '\t' || byte == '\r' || byte == '\n' ||
	       byte == '\v' || byte == '\f';
}

static bool begins_comment(char byte)
{
	return byte == '#' || byte == ';';
}

/* The address in a line: from *@start, of the returned length; 0: none */
static size_t find_address(const char *line, size_t size, size_t *start)
{
	size_t from = 0, to;

	while (from < size && is_blank(line[from]))
		from++;
	to = from;
	while (to < size && !begins_comment(line[to]))
		to++;
	/* Only a blank, or nothing at all, may stand before a comment */
	if (to < size && to > from && !is_blank(line[to - 1]))
		to = size;
	while (to > from && is_blank(line[to - 1]))
		to--;
	*start = from;
	return to - from;
}

/* Some editors begin a file with a byte order mark */
static size_t mark_size(const char *line, size_t size)
{
	return size >= 3 && !memcmp(line, "\xef\xbb\xbf", 3) ? 3 : 0;
}

int segment_list_read(struct segment_list *list, FILE *stream,
		      const char *name, uint32_t ttl, struct report *report)
{
	struct report_place place = { .file = name };
	size_t room = 0, skip, start, length;
	char *line = NULL;
	const char *why;
	ssize_t size;
	int result = 0;

	while ((size = getline(&line, &room, stream)) >= 0) {
		place.line++;
		skip = place.line == 1 ? mark_size(line, (size_t)size) : 0;
		length = find_address(line + skip, (size_t)size - skip, &start);
		if (!length)
			continue;
		start += skip;
		why = segment_list_add(list, line + start, length, ttl);
		if (!why)
			continue;
		place.column = (unsigned int)start + 1;
		report_add(report, REPORT_ERROR, &place, NULL, "\"%.*s%s\": %s",
			   length > LINE_SHOWN ? LINE_SHOWN : (int)length,
			   line + start, length > LINE_SHOWN ? "…" : "", why);
	}
	if (ferror(stream)) {
		output_error("%s: cannot be read: %s", name, strerror(errno));
		result = -1;
	}
	free(line);
	return result;
}

static int compare_entries(const void *left, const void *right)
{
	const struct cordon_segment_entry *a = left, *b = right;
	int order = memcmp(a->address, b->address, sizeof(a->address));

	return order ? order : a->length - b->length;
}

void segment_list_fold(struct segment_list *list)
{
	size_t kept = 0, i;

	if (!list->count)
		return;
	qsort(list->entries, list->count, sizeof(*list->entries),
	      compare_entries);
	for (i = 1; i < list->count; i++)
		if (compare_entries(&list->entries[kept], &list->entries[i]))
			list->entries[++kept] = list->entries[i];
	list->folded += list->count - kept - 1;
	list->count = kept + 1;
}
