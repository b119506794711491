/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* What the cases of hostile netlink share; see peer.h for what they send. */
#ifndef _ATTACK_NETLINK_H
#define _ATTACK_NETLINK_H

#include <stdint.h>

#include "peer.h"

/** struct counts - what a document announces; @kind: 0 is a manifest */
struct counts {
	uint32_t members, programs, rules, patterns, bytes;
	uint8_t kind;
};

/** expect - the message must meet @wanted (0: taken; -1: refused somehow) */
void expect(struct peer *peer, const char *what, int wanted);

/** expect_why - the same, and somebody must have said why */
void expect_why(struct peer *peer, const char *what, int wanted);

/** quietly - a command without attributes, whatever becomes of it */
void quietly(struct peer *peer, uint8_t command);

/** workload - write a message that adds a document */
void workload(struct peer *peer, const char *name,
	      const struct counts *counts);

/** content - write the member, program and rule that @usual announces */
void content(struct peer *peer);
extern const struct counts usual;

/* Write a member, a program or segment, a rule into a message. */
void put_member(uint8_t kind, const char *pattern);
void put_program(const char *exe);
void put_rule(uint32_t program, uint32_t ops, const char *pattern);

/** random_messages - so many by that seed; 0 if the module answers still */
int random_messages(long count, uint64_t seed);

/** chance - less than @below, by the seed of the command line */
uint32_t chance(uint32_t below);

/** case_segments - commands about addresses of segments, and their dumps */
void case_segments(struct peer *peer);

/** case_responses - responses by hand, answered, and declared */
void case_responses(struct peer *peer);

/** rights - print what of it may be asked, and heard; 0 */
int rights(void);

/** eavesdrop - print what so many messages say to whoever listens; 0 */
int eavesdrop(long count);

/** many_blocks - block so many addresses of 10.66.0.0 and up for a day; 0 */
int many_blocks(uint32_t count);

/**
 * many_suspends - suspend the workloads w0, w1 and so on until that is refused
 * @count: how many there are
 *
 * Prints how many are, and why the next one is not.  Return: 0.
 */
int many_suspends(uint32_t count);

/** case_too_many - more addresses than all segments may hold */
void case_too_many(struct peer *peer);

/** segments_load - have a document of segments in force, come what may */
void segments_load(struct peer *peer);

/** segments_content - write what random documents of segments announce */
void segments_content(struct peer *peer);
extern const struct counts segments_counts;

/** random_entries - something about a segment that is valid, mostly */
void random_entries(struct peer *peer);

#endif /* _ATTACK_NETLINK_H */
