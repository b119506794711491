// SPDX-License-Identifier: LGPL-2.1-or-later
/*
 * All that acts can change below a directory, as text, so that a scenario can
 * tell whether one that was denied changed anything nevertheless; and the way
 * back to what was there before.
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

/* As FNV-1a, by eight bytes at a time: nobody here wants to collide. */
static uint64_t digest(uint64_t hash, const void *data, size_t size)
{
	const unsigned char *byte = data;
	uint64_t word;

	for (; size >= sizeof(word); size -= sizeof(word)) {
		memcpy(&word, byte, sizeof(word));
		byte += sizeof(word);
		hash = (hash ^ word) * 0x100000001b3ULL;
		hash ^= hash >> 29;
	}
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
	printf("%s %o %u:%u links=%lu size=%ld time=%ld.%09ld "
	       "device=%lx content=%lx attributes=%lx\n",
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

static int remove_entry(const char *path, const struct stat *stat, int type,
			struct FTW *place)
{
	(void)stat;
	(void)type;
	(void)place;
	return remove(path);
}

/* Where nftw's callback finds what it is about. */
static const char *copy_from, *copy_to;

static int copy_file(const char *from, const char *to, mode_t mode)
{
	int fd = open(to, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, mode);
	int status;

	if (fd < 0)
		return -1;
	status = act_copy(from, fd);
	return close(fd) < 0 ? -1 : status;
}

static int copy_entry(const char *path, const struct stat *stat, int type,
		      struct FTW *place)
{
	char to[4096], text[4096];
	ssize_t length;

	(void)type;
	(void)place;
	snprintf(to, sizeof(to), "%s%s", copy_to, path + strlen(copy_from));
	if (S_ISDIR(stat->st_mode))
		return mkdir(to, 0700) < 0 && errno != EEXIST ? -1 : 0;
	if (S_ISREG(stat->st_mode))
		return copy_file(path, to, 0700);
	length = readlink(path, text, sizeof(text) - 1);
	if (length < 0)
		return -1;
	text[length] = '\0';
	return symlink(text, to);
}

/* In a second round, for the first has touched the directories again. */
static int copy_attributes(const char *path, const struct stat *stat, int type,
			   struct FTW *place)
{
	const struct timespec times[2] = { stat->st_mtim, stat->st_mtim };
	char to[4096], value[256];
	ssize_t length;

	(void)type;
	(void)place;
	snprintf(to, sizeof(to), "%s%s", copy_to, path + strlen(copy_from));
	if (lchown(to, stat->st_uid, stat->st_gid) < 0)
		return -1;
	if (!S_ISLNK(stat->st_mode)) {
		length = getxattr(path, "trusted.act", value, sizeof(value));
		if (chmod(to, stat->st_mode & 07777) < 0 ||
		    (length >= 0 &&
		     setxattr(to, "trusted.act", value, length, 0) < 0))
			return -1;
	}
	return utimensat(AT_FDCWD, to, times, AT_SYMLINK_NOFOLLOW);
}

/* Each directory in the template is made anew in the place. */
static int restore(int argc, char **argv)
{
	char from[4096], to[4096];
	int i;

	for (i = 2; i < argc; i++) {
		snprintf(from, sizeof(from), "%s/%s", argv[0], argv[i]);
		snprintf(to, sizeof(to), "%s/%s", argv[1], argv[i]);
		copy_from = from;
		copy_to = to;
		if ((nftw(to, remove_entry, 16, FTW_PHYS | FTW_DEPTH) < 0 &&
		     errno != ENOENT) ||
		    nftw(from, copy_entry, 16, FTW_PHYS) < 0 ||
		    nftw(from, copy_attributes, 16,
			 FTW_PHYS | FTW_DEPTH) < 0)
			return act_setup(to);
	}
	return 0;
}

const struct act snapshot_acts[] = {
	{ "snapshot", "DIRECTORY...", "print all that is below", 1,
	  snapshot },
	{ "restore", "TEMPLATE PLACE NAME...",
	  "make each PLACE/NAME what TEMPLATE/NAME is", 3, restore },
	{ }
};
