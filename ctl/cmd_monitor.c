// SPDX-License-Identifier: LGPL-2.1-or-later
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
	MONITOR_ALL,
	MONITOR_SINCE,
};

static const struct command_option options[] = {
	[MONITOR_WORKLOAD] = { "workload", "W", "only events of that workload" },
	[MONITOR_COUNT] = { "count", "N", "end after so many events" },
	[MONITOR_TIMEOUT] = { "timeout", "SECONDS", "end after that time" },
	[MONITOR_READY] = { "ready", NULL,
		"say \"ready\" on stderr once nothing can be missed" },
	[MONITOR_ADVICE] = { "advice", NULL,
		"below what is denied to sockets and between segments, say what would allow it" },
	[MONITOR_ALL] = { "all", NULL,
		"not only departures and responses: tasks, policies, segments and the module too" },
	[MONITOR_SINCE] = { "since", "WHEN",
		"from where: \"now\" (default), \"all\" that is held, or [INSTANCE:]NUMBER" },
	{ NULL, NULL, NULL },
};

/* Wake-ups are not relied upon: at the latest after so many seconds */
#define PATIENCE 10

/**
 * struct monitor - one run of the command
 * @line: what was asked for
 * @client: reads events
 * @waker: waits for them
 * @count: events still to show; UINT64_MAX: no limit
 * @deadline: ns, CLOCK_MONOTONIC; 0: none
 * @since: number to begin at; 0: "now" or "all"
 * @instance: that this is a number of; 0: of the module that is loaded
 * @known: @seen is known
 * @seen: events of each topic, up to the last that is accounted for
 * @shown: events written
 * @missed: events known to be missed
 */
struct monitor {
	const struct command_line *line;
	struct client *client;
	struct client *waker;
	uint64_t count;
	uint64_t deadline;
	uint64_t since;
	uint64_t instance;
	bool known;
	uint64_t seen[CORDON_TOPIC_COUNT];
	uint64_t shown;
	uint64_t missed;
};

static volatile sig_atomic_t stopped;

static void stop(int signal)
{
	(void)signal;
	stopped = 1;
}

static void stop_signals(sigset_t *signals)
{
	sigemptyset(signals);
	sigaddset(signals, SIGINT);
	sigaddset(signals, SIGTERM);
}

/* They are blocked where nothing is waited for, and taken here */
static bool is_stopped(void)
{
	const struct timespec now = { 0 };
	sigset_t signals;

	stop_signals(&signals);
	if (!stopped && sigtimedwait(&signals, NULL, &now) > 0)
		stopped = 1;
	return stopped;
}

static uint64_t now(void)
{
	struct timespec time;

	clock_gettime(CLOCK_MONOTONIC, &time);
	return (uint64_t)time.tv_sec * 1000000000 + (uint64_t)time.tv_nsec;
}

/* Each event tells how many of each topic were made before it. */
static void account(struct monitor *monitor, const struct client_event *event)
{
	struct output *output = monitor->line->output;
	uint64_t missed[CORDON_TOPIC_COUNT];
	uint64_t total = 0;
	size_t i;

	for (i = 0; i < CORDON_TOPIC_COUNT; i++) {
		missed[i] = event->made[i] - monitor->seen[i];
		total += missed[i];
		monitor->seen[i] = event->made[i];
	}
	if (event->topic < CORDON_TOPIC_COUNT)
		monitor->seen[event->topic]++;
	/* Of what was before the number that was asked for, nothing is missed */
	if (!monitor->known)
		total = event->sequence - monitor->since;
	if (total)
		event_table_missed(output, total,
				  monitor->known ? missed : NULL);
	monitor->missed += total;
	monitor->known = true;
}

