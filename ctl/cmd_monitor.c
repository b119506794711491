// SPDX-License-Identifier: LGPL-2.1-or-later
#include <errno.h>
#include <inttypes.h>
#include <poll.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "advice_net.h"
#include "client.h"
#include "command.h"
#include "event_table.h"

enum monitor_option {
	MONITOR_WORKLOAD,
	MONITOR_COUNT,
	MONITOR_TIMEOUT,
	MONITOR_READY,
	MONITOR_ADVICE,
};

static const struct command_option options[] = {
	[MONITOR_WORKLOAD] = { "workload", "W", "only events of that workload" },
	[MONITOR_COUNT] = { "count", "N", "end after so many events" },
	[MONITOR_TIMEOUT] = { "timeout", "SECONDS", "end after that time" },
	[MONITOR_READY] = { "ready", NULL,
		"say \"ready\" on stderr once nothing can be missed" },
	[MONITOR_ADVICE] = { "advice", NULL,
		"below what is denied to sockets and between segments, say what would allow it" },
	{ NULL, NULL, NULL },
};

/* A record of its own between the events; text readers get it on stderr */
static const struct output_column lost_columns[] = {
	{ "lost", NULL, OUTPUT_NUMBER },
};

/**
 * struct monitor - one run of the command
 * @line: what was asked for
 * @client: listens
 * @count: events still to show; UINT64_MAX: no limit
 * @deadline: ns, CLOCK_MONOTONIC; 0: none
 * @last: sequence number that all before are accounted for
 * @kernel_lost: loss count of the last event
 * @shown: events written
 * @lost: events known to be lost
 * @overrun: the socket overflowed
 */
struct monitor {
	const struct command_line *line;
	struct client *client;
	uint64_t count;
	uint64_t deadline;
	uint64_t last;
	uint64_t kernel_lost;
	uint64_t shown;
	uint64_t lost;
	bool overrun;
};

static volatile sig_atomic_t stopped;

static void stop(int signal)
{
	(void)signal;
	stopped = 1;
}

static uint64_t now(void)
{
	struct timespec time;

	clock_gettime(CLOCK_MONOTONIC, &time);
	return (uint64_t)time.tv_sec * 1000000000 + (uint64_t)time.tv_nsec;
}

static void show_event(struct monitor *monitor,
		       const struct client_event *event)
{
	struct output *output = monitor->line->output;
	char *advice = NULL;

	if (monitor->line->value[MONITOR_ADVICE])
		advice = advice_event(event);
	event_table_open(output);
	event_table_add(output, event, advice);
	if (advice)
		output_line(output, "    %s", advice);
	free(advice);
	monitor->shown++;
}

static void show_lost(struct monitor *monitor, uint64_t lost)
{
	struct output *output = monitor->line->output;

	monitor->lost += lost;
	output_warn("%" PRIu64 " event%s LOST before this point", lost,
		    lost == 1 ? " is" : "s are");
	if (!output_is_json(output))
		return;
	output_open(output, OUTPUT_STREAM, lost_columns,
		    ARRAY_SIZE(lost_columns));
	output_number(output, 0, lost);
	output_record(output);
}

/*
 * What was lost on the way here shows as a gap in the numbers; what the module
 * lost before it had a number shows in its own count.  The former may be part
 * of the latter: the larger of the two is the truth.
 */
static void account(struct monitor *monitor, const struct client_event *event)
{
	uint64_t gap = 0, told = 0;

	if (event->sequence > monitor->last) {
		gap = event->sequence - monitor->last - 1;
		monitor->last = event->sequence;
	}
	if (event->lost > monitor->kernel_lost) {
		told = event->lost - monitor->kernel_lost;
		monitor->kernel_lost = event->lost;
	}
	if (gap || told)
		show_lost(monitor, gap > told ? gap : told);
}

/* Show what has come; @finish: all of it, though a signal came too */
static int take_events(struct monitor *monitor, bool finish)
{
	const char *workload = monitor->line->value[MONITOR_WORKLOAD];
	struct client_event event;
	bool got = true;
	int code;

	while (monitor->count && (finish || !stopped)) {
		code = client_event_next(monitor->client, &event, &got,
					 &monitor->overrun);
		if (code)
			return code;
		if (!got)
			break;
		account(monitor, &event);
		if (workload && strcmp(workload, event.workload))
			continue;
		show_event(monitor, &event);
		if (monitor->count != UINT64_MAX)
			monitor->count--;
	}
	return EXIT_OK;
}

