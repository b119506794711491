// SPDX-License-Identifier: LGPL-2.1-or-later
#include "own_address.h"

#include <ifaddrs.h>
#include <netinet/in.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* False for what is of another family. */
static bool read_address(struct cordon_address *address,
			 const struct sockaddr *socket)
{
	static const struct cordon_address mapped = {
		.byte = { [10] = 0xff, [11] = 0xff },
	};

	if (!socket)
		return false;
	*address = mapped;
	if (socket->sa_family == AF_INET)
		memcpy(&address->byte[12],
		       &((const struct sockaddr_in *)socket)->sin_addr, 4);
	else if (socket->sa_family == AF_INET6)
		memcpy(address->byte,
		       &((const struct sockaddr_in6 *)socket)->sin6_addr, 16);
	else
		return false;
	return true;
}

size_t own_addresses(struct own_address **list)
{
	struct ifaddrs *all, *one;
	size_t count = 0;

	*list = NULL;
	if (getifaddrs(&all))
		return 0;
	for (one = all; one; one = one->ifa_next)
		count++;
	*list = calloc(count + 1, sizeof(**list));
	count = 0;
	for (one = all; *list && one; one = one->ifa_next) {
		struct own_address *own = *list + count;

		if (!read_address(&own->address, one->ifa_addr))
			continue;
		snprintf(own->interface, sizeof(own->interface), "%s",
			 one->ifa_name);
		count++;
	}
	freeifaddrs(all);
	return count;
}
