/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * Scripts: what ran before a manifest knew of them, put as it will run under
 * one.
 *
 * While a script has no entry, the kernel tells of two execs by its caller, of
 * the script and of its interpreter, and the latter acts.  With an entry the
 * script is the program: it executes its interpreter and all acts are its own.
 */
#ifndef CTL_CAPTURE_SCRIPT_H
#define CTL_CAPTURE_SCRIPT_H

#include "behaviour.h"

/**
 * struct script_chooser - which scripts are programs
 * @is_program: is the script of this path one
 * @context: for it
 */
struct script_chooser {
	bool (*is_program)(const void *context, const char *path);
	const void *context;
};

/**
 * script_fold - give scripts what their interpreters did for them
 * @set: settled; settled again afterwards
 * @chooser: only those that it says; NULL: all
 *
 * A script is what was executed, never acted, and was read by an interpreter
 * that its caller executed as well (or the caller executed env, which never
 * reads).  Where the caller executed the interpreter no more often than its
 * scripts, it keeps no right to execute it by itself.
 */
void script_fold(struct behaviour_set *set,
		 const struct script_chooser *chooser);

#endif /* CTL_CAPTURE_SCRIPT_H */
