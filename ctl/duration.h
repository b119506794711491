/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* How long something lasts, as people write it. */
#ifndef CTL_DURATION_H
#define CTL_DURATION_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/** DURATION_TEXT - bytes of a printed duration, with its NUL */
#define DURATION_TEXT 24

/**
 * duration_parse - read a number and its unit
 * @text: "90s", "15m", "6h" or "7d"
 * @max: longest allowed, in seconds
 * @seconds: filled on success, at least 1
 *
 * Return: is it one.
 */
bool duration_parse(const char *text, uint32_t max, uint32_t *seconds);

/**
 * duration_print - write a time in its two largest units
 * @seconds: the time
 * @text: "5h 59m", "45s"
 *
 * Return: @text.
 */
const char *duration_print(uint32_t seconds, char text[DURATION_TEXT]);

#endif /* CTL_DURATION_H */
