// SPDX-License-Identifier: LGPL-2.1-or-later
/* cordonctl capture: from behaviours to a manifest. */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "capture/behaviour_kernel.h"
#include "capture/capture.h"
#include "client.h"
#include "command.h"
#include "manifest_write.h"
#include "names.h"

enum capture_option {
	CAPTURE_FROM,
	CAPTURE_NAME,
	CAPTURE_MEMBER,
	CAPTURE_ALLOW_PROGRAM,
	CAPTURE_ALLOW,
	CAPTURE_EXACT,
	CAPTURE_MONITORED,
	CAPTURE_ENFORCE,
	CAPTURE_NO_SEEN,
	CAPTURE_OUTPUT,
};

static const struct command_option options[] = {
	[CAPTURE_FROM] = { "from", "FILE",
			   "read behaviours as JSON lines, \"-\": from stdin; several are joined" },
	[CAPTURE_NAME] = { "name", "NAME",
			   "call the workload so in the manifest" },
	[CAPTURE_MEMBER] = { "member", "SELECTOR",
			     "what selects its processes, as in \"members\"; several are joined" },
	[CAPTURE_ALLOW_PROGRAM] = { "allow-program", "PATH",
				    "take in this program though it is for a decision; may be repeated" },
	[CAPTURE_ALLOW] = { "allow", "PATTERN",
			    "take in, as this pattern, what is for a decision; may be repeated" },
	[CAPTURE_EXACT] = { "exact", NULL,
			    "name everything as it was seen" },
	[CAPTURE_MONITORED] = { "monitored", NULL,
				"what would have been denied was legitimate" },
	[CAPTURE_ENFORCE] = { "enforce", NULL,
			      "enforce all classes instead of monitoring them" },
	[CAPTURE_NO_SEEN] = { "no-seen", NULL, "leave out the evidence" },
	[CAPTURE_OUTPUT] = { "output", "FILE",
			     "write the manifest there, not to stdout" },
	{ NULL, NULL, NULL },
};

enum capture_column {
	COLUMN_RECORD,
	COLUMN_PROGRAM,
	COLUMN_OP,
	COLUMN_RULE,
	COLUMN_SHAPE,
	COLUMN_KIND,
	COLUMN_WHY,
	COLUMN_HOW,
	COLUMN_OBJECTS,
	COLUMN_COUNT,
	COLUMN_FIRST,
	COLUMN_LAST,
	COLUMN_EXAMPLE,
	COLUMN_ACTS,
	COLUMN_DROPPED,
};

static const struct output_column columns[] = {
	[COLUMN_RECORD] = { "record", NULL, OUTPUT_TEXT },
	[COLUMN_PROGRAM] = { "program", NULL, OUTPUT_PATH },
	[COLUMN_OP] = { "op", NULL, OUTPUT_TEXT },
	[COLUMN_RULE] = { "rule", NULL, OUTPUT_TEXT },
	[COLUMN_SHAPE] = { "shape", NULL, OUTPUT_TEXT },
	[COLUMN_KIND] = { "kind", NULL, OUTPUT_TEXT },
	[COLUMN_WHY] = { "why", NULL, OUTPUT_TEXT },
	[COLUMN_HOW] = { "how", NULL, OUTPUT_TEXT },
	[COLUMN_OBJECTS] = { "objects", NULL, OUTPUT_NUMBER },
	[COLUMN_COUNT] = { "count", NULL, OUTPUT_NUMBER },
	[COLUMN_FIRST] = { "first", NULL, OUTPUT_TIME },
	[COLUMN_LAST] = { "last", NULL, OUTPUT_TIME },
	[COLUMN_EXAMPLE] = { "example", NULL, OUTPUT_TEXT },
	[COLUMN_ACTS] = { "acts", NULL, OUTPUT_NUMBER },
	[COLUMN_DROPPED] = { "dropped", NULL, OUTPUT_NUMBER },
};

static int read_files(struct behaviour_set *set,
		      const struct command_line *line)
{
	const char *files[COMMAND_REPEATS_MAX];
	size_t count = command_values(line, CAPTURE_FROM, files), i;

	for (i = 0; i < count; i++)
		if (behaviour_set_read_file(set, files[i]))
			return EXIT_MANIFEST;
	return EXIT_OK;
}

/** struct selectors - of a workload that is loaded */
struct selectors {
	char **items;
	size_t count;
};

