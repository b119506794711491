// SPDX-License-Identifier: LGPL-2.1-or-later
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "client.h"
#include "command.h"
#include "duration.h"
#include "names.h"
#include "rules_hygiene.h"
#include "suggest.h"

enum rules_option {
	RULES_HITS,
	RULES_PROGRAM,
	RULES_STALE,
	RULES_SHADOWED,
	RULES_BROAD,
	RULES_MANIFEST,
	RULES_INCLUDE,
};

static const struct command_option options[] = {
	[RULES_HITS] = { "hits", NULL,
		"show how often each decided, and when last, the most used first" },
	[RULES_PROGRAM] = { "program", "EXE",
		"only rules of that entry, as the manifest writes it" },
	[RULES_STALE] = { "stale", "TIME",
		"only rules that have decided nothing for that long: \"30d\"" },
	[RULES_SHADOWED] = { "shadowed", NULL,
		"only rules that change nothing, since others cover them" },
	[RULES_BROAD] = { "broad", NULL,
		"only rules that allow much, and what of it is too much" },
	[RULES_MANIFEST] = { "manifest", "FILE",
		"with --shadowed and --broad: of manifests, not of what is loaded" },
	[RULES_INCLUDE] = { "include", "DIR",
		"look for pieces here too, before the system's places" },
	{ NULL, NULL, NULL },
};

enum {
	RULE_WORKLOAD,
	RULE_PROGRAM_SHOWN,
	RULE_PROGRAM,
	RULE_EFFECT,
	RULE_OPS,
	RULE_TEXT,
	RULE_HITS_SHOWN,
	RULE_HITS,
	RULE_LAST_SHOWN,
	RULE_LAST,
	RULE_SINCE,
	RULE_PLACE,
	RULE_ID,
	RULE_FILE,
	RULE_LINE,
	RULE_COLUMN,
	RULE_NOTE,
	RULE_DO,
	RULE_COUNT,
	RULE_WITHIN,
	RULE_PER,
	RULE_TTL,
	RULE_LAPSE,
	RULE_COLUMNS,
};

static const struct output_column columns[RULE_COLUMNS] = {
	[RULE_WORKLOAD] = { "workload", "WORKLOAD", OUTPUT_TEXT },
	[RULE_PROGRAM_SHOWN] = { NULL, "PROGRAM", OUTPUT_PATH },
	[RULE_PROGRAM] = { "program", NULL, OUTPUT_PATH },
	[RULE_EFFECT] = { "effect", "EFFECT", OUTPUT_TEXT },
	[RULE_OPS] = { "ops", "OPS", OUTPUT_WORDS },
	[RULE_TEXT] = { "rule", "RULE", OUTPUT_PATH },
	[RULE_HITS_SHOWN] = { NULL, "HITS", OUTPUT_NUMBER },
	[RULE_HITS] = { "hits", NULL, OUTPUT_NUMBER },
	[RULE_LAST_SHOWN] = { NULL, "LAST", OUTPUT_TEXT },
	[RULE_LAST] = { "last", NULL, OUTPUT_TIME },
	[RULE_SINCE] = { "since", NULL, OUTPUT_TIME },
	[RULE_PLACE] = { NULL, "FROM", OUTPUT_PATH },
	[RULE_ID] = { "id", NULL, OUTPUT_NUMBER },
	[RULE_FILE] = { "file", NULL, OUTPUT_PATH },
	[RULE_LINE] = { "line", NULL, OUTPUT_NUMBER },
	[RULE_COLUMN] = { "column", NULL, OUTPUT_NUMBER },
	[RULE_NOTE] = { "note", NULL, OUTPUT_TEXT },
	[RULE_DO] = { "do", NULL, OUTPUT_WORDS },
	[RULE_COUNT] = { "count", NULL, OUTPUT_NUMBER },
	[RULE_WITHIN] = { "within", NULL, OUTPUT_NUMBER },
	[RULE_PER] = { "per", NULL, OUTPUT_TEXT },
	[RULE_TTL] = { "ttl", NULL, OUTPUT_WORDS },
	[RULE_LAPSE] = { "lapse", NULL, OUTPUT_NUMBER },
};

