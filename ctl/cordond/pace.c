// SPDX-License-Identifier: LGPL-2.1-or-later
#include "ctl/cordond/pace.h"

#include <stdio.h>
#include <string.h>

#include "output.h"

/* The first pause, in milliseconds; each is twice the one before */
#define PACE_FIRST 250

unsigned int pace_delay(unsigned int failures)
{
	unsigned int delay = PACE_FIRST;

	while (failures-- > 1 && delay < PACE_MAX)
		delay *= 2;
	return delay < PACE_MAX ? delay : PACE_MAX;
}

bool pace_failed(struct pace *pace, struct hub *hub, const char *why)
{
	if (strcmp(pace->said, why)) {
		snprintf(pace->said, sizeof(pace->said), "%s", why);
		output_error("%s: %s; trying again until it works", pace->what,
			     why);
	}
	return hub_pause(hub, pace_delay(++pace->failures));
}

void pace_worked(struct pace *pace)
{
	if (!pace->failures)
		return;
	output_error("%s: works again, after %u failures", pace->what,
		     pace->failures);
	pace->failures = 0;
	*pace->said = '\0';
}
