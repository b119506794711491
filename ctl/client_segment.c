// SPDX-License-Identifier: LGPL-2.1-or-later
/* Addresses that are put into segments while a policy is in force. */
#include <stdlib.h>
#include <string.h>

#include "client_private.h"
#include "output.h"
#include "suggest.h"

static_assert(CLIENT_CHANGE_MAX <= CLIENT_ENTRIES_MAX,
	      "a change must fit into one message");

bool client_put_entries(struct nl_msg *message, const char *name,
			const struct cordon_segment_entry *entries,
			size_t count, bool last)
{
	if (nla_put_string(message, CORDON_A_NAME, name))
		return false;
	if (count && nla_put(message, CORDON_A_ENTRIES,
			     (int)(count * sizeof(*entries)), entries))
		return false;
	return !last || !nla_put_flag(message, CORDON_A_LAST);
}

static int send_entries(struct client *client, enum cordon_command command,
			const char *name,
			const struct cordon_segment_entry *entries,
			size_t count, bool last)
{
	struct nl_msg *message;
	char doing[256];

	message = client_message(client, (uint8_t)command, NLM_F_ACK,
				 CLIENT_ENTRIES_SIZE);
	if (!message)
		return EXIT_FAILED;
	if (!client_put_entries(message, name, entries, count, last)) {
		nlmsg_free(message);
		output_error("segment \"%s\": its addresses do not fit into a message to the module",
			     name);
		return EXIT_FAILED;
	}
	snprintf(doing, sizeof(doing), "segment \"%.*s\" cannot be changed",
		 CORDON_NAME_MAX, name);
	return client_request(client, message, doing);
}

int client_segment_change(struct client *client, bool remove, const char *name,
			  const struct cordon_segment_entry *entries,
			  size_t count)
{
	return send_entries(client, remove ? CORDON_CMD_SEGMENT_DEL :
					     CORDON_CMD_SEGMENT_ADD,
			    name, entries, count, false);
}

int client_segment_load(struct client *client, const char *name,
			const struct cordon_segment_entry *entries,
			size_t count)
{
	size_t at = 0, some;
	int code;

	do {
		some = count - at;
		if (some > CLIENT_ENTRIES_MAX)
			some = CLIENT_ENTRIES_MAX;
		code = send_entries(client, CORDON_CMD_SEGMENT_LOAD, name,
				    entries + at, some, at + some == count);
		at += some;
	} while (!code && at < count);
	return code;
}

int client_segments_read(struct client *client,
			 struct client_segments *segments)
{
	int code;

	memset(segments, 0, sizeof(*segments));
	code = client_dump(client, CORDON_CMD_WORKLOAD_DUMP,
			   &segments->workloads);
	if (!code)
		code = client_dump(client, CORDON_CMD_PROGRAM_DUMP,
				   &segments->programs);
	if (!code)
		code = client_segments_sort(segments);
	if (code)
		client_segments_free(segments);
	return code;
}

void client_segments_free(struct client_segments *segments)
{
	client_dump_free(&segments->workloads);
	client_dump_free(&segments->programs);
	free(segments->list);
	memset(segments, 0, sizeof(*segments));
}

/* Is that document one of segments */
static bool is_segments(const struct client_dump *workloads, const char *name)
{
	const struct client_workload *document =
		client_workload_seek(workloads, name);

	return document && document->kind == CORDON_DOCUMENT_SEGMENTS;
}

static int compare_segments(const void *left, const void *right)
{
	const struct client_program *const *a = left, *const *b = right;

	return strcmp((*a)->exe, (*b)->exe);
}

int client_segments_sort(struct client_segments *segments)
{
	const struct client_dump *programs = &segments->programs;
	const char *document = "";
	bool wanted = false;
	size_t i;

	segments->list = calloc(programs->count + 1, sizeof(*segments->list));
	if (!segments->list) {
		output_error("out of memory for the segments");
		return EXIT_FAILED;
	}
	for (i = 0; i < programs->count; i++) {
		const struct client_program *program = &programs->programs[i];

		/* Those of one document mostly follow each other */
		if (!i || strcmp(program->workload, document)) {
			document = program->workload;
			wanted = is_segments(&segments->workloads, document);
		}
		if (wanted)
			segments->list[segments->count++] = program;
	}
	qsort(segments->list, segments->count, sizeof(*segments->list),
	      compare_segments);
	return EXIT_OK;
}

const struct client_program *
client_segments_find(const struct client_segments *segments, const char *name)
{
	const struct client_program wanted = { .exe = name }, *key = &wanted;
	const struct client_program **found;
	const char *nearest = NULL;
	const char **names;
	size_t i;

	found = bsearch(&key, segments->list, segments->count,
			sizeof(*segments->list), compare_segments);
	if (found)
		return *found;
	if (!segments->count) {
		output_error("no segment \"%s\" is defined, and no other: load a document of segments that defines it",
			     name);
		return NULL;
	}
	names = calloc(segments->count, sizeof(*names));
	for (i = 0; names && i < segments->count; i++)
		names[i] = segments->list[i]->exe;
	if (names)
		nearest = suggest_nearest(name, names, segments->count);
	if (nearest)
		output_error("no segment \"%s\" is defined; did you mean \"%s\"?",
			     name, nearest);
	else
		output_error("no segment \"%s\" is defined: `cordonctl segment` lists those that are",
			     name);
	free(names);
	return NULL;
}
