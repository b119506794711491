/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* What the files that draft a unit share. */
#ifndef CTL_PROVISION_UNIT_PRIVATE_H
#define CTL_PROVISION_UNIT_PRIVATE_H

#include "provision.h"
#include "unit_file.h"

/**
 * unit_rules - the element of "allow" or "deny" that a directive is the note of
 * @provision: its document
 * @unit: the unit
 * @key: the directive
 * @effect: "allow" or "deny"
 */
json_t *unit_rules(struct provision *provision, const struct unit *unit,
		   const char *key, const char *effect);

/** unit_commands - ExecStart= and its kin: programs, and the paths they name */
void unit_commands(struct provision *provision, const struct unit *unit);

/** unit_directories - what it may write to, by its own word */
void unit_directories(struct provision *provision, const struct unit *unit);

/**
 * unit_confine - deny what the sandbox of the drafted unit denies
 * @provision: all else is drafted
 *
 * Of several units in one workload none is: what one of them may not, another
 * may need.
 */
void unit_confine(struct provision *provision);

/** unit_confinement - what its sandbox takes from it */
void unit_confinement(struct provision *provision, const struct unit *unit);

/** unit_network - what its sandbox, and the sockets that start it, allow it */
void unit_network(struct provision *provision, const struct unit *unit);

/** unit_peers_denied - whom its sandbox does not let it talk to */
void unit_peers_denied(struct provision *provision, const struct unit *unit);

#endif /* CTL_PROVISION_UNIT_PRIVATE_H */
