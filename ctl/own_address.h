/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* The addresses of this machine. */
#ifndef CTL_OWN_ADDRESS_H
#define CTL_OWN_ADDRESS_H

#include <net/if.h>
#include <stddef.h>

#include "address.h"

/**
 * struct own_address - an address of this machine
 * @address: it
 * @interface: where it is configured
 */
struct own_address {
	struct cordon_address address;
	char interface[IF_NAMESIZE];
};

/**
 * own_addresses - all of them, in this network namespace
 * @list: filled, for free(); NULL if there are none, or no memory
 *
 * Return: how many.
 */
size_t own_addresses(struct own_address **list);

#endif /* CTL_OWN_ADDRESS_H */
