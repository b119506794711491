/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* The database of packages, as dpkg-query tells it. */
#ifndef CTL_PROVISION_DPKG_H
#define CTL_PROVISION_DPKG_H

#include <jansson.h>
#include <stdbool.h>
#include <stddef.h>

#include "memory.h"

/**
 * struct dpkg_package - one that is installed
 * @name: with its architecture where dpkg wants it
 * @source: what it was made from
 * @depends: names that it depends on, of alternatives all
 * @provides: names that it stands for, its own too
 * @taken: it was chosen
 * @kin: it depends on what was chosen
 */
struct dpkg_package {
	char *name;
	char *source;
	struct texts depends;
	struct texts provides;
	bool taken;
	bool kin;
};

/**
 * struct dpkg - the database
 * @options: of each call of dpkg-query
 * @packages: @count of them
 * @count: how many
 * @names: index of each by its name, with and without architecture
 */
struct dpkg {
	struct texts options;
	struct dpkg_package *packages;
	size_t count;
	json_t *names;
};

/**
 * dpkg_open - read the database
 * @dpkg: filled, for dpkg_close(), also on failure
 * @root: below which it lies; "": this machine's
 * @admindir: where it lies, or NULL
 *
 * Return: an enum exit_code; what is wrong has been told.
 */
int dpkg_open(struct dpkg *dpkg, const char *root, const char *admindir);

/** dpkg_close - release all */
void dpkg_close(struct dpkg *dpkg);

/** dpkg_find - an installed package, or NULL */
struct dpkg_package *dpkg_find(const struct dpkg *dpkg, const char *name);

/** dpkg_depends - does one depend on what the other is, or provides */
bool dpkg_depends(const struct dpkg_package *one,
		  const struct dpkg_package *other);

/**
 * dpkg_files - what taken packages brought
 * @dpkg: the database
 * @files: sorted; where they really lie, should others have diverted them
 * @odd: lines that are no file's: of names that dpkg cannot tell
 *
 * Return: an enum exit_code; what is wrong has been told.
 */
int dpkg_files(const struct dpkg *dpkg, struct texts *files,
	       struct texts *odd);

/**
 * dpkg_is_own - is a directory of taken packages, and of those that extend them
 * @owners: from dpkg_owners()
 * @directory: absolute
 */
bool dpkg_is_own(const struct dpkg *dpkg, const json_t *owners,
		 const char *directory);

/**
 * dpkg_owners - which packages have a directory
 * @dpkg: the database
 * @directories: absolute
 *
 * Return: from directory to an array of names, for json_decref().
 */
json_t *dpkg_owners(const struct dpkg *dpkg, const struct texts *directories);

#endif /* CTL_PROVISION_DPKG_H */
