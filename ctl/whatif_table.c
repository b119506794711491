// SPDX-License-Identifier: LGPL-2.1-or-later
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "capture/grow.h"
#include "duration.h"
#include "exit.h"
#include "names.h"
#include "whatif.h"

/* Columns of what is said below a table, if no word is longer */
#define WRAP_COLUMNS	80
#define INDENT		4

enum {
	WHATIF_RECORD,
	WHATIF_CHANGE,
	WHATIF_WORKLOAD,
	WHATIF_PROGRAM,
	WHATIF_OP,
	WHATIF_EXAMPLE,
	WHATIF_OBJECTS_SHOWN,
	WHATIF_COUNT_SHOWN,
	WHATIF_AGO,
	WHATIF_BY,
	WHATIF_CLASS,
	WHATIF_VERDICT,
	WHATIF_RESULT,
	WHATIF_OBJECTS,
	WHATIF_COUNT,
	WHATIF_FIRST,
	WHATIF_LAST,
	WHATIF_REASON,
	WHATIF_RULE,
	WHATIF_FILE,
	WHATIF_LINE,
	WHATIF_WHY,
	WHATIF_ADVICE,
	WHATIF_DROPPED,
	WHATIF_COLUMNS,
};

static const struct output_column columns[WHATIF_COLUMNS] = {
	[WHATIF_RECORD] = { "record", NULL, OUTPUT_TEXT },
	[WHATIF_CHANGE] = { "change", NULL, OUTPUT_TEXT },
	[WHATIF_WORKLOAD] = { "workload", NULL, OUTPUT_TEXT },
	[WHATIF_PROGRAM] = { "program", "PROGRAM", OUTPUT_PATH },
	[WHATIF_OP] = { "op", "OP", OUTPUT_TEXT },
	[WHATIF_EXAMPLE] = { "example", "OBJECT", OUTPUT_PATH },
	[WHATIF_OBJECTS_SHOWN] = { NULL, "OF", OUTPUT_NUMBER },
	[WHATIF_COUNT_SHOWN] = { NULL, "TIMES", OUTPUT_NUMBER },
	[WHATIF_AGO] = { NULL, "LAST", OUTPUT_TEXT },
	[WHATIF_BY] = { NULL, "BY", OUTPUT_PATH },
	[WHATIF_CLASS] = { "class", NULL, OUTPUT_TEXT },
	[WHATIF_VERDICT] = { "verdict", NULL, OUTPUT_TEXT },
	[WHATIF_RESULT] = { "result", NULL, OUTPUT_TEXT },
	[WHATIF_OBJECTS] = { "objects", NULL, OUTPUT_NUMBER },
	[WHATIF_COUNT] = { "count", NULL, OUTPUT_NUMBER },
	[WHATIF_FIRST] = { "first", NULL, OUTPUT_TIME },
	[WHATIF_LAST] = { "last", NULL, OUTPUT_TIME },
	[WHATIF_REASON] = { "reason", NULL, OUTPUT_TEXT },
	[WHATIF_RULE] = { "rule.text", NULL, OUTPUT_TEXT },
	[WHATIF_FILE] = { "rule.file", NULL, OUTPUT_PATH },
	[WHATIF_LINE] = { "rule.line", NULL, OUTPUT_NUMBER },
	[WHATIF_WHY] = { "why", NULL, OUTPUT_TEXT },
	[WHATIF_ADVICE] = { "advice", NULL, OUTPUT_TEXT },
	[WHATIF_DROPPED] = { "dropped", NULL, OUTPUT_NUMBER },
};

static const char *result_word(uint8_t result)
{
	static const char *const words[BEHAVIOUR_RESULT_COUNT] = {
		[BEHAVIOUR_LEARNED] = "learned",
		[BEHAVIOUR_ALLOWED] = "allowed",
		[BEHAVIOUR_WOULD_DENY] = "would-deny",
		[BEHAVIOUR_DENIED] = "denied",
	};

	return words[result];
}

static bool is_denied(const struct whatif_group *group)
{
	return group->change == WHATIF_NEWLY_DENIED ||
	       group->change == WHATIF_STILL_DENIED;
}

static void put_ago(struct output *output, const struct whatif_group *group)
{
	uint64_t now = (uint64_t)time(NULL), then = group->last / 1000000000;
	char text[DURATION_TEXT];

	if (!group->last)
		return;
	output_text(output, WHATIF_AGO,
		    duration_print(now > then ? (uint32_t)(now - then) : 0,
				   text));
}

