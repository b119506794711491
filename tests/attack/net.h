/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * What acts on the network share.  None of them waits for longer than its
 * patience, 10 seconds unless `within` says otherwise, then it ends with
 * ETIMEDOUT: what was dropped is told from what was refused.
 *
 * An end is two words, HOST PORT:
 *	192.0.2.7 80	::1 53	fe80::2%eth0 80	::ffff:192.0.2.7 80
 *	/run/x.sock -	@name -			(unix: a path, an abstract name)
 *	vsock:1 99				(a vsock: a context, and a port)
 */
#ifndef _ATTACK_NET_H
#define _ATTACK_NET_H

#include <linux/vm_sockets.h>
#include <netinet/in.h>
#include <sys/socket.h>
#include <sys/un.h>

/** struct net_end - an address that a socket may have */
struct net_end {
	union {
		struct sockaddr any;
		struct sockaddr_in in;
		struct sockaddr_in6 in6;
		struct sockaddr_un un;
		struct sockaddr_vm vm;
	};
	socklen_t size;
};

/* What a socket is made with, beside its family. */
/* What `within` makes of a connection that this host does not let out. */
#define NET_REFUSED_HERE EPERM

#define NET_STREAM	SOCK_STREAM, 0
#define NET_DATAGRAM	SOCK_DGRAM, 0

/* The number that an inherited socket has. */
#define NET_INHERITED	9

/** net_end - read an end from its two words; ends the act if there is none */
struct net_end net_end(const char *host, const char *port);

/** net_patience - from now on the act ends when its patience does */
void net_patience(void);

/**
 * net_socket - a socket of the family of @end, bounded by the patience
 *
 * It is bound if `from` said so.  Return: the socket; or -errno.
 */
int net_socket(const struct net_end *end, int type, int protocol);

/**
 * net_open - a socket to the end that two words name; its patience begins
 * @end: filled in
 * @words: HOST PORT
 *
 * Return: as net_socket().
 */
int net_open(struct net_end *end, char **words, int type, int protocol);

/** net_exchange - send a line and hear one, by @way (see net_way); a status */
int net_exchange(int fd, const char *way);

/** net_hear - wait for something, by read(); a status */
int net_hear(int fd);

/**
 * net_send - send a line on a socket that has a peer
 * @way: write, send, sendmsg, sendmmsg, sendfile, splice, uring, zerocopy
 *
 * Return: a status.
 */
int net_send(int fd, const char *way);

/** net_call - connect to @end, then net_exchange() by @way; a status */
int net_call(int fd, const struct net_end *end, const char *way);

/** net_ask - send a line to @end, unconnected, and hear one; a status */
int net_ask(int fd, const struct net_end *end, int flags);

/**
 * net_call_again - one end first, then the same socket to another
 * @words: HOST PORT HOST PORT
 * @type: SOCK_
 *
 * In between the connection is dissolved by AF_UNSPEC.  Return: a status.
 */
int net_call_again(char **words, int type);

/** net_counter - a unix socket at @path for net_give(); -1 with errno */
int net_counter(const char *path);

/** net_give - wait for who asks at @counter first, and give it @fd; a status */
int net_give(int counter, int fd);

/** net_offer - the same at @path by a child, which alone waits; a status */
int net_offer(const char *path, int fd);

/** net_receive - ask for a socket at @path; a status */
int net_receive(const char *path, int *fd);

#endif /* _ATTACK_NET_H */
