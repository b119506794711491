// SPDX-License-Identifier: LGPL-2.1-or-later
/* What cordonctl promote tells of each workload, and why. */
#include <inttypes.h>

#include "duration.h"
#include "names.h"
#include "promote.h"

#define SECOND 1000000000ull

enum {
	COLUMN_WORKLOAD,
	COLUMN_STATE,
	COLUMN_CLASSES,
	COLUMN_WATCHED_SHOWN,
	COLUMN_WATCHED,
	COLUMN_DUE,
	COLUMN_DEPARTED,
	COLUMN_DEPARTURES,
	COLUMN_LOST,
	COLUMN_LOSSES,
	COLUMN_ASK,
	COLUMN_PROMOTED,
	COLUMN_FILE,
	COLUMN_WHY,
	COLUMNS,
};

static const struct output_column columns[COLUMNS] = {
	[COLUMN_WORKLOAD] = { "workload", "WORKLOAD", OUTPUT_TEXT },
	[COLUMN_STATE] = { "state", "STATE", OUTPUT_TEXT },
	[COLUMN_CLASSES] = { "monitored", "MONITORED", OUTPUT_WORDS },
	[COLUMN_WATCHED_SHOWN] = { NULL, "WATCHED", OUTPUT_TEXT },
	[COLUMN_WATCHED] = { "watched", NULL, OUTPUT_TIME },
	[COLUMN_DUE] = { "due", NULL, OUTPUT_TIME },
	[COLUMN_DEPARTED] = { "departed", NULL, OUTPUT_TIME },
	[COLUMN_DEPARTURES] = { "departures", NULL, OUTPUT_NUMBER },
	[COLUMN_LOST] = { "lost", NULL, OUTPUT_TIME },
	[COLUMN_LOSSES] = { "losses", NULL, OUTPUT_NUMBER },
	[COLUMN_ASK] = { "ask", NULL, OUTPUT_FLAG },
	[COLUMN_PROMOTED] = { "promoted", NULL, OUTPUT_FLAG },
	[COLUMN_FILE] = { "file", NULL, OUTPUT_PATH },
	[COLUMN_WHY] = { "why", "WHY", OUTPUT_TEXT },
};

static const char *span(uint64_t nanoseconds, char text[DURATION_TEXT])
{
	uint64_t seconds = nanoseconds / SECOND;

	return duration_print(seconds > UINT32_MAX ? UINT32_MAX :
			      (uint32_t)seconds, text);
}

static void say_why(struct output *output,
		    const struct promote_candidate *candidate, uint64_t now)
{
	const struct promotion_record *record = &candidate->record;
	char ago[DURATION_TEXT], left[DURATION_TEXT];

	if (record->classes && candidate->unread) {
		output_format(output, COLUMN_WHY,
			      "cordond has not read %" PRIu64 " events: is it running?",
			      candidate->unread);
		return;
	}
	if (record->classes && candidate->dropped) {
		output_format(output, COLUMN_WHY,
			      "learning had no room for %" PRIu64 " acts: see `cordonctl learn status`",
			      candidate->dropped);
		return;
	}
	span(candidate->due > now ? candidate->due - now : 0, left);
	switch (candidate->state) {
	case PROMOTION_NOTHING:
		break;
	case PROMOTION_UNKNOWN:
		output_text(output, COLUMN_WHY,
			    "cordond has kept nothing of it yet");
		break;
	case PROMOTION_YOUNG:
		output_format(output, COLUMN_WHY, "for %s more", left);
		break;
	case PROMOTION_DEPARTED:
		output_format(output, COLUMN_WHY, "%s ago: %s; for %s more",
			      span(now - record->departed, ago),
			      record->what, left);
		break;
	case PROMOTION_LOST:
		output_format(output, COLUMN_WHY,
			      "%" PRIu64 " events were missed %s ago; for %s more",
			      record->losses,
			      span(now - record->lost, ago), left);
		break;
	case PROMOTION_DUE:
		if (!candidate->chosen && candidate->terms.ask)
			output_format(output, COLUMN_WHY,
				      "`cordonctl promote --approve %s`",
				      candidate->workload->name);
		break;
	}
}

int promote_table(struct output *output,
		  const struct promote_candidate *candidates, size_t count,
		  uint64_t now)
{
	char text[DURATION_TEXT];
	uint32_t class;
	size_t i;

	output_open(output, OUTPUT_TABLE, columns, COLUMNS);
	for (i = 0; i < count; i++) {
		const struct promote_candidate *candidate = &candidates[i];
		const struct promotion_record *record = &candidate->record;

		output_text(output, COLUMN_WORKLOAD, candidate->workload->name);
		output_text(output, COLUMN_STATE,
			    promotion_state_name(candidate->state));
		output_tone(output, COLUMN_STATE,
			    candidate->state == PROMOTION_DUE ? OUTPUT_GOOD :
			    candidate->state == PROMOTION_LOST ? OUTPUT_BAD :
			    OUTPUT_PLAIN);
		for (class = 0; class < CORDON_CLASS_COUNT; class++)
			if (record->classes & 1u << class)
				output_word(output, COLUMN_CLASSES,
					    cordon_class_name(class));
		if (record->watched) {
			output_text(output, COLUMN_WATCHED_SHOWN,
				    span(now - record->watched, text));
			output_time(output, COLUMN_WATCHED, record->watched);
		}
		if (candidate->due)
			output_time(output, COLUMN_DUE, candidate->due);
		if (record->departed)
			output_time(output, COLUMN_DEPARTED, record->departed);
		output_number(output, COLUMN_DEPARTURES, record->departures);
		if (record->lost)
			output_time(output, COLUMN_LOST, record->lost);
		output_number(output, COLUMN_LOSSES, record->losses);
		output_flag(output, COLUMN_ASK, candidate->terms.ask);
		output_flag(output, COLUMN_PROMOTED, candidate->written);
		output_text(output, COLUMN_FILE, candidate->file.path);
		say_why(output, candidate, now);
		output_record(output);
	}
	return output_close(output);
}
