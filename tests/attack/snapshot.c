// SPDX-License-Identifier: LGPL-2.1-or-later
/*
 * All that acts can change below a directory, as text, so that a scenario can
 * tell whether one that was denied changed anything nevertheless.
 */
#define _GNU_SOURCE
#include <errno.h>
#include <fcntl.h>
#include <ftw.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/xattr.h>
#include <unistd.h>

#include "act.h"

/* FNV-1a, 64 bits: nobody here wants to collide. */
static uint64_t digest(uint64_t hash, const void *data, size_t size)
{
	const unsigned char *byte = data;

	while (size--)
		hash = (hash ^ *byte++) * 0x100000001b3ULL;
	return hash;
}

static uint64_t content(const char *path, const struct stat *stat)
{
	uint64_t hash = 0xcbf29ce484222325ULL;
	char buffer[65536];
	ssize_t size;
	int fd;

	if (S_ISLNK(stat->st_mode)) {
		size = readlink(path, buffer, sizeof(buffer));
		return digest(hash, buffer, size < 0 ? 0 : size);
	}
	if (!S_ISREG(stat->st_mode))
		return 0;
	fd = open(path, O_RDONLY | O_NOATIME | O_CLOEXEC);
	while (fd >= 0 && (size = read(fd, buffer, sizeof(buffer))) > 0)
		hash = digest(hash, buffer, size);
	if (fd >= 0)
		close(fd);
	return hash;
}

static uint64_t attributes(const char *path)
{
	uint64_t hash = 0;
	char names[4096], value[4096], *name;
	ssize_t size = llistxattr(path, names, sizeof(names));

	for (name = names; size > 0 && name < names + size;
	     name += strlen(name) + 1) {
		ssize_t length = lgetxattr(path, name, value, sizeof(value));

		/* Added, for their order is the file system's affair. */
		hash += digest(digest(1, name, strlen(name)), value,
			       length < 0 ? 0 : length);
	}
	return hash;
}

static int print_entry(const char *path, const struct stat *stat, int type,
		       struct FTW *place)
{
	(void)type;
	(void)place;
	printf("%s %o %u:%u links=%lu size=%ld time=%ld.%09ld device=%lx content=%lx attributes=%lx\n",
	       path, stat->st_mode, stat->st_uid, stat->st_gid,
	       (unsigned long)stat->st_nlink,
	       S_ISDIR(stat->st_mode) ? 0L : (long)stat->st_size,
	       (long)stat->st_mtim.tv_sec, (long)stat->st_mtim.tv_nsec,
	       (unsigned long)stat->st_rdev,
	       (unsigned long)content(path, stat),
	       (unsigned long)attributes(path));
	return 0;
}

static int snapshot(int argc, char **argv)
{
	int i;

	for (i = 0; i < argc; i++)
		if (nftw(argv[i], print_entry, 16, FTW_PHYS) < 0)
			return act_setup(argv[i]);
	return 0;
}

const struct act snapshot_acts[] = {
	{ "snapshot", "DIRECTORY...", "print all that is below", 1,
	  snapshot },
	{ }
};
