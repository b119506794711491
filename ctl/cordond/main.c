// SPDX-License-Identifier: LGPL-2.1-or-later
/* cordond: keeps what the module tells, and tells it to others. */
#include <errno.h>
#include <getopt.h>
#include <locale.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <systemd/sd-daemon.h>
#include <time.h>
#include <unistd.h>

#include "ctl/cordond/config.h"
#include "ctl/cordond/evidence.h"
#include "ctl/cordond/feed.h"
#include "ctl/cordond/metrics.h"
#include "ctl/cordond/privilege.h"
#include "ctl/cordond/sink.h"
#include "exit.h"
#include "kmod/version.h"
#include "output.h"

/* How long sinks may take to end, in seconds; what is left waits for them */
#define MAIN_PATIENCE 5

/**
 * struct daemon - all that runs
 * @config: what it is to do
 * @hub: where the threads meet
 * @sinks: one for each that is configured
 * @started: how many of them run
 * @feed: thread that reads the module
 * @evidence: thread that takes evidence
 * @metrics: thread that writes the metrics, if they are wanted
 */
struct daemon {
	struct config config;
	struct hub hub;
	struct sink *sinks;
	size_t started;
	pthread_t feed;
	pthread_t evidence;
	pthread_t metrics;
};

static const char usage[] =
"Usage: cordond [--config FILE]\n"
"       cordond --check FILE\n"
"\n"
"Reads the events of the cordon module, keeps them in a store, and feeds sinks\n"
"from it; takes evidence of processes that are to be killed or are suspended.\n"
"Runs in the foreground, until SIGTERM; SIGHUP opens files anew.\n"
"\n"
"Options:\n"
"  --config FILE   instead of " CONFIG_PATH "\n"
"  --check FILE    say what is wrong with that configuration, and end\n"
"  --foreground    what it does anyway\n"
"  --help          this\n"
"  --version       which version this is\n"
"\n"
"cordond(8) says more.\n";

/* The folder that a file is to lie in, if only that one is missing */
static void make_folder(const char *path)
{
	char *folder = path ? strdup(path) : NULL;
	char *slash = folder ? strrchr(folder, '/') : NULL;

	if (slash && slash != folder) {
		*slash = '\0';
		if (mkdir(folder, 0700) && errno != EEXIST)
			output_warn("cannot make %s: %s", folder,
				    strerror(errno));
	}
	free(folder);
}

static void make_folders(const struct config *config)
{
	size_t i;

	make_folder(config->store.path);
	make_folder(config->evidence.path);
	for (i = 0; i < config->sink_count; i++)
		if (config->sinks[i].kind == CONFIG_JSON)
			make_folder(config->sinks[i].path);
}

static void *run_feed(void *argument)
{
	struct daemon *daemon = argument;

	feed_run(&daemon->config, &daemon->hub);
	return NULL;
}

static void *run_evidence(void *argument)
{
	struct daemon *daemon = argument;

	evidence_run(&daemon->config, &daemon->hub);
	return NULL;
}

static void *run_metrics(void *argument)
{
	struct daemon *daemon = argument;

	metrics_run(&daemon->config, &daemon->hub, daemon->sinks);
	return NULL;
}

static bool start(struct daemon *daemon)
{
	const struct config *config = &daemon->config;

	for (; daemon->started < config->sink_count; daemon->started++)
		if (!sink_start(&daemon->sinks[daemon->started],
				&config->sinks[daemon->started],
				config->store.path, &daemon->hub))
			return false;
	if (pthread_create(&daemon->feed, NULL, run_feed, daemon) ||
	    pthread_create(&daemon->evidence, NULL, run_evidence, daemon))
		return false;
	return !config->metrics.path ||
	       !pthread_create(&daemon->metrics, NULL, run_metrics, daemon);
}

static void wait_signals(struct daemon *daemon, const sigset_t *signals)
{
	int signal;

	sd_notify(0, "READY=1");
	for (;;) {
		if (sigwait(signals, &signal))
			continue;
		if (signal != SIGHUP)
			break;
		hub_reopen(&daemon->hub);
	}
	sd_notify(0, "STOPPING=1");
}

/*
 * A sink may wait for a name to be resolved, and be of no mind to end.  Its
 * place is in the store, so that nothing is lost if the process ends first.
 */
