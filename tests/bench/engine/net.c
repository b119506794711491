// SPDX-License-Identifier: LGPL-2.1-or-later
/*
 * What it costs to find a peer's segments and to judge a flow, by the number of
 * entries and rules.
 *
 *	bench-net acts             the acts' names
 *	bench-net RULES            nanoseconds of each act; size of the policy
 *	bench-net RULES ACT TIMES  nothing but TIMES decisions of one act, for
 *	                           callgrind to count; see run beside this file
 */
#include <stdio.h>
#include <stdlib.h>
#include <time.h>

#include "names.h"
#include "net.h"
#include "net_pattern.h"
#include "prefix.h"

#define TEXT 64
#define SEGMENTS 1000
#define RULES_MIN 10

enum act {
	LOOKUP,
	CONNECT_SEGMENT,
	BOTH,
	CONNECT_DEFAULT,
	CONNECT_PREFIX,
	ACCEPT_ANY,
	LISTEN,
	PASS,
	ISOLATED,
	PASS_FREE,
	ACTS
};

static const char *const act_names[] = {
	[LOOKUP] = "lookup",
	[CONNECT_SEGMENT] = "connect-segment",
	[BOTH] = "lookup-and-connect",
	[CONNECT_DEFAULT] = "connect-default",
	[CONNECT_PREFIX] = "connect-prefix",
	[ACCEPT_ANY] = "accept-any",
	[LISTEN] = "listen",
	[PASS] = "pass",
	[ISOLATED] = "pass-isolated",
	[PASS_FREE] = "pass-no-rule",
};

/* All that the acts look at. */
struct bench {
	struct cordon_policy *policy;
	struct cordon_prefix_table *table;
	struct cordon_address address;
	u32 segment;
	u32 free_segment;
	u32 closed_segment;
};

static void insist(bool holds, const char *what)
{
	if (holds)
		return;
	fprintf(stderr, "bench-net: %s\n", what);
	exit(1);
}

static struct cordon_draft *draft_begin(const struct cordon_workload_spec *spec)
{
	struct cordon_fault fault = { 0 };
	const size_t size = cordon_draft_size(&spec->counts, &fault);
	struct cordon_draft *draft;

	insist(size, fault.what);
	draft = cordon_draft_init(calloc(1, size), size, spec, &fault);
	insist(draft, fault.what);
	return draft;
}

static void rule_add(struct cordon_draft *draft, u32 program, enum cordon_op op,
		     const char *pattern)
{
	const struct cordon_rule_spec rule = {
		.program = program,
		.effect = CORDON_EFFECT_ALLOW,
		.ops = (u16)(1 << op),
		.text = pattern,
		.patterns = &pattern,
		.pattern_count = 1,
	};
	struct cordon_fault fault = { 0 };

	insist(cordon_draft_add_rule(draft, &rule, &fault) >= 0, fault.what);
}

/* A thousand segments; the last one is isolated, and of none speaks a rule. */
static struct cordon_draft *segments_make(u32 count)
{
	const struct cordon_workload_spec spec = {
		.name = "site",
		.kind = CORDON_DOCUMENT_SEGMENTS,
		.mode = { [CORDON_CLASS_NET] = CORDON_MODE_ENFORCE },
		.counts = { .programs = SEGMENTS + 2, .rules = count,
			    .patterns = count,
			    .bytes = 64 + SEGMENTS * 16 + count * TEXT },
	};
	struct cordon_draft *draft = draft_begin(&spec);
	struct cordon_fault fault = { 0 };
	char text[TEXT];
	u32 i;

	for (i = 0; i < SEGMENTS; i++) {
		snprintf(text, sizeof(text), "segment-%u", i);
		insist(cordon_draft_add_segment(draft, text, false, &fault) >=
			       0, fault.what);
	}
	insist(cordon_draft_add_segment(draft, "free", false, &fault) >= 0 &&
	       cordon_draft_add_segment(draft, "closed", true, &fault) >= 0,
	       fault.what);
	for (i = 0; i < count; i++) {
		snprintf(text, sizeof(text), "tcp/%u@segment:segment-%u",
			 5432 + i / SEGMENTS, (i + 1) % SEGMENTS);
		rule_add(draft, i % SEGMENTS, CORDON_OP_PASS, text);
	}
	return draft;
}

