// SPDX-License-Identifier: LGPL-2.1-or-later
#include "segment_table.h"

#include <stdlib.h>
#include <string.h>

#include "duration.h"
#include "endpoint.h"
#include "names.h"

enum {
	SUMMARY_SEGMENT,
	SUMMARY_ISOLATED,
	SUMMARY_STATED,
	SUMMARY_ADDED,
	SUMMARY_LOADED,
	SUMMARY_HITS,
	SUMMARY_DOCUMENT,
};

static const struct output_column summary_columns[] = {
	[SUMMARY_SEGMENT] = { "segment", "SEGMENT", OUTPUT_TEXT },
	[SUMMARY_ISOLATED] = { "isolated", "ISOLATED", OUTPUT_FLAG },
	[SUMMARY_STATED] = { "document_entries", "DOCUMENT", OUTPUT_NUMBER },
	[SUMMARY_ADDED] = { "added_entries", "ADDED", OUTPUT_NUMBER },
	[SUMMARY_LOADED] = { "loaded_entries", "LOADED", OUTPUT_NUMBER },
	[SUMMARY_HITS] = { "hits", "HITS", OUTPUT_NUMBER },
	[SUMMARY_DOCUMENT] = { "document", "OF", OUTPUT_TEXT },
};

enum {
	LIST_SEGMENT,
	LIST_PREFIX_SHOWN,
	LIST_ORIGIN,
	LIST_HITS,
	LIST_LEFT_SHOWN,
	LIST_PREFIX,
	LIST_INTERFACE,
	LIST_LEFT,
	LIST_DOCUMENT,
};

static const struct output_column list_columns[] = {
	[LIST_SEGMENT] = { "segment", "SEGMENT", OUTPUT_TEXT },
	[LIST_PREFIX_SHOWN] = { NULL, "PREFIX", OUTPUT_TEXT },
	[LIST_ORIGIN] = { "origin", "ORIGIN", OUTPUT_TEXT },
	[LIST_HITS] = { "hits", "HITS", OUTPUT_NUMBER },
	[LIST_LEFT_SHOWN] = { NULL, "LEFT", OUTPUT_TEXT },
	[LIST_PREFIX] = { "prefix", NULL, OUTPUT_TEXT },
	[LIST_INTERFACE] = { "interface", NULL, OUTPUT_TEXT },
	[LIST_LEFT] = { "left", NULL, OUTPUT_NUMBER },
	[LIST_DOCUMENT] = { "document", NULL, OUTPUT_TEXT },
};

static int compare_entries(const void *left, const void *right)
{
	const struct client_entry *a = left, *b = right;
	int order = strcmp(a->segment, b->segment);

	if (!order)
		order = memcmp(&a->prefix.address, &b->prefix.address,
			       sizeof(a->prefix.address));
	if (!order)
		order = a->prefix.length - b->prefix.length;
	return order ? order : a->origin - b->origin;
}

static void sort_entries(struct client_dump *entries)
{
	if (entries->count)
		qsort(entries->entries, entries->count,
		      sizeof(*entries->entries), compare_entries);
}

/* Where the entries of a segment begin, or would */
static size_t first_entry(const struct client_dump *entries, const char *name)
{
	size_t low = 0, high = entries->count;

	while (low < high) {
		size_t middle = low + (high - low) / 2;

		if (strcmp(entries->entries[middle].segment, name) < 0)
			low = middle + 1;
		else
			high = middle;
	}
	return low;
}

int segment_table_summary(struct output *output,
			  const struct client_segments *segments,
			  struct client_dump *entries)
{
	size_t i, at;

