// SPDX-License-Identifier: LGPL-2.1-or-later
/* cordonctl segment: what lies in the loaded segments, and changes of it. */
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "client.h"
#include "command.h"
#include "duration.h"
#include "endpoint.h"
#include "report.h"
#include "segment_list.h"
#include "segment_table.h"
#include "suggest.h"

/* More wrong lines than anyone reads: the file is no list at all */
#define WRONG_SHOWN 100

/* Addresses that the advice how to undo it repeats */
#define UNDO_SHOWN 4

enum segment_option {
	SEGMENT_TTL,
	SEGMENT_DRY_RUN,
	SEGMENT_ALLOW_EMPTY,
};

static const struct command_option options[] = {
	[SEGMENT_TTL] = { "ttl", "TIME",
		"add, load: how long they stay, as 90s, 15m, 6h or 7d; the kernel takes them out by itself" },
	[SEGMENT_DRY_RUN] = { "dry-run", NULL,
		"add, del, load: check all of it, and change nothing" },
	[SEGMENT_ALLOW_EMPTY] = { "allow-empty", NULL,
		"load: a list without any address is meant, and empties what was loaded" },
	{ NULL, NULL, NULL },
};

enum {
	OUTCOME_SEGMENT,
	OUTCOME_ADDED,
	OUTCOME_REMOVED,
	OUTCOME_LOADED,
	OUTCOME_FOLDED,
	OUTCOME_FOLDED_SHOWN,
	OUTCOME_TTL,
	OUTCOME_EXPIRES,
	OUTCOME_DRY_RUN,
	OUTCOME_NEXT,
};

static const struct output_column columns[] = {
	[OUTCOME_SEGMENT] = { "segment", "segment", OUTPUT_TEXT },
	[OUTCOME_ADDED] = { "added", "added", OUTPUT_NUMBER },
	[OUTCOME_REMOVED] = { "removed", "removed", OUTPUT_NUMBER },
	[OUTCOME_LOADED] = { "loaded", "loaded", OUTPUT_NUMBER },
	[OUTCOME_FOLDED] = { "folded", NULL, OUTPUT_NUMBER },
	[OUTCOME_FOLDED_SHOWN] = { NULL, "said twice", OUTPUT_NUMBER },
	[OUTCOME_TTL] = { "ttl", NULL, OUTPUT_NUMBER },
	[OUTCOME_EXPIRES] = { NULL, "expires", OUTPUT_TEXT },
	[OUTCOME_DRY_RUN] = { "dry_run", NULL, OUTPUT_FLAG },
	[OUTCOME_NEXT] = { NULL, "next", OUTPUT_TEXT },
};

/**
 * struct act - one run of the command
 * @line: what was asked for
 * @client: the connection
 * @segments: all there are
 * @segment: the one that is meant, or NULL: all
 * @list: addresses to change
 * @ttl: seconds they live; 0: for ever
 */
struct act {
	const struct command_line *line;
	struct client *client;
	struct client_segments segments;
	const struct client_program *segment;
	struct segment_list list;
	uint32_t ttl;
};

/** struct action - a word that may follow "segment" */
struct action {
	const char *name;
	const char *arguments;
	size_t words_min;	/* with its own */
	size_t words_max;
	unsigned int options;	/* bits of enum segment_option */
	int (*prepare)(struct act *act);	/* before the module is asked */
	int (*run)(struct act *act);
};

/* "segment add blocked 10.0.0.1", which takes back what was done */
static void say_undo(struct act *act, const char *action)
{
	const struct command_line *line = act->line;
	char words[UNDO_SHOWN * ENDPOINT_TEXT] = "";
	size_t used = 0, i;

	for (i = 2; i < line->count && i < 2 + UNDO_SHOWN; i++)
		used += (size_t)snprintf(words + used, sizeof(words) - used,
					 " %.*s", ENDPOINT_TEXT - 2,
					 line->words[i]);
	output_format(line->output, OUTCOME_NEXT,
		      "`cordonctl segment %s %s%s%s` undoes it", action,
		      act->segment->exe, words,
		      i < line->count ? " …" : "");
}