/* Of ten rules one each is about a prefix, anyone, a port. */
static struct cordon_draft *manifest_make(u32 count)
{
	const struct cordon_workload_spec spec = {
		.name = "web",
		.effect = CORDON_EFFECT_DENY,
		.mode = { [CORDON_CLASS_NET] = CORDON_MODE_ENFORCE },
		.counts = { .members = 1, .programs = 2, .rules = count,
			    .patterns = count, .bytes = 128 + count * TEXT },
	};
	struct cordon_draft *draft = draft_begin(&spec);
	struct cordon_fault fault = { 0 };
	char text[TEXT];
	u32 i;

	insist(!cordon_draft_add_member(draft, CORDON_MEMBER_EXE,
					"/usr/sbin/nginx", 0, &fault) &&
	       !cordon_draft_add_program(draft, "/usr/sbin/nginx", &fault) &&
	       cordon_draft_add_program(draft, "/usr/bin/curl", &fault) == 1,
	       fault.what);
	for (i = 0; i < count; i++) {
		switch (i % 10) {
		case 0:
			snprintf(text, sizeof(text), "tcp/%u@10.%u.%u.0/24",
				 443 + i / 65536, i / 256 % 256, i % 256);
			rule_add(draft, 1, CORDON_OP_CONNECT, text);
			break;
		case 1:
			snprintf(text, sizeof(text), "tcp/%u@any",
				 443 + i / 10 % 60000);
			rule_add(draft, 0, CORDON_OP_ACCEPT, text);
			break;
		case 2:
			snprintf(text, sizeof(text), "tcp/%u",
				 443 + i / 10 % 60000);
			rule_add(draft, 0, CORDON_OP_LISTEN, text);
			break;
		default:
			snprintf(text, sizeof(text),
				 "tcp/%u@segment:segment-%u",
				 5432 + i / SEGMENTS, i % SEGMENTS);
			rule_add(draft, 0, CORDON_OP_CONNECT, text);
			break;
		}
	}
	return draft;
}

static void policy_make(struct bench *bench, u32 count, size_t *size)
{
	const struct cordon_draft *drafts[] = { segments_make(count),
						manifest_make(count) };
	struct cordon_fault fault = { 0 };

	*size = cordon_policy_size(drafts, 2, &fault);
	insist(*size, fault.what);
	bench->policy = cordon_policy_build(calloc(1, *size), *size, drafts, 2,
					    1, 0x1234567, false, &fault);
	insist(bench->policy, fault.what);
	bench->segment = cordon_policy_segment(bench->policy, "segment-3", 9);
	bench->free_segment = cordon_policy_segment(bench->policy, "free", 4);
	bench->closed_segment =
		cordon_policy_segment(bench->policy, "closed", 6);
}

/* As many entries as rules, all /32, as reputation feeds have them. */
static void table_make(struct bench *bench, u32 count)
{
	const u32 bits = cordon_prefix_table_wants(count);
	struct cordon_prefix_entry *entry = calloc(count, sizeof(*entry));
	u32 i;

	bench->table = cordon_prefix_table_init(
		calloc(1, cordon_prefix_table_size(bits)), bits, 0x1234567, 0);
	memset(bench->address.byte + 10, 0xff, 2);
	bench->address.byte[12] = 10;
	for (i = 0; i < count; i++) {
		entry[i].prefix.address = bench->address;
		entry[i].prefix.address.byte[13] = (u8)(i >> 16);
		entry[i].prefix.address.byte[14] = (u8)(i >> 8);
		entry[i].prefix.address.byte[15] = (u8)i;
		entry[i].prefix.length = 128;
		entry[i].segment = bench->segment;
		cordon_prefix_insert(bench->table, entry + i);
	}
	bench->address.byte[15] = 3;
}

