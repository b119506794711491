// SPDX-License-Identifier: LGPL-2.1-or-later
/* The command line of the acts, and what they share. */
#define _GNU_SOURCE
#include <errno.h>
#include <fcntl.h>
#include <setjmp.h>
#include <signal.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include "act.h"

static const struct act *const tables[] = {
	exec_acts, load_acts, file_acts, name_acts, attribute_acts, mount_acts,
	uring_acts, passing_acts, process_acts, restless_acts, service_acts, hammer_acts, hold_acts,
	snapshot_acts, borrow_acts, library_acts, net_acts, net_connect_acts,
	net_datagram_acts, net_listen_acts, net_frame_acts, net_fuzz_acts,
	net_wire_acts, net_hear_acts, silent_acts,
};

#define TABLES (sizeof(tables) / sizeof(tables[0]))

#if defined(__x86_64__)
/* mov $42, %eax; ret */
const unsigned char act_code[] = { 0xb8, 0x2a, 0x00, 0x00, 0x00, 0xc3 };
#elif defined(__aarch64__)
/* mov w0, #42; ret */
const unsigned char act_code[] = {
	0x40, 0x05, 0x80, 0x52, 0xc0, 0x03, 0x5f, 0xd6
};
#else
#error "machine code for this processor is missing"
#endif
const size_t act_code_size = sizeof(act_code);

static sigjmp_buf call_failed;

static void call_fault(int signal)
{
	siglongjmp(call_failed, signal);
}

int act_call(const void *code)
{
	struct sigaction fault = { .sa_handler = call_fault }, segv, bus;
	volatile int status = EFAULT;
	int (*function)(void);

	sigaction(SIGSEGV, &fault, &segv);
	sigaction(SIGBUS, &fault, &bus);
	if (!sigsetjmp(call_failed, 1)) {
		if (memcmp(code, act_code, act_code_size)) {
			status = 0;
		} else {
			memcpy(&function, &code, sizeof(function));
			if (function() == ACT_CODE_RESULT)
				status = 0;
		}
	}
	sigaction(SIGSEGV, &segv, NULL);
	sigaction(SIGBUS, &bus, NULL);
	return status;
}

int act_status(long result)
{
	return result < 0 ? errno : 0;
}

int act_setup(const char *what)
{
	fprintf(stderr, "act: before the act: %s: %s\n", what,
		strerror(errno));
	return ACT_SETUP;
}

int act_wait(int pid)
{
	int status;

	while (waitpid(pid, &status, __WALL) < 0)
		if (errno != EINTR)
			return act_setup("waitpid");
	return WIFEXITED(status) ? WEXITSTATUS(status) :
				   128 + WTERMSIG(status);
}

int act_stay(void)
{
	int nowhere[2];
	pid_t pid;

	if (pipe2(nowhere, O_CLOEXEC) < 0)
		return -1;
	pid = fork();
	if (pid > 0)
		printf("%d\n", pid);
	if (pid)
		return pid;
	setsid();
	/* Not /dev/null, which a manifest would have to allow. */
	dup2(nowhere[0], STDIN_FILENO);
	dup2(nowhere[1], STDOUT_FILENO);
	dup2(nowhere[1], STDERR_FILENO);
	return 0;
}

int act_copy(const char *from, int to)
{
	char buffer[65536];
	ssize_t size;
	int fd;

	fd = open(from, O_RDONLY | O_CLOEXEC);
	if (fd < 0)
		return -1;
	while ((size = read(fd, buffer, sizeof(buffer))) > 0) {
		if (write(to, buffer, size) != size) {
			size = -1;
			break;
		}
	}
	close(fd);
	return size < 0 ? -1 : 0;
}

long act_number(const char *text)
{
	char *end;
	long number = strtol(text, &end, 0);

	if (end == text || *end) {
		fprintf(stderr, "act: '%s' is no number\n", text);
		exit(ACT_USAGE);
	}
	return number;
}

static const struct act *find(const char *name)
{
	const struct act *act;
	size_t i;

	for (i = 0; i < TABLES; i++)
		for (act = tables[i]; act && act->name; act++)
			if (!strcmp(act->name, name))
				return act;
	return NULL;
}

static void list(void)
{
	const struct act *act;
	size_t i;

	puts("usage: act NAME [ARGUMENT]...\n");
	for (i = 0; i < TABLES; i++)
		for (act = tables[i]; act && act->name; act++)
			printf("  %s %s\n\t%s\n", act->name, act->arguments,
			       act->what);
}

int act_run(int argc, char **argv)
{
	const struct act *act;

	if (argc < 1) {
		fprintf(stderr, "act: the name of an act is missing\n");
		return ACT_USAGE;
	}
	act = find(argv[0]);
	if (!act) {
		fprintf(stderr, "act: no act '%s'; see act --help\n", argv[0]);
		return ACT_USAGE;
	}
	if (argc - 1 < act->least) {
		fprintf(stderr, "act: usage: %s %s\n", act->name,
			act->arguments);
		return ACT_USAGE;
	}
	return act->run(argc - 1, argv + 1);
}

int main(int argc, char **argv)
{
	int status;

	if (argc < 2 || !strcmp(argv[1], "--help")) {
		list();
		return argc < 2 ? ACT_USAGE : 0;
	}
	status = act_run(argc - 1, argv + 1);
	if (status && status < 128)
		fprintf(stderr, "act: %s: %s\n", argv[1], strerror(status));
	return status;
}
