// SPDX-License-Identifier: LGPL-2.1-or-later
/* Shapes of single files: a process's own numbers, libraries, rotated logs. */
#include <stdlib.h>
#include <string.h>

#include "grow.h"
#include "output.h"
#include "place.h"
#include "quote.h"
#include "shape_private.h"

#define DIGITS "0123456789"

/*
 * Below /proc/self all is the process's own, whatever number it has there:
 * the one place in /proc that is certain.
 */
void shape_find_own(struct shape_set *set)
{
	static const char *const own[] = { "task", "fdinfo" };
	size_t i, k;

	for (i = 0; i < set->path_count; i++) {
		struct shape_path *path = &set->paths[i];
		const char *rest = path->path + 11;
		char *tail;

		if (strncmp(path->path, "/proc/self/", 11))
			continue;
		for (k = 0; k < ARRAY_SIZE(own); k++) {
			size_t name = strlen(own[k]);
			size_t digits;

			if (strncmp(rest, own[k], name) || rest[name] != '/')
				continue;
			digits = strspn(rest + name + 1, DIGITS);
			if (!digits || (rest[name + 1 + digits] &&
					rest[name + 1 + digits] != '/'))
				continue;
			tail = quote_path(rest + name + 1 + digits);
			path->shape = shape_add(set, SHAPE_OWN,
						SHAPE_READ | SHAPE_WRITE,
						memory_format("/proc/self/%s/[0-9]*%s",
							      own[k], tail));
			free(tail);
		}
	}
}

/*
 * The part of a library's name that an upgrade within one package changes, as
 * [from, to): "2.3" of libfoo.so.1.2.3, "36" of libc-2.36.so stays, for the
 * first number may be a promise.
 */
static bool find_version(const char *path, size_t *from, size_t *to)
{
	const char *name = strrchr(path, '/') + 1;
	const char *at = strstr(name, ".so."), *minor;
	size_t length = strlen(path);

	if (at) {
		at += 4;
		minor = at + strspn(at, DIGITS);
		if (minor == at || *minor != '.' || !minor[1] ||
		    minor[1 + strspn(minor + 1, "." DIGITS)])
			return false;
		*from = (size_t)(minor + 1 - path);
		*to = length;
		return true;
	}
	if (length < 3 || strcmp(path + length - 3, ".so"))
		return false;
	*to = length - 3;
	for (at = path + *to; at > name && strchr("." DIGITS, at[-1]); at--)
		;
	if (at == name || at[-1] != '-' || *at == '.')
		return false;
	minor = memchr(at, '.', (size_t)(path + *to - at));
	if (!minor)
		return false;
	*from = (size_t)(minor + 1 - path);
	return *from < *to;
}

static bool is_library(const struct shape_path *path)
{
	size_t from, to;

	return path->ops & SHAPE_LOAD && !(path->ops & SHAPE_WRITE) &&
	       path->shape == SHAPE_NONE && find_version(path->path, &from, &to);
}

void shape_list_libraries(const struct shape_set *set, const char ***list,
			  size_t *count)
{
	const char **added;
	size_t i;

	for (i = 0; i < set->path_count; i++) {
		if (!is_library(&set->paths[i]))
			continue;
		added = memory_grow(list, count, sizeof(*added));
		*added = set->paths[i].path;
	}
}

void shape_find_libraries(struct shape_set *set,
			  const struct capture_world *world)
{
	size_t from, to, i;

	for (i = 0; i < set->path_count; i++) {
		struct shape_path *path = &set->paths[i];
		char *head, *quoted;

		if (!is_library(path) || !shape_is_free(path) ||
		    !world->owned(world->context, path->path))
			continue;
		find_version(path->path, &from, &to);
		head = memory_copy_part(path->path, from);
		quoted = quote_path(head);
		path->shape = shape_add(set, SHAPE_LIBRARY,
					SHAPE_READ | SHAPE_LOAD,
					memory_format("%s*%s", quoted,
						      path->path + to));
		free(quoted);
		free(head);
	}
}

/* "gz" of access.log.2.gz, or nothing */
static bool is_packed(const char *suffix)
{
	static const char *const packers[] = {
		"", ".gz", ".xz", ".bz2", ".zst",
	};
	size_t i;

	for (i = 0; i < ARRAY_SIZE(packers); i++)
		if (!strcmp(suffix, packers[i]))
			return true;
	return false;
}

/*
 * Where the suffix of rotation begins: of access.log.2.gz, and of
 * access.log-20240131 and access.log-20240131-1706659200.gz (dateext).
 */
static bool find_rotation(const char *path, size_t *base)
{
	size_t length = strlen(path), end, digits;

	for (end = length; end > 1; end--) {
		const char *at = path + end;

		if (path[end - 1] == '/')
			return false;
		if (*at != '.' && *at != '-')
			continue;
		digits = strspn(at + 1, DIGITS);
		if (*at == '.' && digits && digits < 5 &&
		    is_packed(at + 1 + digits)) {
			*base = end;
			return true;
		}
		if (*at != '-' || digits != 8)
			continue;
		at += 1 + digits;
		if (*at == '-')
			at += 1 + strspn(at + 1, DIGITS);
		if (is_packed(at)) {
			*base = end;
			return true;
		}
	}
	return false;
}

/* Is it a log: something that is written, or lies or is called as one. */
static bool is_log(const struct shape_path *base)
{
	size_t length = strlen(base->path);

	return base->ops & SHAPE_WRITE ||
	       place_is_below(base->path, "/var/log") ||
	       (length > 4 && !strcmp(base->path + length - 4, ".log"));
}

/**
 * struct log - a log, and how it is rotated
 * @base: of the set
 * @dotted: ".1" was seen
 * @dated: "-20240131" was seen
 */
struct log {
	struct shape_path *base;
	bool dotted;
	bool dated;
};

static struct shape_path *base_of(const struct shape_set *set,
				  const struct shape_path *path, size_t *end)
{
	struct shape_path *base;
	char *name;

	if (!shape_is_free(path) || !find_rotation(path->path, end))
		return NULL;
	name = memory_copy_part(path->path, *end);
	base = shape_find(set, name);
	free(name);
	return base && is_log(base) && !place_is_sensitive(base->path) ? base :
									NULL;
}

static void name_log(struct shape_set *set, const struct log *log)
{
	char *quoted = quote_path(log->base->path);

	log->base->shape = shape_add(set, SHAPE_ROTATED,
				     SHAPE_READ | SHAPE_WRITE,
				     memory_format("%s{%s%s}", quoted,
						   log->dotted ? ",.[0-9]*" :
								 "",
						   log->dated ? ",-[0-9]*" :
								""));
	free(quoted);
}

void shape_find_rotated(struct shape_set *set)
{
	struct log *logs = NULL;
	size_t count = 0, end, i, k;

	for (i = 0; i < set->path_count; i++) {
		struct shape_path *base = base_of(set, &set->paths[i], &end);
		struct log *log;

		if (!base)
			continue;
		for (k = 0; k < count && logs[k].base != base; k++)
			;
		if (k == count) {
			log = memory_grow(&logs, &count, sizeof(*log));
			log->base = base;
		}
		logs[k].dotted |= set->paths[i].path[end] == '.';
		logs[k].dated |= set->paths[i].path[end] == '-';
	}
	for (k = 0; k < count; k++)
		name_log(set, &logs[k]);
	for (i = 0; i < set->path_count; i++) {
		struct shape_path *base = base_of(set, &set->paths[i], &end);

		if (base)
			set->paths[i].shape = base->shape;
	}
	free(logs);
}
