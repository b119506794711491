/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Documents that could keep an administrator from undoing what he loads. */
#ifndef CTL_LOCKOUT_H
#define CTL_LOCKOUT_H

#include "draft.h"

/**
 * lockout_of - could a document lock an administrator out
 * @draft: of what is to be loaded
 *
 * A manifest of the host that denies by default; segments that are closed, or
 * denied to everyone, and hold an address or interface of this machine.
 * Modes count: what only monitors locks nobody out.
 *
 * Return: how, a sentence for free(); NULL if it could not.
 */
char *lockout_of(const struct cordon_draft *draft);

/**
 * lockout_of_mode - could a change of modes lock an administrator out
 * @draft: of the loaded document; its modes become the new ones
 * @mode: a mode for each class, or -1: as it is
 *
 * What is enforced already has not locked him out, or will not any more.
 *
 * Return: as lockout_of(); NULL too if no more is enforced than before.
 */
char *lockout_of_mode(struct cordon_draft *draft,
		      const int mode[CORDON_CLASS_COUNT]);

/**
 * lockout_refuse - say that a change could lock its maker out
 * @how: as lockout_of() says
 * @verb: what would do it: "load", "enforce"
 *
 * Return: EXIT_USAGE.
 */
int lockout_refuse(const char *how, const char *verb);

#endif /* CTL_LOCKOUT_H */
