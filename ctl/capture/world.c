// SPDX-License-Identifier: LGPL-2.1-or-later
/* This machine: packages by dpkg-query, homes by the user database. */
#include "world.h"

#include <jansson.h>
#include <pwd.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <time.h>

#include "grow.h"
#include "output.h"
#include "provision/command_run.h"

/* Paths that one dpkg-query is asked for: it takes patterns as arguments. */
#define ASKED_MAX 128

/**
 * struct capture_machine - what was found out
 * @owned: paths that a package has: its name, of several the first
 * @homes: homes of the user database, as keys
 */
struct capture_machine {
	json_t *owned;
	json_t *homes;
};

/* "nginx-common, nginx: /usr/share/nginx", "libc6:amd64: /lib/…" */
static void note_owner(struct capture_machine *machine, const char *line)
{
	const char *path = strstr(line, ": /");
	size_t name = strcspn(line, ",");
	json_t *package;

	if (!path || !strncmp(line, "diversion ", 10))
		return;
	if (name > (size_t)(path - line))
		name = (size_t)(path - line);
	package = memory_sure(json_stringn_nocheck(line, name));
	path += 2;
	json_object_set_nocheck(machine->owned, path, package);
	/* dpkg knows the names from before /lib went to /usr/lib. */
	if (!strncmp(path, "/lib", 4)) {
		char *moved = memory_format("/usr%s", path);

		json_object_set_nocheck(machine->owned, moved, package);
		free(moved);
	}
	json_decref(package);
}

static void ask(struct capture_machine *machine, const char *const *words)
{
	char *text, *line, *rest;

	if (command_run_quietly(words, &text) >= 0)
		for (line = strtok_r(text, "\n", &rest); line;
		     line = strtok_r(NULL, "\n", &rest))
			note_owner(machine, line);
	free(text);
}

/*
 * What Python compiles for itself, beside what a package brought, is in no
 * package's list: "json/__pycache__/scanner.cpython-311.pyc" is of
 * "json/scanner.py".  Return: for free().
 */
static char *listed_as(const char *path)
{
	static const char cache[] = "/__pycache__";
	const char *found = strstr(path, cache), *name;

	if (!found || !found[sizeof(cache) - 1])
		return found ? memory_copy_part(path, (size_t)(found - path)) :
			       memory_copy(path);
	name = found + sizeof(cache);
	return memory_format("%.*s/%.*s.py", (int)(found - path), path,
			     (int)strcspn(name, "."), name);
}

static void know(void *context, const char *const *paths, size_t count)
{
	const char *arguments[2 * ASKED_MAX + 4] = {
		"dpkg-query", "--search", "--",
	};
	struct capture_machine *machine = context;
	struct texts asked = { 0 };
	size_t used = 3, i;

	for (i = 0; i < count; i++) {
		/* What dpkg would take for a pattern counts as nobody's. */
		if (!strpbrk(paths[i], "*?[\\"))
			texts_add(&asked, listed_as(paths[i]));
	}
	texts_sort(&asked);
	for (i = 0; i < asked.count; i++) {
		arguments[used++] = asked.text[i];
		if (!strncmp(asked.text[i], "/usr/lib", 8))
			arguments[used++] = asked.text[i] + 4;
		if (used >= ARRAY_SIZE(arguments) - 2 || i + 1 == asked.count) {
			arguments[used] = NULL;
			ask(machine, arguments);
			used = 3;
		}
	}
	texts_free(&asked);
}

static const char *owner_of(const struct capture_machine *machine,
			    const char *path)
{
	char *listed = listed_as(path);
	const char *name;

	name = json_string_value(json_object_get(machine->owned, listed));
	free(listed);
	return name;
}

static bool owned(void *context, const char *path)
{
	return owner_of(context, path);
}

/* When dpkg has unpacked a package last: then it wrote the list of its files. */
static bool unpacked(const char *name, char moment[32])
{
	char *list = memory_format("/var/lib/dpkg/info/%s.list", name);
	struct stat stat_of;
	struct tm tm;
	bool known;

	known = !stat(list, &stat_of) &&
		localtime_r(&stat_of.st_mtime, &tm) &&
		strftime(moment, 32, "%Y-%m-%d %H:%M:%S", &tm);
	free(list);
	return known;
}

static char *package(void *context, const char *path)
{
	struct capture_machine *machine = context;
	const char *words[] = { "dpkg-query", "--show", "--showformat",
				"${Version}", "--", NULL, NULL };
	char *version, *told = NULL, moment[32];

	if (!owned(context, path))
		know(context, &path, 1);
	words[5] = owner_of(machine, path);
	if (!words[5])
		return NULL;
	if (!command_run_quietly(words, &version))
		told = unpacked(words[5], moment) ?
		       memory_format("%s %s, unpacked %s", words[5], version,
				     moment) :
		       memory_format("%s %s", words[5], version);
	free(version);
	return told;
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
		.package = package,
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
