// SPDX-License-Identifier: LGPL-2.1-or-later
#include <inttypes.h>
#include <string.h>
#include <time.h>

#include "duration.h"
#include "learn.h"
#include "names.h"

#define SECOND	1000000000ull
#define HOUR	(3600 * SECOND)

enum {
	STATUS_WORKLOAD,
	STATUS_LEARNS,
	STATUS_BEHAVIOURS,
	STATUS_HOUR,
	STATUS_QUIET_SHOWN,
	STATUS_QUIET,
	STATUS_SINCE,
	STATUS_NEWEST,
	STATUS_DROPPED_SHOWN,
	STATUS_DROPPED,
	STATUS_FULL = STATUS_DROPPED + CORDON_CLASS_COUNT,
};

static const struct output_column columns[] = {
	[STATUS_WORKLOAD] = { "workload", "WORKLOAD", OUTPUT_TEXT },
	[STATUS_LEARNS] = { "learns", "LEARNS", OUTPUT_WORDS },
	[STATUS_BEHAVIOURS] = { "behaviours", "BEHAVIOURS", OUTPUT_NUMBER },
	[STATUS_HOUR] = { "new_last_hour", "NEW LAST HOUR", OUTPUT_NUMBER },
	[STATUS_QUIET_SHOWN] = { NULL, "NOTHING NEW FOR", OUTPUT_TEXT },
	[STATUS_QUIET] = { "quiet", NULL, OUTPUT_NUMBER },
	[STATUS_SINCE] = { "since", "SINCE", OUTPUT_TIME },
	[STATUS_NEWEST] = { "newest", NULL, OUTPUT_TIME },
	[STATUS_DROPPED_SHOWN] = { NULL, "DROPPED", OUTPUT_TEXT },
	[STATUS_DROPPED + CORDON_CLASS_EXEC] =
		{ "dropped.exec", NULL, OUTPUT_NUMBER },
	[STATUS_DROPPED + CORDON_CLASS_LOAD] =
		{ "dropped.load", NULL, OUTPUT_NUMBER },
	[STATUS_DROPPED + CORDON_CLASS_FILE] =
		{ "dropped.file", NULL, OUTPUT_NUMBER },
	[STATUS_DROPPED + CORDON_CLASS_NET] =
		{ "dropped.net", NULL, OUTPUT_NUMBER },
	[STATUS_DROPPED + CORDON_CLASS_KERNEL] =
		{ "dropped.kernel", NULL, OUTPUT_NUMBER },
	[STATUS_FULL] = { "full", NULL, OUTPUT_TIME },
};

/**
 * struct view - all that is shown
 * @output: where
 * @workload: of this one; NULL: of all
 * @now: ns, CLOCK_REALTIME
 * @workloads: those that are loaded
 * @learnings: those that anything is recorded of
 * @behaviours: of @workload, or all
 * @shown: lines
 * @dropped: acts that there was no room for
 */
struct view {
	struct output *output;
	const char *workload;
	uint64_t now;
	struct client_dump workloads;
	struct client_dump learnings;
	struct client_dump behaviours;
	size_t shown;
	uint64_t dropped;
};

static uint64_t now_get(void)
{
	struct timespec now;

	clock_gettime(CLOCK_REALTIME, &now);
	return (uint64_t)now.tv_sec * SECOND + (uint64_t)now.tv_nsec;
}

/* What was there before learning began is not new. */
static uint64_t new_last_hour(const struct view *view, const char *name)
{
	uint64_t count = 0;
	size_t i;

	for (i = 0; i < view->behaviours.count; i++) {
		const struct client_behaviour *behaviour =
			&view->behaviours.behaviours[i];

		count += !strcmp(behaviour->workload, name) &&
			 !behaviour->held &&
			 behaviour->first + HOUR > view->now;
	}
	return count;
}

