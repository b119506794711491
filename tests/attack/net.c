// SPDX-License-Identifier: LGPL-2.1-or-later
#define _GNU_SOURCE
#include <arpa/inet.h>
#include <errno.h>
#include <fcntl.h>
#include <linux/io_uring.h>
#include <net/if.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/sendfile.h>
#include <sys/time.h>
#include <sys/uio.h>
#include <sys/mman.h>
#include <unistd.h>

#include "act.h"
#include "net.h"
#include "ring.h"

static const char line[] = "a line\n";

static long patience = 10000;	/* milliseconds */
static bool is_doubtful;	/* `within` */
static struct net_end bound;	/* `from` */

static struct timeval patience_time(void)
{
	const struct timeval time = {
		.tv_sec = patience / 1000, .tv_usec = patience % 1000 * 1000,
	};

	return time;
}

static void give_up(int signal)
{
	(void)signal;
	_exit(ETIMEDOUT);
}

void net_patience(void)
{
	const struct itimerval timer = { .it_value = patience_time() };
	const struct sigaction action = { .sa_handler = give_up };

	sigaction(SIGALRM, &action, NULL);
	signal(SIGPIPE, SIG_IGN);
	setitimer(ITIMER_REAL, &timer, NULL);
}

/* --- ends ---------------------------------- */

static void read_inet6(struct net_end *end, const char *host, const char *port)
{
	char text[INET6_ADDRSTRLEN + IFNAMSIZ + 1], *scope;

	snprintf(text, sizeof(text), "%s", host);
	scope = strchr(text, '%');
	if (scope) {
		*scope++ = '\0';
		end->in6.sin6_scope_id = if_nametoindex(scope);
	}
	if (inet_pton(AF_INET6, text, &end->in6.sin6_addr) != 1) {
		fprintf(stderr, "act: '%s' is no address\n", host);
		exit(ACT_USAGE);
	}
	end->in6.sin6_family = AF_INET6;
	end->in6.sin6_port = htons(act_number(port));
	end->size = sizeof(end->in6);
}

struct net_end net_end(const char *host, const char *port)
{
	struct net_end end;
	size_t length = strlen(host);

	memset(&end, 0, sizeof(end));
	if (*host == '/' || *host == '@') {
		end.un.sun_family = AF_UNIX;
		if (length >= sizeof(end.un.sun_path)) {
			fprintf(stderr, "act: '%s' is too long\n", host);
			exit(ACT_USAGE);
		}
		memcpy(end.un.sun_path, host, length);
		end.size = offsetof(struct sockaddr_un, sun_path) + length;
		if (*host == '@')
			end.un.sun_path[0] = '\0';
		else
			end.size++;
	} else if (!strncmp(host, "vsock:", 6)) {
		end.vm.svm_family = AF_VSOCK;
		end.vm.svm_cid = act_number(host + 6);
		end.vm.svm_port = act_number(port);
		end.size = sizeof(end.vm);
	} else if (inet_pton(AF_INET, host, &end.in.sin_addr) == 1) {
		end.in.sin_family = AF_INET;
		end.in.sin_port = htons(act_number(port));
		end.size = sizeof(end.in);
	} else {
		read_inet6(&end, host, port);
	}
	return end;
}

int net_socket(const struct net_end *end, int type, int protocol)
{
	const struct timeval time = patience_time();
	const int one = 1;
	int fd = socket(end->any.sa_family, type | SOCK_CLOEXEC, protocol);
	/* Unix datagrams are answered only to who has a name: any will do. */
	struct sockaddr nameless = { .sa_family = AF_UNIX };

	if (fd < 0)
		return -errno;
	setsockopt(fd, SOL_SOCKET, SO_RCVTIMEO, &time, sizeof(time));
	setsockopt(fd, SOL_SOCKET, SO_REUSEADDR, &one, sizeof(one));
	if (bound.size && bound.any.sa_family == end->any.sa_family &&
	    bind(fd, &bound.any, bound.size) < 0)
		return -errno;
	if (end->any.sa_family == AF_UNIX && type == SOCK_DGRAM)
		bind(fd, &nameless, sizeof(sa_family_t));
	return fd;
}