static int compare_programs(const void *left, const void *right)
{
	const struct client_program *a = left, *b = right;
	int order = strcmp(a->workload, b->workload);

	if (order)
		return order;
	return (a->index > b->index) - (a->index < b->index);
}

static int compare_hits(const void *left, const void *right)
{
	const struct client_rule *a = left, *b = right;
	int order;

	if (a->hits != b->hits)
		return a->hits < b->hits ? 1 : -1;
	order = strcmp(a->workload, b->workload);
	if (order)
		return order;
	return (a->id > b->id) - (a->id < b->id);
}

/* The entry that a rule belongs to, or NULL: the workload's own */
static const char *program_of(const struct client_dump *programs,
			      const struct client_rule *rule)
{
	const struct client_program wanted = {
		.workload = rule->workload,
		.index = rule->program,
	};
	const struct client_program *program;

	if (rule->program == CORDON_NONE)
		return NULL;
	program = bsearch(&wanted, programs->programs, programs->count,
			  sizeof(wanted), compare_programs);
	return program ? program->exe : "?";
}

/* Since when the verdicts of a workload's rules are counted; 0: not told */
static uint64_t since_of(const struct client_dump *workloads,
			 const struct client_rule *rule)
{
	const struct client_workload *workload =
		client_workload_seek(workloads, rule->workload);

	return workload ? workload->since : 0;
}

static void print_times(struct output *output, const struct client_rule *rule,
			uint64_t since)
{
	uint64_t now = (uint64_t)time(NULL), then = rule->last / 1000000000;
	char text[DURATION_TEXT];

	if (rule->last) {
		output_text(output, RULE_LAST_SHOWN,
			    duration_print(now > then ? (uint32_t)(now - then) :
							0, text));
		output_time(output, RULE_LAST, rule->last);
	}
	if (since)
		output_time(output, RULE_SINCE, since);
}

static void print_rule(struct output *output, const struct client_rule *rule,
		       const char *program, uint64_t since)
{
	u32 op;

	output_text(output, RULE_WORKLOAD, rule->workload);
	/* Of a flow between segments the program is where it comes from */
	if (rule->ops & 1u << CORDON_OP_PASS)
		output_format(output, RULE_PROGRAM_SHOWN, "from %s",
			      program ? program : "any");
	else
		output_text(output, RULE_PROGRAM_SHOWN, program);
	output_text(output, RULE_PROGRAM, program);
	output_text(output, RULE_EFFECT, cordon_effect_name(rule->effect));
	output_tone(output, RULE_EFFECT, rule->effect == CORDON_EFFECT_DENY ?
					 OUTPUT_BAD : OUTPUT_PLAIN);
	for (op = 0; op < CORDON_OP_COUNT; op++)
		if (rule->ops & 1u << op)
			output_word(output, RULE_OPS, cordon_op_name(op));
	output_text(output, RULE_TEXT, rule->text);
	output_number(output, RULE_HITS_SHOWN, rule->hits);
	output_number(output, RULE_HITS, rule->hits);
	print_times(output, rule, since);
	output_format(output, RULE_PLACE, "%s:%u", rule->file, rule->line);
	output_number(output, RULE_ID, rule->id);
	output_text(output, RULE_FILE, rule->file);
	output_number(output, RULE_LINE, rule->line);
	output_number(output, RULE_COLUMN, rule->column);
	output_text(output, RULE_NOTE, *rule->note ? rule->note : NULL);
	output_record(output);
}

static const struct client_rule *
rule_of(const struct client_dump *rules, const struct client_response *response)
{
	size_t i;

	for (i = 0; response->rule != CORDON_NONE && i < rules->count; i++)
		if (rules->rules[i].id == response->rule &&
		    !strcmp(rules->rules[i].workload, response->workload))
			return &rules->rules[i];
	return NULL;
}

