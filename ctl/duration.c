// SPDX-License-Identifier: LGPL-2.1-or-later
#include "duration.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>

static const struct {
	char letter;
	uint32_t seconds;
} units[] = {
	{ 'd', 86400 },
	{ 'h', 3600 },
	{ 'm', 60 },
	{ 's', 1 },
};

#define UNITS (sizeof(units) / sizeof(units[0]))

bool duration_parse(const char *text, uint32_t max, uint32_t *seconds)
{
	unsigned long long number;
	char *end;
	size_t i;

	if (*text < '0' || *text > '9')
		return false;
	errno = 0;
	number = strtoull(text, &end, 10);
	if (errno || !number || !*end || end[1])
		return false;
	for (i = 0; i < UNITS; i++) {
		if (units[i].letter != *end)
			continue;
		if (number > max / units[i].seconds)
			return false;
		*seconds = (uint32_t)number * units[i].seconds;
		return true;
	}
	return false;
}

const char *duration_print(uint32_t seconds, char text[DURATION_TEXT])
{
	uint32_t rest;
	size_t i = 0;

	while (i < UNITS - 1 && seconds < units[i].seconds)
		i++;
	rest = i < UNITS - 1 ? seconds % units[i].seconds /
			       units[i + 1].seconds : 0;
	if (rest)
		snprintf(text, DURATION_TEXT, "%u%c %u%c",
			 seconds / units[i].seconds, units[i].letter, rest,
			 units[i + 1].letter);
	else
		snprintf(text, DURATION_TEXT, "%u%c",
			 seconds / units[i].seconds, units[i].letter);
	return text;
}