int net_open(struct net_end *end, char **words, int type, int protocol)
{
	*end = net_end(words[0], words[1]);
	net_patience();
	return net_socket(end, type, protocol);
}

/* --- sending and hearing ---------------------------------- */

static int memory_file(void)
{
	int fd = memfd_create("line", MFD_CLOEXEC);

	if (fd >= 0 && (write(fd, line, sizeof(line)) < 0 ||
			lseek(fd, 0, SEEK_SET) < 0))
		return -1;
	return fd;
}

static ssize_t send_file(int fd)
{
	int file = memory_file();
	ssize_t size;

	if (file < 0)
		return -1;
	size = sendfile(fd, file, NULL, sizeof(line));
	close(file);
	return size;
}

static ssize_t send_spliced(int fd)
{
	int ends[2];
	ssize_t size;

	if (pipe2(ends, O_CLOEXEC) < 0 ||
	    write(ends[1], line, sizeof(line)) < 0)
		return -1;
	size = splice(ends[0], NULL, fd, NULL, sizeof(line), 0);
	close(ends[0]);
	close(ends[1]);
	return size;
}

static int send_ringed(int fd)
{
	const struct io_uring_sqe entry = {
		.opcode = IORING_OP_SEND, .fd = fd,
		.addr = ring_pointer(line), .len = sizeof(line),
		.msg_flags = MSG_NOSIGNAL,
	};

	return ring_once(&ring_plain, &entry);
}

int net_send(int fd, const char *way)
{
	struct iovec data = {
		.iov_base = (void *)(uintptr_t)line, .iov_len = sizeof(line),
	};
	struct mmsghdr message = {
		.msg_hdr = { .msg_iov = &data, .msg_iovlen = 1 },
	};
	const int one = 1;
	ssize_t size;

	if (!strcmp(way, "uring"))
		return send_ringed(fd);
	if (!strcmp(way, "write")) {
		size = write(fd, line, sizeof(line));
	} else if (!strcmp(way, "send")) {
		size = send(fd, line, sizeof(line), MSG_NOSIGNAL);
	} else if (!strcmp(way, "sendmsg")) {
		size = sendmsg(fd, &message.msg_hdr, MSG_NOSIGNAL);
	} else if (!strcmp(way, "sendmmsg")) {
		size = sendmmsg(fd, &message, 1, MSG_NOSIGNAL);
	} else if (!strcmp(way, "writev")) {
		size = writev(fd, &data, 1);
	} else if (!strcmp(way, "sendfile")) {
		size = send_file(fd);
	} else if (!strcmp(way, "splice")) {
		size = send_spliced(fd);
	} else if (!strcmp(way, "zerocopy")) {
		setsockopt(fd, SOL_SOCKET, SO_ZEROCOPY, &one, sizeof(one));
		size = send(fd, line, sizeof(line),
			    MSG_NOSIGNAL | MSG_ZEROCOPY);
	} else if (!strcmp(way, "more")) {
		send(fd, line, 1, MSG_NOSIGNAL | MSG_MORE);
		size = send(fd, line, sizeof(line), MSG_NOSIGNAL);
	} else {
		fprintf(stderr, "act: no way '%s' of sending\n", way);
		return ACT_USAGE;
	}
	return size < 0 && errno == EAGAIN ? ETIMEDOUT : act_status(size);
}

/* Who answers says who it is. */
int net_hear(int fd)
{
	char text[256];
	ssize_t size;

	/* What a ring has still to do may interrupt. */
	do {
		size = recv(fd, text, sizeof(text) - 1, 0);
	} while (size < 0 && errno == EINTR);
	if (size < 0)
		return errno == EAGAIN ? ETIMEDOUT : errno;
	if (!size)
		return ECONNRESET;
	text[size] = '\0';
	fputs(text, stdout);
	fflush(stdout);
	return 0;
}

int net_exchange(int fd, const char *way)
{
	int status = net_send(fd, way);

	return status ? status : net_hear(fd);
}

/*
 * Who refuses a connection: this host, or the other one?  connect() that does
 * not wait says so at once only if no packet has left.
 */
