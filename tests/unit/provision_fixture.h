/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* A root of a machine that is not there, and what is drafted of it. */
#ifndef _CORDON_TESTS_PROVISION_FIXTURE_H
#define _CORDON_TESTS_PROVISION_FIXTURE_H

#include <jansson.h>

#include "command_fixture.h"

/* The directory; a fixture makes it and takes it away. */
extern char *provision_root;

void provision_set_up(void);
void provision_tear_down(void);

/* Writes a file of the root that can be executed; as reader_write(). */
void provision_executable(const char *name, const char *text);

/* Makes a symbolic link of the root. */
void provision_link(const char *name, const char *target);

/*
 * What "draft WORDS --root … --json" says, which must end with 0 and be right.
 * Return: for json_decref().
 */
json_t *provision_draft(const char *words);

/* The manifest of that as text, for free() */
char *provision_text(const char *words);

/* With what it ends. */
int provision_code(const char *words);

/* Is there a question that holds @text. */
bool provision_asks(const json_t *whole, const char *text);

/*
 * What stands at "programs:/usr/bin/x:read", "allow:NOTE:write", "members:any",
 * joined by blanks; "-" if there is nothing.  For free().
 */
char *provision_at(const json_t *whole, const char *list, const char *name,
		   const char *key);

#endif /* _CORDON_TESTS_PROVISION_FIXTURE_H */
