// SPDX-License-Identifier: LGPL-2.1-or-later
/*
 * Counts how often the kernel comes by an address while a command runs:
 *
 *	passes ADDRESS COMMAND [ARGUMENT]...
 *
 * ADDRESS is hexadecimal, as /proc/kallsyms has it.  By a breakpoint of the
 * processor, since probes refuse code that ftrace does not know.
 */
#define _GNU_SOURCE
#include <errno.h>
#include <linux/hw_breakpoint.h>
#include <linux/perf_event.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

static void die(const char *what)
{
	fprintf(stderr, "passes: %s: %s\n", what, strerror(errno));
	exit(2);
}

int main(int argc, char **argv)
{
	struct perf_event_attr attr = {
		.type = PERF_TYPE_BREAKPOINT,
		.size = sizeof(attr),
		.bp_type = HW_BREAKPOINT_X,
		.bp_len = sizeof(long),
		.disabled = 1,
		.inherit = 1,
		.enable_on_exec = 1,
	};
	uint64_t count;
	int status, event;
	pid_t child;

	if (argc < 3) {
		fprintf(stderr, "usage: passes ADDRESS COMMAND...\n");
		return 2;
	}
	attr.bp_addr = strtoull(argv[1], NULL, 16);
	event = syscall(SYS_perf_event_open, &attr, 0, -1, -1,
			PERF_FLAG_FD_CLOEXEC);
	if (event < 0)
		die("breakpoint");
	child = fork();
	if (child < 0)
		die("fork");
	if (!child) {
		execvp(argv[2], argv + 2);
		die(argv[2]);
	}
	if (waitpid(child, &status, 0) < 0 || status)
		die("the command failed");
	if (read(event, &count, sizeof(count)) != sizeof(count))
		die("count");
	printf("%llu\n", (unsigned long long)count);
	return 0;
}