static void put_group(struct output *output, const struct whatif_group *group)
{
	output_text(output, WHATIF_RECORD, "group");
	output_text(output, WHATIF_CHANGE, whatif_change_name(group->change));
	output_text(output, WHATIF_WORKLOAD, group->workload);
	output_text(output, WHATIF_PROGRAM, group->program);
	output_text(output, WHATIF_OP, cordon_op_name(group->op));
	output_text(output, WHATIF_EXAMPLE, group->example);
	output_number(output, WHATIF_OBJECTS_SHOWN, group->objects);
	output_number(output, WHATIF_COUNT_SHOWN, group->count);
	put_ago(output, group);
	if (group->file)
		output_format(output, WHATIF_BY, "%s:%u", group->file,
			      group->line);
	else
		output_text(output, WHATIF_BY,
			    cordon_reason_name(group->reason));
	output_text(output, WHATIF_CLASS,
		    cordon_class_name(cordon_op_class(group->op)));
	if (group->change != WHATIF_RULE_GONE)
		output_text(output, WHATIF_VERDICT,
			    is_denied(group) ? "deny" : "allow");
	output_text(output, WHATIF_RESULT, result_word(group->result));
	output_number(output, WHATIF_OBJECTS, group->objects);
	output_number(output, WHATIF_COUNT, group->count);
	if (group->first)
		output_time(output, WHATIF_FIRST, group->first);
	if (group->last)
		output_time(output, WHATIF_LAST, group->last);
	output_text(output, WHATIF_REASON, cordon_reason_name(group->reason));
	output_text(output, WHATIF_RULE, group->rule);
	output_text(output, WHATIF_FILE, group->file);
	if (group->file)
		output_number(output, WHATIF_LINE, group->line);
	output_text(output, WHATIF_WHY, group->why);
	output_text(output, WHATIF_ADVICE, group->advice);
	output_record(output);
}

static int print_json(const struct whatif *whatif, struct output *output)
{
	size_t i;

	output_open(output, OUTPUT_LIST, columns, WHATIF_COLUMNS);
	for (i = 0; i < whatif->count; i++)
		put_group(output, &whatif->groups[i]);
	if (whatif->dropped) {
		output_text(output, WHATIF_RECORD, "dropped");
		output_number(output, WHATIF_DROPPED, whatif->dropped);
		output_record(output);
	}
	return output_close(output);
}

/* A text in lines, broken between words. */
static void print_wrapped(struct output *output, const char *text)
{
	size_t room = WRAP_COLUMNS - INDENT;

	while (*text) {
		size_t length = strlen(text), cut;

		if (length > room) {
			for (cut = room; cut && text[cut] != ' '; cut--)
				;
			length = cut ? cut : strcspn(text, " ");
		}
		output_line(output, "%*s%.*s", INDENT, "", (int)length, text);
		text += length;
		text += strspn(text, " ");
	}
}

static void explain(struct output *output, const struct whatif_group *group)
{
	char *text = memory_format("%s %s %s: %s%s%s", group->program,
				   cordon_op_name(group->op), group->example,
				   group->why, group->advice ? "; " : "",
				   group->advice ? group->advice : "");

	output_line(output, "%s", "");
	print_wrapped(output, text);
	free(text);
}

static int print_section(const struct whatif *whatif, struct output *output,
			 enum whatif_change change, const char *heading)
{
	size_t i;
	int code;

	if (!whatif->behaviours[change])
		return EXIT_OK;
	output_line(output, "%s: %" PRIu64, heading,
		    whatif->behaviours[change]);
	output_line(output, "%s", "");
	output_open(output, OUTPUT_TABLE, columns, WHATIF_COLUMNS);
	for (i = 0; i < whatif->count; i++)
		if (whatif->groups[i].change == change)
			put_group(output, &whatif->groups[i]);
	code = output_close(output);
	for (i = 0; !code && i < whatif->count; i++)
		if (whatif->groups[i].change == change &&
		    change == WHATIF_NEWLY_DENIED)
			explain(output, &whatif->groups[i]);
	output_line(output, "%s", "");
	return code;
}

int whatif_print(const struct whatif *whatif, struct output *output, bool all)
{
	static const char *const headings[] = {
		[WHATIF_NEWLY_DENIED] = "newly denied",
		[WHATIF_NEWLY_ALLOWED] = "newly allowed",
		[WHATIF_STILL_DENIED] = "unchanged, denied",
		[WHATIF_STILL_ALLOWED] = "unchanged, allowed",
		[WHATIF_RULE_GONE] = "loaded rules in use that would be gone",
	};
	const uint64_t *counts = whatif->behaviours;
	unsigned int change;
	int code = EXIT_OK;

	if (output_is_json(output))
		return print_json(whatif, output);
	for (change = 0; !code && change < WHATIF_CHANGE_COUNT; change++)
		if (all || (change != WHATIF_STILL_DENIED &&
			    change != WHATIF_STILL_ALLOWED))
			code = print_section(whatif, output, change,
					     headings[change]);
	output_line(output, "%" PRIu64 " newly denied, %" PRIu64 " newly allowed, %" PRIu64 " unchanged (%" PRIu64 " allowed, %" PRIu64 " denied)",
		    counts[WHATIF_NEWLY_DENIED], counts[WHATIF_NEWLY_ALLOWED],
		    counts[WHATIF_STILL_ALLOWED] + counts[WHATIF_STILL_DENIED],
		    counts[WHATIF_STILL_ALLOWED], counts[WHATIF_STILL_DENIED]);
	return code;
}
