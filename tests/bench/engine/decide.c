// SPDX-License-Identifier: LGPL-2.1-or-later
/*
 * What one decision of the engine costs, by the number of rules.
 *
 *	bench-engine acts             the acts' names
 *	bench-engine RULES            nanoseconds of each act; size of the policy
 *	bench-engine RULES ACT TIMES  nothing but TIMES decisions of one act, for
 *	                              callgrind to count; see run beside this file
 */
#include <stdio.h>
#include <stdlib.h>
#include <time.h>

#include "names.h"
#include "policy.h"

#define TEXT 256

static const struct {
	const char *name;
	enum cordon_op op;
	const char *path;
} acts[] = {
	{ "depth-1-literal", CORDON_OP_READ, "/initrd.img" },
	{ "depth-5-literal", CORDON_OP_READ, "/usr/share/zoneinfo/Europe/Berlin" },
	{ "depth-5-below", CORDON_OP_READ, "/srv/www/site/img/logo.png" },
	{ "depth-5-wildcard", CORDON_OP_WRITE, "/var/log/nginx/site/access.log" },
	{ "depth-5-star", CORDON_OP_LOAD, "/usr/lib/x86_64-linux-gnu/nginx/mod.so" },
	{ "depth-5-default", CORDON_OP_READ, "/usr/share/zoneinfo/Europe/Bern" },
	{ "depth-5-unknown", CORDON_OP_READ, "/home/user/.ssh/keys/id_rsa" },
	{ "depth-5-deny", CORDON_OP_WRITE, "/etc/nginx/conf.d/site/tls.conf" },
	{ "nameless", CORDON_OP_LOAD, "memfd:" },
};

#define ACTS (sizeof(acts) / sizeof(acts[0]))

static const struct {
	u32 program;
	enum cordon_effect effect;
	enum cordon_op op;
	const char *pattern;
} rules[] = {
	{ 0, CORDON_EFFECT_ALLOW, CORDON_OP_READ, "/initrd.img" },
	{ 0, CORDON_EFFECT_ALLOW, CORDON_OP_READ, "/usr/share/zoneinfo/Europe/Berlin" },
	{ 0, CORDON_EFFECT_ALLOW, CORDON_OP_READ, "/srv/www/**" },
	{ 0, CORDON_EFFECT_ALLOW, CORDON_OP_READ, "/etc/nginx/**" },
	{ 0, CORDON_EFFECT_ALLOW, CORDON_OP_WRITE, "/var/log/nginx/site/*.log" },
	{ 0, CORDON_EFFECT_ALLOW, CORDON_OP_WRITE, "/run/nginx.pid" },
	{ 0, CORDON_EFFECT_ALLOW, CORDON_OP_LOAD, "/usr/lib/**/*.so" },
	{ 0, CORDON_EFFECT_ALLOW, CORDON_OP_LOAD, "/usr/lib/**/*.so.*" },
	{ CORDON_NONE, CORDON_EFFECT_DENY, CORDON_OP_WRITE, "/etc/**" },
	{ CORDON_NONE, CORDON_EFFECT_DENY, CORDON_OP_WRITE, "/usr/**" },
	{ CORDON_NONE, CORDON_EFFECT_DENY, CORDON_OP_LOAD, "memfd:" },
	{ CORDON_NONE, CORDON_EFFECT_DENY, CORDON_OP_READ, "/home/**" },
};

#define RULES (sizeof(rules) / sizeof(rules[0]))

static void insist(bool holds, const char *what)
{
	if (holds)
		return;
	fprintf(stderr, "bench-engine: %s\n", what);
	exit(1);
}

/* The rules above, and as many others as a capture of a large site gives. */
static struct cordon_draft *draft_make(u32 count)
{
	const struct cordon_workload_spec spec = {
		.name = "web",
		.effect = CORDON_EFFECT_DENY,
		.mode = { CORDON_MODE_ENFORCE, CORDON_MODE_ENFORCE,
			  CORDON_MODE_ENFORCE },
		.counts = { .members = 1, .programs = 1, .rules = count,
			    .patterns = count, .bytes = 64 + count * 64 },
	};
	struct cordon_rule_spec rule = { .pattern_count = 1 };
	struct cordon_fault fault = { 0 };
	const size_t size = cordon_draft_size(&spec.counts, &fault);
	struct cordon_draft *draft;
	const char *pattern;
	char text[TEXT];
	u32 i;

