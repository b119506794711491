// SPDX-License-Identifier: LGPL-2.1-or-later
/*
 * Events as messages of syslog, in RFC 5424, CEF or LEEF: over a unix datagram
 * socket, UDP, or TCP with octets counted (RFC 6587).
 *
 * Debian has no library that does this as it is needed here: syslog(3) and
 * libraries over it drop what cannot be sent and say nothing, and rsyslog's
 * and syslog-ng's own senders are no libraries.  What is left is a socket.
 */
#include <errno.h>
#include <limits.h>
#include <linux/sockios.h>
#include <netdb.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <poll.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <time.h>
#include <unistd.h>

#include "ctl/cordond/format.h"

/* How long the other end may take for anything, in milliseconds */
#define SYSLOG_PATIENCE 10000

/* How often is looked whether the other end has everything, milliseconds */
#define SYSLOG_LOOK 20

static bool format(const struct sink *sink, const struct sink_item *item,
		   FILE *stream)
{
	char host[HOST_NAME_MAX + 1] = "";
	const struct format_frame frame = {
		.format = sink->config->format,
		.facility = sink->config->facility,
		.host = host,
		.pid = getpid(),
	};

	gethostname(host, sizeof(host) - 1);
	return format_message(&frame, item, stream);
}

static void close_socket(struct sink *sink)
{
	if (sink->descriptor >= 0)
		close(sink->descriptor);
	sink->descriptor = -1;
}

/* 0 when the socket is ready for @events, else a positive errno */
static int await(struct sink *sink, short events, int milliseconds)
{
	struct pollfd wait[] = {
		{ .fd = sink->descriptor, .events = events },
		{ .fd = sink->hub->stop, .events = POLLIN },
	};
	int count = poll(wait, 2, milliseconds);

	if (count < 0)
		return errno == EINTR ? 0 : errno;
	if (wait[1].revents)
		return ECANCELED;
	return count ? 0 : ETIMEDOUT;
}

static int socket_error(const struct sink *sink)
{
	socklen_t length = sizeof(int);
	int error = 0;

	if (getsockopt(sink->descriptor, SOL_SOCKET, SO_ERROR, &error,
		       &length))
		return errno;
	return error;
}

static int connect_to(struct sink *sink, int family, int type,
		      const struct sockaddr *address, socklen_t length)
{
	int error;

	sink->descriptor = socket(family, type | SOCK_CLOEXEC | SOCK_NONBLOCK,
				  0);
	if (sink->descriptor < 0)
		return errno;
	if (!connect(sink->descriptor, address, length))
		return 0;
	error = errno;
	if (error == EINPROGRESS) {
		error = await(sink, POLLOUT, SYSLOG_PATIENCE);
		if (!error)
			error = socket_error(sink);
	}
	if (error)
		close_socket(sink);
	return error;
}

static bool open_unix(struct sink *sink)
{
	struct sockaddr_un address = { .sun_family = AF_UNIX };
	const char *path = sink->config->path;
	int error;

	/* That it fits was seen when the configuration was read */
	strncpy(address.sun_path, path, sizeof(address.sun_path) - 1);
	error = connect_to(sink, AF_UNIX, SOCK_DGRAM,
			   (struct sockaddr *)&address, sizeof(address));
	return !error || sink_fail(sink, "cannot reach %s: %s", path,
				   strerror(error));
}

static bool open_inet(struct sink *sink)
{
	const struct config_sink *config = sink->config;
	bool stream = config->transport == CONFIG_TCP;
	const struct addrinfo hints = {
		.ai_family = AF_UNSPEC,
		.ai_socktype = stream ? SOCK_STREAM : SOCK_DGRAM,
		.ai_flags = AI_ADDRCONFIG,
	};
	struct addrinfo *list, *at;
	int error;

	error = getaddrinfo(config->host, config->port, &hints, &list);
	if (error)
		return sink_fail(sink, "cannot find %s port %s: %s",
				 config->host, config->port,
				 error == EAI_SYSTEM ? strerror(errno) :
						       gai_strerror(error));
	for (at = list; at; at = at->ai_next) {
		error = connect_to(sink, at->ai_family, at->ai_socktype,
				   at->ai_addr, at->ai_addrlen);
		if (!error || error == ECANCELED)
			break;
	}
	freeaddrinfo(list);
	return !error || sink_fail(sink, "cannot reach %s port %s: %s",
				   config->host, config->port,
				   strerror(error));
}