static int tell(struct act *act, size_t column, const char *undo)
{
	struct output *output = act->line->output;
	bool dry_run = act->line->value[SEGMENT_DRY_RUN];
	char text[DURATION_TEXT];

	output_open(output, OUTPUT_FORM, columns, ARRAY_SIZE(columns));
	output_text(output, OUTCOME_SEGMENT, act->segment->exe);
	output_number(output, column, act->list.count);
	output_number(output, OUTCOME_FOLDED, act->list.folded);
	if (act->list.folded)
		output_number(output, OUTCOME_FOLDED_SHOWN, act->list.folded);
	if (act->ttl) {
		output_number(output, OUTCOME_TTL, act->ttl);
		output_format(output, OUTCOME_EXPIRES, "in %s",
			      duration_print(act->ttl, text));
	}
	output_flag(output, OUTCOME_DRY_RUN, dry_run);
	if (dry_run)
		output_text(output, OUTCOME_NEXT,
			    "nothing was changed: this was a dry run");
	else if (undo)
		say_undo(act, undo);
	output_record(output);
	return output_close(output);
}

static int read_words(struct act *act)
{
	const struct command_line *line = act->line;
	int code = EXIT_OK;
	const char *why;
	size_t i;

	if (line->count - 2 > CLIENT_CHANGE_MAX) {
		output_error("segment %s: %zu addresses are more than the %u that it takes at once: write them into a file for `cordonctl segment load`",
			     line->words[0], line->count - 2,
			     CLIENT_CHANGE_MAX);
		return EXIT_USAGE;
	}
	for (i = 2; i < line->count; i++) {
		why = segment_list_add(&act->list, line->words[i],
				       strlen(line->words[i]), act->ttl);
		if (!why)
			continue;
		output_error("segment %s: \"%s\": %s", line->words[0],
			     line->words[i], why);
		code = EXIT_USAGE;
	}
	segment_list_fold(&act->list);
	return code;
}

static int add(struct act *act)
{
	int code = EXIT_OK;

	if (!act->line->value[SEGMENT_DRY_RUN])
		code = client_segment_change(act->client, false,
					     act->segment->exe,
					     act->list.entries,
					     act->list.count);
	return code ? code : tell(act, OUTCOME_ADDED, "del");
}

static bool is_equal(const struct cordon_segment_entry *wanted,
		     const struct client_entry *entry)
{
	return wanted->length == entry->prefix.length &&
	       !memcmp(wanted->address, entry->prefix.address.byte,
		       sizeof(wanted->address));
}

/* Would taking out this address change anything; says why not */
static bool check_present(const struct act *act,
			  const struct client_dump *entries,
			  const struct cordon_segment_entry *wanted)
{
	const struct client_entry *wider = NULL, *stated = NULL;
	struct cordon_prefix prefix = { .length = wanted->length };
	char text[ENDPOINT_TEXT], other[ENDPOINT_TEXT];
	size_t i;

	memcpy(prefix.address.byte, wanted->address, sizeof(wanted->address));
	for (i = 0; i < entries->count; i++) {
		const struct client_entry *entry = &entries->entries[i];

		if (strcmp(entry->segment, act->segment->exe))
			continue;
		if (is_equal(wanted, entry)) {
			if (entry->origin != CORDON_ORIGIN_DOCUMENT)
				return true;
			stated = entry;
		} else if (entry->prefix.length < prefix.length &&
			   cordon_prefix_contains(&entry->prefix,
						  &prefix.address)) {
			wider = entry;
		}
	}
	endpoint_prefix(&prefix, text);
	if (stated)
		output_error("segment del: %s stands in the document \"%s\": take it out there, and load that again",
			     text, act->segment->workload);
	else if (wider)
		output_error("segment del: %s is no entry of segment \"%s\", but lies within its entry %s",
			     text, act->segment->exe,
			     endpoint_prefix(&wider->prefix, other));
	else
		output_error("segment del: %s is no entry of segment \"%s\": see `cordonctl segment list %s`",
			     text, act->segment->exe, act->segment->exe);
	return false;
}

