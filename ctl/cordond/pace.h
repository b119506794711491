/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * How what fails is tried again: at once never, then with growing pauses; said
 * when it begins to fail, when it fails for another reason, and when it works
 * again.
 */
#ifndef CTL_CORDOND_PACE_H
#define CTL_CORDOND_PACE_H

#include "ctl/cordond/hub.h"

/** PACE_MAX - longest pause, in milliseconds */
#define PACE_MAX 30000

/**
 * struct pace - of one thing that may fail
 * @what: it is, for the log: "sink \"json\""
 * @failures: in a row
 * @said: why it failed, as it was said last
 */
struct pace {
	const char *what;
	unsigned int failures;
	char said[STORE_WHY];
};

/**
 * pace_failed - say that it failed, and wait
 * @pace: of the thing
 * @hub: where the end is told
 * @why: what failed, and what to do
 *
 * Return: false if it is time to end.
 */
bool pace_failed(struct pace *pace, struct hub *hub, const char *why);

/** pace_worked - say so, if it failed before */
void pace_worked(struct pace *pace);

/** pace_delay - milliseconds to wait after so many failures in a row */
unsigned int pace_delay(unsigned int failures);

#endif /* CTL_CORDOND_PACE_H */
