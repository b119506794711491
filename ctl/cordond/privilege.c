// SPDX-License-Identifier: LGPL-2.1-or-later
#include "ctl/cordond/privilege.h"

#include <cap-ng.h>
#include <stddef.h>

/* As in cordond.service, where it says what for. */
static const unsigned int needed[] = {
	CAP_AUDIT_READ, CAP_DAC_OVERRIDE, CAP_DAC_READ_SEARCH, CAP_SYS_PTRACE,
};

bool privilege_drop(void)
{
	const capng_type_t both = CAPNG_EFFECTIVE | CAPNG_PERMITTED;
	bool have[sizeof(needed) / sizeof(needed[0])];
	capng_select_t what = CAPNG_SELECT_CAPS;
	size_t i;

	if (capng_get_caps_process())
		return false;
	if (capng_have_capability(CAPNG_EFFECTIVE, CAP_SETPCAP))
		what = CAPNG_SELECT_BOTH;
	for (i = 0; i < sizeof(needed) / sizeof(needed[0]); i++)
		have[i] = capng_have_capability(CAPNG_PERMITTED, needed[i]);
	capng_clear(CAPNG_SELECT_BOTH);
	for (i = 0; i < sizeof(needed) / sizeof(needed[0]); i++)
		if (have[i])
			capng_update(CAPNG_ADD, both, needed[i]);
	return !capng_apply(what);
}
