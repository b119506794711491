// SPDX-License-Identifier: LGPL-2.1-or-later
/* Addresses of segments, as no honest program would add or load them. */
#define _GNU_SOURCE
#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include <cordon.h>

#include "netlink.h"

#define DOCUMENT "segments"
#define SEGMENTS 4

const struct counts segments_counts = {
	.members = 1, .programs = SEGMENTS, .bytes = 512,
	.kind = CORDON_DOCUMENT_SEGMENTS,
};

void segments_content(struct peer *peer)
{
	char name[] = "s0";
	struct nlattr *all;

	message_begin(peer, CORDON_CMD_RULE_ADD);
	for (; name[1] < '0' + SEGMENTS; name[1]++)
		put_program(name);
	all = message_nest(CORDON_A_MEMBER);
	message_put_u8(CORDON_MEMBER_A_KIND, CORDON_MEMBER_PREFIX);
	message_put_text(CORDON_MEMBER_A_PATTERN, "192.0.2.0/24");
	message_put_u32(CORDON_MEMBER_A_PROGRAM, 0);
	message_end(all);
}

void segments_load(struct peer *peer)
{
	quietly(peer, CORDON_CMD_CONFIRM);
	quietly(peer, CORDON_CMD_ABORT);
	quietly(peer, CORDON_CMD_BEGIN);
	workload(peer, DOCUMENT, &segments_counts);
	peer_tell(peer);
	segments_content(peer);
	peer_tell(peer);
	quietly(peer, CORDON_CMD_COMMIT);
}

/* 198.51.100.@last, with all bits, for ever */
static struct cordon_segment_entry entry(uint8_t last)
{
	return (struct cordon_segment_entry){
		.address = { [10] = 0xff, 0xff, 198, 51, 100, last },
		.length = 128,
	};
}

static void begin(struct peer *peer, uint8_t command, const char *segment)
{
	message_begin(peer, command);
	if (segment)
		message_put_text(CORDON_A_NAME, segment);
}

static void put(struct cordon_segment_entry one)
{
	message_put(CORDON_A_ENTRIES, &one, sizeof(one));
}

static const struct {
	uint8_t command;
	const char *name;
} changes[] = {
	{ CORDON_CMD_SEGMENT_ADD, "add" },
	{ CORDON_CMD_SEGMENT_DEL, "delete" },
	{ CORDON_CMD_SEGMENT_LOAD, "load" },
};

/* One attempt that each of the three commands must refuse. */
static void try(struct peer *peer, const char *what, const char *segment,
		const void *entries, size_t size)
{
	char text[96];
	size_t i;

	for (i = 0; i < sizeof(changes) / sizeof(changes[0]); i++) {
		begin(peer, changes[i].command, segment);
		message_put(CORDON_A_ENTRIES, entries, size);
		snprintf(text, sizeof(text), "%s: %s", changes[i].name, what);
		expect_why(peer, text, -1);
		/* A list that was refused in part stays so until it ends. */
		if (changes[i].command != CORDON_CMD_SEGMENT_LOAD)
			continue;
		begin(peer, CORDON_CMD_SEGMENT_LOAD, segment);
		message_put(CORDON_A_LAST, "", 0);
		peer_tell(peer);
	}
}

static void case_entries(struct peer *peer)
{
	struct cordon_segment_entry one = entry(1), bad;

	try(peer, "a segment that is not there", "nowhere", &one, sizeof(one));
	try(peer, "no segment", NULL, &one, sizeof(one));
	try(peer, "half an entry", "s0", &one, sizeof(one) - 1);
	bad = one;
	bad.length = 129;
	try(peer, "129 bits", "s0", &bad, sizeof(bad));
	bad.length = 255;
	try(peer, "255 bits", "s0", &bad, sizeof(bad));
	bad = one;
	bad.length = 127;
	try(peer, "bits behind the prefix", "s0", &bad, sizeof(bad));
	bad.length = 0;
	try(peer, "bits behind everything", "s0", &bad, sizeof(bad));
	bad = one;
	bad.ttl = CORDON_TTL_MAX + 1;
	try(peer, "a longer life than there is", "s0", &bad, sizeof(bad));
	bad.ttl = UINT32_MAX;
	try(peer, "the longest life of all", "s0", &bad, sizeof(bad));
	bad = one;
	bad.reserved[2] = 1;
	try(peer, "something where nothing belongs", "s0", &bad, sizeof(bad));

	begin(peer, CORDON_CMD_SEGMENT_DEL, "s0");
	put(one);
	expect_why(peer, "what is not there is not taken out", ENOENT);
	begin(peer, CORDON_CMD_SEGMENT_DEL, "s0");
	bad = (struct cordon_segment_entry){
		.address = { [10] = 0xff, 0xff, 192, 0, 2 }, .length = 120,
	};
	put(bad);
	expect_why(peer, "nor what a document states", ENOENT);
	begin(peer, CORDON_CMD_SEGMENT_ADD, "s0");
	put(one);
	put(entry(2));
	put(one);
	expect(peer, "entries in many attributes, one of them twice", 0);
	begin(peer, CORDON_CMD_SEGMENT_DEL, "s0");
	put(one);
	put(entry(3));
	expect_why(peer, "one of two is not there", ENOENT);
	begin(peer, CORDON_CMD_SEGMENT_DEL, "s0");
	put(one);
	put(one);
	put(entry(2));
	expect(peer, "all of which are there, one named twice", 0);
	begin(peer, CORDON_CMD_SEGMENT_DEL, "s0");
	put(one);
	expect_why(peer, "and then they are gone", ENOENT);
}

