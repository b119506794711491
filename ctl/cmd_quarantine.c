// SPDX-License-Identifier: LGPL-2.1-or-later
/* Workloads, by hand: quarantine and release, suspend and resume, kill. */
#include "measure.h"

#define TTL_HELP "for how long: 90s, 15m, 6h, 7d; without it: until it is ended"

enum { QUARANTINE_TTL };

static const struct command_option quarantine_options[] = {
	[QUARANTINE_TTL] = { "ttl", "TIME", TTL_HELP },
	{ NULL, NULL, NULL },
};

enum { SUSPEND_TTL, SUSPEND_EVIDENCE };

static const struct command_option suspend_options[] = {
	[SUSPEND_TTL] = { "ttl", "TIME", TTL_HELP },
	[SUSPEND_EVIDENCE] = { "evidence", NULL,
		"cordond keeps evidence of them: see `cordonctl evidence`" },
	{ NULL, NULL, NULL },
};

enum { KILL_PROCESS, KILL_EVIDENCE };

static const struct command_option kill_options[] = {
	[KILL_PROCESS] = { "process", NULL,
		"not a workload, but one process, by its number; needs --evidence" },
	[KILL_EVIDENCE] = { "evidence", NULL,
		"stop them, until cordond has taken evidence, for a second at most" },
	{ NULL, NULL, NULL },
};

static int quarantine(const struct command_line *line)
{
	struct client_order order = { .response = CORDON_RESPONSE_QUARANTINE };

	return measure_order(line, &order, line->value[QUARANTINE_TTL],
			     "release");
}

static int release(const struct command_line *line)
{
	struct client_order order = {
		.response = CORDON_RESPONSE_QUARANTINE,
		.end = true,
	};

	return measure_order(line, &order, NULL, NULL);
}

static int suspend(const struct command_line *line)
{
	struct client_order order = {
		.response = CORDON_RESPONSE_SUSPEND,
		.evidence = line->value[SUSPEND_EVIDENCE],
	};

	return measure_order(line, &order, line->value[SUSPEND_TTL], "resume");
}

static int resume(const struct command_line *line)
{
	struct client_order order = {
		.response = CORDON_RESPONSE_SUSPEND,
		.end = true,
	};

	return measure_order(line, &order, NULL, NULL);
}

static int kill_some(const struct command_line *line)
{
	struct client_order order = {
		.response = CORDON_RESPONSE_KILL_WORKLOAD,
		.evidence = line->value[KILL_EVIDENCE],
	};
	uint64_t tgid;
	int code;

	if (line->value[KILL_PROCESS]) {
		code = command_number("--process", line->words[0], 1,
				      INT32_MAX, &tgid);
		if (code)
			return code;
		order.response = CORDON_RESPONSE_KILL;
		order.tgid = (uint32_t)tgid;
	}
	return measure_order(line, &order, NULL, NULL);
}

const struct command command_quarantine = {
	.name = "quarantine",
	.arguments = "WORKLOAD",
	.summary = "cut a workload off from the network",
	.help =
"From the next packet on, also of connections that are established, the\n"
"processes of the workload talk to nobody but the segments of management, on\n"
"this host neither.  It outlives this command, and other policies.",
	.options = quarantine_options,
	.words_min = 1,
	.words_max = 1,
	.run = quarantine,
};

const struct command command_release = {
	.name = "release",
	.arguments = "WORKLOAD",
	.summary = "end the quarantine of a workload",
	.help =
"Connections that have outlived the quarantine go on.  Ends with 10 if the\n"
"workload is in none.",
	.words_min = 1,
	.words_max = 1,
	.run = release,
};

const struct command command_suspend = {
	.name = "suspend",
	.arguments = "WORKLOAD",
	.summary = "stop all tasks of a workload",
	.help =
"They keep their memory and connections, and are looked at as they are.  Only\n"
"`cordonctl resume` continues them: SIGCONT is refused to everybody.  What is\n"
"started meanwhile is stopped too.",
	.options = suspend_options,
	.words_min = 1,
	.words_max = 1,
	.run = suspend,
};

const struct command command_resume = {
	.name = "resume",
	.arguments = "WORKLOAD",
	.summary = "let the tasks of a suspended workload go on",
	.help =
"Ends with 10 if the workload is not suspended.",
	.words_min = 1,
	.words_max = 1,
	.run = resume,
};

const struct command command_kill = {
	.name = "kill",
	.arguments = "WORKLOAD | --process --evidence PID",
	.summary = "kill all processes of a workload",
	.help =
"All of them, those that are being forked too.  Whatever supervises the service\n"
"may start it anew.\n"
"\n"
"With --evidence they are stopped at once, and killed when cordond has kept what\n"
"an investigator needs of them, or after a second; so may one process of a\n"
"workload be.",
	.options = kill_options,
	.words_min = 1,
	.words_max = 1,
	.run = kill_some,
};