static void drop_selectors(struct selectors *selectors)
{
	while (selectors->count)
		free(selectors->items[--selectors->count]);
	free(selectors->items);
}

static int fetch(struct behaviour_set *set, struct selectors *selectors,
		 const char *workload)
{
	struct client *client;
	int code;

	if (!workload) {
		output_error("capture: say which workload, or with --from where the behaviours are");
		return EXIT_USAGE;
	}
	code = client_open(&client);
	if (code)
		return code;
	code = behaviour_set_fetch(set, client, workload);
	if (!code)
		code = behaviour_members_fetch(client, workload,
					       &selectors->items,
					       &selectors->count);
	client_close(client);
	return code;
}

/* Beside the file and then in its place: a half written one is never there. */
static int write_file(const char *name, const char *text)
{
	char *beside;
	FILE *stream;
	bool good;

	if (asprintf(&beside, "%s.new", name) < 0) {
		output_error("out of memory");
		return EXIT_FAILED;
	}
	stream = fopen(beside, "we");
	good = stream && fputs(text, stream) >= 0;
	if (stream)
		good &= !fclose(stream);
	good = good && !rename(beside, name);
	if (!good) {
		output_error("%s: cannot be written: %s", name,
			     strerror(errno));
		if (stream)
			unlink(beside);
	}
	free(beside);
	return good ? EXIT_OK : EXIT_FAILED;
}

static void put_evidence(struct output *output, const struct evidence *seen)
{
	output_number(output, COLUMN_OBJECTS, seen->objects);
	output_number(output, COLUMN_COUNT, seen->count);
	if (seen->first)
		output_time(output, COLUMN_FIRST, seen->first);
	if (seen->last)
		output_time(output, COLUMN_LAST, seen->last);
	output_text(output, COLUMN_EXAMPLE, seen->example);
}

static void put_decision(struct output *output,
			 const struct decision *decision)
{
	char *how = decision_how(decision);

	output_text(output, COLUMN_RECORD, "decision");
	output_text(output, COLUMN_PROGRAM, decision->program);
	output_text(output, COLUMN_OP, cordon_op_name(decision->op));
	output_text(output, COLUMN_RULE, decision->object);
	output_text(output, COLUMN_KIND, decision_word(decision->kind));
	output_text(output, COLUMN_WHY, decision->why);
	output_text(output, COLUMN_HOW, how);
	put_evidence(output, &decision->seen);
	if (decision->kind == DECISION_PROGRAM)
		output_number(output, COLUMN_ACTS, decision->acts);
	output_record(output);
	free(how);
}

/* What was made, for programs: rules, decisions, and what is missing. */
static int put_report(struct output *output, const struct capture *capture)
{
	size_t i;

	output_open(output, OUTPUT_LIST, columns, ARRAY_SIZE(columns));
	for (i = 0; i < capture->rules.count; i++) {
		const struct capture_rule *rule = &capture->rules.rules[i];

		output_text(output, COLUMN_RECORD, "rule");
		output_text(output, COLUMN_PROGRAM, rule->program);
		output_text(output, COLUMN_OP, cordon_op_name(rule->op));
		output_text(output, COLUMN_RULE, rule->text);
		output_text(output, COLUMN_SHAPE, rule->shape);
		put_evidence(output, &rule->seen);
		output_record(output);
	}
	for (i = 0; i < capture->decisions.count; i++)
		put_decision(output, &capture->decisions.items[i]);
	if (capture->set.dropped) {
		output_text(output, COLUMN_RECORD, "dropped");
		output_number(output, COLUMN_DROPPED, capture->set.dropped);
		output_record(output);
	}
	return output_close(output);
}

static void say_decision(const struct decision *decision)
{
	char *how = decision_how(decision);
	char acts[64] = "";

	if (decision->acts)
		snprintf(acts, sizeof(acts), ", and %llu of its own",
			 (unsigned long long)decision->acts);
	output_warn("left out: %s %s %s: %s (%llu acts%s)%s%s",
		    decision->program, cordon_op_name(decision->op),
		    decision->object, decision->why,
		    (unsigned long long)decision->seen.count, acts,
		    how ? "; to take it in: " : "", how ? how : "");
	free(how);
}

static void say_rest(const struct capture *capture)
{
	size_t i;

	for (i = 0; i < capture->decisions.count; i++)
		say_decision(&capture->decisions.items[i]);
	if (capture->set.dropped)
		output_warn("incomplete: %llu acts were not recorded, so that what they did may be denied; learn again with more room (the module's parameter \"behaviours\")",
			    (unsigned long long)capture->set.dropped);
}