static bool is_wanted(const struct monitor *monitor,
		      const struct client_event *event)
{
	const char *workload = monitor->line->value[MONITOR_WORKLOAD];

	if (!monitor->line->value[MONITOR_ALL] &&
	    event->type != CORDON_EVENT_DEPARTURE &&
	    event->type != CORDON_EVENT_REPEATS &&
	    event->type != CORDON_EVENT_RESPONSE)
		return false;
	/* Who executes something may leave it by that */
	return !workload || !strcmp(workload, event->workload) ||
	       (event->type == CORDON_EVENT_EXEC &&
		!strcmp(workload, event->peer));
}

static void show_event(struct monitor *monitor,
		       const struct client_event *event)
{
	struct output *output = monitor->line->output;
	char *advice = NULL;

	if (monitor->line->value[MONITOR_ADVICE] &&
	    event->type == CORDON_EVENT_DEPARTURE)
		advice = advice_event(event);
	event_table_open(output);
	event_table_add(output, event, advice);
	if (advice)
		output_line(output, "    %s", advice);
	free(advice);
	monitor->shown++;
}

static bool is_late(const struct monitor *monitor)
{
	return monitor->deadline && now() >= monitor->deadline;
}

/* Show what there is; @last: up to that number, whatever comes meanwhile */
static int take_events(struct monitor *monitor, uint64_t last)
{
	struct client_event event;
	bool got = true;
	int code;

	while (monitor->count && !output_is_broken(monitor->line->output)) {
		if (last == UINT64_MAX && (is_stopped() || is_late(monitor)))
			break;
		code = client_event_next(monitor->client, &event, &got);
		if (code)
			return code;
		if (!got || event.sequence > last)
			break;
		account(monitor, &event);
		if (!is_wanted(monitor, &event))
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
		.fd = client_descriptor(monitor->waker),
		.events = POLLIN,
	};
	struct timespec left = { .tv_sec = PATIENCE };
	sigset_t none;

	if (monitor->deadline) {
		uint64_t time = now();

		if (time >= monitor->deadline)
			return false;
		time = monitor->deadline - time;
		if (time < (uint64_t)PATIENCE * 1000000000) {
			left.tv_sec = (time_t)(time / 1000000000);
			left.tv_nsec = (long)(time % 1000000000);
		}
	}
	/* Signals are blocked but here, so that none is missed before */
	sigemptyset(&none);
	ppoll(&poll_for, 1, &left, &none);
	client_wakeups_drop(monitor->waker);
	return true;
}

static void catch_signals(void)
{
	struct sigaction action = { .sa_handler = stop };
	sigset_t block;

	stop_signals(&block);
	sigprocmask(SIG_BLOCK, &block, NULL);
	sigaction(SIGINT, &action, NULL);
	sigaction(SIGTERM, &action, NULL);
}

/* Where to begin, and what is known of what was before */
static int begin(struct monitor *monitor)
{
	const char *since = monitor->line->value[MONITOR_SINCE];
	struct client_status status;
	int code = client_status(monitor->client, &status);

	if (code)
		return code;
	if (monitor->instance && monitor->instance != status.instance) {
		output_error("--since %s: the module has been loaded anew since then, as %016" PRIx64 "; begin with --since all",
			     since, status.instance);
		return EXIT_USAGE;
	}
	if (monitor->since > status.events + 1) {
		output_error("--since %" PRIu64 ": the last event is number %" PRIu64 "; was the module loaded anew?",
			     monitor->since, status.events);
		return EXIT_USAGE;
	}
	monitor->known = monitor->since <= 1;
	if (!since || !strcmp(since, "now")) {
		monitor->since = status.events + 1;
		memcpy(monitor->seen, status.made, sizeof(monitor->seen));
	}
	client_event_from(monitor->client, status.instance, monitor->since);
	return EXIT_OK;
}

/* What there was when the end came, and no more: others may go on for ever */
static int take_rest(struct monitor *monitor)
{
	struct client_status status;
	struct client *client;
	int code = client_open(&client);

	if (code)
		return code;
	code = client_status(client, &status);
	client_close(client);
	return code ? code : take_events(monitor, status.events);
}

