/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * A first manifest from what provisioning already knows: systemd's units and
 * the database of packages, of this machine or of a file system below --root.
 * Nothing is executed of what they name.
 *
 * What a source says of the whole workload becomes an element of "allow" or
 * "deny" with a note that names the source; what it says of one program goes to
 * its entry.  What no source can know is asked back: see provision_ask().
 */
#ifndef CTL_PROVISION_H
#define CTL_PROVISION_H

#include <jansson.h>
#include <stdbool.h>

#include "memory.h"
#include "root.h"

/**
 * PROVISION_ANY - stands in a path for what is not known (an instance, a
 * host's name); "*" in the pattern that it becomes
 */
#define PROVISION_ANY '\001'

/**
 * struct provision - a manifest that is being drafted
 * @root: what is looked at
 * @admindir: of dpkg, or NULL: its own
 * @document: the manifest
 * @questions: what it does not say and should
 * @libraries: of the loader's cache, by their names, or NULL: not read yet
 * @units: names of units that were drafted
 * @networked: whom it connects to is not said by them
 */
struct provision {
	struct root root;
	const char *admindir;
	json_t *document;
	struct texts questions;
	json_t *libraries;
	struct texts units;
	bool networked;
};

/**
 * provision_begin - begin a manifest
 * @provision: all zero but @admindir
 * @directory: the root
 * @workload: its name
 * @description: what it is drafted from
 *
 * Return: 0, or -1 with errno: there is no such directory.
 */
int provision_begin(struct provision *provision, const char *directory,
		    const char *workload, const char *description);

/** provision_end - settle the manifest: in the order that all have */
void provision_end(struct provision *provision);

/** provision_free - release all */
void provision_free(struct provision *provision);

/**
 * provision_name - a workload's name made of another one
 * @name: of a unit or package
 *
 * Return: for free().
 */
char *provision_name(const char *name);

/** provision_ask - what is not known, once; a sentence without a full stop */
void provision_ask(struct provision *provision, const char *format, ...)
	__attribute__((format(printf, 2, 3)));

/**
 * provision_pattern - the pattern of a path, links followed
 * @provision: its root
 * @path: absolute; may hold PROVISION_ANY
 *
 * Return: for free().
 */
char *provision_pattern(struct provision *provision, const char *path);

/**
 * provision_can_be - can a rule name this; if not, it is asked what is meant
 * @provision: its questions
 * @pattern: of a path
 */
bool provision_can_be(struct provision *provision, const char *pattern);

/**
 * provision_rule - add a path to a list
 * @provision: its document
 * @object: a program, or element of "allow" or "deny"
 * @list: "read"
 * @path: absolute; may hold PROVISION_ANY
 * @below: what to put behind its pattern: "", PROVISION_TREE
 */
void provision_rule(struct provision *provision, json_t *object,
		    const char *list, const char *path, const char *below);

/** PROVISION_TREE - behind a pattern: the directory and all below it */
#define PROVISION_TREE "{,/" "**" "}"

/**
 * provision_program - give an executable its entry
 * @provision: its document
 * @path: absolute; links are followed
 * @note: where it comes from
 *
 * With the libraries it is linked to that lie in uncommon places; of a script,
 * with its interpreter.
 *
 * Return: the entry, or NULL if there is no such file, which is asked about.
 */
json_t *provision_program(struct provision *provision, const char *path,
			  const char *note);

/**
 * provision_libraries - let a program load what it is linked to
 * @provision: its document
 * @program: its entry
 * @path: of the executable or library
 */
void provision_libraries(struct provision *provision, json_t *program,
			 const char *path);

/**
 * provision_is_common - does the piece base/shared-libraries allow to load this
 * @path: of a library, links followed
 *
 * Then it needs no line.
 */
bool provision_is_common(const char *path);

/**
 * provision_unit - draft a systemd unit
 * @provision: what it is added to
 * @name: "nginx", "nginx.service", "getty@tty1.service", "db.socket"
 *
 * Return: an enum exit_code; what is wrong has been told.
 */
int provision_unit(struct provision *provision, const char *name);

/**
 * provision_packages - draft packages of dpkg
 * @provision: what they are added to
 * @names: @count of them
 * @count: how many
 *
 * Return: an enum exit_code; what is wrong has been told.
 */
int provision_packages(struct provision *provision, char *const *names,
		       size_t count);

#endif /* CTL_PROVISION_H */
