/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Keeping administrators from denying themselves their own shell. */
#ifndef CTL_LOCKOUT_H
#define CTL_LOCKOUT_H

/**
 * lockout_refuse - say that a change could lock its maker out
 * @workload: that governs the host, denies by default and would enforce
 * @verb: what would do it: "load", "enforce"
 *
 * Return: EXIT_USAGE.
 */
int lockout_refuse(const char *workload, const char *verb);

#endif /* CTL_LOCKOUT_H */
