// SPDX-License-Identifier: LGPL-2.1-or-later
#include "command_run.h"

#include <errno.h>
#include <fcntl.h>
#include <spawn.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include "memory.h"

/* Our environment, but with the language that we can read */
static void environment_of(struct texts *environment)
{
	const char *path = getenv("PATH");
	char **variable;

	for (variable = environ; *variable; variable++)
		if (strncmp(*variable, "LC_", 3) &&
		    strncmp(*variable, "LANG", 4) &&
		    strncmp(*variable, "PATH=", 5))
			texts_add(environment, memory_copy(*variable));
	texts_add(environment, memory_copy("LC_ALL=C.UTF-8"));
	texts_add(environment, memory_format("PATH=%s:/usr/sbin:/sbin",
					     path ? path : "/usr/bin:/bin"));
}

static int start(pid_t *child, const char *const *words, int out, bool quiet)
{
	static const char *const places[] = {
		"/usr/bin", "/bin", "/usr/sbin", "/sbin",
	};
	struct texts environment = { 0 };
	posix_spawn_file_actions_t actions;
	size_t i;
	int code;

	environment_of(&environment);
	texts_add(&environment, NULL);
	posix_spawn_file_actions_init(&actions);
	posix_spawn_file_actions_addopen(&actions, 0, "/dev/null", O_RDONLY,
					 0);
	posix_spawn_file_actions_adddup2(&actions, out, 1);
	if (quiet)
		posix_spawn_file_actions_addopen(&actions, 2, "/dev/null",
						 O_WRONLY, 0);
	code = posix_spawnp(child, words[0], &actions, NULL,
			    (char *const *)words, environment.text);
	for (i = 0; code == ENOENT && i < 4; i++) {
		char *path = memory_format("%s/%s", places[i], words[0]);

		code = posix_spawn(child, path, &actions, NULL,
				   (char *const *)words, environment.text);
		free(path);
	}
	posix_spawn_file_actions_destroy(&actions);
	texts_free(&environment);
	return code;
}

static char *take(int from)
{
	char *text = NULL, part[65536];
	FILE *stream;
	size_t size;
	ssize_t got;

	stream = memory_sure(open_memstream(&text, &size));
	while ((got = read(from, part, sizeof(part))) > 0 ||
	       (got < 0 && errno == EINTR))
		if (got > 0)
			fwrite(part, 1, (size_t)got, stream);
	fclose(stream);
	return memory_sure(text);
}

static int run(const char *const *words, char **text, bool quiet)
{
	int ends[2], code, status;
	pid_t child;

	*text = NULL;
	if (pipe2(ends, O_CLOEXEC))
		return -1;
	code = start(&child, words, ends[1], quiet);
	close(ends[1]);
	if (code) {
		close(ends[0]);
		errno = code;
		return -1;
	}
	*text = take(ends[0]);
	close(ends[0]);
	while (waitpid(child, &status, 0) < 0)
		if (errno != EINTR)
			return -1;
	return WIFEXITED(status) ? WEXITSTATUS(status) :
				   128 + WTERMSIG(status);
}

int command_run(const char *const *words, char **text)
{
	return run(words, text, false);
}

int command_run_quietly(const char *const *words, char **text)
{
	return run(words, text, true);
}
