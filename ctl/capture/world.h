/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * What capture asks of the machine: who owns a file, whose home it is in, which
 * ports the kernel gives out.  All else it does is worked out of behaviours.
 * Tests bring a world of their own.
 */
#ifndef CTL_CAPTURE_WORLD_H
#define CTL_CAPTURE_WORLD_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/**
 * struct capture_world - the machine
 * @know: find out of which of these paths a package has; all at once, since
 *	asking is slow.  May be NULL
 * @owned: is a path, which @know was told of, a package's
 * @package: which package has a path, in which version, and when that was
 *	unpacked, for people; owned by who asks, NULL: none.  May be NULL
 * @home: bytes of a path that are the directory homes lie in ("/home"), and
 *	those of the home's own name behind the slash; false: it is in no home
 * @context: for these
 * @port_first: lowest port that the kernel gives out by itself
 * @port_last: highest
 */
struct capture_world {
	void (*know)(void *context, const char *const *paths, size_t count);
	bool (*owned)(void *context, const char *path);
	char *(*package)(void *context, const char *path);
	bool (*home)(void *context, const char *path, size_t *parent,
		     size_t *name);
	void *context;
	uint16_t port_first;
	uint16_t port_last;
};

struct capture_machine;

/**
 * capture_machine_open - this machine, as a world
 * @world: filled
 *
 * Return: for capture_machine_close().
 */
struct capture_machine *capture_machine_open(struct capture_world *world);

/** capture_machine_close - release what was found out */
void capture_machine_close(struct capture_machine *machine);

#endif /* CTL_CAPTURE_WORLD_H */
