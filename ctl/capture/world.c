// SPDX-License-Identifier: LGPL-2.1-or-later
/* This machine: packages by dpkg-query, homes by the user database. */
#include "world.h"

#include <fcntl.h>
#include <jansson.h>
#include <pwd.h>
#include <spawn.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include "grow.h"
#include "output.h"

extern char **environ;

/* Paths that one dpkg-query is asked for: it takes patterns as arguments. */
#define ASKED_MAX 128

/**
 * struct capture_machine - what was found out
 * @owned: paths that a package has, as keys
 * @homes: homes of the user database, as keys
 */
struct capture_machine {
	json_t *owned;
	json_t *homes;
};

/* "nginx-common, nginx: /usr/share/nginx" */
static void note_owners(struct capture_machine *machine, FILE *stream)
{
	char *line = NULL, *path;
	size_t size = 0;
	ssize_t length;

	while ((length = getline(&line, &size, stream)) > 0) {
		line[strcspn(line, "\n")] = 0;
		path = strstr(line, ": /");
		if (!path || !strncmp(line, "diversion ", 10))
			continue;
		path += 2;
		json_object_set_new_nocheck(machine->owned, path, json_true());
		/* dpkg knows the names from before /lib went to /usr/lib. */
		if (!strncmp(path, "/lib", 4)) {
			char *moved = memory_format("/usr%s", path);

			json_object_set_new_nocheck(machine->owned, moved,
						    json_true());
			free(moved);
		}
	}
	free(line);
}

static void ask(struct capture_machine *machine, char **arguments)
{
	posix_spawn_file_actions_t actions;
	int ends[2], error;
	FILE *stream;
	pid_t child;

	if (pipe(ends))
		return;
	posix_spawn_file_actions_init(&actions);
	posix_spawn_file_actions_adddup2(&actions, ends[1], STDOUT_FILENO);
	posix_spawn_file_actions_addclose(&actions, ends[0]);
	posix_spawn_file_actions_addclose(&actions, ends[1]);
	posix_spawn_file_actions_addopen(&actions, STDERR_FILENO, "/dev/null",
					 O_WRONLY, 0);
	error = posix_spawnp(&child, arguments[0], &actions, NULL, arguments,
			     environ);
	posix_spawn_file_actions_destroy(&actions);
	close(ends[1]);
	stream = error ? NULL : fdopen(ends[0], "r");
	if (stream) {
		note_owners(machine, stream);
		fclose(stream);
	} else {
		close(ends[0]);
	}
	if (!error)
		while (waitpid(child, NULL, 0) < 0)
			;
}

static void know(void *context, const char *const *paths, size_t count)
{
	char *arguments[2 * ASKED_MAX + 4] = { "dpkg-query", "--search", "--" };
	struct capture_machine *machine = context;
	size_t used = 3, i;

	for (i = 0; i < count; i++) {
		/* What dpkg would take for a pattern counts as nobody's. */
		if (!strpbrk(paths[i], "*?[\\")) {
			arguments[used++] = (char *)paths[i];
			if (!strncmp(paths[i], "/usr/lib", 8))
				arguments[used++] = (char *)paths[i] + 4;
		}
		if (used >= ARRAY_SIZE(arguments) - 2 ||
		    (i + 1 == count && used > 3)) {
			arguments[used] = NULL;
			ask(machine, arguments);
			used = 3;
		}
	}
}

static bool owned(void *context, const char *path)
{
	struct capture_machine *machine = context;

	return json_object_get(machine->owned, path);
}

/* Some user's own, or what lies in /home. */
static bool home(void *context, const char *path, size_t *parent, size_t *name)
{
	struct capture_machine *machine = context;
	size_t end;

	for (end = 1; path[end]; end++) {
		char *part;
		bool is;

		if (path[end] != '/')
			continue;
		part = memory_copy_part(path, end);
		is = json_object_get(machine->homes, part) ||
		     (!strncmp(part, "/home/", 6) && !strchr(part + 6, '/'));
		free(part);
		if (!is)
			continue;
		*parent = end;
		while (path[*parent] != '/' || *parent == end)
			--*parent;
		*name = end - *parent - 1;
		return true;
	}
	return false;
}

/* Homes of services are no users': theirs lie below /var, or anywhere. */
static json_t *read_homes(void)
{
	json_t *homes = memory_sure(json_object());
	const struct passwd *user;

	setpwent();
	while ((user = getpwent()))
		if (user->pw_uid >= 1000 && user->pw_uid < 65534 &&
		    user->pw_dir && strrchr(user->pw_dir, '/') > user->pw_dir)
			json_object_set_new_nocheck(homes, user->pw_dir,
						    json_true());
	endpwent();
	return homes;
}

static void read_ports(struct capture_world *world)
{
	FILE *stream = fopen("/proc/sys/net/ipv4/ip_local_port_range", "r");
	unsigned int first, last;

	if (stream && fscanf(stream, "%u %u", &first, &last) == 2 &&
	    first <= last && last <= UINT16_MAX) {
		world->port_first = (uint16_t)first;
		world->port_last = (uint16_t)last;
	}
	if (stream)
		fclose(stream);
}

struct capture_machine *capture_machine_open(struct capture_world *world)
{
	struct capture_machine *machine = memory_sure(malloc(sizeof(*machine)));

	machine->owned = memory_sure(json_object());
	machine->homes = read_homes();
	*world = (struct capture_world){
		.know = know,
		.owned = owned,
		.home = home,
		.context = machine,
		.port_first = 32768,
		.port_last = 60999,
	};
	read_ports(world);
	return machine;
}

void capture_machine_close(struct capture_machine *machine)
{
	json_decref(machine->owned);
	json_decref(machine->homes);
	free(machine);
}
