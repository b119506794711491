// SPDX-License-Identifier: LGPL-2.1-or-later
#include <stdlib.h>
#include <string.h>

#include "command.h"
#include "learn.h"
#include "names.h"
#include "outcome.h"
#include "suggest.h"

enum learn_option {
	LEARN_NAME,
};

static const struct command_option options[] = {
	[LEARN_NAME] = { "name", "WORKLOAD",
		"start: what to call it; otherwise it is called after the first selector" },
	{ NULL, NULL, NULL },
};

/* Classes that there are hooks for */
#define LEARN_CLASSES (CORDON_CLASS_NET + 1)

/* Those classes that are in mode @from, or with -1 all, get mode @to. */
static int switch_modes(const struct command_line *line, struct client *client,
			const struct client_workload *workload, int from,
			int to)
{
	int mode[CORDON_CLASS_COUNT];
	char word[64];
	int code, i;

	for (i = 0; i < CORDON_CLASS_COUNT; i++)
		mode[i] = i < LEARN_CLASSES &&
			  (from < 0 || workload->mode[i] == from) ? to : -1;
	code = client_mode_set(client, workload->name, mode, 0);
	if (code)
		return code;
	outcome_open(line->output);
	for (i = 0; i < LEARN_CLASSES; i++) {
		if (mode[i] < 0)
			continue;
		snprintf(word, sizeof(word), "%s=%s",
			 cordon_class_name((u32)i), cordon_mode_name((u32)to));
		output_word(line->output, OUTCOME_MODES, word);
	}
	return outcome_close(line->output, client, false);
}

static int load(const struct command_line *line, struct client *client,
		struct cordon_draft *draft,
		const struct client_dump *workloads)
{
	const char *name = cordon_draft_text(draft, draft->name);
	struct client_change change = {
		.drafts = &draft,
		.draft_count = 1,
	};
	struct client_status status;
	int code;

	if (client_workload_seek(workloads, name)) {
		output_error("learn: a workload \"%s\" is loaded: `cordonctl learn start %s` lets it learn as it is; or give --name another",
			     name, name);
		return EXIT_USAGE;
	}
	code = client_status(client, &status);
	if (code)
		return code;
	change.generation = status.generation;
	code = client_change(client, &change);
	if (code)
		return code;
	outcome_open(line->output);
	output_word(line->output, OUTCOME_ADDED, name);
	return outcome_close(line->output, client, false);
}

static int start(const struct command_line *line, struct client *client)
{
	const char *name = line->value[LEARN_NAME];
	const struct client_workload *workload = NULL;
	struct cordon_draft *draft = NULL;
	struct client_dump workloads;
	int code;

	code = client_dump(client, CORDON_CMD_WORKLOAD_DUMP, &workloads);
	if (!code && line->count == 2 && !name)
		workload = client_workload_seek(&workloads, line->words[1]);
	if (!code && workload) {
		code = switch_modes(line, client, workload, -1,
				    CORDON_MODE_LEARN);
	} else if (!code) {
		draft = learn_draft(name, line->words + 1, line->count - 1);
		code = draft ? load(line, client, draft, &workloads) :
			       EXIT_USAGE;
	}
	free(draft);
	client_dump_free(&workloads);
	return code;
}

static int stop(const struct command_line *line, struct client *client)
{
	const struct client_workload *workload;
	struct client_dump workloads;
	int code;

	code = client_dump(client, CORDON_CMD_WORKLOAD_DUMP, &workloads);
	if (code)
		return code;
	workload = client_workload_find(&workloads, line->words[1]);
	if (!workload) {
		code = EXIT_UNKNOWN;
	} else if (!memchr(workload->mode, CORDON_MODE_LEARN,
			   sizeof(workload->mode))) {
		output_error("learn: workload \"%s\" does not learn",
			     workload->name);
		code = EXIT_UNKNOWN;
	} else {
		code = switch_modes(line, client, workload, CORDON_MODE_LEARN,
				    CORDON_MODE_MONITOR);
	}
	client_dump_free(&workloads);
	return code;
}