	insist(size, fault.what);
	draft = cordon_draft_init(calloc(1, size), size, &spec, &fault);
	insist(draft, fault.what);
	insist(!cordon_draft_add_member(draft, CORDON_MEMBER_EXE,
					"/usr/sbin/nginx", 0, &fault) &&
	       !cordon_draft_add_program(draft, "/usr/sbin/nginx", &fault),
	       fault.what);
	rule.patterns = &pattern;
	for (i = 0; i < count; i++) {
		rule.program = i < RULES ? rules[i].program : 0;
		rule.effect = i < RULES ? rules[i].effect : 0;
		rule.ops = (u16)(1 << (i < RULES ? rules[i].op :
						  CORDON_OP_READ));
		pattern = text;
		snprintf(text, sizeof(text), i % 10 ? "/usr/share/site-%u/page-%u/f%u.html" :
						      "/usr/share/site-%u/page-%u/f%u/**",
			 i / 500, i / 20, i);
		if (i < RULES)
			pattern = rules[i].pattern;
		rule.text = pattern;
		insist(cordon_draft_add_rule(draft, &rule, &fault) >= 0,
		       fault.what);
	}
	insist(!cordon_draft_complete(draft, &fault), fault.what);
	return draft;
}

static u64 now(void)
{
	struct timespec time;

	clock_gettime(CLOCK_MONOTONIC, &time);
	return (u64)time.tv_sec * 1000000000u + (u64)time.tv_nsec;
}

/* Found by callgrind by its name. */
__attribute__((noinline)) void
bench_decide(const struct cordon_policy *policy, u32 act, u32 times,
	     struct cordon_verdict *verdict)
{
	const struct cordon_subject subject = {
		.self = "/usr/sbin/nginx",
		.self_length = 15,
	};
	const struct cordon_object object = {
		.kind = acts[act].path[0] == '/' ? CORDON_OBJECT_PATH :
						   CORDON_OBJECT_MEMFD,
		.path = acts[act].path,
		.length = (u32)strlen(acts[act].path),
	};

	while (times--)
		cordon_policy_decide(policy, &subject, acts[act].op, &object,
				     verdict);
}

int main(int argc, char **argv)
{
	const u32 count = argc > 1 ? (u32)strtoul(argv[1], NULL, 10) : 0;
	struct cordon_verdict verdict;
	struct cordon_fault fault = { 0 };
	struct cordon_policy *policy;
	struct cordon_draft *draft;
	u64 started;
	u64 built;
	size_t size;
	u32 i;

	if (argc == 2 && strcmp(argv[1], "acts") == 0) {
		for (i = 0; i < ACTS; i++)
			puts(acts[i].name);
		return 0;
	}
	if (argc < 2 || count < RULES) {
		fprintf(stderr,
			"usage: bench-engine acts | RULES [ACT TIMES]\n");
		return 2;
	}
	draft = draft_make(count);
	started = now();
	size = cordon_policy_size((const struct cordon_draft **)&draft, 1,
				  &fault);
	insist(size, fault.what);
	policy = cordon_policy_build(calloc(1, size), size,
				     (const struct cordon_draft **)&draft, 1,
				     1, started, false, &fault);
	insist(policy, fault.what);
	built = now() - started;

	if (argc > 3) {
		for (i = 0; i < ACTS && strcmp(acts[i].name, argv[2]); i++)
			;
		insist(i < ACTS, "no such act");
		bench_decide(policy, i, (u32)strtoul(argv[3], NULL, 10),
			     &verdict);
		return 0;
	}
	printf("%u rules: policy %zu KiB, built in %.1f ms\n", count,
	       size >> 10, (double)built / 1e6);
	for (i = 0; i < ACTS; i++) {
		bench_decide(policy, i, 100000, &verdict);
		started = now();
		bench_decide(policy, i, 1000000, &verdict);
		printf("%-20s %8llu ns  %s\n", acts[i].name,
		       (unsigned long long)(now() - started) / 1000000,
		       cordon_action_name(verdict.action));
	}
	return 0;
}