/* Wait for events: false when the time is over */
static bool wait_events(const struct monitor *monitor)
{
	struct pollfd poll_for = {
		.fd = client_descriptor(monitor->client),
		.events = POLLIN,
	};
	struct timespec left, *limit = NULL;
	sigset_t none;

	if (monitor->deadline) {
		uint64_t time = now();

		if (time >= monitor->deadline)
			return false;
		left.tv_sec = (time_t)((monitor->deadline - time) / 1000000000);
		left.tv_nsec = (long)((monitor->deadline - time) % 1000000000);
		limit = &left;
	}
	/* Signals are blocked but here, so that none is missed before */
	sigemptyset(&none);
	ppoll(&poll_for, 1, limit, &none);
	return true;
}

static void catch_signals(void)
{
	struct sigaction action = { .sa_handler = stop };
	sigset_t block;

	sigemptyset(&block);
	sigaddset(&block, SIGINT);
	sigaddset(&block, SIGTERM);
	sigprocmask(SIG_BLOCK, &block, NULL);
	sigaction(SIGINT, &action, NULL);
	sigaction(SIGTERM, &action, NULL);
}

/*
 * What was lost at the very end, where no event follows that shows the gap.
 * Without an overflow here only the module's own losses count: what it still
 * has in its queue is not lost.
 */
static int account_end(struct monitor *monitor, struct client *asker)
{
	struct client_status status;
	uint64_t lost = 0;
	int code;

	code = client_status(asker, &status);
	if (code)
		return code;
	code = take_events(monitor, true);
	if (code || !monitor->count)
		return code;
	if (status.lost > monitor->kernel_lost)
		lost = status.lost - monitor->kernel_lost;
	if (monitor->overrun && status.events > monitor->last)
		lost = status.events - monitor->last;
	if (lost)
		show_lost(monitor, lost);
	return EXIT_OK;
}

static int listen(struct monitor *monitor, struct client *asker)
{
	struct client_status status;
	int code;

	code = client_subscribe(monitor->client);
	/* Asked after subscribing: whatever follows this number comes to us */
	if (!code)
		code = client_status(asker, &status);
	if (code)
		return code;
	monitor->last = status.events;
	monitor->kernel_lost = status.lost;
	catch_signals();
	if (monitor->line->value[MONITOR_READY] || monitor->line->verbose)
		fprintf(stderr, "ready\n");
	for (;;) {
		code = take_events(monitor, false);
		if (code || stopped || !monitor->count)
			break;
		if (!wait_events(monitor))
			break;
	}
	if (!code)
		code = account_end(monitor, asker);
	return code;
}

static int finish(struct monitor *monitor)
{
	struct output *output = monitor->line->output;
	int code;

	event_table_open(output);
	code = output_close(output);
	if (monitor->line->verbose || stopped)
		fprintf(stderr, "%" PRIu64 " events, %" PRIu64 " lost\n",
			monitor->shown, monitor->lost);
	if (!code && !stopped && monitor->count &&
	    monitor->count != UINT64_MAX) {
		output_error("monitor: the time is over, %" PRIu64 " events short of the count",
			     monitor->count);
		code = EXIT_TIMEOUT;
	}
	return code;
}

static int run(const struct command_line *line)
{
	struct monitor monitor = { .line = line, .count = UINT64_MAX };
	const char *count = line->value[MONITOR_COUNT];
	const char *timeout = line->value[MONITOR_TIMEOUT];
	struct client *asker = NULL;
	uint64_t seconds = 0;
	int code = EXIT_OK;

	if (count)
		code = command_number("--count", count, 1, UINT32_MAX,
				      &monitor.count);
	if (!code && timeout)
		code = command_number("--timeout", timeout, 1, UINT32_MAX,
				      &seconds);
	if (code)
		return code;
	if (timeout)
		monitor.deadline = now() + seconds * 1000000000;
	code = client_open(&monitor.client);
	if (!code)
		code = client_open(&asker);
	if (!code)
		code = listen(&monitor, asker);
	if (!code)
		code = finish(&monitor);
	client_close(asker);
	client_close(monitor.client);
	return code;
}

const struct command command_monitor = {
	.name = "monitor",
	.arguments = "",
	.summary = "show departures as they happen",
	.help =
"Writes a line for each departure from now on, until it is interrupted: time,\n"
"sequence number, what became of it, workload, program, process, what was tried\n"
"on what, and the rule or reason.  With --json, one object a line.\n"
"\n"
"Of sockets and of traffic between segments both ends are shown, who opens the\n"
"flow first, each with the segments it lies in and the workload, if it is known.\n"
"\n"
"Events that did not get here are never passed over in silence: a line on\n"
"stderr, and with --json an object {\"lost\":N}, say how many there were.\n"
"\n"
"Ends with 0 after --count events, when it is interrupted, or when --timeout\n"
"is over and no count was given; with 11 if the time was over first.",
	.options = options,
	.words_min = 0,
	.words_max = 0,
	.run = run,
};