/* A stream that the other end has closed takes what is sent, and loses it */
static bool is_closed(const struct sink *sink)
{
	char byte;
	ssize_t got;

	if (sink->config->transport != CONFIG_TCP)
		return false;
	do {
		got = recv(sink->descriptor, &byte, 1, MSG_DONTWAIT);
	} while (got > 0);
	return !got || (errno != EAGAIN && errno != EINTR);
}

static bool make_ready(struct sink *sink)
{
	if (sink->descriptor >= 0 && is_closed(sink))
		close_socket(sink);
	if (sink->descriptor >= 0)
		return true;
	return sink->config->transport == CONFIG_UNIX ? open_unix(sink) :
							open_inet(sink);
}

static bool fail_sending(struct sink *sink, int error)
{
	const struct config_sink *config = sink->config;

	close_socket(sink);
	if (config->transport == CONFIG_UNIX)
		return sink_fail(sink, "cannot send to %s: %s", config->path,
				 strerror(error));
	return sink_fail(sink, "cannot send to %s port %s: %s", config->host,
			 config->port, strerror(error));
}

/* All of it; a datagram goes in one piece */
static bool send_bytes(struct sink *sink, const char *text, size_t length)
{
	int error;

	while (length) {
		ssize_t sent = send(sink->descriptor, text, length,
				    MSG_NOSIGNAL);

		if (sent >= 0) {
			text += sent;
			length -= (size_t)sent;
			continue;
		}
		error = errno;
		if (error == EAGAIN)
			error = await(sink, POLLOUT, SYSLOG_PATIENCE);
		if (error && error != EINTR)
			return fail_sending(sink, error);
	}
	return true;
}

static bool send_message(struct sink *sink, const struct sink_message *message)
{
	char count[24];

	if (sink->config->transport == CONFIG_TCP) {
		snprintf(count, sizeof(count), "%zu ", message->length);
		if (!send_bytes(sink, count, strlen(count)))
			return false;
	}
	return send_bytes(sink, message->text, message->length);
}

/*
 * What TCP has taken it may still lose with the connection: messages count as
 * delivered when the other end's TCP has said that it has all of them.
 */
static bool await_received(struct sink *sink)
{
	int waited = 0, left, error;

	if (sink->config->transport != CONFIG_TCP)
		return true;
	for (;;) {
		error = socket_error(sink);
		if (error)
			return fail_sending(sink, error);
		if (ioctl(sink->descriptor, SIOCOUTQ, &left))
			return fail_sending(sink, errno);
		if (!left)
			return !is_closed(sink) ||
			       fail_sending(sink, ECONNRESET);
		if (waited >= SYSLOG_PATIENCE)
			return fail_sending(sink, ETIMEDOUT);
		/* Nothing tells when the queue is empty, but errors wake us */
		error = await(sink, 0, SYSLOG_LOOK);
		if (error && error != ETIMEDOUT)
			return fail_sending(sink, error);
		waited += SYSLOG_LOOK;
	}
}

static size_t deliver(struct sink *sink, const struct sink_message *messages,
		      size_t count)
{
	size_t i;

	if (!make_ready(sink))
		return 0;
	for (i = 0; i < count; i++)
		if (!send_message(sink, &messages[i]))
			break;
	if (sink->config->transport != CONFIG_TCP)
		return i;
	/* All of them again if the end of them is not known to be there */
	return i == count && await_received(sink) ? count : 0;
}

const struct sink_kind sink_syslog = {
	.format = format,
	.deliver = deliver,
	.close = close_socket,
};
