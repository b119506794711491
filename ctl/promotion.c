// SPDX-License-Identifier: LGPL-2.1-or-later
#include "promotion.h"

#include <stdlib.h>
#include <string.h>

#include "cordon.h"
#include "duration.h"
#include "memory.h"
#include "names.h"

#define SECOND 1000000000ull

bool promotion_terms_read(const json_t *document,
			  struct promotion_terms *terms)
{
	const json_t *promote = json_object_get(document, "promote");
	const char *after = json_string_value(json_object_get(promote,
							      "after"));
	const char *quiet = json_string_value(json_object_get(promote,
							      "quiet"));

	if (!after || !quiet)
		return false;
	terms->ask = !json_is_false(json_object_get(promote, "ask"));
	return duration_parse(after, PROMOTION_MAX, &terms->after) &&
	       duration_parse(quiet, PROMOTION_MAX, &terms->quiet);
}

/* --- what happened ----------------------------------------------------- */

static void begin_anew(struct promotion_record *record, uint64_t time)
{
	record->watched = time;
	record->departed = 0;
	record->departures = 0;
	record->lost = 0;
	record->losses = 0;
	free(record->what);
	record->what = NULL;
}

static void add_missed(struct promotion_record *record,
		       const struct store_row *row)
{
	uint64_t missed = 0;
	uint32_t class;

	/* Topics of departures are numbered as their classes are. */
	for (class = 0; class < CORDON_CLASS_COUNT; class++)
		if (record->classes & 1u << class)
			missed += row->of[class];
	if (!missed || !record->watched)
		return;
	record->lost = row->time;
	record->losses += missed;
}

static void add_departure(struct promotion_record *record,
			  const struct client_event *event)
{
	const char *program = event->program ? event->program : "?";

	record->departed = event->time;
	record->departures += event->number;
	free(record->what);
	record->what = memory_format("%s %s %s", *program ? program : "?",
				     cordon_op_name(event->op),
				     event->object ? event->object : "?");
}

static bool is_of_class(const struct client_event *event)
{
	return event->type == CORDON_EVENT_DEPARTURE ||
	       event->type == CORDON_EVENT_REPEATS ||
	       event->type == CORDON_EVENT_BEHAVIOUR;
}

void promotion_record_add(struct promotion_record *record,
			  const struct store_row *row)
{
	const struct client_event *event = &row->event;

	if (row->missed) {
		add_missed(record, row);
		return;
	}
	if (event->type == CORDON_EVENT_MODE)
		begin_anew(record, event->time);
	if (!record->watched)
		record->watched = event->time;
	if (!is_of_class(event) || !(record->classes & 1u << event->class))
		return;
	if (event->action == CORDON_ACTION_WOULD_DENY)
		add_departure(record, event);
	else
		begin_anew(record, event->time);
}

void promotion_record_free(struct promotion_record *record)
{
	free(record->what);
	*record = (struct promotion_record){ 0 };
}

/* --- what follows ------------------------------------------------------ */

enum promotion_state promotion_decide(const struct promotion_record *record,
				      const struct promotion_terms *terms,
				      uint64_t now, uint64_t *due)
{
	enum promotion_state state = PROMOTION_YOUNG;
	uint64_t quiet = terms->quiet * SECOND;

	*due = 0;
	if (!record->classes)
		return PROMOTION_NOTHING;
	if (!record->watched)
		return PROMOTION_UNKNOWN;
	*due = record->watched + terms->after * SECOND;
	if (record->departed && record->departed + quiet > *due) {
		*due = record->departed + quiet;
		state = PROMOTION_DEPARTED;
	}
	if (record->lost && record->lost + quiet > *due) {
		*due = record->lost + quiet;
		state = PROMOTION_LOST;
	}
	return *due <= now ? PROMOTION_DUE : state;
}

const char *promotion_state_name(enum promotion_state state)
{
	static const char *const names[] = {
		[PROMOTION_NOTHING] = "enforced",
		[PROMOTION_DUE] = "due",
		[PROMOTION_UNKNOWN] = "unknown",
		[PROMOTION_YOUNG] = "young",
		[PROMOTION_DEPARTED] = "departed",
		[PROMOTION_LOST] = "lost",
	};

	return names[state];
}

static void enforce(json_t *modes, uint32_t classes)
{
	uint32_t class;

	for (class = 0; class < CORDON_CLASS_COUNT; class++)
		if (classes & 1u << class)
			json_object_set_new(modes, cordon_class_name(class),
					    json_string(cordon_mode_name(CORDON_MODE_ENFORCE)));
}

json_t *promotion_document(const json_t *document, uint32_t classes)
{
	bool stated = json_object_get(document, "mode");
	json_t *made = memory_sure(json_object()), *value;
	const char *key;

	json_object_foreach((json_t *)document, key, value) {
		json_object_set_new(made, key,
				    memory_sure(json_deep_copy(value)));
		/* Where docs/manifest.md has it. */
		if (!stated && !strcmp(key, "members"))
			json_object_set_new(made, "mode",
					    memory_sure(json_object()));
	}
	enforce(json_object_get(made, "mode"), classes);
	return made;
}