static void look_up(const struct bench *bench, struct cordon_peer *peer)
{
	struct cordon_prefix_walk walk;
	struct cordon_prefix_entry *entry;

	peer->segment_count = 0;
	cordon_prefix_walk_init(&walk, bench->table, &peer->address);
	while ((entry = cordon_prefix_next(&walk)) &&
	       peer->segment_count < CORDON_NESTING_MAX)
		peer->segments[peer->segment_count++] = entry->segment;
}

/* Found by callgrind by its name. */
__attribute__((noinline)) void
bench_decide(const struct bench *bench, enum act act, u32 times,
	     struct cordon_verdict *verdict)
{
	const u32 first = cordon_policy_program_count(bench->policy) - 2;
	const struct cordon_subject subject = {
		.workload = 1,
		.program = act == CONNECT_PREFIX ? first + 1 : first,
	};
	struct cordon_peer peer = {
		.address = bench->address,
		.workload = CORDON_NONE,
		.segments = { bench->segment },
		.segment_count = 1,
	};
	struct cordon_peer other = {
		.workload = CORDON_NONE,
		.segments = { act == ISOLATED ? bench->closed_segment :
			      act == PASS_FREE ? bench->free_segment :
						 bench->segment + 1 },
		.segment_count = 1,
	};
	const struct cordon_flow flow = {
		.op = act == LISTEN	? CORDON_OP_LISTEN :
		      act == ACCEPT_ANY ? CORDON_OP_ACCEPT :
					  CORDON_OP_CONNECT,
		.protocol = CORDON_PROTOCOL_TCP,
		.port = act == LISTEN || act == ACCEPT_ANY ||
					act == CONNECT_PREFIX ? 443 :
			act == CONNECT_DEFAULT ? 1 : 5432,
		.peer = act == LISTEN ? NULL : &peer,
	};
	const struct cordon_passage passage = { CORDON_PROTOCOL_TCP, 5432,
						&peer, &other };

	if (act == CONNECT_PREFIX) {
		peer.address.byte[14] = 0;
		peer.address.byte[15] = 7;
	}
	while (times--) {
		if (act == LOOKUP || act == BOTH)
			look_up(bench, &peer);
		if (act == LOOKUP)
			verdict->action = peer.segment_count == 1 ?
						  CORDON_ACTION_ALLOW :
						  CORDON_ACTION_DENY;
		else if (act >= PASS)
			cordon_policy_decide_passage(bench->policy, &passage,
						     verdict);
		else
			cordon_policy_decide_flow(bench->policy, &subject,
						  &flow, verdict);
	}
}

static u64 now(void)
{
	struct timespec time;

	clock_gettime(CLOCK_MONOTONIC, &time);
	return (u64)time.tv_sec * 1000000000u + (u64)time.tv_nsec;
}

int main(int argc, char **argv)
{
	const u32 count = argc > 1 ? (u32)strtoul(argv[1], NULL, 10) : 0;
	struct cordon_verdict verdict = { 0 };
	struct bench bench = { 0 };
	size_t size;
	u64 started;
	u32 i;

	if (argc == 2 && strcmp(argv[1], "acts") == 0) {
		for (i = 0; i < ACTS; i++)
			puts(act_names[i]);
		return 0;
	}
	if (argc < 2 || count < RULES_MIN) {
		fprintf(stderr, "usage: bench-net acts | RULES [ACT TIMES]\n");
		return 2;
	}
	started = now();
	policy_make(&bench, count, &size);
	table_make(&bench, count);
	started = now() - started;

	if (argc > 3) {
		for (i = 0; i < ACTS && strcmp(act_names[i], argv[2]); i++)
			;
		insist(i < ACTS, "no such act");
		bench_decide(&bench, i, (u32)strtoul(argv[3], NULL, 10),
			     &verdict);
		return 0;
	}
	printf("%u rules of each kind, %u entries: policy %zu KiB, made in %.1f ms\n",
	       count, count, size >> 10, (double)started / 1e6);
	for (i = 0; i < ACTS; i++) {
		bench_decide(&bench, i, 100000, &verdict);
		started = now();
		bench_decide(&bench, i, 1000000, &verdict);
		printf("%-20s %8llu ns  %s\n", act_names[i],
		       (unsigned long long)(now() - started) / 1000000,
		       cordon_action_name(verdict.action));
	}
	return 0;
}
