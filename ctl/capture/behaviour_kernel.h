/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Behaviours, and who they are of, as the module has them. */
#ifndef CTL_CAPTURE_BEHAVIOUR_KERNEL_H
#define CTL_CAPTURE_BEHAVIOUR_KERNEL_H

#include "behaviour.h"
#include "client.h"

/**
 * behaviour_set_fetch - what the module has recorded
 * @set: they are added to it
 * @client: the connection
 * @workload: whose; NULL: all
 *
 * Return: an enum exit_code; what failed has been told.
 */
int behaviour_set_fetch(struct behaviour_set *set, struct client *client,
			const char *workload);

/**
 * behaviour_members_fetch - selectors of a loaded workload
 * @client: the connection
 * @workload: its name; if it is not loaded it has none
 * @members: they are added to it, each for free()
 * @count: how many
 *
 * Return: as behaviour_set_fetch().
 */
int behaviour_members_fetch(struct client *client, const char *workload,
			    char ***members, size_t *count);

#endif /* CTL_CAPTURE_BEHAVIOUR_KERNEL_H */
