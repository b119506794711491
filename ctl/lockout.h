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
 * lockout_of_host - the same of a manifest of the host that denies by default
 * @workload: its name
 *
 * Return: how, a sentence for free(); NULL without memory.
 */
char *lockout_of_host(const char *workload);

/**
 * lockout_refuse - say that a change could lock its maker out
 * @how: as lockout_of() says
 * @verb: what would do it: "load", "enforce"
 *
 * Return: EXIT_USAGE.
 */
int lockout_refuse(const char *how, const char *verb);

#endif /* CTL_LOCKOUT_H */