static int del(struct act *act)
{
	struct client_dump entries;
	bool present = true;
	size_t i;
	int code;

	code = client_dump_named(act->client, CORDON_CMD_ENTRY_DUMP,
				 act->segment->exe, &entries);
	if (code)
		return code;
	for (i = 0; i < act->list.count; i++)
		if (!check_present(act, &entries, &act->list.entries[i]))
			present = false;
	client_dump_free(&entries);
	if (!present) {
		output_error("segment del: nothing was changed");
		return EXIT_UNKNOWN;
	}
	if (!act->line->value[SEGMENT_DRY_RUN])
		code = client_segment_change(act->client, true,
					     act->segment->exe,
					     act->list.entries,
					     act->list.count);
	return code ? code : tell(act, OUTCOME_REMOVED, "add");
}

static void print_wrong(struct report *report, const char *name)
{
	struct report shown = *report;

	if (shown.count > WRONG_SHOWN)
		shown.count = WRONG_SHOWN;
	report_print(&shown, stderr);
	if (report->count > shown.count)
		output_error("%s: %zu more lines are wrong: is it a list of addresses at all?",
			     name, report->count - shown.count);
}

static int read_file(struct act *act)
{
	const char *path = act->line->words[2];
	bool standard = !strcmp(path, "-");
	const char *name = standard ? "<stdin>" : path;
	FILE *stream = standard ? stdin : fopen(path, "re");
	struct report report;
	int code = EXIT_OK;

	if (!stream) {
		output_error("%s: cannot be opened: %s", path, strerror(errno));
		return EXIT_MANIFEST;
	}
	report_init(&report);
	if (segment_list_read(&act->list, stream, name, act->ttl, &report))
		code = EXIT_MANIFEST;
	if (report.errors) {
		print_wrong(&report, name);
		output_error("%s: nothing was changed", name);
		code = EXIT_MANIFEST;
	}
	report_free(&report);
	if (!standard)
		fclose(stream);
	segment_list_fold(&act->list);
	if (!code && !act->list.count &&
	    !act->line->value[SEGMENT_ALLOW_EMPTY]) {
		output_error("%s: holds no address; nothing was changed: with --allow-empty it would take out all that was loaded before",
			     name);
		code = EXIT_MANIFEST;
	}
	return code;
}

static int load(struct act *act)
{
	int code = EXIT_OK;

	if (!act->line->value[SEGMENT_DRY_RUN])
		code = client_segment_load(act->client, act->segment->exe,
					   act->list.entries, act->list.count);
	return code ? code : tell(act, OUTCOME_LOADED, NULL);
}

static int list(struct act *act)
{
	struct client_dump entries = { .count = 0 }, members = { .count = 0 };
	int code;

	code = client_dump_named(act->client, CORDON_CMD_ENTRY_DUMP,
				 act->segment ? act->segment->exe : NULL,
				 &entries);
	if (!code)
		code = client_dump(act->client, CORDON_CMD_MEMBER_DUMP,
				   &members);
	if (!code && !act->segments.count)
		output_line(act->line->output, "no segment is defined");
	if (!code)
		code = segment_table_list(act->line->output, &act->segments,
					  &entries, &members, act->segment);
	client_dump_free(&entries);
	client_dump_free(&members);
	return code;
}

static int summary(struct act *act)
{
	struct client_dump entries;
	int code;

	code = client_dump(act->client, CORDON_CMD_ENTRY_DUMP, &entries);
	if (code)
		return code;
	if (!act->segments.count)
		output_line(act->line->output, "no segment is defined");
	code = segment_table_summary(act->line->output, &act->segments,
				     &entries);
	client_dump_free(&entries);
	return code;
}

#define BIT(option) (1u << (option))

static const struct action actions[] = {
	{ "list", "[NAME]", 1, 2, 0, NULL, list },
	{ "add", "NAME PREFIX…", 3, SIZE_MAX,
	  BIT(SEGMENT_TTL) | BIT(SEGMENT_DRY_RUN), read_words, add },
	{ "del", "NAME PREFIX…", 3, SIZE_MAX, BIT(SEGMENT_DRY_RUN),
	  read_words, del },
	{ "load", "NAME FILE|-", 3, 3,
	  BIT(SEGMENT_TTL) | BIT(SEGMENT_DRY_RUN) | BIT(SEGMENT_ALLOW_EMPTY),
	  read_file, load },
};

