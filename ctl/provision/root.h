/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * The file system that is looked at: this machine's, or one below a directory,
 * where links lead as if that were the root, and never out of it.
 */
#ifndef CTL_PROVISION_ROOT_H
#define CTL_PROVISION_ROOT_H

#include <stdbool.h>
#include <stddef.h>
#include <sys/stat.h>

/** ROOT_FILE_MAX - bytes of a file that are looked at */
#define ROOT_FILE_MAX (1u << 20)

/**
 * struct root - an opened root
 * @path: its absolute name; "" for this machine's
 * @fd: the directory
 */
struct root {
	char *path;
	int fd;
};

/**
 * root_open - open a root
 * @root: filled
 * @path: a directory
 *
 * Return: 0, or -1 with errno.
 */
int root_open(struct root *root, const char *path);

/** root_close - close a root */
void root_close(struct root *root);

/**
 * root_file - open what lies at a path
 * @root: where
 * @path: absolute; links are followed
 * @flags: as for open(); O_CLOEXEC is added
 *
 * Return: a descriptor, or -1 with errno.
 */
int root_file(const struct root *root, const char *path, int flags);

/** root_stat - as stat() */
int root_stat(const struct root *root, const char *path, struct stat *status);

/**
 * root_resolve - where a path leads, links followed
 * @root: where
 * @path: absolute
 *
 * What does not exist lies where its nearest directory that does leads to.
 *
 * Return: an absolute path in @root, without "." and "..", for free().
 */
char *root_resolve(const struct root *root, const char *path);

/**
 * root_read - the text of a regular file
 * @root: where
 * @path: absolute
 * @length: its bytes, of which the first ROOT_FILE_MAX are read
 *
 * Return: text ended by a NUL, for free(); or NULL with errno.
 */
char *root_read(const struct root *root, const char *path, size_t *length);

/** root_is_program - is this a file that can be executed */
bool root_is_program(const struct root *root, const char *path);

/** root_is_directory - is this a directory */
bool root_is_directory(const struct root *root, const char *path);

#endif /* CTL_PROVISION_ROOT_H */
