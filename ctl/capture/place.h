/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * Places: where a pattern must not say more than what was seen.
 */
#ifndef CTL_CAPTURE_PLACE_H
#define CTL_CAPTURE_PLACE_H

#include <stdbool.h>

/**
 * place_is_sensitive - is each file there, or so called, to be named
 * @path: absolute
 *
 * /etc, /root, keys, /dev, /proc and so on: what lies beside a file that was
 * read there is none of the reader's business.
 */
bool place_is_sensitive(const char *path);

/**
 * place_is_secret - is to read it already more than most programs may
 * @path: absolute, and sensitive or not
 *
 * Keys, passwords, /root, memory: not what everybody reads of /etc or /usr.
 */
bool place_is_secret(const char *path);

/** place_is_open - may anybody put files there: /tmp, homes, and their like */
bool place_is_open(const char *path);

/**
 * place_may_be_sensitive - may a pattern match what lies in a sensitive place
 * @pattern: absolute
 *
 * By what stands before its first wildcard; names of keys do not count.
 */
bool place_may_be_sensitive(const char *pattern);

/**
 * place_is_shared - is a directory too general to be opened as a whole
 * @path: of a directory
 *
 * What many packages, or all users, share: /usr/lib, /var/lib, /home.
 */
bool place_is_shared(const char *path);

/**
 * place_is_data - do files below it exist to be served or worked on
 * @path: absolute
 *
 * /srv and /var/www: by the Filesystem Hierarchy Standard site-specific data
 * which this system serves.
 */
bool place_is_data(const char *path);

/** place_is_below - does a path lie below a directory */
bool place_is_below(const char *path, const char *directory);

/** place_is_process - does a path lie below /proc/NUMBER: of another process */
bool place_is_process(const char *path);

#endif /* CTL_CAPTURE_PLACE_H */
