/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* A point in time, as people write it. */
#ifndef CTL_MOMENT_H
#define CTL_MOMENT_H

#include <stdbool.h>
#include <stdint.h>

/**
 * moment_parse - read a point in time
 * @text: "2h" ago; "2026-11-22", "2026-11-22 14:05", "2026-11-22 14:05:31" in
 *	local time; "2026-11-22T14:05:31Z" with any fraction of the second
 * @now: ns, CLOCK_REALTIME
 * @moment: filled on success, likewise
 *
 * Return: is it one.
 */
bool moment_parse(const char *text, uint64_t now, uint64_t *moment);

#endif /* CTL_MOMENT_H */