static void finish(struct daemon *daemon)
{
	struct timespec deadline;
	size_t i;

	hub_stop(&daemon->hub);
	clock_gettime(CLOCK_REALTIME, &deadline);
	deadline.tv_sec += MAIN_PATIENCE;
	if (pthread_timedjoin_np(daemon->feed, NULL, &deadline) ||
	    pthread_timedjoin_np(daemon->evidence, NULL, &deadline))
		_exit(EXIT_OK);
	if (daemon->config.metrics.path &&
	    pthread_timedjoin_np(daemon->metrics, NULL, &deadline))
		_exit(EXIT_OK);
	for (i = 0; i < daemon->started; i++) {
		if (pthread_timedjoin_np(daemon->sinks[i].thread, NULL,
					 &deadline))
			_exit(EXIT_OK);
		sink_release(&daemon->sinks[i]);
	}
	free(daemon->sinks);
	hub_free(&daemon->hub);
	config_free(&daemon->config);
}

static int run(struct daemon *daemon)
{
	sigset_t signals;

	umask(077);
	if (!privilege_drop())
		output_warn("cannot give up capabilities: %s; cordond goes on with those it has",
			    strerror(errno));
	make_folders(&daemon->config);
	daemon->sinks = calloc(daemon->config.sink_count + 1,
			       sizeof(*daemon->sinks));
	if (!daemon->sinks || !hub_init(&daemon->hub)) {
		output_error("out of memory");
		return EXIT_FAILED;
	}
	/* Blocked in all threads; the first one waits for them */
	sigemptyset(&signals);
	sigaddset(&signals, SIGTERM);
	sigaddset(&signals, SIGINT);
	sigaddset(&signals, SIGHUP);
	pthread_sigmask(SIG_BLOCK, &signals, NULL);
	signal(SIGPIPE, SIG_IGN);
	if (!start(daemon)) {
		output_error("cannot start a thread: %s", strerror(errno));
		return EXIT_FAILED;
	}
	wait_signals(daemon, &signals);
	finish(daemon);
	return EXIT_OK;
}

/* @given: somebody named the file, so it has to be there */
static int read_config(const char *path, bool given, struct config *config)
{
	struct report report;
	bool right;

	if (!given && access(path, F_OK) && errno == ENOENT) {
		if (config_default(config))
			return EXIT_OK;
		output_error("out of memory");
		return EXIT_FAILED;
	}
	report_init(&report);
	right = config_read(path, config, &report);
	report_settle(&report);
	report_print(&report, stderr);
	report_free(&report);
	return right ? EXIT_OK : EXIT_MANIFEST;
}

int main(int argc, char **argv)
{
	enum { CONFIG = 'c', CHECK = 'k', FOREGROUND = 'f', HELP = 'h',
	       VERSION = 'v' };
	static const struct option options[] = {
		{ "config", required_argument, NULL, CONFIG },
		{ "check", required_argument, NULL, CHECK },
		{ "foreground", no_argument, NULL, FOREGROUND },
		{ "help", no_argument, NULL, HELP },
		{ "version", no_argument, NULL, VERSION },
		{ NULL, 0, NULL, 0 },
	};
	struct daemon daemon = { .started = 0 };
	const char *path = CONFIG_PATH;
	bool given = false, check = false;
	int option, code;

	setlocale(LC_CTYPE, "C.UTF-8");
	output_program("cordond");
	while ((option = getopt_long(argc, argv, "h", options, NULL)) >= 0) {
		switch (option) {
		case CHECK:
		case CONFIG:
			path = optarg;
			given = true;
			check |= option == CHECK;
			break;
		case FOREGROUND:
			break;
		case HELP:
			fputs(usage, stdout);
			return EXIT_OK;
		case VERSION:
			puts("cordond " CORDON_VERSION);
			return EXIT_OK;
		default:
			fputs(usage, stderr);
			return EXIT_USAGE;
		}
	}
	if (optind < argc) {
		fputs(usage, stderr);
		return EXIT_USAGE;
	}
	code = read_config(path, given, &daemon.config);
	if (code || check) {
		config_free(&daemon.config);
		return code;
	}
	return run(&daemon);
}