static int watch(struct monitor *monitor)
{
	int code = client_subscribe(monitor->waker);

	/* Asked after subscribing: whatever follows wakes us up */
	if (!code)
		code = begin(monitor);
	if (code)
		return code;
	catch_signals();
	if (monitor->line->value[MONITOR_READY] || monitor->line->verbose)
		fprintf(stderr, "ready\n");
	for (;;) {
		code = take_events(monitor, UINT64_MAX);
		if (code || stopped || !monitor->count ||
		    output_is_broken(monitor->line->output))
			break;
		if (!wait_events(monitor))
			break;
	}
	if (!code && monitor->count)
		code = take_rest(monitor);
	return code;
}

static int finish(struct monitor *monitor)
{
	struct output *output = monitor->line->output;
	int code;

	event_table_open(output);
	code = output_close(output);
	if (monitor->line->verbose || stopped)
		fprintf(stderr, "%" PRIu64 " events, %" PRIu64 " missed\n",
			monitor->shown, monitor->missed);
	if (!code && !stopped && monitor->count &&
	    monitor->count != UINT64_MAX) {
		output_error("monitor: the time is over, %" PRIu64 " events short of the count",
			     monitor->count);
		code = EXIT_TIMEOUT;
	}
	return code;
}

/* "[INSTANCE:]NUMBER" */
static int since_read(struct monitor *monitor, const char *since)
{
	const char *colon = strchr(since, ':');
	char *end = NULL;

	if (colon) {
		monitor->instance = strtoull(since, &end, 16);
		if (colon - since != 16 || end != colon) {
			output_error("--since %s: an instance has 16 hexadecimal digits; `cordonctl status --json` shows it",
				     since);
			return EXIT_USAGE;
		}
	}
	return command_number("--since", colon ? colon + 1 : since, 1,
			      UINT64_MAX, &monitor->since);
}

static int run(const struct command_line *line)
{
	struct monitor monitor = { .line = line, .count = UINT64_MAX };
	const char *count = line->value[MONITOR_COUNT];
	const char *timeout = line->value[MONITOR_TIMEOUT];
	const char *since = line->value[MONITOR_SINCE];
	uint64_t seconds = 0;
	int code = EXIT_OK;

	if (count)
		code = command_number("--count", count, 1, UINT32_MAX,
				      &monitor.count);
	if (!code && timeout)
		code = command_number("--timeout", timeout, 1, UINT32_MAX,
				      &seconds);
	if (!code && since && strcmp(since, "now") && strcmp(since, "all"))
		code = since_read(&monitor, since);
	if (code)
		return code;
	if (timeout)
		monitor.deadline = now() + seconds * 1000000000;
	code = client_open(&monitor.client);
	if (!code)
		code = client_open(&monitor.waker);
	if (!code)
		code = watch(&monitor);
	if (!code)
		code = finish(&monitor);
	client_close(monitor.waker);
	client_close(monitor.client);
	return code;
}

const struct command command_monitor = {
	.name = "monitor",
	.arguments = "",
	.summary = "show departures as they happen, or as they happened",
	.help =
"Writes a line for each departure from now on, until it is interrupted: time,\n"
"sequence number, what became of it, workload, program, process, what was tried\n"
"on what, and the rule or reason.  With --json, one object a line.\n"
"\n"
"Of sockets and of traffic between segments both ends are shown, who opens the\n"
"flow first, each with the segments it lies in and the workload, if it is known.\n"
"\n"
"A departure that is repeated within ten seconds is counted; when they are over\n"
"a line says how many more there were.\n"
"\n"
"The module holds the newest events only.  What was overwritten before it could\n"
"be read is never passed over in silence: a line on stderr, and with --json an\n"
"object of type \"missed\", say how many events of which class there were.\n"
"\n"
"Ends with 0 after --count events, when it is interrupted, or when --timeout\n"
"is over and no count was given; with 11 if the time was over first.",
	.options = options,
	.words_min = 0,
	.words_max = 0,
	.run = run,
};