static int status(const struct command_line *line, struct client *client)
{
	return learn_status(line->output, client, line->words[1]);
}

static int show(const struct command_line *line, struct client *client)
{
	struct client_dump behaviours;
	int code;

	code = client_behaviours(client, line->words[1], &behaviours);
	if (code)
		return code;
	if (!behaviours.count)
		output_line(line->output, "nothing is recorded of \"%s\"",
			    line->words[1]);
	code = learn_show(line->output, &behaviours);
	client_dump_free(&behaviours);
	return code;
}

static int clear(const struct command_line *line, struct client *client)
{
	return client_behaviours_clear(client, line->words[1]);
}

/** struct action - what follows "learn" */
struct action {
	const char *name;
	const char *arguments;
	size_t words_min;
	size_t words_max;
	int (*run)(const struct command_line *line, struct client *client);
};

static const struct action actions[] = {
	{ "start", "[--name WORKLOAD] SELECTOR…|WORKLOAD", 2, SIZE_MAX, start },
	{ "stop", "WORKLOAD", 2, 2, stop },
	{ "status", "[WORKLOAD]", 1, 2, status },
	{ "show", "WORKLOAD", 2, 2, show },
	{ "clear", "WORKLOAD", 2, 2, clear },
};

static const struct action *find_action(const char *word)
{
	const char *names[ARRAY_SIZE(actions)];
	const char *nearest;
	size_t i;

	for (i = 0; i < ARRAY_SIZE(actions); i++) {
		if (!strcmp(actions[i].name, word))
			return &actions[i];
		names[i] = actions[i].name;
	}
	nearest = suggest_nearest(word, names, ARRAY_SIZE(actions));
	output_error("learn: \"%s\" is none of start, stop, status, show and clear%s%s%s",
		     word, nearest ? "; did you mean \"" : "",
		     nearest ? nearest : "", nearest ? "\"?" : "");
	return NULL;
}

static int check_line(const struct command_line *line,
		      const struct action *action)
{
	if (line->count < action->words_min ||
	    line->count > action->words_max) {
		output_error("learn %s: something is %s: usage: cordonctl learn %s %s",
			     action->name, line->count < action->words_min ?
			     "missing" : "too much", action->name,
			     action->arguments);
		return EXIT_USAGE;
	}
	if (line->value[LEARN_NAME] && action->run != start) {
		output_error("learn %s does not take --name", action->name);
		return EXIT_USAGE;
	}
	return EXIT_OK;
}

static int run(const struct command_line *line)
{
	const struct action *action = find_action(line->words[0]);
	struct client *client;
	int code;

	if (!action)
		return EXIT_USAGE;
	code = check_line(line, action);
	if (!code)
		code = client_open(&client);
	if (code)
		return code;
	code = action->run(line, client);
	client_close(client);
	return code;
}

const struct command command_learn = {
	.name = "learn",
	.arguments = "start SELECTOR…|WORKLOAD | stop WORKLOAD | status [WORKLOAD] | show WORKLOAD | clear WORKLOAD",
	.summary = "record what a workload does, as behaviours",
	.help =
"start: begins with nothing but selectors, as the \"members\" of manifests have\n"
"them (unit:nginx.service, exe:/usr/sbin/nginx, cgroup:/…, user:NAME; or host):\n"
"a workload whose default is deny, with all classes in mode learn, is loaded;\n"
"nothing is denied.  With the name of a loaded workload its classes are switched\n"
"to learn: what its deny rules deny is denied on.  What its processes hold\n"
"already (executables and libraries, open files, sockets) is recorded as held.\n"
"\n"
"status: how much was learnt, how much of it in the last hour, for how long\n"
"nothing new has come, and what there was no room for; ends with 12 if there is\n"
"such.  show: the behaviours, one a line.  stop: classes that learn are monitored\n"
"from here on; what was learnt stays until it is cleared, or the module is\n"
"unloaded.  clear: forget it.",
	.options = options,
	.words_min = 1,
	.words_max = SIZE_MAX,
	.run = run,
};