/* "kill+quarantine after 5 in 1m per peer, for 4h 1d, if approved in 10m" */
static void print_what(struct output *output,
		       const struct client_response *response)
{
	/* Each of the words once, and each time */
	char text[256 + (CORDON_LADDER_MAX + 2) * DURATION_TEXT];
	char time[DURATION_TEXT];
	size_t used = 0;
	u32 i;

#define ADD(...) \
	(used += (size_t)snprintf(text + used, sizeof(text) - used, \
				  __VA_ARGS__))
	for (i = 0; i < CORDON_RESPONSE_COUNT; i++) {
		if (!(response->responses & 1u << i))
			continue;
		ADD("%s%s", used ? "+" : "", cordon_response_name(i));
		output_word(output, RULE_DO, cordon_response_name(i));
	}
	if (response->times > 1)
		ADD(" after %u in %s per %s", response->times,
		    duration_print(response->within, time),
		    response->per == CORDON_PER_PEER ? "peer" : "subject");
	for (i = 0; i < response->steps; i++)
		ADD("%s %s", i ? "" : ", for",
		    duration_print(response->ttl[i], time));
	if (response->lapse)
		ADD(", if approved in %s",
		    duration_print(response->lapse, time));
#undef ADD
	output_text(output, RULE_TEXT, text);
}

static void print_response(struct output *output,
			   const struct client_response *response,
			   const struct client_rule *rule,
			   const char *program)
{
	char seconds[16];
	u32 i;

	output_text(output, RULE_WORKLOAD, response->workload);
	output_text(output, RULE_PROGRAM_SHOWN, program);
	output_text(output, RULE_PROGRAM, program);
	output_text(output, RULE_EFFECT, "respond");
	for (i = 0; i < CORDON_OP_COUNT; i++)
		if (response->ops & 1u << i)
			output_word(output, RULE_OPS, cordon_op_name(i));
	print_what(output, response);
	if (rule) {
		output_format(output, RULE_PLACE, "%s:%u", rule->file,
			      rule->line);
		output_number(output, RULE_ID, rule->id);
		output_text(output, RULE_FILE, rule->file);
		output_number(output, RULE_LINE, rule->line);
	}
	output_number(output, RULE_COUNT, response->times);
	if (response->within)
		output_number(output, RULE_WITHIN, response->within);
	output_text(output, RULE_PER, response->per == CORDON_PER_PEER ?
				      "peer" : "subject");
	for (i = 0; i < response->steps; i++) {
		snprintf(seconds, sizeof(seconds), "%u", response->ttl[i]);
		output_word(output, RULE_TTL, seconds);
	}
	if (response->lapse)
		output_number(output, RULE_LAPSE, response->lapse);
	output_record(output);
}

static void print_responses(const struct command_line *line,
			    const struct client_dump *responses,
			    const struct client_dump *rules,
			    const struct client_dump *programs)
{
	const char *workload = line->count ? line->words[0] : NULL;
	const char *wanted = line->value[RULES_PROGRAM];
	size_t i;

	for (i = 0; i < responses->count; i++) {
		const struct client_response *response =
			&responses->responses[i];
		const struct client_rule *rule = rule_of(rules, response);
		const char *program = rule ? program_of(programs, rule) : NULL;

		if (workload && strcmp(response->workload, workload))
			continue;
		if (wanted && (!program || strcmp(program, wanted)))
			continue;
		print_response(line->output, response, rule, program);
	}
}

/**
 * struct staleness - which rules are stale
 * @seconds: so long they have decided nothing; 0: all are wanted
 * @now: s, CLOCK_REALTIME
 */
struct staleness {
	uint32_t seconds;
	uint64_t now;
};

static bool is_older(const struct staleness *staleness, uint64_t then)
{
	return then / 1000000000 + staleness->seconds <= staleness->now;
}

