// SPDX-License-Identifier: LGPL-2.1-or-later
/* Workloads, by hand: quarantine and release, suspend and resume, kill. */
#include "measure.h"

enum { TTL };

static const struct command_option options[] = {
	[TTL] = { "ttl", "TIME", "for how long: 90s, 15m, 6h, 7d; without it: until it is ended" },
	{ NULL, NULL, NULL },
};

static int order(const struct command_line *line,
		 enum cordon_response response, bool end, const char *undo)
{
	struct client_order wanted = { .response = response, .end = end };

	return measure_order(line, &wanted, line->value[TTL], undo);
}

static int quarantine(const struct command_line *line)
{
	return order(line, CORDON_RESPONSE_QUARANTINE, false, "release");
}

static int release(const struct command_line *line)
{
	return order(line, CORDON_RESPONSE_QUARANTINE, true, NULL);
}

static int suspend(const struct command_line *line)
{
	return order(line, CORDON_RESPONSE_SUSPEND, false, "resume");
}

static int resume(const struct command_line *line)
{
	return order(line, CORDON_RESPONSE_SUSPEND, true, NULL);
}

static int kill_all(const struct command_line *line)
{
	return order(line, CORDON_RESPONSE_KILL_WORKLOAD, false, NULL);
}

const struct command command_quarantine = {
	.name = "quarantine",
	.arguments = "WORKLOAD",
	.summary = "cut a workload off from the network",
	.help =
"From the next packet on, also of connections that are established, the\n"
"processes of the workload talk to nobody but the segments of management, on\n"
"this host neither.  It outlives this command, and other policies.",
	.options = options,
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
	.options = options,
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
	.arguments = "WORKLOAD",
	.summary = "kill all processes of a workload",
	.help =
"All of them, those that are being forked too.  Whatever supervises the service\n"
"may start it anew.",
	.words_min = 1,
	.words_max = 1,
	.run = kill_all,
};