static void fill_learning(struct view *view,
			  const struct client_learning *learning)
{
	uint64_t quiet = view->now > learning->newest ?
			 (view->now - learning->newest) / SECOND : 0;
	char text[DURATION_TEXT], dropped[160] = "";
	size_t used = 0;
	uint32_t class;

	output_number(view->output, STATUS_BEHAVIOURS, learning->behaviours);
	output_number(view->output, STATUS_HOUR,
		      new_last_hour(view, learning->workload));
	if (learning->newest) {
		output_text(view->output, STATUS_QUIET_SHOWN,
			    duration_print((uint32_t)quiet, text));
		output_number(view->output, STATUS_QUIET, quiet);
		output_time(view->output, STATUS_SINCE, learning->since);
		output_time(view->output, STATUS_NEWEST, learning->newest);
	}
	for (class = 0; class < CORDON_CLASS_COUNT; class++) {
		uint64_t count = learning->dropped[class];

		output_number(view->output, STATUS_DROPPED + class, count);
		view->dropped += count;
		if (count && used < sizeof(dropped))
			used += (size_t)snprintf(dropped + used,
						 sizeof(dropped) - used,
						 "%s%" PRIu64 " of class %s",
						 used ? ", " : "", count,
						 cordon_class_name(class));
	}
	if (!used)
		return;
	output_text(view->output, STATUS_DROPPED_SHOWN, dropped);
	output_tone(view->output, STATUS_DROPPED_SHOWN, OUTPUT_BAD);
	output_time(view->output, STATUS_FULL, learning->full);
}

static const struct client_learning *learning_of(const struct view *view,
						 const char *name)
{
	size_t i;

	for (i = 0; i < view->learnings.count; i++)
		if (!strcmp(view->learnings.learnings[i].workload, name))
			return &view->learnings.learnings[i];
	return NULL;
}

static bool learns(const struct client_workload *workload)
{
	return memchr(workload->mode, CORDON_MODE_LEARN,
		      sizeof(workload->mode)) != NULL;
}

static void show(struct view *view, const char *name,
		 const struct client_workload *workload,
		 const struct client_learning *learning)
{
	uint32_t class;

	if (view->workload && strcmp(view->workload, name))
		return;
	output_text(view->output, STATUS_WORKLOAD, name);
	for (class = 0; workload && class < CORDON_CLASS_COUNT; class++)
		if (workload->mode[class] == CORDON_MODE_LEARN)
			output_word(view->output, STATUS_LEARNS,
				    cordon_class_name(class));
	if (learning)
		fill_learning(view, learning);
	else
		output_number(view->output, STATUS_BEHAVIOURS, 0);
	output_record(view->output);
	view->shown++;
}

static void show_all(struct view *view)
{
	size_t i;

	for (i = 0; i < view->workloads.count; i++) {
		const struct client_workload *workload =
			&view->workloads.workloads[i];
		const struct client_learning *learning =
			learning_of(view, workload->name);

		if (learning || learns(workload))
			show(view, workload->name, workload, learning);
	}
	/* What was learnt outlives the manifest. */
	for (i = 0; i < view->learnings.count; i++) {
		const struct client_learning *learning =
			&view->learnings.learnings[i];

		if (!client_workload_seek(&view->workloads, learning->workload))
			show(view, learning->workload, NULL, learning);
	}
}

static void tell_use(struct output *output, const struct client_status *status)
{
	if (!status->behaviours_max)
		return;
	output_line(output, "%u of %u behaviours, %" PRIu64 " of %" PRIu64 " KiB of their texts",
		    status->behaviours, status->behaviours_max,
		    status->behaviour_bytes >> 10,
		    status->behaviour_bytes_max >> 10);
}

int learn_status(struct output *output, struct client *client,
		 const char *workload)
{
	struct view view = { .output = output, .workload = workload };
	struct client_status status;
	int code;

	view.now = now_get();
	code = client_status(client, &status);
	if (!code)
		code = client_dump(client, CORDON_CMD_WORKLOAD_DUMP,
				   &view.workloads);
	if (!code)
		code = client_dump(client, CORDON_CMD_LEARNING_DUMP,
				   &view.learnings);
	if (!code)
		code = client_behaviours(client, workload, &view.behaviours);
	if (!code) {
		output_open(output, OUTPUT_TABLE, columns,
			    ARRAY_SIZE(columns));
		show_all(&view);
		code = output_close(output);
	}
	if (!code && workload && !view.shown &&
	    !client_workload_seek(&view.workloads, workload)) {
		client_workload_find(&view.workloads, workload);
		code = EXIT_UNKNOWN;
	}
	if (!code && !view.shown)
		output_line(output, "nothing learns, and nothing is recorded");
	if (!code)
		tell_use(output, &status);
	if (!code && view.dropped) {
		output_warn("what was learnt is NOT ALL that was done: there was no room; load the module with behaviours= of more than %u",
			    status.behaviours_max);
		code = EXIT_INCOMPLETE;
	}
	client_dump_free(&view.workloads);
	client_dump_free(&view.learnings);
	client_dump_free(&view.behaviours);
	return code;
}