/* What is younger than that can have been needed just as long. */
static bool is_wanted(const struct staleness *staleness,
		      const struct client_rule *rule, uint64_t since)
{
	return !staleness->seconds ||
	       (since && is_older(staleness, since) &&
		is_older(staleness, rule->last));
}

/* Of which nothing can be said yet. */
static void tell_young(const struct command_line *line,
		       const struct staleness *staleness,
		       const struct client_dump *workloads)
{
	const char *wanted = line->count ? line->words[0] : NULL;
	char text[DURATION_TEXT];
	size_t i;

	for (i = 0; staleness->seconds && i < workloads->count; i++) {
		const struct client_workload *workload =
			&workloads->workloads[i];
		uint64_t since = workload->since / 1000000000;

		if ((wanted && strcmp(workload->name, wanted)) ||
		    is_older(staleness, workload->since))
			continue;
		output_warn("%s was loaded %s ago: whether its rules are stale cannot be said yet",
			    workload->name,
			    duration_print(staleness->now > since ?
					   (uint32_t)(staleness->now - since) :
					   0, text));
	}
}

static int print_rules(const struct command_line *line,
		       const struct client_dump *workloads,
		       const struct client_dump *rules,
		       const struct client_dump *programs,
		       const struct client_dump *responses,
		       const struct staleness *staleness)
{
	const char *workload = line->count ? line->words[0] : NULL;
	const char *wanted = line->value[RULES_PROGRAM];
	struct output_column shown[RULE_COLUMNS];
	size_t i;

	memcpy(shown, columns, sizeof(shown));
	if (!line->value[RULES_HITS] && !staleness->seconds) {
		shown[RULE_HITS_SHOWN].heading = NULL;
		shown[RULE_LAST_SHOWN].heading = NULL;
	}
	tell_young(line, staleness, workloads);
	output_open(line->output, OUTPUT_TABLE, shown, ARRAY_SIZE(shown));
	for (i = 0; i < rules->count; i++) {
		const struct client_rule *rule = &rules->rules[i];
		const char *program = program_of(programs, rule);
		uint64_t since = since_of(workloads, rule);

		if (workload && strcmp(rule->workload, workload))
			continue;
		if (wanted && (!program || strcmp(program, wanted)))
			continue;
		if (is_wanted(staleness, rule, since))
			print_rule(line->output, rule, program, since);
	}
	if (!staleness->seconds)
		print_responses(line, responses, rules, programs);
	return output_close(line->output);
}

/* Is there such an entry, in the workload asked for */
static int check_program(const struct command_line *line,
			 const struct client_dump *programs)
{
	const char *workload = line->count ? line->words[0] : NULL;
	const char *wanted = line->value[RULES_PROGRAM];
	const char *nearest = NULL;
	size_t count = 0, i;
	const char **names;

	names = calloc(programs->count + 1, sizeof(*names));
	if (!names) {
		output_error("out of memory");
		return EXIT_FAILED;
	}
	for (i = 0; i < programs->count; i++) {
		const struct client_program *program = &programs->programs[i];

		if (workload && strcmp(program->workload, workload))
			continue;
		if (!strcmp(program->exe, wanted))
			break;
		names[count++] = program->exe;
	}
	if (i < programs->count) {
		free(names);
		return EXIT_OK;
	}
	nearest = suggest_nearest(wanted, names, count);
	output_error("no program \"%s\" is loaded%s%s%s", wanted,
		     nearest ? "; did you mean \"" : "",
		     nearest ? nearest : "", nearest ? "\"?" : "");
	free(names);
	return EXIT_UNKNOWN;
}

