/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* What user space can see of the kernel's fitness for the module. */
#ifndef CTL_DOCTOR_H
#define CTL_DOCTOR_H

#include <stdbool.h>
#include <stddef.h>

/**
 * enum doctor_state - what was found
 * @DOCTOR_OK: as it should be
 * @DOCTOR_NOTE: worth knowing; nothing is missing by it
 * @DOCTOR_BAD: something wanted is not enforced, or cannot be
 */
enum doctor_state {
	DOCTOR_OK,
	DOCTOR_NOTE,
	DOCTOR_BAD,
};

/** struct doctor_finding - one line of the report */
struct doctor_finding {
	char name[64];
	enum doctor_state state;
	char detail[256];
};

/** DOCTOR_FINDINGS_MAX - most findings of doctor_kernel() */
#define DOCTOR_FINDINGS_MAX 24

/** doctor_state_name - "ok", "note", "bad" */
const char *doctor_state_name(enum doctor_state state);

/**
 * doctor_kernel - look at the running kernel
 * @root: what stands before /proc, /sys, /boot and /lib: "" but in tests
 * @release: the kernel's, as uname -r has it
 * @loaded: is the module loaded
 * @findings: room for DOCTOR_FINDINGS_MAX
 *
 * Return: how many there are.
 */
size_t doctor_kernel(const char *root, const char *release, bool loaded,
		     struct doctor_finding *findings);

#endif /* CTL_DOCTOR_H */