/* A list in several messages, and who disturbs it. */
static void case_lists(struct peer *peer)
{
	struct peer other;
	uint8_t command;

	peer_must(&other);
	begin(peer, CORDON_CMD_SEGMENT_LOAD, "s1");
	put(entry(1));
	expect(peer, "a list begins", 0);
	begin(&other, CORDON_CMD_SEGMENT_LOAD, "s1");
	put(entry(2));
	expect_why(&other, "another one, from another socket, does not", EBUSY);
	begin(peer, CORDON_CMD_SEGMENT_LOAD, "s2");
	put(entry(3));
	expect_why(peer, "nor of another segment from the same", EINVAL);
	begin(peer, CORDON_CMD_SEGMENT_LOAD, "s1");
	message_put(CORDON_A_LAST, "", 0);
	expect_why(peer, "which spoils the list that was begun", EINVAL);
	for (command = CORDON_CMD_SEGMENT_ADD;
	     command <= CORDON_CMD_SEGMENT_DEL; command++) {
		begin(peer, command, "s1");
		put(entry(1));
		expect(peer, command == CORDON_CMD_SEGMENT_ADD ?
		       "an address of it is added meanwhile" :
		       "and taken out again", 0);
	}
	begin(peer, CORDON_CMD_SEGMENT_LOAD, "s1");
	put(entry(4));
	expect(peer, "a list begins again", 0);
	close(peer->fd);
	peer_must(peer);
	begin(&other, CORDON_CMD_SEGMENT_LOAD, "s1");
	put(entry(5));
	message_put(CORDON_A_LAST, "", 0);
	expect(&other, "who closes his socket gives up his list", 0);
	begin(&other, CORDON_CMD_SEGMENT_DEL, "s1");
	put(entry(4));
	expect_why(&other, "of which nothing is there", ENOENT);
	begin(&other, CORDON_CMD_SEGMENT_LOAD, "s1");
	message_put(CORDON_A_LAST, "", 0);
	expect(&other, "a list without an address", 0);
	begin(&other, CORDON_CMD_SEGMENT_DEL, "s1");
	put(entry(5));
	expect_why(&other, "after which the one before is gone", ENOENT);
	close(other.fd);
}

/* A message at a time. */
void case_too_many(struct peer *peer)
{
	static struct cordon_segment_entry many[2048];
	uint32_t sent = 0, i;
	int status = 0;

	segments_load(peer);
	while (!status && sent <= CORDON_ENTRIES_MAX) {
		for (i = 0; i < 2048; i++, sent++) {
			many[i] = entry(0);
			many[i].address[12] = 10;
			many[i].address[13] = sent >> 16;
			many[i].address[14] = sent >> 8;
			many[i].address[15] = sent;
		}
		begin(peer, CORDON_CMD_SEGMENT_LOAD, "s2");
		message_put(CORDON_A_ENTRIES, many, sizeof(many));
		if (sent > CORDON_ENTRIES_MAX)
			break;
		status = peer_tell(peer);
	}
	message_put(CORDON_A_LAST, "", 0);
	expect_why(peer, "a list of more addresses than there may be", ENOSPC);
	begin(peer, CORDON_CMD_SEGMENT_ADD, "s2");
	put(entry(1));
	expect(peer, "after which there is room for one", 0);
}

static void case_named_dump(struct peer *peer)
{
	static const char *const names[] = { "s2", "s3", "nowhere" };
	char what[64];
	size_t i;

	for (i = 0; i < sizeof(names) / sizeof(names[0]); i++) {
		message_begin_type(peer, peer->family, CORDON_CMD_ENTRY_DUMP,
				   NLM_F_DUMP);
		message_put_text(CORDON_A_NAME, names[i]);
		snprintf(what, sizeof(what), "dump of segment %s", names[i]);
		expect(peer, what, strcmp(names[i], "nowhere") ? 0 : ENOENT);
	}
}

void case_segments(struct peer *peer)
{
	segments_load(peer);
	case_entries(peer);
	case_lists(peer);
	case_named_dump(peer);
	quietly(peer, CORDON_CMD_BEGIN);
	message_begin(peer, CORDON_CMD_WORKLOAD_DEL);
	message_put_text(CORDON_A_NAME, DOCUMENT);
	expect(peer, "the document of segments is dropped", 0);
	quietly(peer, CORDON_CMD_COMMIT);
	begin(peer, CORDON_CMD_SEGMENT_ADD, "s2");
	put(entry(1));
	expect_why(peer, "and its segments are no more", ENOENT);
}

void random_entries(struct peer *peer)
{
	char name[] = { 's', '0' + chance(SEGMENTS + 1), '\0' };
	uint32_t left = chance(4) ? chance(4) : chance(200);
	struct cordon_segment_entry one;

	if (!chance(8)) {
		message_begin_type(peer, peer->family, CORDON_CMD_ENTRY_DUMP,
				   NLM_F_DUMP);
		message_put_text(CORDON_A_NAME, name);
		return;
	}
	begin(peer, changes[chance(3)].command, name);
	while (left--) {
		one = entry(chance(16));
		if (!chance(4))
			one.ttl = chance(4);
		if (!chance(32))
			one.length = chance(256);
		put(one);
	}
	if (chance(2))
		message_put(CORDON_A_LAST, "", 0);
}