static int finish(const struct command_line *line,
		  const struct capture *capture, const char *text)
{
	const char *file = line->value[CAPTURE_OUTPUT];
	int code = EXIT_OK;

	if (capture_verify(capture, text))
		return EXIT_FAILED;
	if (file)
		code = write_file(file, text);
	else if (!output_is_json(line->output) &&
		 (fputs(text, stdout) < 0 || fflush(stdout)))
		code = EXIT_FAILED;
	if (!code && output_is_json(line->output))
		code = put_report(line->output, capture);
	say_rest(capture);
	if (code)
		return code;
	return capture->decisions.count ? EXIT_DECISION : EXIT_OK;
}

static int make(const struct command_line *line, struct behaviour_set *set,
		const struct capture_options *wanted)
{
	struct capture_machine *machine;
	struct capture_world world;
	struct capture capture;
	json_t *document;
	char *text = NULL;
	int code = EXIT_UNKNOWN;

	machine = capture_machine_open(&world);
	if (!capture_make(&capture, set, wanted, &world)) {
		document = capture_document(&capture, wanted);
		text = manifest_write(document);
		json_decref(document);
		code = finish(line, &capture, text);
	}
	free(text);
	capture_free(&capture);
	capture_machine_close(machine);
	return code;
}

static int run(const struct command_line *line)
{
	const char *members[COMMAND_REPEATS_MAX];
	const char *programs[COMMAND_REPEATS_MAX];
	const char *objects[COMMAND_REPEATS_MAX];
	struct capture_options wanted = {
		.workload = line->count ? line->words[0] : NULL,
		.name = line->value[CAPTURE_NAME],
		.members = members,
		.member_count = command_values(line, CAPTURE_MEMBER, members),
		.programs = programs,
		.program_count = command_values(line, CAPTURE_ALLOW_PROGRAM,
						programs),
		.objects = objects,
		.object_count = command_values(line, CAPTURE_ALLOW, objects),
		.exact = line->value[CAPTURE_EXACT],
		.monitored = line->value[CAPTURE_MONITORED],
		.enforce = line->value[CAPTURE_ENFORCE],
		.bare = line->value[CAPTURE_NO_SEEN],
	};
	struct selectors selectors = { 0 };
	struct behaviour_set set = { 0 };
	int code;

	if (line->value[CAPTURE_FROM])
		code = read_files(&set, line);
	else
		code = fetch(&set, &selectors, wanted.workload);
	if (!wanted.member_count) {
		wanted.members = (const char *const *)selectors.items;
		wanted.member_count = selectors.count;
	}
	behaviour_set_settle(&set);
	if (!code)
		code = make(line, &set, &wanted);
	behaviour_set_free(&set);
	drop_selectors(&selectors);
	return code;
}

const struct command command_capture = {
	.name = "capture",
	.arguments = "[WORKLOAD]",
	.summary = "make a manifest of what was seen",
	.help =
"Writes the manifest that allows what WORKLOAD was seen to do, and nothing else:\n"
"from what the module has learnt, or with --from from behaviours as `cordonctl\n"
"learn show WORKLOAD --json` tells them, and departures as `cordonctl monitor\n"
"--json` does (with --monitored).\n"
"\n"
"Paths that differ only in what never comes again become one pattern, where\n"
"there is evidence for it: numbers, hashes, names of temporary files, rotated\n"
"logs, versions of packaged libraries, homes.  Never in /etc, /root, /dev and\n"
"other sensitive places.  \"seen\" in the manifest says what each such rule was\n"
"made of; --exact names everything as it was.\n"
"\n"
"What a service seldom has a business with (shells started by what serves the\n"
"network, compilers, package managers, other processes' files, code without a\n"
"file) and what was denied is left out, told on stderr, and ends the command\n"
"with 15: take it in by --allow-program and --allow, or find out who did it.\n"
"\n"
"Before it is written, the manifest is put to the decision engine with all that\n"
"was taken in: each act must be allowed.  --json writes a record for each rule\n"
"and each decision instead of the manifest, which then goes to --output.",
	.options = options,
	.repeats = 1u << CAPTURE_FROM | 1u << CAPTURE_MEMBER |
		   1u << CAPTURE_ALLOW_PROGRAM | 1u << CAPTURE_ALLOW,
	.words_min = 0,
	.words_max = 1,
	.run = run,
};