static int connect_in_doubt(int fd, const struct net_end *end)
{
	int flags = fcntl(fd, F_GETFL), status;

	fcntl(fd, F_SETFL, flags | O_NONBLOCK);
	status = act_status(connect(fd, &end->any, end->size));
	fcntl(fd, F_SETFL, flags);
	if (status == ECONNREFUSED)
		return NET_REFUSED_HERE;
	if (status == EINPROGRESS)
		status = act_status(connect(fd, &end->any, end->size));
	return status;
}

int net_call(int fd, const struct net_end *end, const char *way)
{
	int status;

	if (is_doubtful && end->any.sa_family != AF_UNIX)
		status = connect_in_doubt(fd, end);
	else
		status = act_status(connect(fd, &end->any, end->size));
	return status ? status : net_exchange(fd, way);
}

int net_ask(int fd, const struct net_end *end, int flags)
{
	return sendto(fd, line, sizeof(line), flags, &end->any,
		      end->size) < 0 ? errno : net_hear(fd);
}

int net_call_again(char **words, int type)
{
	const struct sockaddr nobody = { .sa_family = AF_UNSPEC };
	const struct net_end second = net_end(words[2], words[3]);
	struct net_end first;
	int fd = net_open(&first, words, type, 0);

	if (fd < 0)
		return -fd;
	if (connect(fd, &first.any, first.size) < 0 ||
	    connect(fd, &nobody, sizeof(nobody)) < 0)
		return act_setup("the first connection");
	return net_call(fd, &second, "send");
}

/* --- sockets that change hands ---------------------------------- */

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

int net_counter(const char *path)
{
	const struct net_end end = net_end(path, "-");
	int fd = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);

	return fd < 0 || bind(fd, &end.any, end.size) < 0 ||
	       listen(fd, 1) < 0 ? -1 : fd;
}

int net_give(int counter, int fd)
{
	int peer = accept4(counter, NULL, NULL, SOCK_CLOEXEC);
	struct parcel parcel;

	if (peer < 0)
		return act_setup("accept");
	parcel_init(&parcel);
	parcel.control.head.cmsg_level = SOL_SOCKET;
	parcel.control.head.cmsg_type = SCM_RIGHTS;
	parcel.control.head.cmsg_len = CMSG_LEN(sizeof(int));
	memcpy(CMSG_DATA(&parcel.control.head), &fd, sizeof(int));
	return act_status(sendmsg(peer, &parcel.message, 0));
}

int net_offer(const char *path, int fd)
{
	int counter;
	pid_t pid;

	unlink(path);
	counter = net_counter(path);
	if (counter < 0)
		return act_setup(path);
	/* The shell goes on once it can be asked for. */
	pid = fork();
	if (pid)
		return pid < 0 ? act_setup("fork") : 0;
	net_patience();
	_exit(net_give(counter, fd));
}

int net_receive(const char *path, int *fd)
{
	const struct net_end end = net_end(path, "-");
	struct parcel parcel;
	int peer = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);

	if (peer < 0 || connect(peer, &end.any, end.size) < 0)
		return act_setup(path);
	parcel_init(&parcel);
	if (recvmsg(peer, &parcel.message, MSG_CMSG_CLOEXEC) < 0)
		return errno;
	close(peer);
	/* The kernel says "denied" by delivering the rest without the file. */
	if (!CMSG_FIRSTHDR(&parcel.message) ||
	    parcel.control.head.cmsg_type != SCM_RIGHTS)
		return EACCES;
	memcpy(fd, CMSG_DATA(&parcel.control.head), sizeof(int));
	return 0;
}

/* --- acts that precede others ---------------------------------- */

static int within(int argc, char **argv)
{
	patience = act_number(argv[0]);
	is_doubtful = true;
	return act_run(argc - 1, argv + 1);
}

static int from(int argc, char **argv)
{
	bound = net_end(argv[0], argv[1]);
	return act_run(argc - 2, argv + 2);
}

const struct act net_acts[] = {
	{ "within", "MILLISECONDS ACT...",
	  "an act on the network, with that patience", 2, within },
	{ "from", "HOST PORT ACT...",
	  "an act on the network, from a socket that is bound", 3, from },
	{ }
};
