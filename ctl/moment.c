// SPDX-License-Identifier: LGPL-2.1-or-later
#include "moment.h"

#include <stddef.h>
#include <string.h>
#include <time.h>

#include "duration.h"

#define SECOND 1000000000ull

/* ".123456789Z", ".5Z" or "Z", as nanoseconds */
static bool parse_fraction(const char *text, uint64_t *nanoseconds)
{
	uint64_t unit = SECOND;

	*nanoseconds = 0;
	if (*text == '.')
		while (*++text >= '0' && *text <= '9' && unit > 1) {
			unit /= 10;
			*nanoseconds += (uint64_t)(*text - '0') * unit;
		}
	return !strcmp(text, "Z");
}

static bool parse_utc(const char *text, uint64_t *moment)
{
	struct tm tm = { .tm_mday = 1 };
	const char *rest = strptime(text, "%Y-%m-%dT%H:%M:%S", &tm);
	uint64_t fraction;
	time_t seconds;

	if (!rest || !parse_fraction(rest, &fraction))
		return false;
	seconds = timegm(&tm);
	if (seconds < 0)
		return false;
	*moment = (uint64_t)seconds * SECOND + fraction;
	return true;
}

bool moment_parse(const char *text, uint64_t now, uint64_t *moment)
{
	static const char *const forms[] = {
		"%Y-%m-%d %H:%M:%S", "%Y-%m-%d %H:%M", "%Y-%m-%d",
	};
	uint32_t seconds;
	size_t i;

	if (duration_parse(text, UINT32_MAX, &seconds)) {
		*moment = seconds * SECOND < now ? now - seconds * SECOND : 1;
		return true;
	}
	if (parse_utc(text, moment))
		return true;
	for (i = 0; i < sizeof(forms) / sizeof(forms[0]); i++) {
		struct tm tm = { .tm_mday = 1, .tm_isdst = -1 };
		const char *rest = strptime(text, forms[i], &tm);
		time_t time = rest && !*rest ? mktime(&tm) : -1;

		if (time < 0)
			continue;
		*moment = (uint64_t)time * SECOND;
		return true;
	}
	return false;
}
