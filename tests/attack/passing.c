// SPDX-License-Identifier: LGPL-2.1-or-later
/* Acts that get hold of a file which another process has opened. */
#define _GNU_SOURCE
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/socket.h>
#include <sys/syscall.h>
#include <sys/un.h>
#include <unistd.h>

#include "act.h"

static int unix_socket(const char *path, struct sockaddr_un *address)
{
	memset(address, 0, sizeof(*address));
	address->sun_family = AF_UNIX;
	strncpy(address->sun_path, path, sizeof(address->sun_path) - 1);
	return socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);
}

/* A message of one byte with room for one descriptor. */
struct parcel {
	struct msghdr message;
	struct iovec data;
	union {
		struct cmsghdr head;
		char space[CMSG_SPACE(sizeof(int))];
	} control;
	char byte;
};

static void parcel_init(struct parcel *parcel)
{
	memset(parcel, 0, sizeof(*parcel));
	parcel->data.iov_base = &parcel->byte;
	parcel->data.iov_len = 1;
	parcel->message.msg_iov = &parcel->data;
	parcel->message.msg_iovlen = 1;
	parcel->message.msg_control = &parcel->control;
	parcel->message.msg_controllen = sizeof(parcel->control);
}

/* Give the file to whoever connects first. */
static int offer(int argc, char **argv)
{
	struct sockaddr_un address;
	struct parcel parcel;
	int listener, peer, fd;

	(void)argc;
	fd = open(argv[1], O_RDONLY | O_CLOEXEC);
	if (fd < 0)
		return act_setup(argv[1]);
	listener = unix_socket(argv[0], &address);
	if (listener < 0 ||
	    bind(listener, (struct sockaddr *)&address, sizeof(address)) < 0 ||
	    listen(listener, 1) < 0)
		return act_setup(argv[0]);
	peer = accept(listener, NULL, NULL);
	if (peer < 0)
		return act_setup("accept");
	parcel_init(&parcel);
	parcel.control.head.cmsg_level = SOL_SOCKET;
	parcel.control.head.cmsg_type = SCM_RIGHTS;
	parcel.control.head.cmsg_len = CMSG_LEN(sizeof(int));
	memcpy(CMSG_DATA(&parcel.control.head), &fd, sizeof(int));
	return act_status(sendmsg(peer, &parcel.message, 0));
}

static int receive(const char *path, int *fd)
{
	struct sockaddr_un address;
	struct parcel parcel;
	int peer = unix_socket(path, &address);

	if (peer < 0 ||
	    connect(peer, (struct sockaddr *)&address, sizeof(address)) < 0)
		return act_setup(path);
	parcel_init(&parcel);
	if (recvmsg(peer, &parcel.message, 0) < 0)
		return errno;
	/* The kernel says "denied" by delivering the rest without the file. */
	if (!CMSG_FIRSTHDR(&parcel.message) ||
	    parcel.control.head.cmsg_type != SCM_RIGHTS)
		return EACCES;
	memcpy(fd, CMSG_DATA(&parcel.control.head), sizeof(int));
	return 0;
}

static int receive_read(int argc, char **argv)
{
	int fd, status = receive(argv[0], &fd);
	char byte;

	(void)argc;
	return status ? status : act_status(read(fd, &byte, 1));
}

static int receive_map(int argc, char **argv)
{
	int fd, status = receive(argv[0], &fd);
	void *memory;

	(void)argc;
	if (status)
		return status;
	memory = mmap(NULL, 4096, PROT_READ | PROT_EXEC, MAP_PRIVATE, fd, 0);
	return memory == MAP_FAILED ? errno : act_call(memory);
}

/* The file that number @n of process @pid is. */
static int take_read(int argc, char **argv)
{
	int pidfd, fd;
	char byte;

	(void)argc;
	pidfd = syscall(SYS_pidfd_open, act_number(argv[0]), 0);
	if (pidfd < 0)
		return act_setup("pidfd_open");
	fd = syscall(SYS_pidfd_getfd, pidfd, act_number(argv[1]), 0);
	return fd < 0 ? errno : act_status(read(fd, &byte, 1));
}

/* Hold a file open until stdin ends, and say when it is. */
static int hold(int argc, char **argv)
{
	int fd = open(argv[0], O_RDONLY);
	char byte;

	(void)argc;
	if (fd < 0)
		return act_setup(argv[0]);
	printf("%d %d\n", getpid(), fd);
	fflush(stdout);
	return act_status(read(STDIN_FILENO, &byte, 1));
}

static int inherited_read(int argc, char **argv)
{
	char byte;

	(void)argc;
	return act_status(read(act_number(argv[0]), &byte, 1));
}

const struct act passing_acts[] = {
	{ "offer", "SOCKET FILE",
	  "open a file and give it to the first who connects", 2, offer },
	{ "receive-read", "SOCKET", "receive a file, and read it", 1,
	  receive_read },
	{ "receive-map", "SOCKET", "receive a file, and map it executable", 1,
	  receive_map },
	{ "hold", "FILE", "open a file, print PID and N, wait for stdin", 1,
	  hold },
	{ "take-read", "PID N", "pidfd_getfd, and read", 2, take_read },
	{ "inherited-read", "N", "read a file that was open at the start", 1,
	  inherited_read },
	{ }
};