	sort_entries(entries);
	output_open(output, OUTPUT_TABLE, summary_columns,
		    ARRAY_SIZE(summary_columns));
	for (i = 0; i < segments->count; i++) {
		const struct client_program *segment = segments->list[i];
		uint64_t count[CORDON_ORIGIN_COUNT] = { 0 }, hits = 0;

		for (at = first_entry(entries, segment->exe);
		     at < entries->count &&
		     !strcmp(entries->entries[at].segment, segment->exe);
		     at++) {
			if (entries->entries[at].origin < CORDON_ORIGIN_COUNT)
				count[entries->entries[at].origin]++;
			hits += entries->entries[at].hits;
		}
		output_text(output, SUMMARY_SEGMENT, segment->exe);
		output_flag(output, SUMMARY_ISOLATED, segment->isolated);
		output_number(output, SUMMARY_STATED,
			      count[CORDON_ORIGIN_DOCUMENT]);
		output_number(output, SUMMARY_ADDED,
			      count[CORDON_ORIGIN_ADDED]);
		output_number(output, SUMMARY_LOADED,
			      count[CORDON_ORIGIN_LOADED]);
		output_number(output, SUMMARY_HITS, hits);
		output_text(output, SUMMARY_DOCUMENT, segment->workload);
		output_record(output);
	}
	return output_close(output);
}

static void list_entry(struct output *output, const struct client_entry *entry)
{
	char prefix[ENDPOINT_TEXT], left[DURATION_TEXT];

	endpoint_prefix(&entry->prefix, prefix);
	output_text(output, LIST_SEGMENT, entry->segment);
	output_text(output, LIST_PREFIX_SHOWN, prefix);
	output_text(output, LIST_PREFIX, prefix);
	output_text(output, LIST_ORIGIN, cordon_origin_name(entry->origin));
	output_number(output, LIST_HITS, entry->hits);
	if (entry->expires) {
		output_number(output, LIST_LEFT, entry->left);
		output_text(output, LIST_LEFT_SHOWN,
			    duration_print(entry->left, left));
	}
	output_text(output, LIST_DOCUMENT, entry->workload);
	output_record(output);
}

/* Interfaces are no addresses: they are found among the document's members */
static size_t list_interfaces(struct output *output,
			      const struct client_program *segment,
			      const struct client_dump *members)
{
	size_t count = 0, i;

	for (i = 0; i < members->count; i++) {
		const struct client_member *member = &members->members[i];

		if (member->kind != CORDON_MEMBER_INTERFACE ||
		    member->program != segment->index ||
		    strcmp(member->workload, segment->workload))
			continue;
		output_text(output, LIST_SEGMENT, segment->exe);
		output_format(output, LIST_PREFIX_SHOWN, "interface:%s",
			      member->pattern);
		output_text(output, LIST_INTERFACE, member->pattern);
		output_text(output, LIST_ORIGIN,
			    cordon_origin_name(CORDON_ORIGIN_DOCUMENT));
		output_text(output, LIST_DOCUMENT, member->workload);
		output_record(output);
		count++;
	}
	return count;
}

static void list_segment(struct output *output,
			 const struct client_program *segment,
			 const struct client_dump *entries,
			 const struct client_dump *members)
{
	size_t first = first_entry(entries, segment->exe), at;

	for (at = first; at < entries->count &&
			 !strcmp(entries->entries[at].segment, segment->exe);
	     at++)
		list_entry(output, &entries->entries[at]);
	if (list_interfaces(output, segment, members) || at > first)
		return;
	/* Who counts objects must count none */
	if (output_is_json(output))
		return;
	output_text(output, LIST_SEGMENT, segment->exe);
	output_text(output, LIST_PREFIX_SHOWN, "(empty)");
	output_text(output, LIST_DOCUMENT, segment->workload);
	output_record(output);
}

int segment_table_list(struct output *output,
		       const struct client_segments *segments,
		       struct client_dump *entries,
		       const struct client_dump *members,
		       const struct client_program *only)
{
	size_t i;

	sort_entries(entries);
	output_open(output, OUTPUT_TABLE, list_columns,
		    ARRAY_SIZE(list_columns));
	for (i = 0; i < segments->count; i++)
		if (!only || segments->list[i] == only)
			list_segment(output, segments->list[i], entries,
				     members);
	return output_close(output);
}
