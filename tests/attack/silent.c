// SPDX-License-Identifier: LGPL-2.1-or-later
/* A file system that never answers. */
#define _GNU_SOURCE
#include <errno.h>
#include <fcntl.h>
#include <linux/fuse.h>
#include <poll.h>
#include <stdio.h>
#include <string.h>
#include <sys/mount.h>
#include <unistd.h>

#include "act.h"

/* The kernel asks nothing else before it knows who serves. */
static int answer_init(int fd, const struct fuse_in_header *request)
{
	struct {
		struct fuse_out_header head;
		struct fuse_init_out body;
	} answer = {
		.head = { .len = sizeof(answer), .unique = request->unique },
		.body = { .major = FUSE_KERNEL_VERSION,
			  .minor = FUSE_KERNEL_MINOR_VERSION,
			  .max_write = 4096 },
	};

	return write(fd, &answer, sizeof(answer)) < 0 ? -1 : 0;
}

/*
 * Says "ready" once it is mounted, "asked" once somebody waits for it: what is
 * asked is not even read, so that who waits can be killed.
 */
static int mount_silent(int argc, char **argv)
{
	static union {
		struct fuse_in_header head;
		char bytes[FUSE_MIN_READ_BUFFER + 4096];
	} request;
	char options[64];
	int fd = open("/dev/fuse", O_RDWR | O_CLOEXEC);
	struct pollfd wait = { .fd = fd, .events = POLLIN };

	(void)argc;
	if (fd < 0)
		return errno;
	snprintf(options, sizeof(options),
		 "fd=%d,rootmode=40000,user_id=0,group_id=0,allow_other", fd);
	if (mount("silent", argv[0], "fuse", 0, options) < 0)
		return errno;
	puts("ready");
	fflush(stdout);
	if (read(fd, &request, sizeof(request)) < 0 ||
	    request.head.opcode != FUSE_INIT ||
	    answer_init(fd, &request.head) < 0)
		return act_setup("FUSE_INIT");
	poll(&wait, 1, -1);
	puts("asked");
	fflush(stdout);
	pause();
	return 0;
}

const struct act silent_acts[] = {
	{ "mount-silent", "DIRECTORY",
	  "mount a file system that never answers; says when it is asked", 1,
	  mount_silent },
	{ }
};