static const struct action show_all = {
	"", "", 0, 0, 0, NULL, summary,
};

static const struct action *find_action(const struct command_line *line)
{
	const char *names[ARRAY_SIZE(actions)];
	const char *nearest;
	size_t i;

	if (!line->count)
		return &show_all;
	for (i = 0; i < ARRAY_SIZE(actions); i++) {
		if (!strcmp(actions[i].name, line->words[0]))
			return &actions[i];
		names[i] = actions[i].name;
	}
	nearest = suggest_nearest(line->words[0], names, ARRAY_SIZE(actions));
	output_error("segment: \"%s\" is none of list, add, del and load%s%s%s",
		     line->words[0], nearest ? "; did you mean \"" : "",
		     nearest ? nearest : "", nearest ? "\"?" : "");
	return NULL;
}

static int check_line(const struct command_line *line,
		      const struct action *action)
{
	size_t i;

	if (line->count < action->words_min ||
	    line->count > action->words_max) {
		output_error("segment %s: something is %s: usage: cordonctl segment %s %s",
			     action->name, line->count < action->words_min ?
			     "missing" : "too much", action->name,
			     action->arguments);
		return EXIT_USAGE;
	}
	for (i = 0; options[i].name; i++) {
		if (!line->value[i] || action->options & BIT(i))
			continue;
		output_error("segment%s%s does not take --%s",
			     *action->name ? " " : "", action->name,
			     options[i].name);
		return EXIT_USAGE;
	}
	return EXIT_OK;
}

static int find_segment(struct act *act)
{
	int code;

	code = client_open(&act->client);
	if (!code)
		code = client_segments_read(act->client, &act->segments);
	if (code || act->line->count < 2)
		return code;
	act->segment = client_segments_find(&act->segments,
					    act->line->words[1]);
	return act->segment ? EXIT_OK : EXIT_UNKNOWN;
}

static int run(const struct command_line *line)
{
	const struct action *action = find_action(line);
	const char *ttl = line->value[SEGMENT_TTL];
	struct act act = { .line = line };
	int code;

	if (!action)
		return EXIT_USAGE;
	code = check_line(line, action);
	if (code)
		return code;
	if (ttl && !duration_parse(ttl, CORDON_TTL_MAX, &act.ttl)) {
		output_error("--ttl takes a time such as 90s, 15m, 6h or 7d, up to %ud, not \"%s\"",
			     CORDON_TTL_MAX / 86400, ttl);
		return EXIT_USAGE;
	}
	if (action->prepare)
		code = action->prepare(&act);
	if (!code)
		code = find_segment(&act);
	if (!code)
		code = action->run(&act);
	segment_list_free(&act.list);
	client_segments_free(&act.segments);
	client_close(act.client);
	return code;
}

const struct command command_segment = {
	.name = "segment",
	.arguments = "[list [NAME] | add NAME PREFIX… | del NAME PREFIX… | load NAME FILE|-]",
	.summary = "show what lies in segments, add to it, take out of it",
	.help =
"Without a word: a line for each segment that the loaded documents define, with\n"
"how many addresses it holds, by where they come from.\n"
"\n"
"list: every address, with the time it has left and how many verdicts looked at\n"
"it.  add: puts addresses or prefixes into a segment at once; what is there\n"
"already gets the new time to live.  del: takes out what was added or loaded;\n"
"what the document states stays.  load: puts the addresses of a file in place of\n"
"all that was loaded into that segment before, in one step: one a line, \"#\" and\n"
"\";\" begin comments; \"-\" is the standard input.  Nothing is changed unless all\n"
"its lines are right.\n"
"\n"
"Changes take effect at the next packet, also of flows that are established, and\n"
"last until their time is over, they are taken out, or the module is unloaded.\n"
"\n"
"Ends with 10 if there is no such segment, or del finds no such entry.",
	.options = options,
	.words_min = 0,
	.words_max = SIZE_MAX,
	.run = run,
};
