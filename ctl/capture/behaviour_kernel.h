/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Behaviours, and who they are of, as the module has them. */
#ifndef CTL_CAPTURE_BEHAVIOUR_KERNEL_H
#define CTL_CAPTURE_BEHAVIOUR_KERNEL_H

#include "behaviour.h"
#include "client.h"
#include "own_address.h"

/** struct behaviour_host - addresses of this host: their flows stay on it */
struct behaviour_host {
	struct own_address *items;
	size_t count;
};

/** behaviour_host_read - find them; for behaviour_host_free() */
void behaviour_host_read(struct behaviour_host *host);

/** behaviour_host_free - release them */
void behaviour_host_free(struct behaviour_host *host);

/**
 * behaviour_set_tell - add a behaviour as the module tells it
 * @set: to it; of ops and kinds that are not known it gets nothing
 * @told: copied
 * @host: this one
 */
void behaviour_set_tell(struct behaviour_set *set,
			const struct client_behaviour *told,
			const struct behaviour_host *host);

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