static int list(const struct command_line *line, struct client *client,
		const struct staleness *staleness)
{
	struct client_dump workloads = { .count = 0 };
	struct client_dump programs = { .count = 0 };
	struct client_dump rules = { .count = 0 };
	struct client_dump responses = { .count = 0 };
	int code;

	code = client_dump(client, CORDON_CMD_WORKLOAD_DUMP, &workloads);
	if (!code && line->count &&
	    !client_workload_find(&workloads, line->words[0]))
		code = EXIT_UNKNOWN;
	if (!code)
		code = client_dump(client, CORDON_CMD_PROGRAM_DUMP, &programs);
	if (!code)
		code = client_dump(client, CORDON_CMD_RULE_DUMP, &rules);
	if (!code)
		code = client_dump(client, CORDON_CMD_RESPONSE_DUMP,
				   &responses);
	if (!code && line->value[RULES_PROGRAM])
		code = check_program(line, &programs);
	if (!code) {
		if (programs.count)
			qsort(programs.programs, programs.count,
			      sizeof(*programs.programs), compare_programs);
		if (line->value[RULES_HITS] && rules.count)
			qsort(rules.rules, rules.count, sizeof(*rules.rules),
			      compare_hits);
		code = print_rules(line, &workloads, &rules, &programs,
				   &responses, staleness);
	}
	client_dump_free(&workloads);
	client_dump_free(&programs);
	client_dump_free(&rules);
	client_dump_free(&responses);
	return code;
}

/* What --shadowed and --broad are about. */
static int find(const struct command_line *line)
{
	const struct rules_hygiene wanted = {
		.workload = line->count ? line->words[0] : NULL,
		.program = line->value[RULES_PROGRAM],
		.manifest = line->value[RULES_MANIFEST],
		.include = line->value[RULES_INCLUDE],
		.shadowed = line->value[RULES_SHADOWED],
		.broad = line->value[RULES_BROAD],
	};

	return rules_hygiene(line->output, &wanted);
}

static int read_staleness(const struct command_line *line,
			  struct staleness *staleness)
{
	const char *text = line->value[RULES_STALE];

	staleness->now = (uint64_t)time(NULL);
	if (!text || duration_parse(text, UINT32_MAX, &staleness->seconds))
		return EXIT_OK;
	output_error("--stale takes a time like \"30d\" or \"12h\", not \"%s\"",
		     text);
	return EXIT_USAGE;
}

static int run(const struct command_line *line)
{
	bool finds = line->value[RULES_SHADOWED] || line->value[RULES_BROAD];
	struct staleness staleness = { 0 };
	struct client *client;
	int code;

	if (finds && (line->value[RULES_STALE] || line->value[RULES_HITS])) {
		output_error("rules: --shadowed and --broad are about what rules say, --stale and --hits about what was done: ask one after the other");
		return EXIT_USAGE;
	}
	if (line->value[RULES_MANIFEST] && !finds) {
		output_error("rules: --manifest goes with --shadowed or --broad: what is not loaded has decided nothing");
		return EXIT_USAGE;
	}
	if (finds)
		return find(line);
	code = read_staleness(line, &staleness);
	if (!code)
		code = client_open(&client);
	if (code)
		return code;
	code = list(line, client, &staleness);
	client_close(client);
	return code;
}

const struct command command_rules = {
	.name = "rules",
	.arguments = "[WORKLOAD]",
	.summary = "list the loaded rules, how often each decided, and responses",
	.help =
"A line for each loaded rule, with the place in the manifest it came from.\n"
"Rules without a program are their workload's own; \"from\" and a segment stands\n"
"for the program in rules between segments.  A verdict counts for the one rule\n"
"that it names.  Counters begin anew when the workload is loaded again: \"since\"\n"
"in --json.\n"
"\n"
"--stale lists what has decided nothing for a time, but of no workload that was\n"
"loaded since: a rule without verdicts may be a deny that does its work, or one\n"
"of two that match the same, of which verdicts name the other.  --shadowed lists\n"
"rules without which nothing would change; --broad those that allow much: all\n"
"files, with wildcards what holds secrets or others execute, to run what may be\n"
"written, any peer on all ports.  Both say why, and ask with --manifest files\n"
"instead of the module.\n"
"\n"
"Responses come last, with the effect \"respond\": after which departures, or\n"
"those of which rule, follows what.",
	.options = options,
	.words_min = 0,
	.words_max = 1,
	.run = run,
};
