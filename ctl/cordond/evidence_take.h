/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * What there is to be known of one process, from its folder below /proc.  It is
 * stopped, and about to be killed; all that it has named may be meant to harm
 * who reads it.
 */
#ifndef CTL_CORDOND_EVIDENCE_TAKE_H
#define CTL_CORDOND_EVIDENCE_TAKE_H

#include <jansson.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "client.h"

/**
 * struct evidence_target - of whom
 * @tgid: the process
 * @start: when it began, ns of CLOCK_BOOTTIME; 0: not known
 * @before: it began before this, likewise, so that no other is meant that has
 *	got its number
 * @unlisted: what it runs has no entry in the manifest
 * @flows: labelled sockets, @flow_count of them
 * @flow_count: how many
 */
struct evidence_target {
	uint32_t tgid;
	uint64_t start;
	uint64_t before;
	bool unlisted;
	const struct client_flow *flows;
	size_t flow_count;
};

/**
 * struct evidence - what was found
 * @document: an object; see docs/events.md
 * @maps: the list of mappings, @maps_size bytes; or NULL
 * @maps_size: how many
 * @executable: what it runs, open for reading; -1: no copy is wanted
 */
struct evidence {
	json_t *document;
	char *maps;
	size_t maps_size;
	int executable;
};

/**
 * evidence_open - the folder of a process
 * @proc: of /proc
 * @target: of whom
 *
 * Return: a descriptor, by which only this process is ever found, or -1: it is
 * not there any more.
 */
int evidence_open(int proc, const struct evidence_target *target);

/**
 * evidence_take - read all of it
 * @proc: of /proc
 * @folder: from evidence_open()
 * @target: of whom
 * @evidence: filled, for evidence_free()
 *
 * Each part is bounded, and says if it was cut; what cannot be read is named.
 * It takes as long as who is read makes it: who has mapped his arguments from a
 * file system of his own may let it wait for ever.
 *
 * Return: false without memory.
 */
bool evidence_take(int proc, int folder, const struct evidence_target *target,
		   struct evidence *evidence);

/** evidence_free - release it */
void evidence_free(struct evidence *evidence);

/** evidence_text - any bytes as JSON: what is not UTF-8 as \xNN */
json_t *evidence_text(const char *text, size_t length);

#endif /* CTL_CORDOND_EVIDENCE_TAKE_H */
