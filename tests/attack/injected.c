// SPDX-License-Identifier: LGPL-2.1-or-later
/*
 * A library that acts as soon as it is loaded: it writes who it runs as to
 * the file that INJECTED_EVIDENCE names, or else /tmp/injected.
 */
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

__attribute__((constructor)) static void injected(void)
{
	const char *path = getenv("INJECTED_EVIDENCE");
	int fd = open(path ? path : "/tmp/injected",
		      O_WRONLY | O_CREAT | O_APPEND, 0644);

	if (fd < 0)
		return;
	dprintf(fd, "loaded into process %d of user %d\n", getpid(), getuid());
	close(fd);
}
