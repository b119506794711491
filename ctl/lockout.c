// SPDX-License-Identifier: LGPL-2.1-or-later
#include "lockout.h"

#include "exit.h"
#include "output.h"

int lockout_refuse(const char *workload, const char *verb)
{
	output_error("workload %s governs the whole host and denies by default: what it does not list, your shell and this command too, would be denied. To %s it, add --confirm SECONDS, or, if you are sure, --force",
		     workload, verb);
	return EXIT_USAGE;
}
