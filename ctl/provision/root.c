// SPDX-License-Identifier: LGPL-2.1-or-later
#include "root.h"

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <linux/openat2.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "memory.h"

/* Links that one path may lead through, as in the kernel */
#define LINKS_MAX 40

/* The absolute name of an open file, for free(); NULL with errno */
static char *name_of(int fd)
{
	char link[64], name[PATH_MAX];
	ssize_t length;

	snprintf(link, sizeof(link), "/proc/self/fd/%d", fd);
	length = readlink(link, name, sizeof(name));
	if (length < 0)
		return NULL;
	if (length == sizeof(name)) {
		errno = ENAMETOOLONG;
		return NULL;
	}
	name[length] = 0;
	return memory_copy(name);
}

int root_open(struct root *root, const char *path)
{
	root->fd = open(path, O_PATH | O_DIRECTORY | O_CLOEXEC);
	if (root->fd < 0)
		return -1;
	root->path = name_of(root->fd);
	if (!root->path) {
		close(root->fd);
		return -1;
	}
	if (!strcmp(root->path, "/"))
		root->path[0] = 0;
	return 0;
}

void root_close(struct root *root)
{
	free(root->path);
	close(root->fd);
}

int root_file(const struct root *root, const char *path, int flags)
{
	const struct open_how how = {
		.flags = (uint64_t)(flags | O_CLOEXEC),
		.resolve = RESOLVE_IN_ROOT | RESOLVE_NO_MAGICLINKS,
	};

	return (int)syscall(SYS_openat2, root->fd, path, &how, sizeof(how));
}

int root_stat(const struct root *root, const char *path, struct stat *status)
{
	int fd = root_file(root, path, O_PATH);
	int result;

	if (fd < 0)
		return -1;
	result = fstat(fd, status);
	close(fd);
	return result;
}

/* Where an existing path leads, or NULL */
static char *resolve(const struct root *root, const char *path)
{
	int fd = root_file(root, path, O_PATH);
	size_t length = strlen(root->path);
	char *name, *inside = NULL;

	if (fd < 0)
		return NULL;
	name = name_of(fd);
	close(fd);
	if (name && !strncmp(name, root->path, length) &&
	    (!name[length] || name[length] == '/'))
		inside = memory_copy(name[length] ? name + length : "/");
	free(name);
	return inside;
}

/* Without doubled and trailing slashes, "." and ".." */
static char *normal(const char *path)
{
	char *made = memory_sure(malloc(strlen(path) + 2)), *end = made;

	while (*path) {
		size_t length;

		path += strspn(path, "/");
		length = strcspn(path, "/");
		if (!length)
			break;
		if (length == 2 && !strncmp(path, "..", 2)) {
			while (end > made && *--end != '/')
				;
		} else if (length != 1 || *path != '.') {
			*end++ = '/';
			memcpy(end, path, length);
			end += length;
		}
		path += length;
	}
	if (end == made)
		*end++ = '/';
	*end = 0;
	return made;
}

/*
 * Where a link leads that leads to nothing that is there yet, as /var/run does
 * in an image: its target, with the rest of the path behind it; NULL: no link.
 */
static char *step(const struct root *root, const char *path, size_t length)
{
	size_t end = length + 1 + strcspn(path + length + 1, "/");
	char *link = memory_format("%.*s", (int)end, path);
	int fd = root_file(root, link, O_PATH | O_NOFOLLOW);
	char target[PATH_MAX];
	ssize_t got = -1;

	free(link);
	if (fd >= 0) {
		got = readlinkat(fd, "", target, sizeof(target));
		close(fd);
	}
	if (got <= 0 || got == sizeof(target))
		return NULL;
	return memory_format("%.*s/%.*s%s", *target == '/' ? 0 : (int)length,
			     path, (int)got, target, path + end);
}

/*
 * The part of a normal path that exists, resolved; @length: its bytes in @path,
 * 0 for the root itself
 */
static char *resolve_part(const struct root *root, char *path, size_t *length)
{
	char *found;

	*length = strcmp(path, "/") ? strlen(path) : 0;
	/* From the right, take components off until what is left exists */
	for (;;) {
		char saved = path[*length];

		path[*length] = 0;
		found = resolve(root, *length ? path : "/");
		path[*length] = saved;
		if (found || !*length)
			return found ? found : memory_copy("/");
		while (path[--*length] != '/')
			;
	}
}

char *root_resolve(const struct root *root, const char *path)
{
	char *rest = normal(path), *found = NULL, *whole, *next;
	size_t length, links;

	for (links = 0; links < LINKS_MAX; links++) {
		free(found);
		found = resolve_part(root, rest, &length);
		if (!rest[length] || !strcmp(rest, "/"))
			break;
		next = step(root, rest, length);
		if (!next)
			break;
		free(rest);
		rest = normal(next);
		free(next);
	}
	if (!rest[length] || !strcmp(rest, "/"))
		whole = memory_copy(found);
	else
		whole = memory_format("%s%s", strcmp(found, "/") ? found : "",
				      rest + length);
	free(found);
	free(rest);
	return whole;
}

char *root_read(const struct root *root, const char *path, size_t *length)
{
	int fd = root_file(root, path, O_RDONLY | O_NONBLOCK | O_NOCTTY);
	struct stat status;
	char *text;
	ssize_t got;

	if (fd < 0)
		return NULL;
	if (fstat(fd, &status) || !S_ISREG(status.st_mode)) {
		close(fd);
		errno = S_ISDIR(status.st_mode) ? EISDIR : EINVAL;
		return NULL;
	}
	text = memory_sure(malloc(ROOT_FILE_MAX + 1));
	*length = 0;
	while ((got = read(fd, text + *length, ROOT_FILE_MAX - *length)) > 0)
		*length += (size_t)got;
	close(fd);
	text[*length] = 0;
	return text;
}

bool root_is_program(const struct root *root, const char *path)
{
	struct stat status;

	return !root_stat(root, path, &status) && S_ISREG(status.st_mode) &&
	       status.st_mode & 0111;
}

bool root_is_directory(const struct root *root, const char *path)
{
	struct stat status;

	return !root_stat(root, path, &status) && S_ISDIR(status.st_mode);
}
